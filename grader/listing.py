"""What there is to do: the list of exercises with progress, and what one gradient is about. Needs no torch."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import click

from grader.exercise import Exercise, exercises_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MOST_REPORT_BYTES = 32 << 20


def progress(report: Path) -> dict[str, tuple[int, int]]:
    """Per exercise, the gradients right and those asked for in a report; empty if there is none to read."""
    try:
        if not report.is_file() or report.stat().st_size > MOST_REPORT_BYTES:
            return {}
        entries = json.loads(report.read_bytes())["grader"]["submissions"]
        return {str(e["exercise"]): (int(e["score"]["correct"]), len(e["gradients"])) for e in entries if e["score"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def listing(exercises: list[Exercise], done: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """One exercise a line: name, how far, how long, how hard, what."""
    for exercise in exercises:
        count = len(exercise.graded)
        right, of = done.get(exercise.name, (0, 0))
        far = f"{right} of {of}" if of else f"{count} to do"
        settings = exercise.settings
        time = f"{settings.minutes} min" if settings.minutes < 90 else f"{settings.minutes / 60:g} h"
        hard = "*" * settings.difficulty
        yield f"{click.style(f'{exercise.name:<20}', bold=True)} {far:<9} {time:>6}  {hard:<5}  {exercise.title}"


def about_exercise(exercise: Exercise) -> Iterator[str]:
    """An exercise's forward pass, and what is asked for."""
    yield click.style(f"{exercise.name}: {exercise.title}", bold=True)
    if exercise.settings.why:
        yield exercise.settings.why
    yield ""
    for line in exercise.lines:
        yield f"{line.number:>4}  {line.text}"
    yield ""
    yield f"to write: {', '.join(exercise.gradients)}"


def about_gradient(exercise: Exercise, gradient: str) -> Iterator[str]:
    """The lines a gradient comes from, its shape, and the stub. No hint."""
    variable = gradient[1:]
    stub = pristine_stub(exercise.name, gradient)
    yield click.style(f"{gradient}: the derivative of the loss with respect to {variable}", bold=True)
    made = exercise.producer.get(variable)
    yield ""
    yield f"  made by   {_line(made)}" if made else "  made by   inputs(): a parameter or a given value"
    for index, line in enumerate(exercise.readers.get(variable, ())):
        yield f"  {'read by' if index == 0 else '       '}   {_line(line)}"
    children = [f"d{child}" for child in exercise.children(variable) if child == "loss" or child in exercise.graded]
    yield f"  from      {', '.join(children)}"
    shape = next(
        (line.strip() for line in (stub[1] if stub else "").splitlines() if line.strip().startswith("shape")), None
    )
    yield f"  shape     {shape.removeprefix('shapes ').removeprefix('shape ') if shape else f'like {variable}'}"
    if stub:
        yield ""
        yield f"  {stub[0]}"


def _line(line: Any) -> str:
    return f"{line.text}    (forward.py:{line.number})"


def pristine_stub(exercise: str, gradient: str) -> tuple[str, str] | None:
    """Signature and docstring of the stub as it was handed out. Read from the package, never from a learner's file."""
    file = exercises_directory() / exercise / "backward.py"
    if not file.is_file():
        return None
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name in (gradient, "gradients"):
            return f"def {node.name}({ast.unparse(node.args)}):", ast.get_docstring(node) or ""
    return None
