"""course.toml: what a course says about its exercises, in one small file, validated with line numbers."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from grader.exercise.exercise_toml import import_problem, place, read_settings
from grader.exercise.forward import BrokenExercise, literals, parse, read_text
from grader.exercise.settings import Criterion, Feedback, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE = "course.toml"
Choice = TypeVar("Choice", bound=StrEnum)
_EXAMPLES = {"name": '"Deep Learning"', "version": '"2026.1"'}


@dataclass(frozen=True, slots=True)
class Course:
    """The settings of a course. What it does not say is decided by the exercise or the command line."""

    path: Path
    name: str
    version: str
    criterion: Criterion | None = None
    feedback: Feedback | None = None
    visibility: Visibility | None = None
    points: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """exercise -> gradient -> points; `default` stands for the gradients that are not named."""
    imports: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def points_for(self, exercise: str, gradient: str, otherwise: int) -> int:
        """What one gradient is worth in this course."""
        said = self.points.get(exercise, {})
        return said.get(gradient, said.get("default", otherwise))


@dataclass(frozen=True, slots=True)
class Policy:
    """What the courses of a run decide together, where the command line says nothing: the first that says it."""

    criterion: Criterion | None = None
    feedback: Feedback | None = None
    visibility: Visibility | None = None


def policy(courses: Iterable[Course | None]) -> Policy:
    """What courses decide for a run, read once where it begins.

    Raises:
        BrokenExercise: a course gives points to what there is not. That is looked for here and not on reading it:
            beside the copy that a worker on another machine reads, there is one exercise only.
    """
    asked = list({course.path: course for course in courses if course is not None}.values())
    for course in asked:
        _check_points(course)
    return Policy(
        next((course.criterion for course in asked if course.criterion), None),
        next((course.feedback for course in asked if course.feedback), None),
        next((course.visibility for course in asked if course.visibility), None),
    )


def _check_points(course: Course) -> None:
    """Every name in [points] is an exercise that this course decides for, or one of its gradients."""
    if not course.points:
        return
    check = _Checker(course.path, read_text(course.path))
    there = _exercises(course.path.parent)
    for exercise, said in course.points.items():
        if exercise not in there:
            meant = _meant(exercise, there)
            check.refuse(
                f"[points] names the exercise {exercise}, but there is none in {course.path.parent}. {meant}",
                "points", exercise,
            )  # fmt: skip
        gradients = _gradients(there[exercise])
        for name in said:
            if gradients and name not in ("default", *gradients):
                meant = _meant(name, gradients)
                check.refuse(
                    f"[points.{exercise}] names the gradient {name}, but {exercise} has none of that name. {meant}",
                    "points", exercise, name,
                )  # fmt: skip


def _exercises(folder: Path) -> dict[str, list[Path]]:
    """The exercises that a course in this folder decides for, by name: it stands among them or beside their folder."""
    found: dict[str, list[Path]] = {}
    for path in (*folder.glob("*/exercise.toml"), *folder.glob("*/*/exercise.toml")):
        if path.with_name("forward.py").is_file():
            found.setdefault(path.parent.name, []).append(path.parent)
    return found


def _gradients(folders: list[Path]) -> list[str]:
    """What the exercises of one name grade; none where one cannot be read, which is told when it is graded."""
    found: list[str] = []
    for folder in folders:
        file = folder / "forward.py"
        try:
            training = read_settings(folder / "exercise.toml").kind == "training"
            graded = literals(parse(file, read_text(file))).get("PARAMETERS" if training else "GRADED")
        except BrokenExercise:
            return []
        if not isinstance(graded, list):
            return []
        found += [f"d{name}" for name in graded]
    return found


def _meant(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    close = [f"d{name}"] if f"d{name}" in known else difflib.get_close_matches(name, known, 1)
    return f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known) or 'none'}."


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
    check.keys(rules, ("imports", "names"), "rules")
    return Course(
        path,
        check.text(data, "name"),
        check.text(data, "version"),
        check.choice(data, "criterion", Criterion),
        check.choice(data, "feedback", Feedback),
        check.choice(data, "visibility", Visibility),
        {exercise: check.points(exercise, said) for exercise, said in check.table(data, "points").items()},
        check.imports(rules),
        check.names(rules),
    )


class _Checker:
    """Finds the line of whatever is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text

    def refuse(self, problem: str, *keys: str) -> NoReturn:
        """One sentence with the line on which the key stands, or its table."""
        raise BrokenExercise(f"{place(self._path, self._text, *keys)}: {problem}")

    def keys(self, table: Mapping[str, Any], known: tuple[str, ...], *above: str) -> None:
        for key in table:
            if key not in known:
                close = difflib.get_close_matches(key, known, 1)
                meant = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}"
                self.refuse(f"unknown key {key!r}; {meant}", *above, key)

    def text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if value is None:
            self.refuse(f"{key} is missing, and every course has one: write {key} = {_EXAMPLES[key]}", key)
        if not isinstance(value, str) or not value:
            self.refuse(f"{key} has to be a text such as {key} = {_EXAMPLES[key]}, not {value!r}", key)
        return value

    def choice(self, table: Mapping[str, Any], key: str, choices: type[Choice]) -> Choice | None:
        value = table.get(key)
        if value is None:
            return None
        if value not in [*choices]:
            self.refuse(f"{key} is {value!r}; it can be {', '.join(choices)}", key)
        return choices(value)

    def table(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = data.get(key, {})
        if not isinstance(value, dict):
            self.refuse(f"{key} has to be a table: [{key}]", key)
        return value

    def imports(self, rules: Mapping[str, Any]) -> tuple[str, ...]:
        value = rules.get("imports", [])
        if problem := import_problem(value):
            self.refuse(problem, "rules", "imports")
        return tuple(value)

    def names(self, rules: Mapping[str, Any]) -> tuple[str, ...]:
        value = rules.get("names", [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.refuse('names has to be a list of names: names = ["getattr"]', "rules", "names")
        return tuple(value)

    def points(self, exercise: str, said: object) -> dict[str, int]:
        """`mlp = 2`, or a table by gradient."""
        table = {"default": said} if isinstance(said, int) else said
        if not isinstance(table, dict):
            self.refuse(
                f"points of {exercise} are a whole number, or a table by gradient: [points.{exercise}]",
                "points", exercise,
            )  # fmt: skip
        for key, value in table.items():
            if type(value) is not int or value < 0:
                self.refuse(f"{key} is worth {value!r}; points are whole numbers from 0 up", "points", exercise, key)
        return dict(table)
