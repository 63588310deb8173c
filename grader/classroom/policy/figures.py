"""Points as exact numbers: how they are rounded and how they are written."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Final

_SHOWN: Final = Fraction(1, 100)


def rounded(points: Fraction, to: Fraction | None) -> Fraction:
    """The nearest multiple of `to`, halves up; of 0.01 without one."""
    step = to or _SHOWN
    return floor(points / step + Fraction(1, 2)) * step


def in_figures(points: float | Fraction, *, comma: bool = False) -> str:
    """Points as people read them: `17.5`, without a trailing `.0`; with a decimal comma if they want one."""
    text = f"{float(points):.10g}"
    return text.replace(".", ",") if comma else text


def counted(number: int | Fraction, what: str) -> str:
    """`1 day`, `2.5 points`."""
    return f"{in_figures(number)} {what}{'' if number == 1 else 's'}"
