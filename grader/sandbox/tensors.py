"""Tensors as bytes: a dtype code, the dimensions, the raw data; and fresh copies made from them."""

from __future__ import annotations

import ctypes
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch

from grader.sandbox.wire import Cursor, ProtocolError, f64, i64, text, u8

if TYPE_CHECKING:
    from collections.abc import Mapping

# Bound here, before a learner's line runs in this process: a patched `torch.empty` must not reach the encoding.
_Tensor: Final = torch.Tensor
_Base: Final = torch._C.TensorBase  # noqa: SLF001  (the C methods cannot be patched from Python)
_empty: Final = torch.empty
_contiguous: Final = _Base.contiguous
_detach: Final = _Base.detach
_data_ptr: Final = _Base.data_ptr
_element_size: Final = _Base.element_size
_numel: Final = _Base.numel
_string_at: Final = ctypes.string_at
_memmove: Final = ctypes.memmove

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
_CODES: Final = {dtype: code for code, dtype in enumerate(DTYPES)}
_SIZES: Final = tuple(dtype.itemsize for dtype in DTYPES)
_HEADS: Final = tuple(struct.Struct(f"<BBq{n}q") for n in range(MOST_DIMENSIONS + 1))
_SHAPES: Final = tuple(struct.Struct(f"<{n}q") for n in range(MOST_DIMENSIONS + 1))

_TENSOR: Final = 0
_INT: Final = 1
_FLOAT: Final = 2


@dataclass(slots=True, frozen=True)
class Stored:
    """A tensor's bytes in a buffer that `keep` keeps alive: what fresh copies are made from."""

    dtype: torch.dtype
    shape: tuple[int, ...]
    address: int
    size: int
    keep: object

    def fresh(self) -> torch.Tensor:
        """A new contiguous tensor: torch aligns it to 64 bytes, so that a kernel's order of sums never varies."""
        tensor = _empty(self.shape, dtype=self.dtype)
        if self.size:
            _memmove(_data_ptr(tensor), self.address, self.size)
        return tensor


def knows(dtype: torch.dtype) -> bool:
    """Whether tensors of this dtype may travel."""
    return dtype in _CODES


def encode_tensor(tensor: torch.Tensor) -> bytes:
    """A dense CPU tensor of a known dtype as bytes."""
    tensor = _contiguous(_detach(tensor))
    shape = tuple(tensor.shape)
    size = _numel(tensor) * _element_size(tensor)
    head = _HEADS[len(shape)].pack(_CODES[tensor.dtype], len(shape), size, *shape)
    return head + _string_at(_data_ptr(tensor), size) if size else head


def stored(cursor: Cursor, base: int, keep: object) -> Stored:
    """Read a tensor's header, check it against itself, and point at its bytes; `base` is the body's address."""
    code, dimensions, size = cursor.u8(), cursor.u8(), cursor.i64()
    if code >= len(DTYPES) or dimensions > MOST_DIMENSIONS:
        message = f"dtype code {code}, {dimensions} dimensions"
        raise ProtocolError(message)
    shape = _SHAPES[dimensions].unpack(cursor.take(8 * dimensions))
    # Python's integers do not overflow: 65535**4 is what it is.
    if any(n < 0 for n in shape) or math.prod(shape) * _SIZES[code] != size:
        message = f"shape {shape} does not hold {size} bytes"
        raise ProtocolError(message)
    address = base + cursor.at
    cursor.take(size)
    return Stored(DTYPES[code], shape, address, size, keep)


def decode_tensor(cursor: Cursor, base: int, keep: object) -> torch.Tensor:
    """A fresh tensor from untrusted bytes."""
    source = stored(cursor, base, keep)
    try:
        return source.fresh()
    except RuntimeError as error:  # (0, 2**62) holds zero bytes and still has no strides
        raise ProtocolError(str(error)) from None


def encode_values(values: Mapping[str, Any]) -> bytes:
    """Named tensors, ints and floats."""
    return len(values).to_bytes(2, "little") + b"".join(text(name) + _value(value) for name, value in values.items())


def _value(value: object) -> bytes:
    if isinstance(value, _Tensor):
        return u8(_TENSOR) + encode_tensor(value)
    if isinstance(value, int):
        return u8(_INT) + i64(value)
    if isinstance(value, float):
        return u8(_FLOAT) + f64(value)
    message = f"a {type(value).__name__} cannot be sent to a child: only tensors, ints and floats"
    raise TypeError(message)


def decode_values(cursor: Cursor, base: int, keep: object) -> dict[str, Stored | int | float]:
    """The child's side of `encode_values`; tensors stay bytes until a call needs a copy."""
    values: dict[str, Stored | int | float] = {}
    for _ in range(cursor.u16()):
        name, tag = cursor.text(), cursor.u8()
        if tag == _TENSOR:
            values[name] = stored(cursor, base, keep)
        else:
            values[name] = cursor.i64() if tag == _INT else cursor.f64()
    return values


def address_of(buffer: bytearray) -> int:
    """Where a buffer's bytes lie (it must not be resized afterwards)."""
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer)) if buffer else 0
