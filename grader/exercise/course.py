"""course.toml: what a course says about its exercises, in one small file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grader.exercise.exercise_toml import KINDS, RULES, read_settings
from grader.exercise.forward import BrokenExercise, literals, parse, read_text
from grader.exercise.nearest import did_you_mean
from grader.exercise.toml_file import Table, TomlFile, one_of, text

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

    file: TomlFile
    name: str
    version: str
    criterion: str | None = None
    """One of CRITERIA."""
    feedback: str | None = None
    """One of FEEDBACK."""
    visibility: str | None = None
    """When students see the results, in Gradescope's words: one of VISIBILITY."""
    points: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """exercise -> gradient -> points; `default` stands for the gradients that are not named."""
    imports: tuple[str, ...] = ()
    """Modules that learners may import in every exercise of the course."""
    names: tuple[str, ...] = ()
    """Names that they may use although the built-in rules refuse them."""

    @property
    def path(self) -> Path:
        """Its course.toml."""
        return self.file.path

    def points_for(self, exercise: str, gradient: str, otherwise: int) -> int:
        """What one gradient is worth in this course."""
        said = self.points.get(exercise, {})
        return said.get(gradient, said.get("default", otherwise))

    def check_points(self) -> None:
        """Every name in [points] is an exercise that this course decides for, or one of its gradients.

        This is checked where a run begins and not on reading: beside the copy that a worker on another machine
        reads, there is one exercise only.

        Raises:
            BrokenExercise: points are given to what there is not.
        """
        there = _exercises(self.path.parent) if self.points else {}
        for exercise, said in self.points.items():
            if exercise not in there:
                meant = did_you_mean(exercise, sorted(there))
                problem = f"[points] names the exercise {exercise}, but there is none in {self.path.parent}. {meant}"
                self.file.refuse(problem, "points", exercise)
            gradients = _gradients(there[exercise])
            for name in said:
                if gradients and name not in ("default", *gradients):
                    meant = did_you_mean(f"d{name}" if f"d{name}" in gradients else name, sorted(gradients))
                    problem = f"[points.{exercise}] names the gradient {name}, but {exercise} has none of that name."
                    self.file.refuse(f"{problem} {meant}", "points", exercise, name)


def checked(courses: Iterable[Course | None]) -> list[Course]:
    """The courses of several exercises, each once, with its points checked.

    Raises:
        BrokenExercise: a course gives points to what there is not.
    """
    found = {course.path: course for course in courses if course is not None}
    for course in found.values():
        course.check_points()
    return list(found.values())


def decided(said: str | None, word: str, courses: Iterable[Course | None], otherwise: str) -> str:
    """An option's value: what was said on the command line, else a course's word, else the default.

    Raises:
        BrokenExercise: a course gives points to what there is not.
    """
    found = (getattr(course, word) for course in checked(courses))
    return said or next((value for value in found if value), otherwise)


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
            kind = read_settings(folder / "exercise.toml").kind
            graded = literals(parse(file, read_text(file))).get(KINDS[kind])
        except BrokenExercise:
            return []
        if not isinstance(graded, list):
            return []
        found += [f"d{name}" for name in graded]
    return found


def find_course(exercises: Path) -> Course | None:
    """The course.toml in a folder of exercises, or beside it."""
    for folder in (exercises, exercises.parent):
        if (folder / FILE).is_file():
            return read_course(folder / FILE)
    return None


def _worth(key: str, value: Any) -> str | None:
    fits = type(value) is int and value >= 0
    return None if fits else f"{key} is worth {value!r}; points are whole numbers from 0 up"


def _worth_of_each(exercise: str, value: object) -> str | None:
    """`mlp = 2`: a number instead of a table by gradient."""
    if isinstance(value, int):
        return _worth("default", value)
    return f"points of {exercise} are a whole number, or a table by gradient: [points.{exercise}]"


_EXAMPLES = {"name": "Deep Learning", "version": "2026.1"}

COURSE = Table(
    {
        **{key: text(example, empty=False) for key, example in _EXAMPLES.items()},
        "criterion": one_of(CRITERIA),
        "feedback": one_of(FEEDBACK),
        "visibility": one_of(VISIBILITY),
        "points": Table(each=Table(each=_worth, plain=_worth_of_each)),
        "rules": RULES,
    },
    required={
        key: f'{key} is missing, and every course has one: write {key} = "{example}"'
        for key, example in _EXAMPLES.items()
    },
)
"""What course.toml may say."""


def read_course(path: Path) -> Course:
    """Read and check a course.

    Raises:
        BrokenExercise: `path:line: sentence` about the first thing that is wrong.
    """
    file = TomlFile.read(path, COURSE)
    plain = {key: file.data[key] for key in (*_EXAMPLES, "criterion", "feedback", "visibility") if key in file.data}
    points, rules = file.data.get("points", {}), file.data.get("rules", {})
    return Course(
        file,
        **plain,
        points={exercise: {"default": said} if isinstance(said, int) else said for exercise, said in points.items()},
        imports=tuple(rules.get("imports", ())),
        names=tuple(rules.get("names", ())),
    )
