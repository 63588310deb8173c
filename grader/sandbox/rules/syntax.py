"""One walk over a submission's syntax tree.

Collects the names that each top-level statement binds and reads, and the places that the rules may have to check.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grader.sandbox.rules import rule_lists
from grader.sandbox.rules.nodes import INNER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class SyntaxPlace:
    """A place in a statement that the rules check."""

    kind: str
    """`attribute`, `function` (of `torch.autograd`), `requires_grad`, `import` or `from`."""
    name: str
    line: int
    root: str | None = None
    """The name at the left end of a chain of attributes; the module of a `from ... import`."""
    chain: tuple[str, ...] = ()


@dataclass(slots=True)
class Statement:
    """One top-level statement as the rules see it."""

    node: ast.stmt
    binds: set[str] = field(default_factory=set)
    """Names that it binds in the module, and names of objects that it changes."""
    settles: bool = False
    """Whether it binds them unconditionally, so that earlier bindings no longer matter."""
    now: dict[str, int] = field(default_factory=dict)
    """Module-level names read while the file is loaded, with the line."""
    later: dict[str, int] = field(default_factory=dict)
    """Module-level names read when a function that is defined here is called."""
    places: list[SyntaxPlace] = field(default_factory=list)
    nodes: list[ast.AST] = field(default_factory=list)
    """All its nodes but contexts (`ast.Load`), the statement itself first."""


@dataclass(slots=True)
class FileFacts:
    """Facts about the file as a whole."""

    statements: list[Statement] = field(default_factory=list)
    modules: dict[str, str] = field(default_factory=dict)
    """Name -> the dotted module (or member of one) that it refers to."""
    own: set[str] = field(default_factory=set)
    """Attributes that the submission's own classes define."""
    classes: list[tuple[str, int, set[str]]] = field(default_factory=list)
    """Name, line and methods of each class."""


def chain_of(node: ast.expr) -> tuple[str | None, tuple[str, ...]]:
    """`torch.nn.functional` -> ("torch", ("nn", "functional")), without subscripts; None if no name begins it."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Name):
            return node.id, tuple(reversed(names))
        else:
            return None, tuple(reversed(names))


def all_arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    if arguments.vararg is not None:
        yield arguments.vararg
    if arguments.kwarg is not None:
        yield arguments.kwarg


def settles(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Name) for target in node.targets)
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.value is not None
    if isinstance(node, ast.ImportFrom):
        return node.names[0].name != "*"
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import))


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def strings(node: ast.Call) -> Iterator[str]:
    for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
        for part in ast.walk(value):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


ATTRIBUTES = frozenset(rule_lists.AUTOGRAD).union(
    rule_lists.TORCH, rule_lists.NUMPY_REFUSED, rule_lists.MODULES, rule_lists.FRAMES, rule_lists.COMPUTED
)
_FUNCTION_ENDS = frozenset(name.rpartition(".")[2] for name in rule_lists.FUNCTION_NAMES)


def _function_of(node: ast.Attribute) -> ast.Name | None:
    """The name `torch` of `torch.autograd.Function`, and of nothing else."""
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    is_one = isinstance(inner, ast.Name) and ".".join(("torch", *chain_of(node)[1])) in rule_lists.FUNCTION_NAMES
    return inner if is_one and isinstance(inner, ast.Name) else None


class _Scope:
    __slots__ = ("binds", "deferred", "elsewhere", "kind", "loads", "parent")

    def __init__(self, kind: str, parent: _Scope | None) -> None:
        self.kind = kind
        self.parent = parent
        self.binds: set[str] = set()
        self.loads: dict[str, int] = {}
        self.elsewhere: dict[str, str] = {}
        self.deferred: bool = kind == "function" or (parent is not None and parent.deferred)


class _Walk:
    """The walk itself. It tracks scopes: a parameter called `input` is not the built-in function."""

    def __init__(self) -> None:
        self.facts = FileFacts()
        self.lazy_annotations = False
        self.scope = _Scope("module", None)
        self.statement = Statement(ast.Pass())
        self._same_as: list[tuple[str, str]] = []
        self._changed: list[tuple[Statement, str]] = []
        self._stores_false = False

    def file(self, tree: ast.Module) -> FileFacts:
        for node in tree.body:
            self.top_level(node)
        for name, root in self._same_as:
            if root in self.facts.modules:
                self.facts.modules.setdefault(name, self.facts.modules[root])
        for statement, root in self._changed:
            if root not in self.facts.modules:
                statement.binds.add(root)
        return self.facts

    def top_level(self, node: ast.stmt) -> None:
        self.statement = Statement(node, settles=settles(node))
        self.scope = _Scope("module", None)
        self.visit(node)
        self.statement.binds |= self.scope.binds
        for name, line in self.scope.loads.items():
            self.statement.now.setdefault(name, line)
        self.facts.statements.append(self.statement)

    def visit(self, node: ast.AST) -> None:
        self.statement.nodes.append(node)
        handler = _HANDLERS.get(type(node))
        if handler is None:
            self.children(node)
        else:
            handler(self, node)

    def children(self, node: ast.AST) -> None:
        for name in INNER[type(node)]:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                self.visit(value)
            elif isinstance(value, list):
                self.each(value)

    def each(self, nodes: list[Any]) -> None:
        for node in nodes:
            if isinstance(node, ast.AST):
                self.visit(node)

    def annotation(self, node: ast.AST | None) -> None:
        if node is not None and not self.lazy_annotations:
            self.visit(node)

    def place(self, kind: str, name: str, node: Any, root: str | None = None, chain: tuple[str, ...] = ()) -> None:
        self.statement.places.append(SyntaxPlace(kind, name, getattr(node, "lineno", 1), root, chain))

    def bind(self, name: str) -> None:
        scope = self.scope
        where = scope.elsewhere.get(name)
        if where == "global":
            self.statement.binds.add(name)
        elif where is None:
            scope.binds.add(name)

    def enter(self, kind: str) -> None:
        self.scope = _Scope(kind, self.scope)

    def leave(self) -> None:
        """Leave a scope and pass the names that it reads but does not bind on to the scope around it."""
        scope = self.scope
        outer = scope.parent
        assert outer is not None
        self.scope = outer
        while outer.kind == "class" and outer.parent is not None:
            outer = outer.parent
        deferred = scope.deferred and outer.kind == "module"
        loads = self.statement.later if deferred else outer.loads
        for name, line in scope.loads.items():
            if name not in scope.binds:
                loads.setdefault(name, line)

    def name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.scope.loads.setdefault(node.id, node.lineno)
        else:
            self.bind(node.id)

    def attribute(self, node: ast.Attribute) -> None:
        name = node.attr
        if name in _FUNCTION_ENDS and (owner := _function_of(node)) is not None:
            self.place("function", name, node, *chain_of(node))
            self.visit(owner)
            return
        if not isinstance(node.ctx, ast.Load):
            self.stored_attribute(node)
        elif name in ATTRIBUTES or name[0] == "_" or "backward" in name or self.is_carried(node.value):
            root, chain = chain_of(node)
            self.place("attribute", name, node, root, chain)
        self.visit(node.value)

    def is_carried(self, value: ast.expr) -> bool:
        """Whether `value` is a module other than torch, so that its attribute may be yet another module."""
        return isinstance(value, ast.Name) and self.facts.modules.get(value.id, "torch").partition(".")[0] != "torch"

    def stored_attribute(self, node: ast.Attribute) -> None:
        root = chain_of(node)[0]
        if root in {"self", "cls"}:
            self.facts.own.add(node.attr)
        elif node.attr == "requires_grad" and not self._stores_false:
            self.place("requires_grad", node.attr, node)
        self.changes(root)

    def subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.changes(chain_of(node.value)[0])
        self.children(node)

    def changes(self, root: str | None) -> None:
        """At module level, changing one of the submission's objects counts as binding its name again."""
        if root is not None and self.scope.kind == "module":
            self._changed.append((self.statement, root))

    def call(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg == "requires_grad" and not is_false(keyword.value):
                self.place("requires_grad", "requires_grad", keyword.value)
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name == "namedtuple":
            self.facts.own.update(word for text in strings(node) for word in text.replace(",", " ").split())
        elif name == "getattr" and isinstance(function, ast.Name) and self.attribute_by_name(node):
            self.each([*node.args, *node.keywords])
            return
        self.children(node)

    def attribute_by_name(self, node: ast.Call) -> bool:
        """`getattr(x, "T")` is `x.T`: judge the attribute, not the function."""
        if len(node.args) < 2 or not isinstance(node.args[1], ast.Constant) or not isinstance(node.args[1].value, str):
            return False
        name = node.args[1].value
        root, chain = chain_of(node.args[0])
        self.place("attribute", name, node, root, (*chain, name))
        return True

    def assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self._stores_false = is_false(node.value)
        self.each(node.targets)
        self._stores_false = False
        root = chain_of(node.value)[0]
        if root is not None:
            self._same_as.extend((target.id, root) for target in node.targets if isinstance(target, ast.Name))

    def annotated(self, node: ast.AnnAssign) -> None:
        self.annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)
        elif self.scope.kind == "class" and isinstance(node.target, ast.Name):
            self.scope.binds.add(node.target.id)

    def augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.scope.loads.setdefault(node.target.id, node.lineno)
        self.children(node)

    def walrus(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        inner = self.scope
        while self.scope.kind == "comprehension" and self.scope.parent is not None:
            self.scope = self.scope.parent
        self.bind(node.target.id)
        self.scope = inner

    def imported(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.place("import", alias.name, node)
            self.bind(name)
            self.facts.modules.setdefault(name, alias.name if alias.asname else name)

    def imported_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        if module == "__future__" and any(alias.name == "annotations" for alias in node.names):
            self.lazy_annotations = True
        for alias in node.names:
            self.place("from", alias.name, node, module)
            name = alias.asname or alias.name
            self.bind(name)
            self.facts.modules.setdefault(name, f"{module}.{alias.name}")

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.each(node.decorator_list)
        self.annotation(node.returns)
        self.bind(node.name)
        self.parameters(node.args)
        self.each(node.body)
        self.leave()

    def anonymous(self, node: ast.Lambda) -> None:
        self.parameters(node.args)
        self.visit(node.body)
        self.leave()

    def parameters(self, arguments: ast.arguments) -> None:
        """Visit defaults and annotations in the enclosing scope, then enter the function's own."""
        self.each([*arguments.defaults, *arguments.kw_defaults])
        named = list(all_arguments(arguments))
        for argument in named:
            self.annotation(argument.annotation)
        self.enter("function")
        self.scope.binds.update(argument.arg for argument in named)

    def class_(self, node: ast.ClassDef) -> None:
        self.each([*node.decorator_list, *node.bases, *node.keywords])
        self.bind(node.name)
        self.enter("class")
        self.each(node.body)
        methods = set(self.scope.binds)
        self.leave()
        self.facts.own |= methods
        self.facts.classes.append((node.name, node.lineno, methods))

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        self.enter("comprehension")
        self.each(node.generators)
        for name in ("key", "value", "elt"):
            part = getattr(node, name, None)
            if part is not None:
                self.visit(part)
        self.leave()

    def declared(self, node: ast.Global | ast.Nonlocal) -> None:
        where = "global" if isinstance(node, ast.Global) else "nonlocal"
        if self.scope.kind != "module":
            self.scope.elsewhere.update(dict.fromkeys(node.names, where))

    def handler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bind(node.name)
        self.children(node)

    def captured(self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if name:
            self.bind(name)
        self.children(node)

    def matched_class(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self.place("attribute", name, node, None, (name,))
        self.children(node)


_HANDLERS: dict[type, Callable[[_Walk, Any], None]] = {
    ast.Name: _Walk.name,
    ast.Attribute: _Walk.attribute,
    ast.Subscript: _Walk.subscript,
    ast.Call: _Walk.call,
    ast.Assign: _Walk.assign,
    ast.AnnAssign: _Walk.annotated,
    ast.AugAssign: _Walk.augmented,
    ast.NamedExpr: _Walk.walrus,
    ast.Import: _Walk.imported,
    ast.ImportFrom: _Walk.imported_from,
    ast.FunctionDef: _Walk.function,
    ast.AsyncFunctionDef: _Walk.function,
    ast.Lambda: _Walk.anonymous,
    ast.ClassDef: _Walk.class_,
    ast.ListComp: _Walk.comprehension,
    ast.SetComp: _Walk.comprehension,
    ast.DictComp: _Walk.comprehension,
    ast.GeneratorExp: _Walk.comprehension,
    ast.Global: _Walk.declared,
    ast.Nonlocal: _Walk.declared,
    ast.ExceptHandler: _Walk.handler,
    ast.MatchAs: _Walk.captured,
    ast.MatchStar: _Walk.captured,
    ast.MatchMapping: _Walk.captured,
    ast.MatchClass: _Walk.matched_class,
}


def look(tree: ast.Module) -> FileFacts:
    return _Walk().file(tree)
