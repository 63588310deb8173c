"""The exercises being watched, the last result for each, and the current gradient."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.exercise.shelf import is_exercise
from grader.grading.run import Run
from grader.grading.service import GradingService
from grader.grading.submission import Submission, UnreadableSubmission, read_own_file
from grader.report.document import document
from grader.report.row_facts import solved, started
from grader.report.submission_facts import most_pressing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.exercise.exercise import Exercise
    from grader.exercise.settings import Settings
    from grader.grading.run import Grader
    from grader.learner.state import LearnerState
    from grader.report.row_facts import Row
    from grader.sandbox.types import Reading

RENAMING_SECONDS = 0.1
"""How long a file may be missing while an editor saves by renaming."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The result of grading one file."""

    sha256: str
    report: dict[str, Any]
    printed: dict[str, str]
    reading: Reading
    seconds: float

    @property
    def entry(self) -> dict[str, Any]:
        """The submission's entry in the report."""
        entry: dict[str, Any] = self.report["grader"]["submissions"][0]
        return entry

    @property
    def line(self) -> int:
        """The line of what is wrong with the whole file; 1 if it is not known."""
        rows = self.entry["gradients"]
        return self.reading.line or (rows[0]["line"] if rows else None) or 1

    @property
    def right(self) -> dict[str, bool]:
        """Gradient -> whether it is right."""
        return {row["name"]: solved(row) for row in self.entry["gradients"]}


@dataclass(slots=True)
class WatchedWork:
    """One exercise and the learner's file for it."""

    exercise: Exercise
    path: Path
    verdict: Standing | None = None
    before: int | None = None
    """How many gradients were right in the run before."""
    known: tuple[int, int] | None = None
    """How many gradients were right before this session, and how many had been graded; None if nothing is known."""
    missing: str | None = None
    """Why there is nothing to grade."""
    broken: tuple[str, ...] = ()
    """Gradients that were right in the run before and no longer are."""
    _was: dict[str, bool] = field(default_factory=dict)
    """What was right when the file could last be read."""

    @property
    def file(self) -> Path:
        """The file to watch."""
        return self.path / "backward.py" if self.path.is_dir() or is_exercise(self.path) else self.path

    def read(self) -> Submission:
        """Read the file.

        Raises:
            UnreadableSubmission: it is missing, or not a file.
        """
        if self.path.is_dir() and not self.file.is_file():
            raise UnreadableSubmission(f"{self.file} is missing; it will be graded once it is back")
        return read_own_file(self.path)

    def take(self, verdict: Standing) -> None:
        """Store a new result and compare it with the last one."""
        self.verdict, self.missing = verdict, None
        if verdict.entry["problem"]:
            return  # a file that cannot be read says nothing about its gradients
        was, self._was = self._was, verdict.right
        if was:
            self.before = sum(was.values())
        self.broken = tuple(name for name, right in verdict.right.items() if was.get(name) and not right)

    @property
    def stage(self) -> int:
        """0 if some of its gradients are known to be right, 1 if none is, 2 if all are."""
        right = self.known[0] if self.known else 0
        return 1 if right == 0 else 2 if right >= len(self.exercise.graded) else 0

    @property
    def unsolved(self) -> list[str]:
        """The gradients still to solve, from the loss backward; all of them if the file was never graded."""
        if self.verdict is None:
            return list(self.exercise.gradients)
        return [name for name, right in self.verdict.right.items() if not right]


@dataclass(slots=True)
class Desk:
    """The exercises being watched and the current gradient, which changes only on request."""

    works: list[WatchedWork]
    state: LearnerState
    current: int = 0
    gradient: str | None = None
    opening: bool = True
    """Whether the current gradient is only remembered: one that is wrong comes before it, as in `grade`."""

    def __post_init__(self) -> None:
        names = [work.exercise.name for work in self.works]
        last = next(iter([*self.state.at][-1:]), None)
        if last in names:
            self.current = names.index(last)
            self.gradient = self._known(self.state.at[last])
        else:
            # As `grade` does: first what is begun, then what is not done.
            self.current = min(range(len(self.works)), key=lambda index: self.works[index].stage, default=0)

    def start_at(self, named: Sequence[Sequence[str]]) -> None:
        """Start at the first gradient named on the command line. `named`: the gradients named for each work."""
        for index, gradients in enumerate(named):
            if len(gradients) == 1:
                self.go(index, gradients[0])
                self.opening = False
                return

    def _known(self, gradient: str) -> str | None:
        return gradient if gradient in self.work.exercise.gradients else None

    @property
    def work(self) -> WatchedWork:
        """The current exercise."""
        return self.works[self.current]

    @property
    def row(self) -> dict[str, Any] | None:
        """The row of the current gradient; None if there is none."""
        if self.work.verdict is None or self.work.verdict.entry["problem"]:
            return None
        return next((row for row in self.work.verdict.entry["gradients"] if row["name"] == self.gradient), None)

    def settle(self) -> None:
        """Choose the first unsolved gradient if there is none, or none that should be opened."""
        if self.work.verdict is None or self.work.verdict.entry["problem"]:
            return
        pressing = most_pressing(self.work.verdict.entry)
        if self.gradient is None or (self.opening and _comes_first(pressing, self.row)):
            self.go(self.current, pressing["name"] if pressing else self.work.exercise.gradients[-1])
        self.opening = False

    def go(self, index: int, gradient: str | None) -> None:
        """Make this the current exercise and gradient."""
        self.current, self.gradient = index, gradient
        if gradient is not None:
            self.state.go(self.work.exercise.name, gradient)
            self.state.write()

    def saved(self, work: WatchedWork) -> None:
        """Make the exercise current whose file was saved."""
        if work is not self.work:
            self.opening = work.verdict is None
            self.go(self.works.index(work), self.state.at.get(work.exercise.name))

    def following(self) -> str | None:
        """The next unsolved gradient of this exercise, from the loss backward, wrapping around."""
        names, left = list(self.work.exercise.gradients), set(self.work.unsolved)
        at = names.index(self.gradient) + 1 if self.gradient in names else 0
        return next((name for name in [*names[at:], *names[:at]] if name in left and name != self.gradient), None)

    def move_on(self) -> bool:
        """Go to the next unsolved gradient, in the next exercise if this one has none. False if none is left."""
        following = self.following()
        if following is not None:
            self.go(self.current, following)
            return True
        if self.work.unsolved:
            return True  # the current one is the only one left
        for index in self._others():
            if self.works[index].unsolved:
                self.go(index, None)
                self.settle()
                return True
        return False

    def _others(self) -> Iterator[int]:
        count = len(self.works)
        yield from ((self.current + step) % count for step in range(1, count))


def _comes_first(pressing: Row | None, row: Row | None) -> bool:
    """Whether the gradient that `grade` would open comes before the one remembered."""
    if pressing is None or row is None or (started(row) and not solved(row)):
        return False
    return solved(row) or started(pressing)


class Regrader:
    """Grades works again and again in one process, which builds their cases once."""

    def __init__(self, settings: Settings, grader: Grader) -> None:
        self.settings = settings
        self.grader = grader

    def warm(self) -> None:
        """Wait until torch is loaded."""
        self.grader.call(GradingService.numerics)

    def grade(self, work: WatchedWork, submission: Submission) -> Standing:
        """Grade every gradient of a file."""
        begun = time.perf_counter()
        run = Run(self.settings, grader=self.grader)
        job = run.add(work.exercise, submission)
        entry = job.document()
        self.grader.call(GradingService.expect_more)  # while the learner reads; only the first time does anything
        report = document([entry], head=run.head(), root=str(Path.cwd()))
        return Standing(submission.sha256, report, job.printed, job.reading, time.perf_counter() - begun)
