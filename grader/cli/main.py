"""The command `grade`. Nothing heavy is imported before it is known what was asked for."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.cli.common import ALL_RIGHT, INTERRUPTED, OUR_FAULT, SOMETHING_WRONG, USAGE, color_option

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LATER = {
    "batch": ("grader.cli.batch", "Grade a class of submissions."),
    "gradescope-zip": ("grader.cli.report", "Build the autograder archive for Gradescope."),
    "hint": ("grader.cli.learn", "Open one more hint: `grade hint mlp::dcounts`."),
    "import": ("grader.cli.learn", "Make a backward.py of a notebook's flat cells."),
    "new": ("grader.cli.new", "Make an exercise of a forward pass."),
    "report": ("grader.cli.report", "Turn a report into a page or another system's format."),
    "reset": ("grader.cli.learn", "Put one stub back as it was handed out."),
    "similarity": ("grader.cli.report", "Show which submissions share what is rare."),
    "solution": ("grader.cli.learn", "After passing: the worked line, and other right ways."),
    "verify": ("grader.cli.verify", "Test the exercises themselves."),
    "watch": ("grader.cli.learn", "Grade again whenever a file is saved."),
}
"""Commands in a module of their own, which is imported when they are asked for; `--help` needs their sentence only."""


class Commands(click.Group):
    """The group of commands; whatever is no command is a target of `grade run`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in LATER and cmd_name not in self.commands:
            self.add_command(getattr(import_module(LATER[cmd_name][0]), cmd_name))
        return super().get_command(ctx, cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        nothing_yet = ctx.resilient_parsing and not args  # the first word is being completed: it may become a command
        if not nothing_yet and not {*args[:1]} & {*self.commands, *LATER, "--help", "-h", "--version"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[OPTIONS] [TARGET]...\nCOMMAND [ARGS]...")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of the default command are those people look for."""
        run.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 click's
        """As click does, without importing what is only named."""
        shown = {name: command.get_short_help_str(70) for name, command in self.commands.items() if not command.hidden}
        shown |= {name: sentence for name, (_, sentence) in LATER.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(shown.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Commands, targets, and the default command's options."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return [*found, *run.shell_complete(ctx, incomplete)]
        return [*found, *complete_target(ctx, None, incomplete)]

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override] # click's two overloads in one
        """The edge: every way to end becomes a sentence and an exit code here."""
        if extra.pop("standalone_mode", True) is False:
            return super().main(args, prog_name, standalone_mode=False, **extra)
        code = self._exit_code(args, prog_name or "grade", extra)
        return sys.exit(code) if args is not None else leave(code)

    def _exit_code(self, args: Sequence[str] | None, prog_name: str, extra: dict[str, Any]) -> int:
        try:
            code = super().main(args, prog_name, standalone_mode=False, **extra)
        except click.UsageError as error:
            tell_misuse(error)
            return USAGE
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            return INTERRUPTED
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except BrokenPipeError:
            # The reader of our output has gone (`grade | head`): nothing is left to say to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return SOMETHING_WRONG
        except Exception as error:  # noqa: BLE001 the edge: a bug is ours too
            return tell_error(error)
        return code if isinstance(code, int) else ALL_RIGHT


def tell_misuse(error: click.UsageError) -> None:
    """The sentence; the way to the help as well, where the options were the trouble."""
    from grader.cli.targets import Misuse

    click.echo(f"Error: {error.format_message()}", err=True)
    if not isinstance(error, Misuse):
        path = error.ctx.command_path.removesuffix(" run") if error.ctx else "grade"
        click.echo(f"Try '{path} --help' for help.", err=True)


def tell_error(error: Exception) -> int:
    """The sentence of an error that has one; for a bug, its traceback. What was named wrongly is a usage error."""
    from grader.exercise.forward import BrokenExercise
    from grader.exercise.shelf import UnknownExercise
    from grader.grading.submission import UnreadableSubmission
    from grader.names import NamesError
    from grader.report.files import UnwritableReport
    from grader.sandbox.types import SandboxError

    sentence = (BrokenExercise, NamesError, SandboxError)
    named_wrongly = (UnknownExercise, UnreadableSubmission, UnwritableReport)
    if isinstance(error, (*sentence, *named_wrongly)):
        click.echo(f"Error: {error}", err=True)
        return USAGE if isinstance(error, named_wrongly) else OUR_FAULT
    import traceback

    traceback.print_exception(error)
    click.echo("Error: this is a fault of the grader, not of the submission. No grade was written.", err=True)
    return OUR_FAULT


def leave(code: int) -> None:
    """Exit at once: taking torch's objects apart takes longer than grading did, and nothing of ours is left to tidy."""
    if "torch" not in sys.modules:
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def complete_target(ctx: click.Context, _param: click.Parameter | None, incomplete: str) -> list[Any]:
    """Exercises, and after `mlp::` its gradients. For bash, `mlp`, `::` and `dprobs` are words of their own."""
    from click.shell_completion import CompletionItem

    from grader.exercise.shelf import Shelf

    shelf, before = Shelf(), [str(word) for word in ctx.params.get("targets") or ()]
    typed = "".join(before[-2:] if before[-1:] == ["::"] else before[-1:] if incomplete == "::" else []) + incomplete
    name, separator, _ = typed.partition("::")
    gradients = shelf.load(name).gradients if separator and name in shelf.names() else ()
    words = [f"{name}::{gradient}" for gradient in gradients] if separator else shelf.names()
    given = len(typed) - len(incomplete)
    return [CompletionItem(word[given:]) for word in words if word.startswith(typed)]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grade")
def main() -> None:
    """Grade hand-derived gradients.

    TARGET is an exercise (mlp), one of its gradients (mlp::dprobs), or the path of somebody's work
    (a folder, a .py, a .zip or an .ipynb). Without one, every exercise in exercises/ is graded.
    """


def grading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every command that grades understands."""
    options = (
        click.option(
            "--report",
            default="report.json",
            metavar="FILE",
            show_default=True,
            help="Where the JSON report goes; - for stdout.",
        ),
        click.option(
            "--to",
            metavar="FORMAT",
            help="Tell the result in another form as well: html, github, gradescope, ... (see `grade report --help`).",
        ),
        click.option(
            "--exercise", metavar="NAME", help="The exercise that a PATH is graded on, if its name does not tell."
        ),
        click.option(
            "--exercises",
            type=click.Path(exists=True, file_okay=False),
            metavar="DIR",
            help="Take exercises from this folder.",
        ),
        click.option("--seed", type=int, metavar="N", help="Seed of the given minibatch (default: the lecture's)."),
        click.option(
            "--batch-size", type=click.IntRange(2, 4096), metavar="N", help="Its size (default: the lecture's 32)."
        ),
        click.option(
            "--names",
            type=click.Path(exists=True, dir_okay=False),
            metavar="FILE",
            help="Learn from another list of names.",
        ),
        click.option(
            "--criterion",
            type=click.Choice(["correct", "exact", "approximate"]),
            help="What earns points (default: the course's word, else correct).",
        ),
        click.option(
            "--feedback",
            type=click.Choice(["full", "kind", "verdict", "none"]),
            help="How much is told (default: the course's word, else full).",
        ),
        click.option(
            "--isolation",
            type=click.Choice(["locked", "partial", "process", "none"]),
            default="none",
            show_default=True,
            help="The lowest isolation accepted.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(0.1, 3600),
            default=10.0,
            metavar="SECONDS",
            show_default=True,
            help="Limit of one call of a function.",
        ),
        click.option("--ci", is_flag=True, help="Trust only the installed exercises, and print without progress."),
        click.option("-q", "--quiet", is_flag=True, help="Print the total only."),
        click.option("-v", "--verbose", is_flag=True, help="Print the chained table as well."),
        color_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@main.command(hidden=True)
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=complete_target)
@grading_options
def run(targets: tuple[str, ...], **options: Any) -> int:
    """Grade. This is what `grade` does when no command is named."""
    from grader.cli.grade import grade

    return grade(targets, **options)


@main.command("list")
@click.option(
    "--exercises", type=click.Path(exists=True, file_okay=False), metavar="DIR", help="Take exercises from this folder."
)
@color_option
def list_(exercises: str | None) -> None:
    """List the exercises, with your progress."""
    from pathlib import Path

    from grader.exercise.shelf import Shelf, curriculum
    from grader.learner.progress import listing, progress

    shelf = Shelf(Path(exercises) if exercises else None)
    found = sorted((shelf.load(name) for name in shelf.names()), key=curriculum)
    for line in listing(found, progress(Path("report.json"))):
        click.echo(line)


@main.command()
@click.argument("target", shell_complete=complete_target)
@click.option(
    "--exercises", type=click.Path(exists=True, file_okay=False), metavar="DIR", help="Take exercises from this folder."
)
@color_option
def show(target: str, exercises: str | None) -> None:
    """Show the forward lines a gradient comes from, its shape and its stub: `grade show mlp::dprobs`."""
    from pathlib import Path

    from grader.exercise.shelf import Shelf, the_gradient
    from grader.learner.progress import about_exercise, about_gradient

    name, separator, gradient = target.partition("::")
    exercise = Shelf(Path(exercises) if exercises else None).load(name)
    lines = about_gradient(exercise, the_gradient(gradient, exercise)) if separator else about_exercise(exercise)
    for line in lines:
        click.echo(line)


@main.command()
@click.argument("directory", type=click.Path(), metavar="DIR")
@color_option
def init(directory: str) -> None:
    """Make a workspace in DIR: the exercises to fill in. Nothing that is there is overwritten."""
    from pathlib import Path

    from grader.cli.targets import Misuse
    from grader.learner.workspace import NoWorkspace, init

    try:
        made = init(Path(directory))
    except NoWorkspace as error:
        raise Misuse(str(error)) from None
    for path in made.kept:
        click.echo(f"kept     {path}")
    click.echo(f"written  {len(made.written)} files in {directory}" if made.written else "nothing was missing")
    click.echo(f"next: cd {directory}, fill in exercises/mlp/backward.py, and run `grade`")


@main.command()
@click.option("--isolation", type=click.Choice(["process"]), help="Examine the portable back end.")
@color_option
def doctor(isolation: str | None) -> None:
    """Show the isolation, the numerics and the optional parts of this machine."""
    from grader.cli.doctor import examine
    from grader.grading.run import Options, start_sandbox

    with start_sandbox(Options(isolation=isolation or "none")) as sandbox:
        for line in examine(sandbox):
            click.echo(line)
