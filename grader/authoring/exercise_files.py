"""The files of a new exercise."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from textwrap import indent
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch

from grader.authoring.layer_forms import CACHE, ArrayKind
from grader.exercise.case import Case, pool_values
from grader.exercise.exercise import Exercise
from grader.exercise.exercise_toml import IN_FLOAT64
from grader.exercise.forward import OUTPUT, BrokenExercise, assignments
from grader.exercise.settings import LECTURE_SEED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.exercise.forward import ForwardFile
    from grader.exercise.line import Line
    from grader.sandbox.types import Passes


@dataclass(frozen=True, slots=True)
class Draft:
    """A forward pass that passed every check, and what `draft` found out about it."""

    name: str
    file: ForwardFile
    graded: tuple[str, ...]
    sizes: tuple[dict[str, int], ...]
    null: tuple[str, ...]
    form: dict[str, str] = field(default_factory=dict)
    """[form] of a layer; empty for a function for each gradient."""
    without: dict[str, str] = field(default_factory=dict)
    """The variables with a gradient that are not graded by default, each with the reason."""
    arrays: ArrayKind = ArrayKind.TORCH

    @property
    def source(self) -> str:
        """The text of its forward.py."""
        return with_constants(self.file, self.graded, self.sizes, self.without, layer=bool(self.form))

    @property
    def steps(self) -> list[Line]:
        """The lines that are several statements, or a loop: what they compute on the way is not graded."""
        return [line for line in self.file.lines if line.body]

    @property
    def hinted(self) -> tuple[str, ...]:
        """The variables that learners may need a hint for: not what a layer's forward function returns."""
        return tuple(variable for variable in self.graded if not self.form or variable != OUTPUT)


_ABOUT_INSIDE = "what has no gradient of its own, being complex or several tensors: part of the lines that read it"


def with_constants(
    file: ForwardFile,
    graded: Sequence[str],
    sizes: Sequence[dict[str, int]],
    without: Mapping[str, str] = MappingProxyType({}),
    *,
    layer: bool = False,
) -> str:
    """The source with GRADED, SIZES, PACKED and INSIDE moved to its end, so that no line number changes."""
    kept = file.source.splitlines(keepends=True)
    for name, node in assignments(ast.parse(file.source)).items():
        if name in ("GRADED", "SIZES", "PACKED", "INSIDE"):
            last = node.end_lineno or node.lineno
            kept[node.lineno - 1 : last] = ["\n"] * (last - node.lineno + 1)
    rows = "".join(f"    {dict(size)!r},\n" for size in sizes)
    others = "".join(f"# not graded: {name}, {why}; add it below to grade it\n" for name, why in without.items())
    about_parts = "the tensors in each input that holds several; each is a variable of its own"
    parts = f"\n# {about_parts}\nPACKED = {file.packed!r}\n" if file.packed else ""
    parts += f"\n# {_ABOUT_INSIDE}\nINSIDE = {list(file.inside)!r}\n" if file.inside else ""
    order = "the variables whose gradients are graded, in the order of the backward pass"
    about = "what is graded: out, and the gradients of these inputs" if layer else order
    return (
        f"{''.join(kept).rstrip()}\n\n"
        f"# {about}\n{others}"
        f"GRADED = {list(graded)!r}\n\n"
        f"# the sizes of the other cases that the functions are tested on\nSIZES = [\n{rows}]\n{parts}"
    )


def write_exercise(made: Draft, exercises: Path, solutions: Path, title: str) -> list[Path]:
    """Write the exercise and an empty solution; existing files are never overwritten."""
    folder, answers = exercises / made.name, solutions / made.name
    for taken in (folder, answers):
        if taken.exists():
            raise BrokenExercise(f"{taken} already exists; choose another name, or move it")
    folder.mkdir(parents=True)
    (answers / "right").mkdir(parents=True)
    (answers / "wrong").mkdir()
    files = {
        folder / "forward.py": made.source,
        folder / "exercise.toml": _settings_text(made, title),
    }
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    exercise = Exercise(folder)
    case, form = Case(exercise, LECTURE_SEED, {}), exercise.settings.form
    stubs = layer_stubs(form, case.graph.values, made.arrays) if form else _stubs(exercise, case)
    for path in (folder / "backward.py", answers / "backward.py"):
        path.write_text(stubs, encoding="utf-8")
        files[path] = stubs
    return list(files)


_IN_STEPS = "several statements are one step, and a right answer may add up in another order than autograd"


def _settings_text(made: Draft, title: str) -> str:
    hints = "\n".join(f'[hints.{v}]\nshape = ""\nderivative = ""\n' for v in made.hinted)
    null = "[" + ", ".join(f'"{name}"' for name in made.null) + "]"
    numpy = made.arrays is ArrayKind.NUMPY
    written = made.form | ({"arrays": str(made.arrays)} if numpy else {})
    rows = "".join(f"{key} = {json.dumps(value)}\n" for key, value in written.items())
    form = f"[form]\n{rows}\n" if rows else ""
    inexact = IN_FLOAT64 if numpy else _IN_STEPS if made.steps else ""
    return f"""\
title = {json.dumps(title)}
kind = "{"layer" if made.form else "gradients"}"
minutes = {5 * len(made.graded)}
difficulty = 2
why = ""
track = ""
points = 1
null = {null}

{form}[exact]
expected = {"false" if inexact else "true"}
reason = "{inexact}"

[rules]
imports = []
names = []

{hints}"""


_STUBS_HEAD = """\
# Your turn: write one function for each graded variable of forward.py.
# dx is the gradient of the loss with respect to x; it always has the shape of x.
# Parameters are filled in by name: any forward value, and the gradient of anything computed from x later.
{out}
import torch
import torch.nn.functional as F
"""
_OUT_HEAD = """\
# The forward pass ends in {output}. What comes after it is any other network; you are given a random d{output}.
"""
_PACKED_HEAD = """\
# Where forward.py says {name}, it is {text}; ask for each tensor by its own name.
"""


def _stubs(exercise: Exercise, case: Case) -> str:
    """One stub for each graded variable: the lines that read it, its shape, what it may need."""
    heads = [_OUT_HEAD.format(output=exercise.output)] if exercise.output else []
    heads += [_PACKED_HEAD.format(name=name, text=text) for name, text in exercise.packed.items()]
    parts = [_STUBS_HEAD.format(out="".join(heads))]
    offered = pool_values(case.graph.values)
    for variable in exercise.graded:
        readers = exercise.readers[variable]
        lines = indent("\n".join(line.whole for line in readers), "       ").lstrip()
        children = [
            f"d{child}"
            for child in exercise.children(variable)
            if child in case.graph.differentiable and child != "loss"
        ]
        others = [n for line in readers for n in line.reads if n in offered]
        parameters = tuple(dict.fromkeys([*children, *others]))
        about = f"{lines}\n\n    {_what(case.graph.values[variable])}, like {variable}"
        parts.append(f"\n\n{_stub(f'd{variable}', parameters, about, f'd{variable}')}")
    return "".join(parts)


def _stub(name: str, parameters: Sequence[str], about: str, task: str) -> str:
    raw = "r" if "\\" in about else ""
    about = about.replace('"""', "'''")
    return (
        f'def {name}({", ".join(parameters)}):\n    {raw}"""{about}\n    """\n'
        f"    # TODO: write {task}\n    raise NotImplementedError\n"
    )


_LAYER_HEAD = """\
# Your turn: write both functions. They are called by position, so you may give their parameters other names.
# forward.py computes out. What comes after it is any other network: you are given dout, and it is random.
# dx is the gradient of the loss with respect to x; it always has the shape of x.
# The shapes below are those of the given case. The functions are called at other sizes, too.
"""
_IMPORTS = {
    ArrayKind.TORCH: "import torch\nimport torch.nn.functional as F\n",
    ArrayKind.NUMPY: "import numpy as np\n",
}


def layer_stubs(form: Passes, values: Mapping[str, Any], arrays: ArrayKind) -> str:
    """The functions of a layer, with the shapes of what they are given and return.

    Args:
        form: the functions; those with a class's name in front become its static methods.
        values: the inputs, and what the forward pass computes.
    """
    shapes = {name: _what(value) for name, value in values.items()}
    shapes |= {f"d{name}": f"{what}, like {name}" for name, what in shapes.items()}
    given = {**shapes, CACHE: f"what {form.calls[0].name} returned"}
    back = {**shapes, CACHE: f"anything that {form.backward.name} needs"}
    parts, home = [f"{_LAYER_HEAD}\n{_IMPORTS[arrays]}"], ""
    for call, does in zip(form.calls, _DOES[-len(form.calls) :], strict=True):
        about = f"{does}\n{_section('Arguments', call.parameters, given)}{_section('Returns', call.returns, back)}"
        inside, _, name = call.name.rpartition(".")
        stub = _stub(name, call.parameters, about.rstrip(), call.name)
        if inside:
            stub = indent(f"@staticmethod\n{stub}", "    ")
            parts.append(f"\n{stub}" if inside == home else f"\n\nclass {inside}:\n{stub}")
        else:
            parts.append(f"\n\n{stub}")
        home = inside
    return "".join(parts)


_DOES = ("Compute out, and keep what the backward pass needs.", "Compute the gradients of the inputs from that of out.")


def _section(title: str, names: Sequence[str], about: Mapping[str, str]) -> str:
    return f"\n    {title}:\n" + "".join(f"        {name}: {about[name]}\n" for name in names)


def _what(value: object) -> str:
    """What a stub says about a value: its shape, and its type if it is not a float tensor."""
    if not isinstance(value, torch.Tensor):
        return f"{type(value).__name__}, such as {value!r}"
    dtype = "" if value.is_floating_point() else f", {str(value.dtype).removeprefix('torch.')}"
    return f"shape {tuple(value.shape)}{dtype}"
