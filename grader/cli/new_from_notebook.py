"""`grade new NOTEBOOK.ipynb`: a notebook becomes an exercise, and its gradients the solution, which is checked."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.authoring.draft import draft
from grader.authoring.exercise_files import write_exercise
from grader.authoring.from_notebook import forward_of
from grader.cli.grade import page_of
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import Settings
from grader.exercise.shelf import WORKSPACE
from grader.grading.grading import start_grading
from grader.grading.service import start_sandbox
from grader.grading.submission import read_submission
from grader.learner.notebook_import import HEAD, import_reading
from grader.report.exit_code import ExitCode
from grader.report.row_facts import headline, right
from grader.report.text import opened
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.authoring.exercise_files import Draft
    from grader.authoring.from_notebook import WrittenForward
    from grader.learner.notebook_import import Imported
    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Reading

_HEAD = "# The gradients of {file}, each in a function of its own.\n\n"
_NOT_EXACT = "The notebook's gradients are correct, but do not have autograd's bits."


@dataclass(frozen=True, slots=True)
class NotebookExercise:
    """What an exercise is made of, and where."""

    notebook: Path
    name: str
    title: str
    exercises: Path
    graded: Sequence[str] = ()
    """Variables to grade; those with a gradient in the notebook if it is empty."""
    null: Sequence[str] = ()

    @property
    def solutions(self) -> Path:
        """The folder of the solutions."""
        return self.exercises.parent / "solutions"

    @property
    def solution(self) -> Path:
        """The file with the notebook's gradients."""
        return self.solutions / self.name / "backward.py"

    def make(self) -> int:
        """Write the exercise, and report which of the notebook's gradients hold.

        Raises:
            BrokenExercise: no exercise can be made of it.
        """
        written = forward_of(self.notebook)
        made = self._draft(written)
        with start_sandbox(Settings()) as sandbox:
            found = self._found(made, written, sandbox)
            if not self.graded:
                made = _narrowed(made, found, written)
            self._write(made, written)
            reading = _read(Exercise(self.exercises / self.name), written, sandbox)
            for note in written.notes:
                click.echo(f"note: {note}")
            self._note_what_is_left(made, found, reading)
            if not found:
                return self._say_next(f"write {self.solution}")
            return self._check(reading, sandbox)

    def _draft(self, written: WrittenForward) -> Draft:
        """Check the forward pass; if it cannot be used as it is, leave it for the author to correct."""
        with tempfile.TemporaryDirectory() as workplace:
            file = Path(workplace) / f"{self.name}.py"
            file.write_text(written.text, encoding="utf-8")
            try:
                return draft(file, self.name, Path(workplace), self.graded, self.null or None)
            except BrokenExercise as error:
                raise self._left_to_correct(str(error), file, written) from error

    def _left_to_correct(self, said: str, file: Path, written: WrittenForward) -> BrokenExercise:
        """The error with the forward pass as a file that can be corrected; an option is corrected where it is typed."""
        if said.startswith("--"):
            return BrokenExercise(said.replace(str(file), self.notebook.name))
        kept = Path(f"{self.name}_forward.py")
        said = "; ".join([said.replace(str(file), str(kept)), *written.suspects()])
        if kept.exists():
            return BrokenExercise(f"{said} (in the forward pass of {self.notebook.name})")
        kept.write_text(written.text, encoding="utf-8")
        more = f"correct it there, then `grade new {kept} --name {self.name}`"
        return BrokenExercise(f"{said}\n{kept} is the forward pass of {self.notebook.name}: {more}")

    def _found(self, made: Draft, written: WrittenForward, sandbox: Sandbox) -> tuple[str, ...]:
        """The variables whose gradients are in the notebook."""
        with tempfile.TemporaryDirectory() as folder:
            write_exercise(made, Path(folder) / "exercises", Path(folder) / "solutions", self.title)
            exercise = Exercise(_with_settings(Path(folder) / "exercises" / made.name, written))
            functions = _read(exercise, written, sandbox).functions
        begun = {name for name, function in functions.items() if function.begun}
        return tuple(each for each in made.graded if f"d{each}" in begun and each not in written.cotangents)

    def _write(self, made: Draft, written: WrittenForward) -> None:
        for path in write_exercise(made, self.exercises, self.solutions, self.title):
            click.echo(f"written  {path}")
        _with_settings(self.exercises / made.name, written)
        click.echo(f"\n{len(made.graded)} gradients: {', '.join(f'd{variable}' for variable in made.graded)}")
        if made.null:
            click.echo(f"note: zero in every case, and listed as `null`: {', '.join(made.null)}")

    def _note_what_is_left(self, made: Draft, found: Sequence[str], reading: Reading) -> None:
        """Say which gradients the notebook does not have."""
        if not found:
            said = reading.problem or reading.form
            click.echo(f"note: no gradients found in {self.notebook.name}{f': {said}' if said else ''}")
        elif missing := [variable for variable in made.graded if variable not in found]:
            click.echo(f"note: left as stubs, because the notebook has no gradient of them: {', '.join(missing)}")

    def _check(self, reading: Reading, sandbox: Sandbox) -> int:
        """Write the notebook's gradients as the solution, grade it, and report each that does not hold."""
        exercise = Exercise(self.exercises / self.name)
        imported = import_reading(reading, exercise)
        text = imported.text.replace(HEAD.format(file=reading.file), _HEAD.format(file=reading.file), 1)
        self.solution.write_text(text, encoding="utf-8")
        grading = start_grading(exercise, read_submission(self.solution), sandbox)
        rows = [*grading.rows()]
        entry = grading.document()
        shown = {row["name"]: row for row in entry["gradients"] if row["name"] in imported.found}
        wrong = [row for row in shown.values() if not right(row)]
        page = page_of(to_stderr=False, verbose=False)
        for row in wrong:
            click.echo("\n" + "\n".join(opened(entry, exercise, row, page)))
        if not wrong and any(row.verdict is not Verdict.EXACT for row in rows if row.name in shown):
            _expect_no_bits(self.exercises / self.name)
        self.solution.write_text(_marked(text, wrong), encoding="utf-8")
        return self._conclude(imported, wrong)

    def _conclude(self, imported: Imported, wrong: Sequence[Any]) -> int:
        for note in imported.notes:
            click.echo(f"note: {note}", err=True)
        count = len(imported.found)
        held = f"{count - len(wrong)} of {count} gradients of {self.notebook.name} hold"
        if not wrong:
            click.echo(f"\n{held}")
            return self._say_next(f"write {', '.join(imported.missing)}" if imported.missing else "")
        click.echo(f"\n{held}; not {', '.join(row['name'] for row in wrong)}")
        self._say_next(f"correct what is marked TODO in {self.solution}")
        return ExitCode.SOMETHING_WRONG

    def _say_next(self, first: str) -> int:
        elsewhere = "" if self.exercises == WORKSPACE else f"--exercises {self.exercises} "
        click.echo(f"next: {f'{first}, then ' if first else ''}`grade verify {elsewhere}{self.name}`")
        return ExitCode.ALL_RIGHT


def _read(exercise: Exercise, written: WrittenForward, sandbox: Sandbox) -> Reading:
    """What the locked child reads from the notebook."""
    files = {written.found.name: written.found.data}
    with sandbox.open(files, exercise.rules, exercise.wanted) as session:
        return session.reading


def _narrowed(made: Draft, found: Sequence[str], written: WrittenForward) -> Draft:
    """The exercise with the variables that have a gradient in the notebook; all but the data if none has."""
    computed = [variable for variable in made.graded if variable not in written.data]
    graded = tuple(found or computed)
    if left := [variable for variable in computed if variable not in {*graded, *written.cotangents}]:
        click.echo(f"note: not graded, because the notebook has no gradient of them: {', '.join(left)}\n")
    return replace(made, graded=graded, null=tuple(variable for variable in made.null if variable in graded))


def _with_settings(folder: Path, written: WrittenForward) -> Path:
    """Add to an exercise's settings how the notebook is read."""
    with (folder / "exercise.toml").open("a", encoding="utf-8") as settings:
        settings.write(written.settings())
    return folder


def _expect_no_bits(folder: Path) -> None:
    """Set what an author sets whose correct solution has other bits than autograd's gradients."""
    settings = folder / "exercise.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace('expected = true\nreason = ""', f'expected = false\nreason = "{_NOT_EXACT}"')
    settings.write_text(text, encoding="utf-8")


def _marked(text: str, wrong: Iterable[Any]) -> str:
    """The solution with a comment on each function that does not hold; no line moves."""
    why = {row["name"]: " ".join(headline(row).split()) for row in wrong}

    def marked(found: re.Match[str]) -> str:
        return f"{found[0]}  # TODO: {why[found[1]]}" if found[1] in why else found[0]

    return re.sub(r"^def (\w+)\(.*\):$", marked, text, flags=re.MULTILINE)
