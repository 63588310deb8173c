"""Text of a report on its way to other programs, cleaned of whatever could steer the one that reads it."""

from __future__ import annotations

import re

MOST = 2000
"""Characters of one message: what a learner's exception says may be long."""

# Controls (ANSI sequences, NUL), lone surrogates, the direction overrides that make text read as something else,
# and the two code points that XML does not allow.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def clean(text: object, most: int = MOST) -> str:
    """A text without control characters, at most so long; says where it was cut."""
    plain = _UNSAFE.sub("\ufffd", str(text).replace("\r\n", "\n").replace("\r", "\n"))
    return plain if len(plain) <= most else f"{plain[: most - 15]} ... (truncated)"


def line(text: object, most: int = 300) -> str:
    """The same on one line."""
    return clean(" ".join(clean(text, MOST).split()), most)
