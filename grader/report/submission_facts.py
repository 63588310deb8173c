"""A report's entry for one submission: its points, its chain, the gradient to look at first, its stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from grader.report.clean_text import line
from grader.report.row_facts import solved, started

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise
    from grader.report.row_facts import Entry, Row

Member = TypeVar("Member")


class NothingToTell(Exception):
    """The document does not hold what a format asks for: one sentence."""


class NotGraded(NothingToTell):
    """A submission failed through a fault of the grader's own: that is never a zero."""


def entries(document: Mapping[str, Any]) -> list[Entry]:
    """Every submission of a document that was graded, or could not be through its author's fault.

    Raises:
        NothingToTell: a fault of the grader's own is never a zero; nor is what holds no points.
    """
    found: list[Entry] = list(document["grader"]["submissions"])
    for entry in found:
        if entry["status"] == "failed":
            raise NotGraded(
                f"{line(entry['name'])} was not graded, through no fault of its author: "
                f"{line(entry['problem'] or 'the grader failed')}. Grade it again"
            )
        if entry["score"] is None and entry["status"] == "graded":
            raise NothingToTell("this report holds no points (it was written with --feedback none)")
    if not found:
        raise NothingToTell("this report holds no submission")
    return found


def earned(entry: Entry) -> tuple[int, int]:
    """Points, and the points there were to earn. What could not be read has earned nothing."""
    score = entry["score"] or {"points": 0, "possible": sum(row["possible"] for row in entry["gradients"])}
    return int(score["points"]), int(score["possible"])


def total(found: list[Entry]) -> tuple[int, int]:
    """The points of several exercises together."""
    points, possible = zip(*map(earned, found), strict=True)
    return sum(points), sum(possible)


def rows(found: list[Entry]) -> Iterator[tuple[str, Entry, Row]]:
    """Every gradient with its name: with several exercises, the exercise's before it."""
    for entry in found:
        prefix = f"{line(entry['exercise'])}: " if len(found) > 1 else ""
        for row in entry["gradients"]:
            yield f"{prefix}{row['name']}", entry, row


def exact_of(entry: Entry) -> str:
    """`12 of 26 bit-equal to autograd's`."""
    return f"{(entry['score'] or {}).get('exact', 0)} of {len(entry['gradients'])} bit-equal to autograd's"


def chained_of(entry: Entry) -> str | None:
    """`4 of 26 right on one's own upstream gradients`; None where the chain was not run."""
    count = (entry["score"] or {}).get("chained_correct")
    if count is None:
        return None
    cause = first_break(entry)
    broken = f"; the chain breaks first at {cause}" if cause else ""
    return f"{count} of {len(entry['gradients'])} right on their own upstream gradients{broken}"


def first_break(entry: Entry) -> str | None:
    """The gradient at which the chain broke first."""
    # A right chain names a cause as well, where it is right but no longer bit-equal.
    broken = (row["chained"] for row in entry["gradients"] if row["chained"] and not row["chained"]["correct"])
    causes = (chained["first_cause"] for chained in broken)
    cause = next((cause for cause in causes if cause), None)
    return None if cause is None else str(cause)


def unseen(entry: Entry) -> str | None:
    """What this report does not say is said: never "all passed" while something is hidden."""
    count = entry["hidden_cases"]
    return f"{count} of the cases are hidden: they were drawn from a seed that is not told" if count else None


# What to look at


def begun(entry: Entry) -> bool:
    """Whether the learner has begun to write any gradient."""
    return any(started(row) for row in entry["gradients"])


def most_pressing(entry: Entry) -> Row | None:
    """The first unsolved gradient that has been started, from the loss backwards; otherwise the first not started."""
    if entry["problem"]:
        return None
    unsolved = [row for row in entry["gradients"] if not solved(row)]
    return next(iter([*filter(started, unsolved), *unsolved]), None)


def stretches(
    exercise: Exercise, members: Mapping[str, Member], rest: str | None = None
) -> Iterator[tuple[str, list[Member]]]:
    """The exercise's groups of variables with their titles, then one group of all other variables.

    Args:
        exercise: defines the groups.
        members: variable -> what to group.
        rest: title of the last group (default: `further`, or the exercise's name if it defines no groups).
    """
    grouped = exercise.settings.stretches
    for title, variables in grouped.items():
        if found := [members[variable] for variable in variables if variable in members]:
            yield title, found
    known = {variable for variables in grouped.values() for variable in variables}
    if left := [member for variable, member in members.items() if variable not in known]:
        yield rest or ("further" if grouped else exercise.name), left
