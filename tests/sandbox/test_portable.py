"""The back end of macOS and Windows, where it differs from the fork server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.limits import Level
from grader.sandbox.types import Killed, Question, Returned

if TYPE_CHECKING:
    from grader.sandbox.client import Sandbox

pytestmark = pytest.mark.slow

FLOOD = b"""
import os
def dflood(x):
    for number in range(3, 20):
        try:
            for _ in range(2000): os.write(number, bytes(65536))
        except OSError: pass
    return x

def dexit(x):
    os._exit(7)

def dfine(x):
    return x
"""

ELSEWHERE = b"""
import torch
def delsewhere(x):
    torch.set_default_device("meta")
    return x

def dhere(x):
    return x * 2
"""


def test_it_reports_its_level_and_what_it_lacks(portable: Sandbox) -> None:
    """Measured where possible, and never `locked`."""
    isolation = portable.isolation
    assert isolation.level is Level.PROCESS
    assert "rlimit:cpu" in isolation.locks
    assert "isolation from files, network and other processes" in isolation.missing
    assert isolation.backstops


def test_a_flood_on_its_pipe_kills_it_and_the_next_question_is_answered(portable: Sandbox) -> None:
    """A spare interpreter takes over."""
    with portable.open({"backward.py": FLOOD}) as session:
        x = torch.ones(2)
        outcomes = list(session.ask([Question(each, given={"x": x}) for each in ("dflood", "dexit", "dfine")]))
    assert isinstance(outcomes[0], Killed)
    assert outcomes[1] == Killed(reason="exit", detail="exit code 7", seconds=outcomes[1].seconds)
    assert isinstance(outcomes[2], Returned)


def test_a_default_device_that_is_left_behind_does_not_hold_the_next_arguments(portable: Sandbox) -> None:
    """Writing to a tensor of the device `meta` would crash the interpreter."""
    with portable.open({"backward.py": ELSEWHERE}) as session:
        x = torch.ones(2)
        outcomes = list(session.ask([Question(each, given={"x": x}) for each in ("delsewhere", "dhere")]))
    assert isinstance(outcomes[1], Returned)
    assert outcomes[1].tensors[0].tolist() == [2.0, 2.0]


def test_a_submission_larger_than_a_pipe_arrives(portable: Sandbox) -> None:
    """A thread writes it."""
    source = b"# " + b"x" * 200_000 + b"\ndef d(x):\n    return x\n"
    with portable.open({"backward.py": source}) as session:
        [outcome] = session.ask([Question("d", given={"x": torch.ones(200_000)})])
    assert isinstance(outcome, Returned)
