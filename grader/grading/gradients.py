"""Grading one submission: the questions in the order that gives nothing away, and a row for every gradient.

1. Whatever reveals nothing: random cotangents on every case, in one frame.
2. The chained pass, on the learner's own gradients.
3. Variable by variable from the loss backwards, all remaining questions about one before any question whose
   inputs hold its reference.

Local, chained and every random case are the same call; only the dictionary of upstream gradients differs. Where the
learner's own gradients are autograd's, bit for bit, the local question is the chained one, and asked once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.diagnose import explain
from grader.exercise.case import Cases, build_cases, pool_values
from grader.exercise.settings import Settings
from grader.exercise.shelf import differs_from_installed
from grader.grading.row import Row, plain, total
from grader.sandbox.types import (
    Isolation,
    NotStarted,
    Outcome,
    Question,
    Raised,
    Reading,
    Returned,
    WrongType,
)
from grader.verdict.binding import bind
from grader.verdict.evidence import (
    CHAIN_TOLERANCE,
    NARROW_TOLERANCE,
    Columns,
    Evidence,
    Judgement,
    Verdict,
    all_outcomes,
    is_fatal,
    tensor_of,
)
from grader.verdict.judge import is_local_style, judge, lecture_columns, same, score
from grader.verdict.problems import failure_sentence, finding_sentence

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from grader.exercise.exercise import Exercise
    from grader.grading.submission import Submission
    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.session import Session

SLOW_SECONDS = 1.0


MAX_ANSWER_BYTES = 1 << 22


@dataclass(slots=True)
class _Chain:
    """What the chained pass came to for one gradient."""

    columns: Columns
    correct: bool


@dataclass(slots=True)
class _State:
    """What is known while one submission is graded."""

    reading: Reading
    evidence: dict[str, Evidence] = field(default_factory=dict)
    chain: dict[str, _Chain] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    """Gradients whose functions are not asked again: they hung, died or are not written."""


class Grading:
    """One submission graded on one exercise. Iterate `rows()`, or pull one with `row(name)`; then `document()`."""

    def __init__(
        self,
        exercise: Exercise,
        submission: Submission,
        sandbox: Sandbox,
        settings: Settings | None = None,
        cases: Cases | None = None,
    ) -> None:
        self.exercise = exercise
        self.submission = submission
        self.settings = settings or Settings()
        self.cases = cases or build_cases(
            exercise, self.settings.seed, self.settings.batch_size, self.settings.hidden_seed
        )
        self.reading: Reading | None = None
        self._sandbox = sandbox
        self._known: dict[str, Row] = {}
        self._pending = self._grade()
        self._seconds = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """The gradients that get a row, in the order of the report."""
        wanted = self.settings.only
        return tuple(name for name in self.exercise.gradients if not wanted or name in wanted)

    def rows(self) -> Iterator[Row]:
        """Every row, in the order of the report, each when it is known."""
        for name in self.names:
            yield self.row(name)

    def row(self, name: str) -> Row:
        """One gradient's row; grades as far as that takes."""
        while name not in self._known:
            start = time.perf_counter()
            row = next(self._pending)
            self._seconds += time.perf_counter() - start
            self._known[row.name] = row
        return self._known[name]

    def close(self) -> None:
        """Let go of the sandbox's child, if rows are left ungraded."""
        self._pending.close()

    def document(self) -> dict[str, Any]:
        """The submission's entry in the report. Grades what has not been graded."""
        rows = list(self.rows())
        self.close()
        isolation = self._sandbox.isolation
        reading = self.reading
        return {
            "name": self.submission.name,
            "exercise": self.exercise.name,
            "source": str(self.submission.source),
            "sha256": self.submission.sha256,
            "status": self._status(rows),
            "problem": reading.problem if reading else None,
            "notes": list(reading.notes) if reading else [],
            "case": {"seed": self.settings.seed, "sizes": dict(self.cases.given.sizes)},
            "hidden_cases": sum(case.hidden for case in self.cases),
            "reference_hash": self.cases.reference_hash,
            "isolation": _isolation_document(isolation),
            "score": total(rows),
            "previous_score": None,
            "duration_s": self._seconds,
            "gradients": [row.as_dict() for row in rows],
        }

    def _status(self, rows: Sequence[Row]) -> str:
        if self.reading is not None and self.reading.problem is not None:
            return "unreadable"
        return "refused" if rows and all(row.verdict is Verdict.REFUSED for row in rows) else "graded"

    def _grade(self) -> Generator[Row]:
        with self._sandbox.open(self.submission.files, self.exercise.rules) as session:
            self.reading = session.reading
            state = _State(session.reading, {name[1:]: self._prepare(name) for name in self.names})
            whole = None if self.reading.problem else session.load()
            if self.reading.problem is not None or whole is not None:
                for variable in state.evidence:
                    yield self._row(state, variable, whole)
                return
            self._ask_random(session, state)
            if not self.settings.only:
                self._ask_chained(session, state)
            for variable in state.evidence:
                self._ask_true(session, state, variable)
                yield self._row(state, variable)

    def _prepare(self, name: str) -> Evidence:
        if self.reading is None:
            raise AssertionError("prepared before reading")
        variable, function = name[1:], self.reading.functions.get(name)
        evidence = Evidence(variable, function)
        if function is not None:
            graph = self.cases.given.graph
            evidence.binding = bind(function, variable, self.exercise, pool_values(graph.values), graph.differentiable)
        return evidence

    # the questions

    def _askable(self, state: _State) -> list[Evidence]:
        return [
            e
            for e in state.evidence.values()
            if e.function is not None
            and not e.function.findings
            and e.binding is not None
            and e.binding.problem is None
            and e.variable not in state.dead
        ]

    def _ask_random(self, session: Session, state: _State) -> None:
        """Everything that reveals nothing: random cotangents on all cases, and which upstream gradients matter."""
        for index, case in enumerate(self.cases):
            session.pool(f"case{index}", case.pool64)
        self._ask(session, state, list(self._random_questions(state)))
        for evidence in self._askable(state):
            evidence.depends_on = self._dependencies(evidence)
            if isinstance(evidence.random[0], NotStarted):
                state.dead.add(evidence.variable)
        narrow = [e for e in self._askable(state) if _wants_float32(e)]
        if narrow:
            for index, case in enumerate(self.cases):
                session.pool(f"narrow{index}", case.pool32)
            self._ask(
                session,
                state,
                [
                    (e.narrow, i, _question(e, f"narrow{i}", "float32"))
                    for e in narrow
                    for i, _ in enumerate(self.cases)
                ],
            )

    def _random_questions(self, state: _State) -> Iterator[_Asked]:
        probe = list(self.cases).index(self.cases.probe)
        for evidence in self._askable(state):
            for index, _ in enumerate(self.cases):
                yield evidence.random, index, _question(evidence, f"case{index}", "float64")
            for name in evidence.binding.upstream if evidence.binding else ():
                other = {f"d{name}": self.cases.probe.other_cotangents[name]}
                yield evidence.random, _probe_key(evidence, name), _question(evidence, f"case{probe}", "float64", other)

    def _dependencies(self, evidence: Evidence) -> tuple[str, ...]:
        """The upstream gradients that change the answer, found by changing one at a time."""
        base = tensor_of(evidence.random.get(list(self.cases).index(self.cases.probe)))
        if base is None:
            return (
                evidence.binding.upstream if evidence.binding and tensor_of(evidence.random.get(0)) is not None else ()
            )
        found = []
        for name in evidence.binding.upstream if evidence.binding else ():
            key = _probe_key(evidence, name)
            other = tensor_of(evidence.random.get(key))
            if other is not None:
                del evidence.random[key]
            if other is None or base.shape != other.shape or not torch.equal(base, other):
                found.append(name)
        return tuple(found)

    def _ask_chained(self, session: Session, state: _State) -> None:
        """The lecture's own table: every gradient from the learner's own gradients, in float32 and in float64."""
        given, upstream32, upstream64 = self.cases.given, dict[str, torch.Tensor](), dict[str, torch.Tensor]()
        session.pool("given", given.pool32)
        for name in given.graph.differentiable - set(self.exercise.graded):
            upstream32[name], upstream64[name] = given.reference[name], given.true.total(name)
        untouched = set(upstream32)
        for evidence in self._askable(state):
            variable = evidence.variable
            needed = set(evidence.binding.upstream if evidence.binding else ())
            if needed - upstream32.keys():
                continue
            evidence.chained_is_local = needed <= untouched
            questions: list[_Asked] = [
                (_Slot(evidence, "chained"), 0, _question(evidence, "given", "float32", _upstream(needed, upstream32)))
            ]
            if not needed - upstream64.keys():
                questions.append(
                    (
                        _Slot(evidence, "chained64"),
                        0,
                        _question(evidence, "case0", "float64", _upstream(needed, upstream64)),
                    )
                )
            self._ask(session, state, questions)
            for outcome, reference, kept in (
                (evidence.chained, given.reference[variable], upstream32),
                (evidence.chained64, given.true.total(variable), upstream64),
            ):
                got = tensor_of(outcome)
                if got is not None and got.shape == reference.shape and got.dtype == reference.dtype:
                    kept[variable] = got
            if variable in upstream32 and same(upstream32[variable], given.reference[variable]):
                untouched.add(variable)

    def _ask_true(self, session: Session, state: _State, variable: str) -> None:
        """All questions about one variable that hold true gradients: the local one, and those of a fused answer."""
        evidence = state.evidence[variable]
        if evidence not in self._askable(state) or isinstance(evidence.failure(), Raised | WrongType):
            return
        if self.settings.only:
            session.pool("given", self.cases.given.pool32)
        needed = evidence.binding.upstream if evidence.binding else ()
        questions: list[_Asked] = []
        if evidence.chained_is_local:  # the question would be the same
            evidence.local = evidence.chained
        else:
            local = _question(evidence, "given", "float32", _upstream(needed, self.cases.given.reference))
            questions.append((_Slot(evidence, "local"), 0, local))
        if not is_local_style(evidence, self.cases) and not evidence.narrow:
            for index, case in enumerate(self.cases):
                true = {f"d{name}": case.true.total(name) for name in needed}
                questions.append((evidence.true, index, _question(evidence, f"case{index}", "float64", true)))
        self._ask(session, state, questions)

    def _ask(self, session: Session, state: _State, asked: list[_Asked]) -> None:
        """Ask in one frame; after a function has hung or died, ask the rest without it."""
        while asked:
            outcomes = session.ask([question for _, _, question in asked])
            for position, (where, key, question) in enumerate(asked):
                outcome = next(outcomes)
                where[key] = outcome
                if is_fatal(outcome):
                    state.dead.add(question.function[1:])
                    outcomes.close()
                    asked = [a for a in asked[position + 1 :] if a[2].function != question.function]
                    break
            else:
                return

    # the rows

    def _row(self, state: _State, variable: str, whole: Outcome | None = None) -> Row:
        start = time.perf_counter()
        evidence = state.evidence[variable]
        judgement = self._judge(state, evidence, whole)
        diagnosis = explain(evidence, judgement, self.cases)
        points = self.exercise.points(variable)
        outcomes = list(all_outcomes(evidence))
        chained = None if self.settings.only or whole is not None else self._chained(state, evidence, judgement)
        line = evidence.function.line if evidence.function else state.reading.line
        failure = whole or evidence.failure()
        if isinstance(failure, Raised) and failure.line is not None:
            line = failure.line
        elif evidence.function is not None and evidence.function.findings:
            line = evidence.function.findings[0].line
        return Row(
            name=f"d{variable}",
            variable=variable,
            file=evidence.function.file if evidence.function else state.reading.file,
            line=line,
            shape=judgement.shape,
            dtype=judgement.dtype,
            points=points if self._scores(judgement) else 0,
            possible=points,
            verdict=judgement.verdict,
            problem=judgement.problem,
            notes=tuple(self._notes(judgement, outcomes)),
            diagnosis=diagnosis.as_dict() if diagnosis else None,
            correct=judgement.verdict.right,
            score=judgement.score,
            tolerance=judgement.tolerance,
            general=judgement.general,
            depends_on=tuple(f"d{name}" for name in evidence.depends_on),
            local=plain(judgement.local),
            chained=chained,
            cases=tuple(plain(case) for case in judgement.cases),
            worst=_worst_document(judgement),
            pattern={"levels": list(judgement.pattern)} if judgement.pattern else None,
            duration_s=time.perf_counter() - start + sum(outcome.seconds for outcome in outcomes),
            printed="".join(dict.fromkeys(outcome.printed for outcome in outcomes)),
        )

    def _judge(self, state: _State, evidence: Evidence, whole: Outcome | None) -> Judgement:
        name, function, binding = f"d{evidence.variable}", evidence.function, evidence.binding
        if state.reading.problem is not None:
            return Judgement(Verdict.RAISED, state.reading.problem)
        if function is None:
            return Judgement(Verdict.NOT_STARTED, f"{state.reading.file} has no function {name}")
        if function.findings:
            return Judgement(Verdict.REFUSED, finding_sentence(function.findings[0]))
        if whole is not None:
            return Judgement(*failure_sentence(whole, state.reading.file, "the file"))
        if binding is not None and binding.problem is not None:
            return Judgement(Verdict.UNKNOWN_PARAMETER, binding.problem)
        failed = evidence.failure()
        return Judgement(*failure_sentence(failed, name, "the function")) if failed else judge(evidence, self.cases)

    def _scores(self, judgement: Judgement) -> bool:
        criterion = self.settings.criterion
        if criterion == "approximate":
            return judgement.local.approximate
        wants_bits = criterion == "exact" and self.exercise.settings.exact_expected and self.settings.exact_comparable
        return judgement.verdict is Verdict.EXACT if wants_bits else judgement.verdict.right

    def _chained(self, state: _State, evidence: Evidence, judgement: Judgement) -> dict[str, Any]:
        variable, given = evidence.variable, self.cases.given
        judged = evidence.chained is evidence.local and judgement.shape is not None
        chained = tensor_of(evidence.chained)
        columns = judgement.local if judged else lecture_columns(chained, given.reference[variable])
        narrow = bool(evidence.narrow)
        found = score(chained if narrow else tensor_of(evidence.chained64), given.true, variable, given).score
        tolerance = NARROW_TOLERANCE * 100 if narrow else CHAIN_TOLERANCE
        correct = judgement.verdict.right and found is not None and found <= tolerance
        chain = _Chain(columns, correct)
        state.chain[variable] = chain
        return {**plain(columns), "correct": correct, "first_cause": self._first_cause(state, variable)}

    def _first_cause(self, state: _State, variable: str) -> str | None:
        """The first gradient, from the loss backwards, that this one's chained result went wrong by."""
        mine = state.chain[variable]
        if mine.correct and mine.columns.exact:
            return None
        path = self.exercise.downstream(variable) | {variable}
        for name, chain in state.chain.items():
            if name in path and not (chain.columns.exact if mine.correct else chain.correct):
                return f"d{name}"
        raise AssertionError(f"d{variable}: broken by nothing")

    def _notes(self, judgement: Judgement, outcomes: Sequence[Outcome]) -> Iterator[str]:
        mutated = sorted({name for o in outcomes if isinstance(o, Returned) for name in o.mutated})
        if mutated:
            yield f"changes {', '.join(mutated)} in place; work on a clone, or the next line reads a changed value"
        if judgement.verdict.right and judgement.general is False:
            yield "right for this loss only: it uses an identity that other upstream gradients would not have"
        if not self.exercise.settings.exact_expected:
            reason = self.exercise.settings.exact_reason
            yield "exact is not expected here" + (f": {reason}" if reason else "")
        if judgement.narrow:
            yield "judged in float32, because the function computes in float32 whatever it is given"
        slowest = max((outcome.seconds for outcome in outcomes), default=0.0)
        if slowest > SLOW_SECONDS and judgement.verdict is not Verdict.TIMED_OUT:  # which has said so
            yield "slow: a call took more than a second"
        if differs_from_installed(self.exercise):
            yield "forward.py differs from the installed exercise"


class _Slot(dict[int, Outcome]):
    """Stores an outcome in one attribute of the evidence, where others are stored by case."""

    def __init__(self, evidence: Evidence, attribute: str) -> None:
        super().__init__()
        self._evidence, self._attribute = evidence, attribute

    def __setitem__(self, key: int, outcome: Outcome) -> None:
        setattr(self._evidence, self._attribute, outcome)


_Asked = tuple[dict[int, Outcome], int, Question]
"""Where the outcome goes, under which key, and what is asked."""


def _question(evidence: Evidence, pool: str, dtype: str, given: Mapping[str, torch.Tensor] | None = None) -> Question:
    binding = evidence.binding
    if binding is None:
        raise AssertionError(f"d{evidence.variable}: asked without a binding")
    given = dict(given or {})
    names = (*binding.values, *(f"d{name}" for name in binding.upstream))
    return Question(
        f"d{evidence.variable}",
        pool,
        tuple(n for n in names if n not in given),
        given,
        dtype,
        max_bytes=MAX_ANSWER_BYTES,
    )


def _upstream(needed: Sequence[str] | set[str], known: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"d{name}": known[name] for name in needed}


def _probe_key(evidence: Evidence, name: str) -> int:
    """Keys of the questions that find out about one upstream gradient: negative, so that no case has them."""
    return -1 - (evidence.binding.upstream.index(name) if evidence.binding else 0)


def _wants_float32(evidence: Evidence) -> bool:
    """Whether the float64 question at the given sizes failed in a way that pinned float32 explains."""
    outcome = evidence.random.get(0)
    got = tensor_of(outcome)
    return isinstance(outcome, Raised) or (got is not None and got.dtype == torch.float32)


def _worst_document(judgement: Judgement) -> dict[str, Any] | None:
    if judgement.worst is None:
        return None
    index, got, expected = judgement.worst
    return {"case": 0, "index": list(index), "got": got, "expected": expected}


def _isolation_document(isolation: Isolation) -> dict[str, Any]:
    return {"level": str(isolation.level), "locks": list(isolation.locks), "missing": list(isolation.missing)}
