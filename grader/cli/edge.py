"""How a command ends: a sentence on stderr and an exit code, whatever happened."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from grader.report.exit_code import ExitCode
from grader.sandbox.cleaning import clean, joined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Misuse(click.UsageError):
    """The command cannot mean that: one sentence that says what it could. The options' help would not help."""


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Around whatever writes a file that was named on the command line.

    Raises:
        Misuse: it cannot be written, with the system's reason.
    """
    try:
        yield
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None


def tell_misuse(error: click.UsageError) -> ExitCode:
    """The sentence; the way to the help as well, where the options were the trouble."""
    _say(error.format_message())
    if not isinstance(error, Misuse):
        path = error.ctx.command_path.removesuffix(" run") if error.ctx else "grade"
        click.echo(f"Try '{path} --help' for help.", err=True)
    return ExitCode.USAGE


def tell_error(error: Exception) -> ExitCode:
    """The sentence of an error that has one; for a bug, its traceback. What was named wrongly is a usage error."""
    if isinstance(error, _named_wrongly()):
        _say(str(error))
        return ExitCode.USAGE
    if isinstance(error, _ours()):
        _say(str(error))
        return ExitCode.OUR_FAULT
    import traceback

    from grader.report.formats.github import logged

    whole = "".join(traceback.format_exception(error))
    click.echo(logged(clean(whole, len(whole), lines=True), os.environ), err=True)
    _say("this is a fault of the grader, not of the submission. No grade was written.")
    return ExitCode.OUR_FAULT


def _say(sentence: str) -> None:
    """On one line: a path in it may be a learner's, with whatever its name is made of."""
    click.echo(f"Error: {joined(sentence, len(sentence))}", err=True)


def _named_wrongly() -> tuple[type[Exception], ...]:
    """What a command was given cannot be used: a name, a file, a place to write to."""
    from grader.exercise.shelf import UnknownExercise
    from grader.exercise.stubs import NoReset
    from grader.grading.submission import UnreadableSubmission
    from grader.report.files import UnwritableReport

    return UnknownExercise, UnreadableSubmission, UnwritableReport, NoReset


def _ours() -> tuple[type[Exception], ...]:
    """Faults of the grader's own, of an exercise and of a list of names, that have a sentence."""
    from grader.exercise.forward import BrokenExercise
    from grader.names import NamesError
    from grader.sandbox.types import SandboxError

    return BrokenExercise, NamesError, SandboxError


def leave(code: int) -> None:
    """Exit at once: taking torch's objects apart takes longer than grading did, and nothing of ours is left to tidy."""
    if "torch" not in sys.modules:
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
