"""What the verdict says already, and what is said when no identity holds."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import torch

from grader.check import Verdict, tensor_of
from grader.diagnosis import sentence
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.sandbox.outcome import Raised

if TYPE_CHECKING:
    from grader.case import Cases
    from grader.check import Evidence, Judgement
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.search import Found

TINY = 1e-6
"""An answer below this share of its terms is no attempt at a gradient that is null."""


def by_verdict(evidence: Evidence, judgement: Judgement, cases: Cases) -> Diagnosis | None:
    """Verdicts that are diagnoses themselves."""
    name = f"d{evidence.variable}"
    if judgement.verdict is Verdict.WRONG_DTYPE:
        return Diagnosis(Kind.WRONG_DTYPE, f"your {name} has {judgement.problem}", {"dtype": judgement.dtype})
    if judgement.verdict is Verdict.UNTESTABLE:
        return _untestable(evidence, judgement, cases)
    if judgement.verdict is Verdict.HARD_CODED and not evidence.narrow:
        return _hard_coded(evidence, judgement, cases)
    return None


def _untestable(evidence: Evidence, judgement: Judgement, cases: Cases) -> Diagnosis:
    got = tensor_of(evidence.random.get(0))
    kind = Kind.ZEROS if got is not None and not bool(got.any()) else Kind.NULL_GRADIENT
    return Diagnosis(kind, f"your d{evidence.variable} proves nothing: {judgement.problem}", {"null": True})


def null_gradient(facts: Facts) -> Diagnosis:
    """A tiny answer for a gradient that is null for this loss, but not for every upstream gradient."""
    children = sentence.listed(f"d{child}" for child in facts.exercise.children(facts.variable))
    message = (
        f"your {facts.name} is tiny. The true one is tiny too, but only because its terms cancel: "
        f"with other upstream gradients they do not. Derive it from {children}; {sentence.readers(facts)}"
    )
    return sentence.named(Kind.NULL_GRADIENT, message, facts, null=True)


def tiny(facts: Facts) -> bool:
    """Whether an answer is far below the size of the terms that it would have to be the sum of."""
    return all(float(view.got.abs().max()) <= TINY * view.scale for view in facts.views)


def refined(facts: Facts, found: Found, *, nearly: bool) -> Diagnosis:
    """A change found; where it changes next to nothing, it is the small constant that makes the difference."""
    diagnosis = sentence.changed(facts, found)
    if nearly and found.change.kind in (Kind.WRONG_OPERAND, Kind.WRONG_POWER, Kind.CONSTANT_FACTOR):
        message = f"{diagnosis.message}. The difference is small: it is the small constant of that line that is missing or another"
        return Diagnosis(Kind.WRONG_EPSILON, message, {**diagnosis.evidence, "specific": str(diagnosis.kind)})
    return diagnosis


def _hard_coded(evidence: Evidence, judgement: Judgement, cases: Cases) -> Diagnosis:
    given = _given_sizes(cases)
    numbers = _numbers_in_errors(evidence, given) or _numbers_in_shapes(evidence, cases, given)
    wanted = (
        f": {sentence.listed(numbers)} is written where {sentence.listed(given[int(n)] for n in numbers)} is meant"
        if numbers
        else ""
    )
    message = (
        f"your d{evidence.variable} is right at the given sizes only{wanted}. "
        "It was tried on problems of other sizes: take every size from n or from a shape"
    )
    return Diagnosis(Kind.HARD_CODED, message, {"numbers": numbers, "failed_cases": _failed(judgement)})


def _failed(judgement: Judgement) -> int:
    return sum(1 for case in judgement.cases if case.score is None or case.score > judgement.tolerance)


def _given_sizes(cases: Cases) -> dict[int, str]:
    """The numbers of the given case that a learner could have typed, with what they stand for."""
    found: dict[int, str] = {}
    for name, value in cases.given.graph.values.items():
        if isinstance(value, int) and not isinstance(value, bool):
            found.setdefault(value, name)
    for name, value in cases.given.graph.values.items():
        if isinstance(value, torch.Tensor):
            for dim, size in enumerate(value.shape):
                found.setdefault(size, f"{name}.shape[{dim}]")
    found.pop(1, None)
    return found


def _numbers_in_errors(evidence: Evidence, given: dict[int, str]) -> list[str]:
    for outcome in evidence.random.values():
        if isinstance(outcome, Raised):
            there = [number for number in re.findall(r"\d+", outcome.message) if int(number) in given]
            if there:
                return list(dict.fromkeys(there))[:2]
    return []


def _numbers_in_shapes(evidence: Evidence, cases: Cases, given: dict[int, str]) -> list[str]:
    for index, case in enumerate(cases):
        got = tensor_of(evidence.random.get(index))
        expected = case.graph.values[evidence.variable].shape
        if index and got is not None and got.dim() == len(expected):
            odd = [str(a) for a, b in zip(got.shape, expected, strict=True) if a != b and a in given]
            if odd:
                return odd
    return []


def unknown(evidence: Evidence, judgement: Judgement, cases: Cases) -> Diagnosis:
    """What is known when no identity holds: how far off, where, signs and orders of magnitude."""
    facts: dict[str, Any] = {"tested": True}
    parts = [f"no single mistake that I know explains your d{evidence.variable}"]
    errors = [case.score for case in judgement.cases if case.score is not None]
    if errors:
        facts["relative_error"] = max(errors)
        parts.append(f"it is off by {_percent(max(errors))} of the size of its terms")
    if judgement.worst is not None:
        index, got, expected = judgement.worst
        facts["worst_index"] = list(index)
        parts.append(f"it is furthest off at {list(index)}: yours is {_rough(got)}, the right one {_rough(expected)}")
    if judgement.verdict is Verdict.NON_FINITE:
        parts.append(
            f"{judgement.problem}. Such values come from 0/0, from a logarithm or a root of a negative number, "
            "or from a negative number to a power that is no whole number: ** where * is meant"
        )
    parts.append(_where_to_start(evidence, cases))
    return Diagnosis(Kind.UNKNOWN, ". ".join(part[0].upper() + part[1:] for part in parts), facts)


def _where_to_start(evidence: Evidence, cases: Cases) -> str:
    lines = cases.exercise.readers.get(evidence.variable, ())
    found = sentence.listed(f"{sentence.listed(line.outputs)} ({sentence.place(line)})" for line in lines)
    return f"start from what reads {evidence.variable}: {found}"


def _percent(error: float) -> str:
    return f"{error:.0%}" if error >= 0.01 else f"{error:.1e}"


def _rough(value: float) -> str:
    """A sign and an order of magnitude: enough to look for the mistake, not enough to copy."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    return f"{'negative' if value < 0 else 'positive'}, about 1e{math.floor(math.log10(abs(value))):+03d}"
