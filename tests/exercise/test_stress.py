"""Extreme inputs: what saturates, what is almost zero, and every row of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from grader.exercise.case import build_cases
from grader.exercise.exercise import Exercise
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import load_exercise
from grader.exercise.stress import is_covered, stressed, table_rows, upstream_inputs, with_every_index

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.case import Case, Cases


def made(folder: Path, source: str) -> Exercise:
    """An exercise of one forward pass."""
    (folder / "made").mkdir()
    (folder / "made" / "forward.py").write_text(source)
    (folder / "made" / "exercise.toml").write_text("title = 'made'")
    return Exercise(folder / "made")


def last(exercise: Exercise) -> Case:
    """The further case whose inputs are extreme."""
    return build_cases(exercise, LECTURE_SEED).further[-1]


def test_only_the_last_case_is_extreme(mlp_cases: Cases) -> None:
    """What a gradient depends on is found out in a case where nothing is saturated."""
    assert [case.stressed for case in mlp_cases] == [False, False, False, True]
    assert not mlp_cases.probe.stressed


def test_the_last_case_of_the_mlp_saturates_some_units_and_not_others(mlp_cases: Cases) -> None:
    """tanh close to 1 and close to 0, probabilities below 1e-4, a batch norm whose epsilon counts."""
    values = mlp_cases.further[-1].graph.values
    assert float(values["h"].abs().max()) > 0.9999
    assert float(values["h"].abs().min()) < 0.5
    assert float(values["probs"].min()) < 1e-6
    assert float(values["bnvar"].min()) < 1e-4


@pytest.mark.parametrize("name", ["linear_relu", "swiglu", "lstm_cell"])
def test_masks_of_every_kind_are_crossed(name: str) -> None:
    """Below 0.01 and above 6, on both sides of zero."""
    exercise = load_exercise(name)
    values = [v for v in last(exercise).graph.values.values() if isinstance(v, torch.Tensor) and v.dim() > 1]
    assert any(float(v.max()) > 6 and float(v.min()) < -6 and bool((v.abs() < 0.01).any()) for v in values)


def test_every_row_of_a_table_occurs_and_some_more_than_once(mlp: Exercise, mlp_cases: Cases) -> None:
    """Including the last letter, which no name of the minibatch has."""
    case = mlp_cases.further[-1]
    rows = case.inputs["C"].shape[0]
    counts = torch.bincount(case.inputs["Xb"].flatten(), minlength=rows)
    assert len(counts) == rows
    assert int(counts.min()) >= 1
    assert int(counts.max()) >= 2
    assert int(case.inputs["Yb"].max()) == case.inputs["W2"].shape[1] - 1
    assert "Xb" in is_covered(mlp, case.inputs)


def test_the_rows_of_a_table_are_found_by_trial() -> None:
    """It does not matter where the data happens to end."""
    exercise = load_exercise("cross_entropy")
    inputs = exercise.inputs(1, {"n": 8, "vocab_size": 40})
    assert int(inputs["Yb"].max()) < 27
    assert table_rows(exercise, inputs, "Yb") == 40
    assert table_rows(exercise, inputs, "logits") is None


def test_negative_indices_are_markers_and_stay() -> None:
    """-1 marks a position without a target."""
    exercise = load_exercise("masked_cross_entropy")
    inputs = exercise.inputs(3, {})
    dealt = with_every_index(exercise, inputs, 0)
    assert torch.equal(dealt["targets"] < 0, inputs["targets"] < 0)
    assert not torch.equal(dealt["targets"], inputs["targets"])


def test_integers_that_are_not_indices_are_unchanged(tmp_path: Path) -> None:
    """Counts may have to stay as they are."""
    exercise = made(
        tmp_path,
        "import torch\nGRADED = ['x']\nSIZES = [{'n': 7}]\n"
        "def inputs(seed, n=5):\n    g = torch.Generator().manual_seed(seed)\n"
        "    return {'x': torch.randn(n, generator=g), 'k': torch.randint(1, 4, (n,), generator=g)}\n"
        "def forward(x, k):\n    loss = (x * k).sum()\n    return locals()\n",
    )
    inputs = exercise.inputs(1, {})
    assert torch.equal(with_every_index(exercise, inputs, 0)["k"], inputs["k"])


def test_inputs_that_are_not_graded_stay_as_a_formula_needs_them(tmp_path: Path) -> None:
    """`p - q` is the gradient of a cross entropy only where q sums to one."""
    exercise = made(
        tmp_path,
        "import torch\nGRADED = ['x']\nSIZES = [{'n': 7}]\n"
        "def inputs(seed, n=5):\n    g = torch.Generator().manual_seed(seed)\n"
        "    q = torch.rand((n, 4), generator=g)\n"
        "    return {'x': torch.randn((n, 4), generator=g), 'q': q / q.sum(1, keepdim=True)}\n"
        "def forward(x, q):\n    loss = -(q * x.log_softmax(1)).sum()\n    return locals()\n",
    )
    assert torch.allclose(last(exercise).inputs["q"].sum(1), torch.ones(7))
    assert upstream_inputs(exercise, exercise.inputs(1, {})) == ()


def test_an_input_that_acts_as_an_upstream_gradient_is_scaled_like_cotangents() -> None:
    """By powers of two far apart; otherwise a threshold on it would go unnoticed."""
    exercise = load_exercise("batchnorm")
    cases = build_cases(exercise, LECTURE_SEED)
    assert upstream_inputs(exercise, cases.given.inputs) == ("cot",)
    tiny, huge, _ = (float(case.inputs["cot"].abs().max()) for case in cases.further)
    assert tiny < 1e-9
    assert huge > 1e9


def test_a_forward_pass_that_allows_no_extremes_is_judged_as_drawn(tmp_path: Path) -> None:
    """exp overflows at once; the last variant is the inputs themselves."""
    exercise = made(
        tmp_path,
        "import torch\nGRADED = ['x']\nSIZES = [{'n': 7}]\n"
        "def inputs(seed, n=5):\n    g = torch.Generator().manual_seed(seed)\n"
        "    return {'x': torch.rand(n, generator=g) * 20 + 69}\n"
        "def forward(x):\n    y = x.exp()\n    loss = y.sum()\n    return locals()\n",
    )
    drawn = exercise.inputs(1, {"n": 7})
    assert torch.equal([*stressed(exercise, drawn)][-1]["x"], drawn["x"])
    assert bool(torch.isfinite(last(exercise).values["y"]).all())


@pytest.mark.parametrize("seed", range(5))
def test_hidden_cases_are_as_extreme(mlp: Exercise, seed: int) -> None:
    """Whatever the seed, some units saturate and no gradient vanishes."""
    case = build_cases(mlp, LECTURE_SEED, hidden_seed=seed).further[-1]
    assert case.stressed
    assert float(case.graph.values["h"].abs().max()) > 0.999
