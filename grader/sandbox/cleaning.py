"""Cleans a learner's text: one table of the characters that must never reach a terminal, a report or a log.

Everything from a submission that is shown goes through `clean`: file names, messages, output, reasons. The child cleans
first, so that honest text fits into a frame; the grader cleans again, because the child may lie.
"""

from __future__ import annotations

import unicodedata
from typing import Final

TEXT_LIMIT: Final = 2048
"""The most characters of a learner's text (a message, a call's output) that are passed on."""

INSTEAD: Final = "?"
"""Replaces an unsafe character, as in `ls`: ASCII, so that no terminal's encoding fails on it."""

_SPACES: Final = (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
"""Category Zs without the space itself."""
_BREAKS: Final = (*range(0x0A, 0x0E), *range(0x1C, 0x1F), 0x85, 0x2028, 0x2029)
"""Where `str.splitlines` begins a new line; a carriage return would overwrite the line it is in."""
_INVISIBLE: Final = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)
"""Joiners and fillers that Unicode counts as marks or letters but that are invisible (DerivedCoreProperties,
Default_Ignorable_Code_Point). Variation selectors are not listed: emoji need them.
"""
_DRAWN: Final = frozenset(("Cs", "Co", "Cn"))
"""Unprintable categories that are drawn as a box, if at all: something was there to be read."""


class _Table(dict[int, str]):
    """For `str.translate`: a character that is not listed is kept if Python considers it printable.

    Exactly these categories are not printable: Cc (controls, the ESC of terminal sequences), Cf (bidi marks, overrides
    and isolates, zero-width characters, the byte order mark, the soft hyphen, tags), Cs (lone surrogates, which no
    encoding accepts), Co and Cn (private, unassigned, the noncharacters that XML rejects), Zl and Zp (line separators),
    and Zs.
    """

    def __init__(self, listed: dict[int, str], unseen: str) -> None:
        super().__init__(dict.fromkeys(_SPACES, " ") | dict.fromkeys(_INVISIBLE, unseen) | listed)
        self._unseen = unseen

    def __missing__(self, code: int) -> str:
        """Not cached: a hostile text would fill the table."""
        character = chr(code)
        if character.isprintable():
            return character
        return INSTEAD if unicodedata.category(character) in _DRAWN else self._unseen


_ONE_LINE: Final = _Table({}, unseen=INSTEAD)
_LINES: Final = _Table(dict.fromkeys(_BREAKS, "\n") | {ord("\t"): "\t"}, unseen="")


def clean(text: str, most: int = TEXT_LIMIT, *, lines: bool = False) -> str:
    """The first `most` characters of a text, without any that could control the program that shows it.

    Args:
        text: anything, of any length.
        most: number of characters used; callers with their own limit pass it.
        lines: for running text (messages, output): keep line breaks, as newlines, and tabs; drop invisible characters.
            Otherwise, for names and reasons, the result is one line in which `INSTEAD` marks what was there: two
            different names must not look alike.
    """
    text = text[:most]
    if text.isascii() and text.isprintable():  # almost always the case, and ten times as fast
        return text
    if lines:
        return text.replace("\r\n", "\n").translate(_LINES)
    return text.translate(_ONE_LINE)


def joined(text: str, most: int = TEXT_LIMIT) -> str:
    """Running text on one line, its words separated by single spaces, so that any message can include it."""
    return " ".join(clean(text, most, lines=True).split())


def shortened(text: str, most: int = 200) -> str:
    """One line of at most `most` characters, followed by `...` if it was truncated."""
    shown = clean(text, most)
    return shown if len(text) <= most else f"{shown}..."
