"""Recognize a platform's download, and find out from its names and metadata who handed in what.

Canvas      doejohn_4711_88123_backward.py, doejohn_LATE_4711_88123_backward.py, anon_x7Yz2_88123_backward.py,
            doejohn_4711_text.html and doejohn_4711_link.html for text typed into its text box
Moodle      Jane Doe_657737_assignsubmission_file_/backward.py, or without folders
            Jane Doe_657737_assignsubmission_file_backward.py; `_assignsubmission_onlinetext_` for typed text
Gradescope  submission_<number>/backward.py, with the owners in submission_metadata.yml
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?(?P<name>anon)_(?P<id>[A-Za-z0-9]+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)
_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Who:
    """What a download says about a submission's owner; fields are empty if unknown."""

    id: str = ""
    name: str = ""
    email: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Mangled:
    """The parts of a file name that a learning platform made."""

    platform: str
    group: str
    """Identifies the person: equal for everything that one person handed in."""
    who: Who
    file: str = ""
    """The student's own file name; empty for a folder."""
    attachment: int = 0
    typed: bool = False
    """Whether this is text typed into the platform's text box, not a file."""


def demangle(name: str) -> Mangled | None:
    """Split a name into its parts; None if no platform made it."""
    if found := _MOODLE.fullmatch(name):
        who = Who(id=found["id"], name=found["name"])
        group = f"{found['name']}_{found['id']}"
        return Mangled("moodle", group, who, found["file"], typed=found["kind"] == "onlinetext")
    if found := _CANVAS_ANONYMOUS.fullmatch(name) or _CANVAS.fullmatch(name):
        who = Who(id=found["id"], name="" if found["name"] == "anon" else found["name"], late=bool(found["late"]))
        attachment = int(found["attachment"][:18]) if found["attachment"] else 0
        group = f"{found['name']}_{found['id']}"
        return Mangled("canvas", group, who, found["file"] or "", attachment, typed=bool(found["typed"]))
    return None


METADATA = "submission_metadata.yml"
LARGEST = 64 << 20

_KEY = re.compile(r"(submission_\d+):\s*")
_SECTION = re.compile(r"( +):(\w+):.*")
_FIELD = re.compile(r" +(- )?:(\w+):\s*(.*)")
_ESCAPE = re.compile(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\/]))')


def read_metadata(text: str) -> dict[str, tuple[Who, ...]]:
    """Submission -> its submitters. Reads Gradescope's layout line by line, not YAML in general."""
    people: dict[str, list[dict[str, str]]] = defaultdict(list)
    for submission, first, name, value in _submitters(text):
        if first or not people[submission]:
            people[submission].append({})
        people[submission][-1].setdefault(name, value)
    return {submission: tuple(map(_who, found)) for submission, found in people.items()}


def _submitters(text: str) -> Iterator[tuple[str, bool, str, str]]:
    """The lines below `:submitters:` as (submission, whether a new person starts, field, value)."""
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
