"""`grade doctor`: what works on this machine, what is missing and how to install it."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader import __version__
from grader.cli import doctor
from grader.exercise.settings import Settings
from grader.sandbox.limits import Level
from grader.sandbox.numerics import pin_torch
from grader.sandbox.types import Isolation, SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result
    from lent import Shared

    Grade = Callable[..., Result]


def test_doctor_shows_isolation_numerics_and_versions(grade: Grade) -> None:
    """Of this machine."""
    result = grade("doctor")
    assert result.exit_code == 0, result.output
    for part in ("torch", "kernels, 1 thread", "isolation of learners' code", "xdist"):
        assert part in result.stdout


def examined(isolation: Isolation, tried: Callable[[], bool] = lambda: False) -> list[str]:
    """The report for a sandbox with this isolation."""
    sandbox: Any = SimpleNamespace(isolation=isolation, numerics=pin_torch(), try_torch=tried)
    return list(doctor.examine(sandbox))


@pytest.fixture(autouse=True)
def _built_once(lent_sandbox: Shared) -> None:
    """Each report compares the bits of every exercise, whose cases are built once."""


@pytest.fixture
def locked() -> Isolation:
    """Every lock is active."""
    return Isolation(Level.LOCKED, ("seccomp", "no network"), ())


class TestIsolation:
    """The locks that are active, and those that are missing."""

    def test_a_locked_machine_is_ok(self, locked: Isolation) -> None:
        """One line per lock."""
        lines = examined(locked)
        at = lines.index("  \x1b[32mok \x1b[0m locked")
        assert "isolation of learners' code" in lines[at - 1]
        assert lines[at + 1 : at + 3] == ["  active      seccomp", "  active      no network"]

    def test_missing_locks_are_listed(self) -> None:
        """After the active ones."""
        lines = examined(Isolation(Level.PARTIAL, ("seccomp",), ("no network: this kernel cannot",)))
        at = lines.index("  \x1b[33mno \x1b[0m partial")
        assert lines[at + 1 : at + 3] == ["  active      seccomp", "  missing     no network: this kernel cannot"]

    @pytest.mark.parametrize(("words", "level"), [((), Level.NONE), (("--isolation", "process"), Level.PROCESS)])
    def test_the_chosen_backend_is_checked(
        self, grade: Grade, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], level: Level
    ) -> None:
        """By default any isolation will do: doctor is there to report it."""
        asked: list[Settings] = []
        monkeypatch.setattr(doctor, "start_sandbox", lambda settings, **_: asked.append(settings) or _Nothing())
        monkeypatch.setattr(doctor, "examine", lambda _: ["all well"])
        assert grade("doctor", *words).stdout == "all well\n"
        assert asked == [Settings(isolation=level)]

    def test_no_other_backend_can_be_chosen(self, grade: Grade) -> None:
        """It would be refused where it is missing, which is what doctor has to find out."""
        result = grade("doctor", "--isolation", "locked")
        assert result.exit_code == 4
        assert "'locked' is not 'process'" in result.stderr


class _Nothing:
    """A sandbox that is never used."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


class TestParts:
    """Versions and optional packages."""

    def test_versions_are_those_installed(self, locked: Isolation) -> None:
        """One line each, with the path of Python and the exercises folder."""
        lines = examined(locked)
        assert f"  {'grader':<19} {__version__}" in lines
        assert any(line.startswith("  python ") and line.endswith(f"({sys.executable})") for line in lines)
        assert any(line.startswith("  exercises ") and "cross_entropy, " in line for line in lines)

    def test_a_package_that_is_not_installed_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, locked: Isolation
    ) -> None:
        """It is not an error."""
        monkeypatch.setattr(doctor, "PACKAGES", ("no_such_package",))
        assert f"  {'no_such_package':<19} missing" in examined(locked)

    def test_a_missing_optional_package_says_what_it_is_for(
        self, monkeypatch: pytest.MonkeyPatch, locked: Isolation
    ) -> None:
        """And how to install it; otherwise it says only that it is installed."""
        monkeypatch.setattr(doctor, "OPTIONAL", {"no_such_part": "nothing: pip install it", "click": "options"})
        lines = examined(locked)
        assert lines[-2:] == ["  no_such_part missing: nothing: pip install it", "  click       installed"]


class TestNumerics:
    """Whether `exact` means the same here as elsewhere."""

    def test_bits_that_were_measured_are_comparable(self, locked: Isolation) -> None:
        """By measurement, not by the name of the processor or the version of torch."""
        line = "  reference gradients have the measured bits in 36 of 36 exercises: exact means the same here"
        assert line in examined(locked)

    def test_other_bits_are_not(self, locked: Isolation, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever the reason."""
        monkeypatch.setattr("grader.exercise.case.Cases.other_bits", True)
        line = "  reference gradients have the measured bits in 0 of 36 exercises: exact is only informative"
        assert f"{line} in the others" in examined(locked)

    def test_numerics_that_could_not_be_pinned_are_reported(
        self, locked: Isolation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Then there is nothing to compare."""
        monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: "AVX512")
        assert any("torch uses AVX512 kernels instead of the default ones" in line for line in examined(locked))


class TestRelease:
    """Whether this release of torch was tested."""

    def test_one_that_was_tested_is_ok(self, locked: Isolation) -> None:
        """The one that these tests run on."""
        said = f"torch {torch.__version__} was tested with this release of grade"
        assert f"  \x1b[32mok \x1b[0m {said}" in examined(locked)

    def test_another_one_that_passes_the_self_test_is_ok_too(self, locked: Isolation) -> None:
        """The first `open` would have run it."""
        said = f"torch {torch.__version__} was not tested with this release of grade, but passed the self-test"
        assert f"  \x1b[32mok \x1b[0m {said}" in examined(locked, tried=lambda: True)

    def test_one_that_fails_it_is_not(self, locked: Isolation) -> None:
        """With what is wrong and what to install."""

        def fail() -> bool:
            raise SandboxError("torch 9 cannot be used")

        assert "  \x1b[33mno \x1b[0m torch 9 cannot be used" in examined(locked, tried=fail)
