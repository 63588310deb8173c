"""How a command ends: always a message on stderr and an exit code."""

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
    """A usage error whose message says what to type instead, so that pointing to `--help` adds nothing."""


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Wraps code that writes a file named on the command line.

    Raises:
        Misuse: the file cannot be written; the message has the system's reason.
    """
    try:
        yield
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None


def tell_misuse(error: click.UsageError) -> ExitCode:
    """Print the message, and how to get help unless the message says what to type instead."""
    _say(error.format_message())
    if not isinstance(error, Misuse):
        path = error.ctx.command_path.removesuffix(" run") if error.ctx else "grade"
        click.echo(f"Try '{path} --help' for help.", err=True)
    return ExitCode.USAGE


def tell_error(error: Exception) -> ExitCode:
    """Print an error's message, or a bug's traceback. An argument that cannot be used is a usage error."""
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
    _say("internal error in the grader, not in the submission. No grade was written.")
    return ExitCode.OUR_FAULT


def _say(sentence: str) -> None:
    """Print on one line without control characters: a path in it may have been named by a learner."""
    click.echo(f"Error: {joined(sentence, len(sentence))}", err=True)


def _named_wrongly() -> tuple[type[Exception], ...]:
    """Errors of an argument: a name, a file, a format or an output path that cannot be used."""
    from grader.exercise.shelf import UnknownExercise
    from grader.exercise.stubs import NoReset
    from grader.grading.submission import UnreadableSubmission
    from grader.report.files import UnwritableReport
    from grader.report.html.render import MissingLibrary
    from grader.report.submission_facts import NothingToTell

    return UnknownExercise, UnreadableSubmission, UnwritableReport, MissingLibrary, NothingToTell, NoReset


def _ours() -> tuple[type[Exception], ...]:
    """Errors of the grader, an exercise or a list of names, that have a message."""
    from grader.exercise.forward import BrokenExercise
    from grader.names import NamesError
    from grader.sandbox.types import SandboxError

    return BrokenExercise, NamesError, SandboxError


def leave(code: int) -> None:
    """Exit at once if torch is loaded: destroying its objects takes longer than grading, and no cleanup is left."""
    if "torch" not in sys.modules:
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
