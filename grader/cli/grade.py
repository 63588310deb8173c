"""`grade` itself: targets in, exit code out; progress on stderr, results on stdout."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from grader.cli.edge import Misuse
from grader.cli.targets import Target, checkout, resolve
from grader.exercise.course import policy
from grader.exercise.nearest import unknown
from grader.exercise.settings import Visibility
from grader.exercise.shelf import Shelf, by_functions
from grader.grading.pytest_session import Ended, load
from grader.grading.pytest_session import grade as run_pytest
from grader.grading.run import Job, Run, start_sandbox
from grader.grading.submission import read_submission
from grader.learner.progress import last_run
from grader.report.exit_code import ExitCode
from grader.report.files import check_writable, write
from grader.report.formats.github import logged
from grader.report.row_facts import solved
from grader.report.submission_facts import begun, most_pressing
from grader.report.text import Page, brief, result, totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.cli.options import RunOptions
    from grader.grading.submission import Submission
    from grader.learner.progress import Earlier
    from grader.sandbox.client import Sandbox

STDOUT = "/dev/stdout"


@dataclass(frozen=True, slots=True)
class Telling:
    """Where and how the result of a run is told."""

    report: str
    """The file that the JSON report goes to; `-` for stdout."""
    to: str | None
    """Another format, told as well."""
    ci: bool
    quiet: bool
    verbose: bool

    @property
    def file(self) -> str:
        """The file that is written."""
        return STDOUT if self.report == "-" else self.report

    def check(self) -> None:
        """Before anything is graded: a format that there is, and one thing only on stdout.

        Raises:
            Misuse: it cannot be told like that.
        """
        if self.to is None:
            return
        from grader.report.formats.convert import TARGETS

        if self.to not in ("html", *TARGETS):
            raise Misuse(unknown(self.to, ["html", *TARGETS], "format"))
        if self.file == STDOUT:
            raise Misuse("--report - and --to both write to stdout: give the report a file")


def grade(words: Sequence[str], asked: RunOptions, shelf: Shelf, telling: Telling) -> int:
    """Grade what was named, print it, write the report."""
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
    before = last_run(Path(telling.file)) if telling.file != STDOUT else []
    shown = not (telling.ci or telling.quiet) and sys.stderr.isatty()
    # First of all: the server loads torch while this process does.
    with start_sandbox(settings, load_torch=False) as sandbox, ProgressLine(shown=shown) as progress:
        run = Run(settings, sandbox=sandbox, on_row=progress.row)
        jobs = [
            _add(run, target, submission, shelf, sandbox)
            for target, submission in zip(targets, submissions, strict=True)
        ]
        progress.expect(jobs)
        ended = run_pytest(run)
    document = ended.report
    if ended.fault is not None or document is None or ended.code > ExitCode.SOMETHING_WRONG:
        return _no_grade(ended)
    write(document, telling.file)
    _tell(document["grader"], jobs, telling, before)
    if telling.to is not None:
        from grader.cli.report import tell

        visibility = policy(job.exercise.course for job in jobs).visibility
        tell(telling.file, telling.to, visibility=visibility or Visibility.VISIBLE, exercises=shelf.directory)
    return ended.code


def _tell(graded: Mapping[str, Any], jobs: Sequence[Job], telling: Telling, before: Sequence[Earlier]) -> None:
    """On stdout, unless that is where the report or another format goes."""
    # GitHub's commands are for the same log: on another stream, nobody knows what comes first.
    to_stderr = telling.file == STDOUT or telling.to not in (None, "html", "github")
    joy = not (telling.ci or os.environ.get("CI"))
    page = page_of(to_stderr=to_stderr, verbose=telling.verbose, joy=joy)
    printer = Printer(page, telling.quiet, before)
    told = [*printer.told(graded, jobs)]
    if not telling.quiet:
        level = graded["submissions"][0]["isolation"]["level"]
        told.append(f"isolation: {level} | report: {telling.file}")
    click.echo(logged("\n".join(told), os.environ), err=to_stderr)


def _no_grade(ended: Ended) -> int:
    """Interrupted, or a fault of ours."""
    if ended.fault is None and ended.code == ExitCode.INTERRUPTED:
        raise click.Abort
    click.echo(f"Error: {ended.fault or f'pytest ended with exit code {ended.code}'}\nNo grade was written.", err=True)
    return ExitCode.OUR_FAULT


def _add(run: Run, target: Target, submission: Submission, shelf: Shelf, sandbox: Sandbox) -> Job:
    exercise = target.exercise
    if exercise is None:
        from grader.sandbox.types import RulesConfig

        load(run)  # torch with its settings, before opening a session loads it without them
        with sandbox.open(submission.files, RulesConfig()) as session:
            functions = session.reading.functions
        exercise = by_functions(target.path, functions, shelf, shelf.load)
    return run.add(exercise, submission, target.only)


def page_of(*, to_stderr: bool, verbose: bool, joy: bool = True) -> Page:
    """The page that stdout (or stderr) is."""
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
    """How a run is told."""

    page: Page
    quiet: bool
    before: Sequence[Earlier]
    """What the report that was replaced said."""

    def told(self, graded: Mapping[str, Any], jobs: Sequence[Job]) -> Iterator[str]:
        """The first submission with something to do in full, those not begun on one line each."""
        for note in graded["notes"]:
            yield f"note: {note}\n"
        entries = graded["submissions"]
        unsolved = [entry for entry in entries if most_pressing(entry)]
        first = next(iter([*filter(begun, unsolved), *unsolved]), None)
        for entry, job in zip(entries, jobs, strict=True):
            before = self._before(entry)
            if self.quiet:
                yield "\n".join(totals(entry, self.page, before))
            elif len(entries) == 1 or entry is first or begun(entry):
                yield result(entry, job.exercise, self.page, before, job.printed) + "\n"
            else:
                yield brief(entry, self.page)

    def _before(self, entry: Mapping[str, Any]) -> int | None:
        """How many were right in the last run. Only the same work compares, on the gradients that both runs graded.

        The others count as they do now, so that they make no difference.
        """
        work = entry["exercise"], Path(entry["source"]).absolute()
        now: dict[str, bool] = {row["name"]: row["correct"] for row in entry["gradients"]}
        for earlier in self.before:
            if (earlier.exercise, earlier.source) == work and now.keys() & earlier.right.keys():
                return sum(earlier.right.get(name, correct) for name, correct in now.items())
        return None


class ProgressLine:
    """One line on stderr, rewritten while grading, gone at the end."""

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
        """How many gradients there are to come."""
        self.of = sum(len(job.wanted) for job in jobs)

    def row(self, job: Job, row: Mapping[str, Any]) -> None:
        """A gradient is known."""
        self.count += 1
        state = "right" if solved(row) else row["verdict"]
        self._say(f"{self.count} of {self.of}  {job.exercise.name}::{row['name']} {state}")

    def _say(self, text: str) -> None:
        if self.shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
