"""Restores one stub in a learner's file and leaves the rest of the file as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.exercise.settings import Settings
from grader.exercise.stubs import NoReset, find_by_text, function_name, pristine_stub, put_back
from grader.grading.run import read_in_child
from grader.grading.submission import read_own_file
from grader.report.files import replace_file
from grader.sandbox.types import Function

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.grading.submission import Submission
    from grader.sandbox.types import Reading


def reset_gradient(path: Path, exercise: Exercise, gradient: str, reading: Reading | None = None) -> tuple[Path, str]:
    """Restore a stub. Returns the file changed and the text removed from it.

    Args:
        path: the learner's file, or its folder.
        exercise: the exercise the stub belongs to.
        gradient: the gradient that the stub computes.
        reading: the sandbox's reading of the file as it is now, if there is one already.

    Raises:
        NoReset: the stub cannot be restored; the message says why.
        UnreadableSubmission: there is no file to change.
    """
    submission = read_own_file(path)
    file = path / next(iter(submission.files)) if path.is_dir() else path
    if file.name == "forward.py":
        raise NoReset(f"{path} has no backward.py; run `grade init .` in the folder above exercises/ to restore it")
    if file.suffix != ".py" or len(submission.files) != 1:
        raise NoReset(f"{path} is not a single Python file; a stub can be restored only in a backward.py")
    name = function_name(exercise, gradient)
    function = _span_of(submission, exercise, name, reading)
    if function is None and "." in name:
        raise NoReset(
            f"{file} has no {name}, and a method cannot be put back into its class; write its `def` line first"
        )
    content = next(iter(submission.files.values()))
    new, taken = put_back(content, function, pristine_stub(exercise, gradient))
    try:
        replace_file(file, new)
    except OSError as error:
        raise NoReset(f"{file} cannot be written: {(error.strerror or str(error)).lower()}") from None
    return file, taken.decode("utf-8", "replace").replace("\r\n", "\n")


def _span_of(submission: Submission, exercise: Exercise, name: str, reading: Reading | None) -> Function | None:
    """The function's lines, as read in the sandbox; found by its `def` if the file has a syntax error."""
    reading = reading or read_in_child(submission, Settings(), exercise)
    if reading.problem is None:
        return reading.functions.get(name)
    span = find_by_text(next(iter(submission.files.values())), name)
    if span is None:
        raise NoReset(f"{reading.problem}; fix that first: {name} cannot be separated from the rest of the file")
    return Function(name, reading.file, span[0], span[1], ())
