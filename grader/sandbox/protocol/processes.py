"""What every back end offers a session: a process that takes frames and gives frames back, until it is killed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

from grader.sandbox.protocol import wire
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from grader.sandbox.protocol.deaths import Death
    from grader.sandbox.protocol.wire import Frame

_HELLO_SECONDS: Final = 30.0


class LateError(Exception):
    """Nothing came before the deadline."""


class GoneError(Exception):
    """The process closed its end: it is dead, or as good as dead."""


class Process(Protocol):
    """One child, whichever way it was started."""

    def send(self, data: bytes, deadline: float) -> None:
        """Write everything, or raise `LateError` or `GoneError`."""

    def receive(self, limit: int, deadline: float) -> Frame:
        """Read one frame of at most `limit` bytes; `LateError`, `GoneError`, or `ProtocolError` for a longer one."""

    def quiet(self) -> bool:
        """Whether nothing waits to be read: an answer before its question is a violation."""

    def end(self, *, gone: bool) -> Death | None:
        """Kill it and say how it had ended by itself; None if it had not, although it may seem `gone`."""

    def discard(self) -> None:
        """Kill it; nobody wants to know more."""


class Backend(Protocol):
    """Starts processes."""

    def start(self) -> Process:
        """A fresh process that has read nothing yet."""

    def greeting(self) -> bytes:
        """What a fresh process has to say first: the names of its locks."""

    def close(self) -> None:
        """End everything."""


def begin(process: Process, request: bytes, greeting: bytes, deadline: float) -> None:
    """Send a fresh process its first request, and hear that it is locked in.

    Raises:
        SandboxError: it is not. Nothing of a learner's has run or been read yet, so that it cannot be their fault.
        LateError, GoneError: it was locked in, and did not take the whole request.
    """
    try:
        process.send(request, deadline)
    finally:  # a process that died at once does not even take the request
        _hear(process, greeting)


def _hear(process: Process, greeting: bytes) -> None:
    try:
        hello = process.receive(wire.SLACK, time.monotonic() + _HELLO_SECONDS)
    except (LateError, GoneError, wire.ProtocolError) as fault:
        message = f"a child could not lock itself in ({type(fault).__name__}): nothing was graded; start again"
        raise SandboxError(message) from None
    if hello.kind != wire.HELLO or hello.body != greeting:
        locks = hello.body.decode("utf-8", "replace")
        message = f"a child's locks are not those of the self-test: {locks}"
        raise SandboxError(message)
