"""The milestones of a plan as a chart: one bar per milestone, by objective."""

import textwrap
from typing import TYPE_CHECKING, Any

from helpers.strategy.faults import usable
from helpers.strategy.layout import (
    arabic,
    headings,
    in_arabic,
    in_order,
    title,
)
from helpers.strategy.plan import Plan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito, without black and yellow: told apart by colour-blind readers.
COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"]
RIGHT_TO_LEFT = "\u200f"  # begins a text that is read from the right
WIDTH = 44  # letters of a line beside the chart


def gantt(plan: Plan, language: str = "en") -> "Figure":
    """A bar per milestone, grouped by objective, whose number stands at the
    end of its rows; an arrow from each milestone to those that wait for it.
    In Arabic time runs from right to left. Milestones without dates are left
    out. Raises StrategyError for an unknown language."""
    import matplotlib.pyplot as plt
    labels, plan = headings(language), usable(plan)
    bars = in_order(plan)
    figure, axes = plt.subplots(figsize=(11, 1.6 + 0.5 * len(bars)),
                                layout="constrained")
    plt.close(figure)  # shown where it is asked for, not a second time
    _draw_bars(axes, bars, language == "ar")
    _draw_arrows(axes, bars)
    _name_objectives(axes, bars)
    axes.set_yticks(range(len(bars)), [_label(bar) for bar in bars])
    for label in axes.get_yticklabels():
        if arabic(label.get_text()):
            label.set_multialignment("right")
    axes.invert_yaxis()
    axes.set_title(title(plan, language))
    axes.set_xlabel(labels["date"])
    return figure


def gantt_words(plan: Plan, language: str = "en") -> str:
    """What the chart shows, for those who do not see it."""
    labels, plan = headings(language), usable(plan)
    said = [labels["alt"].format(start=plan.get("start", "–"),
                                 end=plan.get("end", "–"))]
    for bar in in_order(plan):
        text = labels["bar"].format(**{"id": "–", "objective": "–", **bar})
        if bar.get("after"):
            text += labels["waits"].format(after=", ".join(bar["after"]))
        said.append(f"{text}.")
    return " ".join(said)


def _draw_bars(axes: Any, bars: list[dict[str, Any]], right: bool) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter
    groups = list(dict.fromkeys(bar.get("objective") for bar in bars))
    for row, bar in enumerate(bars):
        group = groups.index(bar.get("objective"))
        axes.barh(row, bar["last"] - bar["first"], left=bar["first"],
                  height=0.5, color=COLOURS[group % len(COLOURS)],
                  edgecolor="#222222", linewidth=0.6)
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=8))
    axes.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d"))
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    if right:
        axes.invert_xaxis()
        axes.yaxis.tick_right()


def _draw_arrows(axes: Any, bars: list[dict[str, Any]]) -> None:
    """From the end of a bar along its row, then to the start of the other."""
    rows = {bar["id"]: row for row, bar in enumerate(bars) if "id" in bar}
    for row, bar in enumerate(bars):
        for before in bar.get("after", []):
            if before in rows and before != bar.get("id"):
                edge = -0.25 if rows[before] < row else 0.25
                axes.annotate(
                    "", xy=(bar["first"], row + edge),
                    xytext=(bars[rows[before]]["last"], rows[before]),
                    arrowprops={"arrowstyle": "-|>", "color": "#222222",
                                "shrinkA": 0, "shrinkB": 0,
                                "connectionstyle": "angle,angleA=0,angleB=90"
                                })


def _name_objectives(axes: Any, bars: list[dict[str, Any]]) -> None:
    """The number of each objective beside its rows, and a line above."""
    names = [bar.get("objective", "–") for bar in bars]
    right = axes.xaxis_inverted()
    for name in dict.fromkeys(names):
        rows = [row for row, other in enumerate(names) if other == name]
        axes.annotate(name, xy=(-0.01 if right else 1.01,
                                sum(rows) / len(rows)), weight="bold",
                      ha="right" if right else "left", va="center",
                      xycoords=axes.get_yaxis_transform())
        if rows[0]:
            axes.axhline(rows[0] - 0.5, color="#888888", linewidth=0.8)


def _label(bar: dict[str, Any]) -> str:
    text = f"{bar.get('id', '–')}  {bar.get('text', '')}".strip()
    if arabic(text):
        text = RIGHT_TO_LEFT + in_arabic(text)
    return "\n".join(textwrap.wrap(text, WIDTH, max_lines=2, placeholder=" …"))
