"""Exercises of kind `gradients`: one function per gradient, called in an order that gives nothing away.

On the given case, in a child that has seen no other case:

1. Random cotangents, which reveal nothing.
2. From the loss backwards, the chained question, on the learner's own gradients, and
3. the local question, on autograd's: both before any question whose inputs contain the gradient's reference.

Then, with the cases that may be hidden:

4. Random cotangents on the further cases, in one frame.
5. Variable by variable from the loss backwards, all remaining questions about one before any question whose
   inputs contain its reference.

Local, chained and random questions are the same call; only the dictionary of upstream gradients differs. Where the
learner's own gradients are bit-equal to autograd's, the local and chained questions are the same, and asked once.
In steps 2 and 3, gradients next to each other that do not ask for one another are asked for together: a child that is
woken up for every question spends much of its time waiting.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.diagnose import explain
from grader.grading.follow_ups import FollowUps
from grader.grading.questions import Inquiry, ask, case_question, pool_name
from grader.grading.row import Row, plain
from grader.sandbox.types import Raised, WrongType
from grader.verdict.evidence import (
    CHAIN_TOLERANCE,
    NARROW_CHAIN_TOLERANCE,
    Ask,
    Columns,
    Evidence,
    Judgment,
    same,
)
from grader.verdict.judge import lecture_columns, random_decides, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.exercise.case import Cases
    from grader.grading.questions import Attempt
    from grader.sandbox.host.session import Session

Gradients = dict[str, torch.Tensor]
"""Gradients by variable, each in the variable's shape."""


class GradientSteps:
    """Grades one submission to such an exercise."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._follow_ups = FollowUps(attempt.cases)

    def rows(self, session: Session) -> Iterator[Row]:
        """Run the steps in order; yield each row as soon as its last question is answered."""
        cases, alone = self._attempt.cases, bool(self._attempt.settings.only)
        gradients = cases.given.graph.differentiable
        found = [self._attempt.prepare(f"d{name}", name, gradients) for name in self._attempt.variables]
        chain = Chain(cases)
        if any(evidence.askable for evidence in found):
            send_values(session, cases)
            ask_given(session, cases, found)
            for together in independent(found):
                if not alone:
                    chain.ask(session, together)
                ask_local(session, cases, together)
            ask_further(session, cases, found)
        table = None if alone or self._attempt.loading is not None else ChainedTable(cases)
        for evidence in found:
            ask_true(session, cases, evidence)
            if table is not None:
                chain.complete(session, evidence)
            yield self._row(evidence, *self._follow_ups.judged(session, evidence), table)

    def extra(self) -> dict[str, Any]:
        """Nothing beyond the rows."""
        return {}

    def _row(self, evidence: Evidence, judgment: Judgment, notes: Sequence[str], table: ChainedTable | None) -> Row:
        start = time.perf_counter()
        explained = self._attempt.settings.explained
        diagnosis = explain(evidence, judgment, self._attempt.cases) if explained else None
        chained = table.add(evidence, judgment) if table else None
        return Row.of(
            self._attempt,
            evidence.variable,
            evidence,
            judgment,
            chained=chained,
            diagnosis=diagnosis.as_dict() if diagnosis else None,
            notes=notes,
            seconds=time.perf_counter() - start + sum(outcome.seconds for outcome in evidence.calls()),
        )


# 1. and 4. Random cotangents


def send_values(session: Session, cases: Cases) -> None:
    """Send the values that questions refer to: forward values and random cotangents of every case, but no gradients."""
    for number, case in enumerate(cases):
        session.pool(pool_name(number, "float64"), case.pool64)
    session.pool(pool_name(0, "float32"), cases.given.pool32)


def ask_given(session: Session, cases: Cases, found: Sequence[Evidence]) -> None:
    """Ask with random cotangents on the given case."""
    ask(session, [_random_inquiry(e, cases, 0, Ask.RANDOM) for e in found if e.askable])
    narrow = [evidence for evidence in found if evidence.askable and _wants_float32(evidence)]
    ask(session, [_random_inquiry(e, cases, 0, Ask.NARROW) for e in narrow])


def ask_further(session: Session, cases: Cases, found: Sequence[Evidence]) -> None:
    """Ask with random cotangents on the further cases, and find which upstream gradients each answer depends on."""
    found = [evidence for evidence in found if _may_be_right(evidence)]
    if any(evidence.narrow for evidence in found):
        for number, case in enumerate(cases.further, 1):
            session.pool(pool_name(number, "float32"), case.pool32)
    ask(session, [inquiry for evidence in found for inquiry in _further_inquiries(evidence, cases)])
    for evidence in found:
        if evidence.askable:
            evidence.depends_on = _dependencies(evidence, cases)


def _may_be_right(evidence: Evidence) -> bool:
    """Whether to ask more: the function returned a tensor on the given case."""
    return evidence.askable and not isinstance(evidence.failure(), (Raised, WrongType))


def _random_inquiry(evidence: Evidence, cases: Cases, number: int, kind: Ask) -> Inquiry:
    return Inquiry(evidence, kind, number, case_question(cases, evidence, number, _dtype(kind)))


def _dtype(kind: Ask) -> str:
    return "float32" if kind is Ask.NARROW else "float64"


def _further_inquiries(evidence: Evidence, cases: Cases) -> Iterator[Inquiry]:
    kind = Ask.NARROW if evidence.narrow else Ask.RANDOM
    dtype = _dtype(kind)
    smallest, sums = cases.number(cases.probe), {}
    for number, name in enumerate(evidence.upstream):
        summed = cases.probe.twice.cotangents[name]
        sums[f"d{name}"] = summed if dtype == "float64" else summed.float()
        yield Inquiry(evidence, Ask.PROBE, number, case_question(cases, evidence, smallest, dtype, sums))
    # After the sums, which are 1e24 times as large as the smallest case's cotangents: a function that adds up what it
    # returns would otherwise hide what it kept behind them.
    for number, _ in enumerate(cases.further, 1):
        yield _random_inquiry(evidence, cases, number, kind)


def _dependencies(evidence: Evidence, cases: Cases) -> tuple[str, ...]:
    """The upstream gradients that change the answer, found by changing one more each time.

    All of them if there is no answer to compare with: the function works on the given case but not on the smallest.
    """
    asked = Ask.NARROW if evidence.narrow else Ask.RANDOM
    if evidence.tensor(asked) is None:
        return ()
    answers = [evidence.tensor(Ask.PROBE, number) for number, _ in enumerate(evidence.upstream)]
    before = [evidence.tensor(asked, cases.number(cases.probe)), *answers]
    return tuple(
        name
        for name, one, other in zip(evidence.upstream, before, answers, strict=False)
        if one is None or other is None or not same(one, other)
    )


def _wants_float32(evidence: Evidence) -> bool:
    """Whether the float64 question on the given case failed in a way that float32 inside the function would explain."""
    got = evidence.tensor(Ask.RANDOM)
    return isinstance(evidence.get(Ask.RANDOM), Raised) or (got is not None and got.dtype == torch.float32)


# 2. The chained pass


def independent(found: Sequence[Evidence]) -> Iterator[list[Evidence]]:
    """Groups of neighbors none of which asks for another's gradient: no question about one gives another away."""
    group: list[Evidence] = []
    for evidence in found:
        if any(other.variable in evidence.upstream or evidence.variable in other.upstream for other in group):
            yield group
            group = []
        group.append(evidence)
    yield group


class Chain:
    """The lecture's own table: from the loss backwards, each function receives what the previous ones returned.

    Asked in float32 for the columns and in float64 for the verdict. Where a gradient is missing or has another shape,
    the chain goes on with autograd's, so that what comes after it is judged by itself. A question that contains
    autograd's is asked only when no more is asked about that gradient in the same precision.
    """

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        ungraded = cases.given.graph.differentiable - set(cases.exercise.graded)  # `dloss`, and intermediate outputs
        self._own32: Gradients = {name: cases.given.reference[name] for name in ungraded}
        self._own64: Gradients = {name: cases.given.true.total(name) for name in ungraded}
        self._autograds = set(ungraded)
        """Those whose float32 gradients are bit-equal to autograd's."""

    def ask(self, session: Session, together: Sequence[Evidence]) -> None:
        """The float32 questions about independent gradients, and the float64 ones that need only the learner's own."""
        ask(session, [inquiry for evidence in together if evidence.askable for inquiry in self._inquiries(evidence)])
        for evidence in together:
            variable, given = evidence.variable, self._cases.given
            expected = self._own32[variable] = given.reference[variable]
            _keep(self._own32, variable, evidence.tensor(Ask.CHAINED), expected)
            _keep(self._own64, variable, evidence.tensor(Ask.CHAINED64), given.true.total(variable))
            if same(self._own32[variable], expected):
                self._autograds.add(variable)

    def complete(self, session: Session, evidence: Evidence) -> None:
        """The float64 question if it was not asked; call this from the loss backwards, after all others about it."""
        variable = evidence.variable
        if variable in self._own64:
            return
        expected = self._own64[variable] = self._cases.given.true.total(variable)
        if _may_be_right(evidence) and evidence.get(Ask.CHAINED64) is None:
            ask(session, [self._inquiry(evidence, Ask.CHAINED64, "float64", self._own64)])
            _keep(self._own64, variable, evidence.tensor(Ask.CHAINED64), expected)

    def _inquiries(self, evidence: Evidence) -> Iterator[Inquiry]:
        evidence.chained_is_local = self._autograds.issuperset(evidence.upstream)
        yield self._inquiry(evidence, Ask.CHAINED, "float32", self._own32)
        if self._own64.keys() >= set(evidence.upstream):
            yield self._inquiry(evidence, Ask.CHAINED64, "float64", self._own64)

    def _inquiry(self, evidence: Evidence, kind: Ask, dtype: str, own: Gradients) -> Inquiry:
        question = case_question(self._cases, evidence, 0, dtype, _upstream(evidence.upstream, own))
        return Inquiry(evidence, kind, 0, question)


def _keep(own: Gradients, variable: str, got: torch.Tensor | None, expected: torch.Tensor) -> None:
    """Pass an answer on only if the next function can use it."""
    if got is not None and got.shape == expected.shape and got.dtype == expected.dtype:
        own[variable] = got


# 3. and 5. True gradients


def ask_local(session: Session, cases: Cases, together: Sequence[Evidence]) -> None:
    """The questions with autograd's own float32 gradients on the given case, for the lecture's columns."""
    inquiries = []
    for evidence in filter(_may_be_right, together):
        if evidence.chained_is_local:  # the question would be the same
            evidence.outcomes[Ask.LOCAL, 0] = evidence.outcomes[Ask.CHAINED, 0]
        else:
            reference = _upstream(evidence.upstream, cases.given.reference)
            question = case_question(cases, evidence, 0, "float32", reference)
            inquiries.append(Inquiry(evidence, Ask.LOCAL, 0, question))
    ask(session, inquiries)


def ask_true(session: Session, cases: Cases, evidence: Evidence) -> None:
    """The questions with true float64 gradients on every case, for a fused answer."""
    if not _may_be_right(evidence) or random_decides(evidence, cases):
        return
    inquiries = []
    for number, case in enumerate(cases):
        true = {f"d{name}": case.true.total(name) for name in evidence.upstream}
        inquiries.append(Inquiry(evidence, Ask.TRUE, number, case_question(cases, evidence, number, "float64", true)))
    ask(session, inquiries)


def _upstream(needed: Iterable[str], known: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"d{name}": known[name] for name in needed}


# The chained columns


@dataclass(frozen=True, slots=True)
class Link:
    """The result of the chained pass for one gradient."""

    columns: Columns
    correct: bool


class ChainedTable:
    """Which gradients are right when all are computed from the learner's own, and where the first mistake is."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._links: dict[str, Link] = {}

    def add(self, evidence: Evidence, judgment: Judgment) -> dict[str, Any]:
        """One gradient's columns, as in its row. Gradients are added from the loss backwards."""
        variable, given = evidence.variable, self._cases.given
        answer = evidence.tensor(Ask.CHAINED)
        known = evidence.get(Ask.CHAINED) is evidence.get(Ask.LOCAL) and judgment.shape is not None
        columns = judgment.local if known else lecture_columns(answer, given.reference[variable])
        decides = answer if evidence.narrow else evidence.tensor(Ask.CHAINED64)
        found = score(decides, given.true, variable, given).score
        tolerance = NARROW_CHAIN_TOLERANCE if evidence.narrow else CHAIN_TOLERANCE
        correct = judgment.verdict.right and found is not None and found <= tolerance
        self._links[variable] = Link(columns, correct)
        return {**plain(columns), "correct": correct, "first_cause": self._first_cause(variable)}

    def _first_cause(self, variable: str) -> str | None:
        """The first gradient, from the loss backwards, that keeps this one's chained result from being exact."""
        mine = self._links[variable]
        if mine.correct and mine.columns.exact:
            return None
        path = self._cases.exercise.downstream(variable) | {variable}
        for name, link in self._links.items():
            if name in path and not (link.columns.exact if mine.correct else link.correct):
                return f"d{name}"
        raise AssertionError(f"d{variable}: inexact, but no gradient on its path is")
