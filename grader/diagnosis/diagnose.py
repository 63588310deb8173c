"""Names the mistake in a wrong gradient: identities tried in order, the surest first, each verified on every case."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from grader.check import Verdict
from grader.diagnosis import sentence, shapes, unknown, verdicts
from grader.diagnosis.aliasing import aliased
from grader.diagnosis.closed import closed_forms
from grader.diagnosis.derive import Path
from grader.diagnosis.factors import name_factor
from grader.diagnosis.facts import gather
from grader.diagnosis.hard_coded import hard_coded
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.diagnosis.paths import coefficients, shares
from grader.diagnosis.ratio import ratio
from grader.diagnosis.search import nearly, search, try_change
from grader.diagnosis.whole import of_another, rearranged, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.case import Cases
    from grader.check import Evidence, Judgement
    from grader.diagnosis.facts import Facts

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
FAR_FETCHED = 1.4
"""A change that costs more is looked at again: powers of forward values may explain the answer better."""
SIMPLE = frozenset({"0", "1", "-1", "2"})
"""How often a share may stand in an answer without another explanation being looked for."""


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
        return whole(facts) or _weights(facts) or _closed(facts)
    return (
        _unused(facts)
        or whole(facts)
        or _weights(facts)
        or of_another(facts)
        or (None if facts.local_style else _chains(facts) or _closed(facts))
        or _changed(facts)
        or (_closed(facts) if facts.local_style else None)
        or _further(facts)
        or rearranged(facts)
    )


def _unused(facts: Facts) -> Diagnosis | None:
    """Where no upstream gradient is used at all, that is the first thing to say."""
    if facts.evidence.depends_on or facts.exercise.children(facts.variable) == ("loss",):
        return None
    found = search(facts.paths, facts, only=frozenset({Kind.UPSTREAM_UNUSED}))
    plain = found is not None and found.change.cost == 0 and found.factor in ("1", "-1")
    return sentence.changed(facts, found) if found is not None and plain else None


def _weights(facts: Facts) -> Diagnosis | None:
    """Shares that stand there too often, too seldom or with another factor."""
    factors = _shares(facts.paths, facts)
    if factors is None:
        return None
    odd = {factor for factor in factors if factor != "1"}
    if not odd <= SIMPLE:
        found = search(facts.paths, facts, only=frozenset({Kind.OTHER_GRADIENT}))
        if found is not None and found.factor == "1":
            return sentence.changed(facts, found)
    if len(odd) > 1:
        better = _changed(facts) or _further(facts)
        if better is not None:
            return better
    return sentence.weights(facts, facts.paths, factors, fused=not facts.local_style)


def _changed(facts: Facts) -> Diagnosis | None:
    """One share changed in one place, or right but for powers of forward values: whichever is less far-fetched."""
    found = search(facts.paths, facts)
    if found is None or found.cost > FAR_FETCHED:
        ratios = _ratios(facts)
        if ratios is not None:
            return ratios
    return None if found is None else verdicts.refined(facts, found, nearly=nearly(facts))


def _shares(paths: Sequence[Path], facts: Facts) -> list[str] | None:
    """The name of how often each share stands in the answer."""
    found = coefficients(paths, facts)
    if found is None:
        return None
    names = []
    for position in range(len(paths)):
        each = [weights[position] for weights in found]
        zero = all(abs(weight) <= facts.tolerance for weight in each)
        named = "0" if zero else name_factor(each, facts, max(facts.tolerance, 1e-8))
        if named is None:
            return None
        names.append(named)
    return None if all(n == "1" for n in names) else names


def _chains(facts: Facts) -> Diagnosis | None:
    """Shares of each way back to the upstream gradients that are used."""
    several = len(facts.paths) > 1 and bool(facts.evidence.depends_on)
    factors = _shares(facts.chains, facts) if several else None
    return None if factors is None else sentence.weights(facts, facts.chains, factors, fused=True)


def _closed(facts: Facts) -> Diagnosis | None:
    """One change in a formula for several lines at once."""
    for form in closed_forms(facts):
        path = Path(facts.lines[0], (), form.node)
        found = None if form.alone is None else try_change(form.alone, path, facts)
        found = found or search([path], facts, light=True)
        if found is not None:
            return sentence.closed(facts, form, found, nearly=nearly(facts))
    return None


def _further(facts: Facts) -> Diagnosis | None:
    """A line with all its places at once, or the chain rule over more than one line."""
    if any(path.occurrence for path in facts.paths):
        found = search(facts.whole_lines, facts)
        if found is not None:
            return verdicts.refined(facts, found, nearly=nearly(facts))
    if facts.inlined:
        found = search(facts.inlined, facts)
        if found is not None:
            return verdicts.refined(facts, found, nearly=nearly(facts))
    if not facts.evidence.depends_on:
        return None
    factors = None if facts.local_style else _shares(facts.chains, facts)
    if factors is not None:
        return sentence.weights(facts, facts.chains, factors, fused=True)
    found = search(facts.unfolded, facts, light=True)
    return None if found is None else verdicts.refined(facts, found, nearly=nearly(facts))


def _ratios(facts: Facts) -> Diagnosis | None:
    """Right but for powers of forward values, as a whole or in one share."""
    answers = [view.got for view in facts.views]
    found = ratio(facts, [view.expected for view in facts.views], answers)
    if found is not None:
        return sentence.power(facts, found, None)
    all_shares = [shares(facts.paths, view) for view in facts.views]
    known = [terms for terms in all_shares if terms is not None]
    if len(known) < len(all_shares) or len(facts.paths) < 2:
        return None
    for position, path in enumerate(facts.paths):
        rights = [terms[position] for terms in known]
        if any(v.got.shape != v.expected.shape for v in facts.views):
            return None
        rests = [v.got - v.expected + right for v, right in zip(facts.views, rights, strict=True)]
        found = ratio(facts, rights, rests)
        if found is not None:
            return sentence.power(facts, found, path)
    return None
