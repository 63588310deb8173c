"""How long a learner waits: a cold `grade`, and in `grade watch` from a save to the verdict on screen, in one run.

    python benchmarks/watch.py

Beside them the floors: `import torch`, which a cold `grade` needs, and `import click`, which `grade --help` needs; on
Linux also with only one core. Then the processor time of a watcher and its processes while nothing happens. Needs a
pseudo-terminal: Linux or macOS.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from measurement import ROOT, Parser, require
from processes import ENVIRONMENT, GRADE, cpu_seconds, run

require("pexpect", "test")
require("watchfiles", "watch")
import pexpect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measurement import Measurement

SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
MINE = Path("exercises", "mlp", "backward.py")
TERMINAL = {**ENVIRONMENT, "TERM": "xterm-256color"}
PYTHON = (sys.executable, "-W", "ignore", "-c")
COLD = {
    "import click": [*PYTHON, "import click"],
    "grade --help": [*GRADE, "--help"],
    "import torch": [*PYTHON, "import torch"],
    "grade mlp": [*GRADE, "mlp"],
    "grade mlp::dprobs": [*GRADE, "mlp::dprobs"],
}
OVER = (("grade --help", "import click"), ("grade mlp", "import torch"), ("grade mlp::dprobs", "import torch"))


def cold(rounds: int) -> dict[str, float]:
    """Median milliseconds of each command, started afresh; they take turns.

    The first round does not count if there are others: it compiles what has not been compiled.
    """
    found: dict[str, list[float]] = {name: [] for name in COLD}
    for _ in range(rounds):
        for name, command in COLD.items():
            found[name].append(1000 * run(command, Path.cwd()).wall)
    return {name: statistics.median(times[1:] or times) for name, times in found.items()}


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """What is started meanwhile has one core."""
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cores)


def compared(found: dict[str, float], where: str, measured: Measurement) -> None:
    """Print and record the medians, and their ratios to the floors."""
    for name, median in found.items():
        print(f"{name + where:<31} median {median:6.0f} ms")
        measured.figure(name + where, median, "ms")
    for over, under in OVER:
        print(f"{over} / {under}{where}: {found[over] / found[under]:.2f}")
        measured.figure(f"{over} / {under}{where}", found[over] / found[under], "times")


def saves(count: int, idle_seconds: int, *options: str) -> tuple[list[float], float]:
    """Milliseconds from each save to its verdict, right and wrong in turn; and the share of a core used when idle."""
    MINE.write_text(SOLUTION)
    command = [*GRADE[1:], "watch", "mlp::dcounts", *options]
    session = pexpect.spawn(GRADE[0], command, env=TERMINAL, encoding="utf-8", dimensions=(50, 110), timeout=60)
    session.delaybeforesend = None
    session.expect("26 of 26 correct")
    session.expect("quit")
    time.sleep(1)
    found = []
    for number in range(count):
        wrong = number % 2 == 0
        text = SOLUTION.replace("return dcounts\n", "return -dcounts\n") if wrong else SOLUTION
        begun = time.perf_counter()
        MINE.write_text(f"{text}# {number}\n")
        session.expect("25 of 26 correct" if wrong else "26 of 26 correct")
        session.expect("quit")
        found.append(1000 * (time.perf_counter() - begun))
        time.sleep(0.2)
    before = cpu_seconds(session.pid)
    time.sleep(idle_seconds)
    idle = (cpu_seconds(session.pid) - before) / idle_seconds
    session.send("q")
    session.expect(pexpect.EOF)
    session.close()
    return found, idle


def main() -> None:
    parser = Parser(__doc__)
    parser.add_amount("--saves", full=40, quick=2, what="saves in each way of watching")
    parser.add_amount("--rounds", full=8, quick=1, what="runs of each cold command; the first does not count")
    parser.add_amount("--idle", full=20, quick=1, what="seconds to look at an idle watcher")
    options, measured = parser.begin()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        run([*GRADE, "init", "."], Path(folder))
        MINE.write_text(SOLUTION)
        from_cold = cold(options.rounds)
        compared(from_cold, "", measured)
        if hasattr(os, "sched_setaffinity"):
            with one_core():
                compared(cold(options.rounds), ", one core", measured)
        for title, words in (("grade watch", ()), ("grade watch --poll", ("--poll",))):
            found, idle = saves(options.saves, options.idle, *words)
            median, late = statistics.median(found), sorted(found)[int(len(found) * 0.9)]
            print(
                f"{title:<21} median {median:6.0f} ms of {len(found)}, 90th percentile {late:.0f} ms, "
                f"{from_cold['grade mlp'] / median:.0f} times as fast, idle CPU {idle:.2%}"
            )
            measured.figure(title, median, "ms")
            measured.figure(f"{title}, 90th percentile", late, "ms")
            measured.figure(f"grade mlp / {title}", from_cold["grade mlp"] / median, "times")
            measured.figure(f"{title}, idle", 100 * idle, "% of a core")
        os.chdir(ROOT)
    measured.end()


if __name__ == "__main__":
    main()
