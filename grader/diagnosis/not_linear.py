"""Answers that are not linear in an upstream gradient: what is done to which gradient, if the rest is right."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING, NamedTuple

import torch

from grader.diagnosis.explanations import explanation
from grader.diagnosis.factors import alike, factor
from grader.diagnosis.facts import gather
from grader.diagnosis.formula import Numbers, upstream
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import Phrase, said
from grader.diagnosis.search import shares
from grader.exercise.case import Sweep
from grader.verdict.evidence import Ask
from grader.verdict.linearity import LINEAR_FACTORS, multiples, offset_and_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.diagnosis.derive import Path
    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.formula import Node
    from grader.diagnosis.wrong_answer import View
    from grader.exercise.case import Cases
    from grader.verdict.evidence import Evidence

    Done = Callable[[torch.Tensor], torch.Tensor]
    """What is done to a gradient, in its shape."""
    Made = Callable[[View], torch.Tensor | None]
    """The answer on a case that follows from it."""

DONE: dict[str, Done] = {
    "goes_through_relu": torch.relu,
    "negative_kept": lambda d: d.clamp(max=0),
    "absolute_taken": torch.abs,
    "only_sign": torch.sign,
    "times_itself": torch.square,
    "times_itself_twice": lambda d: d**3,
    "times_its_absolute": lambda d: d * d.abs(),
    "inverted": torch.reciprocal,
    "goes_through_tanh": torch.tanh,
    "goes_through_sigmoid": torch.sigmoid,
    "goes_through_exp": torch.exp,
    "goes_through_leaky_relu": torch.nn.functional.leaky_relu,
    "clamped_to_one": lambda d: d.clamp(0, 1),
    "over_its_norm": lambda d: d / d.norm(),
    "over_its_sum": lambda d: d / d.sum(),
    "over_its_largest": lambda d: d / d.abs().max(),
}
"""What may be done to a gradient, by the key of its phrase."""


class Nonlinearity(NamedTuple):
    """Something done to a gradient that makes the answer not linear."""

    done: Phrase
    nothing_else: bool
    """Whether that is all that is done, so that the answer is no chain rule."""
    made: Made


MOST_PLACES = 8
"""The most gradients between the upstream gradients and the result that something is done to; nearest first."""
_NOTHING = 1e-9
"""What is left of an answer without any upstream gradient is rounding if it is below this share of the largest."""
_ALIKE = 1e-6
"""How close the factors of two questions have to be."""


def not_linear(evidence: Evidence, cases: Cases) -> Explanation:
    """What makes an answer not linear if the rest is right, otherwise how it grows."""
    facts = next(gather(evidence, cases), None)
    found = None if facts is None else _done(facts, cases)
    return found or explanation(Kind.NOT_LINEAR, "not_linear", bends=evidence.bends, **_shown(evidence))


def _shown(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """The upstream gradients in which an answer is not linear, and how it depends on them."""
    names = dict.fromkeys(f"d{name}" for group in evidence.bends for name in group)
    return {"upstream": tuple(names), "how": tuple(dict.fromkeys(map(str, evidence.bends.values())))}


def offset(evidence: Evidence, cases: Cases) -> Explanation | None:
    """A linear answer with a part that depends on no upstream gradient; None if it has none."""
    facts = next(gather(evidence, cases), None)
    view = None if facts is None else _given(facts, cases)
    asked = enumerate(multiples(evidence.depends_on))
    parts = offset_and_rest(evidence.depends_on, [evidence.tensor(Ask.AGAIN, number) for number, _ in asked])
    if view is None or parts is None or evidence.changes:
        return None
    extra, rest = parts
    none = {name: torch.zeros_like(value) for name, value in view.sweep.overrides.items()}
    belongs = bool(Sweep(view.sweep.graph, none).cut(evidence.variable).any())  # if some paths lead around those
    if belongs or not torch.isfinite(extra).all() or alike(rest + extra, rest, _NOTHING):
        return None
    names, right = tuple(f"d{name}" for name in evidence.depends_on), alike(rest, view.expected, _NOTHING)
    return explanation(Kind.NOT_LINEAR, "offset", upstream=names, how=("offset",), right=right)


# what is done to which gradient


def _done(facts: Facts, cases: Cases) -> Explanation | None:
    """What is done to a gradient, if that alone explains every answer."""
    multiplied = list(_multiplied(facts, cases))
    for each in _nonlinearities(facts, multiplied):
        named = _named(facts, multiplied, each.made)
        if named is not None:
            fields = {"done": each.done, "nothing_else": each.nothing_else, "extra": named, "answer": facts.answer}
            return explanation(Kind.NOT_LINEAR, "done_to_gradient", **fields, **_shown(facts.answer.evidence))
    return None


def _given(facts: Facts, cases: Cases) -> View | None:
    given = cases.given.narrow if facts.answer.narrow else cases.given
    return next((view for view in facts.answer.views if view.case is given), None)


def _multiplied(facts: Facts, cases: Cases) -> Iterator[View]:
    """The given case again, with each multiple of the upstream gradients."""
    given = _given(facts, cases)
    for number, factors in enumerate(multiples(facts.answer.evidence.depends_on)):
        got = facts.answer.evidence.tensor(Ask.AGAIN, number)
        if got is not None and given is not None:
            once = {name: value * factors.get(name, 1.0) for name, value in given.sweep.overrides.items()}
            sweep = Sweep(given.sweep.graph, once)
            numbers = Numbers(given.case.graph.values, sweep.total, facts.answer.exercise.module.__dict__)
            yield replace(
                given, got=got.double(), expected=sweep.cut(facts.answer.variable), numbers=numbers, sweep=sweep
            )


def _nonlinearities(facts: Facts, multiplied: Sequence[View]) -> Iterator[Nonlinearity]:
    """Answers in which something is done to one gradient."""
    variable, used = facts.answer.variable, facts.answer.evidence.depends_on
    for place in _places(facts):
        of = said("finished") if place == variable else upstream(place)
        simple = ((said(key, of=of), done) for key, done in DONE.items())
        for phrase, done in (*simple, *_softmaxes(facts, place, of), *_clamps(facts, place, of, multiplied)):
            yield Nonlinearity(phrase, nothing_else=False, made=partial(_made, place, done, variable))
            if place in used and not facts.answer.of_single_numbers:
                yield Nonlinearity(phrase, nothing_else=True, made=partial(_alone, place, done))
    if len(facts.paths) > 1:
        through = tuple(".".join(path.via) for path in facts.paths)
        phrase = said("shares_multiplied", through=through)
        yield Nonlinearity(phrase, nothing_else=False, made=partial(_product, facts.paths))


def _places(facts: Facts) -> Iterator[str]:
    """Upstream gradients, the result, and the gradients in between, which a function for several lines computes."""
    answer, used = facts.answer, facts.answer.evidence.depends_on
    below = answer.exercise.downstream(answer.variable)
    between = [n for n in answer.probe.case.graph.values if n in below and set(used) & answer.exercise.downstream(n)]
    yield from dict.fromkeys([*used, answer.variable, *between[:MOST_PLACES]])


def _softmaxes(facts: Facts, place: str, of: Node | Phrase) -> Iterator[tuple[Phrase, Done]]:
    for dim in range(facts.answer.probe.case.graph.values[place].dim()):
        yield said("goes_through_softmax", of=of), partial(torch.softmax, dim=dim)


def _clamps(facts: Facts, place: str, of: Node | Phrase, multiplied: Sequence[View]) -> Iterator[tuple[Phrase, Done]]:
    """A clamp to [-c, c]: of a huge gradient it leaves c times its sign."""
    answer = facts.answer
    for view, factors in zip(multiplied, multiples(answer.evidence.depends_on), strict=False):
        if factors.get(place if place in factors else next(iter(factors), ""), 1.0) == LINEAR_FACTORS[1]:
            made = view.with_gradient(place, torch.sign, answer.variable)
            bound = factor(made, view.got, answer.tolerance)
            if bound is not None and bound > 0:
                yield said("clamped", of=of, bound=bound), partial(torch.clamp, min=-bound, max=bound)


def _made(place: str, done: Done, variable: str, view: View) -> torch.Tensor:
    return view.with_gradient(place, done, variable)


def _alone(place: str, done: Done, view: View) -> torch.Tensor:
    return done(view.sweep.total(place))


def _product(paths: Sequence[Path], view: View) -> torch.Tensor | None:
    found = shares(paths, view)
    return None if found is None else reduce(torch.mul, found)


def _named(facts: Facts, multiplied: Sequence[View], made: Made) -> str | None:
    """The factor that is left, if such an answer was given to every question; an overflow counts as any answer."""
    factors = []
    for view in (*facts.answer.views, *multiplied):
        ours = made(view)
        if ours is None or ours.shape != view.got.shape:
            return None
        if not bool(torch.isfinite(ours).all()):
            factors.append(math.nan)
            continue
        found = factor(ours, view.got, facts.answer.tolerance) if ours.any() or view.got.any() else math.nan
        if found is None:
            return None
        factors.append(found)
    return _one_factor(facts, factors)


def _one_factor(facts: Facts, factors: Sequence[float]) -> str | None:
    """A name for the factors of the cases and of the multiples; NaN where there is none to compare."""
    known = [each for each in factors if not math.isnan(each)]
    count = len(facts.answer.views)
    same = bool(known) and all(abs(each - known[0]) <= _ALIKE * abs(known[0]) for each in known)
    return facts.named([known[0]] * count if same else factors[:count])
