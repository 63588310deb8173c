"""One run: the sandbox, the settings, and every submission graded with them. Does not depend on pytest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import __version__
from grader.exercise.shelf import load_exercise
from grader.grading.submission import Submission, read_submission
from grader.report.document import render, section
from grader.sandbox.client import started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.exercise.exercise import Exercise
    from grader.exercise.settings import Settings
    from grader.grading.grading import Grading
    from grader.sandbox.client import Sandbox
    from grader.sandbox.numerics import Numerics
    from grader.sandbox.types import Reading


def start_sandbox(settings: Settings, *, load_torch: bool = True) -> Sandbox:
    """A sandbox with the limits from these settings: see `sandbox.client.started`."""
    return started(settings.isolation, timeout=settings.timeout, imports=settings.imports, load_torch=load_torch)


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
    grading: Grading | None = None
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    """What each gradient's function printed."""

    def open(self, selected: Sequence[str] = ()) -> Grading:
        """Do everything that is done only once. Only the selected gradients will be graded."""
        if self.grading is None:
            chosen = tuple(selected) if 0 < len(selected) < len(self.exercise.graded) else ()
            self.only = chosen or self.only
            settings = self.run.pinned(self.only)  # loads torch with its settings, before the engine does
            from grader.grading.grading import start_grading

            self.grading = start_grading(self.exercise, self.submission, self.run.sandbox, settings)
        return self.grading

    def row(self, gradient: str) -> dict[str, Any]:
        """Everything the report says about one gradient; graded now if it has not been."""
        if gradient not in self.rows:
            row = self.open().row(gradient)
            self.rows[gradient], self.printed[gradient] = row.as_dict(), row.printed
            self.run.on_row(self, self.rows[gradient])
        return self.rows[gradient]

    def complete(self) -> None:
        """Grade whatever has not been graded."""
        for name in self.wanted if self.grading is not None else ():
            self.row(name)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The gradients that this run grades, in the report's order."""
        return tuple(name for name in self.exercise.gradients if not self.only or name in self.only)

    @property
    def finished(self) -> bool:
        """Whether every requested gradient has its row."""
        return self.grading is not None and all(name in self.rows for name in self.wanted)

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
        if self.grading is not None and self.grading.reading is not None:
            return self.grading.reading
        _ = self.run.numerics  # a session needs torch
        with self.run.sandbox.open(self.submission.files, self.exercise.rules, self.exercise.wanted) as session:
            return session.reading

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


class Run:
    """Everything graded together. The sandbox starts when first needed; `close` stops it."""

    def __init__(
        self,
        settings: Settings,
        *,
        sandbox: Sandbox | None = None,
        submission: Path | None = None,
        on_row: Callable[[Job, dict[str, Any]], None] = lambda _job, _row: None,
    ) -> None:
        self.settings = settings
        self._submission = submission
        """Graded instead of the backward.py next to an exercise's forward.py."""
        self.on_row = on_row
        self._sandbox = sandbox
        self._own_sandbox = sandbox is None
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

    @property
    def sandbox(self) -> Sandbox:
        """The warm server that every submission is forked from."""
        if self._sandbox is None:
            self._sandbox = start_sandbox(self.settings, load_torch=False)
        return self._sandbox

    @cached_property
    def numerics(self) -> Numerics:
        """The numerics of torch, which is loaded with them pinned."""
        return self.sandbox.numerics

    def pinned(self, only: tuple[str, ...] = ()) -> Settings:
        """The settings for some gradients, and whether bit-exact comparison is possible. Loads torch."""
        return replace(self.settings, only=only, exact_comparable=self.numerics.pinned)

    def uncomparable(self) -> Iterator[str]:
        """Why `exact` cannot be required here. Opens every submission, whose given case is needed to know."""
        if self.numerics.problem is not None:
            yield self.numerics.problem
        elif not all(job.open().cases.bits_comparable for job in self.all_jobs):
            from grader.grading.grading import OTHER_BITS

            yield OTHER_BITS

    def section(self) -> dict[str, Any]:
        """The report's key `grader`, with every submission that was fully graded."""
        notes = [
            f"{job.exercise.name}: stopped before all gradients were graded"
            for job in self.all_jobs
            if job.grading and not job.finished
        ]
        entries = [job.grading.document() for job in self.all_jobs if job.grading and job.finished]
        return section(entries, head=self.head(notes), feedback=self.settings.feedback)

    def head(self, notes: Sequence[str] = ()) -> dict[str, Any]:
        """The part of the report that holds for every submission of the run."""
        figures = asdict(self.numerics)
        problem = [sentence] if (sentence := figures.pop("problem")) else []
        del figures["pinned"]
        if self.settings.criterion == "approximate":
            problem.append(
                "criterion approximate: torch.allclose accepts zeros for tiny gradients and rejects some correct ones"
            )
        return {
            "version": __version__,
            "criterion": self.settings.criterion,
            "settings_sha256": self._settings_hash(),
            "numerics": figures,
            "notes": [*problem, *notes],
        }

    def _settings_hash(self) -> str:
        chosen = {name: getattr(self.settings, name) for name in ("seed", "batch_size", "criterion", "timeout")}
        content = {**chosen, "exercises": sorted(job.exercise.sha256 for job in self.all_jobs)}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def close(self) -> None:
        """Stop the sandbox if this run started it."""
        if self._own_sandbox and self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
