"""Wrong derivatives of an elementwise function: those of another one, at the wrong place, or by the wrong rule."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.candidates.change import Change
from grader.diagnosis.candidates.slips import LEAKS
from grader.diagnosis.formula import Node, mul, name, upstream
from grader.diagnosis.forward_code import read_call, value_of
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.diagnosis.derive import Path
    from grader.diagnosis.facts import Facts
    from grader.exercise.line import Line

    Slope = Callable[[torch.Tensor], torch.Tensor]

_FUNCTIONS = frozenset(
    {"tanh", "sigmoid", "relu", "exp", "log", "sqrt", "gelu", "silu", "softplus", "erf", "abs", "sin", "cos"}
)
"""The functions whose derivatives are taken for others."""
_TANH_GELU, _CUBIC = math.sqrt(2 / math.pi), 0.044715


def _step(x: torch.Tensor) -> torch.Tensor:
    return (x > 0).to(x.dtype)


def _leaky(leak: float) -> Slope:
    return lambda x: torch.where(x > 0, 1.0, leak)


def _normal(x: torch.Tensor) -> torch.Tensor:
    """The standard normal distribution function, whose derivative is the density."""
    return 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def _density(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _erf_gelu(x: torch.Tensor) -> torch.Tensor:
    return _normal(x) + x * _density(x)


def _tanh_gelu(x: torch.Tensor) -> torch.Tensor:
    t = torch.tanh(_TANH_GELU * (x + _CUBIC * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * _TANH_GELU * (1 + 3 * _CUBIC * x * x)


def _swish(x: torch.Tensor, beta: float = 1.0) -> torch.Tensor:
    s = torch.sigmoid(beta * x)
    return s + beta * x * s * (1 - s)


_AT_OUTPUT: dict[str, Slope] = {
    "1 - {}**2": lambda y: 1 - y * y,
    "{}*(1 - {})": lambda y: y * (1 - y),
    "({} > 0)": _step,
    "{}": lambda y: y,
    "1 - {}": lambda y: 1 - y,
    "(1 - {})**2": lambda y: (1 - y) ** 2,
    "{}**2": lambda y: y * y,
    "1/{}": lambda y: 1 / y,
    "2*{}": lambda y: 2 * y,
    "0.5*{}": lambda y: 0.5 * y,
}
"""In terms of the function's output, as a message writes them; some are tried at its input as well."""
_AT_INPUT: dict[str, Slope] = {
    "1 - tanh({})**2": lambda x: 1 - torch.tanh(x) ** 2,
    "sigmoid({})*(1 - sigmoid({}))": lambda x: torch.sigmoid(x) * (1 - torch.sigmoid(x)),
    "sigmoid({})": torch.sigmoid,
    "exp({})": torch.exp,
    "{}*exp({} - 1)": lambda x: x * torch.exp(x - 1),
    "1/{}**2": lambda x: x**-2,
    "-1/{}**2": lambda x: -(x**-2),
    "1/(2*{})": lambda x: 0.5 / x,
    "log({})": torch.log,
    "({} > 1)": lambda x: (x > 1).to(x.dtype),
    **{f"({{}} > 0), but {leak:g} elsewhere": _leaky(leak) for leak in LEAKS},
}
"""In terms of its input."""
_WHOLE: dict[str, Slope] = {
    "gelu_with_erf": _erf_gelu,
    "gelu_with_tanh": _tanh_gelu,
    "gelu_with_sigmoid": lambda x: _swish(x, 1.702),
    "silu": _swish,
}
"""The derivatives of activations that are too long for a message, by the name of the phrase."""


def _sigmoid_slope(x: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(x) * (1 - torch.sigmoid(x))


_TERMS: dict[str, dict[str, Slope]] = {
    "gelu": {
        "only_distribution": _normal,
        "only_density_term": lambda x: x * _density(x),
        "density_without_input": lambda x: _normal(x) + _density(x),
        "terms_subtracted": lambda x: _normal(x) - x * _density(x),
        "only_density": _density,
        "erf_of_input": lambda x: 0.5 * (1 + torch.erf(x)) + x * _density(x),
        "distribution_not_halved": lambda x: 2 * _normal(x) + x * _density(x),
        "density_not_scaled": lambda x: _normal(x) + x * torch.exp(-0.5 * x * x),
    },
    "silu": {
        "only_sigmoid": torch.sigmoid,
        "only_sigmoid_term": lambda x: x * _sigmoid_slope(x),
        "only_sigmoid_slope": _sigmoid_slope,
        "second_factor_missing": lambda x: torch.sigmoid(x) * (1 + x),
        "slope_without_input": lambda x: torch.sigmoid(x) + _sigmoid_slope(x),
        "terms_subtracted": lambda x: torch.sigmoid(x) - x * _sigmoid_slope(x),
    },
}
"""What people take for a derivative that has two terms, by the function and the name of the phrase."""


def is_elementwise(line: Line, namespace: Mapping[str, Any]) -> bool:
    """Whether a line is one elementwise function of the only variable that it reads."""
    return _function(line, namespace) is not None


def _function(line: Line, namespace: Mapping[str, Any]) -> str | None:
    call = read_call(value_of(line), namespace)
    alone = call is not None and isinstance(call.operand, ast.Name) and {*line.reads} == {call.operand.id}
    return call.function if call is not None and alone and call.function in _FUNCTIONS else None


def slopes(path: Path, variable: str, facts: Facts) -> Iterator[Change]:
    """Other derivatives, where a line is one elementwise function of the variable."""
    if len(path.via) != 1 or not is_elementwise(path.line, facts.answer.probe.numbers.namespace):
        return
    x, y, g = name(variable), name(path.via[0]), upstream(path.via[0])
    function = _function(path.line, facts.answer.probe.numbers.namespace)
    for key, slope in _TERMS.get(function or "", {}).items():
        phrase = said("wrong_in_a_term", function=function, slope=said(key, of=x))
        yield Change(mul(Node("fn", (x,), slope), g), Kind.FUSED_TERM, phrase, 0.25)
    for at, table in ((y, _AT_OUTPUT), (x, _AT_OUTPUT), (x, _AT_INPUT)):
        for form, slope in table.items():
            changed = mul(Node("fn", (at,), slope), g)
            yield Change(changed, Kind.WRONG_OPERAND, said("derivative_taken_to_be", slope=form, of=at), 0.3)
    for key, slope in _WHOLE.items():
        phrase = said("slope_of_another", function=said(key))
        yield Change(mul(Node("fn", (x,), slope), g), Kind.WRONG_OPERAND, phrase, 0.3)
