"""A batch on a real Dask scheduler with real workers, on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
from classroom import EngineWorkers, Silent, hand_in, settings

from grader.classroom.batch.engine import Engine
from grader.classroom.batch.grades import read_rows
from grader.classroom.batch.order import Order
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import Store
from grader.classroom.intake.folder import read_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox

distributed = pytest.importorskip("distributed")
cluster_module = pytest.importorskip("grader.classroom.batch.cluster")
ClusterWorkers, NoCluster = cluster_module.ClusterWorkers, cluster_module.NoCluster
check_address = cluster_module.check_address

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(1200),
    # from tornado's and distributed's threads
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("GRADE_KILLS", "3"))
SEED = 2147483647
SIZE = 30
THERE = "__import__('importlib').import_module('grader.classroom.batch.cluster')._here"


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A scheduler with two workers, each started as an administrator would."""
    with Cluster() as cluster:
        yield cluster.address


class Cluster:
    """`dask scheduler` and `dask worker` processes on this machine."""

    def __init__(self, workers: int = 2) -> None:
        self._count = workers
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._run("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        for _ in range(self._count):
            self.add_worker()
        try:
            with distributed.Client(self.address, timeout=60, set_as_default=False) as client:
                client.wait_for_workers(max(1, self._count), timeout=120 if self._count else 0.1)
        except TimeoutError:
            if self._count:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def add_worker(self) -> None:
        """Add a worker, with a nanny that restarts it if it dies."""
        words = ["--nthreads", "1", "--no-dashboard", "--memory-limit", "0", "--host", "127.0.0.1"]
        self._run("distributed.cli.dask_worker", self.address, *words)

    def _run(self, module: str, *words: str) -> None:
        self._processes.append(
            subprocess.Popen(
                [sys.executable, "-m", module, *words],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Different submissions, most of them right."""
    solution = (ROOT / "solutions" / "mlp" / "backward.py").read_text()
    wrong = ("", "def dprobs(dlogprobs, probs): return dlogprobs * probs\n", "def dcounts(n): return None\n")
    files = {f"s{n}/backward.py": f"{solution}\n{wrong[n % 3]}# {n}\n" for n in range(SIZE)}
    return hand_in(tmp_path_factory.mktemp("cluster") / "class", files)


@pytest.fixture(scope="module")
def order(mlp: Exercise) -> Order:
    """An order with hidden cases, as in a batch."""
    return Order.of(mlp, settings(seed=SEED, hidden_seed=11))


@pytest.fixture(scope="module")
def here(course: Path, order: Order, sandbox: Sandbox) -> dict[str, Any]:
    """The results of grading the class on this machine."""
    with Engine(order, sandbox) as engine:
        return graded(course, order, course.parent / "here", lambda: EngineWorkers(engine))


def graded(course: Path, order: Order, out: Path, workers: Callable[[], Any]) -> dict[str, Any]:
    """Every report of a batch, without times."""
    with Store(out) as store:
        batch = Batch(order, 26, [], read_folder(course).handed_in, store, Silent())
        batch.run(workers)
    names = [f"s{n}" for n in range(SIZE)]
    return {name: plain(json.loads((out / f"{name}.json").read_bytes())) for name in names}


def plain(value: Any) -> Any:
    """Remove what differs between two runs or two limits."""
    left_out = ("created", "duration", "duration_s", "notes", "settings_sha256")
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in left_out}
    return [plain(item) for item in value] if isinstance(value, list) else value


def test_reports_equal_those_of_one_machine(
    scheduler: str, course: Path, order: Order, here: dict[str, Any], tmp_path: Path
) -> None:
    """Bit for bit, including hashes of the reference gradients."""
    with ClusterWorkers(order, scheduler) as workers:
        assert (workers.workers, workers.chunk) == (2, 4)
        assert graded(course, order, tmp_path / "out", lambda: workers) == here


def test_a_large_cluster_gets_several_submissions_in_a_task(
    scheduler: str, course: Path, order: Order, here: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler could not keep up with one at a time; the reports are equal."""
    monkeypatch.setattr(cluster_module, "_WORKERS_FOR_A_CHUNK", 0.25)
    with ClusterWorkers(order, scheduler) as workers:
        assert workers.chunk == 8
        assert graded(course, order, tmp_path / "out", lambda: workers) == here


def test_nothing_is_left_on_the_workers(scheduler: str, order: Order) -> None:
    """The processes that grade end with the batch; the workers stay."""
    with ClusterWorkers(order, scheduler) as workers:
        workers.hello()
    with distributed.Client(scheduler, set_as_default=False) as client:
        states = client.run(eval, f"({THERE}.orders, {THERE}._worker)")
    assert list(states.values()) == [({}, None)] * 2


def test_a_worker_that_joins_later_receives_the_order(scheduler: str, order: Order) -> None:
    """Without any action by the batch."""
    from grader.classroom.batch.order import Task

    with Cluster(1) as cluster, ClusterWorkers(order, cluster.address) as workers:
        workers.hello()
        cluster.add_worker()
        workers._client.wait_for_workers(2, timeout=120)
        tasks = [Task(f"t{n}", "t", {"backward.py": b"# %d\n" % n}).encode() for n in range(8)]
        results = [workers.submit(task, alone=True).result(timeout=200) for task in tasks]
    assert len(results) == 8


def test_killed_workers_cost_only_time(
    scheduler: str, course: Path, order: Order, here: dict[str, Any], tmp_path: Path
) -> None:
    """kill -9 at random moments: others get their submissions, and nannies restart them."""
    dice, killed = random.Random(3), 0
    with distributed.Client(scheduler, set_as_default=False) as client:
        for round_ in range(3 * KILLS):  # on a slow machine a batch may be over before its worker could be killed
            if killed == KILLS:
                break
            out = tmp_path / f"out{round_}"
            # As soon as the batch has begun, or with up to two thirds of the class graded.
            reaper = Reaper(client, out, wanted=dice.randrange(2 * SIZE // 3), dice=dice)
            with ClusterWorkers(order, scheduler) as workers, reaper:
                assert graded(course, order, out, lambda workers=workers: workers) == here
            killed += reaper.killed is not None
            rows = read_rows(out / "grades.csv")
            assert sorted(row["submission"] for row in rows) == sorted(here)
            assert {row["status"] for row in rows} == {"graded"}
    assert killed == KILLS


class Reaper:
    """Kills a worker once a given number of submissions is graded."""

    def __init__(self, client: Any, out: Path, *, wanted: int, dice: random.Random) -> None:
        self.killed: int | None = None
        self._client, self._out, self._wanted, self._dice = client, out, wanted, dice
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _wait(self) -> None:
        while not self._over.wait(0.02) and self.killed is None:
            if (self._out / "journal.jsonl").is_file() and lines(self._out) >= self._wanted:
                with contextlib.suppress(Exception):  # a starting worker does not answer
                    victim = self._dice.choice(list(self._client.run(os.getpid).values()))
                    os.kill(victim, signal.SIGKILL)
                    self.killed = victim


def lines(out: Path) -> int:
    """Number of graded submissions."""
    try:
        return (out / "journal.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def test_a_killed_batch_resumes_with_the_same_command(
    scheduler: str, course: Path, here: dict[str, Any], tmp_path: Path
) -> None:
    """Its tasks left on the cluster do no harm, and nothing is graded twice."""
    out = tmp_path / "out"
    words = ["batch", str(course), "--exercise", "mlp", "--out", str(out), "--scheduler", scheduler]
    command = [sys.executable, "-m", "grader", *words, "--hidden-seed", "11", "-q"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    first = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    while lines(out) < SIZE // 3:
        assert first.poll() is None
        time.sleep(0.02)
    first.kill()
    first.wait()
    before = lines(out)
    assert before < SIZE
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=True)
    assert f"graded {SIZE - before} in" in again.stdout
    assert {name: plain(json.loads((out / f"{name}.json").read_bytes())) for name in here} == here


def test_a_version_mismatch_is_reported(scheduler: str, order: Order) -> None:
    """Results could differ."""
    other = Order.decode(order.encode())
    other.__dict__["fingerprint"] = "0" * 64  # as if computed by another version
    with (
        ClusterWorkers(other, scheduler) as workers,
        pytest.raises(NoCluster, match="or torch differs"),
    ):
        workers.hello()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("tcp://127.0.0.1:9", "cannot reach a scheduler at tcp://127.0.0.1:9: connection refused"),
        ("127.0.0.1", "--scheduler 127.0.0.1 is not an address: missing port number"),
        ("http://127.0.0.1:9", "--scheduler http://127.0.0.1:9 is not an address: unknown scheme http. Use the one"),
    ],
)
def test_no_scheduler_is_one_sentence_at_once(address: str, sentence: str) -> None:
    """The message includes the address and the reason."""
    begun = time.monotonic()
    with pytest.raises(NoCluster) as raised:
        check_address(address)
    assert str(raised.value).startswith(sentence)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.2p1\r\n"], ids=["silent", "another"])
def test_another_server_is_no_scheduler(monkeypatch: pytest.MonkeyPatch, greeting: bytes) -> None:
    """The dashboard's port is the likely mistake."""
    monkeypatch.setattr(cluster_module, "_CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        answered: list[socket.socket] = []

        def answer() -> None:
            answered.append(server.accept()[0])
            answered[0].sendall(greeting)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(NoCluster, match=f"what answers at {place} is not a Dask scheduler: use the address"):
            check_address(place)
        thread.join()
        answered[0].close()


def test_a_scheduler_that_dies_is_one_sentence(course: Path, order: Order, tmp_path: Path) -> None:
    """What is finished is kept, and the same command resumes."""
    with Cluster(1) as cluster:
        words = ["batch", str(course), "--exercise", "mlp", "--out", str(tmp_path), "--scheduler", cluster.address]
        batch = subprocess.Popen(
            [sys.executable, "-m", "grader", *words], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while not lines(tmp_path):
            assert batch.poll() is None
            time.sleep(0.02)
        cluster._processes[0].kill()
        said = batch.communicate(timeout=120)[1]
    assert batch.returncode == 3
    assert "Traceback" not in said
    assert said.splitlines()[-1] == (
        f"Error: lost the scheduler at {cluster.address}. Finished submissions are kept: start the cluster again, and "
        "run the same command to resume"
    )


def test_a_scheduler_without_workers_is_one_sentence(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message includes the command that starts one."""
    monkeypatch.setattr(cluster_module, "_WORKER_SECONDS", 3)
    sentence = "the scheduler has no workers; start one: dask worker ADDRESS"
    with (
        Cluster(0) as cluster,
        ClusterWorkers(order, cluster.address) as workers,
        pytest.raises(NoCluster, match=sentence),
    ):
        workers.hello()


def test_from_the_command_line(scheduler: str, course: Path, tmp_path: Path) -> None:
    """`grade batch --scheduler`."""
    begun = time.monotonic()
    words = ["batch", str(course), "--exercise", "mlp", "--out", str(tmp_path / "out"), "--scheduler", scheduler]
    done = subprocess.run(
        [sys.executable, "-m", "grader", *words],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"mlp: {SIZE} submissions: {SIZE} graded" in done.stdout
    assert time.monotonic() - begun < 600
