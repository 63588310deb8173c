"""How the other interpreter is started: nothing of the place where the grader was started gets in."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from grader.sandbox.client import Sandbox
from grader.sandbox.host.start import environment, search_path
from grader.sandbox.numerics import PINNED_ENVIRONMENT
from grader.sandbox.types import Question, Raised, Returned

ROOT = Path(__file__).resolve().parents[2]


def test_the_search_path_holds_packages_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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


@pytest.mark.slow
@pytest.mark.parametrize("force", ["None", "Level.PROCESS"])
def test_a_hostile_folder_is_not_imported_from(tmp_path: Path, force: str) -> None:
    """Files that lie in wait where the grader happens to be started."""
    for name in ("torch.py", "sitecustomize.py", "usercustomize.py", "json.py", "socket.py", "ctypes.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'caught')!r}, 'a').write({name!r})\n")
    program = f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from grader.sandbox.client import Sandbox
        from grader.sandbox.types import Level
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
    """Beyond what torch takes by itself."""
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
