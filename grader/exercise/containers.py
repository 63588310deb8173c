"""Names that hold a list, tuple or dict of tensors, and putting what they hold where they are read.

A container has no gradient, so it is no variable: a line that reads one reads the tensors in it.
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from grader.exercise.name_use import argument_names
from grader.exercise.whole_numbers import called

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, *_COMPREHENSIONS)
# fmt: off
_MAKERS = frozenset((
    "list", "tuple", "dict", "set", "zip", "enumerate", "reversed", "map", "SimpleNamespace", "partial",
))
_SEVERAL = frozenset((
    "chunk", "split", "tensor_split", "hsplit", "vsplit", "dsplit", "unbind", "split_with_sizes", "topk", "sort",
    "kthvalue", "mode", "cummax", "cummin", "aminmax", "svd", "eigh", "eig", "qr", "slogdet", "lu_factor", "std_mean",
    "var_mean", "meshgrid", "broadcast_tensors", "frexp", "lstsq",
))
"""Functions and methods that return several tensors."""
_SEVERAL_ALONG = frozenset(("max", "min", "median", "nanmedian"))
"""Those that do if they are told a dimension: `x.max(1)`, `torch.max(x, 1)`, `x.max(dim=1)`."""
# fmt: on


def is_container(value: ast.expr, tree: ast.Module) -> bool:
    """Whether an expression makes a container of tensors, as far as the syntax shows.

    Args:
        value: the expression.
        tree: the file that it stands in: a function of it may return a tuple, and a class of it hold tensors.
    """
    if isinstance(value, (*_DISPLAYS, ast.Lambda)):
        return True
    if isinstance(value, ast.IfExp):
        return is_container(value.body, tree)
    if isinstance(value, ast.BinOp):  # [h0] * 3, xs + [y]
        return any(isinstance(side, _DISPLAYS) for side in (value.left, value.right))
    if not isinstance(value, ast.Call):
        return False
    name = called(value)
    if name in _SEVERAL_ALONG:
        return _has_dimension(value)
    return name in _MAKERS | _SEVERAL or (isinstance(value.func, ast.Name) and _returns_container(name, tree))


def _has_dimension(call: ast.Call) -> bool:
    """Whether a call of max is told a dimension: a number, or by keyword."""
    numbers = (ast.UnaryOp, ast.Constant)
    return any(isinstance(each, numbers) for each in call.args) or any(each.arg == "dim" for each in call.keywords)


def _returns_container(name: str, tree: ast.Module) -> bool:
    """Whether a class or function of the file has this name, and the function returns a container."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return True
        if isinstance(node, ast.FunctionDef) and node.name == name:
            returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
            return any(isinstance(each, _DISPLAYS) for each in returned)
    return False


class Substitution(ast.NodeTransformer):
    """Replaces names by the expressions that they stand for.

    Args:
        held: by name, the expression.
    """

    def __init__(self, held: Mapping[str, ast.expr]) -> None:
        self._held = held
        self._bound: frozenset[str] = frozenset()
        self._within: set[ast.AST] = set()

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self._held or node.id in self._bound or not isinstance(node.ctx, ast.Load):
            return node
        return ast.copy_location(copy.deepcopy(self._held[node.id]), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`{'W': W}['W']` is W."""
        self.generic_visit(node)
        return _item(node.value, node.slice) or node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`SimpleNamespace(W=W).W` is W."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and called(node.value)[:1].isupper():
            return next((each.value for each in node.value.keywords if each.arg == node.attr), node)
        return node

    def _visit_within(self, node: ast.AST, bound: Collection[str]) -> ast.AST:
        outside = self._bound
        self._bound |= frozenset(bound)
        found = self.generic_visit(node)
        self._bound = outside
        return found

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._visit_within(node, list(argument_names(node.args)))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._visit_within(node, list(argument_names(node.args)))

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """A comprehension's own names are not replaced."""
        if isinstance(node, _COMPREHENSIONS) and node not in self._within:
            self._within.add(node)
            targets = (n.id for each in node.generators for n in ast.walk(each.target) if isinstance(n, ast.Name))
            return self._visit_within(node, list(targets))
        return super().generic_visit(node)


def _item(container: ast.expr, place: ast.expr) -> ast.expr | None:
    """The element of a display at a literal place; None if the syntax does not show it."""
    try:
        at = ast.literal_eval(place)
    except ValueError:
        return None
    if isinstance(container, ast.Dict):
        pairs = zip(container.keys, container.values, strict=True)
        return next((value for key, value in pairs if _equals(key, at)), None)
    if isinstance(container, ast.Call) and called(container) == "dict":
        return next((each.value for each in container.keywords if each.arg == at), None)
    if isinstance(container, (ast.List, ast.Tuple)) and isinstance(at, int):
        elements = container.elts
        if -len(elements) <= at < len(elements) and not any(isinstance(e, ast.Starred) for e in elements):
            return elements[at]
    return None


def _equals(key: ast.expr | None, value: object) -> bool:
    return isinstance(key, ast.Constant) and key.value == value
