"""The files of a new exercise."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.exercise.case import Case
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise, assignments
from grader.exercise.settings import LECTURE_SEED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Draft:
    """A forward pass that passed every check, and what `draft` found out about it."""

    name: str
    source: str
    graded: tuple[str, ...]
    sizes: tuple[dict[str, int], ...]
    null: tuple[str, ...]


def with_constants(source: str, graded: Sequence[str], sizes: Sequence[dict[str, int]]) -> str:
    """The source with GRADED and SIZES moved to its end, so that no line number changes."""
    kept = source.splitlines(keepends=True)
    for name, node in assignments(ast.parse(source)).items():
        if name in ("GRADED", "SIZES"):
            last = node.end_lineno or node.lineno
            kept[node.lineno - 1 : last] = ["\n"] * (last - node.lineno + 1)
    rows = "".join(f"    {dict(size)!r},\n" for size in sizes)
    return (
        f"{''.join(kept).rstrip()}\n\n"
        "# the variables whose gradients are graded, in the order of the backward pass\n"
        f"GRADED = {list(graded)!r}\n\n"
        f"# the sizes of the other cases that the functions are tested on\nSIZES = [\n{rows}]\n"
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
        folder / "forward.py": with_constants(made.source, made.graded, made.sizes),
        folder / "exercise.toml": _settings_text(made, title),
    }
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    exercise = Exercise(folder)
    stubs = _stubs(exercise, Case(exercise, LECTURE_SEED, {}))
    for path in (folder / "backward.py", answers / "backward.py"):
        path.write_text(stubs, encoding="utf-8")
        files[path] = stubs
    return list(files)


def _settings_text(made: Draft, title: str) -> str:
    hints = "\n".join(f'[hints.{v}]\nshape = ""\nderivative = ""\n' for v in made.graded)
    null = "[" + ", ".join(f'"{name}"' for name in made.null) + "]"
    return f"""\
title = {json.dumps(title)}
kind = "gradients"
minutes = {5 * len(made.graded)}
difficulty = 2
why = ""
track = ""
points = 1
null = {null}

[exact]
expected = true
reason = ""

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
# The forward pass ends in out. What comes after it is any other network: you are given dout, and it is random.
"""


def _stubs(exercise: Exercise, case: Case) -> str:
    """One stub for each graded variable: the lines that read it, its shape, what it may need."""
    parts = [_STUBS_HEAD.format(out=_OUT_HEAD if exercise.ends_in_out else "")]
    for variable in exercise.graded:
        readers = exercise.readers[variable]
        lines = "\n       ".join(line.text for line in readers)
        children = [
            f"d{child}"
            for child in exercise.children(variable)
            if child in case.graph.differentiable and child != "loss"
        ]
        others = [n for line in readers for n in line.reads]
        parameters = ", ".join(dict.fromkeys([*children, *others]))
        shape = tuple(case.graph.values[variable].shape)
        parts.append(
            f'\n\ndef d{variable}({parameters}):\n    """{lines}\n\n    shape {shape}, like {variable}\n    """\n'
            f"    # TODO: write d{variable}\n    raise NotImplementedError\n"
        )
    return "".join(parts)
