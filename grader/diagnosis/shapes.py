"""Identities between the whole answer and the whole gradient: zeros, factors, sums, orders of elements."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from grader.diagnosis.factors import factor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch

    from grader.diagnosis.facts import Facts

    Reduce = Callable[[torch.Tensor], torch.Tensor]


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
    return all(_squeezed(v.got) == _squeezed(v.expected) for v in facts.views)


def _squeezed(value: torch.Tensor) -> list[int]:
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
