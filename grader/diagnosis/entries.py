"""Answers that are right in some of their entries, or up to one number: cut off, shifted by a constant, scaled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from grader.diagnosis.search import FEWEST, NULL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.wrong_answer import View

_SAME_CONSTANT = 1e-6
"""How far the constants of two cases may be apart, relative to each other."""


class Cut(NamedTuple):
    """Entries along one dimension that are right, while all others are zero."""

    dim: int
    kept: str
    """As a subscript writes them: `:20`."""


def cut(facts: Facts) -> Cut | None:
    """Which part of the answer is right, if the rest is zero everywhere."""
    for dim in range(facts.answer.probe.expected.dim()):
        rows = [_right_rows(view, dim, facts.answer.tolerance) for view in facts.answer.views]
        known = [each for each in rows if each is not None]
        if len(known) == len(rows) and any(_is_cut(*each) for each in known):
            for kept, part in _parts(known):
                if all(torch.equal(right & told, part(len(told)) & told) for right, told in known):
                    return Cut(dim, kept)
    return None


class Gaps(NamedTuple):
    """Entries along one dimension that are zero, while all others are right."""

    dim: int
    places: tuple[int, ...]
    """Where they are on the given case."""


def gaps(facts: Facts) -> Gaps | None:
    """Which entries are missing, whatever they have in common."""
    answer = facts.answer
    for dim in range(answer.probe.expected.dim()):
        rows = [_right_rows(view, dim, answer.tolerance) for view in answer.views]
        known = [each for each in rows if each is not None]
        some = all(bool((right & told).any()) for right, told in known)
        if some and len(known) == len(rows) and any(_is_cut(*each) for each in known):
            right, told = known[answer.views.index(answer.given)]
            return Gaps(dim, tuple((~right & told).nonzero().reshape(-1).tolist()))
    return None


def _is_cut(right: torch.Tensor, told: torch.Tensor) -> bool:
    """Whether some entries are right and others are not."""
    return bool((right & told).any()) and bool((~right & told).any())


def _right_rows(view: View, dim: int, tolerance: float) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Which entries along a dimension are right, and which are not zero anyway; None if a wrong one is not zero.

    Both are bool, (the dimension's size,).
    """
    if view.got.shape != view.expected.shape or not view.got.numel():
        return None
    got, expected = (x.movedim(dim, 0).reshape(x.shape[dim], -1) for x in (view.got, view.expected))
    right = ((got - expected).abs() <= tolerance * expected.abs().max()).all(1)
    return None if bool(got[~right].any()) else (right, expected.any(1))


def _parts(rows: list[tuple[torch.Tensor, torch.Tensor]]) -> Iterator[tuple[str, Callable[[int], torch.Tensor]]]:
    """Parts of a dimension that the answers may be limited to: for a size, the entries that are kept."""
    right, told = max(rows, key=lambda each: len(each[1]))
    count, missing = int((right & told).sum()), int((~right & told).sum())
    starts_right = bool(right[0])
    if starts_right:
        yield f":{count}", lambda size: torch.arange(size) < count
        yield f":-{missing}", lambda size: torch.arange(size) < size - missing
    else:
        yield f"{missing}:", lambda size: torch.arange(size) >= missing
        yield f"-{count}:", lambda size: torch.arange(size) >= size - count
    yield "::2", lambda size: torch.arange(size) % 2 == 0
    yield "1::2", lambda size: torch.arange(size) % 2 == 1
    yield "1:-1", lambda size: (torch.arange(size) > 0) & (torch.arange(size) < size - 1)


def constant(facts: Facts) -> float | None:
    """The number that is added to every element of the right gradient; None if there is none."""
    found: list[tuple[float, float]] = []
    for view in facts.answer.views:
        if view.got.shape != view.expected.shape or not view.got.numel():
            return None
        difference = view.got - view.expected
        number, noise = float(difference.mean()), NULL * max(view.scale, float(view.expected.abs().max()))
        if not float((difference - number).abs().max()) <= facts.answer.tolerance * abs(number) + noise:
            return None
        found.append((number, noise))
    added = max(found, key=lambda each: abs(each[0]) * _SAME_CONSTANT - each[1])[0]
    told = [noise for _, noise in found if noise < _SAME_CONSTANT * abs(added)]
    same = all(abs(number - added) <= _SAME_CONSTANT * abs(added) + noise for number, noise in found)
    return added if same and len(told) >= min(FEWEST, len(found)) else None
