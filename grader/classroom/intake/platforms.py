"""Recognize a platform's download, and find out from its names and metadata who handed in what.

Canvas       doejohn_4711_88123_backward.py, doejohn_LATE_4711_88123_backward.py, anon_x7Yz2_88123_backward.py,
             doejohn_4711_text.html and doejohn_4711_link.html for text typed into its text box
Moodle       Jane Doe_657737_assignsubmission_file_/backward.py, or without folders
             Jane Doe_657737_assignsubmission_file_backward.py; `_assignsubmission_onlinetext_` for typed text
Gradescope   submission_<number>/backward.py, with the owners in submission_metadata.yml: see `gradescope`
Blackboard   Homework 3_jdoe_attempt_2026-03-01-12-30-00_backward.py, one such name for each file of each attempt, and
             Homework 3_jdoe_attempt_2026-03-01-12-30-00.txt: Blackboard's receipt, which begins `Name: Jane Doe (jdoe)`
Brightspace  397063-2557369 - Jane Doe - Mar 1, 2026 1230 PM/backward.py, or without folders
             397063-2557369 - Jane Doe - Mar 1, 2026 1230 PM - backward.py; the school's own number may follow the two
ILIAS        Doe_Jane_jdoe_4711/backward.py, or Team_12/Doe_Jane_jdoe_4711/backward.py, often below `Abgaben`
Sakai        Doe, Jane(jdoe)/Submission attachment(s)/backward.py, or without folders
             Doe, Jane(jdoe)_Submission attachment(s)_backward.py; timestamp.txt has the time, and what is typed is in
             Doe, Jane(jdoe)_submissionText.html
GitHub       homework-3-jdoe/backward.py: clones, named after the assignment and the login

A learner chooses the end of such a name, so everything before it is read from the left, and only as the platform that
made most of the names would have written it: a file called like another platform's is not somebody else's.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.dates_in_words import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Who:
    """What a download says about a submission's owner; fields are empty if unknown."""

    id: str = ""
    name: str = ""
    email: str = ""
    login: str = ""
    late: bool = False
    platform: str = ""
    """The platform that wrote these fields; empty if a person chose the name."""
    at: str = ""
    """When it was handed in, as ISO 8601; without a time zone if the platform does not say which."""
    aliases: tuple[str, ...] = ()
    """Further ids, logins and addresses, from a roster; what else a name may have meant."""


@dataclass(frozen=True, slots=True)
class Mangled:
    """The parts of a file name that a learning platform made."""

    platform: str
    group: str
    """Identifies one submission: equal for everything that one person handed in at one time."""
    who: Who
    file: str = ""
    """The student's own file name; empty for a folder."""
    attachment: int = 0
    typed: bool = False
    """Whether this is text typed into the platform's text box, not a file."""
    receipt: bool = False
    """Whether the platform wrote this file about the submission."""
    person: str = ""
    """Identifies the person: equal for all attempts of one person."""
    number: int = 0
    """The number of the attempt, if the name has one."""


def demangle(name: str, platform: str = "") -> Mangled | None:
    """Split a name into its parts; None if the platform did not make it. Without a platform, any of them."""
    readers = [_READERS[platform]] if platform else _READERS.values()
    return next((found for read in readers if (found := read(name)) is not None), None)


def platform_of(names: Collection[str]) -> str:
    """The platform that made at least half of these names; empty if there is none."""
    count = Counter(platform for platform, read in _READERS.items() for name in names if read(name) is not None)
    platform, most = max(count.items(), key=lambda item: item[1], default=("", 0))
    return platform if most and 2 * most >= len(names) else ""


_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)", re.DOTALL)


def _moodle(name: str) -> Mangled | None:
    found = _MOODLE.fullmatch(name)
    if found is None:
        return None
    group = f"{found['name']}_{found['id']}"
    who = Who(id=found["id"], name=found["name"], platform="moodle")
    return Mangled("moodle", group, who, found["file"], typed=found["kind"] == "onlinetext", person=group)


_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?(?P<name>anon)_(?P<id>[A-Za-z0-9]+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)


def _canvas(name: str) -> Mangled | None:
    found = _CANVAS_ANONYMOUS.fullmatch(name) or _CANVAS.fullmatch(name)
    if found is None:
        return None
    owner = "" if found["name"] == "anon" else found["name"]
    who = Who(id=found["id"], name=owner, late=bool(found["late"]), platform="canvas")
    attachment = int(found["attachment"][:18]) if found["attachment"] else 0
    group = f"{found['name']}_{found['id']}"
    return Mangled("canvas", group, who, found["file"] or "", attachment, typed=bool(found["typed"]), person=group)


_BLACKBOARD = re.compile(
    r"(?P<head>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<receipt>\.txt)|)", re.DOTALL
)
_RECEIPT = re.compile(r"[^:\n]{1,40}:\s*(?P<name>\S[^\n]*?)\s*\((?P<login>[^()\s]+)\)\s*")


def _blackboard(name: str) -> Mangled | None:
    found = _BLACKBOARD.fullmatch(name)
    login = found["head"].rpartition("_")[2] if found else ""
    return _attempt(found, login) if found and login != found["head"] else None


def _attempt(found: re.Match[str], login: str) -> Mangled:
    day, clock = found["time"][:10], found["time"][11:].replace("-", ":")
    # Of `HW 3_j_doe`, only other names tell whether the title ends before j or behind it.
    before = found["head"].removesuffix(f"_{login}")
    longer = (found["head"][at + 1 :] for at, letter in enumerate(before) if letter == "_")
    who = Who(login=login, platform="blackboard", at=_checked(f"{day}T{clock}"), aliases=tuple(longer))
    group = f"{login}_attempt_{found['time']}"
    return Mangled("blackboard", group, who, found["file"] or "", receipt=bool(found["receipt"]), person=login)


def blackboard(names: Iterable[str]) -> dict[str, Mangled]:
    """The names that Blackboard made, read together: the assignment's title, which all of them begin with, and the
    login may both contain underscores.
    """
    found = {name: match for name in names if _blackboard(name) and (match := _BLACKBOARD.fullmatch(name))}
    heads = {match["head"] for match in found.values()}
    titles = Counter(head.rpartition("_")[0] for head in heads)
    shared = [title for title in titles if all(head.startswith(f"{title}_") for head in heads)]
    title = max(shared, key=lambda each: (titles[each], -len(each)), default=None)
    return {
        name: _attempt(match, match["head"].rpartition("_")[2] if title is None else match["head"][len(title) + 1 :])
        for name, match in found.items()
    }


def read_receipt(text: str) -> tuple[str, str]:
    """The name and the login in the first line of Blackboard's receipt; empty if it does not begin like one."""
    lines = text.lstrip("\N{BYTE ORDER MARK}\n\r ").splitlines()
    found = _RECEIPT.fullmatch(lines[0]) if lines else None
    return (found["name"], found["login"]) if found else ("", "")


_BRIGHTSPACE = re.compile(
    r"(?P<head>\d{2,}-\d{2,}) - (?:(?P<id>[A-Za-z]{0,3}\d{4,}) - )?(?P<name>.+?) - (?P<time>[^-]*\b\d{4}\b[^-]*?)"
    r"(?: - (?P<file>.+))?",
    re.DOTALL,
)


def _brightspace(name: str) -> Mangled | None:
    found = _BRIGHTSPACE.fullmatch(name)
    if found is None:
        return None
    who = Who(
        id=found["id"] or "",
        name=found["name"],
        platform="brightspace",
        at=at.isoformat() if (at := in_words(found["time"])) else "",
    )
    person = f"{found['head']} - {found['name']}"
    return Mangled("brightspace", f"{person} - {found['time']}", who, found["file"] or "", person=person)


_SAKAI = re.compile(
    r"(?P<name>[^()]+, ?.*?)(?<!\s)\((?P<login>[^()\s]+)\)"
    r"(?:_(?:Submission attachment\(s\)_(?P<file>.+)|(?P<typed>submissionText\.html)))?",
    re.DOTALL,
)
SAKAI_FOLDER: Final = "Submission attachment(s)/"
"""The folder that Sakai puts a person's files into."""
SAKAI_TIME: Final = "timestamp.txt"
_SAKAI_BESIDE = re.compile(r"(Feedback Attachment\(s\)/.*|timestamp\.txt|comments\.txt|feedbackText\.html)", re.DOTALL)


def _sakai(name: str) -> Mangled | None:
    found = _SAKAI.fullmatch(name)
    if found is None:
        return None
    who = Who(name=found["name"].strip(), login=found["login"], platform="sakai")
    group = f"{found['name']}({found['login']})"
    return Mangled("sakai", group, who, found["file"] or "", typed=bool(found["typed"]), person=group)


def sakai_file(name: str) -> str | None:
    """The student's own name for a file in a folder of Sakai's; None for a file that Sakai or a grader put there."""
    if _SAKAI_BESIDE.fullmatch(name) or name.endswith("_submissionText.html"):
        return None
    return name.removeprefix(SAKAI_FOLDER)


def sakai_time(text: str) -> str:
    """The time in Sakai's timestamp.txt, which is in UTC, with or without punctuation; empty if it is none."""
    text = text.strip()
    if found := re.fullmatch(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{0,3}", text):
        year, month, day, hour, minute, second = found.groups()
        return _checked(f"{year}-{month}-{day}T{hour}:{minute}:{second}+00:00")
    return read_time(text)


_ILIAS = re.compile(r"(?P<names>[^_]+(?:_[^_]+)+)_(?P<login>[^_]+)_(?P<id>\d{3,})", re.DOTALL)
ILIAS_TEAM: Final = re.compile(r"Team[ _-]?\d+")


def ilias(folders: Sequence[str]) -> dict[str, Mangled]:
    """The folders that ILIAS made, if it made most of them: any name with underscores and a number may look like it."""
    found = {name: match for name in folders if (match := _ILIAS.fullmatch(name))}
    numbers = {match["id"] for match in found.values()}
    logins = {match["login"] for match in found.values()}
    firsts = {match["names"].partition("_")[0] for match in found.values()}
    alike = min(len(numbers), len(logins)) < len(found) or len(firsts) == 1 < len(found)
    if alike or 2 * len(found) <= len(folders):
        return {}
    return {name: _ilias(name, match) for name, match in found.items()}


def _ilias(name: str, found: re.Match[str]) -> Mangled:
    names = found["names"].split("_")
    owner = ", ".join(names) if len(names) == 2 else " ".join(names)
    return Mangled("ilias", name, Who(name=owner, login=found["login"], platform="ilias"), person=name)


_SHARE: Final = 0.8
"""The share of folders that begin with the assignment's name: others may be somebody's own repository."""
_GITHUB_LOGIN = re.compile(r"[A-Za-z0-9_](?:[._-]?[A-Za-z0-9_])*")
"""GitHub has no dots and underscores in logins; GitLab and Gitea have."""


def github(folders: Sequence[str]) -> dict[str, Mangled]:
    """The folders called ASSIGNMENT-LOGIN: the longest beginning up to a hyphen that nearly all of them share.

    Names like ben-2 and ben-3, or student-1 to student-30, have numbers behind it and are nobody's logins.
    """
    beginnings = Counter(
        name[: at + 1] for name in folders for at, letter in enumerate(name) if letter == "-" and at and name[at + 1 :]
    )
    most = max(2, _SHARE * len(folders))
    shared = max((each for each, count in beginnings.items() if count >= most), key=len, default="")
    logins = {name: name.removeprefix(shared) for name in folders if shared and name.startswith(shared)}
    if sum(login.isdecimal() for login in logins.values()) > len(logins) / 2:
        return {}
    return {
        name: Mangled("github", name, Who(login=login, platform="github"), person=login)
        for name, login in logins.items()
        if _GITHUB_LOGIN.fullmatch(login)
    }


def by_folders(folders: Sequence[str]) -> dict[str, Mangled]:
    """The names of folders that can be read only together."""
    return ilias(folders) or github(folders)


_READERS: Final[Mapping[str, Callable[[str], Mangled | None]]] = {
    "moodle": _moodle,
    "blackboard": _blackboard,
    "brightspace": _brightspace,
    "sakai": _sakai,
    "canvas": _canvas,
}


# Times

_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?"
)


def read_time(text: str) -> str:
    """A time as ISO 8601, with its zone if it has one: `2026-03-01 12:30:00.123 Z`; empty if it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return ""
    clock = found["clock"] if found["clock"].count(":") > 1 else f"{found['clock']}:00"
    zone = found["zone"] or ""
    return _checked(f"{found['day']}T{clock}{'+00:00' if zone in ('Z', 'UTC') else zone}")


def _checked(text: str) -> str:
    """A time that exists; empty for the 30th of February."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return ""
