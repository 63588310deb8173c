"""What is installed of the grader and of all that it needs, and how the rest is installed."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from grader import installation
from grader.installation import PACKAGE, Incomplete, constraints, how_to_install, needed, origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

ROOT = Path(__file__).resolve().parent.parent
TESTED = ROOT / ".ci" / "constraints.txt"


def pins(text: str) -> dict[str, str]:
    """The versions that a constraints file asks for."""
    lines = (line.split("==") for line in text.splitlines() if not line.startswith("#"))
    return {name: version for name, version in lines}  # noqa: C416 a line that is no pin is an error


class TestConstraints:
    """The exact versions of this environment."""

    def test_holds_all_that_the_grader_needs_and_nothing_else(self) -> None:
        """What pytest and torch need, too, and nothing that only the tests need."""
        found = pins(constraints())
        assert {"backprop-grader", "torch", "sympy", "pluggy", "typing-extensions"} <= found.keys()
        assert not {"hypothesis", "jsonschema", "ruff"} & found.keys()
        assert found["pytest"] == version("pytest")
        assert list(found) == sorted(found)

    def test_is_all_that_the_command_prints(self, grade: Callable[..., Result]) -> None:
        """So that `grade doctor --constraints > constraints.txt` makes the file."""
        result = grade("doctor", "--constraints")
        assert (result.exit_code, result.stdout, result.stderr) == (0, constraints(), "")

    def test_names_no_build_of_torch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An index of CPU builds has the version under another label, or without one."""
        monkeypatch.setattr(installation, "needed", lambda: {PACKAGE: "1.0", "torch": "2.13.0+cpu"})
        text = constraints()
        assert pins(text) == {PACKAGE: "1.0", "torch": "2.13.0"}
        assert "# the CPU builds are at https://download.pytorch.org/whl/cpu\n" in text

    def test_can_leave_out_the_grader_itself(self) -> None:
        """Where something else says which one is installed."""
        assert pins(constraints()).keys() - pins(constraints(itself=False)).keys() == {PACKAGE}

    def test_says_nothing_of_the_day(self) -> None:
        """The same environment gives the same file."""
        assert not re.search(r"\b20\d\d-|\d:\d\d", constraints())

    def test_what_is_missing_is_told_with_what_needs_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """And with the command that installs it."""
        monkeypatch.setattr(installation, "_required", lambda name, _: [Requirement("no-such-package>=2")])
        with pytest.raises(Incomplete) as raised:
            needed()
        assert str(raised.value) == (
            "backprop-grader needs no-such-package, which is not installed, so this environment has no full list of "
            "versions. Install it with: pip install 'no-such-package>=2'"
        )

    def test_without_the_grader_itself_the_command_prints_one_sentence(
        self, grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On stderr; a file that stdout was sent to stays empty."""

        def gone(name: str) -> None:
            raise PackageNotFoundError(name)

        monkeypatch.setattr(installation, "distribution", gone)
        result = grade("doctor", "--constraints")
        assert (result.exit_code, result.stdout) == (4, "")
        assert result.stderr == (
            "Error: backprop-grader is not installed here, only started from its folder, so its versions are unknown. "
            "Install it with: pip install -e FOLDER\n"
        )

    def test_versions_that_contradict_each_other_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Pip would refuse the file, on another machine and much later."""
        monkeypatch.setattr(installation, "_required", lambda name, _: [Requirement("click<2")][name == "click" :])
        with pytest.raises(Incomplete, match=r"^backprop-grader needs click<2, but .+ is installed"):
            needed()

    def test_an_extra_of_a_library_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What torch's builds for CUDA ask for comes as extras of one package."""
        asked = {("torch", ""): ["pytest[more]"], ("pytest", "more"): ["rich"], (PACKAGE, ""): ["torch"]}
        monkeypatch.setattr(
            installation, "_required", lambda name, extra: map(Requirement, asked.get((name, extra), ()))
        )
        assert list(needed()) == [PACKAGE, "pytest", "rich", "torch"]


class TestTested:
    """.ci/constraints.txt: what all tests run with."""

    def test_names_what_doctor_prints_here(self) -> None:
        """Except for the grader itself, which is this checkout. Other builds of torch need other packages."""
        tested, here = pins(TESTED.read_text(encoding="utf-8")), pins(constraints(itself=False))
        comparable = version("torch") == f"{tested['torch']}+cpu" and sys.platform == "linux"
        assert tested.keys() == here.keys() or not comparable

    def test_asks_for_a_torch_that_the_package_accepts(self) -> None:
        """An installation with this file could not be made otherwise."""
        (torch,) = (each for each in installation._required(PACKAGE, "") if each.name == "torch")
        assert torch.specifier.contains(pins(TESTED.read_text(encoding="utf-8"))["torch"])


class TestOptionalParts:
    """How what an extra brings along is installed."""

    def test_the_command_names_the_libraries_themselves(self) -> None:
        """No index has to know the grader, and no checkout has to be at hand."""
        assert re.fullmatch(r'pip install "grandalf<1,>=[\d.]+" "jinja2<4,>=[\d.]+"', how_to_install("html"))

    def test_what_is_needed_anyway_is_not_named(self) -> None:
        """Only what the extra adds."""
        assert "click" not in how_to_install("test")

    def test_a_checkout_that_is_not_installed_names_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its metadata cannot be read."""
        monkeypatch.setattr(installation, "PACKAGE", "no-such-package")
        assert how_to_install("html") == 'pip install -e ".[html]"'
        assert origin() == {}
