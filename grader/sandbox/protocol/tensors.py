"""Values as bytes: a tag, then for a tensor its dtype code, dimensions and raw data; and fresh copies of them."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch

from grader.sandbox.protocol.wire import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Bound before a learner's line runs in this process: a patched `torch.empty` must not reach the encoding.
PlainTensor: Final = torch.Tensor
TensorBase: Final = torch._C.TensorBase  # noqa: SLF001  (the C methods cannot be patched from Python)
_empty: Final = torch.empty
_frombuffer: Final = torch.frombuffer
_clone: Final = TensorBase.clone
_copy: Final = TensorBase.copy_
_view: Final = TensorBase.view
_numel: Final = TensorBase.numel
_nbytes: Final = TensorBase.nbytes.__get__  # type: ignore[attr-defined]

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
    """A tensor that lies in a frame: what fresh copies are made from."""

    tensor: torch.Tensor
    """Its values, where they lie in the frame."""
    memory: memoryview
    """The same as bytes."""


def fresh(source: Stored) -> torch.Tensor:
    """A new contiguous tensor: torch aligns it to 64 bytes, so that a kernel's order of sums never varies."""
    return _clone(source.tensor)


def encode_value(value: object) -> bytes | bytearray:
    """A tensor, an int or a float."""
    if isinstance(value, PlainTensor):
        return encode_tensor(value)
    if isinstance(value, int):
        return _INTEGER.pack(_INT, value)
    if isinstance(value, float):
        return _NUMBER.pack(_FLOAT, value)
    message = f"a {type(value).__name__} cannot be sent to a child: only tensors, ints and floats"
    raise TypeError(message)


def encode_tensor(tensor: torch.Tensor) -> bytes | bytearray:
    """A dense CPU tensor of a known dtype."""
    shape, size = tensor.shape, _nbytes(tensor)
    head = _HEADS[len(shape)].pack(_TENSOR, CODES[tensor.dtype], len(shape), size, *shape)
    if not size:
        return head
    encoded = bytearray(head) + bytearray(size)
    copy = _frombuffer(encoded, dtype=tensor.dtype, count=_numel(tensor), offset=len(head))
    _copy(_view(copy, shape), tensor)
    return encoded


def decode_value(buffer: bytearray, at: int) -> tuple[Stored | int | float, int]:
    """The value at `at` and where the next one begins. For a child: unchecked."""
    tag = buffer[at]
    if tag == _TENSOR:
        head = _HEADS[buffer[at + 2]]
        _tag, code, _dimensions, size, *shape = head.unpack_from(buffer, at)
        at += head.size
        return _lying(buffer, at, DTYPES[code], shape, size), at + size
    number = _INTEGER if tag == _INT else _NUMBER
    return number.unpack_from(buffer, at)[1], at + number.size


def decode_tensors(
    buffer: bytearray, at: int, count: int, shape: tuple[int, ...] | None = None
) -> tuple[tuple[torch.Tensor, ...], int]:
    """Fresh tensors from untrusted bytes, and where they end.

    Args:
        buffer: the bytes.
        at: where the first tensor begins.
        count: how many tensors there are.
        shape: of one in another shape no values are copied; None if all are.
    """
    tensors = []
    for _ in range(count):
        dtype, found, size, at = _checked_head(buffer, at)
        try:
            wanted = shape is None or found == shape
            tensors.append(
                fresh(_lying(buffer, at, dtype, found, size)) if wanted else torch.zeros((), dtype=dtype).expand(found)
            )
        except RuntimeError as error:  # (0, 2**62) holds zero bytes and still has no strides
            raise ProtocolError(str(error)) from None
        at += size
    return tuple(tensors), at


def _checked_head(buffer: bytearray, at: int) -> tuple[torch.dtype, tuple[int, ...], int, int]:
    """A tensor's dtype, shape, bytes and where they begin: checked against each other and against the buffer."""
    tag, code, dimensions = buffer[at : at + 3]
    if tag != _TENSOR or code >= len(DTYPES) or dimensions > MOST_DIMENSIONS:
        message = f"tag {tag}, dtype code {code}, {dimensions} dimensions"
        raise ProtocolError(message)
    head = _HEADS[dimensions]
    _tag, _code, _dimensions, size, *shape = head.unpack_from(buffer, at)
    start = at + head.size
    # Python's integers do not overflow: 65535**4 is what it is.
    if (shape and min(shape) < 0) or math.prod(shape) * _SIZES[code] != size or start + size > len(buffer):
        message = f"shape {tuple(shape)} does not hold {size} bytes, or they are not there"
        raise ProtocolError(message)
    return DTYPES[code], tuple(shape), size, start


def _lying(buffer: bytearray, at: int, dtype: torch.dtype, shape: Sequence[int], size: int) -> Stored:
    """The tensor whose bytes begin at `at`."""
    if not size:
        return Stored(_empty(shape, dtype=dtype), memoryview(b""))
    values = _frombuffer(buffer, dtype=dtype, count=size // dtype.itemsize, offset=at)
    return Stored(_view(values, shape), memoryview(buffer)[at : at + size])


def encode_values(values: Iterable[Any]) -> bytes:
    """Values one after the other; their names travel elsewhere."""
    return b"".join(map(encode_value, values))
