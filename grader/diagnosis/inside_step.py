"""Mistakes inside a loop of the forward pass, which is one step: a gradient that is not carried from round to round.

The answer then is the gradient of the same loop with the carried value detached at the start of each round.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.diagnosis.explanations import explanation
from grader.diagnosis.kinds import Kind
from grader.diagnosis.other_passes import run_lines
from grader.exercise.case import Sweep
from grader.exercise.name_use import name_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.wrong_answer import View, WrongAnswer
    from grader.exercise.line import Line

_DETACHED = "{name} = getattr({name}, 'detach', lambda: {name})()"
"""What begins each round; it leaves a list or a number as it is."""


def not_carried(answer: WrongAnswer) -> Explanation | None:
    """The identity of an answer that ends within one round of a loop."""
    for line in answer.lines:
        for name, loop, detached in _with_detached(line):
            found = [_gradient(answer, view, detached) for view in answer.views]
            pairs = list(zip(found, answer.views, strict=True))
            if all(each is not None and _same(answer, view, each) for each, view in pairs):
                return explanation(Kind.MISSING_PATH, "not_carried", carried=name, number=loop)
    return None


def _with_detached(line: Line) -> Iterator[tuple[str, int, Line]]:
    """For each value that a loop carries: its name, the number of the loop's line, and the step without that path."""
    for position, statement in enumerate(line.body):
        if isinstance(statement, (ast.For, ast.While)):
            use = name_use(statement)
            for name in use.reads:
                if name in use.stores:
                    loop = copy.deepcopy(statement)
                    loop.body[:0] = ast.parse(_DETACHED.format(name=name)).body
                    body = (*line.body[:position], loop, *line.body[position + 1 :])
                    yield name, statement.lineno, replace(line, body=body, text=f"{line.text}\n# {name}")


def _gradient(answer: WrongAnswer, view: View, changed: Line) -> torch.Tensor | None:
    exercise = answer.exercise
    lines = [changed if line.outputs == changed.outputs else line for line in exercise.lines]
    graph = run_lines(exercise, lines, view.case.graph.values)
    return None if graph is None else Sweep(graph, view.sweep.overrides).cut(answer.variable)


def _same(answer: WrongAnswer, view: View, found: torch.Tensor) -> bool:
    if found.shape != view.got.shape:
        return False
    return float((view.got - found).abs().max()) <= answer.tolerance * float(found.abs().max())
