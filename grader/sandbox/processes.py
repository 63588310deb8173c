"""What every back end offers a session: a process that takes frames and gives frames back, until it is killed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from grader.sandbox.deaths import Death
    from grader.sandbox.wire import Frame


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
