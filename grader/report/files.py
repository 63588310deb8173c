"""Atomic writes: a reader sees a file's old content or its new content, never a mixture."""

from __future__ import annotations

import errno
import json
import os
import secrets
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_PERMISSIONS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""What chmod of a file of one's own answers where a file system keeps no permissions."""

UNFINISHED = ".new-"
"""Prefix of temporary files. A killed process leaves its own behind."""


class UnwritableReport(Exception):
    """The report cannot be written: the message is one sentence."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Errors of the system inside name this file: a full disk comes without a name, a temporary file has another."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            error.filename = str(path)  # of a rename, filename2 is this file already
        raise


def write_whole(path: Path, content: bytes, *, mode: int | None = None, durable: bool = True) -> None:
    """Write a temporary file beside `path` and rename it. A symbolic link at `path` is replaced, not followed.

    Args:
        path: the file to write.
        content: the complete content.
        mode: permissions (default: those of the file being replaced; for a new file, what the umask allows).
        durable: sync to disk before renaming, so that the file is complete even after a power failure.

    Raises:
        OSError: the write failed; nothing was changed. It names `path`.
    """
    with naming(path):
        _write_whole(path, content, _mode_of(path) if mode is None else mode, durable=durable)


def _write_whole(path: Path, content: bytes, mode: int | None, *, durable: bool) -> None:
    temporary = path.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    # Created with the final permissions: the content is never readable by more people, not even while it is written.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if mode is not None:
            _set_mode(temporary, mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _set_mode(path: Path, mode: int) -> None:
    """Set permissions that the umask may have removed, unless the file system has none (exFAT, CIFS, gcsfuse)."""
    if stat.S_IMODE(path.stat().st_mode) == mode:
        return
    try:
        path.chmod(mode)
    except OSError as error:
        if error.errno not in _NO_PERMISSIONS:
            raise


def replace_file(path: Path, content: bytes) -> None:
    """Like `write_whole`, for a user's own file: follows and keeps a symbolic link, and does not sync to disk.

    Raises:
        OSError: the write failed; nothing was changed.
    """
    write_whole(_real(path), content, durable=False)


def check_writable(path: str) -> None:
    """Check, before anything is graded, that the report can be written.

    Raises:
        UnwritableReport: it cannot; the message says why and what to do.
    """
    try:
        probe(Path(path))
    except IsADirectoryError as error:
        raise UnwritableReport(
            f"cannot write the report to {path}: it is a folder. Use a file: --report {path}/report.json"
        ) from error
    except OSError as error:
        raise UnwritableReport(f"{_refused(path, error)}. Choose another file with --report") from error


def probe(path: Path) -> None:
    """Check that a file could be written, and leave nothing behind.

    Raises:
        OSError: it could not; the system's reason.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if _replaceable(path):
        with tempfile.TemporaryFile(dir=_real(path).parent, prefix=UNFINISHED):
            return
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write(report: dict[str, Any], path: str) -> None:
    """Write a report: atomically to a regular file, directly to anything else (a pipe, /dev/stdout).

    Raises:
        UnwritableReport: the message says why.
    """
    text = json.dumps(report, allow_nan=False, ensure_ascii=False, indent=1, default=str) + "\n"
    content, target = text.encode("utf-8", "backslashreplace"), Path(path)
    try:
        if _replaceable(target):
            replace_file(target, content)
        else:
            target.write_bytes(content)
    except OSError as error:
        raise UnwritableReport(_refused(path, error)) from error


def _refused(path: str, error: OSError) -> str:
    return f"cannot write the report to {path}: {(error.strerror or str(error)).lower()}"


def _replaceable(path: Path) -> bool:
    """Whether a rename may replace `path`: a regular file, or none yet. Not in /dev or /proc: /dev/stdout may be
    redirected to a regular file that another process holds open, and it must be written in place.
    """
    if path.is_absolute() and path.parts[1:2] in (("dev",), ("proc",)):
        return False
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


def _real(path: Path) -> Path:
    """The file that a link points to."""
    return Path(os.path.realpath(path))


def _mode_of(path: Path) -> int | None:
    """The permissions of a regular file; None if there is no such file."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return None
    return stat.S_IMODE(found) if stat.S_ISREG(found) else None
