"""Gradescope's submission_metadata.yml: who handed in what, and when."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from grader.classroom.intake.platforms import Who, read_time

METADATA: Final = "submission_metadata.yml"
LARGEST: Final = 64 << 20

_KEY = re.compile(r"(submission_\d+):\s*")
_SECTION = re.compile(r"( +):(\w+):\s*(.*)")
_FIELD = re.compile(r" +(- )?:(\w+):\s*(.*)")
_ESCAPE = re.compile(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\/]))')


@dataclass(slots=True)
class _Entry:
    """One submission: the fields of each submitter, and the time."""

    people: list[dict[str, str]] = field(default_factory=list)
    at: str = ""


def read_metadata(text: str) -> dict[str, tuple[Who, ...]]:
    """Submission -> its submitters. Reads Gradescope's layout line by line, not YAML in general."""
    entries: dict[str, _Entry] = defaultdict(_Entry)
    submission, indent, inside = "", 0, False
    for line in text.splitlines():
        if key := _KEY.fullmatch(line):
            submission, indent, inside = key[1], 0, False
        elif (section := _SECTION.fullmatch(line)) and indent in (0, len(section[1])):
            indent, inside = len(section[1]), section[2] == "submitters"
            if section[2] == "created_at":
                entries[submission].at = read_time(_scalar(section[3]))
        elif inside and (found := _FIELD.fullmatch(line)):
            people = entries[submission].people
            if found[1] or not people:
                people.append({})
            people[-1].setdefault(found[2], _scalar(found[3]))
    return {name: tuple(_who(fields, entry.at) for fields in entry.people) for name, entry in entries.items()}


def _who(fields: dict[str, str], at: str) -> Who:
    return Who(fields.get("sid", ""), fields.get("name", ""), fields.get("email", ""), platform="gradescope", at=at)


def _scalar(text: str) -> str:
    """Parse a one-line YAML scalar, plain or quoted."""
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
