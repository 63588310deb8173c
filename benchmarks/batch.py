"""What a class costs: `python benchmarks/batch.py PART`.

    split     where the time of one submission goes, and what it is beside the bare calls
    growth    memory and rate over a long batch

How fast `grade batch` is beside other graders: `python benchmarks/peers.py`.

The class of `growth` is mixed: of ten submissions four are right, three half filled, two wrong in three places, one is
hostile.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measurement import ROOT, Parser
from processes import ENVIRONMENT, GRADE, cpu_seconds, descendants, memory

from grader.sandbox.numerics import pin_environment

pin_environment()

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from measurement import Measurement

    from grader.classroom.batch.engine import Engine
    from grader.classroom.batch.order import Task
    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Question

PARTS = ("split", "growth")
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
WARM_RUNS = 3
"""Runs at the beginning that do not count."""
READINGS = 9
"""Of the memory at one moment."""


# Where the time goes


class Recorder:
    """A sandbox that notes how long `open` took and what its sessions were asked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.forget()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sandbox, name)

    def forget(self) -> None:
        """Begin anew with the next submission."""
        self.opening = self.reading = 0.0
        self.session: Any = None
        self.pools: list[tuple[str, Mapping[str, Any]]] = []
        self.rounds: list[list[Question]] = []

    def open(self, files: Mapping[str, bytes], *asked: Any) -> Any:
        """A real session, whose `pool` and `ask` are noted."""
        begun = time.perf_counter()
        session = self.sandbox.open(files, *asked)
        self.opening += time.perf_counter() - begun
        self.session, self.reading = session, session.seconds
        pool, ask = session.pool, session.ask

        def noted_pool(key: str, values: Mapping[str, Any]) -> None:
            self.pools.append((key, values))
            pool(key, values)

        def noted_ask(questions: Sequence[Question]) -> Any:
            self.rounds.append(list(questions))
            return ask(questions)

        session.pool, session.ask = noted_pool, noted_ask  # type: ignore[method-assign]
        return session


def split(options: argparse.Namespace, measured: Measurement) -> None:
    """One right submission and one that is wrong in three places, step by step in a worker's engine."""
    from grader.classroom.batch.engine import Engine
    from grader.classroom.batch.order import Order, Task
    from grader.exercise.settings import Feedback, Settings
    from grader.exercise.shelf import load_exercise
    from grader.sandbox.client import started
    from grader.sandbox.limits import Level

    order = Order.of(load_exercise("mlp"), Settings(feedback=Feedback.KIND, isolation=Level.LOCKED, hidden_seed=1))
    with started(Level.LOCKED) as sandbox:
        recorder = Recorder(sandbox)
        with Engine(order, recorder) as engine:  # type: ignore[arg-type]
            for kind, source in (("right", SOLUTION), ("wrong in three", SOLUTION + WRONG)):
                found = steps(engine, recorder, Task("s", "s", {"backward.py": source.encode()}), options.runs)
                print(f"{kind}: " + ", ".join(f"{step} {ms:.1f} ms" for step, ms in found.items()), flush=True)
                ratio = (found["grading"] - found["start"]) / (found["bare calls"] - found["start"])
                print(f"    without the start, the grading takes {ratio:.2f} times as long as the bare calls")
                for step, ms in found.items():
                    measured.figure(f"{kind}: {step}", ms, "ms")
                measured.figure(f"{kind}: grading beside bare calls", ratio, "times")


def steps(engine: Engine, recorder: Recorder, task: Task, runs: int) -> dict[str, float]:
    """Medians in milliseconds.

    `whole` is `grading` and `documents`; `grading` is `opening` (fork, locks, reading), `waiting` for the learner's
    code, and `checks` with the diagnosis. `bare calls` asks the same questions of a fresh child and does nothing with
    the answers; `start` is that without a question. They take turns, so that other load hits all of them.
    """
    from grader.classroom.batch.documents import rendered
    from grader.grading.grading import start_grading
    from grader.grading.submission import Submission

    exercise, settings = engine.exercise, engine.order.settings
    submission = Submission(task.name, Path(task.source), dict(task.files))
    clocks: dict[str, list[float]] = {}

    def timed(step: str, act: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        result = act()
        clocks.setdefault(step, []).append(time.perf_counter() - begun)
        return result

    def grading() -> Any:
        return start_grading(exercise, submission, recorder, settings, engine.cases).document()  # type: ignore[arg-type]

    def asked(*, questions: bool) -> None:
        with recorder.sandbox.open(task.files, exercise.rules, exercise.wanted) as session:
            session.load()
            for key, values in pools if questions else ():
                session.pool(key, values)
            for together in rounds if questions else ():
                list(session.ask(together))

    for _ in range(runs + WARM_RUNS):
        recorder.forget()
        entry = timed("grading", grading)
        clocks.setdefault("opening", []).append(recorder.opening)
        clocks.setdefault("waiting", []).append(recorder.session.seconds - recorder.reading)
        pools, rounds = recorder.pools, recorder.rounds
        timed("documents", lambda entry=entry: rendered(entry, engine.head, engine.order))
        recorder.forget()
        timed("whole", lambda: engine.grade(task))
        timed("bare calls", lambda: asked(questions=True))
        timed("start", lambda: asked(questions=False))
    before = cpu_seconds(os.getpid())
    for _ in range(runs):
        engine.grade(task)
    cpu = (cpu_seconds(os.getpid()) - before) / runs
    medians = {step: statistics.median(times[WARM_RUNS:]) * 1000 for step, times in clocks.items()}
    checks = medians["grading"] - medians["opening"] - medians["waiting"]
    return {**medians, "checks": checks, "processor time": cpu * 1000}


# Memory


def growth(options: argparse.Namespace, measured: Measurement) -> None:
    """Memory of the batch and of all it has started, and its rate, every tenth of the way."""
    size = options.size
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        make_class(top / "class", size)
        words = ["--exercise", "mlp", "--hidden-seed", "1", "-j", str(options.jobs), "-q"]
        begun = then = time.perf_counter()
        process = subprocess.Popen(
            [*GRADE, "batch", str(top / "class"), "--out", str(top / "out"), *words],
            cwd=top, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        shares: list[dict[str, float]] = []
        tenth, count_then = max(1, size // 10), 0
        while process.poll() is None:
            time.sleep(0.1)
            count = written(top / "out")
            if count - count_then >= tenth:
                now = time.perf_counter()
                shares.append(held(process.pid))
                told = "  ".join(f"{name} {mb:.1f}" for name, mb in shares[-1].items())
                print(f"{count:>6}  {(count - count_then) / (now - then):6.2f}/s  MB (PSS): {told}", flush=True)
                then, count_then = now, count
        seconds = time.perf_counter() - begun
        rows = written(top / "out")
    print(f"exit {process.returncode}, {rows} rows in {seconds:.1f} s")
    assert rows == size, f"{size} submissions, but {rows} rows"
    measured.figure("submissions", rows, "submissions")
    measured.figure("rate, start included", rows / seconds, "submissions/s")
    measured.figure("memory after a tenth", shares[0]["all"], "MB (PSS)")
    measured.figure("memory, the most after that", max(share["all"] for share in shares[1:] or shares), "MB (PSS)")


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


def written(out: Path) -> int:
    """Results so far."""
    try:
        return (out / "journal.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def held(pid: int) -> dict[str, float]:
    """Megabytes: of the batch itself, of all that it has started (workers, servers, who is being graded), of both.

    The middle one of several readings. A process forked between two processes' readings takes half of its server's
    share, which was then counted whole: one reading may be a quarter too high.
    """
    readings = [(memory(pid), sum(memory(each.pid) for each in descendants(pid))) for _ in range(READINGS)]
    own, others = sorted(readings, key=sum)[READINGS // 2]
    return {"batch": own, "its processes": others, "all": own + others}


def main() -> None:
    parser = Parser(__doc__, PARTS)
    parser.add_amount("--runs", full=30, quick=1, what="runs of `split`")
    parser.add_amount("--size", full=5000, quick=20, what="submissions of `growth`")
    parser.add_amount("--jobs", full=2, quick=2, what="processes of `growth`")
    options, measured = parser.begin()
    {"split": split, "growth": growth}[options.part](options, measured)
    measured.end()


if __name__ == "__main__":
    main()
