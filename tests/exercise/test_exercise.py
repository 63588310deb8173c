"""Reading an exercise: lines, their readers, and a clear message for every malformed file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.exercise.case import Case
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import (
    UnknownExercise,
    differs_from_installed,
    exercises_directory,
    list_exercises,
    load_exercise,
)

if TYPE_CHECKING:
    from pathlib import Path

FORWARD = """
import torch
GRADED = ['y', 'x']
SIZES = []
def inputs(seed, n=3):
    return {'x': torch.ones(n)}
def forward(x):
    y = x * 2
    loss = y.sum()
    return locals()
"""


def exercise(folder: Path, forward: str = FORWARD, settings: str = 'title = "t"') -> Exercise:
    """An exercise of these two files."""
    folder.mkdir(exist_ok=True)
    (folder / "forward.py").write_text(forward)
    (folder / "exercise.toml").write_text(settings)
    return Exercise(folder)


def test_readers_and_children_come_from_the_forward_pass(mlp: Exercise) -> None:
    """Counts goes into its sum and into the probabilities."""
    assert mlp.children("counts") == ("counts_sum", "probs")
    assert mlp.children("bndiff") == ("bndiff2", "bnraw")
    assert "loss" in mlp.downstream("C")
    assert "counts" not in mlp.downstream("counts")


def test_a_line_keeps_its_number_and_text(mlp: Exercise) -> None:
    """They are shown to learners."""
    line = mlp.producer["bnvar_inv"]
    assert line.text == "bnvar_inv = (bnvar + 1e-5)**-0.5"
    assert mlp.source.splitlines()[line.number - 1].strip() == line.text


def test_reading_an_exercise_runs_nothing(tmp_path: Path) -> None:
    """`grade list` stays fast, however many there are."""
    assert exercise(tmp_path / "e", FORWARD + "\nraise SystemExit\n").graded == ("y", "x")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("GRADED = ['y', 'x']", "GRADED = ['x', 'y']"), "GRADED lists x before y"),
        (("GRADED = ['y', 'x']", "GRADED = ['y', 'xx']"), "Did you mean x?"),
        (("GRADED = ['y', 'x']", "GRADED = sorted('yx')"), "GRADED must be a literal list"),
        (("    loss = y.sum()\n", "    loss, n = y.sum(), 2\n"), "must be `loss = ...`"),
        (("    return locals()", "    return loss"), "must end with `return locals()`"),
        (("    y = x * 2", "    y = x.mul_(2)"), "this changes x in place, which is an input; copy it first"),
        (("    y = x * 2", "    y = x * 2\n    x[0] = 1"), "change the copy: `x1 = x.clone()`"),
        (("    y = x * 2", "    y = x * (2 if (k := 2) else 1)\n    z = x * k"), "k is assigned inside another line"),
        (
            ("    y = x * 2", "    y = x * 2\n    if len(x) > 1: return locals()"),
            "must have one `return`, its last line",
        ),
        (("    y = x * 2", "    y = x * 2\n    del y"), "`del` takes a value away"),
        (("    y = x * 2", "    global y\n    y = x * 2"), "may not assign global names"),
        (("    loss = y.sum()", "    x = y * 2"), "x is the name of an input; give the result its own name"),
        (("def forward(x)", "def forwards(x)"), "no function forward"),
        (("    y = x * 2", "    y = x *"), "invalid syntax"),
        (("    loss = y.sum()", "    loss = x.sum()"), "GRADED lists y, but the loss does not depend on it"),
    ],
)
def test_a_malformed_forward_pass_is_reported(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    """With the file, and the line where there is one."""
    with pytest.raises(BrokenExercise) as caught:
        exercise(tmp_path / "e", FORWARD.replace(*change))
    assert sentence in str(caught.value)
    assert "forward.py" in str(caught.value)


OPEN = FORWARD.replace("    loss = y.sum()\n", "    out = y.tanh()\n")


def test_a_line_that_reads_only_the_shape_is_none_that_a_gradient_comes_from(tmp_path: Path) -> None:
    """It is not shown beside a wrong gradient, and no hint is about it."""
    found = exercise(
        tmp_path / "e", FORWARD.replace("    y = x * 2", "    k = x.shape[0]\n    m = x > 0\n    y = x * 2 * k")
    )
    assert [line.text for line in found.readers["x"]] == ["y = x * 2 * k"]
    assert {"k", "m", "y"} <= found.downstream("x")


def test_no_gradient_comes_from_a_step_without_gradients_or_of_a_shape(tmp_path: Path) -> None:
    """Smoothed targets, made in the shape of the log probabilities; a step is several statements."""
    without = "    with torch.no_grad():\n        t = x + 1\n    o = torch.zeros_like(x)\n    o[0] = 1\n"
    found = exercise(tmp_path / "e", FORWARD.replace("    y = x * 2", f"{without}    y = x * 2 + t + o"))
    assert [line.text for line in found.readers["x"]] == ["y = x * 2 + t + o"]


class TestUsesInAStep:
    """What a learner is shown of a step: the statements that use the variable, each with its own line number."""

    def test_each_statement_that_names_the_variable_is_a_use(self, tmp_path: Path) -> None:
        """In a loop as well; the step itself begins above."""
        step = "    h = x\n    for _ in range(x.shape[0]):\n        h = h.tanh() + x\n    y = h * 2"
        found = exercise(tmp_path / "e", FORWARD.replace("    y = x * 2", step))
        number = found.source[: found.source.index("h = x")].count("\n") + 1
        assert found.uses("x") == [(number, "h = x"), (number + 2, "h = h.tanh() + x")]
        assert found.uses("h") == [(number + 3, "y = h * 2")]

    def test_a_step_that_calls_it_something_else_is_shown_by_its_first_line(self, tmp_path: Path) -> None:
        """Its loop does."""
        packed = FORWARD.replace("{'x': torch.ones(n)}", "{'xs': [torch.ones(n)]}").replace("forward(x)", "forward(xs)")
        packed = packed.replace("['y', 'x']\n", "['y', 'x']\nPACKED = {'xs': '[x]'}\n")
        step = "    y = 0\n    for each in xs:\n        y = y + each * 2"
        found = exercise(tmp_path / "e", packed.replace("    y = x * 2", step))
        assert [text for _, text in found.uses("x")] == ["y = 0 ..."]


class TestWithoutALoss:
    """A forward pass that ends in `out`, as a layer's does."""

    def test_the_loss_is_proportional_to_a_random_cotangent(self, tmp_path: Path) -> None:
        """So that dout, which learners are given, is any gradient and not only ones."""
        found = exercise(tmp_path / "e", OPEN)
        assert found.lines[-1].text == "loss = (out * cot).sum()"
        assert found.inputs_parameters == ("x", "cot")
        inputs = found.inputs(7, {"n": 5})
        assert inputs["cot"].shape == (5,)
        values = found.forward(inputs)
        assert values["loss"] == (values["out"] * inputs["cot"]).sum()
        case = Case(found, 7, {"n": 5})
        assert case.reference["out"].equal(inputs["cot"])
        assert case.reference["y"].allclose(inputs["cot"] * (1 - values["out"] ** 2))

    def test_the_cotangent_depends_on_the_seed_alone(self, tmp_path: Path) -> None:
        """Two machines grade with the same one."""
        found = exercise(tmp_path / "e", OPEN)
        one, again, other = (found.inputs(seed, {})["cot"] for seed in (7, 7, 8))
        assert one.equal(again)
        assert not one.equal(other)

    @pytest.mark.parametrize("name", ["cot", "loss"])
    def test_its_names_are_its_own(self, tmp_path: Path, name: str) -> None:
        """Otherwise two values would share one."""
        taken = OPEN.replace("    out = y.tanh()", f"    {name} = y * 2\n    out = {name}.tanh()")
        with pytest.raises(BrokenExercise, match=rf"forward.py:11: forward\(\) ends in out, so {name} is added to it"):
            exercise(tmp_path / "e", taken)

    @pytest.mark.parametrize(("value", "kind"), [("(y > 1)", "a torch.bool tensor"), ("len(y)", "of type int")])
    def test_out_has_to_be_a_tensor_with_a_gradient(self, tmp_path: Path, value: str, kind: str) -> None:
        """A mask or a number has no cotangent."""
        found = exercise(tmp_path / "e", OPEN.replace("y.tanh()", value))
        with pytest.raises(BrokenExercise, match=f"ends in out, which is {kind}; it must be a float tensor"):
            found.inputs(7, {})

    def test_a_training_exercise_needs_its_loss(self, tmp_path: Path) -> None:
        """There is nothing else to train on."""
        with pytest.raises(BrokenExercise, match="must end in `loss ="):
            exercise(tmp_path / "e", OPEN.replace("GRADED", "PARAMETERS"), 'title = "t"\nkind = "training"')


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("", "title is missing"),
        ('titel = "x"', "Did you mean 'title'?"),
        ('title = "x"\nminutes = "many"', "minutes must be of type int, not str"),
        ('title = "x"\nkind = "quiz"', "kind must be 'gradients', 'training' or 'layer'"),
        ("title = ", "exercise.toml"),
    ],
)
def test_malformed_settings_are_reported(tmp_path: Path, settings: str, sentence: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(BrokenExercise, match=r"exercise\.toml") as caught:
        exercise(tmp_path / "e", settings=settings)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "constant"), [("gradients", "GRADED"), ("training", "PARAMETERS")], ids=["gradients", "training"]
)
@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("['y', 'xx']", ":3: {} lists xx, which is not a variable of forward(). Did you mean x?"),
        ("['zzz']", ":3: {} lists zzz, which is not a variable of forward()."),
        ("'y'", ":3: {} must be a literal list of variable names"),
        ("[]", ":3: {} must be a literal list of variable names"),
        ("[n]", ":3: {} must be a literal list of variable names"),
    ],
)
def test_the_graded_variables_are_checked_for_every_kind(
    tmp_path: Path, kind: str, constant: str, names: str, sentence: str
) -> None:
    """With the line in forward.py."""
    forward = FORWARD.replace("GRADED = ['y', 'x']", f"{constant} = {names}")
    with pytest.raises(BrokenExercise) as caught:
        exercise(tmp_path / "e", forward, f'title = "t"\nkind = "{kind}"')
    assert str(caught.value) == f"{tmp_path}/e/forward.py{sentence.format(constant)}"


@pytest.mark.parametrize(("last", "error"), [("undefined", "NameError"), ("raise SystemExit(7)", "SystemExit: 7")])
def test_a_forward_file_that_does_not_run_is_an_error_in_the_exercise(tmp_path: Path, last: str, error: str) -> None:
    """It raises an exception or leaves; no learner gets a zero for it."""
    broken = exercise(tmp_path / "e", f"{FORWARD}\n{last}\n")
    with pytest.raises(BrokenExercise, match=error):
        broken.inputs(1, {})


def test_inputs_that_omit_a_name_are_an_error_in_the_exercise(tmp_path: Path) -> None:
    """forward() reads it."""
    broken = exercise(tmp_path / "e", FORWARD.replace("{'x': torch.ones(n)}", "{}"))
    with pytest.raises(BrokenExercise, match="does not return x"):
        broken.inputs(1, {})


def test_an_unknown_exercise_is_reported_with_the_known_ones() -> None:
    """Or with the most similar one."""
    with pytest.raises(UnknownExercise, match="Did you mean mlp"):
        load_exercise("mpl")
    with pytest.raises(UnknownExercise, match="Available: "):
        load_exercise("zzzzzz")


def test_the_installed_exercises_are_listed_by_name() -> None:
    """The lecture's four at least."""
    assert {"mlp", "cross_entropy", "batchnorm", "training"} <= set(list_exercises())


def test_a_folder_without_both_files_is_not_an_exercise(tmp_path: Path) -> None:
    """The message says what is missing."""
    with pytest.raises(UnknownExercise, match=r"it needs both exercise\.toml and forward\.py"):
        load_exercise(tmp_path)
    assert list_exercises(tmp_path / "nowhere") == []


def test_a_changed_forward_pass_is_detected(tmp_path: Path) -> None:
    """In a learner's workspace it is graded, with a note in every row."""
    source = (exercises_directory() / "mlp" / "forward.py").read_text()
    settings = (exercises_directory() / "mlp" / "exercise.toml").read_text()
    assert not differs_from_installed(exercise(tmp_path / "mlp", source, settings))
    assert differs_from_installed(exercise(tmp_path / "mlp", source + "\n", settings))
