"""The grader's process: it imports torch once, and the server forked from it knows nothing."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import Settings
from grader.exercise.shelf import load_exercise
from grader.grading.service import GradingService, grading_service
from grader.grading.submission import Submission
from grader.names import names_path
from grader.sandbox.grader_process import GraderProcess, ProcessDied
from grader.sandbox.host.start import bootstrap
from grader.sandbox.limits import Level
from grader.sandbox.protocol.pickled import failed, outcome
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
MLP = load_exercise("mlp")
SOLUTION = Submission("ada", Path("ada"), {"backward.py": (ROOT / "solutions/mlp/backward.py").read_bytes()})
SECRET = "a-secret-" + "of-the-environment"
"""In two pieces, so that it is nowhere because this file is loaded."""


class Stubborn(Exception):
    """An error that cannot be sent: unpickling it needs two arguments."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def serving(settings: Settings | None = None) -> GraderProcess:
    """A process that grades."""
    process = GraderProcess.launch()
    process.serve(grading_service, settings or Settings(), str(names_path()))
    return process


def server_of(pid: int) -> int:
    """The server that a process forked off."""
    [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(child)


def holds(pid: int, wanted: bytes) -> bool:
    """Whether the memory of a process, or what it was started with, has these bytes."""
    if wanted in Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes():
        return True
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
            span, rights = line.split()[:2]
            start, end = (int(half, 16) for half in span.split("-"))
            if rights.startswith("rw") and wanted in _read(memory, start, end):
                return True
    return False


def _read(memory: Any, start: int, end: int) -> bytes:
    try:
        memory.seek(start)
        return bytes(memory.read(end - start))
    except (OSError, OverflowError, ValueError):
        return b""


def ended(pid: int) -> bool:
    """Whether a process ends within some seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if ") Z " in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8"):
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module")
def process() -> Iterator[GraderProcess]:
    """Started with a secret in the environment of the command, and still running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_TOKEN", SECRET)
        with serving() as process:
            number = process.call(GradingService.open, MLP.directory, MLP.sha256, SOLUTION, Settings())
            told = process.call(GradingService.rows, number, MLP.gradients)
            assert [each.row["verdict"] for each in told] == ["exact"] * 26
            yield process


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="there is no server elsewhere")
class TestOneThatGrades:
    """A process that has graded the worked solution."""

    @pytest.mark.skipif(os.geteuid() != 0, reason="the server's memory is closed to everybody else")
    def test_no_secret_of_the_environment_is_in_the_memory_of_the_server(self, process: GraderProcess) -> None:
        """Nor in the grader's: it gets a search path and the list of names, and no environment."""
        assert holds(os.getpid(), SECRET.encode())
        assert not holds(process.pid, SECRET.encode())
        assert not holds(server_of(process.pid), SECRET.encode())

    @pytest.mark.skipif(os.geteuid() != 0, reason="the server's memory is closed to everybody else")
    def test_nothing_of_an_exercise_or_a_submission_is_in_the_memory_of_the_server(
        self, process: GraderProcess
    ) -> None:
        """It was forked before they were loaded; the grader has both."""
        for text in (MLP.source.encode()[:80], SOLUTION.files["backward.py"][:80]):
            assert holds(process.pid, text)
            assert not holds(server_of(process.pid), text)

    def test_the_server_has_no_descriptor_but_its_socket(self, process: GraderProcess) -> None:
        """Neither the command's pipe nor its terminal."""
        opened = [str(each.readlink()) for each in Path(f"/proc/{server_of(process.pid)}/fd").iterdir()]
        [control] = [each for each in opened if each != "/dev/null"]
        assert control.startswith("socket:")

    def test_an_error_arrives_as_what_it_is_with_its_traceback(self, process: GraderProcess, tmp_path: Path) -> None:
        """The command decides what it means."""
        broken = tmp_path / "broken"
        broken.mkdir()
        (broken / "exercise.toml").write_text("", encoding="utf-8")
        (broken / "forward.py").write_text("def inputs(:", encoding="utf-8")
        with pytest.raises(BrokenExercise, match=r"exercise\.toml:1: title is missing") as raised:
            process.call(GradingService.read, SOLUTION, broken, "0")
        assert "Traceback (most recent call last)" in raised.value.__notes__[0]
        assert process.call(GradingService.numerics).pinned


@pytest.mark.slow
class TestTheEnd:
    """How it ends."""

    def test_closing_it_ends_the_server_too(self) -> None:
        """Even before torch is loaded."""
        with serving() as process:
            assert process.call(GradingService.numerics).threads == 1
            server = server_of(process.pid) if sys.platform == "linux" else process.pid
        assert ended(process.pid)
        assert ended(server)
        early = serving()
        early.close()
        assert ended(early.pid)

    def test_the_command_is_told_how_it_died(self) -> None:
        """So that a message can say so."""
        with serving() as process:
            process.call(GradingService.numerics)
            os.kill(process.pid, signal.SIGKILL)
            with pytest.raises(ProcessDied, match=r"the grader's process died \(signal 9, SIGKILL\): nothing was"):
                process.call(GradingService.numerics)

    def test_one_that_cannot_start_says_why(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also if it has ended before it is told what to serve."""
        program = bootstrap("grader").replace("from grader.sandbox.grader import", "from nothing_like_this import")
        monkeypatch.setattr("grader.sandbox.grader_process.bootstrap", lambda _: program)
        with (
            pytest.raises(SandboxError, match=r"(?s)the sandbox grader could not start.*No module named"),
            serving() as one,
        ):
            one.call(GradingService.numerics)
        other = GraderProcess.launch()
        assert ended(other.pid)
        with pytest.raises(SandboxError, match=r"(?s)the sandbox grader could not start.*No module named"):
            other.serve(grading_service, Settings(), str(names_path()))
        other.kill()

    def test_one_that_is_stuck_is_ended(self) -> None:
        """Far beyond the sandbox's own limits."""
        with serving() as process:
            process.call(GradingService.numerics)
            with pytest.raises(ProcessDied, match=r"did not answer within 0\.2 s"):
                process.call_within(0.2, _sleep)
            assert ended(process.pid)


def _sleep(_: Self) -> None:
    time.sleep(60)


@pytest.mark.slow
def test_the_portable_back_end_needs_no_server() -> None:
    """The one that was forked before this was known ends at once."""
    with serving(Settings(isolation=Level.PROCESS)) as process:
        number = process.call(GradingService.open, MLP.directory, MLP.sha256, SOLUTION, Settings())
        [told] = process.call(GradingService.rows, number, ["dlogprobs"])
        assert told.row["verdict"] == "exact"
        entry, _ = process.call(GradingService.document, number)
        assert entry["isolation"]["level"] == "process"


def test_an_error_that_cannot_be_sent_becomes_one_that_can() -> None:
    """With the traceback in its message."""
    with pytest.raises(RuntimeError, match=r"Stubborn: one two"):
        outcome(failed(Stubborn("one", "two")))


def huge_pages(pid: int) -> int:
    """Kilobytes of a process's memory that are in huge pages."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages:"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="nobody else may look at a server")
@pytest.mark.parametrize("first", [GradingService.read, GradingService.expect_more])
def test_a_server_is_made_faster_for_many_submissions_not_for_one(first: Any) -> None:
    """Before its second child, or when it is told to expect more; it takes longer than one submission gains."""
    with serving() as process:
        process.call(GradingService.read, SOLUTION)
        server = server_of(process.pid)
        assert huge_pages(server) == 0
        process.call(first, *([SOLUTION] if first is GradingService.read else []))
        deadline = time.monotonic() + 20
        while huge_pages(server) == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert huge_pages(server) > 0
