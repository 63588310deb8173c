"""A class of 150 on three platforms, through `grade batch`, a spreadsheet and `grade report`: each grade at its person.

The class is made by `class_of_150`, and checked by `check_class_of_150`, which knows nothing of
`grader.classroom`.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from check_class_of_150 import wrong_book, wrong_grades
from class_of_150 import Platform, make, through_a_spreadsheet
from click.testing import CliRunner

from grader.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

HABITS = {"csv": ("utf-8-sig", ","), "ansi": ("cp1252", ";"), "unicode-text": ("utf-16", "\t")}
"""How a spreadsheet may save grades.csv."""


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory, solution_source: str) -> list[Platform]:
    """The downloads, each graded with its roster."""
    folder = tmp_path_factory.mktemp("course")
    made = make(folder, solution_source)
    for platform in made:
        out = platform.roster.parent / "grades"
        result = run(
            "batch", platform.submissions, "--exercise", "mlp", "--out", out, "--roster", platform.roster, "-q"
        )
        assert result.exit_code == 0, result.output
    return made


def run(*arguments: str | Path) -> Result:
    """Run `grade` in this process."""
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def named(platforms: list[Platform], name: str) -> Platform:
    """One of the three."""
    return next(each for each in platforms if each.name == name)


class TestClassOf150:
    """Every grade at its person."""

    @pytest.mark.parametrize("name", ["canvas", "moodle", "github"])
    def test_every_person_has_one_row_with_their_own_grade(self, platforms: list[Platform], name: str) -> None:
        """Whatever they are called, and whatever a spreadsheet did to the roster."""
        platform = named(platforms, name)
        assert [*wrong_grades(platform, platform.roster.parent / "grades" / "grades.csv")] == []

    @pytest.mark.parametrize("habit", HABITS)
    @pytest.mark.parametrize("name", ["canvas", "moodle"])
    def test_the_grade_book_has_every_grade_at_its_person(
        self, platforms: list[Platform], name: str, habit: str, tmp_path: Path
    ) -> None:
        """After a spreadsheet saved grades.csv, with overrides, in its own way; every other cell is as it was."""
        platform = named(platforms, name)
        grades = tmp_path / "grades"
        shutil.copytree(platform.roster.parent / "grades", grades)
        typed = {
            (person.platform_id if name == "canvas" else person.email): person.override
            for person in platform.students
            if person.override
        }
        through_a_spreadsheet(grades / "grades.csv", typed, *HABITS[habit])
        title = ["--title", "Backprop (12345)"] if name == "canvas" else []
        out = tmp_path / "filled.csv"
        result = run("report", "--class", grades, "--to", name, "--roster", platform.roster, *title, "-o", out)
        assert result.exit_code == 0, result.output
        assert [*wrong_book(platform, platform.roster, out.read_bytes())] == []
