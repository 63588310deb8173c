"""Names that clash with a gradient's: `dk` for a size, beside a variable `k` whose gradient is called dk.

A function takes the gradient of k as a parameter `dk`, and `def dk` computes it. Which variables can have a gradient is
inferred from the syntax, as the forward pass does not run here; in doubt, one can.
"""

from __future__ import annotations

import ast
import keyword
from typing import TYPE_CHECKING

from grader.exercise.whole_numbers import called, turns_whole, whole_inputs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from grader.exercise.line import Line

# fmt: off
_FACTS = frozenset(("shape", "ndim", "dtype", "device", "data", "itemsize", "nbytes"))
"""Attributes of a tensor that have no gradient."""
_OF_NUMBERS = frozenset(("len", "int", "bool", "float", "range", "isinstance"))
"""Built-in functions that return a Python number; the method `x.float()` keeps the gradient."""
_WITHOUT = frozenset((
    "size", "numel", "nelement", "dim", "ndimension", "stride", "item", "tolist", "detach", "tensor",
    "long", "int", "short", "bool", "byte", "argmax", "argmin", "argsort", "nonzero", "bincount", "one_hot",
    "eq", "ne", "gt", "ge", "lt", "le", "isfinite", "isnan", "isinf", "logical_not", "logical_and", "logical_or",
    "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like",
    "new_zeros", "new_ones", "new_full", "new_tensor",
))
"""Functions and methods whose result never has a gradient, whatever their arguments."""
_WITH_PLACES = frozenset(("max", "min", "sort", "topk", "kthvalue", "median", "mode", "cummax", "cummin"))
"""Functions and methods that return values and, second, their indices."""
# fmt: on


def clashes(
    tree: ast.Module, function: ast.FunctionDef, lines: Sequence[Line], upstream: Collection[str] = ()
) -> Iterator[tuple[int, str]]:
    """Line number and message for every name in forward() that clashes with a gradient.

    Args:
        tree: the whole file, to see what inputs() returns.
        function: forward() itself.
        lines: its lines, in order.
        upstream: the inputs that a layer's backward pass is given as the gradients that they are named after.
    """
    places = {argument.arg: argument.lineno for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    inputs, whole = frozenset(places), whole_inputs(tree)
    graded = _with_gradient(inputs - whole, lines)
    places.update((name, line.number) for line in lines for name in line.outputs)
    for name, line in places.items():
        if name in graded and keyword.iskeyword(f"d{name}"):
            yield line, _no_function(name)
        if name[:1] == "d" and name[1:] in graded and not (name in inputs and name in upstream):
            is_size = name in whole if name in inputs else name not in graded
            yield line, _taken(name, is_input=name in inputs, is_size=is_size)


def _no_function(name: str) -> str:
    return (
        f"the gradient of {name} would be called d{name}, which is a Python keyword, so no function can have this "
        f"name; rename the variable to {_LONGER[name]}"
    )


_LONGER = {"el": "elem", "ef": "eff"}
"""New names for the variables whose gradient's name is a keyword; only `del` and `def` start with a d."""


def _taken(name: str, *, is_input: bool, is_size: bool) -> str:
    variable = name[1:]
    other = (
        f"the size to d_{variable}"
        if is_size
        else f"the input to cot_{variable}"
        if is_input
        else f"it to delta_{variable}"
    )
    return (
        f"{name} is the name of the gradient of {variable}: a function with a parameter {name} would receive this "
        f"value instead; rename {other}"
    )


def _with_gradient(inputs: Iterable[str], lines: Sequence[Line]) -> frozenset[str]:
    """The variables that may have a gradient: these inputs, and what follows from them, if a line reads it."""
    indices = {name for line in lines for name in _indices(line)}
    attached = {name for name in inputs if name not in indices}
    for line in lines:
        attached.update(name for name, value in _pairs(line) if name not in indices and may_pass(value, attached))
    return frozenset(attached & {name for line in lines for name in line.reads}) | {"loss"}


def _pairs(line: Line) -> Iterator[tuple[str, ast.expr]]:
    """What a line assigns to each of its names, as far as the syntax shows."""
    assert isinstance(line.code, ast.Assign)
    value, names = line.code.value, line.outputs
    if isinstance(value, ast.Tuple) and len(value.elts) == len(names) > 1:
        yield from zip(names, value.elts, strict=True)
    elif len(names) == 2 and called(value) in _WITH_PLACES:
        yield names[0], value
    else:
        yield from ((name, value) for name in names)


def may_pass(node: ast.AST, attached: Collection[str]) -> bool:
    """Whether a gradient can flow through an expression to one of these names: not through `x.shape` or `x > 0`."""
    if isinstance(node, ast.Name):
        return node.id in attached
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Attribute) and node.attr in _FACTS):
        return False
    if isinstance(node, ast.Subscript):
        return may_pass(node.value, attached)
    if (isinstance(node, ast.Call) and _stops(node)) or (isinstance(node, ast.With) and _is_switched_off(node)):
        return False
    return any(may_pass(inner, attached) for inner in ast.iter_child_nodes(node))


def _is_switched_off(block: ast.With) -> bool:
    """Whether no gradient is recorded in a `with` block."""
    return any(called(item.context_expr) in {"no_grad", "inference_mode"} for item in block.items)


def _stops(call: ast.Call) -> bool:
    """Whether no gradient flows through a call, whatever its arguments."""
    if isinstance(call.func, ast.Name):
        return call.func.id in _OF_NUMBERS
    return called(call) in _WITHOUT or turns_whole(call)


def _indices(line: Line) -> Iterator[str]:
    """Names used as subscripts, alone or among others: integers or masks."""
    for node in line.nodes():
        if isinstance(node, ast.Subscript):
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            ends = [e for p in parts for e in ([p.lower, p.upper, p.step] if isinstance(p, ast.Slice) else [p])]
            yield from (end.id for end in ends if isinstance(end, ast.Name))
