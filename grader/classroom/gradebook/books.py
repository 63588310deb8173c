"""Fill in a grade book: whose row is whose, which submission of a person counts, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from grader.classroom.people.groups import without_groups
from grader.classroom.people.joining import read_roster, told_of
from grader.classroom.people.ownership import NOBODY, match
from grader.classroom.tables.table import UnreadableTable
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.classroom.gradebook.earned import Earned
    from grader.classroom.gradebook.filled import Filled
    from grader.classroom.people.joining import RosterOptions
    from grader.classroom.people.ownership import Claim, Matches

BOOKS = {"canvas": "canvas", "moodle": "moodle", "gradebook": "any_table"}
"""Format -> its module; each has `fill(roster, graded, title, exercises)`."""
_NEEDED = {
    "canvas": (
        "Canvas matches students by its own ids: export the grade book (Grades, Export) and pass it with --roster"
    ),
    "moodle": (
        "Moodle accepts only worksheets that it made itself: download the grading worksheet (or the list of "
        "participants) and pass it with --roster"
    ),
    "gradebook": "which grade book? Pass a table of the students with --roster, and name its column with --title",
}
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Export:
    """A grade book, filled in."""

    content: bytes
    """The file, in its own encoding."""
    told: tuple[str, ...] = ()
    """What the instructor has to know, a sentence each."""
    left_out: tuple[str, ...] = ()
    """Submissions with a grade that is not in the file, since nobody in it is known to own them."""
    complete: bool = True
    """Whether everybody who is in the grade book and has a grade got it."""


def export(book: str, earned: Earned, asked: RosterOptions, title: str | None) -> Export:
    """Fill the grades of a class into a grade book, or those of a report.

    Raises:
        NothingToTell: there is no grade book, it cannot be read, or nobody in it has a grade.
    """
    if asked.roster is None:
        raise NothingToTell(_NEEDED[book])
    try:
        roster, decided = read_roster(asked)
        decided = without_groups(decided, {claim.submission for claim in earned.claims})
        matches = match(earned.claims, roster, decided)
        attempts = _attempts(matches, earned)
        # An attempt that has no grade, such as one that could not be graded, is not replaced by an earlier one.
        graded = {row: earned.grades[names[-1]] for row, names in attempts.items() if names[-1] in earned.grades}
        if not graded:
            raise NothingToTell(_nobody(matches, roster.columns))
        module = import_module(f"grader.classroom.gradebook.{BOOKS[book]}")
        filled: Filled = module.fill(roster, graded, title, earned.exercises)
    except UnreadableTable as error:
        raise NothingToTell(str(error)) from None
    settled = {name for names in attempts.values() for name in names}
    settled |= {claim.submission for claim in earned.claims if _nobodys(claim, decided)}
    left_out = tuple(name for name in earned.grades if name not in settled)
    told = (*told_of(_handed_in(matches, earned), roster), *earned.told, *_told(attempts.values(), earned))
    return Export(filled.content, (*told, *filled.told), left_out, filled.complete)


def _nobodys(claim: Claim, decided: Mapping[str, str]) -> bool:
    """Whether --match says that a submission has no owner here."""
    person = next((decided[name] for name in (claim.submission, claim.key) if name in decided), None)
    return person is not None and person.strip().casefold() in NOBODY


def _attempts(matches: Matches, earned: Earned) -> dict[int, list[str]]:
    """The submissions of each row's person, the last one at the end."""
    claims = {claim.submission: claim for claim in earned.claims}
    found: dict[int, list[str]] = {}
    for name, person in matches.owners.items():
        found.setdefault(person.row, []).append(name)
    return {row: sorted(names, key=lambda name: (claims[name].at, claims[name].number)) for row, names in found.items()}


def _told(attempts: Iterable[Sequence[str]], earned: Earned) -> Iterator[str]:
    for *others, last in attempts:
        if others and last in earned.grades:
            yield f"{last} counts, the last attempt; not {named(others)}"
            if lost := [name for name in others if name in earned.grades and earned.grades[name].overridden]:
                yield f"the override for {named(lost)} does not count: write it in the row of {last}"
        elif graded := [name for name in others if name in earned.grades]:
            yield f"{last}, the last attempt, has no grade, so {named(graded)} is not exported in its place"


def _handed_in(matches: Matches, earned: Earned) -> Matches:
    """The matches without those who handed in nothing and have a grade all the same."""
    owners = {name: person for name, person in matches.owners.items() if name in earned.handed_in}
    absent = [person for name, person in matches.owners.items() if name not in earned.handed_in and person.student]
    return replace(matches, owners=owners, absent=(*matches.absent, *absent))


def _nobody(matches: Matches, columns: Sequence[str]) -> str:
    told = "".join(f". {sentence}" for sentence in matches.told[:3])
    return (
        f"nobody on the roster has a graded submission here: no id, address, login or name in its columns "
        f"{', '.join(columns)} matches {named(matches.nobody) or 'a submission with a grade'}{told}. Name other "
        "columns with --id-column or --name-column, or decide with --match"
    )


def named(names: Sequence[str]) -> str:
    """Names in a sentence."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
