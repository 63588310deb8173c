"""Exercises of kind `layer`: functions, an object or a `torch.autograd.Function` in a course's own signatures.

One call in the child answers for all rows of a case: the forward function, then the backward function with its cache,
which never leaves the child. Every row is asked as if it were a function of the inputs and dout, so that verdicts and
diagnoses are those of any gradient; `Layer` joins the questions that one call answers.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.diagnose import explain
from grader.exercise.form import factor_value
from grader.exercise.forward import OUTPUT, BrokenExercise
from grader.grading.follow_ups import FollowUps
from grader.grading.gradients import ask_further, ask_given, ask_local, ask_true, send_values
from grader.grading.questions import case_question, pool_name
from grader.grading.row import Row
from grader.sandbox.types import Returned, Several
from grader.verdict.binding import Binding
from grader.verdict.evidence import Ask, Evidence, Judgment, Verdict, is_fatal, tensor_of
from grader.verdict.judge import lecture_columns, obstacle, score, stopped
from grader.verdict.problems import Cause, form_problem, hard_coded_problem

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from grader.exercise.case import Case, Cases
    from grader.grading.questions import Attempt
    from grader.sandbox.host.session import Session
    from grader.sandbox.types import Outcome, Passes, Question


IN_BETWEEN = (
    "right by itself, wrong when the forward pass of another input comes before the backward pass: {name} uses what "
    "the latest forward pass left in a global or in the class; take it from what its own forward pass kept"
)
USED_OBJECT = (
    "right for a new object, wrong for one that has made another pass before, or beside another object: {name} uses "
    "what an earlier pass left in the object or in the class; set everything anew in each pass"
)
OVERWRITTEN = (
    "right by itself, wrong when the forward pass of another input follows: {name} keeps its result in a global, and "
    "overwrites it; return a new one"
)
SECOND_CALL = (
    "right in the first call, wrong in a second one after the same forward pass: {name} changes {what} in place; "
    "work on a copy"
)
SAME = 1e-6
"""Relative difference up to which two answers to the same question count as the same."""


class Layer:
    """A session in which every value that the functions of a layer return is a function of its own: `dx(x, w, dout)`.

    A layer that has timed out or crashed is not called again: all its values have the same outcome.

    Args:
        names: the rows by the names of these functions; of a value, `out` for `dout`.
    """

    def __init__(self, session: Session, passes: Passes, names: Mapping[str, str]) -> None:
        self._session, self._passes, self._names = session, passes, names
        self._taken = frozenset(passes.taken)
        self._sizes: dict[str, Mapping[str, Any]] = {}
        self._fatal: Outcome | None = None

    def pool(self, key: str, values: Mapping[str, torch.Tensor | int | float]) -> None:
        """Register the values that the functions are given, and no others: `out` is an answer."""
        self._sizes[key] = values
        self._session.pool(key, _sent(values, self._taken))

    def ask(self, questions: Sequence[Question]) -> Generator[Outcome]:
        """Ask for all values with as few calls as possible; yield their outcomes in order."""
        calls: dict[Any, list[Question]] = {}
        for question in questions:
            calls.setdefault(_inputs(question), []).append(question)
        joined = [self._joined(together) for together in calls.values()]
        answers = dict(zip(calls, self._answers(joined), strict=True))
        for question in questions:
            found = answers[_inputs(question)]
            place = calls[_inputs(question)].index(question)
            yield self._in_torch(found.outcomes[place], question) if isinstance(found, Several) else found

    def ask_beside(self, questions: Sequence[Question], other: str, *, hidden: bool) -> list[tuple[Outcome, Outcome]]:
        """Ask again, with the forward pass of other values in between, and the backward pass twice.

        Args:
            other: where the other values are.
            hidden: whether the learner must not see those.
        """
        joined = self._joined(questions)
        joined = replace(joined, beside=other, hidden=joined.hidden or hidden)
        found = next(iter(self._answers([joined])))
        if not isinstance(found, Several):
            return [(found, found) for _ in questions]
        once = [self._in_torch(each, question) for each, question in zip(found.outcomes, [*questions] * 2, strict=True)]
        return list(zip(once[: len(questions)], once[len(questions) :], strict=True))

    def _answers(self, joined: Sequence[Question]) -> Iterator[Outcome]:
        asked = self._session.ask(joined) if self._fatal is None else None
        for _ in joined:
            answer = self._fatal or next(asked)  # type: ignore[arg-type]
            if is_fatal(answer):  # in which of the functions is not known
                self._fatal = answer = replace(answer, function=" and ".join(call.name for call in self._passes.calls))
            yield answer

    def _joined(self, questions: Sequence[Question]) -> Question:
        wanted = tuple(self._names[each.function] for each in questions)
        room = sum(each.max_bytes for each in questions)
        return replace(
            questions[0], wanted=wanted, max_bytes=room, shape=None, hidden=any(each.hidden for each in questions)
        )

    def _in_torch(self, outcome: Outcome, question: Question) -> Outcome:
        """The answer as a vector-Jacobian product in the question's dtype: numpy computes in float64."""
        if not isinstance(outcome, Returned):
            return outcome
        tensors = outcome.tensors
        if factor := self._passes.scale.get(self._names[question.function]):
            scale = factor_value(factor, self._sizes[question.values])
            if scale is None:
                raise BrokenExercise(f"[form] scale: {factor} is no number other than zero at the sizes of a case")
            tensors = tuple(each / scale if each.is_floating_point() else each for each in tensors)
        if self._passes.arrays == "numpy" and question.dtype == "float32":
            tensors = tuple(each.float() if each.dtype == torch.float64 else each for each in tensors)
        return outcome if tensors is outcome.tensors else replace(outcome, tensors=tensors)


_SENT: dict[tuple[int, frozenset[str]], tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
"""What was sent of the latest cases' values: successive submissions are asked about the same ones."""
MOST_SENT = 64


def _sent(values: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    kept = _SENT.get((id(values), names))
    if kept is None:
        kept = values, {name: value for name, value in values.items() if name in names}
        if len(_SENT) >= MOST_SENT:
            del _SENT[next(iter(_SENT))]
        _SENT[id(values), names] = kept
    return kept[1]


def _inputs(question: Question) -> tuple[Any, ...]:
    """What decides whether one call answers two questions."""
    given = tuple((name, id(value)) for name, value in question.given.items())
    return question.values, question.from_values, given, question.dtype


class LayerSteps:
    """Grades one submission to such an exercise."""

    def __init__(self, attempt: Attempt) -> None:
        passes = attempt.exercise.settings.form
        if passes is None:
            raise AssertionError(f"{attempt.exercise.name} is a layer without a form")
        self._attempt, self._passes = attempt, passes
        self._follow_ups = FollowUps(attempt.cases)

    def rows(self, session: Session) -> Iterator[Row]:
        """Random cotangents on the given case, then on the others; yield each row as soon as it is known."""
        cases = self._attempt.cases
        names = {f"d{variable}": self._attempt.exercise.row_name(variable) for variable in self._attempt.variables}
        layer: Any = Layer(session, self._passes, names)
        found = [self._evidence(variable) for variable in self._attempt.variables]
        states: dict[str, str] = {}
        if any(evidence.askable for evidence in found):
            send_values(layer, cases)
            ask_given(layer, cases, found)
            ask_local(layer, cases, found)
            ask_further(layer, cases, found)
            states = self._states(layer, found)
        wrong: list[str] = []
        for evidence in found:
            start = time.perf_counter()
            is_value = self._attempt.exercise.is_value(evidence.variable)
            if is_value:
                judgment, notes = _stateless(judge_value(evidence, cases), states.get(evidence.variable)), list[str]()
                if judgment.verdict in (Verdict.WRONG_VALUES, Verdict.HARD_CODED) and self._passes.forward is not None:
                    wrong.append(evidence.variable)
            else:
                ask_true(layer, cases, evidence)
                judgment, notes = self._follow_ups.judged(layer, evidence)
                judgment = _stateless(judgment, states.get(evidence.variable))
                notes = notes if judgment.verdict.right or not wrong else [*notes, _forward_first(wrong)]
            explained = self._attempt.settings.explained and judgment.problem not in states.values()
            found_out = explain(evidence, judgment, cases) if explained else None
            diagnosis = found_out.as_dict() if found_out else None
            if self._attempt.exercise.in_numpy:
                judgment = replace(judgment, problem=in_numpy_words(judgment.problem))
                diagnosis = in_numpy_words(diagnosis)
            yield Row.of(
                self._attempt,
                evidence.variable,
                evidence,
                judgment,
                diagnosis=diagnosis,
                notes=notes,
                seconds=time.perf_counter() - start + sum(outcome.seconds for outcome in evidence.calls()),
            )

    def extra(self) -> dict[str, Any]:
        """Nothing beyond the rows."""
        return {}

    def _states(self, layer: Layer, found: Sequence[Evidence]) -> dict[str, str]:
        """What is wrong with an answer that is right in a pass of its own; by variable.

        The forward pass of another case comes between its own and its backward pass, which is called twice. First the
        other case has the same sizes, as a copy that is kept by shape would; then it has others, unless an object is
        made for these.
        """
        cases = self._attempt.cases
        asked = [each for each in found if each.tensor(_kind(each)) is not None]
        states: dict[str, str] = {}
        sized = [number for number, case in enumerate(cases) if number > 1 and not case.stressed]
        others = [1] if self._passes.make is not None else [1, *sized[:1]]
        groups = [[each for each in asked if each.narrow is narrow] for narrow in (False, True)]
        for number in others if self._passes.forward is not None else ():
            known = frozenset(states)
            for group in filter(None, groups):
                dtype = "float32" if group[0].narrow else "float64"
                questions = [case_question(cases, each, 0, dtype) for each in group]
                answers = layer.ask_beside(questions, pool_name(number, dtype), hidden=cases[number].hidden)
                for evidence, (first, again) in zip(group, answers, strict=True):
                    # What was found at the same sizes may make the whole call fail at others.
                    if not known or tensor_of(first) is not None:
                        states |= {evidence.variable: said} if (said := self._state(evidence, first, again)) else {}
        return states

    def _state(self, evidence: Evidence, first: Outcome, again: Outcome) -> str:
        """What is wrong with an answer beside another pass; empty if nothing is."""
        alone, row = evidence.tensor(_kind(evidence)), self._attempt.exercise.row_name(evidence.variable)
        once, twice, passes = tensor_of(first), tensor_of(again), self._passes
        last = next((call.name for call in passes.calls if row in call.returns), passes.backward.name)
        if alone is None or (row in passes.reads.values() and _adds_up(alone, once, twice)):
            return ""
        if not _close(alone, once):
            is_value = self._attempt.exercise.is_value(evidence.variable)
            said = USED_OBJECT if passes.make is not None else OVERWRITTEN if is_value else IN_BETWEEN
            return said.format(name=last)
        if twice is None or _close(alone, twice):
            return ""
        changed = isinstance(again, Returned) and f"d{OUTPUT}" in again.mutated
        return SECOND_CALL.format(name=last, what=f"d{OUTPUT}" if changed else "what the forward pass kept")

    def _evidence(self, variable: str) -> Evidence:
        """The evidence for a row: which function it is from, and why the layer cannot be called, if it cannot."""
        reading, exercise = self._attempt.reading, self._attempt.exercise
        row, calls = exercise.row_name(variable), self._passes.calls
        last = next((call for call in calls if row in call.returns), self._passes.backward)
        names = self._passes.taken
        upstream = (OUTPUT,) if f"d{OUTPUT}" in names else ()
        sent = {*exercise.inputs_parameters, *exercise.producer, *exercise.given_sizes}
        binding = Binding(tuple(name for name in names if name in sent), upstream)
        needed = calls[: calls.index(last) + 1]
        obstacles = (obstacle(call.name, reading, self._attempt.loading, binding) for call in needed)
        first = next(filter(None, obstacles), None)
        return Evidence(variable, reading.functions.get(last.name), binding, first, rough=exercise.tolerance)


_IN_NUMPY = (
    (re.compile(r"\btorch\.(float32|float64)\b"), "float64"),
    (re.compile(r"\btorch\.(bool|u?int\d+|float16)\b"), r"\1"),
    (re.compile(r"\btorch\."), "np."),
    (re.compile(r"\bkeepdim="), "keepdims="),
    (re.compile(r"\ba tensor\b"), "an array"),
    (re.compile(r"(?<!torch )\btensor(s?)\b"), r"array\1"),
)
"""What PyTorch calls something, and what NumPy does."""


def in_numpy_words(said: Any) -> Any:
    """A sentence, or a table with sentences, in the words of NumPy."""
    if isinstance(said, str):
        for words, others in _IN_NUMPY:
            said = words.sub(others, said)
    elif isinstance(said, dict):
        return {key: in_numpy_words(value) for key, value in said.items()}
    elif isinstance(said, (list, tuple)):
        return type(said)(map(in_numpy_words, said))
    return said


def _stateless(judgment: Judgment, problem: str | None) -> Judgment:
    """The verdict on an answer that may be right in a pass of its own only."""
    if problem is None or not judgment.verdict.right:
        return judgment
    return replace(judgment, verdict=Verdict.HARD_CODED, problem=problem)


def _kind(evidence: Evidence) -> Ask:
    return Ask.NARROW if evidence.narrow else Ask.RANDOM


def _close(one: torch.Tensor, other: torch.Tensor | None) -> bool:
    """Whether two answers to the same question are the same up to rounding."""
    if other is None or one.shape != other.shape:
        return False
    one, other = one.double(), other.double()
    largest = float(one.abs().nan_to_num(0, 0, 0).max()) if one.numel() else 0.0
    return bool(torch.allclose(one, other, rtol=SAME, atol=SAME * largest, equal_nan=True))


def _adds_up(alone: torch.Tensor, once: torch.Tensor | None, twice: torch.Tensor | None) -> bool:
    """Whether an attribute of an object sums the gradients of successive backward passes, as in PyTorch."""
    if once is None or twice is None or once.shape != alone.shape or twice.shape != alone.shape:
        return False
    return _close(alone, twice - once) or _close(alone, once)


def _forward_first(wrong: Sequence[str]) -> str:
    """Of a wrong gradient behind these wrong values."""
    said = f"{' and '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong, so the forward pass comes first"
    return f"{said}: what it keeps for the backward pass may be wrong as well"


@dataclass(frozen=True)
class _Value:
    """A forward value in the place of a gradient: what an answer is compared with, and on which scale."""

    case: Case

    def cut(self, variable: str) -> torch.Tensor:
        """The value, in float64."""
        value: torch.Tensor = self.case.graph.values[variable]
        return value

    def magnitude(self, variable: str) -> float:
        """Its largest element."""
        return float(self.cut(variable).abs().max())


def judge_value(evidence: Evidence, cases: Cases) -> Judgment:
    """The verdict on a value that a layer's forward function returns."""
    if (judgment := stopped(evidence)) is not None:
        return judgment
    variable, got = evidence.variable, evidence.tensor(Ask.LOCAL)
    if got is None:
        raise AssertionError(f"{variable}: judged without an answer")
    expected: torch.Tensor = cases.given.values[variable]
    columns = lecture_columns(got, expected)
    so_far = Judgment(
        Verdict.EXACT, None, columns, tuple(got.shape), str(got.dtype).removeprefix("torch."), narrow=evidence.narrow
    )
    if (problem := form_problem(got, expected)) is not None:
        return replace(so_far, verdict=problem[0], problem=problem[1])
    kind = Ask.NARROW if evidence.narrow else Ask.RANDOM
    values: list[Any] = [_Value(case) for case in cases]
    scores = tuple(score(evidence.tensor(kind, k), value, variable, value.case) for k, value in enumerate(values))
    failing = [(case, each) for case, each in zip(cases, scores, strict=True) if not evidence.passes(case, each)]
    so_far = replace(so_far, cases=scores, tolerance=evidence.tolerance)
    if not failing:
        return replace(so_far, verdict=Verdict.EXACT if columns.exact else Verdict.CORRECT)
    if failing[0][0] is cases.given:
        said = f"values differ from those of forward.py: maxdiff {columns.maxdiff or 0.0:.3g}"
        return replace(so_far, verdict=Verdict.WRONG_VALUES, problem=said)
    cause = Cause.RANGE if all(case.stressed for case, _ in failing) else Cause.OPEN
    return replace(so_far, verdict=Verdict.HARD_CODED, problem=hard_coded_problem(failing[0][1], cause))
