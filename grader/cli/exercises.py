"""`grade list`, `grade show` and `grade init`: the exercises, and a workspace for them."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli import options
from grader.cli.edge import Misuse
from grader.cli.targets import complete_target
from grader.exercise.shelf import BEGINNING, LECTURE, Shelf, curriculum, the_gradient
from grader.learner.last_scores import LastScores, scores_file
from grader.learner.progress import about_exercise, about_gradient, listing
from grader.learner.workspace import NoWorkspace
from grader.learner.workspace import init as make_workspace


@click.command("list")
@options.exercises()
@options.color
def list_exercises(exercises: Path | None) -> None:
    """List the exercises and your last known progress in each."""
    shelf = Shelf(exercises)
    found = sorted((shelf.load(name) for name in shelf.names()), key=curriculum)
    known = LastScores.read(scores_file(), Path("report.json"))
    for line in listing(found, known.progress):
        click.echo(line)


@click.command()
@click.argument("target", shell_complete=complete_target)
@options.exercises()
@options.color
def show(target: str, exercises: Path | None) -> None:
    """Show a gradient's forward lines, shape and stub: `grade show mlp::dprobs`.

    For an exercise, show its forward pass and its gradients.
    """
    name, separator, gradient = target.partition("::")
    exercise = Shelf(exercises).load(name)
    lines = about_gradient(exercise, the_gradient(gradient, exercise)) if separator else about_exercise(exercise)
    for line in lines:
        click.echo(line)


@click.command()
@click.argument("directory", type=options.PathType(), metavar="DIR")
@options.color
def init(directory: Path) -> None:
    """Create a workspace in DIR with the exercises to fill in. Existing files are kept."""
    try:
        made = make_workspace(directory)
    except NoWorkspace as error:
        raise Misuse(str(error)) from None
    for path in made.kept:
        click.echo(f"kept     {path}")
    for path in made.completed:
        click.echo(f"replaced {path}: it was empty or cut off")
    for why in made.left_out:
        click.echo(f"left out: {why}", err=True)
    click.echo(f"written  {len(made.written)} files in {directory}" if made.written else "no files were missing")
    click.echo(f"next: cd {directory}, fill in a function, and run `grade`. Where to begin:")
    click.echo(
        f"      exercises/{BEGINNING}/backward.py  if this is your first backward pass: one neuron, half an hour"
    )
    click.echo(f"      exercises/{LECTURE}/backward.py        the lecture's exercise, about three hours")
