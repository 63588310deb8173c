"""`grade batch`: a class of submissions in, a folder of grades out."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import time
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.classroom.batch.choice import again_wanted, check_only, moment, selection
from grader.classroom.batch.display import Live, Plain
from grader.classroom.batch.grades import FILE, UnreadableGrades, final, no_figures, read_overrides, read_table
from grader.classroom.batch.order import Order
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import FolderInUse, Store
from grader.classroom.batch.summary import changed, summarise, told, write_summary
from grader.classroom.batch.workers import LocalWorkers
from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.gathering import nobody
from grader.classroom.intake.roster import conflicts, joined, read_roster
from grader.cli.common import ALL_RIGHT, INTERRUPTED, OUR_FAULT, SOMETHING_WRONG, color_option
from grader.exercise.course import decided
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import Shelf
from grader.grading.submission import UnreadableSubmission
from grader.sandbox.numerics import pin_environment
from grader.sandbox.types import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.classroom.batch.cluster import ClusterWorkers
    from grader.classroom.batch.runner import Show
    from grader.classroom.batch.workers import Workers
    from grader.classroom.intake.gathering import Class
    from grader.classroom.intake.handed_in import HandedIn
    from grader.exercise.exercise import Exercise

    Start = Callable[[Order], AbstractContextManager[Workers]]

LEVELS = ("locked", "partial", "process", "none")


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    folder = click.Path(file_okay=False)
    file = click.Path(exists=True, dir_okay=False)
    options = (
        click.option("--out", type=folder, default="grades", show_default=True, metavar="DIR", help="Results go here."),
        click.option("--exercise", metavar="NAME", help="What was handed in (default: what most of it fits)."),
        click.option(
            "--exercises", type=click.Path(exists=True, file_okay=False), metavar="DIR",
            help="Take exercises from this folder.",
        ),
        click.option("-j", "--jobs", type=click.IntRange(1, 1024), metavar="N", help="Processes (default: all cores)."),
        click.option("--scheduler", metavar="ADDRESS", help="Grade on this Dask cluster: tcp://host:8786."),
        click.option("--roster", type=file, metavar="CSV", help="Join ids and names; list who handed in nothing."),
        click.option("--only", multiple=True, metavar="NAME", help="Only this submission or student; * matches any."),
        click.option("--failed", is_flag=True, help="Again: whatever failed, was unreadable, refused, hung or died."),
        click.option("--force", is_flag=True, help="Again, even where nothing has changed."),
        click.option("--since", metavar="WHEN", help="Only what changed since: 2026-03-01T12:00, 90m, 8h, 2d."),
        click.option(
            "--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT",
            help="Exit with 1 if a submission has less than this.",
        ),
        click.option("--hidden-seed", type=click.IntRange(0, 2**62), metavar="N", help="Seed of the hidden cases."),
        click.option("--seed", type=int, metavar="N", help="Seed of the given minibatch (default: the lecture's)."),
        click.option("--batch-size", type=click.IntRange(2, 4096), metavar="N", help="Its size (default: 32)."),
        click.option("--names", type=file, metavar="FILE", help="Learn from another list of names."),
        click.option(
            "--criterion", type=click.Choice(["correct", "exact", "approximate"]),
            help="What earns points (default: the course's word, else correct).",
        ),
        click.option(
            "--feedback", type=click.Choice(["full", "kind", "verdict", "none"]),
            help="How much students are told (default: the course's word, else kind).",
        ),
        click.option(
            "--isolation", type=click.Choice(LEVELS), default="locked", show_default=True,
            help="The lowest isolation accepted; less than locked is your explicit choice.",
        ),
        click.option(
            "--timeout", type=click.FloatRange(0.1, 3600), default=10.0, show_default=True, metavar="SECONDS",
            help="Limit of one call of a function.",
        ),
        click.option("-q", "--quiet", is_flag=True, help="No progress."),
        color_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("submissions", type=click.Path(exists=True), metavar="SUBMISSIONS")
@_options
def batch(submissions: str, **options: Any) -> int:
    """Grade a class: a folder with a submission each, a download of Canvas, Moodle or Gradescope, or a zip of those.

    Started again, it goes on where it stopped. Results: DIR/grades.csv, DIR/summary.json, DIR/NAME.json for the
    instructor and DIR/students/NAME.json for the student.
    """
    scheduler, jobs = options.pop("scheduler"), options.pop("jobs")
    start = partial(_on_cluster, scheduler) if scheduler else partial(on_this_machine, jobs=jobs)
    return grade_class(submissions, start, terminal=sys.stderr.isatty(), **options)


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
"""Memory to count on for each worker: two torches and one learner's gigabyte."""


def grade_class(submissions: str, start: Start, *, terminal: bool, **chosen: Any) -> int:
    """Grade, write, tell; the exit code. `start` brings up the workers, if there is anything to grade."""
    source, out = Path(submissions), Path(chosen["out"])
    if source.resolve() == out.resolve():
        raise click.UsageError(f"--out {out} is the folder of the submissions themselves; choose another one")
    since = moment(chosen["since"])  # said now if it is no time, not after everything has been read
    everything = _taken_in(source, out, chosen["isolation"])
    handed_in = _with_roster(everything, chosen["roster"])
    check_only(chosen["only"], handed_in)
    exercise = _exercise(source, handed_in, chosen)
    handed_in = [each.of(exercise.name) for each in handed_in]
    shown = terminal and not chosen["quiet"]
    try:
        with ExitStack() as stack:
            stack.enter_context(_interrupted_once())
            store = stack.enter_context(Store(out))
            read_overrides(out / FILE)  # said now if it cannot be read, not after an hour
            order = settle(exercise, chosen, store)
            show: Show = stack.enter_context(Live()) if shown else stack.enter_context(Plain(quiet=chosen["quiet"]))
            batch = Batch(order, exercise.possible, exercise.gradients, handed_in, store, show)
            stopped, seconds = _run(batch, partial(start, order), chosen, since, stack)
            summary = _summary(batch, everything, seconds)
            write_summary(store, summary)
            under = _under(batch, chosen["fail_under"])
    except (FolderInUse, UnreadableGrades) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        if not _is_in(error.filename, out):
            raise
        raise click.UsageError(f"{error.filename2 or error.filename} cannot be written: {error.strerror}") from None
    _tell(batch, summary, out, stopped=stopped)
    return _exit_code(summary, under, stopped=stopped)


def _is_in(path: Any, folder: Path) -> bool:
    """Whether it was the results' folder, or a folder above it, that the system would not have written."""
    if not isinstance(path, str | Path):
        return False
    there, folder = Path(path).absolute(), folder.absolute()
    return folder in (there, *there.parents) or there in folder.parents


def _run(
    batch: Batch,
    start: Callable[[], AbstractContextManager[Workers]],
    chosen: dict[str, Any],
    since: float,
    stack: ExitStack,
) -> tuple[bool, float]:
    """Grade; whether Ctrl-C ended it, and how long it took."""
    begun = time.monotonic()
    try:
        batch.run(
            lambda: stack.enter_context(start()),
            again=again_wanted(chosen),
            selected=selection(chosen, since, batch.store),
        )
    except KeyboardInterrupt:
        return True, time.monotonic() - begun
    return False, time.monotonic() - begun


@contextmanager
def _interrupted_once() -> Iterator[None]:
    """Of several Ctrl-C the first one counts: what follows it is brought to an end in order, which takes a moment."""
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
        if signal.getsignal(signal.SIGINT) is first:  # else it ends now, and nothing is to disturb that
            signal.signal(signal.SIGINT, before)


def on_this_machine(order: Order, jobs: int | None = None) -> LocalWorkers:
    """A worker process for each core, unless told otherwise."""
    return LocalWorkers(order, jobs or default_jobs())


def default_jobs() -> int:
    """One worker for each core this process may use, as far as the memory goes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return cores
    return max(1, min(cores, memory // _BYTES_EACH))


def _taken_in(source: Path, out: Path, isolation: str) -> Class:
    if source.is_dir():
        return read_folder(source, without=out)
    return _from_archive(source, isolation)


def _from_archive(source: Path, isolation: str) -> Class:
    from grader.classroom.intake.class_archive import read_archive
    from grader.sandbox.client import Sandbox

    level = Level[isolation.upper()]
    pin_environment()
    try:
        with Sandbox(minimum=level, force=Level.PROCESS if level is Level.PROCESS else None) as sandbox:
            return read_archive(source, sandbox)
    except UnreadableSubmission as error:
        raise click.UsageError(str(error)) from None


def _with_roster(found: Class, roster: str | None) -> Sequence[HandedIn]:
    if roster is None:
        handed_in: Sequence[HandedIn] = found.handed_in
    else:
        try:
            people = read_roster(read_table(Path(roster)))
        except UnreadableGrades as error:
            raise click.UsageError(str(error)) from None
        if not people:
            raise click.UsageError(
                f"{roster} names nobody. A roster has a line of headings, with one of student, id, name or email"
            )
        for sentence in conflicts(people):
            click.echo(sentence, err=True)
        handed_in = joined(found.handed_in, people)
    if not handed_in:
        raise click.UsageError(nobody(found.source))
    return handed_in


def _exercise(source: Path, handed_in: Sequence[HandedIn], chosen: dict[str, Any]) -> Exercise:
    """By `--exercise`, else by the folder's name, else by the functions that most people wrote."""
    shelf = Shelf(Path(chosen["exercises"]) if chosen["exercises"] else None, ci=True, forced=chosen["exercise"])
    if shelf.forced is not None:
        return shelf.load(shelf.forced)
    stem = source.resolve().stem
    if stem in shelf.names():
        return shelf.load(stem)
    from grader.classroom.batch.choice import by_vote

    return by_vote(source, handed_in, shelf)


def _summary(batch: Batch, everything: Class, seconds: float) -> dict[str, Any]:
    records = (batch.store.get(each.name) for each in batch.handed_in)
    return summarise(records, batch.order, batch.possible) | {
        "platform": everything.platform,
        "ignored": list(everything.ignored[:100]),
        "graded_now": batch.graded,
        "same_code": batch.twins,
        "changed": [change.after.name for change in batch.changes],
        "seconds": round(seconds, 2),
    }


def _under(batch: Batch, percent: float | None) -> list[str]:
    """The submissions with less than so many percent, by the grade that counts."""
    if percent is None:
        return []
    overrides = read_overrides(batch.store.directory / FILE)
    finals = {each.name: final(overrides.get(each.name), batch.store.get(each.name)) for each in batch.handed_in}
    return [name for name, points in finals.items() if points is not None and 100 * points < percent * batch.possible]


def _tell(batch: Batch, summary: dict[str, Any], out: Path, *, stopped: bool) -> None:
    for line in (*changed(batch.changes), *told(summary)):
        click.echo(line)
    if batch.graded:
        rate = f"{batch.graded / summary['seconds']:.1f} a second" if summary["seconds"] else "at once"
        same = f", {batch.twins} more had the same code as another" if batch.twins else ""
        click.echo(f"graded {batch.graded} in {summary['seconds']:.1f} s, {rate}{same}")
    begun = {verdict for counts in summary["gradients"].values() for verdict in counts}
    if begun == {"not_started"}:
        click.echo(
            f"nobody has begun a gradient of {batch.order.exercise}: if they are for another exercise, name it with "
            "--exercise",
            err=True,
        )
    for name, text in no_figures(read_overrides(out / FILE)).items():
        said = f"the override of {name} is no number ({text!r}): it stands as final, and exports leave {name} out"
        click.echo(said, err=True)
    click.echo(f"grades: {out / 'grades.csv'}")
    if stopped:
        click.echo("interrupted: the same command goes on from here", err=True)


def _exit_code(summary: dict[str, Any], under: Sequence[str], *, stopped: bool) -> int:
    if stopped:
        return INTERRUPTED
    if summary["status"]["failed"]:
        click.echo(
            f"{summary['status']['failed']} could not be graded through a fault of ours: see grades.csv", err=True
        )
        return OUR_FAULT
    if under:
        click.echo(f"under the mark: {', '.join(under[:10])}{' ...' if len(under) > 10 else ''}", err=True)
    return SOMETHING_WRONG if under else ALL_RIGHT


_SECRET_BITS = 62
"""So many that nobody finds the hidden cases by trying."""

_PASSED_ON = ("batch_size", "isolation", "timeout")


def settle(exercise: Exercise, chosen: dict[str, Any], store: Store) -> Order:
    """The order of this run; its hidden seed is the one given, else the folder's, else a new one."""
    before = store.settings()
    if before.get("exercise") not in (None, exercise.name):
        raise click.UsageError(
            f"{store.directory} holds the grades of {before['exercise']}, not of {exercise.name}: choose another --out"
        )
    hidden = chosen["hidden_seed"]
    if hidden is None:
        hidden = before.get("hidden_seed")
    if not isinstance(hidden, int):
        hidden = secrets.randbits(_SECRET_BITS)
    store.keep_settings({**before, "exercise": exercise.name, "hidden_seed": hidden})
    return Order.of(
        exercise,
        seed=LECTURE_SEED if chosen["seed"] is None else chosen["seed"],
        hidden_seed=hidden,
        names=Path(chosen["names"]).read_text(encoding="utf-8") if chosen["names"] else None,
        criterion=decided(chosen["criterion"], "criterion", [exercise.course], "correct"),
        feedback=decided(chosen["feedback"], "feedback", [exercise.course], "kind"),
        **{name: chosen[name] for name in _PASSED_ON},
    )
