"""Diagnoses without an identity: unused upstream gradients, how far off an answer is, or the verdict itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from grader.diagnosis import sentences
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.sandbox.types import Returned
from grader.verdict.evidence import Ask, Verdict
from grader.verdict.problems import error_size

if TYPE_CHECKING:
    from grader.exercise.case import Cases
    from grader.verdict.evidence import Evidence, Judgment

NEARLY = 1e-3
"""An error below this fraction of the terms comes from a small constant, not from the form of a formula: wrong epsilons
in the lecture's network give 8e-8 to 2e-5. 1e-4 would change three messages of the catalogues, 1e-2 none."""


def unused(evidence: Evidence, cases: Cases) -> Diagnosis | None:
    """Upstream gradients that are parameters but do not change the answer: tested, so this is certain."""
    ignored = [name for name in evidence.upstream if name not in evidence.depends_on and name != "loss"]
    exercise, variable = cases.exercise, evidence.variable
    asked = exercise.downstream(variable) if exercise.kind == "layer" else exercise.children(variable)
    direct = [name for name in ignored if name in asked]
    if not direct or not any(isinstance(outcome, Returned) for outcome in evidence.of(Ask.RANDOM).values()):
        return None
    gradients = sentences.listed(f"d{name}" for name in direct)
    message = (
        f"your d{evidence.variable} takes {gradients}, but its result does not depend on {gradients}. "
        "The chain rule multiplies the upstream gradient by the line's own derivative. "
        f"{_where_to_start(evidence, cases)}"
    )
    return Diagnosis(Kind.UPSTREAM_UNUSED, message, {"ignored": direct, "depends_on": list(evidence.depends_on)})


def unknown(evidence: Evidence, judgment: Judgment, cases: Cases) -> Diagnosis:
    """What is known when no identity holds: how far off and where, with signs and orders of magnitude."""
    facts: dict[str, Any] = {"tested": True}
    parts = [f"no single known mistake explains your d{evidence.variable}"]
    errors = [case.score for case in judgment.cases if case.score is not None]
    if errors:
        facts["relative_error"] = max(errors)
        passed = [evidence.passes(case, found) for case, found in zip(cases, judgment.cases, strict=True)]
        parts.append(f"it is off by {error_size(judgment.cases, passed)}")
        if max(errors) < NEARLY:
            parts.append("the formula is nearly right: check small constants and rounded numbers")
    if judgment.worst is not None and judgment.verdict is not Verdict.NON_FINITE:
        index, got, expected = judgment.worst
        facts["worst_index"] = list(index)
        values = f": yours is {_rough(got)}, the right value is {_rough(expected)}"
        parts.append(f"it is furthest off{_at(index)}{values if _rough(got) != _rough(expected) else ''}")
    if judgment.verdict is Verdict.NON_FINITE:
        parts.append(
            f"{judgment.problem}. Such values come from 0/0, from the log or root of a negative number, "
            "or from a negative number raised to a non-integer power: ** instead of *"
        )
    parts.append(_where_to_start(evidence, cases))
    message = ". ".join([parts[0], *(part[0].upper() + part[1:] for part in parts[1:])])
    return Diagnosis(Kind.UNKNOWN, message, facts)


def _where_to_start(evidence: Evidence, cases: Cases) -> str:
    lines = cases.exercise.readers.get(evidence.variable, ())
    found = sentences.listed(f"{sentences.listed(line.outputs)} ({sentences.place(line)})" for line in lines)
    return f"Start where {evidence.variable} is used: {found}"


def _at(index: tuple[int, ...]) -> str:
    return f" at {list(index)}" if index else ""


def _rough(value: float) -> str:
    """The sign and order of magnitude: enough to find the mistake, not enough to copy."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    return f"{'negative' if value < 0 else 'positive'} (about {10.0 ** math.floor(math.log10(abs(value))):g})"


def by_verdict(evidence: Evidence, judgment: Judgment) -> Diagnosis | None:
    """The diagnosis for a verdict that already says what is wrong; None for any other."""
    name = f"d{evidence.variable}"
    if judgment.verdict is Verdict.WRONG_DTYPE:
        return Diagnosis(Kind.WRONG_DTYPE, f"your {name} has {judgment.problem}", {"dtype": judgment.dtype})
    if judgment.verdict is Verdict.UNTESTABLE:
        return _untestable(evidence, judgment)
    if evidence.not_linear and judgment.problem is not None:
        upstream = [f"d{name}" for name in evidence.not_linear]
        message = (
            f"your {name} is {judgment.problem}. A gradient is a sum of upstream gradients times derivatives, "
            "whatever their size or sign"
        )
        return Diagnosis(Kind.NOT_LINEAR, message, {"upstream": upstream})
    return None


def _untestable(evidence: Evidence, judgment: Judgment) -> Diagnosis:
    got = evidence.tensor(Ask.RANDOM)
    kind = Kind.ZEROS if got is not None and not bool(got.any()) else Kind.NULL_GRADIENT
    return Diagnosis(kind, f"your d{evidence.variable} cannot be checked: {judgment.problem}", {"null": True})
