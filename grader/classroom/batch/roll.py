"""class.json: who is in the class, by a key that no spreadsheet can damage. Exports match people by this file."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, Self

from grader import __version__
from grader.classroom.intake.handed_in import LATE
from grader.classroom.people.ownership import Claim
from grader.grading.submission import UnreadableSubmission
from grader.report.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from grader.classroom.intake.handed_in import HandedIn

FILE: Final = "class.json"
_LETTERS: Final = "bcdfghjklmnpqrstvwxz"
"""No digits, which a spreadsheet turns into a number or a date, and no vowels, with which it is a month or a word."""
_LENGTH: Final = 10
_LARGEST: Final = 256 << 20


class UnreadableRoll(Exception):
    """class.json cannot be read: the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the course's rules made of a submission when the batch last wrote its results."""

    counts: bool
    final: float | None
    """The final points; None if there are none yet, or if it does not count."""
    sentences: tuple[str, ...] = ()
    """For the student."""
    basis: tuple[str, ...] = ()
    """The same without how the final points come about."""
    override: str = ""
    """The override at that moment."""
    several: bool = False
    """Whether it is one of several attempts."""
    slip: int = 0
    """The slip days that it used."""
    due: bool = False
    """Whether the exercise has a due date."""
    untimed: bool = False
    """Whether it counts without a penalty only because nobody knows when it was handed in."""


@dataclass(frozen=True, slots=True)
class GivenTime:
    """When something was handed in, as --times gave it: kept for runs without the table."""

    at: str
    """ISO 8601."""
    of: str
    """A hash of what was handed in: something else that is handed in later has another time."""

    @classmethod
    def of_hand_in(cls, each: HandedIn, at: str) -> Self:
        """The time of what is there now."""
        return cls(at, content(each))


def content(each: HandedIn) -> str:
    """A hash of what was handed in, and under which name."""
    try:
        files = each.read().sha256
    except UnreadableSubmission as error:
        files = str(error)
    return hashlib.sha256(f"{each.source.name}\0{files}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Listed:
    """One submission of the class, and what is known of its owner."""

    key: str
    name: str
    """The submission's name: that of its reports."""
    raw: str
    """Its original name in the folder or archive."""
    claim: Claim
    """What the download says about its owner, completed by the batch's roster."""
    id: str = ""
    """The owner as grades.csv shows: an id, a name, an address."""
    person: str = ""
    email: str = ""
    late: bool = False
    missing: bool = False
    """Whether nothing was handed in."""
    ruled: Ruled | None = None
    """None if there is nothing to decide: no due date, and no second attempt."""
    given: GivenTime | None = None

    def notes(self, made: Iterable[str]) -> list[str]:
        """The notes of its report, without the platform's verdict on lateness where the course has its own."""
        return [note for note in made if note != LATE or not (self.ruled and self.ruled.due)]


def keys(raws: Sequence[str]) -> list[str]:
    """A key for each raw name: ten letters that stay the same from run to run, on every file system."""
    # macOS writes an accent as a character of its own: names that differ only in that get one key, unless both exist.
    composed = [unicodedata.normalize("NFC", raw) for raw in raws]
    count = Counter(composed)
    return [key_of(name if count[name] == 1 else raw) for name, raw in zip(composed, raws, strict=True)]


def key_of(name: str) -> str:
    """Ten letters for a name that no spreadsheet turns into a number or a date."""
    number = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
    letters = []
    for _ in range(_LENGTH):
        number, at = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[at])
    return "".join(letters)


def roll_of(handed_in: Sequence[HandedIn]) -> list[Listed]:
    """The class, in order."""
    return [_of(key, each) for key, each in zip(keys([each.raw for each in handed_in]), handed_in, strict=True)]


def _of(key: str, each: HandedIn) -> Listed:
    who, claim = each.who, each.claim(key)
    if each.decided:  # what the roster says is stronger than what somebody called a folder
        claim = replace(claim, name=who.name)
    return Listed(key, each.name, each.raw, claim, who.id, who.name, who.email, who.late, each.missing)


def write_roll(
    directory: Path,
    handed_in: Sequence[HandedIn],
    ruled: Mapping[str, Ruled] | None = None,
    given: Mapping[str, GivenTime] | None = None,
) -> None:
    """Write class.json atomically, with what the course's rules make of each submission, and times given by a table."""
    listed = [
        replace(each, ruled=(ruled or {}).get(each.name), given=(given or {}).get(each.name))
        for each in roll_of(handed_in)
    ]
    roll = {"version": __version__, "submissions": [asdict(each) for each in listed]}
    write_whole(directory / FILE, json.dumps(roll, indent=1).encode() + b"\n")


def read_roll(directory: Path) -> list[Listed] | None:
    """The class as the last batch saw it; None if an earlier version wrote the folder.

    Raises:
        UnreadableRoll: the file is damaged.
    """
    path = directory / FILE
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"larger than {_LARGEST >> 20} MB")  # noqa: TRY301 told like everything else that is wrong
        return [_listed(each) for each in json.loads(path.read_bytes())["submissions"]]
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableRoll(
            f"{path} is damaged ({error}); run `grade batch` on the same submissions again to restore it; nothing is "
            "graded twice"
        ) from None


def _listed(found: dict[str, Any]) -> Listed:
    # JSON has no tuples. A field that an earlier version did not write has its default.
    ruled, given = found.get("ruled"), found.get("given")
    read = {
        "claim": Claim(**_fields(Claim, found["claim"])),
        "ruled": ruled and Ruled(**_fields(Ruled, ruled)),
        "given": given and GivenTime(**_fields(GivenTime, given)),
    }
    return Listed(**{name: found[name] for name in _names(Listed) if name in found} | read)


def _fields(kind: type, found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in found.items()
        if name in _names(kind)
    }


def _names(kind: type) -> Iterable[str]:
    return (each.name for each in fields(kind))
