"""A factor that is the same for every element: found by projection, and named from the sizes of the case."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import torch

NICE = 12
"""Numerators and denominators of a nameable number."""


def factor(candidate: torch.Tensor, target: torch.Tensor, tolerance: float) -> float | None:
    """The number that a candidate has to be multiplied by to be the target; None if there is none."""
    if candidate.shape != target.shape or not candidate.numel():
        return None
    if candidate.numel() == 1:
        return _factor_of_numbers(float(candidate), float(target), tolerance)
    square = float((candidate * candidate).sum())
    if not square > 0 or not math.isfinite(square):
        return None
    found = float((candidate * target).sum()) / square
    largest = float(target.abs().max())
    if not float((candidate * found - target).abs().max()) <= tolerance * largest:
        return None
    return found


def _factor_of_numbers(candidate: float, target: float, tolerance: float) -> float | None:
    if not candidate or not math.isfinite(candidate):
        return None
    found = target / candidate
    return found if abs(candidate * found - target) <= tolerance * abs(target) else None


def _over(a: float, b: float) -> float:
    return a / b if b else math.nan


_FORMS: list[tuple[str, Callable[[float], float]]] = [
    ("{}", lambda s: s),
    ("1/{}", lambda s: _over(1, s)),
    ("(1-{})", lambda s: 1 - s if s < 1 else math.nan),
    ("1/(1-{})", lambda s: _over(1, 1 - s) if s < 1 else math.nan),
    ("(1-{})/{}", lambda s: _over(1 - s, s) if s < 1 else math.nan),
    ("{}/(1-{})", lambda s: _over(s, 1 - s) if s < 1 else math.nan),
    ("(1-{})**2", lambda s: (1 - s) ** 2 if s < 1 else math.nan),
    ("1/(1-{})**2", lambda s: _over(1, (1 - s) ** 2) if s < 1 else math.nan),
    ("({}-1)", lambda s: s - 1),
    ("1/({}-1)", lambda s: _over(1, s - 1)),
    ("{}/({}-1)", lambda s: _over(s, s - 1)),
    ("({}-1)/{}", lambda s: _over(s - 1, s)),
    ("({}+1)", lambda s: s + 1),
    ("1/({}+1)", lambda s: _over(1, s + 1)),
    ("({}+1)/{}", lambda s: _over(s + 1, s)),
    ("{}/({}+1)", lambda s: _over(s, s + 1)),
    ("({}+1)/({}-1)", lambda s: _over(s + 1, s - 1)),
    ("({}-1)/({}+1)", lambda s: _over(s - 1, s + 1)),
    ("({}-2)", lambda s: s - 2),
    ("1/({}-2)", lambda s: _over(1, s - 2)),
    ("({}-1)/({}-2)", lambda s: _over(s - 1, s - 2)),
    ("({}-2)/({}-1)", lambda s: _over(s - 2, s - 1)),
    ("{}**2", lambda s: s * s),
    ("1/{}**2", lambda s: _over(1, s**2)),
    ("({}-1)**2", lambda s: (s - 1) ** 2),
    ("1/({}-1)**2", lambda s: _over(1, (s - 1) ** 2)),
    ("({}-1)**2/{}**2", lambda s: _over((s - 1) ** 2, s**2)),
    ("{}**2/({}-1)**2", lambda s: _over(s**2, (s - 1) ** 2)),
    ("{}*({}-1)", lambda s: s * (s - 1)),
    ("1/({}*({}-1))", lambda s: _over(1, s * (s - 1))),
    ("({}-1)**2/{}", lambda s: _over((s - 1) ** 2, s)),
    ("{}**0.5", lambda s: s**0.5 if s > 0 else math.nan),
    ("1/{}**0.5", lambda s: s**-0.5 if s > 0 else math.nan),
    ("1/{}**3", lambda s: _over(1, s**3)),
]
"""Expressions of one quantity."""
_PAIRS: list[tuple[str, Callable[[float, float], float]]] = [
    ("{0}*{1}", lambda s, t: s * t),
    ("1/({0}*{1})", lambda s, t: _over(1, s * t)),
    ("{0}/{1}", _over),
    ("{1}/{0}", lambda s, t: _over(t, s)),
    ("({0}-1)/({1}-1)", lambda s, t: _over(s - 1, t - 1)),
    ("({1}-1)/({0}-1)", lambda s, t: _over(t - 1, s - 1)),
    ("({0}-1)/{1}", lambda s, t: _over(s - 1, t)),
    ("{1}/({0}-1)", lambda s, t: _over(t, s - 1)),
    ("{0}/({1}-1)", lambda s, t: _over(s, t - 1)),
    ("({1}-1)/{0}", lambda s, t: _over(t - 1, s)),
]
"""Expressions of two."""


def name_factor(found: Sequence[float], forms: Forms, tolerance: float = 1e-9) -> str | None:
    """A number for each case, as one expression that holds on all of them; None if there is none.

    Args:
        found: the number on each case.
        forms: expressions with their value on each case.
    """
    constant = _constant(found, tolerance)
    if constant is not None:
        return constant
    if len(found) < 2 or not all(math.isfinite(f) for f in found):
        return None
    for form, values in forms:
        if not values[0] or abs(found[1] * values[0] - found[0] * values[1]) > tolerance * abs(found[1] * values[0]):
            continue
        rest = _constant([f / v if v else math.nan for f, v in zip(found, values, strict=True)], tolerance)
        if rest is not None and "." not in rest and "e" not in rest:
            return form if rest == "1" else f"-{form}" if rest == "-1" else f"{rest}*{form}"
    return None


class Forms:
    """Every expression that a factor is compared with, and its value on each case; made when first looked through."""

    def __init__(self, quantities: Callable[[], Mapping[str, Sequence[float]]]) -> None:
        self._quantities = quantities

    def __iter__(self) -> Iterator[tuple[str, list[float]]]:
        return iter(self._made)

    @cached_property
    def _made(self) -> list[tuple[str, list[float]]]:
        return list(_forms(self._quantities()))


def _forms(known: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, list[float]]]:
    for name, values in known.items():
        for form, function in _FORMS:
            yield form.replace("{}", name), [function(v) for v in values]
    pairs = itertools.combinations(known.items(), 2)
    for (one, first), (other, second) in sorted(pairs, key=lambda pair: ".numel()" in pair[1][0]):
        for form, pair in _PAIRS:
            yield form.format(one, other), [pair(a, b) for a, b in zip(first, second, strict=True)]


def _constant(found: Sequence[float], tolerance: float) -> str | None:
    first = found[0]
    if not all(math.isfinite(f) and abs(f - first) <= tolerance * abs(first) for f in found) or not first:
        return None
    near = Fraction(first).limit_denominator(NICE)
    if near and abs(float(near) - first) <= tolerance * abs(first):
        return str(near)
    return f"{first:.6g}" if abs(first) >= 1 or "." in f"{first:.6g}" else f"{first:.6e}"
