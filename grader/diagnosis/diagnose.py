"""The identities that are tried on a wrong gradient, each a step of its own."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from grader.diagnosis import sentences, unknown, whole_answer
from grader.diagnosis.candidates.together import together
from grader.diagnosis.closed_forms import closed_forms
from grader.diagnosis.derive import Path, added
from grader.diagnosis.factors import name_factor
from grader.diagnosis.facts import gather
from grader.diagnosis.hard_coded import hard_coded
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.diagnosis.search import among, coefficients, nearly, ratio, search, shares, try_change
from grader.diagnosis.whole_answer import of_another, rearranged, whole
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.search import Found
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
    early = unknown.by_verdict(evidence, judgement)
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
    if whole_answer.all_zero(facts):
        return sentences.zeros(facts, null=null)
    if null and unknown.tiny(facts):
        return unknown.null_gradient(facts)
    if facts.true_cotangents:
        return whole(facts) or weighed(facts) or closed(facts)
    return (
        unused(facts)
        or whole(facts)
        or weighed(facts)
        or of_another(facts)
        or (None if facts.local_style else chains(facts) or closed(facts))
        or changed(facts)
        or (closed(facts) if facts.local_style else None)
        or further(facts)
        or rearranged(facts)
    )


FAR_FETCHED = 1.4
"""A change that costs more is looked at again: powers of forward values may explain the answer better."""
SIMPLE = frozenset({"0", "1", "-1", "2"})
"""How often a share may stand in an answer without another explanation being looked for."""


def unused(facts: Facts) -> Diagnosis | None:
    """Where no upstream gradient is used at all, that is the first thing to say."""
    if facts.evidence.depends_on or facts.exercise.children(facts.variable) == ("loss",):
        return None
    found = search(facts.paths, facts, only=frozenset({Kind.UPSTREAM_UNUSED}))
    plain = found is not None and found.change.cost == 0 and found.factor in ("1", "-1")
    return sentences.changed(facts, found) if found is not None and plain else None


def weighed(facts: Facts) -> Diagnosis | None:
    """Shares that stand there too often, too seldom or with another factor."""
    factors = _shares(facts.paths, facts)
    if factors is None:
        return None
    odd = {factor for factor in factors if factor != "1"}
    if not odd <= SIMPLE:
        found = search(facts.paths, facts, only=frozenset({Kind.OTHER_GRADIENT}))
        if found is not None and found.factor == "1":
            return sentences.changed(facts, found)
    if len(odd) > 1:
        better = changed(facts) or further(facts)
        if better is not None and better.evidence.get("factor", "1") in ("1", "-1"):
            return better
    return sentences.weights(facts, facts.paths, factors, fused=not facts.local_style)


def changed(facts: Facts) -> Diagnosis | None:
    """One share changed in one place, or right but for powers of forward values: whichever is less far-fetched."""
    found = search(facts.paths, facts)
    if found is None or found.cost > FAR_FETCHED:
        ratios = _ratios(facts)
        if ratios is not None:
            return ratios
    return _found(found, facts)


def _shares(paths: Sequence[Path], facts: Facts) -> list[str] | None:
    """The name of how often each share stands in the answer."""
    found = coefficients(paths, facts)
    if found is None:
        return None
    names = []
    for position in range(len(paths)):
        each = [weights[position] for weights in found]
        zero = all(abs(weight) <= facts.tolerance for weight in each)
        named = "0" if zero else name_factor(each, facts.factor_forms, max(facts.tolerance, 1e-8))
        if named is None:
            return None
        names.append(named)
    return None if all(n == "1" for n in names) else names


def chains(facts: Facts) -> Diagnosis | None:
    """Shares of each way back to the upstream gradients that are used."""
    several = len(facts.paths) > 1 and bool(facts.evidence.depends_on)
    factors = _shares(facts.chains, facts) if several else None
    return None if factors is None else sentences.weights(facts, facts.chains, factors, fused=True)


def closed(facts: Facts) -> Diagnosis | None:
    """One change in a formula for several lines at once."""
    for form in closed_forms(facts):
        path = Path(facts.lines[0], (), form.node)
        found = None if form.alone is None else try_change(form.alone, path, facts)
        found = found or search([path], facts, light=True)
        if found is not None:
            return sentences.closed(facts, form, found, nearly=nearly(facts))
    return None


def further(facts: Facts) -> Diagnosis | None:
    """A line with all its places at once, all shares at once, or the chain rule over more than one line."""
    several = facts.whole_lines if any(path.occurrence for path in facts.paths) else []
    return (
        _found(search(several, facts), facts)
        or _found(_together(facts), facts)
        or _of_siblings(facts)
        or _found(search(facts.inlined, facts), facts)
        or (_over_more_lines(facts) if facts.evidence.depends_on else None)
    )


def _found(found: Found | None, facts: Facts) -> Diagnosis | None:
    return None if found is None else unknown.refined(facts, found, nearly=nearly(facts))


def _over_more_lines(facts: Facts) -> Diagnosis | None:
    factors = None if facts.local_style else _shares(facts.chains, facts)
    if factors is not None:
        return sentences.weights(facts, facts.chains, factors, fused=True)
    return _found(search(facts.unfolded, facts, light=True), facts)


def _together(facts: Facts) -> Found | None:
    """Every share changed in the same way."""
    node = added([path.node for path in facts.whole_lines])
    path = Path(facts.lines[0], (), node)
    return among(together(node, facts), path, facts)


def _of_siblings(facts: Facts) -> Diagnosis | None:
    """Shares that belong to other values which the same lines read."""
    for sibling, theirs in facts.siblings.items():
        factors = _shares([*facts.paths, *theirs], facts)
        if factors is not None:
            return sentences.sibling(facts, sibling, factors)
    return None


def _ratios(facts: Facts) -> Diagnosis | None:
    """Right but for powers of forward values, as a whole or in one share."""
    answers = [view.got for view in facts.views]
    found = ratio(facts, [view.expected for view in facts.views], answers)
    if found is not None:
        return sentences.power(facts, found, None)
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
            return sentences.power(facts, found, path)
    return None


def aliased(facts: Facts, found: Diagnosis) -> Diagnosis:
    """The identity found, with its cause where that is an argument changed in place."""
    if not facts.mutated or not _follows(facts, found):
        return found
    changed = sentences.listed(facts.mutated)
    what, _, look = found.message.partition(". ")
    cause = f"Your function changes {changed} in place, and two names for one tensor are one tensor: work on a clone"
    message = ". ".join(part for part in (what, cause, look) if part)
    return Diagnosis(
        Kind.ALIASING, message, {**found.evidence, "specific": str(found.kind), "changed": list(facts.mutated)}
    )


def _follows(facts: Facts, found: Diagnosis) -> bool:
    """Whether it is what a changed argument leads to: a share counted more than once, or a value overwritten."""
    shares = [factor for factor in found.evidence.get("shares", {}).values() if factor != "1"]
    if found.kind is Kind.CONSTANT_FACTOR:
        return found.evidence.get("factor") == "2" or shares == ["2"]
    if found.kind is Kind.DOUBLED_PATH:
        return True
    if len(shares) > 1:
        return len(set(shares)) == 1 and shares[0] not in ("0", "-1")
    values = {name for name in facts.mutated if name in facts.probe.numbers.values}
    return bool(values) and found.kind is Kind.WRONG_INDEX
