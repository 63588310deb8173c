"""Sorts the statements that lead to a notebook's loss: the lines of the forward pass, and what sets them up."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from grader.authoring.notebook_sizes import NotebookSizes
from grader.exercise.forward import BrokenExercise
from grader.sandbox.rules.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.authoring.notebook_pass import CellStatement, NotebookPass
    from grader.authoring.notebook_values import NotebookValues, ValueFacts

_ABOUT_SHAPES = frozenset(("shape", "dtype", "device", "ndim"))
_SELECTED = (ast.Subscript, ast.Tuple)
_OF_SHAPES = frozenset(("size", "dim", "numel", "len", "zeros_like", "ones_like", "rand_like", "randn_like"))


def check_library(found: NotebookPass) -> None:
    """Refuse a forward pass in NumPy before it runs: NumPy may not be installed."""
    imported = {
        name.split(".")[0]
        for index in found.needed
        if isinstance(node := found.statements[index].node, (ast.Import, ast.ImportFrom))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    if "numpy" in imported and "torch" not in imported:
        _refuse_numpy(found)


def _refuse_numpy(found: NotebookPass) -> NoReturn:
    raise BrokenExercise(
        f"{found.last.place}: {found.loss} is computed with NumPy, and only PyTorch's tensors have gradients to "
        "compare with; write the forward pass in PyTorch (`torch.exp` for `np.exp`, `x @ W` for `x.dot(W)`)"
    )


class SortedPass:
    """The statements that lead to the loss: the lines of the forward pass, and those before that set it up.

    Raises:
        BrokenExercise: the loss is no tensor, or depends on no parameter.
    """

    def __init__(self, found: NotebookPass, values: NotebookValues) -> None:
        self.found = found
        self.values = values
        self._check_loss()
        self.lines = self._lines()
        if self.lines[-1:] != [len(found.statements) - 1]:
            raise BrokenExercise(
                f"{found.last.place}: {found.loss} does not depend on any parameter; the parameters of a notebook are "
                "its tensors with requires_grad, or those that it computes a gradient of, such as dW of W"
            )

    def _check_loss(self) -> None:
        found = self.found
        loss = self.values.written[len(found.statements) - 1][found.loss]
        read = self.values.read[len(found.statements) - 1].values()
        if loss.kind == "array" or any(facts.kind == "array" for facts in read):
            _refuse_numpy(found)
        if not loss.is_float:
            raise BrokenExercise(f"{found.last.place}: {found.loss} is a {loss.type}, not a tensor")

    def _lines(self) -> list[int]:
        """The indices of the lines: what is computed from a parameter, and what is later filled by such a line.

        A variable with a gradient is a line, too, if it is computed from tensors, none of which has a gradient. These
        are then where lines begin: `q` and `k` of `att = q @ k.T`.
        """
        filled, roots = set[str](), set(self.parameters)
        while True:
            lines = self._following(filled, roots)
            made = {name for index in lines for name in self.statement(index).step.fresh}
            changed = {name for index in lines for name in self.statement(index).step.touched} - made
            earlier = self._computed_from({*self.found.needed} - {*lines}, roots)
            if changed <= filled and earlier <= roots:
                return lines
            filled |= changed
            roots |= earlier

    def _computed_from(self, setup: Collection[int], roots: Collection[str]) -> set[str]:
        """The tensors that roots are computed from in statements that are no lines; `x[ix]` is only selected from x."""
        found: set[str] = set()
        for index in setup:
            step, known = self.statement(index).step, self.values.read.get(index, {})
            if step.fresh & {*roots} and not isinstance(getattr(step.node, "value", None), _SELECTED):
                read = {name: known[name] for name in _values_read(step.node) if name in known}
                found |= {name for name, facts in read.items() if facts.has_gradient and facts.kind != "number"}
        return found

    def _following(self, filled: Collection[str], roots: Collection[str]) -> list[int]:
        attached, lines, made = set(filled), list[int](), set[str]()
        for index in sorted(self.found.needed):
            statement, written = self.statement(index), self.values.written.get(index, {})
            if statement.is_definition:
                continue
            own = statement.step.writes - made  # `W *= 0.1` is part of making W
            if _values_read(statement.node) & attached - own or own & {*filled}:
                lines.append(index)
                made |= statement.step.writes
                attached |= {name for name, facts in written.items() if facts.has_gradient}
            else:
                attached |= {name for name, facts in written.items() if facts.has_gradient and name in roots}
        return lines

    @cached_property
    def parameters(self) -> Collection[str]:
        """The names of the parameters, and of everything that has a gradient; all floats if neither is known."""
        read = [item for values in self.values.read.values() for item in values.items()]
        tracked = {name for name, facts in read if facts.tracked}
        return tracked | self.found.gradients or {name for name, facts in read if facts.has_gradient}

    def statement(self, index: int) -> CellStatement:
        """One statement."""
        return self.found.statements[index]

    def writers(self, name: str, before: int) -> list[int]:
        """The statements that set a name up to its use in a line: its last assignment, and what changes it after."""
        found: list[int] = []
        for index in sorted((i for i in self.found.needed if i < before), reverse=True):
            step = self.statement(index).step
            if name in step.writes:
                found.insert(0, index)
                if name in step.fresh:
                    break
        return found

    @cached_property
    def read(self) -> dict[str, tuple[int, ValueFacts]]:
        """The names that lines read and none computes: the first line that reads each, and what is known about it."""
        found: dict[str, tuple[int, ValueFacts]] = {}
        made: set[str] = set()
        for index in self.lines:
            known = self.values.read[index]
            for name in self.statement(index).step.reads:
                if name not in made and name in known:
                    found.setdefault(name, (index, known[name]))
            made |= self.statement(index).step.writes
        return found

    @cached_property
    def numbers(self) -> dict[str, ValueFacts]:
        """All numbers that set it up, by name."""
        written = [item for values in self.values.written.values() for item in values.items()]
        return {name: facts for name, facts in written if facts.kind == "number"}

    @cached_property
    def sizes(self) -> NotebookSizes:
        """Its whole numbers."""
        named: dict[str, tuple[int, ast.expr]] = {}
        for index, values in self.values.written.items():
            node = self.statement(index).node
            for name, facts in values.items():
                if facts.size is not None and facts.size > 1 and isinstance(node, ast.Assign) and index in self.setup:
                    named[name] = facts.size, _expression(name, node)
        nodes = [node for index in self.found.needed for node in walk(self.statement(index).node)]
        products = dict.fromkeys(pair for node in nodes if (pair := _product(node)))
        return NotebookSizes(named, products, {name for i in self.lines for name in self.statement(i).step.writes})

    @cached_property
    def setup(self) -> frozenset[int]:
        """The statements that were run and are no lines."""
        return frozenset(self.values.written) - {*self.lines}


def _product(node: ast.AST) -> tuple[str, str] | None:
    """The names that a node multiplies: `n_embd * block_size`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sides = node.left, node.right
        names = [side.id for side in sides if isinstance(side, ast.Name)]
        return (names[0], names[1]) if len(names) == len(sides) else None
    return None


def _expression(name: str, node: ast.Assign) -> ast.expr:
    """What a number is set to: in `n = batch_size = 32`, batch_size is set to n."""
    first = node.targets[0]
    return node.value if not isinstance(first, ast.Name) or first.id == name else ast.Name(first.id, ast.Load())


def _values_read(node: ast.AST) -> set[str]:
    """The names whose values a statement reads, not only their shapes."""
    if isinstance(node, ast.Attribute) and node.attr in _ABOUT_SHAPES:
        return set()
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in _OF_SHAPES:
            return set()
    if isinstance(node, ast.Name):
        return {node.id}
    return {name for inner in ast.iter_child_nodes(node) for name in _values_read(inner)}
