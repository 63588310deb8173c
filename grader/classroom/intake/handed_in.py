"""One submission of a class: its owner, its files and, if it cannot be graded, the reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from grader.classroom.intake.platforms import Who
from grader.classroom.people.ownership import Claim
from grader.grading.submission import (
    KINDS,
    LIMITS,
    Inaccessible,
    OversizedSubmission,
    Submission,
    UnreadableSubmission,
    limit_of,
    read_regular,
    too_large,
    within_limits,
)

GRADABLE = tuple(LIMITS)
LATE: Final = "handed in late"
"""The platform's mark as a note. With a due date in course.toml, the course's own rules decide, and it is not shown."""
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
            raise Inaccessible(self.problem)
        limit = limit_of(graded_name(self.name) or "")
        if limit is None:
            raise UnreadableSubmission(f"{self.name}: not a {KINDS} file")
        if self.content is None:
            return self._from_disk(limit)
        if len(self.content) > limit:
            raise OversizedSubmission(f"{self.name} is {too_large(self.name, limit)}")
        return self.content

    def _from_disk(self, limit: int) -> bytes:
        """Messages use the student's name for the file: the instructor's folders are private."""
        try:
            return read_regular(self.path, limit, self.path.parents[len(PurePosixPath(self.name).parts) - 1])
        except UnreadableSubmission as error:
            raise type(error)(str(error).replace(str(self.path), self.name)) from None


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
    person: str = ""
    """Identifies the owner among the submissions of one download: attempts of one person share it."""
    number: int = 0
    """The number of the attempt, if there are several."""
    decided: str = ""
    """ "yes" if a roster was read and an owner was found on it."""
    ours: bool = False
    """Whether `problem` is the grader's and not the student's: it earns no points, not even zero."""
    called: str = ""
    """The name that a person chose for the file or folder, without its extension; empty if a platform made it."""
    ending: str = ""
    """The extension that `called` had: a login may end like one, as john.md does."""

    def claim(self, key: str) -> Claim:
        """What is known of its owner.

        Args:
            key: the key of its row in grades.csv.
        """
        who = self.who
        return Claim(
            self.name,
            key,
            id=who.id,
            email=who.email,
            login=who.login,
            name="" if self.called else who.name,
            called=self.called,
            ending=self.ending,
            person=self.person or self.name,
            at=who.at,
            number=self.number,
            aliases=who.aliases,
        )

    def read(self) -> Submission:
        """Read the files that may hold answers; the locked child chooses.

        Raises:
            UnreadableSubmission: the message says why.
            Inaccessible: the grader cannot read them, which is not the student's fault.
        """
        if self.problem is not None:
            raise (Inaccessible if self.ours else UnreadableSubmission)(self.problem)
        named = {name: part.read for part in self._under_their_names() if (name := graded_name(part.name)) is not None}
        if not named:
            raise UnreadableSubmission(self._nothing_gradable())
        return Submission(self.name, self.source, within_limits(named.items(), "the submission"))

    def _under_their_names(self) -> list[Part]:
        """The files, those with a disguised extension first: a file that has the real name replaces them."""
        return sorted(self.parts, key=lambda part: graded_name(part.name) == part.name)

    def _nothing_gradable(self) -> str:
        if not self.parts:
            return f"no {KINDS} file; hand in backward.py"
        named = ", ".join(part.name[:60] for part in self.parts[:3])
        return f"{named}: not a {KINDS} file; hand in backward.py"

    def noted(self, *notes: str) -> HandedIn:
        """The same submission with more notes for the instructor."""
        return replace(self, notes=(*self.notes, *notes))


def is_work(name: str) -> bool:
    """Whether a file of this name is somebody's work; a Markdown file may as well be a description."""
    graded = graded_name(name)
    return graded is not None and not graded.lower().endswith(".md")


def graded_name(name: str) -> str | None:
    """The name that a file is graded under: backward.py for `backward.py.txt`; None if it cannot be graded."""
    lower = name.lower()
    if lower.endswith(GRADABLE):
        return name
    for ending, meant in _DISGUISED.items():
        if lower.endswith(ending):
            return name[: -len(ending)] + meant
    return None
