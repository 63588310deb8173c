"""The command-line options, each declared once, and their values with types."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import click

from grader.exercise.settings import LECTURE_SEED, Criterion, Feedback, Settings, Visibility
from grader.sandbox.limits import CALL_SECONDS, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from enum import Enum
    from pathlib import Path

    from grader.exercise.exercise import Exercise

    Command = Callable[..., Any]
    Decorator = Callable[[Command], Command]


class PathType(click.Path):
    """A pathlib Path. pathlib is imported only when a path is given: it takes as long as the rest of this module."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, checked as the option asks."""
        from pathlib import Path

        return Path(os.fsdecode(super().convert(value, param, ctx)))


FILE = PathType(exists=True, dir_okay=False)
FOLDER = PathType(exists=True, file_okay=False)


class OneOf(click.Choice):  # type: ignore[type-arg] # generic from click 8.2 on
    """A choice among the members of an enum: the user types a name, the command gets the member."""

    def __init__(self, members: Iterable[Enum]) -> None:
        self._by_name = {str(member): member for member in members}
        super().__init__([*self._by_name])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The member with that name."""
        return self._by_name[super().convert(value, param, ctx)]


def together(*options: Decorator) -> Decorator:
    """Combine several options into one decorator; the help lists them in this order."""

    def decorate(command: Command) -> Command:
        return functools.reduce(lambda decorated, option: option(decorated), reversed(options), command)

    return decorate


def _set_color(ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if value == "auto":
        ctx.color = False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None
    else:
        ctx.color = value == "always"
    return value


color = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, callback=_set_color,
    expose_value=False, help="Use color; auto: on a terminal, unless NO_COLOR is set.",
)  # fmt: skip


def exercise(text: str, *, required: bool = False, multiple: bool = False) -> Decorator:
    """`--exercise NAME`."""
    return click.option("--exercise", metavar="NAME", required=required, multiple=multiple, help=text)


def exercises(text: str = "Take exercises from this folder.") -> Decorator:
    """`--exercises DIR`, as a path."""
    return click.option("--exercises", type=FOLDER, metavar="DIR", help=text)


def criterion() -> Decorator:
    """`--criterion`: None leaves the choice to the course."""
    return click.option(
        "--criterion",
        type=OneOf(Criterion),
        help="Verdict that earns points (default: the course's setting, or correct).",
    )


def feedback(text: str, among: Iterable[Feedback] = Feedback, default: Feedback | None = None) -> Decorator:
    """`--feedback`: None leaves the choice to the course."""
    return _choice("--feedback", OneOf(among), default, text)


def visibility(text: str) -> Decorator:
    """`--visibility`: None leaves the choice to the course."""
    return click.option("--visibility", type=OneOf(Visibility), help=text)


def _choice(name: str, kind: OneOf, default: Enum | None, text: str) -> Decorator:
    """A choice; its default, if any, is shown in the help."""
    said = None if default is None else str(default)
    return click.option(name, type=kind, default=said, show_default=said is not None, help=text)


def roster(text: str) -> Decorator:
    """`--roster FILE` with the options that say how it is read, passed to the command one by one."""
    return together(
        click.option("--roster", type=FILE, metavar="FILE", help=text),
        click.option("--id-column", metavar="HEADING", help="The roster's column of ids, if it is not recognized."),
        click.option("--name-column", metavar="HEADING", help="The roster's column of names, if it is not recognized."),
        click.option(
            "--match", type=FILE, metavar="FILE",
            help="Assign submissions to people by hand: a table with two columns, submission and person.",
        ),
    )  # fmt: skip


LEVELS = tuple(reversed(Level))


def isolation(
    default: Level | None = Level.NONE,
    text: str = "Refuse to grade below this isolation level.",
    among: Sequence[Level] = LEVELS,
) -> Decorator:
    """`--isolation`; the help lists the strictest level first."""
    return _choice("--isolation", OneOf(among), default, text)


def timeout(
    default: float = CALL_SECONDS, most: float = 3600, text: str = "Time limit for each function call."
) -> Decorator:
    """`--timeout SECONDS`."""
    return click.option(
        "--timeout", type=click.FloatRange(0.1, most), default=default, metavar="SECONDS", show_default=True,
        help=text,
    )  # fmt: skip


def jobs() -> Decorator:
    """`-j N`."""
    return click.option(
        "-j", "--jobs", type=click.IntRange(1, 1024), metavar="N", help="Worker processes (default: one per core)."
    )


def mutants() -> Decorator:
    """`--mutants N`, and the `--seed` that they are drawn with."""
    return together(
        click.option("--mutants", type=click.IntRange(0), default=50, show_default=True, metavar="N",
                     help="Number of mutants (automatic mistakes) drawn from each solution."),
        click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Seed for drawing mutants."),
    )  # fmt: skip


def report(text: str = "Write the JSON report here.") -> Decorator:
    """`--report FILE`."""
    return click.option("--report", default="report.json", metavar="FILE", show_default=True, help=text)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line sets for a run; None for what it leaves open."""

    seed: int | None = None
    batch_size: int | None = None
    names: Path | None = None
    """A list of names to use instead of the built-in one."""
    criterion: Criterion | None = None
    feedback: Feedback | None = None
    isolation: Level = Level.NONE
    timeout: float = CALL_SECONDS

    def settings(
        self, exercises: Sequence[Exercise], *, feedback: Feedback = Feedback.FULL, hidden_seed: int | None = None
    ) -> Settings:
        """The settings of a run: from the command line, then the exercises' courses, then the defaults.

        Raises:
            BrokenExercise: a course gives points to a gradient that does not exist.
        """
        from grader.exercise.course import policy

        courses = policy(exercise.course for exercise in exercises)
        return Settings(
            seed=LECTURE_SEED if self.seed is None else self.seed,
            batch_size=self.batch_size,
            hidden_seed=hidden_seed,
            criterion=self.criterion or courses.criterion or Criterion.CORRECT,
            feedback=self.feedback or courses.feedback or feedback,
            isolation=self.isolation,
            timeout=self.timeout,
            imports=tuple(name for exercise in exercises for name in exercise.rules.imports),
        )


def run_options(*options: Decorator) -> Decorator:
    """The options of a run, passed to the command as one value, `asked`; `options` are those that differ by command."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_asked(*args: Any, **given: Any) -> Any:
            asked = RunOptions(**{each.name: given.pop(each.name) for each in fields(RunOptions)})
            return command(*args, asked=asked, **given)

        return together(
            click.option(
                "--seed", type=int, metavar="N", help="Seed for the given minibatch (default: the lecture's seed)."
            ),
            click.option(
                "--batch-size",
                type=click.IntRange(2, 4096),
                metavar="N",
                help="Size of the given minibatch (default: the lecture's 32).",
            ),
            click.option(
                "--names", type=FILE, metavar="FILE", help="Use this list of names instead of the built-in one."
            ),
            criterion(),
            *options,
            timeout(),
        )(with_asked)

    return decorate
