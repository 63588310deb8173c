"""`grade gradescope-zip`: the autograder archive for Gradescope."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.cli import options
from grader.cli.edge import Misuse, writing
from grader.exercise.course import policy
from grader.exercise.settings import Criterion, Feedback, Settings, Visibility
from grader.exercise.shelf import exercises_directory, load_exercise
from grader.report.formats.gradescope_archive import CannotTravel, build, checked_package, chosen, requirements
from grader.sandbox.limits import Level

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise

TOLD = tuple(level for level in Feedback if level is not Feedback.NONE)
"""Gradescope reads the points off what students are told, so that they have to be told something."""


@click.command()
@options.together(
    options.exercise("What is handed in.", required=True),
    options.exercises("The course's own exercises; they travel in the archive."),
    click.option("--package", type=options.FILE, metavar="WHEEL",
                 help="Install this wheel there instead of the release."),
    options.feedback("How much is told (default: the course's word, else kind).", among=TOLD),
    options.criterion(),
    options.visibility("Of the tests (default: the course's word, else visible)."),
    options.isolation(Level.PROCESS, "The lowest isolation accepted there.", among=options.LEVELS[:-1]),
    options.timeout(most=600),
    click.option("-o", "--output", type=options.PathType(), default="autograder.zip", show_default=True,
                 metavar="FILE", help="The archive."),
    options.color,
)  # fmt: skip
def gradescope_zip(exercise: str, exercises: Path | None, package: Path | None, output: Path, **asked: Any) -> None:
    """Build the autograder archive for Gradescope."""
    found = load_exercise(exercise, exercises)
    course, home = found.course, found.directory.parent
    # A pack is not installed there, and what a course says of installed exercises is not part of the package.
    travels = exercises is not None or course is not None or home != exercises_directory()
    try:
        archive = build(
            _chosen(found, **asked),
            torch=version("torch").partition("+")[0],
            packages=[
                checked_package(package) if package else f"backprop-grader=={__version__}",
                *requirements(found.rules.imports),
            ],
            own=(exercises or home) if travels else None,
            course=course.path if course else None,
        )
    except CannotTravel as error:
        raise Misuse(str(error)) from None
    with writing(output):
        output.write_bytes(archive)
    click.echo(f"written  {output}: upload it to Gradescope as the assignment's autograder", err=True)


def _chosen(
    exercise: Exercise,
    *,
    feedback: Feedback | None,
    criterion: Criterion | None,
    visibility: Visibility | None,
    isolation: Level,
    timeout: float,
) -> dict[str, str | float]:
    """What was said, else what the course says, else the default."""
    course = policy([exercise.course])
    told = feedback or course.feedback or Feedback.KIND
    if exercise.course is not None and told is Feedback.NONE:
        raise Misuse(
            f'{exercise.course.path} says feedback = "none", but Gradescope reads the points off what students are '
            f"told. Say how much that may be for this archive: --feedback {', '.join(TOLD)}"
        )
    settings = Settings(
        criterion=criterion or course.criterion or Criterion.CORRECT,
        feedback=told,
        isolation=isolation,
        timeout=timeout,
    )
    return chosen(exercise.name, settings, visibility or course.visibility or Visibility.VISIBLE)
