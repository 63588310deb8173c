"""numpy arrays as arguments and as answers, in a server that has imported numpy for an exercise that asks for it."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import torch

from grader.sandbox.protocol.tensors import CODES, MOST_DIMENSIONS, TensorBase, encode_raw, fresh

if TYPE_CHECKING:
    from grader.sandbox.protocol.tensors import Stored

_to_numpy: Final = TensorBase.numpy
_FLOAT32: Final = torch.float32  # in a float64 question the name means float64
_NAMES: Final = {
    "<f8": "float64", "<f4": "float32", "<f2": "float16", "<i8": "int64", "<i4": "int32", "<i2": "int16",
    "|i1": "int8", "|u1": "uint8", "|b1": "bool",
}  # fmt: skip
"""numpy's code of a dtype -> torch's name for it."""
_LATE: Final = ("numpy.ma", "numpy.fft", "numpy.polynomial")
"""What numpy imports when it is first used, which a locked child cannot: `unique` and `median` need numpy.ma."""


class Arrays:
    """The functions of numpy that the calls need, bound before any of the learner's lines runs."""

    def __init__(self, numpy: Any) -> None:
        kind, number = numpy.ndarray, numpy.generic
        self._kinds = {kind, *(numpy.dtype(code).type for code in _NAMES)}
        self._bytes = {each: (kind if each is kind else number).tobytes for each in self._kinds}
        self._shape, self._size = kind.shape.__get__, kind.nbytes.__get__
        self._dtypes = {each: (kind if each is kind else number).dtype.__get__ for each in self._kinds}
        self._kind, self._copy, self._cast, self._float64 = kind, kind.copy, kind.astype, numpy.dtype("float64")
        self._plain = {float: numpy.float64}
        self._codes = {code: CODES[_dtype(name)] for code, name in _NAMES.items()}
        self.reseed = numpy.random.seed

    def fresh(self, source: Stored) -> Any:
        """A new array that owns its memory; floats are float64, as everywhere in numpy."""
        array = _to_numpy(fresh(source))
        return self._cast(array, self._float64) if source.dtype is _FLOAT32 else self._copy(array)

    def raw(self, array: Any) -> bytes:
        """An array's bytes, to see later whether it was changed in place."""
        return bytes(self._bytes[self._kind](array))

    def encoded(self, value: Any, most: int) -> bytes | str | None:
        """An array or a number of numpy as bytes, or what is wrong with it; None if it is neither."""
        if type(value) in self._plain:
            value = self._plain[type(value)](value)
        kind = type(value)
        if kind not in self._kinds:
            return None
        shape = self._shape(value) if kind is self._kind else ()
        code = self._codes.get(str(self._dtypes[kind](value).str))
        if code is None:
            return f"an array of dtype {self._dtypes[kind](value)}"
        if len(shape) > MOST_DIMENSIONS:
            return f"an array with {len(shape)} dimensions"
        if kind is self._kind and self._size(value) > most:
            return f"an array of shape {shape}, far larger than this gradient can be"
        return encode_raw(code, shape, self._bytes[kind](value))


def _dtype(name: str) -> torch.dtype:
    return next(dtype for dtype in CODES if str(dtype) == f"torch.{name}")


_bound: Final[list[Arrays]] = []


def bind() -> None:
    """Bind the functions of numpy, if it was imported here."""
    numpy = sys.modules.get("numpy")
    for part in _LATE if numpy is not None else ():
        import_module(part)
    _bound[:] = [] if numpy is None else [Arrays(numpy)]


def bound() -> Arrays | None:
    """The functions of numpy; None if it was not imported here."""
    return _bound[0] if _bound else None
