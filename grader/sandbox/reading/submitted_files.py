"""The files of a submission that may hold its answers: a wrong folder, a wrong name or an archive is no reason for a
zero, and neither are the pictures and data beside them.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from grader.sandbox.reading.outputs import MOST_BYTES_OF_NOTEBOOK, without_outputs
from grader.sandbox.reading.tar_archive import TarArchive, TarMember, is_tar
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    Archive = zipfile.ZipFile | TarArchive
    Packed = zipfile.ZipInfo | TarMember

MOST_MEMBERS = 500
MOST_BYTES = 4 << 20
MOST_BYTES_OF_MEMBER = 1 << 20
MOST_BYTES_UNPACKED = 256 << 20
"""Limit for an archive's notebooks together, before their outputs are dropped."""
HIGHEST_RATIO = 200
LONGEST_NAME = 200
LISTABLE = (".py", ".ipynb", ".md")
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
NOTEBOOKS = (".ipynb", ".ipynb.json", ".ipynb.txt")
"""A notebook, also under the extensions that browsers give it."""

MOST_BYTES_COUNTED = 1 << 20
_DEFINES = re.compile(rb"\bdef (d\w+|gradients)\b|(?:^|\\n|\")(d\w+)[ \t]*[+-]?=", re.MULTILINE)
_REGULAR, _FOLDER, _UNSAID = 0o100000, 0o040000, 0
"""Kinds of file in the upper half of `external_attr`: stat's S_IFMT bits, or zero if the archive was made on DOS."""


class BadArchiveError(Exception):
    """The archive is not one that a learner's tool writes; the message is shown to the learner."""


class OversizedError(BadArchiveError):
    """One of its files is too large to be somebody's code."""


def listable(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The submission's Python files, notebooks without their outputs, and Markdown files."""
    return {name: content(name, data) for name, data in files.items() if is_candidate(name)}


def archives(files: Mapping[str, bytes]) -> list[str]:
    """The names of the submission's archives."""
    return sorted(name for name in files if is_archive(name))


def is_archive(name: str) -> bool:
    """Whether a file's name is that of an archive which is opened."""
    return name.lower().endswith(ARCHIVES)


def is_candidate(name: str) -> bool:
    """Whether a file's name and folder are such that it may hold answers."""
    parts = name.replace("\\", "/").split("/")
    return name.lower().endswith(LISTABLE) and not any(map(is_skipped, parts))


def content(name: str, data: bytes) -> bytes:
    """What is read of a file: all of it, or a notebook without its outputs."""
    return without_outputs(data) if name.lower().endswith(NOTEBOOKS) else data


def rough_answers(data: bytes) -> int:
    """How many answers a file seems to have, without parsing it."""
    return len(set(_DEFINES.findall(data[:MOST_BYTES_COUNTED])))


# An archive, unpacked in memory, under limits that no honest archive reaches


def unpacked(name: str, data: bytes) -> dict[str, bytes]:
    """The archive's files that may hold answers. Nothing is written to disk, and nothing else in it is unpacked.

    Raises:
        BadArchiveError: it is broken, or no learner's tool wrote it.
    """
    try:
        with opened(name, data) as archive:
            return _members(name, archive) or _of_inner_archive(name, archive)
    except BadArchiveError:
        raise
    except Exception as error:  # noqa: BLE001  # zipfile and tarfile may raise anything on hostile bytes
        raise not_readable(name, data, error) from None


def opened(name: str, data: bytes) -> Archive:
    """The archive in these bytes, whatever it is called."""
    return TarArchive(data) if is_tar(name, data) else zipfile.ZipFile(io.BytesIO(data))


def not_readable(name: str, data: bytes, error: Exception) -> BadArchiveError:
    """What is wrong with an archive that cannot be opened."""
    return BadArchiveError(f"{name}: not a readable {'tar' if is_tar(name, data) else 'zip'} archive ({_short(error)})")


def _of_inner_archive(name: str, archive: Archive) -> dict[str, bytes]:
    """The files of the only archive in an archive: somebody packed what was packed already. Deeper ones stay closed."""
    inner = [member for member in archive.infolist() if is_archive(member.filename)]
    inner = [member for member in inner if not any(map(is_skipped, member.filename.split("/")))]
    if len(inner) != 1:
        return {}
    check_member(name, inner[0])
    packed = content_of(name, archive, inner[0], MOST_BYTES_OF_NOTEBOOK)
    with opened(inner[0].filename, packed) as inside:
        return _members(name, inside)


def _members(name: str, archive: Archive) -> dict[str, bytes]:
    members = [member for member in archive.infolist() if not member.is_dir() and is_candidate(member.orig_filename)]
    if len(members) > MOST_MEMBERS:
        raise BadArchiveError(
            f"{name}: the archive contains {len(members)} Python files and notebooks; at most {MOST_MEMBERS} are read. "
            "Submit only the file with your gradients"
        )
    files: dict[str, bytes] = {}
    too_large: list[OversizedError] = []
    left = MOST_BYTES_UNPACKED
    for member in members:
        check_member(name, member)
        if member.filename in files:
            raise BadArchiveError(f"{name}: the archive contains {_shown(member.filename)} twice")
        left -= member.file_size
        if left < 0:
            raise BadArchiveError(
                f"{name}: the notebooks in the archive take more than {MOST_BYTES_UNPACKED >> 20} MB; "
                "submit only the one with your gradients"
            )
        try:
            files[member.filename] = content_of(name, archive, member)
        except OversizedError as error:  # a file of data among the code
            too_large.append(error)
        _check_total(name, files)
    if too_large and not files:
        raise too_large[0]
    return files


def _check_total(name: str, files: Mapping[str, bytes]) -> None:
    if sum(map(len, files.values())) > MOST_BYTES:
        raise BadArchiveError(
            f"{name}: the code in the archive takes more than {MOST_BYTES >> 20} MB; "
            "submit only the file with your gradients"
        )


def check_member(name: str, member: Packed) -> None:
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


def content_of(name: str, archive: Archive, member: Packed, most: int = MOST_BYTES_OF_MEMBER) -> bytes:
    """What is read of a member. Its declared size may be false: read one byte more than is allowed, and no further.

    A notebook may be large and compress well, as it does with plots in it; its outputs are dropped at once.
    """
    shown = _shown(member.filename)
    is_notebook = member.filename.lower().endswith(NOTEBOOKS)
    remedy = "; clear its outputs (Edit > Clear All Outputs), save it and submit it again" if is_notebook else ""
    if is_notebook:
        most = MOST_BYTES_OF_NOTEBOOK
    elif member.file_size > HIGHEST_RATIO * max(member.compress_size, 100):
        raise BadArchiveError(f"{name}: {shown} in the archive has an implausible compression ratio")
    with archive.open(member) as stream:  # type: ignore[arg-type]
        found = stream.read(most + 1)
    if len(found) > most:
        raise OversizedError(f"{name}: {shown} in the archive is larger than {most >> 20} MB{remedy}")
    return without_outputs(found) if is_notebook else found


def _shown(path: str) -> str:
    return repr(path[:60])


def _short(error: Exception) -> str:
    if str(error) == "File is not a zip file":  # zipfile's message if the directory at the end is missing
        return "it is truncated, or not a zip file"
    return str(error)[:80] or type(error).__name__
