"""Finds the training loop that computes the gradients of all parameters by hand, and makes one function of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.sandbox.reading.own_names import OwnNames
from grader.sandbox.reading.slicing import Made, Slice, Slicer, function
from grader.sandbox.reading.steps import FUNCTIONS, LOOPS, Step, flat, step_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.sandbox.reading.slicing import Around
    from grader.sandbox.reading.steps import CellBody
    from grader.sandbox.types import Wanted

MOST_BLOCKS: Final = 10
"""Earlier ones are not considered."""


class TrainingLoop:
    """Finds the training loop that computes the gradients of all parameters by hand, and makes one function of it.

    One step may also be a function, which the loop calls.
    """

    def __init__(self, cells: Sequence[CellBody], steps: list[Step], around: Around, wanted: Wanted) -> None:
        self._steps = steps
        self._around = around
        self._wanted = wanted
        own = any(cell.part == wanted.part for cell in cells)
        self._blocks = [
            (number, block)
            for number, cell in enumerate(cells)
            if cell.part == wanted.part or not own
            for block in _blocks(cell.body)
            if 2 * _gradients_in(block) >= len(wanted.returns)
        ][-MOST_BLOCKS:]

    def made(self) -> Made:
        [answer] = self._wanted.answers
        if answer in self._around.answered:
            return Made()
        found = [(self._names(block), number, block) for number, block in self._blocks]
        counts = [len(self._computed(names, block)) for names, _, block in found]
        if 2 * max(counts, default=0) < len(self._wanted.returns):
            return Made()
        last = max(range(len(counts)), key=lambda index: (counts[index], index))
        names, _, block = found[last]
        missing = [name for name in self._wanted.returns if name not in self._computed(names, block)]
        notes = [(block[0].lineno, f"this loop does not compute {', '.join(missing)}")] if missing else []
        return Made((self._function(answer, *found[last]),), tuple(notes))

    def _names(self, block: Sequence[ast.stmt]) -> OwnNames:
        return OwnNames(self._wanted, [step_of(node, 0) for node in flat(block)], self._before(block))

    def _before(self, block: Sequence[ast.stmt]) -> list[Step]:
        return [step for step in self._steps if step.node.lineno < block[0].lineno and not step.is_loop]

    def _computed(self, names: OwnNames, block: Sequence[ast.stmt]) -> set[str]:
        """The gradients that a block computes."""
        written = {names.gradient(name) for node in flat(block) for name in step_of(node, 0).fresh}
        return {gradient for gradient in self._wanted.returns if gradient in written}

    def _function(self, answer: str, names: OwnNames, number: int, block: Sequence[ast.stmt]) -> ast.FunctionDef:
        before = self._before(block)
        steps = [*before, *(step_of(node, number) for node in flat(block))]
        for index, step in enumerate(steps):
            step.index = index
        slicer = Slicer(steps, names, self._around, local=True)
        found = Slice()
        results: list[ast.expr] = []
        for gradient in self._wanted.returns:
            own = [name for name in slicer.fresh if names.gradient(name) == gradient]
            starts = sorted((slicer.fresh[name][-1], name) for name in own if slicer.fresh[name][-1] >= len(before))
            if not starts:
                results.append(ast.Constant(None))
                continue
            start, name = starts[-1]
            part = slicer.slice(name, gradient, slicer.episode(name, start))
            found.steps |= part.steps
            found.parameters |= part.parameters
            found.aliases |= part.aliases
            results.append(ast.Name(name, ast.Load()))
        body = [steps[index].node for index in sorted(found.steps)]
        return function(answer, found, body, ast.List(results, ast.Load()), (body[0], body[-1]))


def _gradients_in(block: Sequence[ast.stmt]) -> int:
    """About how many gradients a block sets, under whatever names."""
    names = (
        part.id
        for node in block
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    )
    return len({name for name in names if name[:1] == "d" or "grad" in name})


def _blocks(body: Sequence[ast.stmt]) -> Iterator[Sequence[ast.stmt]]:
    """The bodies of loops and functions, inner ones last."""
    for node in body:
        if isinstance(node, (*LOOPS, *FUNCTIONS)):
            yield node.body
        if not isinstance(node, ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from _blocks(getattr(node, name, ()))
