"""`grade doctor`: what works on this machine, what is missing and how to install it."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from grader import __version__
from grader.cli import doctor
from grader.exercise.settings import Settings
from grader.sandbox.limits import Level
from grader.sandbox.numerics import pin_torch
from grader.sandbox.types import Isolation

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Grade = Callable[..., Result]


def test_doctor_shows_isolation_numerics_and_versions(grade: Grade) -> None:
    """Of this machine."""
    result = grade("doctor")
    assert result.exit_code == 0, result.output
    for part in ("torch", "kernels, 1 thread", "isolation of learners' code", "xdist"):
        assert part in result.stdout


def examined(isolation: Isolation) -> list[str]:
    """The report for a sandbox with this isolation."""
    sandbox: Any = SimpleNamespace(isolation=isolation, numerics=pin_torch())
    return list(doctor.examine(sandbox))


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

    @pytest.mark.parametrize("machine", ["x86_64", "AMD64"])
    def test_x86_is_comparable(self, monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
        """On Linux and Windows, which name it differently."""
        monkeypatch.setattr("platform.machine", lambda: machine)
        assert [*doctor._numerics_advice(None)] == ["  exact means the same bits here as on other x86-64 machines"]

    def test_another_machine_may_differ(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It has not been compared."""
        monkeypatch.setattr("platform.machine", lambda: "arm64")
        assert [*doctor._numerics_advice(None)] == [
            "  exact was compared only between x86-64 machines; arm64 may differ in the last bit"
        ]

    def test_numerics_that_could_not_be_pinned_are_reported(self) -> None:
        """On any machine."""
        assert [*doctor._numerics_advice("torch was loaded before")] == ["  torch was loaded before"]
