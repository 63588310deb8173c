"""`grade course`: one table for the exercises of a course."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli import options
from grader.cli.edge import Misuse, writing
from grader.report.exit_code import ExitCode


@click.command()
@click.argument("results", type=options.FOLDER, nargs=-1, required=True, metavar="RESULTS...")
@options.together(
    click.option(
        "--out", type=options.PathType(dir_okay=False), default="course.csv", show_default=True, metavar="FILE",
        help="Write the table here. What you add to it by hand is kept the next time.",
    ),
    options.exercises("Take course.toml from this folder of exercises, or from beside it (default: exercises)."),
    options.color,
)  # fmt: skip
def course(results: tuple[Path, ...], out: Path, exercises: Path | None) -> int:
    """Combine several exercises in one table.

    RESULTS are folders that `grade batch --out` wrote, one for each exercise. Weights, extra credit, dropped exercises
    and rounding come from [grades] in course.toml.
    """
    from grader.classroom.gradebook.results_folder import read_results as read_folder
    from grader.classroom.policy.class_policy import class_policy
    from grader.classroom.policy.course_grade import NoWeight
    from grader.classroom.policy.course_table import DoubledExercise, course_table, write_course
    from grader.classroom.policy.graded_exercises import NoResults, read_results
    from grader.classroom.tables.table import UnreadableTable
    from grader.exercise.course import find_course
    from grader.report.submission_facts import NothingToTell

    found = find_course((exercises or Path("exercises")).absolute())
    try:
        problems = [f"{folder}: {each}" for folder in results for each in read_folder(folder).problems]
        if problems:
            for sentence in (*problems, "Nothing was written: set this right first, so that no grade is lost."):
                click.echo(sentence, err=True)
            return ExitCode.SOMETHING_WRONG
        table = course_table([read_results(folder) for folder in results], class_policy(found).grades)
        with writing(out):
            told = write_course(out, table)
    except (NothingToTell, NoResults, NoWeight, DoubledExercise, UnreadableTable) as error:
        raise Misuse(str(error)) from None
    for sentence in (*table.told, *told):
        click.echo(sentence, err=True)
    rules = f"[grades] of {found.path.name}" if found else "no course.toml: points are added up"
    click.echo(f"{len(table.rows)} people, {len(results)} {'exercise' if len(results) == 1 else 'exercises'}; {rules}")
    if table.open:
        click.echo(f"{table.open} without a total, because an exercise of theirs has no grade yet", err=True)
    click.echo(f"course: {out}")
    return ExitCode.SOMETHING_WRONG if table.told or told else ExitCode.ALL_RIGHT
