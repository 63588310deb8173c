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


INDEX = "torch (3.0.0)\nAvailable versions: 3.0.0, 2.14.1, 2.14.0, 2.13.0+cpu, 2.13.0, 2.4.1, 2.4.0, 2.3.1\n"


@pytest.mark.parametrize(
    ("options", "requirements"),
    [
        ({}, [["2.4.*", "2.13.*", "2.14.*"], ["2.14.*", "2.13.*", "2.4.*"]]),
        ({"oldest": True}, [["2.4.*", "2.13.*", "2.14.*"]]),
        ({"newest": True}, [["2.14.*", "2.13.*", "2.4.*"]]),
        ({"torch": ["2.6.0", "2.9.1"]}, [["2.6.0"], ["2.9.1"]]),
        ({"python": ["env/bin/python"]}, []),
    ],
)
def test_by_default_both_ends_of_the_range_are_measured(
    versions: ModuleType, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], requirements: list[list[str]]
) -> None:
    """The range is the one of pyproject.toml; what follows an end is taken where the end brings CUDA along."""
    monkeypatch.setattr(versions, "_pip", lambda *_: INDEX)
    assert versions.wanted(asked(**options)) == [[f"torch=={each}" for each in some] for some in requirements]


CUDA = ["filelock", "nvidia-cublas-cu12 (==12.1.3.1) ; platform_system == 'Linux'", "triton (==3.0.0)"]


@pytest.fixture
def offered(versions: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index whose releases 2.4.1 and 2.5.0 bring CUDA along; nothing is made or downloaded."""
    brings = {"2.4.1": CUDA, "2.5.0": CUDA, "2.6.0": ["filelock"]}

    def resolved(requirement: str, _report: Path) -> dict[str, Any]:
        version = requirement.removeprefix("torch==")
        if version not in brings:
            raise versions.NotRunError(f"pip refuses {version}")
        return {"version": version, "requires_dist": brings[version]}

    monkeypatch.setattr(versions, "_resolved", resolved)


@pytest.mark.usefixtures("offered")
@pytest.mark.skipif("sys.platform != 'linux'", reason="CUDA comes along on Linux alone")
class TestChoice:
    """Which release is installed."""

    def test_one_that_brings_cuda_is_not(self, versions: ModuleType, tmp_path: Path) -> None:
        """Its metadata says so before anything is downloaded."""
        said = r"torch==2\.4\.1 brings CUDA \(nvidia-cublas-cu12, 2 packages\), torch==2\.5\.0 brings CUDA .*; see"
        with pytest.raises(versions.NotRunError, match=said):
            versions.chosen(["torch==2.4.1", "torch==2.5.0"], tmp_path, gigabytes=False)

    def test_the_next_without_it_is(self, versions: ModuleType, tmp_path: Path) -> None:
        """The oldest or the newest that costs no gigabytes."""
        ends = ["torch==2.4.1", "torch==2.5.0", "torch==2.5.9", "torch==2.6.0"]
        assert versions.chosen(ends, tmp_path, gigabytes=False) == "torch==2.6.0"
        assert versions.chosen(ends, tmp_path, gigabytes=True) == "torch==2.4.1"

    def test_the_one_that_runs_this_is_not_measured_in_its_place(
        self, versions: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """All tests run with it anyway; by its own name it is measured."""
        monkeypatch.setattr(versions, "version", lambda _: "2.6.0")
        with pytest.raises(versions.NotRunError, match=r"torch==2\.6\.0 is the one that runs this"):
            versions.chosen(["torch==2.5.0", "torch==2.6.0"], tmp_path, gigabytes=False)
        assert versions.chosen(["torch==2.6.0"], tmp_path, gigabytes=False) == "torch==2.6.0"


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
