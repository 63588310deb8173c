"""Mistakes inside a step of the forward pass: a gradient that is not carried from round to round, or a use left out.

The answer then is the gradient of the same step with the carried value detached at the start of each round, or with
one use of a value detached.
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
            if _fits(answer, detached):
                return explanation(Kind.MISSING_PATH, "not_carried", carried=name, number=loop)
    return None


def not_counted(answer: WrongAnswer) -> Explanation | None:
    """The identity of an answer without the path through one use of a value; the first if several are on that path."""
    for line in answer.lines:
        for name, number, detached in _without_one_use(line):
            if _fits(answer, detached):
                code = answer.exercise.source.splitlines()[number - 1].strip()
                return explanation(Kind.MISSING_PATH, "not_counted", used=name, number=number, code=code)
    return None


def _fits(answer: WrongAnswer, changed: Line) -> bool:
    """Whether the answer is the gradient of this step in every case, and not one without the whole step."""
    return all(_is_gradient(answer, view, changed) for view in answer.views)


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


def _without_one_use(line: Line) -> Iterator[tuple[str, int, Line]]:
    """For each use of a name in a step: the name, the number of its line, and the step with this use detached."""
    known = {*line.reads, *(name for statement in line.body for name in name_use(statement).stores)}
    for position, statement in enumerate(line.body):
        for at, use in enumerate(_uses(statement)):
            if use.id in known:
                changed = copy.deepcopy(statement)
                _detach(_uses(changed)[at], changed)
                body = (*line.body[:position], changed, *line.body[position + 1 :])
                yield use.id, use.lineno, replace(line, body=body, text=f"{line.text}\n# {position}, {at}")


def _uses(statement: ast.stmt) -> list[ast.Name]:
    """The names that a statement reads, in order of their lines."""
    found = (n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return sorted(found, key=lambda name: (name.lineno, name.col_offset))


def _detach(use: ast.Name, statement: ast.stmt) -> None:
    """Put a detached value in the place of a name."""
    new = ast.parse(_DETACHED.format(name=use.id)).body[0].value  # type: ignore[attr-defined]
    for node in ast.walk(statement):
        for name, value in ast.iter_fields(node):
            if value is use:
                setattr(node, name, new)
            elif isinstance(value, list):
                value[:] = [new if each is use else each for each in value]


def _is_gradient(answer: WrongAnswer, view: View, changed: Line) -> bool:
    """Whether the answer is that of a changed step, through which something still comes back."""
    exercise = answer.exercise
    lines = [changed if line.outputs == changed.outputs else line for line in exercise.lines]
    graph = run_lines(exercise, lines, view.case.graph.values)
    if graph is None or answer.variable not in graph.readers:
        return False
    sweep = Sweep(graph, view.sweep.overrides)
    share = sweep.contributions(answer.variable).get(changed.outputs)
    return share is not None and bool(share.any()) and _same(answer, view, sweep.cut(answer.variable))


def _same(answer: WrongAnswer, view: View, found: torch.Tensor) -> bool:
    if found.shape != view.got.shape:
        return False
    return float((view.got - found).abs().max()) <= answer.tolerance * float(found.abs().max())
