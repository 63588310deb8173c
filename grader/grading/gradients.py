"""Exercises of kind `gradients`: a function for each gradient, asked in the order that gives nothing away.

1. Whatever reveals nothing: random cotangents on every case, in one frame.
2. The chained pass, on the learner's own gradients.
3. Variable by variable from the loss backwards, all remaining questions about one before any question whose
   inputs hold its reference.

Local, chained and every random case are the same call; only the dictionary of upstream gradients differs. Where the
learner's own gradients are autograd's, bit for bit, the local question is the chained one, and asked once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.diagnose import explain
from grader.grading.questions import Inquiry, ask
from grader.grading.row import Row, plain
from grader.sandbox.types import Question, Raised, WrongType
from grader.verdict.evidence import CHAIN_TOLERANCE, NARROW_CHAIN_TOLERANCE, Ask, Columns, Evidence, Judgement, is_fatal
from grader.verdict.judge import is_local_style, judge, lecture_columns, random_decides, same, score
from grader.verdict.subgradients import find_corner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.exercise.case import Cases
    from grader.grading.questions import Attempt
    from grader.sandbox.host.session import Session
    from grader.verdict.subgradients import Corner

MAX_ANSWER_BYTES = 1 << 22
"""Room for half a million float64 numbers; the largest gradients of the mlp, (32, 64), have 2,048."""

Gradients = dict[str, torch.Tensor]
"""By variable, each of the variable's shape."""


class GradientSteps:
    """Grades one submission of such an exercise."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._died_at_kink = False

    def rows(self, session: Session) -> Iterator[Row]:
        """The three steps, in order; each row as soon as its last question is answered."""
        cases, alone = self._attempt.cases, bool(self._attempt.settings.only)
        gradients = cases.given.graph.differentiable
        found = [self._attempt.prepare(f"d{name}", name, gradients) for name in self._attempt.variables]
        if any(evidence.askable for evidence in found):
            send_values(session, cases)
            ask_random(session, cases, found)
            if not alone:
                ask_chained(session, cases, found)
        table = None if alone or self._attempt.loading is not None else ChainedTable(cases)
        for evidence in found:
            ask_true(session, cases, evidence)
            yield self._row(session, evidence, table)

    def extra(self) -> dict[str, Any]:
        """Nothing beyond the rows."""
        return {}

    def _row(self, session: Session, evidence: Evidence, table: ChainedTable | None) -> Row:
        start = time.perf_counter()
        judgement = judge(evidence, self._attempt.cases)
        diagnosis = explain(evidence, judgement, self._attempt.cases)
        chained = table.add(evidence, judgement) if table else None
        return Row.of(
            self._attempt,
            evidence.variable,
            evidence,
            judgement,
            chained=chained,
            diagnosis=diagnosis.as_dict() if diagnosis else None,
            notes=self._kink_notes(session, evidence) if judgement.verdict.right else (),
            seconds=time.perf_counter() - start + sum(outcome.seconds for outcome in evidence.calls()),
        )

    def _kink_notes(self, session: Session, evidence: Evidence) -> Iterator[str]:
        """What PyTorch takes at kinks and ties, where a right answer takes something else.

        Once a function has hung or died there, no other is asked: what is left of the budget is for the verdicts.
        """
        corner = None if self._died_at_kink else kink_corner(self._attempt.cases, evidence)
        if corner is not None:
            ask(session, [Inquiry(evidence, Ask.KINK, 0, _kink_question(evidence, corner))])
            self._died_at_kink = is_fatal(evidence.outcomes[Ask.KINK, 0])
            got = evidence.tensor(Ask.KINK)
            note = None if got is None else corner.note(got, evidence.depends_on)
            if note is not None:
                yield note


# 1. Whatever reveals nothing


def send_values(session: Session, cases: Cases) -> None:
    """Hand over what questions name: forward values and random cotangents of every case. No gradient is in there."""
    for number, case in enumerate(cases):
        session.pool(_pool(number, "float64"), case.pool64)
    session.pool(_pool(0, "float32"), cases.given.pool32)


def ask_random(session: Session, cases: Cases, found: Sequence[Evidence]) -> None:
    """Ask with random cotangents on all cases, and find out which upstream gradients each answer depends on."""
    ask(session, [inquiry for e in found if e.askable for inquiry in _random_inquiries(e, cases)])
    for evidence in found:
        if evidence.askable:
            evidence.depends_on = _dependencies(evidence, cases)
    narrow = [evidence for evidence in found if evidence.askable and _wants_float32(evidence)]
    if narrow:
        for number, case in enumerate(cases.further, 1):
            session.pool(_pool(number, "float32"), case.pool32)
        numbers = range(1 + len(cases.further))
        ask(session, [Inquiry(e, Ask.NARROW, i, _question(e, i, "float32")) for e in narrow for i in numbers])


def _random_inquiries(evidence: Evidence, cases: Cases) -> Iterator[Inquiry]:
    for number, _ in enumerate(cases):
        yield Inquiry(evidence, Ask.RANDOM, number, _question(evidence, number, "float64"))
    smallest = _smallest(cases)
    for number, name in enumerate(evidence.upstream):
        changed = {f"d{name}": cases.probe.other_cotangents[name]}
        yield Inquiry(evidence, Ask.PROBE, number, _question(evidence, smallest, "float64", changed))


def _dependencies(evidence: Evidence, cases: Cases) -> tuple[str, ...]:
    """The upstream gradients that change the answer, found by changing one at a time.

    All of them where there is no answer to compare with: the function works on the given case, not on the smallest.
    """
    before = evidence.tensor(Ask.RANDOM, _smallest(cases))
    if before is None:
        return () if evidence.tensor(Ask.RANDOM) is None else evidence.upstream
    after = [evidence.tensor(Ask.PROBE, number) for number, _ in enumerate(evidence.upstream)]
    return tuple(
        name
        for name, answer in zip(evidence.upstream, after, strict=True)
        if answer is None or not same(before, answer)
    )


def _wants_float32(evidence: Evidence) -> bool:
    """Whether the float64 question on the given case failed in a way that a float32 inside the function explains."""
    got = evidence.tensor(Ask.RANDOM)
    return isinstance(evidence.get(Ask.RANDOM), Raised) or (got is not None and got.dtype == torch.float32)


# 2. The chained pass


def ask_chained(session: Session, cases: Cases, found: Sequence[Evidence]) -> None:
    """The lecture's own table: from the loss backwards, each function gets what those before it have returned.

    Asked in float32, for the columns, and in float64, which decides. Where a gradient is missing, the chain ends.
    """
    given = cases.given
    ungraded = given.graph.differentiable - set(cases.exercise.graded)  # `dloss`, and what a line makes in passing
    own32: Gradients = {name: given.reference[name] for name in ungraded}
    own64: Gradients = {name: given.true.total(name) for name in ungraded}
    autograds = set(ungraded)  # whose float32 gradients have autograd's bits
    for evidence in found:
        variable, needed = evidence.variable, evidence.upstream
        if not evidence.askable or not own32.keys() >= set(needed):
            continue
        evidence.chained_is_local = autograds.issuperset(needed)
        questions = [Inquiry(evidence, Ask.CHAINED, 0, _question(evidence, 0, "float32", _upstream(needed, own32)))]
        if own64.keys() >= set(needed):
            wide = _question(evidence, 0, "float64", _upstream(needed, own64))
            questions.append(Inquiry(evidence, Ask.CHAINED64, 0, wide))
        ask(session, questions)
        _keep(own32, variable, evidence.tensor(Ask.CHAINED), given.reference[variable])
        _keep(own64, variable, evidence.tensor(Ask.CHAINED64), given.true.total(variable))
        if variable in own32 and same(own32[variable], given.reference[variable]):
            autograds.add(variable)


def _keep(own: Gradients, variable: str, got: torch.Tensor | None, expected: torch.Tensor) -> None:
    """Hand an answer on only if the next function can work with it."""
    if got is not None and got.shape == expected.shape and got.dtype == expected.dtype:
        own[variable] = got


# 3. Variable by variable


def ask_true(session: Session, cases: Cases, evidence: Evidence) -> None:
    """All questions about one gradient that hold true ones: the local one and, for a fused answer, float64 ones."""
    if not evidence.askable or isinstance(evidence.failure(), Raised | WrongType):
        return
    ask(session, list(_true_inquiries(evidence, cases)))
    if evidence.chained_is_local:  # the question would be the same
        evidence.outcomes[Ask.LOCAL, 0] = evidence.outcomes[Ask.CHAINED, 0]


def _true_inquiries(evidence: Evidence, cases: Cases) -> Iterator[Inquiry]:
    if not evidence.chained_is_local:
        reference = _upstream(evidence.upstream, cases.given.reference)
        yield Inquiry(evidence, Ask.LOCAL, 0, _question(evidence, 0, "float32", reference))
    if not random_decides(evidence, cases):
        for number, case in enumerate(cases):
            true = {f"d{name}": case.true.total(name) for name in evidence.upstream}
            yield Inquiry(evidence, Ask.TRUE, number, _question(evidence, number, "float64", true))


# 4. What decides nothing


def kink_corner(cases: Cases, evidence: Evidence) -> Corner | None:
    """Values with kinks and ties to ask a right function at; None where it would show nothing."""
    if evidence.narrow or not is_local_style(evidence, cases):
        return None
    return find_corner(cases.probe, evidence.variable)


def _kink_question(evidence: Evidence, corner: Corner) -> Question:
    if evidence.binding is None:
        raise AssertionError(f"d{evidence.variable}: asked without a binding")
    given = corner.given(evidence.binding.values, evidence.upstream)
    return Question(f"d{evidence.variable}", given=given, dtype="float64", max_bytes=MAX_ANSWER_BYTES)


# Questions


def _question(evidence: Evidence, case: int, dtype: str, given: Mapping[str, torch.Tensor] | None = None) -> Question:
    """Call a function on one case: with what is `given`, and all else from the values that were sent before."""
    if evidence.binding is None:
        raise AssertionError(f"d{evidence.variable}: asked without a binding")
    given = dict(given or {})
    names = (*evidence.binding.values, *(f"d{name}" for name in evidence.upstream))
    sent = tuple(name for name in names if name not in given)
    return Question(f"d{evidence.variable}", _pool(case, dtype), sent, given, dtype, max_bytes=MAX_ANSWER_BYTES)


def _pool(case: int, dtype: str) -> str:
    """What the sandbox calls the values of a case, by its number, in one dtype."""
    return f"{dtype} {case}"


def _upstream(needed: Iterable[str], known: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"d{name}": known[name] for name in needed}


def _smallest(cases: Cases) -> int:
    """The number of the case that probes are made on."""
    return list(cases).index(cases.probe)


# The chained columns


@dataclass(frozen=True, slots=True)
class Link:
    """What the chained pass came to for one gradient."""

    columns: Columns
    correct: bool


class ChainedTable:
    """How far each gradient is right when all are made from the learner's own, and where that went wrong first."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._links: dict[str, Link] = {}

    def add(self, evidence: Evidence, judgement: Judgement) -> dict[str, Any]:
        """One gradient's columns, as its row has them. Gradients are added from the loss backwards."""
        variable, given = evidence.variable, self._cases.given
        answer = evidence.tensor(Ask.CHAINED)
        known = evidence.get(Ask.CHAINED) is evidence.get(Ask.LOCAL) and judgement.shape is not None
        columns = judgement.local if known else lecture_columns(answer, given.reference[variable])
        decides = answer if evidence.narrow else evidence.tensor(Ask.CHAINED64)
        found = score(decides, given.true, variable, given).score
        tolerance = NARROW_CHAIN_TOLERANCE if evidence.narrow else CHAIN_TOLERANCE
        correct = judgement.verdict.right and found is not None and found <= tolerance
        self._links[variable] = Link(columns, correct)
        return {**plain(columns), "correct": correct, "first_cause": self._first_cause(variable)}

    def _first_cause(self, variable: str) -> str | None:
        """The first gradient, from the loss backwards, because of which this one's chained result is not exact."""
        mine = self._links[variable]
        if mine.correct and mine.columns.exact:
            return None
        path = self._cases.exercise.downstream(variable) | {variable}
        for name, link in self._links.items():
            if name in path and not (link.columns.exact if mine.correct else link.correct):
                return f"d{name}"
        raise AssertionError(f"d{variable}: broken by nothing")
