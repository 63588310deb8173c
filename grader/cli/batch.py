"""`grade batch`: grades a class of submissions into a folder of results."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import time
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.classroom.batch.choice import Selection, by_vote, check_only, moment
from grader.classroom.batch.display import Live, Plain
from grader.classroom.batch.grades import FILE, UnreadableGrades, final, no_figures, read_overrides, read_table
from grader.classroom.batch.order import Order
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import FolderInUse, Store
from grader.classroom.batch.summary import changed, summarize, told, write_summary
from grader.classroom.batch.workers import LocalWorkers
from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.gathering import nobody
from grader.classroom.intake.roster import conflicts, joined, read_roster
from grader.cli import options
from grader.exercise.settings import Feedback, Settings
from grader.exercise.shelf import Shelf
from grader.grading.run import start_sandbox
from grader.report.exit_code import ExitCode
from grader.sandbox.limits import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.classroom.batch.cluster import ClusterWorkers
    from grader.classroom.batch.display import Show
    from grader.classroom.batch.workers import Workers
    from grader.classroom.intake.gathering import Class
    from grader.classroom.intake.handed_in import HandedIn
    from grader.exercise.exercise import Exercise

    Start = Callable[[Order], AbstractContextManager[Workers]]


@click.command()
@click.argument("submissions", type=options.PathType(exists=True), metavar="SUBMISSIONS")
@options.together(
    click.option("--out", type=options.PathType(file_okay=False), default="grades", show_default=True,
                 metavar="DIR", help="Write the results here."),
    options.exercise("The exercise (default: inferred from the submissions)."),
    options.exercises(),
    click.option("-j", "--jobs", type=click.IntRange(1, 1024), metavar="N",
                 help="Worker processes (default: one per core)."),
    click.option("--scheduler", metavar="ADDRESS", help="Grade on a Dask cluster: tcp://host:8786."),
    click.option("--roster", type=options.FILE, metavar="CSV", help="Add ids and names; list who submitted nothing."),
    click.option("--only", multiple=True, metavar="NAME", help="Grade only this submission or student; * matches any."),
    click.option("--failed", is_flag=True,
                 help="Regrade submissions that failed, were unreadable or refused, timed out or crashed."),
    click.option("--force", is_flag=True, help="Regrade even if nothing has changed."),
    click.option("--since", metavar="WHEN", help="Grade only what changed since WHEN: 2026-03-01T12:00, 90m, 8h, 2d."),
    click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT",
                 help="Exit with 1 if a submission scores less than this."),
    click.option("--hidden-seed", type=click.IntRange(0, 2**62), metavar="N",
                 help="Seed for the hidden cases (default: drawn once)."),
    options.run_options(
        options.feedback("How much detail students see (default: the course's setting, or kind)."),
        options.isolation(Level.LOCKED),
    ),
    click.option("-q", "--quiet", is_flag=True, help="Show no progress."),
    options.color,
)  # fmt: skip
def batch(  # noqa: PLR0913 an option each
    submissions: Path, exercise: str | None, exercises: Path | None, jobs: int | None, scheduler: str | None,
    only: tuple[str, ...], since: str | None, *, failed: bool, force: bool, **rest: Any,
) -> int:  # fmt: skip
    """Grade a class of submissions.

    SUBMISSIONS is a folder with one submission per student, a download from Canvas, Moodle or Gradescope, or a zip of
    either. Results in --out: grades.csv, summary.json, NAME.json for the instructor and students/NAME.json for the
    student. Run the same command again to resume an interrupted run.
    """
    start = partial(_on_cluster, scheduler) if scheduler else partial(on_this_machine, jobs=jobs)
    wanted = Selection(only, moment(since), failed=failed, force=force)  # an invalid time is reported now
    shelf = Shelf(exercises, ci=True, forced=exercise)
    return grade_class(ClassRun(submissions, shelf, wanted, **rest), start)


def _on_cluster(address: str, order: Order) -> ClusterWorkers:
    try:
        from grader.classroom.batch.cluster import ClusterWorkers, NoCluster
    except ImportError as error:
        raise click.UsageError(str(error)) from None
    try:
        return ClusterWorkers(order, address)
    except NoCluster as error:
        raise click.UsageError(str(error)) from None


_BYTES_EACH = 2 << 30
"""Memory per worker: torch twice, and 1 GiB for the learner's code."""


@dataclass(frozen=True, slots=True)
class ClassRun:
    """The options of `grade batch`."""

    source: Path
    shelf: Shelf
    wanted: Selection
    asked: options.RunOptions
    out: Path
    roster: Path | None
    fail_under: float | None
    hidden_seed: int | None
    quiet: bool


def grade_class(run: ClassRun, start: Start) -> int:
    """Grade, write, report; the exit code. `start` starts the workers, if there is anything to grade."""
    source, out = run.source, run.out
    if source.resolve() == out.resolve():
        raise click.UsageError(f"--out {out} is the folder of submissions; choose another folder")
    everything = _taken_in(run)
    handed_in = _with_roster(everything, run.roster)
    check_only(run.wanted.only, handed_in)
    exercise = _exercise(run, handed_in)
    shown = sys.stderr.isatty() and not run.quiet
    try:
        with ExitStack() as stack:
            stack.enter_context(_interrupted_once())
            store = stack.enter_context(Store(out))
            read_overrides(out / FILE)  # an unreadable file is reported now, not after an hour
            order = settle(exercise, run, store)
            show: Show = stack.enter_context(Live()) if shown else stack.enter_context(Plain(quiet=run.quiet))
            batch = Batch(order, exercise.possible, exercise.gradients, handed_in, store, show)
            stopped, seconds = _run(batch, partial(start, order), run.wanted, stack)
            summary = _summary(batch, everything, seconds)
            write_summary(store, summary)
            under = _under(batch, run.fail_under)
    except (FolderInUse, UnreadableGrades) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        if not _is_in(error.filename, out):
            raise
        raise click.UsageError(f"{error.filename2 or error.filename} cannot be written: {error.strerror}") from None
    _tell(batch, summary, out, stopped=stopped)
    return _exit_code(summary, under, stopped=stopped)


def _is_in(path: Any, folder: Path) -> bool:
    """Whether the path is in the results folder, or is a folder above it."""
    if not isinstance(path, str | Path):
        return False
    there, folder = Path(path).absolute(), folder.absolute()
    return folder in (there, *there.parents) or there in folder.parents


def _run(
    batch: Batch, start: Callable[[], AbstractContextManager[Workers]], wanted: Selection, stack: ExitStack
) -> tuple[bool, float]:
    """Grade. Returns whether Ctrl-C ended it, and the seconds it took."""
    begun = time.monotonic()
    try:
        batch.run(
            lambda: stack.enter_context(start()),
            again=wanted.again,
            selected=lambda each: wanted.takes(each, batch.store.get(each.name)),
        )
    except KeyboardInterrupt:
        return True, time.monotonic() - begun
    return False, time.monotonic() - begun


@contextmanager
def _interrupted_once() -> Iterator[None]:
    """Act on the first Ctrl-C only: the orderly shutdown after it takes a moment."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def first(signum: int, _: object) -> None:
        signal.signal(signum, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is first:  # otherwise it is shutting down; leave that alone
            signal.signal(signal.SIGINT, before)


def on_this_machine(order: Order, jobs: int | None = None) -> LocalWorkers:
    """One worker process per core, unless `jobs` is given."""
    return LocalWorkers(order, jobs or default_jobs())


def default_jobs() -> int:
    """One worker for each core this process may use, within the memory available."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return cores
    return max(1, min(cores, memory // _BYTES_EACH))


def _taken_in(run: ClassRun) -> Class:
    if run.source.is_dir():
        return read_folder(run.source, without=run.out)
    from grader.classroom.intake.class_archive import read_archive

    with start_sandbox(Settings(isolation=run.asked.isolation)) as sandbox:
        return read_archive(run.source, sandbox)


def _with_roster(found: Class, roster: Path | None) -> Sequence[HandedIn]:
    if roster is None:
        handed_in: Sequence[HandedIn] = found.handed_in
    else:
        try:
            people = read_roster(read_table(roster))
        except UnreadableGrades as error:
            raise click.UsageError(str(error)) from None
        if not people:
            raise click.UsageError(
                f"{roster} lists no students. A roster needs a header row with at least one of student, id, name, email"
            )
        for sentence in conflicts(people):
            click.echo(sentence, err=True)
        handed_in = joined(found.handed_in, people)
    if not handed_in:
        raise click.UsageError(nobody(found.source))
    return handed_in


def _exercise(run: ClassRun, handed_in: Sequence[HandedIn]) -> Exercise:
    """From `--exercise`, then the folder's name, then the functions most students wrote."""
    shelf, stem = run.shelf, run.source.resolve().stem
    if shelf.forced is not None:
        return shelf.load(shelf.forced)
    return shelf.load(stem) if stem in shelf.names() else by_vote(run.source, handed_in, shelf)


def _summary(batch: Batch, everything: Class, seconds: float) -> dict[str, Any]:
    records = (batch.store.get(each.name) for each in batch.handed_in)
    return summarize(records, batch.order, batch.possible) | {
        "platform": everything.platform,
        "ignored": list(everything.ignored[:100]),
        "graded_now": batch.graded,
        "same_code": batch.duplicates,
        "changed": [change.after.name for change in batch.changes],
        "seconds": round(seconds, 2),
    }


def _under(batch: Batch, percent: float | None) -> list[str]:
    """The submissions below `percent`, by final grade (overrides included)."""
    if percent is None:
        return []
    overrides = read_overrides(batch.store.directory / FILE)
    finals = {each.name: final(overrides.get(each.name), batch.store.get(each.name)) for each in batch.handed_in}
    return [name for name, points in finals.items() if points is not None and 100 * points < percent * batch.possible]


def _tell(batch: Batch, summary: dict[str, Any], out: Path, *, stopped: bool) -> None:
    for line in (*changed(batch.changes), *told(summary)):
        click.echo(line)
    if batch.graded:
        rate = f"{batch.graded / summary['seconds']:.1f} per second" if summary["seconds"] else "at once"
        same = f", {batch.duplicates} more have the same code as another" if batch.duplicates else ""
        click.echo(f"graded {batch.graded} in {summary['seconds']:.1f} s, {rate}{same}")
    begun = {verdict for counts in summary["gradients"].values() for verdict in counts}
    if begun == {"not_started"}:
        click.echo(
            f"no submission has started a gradient of {batch.order.exercise}; if they are for another exercise, "
            "name it with --exercise",
            err=True,
        )
    for name, text in no_figures(read_overrides(out / FILE)).items():
        said = f"the override for {name} is not a number ({text!r}): it is shown as final, and exports leave {name} out"
        click.echo(said, err=True)
    click.echo(f"grades: {out / 'grades.csv'}")
    if stopped:
        click.echo("interrupted: run the same command again to resume", err=True)


def _exit_code(summary: dict[str, Any], under: Sequence[str], *, stopped: bool) -> int:
    if stopped:
        return ExitCode.INTERRUPTED
    if summary["status"]["failed"]:
        click.echo(
            f"{summary['status']['failed']} could not be graded because of an internal error: see grades.csv", err=True
        )
        return ExitCode.OUR_FAULT
    if under:
        click.echo(f"below --fail-under: {', '.join(under[:10])}{' ...' if len(under) > 10 else ''}", err=True)
    return ExitCode.SOMETHING_WRONG if under else ExitCode.ALL_RIGHT


_SECRET_BITS = 62
"""Enough that nobody finds the hidden cases by trying seeds."""


def settle(exercise: Exercise, run: ClassRun, store: Store) -> Order:
    """The order for this run. The hidden seed is the one given, then the folder's, then a new one."""
    before = store.settings()
    if before.get("exercise") not in (None, exercise.name):
        raise click.UsageError(
            f"{store.directory} holds grades for {before['exercise']}, not {exercise.name}: choose another --out"
        )
    hidden = before.get("hidden_seed") if run.hidden_seed is None else run.hidden_seed
    if not isinstance(hidden, int):
        hidden = secrets.randbits(_SECRET_BITS)
    store.keep_settings({**before, "exercise": exercise.name, "hidden_seed": hidden})
    settings = run.asked.settings([exercise], feedback=Feedback.KIND, hidden_seed=hidden)
    names = run.asked.names
    return Order.of(exercise, settings, names.read_text(encoding="utf-8") if names else None)
