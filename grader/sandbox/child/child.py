"""The child's main loop: reads the submission, runs it and answers questions until it is killed."""

from __future__ import annotations

import os
import sys
import traceback
import types
from functools import partial
from itertools import starmap
from operator import attrgetter, call
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.child import namespace, unpacking
from grader.sandbox.child.layer_calls import LayerCalls
from grader.sandbox.protocol import wire
from grader.sandbox.protocol.answers import encode_failure
from grader.sandbox.protocol.messages import decode_ask, decode_pool, decode_read, encode_reading
from grader.sandbox.protocol.tensors import address_of
from grader.sandbox.reading.reading import read
from grader.sandbox.types import RulesConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from grader.sandbox.child.calls import Calling
    from grader.sandbox.child.drive import Driven, Result
    from grader.sandbox.protocol.messages import Asked
    from grader.sandbox.protocol.tensors import Stored
    from grader.sandbox.reading.reading import Piece
    from grader.sandbox.types import Passes

_READV: Final = hasattr(os, "readv")
_AT_ONCE: Final = 1 << 16


class Pipes:
    """Two plain descriptors: the jail allows `readv` on one and `write` on the other."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests = requests
        self._answers = answers
        self._waiting = bytearray(_AT_ONCE)
        self._from = 0
        self._to = 0

    def send(self, kind: int, body: bytes, nonce: bytes = wire.NO_NONCE) -> None:
        """Send one frame."""
        data = wire.encode(kind, body, nonce)
        sent = os.write(self._answers, data)
        while sent < len(data):
            sent += os.write(self._answers, memoryview(data)[sent:])

    def receive(self) -> bytearray | None:
        """One frame without its length; None at the end of the pipe."""
        head = bytearray(wire.LENGTH.size)
        if not self._fill(head):
            return None
        buffer = bytearray(wire.LENGTH.unpack(head)[0])
        return buffer if self._fill(buffer) else None

    def _fill(self, buffer: bytearray) -> bool:
        """Fill a buffer from the bytes already read; read more of them, or directly into a large buffer."""
        at, size = 0, len(buffer)
        while at < size:
            if self._from == self._to and size - at < _AT_ONCE:
                self._from, self._to = 0, self._read(self._waiting)
                if not self._to:
                    return False
            elif self._from == self._to:
                count = self._read(memoryview(buffer)[at:])
                if not count:
                    return False
                at += count
                continue
            count = min(size - at, self._to - self._from)
            buffer[at : at + count] = self._waiting[self._from : self._from + count]
            at += count
            self._from += count
        return True

    def _read(self, buffer: bytearray | memoryview) -> int:
        if _READV:
            return os.readv(self._requests, [buffer])
        data = os.read(self._requests, len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Child:
    """Serves one submission: yields the calls to make, and `drive` makes them."""

    def __init__(self, pipes: Pipes, *, locked: bool) -> None:
        self._pipes = pipes
        self._locked = locked
        self._pools: dict[str, dict[str, Stored | int | float]] = {"": {}}
        self._buffers: list[bytearray] = []
        """The buffers that the pools' values point into."""
        self._pieces: tuple[Piece, ...] = ()
        self._file = ""
        self._layer: Passes | None = None
        self._rules = RulesConfig()
        self._modules = {dtype: types.ModuleType("backward") for dtype in ("float32", "float64")}
        self._names = {dtype: vars(module) for dtype, module in self._modules.items()}
        """What the modules define; asking a module for it later would run what a learner made of its class."""
        self._result: list[Result] = [(None, None, None)]
        self._calls = LayerCalls("", None, self._result, locked=locked)

    def driven(self) -> Driven:
        """The arguments of `drive`, which then answers frames until the other end closes."""
        return [self._steps(iter(self._pipes.receive, None))], self._result

    def _steps(self, buffers: Iterable[bytearray]) -> Iterator[Callable[[], object]]:
        for buffer in buffers:
            yield from self._handle(buffer)

    def _handle(self, buffer: bytearray) -> Iterator[Callable[[], object]]:
        """Answer one frame."""
        kind = buffer[wire.NONCE]
        if kind == wire.ASK:
            asked = list(decode_ask(buffer, address_of(buffer)))
            called = [self._looked_up(name, each.dtype) for each in asked for name in self._called(each)]
            functions: list[Any] = []
            for looked_up in [called] if self._layer is None else [[each] for each in called]:
                yield partial(list, starmap(call, looked_up))  # a key may be an object that compares itself
                result: Any = self._result[0][0]
                functions += result or [None] * len(looked_up)
            found = iter(functions)
            for each in asked:
                answer = yield from self._answer(each, [next(found) for _ in self._called(each)])
                self._pipes.send(wire.ANSWER, answer, each.nonce)
            yield functions.clear  # what the file no longer holds is dropped where its code may run
        elif kind == wire.POOL:
            key, self._pools[key] = decode_pool(buffer, address_of(buffer))
            self._buffers.append(buffer)
        elif kind == wire.READ:
            self._read(buffer)
        elif kind == wire.LOAD:
            self._pipes.send(wire.LOADED, (yield from self._load()))
        elif kind == wire.UNPACK:
            for member, body in unpacking.answers(bytes(memoryview(buffer)[wire.BODY :])):
                self._pipes.send(member, body)

    def _read(self, buffer: bytearray) -> None:
        """Read the syntax tree. None of the learner's code has run yet, so an exception here is an internal error."""
        files, self._rules, wanted = decode_read(buffer)
        self._layer = wanted.passes if wanted else None
        try:
            submitted = read(files, self._rules, wanted)
        except Exception:  # noqa: BLE001
            self._pipes.send(wire.FAULT, traceback.format_exc()[-2000:].encode("utf-8", "replace"))
            return
        self._pieces, self._file = submitted.pieces, submitted.reading.file
        self._calls = LayerCalls(submitted.reading.file, submitted.place, self._result, locked=self._locked)
        self._pipes.send(wire.READING, encode_reading(submitted.reading))

    def _load(self) -> Calling:
        narrow, wide = self._names.values()
        for names in (narrow, wide):
            names["__file__"] = self._file
            if self._rules.enabled:
                names["__builtins__"] = namespace.builtins_for(self._rules)
        sys.modules["backward"] = self._modules["float32"]
        return self._calls.load(self._pieces, narrow, wide)

    def _looked_up(self, name: str, dtype: str) -> tuple[Callable[[Any], Any], object]:
        """The call that looks up a function; of a class, it runs what a learner made of that."""
        return (attrgetter(name), self._modules[dtype]) if "." in name else (self._names[dtype].get, name)

    def _called(self, asked: Asked) -> list[str]:
        """The names of what a question is about: one function, those of the layer, or an object's class."""
        layer = self._layer
        if not asked.wanted or layer is None:
            return [asked.function]
        more = [f"{layer.backward.name.partition('.')[0]}.setup_context"] if layer.style == "autograd" else []
        return [layer.make.name] if layer.make is not None else [*(each.name for each in layer.calls), *more]

    def _answer(self, asked: Asked, functions: list[Any]) -> Calling:
        if functions[0] is None and len(functions) == 1:
            return encode_failure(self._calls.undefined(self._called(asked)[0]))
        pools = (asked.pool, asked.beside) if asked.beside else (asked.pool,)
        sources = [{name: self._pools[key][name] for name in asked.names} for key in pools]
        sources[0] |= asked.given
        if asked.wanted and self._layer is not None:
            return (yield from self._calls.passes(self._layer, functions, asked, sources))
        return (yield from self._calls.call(functions[0], asked, sources[0]))
