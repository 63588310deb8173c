"""`grade report`: converts reports to other formats. Never imports torch."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.edge import Misuse, writing
from grader.exercise.settings import Feedback, Visibility
from grader.report.clean_text import line
from grader.report.document import render
from grader.report.exit_code import ExitCode
from grader.report.files import probe
from grader.report.formats.convert import OF_ONE, TARGETS, Context, convert
from grader.report.submission_facts import NotGraded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.classroom.gradebook.earned import Earned
    from grader.classroom.gradebook.results_folder import ResultsFolder
    from grader.exercise.exercise import Exercise

Document = dict[str, Any]
BOOKS = ("canvas", "moodle", "gradebook")
"""Formats that fill in a grade book, which says who the students are."""
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Rendering:
    """The options of `grade report`."""

    to: str
    output: str | None = None
    """None for stdout or, for a page, a file next to the report."""
    pages: bool = False
    feedback_pages: str | None = None
    roster: Path | None = None
    title: str | None = None
    match: Path | None = None
    id_column: str | None = None
    name_column: str | None = None
    visibility: Visibility | None = None
    feedback: Feedback = Feedback.FULL
    exercises: Path | None = None

    def of_grade_book(self) -> str:
        """The first option given that only a grade book needs; empty if there is none."""
        options = {
            "--roster": self.roster,
            "--title": self.title,
            "--match": self.match,
            "--id-column": self.id_column,
            "--name-column": self.name_column,
        }
        return next((name for name, value in options.items() if value is not None), "")


@click.command()
@click.argument("report_json", required=False, metavar="[REPORT.json]")
@options.together(
    click.option(
        "--to", type=click.Choice(["html", *TARGETS, *BOOKS]), default="html", show_default=True, help="Output format."
    ),
    click.option(
        "--class", "folder", type=options.FOLDER, metavar="DIR",
        help="Convert a class: the --out folder of `grade batch`.",
    ),
    click.option(
        "--course", "course", type=options.FILE, metavar="FILE",
        help="Fill a grade book with the table that `grade course` wrote.",
    ),
    click.option("-o", "--output", metavar="FILE", help="Output file (default: stdout; REPORT.html for a page)."),
    click.option(
        "--pages", is_flag=True, help="With --class: also write a page for each submission."
    ),
    click.option(
        "--feedback-pages", metavar="DIR",
        help="With --class: a page for each student, named for Moodle's or Canvas' bulk upload; a folder or a zip.",
    ),
    options.roster("Grade book to fill in: Canvas' export, Moodle's grading worksheet, or any table of students."),
    click.option("--title", metavar="TEXT", help="Column of the assignment in that file: `Backprop (12345)`."),
    options.visibility("When students see Gradescope tests (default: the course's setting, or visible)."),
    options.feedback("How much detail to show, at most what the report has.", default=Feedback.FULL),
    options.exercises("Exercises to take forward lines and hints from, for a page."),
    options.color,
)  # fmt: skip
def report(report_json: str | None, folder: Path | None, course: Path | None, **asked: Any) -> int:
    """Convert a report to HTML or another system's format; with --class, the reports of a class."""
    if sum(each is not None for each in (report_json, folder, course)) != 1:
        raise Misuse("expected a report, a class or a course; name REPORT.json, --class DIR or --course FILE")
    rendering = Rendering(**asked)
    if course is not None and rendering.to not in BOOKS:
        raise Misuse(f"--course fills in a grade book: choose --to {', '.join(BOOKS[:-1])} or {BOOKS[-1]}")
    if rendering.pages and (folder is None or rendering.to != "html"):
        raise Misuse("--pages makes HTML pages of a class: give --class DIR, and no other format")
    if rendering.feedback_pages and (folder is None or rendering.to != "html" or rendering.pages or rendering.output):
        raise Misuse("--feedback-pages makes only the students' pages: give --class DIR, without --to, --pages and -o")
    if folder is not None and rendering.to in OF_ONE:
        raise Misuse(
            f"--to {rendering.to} is for one submission, not for a class: convert the report of each, "
            f"{folder / 'NAME.json'}. For a class, choose csv, junit, markdown, or a grade book ({', '.join(BOOKS)})"
        )
    if rendering.to not in BOOKS and (given := rendering.of_grade_book()):
        raise Misuse(f"{given} is for a grade book: choose --to {', '.join(BOOKS[:-1])} or {BOOKS[-1]}")
    try:
        if course is not None:
            from grader.classroom.gradebook.earned import earned_by_course

            return _grade_book(earned_by_course(course), rendering)
        if folder is None:
            return _one(_read(str(report_json)), str(report_json), rendering)
        return _class(folder, rendering)
    except NotGraded as error:
        click.echo(f"Error: {error}\nNo grade was written.", err=True)
        return ExitCode.OUR_FAULT


def tell(report_json: str, to: str, *, visibility: Visibility | None, exercises: Path | None) -> None:
    """Also write the report that `grade` has just written in another format."""
    _one(_read(report_json), report_json, Rendering(to, visibility=visibility, exercises=exercises))


def _one(document: Document, source: str, rendering: Rendering) -> int:
    told = _told(document, rendering.feedback)
    if rendering.to in BOOKS:
        from grader.classroom.gradebook.earned import earned_by_report
        from grader.report.submission_facts import entries

        return _grade_book(earned_by_report(entries(told)), rendering)
    if rendering.to != "html":
        write_output(convert(told, rendering.to, _context(told, rendering)), rendering.output)
        if rendering.to == "github":
            _tell_github(told)
        return ExitCode.ALL_RIGHT
    from grader.report.html.submission_page import submission_page

    beside = None if source == "-" else str(Path(source).with_suffix(".html"))
    write_output(submission_page(told, _exercises([told], rendering.exercises)), rendering.output or beside)
    return ExitCode.ALL_RIGHT


def _class(folder: Path, rendering: Rendering) -> int:
    from grader.classroom.gradebook.assignment import results_folders
    from grader.classroom.gradebook.results_folder import read_results

    of_pages = rendering.to == "html"
    parts = results_folders(folder) if of_pages else [read_results(folder)]
    if of_pages and not rendering.feedback_pages:
        _dashboard(folder, parts, rendering)
        return ExitCode.ALL_RIGHT
    for results in parts:
        if results.problems:
            for sentence in results.problems:
                _say(sentence)
            _say(f"Nothing was written: set {results.directory / 'grades.csv'} right first, so that no grade is lost.")
            return ExitCode.SOMETHING_WRONG
    for results in parts:
        if untimed := results.without_times():
            _say(untimed)
    if rendering.feedback_pages:
        from grader.cli.feedback_pages import hand_back

        level, shelf = rendering.feedback, rendering.exercises
        feedback = hand_back(parts, rendering.feedback_pages, lambda one: _exercises([one], shelf), level)
        return _ended(feedback.failed, feedback.waiting)
    results = parts[0]
    if rendering.to in BOOKS:
        from grader.classroom.gradebook.earned import earned_by_class

        entries = (entry for _, one in results.documents() for entry in one["grader"]["submissions"])
        return _grade_book(earned_by_class(results, map(partial(_shown, rendering.feedback), entries)), rendering)
    return _class_as_text(results, rendering)


def _class_as_text(results: ResultsFolder, rendering: Rendering) -> int:
    """The reports of a class in a format that is no grade book: those without a grade are left out and named."""
    from grader.classroom.gradebook.results_folder import class_document

    document = _told(class_document(results), rendering.feedback)
    everything = document["grader"]["submissions"]
    entries = [entry for entry in everything if entry["counts"]]
    failed = [entry["name"] for entry in entries if entry["status"] == "failed"]
    document["grader"]["submissions"] = [entry for entry in entries if entry["status"] != "failed"]
    if document["grader"]["submissions"]:
        write_output(convert(document, rendering.to, _context(document, rendering)), rendering.output)
    seen = {entry["name"] for entry in everything}
    there = (listed.name for listed in results.roll if not listed.ruled or listed.ruled.counts)
    return _ended(failed, [name for name in there if name not in seen])


def _grade_book(earned: Earned, rendering: Rendering) -> int:
    """Fill in a grade book, and name everybody who has a grade but is not in it."""
    from grader.classroom.gradebook.books import export
    from grader.classroom.people.joining import RosterOptions

    if not earned.grades and (code := _ended(earned.failed, earned.waiting)):
        return code
    asked = RosterOptions(rendering.roster, rendering.id_column, rendering.name_column, rendering.match)
    made = export(rendering.to, earned, asked, rendering.title)
    write_output(made.content, rendering.output)
    for sentence in made.told:
        _say(sentence)
    code = _ended(earned.failed, earned.waiting)
    if made.left_out:
        _say(f"left out, because nobody in {asked.roster} is known to own {_them(made.left_out)}")
        _say("Settle it with --match FILE, a table with two columns: the submission, and the person's id or name")
    return code or (ExitCode.ALL_RIGHT if made.complete and not made.left_out else ExitCode.SOMETHING_WRONG)


def _ended(failed: Sequence[str], waiting: Sequence[str]) -> int:
    """Name those without a grade; the exit code."""
    if waiting:
        _say(f"left out, because not graded yet: {_named(waiting)}. Run `grade batch` again")
    if failed:
        _say(f"left out, because of an internal error: {_named(failed)}. Regrade with `grade batch --failed`")
        return ExitCode.OUR_FAULT
    return ExitCode.SOMETHING_WRONG if waiting else ExitCode.ALL_RIGHT


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _them(names: Sequence[str]) -> str:
    return f"{'it' if len(names) == 1 else 'them'}: {_named(names)}"


def _say(sentence: str) -> None:
    """A sentence on stderr, without what a name might do to a terminal."""
    click.echo(line(sentence, len(sentence)), err=True)


def _dashboard(folder: Path, parts: Sequence[ResultsFolder], rendering: Rendering) -> None:
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
    write_output(class_page(_entries(parts, output, pages, rendering), _alike(folder)), output)
    for results in parts:
        for sentence in results.problems:
            _say(sentence)


def _entries(
    parts: Sequence[ResultsFolder], output: str, pages: Path | None, rendering: Rendering
) -> Iterator[tuple[Document, str]]:
    """Each submission with what its name links to: its page, or the report itself; of several exercises the first."""
    from grader.classroom.gradebook.assignment import by_person, in_one
    from grader.report.html.submission_page import submission_page

    beside = Path(output if output != "-" else ".").resolve().parent
    known: dict[str, Exercise] = {}
    for path, document in by_person(parts):
        link = os.path.relpath(path.resolve(), beside)
        if pages:
            known.update(_exercises([document], rendering.exercises, known))
            page = pages / f"{path.stem}.html"
            with writing(page):
                pages.mkdir(exist_ok=True)
            write_output(submission_page(document, known), str(page), quiet=True)
            link = os.path.relpath(page.resolve(), beside)
        if entries := [entry for entry in document["grader"]["submissions"] if entry["counts"]]:
            yield in_one(entries), link  # the class's figures have one submission of each person


def _alike(folder: Path) -> list[dict[str, str]]:
    """The first 50 rows of the table that `grade similarity` wrote to the folder; empty if there is none."""
    import csv

    path = folder / "similarity.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
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
    entries = [_shown(feedback, entry) for entry in document["grader"]["submissions"]]
    return {**document, "grader": {**document["grader"], "submissions": entries}}


def _shown(feedback: Feedback, entry: Document) -> Document:
    return entry if feedback is Feedback.FULL else render(entry, feedback)


def _context(document: Document, rendering: Rendering) -> Context:
    return Context(os.environ, _visibility(document, rendering))


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


def write_output(content: str | bytes, output: str | None, *, quiet: bool = False) -> None:
    """Write to the named file, or to stdout: as bytes, whatever the terminal's encoding is."""
    content = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if output in (None, "-"):
        if sys.stdout is None:  # closed by the shell: >&-
            raise Misuse("stdout is closed, so nothing can be written to it; name a file with -o")
        click.echo(content, nl=False)
        return
    with writing(str(output)):
        Path(str(output)).write_bytes(content)
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
