"""What may have been meant: the known name that is nearest to an unknown one."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LIKE = 0.6
"""How like a word a name has to be: difflib's ratio, from 0 to 1, at its own default."""
LIKE_TYPED = 0.5
"""The same of short words typed on the command line, where one slip is a larger share."""


def nearest(word: str, known: Iterable[str], like: float = LIKE) -> str:
    """The known name most like a word; empty if none is like it."""
    return next(iter(difflib.get_close_matches(word, list(known), 1, like)), "")


def did_you_mean(word: str, known: Iterable[str], otherwise: str | None = None, like: float = LIKE) -> str:
    """`Did you mean NAME?`, or another sentence if nothing is like the word: by default, all that is known."""
    known = list(known)
    if close := nearest(word, known, like):
        return f"Did you mean {close}?"
    return f"There are: {', '.join(known) or 'none'}." if otherwise is None else otherwise


def unknown(word: str, known: Iterable[str], what: str) -> str:
    """The sentence about a word on the command line that names nothing: `there is no WHAT WORD. Did you mean NAME?`."""
    return f"there is no {what} {word}. {did_you_mean(word, known, like=LIKE_TYPED)}"
