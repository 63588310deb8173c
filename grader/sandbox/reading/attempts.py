"""Finds the lines that compute each gradient: of several attempts, the last that can be a function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.sandbox.reading.own_names import gradients_of
from grader.sandbox.reading.slicing import Made, Slicer, function
from grader.sandbox.reading.steps import Step

if TYPE_CHECKING:
    from grader.sandbox.reading.own_names import Guessed, OwnNames
    from grader.sandbox.reading.slicing import Around, Slice
    from grader.sandbox.types import Wanted

MOST_ATTEMPTS: Final = 10
"""Of each gradient; earlier ones are not considered."""
_SAME_STEP: Final = 3
"""The nearness of an attempt that is one step of the chain rule, or nearly."""


class Attempts:
    """Finds the lines that belong to each gradient: of several attempts, the last that can be a function."""

    def __init__(
        self,
        steps: list[Step],
        names: OwnNames | Guessed,
        around: Around,
        wanted: Wanted | None = None,
        parts: frozenset[int | None] = frozenset(),
    ) -> None:
        self._steps = steps
        self._names = names
        self._part = wanted.part if wanted else None
        self._exercise = wanted.exercise if wanted else "any exercise"
        self._has_parts = bool(parts - {None})
        self._has_own_part = self._part is not None and self._part in parts
        passes = {step.index for step in steps if step.is_loop and _repeats_a_pass(step, names)}
        if wanted is None and not any(map(gradients_of, (step for step in steps if step.index not in passes))):
            passes = set()  # the gradients of a training loop say which exercise it is
        self._slicer = Slicer(
            [_emptied(step) if step.index in passes else step for step in steps], names, around, local=False
        )
        self._own: dict[str, list[str]] = {}
        for name in {name for step in self._slicer.steps for name in step.fresh}:
            if (gradient := names.gradient(name)) is not None:
                self._own.setdefault(gradient, []).append(name)
        self._notes: list[tuple[int, str]] = []

    def made(self, gradients: frozenset[str]) -> Made:
        chosen = {gradient: attempt for gradient in sorted(gradients) if (attempt := self._chosen(gradient))}
        for gradient, (own, start) in chosen.items():
            self._slicer.partial[gradient] = self._slicer.episode(own, start)
        order = sorted(chosen, key=lambda gradient: chosen[gradient][1])
        made = tuple(self._function(gradient, *chosen[gradient]) for gradient in order)
        self._note_names(gradients - chosen.keys())
        return Made(made, tuple(self._notes))

    def _in_part(self, index: int) -> bool:
        return self._steps[index].part == self._part

    def _chosen(self, gradient: str) -> tuple[str, int] | None:
        """The attempt that counts: the learner's name for the gradient, and its first line."""
        attempts = sorted((index, own) for own in self._own.get(gradient, ()) for index in self._slicer.fresh[own])[
            -MOST_ATTEMPTS:
        ]
        attempts = [(index, own) for index, own in attempts if self._counts(gradient, own, index)]
        if not attempts:
            return None
        _, start, own = max((self._rank(gradient, own, index), index, own) for index, own in attempts)
        among = [index for index, _ in attempts if self._steps[index].part in (self._part, None)]
        if len(among) > 1:
            line = self._steps[start].node.lineno
            self._notes.append((line, f"{gradient} is assigned {len(among)} times; this assignment was used"))
        return own, start

    def _rank(self, gradient: str, own: str, start: int) -> tuple[bool, bool, int]:
        """Attempts of higher rank come first."""
        found = self._slicer.slice(own, gradient, self._slicer.episode(own, start))
        usable = not found.unknown and all(self._slicer.usable[index] for index in found.steps)
        nearness = 0 if self._has_parts else self._nearness(gradient, own, found)
        return self._in_part(start), usable, nearness

    def _counts(self, gradient: str, own: str, start: int) -> bool:
        """Whether an attempt is one at this exercise: those in another one's part only if they are the same step."""
        part = self._steps[start].part
        if not self._has_own_part or part == self._part:
            return True
        found = self._slicer.slice(own, gradient, self._slicer.episode(own, start))
        return self._nearness(gradient, own, found) >= (1 if part is None else _SAME_STEP)

    def _nearness(self, gradient: str, own: str, found: Slice) -> int:
        """How close an attempt is to one step of the chain rule: the closed forms of later exercises skip steps.

        Where nothing says which exercise a cell belongs to, this does.
        """
        others = {name for index in found.steps for name in self._steps[index].fresh - {own}}
        if any(map(self._names.looks_like_gradient, others)):
            return 0  # it goes through gradients that the exercise does not have
        upstream = {name for name in found.parameters if self._names.gradient(name)}
        return 1 + bool(upstream) + bool(upstream and all(self._names.is_near(gradient, each) for each in upstream))

    def _function(self, gradient: str, own: str, start: int) -> ast.FunctionDef:
        episode = self._slicer.episode(own, start)
        found = self._slicer.slice(own, gradient, episode)
        first, last = self._steps[episode[0]].node, self._steps[episode[-1]].node
        body = [self._steps[index].node for index in sorted(found.steps)]
        return function(gradient, found, body, ast.Name(own, ast.Load()), (first, last))

    def _note_names(self, missing: frozenset[str]) -> None:
        """Say which names mean others, and which were not understood."""
        told = [f"{own} as {meant}" for own, meant in sorted(self._names.told.items())]
        if told:
            self._notes.append((0, f"names of the exercise under another name: {', '.join(told[:8])}"))
        unknown = [name for name in sorted(self._slicer.fresh) if self._names.looks_like_gradient(name)]
        if missing and unknown:
            self._notes.append((0, f"not recognized as gradients of {self._exercise}: {', '.join(unknown[:8])}"))


def _repeats_a_pass(step: Step, names: OwnNames | Guessed) -> bool:
    """Whether a loop computes several gradients, or forward values and a gradient: it trains, and is no attempt."""
    gradients = sum(names.gradient(name) is not None for name in step.fresh)
    return gradients > 1 or (gradients > 0 and bool(step.fresh & names.outputs))


def _emptied(step: Step) -> Step:
    return Step(step.node, step.cell, step.part, step.index)
