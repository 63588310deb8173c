"""`grade batch`: a class of submissions in, a folder of grades out."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from grader.edge import color_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.batch.order import Order
    from grader.cluster import ClusterWorkers

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
    from grader.batch.command import grade_class, on_this_machine

    scheduler, jobs = options.pop("scheduler"), options.pop("jobs")
    start = partial(_on_cluster, scheduler) if scheduler else partial(on_this_machine, jobs=jobs)
    return grade_class(submissions, start, terminal=sys.stderr.isatty(), **options)


def _on_cluster(address: str, order: Order) -> ClusterWorkers:
    try:
        from grader.cluster import ClusterWorkers, NoCluster
    except ImportError as error:
        raise click.UsageError(str(error)) from None
    try:
        return ClusterWorkers(order, address)
    except NoCluster as error:
        raise click.UsageError(str(error)) from None
