"""A second program that knows who handed in what: it uses nothing of the grader, and finds every grade that is not at
its person.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from class_of_150 import Platform, Student


def wrong_grades(platform: Platform, grades: Path) -> Iterator[str]:
    """What is wrong in grades.csv: every person has one row with their own grade."""
    rows = _rows(grades.read_bytes().decode("utf-8-sig"), ",")
    mark = {"canvas": "student", "moodle": "email", "github": "email"}[platform.name]
    for person in platform.students:
        own = person.platform_id if mark == "student" else person.email
        theirs = [row for row in rows if row[mark] == own]
        if len(theirs) != 1:
            yield f"{person.name} ({own}) has {len(theirs)} rows"
            continue
        yield from _wrong_row(person, theirs[0])
    if len(rows) != len(platform.students):
        yield f"{len(rows)} rows for {len(platform.students)} students"


def _wrong_row(person: Student, row: Mapping[str, str]) -> Iterator[str]:
    points = str(person.points) if person.hands_in else "0"
    if row["points"] != points:
        yield f"{person.name} earned {points}, grades.csv says {row['points']}"
    if person.hands_in:
        missing = {name for name, verdict in row.items() if verdict == "not_started"}
        if missing != {*person.missing}:
            yield f"{person.name} lacks {sorted(person.missing)}, grades.csv says {sorted(missing)}"


def wrong_book(platform: Platform, before: Path, after: bytes) -> Iterator[str]:
    """What is wrong in a grade book that came back: a grade that is lost or at somebody else, a cell that changed."""
    encoding, delimiter, grade, feedback = {
        "canvas": ("utf-16", "\t", 6, None),
        "moodle": ("cp1252", ";", 4, 9),
    }[platform.name]
    old = [*csv.reader(io.StringIO(before.read_bytes().decode(encoding), newline=""), delimiter=delimiter)]
    new = [*csv.reader(io.StringIO(after.decode(encoding), newline=""), delimiter=delimiter)]
    if len(old) != len(new):
        yield f"{len(old)} rows went in, {len(new)} came back"
    people = {person.platform_id: person for person in platform.students}
    for was, now in zip(old, new, strict=False):
        number = re.search(r"\d+$", was[1] if platform.name == "canvas" else was[0])
        person = people.get(number[0]) if number else None
        final = None if person is None else person.final
        yield from _wrong_line(person, was, now, grade, feedback, None if final is None else _written(final, delimiter))


def _wrong_line(
    person: Student | None, was: Sequence[str], now: Sequence[str], grade: int, feedback: int | None, final: str | None
) -> Iterator[str]:
    ours = {grade, feedback} if final is not None else set()
    for position, (old, new) in enumerate(zip(was, now, strict=True)):
        if position not in ours and old != new:
            yield f"{was[:2]}: {old!r} became {new!r}"
    if person is None or final is None:
        return
    if now[grade] != final:
        yield f"{person.name}: expected {final}, the grade book says {now[grade]!r}"
    if feedback is not None and person.hands_in:
        told = {*re.findall(r"\bd[A-Za-z]\w*", now[feedback].partition("To do:")[2])}
        if told != {*person.missing}:
            yield f"{person.name}: the feedback names {sorted(told)}, missing are {sorted(person.missing)}"


def _written(points: str, delimiter: str) -> str:
    """Points as this grade book writes numbers: one with semicolons uses a decimal comma."""
    return points.replace(".", ",") if delimiter == ";" else points


def _rows(text: str, delimiter: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
