"""course.toml: the settings of a course, for all its exercises."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from grader.exercise.class_tables import CLASS_TABLES
from grader.exercise.exercise_toml import KINDS, RULES, read_settings
from grader.exercise.form import row_name
from grader.exercise.forward import BrokenExercise, literals, parse, read_text
from grader.exercise.nearest import did_you_mean
from grader.exercise.settings import Criterion, Feedback, Visibility
from grader.exercise.toml_file import TomlFile, TomlTable, one_of, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

FILE = "course.toml"


@dataclass(frozen=True, slots=True)
class Course:
    """The settings of a course. What it leaves out is decided by the exercise or the command line."""

    file: TomlFile
    name: str
    version: str
    criterion: Criterion | None = None
    feedback: Feedback | None = None
    visibility: Visibility | None = None
    points: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """exercise -> gradient -> points; `default` stands for the gradients that are not named."""
    imports: tuple[str, ...] = ()
    """Modules that learners may import in every exercise of the course."""
    names: tuple[str, ...] = ()
    """Names that they may use although the built-in rules refuse them."""

    @property
    def path(self) -> Path:
        """The path of its course.toml."""
        return self.file.path

    @property
    def graded_text(self) -> str:
        """The part of course.toml that grades depend on, in one fixed form: without the tables about a class."""
        return _toml({key: value for key, value in self.file.data.items() if key not in CLASS_TABLES})

    def points_for(self, exercise: str, gradient: str, otherwise: int) -> int:
        """What one gradient is worth in this course."""
        said = self.points.get(exercise, {})
        return said.get(gradient, said.get("default", otherwise))

    def check_names(self) -> None:
        """Check that every exercise the course names is one that it applies to, and that their gradients exist.

        Due dates, extensions and weights may also name installed exercises.

        This happens at the start of a run, not when the file is read: a worker on another machine reads a copy with
        only one exercise beside it.

        Raises:
            BrokenExercise: an exercise or a gradient that is named does not exist.
        """
        named = [*_named(self.file.data)]
        there = _exercises(self.path.parent) if named else {}
        for exercise, *keys in named:
            if exercise not in there and (keys[0] == "points" or exercise not in _installed()):
                meant = did_you_mean(exercise, sorted(there))
                problem = (
                    f"[{'.'.join(keys)}] names the exercise {exercise}, which is not in {self.path.parent}. {meant}"
                )
                self.file.refuse(problem, *keys, exercise)
        for exercise, said in self.points.items():
            gradients = _gradients(there[exercise])
            for name in said:
                if gradients and name not in ("default", *gradients):
                    meant = did_you_mean(f"d{name}" if f"d{name}" in gradients else name, sorted(gradients))
                    problem = f"[points.{exercise}] names the gradient {name}, which {exercise} does not have."
                    self.file.refuse(f"{problem} {meant}", "points", exercise, name)


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings from the courses of a run, for what the command line leaves open; the first course to set one wins."""

    criterion: Criterion | None = None
    feedback: Feedback | None = None
    visibility: Visibility | None = None


def policy(courses: Iterable[Course | None]) -> Policy:
    """The policy of a run's courses, taking each once and checking the names in it.

    Raises:
        BrokenExercise: a course names an exercise or a gradient that does not exist.
    """
    asked = {course.path: course for course in courses if course is not None}.values()
    for course in asked:
        course.check_names()
    return Policy(
        next((course.criterion for course in asked if course.criterion), None),
        next((course.feedback for course in asked if course.feedback), None),
        next((course.visibility for course in asked if course.visibility), None),
    )


def _named(data: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Every exercise that a course names, followed by the keys of the table that names it."""
    grades = data.get("grades", {})
    yield from ((name, "points") for name in data.get("points", {}))
    yield from ((name, "due") for name in data.get("due", {}))
    yield from ((name, "extensions", person) for person, said in data.get("extensions", {}).items() for name in said)
    yield from ((name, "grades", "weights") for name in grades.get("weights", {}))
    yield from ((name, "grades", "extra") for name in grades.get("extra", ()))


def _installed() -> list[str]:
    """The installed exercises: a class may do them too, although their points are not the course's to set."""
    from grader.exercise.shelf import list_exercises

    return list_exercises()


def _toml(data: Mapping[str, Any], *above: str) -> str:
    """Write strings, whole numbers, flags and lists, in tables, as TOML."""
    lines = [f"{_key(key)} = {_quoted(value)}\n" for key, value in data.items() if not isinstance(value, dict)]
    for key, value in data.items():
        if isinstance(value, dict):
            lines += [f"\n[{'.'.join(map(_key, (*above, key)))}]\n", _toml(value, *above, key)]
    return "".join(lines)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(value: object) -> str:
    """A value in JSON's form, which TOML shares but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _exercises(folder: Path) -> dict[str, list[Path]]:
    """The exercises that a course.toml in this folder applies to, by name: in the folder, or one level below."""
    found: dict[str, list[Path]] = {}
    for path in (*folder.glob("*/exercise.toml"), *folder.glob("*/*/exercise.toml")):
        if path.with_name("forward.py").is_file():
            found.setdefault(path.parent.name, []).append(path.parent)
    return found


def _gradients(folders: list[Path]) -> list[str]:
    """The gradients of the exercises of one name; none if one cannot be read, which is reported when it is graded."""
    found: list[str] = []
    for folder in folders:
        file = folder / "forward.py"
        try:
            settings = read_settings(folder / "exercise.toml")
            graded = literals(parse(file, read_text(file))).get(KINDS[settings.kind])
        except BrokenExercise:
            return []
        if not isinstance(graded, list):
            return []
        found += [row_name(name, settings.form) for name in graded]
    return found


def find_course(exercises: Path) -> Course | None:
    """The course.toml in a folder of exercises, or beside it."""
    for folder in (exercises, exercises.parent):
        if (folder / FILE).is_file():
            return read_course(folder / FILE)
    return None


def _worth(key: str, value: Any) -> str | None:
    fits = type(value) is int and value >= 0
    return None if fits else f"{key} is worth {value!r}; points must be whole numbers, 0 or more"


def _worth_of_each(exercise: str, value: object) -> str | None:
    """`mlp = 2`: a number instead of a table by gradient."""
    if isinstance(value, int):
        return _worth("default", value)
    return f"points of {exercise} must be a whole number, or a table by gradient: [points.{exercise}]"


Choice = TypeVar("Choice", bound=StrEnum)
_EXAMPLES = {"name": "Deep Learning", "version": "2026.1"}
_CHOICES = {"criterion": Criterion, "feedback": Feedback, "visibility": Visibility}

COURSE = TomlTable(
    {
        **{key: text(example, empty=False) for key, example in _EXAMPLES.items()},
        **{key: one_of([*choices]) for key, choices in _CHOICES.items()},
        "points": TomlTable(each=TomlTable(each=_worth, plain=_worth_of_each)),
        "rules": RULES,
        **CLASS_TABLES,
    },
    required={
        key: f'{key} is missing; every course needs one, such as {key} = "{example}"'
        for key, example in _EXAMPLES.items()
    },
)
"""What course.toml may contain."""


def _said(file: TomlFile, key: str, choices: type[Choice]) -> Choice | None:
    return choices(file.data[key]) if key in file.data else None


def read_course(path: Path) -> Course:
    """Read and check a course.

    Raises:
        BrokenExercise: `path:line: message` about the first error.
    """
    file = TomlFile.read(path, COURSE)
    points, rules = file.data.get("points", {}), file.data.get("rules", {})
    return Course(
        file,
        **{key: file.data[key] for key in _EXAMPLES},
        criterion=_said(file, "criterion", Criterion),
        feedback=_said(file, "feedback", Feedback),
        visibility=_said(file, "visibility", Visibility),
        points={exercise: {"default": said} if isinstance(said, int) else said for exercise, said in points.items()},
        imports=tuple(rules.get("imports", ())),
        names=tuple(rules.get("names", ())),
    )
