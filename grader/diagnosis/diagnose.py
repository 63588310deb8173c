"""Names the mistake in a wrong gradient: identities tried in order, the surest first, each verified on every case."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from grader.diagnosis import identities, sentence, shapes, unknown, verdicts
from grader.diagnosis.aliasing import aliased
from grader.diagnosis.facts import gather
from grader.diagnosis.hard_coded import hard_coded
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.diagnosis.whole import of_another, rearranged, whole
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from grader.diagnosis.facts import Facts
    from grader.exercise.case import Cases
    from grader.verdict.evidence import Evidence, Judgement

EXPLAINED = frozenset(
    {
        Verdict.WRONG_SHAPE,
        Verdict.WRONG_DTYPE,
        Verdict.HARD_CODED,
        Verdict.WRONG_VALUES,
        Verdict.UNTESTABLE,
        Verdict.NON_FINITE,
    }
)
"""The verdicts of an answer that is a tensor, but not the right one."""


def diagnose(evidence: Evidence, judgement: Judgement, cases: Cases) -> Diagnosis:
    """Say what a wrong gradient is.

    Uses only what has been collected: it never calls the learner's code.
    """
    early = verdicts.by_verdict(evidence, judgement)
    if early is not None:
        return early
    if judgement.verdict is Verdict.HARD_CODED and not evidence.narrow:
        return hard_coded(evidence, judgement, cases)
    for facts in gather(evidence, cases):
        found = identity(facts, null=evidence.variable in cases.null)
        if found is not None and not unknown.by_chance(facts, found):
            return aliased(facts, found)
    return unknown.unused(evidence, cases) or unknown.unknown(evidence, judgement, cases)


class DiagnosisFailed(RuntimeWarning):
    """An explanation could not be made. Ours to mend; the verdict does not rest on it."""


def explain(evidence: Evidence, judgement: Judgement, cases: Cases) -> Diagnosis | None:
    """A wrong gradient's diagnosis; None for any other verdict.

    A fault in here must not cost a learner the grade, which is known already: it is a warning (an error in our
    tests), and the learner reads that the explanation is missing, not that there is nothing to explain.
    """
    if judgement.verdict not in EXPLAINED:
        return None
    try:
        return diagnose(evidence, judgement, cases)
    except Exception as error:  # noqa: BLE001 whatever it is, the grade stands
        what = f"d{evidence.variable} could not be explained: {type(error).__name__}: {error}"
        warnings.warn(what, DiagnosisFailed, stacklevel=2)
        return Diagnosis(Kind.UNKNOWN, f"{what}. That is the grader's fault; the verdict stands", {"tested": False})


def identity(facts: Facts, *, null: bool = False) -> Diagnosis | None:
    """The first identity that holds on every case."""
    if shapes.all_zero(facts):
        return sentence.zeros(facts, null=null)
    if null and verdicts.tiny(facts):
        return verdicts.null_gradient(facts)
    if facts.true_cotangents:
        return whole(facts) or identities.weighed(facts) or identities.closed(facts)
    return (
        identities.unused(facts)
        or whole(facts)
        or identities.weighed(facts)
        or of_another(facts)
        or (None if facts.local_style else identities.chains(facts) or identities.closed(facts))
        or identities.changed(facts)
        or (identities.closed(facts) if facts.local_style else None)
        or identities.further(facts)
        or rearranged(facts)
    )
