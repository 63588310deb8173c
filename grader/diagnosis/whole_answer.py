"""Identities of an answer as a whole: its shape, one factor, the order of its values, what it is summed over."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from typing import TYPE_CHECKING

import torch

from grader.diagnosis import explanations
from grader.diagnosis.explanations import explanation
from grader.diagnosis.factors import alike, factor_of_each
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import Dimensions
from grader.diagnosis.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.wrong_answer import View, WrongAnswer

TINY = 1e-6
"""An answer below this fraction of the terms of a null gradient is not an attempt at it. 1e-9 loses four names of the
catalogues, 1e-3 changes none."""
LEAST_TYPED = 5
"""The smallest size that a number may be suspected to be. Factors of 2, 3 and 4 have other causes."""
TYPED = 1e-5
"""How close the number has to be, of which six digits are shown."""


def all_zero(answer: WrongAnswer) -> bool:
    """Whether the answer is zero everywhere."""
    return all(view.got.numel() and not bool(view.got.any()) for view in answer.views)


def tiny(answer: WrongAnswer) -> bool:
    """Whether an answer is far smaller than the terms that the gradient is the sum of."""
    return all(view.got.numel() and float(view.got.abs().max()) <= TINY * view.scale for view in answer.views)


def whole(facts: Facts) -> Explanation | None:
    """The first identity that holds between the whole answer and the whole gradient."""
    return (
        _turned(facts)
        or _squeezed(facts)
        or _flat(facts.answer)
        or _repeated(facts)
        or _spread(facts)
        or _summed(facts)
        or _inverted(facts)
    )


def of_another(answer: WrongAnswer) -> Explanation | None:
    """The gradient of a later variable, returned unchanged."""
    if answer.probe.got.numel() < 2:
        return None
    direct = set(answer.exercise.children(answer.variable)) & set(answer.evidence.depends_on)
    for other in sorted(answer.exercise.downstream(answer.variable) - direct):
        if _is_gradient_of(other, answer):
            return explanation(Kind.OTHER_GRADIENT, "gradient_of_another", other=other)
    return None


def _is_gradient_of(other: str, answer: WrongAnswer) -> bool:
    value = answer.probe.numbers.values[other]
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or value.shape != answer.probe.got.shape:
        return False
    factors = factor_of_each(((view.sweep.cut(other), view.got) for view in answer.views), answer.tolerance)
    return factors is not None and all(abs(k - 1) <= answer.tolerance for k in factors)


# the same shape apart from dimensions of size 1: one factor


_PLAIN = frozenset({"1", "-1", "2", "1/2"})
"""Factors that need no other explanation."""


def _squeezed(facts: Facts) -> Explanation | None:
    """One factor, ignoring dimensions of size 1."""
    if not squeezed_alike(facts.answer):
        return None
    named = facts.named(global_factor(facts.answer, reshaped=True))
    other = any(view.got.shape != view.expected.shape for view in facts.answer.views)
    if named is None or (named == "1" and not other):  # what is off by less than an identity is exact has no factor
        return None
    if other:
        return explanation(Kind.KEEPDIM, "keepdim", factor=named)
    if named not in _PLAIN:
        better = _other_upstream(facts)
        if better is not None:
            return better
    if _other_dimension(named):
        return explanation(Kind.WRONG_AXIS, "size_for_another", factor=named)
    found, typed = explanations.global_factor(named), _typed(facts, named)
    return found if typed is None else found.also(found.kind, typed=typed)


def _typed(facts: Facts, named: str) -> tuple[float, str] | None:
    """The given size, with its name, that a factor is, or 1 over it, if the factor is the same number in every case."""
    at = facts.answer.views.index(facts.answer.given)
    given = {values[at]: name for name, values in reversed(facts.quantities.items()) if len(set(values)) > 1}
    try:
        number = abs(float(Fraction(named)))
    except ValueError:
        return None
    for size, name in given.items():
        if size >= LEAST_TYPED and min(abs(number - size), abs(1 / number - size)) <= TYPED * size:
            return size, name
    return None


def squeezed_alike(answer: WrongAnswer) -> bool:
    """Whether the shapes differ only by dimensions of size 1."""
    return all(_longer_sizes(v.got) == _longer_sizes(v.expected) for v in answer.views)


def _longer_sizes(value: torch.Tensor) -> list[int]:
    return [size for size in value.shape if size != 1]


def global_factor(answer: WrongAnswer, *, reshaped: bool = False) -> list[float] | None:
    """For each case, the factor from the right gradient to the answer, which is compared as it is or `reshaped`."""
    return _factors(answer, lambda v: (v.expected, v.got.reshape(v.expected.shape) if reshaped else v.got))


def _other_upstream(facts: Facts) -> Explanation | None:
    """A factor that comes from passing on the gradient of a later variable."""
    if facts.answer.local_style or not facts.answer.evidence.depends_on:
        return None
    found = search(facts.paths, facts, only=frozenset({Kind.OTHER_GRADIENT}))
    return explanations.changed(facts, found) if found is not None and found.factor == "1" else None


def _other_dimension(named: str) -> bool:
    """Whether a factor is one size divided by another."""
    names = set(re.findall(r"[A-Za-z_]\w*(?:\.\w+(?:\[\d+\]|\(\))?)?", named))
    return len(names) > 1 and "/" in named and not named.startswith("1/") and ".shape[" in named


# another shape: not broadcast, not summed, summed too far


def _spread(facts: Facts) -> Explanation | None:
    named = facts.named(_factors_when_spread(facts.answer))
    return None if named is None else explanation(Kind.NOT_EXPANDED, "whole_not_broadcast", factor=named)


def _repeated(facts: Facts) -> Explanation | None:
    """The right values, repeated along dimensions of size 1 or along new ones."""
    answer = facts.answer
    if any(view.got.numel() <= view.expected.numel() for view in answer.views):
        return None
    if facts.named(_factors(answer, lambda view: (view.expected.expand(view.got.shape), view.got))) != "1":
        return None
    had, wanted = list(answer.given.got.shape), list(answer.given.expected.shape)
    new = len(had) - len(wanted)
    dims = Dimensions(tuple(dim for dim, size in enumerate(had) if dim < new or size != wanted[dim - new]))
    return explanation(Kind.KEEPDIM, "whole_repeated", dims=dims, had=had)


def _factors_when_spread(answer: WrongAnswer) -> list[float] | None:
    """For each case, the factor from the right gradient to the answer broadcast to the variable's shape."""
    if any(view.got.numel() >= view.expected.numel() for view in answer.views):
        return None
    found = _factors(answer, lambda view: (_laid(view.got, view.expected, spread=True), view.expected))
    return None if found is None else [1 / k if k else float("inf") for k in found]


def _summed(facts: Facts) -> Explanation | None:
    """An answer whose sum is right."""
    if all(view.got.shape == view.expected.shape for view in facts.answer.views):
        return None
    for dims in _sums(min(view.got.dim() for view in facts.answer.views)):
        if facts.named(_factors_when_summed(facts.answer, dims)) == "1":
            return explanation(Kind.NOT_SUMMED, "whole_not_summed", dims=Dimensions(dims))
    return None


def _factors_when_summed(answer: WrongAnswer, dims: tuple[int, ...]) -> list[float] | None:
    return _factors(answer, lambda view: (_laid(view.got.sum(dims), view.expected), view.expected))


def too_far(facts: Facts) -> Explanation | None:
    """The right gradient summed or averaged over more than it should be."""
    if any(view.got.numel() > view.expected.numel() for view in facts.answer.views):
        return None
    for dims in _sums(facts.answer.probe.expected.dim()):
        for keep in (True, False):
            if facts.named(_factors_when_reduced(facts.answer, torch.sum, dims, keep=keep)) == "1":
                return explanation(Kind.SUMMED_TOO_FAR, "whole_summed_too_far", dims=Dimensions(dims))
            if facts.named(_factors_when_reduced(facts.answer, torch.mean, dims, keep=keep)) == "1":
                return explanation(Kind.SUMMED_TOO_FAR, "whole_averaged", dims=Dimensions(dims))
    return None


def _factors_when_reduced(
    answer: WrongAnswer, reduced: Callable[..., torch.Tensor], dims: tuple[int, ...], *, keep: bool
) -> list[float] | None:
    return _factors(answer, lambda v: (_laid(reduced(v.expected, dims, keepdim=keep), v.got, spread=True), v.got))


def _sums(dims: int) -> Iterator[tuple[int, ...]]:
    """Every choice of dimensions to sum over."""
    for count in range(1, dims + 1):
        yield from itertools.combinations(range(dims), count)


# the right values in another order


def _turned(facts: Facts) -> Explanation | None:
    for one, other in itertools.combinations(range(facts.answer.probe.expected.dim()), 2):
        named = facts.named(_factors_when_turned(facts.answer, one, other))
        if named is not None:
            return explanation(Kind.TRANSPOSED, "whole_transposed", turned=Dimensions((one, other)), factor=named)
    return None


def _factors_when_turned(answer: WrongAnswer, one: int, other: int) -> list[float] | None:
    turned = [view.expected.transpose(one, other) for view in answer.views]
    if all(torch.equal(t, view.expected) for t, view in zip(turned, answer.views, strict=True)):
        return None
    return _factors(answer, lambda view: (view.expected.transpose(one, other), view.got))


def _flat(answer: WrongAnswer) -> Explanation | None:
    """The right values in the right order, in another shape."""
    other = all(view.got.shape != view.expected.shape for view in answer.views)
    flat = other and all(_same_row(view.got, view.expected, answer.tolerance) for view in answer.views)
    return explanation(Kind.PERMUTED, "whole_not_reshaped") if flat else None


def passed_on(answer: WrongAnswer) -> Explanation | None:
    """An upstream gradient, perhaps in another shape."""
    for name in answer.evidence.depends_on:
        if all(_same_row(view.got, view.sweep.total(name), answer.tolerance) for view in answer.views):
            return explanation(Kind.UPSTREAM_ONLY, "upstream_as_it_is", other=name)
    return None


def _same_row(got: torch.Tensor, expected: torch.Tensor, tolerance: float) -> bool:
    """Whether two tensors have the same elements in the same order, whatever their shapes."""
    return alike(got.flatten(), expected.flatten(), tolerance)


def same_numbers(answer: WrongAnswer) -> Explanation | None:
    """The right values in another order."""
    return explanation(Kind.PERMUTED, "whole_reordered") if reordered(answer) else None


def reordered(answer: WrongAnswer) -> bool:
    """Whether the answer has the right values in another order on every case."""
    return all(_reordered(view, answer.tolerance) for view in answer.views)


def _reordered(view: View, tolerance: float) -> bool:
    """Whether the answer has the right values in another order; False if the values are all equal."""
    if view.got.numel() != view.expected.numel() or view.got.numel() < 2:
        return False
    a, b = view.got.flatten().sort().values, view.expected.flatten().sort().values  # (elements,)
    same = bool(((a - b).abs() <= tolerance * b.abs().max()).all())
    return same and not float(b.max() - b.min()) <= tolerance * float(b.abs().max())


# an upstream gradient that is passed on in some places and blocked in others


def _inverted(facts: Facts) -> Explanation | None:
    """Passed on where the forward pass blocks it, blocked where it passes."""
    for child in _masked(facts.answer):
        pairs = ((view.sweep.total(child), view.got + view.expected) for view in facts.answer.views)
        named = facts.named(factor_of_each(pairs, facts.answer.tolerance))
        if named is not None and not any((view.got * view.expected).any() for view in facts.answer.views):
            return explanation(Kind.WRONG_OPERAND, "mask_inverted", child=child)
    return None


def passed_elsewhere(answer: WrongAnswer) -> Explanation | None:
    """Passed on in other places than those that the forward pass keeps."""
    child = next(_masked(answer), None)
    return None if child is None else explanation(Kind.WRONG_OPERAND, "another_mask", child=child)


def _masked(answer: WrongAnswer) -> Iterator[str]:
    """The upstream gradients that the answer and the right gradient both are in some places, times the same factor."""
    for child in answer.evidence.depends_on:
        if all(_alike_masked(v.sweep.total(child), v.got, v.expected, answer.tolerance) for v in answer.views):
            yield child


def _alike_masked(upstream: torch.Tensor, got: torch.Tensor, right: torch.Tensor, tolerance: float) -> bool:
    if not upstream.shape == got.shape == right.shape or not upstream.all() or got.numel() < 2:
        return False
    there = torch.stack([got, right]) / upstream  # (2, *the variable's shape)
    kept = there[there != 0]
    some = bool(kept.numel()) and bool(((kept - kept[0]).abs() <= tolerance * kept[0].abs()).all())
    return some and all(0 < int((each != 0).sum()) < each.numel() for each in there)


# factors of the cases


def _factors(answer: WrongAnswer, pair: Callable[[View], tuple[torch.Tensor, torch.Tensor]]) -> list[float] | None:
    """For each case, the factor between two tensors; None if a case has none, or if the shapes do not fit."""
    try:
        return factor_of_each(map(pair, answer.views), answer.tolerance)
    except RuntimeError:
        return None


def _laid(made: torch.Tensor, like: torch.Tensor, *, spread: bool = False) -> torch.Tensor:
    """A tensor in the shape of another that has as many elements, or that it may be broadcast to."""
    return (made.expand(like.shape) if spread and made.dim() <= like.dim() else made).reshape(like.shape)
