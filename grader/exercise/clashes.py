"""Names that a learner could take for a gradient: `dk` for a size, beside a variable `k` whose gradient is called dk.

A function asks for the gradient of k by a parameter `dk`, and answers for it as `def dk`. Which variables can have a
gradient is read off the syntax, as the forward pass does not run here: in doubt, one can.
"""

from __future__ import annotations

import ast
import keyword
from typing import TYPE_CHECKING

from grader.exercise.whole_numbers import called, turns_whole, whole_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.exercise.forward import Line

# fmt: off
_FACTS = frozenset(("shape", "ndim", "dtype", "device", "data", "itemsize", "nbytes"))
"""Attributes of a tensor that have no gradient."""
_OF_NUMBERS = frozenset(("len", "int", "bool", "float", "range", "isinstance"))
"""Built-in functions whose result is a number of Python's; the method `x.float()` keeps the gradient."""
_WITHOUT = frozenset((
    "size", "numel", "nelement", "dim", "ndimension", "stride", "item", "tolist", "detach", "tensor",
    "long", "int", "short", "bool", "byte", "argmax", "argmin", "argsort", "nonzero", "bincount", "one_hot",
    "eq", "ne", "gt", "ge", "lt", "le", "isfinite", "isnan", "isinf", "logical_not", "logical_and", "logical_or",
    "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like",
    "new_zeros", "new_ones", "new_full", "new_tensor",
))
"""Functions and methods whose result has no gradient, whatever they are given."""
_WITH_PLACES = frozenset(("max", "min", "sort", "topk", "kthvalue", "median", "mode", "cummax", "cummin"))
"""Functions and methods that return values and, second, where they were found."""
# fmt: on


def clashes(tree: ast.Module, function: ast.FunctionDef, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Line and sentence of every name of forward() that cannot stand beside the gradients.

    Args:
        tree: the file, for what inputs() returns.
        function: forward() itself.
        lines: its lines, in their order.
    """
    places = {argument.arg: argument.lineno for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    inputs, whole = frozenset(places), whole_inputs(tree)
    graded = _with_gradient(inputs - whole, lines)
    places.update((name, line.number) for line in lines for name in line.outputs)
    for name, line in places.items():
        if name in graded and keyword.iskeyword(f"d{name}"):
            yield line, _no_function(name)
        if name[:1] == "d" and name[1:] in graded:
            is_size = name in whole if name in inputs else name not in graded
            yield line, _taken(name, is_input=name in inputs, is_size=is_size)


def _no_function(name: str) -> str:
    return (
        f"the gradient of {name} would be called d{name}, which is a keyword of Python, so no function can have this "
        f"name; call the variable {_LONGER[name]}"
    )


_LONGER = {"el": "elem", "ef": "eff"}
"""Other names for the variables whose d-name is a keyword: no keyword but `del` and `def` begins with a d."""


def _taken(name: str, *, is_input: bool, is_size: bool) -> str:
    variable = name[1:]
    other = f"the size d_{variable}" if is_size else f"the input cot_{variable}" if is_input else f"it delta_{variable}"
    return (
        f"{name} is what the gradient of {variable} is called: a function that asks for {name} would be given this "
        f"value instead; call {other}"
    )


def _with_gradient(inputs: Iterable[str], lines: Sequence[Line]) -> frozenset[str]:
    """The variables that may have a gradient: they follow from such inputs, and a line reads them."""
    indices = {name for line in lines for name in _indices(line.code)}
    attached = {name for name in inputs if name not in indices}
    for line in lines:
        attached.update(name for name, value in _pairs(line) if name not in indices and _follows(value, attached))
    return frozenset(attached & {name for line in lines for name in line.reads}) | {"loss"}


def _pairs(line: Line) -> Iterator[tuple[str, ast.expr]]:
    """What a line assigns to each of its names, as far as it can be told apart."""
    assert isinstance(line.code, ast.Assign)
    value, names = line.code.value, line.outputs
    if isinstance(value, ast.Tuple) and len(value.elts) == len(names) > 1:
        yield from zip(names, value.elts, strict=True)
    elif len(names) == 2 and called(value) in _WITH_PLACES:
        yield names[0], value
    else:
        yield from ((name, value) for name in names)


def _follows(node: ast.AST, attached: set[str]) -> bool:
    """Whether a gradient can come through an expression to one of these names."""
    if isinstance(node, ast.Name):
        return node.id in attached
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Attribute) and node.attr in _FACTS):
        return False
    if isinstance(node, ast.Subscript):
        return _follows(node.value, attached)
    if isinstance(node, ast.Call) and _stops(node):
        return False
    return any(_follows(inner, attached) for inner in ast.iter_child_nodes(node))


def _stops(call: ast.Call) -> bool:
    """Whether no gradient comes through a call, whatever its arguments."""
    if isinstance(call.func, ast.Name):
        return call.func.id in _OF_NUMBERS
    return called(call) in _WITHOUT or turns_whole(call)


def _indices(code: ast.stmt) -> Iterator[str]:
    """Names that stand in brackets behind a tensor, alone or between others: whole numbers, or masks."""
    for node in ast.walk(code):
        if isinstance(node, ast.Subscript):
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            ends = [e for p in parts for e in ([p.lower, p.upper, p.step] if isinstance(p, ast.Slice) else [p])]
            yield from (end.id for end in ends if isinstance(end, ast.Name))
