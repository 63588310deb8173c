"""Turns evidence into a diagnosis: tries identities on a wrong gradient, in a fixed order."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch

from grader.diagnosis import entries, explanations, not_linear, sentences, unknown, whole_answer
from grader.diagnosis.candidates.arrangements import arranged, centered
from grader.diagnosis.candidates.change import RESULT
from grader.diagnosis.candidates.changed_formulas import together
from grader.diagnosis.candidates.operands import functions
from grader.diagnosis.closed_forms import closed_forms
from grader.diagnosis.derive import Path
from grader.diagnosis.explanations import explanation
from grader.diagnosis.factors import agreed, alike, factor
from grader.diagnosis.facts import gather
from grader.diagnosis.formula import added, upstream
from grader.diagnosis.hard_coded import hard_coded
from grader.diagnosis.inside_step import not_carried, not_counted
from grader.diagnosis.kinds import Kind
from grader.diagnosis.layer_values import diagnose_value
from grader.diagnosis.other_mask import other_mask
from grader.diagnosis.own_line import located
from grader.diagnosis.phrases import Dimensions
from grader.diagnosis.search import among, coefficients, nearly, only_rounding, ratio, search, shares, try_change
from grader.diagnosis.way_back import STAGES, in_one_step, of_a_number, one_step
from grader.exercise.case import Sweep
from grader.verdict.evidence import Verdict
from grader.verdict.judge import remembers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.kinds import Diagnosis
    from grader.diagnosis.search import Match
    from grader.diagnosis.wrong_answer import View, WrongAnswer
    from grader.exercise.case import Cases
    from grader.verdict.evidence import Evidence, Judgment

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
"""The verdicts of an answer that is a tensor but not the right one."""


OF_VALUES = frozenset({Verdict.WRONG_VALUES, Verdict.NON_FINITE})
"""Those that do not say yet what is wrong with a value of a layer."""


class DiagnosisFailed(RuntimeWarning):
    """An explanation failed: an internal error, which does not affect the verdict."""


def explain(evidence: Evidence, judgment: Judgment, cases: Cases) -> Diagnosis | None:
    """The diagnosis of a wrong gradient, or of a wrong value of a layer; None for any other verdict.

    An error in here must not cost a learner the grade, which is already known. It becomes a warning (an error in the
    tests), and the learner is shown that the explanation failed, not that there is nothing to explain.
    """
    if judgment.verdict not in EXPLAINED:
        return None
    name = cases.exercise.row_name(evidence.variable)
    try:
        if cases.exercise.is_value(evidence.variable):
            return diagnose_value(evidence, cases) if judgment.verdict in OF_VALUES else None
        return diagnose(evidence, judgment, cases)
    except Exception as error:  # noqa: BLE001 whatever fails, the grade stays
        warnings.warn(sentences.not_explained(name, error), DiagnosisFailed, stacklevel=2)
        return sentences.failed(name, error)


def diagnose(evidence: Evidence, judgment: Judgment, cases: Cases) -> Diagnosis:
    """The diagnosis of a wrong gradient, from the collected evidence only: the learner's code is never called."""
    known = _known(evidence, judgment, cases)
    for facts in gather(evidence, cases) if known is None else ():
        found = identity(facts, cases)
        if found is not None and not by_chance(facts.answer, found):
            found = aliased(facts.answer, found)
            return sentences.told(facts.answer, located(found, evidence, cases.exercise))
    known = known or unknown.unused(evidence, cases) or not_linear.offset(evidence, cases)
    known = known or unknown.unknown(evidence, judgment, cases)
    known = located(known, evidence, cases.exercise)
    return sentences.told_without_identity(cases.exercise, evidence.variable, known)


def _known(evidence: Evidence, judgment: Judgment, cases: Cases) -> Explanation | None:
    """What the verdict or the further questions show already."""
    early = unknown.by_verdict(evidence, judgment)
    if early is None and evidence.bends:
        return not_linear.not_linear(evidence, cases)
    state = evidence.changes or remembers(evidence, cases)
    if early is None and (state or (judgment.verdict is Verdict.HARD_CODED and not evidence.narrow)):
        return hard_coded(evidence, judgment, cases)
    return early


def identity(facts: Facts, cases: Cases) -> Explanation | None:
    """The first identity that holds on every case."""
    null = facts.answer.variable in cases.null
    if whole_answer.all_zero(facts.answer):
        return explanations.zeros(null=null)
    if null and whole_answer.tiny(facts.answer):
        return explanation(Kind.NULL_GRADIENT, "tiny_like_the_gradient", null=True)
    if facts.answer.true_cotangents:
        return whole_answer.whole(facts) or weighed(facts) or closed(facts)
    return _of_layer(facts, cases) if facts.answer.exercise.is_layer else _of_gradient(facts)


def _of_gradient(facts: Facts) -> Explanation | None:
    return (
        unused(facts)
        or taken_for_ones(facts.answer)
        or not_carried(facts.answer)
        or whole_answer.whole(facts)
        or weighed(facts)
        or partly_right(facts)
        or whole_answer.of_another(facts.answer)
        or not_counted(facts.answer)
        or (None if facts.answer.local_style else chains(facts) or closed(facts))
        or changed(facts)
        or (closed(facts) if facts.answer.local_style else None)
        or further(facts)
        or (None if facts.answer.local_style else closed(facts, light=False))
        or rearranged(facts)
    )


def _of_layer(facts: Facts, cases: Cases) -> Explanation | None:
    """The same for a gradient that comes back through all lines of a layer."""
    answer = facts.answer
    ignored, local = answer.evidence.upstream and not answer.evidence.depends_on, answer.local_style
    steps: tuple[Callable[[], Explanation | None], ...] = (
        lambda: unused(facts),
        lambda: taken_for_ones(answer) or one_step(answer, cases, STAGES[:1]) if ignored else None,
        lambda: of_a_sibling(facts),
        lambda: whole_answer.whole(facts),
        lambda: weighed(facts),
        lambda: whole_answer.of_another(answer),
        lambda: None if local else _one_step_or_chains(facts, cases),
        lambda: one_step(answer, cases, STAGES[:1]),
        lambda: one_step(answer, cases, STAGES[2:], of_a_number),
        lambda: None if local else closed(facts),
        lambda: _nearest(facts, cases),
        lambda: further(facts),
        lambda: other_mask(answer),
        lambda: decayed(answer),
        lambda: partly_right(facts),
        lambda: rearranged(facts),
    )
    found = (step() for step in steps)
    return next((each for each in found if each is not None and not by_chance(answer, each)), None)


ONE_CHANGE = 1.0
"""A change of one line that costs as much is more far-fetched than one on the way back from there."""


def _nearest(facts: Facts, cases: Cases) -> Explanation | None:
    """One share changed in one place, or a mistake on the way back: whichever is less far-fetched."""
    facts.allow_more()
    found = search(facts.paths, facts)
    likely = _one_change(found, facts) if found is not None and found.cost < ONE_CHANGE else None
    if likely is not None and not by_chance(facts.answer, likely):
        return likely
    way = (closed(facts) if facts.answer.local_style else None) or one_step(facts.answer, cases, STAGES[1:])
    return way or _changed(found, facts)


def _one_step_or_chains(facts: Facts, cases: Cases) -> Explanation | None:
    """The weights of several chains; one step that explains them all, if there is one."""
    found = chains(facts)
    odd = [factor for _, factor in found.fields["shares"] if factor != "1"] if found else []
    return (one_step(facts.answer, cases, STAGES[:1], in_one_step) if len(odd) > 1 else None) or found


def decayed(answer: WrongAnswer) -> Explanation | None:
    """The right gradient and a multiple of the variable itself, as for a weight decay."""
    if any(v.got.shape != v.expected.shape or not bool(v.got.isfinite().all()) for v in answer.views):
        return None
    own = [view.case.graph.values[answer.variable].double() for view in answer.views]
    rests = [view.got - view.expected for view in answer.views]
    factors = [factor(value, rest, _WEIGHT_TOLERANCE) for value, rest in zip(own, rests, strict=True)]
    times = next((each for each in factors if each is not None), None)
    if times is None or len([each for each in factors if each is not None]) < 2:
        return None
    for view, value, rest in zip(answer.views, own, rests, strict=True):
        if float((rest - times * value).abs().max()) > answer.tolerance * float(view.got.abs().max()):
            return None
    return explanation(Kind.WRONG_OPERAND, "variable_added", factor=f"{times:.4g}")


_MORE_THAN_CHANCE = (Kind.ZEROS, Kind.NULL_GRADIENT)


def by_chance(answer: WrongAnswer, found: Explanation) -> bool:
    """Whether an identity may hold for this loss only: the function uses none of the upstream gradients there are."""
    if answer.evidence.depends_on or answer.exercise.children(answer.variable) == ("loss",):
        return False
    if found.kind in _MORE_THAN_CHANCE or (found.plain and "powers" not in found.fields):
        return False
    binding = answer.evidence.binding
    return "change" in found.fields or bool(binding and binding.upstream)


# the steps, in the order in which they are tried


PLAIN_POWER = 1.2
"""If the best change costs more, the whole gradient times one power of a value is the simpler story."""
FAR_FETCHED = 1.4
"""If the best change costs more, powers of forward values are tried first. 1 changes no name of the catalogues; without
a limit three of 2507 messages change."""
SIMPLE = frozenset({"0", "1", "-1", "2"})
"""Weights of a share that need no other explanation."""
_WEIGHT_TOLERANCE = 1e-8
"""How close a share's weight has to be to an expression of sizes; looser, since weights are solved for together."""


def unused(facts: Facts) -> Explanation | None:
    """The formula without the upstream gradient, if the answer depends on none: reported before anything else."""
    if facts.answer.evidence.depends_on or facts.answer.exercise.children(facts.answer.variable) == ("loss",):
        return None
    found = search(facts.paths, facts, only=frozenset({Kind.UPSTREAM_UNUSED}))
    plain = found is not None and found.change.cost == 0 and found.factor in ("1", "-1")
    return explanations.changed(facts, found) if found is not None and plain else None


def taken_for_ones(answer: WrongAnswer) -> Explanation | None:
    """What comes back if the gradient of one later value is one everywhere, if the answer depends on none."""
    if answer.evidence.depends_on or answer.exercise.children(answer.variable) == ("loss",):
        return None
    later = [name for name in answer.exercise.downstream(answer.variable) if name != "loss"]
    for name in sorted(later, key=[n for line in answer.exercise.lines for n in line.outputs].index):
        backs = [_back_from_ones(view, name, answer.variable) for view in answer.views]
        if all(alike(back, view.got, answer.tolerance) for view, back in zip(answer.views, backs, strict=True)):
            return explanation(Kind.UPSTREAM_UNUSED, "right_for_ones", other=name)
    return None


def _back_from_ones(view: View, later: str, variable: str) -> torch.Tensor | None:
    value = view.case.graph.values[later]
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return None
    return Sweep(view.case.graph, {later: torch.ones_like(value)}).cut(variable)


def partly_right(facts: Facts) -> Explanation | None:
    """Some entries right and the others zero, or the same number added everywhere."""
    part = entries.cut(facts)
    if part is not None:
        return explanation(Kind.WRONG_INDEX, "cut", dim=part.dim, kept=part.kept)
    number = entries.constant(facts)
    return None if number is None else explanation(Kind.WRONG_EPSILON, "constant_added", number=number)


def rearranged(facts: Facts) -> Explanation | None:
    """The right gradient with its entries summed, arranged otherwise or left out: tried last."""
    if only_rounding(facts.answer):
        return explanation(Kind.ZEROS, "only_rounding", null=False)
    same = whole_answer.same_numbers(facts.answer)
    found = (None if same else whole_answer.passed_on(facts.answer)) or whole_answer.too_far(facts) or _arranged(facts)
    if found is not None:
        return found
    gaps = entries.gaps(facts)
    if gaps is not None:
        return explanation(Kind.WRONG_INDEX, "gaps", dims=Dimensions((gaps.dim,)), dim=gaps.dim, places=gaps.places)
    return same or whole_answer.passed_elsewhere(facts.answer)


def _arranged(facts: Facts) -> Explanation | None:
    """The right gradient, whatever its formula, with its entries arranged otherwise, or a function of it."""
    right, mine = upstream(facts.answer.variable), RESULT
    facts.allow_more()
    others = [*arranged(right, facts, mine), *centered(right, facts, mine), *functions(right, mine)]
    return _one_change(among(others, Path(facts.answer.lines[0], (), right), facts), facts)


def weighed(facts: Facts) -> Explanation | None:
    """Shares that are missing, counted more than once, or have a wrong factor."""
    factors = _weights(facts.paths, facts)
    if factors is None:
        return None
    odd = {factor for factor in factors if factor != "1"}
    if facts.answer.of_single_numbers and (len(odd) > 1 or not odd <= SIMPLE):
        return None
    if not odd <= SIMPLE:
        found = search(facts.paths, facts, only=frozenset({Kind.OTHER_GRADIENT}))
        if found is not None and found.factor == "1":
            return explanations.changed(facts, found)
    if len(odd) > 1:
        better = changed(facts) or further(facts)
        if better is not None and better.plain:
            return better
    return explanations.weights(facts.paths, factors, fused=not facts.answer.local_style)


def _weights(paths: Sequence[Path], facts: Facts) -> list[str] | None:
    """The weight of each share in the answer; None if it is not such a sum, or if all that are seen are 1, or 0."""
    found = coefficients(paths, facts)
    if found is None:
        return None
    each = [[weights[position] for weights in found] for position in range(len(paths))]
    names = [_weight(weights, facts) for weights in each]
    seen = {name for name, weights in zip(names, each, strict=True) if any(w is not None for w in weights)}
    known = [name for name in names if name is not None]
    return None if len(known) < len(names) or seen <= {"1"} or seen <= {"0"} else known


def _weight(each: list[float | None], facts: Facts) -> str | None:
    """The name of a share's weight; the right one for a share that is only rounding on every case."""
    known = [abs(weight) for weight in each if weight is not None]
    if not known or max(known) <= facts.answer.tolerance:
        return "0" if known else "1"
    return facts.named(agreed(each, _WEIGHT_TOLERANCE), max(facts.answer.tolerance, _WEIGHT_TOLERANCE))


def chains(facts: Facts) -> Explanation | None:
    """The same for the shares of each chain of lines back to the upstream gradients that the function uses."""
    several = len(facts.paths) > 1 and bool(facts.answer.evidence.depends_on)
    factors = _weights(facts.chains, facts) if several else None
    return None if factors is None else explanations.weights(facts.chains, factors, fused=True)


def closed(facts: Facts, *, light: bool = True) -> Explanation | None:
    """One change in a formula that covers several lines; the likelier ones first."""
    facts.allow_more()
    for form in closed_forms(facts):
        path = Path(facts.answer.lines[0], (), form.node)
        found = None if form.alone is None else try_change(form.alone, path, facts)
        found = found if found is not None and found.factor in ("1", "-1") else None
        found = found or search([path], facts, light=light)
        if found is not None:
            return explanations.closed(form, found, nearly=nearly(facts))
    return None


def changed(facts: Facts) -> Explanation | None:
    """One share changed in one place, or multiplied by powers of forward values: whichever is less far-fetched."""
    facts.allow_more()
    return _changed(search(facts.paths, facts), facts)


def _changed(found: Match | None, facts: Facts) -> Explanation | None:
    if found is None or found.cost > PLAIN_POWER:
        ratios = _ratios(facts)
        if ratios is not None and (found is None or found.cost > FAR_FETCHED or _is_plain(ratios)):
            return ratios
    return _one_change(found, facts)


def _is_plain(found: Explanation) -> bool:
    """Whether the whole gradient has just one power too many, and no factor besides."""
    return found.fields["factor"] == "1" and not found.fields["one_share"] and len(found.fields["powers"]) == 1


def _one_change(found: Match | None, facts: Facts) -> Explanation | None:
    return None if found is None else explanations.changed(facts, found, nearly=nearly(facts))


def _ratios(facts: Facts) -> Explanation | None:
    """The right gradient, or one share of it, times powers of forward values."""
    answers = [view.got for view in facts.answer.views]
    found = ratio(facts, [view.expected for view in facts.answer.views], answers)
    if found is not None:
        return explanations.power(found, None, small=nearly(facts))
    all_shares = [shares(facts.paths, view) for view in facts.answer.views]
    known = [terms for terms in all_shares if terms is not None]
    if len(known) < len(all_shares) or len(facts.paths) < 2:
        return None
    if any(v.got.shape != v.expected.shape for v in facts.answer.views):
        return None
    for position, path in enumerate(facts.paths):
        rights = [terms[position] for terms in known]
        rests = [v.got - v.expected + right for v, right in zip(facts.answer.views, rights, strict=True)]
        found = ratio(facts, rights, rests)
        if found is not None:
            return explanations.power(found, path)
    return None


def further(facts: Facts) -> Explanation | None:
    """Changes of a whole line at once, of all shares at once, or of the chain rule over several lines."""
    several = facts.whole_lines if any(path.occurrence for path in facts.paths) else []
    facts.allow_more()
    return (
        _one_change(search(several, facts), facts)
        or _one_change(_in_every_share(facts.whole_lines, facts), facts)
        or _of_siblings(facts)
        or _one_change(search(facts.inlined, facts), facts)
        or (_over_more_lines(facts) if facts.answer.evidence.depends_on else None)
    )


def _in_every_share(paths: Sequence[Path], facts: Facts) -> Match | None:
    """Every share changed in the same way."""
    node = added([path.node for path in paths])
    return among(together(node, facts), Path(facts.answer.lines[0], (), node), facts)


def _of_siblings(facts: Facts) -> Explanation | None:
    """Shares that belong to other values that the same lines read."""
    for sibling, theirs in facts.siblings.items():
        factors = _weights([*facts.paths, *theirs], facts)
        if factors is not None:
            return explanations.sibling(facts, sibling, factors)
    return None


def of_a_sibling(facts: Facts) -> Explanation | None:
    """The gradient of another value that the same line reads: two results returned in the wrong order."""
    for sibling, theirs in facts.siblings.items():
        factors = _weights([*facts.paths, *theirs], facts)
        if factors == ["0"] * len(facts.paths) + ["1"] * len(theirs):
            return explanations.sibling(facts, sibling, factors)
    return None


def _over_more_lines(facts: Facts) -> Explanation | None:
    factors = None if facts.answer.local_style else _weights(facts.chains, facts)
    if factors is not None:
        return explanations.weights(facts.chains, factors, fused=True)
    for paths in () if facts.answer.local_style else (facts.chains, facts.before_upstream):
        found = _in_every_share(paths, facts) if paths else None
        if found is not None:
            return _one_change(found, facts)
    facts.allow_more()
    found = search(facts.unfolded, facts, light=True)
    if found is None and len(facts.chains) == 1 and not facts.answer.local_style:
        found = search(facts.chains, facts)
    return _one_change(found, facts)


# the cause of an identity


def aliased(answer: WrongAnswer, found: Explanation) -> Explanation:
    """The explanation, with its cause if that is an argument changed in place."""
    if not answer.mutated or not _follows(answer, found):
        return found
    return found.also(Kind.ALIASING, specific=found.kind, changed=answer.mutated)


def _follows(answer: WrongAnswer, found: Explanation) -> bool:
    """Whether a changed argument can cause it: a share counted more than once, or a value overwritten."""
    odd = [factor for _, factor in found.fields.get("shares", ()) if factor != "1"]
    if found.kind is Kind.CONSTANT_FACTOR:
        return found.fields.get("factor") == "2" or odd == ["2"]
    if found.kind is Kind.DOUBLED_PATH:
        return True
    if len(odd) > 1:
        return len(set(odd)) == 1 and odd[0] not in ("0", "-1")
    values = {name for name in answer.mutated if name in answer.probe.numbers.values}
    return bool(values) and found.kind is Kind.WRONG_INDEX
