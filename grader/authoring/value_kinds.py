"""Which values a forward pass may read and compute: dense real tensors, judged in float64, and plain numbers.

Gradients are judged to float64 accuracy, so no value may pass through a narrower dtype. Every named value is passed to
learners' functions in another process, which accepts only dense tensors of common dtypes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable  # noqa: TC003 an annotation of this module
from typing import TYPE_CHECKING, Any, NoReturn

import torch
from torch.overrides import TorchFunctionMode

from grader.authoring.checks import input_line, tensors
from grader.exercise.dtypes import default_dtype, is_floating
from grader.exercise.settings import LECTURE_SEED

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.exercise.forward import ForwardFile

_WHOLE = frozenset((torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool))
_WIDE = frozenset((torch.float64, torch.float32))
"""Floating dtypes of a named value. Learners are given float32, which is widened for judging."""
_COMPLEX = frozenset((torch.complex64, torch.complex128))
_MOST_DIMENSIONS = 8
"""Tensors with more cannot be passed to a learner's function."""
_PLAIN = (bool, int, float, str, type(None))
"""Inputs besides tensors. Learners' functions cannot take text or None, but a forward pass may need them."""


def check_inputs(file: ForwardFile, inputs: Mapping[str, Any]) -> None:
    """Check that every input is a plain value, or a dense tensor of float32 or integers."""
    for name, value in inputs.items():
        if why := _wrong_input(name, value):
            file.refuse(input_line(file, name), f"inputs() returns {name}, {why}")


def _wrong_input(name: str, value: object) -> str:
    if not isinstance(value, torch.Tensor):
        return _wrong_object(value)
    if is_floating(value) and value.dtype != torch.float32:
        return f"a {value.dtype} tensor; learners are given float32, so convert it: `{name}.float()`"
    complex_remedy = f"return its real and imaginary parts instead: `{name}.real` and `{name}.imag`"
    return _wrong_tensor(value, complex_remedy)


def _wrong_object(value: object) -> str:
    """What is wrong with an input that is not a tensor."""
    if isinstance(value, (list, tuple, set, dict)):
        inside = list(value.values() if isinstance(value, dict) else value)
        if any(True for _ in tensors(inside)):
            return f"a {type(value).__name__} of tensors; give each tensor its own name"
        return next((why for why in map(_wrong_object, inside) if why), "")
    if isinstance(value, _PLAIN):
        return ""
    return (
        f"of type {type(value).__name__}, which cannot be passed to a learner's function; "
        "return tensors or numbers, such as `torch.tensor(...)`"
    )


def check_values(file: ForwardFile, values: Mapping[str, Any]) -> None:
    """Check that every named tensor can be passed to a learner's function and judged."""
    for line in file.lines:
        for name in line.outputs:
            value = values[name]
            if isinstance(value, torch.Tensor) and (why := _wrong_tensor(value, _INSIDE) or _too_wide(value)):
                file.refuse(line.number, f"{name} is {why}")


def _too_wide(value: torch.Tensor) -> str:
    """What is wrong with a float64 value when inputs are float32: its gradient would have to be float64, too."""
    return f"a {value.dtype} tensor, but inputs are float32; remove the dtype or conversion" * (
        value.dtype == torch.float64
    )


_INSIDE = "keep complex values inside one line with a real result, such as `torch.fft.fft(x).abs()`"


def _wrong_tensor(value: torch.Tensor, complex_remedy: str) -> str:
    """What is wrong with a tensor, and the remedy; empty if nothing is."""
    said = next((sentence for is_wrong, sentence in _FAULTS if is_wrong(value)), "")
    return said.format(dtype=value.dtype, device=value.device, complex_remedy=complex_remedy, most=_MOST_DIMENSIONS)


_TOO_NARROW = (
    "gradients are judged to float64 accuracy, which this dtype cannot reach; remove the conversion, or use `.float()`"
)
_TOO_NARROW_COMPLEX = (
    "gradients are judged to float64 accuracy, which this dtype cannot reach; "
    "create complex values with `torch.complex(real, imaginary)`"
)
_FAULTS: tuple[tuple[Callable[[torch.Tensor], bool], str], ...] = (
    (
        lambda t: t.is_nested,
        "a nested tensor, which cannot be passed to a learner's function; make it dense: `.to_padded_tensor(0.0)`",
    ),
    (
        lambda t: t.layout != torch.strided,
        "a sparse tensor, which cannot be passed to a learner's function; make it dense: `.to_dense()`",
    ),
    (lambda t: t.is_quantized, "a quantized tensor, which has no gradient; convert it: `.dequantize()`"),
    (lambda t: t.device.type != "cpu", "a tensor on {device}; grading runs on the CPU, so move it: `.cpu()`"),
    (
        torch.Tensor.is_complex,
        "a {dtype} tensor, but gradients are followed only through real tensors; {complex_remedy}",
    ),
    (lambda t: t.is_floating_point() and t.dtype not in _WIDE, f"a {{dtype}} tensor; {_TOO_NARROW}"),
    (
        lambda t: t.dtype not in _WHOLE | _WIDE,
        "a {dtype} tensor, which cannot be passed to a learner's function; convert it to integers: `.long()`",
    ),
    (
        lambda t: t.dim() > _MOST_DIMENSIONS,
        "a tensor with more than {most} dimensions, which cannot be passed to a learner's function; merge some of them",
    ),
    (
        lambda t: t.is_floating_point() and t.numel() == 0,
        "an empty tensor, so any gradient of it would be right; make it larger, or leave it out",
    ),
)
"""Kinds of tensors that cannot be judged, and the message for each; the first that fits is used."""


def check_accuracy(file: ForwardFile, exercise: Exercise) -> None:
    """Check that forward(), run in float64, computes nothing in a narrower dtype, complex dtypes included."""
    inputs = exercise.inputs(LECTURE_SEED, {})
    wide = {n: inputs[n].detach().double() if is_floating(inputs[n]) else inputs[n] for n in file.parameters}
    with default_dtype(torch.float64), NoNarrowing(file, exercise.forward_file, (*_WIDE, torch.complex128)):
        exercise.forward(wide)


class NoNarrowing(TorchFunctionMode):
    """Refuses any tensor that forward() computes, named or not, in a dtype that loses accuracy.

    Args:
        path: the file whose code runs: the author's, or the trial copy.
        wide: the floating and complex dtypes that are wide enough.
    """

    def __init__(self, file: ForwardFile, path: Path, wide: Collection[torch.dtype] = (*_WIDE, *_COMPLEX)) -> None:
        super().__init__()
        self.file = file
        self.path = str(path)
        self.wide = wide

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        for dtype in (tensor.dtype for tensor in tensors(result)):
            if (dtype.is_floating_point or dtype.is_complex) and dtype not in self.wide:
                self._refuse(dtype)
        return result

    def _refuse(self, dtype: torch.dtype) -> NoReturn:
        number = self._running()
        names = [n for line in self.file.lines if _holds(line.code, number) for n in line.outputs]
        remedy = _TOO_NARROW if dtype.is_floating_point else _TOO_NARROW_COMPLEX
        self.file.refuse(number, f"{' and '.join(names) or 'this'} is computed in {dtype}; {remedy}")

    def _running(self) -> int:
        """The innermost line of the forward pass's file that is running."""
        frame = sys._getframe(1)  # noqa: SLF001 torch is the caller; the author's file is somewhere above it
        while frame.f_code.co_filename != self.path and frame.f_back is not None:
            frame = frame.f_back
        return frame.f_lineno


def _holds(code: ast.stmt, number: int) -> bool:
    """Whether a statement spans this line."""
    return code.lineno <= number <= (code.end_lineno or code.lineno)
