"""`grade watch`: regrades on save and shows one gradient in full."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli import options
from grader.cli.edge import Misuse, takes_escapes
from grader.cli.grade import page_of
from grader.cli.learn import state_file
from grader.cli.targets import complete_target, resolve
from grader.exercise.settings import Settings
from grader.exercise.shelf import Shelf
from grader.grading.run import serve
from grader.learner.last_scores import LastScores, scores_file
from grader.learner.state import LearnerState
from grader.learner.watch.loop import Loop
from grader.learner.watch.work import Desk, Regrader, WatchedWork
from grader.report.exit_code import ExitCode
from grader.sandbox.grader_process import GraderProcess
from grader.sandbox.limits import WATCH_CALL_SECONDS

if TYPE_CHECKING:
    from grader.sandbox.limits import Level


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=complete_target)
@options.together(
    click.option("--poll", is_flag=True,
                 help="Poll for changes: for WSL, containers and network folders."),
    options.report(),
    options.timeout(WATCH_CALL_SECONDS),
    click.option("--plain", is_flag=True, help="Print lines instead of a screen, as when not on a terminal."),
    options.isolation(),
    options.exercises(),
    options.exercise("The exercise, if it cannot be inferred."),
    options.color,
)  # fmt: skip
def watch(
    targets: tuple[str, ...], exercises: Path | None, exercise: str | None, report: str, timeout: float,
    isolation: Level, *, poll: bool, plain: bool,
) -> int:  # fmt: skip
    """Regrade whenever a file is saved, and show one gradient in full."""
    if report == "-":
        raise Misuse("--report - and the verdicts would both write to stdout; name a file for the report")
    found = resolve(targets, Shelf(exercises, forced=exercise))
    works = [WatchedWork(target.exercise, target.path) for target in found if target.exercise is not None]
    if len(works) < len(found):
        raise Misuse("which exercise is it for? Name it with --exercise")
    _take_last_scores(works, LastScores.read(scores_file(), Path(report)))
    imports = tuple(name for work in works for name in work.exercise.rules.imports)
    settings = Settings(isolation=isolation, timeout=timeout, imports=imports)
    interactive = takes_escapes(sys.stdout) and sys.stdin.isatty() and not plain
    with GraderProcess.launch() as process:
        if interactive:
            click.echo("loading torch ...")
        desk = Desk(works, LearnerState.read(state_file(found[0].path)))
        desk.start_at([target.only for target in found])
        grader = Regrader(settings, serve(process, settings))
        grader.warm()
        page = page_of(to_stderr=False, verbose=False, joy=not os.environ.get("CI"))
        Loop(desk, grader, page, report=report).run(interactive=interactive, poll=poll)
    return ExitCode.ALL_RIGHT


def _take_last_scores(works: list[WatchedWork], known: LastScores) -> None:
    """Set how far each exercise was: what is known of it, and how many were right in the last run over all of it."""
    for work in works:
        last = known.own.get(work.exercise.name)
        if last is None:
            continue
        whole = last.whole or last.right
        work.known = known.progress[work.exercise.name]
        work.before = sum(whole.values()) if len(whole) == len(work.exercise.graded) else None
