"""Calling the functions of one submission: what it is graded on, and frames of questions that survive crashes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import torch

from grader.exercise.case import pool_values
from grader.exercise.shelf import differs_from_installed
from grader.sandbox.types import Question
from grader.verdict.binding import bind
from grader.verdict.evidence import Ask, Evidence, is_fatal
from grader.verdict.judge import obstacle

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.exercise.settings import Settings
    from grader.sandbox.host.session import Session
    from grader.sandbox.types import Outcome, Reading

LEAST_ROOM = 1 << 19
"""Bytes that any answer may have: enough to report the shape of an unsummed one, such as (32, 64, 27) for dW2."""
MOST_TIMES = 4
"""Beyond that, an answer may be this many times as large as the gradient."""
MOST_AT_ONCE = 8 << 20
"""Maximum bytes of tensors sent with the questions of one frame."""


@dataclass(frozen=True)
class Attempt:
    """One submission on one exercise, as read and loaded by the sandbox."""

    exercise: Exercise
    settings: Settings
    cases: Cases
    reading: Reading
    loading: Outcome | None
    """What stopped the submission from loading, if anything did."""
    variables: tuple[str, ...]
    """The variables whose gradients get a row, in the order of the report."""

    def prepare(self, name: str, variable: str, gradients: Collection[str]) -> Evidence:
        """The evidence for a function that has not been called yet: its binding, or why it cannot be called.

        Args:
            name: the name of the function.
            variable: the variable whose gradient it returns.
            gradients: the variables whose gradients can be passed to it, if they are downstream of `variable`.
        """
        function = self.reading.functions.get(name)
        binding = None if function is None else bind(function, variable, self.exercise, self._values, gradients)
        return Evidence(variable, function, binding, obstacle(name, self.reading, self.loading, binding))

    @cached_property
    def _values(self) -> dict[str, Any]:
        given = self.cases.given
        return {**given.offered_sizes, **pool_values(given.graph.values)}

    @cached_property
    def forward_differs(self) -> bool:
        """Whether the exercise's forward.py is not the installed one."""
        return differs_from_installed(self.exercise)


class Inquiry(NamedTuple):
    """A question, and where its outcome is kept."""

    evidence: Evidence
    ask: Ask
    number: int
    question: Question


def ask(session: Session, inquiries: Sequence[Inquiry]) -> None:
    """Ask everything, in one frame if that is not too large, and keep the outcomes.

    After a function has timed out or crashed, its remaining questions are dropped.
    """
    while inquiries:
        frame = inquiries[: _fitting(inquiries)]
        outcomes = session.ask([each.question for each in frame])
        for position, inquiry in enumerate(frame):
            outcome = inquiry.evidence.outcomes[inquiry.ask, inquiry.number] = next(outcomes)
            if is_fatal(outcome):
                outcomes.close()
                name = inquiry.question.function
                inquiries = [each for each in inquiries[position + 1 :] if each.question.function != name]
                break
        else:
            inquiries = inquiries[len(frame) :]


def _fitting(inquiries: Sequence[Inquiry]) -> int:
    """How many of the next questions fit in one frame: functions that ask for every value make them large."""
    total = 0
    for count, inquiry in enumerate(inquiries):
        tensors = (value for value in inquiry.question.given.values() if isinstance(value, torch.Tensor))
        total += sum(tensor.numel() * tensor.element_size() for tensor in tensors)
        if total > MOST_AT_ONCE and count:
            return count
    return len(inquiries)


def case_question(
    cases: Cases, evidence: Evidence, number: int, dtype: str, given: Mapping[str, Any] | None = None
) -> Question:
    """The question that calls a function on one case: with the values in `given`, and others that were already sent."""
    if evidence.binding is None:
        raise AssertionError(f"d{evidence.variable}: asked without a binding")
    given, case = dict(given or {}), cases[number]
    sent = (*evidence.binding.values, *(f"d{name}" for name in evidence.upstream))
    if given:
        sent = tuple(name for name in sent if name not in given)
    expected = case.graph.values[evidence.variable]
    room = max(LEAST_ROOM, MOST_TIMES * expected.nbytes)
    name, shape = f"d{evidence.variable}", tuple(expected.shape)
    return Question(name, pool_name(number, dtype), sent, given, dtype, max_bytes=room, shape=shape, hidden=case.hidden)


def pool_name(number: int, dtype: str) -> str:
    """The name under which the sandbox holds the values of a case, in one dtype."""
    return f"{dtype} {number}"
