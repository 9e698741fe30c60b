"""Damaged CSV: a sound table, and what happened to it."""

import csv
import io
from dataclasses import dataclass, field
from itertools import combinations

import pandas as pd

from tests.commands.audit.damaged.case import case, centres, twin


@dataclass
class Draft:
    """A CSV before it is written."""
    table: pd.DataFrame
    delimiter: str = ","
    encoding: str = "utf-8"
    above: list[list[str]] = field(default_factory=list)
    below: list[list[str]] = field(default_factory=list)  # under the head
    names: list[str] = field(default_factory=list)
    lines: list = field(default_factory=list)  # changes of the last text

    def write(self, file):
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=self.delimiter,
                            lineterminator="\n")
        writer.writerows([*self.above, self.names or list(
            self.table.columns), *self.below,
            *self.table.fillna("").values.tolist()])
        text = stream.getvalue()
        for change in self.lines:
            text = change(text)
        file.write_bytes(text if isinstance(text, bytes)
                         else text.encode(self.encoding))
        return file


def draft():
    layer = centres()
    table = pd.DataFrame(layer.drop(columns="geometry")).astype(str)
    return Draft(table.assign(lon=layer.geometry.x.map("{:.5f}".format),
                              lat=layer.geometry.y.map("{:.5f}".format)))


@twin("csv")
def _(folder):
    return draft().write(folder / "centres.csv")


# --- one defect each; those of SINGLE are taken in pairs too ---------------

def comma(made):
    for name in ("lon", "lat"):
        made.table[name] = made.table[name].str.replace(".", ",")


def french(made):
    made.delimiter = ";"
    comma(made)


def arabic_windows(made):
    made.encoding = "cp1256"


def titles(made):
    made.above += [["Liste fictive des centres de santé"], []]


def hxl(made):
    made.below = [["#loc+id", "#loc+name+fr", "#loc+name+ar", "#loc+type",
                   "#adm1+code", "#population", "#geo+lon", "#geo+lat"]]


def short_row(made):
    made.lines.append(lambda text: _line(
        text, "HC-0101" if "HC-0101" in text else centres().centre_id[9],
        lambda line: line[:line.rindex(made.delimiter)]))


def twice_named(made):
    made.names = [*made.table.columns[:2], "name_fr",
                  *made.table.columns[3:]]


def head_again(made):
    made.table.loc[len(made.table)] = list(made.table.columns)


def no_country(made):
    made.table.loc[3, "type"] = "NA"


def mojibake(made):
    made.table["name_fr"] = [text.encode().decode("cp1252", "replace")
                             for text in made.table["name_fr"]]


def destroyed(made):
    made.table["name_ar"] = [
        "".join("?" if sign > "z" else sign for sign in text)
        for text in made.table["name_ar"].fillna("")]


def _line(text, word, change):
    return "\n".join(change(line) if word in line else line
                     for line in text.split("\n"))


SINGLE = {
    "decimal comma": (french, {"decimal-comma"}, "C30"),
    "cp1256": (arabic_windows, {"encoding-not-utf8"}, "C30"),
    "titles": (titles, {"head-titles"}, "C31"),
    "HXL tags": (hxl, {"head-second"}, "C30"),
    "a short row": (short_row, {"rows-malformed"}, "C47"),
    "a name twice": (twice_named, {"head-duplicate"}, "C33"),
    "the head again": (head_again, {"head-second", "coordinates-text"},
                       "C30"),
    "NA": (no_country, {"na-as-null"}, "C30"),
    "mojibake": (mojibake, {"text-mojibake"}, "C25"),
    "destroyed": (destroyed, {"text-destroyed"}, "C25"),
}
# A name that is there twice hides the column that HXL names, and a head with
# another name is not the head again.
APART = [{"a name twice", "the head again"}, {"HXL tags", "the head again"}]


def _register(names):
    changes = [SINGLE[name] for name in names]

    @case("csv: " + " and ".join(names),
          *set().union(*(codes for _, codes, _ in changes)),
          twin="csv", kind=changes[0][2])
    def _(folder):
        made = draft()
        for change, _, _ in changes:
            change(made)
        return made.write(folder / "centres.csv")


for one in SINGLE:
    _register([one])
for pair in combinations(SINGLE, 2):
    if set(pair) not in APART and not {
            "mojibake", "cp1256"} <= set(pair):  # cp1256 lacks its letters
        _register(pair)


def csv_case(name, *codes, kind="", **more):
    """Registers a change of the sound table."""
    def keep(change):
        @case(f"csv: {name}", *codes, twin="csv", kind=kind, **more)
        def _(folder):
            made = draft()
            file = folder / "centres.csv"
            changed = change(made)
            return made.write(file) if changed is None else changed
        return change
    return keep


@csv_case("UTF-16 from PowerShell", "encoding-not-utf8", kind="C40")
def _(made):
    made.encoding = "utf-16"


@csv_case("UTF-16 without a mark", "encoding-not-utf8")
def _(made):
    made.encoding = "utf-16-le"


@csv_case("UTF-8 and cp1256 in one file", "encoding-mixed",
          rows={"encoding-mixed": [11, 12]}, kind="C30")
def _(made):
    made.lines.append(lambda text: b"\n".join(
        line.encode("cp1256" if at in (11, 12) else "utf-8")
        for at, line in enumerate(text.split("\n"))))


@csv_case("one late accent in cp1252", "encoding-not-utf8", kind="C30")
def _(made):
    made.encoding = "cp1252"
    made.table = pd.concat([made.table] * 40, ignore_index=True)
    made.table["centre_id"] = [f"HC-{row:05}" for row in range(1200)]
    made.table["name_ar"] = [f"n {row}" for row in range(1200)]
    made.table["name_fr"] = [f"Centre fictif {row}" for row in range(1200)]
    made.table["lon"] = [f"{9 + row / 10_000:.4f}" for row in range(1200)]
    made.table["population_served"] = [f"{row + 7}" for row in range(1200)]
    made.table["iso_3166_2"] = "TN-11"
    made.table["type"] = ["CSB", "HC"] * 600
    made.table["lat"] = "36.8"
    made.table = made.table.drop(columns=["iso_3166_2", "lat", "lon"])
    made.table.loc[1150, "name_fr"] = "Médenine"


@csv_case("no head", "head-missing")
def _(made):
    made.lines.append(lambda text: text.split("\n", 1)[1])


@csv_case("a column without a name", "head-empty")
def _(made):
    made.names = ["", *made.table.columns[1:]]


@csv_case("an open quotation mark", "quote-open")
def _(made):
    made.lines.append(lambda text: _line(
        text, made.table.centre_id[4],
        lambda line: line.replace("HC-", '"HC-', 1)))


@csv_case("a quotation mark that swallows the rest", "quote-open")
def _(made):
    made.table = made.table.drop(columns=["name_fr", "name_ar"])
    made.lines.append(lambda text: _line(
        text, made.table.centre_id[4],
        lambda line: line.replace(",", ',"', 1)))


@csv_case("two decimal signs", "decimal-mixed",
          rows={"decimal-mixed": [3, 8]})
def _(made):
    made.delimiter = ";"
    for row in (2, 7):
        made.table.loc[row, "lat"] = made.table.lat[row].replace(".", ",")


@csv_case("long rows", "rows-malformed",
          rows={"rows-malformed": [1, 5]}, kind="C30")
def _(made):
    made.lines.append(lambda text: "\n".join(
        line + ",more" if at in (1, 5) else line
        for at, line in enumerate(text.split("\n"))))


@csv_case("longitude and latitude exchanged in some rows",
          "axes-swapped-rows", rows={"axes-swapped-rows": [2, 9, 20]},
          kind="C28")
def _(made):
    for row in (1, 8, 19):
        made.table.loc[row, ["lon", "lat"]] = made.table.loc[
            row, ["lat", "lon"]].tolist()


@csv_case("longitude and latitude exchanged in all rows", "axes-swapped",
          kind="C28")
def _(made):
    made.table[["lon", "lat"]] = made.table[["lat", "lon"]].values


@csv_case("points at 0, 0", "coordinates-zero",
          rows={"coordinates-zero": [6]})
def _(made):
    made.table.loc[5, ["lon", "lat"]] = "0"


@csv_case("no coordinate, and n.c.", "coordinates-missing",
          "coordinates-text", rows={"coordinates-missing": [2],
                                    "coordinates-text": [3]}, kind="C37")
def _(made):
    made.table.loc[1, ["lon", "lat"]] = ""
    made.table.loc[2, "lon"] = "n.c."


@csv_case("degrees and minutes", "coordinates-dms",
          rows={"coordinates-dms": [4]})
def _(made):
    made.table.loc[3, "lat"] = "36°48'30\"N"


@csv_case("a total below", "totals-row", rows={"totals-row": [31]},
          kind="C31")
def _(made):
    total = made.table.population_served.astype(int).sum()
    made.table.loc[30] = ["Total", "", "", "", "", str(total), "", ""]


@csv_case("a row twice", "rows-duplicate", kind="C37")
def _(made):
    made.table.loc[30] = made.table.loc[7]


@csv_case("identifiers twice", "identifier-repeated", kind="C37")
def _(made):
    made.table.loc[4, "centre_id"] = made.table.centre_id[3]


@csv_case("Persian letters and tatweel", "text-persian", "text-tatweel",
          kind="C25")
def _(made):
    made.table.loc[1, "name_ar"] = "مرکز وهمي"
    made.table.loc[2, "name_ar"] = "مركـــز وهمي"


@csv_case("blanks at the ends", "text-spaces", rows={"text-spaces": [2]},
          kind="C47")
def _(made):
    made.table.loc[1, "name_fr"] += " "


@csv_case("a mark that turns the text, and a control sign", "text-control",
          rows={"text-control": [2, 3]}, kind="C44")
def _(made):
    made.table.loc[1, "name_fr"] = "centre \u202egpj.exe"
    made.table.loc[2, "name_fr"] = "centre\x0b2"


@csv_case("tags in remarks", "text-html", kind="C43")
def _(made):
    made.table.loc[1, "name_fr"] = "</script><img src=x onerror=alert(1)>"


@csv_case("phones and mails", "personal-phone", "personal-email")
def _(made):
    made.table["contact"] = [f"00 {number} {number + 111}" for number
                             in range(300, 330)]
    made.table["mail"] = [f"nobody{number}@example.org" for number
                          in range(30)]
