"""What there is to do: the list of exercises with progress, and what one gradient is about. Needs no torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.exercise.shelf import WORKSPACE
from grader.exercise.stubs import NoReset, pristine_stub, signature_and_docstring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise

MOST_REPORT_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the last run's report says of one submission."""

    exercise: str
    source: Path
    """Whose work it was; absolute."""
    right: Mapping[str, bool]
    """The gradients that it graded, and whether each was right."""


def last_run(report: Path) -> list[Earlier]:
    """Every submission of a report; none if there is no report to read."""
    try:
        if not report.is_file() or report.stat().st_size > MOST_REPORT_BYTES:
            return []
        entries = json.loads(report.read_bytes())["grader"]["submissions"]
        return [
            Earlier(
                str(entry["exercise"]),
                Path(entry["source"]).absolute(),
                {str(row["name"]): bool(row["correct"]) for row in entry["gradients"]},
            )
            for entry in entries
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def progress(report: Path) -> dict[str, tuple[int, int]]:
    """Per exercise, the learner's own gradients that were right in the last run, and those that it graded."""
    runs = [run for run in last_run(report) if run.right and _is_own(run)]
    return {run.exercise: (sum(run.right.values()), len(run.right)) for run in runs}


def _is_own(run: Earlier) -> bool:
    """In a workspace, only what lies in the exercise's folder: a friend's file or a solution is no progress."""
    own = (WORKSPACE / run.exercise).absolute()
    return run.source == own or own in run.source.parents or not own.exists()


def listing(exercises: list[Exercise], done: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """One exercise a line: name, how far in the last run, how long, how hard, what.

    Nothing but the last run is known. Where that graded a few gradients only, the others may be right or not: then
    there is no count of all, and a second line says of how many something is known.
    """
    for exercise in exercises:
        count = len(exercise.graded)
        right, of = done.get(exercise.name, (0, 0))
        far = f"{right} of {count}" if of == count else f"{count} in all"
        settings = exercise.settings
        time = f"{settings.minutes} min" if settings.minutes < 90 else f"{settings.minutes / 60:g} h"
        hard = "*" * settings.difficulty
        yield f"{click.style(f'{exercise.name:<20}', bold=True)} {far:<9} {time:>6}  {hard:<5}  {exercise.title}"
        if 0 < of < count:
            yield f"{'':<20} the last run graded {of} of them: {right} right"


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
    signature, about = _stub(exercise, gradient)
    yield click.style(f"{gradient}: the derivative of the loss with respect to {variable}", bold=True)
    made = exercise.producer.get(variable)
    yield ""
    yield f"  made by   {_line(made)}" if made else "  made by   inputs(): a parameter or a given value"
    for index, line in enumerate(exercise.readers.get(variable, ())):
        yield f"  {'read by' if index == 0 else '       '}   {_line(line)}"
    children = [f"d{child}" for child in exercise.children(variable) if child == "loss" or child in exercise.graded]
    yield f"  from      {', '.join(children)}"
    shape = next((line.strip() for line in about.splitlines() if line.strip().startswith("shape")), f"like {variable}")
    yield f"  shape     {shape.removeprefix('shapes ').removeprefix('shape ')}"
    if signature:
        yield ""
        yield f"  {signature}"


def _stub(exercise: Exercise, gradient: str) -> tuple[str, str]:
    """Signature and docstring as they were handed out; empty where they were not."""
    try:
        return signature_and_docstring(pristine_stub(exercise, gradient))
    except NoReset:
        return "", ""


def _line(line: Any) -> str:
    return f"{line.text}    (forward.py:{line.number})"
