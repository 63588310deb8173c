"""`grade audit`: which wrong gradients an instructor's own tests accept."""

from __future__ import annotations

import json
import os
import sys
import textwrap
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.edge import Misuse, interrupted_once, show, takes_escapes, writing
from grader.cli.report import write_output
from grader.exercise.settings import Settings
from grader.exercise.shelf import Shelf, listed
from grader.grading.service import start_sandbox
from grader.report.clean_text import clean, line
from grader.report.exit_code import ExitCode
from grader.report.files import probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.authoring.gaps import Accepted, Found
    from grader.authoring.own_tests import Audit, Suite
    from grader.exercise.catalogue import Form
    from grader.exercise.exercise import Exercise

RUN_SECONDS = 60.0
"""How long one run of the tests may take unless --timeout says otherwise: torch is imported in each."""
_SUBMISSION = "backward.py"
_WIDTH = 100
_LISTED = 100
"""Characters of a note or a change that are shown."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the command line says about the tests."""

    tests: Path
    command: str | None
    directory: Path | None
    file: Path | None
    timeout: float

    def as_suite(self) -> Suite:
        """The tests, with what was left open found out.

        Raises:
            Misuse: something does not fit together.
        """
        from grader.authoring.own_tests import Suite

        tests = self.tests.resolve()
        folder = self._folder(tests)
        file = self._file(folder)
        if self.command is not None:
            return Suite(folder, file, self.command, self.timeout)
        return Suite.of_pytest(tests, folder, file, self.timeout)

    def _folder(self, tests: Path) -> Path:
        if self.directory is None:
            return tests if tests.is_dir() else tests.parent
        folder = self.directory.resolve()
        if not tests.is_relative_to(folder):
            raise Misuse(f"{self.tests} is not in {self.directory}: --directory is the folder that holds the tests")
        return folder

    def _file(self, folder: Path) -> Path:
        """Where the tests read the submission, relative to the folder that is copied."""
        from grader.sandbox.skipped_folders import is_skipped

        if self.file is not None:
            inside = Path(os.path.normpath(folder / self.file))  # a link there stays one, and is replaced in the copy
            if not inside.is_relative_to(folder):
                raise Misuse(f"--file {self.file} is not in {folder}, the folder that is copied")
            if inside.is_dir() or not inside.parent.is_dir():
                why = "it is a folder" if inside.is_dir() else f"there is no folder {inside.parent}"
                raise Misuse(f"--file {self.file}: {why}; name the file in {folder} that the tests read")
            return inside.relative_to(folder)
        below = (path.relative_to(folder) for path in sorted(folder.rglob(_SUBMISSION)) if path.is_file())
        found = [path for path in below if not any(map(is_skipped, path.parent.parts))]
        if not found:
            raise Misuse(
                f"there is no {_SUBMISSION} in {folder}: name the file that the tests read with --file (it need not "
                "exist), or the folder that both are in with --directory"
            )
        if len(found) > 1:
            listed = ", ".join(map(str, found[:3]))
            raise Misuse(f"{folder} has {len(found)} files {_SUBMISSION}: name the one that the tests read with --file "
                         f"({listed}{', ...' * (len(found) > 3)})")  # fmt: skip
        return found[0]


@click.command()
@click.argument("tests", type=options.PathType(exists=True), metavar="TESTS")
@options.together(
    options.exercise("The exercise: the tests are tried with its solution and its mistakes.", required=True),
    options.exercises("Take the exercise from this folder, and solutions from solutions/ next to it."),
    click.option("--command", metavar="LINE",
                 help="How the tests are run: exit code 0 accepts (default: pytest TESTS)."),
    click.option("--directory", type=options.FOLDER, metavar="DIR",
                 help="Copy this folder, and run the tests in it (default: the folder of TESTS)."),
    click.option("--file", type=options.PathType(), metavar="FILE",
                 help="The file in that folder which the tests read (default: its only backward.py)."),
    options.mutants(),
    options.jobs(),
    options.timeout(RUN_SECONDS, text="Time limit for each run of the tests."),
    click.option("--time", "minutes", type=click.FloatRange(0, min_open=True), default=60.0, show_default=True,
                 metavar="MINUTES", help="Time limit for all runs; what was not tried is counted."),
    click.option("-o", "--output", metavar="FILE", help="Also write what was found as JSON; - for stdout."),
    click.option("-q", "--quiet", is_flag=True, help="Show no progress."),
    options.color,
)  # fmt: skip
def audit(
    tests: Path, exercise: str, exercises: Path | None, *, command: str | None, directory: Path | None,
    file: Path | None, timeout: float, output: str | None, **how: Any,
) -> int:  # fmt: skip
    """List the wrong gradients that your own tests accept, and what to add to them.

    TESTS is a file or folder for pytest; with --command, anything that exits with 0 to accept. They are tried in a copy
    with the exercise's labeled mistakes, its right forms, and mutants of its solution. Exits with 1 if they accept
    something wrong or reject something right.
    """
    shelf = Shelf(exercises, ci=not Path("solutions").is_dir())  # a learner's workspace has no solutions
    named = Named(tests, command, directory, file, timeout).as_suite()
    return _audited(shelf.load(exercise), named, output, **how)


def _audited(
    exercise: Exercise, tests: Suite, output: str | None, *, mutants: int, seed: int, jobs: int | None, minutes: float,
    quiet: bool,
) -> int:  # fmt: skip
    from grader.authoring.gaps import explained
    from grader.authoring.own_tests import Audit, UnusableTests
    from grader.authoring.verification import Verification
    from grader.cli.batch import default_jobs

    if output not in (None, "-"):
        with writing(str(output)):  # said now, not after all runs
            probe(Path(str(output)))
    forms = _forms(exercise, mutants, seed)
    settings = Settings(imports=tuple(exercise.rules.imports))  # so is what is not installed
    try:
        with interrupted_once(), Audit(tests, jobs or default_jobs(), minutes * 60) as audit:
            interrupted = _try(audit, exercise, forms, shown=takes_escapes(sys.stderr) and not quiet)
    except UnusableTests as error:
        if error.printed:
            show(f"The tests printed:\n{clean(error.printed)}\n", err=True)
        raise Misuse(str(error)) from None
    with start_sandbox(settings) as sandbox:
        found = explained(audit.tried, Verification(exercise, sandbox))
    why = "interrupted" if interrupted else f"the time of --time {minutes:g} was over"
    report = AuditReport(exercise.name, tests.shown, found, len(forms) - len(audit.tried), why)
    if output is not None:
        write_output(f"{json.dumps(report.document(), indent=1, ensure_ascii=False)}\n", output)
    if output != "-":
        show("\n".join(report.lines()))
    if interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.SOMETHING_WRONG if found.accepted or found.rejected else ExitCode.ALL_RIGHT


def _forms(exercise: Exercise, mutants: int, seed: int) -> list[Form]:
    from grader.authoring.own_tests import forms_to_try
    from grader.exercise.catalogue import solution_file

    if not solution_file(exercise).is_file():
        raise Misuse(f"{exercise.name} has no worked solution: {solution_file(exercise)} is missing")
    forms = forms_to_try(exercise, mutants, seed)
    if not forms:
        raise Misuse(
            f"there is nothing to try: {exercise.name} has no labeled mistakes beside its solution"
            + ("; draw mutants with --mutants" if exercise.kind == "gradients" else "")
        )
    return forms


def _try(audit: Audit, exercise: Exercise, forms: Sequence[Form], *, shown: bool) -> bool:
    """Try every form. Returns whether Ctrl-C ended it: what was tried until then is worth reporting."""
    with _progress(len(forms), shown=shown) as step:
        audit.check(exercise)
        try:
            for _ in audit.run(forms):
                step(sum(each.accepted and not each.right for each in audit.tried))
        except KeyboardInterrupt:
            return True
        audit.check_again(exercise)
    return False


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar on stderr; what it yields is called after each run, with the number of mistakes accepted so far."""
    if not shown:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from grader.classroom.batch.display import pace

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, begun = bar.add_task("the worked solution and the stubs", total=total), 0.0

        def step(accepted: int) -> None:
            nonlocal begun
            begun = begun or time.monotonic()
            done = int(bar.tasks[task].completed) + 1
            speed = pace(done - 1, total - done, time.monotonic() - begun)
            bar.update(task, advance=1, description=f"{speed}, {accepted} mistakes accepted")

        yield step


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit has found, for a reader and for a program."""

    exercise: str
    tests: str
    found: Found
    not_tried: int
    why: str
    """Why there are some that were not tried."""

    def lines(self) -> Iterator[str]:
        """For a reader. Of a gradient that is not tested at all, every mistake is accepted: none is listed."""
        from grader.authoring.gaps import Gap

        found = self.found
        for gradient, accepted in found.by_gradient().items():
            yield click.style(f"{gradient}: accepted {len(accepted)} of {found.tried_of(gradient)} mistakes", bold=True)
            yield from (_listed(each) for each in accepted if each.gap is not Gap.NOT_COMPARED)
        if found.rejected:
            yield click.style(f"rejected, although right: {len(found.rejected)}", bold=True)
            yield from (f"  {each.form.place:<22} {line(each.form.note, _LISTED)}" for each in found.rejected)
        if found.accepted:
            yield ""
            yield "Accepted, by kind of mistake"
            yield from (f"  {kind:<18} {a} of {of}" for kind, (a, of) in found.by_kind().items() if a)
            yield ""
            yield "What to add to these tests"
            for gap, those in found.gaps():
                gradients = listed(list(dict.fromkeys(each.row.name for each in those)))
                text = f"{gap.value} (in {gradients})"
                yield textwrap.fill(text, _WIDTH, initial_indent=f"  {len(those):>3}  ", subsequent_indent=" " * 7)
            yield ""
        yield from self._totals()

    def _totals(self) -> Iterator[str]:
        found, right = self.found, len(self.found.right)
        yield (
            f"{self.exercise}: accepted {len(found.accepted)} of {len(found.mistakes)} mistakes, rejected "
            f"{len(found.rejected)} of {right} right forms"
        )
        late = sum(each.timed_out for each in found.tried)
        if late:
            yield f"{late} of them took too long (--timeout) and {'counts' if late == 1 else 'count'} as rejected"
        if found.equivalent:
            yield f"left out: {len(found.equivalent)} that `grade` accepts as well"
        if self.not_tried:
            yield (
                f"not tried: {self.not_tried}, because {self.why}"
                if self.why != "interrupted"
                else (f"interrupted: {self.not_tried} not tried")
            )

    def document(self) -> dict[str, Any]:
        """For a program."""
        found = self.found
        return {
            "exercise": self.exercise,
            "tests": self.tests,
            "mistakes": {"tried": len(found.mistakes), "accepted": len(found.accepted)},
            "right_forms": {"tried": len(found.right), "rejected": len(found.rejected)},
            "timed_out": sum(each.timed_out for each in found.tried),
            "equivalent": len(found.equivalent),
            "not_tried": self.not_tried,
            "kinds": {kind: {"tried": of, "accepted": a} for kind, (a, of) in found.by_kind().items()},
            "add": [
                {"gap": gap.name.lower(), "sentence": gap.value, "mistakes": len(those)} for gap, those in found.gaps()
            ],
            "accepted": [_entry(each) for each in found.accepted],
            "rejected": [{"place": each.form.place, "note": each.form.note} for each in found.rejected],
        }


def _listed(each: Accepted) -> str:
    form = each.form
    return f"  {form.place:<22} {form.kind}: {line(form.note, _LISTED)} ({each.row.verdict})"


def _entry(each: Accepted) -> dict[str, Any]:
    form = each.form
    return {
        "gradient": each.row.name,
        "place": form.place,
        "kind": form.kind,
        "note": form.note,
        "verdict": str(each.row.verdict),
        "problem": each.row.problem,
        "gap": each.gap.name.lower(),
    }
