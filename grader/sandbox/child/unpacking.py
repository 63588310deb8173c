"""Extracts a class's archive in a locked child: the messages on the pipes, and the child's part.

The grader parses nothing of the archive; it receives names and bytes, and checks their sizes first.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Final

from grader.sandbox.cleaning import clean
from grader.sandbox.protocol import wire
from grader.sandbox.protocol.processes import GoneError, LateError, begin
from grader.sandbox.protocol.wire import ProtocolError
from grader.sandbox.reading.submitted_files import (
    ARCHIVES,
    LISTABLE,
    LONGEST_NAME,
    MOST_BYTES_OF_MEMBER,
    BadArchiveError,
    check_member,
    content_of,
    is_archive,
    not_readable,
    opened,
)
from grader.sandbox.types import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.sandbox.protocol.processes import Process
    from grader.sandbox.reading.submitted_files import Archive, Packed

MOST_MEMBERS: Final = 50_000
MOST_BYTES: Final = 256 << 20
MOST_SECONDS: Final = 180.0
METADATA: Final = "submission_metadata.yml"
LONGEST: Final = 64 << 20
"""The most bytes of one file: somebody's own archive, or a large course's metadata."""
WANTED: Final = (*LISTABLE, *ARCHIVES, ".txt", ".ipynb.json")
"""Files whose content matters; of others only the fact that they were submitted."""

_HEAD: Final = struct.Struct("<HB")
_FINE, _BROKEN = 0, 1


def encode_archive(name: str, data: bytes) -> bytes:
    """Encode the request: the archive's name, for messages, and its bytes."""
    shown = name.encode("utf-8", "replace")[:200]
    return _HEAD.pack(len(shown), _FINE) + shown + data


def encode_member(member: Member) -> bytes:
    """Encode one member."""
    name = member.name.encode("utf-8", "replace")[: 4 * LONGEST_NAME]
    body = member.content if member.problem is None else member.problem.encode("utf-8", "replace")
    return _HEAD.pack(len(name), _FINE if member.problem is None else _BROKEN) + name + body


def decode_member(body: bytes) -> Member:
    """Decode what `encode_member` encoded; raises `ProtocolError` if it did not."""
    if len(body) < _HEAD.size:
        message = "an archive member without a header"
        raise ProtocolError(message)
    length, state = _HEAD.unpack_from(body)
    name, rest = body[_HEAD.size : _HEAD.size + length], body[_HEAD.size + length :]
    if len(name) < length or state not in (_FINE, _BROKEN):
        message = "a truncated archive member"
        raise ProtocolError(message)
    shown = name.decode("utf-8", "replace")
    if state == _BROKEN:
        return Member(shown, problem=clean(rest.decode("utf-8", "replace"), 400))
    return Member(shown, rest)


# In the child


def answers(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The frames that answer a request: every member, then what is wrong with the archive as a whole, if anything."""
    length, _ = _HEAD.unpack_from(body)
    name = body[_HEAD.size : _HEAD.size + length].decode("utf-8", "replace")
    data = body[_HEAD.size + length :]
    problem = ""
    try:
        for member in _members(name, data):
            yield wire.MEMBER, encode_member(member)
    except BadArchiveError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001  zipfile and tarfile may raise anything on hostile bytes
        problem = str(not_readable(name, data, error))
    yield wire.UNPACKED, problem.encode("utf-8", "replace")


def _members(name: str, data: bytes) -> Iterator[Member]:
    with opened(name, data) as archive:
        listed = archive.infolist()
        if len(listed) > MOST_MEMBERS:
            raise BadArchiveError(
                f"{name}: the archive contains {len(listed)} files; at most {MOST_MEMBERS} are allowed"
            )
        left = MOST_BYTES
        for info in listed:
            member = _member(name, archive, info)
            left -= len(member.content)
            if left < 0:
                raise BadArchiveError(f"{name}: the files in the archive take more than {MOST_BYTES >> 20} MB")
            yield member


def _member(name: str, archive: Archive, info: Packed) -> Member:
    """One file, or what is wrong with it: a problem with one person's file must not affect the others'."""
    path = info.filename
    last = path.rsplit("/", 1)[-1].lower()
    most = LONGEST if last == METADATA or is_archive(last) else MOST_BYTES_OF_MEMBER
    try:
        check_member(name, info)
        wanted = last.endswith(WANTED) or last == METADATA
        return Member(path, content_of(name, archive, info, most) if wanted and not info.is_dir() else b"")
    except BadArchiveError as error:
        return Member(path, problem=str(error))
    except Exception as error:  # noqa: BLE001  a hostile member
        return Member(path, problem=f"{name}: {path[:60]!r} in the archive cannot be read ({type(error).__name__})")


# In the grader


def unpacked(process: Process, greeting: bytes, request: bytes) -> Iterator[Member]:
    """The members that a child extracts, then one without a name if something is wrong with the archive as a whole."""
    try:
        yield from _received(process, greeting, request)
    except (LateError, GoneError, ProtocolError) as fault:
        yield Member("", problem=f"the archive could not be extracted: {_WHY[type(fault)]}")
    finally:
        process.discard()


def _received(process: Process, greeting: bytes, request: bytes) -> Iterator[Member]:
    deadline = time.monotonic() + MOST_SECONDS
    begin(process, wire.encode(wire.UNPACK, request), greeting, deadline)
    left = MOST_BYTES
    for _ in range(MOST_MEMBERS + 1):
        frame = process.receive(min(left, LONGEST) + wire.SLACK, deadline)
        if frame.kind != wire.MEMBER:
            break
        member = decode_member(frame.body)
        left -= len(member.content)
        yield member
    wire.expect(frame, wire.UNPACKED)
    if problem := clean(frame.body.decode("utf-8", "replace"), 400):
        yield Member("", problem=problem)


_WHY: Final = {
    LateError: "it took too long",
    GoneError: "the extracting process was killed",
    ProtocolError: "the extracting process broke the protocol",
}
