"""A submission: one learner's files as bytes. Links are not followed, and nothing is parsed outside the sandbox."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_PYTHON_BYTES = 256 * 1024
MAX_ARCHIVE_BYTES = 1024 * 1024
MAX_FILES = 40
MAX_BYTES = 8 * 1024 * 1024
"""Limit for all files together: each process that they pass through holds them several times."""
LIMITS = {".py": MAX_PYTHON_BYTES, ".ipynb": MAX_ARCHIVE_BYTES, ".zip": MAX_ARCHIVE_BYTES}
"""The kinds of file that are graded, and the maximum bytes of each."""
_EXAMPLES = frozenset(("right", "wrong"))
"""Folders of labeled answers, skipped when an exercise's own folder is graded: they are not the learner's."""


class UnreadableSubmission(Exception):
    """Nothing at this path can be graded. The message is one sentence."""


@dataclass(frozen=True, slots=False)
class Submission:
    """One learner's code, as bytes."""

    name: str
    source: Path
    files: dict[str, bytes] = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """Hash of the names and bytes of all files."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{len(name)}:{name}:{len(self.files[name])}:".encode("utf-8", "surrogateescape"))
            digest.update(self.files[name])
        return digest.hexdigest()


def read_submission(path: Path, name: str | None = None, beneath: Path | None = None) -> Submission:
    """Read a submission: a folder, a `.py`, a `.zip` or an `.ipynb`.

    Args:
        path: the file or folder.
        name: the submission's name; the name of the file or folder if None.
        beneath: a folder below which no link is followed; the parent of `path` if None.

    Raises:
        UnreadableSubmission: nothing there, not a regular file, too large, or no file of a kind that can be graded.
    """
    root = path.parent if beneath is None else beneath
    if beneath is not None and ".." in path.relative_to(root).parts:
        raise UnreadableSubmission(f"{path}: paths with `..` are not accepted; write the path without it")
    _no_links(path, root)
    title = name or (path.name if path.is_dir() else path.stem)
    if not path.exists():
        raise UnreadableSubmission(f"there is no file or folder {path}")
    if path.is_dir():
        return Submission(title, path, _read_folder(path, root))
    if path.suffix.lower() not in LIMITS:
        raise UnreadableSubmission(f"{path} is neither a folder nor a .py, .zip or .ipynb file")
    return Submission(title, path, {path.name: read_regular(path, LIMITS[path.suffix.lower()], root)})


def _no_links(path: Path, root: Path) -> None:
    """Report a link on the way to a file. Opening does not follow links anyway: see `_opened`."""
    on_the_way = [path, *path.parents][: len(path.relative_to(root).parts)]
    for each in reversed(on_the_way):
        if each.is_symlink():
            raise UnreadableSubmission(f"{each} is a symbolic link; submit the file itself")


def _read_folder(folder: Path, root: Path) -> dict[str, bytes]:
    """Every gradable file in a folder: only `backward.py` if there is one, else all .py, .ipynb and .zip files."""
    own = folder / "backward.py"
    if own.is_file() and not own.is_symlink():
        return {"backward.py": read_regular(own, MAX_PYTHON_BYTES, root)}
    found = within_limits(_gradable(folder, root), str(folder))
    if not found:
        raise UnreadableSubmission(f"{folder} has no backward.py, nor any other .py, .ipynb or .zip file")
    return found


def _gradable(folder: Path, root: Path) -> Iterator[tuple[str, bytes]]:
    for inner, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(f for f in folders if f not in _EXAMPLES and not is_skipped(f))
        for name in sorted(names):
            path = Path(inner, name)
            limit = LIMITS.get(path.suffix.lower())
            if limit is None or path.is_symlink():
                continue
            yield path.relative_to(folder).as_posix(), read_regular(path, limit, root)


def within_limits(files: Iterable[tuple[str, bytes]], what: str) -> dict[str, bytes]:
    """A submission's files by name. Stops reading once a limit is exceeded.

    Args:
        files: names and bytes, each read on demand.
        what: the submission, as the subject of an error message.

    Raises:
        UnreadableSubmission: there are too many files, or they are too large together.
    """
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    for name, content in files:
        left -= len(content)
        if len(found) == MAX_FILES:
            raise UnreadableSubmission(f"{what} has more than {MAX_FILES} files; submit only backward.py")
        if left < 0:
            raise UnreadableSubmission(f"{what} has more than {MAX_BYTES >> 20} MB of files; submit only backward.py")
        found[name] = content
    return found


def read_regular(path: Path, limit: int, beneath: Path | None = None) -> bytes:
    """The bytes of a regular file. Does not block on a pipe, and does not follow links.

    Args:
        path: the file.
        limit: the maximum number of bytes.
        beneath: a parent folder of the file: no component of the path below it may be a link.

    Raises:
        UnreadableSubmission: it cannot be opened, is not a regular file, or is too large.
    """
    try:
        descriptor = _opened(path, path.parent if beneath is None else beneath)
    except OSError as error:
        raise UnreadableSubmission(f"{path} cannot be opened: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSubmission(f"{path} is not a regular file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise UnreadableSubmission(f"{path} is more than {limit // 1024} KB; a backward.py is typically about 10 KB")
    return content


def _opened(path: Path, root: Path) -> int:
    """A file descriptor. Below the root, each component of the path is opened in turn, without following links.

    So a file cannot be replaced by a link after it was checked. On systems without these calls (Windows), the check
    that nothing is a link has to suffice.
    """
    plain = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if os.open not in os.supports_dir_fd:
        _no_links(path, root)
        return os.open(path, plain)
    *folders, name = path.relative_to(root).parts
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(name, plain, dir_fd=at)
    finally:
        os.close(at)
