"""The grader reads what a learner's process writes: whatever the bytes, the result is a value or a ProtocolError."""

from __future__ import annotations

import os
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.cleaning import clean
from grader.sandbox.host.forkserver import ForkedProcess
from grader.sandbox.protocol import answers, messages, wire
from grader.sandbox.protocol.processes import GoneError, LateError
from grader.sandbox.protocol.tensors import DTYPES, MOST_DIMENSIONS, address_of, decode_tensors, encode_tensor, fresh
from grader.sandbox.protocol.wire import ProtocolError
from grader.sandbox.types import (
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
    Several,
    Wanted,
    WrongType,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTION = Question("dx", from_values=("x",), max_bytes=1 << 12)


def framed(body: bytes) -> bytearray:
    """A body where a decoder expects it."""
    return bytearray(wire.encode(wire.ANSWER, body)[wire.LENGTH.size :])


def decode(body: bytes, question: Question = QUESTION) -> Outcome:
    """What the grader decodes from a body."""
    return answers.decode_outcome(framed(body), 0.0, question)


tensors = st.builds(
    lambda dtype, shape, seed: (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 9).to(dtype),
    st.sampled_from(DTYPES),
    st.lists(st.integers(0, 3), max_size=MOST_DIMENSIONS),
    st.integers(0, 99),
)


@given(tensors)
def test_a_tensor_survives_the_round_trip(tensor: torch.Tensor) -> None:
    """Every dtype that may be sent, every shape up to eight dimensions, empty ones included."""
    buffer = bytearray(encode_tensor(tensor))
    [copy], end = decode_tensors(buffer, 0, address_of(buffer), 1)
    assert end == len(buffer)
    assert copy.dtype is tensor.dtype
    assert torch.equal(copy, tensor)
    assert copy.data_ptr() % 64 == 0 or not copy.numel()


@given(st.binary(max_size=300))
def test_noise_never_becomes_a_tensor_beyond_the_buffer(noise: bytes) -> None:
    """And raises only one kind of exception."""
    with suppress(ProtocolError):
        decode(noise)


@given(st.binary(max_size=200), st.data())
def test_a_good_answer_with_any_bytes_changed_is_a_value_or_a_violation(patch: bytes, data: Any) -> None:
    """Lengths, counts, dtype codes and dimensions may all be false."""
    body = bytearray(answers.encode_returned("seen", [encode_tensor(torch.ones(2, 3))], ["x"]))
    at = data.draw(st.integers(0, len(body)))
    body[at : at + len(patch)] = patch
    with suppress(ProtocolError):
        outcome = decode(bytes(body))
        assert isinstance(outcome, Outcome)


LAYER = Question("dx", from_values=("x",), max_bytes=1 << 12, wanted=("out", "dx"))
PART = answers.encode_returned("", [encode_tensor(torch.ones(2))], ())


def test_a_layer_has_an_outcome_for_each_value() -> None:
    """A tensor of one, what is wrong with the other."""
    found = decode(answers.encode_several([PART, answers.encode_failure(WrongType(description="None as dx"))]), LAYER)
    assert isinstance(found, Several)
    out, dx = found.outcomes
    assert isinstance(out, Returned)
    assert out.tensors[0].tolist() == [1, 1]
    assert dx == WrongType(description="None as dx")


@pytest.mark.parametrize(
    "body",
    [
        answers.encode_several([PART]),
        answers.encode_several([PART] * 3),
        answers.encode_several([PART, answers.encode_several([PART, PART])]),
        answers.encode_several([PART, answers.encode_fine("")]),
        answers.encode_several([PART, PART])[:-1],
        answers.encode_several([PART, PART]) + b"x",
        answers.encode_several([PART, b""]),
        answers._encode(5, "", (), tensors=[b"\xff\xff\xff\xff", PART, b"\xff\xff\xff\xff", PART]),
    ],
)
def test_other_than_the_values_asked_for_violates_the_protocol(body: bytes) -> None:
    """Too few, too many, nested, cut short, empty, false lengths."""
    with pytest.raises(ProtocolError):
        decode(body, LAYER)


@given(st.binary(max_size=200), st.data())
def test_a_layer_s_answer_with_any_bytes_changed_is_a_value_or_a_violation(patch: bytes, data: Any) -> None:
    """As for one tensor."""
    body = bytearray(answers.encode_several([PART, PART]))
    at = data.draw(st.integers(0, len(body)))
    body[at : at + len(patch)] = patch
    with suppress(ProtocolError):
        assert isinstance(decode(bytes(body), LAYER), Outcome)


@given(st.binary(max_size=300))
def test_noise_never_becomes_a_reading(noise: bytes) -> None:
    """Unless it fits every field."""
    with suppress(ProtocolError):
        messages.decode_reading(noise)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=6), max_leaves=12
    )
)
def test_json_of_another_structure_is_not_a_reading(value: Any) -> None:
    """It has to fit field by field."""
    import json

    with suppress(ProtocolError):
        messages.decode_reading(json.dumps(value).encode())


def lying(*dimensions: int, code: int = 0, size: int = 0, data: bytes = b"", tag: int = 0) -> bytes:
    """A tensor's header, which need not be true."""
    head = struct.pack(f"<BBBq{len(dimensions)}q", tag, code, len(dimensions), size, *dimensions)
    return answers._encode(0, "", (), tensors=[head + data])


@pytest.mark.parametrize(
    "body",
    [
        lying(65535, 65535, 65535, 65535),
        lying(0, 1 << 62, 1 << 62),
        lying(0, 1 << 30),
        lying(1 << 15, 0, 1 << 15),
        lying(-1, -4, size=16, data=bytes(16)),
        lying(0, size=0, data=bytes(8)),
        lying(4, size=16, data=bytes(8)),
        lying(2, size=16, data=bytes(16)),
        lying(*[1] * 8, code=99),
        lying(1, code=1, size=4, data=bytes(4)),
        lying(2, size=8, data=bytes(8), tag=1),
        answers._encode(0, "", ()),
        answers._encode(0, "", (), tensors=[encode_tensor(torch.ones(1))] * 2),
        answers._encode(0, "", ("nobody",), tensors=[encode_tensor(torch.ones(1))]),
        answers._encode(0, "", ("x",) * 1000, tensors=[encode_tensor(torch.ones(1))]),
        answers._encode(0, "", (), tensors=[encode_tensor(torch.ones(1100))]),
        answers._encode(4, "", ()),
        answers._encode(77, "", ("x",)),
        answers._encode(1, "", ("a",)),
        answers._encode(1, "", ("a", "b", "c")),
        answers.encode_several([]),
        answers._encode(2, "", ("a",)),
        b"",
        bytes(5),
    ],
)
def test_a_lie_violates_the_protocol(body: bytes) -> None:
    """Overflowing products, negative dimensions, trailing bytes, wrong counts, unknown statuses."""
    with pytest.raises(ProtocolError):
        decode(body)


@pytest.mark.parametrize(
    "outcome",
    [
        NotStarted(how="returned None", printed="a\nb"),
        NotStarted(how="raised NotImplementedError", line=7),
        Raised(kind="ValueError", message="no", file="backward.py", line=3),
        Raised(kind="NameError", message=""),
        WrongType(description="a float"),
    ],
)
def test_outcomes_survive_the_round_trip(outcome: Any) -> None:
    """Text, line and output."""
    assert decode(answers.encode_failure(outcome)) == outcome


def test_a_loaded_module_decodes_to_the_notes_on_it() -> None:
    """One that failed decodes to its outcome; noise to neither."""
    assert answers.decode_loaded(framed(answers.encode_fine("hello")), 0.0) == ()
    assert answers.decode_loaded(framed(answers.encode_fine("", ["a:1: skipped", "b"])), 0.0) == ("a:1: skipped", "b")
    raised = Raised(kind="ValueError", message="no")
    assert answers.decode_loaded(framed(answers.encode_failure(raised)), 0.0) == raised
    with pytest.raises(ProtocolError):
        answers.decode_loaded(framed(b"\x02"), 0.0)


def test_a_reading_survives_the_round_trip() -> None:
    """With everything that it can contain."""
    finding = Finding("backward.py", 3, "autograd", "torch.autograd is not allowed")
    asked = (Parameter("dy", "positional", has_default=True),)
    function = Function("dx", "backward.py", 1, 4, asked, (finding,), 1, "returns nothing", ("torch",))
    reading = Reading("backward.py", {"dx": function}, (finding,), "a problem", 9, ("loops over all elements",))
    assert messages.decode_reading(messages.encode_reading(reading)) == reading


@given(st.dictionaries(st.text("abcxyz._", min_size=1), st.binary(max_size=50), max_size=4), st.booleans())
def test_a_submission_survives_the_round_trip(files: dict[str, bytes], enabled: bool) -> None:
    """Any names, any bytes."""
    rules = RulesConfig(("numpy",), ("torch.linalg",), enabled)
    wanted = Wanted("mlp", ("dh",), (), ("h", "W2"), ("logits = h @ W2",), {"n": 32}, {"batch_size": "n"}, 1)
    assert messages.decode_read(framed(messages.encode_read(files, rules))) == (files, rules, None)
    assert messages.decode_read(framed(messages.encode_read(files, rules, wanted))) == (files, rules, wanted)


def test_questions_survive_the_round_trip() -> None:
    """Names, numbers, tensors, limits."""
    asked = [
        Question("dx", "c", ("x", "n"), {"dy": torch.ones(2), "k": 3, "p": 0.5}, "float64", 2, 99),
        Question("dz"),
    ]
    buffer = framed(messages.encode_ask(asked, [b"a" * 16, b"b" * 16]))
    first, second = messages.decode_ask(buffer, address_of(buffer))
    assert first[:5] == (b"a" * 16, "dx", "c", "", ("x", "n"))
    assert first[6:] == ("float64", 2, 99, ())
    assert (first.given["k"], first.given["p"]) == (3, 0.5)
    assert torch.equal(fresh(first.given["dy"]), torch.ones(2))  # type: ignore[arg-type]
    assert (second.function, second.pool, second.names, second.given) == ("dz", "", (), {})


@given(st.text())
def test_cleaned_text_contains_no_control_character(value: str) -> None:
    """Except newlines and tabs, which people use."""
    cleaned = clean(value, 50, lines=True)
    assert len(cleaned) <= 50
    assert all(letter in "\n\t" or letter.isprintable() or letter.isspace() or ord(letter) > 0x9F for letter in cleaned)
    assert "\x1b" not in cleaned
    cleaned.encode()


# ------------------------------------------------------------------------- the reader of a child's pipe


@pytest.fixture
def piped() -> Iterator[tuple[ForkedProcess, int]]:
    """The reading end of a process, and the end that a child would write to."""
    reader, writer = os.pipe()
    _, requests = os.pipe()
    process = ForkedProcess(None, 0, 0, requests, reader)  # type: ignore[arg-type]
    yield process, writer
    for descriptor in (reader, requests, _):
        os.close(descriptor)
    with suppress(OSError):
        os.close(writer)


@given(st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.binary(max_size=99)), max_size=5), st.data())
def test_frames_are_found_however_the_bytes_are_split(frames: list[tuple[bytes, bytes]], data: Any) -> None:
    """Several in one piece, or one in several."""
    reader, writer = os.pipe()
    _, requests = os.pipe()
    process = ForkedProcess(None, 0, 0, requests, reader)  # type: ignore[arg-type]
    stream = b"".join(wire.encode(wire.ANSWER, body, nonce) for nonce, body in frames)
    cut = data.draw(st.integers(0, len(stream)))
    try:
        os.write(writer, stream[:cut])
        received = []
        for number in range(len(frames)):
            if number == len(frames) // 2:
                os.write(writer, stream[cut:])
                cut = len(stream)
            with suppress(LateError):
                received.append(process.receive(1 << 12, time.monotonic() + 0.01))
        while len(received) < len(frames):
            received.append(process.receive(1 << 12, time.monotonic() + 0.01))
        assert [(each.nonce, each.body) for each in received] == frames
        assert process.quiet()
    finally:
        for descriptor in (reader, writer, _, requests):
            os.close(descriptor)


def test_silence_is_late(piped: tuple[ForkedProcess, int]) -> None:
    """At the deadline, which is not extended by each byte."""
    process, writer = piped
    os.write(writer, b"\x40\0\0\0abc")
    with pytest.raises(LateError):
        process.receive(100, time.monotonic() + 0.05)


def test_a_closed_pipe_is_the_end(piped: tuple[ForkedProcess, int]) -> None:
    """Also in the middle of a frame."""
    process, writer = piped
    os.write(writer, b"\x40\0\0\0abc")
    os.close(writer)
    with pytest.raises(GoneError):
        process.receive(100, time.monotonic() + 1)


@pytest.mark.parametrize("length", [0, 16, 118, 1 << 31, (1 << 32) - 1])
def test_a_length_is_checked_before_anything_is_allocated(piped: tuple[ForkedProcess, int], length: int) -> None:
    """Neither shorter than a header nor longer than the answer may be."""
    process, writer = piped
    os.write(writer, struct.pack("<I", length) + bytes(40))
    with pytest.raises(ProtocolError):
        process.receive(100, time.monotonic() + 1)
