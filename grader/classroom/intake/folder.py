"""The submissions of a class in a folder, however it was collected or downloaded."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.intake.gathering import MOST_WRAPPERS, Class, TopEntry, gather, is_wrapper
from grader.classroom.intake.handed_in import Part, is_work
from grader.classroom.intake.platforms import LARGEST, METADATA
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BELOW = 2000
"""Maximum number of files examined per submission; only an installed environment has more."""


def read_folder(source: Path, without: Path | None = None) -> Class:
    """Read the class from a folder. `without` is the results folder, which may be inside it and is skipped."""
    top = _without_wrappers(source)
    entries = [entry for entry in sorted(top.iterdir()) if without is None or entry.resolve() != without.resolve()]
    return gather(source, (_found(entry) for entry in entries), _metadata(top))


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
        if is_wrapper(top.name, source.resolve().name, {entry.name: _has_work(entry) for entry in top.iterdir()}):
            found = top
    return found


def _has_work(folder: Path) -> bool:
    """Whether this is a folder with something to grade in it."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return any(is_work(part.name) for part in itertools.islice(_below(folder), MOST_BELOW))


def _metadata(top: Path) -> str:
    path = top / METADATA
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _found(path: Path) -> TopEntry:
    if path.is_symlink():
        return TopEntry(path.name, path, folder=False, problem=f"{path.name} is a link; hand in the file itself")
    folder = path.is_dir()
    parts = tuple(itertools.islice(_below(path), MOST_BELOW)) if folder else (Part(path.name, path),)
    return TopEntry(path.name, path, folder, parts, _newest(parts))


def _below(folder: Path) -> Iterator[Part]:
    """Every file below a folder, without hidden files, links and environments."""
    for root, folders, names in os.walk(folder, followlinks=False):
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
