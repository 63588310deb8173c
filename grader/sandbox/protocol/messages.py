"""The encoding of submissions, readings, pools and questions in a frame's body."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from grader.sandbox.cleaning import clean
from grader.sandbox.protocol.tensors import Stored, decode_value, encode_values
from grader.sandbox.protocol.wire import BODY, ProtocolError
from grader.sandbox.types import (
    LONGEST_OWN_LINE,
    LONGEST_OWN_NAME,
    MOST_IN_LINE,
    MOST_OWN_LINES,
    Finding,
    Function,
    OwnLine,
    Parameter,
    Passes,
    Question,
    Reading,
    RulesConfig,
    Signature,
    Survey,
    Wanted,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import torch

_COUNT: Final = struct.Struct("<H")
_SIZE: Final = struct.Struct("<I")
_ASKED: Final = struct.Struct("<16sBBqHHHI")
"""Nonce, dtype, outputs, most bytes, names from the pool, names given, names wanted, length of the names."""
_DTYPES: Final = ("float32", "float64")
_CALLS: Final = ("make", "forward", "backward")
_SEPARATOR: Final = "\0"

# ------------------------------------------------------------------ the submission and its reading


def encode_read(files: Mapping[str, bytes], rules: RulesConfig, wanted: Wanted | None = None) -> bytes:
    """Encode the submission's bytes, the rules that apply to it, and what to look for in it."""
    about = {"rules": asdict(rules), "wanted": wanted and asdict(wanted)}
    head = json.dumps({**about, "files": {name: len(raw) for name, raw in files.items()}}).encode()
    return _SIZE.pack(len(head)) + head + b"".join(files.values())


def decode_read(buffer: bytearray) -> tuple[dict[str, bytes], RulesConfig, Wanted | None]:
    """The child's side of `encode_read`."""
    size = _SIZE.unpack_from(buffer, BODY)[0]
    at = BODY + _SIZE.size + size
    head = json.loads(buffer[at - size : at])
    files = {}
    for name, length in head["files"].items():
        files[name] = bytes(memoryview(buffer)[at : at + length])
        at += length
    return files, _with_tuples(RulesConfig, head["rules"]), head["wanted"] and _wanted(head["wanted"])


def _wanted(fields: dict[str, Any]) -> Wanted:
    layer: dict[str, Any] = fields["passes"] or {}
    calls = {name: layer[name] and _with_tuples(Signature, layer[name]) for name in _CALLS if layer}
    wanted: Wanted = _with_tuples(Wanted, {**fields, "passes": Passes(**{**layer, **calls}) if layer else None})
    return wanted


def _with_tuples(kind: Callable[..., Any], fields: Mapping[str, Any]) -> Any:
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})


def encode_reading(reading: Reading) -> bytes:
    """Encode a reading as JSON; it is sent before the learner's first line runs."""
    functions = [
        (
            *(each.name, each.file, each.line, each.end_line, each.begins, each.unreturned, each.borrowed),
            *(_plain(each.parameters), _plain(each.findings), _plain(each.code)),
        )
        for each in reading.functions.values()
    ]
    about = (reading.file, reading.problem, reading.line, reading.source, reading.lost, reading.form)
    parts = (about, reading.notes, reading.asides, functions, _plain(reading.findings), _plain(reading.surveys))
    return json.dumps(parts).encode("utf-8", "replace")


def _plain(
    entries: Sequence[Parameter] | Sequence[Finding] | Sequence[OwnLine] | Sequence[Survey],
) -> list[tuple[Any, ...]]:
    """Flat dataclasses as tuples: `dataclasses.astuple` makes deep copies and takes ten times as long."""
    return [tuple(getattr(each, name) for name in each.__slots__) for each in entries]


def decode_reading(body: bytes) -> Reading:
    """Build a reading field by field; raises `ProtocolError` if one does not fit."""
    try:
        about, notes, asides, functions, findings, surveys = json.loads(body)
        file, problem, line, source, lost, form = about
        return Reading(
            file=clean(file),
            functions={clean(each[0]): _function(each) for each in functions},
            findings=tuple(_finding(*each) for each in findings),
            problem=None if problem is None else clean(problem),
            line=None if line is None else int(line),
            notes=tuple(map(clean, notes)),
            asides=tuple(map(clean, asides)),
            source=source if isinstance(source, str) else "",
            lost={clean(name): clean(why) for name, why in lost.items()},
            surveys=tuple(_survey(*each) for each in surveys),
            form=clean(form),
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        message = f"an unreadable report on the submission: {error}"
        raise ProtocolError(message) from None


def _function(record: list[Any]) -> Function:
    name, file, line, end, begins, unreturned, borrowed, parameters, findings, code = record
    asked = tuple(Parameter(clean(each), clean(kind), bool(default)) for each, kind, default in parameters)
    found = tuple(_finding(*each) for each in findings)
    return Function(
        name=clean(name),
        file=clean(file),
        line=int(line),
        end_line=int(end),
        parameters=asked,
        findings=found,
        begins=int(begins),
        unreturned=clean(unreturned),
        borrowed=tuple(map(clean, borrowed)),
        code=tuple(_own_line(*each) for each in _at_most(MOST_OWN_LINES, code)),
    )


def _own_line(number: int, text: str, *facts: list[Any]) -> OwnLine:
    *found, computes = facts
    names = [tuple(clean(each, LONGEST_OWN_NAME) for each in _at_most(MOST_IN_LINE, part)) for part in found[:3]]
    numbers = [tuple(map(_finite, _at_most(MOST_IN_LINE, part))) for part in found[3:]]
    assigns, reads, bent = names
    operands, exponents, arguments = numbers
    shown = clean(text, LONGEST_OWN_LINE + len("..."))
    return OwnLine(int(number), shown, assigns, reads, bent, operands, exponents, arguments, bool(computes))


def _finite(number: float) -> float:
    if not math.isfinite(number):
        message = "a number that is not finite"
        raise ValueError(message)
    return float(number)


def _at_most(most: int, entries: list[Any]) -> list[Any]:
    if len(entries) > most:
        message = f"{len(entries)} entries, expected at most {most}"
        raise ValueError(message)
    return entries


def _survey(file: str, begun: list[Any], stubs: list[Any], flat: bool, *others: list[Any]) -> Survey:  # noqa: FBT001
    answers, untouched, *more = (tuple(map(clean, each)) for each in (begun, stubs, *others))
    return Survey(clean(file), answers, untouched, bool(flat), *more)


def _finding(file: str, line: int, rule: str, message: str) -> Finding:
    return Finding(clean(file), int(line), clean(rule), clean(message))


# ------------------------------------------------------------------------------ pools and questions


def encode_pool(key: str, values: Mapping[str, torch.Tensor | int | float]) -> bytes:
    """Encode values that many questions share, sent once per child."""
    names = _SEPARATOR.join((key, *values)).encode()
    return _SIZE.pack(len(names)) + names + encode_values(values.values())


def decode_pool(buffer: bytearray, base: int) -> tuple[str, dict[str, Stored | int | float]]:
    """The child's side of `encode_pool`; tensors stay bytes until a call needs a copy."""
    at = BODY + _SIZE.size
    end = at + _SIZE.unpack_from(buffer, BODY)[0]
    key, *names = buffer[at:end].decode().split(_SEPARATOR)
    values = {}
    for name in names:
        values[name], end = decode_value(buffer, end, base)
    return key, values


def encode_ask(questions: Sequence[Question], nonces: Sequence[bytes]) -> bytes:
    """Encode questions that are sent together, each with the nonce that its answer must carry."""
    pieces = [_COUNT.pack(len(questions))]
    for each, nonce in zip(questions, nonces, strict=True):
        names = _SEPARATOR.join(
            (each.function, each.values, each.beside, *each.from_values, *each.given, *each.wanted)
        ).encode()
        dtype = _DTYPES.index(each.dtype)
        counts = len(each.from_values), len(each.given), len(each.wanted), len(names)
        pieces += (_ASKED.pack(nonce, dtype, each.outputs, each.max_bytes, *counts), names)
        pieces.append(encode_values(each.given.values()))
    return b"".join(pieces)


class Asked(NamedTuple):
    """A question as the child sees it."""

    nonce: bytes
    function: str
    pool: str
    beside: str
    names: tuple[str, ...]
    given: dict[str, Stored | int | float]
    dtype: str
    outputs: int
    max_bytes: int
    wanted: tuple[str, ...]


def decode_ask(buffer: bytearray, base: int) -> Iterator[Asked]:
    """The child's side of `encode_ask`."""
    at = BODY + _COUNT.size
    for _ in range(_COUNT.unpack_from(buffer, BODY)[0]):
        nonce, dtype, outputs, max_bytes, from_pool, given_count, _wanted_count, length = _ASKED.unpack_from(buffer, at)
        at += _ASKED.size + length
        function, pool, beside, names, others = _names(bytes(buffer[at - length : at]), from_pool)
        given = {}
        for name in others[:given_count]:
            given[name], at = decode_value(buffer, at, base)
        yield Asked(
            nonce, function, pool, beside, names, given, _DTYPES[dtype], outputs, max_bytes, others[given_count:]
        )


@lru_cache(1024)
def _names(raw: bytes, from_pool: int) -> tuple[str, str, str, tuple[str, ...], tuple[str, ...]]:
    function, pool, beside, *names = raw.decode().split(_SEPARATOR)
    return function, pool, beside, tuple(names[:from_pool]), tuple(names[from_pool:])
