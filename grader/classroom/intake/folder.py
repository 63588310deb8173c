"""The submissions of a class in a folder, however it was collected or downloaded."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.gathering import MOST_WRAPPERS, Class, TopEntry, gather, is_wrapper
from grader.classroom.intake.gradescope_metadata import LARGEST, METADATA
from grader.classroom.intake.handed_in import Part, graded_name, is_work
from grader.grading.submission import MAX_WALKED, unreachable
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.classroom.intake.name_pattern import NamePattern

MOST_KEPT = 2000
"""Maximum number of files kept per submission; more than `MAX_FILES` of them that could be graded are refused."""
_NAMED: Final = 3
"""Files of other kinds that are kept, to be named if there is nothing to grade."""


def read_folder(source: Path, without: Path | None = None, pattern: NamePattern | None = None) -> Class:
    """Read the class from a folder.

    Args:
        source: the folder.
        without: the results folder, which may be inside it and is skipped.
        pattern: how the names are made, if no platform made them.

    Raises:
        Inaccessible: the folder cannot be read.
        BadPattern: the pattern fits none of the names.
    """
    try:
        top = _without_wrappers(source)
        entries = [entry for entry in sorted(top.iterdir()) if without is None or entry.resolve() != without.resolve()]
        metadata = _metadata(top)
    except OSError as error:
        raise unreachable(error, source) from error
    return gather(source, (_found(entry) for entry in entries), metadata, pattern)


def _without_wrappers(source: Path) -> Path:
    """The folder that contains the submissions: inside wrapper folders, such as Gradescope's
    `assignment_4711_export`.
    """
    found = top = source
    for _ in range(MOST_WRAPPERS):
        entries = [entry for entry in top.iterdir() if not entry.name.startswith((".", "__"))]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].is_symlink():
            break
        (top,) = entries
        try:
            inside = {entry.name: _has_work(entry) for entry in top.iterdir()}
        except PermissionError:  # then it is the only person's folder, and gets a row that says so
            break
        if is_wrapper(top.name, source.resolve().name, inside):
            found = top
    return found


def _has_work(folder: Path) -> bool:
    """Whether this is a folder with something to grade in it; one that cannot be read may have it."""
    try:
        if folder.is_symlink() or not folder.is_dir():
            return False
        return any(is_work(part.name) for part in itertools.islice(_below(folder, _raised), MOST_KEPT))
    except OSError:
        return True


def _metadata(top: Path) -> str:
    path = top / METADATA
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _found(path: Path) -> TopEntry:
    """One person's folder or file. What the grader may not read is the grader's problem, not an empty folder."""
    try:
        if path.is_symlink():
            return TopEntry(path.name, path, folder=False, problem=f"{path.name} is a link; hand in the file itself")
        folder = path.is_dir()
        parts = _kept(path) if folder else (Part(path.name, path),)
    except OSError as error:
        return _ours(path, f"{_shown(error, path)} cannot be read: {error.strerror or error}")
    if parts is None:
        return _ours(path, f"{path.name} has more than {MAX_WALKED:,} files; leave only the student's own in it")
    return TopEntry(path.name, path, folder, parts, _newest(parts))


def _ours(path: Path, problem: str) -> TopEntry:
    return TopEntry(path.name, path, folder=True, problem=problem, ours=True)


def _shown(error: OSError, path: Path) -> str:
    """The name that a message uses: the instructor's folders are private."""
    name = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else ""
    inner = Path(name) if name else path
    return inner.relative_to(path.parent).as_posix() if inner.is_relative_to(path.parent) else path.name


def _kept(folder: Path) -> tuple[Part, ...] | None:
    """The files that could be graded, and some others to be named if there are none; None if there are too many."""
    kept: list[Part] = []
    others: list[Part] = []
    for number, part in enumerate(_below(folder, _raised)):
        if number >= MAX_WALKED:
            return None
        if graded_name(part.name) is None:
            others += [part] if len(others) < _NAMED else []
        elif len(kept) < MOST_KEPT:
            kept.append(part)
    return (*kept, *others)


def _raised(error: OSError) -> None:
    raise error


def _below(folder: Path, failed: Callable[[OSError], None]) -> Iterator[Part]:
    """Every file below a folder, without hidden files, links and environments."""
    for root, folders, names in os.walk(folder, followlinks=False, onerror=failed):
        folders[:] = sorted(f for f in folders if not is_skipped(f))
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and not path.is_symlink():
                yield Part(path.relative_to(folder).as_posix(), path)


def _newest(parts: tuple[Part, ...]) -> float:
    """Modification time of the newest file, in seconds since the epoch; files that are gone by now are ignored."""
    times = [0.0]
    for part in parts:
        try:
            times.append(part.path.lstat().st_mtime)
        except OSError:
            continue
    return max(times)
