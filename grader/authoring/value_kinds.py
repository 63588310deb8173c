"""What kinds of values a forward pass may read and make: dense real tensors, judged in float64, and plain numbers.

Gradients are judged to the accuracy of float64, so no value may go through a narrower type on its way; and every value
under a name is passed to learners' functions, in another process, which takes dense tensors of common types alone.
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
"""Floating types of a value under a name. float32 is what learners are given; it is widened for the judgement."""
_COMPLEX = frozenset((torch.complex64, torch.complex128))
_MOST_DIMENSIONS = 8
"""More cannot be passed to a learner's function."""
_PLAIN = (bool, int, float, str, type(None))
"""Inputs beside tensors. Text and None cannot be asked for, but a forward pass may need them."""


def check_inputs(file: ForwardFile, inputs: Mapping[str, Any]) -> None:
    """Every input is a number, or a dense tensor of float32 or of whole numbers."""
    for name, value in inputs.items():
        if why := _wrong_input(name, value):
            file.refuse(input_line(file, name), f"inputs() returns {name}, {why}")


def _wrong_input(name: str, value: object) -> str:
    if not isinstance(value, torch.Tensor):
        return _wrong_object(value)
    if is_floating(value) and value.dtype != torch.float32:
        return f"a tensor of {value.dtype}; learners are given float32, so make it one: `{name}.float()`"
    complex_remedy = f"return its parts instead: `{name}.real` and `{name}.imag`"
    return _wrong_tensor(value, complex_remedy)


def _wrong_object(value: object) -> str:
    """What is wrong with an input that is not a tensor."""
    if isinstance(value, list | tuple | set | dict):
        inside = list(value.values() if isinstance(value, dict) else value)
        if any(True for _ in tensors(inside)):
            return f"a {type(value).__name__} of tensors; give each tensor a name of its own"
        return next((why for why in map(_wrong_object, inside) if why), "")
    if isinstance(value, _PLAIN):
        return ""
    return (
        f"of type {type(value).__name__}, which cannot be passed to a learner's function; "
        "return tensors and numbers: `torch.tensor(...)`"
    )


def check_values(file: ForwardFile, values: Mapping[str, Any]) -> None:
    """Every tensor under a name is one that can be passed to a learner's function and judged."""
    for line in file.lines:
        for name in line.outputs:
            value = values[name]
            if isinstance(value, torch.Tensor) and (why := _wrong_tensor(value, _INSIDE) or _too_wide(value)):
                file.refuse(line.number, f"{name} is {why}")


def _too_wide(value: torch.Tensor) -> str:
    """What is wrong with a value in float64 where the inputs are float32: a gradient like it would be asked for."""
    return f"a tensor of {value.dtype}, and inputs are float32; leave that type out" * (value.dtype == torch.float64)


_INSIDE = "keep complex values inside one line, which ends in real ones: `torch.fft.fft(x).abs()`"


def _wrong_tensor(value: torch.Tensor, complex_remedy: str) -> str:
    """What is wrong with a tensor, and the remedy; empty if nothing is."""
    said = next((sentence for is_wrong, sentence in _FAULTS if is_wrong(value)), "")
    return said.format(dtype=value.dtype, device=value.device, complex_remedy=complex_remedy, most=_MOST_DIMENSIONS)


_TOO_NARROW = (
    "gradients are judged to the accuracy of float64, which this type cannot reach; "
    "leave the conversion out, or write `.float()`"
)
_TOO_NARROW_COMPLEX = (
    "gradients are judged to the accuracy of float64, which this type cannot reach; "
    "make complex values by `torch.complex(real, imaginary)`"
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
    (lambda t: t.is_quantized, "a quantized tensor, which has no gradient; make it real: `.dequantize()`"),
    (lambda t: t.device.type != "cpu", "a tensor on {device}; everything is graded on the CPU: `.cpu()`"),
    (
        torch.Tensor.is_complex,
        "a tensor of {dtype}, and gradients are followed through real tensors; {complex_remedy}",
    ),
    (lambda t: t.is_floating_point() and t.dtype not in _WIDE, f"a tensor of {{dtype}}; {_TOO_NARROW}"),
    (
        lambda t: t.dtype not in _WHOLE | _WIDE,
        "a tensor of {dtype}, which cannot be passed to a learner's function; make whole numbers of it: `.long()`",
    ),
    (
        lambda t: t.dim() > _MOST_DIMENSIONS,
        "a tensor of more than {most} dimensions, which cannot be passed to a learner's function; merge some of them",
    ),
    (
        lambda t: t.is_floating_point() and t.numel() == 0,
        "a tensor without elements, so every gradient of it would be right; make it larger, or leave it out",
    ),
)
"""What a tensor may be that cannot be judged, and what is said then: of several, the first."""


def check_accuracy(file: ForwardFile, exercise: Exercise) -> None:
    """Run in float64, forward() makes nothing that cannot hold float64's numbers, complex values included."""
    inputs = exercise.inputs(LECTURE_SEED, {})
    wide = {n: inputs[n].detach().double() if is_floating(inputs[n]) else inputs[n] for n in file.parameters}
    with default_dtype(torch.float64), NoNarrowing(file, exercise.forward_file, (*_WIDE, torch.complex128)):
        exercise.forward(wide)


class NoNarrowing(TorchFunctionMode):
    """While forward() runs, no tensor that it makes on the way, named or not, is of a type that loses accuracy.

    Args:
        path: where the code that runs is: the author's file, or the copy that is tried.
        wide: the floating and complex types that are wide enough.
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
        frame = sys._getframe(1)  # noqa: SLF001 torch calls, and the author's file somewhere above it
        while frame.f_code.co_filename != self.path and frame.f_back is not None:
            frame = frame.f_back
        return frame.f_lineno


def _holds(code: ast.stmt, number: int) -> bool:
    """Whether a statement has this line."""
    return code.lineno <= number <= (code.end_lineno or code.lineno)
