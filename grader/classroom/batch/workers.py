"""Worker processes on this machine, each with its own warm sandbox.

Grading holds Python's global lock most of the time, so there is a process for each core, not a thread. Workers receive
and return bytes; a worker that dies is replaced, and only the submission it was grading is affected.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import multiprocessing
import os
import queue
import select
import signal
import sys
import threading
import traceback
from concurrent.futures import Future
from multiprocessing import resource_tracker
from multiprocessing.reduction import recv_handle, send_handle
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from grader.classroom.batch.order import Order, Task
from grader.exercise.forward import BrokenExercise
from grader.names import NamesError
from grader.sandbox.limits import SUBMISSION_SECONDS, Level
from grader.sandbox.numerics import pin_environment
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from grader.classroom.batch.engine import Engine

PATIENCE: Final = 2 * SUBMISSION_SECONDS + 180.0
"""Seconds after which a worker counts as stuck: far beyond the sandbox's own limits."""

_READY_SECONDS: Final = 300.0
_LEAVING_SECONDS: Final = 3.0
_STARTS: Final = 6
"""Attempts to start a process before giving up: on a machine short of memory the first ones may die."""
_FINE, _FAULT = b"+", b"-"
_OURS = {kind.__name__: kind for kind in (SandboxError, BrokenExercise, NamesError)}


class WorkerDied(Exception):
    """The process grading a submission died or is stuck; a retry may succeed."""


class WorkerFault(Exception):
    """An internal error while grading a submission: the message is the traceback."""


class Workers(Protocol):
    """Where submissions are graded: processes on this machine, or a cluster."""

    @property
    def window(self) -> int:
        """Number of tasks to keep in flight, so that no worker is idle."""

    @property
    def chunk(self) -> int:
        """Number of tasks sent together."""

    @property
    def patience(self) -> float:
        """Seconds after which a task counts as lost."""

    def hello(self) -> dict[str, Any]:
        """Wait until the first worker is ready; return the head for reports, which describes the machine."""

    def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
        """Submit a task; `alone` if it may have killed its worker before."""

    def flush(self) -> None:
        """Send what is waiting: no more tasks come for now."""

    def close(self) -> None:
        """End all workers."""


class LocalWorkers:
    """Local worker processes, one for each slot."""

    chunk = 1
    patience = math.inf
    """No timeout: each worker is watched by its own thread."""

    def __init__(self, order: Order, slots: int) -> None:
        """Start the processes.

        Raises:
            SandboxError: the system starts none.
        """
        self.window = 2 * slots
        self._tasks: queue.SimpleQueue[tuple[bytes, Future[bytes]] | None] = queue.SimpleQueue()
        forking = (
            sys.platform == "linux" and order.settings.isolation is not Level.PROCESS
        )  # which has no server to fork
        try:
            self._workers = start_workers(order.encode(), slots, forking=forking)
        except WorkerDied as error:
            raise SandboxError(f"no worker could be started: {error}") from error
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), daemon=True, name=f"worker-{index}")
            for index, worker in enumerate(self._workers)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """Ids of the processes."""
        return [worker.pid for worker in self._workers if worker.pid]

    def hello(self) -> dict[str, Any]:
        """Wait for the first worker, then start serving tasks; return the head for reports.

        Raises:
            SandboxError: no worker process could be started.
        """
        try:
            head = self._workers[0].revive()
        except WorkerDied as error:
            raise SandboxError(f"no worker could be started: {error}") from error
        for thread in self._threads:
            if not thread.is_alive():
                thread.start()
        return head

    def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
        """Queue a task for the next free worker."""
        del alone  # every task is sent alone
        future: Future[bytes] = Future()
        self._tasks.put((task, future))
        return future

    def flush(self) -> None:
        """Do nothing: tasks are sent at once."""

    def close(self) -> None:
        """End every process."""
        for worker in self._workers:
            worker.leave()
        for worker in self._workers:
            worker.stop()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(5)

    def _serve(self, worker: LocalWorker) -> None:
        while (item := self._tasks.get()) is not None:
            task, future = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(worker.ask(task))
            except Exception as error:  # noqa: BLE001  any error belongs to this submission
                future.set_exception(error)


def start_workers(order: bytes, slots: int, *, forking: bool) -> list[LocalWorker]:
    """Start workers: one loads torch and the rest are forked from it, or each loads torch itself.

    Loading once on two cores takes half as long as loading twice, and forked processes share memory.
    """
    workers = [LocalWorker(order) for _ in range(slots)]
    if not forking:
        for worker in workers:
            worker.start()
        return workers
    pipes = [multiprocessing.Pipe() for _ in workers[1:]]
    workers[0].start([theirs for _, theirs in pipes])
    for worker, (ours, theirs) in zip(workers[1:], pipes, strict=True):
        theirs.close()
        worker.expect(ours)
    return workers


class Twin:
    """A worker forked by another worker, known only by a handle: its exit code is available only to its parent."""

    def __init__(self) -> None:
        self.pid: int | None = None
        self._handle: int | None = None

    def meet(self, pid: int, handle: int) -> None:
        """Record the process id and handle that it sent."""
        self.pid, self._handle = pid, handle

    def join(self, seconds: float | None = None) -> None:
        """Wait for the process to end, at most so many seconds."""
        if self._handle is not None:
            select.select([self._handle], [], [], seconds)

    def kill(self) -> None:
        """Send SIGKILL. A process that has not yet sent its handle exits by itself when its pipe closes."""
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)


class LocalWorker:
    """One worker process, restarted if it dies."""

    def __init__(self, order: bytes) -> None:
        self._order = order
        self._stopped = False
        self._process: BaseProcess | Twin | None = None
        self._pipe: Connection | None = None
        self._head: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def expect(self, pipe: Connection) -> None:
        """Expect a process, forked by another worker, at the other end of this pipe."""
        self._process, self._pipe, self._head = Twin(), pipe, None

    @property
    def pid(self) -> int | None:
        """The id of the process."""
        return self._process.pid if self._process else None

    def _ready(self) -> dict[str, Any]:
        if self._process is None:
            self.start()
        if self._head is None:
            head = dict(json.loads(self._receive(_READY_SECONDS)))
            if isinstance(self._process, Twin):
                self._meet(self._process)
            self._head = head
        return self._head

    def _meet(self, twin: Twin) -> None:
        """Receive a forked process's id and handle, which it sends after its head."""
        pid, pipe = int(self._receive(_READY_SECONDS)), self._pipe
        try:
            if pipe is not None:
                twin.meet(pid, recv_handle(pipe))
        except (OSError, EOFError, RuntimeError) as error:
            raise self._lost() from error

    def ask(self, task: bytes) -> bytes:
        """Have one task graded; return the encoded result.

        Raises:
            WorkerDied: the process died; the next call starts another.
        """
        self.revive()
        try:
            assert self._pipe is not None
            self._pipe.send_bytes(task)
        except OSError as error:
            raise self._lost() from error
        return self._receive(PATIENCE)

    def leave(self) -> None:
        """Ask the process to exit by closing its pipe; its sandbox exits with it."""
        self._stopped = True
        with self._lock:
            pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.close()

    def stop(self) -> None:
        """End the process for good."""
        self.leave()
        if self._process is not None:
            self._process.join(_LEAVING_SECONDS)
        self._end()

    def revive(self) -> dict[str, Any]:
        """Start the process if necessary, and wait until it is ready; return the head for reports.

        Raises:
            WorkerDied: it failed to start several times, which no submission caused.
        """
        for _ in range(_STARTS - 1):
            with contextlib.suppress(WorkerDied):
                return self._ready()
        return self._ready()

    def start(self, further: Sequence[Connection] = ()) -> None:
        """Start a process, which forks another for each further pipe.

        Raises:
            WorkerDied: it could not be started.
        """
        with self._lock:
            if self._stopped:
                raise WorkerDied("the batch is over")
            pin_environment()  # inherited by the new process, which needs it before its first import
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs, self._order, *further), daemon=True)
            try:
                with _uninterrupted():
                    process.start()
            except OSError as error:  # it was killed before it had read its instructions
                raise WorkerDied(f"a process could not be started: {_refused(error)}") from error
            finally:
                theirs.close()
            self._process, self._pipe, self._head = process, ours, None

    def _receive(self, seconds: float) -> bytes:
        pipe = self._pipe
        try:
            if pipe is None or not pipe.poll(seconds):
                raise self._lost(f"did not answer within {seconds:g} s")
            received = pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        return told(received)

    def _lost(self, how: str = "") -> WorkerDied:
        process = self._process
        if process is not None and not how:
            process.join(2)
            how = "died" if isinstance(process, Twin) else f"died ({_ending(process.exitcode)})"
        self._end()
        return WorkerDied(f"the worker process {how or 'died'}")

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            pipe, self._pipe, self._head = self._pipe, None, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()


def told(answer: bytes) -> bytes:
    """Decode a worker's answer.

    Raises:
        SandboxError, BrokenExercise, NamesError, WorkerFault: the answer reports an error.
    """
    if answer[:1] == _FINE:
        return answer[1:]
    fault = json.loads(answer[1:])
    raise _OURS.get(fault["kind"], WorkerFault)(fault["text"])


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes started here never receive Ctrl-C, not even before they can block it: the batch handles it."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # started later, it would unblock Ctrl-C
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _refused(error: OSError) -> str:
    said = (error.strerror or str(error)).lower()
    return f"{said}; the limit of processes may be reached (`ulimit -u`)" if error.errno == errno.EAGAIN else said


def _ending(code: int | None) -> str:
    if code is None:
        return "still running"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"signal {-code}, {signal.Signals(-code).name}"
    return f"exit code {code}"


def serve(pipe: Connection, order: bytes, *further: Connection) -> None:
    """Main loop of a worker process: send the head, then answer tasks until the pipe closes.

    Before that, fork a process that does the same for every further pipe.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # if it could not be blocked from the start
    from grader.classroom.batch.engine import warm_engine

    try:
        engine = warm_engine(Order.decode(order))
        head = engine.check()
    except Exception as error:  # noqa: BLE001  reported to the batch
        pipe.send_bytes(_fault(error))
        return
    own = multiplied(engine, pipe, further)
    with contextlib.suppress(EOFError, OSError), engine:
        own.send_bytes(_FINE + json.dumps(head).encode())
        if own is not pipe:
            introduce(own)
        while True:
            own.send_bytes(answer(engine, own.recv_bytes()))
    os._exit(0)  # nothing to clean up, and torch exits slowly


def multiplied(engine: Engine, pipe: Connection, further: Sequence[Connection]) -> Connection:
    """Fork a process for every further pipe; return the pipe of the current process. Unserved pipes are closed."""
    waiting = list(further)
    with contextlib.suppress(OSError, SandboxError):
        while waiting:
            if engine.fork():
                for other in (pipe, *waiting[1:]):
                    other.close()
                return waiting[0]
            waiting.pop(0).close()
    for other in waiting:
        other.close()
    return pipe


def introduce(pipe: Connection) -> None:
    """Send this process's id and a handle to it (ids are reused, handles are not)."""
    handle = os.pidfd_open(os.getpid())
    pipe.send_bytes(_FINE + str(os.getpid()).encode())
    send_handle(pipe, handle, None)
    os.close(handle)


def answer(engine: Engine, task: bytes) -> bytes:
    """Grade a task; return its result, or the error that prevented it, encoded."""
    try:
        return _FINE + engine.grade(Task.decode(task)).encode()
    except Exception as error:  # noqa: BLE001  an error must not affect the next submission
        return _fault(error)


def _fault(error: Exception) -> bytes:
    kind = type(error).__name__
    text = str(error) if kind in _OURS else "".join(traceback.format_exception(error))[-4000:]
    return _FAULT + json.dumps({"kind": kind, "text": text}).encode()
