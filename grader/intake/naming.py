"""Who handed a file in, read off the names that Canvas and Moodle give to the files of a bulk download.

Canvas      doejohn_4711_88123_backward.py, doejohn_LATE_4711_88123_backward.py, anon_x7Yz2_88123_backward.py,
            doejohn_4711_text.html and doejohn_4711_link.html for what was typed into its text box
Moodle      Jane Doe_657737_assignsubmission_file_/backward.py, or without folders
            Jane Doe_657737_assignsubmission_file_backward.py; `_assignsubmission_onlinetext_` for typed text
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    """What a download tells of the person behind a submission; empty where it tells nothing."""

    id: str = ""
    name: str = ""
    email: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Mangled:
    """A name that a learning platform made, taken apart."""

    platform: str
    group: str
    """The same for everything that one person handed in, and different between people."""
    who: Who
    file: str = ""
    """The name that the learner gave; empty for a folder."""
    attachment: int = 0
    typed: bool = False
    """Whether this is what was typed into the platform's text box, not a file."""


def demangle(name: str) -> Mangled | None:
    """Take a name apart; None if no platform made it."""
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
