"""The identities that are tried on a wrong gradient, each a step of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.diagnosis import shares_told, verdicts
from grader.diagnosis.closed import closed_forms
from grader.diagnosis.derive import Path, added
from grader.diagnosis.factors import name_factor
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.diagnosis.paths import coefficients, shares
from grader.diagnosis.ratio import ratio
from grader.diagnosis.search import among, nearly, search, try_change
from grader.diagnosis.together import together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.search import Found

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
    return shares_told.changed(facts, found) if found is not None and plain else None


def weighed(facts: Facts) -> Diagnosis | None:
    """Shares that stand there too often, too seldom or with another factor."""
    factors = _shares(facts.paths, facts)
    if factors is None:
        return None
    odd = {factor for factor in factors if factor != "1"}
    if not odd <= SIMPLE:
        found = search(facts.paths, facts, only=frozenset({Kind.OTHER_GRADIENT}))
        if found is not None and found.factor == "1":
            return shares_told.changed(facts, found)
    if len(odd) > 1:
        better = changed(facts) or further(facts)
        if better is not None and better.evidence.get("factor", "1") in ("1", "-1"):
            return better
    return shares_told.weights(facts, facts.paths, factors, fused=not facts.local_style)


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
        named = "0" if zero else name_factor(each, facts, max(facts.tolerance, 1e-8))
        if named is None:
            return None
        names.append(named)
    return None if all(n == "1" for n in names) else names


def chains(facts: Facts) -> Diagnosis | None:
    """Shares of each way back to the upstream gradients that are used."""
    several = len(facts.paths) > 1 and bool(facts.evidence.depends_on)
    factors = _shares(facts.chains, facts) if several else None
    return None if factors is None else shares_told.weights(facts, facts.chains, factors, fused=True)


def closed(facts: Facts) -> Diagnosis | None:
    """One change in a formula for several lines at once."""
    for form in closed_forms(facts):
        path = Path(facts.lines[0], (), form.node)
        found = None if form.alone is None else try_change(form.alone, path, facts)
        found = found or search([path], facts, light=True)
        if found is not None:
            return shares_told.closed(facts, form, found, nearly=nearly(facts))
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
    return None if found is None else verdicts.refined(facts, found, nearly=nearly(facts))


def _over_more_lines(facts: Facts) -> Diagnosis | None:
    factors = None if facts.local_style else _shares(facts.chains, facts)
    if factors is not None:
        return shares_told.weights(facts, facts.chains, factors, fused=True)
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
            return shares_told.sibling(facts, sibling, factors)
    return None


def _ratios(facts: Facts) -> Diagnosis | None:
    """Right but for powers of forward values, as a whole or in one share."""
    answers = [view.got for view in facts.views]
    found = ratio(facts, [view.expected for view in facts.views], answers)
    if found is not None:
        return shares_told.power(facts, found, None)
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
            return shares_told.power(facts, found, path)
    return None
