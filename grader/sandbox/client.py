"""The sandbox as the grader sees it: open a submission, ask questions, know how far it is locked in."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self
from weakref import WeakSet

from grader.sandbox.limits import CALL_SECONDS, SUBMISSION_SECONDS, Level, Limits
from grader.sandbox.numerics import Numerics, pin_environment, pin_torch
from grader.sandbox.types import Isolation, RulesConfig, SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.sandbox.host.forkserver import ForkServer
    from grader.sandbox.host.portable import Portable
    from grader.sandbox.host.session import Session
    from grader.sandbox.types import Member

_CPU_ALLOWANCE: Final = 5.0
"""Processor seconds beyond a submission's: its kernel limit only catches what the deadlines miss."""


def started(
    level: Level = Level.NONE,
    *,
    timeout: float = CALL_SECONDS,
    submission_timeout: float = SUBMISSION_SECONDS,
    imports: Iterable[str] = (),
    load_torch: bool = True,
) -> Sandbox:
    """Start a sandbox, and load torch here with the numerics that the server has.

    In this order, which is the only one that works and does not wait:

    1. the environment is pinned: torch reads it once, while it is imported, in this process and in those forked later;
    2. the server starts and imports torch (1.1 to 1.5 s) while this process goes on;
    3. torch is imported here, meanwhile, single-threaded and without oneDNN. A `Session` needs it, so that it has to be
       there before the first `open`.

    A notebook, whose own torch is to keep its threads and kernels, takes the class itself.

    Args:
        level: the lowest isolation that is accepted. `Level.PROCESS` also takes the portable back end, so that Linux
            can run what other systems run.
        timeout: seconds that one call may take.
        submission_timeout: seconds that the grader waits for all of a submission's answers together.
        imports: modules that an exercise allows beyond the built-in list.
        load_torch: False leaves step 3 to the caller, who has something else to do first: `sandbox.numerics` does it.

    Returns:
        The sandbox, to be closed or used in a `with`; its `numerics` say what torch computes with.
    """
    pin_environment()
    force = Level.PROCESS if level is Level.PROCESS else None
    sandbox = Sandbox(
        minimum=level, force=force, timeout=timeout, submission_timeout=submission_timeout, imports=imports
    )
    if load_torch:
        try:
            _ = sandbox.numerics
        except BaseException:  # Ctrl-C in the second that torch takes: the server must not be left behind
            sandbox.close()
            raise
    return sandbox


class Sandbox:
    """A warm server for learners' code. The constructor returns at once: torch loads in the other process meanwhile.

    Args:
        minimum: the lowest level that is accepted; a lower one is a `SandboxError`.
        force: `Level.PROCESS` takes the portable back end even on Linux.
        timeout: seconds that one call may take.
        submission_timeout: seconds that the grader waits for all of a submission's answers together.
        memory: bytes that a child may take beyond what torch has taken.
        rules: False reads no rules at all: the jail has to hold by itself.
        imports: modules that an exercise allows beyond the built-in list; imported before a child is locked in.
    """

    def __init__(
        self,
        *,
        minimum: Level = Level.NONE,
        force: Level | None = None,
        timeout: float = CALL_SECONDS,
        submission_timeout: float = SUBMISSION_SECONDS,
        memory: int = 1 << 30,
        rules: bool = True,
        imports: Iterable[str] = (),
    ) -> None:
        self._minimum = minimum
        self._rules = rules
        self._memory = memory
        self._imports = tuple(dict.fromkeys(imports))
        self._limits = Limits(timeout, submission_timeout, math.ceil(submission_timeout + _CPU_ALLOWANCE))
        self._portable = force is Level.PROCESS or not _can_fork()
        if sys.platform == "linux":
            from grader.sandbox.child.jail import hide

            hide()
        self._backend: ForkServer | Portable | None = self._start()
        self._isolation: Isolation | None = None
        self._sessions: WeakSet[Session] = WeakSet()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def numerics(self) -> Numerics:
        """What torch computes with in this process; loads it, with its numerics pinned, if it is not there yet."""
        return pin_torch()

    @property
    def isolation(self) -> Isolation:
        """What the self-test found; a `SandboxError` if that is less than was asked for."""
        if self._isolation is None:
            self._isolation = self._running().isolation()
        if self._isolation.level < self._minimum:
            raise SandboxError(_refusal(self._isolation, self._minimum))
        return self._isolation

    def open(self, files: Mapping[str, bytes], rules: RulesConfig | None = None) -> Session:
        """A fresh locked child that has read this submission."""
        from grader.sandbox.host.session import Session  # torch: not before the caller has started the server

        backend = self._running()
        _ = self.isolation  # refuses what is below the minimum
        rules = rules or RulesConfig()
        session = Session(backend, files, rules if self._rules else replace(rules, enabled=False), self._limits)
        self._sessions.add(session)
        return session

    def unpack(self, name: str, data: bytes) -> Iterator[Member]:
        """The files of a class's zip archive, taken out in a locked child that never runs any code of theirs."""
        from grader.sandbox.child.unpacking import encode_archive, unpacked

        backend = self._running()
        _ = self.isolation  # refuses what is below the minimum
        return unpacked(backend.start(), backend.greeting(), encode_archive(name, data))

    def twin(self) -> ForkServer | None:
        """Another server, forked from this one's, for a process about to be forked; None where there is no fork server.

        The forked process has to `take` it, this one to `leave_behind` its end: the server ends with the last of them.
        """
        from grader.sandbox.host.forkserver import ForkServer

        _ = self.isolation  # a twin has no self-test of its own
        backend = self._running()
        return backend.twin() if isinstance(backend, ForkServer) else None

    def take(self, twin: ForkServer) -> None:
        """In the process that was forked: go on with a server of its own."""
        from grader.sandbox.host.forkserver import ForkServer

        if isinstance(self._backend, ForkServer):
            self._backend.leave_behind()
        self._backend = twin
        self._sessions = WeakSet()

    def close(self) -> None:
        """End the server and with it every child."""
        for session in list(self._sessions):
            session.close()
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def _running(self) -> ForkServer | Portable:
        """The back end; a new one if the old one died."""
        if self._backend is None:
            message = "this sandbox is closed"
            raise SandboxError(message)
        if not self._backend.alive():
            self._backend.close()
            self._backend = self._start()
        return self._backend

    def _start(self) -> ForkServer | Portable:
        cpu = int(self._limits.cpu)
        if self._portable:
            from grader.sandbox.host.portable import Portable

            return Portable(self._memory, cpu, self._imports)
        from grader.sandbox.host.forkserver import ForkServer

        return ForkServer.launch(self._memory, cpu, self._imports)


def _can_fork() -> bool:
    """Linux, and a kernel with handles for processes (5.3 and later)."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def _refusal(found: Isolation, wanted: Level) -> str:
    """What is missing and how to get it."""
    missing = "; ".join(found.missing) or "the self-test did not refuse everything"
    return (
        f"isolation is `{found.level}` here and `{wanted}` was asked for. Missing: {missing}. "
        "Run on Linux (WSL 2 on Windows) to get `locked`, or accept less with `--isolation process`"
    )
