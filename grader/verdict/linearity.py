"""Whether a wrong answer is linear in an upstream gradient, and if not, how it depends on it.

A gradient is a sum of upstream gradients times derivatives, so it is linear in each, except for a part that depends on
none. The answers to a cotangent c and to -c, huge and tiny multiples of it tell a product of upstream gradients from a
division, a relu or a clamp.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from grader.verdict.evidence import Bend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LINEAR_FACTORS = (-1.0, 2.0**40, 2.0**41, 2.0**-40, 0.0)
"""Multiples of a cotangent that show whether an answer is linear in it. 2**40 is beyond any plausible threshold, and
the next one shows how fast the answer grows there. 0 shows whether a part that is the same for all others depends on
the cotangent's direction."""
_OFF = 1e-6
"""An answer is not the predicted one if it is off by this share of the largest element. A relu is off by half."""
_ROUNDING = {False: 1e-13, True: 1e-6}
"""How far off answers to a tiny cotangent and to zero may be, as a share of that to c, in float64 and in float32: terms
that cancel there leave their rounding. A threshold changes the answer to 2**-40 times c by a share of 1e-12."""
_FASTER, _SLOWER = 1.5, 0.01
"""The powers of the upstream gradient from which an answer grows too fast, and up to which it does not grow at all. A
square root is in between, and so is a logarithm (0.04)."""


def multiples(upstream: Sequence[str]) -> Iterator[dict[str, float]]:
    """The questions of `Ask.AGAIN`, in their order: the factors of the cotangents that are not asked about as they are.

    Each is varied by itself, then all together: next to a large one, a small one would not show.
    """
    yield {}
    for group in _groups(upstream):
        yield from (dict.fromkeys(group, factor) for factor in LINEAR_FACTORS)


def _groups(upstream: Sequence[str]) -> list[tuple[str, ...]]:
    return [(name,) for name in upstream] + [tuple(upstream)] * (len(upstream) > 1)


def bends(
    upstream: Sequence[str], answers: Sequence[torch.Tensor | None], *, narrow: bool
) -> dict[tuple[str, ...], Bend]:
    """In which upstream gradients an answer is not linear: see `Evidence.bends`.

    Args:
        upstream: the variables whose gradients it depends on.
        answers: one for each of `multiples`.
        narrow: whether they were computed in float32.
    """
    once, *others = answers
    count = len(LINEAR_FACTORS)
    found = {
        group: bend(once, others[count * k : count * (k + 1)], narrow=narrow)
        for k, group in enumerate(_groups(upstream))
    }
    known = {group: each for group, each in found.items() if each is not None}
    if all(len(group) > 1 for group in known):
        return {group: Bend.PRODUCT if each is Bend.SQUARE else each for group, each in known.items()}
    return {group: each for group, each in known.items() if len(group) == 1}


def offset_and_rest(
    upstream: Sequence[str], answers: Sequence[torch.Tensor | None]
) -> tuple[torch.Tensor, torch.Tensor] | None:
    """What a linear answer is without any upstream gradient, and the rest; None if that cannot be determined."""
    if not upstream:
        return None
    together = answers[1 + len(LINEAR_FACTORS) * (len(_groups(upstream)) - 1) :]
    if answers[0] is None or not together or together[0] is None or answers[0].shape != together[0].shape:
        return None
    return _offset(answers[0].double(), together[0].double()), (answers[0].double() - together[0].double()) / 2


def bend(once: torch.Tensor | None, multiples: Sequence[torch.Tensor | None], *, narrow: bool) -> Bend | None:
    """How an answer depends on what was multiplied by LINEAR_FACTORS; None if it is linear, or if nothing shows.

    Args:
        once: the answer to the cotangent itself.
        multiples: the answers to its multiples.
        narrow: whether they were computed in float32, where a right answer to a large multiple may overflow.
    """
    found = [each.double() for each in (once, *multiples) if each is not None]
    if len(found) <= len(LINEAR_FACTORS) or not found[0].numel() or len({each.shape for each in found}) > 1:
        return None
    *finite, at_zero = [bool(torch.isfinite(each).all()) for each in found]
    if not all(finite):
        return Bend.OVERFLOWS if finite[0] and finite[1] and not finite[2] and not narrow else None
    asked = found if at_zero else found[:-1]
    if _is_linear(*asked, rounding=_ROUNDING[narrow]):
        return None if at_zero else Bend.INVERSE
    return _bend(*found[:-1])


def _offset(once: torch.Tensor, opposite: torch.Tensor) -> torch.Tensor:
    return (once + opposite) / 2


def _is_linear(plus: torch.Tensor, minus: torch.Tensor, *others: torch.Tensor, rounding: float) -> bool:
    """The answers to c and -c give the part that does not depend on c and the part that is linear in it."""
    constant, linear = _offset(plus, minus), (plus - minus) / 2
    huge, twice, *small = [got - constant - f * linear for f, got in zip(LINEAR_FACTORS[1:], others, strict=False)]
    cancelled = LINEAR_FACTORS[1] * rounding * _size(plus)  # what terms that cancel leave of a large multiple
    return (
        _size(huge) <= max(_OFF * _size(others[0]), cancelled)
        and _size(twice) <= max(_OFF * _size(others[1]), 2 * cancelled)
        and all(
            _size(off) <= max(_OFF * _size(got), rounding * _size(plus))
            for off, got in zip(small, others[2:], strict=True)
        )
    )


def _bend(plus: torch.Tensor, minus: torch.Tensor, huge: torch.Tensor, twice: torch.Tensor, tiny: torch.Tensor) -> Bend:
    if not huge.any() or not tiny.any():
        return Bend.SMALL_LOST if huge.any() else Bend.LARGE_LOST
    growth = math.log2(_size(twice) / _size(huge)) if twice.any() else -math.inf  # the power of c that prevails
    if _size(tiny) * LINEAR_FACTORS[3] * 2 > _size(plus):
        return Bend.INVERSE
    if growth > _FASTER:
        return Bend.SQUARE
    if abs(growth) < _SLOWER:
        return Bend.DIRECTION if _same(huge, plus) and _same(tiny, plus) else Bend.BOUNDED
    alone, opposite = plus - tiny, minus - tiny  # without what other upstream gradients add
    return _of_signs(alone, opposite) if _same(huge - tiny, alone * LINEAR_FACTORS[1]) else Bend.OTHER


def _of_signs(plus: torch.Tensor, minus: torch.Tensor) -> Bend:
    if _same(plus, minus):
        return Bend.ABSOLUTE
    return Bend.ONE_SIGN if _size(plus * minus) <= _OFF * _size(plus) * _size(minus) else Bend.EITHER_SIGN


def _size(value: torch.Tensor) -> float:
    return float(value.abs().max())


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return bool((one - other).abs().max() <= _OFF * torch.stack([one, other]).abs().max())
