"""Identities of a whole answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.diagnosis import entries, sentences
from grader.diagnosis.diagnose import rearranged
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import Dimensions
from grader.diagnosis.whole_answer import all_zero, of_another, reordered, same_numbers, tiny, too_far, whole
from grader.exercise.case import build_cases
from grader.exercise.shelf import load_exercise

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.facts import Facts
    from grader.exercise.case import Cases

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


def test_a_number_is_added_only_if_every_case_has_it(wrong: Callable[..., Facts]) -> None:
    """What one case shows and the others contradict is not a constant."""
    everywhere = wrong("x", lambda v, d: right(v, d) + 0.5, upstream=("pre",), values=("w",))
    assert entries.constant(everywhere) == pytest.approx(0.5)
    once = wrong("x", lambda v, d: right(v, d) + 0.5 * (v["n"] == 6), upstream=("pre",), values=("w", "n"))
    assert entries.constant(once) is None


def test_right_values_that_are_repeated_are_not_searched_for_in_formulas(wrong: Callable[..., Facts]) -> None:
    """Along a dimension of size 1, or along a new one."""
    for shape, dims in (((-1, 3), (1,)), ((3, -1, -1), (0,))):
        facts = wrong("x", lambda v, d, shape=shape: first_column(right(v, d)).expand(*shape), upstream=("pre",))
        for view in facts.answer.views:
            expected = first_column(view.expected).clone()
            view.expected.resize_(expected.shape).copy_(expected)
        found = whole(facts)
        assert found is not None
        assert (found.kind, found.fields["dims"]) == (Kind.KEEPDIM, Dimensions(dims))
        assert "has the right values, but repeated along dimension" in message(facts, found)


@pytest.mark.parametrize(
    ("factor", "remark"),
    [
        (1 / 9, "9 is n in the given case: is a size typed as a number?"),
        (-1 / 45, "0.0222222 is 1/45, and 45 is x.numel() in the given case: is a size typed as a number?"),
        (2.0, None),
        (17.0, None),
    ],
)
def test_a_factor_that_is_a_given_size_may_be_typed(
    wrong: Callable[..., Facts], factor: float, remark: str | None
) -> None:
    """Where it is the same in every case, so that no size explains it."""
    facts = wrong("x", lambda v, d: right(v, d) * factor, upstream=("pre",), values=("w", "n"))
    found = whole(facts)
    assert found is not None
    assert found.kind is Kind.CONSTANT_FACTOR
    assert message(facts, found).endswith(f". {remark}" if remark else ": x is used in pre (forward.py line 17)")


def message(facts: Facts, found: Explanation | None) -> str:
    """What the learner reads."""
    assert found is not None
    return sentences.told(facts.answer, found).message


def first_column(value: torch.Tensor) -> torch.Tensor:
    """Of a matrix, as a matrix."""
    return value[:, :1]


@pytest.fixture(scope="module")
def dropout() -> Cases:
    """An exercise with a mask."""
    return build_cases(load_exercise("dropout_residual"), 1)


def test_a_mask_that_is_the_wrong_way_round_or_another_one_is_named(
    wrong: Callable[..., Facts], dropout: Cases
) -> None:
    """Each element is the upstream gradient or zero, as in the right one, but in other places."""

    def of(mask: Callable[[torch.Tensor], torch.Tensor]) -> Facts:
        return wrong("branch", lambda v, d: d("kept") * mask(v["mask"]), upstream=("kept",), cases=dropout)

    inverted, moved = of(lambda mask: ~mask), of(lambda mask: mask.roll(1, 0))
    assert "passes dkept on where the forward pass blocks branch" in message(inverted, whole(inverted))
    assert whole(moved) is None
    assert "in other places than the forward pass keeps" in message(moved, rearranged(moved))
    assert rearranged(of(lambda mask: mask * torch.rand(mask.shape))) is None


def test_a_rule_about_broadcasting_is_said_only_of_a_line_that_broadcasts(wrong: Callable[..., Facts]) -> None:
    """The bias is broadcast; the weights are multiplied."""
    bias = wrong("b", lambda _, d: d("pre"), upstream=("pre",))
    weights = wrong("w", lambda v, d: v["x"].unsqueeze(2) * d("pre").unsqueeze(1), upstream=("pre",))
    assert "has to be summed further" in message(weights, whole(weights))
    assert "has to be summed further" in message(bias, whole(bias))
    assert "Broadcasting forward means summing backward" in message(bias, whole(bias))
    assert "Broadcasting" not in message(weights, whole(weights))


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
    found: Explanation | None = too_far(facts) or same_numbers(facts.answer)
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
