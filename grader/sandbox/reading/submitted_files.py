"""Chooses the file to grade from a submission: a wrong folder, a wrong name or an archive is no reason for a zero."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from grader.sandbox.cleaning import shortened
from grader.sandbox.reading.source import NotPythonError
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_MEMBERS = 500
MOST_BYTES = 4 << 20
MOST_BYTES_OF_MEMBER = 1 << 20
HIGHEST_RATIO = 200
LONGEST_NAME = 200
LISTABLE = (".py", ".ipynb")

MOST_BYTES_COUNTED = 1 << 20
_DEFINES = re.compile(rb"\bdef (d\w+)|(?:^|\\n|\")(d\w+)[ \t]*[+-]?=", re.MULTILINE)
_NOT_ANSWERS = frozenset(("conftest.py", "forward.py", "setup.py", "__init__.py"))
_REGULAR, _FOLDER, _UNSAID = 0o100000, 0o040000, 0
"""Kinds of file in the upper half of `external_attr`: stat's S_IFMT bits, or zero if the archive was made on DOS."""


class BadArchiveError(Exception):
    """The archive is not one that a learner's tool writes; the message is shown to the learner."""


def gradable(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The submission's Python files and notebooks; a zip archive is opened only if there is nothing else."""
    plain = {name: data for name, data in files.items() if _is_candidate(name)}
    if plain:
        return plain
    zipped = sorted(name for name in files if name.lower().endswith(".zip"))
    if zipped:
        inside = _unpack(shortened(zipped[0]), files[zipped[0]])
        plain = {name: data for name, data in inside.items() if _is_candidate(name)}
    if not plain:
        raise NotPythonError("no Python file or notebook was found; expected backward.py")
    return plain


def _is_candidate(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.lower().endswith(LISTABLE) and not any(map(is_skipped, parts))


def choose(files: Mapping[str, bytes]) -> tuple[str, tuple[str, ...]]:
    """backward.py, in any folder and any case, otherwise the file with the most answers; and the names of the rest."""
    by_name = [name for name in files if _base(name) == "backward.py"]
    others = [name for name in files if _base(name) not in _NOT_ANSWERS]
    candidates = by_name or others or [name for name in files if _answers(files[name])]
    if not candidates:
        raise NotPythonError(f"no backward.py was found, only {shortened(', '.join(sorted(files)), 100)}")
    best = max(candidates, key=lambda name: (_answers(files[name]), -name.count("/"), -len(name), name))
    return best, tuple(sorted(name for name in files if name != best))


def _base(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].lower()


def _answers(data: bytes) -> int:
    return len(set(_DEFINES.findall(data[:MOST_BYTES_COUNTED])))


# A zip archive, unpacked in memory, under limits that no honest archive reaches


def _unpack(name: str, data: bytes) -> dict[str, bytes]:
    """The archive's Python files and notebooks. Nothing is written to disk."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(name, archive)
    except BadArchiveError:
        raise
    except Exception as error:  # noqa: BLE001  # zipfile may raise anything on hostile bytes
        raise BadArchiveError(f"{name}: not a readable zip archive ({_short(error)})") from None


def _members(name: str, archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise BadArchiveError(f"{name}: the archive contains {len(members)} files; at most {MOST_MEMBERS} are allowed")
    files: dict[str, bytes] = {}
    for member in members:
        check_member(name, member)
        if not member.is_dir() and member.filename.lower().endswith(LISTABLE):
            if member.filename in files:
                raise BadArchiveError(f"{name}: the archive contains {_shown(member.filename)} twice")
            files[member.filename] = content_of(name, archive, member)
            if sum(map(len, files.values())) > MOST_BYTES:
                raise BadArchiveError(f"{name}: the files in the archive take more than {MOST_BYTES >> 20} MB")
    return files


def check_member(name: str, member: zipfile.ZipInfo) -> None:
    """Refuse a member that no learner's tool writes, before a byte of it is unpacked."""
    path = member.filename
    shown = _shown(path)
    if len(path) > LONGEST_NAME or "\0" in member.orig_filename:
        raise BadArchiveError(f"{name}: a file name in the archive is too long or invalid: {shown}")
    if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or path[1:2] == ":":
        raise BadArchiveError(f"{name}: a file in the archive would be unpacked outside its folder: {shown}")
    if member.flag_bits & 0x1:
        raise BadArchiveError(f"{name}: the archive is encrypted ({shown}); submit it without a password")
    kind = (member.external_attr >> 16) & 0o170000
    if kind not in {_REGULAR, _UNSAID, _FOLDER}:
        raise BadArchiveError(f"{name}: {shown} in the archive is a link or a device, not a regular file")


def content_of(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int = MOST_BYTES_OF_MEMBER) -> bytes:
    """A member's bytes. Its declared size may be false: read one byte more than is allowed, and no further."""
    shown = _shown(member.filename)
    if member.file_size > HIGHEST_RATIO * max(member.compress_size, 100):
        raise BadArchiveError(f"{name}: {shown} in the archive has an implausible compression ratio")
    with archive.open(member) as stream:
        found = stream.read(most + 1)
    if len(found) > most:
        raise BadArchiveError(f"{name}: {shown} in the archive is larger than {most >> 20} MB")
    return found


def _shown(path: str) -> str:
    return repr(path[:60])


def _short(error: Exception) -> str:
    if str(error) == "File is not a zip file":  # zipfile's message if the directory at the end is missing
        return "it is truncated, or not a zip file"
    return str(error)[:80] or type(error).__name__
