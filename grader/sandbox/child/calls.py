"""One call of a learner's function: fresh arguments in, bytes of an outcome out."""

from __future__ import annotations

import ctypes
import dis
import random
import re
import sys
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, TypeGuard

import torch

from grader.sandbox.child.printed import Printed
from grader.sandbox.cleaning import TEXT_LIMIT, clean
from grader.sandbox.numerics import float32_switch
from grader.sandbox.protocol.answers import (
    LONGEST_NOTE,
    MOST_SKIPPED,
    encode_failure,
    encode_fine,
    encode_returned,
)
from grader.sandbox.protocol.tensors import (
    CODES,
    MOST_DIMENSIONS,
    PlainTensor,
    Stored,
    TensorBase,
    data_ptr,
    encode_tensor,
    fresh,
    most_when_summed,
)
from grader.sandbox.types import CUT, NotStarted, Raised, WrongType

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from types import CodeType

    from grader.sandbox.child.drive import Result
    from grader.sandbox.protocol.messages import Asked
    from grader.sandbox.reading.reading import Piece

    Place = Callable[[int], tuple[str, int]]
    Calling = Generator[Callable[[], object], None, bytes]
    """Yields what to call; its return value is the answer."""

# Bound before any of the learner's lines runs, as in `tensors`: patching torch later changes nothing here.
_numel: Final = TensorBase.numel
_element_size: Final = TensorBase.element_size
_dim: Final = TensorBase.dim
_is_neg: Final = TensorBase.is_neg
_resolve_neg: Final = TensorBase.resolve_neg
_layout: Final = TensorBase.layout.__get__
_is_cpu: Final = TensorBase.is_cpu.__get__
_is_nested: Final = TensorBase.is_nested.__get__
_dtype: Final = TensorBase.dtype.__get__
_shape: Final = TensorBase.shape.__get__
_strided: Final = torch.strided
_inference_mode: Final = torch.inference_mode
_is_inference: Final = torch.is_inference_mode_enabled
_get_default_dtype: Final = torch.get_default_dtype
# The public one imports lazily.
_set_default_dtype: Final = getattr(torch._C, "_set_default_dtype", torch.set_default_dtype)  # noqa: SLF001
_let_float32_mean: Final = float32_switch()
_reseed_torch: Final = torch.default_generator.manual_seed
_reseed: Final = random.seed
_memcmp: Final = ctypes.PyDLL(None).memcmp if sys.platform != "win32" else ctypes.cdll.msvcrt.memcmp
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)

_PLAIN: Final = {int: "an int", bool: "a bool", float: "a float", complex: "a complex number", str: "a str"}
_KEPT: Final[list[Any]] = []
"""Keeps inference mode on: it ends when its object is collected."""
# Read past whatever a learner's exception class does with its own attributes.
_traceback: Final = BaseException.__dict__["__traceback__"].__get__
_errno: Final = OSError.__dict__["errno"].__get__
_name: Final = NameError.__dict__["name"].__get__
_RAISE: Final = dis.opmap["RAISE_VARARGS"]
_DTYPES: Final = {"float32": torch.float32, "float64": torch.float64}
_RANDOM: Final = re.compile("rand|drop|normal|uniform|noulli|multinom|poisson|geometric|cauchy|expon|seed|init|attr")
_RECURSION: Final = sys.getrecursionlimit()
_EPERM: Final = 1
_ALLOCATOR: Final = "DefaultCPUAllocator: "
_OUT_OF_MEMORY: Final = f"{_ALLOCATOR}can't allocate memory"


class Calls:
    """Makes the calls of one submission, through the driver of its steps.

    Args:
        file: the name of the learner's file.
        place: converts a line of the file into the cell of a notebook and the line there; None if it has no cells.
        result: where the driver puts the result of a call.
        locked: whether the locks are in effect; used for messages only.
    """

    def __init__(self, file: str, place: Place | None, result: list[Result], *, locked: bool) -> None:
        self._file = file
        self._cell = place
        self._result = result
        self._locked = locked
        self._printed = Printed()
        self._random = True
        self._missing: dict[str, NotStarted | Raised] = {}
        """Names that are not defined, because a line of the file failed that would have defined them."""

    def load(self, pieces: Sequence[Piece], narrow: dict[str, Any], wide: dict[str, Any]) -> Calling:
        """Run the file once for each dtype, so that tensors made at its top level are float64 in float64 questions.

        A piece that fails is skipped, as a cell of a notebook would be: what does not need it is graded all the same.

        Args:
            pieces: the compiled file.
            narrow: the module's names for float32 questions; what happens here is reported.
            wide: those for float64 questions; a copy of `narrow` if the file cannot be run twice.
        """
        self._random = any(_draws(piece.code) for piece in pieces)
        self._start("float32")
        failed = yield from self._run(pieces, narrow)
        shown = self._shown()
        made = {name for name in narrow if type(name) is str}  # other keys may be objects that compare themselves
        self._missing = {name: failure for piece, failure in failed for name in piece.binds if name not in made}
        self._start("float64")
        again = yield from self._run(pieces, wide)
        if len(again) > len(failed):
            yield partial(wide.update, narrow)
        return encode_fine(shown, [_skipped(piece, failure) for piece, failure in failed[:MOST_SKIPPED]])

    def _run(
        self, pieces: Sequence[Piece], names: dict[str, Any]
    ) -> Generator[Callable[[], object], None, list[tuple[Piece, NotStarted | Raised]]]:
        failed = []
        for piece in pieces:
            yield partial(exec, piece.code, names)
            failure = self._failure()
            if failure is not None:
                failed.append((piece, failure))
        return failed

    def undefined(self, function: str) -> NotStarted | Raised:
        """The outcome of a function that does not exist after the file has run: what its definition raised."""
        failure = self._missing.get(function)
        if isinstance(failure, Raised):
            return failure
        return Raised(kind="NameError", message=f"{function} is not defined after the file has run")

    def call(self, function: Callable[..., Any], asked: Asked, sources: Mapping[str, Stored | int | float]) -> Calling:
        """Call a function with fresh copies of its arguments; the value is the encoded outcome."""
        self._start(asked.dtype)
        arguments: dict[str, Any] = {}
        copies = []
        for name, source in sources.items():
            if type(source) is Stored:
                arguments[name] = tensor = fresh(source)
                copies.append((name, source, tensor, data_ptr(tensor)))
            else:
                arguments[name] = source
        yield _bound(function, arguments)
        failure = self._failure()
        return encode_failure(failure) if failure is not None else self._answer(asked, copies)

    def _answer(self, asked: Asked, copies: list[tuple[str, Stored, torch.Tensor, int]]) -> bytes:
        result = self._result[0][0]
        if result is None:
            return encode_failure(NotStarted(how="returned None", printed=self._shown()))
        answer = encoded(result, asked.outputs, asked.max_bytes)
        if isinstance(answer, str):
            return encode_failure(WrongType(description=clean(answer, 300), printed=self._shown()))
        return encode_returned(self._shown(), answer, mutated(copies))

    def _start(self, dtype: str) -> None:
        self._printed.start()
        _prepare(_DTYPES[dtype])
        if self._random:
            _reseed_torch(0)
            _reseed(0)

    def _failure(self) -> NotStarted | Raised | None:
        """What the learner's code raised, as a value; None if it raised nothing."""
        sys.setrecursionlimit(_RECURSION)
        _, error, said = self._result[0]
        return None if error is None else self._failed(error, said)

    def _shown(self) -> str:
        if self._printed.cut:
            room = TEXT_LIMIT - len(CUT) - 2  # the limit includes what the child adds itself
            return f"{clean(self._printed.kept, room, lines=True)}\n{CUT}\n"
        return clean(self._printed.kept, lines=True) if self._printed.kept else ""

    def _failed(self, error: BaseException, said: str | None) -> NotStarted | Raised:
        line, explicit = self._place(error)
        file = self._file if line else None
        if line and self._cell is not None:
            file, line = self._cell(line)
        message = self._message(error, said)
        if issubclass(type(error), NotImplementedError) and explicit:
            how = f"raised NotImplementedError: {message}" if message else "raised NotImplementedError"
            return NotStarted(how=how, line=line, printed=self._shown())
        kind = clean(class_name(type(error)), 200)
        if _OUT_OF_MEMORY in message:  # torch raises a RuntimeError that names a line of its own source
            kind, message = "MemoryError", message[message.index(_OUT_OF_MEMORY) + len(_ALLOCATOR) :]
        if kind == "NameError":
            message += self._why_missing(error)
        return Raised(kind=kind, message=message, file=file, line=line, printed=self._shown())

    def _why_missing(self, error: BaseException) -> str:
        """For a name that a failed line would have defined: that line, and what it raised."""
        name = _name_of(error)
        failure = self._missing.get(name) if type(name) is str else None
        if not isinstance(failure, Raised):
            return ""
        where = f"line {failure.line}" if failure.line else "the line"
        return clean(f": {where}, which makes it, raised {failure.kind}: {failure.message}", 300)

    def _place(self, error: BaseException) -> tuple[int | None, bool]:
        """The innermost line in the learner's file, and whether the exception was raised by a `raise` there."""
        line, explicit = None, False
        trace = _traceback(error)
        while trace is not None:
            code = trace.tb_frame.f_code
            explicit = False
            if type(code.co_filename) is str and code.co_filename == self._file:
                line = trace.tb_lineno
                explicit = code.co_code[trace.tb_lasti] == _RAISE
            trace = trace.tb_next
        return line, explicit

    def _message(self, error: BaseException, said: str | None) -> str:
        if said is None:
            return "(its message cannot be shown)"
        message = clean(said, lines=True)
        if issubclass(type(error), OSError) and _errno(error) == _EPERM and self._locked:
            message += " (the sandbox allows no files, no processes and no network)"
        return message


def _name_of(error: BaseException) -> object:
    return _name(error) if issubclass(type(error), NameError) else None


def _skipped(piece: Piece, failure: NotStarted | Raised) -> str:
    """The note on a piece of the file that failed."""
    what = f"{failure.kind}: {failure.message}" if isinstance(failure, Raised) else failure.how
    return clean(f"{piece.at}: skipped: {what.partition(chr(10))[0]}", LONGEST_NOTE)


def _prepare(dtype: torch.dtype) -> None:
    """Restore the modes and dtypes that every call starts with, whatever the last one left behind."""
    if not _is_inference():
        _KEPT.append(_inference_mode())
        _KEPT[-1].__enter__()
    if _get_default_dtype() is not dtype or torch.float is not dtype:
        _set_default_dtype(dtype)
        _let_float32_mean(dtype)


def _draws(code: CodeType) -> bool:
    """Whether a submission may draw random numbers. Others are not seeded: it costs as much as a small gradient."""
    if any(map(_RANDOM.search, (*code.co_names, *filter(_is_text, code.co_consts)))):
        return True
    return any(_draws(each) for each in code.co_consts if isinstance(each, type(code)))


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def _bound(function: Callable[..., Any], arguments: dict[str, Any]) -> Callable[[], Any]:
    """The call, with positional-only parameters passed by position."""
    code = function.__code__ if type(function) is FunctionType else None
    if code is None or not code.co_posonlyargcount:
        return partial(function, **arguments)
    first = code.co_varnames[: code.co_posonlyargcount]
    positional = [arguments[name] for name in first if name in arguments]
    rest = {name: value for name, value in arguments.items() if name not in first}
    return partial(function, *positional, **rest)


def mutated(copies: list[tuple[str, Stored, torch.Tensor, int]]) -> list[str]:
    """Parameters that a call changed in place. Compares bytes, because inference tensors have no version counter."""
    return [
        name
        for name, source, tensor, address in copies
        if data_ptr(tensor) != address or _memcmp(address, source.address, source.size)
    ]


# What was returned: tensors as bytes, or a description of what was returned instead


def encoded(result: Any, outputs: int, most: int) -> list[bytes] | str:
    """The tensors as bytes, or a description of what was returned instead."""
    if outputs == 1:
        raw = one(result, most)
        return raw if isinstance(raw, str) else [raw]
    if type(result) not in (tuple, list) or len(result) != outputs:
        return f"{described(result)} where {outputs} tensors were expected"
    return _several(result, most)


def _several(results: Sequence[Any], most: int) -> list[bytes] | str:
    pieces = []
    for position, each in enumerate(tuple(results), 1):
        raw = one(each, most)
        if isinstance(raw, str):
            return f"a {type(results).__name__} of {len(results)} whose item {position} is {raw}"
        most -= len(raw)
        pieces.append(raw)
    return pieces


def described(value: Any) -> str:
    """A value's type in words, such as `a float` or `a tuple of 2`."""
    kind = type(value)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in (tuple, list):
        return f"a {kind.__name__} of {len(value)}"
    if value is None:
        return "None"
    if kind is PlainTensor:
        return "a tensor"
    name = clean(class_name(kind), 80)
    if issubclass(kind, PlainTensor):
        return f"a torch.Tensor subclass {name}"
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def class_name(kind: type) -> str:
    """A class's name, whatever its metaclass says."""
    return str(type.__dict__["__name__"].__get__(kind))


def one(value: Any, most: int) -> bytes | str:
    if type(value) is not PlainTensor:
        return described(value)
    try:
        if _layout(value) is _strided and _is_cpu(value) and _dtype(value) in CODES and not _is_nested(value):
            return _dense(value, most)
        return _odd(value)
    except Exception:  # noqa: BLE001  (wrappers and fakes that look like tensors until they are used)
        return "a tensor without readable data"


def _odd(tensor: torch.Tensor) -> str:
    """Describe a tensor that is not an ordinary dense one on the CPU."""
    if _is_nested(tensor):
        return "a nested tensor"
    if _layout(tensor) is not _strided:
        return "a sparse tensor"
    if not _is_cpu(tensor):
        return f"a tensor on the {tensor.device.type} device"
    return "a quantized tensor" if tensor.is_quantized else f"a {tensor.dtype} tensor"


def _dense(tensor: torch.Tensor, most: int) -> bytes | str:
    """A tensor's bytes, or what is wrong with it. Checks the size first, since an expanded tensor may be huge."""
    if _dim(tensor) > MOST_DIMENSIONS:
        return f"a tensor with {_dim(tensor)} dimensions"
    if (_numel(tensor) or most_when_summed(_shape(tensor))) * _element_size(tensor) > most:
        return f"a tensor of shape {tuple(_shape(tensor))}, far larger than this gradient can be"
    if _is_neg(tensor):
        tensor = _resolve_neg(tensor)
    if not data_ptr(tensor) and _numel(tensor):
        return "a tensor whose storage was freed"
    return encode_tensor(tensor)
