"""Frames and fields: how bytes are cut up on the pipes between the grader and a child.

A frame is `length | nonce | kind | body`. There is no pickle and nothing is allocated before its size is checked.
"""

from __future__ import annotations

import struct
from typing import Final

HEAD: Final = struct.Struct("<I16sB")
"""Length of what follows the length itself, nonce, kind."""
AFTER_LENGTH: Final = HEAD.size - 4
NO_NONCE: Final = bytes(16)

# From the grader.
READ: Final = 1
LOAD: Final = 2
POOL: Final = 3
ASK: Final = 4
# From the child.
HELLO: Final = 64
READING: Final = 65
LOADED: Final = 66
ANSWER: Final = 67
FAULT: Final = 68

# To the fork server, on its control socket.
FORK: Final = b"\x01"
REAP: Final = b"\x02"
PID: Final = struct.Struct("<i")
STATUS: Final = struct.Struct("<id")
"""Wait status and processor seconds."""

TEXT_LIMIT: Final = 2048
"""The most bytes of a learner's text (a message, what was printed) that travel."""
SLACK: Final = 16 * 1024
"""What an answer may hold beside its tensors' bytes."""

_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")


class ProtocolError(Exception):
    """The other side sent what no honest side sends."""


def frame(kind: int, body: bytes, nonce: bytes = NO_NONCE) -> bytes:
    """One whole frame."""
    return HEAD.pack(AFTER_LENGTH + len(body), nonce, kind) + body


def text(value: str) -> bytes:
    """A short text: two bytes of length, then UTF-8 (what cannot be encoded is replaced)."""
    raw = value.encode("utf-8", "replace")[: 0xFFFF]
    return _U16.pack(len(raw)) + raw


def blob(value: bytes) -> bytes:
    """Bytes of any length: four bytes of length, then the bytes."""
    return _U32.pack(len(value)) + value


def u8(value: int) -> bytes:
    """One unsigned byte."""
    return bytes((value,))


def u16(value: int) -> bytes:
    """Two unsigned bytes."""
    return _U16.pack(value)


def i64(value: int) -> bytes:
    """A signed integer of eight bytes; a larger one is a `struct.error`."""
    return _I64.pack(value)


def f64(value: float) -> bytes:
    """A double."""
    return _F64.pack(value)


class Cursor:
    """Reads fields off a frame's body and never past its end."""

    __slots__ = ("_at", "_view")

    def __init__(self, body: bytes | bytearray | memoryview) -> None:
        self._view = memoryview(body)
        self._at = 0

    @property
    def at(self) -> int:
        """Where the next field begins."""
        return self._at

    def take(self, count: int) -> memoryview:
        """The next `count` bytes, not copied."""
        end = self._at + count
        if count < 0 or end > len(self._view):
            message = f"{count} bytes wanted, {len(self._view) - self._at} left"
            raise ProtocolError(message)
        piece = self._view[self._at : end]
        self._at = end
        return piece

    def u8(self) -> int:
        """One unsigned byte."""
        return self.take(1)[0]

    def u16(self) -> int:
        """Two unsigned bytes."""
        return int(_U16.unpack(self.take(2))[0])

    def u32(self) -> int:
        """Four unsigned bytes."""
        return int(_U32.unpack(self.take(4))[0])

    def i64(self) -> int:
        """Eight signed bytes."""
        return int(_I64.unpack(self.take(8))[0])

    def f64(self) -> float:
        """A double."""
        return float(_F64.unpack(self.take(8))[0])

    def text(self) -> str:
        """A short text; what is not UTF-8 is replaced."""
        return str(self.take(self.u16()), "utf-8", "replace")

    def blob(self) -> memoryview:
        """Bytes with their length before them."""
        return self.take(self.u32())

    def finish(self) -> None:
        """Refuse bytes that nobody asked for."""
        if self._at != len(self._view):
            message = f"{len(self._view) - self._at} bytes too many"
            raise ProtocolError(message)


_BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029, 0xFEFF}
_CONTROL = {code: None for code in (*range(0x20), *range(0x7F, 0xA0), *_BIDI) if code not in (0x09, 0x0A)}
_CONTROL |= {code: "\N{REPLACEMENT CHARACTER}" for code in range(0xD800, 0xE000)}


def clean(value: str, limit: int = TEXT_LIMIT) -> str:
    """A learner's text without control, ANSI and bidi characters, cut to `limit` characters."""
    return value[:limit].translate(_CONTROL)
