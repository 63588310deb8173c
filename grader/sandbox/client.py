"""The grader's interface to the sandbox: open submissions, ask questions, report the isolation level."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from weakref import WeakSet

from grader.sandbox.can_fork import can_fork
from grader.sandbox.limits import CALL_SECONDS, SUBMISSION_SECONDS, Level, Limits
from grader.sandbox.numerics import Numerics, pin_environment, pin_torch
from grader.sandbox.types import Isolation, RulesConfig, SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.sandbox.host.forkserver import ForkServer
    from grader.sandbox.host.portable import Portable
    from grader.sandbox.host.session import Session
    from grader.sandbox.types import Member, Wanted

_CPU_ALLOWANCE: Final = 5.0
"""CPU seconds added to a submission's time limit: the kernel limit only catches what the deadlines miss."""
_PROC: Final = Path("/proc/self")
_NO_PROC: Final = (
    "/proc is not mounted; without it, the sandbox can neither count its threads before it forks nor limit its memory. "
    "Run `mount -t proc proc /proc` as root"
)


def started(
    level: Level = Level.NONE,
    *,
    timeout: float = CALL_SECONDS,
    submission_timeout: float = SUBMISSION_SECONDS,
    imports: Iterable[str] = (),
    load_torch: bool = True,
    server: ForkServer | None = None,
) -> Sandbox:
    """Start a sandbox, and load torch here with the same numerics as the server.

    The order below is the only one that works without waiting:

    1. the environment is pinned: torch reads it once, while it is imported, in this process and in those forked later;
    2. the server starts and imports torch (1.1 to 1.5 s) while this process goes on;
    3. meanwhile torch is imported here, single-threaded and without oneDNN. A `Session` needs it, so it must be loaded
       before the first `open`.

    A notebook, whose own torch must keep its threads and kernels, uses the class directly.

    Args:
        level: the lowest isolation that is accepted. `Level.PROCESS` also selects the portable back end, so that Linux
            can run what other systems run.
        timeout: seconds that one call may take.
        submission_timeout: seconds that the grader waits for all of a submission's answers together.
        imports: modules that an exercise allows beyond the built-in list.
        load_torch: False leaves step 3 to the caller, who has something else to do first: `sandbox.numerics` does it.
        server: one that was forked from this process, instead of one to start.

    Returns:
        The sandbox, to be closed or used in a `with`; its `numerics` say what torch computes with.
    """
    pin_environment()
    force = Level.PROCESS if level is Level.PROCESS else None
    sandbox = Sandbox(
        minimum=level,
        force=force,
        timeout=timeout,
        submission_timeout=submission_timeout,
        imports=imports,
        server=server,
    )
    if load_torch:
        try:
            _ = sandbox.numerics
        except BaseException:  # Ctrl-C in the second that torch takes to load: do not leave the server behind
            sandbox.close()
            raise
    return sandbox


class Sandbox:
    """A warm server for learners' code. The constructor returns at once, while torch loads in the other process.

    Args:
        minimum: the lowest level that is accepted; a lower one raises `SandboxError`.
        force: `Level.PROCESS` selects the portable back end even on Linux.
        timeout: seconds that one call may take.
        submission_timeout: seconds that the grader waits for all of a submission's answers together.
        memory: bytes that a child may allocate beyond what torch already uses.
        rules: False applies no rules at all: the jail has to hold on its own.
        imports: modules that an exercise allows beyond the built-in list; imported before a child is locked in.
        server: one that was forked from this process, instead of one to start; closed if it is not used.
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
        server: ForkServer | None = None,
    ) -> None:
        self._minimum = minimum
        self._rules = rules
        self._memory = memory
        self._imports = tuple(dict.fromkeys(imports))
        self._limits = Limits(timeout, submission_timeout, math.ceil(submission_timeout + _CPU_ALLOWANCE))
        self._portable = force is Level.PROCESS or not can_fork()
        if sys.platform == "linux":
            from grader.sandbox.child.jail import hide

            hide()
        self._backend: ForkServer | Portable | None = self._adopted(server) or self._start()
        self._isolation: Isolation | None = None
        self._tried: bool | None = None
        self._sessions: WeakSet[Session] = WeakSet()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def numerics(self) -> Numerics:
        """The numeric settings of torch in this process; loads torch with pinned numerics if it is not loaded yet."""
        return pin_torch()

    @property
    def isolation(self) -> Isolation:
        """The result of the self-test.

        Raises:
            SandboxError: the isolation level is below the minimum.
        """
        if self._isolation is None:
            self._isolation = self._running().isolation()
        if self._isolation.level < self._minimum:
            raise SandboxError(_refusal(self._isolation, self._minimum))
        return self._isolation

    def open(
        self, files: Mapping[str, bytes], rules: RulesConfig | None = None, wanted: Wanted | None = None
    ) -> Session:
        """Start a fresh locked child and let it read this submission.

        Args:
            files: the submission's files by name.
            rules: what its code may use; the built-in lists if None.
            wanted: the exercise that it is read for; None if that is not known yet.
        """
        from grader.sandbox.host.session import Session  # imports torch: not before the caller has started the server

        backend = self._running()
        _ = self.isolation  # refuses what is below the minimum
        self.try_torch()
        rules = rules or RulesConfig()
        rules = rules if self._rules else replace(rules, enabled=False)
        session = Session(backend, files, rules, wanted, self._limits)
        self._sessions.add(session)
        return session

    def allow(self, imports: Iterable[str]) -> None:
        """Import further modules before any child is locked in: if one is new, that takes another server."""
        new = [name for name in dict.fromkeys(imports) if name not in self._imports]
        if new:
            self._imports = (*self._imports, *new)
            self._running().close()
            self._backend = self._start()

    def try_torch(self) -> bool:
        """Try a release of torch that was not tested, before its first use. Returns whether it was tried.

        Raises:
            SandboxError: it cannot be used.
        """
        if self._tried is None:
            from grader.sandbox import untested

            tested = untested.is_tested()
            if not tested:
                untested.check(self._running())
            self._tried = not tested
        return self._tried

    def unpack(self, name: str, data: bytes) -> Iterator[Member]:
        """The files of an archive, extracted in a locked child that never runs any of their code."""
        from grader.sandbox.child.unpacking import encode_archive, unpacked

        backend = self._running()
        _ = self.isolation  # refuses what is below the minimum
        return unpacked(backend.start(), backend.greeting(), encode_archive(name, data))

    def expect_more(self) -> None:
        """Prepare for many submissions: what makes each faster costs more than one gains from it."""
        from grader.sandbox.host.forkserver import ForkServer

        if isinstance(self._backend, ForkServer):
            self._backend.expect_more()

    def twin(self) -> ForkServer | None:
        """Fork another server from this one's, for a process about to be forked; None if there is no fork server.

        The forked process must `take` it, and this one `leave_behind` its end: the server exits with the last of them.
        """
        from grader.sandbox.host.forkserver import ForkServer

        _ = self.isolation  # a twin has no self-test of its own
        backend = self._running()
        return backend.twin() if isinstance(backend, ForkServer) else None

    def take(self, twin: ForkServer) -> None:
        """Call in the forked process, to continue with a server of its own."""
        from grader.sandbox.host.forkserver import ForkServer

        if isinstance(self._backend, ForkServer):
            self._backend.leave_behind()
        self._backend = twin
        self._sessions = WeakSet()

    def close(self) -> None:
        """Stop the server and with it every child."""
        for session in list(self._sessions):
            session.close()
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def _running(self) -> ForkServer | Portable:
        """The back end; starts a new one if the old one died."""
        if self._backend is None:
            message = "this sandbox is closed"
            raise SandboxError(message)
        if not self._backend.alive():
            self._backend.close()
            self._backend = self._start()
        return self._backend

    def _adopted(self, server: ForkServer | None) -> ForkServer | None:
        """Take a server that is waiting for its settings."""
        if server is None:
            return None
        if self._portable:
            server.close()
            return None
        try:
            server.set_up(self._memory, int(self._limits.cpu), self._imports)
        except SandboxError:  # it was killed at once
            return None
        return server

    def _start(self) -> ForkServer | Portable:
        if sys.platform == "linux" and not _PROC.exists():
            raise SandboxError(_NO_PROC)
        cpu = int(self._limits.cpu)
        if self._portable:
            from grader.sandbox.host.portable import Portable

            return Portable(self._memory, cpu, self._imports)
        from grader.sandbox.host.forkserver import ForkServer

        return ForkServer.launch(self._memory, cpu, self._imports)


def _refusal(found: Isolation, wanted: Level) -> str:
    """The error message: what is missing and how to get it."""
    missing = "; ".join(found.missing) or "not every attempt of the self-test was refused"
    return (
        f"the isolation level is `{found.level}` here, but `{wanted}` is required. Missing: {missing}. "
        "Run on Linux (WSL 2 on Windows) to get `locked`, or accept less with `--isolation process`"
    )
