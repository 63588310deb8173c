"""Answers that are right on the given case only: which size is hard-coded, or what else explains it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.diagnosis import whole_answer
from grader.diagnosis.explanations import Explanation, explanation
from grader.diagnosis.facts import gather
from grader.diagnosis.kinds import Kind
from grader.sandbox.types import Raised
from grader.verdict.evidence import Ask
from grader.verdict.judge import hard_coded_cause
from grader.verdict.problems import Cause

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.diagnosis.facts import Facts
    from grader.exercise.case import Cases
    from grader.verdict.evidence import Evidence, Judgment

_FORMS: dict[int, tuple[Callable[[float], float], ...]] = {
    0: (lambda s: s, lambda s: 1 / s),
    -1: (lambda s: s - 1, lambda s: 1 / (s - 1)),
}
"""What a hard-coded number in a factor may be, by its offset from a size: the size itself, or one less."""


def hard_coded(evidence: Evidence, judgment: Judgment, cases: Cases) -> Explanation:
    """What an answer is that is right on the given case only."""
    cause = hard_coded_cause(evidence, cases)
    facts = next(gather(evidence, cases), None) if cause in (Cause.SIZE, Cause.OPEN) else None
    meant = {} if facts is None else _in_errors(facts) or _in_shapes(facts) or _in_factor(facts)
    cause = Cause.SIZE if meant else cause
    failed = [found for case, found in zip(cases, judgment.cases, strict=True) if not evidence.passes(case, found)]
    failed = failed or list(judgment.cases[-1:])  # if it is not finite there
    sizes, count = failed[0].sizes, len(failed)
    return explanation(Kind.HARD_CODED, "hard_coded", numbers=meant, failed_cases=count, cause=cause, sizes=sizes)


def _given_sizes(facts: Facts) -> dict[int, str]:
    """The sizes of the given case, with their names, that differ in other cases: a learner may have typed them."""
    given = facts.answer.views.index(facts.answer.given)
    found: dict[int, str] = {}
    for name, values in facts.quantities.items():
        if values[given].is_integer() and any(v != values[given] for v in values):
            found.setdefault(int(values[given]), name)
    return found


def _in_errors(facts: Facts) -> dict[str, str]:
    """Sizes of the given case in the errors raised at other sizes."""
    given = _given_sizes(facts)
    for index, outcome in facts.answer.evidence.of(Ask.RANDOM).items():
        if index > 0 and isinstance(outcome, Raised):
            there = [int(number) for number in re.findall(r"\d+", outcome.message)]
            found = {str(number): given[number] for number in there if number in given}
            if found:
                return found
    return {}


def _in_shapes(facts: Facts) -> dict[str, str]:
    """Sizes of the given case in the shapes returned at other sizes."""
    given = _given_sizes(facts)
    for view in facts.answer.views:
        got, expected = view.got.shape, view.expected.shape
        if len(got) == len(expected) and got != expected:
            odd = {str(a): given[a] for a, b in zip(got, expected, strict=True) if a != b and a in given}
            if odd:
                return odd
    return {}


def _in_factor(facts: Facts) -> dict[str, str]:
    """A size of the given case in the factor between the answer and the right gradient."""
    factors = whole_answer.global_factor(facts.answer) if whole_answer.squeezed_alike(facts.answer) else None
    for number, name in _given_sizes(facts).items() if factors is not None else ():
        for shift, forms in _FORMS.items():
            for form in forms:
                if all(
                    _close(k, _ratio(form, number, s))
                    for k, s in zip(factors or (), facts.quantities[name], strict=True)
                ):
                    return {str(number + shift): name if not shift else f"{name}-1"}
    return {}


def _ratio(form: Callable[[float], float], number: float, size: float) -> float:
    return form(number) / form(size) if number > 1 and size > 1 else 0.0


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * abs(other)
