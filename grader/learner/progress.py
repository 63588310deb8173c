"""The list of exercises with progress, and details of one exercise or gradient. Does not need torch."""

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
    """One submission in the report of the last run."""

    exercise: str
    source: Path
    """Absolute path of the submission."""
    right: Mapping[str, bool]
    """Each gradient graded, and whether it was right."""


def last_run(report: Path) -> list[Earlier]:
    """The submissions in a report; none if it is missing or cannot be read."""
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
    """Exercise -> how many of the learner's gradients were right in the last run, and how many it graded."""
    runs = [run for run in last_run(report) if run.right and _is_own(run)]
    return {run.exercise: (sum(run.right.values()), len(run.right)) for run in runs}


def _is_own(run: Earlier) -> bool:
    """Whether it is the learner's own work: in a workspace, only files in the exercise's folder are."""
    own = (WORKSPACE / run.exercise).absolute()
    return run.source == own or own in run.source.parents or not own.exists()


def listing(exercises: list[Exercise], done: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """One line per exercise: name, progress as of the last run, time, difficulty, title.

    Only the last run is known. If it graded only some of the gradients, the line has no count for the exercise, and a
    second line says how many were graded.
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
    """An exercise's forward pass, and the gradients to write."""
    yield click.style(f"{exercise.name}: {exercise.title}", bold=True)
    if exercise.settings.why:
        yield exercise.settings.why
    yield ""
    for line in exercise.lines:
        yield f"{line.number:>4}  {line.text}"
    yield ""
    yield f"to write: {', '.join(exercise.gradients)}"


def about_gradient(exercise: Exercise, gradient: str) -> Iterator[str]:
    """A gradient's forward lines, upstream gradients, shape and stub. No hints."""
    variable = gradient[1:]
    signature, about = _stub(exercise, gradient)
    yield click.style(f"{gradient}: the derivative of the loss with respect to {variable}", bold=True)
    made = exercise.producer.get(variable)
    yield ""
    yield f"  set in    {_line(made)}" if made else "  set in    inputs(): a parameter or a given value"
    for index, line in enumerate(exercise.readers.get(variable, ())):
        yield f"  {'used in' if index == 0 else '       '}   {_line(line)}"
    children = [f"d{child}" for child in exercise.children(variable) if child == "loss" or child in exercise.graded]
    yield f"  from      {', '.join(children)}"
    shape = next((line.strip() for line in about.splitlines() if line.strip().startswith("shape")), f"like {variable}")
    yield f"  shape     {shape.removeprefix('shapes ').removeprefix('shape ')}"
    if signature:
        yield ""
        yield f"  {signature}"


def _stub(exercise: Exercise, gradient: str) -> tuple[str, str]:
    """Signature and docstring of the original stub; empty if the exercise has none."""
    try:
        return signature_and_docstring(pristine_stub(exercise, gradient))
    except NoReset:
        return "", ""


def _line(line: Any) -> str:
    return f"{line.text}    (forward.py:{line.number})"
