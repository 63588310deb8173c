"""`grade report`, `grade similarity` and `grade gradescope-zip`: results where people look. Torch is imported only
where a class to compare has notebooks or archives.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.common import ALL_RIGHT, OUR_FAULT, color_option
from grader.cli.targets import Misuse
from grader.report.document import FEEDBACK, render
from grader.report.formats.convert import TARGETS, convert
from grader.report.formats.gradescope import VISIBILITIES
from grader.report.formats.told import Context, NotGraded, NothingToTell
from grader.report.html.render import MissingLibrary
from grader.sandbox.cleaning import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.exercise.course import Course
    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox

Document = dict[str, Any]
_FILE = click.Path(exists=True, dir_okay=False)
_FOLDER = click.Path(exists=True, file_okay=False)


@click.command()
@click.argument("report_json", required=False, metavar="[REPORT.json]")
@click.option("--to", type=click.Choice(["html", *TARGETS]), default="html", show_default=True, help="The format.")
@click.option("--class", "folder", type=_FOLDER, metavar="DIR", help="A whole class: what `grade batch --out` wrote.")
@click.option("-o", "--output", metavar="FILE", help="Where it goes (default: stdout; of a page, REPORT.html).")
@click.option("--pages", is_flag=True, help="With --class: a page for each submission as well, beside the dashboard.")
@click.option("--roster", type=_FILE, metavar="CSV", help="Canvas' grade book, or Moodle's worksheet.")
@click.option("--title", metavar="TEXT", help="The assignment's column there: `Backprop (12345)`.")
@click.option(
    "--visibility", type=click.Choice(VISIBILITIES), help="Gradescope's (default: the course's word, else visible)."
)
@click.option("--feedback", type=click.Choice(FEEDBACK), default="full", show_default=True, help="How much is told.")
@click.option("--exercises", type=_FOLDER, metavar="DIR", help="Where a page takes forward lines and hints from.")
@color_option
def report(report_json: str | None, folder: str | None, **options: Any) -> int:
    """Turn a report into a page or into another system's format; with --class, a whole class."""
    if (report_json is None) == (folder is None):
        raise Misuse("give a report, or a class with --class DIR")
    try:
        if folder is None:
            _one(_read(str(report_json)), str(report_json), options)
        else:
            _class(Path(folder), options)
    except NotGraded as error:
        click.echo(f"Error: {error}\nNo grade was written.", err=True)
        return OUR_FAULT
    except (NothingToTell, MissingLibrary) as error:
        raise Misuse(str(error)) from None
    return ALL_RIGHT


def _one(document: Document, source: str, options: dict[str, Any]) -> None:
    told = _told(document, options["feedback"])
    if options["to"] != "html":
        _write(convert(told, options["to"], _context(told, options)), options["output"])
        if options["to"] == "github":
            _tell_github(told)
        return
    from grader.report.html.submission_page import submission_page

    beside = None if source == "-" else str(Path(source).with_suffix(".html"))
    _write(submission_page(told, _exercises([told], options["exercises"])), options["output"] or beside)


def _class(folder: Path, options: dict[str, Any]) -> None:
    from grader.report.formats.class_folder import class_document

    if options["to"] != "html":
        document = _told(class_document(folder), options["feedback"])
        _write(convert(document, options["to"], _context(document, options)), options["output"])
        return
    from grader.report.html.class_page import class_page

    output = options["output"] or str(folder / "class.html")
    _write(class_page(_entries(folder, output, options), _alike(folder)), output)


def _entries(folder: Path, output: str, options: dict[str, Any]) -> Iterator[tuple[Document, str]]:
    """Each submission with what its name links to: its page, or the report itself."""
    from grader.report.formats.class_folder import documents, owned, owners
    from grader.report.html.submission_page import submission_page

    people = owners(folder)
    beside = Path(output if output != "-" else ".").resolve().parent
    known: dict[str, Exercise] = {}
    for name, document in documents(folder):
        link = os.path.relpath(folder.resolve() / name, beside)
        if options["pages"]:
            known.update(_exercises([document], options["exercises"], known))
            page = folder / "pages" / f"{name.removesuffix('.json')}.html"
            with _writing(str(page)):
                page.parent.mkdir(exist_ok=True)
            _write(submission_page(document, known), str(page), quiet=True)
            link = os.path.relpath(page.resolve(), beside)
        for entry in document["grader"]["submissions"]:
            yield owned(entry, people), link


def _alike(folder: Path) -> list[dict[str, str]]:
    """The head of the table that `grade similarity` left in the folder."""
    import csv

    path = folder / "similarity.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for _, row in zip(range(50), csv.DictReader(file), strict=False)]
    return rows if rows and {"first", "second", "similarity", "traits"} <= rows[0].keys() else []


def _read(path: str) -> Document:
    import json

    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        document = json.loads(text)
        submissions = document["grader"]["submissions"]
    except OSError as error:
        raise Misuse(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, KeyError, TypeError):
        raise Misuse(f"{path} is no report of this grader: run `grade` to make one") from None
    if not isinstance(submissions, list):
        raise Misuse(f"{path} is no report of this grader: run `grade` to make one")
    return dict(document)


def _told(document: Document, feedback: str) -> Document:
    """A document for its reader."""
    if feedback == "full":
        return document
    entries = [render(entry, feedback) for entry in document["grader"]["submissions"]]
    return {**document, "grader": {**document["grader"], "submissions": entries}}


def _context(document: Document, options: dict[str, Any]) -> Context:
    roster = options["roster"]
    text = Path(roster).read_bytes().decode("utf-8-sig", "replace") if roster else None
    return Context(os.environ, text, options["title"], _visibility(document, options))


def _visibility(document: Document, options: dict[str, Any]) -> str:
    """When students see it: the course's word counts where the exercises are, and nowhere but at Gradescope."""
    from grader.exercise.course import decided
    from grader.exercise.shelf import Shelf

    if options["to"] != "gradescope" or options["visibility"] is not None:
        return options["visibility"] or "visible"
    shelf = Shelf(Path(options["exercises"]) if options["exercises"] else None)
    graded = {entry["exercise"] for entry in document["grader"]["submissions"]}
    return decided(None, "visibility", [shelf.load(name).course for name in shelf.names() if name in graded], "visible")


def _exercises(
    documents: Iterable[Document], directory: str | None, known: dict[str, Exercise] | None = None
) -> dict[str, Exercise]:
    """The exercises that the submissions name; one that is not here is shown without its graph."""
    from grader.exercise.forward import BrokenExercise
    from grader.exercise.shelf import UnknownExercise, list_exercises, load_exercise

    root = Path(directory) if directory else None
    there = set(list_exercises(root))
    found: dict[str, Exercise] = dict(known or {})
    for name in {entry["exercise"] for document in documents for entry in document["grader"]["submissions"]}:
        if name in there and name not in found:
            try:
                found[name] = load_exercise(name, root)
            except (BrokenExercise, UnknownExercise):
                continue
    return found


def _write(text: str, output: str | None, *, quiet: bool = False) -> None:
    if output in (None, "-"):
        click.echo(text, nl=False)
        return
    with _writing(str(output)):
        Path(str(output)).write_text(text, encoding="utf-8", newline="")
    if not quiet:
        click.echo(f"written  {output}", err=True)


@contextmanager
def _writing(output: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Misuse(f"{output} cannot be written: {(error.strerror or str(error)).lower()}") from None


def _tell_github(document: Document) -> None:
    """In a step, the summary and the outputs go to the files that GitHub names."""
    from grader.report.formats import github

    for variable, text in (
        ("GITHUB_STEP_SUMMARY", github.summary(document)),
        ("GITHUB_OUTPUT", github.outputs(document)),
    ):
        if path := os.environ.get(variable):
            with _writing(path), Path(path).open("a", encoding="utf-8") as file:
                file.write(text)


@click.command()
@click.argument("submissions", type=click.Path(exists=True), metavar="SUBMISSIONS")
@click.option("--exercise", required=True, metavar="NAME", help="What was handed in.")
@click.option("--exercises", type=_FOLDER, metavar="DIR", help="Take the exercise from this folder.")
@click.option(
    "--class", "folder", type=_FOLDER, metavar="DIR", help="The batch's folder: equal wrong answers count too."
)
@click.option(
    "-o", "--output", metavar="FILE", help="The table (default: similarity.csv in the batch's folder, or stdout)."
)
@color_option
def similarity(submissions: str, exercise: str, exercises: str | None, folder: str | None, output: str | None) -> None:
    """Show which submissions share what is rare: a reason to look, never a verdict.

    SUBMISSIONS is what `grade batch` takes: a class's folder, a platform's download, or a zip of those.
    """
    from grader.report.formats import csv_cells

    try:
        from grader.classroom.fingerprints import COLUMNS, compare, reduced, wrong_answers
    except ImportError:
        raise Misuse("similarity needs RapidFuzz: pip install 'backprop-grader[similarity]'") from None
    found = _exercise(exercise, exercises)
    answers = _answers(Path(folder), wrong_answers) if folder else {}
    given = found.directory / "backward.py"
    stubs = given.read_text(encoding="utf-8") if given.is_file() else ""
    known = {*found.inputs_parameters, *found.producer, *found.gradients}
    codes = _submissions(Path(submissions), Path(folder) if folder else None, found.name)
    texts = [
        reduced(name, code, stubs, known, answers.get(name, ())) for name, code in codes.items() if code is not None
    ]
    if not texts:
        raise Misuse(f"no submission in {submissions} can be compared; each was left out for the reason given above")
    pairs = compare(texts)
    _write(
        csv_cells.written([COLUMNS, *(pair.row().values() for pair in pairs)]),
        output or (str(Path(folder) / "similarity.csv") if folder else None),
    )
    left = f" ({len(codes) - len(texts)} left out)" if len(texts) < len(codes) else ""
    found_pairs = f"{_counted(len(pairs), 'pair')} of {_counted(len(texts), 'submission')}"
    click.echo(f"{found_pairs}{left}: a reason to look, never a verdict", err=True)


def _exercise(name: str, directory: str | None) -> Exercise:
    from grader.exercise.shelf import UnknownExercise, load_exercise

    try:
        return load_exercise(name, Path(directory) if directory else None)
    except UnknownExercise as error:
        raise Misuse(str(error)) from None


def _submissions(source: Path, without: Path | None, exercise: str) -> dict[str, str | None]:
    """The code of everybody in a class, by name; None for those who cannot be compared, which is told.

    Of a group that handed in together only the first is there: its members share everything, and rightly so.
    """
    from functools import cache

    from grader.classroom.fingerprints import NothingToCompare, code_of
    from grader.classroom.intake.class_archive import read_archive
    from grader.classroom.intake.folder import read_folder
    from grader.classroom.intake.gathering import nobody
    from grader.grading.submission import UnreadableSubmission

    codes: dict[str, str | None] = {}
    with ExitStack() as stack:
        sandbox = cache(lambda: _started(stack))  # a class of plain Python files needs none
        try:
            found = read_folder(source, without) if source.is_dir() else read_archive(source, sandbox())
        except UnreadableSubmission as error:
            raise Misuse(str(error)) from None
        seen: set[Path] = set()
        for each in found.handed_in:
            if each.source in seen:
                continue
            seen.add(each.source)
            try:
                codes[each.name] = code_of(each.read(exercise).files, sandbox)
            except (UnreadableSubmission, NothingToCompare) as error:
                codes[each.name] = None
                click.echo(f"left out: {each.name}: {clean(str(error))}", err=True)
    if not codes:
        raise Misuse(nobody(source))
    return codes


def _started(stack: ExitStack) -> Sandbox:
    """A sandbox that reads and unpacks; nobody's code runs, so that any isolation will do."""
    from grader.sandbox.client import Sandbox
    from grader.sandbox.numerics import pin_environment, pin_torch

    pin_environment()
    sandbox = stack.enter_context(Sandbox())
    pin_torch()  # the sessions need it; its server loads its own meanwhile
    return sandbox


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


@click.command("gradescope-zip")
@click.option("--exercise", required=True, metavar="NAME", help="What is handed in.")
@click.option(
    "--exercises", type=_FOLDER, metavar="DIR", help="The course's own exercises; they travel in the archive."
)
@click.option("--package", type=_FILE, metavar="WHEEL", help="Install this wheel there instead of the release.")
@click.option(
    "--feedback", type=click.Choice(FEEDBACK[:-1]), help="How much is told (default: the course's word, else kind)."
)
@click.option("--criterion", type=click.Choice(["correct", "exact", "approximate"]),
              help="What earns points (default: the course's word, else correct).")  # fmt: skip
@click.option(
    "--visibility", type=click.Choice(VISIBILITIES), help="Of the tests (default: the course's word, else visible)."
)
@click.option("--isolation", type=click.Choice(["locked", "partial", "process"]), default="process", show_default=True,
              help="The lowest isolation accepted there.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=10.0, show_default=True, metavar="SECONDS",
              help="Limit of one call of a function.")  # fmt: skip
@click.option("-o", "--output", default="autograder.zip", show_default=True, metavar="FILE", help="The archive.")
@color_option
def gradescope_zip(exercise: str, exercises: str | None, package: str | None, output: str, **chosen: Any) -> None:
    """Build the autograder archive for Gradescope."""
    from importlib.metadata import version

    from grader import __version__
    from grader.exercise.shelf import exercises_directory
    from grader.report.formats.gradescope_archive import (
        ArchiveSettings,
        CannotTravel,
        build,
        checked_package,
        requirements,
    )

    found = _exercise(exercise, exercises)
    course, home = found.course, found.directory.parent
    settings = ArchiveSettings(exercise, **{**chosen, **_by_the_course(course, chosen)})
    # A pack is not installed there, and what a course says of installed exercises is not part of the package.
    travels = exercises is not None or course is not None or home != exercises_directory()
    try:
        archive = build(
            settings,
            torch=version("torch").partition("+")[0],
            packages=[
                checked_package(Path(package)) if package else f"backprop-grader=={__version__}",
                *requirements(found.rules.imports),
            ],
            own=(Path(exercises) if exercises else home) if travels else None,
            course=course.path if course else None,
        )
    except CannotTravel as error:
        raise Misuse(str(error)) from None
    with _writing(output):
        Path(output).write_bytes(archive)
    click.echo(f"written  {output}: upload it to Gradescope as the assignment's autograder", err=True)


def _by_the_course(course: Course | None, chosen: dict[str, Any]) -> dict[str, str]:
    from grader.exercise.course import decided

    otherwise = {"feedback": "kind", "criterion": "correct", "visibility": "visible"}
    values = {word: decided(chosen[word], word, [course], default) for word, default in otherwise.items()}
    if course is not None and values["feedback"] == FEEDBACK[-1]:
        raise Misuse(
            f'{course.path} says feedback = "none", but Gradescope reads the points off what students are told. '
            f"Say how much that may be for this archive: --feedback {', '.join(FEEDBACK[:-1])}"
        )
    return values


globals()["gradescope-zip"] = gradescope_zip  # commands are looked up by the name that people type
