"""What a function's body says before it runs: was it begun, which `return` does it lack, which names does it borrow."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.sandbox.cleaning import shortened
from grader.sandbox.rules.following import blocks
from grader.sandbox.rules.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
MOST_BORROWED: Final = 50
LONGEST_NAME: Final = 100
_INNER: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_SEVERAL: Final = "gradients"
"""The function of a training exercise, which returns one gradient for each parameter."""


def unreturned(name: str, function: Definition) -> str:
    """What to say about a function that was begun if a call of it returns None; empty for a stub."""
    if is_stub(function):
        return ""
    if isinstance(function, ast.Lambda):
        return "returns nothing: what follows the colon has no value"
    returns = list(_returns(function.body))
    if not returns:
        return f"returns nothing: {_ending(function.body[-1], _wanted(name, function.body))}"
    if all(map(_is_bare, returns)):
        return f"returns nothing: a `return` without a value gives None; write {_wanted(name, function.body)}"
    if any(map(_is_bare, returns)) or _falls_through(function.body):
        return "returned nothing: one of its branches ends without a `return` of the gradient"
    return "returned nothing: what follows its `return` is None, such as the result of print(...) or of a list's append"


def borrowed(function: Definition) -> tuple[str, ...]:
    """The names that a function reads and that are neither its parameters nor assigned in it, in alphabetical order.

    A name that it declares global counts as read.
    """
    nodes = walk(function)
    names = [node for node in nodes if isinstance(node, ast.Name)]
    outer = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in names if not isinstance(node.ctx, ast.Load)} - outer
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)} | outer
    return tuple(sorted(name for name in read - own if len(name) <= LONGEST_NAME))[:MOST_BORROWED]


def _nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node below, in the order of the source, without what functions and classes inside hold."""
    waiting: list[ast.AST] = [*reversed(body)]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _INNER):
            waiting += [*ast.iter_child_nodes(node)][::-1]


def _returns(body: list[ast.stmt]) -> Iterator[ast.Return]:
    """Every `return`, without those of functions inside."""
    waiting = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, _INNER):
            for block in blocks(node):
                waiting += block


def is_stub(function: Definition) -> bool:
    """Whether a function is as it was handed out.

    A stub has a docstring, `pass`, `...`, `return None`, `dx = None` or `raise NotImplementedError`, and nothing else.
    A layer's also has `cache = (x, w)` and `return out, cache`.
    """
    if isinstance(function, ast.Lambda):
        return _is_none(function.body)
    body = function.body
    empty = {node.id for statement in body if _is_placeholder(statement) for node in _targets(statement)}
    given = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)} | empty
    kept = {node.id for each in body if _is_of(each, given) for node in _targets(each)}
    returns = [_parts(node.value) for node in body if isinstance(node, ast.Return) and not _is_bare(node)]
    if not all(_says_nothing(each) or (returns and _is_of(each, given)) for each in body):
        return False
    return all(not empty.isdisjoint(each) and (empty | kept).issuperset(each) for each in returns)


def _parts(value: ast.expr | None) -> list[str]:
    """The names in `dx`, in `dx, dw` and in `(dx, dw)`; an empty one for anything else."""
    parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
    return [part.id if isinstance(part, ast.Name) else "" for part in parts]


def _is_of(statement: ast.stmt, names: set[str]) -> bool:
    """Whether a statement only gives names to a function's parameters: `cache = (x, w, b)`."""
    return isinstance(statement, ast.Assign) and bool(_targets(statement)) and names.issuperset(_parts(statement.value))


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Raise):
        kind = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(kind, ast.Name) and kind.id == "NotImplementedError"
    return isinstance(statement, (ast.Pass, ast.Return)) or _is_placeholder(statement)


def _is_placeholder(statement: ast.stmt) -> bool:
    """`dx = None` or `dx = ...`, as in the lecture's notebook; `dx, dw = None, None`."""
    if not isinstance(statement, ast.Assign):
        return False
    values = statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]
    return all(map(_is_none, values))


def _targets(statement: ast.stmt) -> list[ast.Name]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    each = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [target for target in each if isinstance(target, ast.Name)]


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None) or _is_ellipsis(node)


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _is_bare(node: ast.Return) -> bool:
    return _is_none(node.value)


def _wanted(name: str, body: list[ast.stmt]) -> str:
    """The `return` to write: of the value that has the function's name, otherwise of the one assigned last."""
    assigned = [node.id for node in _nodes(body) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    if name == _SEVERAL or not assigned:
        return "a `return` of the gradient" if name != _SEVERAL else "a `return` of all gradients"
    return f"`return {shortened(name if name in assigned else assigned[-1], 60)}`"


def _ending(last: ast.stmt, wanted: str) -> str:
    """What to do about the last statement of a function without `return`."""
    add = f"add {wanted} at the end"
    if not isinstance(last, ast.Expr) or isinstance(last.value, ast.Constant):
        return add
    called = last.value.func if isinstance(last.value, ast.Call) else None
    if isinstance(called, ast.Name) and called.id in ("print", "pprint"):
        return f"print shows a value and does not return it; {add}"
    in_place = isinstance(called, ast.Attribute) and called.attr.endswith("_")
    return add if in_place else "put `return` in front of its last line"


def _falls_through(body: list[ast.stmt]) -> bool:
    """Whether the end of a block may be reached without `return`. Loops and `match` count as if they were passed."""
    waiting = [body]
    while waiting:
        last = (waiting.pop() or [ast.Pass()])[-1]
        if isinstance(last, ast.If):
            waiting += [last.body, last.orelse]
        elif isinstance(last, ast.With):
            waiting.append(last.body)
        elif isinstance(last, ast.Try):
            waiting += [last.orelse or last.body, *(handler.body for handler in last.handlers)]
        elif not isinstance(last, (ast.Return, ast.Raise)):
            return True
    return False
