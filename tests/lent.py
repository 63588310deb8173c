"""The session's warm sandbox, for commands that would start and stop their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from grader.grading.service import GradingService

if TYPE_CHECKING:
    from grader.sandbox.client import Sandbox


class Shared:
    """The session's sandbox, lent to a command that would start and stop its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stays warm for the next one."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sandbox, name)

    def close(self) -> None:
        """Stays warm for the next one."""


class SharedProcess:
    """Grades in this process with the session's sandbox, for a command that would start a process."""

    def __init__(self, sandbox: Shared) -> None:
        self._service = GradingService(sandbox)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was started."""

    def serve(self, *_: object) -> None:
        """What it serves is here already."""

    def call(self, method: Any, *args: Any) -> Any:
        """Call a method of the service."""
        return method(self._service, *args)

    def close(self) -> None:
        """Nothing was started."""
