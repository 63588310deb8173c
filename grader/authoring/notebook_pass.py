"""Finds the forward pass among a notebook's statements: those that lead to the loss above the hand-written gradients.

The notebook is its author's own, as a forward.py is. Nothing runs here.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from textwrap import dedent
from typing import TYPE_CHECKING

from grader.authoring.first_round import with_first_round
from grader.exercise.forward import BrokenExercise
from grader.sandbox.reading.notebook import opened, read_notebook
from grader.sandbox.reading.own_names import Guessed, gradients_of, is_gradient
from grader.sandbox.reading.source import NotPythonError
from grader.sandbox.reading.steps import FUNCTIONS, Step, assigned, free_names, step_of
from grader.sandbox.rules.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from grader.sandbox.reading.notebook import Notebook

LOSS = "loss"
_LIKE_A_LOSS = re.compile(r"\w*_?loss|(total_)?cost|L|J|E|err|error|nll|mse")
_LATER = frozenset(("shuffle", "seed", "manual_seed", "set_default_dtype", "requires_grad", "data"))
"""Functions and attributes whose use changes what other statements compute, although these do not name it."""


@dataclass(frozen=True, slots=True)
class CellStatement:
    """One statement of a notebook's cells."""

    step: Step
    place: str
    """`net.ipynb cell 3:2`, for messages."""
    cell: int
    text: str
    """As it is written."""
    above: str
    """The comments directly above it, each on its own line."""
    beside: str
    """The comment at the end of its last line."""

    @property
    def node(self) -> ast.stmt:
        """Its syntax tree."""
        return self.step.node

    @property
    def reads(self) -> tuple[str, ...]:
        """The names that it reads, or changes."""
        return tuple(dict.fromkeys((*self.step.reads, *sorted(self.step.touched))))

    @property
    def is_definition(self) -> bool:
        """Whether it imports or defines something."""
        return isinstance(self.node, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom))


@dataclass(frozen=True)
class NotebookPass:
    """The statements of a notebook up to the loss that its hand-written gradients belong to."""

    name: str
    """The notebook's file name."""
    data: bytes = field(repr=False)
    """Its bytes; with the first round of a loop in the loop's place, if the forward pass is in one."""
    statements: tuple[CellStatement, ...]
    """All of them up to the loss, in order."""
    needed: frozenset[int]
    """The indices of those that the loss depends on."""
    loss: str
    """Its name in the notebook."""
    gradients: frozenset[str]
    """The variables that have a hand-written gradient anywhere."""
    part: int | None
    """The number of the exercise that the gradients below the loss belong to, as in `# Exercise 1`."""
    loop: str = ""
    """Where the training loop is that the forward pass is the first round of; empty if it is in none."""

    @cached_property
    def run(self) -> tuple[int, ...]:
        """The indices of the statements to run: also those with an effect that no name shows, and what these need."""
        more = [index for index, each in enumerate(self.statements) if index not in self.needed and _acts(each.node)]
        found = set(self.needed)
        for index in more:
            found |= {index, *_leading_to(self.statements[:index], self.statements[index].reads)}
        return tuple(sorted(found))

    @property
    def last(self) -> CellStatement:
        """The statement that computes the loss."""
        return self.statements[-1]


def find_pass(path: Path) -> NotebookPass:
    """The forward pass of a notebook: at the top level of its cells, or else in the first round of a training loop.

    Raises:
        BrokenExercise: the notebook cannot be read, or has no loss.
    """
    try:
        data = path.read_bytes()
        notebook = read_notebook(path.name, data)
    except (OSError, NotPythonError) as error:
        raise BrokenExercise(f"{path} cannot be read: {error}") from error
    return _first_found(path.name, data, notebook)


def _first_found(name: str, data: bytes, notebook: Notebook, loop: str = "") -> NotebookPass:
    statements = tuple(_statements(notebook))
    guessed = Guessed([each.step for each in statements], _functions(statements))
    losses = _losses(statements)
    followed = {end: _gradients_after(statements, end, losses, guessed) for end in losses}
    if not any(followed.values()) and (inside := _loop_with_both(statements)) is not None:
        unrolled = with_first_round(data, notebook.cells[inside.cell], inside.node)  # type: ignore[arg-type] # a loop
        if unrolled is not None:
            return _first_found(name, unrolled, read_notebook(name, unrolled), loop or inside.place)
    if not losses:
        raise BrokenExercise("; ".join([_no_loss(name, statements), *notebook.notes]))
    end = max(losses, key=lambda index: (followed[index], index))
    above = statements[: end + 1]
    variables = {written for each in above for written in each.step.writes}
    gradients = frozenset(each[1:] for each in guessed.gradients if each[1:] in variables)
    needed = {end, *_leading_to(above[:end], above[end].reads)}
    below = next((each for each in statements[end + 1 :] if any(map(guessed.gradient, each.step.fresh))), above[end])
    part = notebook.cells[below.cell].part
    return NotebookPass(name, data, above, frozenset(needed), assigned(above[end].node)[0], gradients, part, loop)


def _statements(notebook: Notebook) -> Iterator[CellStatement]:
    for number, cell in enumerate(notebook.cells):
        for node in opened(cell.tree.body):
            title, line = notebook.place(node.lineno)
            text, above, beside = _written(notebook.lines, node, cell.first_line)
            yield CellStatement(_step(node, number), f"{title}:{line}", number, text, above, beside)


def _step(node: ast.stmt, cell: int) -> Step:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return Step(node, cell, fresh={(alias.asname or alias.name).split(".")[0] for alias in node.names})
    if isinstance(node, ast.ClassDef):
        return Step(node, cell, fresh={node.name}, reads=dict.fromkeys(free_names(node)))
    return step_of(node, cell)


def _written(lines: Sequence[str], node: ast.stmt, first: int) -> tuple[str, str, str]:
    """A statement's text, the comments above it, and the one beside it."""
    last = node.end_lineno or node.lineno
    rows = [line.encode() for line in lines[node.lineno - 1 : last]]
    beside = rows[-1][node.end_col_offset :].decode().strip()
    rows[-1] = rows[-1][: node.end_col_offset]
    rows[0] = b" " * node.col_offset + rows[0][node.col_offset :]
    text = dedent(b"\n".join(rows).decode())
    above = node.lineno - 1
    while above >= first and lines[above - 1].lstrip().startswith("#"):
        above -= 1
    comments = "\n".join(line.strip() for line in lines[above : node.lineno - 1])
    return _same(text, node), comments, beside if beside.startswith("#") else ""


def _same(text: str, node: ast.stmt) -> str:
    """The text, unless it is not that of the statement: a line with a magic is read without it."""
    try:
        written = ast.parse(text).body
    except (SyntaxError, ValueError):
        written = []
    return text if len(written) == 1 and ast.dump(written[0]) == ast.dump(node) else ast.unparse(node)


def _functions(statements: Sequence[CellStatement]) -> set[str]:
    """The functions that are named after a gradient."""
    return {each.node.name for each in statements if isinstance(each.node, FUNCTIONS) and is_gradient(each.node.name)}


def _losses(statements: Sequence[CellStatement]) -> list[int]:
    """The statements that assign a loss: what `backward` is called on, `loss`, or else a name that is like a loss's."""
    backward = {
        part.func.value.id
        for each in statements
        for part in walk(each.node)
        if isinstance(part, ast.Call)
        and isinstance(part.func, ast.Attribute)
        and part.func.attr == "backward"
        and isinstance(part.func.value, ast.Name)
    }
    computed = [
        (index, name)
        for index, each in enumerate(statements)
        for name in assigned(each.node)
        if isinstance(getattr(each.node, "value", None), (ast.BinOp, ast.Call, ast.UnaryOp)) and each.reads
    ]
    surely = [index for index, name in computed if name == LOSS or name in backward]
    return surely or [index for index, name in computed if _LIKE_A_LOSS.fullmatch(name)]


def _no_loss(name: str, statements: Sequence[CellStatement]) -> str:
    blocks = (each for each in statements if not isinstance(each.node, (ast.Assign, ast.AugAssign)))
    inside = next((each for each in blocks if _computes_a_loss(each.node)), None)
    if inside is None:
        return f"{name}: no loss found; compute it in a line at the top level of a cell: `loss = ...`"
    where = "a loop" if isinstance(inside.node, (ast.For, ast.While)) else "a function or a block"
    return (
        f"{inside.place}: the loss is computed only inside {where}; write one forward pass at the top level of a "
        "cell, with one named variable per line, ending in `loss = ...`"
    )


def _computes_a_loss(node: ast.stmt) -> bool:
    return any(
        isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and _LIKE_A_LOSS.fullmatch(part.id)
        for part in walk(node)
    )


def _gradients_after(statements: Sequence[CellStatement], loss: int, losses: Sequence[int], guessed: Guessed) -> int:
    """How many gradients are computed between a loss and the next one."""
    end = next((other for other in losses if other > loss), len(statements))
    names = {name for each in statements[loss + 1 : end] for name in each.step.fresh}
    return len([name for name in names if guessed.gradient(name)])


def _loop_with_both(statements: Sequence[CellStatement]) -> CellStatement | None:
    """The first loop that computes a loss and at least one gradient."""
    loops = (each for each in statements if isinstance(each.node, (ast.For, ast.While)))
    return next((each for each in loops if _computes_a_loss(each.node) and gradients_of(each.step)), None)


def _leading_to(statements: Sequence[CellStatement], names: Collection[str]) -> set[int]:
    """The statements that some names' values depend on."""
    wanted, found = set(names), set[int]()
    for index in range(len(statements) - 1, -1, -1):
        step = statements[index].step
        if wanted & step.writes or "*" in step.fresh:
            found.add(index)
            wanted -= step.fresh - step.reads.keys()
            wanted |= {*step.reads, *step.touched}
    return found


def _acts(node: ast.stmt) -> bool:
    """Whether a statement changes what others compute without naming it: it sets a seed, `requires_grad`, ..."""
    return not isinstance(node, (*FUNCTIONS, ast.ClassDef)) and any(
        isinstance(part, ast.Attribute) and (part.attr in _LATER or part.attr == "requires_grad_" or _is_init(part))
        for part in walk(node)
    )


def _is_init(node: ast.Attribute) -> bool:
    """`torch.nn.init.xavier_uniform_`."""
    return node.attr.endswith("_") and "init." in ast.unparse(node)
