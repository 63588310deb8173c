"""How a command ends: each kind of error is one message on stderr and an exit code."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from grader.cli import edge
from grader.cli.edge import Misuse, leave, show, takes_escapes, tell_error, tell_misuse, writing
from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import UnknownExercise
from grader.exercise.stubs import NoReset
from grader.grading.submission import UnreadableSubmission
from grader.names import NamesError
from grader.report.exit_code import ExitCode
from grader.report.files import UnwritableReport
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


class TestErrors:
    """tell_error: the exit code says whose fault it was."""

    @pytest.mark.parametrize("kind", [UnknownExercise, UnreadableSubmission, UnwritableReport, NoReset])
    def test_an_argument_that_cannot_be_used_is_a_usage_error(
        self, capsys: pytest.CaptureFixture[str], kind: type[Exception]
    ) -> None:
        """A name, a file, an output path."""
        assert tell_error(kind("x.py is nowhere")) is ExitCode.USAGE
        assert capsys.readouterr() == ("", "Error: x.py is nowhere\n")

    @pytest.mark.parametrize("kind", [BrokenExercise, NamesError, SandboxError])
    def test_errors_of_the_grader_exit_with_3(self, capsys: pytest.CaptureFixture[str], kind: type[Exception]) -> None:
        """An exercise, a list of names, the sandbox."""
        assert tell_error(kind("forward.py:3: bad line")) is ExitCode.OUR_FAULT
        assert capsys.readouterr() == ("", "Error: forward.py:3: bad line\n")

    def test_a_bug_shows_its_traceback_and_says_it_is_internal(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A bug report needs both."""
        with pytest.raises(ZeroDivisionError) as raised:
            _ = 1 / 0
        assert tell_error(raised.value) is ExitCode.OUR_FAULT
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Traceback (most recent call last):\n")
        assert "_ = 1 / 0" in err
        last = "Error: internal error in the grader, not in the submission. No grade was written."
        assert err.splitlines()[-1] == last

    def test_control_characters_in_a_path_are_removed(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Learners choose the names of files."""
        tell_error(UnreadableSubmission("x\x1b]0;pwn\x07\n::error::y\u061c.py is a link"))
        tell_misuse(Misuse("there is no exercise or path \x9b31m\r\nz"))
        assert (
            capsys.readouterr().err
            == "Error: x]0;pwn ::error::y.py is a link\nError: there is no exercise or path 31m z\n"
        )

    def test_a_traceback_is_fenced_in_a_github_log(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It may quote what a learner wrote."""
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        tell_error(ZeroDivisionError("x\n::add-mask::y"))
        first, *rest = capsys.readouterr().err.splitlines()
        assert first.startswith("::stop-commands::")
        end = first.removeprefix("::stop-commands::")
        assert rest.index("::add-mask::y") < rest.index(f"::{end}::")

    def test_a_subclass_of_an_error_counts_as_that_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Subclasses are not listed."""

        class Special(SandboxError):
            pass

        assert tell_error(Special("gone")) is ExitCode.OUR_FAULT
        assert capsys.readouterr().err == "Error: gone\n"

    def test_no_error_is_in_both_groups(self) -> None:
        """The first group would hide the second."""
        assert not {*edge._named_wrongly()} & {*edge._ours()}


class TestMisuse:
    """tell_misuse: points to the help only if the options were wrong."""

    def test_our_own_message_does_not_point_to_the_help(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The help would add nothing."""
        assert tell_misuse(Misuse("which gradient? Name it")) is ExitCode.USAGE
        assert capsys.readouterr() == ("", "Error: which gradient? Name it\n")

    @pytest.mark.parametrize(
        ("context", "command"),
        [
            (None, "grade"),
            (click.Context(click.Command("list"), click.Context(click.Command("grade"), info_name="grade"), "list"),
             "grade list"),
            (click.Context(click.Command("run"), click.Context(click.Command("grade"), info_name="grade"), "run"),
             "grade"),
        ],
        ids=["no command", "list", "the default command"],
    )  # fmt: skip
    def test_a_wrong_option_points_to_the_commands_help(
        self, capsys: pytest.CaptureFixture[str], context: click.Context | None, command: str
    ) -> None:
        """The default command is not called by its name."""
        assert tell_misuse(click.UsageError("no such option", context)) is ExitCode.USAGE
        assert capsys.readouterr().err == f"Error: no such option\nTry '{command} --help' for help.\n"


class TestWriting:
    """writing: wraps code that writes a named file."""

    @pytest.mark.parametrize(
        ("make", "reason"),
        [
            (lambda path: path.mkdir(), "is a directory"),
            (lambda path: path.symlink_to(path), "too many levels of symbolic links"),
            (lambda path: path.symlink_to(path.parent / "no" / "where"), "no such file or directory"),
        ],
        ids=["folder", "circle", "nowhere"],
    )
    def test_the_message_has_the_systems_reason(
        self, tmp_path: Path, make: Callable[[Path], None], reason: str
    ) -> None:
        """In lower case, after the name as typed."""
        file = tmp_path / "out.csv"
        make(file)
        with pytest.raises(Misuse) as raised, writing(file):
            file.write_text("")
        assert str(raised.value) == f"{file} cannot be written: {reason}"
        assert raised.value.__cause__ is None

    def test_an_error_without_a_system_reason_has_its_own_text(self) -> None:
        """Some libraries raise OSError themselves."""
        with pytest.raises(Misuse, match=r"^a\.zip cannot be written: archive is closed$"), writing("a.zip"):
            raise OSError("Archive is closed")

    def test_a_full_disk_is_a_message_too(self) -> None:
        """It occurs in the middle of writing."""
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with pytest.raises(Misuse, match=r"^-o cannot be written: no space left on device$"), writing("-o"):
            raise full

    def test_success_and_other_errors_pass_through(self, tmp_path: Path) -> None:
        """Only OSError is converted."""
        with writing(tmp_path / "a"):
            (tmp_path / "a").write_text("x")
        assert (tmp_path / "a").read_text() == "x"
        with pytest.raises(ValueError, match="not mine"), writing("a"):
            raise ValueError("not mine")


class TestLeaving:
    """leave: the objects of torch and pytest are not destroyed one by one."""

    def test_without_them_python_exits_normally(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Exit handlers run."""
        for name in ("torch", "pytest"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        with pytest.raises(SystemExit) as raised:
            leave(ExitCode.USAGE)
        assert raised.value.code == 4

    @pytest.mark.parametrize(("loaded", "other"), [("torch", "pytest"), ("pytest", "torch")])
    def test_with_one_the_output_is_flushed_first(
        self, monkeypatch: pytest.MonkeyPatch, loaded: str, other: str
    ) -> None:
        """os._exit discards buffers."""
        done = []
        monkeypatch.setitem(sys.modules, loaded, object())
        monkeypatch.delitem(sys.modules, other, raising=False)
        monkeypatch.setattr(sys.stdout, "flush", lambda: done.append("stdout"))
        monkeypatch.setattr(sys.stderr, "flush", lambda: done.append("stderr"))
        monkeypatch.setattr(os, "_exit", done.append)
        leave(1)
        assert done == ["stdout", "stderr", 1]


PROCESSES = "the limit of processes may be reached (`ulimit -u`)"


class Refusing(io.StringIO):
    """A stream that takes nothing, as on a full disk or with its reader gone."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._error = OSError(number, os.strerror(number))

    def write(self, _: str) -> int:
        """Refuse."""
        raise self._error

    def flush(self) -> None:
        """Refuse."""
        raise self._error


class TestStreams:
    """show: what is printed beside the work never decides the exit code."""

    def test_a_full_stdout_is_reported_on_stderr(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With the place where the result is."""
        monkeypatch.setattr(sys, "stdout", Refusing(errno.ENOSPC))
        show("mlp: 26 of 26", kept="the result is in report.json")
        said = "stdout cannot be written: no space left on device; the result is in report.json\n"
        assert capsys.readouterr().err == said

    def test_an_error_that_stderr_cannot_take_is_shown_on_stdout(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is the stream that is left."""
        monkeypatch.setattr(sys, "stderr", Refusing(errno.ENOSPC))
        assert tell_error(SandboxError("gone")) is ExitCode.OUR_FAULT
        assert capsys.readouterr().out == "Error: gone\nstderr cannot be written: no space left on device\n"

    def test_a_reader_that_has_left_is_no_news(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`grade | true`."""
        monkeypatch.setattr(sys, "stdout", Refusing(errno.EPIPE))
        show("mlp: 26 of 26")
        assert capsys.readouterr() == ("", "")

    def test_with_both_refused_nothing_is_raised(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody is left to hear it."""
        monkeypatch.setattr(sys, "stdout", Refusing(errno.ENOSPC))
        monkeypatch.setattr(sys, "stderr", Refusing(errno.ENOSPC))
        show("mlp: 26 of 26")

    def test_a_product_that_stdout_cannot_take_is_an_error(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A table cut off in the middle is no success."""
        monkeypatch.setattr(sys, "stdout", Refusing(errno.ENOSPC))
        with pytest.raises(OSError, match="No space left") as raised:
            click.echo("ada,26")
        assert tell_error(raised.value) is ExitCode.OUR_FAULT
        assert capsys.readouterr().err == "Error: stdout cannot be written: no space left on device\n"

    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            (PermissionError(errno.EACCES, "Permission denied", "a\n/b"), "a /b: permission denied"),
            (OSError(errno.EXDEV, "Invalid cross-device link", "a", None, b"b"), "b: invalid cross-device link"),
            (OSError(errno.EMFILE, "Too many open files"), "the system reports: too many open files"),
            (
                RuntimeError("can't start new thread"),
                f"the system reports: resource temporarily unavailable; {PROCESSES}",
            ),
        ],
        ids=["path", "two paths", "no path", "no thread"],
    )
    def test_an_error_of_the_system_is_one_sentence(
        self, capsys: pytest.CaptureFixture[str], error: Exception, sentence: str
    ) -> None:
        """The path and the system's reason."""
        assert tell_error(error) is ExitCode.OUR_FAULT
        assert capsys.readouterr().err == f"Error: {sentence}\n"

    @pytest.mark.parametrize(
        ("term", "terminal", "takes"), [("xterm", True, True), ("dumb", True, False), ("xterm", False, False)]
    )
    def test_only_a_terminal_that_is_not_dumb_takes_escapes(
        self, monkeypatch: pytest.MonkeyPatch, term: str, *, terminal: bool, takes: bool
    ) -> None:
        """For the progress line, the bar and the screen of `grade watch`."""
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda: terminal)
        monkeypatch.setenv("TERM", term)
        assert takes_escapes(stream) is takes

    @pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    def test_closed_streams_change_no_exit_code(self, tmp_path: Path, closed: str) -> None:
        """cron, services and pythonw close them: nothing that is opened later takes their numbers."""
        code = (
            "import sys; from grader.cli.edge import open_streams; open_streams(); print('out'); "
            "print('err', file=sys.stderr); sys.exit(int(open('x').fileno() < 3 or sys.stdin.read() != ''))"
        )
        (tmp_path / "x").write_text("precious")
        command = f'"{sys.executable}" -c "{code}" {closed}'
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True,
            stdin=subprocess.DEVNULL, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, (tmp_path / "x").read_text()) == (0, "precious")
        assert done.stdout == ("" if ">&- " in f" {closed} ".replace("2>&-", "") else "out\n")

    @pytest.mark.slow
    @pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&- >&- 2>&-", ">/dev/full", "| true"])
    def test_a_right_submission_is_right_whoever_listens(self, tmp_path: Path, closed: str) -> None:
        """And its report is written."""
        command = (
            f'("{sys.executable}" -m grader "{ROOT}/solutions/micrograd" -q --report r.json; echo $? >code) {closed}'
        )
        if closed != "| true":
            command = (
                f'"{sys.executable}" -m grader "{ROOT}/solutions/micrograd" -q --report r.json {closed}; echo $? >code'
            )
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True,
            stdin=subprocess.DEVNULL, text=True, check=False,
        )  # fmt: skip
        assert (tmp_path / "code").read_text() == "0\n", done.stderr
        assert (tmp_path / "r.json").stat().st_size > 1000
        full = "stdout cannot be written: no space left on device; the result is in r.json\n"
        assert done.stderr == (full if closed == ">/dev/full" else "")


def test_the_exit_codes_are_pytests() -> None:
    """`grade` and `pytest exercises/` mean the same by them."""
    meant = {"ALL_RIGHT": "OK", "SOMETHING_WRONG": "TESTS_FAILED", "INTERRUPTED": "INTERRUPTED"}
    meant |= {"OUR_FAULT": "INTERNAL_ERROR", "USAGE": "USAGE_ERROR"}
    assert {code.name: pytest.ExitCode(code).name for code in ExitCode} == meant
