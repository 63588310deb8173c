"""Evidence: outcomes by question, and what they show together."""

from __future__ import annotations

import pytest
import torch

from grader.sandbox.types import Killed, NotStarted, Outcome, Raised, Returned, TimedOut, WrongType
from grader.verdict.binding import Binding
from grader.verdict.evidence import (
    NARROW_TOLERANCE,
    TOLERANCE,
    Ask,
    Evidence,
    Judgment,
    Verdict,
    tensor_of,
)

ONE = Returned(tensors=(torch.ones(2),))
RAISED = Raised(kind="ValueError", message="no")
LATE = TimedOut(limit=1.0)
DEAD = Killed(reason="exit", detail="exit code 0")
STUB = NotStarted(how="returned None")
FLOAT = WrongType(description="a float")


def evidence(**outcomes: Outcome) -> Evidence:
    """Evidence with outcomes by `<question>_<number>`."""
    found = Evidence("x")
    for key, outcome in outcomes.items():
        ask, number = key.split("_")
        found.outcomes[Ask(ask), int(number)] = outcome
    return found


def test_outcomes_are_found_by_what_was_asked_and_its_number() -> None:
    """A question that was not asked is None, or missing."""
    found = evidence(random_0=ONE, random_2=RAISED, local_0=ONE)
    assert found.get(Ask.RANDOM) is ONE
    assert found.get(Ask.RANDOM, 1) is None
    assert found.of(Ask.RANDOM) == {0: ONE, 2: RAISED}
    assert found.tensor(Ask.LOCAL) is ONE.tensors[0]
    assert found.tensor(Ask.RANDOM, 2) is None


def test_an_outcome_has_a_tensor_only_if_it_has_exactly_one() -> None:
    """A call that was asked for several tensors has none."""
    assert tensor_of(ONE) is ONE.tensors[0]
    assert tensor_of(Returned(tensors=(torch.ones(2), torch.ones(2)))) is None
    assert tensor_of(STUB) is None
    assert tensor_of(None) is None


def test_a_function_asked_in_float32_is_narrow_and_has_a_wider_tolerance() -> None:
    """Its rounding is 2**-23, not 2**-52."""
    assert (evidence(random_0=ONE).narrow, evidence(random_0=ONE).tolerance) == (False, TOLERANCE)
    assert (evidence(narrow_0=ONE).narrow, evidence(narrow_0=ONE).tolerance) == (True, NARROW_TOLERANCE)


def test_upstream_is_what_the_function_asks_for() -> None:
    """Nothing if the function does not exist."""
    assert Evidence("x").upstream == ()
    assert Evidence("x", binding=Binding(("n",), ("y", "z"))).upstream == ("y", "z")


@pytest.mark.parametrize(
    ("outcomes", "askable"),
    [
        ({}, True),
        ({"random_0": ONE, "random_1": RAISED}, True),
        ({"random_0": RAISED}, True),
        ({"random_0": STUB}, False),
        ({"random_0": ONE, "random_1": STUB}, True),
        ({"random_0": ONE, "random_1": LATE}, False),
        ({"random_0": ONE, "probe_0": DEAD}, False),
        ({"chained64_0": LATE}, False),
    ],
)
def test_a_function_is_not_asked_again_after_a_timeout_or_crash_or_if_it_is_a_stub(
    outcomes: dict[str, Outcome], askable: bool
) -> None:
    """An exception does not end the process."""
    assert evidence(**outcomes).askable is askable


def test_a_function_with_an_obstacle_is_never_asked() -> None:
    """A broken rule, a parameter that does not exist."""
    assert not Evidence("x", obstacle=Judgment(Verdict.REFUSED)).askable


@pytest.mark.parametrize(
    ("outcomes", "failure"),
    [
        ({}, None),
        ({"random_0": ONE, "local_0": ONE}, None),
        ({"random_0": RAISED}, RAISED),
        ({"random_0": ONE, "random_1": RAISED, "local_0": ONE}, None),
        ({"random_0": ONE, "local_0": FLOAT}, FLOAT),
        ({"random_0": RAISED, "local_0": FLOAT}, FLOAT),
        ({"random_0": RAISED, "narrow_0": ONE, "local_0": ONE}, None),
        ({"random_0": ONE, "narrow_0": RAISED}, RAISED),
        ({"random_0": ONE, "local_0": ONE, "true_0": STUB}, STUB),
        ({"random_0": ONE, "chained_0": RAISED, "local_0": ONE}, None),
        ({"random_0": RAISED, "random_2": LATE}, LATE),
        ({"random_0": ONE, "probe_1": DEAD}, DEAD),
        ({"random_0": ONE, "chained_0": ONE, "chained64_0": LATE}, LATE),
    ],
)
def test_an_exception_counts_on_the_given_case_and_a_crash_on_any(
    outcomes: dict[str, Outcome], failure: Outcome | None
) -> None:
    """A crash comes first, as it costs the other answers."""
    assert evidence(**outcomes).failure() is failure


def test_each_call_is_reported_once_and_probes_that_returned_are_not() -> None:
    """The local question is the chained one if they are the same."""
    other = Returned(tensors=(torch.zeros(2),))
    assert list(evidence(random_0=ONE, probe_0=other, probe_1=RAISED).calls()) == [ONE, RAISED]
    assert list(evidence(chained_0=ONE, chained64_0=other, local_0=ONE).calls()) == [ONE, other]
    assert list(evidence(random_0=other, chained_0=RAISED, local_0=ONE).calls()) == [other, RAISED, ONE]


def test_only_correct_and_exact_are_right() -> None:
    """The verdicts that score."""
    assert [str(verdict) for verdict in Verdict if verdict.right] == ["correct", "exact"]


@pytest.mark.parametrize("outcome", [ONE, RAISED, LATE, DEAD, FLOAT])
def test_the_question_at_kinks_decides_nothing(outcome: Outcome) -> None:
    """Whatever the outcome, the function can still be asked, has not failed, and no call is reported."""
    found = evidence(random_0=ONE, local_0=ONE, kink_0=outcome)
    assert found.askable
    assert found.failure() is None
    assert list(found.calls()) == [ONE, ONE]
