"""One flat statement of a notebook: which names it sets, changes and reads."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.sandbox.rules.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPOUND = (*LOOPS, ast.If, ast.Try, ast.With, ast.AsyncWith)
_CHANGES = re.compile(
    r"(?!requires_grad_)\w+_|append|extend|insert|update|setdefault|add|pop|remove|clear|sort|reverse"
)
"""Methods that change their object; `dh.numpy()` only shows it."""
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)


@dataclass(slots=True)
class Step:
    """One flat statement: the names it assigns afresh, those it changes, and those whose old value it reads.

    A loop or a branch is one step; what it assigns before reading is assigned afresh.
    """

    node: ast.stmt
    cell: int
    part: int | None = None
    """The number of the exercise that the cell belongs to, if the notebook says so."""
    index: int = 0
    fresh: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    reads: dict[str, None] = field(default_factory=dict)

    @property
    def writes(self) -> set[str]:
        return self.fresh | self.touched

    @property
    def is_loop(self) -> bool:
        return isinstance(self.node, LOOPS)


@dataclass(frozen=True, slots=True)
class CellBody:
    """The statements of a cell, and the number of the exercise that it belongs to."""

    body: list[ast.stmt]
    part: int | None = None


def flat(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run once, in order, including those inside `with torch.no_grad():` and `if True:`.

    A branch that computes several gradients (`if BY_HAND:`) is entered, too: it is the backward pass.
    """
    for node in nodes:
        if isinstance(node, ast.With):
            yield from flat(node.body)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
            yield from flat(node.body if node.test.value else node.orelse)
        elif isinstance(node, (ast.If, ast.Try)) and _is_entered(node):
            yield from flat(node.body)
        elif not isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef)) and not is_placeholder(node):
            yield node


def _is_entered(node: ast.If | ast.Try) -> bool:
    if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
        return True
    written = (part.id for each in node.body for part in walk(each) if isinstance(part, ast.Name) and _stores(part))
    return len({name for name in written if name[:1] == "d" or name.startswith("grad_")}) > 1


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def step_of(node: ast.stmt, cell: int, part: int | None = None) -> Step:
    """What a statement sets, changes and reads."""
    step = Step(node, cell, part)
    if isinstance(node, FUNCTIONS):
        step.fresh, step.reads = {node.name}, dict.fromkeys(free_names(node))
    elif isinstance(node, _COMPOUND):
        _fold(node, step)
    else:
        _read_simple(node, step)
    return step


def _fold(node: ast.stmt, step: Step) -> None:
    """A compound statement: its parts in the order in which they run."""
    for part in _parts(node):
        if isinstance(part, ast.stmt):
            inner = step_of(part, step.cell)
        else:
            inner = Step(node, step.cell)
            _read_simple(part, inner)
        _append(step, inner)
    for handler in getattr(node, "handlers", ()):
        step.reads.pop(handler.name, None)


def _parts(node: ast.stmt) -> Iterator[ast.stmt | ast.expr]:
    if isinstance(node, (ast.For, ast.AsyncFor)):
        yield from (node.iter, node.target)
    elif isinstance(node, (ast.While, ast.If)):
        yield node.test
    for item in getattr(node, "items", ()):
        yield item.context_expr
        if item.optional_vars is not None:
            yield item.optional_vars
    handlers = (handler.body for handler in getattr(node, "handlers", ()))
    blocks = (getattr(node, "body", ()), *handlers, getattr(node, "orelse", ()), getattr(node, "finalbody", ()))
    yield from (inner for block in blocks for inner in flat(block))


def _append(step: Step, inner: Step) -> None:
    step.reads.update(dict.fromkeys(name for name in inner.reads if name not in step.fresh))
    step.touched |= inner.touched - step.fresh
    known = step.touched | step.reads.keys()
    step.touched |= inner.fresh & step.reads.keys()  # the next round of a loop builds on it
    step.fresh |= inner.fresh - known


def _read_simple(node: ast.AST, step: Step) -> None:
    inner: set[str] = set()
    loads: dict[str, tuple[int, int]] = {}
    for part in walk(node):
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                place = part.lineno, part.col_offset
                loads[part.id] = min(loads.get(part.id, place), place)
            elif isinstance(part.ctx, ast.Store):
                step.fresh.add(part.id)
        elif isinstance(part, ast.arg):
            inner.add(part.arg)
        elif isinstance(part, ast.comprehension):
            inner |= {name.id for name in walk(part.target) if isinstance(name, ast.Name)}
        else:
            _note_change(part, step)
    step.fresh -= inner | step.touched
    here = set() if isinstance(node, (*_SIMPLE, ast.expr)) else step.fresh
    step.reads = dict.fromkeys(name for name in sorted(loads, key=loads.__getitem__) if name not in inner | here)
    if isinstance(node, _SIMPLE):
        again = step.fresh & loads.keys()  # `dx = dx + ...` builds on the old value
        step.touched |= again
        step.fresh -= again


def _note_change(part: ast.AST, step: Step) -> None:
    """Record names that are changed but not assigned afresh: `x += 1`, `x[0] = 1`, `x.add_(1)`."""
    root: str | None = None
    if isinstance(part, ast.AugAssign):
        root = _root(part.target)
    elif isinstance(part, (ast.Subscript, ast.Attribute)) and isinstance(part.ctx, ast.Store):
        root = _root(part)
    elif isinstance(part, ast.Expr) and any(map(_CHANGES.fullmatch, _methods(part.value))):
        root = _root(part.value)
    if root is not None:
        step.touched.add(root)


def _methods(node: ast.expr) -> Iterator[str]:
    """The methods called in a chain such as `x.detach().add_(1)`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr
        node = node.func if isinstance(node, ast.Call) else node.value


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def free_names(node: ast.AST) -> list[str]:
    """The names that a function reads from around it, builtins left out, in the order of the text."""
    bound: set[str] = set()
    loads: dict[str, None] = {}
    for part in walk(node):
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                loads[part.id] = None
            else:
                bound.add(part.id)
        elif isinstance(part, ast.arg):
            bound.add(part.arg)
        elif isinstance(part, FUNCTIONS):
            bound.add(part.name)
    return [name for name in loads if name not in bound and not hasattr(builtins, name)]


def is_placeholder(node: ast.stmt) -> bool:
    """Whether a statement is `dh = None` or `dh = ...`: a gradient still to be written."""
    if not isinstance(node, ast.Assign):
        return False
    values = node.value.elts if isinstance(node.value, (ast.Tuple, ast.List)) else [node.value]
    if not values or not all(isinstance(each, ast.Constant) and each.value in (None, ...) for each in values):
        return False
    return any(isinstance(name, ast.Name) and name.id[:1] == "d" for each in node.targets for name in walk(each))


def assigned(node: ast.stmt) -> list[str]:
    """The names that `a = b = ...` binds; empty for any other statement."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def called(node: ast.AST) -> Iterator[str]:
    """The names of the functions that a statement calls."""
    for part in walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            yield part.func.id
