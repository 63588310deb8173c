"""What docs/testing.md shows runs as it is shown: its examples, and the project to copy from."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from shown import ROOT, blocks

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "testing.md"
PROJECT = ROOT / "docs" / "sample_project"
WHOLE, SHARED, *EXAMPLES = (block for block in blocks(PAGE) if block.language == "python")
"""A file by itself; the lines that the examples share; the examples."""


def run_tests(path: Path, source: str) -> list[str]:
    """The names of a module's tests, all of which pass."""
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tests = [name for name in vars(module) if name.startswith("test_")]
    for name in tests:
        getattr(module, name)()
    return tests


def test_the_first_test_passes(tmp_path: Path) -> None:
    """It needs nothing that is not in it."""
    assert run_tests(tmp_path / "test_layernorm.py", WHOLE.text) == ["test_layernorm"]


@pytest.mark.numpy
@pytest.mark.parametrize("text", [block.text for block in EXAMPLES], ids=[f"line {block.line}" for block in EXAMPLES])
def test_an_example_passes(text: str, tmp_path: Path) -> None:
    """With the lines above it that all examples share."""
    assert run_tests(tmp_path / "test_example.py", f"{SHARED.text}\n\n{text}")


def run_project(folder: Path) -> subprocess.CompletedProcess[str]:
    """The project's tests in a process of their own, as its author runs them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=folder, capture_output=True, text=True, timeout=110, check=False,
        env=kept,
    )  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__", ".*"))


@pytest.mark.slow
@pytest.mark.numpy
def test_the_sample_project_passes(project: Path) -> None:
    """Its three tests, with its own settings of pytest."""
    done = run_project(project)
    assert done.stdout.splitlines()[-1].startswith("3 passed in "), done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.numpy
def test_a_mistake_in_a_kernel_of_the_sample_project_is_named(project: Path) -> None:
    """In the report of the tests of that kernel, and in no other."""
    kernel = project / "src" / "kernels" / "cross_entropy.py"
    source = kernel.read_text(encoding="utf-8")
    kernel.write_text(source.replace("dscores / len(labels)", "dscores"), encoding="utf-8")
    done = run_project(project)
    assert done.stdout.splitlines()[-1].startswith("1 failed, 2 passed in "), done.stdout + done.stderr
    assert "dscores: wrong values (src/kernels/cross_entropy.py:6)" in done.stdout
    assert "your dscores is scores.shape[0] times the right gradient" in done.stdout
