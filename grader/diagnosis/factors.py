"""A factor that is the same for every element: found by projection and named by the sizes of the case."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import torch

NICE = 12
"""The largest denominator of a number that is written as a fraction: 1/12 is, but 1/13 is 0.0769231. 6 would change one
message of the catalogues, 24 none."""

LARGEST = 1000
"""The largest whole number that may be a typed size."""


def factor(candidate: torch.Tensor, target: torch.Tensor, tolerance: float, noise: float = 0.0) -> float | None:
    """The number that turns a candidate into the target when multiplied by it; None if there is none.

    It is the projection, sum(c * t) / sum(c * c), if no element is then further off than the tolerance allows.

    Args:
        candidate: float64, of any shape; None is returned if it is empty.
        target: float64, of the same shape; None is returned for another one.
        tolerance: how far an element may be off, relative to the target's largest.
    """
    if candidate.shape != target.shape or not candidate.numel():
        return None
    if candidate.numel() == 1:
        return _factor_of_numbers(float(candidate), float(target), tolerance, noise)
    square = float((candidate * candidate).sum())
    if not square > 0 or not math.isfinite(square):
        return None
    found = float((candidate * target).sum()) / square
    largest = float(target.abs().max())
    if not float((candidate * found - target).abs().max()) <= tolerance * largest + noise:
        return None
    return found


def _factor_of_numbers(candidate: float, target: float, tolerance: float, noise: float) -> float | None:
    if not candidate or not math.isfinite(candidate):
        return None
    found = target / candidate
    return found if abs(candidate * found - target) <= tolerance * abs(target) + noise else None


def alike(one: torch.Tensor | None, other: torch.Tensor, tolerance: float) -> bool:
    """Whether two tensors have one shape and no element is further off than this, relative to the other's largest."""
    if one is None or one.shape != other.shape or not other.numel():
        return False
    return float((one - other).abs().max()) <= tolerance * float(other.abs().max())


def factor_of_each(pairs: Iterable[tuple[torch.Tensor, torch.Tensor]], tolerance: float) -> list[float] | None:
    """`factor` for each pair of a candidate and its target; None if one of them has none."""
    found = []
    for candidate, target in pairs:
        k = factor(candidate, target, tolerance)
        if k is None:
            return None
        found.append(k)
    return found


def agreed(found: Sequence[float | None], tolerance: float) -> list[float] | None:
    """One number for each case where some cases do not show it; None unless the others agree on one number."""
    known = [number for number in found if number is not None]
    if not known or (len(known) < len(found) and max(known) - min(known) > tolerance * abs(known[0])):
        return None
    return [known[0] if number is None else number for number in found]


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
"""Expressions of one quantity; those with 1-s apply to fractions and rates below 1, such as a momentum."""
PLAIN = 2
"""The first ones: a size, and 1 over it. They come before the others of any quantity: n may be one less than m in every
case, and then 1/n is meant, not 1/(m-1)."""
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
"""Expressions of two quantities."""


def name_factor(found: Sequence[float], forms: Forms, tolerance: float = 1e-9) -> str | None:
    """One expression for a number per case that holds on all cases; None if there is none.

    Args:
        found: the number on each case.
        forms: expressions with their values on each case.
    """
    constant = _same_number(found, tolerance)
    if constant is not None:
        return _spelled(constant, tolerance)
    if len(found) < 2 or not all(math.isfinite(f) for f in found):
        return None
    for form, values in forms:
        if not values[0] or abs(found[1] * values[0] - found[0] * values[1]) > tolerance * abs(found[1] * values[0]):
            continue
        rest = _same_number([f / v if v else math.nan for f, v in zip(found, values, strict=True)], tolerance)
        nice = None if rest is None else _nice(rest, tolerance, typed=True)
        if nice is not None:
            return form if nice == 1 else f"-{form}" if nice == -1 else f"{nice}*{form}"
    return None


def _same_number(found: Sequence[float], tolerance: float) -> float | None:
    """The number that all of them are equal to; None if they differ or are zero."""
    first = found[0]
    if not all(math.isfinite(f) and abs(f - first) <= tolerance * abs(first) for f in found) or not first:
        return None
    return first


def _nice(number: float, tolerance: float, *, typed: bool = False) -> Fraction | None:
    """A fraction with a small denominator, or, where a size may have been `typed`, one over a whole number."""
    near = Fraction(number).limit_denominator(NICE)
    if near and abs(float(near) - number) <= tolerance * abs(number):
        return near
    whole = round(1 / number) if typed and abs(number) > 1 / LARGEST else 0
    return Fraction(1, whole) if whole and abs(1 / whole - number) <= tolerance * abs(number) else None


def _spelled(number: float, tolerance: float) -> str:
    """A fraction if it is a nice one, otherwise decimals, with enough digits not to look like one."""
    nice = _nice(number, tolerance)
    if nice is not None:
        return str(nice)
    text = f"{number:.6g}"
    if _nice(float(text), tolerance) is not None:
        return f"{number:.12g}"
    return text if abs(number) >= 1 or "." in text else f"{number:.6e}"


def is_decimal(named: str) -> bool:
    """Whether a factor has no better name than its decimals."""
    try:
        return "." in named and math.isfinite(float(named))
    except ValueError:
        return False


class Forms:
    """Every expression that a factor is compared with, and its value on each case; built on first use."""

    def __init__(self, quantities: Callable[[], Mapping[str, Sequence[float]]]) -> None:
        self._quantities = quantities

    def __iter__(self) -> Iterator[tuple[str, list[float]]]:
        return iter(self._made)

    @cached_property
    def _made(self) -> list[tuple[str, list[float]]]:
        return list(_forms(self._quantities()))


def _forms(known: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, list[float]]]:
    for forms in (_FORMS[:PLAIN], _FORMS[PLAIN:]):
        for name, values in known.items():
            for form, function in forms:
                yield form.replace("{}", name), [function(v) for v in values]
    pairs = itertools.combinations(known.items(), 2)
    for (one, first), (other, second) in sorted(pairs, key=lambda pair: ".numel()" in pair[1][0]):
        for form, pair in _PAIRS:
            yield form.format(one, other), [pair(a, b) for a, b in zip(first, second, strict=True)]
