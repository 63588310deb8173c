"""Writes `inputs(seed, ...)` for the forward pass of a notebook.

A tensor is made by the notebook's own statement if that depends only on sizes and a generator. Any other is drawn: in
its shape, and in the range that its values have.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from grader.exercise.forward import BrokenExercise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.authoring.notebook_pass import CellStatement
    from grader.authoring.notebook_sizes import NotebookSizes
    from grader.authoring.notebook_values import ValueFacts

_DRAWS = frozenset(("randn", "rand", "randint", "randperm", "normal"))
_SHAPED_FIRST = frozenset(("randn", "rand", "zeros", "ones", "eye", "arange"))
"""Functions whose whole numbers are dimensions; those of `randint` and `full` are only where they stand in a tuple."""
_MAKERS = _DRAWS | _SHAPED_FIRST | {"full", "linspace"}
_HARMLESS = _MAKERS | {
    "sqrt", "float", "long", "bool", "tril", "triu", "abs", "exp",
}  # fmt: skip
"""Functions that a creation may call: none that change its shape."""
_PASSED_OVER = frozenset(("requires_grad_", "to", "cuda", "cpu", "Parameter", "double"))
"""Calls that a creation is read without."""
_LEFT_OUT = frozenset(("requires_grad", "device", "dtype"))
_MODULES = frozenset(("torch", "math", "np", "numpy", "nn"))


class _CannotCopy(Exception):
    """The statement depends on more than sizes and a generator."""


class Bound(NamedTuple):
    """What indices or labels run over: a dimension of a value."""

    of: str
    axis: int
    length: int


@dataclass(frozen=True, slots=True)
class InputTensor:
    """An input of the forward pass: a tensor that no line computes."""

    name: str
    place: str
    """The first line that reads it, for messages."""
    facts: ValueFacts
    made: CellStatement | None
    """The statement that makes it, if that is a single one and assigns nothing else."""
    bound: Bound | None = None
    """Of indices and labels: what they run over."""
    has_gradient: bool = False
    """Whether it is a parameter, rather than data."""

    @property
    def counted(self) -> tuple[str, ...]:
        """What each of its dimensions counts, as `NotebookSizes.of` has it."""
        count = len(self.facts.shape)
        last = "classes" if self.facts.one_hot else "features"
        names = ["rows", *[""] * (count - 2), last][:count]
        return ("",) * count if self.has_gradient else tuple(names)


@dataclass(frozen=True, slots=True)
class DrawnInput:
    """A line of `inputs`, and what the dimensions of its tensor are."""

    name: str
    text: str
    dims: tuple[str, ...]


class InputsWriter:
    """Writes the lines of `inputs`.

    Args:
        sizes: the notebook's sizes; those that the lines use are marked there.
        numbers: other numbers of the notebook, by name.
        generator: the name of the generator.
    """

    def __init__(self, sizes: NotebookSizes, numbers: Mapping[str, ValueFacts], generator: str) -> None:
        self.sizes = sizes
        self.numbers = numbers
        self.generator = generator
        self._drawn: dict[str, DrawnInput] = {}

    def lines(self, tensors: Sequence[InputTensor]) -> list[DrawnInput]:
        """A line for each tensor, in this order. The data name sizes first; indices run over what is known by then."""
        for tensor in sorted(tensors, key=lambda each: (each.bound is not None, each.has_gradient)):
            line = self._drawn[tensor.name] = self._copied(tensor) or self._draw(tensor)
            if line.dims and not tensor.has_gradient:
                self.sizes.note_rows(line.dims)
        return [self._drawn[tensor.name] for tensor in tensors]

    # The notebook's own statements

    def _copied(self, tensor: InputTensor) -> DrawnInput | None:
        made = tensor.made
        if made is None or not isinstance(made.node, ast.Assign) or _is_constant(tensor.facts):
            return None
        try:
            value = _Copier(self, tensor).copy(made.node.value)
        except _CannotCopy:
            return None
        names = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
        dims = self._dims_of(value, tensor, names)
        text = made.text
        if ast.dump(value) != ast.dump(made.node.value):
            text = f"{tensor.name} = {ast.unparse(value)}"
        return DrawnInput(tensor.name, "\n".join(filter(None, (made.above, f"{text} {made.beside}".rstrip()))), dims)

    def _dims_of(self, value: ast.expr, tensor: InputTensor, names: Sequence[str]) -> tuple[str, ...]:
        """The dimensions as the call that draws it has them, if it does; else found by their numbers."""
        for node in ast.walk(value):
            if isinstance(node, ast.Call) and _called(node) in _MAKERS:
                written = next((arg.elts for arg in node.args if isinstance(arg, ast.Tuple)), node.args)
                if len(written) == len(tensor.facts.shape):
                    return tuple(map(ast.unparse, written))
        return tuple(self.sizes.of(size, near=names) for size in tensor.facts.shape)

    # Draws of our own

    def _draw(self, tensor: InputTensor) -> DrawnInput:
        if tensor.facts.kind == "tensors":
            raise BrokenExercise(
                f"{tensor.place}: this line of the forward pass reads {tensor.name}, a {tensor.facts.type} of tensors; "
                "give each tensor in it a name of its own"
            )
        dims = self._dims(tensor)
        shape = f"({', '.join(dims)}{',' * (len(dims) == 1)})"
        return DrawnInput(tensor.name, f"{tensor.name} = {self._drawing(tensor, dims, shape)}", dims)

    def _dims(self, tensor: InputTensor) -> tuple[str, ...]:
        pairs = zip(tensor.facts.shape, tensor.counted, strict=True)
        return tuple(self.sizes.of(size, what) for size, what in pairs)

    def _drawing(self, tensor: InputTensor, dims: Sequence[str], shape: str) -> str:
        facts, g = tensor.facts, f"generator={self.generator}"
        if not facts.is_float and facts.type != "bool":
            low = str(int(facts.low)) if facts.low < 0 else "0"
            return f"torch.randint({low}, {self._bound(tensor)}, {shape}, {g})"
        if facts.one_hot:
            rows = f"({', '.join(dims[:-1])},)"
            return f"torch.eye({dims[-1]})[torch.randint(0, {dims[-1]}, {rows}, {g})]"
        if _is_constant(facts):
            return f"torch.randn({shape}, {g}) * 0.1{_plus(facts.low)}"
        if facts.ones or facts.type == "bool":
            mask = f"torch.rand({shape}, {g}) < {facts.mean:.2g}"
            return mask if facts.type == "bool" else f"({mask}).float()"
        if facts.low >= 0 and not tensor.has_gradient:
            return f"torch.rand({shape}, {g}){_times(facts.high)}"
        mean = facts.mean if abs(facts.mean) > facts.std / 2 > 0 else 0.0
        return f"torch.randn({shape}, {g}){_times(facts.std or 1.0)}{_plus(mean)}"

    def _bound(self, tensor: InputTensor) -> str:
        """What indices stay below: the dimension that they run over."""
        if tensor.bound is None:
            return self.sizes.of(int(tensor.facts.high) + 1, "classes")
        own = self._drawn.get(tensor.bound.of)
        return own.dims[tensor.bound.axis] if own else self.sizes.of(tensor.bound.length, "classes")


def _is_constant(facts: ValueFacts) -> bool:
    """Whether all values are equal, as where biases start at zero: that would hide mistakes."""
    return facts.is_float and facts.low == facts.high and bool(facts.shape) and facts.std == 0


def _times(factor: float) -> str:
    return "" if 0.8 < factor < 1.25 else f" * {factor:.2g}"


def _plus(term: float) -> str:
    return "" if term == 0 else f" {'+' if term > 0 else '-'} {abs(term):.2g}"


def draws(node: ast.AST) -> bool:
    """Whether a statement draws random numbers."""
    return any(isinstance(part, ast.Call) and _called(part) in _DRAWS for part in ast.walk(node))


def _called(call: ast.Call) -> str:
    """The last name of the function that is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class _Copier(ast.NodeTransformer):
    """Rewrites what a statement assigns so that it depends only on sizes and the generator."""

    def __init__(self, writer: InputsWriter, tensor: InputTensor) -> None:
        self._sizes = writer.sizes
        self._numbers = writer.numbers
        self._generator = writer.generator
        self._tensor = tensor
        self._makes = False

    def copy(self, value: ast.expr) -> ast.expr:
        """The expression for `inputs`.

        Raises:
            _CannotCopy: it depends on anything else, or has no shape of its own.
        """
        copied: ast.expr = self.visit(ast.parse(ast.unparse(value), mode="eval").body)
        if not self._makes:
            raise _CannotCopy
        return copied

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = _called(node)
        if name in _PASSED_OVER:
            inner = node.args[0] if name == "Parameter" else getattr(node.func, "value", node)
            return self.visit(inner)  # type: ignore[no-any-return]
        if name not in _HARMLESS:
            raise _CannotCopy
        if name == "sqrt" and ast.unparse(node.func) in ("np.sqrt", "numpy.sqrt"):
            return ast.BinOp(self.visit(node.args[0]), ast.Pow(), ast.Constant(0.5))
        if name in _MAKERS:
            self._makes = True
            node.args = self._shaped(node.args, name)
            node.keywords = [each for each in node.keywords if each.arg not in _LEFT_OUT or _is_whole(each)]
        node.keywords = [each for each in node.keywords if each.arg != "generator"]
        node = ast.Call(self.visit(node.func), [self.visit(arg) for arg in node.args], node.keywords)
        if name in _DRAWS:
            node.keywords.append(ast.keyword("generator", ast.Name(self._generator, ast.Load())))
        return node

    def _shaped(self, args: Sequence[ast.expr], name: str) -> list[ast.expr]:
        """Arguments whose whole numbers are dimensions, with the sizes' names in their place."""
        if name in _SHAPED_FIRST and not any(isinstance(arg, (ast.Tuple, ast.List)) for arg in args):
            return self._dimensions(args)
        inside = (ast.Tuple, ast.List)
        return [ast.Tuple(self._dimensions(a.elts), ast.Load()) if isinstance(a, inside) else a for a in args]

    def _dimensions(self, written: Sequence[ast.expr]) -> list[ast.expr]:
        counted = self._tensor.counted if len(written) == len(self._tensor.counted) else ("",) * len(written)
        return [self._dimension(node, what) for node, what in zip(written, counted, strict=True)]

    def _dimension(self, node: ast.expr, what: str) -> ast.expr:
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1:
            return ast.parse(self._sizes.of(node.value, what), mode="eval").body
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr in ("T", "mT", "data"):
            raise _CannotCopy
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        meant = self._sizes.named(node.id)
        if meant is not None:
            return meant if isinstance(meant, ast.Name) else self.visit(ast.parse(ast.unparse(meant), mode="eval").body)
        number = self._numbers.get(node.id)
        if number is not None and number.kind == "number":
            return ast.Constant(number.plain)
        if node.id in _MODULES or node.id in (self._generator, *self._sizes.used):
            return node
        raise _CannotCopy


def _is_whole(keyword: ast.keyword) -> bool:
    """Whether a creation's `dtype` is kept: that of integers."""
    return keyword.arg == "dtype" and any(word in ast.unparse(keyword.value) for word in ("int", "long", "bool"))
