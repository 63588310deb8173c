"""What the sandbox costs: `python benchmarks/sandbox.py PART`.

    steps     a child's birth, its locks, one call, its end
    growth    memory and open files over many submissions

What it costs a whole submission: `python benchmarks/batch.py split`.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING, Any

from measurement import ROOT, Parser
from processes import memory

from grader.sandbox.numerics import pin_environment

pin_environment()

import psutil

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from measurement import Measurement

PARTS = ("steps", "growth")
SOLUTION = ROOT / "solutions" / "mlp" / "backward.py"


def steps(options: argparse.Namespace, measured: Measurement) -> None:
    """Each step alone, and a submission opened, which is the first two and the reading."""
    import torch

    from grader.sandbox.client import started
    from grader.sandbox.host.forkserver import ForkServer
    from grader.sandbox.limits import Level
    from grader.sandbox.types import Question

    def say(what: str, milliseconds: Sequence[float]) -> None:
        middle = statistics.median(milliseconds)
        print(f"{what:44} {middle:9.2f} ms   {1000 / statistics.fmean(milliseconds):8.1f}/s", flush=True)
        measured.figure(what, middle, "ms")

    forks, locks, ends = [], [], []
    server = ForkServer.launch(memory=1 << 30, cpu=20)
    for _ in range(options.count):
        begun = time.perf_counter()
        process = server.start()
        forked = time.perf_counter()
        process.receive(1 << 10, time.monotonic() + 5)
        locked = time.perf_counter()
        process.end(gone=False)
        times = (forked - begun, locked - forked, time.perf_counter() - locked)
        for kept, seconds in zip((forks, locks, ends), times, strict=True):
            kept.append(1000 * seconds)
    server.close()
    say("fork, until the grader has its handle", forks)
    say("from there until it is locked", locks)
    say("killed and reaped", ends)
    with started(Level.LOCKED) as sandbox:
        print(sandbox.isolation.level, *sandbox.isolation.locks)
        files = {"backward.py": SOLUTION.read_bytes()}
        say("submission opened", timed(lambda: sandbox.open(files).close(), options.count))
        with sandbox.open({"backward.py": b"def dx(dy):\n    return dy\n"}) as session:
            question = Question("dx", given={"dy": torch.ones(32, 64)})
            say("one call, (32, 64) there and back", timed(lambda: list(session.ask([question])), options.count * 10))
            many = [question] * 26
            say("26 calls that travel together", timed(lambda: list(session.ask(many)), options.count))


def timed(act: Callable[[], Any], count: int) -> list[float]:
    """Milliseconds of each of so many runs."""
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - begun))
    return took


def growth(options: argparse.Namespace, measured: Measurement) -> None:
    """Grader and server, from the first submission to the last."""
    from grader.exercise.settings import Settings
    from grader.exercise.shelf import load_exercise
    from grader.grading.grading import start_grading
    from grader.grading.submission import read_submission
    from grader.sandbox.client import started
    from grader.sandbox.limits import Level

    exercise, submission, own = load_exercise("mlp"), read_submission(SOLUTION.parent), psutil.Process()
    with started(Level.LOCKED) as sandbox:
        assert sandbox.isolation.level is Level.LOCKED
        (server,) = own.children()
        seen = []
        for done in range(options.count + 1):
            if done % max(1, options.count // 10) == 0:
                seen.append((memory(os.getpid()), memory(server.pid), own.num_fds()))
                print(
                    "{:6}: grader {:.1f} MB, server {:.1f} MB (PSS), {} open files".format(done, *seen[-1]), flush=True
                )
            start_grading(exercise, submission, sandbox, Settings()).document()
    for at, what in enumerate(("grader's memory", "server's memory", "open files")):
        unit = "files" if what == "open files" else "MB (PSS)"
        measured.figure(f"{what} after a tenth", seen[1][at], unit)
        measured.figure(f"{what} at the end", seen[-1][at], unit)


def main() -> None:
    parser = Parser(__doc__, PARTS)
    parser.add_amount("--count", full=100, quick=10, what="runs of each step, submissions of `growth`")
    options, measured = parser.begin()
    {"steps": steps, "growth": growth}[options.part](options, measured)
    measured.end()


if __name__ == "__main__":
    main()
