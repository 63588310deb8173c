"""A class joined with its roster: every submission with its owner, and everybody who handed in nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.gathering import named
from grader.classroom.intake.handed_in import HandedIn
from grader.classroom.intake.platforms import Who
from grader.classroom.people.groups import for_each_member, told_of_groups
from grader.classroom.people.ownership import match
from grader.classroom.people.roster import roster_of
from grader.classroom.tables.table import UnreadableTable, heading, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.classroom.people.ownership import Matches
    from grader.classroom.people.roster import Person, Roster
    from grader.classroom.tables.table import Table

STRANGER: Final = "not on the roster"
"""A note about the roster, not the code: it depends on the roster of the run."""
SUBMISSION: Final = ("submission", "submissions", "key", "folder", "file", "raw")
"""Headings of a column that names submissions."""
_PERSON: Final = ("person", "student", "owner", "id", "student id", "name", "login", "email")
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class RosterOptions:
    """What the command line says about the roster."""

    roster: Path | None = None
    id_column: str | None = None
    name_column: str | None = None
    match: Path | None = None
    """A table with two columns: a submission, and the person it belongs to."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A class and its roster."""

    handed_in: tuple[HandedIn, ...]
    """Every submission, then an entry for each student who handed in nothing."""
    told: tuple[str, ...]
    """What the instructor has to know, a sentence each."""


def read_roster(asked: RosterOptions) -> tuple[Roster, dict[str, str]]:
    """The roster, and what --match decides: submission -> person.

    Raises:
        UnreadableTable: a file cannot be read, or lacks what it is read for.
    """
    assert asked.roster is not None, "the caller asks only if there is a roster"
    roster = roster_of(read_table(asked.roster), id_column=asked.id_column, name_column=asked.name_column)
    return roster, {} if asked.match is None else decisions(read_table(asked.match))


def decisions(table: Table) -> dict[str, str]:
    """Submission -> person, from a table with these two columns, with or without headings.

    Raises:
        UnreadableTable: it has other columns, or decides about a submission twice.
    """
    first, second = table.column(*SUBMISSION), table.column(*_PERSON)
    rows = [row for row in table.rows if any(cell.strip() for cell in row)]
    if first is None or second is None or first == second:
        if len(table.head) != 2:
            raise UnreadableTable(
                f"{table.name} has the columns {', '.join(table.head)}: --match takes a table with two columns, "
                "submission and person"
            )
        without_headings = not ({heading(table.head[0])} & set(SUBMISSION) or {heading(table.head[1])} & set(_PERSON))
        rows, first, second = [*([table.head] if without_headings else []), *rows], 0, 1
    found: dict[str, str] = {}
    for row in rows:
        submission, person = row[first].strip(), row[second].strip()
        if submission and found.setdefault(submission, person) != person:
            raise UnreadableTable(
                f"{table.name} gives {submission} to {found[submission]} and to {person}; for a group, write both into "
                f"one row: {found[submission]} + {person}"
            )
    return found


def read_joined(handed_in: Sequence[HandedIn], asked: RosterOptions) -> Joined:
    """The class with what the roster says of each owner.

    Raises:
        UnreadableTable: a file cannot be read, or lacks what it is read for.
    """
    return join(handed_in, *read_roster(asked))


def join(handed_in: Sequence[HandedIn], roster: Roster, decided: dict[str, str] | None = None) -> Joined:
    """The class with what the roster says of each owner.

    Raises:
        UnreadableTable: a decision names nobody, or several people.
    """
    handed_in, decided = for_each_member(handed_in, decided or {})
    matches = match([each.claim("") for each in handed_in], roster, decided)
    found = [_owned(each, matches.owners.get(each.name)) for each in handed_in]
    absent = [_absent(person, matches.unclear.get(person.row, ())) for person in matches.absent]
    told = (*told_of(matches, roster), *told_of_groups(handed_in, matches.nobody, roster))
    return Joined(tuple(named([*found, *absent])), told)


def _owned(each: HandedIn, owner: Person | None) -> HandedIn:
    if owner is None:
        return each.noted(STRANGER)
    return replace(each, who=_completed(each.who, owner), decided="yes")


def _completed(who: Who, owner: Person) -> Who:
    """What the roster says; what else the platform said stays among the aliases, for other grade books."""
    known = (*owner.ids, *owner.logins, *owner.emails, *_of_platform(who))
    login = next(iter(owner.logins), who.login)
    shown = {owner.id, owner.email, login}
    return replace(
        who,
        id=owner.id,
        name=owner.name or who.name,
        email=owner.email,
        login=login,
        aliases=tuple(dict.fromkeys(each for each in known if each and each not in shown)),
    )


def _of_platform(who: Who) -> Sequence[str]:
    return (who.id, who.login, who.email) if who.platform else ()


def _absent(person: Person, unclear: Sequence[str]) -> HandedIn:
    raw = person.id or person.email or person.name
    problem = "nothing was handed in"
    if unclear:
        problem = f"nothing is known to be theirs; {_named(unclear)} may be: decide with --match"
    return HandedIn(raw, Path(), who=_completed(Who(), person), problem=problem, missing=True, decided="yes")


def told_of(matches: Matches, roster: Roster) -> Iterator[str]:
    """What the instructor has to know about a roster and what it was matched with, a sentence each."""
    yield from roster.warnings
    yield from matches.told
    students = roster.students
    there = len(students) - len(matches.absent)
    others = len(roster.people) - len(students)
    beside = f" ({others} not counted: staff and test students)" if others else ""
    submissions = len(matches.owners) + len(matches.nobody)
    nobodys = ""
    if matches.nobody:
        one = len(matches.nobody) == 1
        what = "1 submission matches" if one else f"{len(matches.nobody)} submissions match"
        nobodys = f"; {what} nobody: {_named(matches.nobody)}"
    yield f"{there} of {len(students)} on the roster have a submission{beside}{nobodys}"
    if 2 * len(matches.owners) < submissions:
        yield (
            f"warning: only {len(matches.owners)} of {submissions} submissions match the roster, where these "
            f"columns were read: {', '.join(roster.columns)}. Name others with --id-column or --name-column, "
            "or decide with --match"
        )


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
