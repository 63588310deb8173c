"""`grade verify`: tests exercises for their author."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli import options
from grader.exercise.settings import Settings
from grader.exercise.shelf import Shelf, list_exercises
from grader.grading.service import start_sandbox
from grader.report.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox


@click.command()
@click.argument("exercises", nargs=-1, metavar="[EXERCISE]...")
@click.option("--exercises", "directory", type=options.FOLDER, metavar="DIR",
              help="Take exercises from this folder, and solutions from solutions/ next to it.")  # fmt: skip
@options.mutants()
@options.color
def verify(exercises: tuple[str, ...], directory: Path | None, mutants: int, seed: int) -> int:
    """Test the exercises themselves.

    Checks that stubs fail, that the solution and every correct form pass, and that every labeled mistake and every
    mutant of the solution is rejected. By default, verifies exercises/ in this folder if solutions/ is next to it,
    otherwise the installed exercises. Exits with 1 if anything is missing or wrong.
    """
    shelf = Shelf(directory, ci=not Path("solutions").is_dir())  # a learner's workspace has no solutions
    names = exercises or list_exercises(shelf.root)
    loaded, broken = shelf.load_all(names)
    with start_sandbox(Settings()) as sandbox:
        problems = sum(_verify(exercise, sandbox, mutants, seed) for exercise in loaded)
    for sentence in broken:
        click.echo(f"{click.style('✗', fg='red')} {sentence}")
    counts = {"exercise": len(names), "problem": problems + len(broken)}
    click.echo(", ".join(f"{count} {what}{'s' * (count != 1)}" for what, count in counts.items()))
    return ExitCode.SOMETHING_WRONG if problems else ExitCode.ALL_RIGHT


def _verify(exercise: Exercise, sandbox: Sandbox, mutants: int, seed: int) -> int:
    """Print the findings for one exercise. Returns the number of problems."""
    from grader.authoring.verification import Verification

    click.echo(click.style(exercise.name, bold=True))
    count = 0
    for finding in Verification(exercise, sandbox).findings(mutants, seed):
        mark = click.style("✗", fg="red") if finding.problems else click.style("✓", fg="green")
        passed = finding.checked - _bad(finding.problems, finding.checked)
        click.echo(f"  {mark} {finding.what}: {finding.said or f'{passed} of {finding.checked}'}")
        for problem in _together(finding.problems):
            click.echo(f"      {problem}")
        if finding.problems and finding.advice:
            click.echo(f"      what to do: {finding.advice}")
        count += len(finding.problems)
        sys.stdout.flush()
    return count


def _together(problems: tuple[str, ...]) -> Iterator[str]:
    """The problems, those that differ only in their last word as one: `no hint for x, W, b`."""
    for head, group in groupby(problems, key=lambda problem: problem.rpartition(" ")[0]):
        yield f"{head} {', '.join(problem.rpartition(' ')[2] for problem in group)}"


def _bad(problems: tuple[str, ...], checked: int) -> int:
    """How many of the checked things have a problem; several problems may be about the same one."""
    return min(len(problems), checked)
