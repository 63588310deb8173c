"""One run: the settings, and every submission graded with them, in the grader's process. Without pytest and torch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from grader import __version__
from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import load_exercise
from grader.grading.service import GradingService, grading_service, start_sandbox
from grader.grading.submission import Submission, read_submission
from grader.names import names_path
from grader.report.document import render, section
from grader.sandbox.grader_process import GraderProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from grader.exercise.exercise import Exercise
    from grader.exercise.settings import Settings
    from grader.sandbox.numerics import Numerics
    from grader.sandbox.types import Reading


P = ParamSpec("P")
R = TypeVar("R")


def read_in_child(submission: Submission, settings: Settings, exercise: Exercise | None = None) -> Reading:
    """What a locked child, started only for this, reads from a submission. None of its code runs."""
    asked = (exercise.rules, exercise.wanted) if exercise is not None else ()
    with start_sandbox(settings) as sandbox, sandbox.open(submission.files, *asked) as session:
        return session.reading


@dataclass
class Job:
    """One submission against one exercise, graded row by row on demand."""

    run: Run = field(repr=False)
    exercise: Exercise
    submission: Submission
    only: tuple[str, ...] = ()
    """The requested gradients; empty for all."""
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    """What each gradient's function printed."""
    number: int | None = None
    """Under which the grader's process knows it; None until it is opened."""
    entry: dict[str, Any] | None = None
    """Its entry in the report, once it is complete."""

    def open(self, selected: Sequence[str] = ()) -> int:
        """Do everything that is done only once, and return its number. Only the selected gradients will be graded."""
        if self.number is None:
            chosen = tuple(selected) if 0 < len(selected) < len(self.exercise.graded) else ()
            self.only = chosen or self.only
            exercise, settings = self.exercise, replace(self.run.settings, only=self.only)
            self.number = self.run.call(
                GradingService.open, exercise.directory, exercise.sha256, self.submission, settings
            )
        return self.number

    def row(self, gradient: str) -> dict[str, Any]:
        """Everything the report says about one gradient; graded now if it has not been."""
        if gradient not in self.rows:
            self._take(gradient)
        return self.rows[gradient]

    def document(self) -> dict[str, Any]:
        """Its entry in the report. Grades whatever has not been graded."""
        if self.entry is None:
            self._take(*(name for name in self.wanted if name not in self.rows))
            self.entry, self.reading = self.run.call(GradingService.document, self.open())
        return self.entry

    def _take(self, *gradients: str) -> None:
        for told in self.run.call(GradingService.rows, self.open(), gradients):
            name = told.row["name"]
            self.rows[name], self.printed[name] = told.row, told.printed
            self.run.on_row(self, told.row)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The gradients that this run grades, in the report's order."""
        return tuple(name for name in self.exercise.gradients if not self.only or name in self.only)

    @property
    def finished(self) -> bool:
        """Whether every requested gradient has its row."""
        return self.number is not None and all(name in self.rows for name in self.wanted)

    @property
    def file(self) -> Path:
        """The learner's file; the folder if it is not known which file that is."""
        source = self.submission.source
        return source / next(iter(self.submission.files)) if source.is_dir() and self.submission.files else source

    def place(self, gradient: str) -> tuple[Path, int | None]:
        """File and line of the learner's function, as read by the locked child."""
        function = self.reading.functions.get(gradient)
        if function is None:
            return self.file, None
        source = self.submission.source
        return (source / function.file if source.is_dir() else source), function.line

    @cached_property
    def reading(self) -> Reading:
        """What the locked child read from the submission, without running any of it."""
        return self.run.call(GradingService.reading, self.open())

    @property
    def heading(self) -> dict[str, Any]:
        """What the text of a failure needs to know about the submission."""
        return {"name": self.submission.name, "exercise": self.exercise.name, "source": str(self.submission.source)}

    def feedback(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row reduced to what the feedback level allows."""
        rendered = render({"gradients": [row]}, self.run.settings.feedback)["gradients"]
        return rendered[0] if rendered else row | {"problem": None, "notes": [], "worst": None, "diagnosis": None}


def _from_here(path: Path) -> Path:
    """A path as a user would type it here: relative if it is inside the current folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


class Grader(Protocol):
    """Where submissions are graded."""

    def call(self, method: Callable[Concatenate[Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a method of its `GradingService`."""

    def close(self) -> None:
        """End it."""


def serve(process: GraderProcess, settings: Settings) -> Grader:
    """Have a process that was launched grade with these settings. Returns at once, while it imports torch."""
    process.serve(grading_service, settings, str(names_path()))
    return process


class Run:
    """Everything graded together. The grader's process starts when first needed; `close` ends it."""

    def __init__(
        self,
        settings: Settings,
        *,
        grader: Grader | None = None,
        submission: Path | None = None,
        on_row: Callable[[Job, dict[str, Any]], None] = lambda _job, _row: None,
    ) -> None:
        self.settings = settings
        self._submission = submission
        """Graded instead of the backward.py next to an exercise's forward.py."""
        self.on_row = on_row
        self._grader = grader
        self._own_grader = grader is None
        self._jobs: dict[Path, list[Job]] = {}

    def add(self, exercise: Exercise, submission: Submission, only: tuple[str, ...] = ()) -> Job:
        """Add a submission to this run."""
        job = Job(self, exercise, submission, only)
        self._jobs.setdefault(exercise.forward_file, []).append(job)
        return job

    def jobs(self, forward: Path) -> list[Job]:
        """The submissions to grade against the exercise of a forward.py: those added, else the file next to it."""
        forward = forward.resolve()
        if forward not in self._jobs:
            path = self._submission or _from_here(forward.with_name("backward.py"))
            self.add(load_exercise(forward.parent), read_submission(path))
        return self._jobs[forward]

    @property
    def all_jobs(self) -> list[Job]:
        """Every submission, in the order in which they were added."""
        return [job for jobs in self._jobs.values() for job in jobs]

    def leave_out_broken(self) -> list[tuple[Job, str]]:
        """Take the submissions out of this run whose exercise cannot be graded; each with a sentence that says why."""
        found: list[tuple[Job, str]] = []
        for job in self.all_jobs:
            try:
                job.open()
            except BrokenExercise as error:
                found.append((job, str(error)))
        for broken, _ in found:
            forward = broken.exercise.forward_file
            self._jobs[forward] = [job for job in self._jobs[forward] if job is not broken]
        return found

    def call(self, method: Callable[Concatenate[Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a method of the grader's process."""
        if self._grader is None:
            self._grader = serve(GraderProcess.launch(), self.settings)
        return self._grader.call(method, *args, **kwargs)

    @cached_property
    def numerics(self) -> Numerics:
        """The numerics of torch where it grades."""
        return self.call(GradingService.numerics)

    def uncomparable(self) -> Iterator[str]:
        """Why `exact` cannot be required here. Opens every submission, whose given case is needed to know."""
        if self.numerics.problem is not None:
            yield self.numerics.problem
        elif not all(self.call(GradingService.bits_comparable, job.open()) for job in self.all_jobs):
            from grader.grading.grading import OTHER_BITS

            yield OTHER_BITS

    def section(self) -> dict[str, Any]:
        """The report's key `grader`, with every submission that was fully graded."""
        notes = [
            f"{job.exercise.name}: stopped before all gradients were graded"
            for job in self.all_jobs
            if job.number is not None and not job.finished
        ]
        entries = [job.document() for job in self.all_jobs if job.finished]
        return section(entries, head=self.head(notes), feedback=self.settings.feedback)

    def head(self, notes: Sequence[str] = ()) -> dict[str, Any]:
        """The part of the report that holds for every submission of the run."""
        return head(self.settings, (job.exercise for job in self.all_jobs), self.numerics, notes)

    def close(self) -> None:
        """End the grader's process if this run started it."""
        if self._own_grader and self._grader is not None:
            self._grader.close()
            self._grader = None


def head(
    settings: Settings, exercises: Iterable[Exercise], numerics: Numerics, notes: Sequence[str] = ()
) -> dict[str, Any]:
    """The part of a report that holds for every submission in it."""
    figures = asdict(numerics)
    problem = [sentence] if (sentence := figures.pop("problem")) else []
    del figures["pinned"]
    if settings.criterion == "approximate":
        problem.append(
            "criterion approximate: torch.allclose accepts zeros for tiny gradients and rejects some correct ones"
        )
    return {
        "version": __version__,
        "criterion": settings.criterion,
        "settings_sha256": _settings_hash(settings, exercises),
        "numerics": figures,
        "notes": [*problem, *notes],
    }


def _settings_hash(settings: Settings, exercises: Iterable[Exercise]) -> str:
    chosen = {name: getattr(settings, name) for name in ("seed", "batch_size", "criterion", "timeout")}
    content = {**chosen, "exercises": sorted(exercise.sha256 for exercise in exercises)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
