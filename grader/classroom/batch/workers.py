"""Worker processes on this machine, each with its own warm sandbox.

Grading holds Python's global lock most of the time, so there is a process for each core, not a thread. Workers receive
and return bytes; a worker that dies is replaced, and only the submission it was grading is affected.
"""

from __future__ import annotations

import contextlib
import errno
import math
import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar

from grader.classroom.batch.engine import Engine, engine_of
from grader.sandbox.grader_process import GraderProcess, ProcessDied
from grader.sandbox.limits import SUBMISSION_SECONDS
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.classroom.batch.order import Order

PATIENCE: Final = 2 * SUBMISSION_SECONDS + 180.0
"""Seconds after which a worker counts as stuck: far beyond the sandbox's own limits."""

R = TypeVar("R")
_READY_SECONDS: Final = 300.0
_STARTS: Final = 6
"""Attempts to start a process before giving up: on a machine short of memory the first ones may die."""


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
        """Start the first process: the others are forked from it, or, where nothing can be forked, start as it does.

        Loading torch once on two cores takes half as long as loading it twice, and forked processes share memory.

        Raises:
            SandboxError: the system starts none.
        """
        self.window = 2 * slots
        self._order = order
        self._tasks: queue.SimpleQueue[tuple[bytes, Future[bytes]] | None] = queue.SimpleQueue()
        encoded = order.encode()
        self.workers = [LocalWorker(encoded) for _ in range(slots)]
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), daemon=True, name=f"worker-{index}")
            for index, worker in enumerate(self.workers)
        ]
        try:
            self.workers[0].start()
        except ProcessDied as error:
            raise _none_started(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """Ids of the processes."""
        return [worker.pid for worker in self.workers if worker.pid]

    def hello(self) -> dict[str, Any]:
        """Wait for the first worker, then start serving tasks; return the head for reports.

        Raises:
            SandboxError: no worker process could be started.
        """
        first, *others = self.workers
        try:
            head = first.revive()
        except ProcessDied as error:
            raise _none_started(error) from error
        for worker in others:
            worker.fork_from(first)
        for thread in self._threads:
            if not thread.is_alive():
                thread.start()
        return head

    def turn_to(self, order: Order) -> bool:
        """Go on with another order, between two batches. False if that needs other workers."""
        if not self._order.suits(order):
            return False
        self._order, encoded = order, order.encode()
        for worker in self.workers:
            worker.turn_to(encoded)
        return True

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
        for worker in self.workers:
            worker.leave()
        for worker in self.workers:
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


class LocalWorker:
    """One worker process, restarted if it dies."""

    def __init__(self, order: bytes) -> None:
        self._order = order
        self._stopped = False
        self._process: GraderProcess | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The id of the process."""
        return self._process.pid if self._process else None

    def start(self) -> GraderProcess:
        """Start a process, without waiting for it.

        Raises:
            ProcessDied: it could not be started.
        """
        with self._lock:
            if self._stopped:
                raise ProcessDied("the batch is over")
            try:
                process = GraderProcess.launch()
            except OSError as error:
                raise ProcessDied(f"a process could not be started: {_refused(error)}") from error
            self._process = process
        process.serve(engine_of, self._order)
        return process

    def turn_to(self, order: bytes) -> None:
        """Take another order. If there is no process, or it dies, the next one starts with it."""
        self._order = order
        if self._process is not None:
            with contextlib.suppress(ProcessDied):
                self._call(_READY_SECONDS, Engine.turn_to, order)

    def fork_from(self, other: LocalWorker) -> None:
        """Take a process forked from another worker's, unless there is one from an earlier batch.

        If there is none to be had, the first task starts one.
        """
        if other._process is not None and self._process is None and not self._stopped:
            with contextlib.suppress(OSError, SandboxError):
                self._process = other._process.twin()

    def revive(self) -> dict[str, Any]:
        """Start the process if necessary, and wait until it is ready; return the head for reports.

        Raises:
            ProcessDied: it failed to start several times, which no submission caused.
        """
        for _ in range(_STARTS - 1):
            with contextlib.suppress(ProcessDied):
                return self._call(_READY_SECONDS, Engine.check)
        return self._call(_READY_SECONDS, Engine.check)

    def ask(self, task: bytes) -> bytes:
        """Have one task graded; return the encoded result.

        Raises:
            ProcessDied: the process died; the next call starts another.
        """
        if self._process is None:
            self.revive()
        return self._call(PATIENCE, Engine.answer, task)

    def _call(self, seconds: float, method: Callable[..., R], *args: Any) -> R:
        process = self._process or self.start()
        try:
            return process.call_within(seconds, method, *args)
        except ProcessDied:
            self._process = None
            raise

    def leave(self) -> None:
        """Ask the process to exit; its sandbox exits with it."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.leave()

    def stop(self) -> None:
        """End the process for good."""
        self.leave()
        process, self._process = self._process, None
        if process is not None:
            process.close()


def _none_started(error: ProcessDied) -> SandboxError:
    return SandboxError(f"no worker could be started: {error}")


def _refused(error: OSError) -> str:
    said = (error.strerror or str(error)).lower()
    return f"{said}; the limit of processes may be reached (`ulimit -u`)" if error.errno == errno.EAGAIN else said
