"""Fits the blocks of a screen into a terminal: what matters least is left out first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rank(IntEnum):
    """How much a block matters. The first are left out, the others are shortened, both in this order."""

    CHART = 0
    DETAIL = 1
    TOTAL = 2
    WARNING = 3
    PRINTS = 4
    BESIDE_A_LIST = 5
    """The verdict while a list is shown that was asked for."""
    LIST = 6
    VERDICT = 7
    HINTS = 8
    MESSAGE = 9
    KEYS = 10


OPTIONAL = (Rank.CHART, Rank.DETAIL, Rank.TOTAL, Rank.WARNING)
STEPS = (
    ("\n", Rank.CHART), ("\n", Rank.DETAIL), ("\n", Rank.TOTAL),
    ("", Rank.TOTAL), ("", Rank.WARNING), ("", Rank.PRINTS),
)  # fmt: skip
"""What stands between two blocks, and the rank from which on blocks are shown: tried in this order."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a screen that belong together."""

    lines: Sequence[str]
    rank: Rank
    glued: bool = False
    """Whether no blank line comes before it."""


def fitted(blocks: Sequence[Block], columns: int, rows: int, mark: str = "…") -> str:
    """The blocks as one text of at most `rows` rows. `mark` is where a block was shortened."""
    for gap, rank in STEPS:
        text = joined([block for block in blocks if block.rank >= rank], gap)
        if height(text, columns) <= rows:
            return text
    kept = [block for block in blocks if block.rank not in OPTIONAL]
    for rank in Rank:
        excess = height(joined(kept, ""), columns) - rows
        if excess <= 0:
            break
        if rank < Rank.KEYS:
            kept = [_shortened(block, excess, columns, mark) if block.rank == rank else block for block in kept]
    return joined(kept, "")


def joined(blocks: Sequence[Block], gap: str = "\n") -> str:
    """The blocks below one another."""
    text = ""
    for block in (block for block in blocks if block.lines):
        between = "" if not text else "\n" if block.glued else f"\n{gap}"
        text += between + "\n".join(block.lines)
    return text


def height(text: str, columns: int) -> int:
    """How many rows a text takes on a terminal: longer lines wrap."""
    return sum(max(1, -(-len(click.unstyle(line)) // columns)) for line in text.split("\n"))


def _shortened(block: Block, excess: int, columns: int, mark: str) -> Block:
    """A block with as many rows less, but at least one line. Of hints the end is kept, of all else the beginning."""
    lines, last = list(block.lines), block.rank == Rank.HINTS
    while excess > 0 and len(lines) > 1:
        excess -= height(lines.pop(0 if last else -1), columns)
    at = 0 if last else -1
    if len(lines) < len(block.lines) and len(click.unstyle(lines[at])) + len(mark) < columns:
        lines[at] = f"{mark} {lines[at]}" if last else f"{lines[at]} {mark}"
    return replace(block, lines=lines)
