"""The answer divided by the right one, element by element: a product of powers of forward values?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.factors import factor, name_factor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.diagnosis.facts import Facts, View

EXPONENTS = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 1.5, -1.5, 3.0, -3.0)
SAMPLES = 24


@dataclass(frozen=True, slots=True)
class Ratio:
    """answer = right gradient * factor * product of value**power."""

    powers: tuple[tuple[str, float], ...]
    factor: str


def ratio(facts: Facts, rights: Sequence[torch.Tensor], answers: Sequence[torch.Tensor]) -> Ratio | None:
    """The simplest product of powers between two tensors on every case."""
    for powers in _fitting(facts, rights[0], answers[0]):
        factors = []
        for view, right, answer in zip(facts.views, rights, answers, strict=True):
            product = _product(view, powers, right)
            k = None if product is None else factor(right * product, answer, facts.tolerance)
            if k is None:
                break
            factors.append(k)
        else:
            named = name_factor(factors, facts, facts.tolerance)
            if named is not None:
                return Ratio(powers, named)
    return None


def _product(view: View, powers: tuple[tuple[str, float], ...], right: torch.Tensor) -> torch.Tensor | None:
    found = torch.ones_like(right)
    for value, power in powers:
        found = found * view.numbers.values[value].double() ** power
    return found if found.shape == right.shape and bool(torch.isfinite(found).all()) else None


def _fitting(facts: Facts, right: torch.Tensor, answer: torch.Tensor) -> Iterator[tuple[tuple[str, float], ...]]:
    """Exponents that hold at some elements, the fewest first."""
    chosen = _samples(right, answer)
    if chosen is None:
        return
    logs = {}
    for atom in facts.atoms:
        value = facts.probe.numbers.values.get(atom.data) if atom.op == "name" else None
        if isinstance(value, torch.Tensor) and _broadcasts(value, right):
            logs[atom.data] = _centred(value.expand(right.shape).reshape(-1)[chosen])
    wanted = _centred(answer.reshape(-1)[chosen] / right.reshape(-1)[chosen])
    scaled = {value: torch.tensor(EXPONENTS, dtype=torch.float64).unsqueeze(1) * log for value, log in logs.items()}
    for value, rows in scaled.items():
        for row in _hits(rows - wanted):
            yield ((value, EXPONENTS[row]),)
    for (one, first), (other, second) in itertools.combinations(scaled.items(), 2):
        sums = first.unsqueeze(1) + second.unsqueeze(0)
        for row in _hits((sums - wanted).reshape(-1, len(wanted))):
            yield (one, EXPONENTS[row // len(EXPONENTS)]), (other, EXPONENTS[row % len(EXPONENTS)])


def _hits(differences: torch.Tensor) -> list[int]:
    """The rows that are zero."""
    found: list[int] = ((differences.abs() <= 1e-6).all(1)).nonzero().reshape(-1).tolist()
    return found


def _samples(right: torch.Tensor, answer: torch.Tensor) -> torch.Tensor | None:
    if right.shape != answer.shape:
        return None
    usable = ((right.reshape(-1) != 0) & (answer.reshape(-1) != 0)).nonzero().reshape(-1)
    return usable[:: max(1, len(usable) // SAMPLES)] if len(usable) >= 3 else None


def _broadcasts(value: torch.Tensor, like: torch.Tensor) -> bool:
    padded = (1,) * (like.dim() - value.dim()) + tuple(value.shape)
    fits = value.dim() <= like.dim() and all(a in (1, b) for a, b in zip(padded, like.shape, strict=True))
    return fits and value.is_floating_point()


def _centred(values: torch.Tensor) -> torch.Tensor:
    logs = values.double().abs().log()
    return logs - logs.mean()
