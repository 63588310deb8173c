"""`grade new`: creates an exercise from a forward pass."""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.authoring.layer_forms import ArrayKind, Style
from grader.cli import options
from grader.cli.edge import Misuse
from grader.report.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.authoring.exercise_files import Draft
    from grader.authoring.pack_files import PackFolder


@click.command()
@click.argument("forward", type=options.PathType(exists=True, dir_okay=False), metavar="FORWARD")
@click.option("--name", metavar="NAME", help="Name of the exercise (default: the file name).")
@click.option("--title", metavar="TEXT", help="Title shown by `grade list`.")
@click.option("--graded", multiple=True, metavar="VARIABLE",
              help="Grade this variable (default: parameters and what follows from them).")  # fmt: skip
@click.option("--null", multiple=True, metavar="VARIABLE", help="Expect the gradient of this variable to be zero.")
@click.option("--form", type=options.OneOf(Style), help="A layer: grade a forward and a backward function instead.")
@click.option("--arrays", type=options.OneOf(ArrayKind), help="What its functions are given (default: torch).")
@click.option("--exercises", type=options.PathType(file_okay=False), default="exercises", show_default=True,
              metavar="DIR", help="Write the exercise here, and its solution to solutions/ next to it.")  # fmt: skip
@click.option("--pack", type=options.PathType(), metavar="DIR",
              help="Write both into the pack in DIR, which is created if there is none.")  # fmt: skip
@options.color
def new(
    forward: Path,
    name: str | None,
    title: str | None,
    graded: tuple[str, ...],
    null: tuple[str, ...],
    form: Style | None,
    arrays: ArrayKind | None,
    **place: Any,
) -> int:
    """Create an exercise from a forward pass.

    FORWARD is a Python file, or a notebook with gradients derived by hand.

    The file defines inputs(seed, n=..., ...), which draws named tensors from the seed, and forward(...), which ends in
    `return locals()`. Each variable of forward() has a gradient; a loop, and everything between two assignments of one
    name, is one step. Without a `loss`, the last value gets a random cotangent. The file is checked, then written with
    stubs, settings and an empty solution.

    A notebook is run up to the loss that its gradients start from. The lines that lead to this loss become the
    forward pass, its gradients the solution. They are graded; exits with 1 if any of them is wrong.

    With --form, learners write the layer as a course has it: two functions with a cache between them (functions), or
    the static methods of a class (static).
    """
    if arrays and not form:
        raise click.UsageError("--arrays is about the functions of a layer; choose them with --form functions")
    from grader.sandbox.numerics import pin_environment, pin_torch

    pin_environment()
    pin_torch()
    from grader.authoring.draft import draft
    from grader.authoring.exercise_files import write_exercise
    from grader.exercise.forward import BrokenExercise
    from grader.exercise.shelf import WORKSPACE

    called = name or _name_of(forward)
    if not called.isidentifier():
        raise click.UsageError(
            f"{called!r} cannot be an exercise name: use letters, digits and _ only; choose another with --name"
        )
    pack = _pack(called, forward, **place)
    exercises = pack.exercises if pack else place["exercises"]
    try:
        if forward.suffix.lower() == ".ipynb":
            if form:
                raise click.UsageError("--form is for a forward.py; a notebook's gradients have a function each")
            return _of_notebook(forward, called, title or called, exercises, graded, null, pack)
        with tempfile.TemporaryDirectory() as workplace:
            made = draft(forward, called, Path(workplace), graded, null, form)
        made = replace(made, arrays=arrays or ArrayKind.TORCH)
        if pack:
            written = pack.add(made, title or called)
        else:
            written = write_exercise(made, exercises, exercises.parent / "solutions", title or called)
    except BrokenExercise as error:
        click.echo(f"Error: {error}", err=True)
        return ExitCode.USAGE
    for path in written:
        click.echo(f"written  {path}")
    _tell(made)
    click.echo(f"next: write {exercises.parent / 'solutions' / called / 'backward.py'}, then")
    found = exercises == WORKSPACE or (pack and pack.installed)
    elsewhere = "" if found else f"--exercises {shlex.quote(str(exercises))} "
    click.echo(f"      grade verify {elsewhere}{called}")
    if pack and not pack.installed:
        click.echo(f"      pip install -e {shlex.quote(str(pack.directory))}")
    return ExitCode.ALL_RIGHT


def _tell(made: Draft) -> None:
    """Print what is graded, and what is not."""
    rows = [f"d{variable}" if variable in made.hinted else variable for variable in made.graded]
    click.echo(f"\n{len(rows)} {'rows' if made.form else 'gradients'}: {', '.join(rows)}")
    for step in made.steps:
        first, last = step.span
        where = f"lines {first} to {last}" if first < last else f"line {first}"
        click.echo(f"one step: {where}, computing {', '.join(step.outputs)}; what is inside is not graded")
    for variable, why in made.without.items():
        click.echo(f"not graded: d{variable} ({why})")


def _of_notebook(
    notebook: Path,
    name: str,
    title: str,
    exercises: Path,
    graded: Sequence[str],
    null: Sequence[str],
    pack: PackFolder | None,
) -> int:
    """Make the exercise of a notebook, in a pack if there is one."""
    from grader.cli.new_from_notebook import NotebookExercise

    code = NotebookExercise(notebook, name, title, exercises, graded, null).make()
    for path in pack.write_own() if pack else ():
        click.echo(f"written  {path}")
    return code


def _pack(name: str, forward: Path, exercises: Path, pack: Path | None) -> PackFolder | None:
    """The pack that the exercise is written into, if one is named."""
    if pack is None:
        return None
    from grader.authoring.pack_files import NoPack, PackFolder

    if exercises != Path("exercises"):
        raise click.UsageError("--pack and --exercises are two places for the exercise; choose one")
    try:
        found = PackFolder.find(pack, forward)
        found.check_free(name)
    except NoPack as error:
        raise Misuse(str(error)) from None
    return found


def _name_of(forward: Path) -> str:
    """The file name without .py, or the folder's name if the file is forward.py."""
    return forward.resolve().parent.name if forward.stem == "forward" else forward.stem
