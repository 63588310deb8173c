"""Which exercises a hand-in is for: one for each file, and every one of a notebook's series."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from layers import lay_down, lay_down_as

from grader.exercise.matching import Matching, best, matches
from grader.exercise.shelf import Shelf, UnknownExercise, exercises_directory, load_exercise
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


@pytest.fixture
def course(tmp_path: Path) -> Shelf:
    """An assignment of layers, beside an exercise on gradients."""
    lay_down(tmp_path / "course", ["relu", "affine", "static_linear"])
    lay_down(tmp_path / "course", ["tanh"], difficulty=3)
    shutil.copytree(exercises_directory() / "linear_relu", tmp_path / "course" / "linear_relu")
    return Shelf(tmp_path / "course")


def file_of(begun: str, stubs: str = "", *, flat: bool = False, answers: tuple[str, ...] = ()) -> Survey:
    """A file with these functions."""
    return Survey("layers.py", answers, flat=flat, functions=tuple(begun.split()), empty=tuple(stubs.split()))


AFFINE, RELU, TANH = ("affine_forward affine_backward", "relu_forward relu_backward", "tanh_forward tanh_backward")


def layers_of(shelf: Shelf, *surveys: Survey) -> list[str]:
    return [match.exercise.name for match in matches(Path("layers.py"), surveys, shelf)]


class TestLayers:
    """A file may have many layers."""

    def test_a_file_is_for_every_layer_with_a_begun_function(self, course: Shelf) -> None:
        """In the order of the curriculum. One function is enough: the rows say that the other is missing."""
        found = file_of(f"{TANH} relu_forward Linear.forward Linear.backward rel_error", "affine_forward")
        assert layers_of(course, found) == ["relu", "static_linear", "tanh"]

    def test_a_file_as_it_was_handed_out_is_for_every_layer_in_it(self, course: Shelf) -> None:
        """Whatever else the course has written there."""
        assert layers_of(course, file_of("rel_error", f"{AFFINE} {RELU}")) == ["affine", "relu"]

    def test_helpers_named_like_gradients_do_not_matter(self, course: Shelf) -> None:
        """Nor do the lines of a notebook that call the layers: a layer has as many rows as they have names."""
        assert layers_of(course, file_of(AFFINE, answers=("dx", "dw"))) == ["affine"]
        assert layers_of(course, file_of(AFFINE, answers=("dx", "dw", "db", "dout"), flat=True)) == ["affine"]

    def test_a_file_with_more_work_on_another_exercise_is_for_that(self, course: Shelf) -> None:
        """As for the mlp with a helper of such a name."""
        gradients = load_exercise("linear_relu").gradients
        assert layers_of(course, file_of(RELU, answers=gradients)) == ["linear_relu"]

    def test_layers_may_be_in_several_files(self, course: Shelf) -> None:
        """Each is found where it is."""
        assert layers_of(course, file_of(AFFINE), Survey("more.py", functions=tuple(TANH.split()))) == [
            "affine",
            "tanh",
        ]

    def test_a_layers_own_folder_decides(self, course: Shelf) -> None:
        """As for any exercise."""
        assert layers_of(course, Survey("relu/backward.py", functions=(*RELU.split(), *TANH.split()))) == ["relu"]

    def test_two_layers_with_the_same_functions_need_a_name(self, course: Shelf, tmp_path: Path) -> None:
        """A file cannot tell them apart."""
        lay_down_as(tmp_path / "course" / "affine_again", "affine")
        with pytest.raises(UnknownExercise) as caught:
            layers_of(course, file_of(f"{AFFINE} {RELU}"))
        assert str(caught.value) == (
            "cannot infer the exercise of layers.py: affine_forward and affine_backward fit affine and affine_again "
            "equally well; pass --exercise NAME"
        )
        assert layers_of(course, file_of(RELU)) == ["relu"]

    def test_of_two_with_the_same_functions_it_is_the_workspaces(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A course's own copy of an installed one."""
        lay_down(tmp_path / "installed", ["affine", "relu"])
        lay_down_as(tmp_path / "exercises" / "own_affine", "affine")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("grader.exercise.shelf.exercises_directory", lambda: tmp_path / "installed")
        assert layers_of(Shelf(), file_of(f"{AFFINE} {RELU}")) == ["own_affine", "relu"]

    def test_of_two_with_the_same_functions_it_is_the_one_in_the_file_s_arrays(
        self, course: Shelf, tmp_path: Path
    ) -> None:
        """A file that imports both cannot tell."""
        lay_down_as(tmp_path / "course" / "affine_numpy", "affine")
        settings = tmp_path / "course" / "affine_numpy" / "exercise.toml"
        settings.write_text(settings.read_text("utf-8").replace("[form]", '[form]\narrays = "numpy"'), "utf-8")
        for arrays, found in (("torch",), ["affine"]), (("numpy",), ["affine_numpy"]):
            assert layers_of(course, replace(file_of(AFFINE), arrays=arrays)) == found
        with pytest.raises(UnknownExercise, match="fit affine and affine_numpy equally well"):
            layers_of(course, replace(file_of(AFFINE), arrays=("numpy", "torch")))

    def test_a_layer_whose_other_functions_are_not_there_is_not_meant(self, course: Shelf, tmp_path: Path) -> None:
        """Two backward passes of one forward function are two exercises."""
        lay_down_as(tmp_path / "course" / "relu_alt", "relu")
        settings = tmp_path / "course" / "relu_alt" / "exercise.toml"
        settings.write_text(settings.read_text("utf-8").replace("relu_backward", "relu_backward_alt"), "utf-8")
        assert layers_of(course, file_of(RELU)) == ["relu"]
        assert layers_of(course, file_of(f"{RELU} relu_backward_alt")) == ["relu", "relu_alt"]

    def test_what_has_no_table_is_told(self, course: Shelf) -> None:
        """Stubs in the file, and what the course's folder has besides; nothing about a file that has no layers."""
        matching, path = Matching(course), Path("layers.py")
        surveys = [file_of(AFFINE, "relu_forward")]
        found = matching.matches(path, surveys)
        assert matching.left_out(path, surveys, found) == "not begun: relu; not in layers.py: static_linear and tanh"
        surveys = [Survey("a.py", load_exercise("linear_relu").gradients)]
        assert matching.left_out(path, surveys, matching.matches(path, surveys)) == ""

    def test_another_form_is_told_only_of_a_file_without_layers(self, course: Shelf) -> None:
        """Any other function that returns gradients is a helper, even if no layer is begun."""
        matching = Matching(course)
        for survey in (file_of(AFFINE), file_of("check", AFFINE)):
            assert len(matching.matches(Path("a.py"), [survey], "a.py:1: check returns several gradients")) == 1
        with pytest.raises(UnknownExercise, match=r"exercise of a\.py: a\.py:1: check returns several gradients"):
            matching.matches(Path("a.py"), [file_of("check")], "a.py:1: check returns several gradients")
