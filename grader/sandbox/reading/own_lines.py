"""What each statement of a learner's function reads, assigns and writes as a number: a diagnosis may point at one."""

from __future__ import annotations

import ast
import math
import operator
from itertools import islice
from typing import TYPE_CHECKING, Final

from grader.sandbox.cleaning import shortened
from grader.sandbox.rules.following import blocks
from grader.sandbox.rules.nodes import INNER
from grader.sandbox.rules.syntax import chain_of
from grader.sandbox.types import LONGEST_OWN_LINE, LONGEST_OWN_NAME, MOST_IN_LINE, MOST_OWN_LINES, OwnLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.sandbox.reading.bodies import Definition

MOST_CHARACTERS: Final = 5000
"""Of all names in a function: the code of the longest right answer has 800."""

_BENDING: Final = (
    "abs abs_ absolute amax amin ceil celu clamp clamp_ clamp_max clamp_min clip clip_ elu exp fabs floor frac gelu "
    "heaviside leaky_relu log log1p max maximum min minimum nan_to_num nan_to_num_ norm pow reciprocal relu relu_ "
    "relu6 round rsqrt sigmoid sign silu softmax softplus sqrt square std tanh threshold trunc var"
)
MOST_JOINED: Final = 9
"""The most further lines of a statement that are shown with its first."""
BENDING: Final = frozenset(_BENDING.split())
"""Functions and methods that are not linear in their argument; a comparison and a power are not either."""
_SAYS_NOTHING: Final = (ast.Pass, ast.Assert, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom)
_INNER: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPUTES: Final = frozenset((
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.IfExp, ast.Lambda, ast.AugAssign,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Slice, ast.Await,
))  # fmt: skip
_KEPT: Final = ("self", "ctx")
"""What holds the values that a layer's forward pass kept: an attribute of it is such a value, and computes nothing."""
_FOLDED: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}


def own_lines(
    function: Definition, lines: Sequence[str], place: Callable[[int], tuple[str, int]]
) -> tuple[OwnLine, ...]:
    """The statements of a function in the order of the source; none if one of them cannot be told in full.

    What is left out could be what a diagnosis looks for, and it would then point at the wrong statement.

    Args:
        function: its syntax tree.
        lines: the text that the tree's line numbers refer to.
        place: maps a line to its file or cell, and the line there.
    """
    statements = (
        [function] if isinstance(function, ast.Lambda) else [*islice(_statements(function.body), MOST_OWN_LINES + 1)]
    )
    files = {place(each.lineno)[0] for each in statements if hasattr(each, "lineno")}
    if len(statements) > MOST_OWN_LINES or len(files) > 1:
        return ()
    found = [_Told(statement).line(lines, place) for statement in statements]
    told = tuple(each for each in found if each is not None)
    return told if len(told) == len(found) and sum(map(_characters, told)) <= MOST_CHARACTERS else ()


def _characters(line: OwnLine) -> int:
    return sum(map(len, (*line.assigns, *line.reads, *line.bent)))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement that does something, also inside loops, branches and functions."""
    for node in body:
        if isinstance(node, _INNER):
            yield from _statements(node.body)
        elif not (isinstance(node, _SAYS_NOTHING) or _is_docstring(node) or _prints(node)):
            yield node
            for block in blocks(node):
                yield from _statements(block)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _prints(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"


class _Told:
    """One statement: of a loop or a branch, its first line alone."""

    def __init__(self, statement: ast.AST) -> None:
        self._statement = statement
        self._assigns: dict[str, None] = {}
        self._reads: dict[str, None] = {}
        self._bent: dict[str, None] = {}
        self._operands: dict[float, None] = {}
        self._exponents: dict[float, None] = {}
        self._arguments: dict[float, None] = {}
        self._computes = False
        self._visit(statement, self._arguments, bent=False)
        if isinstance(statement, ast.Expr):  # a method may change what it is called on, and a function its argument
            self._assigns |= self._reads

    def line(self, lines: Sequence[str], place: Callable[[int], tuple[str, int]]) -> OwnLine | None:
        """The statement as it is reported; None if it is too large, or has no place in the source."""
        first = getattr(self._statement, "lineno", 0)
        if not first and not self._computes:
            first = 1  # a `return` that was added to a notebook's lines
        names, numbers = (self._assigns, self._reads, self._bent), (self._operands, self._exponents, self._arguments)
        too_many = any(len(each) > MOST_IN_LINE for each in (*names, *numbers))
        if not first or too_many or any(len(name) > LONGEST_OWN_NAME for each in names for name in each):
            return None
        assigns, reads, bent = map(tuple, names)
        operands, exponents, arguments = map(tuple, numbers)
        return OwnLine(
            number=place(first)[1],
            text=shortened(" ".join(" ".join(lines[first - 1 : self._last(first)]).split()), LONGEST_OWN_LINE),
            assigns=assigns,
            reads=reads,
            bent=bent,
            operands=operands,
            exponents=exponents,
            arguments=arguments,
            computes=self._computes,
        )

    def _last(self, first: int) -> int:
        """Its last line; of a loop or a branch, the last one above the statements inside."""
        body = getattr(self._statement, "body", None)
        last: int = getattr(self._statement, "end_lineno", None) or first
        return min(max(first, body[0].lineno - 1) if isinstance(body, list) and body else last, first + MOST_JOINED)

    def _visit(self, node: ast.AST, numbers: dict[float, None], *, bent: bool) -> float | None:
        """Take down what is in a node. Returns its value if it is a number: `32`, `1/32`, `10**-5`.

        Args:
            node: any node of the statement.
            numbers: what such a number is in its place.
            bent: whether it is inside a function that is not linear.
        """
        if isinstance(node, ast.Name):
            self._name(node, bent=bent)
            return None
        kind = type(node)
        if kind in _COMPUTES or (kind in (ast.Attribute, ast.Subscript) and not _is_kept(node)):
            self._computes = True
        value = self._value(node, numbers, bent=bent)
        if value is None or not math.isfinite(value):
            return None
        self._computes = True
        numbers[abs(value)] = None
        return value

    def _value(self, node: ast.AST, numbers: dict[float, None], *, bent: bool) -> float | None:
        if isinstance(node, ast.Constant):
            return _as_float(node.value)
        if isinstance(node, ast.UnaryOp):
            value = self._visit(node.operand, numbers, bent=bent)
            return -value if value is not None and isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            is_power = isinstance(node.op, ast.Pow)
            left = self._visit(node.left, self._operands, bent=bent or is_power)
            right = self._visit(node.right, self._exponents if is_power else self._operands, bent=bent or is_power)
            return None if left is None or right is None else _folded(left, node.op, right)
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            self._assigns[chain_of(node)[0] or ""] = None
        if isinstance(node, ast.AugAssign):
            self._reads[chain_of(node.target)[0] or ""] = None
            bent = bent or isinstance(node.op, ast.Pow)
        numbers, bent = self._within(node, numbers), bent or _is_bending(node)
        for inner in _children(node):
            self._visit(inner, numbers, bent=bent)
        return None

    def _within(self, node: ast.AST, numbers: dict[float, None]) -> dict[float, None]:
        """What a number below a node is."""
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)):
            return self._exponents if isinstance(getattr(node, "op", None), ast.Pow) else self._operands
        if isinstance(node, ast.Call):
            return self._exponents if _called(node) == "pow" else self._arguments
        return self._arguments if isinstance(node, (ast.Subscript, ast.Compare)) else numbers

    def _name(self, node: ast.Name, *, bent: bool) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._assigns[node.id] = None
            return
        self._reads[node.id] = None
        if bent:
            self._bent[node.id] = None


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node, without the statements of its blocks, which are told apart."""
    for name in INNER[type(node)]:
        value = getattr(node, name, None)
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, ast.AST) and not isinstance(each, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                yield each


def _is_kept(node: ast.AST) -> bool:
    """`self.x`, `ctx.saved_tensors` and `cache["x"]`."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id in _KEPT
    key = node.slice if isinstance(node, ast.Subscript) else None
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _is_bending(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and _called(node) in BENDING)


def _as_float(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    except OverflowError:
        return None


def _folded(left: float, op: ast.operator, right: float) -> float | None:
    try:
        return _FOLDED[type(op)](left, right) if type(op) in _FOLDED else None
    except (ArithmeticError, ValueError):
        return None
