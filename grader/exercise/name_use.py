"""Which names a statement assigns, changes in place, and reads, by its syntax."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Event = tuple[str, bool]
"""A name, and whether it is assigned (else read)."""

_VIEWS = frozenset((
    "view", "view_as", "unflatten", "transpose", "swapaxes", "t", "permute", "movedim", "squeeze", "unsqueeze",
    "narrow", "select", "diagonal", "expand", "expand_as", "unfold", "detach", "flatten", "reshape", "contiguous",
))  # fmt: skip
"""Methods whose result may share its numbers with the tensor."""
_FILLED = frozenset(("append", "extend", "insert", "update", "setdefault", "add", "pop", "remove", "clear"))
"""Methods that change a list, dict or set, if their result is not used; a tensor's `add` is used."""


@dataclass(frozen=True, slots=True)
class NameUse:
    """How one statement uses names."""

    stores: tuple[str, ...]
    """Assigned, in order, each once."""
    changes: frozenset[str]
    """Changed in place."""
    reads: tuple[str, ...]
    """Read before it assigns them, in order."""

    @property
    def touched(self) -> frozenset[str]:
        """Assigned or changed in place."""
        return self.changes | frozenset(self.stores)


def name_use(statement: ast.stmt) -> NameUse:
    """How a statement uses names; those of a comprehension or an inner function are its own."""
    stored: dict[str, None] = {}
    read: dict[str, None] = {}
    for name, is_stored in events(statement):
        if is_stored:
            stored[name] = None
        elif name not in stored:
            read[name] = None
    return NameUse(tuple(stored), frozenset(_changed(statement)), tuple(read))


@singledispatch
def events(node: ast.AST) -> Iterator[Event]:
    """The uses of names in a node, in the order in which they happen."""
    for child in ast.iter_child_nodes(node):
        yield from events(child)


@events.register(ast.Name)
def _(node: ast.Name) -> Iterator[Event]:
    yield node.id, isinstance(node.ctx, ast.Store)


@events.register(ast.Assign)
@events.register(ast.AnnAssign)
def _(node: ast.Assign | ast.AnnAssign) -> Iterator[Event]:
    if node.value is not None:
        yield from events(node.value)
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from events(target)


@events.register(ast.NamedExpr)
def _(node: ast.NamedExpr) -> Iterator[Event]:
    yield from events(node.value)
    yield from events(node.target)


@events.register(ast.AugAssign)
def _(node: ast.AugAssign) -> Iterator[Event]:
    yield from events(node.value)
    if isinstance(node.target, ast.Name):
        yield node.target.id, False
    yield from events(node.target)


@events.register(ast.For)
def _(node: ast.For) -> Iterator[Event]:
    yield from _in_order(node.iter, node.target, *node.body, *node.orelse)


@events.register(ast.ListComp)
@events.register(ast.SetComp)
@events.register(ast.DictComp)
@events.register(ast.GeneratorExp)
def _(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Iterator[Event]:
    bound = {name for each in node.generators for name, stored in events(each.target) if stored}
    made = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
    parts = [part for each in node.generators for part in (each.iter, *each.ifs)]
    yield from _without(bound, _in_order(*parts, *made))


@events.register(ast.Lambda)
def _(node: ast.Lambda) -> Iterator[Event]:
    yield from _without(set(argument_names(node.args)), events(node.body))


@events.register(ast.FunctionDef)
def _(node: ast.FunctionDef) -> Iterator[Event]:
    inside = list(_in_order(*node.body))
    own = {*argument_names(node.args), *(name for name, stored in inside if stored)}
    yield from _in_order(*node.decorator_list, *node.args.defaults)
    yield from ((name, False) for name, _ in inside if name not in own)
    yield node.name, True


@events.register(ast.ClassDef)
def _(node: ast.ClassDef) -> Iterator[Event]:
    yield node.name, True


@events.register(ast.Import)
@events.register(ast.ImportFrom)
def _(node: ast.Import | ast.ImportFrom) -> Iterator[Event]:
    yield from (((each.asname or each.name).partition(".")[0], True) for each in node.names)


def argument_names(arguments: ast.arguments) -> Iterator[str]:
    """The names of a function's parameters."""
    return (node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg))


def _in_order(*nodes: ast.AST) -> Iterator[Event]:
    for node in nodes:
        yield from events(node)


def _without(names: set[str], found: Iterable[Event]) -> Iterator[Event]:
    return (event for event in found if event[0] not in names)


def _changed(statement: ast.stmt) -> Iterator[str]:
    """The names whose values a statement changes in place."""
    for node in ast.walk(statement):
        if isinstance(node, ast.AugAssign):
            yield from _base(node.target)
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield from _base(node.value)
        elif isinstance(node, ast.Call):
            yield from _changed_by_call(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            function = node.value.func
            if isinstance(function, ast.Attribute) and function.attr in _FILLED:
                yield from _base(function.value)


def _changed_by_call(call: ast.Call) -> Iterator[str]:
    """The names that `x.add_(1)`, `F.relu_(x)`, `F.relu(x, inplace=True)` or `torch.mul(a, b, out=x)` changes."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name.endswith("_") and not name.startswith("_") and name != "requires_grad_":
        inner = function.value if isinstance(function, ast.Attribute) else None
        yield from _base(inner) if inner is not None and not _is_module(inner) else _first(call)
    for keyword in call.keywords:
        if keyword.arg == "inplace" and isinstance(keyword.value, ast.Constant) and keyword.value.value:
            yield from _first(call)
        if keyword.arg == "out":
            yield from _base(keyword.value)


def _is_module(node: ast.expr) -> bool:
    """Whether a name is one that everybody gives to a module."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "nn", "functional")


def _first(call: ast.Call) -> Iterator[str]:
    return _base(call.args[0]) if call.args else iter(())


def _base(node: ast.expr) -> Iterator[str]:
    """The name at the start of `x`, `x[i].view(-1)`, `x.data`; none if a call in between makes a new value."""
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call, ast.Starred)):
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Attribute) and node.func.attr in _VIEWS):
            return
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield node.id
