"""Text from a report, made safe for other programs and shortened with a visible mark."""

from __future__ import annotations

from grader.sandbox import cleaning

MOST = 2000
"""Maximum length of one message, in characters: a learner's exception can be long."""


def clean(text: object, most: int = MOST) -> str:
    """Return `text` without unsafe characters, at most `most` characters long. Keeps line breaks; marks truncation."""
    whole = str(text)
    plain = cleaning.clean(whole, len(whole), lines=True)
    return plain if len(plain) <= most else f"{plain[: most - 15]} ... (truncated)"


def line(text: object, most: int = 300) -> str:
    """Like `clean`, on one line."""
    return clean(" ".join(clean(text, MOST).split()), most)
