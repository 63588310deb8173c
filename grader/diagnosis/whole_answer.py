"""What can be said of an answer as a whole: its shape, one factor, its order, what it is summed over."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING

import torch

from grader.diagnosis import sentences
from grader.diagnosis.factors import factor, name_factor
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.diagnosis.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts

    Reduce = Callable[[torch.Tensor], torch.Tensor]


def whole(facts: Facts) -> Diagnosis | None:
    """The first sure identity between the whole answer and the whole gradient."""
    return _turned(facts) or _squeezed(facts) or _spread(facts) or _summed(facts)


def rearranged(facts: Facts) -> Diagnosis | None:
    """What is said when no change of one place explains the answer better."""
    return _too_far(facts) or _same_numbers(facts)


def of_another(facts: Facts) -> Diagnosis | None:
    """The gradient of a variable further down, returned as it is."""
    if facts.probe.got.numel() < 2:
        return None
    direct = set(facts.exercise.children(facts.variable)) & set(facts.evidence.depends_on)
    for other in sorted(facts.exercise.downstream(facts.variable) - direct):
        if _is_gradient_of(other, facts):
            look = f"Follow {facts.variable} forward: {sentences.readers(facts)}"
            return sentences.whole(facts, Kind.OTHER_GRADIENT, f"is the gradient of {other}", look, other=other)
    return None


def _is_gradient_of(other: str, facts: Facts) -> bool:
    value = facts.probe.numbers.values[other]
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or value.shape != facts.probe.got.shape:
        return False
    factors = [factor(view.sweep.cut(other), view.got, facts.tolerance) for view in facts.views]
    return all(k is not None and abs(k - 1) <= facts.tolerance for k in factors)


def _squeezed(facts: Facts) -> Diagnosis | None:
    """One factor, dimensions of size 1 aside."""
    if not squeezed_alike(facts):
        return None
    factors = global_factor(facts, reshaped=True)
    named = None if factors is None else name_factor(factors, facts.factor_forms, facts.tolerance)
    if named is None:
        return None
    if any(view.got.shape != view.expected.shape for view in facts.views):
        return sentences.keepdim(facts, named)
    if named not in _PLAIN:
        better = _other_upstream(facts)
        if better is not None:
            return better
    if _other_dimension(named):
        look = f"It is divided by, or summed over, another dimension than the forward pass: {sentences.readers(facts)}"
        what = f"is {named} times the right gradient{sentences.at_your_sizes(facts, named)}"
        return sentences.whole(facts, Kind.WRONG_AXIS, what, look, factor=named)
    return sentences.global_factor(facts, named)


_PLAIN = frozenset({"1", "-1", "2", "1/2"})
"""Factors that need no other explanation."""


def _other_upstream(facts: Facts) -> Diagnosis | None:
    """A factor that comes from handing on the gradient of a variable further down."""
    if facts.local_style or not facts.evidence.depends_on:
        return None
    found = search(facts.paths, facts, only=frozenset({Kind.OTHER_GRADIENT}))
    return sentences.changed(facts, found) if found is not None and found.factor == "1" else None


def _other_dimension(named: str) -> bool:
    """Whether a factor has one size over another."""
    names = set(re.findall(r"[A-Za-z_]\w*(?:\.\w+(?:\[\d+\]|\(\))?)?", named))
    return len(names) > 1 and "/" in named and not named.startswith("1/") and ".shape[" in named


def _spread(facts: Facts) -> Diagnosis | None:
    factors = spread_factor(facts)
    named = None if factors is None else name_factor(factors, facts.factor_forms, facts.tolerance)
    if named is None:
        return None
    besides = sentences.besides(facts, named)
    look = f"A sum forward is a broadcast backward: every element that was summed gets it. {sentences.readers(facts)}"
    return sentences.whole(
        facts, Kind.NOT_EXPANDED, f"has the right numbers, but only once{besides}", look, factor=named
    )


def _summed(facts: Facts) -> Diagnosis | None:
    """Not summed enough, or too far."""
    if all(view.got.shape == view.expected.shape for view in facts.views):
        return None
    for dims in sums(min(view.got.dim() for view in facts.views)):
        factors = equal_after(facts, lambda x, d=dims: x.sum(d), of_expected=False)  # type: ignore[misc]
        if factors is not None and name_factor(factors, facts.factor_forms, facts.tolerance) == "1":
            what = f"is not summed: summed over dimension {sentences.listed(map(str, dims))} it would be right"
            look = f"What is broadcast forward is summed backward. {sentences.readers(facts)}"
            return sentences.whole(facts, Kind.NOT_SUMMED, what, look, dims=list(dims))
    return None


def _too_far(facts: Facts) -> Diagnosis | None:
    for dims in sums(facts.probe.expected.dim()):
        for keep in (True, False):
            factors = equal_after(facts, lambda x, d=dims, k=keep: x.sum(d, keepdim=k), of_expected=True)  # type: ignore[misc]
            if factors is not None and name_factor(factors, facts.factor_forms, facts.tolerance) == "1":
                what = f"is the right gradient summed over dimension {sentences.listed(map(str, dims))}"
                look = f"Sum only over what the forward pass had broadcast. {sentences.readers(facts)}"
                return sentences.whole(facts, Kind.SUMMED_TOO_FAR, what, look, dims=list(dims))
    return None


def _turned(facts: Facts) -> Diagnosis | None:
    for one, other in itertools.combinations(range(facts.probe.expected.dim()), 2):
        factors = _factors_when_turned(facts, one, other)
        named = None if factors is None else name_factor(factors, facts.factor_forms, facts.tolerance)
        if named is not None:
            besides = sentences.besides(facts, named)
            look = f"A gradient has the shape of its variable, here {list(facts.given.expected.shape)}"
            what = f"is the right gradient with dimensions {one} and {other} exchanged{besides}"
            return sentences.whole(facts, Kind.TRANSPOSED, what, look, factor=named)
    return None


def _factors_when_turned(facts: Facts, one: int, other: int) -> list[float] | None:
    turned = [(view.expected.transpose(one, other), view.got) for view in facts.views]
    if any(a.shape != b.shape for a, b in turned) or all(
        torch.equal(a, v.expected) for (a, _), v in zip(turned, facts.views, strict=True)
    ):
        return None
    found = [factor(a, b, facts.tolerance) for a, b in turned]
    return None if any(k is None for k in found) else [k for k in found if k is not None]


def _same_numbers(facts: Facts) -> Diagnosis | None:
    if not same_numbers(facts):
        return None
    look = f"Look at the order of the dimensions when you lay it out anew. {sentences.readers(facts)}"
    return sentences.whole(facts, Kind.PERMUTED, "has the right numbers in other places", look)


def all_zero(facts: Facts) -> bool:
    """Whether nothing but zeros came."""
    return all(not bool(view.got.any()) for view in facts.views)


def spread_factor(facts: Facts) -> list[float] | None:
    """How many times as large, one a case, the answer is when spread over the variable's shape it is the right one."""
    if any(view.got.numel() >= view.expected.numel() for view in facts.views):
        return None
    found = equal_after(facts, lambda x: x, of_expected=False, spread=True)
    return None if found is None else [1 / k if k else math.inf for k in found]


def global_factor(facts: Facts, *, reshaped: bool = False) -> list[float] | None:
    """One factor for each case between the answer and the right one."""
    found = []
    for view in facts.views:
        got = view.got.reshape(view.expected.shape) if reshaped else view.got
        k = factor(view.expected, got, facts.tolerance)
        if k is None:
            return None
        found.append(k)
    return found


def squeezed_alike(facts: Facts) -> bool:
    """Whether the shapes differ by dimensions of size 1 only."""
    return all(_longer_sizes(v.got) == _longer_sizes(v.expected) for v in facts.views)


def _longer_sizes(value: torch.Tensor) -> list[int]:
    return [size for size in value.shape if size != 1]


def equal_after(facts: Facts, change: Reduce, *, of_expected: bool, spread: bool = False) -> list[float] | None:
    """Factors, one a case, when the answer, or the right gradient, is the other one changed in a way."""
    found = []
    for view in facts.views:
        one, other = (view.expected, view.got) if of_expected else (view.got, view.expected)
        try:
            made = change(one)
            made = made.expand(other.shape) if (of_expected or spread) and made.dim() <= other.dim() else made
            k = factor(made.reshape(other.shape), other, facts.tolerance)
        except RuntimeError:
            return None
        if k is None:
            return None
        found.append(k)
    return found


def sums(dims: int) -> Iterator[tuple[int, ...]]:
    """Every choice of dimensions to sum over."""
    for count in range(1, dims + 1):
        yield from itertools.combinations(range(dims), count)


def same_numbers(facts: Facts) -> bool:
    """Whether the answer has the right numbers in another order."""
    for view in facts.views:
        if view.got.numel() != view.expected.numel() or view.got.numel() < 2:
            return False
        a, b = view.got.flatten().sort().values, view.expected.flatten().sort().values
        if not bool(((a - b).abs() <= facts.tolerance * b.abs().max()).all()):
            return False
        if float(b.max() - b.min()) <= facts.tolerance * float(b.abs().max()):
            return False
    return True
