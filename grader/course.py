"""course.toml: what a course says about its exercises, in one small file, validated with line numbers."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from grader.lines import BrokenExercise, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

CRITERIA = ("correct", "exact", "approximate")
FEEDBACK = ("full", "kind", "verdict", "none")
VISIBILITY = ("visible", "after_due_date", "after_published", "hidden")
FILE = "course.toml"


@dataclass(frozen=True, slots=True)
class Course:
    """The settings of a course. What it does not say is decided by the exercise or the command line."""

    path: Path
    name: str
    version: str
    criterion: str | None = None
    feedback: str | None = None
    visibility: str = "visible"
    """When students see the results, in Gradescope's words."""
    points: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """exercise -> gradient -> points; `default` stands for the gradients that are not named."""
    imports: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def points_for(self, exercise: str, gradient: str, otherwise: int) -> int:
        """What one gradient is worth in this course."""
        said = self.points.get(exercise, {})
        return said.get(gradient, said.get("default", otherwise))


def decided(said: str | None, word: str, courses: Iterable[Course | None], otherwise: str) -> str:
    """An option's value: what was said on the command line, else a course's word, else the default."""
    found = (getattr(course, word) for course in courses if course is not None)
    return said or next((value for value in found if value), otherwise)


def find_course(exercises: Path) -> Course | None:
    """The course.toml in a folder of exercises, or beside it."""
    for folder in (exercises, exercises.parent):
        if (folder / FILE).is_file():
            return read_course(folder / FILE)
    return None


def read_course(path: Path) -> Course:
    """Read and validate a course.

    Raises:
        BrokenExercise: with the line, what came and what was expected.
    """
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BrokenExercise(f"{path}: {error}") from error
    check = _Checker(path, text)
    check.keys(data, ("name", "version", "criterion", "feedback", "visibility", "points", "rules"))
    rules = check.table(data, "rules")
    check.keys(rules, ("imports", "names"))
    return Course(
        path,
        check.text(data, "name"),
        check.text(data, "version"),
        check.choice(data, "criterion", CRITERIA),
        check.choice(data, "feedback", FEEDBACK),
        check.choice(data, "visibility", VISIBILITY) or "visible",
        {exercise: check.points(exercise, said) for exercise, said in check.table(data, "points").items()},
        check.names(rules, "imports"),
        check.names(rules, "names"),
    )


class _Checker:
    """Finds the line of whatever is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def refuse(self, key: str, problem: str) -> NoReturn:
        """One sentence with the line on which the key stands."""
        pattern = re.compile(rf"^\s*\[?\s*(\w+\.)*[\"']?{re.escape(key)}[\"']?\s*[=\].]")
        number = next((n for n, line in enumerate(self._lines, 1) if pattern.match(line)), None)
        place = f"{self._path}:{number}" if number else f"{self._path}"
        raise BrokenExercise(f"{place}: {problem}")

    def keys(self, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                close = difflib.get_close_matches(key, known, 1)
                meant = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}"
                self.refuse(key, f"unknown key {key!r}; {meant}")

    def text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value:
            self.refuse(
                key, f'{key} has to be a text such as {key} = "2026.1"' if value is not None else f"{key} is missing"
            )
        return value

    def choice(self, table: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str | None:
        value = table.get(key)
        if value is not None and value not in choices:
            self.refuse(key, f"{key} is {value!r}; it can be {', '.join(choices)}")
        return value

    def table(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = data.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, f"{key} has to be a table: [{key}]")
        return value

    def names(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.refuse(key, f'{key} has to be a list of names: {key} = ["numpy"]')
        return tuple(value)

    def points(self, exercise: str, said: object) -> dict[str, int]:
        """`mlp = 2`, or a table by gradient."""
        table = {"default": said} if isinstance(said, int) else said
        if not isinstance(table, dict):
            self.refuse(
                exercise, f"points of {exercise} are a whole number, or a table by gradient: [points.{exercise}]"
            )
        for key, value in table.items():
            if type(value) is not int or value < 0:
                self.refuse(key, f"{key} is worth {value!r}; points are whole numbers from 0 up")
        return dict(table)
