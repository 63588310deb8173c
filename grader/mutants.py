"""Automatic mistakes: small changes of a worked solution's syntax tree that change its mathematics.

A mutant is weeded out as equivalent when it returns what the original returns, with random upstream gradients on
forward values of fresh seeds. The grader's own verdict has no say in it.
"""

from __future__ import annotations

import ast
import copy
import random
from typing import TYPE_CHECKING, Any

import torch

from grader.case import Case, default_dtype
from grader.catalogue import Form, solution_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.exercise import Exercise

EQUAL = 1e-9
"""Two results are the same mathematics below this difference, relative to the larger one."""
_WEEDING_SEED = 900_001
_SWAPS: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
    ast.Pow: ast.Mult(),
}


def mutants_of(exercise: Exercise, count: int, seed: int) -> Iterator[Form]:
    """At most `count` mutants of the worked solution, drawn by a seed, none equivalent to it."""
    path = solution_file(exercise)
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in exercise.gradients]
    drawn = [(function, site, which) for function in functions for site, which in _sites(function)]
    random.Random(seed).shuffle(drawn)  # noqa: S311 reproducible, not secret
    weeder = _Weeder(exercise, source)
    for function, site, which in drawn:
        mutant = _mutate(function, site, which)
        text = ast.unparse(mutant)
        if count and not weeder.equivalent(function.name, text):
            count -= 1
            yield Form(path, function.lineno, "mutant", text, (function.name,), f"{source}\n\n{text}\n")


def _sites(function: ast.FunctionDef) -> Iterator[tuple[int, int]]:
    """Every node that can be changed, by its position in the walk, and every way to change it."""
    names = [a.arg for a in function.args.args]
    for position, node in enumerate(ast.walk(function)):
        for which in range(len(_changes(node, names))):
            yield position, which


def _mutate(function: ast.FunctionDef, site: int, which: int) -> ast.FunctionDef:
    twin = copy.deepcopy(function)
    names = [a.arg for a in twin.args.args]
    target = next(node for position, node in enumerate(ast.walk(twin)) if position == site)
    _Replace(target, _changes(target, names)[which]).visit(twin)
    return ast.fix_missing_locations(twin)


class _Replace(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, target: ast.AST, replacement: ast.AST | None) -> None:
        self._target, self._replacement = target, replacement

    def visit(self, node: ast.AST) -> Any:
        return self._replacement if node is self._target else self.generic_visit(node)


def _changes(node: ast.AST, names: Sequence[str]) -> list[ast.AST | None]:  # noqa: PLR0911 one for each kind of node
    """What a node can become."""
    match node:
        case ast.BinOp():
            return _binary_changes(node)
        case ast.UnaryOp(op=ast.USub()):
            return [node.operand]
        case ast.Constant(value=bool() as value):
            return [ast.Constant(not value)]
        case ast.Constant(value=int() | float() as value):
            return [ast.Constant(value + 1), ast.Constant(-value), ast.Constant(value * 2)]
        case ast.Name(id=name, ctx=ast.Load()) if name in names:
            return [ast.Name(other, ast.Load()) for other in names if other != name]
        case ast.Attribute(attr="T" | "mT"):
            return [node.value]
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in (
            "sum",
            "exp",
            "clone",
            "expand_as",
            "view",
        ):
            changed = copy.deepcopy(node)
            changed.func = ast.Attribute(copy.deepcopy(value), "mean" if attr == "sum" else attr, ast.Load())
            return [value, changed] if attr == "sum" else [value]
        case ast.AugAssign():
            plain = ast.Assign([copy.deepcopy(node.target)], copy.deepcopy(node.value))
            return [None, plain]
        case ast.Return(value=ast.expr() as value):
            return [ast.Return(ast.BinOp(ast.Constant(factor), ast.Mult(), value)) for factor in (-1, 2)]
        case _:
            return []


def _binary_changes(node: ast.BinOp) -> list[ast.AST | None]:
    changes: list[ast.AST | None] = [node.left, node.right]
    swap = _SWAPS.get(type(node.op))
    if swap is not None:
        changes.append(ast.BinOp(node.left, swap, node.right))
    if isinstance(node.op, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
        changes.append(ast.BinOp(node.right, node.op, node.left))
    return changes


class _Weeder:
    """Compares a mutant with its original where both are defined: consistent forward values, random cotangents."""

    def __init__(self, exercise: Exercise, source: str) -> None:
        sizes = [{}, *exercise.sizes]
        self._cases = [Case(exercise, _WEEDING_SEED + k, size) for k, size in enumerate(sizes)]
        self._module: dict[str, Any] = {}
        exec(source, self._module)  # noqa: S102 the project's own solution

    def equivalent(self, name: str, text: str) -> bool:
        """Whether a mutant returns what its original returns, on every case."""
        module = dict(self._module)
        exec(text, module)  # noqa: S102 a change of the project's own solution
        return all(self._same(self._module[name], module[name], case) for case in self._cases)

    def _same(self, original: Callable[..., Any], mutant: Callable[..., Any], case: Case) -> bool:
        expected, got = (self._call(function, case) for function in (original, mutant))
        if not isinstance(got, torch.Tensor) or (got.shape, got.dtype) != (expected.shape, expected.dtype):
            return False
        return bool((got - expected).abs().max() <= EQUAL * expected.abs().max())

    def _call(self, function: Callable[..., Any], case: Case) -> Any:
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        values = {name: case.pool64[name] for name in names}
        fresh = {name: v.clone() if isinstance(v, torch.Tensor) else v for name, v in values.items()}
        with default_dtype(torch.float64):
            try:
                return function(**fresh)
            except Exception:  # noqa: BLE001 a mutant that raises is no equivalent one
                return None
