"""Grading from Python: `from grader import grade; grade("backward.py", "mlp")`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.exercise.settings import Settings
from grader.exercise.shelf import load_exercise
from grader.grading.run import start_sandbox
from grader.grading.submission import read_submission

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox


def grade(
    path: str | Path, exercise: str | Exercise, settings: Settings | None = None, sandbox: Sandbox | None = None
) -> dict[str, Any]:
    """Grade one submission; its entry in the report (`submissions` of the schema).

    Args:
        path: a folder, a `.py`, a `.zip` or an `.ipynb`.
        exercise: its name, or a loaded one.
        settings: seed, batch size, criterion and the rest; the lecture's own when left out.
        sandbox: a warm one, if several submissions are graded; else one is started and closed again.

    Raises:
        UnreadableSubmission: nothing at the path can be graded.
        UnknownExercise: no exercise of that name.
        SandboxError: the sandbox's own fault; no grade.
    """
    if sandbox is None:
        with start_sandbox(settings or Settings()) as fresh:
            return grade(path, exercise, settings, fresh)
    _ = sandbox.numerics  # torch, with its numerics pinned, before the engine loads it
    from grader.grading.grading import start_grading

    chosen = load_exercise(exercise) if isinstance(exercise, str) else exercise
    return start_grading(chosen, read_submission(Path(path)), sandbox, settings).document()
