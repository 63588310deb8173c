"""The list of exercises, one exercise, one gradient; for installed exercises and those of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from grader.exercise.shelf import load_exercise
from grader.learner.progress import about_exercise, about_gradient, listing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from grader.exercise.exercise import Exercise


def test_a_gradient_of_a_pack_is_shown_with_its_stub(installed_pack: Path, grade: Callable[..., Result]) -> None:
    """The pack's own: no exercise of that name is installed with the grader."""
    assert installed_pack.is_dir()
    shown = grade("show", "squares::dy").stdout
    assert "  shape     (3,), like y" in shown
    assert shown.endswith("\n  def dy(y):\n")


def test_the_original_stub_is_shown(installed_pack: Path, workspace: Path, grade: Callable[..., Result]) -> None:
    """Not the learner's code, also for a pack's exercise in a workspace."""
    mine = workspace / "exercises" / "squares" / "backward.py"
    mine.write_text("def dy(secret):\n    return secret\n")
    assert "def dy(y):" in grade("show", "squares::dy").stdout
    assert grade("reset", "squares::dy").exit_code == 0
    assert (
        mine.read_text()
        == (installed_pack / "exercises" / "squares" / "backward.py").read_text().split("\n\n\n")[0] + "\n"
    )


def test_a_gradient_without_a_stub_is_shown(installed_pack: Path) -> None:
    """With its forward lines and its variable's name."""
    (installed_pack / "exercises" / "squares" / "backward.py").unlink()
    title, *shown = about_gradient(load_exercise("squares"), "dx")
    assert "dx: the derivative of the loss with respect to x" in title
    assert shown == [
        "",
        "  set in    inputs(): a parameter or a given value",
        "  used in   y = x * x    (forward.py:9)",
        "  from      dy",
        "  shape     like x",
    ]


def test_an_exercise_is_shown_with_its_lines_and_gradients(mlp: Exercise) -> None:
    """Each line with its number."""
    shown = list(about_exercise(mlp))
    line = mlp.producer["probs"]
    assert f"{line.number:>4}  {line.text}" in shown
    assert shown[-1] == f"to write: {', '.join(mlp.gradients)}"


@pytest.mark.parametrize(
    ("done", "far"), [({}, "26 in all"), ({"mlp": (3, 26)}, "3 of 26"), ({"mlp": (1, 2)}, "26 in all")]
)
def test_there_is_a_count_once_all_gradients_have_been_graded(
    mlp: Exercise, done: dict[str, tuple[int, int]], far: str
) -> None:
    """The others may be right or wrong."""
    first, *more = listing({"": [mlp]}, done)
    assert far in first
    assert [line.strip() for line in more if "mlp" not in line] == (
        ["2 of them graded so far: 1 correct"] if done == {"mlp": (1, 2)} else []
    )


def test_a_title_that_does_not_fit_goes_on_below_itself(mlp: Exercise) -> None:
    """On a terminal; a program gets one line for each exercise."""
    assert [click.unstyle(line) for line in listing({"": [mlp]}, {}, 50)] == [
        "mlp 26 in all    3 h  ***    Backprop through the",
        "                             makemore MLP",
    ]
    assert len(list(listing({"": [mlp]}, {}))) == 1
