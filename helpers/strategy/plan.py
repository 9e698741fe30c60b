"""A plan as a document of YAML or JSON: reading, and its schema.

After the commitment template of the Open Government Partnership; what each
key holds is in `plan.schema.json`, word for word.
"""

import json
import math
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import yaml

from helpers.strategy.ranking import StrategyError

Plan = dict[str, Any]
MILLIMES = 3  # decimals of an amount: a dinar has 1000


class Fault(NamedTuple):
    """What is wrong in a plan: where, what, and how to repair it."""
    place: str
    says: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.says} {self.remedy}"


def read_plan(path: str | Path) -> Plan:
    """The plan in a file .yaml, .yml or .json. Dates become texts, for
    example "2022-01-31". Raises StrategyError with the file and the line."""
    path = Path(path)
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        raise StrategyError(f"{path.name}: a plan is a file .yaml or .json.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise StrategyError(f"There is no file {path}. Check the name and the "
                            "folder.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise StrategyError(
            f"{path.name}, line {line}: a letter is not in UTF-8. Save the "
            "file again with the encoding UTF-8.") from None
    plan = _parsed(text, path)
    if not isinstance(plan, dict):
        raise StrategyError(f"{path.name}, line 1: a plan begins with keys, "
                            "for example \"id: MEN-2022\".")
    return plain(plan)


@cache
def plan_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan."""
    return json.loads(_beside("plan.schema.json"))


@cache
def words() -> dict[str, Any]:
    """Headings in three languages, and the words that the rules look for."""
    return yaml.safe_load(_beside("plan_words.yaml"))


def plain(value: Any) -> Any:
    """The value as a file of JSON has it: dates are texts, the numbers of
    numpy are numbers, and what is no number is nothing."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()[:10]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _parsed(text: str, path: Path) -> Any:
    try:
        if path.suffix.lower() == ".json":
            return json.loads(text, object_pairs_hook=_once)
        return yaml.load(text, _Reader)  # a SafeLoader
    except json.JSONDecodeError as error:
        raise StrategyError(
            f"{path.name}, line {error.lineno}: this is no JSON: {error.msg}. "
            "Look at this line and the line before it.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise StrategyError(
            f"{path.name}, line {mark.line + 1 if mark else 1}: this is no "
            f"YAML: {error.problem}. Look at this line and the line before "
            "it. Indent with spaces, write a space after a colon, and quote "
            "a text that contains a colon.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise StrategyError(f"{path.name}: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key \"{twice}\" is written twice. Keep one.")
    return found


class _Reader(yaml.SafeLoader):  # type: ignore[misc]  # yaml has no types
    """Dates stay texts, so that a wrong one can be named with its place; a
    key that is written twice is no silent loss."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers
                if not tag.endswith(":timestamp")]
        for first, resolvers in
        yaml.SafeLoader.yaml_implicit_resolvers.items()}

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """As the parent's; raises for a key that is there already."""
        keys = set()
        for key, _ in node.value:
            if str(key.value) in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key \"{key.value}\" is written twice",
                    key.start_mark)
            keys.add(str(key.value))
        return super().construct_mapping(node, deep)
