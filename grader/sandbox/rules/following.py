"""Follows names through a function's assignments, to find what `(up - down) / (2*h)` is computed from."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

MOST_NODES = 300
"""The largest followed expression: names that hold names that hold names would grow without bound. The limit also keeps
the recursion over an expression below Python's own. Of 508 quotients in the catalogs, 505 are smaller; the largest of
those has 128 nodes."""
MOST_DEPTH = 3
"""How many nested calls of helper functions are followed."""

_OPERATIONS: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "subtract": ast.Sub,
    "mul": ast.Mult,
    "multiply": ast.Mult,
    "div": ast.Div,
    "divide": ast.Div,
    "true_divide": ast.Div,
}
MODULES = frozenset(("torch", "F", "nn", "math"))


@dataclass(frozen=True, slots=True)
class Held:
    """The expression that a name holds, and its number of nodes."""

    value: ast.expr
    size: int


@dataclass(frozen=True, slots=True)
class Helper:
    """A function in the file that consists of one expression."""

    parameters: tuple[str, ...]
    value: ast.expr


class TooLargeError(Exception):
    """The expression is too large to follow."""


@dataclass(slots=True)
class _Following:
    """Rewrites one expression: replaces names by the expressions they hold, which are never modified."""

    env: Mapping[str, Held]
    helpers: Mapping[str, Helper]
    changed: Iterable[str] = ()
    """Tensors that the function changes in place: a call may read them without taking them as arguments."""
    depth: int = 0
    left: int = MOST_NODES
    hidden: set[str] = field(default_factory=set)

    def spend(self, nodes: int) -> None:
        self.left -= nodes
        if self.left < 0:
            raise TooLargeError

    def visit(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.visit(part) for part in node]
        if not isinstance(node, ast.AST) or isinstance(node, (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop)):
            return node
        self.spend(1)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp, ast.Lambda)):
            self.hidden |= bound(node)
        made = type(node)(**{name: self.visit(getattr(node, name, None)) for name in node._fields})
        return self.call(made) if isinstance(made, ast.Call) else made

    def name(self, node: ast.Name) -> ast.expr:
        held = None if node.id in self.hidden else self.env.get(node.id)
        if held is None:
            return node
        self.spend(held.size)
        return held.value

    def call(self, made: ast.Call) -> ast.expr:
        if (operation := as_operation(made)) is not None:
            return operation
        if not isinstance(made.func, ast.Name):
            return _copied(made) or made
        unseen = [self.name(ast.Name(name)) for name in self.changed]
        helper = self.helpers.get(made.func.id)
        given = made.args
        if helper is None or len(given) != len(helper.parameters) or made.keywords or self.depth == MOST_DEPTH:
            return ast.Call(made.func, [*given, *unseen], made.keywords)
        env = {name: Held(value, size(value)) for name, value in zip(helper.parameters, given, strict=True)}
        inner = _Following(env, self.helpers, (), self.depth + 1, self.left)
        body = inner.visit(helper.value)
        self.left = inner.left
        return ast.Call(made.func, [body, *unseen], [])


class Follower:
    """Walks a function's statements in order, loops once, and tracks what each name holds.

    Args:
        look: called with each expression when the walk reaches it; it may call `follow` then.
    """

    def __init__(self, function: Function, helpers: Mapping[str, Helper], look: Callable[[ast.expr], None]) -> None:
        self._helpers = helpers
        self._look = look
        self._env: dict[str, Held] = {}
        self._views: dict[str, str] = {}
        self._body: list[ast.stmt] = [ast.Expr(function.body)] if isinstance(function, ast.Lambda) else function.body
        self._changed = tuple(sorted(set(_changed(self._body))))

    def run(self) -> None:
        self._block(self._body)

    def follow(self, node: ast.expr) -> ast.expr | None:
        """The expression with every known name replaced by what it holds; None if it would become too large."""
        try:
            followed: ast.expr = _Following(self._env, self._helpers, self._changed).visit(node)
        except TooLargeError:
            return None
        return followed

    def _block(self, body: list[ast.stmt]) -> None:
        for node in body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self._statement(node)
                for inner in blocks(node):
                    self._block(inner)

    def _statement(self, node: ast.stmt) -> None:
        for expression in (part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)):
            self._look(expression)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            self._look(ast.BinOp(node.target, node.op, node.value))
            self._change(node.target, node.op, node.value)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and (change := _in_place(node.value)):
            self._change(*change)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, self.follow(value))
            self._views.pop(target.id, None)
            if (root := root_of(value)) not in (None, target.id) and _is_view(value):
                self._views[target.id] = str(root)
        elif isinstance(target, (ast.Tuple, ast.List)):
            held = [self.follow(part) for part in elements(value, len(target.elts))]
            for element, part in zip(target.elts, held, strict=True):
                if isinstance(element, ast.Name):
                    self._bind(element.id, part)
        elif (root := root_of(target)) is not None:
            self._place(root, self.follow(value))

    def _bind(self, name: str, value: ast.expr | None) -> None:
        self._env.pop(name, None)
        if value is not None and (nodes := size(value)) <= MOST_NODES:
            self._env[name] = Held(value, nodes)

    def _place(self, root: str, value: ast.expr | None) -> None:
        """`a[i] = old + h`: a is its old value with an element replaced, written as a dictionary like nothing else."""
        before = self._env[root].value if root in self._env else ast.Name(root)
        if isinstance(before, ast.Dict) and len(before.values) > 1:
            before = before.values[0]  # another element was set before
        if value is not None:
            self._set(root, ast.Dict([ast.Constant(0), ast.Constant(1)], [before, value]))

    def _change(self, target: ast.expr, operation: ast.operator, value: ast.expr) -> None:
        """`a += h`, and `a[i] += h` in the same way: which elements change does not matter here."""
        root, by = root_of(target), self.follow(value)
        if root is not None and by is not None:
            before = self._env[root].value if root in self._env else ast.Name(root)
            self._set(root, ast.BinOp(before, operation, by))

    def _set(self, root: str, value: ast.expr) -> None:
        """Bind a name and whatever it is a view of: `flat = x.view(-1); flat[i] += h` changes x."""
        for _ in range(MOST_DEPTH):
            self._bind(root, value)
            if root not in self._views:
                return
            root = self._views[root]


def _copied(call: ast.Call) -> ast.expr | None:
    """`x` of `x.clone()`, which has the same values; None for other calls."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("clone", "detach", "double") and not call.args:
        return call.func.value
    return None


def as_operation(call: ast.Call) -> ast.BinOp | None:
    """`torch.sub(a, b)` and `a.sub(b)` as `a - b`."""
    if not isinstance(call.func, ast.Attribute) or (operation := _OPERATIONS.get(call.func.attr)) is None:
        return None
    owner = call.func.value
    operands = call.args if isinstance(owner, ast.Name) and owner.id in MODULES else [owner, *call.args]
    return ast.BinOp(operands[0], operation(), operands[1]) if len(operands) == 2 else None


def elements(value: ast.expr, count: int) -> list[ast.expr]:
    """The parts of a value that is unpacked into `count` names."""
    parts = _written(value)
    if parts is not None and len(parts) == count:
        return parts
    return [ast.Subscript(value, ast.Constant(index)) for index in range(count)]


def _written(value: ast.expr) -> list[ast.expr] | None:
    """The elements of a tuple, of `f(x + s*h) for s in (1, -1)` and of `map(f, (x + h, x - h))`."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return value.elts
    if isinstance(value, (ast.ListComp, ast.GeneratorExp)):
        target, given = value.generators[0].target, value.generators[0].iter
        if isinstance(target, ast.Name) and isinstance(given, (ast.Tuple, ast.List)):
            return [_put_in(value.elt, target.id, part) for part in given.elts]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "map":
        function, *given_to = value.args
        if len(given_to) == 1 and isinstance(given_to[0], (ast.Tuple, ast.List)):
            return [ast.Call(function, [part], []) for part in given_to[0].elts]
    return None


def _put_in(expression: ast.expr, name: str, value: ast.expr) -> ast.expr:
    try:
        followed: ast.expr = _Following({name: Held(value, size(value))}, {}).visit(expression)
    except TooLargeError:
        return expression
    return followed


def helpers(functions: Iterable[tuple[str, Function]]) -> dict[str, Helper]:
    """The functions that consist of one expression and take only positional parameters."""
    found = {}
    for name, function in functions:
        value = _only_expression(function)
        if value is not None and not (function.args.vararg or function.args.kwarg or function.args.kwonlyargs):
            parameters = tuple(argument.arg for argument in [*function.args.posonlyargs, *function.args.args])
            found[name] = Helper(parameters, value)
    return found


def _only_expression(function: Function) -> ast.expr | None:
    if isinstance(function, ast.Lambda):
        return function.body
    last = function.body[-1]
    return last.value if len(function.body) == 1 and isinstance(last, ast.Return) else None


def root_of(node: ast.expr) -> str | None:
    """`x` of `x.view(-1)[i]`, of `x.T` and of `x`."""
    while True:
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return node.id if isinstance(node, ast.Name) else None


def _is_view(value: ast.expr) -> bool:
    """Whether changing the value in place also changes its root; `clone` makes an independent tensor."""
    names = {part.attr for part in ast.walk(value) if isinstance(part, ast.Attribute)}
    return names <= {"view", "reshape", "flatten", "ravel", "data", "detach", "T", "unsqueeze", "squeeze", "contiguous"}


def _in_place(call: ast.Call) -> tuple[ast.expr, ast.operator, ast.expr] | None:
    """For `a[i].add_(h)`: what it changes, the operation, and the operand."""
    if not isinstance(call.func, ast.Attribute) or not call.func.attr.endswith("_") or not call.args:
        return None
    operation = _OPERATIONS.get(call.func.attr.removesuffix("_"))
    return (call.func.value, operation(), call.args[0]) if operation else None


def _changed(body: Iterable[ast.stmt]) -> Iterator[str]:
    """The names of tensors that are changed in place."""
    for node in (part for statement in body for part in ast.walk(statement)):
        targets: list[ast.expr] = [node.target] if isinstance(node, ast.AugAssign) else []
        if isinstance(node, ast.Assign):
            targets = [target for target in node.targets if isinstance(target, ast.Subscript)]
        if isinstance(node, ast.Call) and (change := _in_place(node)):
            targets = [change[0]]
        yield from (root for root in map(root_of, targets) if root is not None)


def bound(node: ast.AST) -> set[str]:
    """The names that a comprehension or a lambda binds for itself."""
    if isinstance(node, ast.Lambda):
        return {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    targets = [loop.target for loop in getattr(node, "generators", ())]
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of statements inside a statement."""
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, [])
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def size(node: ast.AST) -> int:
    """The number of nodes in an expression; counting stops at MOST_NODES + 1."""
    count = 0
    for _ in ast.walk(node):
        count += 1
        if count > MOST_NODES:
            break
    return count
