"""One call of a learner's function: fresh arguments in, bytes of an outcome out."""

from __future__ import annotations

import ctypes
import dis
import random
import sys
import types
from typing import TYPE_CHECKING, Any, Final

import torch

from grader.sandbox.messages import encode_failure, encode_returned
from grader.sandbox.outcome import NotStarted, Raised, WrongType
from grader.sandbox.tensors import MOST_DIMENSIONS, Stored, encode_tensor, knows
from grader.sandbox.wire import TEXT_LIMIT, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.sandbox.outcome import Question

# Bound before a learner's line runs: patching torch afterwards changes nothing here.
_Tensor: Final = torch.Tensor
_Base: Final = torch._C.TensorBase  # noqa: SLF001  (the C methods cannot be patched from Python)
_data_ptr: Final = _Base.data_ptr
_numel: Final = _Base.numel
_element_size: Final = _Base.element_size
_storage: Final = _Base.untyped_storage
_resolve_neg: Final = _Base.resolve_neg
_resolve_conj: Final = _Base.resolve_conj
_strided: Final = torch.strided
_inference_mode: Final = torch.inference_mode
_get_default_dtype: Final = torch.get_default_dtype
_set_default_dtype: Final = torch._C._set_default_dtype  # noqa: SLF001  (the public one imports lazily)
_reseed: Final = torch.default_generator.manual_seed
_seed: Final = random.seed
_memcmp: Final = ctypes.PyDLL(None).memcmp if sys.platform != "win32" else ctypes.cdll.msvcrt.memcmp
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)

_RAISE: Final = dis.opmap["RAISE_VARARGS"]
_DTYPES: Final = {"float32": torch.float32, "float64": torch.float64}
_RECURSION: Final = sys.getrecursionlimit()
_EPERM: Final = 1


class Printed:
    """Stands in for stdout and stderr: keeps the first 2 KB."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self) -> None:
        self.kept = ""

    def write(self, value: str) -> int:
        """Keep what still fits."""
        room = TEXT_LIMIT - len(self.kept)
        if room > 0:
            self.kept += str(value)[:room]
        return len(value)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        """Nobody watches."""
        return False

    def start(self) -> None:
        """Empty it and put it in place, whatever the last call left there."""
        self.kept = ""
        sys.stdout = sys.stderr = self  # type: ignore[assignment]


class Calls:
    """Makes the calls of one submission."""

    def __init__(self, file: str, locked: bool) -> None:
        self._file = file
        self._locked = locked
        self._printed = Printed()

    def load(self, code: types.CodeType, module: types.ModuleType) -> bytes:
        """Run the module once."""
        outcome = self._guarded(lambda: exec(code, module.__dict__), "float32")  # noqa: S102  (what the child is for)
        failure = outcome if isinstance(outcome, NotStarted | Raised | WrongType) else None
        if isinstance(failure, NotStarted):
            failure = Raised(
                kind="NotImplementedError", message=failure.how, file=self._file, line=failure.line, printed=failure.printed
            )
        return encode_failure(failure)

    def call(self, function: Any, question: Question, sources: Mapping[str, Stored | int | float]) -> bytes:
        """Call with fresh copies and say what came of it."""
        with _inference_mode():
            arguments = {name: s.fresh() if type(s) is Stored else s for name, s in sources.items()}
        result = self._guarded(lambda: function(**arguments), question.dtype)
        printed = clean(self._printed.kept)
        if isinstance(result, NotStarted | Raised):
            return encode_failure(result)
        if result is None:
            return encode_failure(NotStarted(how="returned None", printed=printed))
        tensors = _encoded(result, question.outputs, question.max_bytes)
        if isinstance(tensors, str):
            return encode_failure(WrongType(description=clean(tensors, 300), printed=printed))
        return encode_returned(printed, tensors, _mutated(arguments, sources))

    def _guarded(self, act: Callable[[], Any], dtype: str) -> Any:
        """Run a learner's code; whatever it raises becomes a value."""
        self._printed.start()
        wanted = _DTYPES[dtype]
        if _get_default_dtype() is not wanted:
            _set_default_dtype(wanted)
            _let_float32_mean(wanted)
        _reseed(0)
        _seed(0)
        try:
            with _inference_mode():
                return act()
        except BaseException as error:  # noqa: BLE001  (SystemExit and KeyboardInterrupt are a learner's, too)
            return self._failed(error)
        finally:
            sys.settrace(None)
            sys.setprofile(None)
            sys.setrecursionlimit(_RECURSION)

    def _failed(self, error: BaseException) -> NotStarted | Raised:
        line, explicit = self._place(error)
        printed = clean(self._printed.kept)
        message = self._message(error)
        if isinstance(error, NotImplementedError) and explicit:
            how = f"raised NotImplementedError: {message}" if message else "raised NotImplementedError"
            return NotStarted(how=how, line=line, printed=printed)
        kind = clean(_name(type(error)), 200)
        return Raised(kind=kind, message=message, file=self._file if line else None, line=line, printed=printed)

    def _place(self, error: BaseException) -> tuple[int | None, bool]:
        """The innermost line in the learner's file, and whether a `raise` of theirs stands there."""
        line, explicit = None, False
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            explicit = False
            if code.co_filename == self._file:
                line = trace.tb_lineno
                explicit = code.co_code[trace.tb_lasti] == _RAISE
            trace = trace.tb_next
        return line, explicit

    def _message(self, error: BaseException) -> str:
        try:
            message = clean(str(error))
            refused = isinstance(error, OSError) and error.errno == _EPERM
        except BaseException:  # noqa: BLE001  (a learner's __str__ may do anything)
            return "(its message cannot be shown)"
        if refused and self._locked:
            message += " (the sandbox has no files, no processes and no network)"
        return message


def _let_float32_mean(dtype: torch.dtype) -> None:
    """In a float64 question, let a `torch.float32` or `.float()` in a learner's code mean float64.

    Otherwise a function that pins float32 could only be judged to float32's seven digits, and an epsilon
    forgotten in it would drown in the rounding.
    """
    torch.float32 = torch.float = dtype
    _Tensor.float = _Base.double if dtype is _DTYPES["float64"] else _Base.float  # type: ignore[method-assign]


def _name(kind: type) -> str:
    return str(type.__dict__["__name__"].__get__(kind))


def _encoded(result: Any, outputs: int, most: int) -> list[bytes] | str:
    """The tensors as bytes, or a description of what came instead."""
    if outputs == 1:
        results = (result,)
    elif type(result) in (tuple, list) and len(result) == outputs:
        results = tuple(result)
    else:
        return f"{_described(result)} where {outputs} tensors were expected"
    encoded = []
    for position, each in enumerate(results, 1):
        raw = _one(each, most)
        if isinstance(raw, str):
            return raw if outputs == 1 else f"{_described(result)} whose item {position} is {raw}"
        most -= len(raw)
        encoded.append(raw)
    return encoded


def _one(value: Any, most: int) -> bytes | str:
    if type(value) is not _Tensor:
        return _described(value)
    try:
        return _odd(value) or _dense(value, most)
    except Exception:  # noqa: BLE001  (wrappers and fakes that pass for tensors until they are touched)
        return "a tensor without readable data"


def _odd(tensor: torch.Tensor) -> str | None:
    """What is wrong with a tensor that is not an ordinary dense one on the CPU."""
    if tensor.is_nested:
        return "a nested tensor"
    if tensor.layout is not _strided:
        return "a sparse tensor"
    if tensor.device.type != "cpu":
        return f"a tensor on the {tensor.device.type} device"
    if tensor.is_quantized:
        return "a quantized tensor"
    if tensor.is_complex():
        return f"a complex tensor ({tensor.dtype})"
    if not knows(tensor.dtype):
        return f"a {tensor.dtype} tensor"
    return None


def _dense(tensor: torch.Tensor, most: int) -> bytes | str:
    """Bytes of a tensor, its size capped before an expanded monster is written out."""
    if tensor.dim() > MOST_DIMENSIONS:
        return f"a tensor with {tensor.dim()} dimensions"
    if _numel(tensor) * _element_size(tensor) > most:
        return f"a tensor of shape {tuple(tensor.shape)}, far larger than this gradient can be"
    tensor = _resolve_conj(_resolve_neg(tensor))
    if _numel(tensor) and not _storage(tensor).nbytes():
        return "a tensor whose storage was freed"
    return encode_tensor(tensor)


_PLAIN: Final = {int: "an int", bool: "a bool", float: "a float", complex: "a complex number", str: "a str"}


def _described(value: Any) -> str:
    kind = type(value)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in (tuple, list):
        return f"a {kind.__name__} of {len(value)}"
    if value is None:
        return "None"
    name = clean(_name(kind), 80)
    if issubclass(kind, _Tensor):
        return f"a torch.Tensor subclass {name}"
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def _mutated(arguments: Mapping[str, Any], sources: Mapping[str, Stored | int | float]) -> list[str]:
    return [name for name, source in sources.items() if type(source) is Stored and _changed(arguments[name], source)]


def _changed(tensor: torch.Tensor, source: Stored) -> bool:
    """Whether a call changed its copy: bytes are compared, since inference tensors count no versions."""
    if not source.size:
        return False
    try:
        if _storage(tensor).nbytes() != source.size or _numel(tensor) * _element_size(tensor) != source.size:
            return True
        return bool(_memcmp(_data_ptr(tensor), source.address, source.size))
    except Exception:  # noqa: BLE001  (a tensor that a learner turned into something else)
        return True
