"""Text of a report on its way to other programs: nothing unsafe in it, and a mark where it was cut."""

from __future__ import annotations

from grader.sandbox import cleaning

MOST = 2000
"""Characters of one message: what a learner's exception says may be long."""


def clean(text: object, most: int = MOST) -> str:
    """A text without anything unsafe, its new lines kept, at most so long; says where it was cut."""
    whole = str(text)
    plain = cleaning.clean(whole, len(whole), lines=True)
    return plain if len(plain) <= most else f"{plain[: most - 15]} ... (truncated)"


def line(text: object, most: int = 300) -> str:
    """The same on one line."""
    return clean(" ".join(clean(text, MOST).split()), most)
