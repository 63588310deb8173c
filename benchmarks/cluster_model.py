"""How many workers a course needs, and what else becomes the limit: `python benchmarks/cluster_model.py PART`.

    measure   this machine's figures: a submission's seconds, a start, the scheduler's and the batch's own cost per task
    scale     one Dask worker beside two, on the same class, with the same reports
    model     the table for courses of 1,000, 100,000 and 10 million submissions, simulated from those figures

Three things work in a row. Workers grade, each one submission at a time. The scheduler handles every task twice, when
it is given out and when its result comes back. The batch sends every task, and receives, decodes, writes and syncs
every result, one after the other.
The simulation plays that through event by event; the closed form beside it is the largest of the three.
"""

from __future__ import annotations

import heapq
import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batch import SOLUTION, WRONG, make_class  # pins the environment
from measurement import ROOT, Parser, require
from processes import cpu_seconds

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from measurement import Measurement

PARTS = ("measure", "scale", "model")


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds; the defaults were measured on two cores of an AMD EPYC at a load of 4 (see `measure`)."""

    submission: float = 0.054
    """Of one core, for one submission: grader's side, server and child."""
    spread: float = 0.5
    """Standard deviation of its logarithm: wrong ones take longer than right ones."""
    start: float = 2.0
    """From a worker's first task to its first result."""
    scheduler: float = 0.0020
    """Of the scheduler, for one task of one submission, there and back."""
    payload: float = 0.00007
    """Of the scheduler, for each submission that a task holds."""
    result: float = 0.00135
    """Of the batch, to decode, write and sync one result."""
    client: float = 0.0015
    """Of the batch, to send a task and to receive what comes back, in the thread of Dask's client."""
    carried: float = 0.00006
    """The same for each submission that a task holds."""
    chunk: int = 1
    """Submissions in a task."""


def simulate(count: int, workers: int, costs: Costs, seed: int = 1) -> float:
    """Seconds until everything is written, event by event, with two tasks waiting for each worker."""
    dice = random.Random(seed)
    mean = math.log(costs.submission) - costs.spread**2 / 2
    scheduler = batch = 0.0
    free = [costs.start * dice.uniform(0.8, 1.2) for _ in range(workers)]
    heapq.heapify(free)
    window: list[float] = []
    for first in range(0, count, costs.chunk):
        size = min(costs.chunk, count - first)
        asked = heapq.heappop(window) if len(window) >= 2 * workers else 0.0
        scheduler = max(scheduler, asked) + costs.scheduler / 2 + costs.payload * size / 2
        begun = max(heapq.heappop(free), scheduler)
        ended = begun + sum(dice.lognormvariate(mean, costs.spread) for _ in range(size))
        heapq.heappush(free, ended)
        # The way back takes the scheduler as long again; it is charged where the next task is given out.
        scheduler += costs.scheduler / 2 + costs.payload * size / 2
        batch = max(batch, ended) + costs.client + (costs.result + costs.carried) * size
        heapq.heappush(window, batch)
    return max(batch, scheduler)


def rates(workers: int, costs: Costs) -> dict[str, float]:
    """Submissions a second that each of the three could do; the smallest is the batch's."""
    return {
        "workers": workers / costs.submission,
        "scheduler": costs.chunk / (costs.scheduler + costs.payload * costs.chunk),
        "batch": costs.chunk / (costs.client + (costs.result + costs.carried) * costs.chunk),
    }


def as_built(workers: int) -> int:
    """Submissions in a task, by the rule of grader/classroom/batch/cluster.py."""
    return max(4, min(16, workers // 8))


def needed(count: int, seconds: float, costs: Costs) -> tuple[int, int]:
    """Workers that grade so many in that time, and the batches they have to be divided into."""
    workers = max(1, math.ceil(count * costs.submission / (seconds - costs.start)))
    figures = rates(workers, replace(costs, chunk=as_built(workers)))
    rate = count / (seconds - costs.start)
    return workers, math.ceil(rate / min(figures["scheduler"], figures["batch"]))


def model(options: argparse.Namespace, measured: Measurement) -> None:
    """The tables."""
    costs = replace(Costs(), **json.loads(options.costs))
    print(
        f"one submission {costs.submission * 1000:.0f} ms of a core, start {costs.start:.1f} s\n"
        f"scheduler {costs.scheduler * 1000:.2f} ms a task and {costs.payload * 1000:.2f} ms a submission in it\n"
        f"batch {costs.client * 1000:.2f} ms a task and {costs.carried * 1000:.2f} ms a submission in it, "
        f"{costs.result * 1000:.2f} ms a result"
    )
    print(f"\nsubmissions a second ({options.simulated:,} simulated), and what limits them")
    print(f"{'workers':>8}  {'one in a task':>22}  {'as built':>32}")
    for workers in (1, 2, 8, 16, 32, 64, 128, 512):
        (one, alone), (built, together) = (
            _cell(workers, chunk, costs, options.simulated) for chunk in (1, as_built(workers))
        )
        print(f"{workers:>8}  {alone:>22}  {together:>32}")
        measured.figure(f"{workers} workers, one in a task", one, "submissions/s")
        measured.figure(f"{workers} workers, as built", built, "submissions/s")
    for name in ("scheduler", "batch"):
        for rule, chunk in (("one in a task", lambda _: 1), ("as built", as_built)):
            print(f"the {name} is slower than its workers, {rule}: {_limit(name, chunk, costs)}")
    print("\nworkers of one core each, and in how many batches where one would not keep up")
    print(f"{'course':>12}  {'10 minutes':>16}  {'1 hour':>16}  {'a night (8 h)':>16}  {'one core alone':>16}")
    for count in (1_000, 100_000, 10_000_000):
        cells = [_shown(*needed(count, seconds, costs)) for seconds in (600, 3600, 8 * 3600)]
        alone = f"{count * costs.submission / 3600:.1f} h"
        print(f"{count:>12,}  {'  '.join(f'{cell:>16}' for cell in cells)}  {alone:>16}")


def _limit(name: str, chunk: Callable[[int], int], costs: Costs, most: int = 10_000) -> str:
    """From how many workers on, and at what rate there."""
    figures = {workers: rates(workers, replace(costs, chunk=chunk(workers))) for workers in range(1, most)}
    keeps_up = [workers for workers, each in figures.items() if each[name] > each["workers"]]
    first = max(keeps_up, default=0) + 1
    return f"from {first} workers on, {figures[first][name]:.0f}/s" if first in figures else f"not up to {most:,}"


def _cell(workers: int, chunk: int, costs: Costs, count: int) -> tuple[float, str]:
    """The simulated rate, and how the table puts it."""
    chosen = replace(costs, chunk=chunk)
    rate = count / (simulate(count, workers, chosen) - costs.start)
    figures = rates(workers, chosen)
    inside = f" {chunk} in a task" if chunk > 1 else ""
    return rate, f"{rate:.0f}/s {min(figures, key=figures.__getitem__)}{inside}"


def _shown(workers: int, batches: int) -> str:
    return f"{workers:,}" if batches == 1 else f"{workers:,} in {batches}"


# Figures of this machine


def measure(options: argparse.Namespace, measured: Measurement) -> None:
    """Each figure as the best or the slope of short runs."""
    require("distributed", "cluster")
    count, rounds = options.size, options.rounds
    found = {"result": result_cost(count, rounds)}
    print(f"batch: {found['result'] * 1000:.2f} ms to decode, write and sync a result", flush=True)
    found |= engine_costs(count)
    print(f"worker: start {found['start']:.1f} s, a submission {found['submission'] * 1000:.0f} ms of CPU", flush=True)
    found |= scheduler_costs(options.tasks, rounds)
    for name, task, inside in (("scheduler", "scheduler", "payload"), ("batch's client", "client", "carried")):
        print(f"{name}: {found[task] * 1000:.2f} ms for a task, {found[inside] * 1000:.2f} ms more for each "
              "submission in it", flush=True)  # fmt: skip
    print(loaded())
    print(f"for `model`: --costs '{json.dumps(found)}'")
    for name, seconds in found.items():
        measured.figure(name, 1000 * seconds, "ms")


def result_cost(count: int, rounds: int) -> float:
    """A batch whose workers answer at once, with real documents."""
    from grader.classroom.batch.engine import Engine
    from grader.classroom.batch.order import Graded, Order, Task
    from grader.classroom.batch.runner import Batch
    from grader.classroom.batch.store import Store
    from grader.classroom.intake.folder import read_folder
    from grader.exercise.settings import Feedback, Settings
    from grader.exercise.shelf import load_exercise
    from grader.sandbox.limits import Level

    order = Order.of(load_exercise("mlp"), Settings(feedback=Feedback.KIND, isolation=Level.LOCKED))
    with Engine(order) as engine:
        made = engine.grade(Task("s", "s", {"backward.py": (SOLUTION + WRONG).encode()}))
        head = engine.check()

    class AtOnce:
        window, chunk, patience = 4, 1, math.inf

        def hello(self) -> dict[str, Any]:
            return head

        def flush(self) -> None:
            return None

        def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
            del alone
            future: Future[bytes] = Future()
            entry = {**made.entry, "name": Task.decode(task).name}
            future.set_result(Graded(entry, made.full, made.student).encode())
            return future

        def close(self) -> None:
            return None

    def once(scratch: str, turn: int) -> float:
        with Store(Path(scratch, f"out{turn}")) as store:
            batch = Batch(order, 26, [], read_folder(Path(scratch, "class")).handed_in, store, Quiet())
            begun = time.perf_counter()
            batch.run(AtOnce)
            return (time.perf_counter() - begun) / count

    with tempfile.TemporaryDirectory() as scratch:
        make_class(Path(scratch, "class"), count)
        return min(once(scratch, turn) for turn in range(rounds))


def best(figures: Iterable[tuple[float, float]]) -> tuple[float, ...]:
    """The smallest of each: what else runs on a machine only ever adds."""
    return tuple(min(column) for column in zip(*figures, strict=True))


class Quiet:
    """Nobody is told."""

    def begin(self, total: int) -> None: ...
    def done(self, record: Any, *, known: bool = False) -> None: ...
    def again(self, name: str, why: str) -> None: ...


def engine_costs(count: int) -> dict[str, float]:
    """A worker process's start, and the CPU of all it takes for a submission."""
    from grader.classroom.batch.order import Order, Task
    from grader.classroom.batch.workers import LocalWorkers
    from grader.exercise.settings import Feedback, Settings
    from grader.exercise.shelf import load_exercise
    from grader.sandbox.limits import Level

    order = Order.of(load_exercise("mlp"), Settings(feedback=Feedback.KIND, isolation=Level.LOCKED))
    begun = time.perf_counter()
    with LocalWorkers(order, 1) as workers:
        workers.hello()
        start = time.perf_counter() - begun
        sources = [SOLUTION, SOLUTION, SOLUTION + WRONG]
        tasks = [Task(f"s{n}", "s", {"backward.py": f"{sources[n % 3]}# {n}".encode()}) for n in range(min(count, 60))]
        for task in tasks[:6]:
            workers.submit(task.encode()).result()
        (pid,) = workers.pids
        before = cpu_seconds(pid)
        for task in tasks[6:]:
            workers.submit(task.encode()).result()
        return {"start": start, "submission": (cpu_seconds(pid) - before) / (len(tasks) - 6)}


def scheduler_costs(tasks: int, rounds: int) -> dict[str, float]:
    """CPU of a real scheduler and of its client for tasks that do nothing, of 10 KB and of 80 KB, with results of 60 KB
    and of 480 KB.
    """
    with cluster(1) as (address, scheduler_pid):
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            one, eight = (
                best(task_cost(client, scheduler_pid, chunk, tasks) for _ in range(rounds)) for chunk in (1, 8)
            )
    (payload, carried) = (max(0.0, (more - less) / 7) for less, more in zip(one, eight, strict=True))
    return {"scheduler": one[0] - payload, "payload": payload, "client": one[1] - carried, "carried": carried}


def task_cost(client: Any, pid: int, chunk: int, count: int) -> tuple[float, float]:
    """CPU seconds of the scheduler and of this process for a task, results fetched as they come, eight in flight."""
    from distributed import as_completed

    raw = os.urandom(10_000 * chunk)
    waiting = as_completed(
        [client.submit(work, raw, n, pure=False) for n in range(8)], with_results=True, loop=client.loop
    )
    before, own, given = cpu_seconds(pid), time.process_time(), 8
    for _ in waiting:
        if given < count:
            waiting.add(client.submit(work, raw, given, pure=False))
            given += 1
    return (cpu_seconds(pid) - before) / count, (time.process_time() - own) / count


def work(raw: bytes, number: int) -> bytes:
    """A result six times as long as its submission."""
    del number
    return raw * 6


# One worker beside two


def scale(options: argparse.Namespace, measured: Measurement) -> None:
    """Submissions a second, in turns because no machine is equally fast all day; whether reports are the same."""
    require("distributed", "cluster")
    size, rounds = options.size, options.rounds
    documents: list[dict[str, Any]] = []
    ratios = []
    with tempfile.TemporaryDirectory() as scratch:
        make_class(Path(scratch, "class"), size, hostile=False)  # waiting for a time limit needs no core
        for turn in range(rounds):
            seconds = {}
            for workers in (1, 2):
                out = Path(scratch, f"out{turn}-{workers}")
                with cluster(workers) as (address, _):
                    seconds[workers] = graded(Path(scratch, "class"), out, address)
                documents.append(reports(out))
                rate = size / seconds[workers]
                print(
                    f"{workers} Dask workers: {size} in {seconds[workers]:.1f} s, {rate:.2f}/s, {loaded()}", flush=True
                )
            ratios.append(seconds[1] / seconds[2])
    same = all(document == documents[0] for document in documents) and len(documents[0]) == size
    shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"two beside one: median {statistics.median(ratios):.2f} times ({shown}), reports identical: {same}")
    measured.figure("two workers beside one", statistics.median(ratios), "times")
    measured.figure("reports identical", int(same), "of 1")


def loaded() -> str:
    """How busy the machine was: one worker alone loads it with about 1."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def graded(source: Path, out: Path, address: str) -> float:
    """Seconds from the first warm engine on."""
    from grader.classroom.batch.cluster import ClusterWorkers
    from grader.classroom.batch.order import Order
    from grader.classroom.batch.runner import Batch
    from grader.classroom.batch.store import Store
    from grader.classroom.intake.folder import read_folder
    from grader.exercise.settings import Feedback, Settings
    from grader.exercise.shelf import load_exercise
    from grader.sandbox.limits import Level

    order = Order.of(load_exercise("mlp"), Settings(feedback=Feedback.KIND, isolation=Level.LOCKED, hidden_seed=1))
    with Store(out) as store, ClusterWorkers(order, address) as workers:
        workers.hello()
        batch = Batch(order, 26, [], read_folder(source).handed_in, store, Quiet())
        begun = time.perf_counter()
        batch.run(lambda: workers)
        return time.perf_counter() - begun


def reports(out: Path) -> dict[str, Any]:
    """Every document without its times."""
    return {
        path.name: timeless(json.loads(path.read_bytes()))
        for path in sorted(out.glob("s*.json"))
        if path.stem != "summary"
    }


def timeless(value: Any) -> Any:
    """Without times."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in ("created", "duration", "duration_s")}
    return [timeless(item) for item in value] if isinstance(value, list) else value


class cluster:  # noqa: N801 reads as `with cluster(2)`
    """`dask scheduler` and `dask worker` processes; gives the address and the scheduler's process."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._processes: list[Any] = []

    def __enter__(self) -> tuple[str, int]:
        import socket

        from distributed import Client

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        address = f"tcp://127.0.0.1:{port}"
        self._run("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        for _ in range(self._workers):
            self._run("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(self._workers, timeout=120)
        return address, self._processes[0].pid

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    def _run(self, module: str, *words: str) -> None:
        import subprocess

        paths = f"{ROOT}{os.pathsep}{Path(__file__).resolve().parent}"
        self._processes.append(
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *words],
                env=os.environ | {"PYTHONPATH": paths},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )


def main() -> None:
    parser = Parser(__doc__, PARTS)
    parser.add_amount("--size", full=60, quick=12, what="submissions of `measure` and `scale`")
    parser.add_amount("--rounds", full=3, quick=1, what="turns of one worker and two, repeats of `measure`")
    parser.add_amount("--tasks", full=400, quick=40, what="tasks that do nothing, of `measure`")
    parser.add_amount("--simulated", full=20_000, quick=1_000, what="submissions of `model`")
    parser.add_argument("--costs", default="{}", help="JSON: figures of `measure` in place of the recorded ones")
    options, measured = parser.begin()
    {"measure": measure, "scale": scale, "model": model}[options.part](options, measured)
    measured.end()


if __name__ == "__main__":
    main()
