"""The lines of a forward pass, read from its syntax tree: one assignment each, so that each has its own derivative.

It ends in a loss, or in `out`. Then a random cotangent stands in for the rest of the network: an input called `cot`,
and one more line, `loss = (out * cot).sum()`. So dout is equal to cot.
"""

from __future__ import annotations

import ast
import contextlib
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, Self

from grader.exercise.clashes import clashes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path
    from types import CodeType

OUTPUT, COTANGENT = "out", "cot"
PROJECTION = f"loss = ({OUTPUT} * {COTANGENT}).sum()"
"""The line that follows the last one of a forward pass without a loss."""
OTHER_DRAW = 0xC07
"""Makes a cotangent's seed another one than the inputs'."""


class BrokenExercise(Exception):
    """An error in an exercise's own files; the message has file and line. Never a learner's mistake."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the forward pass: `outputs = f(reads)`."""

    number: int
    text: str
    outputs: tuple[str, ...]
    reads: tuple[str, ...]
    """Names it reads that are inputs or outputs of earlier lines, in order of appearance."""
    code: ast.stmt = field(repr=False, compare=False)


@functools.cache
def compiled(line: Line) -> CodeType:
    """A line's code, to be run with the values that it reads as names."""
    return compile(ast.Module([line.code], []), f"forward.py:{line.number}", "exec")


@dataclass(frozen=True, slots=True)
class ForwardFile:
    """A forward.py, parsed but not run."""

    path: Path
    source: str = field(repr=False)
    tree: ast.Module = field(repr=False)
    constants: dict[str, Any]
    """Its top-level literals: GRADED or PARAMETERS, SIZES, ..."""
    parameters: tuple[str, ...]
    """The parameters of forward(), and `cot` if it ends in `out`."""
    lines: tuple[Line, ...]
    """The lines of forward(), in order; the last one computes the loss."""
    ends_in_out: bool = False
    """Whether that last line was added here."""

    @classmethod
    def read(cls, path: Path, upstream: Collection[str] = ()) -> Self:
        """Read a file.

        Args:
            upstream: the inputs that a layer is given as gradients: `dnext_h`, beside a variable `next_h`.

        Raises:
            BrokenExercise: `path:line: message` about what cannot be read, or cannot be a forward line.
        """
        source = read_text(path)
        tree = parse(path, source)
        function, lines = _read_forward(path, source, tree)
        for number, why in clashes(tree, function, lines, upstream):
            raise BrokenExercise(f"{path}:{number}: {why}")
        parameters, ends_in_out = _parameters(function), lines[-1].text is PROJECTION
        more = (COTANGENT,) if ends_in_out else ()
        return cls(path, source, tree, literals(tree), (*parameters, *more), lines, ends_in_out)

    def function(self, name: str) -> ast.FunctionDef | None:
        """A top-level function of the file; None if it has none of that name."""
        return find_function(self.tree, name)

    def inputs(self, module: Mapping[str, Any], seed: int, sizes: Mapping[str, int]) -> dict[str, Any]:
        """Draw the inputs of a case, and `cot` in the shape of `out` if the forward pass ends in that.

        Args:
            module: the names that the file defines when it is run.
        """
        values: dict[str, Any] = module["inputs"](seed, **sizes)
        if self.ends_in_out and values.keys() >= {*self.parameters} - {COTANGENT}:
            values = {**values, COTANGENT: self._cotangent(module, values, seed)}
        return values

    def _cotangent(self, module: Mapping[str, Any], values: Mapping[str, Any], seed: int) -> Any:
        import torch

        out = module["forward"](**{name: values[name] for name in self.parameters if name != COTANGENT})[OUTPUT]
        if not isinstance(out, torch.Tensor) or not out.is_floating_point():
            kind = f"a {out.dtype} tensor" if isinstance(out, torch.Tensor) else f"of type {type(out).__name__}"
            raise BrokenExercise(f"{self.path}: forward() ends in {OUTPUT}, which is {kind}; it must be a float tensor")
        return torch.randn(out.shape, generator=torch.Generator().manual_seed(seed ^ OTHER_DRAW))

    def forward(self, module: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Run the forward pass; returns every named value, including `loss`."""
        if not self.ends_in_out:
            values: dict[str, Any] = module["forward"](**inputs)
            return values
        cotangent = inputs[COTANGENT]
        values = module["forward"](**{name: value for name, value in inputs.items() if name != COTANGENT})
        return {**values, COTANGENT: cotangent, "loss": (values[OUTPUT] * cotangent).sum()}

    def refuse(self, line: int, why: str) -> NoReturn:
        """Raise BrokenExercise with a line of this file."""
        raise BrokenExercise(f"{self.path}:{line}: {why}")


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        BrokenExercise: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenExercise(f"{path} cannot be read: {error}") from error


def parse(path: Path, source: str) -> ast.Module:
    """A file's syntax tree.

    Raises:
        BrokenExercise: it is not valid Python.
    """
    try:
        return ast.parse(source, str(path))
    except SyntaxError as error:
        raise BrokenExercise(f"{path}:{error.lineno}: {error.msg}") from error


def literals(tree: ast.Module) -> dict[str, Any]:
    """The values of those top-level constants that are literals."""
    found: dict[str, Any] = {}
    for name, node in assignments(tree).items():
        with contextlib.suppress(ValueError):
            found[name] = ast.literal_eval(node.value)
    return found


def assignments(tree: ast.Module) -> dict[str, ast.Assign]:
    """The top-level statements `NAME = ...` of a file, by name; the last if there are several."""
    return {
        node.targets[0].id: node
        for node in tree.body
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    }


def find_function(tree: ast.Module | ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """A top-level function of a file, or a method such as `Linear.forward`; None if there is none of that name."""
    home, _, method = name.partition(".")
    if method:
        classes = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == home)
        return next((found for node in classes if (found := find_function(node, method))), None)
    return next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name), None)


def _parameters(function: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(a.arg for a in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs])


def _read_forward(path: Path, source: str, tree: ast.Module) -> tuple[ast.FunctionDef, tuple[Line, ...]]:
    """The function forward() and its lines, each one assignment."""
    function = find_function(tree, "forward")
    if function is None:
        raise BrokenExercise(f"{path}: no function forward(...) found")
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body or not _returns_locals(body[-1]):
        raise BrokenExercise(f"{path}:{function.lineno}: forward() must end with `return locals()`")
    known = dict.fromkeys(_parameters(function))
    written = source.encode().splitlines(keepends=True)
    lines = []
    for node in body[:-1]:
        line = _read_line(path, written, node, known)
        known.update(dict.fromkeys(line.outputs))
        lines.append(line)
    last = lines[-1].outputs if lines else ()
    if last == (OUTPUT,):
        lines.append(_projection(path, body[-1], known))
    elif last != ("loss",):
        raise BrokenExercise(
            f"{path}:{body[-1].lineno}: the last line before `return locals()` must be `loss = ...`, or `{OUTPUT} = "
            "...` for a layer, whose loss is then the sum of its output times a random cotangent"
        )
    return function, tuple(lines)


def _projection(path: Path, end: ast.stmt, known: Mapping[str, None]) -> Line:
    """The line that a forward pass lacks which ends in `out`; it has the number of the `return`."""
    for name in ("loss", COTANGENT):
        if name in known:
            _refuse(path, end, f"forward() ends in {OUTPUT}, so {name} is added to it; give the one above another name")
    return Line(end.lineno, PROJECTION, ("loss",), (OUTPUT, COTANGENT), ast.parse(PROJECTION).body[0])


def _returns_locals(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "locals"
    )


_REFUSED: dict[type[ast.stmt], str] = {
    ast.AugAssign: "this changes a value in place; give the result its own name: `y = x + ...`",
    ast.For: "a loop gives many values the same name; unroll it, with one line and one name for each step",
    ast.While: "a loop gives many values the same name; unroll it, with one line and one name for each step",
    ast.If: "`if` is a data-dependent branch; compute both sides with torch.where, or keep only one",
    ast.With: "a `with` block hides its lines; write them directly in forward()",
    ast.Expr: "this line assigns no variable; every line of forward() must assign one: `name = ...`",
    ast.AnnAssign: "remove the type annotation: `name = ...`",
}
"""Why a statement cannot be a line, and what to do instead."""


def _refuse(path: Path, node: ast.AST, why: str) -> NoReturn:
    raise BrokenExercise(f"{path}:{getattr(node, 'lineno', 0)}: {why}")


def _read_line(path: Path, written: Sequence[bytes], node: ast.stmt, known: Mapping[str, None]) -> Line:
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        _refuse(path, node, _REFUSED.get(type(node), "every line of forward() must assign one variable: `name = ...`"))
    outputs = _outputs(path, node)
    for index, name in enumerate(outputs):
        if name in known or name in outputs[:index]:
            _refuse(path, node, f"{name} is assigned a second time; give each value its own name")
    for inner in ast.walk(node.value):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and _in_place(inner.func.attr):
            _refuse(path, inner, f".{inner.func.attr}() changes a value in place; use .{inner.func.attr[:-1]}()")
        if isinstance(inner, ast.NamedExpr):
            _refuse(path, inner, f"{inner.target.id} is assigned inside another line; give it its own line")
    names = (n.id for n in ast.walk(node.value) if isinstance(n, ast.Name) and n.id in known)
    return Line(node.lineno, _text(written, node), outputs, tuple(dict.fromkeys(names)), node)


def _text(written: Sequence[bytes], node: ast.stmt) -> str:
    """The source text of a statement; the tree counts columns in bytes.

    ast.get_source_segment() would split the whole file again for every line.
    """
    lines = list(written[node.lineno - 1 : node.end_lineno])
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"".join(lines).decode().strip()


def _outputs(path: Path, node: ast.Assign) -> tuple[str, ...]:
    """The names that a line assigns to: `y = ...`, or `a, b = ...`."""
    target = node.targets[0]
    elements = target.elts if isinstance(target, ast.Tuple) else [target]
    names = tuple(element.id for element in elements if isinstance(element, ast.Name))
    if len(names) < len(elements):
        _refuse(path, node, "forward() may assign only to plain names; create a new tensor instead of filling one")
    return names


def _in_place(method: str) -> bool:
    """Whether a method changes its tensor in place, by its name: `add_`, but not `__add__`."""
    return method.endswith("_") and not method.startswith("_")
