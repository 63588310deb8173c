"""Grade a batch on other machines: the workers of a Dask cluster.

Submissions are sent as bytes, results as JSON. Each worker process keeps one warm engine, as a local one does, and runs
the same code. Only futures are used from `distributed`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import socket
import threading
import time
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from grader.classroom.batch.order import Order, pack, unpack
from grader.classroom.batch.workers import LocalWorker
from grader.installation import how_to_install
from grader.sandbox.limits import SUBMISSION_SECONDS
from grader.sandbox.types import SandboxError

try:
    import distributed
    from distributed import Client
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import backends
    from distributed.diagnostics.plugin import WorkerPlugin
except ImportError as error:
    raise ImportError(f"--scheduler requires the package distributed: {how_to_install('cluster')}") from error

if TYPE_CHECKING:
    from collections.abc import Sequence

PLUGIN: Final = "grade-batch"
_CONNECT_SECONDS: Final = 8
_WORKER_SECONDS: Final = 30
_MOST_PARTS: Final = 1000
_OVER_SOCKETS: Final = ("tcp", "tls", "ws", "wss")
_COUNT_SECONDS: Final = 5.0
_READY_SECONDS: Final = 90.0
_STARTS: Final = 3
_WORKERS_FOR_A_CHUNK: Final = 8
_SMALLEST_CHUNK: Final = 4
_LARGEST_CHUNK: Final = 16


class NoCluster(SandboxError):
    """No scheduler at this address, no workers, or workers with another version: the message is one sentence."""


class ClusterWorkers:
    """The workers of a cluster; their number may change at any time."""

    def __init__(self, order: Order, address: str | Client) -> None:
        self._address = address if isinstance(address, str) else "this address"
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
        """Number of workers; each grades one submission at a time."""
        if time.monotonic() - self._counted > _COUNT_SECONDS:
            self._check_connection()
            names = self._client.scheduler_info(n_workers=-1).get("workers", ())
            self._count, self._counted = max(1, len(names)), time.monotonic()
        return self._count

    @property
    def chunk(self) -> int:
        """Number of submissions in one scheduler task: a few, since each task costs the scheduler time, and more with
        many workers. A result waits for all submissions in its task.
        """
        return max(_SMALLEST_CHUNK, min(_LARGEST_CHUNK, int(self.workers / _WORKERS_FOR_A_CHUNK)))

    @property
    def window(self) -> int:
        """Number of submissions to keep in flight: two tasks for each worker."""
        return 2 * self.workers * self.chunk

    @property
    def patience(self) -> float:
        """Seconds for one task and the one before it; then the task is submitted again, since Dask does not always
        recompute a result that was lost with its worker.
        """
        return 2.5 * SUBMISSION_SECONDS * self.chunk

    def hello(self) -> dict[str, Any]:
        """Warm up every worker; return the head for reports, which describes their machine.

        Raises:
            NoCluster: there are no workers, or one has another version.
            SandboxError: the isolation level is below the one that the order requires.
        """
        try:
            self._client.wait_for_workers(1, timeout=_WORKER_SECONDS)
        except TimeoutError as error:
            raise NoCluster("the scheduler has no workers; start one: dask worker ADDRESS --nthreads 1") from error
        for _ in range(_STARTS - 1):
            with contextlib.suppress(TimeoutError, CancelledError, distributed.KilledWorker):
                return self._first_head()
        return self._first_head()

    def _first_head(self) -> dict[str, Any]:
        """Warm up as many engines as there are workers; workers that join later warm up with their first task."""
        heads = [self._executor.submit(check_there, self._order) for _ in range(self.workers)]
        answers = [head.result(timeout=_READY_SECONDS) for head in heads]
        return dict(json.loads(answers[0]))

    def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
        """Submit a task; if its worker dies, the scheduler gives it to another.

        Raises:
            NoCluster: the scheduler is gone.
        """
        self._check_connection()
        future: Future[bytes] = Future()
        if alone:
            self._send([(task, future)])
        else:
            self._waiting.append((task, future))
            if len(self._waiting) >= self.chunk:
                self.flush()
        return future

    def flush(self) -> None:
        """Send the tasks waiting for a full chunk."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._send(waiting)

    def _send(self, tasks: list[tuple[bytes, Future[bytes]]]) -> None:
        sent = self._executor.submit(grade_there, self._order, pack(*(task for task, _ in tasks)))
        sent.add_done_callback(partial(_deliver, [future for _, future in tasks]))

    def _check_connection(self) -> None:
        """Wait while the client reconnects.

        Raises:
            NoCluster: it could not.
        """
        while self._client.status == "connecting":
            time.sleep(0.1)
        if self._client.status != "running":
            raise NoCluster(
                f"lost the scheduler at {self._address}. Finished submissions are kept: start the cluster again, and "
                "run the same command to resume"
            )

    def close(self) -> None:
        """Stop the engines on the workers and disconnect. Without a scheduler, the workers have ended already."""
        try:
            if self._client.status == "running":
                self._client.unregister_worker_plugin(PLUGIN)
        except Exception:
            if self._client.status == "running":  # otherwise it was lost just now
                raise
        finally:
            if self._own:
                self._client.close(timeout=_CONNECT_SECONDS)


def _deliver(futures: list[Future[bytes]], sent: Future[Sequence[bytes | Exception]]) -> None:
    """Give each future its own answer, or all of them the error that ended their worker."""
    try:
        answers = sent.result()
    except Exception as error:  # noqa: BLE001  the cluster raises many types
        answers = [error] * len(futures)
    for future, answer in zip(futures, answers, strict=True):
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)


def check_address(address: str) -> None:
    """Check that something answers at the address, in a moment: Dask's own client would try for a long time.

    Raises:
        NoCluster: nothing does; the message has the reason.
    """
    try:
        scheme, place = _parts(address)
        if scheme in _OVER_SOCKETS:
            with socket.create_connection(parse_host_port(place), timeout=_CONNECT_SECONDS) as connection:
                speaks = scheme != "tcp" or _speaks_dask(connection)
            if not speaks:
                raise NoCluster(
                    f"what answers at {address} is not a Dask scheduler: use the address that the scheduler printed "
                    "when it started, not that of its dashboard"
                )
    except OSError as error:
        raise NoCluster(f"cannot reach a scheduler at {address}: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, OverflowError) as error:
        raise NoCluster(
            f"--scheduler {address} is not an address: {error}. Use the one that the scheduler printed when it "
            "started, such as tcp://host:8786"
        ) from error


def _parts(address: str) -> tuple[str, str]:
    """`tcp` and `host:8786`.

    Raises:
        ValueError: Dask has no such addresses.
    """
    scheme, place = parse_address(address)
    if scheme not in backends:
        raise ValueError(f"unknown scheme {scheme}")
    return scheme, place


def _speaks_dask(connection: socket.socket) -> bool:
    """Whether the other side begins as Dask does: with the number of parts of its greeting, in 8 bytes."""
    try:
        greeting = connection.recv(8)
    except TimeoutError:
        return False
    return len(greeting) == 8 and int.from_bytes(greeting, "little") < _MOST_PARTS


def _connected(address: str) -> Client:
    check_address(address)
    for part in ("client", "batched", "comm"):  # what they say, with tracebacks, is in the messages above
        logging.getLogger(f"distributed.{part}").setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False, name="grade-batch")
    except (OSError, ValueError) as error:
        raise NoCluster(
            f"what answers at {address} is not a Dask scheduler, or one of another version: "
            f"{str(error) or type(error).__name__}"
        ) from error


# On the workers


class Orders(WorkerPlugin):
    """Sends the order to every worker, including those that join later, and stops its engine at the end."""

    def __init__(self, order: bytes, fingerprint: str) -> None:
        self.order = order
        self.fingerprint = fingerprint

    def setup(self, worker: Any) -> None:
        """Called when the worker or the batch starts."""
        del worker
        _here.orders[self.fingerprint] = self.order

    def teardown(self, worker: Any) -> None:
        """Called when the batch is over."""
        del worker
        _here.drop(self.fingerprint)


class Here:
    """State of one of Dask's workers: the orders it knows and one warm process, used by one thread at a time."""

    def __init__(self) -> None:
        self.orders: dict[str, bytes] = {}
        self.lock = threading.Lock()
        self._worker: LocalWorker | None = None
        self._fingerprint = ""

    def worker(self, fingerprint: str) -> LocalWorker:
        """The process of an order, started on first use. Call with the lock held."""
        if self._worker is None or self._fingerprint != fingerprint:
            self.stop()
            order = Order.decode(self.orders[fingerprint])
            if order.fingerprint != fingerprint:
                raise NoCluster("the worker's version of the grader or torch differs; install the versions used here")
            self._worker, self._fingerprint = LocalWorker(order.encode()), fingerprint
        return self._worker

    def drop(self, fingerprint: str) -> None:
        """Forget an order and end its process."""
        with self.lock:
            self.orders.pop(fingerprint, None)
            if self._fingerprint == fingerprint:
                self.stop()

    def stop(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


_here = Here()


def check_there(fingerprint: str) -> bytes:
    """Runs on a worker: warm up the process and return the head for reports, as JSON."""
    with _here.lock:
        return json.dumps(_here.worker(fingerprint).revive()).encode()


def grade_there(fingerprint: str, tasks: bytes) -> list[bytes | Exception]:
    """Runs on a worker: grade submissions and return, for each, its result or the error that prevented it."""
    with _here.lock:
        worker = _here.worker(fingerprint)
        return [_answer(worker, task) for task in unpack(tasks)]


def _answer(worker: LocalWorker, task: bytes) -> bytes | Exception:
    try:
        return worker.ask(task)
    except Exception as error:  # noqa: BLE001  an error must not affect the next submission
        return error
