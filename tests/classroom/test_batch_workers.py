"""Worker processes: one loads torch, the others are forked from it, and each has its own sandbox."""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from classroom import order, settings

from grader.classroom.batch.order import Graded, Order, Task
from grader.classroom.batch.workers import LocalWorker, LocalWorkers, WorkerDied, multiplied, start_workers
from grader.exercise.shelf import load_exercise
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

SOLUTION = (Path(__file__).resolve().parents[2] / "solutions" / "mlp" / "backward.py").read_bytes()
TASK = Task("ada", "ada", {"backward.py": SOLUTION}).encode()


@contextlib.contextmanager
def started(count: int, *, forking: bool) -> Iterator[list[LocalWorker]]:
    """Workers that are ready."""
    workers = start_workers(
        Order.of(load_exercise("mlp"), settings(seed=2147483647, hidden_seed=1)).encode(), count, forking=forking
    )
    try:
        yield workers
    finally:
        for worker in workers:
            worker.stop()


def points(worker: LocalWorker) -> int:
    """The points that a worker gives the worked solution."""
    return int(Graded.decode(worker.ask(TASK)).entry["score"]["points"])


@pytest.mark.parametrize(
    "forking", [False, pytest.param(True, marks=pytest.mark.skipif(sys.platform != "linux", reason="fork"))]
)
def test_all_grade_alike(*, forking: bool) -> None:
    """Whether they were forked or loaded torch themselves."""
    with started(3, forking=forking) as workers:
        assert [points(worker) for worker in workers] == [26, 26, 26]
        assert len({worker.pid for worker in workers}) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only there are workers forked")
@pytest.mark.parametrize("victim", [0, 1])
def test_killing_one_worker_leaves_the_others(victim: int) -> None:
    """Even the one that the others were forked from; its next task restarts it."""
    with started(3, forking=True) as workers:
        assert [points(worker) for worker in workers] == [26, 26, 26]
        pid = workers[victim].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            points(workers[victim])
        assert [points(worker) for worker in workers] == [26, 26, 26]


def test_a_process_that_cannot_fork_closes_unserved_pipes() -> None:
    """Whoever waits at such a pipe then starts its own process."""

    class Alone:
        """An engine that forks twice, then fails; this is the parent process both times."""

        forks = 0

        def fork(self) -> bool:
            """Fork, or fail."""
            self.forks += 1
            if self.forks > 2:
                raise OSError("no memory left")
            return False

    pipes = [multiprocessing.Pipe() for _ in range(4)]
    own, *further = (theirs for _, theirs in pipes)
    assert multiplied(Alone(), own, further) is own
    assert (own.closed, [pipe.closed for pipe in further]) == (False, [True, True, True])
    for ours, _ in pipes[1:]:
        with pytest.raises(EOFError):
            ours.recv_bytes()
    for ours, _ in pipes:
        ours.close()
    own.close()


def test_a_system_that_starts_no_process_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ulimit -u` is the likely reason."""

    def refuse(*_: object) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)
    with pytest.raises(SandboxError) as raised:
        LocalWorkers(order(), 1)
    assert str(raised.value) == (
        "no worker could be started: a process could not be started: resource temporarily unavailable; the limit of "
        "processes may be reached (`ulimit -u`)"
    )
