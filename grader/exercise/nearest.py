"""Suggestions for mistyped names: the known name most similar to an unknown one."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LIKE = 0.6
"""How similar a suggestion must be: difflib's ratio, from 0 to 1, and its default."""
LIKE_TYPED = 0.5
"""The same for short words typed on the command line, where one typo weighs more."""


def nearest(word: str, known: Iterable[str], like: float = LIKE) -> str:
    """The known name most similar to a word; empty if none is similar enough."""
    return next(iter(difflib.get_close_matches(word, list(known), 1, like)), "")


def did_you_mean(word: str, known: Iterable[str], otherwise: str | None = None, like: float = LIKE) -> str:
    """`Did you mean NAME?`, or `otherwise` if no known name is similar; by default, a list of the known names."""
    known = list(known)
    if close := nearest(word, known, like):
        return f"Did you mean {close}?"
    return f"Available: {', '.join(known) or 'none'}." if otherwise is None else otherwise


def unknown(word: str, known: Iterable[str], what: str) -> str:
    """The message for an unknown word on the command line: `there is no WHAT WORD. Did you mean NAME?`."""
    return f"there is no {what} {word}. {did_you_mean(word, known, like=LIKE_TYPED)}"
