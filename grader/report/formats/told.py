"""What every format tells: rows in words, cleaned of whatever could steer the program that reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from grader.report.document import headline, number, solved, words, worst_element
from grader.sandbox import cleaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Document = Mapping[str, Any]
    Entry = Mapping[str, Any]
    Row = Mapping[str, Any]

MOST = 2000
"""Characters of one message: what a learner's exception says may be long."""


class NothingToTell(Exception):
    """The document does not hold what a format asks for: one sentence."""


class NotGraded(NothingToTell):
    """A submission failed through a fault of the grader's own: that is never a zero."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a format needs beside the document."""

    environment: Mapping[str, str] = field(default_factory=dict)
    roster: str | None = None
    """The text of a grade book or worksheet that was downloaded from the learning platform."""
    title: str | None = None
    """The assignment's name there."""
    visibility: str = "visible"
    """Gradescope's: visible, after_due_date, after_published, hidden."""


def clean(text: object, most: int = MOST) -> str:
    """A text without anything unsafe, its new lines kept, at most so long; says where it was cut."""
    whole = str(text)
    plain = cleaning.clean(whole, len(whole), lines=True)
    return plain if len(plain) <= most else f"{plain[: most - 15]} ... (truncated)"


def line(text: object, most: int = 300) -> str:
    """The same on one line."""
    return clean(" ".join(clean(text, MOST).split()), most)


def entries(document: Document) -> list[Entry]:
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


def place(row: Row) -> str:
    """`backward.py:31`: no folder of the machine that graded."""
    name = line(PurePath(row["file"] or "").name)
    return f"{name}:{row['line']}" if name and row["line"] else name


def said(row: Row) -> str:
    """Everything about one gradient, a fact a line."""
    parts: list[Any] = [verdict(row)]
    if not solved(row) or row["verdict"] not in ("correct", "exact"):
        parts += [headline(row), worst_element(row), (row["diagnosis"] or {}).get("message")]
        parts.append(kind(row) and f"kind of mistake: {kind(row)}")
    parts += [f"note: {note}" for note in row["notes"]]
    parts.append(place(row))
    told = dict.fromkeys(clean(part) for part in parts if part)
    return "\n".join(told)


def kind(row: Row) -> str:
    """The kind of mistake where the sentence about it is withheld."""
    diagnosis = row["diagnosis"]
    return words(diagnosis["kind"]) if diagnosis and not diagnosis["message"] else ""


def verdict(row: Row) -> str:
    """`wrong values`, and the lecture's three columns where there are figures."""
    local = row["local"]
    if not local or local["maxdiff"] is None:
        return words(row["verdict"])
    return (
        f"{words(row['verdict'])} | exact: {local['exact']} | approximate: {local['approximate']} "
        f"| maxdiff: {number(local['maxdiff'])}"
    )


def exact_of(entry: Entry) -> str:
    """`12 of 26 bit-equal to autograd's`."""
    return f"{(entry['score'] or {}).get('exact', 0)} of {len(entry['gradients'])} bit-equal to autograd's"


def chained_of(entry: Entry) -> str | None:
    """`4 of 26 right on one's own upstream gradients`; None where the chain was not run."""
    count = (entry["score"] or {}).get("chained_correct")
    if count is None:
        return None
    return f"{count} of {len(entry['gradients'])} right on their own upstream gradients{_broken(entry)}"


def first_break(entry: Entry) -> str | None:
    """The gradient at which the chain broke first."""
    # A right chain names a cause as well, where it is right but no longer bit-equal.
    broken = (row["chained"] for row in entry["gradients"] if row["chained"] and not row["chained"]["correct"])
    causes = (chained["first_cause"] for chained in broken)
    cause = next((cause for cause in causes if cause), None)
    return None if cause is None else str(cause)


def _broken(entry: Entry) -> str:
    cause = first_break(entry)
    return f"; the chain breaks first at {cause}" if cause else ""


def unseen(entry: Entry) -> str | None:
    """What this report does not say is said: never "all passed" while something is hidden."""
    count = entry["hidden_cases"]
    return f"{count} of the cases are hidden: they were drawn from a seed that is not told" if count else None
