"""`grade similarity`: finds submissions that share rare traits.

Torch is imported only for a class with notebooks or archives, or to infer the exercise.
"""

from __future__ import annotations

import codecs
import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli import options
from grader.cli.edge import Misuse, writing
from grader.cli.name_pattern_option import name_pattern
from grader.cli.report import write_output
from grader.exercise.shelf import Shelf
from grader.installation import how_to_install
from grader.report.files import probe
from grader.report.formats import csv_table
from grader.report.html.render import check_libraries
from grader.report.submission_facts import NothingToTell
from grader.sandbox.cleaning import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from grader.classroom.intake.gathering import Class
    from grader.classroom.intake.handed_in import HandedIn
    from grader.classroom.intake.name_pattern import NamePattern
    from grader.classroom.similarity.code import Code
    from grader.classroom.similarity.pairs import Pair
    from grader.classroom.similarity.traits import Text
    from grader.exercise.exercise import Exercise
    from grader.report.html.similarity_page import SimilarityRun
    from grader.sandbox.client import Sandbox

MOST = 50
"""Pairs that are listed unless --most says otherwise."""


@dataclass(slots=True)
class Compared:
    """What was read of a class."""

    codes: dict[str, Code] = field(default_factory=dict)
    """Submission -> its code."""
    owners: dict[str, str] = field(default_factory=dict)
    """Submission -> what identifies its owner in the download; empty if only its name does."""
    left_out: list[tuple[str, str]] = field(default_factory=list)
    """Submissions that cannot be compared, with the reasons."""


@click.command()
@click.argument("submissions", type=options.PathType(exists=True), metavar="SUBMISSIONS")
@options.together(
    options.exercise("The exercise (default: the one in the --class folder, or inferred from the submissions)."),
    options.exercises("Take the exercise from this folder."),
    name_pattern(),
    click.option(
        "--class", "folder", type=options.FOLDER, metavar="DIR",
        help="Results of `grade batch`, to also compare wrong answers.",
    ),
    click.option("--most", type=click.IntRange(1), default=MOST, show_default=True, metavar="N",
                 help="List at most this many pairs."),
    click.option("--rarity", type=click.FloatRange(0), default=0, show_default=True, metavar="N",
                 help="List only pairs that share traits this rare; one that 2 of 64 people have counts 5."),
    click.option("--page", metavar="FILE", help="Also write an HTML page with the code of each pair side by side."),
    click.option(
        "-o", "--output", metavar="FILE", help="Output file (default: similarity.csv in the --class folder, or stdout)."
    ),
    options.color,
)  # fmt: skip
def similarity(  # noqa: PLR0913 an option each
    submissions: Path, exercise: str | None, exercises: Path | None, folder: Path | None, *, most: int, rarity: float,
    page: str | None, output: str | None, name_pattern: NamePattern | None,
) -> None:  # fmt: skip
    """Find submissions that share rare traits: a reason to look, never a verdict.

    SUBMISSIONS is what `grade batch` takes: the folder of a class, a download from a platform, or an archive of either.
    """
    try:
        from grader.classroom.similarity.pairs import compare, identical, unusual
    except ImportError:
        raise Misuse(f"similarity needs RapidFuzz: {how_to_install('similarity')}") from None
    from grader.classroom.similarity.shown import row, row_of_group
    from grader.classroom.similarity.traits import reduced
    from grader.report.html.similarity_page import SimilarityRun

    if page:
        check_libraries()  # reported now, as is a place that cannot be written
        with writing(page):
            probe(Path(page))
    answers = _answers(folder) if folder else {}
    found, read = _submissions(submissions, folder, Shelf(exercises, ci=True, forced=exercise), name_pattern)
    given = found.directory / "backward.py"
    stubs = given.read_text(encoding="utf-8") if given.is_file() else ""
    known = {*found.inputs_parameters, *found.producer, *found.gradients}
    texts = [
        reduced(name, code, stubs, known, answers.get(name, ()), read.owners[name]) for name, code in read.codes.items()
    ]
    if not texts:
        raise Misuse(f"no submission in {submissions} can be compared; the reasons are listed above")
    groups, threshold = identical(texts), unusual(texts)
    pairs = compare(texts, threshold)
    listed = [pair for pair in pairs if pair.rarity >= rarity][:most]
    cut = _cut(pairs, listed, rarity)
    rows = [*(row_of_group(group, threshold) for group in groups), *map(row, listed)]
    _write_table(rows, output or (str(folder / "similarity.csv") if folder else None))
    if page:
        alike = tuple(tuple(text.name for text in group) for group in groups)
        about = SimilarityRun(found.name, len(texts), len(pairs), threshold, cut, tuple(read.left_out), alike)
        _write_page(page, listed, about)
    for group in groups:
        click.echo(_same(group), err=True)
    if cut:
        click.echo(cut, err=True)
    left = f" ({len(read.left_out)} left out)" if read.left_out else ""
    found_pairs = f"{_counted(len(pairs), 'pair')} of {_counted(len(texts), 'submission')}"
    click.echo(f"{found_pairs}{left}: a reason to look, never a verdict", err=True)


def _same(group: Sequence[Text]) -> str:
    """Who has one and the same file."""
    from grader.classroom.intake.gathering import listed

    names = [text.name for text in group]
    return f"{len(names)} files are identical: {listed(names)}. In pairs with others, {clean(names[0])} stands for all"


def _cut(pairs: Sequence[Pair], listed: Sequence[Pair], rarity: float) -> str:
    """What is not listed, and how to list it; empty if everything is."""
    common = sum(pair.rarity < rarity for pair in pairs)
    beyond = len(pairs) - common - len(listed)
    sentences = []
    if beyond:
        sentences.append(
            f"Only the {len(listed)} rarest of {len(listed) + beyond} pairs are listed; "
            f"--most {len(listed) + beyond} lists all of them."
        )
    if common:
        sentences.append(
            f"{_counted(common, 'pair')} below --rarity {rarity:g} {'is' if common == 1 else 'are'} not listed."
        )
    return " ".join(sentences)


def _write_table(rows: Iterable[Sequence[str]], output: str | None) -> None:
    """Write the table; a file begins with a byte order mark, without which spreadsheets garble names."""
    from grader.classroom.similarity.shown import COLUMNS

    table = csv_table.written([COLUMNS, *rows]).encode("utf-8", "replace")
    write_output(table if output in (None, "-") else codecs.BOM_UTF8 + table, output)


def _write_page(page: str, pairs: Sequence[Pair], about: SimilarityRun) -> None:
    from grader.classroom.similarity.shown import shown
    from grader.report.html.similarity_page import similarity_page

    write_output(similarity_page([shown(pair) for pair in pairs], about), page)


def _submissions(
    source: Path, folder: Path | None, shelf: Shelf, pattern: NamePattern | None
) -> tuple[Exercise, Compared]:
    """The exercise, and the code of each submission; those that cannot be compared are reported."""
    from grader.classroom.intake.gathering import nobody

    named = shelf.forced or _graded_for(folder)
    exercise = shelf.load(named) if named else None
    with ExitStack() as stack:
        sandbox = cache(lambda: _started(stack))  # a class of plain Python files needs none
        taken = _taken_in(source, folder, sandbox, pattern)
        handed_in = _once_each(taken.handed_in)
        if not handed_in:
            raise Misuse(nobody(source))
        exercise = exercise or _inferred(source, handed_in, shelf)
        return exercise, _read(handed_in, sandbox, exercise)


def _taken_in(source: Path, folder: Path | None, sandbox: Callable[[], Sandbox], pattern: NamePattern | None) -> Class:
    from grader.classroom.intake.class_archive import read_archive
    from grader.classroom.intake.folder import read_folder
    from grader.classroom.intake.name_pattern import BadPattern

    try:
        return read_folder(source, folder, pattern) if source.is_dir() else read_archive(source, sandbox(), pattern)
    except BadPattern as error:
        raise click.UsageError(str(error)) from None


def _once_each(handed_in: Iterable[HandedIn]) -> list[HandedIn]:
    """A group's submission appears once, under its first member: the others rightly have the same code."""
    found: dict[Path, HandedIn] = {}
    for each in handed_in:
        found.setdefault(each.source, each)
    return list(found.values())


def _inferred(source: Path, handed_in: Sequence[HandedIn], shelf: Shelf) -> Exercise:
    """The exercise as `grade batch` infers it: from the folder's name, then from the functions most students wrote."""
    stem = source.resolve().stem
    if stem in shelf.names():
        return shelf.load(stem)
    from grader.classroom.batch.choice import by_vote

    return by_vote(source, handed_in, shelf).exercises[0]


def _graded_for(folder: Path | None) -> str | None:
    """The exercise that a folder of results is for, if its settings say so."""
    path = folder / "batch.json" if folder else None
    if path is None or not path.is_file():
        return None
    try:
        settings = json.loads(path.read_bytes())
    except ValueError as error:
        raise Misuse(f"{path} is damaged ({error}); name the exercise with --exercise") from None
    exercise = settings.get("exercise") if isinstance(settings, dict) else None
    return exercise if isinstance(exercise, str) else None


def _read(handed_in: Sequence[HandedIn], sandbox: Callable[[], Sandbox], exercise: Exercise) -> Compared:
    from grader.classroom.similarity.code import NothingToCompare, code_of
    from grader.grading.submission import UnreadableSubmission

    read = Compared()
    for each in handed_in:
        try:
            read.codes[each.name] = code_of(each.read().files, sandbox, exercise.wanted)
            read.owners[each.name] = each.person
        except (UnreadableSubmission, NothingToCompare) as error:
            read.left_out.append((each.name, clean(str(error))))
            click.echo(f"left out: {each.name}: {clean(str(error))}", err=True)
    return read


def _started(stack: ExitStack) -> Sandbox:
    """A sandbox to read and unpack files. No submitted code runs, so any isolation level will do."""
    from grader.exercise.settings import Settings
    from grader.grading.service import start_sandbox

    return stack.enter_context(start_sandbox(Settings()))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _answers(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """The wrong answers of each submission, from the instructor's reports."""
    from grader.classroom.gradebook.results_folder import read_results
    from grader.classroom.similarity.traits import wrong_answers

    try:
        return {
            entry["name"]: list(wrong_answers(entry))
            for _, one in read_results(folder).documents()
            for entry in one["grader"]["submissions"]
        }
    except NothingToTell as error:
        raise Misuse(str(error)) from None
