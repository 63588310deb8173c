"""Worker processes: one loads torch, the others are forked from it, and each has its own sandbox."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from classroom import order, settings

from grader.classroom.batch.order import Graded, Order, Task
from grader.classroom.batch.workers import LocalWorker, LocalWorkers
from grader.exercise.shelf import load_exercise
from grader.sandbox.grader_process import GraderProcess, ProcessDied
from grader.sandbox.limits import Level
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
SOLUTION = (SOLUTIONS / "mlp" / "backward.py").read_bytes()
TASK = Task("ada", "ada", {"backward.py": SOLUTION}).encode()


@contextlib.contextmanager
def started(count: int, **changes: object) -> Iterator[list[LocalWorker]]:
    """Workers that are ready."""
    order = Order.of(load_exercise("mlp"), settings(seed=2147483647, hidden_seed=1, **changes))
    with LocalWorkers(order, count) as workers:
        workers.hello()
        yield workers.workers


def points(worker: LocalWorker) -> int:
    """The points that a worker gives the worked solution."""
    return int(Graded.decode(worker.ask(TASK)).entry["score"]["points"])


@pytest.mark.parametrize(
    "level",
    [Level.PROCESS, pytest.param(Level.LOCKED, marks=pytest.mark.skipif(sys.platform != "linux", reason="fork"))],
)
def test_all_grade_alike(level: Level) -> None:
    """Whether they were forked or loaded torch themselves."""
    with started(3, isolation=level) as workers:
        assert [points(worker) for worker in workers] == [26, 26, 26]
        assert len({worker.pid for worker in workers}) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only there are workers forked")
@pytest.mark.parametrize("victim", [0, 1])
def test_killing_one_worker_leaves_the_others(victim: int) -> None:
    """Even the one that the others were forked from; its next task restarts it."""
    with started(3) as workers:
        assert [points(worker) for worker in workers] == [26, 26, 26]
        pid = workers[victim].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ProcessDied):
            points(workers[victim])
        assert [points(worker) for worker in workers] == [26, 26, 26]


@pytest.mark.parametrize("error", [OSError("no memory left"), SandboxError("the server is gone")])
def test_a_worker_that_cannot_be_forked_starts_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """With its first task."""

    def fail(_: GraderProcess) -> GraderProcess:
        raise error

    monkeypatch.setattr(GraderProcess, "twin", fail)
    with started(2) as workers:
        assert [points(worker) for worker in workers] == [26, 26]
        assert len({worker.pid for worker in workers}) == 2


def test_a_system_that_starts_no_process_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ulimit -u` is the likely reason."""

    def refuse(*_: object) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(GraderProcess, "launch", refuse)
    with pytest.raises(SandboxError) as raised:
        LocalWorkers(order(), 1)
    assert str(raised.value) == (
        "no worker could be started: a process could not be started: resource temporarily unavailable; the limit of "
        "processes may be reached (`ulimit -u`)"
    )


def test_workers_go_on_with_another_exercise() -> None:
    """Without a new process, and one that dies meanwhile starts with the new one; other limits need others."""
    first, second = (Order.of(load_exercise(name), settings(seed=1, hidden_seed=1)) for name in ("mlp", "linear_relu"))
    task = Task("ada", "ada", {"backward.py": (SOLUTIONS / "linear_relu" / "backward.py").read_bytes()}).encode()
    with LocalWorkers(first, 2) as workers:
        workers.hello()
        assert [points(worker) for worker in workers.workers] == [26, 26]
        pids = workers.pids
        assert workers.turn_to(second)
        workers.hello()
        assert workers.pids == pids
        os.kill(pids[0], signal.SIGTERM)
        with pytest.raises(ProcessDied):
            workers.workers[0].ask(task)
        entries = [Graded.decode(worker.ask(task)).entry for worker in workers.workers]
        assert [entry["score"]["points"] for entry in entries] == [10, 10]
        assert not workers.turn_to(Order.of(load_exercise("mlp"), settings(seed=1, timeout=99.0)))
