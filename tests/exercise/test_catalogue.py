"""The catalogues beside a solution: blocks that override parts of it, complete submissions, and malformed blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packs import shelf

from grader.exercise.catalogue import right_forms, solution_file, wrong_forms
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import load_exercise, solutions_directory

if TYPE_CHECKING:
    from pathlib import Path

SOLUTION = "def dy(y):\n    return 2*y\n\ndef dx(dy, x):\n    return 2*x*dy\n"


@pytest.fixture
def squares(tmp_path: Path) -> Exercise:
    """An exercise with a worked solution and empty catalogues."""
    exercise = load_exercise(shelf(tmp_path) / "squares")
    for folder in ("right", "wrong"):
        (tmp_path / "solutions" / "squares" / folder).mkdir(parents=True)
    solution_file(exercise).write_text(SOLUTION)
    return exercise


def write(exercise: Exercise, place: str, text: str) -> None:
    """A file of a catalogue."""
    solution_file(exercise).with_name(place.split("/", maxsplit=1)[0]).joinpath(place.split("/")[1]).write_text(text)


def test_a_solution_is_beside_its_exercises_else_among_the_installed_ones(squares: Exercise, mlp: Exercise) -> None:
    """In a folder with the exercise's name."""
    assert solution_file(squares) == squares.directory.parent.parent / "solutions" / "squares" / "backward.py"
    assert solution_file(mlp) == solutions_directory() / "mlp" / "backward.py"


def test_each_block_is_the_solution_with_a_part_redefined(squares: Exercise) -> None:
    """With its line, its note and its gradients."""
    write(
        squares, "right/dy.py", "# form: added\ndef dy(y):\n    return y + y\n\n# form: by name\ndy = lambda y: 2*y\n"
    )
    one, two = right_forms(squares)
    assert (one.place, one.kind, one.note, one.gradients) == ("dy.py:1", None, "added", ("dy",))
    assert one.source == f"{SOLUTION}\n\ndef dy(y):\n    return y + y\n"
    assert one.files == {"backward.py": one.source.encode()}
    assert (two.place, two.note, two.gradients) == ("dy.py:5", "by name", ("dy",))


def test_a_mistake_has_a_label_and_a_note(squares: Exercise) -> None:
    """A dash inside the note belongs to it."""
    write(
        squares, "wrong/dx.py", "# mistake: constant_factor -- the two -- forgotten\ndef dx(dy, x):\n    return x*dy\n"
    )
    (form,) = wrong_forms(squares)
    assert (form.kind, form.note) == ("constant_factor", "the two -- forgotten")
    assert right_forms(squares) == []


def test_a_block_may_define_several_gradients(squares: Exercise) -> None:
    """They are in the order of the report, whatever the block's."""
    write(squares, "right/dx.py", "# form: both\ndef dx(dy, x):\n    return 2*x*dy\ndef dy(y):\n    return 2*y\n")
    assert [form.gradients for form in right_forms(squares)] == [("dy", "dx")]


def test_a_block_of_a_training_exercise_defines_all_gradients_at_once() -> None:
    """Its function is `gradients`."""
    training = load_exercise("training")
    blocks = [form for form in wrong_forms(training) if form.path.stem == "gradients"]
    assert blocks
    assert {form.gradients for form in blocks} == {training.gradients}


LAYER = """\
import torch
GRADED = ['out', 'x', 'w']
SIZES = []
def inputs(seed):
    return {'x': torch.ones(3), 'w': torch.ones(3)}
def forward(x, w):
    out = x * w
    return locals()
"""
STATIC = "class Scale:\n    def forward(x, w):\n        return x*w, w\n"


@pytest.fixture
def scale(tmp_path: Path) -> Exercise:
    """A layer whose worked solution is a class."""
    folder = tmp_path / "exercises" / "scale"
    folder.mkdir(parents=True)
    for part in ("right", "wrong"):
        (tmp_path / "solutions" / "scale" / part).mkdir(parents=True)
    (folder / "forward.py").write_text(LAYER)
    form = 'forward = "Scale.forward(x, w) -> out, cache"\nbackward = "Scale.backward(dout, cache) -> dx, dw"\n'
    (folder / "exercise.toml").write_text(f'title = "Scale"\nkind = "layer"\n[form]\n{form}')
    (tmp_path / "solutions" / "scale" / "backward.py").write_text(STATIC)
    return Exercise(folder)


@pytest.mark.parametrize("row", ["out", "dx", "dw"])
def test_a_layer_s_block_is_about_the_row_that_its_file_is_named_after(scale: Exercise, row: str) -> None:
    """The class that it redefines answers for all rows; laid over the solution, it is a complete submission."""
    write(scale, f"wrong/{row}.py", "# mistake: sign -- s\nclass Scale:\n    pass\n")
    (form,) = wrong_forms(scale)
    assert (form.gradients, form.kind, form.solution) == ((row,), "sign", "")
    assert form.source == f"{STATIC}\n\nclass Scale:\n    pass\n"


def test_a_layer_s_block_redefines_something_of_the_solution(scale: Exercise) -> None:
    """Otherwise it would be right."""
    write(scale, "wrong/dw.py", "# mistake: sign -- s\nclass Scaled:\n    pass\n")
    with pytest.raises(BrokenExercise, match=r"dw\.py:1: this block redefines nothing of the worked solution"):
        wrong_forms(scale)


def test_any_other_file_of_a_layer_is_a_complete_submission(scale: Exercise) -> None:
    """About every row."""
    write(scale, "right/in_place.py", STATIC)
    (form,) = right_forms(scale)
    assert (form.gradients, form.source) == (("out", "dx", "dw"), STATIC)


def test_any_other_file_is_a_complete_submission(squares: Exercise) -> None:
    """Its name is the note."""
    write(squares, "wrong/everything.py", "dy = dx = None\n")
    (form,) = wrong_forms(squares)
    assert (form.note, form.gradients, form.source) == ("everything", ("dy", "dx"), "dy = dx = None\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "def dy(y):\n    return y\n",
            "dy.py has no blocks; start each with `# form: ...` or `# mistake: kind -- ...`",
        ),
        ("# form: a\n# form: b\ndef dy(y): return y\n", "dy.py:1: this block defines none of the exercise's gradients"),
        ("# form: a\ndef dh(y): return y\n", "dy.py:1: this block defines none of the exercise's gradients"),
        ("# form: a\n\n\ndef dy(y:\n", "dy.py:4: "),
    ],
)
def test_a_malformed_block_is_reported(squares: Exercise, text: str, sentence: str) -> None:
    """With its line in the catalogue file."""
    write(squares, "right/dy.py", text)
    with pytest.raises(BrokenExercise) as caught:
        right_forms(squares)
    assert sentence in str(caught.value)
