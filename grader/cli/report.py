"""`grade report`: converts reports to other formats. Never imports torch."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.edge import Misuse, writing
from grader.exercise.settings import Feedback, Visibility
from grader.report.document import render
from grader.report.exit_code import ExitCode
from grader.report.files import probe
from grader.report.formats.convert import TARGETS, Context, convert
from grader.report.submission_facts import NotGraded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.exercise.exercise import Exercise

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rendering:
    """The options of `grade report`."""

    to: str
    output: str | None = None
    """None for stdout or, for a page, a file next to the report."""
    pages: bool = False
    roster: Path | None = None
    title: str | None = None
    visibility: Visibility | None = None
    feedback: Feedback = Feedback.FULL
    exercises: Path | None = None


@click.command()
@click.argument("report_json", required=False, metavar="[REPORT.json]")
@options.together(
    click.option(
        "--to", type=click.Choice(["html", *TARGETS]), default="html", show_default=True, help="Output format."
    ),
    click.option(
        "--class", "folder", type=options.FOLDER, metavar="DIR",
        help="Convert a class: the --out folder of `grade batch`.",
    ),
    click.option("-o", "--output", metavar="FILE", help="Output file (default: stdout; REPORT.html for a page)."),
    click.option(
        "--pages", is_flag=True, help="With --class: also write a page for each submission."
    ),
    click.option(
        "--roster", type=options.FILE, metavar="CSV", help="Gradebook from Canvas, or grading worksheet from Moodle."
    ),
    click.option("--title", metavar="TEXT", help="Column of the assignment in that file: `Backprop (12345)`."),
    options.visibility("When students see Gradescope tests (default: the course's setting, or visible)."),
    options.feedback("How much detail to show.", default=Feedback.FULL),
    options.exercises("Exercises to take forward lines and hints from, for a page."),
    options.color,
)  # fmt: skip
def report(report_json: str | None, folder: Path | None, **asked: Any) -> int:
    """Convert a report to HTML or another system's format; with --class, the reports of a class."""
    if (report_json is None) == (folder is None):
        raise Misuse("expected either a report or a class; name REPORT.json or --class DIR")
    rendering = Rendering(**asked)
    if rendering.pages and (folder is None or rendering.to != "html"):
        raise Misuse("--pages makes HTML pages of a class: give --class DIR, and no other format")
    try:
        if folder is None:
            _one(_read(str(report_json)), str(report_json), rendering)
        else:
            _class(folder, rendering)
    except NotGraded as error:
        click.echo(f"Error: {error}\nNo grade was written.", err=True)
        return ExitCode.OUR_FAULT
    return ExitCode.ALL_RIGHT


def tell(report_json: str, to: str, *, visibility: Visibility | None, exercises: Path | None) -> None:
    """Also write the report that `grade` has just written in another format."""
    _one(_read(report_json), report_json, Rendering(to, visibility=visibility, exercises=exercises))


def _one(document: Document, source: str, rendering: Rendering) -> None:
    told = _told(document, rendering.feedback)
    if rendering.to != "html":
        write_output(convert(told, rendering.to, _context(told, rendering)), rendering.output)
        if rendering.to == "github":
            _tell_github(told)
        return
    from grader.report.html.submission_page import submission_page

    beside = None if source == "-" else str(Path(source).with_suffix(".html"))
    write_output(submission_page(told, _exercises([told], rendering.exercises)), rendering.output or beside)


def _class(folder: Path, rendering: Rendering) -> None:
    from grader.report.formats.class_folder import class_document

    if rendering.to != "html":
        document = _told(class_document(folder), rendering.feedback)
        write_output(convert(document, rendering.to, _context(document, rendering)), rendering.output)
        return
    from grader.report.html.class_page import class_page

    output = rendering.output or str(folder / "class.html")
    # Beside the dashboard, so that both can be moved together.
    pages = (folder if output == "-" else Path(output).parent) / "pages" if rendering.pages else None
    with writing(output):
        if output != "-":
            probe(Path(output))
    if pages:
        with writing(pages):
            if pages.exists() and not pages.is_dir():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            probe(pages / "index.html" if pages.exists() else pages)
        click.echo(f"pages    {pages}{os.sep}", err=True)  # at once: a class of hundreds takes a while
    write_output(class_page(_entries(folder, output, pages, rendering), _alike(folder)), output)


def _entries(folder: Path, output: str, pages: Path | None, rendering: Rendering) -> Iterator[tuple[Document, str]]:
    """Each submission with what its name links to: its page, or the report itself."""
    from grader.report.formats.class_folder import documents, owned, owners
    from grader.report.html.submission_page import submission_page

    people = owners(folder)
    beside = Path(output if output != "-" else ".").resolve().parent
    known: dict[str, Exercise] = {}
    for name, document in documents(folder):
        link = os.path.relpath(folder.resolve() / name, beside)
        if pages:
            known.update(_exercises([document], rendering.exercises, known))
            page = pages / f"{name.removesuffix('.json')}.html"
            with writing(page):
                pages.mkdir(exist_ok=True)
            write_output(submission_page(document, known), str(page), quiet=True)
            link = os.path.relpath(page.resolve(), beside)
        for entry in document["grader"]["submissions"]:
            yield owned(entry, people), link


def _alike(folder: Path) -> list[dict[str, str]]:
    """The first 50 rows of the table that `grade similarity` wrote to the folder; empty if there is none."""
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
        raise Misuse(f"{path} is not a grader report; run `grade` to create one") from None
    if not isinstance(submissions, list):
        raise Misuse(f"{path} is not a grader report; run `grade` to create one")
    return dict(document)


def _told(document: Document, feedback: Feedback) -> Document:
    """The document, reduced to this level of feedback."""
    if feedback is Feedback.FULL:
        return document
    entries = [render(entry, feedback) for entry in document["grader"]["submissions"]]
    return {**document, "grader": {**document["grader"], "submissions": entries}}


def _context(document: Document, rendering: Rendering) -> Context:
    roster = rendering.roster
    text = roster.read_bytes().decode("utf-8-sig", "replace") if roster else None
    return Context(os.environ, text, rendering.title, _visibility(document, rendering))


def _visibility(document: Document, rendering: Rendering) -> Visibility:
    """When students see the tests on Gradescope; course settings apply only if the exercises are at hand."""
    from grader.exercise.course import policy
    from grader.exercise.shelf import Shelf

    if rendering.to != "gradescope" or rendering.visibility is not None:
        return rendering.visibility or Visibility.VISIBLE
    shelf = Shelf(rendering.exercises)
    graded = {entry["exercise"] for entry in document["grader"]["submissions"]}
    said = policy(shelf.load(name).course for name in shelf.names() if name in graded)
    return said.visibility or Visibility.VISIBLE


def _exercises(
    documents: Iterable[Document], root: Path | None, known: dict[str, Exercise] | None = None
) -> dict[str, Exercise]:
    """The exercises that the submissions name. A page shows one that is not found without its graph."""
    from grader.exercise.forward import BrokenExercise
    from grader.exercise.shelf import UnknownExercise, list_exercises, load_exercise

    there = set(list_exercises(root))
    found: dict[str, Exercise] = dict(known or {})
    for name in {entry["exercise"] for document in documents for entry in document["grader"]["submissions"]}:
        if name in there and name not in found:
            try:
                found[name] = load_exercise(name, root)
            except (BrokenExercise, UnknownExercise):
                continue
    return found


def write_output(text: str, output: str | None, *, quiet: bool = False) -> None:
    """Write to the named file, or to stdout."""
    if output in (None, "-"):
        click.echo(text, nl=False)
        return
    with writing(str(output)):
        Path(str(output)).write_text(text, encoding="utf-8", newline="")
    if not quiet:
        click.echo(f"written  {output}", err=True)


def _tell_github(document: Document) -> None:
    """In a GitHub Actions step, append the summary and the outputs to the files that GitHub names."""
    from grader.report.formats import github

    for variable, text in (
        ("GITHUB_STEP_SUMMARY", github.summary(document)),
        ("GITHUB_OUTPUT", github.outputs(document)),
    ):
        if path := os.environ.get(variable):
            with writing(path), Path(path).open("a", encoding="utf-8") as file:
                file.write(text)
