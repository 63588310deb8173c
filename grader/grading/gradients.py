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
from grader.exercise.case import Sweep
from grader.grading.questions import Inquiry, ask
from grader.grading.row import Row, plain
from grader.sandbox.types import Question, Raised, WrongType
from grader.verdict.evidence import (
    CHAIN_TOLERANCE,
    LINEAR_FACTORS,
    NARROW_CHAIN_TOLERANCE,
    NUDGES,
    Ask,
    Columns,
    Evidence,
    Judgement,
    Verdict,
    same,
)
from grader.verdict.judge import is_bent, judge, lecture_columns, random_decides, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.exercise.case import Cases
    from grader.grading.questions import Attempt
    from grader.sandbox.host.session import Session

LEAST_ROOM = 1 << 19
"""Bytes that any answer may have: one that is not summed, such as (32, 64, 27) for dW2, is told its shape."""
MOST_TIMES = 4
"""How much larger than the gradient itself an answer may be, beyond that."""

ASKED_AGAIN = (Verdict.WRONG_VALUES, Verdict.HARD_CODED)
"""The verdicts on answers that may come from something kept between calls, or from a relu of an upstream gradient."""

Gradients = dict[str, torch.Tensor]
"""By variable, each of the variable's shape."""


class GradientSteps:
    """Grades one submission of such an exercise."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

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
            judgement = judge(evidence, cases)
            if judgement.verdict in ASKED_AGAIN and evidence.askable:
                ask_about_extremes(session, cases, evidence, judgement)
                ask_again(session, cases, evidence)
                judgement = judge(evidence, cases)
            yield self._row(evidence, judgement, table)

    def extra(self) -> dict[str, Any]:
        """Nothing beyond the rows."""
        return {}

    def _row(self, evidence: Evidence, judgement: Judgement, table: ChainedTable | None) -> Row:
        start = time.perf_counter()
        diagnosis = explain(evidence, judgement, self._attempt.cases)
        chained = table.add(evidence, judgement) if table else None
        return Row.of(
            self._attempt,
            evidence.variable,
            evidence,
            judgement,
            chained=chained,
            diagnosis=diagnosis.as_dict() if diagnosis else None,
            seconds=time.perf_counter() - start + sum(outcome.seconds for outcome in evidence.calls()),
        )


# 1. Whatever reveals nothing


def send_values(session: Session, cases: Cases) -> None:
    """Hand over what questions name: forward values and random cotangents of every case. No gradient is in there."""
    for number, case in enumerate(cases):
        session.pool(_pool(number, "float64"), case.pool64)
    session.pool(_pool(0, "float32"), cases.given.pool32)


def ask_random(session: Session, cases: Cases, found: Sequence[Evidence]) -> None:
    """Ask with random cotangents on all cases, and find out which upstream gradients each answer depends on."""
    ask(session, [each for e in found if e.askable for each in _random_inquiries(e, cases, Ask.RANDOM, "float64")])
    narrow = [evidence for evidence in found if evidence.askable and _wants_float32(evidence)]
    if narrow:
        for number, case in enumerate(cases.further, 1):
            session.pool(_pool(number, "float32"), case.pool32)
        ask(session, [each for e in narrow for each in _random_inquiries(e, cases, Ask.NARROW, "float32")])
    for evidence in found:
        if evidence.askable:
            evidence.depends_on = _dependencies(evidence, cases)


def _random_inquiries(evidence: Evidence, cases: Cases, kind: Ask, dtype: str) -> Iterator[Inquiry]:
    for number, _ in enumerate(cases):
        yield Inquiry(evidence, kind, number, _question(cases, evidence, number, dtype))
    smallest, sums = _smallest(cases), {}
    for number, name in enumerate(evidence.upstream):
        summed = cases.probe.twice.cotangents[name]
        sums[f"d{name}"] = summed if dtype == "float64" else summed.float()
        yield Inquiry(evidence, Ask.PROBE, number, _question(cases, evidence, smallest, dtype, sums))


def _dependencies(evidence: Evidence, cases: Cases) -> tuple[str, ...]:
    """The upstream gradients that change the answer, found by changing one more each time.

    All of them where there is no answer to compare with: the function works on the given case, not on the smallest.
    """
    asked = Ask.NARROW if evidence.narrow else Ask.RANDOM
    if evidence.tensor(asked) is None:
        return ()
    answers = [evidence.tensor(Ask.PROBE, number) for number, _ in enumerate(evidence.upstream)]
    before = [evidence.tensor(asked, _smallest(cases)), *answers]
    return tuple(
        name
        for name, one, other in zip(evidence.upstream, before, answers, strict=False)
        if one is None or other is None or not same(one, other)
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
        questions = [
            Inquiry(evidence, Ask.CHAINED, 0, _question(cases, evidence, 0, "float32", _upstream(needed, own32)))
        ]
        if own64.keys() >= set(needed):
            wide = _question(cases, evidence, 0, "float64", _upstream(needed, own64))
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
        yield Inquiry(evidence, Ask.LOCAL, 0, _question(cases, evidence, 0, "float32", reference))
    if not random_decides(evidence, cases):
        for number, case in enumerate(cases):
            true = {f"d{name}": case.true.total(name) for name in evidence.upstream}
            yield Inquiry(evidence, Ask.TRUE, number, _question(cases, evidence, number, "float64", true))


def ask_again(session: Session, cases: Cases, evidence: Evidence) -> None:
    """Of a wrong answer: does it change from call to call, and in which upstream gradients is it not linear?

    Each upstream gradient by itself, then all together: beside another's share, a small one would not show. No true
    gradient is used.
    """
    dtype = "float32" if evidence.narrow else "float64"
    once = {name: cases.given.cotangents[name].to(getattr(torch, dtype)) for name in evidence.depends_on}
    groups = [(name,) for name in once] + ([tuple(once)] if len(once) > 1 else [])
    given = [{}, *({f"d{n}": once[n] * factor for n in group} for group in groups for factor in LINEAR_FACTORS)]
    questions = [_question(cases, evidence, 0, dtype, each) for each in given]
    ask(session, [Inquiry(evidence, Ask.AGAIN, number, question) for number, question in enumerate(questions)])
    answers, count = [evidence.tensor(Ask.AGAIN, number) for number, _ in enumerate(questions)], len(LINEAR_FACTORS)
    bent = [
        group for k, group in enumerate(groups) if is_bent(answers[0], answers[1 + count * k : 1 + count * (k + 1)])
    ]
    if bent and not evidence.changes:
        evidence.not_linear = tuple(name for group in bent if len(group) == 1 for name in group) or bent[0]


def ask_about_extremes(session: Session, cases: Cases, evidence: Evidence, judgement: Judgement) -> None:
    """Of an answer that is wrong on extreme inputs only: is it the sizes, or a formula that rounding ruins?"""
    last, binding = len(cases.further), evidence.binding
    wrong = [number for number, case in enumerate(cases) if not evidence.passes(case, judgement.cases[number])]
    if wrong != [last] or not cases[last].stressed or evidence.narrow or binding is None:
        return
    decides = random_decides(evidence, cases)
    true = {} if decides else {f"d{name}": cases[last].true.total(name) for name in evidence.upstream}
    nudged = ({**cases[last].nudged(binding.values, k), **true} for k in range(NUDGES))
    sweep = Sweep(cases.calm.graph, cases.calm.cotangents) if decides else cases.calm.true
    calm = {**_picked(cases.calm.pool64, binding.values), **{f"d{n}": sweep.total(n) for n in evidence.upstream}}
    given = [(Ask.NUDGED, k, each) for k, each in enumerate(nudged)] + [(Ask.CALM, 0, calm)]
    ask(session, [Inquiry(evidence, a, k, _question(cases, evidence, last, "float64", each)) for a, k, each in given])


def _picked(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names}


# Questions


def _question(
    cases: Cases, evidence: Evidence, case: int, dtype: str, given: Mapping[str, Any] | None = None
) -> Question:
    """Call a function on one case: with what is `given`, and all else from the values that were sent before."""
    if evidence.binding is None:
        raise AssertionError(f"d{evidence.variable}: asked without a binding")
    given = dict(given or {})
    names = (*evidence.binding.values, *(f"d{name}" for name in evidence.upstream))
    sent = tuple(name for name in names if name not in given)
    expected = cases[case].graph.values[evidence.variable]
    room = max(LEAST_ROOM, MOST_TIMES * expected.numel() * expected.element_size())
    return Question(f"d{evidence.variable}", _pool(case, dtype), sent, given, dtype, max_bytes=room)


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
