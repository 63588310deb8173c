"""The `grade` command. Heavy modules are imported only once the command is known."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.cli import options
from grader.cli.edge import give_up, leave, open_streams, show, tell_error, tell_misuse
from grader.report.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LATER = {
    "audit": ("grader.cli.audit", "audit", "List the wrong gradients that your own tests accept."),
    "batch": ("grader.cli.batch", "batch", "Grade a class of submissions."),
    "course": ("grader.cli.course_grades", "course", "Combine several exercises in one table."),
    "doctor": ("grader.cli.doctor", "doctor", "Check this machine's isolation, numerics and packages."),
    "gradescope-zip": ("grader.cli.gradescope_zip", "gradescope_zip", "Build the autograder archive for Gradescope."),
    "hint": ("grader.cli.learn", "hint", "Show one more hint: `grade hint mlp::dcounts`."),
    "import": ("grader.cli.import_notebook", "import_notebook", "Convert a notebook's flat cells to a backward.py."),
    "init": ("grader.cli.exercises", "init", "Create a workspace with the exercises to fill in."),
    "list": ("grader.cli.exercises", "list_exercises", "List the exercises and your progress."),
    "new": ("grader.cli.new", "new", "Create an exercise from a forward pass."),
    "report": ("grader.cli.report", "report", "Convert a report to HTML or another system's format."),
    "reset": ("grader.cli.learn", "reset", "Restore one original stub."),
    "show": ("grader.cli.exercises", "show", "Show a gradient's forward lines, shape and stub."),
    "similarity": ("grader.cli.similarity", "similarity", "Find submissions that share rare traits."),
    "solution": ("grader.cli.learn", "solution", "Show the worked solution of a gradient you have solved."),
    "verify": ("grader.cli.verify", "verify", "Test the exercises themselves."),
    "watch": ("grader.cli.watch", "watch", "Regrade whenever a file is saved."),
}
"""Command -> module, name in it, help text. A module is imported when its command is called; `--help` needs only the
help text.
"""


def with_help(command: click.Command | None) -> click.Command | None:
    """The command with its help, which is its docstring: under `python -OO` only the source has it."""
    if command is not None and command.help is None and command.callback is not None:
        import ast
        import inspect

        source = inspect.getsource(inspect.unwrap(command.callback))
        function = ast.parse(source).body[0]
        command.help = ast.get_docstring(function) if isinstance(function, ast.FunctionDef) else None
    return command


class Commands(click.Group):
    """The group of commands; any other first word is a target of `grade run`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in LATER and cmd_name not in self.commands:
            module, name, _ = LATER[cmd_name]
            self.add_command(getattr(import_module(module), name), cmd_name)
        return with_help(super().get_command(ctx, cmd_name))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        nothing_yet = ctx.resilient_parsing and not args  # completing the first word: it may become a command
        if not nothing_yet and not {*args[:1]} & {*self.commands, *LATER, "--help", "-h", "--version"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with_help(self)
        super().format_help_text(ctx, formatter)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[OPTIONS] [TARGET]...")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of the default command: the ones people look for."""
        run.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 click's
        """List the commands as click does, without importing them."""
        shown = {name: command.get_short_help_str(70) for name, command in self.commands.items() if not command.hidden}
        shown |= {name: sentence for name, (*_, sentence) in LATER.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(shown.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete commands, targets and the default command's options."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return [*found, *run.shell_complete(ctx, incomplete)]
        return [*found, *_complete_target(ctx, None, incomplete)]

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override] # click's two overloads in one
        """Run a command; every error becomes a message and an exit code here."""
        if extra.pop("standalone_mode", True) is False:
            return super().main(args, prog_name, standalone_mode=False, **extra)
        if args is None:
            open_streams()
        code = self._exit_code(args, prog_name or "grade", extra)
        return sys.exit(code) if args is not None else leave(code)

    def _exit_code(self, args: Sequence[str] | None, prog_name: str, extra: dict[str, Any]) -> int:
        try:
            code = super().main(args, prog_name, standalone_mode=False, **extra)
        except click.UsageError as error:
            return tell_misuse(error)
        except (click.Abort, KeyboardInterrupt):
            show("interrupted", err=True)
            return ExitCode.INTERRUPTED
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except BrokenPipeError:
            # Whatever read our output has exited (`grade | head`): print nothing more.
            give_up("stdout")
            give_up("stderr")
            return ExitCode.SOMETHING_WRONG
        except Exception as error:  # noqa: BLE001 the outermost handler: bugs are reported too
            return tell_error(error)
        return code if isinstance(code, int) else ExitCode.ALL_RIGHT


def _complete_target(ctx: click.Context, param: click.Parameter | None, incomplete: str) -> list[Any]:
    from grader.cli.targets import complete_target

    return complete_target(ctx, param, incomplete)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grade")
def main() -> None:
    """Grade hand-derived gradients.

    TARGET is an exercise (mlp), one of its gradients (mlp::dprobs), or the path to a submission
    (a folder, .py, .ipynb, .zip, .tar.gz or .md). By default, every exercise in exercises/ is graded.
    """


@main.command(hidden=True)
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=_complete_target)
@click.version_option(__version__, prog_name="grade")
@options.together(
    options.report("Write the JSON report here; - for stdout."),
    click.option(
        "--to", metavar="FORMAT",
        help="Also write the result in another format: html, github, gradescope, ... (see `grade report --help`).",
    ),
    options.exercise("Exercise that a path is graded on (default: inferred)."),
    options.exercises(),
    options.run_options(
        options.feedback("How much detail to show (default: the course's setting, or full)."), options.isolation()
    ),
    click.option("--ci", is_flag=True, help="Trust only the installed exercises; show no progress."),
    click.option("-q", "--quiet", is_flag=True, help="Print only the totals."),
    click.option("-v", "--verbose", is_flag=True, help="Also print the chained table."),
    options.color,
)  # fmt: skip
def run(
    targets: tuple[str, ...],
    asked: options.RunOptions,
    exercise: str | None,
    exercises: Path | None,
    *,
    ci: bool,
    **shown: Any,
) -> int:
    """Grade: what `grade` does when no command is given."""
    from grader.sandbox.grader_process import GraderProcess

    with GraderProcess.launch() as process:  # first: it imports torch while this process does the rest
        from grader.cli.grade import Telling, grade
        from grader.exercise.shelf import Shelf

        return grade(targets, asked, Shelf(exercises, ci, exercise), Telling(ci=ci, **shown), process)
