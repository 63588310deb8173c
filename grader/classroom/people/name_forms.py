"""Names of people in forms for comparison. A form is whole: initials and parts of a name identify nobody."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from grader.classroom.tables.encoding import repaired

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_APOSTROPHES = re.compile("['`\u2018\u2019\u02bc\u00b4]")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŋ": "n"}
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

_cached = lru_cache(1 << 16)
"""A class has each name several times: on its roster, in its folder, in a grade book."""


@_cached
def folded(text: str) -> str:
    """A text in a form for comparison: case, spaces around it and how an accent is encoded do not matter."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", repaired(text)).casefold()).strip()


@_cached
def plain(text: str) -> str:
    """A text without accents: weaker evidence."""
    apart = unicodedata.normalize("NFD", folded(text).translate(_LETTERS))
    return unicodedata.normalize("NFC", "".join(char for char in apart if not unicodedata.combining(char)))


def spelled_out(text: str) -> str:
    """A text with `ö` as `oe`: weaker evidence, too."""
    return plain(folded(text).translate(_GERMAN))


@_cached
def words(name: str) -> tuple[str, ...]:
    """The words of a name as written, folded; `Doe, Jane` has the words of `Doe Jane`."""
    text = _APOSTROPHES.sub("", folded(name))
    kinds = ((char, unicodedata.category(char)) for char in text)
    return tuple("".join(char if kind[0] in "LMN" else "" if kind == "Cf" else " " for char, kind in kinds).split())


@_cached
def in_any_order(name: str) -> frozenset[str]:
    """A name in all orders that keep the words of the first and of the last name together, and without spaces.

    `Doe, Jane` is `jane doe`, `doe jane`, and, as Canvas names a file, `doejane`.
    """
    return frozenset(form for turned in _turned(words(name)) for form in (" ".join(turned), "".join(turned)))


def as_claimed(name: str) -> str:
    """A name on a submission, as it is looked for among the orders of the names on a roster."""
    return " ".join(words(name))


def _turned(name: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(len(name)):
        yield (*name[at:], *name[:at])


def weakly(name: str) -> frozenset[str]:
    """The orders of a name without accents, and with `ö` as `oe`."""
    return frozenset().union(*map(in_any_order, _weak_forms(name)))


def alike(first: str, second: str) -> bool:
    """Whether two names may be one person's: they share a word, or are in different scripts, or one is not known."""
    if not words(first) or not words(second) or _is_latin(first) != _is_latin(second):
        return True
    return any(_share_a_word(words(one), words(other)) for one in _weak_forms(first) for other in _weak_forms(second))


def _weak_forms(name: str) -> tuple[str, str]:
    return plain(name), spelled_out(name)


def _share_a_word(first: Sequence[str], second: Sequence[str]) -> bool:
    """`Ben` is a beginning of `Benny`, and of `benok`, as Canvas joins names; the `ng` in `wong` is nobody's name."""
    if "".join(first) == "".join(second):
        return True
    pairs = [(one, other) for one in first for other in second if len(one) > 1 and len(other) > 1]
    pairs += [(other, one) for one, other in pairs]
    joined = {*(first if len(first) == 1 else ()), *(second if len(second) == 1 else ())}
    return any(
        one == other or (len(one) > 2 and (other.startswith(one) or (other in joined and other.endswith(one))))
        for one, other in pairs
    )


def _is_latin(name: str) -> bool:
    return any("a" <= char <= "z" for char in plain(name))
