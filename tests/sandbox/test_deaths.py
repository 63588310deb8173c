"""Why a process died, in words, from what the operating system reports."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.host.session import Budget
from grader.sandbox.limits import Limits
from grader.sandbox.protocol.processes import Death, killed
from grader.sandbox.types import Killed, Outcome, Question, TimedOut

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox.client import Sandbox


@pytest.mark.parametrize(
    ("death", "reason", "detail"),
    [
        (Death(None, 0), "exit", "exit code 0"),
        (Death(None, 17), "exit", "exit code 17"),
        (Death(signal.SIGSEGV, None), "signal", "signal 11 (segmentation fault)"),
        (Death(signal.SIGABRT, None), "signal", "signal 6 (aborted)"),
        (Death(40, None), "signal", "signal 40"),
        (Death(signal.SIGKILL, None, cpu=1.0), "memory", "out of memory (killed by the operating system)"),
        (Death(signal.SIGKILL, None, cpu=65.0), "signal", "used more than 65 s of CPU time"),
        (Death(31, None), "syscall", "system call of another architecture"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="signal numbers are those of Linux")
def test_every_death_has_its_reason(death: Death, reason: str, detail: str) -> None:
    """The reasons are a closed list; the detail is a fragment of a sentence."""
    assert killed(death, 65.0, 0.5) == Killed(reason=reason, detail=detail, seconds=0.5)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no wait statuses")
def test_a_wait_status_is_a_signal_or_an_exit_code() -> None:
    """As the kernel packs them."""
    assert Death.from_wait(9, 0.5) == Death(9, None, 0.5)
    assert Death.from_wait(3 << 8, 0.0) == Death(None, 3)


def test_a_system_call_of_another_architecture_is_named(bared: Sandbox) -> None:
    """All numbers differ in the x32 table: using it kills the process."""
    source = b"import ctypes\ndef d(x):\n    ctypes.CDLL(None).syscall(0x40000000 | 39)\n    return x\n"
    with bared.open({"backward.py": source}) as session:
        [outcome] = session.ask([Question("d", given={"x": torch.ones(1)})])
    assert isinstance(outcome, Killed)
    assert outcome.reason == "syscall"


def test_abort_is_distinguished_from_a_segmentation_fault(ask: Callable[..., Outcome]) -> None:
    """A child may send a signal to its own process only."""
    outcome = ask("import os\ndef d(x):\n    os.abort()\n", "d", x=torch.ones(1))
    assert isinstance(outcome, Killed)
    assert outcome.detail == "signal 6 (aborted)"


def test_the_two_time_limits_are_distinguished() -> None:
    """One is the call's, one the submission's."""
    budget = Budget(Limits(call=2.0, submission=5.0, cpu=10.0))
    assert budget.timed_out(2.0) == TimedOut(limit=2.0, seconds=2.0)
    budget.spent = 5.0
    assert budget.timed_out(1.0) == TimedOut(limit=5.0, whole_submission=True, seconds=1.0)
