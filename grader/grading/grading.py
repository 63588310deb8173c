"""Grading one submission: its rows on demand, then its entry in the report.

What is asked, and in which order, depends on the kind of exercise: `KINDS` has the steps of each.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from grader.exercise.case import build_cases
from grader.exercise.settings import Criterion, Settings
from grader.grading.gradients import GradientSteps
from grader.grading.layer import LayerSteps
from grader.grading.questions import Attempt
from grader.grading.row import empty_entry, total
from grader.grading.training import TrainingSteps
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.grading.row import Row
    from grader.grading.submission import Submission
    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.session import Session
    from grader.sandbox.types import Isolation, Reading


class Steps(Protocol):
    """How a submission is graded, for one kind of exercise. Made for one submission."""

    def rows(self, session: Session) -> Iterator[Row]:
        """Ask the questions; yield a row for each of the attempt's variables, in order, as soon as it is known."""

    def extra(self) -> dict[str, Any]:
        """Keys that only this kind adds to the submission's entry, once all rows are known."""


KINDS: dict[str, Callable[[Attempt], Steps]] = {
    "gradients": GradientSteps,
    "training": TrainingSteps,
    "layer": LayerSteps,
}
"""The kinds of exercise, by their name in exercise.toml."""


OTHER_BITS = (
    "the reference gradients have other bits on this machine, or with this release of torch, than where they were "
    "measured: `exact` is only informative here"
)


def start_grading(
    exercise: Exercise,
    submission: Submission,
    sandbox: Sandbox,
    settings: Settings | None = None,
    cases: Cases | None = None,
) -> Grading:
    """Start grading a submission. Nothing runs before the first row is requested.

    Args:
        settings: the lecture's own if None.
        cases: the cases for these settings; built if None.
    """
    settings = settings or Settings()
    cases = cases or build_cases(exercise, settings.seed, settings.batch_size, settings.hidden_seed)
    return Grading(exercise, submission, sandbox, settings, cases)


class Grading:
    """One submission being graded. Iterate over `rows()` or get one with `row(name)`, then call `document()`."""

    def __init__(
        self, exercise: Exercise, submission: Submission, sandbox: Sandbox, settings: Settings, cases: Cases
    ) -> None:
        self.exercise = exercise
        self.submission = submission
        strict = settings.criterion is Criterion.EXACT  # otherwise bits earn nothing, and need not be computed yet
        comparable = not strict or cases.bits_comparable
        self.settings = settings if comparable else replace(settings, exact_comparable=False)
        self.cases = cases
        self._comparable = comparable
        self.reading: Reading | None = None
        """What the locked child read from the submission; None until the first row is requested."""
        self._sandbox = sandbox
        self._steps: Steps | None = None
        self._known: dict[str, Row] = {}
        self._pending = self._grade()
        self._seconds = 0.0
        self._skipped: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables whose gradients get a row, in the order of the report."""
        only = self.settings.only
        return tuple(each for each in self.exercise.graded if not only or self.exercise.row_name(each) in only)

    def rows(self) -> Iterator[Row]:
        """Every row, in the order of the report, each as soon as it is known."""
        for variable in self.variables:
            yield self.row(self.exercise.row_name(variable))

    def row(self, name: str) -> Row:
        """One gradient's row; grades as far as needed."""
        while name not in self._known:
            self._go_on()
        return self._known[name]

    def read(self) -> Reading:
        """What the locked child reads from the submission, before any of it runs."""
        if self.reading is None:
            self._go_on()
        assert self.reading is not None
        return self.reading

    def _go_on(self) -> None:
        start = time.perf_counter()
        row = next(self._pending)
        self._seconds += time.perf_counter() - start
        if row is not None:
            self._known[row.name] = row

    def close(self) -> None:
        """Release the sandbox's child if rows are left ungraded."""
        self._pending.close()

    def document(self) -> dict[str, Any]:
        """The submission's entry in the report. Grades whatever has not been graded."""
        rows = list(self.rows())
        self.close()
        submission, reading = self.submission, self.reading
        problem, notes = (reading.problem, (*reading.notes, *self._skipped, *reading.asides)) if reading else (None, ())
        status = "unreadable" if problem is not None else _status(rows)
        if reading is not None and problem is None:
            other = _wrong_exercise(self.exercise, reading)
            if any(row.correct for row in rows):
                notes = (*notes, other) if other else notes
            else:
                problem = reading.form or other
        if self.cases.other_bits or not self._comparable:
            notes = (*notes, OTHER_BITS)
        return {
            **empty_entry(submission.name, self.exercise.name, str(submission.source), status, problem, notes),
            "sha256": submission.sha256,
            "case": {"seed": self.settings.seed, "sizes": dict(self.cases.given.sizes)},
            "hidden_cases": sum(case.hidden for case in self.cases),
            "reference_hash": self.cases.reference_hash,
            "isolation": _isolation(self._sandbox.isolation),
            "score": total(rows),
            "duration_s": self._seconds,
            "gradients": [row.as_dict() for row in rows],
            **(self._steps.extra() if self._steps else {}),
        }

    def _grade(self) -> Generator[Row | None]:
        with self._sandbox.open(self.submission.files, self.exercise.rules, self.exercise.wanted) as session:
            self.reading = reading = session.reading
            yield None
            loading = session.load() if reading.problem is None else None
            self._skipped = session.skipped
            attempt = Attempt(self.exercise, self.settings, self.cases, reading, loading, self.variables)
            self._steps = KINDS[self.exercise.kind](attempt)
            yield from self._steps.rows(session)


def _status(rows: Sequence[Row]) -> str:
    return "refused" if rows and all(row.verdict is Verdict.REFUSED for row in rows) else "graded"


def _wrong_exercise(exercise: Exercise, reading: Reading) -> str | None:
    """Which other exercise a submission is for, by the names of what is begun in it."""
    read = next((survey for survey in reading.surveys if survey.file == reading.file), None)
    if read is None or set(read.begun) <= set(exercise.answers):
        return None
    from grader.exercise.look_alike import looks_like

    return looks_like(exercise, read.begun, flat=read.flat) or None


def _isolation(isolation: Isolation) -> dict[str, Any]:
    return {"level": str(isolation.level), "locks": list(isolation.locks), "missing": list(isolation.missing)}
