"""One submission of a class: its owner, its files and, if it cannot be graded, the reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from grader.classroom.intake.platforms import Who
from grader.grading.submission import LIMITS, Submission, UnreadableSubmission, read_regular, within_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

GRADABLE = tuple(LIMITS)
MOST_NOTED = 5
_DISGUISED = {".py.txt": ".py", ".ipynb.txt": ".ipynb", ".ipynb.json": ".ipynb", ".txt": ".py"}
"""Extensions that editors and browsers give backward.py and backward.ipynb -> the real one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a submission: on disk, or already unpacked from the class's archive."""

    name: str
    """The student's name for it, with `/` between folders."""
    path: Path
    content: bytes | None = field(default=None, repr=False)
    problem: str | None = None
    """Why it could not be unpacked."""

    def read(self) -> bytes:
        """Read its bytes, without following links and up to a size limit.

        Raises:
            UnreadableSubmission: the message says why.
        """
        if self.problem is not None:
            raise UnreadableSubmission(self.problem)
        limit = LIMITS[PurePosixPath(graded_name(self.name) or "").suffix.lower()]
        if self.content is None:
            return self._from_disk(limit)
        if len(self.content) > limit:
            raise UnreadableSubmission(f"{self.name} is larger than {limit // 1024} KB; a backward.py is about 10 KB")
        return self.content

    def _from_disk(self, limit: int) -> bytes:
        """Messages use the student's name for the file: the instructor's folders are private."""
        try:
            return read_regular(self.path, limit, self.path.parents[len(PurePosixPath(self.name).parts) - 1])
        except UnreadableSubmission as error:
            raise UnreadableSubmission(str(error).replace(str(self.path), self.name)) from None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One submission as it was handed in."""

    raw: str
    """Its original name in the folder or archive."""
    source: Path
    parts: tuple[Part, ...] = ()
    who: Who = field(default_factory=Who)
    name: str = ""
    """The safe form of `raw`, unique in the class."""
    notes: tuple[str, ...] = ()
    problem: str | None = None
    missing: bool = False
    """Whether nothing was handed in."""
    modified: float = 0.0
    """Modification time of its newest file, in seconds since the epoch."""

    def read(self, exercise: str) -> Submission:
        """Read the files to grade for this exercise.

        Raises:
            UnreadableSubmission: the message says why.
        """
        if self.problem is not None:
            raise UnreadableSubmission(self.problem)
        parts = narrowed([part for part in self.parts if graded_name(part.name) is not None], exercise)
        if not parts:
            raise UnreadableSubmission(self._nothing_gradable())
        files = within_limits(((graded_name(part.name) or "", part.read()) for part in parts), "the submission")
        return Submission(self.name, self.source, files)

    def _nothing_gradable(self) -> str:
        if not self.parts:
            return "no .py, .ipynb or .zip file; hand in backward.py"
        named = ", ".join(part.name[:60] for part in self.parts[:3])
        return f"{named}: not a .py, .ipynb or .zip file; hand in backward.py"

    def of(self, exercise: str) -> HandedIn:
        """The same submission, with notes about files beside a backward.py that are not read."""
        parts = [part for part in self.parts if graded_name(part.name) is not None]
        if not any(graded_name(part.name) == "backward.py" for part in parts):
            return self
        used = {part.name for part in narrowed(parts, exercise)}
        beside = [part.name[:100] for part in parts if part.name not in used and "/" not in part.name]
        return self.noted(*(f"not read: {name}" for name in beside[:MOST_NOTED]))

    def noted(self, *notes: str) -> HandedIn:
        """The same submission with more notes for the instructor."""
        return replace(self, notes=(*self.notes, *notes))


def graded_name(name: str) -> str | None:
    """The name that a file is graded under: backward.py for `backward.py.txt`; None if it cannot be graded."""
    lower = name.lower()
    if lower.endswith(GRADABLE):
        return name
    for ending, meant in _DISGUISED.items():
        if lower.endswith(ending):
            return name[: -len(ending)] + meant
    return None


def narrowed(parts: Sequence[Part], exercise: str) -> list[Part]:
    """The files to grade: only backward.py if there is one, and in a workspace only this exercise's."""
    names = {part: PurePosixPath(graded_name(part.name) or "") for part in parts}
    at_top = [part for part, name in names.items() if str(name) == "backward.py"]
    own = [part for part, name in names.items() if exercise in name.parts[:-1]]
    named = [part for part in own if names[part].name.lower() == "backward.py"]
    return at_top or named or own or list(parts)
