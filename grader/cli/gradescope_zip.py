"""`grade gradescope-zip`: builds the autograder archive for Gradescope."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.edge import Misuse, writing
from grader.exercise.course import policy
from grader.exercise.settings import Criterion, Feedback, Settings, Visibility
from grader.exercise.shelf import exercises_directory, load_exercise
from grader.installation import Incomplete
from grader.installation import constraints as installed
from grader.report.formats.gradescope_archive import CannotTravel, build, checked_constraints, chosen, requirements
from grader.report.formats.gradescope_package import FROM_INDEX, what_to_install
from grader.sandbox.limits import Level

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise

TOLD = tuple(level for level in Feedback if level is not Feedback.NONE)
"""Gradescope takes the points from what students see, so they have to see something."""


@click.command()
@options.together(
    options.exercise("The exercise to grade.", required=True),
    options.exercises("Take exercises from this folder and include it in the archive."),
    click.option("--package", metavar="PATH|URL",
                 help="Install this grader in the container: a wheel, a source archive, a checkout, or an address "
                      "for pip (default: what this one was installed from)."),
    click.option("--constraints-file", "constraints", type=options.FILE, metavar="FILE",
                 help="Install the versions in this file (default: those that `grade doctor --constraints` prints)."),
    options.feedback("How much detail students see (default: the course's setting, or kind).", among=TOLD),
    options.criterion(),
    options.visibility("When students see the tests (default: the course's setting, or visible)."),
    options.isolation(Level.PROCESS, "Refuse to grade below this isolation level.", among=options.LEVELS[:-1]),
    options.timeout(most=600),
    click.option("-o", "--output", type=options.PathType(), default="autograder.zip", show_default=True,
                 metavar="FILE", help="Write the archive here."),
    options.color,
)  # fmt: skip
def gradescope_zip(
    exercise: str, exercises: Path | None, package: str | None, constraints: Path | None, output: Path, **asked: Any
) -> None:
    """Build the autograder archive for Gradescope."""
    found = load_exercise(exercise, exercises)
    course, home = found.course, found.directory.parent
    # A pack is not installed in the container, and course settings for installed exercises are not in the package.
    travels = exercises is not None or course is not None or home != exercises_directory()
    with TemporaryDirectory() as scratch:
        try:
            grader = what_to_install(package, Path(scratch))
            archive = build(
                _chosen(found, **asked),
                package=grader,
                modules=requirements(found.rules.imports),
                constraints=checked_constraints(constraints) if constraints else installed(itself=False),
                own=(exercises or home) if travels else None,
                course=course.path if course else None,
            )
        except (CannotTravel, Incomplete) as error:
            raise Misuse(str(error)) from None
    with writing(output):
        output.write_bytes(archive)
    if grader == FROM_INDEX:
        click.echo(
            f"written  {output}: it installs {FROM_INDEX} from PyPI, so upload it only if that version is there. "
            "Otherwise make it again with --package PATH|URL: a wheel, a checkout, or an address for pip",
            err=True,
        )
        return
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
    """The settings from the command line, then from the course, then the defaults."""
    course = policy([exercise.course])
    told = feedback or course.feedback or Feedback.KIND
    if exercise.course is not None and told is Feedback.NONE:
        raise Misuse(
            f'{exercise.course.path} says feedback = "none", but Gradescope takes the points from what students '
            f"see. Set the level for this archive with --feedback {', '.join(TOLD)}"
        )
    settings = Settings(
        criterion=criterion or course.criterion or Criterion.CORRECT,
        feedback=told,
        isolation=isolation,
        timeout=timeout,
    )
    return chosen(exercise.name, settings, visibility or course.visibility or Visibility.VISIBLE)
