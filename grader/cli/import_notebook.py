"""`grade import`: converts a notebook's flat cells to a backward.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli import options
from grader.cli.edge import Misuse, writing
from grader.exercise.matching import best, matches
from grader.exercise.settings import Settings
from grader.exercise.shelf import Shelf
from grader.grading.run import read_in_child
from grader.grading.submission import read_submission
from grader.learner.notebook_import import import_reading
from grader.report.exit_code import ExitCode
from grader.report.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.grading.submission import Submission
    from grader.sandbox.limits import Level


@click.command("import")
@click.argument("notebook", type=options.PathType(exists=True), metavar="NOTEBOOK")
@options.together(
    click.option(
        "-o", "--output", type=options.PathType(), default="backward.py", show_default=True, metavar="FILE",
        help="Write the file here.",
    ),
    click.option("--force", is_flag=True, help="Overwrite an existing file."),
    options.isolation(),
    options.exercises(),
    options.exercise("The exercise, if it cannot be inferred."),
    options.color,
)  # fmt: skip
def import_notebook(
    notebook: Path, output: Path, exercises: Path | None, exercise: str | None, isolation: Level, *, force: bool
) -> int:
    """Convert a notebook's flat cells to a backward.py. The cells are read, never run."""
    if output.exists() and not force:
        raise Misuse(f"{output} already exists; choose another file with -o, or overwrite it with --force")
    shelf = Shelf(exercises, forced=exercise)
    submission, settings = read_submission(notebook), Settings(isolation=isolation)
    chosen, others = _chosen(notebook, submission, settings, shelf)
    if chosen.is_layer:
        raise Misuse(
            f"{chosen.name} is a layer, whose functions are not imported: `grade {notebook}` grades them there"
        )
    reading = read_in_child(submission, settings, chosen)
    if reading.problem is not None:
        raise Misuse(reading.problem)
    if not reading.source:
        raise Misuse(f"{notebook} already defines functions; grade it as it is with `grade {notebook}`")
    made = import_reading(reading, chosen)
    with writing(output):
        replace_file(output, made.text.encode())
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    if made.other:
        click.echo(f"note: not gradients of {chosen.name}: {', '.join(made.other)}", err=True)
    if made.missing:
        click.echo(f"not found, left as stubs: {', '.join(made.missing)}")
    click.echo(f"{output}: {len(made.found)} of {len(made.found) + len(made.missing)} gradients of {chosen.name}")
    if others:
        click.echo(f"note: it may also have {', '.join(others)}; choose another exercise with --exercise", err=True)
    click.echo(f"next: `grade {output} --exercise {chosen.name}`")
    return ExitCode.ALL_RIGHT


def _chosen(notebook: Path, submission: Submission, settings: Settings, shelf: Shelf) -> tuple[Exercise, list[str]]:
    """The exercise that is named, or has the most gradients in the notebook; and the others that it may also have."""
    if shelf.forced is not None:
        return shelf.load(shelf.forced), []
    first = read_in_child(submission, settings)
    if first.problem is not None:
        raise Misuse(first.problem)
    found = matches(notebook, [survey for survey in first.surveys if survey.begun or not survey.flat], shelf)
    chosen = best(found).exercise
    return chosen, [match.exercise.name for match in found if match.exercise is not chosen and match.count]
