"""A factor that is the same for every element: found by projection, and named from the sizes of the case."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.case import Case
    from grader.diagnosis.facts import Facts, View

NICE = 12
"""Numerators and denominators of a nameable number."""


def factor(candidate: torch.Tensor, target: torch.Tensor, tolerance: float) -> float | None:
    """The number that a candidate has to be multiplied by to be the target; None if there is none."""
    if candidate.shape != target.shape or not candidate.numel():
        return None
    square = float((candidate * candidate).sum())
    if not square > 0 or not math.isfinite(square):
        return None
    found = float((candidate * target).sum()) / square
    largest = float(target.abs().max())
    if not float((candidate * found - target).abs().max()) <= tolerance * largest:
        return None
    return found


def sizes_of(case: Case, view: View) -> dict[str, int]:
    """The numbers of a case that a factor can be made of, by the name a learner would use."""
    values = case.graph.values
    found = {name: value for name, value in values.items() if isinstance(value, int) and not isinstance(value, bool)}
    for name, value in values.items():
        if isinstance(value, torch.Tensor):
            for dim, size in enumerate(value.shape):
                if size > 1 and size not in found.values():
                    found[f"{name}.shape[{dim}]"] = size
    if view.expected.numel() not in found.values():
        found["the number of elements"] = view.expected.numel()
    return found


_FORMS: list[tuple[str, Callable[[int], float]]] = [
    ("{}", lambda s: s),
    ("1/{}", lambda s: 1 / s),
    ("({}-1)", lambda s: s - 1),
    ("1/({}-1)", lambda s: 1 / (s - 1) if s != 1 else math.nan),
    ("{}/({}-1)", lambda s: s / (s - 1) if s != 1 else math.nan),
    ("({}-1)/{}", lambda s: (s - 1) / s),
    ("({}+1)", lambda s: s + 1),
    ("1/({}+1)", lambda s: 1 / (s + 1)),
    ("({}+1)/{}", lambda s: (s + 1) / s),
    ("{}/({}+1)", lambda s: s / (s + 1)),
    ("({}+1)/({}-1)", lambda s: (s + 1) / (s - 1) if s != 1 else math.nan),
    ("({}-1)/({}+1)", lambda s: (s - 1) / (s + 1)),
    ("({}-2)", lambda s: s - 2),
    ("1/({}-2)", lambda s: 1 / (s - 2) if s != 2 else math.nan),
    ("({}-1)/({}-2)", lambda s: (s - 1) / (s - 2) if s != 2 else math.nan),
    ("({}-2)/({}-1)", lambda s: (s - 2) / (s - 1) if s != 1 else math.nan),
    ("{}**2", lambda s: s * s),
    ("1/{}**2", lambda s: 1 / s**2),
    ("({}-1)**2", lambda s: (s - 1) ** 2),
    ("1/({}-1)**2", lambda s: 1 / (s - 1) ** 2 if s != 1 else math.nan),
    ("{}*({}-1)", lambda s: s * (s - 1)),
    ("1/({}*({}-1))", lambda s: 1 / (s * (s - 1)) if s != 1 else math.nan),
    ("{}**0.5", lambda s: s**0.5),
    ("1/{}**0.5", lambda s: s**-0.5),
]


def name_factor(found: Sequence[float], facts: Facts, tolerance: float = 1e-9) -> str | None:
    """A number for each view, as one expression that holds on all of them; None if there is none."""
    constant = _constant(found, tolerance)
    if constant is not None:
        return constant
    if len(found) < 2:
        return None
    for form, values in _size_forms(facts):
        rest = _constant([f / v if v else math.nan for f, v in zip(found, values, strict=True)], tolerance)
        if rest is not None and "." not in rest:
            return form if rest == "1" else f"-{form}" if rest == "-1" else f"{rest}*{form}"
    return None


def _size_forms(facts: Facts) -> Iterator[tuple[str, list[float]]]:
    sizes = [sizes_of(view.case, view) for view in facts.views]
    for name in sizes[0]:
        if all(name in s for s in sizes):
            for form, function in _FORMS:
                yield form.format(name, name), [function(s[name]) for s in sizes]


def _constant(found: Sequence[float], tolerance: float) -> str | None:
    first = found[0]
    if not all(math.isfinite(f) and abs(f - first) <= tolerance * abs(first) for f in found) or not first:
        return None
    near = Fraction(first).limit_denominator(NICE)
    if near and abs(float(near) - first) <= tolerance * abs(first):
        return str(near)
    return f"{first:.6g}" if abs(first) >= 1 or "." in f"{first:.6g}" else f"{first:.6e}"
