"""A tar archive, compressed with gzip or not, in the shape of a `zipfile.ZipFile`: what reads zips reads it too.

Only the locked child does. Nothing is written to disk, no link is followed, and no more than a limit is decompressed.
"""

from __future__ import annotations

import codecs
import gzip
import io
import tarfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_DECOMPRESSED: Final = 512 << 20
"""Everything in the archive is decompressed on the way to its members, even what is not wanted."""
MOST_LISTED: Final = 50_001
"""One more than a class's archive may contain."""
LARGEST_HEADER: Final = 1 << 16
"""Of headers that hold names: they are read whole."""

_EXTENDED: Final = frozenset((
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
))  # fmt: skip
_REGULAR, _FOLDER, _OTHER = 0o100000, 0o040000, 0o120000
"""Kinds of file, as in the upper half of a zip member's `external_attr`."""

codecs.lookup("ascii")  # for numbers in headers: the locked child opens no files to import it


class DamagedTarError(Exception):
    """It ends too early, or a header in it is not one: what follows would be lost without a word."""


@dataclass(frozen=True, slots=True)
class TarMember:
    """One file, with the names that a zip's member has."""

    info: tarfile.TarInfo
    filename: str
    flag_bits: int = 0
    """No tar is encrypted."""

    @property
    def orig_filename(self) -> str:
        """The name as it is in the archive."""
        return self.info.name

    @property
    def file_size(self) -> int:
        """The size it says it has."""
        return self.info.size

    @property
    def compress_size(self) -> int:
        """The same: what limits a bomb is how much is decompressed in all."""
        return self.info.size

    @property
    def external_attr(self) -> int:
        """Whether it is a regular file, a folder, or something else."""
        regular = self.info.type in tarfile.REGULAR_TYPES
        return (_REGULAR if regular else _FOLDER if self.info.isdir() else _OTHER) << 16

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return self.info.isdir()


class TarArchive:
    """Lists and opens the members of a tar, cheapest in the order in which they are listed.

    Raises:
        DamagedTarError: it is no tar, or only the beginning of one.
    """

    def __init__(self, data: bytes) -> None:
        packed = io.BytesIO(data)
        self._file = _Bounded(gzip.GzipFile(fileobj=packed) if is_gzip(data) else packed)
        self._tar = tarfile.TarFile(fileobj=self._file, tarinfo=_Header, errors="replace")  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tar.close()

    def infolist(self) -> Sequence[TarMember]:
        """All members. Reads to the end, so that a checksum there is compared."""
        found = []
        for info in self._tar:
            name = info.name.removeprefix("./")
            found.append(TarMember(info, f"{name}/" if info.isdir() else name))
            if len(found) >= MOST_LISTED:
                return found
        while self._file.read(1 << 20):
            pass
        return found

    def open(self, member: TarMember) -> IO[bytes]:
        """A member's content; only for regular files."""
        stream = self._tar.extractfile(member.info)
        if stream is None:
            raise DamagedTarError
        return stream


def is_gzip(data: bytes) -> bool:
    """Whether the bytes begin as gzip's do."""
    return data.startswith(b"\x1f\x8b")


def is_tar(name: str, data: bytes) -> bool:
    """Whether an archive is a tar, whatever it is called; some old ones are known only by their name."""
    if data.startswith(b"PK"):
        return False
    return is_gzip(data) or data[257:262] == b"ustar" or name.lower().endswith((".tar", ".tgz", ".tar.gz"))


class _Header(tarfile.TarInfo):
    """A header that ends the archive only where it says so: tarfile takes a broken one for the end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Parse one header."""
        try:
            found = super().frombuf(buf, encoding, errors)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise DamagedTarError(str(error)) from None
        if found.type in _EXTENDED and found.size > LARGEST_HEADER:
            raise DamagedTarError("a header is too large")
        return found


class _Bounded:
    """A file of which no more than the limit is read."""

    def __init__(self, file: gzip.GzipFile | io.BytesIO) -> None:
        self._file = file
        self.name = ""
        self.mode = "rb"

    def tell(self) -> int:
        """The position."""
        return self._file.tell()

    def seek(self, to: int, whence: int = 0) -> int:
        """Go to a position."""
        if whence or not 0 <= to <= MOST_DECOMPRESSED:
            raise DamagedTarError(_TOO_MUCH)
        return self._file.seek(to)

    def read(self, most: int = -1) -> bytes:
        """Read so many bytes, or to the end."""
        left = MOST_DECOMPRESSED - self._file.tell()
        found = self._file.read(min(most, left + 1) if most >= 0 else left + 1)
        if len(found) > left:
            raise DamagedTarError(_TOO_MUCH)
        return found


_TOO_MUCH: Final = f"more than {MOST_DECOMPRESSED >> 20} MB in all"
