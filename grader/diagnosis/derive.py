"""Derives the formula for a gradient from the forward pass: each line's chain rule as a tree of small operations.

What has no rule (convolutions, pieces with their own indices and masks) stays one operation whose gradient autograd
computes. Every formula is compared with the line's own vector-Jacobian product before it is used.
"""

from __future__ import annotations

import ast
import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.chain_rule import BINARY, RULES
from grader.diagnosis.formula import FAULTS, Node, Numbers, added, const, copied_from, name, upstream
from grader.diagnosis.forward_code import (
    compiled,
    literal,
    mentions,
    read_call,
    value_of,
    with_part_out,
    with_variable_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from grader.exercise.exercise import Exercise
    from grader.exercise.line import Line

MOST_PATHS = 16
"""The most chains of lines from one variable; further ones are left out."""
_FUNCTIONS = {
    "exp": torch.exp,
    "log": torch.log,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "sqrt": torch.sqrt,
    "relu": torch.relu,
}
"""Functions that stay functions in a formula, so that a candidate can leave them out."""
_READ: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
}
"""Python's operators as operations of a formula."""
_ALIKE = 1e-9
"""How close a line's formula has to be to autograd's gradient of the line, relative to the largest element; otherwise
autograd's is used."""


@dataclass(frozen=True, eq=False)
class Path:
    """One share of a gradient: what comes back through one line that reads the variable, or a chain of lines."""

    line: Line
    via: tuple[str, ...]
    """The variables it comes through, nearest first."""
    node: Node
    occurrence: int = 0
    """Which use of the variable in the line, from 1; 0 if the line uses it once."""

    def shared(self, other: Path) -> tuple[str, ...]:
        """The variables that both come through before they part."""
        pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(self.via, other.via, strict=False))
        return tuple(name for name, _ in pairs)


class Deriver:
    """Derives formulas for one exercise; shapes are looked up in the numbers of one case."""

    def __init__(self, exercise: Exercise, numbers: Numbers) -> None:
        self.exercise = exercise
        self.numbers = numbers
        self._line: Line | None = None
        self._primal: dict[ast.expr, Node] = {}
        self._by_line: dict[str, list[Path]] = {}
        self._to_upstream: dict[tuple[str, frozenset[str]], list[Path]] = {}

    def by_line(self, variable: str) -> list[Path]:
        """One path for each line that reads the variable, each output of the line, and each use within it."""
        if variable not in self._by_line:
            self._by_line[variable] = self._each_line(variable)
        return self._by_line[variable]

    def _each_line(self, variable: str) -> list[Path]:
        found: list[Path] = []
        for line in self.exercise.readers.get(variable, ()):
            for output in line.outputs:
                node = self._share(line, variable, output, upstream(output))
                terms = _terms(node)
                found += [Path(line, (output,), term, k + 1 if len(terms) > 1 else 0) for k, term in enumerate(terms)]
        return found

    def to_upstream(self, variable: str, known: frozenset[str]) -> list[Path]:
        """One path for each chain of lines from the variable to the known gradients."""
        key = variable, known
        if key not in self._to_upstream:
            self._to_upstream[key] = self._chains(variable, known, {})
        return self._to_upstream[key]

    def made_of(self, variable: str) -> Node | None:
        """The formula that a forward value is computed by; None if its line has no formula."""
        line = self.exercise.producer.get(variable)
        if line is None or len(line.outputs) > 1:
            return None
        self._line = None
        node = self._read(value_of(line))
        return None if node.op == "code" else node

    # every chain of lines, and one line's share

    def _chains(self, variable: str, known: frozenset[str], seen: dict[str, list[Path]]) -> list[Path]:
        if variable not in seen:
            seen[variable] = list(self._one_further(variable, known, seen))[:MOST_PATHS]
        return seen[variable]

    def _one_further(self, variable: str, known: frozenset[str], seen: dict[str, list[Path]]) -> Iterator[Path]:
        for line in self.exercise.readers.get(variable, ()):
            for output in line.outputs:
                if output in known or output == "loss":
                    outer = [Path(line, (), upstream(output))]
                else:
                    outer = self._chains(output, known, seen)
                for path in outer:
                    node = self._share(line, variable, output, path.node)
                    if node is not None:
                        yield Path(line, (output, *path.via), added(_terms(node)))

    def _share(self, line: Line, variable: str, output: str, g: Node) -> Node | None:
        """What one line adds to a variable's gradient, given the gradient of an output; None if nothing."""
        if not isinstance(self.numbers.values.get(output), torch.Tensor):
            return None
        if not self.numbers.values[output].is_floating_point():
            return None
        self._line = line
        whole = self._whole(line, variable, output, g)
        taken_apart = self._taken_apart(line, variable, g) if len(line.outputs) == 1 else None
        return taken_apart if taken_apart is not None and self._same(taken_apart, whole) else whole

    def _taken_apart(self, line: Line, variable: str, g: Node) -> Node | None:
        terms = list(self._walk(value_of(line), g, variable))
        return functools.reduce(lambda a, b: Node("terms", (a, b)), terms) if terms else None

    def _same(self, one: Node, other: Node) -> bool:
        a, b = self.numbers.tensor(one), self.numbers.tensor(other)
        if a is None or b is None or a.shape != b.shape:
            return False
        return bool(((a - b).abs() <= _ALIKE * b.abs().max() + 1e-300).all())

    def _whole(self, line: Line, variable: str, output: str, g: Node) -> Node:
        index = line.outputs.index(output) if len(line.outputs) > 1 else None
        return Node("vjp", (g, name(variable)), (compiled(with_variable_out(value_of(line), variable)), index))

    # walking down a line

    def _walk(self, node: ast.expr, g: Node, variable: str) -> Iterator[Node]:
        """The terms of the gradient: from the gradient of an expression down to every use of the variable."""
        if isinstance(node, ast.Name):
            if node.id == variable:
                yield g
            return
        if not mentions(node, variable) or self._stops(node):
            return
        operands = list(self._operands(node))
        for child, rule in operands:
            if mentions(child, variable):
                yield from self._walk(child, self._fitted(rule(g), child), variable)
        if not operands:
            yield from self._opaque(node, g, variable)

    def _stops(self, node: ast.expr) -> bool:
        """Whether an expression stops the gradient: it is detached, or its values are integers or bools."""
        call = read_call(node, self.numbers.namespace)
        if call is not None and call.function == "detach":
            return True
        value = self.numbers[self.primal(node)]
        return isinstance(value, torch.Tensor) and not value.is_floating_point()

    def _operands(self, node: ast.expr) -> Iterator[tuple[ast.expr, Any]]:
        """The operands of an expression with a rule, each with the step from the expression's gradient to its own."""
        if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
            yield from BINARY[type(node.op)](self, node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield node.operand, lambda g: Node("neg", (g,))
        else:
            call = read_call(node, self.numbers.namespace)
            rule = RULES.get(call.function) if call is not None else None
            if call is not None and rule is not None:
                yield from rule(self, call, node)

    def _opaque(self, node: ast.expr, g: Node, variable: str) -> Iterator[Node]:
        """An operation without a rule stays whole; if one subexpression has the variable, that is taken apart."""
        inside = [c for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr) and mentions(c, variable)]
        if isinstance(node, ast.Call) and len(inside) == 1 and not isinstance(inside[0], (ast.Name, ast.Attribute)):
            code = compiled(with_part_out(node, inside[0]))
            part = self.primal(inside[0])
            back = self._uncopied(g, part, code) or Node("vjp", (g, part), (code, None))
            yield from self._walk(inside[0], back, variable)
        else:
            code = compiled(with_variable_out(node, variable))
            yield self._uncopied(g, name(variable), code) or Node("vjp", (g, name(variable)), (code, None))

    def _uncopied(self, g: Node, part: Node, code: CodeType) -> Node | None:
        """The gradient of an operation that only copies elements; None if it does more than that."""
        value = self.numbers.tensor(part)
        try:
            copies = value is not None and copied_from(self.numbers, code, value) is not None
        except FAULTS:
            return None
        return Node("uncopied", (g, part), (code, "add")) if copies else None

    def _fitted(self, g: Node, child: ast.expr) -> Node:
        """The gradient summed over what was broadcast on the way from the child to the expression."""
        want, have = self._shape(self.primal(child)), self._shape(g)
        if want is None or have is None or want == have:
            return g
        return Node("sum_to", (g, self.primal(child)))

    def _shape(self, node: Node) -> torch.Size | None:
        """The shape of a formula's value; None if that is not a tensor."""
        found = self.numbers[node]
        return found.shape if isinstance(found, torch.Tensor) else None

    # what the rules need: the formula of an expression's forward value, the value of an argument, code to run

    def primal(self, node: ast.expr) -> Node:
        """The forward value of an expression, as a formula."""
        if node not in self._primal:
            self._primal[node] = self._read(node)
        return self._primal[node]

    def _read(self, node: ast.expr) -> Node:
        if self._line is not None and len(self._line.outputs) == 1 and node is value_of(self._line):
            return name(self._line.outputs[0])
        if isinstance(node, ast.Name) and node.id in self.numbers.values:
            return name(node.id)
        number = literal(node)
        return self._operation(node) if number is None else const(number)

    def _operation(self, node: ast.expr) -> Node:
        if isinstance(node, ast.BinOp) and type(node.op) in _READ:
            return Node(_READ[type(node.op)], (self.primal(node.left), self.primal(node.right)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return Node("neg", (self.primal(node.operand),))
        call = read_call(node, self.numbers.namespace)
        if call is not None and call.function in _FUNCTIONS and not call.args and not call.keywords:
            return Node("fn", (self.primal(call.operand),), _FUNCTIONS[call.function])
        if call is not None and call.function in ("t", "transpose") and not call.keywords:
            dims = tuple(self.literal(argument) for argument in call.args) or None
            return Node("t", (self.primal(call.operand),), dims)
        return Node("code", (), compiled(node))

    def code(self, node: ast.expr) -> CodeType:
        """An expression of the forward pass, compiled."""
        return compiled(node)

    def literal(self, node: ast.expr | None, default: Any = None) -> Any:
        """The value of an argument: a literal as written, anything else evaluated; `default` if there is none."""
        if node is None:
            return default
        try:
            return ast.literal_eval(node)
        except ValueError:
            return self.numbers[self.primal(node)]


def _terms(node: Node | None) -> list[Node]:
    """The terms of a line's share, one for each use of the variable."""
    if node is None:
        return []
    return [*_terms(node.args[0]), node.args[1]] if node.op == "terms" else [node]
