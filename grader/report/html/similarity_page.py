"""The page of similar submissions: each pair with what it shares, both sides beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from grader.report.clean_text import line
from grader.report.html.render import render

if TYPE_CHECKING:
    from collections.abc import Sequence

IDENTICAL = "identical files"
"""In the column `traits` of the table: the row is about a file that many people have."""
Piece = tuple[str, bool]
"""A part of a line, and whether both have it."""


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of code: its number, its pieces, and whether both files have it (`trait`, `equal` or neither)."""

    number: int
    """Its number in the file; 0 if it was taken from a notebook or from lines outside functions."""
    pieces: tuple[Piece, ...]
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One side of a trait: where it is, and the lines as they were written."""

    place: str
    lines: tuple[CodeLine, ...]
    more: int = 0
    """Lines that are left out."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A shared trait, both sides beside each other."""

    sentence: str
    sides: tuple[Excerpt, Excerpt]


@dataclass(frozen=True, slots=True)
class PairShown:
    """A pair as the page shows it."""

    names: tuple[str, str]
    similarity: float
    unusual: bool
    """Whether the texts are unusually similar for this class."""
    rarity: float
    reasons: tuple[Reason, ...]
    others: tuple[str, ...]
    """The traits for which there is no room, one phrase for each kind."""
    files: tuple[Excerpt, Excerpt]


@dataclass(frozen=True, slots=True)
class SimilarityRun:
    """What the page says about the class."""

    exercise: str
    compared: int
    """Submissions that were compared."""
    found: int
    """Pairs worth a look, listed or not."""
    threshold: float
    """The similarity that is unusual in this class."""
    cut: str = ""
    """A sentence about the pairs that are not listed; empty if all are."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Submissions that could not be compared, with the reasons."""
    identical: tuple[tuple[str, ...], ...] = ()
    """Submissions that many people share to the letter; in the pairs, the first of them stands for all."""


def similarity_page(pairs: Sequence[PairShown], about: SimilarityRun) -> str:
    """The pairs as one HTML file, most suspicious first."""
    return render(
        "similarity.html",
        style="similarity.css",
        script="similarity.js",
        title=line(about.exercise),
        figures=_figures(pairs, about),
        pairs=pairs,
        cut=about.cut,
        threshold=_percent(about.threshold),
        identical=[[line(name, 120) for name in names] for names in about.identical],
        left_out=[(line(name, 120), line(why)) for name, why in about.left_out],
        percent=_percent,
    )


def _figures(pairs: Sequence[PairShown], about: SimilarityRun) -> list[tuple[str, str]]:
    listed = str(len(pairs)) if len(pairs) == about.found else f"{len(pairs)} of {about.found}"
    return [
        ("compared", str(about.compared)),
        ("pairs", listed),
        ("people in them", str(len({name for pair in pairs for name in pair.names}))),
        ("unusual from", _percent(about.threshold)),
    ]


def _percent(share: float) -> str:
    """A share as a percentage, rounded down: only equal texts have 100%."""
    return f"{floor(100 * share + 1e-9)}%"
