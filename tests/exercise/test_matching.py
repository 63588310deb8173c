"""Which exercises a hand-in is for: one for each file, and every one of a notebook's series."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.exercise.matching import best, matches
from grader.exercise.shelf import Shelf, UnknownExercise, load_exercise
from grader.sandbox.types import Survey

MLP = load_exercise("mlp").gradients
ATTENTION = load_exercise("attention").gradients
SERIES = ["mlp", "cross_entropy", "batchnorm", "training"]


def found(*surveys: Survey) -> list[str]:
    return [match.exercise.name for match in matches(Path("a.py"), surveys, Shelf())]


def test_a_file_belongs_to_the_exercise_that_most_of_its_functions_belong_to() -> None:
    """Others may be in it."""
    assert found(Survey("a.py", ("dprobs", "dhprebn", "dbndiff2", "plot"))) == ["mlp"]


def test_a_single_file_of_stubs_belongs_to_its_exercise() -> None:
    """It is graded as not started."""
    assert found(Survey("a.py", (), MLP)) == ["mlp"]


def test_a_workspace_has_the_exercises_that_are_begun() -> None:
    """In the order of the curriculum; a folder's name decides."""
    assert found(
        Survey("w/exercises/attention/backward.py", ATTENTION),
        Survey("w/exercises/batchnorm/backward.py", ("dhprebn",)),
        Survey("w/exercises/gpt2_block/backward.py", (), ("dx",)),
        Survey("w/exercises/mlp/backward.py", ("dlogits",), MLP[1:]),
    ) == ["mlp", "batchnorm", "attention"]


def test_files_in_no_folder_of_an_exercise_have_one_each() -> None:
    """A scratch file with a single name of some exercise is none."""
    assert found(Survey("one.py", MLP), Survey("two.py", ATTENTION), Survey("x.py", ("db", "dplot"))) == [
        "mlp",
        "attention",
    ]


@pytest.mark.parametrize("names", [MLP, ("dC", "dW1"), ("dhprebn", "dbngain", "dbnbias"), ("dh_pre_bn", "d_b1")])
def test_a_notebook_has_every_exercise_of_its_series_in_order(names: tuple[str, ...]) -> None:
    """Whichever of them it fits best, or equally well."""
    assert found(Survey("n.ipynb", names, flat=True)) == SERIES


def test_an_untouched_workspace_is_for_no_exercise() -> None:
    """There would be a table of stubs for each."""
    with pytest.raises(UnknownExercise, match="nothing in it has been begun; pass --exercise NAME"):
        found(Survey("mlp/backward.py", (), MLP), Survey("attention/backward.py", (), ATTENTION))


def test_the_best_match_has_the_most_gradients() -> None:
    """Of equals it is the first part."""
    assert best(matches(Path("n"), [Survey("n.ipynb", ("dC", "dW1"), flat=True)], Shelf())).exercise.name == "mlp"


@pytest.mark.parametrize(
    ("functions", "sentence"),
    [
        (
            ("plot",),
            "cannot infer the exercise of a.py: none of its functions belongs to an exercise; pass --exercise NAME",
        ),
        (("dx",), "cannot infer the exercise of a.py: its functions fit "),
    ],
)
def test_a_file_that_fits_no_exercise_is_an_error(functions: tuple[str, ...], sentence: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UnknownExercise) as caught:
        found(Survey("a.py", functions))
    assert str(caught.value).startswith(sentence)


ROPE = load_exercise("rope").producer
TIED = load_exercise("tied_lm").producer


def test_a_starter_notebook_is_for_the_exercise_whose_forward_pass_it_has() -> None:
    """Nothing in it is begun; a few values of the same name are not enough."""
    assert found(Survey("n.ipynb", flat=True, computed=tuple(ROPE))) == ["rope"]
    with pytest.raises(UnknownExercise, match="none of its functions belongs to an exercise"):
        found(Survey("n.ipynb", flat=True, computed=("x", "h", "logits", "loss")))


def test_of_equal_exercises_the_one_whose_forward_pass_is_there_is_meant() -> None:
    """A first gradient has the same name in many."""
    assert found(Survey("n.ipynb", ("dout",), flat=True, computed=tuple(ROPE))) == ["rope"]
    assert found(Survey("n.ipynb", ("dlogits",), flat=True, computed=tuple(TIED))) == ["tied_lm"]


def test_a_notebook_may_have_two_exercises() -> None:
    """Each with names that the other has not; a few such names are scratch."""
    other = load_exercise("micrograd").gradients
    assert found(Survey("n.ipynb", (*ATTENTION, *other), flat=True)) == ["micrograd", "attention"]
    assert found(Survey("n.ipynb", (*ATTENTION, "derr", "dn"), flat=True)) == ["attention"]
