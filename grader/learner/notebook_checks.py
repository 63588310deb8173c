"""Checks in a notebook: `check(globals())`, `cmp("probs", dprobs, probs)` and `%%grade dprobs`.

Values are compared on the notebook's own minibatch, in the lecture's three columns. That is not a grade: it tries only
one minibatch. The source of the cells is also graded in the sandbox, to explain what is wrong.
"""

from __future__ import annotations

import atexit
import html
import json
import re
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import UnknownExercise, list_exercises, load_exercise, the_gradient
from grader.grading.row import plain
from grader.report.row_facts import headline, likely, solved
from grader.report.text import lecture_cells, lecture_line
from grader.verdict.evidence import Columns
from grader.verdict.judge import lecture_columns
from grader.verdict.problems import form_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox

UNSCORED = "on this notebook's own minibatch, not scored: `grade` also tries other sizes and random gradients"
_WRITES = re.compile(r"^[ \t]*(?:def (d\w+)|(d\w+)[ \t]*(?:\[[^=\n]*\][ \t]*)?=(?!=))", re.MULTILINE)
_BY_NAME = 'give the name of the gradient: check("dprobs"), or check() for all of them'
_NO_GRADIENT = "no gradient to compare with: call {name}.retain_grad() before loss.backward()"
_INHERITED = "its own lines are right; what they are computed from is not, or was not when the cell ran"
_IN_A_FILE = re.compile(r" \(forward\.py line \d+\)|forward\.py line \d+: (?=`)")
"""Where a line stands in the exercise's file: a notebook has the line itself, in a cell."""


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """The result for one gradient of the notebook."""

    variable: str
    columns: Columns | None = None
    """The lecture's columns for a value; None if the notebook has no value for the gradient."""
    problem: str | None = None
    row: Mapping[str, Any] | None = None
    """The row from grading the cells' source in the sandbox."""

    @property
    def fine(self) -> bool:
        """Whether the gradient is right: its value agrees with autograd's or, for a function, the sandbox passed it."""
        if self.columns is not None:
            return self.columns.approximate and self.problem is None
        return self.row is not None and solved(self.row)

    @property
    def figures(self) -> Mapping[str, Any] | None:
        """The lecture's columns, if the value can be compared."""
        return plain(self.columns) if self.columns is not None and self.columns.maxdiff is not None else None

    @property
    def inherited(self) -> bool:
        """Whether the value is wrong, although its lines are right: so is one that they are computed from."""
        compared = self.problem != _NO_GRADIENT.format(name=self.variable)
        return compared and not self.fine and self.row is not None and solved(self.row)

    @property
    def words(self) -> str:
        """What is shown instead of figures: how the function was graded, or why there is nothing to compare."""
        if self.row is not None and self.columns is None:
            return f"{'correct' if solved(self.row) else headline(self.row)} (a function, graded)"
        problem = str(self.problem)
        return problem.partition(":")[0] if self.inherited else problem  # its advice belongs to the other gradient

    @property
    def text(self) -> str:
        """The lecture's line, or the reason there is none."""
        if self.figures is not None:
            return lecture_line(self.variable, self.figures)
        return f"{self.variable:15s} | {self.words}"

    @property
    def remarks(self) -> Iterator[str]:
        """Remarks shown below the line."""
        if self.inherited:
            yield _INHERITED
            return
        if self.figures is not None and self.problem:
            yield self.problem
        if not self.fine and self.row is not None and (mistake := likely(self.row)):
            yield _IN_A_FILE.sub("", mistake)


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of `check`: text in a terminal, a table in Jupyter."""

    exercise: str
    lines: tuple[CheckedLine, ...]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def total(self) -> str:
        """How many gradients agree and how many are missing; empty if none was checked."""
        if not self.lines:
            one = "".join(self.missing) if len(self.missing) == 1 else ""
            return (
                f"{self.exercise}: {f'{one} is' if one else len(self.missing)} not written yet" if self.missing else ""
            )
        fine, count = sum(line.fine for line in self.lines), len(self.lines)
        left = f", {len(self.missing)} not written yet" if self.missing else ""
        return f"{self.exercise}: {fine} of {count} agree{left}; {UNSCORED}"

    def __repr__(self) -> str:
        shown = [text for line in self.lines for text in (line.text, *(f"    {each}" for each in line.remarks))]
        return "\n".join([*shown, *(f"note: {note}" for note in self.notes), *filter(None, [self.total])])

    def _repr_html_(self) -> str:
        """An HTML table. All text from the learner is escaped."""
        rows = "".join(_html_row(line) for line in self.lines)
        head = "<tr><th></th><th>gradient</th><th>exact</th><th>approximate</th><th>maxdiff</th><th></th></tr>"
        table = f"<table>{head}{rows}</table>" if rows else ""
        below = [*(f"note: {note}" for note in self.notes), *filter(None, [self.total])]
        return table + "".join(f"<p>{_html_text(text)}</p>" for text in below)


def _html_row(line: CheckedLine) -> str:
    mark = "✓" if line.fine else "✗"
    cells = lecture_cells(line.figures) if line.figures is not None else ("", "", "")
    remarks = [*line.remarks] if line.figures is not None else [line.words, *line.remarks]
    texts = "".join(f"<td>{_html_text(text)}</td>" for text in (mark, f"d{line.variable}", *cells))
    # Jupyter aligns cells to the right, as figures are.
    return f'<tr>{texts}<td style="text-align: left">{"<br>".join(map(_html_text, remarks))}</td></tr>'


def _html_text(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def cmp(name: object, gradient: object, variable: object) -> None:
    """The lecture's `cmp`: prints the same line, and a message instead of an exception for None."""
    if not isinstance(name, str):
        print('cmp takes the name first: cmp("probs", dprobs, probs)')
        return
    print(_compared(name, gradient, variable).text)


def _compared(name: str, gradient: object, variable: object) -> CheckedLine:
    if not isinstance(variable, torch.Tensor):
        return CheckedLine(name, Columns(), f"{name} is not a tensor but {type(variable).__name__}")
    reference = _retained(variable)
    if reference is None:
        return CheckedLine(name, Columns(), _NO_GRADIENT.format(name=name))
    return _against(name, gradient, reference)


def _against(name: str, gradient: object, reference: torch.Tensor) -> CheckedLine:
    if gradient is None:
        return CheckedLine(name, Columns(), f"d{name} is None: not started")
    if not isinstance(gradient, torch.Tensor):
        return CheckedLine(name, Columns(), f"d{name} is not a tensor but {type(gradient).__name__}")
    got = gradient.detach().cpu()
    problem = form_problem(got, reference)
    columns = lecture_columns(got, reference)
    if problem is None:
        return CheckedLine(name, columns)
    return CheckedLine(name, Columns(maxdiff=columns.maxdiff if got.shape == reference.shape else None), problem[1])


def _retained(variable: torch.Tensor) -> torch.Tensor | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about .grad without retain_grad(), which is what is tested here
        grad = variable.grad
    return None if grad is None else grad.detach().cpu()


def check(*asked: object, exercise: str | None = None, sources: Sequence[str] | None = None) -> Checked:
    """Compare the gradients in a notebook with autograd's: `check(globals())`, or `check()`.

    Args:
        asked: the notebook's variables (default: those of the caller); then gradients to check, each by its name or as
            it is (default: all in the notebook).
        exercise: name of the exercise (default: inferred from the variables).
        sources: source of the cells (default: from IPython's history).
    """
    if asked and isinstance(asked[0], Mapping):
        return _checked(asked[0], asked[1:], exercise, sources)
    return _checked(sys._getframe(1).f_globals, asked, exercise, sources)  # noqa: SLF001  (the caller's notebook)


def _checked(
    namespace: Mapping[str, Any], asked: Sequence[object], exercise: str | None, sources: Sequence[str] | None
) -> Checked:
    names = [_name_of(each, namespace) for each in asked]
    chosen = load_exercise(exercise) if exercise else _exercise_of(namespace)
    wanted, unknown = _wanted(chosen, names)
    if names and not wanted:
        return Checked(chosen.name, (), (), tuple(unknown))
    variables = [v for v in chosen.graded if not wanted or f"d{v}" in wanted]
    references, notes = _references(chosen, namespace)
    notes += unknown
    flat = {v: _flat_line(v, namespace, references) for v in variables if _is_value(namespace.get(f"d{v}"))}
    functions = [v for v in variables if callable(namespace.get(f"d{v}")) and v not in flat]
    rows: dict[str, Mapping[str, Any]] = {}
    if functions or not all(line.fine for line in flat.values()):
        cells = _cells() if sources is None else list(sources)
        rows, said = _graded(chosen, cells)
        notes += said
    lines = [
        replace(flat[v], row=rows.get(v)) if v in flat else CheckedLine(v, row=rows.get(v))
        for v in variables
        if v in flat or (v in functions and v in rows)
    ]
    there = {line.variable for line in lines}
    return Checked(chosen.name, tuple(lines), tuple(f"d{v}" for v in variables if v not in there), tuple(notes))


def _name_of(asked: object, namespace: Mapping[str, Any]) -> str | None:
    """A gradient's name; None if a value is not one of the notebook's gradients, or several of them."""
    if isinstance(asked, str):
        return asked
    names = [name for name, value in namespace.items() if value is asked and value is not None and name[:1] == "d"]
    return names[0] if len(names) == 1 else None


def _wanted(exercise: Exercise, names: Sequence[str | None]) -> tuple[set[str], list[str]]:
    """The gradients named, and a message for each name that is not a gradient."""
    wanted: set[str] = set()
    unknown: list[str] = []
    for name in names:
        if name is None:
            unknown.append(_BY_NAME)
            continue
        try:
            wanted.add(the_gradient(name, exercise))
        except UnknownExercise as error:
            unknown.append(str(error))
    return wanted, unknown


def _is_value(found: object) -> bool:
    return found is not None and not callable(found)


def _flat_line(variable: str, namespace: Mapping[str, Any], references: Mapping[str, torch.Tensor]) -> CheckedLine:
    if variable not in references:
        return CheckedLine(variable, Columns(), _NO_GRADIENT.format(name=variable))
    return _against(variable, namespace[f"d{variable}"], references[variable])


def _exercise_of(namespace: Mapping[str, Any]) -> Exercise:
    """The exercise with the most gradients and variables in the notebook; in a tie, the lecture's."""
    counts = {}
    for name in sorted(list_exercises(), key=lambda name: name != "mlp"):
        try:
            exercise = load_exercise(name)
        except BrokenExercise:
            continue
        counts[name] = sum(f"d{v}" in namespace for v in exercise.graded) + sum(v in namespace for v in exercise.graded)
    return load_exercise(max(counts, key=lambda name: counts[name]))


# The reference


def _references(exercise: Exercise, namespace: Mapping[str, Any]) -> tuple[dict[str, torch.Tensor], list[str]]:
    """Autograd's gradients: those the notebook retained, otherwise those of the exercise's forward pass; and notes."""
    retained = {v: _retained(t) for v in exercise.graded if isinstance(t := namespace.get(v), torch.Tensor)}
    found = {v: grad for v, grad in retained.items() if grad is not None}
    again, notes = _recomputed(exercise, namespace)
    for v, grad in again.items():
        mine = found.setdefault(v, grad)
        if mine.shape == grad.shape and not torch.allclose(mine, grad, rtol=1e-3, atol=1e-6):
            notes.append(f"{v}.grad is not the gradient of this forward pass: set it to None before loss.backward()")
            found[v] = grad
    return found, notes


def _recomputed(exercise: Exercise, namespace: Mapping[str, Any]) -> tuple[dict[str, torch.Tensor], list[str]]:
    """Autograd's gradients of the exercise's forward pass on the notebook's inputs, if it has them; and notes."""
    names = exercise.inputs_parameters
    if not all(isinstance(namespace.get(name), (torch.Tensor, int, float)) for name in names):
        return {}, []
    values = {name: _leaf(namespace[name]) for name in names}
    try:
        with torch.enable_grad():
            made = exercise.forward(values)
            tensors = [made[v] for v in exercise.graded]
            grads = torch.autograd.grad(made["loss"], tensors)
    except (RuntimeError, ValueError, IndexError, TypeError):
        return {}, []  # the notebook's values have other types or sizes
    found = {v: grad.detach() for v, grad in zip(exercise.graded, grads, strict=True)}
    return _without_stale(exercise, namespace, made, found)


def _leaf(value: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return value
    value = value.detach().cpu().clone()
    return value.requires_grad_() if value.is_floating_point() else value


def _without_stale(
    exercise: Exercise, namespace: Mapping[str, Any], made: Mapping[str, Any], found: dict[str, torch.Tensor]
) -> tuple[dict[str, torch.Tensor], list[str]]:
    """No gradients and a note if a forward value is stale: every gradient that uses it would look wrong."""
    stale = [
        line.outputs[0]
        for line in exercise.lines
        if len(line.outputs) == 1 and not _agree(namespace.get(line.outputs[0]), made.get(line.outputs[0]))
    ]
    if not stale:
        return found, []
    note = f"{stale[0]} is not what the forward pass computes from this notebook's inputs: rerun the forward cell"
    return {}, [note]


def _agree(mine: object, made: object) -> bool:
    if not (isinstance(mine, torch.Tensor) and isinstance(made, torch.Tensor)):
        return True
    mine = mine.detach().cpu()
    return mine.shape == made.shape and torch.allclose(mine.to(made.dtype), made.detach(), rtol=1e-3, atol=1e-5)


# The source of the cells


def _cells() -> list[str]:
    """The source of the cells that were run, from IPython's history; empty outside IPython."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return []
    shell: Any = get_ipython()
    return [str(text) for text in shell.history_manager.input_hist_raw] if shell is not None else []


def latest(cells: Sequence[str]) -> list[str]:
    """The cells without earlier attempts: those whose gradients were all rewritten in later cells are dropped."""
    kept: list[str] = []
    seen: set[str] = set()
    for text in reversed(cells):
        names = {name for found in _WRITES.findall(text) for name in found if name}
        if text.strip() and (not names or names - seen) and text not in kept:
            kept.append(text)
        seen |= names
    return kept[::-1]


def _graded(exercise: Exercise, cells: Sequence[str]) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
    """Variable -> row, for each gradient the cells' source computes; and notes. Read and run only in the sandbox."""
    texts = latest(cells)
    if not any(_WRITES.search(text) for text in texts):
        return {}, []
    from grader.exercise.settings import Settings
    from grader.grading.grading import start_grading
    from grader.grading.submission import Submission

    document = {"cells": [{"cell_type": "code", "source": text} for text in texts]}
    submission = Submission("notebook", Path("notebook.ipynb"), {"notebook.ipynb": json.dumps(document).encode()})
    grading = start_grading(exercise, submission, _sandbox(), Settings(exact_comparable=False))
    try:
        rows = [row.as_dict() for row in grading.rows()]
    finally:
        grading.close()
    reading = grading.reading
    if reading is None or reading.problem is not None:
        return {}, [reading.problem] if reading and reading.problem else []
    return {row["variable"]: row for row in rows if row["name"] in reading.functions}, []


@cache
def _sandbox() -> Sandbox:
    """One running sandbox for the whole notebook. The notebook's own torch keeps its thread and kernel settings."""
    from grader.sandbox.client import Sandbox

    sandbox = Sandbox(timeout=5.0)
    atexit.register(sandbox.close)
    return sandbox


# %%grade


def load_ipython_extension(shell: Any) -> None:
    """Register `%%grade`, for `%load_ext grader`."""

    def grade(line: str, cell: str) -> None:
        """Run the cell, then check the gradients named, by default those the cell writes."""
        ran = shell.run_cell(cell)
        if ran.error_in_exec is not None or ran.error_before_exec is not None:
            return
        gradients = _exercise_of(shell.user_ns).gradients  # a cell may assign `data`, say
        written = dict.fromkeys(name for found in _WRITES.findall(cell) for name in found if name in gradients)
        from IPython import display

        history = [*_cells(), cell]
        show: Any = display.display
        show(check(shell.user_ns, *(line.split() or written), sources=history))

    shell.register_magic_function(grade, "cell", "grade")
