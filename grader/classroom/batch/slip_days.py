"""The slip days that people have used for other exercises of a course, from the results of those."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from grader.classroom.batch.roll import UnreadableRoll, read_roll
from grader.classroom.batch.summary import NoResults, read_summary
from grader.classroom.people.name_forms import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def spent_elsewhere(
    exercise: str, folders: Iterable[Path], people: Mapping[str, Iterable[str]]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Add up the slip days of each person.

    Args:
        exercise: the exercise that is graded now, whose own results are no other exercise's.
        folders: the results of other exercises.
        people: a person's key in this class -> the person's ids, logins and addresses.

    Returns:
        The person's key -> days, and a sentence about each submission that may be of several people here, whose days
        are not counted. Who is not in this class is left out.

    Raises:
        NoResults: a folder has no results, or those of this exercise.
    """
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for person, words in people.items():
        for word in filter(None, words):
            owners[folded(word)].add(person)
    spent: defaultdict[str, int] = defaultdict(int)
    told = []
    for folder in folders:
        if read_summary(folder)[0] == exercise:
            raise NoResults(f"{folder} holds results of {exercise} itself; name the results of other exercises")
        try:
            listed = read_roll(folder) or ()
        except UnreadableRoll as error:
            raise NoResults(str(error)) from None
        for each in listed:
            claim, days = each.claim, each.ruled.slip if each.ruled and each.ruled.counts else 0
            words = (claim.id, claim.email, claim.login, *claim.aliases)
            found = {owner for word in words if word for owner in owners[folded(word)]}
            if days and len(found) == 1:
                spent[found.pop()] += days
            elif days and found:
                told.append(f"{folder}: the slip days of {each.name} may be of several people here: not counted")
    return dict(spent), tuple(told)
