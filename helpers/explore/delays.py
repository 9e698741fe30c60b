"""Move a milestone: what moves with it, and when the plan ends."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from matplotlib.dates import date2num
from matplotlib.figure import Figure

from helpers.explore.show import headed, show

Plan = dict[str, Any]
Dates = dict[str, tuple[date, date]]  # milestone -> its start and its end
PLANNED, MOVED, LIMIT = "#bdc9d6", "#08519c", "#a63603"
WEEKS = list(range(0, 41, 2))
# Weeks, for the static twin; of the milestone for which most others wait.
CASES = (0, 6, 26)


def moving_milestones(plan: Plan) -> None:
    """Choose a milestone and by how many weeks it ends later; watch which
    others move and when the plan ends. Displays the explorer and returns
    nothing. plan: with known milestones in `after` (`strategy.read_plan`).
    """
    names = [one["id"] for one in plan["milestones"]]
    first = max(names, key=partial(_followers, plan))
    show(partial(_draw, plan), {"milestone": names, "weeks": WEEKS}, (8, 4),
         (5.5, 3.6), [(first, weeks, f"{first}: {weeks} weeks")
                      for weeks in CASES])


def delayed(plan: Plan, days: dict[str, int]) -> Dates:
    """Milestone → start and end, if some need more days than planned. A
    milestone waits for those in its `after` and keeps its own length; time
    between two milestones takes up a part of the delay."""
    dates = {one["id"]: (_day(one["start"]), _day(one["end"])
                         + timedelta(days.get(one["id"], 0)))
             for one in plan["milestones"]}
    for _ in plan["milestones"]:  # no chain is longer
        for one in plan["milestones"]:
            start, end = dates[one["id"]]
            ready = max([start, *(dates[name][1]
                                  for name in one.get("after") or [])])
            dates[one["id"]] = ready, end + (ready - start)
    return dates


def _day(text: str) -> date:
    return date.fromisoformat(str(text))


def _followers(plan: Plan, milestone: str) -> int:
    """How many milestones wait for this one, or for one that does."""
    now, before = delayed(plan, {milestone: 3650}), delayed(plan, {})
    return sum(now[one] != before[one] for one in now)


def _draw(plan: Plan, figure: Figure, milestone: str, weeks: int,
          name: str = "") -> str:
    """Two bars per milestone, planned and now; the plan's end as a line."""
    before, now = delayed(plan, {}), delayed(plan, {milestone: 7 * weeks})
    ax = figure.subplots()
    for dates, colour, height, label in [(before, PLANNED, 0.8, "planned"),
                                         (now, MOVED, 0.35, "now")]:
        ax.barh(list(dates),
                [(end - start).days for start, end in dates.values()],
                left=[date2num(start) for start, _ in dates.values()],
                height=height, color=colour, label=label)
    ax.axvline(date2num(_day(plan["end"])), color=LIMIT, linestyle="--",
               label="end of the plan")
    ax.xaxis_date()
    ax.invert_yaxis()
    ax.legend(loc="lower left", fontsize=8)
    words = headed(figure, _words(plan, milestone, weeks, before, now), name)
    return ("Bars of the milestones of the fictional plan, as planned and as "
            f"moved. {words}.")


def _words(plan: Plan, milestone: str, weeks: int, before: Dates,
           now: Dates) -> str:
    moved = [f"{name} by {(now[name][1] - before[name][1]).days} days"
             for name in now if name != milestone and now[name] !=
             before[name]]
    last = max(end for _, end in now.values())
    over = (last - _day(plan["end"])).days
    return (f"{milestone} ends {weeks} weeks later. Moves with it: "
            f"{', '.join(moved) or 'nothing'}\nlast milestone: {last}, "
            f"{abs(over)} days {'after' if over > 0 else 'before'} the end "
            "of the plan")
