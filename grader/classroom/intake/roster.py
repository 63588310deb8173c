"""The roster: a CSV of the students in a class, matched with what they handed in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.intake.gathering import named
from grader.classroom.intake.handed_in import HandedIn
from grader.classroom.intake.platforms import Who

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ID = ("id", "student id", "sid", "sis user id", "sis login id", "student number", "identifier", "user id", "userid",
       "id number", "login", "username", "student", "participant")  # fmt: skip
_NAME = ("name", "full name", "student name", "student", "sortable name", "display name")
_EMAIL = ("email", "email address", "e-mail", "mail")
_FIRST, _LAST = ("first name", "firstname", "given name"), ("last name", "lastname", "surname", "family name")
STRANGER = "not on the roster"
"""A note about the roster, not the code: it depends on the roster of the run."""
_HEADS = {*_ID, *_NAME, *_EMAIL, *_FIRST, *_LAST}


@dataclass(frozen=True, slots=True)
class Person:
    """One student on the roster."""

    who: Who
    marks: frozenset[str]
    """All names, ids and addresses that a download may use for this person, case-folded."""


def read_roster(rows: Sequence[dict[str, str]]) -> list[Person]:
    """The people in a table: the instructor's own spreadsheet, or a gradebook from Canvas or Moodle."""
    folded = [{_heading(head): value for head, value in row.items()} for row in rows]
    return _merged([person for row in folded if (person := _person(row)) is not None])


def _merged(people: Iterable[Person]) -> list[Person]:
    """Merge repeated people into one, keeping all their marks."""
    found: dict[object, Person] = {}
    for person in people:
        key = (_folded(person.who.id), _squashed(person.who.name)) if person.who.id else person.marks
        other = found.setdefault(key, person)
        found[key] = replace(other, marks=other.marks | person.marks)
    return list(found.values())


def conflicts(people: Sequence[Person]) -> Iterator[str]:
    """A warning for each id that several people have: submissions under it are matched to none of them."""
    names: dict[str, list[str]] = {}
    for person in people:
        if person.who.id:
            names.setdefault(person.who.id, []).append(person.who.name or person.who.email)
    for number, several in names.items():
        if len(several) > 1:
            yield f"the roster lists id {number} for {' and '.join(several)}: submissions under it are not matched"


def joined(handed_in: Iterable[HandedIn], people: Sequence[Person]) -> list[HandedIn]:
    """The class with ids and names from the roster, then an entry for each student who handed in nothing."""
    by_mark: dict[str, list[Person]] = {}
    for person in people:
        for mark in person.marks:
            by_mark.setdefault(mark, []).append(person)
    found: list[HandedIn] = []
    seen: set[int] = set()
    for each in handed_in:
        owner = _whose(each, by_mark)
        if owner is None:
            found.append(each.noted(STRANGER))
        else:
            seen.add(id(owner))
            found.append(replace(each, who=replace(owner.who, late=each.who.late)))
    return named([*found, *(_absent(person) for person in people if id(person) not in seen)])


def _whose(each: HandedIn, by_mark: dict[str, list[Person]]) -> Person | None:
    """The person whom the first unambiguous id, address or name identifies, in this order; None if there is none."""
    who = each.who
    for mark in (who.id, who.email, who.name, _squashed(who.name), each.raw, each.name):
        people = by_mark.get(_folded(mark), []) if mark else []
        if len(people) == 1:
            return people[0]
    return None


def _absent(person: Person) -> HandedIn:
    raw = person.who.id or person.who.email or person.who.name
    return HandedIn(raw, Path(), who=person.who, problem="nothing was handed in", missing=True)


def _person(row: dict[str, str]) -> Person | None:
    ids = [row[head] for head in _ID if row.get(head)]
    name = next((row[head] for head in _NAME if row.get(head)), "") or " ".join(
        filter(None, (_first(row, _FIRST), _first(row, _LAST)))
    )
    email = _first(row, _EMAIL)
    if (not ids and not name and not email) or name.strip().casefold() == "points possible":
        return None
    numbers = (number for number in ids if number != name)
    who = Who(next(numbers, ids[0] if ids else ""), name, email)
    marks = {*ids, name, email, email.partition("@")[0], _squashed(name), _squashed(_turned(name))}
    marks |= {found[1] for each in ids if (found := re.fullmatch(r"Participant (\d+)", each))}
    return Person(who, frozenset(_folded(mark) for mark in marks if mark))


def _first(row: dict[str, str], heads: tuple[str, ...]) -> str:
    return next((row[head] for head in heads if row.get(head)), "")


def _heading(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _squashed(name: str) -> str:
    """A name as Canvas writes it: "Doe, John" becomes doejohn."""
    return re.sub(r"[^\w]", "", _folded(name))


def _turned(name: str) -> str:
    """A name in Canvas' sort order, assuming that the last word is the family name: John Doe becomes DoeJohn."""
    first, _, last = name.strip().rpartition(" ")
    return f"{last}{first}" if first and "," not in name else name
