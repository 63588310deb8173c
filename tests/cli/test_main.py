"""The command itself: help, completion, color, and how every command ends."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import ShellComplete

from grader import __version__, cli
from grader.cli.edge import Misuse
from grader.cli.main import LATER, main
from grader.exercise.shelf import UnknownExercise
from grader.report.exit_code import ExitCode
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Grade = Callable[..., Result]

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "mlp"


@pytest.mark.parametrize("command", ["list", "show", "init", "doctor"])
def test_help_lists_every_command_and_option(grade: Grade, command: str) -> None:
    """Including the options of the default command."""
    out = grade("--help").stdout
    assert f"\n  {command} " in out
    assert "--criterion" in out
    assert grade(command, "--help").exit_code == 0


def test_every_lazily_imported_command_is_listed(grade: Grade) -> None:
    """`--help` shows their names and help texts without importing them."""
    for command in LATER:
        assert f"\n  {command} " in grade("--help").stdout
        assert grade(command, "--help").exit_code == 0


@pytest.mark.parametrize("command", LATER)
def test_the_command_list_starts_like_the_commands_own_help(grade: Grade, command: str) -> None:
    """The text is repeated so that `--help` need not import the command."""
    *_, sentence = LATER[command]
    text = " ".join(grade(command, "--help", prog_name="grade").stdout.split())
    assert text.startswith(f"Usage: grade {command} ")
    assert " ".join(sentence.split(":")[0].split()[:3]) in text


@pytest.mark.parametrize("command", [(), ("batch",), ("init",)], ids=["grade", "batch", "init"])
def test_help_keeps_its_sentences_without_docstrings(command: tuple[str, ...]) -> None:
    """`python -OO` drops them."""
    words = ["-OO", "-m", "grader", *command, "--help"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=True)
    told = {(): "Grade hand-derived", ("batch",): "SUBMISSIONS is a folder", ("init",): "Create a workspace in DIR"}
    assert told[command] in done.stdout


def test_every_module_with_a_command_is_listed() -> None:
    """Otherwise nobody could call it."""
    commands = {
        path.stem for path in Path(cli.__file__).parent.glob("[!_]*.py") if "@click.command(" in path.read_text()
    }
    assert {module.rpartition(".")[2] for module, *_ in LATER.values()} == commands


def test_help_has_a_short_form_and_names_the_default_commands_usage(grade: Grade) -> None:
    """Targets come first: they are typed most."""
    out = grade("-h", prog_name="grade").stdout
    assert out == grade("--help", prog_name="grade").stdout
    assert "grade [OPTIONS] [TARGET]...\n" in out
    assert "COMMAND [ARGS]...\n" in out


def test_the_default_command_is_not_listed(grade: Grade) -> None:
    """`grade run mlp` works, but nobody has to know."""
    commands = grade("--help").stdout.partition("Commands:")[2]
    assert "\n  run " not in commands
    assert grade("run", "--help").exit_code == 0


def test_the_version_is_the_packages(grade: Grade) -> None:
    """After the program's name."""
    assert grade("--version").stdout == f"grade, version {__version__}\n"


class TestEnds:
    """Every error becomes a message and an exit code."""

    @pytest.fixture
    def ending(self, grade: Grade, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], Result]:
        """Run `grade` with a default command that returns or raises this."""

        def end(how: object) -> Result:
            def run(*_: object, **__: object) -> object:
                if isinstance(how, BaseException):
                    raise how
                return how

            monkeypatch.setattr("grader.cli.grade.grade", run)
            return grade("mlp", prog_name="grade")

        return end

    @pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1), (ExitCode.OUR_FAULT, 3)])
    def test_what_a_command_returns_is_its_exit_code(
        self, ending: Callable[[object], Result], returned: object, code: int
    ) -> None:
        """None means success."""
        result = ending(returned)
        assert (result.exit_code, result.output) == (code, "")

    @pytest.mark.parametrize(
        ("error", "code", "sentence"),
        [
            (Misuse("which gradient?"), 4, "Error: which gradient?\n"),
            (click.UsageError("bad word"), 4, "Error: bad word\nTry 'grade --help' for help.\n"),
            (UnknownExercise("there is no exercise mpl"), 4, "Error: there is no exercise mpl\n"),
            (SandboxError("the server is gone"), 3, "Error: the server is gone\n"),
            (click.ClickException("something else"), 1, "Error: something else\n"),
            (click.Abort(), 2, "interrupted\n"),
            (KeyboardInterrupt(), 2, "\ninterrupted\n"),  # below the terminal's ^C
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
    )
    def test_an_error_is_a_message(
        self, ending: Callable[[object], Result], error: BaseException, code: int, sentence: str
    ) -> None:
        """On stderr; stdout stays clean."""
        result = ending(error)
        assert (result.exit_code, result.stdout, result.stderr) == (code, "", sentence)

    def test_a_bug_is_an_internal_error(self, ending: Callable[[object], Result]) -> None:
        """With its traceback."""
        result = ending(RuntimeError("nobody foresaw this"))
        assert result.exit_code == 3
        assert "RuntimeError: nobody foresaw this" in result.stderr
        assert result.stderr.endswith("No grade was written.\n")

    @pytest.mark.parametrize("error", [BrokenPipeError(), BrokenPipeError(errno.EPIPE, "Broken pipe")])
    def test_a_closed_pipe_ends_quietly(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BrokenPipeError
    ) -> None:
        """`grade | head` ends without a traceback at Python's last flush."""

        def run(*_: object, **__: object) -> None:
            raise error

        with monkeypatch.context() as patch:  # only for the call: pytest needs dup2 too
            patch.setattr("grader.cli.grade.grade", run)
            patch.setattr(sys, "stdout", sys.stdout)  # click wraps it, and pytest must not keep the wrapper
            patch.setattr(sys, "stderr", sys.stderr)
            patch.setattr(sys.stdout, "fileno", lambda: 1, raising=False)
            patch.setattr(os, "dup2", lambda *_: None)
            with pytest.raises(SystemExit) as raised:
                main.main(["mlp"], prog_name="grade")
        assert raised.value.code == 1
        assert capsys.readouterr() == ("", "")

    def test_from_python_an_error_is_raised(self, grade: Grade) -> None:
        """As click's own commands do without standalone mode."""
        with pytest.raises(click.UsageError, match="No such option"):
            main.main(["--nonsense"], standalone_mode=False)


def test_completion_knows_exercises_and_gradients() -> None:
    """click's completion, with our targets."""
    complete = ShellComplete(main, {}, "grade", "_GRADE_COMPLETE")
    assert "mlp" in [item.value for item in complete.get_completions([], "ml")]
    assert "doctor" in [item.value for item in complete.get_completions([], "do")]
    assert [item.value for item in complete.get_completions([], "mlp::dprob")] == ["mlp::dprobs"]
    assert "--criterion" in [item.value for item in complete.get_completions([], "--cri")]
    assert "cross_entropy" in [item.value for item in complete.get_completions(["mlp"], "cross")]


def test_completion_in_bash_works_after_colons() -> None:
    """For bash, `mlp`, `::` and `dprob` are three words, and only the last one is replaced."""
    complete = ShellComplete(main, {}, "grade", "_GRADE_COMPLETE")
    assert [item.value for item in complete.get_completions(["mlp", "::"], "dprob")] == ["dprobs"]
    assert "::dprobs" in [item.value for item in complete.get_completions(["mlp"], "::")]
    assert complete.get_completions(["mpl", "::"], "d") == []


class TestColor:
    """Color only on a terminal, unless asked for."""

    def test_a_pipe_gets_no_color(self, grade: Grade) -> None:
        """Plain text."""
        assert "\x1b[" not in grade(f"{SOLUTION}::dprobs").stdout

    def test_always_colors_a_pipe(self, grade: Grade) -> None:
        """For `less -R`."""
        assert "\x1b[32m" in grade(f"{SOLUTION}::dprobs", "--color", "always").stdout

    def test_no_color_beats_a_terminal(self, grade: Grade) -> None:
        """https://no-color.org."""
        assert "\x1b[" not in grade(f"{SOLUTION}::dprobs", color=True, env={"NO_COLOR": "1"}).stdout

    def test_never_beats_a_terminal(self, grade: Grade) -> None:
        """An option beats everything else."""
        assert "\x1b[" not in grade(f"{SOLUTION}::dprobs", "--color", "never", color=True).stdout

    def test_a_dumb_terminal_gets_no_escapes(self, grade: Grade) -> None:
        """It would print them."""
        assert "\x1b[" not in grade(f"{SOLUTION}::dprobs", color=True, env={"TERM": "dumb"}).stdout
