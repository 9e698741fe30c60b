"""Move a baseline: how far a result is on its way to the target."""

from matplotlib.figure import Figure

from helpers.explore.show import headed, show

VALUES = list(range(0, 101, 4))  # per cent
WAY, START, DARK = "#08519c", "#bdc9d6", "#252525"
# The static twin's (baseline, target, now): what each stands for.
CASES = {
    "as measured": (12, 60, 24),
    "the missing baseline written 0": (0, 60, 24),
    "target = baseline": (60, 60, 60),
    "a step back": (40, 60, 32),
}


def moving_baseline() -> None:
    """Choose baseline, target and today's value; watch two numbers: the
    value by the target, and the part of the way that is made. Displays the
    explorer and returns nothing."""
    show(_draw, dict.fromkeys(["baseline", "target", "now"], VALUES),
         (8, 2.6), (5.5, 2.6),
         [(*values, name) for name, values in CASES.items()])


def way_made(baseline: float, target: float, now: float) -> float | None:
    """Per cent of the way from the baseline to the target; None if there is
    no way."""
    if target == baseline:
        return None
    return 100 * (now - baseline) / (target - baseline)


def _draw(figure: Figure, baseline: int, target: int, now: int,
          name: str = "") -> str:
    """One line from 0 to 100 with the three values; the numbers in words."""
    ax = figure.subplots()
    ax.plot([baseline, target], [0, 0], color=START, linewidth=12,
            solid_capstyle="butt")
    ax.plot([baseline, now], [0, 0], color=WAY, linewidth=5,
            solid_capstyle="butt")
    for value, label, height in [(baseline, "baseline", 0.5),
                                 (target, "target", -0.7),
                                 (now, "now", 1.1)]:
        ax.plot([value, value], [0, height * 0.8], color=DARK, linewidth=1)
        ax.text(value, height, f"{label} {value}", ha="center", va="center")
    ax.set(xlim=(-8, 108), ylim=(-1.2, 1.6), yticks=[],
           xlabel="per cent of the records (fictional)")
    share = f"{100 * now / target:.0f} %" if target else "not defined"
    way = way_made(baseline, target, now)
    made = (f"{way:.0f} %" if way is not None else
            "there is no way: the target is the baseline")
    words = headed(figure, f"value by target: {share}\nway made: {made}",
                   name)
    return (f"A line from 0 to 100 per cent, {name}: baseline {baseline}, "
            f"target {target}, now {now}. {words}.")
