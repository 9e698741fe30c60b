"""A form to judge a peer's plan: five criteria, and what to change."""

from html import escape
from pathlib import Path
from typing import Any

from helpers.errors import CourseError
from helpers.forms.fields import displayed, saving

# The criteria are those of OGP's Independent Reporting Mechanism; the four
# levels, lowest first, are this course's own. "Early results": in a plan, it
# is what others can use early.
CRITERIA = {
    "verifiability": [
        "no milestone names a document that an outsider can ask for",
        "some milestones do; others name an activity",
        "each milestone names a document or page, and a date",
        "and an outsider can repeat the count of each indicator"],
    "open-government lens": [
        "nothing changes outside the house",
        "something is published; nobody outside can answer",
        "it says who uses it, and where they answer",
        "and it says what the house does with an answer, by when"],
    "ambition": [
        "the house does this already",
        "a little more of the same",
        "a result that the house has not had, with a measured baseline",
        "and a rule or habit changes that stays after the plan"],
    "feasibility": [
        "dates or money do not add up",
        "they add up; a part has no post or no money",
        "each part has a post and money; large risks have a response",
        "and there is time left for a delay"],
    "early results": [
        "nothing can be used before the plan ends",
        "the first useful thing comes in the second half",
        "it comes in the first half",
        "and its users are asked before the next step"],
}
IMPORTANCE = ["", "high", "medium", "low"]
ISSUES = 3  # rows of the table
HEADER = ["plan", "reader", "item", "level", "wording", "importance"]
LONG = {"layout": {"width": "50em"}, "style": {"description_width": "14em"}}


class Review:
    """A reader's judgement of one plan. fields: label → widget, once the
    form was made."""

    def __init__(self, plan: str, path: str | Path) -> None:
        self.plan, self.path = plan, Path(path)
        self.fields: dict[str, Any] = {}

    def widget(self) -> Any:
        """The form for JupyterLab."""
        import ipywidgets as w
        self._add("reader", w.Text, placeholder="a number, not your name")
        for name, levels in CRITERIA.items():
            self._add(name, w.Dropdown, options=[("", 0), *(
                (f"{level} · {text}", level)
                for level, text in enumerate(levels, 1))])
            self._add(f"{name}: why", w.Text)
        for number in range(1, ISSUES + 1):
            self._add(f"issue {number}", w.Text)
            self._add(f"wording {number}", w.Text)
            self._add(f"importance {number}", w.Dropdown, options=IMPORTANCE)
        return w.VBox([*self.fields.values(), *saving(
            "Keep the review", "kept in", self.save)])

    def page(self) -> str:
        """The static twin: the levels as a table."""
        rows = "".join(
            f'<tr><th scope="row" style="text-align: start">{name}</th>'
            + "".join(f'<td style="text-align: start">{escape(text)}</td>'
                      for text in levels) + "</tr>"
            for name, levels in CRITERIA.items())
        head = "".join(f'<th scope="col">{n}</th>' for n in range(1, 5))
        return (f"<table><thead><tr><th>criterion</th>{head}</tr></thead>"
                f"<tbody>{rows}</tbody></table>")

    def save(self) -> Path:
        """Write the review to the CSV file, in place of what this reader
        said of this plan before. CourseError names what is missing."""
        import pandas as pd
        table = pd.DataFrame(self._rows(), columns=HEADER, dtype=object)
        if self.path.exists():
            kept = pd.read_csv(self.path, dtype=str, keep_default_na=False)
            same = (kept["plan"] == self.plan) & (
                kept["reader"] == table["reader"][0])
            table = pd.concat([kept[~same], table])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(self.path, index=False, lineterminator="\n")
        return self.path

    def _rows(self) -> list[dict[str, Any]]:
        who = {"plan": self.plan, "reader": self._said("reader")}
        if not who["reader"]:
            raise CourseError("The reader is missing. Type a number.")
        rows = []
        for name in CRITERIA:
            if not self._said(name) or not self._said(f"{name}: why"):
                raise CourseError(f"{name} needs a level and a reason.")
            rows.append(who | {"item": name, "level": self._said(name),
                               "wording": self._said(f"{name}: why")})
        for number in range(1, ISSUES + 1):
            issue, wording, importance = (
                self._said(f"{part} {number}")
                for part in ("issue", "wording", "importance"))
            if issue and not (wording and importance):
                raise CourseError(f"Issue {number} needs a wording that the "
                                  "author can use, and an importance.")
            if issue:
                rows.append(who | {"item": issue, "wording": wording,
                                   "importance": importance})
        return rows

    def _add(self, label: str, kind: Any, **settings: Any) -> None:
        self.fields[label] = kind(description=label, **LONG, **settings)

    def _said(self, label: str) -> Any:
        value = self.fields[label].value
        return value.strip() if isinstance(value, str) else value


def peer_review(plan: str, path: str | Path = "output/peer_review.csv"
                ) -> Review:
    """Show the form for the plan with this id. The book shows the levels.

    Each criterion gets a level from 1 to 4 and a reason; up to three issues
    get a wording that the author can use, and an importance. The button
    keeps the review in the CSV file at path. Gives the Review.
    """
    return displayed(Review(plan, path))
