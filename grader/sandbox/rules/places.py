"""What the rules judge: places, statements and a file as a whole, and the small questions asked of syntax nodes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class SyntaxPlace:
    """Somewhere in a statement that the rules have to judge."""

    kind: str
    """`attribute`, `store`, `requires_grad`, `format`, `import`, `from` or `inference_mode`."""
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
    """Whether it binds them in any case, so that earlier bindings no longer matter."""
    now: dict[str, int] = field(default_factory=dict)
    """Module-level names read while the file is loaded, with the line."""
    later: dict[str, int] = field(default_factory=dict)
    """Module-level names read when a function that is defined here is called."""
    places: list[SyntaxPlace] = field(default_factory=list)


@dataclass(slots=True)
class FileFacts:
    """What holds for the file as a whole."""

    statements: list[Statement] = field(default_factory=list)
    modules: dict[str, str] = field(default_factory=dict)
    """Name -> the dotted module (or member of one) that it stands for."""
    own: set[str] = field(default_factory=set)
    """Attributes that the submission's own classes define."""
    classes: list[tuple[str, int, set[str]]] = field(default_factory=list)
    """Name, line and methods of each class."""
    differences: list[Statement] = field(default_factory=list)
    """Statements in which a difference is divided by something."""
    formats: bool = False
    """Whether `str.format` is called at all."""


def chain_of(node: ast.expr) -> tuple[str | None, tuple[str, ...]]:
    """`torch.nn.functional` -> ("torch", ("nn", "functional")); subscripts and calls in between are looked through."""
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
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import)


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def values(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def strings(node: ast.Call) -> Iterator[str]:
    for value in values(node):
        for part in ast.walk(value):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
