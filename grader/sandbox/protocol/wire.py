"""Frames: how bytes are divided up on the pipes between the grader and a child.

A frame is `length | nonce | kind | body`. There is no pickle, and nothing is allocated before its size is checked.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

HEAD: Final = struct.Struct("<I16sB")
"""Length (of the frame without the length itself), nonce, kind."""
BODY: Final = HEAD.size - 4
"""Offset of the body in a frame without its length."""
LENGTH: Final = struct.Struct("<I")
NONCE: Final = 16
NO_NONCE: Final = bytes(NONCE)

# From the grader.
READ: Final = 1
LOAD: Final = 2
POOL: Final = 3
ASK: Final = 4
UNPACK: Final = 5
# From the child.
HELLO: Final = 64
READING: Final = 65
LOADED: Final = 66
ANSWER: Final = 67
FAULT: Final = 68
MEMBER: Final = 69
UNPACKED: Final = 70

# To the fork server, on its control socket.
FORK: Final = b"\x01"
REAP: Final = b"\x02"
TWIN: Final = b"\x03"
SETTLE: Final = b"\x04"
PID: Final = struct.Struct("<i")
STATUS: Final = struct.Struct("<id")
"""Wait status and CPU seconds."""

SLACK: Final = 32 * 1024
"""Bytes that an answer may have beside its tensors' data."""


class ProtocolError(Exception):
    """The other side sent something that honest code never sends."""


class Frame(NamedTuple):
    """One frame as received; `buffer[BODY:]` is its body."""

    kind: int
    nonce: bytes
    buffer: bytearray

    @property
    def body(self) -> bytes:
        """A copy of the body."""
        return bytes(memoryview(self.buffer)[BODY:])


def encode(kind: int, body: bytes, nonce: bytes = NO_NONCE) -> bytes:
    """Encode one whole frame."""
    return HEAD.pack(BODY + len(body), nonce, kind) + body


def checked_length(head: bytes | bytearray | memoryview, limit: int) -> int:
    """The length that a frame announces; raises `ProtocolError` if it is out of range."""
    length = int(LENGTH.unpack_from(head)[0])
    if not BODY <= length <= BODY + limit:
        message = f"a frame of {length} bytes, expected at most {limit}"
        raise ProtocolError(message)
    return length


def decode(buffer: bytearray) -> Frame:
    """Decode a frame without its length."""
    return Frame(buffer[NONCE], bytes(buffer[:NONCE]), buffer)


def expect(frame: Frame, kind: int, nonce: bytes = NO_NONCE) -> None:
    """Raise `ProtocolError` unless this is the expected frame."""
    if frame.kind != kind or frame.nonce != nonce:
        message = "an answer that does not belong to the question"
        raise ProtocolError(message)
