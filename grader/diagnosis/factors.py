"""A factor that is the same for every element: found by projection, and named from the sizes of the case."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.diagnosis.facts import Facts

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


def quantities(facts: Facts) -> dict[str, list[float]]:
    """What a factor can be made of: sizes, counts and numbers of the forward pass, by the name a learner would use."""
    found: dict[str, list[float]] = {}
    for name, values in _candidates(facts):
        if not any(_alike(values, other) for other in found.values()) and any(abs(v) != 1 for v in values):
            found[name] = values
    return found


def _candidates(facts: Facts) -> Iterator[tuple[str, list[float]]]:
    cases = [view.case.graph.values for view in facts.views]
    numbers = [n for n, v in cases[0].items() if isinstance(v, int | float) and not isinstance(v, bool)]
    for name in numbers:
        yield name, [float(case[name]) for case in cases]
    near = [facts.variable, *(child for line in facts.lines for child in line.outputs), *facts.values]
    tensors = [n for n in dict.fromkeys([*near, *cases[0]]) if isinstance(cases[0][n], torch.Tensor)]
    for name in tensors:
        for dim in range(cases[0][name].dim()):
            yield f"{name}.shape[{dim}]", [float(case[name].shape[dim]) for case in cases]
    for name in tensors:
        if cases[0][name].dtype == torch.bool:
            yield f"{name}.sum()", [float(case[name].sum()) for case in cases]
    for name in tensors:
        yield f"{name}.numel()", [float(case[name].numel()) for case in cases]


def _alike(one: list[float], other: list[float]) -> bool:
    return all(a == b for a, b in zip(one, other, strict=True))


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


def name_factor(found: Sequence[float], facts: Facts, tolerance: float = 1e-9) -> str | None:
    """A number for each view, as one expression that holds on all of them; None if there is none."""
    constant = _constant(found, tolerance)
    if constant is not None:
        return constant
    if len(found) < 2 or not all(math.isfinite(f) for f in found):
        return None
    for form, values in facts.factor_forms:
        if not values[0] or abs(found[1] * values[0] - found[0] * values[1]) > tolerance * abs(found[1] * values[0]):
            continue
        rest = _constant([f / v if v else math.nan for f, v in zip(found, values, strict=True)], tolerance)
        if rest is not None and "." not in rest and "e" not in rest:
            return form if rest == "1" else f"-{form}" if rest == "-1" else f"{rest}*{form}"
    return None


def factor_forms(facts: Facts) -> Iterator[tuple[str, list[float]]]:
    """Every expression that a factor is compared with, and its value on each case."""
    known = facts.quantities
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
