"""`grade new NOTEBOOK.ipynb`: which of the notebook's gradients hold, and what is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from notebooks.corpus.book import plain
from notebooks.corpus.lecture import COMPLETE, GRADIENTS
from notebooks.published import NOTEBOOKS, lay_down, written

from grader.exercise.exercise import Exercise
from grader.names import names_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Grade = Callable[..., Result]

FILES = Path(__file__).resolve().parent.parent / "notebooks"
pytestmark = pytest.mark.usefixtures("notebooks_run_here")


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    """The lecture's notebook beside its data, of which the first hundred names do."""
    names = names_path().read_text(encoding="utf-8").splitlines()
    (tmp_path / "names.txt").write_text("\n".join(names[:100]), encoding="utf-8")
    (tmp_path / "lecture.ipynb").write_bytes(plain(COMPLETE))
    return tmp_path / "lecture.ipynb"


def test_the_lecture_s_notebook_without_its_later_exercises_holds_as_well(grade: Grade, lecture: Path) -> None:
    """Whatever it is called."""
    shutil.copy(FILES / "lecture.ipynb", lecture.with_name("makemore_part4.ipynb"))
    result = grade("new", "makemore_part4.ipynb", "--name", "mine")
    assert result.exit_code == 0, result.output
    assert "26 of 26 gradients of makemore_part4.ipynb hold\n" in result.stdout


def test_all_26_gradients_of_the_lecture_hold(grade: Grade, lecture: Path, tmp_path: Path) -> None:
    """Those of its first exercise, although the others have another dlogits and another dhprebn."""
    result = grade("new", lecture)
    assert result.exit_code == 0, result.output
    assert "26 of 26 gradients of lecture.ipynb hold\nnext: `grade verify lecture`\n" in result.stdout
    exercise = Exercise(tmp_path / "exercises" / "lecture")
    assert sorted(exercise.gradients) == sorted(GRADIENTS)
    assert exercise.given_sizes == {"n": 32, "vocab_size": 27, "block_size": 3, "n_embd": 10, "n_hidden": 64}
    solution = (tmp_path / "solutions" / "lecture" / "backward.py").read_text(encoding="utf-8")
    assert "dlogits = dnorm_logits.clone()" in solution
    assert "TODO" not in solution


def test_the_notebook_is_then_graded_on_its_own_exercise(grade: Grade, lecture: Path) -> None:
    """The exercise knows which part of the notebook it is, and what else the notebook calls its sizes."""
    grade("new", lecture)
    result = grade(lecture, "--exercises", "exercises", "--exercise", "lecture")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("two_layers", 8),
        ("softmax_regression", 3),
        ("rnn_cell", 9),
        ("over_time", 5),
        ("attention", 9),
        ("neuron", 10),
        ("trained_by_hand", 5),
        ("in_epochs", 4),
    ],
)
def test_a_published_notebook_becomes_an_exercise_with_its_solution(
    grade: Grade, tmp_path: Path, name: str, count: int
) -> None:
    """Whether it has autograd or not, names its sizes or not, and starts at zero or not."""
    result = grade("new", lay_down(tmp_path, name))
    assert result.exit_code == 0, result.output
    assert f"{count} of {count} gradients of {name}.ipynb hold" in result.stdout
    verified = grade("verify", name)
    problems = [line for line in verified.stdout.splitlines() if "✗" in line]
    assert problems == [f"  ✗ hints, stretches and stubs are complete: 0 of {count}"], verified.stdout


def test_a_forward_pass_in_a_training_loop_is_that_of_its_first_round(grade: Grade, tmp_path: Path) -> None:
    """Also of a loop in a loop."""
    result = grade("new", lay_down(tmp_path, "in_epochs"))
    said = (
        "note: the forward and the backward pass are those of the first round of the loop at in_epochs.ipynb cell 3:1"
    )
    assert said in result.stdout.splitlines()
    exercise = Exercise(tmp_path / "exercises" / "in_epochs")
    assert [line.text for line in exercise.lines] == [
        "batch_size = xb.shape[0]",
        "out = xb @ W + b",
        "diff = out - yb",
        "loss = (diff**2).sum() / batch_size",
    ]


def test_a_gradient_that_does_not_hold_is_reported_and_marked(grade: Grade, tmp_path: Path) -> None:
    """The exercise is written all the same, and the exit code is 1."""
    notebook = lay_down(tmp_path, "two_layers", ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * (1 - a1)"))
    result = grade("new", notebook)
    assert result.exit_code == 1, result.output
    assert "7 of 8 gradients of two_layers.ipynb hold; not dz1\n" in result.stdout
    assert "likely     your dz1 is right except for one thing: a factor is missing." in result.stdout
    solution = tmp_path / "solutions" / "two_layers" / "backward.py"
    [marked] = re.findall(r"def (\w+)\(.*\):  # TODO: values differ", solution.read_text(encoding="utf-8"))
    assert marked == "dz1"
    assert grade(solution, "--exercises", "exercises", "--exercise", "two_layers").exit_code == 1


def test_variables_without_a_gradient_in_the_notebook_are_not_graded(grade: Grade, tmp_path: Path) -> None:
    """They are listed, except for the data, which nobody differentiates by."""
    result = grade("new", lay_down(tmp_path, "softmax_regression"))
    expected = "note: not graded, because the notebook has no gradient of them: logp, probs, exps, shifted\n"
    assert expected in result.stdout
    assert Exercise(tmp_path / "exercises" / "softmax_regression").gradients == ("dscores", "dW", "db")


def test_what_the_reading_says_is_passed_on(grade: Grade, tmp_path: Path) -> None:
    """Such as a cell that cannot be read, and own names for gradients."""
    texts = [*NOTEBOOKS["softmax_regression"], "grad_logp = -Y / ("]
    result = grade("new", written(tmp_path, *texts))
    assert "note: net.ipynb cell 6:1: skipped: invalid syntax: '(' was never closed" in result.stderr
    assert "L as loss, grad_W as dW, grad_b as db, grad_scores as dscores\n" in result.stderr


def test_a_variable_that_is_asked_for_is_left_as_a_stub(grade: Grade, tmp_path: Path) -> None:
    """--graded decides; the stub is still to be written."""
    result = grade("new", lay_down(tmp_path, "softmax_regression"), "--graded", "W", "--graded", "probs")
    assert "note: left as stubs, because the notebook has no gradient of them: probs\n" in result.stdout
    assert "1 of 1 gradients of softmax_regression.ipynb hold\n" in result.stdout
    assert result.stdout.endswith("next: write dprobs, then `grade verify softmax_regression`\n")


def test_a_solution_with_other_bits_than_autograd_is_expected_to_be_correct_only(grade: Grade, tmp_path: Path) -> None:
    """As an author would set it."""
    grade("new", lay_down(tmp_path, "softmax_regression"))
    assert not Exercise(tmp_path / "exercises" / "softmax_regression").settings.exact_expected


def test_without_gradients_the_solution_is_left_to_write(grade: Grade, tmp_path: Path) -> None:
    """The exercise is made all the same, without the data among its variables."""
    result = grade("new", lay_down(tmp_path, "by_autograd"))
    assert result.exit_code == 0, result.output
    assert "8 gradients: ddiff, dout, dW2, db2, da1, dz1, dW1, db1\n" in result.stdout
    assert "note: no gradients found in by_autograd.ipynb: by_autograd.ipynb cell 5:1: the " in result.stdout
    assert "next: write solutions/by_autograd/backward.py, then `grade verify by_autograd`\n" in result.stdout


def test_a_missing_data_file_is_named(grade: Grade, lecture: Path, tmp_path: Path) -> None:
    """With the cell that reads it, and the folder that it is looked for in."""
    (tmp_path / "names.txt").unlink()
    result = grade("new", lecture)
    assert result.exit_code == 4
    assert result.stderr.startswith("Error: lecture.ipynb cell 2:1: FileNotFoundError: ")
    assert f"put the file where the notebook expects it, seen from {tmp_path}\n" in result.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("numpy_net", "cell 3:3: loss is computed with NumPy, and only PyTorch's tensors have gradients"),
        (
            "in_a_function",
            "cell 2:1: the loss is computed only inside a function or a block; write one forward pass at",
        ),
        ("module", "cell 3:1: this line of the forward pass reads layer, of type Linear; write the line with tensors"),
    ],
)
def test_a_forward_pass_that_cannot_be_graded_is_refused(grade: Grade, tmp_path: Path, name: str, said: str) -> None:
    """With cell and line; nothing is written."""
    result = grade("new", lay_down(tmp_path, name))
    assert result.exit_code == 4
    assert said in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.ipynb"]


def test_a_forward_pass_that_needs_a_change_is_left_to_correct(grade: Grade, tmp_path: Path) -> None:
    """The sentence is about the file that is written, and says how to go on."""
    notebook = lay_down(tmp_path, "two_layers", ("z1", "da1"), ("a1.T @ dout", "a1.T @ dout\nd = 1"))
    result = grade("new", notebook)
    assert result.exit_code == 4
    assert re.search(r"^Error: two_layers_forward\.py:\d+: ", result.stderr)
    assert "correct it there, then `grade new two_layers_forward.py --name two_layers`\n" in result.stderr
    assert "def forward(X, y, W1, b1, W2, b2):" in (tmp_path / "two_layers_forward.py").read_text(encoding="utf-8")
    assert "(in the forward pass of two_layers.ipynb)" in grade("new", notebook).stderr


def test_a_variable_that_is_not_there_cannot_be_graded(grade: Grade, tmp_path: Path) -> None:
    """The names that there are come from the notebook, in which nothing has to be corrected."""
    result = grade("new", lay_down(tmp_path, "neuron"), "--graded", "w3")
    assert result.exit_code == 4
    assert result.stderr.startswith(
        "Error: --graded w3: forward() in neuron.ipynb has no variable w3; variables with a "
    )
    assert [path.name for path in tmp_path.iterdir()] == ["neuron.ipynb"]


def test_a_notebook_has_no_form(grade: Grade, tmp_path: Path) -> None:
    """Its gradients are lines, not the two functions of a layer."""
    result = grade("new", lay_down(tmp_path, "neuron"), "--form", "functions")
    assert result.exit_code == 4
    assert "--form is for a forward.py; a notebook's gradients have a function each" in result.stderr
