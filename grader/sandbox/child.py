"""What a child does: read the submission, run it, answer questions, until it is killed."""

from __future__ import annotations

import os
import sys
import traceback
import types
from typing import TYPE_CHECKING, Final

from grader.sandbox import wire
from grader.sandbox.calls import Calls
from grader.sandbox.messages import decode_ask, decode_pool, decode_read, encode_failure, encode_reading
from grader.sandbox.outcome import Raised
from grader.sandbox.reading import read
from grader.sandbox.tensors import Stored, address_of

if TYPE_CHECKING:
    from grader.sandbox.outcome import Question

_BODY: Final = 17
"""Where a frame's body begins: after nonce and kind."""
_READV: Final = hasattr(os, "readv")


class Pipes:
    """Plain descriptors: what the jail allows is `readv` on one and `write` on the other."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests = requests
        self._answers = answers

    def read_into(self, buffer: memoryview) -> int:
        """Read at most as much as fits; 0 at the end."""
        if _READV:
            return os.readv(self._requests, [buffer])
        data = os.read(self._requests, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: bytes | memoryview) -> int:
        """Write some of it and say how much."""
        return os.write(self._answers, data)


class Child:
    """Serves one submission."""

    def __init__(self, channel: Pipes, *, locked: bool) -> None:
        self._channel = channel
        self._locked = locked
        self._pools: dict[str, dict[str, Stored | int | float]] = {"": {}}
        self._code: types.CodeType | None = None
        self._module = types.ModuleType("backward")
        self._calls = Calls("", locked)

    def serve(self) -> None:
        """Answer frames until the other end closes."""
        handlers = {wire.READ: self._read, wire.LOAD: self._load, wire.POOL: self._pool, wire.ASK: self._ask}
        while (received := self._receive()) is not None:
            kind, buffer = received
            handlers[kind](buffer)

    def send(self, kind: int, body: bytes, nonce: bytes = wire.NO_NONCE) -> None:
        """Send one frame."""
        data = wire.frame(kind, body, nonce)
        sent = self._channel.write(data)
        while sent < len(data):
            sent += self._channel.write(memoryview(data)[sent:])

    def _receive(self) -> tuple[int, bytearray] | None:
        head = bytearray(4)
        if not self._fill(head):
            return None
        buffer = bytearray(int.from_bytes(head, "little"))
        return (buffer[_BODY - 1], buffer) if self._fill(buffer) else None

    def _fill(self, buffer: bytearray) -> bool:
        view, at = memoryview(buffer), 0
        while at < len(buffer):
            count = self._channel.read_into(view[at:])
            if not count:
                return False
            at += count
        return True

    def _read(self, buffer: bytearray) -> None:
        """Read the syntax tree: nothing of the learner's has run yet, so an exception here is our own fault."""
        files, rules = decode_read(memoryview(buffer)[_BODY:])
        try:
            submitted = read(files, rules)
        except Exception:  # noqa: BLE001
            self.send(wire.FAULT, traceback.format_exc()[-2000:].encode("utf-8", "replace"))
            return
        self._code = submitted.code
        self._calls = Calls(submitted.reading.file, self._locked)
        self.send(wire.READING, encode_reading(submitted.reading))

    def _load(self, _buffer: bytearray) -> None:
        self._module.__file__ = self._code.co_filename if self._code else None
        sys.modules[self._module.__name__] = self._module
        code = self._code or compile("", "", "exec")
        self.send(wire.LOADED, self._calls.load(code, self._module))

    def _pool(self, buffer: bytearray) -> None:
        base = address_of(buffer) + _BODY
        key, values = decode_pool(memoryview(buffer)[_BODY:], base, buffer)
        self._pools[key] = values

    def _ask(self, buffer: bytearray) -> None:
        base = address_of(buffer) + _BODY
        for nonce, question in decode_ask(memoryview(buffer)[_BODY:], base, buffer):
            self.send(wire.ANSWER, self._answer(question), nonce)

    def _answer(self, question: Question) -> bytes:
        function = self._module.__dict__.get(question.function)
        if function is None:
            missing = Raised(kind="NameError", message=f"{question.function} is not defined once the file has run")
            return encode_failure(missing)
        pool = self._pools[question.values]
        sources = {name: pool[name] for name in question.from_values} | question.given
        return self._calls.call(function, question, sources)
