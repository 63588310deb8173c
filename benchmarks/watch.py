"""How long a learner waits: from saving to the verdict on screen in `grade watch`, against a cold `grade`, in one run.

    python benchmarks/watch.py [SAVES]

Also the watcher's CPU time while nobody does anything, its server's included. Linux, because of the pseudo-terminal.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pexpect
import psutil

ROOT = Path(__file__).resolve().parent.parent
SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
MINE = Path("exercises", "mlp", "backward.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
GRADE = [sys.executable, "-m", "grader"]
IDLE_SECONDS = 20


def saves(count: int, *options: str) -> tuple[list[float], float]:
    """Seconds from each save to its verdict, right and wrong in turn; and the idle CPU time of a second."""
    MINE.write_text(SOLUTION)
    command = [*GRADE[1:], "watch", "mlp::dcounts", *options]
    session = pexpect.spawn(GRADE[0], command, env=ENVIRONMENT, encoding="utf-8", dimensions=(50, 110), timeout=60)
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
        found.append(time.perf_counter() - begun)
        time.sleep(0.2)
    idle = idle_share(session.pid)
    session.send("q")
    session.expect(pexpect.EOF)
    session.close()
    return found, idle


def idle_share(pid: int) -> float:
    """The share of one core that the watcher and its server use while nothing happens."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    before = sum(sum(each.cpu_times()[:2]) for each in family)
    time.sleep(IDLE_SECONDS)
    return (sum(sum(each.cpu_times()[:2]) for each in family) - before) / IDLE_SECONDS


def cold(count: int) -> list[float]:
    """Seconds of a whole `grade mlp`."""
    found = []
    for _ in range(count):
        begun = time.perf_counter()
        subprocess.run([*GRADE, "mlp"], env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=False)
        found.append(time.perf_counter() - begun)
    return found


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        subprocess.run([*GRADE, "init", "."], env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
        from_cold = cold(5)
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"cold grade            median {statistics.median(from_cold) * 1000:6.0f} ms of {len(from_cold)}")
        for title, options in (("watch, told of saves", ()), ("watch --poll", ("--poll",))):
            found, idle = saves(count, *options)
            ordered = sorted(found)
            median = statistics.median(ordered)
            print(
                f"{title:<21} median {median * 1000:6.0f} ms of {len(ordered)}, "
                f"90th percentile {ordered[int(len(ordered) * 0.9)] * 1000:.0f} ms, "
                f"{statistics.median(from_cold) / median:.0f} times as fast, idle CPU {idle:.2%}"
            )


if __name__ == "__main__":
    main()
