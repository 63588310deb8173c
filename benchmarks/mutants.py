"""Automatic mistakes in one function: one small change of its syntax tree each, those that change nothing weeded out.

Knows nothing of the grader: a function's text and a way to draw arguments go in, mutants come out. Two functions are
the same when they return the same on arguments drawn at random, independently of each other: no identity between
forward values, which a rewritten formula may rest on, can hide a change, and none can fake one.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Draw = Callable[[int], Mapping[str, Any]]
    """Arguments for every name a function may ask for, from a seed."""

EQUAL = 1e-9
DRAWS = 3


@dataclass(frozen=True)
class Mutant:
    """A function with one change."""

    name: str
    source: str
    """The changed function alone."""
    original: str
    operator: str
    """Which kind of change it is."""
    change: str
    """`before -> after`."""


def mutants(source: str, names: Sequence[str], draw: Draw, rng: random.Random, prelude: str = "") -> Iterator[Mutant]:
    """Every inequivalent mutant of a function, in random order.

    Args:
        source: the text of one top-level function.
        names: other values that a name may be mistaken for; a name stands only for one of the same kind.
        draw: arguments by name, from a seed.
        prelude: what the function needs to run (imports, helpers).
    """
    function = ast.parse(source).body[0]
    if not isinstance(function, ast.FunctionDef):
        raise TypeError(f"not a function: {source[:40]}")
    changes = list(_changes(function, names, draw(0)))
    rng.shuffle(changes)
    seen = {ast.unparse(function)}
    expected = [_call(prelude, source, function.name, draw(seed)) for seed in range(DRAWS)]
    for operator, change, tree in changes:
        text = ast.unparse(tree)
        if text not in seen:
            seen.add(text)
            if not _equivalent(prelude, text, function.name, draw, expected):
                yield Mutant(function.name, text, source, operator, change)


def _equivalent(prelude: str, text: str, name: str, draw: Draw, expected: Sequence[Any]) -> bool:
    return all(_same(_call(prelude, text, name, draw(seed)), expected[seed]) for seed in range(DRAWS))


def _same(one: Any, other: Any) -> bool:
    if not isinstance(one, torch.Tensor) or not isinstance(other, torch.Tensor) or one.shape != other.shape:
        return False
    a, b = one.double(), other.double()
    finite = torch.isfinite(b)
    if not torch.equal(torch.isfinite(a), finite):
        return False
    scale = float(b[finite].abs().max()) if bool(finite.any()) else 0.0
    return bool(((a - b)[finite].abs() <= EQUAL * scale).all())


def _call(prelude: str, text: str, name: str, arguments: Mapping[str, Any]) -> Any:
    module: dict[str, Any] = {}
    exec(f"{prelude}\n{text}", module)
    wanted = module[name].__code__.co_varnames[: module[name].__code__.co_argcount]
    fresh = {n: v.clone() if isinstance(v, torch.Tensor) else v for n, v in arguments.items() if n in wanted}
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        return module[name](**fresh)
    except Exception as error:  # noqa: BLE001 a mutant that raises returns what it raised
        return error
    finally:
        torch.set_default_dtype(before)


# the operators


def _changes(
    function: ast.FunctionDef, names: Sequence[str], arguments: Mapping[str, Any]
) -> Iterator[tuple[str, str, ast.FunctionDef]]:
    for path, node in _nodes(function):
        for operator, new in _ways(node, function, names, arguments):
            twin = copy.deepcopy(function)
            _put(twin, path, new)
            _declare(twin, names)
            ast.fix_missing_locations(twin)
            yield operator, f"{_shown(node)} -> {_shown(new)}", twin


def _shown(node: ast.AST | None) -> str:
    return "(nothing)" if node is None else ast.unparse(node).strip()


Path = tuple[tuple[str, int | None], ...]


def _nodes(root: ast.AST) -> Iterator[tuple[Path, ast.AST]]:
    """Every expression and statement in a body, with the way to it."""

    def walk(node: ast.AST, path: Path) -> Iterator[tuple[Path, ast.AST]]:
        for field, value in ast.iter_fields(node):
            if field in ("args", "decorator_list", "returns") and isinstance(node, ast.FunctionDef):
                continue
            members = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, member in members:
                if isinstance(member, ast.expr | ast.stmt):
                    here = (*path, (field, index))
                    yield here, member
                    yield from walk(member, here)

    return walk(root, ())


def _put(root: ast.AST, path: Path, new: ast.AST | None) -> None:
    node: Any = root
    for field, index in path[:-1]:
        node = getattr(node, field) if index is None else getattr(node, field)[index]
    field, index = path[-1]
    if index is None:
        setattr(node, field, new)
    elif new is None:
        del getattr(node, field)[index]
    else:
        getattr(node, field)[index] = new


def _declare(function: ast.FunctionDef, names: Sequence[str]) -> None:
    """A name that a mutant uses and its original did not becomes a parameter."""
    known = {a.arg for a in function.args.args}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names and node.id not in known:
            local = any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == node.id
                        for n in ast.walk(function))  # fmt: skip
            if not local:
                function.args.args.append(ast.arg(node.id))
                known.add(node.id)


BINARY: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
METHODS = {"sum": "mean", "mean": "sum", "argmax": "argmin", "exp": "tanh", "log": "exp", "tanh": "exp", "max": "min"}


def _ways(  # noqa: C901 one case for each kind of node
    node: ast.AST, function: ast.FunctionDef, names: Sequence[str], arguments: Mapping[str, Any]
) -> Iterator[tuple[str, ast.AST | None]]:
    """What one node can become, and what that is called."""
    match node:
        case ast.BinOp():
            yield from _binary(node)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "drop minus", operand
        case ast.Constant():
            yield from _constant(node)
        case ast.Name(ctx=ast.Load()):
            yield from _name(node, function, names, arguments)
        case ast.Attribute(attr="T" | "mT", value=value):
            yield "drop transpose", value
        case ast.Call():
            yield from _call_changes(node)
        case ast.Subscript(value=value, ctx=ast.Load()):
            yield "drop subscript", value
        case ast.AugAssign(target=target, op=op, value=value):
            yield "overwrite", ast.Assign([target], value)
            if isinstance(op, ast.Add | ast.Sub):
                other = ast.Sub() if isinstance(op, ast.Add) else ast.Add()
                yield "swap operator", ast.AugAssign(target, other, value)
            yield "drop statement", None
        case ast.Return(value=ast.expr() as value):
            yield "add minus", ast.Return(ast.UnaryOp(ast.USub(), value))
            yield "add factor", ast.Return(ast.BinOp(ast.Constant(2), ast.Mult(), value))
            yield "add transpose", ast.Return(ast.Attribute(value, "T", ast.Load()))


def _binary(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.op, ast.MatMult):
        yield "swap operator", ast.BinOp(node.left, ast.Mult(), node.right)
    else:
        for op in BINARY:
            if not isinstance(node.op, op):
                yield "swap operator", ast.BinOp(node.left, op(), node.right)
    yield "swap operands", ast.BinOp(node.right, node.op, node.left)
    yield "drop operand", node.left
    yield "drop operand", node.right
    if isinstance(node.op, ast.MatMult):
        yield "add transpose", ast.BinOp(ast.Attribute(node.left, "T", ast.Load()), node.op, node.right)
        yield "add transpose", ast.BinOp(node.left, node.op, ast.Attribute(node.right, "T", ast.Load()))


def _constant(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield "flip flag", ast.Constant(not value)
    elif isinstance(value, int | float):
        for other in (value + 1, value - 1, value * 2, -value, value / 2 if isinstance(value, float) else 0):
            if other != value:
                yield "change constant", ast.Constant(other)


def _name(
    node: ast.Name, function: ast.FunctionDef, names: Sequence[str], arguments: Mapping[str, Any]
) -> Iterator[tuple[str, ast.AST]]:
    if node.id not in arguments:
        return
    parameters = [a.arg for a in function.args.args]
    for other in dict.fromkeys((*parameters, *names)):
        if other != node.id and other in arguments and _alike(arguments[node.id], arguments[other]):
            yield "replace name", ast.Name(other, ast.Load())
    for other in parameters:
        if other != node.id and not _alike(arguments[node.id], arguments[other]):
            yield "replace name", ast.Name(other, ast.Load())


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return one.shape == other.shape and one.is_floating_point() == other.is_floating_point()
    return type(one) is type(other)


def _call_changes(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.func, ast.Attribute):
        module = isinstance(node.func.value, ast.Name) and node.func.value.id in ("torch", "F", "math")
        inner = node.args[0] if module and node.args else node.func.value
        if not module or node.args:
            yield "drop call", inner
        if node.func.attr in METHODS:
            renamed = copy.deepcopy(node)
            renamed.func = ast.Attribute(node.func.value, METHODS[node.func.attr], ast.Load())
            yield "swap function", renamed
    if len(node.args) > 1:
        yield "swap arguments", ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
    for index in range(len(node.keywords)):
        rest = [k for k, _ in enumerate(node.keywords) if k != index]
        yield "drop keyword", ast.Call(node.func, node.args, [node.keywords[k] for k in rest])
