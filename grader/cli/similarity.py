"""`grade similarity`: finds submissions that share rare traits.

Torch is imported only for a class with notebooks or archives.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.edge import Misuse
from grader.cli.report import write_output
from grader.exercise.shelf import load_exercise
from grader.report.formats import csv_table
from grader.report.submission_facts import NothingToTell
from grader.sandbox.cleaning import clean

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox


@click.command()
@click.argument("submissions", type=options.PathType(exists=True), metavar="SUBMISSIONS")
@options.together(
    options.exercise("The exercise the submissions are for.", required=True),
    options.exercises("Take the exercise from this folder."),
    click.option(
        "--class", "folder", type=options.FOLDER, metavar="DIR",
        help="Results of `grade batch`, to also compare wrong answers.",
    ),
    click.option(
        "-o", "--output", metavar="FILE", help="Output file (default: similarity.csv in the --class folder, or stdout)."
    ),
    options.color,
)  # fmt: skip
def similarity(
    submissions: Path, exercise: str, exercises: Path | None, folder: Path | None, output: str | None
) -> None:
    """Find submissions that share rare traits: a reason to look, never a verdict.

    SUBMISSIONS is what `grade batch` takes: the folder of a class, a download from a platform, or a zip of either.
    """
    try:
        from grader.classroom.fingerprints import COLUMNS, compare, reduced, wrong_answers
    except ImportError:
        raise Misuse("similarity needs RapidFuzz: pip install 'backprop-grader[similarity]'") from None
    found = load_exercise(exercise, exercises)
    answers = _answers(folder, wrong_answers) if folder else {}
    given = found.directory / "backward.py"
    stubs = given.read_text(encoding="utf-8") if given.is_file() else ""
    known = {*found.inputs_parameters, *found.producer, *found.gradients}
    codes = _submissions(submissions, folder, found)
    texts = [
        reduced(name, code, stubs, known, answers.get(name, ())) for name, code in codes.items() if code is not None
    ]
    if not texts:
        raise Misuse(f"no submission in {submissions} can be compared; the reasons are listed above")
    pairs = compare(texts)
    write_output(
        csv_table.written([COLUMNS, *(pair.row().values() for pair in pairs)]),
        output or (str(folder / "similarity.csv") if folder else None),
    )
    left = f" ({len(codes) - len(texts)} left out)" if len(texts) < len(codes) else ""
    found_pairs = f"{_counted(len(pairs), 'pair')} of {_counted(len(texts), 'submission')}"
    click.echo(f"{found_pairs}{left}: a reason to look, never a verdict", err=True)


def _submissions(source: Path, without: Path | None, exercise: Exercise) -> dict[str, str | None]:
    """The code of each submission, by name; None for those that cannot be compared, which are reported.

    A group submission appears once, under its first member: the others rightly have the same code.
    """
    from grader.classroom.fingerprints import NothingToCompare, code_of
    from grader.classroom.intake.class_archive import read_archive
    from grader.classroom.intake.folder import read_folder
    from grader.classroom.intake.gathering import nobody
    from grader.grading.submission import UnreadableSubmission

    codes: dict[str, str | None] = {}
    with ExitStack() as stack:
        sandbox = cache(lambda: _started(stack))  # a class of plain Python files needs none
        found = read_folder(source, without) if source.is_dir() else read_archive(source, sandbox())
        seen: set[Path] = set()
        for each in found.handed_in:
            if each.source in seen:
                continue
            seen.add(each.source)
            try:
                codes[each.name] = code_of(each.read().files, sandbox, exercise.wanted)
            except (UnreadableSubmission, NothingToCompare) as error:
                codes[each.name] = None
                click.echo(f"left out: {each.name}: {clean(str(error))}", err=True)
    if not codes:
        raise Misuse(nobody(source))
    return codes


def _started(stack: ExitStack) -> Sandbox:
    """A sandbox to read and unpack files. No submitted code runs, so any isolation level will do."""
    from grader.exercise.settings import Settings
    from grader.grading.run import start_sandbox

    return stack.enter_context(start_sandbox(Settings()))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _answers(folder: Path, wrong: Any) -> dict[str, list[str]]:
    from grader.report.formats.class_folder import documents

    try:
        return {
            entry["name"]: list(wrong(entry)) for _, one in documents(folder) for entry in one["grader"]["submissions"]
        }
    except NothingToTell as error:
        raise Misuse(str(error)) from None
