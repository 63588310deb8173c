"""The results' folder: every file whole or not at all, and a journal of what is done that survives any kind of end."""

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
    """Another batch writes into this folder: one sentence."""


@dataclass(frozen=True, slots=True)
class Record:
    """One submission's line in the journal."""

    key: str
    """Hash of submission, exercise, settings and version; empty for what was not graded."""
    entry: Mapping[str, Any] = field(repr=False)
    """What `documents.brief` keeps."""
    when: float = 0.0

    @property
    def name(self) -> str:
        """The submission's."""
        return str(self.entry["name"])

    @property
    def status(self) -> str:
        """The submission's."""
        return str(self.entry["status"])

    @property
    def points(self) -> int | None:
        """What was earned; None where nobody could be graded."""
        score = self.entry["score"]
        return None if score is None else int(score["points"])


@dataclass(frozen=True, slots=True)
class JournalLine:
    """Where in the journal a submission's last line is: a class of a hundred thousand is not kept in memory."""

    offset: int
    key: str


class Store:
    """The folder while a batch writes into it; only one may."""

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
        """Everything written is on the disk."""
        self.sync()
        self._journal.close()
        os.close(self._lock)

    def __getitem__(self, name: str) -> Record:
        self._journal.seek(self._places[name].offset)
        return Record(**json.loads(self._journal.readline()))

    def get(self, name: str) -> Record | None:
        """What is known of a submission."""
        return self[name] if name in self._places else None

    def key(self, name: str) -> str:
        """The key of a submission's result; empty if there is none."""
        place = self._places.get(name)
        return place.key if place else ""

    def by_key(self) -> dict[str, str]:
        """Key -> a submission that has this result."""
        return {place.key: name for name, place in self._places.items() if place.key}

    def has(self, name: str) -> bool:
        """Whether both documents of a submission are there."""
        return self.document(name).is_file() and self.student(name).is_file()

    def document(self, name: str) -> Path:
        """The instructor's document."""
        return self.directory / f"{name}.json"

    def student(self, name: str) -> Path:
        """The student's document."""
        return self.directory / STUDENTS / f"{name}.json"

    def write(self, graded: Graded) -> None:
        """Write a result's documents. Several threads may, each for another submission."""
        name = graded.entry["name"]
        write_whole(self.student(name), graded.student)
        write_whole(self.document(name), graded.full)

    def note(self, key: str, entry: Mapping[str, Any]) -> Record:
        """Write the line that says that the documents are there."""
        record = Record(key, entry, when=round(time.time(), 3))
        self._places[record.name] = JournalLine(self._journal.seek(0, os.SEEK_END), key)
        self._journal.write(_line(record))
        self._journal.flush()
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            self.sync()
        return record

    def log(self, text: str) -> None:
        """Keep what a row has no room for: where and why a worker failed."""
        with (self.directory / "batch.log").open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {text}\n")

    def sync(self) -> None:
        """Have the journal on the disk: after a power cut it is at most a second old."""
        os.fsync(self._journal.fileno())
        self._synced = time.monotonic()

    def settings(self) -> dict[str, Any]:
        """What the folder's batch was told before, the hidden seed among it; nothing in a new folder."""
        try:
            found = json.loads((self.directory / "batch.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def keep_settings(self, settings: Mapping[str, Any]) -> None:
        """Keep them for the next time; only the instructor may read them."""
        write_whole(self.directory / "batch.json", json.dumps(settings, indent=1).encode() + b"\n", mode=0o600)

    def _compact(self) -> None:
        """Keep the last line about each submission; one that a power failure cut off counts for nothing."""
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
        """What a batch that was killed had half written."""
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
    """A lock that the system takes back however the process ends."""
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
            f"another batch is writing into {path.parent}; wait for it, or choose another --out"
        ) from None
    return descriptor
