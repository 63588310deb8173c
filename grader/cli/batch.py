"""`grade batch`: grades a class of submissions into a folder of results."""

from __future__ import annotations

import errno
import os
import secrets
import sys
import time
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from grader.classroom.batch.choice import Selection, by_vote, moment
from grader.classroom.batch.display import Live, Plain
from grader.classroom.batch.grades import FILE, GradesTable, UnreadableGrades, doubtful, final, read_grades
from grader.classroom.batch.order import Order
from grader.classroom.batch.partial import ChosenGradients
from grader.classroom.batch.roll import FILE as ROLL
from grader.classroom.batch.roll import UnreadableRoll, keys, read_roll
from grader.classroom.batch.ruling import course_rules
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import DamagedSettings, FolderInUse, Store
from grader.classroom.batch.summary import NoResults, changed, changed_finals, summarize, told, write_summary
from grader.classroom.batch.workers import LocalWorkers
from grader.classroom.course.course_grade import NoWeight, check_weights
from grader.classroom.course.course_table import check_course
from grader.classroom.feedback import tell_students
from grader.classroom.gradebook.results_folder import read_results
from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.gathering import nobody
from grader.classroom.intake.name_pattern import BadPattern
from grader.classroom.people.joining import RosterOptions, read_joined
from grader.classroom.policy.class_policy import class_policy
from grader.classroom.policy.times import UnreadableTime
from grader.classroom.tables.table import UnreadableTable
from grader.cli import options
from grader.cli.course_grades import write_table
from grader.cli.edge import Misuse, interrupted_once, reason, show, takes_escapes
from grader.cli.name_pattern_option import name_pattern
from grader.exercise.course import find_course
from grader.exercise.settings import Feedback, Settings
from grader.exercise.shelf import Shelf, the_gradient
from grader.grading.service import start_sandbox
from grader.names import read_names
from grader.report.clean_text import line
from grader.report.exit_code import ExitCode
from grader.sandbox.limits import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.classroom.batch.cluster import ClusterWorkers
    from grader.classroom.batch.display import Show
    from grader.classroom.batch.roll import Listed
    from grader.classroom.batch.ruling import CourseRules
    from grader.classroom.batch.workers import Workers
    from grader.classroom.intake.gathering import Class
    from grader.classroom.intake.handed_in import HandedIn
    from grader.classroom.intake.name_pattern import NamePattern
    from grader.exercise.course import Course
    from grader.exercise.exercise import Exercise

    Start = Callable[[Order], AbstractContextManager[Workers]]


@click.command()
@click.argument("submissions", type=options.PathType(exists=True), metavar="SUBMISSIONS")
@options.together(
    click.option("--out", type=options.PathType(file_okay=False), default="grades", show_default=True,
                 metavar="DIR", help="Write the results here."),
    options.exercise("The exercise (default: inferred from the submissions). Several make a course: DIR/NAME for each, "
                     "and DIR/course.csv.", multiple=True),
    options.exercises(),
    options.jobs(),
    click.option("--scheduler", metavar="ADDRESS", help="Grade on a Dask cluster: tcp://host:8786."),
    options.roster("Add ids and names; list who submitted nothing. CSV or .xlsx."),
    name_pattern(),
    click.option("--times", type=options.FILE, metavar="FILE",
                 help="When each was handed in: a table with the columns submission and time, or Moodle's worksheet."),
    click.option("--earlier", type=options.FOLDER, multiple=True, metavar="DIR",
                 help="Results of another exercise of the course, where slip days were used; can be repeated."),
    click.option("--only", multiple=True, metavar="NAME", help="Grade only this submission or student; * matches any."),
    click.option("--failed", is_flag=True,
                 help="Regrade submissions that failed, were unreadable or refused, timed out or crashed."),
    click.option("--force", is_flag=True, help="Regrade even if nothing has changed."),
    click.option("--gradient", "gradients", multiple=True, metavar="NAME",
                 help="After the exercise changed, regrade only this gradient and keep the other verdicts."),
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
    submissions: Path, exercise: tuple[str, ...], exercises: Path | None, jobs: int | None, scheduler: str | None,
    only: tuple[str, ...], since: str | None, *, failed: bool, force: bool, **rest: Any,
) -> int:  # fmt: skip
    """Grade a class of submissions.

    SUBMISSIONS is a folder with one submission per student, a download from Canvas, Moodle, Blackboard, Brightspace,
    ILIAS, Sakai, Gradescope or GitHub, or a zip or tar archive of any of these. Results in --out: grades.csv,
    summary.json, NAME.json for the instructor and students/NAME.json for the student. Run the same command again to
    resume an interrupted run.
    """
    start = partial(_on_cluster, scheduler) if scheduler else partial(on_this_machine, jobs=jobs)
    if scheduler:
        _check_cluster(scheduler)  # a wrong address is reported now, not once everything has been read
    wanted = Selection(only, moment(since), failed=failed, force=force)  # an invalid time is reported now
    names = tuple(dict.fromkeys(exercise))
    shelf = Shelf(exercises, ci=True, forced=names[0] if len(names) == 1 else None)
    return grade_class(ClassRun(submissions, shelf, wanted, names, **rest), start)


def _check_cluster(address: str) -> None:
    try:
        from grader.classroom.batch.cluster import NoCluster, check_address
    except ImportError as error:
        raise Misuse(str(error)) from None
    try:
        check_address(address)
    except NoCluster as error:
        raise Misuse(str(error)) from None


def _on_cluster(address: str, order: Order) -> ClusterWorkers:
    from grader.classroom.batch.cluster import ClusterWorkers, NoCluster

    try:
        return ClusterWorkers(order, address)
    except NoCluster as error:
        raise Misuse(str(error)) from None


_BYTES_EACH = 2 << 30
"""Memory per worker: its own, its server's, and 1 GiB for the learner's code."""


@dataclass(frozen=True, slots=True)
class ClassRun:
    """The options of `grade batch`."""

    source: Path
    shelf: Shelf
    wanted: Selection
    exercises: tuple[str, ...]
    """What `--exercise` names; empty if the submissions decide."""
    asked: options.RunOptions
    out: Path
    roster: Path | None
    id_column: str | None
    name_column: str | None
    match: Path | None
    name_pattern: NamePattern | None
    fail_under: float | None
    hidden_seed: int | None
    quiet: bool
    gradients: tuple[str, ...] = ()
    times: Path | None = None
    earlier: tuple[Path, ...] = ()


def grade_class(run: ClassRun, start: Start) -> int:
    """Grade, write, report; the exit code. `start` starts the workers, if there is anything to grade."""
    if run.source.resolve() == run.out.resolve():
        raise click.UsageError(f"--out {run.out} is the folder of submissions; choose another folder")
    named = [run.shelf.load(name) for name in run.exercises]
    if len(named) > 1:
        _check_course(run, named)  # reported now, not after the class has been read
    everything = _taken_in(run)
    handed_in = _with_roster(everything, _asked(run))
    exercises = named or _inferred(run, handed_in)
    if len(exercises) == 1:
        return _grade_exercise(run, everything, handed_in, exercises[0], start)
    if not named:
        _check_course(run, exercises)
    return _grade_course(run, everything, handed_in, exercises, start)


def _check_course(run: ClassRun, exercises: Sequence[Exercise]) -> None:
    """Check whether several exercises of one class can be graded, and one table be made of them."""
    if run.gradients:
        raise click.UsageError("--gradient belongs to one exercise: name it with a single --exercise")
    try:
        check_weights(class_policy(_course_of(run, exercises[0])).grades, [exercise.name for exercise in exercises])
        check_course(run.out / "course.csv")
    except (NoWeight, UnreadableTable) as error:
        raise click.UsageError(str(error)) from None


def _grade_course(
    run: ClassRun, everything: Class, handed_in: Sequence[HandedIn], exercises: Sequence[Exercise], start: Start
) -> int:
    """Grade several exercises of one class, one after the other, and make one table of them."""
    course, table = _course_of(run, exercises[0]), run.out / "course.csv"
    codes: list[int] = []
    folders: list[Path] = []
    with _KeptWorkers(start) as kept:
        for exercise in exercises:
            folder = run.out / exercise.name
            each = replace(run, out=folder, earlier=(*run.earlier, *folders))
            codes.append(_grade_exercise(each, everything, handed_in, exercise, kept.start))
            if codes[-1] == ExitCode.INTERRUPTED:
                return ExitCode.INTERRUPTED
            folders.append(folder)
    return max(*codes, write_table(folders, table, course))


class _KeptWorkers:
    """Workers that go on to the next exercise: to start them anew takes as long as to grade a few dozen layers."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._workers: Workers | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextmanager
    def start(self, order: Order) -> Iterator[Workers]:
        """Workers for this order: those that there are, if they can turn to it."""
        if not (isinstance(self._workers, LocalWorkers) and self._workers.turn_to(order)):
            self._stack.close()
            self._workers = self._stack.enter_context(self._start(order))
        yield self._workers


def _grade_exercise(
    run: ClassRun, everything: Class, handed_in: Sequence[HandedIn], exercise: Exercise, start: Start
) -> int:
    out, wanted = run.out, run.wanted.among(handed_in)
    gradients = [the_gradient(name, exercise) for name in run.gradients]
    before = _class_before(run)
    rules = _rules(run, exercise, handed_in, before)
    shown = takes_escapes(sys.stderr) and not run.quiet
    try:
        with ExitStack() as stack:
            stack.enter_context(interrupted_once())
            store = stack.enter_context(Store(out))
            _grades(out, handed_in)  # an unreadable file is reported now, not after an hour
            order = settle(exercise, run, store)
            display: Show = stack.enter_context(Live()) if shown else stack.enter_context(Plain(quiet=run.quiet))
            batch = Batch(order, exercise.possible, exercise.gradients, handed_in, store, display, rules)
            chosen = ChosenGradients(gradients, store, order)
            stopped, seconds = _run(batch, partial(start, order), wanted, stack, chosen)
            tell_students(read_results(out))
            summary = _summary(batch, everything, seconds)
            write_summary(store, summary)
            under = _under(batch, run.fail_under)
            by_rules = [*changed_finals(before, batch)]
    except (FolderInUse, UnreadableGrades) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        if not _is_in(error.filename, out):
            raise
        return _unwritable(error)
    _tell(batch, summary, (*changed(batch.changes), *by_rules), stopped=stopped)
    for sentence in chosen.told():
        show(sentence, err=True)
    return _exit_code(summary, under, stopped=stopped)


def _unwritable(error: OSError) -> int:
    """Report a file of the results that could not be written. A full disk is not the fault of who typed the command."""
    said = f"{error.filename2 or error.filename} cannot be written: {reason(error)}"
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
        raise Misuse(said) from None
    show(f"Error: {said}. Finished submissions are kept: make room, and run the same command to resume", err=True)
    return ExitCode.OUR_FAULT


def _is_in(path: Any, folder: Path) -> bool:
    """Whether the path is in the results folder, or is a folder above it."""
    if not isinstance(path, (str, Path)):
        return False
    there, folder = Path(path).absolute(), folder.absolute()
    return folder in (there, *there.parents) or there in folder.parents


def _run(
    batch: Batch,
    start: Callable[[], AbstractContextManager[Workers]],
    wanted: Selection,
    stack: ExitStack,
    chosen: ChosenGradients,
) -> tuple[bool, float]:
    """Grade. Returns whether Ctrl-C ended it, and the seconds it took."""
    begun = time.monotonic()
    try:
        batch.run(
            lambda: stack.enter_context(start()),
            again=wanted.again,
            selected=lambda each: wanted.takes(each, batch.store.get(each.name)),
            taken_over=chosen.taken_over,
        )
    except KeyboardInterrupt:
        return True, time.monotonic() - begun
    return False, time.monotonic() - begun


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
    try:
        found = _read(run)
    except BadPattern as error:
        raise click.UsageError(str(error)) from None
    for sentence in found.told():
        show(sentence, err=True)
    return found


def _read(run: ClassRun) -> Class:
    if run.source.is_dir():
        return read_folder(run.source, run.out, run.name_pattern)
    from grader.classroom.intake.class_archive import read_archive

    with start_sandbox(Settings(isolation=run.asked.isolation)) as sandbox:
        return read_archive(run.source, sandbox, run.name_pattern)


def _asked(run: ClassRun) -> RosterOptions | None:
    """What was asked about the roster; None without one."""
    how = {"--id-column": run.id_column, "--name-column": run.name_column, "--match": run.match}
    if run.roster is not None:
        return RosterOptions(run.roster, run.id_column, run.name_column, run.match)
    for option, given in how.items():
        if given is not None:
            raise click.UsageError(f"{option} says how to use a roster; name the roster with --roster")
    return None


def _with_roster(found: Class, asked: RosterOptions | None) -> Sequence[HandedIn]:
    handed_in: Sequence[HandedIn] = found.handed_in
    if asked is not None:
        try:
            joined = read_joined(handed_in, asked)
        except UnreadableTable as error:
            raise click.UsageError(str(error)) from None
        for sentence in joined.told:
            show(line(sentence, len(sentence)), err=True)
        handed_in = joined.handed_in
    if not handed_in:
        raise click.UsageError(nobody(found.source))
    return handed_in


def _inferred(run: ClassRun, handed_in: Sequence[HandedIn]) -> Sequence[Exercise]:
    """From the folder's name, then the functions most students wrote: one exercise, or the layers of an assignment."""
    shelf, stem = run.shelf, run.source.resolve().stem
    if stem in shelf.names():
        return [shelf.load(stem)]
    vote = by_vote(run.source, handed_in, shelf)
    if len(vote.exercises) > 1:
        show(f"layers: {', '.join(exercise.name for exercise in vote.exercises)}", err=True)
    if vote.rare:
        one = len(vote.rare) == 1
        show(
            f"not graded, because less than half of the class has {'it' if one else 'them'}: {', '.join(vote.rare)}; "
            "to grade others than these, name each with --exercise",
            err=True,
        )
    return vote.exercises


def _course_of(run: ClassRun, exercise: Exercise) -> Course | None:
    """The course of the exercise, otherwise the one in the current folder."""
    if exercise.course is None and (found := find_course((run.shelf.root or Path("exercises")).absolute())):
        found.check_names()
        return found
    return exercise.course


def _class_before(run: ClassRun) -> Sequence[Listed]:
    """The class as the last batch saw it."""
    try:
        return read_roll(run.out) or []
    except UnreadableRoll:
        show(
            f"{run.out / ROLL} was damaged and is written anew: what --times gave in an earlier run is not known "
            "any more",
            err=True,
        )
        return []


def _rules(run: ClassRun, exercise: Exercise, handed_in: Sequence[HandedIn], before: Sequence[Listed]) -> CourseRules:
    policy = class_policy(_course_of(run, exercise))
    try:
        return course_rules(policy, exercise.name, exercise.possible, handed_in, run.times, run.earlier, before)
    except (UnreadableTable, UnreadableTime, NoResults) as error:
        raise click.UsageError(str(error)) from None


def _summary(batch: Batch, everything: Class, seconds: float) -> dict[str, Any]:
    records = (batch.store.get(each.name) for each in batch.handed_in)
    counted = summarize(records, batch.order, batch.possible, batch.ruling.counts)
    missing = (each.name for each in batch.handed_in if each.missing)
    return (
        counted
        | batch.ruling.summary(missing)
        | {
            "platform": everything.platform,
            "ignored": list(everything.ignored[:100]),
            "graded_now": batch.graded,
            "same_code": batch.duplicates,
            "changed": [change.after.name for change in batch.changes],
            "seconds": round(seconds, 2),
        }
    )


def _grades(out: Path, handed_in: Sequence[HandedIn]) -> GradesTable:
    """What grades.csv says at this moment."""
    names = [each.name for each in handed_in]
    return read_grades(out / FILE, dict(zip(keys([each.raw for each in handed_in]), names, strict=True)))


def _under(batch: Batch, percent: float | None) -> list[str]:
    """The submissions below `percent`, by final grade (overrides included)."""
    if percent is None:
        return []
    own = _grades(batch.store.directory, batch.handed_in).own()
    ruled = {name: each.final for name, each in batch.ruling.counted.items()}
    finals = {
        each.name: ruled[each.name] if each.name in ruled else final(own.get(each.name), batch.store.get(each.name))
        for each in batch.handed_in
    }
    return [name for name, points in finals.items() if points is not None and 100 * points < percent * batch.possible]


def _tell(batch: Batch, summary: dict[str, Any], changes: Sequence[str], *, stopped: bool) -> None:
    out = batch.store.directory
    for sentence in (*changes, *told(summary)):
        show(sentence)
    if batch.graded:
        rate = f"{batch.graded / summary['seconds']:.1f} per second" if summary["seconds"] else "at once"
        have = "has" if batch.duplicates == 1 else "have"
        same = f", {batch.duplicates} more {have} the same code as another" if batch.duplicates else ""
        show(f"graded {batch.graded} in {summary['seconds']:.1f} s, {rate}{same}")
    begun = {verdict for counts in summary["gradients"].values() for verdict in counts}
    if begun == {"not_started"}:
        show(
            f"no submission has started a gradient of {batch.order.exercise}; if they are for another exercise, "
            "name it with --exercise",
            err=True,
        )
    table = _grades(out, batch.handed_in)
    for sentence in (*batch.ruling.told, *doubtful(table.own(), batch.possible), *table.told()):
        show(line(sentence, len(sentence)), err=True)
    show(f"grades: {out / 'grades.csv'}")
    if stopped:
        show("interrupted: run the same command again to resume", err=True)


def _exit_code(summary: dict[str, Any], under: Sequence[str], *, stopped: bool) -> int:
    if stopped:
        return ExitCode.INTERRUPTED
    if summary["status"]["failed"]:
        show(
            f"{summary['status']['failed']} without a grade, because they could not be read or graded: see grades.csv",
            err=True,
        )
        return ExitCode.OUR_FAULT
    if under:
        show(f"below --fail-under: {', '.join(under[:10])}{' ...' if len(under) > 10 else ''}", err=True)
    return ExitCode.SOMETHING_WRONG if under else ExitCode.ALL_RIGHT


_SECRET_BITS = 62
"""Enough that nobody finds the hidden cases by trying seeds."""


def settle(exercise: Exercise, run: ClassRun, store: Store) -> Order:
    """The order for this run. The hidden seed is the one given, then the folder's, then a new one."""
    before = _before(run, store)
    if before.get("exercise") not in (None, exercise.name):
        raise click.UsageError(
            f"{store.directory} holds grades for {before['exercise']}, not {exercise.name}: choose another --out"
        )
    hidden = before.get("hidden_seed") if run.hidden_seed is None else run.hidden_seed
    if hidden is None:
        if not store.empty:
            show(
                f"{store.settings_file} is gone: a new hidden seed was drawn, so that everything is graded again",
                err=True,
            )
        hidden = secrets.randbits(_SECRET_BITS)
    store.keep_settings({**before, "exercise": exercise.name, "hidden_seed": hidden})
    settings = run.asked.settings([exercise], feedback=Feedback.KIND, hidden_seed=hidden)
    return Order.of(exercise, settings, _names(run.asked.names))


def _before(run: ClassRun, store: Store) -> dict[str, Any]:
    """The settings of earlier batches in this folder; none if they are damaged, and the seed is given anew."""
    try:
        return store.settings()
    except DamagedSettings as error:
        if run.hidden_seed is None:
            raise Misuse(
                f"{error}. It has the seed of the hidden cases. Restore it from a backup, or give the seed with "
                "--hidden-seed; to draw a new seed and grade everything again, delete the file"
            ) from None
        show(f"{error}: it is written anew, with --hidden-seed {run.hidden_seed}", err=True)
        return {}


def _names(path: Path | None) -> str | None:
    """The text of another list of names, if one is given, checked before anything is graded.

    Raises:
        NamesError: it cannot be used.
    """
    if path is None:
        return None
    read_names(path)
    return path.read_text(encoding="ascii")
