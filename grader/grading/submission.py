"""A submission: one learner's files as bytes, no link followed, never parsed on this side of the wall."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.sandbox.skipped_folders import is_skipped

MAX_PYTHON_BYTES = 256 * 1024
MAX_ARCHIVE_BYTES = 1024 * 1024
MAX_FILES = 40
LIMITS = {".py": MAX_PYTHON_BYTES, ".ipynb": MAX_ARCHIVE_BYTES, ".zip": MAX_ARCHIVE_BYTES}
"""The kinds of file that are graded, and the most bytes of each."""
_EXAMPLES = frozenset(("right", "wrong"))
"""An exercise's labelled answers, where the exercise's own folder is graded: none of them is the learner's."""


class UnreadableSubmission(Exception):
    """Nothing at this path can be graded: one sentence."""


@dataclass(frozen=True, slots=False)
class Submission:
    """One learner's code, as bytes."""

    name: str
    source: Path
    files: dict[str, bytes] = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """Hash of every file's name and bytes."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{len(name)}:{name}:{len(self.files[name])}:".encode("utf-8", "surrogateescape"))
            digest.update(self.files[name])
        return digest.hexdigest()


def read_submission(path: Path, name: str | None = None) -> Submission:
    """Read a submission: a folder, a `.py`, a `.zip` or an `.ipynb`.

    Raises:
        UnreadableSubmission: nothing there, not a regular file, too large, or no file of a kind that can be graded.
    """
    title = name or (path.name if path.is_dir() else path.stem)
    if not path.exists() and not path.is_symlink():
        raise UnreadableSubmission(f"there is no file or folder {path}")
    if path.is_symlink():
        raise UnreadableSubmission(f"{path} is a link; hand in the file itself")
    if path.is_dir():
        return Submission(title, path, _read_folder(path))
    if path.suffix.lower() not in LIMITS:
        raise UnreadableSubmission(f"{path} is neither a folder nor a .py, .zip or .ipynb file")
    return Submission(title, path, {path.name: read_regular(path, LIMITS[path.suffix.lower()])})


def _read_folder(folder: Path) -> dict[str, bytes]:
    """Every gradable file in a folder: `backward.py` alone where there is one, else all that could be it."""
    own = folder / "backward.py"
    if own.is_file() and not own.is_symlink():
        return {"backward.py": read_regular(own, MAX_PYTHON_BYTES)}
    found: dict[str, bytes] = {}
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(f for f in folders if f not in _EXAMPLES and not is_skipped(f))
        for name in sorted(names):
            path = Path(root, name)
            limit = LIMITS.get(path.suffix.lower())
            if limit is None or path.is_symlink():
                continue
            if len(found) == MAX_FILES:
                raise UnreadableSubmission(f"{folder} has more than {MAX_FILES} files; hand in backward.py alone")
            found[path.relative_to(folder).as_posix()] = read_regular(path, limit)
    if not found:
        raise UnreadableSubmission(f"{folder} has no backward.py, nor any other .py, .ipynb or .zip file")
    return found


def read_regular(path: Path, limit: int) -> bytes:
    """A regular file's bytes. No link is followed and a pipe is not waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise UnreadableSubmission(f"{path} cannot be opened: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSubmission(f"{path} is not a regular file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise UnreadableSubmission(f"{path} has more than {limit // 1024} KB; a backward.py has about 10")
    return content
