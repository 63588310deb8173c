"""Files written whole or not at all: whoever reads one meanwhile sees the old content or the new."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any


class UnwritableReport(Exception):
    """The report has no place to go: one sentence."""


def check_writable(path: str) -> None:
    """Say before anything is graded that the report could not be written.

    Raises:
        UnwritableReport: with the reason and what to do.
    """
    target = Path(path)
    try:
        if not _replaceable(target):
            if target.is_dir():
                raise UnwritableReport(
                    f"the report cannot be written to {path}: it is a folder. Name a file: --report {path}/report.json"
                )
            if not os.access(target, os.W_OK):
                raise UnwritableReport(
                    f"the report cannot be written to {path}: permission denied. Name another file with --report"
                )
            return
        with tempfile.TemporaryFile(dir=_real(target).parent, prefix=".report-"):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnwritableReport(
            f"the report cannot be written to {path}: {reason}. Name another file with --report"
        ) from error


def write(report: dict[str, Any], path: str) -> None:
    """Write a report: whole or not at all over a regular file, straight through to anything else (a pipe, /dev/stdout).

    Raises:
        UnwritableReport: with the reason.
    """
    text = json.dumps(report, allow_nan=False, ensure_ascii=False, indent=1, default=str) + "\n"
    target = Path(path)
    try:
        if _replaceable(target):
            _write_whole(_real(target), text)
        else:
            with target.open("w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnwritableReport(f"the report cannot be written to {path}: {reason}") from error


def _replaceable(path: Path) -> bool:
    """Whether a file may be renamed over: a regular one, or none yet. /dev/stdout may be redirected to a regular
    file, which somebody else holds open: that one is written through.
    """
    if path.is_absolute() and path.parts[1:2] in (("dev",), ("proc",)):
        return False
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


def _real(path: Path) -> Path:
    """The file behind a link: the link stays."""
    return Path(os.path.realpath(path))


def _write_whole(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name[:100]}-{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file and rename: whoever reads it meanwhile sees the old content or the new. A link stays one.

    Raises:
        OSError: nothing was changed.
    """
    real = Path(os.path.realpath(path))
    temporary = real.with_name(f".{real.name[:100]}-{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if real.exists():
            temporary.chmod(stat.S_IMODE(real.stat().st_mode))
        temporary.replace(real)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
