"""The interface of every back end: a process that exchanges frames until it is killed, and how it ended."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from grader.sandbox.protocol import wire
from grader.sandbox.types import Killed, SandboxError

if TYPE_CHECKING:
    from grader.sandbox.protocol.wire import Frame

_HELLO_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Death:
    """What the operating system reports about a process that has ended."""

    signal: int | None
    code: int | None
    cpu: float = 0.0

    @classmethod
    def from_wait(cls, status: int, cpu: float) -> Death:
        """From a wait status and the CPU seconds used."""
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
    """The outcome of a question whose child died of its own accord."""
    if death.signal is None:
        return Killed(reason="exit", detail=f"exit code {death.code}", seconds=seconds)
    name = _name(death.signal)
    if name == "SIGSYS":
        return Killed(reason="syscall", detail="system call of another architecture", seconds=seconds)
    if name == "SIGKILL" and death.cpu < cpu_limit:
        return Killed(reason="memory", detail="out of memory (killed by the operating system)", seconds=seconds)
    if name == "SIGKILL":
        return Killed(reason="signal", detail=f"used more than {cpu_limit:g} s of CPU time", seconds=seconds)
    words = f" ({_SIGNALS[name]})" if name in _SIGNALS else ""
    return Killed(reason="signal", detail=f"signal {death.signal}{words}", seconds=seconds)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class LateError(Exception):
    """Nothing arrived before the deadline."""


class GoneError(Exception):
    """The process closed its end: it is dead or about to be."""


class Process(Protocol):
    """One child, however it was started."""

    def send(self, data: bytes, deadline: float) -> None:
        """Write everything, or raise `LateError` or `GoneError`."""

    def receive(self, limit: int, deadline: float) -> Frame:
        """Read one frame of at most `limit` bytes, or raise `LateError`, `GoneError`, or `ProtocolError` if longer."""

    def quiet(self) -> bool:
        """Whether nothing is waiting to be read: an answer before its question violates the protocol."""

    def end(self, *, gone: bool) -> Death | None:
        """Kill it and return how it had already ended; None if it was still running, although it may seem `gone`."""

    def discard(self) -> None:
        """Kill it without asking how it ended."""


class Backend(Protocol):
    """Starts processes."""

    def start(self) -> Process:
        """A fresh process that has read nothing yet."""

    def greeting(self) -> bytes:
        """The first message expected from a fresh process: the names of its locks."""

    def close(self) -> None:
        """End all processes."""


def begin(process: Process, request: bytes, greeting: bytes, deadline: float) -> None:
    """Send a fresh process its first request, and wait for its report that it is locked in.

    Raises:
        SandboxError: it is not locked in. No learner's code has run or been read yet, so it cannot be the cause.
        LateError, GoneError: it was locked in, but did not accept the whole request.
    """
    try:
        process.send(request, deadline)
    finally:  # a process that died at once does not even accept the request
        _hear(process, greeting)


def _hear(process: Process, greeting: bytes) -> None:
    try:
        hello = process.receive(wire.SLACK, time.monotonic() + _HELLO_SECONDS)
    except (LateError, GoneError, wire.ProtocolError) as fault:
        message = f"a sandbox child could not lock itself in ({type(fault).__name__}): nothing was graded; run it again"
        raise SandboxError(message) from None
    if hello.kind != wire.HELLO or hello.body != greeting:
        locks = hello.body.decode("utf-8", "replace")
        message = f"a sandbox child's locks differ from those of the self-test: {locks}"
        raise SandboxError(message)
