"""Encodes values as bytes (a tag; for a tensor its dtype code, dimensions and raw data) and makes fresh copies."""

from __future__ import annotations

import ctypes
import math
import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch

from grader.sandbox.protocol.wire import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Bound before any of the learner's lines runs in this process: a patched `torch.empty` must not affect the encoding.
PlainTensor: Final = torch.Tensor
TensorBase: Final[Any] = torch.Tensor.__base__  # in C: its methods cannot be patched from Python
data_ptr: Final = TensorBase.data_ptr
_empty: Final = torch.empty
_CPU: Final = torch.device("cpu")
_contiguous: Final = TensorBase.contiguous
_detach: Final = TensorBase.detach
_nbytes: Final = TensorBase.nbytes.__get__
_shape: Final = TensorBase.shape.__get__
_dtype: Final = TensorBase.dtype.__get__
# `ctypes` itself is gone by the time a call is made.
_string_at: Final = ctypes._string_at  # type: ignore[attr-defined]  # noqa: SLF001  (what `ctypes.string_at` calls)
_memmove: Final = ctypes.memmove
_addressof: Final = ctypes.addressof
_char: Final = ctypes.c_char

MOST_DIMENSIONS: Final = 8
DTYPES: Final = (
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
)
CODES: Final = {dtype: code for code, dtype in enumerate(DTYPES)}
_SIZES: Final = tuple(dtype.itemsize for dtype in DTYPES)

_TENSOR: Final = 0
_INT: Final = 1
_FLOAT: Final = 2
_HEADS: Final = tuple(struct.Struct(f"<BBBq{n}q") for n in range(MOST_DIMENSIONS + 1))
"""Tag, dtype code, number of dimensions, bytes of data, dimensions."""
_INTEGER: Final = struct.Struct("<Bq")
_NUMBER: Final = struct.Struct("<Bd")


class Stored(NamedTuple):
    """A tensor's bytes in a buffer that the owner keeps alive: the source of fresh copies."""

    dtype: torch.dtype
    shape: tuple[int, ...]
    address: int
    size: int


def fresh(source: Stored) -> torch.Tensor:
    """A new contiguous tensor: torch aligns it to 64 bytes, so that the summation order of a kernel never varies."""
    tensor = _empty(source.shape, dtype=source.dtype, device=_CPU)  # whatever device a learner's code made the default
    if source.size:
        _memmove(data_ptr(tensor), source.address, source.size)
    return tensor


def encode_value(value: object) -> bytes:
    """Encode a tensor, an int or a float; raises `TypeError` for anything else."""
    if isinstance(value, PlainTensor):
        return encode_tensor(value)
    if isinstance(value, int):
        return _INTEGER.pack(_INT, value)
    if isinstance(value, float):
        return _NUMBER.pack(_FLOAT, value)
    message = f"cannot send a {type(value).__name__} to a child: expected a tensor, an int or a float"
    raise TypeError(message)


def encode_tensor(tensor: torch.Tensor) -> bytes:
    """Encode a dense CPU tensor of a known dtype."""
    tensor = _contiguous(_detach(tensor))
    shape, size = _shape(tensor), _nbytes(tensor)
    head = _HEADS[len(shape)].pack(_TENSOR, CODES[_dtype(tensor)], len(shape), size, *shape)
    return head + _string_at(data_ptr(tensor), size) if size else head


def encode_raw(code: int, shape: Sequence[int], raw: bytes) -> bytes:
    """Encode the bytes of a contiguous array; `code` is that of its dtype."""
    return _HEADS[len(shape)].pack(_TENSOR, code, len(shape), len(raw), *shape) + raw


def decode_value(buffer: bytearray, at: int, base: int) -> tuple[Stored | int | float, int]:
    """The value at `at` and where the next one begins; `base` is the buffer's address. For a child: unchecked."""
    tag = buffer[at]
    if tag == _TENSOR:
        head = _HEADS[buffer[at + 2]]
        _tag, code, _dimensions, size, *shape = head.unpack_from(buffer, at)
        at += head.size
        return Stored(DTYPES[code], tuple(shape), base + at, size), at + size
    number = _INTEGER if tag == _INT else _NUMBER
    return number.unpack_from(buffer, at)[1], at + number.size


def stored(buffer: bytearray, at: int, base: int) -> tuple[Stored, int]:
    """Check that a tensor's header is consistent and fits the buffer; return its bytes' location and their end."""
    tag, code, dimensions = buffer[at : at + 3]
    if tag != _TENSOR or code >= len(DTYPES) or dimensions > MOST_DIMENSIONS:
        message = f"tag {tag}, dtype code {code}, {dimensions} dimensions"
        raise ProtocolError(message)
    head = _HEADS[dimensions]
    _tag, _code, _dimensions, size, *shape = head.unpack_from(buffer, at)
    start = at + head.size
    # Python's integers do not overflow: 65535**4 is computed exactly.
    if (shape and min(shape) < 0) or math.prod(shape) * _SIZES[code] != size or start + size > len(buffer):
        message = f"shape {tuple(shape)} does not take {size} bytes, or the frame is shorter"
        raise ProtocolError(message)
    return Stored(DTYPES[code], tuple(shape), base + start, size), start + size


def decode_tensors(
    buffer: bytearray, at: int, base: int, count: int, shape: tuple[int, ...] | None = None
) -> tuple[tuple[torch.Tensor, ...], int]:
    """Fresh tensors from untrusted bytes, and where they end.

    Args:
        buffer: the bytes.
        at: where the first tensor begins.
        base: the buffer's address.
        count: how many tensors there are.
        shape: copy only the values of tensors in this shape; None copies all.
    """
    tensors = []
    for _ in range(count):
        source, at = stored(buffer, at, base)
        try:
            wanted = shape is None or source.shape == shape
            tensors.append(fresh(source) if wanted else torch.zeros((), dtype=source.dtype).expand(source.shape))
        except RuntimeError as error:  # (0, 2**62) has zero bytes, but its strides overflow
            raise ProtocolError(str(error)) from None
    return tuple(tensors), at


def most_when_summed(shape: Sequence[int]) -> int:
    """The most elements that a sum over some dimensions can have: 2**30 for (0, 2**30), which itself has none."""
    return math.prod(max(1, size) for size in shape)


def encode_values(values: Iterable[Any]) -> bytes:
    """Encode values one after the other; their names are sent separately."""
    return b"".join(map(encode_value, values))


def address_of(buffer: bytearray) -> int:
    """The address of a buffer's bytes (it must not be resized afterwards)."""
    return _addressof(_char.from_buffer(buffer))
