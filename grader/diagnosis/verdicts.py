"""What the verdict says already, and gradients whose true value is null."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.diagnosis import sentence, shares_told
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.verdict.evidence import Verdict, tensor_of

if TYPE_CHECKING:
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.search import Found
    from grader.verdict.evidence import Evidence, Judgement

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
    diagnosis = shares_told.changed(facts, found)
    if nearly and found.change.kind in (Kind.WRONG_OPERAND, Kind.WRONG_POWER, Kind.CONSTANT_FACTOR):
        message = f"{diagnosis.message}. The difference is small: the small constant there is missing, or another one"
        return Diagnosis(Kind.WRONG_EPSILON, message, {**diagnosis.evidence, "specific": str(diagnosis.kind)})
    return diagnosis
