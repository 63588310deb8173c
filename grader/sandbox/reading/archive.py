"""Unpacks a submission's zip archive in memory, under limits that no honest archive meets."""

from __future__ import annotations

import io
import zipfile

MOST_MEMBERS = 500
MOST_BYTES = 4 << 20
MOST_BYTES_OF_MEMBER = 1 << 20
HIGHEST_RATIO = 200
LONGEST_NAME = 200
LISTABLE = (".py", ".ipynb")

_REGULAR, _UNSAID = 0o100000, 0


class BadArchiveError(Exception):
    """The archive is not one that a learner's tool writes; the text is the sentence for the learner."""


def unpack(name: str, data: bytes) -> dict[str, bytes]:
    """The archive's Python files and notebooks. Nothing is written anywhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(name, archive)
    except BadArchiveError:
        raise
    except Exception as error:  # noqa: BLE001  # zipfile raises what it likes on bytes made to hurt it
        raise BadArchiveError(f"{name}: this is not a readable zip archive ({_short(error)})") from None


def _members(name: str, archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise BadArchiveError(f"{name}: the archive holds {len(members)} files; at most {MOST_MEMBERS} are read")
    files: dict[str, bytes] = {}
    for member in members:
        check(name, member)
        if not member.is_dir() and member.filename.lower().endswith(LISTABLE):
            if member.filename in files:
                raise BadArchiveError(f"{name}: the archive holds {_shown(member.filename)} twice")
            files[member.filename] = content(name, archive, member)
            if sum(map(len, files.values())) > MOST_BYTES:
                raise BadArchiveError(f"{name}: the archive's files hold more than {MOST_BYTES >> 20} MB")
    return files


def check(name: str, member: zipfile.ZipInfo) -> None:
    """Refuse a member that no learner's tool writes, before a byte of it is unpacked."""
    path = member.filename
    shown = _shown(path)
    if len(path) > LONGEST_NAME or "\0" in member.orig_filename:
        raise BadArchiveError(f"{name}: a file's name in the archive is too long or broken: {shown}")
    if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or path[1:2] == ":":
        raise BadArchiveError(f"{name}: the archive has a file that would lie outside its folder: {shown}")
    if member.flag_bits & 0x1:
        raise BadArchiveError(f"{name}: the archive is encrypted ({shown}); send it without a password")
    kind = (member.external_attr >> 16) & 0o170000
    if kind not in {_REGULAR, _UNSAID, 0o040000}:
        raise BadArchiveError(f"{name}: {shown} in the archive is a link or a device, not a file")


def content(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int = MOST_BYTES_OF_MEMBER) -> bytes:
    """The declared size may lie: read one byte more than is allowed, and no further."""
    shown = _shown(member.filename)
    if member.file_size > HIGHEST_RATIO * max(member.compress_size, 100):
        raise BadArchiveError(f"{name}: {shown} in the archive is packed implausibly small")
    with archive.open(member) as stream:
        found = stream.read(most + 1)
    if len(found) > most:
        raise BadArchiveError(f"{name}: {shown} in the archive is larger than {most >> 20} MB")
    return found


def _shown(path: str) -> str:
    return repr(path[:60])


def _short(error: Exception) -> str:
    if str(error) == "File is not a zip file":  # what zipfile says where the directory at the end is missing
        return "it is cut off, or something else under this name"
    return str(error)[:80] or type(error).__name__
