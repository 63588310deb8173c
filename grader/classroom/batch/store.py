"""The results folder: files are written atomically, and a journal of finished submissions survives any crash."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self

from filelock import FileLock, SoftFileLock, Timeout

from grader.report.files import UNFINISHED, naming, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from filelock import BaseFileLock

    from grader.classroom.batch.order import Graded

STUDENTS: Final = "students"
JOURNAL: Final = "journal.jsonl"
_SYNC_SECONDS: Final = 1.0


class FolderInUse(Exception):
    """Another batch is writing to this folder: the message is one sentence."""


class DamagedSettings(Exception):
    """The settings of earlier batches cannot be read: the message says why, without a full stop."""


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
        self._lock = _locked(directory)
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
        try:
            with naming(self.directory / JOURNAL), self._journal:
                self.sync()
        finally:
            self._lock.release()

    def __getitem__(self, name: str) -> Record:
        self._journal.seek(self._places[name].offset)
        return _record(self._journal.readline())

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
        with naming(self.directory / JOURNAL):
            self._journal.write(_line(record))
            self._journal.flush()
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            self.sync()
        return record

    def log(self, text: str) -> None:
        """Append to batch.log what a row has no room for: where and why a worker failed."""
        path = self.directory / "batch.log"
        with naming(path), path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {text}\n")

    def sync(self) -> None:
        """Sync the journal to disk; after a power cut, at most the last second is missing."""
        with naming(self.directory / JOURNAL):
            os.fsync(self._journal.fileno())
        self._synced = time.monotonic()

    @property
    def settings_file(self) -> Path:
        """Path of the settings."""
        return self.directory / "batch.json"

    @property
    def empty(self) -> bool:
        """Whether no submission has a result yet."""
        return not self._places

    def settings(self) -> dict[str, Any]:
        """Settings of earlier batches in this folder, including the hidden seed; empty in a new folder.

        Raises:
            DamagedSettings: there are some, but they cannot be read.
        """
        path = self.settings_file
        try:
            found = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise DamagedSettings(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
        except ValueError as error:
            raise DamagedSettings(f"{path} is damaged: it is not JSON") from error
        if not isinstance(found, dict) or type(found.get("hidden_seed")) is not int:
            raise DamagedSettings(f"{path} is damaged: hidden_seed, a whole number, is missing")
        return found

    def keep_settings(self, settings: Mapping[str, Any]) -> None:
        """Save settings for later batches, readable only by the instructor."""
        write_whole(self.settings_file, json.dumps(settings, indent=1).encode() + b"\n", mode=0o600)

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
            record = _record(line)
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


def _record(line: bytes) -> Record:
    return Record(**json.loads(line, object_pairs_hook=_shared))


def _shared(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Records of a class say the same in the same words: one string for all takes a third of the memory."""
    return {sys.intern(key): sys.intern(value) if type(value) is str else value for key, value in pairs}


def _line(record: Record) -> bytes:
    return json.dumps(asdict(record), ensure_ascii=True).encode() + b"\n"


def _locked(directory: Path) -> BaseFileLock:
    """Lock the folder.

    The operating system releases the lock however the process ends. Where the file system has no locks (some network
    folders), a file marks the folder as taken; one left by a process that was killed on this machine is removed.
    """
    path = directory / ".lock"
    keeps = _keeps_locks(path)
    marker = directory / ".lock-held"
    lock = FileLock(path, mode=0o600, thread_local=False) if keeps else SoftFileLock(marker, thread_local=False)
    try:
        # A mark that nobody holds any more is removed by the first attempt, and taken by the second.
        lock.acquire(timeout=0 if keeps else 0.2, poll_interval=0.05)
    except Timeout:
        raise FolderInUse(
            f"another batch is writing to {directory}; wait until it is done, or choose another --out"
            if keeps
            else f"{directory} is marked as taken{_by_whom(marker)}, and this file system has no locks that end with a "
            f"process. If no batch is writing there, delete {marker}; else wait, or choose another --out"
        ) from None
    return lock


_NO_LOCKS: Final = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL)


def _keeps_locks(path: Path) -> bool:
    """Whether the operating system locks files there."""
    if sys.platform == "win32":
        return True
    import fcntl

    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno not in _NO_LOCKS
    return True


def _by_whom(marker: Path) -> str:
    """The process and the machine that a mark names."""
    try:
        process, machine = marker.read_text("utf-8").split("\n")[:2]
    except (OSError, ValueError):
        return ""
    return f" by process {process} on {machine}"
