"""kill -9 of the batch, a worker or a sandbox server at random moments: no row is lost or changed.

GRADE_KILLS sets how many; three by default.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from classroom import hand_in

from grader.classroom.batch.grades import read_rows

if TYPE_CHECKING:
    from collections.abc import Callable

KILLS = int(os.environ.get("GRADE_KILLS", "3"))
SIZE = 40

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(60 + 60 * KILLS),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes in /proc"),
]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty different submissions: right, half finished, wrong, and some that exit their process."""
    solution = (ROOT / "solutions" / "mlp" / "backward.py").read_text()
    kinds = (
        "",
        "def dprobs(dlogprobs, probs): return dlogprobs * probs\n",
        "def dcounts(n): raise NotImplementedError\ndef dprobs(n): return None\n",
        "def dlogits(n): raise SystemExit\ndef dh(n): return n.nothing\n",
    )
    files = {f"s{n}/backward.py": f"{solution}\n{kinds[n % len(kinds)]}# {n}\n" for n in range(SIZE)}
    return hand_in(tmp_path_factory.mktemp("kills") / "class", files)


@pytest.fixture(scope="module")
def undisturbed(course: Path) -> dict[str, Any]:
    """The results of a batch in which nothing is killed."""
    out = course.parent / "undisturbed"
    end(start(course, out), out)
    return results(out)


def start(course: Path, out: Path) -> subprocess.Popen[bytes]:
    """Start a batch with two worker processes."""
    words = ["batch", str(course), "--out", str(out), "--exercise", "mlp", "--hidden-seed", "7", "-j", "2", "-q"]
    with out.with_suffix(".stderr").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "grader", *words],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )


def end(batch: subprocess.Popen[bytes], out: Path) -> None:
    """The batch ends by itself, with a row for everybody."""
    assert batch.wait(600) == 0, out.with_suffix(".stderr").read_text()


def results(out: Path) -> dict[str, Any]:
    """Every row and report, without times and paths."""
    rows = [(row["submission"], row["status"], row["points"]) for row in read_rows(out / "grades.csv")]
    documents = {
        str(path.relative_to(out)): plain(json.loads(path.read_bytes()))
        for path in sorted(out.rglob("*.json"))
        if path.name not in ("summary.json", "batch.json")
    }
    return {"rows": rows, "documents": documents}


def plain(value: Any) -> Any:
    """Remove what differs between two runs."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in ("created", "duration", "duration_s", "notes")}
    return [plain(item) for item in value] if isinstance(value, list) else value


def parents() -> dict[int, int]:
    """Process -> parent, for every process."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                found[int(entry.name)] = int((entry / "stat").read_text().rsplit(") ", 1)[1].split()[1])
    return found


def command(pid: int) -> bytes:
    """A process's command line; empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def workers(batch: int) -> list[int]:
    """The worker processes of a batch: one that was started, and those forked from it."""
    return [pid for pid in ours(batch) if not says(pid, "NoNewPrivs:\t1")]


def servers(batch: int) -> list[int]:
    """The sandbox servers of a batch's workers, without the locked children that they fork for submissions."""
    return [pid for pid in ours(batch) if says(pid, "NoNewPrivs:\t1") and says(pid, "Seccomp:\t0")]


def ours(batch: int) -> list[int]:
    """The processes that a batch started, and those forked from them."""
    return [pid for pid in sorted(descendants(batch)) if b"grader.sandbox" in command(pid)]


def says(pid: int, line: str) -> bool:
    """Whether the kernel says this of a process, which may have ended."""
    try:
        return line in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def descendants(pid: int) -> set[int]:
    """All descendants of a process."""
    known, all_parents = {pid}, parents()
    while more := {child for child, parent in all_parents.items() if parent in known} - known:
        known |= more
    return known - {pid}


def kill(pid: int) -> bool:
    """Send SIGKILL, if the process still exists."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def whens(out: Path) -> dict[str, float]:
    """When each submission was graded, from the journal."""
    found = {}
    with contextlib.suppress(FileNotFoundError):
        for line in (out / "journal.jsonl").read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                record = json.loads(line)
                found[record["entry"]["name"]] = record["when"]
    return found


def test_of_the_batch_itself(course: Path, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    """The same command resumes; nothing is graded twice, and no process is left behind."""
    out, dice = tmp_path / "out", random.Random(1)
    left: set[int] = set()
    for _ in range(KILLS):
        batch = start(course, out)
        with contextlib.suppress(subprocess.TimeoutExpired):
            batch.wait(dice.uniform(0.2, 4))
        left |= descendants(batch.pid)
        before = whens(out)
        kill(batch.pid)
        batch.wait()
    end(start(course, out), out)
    after = whens(out)
    assert {name: after[name] for name in before} == before
    assert results(out) == undisturbed
    assert gone(left)


@pytest.mark.parametrize("whom", [workers, servers])
def test_of_what_it_started(
    whom: Callable[[int], list[int]], course: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """It costs only time."""
    dice = random.Random(2)
    for kills in range(KILLS):
        out = tmp_path / f"out{kills}"
        batch = start(course, out)
        # At any point: as soon as there is a process, or with half of the class graded.
        wanted = dice.randrange(SIZE // 2)
        found = seen(whom, batch)
        while len(whens(out)) < wanted and batch.poll() is None:
            time.sleep(0.01)
            found = whom(batch.pid) or found
        assert batch.poll() is None
        assert kill(dice.choice(found))
        end(batch, out)
        assert results(out) == undisturbed


def seen(whom: Callable[[int], list[int]], batch: subprocess.Popen[bytes]) -> list[int]:
    """The processes to kill, as soon as there are any."""
    while batch.poll() is None:
        if pids := whom(batch.pid):
            return pids
        time.sleep(0.02)
    raise AssertionError(f"the batch ended with {batch.returncode}, nothing to kill was seen")


def gone(pids: set[int]) -> bool:
    """Whether all these processes end within some time."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not {pid for pid in pids if b"grader" in command(pid)}:
            return True
        time.sleep(0.2)
    return False
