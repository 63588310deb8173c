"""Internal errors of the sandbox: exceptions with a reason, never a grade."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from bare import insert

from grader.sandbox.client import Sandbox
from grader.sandbox.host import forkserver, portable
from grader.sandbox.limits import Level
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.slow

BACK_ENDS = [(forkserver, None), (portable, Level.PROCESS)]


@pytest.mark.parametrize(("module", "force"), BACK_ENDS)
def test_a_server_that_cannot_start_says_why(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, force: Level | None
) -> None:
    """With the traceback from the other process, not with a time-out."""
    insert(monkeypatch, module, "    raise ImportError('libtorch is broken')", before="    from grader.sandbox.")
    with Sandbox(force=force) as sandbox, pytest.raises(SandboxError, match="libtorch is broken"):
        _ = sandbox.isolation


@pytest.mark.parametrize(("module", "force"), BACK_ENDS)
def test_a_server_that_dies_at_startup_is_noticed_at_once(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, force: Level | None
) -> None:
    """Without waiting for three minutes."""
    insert(monkeypatch, module, "    os._exit(5)", before="    from grader.sandbox.")
    begun = time.monotonic()
    with Sandbox(force=force) as sandbox, pytest.raises(SandboxError, match=r"exit code 5|could not start"):
        _ = sandbox.isolation
    assert time.monotonic() - begun < 20


CHILDREN = "import dataclasses; from grader.sandbox import server; whole = server.run_child; server.run_child = {}"


@pytest.mark.parametrize("size", [0, 4 << 20], ids=["taken by the pipe", "larger than the pipe"])
def test_a_child_that_dies_before_it_is_locked_in_stops_the_run(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """No line of the submission has run: neither the learner nor the owner of an archive can be the cause."""
    insert(monkeypatch, forkserver, CHILDREN.format("lambda *_: os._exit(1)"))
    with Sandbox() as sandbox:
        with pytest.raises(SandboxError, match=r"could not lock itself in \(GoneError\)"):
            sandbox.open({"backward.py": bytes(size)})
        with pytest.raises(SandboxError, match=r"could not lock itself in \(GoneError\)"):
            list(sandbox.unpack("class.zip", bytes(size)))


def test_a_child_with_fewer_locks_than_the_canary_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report would promise more isolation than there was."""
    careless = "lambda jail, *pipes: whole(dataclasses.replace(jail, filter=None), *pipes)"
    insert(monkeypatch, forkserver, CHILDREN.format(careless))
    with Sandbox() as sandbox, pytest.raises(SandboxError, match="differ from those of the self-test: rlimit,pdea"):
        sandbox.open({"backward.py": b""})


def test_a_machine_out_of_processes_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed fork is reported, not graded."""
    fails = "from grader.sandbox import server; server.Server._fork = lambda self, *_: self._introduce(-1)"
    insert(monkeypatch, forkserver, fails)
    with Sandbox() as sandbox, pytest.raises(SandboxError, match="could not fork: this machine is out of memory"):
        sandbox.open({"backward.py": b""})


def test_a_reader_that_fails_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its traceback: none of the learner's code has run yet."""
    fails = "from grader.sandbox.child import child; child.read = lambda *_: 1 / 0"
    insert(monkeypatch, forkserver, fails)
    with (
        Sandbox() as sandbox,
        pytest.raises(SandboxError, match=r"could not read a submission:[\s\S]*ZeroDivisionError"),
    ):
        sandbox.open({"backward.py": b""})
