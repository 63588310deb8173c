"""Identities of a whole answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import Dimensions
from grader.diagnosis.whole_answer import all_zero, of_another, rearranged, reordered, tiny, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.facts import Facts

    Gradient = Callable[[str], torch.Tensor]


def right(v: dict[str, Any], d: Gradient) -> torch.Tensor:
    """The gradient of x."""
    return d("pre") @ v["w"].T


@pytest.mark.parametrize(
    ("answer", "kind", "known"),
    [
        (lambda v, d: -right(v, d), Kind.SIGN, {"factor": "-1"}),
        (lambda v, d: right(v, d) / v["n"], Kind.CONSTANT_FACTOR, {"factor": "1/n"}),
        (lambda v, d: right(v, d).T, Kind.TRANSPOSED, {"turned": Dimensions((0, 1)), "factor": "1"}),
        (lambda v, d: right(v, d).unsqueeze(0), Kind.KEEPDIM, {"factor": "1"}),
        (lambda v, d: torch.stack([right(v, d) / 2] * 2), Kind.NOT_SUMMED, {"dims": Dimensions((0,))}),
    ],
    ids=["sign", "factor", "transposed", "keepdim", "not summed"],
)
def test_is_named_on_every_case(
    wrong: Callable[..., Facts], answer: Callable[..., torch.Tensor], kind: Kind, known: dict[str, Any]
) -> None:
    """With its numbers in fields."""
    found = whole(wrong("x", answer, upstream=("pre",), values=("w", "n")))
    assert found is not None
    assert found.kind is kind
    assert found.fields == known


def test_a_sum_s_gradient_that_is_not_broadcast(wrong: Callable[..., Facts]) -> None:
    """One number for all summed elements; the factor shows what else is wrong."""
    facts = wrong("x", lambda _, __: torch.ones(1, 1).double(), upstream=("pre",))
    for view in facts.answer.views:
        view.expected.fill_(2.0)
    found = whole(facts)
    assert found is not None
    assert (found.kind, found.fields["factor"]) == (Kind.NOT_EXPANDED, "1/2")


def test_the_gradient_of_a_later_variable(wrong: Callable[..., Facts]) -> None:
    """Of the same shape."""
    facts = wrong("act", lambda v, d: d("both") * v["probs"], upstream=("both",), values=("probs",))
    found = of_another(facts.answer)
    assert found is not None
    assert (found.kind, found.fields["other"]) == (Kind.OTHER_GRADIENT, "unit")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda v, d: right(v, d).sum(1, keepdim=True).expand(v["x"].shape), Kind.SUMMED_TOO_FAR),
        (lambda v, d: right(v, d).flip(0), Kind.PERMUTED),
    ],
    ids=["summed", "reversed"],
)
def test_rearranged_numbers(wrong: Callable[..., Facts], answer: Callable[..., torch.Tensor], kind: Kind) -> None:
    """Tried last, if no change in one place explains the answer."""
    facts = wrong("x", answer, upstream=("pre",), values=("w",))
    assert whole(facts) is None
    found: Explanation | None = rearranged(facts)
    assert found is not None
    assert found.kind is kind


def test_equal_numbers_have_no_order(wrong: Callable[..., Facts]) -> None:
    """If all values are the same, their positions do not matter."""
    facts = wrong("x", lambda v, _: torch.ones(v["x"].numel()).double(), upstream=("pre",))
    for view in facts.answer.views:
        view.expected.fill_(1.0)
    assert not reordered(facts.answer)


def test_tiny_is_relative_to_the_terms(wrong: Callable[..., Facts]) -> None:
    """Zeros are tiny too."""
    small = wrong("x", lambda v, d: right(v, d) * 1e-9, upstream=("pre",)).answer
    zeros = wrong("x", lambda v, _: torch.zeros_like(v["x"]), upstream=("pre",)).answer
    assert (tiny(small), all_zero(small)) == (True, False)
    assert (tiny(zeros), all_zero(zeros)) == (True, True)
    assert not tiny(wrong("x", right, upstream=("pre",)).answer)
