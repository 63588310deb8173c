"""A command's end of the grader's process: starts it, and calls what it holds.

The command has the terminal and pytest, and holds no torch: the other process imports it, once, and the fork server is
forked from that (see `grader.sandbox.grader`).
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Self, TypeVar

from grader.sandbox.host.start import READY_SECONDS, bootstrap, environment, ready, search_path
from grader.sandbox.host.stranger import Stranger
from grader.sandbox.protocol.pickled import TWIN, encode, outcome
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

_LEAVING_SECONDS: Final = 3.0
_DYING_SECONDS: Final = 2.0


class ProcessDied(SandboxError):
    """The grader's process died or is stuck: whatever it was doing is lost; a retry may succeed."""


class GraderProcess:
    """One process, and the pipe to it: `launch` starts the first, `twin` forks further ones from it.

    Args:
        process: the process.
        pipe: this end of its pipe.
        started: whether it has said that torch is loaded, and been told what to serve.
    """

    def __init__(self, process: subprocess.Popen[bytes] | Stranger, pipe: Connection, *, started: bool = False) -> None:
        self._process = process
        self._pipe = pipe
        self._started = started

    @classmethod
    def launch(cls) -> Self:
        """Start an interpreter. Returns at once, while it imports torch.

        Raises:
            OSError: the system starts none.
            ProcessDied: it was killed at once.
        """
        ours, theirs = Pipe()
        handle = theirs.fileno()
        process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "-c", bootstrap("grader"), str(handle)],
            cwd="/" if sys.platform != "win32" else None,
            env=environment(),
            stdin=subprocess.DEVNULL,
            **_inheriting(handle),
        )
        theirs.close()
        launched = cls(process, ours)
        launched._send(json.dumps({"path": search_path()}).encode())
        return launched

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            self.close()
        else:  # nobody waits for what it is doing
            self.kill()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def serve(self, make: Callable[Concatenate[Any, P], object], *args: P.args, **_: P.kwargs) -> None:
        """Say what the process is to make first: `make(server, *args)`, whose methods are then called. Doesn't wait.

        It finds what this process finds, but nothing in the current folder, which may be a submission's.
        """
        path = [entry for entry in sys.path if Path(entry).is_absolute() and Path(entry) != Path.cwd()]
        self._send(json.dumps(path).encode())
        self._send(encode((make, args)))

    def wait(self, seconds: float = math.inf) -> None:
        """Wait until it has made what it is to serve.

        Raises:
            SandboxError, or what making it raised.
        """
        if not self._started:
            ready(self._receive(READY_SECONDS), "grader")
            self._started = True
            outcome(self._receive(seconds))

    def call(self, method: Callable[Concatenate[Any, P], R], *args: P.args, **_: P.kwargs) -> R:
        """Call a method of what the process serves, and wait for what it returns or raises.

        Raises:
            ProcessDied: it died meanwhile.
        """
        try:
            return self.call_within(math.inf, method, *args)
        except ProcessDied as error:
            raise ProcessDied(f"{error}: nothing was graded; run it again") from None

    def call_within(self, seconds: float, method: Callable[..., R], *args: Any) -> R:
        """Call a method, and end the process if it takes longer than so many seconds."""
        self.wait(seconds)
        self._send(encode((method, args)))
        result: R = outcome(self._receive(seconds))
        return result

    def twin(self) -> GraderProcess:
        """Fork another process from this one: it is ready at once, and shares the memory it never writes to.

        Raises:
            OSError: it could not be forked.
        """
        ours, theirs = Pipe()
        with theirs:
            self._send(TWIN)
            send_handle(self._pipe, theirs.fileno(), self.pid)
        pid = outcome(self._receive(READY_SECONDS))
        return GraderProcess(Stranger(pid, recv_handle(self._pipe)), ours, started=True)

    def leave(self) -> None:
        """Let it exit, and its server with it: it does so when its pipe closes and it is not busy."""
        self._pipe.close()

    def close(self) -> None:
        """End it."""
        self.leave()
        try:
            self._process.wait(_LEAVING_SECONDS if self._started else 0)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self._pipe.close()
        self._process.kill()
        self._process.wait()

    def _send(self, data: bytes) -> None:
        try:
            self._pipe.send_bytes(data)
        except OSError as error:
            raise self._died() from error

    def _receive(self, seconds: float) -> bytes:
        try:
            if seconds < math.inf and not self._pipe.poll(seconds):
                self.kill()
                raise ProcessDied(f"the grader's process did not answer within {seconds:g} s")
            return self._pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise self._died() from error

    def _died(self) -> ProcessDied:
        """The error to raise: that it is gone, unless it has said why it could not start."""
        if not self._started:
            with contextlib.suppress(EOFError, OSError):
                if self._pipe.poll():
                    ready(self._pipe.recv_bytes(), "grader")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING_SECONDS)
        how = _ending(self._process.returncode)
        self.kill()
        return ProcessDied(f"the grader's process died{how}")


def _inheriting(handle: int) -> dict[str, Any]:
    """The arguments with which another process inherits one handle, but no Ctrl-C: the command handles it."""
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        return {"startupinfo": startup, "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"pass_fds": [handle], "start_new_session": True}


def _ending(code: int | None) -> str:
    """How a process ended, in brackets; empty for one whose end only its parent knows."""
    if code is None:
        return ""
    if code < 0:
        try:
            return f" (signal {-code}, {signal.Signals(-code).name})"
        except ValueError:
            return f" (signal {-code})"
    return f" (exit code {code})"
