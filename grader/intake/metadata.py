"""Who is behind `submission_<number>` in a Gradescope export: the lines of submission_metadata.yml that say so."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from grader.intake.naming import Who

if TYPE_CHECKING:
    from collections.abc import Iterator

METADATA = "submission_metadata.yml"
LARGEST = 64 << 20

_KEY = re.compile(r"(submission_\d+):\s*")
_SECTION = re.compile(r"( +):(\w+):.*")
_FIELD = re.compile(r" +(- )?:(\w+):\s*(.*)")
_ESCAPE = re.compile(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\/]))')


def read_metadata(text: str) -> dict[str, tuple[Who, ...]]:
    """Submission -> its submitters. Reads the one shape that Gradescope writes, line by line, not YAML."""
    people: dict[str, list[dict[str, str]]] = defaultdict(list)
    for submission, first, name, value in _submitters(text):
        if first or not people[submission]:
            people[submission].append({})
        people[submission][-1].setdefault(name, value)
    return {submission: tuple(map(_who, found)) for submission, found in people.items()}


def _submitters(text: str) -> Iterator[tuple[str, bool, str, str]]:
    """The lines below `:submitters:`: whose submission, whether a person begins here, field and value."""
    submission, indent, inside = "", 0, False
    for line in text.splitlines():
        if key := _KEY.fullmatch(line):
            submission, indent, inside = key[1], 0, False
        elif (section := _SECTION.fullmatch(line)) and indent in (0, len(section[1])):
            indent, inside = len(section[1]), section[2] == "submitters"
        elif inside and (field := _FIELD.fullmatch(line)):
            yield submission, bool(field[1]), field[2], _scalar(field[3])


def _who(fields: dict[str, str]) -> Who:
    return Who(fields.get("sid", ""), fields.get("name", ""), fields.get("email", ""))


def _scalar(text: str) -> str:
    """A plain or quoted YAML scalar of one line."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _ESCAPE.sub(_meant, text[1:-1])
    return "" if text in ("null", "~") else text


def _meant(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[3]
    if not digits:
        return escape[4]
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"
