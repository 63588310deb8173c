"""Where a forward pass has no unique derivative, and which one PyTorch takes there.

A *kink* is an operand exactly at a bound (relu at 0, clamp at its limits); a *tie* is equal values that compete for one
position. PyTorch's choices were measured with torch 2.13; a test measures them again for every operation.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from grader.exercise.dtypes import default_dtype, is_floating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.exercise.exercise import Exercise
    from grader.exercise.line import Line

A_TIE = "a tie"
"""Where values of one tensor compete; values of two compete at the other's name."""
_MODULES = {"torch", "F", "functional", "nn.functional", "torch.nn.functional"}
"""What precedes the dot of a call if it is not a tensor."""
_OPERAND = "operand of the call"
"""A placeholder for the operand when a call is repeated; no name in a forward pass has spaces."""
_SHUFFLES = 4
"""Random orders for breaking ties, besides forward and reverse: they find the median of three with p = 1 - 3**-4."""


class _Argument(NamedTuple):
    """A bound that a call is given: at this position, counting the operand as 0, or by one of these names."""

    position: int
    names: tuple[str, ...]
    default: float | None = None


class _Slope(NamedTuple):
    """The bounds of an operation (numbers, or arguments of the call), and the slope that PyTorch takes there."""

    bounds: tuple[float | _Argument, ...]
    takes: str


_OUTER = "at exactly {at}, PyTorch's {name} takes slope 0"
_BELOW = "at exactly 0, PyTorch's {name} takes the slope of the negative side"
_BOUND = "exactly at a bound, PyTorch's {name} takes slope 1"
_LOW, _HIGH = _Argument(1, ("min",)), _Argument(2, ("max",))
_SLOPES = {
    "relu": _Slope((0.0,), _OUTER.replace("{at}", "0")),
    "relu6": _Slope((0.0, 6.0), _OUTER.replace("{at}", "0 or 6")),
    "hardtanh": _Slope(
        (_Argument(1, ("min_val",), -1.0), _Argument(2, ("max_val",), 1.0)), _OUTER.replace("{at}", "a bound")
    ),
    "hardsigmoid": _Slope((-3.0, 3.0), _OUTER.replace("{at}", "-3 or 3")),
    "leaky_relu": _Slope((0.0,), _BELOW),
    "prelu": _Slope((0.0,), _BELOW),
    "selu": _Slope((0.0,), _BELOW),
    "elu": _Slope((0.0,), _BELOW),
    "abs": _Slope((0.0,), _OUTER.replace("{at}", "0")),
    "absolute": _Slope((0.0,), _OUTER.replace("{at}", "0")),
    "sign": _Slope((0.0,), _OUTER.replace("{at}", "0")),
    "l1_loss": _Slope((_Argument(1, ("target",)),), "where both are equal, PyTorch's {name} takes slope 0"),
    "clamp": _Slope((_LOW, _HIGH), _BOUND),
    "clip": _Slope((_LOW, _HIGH), _BOUND),
    "clamp_min": _Slope((_LOW,), _BOUND),
    "clamp_max": _Slope((_Argument(1, ("max",)),), _BOUND),
}
"""By operation: the bounds at which its slope changes."""

_ALL = "at an exact tie, PyTorch's {name} gives the whole gradient to one of the tied values"
_SHARE = "at an exact tie, PyTorch's {name} shares the gradient equally among the tied values"
_PLACES = "at an exact tie, PyTorch's {name} gives the gradient of each position to one of the tied values"
_HALVES = "at an exact tie, PyTorch's {name} gives half of the gradient to each of the two"
_FIRST = "at an exact tie, PyTorch's {name} gives the whole gradient to the first of the two"
_OTHER = _Argument(1, ("other",))
_PAIRS = {
    "maximum": _Slope((_OTHER,), _HALVES),
    "minimum": _Slope((_OTHER,), _HALVES),
    "fmax": _Slope((_OTHER,), _FIRST),
    "fmin": _Slope((_OTHER,), _FIRST),
}
"""By operation on two tensors: the same."""
_SELECTIONS = {
    **dict.fromkeys(("amax", "amin", "aminmax"), _SHARE),
    **dict.fromkeys(("argmax", "argmin", "kthvalue"), _ALL),
    **dict.fromkeys(("sort", "msort", "argsort", "topk"), _PLACES),
    **dict.fromkeys((f"{kind}max_pool{k}d" for kind in ("", "adaptive_") for k in (1, 2, 3)), _ALL),
}
"""By operation that selects among the values of one tensor: what happens at a tie."""
_BY_ARGUMENTS = {"max", "min", "median"}
"""Along a dimension, one element gets it all; over the whole tensor it is shared; of two tensors, each gets half."""
_ORDERS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<="}


@dataclass(frozen=True, slots=True, eq=False)
class Kink:
    """One operation of a line that has kinks or ties."""

    operation: str
    """As written: `relu`, `max`, or the comparison `z > 0`."""
    operand: str
    """As written: `z1`, `x @ W`."""
    names: frozenset[str]
    """The variables that it is computed from."""
    phrase: str
    """What PyTorch does there: `at exactly 0, PyTorch's relu takes slope 0`."""
    tied: bool
    """Whether values compete for a gradient, so that their shares add up to it."""
    meets: Callable[[dict[str, Any]], str | None]
    """The bound that the operand hits, such as `0`, given values by name; None if it hits none."""


@functools.cache
def line_kinks(line: Line) -> tuple[Kink, ...]:
    """The operations of a line that have kinks or ties, in no particular order."""
    return tuple(kink for node in ast.walk(line.code) for kink in _kinks(node, line))


def kinked_reads(line: Line) -> dict[str, tuple[Kink, ...]]:
    """For each variable that a line reads, the operations with kinks or ties that take it."""
    found = {name: tuple(kink for kink in line_kinks(line) if name in kink.names) for name in line.reads}
    return {name: kinks for name, kinks in found.items() if kinks}


def meets(kink: Kink, exercise: Exercise, values: Mapping[str, Any]) -> str | None:
    """Where an operation's operand hits a kink or tie, given forward values by name; None if nowhere.

    Computed in float64. An operand inside a comprehension or a lambda is not checked.
    """
    wide = {name: value.double() if is_floating(value) else value for name, value in values.items()}
    with default_dtype(torch.float64):
        try:
            return kink.meets({**exercise.module.__dict__, **wide})
        except NameError:  # a name of a comprehension or a lambda
            return None


def has_kink(exercise: Exercise, values: Mapping[str, Any]) -> bool:
    """Whether any operation of the forward pass has an exact kink or tie at these values.

    Args:
        values: every input and forward value by name; tensors of any dtype.
    """
    return any(meets(kink, exercise, values) for line in exercise.lines for kink in line_kinks(line))


# Which operations have kinks or ties


def _kinks(node: ast.AST, line: Line) -> Iterator[Kink]:
    if isinstance(node, ast.Call):
        name, arguments, replaced = _call(node)
        if not arguments:
            return
        slope = _slope(name, arguments, node.keywords, line)
        if slope is not None:
            bounds = tuple(_bound(bound, arguments, node.keywords) for bound in slope.bounds)
            meets = _at_bounds(arguments[0], tuple(bound for bound in bounds if bound is not None))
            yield _kink(name, arguments[0], node, line, slope.takes, tied=name not in _SLOPES, meets=meets)
        elif phrase := _selection(name, arguments, node.keywords):
            yield _kink(name, arguments[0], node, line, phrase, tied=True, meets=_in_selection(arguments[0], replaced))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _ORDERS:
        yield from _masks(node, line)


def _kink(
    name: str,
    operand: ast.expr,
    node: ast.expr,
    line: Line,
    phrase: str,
    *,
    tied: bool,
    meets: Callable[[dict[str, Any]], str | None],
) -> Kink:
    return Kink(name, ast.unparse(operand), _names(node, line), phrase.format(name=name), tied, meets)


def _call(node: ast.Call) -> tuple[str, list[ast.expr], ast.Call]:
    """A call's operation, its arguments starting with the operand, and the call with a placeholder as operand."""
    stand_in = ast.Name(_OPERAND, ast.Load())
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in _MODULES:
        function = ast.Attribute(stand_in, node.func.attr, ast.Load())
        return node.func.attr, [node.func.value, *node.args], ast.Call(function, node.args, node.keywords)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name, node.args, ast.Call(node.func, [stand_in, *node.args[1:]], node.keywords)


def _slope(name: str, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword], line: Line) -> _Slope | None:
    """The bounds of an operation; None if it has none."""
    if name == "elu" and _literal(_bound(_Argument(1, ("alpha",), 1.0), arguments, keywords)) == 1:
        return None  # its slope is 1 on both sides
    if name in ("max", "min") and _is_pair(arguments, keywords, line):
        return _PAIRS[f"{name}imum"]
    return _SLOPES.get(name) or _PAIRS.get(name)


def _is_pair(arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword], line: Line) -> bool:
    """Whether max or min compares two tensors: it is passed `other`, or a second variable."""
    if any(keyword.arg == "other" for keyword in keywords):
        return True
    read = [name for argument in arguments[1:2] for name in _names(argument, line)]
    return bool(read) and not _is_number(arguments[1])


def _is_number(node: ast.expr) -> bool:
    """Whether an argument is a dimension computed from a tensor, as in `x.max(x.dim() - 1)`."""
    methods = {n.func.attr for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    attributes = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return bool(methods & {"dim", "size"} or attributes & {"ndim", "shape"})


def _selection(name: str, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> str | None:
    """What PyTorch does at a tie in an operation that selects; None if it does not select."""
    if name not in _BY_ARGUMENTS:
        return _SELECTIONS.get(name)
    along = len(arguments) > 1 or any(keyword.arg in ("dim", "axis") for keyword in keywords)
    return _ALL if along else _SHARE


def _masks(node: ast.Compare, line: Line) -> Iterator[Kink]:
    """A comparison, if what it compares is also used outside it: `(z > 0) * z`, `torch.where(z > 0, z, 0.1*z)`.

    A mask computed from other values, such as dropout's, does not depend on what it masks.
    """
    inside = {id(n) for compare in ast.walk(line.code) if isinstance(compare, ast.Compare) for n in ast.walk(compare)}
    beside = {n.id for n in ast.walk(line.code) if isinstance(n, ast.Name) and id(n) not in inside}
    if _names(node, line) & beside:
        text = ast.unparse(node)
        is_so = "true" if isinstance(node.ops[0], (ast.GtE, ast.LtE)) else "false"
        phrase = f"where both sides are equal, `{text}` is {is_so}, and PyTorch takes the slope of that side"
        yield Kink(
            text, ast.unparse(node.left), _names(node, line), phrase, tied=False,
            meets=_at_bounds(node.left, tuple(node.comparators)),
        )  # fmt: skip


def _names(node: ast.AST, line: Line) -> frozenset[str]:
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in line.reads)


def _bound(bound: float | _Argument, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> ast.expr | None:
    """A bound as an expression; None where a call sets none."""
    if not isinstance(bound, _Argument):
        return ast.Constant(bound)
    if bound.position < len(arguments):
        return arguments[bound.position]
    named = next((keyword.value for keyword in keywords if keyword.arg in bound.names), None)
    return ast.Constant(bound.default) if named is None and bound.default is not None else named


def _literal(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


# Whether values hit them


def _at_bounds(operand: ast.expr, bounds: Sequence[ast.expr]) -> Callable[[dict[str, Any]], str | None]:
    """A function that finds the first bound an operand equals in some element: its number, or the tensor as written."""

    def met(namespace: dict[str, Any]) -> str | None:
        value, *limits = (_evaluate(each, namespace) for each in (operand, *bounds))
        if not any(is_floating(each) for each in (value, *limits)):
            return None  # a mask of whole numbers
        for bound, limit in zip(bounds, limits, strict=True):
            if limit is not None and bool(torch.as_tensor(value == limit).any()):
                return ast.unparse(bound) if isinstance(limit, torch.Tensor) else f"{limit:g}"
        return None

    return met


def _in_selection(operand: ast.expr, call: ast.Call) -> Callable[[dict[str, Any]], str | None]:
    """A function that detects ties: it breaks them in several ways and sees if the selection changes.

    It uses the values' ranks instead of the values, so that distinct values stay distinct.
    """

    def met(namespace: dict[str, Any]) -> str | None:
        value = _evaluate(operand, namespace)
        if not is_floating(value) or value.numel() < 2:
            return None  # a single value cannot tie
        ranks = torch.searchsorted(value.flatten().sort().values, value.contiguous()).double()  # (the value's shape)
        first, *others = (
            _selected(call, namespace, ranks + order.view(value.shape)) for order in _orders(value.numel())
        )
        same = all(torch.equal(a, b) for other in others for a, b in zip(first, other, strict=True))
        return None if same else A_TIE

    return met


def _orders(count: int) -> Iterator[torch.Tensor]:
    """Distinct numbers in [0, 1/2), one for each value, in several orders: added to ranks, they only break ties."""
    steps = torch.arange(count, dtype=torch.float64) / (2 * count)  # (count,)
    generator = torch.Generator().manual_seed(count)
    yield steps
    yield steps.flip(0)
    for _ in range(_SHUFFLES):
        yield steps[torch.randperm(count, generator=generator)]


def _selected(call: ast.Call, namespace: dict[str, Any], value: torch.Tensor) -> list[torch.Tensor]:
    """What identifies the selected values: the gradient of a weighted sum of them, or their indices."""
    leaf = value.requires_grad_()
    result = _evaluate(call, {**namespace, _OPERAND: leaf})
    outputs = [result] if isinstance(result, torch.Tensor) else list(result)
    weighted = [(o * torch.arange(1, o.numel() + 1).view(o.shape)).sum() for o in outputs if o.requires_grad]
    return list(torch.autograd.grad(functools.reduce(torch.add, weighted), leaf)) if weighted else outputs


def _evaluate(node: ast.expr, namespace: dict[str, Any]) -> Any:
    expression = ast.fix_missing_locations(ast.Expression(node))
    return eval(compile(expression, "forward.py", "eval"), dict(namespace))  # noqa: S307 of the trusted forward.py
