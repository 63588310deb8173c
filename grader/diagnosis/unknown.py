"""What is said without an identity: upstream gradients that change nothing, how far off it is, the verdict itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from grader.diagnosis import sentences
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.sandbox.types import Returned
from grader.verdict.evidence import Ask, Verdict

if TYPE_CHECKING:
    from grader.exercise.case import Cases
    from grader.verdict.evidence import Evidence, Judgement

NEARLY = 1e-3
"""An error below this part of the terms comes from a small constant, not from the shape of a formula: wrong epsilons in
the lecture's network were measured at 8e-8 to 2e-5. 1e-4 would change three of the catalogues' sentences, 1e-2 none."""


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


def by_verdict(evidence: Evidence, judgement: Judgement) -> Diagnosis | None:
    """Verdicts that are diagnoses themselves."""
    name = f"d{evidence.variable}"
    if judgement.verdict is Verdict.WRONG_DTYPE:
        return Diagnosis(Kind.WRONG_DTYPE, f"your {name} has {judgement.problem}", {"dtype": judgement.dtype})
    if judgement.verdict is Verdict.UNTESTABLE:
        return _untestable(evidence, judgement)
    if evidence.not_linear and judgement.problem is not None:
        upstream = [f"d{name}" for name in evidence.not_linear]
        message = (
            f"your {name} is {judgement.problem}. A gradient is a sum of its upstream gradients times derivatives, "
            "whatever their size and sign"
        )
        return Diagnosis(Kind.NOT_LINEAR, message, {"upstream": upstream})
    return None


def _untestable(evidence: Evidence, judgement: Judgement) -> Diagnosis:
    got = evidence.tensor(Ask.RANDOM)
    kind = Kind.ZEROS if got is not None and not bool(got.any()) else Kind.NULL_GRADIENT
    return Diagnosis(kind, f"your d{evidence.variable} proves nothing: {judgement.problem}", {"null": True})
