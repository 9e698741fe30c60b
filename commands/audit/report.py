"""The result of an audit: layers, their findings, and an explained score.

Each group has POINTS, 100 together. Each kind of finding (a code, once per
layer, at its worst) costs what COST says, until the group has nothing left.
The score says where to begin; it measures no quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commands.audit.model import GROUPS, Finding, Source

POINTS = {"structure": 15, "text": 15, "coordinates": 20, "geometry": 15,
          "codes": 10, "personal": 15, "openness": 10}
OF_PLACES = ("coordinates", "geometry")
COST = {"error": 10, "warning": 4, "note": 1}  # the worst first
SEVERITIES = tuple(COST)


@dataclass
class Loss:
    """The points of one group: of how many, how many are left, and what
    each code costs."""
    group: str
    points: int
    left: int
    costs: dict[str, int]

    @property
    def words(self) -> str:
        """"4 of 15: rows-empty −4, totals-row −4 …", or why none."""
        if not self.points:
            return "not judged: a table without places"
        if not self.costs:
            return "nothing found"
        return ", ".join(f"{code} −{cost}"
                         for code, cost in self.costs.items())


@dataclass
class Layer:
    """One layer that was read, and what was found in it."""
    source: Source
    findings: list[Finding]

    @property
    def title(self) -> str:
        """The name of the layer, or of the file that is one."""
        return self.source.layer or self.source.path.name

    @property
    def columns(self) -> list[str]:
        """The attributes: a geometry is none."""
        table = self.source.table
        place = getattr(table, "active_geometry_name", None)
        return [str(name) for name in table.columns if name != place]

    @property
    def losses(self) -> list[Loss]:
        """What each group loses, and why."""
        return [_loss(group, [one for one in self.findings
                              if one.group == group])
                if group not in self.not_judged else Loss(group, 0, 0, {})
                for group in GROUPS]

    @property
    def not_judged(self) -> tuple[str, ...]:
        """The groups about places, for a table without places."""
        if getattr(self.source.table, "active_geometry_name", None) or any(
                one.group in OF_PLACES for one in self.findings):
            return ()
        return OF_PLACES

    @property
    def score(self) -> int:
        """The points that are left, per cent of those that were judged."""
        losses = self.losses
        return round(100 * sum(loss.left for loss in losses)
                     / sum(loss.points for loss in losses))


@dataclass
class Report:
    """All layers of a file. country: "" where places were not compared."""
    path: Path
    country: str
    layers: list[Layer]

    @property
    def findings(self) -> list[Finding]:
        """Those of all layers."""
        return [one for layer in self.layers for one in layer.findings]

    @property
    def clean(self) -> bool:
        """Is there neither an error nor a warning? Notes are allowed."""
        return all(one.severity == "note" for one in self.findings)

    @property
    def verdict(self) -> str:
        """Clean, or not; a table is never called clean without a limit."""
        if not self.clean:
            return "Findings"
        return "Clean as a table without places" if all(
            layer.not_judged for layer in self.layers) else "Clean"

    @property
    def score(self) -> int:
        """That of the layer that has the lowest."""
        return min((layer.score for layer in self.layers), default=0)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings (2 is an UnreadableFile)."""
        return 0 if self.clean else 1


def layer(source: Source, findings: list[Finding]) -> Layer:
    """A layer with the findings of the reading and of the content, in the
    order of the groups, the worst first."""
    return Layer(source, sorted(
        [*source.findings, *findings], key=lambda one: (
            GROUPS.index(one.group), SEVERITIES.index(one.severity))))


def _loss(group: str, findings: list[Finding]) -> Loss:
    costs: dict[str, int] = {}
    for one in findings:
        costs[one.code] = max(costs.get(one.code, 0), COST[one.severity])
    points = POINTS[group]
    return Loss(group, points, max(points - sum(costs.values()), 0), costs)
