"""How a command ends: always a message on stderr and an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from io import UnsupportedOperation
from typing import TYPE_CHECKING, TextIO

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
        raise Misuse(f"{path} cannot be written: {reason(error)}") from None


@contextmanager
def interrupted_once() -> Iterator[None]:
    """Act on the first Ctrl-C only: the orderly shutdown after it takes a moment."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def first(signum: int, _: object) -> None:
        signal.signal(signum, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is first:  # otherwise it is shutting down; leave that alone
            signal.signal(signal.SIGINT, before)


def tell_misuse(error: click.UsageError) -> ExitCode:
    """Print the message, and how to get help unless the message says what to type instead."""
    _say(error.format_message())
    if not isinstance(error, Misuse):
        path = error.ctx.command_path.removesuffix(" run") if error.ctx else "grade"
        show(f"Try '{path} --help' for help.", err=True)
    return ExitCode.USAGE


def tell_error(error: Exception) -> ExitCode:
    """Print an error's message, or a bug's traceback. An argument that cannot be used is a usage error."""
    if isinstance(error, _named_wrongly()):
        _say(str(error))
        return ExitCode.USAGE
    if isinstance(error, _ours()):
        _say(str(error))
        return ExitCode.OUR_FAULT
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":  # Python's own words
        error = BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    if isinstance(error, OSError) and error.errno is not None:
        _say(_of_the_system(error))
        return ExitCode.OUR_FAULT
    import traceback

    from grader.report.formats.github import logged

    whole = "".join(traceback.format_exception(error))
    show(logged(clean(whole, len(whole), lines=True), os.environ), err=True)
    _say("internal error in the grader, not in the submission. No grade was written.")
    return ExitCode.OUR_FAULT


def _of_the_system(error: OSError) -> str:
    """What the system refused, and why. An error without a path may be that of printing."""
    path = error.filename2 or error.filename
    if path is not None:
        return f"{os.fsdecode(path) if isinstance(path, (bytes, str)) else path}: {reason(error)}"
    if stream := _printed_to(error):
        give_up(stream)
        return f"{stream} cannot be written: {reason(error)}"
    limit = "; the limit of processes may be reached (`ulimit -u`)" if error.errno == errno.EAGAIN else ""
    return f"the system reports: {reason(error)}{limit}"


def _printed_to(error: OSError) -> str:
    """The stream that an error came from; empty if it came from anything but printing."""
    import traceback

    printing = (frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_code is click.echo.__code__)
    frame = next(printing, None)
    if frame is None:
        return ""
    return "stderr" if frame.f_locals["err"] else "stdout"


def _say(sentence: str) -> None:
    """Print on one line without control characters: a path in it may have been named by a learner."""
    show(f"Error: {joined(sentence, len(sentence))}", err=True)


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


def open_streams() -> None:
    """Open stdin, stdout and stderr on the null device where the caller has closed them, as a service may.

    Otherwise the next file opened would take their number, and whatever is printed would end up in it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)  # as the three are
    os.close(descriptor)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False))  # noqa: SIM115


def show(text: str, *, err: bool = False, kept: str = "") -> None:
    """Print what a command has to say beside its work, which is done and decides the exit code.

    A stream that cannot take it is given up, and the other one says so, unless its reader has simply left.

    Args:
        text: what is printed.
        err: on stderr.
        kept: where the same can be read, for the message.
    """
    try:
        click.echo(text, err=err)
    except OSError as error:
        give_up("stderr" if err else "stdout")
        if isinstance(error, BrokenPipeError):
            return
        other = "stdout" if err else "stderr"
        said = f"{'stderr' if err else 'stdout'} cannot be written: {reason(error)}"
        try:
            click.echo("\n".join(filter(None, (text if err else "", f"{said}{kept and f'; {kept}'}"))), err=not err)
        except OSError:
            give_up(other)


def takes_escapes(stream: TextIO) -> bool:
    """Whether a stream is a terminal that moves its cursor and shows colors."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def reason(error: OSError) -> str:
    """The system's reason for an error, in lower case."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def give_up(name: str) -> None:
    """Send the rest of a stream nowhere, so that Python's last flush of it does not fail."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        with suppress(UnsupportedOperation):  # a stream in memory
            os.dup2(null, getattr(sys, name).fileno())
    finally:
        os.close(null)


def leave(code: int) -> None:
    """Exit at once if torch or pytest is loaded: no cleanup is left, and destroying their objects takes long."""
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except OSError:
            give_up(name)
    if not {"torch", "pytest"} & sys.modules.keys():
        sys.exit(code)
    os._exit(code)
