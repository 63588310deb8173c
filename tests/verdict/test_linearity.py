"""How a wrong answer depends on an upstream gradient, from its answers to multiples of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from grader.verdict.evidence import Bend
from grader.verdict.linearity import bends, multiples, offset_and_rest

if TYPE_CHECKING:
    from collections.abc import Callable

DRAW = torch.Generator().manual_seed(4)
C, D = torch.randn(2, 6, 5, dtype=torch.float64, generator=DRAW)
W = torch.randn(5, 5, dtype=torch.float64, generator=DRAW)

BENT = {
    "square": (lambda d: W @ d.T * d.T, Bend.SQUARE),
    "cube": (lambda d: d**3, Bend.SQUARE),
    "one less the square": (lambda d: 1 - d**2, Bend.SQUARE),
    "to the power of 1.5": (lambda d: d.abs() ** 1.5, Bend.OTHER),
    "norm times itself": (lambda d: d.norm() * d, Bend.SQUARE),
    "inverse": (lambda d: W.sum() / d, Bend.INVERSE),
    "inverse square": (lambda d: 1 / d**2, Bend.INVERSE),
    "inverse and itself": (lambda d: d + 1 / d, Bend.INVERSE),
    "quotient of sums": (lambda d: d / d.sum() + d @ W, Bend.INVERSE),
    "sign": (lambda d: d.sign() @ W, Bend.DIRECTION),
    "norm": (lambda d: d / d.norm(), Bend.DIRECTION),
    "abs": (lambda d: d.abs() @ W, Bend.ABSOLUTE),
    "relu": (lambda d: d.relu(), Bend.ONE_SIGN),
    "relu of the result": (lambda d: (d @ W).relu(), Bend.ONE_SIGN),
    "relu in a product": (lambda d: d.relu() @ W, Bend.EITHER_SIGN),
    "leaky relu": (torch.nn.functional.leaky_relu, Bend.EITHER_SIGN),
    "maximum": (lambda d: d - d.max(), Bend.EITHER_SIGN),
    "tanh": (lambda d: d.tanh(), Bend.BOUNDED),
    "softmax": (lambda d: d.softmax(1), Bend.BOUNDED),
    "clamp": (lambda d: d.clamp(-1e3, 1e3), Bend.BOUNDED),
    "threshold": (lambda d: d * (d.abs() < 100), Bend.LARGE_LOST),
    "small to zero": (lambda d: d * (d.abs() > 1e-8), Bend.SMALL_LOST),
    "round": (lambda d: (100 * d).round(), Bend.SMALL_LOST),
    "exp": (lambda d: d.exp(), Bend.OVERFLOWS),
    "log": (lambda d: (1 + d.abs()).log(), Bend.OTHER),
    "root": (lambda d: d.abs().sqrt(), Bend.OTHER),
    "softplus": (torch.nn.functional.softplus, Bend.OTHER),
}


def of_one(function: Callable[[torch.Tensor], torch.Tensor]) -> dict[tuple[str, ...], Bend]:
    """How a function of one cotangent bends."""
    answers = [function(C * factors.get("h", 1.0)) for factors in multiples(("h",))]
    return bends(("h",), answers, narrow=False)


def of_two(function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> dict[tuple[str, ...], Bend]:
    """How a function of two bends."""
    asked = multiples(("q", "k"))
    answers = [function(C * factors.get("q", 1.0), D * factors.get("k", 1.0)) for factors in asked]
    return bends(("q", "k"), answers, narrow=False)


@pytest.mark.parametrize(("function", "bend"), BENT.values(), ids=BENT)
def test_what_is_not_linear_is_told_apart(function: Callable[[torch.Tensor], torch.Tensor], bend: Bend) -> None:
    """By its answers to the opposite and to huge and tiny multiples."""
    assert of_one(function) == {("h",): bend}


@pytest.mark.parametrize(
    "function",
    [lambda d: d @ W, lambda d: d + 1, lambda d: 0 * d, lambda d: 1e30 * d + W.sum(), lambda d: d + 0.1 - 0.1],
)
def test_what_is_linear_does_not_bend(function: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Nor does a constant make it bend."""
    assert of_one(function) == {}


def test_upstream_gradients_that_are_multiplied_together_bend_together() -> None:
    """In each alone the answer is linear; if it is not, only that one counts."""
    assert of_two(lambda q, k: q * k) == {("q", "k"): Bend.PRODUCT}
    assert of_two(lambda q, k: q + k.relu()) == {("k",): Bend.ONE_SIGN}
    assert of_two(lambda q, k: q / k) == {("k",): Bend.INVERSE}
    assert of_two(lambda q, k: q * q / k) == {("q",): Bend.SQUARE, ("k",): Bend.INVERSE}
    assert of_two(lambda q, k: q + k) == {}


def test_answers_that_are_missing_or_overflow_in_float32_show_nothing() -> None:
    """A right answer may overflow there."""
    found = [torch.ones(3), -torch.ones(3), *[torch.full((3,), float("inf"))] * 2, torch.zeros(3), torch.zeros(3)]
    assert bends(("h",), found, narrow=True) == {}
    assert bends(("h",), [*found[:-1], None], narrow=False) == {}
    assert bends(("h",), [None] * 6, narrow=False) == {}


def test_a_linear_answer_is_split_into_what_depends_on_its_upstream_gradients_and_the_rest() -> None:
    """The rest is what it is without them."""
    answers = [2 * C * factors.get("h", 1.0) + W.sum() for factors in multiples(("h",))]
    parts = offset_and_rest(("h",), answers)
    assert parts is not None
    torch.testing.assert_close(parts[0], W.sum().expand_as(C))
    torch.testing.assert_close(parts[1], 2 * C)
    assert offset_and_rest((), [C]) is None
