"""The lines of a forward pass, read from its syntax tree: one assignment each, so that each has its own derivative.

It ends in a loss, or in `out`. Then a random cotangent stands in for the rest of the network: an input called `cot`,
and one more line, `loss = (out * cot).sum()`. So dout is equal to cot.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, Self

from grader.exercise.clashes import clashes
from grader.exercise.line import Line, NotALine
from grader.exercise.packing import contents, leaves
from grader.exercise.statements import read_lines
from grader.exercise.whole_numbers import called

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from grader.exercise.statements import Read

OUTPUT, COTANGENT = "out", "cot"
PROJECTION = f"loss = ({OUTPUT} * {COTANGENT}).sum()"
"""The line that follows the last one of a forward pass without a loss."""
OTHER_DRAW = 0xC07
"""Makes a cotangent's seed another one than the inputs'."""


class BrokenExercise(Exception):
    """An error in an exercise's own files; the message has file and line. Never a learner's mistake."""


class OtherNumber(BrokenExercise):
    """An input has another number of tensors at some sizes."""


@dataclass(frozen=True)
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
    output: str = ""
    """The variable that the forward pass ends in, `out`; empty if that is the loss."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Other names of variables: `residual = x`."""
    packed: dict[str, str] = field(default_factory=dict)
    """For each parameter that is a dict, list or object of tensors: the expression that makes it from them."""
    inside: tuple[str, ...] = ()
    """Names that are no variables, as their values have no gradient that can be followed: complex numbers."""

    @classmethod
    def read(
        cls,
        path: Path,
        upstream: Collection[str] = (),
        packed: Mapping[str, str] | None = None,
        inside: Collection[str] | None = None,
    ) -> Self:
        """Read a file.

        Args:
            upstream: the inputs that a layer is given as gradients: `dnext_h`, beside a variable `next_h`.
            packed: see `packed`; default: the file's own PACKED.
            inside: see `inside`; default: the file's own INSIDE.

        Raises:
            BrokenExercise: `path:line: message` about what cannot be read, or cannot be a forward line.
        """
        source = read_text(path)
        tree = parse(path, source)
        constants = literals(tree)
        function = _read_forward(path, tree)
        held: dict[str, str] = dict(constants.get("PACKED", {}) if packed is None else packed)
        made = {name: ast.parse(text, mode="eval").body for name, text in held.items()}
        within = tuple(constants.get("INSIDE", ()) if inside is None else inside)
        written = _parameters(function)
        parameters = tuple(p for name in written for p in (leaves(made[name]) if name in made else [name]))
        for index, name in enumerate(parameters):
            if name in parameters[:index]:
                raise BrokenExercise(f"{path}:{function.lineno}: PACKED gives two inputs the name {name}")
        try:
            read = read_lines(tree, function, source, parameters, made, within)
        except NotALine as error:
            raise BrokenExercise(f"{path}:{error.number}: {error.why}") from error
        known = {*parameters, *(name for line in read.lines for name in line.outputs)}
        lines = _with_projection(path, function.body[-1], read, known)
        output = "" if read.end == "loss" else read.end
        for number, why in clashes(tree, function, lines, upstream):
            raise BrokenExercise(f"{path}:{number}: {why}")
        more = (COTANGENT,) if output else ()
        return cls(path, source, tree, constants, (*parameters, *more), lines, output, read.aliases, held, within)

    @cached_property
    def class_weights(self) -> frozenset[str]:
        """The inputs that weigh classes in a loss function: PyTorch does not differentiate by them."""
        calls = (node for line in self.lines for node in line.nodes() if isinstance(node, ast.Call))
        return frozenset(name for call in calls for name in _class_weights(call)) & frozenset(self.parameters)

    @property
    def ends_in_out(self) -> bool:
        """Whether the last line, which computes the loss, was added here."""
        return bool(self.output)

    def function(self, name: str) -> ast.FunctionDef | None:
        """A top-level function of the file; None if it has none of that name."""
        return find_function(self.tree, name)

    def inputs(self, module: Mapping[str, Any], seed: int, sizes: Mapping[str, int]) -> dict[str, Any]:
        """Draw the inputs of a case, and `cot` in the shape of `out` if the forward pass ends in that.

        Args:
            module: the names that the file defines when it is run.
        """
        values = self.drawn(module, seed, sizes)
        if self.output and values.keys() >= {*self.parameters} - {COTANGENT}:
            values = {**values, COTANGENT: self._cotangent(module, values, seed)}
        return values

    def drawn(self, module: Mapping[str, Any], seed: int, sizes: Mapping[str, int]) -> dict[str, Any]:
        """The same without `cot`, so that forward() need not run."""
        import torch

        with torch.random.fork_rng(devices=[]):  # inputs() may seed torch's own generator
            return self._unpacked(module, module["inputs"](seed, **sizes))

    def _unpacked(self, module: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs, with each tensor of a dict, list or object under its own name, and defaults of forward()."""
        signature = inspect.signature(module["forward"]).parameters.values()
        values = {each.name: each.default for each in signature if each.default is not each.empty} | dict(drawn)
        for name, text in self.packed.items():
            names = leaves(ast.parse(text, mode="eval").body)
            inside = list(contents(values.pop(name)))
            if len(inside) != len(names):
                raise OtherNumber(f"{self.path}: {name} has {len(inside)} tensors, expected {len(names)} as in PACKED")
            values.update(zip(names, inside, strict=True))
        return values

    def _run(self, module: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Call forward()."""
        others = {name for text in self.packed.values() for name in leaves(ast.parse(text, mode="eval").body)}
        others |= {COTANGENT} if self.output else set()
        given = {name: value for name, value in inputs.items() if name not in others}
        for name, text in self.packed.items():
            given[name] = eval(text, dict(module), dict(inputs))  # noqa: S307 from the trusted file
        values: dict[str, Any] = module["forward"](**given)
        return {**values, **inputs}  # forward() may use an input's name for another value

    def _cotangent(self, module: Mapping[str, Any], values: Mapping[str, Any], seed: int) -> Any:
        import torch

        names = [name for name in self.parameters if name != COTANGENT]
        out = self._run(module, {name: values[name] for name in names})[self.output]
        if not isinstance(out, torch.Tensor) or not out.is_floating_point():
            kind = f"a {out.dtype} tensor" if isinstance(out, torch.Tensor) else f"of type {type(out).__name__}"
            raise BrokenExercise(
                f"{self.path}: forward() ends in {self.output}, which is {kind}; it must be a float tensor"
            )
        return torch.randn(out.shape, generator=torch.Generator().manual_seed(seed ^ OTHER_DRAW))

    def forward(self, module: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Run the forward pass; returns every named value, including `loss`."""
        values = self._run(module, inputs)
        return {**values, "loss": (values[self.output] * inputs[COTANGENT]).sum()} if self.output else values

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


def _read_forward(path: Path, tree: ast.Module) -> ast.FunctionDef:
    """The function forward(), which has statements and ends in `return locals()`."""
    function = find_function(tree, "forward")
    if function is None:
        raise BrokenExercise(f"{path}: no function forward(...) found")
    for more in (function.args.vararg, function.args.kwarg):
        if more is not None:
            raise BrokenExercise(
                f"{path}:{more.lineno}: {more.arg} collects several parameters of forward(); give each its own, "
                "or take a list or a dict of tensors as one"
            )
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body or not _returns_locals(body[-1]):
        raise BrokenExercise(f"{path}:{function.lineno}: forward() must end with `return locals()`")
    return function


def _with_projection(path: Path, end: ast.stmt, read: Read, known: Collection[str]) -> tuple[Line, ...]:
    """The lines, and the one that a forward pass lacks which ends in an output; it has the number of the `return`."""
    if read.end == "loss" and read.lines[-1].outputs == ("loss",):
        return read.lines
    if read.end == "loss" or not read.lines or read.end not in read.lines[-1].outputs:
        raise BrokenExercise(
            f"{path}:{end.lineno}: the last line before `return locals()` must be `loss = ...`, or `{OUTPUT} = "
            "...` for a layer, whose loss is then the sum of its output times a random cotangent"
        )
    for name in ("loss", COTANGENT):
        if name in known:
            raise BrokenExercise(
                f"{path}:{end.lineno}: forward() ends in {read.end}, so {name} is added to it; "
                "give the one above another name"
            )
    text = PROJECTION.replace(OUTPUT, read.end)
    return (*read.lines, Line(end.lineno, text, ("loss",), (read.end, COTANGENT), ast.parse(text).body[0]))


def _class_weights(call: ast.Call) -> Iterator[str]:
    """The names that a call of a loss function is given as weights."""
    name = called(call)
    if not name.endswith(("cross_entropy", "nll_loss", "cross_entropy_with_logits", "margin_loss")):
        return
    given = [each.value for each in call.keywords if each.arg in ("weight", "pos_weight")]
    given += call.args[2:3] if name != "multi_margin_loss" else []
    yield from (each.id for each in given if isinstance(each, ast.Name))


def _returns_locals(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "locals"
    )
