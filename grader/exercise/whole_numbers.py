"""Which inputs are clearly integers, by the syntax of inputs(): they have no gradient."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# fmt: off
_WHOLE = frozenset((
    "size", "numel", "nelement", "dim", "long", "int", "short", "bool", "byte", "len", "argmax", "argmin", "argsort",
    "randint", "randperm", "multinomial", "nonzero", "bincount", "one_hot",
))
"""Functions and methods that return integers."""
_SAME_VALUES = frozenset(("view", "reshape", "clone", "contiguous", "unsqueeze", "squeeze", "flatten", "expand"))
"""Methods whose result has the dtype of their tensor."""
_DTYPES = frozenset(("long", "int64", "int", "int32", "int16", "short", "int8", "uint8", "bool"))
# fmt: on


def whole_inputs(tree: ast.Module) -> frozenset[str]:
    """The inputs that are clearly integers, or integer tensors."""
    function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "inputs"), None)
    if function is None:
        return frozenset()
    whole = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}  # the seed and the sizes
    for node in function.body:
        if isinstance(node, ast.Assign):
            _note_whole(node, whole)
    returned = (node.value for node in ast.walk(function) if isinstance(node, ast.Return))
    pairs = [pair for d in returned if isinstance(d, ast.Dict) for pair in zip(d.keys, d.values, strict=True)]
    return frozenset(
        str(key.value) for key, value in pairs if isinstance(key, ast.Constant) and _is_whole(value, whole)
    )


def _note_whole(node: ast.Assign, whole: set[str]) -> None:
    """Add the names that a statement of inputs() assigns integers to; remove those it assigns anything else."""
    target = node.targets[0]
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] * len(names)
    pairs = zip(names, values, strict=False)  # of `a, b = 1, *c` only the first is known
    found = {name.id: _is_whole(value, whole) for name, value in pairs if isinstance(name, ast.Name)}
    whole.difference_update(found)
    whole.update(name for name, is_whole in found.items() if is_whole)


def _is_whole(node: ast.expr, whole: set[str]) -> bool:
    """Whether an expression is clearly an integer, a boolean, or a tensor of them."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int)
    if isinstance(node, ast.Name):
        return node.id in whole
    if isinstance(node, ast.Call):
        return _makes_whole(node, whole)
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Attribute) and node.attr in ("shape", "ndim")):
        return True
    parts = _operands(node)
    return bool(parts) and all(_is_whole(part, whole) for part in parts)


def _operands(node: ast.expr) -> Sequence[ast.expr]:
    """The parts that must be integers for an expression to be one; empty if that is not enough."""
    if isinstance(node, ast.BinOp):
        return [] if isinstance(node.op, (ast.Div, ast.Pow)) else [node.left, node.right]
    if isinstance(node, (ast.List, ast.Tuple)):
        return node.elts
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr in ("T", "mT")):
        return [node.value]
    return []


def _makes_whole(call: ast.Call, whole: set[str]) -> bool:
    dtypes = [getattr(keyword.value, "attr", "") for keyword in call.keywords if keyword.arg == "dtype"]
    name = called(call)
    if dtypes or name in _WHOLE or turns_whole(call):
        return all(dtype in _DTYPES for dtype in dtypes)
    if name in _SAME_VALUES and isinstance(call.func, ast.Attribute):
        return _is_whole(call.func.value, whole)
    return name in ("tensor", "arange") and all(_is_whole(argument, whole) for argument in call.args)


def turns_whole(call: ast.Call) -> bool:
    """Whether a call converts to integers: `x.to(torch.long)`, `x.type(torch.int64)`."""
    named = (getattr(part, "attr", "") for part in [*call.args, *(k.value for k in call.keywords)])
    return called(call) in ("to", "type") and any(name in _DTYPES for name in named)


def called(node: ast.expr) -> str:
    """The name that a call calls: `max` in `x.max(1)` and `max(x)`; empty if this is not a call."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
