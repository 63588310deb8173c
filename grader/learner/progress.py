"""The list of exercises with progress, and details of one exercise or gradient. Does not need torch."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from grader.exercise.shelf import BEGINNING, LECTURE
from grader.exercise.stubs import NoReset, pristine_stub, signature_and_docstring
from grader.exercise.tracks import TRACKS
from grader.report.text import column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise


UNLIMITED = 10_000
"""The width of what is no terminal: lines are wrapped for people, not for programs."""


def listing(
    tracks: Mapping[str, list[Exercise]], done: Mapping[str, tuple[int, int]], width: int = UNLIMITED
) -> Iterator[str]:
    """One line per exercise, under the heading of its track if there are several.

    Until one gradient is correct, the last line says where to begin.

    Args:
        tracks: the exercises of each track, in order.
        done: exercise -> how many of the learner's gradients were right, and how many have been graded.
        width: that of the terminal.
    """
    names = {exercise.name for members in tracks.values() for exercise in members}
    first = column(names)
    for number, (track, members) in enumerate(tracks.items()):
        if len(tracks) > 1:
            yield from [""] * (number > 0)
            yield click.style(": ".join(filter(None, (track or "other exercises", TRACKS.get(track)))), underline=True)
        for exercise in members:
            yield from _lines_of(exercise, done, first, width)
    if {BEGINNING, LECTURE} <= names and not any(right for right, _ in done.values()):
        yield from [""] * (len(tracks) > 1)
        begin = f"begin with {BEGINNING} if this is your first backward pass; {LECTURE} is the lecture's exercise"
        yield from textwrap.wrap(begin, width)


def others(tracks: Mapping[str, list[Exercise]]) -> Iterator[str]:
    """One line for each track of which the workspace has nothing."""
    if tracks:
        yield "\nnot in this workspace; add one with `grade init . --track NAME`:"
    width = column(tracks)
    for track, members in tracks.items():
        count = f"{len(members)} exercise{'s' * (len(members) != 1)}"
        yield f"{click.style(f'{track:<{width}}', bold=True)}  {count:<12}  {TRACKS.get(track, '')}".rstrip()


def _lines_of(exercise: Exercise, done: Mapping[str, tuple[int, int]], first: int, width: int) -> Iterator[str]:
    """An exercise's name, last known progress, time, difficulty and title.

    If only some of the gradients have ever been graded, the line has no count for the exercise, and a second line says
    how many were graded.

    Args:
        first: the width of the first column.
        width: that of the terminal.
    """
    count = len(exercise.graded)
    right, of = done.get(exercise.name, (0, 0))
    far = f"{right} of {count}" if of == count else f"{count} in all"
    settings = exercise.settings
    time = f"{settings.minutes} min" if settings.minutes < 90 else f"{settings.minutes / 60:g} h"
    hard = "*" * settings.difficulty
    facts = f" {far:<9} {time:>6}  {hard:<5}  "
    indent = first + len(facts)
    title, *rest = textwrap.wrap(exercise.title, max(20, width - indent))
    yield f"{click.style(f'{exercise.name:<{first}}', bold=True)}{facts}{title}"
    yield from (" " * indent + line for line in rest)
    if 0 < of < count:
        yield f"{'':<{first}} {of} of them graded so far: {right} correct"


def about_exercise(exercise: Exercise) -> Iterator[str]:
    """An exercise's forward pass, and the gradients to write."""
    yield click.style(f"{exercise.name}: {exercise.title}", bold=True)
    if exercise.settings.why:
        yield exercise.settings.why
    yield ""
    for line in exercise.lines:
        first, *more = line.whole.split("\n")
        yield f"{line.span[0]:>4}  {first}"
        yield from (f"      {text}" for text in more)
    yield ""
    yield f"to write: {', '.join(exercise.gradients)}"


def about_gradient(exercise: Exercise, gradient: str) -> Iterator[str]:
    """A gradient's forward lines, upstream gradients, shape and stub. No hints."""
    variable = exercise.variable(gradient)
    is_value = exercise.is_value(variable)
    signature, about = _stub(exercise, gradient)
    what = "what the forward pass returns" if is_value else f"the derivative of the loss with respect to {variable}"
    yield click.style(f"{gradient}: {what}", bold=True)
    made = exercise.producer.get(variable)
    yield ""
    yield f"  set in    {_line(made.number, made.head) if made else 'inputs(): a parameter or a given value'}"
    for index, (number, text) in enumerate(() if is_value else exercise.uses(variable)):
        yield f"  {'used in' if index == 0 else '       '}   {_line(number, text)}"
    children = [f"d{child}" for child in exercise.children(variable) if child == "loss" or child in exercise.graded]
    if children and not is_value:
        yield f"  from      {', '.join(children)}"
    about_shape = (line.strip().removeprefix(f"{gradient}: ") for line in about.splitlines())
    shape = next((line for line in about_shape if line.startswith("shape")), f"like {variable}")
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


def _line(number: int, text: str) -> str:
    return f"{text}    (forward.py:{number})"
