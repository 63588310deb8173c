"""A batch in a real terminal: progress bar and latest rows on stderr, Ctrl-C in the middle, resuming."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from classroom import hand_in

from grader.classroom.batch.grades import read_rows

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a terminal and /proc"),
]

ROOT = Path(__file__).resolve().parents[2]
SIZE = 60
CTRL_C = b"\x03"


class Terminal:
    """`grade batch` with a terminal for stdin and stderr, and a file for stdout."""

    def __init__(self, folder: Path, *words: str, columns: int = 100) -> None:
        self.out = folder / "grades"
        self._said = folder / "stdout"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
        for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI"):
            environment.pop(name, None)
        self._ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (30, columns))
        with self._said.open("wb") as stdout:
            self.process = subprocess.Popen(
                [sys.executable, "-c", MAIN, "batch", str(folder / "class"), "--out", str(self.out), *words],
                cwd=ROOT,
                env=environment,
                stdin=theirs,
                stdout=stdout,
                stderr=theirs,
                start_new_session=True,
            )
        os.close(theirs)
        self._seen = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(10)
        os.close(self._ours)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other end was closed
            while data := os.read(self._ours, 65536):
                self._seen += data

    def press(self, key: bytes) -> None:
        """Type a key."""
        os.write(self._ours, key)

    def end(self) -> int:
        """Wait for the process to end. Returns its exit code."""
        code = self.process.wait(200)
        self._reader.join(10)
        return code

    @property
    def screen(self) -> str:
        """Everything ever shown, without control sequences."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._seen.decode())

    @property
    def raw(self) -> str:
        """Everything ever shown, with control sequences."""
        return self._seen.decode()

    @property
    def stdout(self) -> str:
        """What was written to stdout."""
        return self._said.read_text()


MAIN = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # the controlling terminal of this session: Ctrl-C goes to all its processes
from grader.cli.main import main
main()
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Sixty different submissions, one of them unreadable."""
    solution = (ROOT / "solutions" / "mlp" / "backward.py").read_text()
    files = {f"s{n}/backward.py": f"{solution}# {n}\n" for n in range(SIZE - 1)}
    return hand_in(tmp_path / "class", files | {"eve.py": "def ("}).parent


WORDS = ("--exercise", "mlp", "--hidden-seed", "7", "-j", "2")


def test_the_bar_shows_count_rate_and_time_left(course: Path) -> None:
    """Below the latest rows, and all erased at the end; stdout has only the summary."""
    with Terminal(course, *WORDS) as terminal:
        assert terminal.end() == 0, terminal.screen
        screen, raw, stdout = terminal.screen, terminal.raw, terminal.stdout
    assert re.search(rf"\b\d+/{SIZE}\b +\d+\.\d/s, 0:\d\d left", screen)
    assert re.search(r"s\d+ +graded +26 of 26", screen)
    assert re.search(r"eve +unreadable +0 of 26 +eve\.py:1: invalid syntax", screen)
    assert re.search(r"\d+ graded  1 unreadable", screen)
    assert raw.count("\x1b[?25l") == raw.count("\x1b[?25h"), "the cursor is visible again"
    assert "\x1b" not in stdout
    assert stdout.startswith(f"mlp: {SIZE} submissions: {SIZE - 1} graded, 1 unreadable")
    assert max(map(len, re.split(r"[\r\n]+", screen))) <= 100


def test_ctrl_c_keeps_grades_and_the_same_command_resumes(course: Path) -> None:
    """Exit code 2, one message, no traceback, no process left; then nothing is graded twice."""
    with Terminal(course, *WORDS) as terminal:
        until(lambda: len(whens(terminal.out)) >= 10, terminal)
        left = descendants(terminal.process.pid)
        terminal.press(CTRL_C)
        assert terminal.end() == 2, terminal.screen
        screen = terminal.screen
    assert "interrupted: run the same command again to resume" in screen
    assert "Traceback" not in screen
    until(lambda: not left & alive())
    before = whens(course / "grades")
    assert 10 <= len(before) < SIZE
    rows = read_rows(course / "grades" / "grades.csv")
    assert len(rows) == SIZE
    assert sum(row["status"] == "waiting" for row in rows) == SIZE - len(before)

    with Terminal(course, *WORDS) as terminal:
        assert terminal.end() == 0, terminal.screen
        assert re.search(rf"\b{len(before)}/{SIZE}\b|\b{len(before) + 1}/{SIZE}\b", terminal.screen), "it resumes there"
        assert f"graded {SIZE - len(before)} in " in terminal.stdout
    after = whens(course / "grades")
    assert {name: after[name] for name in before} == before
    assert {row["status"] for row in read_rows(course / "grades" / "grades.csv")} == {"graded", "unreadable"}


@pytest.mark.parametrize("graded", [0, 3])
def test_repeated_ctrl_c_counts_once(graded: int, course: Path) -> None:
    """While workers start, and in the middle: one message and an orderly shutdown."""
    with Terminal(course, *WORDS) as terminal:
        until(lambda: f"/{SIZE}" in terminal.screen and len(whens(terminal.out)) >= graded, terminal)
        left = descendants(terminal.process.pid)
        for _ in range(5):
            terminal.press(CTRL_C)
            time.sleep(0.1)
        assert terminal.end() == 2, terminal.screen
        screen, stdout = terminal.screen, terminal.stdout
    assert "Traceback" not in screen
    assert screen.replace("^C", "").rstrip().endswith("interrupted: run the same command again to resume")
    assert "waiting" in stdout
    until(lambda: not left & alive())


def test_no_line_wraps_in_a_narrow_terminal(course: Path) -> None:
    """Names and reasons are cut, and the bar shrinks."""
    with Terminal(course, *WORDS, columns=40) as terminal:
        assert terminal.end() == 0, terminal.screen
        lines = re.split(r"[\r\n]+", terminal.screen)
    assert max(map(len, lines)) <= 40


def whens(out: Path) -> dict[str, float]:
    """When each submission was graded, from the journal."""
    found = {}
    with contextlib.suppress(FileNotFoundError):
        for line in (out / "journal.jsonl").read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                record = json.loads(line)
                found[record["entry"]["name"]] = record["when"]
    return found


def until(holds: Callable[[], bool], terminal: Terminal | None = None) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        assert terminal is None or terminal.process.poll() is None, terminal.screen
        time.sleep(0.02)


def alive() -> set[int]:
    """Every running process."""
    return {pid for pid, (_, state) in states().items() if state != "Z"}


def descendants(pid: int) -> set[int]:
    """The processes started by a process, and their descendants."""
    known, found = {pid}, states()
    while more := {child for child, (parent, _) in found.items() if parent in known} - known:
        known |= more
    return known - {pid}


def states() -> dict[int, tuple[int, str]]:
    """Parent and state of every process."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                state, parent = (entry / "stat").read_text().rsplit(") ", 1)[1].split()[:2]
                found[int(entry.name)] = (int(parent), state)
    return found
