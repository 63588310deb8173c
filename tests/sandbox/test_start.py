"""Starting the other interpreter: nothing from the current directory gets in."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from grader.sandbox import client
from grader.sandbox.can_fork import can_fork
from grader.sandbox.client import Sandbox, started
from grader.sandbox.host.start import environment, search_path
from grader.sandbox.limits import Level
from grader.sandbox.numerics import PINNED_ENVIRONMENT, Numerics, pin_torch
from grader.sandbox.types import Isolation, Question, Raised, Returned, RulesConfig, SandboxError

ROOT = Path(__file__).resolve().parents[2]


def test_the_search_path_contains_only_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the current directory nor a submission's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", ".", str(tmp_path), *sys.path])
    entries = search_path()
    assert str(tmp_path) not in entries
    assert all(Path(entry).is_absolute() for entry in entries)
    assert str(ROOT) in entries
    assert str(Path(torch.__file__).parents[1]) in entries


def test_the_environment_is_the_pinned_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what an interpreter needs to find its libraries."""
    monkeypatch.setenv("GRADER_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/evil")
    monkeypatch.setenv("LD_PRELOAD", "/evil.so")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    assert environment() == PINNED_ENVIRONMENT | {"LD_LIBRARY_PATH": "/opt/lib"} | {
        name: os.environ[name] for name in ("DYLD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE") if name in os.environ
    }


class Noted:
    """Replaces everything that takes a second, and records the order in which it is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.settings: dict[str, object] = {}
        self.failure: BaseException | None = None
        monkeypatch.setattr(client, "pin_environment", lambda: self.done.append("environment"))
        monkeypatch.setattr(client, "pin_torch", self.pin_torch)
        monkeypatch.setattr(client.Sandbox, "_start", self.start)

    def pin_torch(self) -> Numerics:
        self.done.append("torch")
        if self.failure is not None:
            raise self.failure
        return pin_torch()

    def start(self) -> Noted:
        self.done.append("server")
        return self

    def isolation(self) -> Isolation:
        return Isolation(Level.LOCKED, (), ())

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        self.done.append("closed")


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    """No server is started."""
    return Noted(monkeypatch)


def test_a_sandbox_starts_in_the_one_order_that_works(noted: Noted) -> None:
    """The environment before torch, the server before both processes wait for it, torch before the first session."""
    with started() as sandbox:
        assert noted.done == ["environment", "server", "torch"]
        assert sandbox.numerics.torch == torch.__version__
    assert noted.done == ["environment", "server", "torch", "closed"]


def test_loading_torch_can_be_left_to_the_caller(noted: Noted) -> None:
    """If it has other work to do meanwhile; torch is loaded once, on first use."""
    with started(load_torch=False) as sandbox:
        assert noted.done == ["environment", "server"]
        assert sandbox.numerics is sandbox.numerics
        assert noted.done == ["environment", "server", "torch"]


@pytest.mark.parametrize("failure", [ImportError("libtorch is broken"), KeyboardInterrupt()])
def test_a_torch_that_cannot_be_loaded_leaves_no_server_behind(noted: Noted, failure: BaseException) -> None:
    """The caller never gets the sandbox, so it could not close it."""
    noted.failure = failure
    with pytest.raises(type(failure)):
        started()
    assert noted.done == ["environment", "server", "torch", "closed"]


@pytest.mark.parametrize(
    ("level", "portable"), [(Level.LOCKED, False), (Level.NONE, False), (Level.PROCESS, True)], ids=str
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every level uses the portable back end")
def test_the_level_process_selects_the_portable_back_end(noted: Noted, level: Level, portable: bool) -> None:
    """So that Linux can run what other systems run; every level is also the lowest that is accepted."""
    with started(level, timeout=3.0, submission_timeout=7.0, imports=("math", "math")) as sandbox:
        assert (sandbox._portable, sandbox._minimum) == (portable, level)
        assert (sandbox._limits.call, sandbox._limits.submission) == (3.0, 7.0)
        assert sandbox._imports == ("math",)
    assert noted.done[1] == "server"


@pytest.mark.slow
def test_a_fresh_process_computes_with_the_pinned_numerics() -> None:
    """And loads torch only after the server has been started."""
    program = """
        import sys
        from grader.sandbox.client import started
        with started(load_torch=False) as sandbox:
            assert "torch" not in sys.modules
            numerics = sandbox.numerics
            assert sandbox._running().report()["numerics"] == numerics.problem
        print(numerics.threads, sorted(numerics.env) == sorted(__import__("grader.sandbox.numerics",
            fromlist=["x"]).PINNED_ENVIRONMENT))
    """
    bare = {name: value for name, value in os.environ.items() if name not in PINNED_ENVIRONMENT}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)],
        cwd=ROOT, env=bare, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 True\n"


@pytest.mark.slow
@pytest.mark.parametrize("force", ["None", "Level.PROCESS"])
def test_a_hostile_folder_is_not_imported_from(tmp_path: Path, force: str) -> None:
    """Malicious files in the directory where the grader is started."""
    for name in ("torch.py", "sitecustomize.py", "usercustomize.py", "json.py", "socket.py", "ctypes.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'caught')!r}, 'a').write({name!r})\n")
    program = f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from grader.sandbox.client import Sandbox
        from grader.sandbox.limits import Level
        sandbox = Sandbox(force={force})
        print(sandbox.isolation.level)
        sandbox.close()
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    torch_home = str(Path(torch.__file__).parents[1])
    whole = f"import sys; sys.path.append({torch_home!r})\n" + textwrap.dedent(program)
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-c", whole],
        cwd=tmp_path, env=inherited, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "caught").exists()


@pytest.mark.slow
def test_the_memory_limit_is_the_callers() -> None:
    """Beyond what torch itself takes."""
    source = b"import torch\ndef d(x):\n    return torch.ones(100 << 20, dtype=torch.uint8)[:1]\n"
    question = [Question("d", given={"x": torch.ones(1)})]
    with Sandbox(memory=50 << 20, rules=False) as small, small.open({"backward.py": source}) as session:
        [outcome] = session.ask(question)
    assert isinstance(outcome, Raised)
    assert outcome.kind == "MemoryError"
    assert outcome.message.startswith("can't allocate memory: you tried to allocate 104857600 bytes")
    with Sandbox(memory=400 << 20, rules=False) as large, large.open({"backward.py": source}) as session:
        [outcome] = session.ask(question)
    assert isinstance(outcome, Returned)


def test_a_filter_that_refuses_to_signal_by_handle_means_no_fork_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grader could not end a child; the portable sandbox needs no handles."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("signal.pidfd_send_signal", refuse)
    assert not can_fork()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")
@pytest.mark.parametrize("level", [Level.NONE, Level.PROCESS], ids=str)
def test_a_linux_without_proc_is_told_so_before_anything_is_started(
    monkeypatch: pytest.MonkeyPatch, level: Level, tmp_path: Path
) -> None:
    """As in a chroot that nobody has mounted it in; a server would end with a traceback."""
    monkeypatch.setattr(client, "_PROC", tmp_path / "proc" / "self")
    with pytest.raises(SandboxError, match=r"^/proc is not mounted; .* Run `mount -t proc proc /proc` as root$"):
        started(level)


@pytest.mark.slow
def test_a_module_can_be_allowed_later() -> None:
    """Which takes another server, unless it is allowed already."""
    files = {"backward.py": b"import sqlite3\ndef dx(x):\n    return x * len(sqlite3.sqlite_version)\n"}
    rules = RulesConfig(imports=("sqlite3",))
    with started() as sandbox:
        with sandbox.open(files, rules) as session:
            assert session.reading.problem is None
        sandbox.allow(["sqlite3"])
        backend = sandbox._running()
        sandbox.allow(["sqlite3"])
        assert sandbox._running() is backend
        with sandbox.open(files, rules) as session:
            [outcome] = session.ask([Question("dx", given={"x": torch.ones(2)})])
            assert isinstance(outcome, Returned)
