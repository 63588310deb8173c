"""What a worker receives: first an `Order`, which says what to grade and how, then one `Task` for each submission.

Both are sent as bytes to a process on this machine or another, and neither needs torch.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from grader import __version__
from grader.exercise.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.exercise.exercise import Exercise
    from grader.grading.submission import Submission

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Order:
    """Everything that a grade depends on besides the submission."""

    exercise: str
    directory: str
    """The exercise's folder on the machine that sent the order; other machines write `files` to a new folder."""
    files: Mapping[str, str] = field(repr=False)
    exercise_sha256: str
    settings: Settings = field(repr=False)
    """Its feedback level applies to students' reports; the instructor's are always full."""
    names: str | None = field(default=None, repr=False)
    """The text of another list of names to train on, if one is set."""
    course: str | None = field(default=None, repr=False)
    """The part of course.toml that grades depend on, if there is one: no due dates, and nobody's extensions."""

    @classmethod
    def of(cls, exercise: Exercise, settings: Settings, names: str | None = None) -> Order:
        """Make the order to grade this exercise."""
        files = {name: (exercise.directory / name).read_text("utf-8") for name in ("forward.py", "exercise.toml")}
        course = exercise.course.graded_text if exercise.course else None
        settings = replace(settings, imports=exercise.rules.imports)
        return cls(exercise.name, str(exercise.directory), files, exercise.sha256, settings, names, course)

    @classmethod
    def decode(cls, data: bytes) -> Order:
        """Decode what `encode` returned."""
        known = json.loads(data)
        return cls(**known | {"settings": Settings.from_json(known["settings"])})

    def encode(self) -> bytes:
        """Encode as JSON."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything that the results of this order depend on, including the grader's and torch's versions.

        torch's without the label of a build (+cpu): on a processor they compute the same.
        """
        chosen = {name: value for name, value in asdict(self).items() if name not in ("directory", "files")}
        content = [__version__, version("torch").partition("+")[0], chosen]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def suits(self, other: Order) -> bool:
        """Whether a sandbox that was started for this order can grade another one."""
        mine, theirs = self.settings, other.settings
        return (mine.isolation, mine.timeout, mine.imports) == (theirs.isolation, theirs.timeout, theirs.imports)

    def key(self, submission: Submission) -> str:
        """Key of a submission's result: the same code under the same order has the same key."""
        return hashlib.sha256(f"{self.fingerprint}:{content_hash(submission)}".encode()).hexdigest()


def content_hash(submission: Submission) -> str:
    """Hash of the code. A single file's name is left out, since it may be its owner's name."""
    if len(submission.files) != 1:
        return submission.sha256
    ((name, content),) = submission.files.items()
    return hashlib.sha256(PurePath(name).suffix.lower().encode() + b"\0" + content).hexdigest()


@dataclass(frozen=True, slots=True)
class Task:
    """One submission to grade."""

    name: str
    source: str
    files: Mapping[str, bytes] = field(repr=False)
    notes: tuple[str, ...] = ()
    previous_score: Mapping[str, Any] | None = None

    def encode(self) -> bytes:
        """Encode the description as JSON, followed by the files."""
        head = {"name": self.name, "source": self.source, "files": list(self.files), "notes": self.notes}
        return pack(json.dumps({**head, "previous": self.previous_score}).encode(), *self.files.values())

    @classmethod
    def decode(cls, data: bytes) -> Task:
        """Decode what `encode` returned."""
        first, *contents = unpack(data)
        head = json.loads(first)
        files = dict(zip(head["files"], contents, strict=True))
        return cls(head["name"], head["source"], files, tuple(head["notes"]), head["previous"])


@dataclass(frozen=True, slots=True)
class Graded:
    """The result of a task: the entry for tables, and both reports as bytes to write."""

    entry: Mapping[str, Any]
    """The submission's entry without its gradients' details: see `brief`."""
    full: bytes = field(repr=False)
    student: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Encode for the way back."""
        return pack(json.dumps(self.entry).encode(), self.full, self.student)

    @classmethod
    def decode(cls, data: bytes) -> Graded:
        """Decode what `encode` returned."""
        entry, full, student = unpack(data)
        return cls(json.loads(entry), full, student)


def pack(*pieces: bytes) -> bytes:
    """Join byte strings, each after its length (8 bytes, little-endian)."""
    return b"".join(_LENGTH.pack(len(piece)) + piece for piece in pieces)


def unpack(data: bytes) -> list[bytes]:
    """Split what `pack` joined."""
    pieces, at = [], 0
    while at < len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        pieces.append(data[at : at + length])
        at += length
    return pieces
