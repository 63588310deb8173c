"""One submission of a class: whose it is, where its files are, and why it cannot be graded if it cannot."""

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
"""What editors and browsers make of backward.py and backward.ipynb."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a submission: on disk, or already taken out of the class's archive."""

    name: str
    """The learner's name for it, `/` between folders."""
    path: Path
    content: bytes | None = field(default=None, repr=False)
    problem: str | None = None
    """Why the archive did not give it out."""

    def read(self) -> bytes:
        """Its bytes; no link is followed, and nothing endless is read.

        Raises:
            UnreadableSubmission: with the reason.
        """
        if self.problem is not None:
            raise UnreadableSubmission(self.problem)
        limit = LIMITS[PurePosixPath(graded_name(self.name) or "").suffix.lower()]
        if self.content is None:
            return self._from_disk(limit)
        if len(self.content) > limit:
            raise UnreadableSubmission(f"{self.name} has more than {limit // 1024} KB; a backward.py has about 10")
        return self.content

    def _from_disk(self, limit: int) -> bytes:
        """What is said of a file names it as its owner does: the instructor's folders are nobody else's business."""
        try:
            return read_regular(self.path, limit, self.path.parents[len(PurePosixPath(self.name).parts) - 1])
        except UnreadableSubmission as error:
            raise UnreadableSubmission(str(error).replace(str(self.path), self.name)) from None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One submission as it was found."""

    raw: str
    """What it was called there."""
    source: Path
    parts: tuple[Part, ...] = ()
    who: Who = field(default_factory=Who)
    name: str = ""
    """The safe form of `raw`, different from every other one's in the class."""
    notes: tuple[str, ...] = ()
    problem: str | None = None
    missing: bool = False
    """Whether nothing was handed in at all."""
    modified: float = 0.0
    """When its newest file was changed, seconds since the epoch."""

    def read(self, exercise: str) -> Submission:
        """The files to grade on this exercise.

        Raises:
            UnreadableSubmission: with the reason.
        """
        if self.problem is not None:
            raise UnreadableSubmission(self.problem)
        parts = narrowed([part for part in self.parts if graded_name(part.name) is not None], exercise)
        if not parts:
            raise UnreadableSubmission(self._nothing_gradable())
        files = within_limits(((graded_name(part.name) or "", part.read()) for part in parts), "it")
        return Submission(self.name, self.source, files)

    def _nothing_gradable(self) -> str:
        if not self.parts:
            return "it has no backward.py, nor any other .py, .ipynb or .zip file"
        named = ", ".join(part.name[:60] for part in self.parts[:3])
        return f"{named}: neither a .py, a .zip nor an .ipynb file; hand in backward.py"

    def of(self, exercise: str) -> HandedIn:
        """The same, with a note of what lies beside a backward.py and is not read."""
        parts = [part for part in self.parts if graded_name(part.name) is not None]
        if not any(graded_name(part.name) == "backward.py" for part in parts):
            return self
        used = {part.name for part in narrowed(parts, exercise)}
        beside = [part.name[:100] for part in parts if part.name not in used and "/" not in part.name]
        return self.noted(*(f"not read: {name}" for name in beside[:MOST_NOTED]))

    def noted(self, *notes: str) -> HandedIn:
        """The same with something to tell the instructor."""
        return replace(self, notes=(*self.notes, *notes))


def graded_name(name: str) -> str | None:
    """What a file is graded as: `backward.py.txt` is a backward.py; None for what cannot be graded."""
    lower = name.lower()
    if lower.endswith(GRADABLE):
        return name
    for ending, meant in _DISGUISED.items():
        if lower.endswith(ending):
            return name[: -len(ending)] + meant
    return None


def narrowed(parts: Sequence[Part], exercise: str) -> list[Part]:
    """The files that matter: backward.py alone where there is one, and in a workspace that of this exercise."""
    names = {part: PurePosixPath(graded_name(part.name) or "") for part in parts}
    at_top = [part for part, name in names.items() if str(name) == "backward.py"]
    own = [part for part, name in names.items() if exercise in name.parts[:-1]]
    named = [part for part in own if names[part].name.lower() == "backward.py"]
    return at_top or named or own or list(parts)
