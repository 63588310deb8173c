"""What has changed around the instructor's cells since the last batch, before the table is written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.classroom.batch.grades import FILE, own_of, read_grades
from grader.classroom.batch.roll import UnreadableRoll, read_roll, roll_of
from grader.classroom.people.name_forms import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.classroom.batch.roll import Listed
    from grader.classroom.intake.handed_in import HandedIn

_MOST_NAMED: Final = 10


def told_since(directory: Path, handed_in: Sequence[HandedIn]) -> Iterator[str]:
    """A sentence about rows that somebody deleted, and for each override whose submission has another owner now.

    Args:
        directory: the folder of results, with class.json as the last batch wrote it, and grades.csv as it is now.
        handed_in: the class as it is now.

    Raises:
        UnreadableGrades: grades.csv cannot be read.
    """
    try:
        before = {each.key: each for each in read_roll(directory) or ()}
    except UnreadableRoll:  # it is about to be written anew
        return
    roll = roll_of(handed_in)
    table = read_grades(directory / FILE, {each.key: each.name for each in roll})
    absent = {*table.absent}
    deleted = []
    for now in roll:
        earlier = before.get(now.key)
        if earlier is None:
            continue
        if now.name in absent:
            deleted.append(now.name)
        elif own_of(table.rows.get(now.name, {}))["override"] and _is_another(earlier, now):
            yield (
                f"the override for {now.name} was written when it was {_owner(earlier)}'s; now it is {_owner(now)}'s: "
                "delete it unless it is meant for them"
            )
    if deleted:
        more = f" and {len(deleted) - _MOST_NAMED} more" if len(deleted) > _MOST_NAMED else ""
        yield (
            f"{FILE} had no row any more for {', '.join(deleted[:_MOST_NAMED])}{more}: added again, without what was "
            "written in it"
        )


def _is_another(earlier: Listed, now: Listed) -> bool:
    marks = [{folded(each) for each in (listed.id, listed.email, listed.person) if each} for listed in (earlier, now)]
    return all(marks) and marks[0].isdisjoint(marks[1])


def _owner(listed: Listed) -> str:
    return listed.person or listed.email or listed.id
