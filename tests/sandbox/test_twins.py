"""A second server, forked from the first."""

from __future__ import annotations

import sys
import time

import pytest
import torch

from grader.sandbox.client import Sandbox
from grader.sandbox.limits import Level
from grader.sandbox.types import Question, Returned

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="there is no fork server elsewhere"),
]


def answer(sandbox: Sandbox) -> float:
    """What a learner's function returns there."""
    with sandbox.open({"backward.py": b"def dx(x): return x + 1"}) as session:
        session.pool("c", {"x": torch.ones(1)})
        (outcome,) = session.ask([Question("dx", "c", ("x",), {})])
        assert isinstance(outcome, Returned), outcome
        return float(outcome.tensors[0])


def test_a_twin_continues_when_the_first_is_gone() -> None:
    """As locked as the first, and without it."""
    with Sandbox() as sandbox:
        level, first = sandbox.isolation, sandbox._running()
        assert answer(sandbox) == 2
        twin = sandbox.twin()
        assert twin is not None
        sandbox.take(twin)
        deadline = time.monotonic() + 10
        while first.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not first.alive()
        assert answer(sandbox) == 2
        assert (sandbox.isolation, twin.isolation()) == (level, level)


def test_a_twin_that_dies_is_replaced() -> None:
    """By a freshly started server, like any other that dies."""
    with Sandbox() as sandbox:
        first, twin = sandbox._running(), sandbox.twin()
        assert twin is not None
        sandbox.take(twin)
        first._process.wait(10)
        twin._process.kill()
        twin._process.wait(10)
        assert answer(sandbox) == 2
        assert sandbox._running() is not twin


def test_the_portable_back_end_has_no_twin() -> None:
    """Each of its processes is started from scratch."""
    with Sandbox(force=Level.PROCESS) as sandbox:
        assert sandbox.twin() is None
