"""What the results of a class say: per task, per objective, per trainee.

Nothing is written or drawn here: pages.class_report and export show it.
"""

import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from commands.exercises.objectives import Objective
from commands.grading.results import NotebookResult, TaskGrade

RIGHT, PARTLY, WRONG = "right", "partly right", "wrong"
UNANSWERED, TO_MARK = "not answered", "to be marked by a person"
MASTERED = 0.8  # of the points of an objective's tasks
REPEAT_BELOW, REPEAT_AT_MOST = 0.7, 3  # share of the class; tasks
LEAST, FEW = 5, 30  # trainees: for a correlation; for one that is stable
# A number that is no code of a reference system, nor part of a name.
_NUMBER = re.compile(r"(?<!EPSG:)(?<![\w.])-?\d[\d ,.]*\d|"
                     r"(?<!EPSG:)(?<![\w.])-?\d")


@dataclass
class Task:
    """How the class has done in one graded cell.

    states: trainee → RIGHT …; mistakes: the check's sentence and how often,
    the most frequent first; discrimination: see `_discrimination`.
    """
    notebook: str
    grade_id: str
    title: str
    points: float
    objectives: tuple[str, ...]
    states: dict[str, str] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    mistakes: list[tuple[str, int]] = field(default_factory=list)
    discrimination: float | None = None
    compared: int = 0  # trainees that the discrimination rests on
    is_core: bool = True

    def count(self, state: str) -> int:
        return sum(one == state for one in self.states.values())

    @property
    def marked(self) -> int:
        """Trainees whose marks stand."""
        return len(self.states) - self.count(TO_MARK)

    @property
    def is_marked(self) -> bool:
        """For all who have handed it in?"""
        return self.marked == len(self.states)

    def share(self, state: str) -> float | None:
        """Of the trainees whose marks stand."""
        return self.count(state) / self.marked if self.marked else None

    @property
    def tried(self) -> int:
        """Trainees who tried, and have made a mistake."""
        return self.count(WRONG) + self.count(PARTLY)

    @property
    def average(self) -> float | None:
        return statistics.fmean(self.scores) if self.scores else None

    @property
    def stuck(self) -> list[str]:
        """The trainees who have no point here."""
        return [name for name, state in self.states.items()
                if state in (WRONG, UNANSWERED)]

    @property
    def remark(self) -> str:
        """What to think of the discrimination."""
        if self.discrimination is None:
            if self.compared < LEAST:
                return f"n is {self.compared}: too few"
            return "no difference between trainees"
        if self.compared < FEW:
            return "n is small: may be chance"
        if self.discrimination < 0.1:
            return "does not tell strong from weak: read this task again"
        return ""


@dataclass
class Reached:
    """An objective: how many trainees have mastered it."""
    name: str
    taught: Objective | None
    tasks: list[Task]
    mastered: int
    assessed: int

    @property
    def share(self) -> float:
        return self.mastered / self.assessed


def state(task: TaskGrade) -> str:
    """What has become of one answer."""
    if task.score is None or task.changed:
        return TO_MARK
    if task.score >= task.points:
        return RIGHT
    if task.score > 0:
        return PARTLY
    return UNANSWERED if task.found == UNANSWERED else WRONG


def tasks(results: list[NotebookResult],
          stretch: Collection[str] = ()) -> list[Task]:
    """The tasks of all notebooks, in their order. Only notebooks that could
    be graded count. stretch: the notebooks that are no core exercise."""
    found: dict[tuple[str, str], Task] = {}
    says = defaultdict(list)
    for result in results:
        for task in result.tasks if result.graded else []:
            key = result.notebook, task.grade_id
            of_class = found.setdefault(key, Task(
                *key, task.title, task.points, tuple(task.objectives),
                is_core=result.notebook not in stretch))
            of_class.states[result.student] = state(task)
            if task.score is not None:
                of_class.scores.append(task.score)
            if state(task) in (WRONG, PARTLY) and task.found:
                says[key].append(task.found)
    earned = _earned(results)
    for key, task in found.items():
        task.mistakes = same_mistakes(says[key])
        task.compared, task.discrimination = _discrimination(key, earned)
    return sorted(found.values(), key=lambda task: task.notebook)


def same_mistakes(sentences: Iterable[str]) -> list[tuple[str, int]]:
    """Sentences that differ only in their numbers are one mistake, shown as
    its most frequent wording; the codes of reference systems are no numbers.
    """
    groups: dict[str, Counter] = defaultdict(Counter)
    for sentence in sentences:
        groups[_NUMBER.sub("#", sentence)][sentence] += 1
    return sorted(((group.most_common(1)[0][0], group.total())
                   for group in groups.values()), key=lambda one: -one[1])


def _earned(results):
    """trainee → (notebook, task) → points, full points; only what is
    marked."""
    earned = defaultdict(dict)
    for result in results:
        for task in result.tasks if result.graded else []:
            if task.score is not None:
                earned[result.student][result.notebook, task.grade_id] = (
                    task.score, task.points)
    return earned


def _discrimination(key, earned):
    """The number of trainees compared, and the point-biserial correlation of
    "this task is right" with the share of points in all *other* tasks of the
    day. None where it does not exist: too few, or all alike."""
    right, others = [], []
    for of_trainee in earned.values():
        rest = [points for name, points in of_trainee.items() if name != key]
        full = sum(points for _, points in rest)
        if key in of_trainee and full:
            score, points = of_trainee[key]
            right.append(float(score >= points))
            others.append(sum(score for score, _ in rest) / full)
    if len(right) < LEAST:
        return len(right), None
    try:
        r = statistics.correlation(right, others)
    except statistics.StatisticsError:  # one of them is constant
        return len(right), None
    return len(right), None if math.isnan(r) else r


def reached(found: list[Task], results: list[NotebookResult],
            taught: dict[str, Objective]) -> list[Reached]:
    """The objectives that the day's tasks assess, as they are taught.

    A trainee has mastered one with MASTERED of the points of its tasks. Tasks
    that a person is still marking are left out for all.
    """
    of_objective = defaultdict(list)
    for task in (task for task in found if task.is_marked):
        for name in task.objectives:
            of_objective[name].append(task)
    earned = _earned(results)
    known = list(taught)
    all_of_them = []
    for name in sorted(of_objective, key=lambda name: (
            known.index(name) if name in taught else len(known), name)):
        its = of_objective[name]
        shares = [_share(of_trainee, its, trainee)
                  for trainee, of_trainee in earned.items()]
        shares = [share for share in shares if share is not None]
        if shares:
            all_of_them.append(Reached(
                name, taught.get(name), its,
                sum(share >= MASTERED for share in shares), len(shares)))
    return all_of_them


def _share(of_trainee, its, trainee):
    """Of the points of some tasks; None if the trainee has handed in none of
    them."""
    marks = [of_trainee[task.notebook, task.grade_id]
             for task in its if trainee in task.states]
    full = sum(points for _, points in marks)
    return sum(score for score, _ in marks) / full if full else None


def to_repeat(found: list[Task]) -> list[Task]:
    """The tasks in which the most people made a mistake, those of core
    exercises first: the debrief begins with them."""
    return sorted((task for task in _low(found) if task.tried),
                  key=lambda task: (not task.is_core, -task.tried,
                                    -task.count(UNANSWERED)))[:REPEAT_AT_MOST]


def untouched(found: list[Task]) -> list[Task]:
    """The tasks without a mistake that the most people left out. Perhaps
    the time was too short."""
    return sorted((task for task in _low(found) if not task.tried),
                  key=lambda task: (not task.is_core,
                                    -task.count(UNANSWERED)))[:REPEAT_AT_MOST]


def _low(found):
    """Solved by less than REPEAT_BELOW of the class. A task that a person is
    still marking says nothing yet: texts that were left as they were have
    their mark first."""
    return [task for task in found if task.is_marked
            and task.share(RIGHT) < REPEAT_BELOW]


def distribution(results: list[NotebookResult],
                 stretch: Collection[str] = ()) -> list[tuple[str, int]]:
    """Trainees per tenth of the points that are marked: the label, and how
    many. They are counted as in `shares`."""
    counts = [0] * 10
    for share in shares(results, stretch).values():
        counts[min(int(share * 10 + 1e-9), 9)] += 1
    return [(f"{low}–{low + 10} %", count)
            for low, count in zip(range(0, 100, 10), counts)]


def shares(results: list[NotebookResult],
           stretch: Collection[str] = ()) -> dict[str, float]:
    """trainee → share of the core's points of the day that are marked, as
    `certificates` counts: points of stretch exercises are added, up to the
    full number. Notebooks that were not handed in count as 0 points. Only
    trainees with a graded notebook."""
    full, waiting = core_points(results, stretch), defaultdict(float)
    for result in results:
        if result.graded and result.notebook not in stretch:
            waiting[result.student] += result.waiting
    return {trainee: min(1, sum(score for score, _ in marks.values())
                         / (full - waiting[trainee]))
            for trainee, marks in _earned(results).items()
            if full > waiting[trainee]}


def core_points(results: list[NotebookResult],
                stretch: Collection[str] = ()) -> float:
    """The points of the core exercises that are graded for somebody. (What a
    trainee did not hand in has tasks, too.)"""
    return sum({(result.notebook, task.grade_id): task.points
                for result in results
                if result.graded and result.notebook not in stretch
                for task in result.tasks}.values())
