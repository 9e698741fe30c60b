"""What a class has gained, per objective, from files without names.

    python -m commands.exercises.gains FOLDER

reads the files anonymous_*.json that trainees handed in (the last cell of
course/before_after/diagnostic.ipynb writes them), and prints for each
objective how many were right before and after, the mean gain, and its 95 %
interval. Only trainees who answered a question both times count for it.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import pandas as pd

from helpers import quiz
from helpers.errors import CourseError

LEAST = 5  # of fewer, a mean is nearly the answer of one person
MINUS = "\N{MINUS SIGN}"
NORMAL = 1.96  # 95 % of a normal distribution lies within so many deviations
FILES = "anonymous_*.json"
Pairs = dict[str, list[bool | None]]  # question → right before, right after


def of_class(folder: str | Path) -> pd.DataFrame:
    """One row per question: objective, question, text, n, and in per cent
    before, after, gain, low, high (the gain's 95 % interval); reading says it
    in words.

    Where n is below LEAST, the numbers are missing. CourseError names a file
    that holds something else, and one that is there twice.
    """
    collected = [_read(file) for file in _files(Path(folder))]
    asked = {name for one in collected for name in one}
    for name in asked:
        quiz.named(name)  # an unknown one is an error
    return pd.DataFrame([_row(question, [
        pair for one in collected if None not in (
            pair := one.get(name, [None, None]))])
        for name, question in quiz.questions().items() if name in asked])


def interval(n: int, gained: int, lost: int) -> tuple[float, float]:
    """The 95 % interval of a mean gain, from -1 to 1: of n people, `gained`
    were right only after, `lost` only before.

    The interval "Wald+2" of A. Agresti and Y. Min, Simple improved confidence
    intervals for comparing matched proportions, Statistics in Medicine 24
    (2005), 729-740. It adds half a person to each of the four cases, so that
    it holds for small classes too.
    """
    middle = (gained - lost) / (n + 2)
    half = NORMAL * (gained + lost + 1
                     - (gained - lost) ** 2 / (n + 2)) ** 0.5 / (n + 2)
    return max(middle - half, -1.0), min(middle + half, 1.0)


def _row(question: quiz.Question,
         pairs: list[list[bool | None]]) -> dict[str, object]:
    n = len(pairs)
    row: dict[str, object] = {"objective": question.objective,
                              "question": question.name,
                              "text": " ".join(question.text.split()), "n": n}
    if n < LEAST:
        return row | {"reading": f"fewer than {LEAST}: not shown"}
    gained, lost = pairs.count([False, True]), pairs.count([True, False])
    both = pairs.count([True, True])
    low, high = interval(n, gained, lost)
    shares = {"before": (both + lost) / n, "after": (both + gained) / n,
              "gain": (gained - lost) / n, "low": low, "high": high}
    reading = ("gain" if low > 0 else "loss" if high < 0
               else "may be chance")
    return row | {name: round(100 * share) for name, share in shares.items()
                  } | {"reading": reading}


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. It is the one into "
                          f"which you copied the files {FILES}.")
    files = sorted(folder.glob(FILES))
    if not files:
        raise CourseError(f"There is no file {FILES} in {folder}. The last "
                          "cell of course/before_after/diagnostic.ipynb "
                          "writes one for each trainee.")
    codes: dict[str, Path] = {}
    for file in files:
        # Browsers and file managers call a copy "anonymous_12ab34cd (1)".
        code = re.match("anonymous_[0-9a-f]*", file.name)
        first = codes.setdefault(code[0] if code else file.name, file)
        if first is not file:
            raise CourseError(f"{first.name} and {file.name} are of one "
                              "trainee. Keep the newer one.")
    return files


def _read(file: Path) -> Pairs:
    try:
        content = json.loads(file.read_text("utf-8"))
        for before, after in content.values():
            if not {before, after} <= {True, False, None} or any(
                    isinstance(one, (int, float))
                    and not isinstance(one, bool) for one in (before, after)):
                raise ValueError
    except (ValueError, AttributeError, TypeError):
        raise CourseError(f"{file} is not what the notebook writes. Take it "
                          "out of the folder.") from None
    return content


def words(table: pd.DataFrame) -> str:
    """The table, and how to read it."""
    n = table["n"].max()
    shown = table.drop(columns="text").astype(object)
    shown = shown.where(shown.notna(), "").map(
        lambda value: str(value).replace("-", MINUS)
        if isinstance(value, (int, float)) else value)
    text = [shown.to_string(index=False), "",
            f"{n} trainees at most per row. before, after, gain, low, high: "
            "per cent. low to high is the 95 % interval of the gain."]
    if n < LEAST:
        return "\n".join([*text, "Too few to say anything about the class."])
    if n < 20:
        need = next(count for count in range(n + 1)
                    if interval(n, count, 0)[0] > 0)
        text.append(f"n is small: with {n} trainees, a gain is clear only if "
                    f"{need} or more of them gained and nobody lost.")
    return "\n".join([*text, "Among 20 objectives, about one may look clear "
                             "by chance. The questions were the same twice: "
                             "part of a gain may be memory."])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Gain per objective, of a folder of anonymous files.",
        epilog="example: python -m commands.exercises.gains collected")
    parser.add_argument("folder", help=f"holds the files {FILES}")
    try:
        print(words(of_class(parser.parse_args(arguments).folder)))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
