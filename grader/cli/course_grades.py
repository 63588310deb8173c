"""`grade course`: one table for the exercises of a course."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli import options
from grader.cli.edge import Misuse, show, writing
from grader.report.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.exercise.course import Course


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
    from grader.exercise.course import find_course

    found = find_course((exercises or Path("exercises")).absolute())
    return write_table(results, out, found)


def write_table(folders: Sequence[Path], out: Path, course: Course | None) -> int:
    """Write one table of several results folders; the exit code. Nothing is written if a grade could be lost."""
    from grader.classroom.batch.summary import NoResults
    from grader.classroom.course.course_grade import NoWeight
    from grader.classroom.course.course_table import DoubledExercise, course_table, write_course
    from grader.classroom.course.graded_exercise import graded_exercise
    from grader.classroom.gradebook.results_folder import read_results
    from grader.classroom.policy.class_policy import class_policy
    from grader.classroom.tables.table import UnreadableTable
    from grader.report.submission_facts import NothingToTell

    try:
        results = [read_results(folder) for folder in folders]
        if problems := [f"{each.directory}: {problem}" for each in results for problem in each.problems]:
            for sentence in (*problems, "Nothing was written: set this right first, so that no grade is lost."):
                show(sentence, err=True)
            return ExitCode.SOMETHING_WRONG
        table = course_table([graded_exercise(each) for each in results], class_policy(course).grades)
        with writing(out):
            told = write_course(out, table)
    except (NothingToTell, NoResults, NoWeight, DoubledExercise, UnreadableTable) as error:
        raise Misuse(str(error)) from None
    untimed = [f"{each.directory}: {sentence}" for each in results if (sentence := each.without_times())]
    for sentence in (*table.told, *told, *untimed):
        show(sentence, err=True)
    rules = f"[grades] of {course.path.name}" if course else "no course.toml: points are added up"
    show(f"{len(table.rows)} people, {len(results)} {'exercise' if len(results) == 1 else 'exercises'}; {rules}")
    if table.open:
        show(f"{table.open} without a total, because an exercise of theirs has no grade yet", err=True)
    show(f"course: {out}")
    return ExitCode.SOMETHING_WRONG if table.told or told else ExitCode.ALL_RIGHT
