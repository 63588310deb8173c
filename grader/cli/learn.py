"""The commands of a learner's loop: watch, hint, reset, solution, import. Imported when one of them is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.common import ALL_RIGHT, SOMETHING_WRONG, color_option
from grader.cli.main import complete_target
from grader.cli.targets import Misuse, Target, resolve
from grader.exercise.shelf import Shelf, by_functions
from grader.grading.submission import UnreadableSubmission, read_submission
from grader.learner.state import NAME, Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.exercise.exercise import Exercise
    from grader.grading.run import Options
    from grader.grading.submission import Submission
    from grader.learner.watch.work import WatchedWork
    from grader.sandbox.types import Reading

exercises_option = click.option(
    "--exercises", type=click.Path(exists=True, file_okay=False), metavar="DIR", help="Take exercises from this folder."
)
exercise_option = click.option("--exercise", metavar="NAME", help="The exercise, if the words do not tell.")
isolation_option = click.option(
    "--isolation",
    type=click.Choice(["locked", "partial", "process", "none"]),
    default="none",
    show_default=True,
    help="The lowest isolation accepted.",
)
target_argument = click.argument("target", required=False, metavar="TARGET", shell_complete=complete_target)


def shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every command about one gradient understands."""
    for option in (color_option, exercise_option, exercises_option):
        command = option(command)
    return command


def state_file(target: Path) -> Path:
    """Beside the folder exercises/, where `grade` is called; elsewhere beside the work itself."""
    if Path("exercises").is_dir():
        return Path(NAME)
    return (target if target.is_dir() else target.parent) / NAME


def the_one(word: str | None, exercises: str | None, exercise: str | None) -> tuple[Target, Exercise, str, Progress]:
    """The gradient that a command is about: the one named, else the one worked on last."""
    shelf = Shelf(Path(exercises) if exercises else None, forced=exercise)
    if word is None:
        last = [*Progress.read(state_file(Path())).at.items()]
        if not last:
            raise Misuse("which gradient? Name it, as in mlp::dcounts; `grade watch` remembers where you are")
        word = "::".join(last[-1])
    target = resolve([word], shelf)[0]
    if target.exercise is None or len(target.only) != 1:
        raise Misuse(f"{word} is not one gradient; name one, as in mlp::dcounts")
    return target, target.exercise, target.only[0], Progress.read(state_file(target.path))


def read_work(path: Path) -> Submission:
    """The learner's bytes."""
    try:
        return read_submission(path)
    except UnreadableSubmission as error:
        raise Misuse(str(error)) from None


def graded_now(target: Target, exercise: Exercise, gradient: str) -> dict[str, Any]:
    """One gradient's row, graded at this moment: what was right yesterday may not be today."""
    from grader.grading.run import Options, Run

    run = Run(Options())
    try:
        job = run.add(exercise, read_work(target.path), (gradient,))
        return job.row(gradient)
    finally:
        run.close()


def say_code(text: str) -> None:
    """Code, set off."""
    for line in text.split("\n"):
        click.echo(f"    {line}".rstrip())


@click.command()
@target_argument
@click.option("--spoil", is_flag=True, help="Show every hint and the worked line, right or not.")
@shared_options
def hint(target: str | None, exercises: str | None, exercise: str | None, *, spoil: bool) -> int:
    """Open one more hint: `grade hint mlp::dcounts`."""
    from grader.learner.hints import hints, worked

    place, chosen, gradient, state = the_one(target, exercises, exercise)
    ladder = hints(chosen, gradient)
    before = state.hints.get((chosen.name, gradient), 0)
    count = len(ladder) if spoil else state.open_hint(chosen.name, gradient, len(ladder))
    state.go(chosen.name, gradient)
    state.write()
    for number, text in enumerate(ladder[:count], 1):
        click.echo(f"hint {number} of {len(ladder)}: {text}")
    if spoil:
        say_code(worked(chosen, gradient))
    elif before >= len(ladder):
        return _beyond_hints(place, chosen, gradient)
    return ALL_RIGHT


def _beyond_hints(place: Target, exercise: Exercise, gradient: str) -> int:
    from grader.learner.hints import worked
    from grader.report.row_facts import solved

    if solved(graded_now(place, exercise, gradient)):
        click.echo(f"{gradient} is right. The worked line:")
        say_code(worked(exercise, gradient))
        return ALL_RIGHT
    click.echo(f"there are no more hints: the worked line is shown once {gradient} is right, or with --spoil")
    return SOMETHING_WRONG


@click.command()
@target_argument
@click.option("--spoil", is_flag=True, help="Show it before the gradient is right.")
@shared_options
def solution(target: str | None, exercises: str | None, exercise: str | None, *, spoil: bool) -> int:
    """After passing: the worked line, and other ways that are right."""
    from grader.learner.hints import other_ways, worked
    from grader.report.row_facts import headline, solved

    place, chosen, gradient, _ = the_one(target, exercises, exercise)
    if not spoil:
        row = graded_now(place, chosen, gradient)
        if not solved(row):
            click.echo(
                f"{gradient} is not right yet ({headline(row)}); `grade hint` helps, --spoil shows it all the same"
            )
            return SOMETHING_WRONG
    click.echo(click.style("worked solution", bold=True))
    say_code(worked(chosen, gradient))
    for note, code in other_ways(chosen, gradient):
        click.echo(f"\n{click.style('also right', bold=True)}: {note}")
        say_code(code)
    return ALL_RIGHT


@click.command()
@target_argument
@shared_options
def reset(target: str | None, exercises: str | None, exercise: str | None) -> int:
    """Put one stub back as it was handed out, and leave the rest of the file as it is."""
    from grader.exercise.stubs import pristine_stub

    if target is None:
        raise Misuse("which gradient? Name it, as in mlp::dcounts")
    place, chosen, gradient, state = the_one(target, exercises, exercise)
    file, taken = reset_gradient(place.path, chosen, gradient)
    state.forget(chosen.name, gradient)
    state.write()
    if taken.strip() == pristine_stub(chosen, gradient).strip():
        click.echo(f"{gradient} is a stub already in {file}")
        return ALL_RIGHT
    click.echo(f"{gradient} is a stub again in {file}" + ("; taken out:" if taken else ""))
    if taken:
        say_code(taken)
    return ALL_RIGHT


def reset_gradient(path: Path, exercise: Exercise, gradient: str, reading: Reading | None = None) -> tuple[Path, str]:
    """Put a stub back: the file changed, and the text that was taken out.

    Raises:
        Misuse: it cannot be done, with the reason.
    """
    from grader.exercise.stubs import NoReset, function_name, pristine_stub, put_back
    from grader.report.files import replace_file

    submission = read_work(path)
    file = path / next(iter(submission.files)) if path.is_dir() else path
    if file.name == "forward.py":
        raise Misuse(f"{path} has no backward.py: `grade init .` above exercises/ writes what is missing")
    if file.suffix != ".py" or len(submission.files) != 1:
        raise Misuse(f"{path} is not one Python file: a stub can be put back into a backward.py only")
    content = next(iter(submission.files.values()))
    try:
        function = _span_of(submission, exercise, function_name(exercise, gradient), reading)
        new, taken = put_back(content, function, pristine_stub(exercise, gradient))
        replace_file(file, new)
    except NoReset as error:
        raise Misuse(str(error)) from None
    except OSError as error:
        raise Misuse(f"{file} cannot be written: {(error.strerror or str(error)).lower()}") from None
    return file, taken.decode("utf-8", "replace").replace("\r\n", "\n")


def _span_of(submission: Submission, exercise: Exercise, name: str, reading: Reading | None) -> Any:
    """Where the function is, as the locked child reads it; by its `def` where the file is not Python just now."""
    from grader.exercise.stubs import NoReset, find_by_text
    from grader.sandbox.types import Function

    reading = reading or _read_in_child(submission, exercise)
    if reading.problem is None:
        return reading.functions.get(name)
    span = find_by_text(next(iter(submission.files.values())), name)
    if span is None:
        raise NoReset(f"{reading.problem}; mend that first, {name} cannot be told from the rest of the file")
    return Function(name, reading.file, span[0], span[1], ())


def _read_in_child(submission: Submission, exercise: Exercise | None, options: Options | None = None) -> Reading:
    from grader.grading.run import Options, start_sandbox
    from grader.sandbox.numerics import pin_environment, pin_torch
    from grader.sandbox.types import RulesConfig

    pin_environment()
    with start_sandbox(options or Options()) as sandbox:
        pin_torch()
        rules = exercise.rules if exercise else RulesConfig()
        with sandbox.open(submission.files, rules) as session:
            return session.reading


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=complete_target)
@click.option("--poll", is_flag=True, help="Look for changes every so often: for WSL, containers and network folders.")
@click.option("--report", default="report.json", metavar="FILE", show_default=True, help="Where the JSON report goes.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 3600), default=3.0, metavar="SECONDS", show_default=True,
    help="Limit of one call of a function.",
)  # fmt: skip
@click.option("--plain", is_flag=True, help="Lines instead of a screen, as when the output is no terminal.")
@isolation_option
@shared_options
def watch(targets: tuple[str, ...], exercises: str | None, exercise: str | None, **chosen: Any) -> int:
    """Grade again whenever a file is saved, and show one gradient in full."""
    import os
    import sys

    from grader.cli.grade import page_of
    from grader.grading.run import Options, start_sandbox
    from grader.learner.progress import progress
    from grader.learner.watch.loop import Loop
    from grader.learner.watch.work import Desk, Grader, WatchedWork

    shelf = Shelf(Path(exercises) if exercises else None, forced=exercise)
    found = resolve(targets, shelf)
    works = [WatchedWork(target.exercise, target.path) for target in found if target.exercise is not None]
    if len(works) < len(found):
        raise Misuse("which exercise is it for? Say it with --exercise NAME")
    done = progress(Path(chosen["report"]))
    for work in works:
        right, of = done.get(work.exercise.name, (0, 0))
        work.before = right if of == len(work.exercise.graded) else None
    options = Options(isolation=chosen["isolation"], timeout=chosen["timeout"])
    interactive = sys.stdout.isatty() and sys.stdin.isatty() and not chosen["plain"]
    with start_sandbox(options) as sandbox:
        if interactive:
            click.echo("loading torch ...")
        desk = Desk(works, Progress.read(state_file(found[0].path)))
        desk.start_at([target.only for target in found])
        grader = Grader(options, sandbox)
        grader.warm()
        page = page_of(to_stderr=False, verbose=False, joy=not os.environ.get("CI"))
        loop = Loop(desk, grader, page, report=chosen["report"], reset=_reset_sentence)
        loop.run(interactive=interactive, poll=chosen["poll"])
    return ALL_RIGHT


def _reset_sentence(work: WatchedWork, gradient: str) -> str:
    """What became of putting a stub back, or why it stays as it is."""
    verdict = work.verdict
    try:
        if verdict is None or verdict.sha256 != read_work(work.path).sha256:
            return "the file has just changed; once it is graded, x can put a stub back"
        file, taken = reset_gradient(work.path, work.exercise, gradient, verdict.reading)
    except Misuse as error:
        return error.format_message()
    return f"{gradient} is a stub again in {file}" + (f"; taken out:\n{taken}" if taken else "")


@click.command("import")
@click.argument("notebook", type=click.Path(exists=True), metavar="NOTEBOOK")
@click.option("-o", "--output", type=click.Path(), default="backward.py", show_default=True, metavar="FILE")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@isolation_option
@shared_options
def import_notebook(
    notebook: str, output: str, exercises: str | None, exercise: str | None, isolation: str, *, force: bool
) -> int:
    """Make a backward.py of a notebook's flat cells, by reading them: nothing is run."""
    from grader.grading.run import Options
    from grader.learner.notebook_import import import_reading
    from grader.report.files import replace_file

    if Path(output).exists() and not force:
        raise Misuse(f"{output} is there already; name another file with -o, or write over it with --force")
    shelf = Shelf(Path(exercises) if exercises else None, forced=exercise)
    reading = _read_in_child(read_work(Path(notebook)), None, Options(isolation=isolation))
    if reading.problem is not None:
        raise Misuse(reading.problem)
    chosen = shelf.load(exercise) if exercise else by_functions(Path(notebook), reading.functions, shelf, shelf.load)
    if not reading.source:
        raise Misuse(f"{notebook} holds functions already: grade it as it is, `grade {notebook}`")
    made = import_reading(reading, chosen)
    try:
        replace_file(Path(output), made.text.encode())
    except OSError as error:
        raise Misuse(f"{output} cannot be written: {(error.strerror or str(error)).lower()}") from None
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    if made.other:
        click.echo(f"note: no gradients of {chosen.name}: {', '.join(made.other)}", err=True)
    if made.missing:
        click.echo(f"not found, left as stubs: {', '.join(made.missing)}")
    click.echo(f"{output}: {len(made.found)} of {len(made.found) + len(made.missing)} gradients of {chosen.name}")
    click.echo(f"next: `grade {output} --exercise {chosen.name}`")
    return ALL_RIGHT


globals()["import"] = import_notebook  # the command's name is a keyword
