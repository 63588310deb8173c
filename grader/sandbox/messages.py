"""What questions and outcomes look like inside a frame's body."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.outcome import (
    Finding,
    Function,
    NotStarted,
    Outcome,
    Parameter,
    Question,
    Raised,
    Reading,
    Returned,
    RulesConfig,
    WrongType,
)
from grader.sandbox.tensors import Stored, decode_tensor, decode_values, encode_values
from grader.sandbox.wire import NO_NONCE, Cursor, ProtocolError, blob, clean, i64, text, u8, u16

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NONCE: Final = len(NO_NONCE)
MOST_OUTPUTS: Final = 64

_RETURNED: Final = 0
_NOT_STARTED: Final = 1
_RAISED: Final = 2
_WRONG_TYPE: Final = 3
_FINE: Final = 4

# ------------------------------------------------------------------ the submission and its reading


def encode_read(files: Mapping[str, bytes], rules: RulesConfig) -> bytes:
    """The submission's bytes and the rules it is read by."""
    settings = json.dumps(asdict(rules)).encode()
    pieces = [blob(settings), u16(len(files))]
    pieces += [text(name) + blob(raw) for name, raw in files.items()]
    return b"".join(pieces)


def decode_read(body: memoryview) -> tuple[dict[str, bytes], RulesConfig]:
    """The child's side of `encode_read`."""
    cursor = Cursor(body)
    settings = json.loads(bytes(cursor.blob()))
    files = {cursor.text(): bytes(cursor.blob()) for _ in range(cursor.u16())}
    rules = RulesConfig(tuple(settings["imports"]), tuple(settings["names"]), bool(settings["enabled"]))
    return files, rules


def encode_reading(reading: Reading) -> bytes:
    """A reading as JSON: it is sent before the learner's first line runs."""
    return json.dumps(asdict(reading)).encode("utf-8", "replace")


def decode_reading(body: memoryview) -> Reading:
    """Build a reading field by field: what does not fit is a violation of the protocol."""
    try:
        return _reading(json.loads(bytes(body)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        message = f"a reading that cannot be read: {error}"
        raise ProtocolError(message) from None


def _reading(raw: dict[str, Any]) -> Reading:
    return Reading(
        file=clean(raw["file"]),
        functions={clean(name): _function(entry) for name, entry in raw["functions"].items()},
        findings=tuple(map(_finding, raw["findings"])),
        problem=None if raw["problem"] is None else clean(raw["problem"]),
        line=None if raw["line"] is None else int(raw["line"]),
        notes=tuple(clean(note) for note in raw["notes"]),
    )


def _function(raw: dict[str, Any]) -> Function:
    return Function(
        name=clean(raw["name"]),
        file=clean(raw["file"]),
        line=int(raw["line"]),
        end_line=int(raw["end_line"]),
        parameters=tuple(
            Parameter(clean(each["name"]), clean(each["kind"]), bool(each["has_default"])) for each in raw["parameters"]
        ),
        findings=tuple(map(_finding, raw["findings"])),
    )


def _finding(raw: dict[str, Any]) -> Finding:
    return Finding(clean(raw["file"]), int(raw["line"]), clean(raw["rule"]), clean(raw["message"]))


# ------------------------------------------------------------------------------ pools and questions


def encode_pool(key: str, values: Mapping[str, Any]) -> bytes:
    """Values that many questions share, sent once per child."""
    return text(key) + encode_values(values)


def decode_pool(body: memoryview, base: int, keep: object) -> tuple[str, dict[str, Stored | int | float]]:
    """The child's side of `encode_pool`."""
    cursor = Cursor(body)
    return cursor.text(), decode_values(cursor, base, keep)


def encode_ask(questions: Sequence[Question], nonces: Sequence[bytes]) -> bytes:
    """Questions that travel together, each with the nonce that its answer must carry."""
    pieces = [u16(len(questions))]
    for question, nonce in zip(questions, nonces, strict=True):
        pieces += (nonce, _question_head(question), encode_values(question.given))
    return b"".join(pieces)


def _question_head(question: Question) -> bytes:
    pieces = [text(question.function), text(question.values), text(question.dtype), u8(question.outputs)]
    pieces += [i64(question.max_bytes), u16(len(question.from_values)), *map(text, question.from_values)]
    return b"".join(pieces)


def decode_ask(body: memoryview, base: int, keep: object) -> Iterator[tuple[bytes, Question]]:
    """The child's side of `encode_ask`: `given` holds `Stored` tensors."""
    cursor = Cursor(body)
    for _ in range(cursor.u16()):
        nonce = bytes(cursor.take(NONCE))
        function, values, dtype, outputs = cursor.text(), cursor.text(), cursor.text(), cursor.u8()
        max_bytes, count = cursor.i64(), cursor.u16()
        names = tuple(cursor.text() for _ in range(count))
        given = decode_values(cursor, base, keep)
        yield nonce, Question(function, values, names, given, dtype, outputs, max_bytes)


# ----------------------------------------------------------------------------------------- outcomes


def encode_returned(printed: str, tensors: Sequence[bytes], mutated: Sequence[str]) -> bytes:
    """A good answer; the tensors are already bytes."""
    pieces = [text(printed), u8(_RETURNED), u8(len(tensors)), *tensors, u16(len(mutated)), *map(text, mutated)]
    return b"".join(pieces)


def encode_failure(outcome: NotStarted | Raised | WrongType | None) -> bytes:
    """Any other outcome; None says that the module loaded."""
    if outcome is None:
        return text("") + u8(_FINE)
    printed = text(outcome.printed)
    if isinstance(outcome, NotStarted):
        return printed + u8(_NOT_STARTED) + text(outcome.how) + i64(outcome.line or 0)
    if isinstance(outcome, Raised):
        where = text(outcome.file or "") + i64(outcome.line or 0)
        return printed + u8(_RAISED) + text(outcome.kind) + text(outcome.message) + where
    return printed + u8(_WRONG_TYPE) + text(outcome.description)


def decode_outcome(body: memoryview, base: int, keep: object, seconds: float, question: Question) -> Outcome:
    """An outcome out of untrusted bytes."""
    cursor = Cursor(body)
    printed, status = clean(cursor.text()), cursor.u8()
    outcome = _returned if status == _RETURNED else _failure
    result = outcome(cursor, status, base, keep, question, {"seconds": seconds, "printed": printed})
    cursor.finish()
    return result


def decode_loaded(body: memoryview, seconds: float) -> Outcome | None:
    """What running the module came to; None when all is well."""
    cursor = Cursor(body)
    printed, status = clean(cursor.text()), cursor.u8()
    result = None if status == _FINE else _failure(cursor, status, 0, None, None, _about(seconds, printed))
    cursor.finish()
    return result


def _about(seconds: float, printed: str) -> dict[str, Any]:
    return {"seconds": seconds, "printed": printed}


def _returned(
    cursor: Cursor, _status: int, base: int, keep: object, question: Question | None, about: dict[str, Any]
) -> Outcome:
    count = cursor.u8()
    if question is None or count != question.outputs:
        message = f"{count} tensors, not the number asked for"
        raise ProtocolError(message)
    tensors = tuple(decode_tensor(cursor, base, keep) for _ in range(count))
    if sum(tensor.nbytes for tensor in tensors) > question.max_bytes:
        message = f"more than {question.max_bytes} bytes of tensors"
        raise ProtocolError(message)
    names = {*question.from_values, *question.given}
    mutated = tuple(cursor.text() for _ in range(cursor.u16()))
    if not names.issuperset(mutated):
        message = "a changed parameter that was never sent"
        raise ProtocolError(message)
    return Returned(tensors=tensors, mutated=mutated, **about)


def _failure(
    cursor: Cursor, status: int, _base: int, _keep: object, _question: Question | None, about: dict[str, Any]
) -> Outcome:
    if status == _NOT_STARTED:
        return NotStarted(how=clean(cursor.text()), line=cursor.i64() or None, **about)
    if status == _RAISED:
        kind, message = clean(cursor.text(), 200), clean(cursor.text())
        return Raised(kind=kind, message=message, file=clean(cursor.text()) or None, line=cursor.i64() or None, **about)
    if status == _WRONG_TYPE:
        return WrongType(description=clean(cursor.text(), 300), **about)
    message = f"status {status}"
    raise ProtocolError(message)
