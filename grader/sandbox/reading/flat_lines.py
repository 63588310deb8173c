"""Turns a notebook's flat lines (`dprobs = (1/probs)*dlogprobs`) into functions that take what the lines read.

Flat lines are statements outside any function. Each gradient gets the lines that write it, from its first assignment
on, and the lines that compute the intermediate values they use, wherever these are. Other gradients, and values of the
forward pass, become parameters. Of several attempts the last one counts. Nothing is run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.sandbox.reading.attempts import Attempts
from grader.sandbox.reading.own_names import Guessed, OwnNames, gradients_of
from grader.sandbox.reading.slicing import Made, Slicer
from grader.sandbox.reading.steps import FUNCTIONS, Step, flat, step_of
from grader.sandbox.reading.training_loop import TrainingLoop
from grader.sandbox.rules.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.sandbox.reading.slicing import Around
    from grader.sandbox.reading.steps import CellBody
    from grader.sandbox.types import Wanted

MOST_STEPS: Final = 3000


def functions(cells: Sequence[CellBody], around: Around, wanted: Wanted | None) -> Made:
    """Make one function for each gradient that flat lines write and no function computes."""
    steps = steps_of(cells, around)
    if len(steps) > MOST_STEPS:
        return Made(notes=((0, f"more than {MOST_STEPS} lines outside functions: none of them was graded"),))
    if wanted is None:
        guessed = Guessed(steps, around.answered)
        return Attempts(steps, guessed, around).made(guessed.gradients - around.answered)
    if wanted.returns:
        return TrainingLoop(cells, steps, around, wanted).made()
    names = OwnNames(wanted, _of_exercise(steps, wanted))
    parts = frozenset(cell.part for cell in cells)
    return Attempts(steps, names, around, wanted, parts).made(frozenset(wanted.answers) - around.answered)


def supporting(
    cells: Sequence[CellBody], needed: Iterable[str], around: Around, wanted: Wanted | None
) -> list[ast.stmt]:
    """The lines that compute what a notebook's functions read from around them: `AXES, HALF = (0, 1), 0.5`.

    Values of the forward pass are not among them: a function asks for these.
    """
    steps = steps_of(cells, around)
    names = OwnNames(wanted, _of_exercise(steps, wanted)) if wanted else Guessed(steps, around.answered)
    slicer = Slicer(steps, names, around, local=True)
    found: set[int] = set()
    for name in needed:
        lines = slicer.definitions(name, len(steps))
        if names.value(name) or names.gradient(name) or not all(slicer.usable[index] for index in lines):
            continue
        part = slicer.slice(name, "", lines)
        if not part.parameters:
            found |= part.steps
    return [steps[index].node for index in sorted(found)]


def _of_exercise(steps: Sequence[Step], wanted: Wanted) -> list[Step]:
    """The lines outside other exercises' parts of the notebook, and outside training loops."""
    alone = [step for step in steps if not (step.is_loop and len(gradients_of(step)) > 1)]
    here = [step for step in alone if step.part in (None, wanted.part)]
    return here if any(gradients_of(step) for step in here) else alone


def steps_of(cells: Sequence[CellBody], around: Around) -> list[Step]:
    """The flat statements of all cells, numbered; helper functions that read flat names are among them."""
    nodes = [(node, number, cell.part) for number, cell in enumerate(cells) for node in flat(cell.body)]
    graded = around.answered | around.known | around.stubs
    steps = [step_of(*each) for each in nodes if not isinstance(each[0], FUNCTIONS) or each[0].name not in graded]
    for index, step in enumerate(steps):
        step.index = index
    return steps


def assigned_again(body: Iterable[ast.stmt]) -> set[str]:
    """Names written more than once, which are not constants: `n = 32`, and later `n = Xb.shape[0]`."""
    seen: set[str] = set()
    again: set[str] = set()
    for node in body:
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)):
            names = (part for part in walk(node) if isinstance(part, ast.Name))
            writes = {name.id for name in names if isinstance(name.ctx, ast.Store)}
            again |= seen & writes
            seen |= writes
    return again
