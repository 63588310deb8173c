"""The wrong exercise, handed in by mistake."""

from __future__ import annotations

import pytest

from grader.exercise.look_alike import looks_like
from grader.exercise.shelf import list_exercises, load_exercise


def test_the_exercise_whose_names_were_handed_in_is_named() -> None:
    """And what to do."""
    assert looks_like(load_exercise("mlp"), load_exercise("attention").gradients) == (
        "this looks like attention (17 of 17 of its names), not like mlp: submit the work on mlp, or grade it with "
        "--exercise attention"
    )


@pytest.mark.parametrize("name", [name for name in list_exercises() if "training" not in name])
def test_each_exercise_is_recognized_by_its_own_names(name: str) -> None:
    """The two that have the same single function cannot be told apart."""
    exercise = load_exercise(name)
    asked = next(each for each in map(load_exercise, list_exercises()) if each.name != name)
    said = looks_like(asked, exercise.wanted.answers)
    assert f"({len(exercise.wanted.answers)} of " in said


def test_shared_names_do_not_hide_the_other_exercise() -> None:
    """More of them are the other one's, which is complete."""
    asked, handed_in = load_exercise("layernorm"), load_exercise("attention").gradients
    assert looks_like(asked, (*handed_in, "dx")).startswith("this looks like attention (17 of 17 of its names)")


def test_a_beginning_is_not_taken_for_a_smaller_exercise() -> None:
    """Its names are those of the one that was asked for."""
    assert looks_like(load_exercise("mlp"), ("dlogits", "dW2", "db2", "dh")) == ""


def test_a_notebook_may_have_other_exercises_of_its_series() -> None:
    """The lecture's has four; a file of functions has one."""
    training, names = load_exercise("training"), load_exercise("mlp").gradients
    assert looks_like(training, names, flat=True) == ""
    assert looks_like(training, names).startswith("this looks like mlp")


def test_a_few_stray_names_are_no_other_exercise() -> None:
    """Nothing is said then."""
    assert looks_like(load_exercise("mlp"), ("dout", "dplot")) == ""
