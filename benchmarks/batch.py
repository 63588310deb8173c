"""A class in one command, beside what an instructor would write with pytest: `python benchmarks/batch.py PART`.

    compare [--size 200]  submissions a second of `grade batch` on two processes, beside (a) a pytest process for each
                          submission and (b) one session of pytest-xdist; neither of those isolates anything
    split                 where the time of one submission goes
    growth [--size 5000]  memory and rate over a long batch

The class is mixed: of ten submissions four are right, three half filled, two wrong in three places, one is hostile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grader.sandbox.numerics import pin_environment

pin_environment()

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
WRONG = """
def dprobs(dlogprobs, probs): return dlogprobs * probs
def dhpreact(dh, h): return (1.0 - h) * dh
def db2(dlogits): return dlogits.sum(1)
"""
HOSTILE = (
    "import os\nos._exit(0)\n",
    "def dprobs(n): raise SystemExit\n",
    "import torch\ndef dlogprobs(logprobs):\n    return torch.autograd.grad(logprobs.sum(), logprobs)[0]\n",
    "def dlogits(n):\n    return dlogits(n)\n",
    "def dh(n): return [0] * 10**12\n",
)

# (a) and (b) as an instructor would write them: the reference by autograd, exact and allclose for each gradient.
TESTS = """
import importlib.util, inspect, pathlib, sys
import pytest, torch
sys.path.insert(0, {root!r})
from grader.exercise.shelf import load_exercise

module = load_exercise("mlp").module
FOLDERS = sorted(pathlib.Path({folder!r}).iterdir())[{first}:{last}]
CASES = None

def case():
    global CASES
    if CASES is None:
        inputs = {{k: v.requires_grad_() if v.is_floating_point() else v for k, v in module.inputs(2147483647).items()}}
        values = module.forward(**inputs)
        for name in module.GRADED:
            values[name].retain_grad()
        values["loss"].backward()
        gradients = {{"d" + name: values[name].grad for name in module.GRADED}}
        plain = {{k: v.detach() if isinstance(v, torch.Tensor) else v for k, v in values.items()}}
        CASES = plain | gradients
    return CASES

LOADED = {{}}

def load(folder):
    if folder not in LOADED:
        spec = importlib.util.spec_from_file_location(f"s_{{folder.name}}", folder / "backward.py")
        LOADED[folder] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(LOADED[folder])
    return LOADED[folder]

@pytest.mark.parametrize("name", ["d" + name for name in module.GRADED])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_gradient(folder, name):
    function = getattr(load(folder), name)
    values = case()
    answer = function(**{{p: values[p] for p in inspect.signature(function).parameters}})
    expected = values[name]
    exact = bool((answer == expected).all())
    assert exact or torch.allclose(answer, expected), (answer - expected).abs().max().item()
"""


def make_class(folder: Path, size: int, *, hostile: bool = True) -> None:
    """A mixed class; every file is another one."""
    half = "".join(f"\ndef {name}(n): raise NotImplementedError\n" for name in second_half())
    kinds = [SOLUTION] * 4 + [SOLUTION + half] * 3 + [SOLUTION + WRONG] * 2
    for number in range(size):
        place = number % 10
        source = kinds[place] if place < 9 else SOLUTION + (HOSTILE[number // 10 % len(HOSTILE)] if hostile else WRONG)
        path = folder / f"s{number:05}" / "backward.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{source}\n# {number}\n", encoding="utf-8")


def second_half() -> list[str]:
    """The gradients that a half-filled submission has not come to."""
    from grader.exercise.shelf import load_exercise

    gradients = load_exercise("mlp").gradients
    return list(gradients[len(gradients) // 2 :])


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a process and its children; its output counts only if it did not get to grading."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, env=environment())
    if done.returncode > 1:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def environment() -> dict[str, str]:
    """One thread each, as the grader has it: more of them only get into each other's way."""
    return os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def pytest_command(folder: Path, tests: Path, first: int, last: int, *words: str) -> list[str]:
    """pytest on submissions first to last."""
    file = tests / f"test_{first}_{last}.py"
    file.write_text(TESTS.format(root=str(ROOT), folder=str(folder), first=first, last=last))
    report = f"--json-report-file={tests / f'{first}.json'}"
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:grader", "--json-report", report, *words, str(file)]


def batch_command(folder: Path, out: Path, jobs: int) -> list[str]:
    """`grade batch`."""
    words = [str(folder), "--exercise", "mlp", "--out", str(out), "--hidden-seed", "1", "-j", str(jobs), "-q"]
    return [sys.executable, "-m", "grader", "batch", *words]


def compare(size: int, alone: int, jobs: int) -> None:
    """Ours and theirs, one after the other, on the same machine."""
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        make_class(top / "mixed", size)
        make_class(top / "tame", size, hostile=False)  # one os._exit would end their whole session
        ours, _ = run(batch_command(top / "mixed", top / "out", jobs), top)
        tell(f"grade batch -j {jobs}, locked, full verdict", size, ours)
        check_rows(top / "out", size)
        (top / "tests").mkdir()
        theirs = [run(pytest_command(top / "tame", top / "tests", n, n + 1), top) for n in range(alone)]
        wall, cpu = (sum(figures) for figures in zip(*theirs, strict=True))
        tell("(a) a pytest --json-report process each", alone, wall, cpu)
        xdist = run(pytest_command(top / "tame", top / "tests", 0, size, "-n", str(jobs), "-p", "xdist"), top)
        tell(f"(b) pytest-xdist -n {jobs}, one session", size, *xdist)
        each = bare(top / "mixed", min(size, 50))
        print(f"fork, calls and checks alone, in one process: {each * 1000:.1f} ms each")
        print(f"times (a): {wall / alone / (ours / size):.1f}   times (b): {xdist[0] / ours:.1f}")
        print(f"core seconds of the batch, starting up and all, over the bare cost: {ours * jobs / size / each:.2f}")


def bare(folder: Path, size: int) -> float:
    """Seconds that one submission takes with nothing but a warm sandbox: no files, documents, hashes or processes."""
    from grader.exercise.case import build_cases
    from grader.exercise.settings import Settings
    from grader.exercise.shelf import load_exercise
    from grader.grading.grading import start_grading
    from grader.grading.submission import read_submission
    from grader.sandbox.client import Sandbox

    submissions = [read_submission(path) for path in sorted(folder.iterdir())[:size]]
    with Sandbox() as sandbox:
        exercise = load_exercise("mlp")
        settings = Settings(hidden_seed=1)
        cases = build_cases(exercise, settings.seed, None, 1)
        for warm in (True, False):
            begun = time.perf_counter()
            for submission in submissions[: 5 if warm else size]:
                list(start_grading(exercise, submission, sandbox, settings, cases).rows())
    return (time.perf_counter() - begun) / size


def tell(what: str, count: int, wall: float, cpu: float | None = None) -> None:
    """One line of the comparison; processor time only where the system counts all of it."""
    each = f"{wall / count * 1000:7.1f} ms wall" + (f", {cpu / count * 1000:7.1f} ms CPU each" if cpu else "")
    print(f"{what:<44} {count:>5} in {wall:6.1f} s  {count / wall:6.2f}/s  {each}", flush=True)


def check_rows(out: Path, size: int) -> None:
    """A fast batch that loses rows is none."""
    summary = json.loads((out / "summary.json").read_bytes())
    print(f"    rows: {summary['status']}, engine alone {summary['seconds']} s", flush=True)
    assert summary["submissions"] == size
    assert not summary["status"]["failed"]


# Where the time goes


def split(runs: int) -> None:
    """One right and one half-wrong submission, step by step, in this process."""
    from grader.classroom.batch import engine as engines
    from grader.classroom.batch.order import Order, Task
    from grader.exercise.settings import Feedback, Settings
    from grader.exercise.shelf import load_exercise
    from grader.sandbox.limits import Level

    clocks: dict[str, list[float]] = {}
    with engines.Engine(
        Order.of(load_exercise("mlp"), Settings(feedback=Feedback.KIND, isolation=Level.LOCKED, hidden_seed=1))
    ) as engine:
        engine.check()
        watch(engine, clocks)
        for name, source in (("right", SOLUTION), ("wrong in three", SOLUTION + WRONG)):
            clocks.clear()
            task = Task("s", "s", {"backward.py": source.encode()})
            cpu = time.process_time()
            for _ in range(runs + 3):
                timed(clocks, "whole", engine.grade)(task)
            cpu = (time.process_time() - cpu) / (runs + 3)
            medians = {step: statistics.median(times[3:]) * 1000 for step, times in clocks.items()}
            reading = medians["open"] - medians["fork"] - medians["locks"]
            checks = medians["whole"] - medians["open"] - medians["calls"] - medians["report"]
            print(
                f"{name}: {medians['whole']:.1f} ms: fork {medians['fork']:.1f}, lock-down {medians['locks']:.1f}, "
                f"reading {reading:.1f}, waiting for the learner's code {medians['calls']:.1f}, "
                f"checks and diagnosis {checks:.1f}, pytest 0.0, report {medians['report']:.1f}; "
                f"CPU of the grader's side {cpu * 1000:.1f}"
            )


def watch(engine: Any, clocks: dict[str, list[float]]) -> None:
    """Clocks around the steps."""
    from grader.classroom.batch import engine as engines
    from grader.sandbox.host import session as host_session
    from grader.sandbox.host.forkserver import ForkServer

    ForkServer.start = timed(clocks, "fork", ForkServer.start)
    host_session.begin = timed(clocks, "locks", host_session.begin)
    open_ = engine.sandbox.open
    sessions: list[Any] = []

    def opened(*words: Any) -> Any:
        session = timed(clocks, "open", open_)(*words)
        sessions.append((session, session.seconds))
        return session

    grade = engine._grade  # noqa: SLF001

    def graded(task: Any) -> Any:
        done = grade(task)
        session, reading = sessions.pop()
        clocks.setdefault("calls", []).append(session.seconds - reading)
        return done

    engine.sandbox.open = opened
    engine._grade = graded  # noqa: SLF001
    engines.rendered = timed(clocks, "report", engines.rendered)


def timed(clocks: dict[str, list[float]], step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function with a clock around it."""

    def call(*words: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return function(*words, **named)
        finally:
            clocks.setdefault(step, []).append(time.perf_counter() - begun)

    return call


# Memory


def growth(size: int, jobs: int) -> None:
    """Memory of the batch and of all it has started, and its rate, every tenth of the way."""
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        make_class(top / "class", size)
        process = subprocess.Popen(
            batch_command(top / "class", top / "out", jobs),
            cwd=top, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        then, count_then = time.perf_counter(), 0
        marks = iter(range(size // 10, size + 1, size // 10))
        mark = next(marks)
        while process.poll() is None:
            time.sleep(0.5)
            count = done(top / "out")
            if count >= mark:
                now = time.perf_counter()
                rate = (count - count_then) / (now - then)
                figures = "  ".join(f"{name} {mb:.1f}" for name, mb in memory(process.pid).items())
                print(f"{count:>6}  {rate:6.2f}/s  MB (PSS): {figures}", flush=True)
                then, count_then, mark = now, count, next(marks, size + 1)
        print(f"exit {process.returncode}, {done(top / 'out')} rows")
        shutil.rmtree(top, ignore_errors=True)


def done(out: Path) -> int:
    """Results so far."""
    try:
        return (out / "journal.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def memory(pid: int) -> dict[str, float]:
    """Proportional memory in MB: of the batch, of its workers, of their servers (and who is being graded)."""
    found = {"batch": pss(pid), "workers": 0.0, "servers": 0.0}
    for each in descendants(pid):
        found["workers" if "spawn_main" in command(each) else "servers"] += pss(each)
    return found | {"all": sum(found.values())}


def descendants(pid: int) -> Iterator[int]:
    """All that a process has started, and what those have."""
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, task.read_text().split()):
                yield child
                yield from descendants(child)


def command(pid: int) -> str:
    """A process's command line; empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def pss(pid: int) -> float:
    """A process's share of the memory; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    """One of the parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("compare", "split", "growth"))
    parser.add_argument("--size", type=int)
    parser.add_argument("--alone", type=int, default=8, help="submissions for (a)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=30)
    chosen = parser.parse_args()
    if chosen.part == "compare":
        compare(chosen.size or 200, chosen.alone, chosen.jobs)
    elif chosen.part == "split":
        split(chosen.runs)
    else:
        growth(chosen.size or 5000, chosen.jobs)


if __name__ == "__main__":
    main()
