"""`grade list`, `grade show` and `grade init`: the exercises, and a workspace for them."""

from __future__ import annotations

import shlex
import shutil
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.edge import Misuse
from grader.cli.targets import complete_target
from grader.exercise.shelf import (
    BEGINNING,
    LECTURE,
    WORKSPACE,
    Shelf,
    in_order,
    load_exercise,
    pack_problems,
    readable,
    the_gradient,
)
from grader.exercise.shelf import list_exercises as names_in
from grader.exercise.tracks import by_track, check_tracks
from grader.learner.last_scores import LastScores, scores_file
from grader.learner.progress import UNLIMITED, about_exercise, about_gradient, listing, others
from grader.learner.workspace import NoWorkspace
from grader.learner.workspace import init as make_workspace
from grader.report.text import column

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


def complete_track(ctx: click.Context, _param: click.Parameter | None, incomplete: str) -> list[Any]:
    """Complete the tracks of the exercises that there are."""
    from click.shell_completion import CompletionItem

    shelf = Shelf(ctx.params.get("exercises"))
    found = filter(None, (readable(name, shelf.load) for name in shelf.names()))
    return [CompletionItem(track) for track in by_track(found) if track and track.startswith(incomplete)]


def tracks(text: str) -> Callable[[Any], Any]:
    """`--track NAME`, once or more."""
    return click.option("--track", "tracks", multiple=True, metavar="NAME", help=text, shell_complete=complete_track)


@click.command("list")
@tracks("List only this track.")
@options.exercises()
@options.color
def list_exercises(tracks: tuple[str, ...], exercises: Path | None) -> None:
    """List the exercises by track, and your last known progress in each."""
    shelf = Shelf(exercises)
    loaded, broken = shelf.load_all(shelf.names())
    found = by_track(loaded)
    check_tracks(tracks, found)
    here = () if exercises or tracks else names_in(WORKSPACE)
    lacking = {track for track in found if track and here and not any(each.name in here for each in found[track])}
    shown = {track: members for track, members in found.items() if track in (tracks or found.keys() - lacking)}
    known = LastScores.read(scores_file(), Path("report.json"))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else UNLIMITED
    lines = listing(shown, known.progress, width), others({track: found[track] for track in found if track in lacking})
    for line in chain(*lines):
        click.echo(line)
    _tell_left_out(chain(broken, () if exercises else pack_problems()))


def _tell_left_out(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        click.echo(f"left out: {sentence}", err=True)


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
@tracks("Only the exercises of this track; others can be added later.")
@options.color
def init(directory: Path, tracks: tuple[str, ...]) -> None:
    """Create a workspace in DIR with the exercises to fill in. Existing files are kept."""
    try:
        made = make_workspace(directory, tracks)
    except NoWorkspace as error:
        raise Misuse(str(error)) from None
    for path in made.kept:
        click.echo(f"kept     {path}")
    for path in made.completed:
        click.echo(f"replaced {path}: it was empty or cut off")
    _tell_left_out(made.left_out)
    click.echo(f"written  {len(made.written)} files in {directory}" if made.written else "no files were missing")
    there = "" if directory.resolve() == Path.cwd() else f"cd {shlex.quote(str(directory))}, "
    click.echo(f"next: {there}fill in a function, and run `grade`. Where to begin:")
    begin = _where_to_begin(made.exercises)
    width = column(begin)
    for file, why in begin.items():
        click.echo(f"      {file:<{width}}  {why}")
    if made.other_tracks:
        click.echo(f"add another track with `grade init {directory} --track NAME`:")
        click.echo(f"      {', '.join(made.other_tracks)}")


def _where_to_begin(names: Collection[str]) -> dict[str, str]:
    """The files to begin with, and what each is: for whoever is new to it and the lecture's, else the easiest."""
    if {BEGINNING, LECTURE} <= {*names}:
        about = {
            BEGINNING: "if this is your first backward pass: one neuron, half an hour",
            LECTURE: "the lecture's exercise, about three hours",
        }
    else:
        found = filter(None, (readable(name, load_exercise) for name in names))
        about = {exercise.name: exercise.title for exercise in in_order(found)[:1]}
    return {f"exercises/{name}/backward.py": said for name, said in about.items()}
