"""Asking in frames: who gets which outcome, and what a crash costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from grader.exercise.settings import Settings
from grader.grading.questions import Attempt, Inquiry, ask
from grader.sandbox.types import Finding, Function, Killed, Parameter, Question, Raised, Reading, Returned
from grader.verdict.evidence import Ask, Evidence, Verdict

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import Outcome

DEAD = Killed(reason="exit", detail="exit code 0")


class Frames:
    """A session that returns a number for each question; functions named `dies` crash at their second call."""

    def __init__(self) -> None:
        self.frames: list[list[str]] = []
        self.calls: list[str] = []

    def ask(self, questions: Sequence[Question]) -> Generator[Outcome]:
        """Answer one question at a time, on demand."""
        self.frames.append([question.function for question in questions])
        return self._answers(questions)

    def _answers(self, questions: Sequence[Question]) -> Generator[Outcome]:
        for question in questions:
            self.calls.append(question.function)
            twice = self.calls.count(question.function) == 2
            dies = question.function == "dies" and twice
            yield DEAD if dies else Returned(tensors=(torch.tensor(float(len(self.calls))),))


def inquiries(*functions: str) -> tuple[dict[str, Evidence], list[Inquiry]]:
    """Four questions to each function, alternating between functions."""
    found = {name: Evidence(name) for name in functions}
    asked = [Inquiry(found[name], Ask.RANDOM, n, Question(name)) for n in range(4) for name in functions]
    return found, asked


def test_all_questions_go_in_one_frame_and_each_outcome_is_kept_in_its_place() -> None:
    """By evidence, kind and number."""
    session, (found, asked) = Frames(), inquiries("dx", "dy")
    ask(session, asked)  # type: ignore[arg-type]
    assert len(session.frames) == 1
    assert [float(found["dy"].tensor(Ask.RANDOM, n)) for n in range(4)] == [2, 4, 6, 8]  # type: ignore[arg-type]


def test_after_a_crash_the_rest_is_asked_again_without_the_function_that_crashed() -> None:
    """It keeps the outcome of the crash and its earlier answers."""
    session, (found, asked) = Frames(), inquiries("dx", "dies", "dy")
    ask(session, asked)  # type: ignore[arg-type]
    assert session.frames[1:] == [["dy", "dx", "dy", "dx", "dy"]]
    assert found["dies"].of(Ask.RANDOM).keys() == {0, 1}
    assert found["dies"].get(Ask.RANDOM, 1) is DEAD
    assert found["dx"].of(Ask.RANDOM).keys() == found["dy"].of(Ask.RANDOM).keys() == {0, 1, 2, 3}
    assert session.calls.count("dx") == session.calls.count("dy") == 4


def test_without_questions_no_frame_is_sent() -> None:
    """The child does not even have to start."""
    session = Frames()
    ask(session, [])  # type: ignore[arg-type]
    assert session.frames == []


def attempt(mlp: Exercise, cases: Cases, function: Function, loading: Outcome | None = None) -> Attempt:
    """A file with one function."""
    return Attempt(mlp, Settings(), cases, Reading("backward.py", {function.name: function}), loading, mlp.graded)


def function(parameter: str, *findings: Finding) -> Function:
    """A dprobs with one parameter."""
    return Function("dprobs", "backward.py", 1, 2, (Parameter(parameter, "positional", False),), findings)


def test_a_function_that_can_be_called_is_prepared_with_its_parameters(mlp: Exercise, mlp_cases: Cases) -> None:
    """That takes no question."""
    found = attempt(mlp, mlp_cases, function("dlogprobs")).prepare("dprobs", "probs", {"logprobs"})
    assert (found.variable, found.upstream, found.obstacle, found.askable) == ("probs", ("logprobs",), None, True)
    assert found.outcomes == {}


@pytest.mark.parametrize(
    ("name", "parameter", "findings", "loading", "verdict"),
    [
        ("dh", "n", (), None, Verdict.NOT_STARTED),
        ("dprobs", "n", (Finding("backward.py", 2, "grad", "no"),), None, Verdict.REFUSED),
        ("dprobs", "n", (), Raised(kind="ValueError", message="no"), Verdict.RAISED),
        ("dprobs", "q", (), None, Verdict.UNKNOWN_PARAMETER),
    ],
)
def test_a_function_that_cannot_be_called_is_prepared_with_its_obstacle(
    mlp: Exercise,
    mlp_cases: Cases,
    name: str,
    parameter: str,
    findings: tuple[Finding, ...],
    loading: Outcome | None,
    verdict: Verdict,
) -> None:
    """And is never called."""
    read = attempt(mlp, mlp_cases, function(parameter, *findings), loading)
    found = read.prepare(name, name[1:], {"logprobs"})
    assert found.obstacle is not None
    assert (found.obstacle.verdict, found.askable) == (verdict, False)
