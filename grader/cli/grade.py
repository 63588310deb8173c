"""`grade` itself: grades targets and returns an exit code. Progress goes to stderr, results to stdout."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from grader.cli.edge import Misuse, show, takes_escapes
from grader.cli.targets import Target, checkout, resolve
from grader.exercise.course import policy
from grader.exercise.matching import Matching
from grader.exercise.nearest import unknown
from grader.exercise.settings import Criterion, Visibility
from grader.exercise.shelf import Shelf, UnknownExercise
from grader.grading.pytest_session import Ended
from grader.grading.pytest_session import grade as run_pytest
from grader.grading.run import Job, Run, serve
from grader.grading.service import GradingService
from grader.grading.submission import read_submission
from grader.learner.last_scores import LastScores, scores_file
from grader.report.exit_code import ExitCode
from grader.report.files import check_writable, write
from grader.report.formats.github import logged
from grader.report.row_facts import solved
from grader.report.submission_facts import begun, most_pressing
from grader.report.text import Page, brief, column, grand_total, joy, result, summed_up, totals
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.cli.options import RunOptions
    from grader.grading.submission import Submission
    from grader.sandbox.grader_process import GraderProcess

STDOUT = "/dev/stdout"
MOST_NOTES = 6
"""Of one submission, on the terminal; all are in the report."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Where and how the result of a run is reported."""

    report: str
    """The file for the JSON report; `-` for stdout."""
    to: str | None
    """Another format to write as well."""
    ci: bool
    quiet: bool
    verbose: bool

    @property
    def file(self) -> str:
        """The file to write."""
        return STDOUT if self.report == "-" else self.report

    def check(self) -> None:
        """Check, before grading, that the format exists, can be written, and has stdout to itself.

        Raises:
            Misuse: the options cannot be combined like this.
            MissingLibrary: pages cannot be made here.
        """
        if self.to is None:
            return
        from grader.report.formats.convert import TARGETS

        if self.to not in ("html", *TARGETS):
            raise Misuse(unknown(self.to, ["html", *TARGETS], "format"))
        if self.file == STDOUT:
            raise Misuse("--report - and --to would both write to stdout; name a file for the report")
        if self.to == "html":
            from grader.report.html.render import check_libraries

            check_libraries()


def grade(words: Sequence[str], asked: RunOptions, shelf: Shelf, telling: Telling, process: GraderProcess) -> int:
    """Grade the targets, print the results, write the report. Returns the exit code.

    Args:
        process: imports torch meanwhile.
    """
    telling.check()
    targets = resolve(words, shelf)
    submissions = [
        read_submission(target.path, beneath=checkout(target.path) if telling.ci else None) for target in targets
    ]
    check_writable(telling.file)
    if asked.names is not None:
        from grader.names import NAMES_VARIABLE

        os.environ[NAMES_VARIABLE] = str(asked.names.absolute())
    settings = asked.settings([target.exercise for target in targets if target.exercise])
    known = _known(telling)
    shown = not (telling.ci or telling.quiet) and takes_escapes(sys.stderr)
    with ProgressLine(shown=shown) as progress:
        run = Run(settings, grader=serve(process, settings), on_row=progress.row)
        jobs: list[Job] = []
        beside: list[str] = []
        matching = cache(partial(Matching, shelf))
        for target, submission in zip(targets, submissions, strict=True):
            jobs += _add(run, target, submission, matching, beside)
        if settings.criterion is Criterion.EXACT:
            for sentence in run.uncomparable():
                show(f"note: {sentence}", err=True)
        progress.expect(jobs)
        ended = run_pytest(run)
        if ended.fault is not None and not telling.ci:
            jobs, ended = _without_broken(run, jobs, ended)
    document = ended.report
    if ended.fault is not None or document is None or ended.code > ExitCode.SOMETHING_WRONG:
        return _no_grade(ended)
    write(document, telling.file)
    _tell(document["grader"], jobs, telling, known, beside)
    for entry, job in zip(document["grader"]["submissions"], jobs, strict=True):
        known.take(entry, job.exercise.gradients)
    known.write()
    if telling.to is not None:
        from grader.cli.report import tell

        visibility = policy(job.exercise.course for job in jobs).visibility
        tell(telling.file, telling.to, visibility=visibility or Visibility.VISIBLE, exercises=shelf.directory)
    return ended.code


def _without_broken(run: Run, jobs: list[Job], ended: Ended) -> tuple[list[Job], Ended]:
    """What a run that ended in an internal error has besides the exercises that cannot be graded; rows are kept."""
    try:
        broken = run.leave_out_broken()
    except SandboxError:  # it was the sandbox, not an exercise
        return jobs, ended
    left = [job for job in jobs if all(job is not each for each, _ in broken)]
    if not broken or not left:
        return jobs, ended
    for _, why in broken:
        show(f"left out: {why}", err=True)
    return left, run_pytest(run)


def _known(telling: Telling) -> LastScores:
    """The last known scores. In CI nothing is remembered: the file would be the student's."""
    report = Path(telling.file) if telling.file != STDOUT else None
    return LastScores.read(None if telling.ci else scores_file(), report)


def _tell(
    graded: Mapping[str, Any], jobs: Sequence[Job], telling: Telling, known: LastScores, beside: Sequence[str]
) -> None:
    """Print the results to stdout, or to stderr if the report or another format goes to stdout."""
    # GitHub's commands go to the same stream as the log: the order of two streams is undefined.
    to_stderr = telling.file == STDOUT or telling.to not in (None, "html", "github")
    joy = not (telling.ci or os.environ.get("CI"))
    page = page_of(to_stderr=to_stderr, verbose=telling.verbose, joy=joy)
    printer = Printer(page, telling.quiet, known)
    told = [*printer.told(graded, jobs)]
    if not telling.quiet:
        told += beside
        level = graded["submissions"][0]["isolation"]["level"]
        told.append(f"isolation: {level} | report: {telling.file}")
    show(logged("\n".join(told), os.environ), err=to_stderr, kept=f"the result is in {telling.report}")


def _no_grade(ended: Ended) -> int:
    """The exit code of a run that was interrupted or ended in an internal error."""
    if ended.fault is None and ended.code == ExitCode.INTERRUPTED:
        raise click.Abort
    show(f"Error: {ended.fault or f'pytest ended with exit code {ended.code}'}\nNo grade was written.", err=True)
    return ExitCode.OUR_FAULT


def _add(
    run: Run, target: Target, submission: Submission, matching: Callable[[], Matching], beside: list[str]
) -> list[Job]:
    """Add a target to the run: once, or for each of the exercises that it has work on if it does not name one.

    Args:
        matching: reads the exercises, which is needed only if they have to be inferred.
        beside: takes a sentence on what is not graded.
    """
    if target.exercise is not None:
        return [run.add(target.exercise, submission, target.only)]
    reading = run.call(GradingService.read, submission)
    if reading.problem is not None:
        raise UnknownExercise(f"cannot infer the exercise of {target.path}: {reading.problem}")
    found = matching().matches(target.path, reading.surveys, reading.form)
    beside += filter(None, [matching().left_out(target.path, reading.surveys, found)])
    if imports := [name for match in found for name in match.exercise.rules.imports]:
        run.call(GradingService.allow, imports)
    return [run.add(match.exercise, submission) for match in found]


def page_of(*, to_stderr: bool, verbose: bool, joy: bool = True) -> Page:
    """The page for stdout or stderr: width, color and characters it can show."""
    stream = sys.stderr if to_stderr else sys.stdout
    terminal = stream.isatty()
    width = shutil.get_terminal_size().columns if terminal else 80
    return Page(max(width, 60), terminal, _can_write(stream, "✓✗·≈…"), verbose, joy)


def _can_write(stream: Any, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Printer:
    """Formats the results of a run."""

    page: Page
    quiet: bool
    known: LastScores
    """The last known scores, before this run."""
    said: list[str] = field(default_factory=list)
    """Notes that were told."""

    def told(self, graded: Mapping[str, Any], jobs: Sequence[Job]) -> Iterator[str]:
        """The first unsolved submission and those begun in full, the rest on one line each."""
        for note in graded["notes"]:
            yield f"note: {note}\n"
        entries = graded["submissions"]
        if self.quiet and len(entries) > 1:
            yield from summed_up([(entry, self.known.before(entry)) for entry in entries], self.page)
            return
        unsolved = [entry for entry in entries if most_pressing(entry)]
        first = next(iter([*filter(begun, unsolved), *unsolved]), None)
        width = column(entry["exercise"] for entry in entries)
        together = len(jobs) > 1 and all(job.submission is jobs[0].submission for job in jobs)
        page = replace(self.page, joy=self.page.joy and not together)
        for entry, job in zip(entries, jobs, strict=True):
            before = self.known.before(entry)
            if not self.quiet and (notes := [*self._notes(entry, job)]):
                yield "\n".join(notes) + "\n"
            if self.quiet:
                yield "\n".join(totals(entry, self.page, before))
            elif len(entries) == 1 or entry is first or begun(entry) or _is_begun_layer(job):
                yield result(entry, job.exercise, page, before, job.printed) + "\n"
            else:
                yield brief(entry, self.page, width)
        yield from grand_total(entries)
        if together and self.page.joy and all(solved(row) for entry in entries for row in entry["gradients"]):
            yield "\n" + joy(jobs[0].submission.source.name) + "\n"

    def _notes(self, entry: Mapping[str, Any], job: Job) -> Iterator[str]:
        """What was read of a submission, and what was not: once, if several exercises say the same."""
        notes = [note for note in entry["notes"] if note not in (*job.reading.asides, *self.said)]
        self.said.extend(notes)
        for note in notes[:MOST_NOTES]:
            yield from self.page.wrap(f"note: {note}")
        if notes[MOST_NOTES:]:
            yield f"... and {len(notes) - MOST_NOTES} more notes in the report"


def _is_begun_layer(job: Job) -> bool:
    """Whether a layer has a function with work in it: without the other one, its rows cannot tell."""
    return job.exercise.is_layer and any(function.begun for function in job.reading.functions.values())


class ProgressLine:
    """One line on stderr, updated while grading and erased at the end."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self.count = 0
        self.of = 0

    def __enter__(self) -> Self:
        self._say("loading torch ...")
        return self

    def __exit__(self, *_: object) -> None:
        self._say("")

    def expect(self, jobs: Sequence[Job]) -> None:
        """Set how many gradients will be graded."""
        self.of = sum(len(job.wanted) for job in jobs)

    def row(self, job: Job, row: Mapping[str, Any]) -> None:
        """Show that a gradient has been graded."""
        self.count += 1
        state = "correct" if solved(row) else row["verdict"]
        self._say(f"{self.count} of {self.of}  {job.exercise.name}::{row['name']} {state}")

    def _say(self, text: str) -> None:
        if self.shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
