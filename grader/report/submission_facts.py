"""Facts about one submission in a report: points, chained results, the gradient to look at first, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from grader.report.clean_text import line
from grader.report.row_facts import solved, started
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise
    from grader.report.row_facts import Entry, Row

Member = TypeVar("Member")


class NothingToTell(Exception):
    """The report lacks something that a format requires: the message is one sentence."""


class NotGraded(NothingToTell):
    """A submission could not be graded because of an internal error: it must not become a zero."""


def entries(document: Mapping[str, Any]) -> list[Entry]:
    """All submissions of a report that has a grade for each (zero if its own content could not be graded).

    Raises:
        NotGraded: a submission failed with an internal error.
        NothingToTell: the report has no points or no submissions.
    """
    found: list[Entry] = list(document["grader"]["submissions"])
    for entry in found:
        if entry["status"] == "failed":
            raise NotGraded(
                f"{line(entry['name'])} was not graded: {line(entry['problem'] or 'internal error')}. "
                "Regrade it with `grade batch --failed`"
            )
        if entry["score"] is None and entry["status"] == "graded":
            raise NothingToTell(
                "this report contains no points: --feedback none leaves them out, here or when it was written. "
                "Use --feedback verdict or more"
            )
    if not found:
        raise NothingToTell("this report contains no submissions")
    return found


def earned(entry: Entry) -> tuple[int, int]:
    """Points earned, and points possible. An unreadable submission earned none."""
    score = entry["score"] or {"points": 0, "possible": sum(row["possible"] for row in entry["gradients"])}
    return int(score["points"]), int(score["possible"])


def counted(entry: Entry) -> float | str | None:
    """What counts in a class, as column `final` of grades.csv: an override, a number or a word, else what the course's
    rules leave of the points. None if that is not known yet.
    """
    if entry.get("final") is not None:
        return float(entry["final"])
    if entry.get("uncounted"):
        return str(entry["override"])
    if entry.get("ruled") is not None or entry.get("open"):
        return None if entry.get("ruled") is None else float(entry["ruled"])
    return entry["score"]["points"] if entry["score"] else None


def total(found: list[Entry]) -> tuple[int, int]:
    """Points earned and points possible, over all entries."""
    points, possible = zip(*map(earned, found), strict=True)
    return sum(points), sum(possible)


def rows(found: list[Entry]) -> Iterator[tuple[str, Entry, Row]]:
    """Every gradient with its name, which is prefixed by the exercise's if there are several entries."""
    for entry in found:
        prefix = f"{line(entry['exercise'])}: " if len(found) > 1 else ""
        for row in entry["gradients"]:
            yield f"{prefix}{row['name']}", entry, row


def exact_of(entry: Entry) -> str:
    """`12 of 26 bit-equal to autograd's`."""
    return f"{(entry['score'] or {}).get('exact', 0)} of {len(entry['gradients'])} bit-equal to autograd's"


def was_chained(entry: Entry) -> bool:
    """Whether there was a chained run: not of one gradient alone, nor of a layer."""
    return any(row["chained"] for row in entry["gradients"])


def chained_of(entry: Entry) -> str | None:
    """`4 of 26 right when chained from the submission's own gradients`; None if there was no chained run."""
    count = (entry["score"] or {}).get("chained_correct")
    if count is None or not was_chained(entry):
        return None
    cause = first_break(entry)
    broken = f"; the chain breaks first at {cause}" if cause else ""
    return f"{count} of {len(entry['gradients'])} right when chained from the submission's own gradients{broken}"


def first_break(entry: Entry) -> str | None:
    """The gradient at which the chain first broke; None if it did not."""
    # A chained result that is right but no longer bit-equal has a first_cause, too.
    broken = (row["chained"] for row in entry["gradients"] if row["chained"] and not row["chained"]["correct"])
    causes = (chained["first_cause"] for chained in broken)
    cause = next((cause for cause in causes if cause), None)
    return None if cause is None else str(cause)


def unseen(entry: Entry) -> str | None:
    """A sentence about hidden cases, so that no report reads "all passed" while something is hidden."""
    count = entry["hidden_cases"]
    return f"{count} of the cases are hidden: they were drawn from a seed that is not shown" if count else None


def file_problem(entry: Entry) -> str | None:
    """The one reason why no gradient of a submission could be graded; None where each has its own.

    A file that is missing or unreadable has one, and so has a file that raises while it is loaded.
    """
    if entry["problem"]:
        return str(entry["problem"])
    begun_rows = [row for row in entry["gradients"] if started(row)]  # a function that is missing has its own reason
    found = {(row["verdict"], row["problem"]) for row in begun_rows}
    verdict, problem = next(iter(found), (None, None))
    alike = len(found) == 1 and len(begun_rows) > 1
    return str(problem) if alike and problem and verdict == Verdict.RAISED else None


# What to look at


def begun(entry: Entry) -> bool:
    """Whether the learner has started on any gradient."""
    return any(started(row) for row in entry["gradients"])


def most_pressing(entry: Entry) -> Row | None:
    """The first unsolved gradient, from the loss backwards: one that has been started if possible."""
    if entry["problem"]:
        return None
    unsolved = [row for row in entry["gradients"] if not solved(row)]
    return next(iter([*filter(started, unsolved), *unsolved]), None)


def stretches(
    exercise: Exercise, members: Mapping[str, Member], rest: str | None = None
) -> Iterator[tuple[str, list[Member]]]:
    """The exercise's groups of variables with their titles, then one group with all other variables.

    Args:
        exercise: defines the groups.
        members: variable -> the item to group.
        rest: title of the last group (default: `further`, or the exercise's name if it defines no groups).
    """
    grouped = exercise.settings.stretches
    for title, variables in grouped.items():
        if found := [members[variable] for variable in variables if variable in members]:
            yield title, found
    known = {variable for variables in grouped.values() for variable in variables}
    if left := [member for variable, member in members.items() if variable not in known]:
        yield rest or ("further" if grouped else exercise.name), left
