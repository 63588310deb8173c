"""Kinks and ties: which operations have them, where values hit them, and what PyTorch does there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch.nn import functional

from grader.exercise.case import Case
from grader.exercise.exercise import Exercise
from grader.exercise.kinks import has_kink, kinked_reads, meets

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.kinks import Kink

FORWARD = """
import torch
import torch.nn.functional as F

GRADED = ["v"]


def inputs(seed, n=4):
    g = torch.Generator().manual_seed(seed)
    return {{"v": torch.randn((n, 6), generator=g), "u": torch.randn((n, 6), generator=g)}}


def forward(v, u):
    y = {line}
    loss = (y * 1.0).sum() + (v * u).sum()
    return locals()
"""


def exercise(folder: Path, line: str) -> Exercise:
    """An exercise whose first line is this."""
    (folder / "exercise.toml").write_text('title = "kinks"\n', encoding="utf-8")
    (folder / "forward.py").write_text(FORWARD.format(line=line), encoding="utf-8")
    return Exercise(folder)


def kinks(made: Exercise) -> tuple[Kink, ...]:
    """The kinks that v goes into on the first line."""
    return kinked_reads(made.lines[0]).get("v", ())


def slopes(line: str, value: list[float], other: list[float] | None = None) -> list[float]:
    """PyTorch's own gradient of the line with respect to v, element by element."""
    v = torch.tensor(value, dtype=torch.float64, requires_grad=True)
    u = torch.tensor(other or value, dtype=torch.float64, requires_grad=True)
    y: Any = eval(line, {"torch": torch, "F": functional, "v": v, "u": u})
    y = y if isinstance(y, torch.Tensor) else y[0]
    (grad,) = torch.autograd.grad((y * torch.arange(1, y.numel() + 1).view(y.shape)).sum(), v)
    return grad.tolist()  # type: ignore[no-any-return]


ZERO, ONE, BELOW = "takes slope 0", "takes slope 1", "takes the slope of the negative side"


@pytest.mark.parametrize(
    ("line", "at", "takes", "slope"),
    [
        ("torch.relu(v)", 0.0, f"at exactly 0, PyTorch's relu {ZERO}", 0.0),
        ("F.relu(v)", 0.0, ZERO, 0.0),
        ("v.relu()", 0.0, ZERO, 0.0),
        ("torch.nn.functional.relu(v)", 0.0, ZERO, 0.0),
        ("F.relu6(v)", 0.0, f"at exactly 0 or 6, PyTorch's relu6 {ZERO}", 0.0),
        ("F.relu6(v)", 6.0, ZERO, 0.0),
        ("F.hardtanh(v)", 1.0, ZERO, 0.0),
        ("F.hardtanh(v, -2.0, 2.0)", -2.0, ZERO, 0.0),
        ("F.hardsigmoid(v)", 3.0, ZERO, 0.0),
        ("F.leaky_relu(v, 0.1)", 0.0, BELOW, 0.1),
        ("F.prelu(v, torch.tensor(0.25, dtype=v.dtype))", 0.0, BELOW, 0.25),
        ("F.elu(v, 2.0)", 0.0, BELOW, 2.0),
        ("F.elu(v, alpha=0.5)", 0.0, BELOW, 0.5),
        ("F.selu(v)", 0.0, BELOW, 1.0507009873554805 * 1.6732632423543772),
        ("v.abs()", 0.0, f"at exactly 0, PyTorch's abs {ZERO}", 0.0),
        ("torch.abs(v)", 0.0, ZERO, 0.0),
        ("abs(v)", 0.0, ZERO, 0.0),
        ("v.sign()", 0.0, ZERO, 0.0),
        ("F.l1_loss(v, torch.zeros_like(v))", 0.0, f"where both are equal, PyTorch's l1_loss {ZERO}", 0.0),
        ("v.clamp(0, 1)", 0.0, f"exactly at a bound, PyTorch's clamp {ONE}", 1.0),
        ("v.clamp(0, 1)", 1.0, ONE, 1.0),
        ("torch.clamp(v, min=0.5)", 0.5, ONE, 1.0),
        ("v.clip(max=2)", 2.0, ONE, 1.0),
        ("v.clamp_min(0)", 0.0, ONE, 1.0),
        ("torch.clamp_max(v, 0)", 0.0, ONE, 1.0),
        ("v.clamp(min=torch.zeros_like(v))", 0.0, ONE, 1.0),
        ("(v > 0) * v", 0.0, "where both sides are equal, `v > 0` is false", 0.0),
        ("(v >= 0) * v", 0.0, "`v >= 0` is true", 1.0),
        ("torch.where(v > 0, v, 0.1 * v)", 0.0, "and PyTorch takes the slope of that side", 0.1),
        ("torch.where(0 <= v, v, 0.1 * v)", 0.0, "`0 <= v` is true", 1.0),
    ],
)
def test_pytorch_takes_this_slope_at_a_kink(tmp_path: Path, line: str, at: float, takes: str, slope: float) -> None:
    """The phrase agrees with torch, and the kink is found exactly there."""
    made = exercise(tmp_path, line)
    (kink,) = kinks(made)
    assert takes in kink.phrase
    assert not kink.tied
    assert slopes(line, [at]) == pytest.approx([slope], abs=1e-12)
    assert meets(kink, made, {"v": torch.tensor([at, 9.0])}) is not None
    assert meets(kink, made, {"v": torch.tensor([at + 0.125, 9.0])}) is None


TIED = [2.0, 5.0, 5.0, 5.0, 1.0, 0.0]
ALL, SHARES = "gives the whole gradient to one of the tied values", "shares the gradient equally among the tied values"
PLACES, HALVES = "gives the gradient of each position to one of the tied values", "gives half of the gradient to each"


@pytest.mark.parametrize(
    ("line", "takes"),
    [
        ("v.max(0).values", f"at an exact tie, PyTorch's max {ALL}"),
        ("torch.max(v, 0)[0]", ALL),
        ("v.max(dim=-1).values", ALL),
        ("(-v).min(0).values", f"PyTorch's min {ALL}"),
        ("v.max(v.dim() - 1).values", ALL),
        ("v.kthvalue(5).values", ALL),
        ("v[v.argmax()]", ALL),
        ("F.max_pool1d(v.view(1, 1, -1), 6)", ALL),
        ("F.max_pool2d(v.view(1, 1, 2, 3), (2, 3))", ALL),
        ("F.adaptive_max_pool1d(v.view(1, 1, -1), 1)", ALL),
        ("v.max()", SHARES),
        ("torch.max(v)", SHARES),
        ("(-v).min()", SHARES),
        ("v.amax(0)", f"at an exact tie, PyTorch's amax {SHARES}"),
        ("v.amax()", SHARES),
        ("(-v).amin(0, keepdim=True)", SHARES),
        ("v.aminmax().max", SHARES),
        ("v.sort().values", PLACES),
        ("v.msort()", PLACES),
        ("torch.sort(v, descending=True)[0]", PLACES),
        ("v.topk(2).values", PLACES),
    ],
)
def test_pytorch_divides_a_gradient_like_this_at_a_tie(tmp_path: Path, line: str, takes: str) -> None:
    """Three values are equal and largest: one gets it all, or each a third, or each its position's."""
    made = exercise(tmp_path, line)
    (kink,) = kinks(made)
    assert takes in kink.phrase
    assert kink.tied
    try:
        found = [abs(grad) for grad in slopes(line, TIED)]
    except RuntimeError as error:  # torch 2.11 has no derivative of aminmax
        pytest.skip(str(error))
    got = sorted(found[1:4])
    if takes.endswith(SHARES):
        assert got == pytest.approx([1 / 3] * 3)
    elif takes.endswith(ALL):
        assert got == pytest.approx([0, 0, 1])
    else:
        assert all(grad == int(grad) for grad in found)  # a place goes to one value, whole
        assert len(set(got)) == len(got)
    assert meets(kink, made, {"v": torch.tensor(TIED)}) == "a tie"
    assert meets(kink, made, {"v": torch.tensor([2.0, 5.0, 6.0, 4.0, 1.0, 0.0])}) is None


@pytest.mark.parametrize(
    ("line", "value", "takes", "shares"),
    [
        ("v.median(0).values", [1.0, 2.0, 2.0, 2.0, 3.0], ALL, [0, 0, 1]),
        ("v.median()", [1.0, 2.0, 2.0, 2.0, 3.0], SHARES, [1 / 3, 1 / 3, 1 / 3]),
    ],
)
def test_a_median_with_a_tie(tmp_path: Path, line: str, value: list[float], takes: str, shares: list[float]) -> None:
    """Along a dimension one element gets it; over the whole tensor it is shared."""
    made = exercise(tmp_path, line)
    (kink,) = kinks(made)
    assert kink.phrase.endswith(takes)
    assert sorted(slopes(line, value)[1:4]) == pytest.approx(shares)
    assert meets(kink, made, {"v": torch.tensor(value)}) == "a tie"
    assert meets(kink, made, {"v": torch.tensor([1.0, 1.0, 2.0, 3.0, 3.0])}) is None


@pytest.mark.parametrize(
    ("line", "takes", "share"),
    [
        ("torch.maximum(v, u)", f"at an exact tie, PyTorch's maximum {HALVES}", 0.5),
        ("v.minimum(u)", HALVES, 0.5),
        ("torch.max(v, u)", HALVES, 0.5),
        ("v.min(other=u)", HALVES, 0.5),
        ("torch.fmax(v, u)", "gives the whole gradient to the first of the two", 1.0),
        ("v.fmin(u)", "gives the whole gradient to the first of the two", 1.0),
    ],
)
def test_two_tensors_that_are_equal_somewhere(tmp_path: Path, line: str, takes: str, share: float) -> None:
    """Both report the tie, as both have a gradient."""
    made = exercise(tmp_path, line)
    (kink,) = kinks(made)
    assert takes in kink.phrase
    assert kinked_reads(made.lines[0])["u"] == (kink,)
    assert slopes(line, [3.0], [3.0]) == [share]
    assert meets(kink, made, {"v": torch.tensor([3.0, 1.0]), "u": torch.tensor([3.0, 2.0])}) == "u"
    assert meets(kink, made, {"v": torch.tensor([3.0, 1.0]), "u": torch.tensor([1.0, 2.0])}) is None


@pytest.mark.parametrize(
    "line",
    [
        "v.round()", "v.floor()", "F.elu(v)", "F.celu(v, 2.0)", "F.gelu(v)", "v.logsumexp(1)", "v.exp() + v**2",
        "v * (u > 0)", "torch.where(u > 0.5, v, 0 * v)", "v * (v.detach().isnan() == 1)",
    ],
)  # fmt: skip
def test_what_is_smooth_or_flat_on_both_sides_has_no_kink(tmp_path: Path, line: str) -> None:
    """Rounding has slope 0 everywhere, and a mask computed from other values is a constant."""
    assert kinks(exercise(tmp_path, line)) == ()


def test_a_kink_is_hit_where_the_value_of_an_expression_hits_it(tmp_path: Path) -> None:
    """The operand is evaluated, not only looked up."""
    made = exercise(tmp_path, "F.relu(v - u) * 2")
    v = torch.tensor([1.0, 2.0])
    assert has_kink(made, {"v": v, "u": torch.tensor([1.0, 0.5])})
    assert not has_kink(made, {"v": v, "u": torch.tensor([1.5, 0.5])})


def test_equal_values_that_do_not_compete_are_not_a_tie(tmp_path: Path) -> None:
    """Neither in another row nor below the largest; every position of a sort is read."""
    rows = {"v": torch.tensor([[1.0, 2.0, 2.0, 3.0], [1.0, 2.0, 4.0, 3.0]])}
    assert not has_kink(exercise(tmp_path, "v.amax(1)"), rows)
    assert not has_kink(exercise(tmp_path, "v.topk(1, 1).values"), rows)
    assert has_kink(exercise(tmp_path, "v.amax(0)"), rows)
    assert has_kink(exercise(tmp_path, "v.sort(1).values"), rows)


def test_pooling_windows_that_hit_a_tie(tmp_path: Path) -> None:
    """Equal pixels of different windows do not compete."""
    made = exercise(tmp_path, "F.max_pool2d(v.view(1, 1, 2, 4), 2)")
    assert not has_kink(made, {"v": torch.tensor([[9.0, 1.0, 9.0, 2.0], [3.0, 4.0, 5.0, 6.0]])})
    assert has_kink(made, {"v": torch.tensor([[9.0, 1.0, 7.0, 2.0], [3.0, 9.0, 5.0, 6.0]])})


def test_an_operand_of_a_comprehension_is_not_checked(tmp_path: Path) -> None:
    """It has no value outside."""
    made = exercise(tmp_path, "torch.stack([row.max() for row in v])")
    assert not has_kink(made, {"v": torch.zeros(2, 3)})


def test_integers_have_no_kink(tmp_path: Path) -> None:
    """They have no gradient."""
    made = exercise(tmp_path, "u * v.clamp(0)")
    assert not has_kink(made, {"v": torch.zeros(2, dtype=torch.int64), "u": torch.ones(2)})


@pytest.mark.parametrize("name", ["linear_relu", "maxpool", "mlp"])
def test_a_case_drawn_at_random_has_no_kink(name: str) -> None:
    """Neither in float32 nor in float64; its rounded values have."""
    from grader.exercise.shelf import load_exercise

    case = Case(load_exercise(name), 3, {})
    assert not has_kink(case.exercise, case.values)
    assert not has_kink(case.exercise, case.graph.values)
    rounded = {n: v.round() if isinstance(v, torch.Tensor) else v for n, v in case.graph.values.items()}
    assert has_kink(case.exercise, rounded)
