"""Grading from Python: `from grader import grade; grade("backward.py", "mlp")`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.exercise.settings import Settings
from grader.exercise.shelf import load_exercise
from grader.grading.service import start_sandbox
from grader.grading.submission import read_submission

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox


def grade(
    path: str | Path, exercise: str | Exercise, settings: Settings | None = None, sandbox: Sandbox | None = None
) -> dict[str, Any]:
    """Grade one submission. Returns its entry in the report (an item of `submissions` in the schema).

    Args:
        path: a folder, `.py`, `.ipynb`, `.zip`, `.tar.gz` or `.md`.
        exercise: the name of an exercise, or a loaded one.
        settings: seed, batch size, criterion and so on; by default those of the lecture.
        sandbox: a running sandbox, to grade several submissions; by default one is started and closed.

    Raises:
        UnreadableSubmission: there is nothing to grade at `path`.
        UnknownExercise: there is no exercise with that name.
        SandboxError: an internal error of the sandbox; there is no grade.
    """
    if sandbox is None:
        with start_sandbox(settings or Settings()) as fresh:
            return grade(path, exercise, settings, fresh)
    _ = sandbox.numerics  # loads torch with pinned numerics before the engine does
    from grader.grading.grading import start_grading

    chosen = load_exercise(exercise) if isinstance(exercise, str) else exercise
    return start_grading(chosen, read_submission(Path(path)), sandbox, settings).document()
