"""Questions that follow a verdict: why is an answer wrong, and what does a right one choose at kinks and ties?

As everywhere, functions are given random cotangents, or true gradients that have already been judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from grader.grading.questions import Inquiry, ask, case_question
from grader.verdict.evidence import NUDGES, Ask, Fragility, Verdict, is_fatal
from grader.verdict.judge import is_local_style, judge, random_decides
from grader.verdict.linearity import bends, multiples
from grader.verdict.subgradients import find_corner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.exercise.case import Case, Cases
    from grader.sandbox.host.session import Session
    from grader.verdict.evidence import Evidence, Judgment

ASKED_AGAIN = (Verdict.WRONG_VALUES, Verdict.HARD_CODED)
"""Verdicts on answers that may be caused by state kept between calls, or by a relu of an upstream gradient."""


class FollowUps:
    """Asks the follow-up questions for one submission."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._died = False

    def judged(self, session: Session, evidence: Evidence) -> tuple[Judgment, list[str]]:
        """The verdict on a gradient, once all other questions have been asked, with the notes for it."""
        judgment = judge(evidence, self._cases)
        if judgment.verdict in ASKED_AGAIN and evidence.askable:
            ask_about_extremes(session, self._cases, evidence, judgment)
            ask_again(session, self._cases, evidence)
            judgment = judge(evidence, self._cases)
        if judgment.fragile is Fragility.OVERFLOWS and not evidence.narrow and evidence.askable:
            ask(session, [_at_drawn(self._cases, evidence, Ask.MILD, self._cases.mild)])
            judgment = judge(evidence, self._cases)
        right = judgment.verdict.right and not self._died
        return judgment, list(self._at_kinks(session, evidence)) if right else []

    def _at_kinks(self, session: Session, evidence: Evidence) -> Iterator[str]:
        """Notes on what PyTorch takes at kinks and ties, where a right answer takes something else.

        Once a function has timed out or crashed there, no other is asked: the remaining budget is for the verdicts.
        """
        if evidence.narrow or not is_local_style(evidence, self._cases) or evidence.binding is None:
            return
        corner = find_corner(self._cases.probe, evidence.variable)
        if corner is None:
            return
        given = corner.given(evidence.binding.values, evidence.upstream)
        number = self._cases.number(corner.case)
        ask(session, [Inquiry(evidence, Ask.KINK, 0, case_question(self._cases, evidence, number, "float64", given))])
        self._died = is_fatal(evidence.outcomes[Ask.KINK, 0])
        got = evidence.tensor(Ask.KINK)
        note = None if got is None else corner.note(got, evidence.depends_on)
        if note is not None:
            yield note


def ask_again(session: Session, cases: Cases, evidence: Evidence) -> None:
    """For a wrong answer: does it change from call to call, and in which upstream gradients is it not linear?

    Each upstream gradient is varied by itself, then all together: next to a large one, a small one would not show.
    """
    dtype = "float32" if evidence.narrow else "float64"
    once = {name: cases.given.cotangents[name].to(getattr(torch, dtype)) for name in evidence.depends_on}
    given = [{f"d{n}": once[n] * factor for n, factor in each.items()} for each in multiples(evidence.depends_on)]
    questions = [case_question(cases, evidence, 0, dtype, each) for each in given]
    ask(session, [Inquiry(evidence, Ask.AGAIN, number, question) for number, question in enumerate(questions)])
    if not evidence.changes:
        answers = [evidence.tensor(Ask.AGAIN, number) for number, _ in enumerate(questions)]
        evidence.bends = bends(evidence.depends_on, answers, narrow=evidence.narrow)


def ask_about_extremes(session: Session, cases: Cases, evidence: Evidence, judgment: Judgment) -> None:
    """For an answer that is wrong on extreme inputs only: is it the sizes, or a formula ruined by rounding?"""
    last, binding = len(cases.further), evidence.binding
    wrong = [number for number, case in enumerate(cases) if not evidence.passes(case, judgment.cases[number])]
    if wrong != [last] or not cases[last].stressed or evidence.narrow or binding is None:
        return
    extreme, decides = cases[last], random_decides(evidence, cases)
    true: dict[str, Any] = {} if decides else {f"d{n}": extreme.true.total(n) for n in evidence.upstream}
    given = [(Ask.NUDGED, k, {**extreme.nudged(binding.values, k), **true}) for k in range(NUDGES)]
    nudged = [Inquiry(evidence, a, k, case_question(cases, evidence, last, "float64", each)) for a, k, each in given]
    ask(session, [*nudged, _at_drawn(cases, evidence, Ask.CALM, cases.calm)])


def _at_drawn(cases: Cases, evidence: Evidence, kind: Ask, case: Case) -> Inquiry:
    """The question that decides, on another case of the stressed case's sizes; the values are sent with it."""
    if evidence.binding is None:
        raise AssertionError(f"d{evidence.variable}: asked without a binding")
    decides = random_decides(evidence, cases)
    upstream = {f"d{n}": case.cotangents[n] if decides else case.true.total(n) for n in evidence.upstream}
    given = {**{name: case.pool64[name] for name in evidence.binding.values}, **upstream}
    return Inquiry(evidence, kind, 0, case_question(cases, evidence, len(cases.further), "float64", given))
