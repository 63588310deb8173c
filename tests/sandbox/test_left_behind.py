"""What remains on the machine: nothing. And what a child could find in its memory: nothing worth having."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.client import Sandbox
from grader.sandbox.host import forkserver
from grader.sandbox.limits import Level
from grader.sandbox.types import Killed, Question, Returned, TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator

SEARCH = os.pathsep.join(filter(None, (str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH"))))
SOURCE = "import os, torch\ndef dfine(x): return x\ndef ddies(x): os._exit(1)\ndef dloop(x):\n    while True: pass\n"

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def descendants(pid: int) -> set[int]:
    """Processes below this one, including dead ones that are not reaped yet."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
    found: set[int] = set()
    below = {pid}
    while below:
        below = {child for child, parent in parents.items() if parent in below} - found
        found |= below
    return found


def state() -> tuple[set[int], set[str], set[str]]:
    """Our processes, our descriptors, and the files where everybody may write."""
    descriptors = {entry.name for entry in Path("/proc/self/fd").iterdir()}
    files = {str(each) for place in ("/dev/shm", "/dev/mqueue") for each in Path(place).glob("*")}
    # Semaphores of multiprocessing, which nothing here uses, belong to other programs on this machine.
    files = {each for each in files if not each.startswith("/dev/shm/sem.mp-")}
    return descendants(os.getpid()), descriptors, files


def grade_badly(sandbox: Sandbox, times: int) -> None:
    """Answers, deaths, time-outs, an abandoned round, a session that nobody closes."""
    for _ in range(times):
        with sandbox.open({"backward.py": SOURCE.encode()}) as session:
            session.pool("c", {"x": torch.ones(2)})
            asked = [Question(each, values="c", from_values=("x",)) for each in ("dfine", "ddies", "dfine", "dloop")]
            kinds = [type(outcome) for outcome in session.ask(asked)]
            assert kinds == [Returned, Killed, Returned, TimedOut]
    left = sandbox.open({"backward.py": SOURCE.encode()})
    left.ask([Question("dfine", given={"x": torch.ones(1)})])
    left.close()
    sandbox.open({"backward.py": SOURCE.encode()}).load()


@linux
@pytest.mark.slow
@pytest.mark.parametrize("force", [None, Level.PROCESS])
def test_no_process_descriptor_or_file_is_left_behind(force: Level | None) -> None:
    """After closing, everything is as it was."""
    before = state()
    with Sandbox(force=force, timeout=0.4, rules=False) as sandbox:
        grade_badly(sandbox, 3 if force is None else 1)
    processes, descriptors, files = state()
    assert processes == before[0]
    assert files == before[2]
    assert descriptors == before[1]


@linux
@pytest.mark.slow
@pytest.mark.parametrize("force", ["None", "Level.PROCESS"])
def test_children_do_not_outlive_a_grader_that_is_killed(force: str) -> None:
    """There is nobody left to close anything."""
    program = f"""
        import sys, time, torch
        from grader.sandbox.client import Sandbox
        from grader.sandbox.limits import Level
        from grader.sandbox.types import Question
        sandbox = Sandbox(force={force}, rules=False)
        session = sandbox.open({{"backward.py": b"def d(x):\\n    import time\\n    time.sleep(20)\\n"}})
        session.ask([Question("d", given={{"x": torch.ones(1)}})])
        print(flush=True)
        time.sleep(60)
    """
    environment = {**os.environ, "PYTHONPATH": SEARCH, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, stdout=subprocess.PIPE
    ) as grader:
        assert grader.stdout is not None
        grader.stdout.readline()
        time.sleep(0.3)
        family = descendants(grader.pid)
        grader.send_signal(signal.SIGKILL)
    assert family
    patience = time.monotonic() + (5 if force == "None" else 30)
    while any(Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < patience:
        time.sleep(0.05)
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []


@linux
@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_submissions(sandbox: Sandbox) -> None:
    """Neither the grader's nor the server's; benchmarks/sandbox.py does it ten thousand times."""

    def resident(pid: int) -> int:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096

    def grade(count: int) -> None:
        for _ in range(count):
            with sandbox.open({"backward.py": SOURCE.encode()}) as session:
                list(session.ask([Question("dfine", given={"x": torch.ones(64, 64)})]))

    grade(50)
    server = sandbox._backend.pid  # type: ignore[union-attr]
    before = resident(os.getpid()), resident(server)
    grade(300)
    after = resident(os.getpid()), resident(server)
    assert [(new - old) >> 20 for new, old in zip(after, before, strict=True)] == [0, 0]


AS_NOBODY = ("setpriv", "--reuid", "65533", "--regid", "65533", "--clear-groups", "--bounding-set", "-all")
AS_A_READER = (
    *AS_NOBODY[:-2], "--bounding-set", "-all,+dac_read_search",
    "--inh-caps", "-all,+dac_read_search", "--ambient-caps", "-all,+dac_read_search",
)  # fmt: skip
"""Another user who may read everything: only such a user can start an interpreter in root's own folder."""


def _starts_python(launcher: tuple[str, ...]) -> bool:
    """Whether a user can start the interpreter, and the interpreter can start itself again."""
    again = (
        "import os, subprocess, sys, torch; assert os.geteuid(); subprocess.run([sys.executable, '-c', ''], check=True)"
    )
    command = [*launcher, sys.executable, "-W", "ignore", "-c", again]
    return (
        shutil.which(launcher[0]) is not None
        and subprocess.run(command, check=False, cwd="/", stderr=subprocess.DEVNULL).returncode == 0
    )


@pytest.mark.hostile
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_gets_the_same_level() -> None:
    """As well as root does."""
    program = """
        from grader.sandbox.client import Sandbox
        from grader.sandbox.types import Question
        with Sandbox() as sandbox:
            import torch
            print(sandbox.isolation.level, sorted(sandbox.isolation.selftest.values()))
            with sandbox.open({"backward.py": b"def d(x):\\n    return x + 1\\n"}) as session:
                print(*session.ask([Question("d", given={"x": torch.ones(1)})]))
    """
    launcher = next((each for each in (AS_NOBODY, AS_A_READER) if _starts_python(each)), None)
    if launcher is None:
        pytest.skip(f"{sys.executable} cannot be run by another user here")
    environment = {"PYTHONPATH": SEARCH, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*launcher, sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)]
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("locked ['ENOMEM', 'EPERM'"), done
    assert "tensor([2.])" in done.stdout


# ---------------------------------------------------------------------------------- the child's memory

PROBE = '''
import gc, sys
import torch

SHIFT = bytes((value + 1) % 256 for value in range(256))

def dscan(needle):
    """Search everything that this process can read for bytes that are one less than the needle's."""
    wanted = bytes(needle.tolist())
    found = 0
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            start, end = (int(half, 16) for half in span.split("-"))
            if rights[0] != "r" or "[v" in line:
                continue
            at, kept = start, b""
            while at < end:
                try:
                    memory.seek(at)
                    piece = memory.read(min(1 << 20, end - at))
                except (OSError, OverflowError, ValueError):
                    break
                if not piece:
                    break
                shifted = kept + piece.translate(SHIFT)
                found += shifted.count(wanted)
                kept = shifted[-len(wanted) + 1:]
                at += len(piece)
    return torch.tensor([found])

def dkeep(secret):
    global kept
    kept = secret
    return secret
'''

UNLOCKED = """
import grader.sandbox.child.jail as jail
jail.seccomp.machine = lambda: None
jail.landlock_version = lambda: 0
jail.hide = lambda: jail._libc.prctl(4, 1, 0, 0, 0)
"""


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The same server and children, but files can be opened and memory read."""
    original = forkserver.bootstrap

    def bootstrap(module: str) -> str:
        return original(module).replace("try:\n", f"{UNLOCKED}try:\n")

    monkeypatch.setattr(forkserver, "bootstrap", bootstrap)
    with Sandbox(rules=False, timeout=60) as sandbox:
        assert sandbox.isolation.level is Level.PROCESS
        yield sandbox


@linux
@pytest.mark.slow
def test_no_reference_is_in_the_memory_of_a_child_before_it_is_sent(unlocked: Sandbox) -> None:
    """Searches all readable memory for the bytes of a tensor that only the grader has, then for one that was sent."""
    reference = torch.randn(64, generator=torch.Generator().manual_seed(11))
    raw = bytes(reference.untyped_storage().tolist())
    # One more than the bytes searched for: the bytes themselves must not be sent with the question.
    needle = torch.tensor([(value + 1) % 256 for value in raw[:32]], dtype=torch.uint8)
    with unlocked.open({"backward.py": PROBE.encode()}) as session:
        scan = Question("dscan", given={"needle": needle})
        [before] = session.ask([scan])
        list(session.ask([Question("dkeep", given={"secret": reference})]))
        [after] = session.ask([scan])
    assert isinstance(before, Returned), before
    assert isinstance(after, Returned), after
    assert before.tensors[0].item() == 0
    assert after.tensors[0].item() > 0
