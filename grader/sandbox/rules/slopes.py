"""Finds quotients that look like numerical slopes: a difference, or an imaginary part, divided by its step."""

from __future__ import annotations

import ast
import contextlib
import itertools
from typing import TYPE_CHECKING, Any

from grader.sandbox.rules.following import MODULES, Follower, Function, Helper, as_operation, bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_TERMS = 8
"""The most terms of a sum that are compared; a fourth-order difference has four."""
_SMALL, _LARGE = 0.05, 1e4
"""A divisor made only of numbers counts as a step below `_SMALL`, and as the inverse of one above `_LARGE`."""
_ORDINARY = frozenset((0, 1, 2, 3, 4, 0.5))
"""Numbers so common that finding one twice means nothing."""
# fmt: off
_SAME = frozenset((
    "sum", "mean", "item", "detach", "clone", "double", "float", "view", "reshape", "squeeze", "unsqueeze", "to",
    "contiguous", "flatten", "cpu", "neg", "tolist", "type", "ravel", "T", "mT", "data", "tensor", "as_tensor",
))
# fmt: on
"""Functions, methods and attributes that leave a difference a difference."""
_SIZES = frozenset(("shape", "size", "numel", "len", "dim", "ndim"))
_MINUS = frozenset(("sub", "subtract", "sub_", "subtract_", "imag", "view_as_real"))
"""Without one of these, or a minus sign, there is no slope."""
_LOSSES = ("loss", "entropy")
"""Name endings of functions whose values no gradient formula subtracts."""


def slopes(
    function: Function, parts: Sequence[ast.AST], helpers: Mapping[str, Helper], quotients: Iterator[int]
) -> tuple[bool, bool]:
    """Whether a function divides a difference of two evaluations by a step, and whether it divides an imaginary part.

    Args:
        parts: all nodes of the function.
        helpers: functions in the file that consist of one expression.
        quotients: an iterator that ends when enough quotients of the file have been judged.
    """
    if not _may_be_found(parts, helpers):
        return False, False
    found = _Slopes(function, helpers, quotients)
    with contextlib.suppress(RecursionError):  # losing a note is better than losing the submission
        found.follower.run()
    return found.difference, found.imaginary


def _may_be_found(parts: Sequence[ast.AST], helpers: Mapping[str, Helper]) -> bool:
    """Whether there is a division and possibly a difference to divide; most functions need not be followed."""
    kinds: dict[type[ast.AST], list[Any]] = {}
    for part in parts:
        kinds.setdefault(type(part), []).append(part)
    calls, operations, changes = (kinds.get(kind, []) for kind in (ast.Call, ast.BinOp, ast.AugAssign))
    if helpers and any(_called(call) in helpers for call in calls):
        return True
    names = {name.id for name in kinds.get(ast.Name, [])} | {each.attr for each in kinds.get(ast.Attribute, [])}
    added = ast.Add in kinds or "add" in names
    differs = (
        not names.isdisjoint(_MINUS)
        or (added and bool(calls))  # `s*f(x + s*h)`, summed over s = 1 and s = -1
        or any(map(_is_minus, (*operations, *changes, *(kinds.get(ast.UnaryOp, []) if added else ()))))
    )
    return differs and any(map(_divides, (*operations, *calls, *changes)))


def _is_minus(part: ast.BinOp | ast.AugAssign | ast.UnaryOp) -> bool:
    """Whether two terms may have opposite signs; `1 - h**2` does not count, as a number is not an evaluation."""
    if isinstance(part, ast.BinOp):
        is_difference = isinstance(part.op, ast.Sub)
        return is_difference and not isinstance(part.left, ast.Constant) and not isinstance(part.right, ast.Constant)
    return (
        isinstance(part.op, ast.Sub) if isinstance(part, ast.AugAssign) else not isinstance(part.operand, ast.Constant)
    )


def _divides(part: ast.BinOp | ast.AugAssign | ast.Call) -> bool:
    if isinstance(part, ast.AugAssign):
        return isinstance(part.op, (ast.Div, ast.Mult))
    return any(True for _ in _quotients(part))


def _called(part: ast.AST) -> str | None:
    return part.func.id if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) else None


class _Slopes:
    def __init__(self, function: Function, helpers: Mapping[str, Helper], quotients: Iterator[int]) -> None:
        self.difference = self.imaginary = False
        self.left = quotients
        self.helpers = helpers
        self.follower = Follower(function, helpers, self.look)

    def look(self, expression: ast.expr) -> None:
        for part in ast.walk(expression):
            if isinstance(part, ast.Call) and _called(part) in self.helpers:
                self.inside(part)
            for (number, step), _ in zip(_quotients(part), self.left, strict=False):
                self.judge(self.follower.follow(number), self.follower.follow(step))

    def inside(self, call: ast.Call) -> None:
        """Judge the quotients in a helper function, with the arguments of this call."""
        followed = self.follower.follow(call)
        for part in ast.walk(followed) if followed is not None else ():
            for (number, step), _ in zip(_quotients(part), self.left, strict=False):
                self.judge(number, step)

    def judge(self, number: ast.expr | None, step: ast.expr | None) -> None:
        if number is not None and step is not None:
            self.difference = self.difference or _is_difference(number, step)
            self.imaginary = self.imaginary or any(_is_imaginary(part, step) for part in _factors(number))


def _quotients(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """`a / h`, `a * (1/h)`, `a * h**-1`, `a * 5e4`, `a.div(h)`: pairs of dividend and divisor."""
    node = (as_operation(node) or node) if isinstance(node, ast.Call) else node
    if not isinstance(node, ast.BinOp):
        return
    if isinstance(node.op, ast.Div):
        yield node.left, node.right
    if isinstance(node.op, ast.Mult):
        for factor, other in ((node.left, node.right), (node.right, node.left)):
            if (step := _inverted(other)) is not None:
                yield factor, step


def _inverted(node: ast.expr) -> ast.expr | None:
    """`h` of `1/h` and of `h**-1`; a number is returned as it is, as only its order of magnitude matters."""
    if isinstance(node, ast.Constant):
        return node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.left, ast.Constant):
        return node.right
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp):
        return node.left
    return None


def _peeled(node: ast.expr) -> ast.expr:
    """An expression without the sums and views around it, and without an index if what is indexed is arithmetic."""
    while (inside := _inside(node)) is not None:
        if isinstance(node, ast.Subscript) and not isinstance(_peeled(inside), ast.BinOp):
            break
        node = inside
    return node


def _inside(node: ast.expr) -> ast.expr | None:
    """The operand of a sum, a view or an index; None for anything else."""
    if isinstance(node, ast.Call) and _last(node.func) in _SAME:
        return next(iter(_given(node)), None)
    if (isinstance(node, ast.Attribute) and node.attr in _SAME) or isinstance(node, ast.Subscript):
        return node.value
    return None


def _factors(node: ast.expr) -> list[ast.expr]:
    """A value and, for a product, its factors: a difference may be multiplied by a cotangent before it is divided."""
    node = _peeled(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [node, *_factors(node.left), *_factors(node.right)]
    return [node]


def _terms(node: ast.expr, sign: int = 1) -> Iterator[tuple[int, ast.expr]]:
    """The terms of a sum with their signs, without numeric coefficients."""
    inner = _peeled(node)
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, (ast.Add, ast.Sub)):
        yield from _terms(inner.left, sign)
        yield from _terms(inner.right, sign if isinstance(inner.op, ast.Add) else -sign)
    elif isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.USub):
        yield from _terms(inner.operand, -sign)
    elif isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Mult) and isinstance(inner.left, ast.Constant):
        yield from _terms(inner.right, sign)
    else:
        yield sign, node


def _is_difference(number: ast.expr, step: ast.expr) -> bool:
    for factor in _factors(number):
        terms = list(itertools.islice(_terms(factor), MOST_TERMS))
        for (sign, left), (other, right) in itertools.combinations(terms, 2):
            if sign != other and (_both_losses(left, right) or _stepped(left, right, step)):
                return True
    return _signed(number, step)


def _both_losses(left: ast.expr, right: ast.expr) -> bool:
    """Whether both sides evaluate one loss function, whatever the step between them: no gradient formula does."""
    losses = [{_last(p.func) for p in ast.walk(side) if isinstance(p, ast.Call)} for side in (left, right)]
    shared = losses[0] & losses[1]
    return not _same(left, right) and any(name.endswith(_LOSSES) for name in shared)


def _stepped(left: ast.expr, right: ast.expr, step: ast.expr) -> bool:
    """Whether two terms evaluate one function at two points, and the divisor is the step between them."""
    own = any(isinstance(part, ast.Call) and isinstance(part.func, ast.Name) for part in ast.walk(left))
    return any(_is_step(delta, step, own=own) for delta in _steps(left, right))


def _is_step(delta: ast.expr, step: ast.expr, *, own: bool) -> bool:
    """Whether a divisor is the step between two points: it shares a name or a number with it, or is only a number.

    Args:
        own: whether the function is defined in the file; for torch's functions, half a difference can be a formula:
            sinh is (exp(x) - exp(-x)) / 2.
    """
    if _names(delta) & _names(step):
        return True
    numbers = _numbers(step)
    if _numbers(delta) & numbers - _ORDINARY:
        return True
    return not _names(step) and bool(numbers) and (own or min(numbers) < _SMALL or max(numbers) > _LARGE)


def _steps(left: ast.expr, right: ast.expr, *, top: bool = True) -> Iterator[ast.expr]:
    """Terms added in one of two expressions of the same form but not in the other: `h` of f(x + h) and f(x - h)."""
    if (top and type(left) is not type(right)) or _same(left, right):
        return
    if not top:
        yield from _apart(left, right)
    if isinstance(left, ast.Subscript) and isinstance(right, ast.Subscript) and _same(left.value, right.value):
        yield from _within(left.value)
    if type(left) is not type(right):
        return
    if isinstance(left, ast.Call) and isinstance(right, ast.Call):
        yield from _turned(left, right)
    for one, two in zip(_children(left), _children(right), strict=False):
        yield from _steps(one, two, top=False)


def _children(node: ast.AST) -> list[ast.expr]:
    inner = (part.value if isinstance(part, ast.keyword) else part for part in ast.iter_child_nodes(node))
    return [part for part in inner if isinstance(part, ast.expr)]


def _apart(left: ast.expr, right: ast.expr) -> Iterator[ast.expr]:
    """What must be added to one expression to get the other."""
    for base, delta in _sides(left):
        for other, more in _sides(right):
            if _same(base, other):
                yield from (part for part in (delta, more) if part is not None)


def _sides(node: ast.expr) -> list[tuple[ast.expr, ast.expr | None]]:
    """Every way to read a value as another value plus something."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [(node, None), (node.left, node.right), (node.right, node.left)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return [(node, None), (node.left, node.right)]
    if isinstance(node, ast.Dict) and len(node.values) > 1:  # a tensor with an element replaced, see following.py
        return [(node, None), (node.values[0], node.values[1])]
    return [(node, None)]


def _turned(left: ast.Call, right: ast.Call) -> Iterator[ast.expr]:
    """`h` of bump(x, i, h) and bump(x, i, -h), or bump(x, i, 0): a function in the file does the adding."""
    one, two = _given(left), _given(right)
    differ = [pair for pair in zip(one, two, strict=False) if not _same(*pair)]
    if len(one) != len(two) or len(one) == 1 or len(differ) != 1:
        return
    for this, other in (differ[0], differ[0][::-1]):
        negative = isinstance(other, ast.UnaryOp) and isinstance(other.op, ast.USub) and _same(other.operand, this)
        if negative or (isinstance(other, ast.Constant) and other.value == 0):
            yield this


def _given(call: ast.Call) -> list[ast.expr]:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return [*([owner] if owner is not None and not _is_module(owner) else []), *call.args]


def _within(value: ast.expr) -> Iterator[ast.expr]:
    """The step between two elements of a list of points that a function takes at once."""
    for part in ast.walk(value):
        if isinstance(part, (ast.List, ast.Tuple)):
            for one, two in itertools.combinations(part.elts[:MOST_TERMS], 2):
                yield from _steps(one, two, top=False)
        if isinstance(part, (ast.ListComp, ast.GeneratorExp)):
            yield from _moved_by(part.elt, bound(part))


def _moved_by(expression: ast.expr, names: set[str]) -> Iterator[ast.expr]:
    """Terms added inside an expression that contain one of these names."""
    for part in ast.walk(expression):
        if isinstance(part, ast.BinOp) and isinstance(part.op, (ast.Add, ast.Sub)):
            yield from (side for side in (part.left, part.right) if names & _names(side))


def _signed(number: ast.expr, step: ast.expr) -> bool:
    """`s*f(x + s*h) / (2*h)`, summed over s = 1 and s = -1."""
    factors = _factors(number)
    signs = {factor.id for factor in factors if isinstance(factor, ast.Name)}
    return any(
        signs & _names(delta) and (_names(delta) - signs) & _names(step)
        for factor in factors[1:]
        if isinstance(factor, ast.Call)
        for delta in _moved_by(factor, signs)
    )


def _is_imaginary(number: ast.expr, step: ast.expr) -> bool:
    """`f(x + 1j*h).imag / h`."""
    inside = _imaginary_of(number)
    if inside is None:
        return False
    return any(_is_step(delta, step, own=_has_unit(delta)) for delta in _imaginary_steps(inside))


def _imaginary_of(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.Attribute) and node.attr == "imag":
        return node.value
    if isinstance(node, ast.Call) and _last(node.func) == "imag" and node.args:
        return node.args[0]
    inner = node.value if isinstance(node, ast.Subscript) else None
    if isinstance(inner, ast.Call) and _last(inner.func) == "view_as_real" and inner.args:
        return inner.args[0]
    if isinstance(inner, (ast.Attribute, ast.Call)):
        return _imaginary_of(inner)
    return None


def _imaginary_steps(node: ast.expr) -> Iterator[ast.expr]:
    for part in ast.walk(node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            yield from (side for side in (part.left, part.right) if _has_unit(side))
        if isinstance(part, ast.Call) and _last(part.func) == "complex" and len(part.args) == 2:
            yield part.args[1]


def _has_unit(node: ast.expr) -> bool:
    """Whether an expression contains `1j` or a call of `complex`."""
    return any(
        (isinstance(part, ast.Constant) and isinstance(part.value, complex))
        or (isinstance(part, ast.Call) and _last(part.func) == "complex")
        for part in ast.walk(node)
    )


def _names(node: ast.AST) -> set[str]:
    """The variables in an expression, except those of which it uses only the size."""
    if isinstance(node, ast.Attribute) and node.attr in _SIZES:
        return set()
    if isinstance(node, ast.Call) and _last(node.func) in _SIZES:
        return set()
    if isinstance(node, ast.Name):
        return {node.id} - MODULES
    parts = [p for p in ast.iter_child_nodes(node) if not (isinstance(node, ast.Call) and p is node.func)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        parts.append(node.func.value)
    return set().union(*map(_names, parts))


def _numbers(node: ast.AST) -> set[float]:
    values = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
    return {abs(value) for value in values if isinstance(value, (int, float, complex)) and value}


def _last(node: ast.expr) -> str:
    """`cross_entropy` of `F.cross_entropy`, and of the bare name."""
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _is_module(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in MODULES) or (
        isinstance(node, ast.Attribute) and _is_module(node.value)
    )


def _same(left: ast.AST, right: ast.AST) -> bool:
    return left is right or ast.dump(left) == ast.dump(right)
