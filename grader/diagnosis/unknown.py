"""What the verdict says already, null gradients, and what is said when no identity holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from grader.diagnosis import sentences
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.sandbox.types import Returned
from grader.verdict.evidence import Ask, Verdict

if TYPE_CHECKING:
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.search import Found
    from grader.exercise.case import Cases
    from grader.verdict.evidence import Evidence, Judgement

NEARLY = 1e-3
"""An error below this comes from a small constant, not from the shape of a formula."""
_MORE_THAN_CHANCE = (Kind.ZEROS, Kind.NULL_GRADIENT)


def by_chance(facts: Facts, found: Diagnosis) -> bool:
    """Whether an identity may hold for this loss only: no upstream gradient is used, though there are some."""
    asked = bool(facts.evidence.upstream)
    if facts.evidence.depends_on or facts.exercise.children(facts.variable) == ("loss",):
        return False
    plain = found.evidence.get("factor", "1") in ("1", "-1") and "powers" not in found.evidence
    changed = "change" in found.evidence or asked
    return changed and found.kind not in _MORE_THAN_CHANCE and not plain


def unused(evidence: Evidence, cases: Cases) -> Diagnosis | None:
    """Upstream gradients that were asked for and do not change the answer: known for certain, it was tried."""
    ignored = [name for name in evidence.upstream if name not in evidence.depends_on and name != "loss"]
    direct = [name for name in ignored if name in cases.exercise.children(evidence.variable)]
    if not direct or not any(isinstance(outcome, Returned) for outcome in evidence.of(Ask.RANDOM).values()):
        return None
    gradients = sentences.listed(f"d{name}" for name in direct)
    message = (
        f"your d{evidence.variable} asks for {gradients}, but stays the same whatever {gradients} is. "
        "The chain rule multiplies the upstream gradient by the line's own derivative. "
        f"{_where_to_start(evidence, cases)}"
    )
    return Diagnosis(Kind.UPSTREAM_UNUSED, message, {"ignored": direct, "depends_on": list(evidence.depends_on)})


def unknown(evidence: Evidence, judgement: Judgement, cases: Cases) -> Diagnosis:
    """What is known when no identity holds: how far off, where, signs and orders of magnitude."""
    facts: dict[str, Any] = {"tested": True}
    parts = [f"no single mistake that I know explains your d{evidence.variable}"]
    errors = [case.score for case in judgement.cases if case.score is not None]
    if errors:
        facts["relative_error"] = max(errors)
        parts.append(f"it is off by {_percent(max(errors))} of the size of its terms")
        if max(errors) < NEARLY:
            parts.append("the formula is nearly right: look at small constants, and at numbers that you rounded")
    if judgement.worst is not None and judgement.verdict is not Verdict.NON_FINITE:
        index, got, expected = judgement.worst
        facts["worst_index"] = list(index)
        parts.append(f"it is furthest off{_at(index)}: yours is {_rough(got)}, the right one {_rough(expected)}")
    if judgement.verdict is Verdict.NON_FINITE:
        parts.append(
            f"{judgement.problem}. Such values come from 0/0, from a logarithm or a root of a negative number, "
            "or from a negative number to a power that is no whole number: ** where * is meant"
        )
    parts.append(_where_to_start(evidence, cases))
    return Diagnosis(Kind.UNKNOWN, ". ".join(part[0].upper() + part[1:] for part in parts), facts)


def _where_to_start(evidence: Evidence, cases: Cases) -> str:
    lines = cases.exercise.readers.get(evidence.variable, ())
    found = sentences.listed(f"{sentences.listed(line.outputs)} ({sentences.place(line)})" for line in lines)
    return f"Start from what reads {evidence.variable}: {found}"


def _at(index: tuple[int, ...]) -> str:
    return f" at {list(index)}" if index else ""


def _percent(error: float) -> str:
    return f"{error:.0%}" if error >= 0.01 else f"{error:.1e}"


def _rough(value: float) -> str:
    """A sign and an order of magnitude: enough to look for the mistake, not enough to copy."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    return f"{'negative' if value < 0 else 'positive'}, about {10.0 ** math.floor(math.log10(abs(value))):g}"


TINY = 1e-6
"""An answer below this share of its terms is no attempt at a gradient that is null."""


def by_verdict(evidence: Evidence, judgement: Judgement) -> Diagnosis | None:
    """Verdicts that are diagnoses themselves."""
    name = f"d{evidence.variable}"
    if judgement.verdict is Verdict.WRONG_DTYPE:
        return Diagnosis(Kind.WRONG_DTYPE, f"your {name} has {judgement.problem}", {"dtype": judgement.dtype})
    if judgement.verdict is Verdict.UNTESTABLE:
        return _untestable(evidence, judgement)
    return None


def _untestable(evidence: Evidence, judgement: Judgement) -> Diagnosis:
    got = evidence.tensor(Ask.RANDOM)
    kind = Kind.ZEROS if got is not None and not bool(got.any()) else Kind.NULL_GRADIENT
    return Diagnosis(kind, f"your d{evidence.variable} proves nothing: {judgement.problem}", {"null": True})


def null_gradient(facts: Facts) -> Diagnosis:
    """A tiny answer for a gradient that is null for this loss, but not for every upstream gradient."""
    children = sentences.listed(f"d{child}" for child in facts.exercise.children(facts.variable))
    message = (
        f"your {facts.name} is tiny. The true one is tiny too, but only because its terms cancel: "
        f"with other upstream gradients they do not. Derive it from {children}; {sentences.readers(facts)}"
    )
    return sentences.named(Kind.NULL_GRADIENT, message, facts, null=True)


def tiny(facts: Facts) -> bool:
    """Whether an answer is far below the size of the terms that it would have to be the sum of."""
    return all(float(view.got.abs().max()) <= TINY * view.scale for view in facts.views)


def refined(facts: Facts, found: Found, *, nearly: bool) -> Diagnosis:
    """A change found; where it changes next to nothing, it is the small constant that makes the difference."""
    diagnosis = sentences.changed(facts, found)
    if nearly and found.change.kind in (Kind.WRONG_OPERAND, Kind.WRONG_POWER, Kind.CONSTANT_FACTOR):
        message = f"{diagnosis.message}. The difference is small: the small constant there is missing, or another one"
        return Diagnosis(Kind.WRONG_EPSILON, message, {**diagnosis.evidence, "specific": str(diagnosis.kind)})
    return diagnosis
