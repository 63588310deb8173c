"""A batch on other machines: a Dask cluster as the place where submissions are graded.

Submissions travel as bytes, results as JSON. Each worker process keeps one warm engine, as a local one does; what runs
there is the same code. `distributed` is asked for nothing but futures.
"""

from __future__ import annotations

import contextlib
import json
import math
import threading
import time
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from grader.classroom.batch.order import Order, pack, unpack
from grader.classroom.batch.workers import answer, told
from grader.sandbox.limits import SUBMISSION_SECONDS
from grader.sandbox.types import SandboxError

try:
    import distributed
    from distributed import Client
    from distributed.diagnostics.plugin import WorkerPlugin
except ImportError as error:
    raise ImportError("--scheduler needs the package distributed: pip install 'backprop-grader[cluster]'") from error

if TYPE_CHECKING:
    from grader.classroom.batch.engine import Engine

PLUGIN: Final = "grade-batch"
_CONNECT_SECONDS: Final = 30
_COUNT_SECONDS: Final = 5.0
_READY_SECONDS: Final = 90.0
_STARTS: Final = 3
_WORKERS_FOR_A_CHUNK: Final = 8
_SMALLEST_CHUNK: Final = 4
_LARGEST_CHUNK: Final = 16


class NoCluster(SandboxError):
    """There is no scheduler at this address, it has no workers, or theirs are of another version: one sentence."""


class ClusterWorkers:
    """The workers of a cluster, however many there are at the moment."""

    def __init__(self, order: Order, address: str | Client) -> None:
        self._client = address if isinstance(address, Client) else _connected(address)
        self._own = not isinstance(address, Client)
        self._order = order.fingerprint
        self._client.register_plugin(Orders(order.encode(), self._order), name=PLUGIN)
        self._executor = self._client.get_executor(pure=False)
        self._count, self._counted = 1, -math.inf
        self._waiting: list[tuple[bytes, Future[bytes]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def workers(self) -> int:
        """How many there are; each grades one submission at a time."""
        if time.monotonic() - self._counted > _COUNT_SECONDS:
            names = self._client.scheduler_info(n_workers=-1)["workers"]
            self._count, self._counted = max(1, len(names)), time.monotonic()
        return self._count

    @property
    def chunk(self) -> int:
        """Submissions in one of the scheduler's tasks: a few, as each task costs it, and more where there are many
        workers. A task waits for the slowest of them.
        """
        return max(_SMALLEST_CHUNK, min(_LARGEST_CHUNK, int(self.workers / _WORKERS_FOR_A_CHUNK)))

    @property
    def window(self) -> int:
        """How many to have under way: two tasks for each worker."""
        return 2 * self.workers * self.chunk

    @property
    def patience(self) -> float:
        """Seconds for one task and the one before it. A result that died with its worker is not always computed
        again: after this time it is asked for again.
        """
        return 2.5 * SUBMISSION_SECONDS * self.chunk

    def hello(self) -> dict[str, Any]:
        """Have every worker warm, and say what documents say of their machine.

        Raises:
            NoCluster: there is none, or one of them has another version.
            SandboxError: the isolation is less than the order asks for.
        """
        try:
            self._client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except TimeoutError as error:
            raise NoCluster("the scheduler has no workers; start some: dask worker ADDRESS --nthreads 1") from error
        for _ in range(_STARTS - 1):
            with contextlib.suppress(TimeoutError, CancelledError, distributed.KilledWorker):
                return self._first_head()
        return self._first_head()

    def _first_head(self) -> dict[str, Any]:
        """Warm as many engines as there are workers; those that come later warm theirs with their first task."""
        heads = [self._executor.submit(check_there, self._order) for _ in range(self.workers)]
        answers = [head.result(timeout=_READY_SECONDS) for head in heads]
        return dict(json.loads(answers[0]))

    def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
        """Have a task graded; the scheduler gives it to another worker if the first one dies."""
        future: Future[bytes] = Future()
        if alone:
            self._send([(task, future)])
        else:
            self._waiting.append((task, future))
            if len(self._waiting) >= self.chunk:
                self.flush()
        return future

    def flush(self) -> None:
        """Send what waits for company."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._send(waiting)

    def _send(self, tasks: list[tuple[bytes, Future[bytes]]]) -> None:
        sent = self._executor.submit(grade_there, self._order, pack(*(task for task, _ in tasks)))
        sent.add_done_callback(partial(_deliver, [future for _, future in tasks]))

    def close(self) -> None:
        """Let the workers drop their engines, and go."""
        self._client.unregister_worker_plugin(PLUGIN)
        if self._own:
            self._client.close()


def _deliver(futures: list[Future[bytes]], sent: Future[bytes]) -> None:
    """Each its own answer, or to all of them the end that their worker came to."""
    try:
        answers = unpack(sent.result())
    except Exception as error:  # noqa: BLE001  whichever way the cluster calls it
        for future in futures:
            future.set_exception(error)
        return
    for future, received in zip(futures, answers, strict=True):
        try:
            future.set_result(told(received))
        except Exception as error:  # noqa: BLE001  a fault there is one here
            future.set_exception(error)


def _connected(address: str) -> Client:
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False, name="grade-batch")
    except (OSError, ValueError) as error:
        raise NoCluster(f"there is no scheduler at {address}: {str(error) or type(error).__name__}") from error


# On the workers


class Orders(WorkerPlugin):
    """Brings the order to every worker, those that join later as well, and takes its engine away at the end."""

    def __init__(self, order: bytes, fingerprint: str) -> None:
        self.order = order
        self.fingerprint = fingerprint

    def setup(self, worker: Any) -> None:
        """The worker has started, or the batch has."""
        del worker
        _here.orders[self.fingerprint] = self.order

    def teardown(self, worker: Any) -> None:
        """The batch is over."""
        del worker
        _here.drop(self.fingerprint)


class Here:
    """One worker process: the orders it knows and one warm engine, used by one thread at a time."""

    def __init__(self) -> None:
        self.orders: dict[str, bytes] = {}
        self.lock = threading.Lock()
        self._engine: Engine | None = None
        self._fingerprint = ""

    def engine(self, fingerprint: str) -> Engine:
        """The engine of an order, started when it is first needed. Ask with the lock held."""
        if self._engine is None or self._fingerprint != fingerprint:
            self.stop()
            order = Order.decode(self.orders[fingerprint])
            if order.fingerprint != fingerprint:
                raise NoCluster("this worker has another version of the grader or of torch than the batch")
            from grader.classroom.batch.engine import warm_engine

            self._engine, self._fingerprint = warm_engine(order), fingerprint
        return self._engine

    def drop(self, fingerprint: str) -> None:
        """Forget an order."""
        with self.lock:
            self.orders.pop(fingerprint, None)
            if self._fingerprint == fingerprint:
                self.stop()

    def stop(self) -> None:
        """End the engine."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None


_here = Here()


def check_there(fingerprint: str) -> bytes:
    """Runs on a worker: warm the engine, and say what it computes with."""
    with _here.lock:
        return json.dumps(_here.engine(fingerprint).check()).encode()


def grade_there(fingerprint: str, tasks: bytes) -> bytes:
    """Runs on a worker: grade submissions, each with its result or the fault that prevented it."""
    with _here.lock:
        engine = _here.engine(fingerprint)
        return pack(*(answer(engine, task) for task in unpack(tasks)))
