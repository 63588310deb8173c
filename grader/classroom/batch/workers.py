"""Worker processes on this machine, each with a warm sandbox of its own.

Grading keeps Python's lock most of the time, so that there is a process for each core, not a thread. What goes to a
worker and what comes back are bytes; a worker that dies is replaced, and only the submission it had is told of it.
"""

from __future__ import annotations

import contextlib
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
"""Seconds after which a worker counts as stuck: far beyond the limits that the sandbox keeps."""

_READY_SECONDS: Final = 300.0
_LEAVING_SECONDS: Final = 3.0
_STARTS: Final = 6
"""As often a process is started before it counts as impossible: on a machine short of memory the first ones die."""
_FINE, _FAULT = b"+", b"-"
_OURS = {kind.__name__: kind for kind in (SandboxError, BrokenExercise, NamesError)}


class WorkerDied(Exception):
    """The process that had a submission is gone, or as good as gone; another may be luckier."""


class WorkerFault(Exception):
    """A fault of ours while a submission was graded: the text is the traceback."""


class Workers(Protocol):
    """Where submissions are graded: processes of this machine, or a cluster."""

    @property
    def window(self) -> int:
        """How many tasks to have under way, so that nobody has to wait for one."""

    @property
    def chunk(self) -> int:
        """How many travel together."""

    @property
    def patience(self) -> float:
        """Seconds after which a task counts as lost."""

    def hello(self) -> dict[str, Any]:
        """What documents say of the machine; waits until the first worker is ready."""

    def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
        """Have a task graded; `alone` if it may be the one that took its worker along."""

    def flush(self) -> None:
        """No more tasks come for now."""

    def close(self) -> None:
        """Leave nothing behind."""


class LocalWorkers:
    """One process for each slot."""

    chunk = 1
    patience = math.inf
    """Each worker is watched by its own thread."""

    def __init__(self, order: Order, slots: int) -> None:
        self.window = 2 * slots
        self._tasks: queue.SimpleQueue[tuple[bytes, Future[bytes]] | None] = queue.SimpleQueue()
        forking = (
            sys.platform == "linux" and order.settings.isolation is not Level.PROCESS
        )  # which has no server to fork
        self._workers = start_workers(order.encode(), slots, forking=forking)
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
        """The processes."""
        return [worker.pid for worker in self._workers if worker.pid]

    def hello(self) -> dict[str, Any]:
        """Wait for the first worker, then begin."""
        try:
            head = self._workers[0].revive()
        except WorkerDied as error:
            raise SandboxError(f"no process comes up that could grade: {error}") from error
        for thread in self._threads:
            if not thread.is_alive():
                thread.start()
        return head

    def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
        """Queue a task for the next free worker."""
        del alone  # every task is
        future: Future[bytes] = Future()
        self._tasks.put((task, future))
        return future

    def flush(self) -> None:
        """Every task is on its way already."""

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
            except Exception as error:  # noqa: BLE001  whatever it is, it belongs to this submission
                future.set_exception(error)


def start_workers(order: bytes, slots: int, *, forking: bool) -> list[LocalWorker]:
    """Workers that are starting: one loads torch and the rest are forked from it, or each loads by itself.

    One load on two cores takes half as long as two, and what is forked shares its memory.
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
    """A worker process that another one forked: known by its handle. How it ended, only the other one could ask."""

    def __init__(self) -> None:
        self.pid: int | None = None
        self._handle: int | None = None

    def meet(self, pid: int, handle: int) -> None:
        """It has introduced itself."""
        self.pid, self._handle = pid, handle

    def join(self, seconds: float | None = None) -> None:
        """Wait for its end."""
        if self._handle is not None:
            select.select([self._handle], [], [], seconds)

    def kill(self) -> None:
        """SIGKILL; one that has not been met yet leaves by itself, as its pipe is closed."""
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)


class LocalWorker:
    """One process, started again when it has died."""

    def __init__(self, order: bytes) -> None:
        self._order = order
        self._stopped = False
        self._process: BaseProcess | Twin | None = None
        self._pipe: Connection | None = None
        self._head: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def expect(self, pipe: Connection) -> None:
        """A process that another one will fork answers at this pipe."""
        self._process, self._pipe, self._head = Twin(), pipe, None

    @property
    def pid(self) -> int | None:
        """The process's id."""
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
        """A forked process says after its head who it is."""
        pid, pipe = int(self._receive(_READY_SECONDS)), self._pipe
        try:
            if pipe is not None:
                twin.meet(pid, recv_handle(pipe))
        except (OSError, EOFError, RuntimeError) as error:
            raise self._lost() from error

    def ask(self, task: bytes) -> bytes:
        """Have one task graded.

        Raises:
            WorkerDied: it is gone; the next call starts another.
        """
        self.revive()
        try:
            assert self._pipe is not None
            self._pipe.send_bytes(task)
        except OSError as error:
            raise self._lost() from error
        return self._receive(PATIENCE)

    def leave(self) -> None:
        """Tell it to go: at the end of its pipe it leaves by itself, and its sandbox with it."""
        self._stopped = True
        with self._lock:
            pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.close()

    def stop(self) -> None:
        """End it for good."""
        self.leave()
        if self._process is not None:
            self._process.join(_LEAVING_SECONDS)
        self._end()

    def revive(self) -> dict[str, Any]:
        """Have a process that is ready, and say what it is; one that does not come up is no submission's fault."""
        for _ in range(_STARTS - 1):
            with contextlib.suppress(WorkerDied):
                return self._ready()
        return self._ready()

    def start(self, further: Sequence[Connection] = ()) -> None:
        """Start a process, which forks another one for each further pipe.

        Raises:
            WorkerDied: that could not be done.
        """
        with self._lock:
            if self._stopped:
                raise WorkerDied("the batch is over")
            pin_environment()  # inherited by the new process, where it has to be set before anything is imported
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs, self._order, *further), daemon=True)
            try:
                with _uninterrupted():
                    process.start()
            except OSError as error:  # it was killed before it had read what it is to do
                raise WorkerDied(f"a process could not be started: {error}") from error
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
            how = "is gone" if isinstance(process, Twin) else f"died ({_ending(process.exitcode)})"
        self._end()
        return WorkerDied(f"the process that graded it {how or 'is gone'}")

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
    """What an answer holds.

    Raises:
        SandboxError, BrokenExercise, NamesError, WorkerFault: it tells of a fault.
    """
    if answer[:1] == _FINE:
        return answer[1:]
    fault = json.loads(answer[1:])
    raise _OURS.get(fault["kind"], WorkerFault)(fault["text"])


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """What is started here never hears of Ctrl-C, not even before it can say so: that is the batch's to handle."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # which would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ending(code: int | None) -> str:
    if code is None:
        return "still running"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"signal {-code}, {signal.Signals(-code).name}"
    return f"exit code {code}"


def serve(pipe: Connection, order: bytes, *further: Connection) -> None:
    """A worker's whole life, in its own process: says what it is, then answers tasks until the pipe ends.

    Before that it forks, for every further pipe, a process that does the same.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it could not be blocked from the beginning
    from grader.classroom.batch.engine import warm_engine

    try:
        engine = warm_engine(Order.decode(order))
        head = engine.check()
    except Exception as error:  # noqa: BLE001  told to the batch, in its words
        pipe.send_bytes(_fault(error))
        return
    own = multiplied(engine, pipe, further)
    with contextlib.suppress(EOFError, OSError), engine:
        own.send_bytes(_FINE + json.dumps(head).encode())
        if own is not pipe:
            introduce(own)
        while True:
            own.send_bytes(answer(engine, own.recv_bytes()))
    os._exit(0)  # nothing to tidy up; torch would take its time


def multiplied(engine: Engine, pipe: Connection, further: Sequence[Connection]) -> Connection:
    """Fork for every further pipe; the pipe of whoever returns. A pipe that nobody serves is closed."""
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
    """Send this process's id and a handle to it, which names no later one."""
    handle = os.pidfd_open(os.getpid())
    pipe.send_bytes(_FINE + str(os.getpid()).encode())
    send_handle(pipe, handle, None)
    os.close(handle)


def answer(engine: Engine, task: bytes) -> bytes:
    """A task's result, or the fault that prevented it."""
    try:
        return _FINE + engine.grade(Task.decode(task)).encode()
    except Exception as error:  # noqa: BLE001  one submission's trouble is not the next one's
        return _fault(error)


def _fault(error: Exception) -> bytes:
    kind = type(error).__name__
    text = str(error) if kind in _OURS else "".join(traceback.format_exception(error))[-4000:]
    return _FAULT + json.dumps({"kind": kind, "text": text}).encode()
