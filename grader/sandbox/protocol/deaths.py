"""How a child ended, in a closed list of reasons and a fragment of a sentence."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from grader.sandbox.types import Killed


@dataclass(frozen=True, slots=True)
class Death:
    """What the operating system says about a process that is gone."""

    signal: int | None
    code: int | None
    cpu: float = 0.0

    @classmethod
    def from_wait(cls, status: int, cpu: float) -> Death:
        """Out of a wait status."""
        if os.WIFSIGNALED(status):
            return cls(os.WTERMSIG(status), None, cpu)
        return cls(None, os.WEXITSTATUS(status), cpu)


_SIGNALS = {
    "SIGSEGV": "segmentation fault",
    "SIGABRT": "aborted",
    "SIGBUS": "bus error",
    "SIGFPE": "arithmetic error",
    "SIGILL": "illegal instruction",
    "SIGTERM": "terminated",
    "SIGKILL": "killed",
}


def killed(death: Death, cpu_limit: float, seconds: float) -> Killed:
    """The outcome of a question whose child died by itself."""
    if death.signal is None:
        return Killed(reason="exit", detail=f"exit code {death.code}", seconds=seconds)
    name = _name(death.signal)
    if name == "SIGSYS":
        return Killed(reason="syscall", detail="a system call for another processor", seconds=seconds)
    if name == "SIGKILL" and death.cpu < cpu_limit:
        return Killed(reason="memory", detail="out of memory (killed by the operating system)", seconds=seconds)
    if name == "SIGKILL":
        return Killed(reason="signal", detail=f"more than {cpu_limit:g} s of processor time", seconds=seconds)
    words = f" ({_SIGNALS[name]})" if name in _SIGNALS else ""
    return Killed(reason="signal", detail=f"signal {death.signal}{words}", seconds=seconds)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
