"""The command itself: help, completion, colour, and how every command ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Grade = Callable[..., Result]

SOLUTION = Path(__file__).resolve().parents[2] / "solutions" / "mlp"


@pytest.mark.parametrize("command", ["list", "show", "init", "doctor"])
def test_help_lists_every_command_and_option(grade: Grade, command: str) -> None:
    """The default command's options are there as well."""
    out = grade("--help").stdout
    assert f"\n  {command} " in out
    assert "--criterion" in out
    assert grade(command, "--help").exit_code == 0


def test_every_command_that_is_only_named_is_there(grade: Grade) -> None:
    """`--help` has their names and sentences without importing them."""
    from grader.cli.main import LATER

    for command in LATER:
        assert f"\n  {command} " in grade("--help").stdout
        assert grade(command, "--help").exit_code == 0


def test_completion_knows_exercises_and_gradients() -> None:
    """Click's own, with our targets."""
    from click.shell_completion import ShellComplete

    from grader.cli.main import main

    complete = ShellComplete(main, {}, "grade", "_GRADE_COMPLETE")
    assert "mlp" in [item.value for item in complete.get_completions([], "ml")]
    assert "doctor" in [item.value for item in complete.get_completions([], "do")]
    assert [item.value for item in complete.get_completions([], "mlp::dprob")] == ["mlp::dprobs"]
    assert "--criterion" in [item.value for item in complete.get_completions([], "--cri")]
    assert "cross_entropy" in [item.value for item in complete.get_completions(["mlp"], "cross")]


def test_completion_in_bash_goes_on_after_colons() -> None:
    """For bash, `mlp`, `::` and `dprob` are three words, and it replaces the last one only."""
    from click.shell_completion import ShellComplete

    from grader.cli.main import main

    complete = ShellComplete(main, {}, "grade", "_GRADE_COMPLETE")
    assert [item.value for item in complete.get_completions(["mlp", "::"], "dprob")] == ["dprobs"]
    assert "::dprobs" in [item.value for item in complete.get_completions(["mlp"], "::")]
    assert complete.get_completions(["mpl", "::"], "d") == []


class TestColour:
    """Colour only on a terminal, unless asked for."""

    def test_a_pipe_gets_none(self, grade: Grade) -> None:
        """Plain text."""
        assert "\x1b[" not in grade(f"{SOLUTION}::dprobs").stdout

    def test_always_colours_a_pipe(self, grade: Grade) -> None:
        """For `less -R`."""
        assert "\x1b[32m" in grade(f"{SOLUTION}::dprobs", "--color", "always").stdout

    def test_no_color_beats_a_terminal(self, grade: Grade) -> None:
        """https://no-color.org."""
        assert "\x1b[" not in grade(f"{SOLUTION}::dprobs", color=True, env={"NO_COLOR": "1"}).stdout

    def test_never_beats_a_terminal(self, grade: Grade) -> None:
        """An option beats everything."""
        assert "\x1b[" not in grade(f"{SOLUTION}::dprobs", "--color", "never", color=True).stdout
