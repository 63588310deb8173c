"""A notebook's flat lines one by one: which names each sets anew, changes, and reads from before."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANONYMOUS = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(slots=True)
class Step:
    """One flat statement: which names it sets anew, which it changes, which it reads from before."""

    node: ast.stmt
    cell: int
    index: int = 0
    fresh: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    reads: dict[str, None] = field(default_factory=dict)

    @property
    def writes(self) -> set[str]:
        return self.fresh | self.touched


def flat(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    """`with torch.no_grad():` around flat lines changes nothing here."""
    for node in nodes:
        if isinstance(node, ast.With) and all(item.optional_vars is None for item in node.items):
            yield from flat(node.body)
        elif not keeps_names(node):
            yield node


def step_of(node: ast.stmt, cell: int) -> Step:
    step = Step(node, cell)
    inner: set[str] = set()
    loads: dict[str, tuple[int, int]] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                place = part.lineno, part.col_offset
                loads[part.id] = min(loads.get(part.id, place), place)
            else:
                step.fresh.add(part.id)
        elif isinstance(part, ast.arg):
            inner.add(part.arg)
        elif isinstance(part, ast.comprehension):
            inner |= {name.id for name in ast.walk(part.target) if isinstance(name, ast.Name)}
        else:
            _note_change(part, step)
    step.fresh -= inner | step.touched
    simple = isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr)
    here = set() if simple else step.fresh
    step.reads = dict.fromkeys(name for name in sorted(loads, key=loads.__getitem__) if name not in inner | here)
    if simple:
        again = step.fresh & loads.keys()  # `dx = dx + ...` goes on with what there was
        step.touched |= again
        step.fresh -= again
    return step


def _note_change(part: ast.AST, step: Step) -> None:
    """`x += 1`, `x[0] = 1`, `x.add_(1)`: x goes on, changed."""
    root: str | None = None
    if isinstance(part, ast.AugAssign):
        root = _root(part.target)
    elif isinstance(part, ast.Subscript | ast.Attribute) and not isinstance(part.ctx, ast.Load):
        root = _root(part)
    elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call) and isinstance(part.value.func, ast.Attribute):
        root = _root(part.value.func)
    if root is not None:
        step.touched.add(root)


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def keeps_names(node: ast.stmt) -> bool:
    return isinstance(node, (*_ANONYMOUS, ast.Import, ast.ImportFrom))


def called(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            yield part.func.id
