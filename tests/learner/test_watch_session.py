"""`grade watch` as a learner uses it: on a terminal, with an editor open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
BROKEN = SOLUTION.replace("return dcounts\n", "return -dcounts\n")
MINE = Path("exercises", "mlp", "backward.py")
READY = "quit"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")]


@pytest.fixture
def watching(workspace: Path) -> Iterator[Callable[..., object]]:
    """Start `grade watch` on a pseudo-terminal in a workspace, and end it."""
    pexpect = pytest.importorskip("pexpect")
    sessions = []
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    environment.pop("CI", None)

    def start(*words: str) -> object:
        arguments = ["-m", "grader", "watch", *words]
        session = pexpect.spawn(
            sys.executable, arguments, env=environment, encoding="utf-8", dimensions=(50, 110), timeout=60
        )
        sessions.append(session)
        session.expect(r"\d of 26 correct")
        session.expect(READY)
        return session

    yield start
    for session in sessions:
        session.close(force=True)


def save(text: str) -> None:
    """Write in place, as some editors do."""
    MINE.write_text(text, encoding="utf-8")


def save_by_rename(text: str) -> None:
    """Save as vim and others do: a new file takes the old one's name."""
    temporary = MINE.with_name("4913~")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(MINE)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("option", [(), ("--poll",)], ids=["events", "poll"])
def test_a_session_from_start_to_quit(watching: Callable[..., object], option: tuple[str, ...]) -> None:
    """Start, break, repair, hint, next, quit."""
    session = watching("mlp::dcounts", *option)
    save(BROKEN)
    session.expect("dcounts: wrong values")
    session.expect(f"{MINE}:28")
    session.expect(r"softmax .* 7 of 8")
    session.expect(r"25 of 26 correct.*\(\+25 since the last run\)")
    session.expect(READY)
    session.send("h")
    session.expect("hint 1 of 3: counts is used on 2 lines")
    session.expect(READY)
    save_by_rename(SOLUTION)
    session.expect("dcounts is done")
    session.expect(r"26 of 26 correct.*\(\+1 since the last run\)")
    session.expect("autograd has no secrets left")
    session.expect(READY)
    save_by_rename(SOLUTION.replace("return dprobs\n", "return 2*dprobs\n").replace("dlogprobs / probs", "dlogprobs"))
    session.expect("no longer right since the last run: dprobs")
    session.expect(READY)
    session.send("n")
    session.expect("dprobs: wrong values")
    session.expect(READY)
    session.send("q")
    session.expect(pytest.importorskip("pexpect").EOF)
    session.close()
    assert session.exitstatus == 0
    state = Path(".grade-state.txt").read_text(encoding="utf-8")
    assert "mlp hints dcounts 1" in state
    assert "mlp at dprobs" in state


@pytest.mark.timeout(180)
def test_it_survives_whatever_happens_to_the_file(watching: Callable[..., object]) -> None:
    """Syntax errors, deleted files, endless loops."""
    session = watching("mlp::dcounts", "--timeout", "1")
    save(SOLUTION + "\ndef x(:\n")
    session.expect("invalid syntax")
    session.expect(READY)
    MINE.unlink()
    session.expect("is missing; it will be graded once it is back")
    session.expect(READY)
    save(SOLUTION)
    session.expect("26 of 26 correct")
    session.expect(READY)
    save(SOLUTION + "\ndef dprobs(probs):\n    while True: pass\n")
    session.expect("checking mlp ...")
    session.expect("no longer right since the last run: dprobs")
    session.expect(READY)
    save(SOLUTION)
    session.expect("26 of 26 correct")
    session.expect(READY)
    session.send("q")
    session.expect(pytest.importorskip("pexpect").EOF)


@pytest.mark.timeout(180)
def test_reset_asks_first_and_keeps_the_rest(watching: Callable[..., object]) -> None:
    """One wrong key loses nothing."""
    save(BROKEN)
    session = watching("mlp::dcounts")
    session.send("x")
    session.expect("Press x again to confirm")
    session.send("l")
    session.expect(READY)
    assert MINE.read_text(encoding="utf-8") == BROKEN
    session.send("x")
    session.expect("Press x again to confirm")
    session.send("x")
    session.expect("dcounts: not started")
    text = MINE.read_text(encoding="utf-8")
    assert "# TODO: write dcounts" in text
    assert "def dnorm_logits(dcounts, counts):\n    # " in text or "def dnorm_logits(dcounts, counts):" in text
    session.send("q")
    session.expect(pytest.importorskip("pexpect").EOF)


@pytest.mark.timeout(120)
def test_without_a_terminal_it_prints_lines(workspace: Path) -> None:
    """For an editor's task: one line per problem, no control characters, ended by a signal."""
    save(BROKEN)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "grader", "watch", "mlp"],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "grading mlp\n"
        first = [process.stdout.readline() for _ in range(4)]
        assert first[0].startswith("exercises/mlp/backward.py:28: dcounts: ")
        assert first[1].startswith("mlp: 25 of 26 correct")
        assert "watching for changes\n" in [*first, process.stdout.readline()]
        time.sleep(0.3)
        save(SOLUTION)
        text = "".join(iter(process.stdout.readline, "watching for changes\n"))
        assert "mlp: 26 of 26 correct, 26 exact, 26 approximate (+1 since the last run)" in text
        assert "\x1b" not in text
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 2
        process.stdout.close()
