"""`grade hint`, `grade solution` and `grade reset`: help with a single gradient."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.edge import Misuse
from grader.cli.targets import Target, complete_target, resolve
from grader.exercise.settings import Settings
from grader.exercise.shelf import Shelf
from grader.exercise.stubs import pristine_stub
from grader.grading.run import Run
from grader.grading.submission import read_submission
from grader.learner.hints import hints, other_ways, worked
from grader.learner.reset import reset_gradient
from grader.learner.state import NAME, LearnerState
from grader.report.exit_code import ExitCode
from grader.report.row_facts import headline, solved

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise

about_one = options.together(
    click.argument("target", required=False, metavar="TARGET", shell_complete=complete_target),
    options.exercises(),
    options.exercise("The exercise, if it cannot be inferred."),
    options.color,
)
"""The argument and options shared by the commands about one gradient."""


def state_file(target: Path) -> Path:
    """The state file: in the current folder if it has exercises/, otherwise next to the target."""
    if Path("exercises").is_dir():
        return Path(NAME)
    return (target if target.is_dir() else target.parent) / NAME


def the_one(word: str | None, shelf: Shelf) -> tuple[Target, Exercise, str, LearnerState]:
    """The gradient a command is about: the one named, or by default the last one worked on."""
    if word is None:
        last = [*LearnerState.read(state_file(Path())).at.items()]
        if not last:
            raise Misuse("which gradient? Name one, as in mlp::dcounts; `grade watch` and `grade hint` remember it")
        word = "::".join(last[-1])
    target = resolve([word], shelf)[0]
    if target.exercise is None or len(target.only) != 1:
        raise Misuse(f"{word} is not a single gradient; name one, as in mlp::dcounts")
    return target, target.exercise, target.only[0], LearnerState.read(state_file(target.path))


def graded_now(target: Target, exercise: Exercise, gradient: str) -> dict[str, Any]:
    """Grade one gradient now and return its row: the file may have changed since the last run."""
    run = Run(Settings())
    try:
        job = run.add(exercise, read_submission(target.path), (gradient,))
        return job.row(gradient)
    finally:
        run.close()


def say_code(text: str) -> None:
    """Print code, indented."""
    for line in text.split("\n"):
        click.echo(f"    {line}".rstrip())


@click.command()
@click.option("--spoil", is_flag=True, help="Show all hints and the worked solution, solved or not.")
@about_one
def hint(target: str | None, exercises: Path | None, exercise: str | None, *, spoil: bool) -> int:
    """Show one more hint: `grade hint mlp::dcounts`.

    TARGET defaults to the last gradient in `grade watch` or `grade hint`.
    """
    place, chosen, gradient, state = the_one(target, Shelf(exercises, forced=exercise))
    every = hints(chosen, gradient)
    before = state.hints.get((chosen.name, gradient), 0)
    count = len(every) if spoil else state.open_hint(chosen.name, gradient, len(every))
    state.go(chosen.name, gradient)
    state.write()
    for number, text in enumerate(every[:count], 1):
        click.echo(f"hint {number} of {len(every)}: {text}")
    if spoil:
        say_code(worked(chosen, gradient))
    elif before >= len(every):
        return _beyond_hints(place, chosen, gradient)
    return ExitCode.ALL_RIGHT


def _beyond_hints(place: Target, exercise: Exercise, gradient: str) -> int:
    if solved(graded_now(place, exercise, gradient)):
        code = worked(exercise, gradient)
        click.echo(f"{gradient} is correct. The worked solution:")
        say_code(code)
        return ExitCode.ALL_RIGHT
    click.echo(f"no hints left; the worked solution is shown once {gradient} is correct, or with --spoil")
    return ExitCode.SOMETHING_WRONG


@click.command()
@click.option("--spoil", is_flag=True, help="Show it even if the gradient is not solved yet.")
@about_one
def solution(target: str | None, exercises: Path | None, exercise: str | None, *, spoil: bool) -> int:
    """Show the worked solution of a gradient you have solved, and other correct forms.

    TARGET defaults to the last gradient in `grade watch` or `grade hint`.
    """
    place, chosen, gradient, _ = the_one(target, Shelf(exercises, forced=exercise))
    if not spoil:
        row = graded_now(place, chosen, gradient)
        if not solved(row):
            click.echo(
                f"{gradient} is not correct yet ({headline(row)}); try `grade hint`, or --spoil to see it anyway"
            )
            return ExitCode.SOMETHING_WRONG
    click.echo(click.style("worked solution", bold=True))
    say_code(worked(chosen, gradient))
    for note, code in other_ways(chosen, gradient):
        click.echo(f"\n{click.style('also correct', bold=True)}: {note}")
        say_code(code)
    return ExitCode.ALL_RIGHT


@click.command()
@about_one
def reset(target: str | None, exercises: Path | None, exercise: str | None) -> int:
    """Restore one original stub and leave the rest of the file as it is."""
    if target is None:
        raise Misuse("which gradient? Name one, as in mlp::dcounts")
    place, chosen, gradient, state = the_one(target, Shelf(exercises, forced=exercise))
    file, taken = reset_gradient(place.path, chosen, gradient)
    state.forget(chosen.name, gradient)
    state.write()
    if dedent(taken).strip() == pristine_stub(chosen, gradient).strip():
        click.echo(f"{gradient} is already a stub in {file}")
        return ExitCode.ALL_RIGHT
    click.echo(f"{gradient} is a stub again in {file}" + ("; removed:" if taken else ""))
    if taken:
        say_code(taken)
    return ExitCode.ALL_RIGHT
