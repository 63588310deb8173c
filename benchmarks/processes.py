"""Processes and what they take: wall and processor seconds of a command, memory and processor seconds of a family."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from measurement import ROOT, require

require("psutil", "test")
import psutil

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

GRADE = (sys.executable, "-W", "ignore", "-m", "grader")
ENVIRONMENT = {
    **os.environ,
    # One thread each, as the grader has it: more of them get into each other's way.
    "OMP_NUM_THREADS": "1",
    "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
}
_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


@dataclass(frozen=True)
class Finished:
    """A command that has ended: seconds of wall and processor time, and what it said."""

    wall: float
    cpu: float
    status: int
    output: str


def run(
    command: Sequence[str], folder: Path, *, expected: Collection[int] = (0,), seconds: float = 600, **environment: str
) -> Finished:
    """Run a command to its end. Its processor time includes every process it started that has ended by then.

    Args:
        command: its words.
        folder: where it runs.
        expected: exit statuses that mean it has worked.
        seconds: after so many it is killed.
        environment: variables beyond `ENVIRONMENT`.

    Raises:
        RuntimeError: another exit status.
        subprocess.TimeoutExpired: it took too long.
    """
    _adopt_orphans()
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=ENVIRONMENT | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    wall = time.perf_counter() - begun
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in expected:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Finished(wall, cpu, done.returncode, done.stdout)


def cpu_seconds(pid: int) -> float:
    """Processor seconds of a process, of those it has started, and of their ended children."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    total = 0.0
    for each in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(each.cpu_times()[:4])
    return total


def memory(pid: int) -> float:
    """A process's share of the memory (PSS) in megabytes; 0 for one that has ended."""
    try:
        return float(psutil.Process(pid).memory_full_info().pss / 1e6)
    except psutil.Error:
        return 0.0


def descendants(pid: int) -> list[psutil.Process]:
    """All processes that one has started, and those that they have."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _adopt_orphans() -> None:
    """Processes whose parent ends before them become this one's, so that their time is counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
