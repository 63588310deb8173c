"""The results folder: files are written atomically, and a journal of finished submissions survives any crash."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self

from grader.report.files import UNFINISHED, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from grader.classroom.batch.order import Graded

STUDENTS: Final = "students"
JOURNAL: Final = "journal.jsonl"
_SYNC_SECONDS: Final = 1.0


class FolderInUse(Exception):
    """Another batch is writing to this folder: the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Record:
    """One submission's line in the journal."""

    key: str
    """Hash of submission, exercise, settings and version; empty if it was not graded."""
    entry: Mapping[str, Any] = field(repr=False)
    """The part of the entry that `documents.brief` keeps."""
    when: float = 0.0

    @property
    def name(self) -> str:
        """The submission's name."""
        return str(self.entry["name"])

    @property
    def status(self) -> str:
        """The submission's status."""
        return str(self.entry["status"])

    @property
    def points(self) -> int | None:
        """Points earned; None if there is no score."""
        score = self.entry["score"]
        return None if score is None else int(score["points"])


@dataclass(frozen=True, slots=True)
class JournalLine:
    """Position of a submission's last line in the journal, so that records need not be kept in memory."""

    offset: int
    key: str


class Store:
    """The results folder, locked for the one batch that writes to it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / STUDENTS).mkdir(parents=True, exist_ok=True)
        self._lock = _locked(directory / ".lock")
        self._remove_unfinished()
        self._compact()
        self._journal = (directory / JOURNAL).open("a+b")
        self._places = dict(_places(self._journal))
        self._synced = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Sync to disk and release the folder."""
        self.sync()
        self._journal.close()
        os.close(self._lock)

    def __getitem__(self, name: str) -> Record:
        self._journal.seek(self._places[name].offset)
        return Record(**json.loads(self._journal.readline()))

    def get(self, name: str) -> Record | None:
        """A submission's record; None if it has none."""
        return self[name] if name in self._places else None

    def key(self, name: str) -> str:
        """The key of a submission's result; empty if there is none."""
        place = self._places.get(name)
        return place.key if place else ""

    def by_key(self) -> dict[str, str]:
        """Key -> a submission that has this result."""
        return {place.key: name for name, place in self._places.items() if place.key}

    def has(self, name: str) -> bool:
        """Whether both reports on a submission exist."""
        return self.document(name).is_file() and self.student(name).is_file()

    def document(self, name: str) -> Path:
        """Path of the instructor's report."""
        return self.directory / f"{name}.json"

    def student(self, name: str) -> Path:
        """Path of the student's report."""
        return self.directory / STUDENTS / f"{name}.json"

    def write(self, graded: Graded) -> None:
        """Write both reports of a result. Thread-safe for different submissions."""
        name = graded.entry["name"]
        write_whole(self.student(name), graded.student)
        write_whole(self.document(name), graded.full)

    def note(self, key: str, entry: Mapping[str, Any]) -> Record:
        """Append a submission's record to the journal, once its reports are written."""
        record = Record(key, entry, when=round(time.time(), 3))
        self._places[record.name] = JournalLine(self._journal.seek(0, os.SEEK_END), key)
        self._journal.write(_line(record))
        self._journal.flush()
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            self.sync()
        return record

    def log(self, text: str) -> None:
        """Append to batch.log what a row has no room for: where and why a worker failed."""
        with (self.directory / "batch.log").open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {text}\n")

    def sync(self) -> None:
        """Sync the journal to disk; after a power cut, at most the last second is missing."""
        os.fsync(self._journal.fileno())
        self._synced = time.monotonic()

    def settings(self) -> dict[str, Any]:
        """Settings of earlier batches in this folder, including the hidden seed; empty in a new folder."""
        try:
            found = json.loads((self.directory / "batch.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def keep_settings(self, settings: Mapping[str, Any]) -> None:
        """Save settings for later batches, readable only by the instructor."""
        write_whole(self.directory / "batch.json", json.dumps(settings, indent=1).encode() + b"\n", mode=0o600)

    def _compact(self) -> None:
        """Rewrite the journal with only the last line for each submission, without lines cut off by a power failure."""
        path = self.directory / JOURNAL
        if not path.is_file():
            return
        with path.open("rb") as journal:
            places = dict(_places(journal))
            if sum(1 for _ in _seek(journal, 0)) == len(places) and _ends_whole(journal):
                return
            lines = b"".join(next(_seek(journal, place.offset)) for place in places.values())
        write_whole(path, lines)

    def _remove_unfinished(self) -> None:
        """Delete temporary files of a killed batch."""
        for folder in (self.directory, self.directory / STUDENTS):
            for path in folder.glob(f"{UNFINISHED}*"):
                path.unlink(missing_ok=True)


def _places(journal: BinaryIO) -> Iterator[tuple[str, JournalLine]]:
    offset = 0
    for line in _seek(journal, 0):
        with contextlib.suppress(ValueError, TypeError, KeyError):
            record = Record(**json.loads(line))
            yield record.name, JournalLine(offset, record.key)
        offset += len(line)


def _seek(journal: BinaryIO, offset: int) -> BinaryIO:
    journal.seek(offset)
    return journal


def _ends_whole(journal: BinaryIO) -> bool:
    if not journal.seek(0, os.SEEK_END):
        return True
    journal.seek(-1, os.SEEK_END)
    return journal.read(1) == b"\n"


def _line(record: Record) -> bytes:
    return json.dumps(asdict(record), ensure_ascii=True).encode() + b"\n"


def _locked(path: Path) -> int:
    """Lock the folder. The operating system releases the lock however the process ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise FolderInUse(
            f"another batch is writing to {path.parent}; wait until it is done, or choose another --out"
        ) from None
    return descriptor
