"""Answers that are right for another random mask than the forward pass had: one drawn anew, or in another way.

Nothing can be said of such a mask but that it is one: every entry is what it would be without the mask, or zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.diagnosis.explanations import explanation
from grader.diagnosis.kinds import Kind
from grader.diagnosis.other_passes import run_lines
from grader.exercise.case import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.wrong_answer import View, WrongAnswer


def other_mask(answer: WrongAnswer) -> Explanation | None:
    """The identity of an answer that some entries are missing from, but others than the mask leaves out."""
    for mask in _masks(answer):
        if all(_masked(answer, view, mask) for view in answer.views):
            line = answer.exercise.readers[mask][0]
            fields = {"mask": mask, "number": line.number, "code": line.text}
            if answer.exercise.is_value(answer.variable):
                return explanation(Kind.WRONG_OPERAND, "value_of_another_mask", **fields)
            return explanation(Kind.WRONG_OPERAND, "mask_drawn_anew", **fields)
    return None


def _masks(answer: WrongAnswer) -> Iterator[str]:
    for name in answer.exercise.inputs_parameters:
        value = answer.probe.case.graph.values.get(name)
        if not isinstance(value, torch.Tensor) or not answer.exercise.readers.get(name):
            continue
        if value.shape == answer.probe.expected.shape and bool(((value == 0) | (value == 1)).all()):
            yield name


def _masked(answer: WrongAnswer, view: View, mask: str) -> bool:
    """Whether an answer has zeros, and everywhere else what it would have without the mask."""
    full = _without(answer, view, mask)
    if full is None or full.shape != view.got.shape:
        return False
    kept = view.got != 0
    if not bool(kept.any()) or bool(kept.all()):
        return False
    return float((view.got - full)[kept].abs().max()) <= answer.tolerance * float(full.abs().max())


def _without(answer: WrongAnswer, view: View, mask: str) -> torch.Tensor | None:
    """The value or gradient if nothing were masked."""
    values = dict(view.case.graph.values)
    values[mask] = torch.ones_like(values[mask])
    graph = run_lines(answer.exercise, answer.exercise.lines, values)
    if graph is None:
        return None
    found = graph.values[answer.variable]
    if not answer.exercise.is_value(answer.variable):
        found = Sweep(graph, view.sweep.overrides).cut(answer.variable)
    return found.double() if isinstance(found, torch.Tensor) else None
