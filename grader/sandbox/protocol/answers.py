"""The encoding of outcomes in a frame's body: written by a child, and read by the grader, which trusts none of it."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from grader.sandbox.cleaning import clean, joined
from grader.sandbox.protocol.tensors import address_of, decode_tensors, most_when_summed
from grader.sandbox.protocol.wire import BODY, ProtocolError
from grader.sandbox.types import NotStarted, Outcome, Question, Raised, Returned, Several, WrongType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD: Final = struct.Struct("<BBHHI")
"""Status, number of tensors, length of the output, length of the other texts, line."""
_RETURNED: Final = 0
_FINE: Final = 4
_SEVERAL: Final = 5
_LENGTH: Final = struct.Struct("<I")
_SEPARATOR: Final = "\0"
MOST_SKIPPED: Final = 10
LONGEST_NOTE: Final = 300
"""Limits for notes on lines of a file that failed while it was loaded."""


def _encode(status: int, printed: str, texts: Sequence[str], line: int = 0, tensors: Sequence[bytes] = ()) -> bytes:
    shown = printed.encode("utf-8", "replace")
    rest = _SEPARATOR.join(texts).encode("utf-8", "replace")
    return b"".join((_HEAD.pack(status, len(tensors), len(shown), len(rest), line), shown, rest, *tensors))


def encode_returned(printed: str, tensors: Sequence[bytes], mutated: Sequence[str]) -> bytes:
    """Encode a call that returned tensors; they are already bytes."""
    return _encode(_RETURNED, printed, mutated, tensors=tensors)


def encode_fine(printed: str, skipped: Sequence[str] = ()) -> bytes:
    """Encode that the module was loaded, with notes on the lines of it that failed."""
    return _encode(_FINE, printed, skipped)


def encode_several(outcomes: Sequence[bytes]) -> bytes:
    """Encode the outcome of a layer's passes: one for each value that was asked for."""
    return _encode(_SEVERAL, "", (), tensors=[piece for each in outcomes for piece in (_LENGTH.pack(len(each)), each)])


def encode_failure(outcome: NotStarted | Raised | WrongType) -> bytes:
    """Encode any other outcome."""
    if isinstance(outcome, NotStarted):
        return _encode(1, outcome.printed, (outcome.how, outcome.function), outcome.line or 0)
    if isinstance(outcome, Raised):
        texts = (outcome.kind, outcome.message, outcome.file or "", outcome.function)
        return _encode(2, outcome.printed, texts, outcome.line or 0)
    return _encode(3, outcome.printed, (outcome.description, outcome.expected, outcome.function))


def decode_outcome(buffer: bytearray, seconds: float, question: Question, *, lean: bool = False) -> Outcome:
    """Decode an outcome from untrusted bytes.

    Args:
        buffer: the bytes.
        seconds: how long the call took.
        question: what was asked.
        lean: whether to keep only the shape of an answer in another shape than the question's.

    Raises:
        ProtocolError: the bytes are not a valid outcome.
    """
    try:
        status, count, printed, texts, line, at = _decode(buffer)
        if status == _SEVERAL and question.wanted:
            return Several(outcomes=tuple(_parts(buffer, at, question)), seconds=seconds)
        if status == _RETURNED:
            shape = question.shape if lean else None
            return _returned(buffer, at, count, texts, seconds, printed, question, shape)
        return _failure(status, texts, line, seconds, printed)
    except (struct.error, IndexError, ValueError) as error:
        message = f"an unreadable answer: {error}"
        raise ProtocolError(message) from None


def _parts(buffer: bytearray, at: int, question: Question) -> Iterator[Outcome]:
    """The outcome of each value; a call of a layer has as many as were asked for, and nothing after them."""
    each = replace(question, wanted=())
    for _ in question.wanted * (2 if question.beside else 1):
        (length,) = _LENGTH.unpack_from(buffer, at)
        at += _LENGTH.size + length
        if at > len(buffer):
            message = "a part that is longer than its frame"
            raise ProtocolError(message)
        yield decode_outcome(bytearray(BODY) + buffer[at - length : at], 0.0, each)
    if at != len(buffer):
        message = f"{len(buffer) - at} bytes too many"
        raise ProtocolError(message)


def decode_loaded(buffer: bytearray, seconds: float) -> Outcome | tuple[str, ...]:
    """Decode the outcome of running the module: if it succeeded, notes on the lines of it that failed."""
    try:
        status, _count, printed, texts, line, _at = _decode(buffer)
        if status == _FINE:
            return tuple(clean(text, LONGEST_NOTE) for text in texts[:MOST_SKIPPED])
        return _failure(status, texts, line, seconds, printed)
    except (struct.error, IndexError, ValueError) as error:
        message = f"an unreadable answer: {error}"
        raise ProtocolError(message) from None


def _decode(buffer: bytearray) -> tuple[int, int, str, list[str], int, int]:
    status, count, shown, rest, line = _HEAD.unpack_from(buffer, BODY)
    at = BODY + _HEAD.size
    end = at + shown + rest
    if end > len(buffer):
        message = f"{shown + rest} bytes of text in a frame of {len(buffer)}"
        raise ProtocolError(message)
    printed = clean(str(buffer[at : at + shown], "utf-8", "replace"), lines=True) if shown else ""
    texts = str(buffer[at + shown : end], "utf-8", "replace").split(_SEPARATOR) if rest else []
    return status, count, printed, texts, line, end


def _returned(
    buffer: bytearray,
    at: int,
    count: int,
    mutated: list[str],
    seconds: float,
    printed: str,
    question: Question,
    shape: tuple[int, ...] | None,
) -> Returned:
    if count != question.outputs or len(buffer) - at > question.max_bytes + 128 * count:
        message = f"{count} tensors in {len(buffer) - at} bytes, expected {question.outputs}"
        raise ProtocolError(message)
    if mutated and not _may_have_changed(question, mutated):
        message = "changed a parameter that was never sent"
        raise ProtocolError(message)
    tensors, end = decode_tensors(buffer, at, address_of(buffer), count, shape)
    if end != len(buffer):
        message = f"{len(buffer) - end} bytes too many"
        raise ProtocolError(message)
    # An empty tensor fits into any frame, but its sum over a dimension may not, and the diagnosis takes sums.
    empty = [tensor for tensor in tensors if not tensor.numel()]
    if any(most_when_summed(tensor.shape) * tensor.itemsize > question.max_bytes for tensor in empty):
        message = "an empty tensor with dimensions that no gradient has"
        raise ProtocolError(message)
    return Returned(tensors=tensors, mutated=tuple(mutated), seconds=seconds, printed=printed)


def _may_have_changed(question: Question, mutated: list[str]) -> bool:
    sent = {*question.from_values, *question.given}
    return sent.issuperset(mutated) and len(mutated) <= len(sent)


def _failure(status: int, texts: list[str], line: int, seconds: float, printed: str) -> Outcome:
    if status == 1:
        how, function = texts
        function = clean(function, 100)
        return NotStarted(how=joined(how), function=function, line=line or None, seconds=seconds, printed=printed)
    if status == 2:
        kind, message, file, function = texts
        return Raised(
            function=clean(function, 100),
            kind=clean(kind, 200),
            message=joined(message),
            file=clean(file) or None,
            line=line or None,
            seconds=seconds,
            printed=printed,
        )
    if status == 3:
        description, expected, function = (clean(text, 300) for text in texts)
        return WrongType(
            description=description, expected=expected, function=function, seconds=seconds, printed=printed
        )
    message = f"status {status}"
    raise ProtocolError(message)
