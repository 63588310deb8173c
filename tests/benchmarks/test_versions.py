"""The comparison with other releases of torch: what it installs, what it leaves alone, and what it calls a fault."""

from __future__ import annotations

import importlib
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, as a module."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("versions")


def asked(**options: Any) -> Namespace:
    """The options of a command line."""
    return Namespace(**{"torch": [], "oldest": False, "newest": False, "python": [], **options})


@pytest.mark.parametrize(
    ("options", "requirements"),
    [
        ({}, ["torch==2.4.*", "torch>=2.4,<3"]),
        ({"oldest": True}, ["torch==2.4.*"]),
        ({"newest": True}, ["torch>=2.4,<3"]),
        ({"torch": ["2.6.0", "2.9.1"]}, ["torch==2.6.0", "torch==2.9.1"]),
        ({"python": ["env/bin/python"]}, []),
    ],
)
def test_by_default_both_ends_of_the_range_are_measured(
    versions: ModuleType, options: dict[str, Any], requirements: list[str]
) -> None:
    """The range is the one of pyproject.toml."""
    assert versions.wanted(asked(**options)) == requirements


@pytest.mark.skipif("sys.platform != 'linux'", reason="CUDA comes along on Linux alone")
def test_a_release_that_brings_cuda_is_not_installed(versions: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its metadata says so; nothing else is downloaded."""
    brings = ["filelock", "nvidia-cublas-cu12 (==12.1.3.1) ; platform_system == 'Linux'", "triton (==3.0.0)"]
    monkeypatch.setattr(versions, "_resolved", lambda *_: {"version": "2.4.1", "requires_dist": brings})
    monkeypatch.setattr(versions.venv, "create", lambda *_, **__: pytest.fail("an environment was made"))
    monkeypatch.setattr(versions, "_pip", lambda *words: pytest.fail(f"pip {words}"))
    with (
        pytest.raises(versions.NotRunError, match=r"brings CUDA \(nvidia-cublas-cu12, 2 packages\)"),
        versions.environment("torch==2.4.*", gigabytes=False),
    ):
        pass


def test_other_bits_are_no_fault_and_a_lost_gradient_is(versions: ModuleType) -> None:
    """Bits depend on the processor; verdicts do not."""
    row = {"problems": [], "counts": {name: [2, 2] for name in versions.COLUMNS}}
    row["counts"]["same bits"] = row["counts"]["exact"] = [0, 2]
    assert versions.faults(row) == []
    row["counts"]["correct"] = [1, 2]
    assert versions.faults(row) == ["correct: 1 of 2"]


def test_attacks_that_were_not_made_are_a_fault(versions: ModuleType) -> None:
    """They are left out where the isolation is below `locked`."""
    row = {"problems": [], "counts": {name: [2, 2] for name in versions.COLUMNS}}
    row["counts"]["attacks contained"] = [0, 0]
    assert versions.faults(row) == ["attacks contained: 0 of 0"]
