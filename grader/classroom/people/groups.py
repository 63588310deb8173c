"""A group's submission: whose it is is never guessed; --match gives it to each member."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.gathering import named
from grader.classroom.people.name_forms import as_claimed, folded
from grader.classroom.tables.table import UnreadableTable
from grader.report.formats.csv_table import figure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader.classroom.intake.handed_in import HandedIn
    from grader.classroom.people.roster import Person, Roster

BETWEEN: Final = " + "
"""What is between the members of a group in a table for --match."""
_MOST_NAMED: Final = 10


def for_each_member(
    handed_in: Sequence[HandedIn], decided: Mapping[str, str]
) -> tuple[Sequence[HandedIn], dict[str, str]]:
    """A submission that --match gives to several people is there once for each, as platforms expect a grade for each.

    Returns:
        The submissions, and to whom they are given, one person each.
    """
    groups = {
        folded(text): list(dict.fromkeys(member.strip() for member in said.split(BETWEEN)))
        for text, said in decided.items()
        if BETWEEN in said
    }
    if not groups:
        return handed_in, dict(decided)
    given = {text: said for text, said in decided.items() if folded(text) not in groups}
    found: list[HandedIn] = []
    members: dict[str, str] = {}
    for each in handed_in:
        text = next((text for text in map(folded, (each.name, each.called + each.ending)) if text in groups), "")
        for member in groups.get(text, ()):
            raw = f"{each.raw}+{member}"  # each of them: what is written about one never becomes another's
            members[raw] = member
            one = replace(each, raw=raw, person=f"{each.person or each.name}+{member}")
            found.append(one.noted(f"handed in by a group of {len(groups[text])}"))
        found += [] if text else [each]
    known = {folded(text) for each in handed_in for text in (each.name, each.called + each.ending)}
    unknown = {text: said for text, said in decided.items() if folded(text) in groups.keys() - known}
    renamed = named(found)
    given |= {each.name: members[each.raw] for each in renamed if each.raw in members}
    return renamed, given | unknown


def without_groups(decided: Mapping[str, str], submissions: Collection[str]) -> dict[str, str]:
    """What --match decides about single people, of a class that was graded with the same table.

    Args:
        decided: submission -> person, or several.
        submissions: the names of those that were graded.

    Raises:
        UnreadableTable: a group's submission was graded as one person's.
    """
    for text, said in decided.items():
        if BETWEEN in said and text in submissions:
            raise UnreadableTable(
                f"--match gives {text} to {said}: run `grade batch` with it first, which gives each of them a row; "
                "nothing is graded twice"
            )
    return {text: said for text, said in decided.items() if BETWEEN not in said}


def told_of_groups(handed_in: Sequence[HandedIn], nobodys: Collection[str], roster: Roster) -> Iterator[str]:
    """A sentence for each submission without an owner that is called like a group in another column of the roster."""
    others = [at for at, name in enumerate(roster.table.head) if name and name not in roster.columns]
    people = {row: person for person in roster.students for row in (person.row, *person.again)}
    for each in handed_in:
        if each.name not in nobodys or not each.called or figure(each.called) is not None:
            continue
        for at in others:
            cells = ((row, roster.table.rows[row][at]) for row in people)
            members = [people[row] for row, cell in cells if cell and as_claimed(cell) == as_claimed(each.called)]
            if members:
                yield _of_group(each.name, roster.table.head[at], list(dict.fromkeys(members)))
                break


def _of_group(name: str, column: str, members: Sequence[Person]) -> str:
    shown = members[:_MOST_NAMED]
    people = ", ".join(map(str, shown))
    ids = BETWEEN.join(next(filter(None, (each.id, each.email, each.name))) for each in shown)
    more, rest = (f" and {len(members) - len(shown)} more", " + ...") if members[len(shown) :] else ("", "")
    return (
        f"{name} is the {column} of {people}{more}: to give it to them, write {name} and {ids}{rest} into a row for "
        "--match"
    )
