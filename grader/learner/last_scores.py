"""The last known score of each exercise: a small file in the workspace that every run updates.

No grade depends on it. A file that is missing or damaged, or that cannot be written, is not an error.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from grader.exercise.shelf import WORKSPACE, list_exercises
from grader.report.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NAME = ".grade-progress.json"
MOST_BYTES = 1 << 20
MOST_REPORT_BYTES = 32 << 20
MOST_WORKS = 200
"""How many works are remembered: those graded last. A workspace has one for each exercise."""

DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a file raises that is some other program's, or was cut."""


@dataclass(slots=True)
class KnownWork:
    """What is known about one learner's work on one exercise."""

    exercise: str
    source: Path
    """Absolute path of the folder, or of a file that is not named backward.py."""
    right: dict[str, bool]
    """Each gradient graded so far, and whether it was right the last time."""
    whole: dict[str, bool] = field(default_factory=dict)
    """The same as of the last run over all gradients; empty if there was none."""

    def before(self, now: Mapping[str, bool]) -> int | None:
        """How many of these gradients were right the last time; None if none of them has been graded.

        A run over everything that is known is compared with the last run over all gradients: what was looked at one by
        one in the meantime is progress, too. A gradient that has not been graded before counts as it does now.
        """
        then = self.right | self.whole if now.keys() >= self.right.keys() else self.right
        return sum(then.get(name, right) for name, right in now.items()) if now.keys() & then.keys() else None

    def take(self, now: Mapping[str, bool], gradients: Iterable[str]) -> None:
        """Remember the result of a run. `gradients`: all that the exercise has now."""
        names = {*gradients}
        self.right = {name: right for name, right in {**self.right, **now}.items() if name in names}
        if now.keys() == names:
            self.whole = dict(now)


@dataclass(slots=True)
class LastScores:
    """Every work that is known, the one graded last at the end."""

    file: Path | None
    """Where they are remembered; None for nowhere."""
    works: dict[tuple[str, Path], KnownWork] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path | None, report: Path | None = None) -> Self:
        """Read the file or, if it has nothing, the report of the last run."""
        found = [*_remembered(file)] if file else []
        if not found and report is not None:
            found = last_run(report)
        return cls(file, {(work.exercise, work.source): work for work in found})

    def before(self, entry: Mapping[str, Any]) -> int | None:
        """How many of a submission's gradients were right the last time; None if that is not known.

        A file that cannot be read says nothing about its gradients.
        """
        work = self.works.get(_key(entry))
        return work.before(_right(entry)) if work and not entry["problem"] else None

    def take(self, entry: Mapping[str, Any], gradients: Iterable[str]) -> None:
        """Remember the result of a submission. `gradients`: all that its exercise has."""
        if entry["problem"] or not entry["gradients"]:
            return
        key = _key(entry)
        work = self.works.pop(key, None) or KnownWork(*key, {})
        work.take(_right(entry), gradients)
        self.works[key] = work

    def write(self) -> bool:
        """Write the file. Returns False, without an error, if there is none or it cannot be written."""
        if self.file is None:
            return False
        home = self.file.absolute().parent
        works = [
            {"exercise": work.exercise, "source": _within(work.source, home), "right": work.right, "whole": work.whole}
            for work in [*self.works.values()][-MOST_WORKS:]
        ]
        content = (json.dumps({"works": works}) + "\n").encode("utf-8", "backslashreplace")
        try:
            write_whole(self.file, content, durable=False)  # a link is replaced: the folder may be somebody else's
        except OSError:
            return False
        return True

    @property
    def own(self) -> dict[str, KnownWork]:
        """Exercise -> the learner's own work on it."""
        return {work.exercise: work for work in self.works.values() if work.right and self._is_own(work)}

    @property
    def progress(self) -> dict[str, tuple[int, int]]:
        """Exercise -> how many of the learner's gradients were right, and how many have been graded."""
        return {name: (sum(work.right.values()), len(work.right)) for name, work in self.own.items()}

    def _is_own(self, work: KnownWork) -> bool:
        """Whether it is the learner's own work: in a workspace, only files in the exercise's folder are."""
        home = self.file.parent if self.file else Path()
        own = (home / WORKSPACE / work.exercise).absolute()
        return work.source == own or own in work.source.parents or not own.exists()


def scores_file() -> Path | None:
    """The file of the workspace that is the current folder, or that an exercise's folder belongs to; None without one.

    Elsewhere, nothing is written beside the report.
    """
    here = Path.cwd()
    if list_exercises(WORKSPACE):
        return here / NAME
    return here.parent.parent / NAME if here.parent.name == WORKSPACE.name and list_exercises(here.parent) else None


def last_run(report: Path) -> list[KnownWork]:
    """The submissions in a report; none if it is missing or cannot be read."""
    try:
        entries = _json(report, MOST_REPORT_BYTES)["grader"]["submissions"]
        return [KnownWork(*_key(entry), _right(entry)) for entry in entries if not entry.get("problem")]
    except DAMAGED:
        return []


def _remembered(file: Path) -> Iterator[KnownWork]:
    try:
        works = [
            KnownWork(str(work["exercise"]), _absolute(file.parent / work["source"]), *_rights(work))
            for work in _json(file, MOST_BYTES)["works"]
        ]
    except DAMAGED:
        return
    yield from works


def _json(file: Path, most: int) -> Any:
    """The content of a regular file; {} if it is missing or too large."""
    return json.loads(file.read_bytes()) if file.is_file() and file.stat().st_size <= most else {}


def _rights(work: Mapping[str, Any]) -> Iterator[dict[str, bool]]:
    for key in ("right", "whole"):
        yield {str(name): bool(right) for name, right in work[key].items()}


def _right(entry: Mapping[str, Any]) -> dict[str, bool]:
    return {str(row["name"]): bool(row["correct"]) for row in entry["gradients"]}


def _key(entry: Mapping[str, Any]) -> tuple[str, Path]:
    """What makes two submissions the same work: a folder and the backward.py in it are."""
    source = _absolute(Path(entry["source"]))
    return str(entry["exercise"]), source.parent if source.name == "backward.py" else source


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 without `..`, and links are kept


def _within(path: Path, home: Path) -> str:
    """A path as it is remembered: a workspace that is moved or copied keeps its progress."""
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)
