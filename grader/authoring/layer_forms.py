"""The form of a new layer: the functions of a course's convention, named after the exercise."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from grader.exercise.form import signature_text
from grader.exercise.forward import COTANGENT, OUTPUT, BrokenExercise
from grader.sandbox.types import Signature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.exercise.forward import ForwardFile

CACHE = "cache"


class Style(StrEnum):
    """How a course writes a layer."""

    FUNCTIONS = "functions"
    STATIC = "static"


class ArrayKind(StrEnum):
    """What a layer's functions are given."""

    TORCH = "torch"
    NUMPY = "numpy"


def _functions(name: str, parameters: Sequence[str], returned: Sequence[str]) -> dict[str, str]:
    """`affine_forward(x, w, b) -> out, cache` and `affine_backward(dout, cache) -> dx, dw, db`."""
    return _pair(f"{name}_", parameters, returned)


def _static(name: str, parameters: Sequence[str], returned: Sequence[str]) -> dict[str, str]:
    """The same as methods of a class: `LinearRelu.forward`."""
    words = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    return _pair(f"{words or name}.", parameters, returned)


def _pair(prefix: str, parameters: Sequence[str], returned: Sequence[str]) -> dict[str, str]:
    backward = Signature(f"{prefix}backward", (f"d{OUTPUT}", CACHE), tuple(f"d{each}" for each in returned))
    forward = Signature(f"{prefix}forward", tuple(parameters), (OUTPUT, CACHE))
    return {"forward": signature_text(forward), "backward": signature_text(backward)}


FORMS: dict[Style, Callable[[str, Sequence[str], Sequence[str]], dict[str, str]]] = {
    Style.FUNCTIONS: _functions,
    Style.STATIC: _static,
}
"""Style -> what it writes into [form], from the exercise's name, the inputs of forward(), and those whose gradients are
returned."""


def returned(file: ForwardFile, asked: Sequence[str], differentiable: Sequence[str]) -> tuple[str, ...]:
    """The inputs whose gradients a layer returns, in their own order.

    Args:
        asked: the author's choice, which may include `out`.
        differentiable: the default: every variable with a gradient.

    Raises:
        BrokenExercise: the forward pass is no layer, or something else than an input was asked for.
    """
    if file.output != OUTPUT:
        file.refuse(
            file.lines[-1].number, f"--form needs a layer: let forward() end in `{OUTPUT} = ...`, without a loss"
        )
    inputs = layer_inputs(file)
    if CACHE in inputs:
        raise BrokenExercise(
            f"{file.path}: an input of forward() is called {CACHE}, as is what the forward function returns for the "
            "backward function; give the input another name"
        )
    for name in asked:
        if name not in (*inputs, OUTPUT):
            raise BrokenExercise(
                f"{file.path}: {name} is no input of forward(), and the functions of a layer return the gradients of "
                f"its inputs only: {', '.join(each for each in inputs if each in differentiable)}"
            )
    return tuple(name for name in inputs if name in (asked or differentiable))


def layer_inputs(file: ForwardFile) -> tuple[str, ...]:
    """The parameters of forward(), as the author wrote them."""
    return tuple(name for name in file.parameters if name != COTANGENT)
