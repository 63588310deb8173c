"""The grader's end of the fork server: starts it, asks it for children, reads their pipes (Linux)."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any, Final

from grader.sandbox.child.selftest import judge
from grader.sandbox.host.start import READY_SECONDS, bootstrap, environment, ready, search_path
from grader.sandbox.host.stranger import Stranger
from grader.sandbox.protocol.processes import Death, GoneError, LateError
from grader.sandbox.protocol.wire import FORK, LENGTH, PID, REAP, SETTLE, STATUS, TWIN, Frame, checked_length, decode
from grader.sandbox.types import Isolation, SandboxError

_REPLY_SECONDS: Final = 30.0
_DYING_SECONDS: Final = 2.0
"""Time from a process closing its pipes to its end."""
_NO_FORK: Final = "the sandbox could not fork: this machine is out of memory or processes"
_PIPE: Final = 1 << 20
"""The most that Linux allows a user who is not root (the default of /proc/sys/fs/pipe-max-size)."""
_CHUNK: Final = 1 << 16


class ForkServer:
    """One server process and the socket to it: `launch` starts the first, `twin` forks further ones from it.

    Args:
        process: the server.
        control: this end of its socket.
        report: what it sent when it was ready; None if it has not yet.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes] | Stranger,
        control: socket.socket,
        report: dict[str, Any] | None = None,
    ) -> None:
        self._process = process
        self._control = control
        self._report = report
        self._lock = threading.Lock()
        self._forgotten: list[int] = []

    @classmethod
    def launch(cls, memory: int, cpu: int, imports: tuple[str, ...] = ()) -> ForkServer:
        """Start an interpreter. Returns at once, while it imports torch.

        Args:
            memory: bytes that a child may allocate beyond what torch already uses.
            cpu: CPU seconds that a child may use.
            imports: modules to import there before any child is locked in.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-I", "-W", "ignore", "-c", bootstrap("server"), str(theirs.fileno())]
        process = subprocess.Popen(
            command,
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is the grader's to handle
        )
        theirs.close()
        server = cls(process, ours)
        server.set_up(memory, cpu, imports, path=search_path())
        return server

    def set_up(self, memory: int, cpu: int, imports: tuple[str, ...] = (), **more: object) -> None:
        """Send a server the settings that it waits for: see `launch`."""
        self._send(json.dumps({"memory": memory, "cpu": cpu, "imports": imports, **more}).encode())

    def expect_more(self) -> None:
        """Let the server make its forks faster as soon as it is ready, not before the second one."""
        with self._lock:
            self._send(SETTLE)

    def twin(self) -> ForkServer:
        """Fork a second server from this one: it is ready at once, and shares the memory it never writes to."""
        report = self.report()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self._lock:
            self._send(TWIN, [theirs.fileno()])
            raw, handles = self._receive(_REPLY_SECONDS)
        if not handles:
            ours.close()
            raise SandboxError(_NO_FORK)
        return ForkServer(Stranger(PID.unpack(raw)[0], handles[0]), ours, report)

    def leave_behind(self) -> None:
        """Call after a fork: this server belongs to the other process."""
        self._control.close()

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def report(self) -> dict[str, Any]:
        """What the server sent when it was ready; waits for it."""
        with self._lock:
            if self._report is None:
                self._report = ready(self._receive(READY_SECONDS)[0], "server")
            return self._report

    def alive(self) -> bool:
        """Whether the server is still running."""
        return self._process.poll() is None

    def isolation(self) -> Isolation:
        """The isolation that the canary measured."""
        return judge(self.report())

    def greeting(self) -> bytes:
        """The first message expected from every child: the locks that the canary reported."""
        return ",".join(self.report()["locks"]).encode()

    def start(self) -> ForkedProcess:
        """Fork a child."""
        self.report()
        request_reader, request_writer = os.pipe()
        answer_reader, answer_writer = os.pipe()
        for descriptor in (request_writer, answer_writer):
            with contextlib.suppress(OSError):  # over the user's limit: smaller pipes are only slower
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE)
        try:
            with self._lock:
                reaped = b"".join(map(PID.pack, self._forgotten))
                self._forgotten.clear()
                self._send(FORK + reaped, [request_reader, answer_writer])
                raw, handles = self._receive(_REPLY_SECONDS)
        except BaseException:
            os.close(request_writer)
            os.close(answer_reader)
            raise
        finally:
            os.close(request_reader)
            os.close(answer_writer)
        if not handles:
            os.close(request_writer)
            os.close(answer_reader)
            raise SandboxError(_NO_FORK)
        return ForkedProcess(self, PID.unpack(raw)[0], handles[0], request_writer, answer_reader)

    def reap(self, pid: int) -> Death:
        """Wait for a child that has been killed."""
        with self._lock:
            self._send(REAP + PID.pack(pid))
            raw, _ = self._receive(_REPLY_SECONDS)
        return Death.from_wait(*STATUS.unpack(raw))

    def forget(self, pid: int) -> None:
        """Let the server reap it with the next fork."""
        with self._lock:
            self._forgotten.append(pid)

    def close(self) -> None:
        """Close the socket: the server exits and its children die with it."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, data: bytes, descriptors: list[int] | None = None) -> None:
        try:
            if descriptors:
                socket.send_fds(self._control, [data], descriptors)
            else:
                self._control.send(data)
        except OSError as error:
            raise SandboxError(self._obituary()) from error

    def _receive(self, seconds: float) -> tuple[bytes, list[int]]:
        ready, _, _ = select.select([self._control], [], [], seconds)
        if not ready:
            message = f"the sandbox server did not answer within {seconds:g} s"
            raise SandboxError(message)
        try:
            raw, descriptors, _, _ = socket.recv_fds(self._control, _CHUNK, 1, socket.MSG_CMSG_CLOEXEC)
        except OSError as error:
            raise SandboxError(self._obituary()) from error
        if not raw:
            raise SandboxError(self._obituary())
        return raw, descriptors

    def _obituary(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        code = self._process.returncode
        how = "closed its socket" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"the sandbox server is gone ({how}): nothing was graded; run it again"


class ForkedProcess:
    """One forked child: two pipes and a pidfd that names this process and never a later one."""

    def __init__(self, server: ForkServer, pid: int, handle: int, requests: int, answers: int) -> None:
        self.pid = pid
        self._server = server
        self._handle = handle
        self._requests = requests
        self._answers = answers
        os.set_blocking(requests, False)
        os.set_blocking(answers, False)
        self._waiting = bytearray()
        self._poll = select.poll()
        self._poll.register(answers, select.POLLIN)

    def send(self, data: bytes, deadline: float) -> None:
        """Write everything, or raise `LateError` or `GoneError`."""
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._requests, view) :]
            except BlockingIOError:
                _, writable, _ = select.select([], [self._requests], [], max(0.0, deadline - time.monotonic()))
                if not writable:
                    raise LateError from None
            except BrokenPipeError:
                raise GoneError from None

    def receive(self, limit: int, deadline: float) -> Frame:
        """Read one frame: one deadline over all of it, its length checked before anything is allocated."""
        waiting = self._waiting
        while len(waiting) < LENGTH.size:
            waiting += self._more(_CHUNK, deadline)
        end = LENGTH.size + checked_length(waiting, limit)
        while len(waiting) < end:
            waiting += self._more(end - len(waiting), deadline)
        buffer = waiting[LENGTH.size : end]
        del waiting[:end]
        return decode(buffer)

    def _more(self, most: int, deadline: float) -> bytes:
        if not self._poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise LateError
        data = os.read(self._answers, most)
        if not data:
            raise GoneError
        return data

    def quiet(self) -> bool:
        """Whether nothing is waiting to be read."""
        return not self._waiting and not any(event & select.POLLIN for _, event in self._poll.poll(0))

    def end(self, *, gone: bool) -> Death | None:
        """Kill it and return how it had already ended; None if it was still running, although it may seem `gone`."""
        own_end = gone and bool(select.select([self._handle], [], [], _DYING_SECONDS)[0])
        self._kill()
        death = self._server.reap(self.pid)
        return death if own_end else None

    def discard(self) -> None:
        """Kill it and close everything."""
        self._kill()
        self._server.forget(self.pid)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        for descriptor in (self._handle, self._requests, self._answers):
            os.close(descriptor)
