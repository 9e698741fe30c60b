"""How open a catalogue record is: by the stars, the definition, the law."""

from dataclasses import dataclass

from matplotlib.figure import FigureBase

from helpers.explore.show import show

Asked = tuple[bool, str]  # one thing that a text asks: is it met, in words

# What a publisher writes -> may anyone reuse the data, for any purpose?
LICENCES = {
    "nothing is written": False, "for consultation only": False,
    "CC BY-NC 4.0": False, "CC BY-ND 4.0": False,
    "Licence Ouverte 2.0": True, "CC BY 4.0": True, "ODbL 1.0": True,
}
# Format -> how many of stars 2 to 5 it can give: structured, vendor-neutral,
# things named by web addresses, linked to other data.
FORMATS = {
    "scan (JPEG)": 0, "PDF": 0, "XLS": 1, "CSV": 2, "GeoJSON": 2,
    "RDF, things have addresses": 3, "RDF, linked to other data": 4,
}
ACCESS = ["download for all", "account required", "on request"]
PRICES = ["free", "150 TND"]
PEOPLE = ["nobody", "guards' telephones"]
STARS = ["on the web, open licence", "structured data",
         "vendor-neutral format", "things have web addresses",
         "linked to other data"]
MET, UNMET = "#08519c", "#a02c00"
# The static twin's records: what happens to each, and its properties.
CASES = {
    "A register printed to PDF":
        ("nothing is written", "PDF", "download for all", "free", "nobody"),
    "Heritage sites, not for commerce":
        ("CC BY-NC 4.0", "GeoJSON", "download for all", "free", "nobody"),
    "Water points with their guards":
        ("Licence Ouverte 2.0", "CSV", "download for all", "free",
         PEOPLE[1]),
    "Water points without the guards":
        ("Licence Ouverte 2.0", "CSV", "download for all", "free",
         "nobody"),
}


@dataclass
class Grade:
    """Stars, 0 to 5; then what each of the two texts asks."""
    stars: int
    definition: list[Asked]
    article_3: list[Asked]


def record_openness() -> None:
    """Switch the properties of a record; see how each text judges it.

    Displays the explorer and returns nothing.
    """
    show(_draw, {"Licence": list(LICENCES), "Format": list(FORMATS),
                 "Access": ACCESS, "Price": PRICES, "Names": PEOPLE},
         (9.5, 3), (9.5, 11), twin=_twin)


def grade(licence: str, file_format: str, access: str, price: str,
          people: str) -> Grade:
    """How the five stars, the Open Definition 2.1 and article 3 of decree
    2021-3 judge a record. The arguments are options of the explorer.

    The stars do not ask about price and people. The definition allows an
    account; article 3, as the course reads it, does not. Sources:
    5stardata.info; opendefinition.org/od/2.1; data.gov.tn/fr/faq.
    """
    reusable, structure = LICENCES[licence], FORMATS[file_format]
    on_the_web, free = access != "on request", price == PRICES[0]
    data_format = [
        _asked("machine-readable", structure >= 1, file_format),
        _asked("vendor-neutral format", file_format != "XLS",
               file_format)]
    return Grade(
        stars=1 + structure if reusable and on_the_web else 0,
        definition=[
            _asked("open licence", reusable, licence),
            _asked("whole, without charge", on_the_web and free,
                   price if on_the_web else access),
            *data_format],
        article_3=[
            _asked("freely accessible", access == ACCESS[0] and free,
                   price if access == ACCESS[0] else access),
            _asked("reusable", reusable, licence),
            *data_format,
            _asked("no right of others", people == PEOPLE[0], people)])


def _asked(words: str, met: bool, reason: str) -> Asked:
    """One thing that a text asks; if it is not met, with the reason."""
    return met, words if met else f"{words}: {reason}"


def _draw(figure: FigureBase, *record: str) -> str:
    """Three boxes of words: a mark and a colour say what is met."""
    graded = grade(*record)
    titles = (f"{graded.stars} of 5 stars",
              f"Open Definition: {_verdict(graded.definition)}",
              f"Article 3: {_verdict(graded.article_3)}")
    stars = [(number < graded.stars, words)
             for number, words in enumerate(STARS)]
    for box, title, lines, marks in zip(
            figure.subplots(1, 3), titles,
            (stars, graded.definition, graded.article_3),
            ("★☆", "✓✗", "✓✗")):
        box.set(xlim=(0, 1), ylim=(-4.6, 0.8), xticks=[], yticks=[])
        box.set_title(title, fontsize=11, fontweight="bold")
        for row, (met, words) in enumerate(lines):
            box.text(0.03, -row, f"{marks[not met]} {words}", fontsize=10,
                     va="center", color=MET if met else UNMET,
                     in_layout=False)  # all boxes stay as wide
    missing = [words for met, words in graded.article_3 if not met]
    return (f"{graded.stars} stars, Open Definition "
            f"{_verdict(graded.definition)}, article 3 "
            f"{_verdict(graded.article_3)}"
            + (f" (not met: {', '.join(missing)})" if missing else ""))


def _verdict(asked: list[Asked]) -> str:
    return "open" if all(met for met, _ in asked) else "not open"


def _twin(figure: FigureBase) -> str:
    """The four records of CASES."""
    parts = figure.subfigures(len(CASES), 1, squeeze=False)
    texts = []
    for (part,), (name, record) in zip(parts, CASES.items()):
        part.suptitle(f"{name}: {', '.join(record[:2])}", fontsize=12)
        texts.append(f"{name}: {_draw(part, *record)}")
    return ("Four records, each judged by the five stars, the Open "
            "Definition and article 3. " + ". ".join(texts) + ".")
