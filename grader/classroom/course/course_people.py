"""The same people in the results of several exercises: whoever one folder knows is a roster for the next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.classroom.people.name_forms import folded
from grader.classroom.people.ownership import match
from grader.classroom.people.roster import Person, Roster
from grader.classroom.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from grader.classroom.course.graded_exercise import GradedLine
    from grader.classroom.people.ownership import Claim


@dataclass(frozen=True, slots=True)
class Student:
    """One person, with one line at most for each results folder."""

    lines: tuple[GradedLine, ...]

    def first(self, part: Callable[[GradedLine], str]) -> str:
        """The first id, name or address that a folder has."""
        return next((found for line in self.lines if (found := part(line))), "")


def joined(folders: Sequence[Sequence[GradedLine]]) -> tuple[tuple[Student, ...], tuple[str, ...]]:
    """Join the lines of several folders to people, one to one, as submissions are matched with a roster.

    The folder that knows most ids and addresses comes first. A name alone joins nobody whose ids or addresses differ,
    and nobody has two lines of one folder: what is not joined is reported.

    Returns:
        The people in the order of their first line, and sentences about what was not joined.
    """
    people: list[list[GradedLine]] = []
    told: list[str] = []
    for lines in sorted(folders, key=_known, reverse=True):
        doubled = _doubled(lines, told)
        single = [line for line in lines if line.submission not in doubled]
        known = tuple(_person(row, person) for row, person in enumerate(people))
        found = match([line.claim for line in single], Roster(Table("", (), ()), known, ()))
        told += [f"{lines[0].folder}: {sentence}" for sentence in found.told]
        for line in single:
            owner = found.owners.get(line.submission)
            if owner is None or _contradicts(line, people[owner.row], told):
                people.append([line])
            else:
                people[owner.row].append(line)
        people += [[line] for line in lines if line.submission in doubled]
    order = {id(line): number for number, line in enumerate(line for lines in folders for line in lines)}
    students = [Student(tuple(sorted(person, key=lambda line: order[id(line)]))) for person in people]
    return tuple(sorted(students, key=lambda student: order[id(student.lines[0])])), tuple(told)


def _known(lines: Sequence[GradedLine]) -> int:
    return sum(bool(part) for line in lines for part in (line.claim.id, line.claim.email))


def _doubled(lines: Sequence[GradedLine], told: list[str]) -> set[str]:
    """The submissions of one folder that are of one person: nobody knows which counts."""
    groups: defaultdict[tuple[str, str], list[GradedLine]] = defaultdict(list)
    for line in lines:
        for kind, word in (("id", line.claim.id), ("address", line.claim.email), ("person", line.claim.person)):
            if word:
                groups[kind, folded(word)].append(line)
    found: set[str] = set()
    for group in groups.values():
        names = [line.submission for line in group]
        if len(names) > 1 and not found.issuperset(names):
            told.append(
                f"{group[0].folder}: {', '.join(names)} are of one person, and grades.csv does not say which counts: "
                "they are kept apart. Leave one, or let course.toml decide with [class] attempts"
            )
            found.update(names)
    return found


def _person(row: int, lines: Iterable[GradedLine]) -> Person:
    claims = [line.claim for line in lines]
    aliases = [alias for claim in claims for alias in claim.aliases]
    ids = [claim.id for claim in claims] + [alias for alias in aliases if "@" not in alias]
    emails = [claim.email for claim in claims] + [alias for alias in aliases if "@" in alias]
    return Person(
        row,
        next(filter(None, ids), ""),
        tuple(filter(None, ids)),
        tuple(filter(None, (claim.login for claim in claims))),
        next((line.name for line in lines if line.name), ""),
        next(filter(None, emails), ""),
        emails=tuple(filter(None, emails)),
    )


def _contradicts(line: GradedLine, others: Sequence[GradedLine], told: list[str]) -> bool:
    """Whether nothing but the name is the same, while the ids or the addresses differ."""
    if any(_words(line.claim) & _words(other.claim) for other in others):
        return False
    for other in others:
        both = ("id", line.claim.id, other.claim.id), ("address", line.claim.email, other.claim.email)
        what, here, there = next((each for each in both if all(each)), ("", "", ""))
        if what:
            told.append(
                f"{line.name} has the {what} {there} in {other.folder} and {here} in {line.folder}: kept apart, since "
                "nothing but the name is the same. If it is one person, grade each folder with the same --roster"
            )
            return True
    return False


def _words(claim: Claim) -> set[str]:
    """The ids, logins and addresses of an owner."""
    return {folded(word) for word in (claim.id, claim.login, claim.email, *claim.aliases) if word}
