"""Answers that are right on the given case only: which size is hard-coded, or what else explains it."""

from __future__ import annotations

import itertools
import re
from functools import partial
from typing import TYPE_CHECKING

import torch

from grader.diagnosis import whole_answer
from grader.diagnosis.explanations import Explanation, explanation
from grader.diagnosis.factors import alike
from grader.diagnosis.facts import countable, gather
from grader.diagnosis.kinds import Kind
from grader.diagnosis.search import coefficients
from grader.sandbox.types import Raised
from grader.verdict.evidence import Ask, Verdict
from grader.verdict.judge import hard_coded_cause, remembers
from grader.verdict.problems import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.diagnosis.facts import Facts
    from grader.exercise.case import Case, Cases
    from grader.verdict.evidence import Evidence, Judgment

_POWERS = (1.0, -1.0, 0.5, -0.5, 2.0, -2.0)
"""What a hard-coded number in a factor may be of a size, or of one less: attention divides by a root."""
_SOLVED = 1e-8
"""How close a factor has to be to a ratio of sizes; the weights of shares are solved for together."""
_SHAPES = re.compile(r"\b(?:shapes?|sizes?\sof|must\smatch|expanded\ssize|invalid\sfor\sinput)\b")
"""Errors about shapes that do not fit; the numbers in them are sizes."""
_NO_SIZES = re.compile(r"\bmat\d|\b(?:dimension|dim|index|argument|position) #?\d+|input\sof\ssize\s\d+")
"""Other numbers in such errors. The size of an input is a product of sizes, which says little."""


def hard_coded(evidence: Evidence, judgment: Judgment, cases: Cases) -> Explanation:
    """What an answer is that is right on the given case only."""
    cause = hard_coded_cause(evidence, cases)
    failed = [found for case, found in zip(cases, judgment.cases, strict=True) if not evidence.passes(case, found)]
    failed = failed or list(judgment.cases[-1:])  # if it is not finite there
    other_sizes = all(found.sizes and found.sizes != cases.given.sizes for found in failed)
    facts = next(gather(evidence, cases), None) if other_sizes and cause in (Cause.SIZE, Cause.OPEN) else None
    meant = {} if facts is None else _written(_meant(facts, _Sizes(facts, cases)), evidence)
    return explanation(
        Kind.HARD_CODED,
        "hard_coded",
        numbers=meant,
        failed_cases=len(failed),
        cause=Cause.SIZE if meant else cause,
        sizes=failed[0].sizes,
        never_right=judgment.verdict is Verdict.WRONG_VALUES,
        keeps_nothing=evidence.keeps_nothing,
        remembers=remembers(evidence, cases),
    )


def _written(meant: dict[str, str], evidence: Evidence) -> dict[str, str]:
    """Those of the numbers that are in the function; the sizes among them if its statements are not known."""
    code = () if evidence.function is None else evidence.function.code
    numbers = {number for line in code for number in (*line.operands, *line.exponents, *line.arguments)}
    found = {number: size for number, size in meant.items() if numbers & {float(number), 1 / float(number)}}
    sizes = {number: size for number, size in meant.items() if not size.endswith("()")}
    return found if code and evidence.keeps_nothing else found or sizes or meant


class _Sizes:
    """The sizes of the given case by number, and what they are in the other ordinary cases."""

    def __init__(self, facts: Facts, cases: Cases) -> None:
        self.cases = [case for case in cases if not case.stressed]  # the given one first
        self.values = dict(countable(facts, [case.graph.values for case in self.cases]))
        self.names: dict[int, str] = {}
        for name, each in self.values.items():
            if each[0].is_integer() and any(value != each[0] for value in each):
                self.names.setdefault(int(each[0]), name)

    def only_given(self, numbers: Iterable[int], case: Case) -> dict[str, str]:
        """The numbers that are sizes of the given case and none of another one."""
        at = self.cases.index(case)
        own = {each[at] for each in self.values.values()}
        return {str(number): self.names[number] for number in numbers if number in self.names and number not in own}


def _meant(facts: Facts, sizes: _Sizes) -> dict[str, str]:
    """The numbers that were used instead of a size, each with the size."""
    return (
        _in_errors(facts, sizes)
        or _in_shapes(facts, sizes)
        or _in_factor(facts, sizes)
        or _in_weights(facts, sizes)
        or _in_slices(facts, sizes)
    )


def _in_errors(facts: Facts, sizes: _Sizes) -> dict[str, str]:
    """Sizes of the given case in what is said about shapes that do not fit at other sizes."""
    for number, case in enumerate(sizes.cases):  # the stressed case, which is left out, is the last
        outcome = facts.answer.evidence.get(Ask.RANDOM, number)
        if isinstance(outcome, Raised) and _SHAPES.search(outcome.message):
            found = sizes.only_given(map(int, re.findall(r"\d+", _NO_SIZES.sub("", outcome.message))), case)
            if found:
                return found
    return {}


def _in_shapes(facts: Facts, sizes: _Sizes) -> dict[str, str]:
    """Sizes of the given case in the shapes returned at other sizes, in the same place."""
    there = facts.answer.given.expected.shape
    for view in facts.answer.views:
        got, expected = view.got.shape, view.expected.shape
        if len(got) == len(expected) and got != expected:
            places = zip(got, expected, there, strict=True)
            odd = sizes.only_given([a for a, b, c in places if a != b and a == c], view.case)
            if odd:
                return odd
    return {}


def _in_factor(facts: Facts, sizes: _Sizes) -> dict[str, str]:
    """A size of the given case in the factor between the answer and the right gradient."""
    factors = whole_answer.global_factor(facts.answer) if whole_answer.squeezed_alike(facts.answer) else None
    return {} if factors is None else _as_sizes(factors, facts, sizes)


def _in_weights(facts: Facts, sizes: _Sizes) -> dict[str, str]:
    """The same in the factors of single shares, where every factor is 1 or contains one."""
    if any(view.got.shape != view.expected.shape for view in facts.answer.views):
        return {}
    for paths in (facts.paths, facts.chains):
        weights = zip(*(coefficients(paths, facts) or []), strict=True)  # for each share, one for each case
        odd = [factors for factors in weights if any(k is not None and abs(k - 1) > _SOLVED for k in factors)]
        found = [_as_sizes(factors, facts, sizes) for factors in odd]
        if found and all(found):
            return {number: size for each in found for number, size in each.items()}
    return {}


def _as_sizes(factors: Sequence[float | None], facts: Facts, sizes: _Sizes) -> dict[str, str]:
    """The size that explains factors, one for each case; None where rounding hides it."""
    at = [sizes.cases.index(view.case) for view in facts.answer.views]
    known = [(k, case) for k, case in zip(factors, at, strict=True) if k is not None]
    for number, name in sizes.names.items() if _differ([k for k, _ in known]) else ():
        pairs = [(k, sizes.values[name][case]) for k, case in known]
        for less, power in itertools.product((0, 1), _POWERS):
            if number > less and all(size > less and _close(k, _ratio(number, size, less, power)) for k, size in pairs):
                return {str(number - less): f"{name}-1" if less else name}
    return {}


def _in_slices(facts: Facts, sizes: _Sizes) -> dict[str, str]:
    """A size of the given case up to which an upstream gradient is used, or the result is computed."""
    variable = facts.answer.variable
    for place in (*facts.answer.evidence.depends_on, variable):
        shape = facts.answer.given.case.graph.values[place].shape
        for dim, number in enumerate(shape):
            cut = partial(_up_to, number=number, dim=dim)
            made = ((view.with_gradient(place, cut, variable), view.got) for view in facts.answer.views)
            if number in sizes.names and all(alike(ours, got, facts.answer.tolerance) for ours, got in made):
                return {str(number): sizes.names[number]}
    return {}


def _up_to(gradient: torch.Tensor, number: int, dim: int) -> torch.Tensor:
    """A gradient that is zero from a position on."""
    there = torch.arange(gradient.shape[dim]) < number
    return gradient * there.view([-1 if d == dim else 1 for d in range(gradient.dim())])


def _differ(factors: Sequence[float]) -> bool:
    return any(not _close(each, factors[0]) for each in factors)


def _ratio(number: float, size: float, less: int, power: float) -> float:
    return float(((number - less) / (size - less)) ** power)


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= _SOLVED * abs(other)
