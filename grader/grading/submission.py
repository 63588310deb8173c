"""A submission: one learner's files as bytes. Links are not followed, and nothing is parsed outside the sandbox."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from grader.sandbox.skipped_folders import NOT_ANSWERS, is_skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_PYTHON_BYTES = 256 * 1024
MAX_MARKDOWN_BYTES = 1024 * 1024
MAX_ARCHIVE_BYTES = 96 * 1024 * 1024
"""A notebook holds its plots, and an archive what lies beside the code: the locked child takes only the code of it."""
MAX_FILES = 500
MAX_BYTES = 8 * 1024 * 1024
"""Limit for all Python and Markdown files together: each process that they pass through holds them several times."""
MAX_BYTES_IN_ALL = 128 * 1024 * 1024
"""Limit for everything together."""
MAX_WALKED = 100_000
"""Files in a folder, of any kind: one with more is not somebody's homework."""
LIMITS = {
    ".py": MAX_PYTHON_BYTES,
    ".ipynb": MAX_ARCHIVE_BYTES,
    ".zip": MAX_ARCHIVE_BYTES,
    ".tar.gz": MAX_ARCHIVE_BYTES,
    ".tgz": MAX_ARCHIVE_BYTES,
    ".tar": MAX_ARCHIVE_BYTES,
    ".md": MAX_MARKDOWN_BYTES,
}
"""The kinds of file that are graded, and the maximum bytes of each."""
KINDS = ".py, .ipynb, .zip, .tar.gz or .md"
"""The same, for messages."""
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
_EXAMPLES = frozenset(("right", "wrong"))
"""Folders of labeled answers, skipped when an exercise's own folder is graded: they are not the learner's."""


class UnreadableSubmission(Exception):
    """Nothing at this path can be graded. The message is one sentence."""


class Inaccessible(UnreadableSubmission):
    """The grader cannot read it, which is not the learner's fault: no points are given or taken for it."""


class OversizedSubmission(Inaccessible):
    """It is too large to be somebody's code: data or weights, if there is code beside it."""


_OF_ITS_KIND = frozenset((errno.ELOOP, errno.ENOTDIR, errno.ENXIO))
"""What opening a link or a socket fails with: the file is not one that is graded."""


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
    """Read a submission: a folder, a `.py`, an `.ipynb`, a `.zip`, a `.tar.gz` or an `.md`.

    Args:
        path: the file or folder.
        name: the submission's name; the name of the file or folder if None.
        beneath: a folder below which no link is followed; the parent of `path` if None.

    Raises:
        UnreadableSubmission: nothing there, not a regular file, or no file of a kind that can be graded.
        Inaccessible: the grader cannot read it, or it is too large.
    """
    root = path.parent if beneath is None else beneath
    if beneath is not None and ".." in path.relative_to(root).parts:
        raise UnreadableSubmission(f"{path}: paths with `..` are not accepted; write the path without it")
    with _reading(path):
        _no_links(path, root)
        if not path.exists():
            raise UnreadableSubmission(f"there is no file or folder {path}")
        if path.is_dir():
            return Submission(name or path.name, path, _read_folder(path, root))
    limit = limit_of(path.name)
    if limit is None:
        raise UnreadableSubmission(f"{path} is neither a folder nor a {KINDS} file")
    title = name or path.name[: -len(kind_of(path.name) or "")]
    return Submission(title, path, {path.name: read_regular(path, limit, root)})


def read_own_file(path: Path) -> Submission:
    """Read the `backward.py` of a folder alone: the file that a learner edits there. Otherwise like `read_submission`.

    Raises:
        UnreadableSubmission: there is nothing to grade at this path.
    """
    own = path / "backward.py"
    with _reading(own):
        if not own.is_file() or own.is_symlink():
            return read_submission(path)
    return Submission(path.name, path, {own.name: read_regular(own, MAX_PYTHON_BYTES, path.parent)})


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Report an error of the file system as what it is: a folder that may not be read is not an empty one.

    Raises:
        Inaccessible: the error, with the path.
    """
    try:
        yield
    except OSError as error:
        raise unreachable(error, path) from error


def unreachable(error: OSError, path: Path | str) -> Inaccessible:
    """The error for a file or folder that cannot be read."""
    return Inaccessible(f"{error.filename or path} cannot be read: {error.strerror or error}")


def kind_of(name: str) -> str | None:
    """The ending by which a file is graded: `.tar.gz` of `hw.tar.gz`; None if it is of no kind that is graded."""
    lower = name.lower()
    return next((kind for kind in LIMITS if lower.endswith(kind)), None)


def limit_of(name: str) -> int | None:
    """The maximum size of a file of this name in bytes; None if it is of no kind that is graded."""
    kind = kind_of(name)
    return LIMITS[kind] if kind else None


def _no_links(path: Path, root: Path) -> None:
    """Report a link on the way to a file. Opening does not follow links anyway: see `_opened`."""
    on_the_way = [path, *path.parents][: len(path.relative_to(root).parts)]
    for each in reversed(on_the_way):
        if each.is_symlink():
            raise UnreadableSubmission(f"{each} is a symbolic link; submit the file itself")


def _read_folder(folder: Path, root: Path) -> dict[str, bytes]:
    """Every file in a folder that may hold answers; the locked child chooses."""
    found = within_limits(
        (
            (path.relative_to(folder).as_posix(), partial(read_regular, path, limit, root))
            for path, limit in _gradable(folder)
        ),
        str(folder),
    )
    if not found:
        raise UnreadableSubmission(f"{folder} has no backward.py, nor any other {KINDS} file")
    return found


def _gradable(folder: Path) -> Iterator[tuple[Path, int]]:
    """The files of a kind that is graded, with the limit of each."""
    walked = 0
    for inner, folders, names in os.walk(folder, followlinks=False, onerror=_raised):
        folders[:] = sorted(f for f in folders if f not in _EXAMPLES and not is_skipped(f))
        walked += len(names)
        if walked > MAX_WALKED:
            raise OversizedSubmission(f"{folder} has more than {MAX_WALKED:,} files; name the folder with your work")
        for name in sorted(names):
            path = Path(inner, name)
            limit = limit_of(name)
            if limit is not None and stat.S_ISREG(path.lstat().st_mode):
                yield path, limit


def _raised(error: OSError) -> None:
    """For `os.walk`, which otherwise passes over a folder that it cannot read."""
    raise error


def within_limits(files: Iterable[tuple[str, Callable[[], bytes]]], what: str) -> dict[str, bytes]:
    """A submission's files by name, backward.py first.

    Files beside an answer that hold none are left out, and so are those that are too large to be code, unless there
    is nothing else.

    Args:
        files: names, and what reads the bytes of each.
        what: the submission, as the subject of an error message.

    Raises:
        OversizedSubmission: there are too many files, or they are too large together or each.
        Inaccessible: a file that may be the answer cannot be read.
    """
    named = dict(islice(files, MAX_FILES * 2))
    answers = {name: read for name, read in named.items() if _base(name) not in NOT_ANSWERS}
    chosen = answers if any(not name.lower().endswith(".md") for name in answers) else named
    if len(chosen) > MAX_FILES:
        raise OversizedSubmission(
            f"{what} has more than {MAX_FILES} Python files and notebooks; submit only the file with your gradients"
        )
    return _read_all(sorted(chosen.items(), key=lambda item: _base(item[0]) != "backward.py"), what)


def _read_all(files: Iterable[tuple[str, Callable[[], bytes]]], what: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    refused: list[UnreadableSubmission] = []
    left, left_for_code = MAX_BYTES_IN_ALL, MAX_BYTES
    for name, read in files:
        try:
            content = read()
        except UnreadableSubmission as error:
            if not isinstance(error, OversizedSubmission) and not name.lower().endswith(".md"):
                raise  # it may be the one that was meant
            refused.append(error)
            continue
        left -= len(content)
        left_for_code -= len(content) if name.lower().endswith((".py", ".md")) else 0
        if left < 0 or left_for_code < 0:
            most = MAX_BYTES_IN_ALL if left < 0 else MAX_BYTES
            raise OversizedSubmission(
                f"{what} has more than {most >> 20} MB of code and notebooks; submit only the file with your gradients"
            )
        found[name] = content
    if refused and not found:
        raise refused[0]
    return found


def _base(name: str) -> str:
    return name.rsplit("/", 1)[-1].lower()


def read_regular(path: Path, limit: int, beneath: Path | None = None) -> bytes:
    """The bytes of a regular file. Does not block on a pipe, and does not follow links.

    Args:
        path: the file.
        limit: the maximum number of bytes.
        beneath: a parent folder of the file: no component of the path below it may be a link.

    Raises:
        UnreadableSubmission: it is not a regular file.
        Inaccessible: it cannot be opened or read, or is too large.
    """
    try:
        descriptor = _opened(path, path.parent if beneath is None else beneath)
    except OSError as error:
        kind = UnreadableSubmission if error.errno in _OF_ITS_KIND else Inaccessible
        raise kind(f"{path} cannot be opened: {error.strerror}") from error
    with _reading(path), os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSubmission(f"{path} is not a regular file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OversizedSubmission(f"{path} is {too_large(path.name, limit)}")
    return content


def too_large(name: str, limit: int) -> str:
    """What is said of a file over its limit, after "is": the limit, and what to do."""
    if name.lower().endswith(".ipynb"):
        return f"more than {limit >> 20} MB; clear its outputs (Edit > Clear All Outputs), save it and submit it again"
    if name.lower().endswith(ARCHIVES):
        return f"more than {limit >> 20} MB; submit only the file with your gradients"
    return f"more than {limit >> 10} KB; a backward.py is typically about 10 KB"


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
