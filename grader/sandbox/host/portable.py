"""The back end for systems without the Linux locks: one spawned, pre-warmed interpreter per submission."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import IO, Any, Final

from grader.sandbox.child.selftest import judge
from grader.sandbox.host.start import READY_SECONDS, bootstrap, environment, ready, search_path
from grader.sandbox.protocol.processes import Death, GoneError, LateError
from grader.sandbox.protocol.wire import LENGTH, Frame, checked_length, decode
from grader.sandbox.types import Isolation, SandboxError

_DYING_SECONDS: Final = 2.0
_WINDOWS_FLAGS: Final = 0x08000200 if sys.platform == "win32" else 0
"""CREATE_NO_WINDOW and CREATE_NEW_PROCESS_GROUP."""
_CHUNK: Final = 1 << 16
_MOST_WAITING: Final = 64
"""Chunks that may wait in a queue: a flood of data stops at its full pipe, not in the grader's memory."""


class Portable:
    """Starts workers, one of them ahead of time."""

    def __init__(self, memory: int, cpu: int, imports: tuple[str, ...] = ()) -> None:
        self._settings = {"path": search_path(), "memory": memory, "cpu": cpu, "imports": imports}
        self._spare: Interpreter | None = Interpreter(self._settings)
        self._isolation: Isolation | None = None

    def alive(self) -> bool:
        """There is no server that could die."""
        return True

    def isolation(self) -> Isolation:
        """What the spare worker reported about itself."""
        if self._isolation is None:
            if self._spare is None:
                self._spare = Interpreter(self._settings)
            self._isolation = judge(self._spare.report())
        return self._isolation

    def greeting(self) -> bytes:
        """The first message expected from every worker: the limits it could set."""
        return ",".join(self.isolation().locks).encode()

    def start(self) -> Interpreter:
        """Return the spare worker and start the next one, which begins to import torch."""
        worker = self._spare or Interpreter(self._settings)
        self._spare = None
        worker.report()
        self._spare = Interpreter(self._settings)
        return worker

    def close(self) -> None:
        """End the spare worker."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.discard()


class Interpreter:
    """One interpreter with torch imported. Threads move the bytes, so that no platform needs non-blocking pipes."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "-c", bootstrap("worker")],
            env=environment(),
            cwd="/" if sys.platform != "win32" else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=sys.platform != "win32",  # Ctrl-C is the grader's to handle
            creationflags=_WINDOWS_FLAGS,
        )
        self._incoming: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        self._outgoing: queue.Queue[bytes | None] = queue.Queue()
        self._rest = b""
        self._report: dict[str, Any] | None = None
        self._pumps = (
            threading.Thread(target=_pump_in, args=(self._process.stdout, self._incoming), daemon=True),
            threading.Thread(target=_pump_out, args=(self._process.stdin, self._outgoing), daemon=True),
        )
        for pump in self._pumps:
            pump.start()
        self._outgoing.put(json.dumps(settings).encode() + b"\n")

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    def report(self) -> dict[str, Any]:
        """What it sent when it was ready; waits for it."""
        if self._report is None:
            try:
                frame = self.receive(_CHUNK, time.monotonic() + READY_SECONDS)
            except (LateError, GoneError) as fault:
                message = f"the sandbox worker could not start ({type(fault).__name__})"
                raise SandboxError(message) from None
            self._report = ready(frame.body, "worker")
        return self._report

    def send(self, data: bytes, deadline: float) -> None:
        """Pass it to the writing thread; a child that does not read is noticed by its missing answer."""
        del deadline
        self._outgoing.put(data)

    def receive(self, limit: int, deadline: float) -> Frame:
        """Read one frame: one deadline over all of it, its length checked before anything is allocated."""
        length = checked_length(self._take(LENGTH.size, deadline), limit)
        return decode(bytearray(self._take(length, deadline)))

    def _take(self, count: int, deadline: float) -> bytes:
        pieces = [self._rest]
        missing = count - len(self._rest)
        while missing > 0:
            try:
                piece = self._incoming.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise LateError from None
            if not piece:
                raise GoneError
            pieces.append(piece)
            missing -= len(piece)
        whole = b"".join(pieces)
        self._rest = whole[count:]
        return whole[:count]

    def quiet(self) -> bool:
        """Whether nothing is waiting to be read."""
        return not self._rest and self._incoming.empty()

    def end(self, *, gone: bool) -> Death | None:
        """Kill it and return how it had already ended; None if it was still running, although it may seem `gone`."""
        code: int | None = None
        if gone:
            try:
                code = self._process.wait(_DYING_SECONDS)
            except subprocess.TimeoutExpired:
                code = None
        self.discard()
        if code is None:
            return None
        return Death(signal=-code, code=None) if code < 0 else Death(signal=None, code=code)

    def discard(self) -> None:
        """Kill it and the processes it started; wait until the pumps have ended with its pipes."""
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._outgoing.put(None)
        give_up = time.monotonic() + _DYING_SECONDS  # a learner's daemon may hold the pipe open
        while any(pump.is_alive() for pump in self._pumps) and time.monotonic() < give_up:
            with contextlib.suppress(queue.Empty):
                self._incoming.get(timeout=0.01)


def _pump_in(pipe: IO[bytes], chunks: queue.Queue[bytes]) -> None:
    """Read until the end, which is marked by an empty chunk."""
    with pipe:
        while chunk := pipe.read(_CHUNK):
            chunks.put(chunk)
    chunks.put(b"")


def _pump_out(pipe: IO[bytes], chunks: queue.Queue[bytes | None]) -> None:
    """Write until a None arrives or the reader is gone."""
    try:
        with pipe:
            while (chunk := chunks.get()) is not None:
                view = memoryview(chunk)
                while view:
                    view = view[pipe.write(view) or 0 :]
    except OSError:
        return
