"""Grading as a command calls it: in the grader's process, which holds torch, the cases and the sandbox.

What goes in and comes out can be pickled, so that `GraderProcess.call` can carry it. A command imports this module for
the names of what it calls, so it imports torch only in the methods.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import load_exercise
from grader.names import NAMES_VARIABLE, names_path
from grader.sandbox.client import started

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.exercise.settings import Settings
    from grader.grading.grading import Grading
    from grader.grading.submission import Submission
    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.forkserver import ForkServer
    from grader.sandbox.numerics import Numerics
    from grader.sandbox.types import Reading


@dataclass(frozen=True, slots=True)
class Told:
    """One gradient's row as the report has it, and what its function printed."""

    row: dict[str, Any]
    printed: str


class GradingService:
    """Grades submissions, each under a number, row by row as they are asked for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._exercises: dict[tuple[Path, str], Exercise] = {}
        self._cases: dict[tuple[Any, ...], Cases] = {}
        self._open: dict[int, Grading] = {}
        self._opened = 0

    def numerics(self) -> Numerics:
        """The numerics of torch, which are pinned here."""
        return self.sandbox.numerics

    def allow(self, imports: Sequence[str]) -> None:
        """Import what an exercise allows that was not known when the sandbox started."""
        self.sandbox.allow(imports)

    def expect_more(self) -> None:
        """Prepare for many submissions, one after the other."""
        self.sandbox.expect_more()

    def read(self, submission: Submission, exercise: Path | None = None, sha256: str = "") -> Reading:
        """What a locked child reads from a submission, without running any of it.

        Args:
            exercise: the folder of the exercise that it is read for; None if that is not known yet.
            sha256: the exercise's hash.
        """
        chosen = self._exercise(exercise, sha256) if exercise is not None else None
        asked = (chosen.rules, chosen.wanted) if chosen is not None else ()
        with self.sandbox.open(submission.files, *asked) as session:
            return session.reading

    def open(self, exercise: Path, sha256: str, submission: Submission, settings: Settings) -> int:
        """Start grading a submission; returns its number. Nothing of it runs before the first row is asked for."""
        from grader.grading.grading import start_grading

        chosen = self._exercise(exercise, sha256)
        key = (exercise, sha256, settings.seed, settings.batch_size, settings.hidden_seed, names_path())
        if key not in self._cases:
            self._cases[key] = _cases(chosen, settings)
        pinned = replace(settings, exact_comparable=self.numerics().pinned)
        self._opened += 1
        self._open[self._opened] = start_grading(chosen, submission, self.sandbox, pinned, self._cases[key])
        return self._opened

    def bits_comparable(self, number: int) -> bool:
        """Whether the exercise's reference gradients have the bits that were measured."""
        return self._open[number].cases.bits_comparable

    def reading(self, number: int) -> Reading:
        """What the locked child that will run it reads from a submission."""
        return self._open[number].read()

    def rows(self, number: int, names: Sequence[str]) -> list[Told]:
        """The rows of these gradients; graded as far as needed."""
        rows = [self._open[number].row(name) for name in names]
        return [Told(row.as_dict(), row.printed) for row in rows]

    def document(self, number: int) -> tuple[dict[str, Any], Reading]:
        """The submission's entry in the report and what was read of it; forgets its number."""
        grading = self._open.pop(number)
        return grading.document(), grading.read()

    def _exercise(self, directory: Path, sha256: str) -> Exercise:
        """The exercise in a folder, read anew if it has changed."""
        key = (directory, sha256)
        if key not in self._exercises:
            self._exercises[key] = load_exercise(directory)
        return self._exercises[key]


def _cases(exercise: Exercise, settings: Settings) -> Cases:
    """The cases of an exercise. What its forward.py raises is its own fault: it may need another release of torch."""
    from grader.exercise.case import build_cases

    try:
        return build_cases(exercise, settings.seed, settings.batch_size, settings.hidden_seed)
    except Exception as error:
        frames = (frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__))
        own = any(name == str(exercise.forward_file) or name.startswith("forward.py:") for name in frames)
        if isinstance(error, BrokenExercise) or not own:
            raise
        raise BrokenExercise(f"{exercise.forward_file} does not run: {type(error).__name__}: {error}") from error


def start_sandbox(settings: Settings, *, load_torch: bool = True, server: ForkServer | None = None) -> Sandbox:
    """A sandbox with the limits from these settings: see `sandbox.client.started`."""
    return started(
        settings.isolation, timeout=settings.timeout, imports=settings.imports, load_torch=load_torch, server=server
    )


def grading_service(server: ForkServer | None, settings: Settings, names: str) -> GradingService:
    """The service of a process that was started for it.

    Args:
        server: the server forked from this process, if there is one.
        settings: of the run; the sandbox's limits are in them.
        names: the file of the list of names to train on.
    """
    os.environ[NAMES_VARIABLE] = names
    return GradingService(start_sandbox(settings, load_torch=False, server=server))
