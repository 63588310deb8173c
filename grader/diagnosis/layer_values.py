"""Wrong values of a layer's forward function: what an answer is, and with which line it would be right."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from grader.diagnosis import sentences, whole_answer
from grader.diagnosis.explanations import Explanation, explanation
from grader.diagnosis.factors import alike, factor_of_each
from grader.diagnosis.facts import Facts, deriver_of
from grader.diagnosis.formula import Numbers
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.diagnosis.other_mask import other_mask
from grader.diagnosis.other_passes import MOST_CHECKED, passes_of, value_of_changed
from grader.diagnosis.phrases import Dimensions
from grader.diagnosis.wrong_answer import View, WrongAnswer
from grader.exercise.dtypes import is_floating
from grader.verdict.evidence import Ask

if TYPE_CHECKING:
    from grader.exercise.case import Cases
    from grader.verdict.evidence import Evidence


def facts_of_value(evidence: Evidence, cases: Cases) -> Facts | None:
    """The answers, in the place of gradients; None if no case has one."""
    ask = Ask.NARROW if evidence.narrow else Ask.RANDOM
    views = []
    for number, case in enumerate(cases):
        got = None if case.stressed else evidence.tensor(ask, number)
        if got is not None:
            expected = case.graph.values[evidence.variable]
            numbers = Numbers(case.graph.values, case.true.total, case.exercise.module.__dict__)
            views.append(View(case, got.double(), expected, numbers, case.true, float(expected.abs().max())))
    views.sort(key=lambda view: view.expected.numel())
    exercise, at = cases.exercise, cases.given.sizes
    if not views:
        return None
    return Facts(WrongAnswer(exercise, evidence, tuple(views), at), deriver_of(cases))


def diagnose_value(evidence: Evidence, cases: Cases) -> Diagnosis:
    """The diagnosis of a wrong value, from the collected evidence only."""
    facts = facts_of_value(evidence, cases)
    found = None if facts is None else value_identity(facts, cases)
    if facts is not None and found is not None:
        return sentences.told(facts.answer, found)
    nothing = explanation(Kind.UNKNOWN, "unknown_value", tested=True)
    return sentences.told_without_identity(cases.exercise, evidence.variable, nothing)


def value_identity(facts: Facts, cases: Cases) -> Explanation | None:
    """The first identity that holds on every case."""
    return (
        _zeros(facts.answer)
        or _factor(facts)
        or _turned(facts.answer)
        or _of_another_pass(facts.answer, cases)
        or _another(facts.answer)
        or other_mask(facts.answer)
        or _rearranged(facts.answer)
    )


def _zeros(answer: WrongAnswer) -> Explanation | None:
    return explanation(Kind.ZEROS, "value_zeros") if whole_answer.all_zero(answer) else None


def _factor(facts: Facts) -> Explanation | None:
    if any(view.got.shape != view.expected.shape for view in facts.answer.views):
        return None
    named = facts.named(factor_of_each(((v.expected, v.got) for v in facts.answer.views), facts.answer.tolerance))
    if named is None or named == "1":
        return None
    if named == "-1":
        return explanation(Kind.SIGN, "value_opposite", factor=named)
    return explanation(Kind.CONSTANT_FACTOR, "value_times_factor", factor=named)


def _turned(answer: WrongAnswer) -> Explanation | None:
    for one, other in itertools.combinations(range(answer.probe.expected.dim()), 2):
        turned = [view.expected.transpose(one, other) for view in answer.views]
        if all(alike(value, view.got, answer.tolerance) for view, value in zip(answer.views, turned, strict=True)):
            return explanation(Kind.TRANSPOSED, "value_turned", turned=Dimensions((one, other)))
    return None


def _of_another_pass(answer: WrongAnswer, cases: Cases) -> Explanation | None:
    """The value in a forward pass with a line that is written otherwise."""
    view = next((view for view in answer.views if view.case is cases.probe), None)
    if view is None or answer.narrow:
        return None
    fitting = passes_of(cases).with_value(answer.variable, view.got)
    for changed in itertools.islice(fitting, MOST_CHECKED):
        made = [value_of_changed(view.case, changed, answer.variable) for view in answer.views]
        if all(alike(one, view.got, answer.tolerance) for one, view in zip(made, answer.views, strict=True)):
            return explanation(changed.kind, "value_of_another_pass", written=changed.written, otherwise=changed.lines)
    return None


def _another(answer: WrongAnswer) -> Explanation | None:
    """The value of an earlier line."""
    for line in reversed(answer.exercise.lines):
        for name in line.outputs:
            values = [view.case.graph.values[name] for view in answer.views]
            same = all(
                is_floating(value) and alike(value, view.got, answer.tolerance)
                for view, value in zip(answer.views, values, strict=True)
            )
            if same and name != answer.variable:
                return explanation(Kind.WRONG_OPERAND, "value_of_another_line", other=name, number=line.number)
    return None


def _rearranged(answer: WrongAnswer) -> Explanation | None:
    return explanation(Kind.PERMUTED, "value_reordered") if whole_answer.reordered(answer) else None
