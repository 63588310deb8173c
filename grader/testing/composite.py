"""An author's own forward pass as an exercise: what the engine asks of one, made of functions instead of files.

Where the source of the function can be read and assigns one new name per line, these are the exercise's lines, so that
a diagnosis can name them. Everywhere else the whole call is one line: `out = layernorm(x, w, b)`.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import inspect
import textwrap
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard

import torch

from grader.exercise.case import LineGraph, Sweep
from grader.exercise.dtypes import default_dtype, is_floating
from grader.exercise.exercise import Exercise
from grader.exercise.exercise_toml import ExerciseSettings
from grader.exercise.forward import COTANGENT, OTHER_DRAW, OUTPUT, PROJECTION, ForwardFile
from grader.exercise.line import Line, compiled
from grader.testing.calling import title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.sandbox.types import Passes
    from grader.testing.draws import Draws

CALL = "_whole_forward"
"""What the whole forward function is called in its only line, where its own lines cannot be followed."""
_SIGN_FLIPS = 2
"""A term scale from two sign flips is at most a few times another than from eight, and a tolerance is 30,000 times the
rounding. Eight would double the time of a check."""
_SAME = 1e-9
"""How far the lines of a function may be from what it returns, relative to the largest value."""


class Composite(Exercise):
    """A forward pass in torch, differentiated line by line or as a whole.

    Args:
        function: called with its inputs by name; returns its output, or a tuple that begins with its outputs.
        names: the inputs that it takes, in order.
        outputs: what its outputs are called, such as `out`, or `loss`.
        cotangents: the names of their upstream gradients; none if the output is a loss.
        graded: the inputs whose gradients are checked, and the outputs whose values are.
        form: the functions that are checked; None if each gradient has its own.
        draws: draws the inputs.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        names: Sequence[str],
        outputs: Sequence[str],
        cotangents: Sequence[str],
        graded: Sequence[str],
        form: Passes | None,
        draws: Draws,
    ) -> None:
        self._function, self._names, self._outputs = function, tuple(names), tuple(outputs)
        self._draws, self._cotangents = draws, tuple(cotangents)
        self.seed, self.taken = draws.seed, tuple(names)
        self._namespace = {**_namespace(function), CALL: self._first}
        code = getattr(inspect.unwrap(function), "__code__", None)
        own = Path(code.co_filename if code is not None else "forward")
        self._first_line = code.co_firstlineno if code is not None else 1
        lines, source = self._read()
        settings = ExerciseSettings(title="", kind="layer" if form is not None else "gradients", form=form)
        # What the engine calls by fixed names: `out`, and the number that its gradient is projected on.
        single = len(outputs) == 1 and bool(cotangents)
        others = [name for name in draws.inputs(draws.seed, {}) if name not in names]  # for the backward pass alone
        parameters = (*names, *others, *((COTANGENT,) if single else self._cotangents))
        constants = {"GRADED": list(graded), "SIZES": list(draws.sizes)}
        file = ForwardFile(own, source, ast.Module([], []), constants, parameters, lines, OUTPUT if single else "")
        self._take(own.parent / f"{title(function)}()", file, settings)
        self.given_sizes, self.sign_flips = dict(draws.given), _SIGN_FLIPS
        self.hides_terms = not self.is_followed

    @cached_property
    def module(self) -> ModuleType:
        """The names that the lines may use: those of the function."""
        module = ModuleType("forward")
        module.__dict__.update(self._namespace)
        return module

    @cached_property
    def has_minibatch(self) -> bool:
        """Never: the sizes are the author's own."""
        return False

    @cached_property
    def is_followed(self) -> bool:
        """Whether the lines of the function itself are differentiated."""
        return CALL not in {n.id for n in ast.walk(self.lines[0].code) if _is_name(n)}

    def inputs(self, seed: int, sizes: Mapping[str, int]) -> dict[str, Any]:
        """The author's inputs, with a cotangent for each output."""
        values = dict(self._draws.inputs(seed, sizes))
        if not self._cotangents:
            return values
        generator = torch.Generator().manual_seed(seed ^ OTHER_DRAW)
        with torch.no_grad():
            found = self.output_values(values)
        names = (COTANGENT,) if len(self._outputs) == 1 else self._cotangents
        drawn = (torch.randn(out.shape, generator=generator) for out in found)
        return {**values, **dict(zip(names, drawn, strict=True))}

    def output_values(self, values: Mapping[str, Any]) -> tuple[torch.Tensor, ...]:
        """What the function returns first, for these inputs."""
        found = self._first(**{name: values[name] for name in self._names})
        return found if len(self._outputs) > 1 else (found,)

    def forward(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Run the lines; returns every named value, including `loss`."""
        namespace = {**self._namespace, **inputs}
        for line in self.lines:
            exec(compiled(line), namespace)  # noqa: S102 the author's own line
        return {name: namespace[name] for name in (*self.inputs_parameters, *self.producer)}

    def opaque(self) -> None:
        """Take the whole call as one line from now on."""
        self.lines, self.hides_terms = self._whole(), True
        for kept in ("producer", "readers", "_downstream", "is_followed"):
            self.__dict__.pop(kept, None)

    def lines_agree(self) -> bool:
        """Whether the lines compute what the function does, and their gradients are autograd's through the whole call.

        Compared in float64 on the given inputs. A list of tensors, a closure or a function of an object may take a
        gradient past the lines.
        """
        drawn = self.inputs(self.seed, {})
        wide = {name: value.double() if is_floating(value) else value for name, value in drawn.items()}
        try:
            with default_dtype(torch.float64):
                leaves = {n: v.requires_grad_() if is_floating(v) and n in self.taken else v for n, v in wide.items()}
                expected = self.output_values(leaves)
                cotangents = [wide[COTANGENT]] if self.ends_in_out else [wide[name] for name in self._cotangents]
                floats = [name for name in self.taken if is_floating(wide[name])]
                grads = torch.autograd.grad(
                    expected, [leaves[name] for name in floats], cotangents or None, materialize_grads=True
                )
            graph = LineGraph(self, drawn)
            sweep = Sweep(graph, {})
            found = [graph.values[name] for name in ((OUTPUT,) if self.ends_in_out else self._outputs)]
            if not all(map(_are_same, found, (each.detach() for each in expected))):
                return False
            pairs = list(zip(floats, grads, strict=True))
            return all(_are_same(sweep.total(name), grad, sweep.magnitude(name)) for name, grad in pairs)
        except Exception:  # noqa: BLE001 what a line of someone's forward pass may raise
            return False

    def _first(self, /, **values: Any) -> Any:
        """The outputs alone, of a forward pass that may return a cache beside them."""
        result = self._function(**values)
        if isinstance(result, dict):
            result = tuple(result[name] for name in self._outputs)
        if not isinstance(result, (tuple, list)):
            return result
        found = tuple(result[: len(self._outputs)])
        return found if len(self._outputs) > 1 else found[0]

    def _read(self) -> tuple[tuple[Line, ...], str]:
        """The lines of the forward pass, its own or the call as one, and its source."""
        inner = inspect.unwrap(self._function)
        with contextlib.suppress(OSError, TypeError, SyntaxError, ValueError):
            written, first = inspect.getsourcelines(inner)
            source = textwrap.dedent("".join(written))
            node = ast.parse(source).body[0]
            if isinstance(node, ast.FunctionDef) and node.args.kwarg is None:  # a wrapper's lines are not the author's
                ends_in_out = bool(self._cotangents)
                lines = _Body(node, source, first, self._names, self._outputs, single=ends_in_out).lines()
                if lines is not None:
                    return (*lines, *self._projection(lines[-1].number)), source
        return self._whole(), ""

    def _whole(self) -> tuple[Line, ...]:
        """The call as one line."""
        outputs = (OUTPUT,) if len(self._outputs) == 1 and self._cotangents else self._outputs
        said = f"{title(self._function)}({', '.join(self._names)})"
        called = f"{', '.join(outputs)} = {CALL}({', '.join(f'{name}={name}' for name in self._names)})"
        number = self._first_line
        line = Line(number, f"return {said}", outputs, self._names, ast.parse(called).body[0])
        return (line, *self._projection(number))

    def _projection(self, number: int) -> tuple[Line, ...]:
        """The line that makes a number of the outputs, whose gradients are then the cotangents."""
        if not self._cotangents:
            return ()
        pairs = list(zip(self._outputs, self._cotangents, strict=True))
        single = len(pairs) == 1
        text = PROJECTION if single else f"loss = {' + '.join(f'({out}*{cot}).sum()' for out, cot in pairs)}"
        reads = (OUTPUT, COTANGENT) if single else tuple(name for pair in pairs for name in pair)
        return (Line(number + 1, text, ("loss",), reads, ast.parse(text).body[0]),)


class _Body:
    """The body of a forward function, as lines of one assignment each."""

    def __init__(
        self,
        node: ast.FunctionDef,
        source: str,
        first: int,
        inputs: Sequence[str],
        outputs: Sequence[str],
        *,
        single: bool,
    ) -> None:
        self._body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        self._source, self._first, self._single = source.encode().splitlines(keepends=True), first, single
        self._known, self._outputs = dict.fromkeys(inputs), tuple(outputs)
        self._reserved = {COTANGENT, f"d{OUTPUT}", "loss", *(f"d{name}" for name in outputs)} - {*outputs}

    def lines(self) -> tuple[Line, ...] | None:
        """The lines; None if a statement is no plain assignment of new names."""
        *statements, end = self._body or [ast.Pass()]
        if not isinstance(end, ast.Return) or end.value is None:
            return None
        found = [self._line(each) for each in statements]
        lines = [line for line in found if line is not None]
        if len(lines) < len(found):
            return None
        lines = self._with_result(lines, end)
        if len({line.number for line in lines}) < len(lines):  # two statements in one line of the file
            return None
        names = {name for line in lines for name in line.outputs}
        return tuple(lines) if lines and {*self._wanted} <= names else None

    @property
    def _wanted(self) -> tuple[str, ...]:
        return (OUTPUT,) if self._single and len(self._outputs) == 1 else self._outputs

    def _line(self, node: ast.stmt) -> Line | None:
        """A statement as a line; None if it is no plain assignment of a new name."""
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            return None
        target = node.targets[0]
        elements = target.elts if isinstance(target, ast.Tuple) else [target]
        outputs = tuple(each.id for each in elements if isinstance(each, ast.Name))
        free = {*outputs} - self._known.keys() - self._reserved
        fresh = len(outputs) == len(elements) and len(free) == len(outputs)
        if not fresh or any(map(_hides, ast.walk(node.value))):
            return None
        return self._added(node, outputs, node.value)

    def _added(self, node: ast.stmt, outputs: tuple[str, ...], value: ast.expr, code: ast.stmt | None = None) -> Line:
        reads = tuple(dict.fromkeys(n.id for n in ast.walk(value) if _is_name(n) and n.id in self._known))
        self._known.update(dict.fromkeys(outputs))
        return Line(node.lineno + self._first - 1, self._text(node), outputs, reads, code or node)

    def _with_result(self, lines: list[Line], end: ast.Return) -> list[Line]:
        """The lines with what is returned under the names of the outputs; none if that cannot be done."""
        value, count = end.value, len(self._outputs)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "locals":
            return lines
        values = value.elts if isinstance(value, ast.Tuple) else [value]
        if len(values) < count or any(isinstance(each, ast.Starred) for each in values):
            return []
        made = {name for line in lines for name in line.outputs}
        renamed: dict[str, str] = {}
        for name, each in zip(self._wanted, values, strict=False):
            if isinstance(each, ast.Name) and each.id in made and each.id not in renamed:
                renamed[each.id] = name
            elif each is None or name in self._known:
                return []
            else:
                code = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], each), end)
                lines = [*lines, self._added(end, (name,), each, ast.fix_missing_locations(code))]
        if {*renamed.values()} & (self._known.keys() - renamed.keys()):
            return []
        return [_renamed(line, renamed) for line in lines] if renamed != {n: n for n in renamed} else lines

    def _text(self, node: ast.stmt) -> str:
        """The source text of a statement; the tree counts columns in bytes."""
        lines = list(self._source[node.lineno - 1 : node.end_lineno])
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"".join(lines).decode().strip()


def _renamed(line: Line, names: Mapping[str, str]) -> Line:
    """A line that calls its values by other names; its text stays the author's."""
    code = copy.deepcopy(line.code)
    for node in ast.walk(code):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    outputs, reads = (tuple(names.get(name, name) for name in each) for each in (line.outputs, line.reads))
    return Line(line.number, line.text, outputs, reads, code)


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _hides(node: ast.AST) -> bool:
    """Whether part of a line changes a value in place, or names one within the line."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr.endswith("_") and not node.func.attr.startswith("_")
    return isinstance(node, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom))


def _namespace(function: Callable[..., Any]) -> dict[str, Any]:
    """The names that a function's body may use."""
    inner = inspect.unwrap(function)
    code = getattr(inner, "__code__", None)
    if code is None:
        return {}
    closure = getattr(getattr(inner, "__func__", inner), "__closure__", None) or ()
    cells = zip(code.co_freevars, closure, strict=False)
    found = dict(inner.__globals__)
    owner = getattr(inner, "__self__", None)
    if owner is not None and code.co_varnames:
        found[code.co_varnames[0]] = owner  # a method's `self`
    found |= {
        each.name: each.default
        for each in inspect.signature(inner).parameters.values()
        if each.default is not each.empty
    }
    for name, cell in cells:
        with contextlib.suppress(ValueError):  # a name that is not bound yet
            found[name] = cell.cell_contents
    return found


def _are_same(got: Any, expected: Any, scale: float = 0.0) -> bool:
    if not isinstance(got, torch.Tensor) or not isinstance(expected, torch.Tensor) or got.shape != expected.shape:
        return False
    largest = max(scale, float(expected.abs().nan_to_num(0.0).max()) if expected.numel() else 0.0)
    return bool(torch.allclose(got.double(), expected.double(), rtol=0.0, atol=_SAME * largest, equal_nan=True))
