"""How a command ends: each kind of error is one sentence on stderr and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

import click
import pytest

from grader.cli import edge
from grader.cli.edge import Misuse, leave, tell_error, tell_misuse, writing
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
    from pathlib import Path


class TestErrors:
    """tell_error: whose fault it was decides the code."""

    @pytest.mark.parametrize("kind", [UnknownExercise, UnreadableSubmission, UnwritableReport, NoReset])
    def test_what_was_named_wrongly_is_a_usage_error(
        self, capsys: pytest.CaptureFixture[str], kind: type[Exception]
    ) -> None:
        """A name, a file, a place to write to."""
        assert tell_error(kind("x.py is nowhere")) is ExitCode.USAGE
        assert capsys.readouterr() == ("", "Error: x.py is nowhere\n")

    @pytest.mark.parametrize("kind", [BrokenExercise, NamesError, SandboxError])
    def test_a_fault_with_a_sentence_is_ours(self, capsys: pytest.CaptureFixture[str], kind: type[Exception]) -> None:
        """An exercise, a list of names, the sandbox."""
        assert tell_error(kind("forward.py:3: bad line")) is ExitCode.OUR_FAULT
        assert capsys.readouterr() == ("", "Error: forward.py:3: bad line\n")

    def test_a_bug_shows_its_traceback_and_says_whose_fault_it_is(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Whoever reports it needs both."""
        with pytest.raises(ZeroDivisionError) as raised:
            _ = 1 / 0
        assert tell_error(raised.value) is ExitCode.OUR_FAULT
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Traceback (most recent call last):\n")
        assert "_ = 1 / 0" in err
        last = "Error: this is a fault of the grader, not of the submission. No grade was written."
        assert err.splitlines()[-1] == last

    def test_a_path_in_a_sentence_steers_no_terminal_and_begins_no_line(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A learner chose what a file is called."""
        tell_error(UnreadableSubmission("x\x1b]0;pwn\x07\n::error::y\u061c.py is a link"))
        tell_misuse(Misuse("there is no exercise or path \x9b31m\r\nz"))
        assert (
            capsys.readouterr().err
            == "Error: x]0;pwn ::error::y.py is a link\nError: there is no exercise or path 31m z\n"
        )

    def test_in_a_steps_log_a_traceback_is_fenced(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It may quote what a learner wrote."""
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        tell_error(ZeroDivisionError("x\n::add-mask::y"))
        first, *rest = capsys.readouterr().err.splitlines()
        assert first.startswith("::stop-commands::")
        end = first.removeprefix("::stop-commands::")
        assert rest.index("::add-mask::y") < rest.index(f"::{end}::")

    def test_an_error_of_a_more_special_kind_counts_as_its_kind(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Nobody lists subclasses."""

        class Special(SandboxError):
            pass

        assert tell_error(Special("gone")) is ExitCode.OUR_FAULT
        assert capsys.readouterr().err == "Error: gone\n"

    def test_no_kind_is_of_both_families(self) -> None:
        """The first answer would hide the second."""
        assert not {*edge._named_wrongly()} & {*edge._ours()}


class TestMisuse:
    """tell_misuse: the way to the help only where the options were the trouble."""

    def test_a_sentence_of_ours_stands_alone(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The help would not say more."""
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
    def test_an_option_gone_wrong_names_the_commands_help(
        self, capsys: pytest.CaptureFixture[str], context: click.Context | None, command: str
    ) -> None:
        """The default command is not called by its name."""
        assert tell_misuse(click.UsageError("no such option", context)) is ExitCode.USAGE
        assert capsys.readouterr().err == f"Error: no such option\nTry '{command} --help' for help.\n"


class TestWriting:
    """Around whatever writes a file that was named."""

    @pytest.mark.parametrize(
        ("make", "reason"),
        [
            (lambda path: path.mkdir(), "is a directory"),
            (lambda path: path.symlink_to(path), "too many levels of symbolic links"),
            (lambda path: path.symlink_to(path.parent / "no" / "where"), "no such file or directory"),
        ],
        ids=["folder", "circle", "nowhere"],
    )
    def test_the_systems_reason_becomes_a_sentence(
        self, tmp_path: Path, make: Callable[[Path], None], reason: str
    ) -> None:
        """In lower case, after the name as it was typed."""
        file = tmp_path / "out.csv"
        make(file)
        with pytest.raises(Misuse) as raised, writing(file):
            file.write_text("")
        assert str(raised.value) == f"{file} cannot be written: {reason}"
        assert raised.value.__cause__ is None

    def test_an_error_without_a_reason_of_the_systems_says_what_it_has(self) -> None:
        """Some libraries raise an OSError by hand."""
        with pytest.raises(Misuse, match=r"^a\.zip cannot be written: archive is closed$"), writing("a.zip"):
            raise OSError("Archive is closed")

    def test_a_full_disk_is_a_sentence_too(self) -> None:
        """It comes in the middle of the writing."""
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with pytest.raises(Misuse, match=r"^-o cannot be written: no space left on device$"), writing("-o"):
            raise full

    def test_what_goes_well_is_left_alone(self, tmp_path: Path) -> None:
        """And any other error is somebody else's."""
        with writing(tmp_path / "a"):
            (tmp_path / "a").write_text("x")
        assert (tmp_path / "a").read_text() == "x"
        with pytest.raises(ValueError, match="not mine"), writing("a"):
            raise ValueError("not mine")


class TestLeaving:
    """leave: torch's objects are not taken apart one by one."""

    def test_without_torch_python_ends_as_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Exit handlers run."""
        monkeypatch.delitem(sys.modules, "torch", raising=False)
        with pytest.raises(SystemExit) as raised:
            leave(ExitCode.USAGE)
        assert raised.value.code == 4

    def test_with_torch_the_output_is_flushed_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """os._exit throws buffers away."""
        done = []
        monkeypatch.setitem(sys.modules, "torch", object())
        monkeypatch.setattr(sys.stdout, "flush", lambda: done.append("stdout"))
        monkeypatch.setattr(sys.stderr, "flush", lambda: done.append("stderr"))
        monkeypatch.setattr(os, "_exit", done.append)
        leave(1)
        assert done == ["stdout", "stderr", 1]


def test_the_exit_codes_are_pytests() -> None:
    """So that `grade` and `pytest exercises/` mean the same by them."""
    meant = {"ALL_RIGHT": "OK", "SOMETHING_WRONG": "TESTS_FAILED", "INTERRUPTED": "INTERRUPTED"}
    meant |= {"OUR_FAULT": "INTERNAL_ERROR", "USAGE": "USAGE_ERROR"}
    assert {code.name: pytest.ExitCode(code).name for code in ExitCode} == meant
