"""Inputs that are a dict, list or object of tensors: each tensor in it is a variable of its own."""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMESPACE = "SimpleNamespace"


def leaves(expression: ast.expr) -> list[str]:
    """The names of the tensors in an expression such as `{'W': W, 'b': b}`, in order."""
    called = {id(node.func) for node in ast.walk(expression) if isinstance(node, ast.Call)}
    found = (n for n in _in_order(expression) if isinstance(n, ast.Name) and id(n) not in called)
    return [node.id for node in found]


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def contents(value: Any) -> Iterator[Any]:
    """The same tensors of a value, in the same order."""
    parts = _parts(value)
    if parts is None:
        yield value
    else:
        for part in parts.values():
            yield from contents(part)


def _parts(value: Any) -> dict[Any, Any] | None:
    """What a container holds, by key, place or attribute; None if it is none."""
    if isinstance(value, dict):
        return value
    if hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    if isinstance(value, (list, tuple)):
        return dict(enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    return vars(value) if type(value).__name__ == _NAMESPACE else None


def packing(name: str, value: Any, function: ast.FunctionDef, *, prefixed: bool = False) -> str:
    """The expression that makes a parameter from variables, such as `{'W': W, 'b': b}`.

    A tensor in a dict or object is called as there; one in a list as forward() calls it, with its place.

    Args:
        name: the parameter.
        value: a dict, list, tuple, dataclass or namespace of tensors.
        function: forward().
        prefixed: whether every variable's name begins with the parameter's.
    """
    unpacked, looped = _names_unpacked(name, function), _names_looped(name, function)

    def called(path: tuple[Any, ...]) -> str:
        *_, last = path
        keys = [str(key) for key in path if not isinstance(key, int)]
        if prefixed or keys:
            places = "_".join(str(key) for key in path if isinstance(key, int))
            called = "_".join([name] * prefixed + keys)
            return f"{called}_{places}" if places and called[-1].isdigit() else called + places
        if len(path) == 1 and last < len(unpacked):
            return unpacked[int(last)]
        if len(path) <= 2 and (last if len(path) == 2 else 0) < len(looped):  # a pair in a list, or a list alone
            return f"{looped[last if len(path) == 2 else 0]}{path[0]}"
        return name + "_".join(map(str, path))

    def made(path: tuple[Any, ...], value: Any) -> str:
        parts = _parts(value)
        return called(path) if parts is None else _display(value, {k: made((*path, k), v) for k, v in parts.items()})

    return made((), value)


def _display(value: Any, inner: dict[Any, str]) -> str:
    """The expression that makes a container like this value from these expressions."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {text}" for key, text in inner.items()) + "}"
    if type(value) is list:
        return f"[{', '.join(inner.values())}]"
    if type(value) is tuple:
        return "(" + "".join(f"{text}, " for text in inner.values()).rstrip() + ")"
    return f"{type(value).__name__}({', '.join(f'{key}={text}' for key, text in inner.items())})"


def _names_unpacked(name: str, function: ast.FunctionDef) -> list[str]:
    """The names in `W1, b1 = params`; empty if there is no such line."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id == name:
            return _target_names(node.targets[0])
    return []


def _names_looped(name: str, function: ast.FunctionDef) -> list[str]:
    """The names in `for W, b in params` or `for i, W in enumerate(params)`; empty if there is no such loop."""
    for node in ast.walk(function):
        if isinstance(node, (ast.For, ast.comprehension)):
            over = [each.id for each in ast.walk(node.iter) if isinstance(each, ast.Name)]
            names = _target_names(node.target)
            if over == [name]:
                return names
            if over == ["enumerate", name]:
                return names[1:]
            if over[:1] == ["zip"] and name in over[1:] and len(over) == len(names) + 1:
                return [names[over.index(name) - 1]]
    return []


def _target_names(target: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def is_packed(value: Any) -> bool:
    """Whether a value holds tensors without being one."""
    return _parts(value) is not None and any(hasattr(each, "requires_grad") for each in contents(value))
