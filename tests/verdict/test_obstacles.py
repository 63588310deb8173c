"""What prevents a function from being called, and how a failed call becomes a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.sandbox.types import Finding, Function, Killed, NotStarted, Raised, Reading, Returned, TimedOut, WrongType
from grader.verdict.binding import Binding
from grader.verdict.judge import failed, obstacle

if TYPE_CHECKING:
    from grader.sandbox.types import Outcome
    from grader.verdict.evidence import Judgment

FINDING = Finding("backward.py", 7, "grad", "`.grad` is autograd's")
LOADING = Raised(kind="ZeroDivisionError", message="division by zero", file="backward.py", line=9)
UNKNOWN = Binding((), (), "dx asks for q, which is not in the forward pass")


def reading(*functions: Function, problem: str | None = None) -> Reading:
    """A file with these functions."""
    return Reading("backward.py", {function.name: function for function in functions}, problem=problem)


def function(*findings: Finding) -> Function:
    """A function dx on line 5."""
    return Function("dx", "backward.py", 5, 8, (), findings)


def told(found: Judgment | None) -> tuple[str, str | None, int | None] | None:
    """Verdict, sentence and line."""
    return None if found is None else (str(found.verdict), found.problem, found.line)


def test_a_callable_function_has_no_obstacle() -> None:
    """So it is called."""
    assert obstacle("dx", reading(function()), None, Binding((), ())) is None


@pytest.mark.parametrize(
    ("read", "loading", "binding", "expected"),
    [
        (
            reading(problem="backward.py:1: invalid syntax"),
            None,
            None,
            ("raised", "backward.py:1: invalid syntax", None),
        ),
        (reading(), LOADING, None, ("not_started", "backward.py has no function dx", None)),
        (reading(function(FINDING)), LOADING, UNKNOWN, ("refused", "`.grad` is autograd's (backward.py:7)", 7)),
        (
            reading(function()),
            LOADING,
            UNKNOWN,
            ("raised", "backward.py raised ZeroDivisionError: division by zero (backward.py:9)", 9),
        ),
        (reading(function()), None, UNKNOWN, ("unknown_parameter", UNKNOWN.problem, None)),
    ],
    ids=["unreadable", "missing", "refused", "does not load", "unknown parameter"],
)
def test_the_first_obstacle_is_reported(
    read: Reading, loading: Outcome | None, binding: Binding | None, expected: object
) -> None:
    """In the order in which a learner meets them."""
    assert told(obstacle("dx", read, loading, binding)) == expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (TimedOut(limit=2.0), ("timed_out", "dx did not finish within 2 s and was stopped", None)),
        (
            TimedOut(limit=30.0, whole_submission=True),
            ("timed_out", "the submission's limit of 30 s ran out before dx finished", None),
        ),
        (Killed(reason="exit", detail="exit code 0"), ("killed", "dx crashed: exit code 0", None)),
        (
            NotStarted(how="returned None"),
            ("not_started", "dx is not written yet: the function returned None", None),
        ),
        (Raised(kind="KeyError", message="'q'"), ("raised", "dx raised KeyError: 'q'", None)),
        (
            Raised(kind="KeyError", message="'q'", file="backward.py", line=3),
            ("raised", "dx raised KeyError: 'q' (backward.py:3)", 3),
        ),
        (WrongType(description="a float"), ("wrong_type", "dx returned a float, expected a tensor", None)),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, tuple) else value[0],
)
def test_a_failed_call_has_a_verdict_a_sentence_and_its_line_if_known(outcome: Outcome, expected: object) -> None:
    """Whatever the failure."""
    assert told(failed(outcome, "dx", "the function")) == expected


def test_a_call_that_returned_did_not_fail() -> None:
    """Asking for its failure is an internal error."""
    with pytest.raises(AssertionError, match="is not a failure"):
        failed(Returned(tensors=()), "dx", "the function")
