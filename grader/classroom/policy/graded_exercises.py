"""What a results folder of `grade batch` says about the class: one line for each submission, with its owner."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from grader.classroom.policy.people import folded
from grader.classroom.tables.table import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_LARGEST: Final = 256 << 20
_NEEDED: Final = ("submission", "status", "final")
_OPEN: Final = ("waiting", "failed")


class NoResults(Exception):
    """This is not a folder with a class's results: the message is one sentence."""


@dataclass(frozen=True, slots=True)
class GradedLine:
    """One submission, and what it gets in the end."""

    folder: str
    """Its path: the folders of several weeks may have one name."""
    submission: str
    id: str
    name: str
    email: str
    points: Fraction | None
    """None if it has no grade yet, or a word instead."""
    excused: str = ""
    """A word such as `excused` that stands instead of points."""
    missing: bool = False
    slip: int = 0
    """The slip days that it used."""


@dataclass(frozen=True, slots=True)
class GradedExercise:
    """One exercise of a class."""

    folder: str
    exercise: str
    possible: Fraction
    lines: tuple[GradedLine, ...]
    told: tuple[str, ...] = ()


def read_results(folder: Path) -> GradedExercise:
    """Read a results folder.

    Raises:
        NoResults: it has no summary or no table of grades.
        UnreadableTable: its table of grades cannot be read.
    """
    summary = _json(folder / "summary.json")
    exercise, possible = summary.get("exercise"), summary.get("possible")
    if not isinstance(exercise, str) or not isinstance(possible, int | float):
        raise NoResults(f"{folder / 'summary.json'} does not say which exercise was graded; run `grade batch` again")
    if not (folder / "grades.csv").is_file():
        raise NoResults(f"{folder} has no grades.csv; name a folder that `grade batch --out` wrote")
    table = read_table(folder / "grades.csv")
    lacking = [name for name in _NEEDED if table.column(name) is None]
    if lacking:
        raise NoResults(f"{table.name} no longer has the column {lacking[0]}; run `grade batch` again to restore it")
    owners = _owners(folder)
    lines, told = [], []
    for row in _rows(table):
        if row["status"] == "unmatched":
            told.append(f"{folder}: the row {row['submission']} of grades.csv belongs to no submission and is left out")
        elif row.get("counts", "").lower() not in ("no", "false"):
            line = _line(str(folder), row, owners)
            lines.append(line)
            if line.points is None and not line.excused:
                told.append(f"{folder}: {line.submission} has no grade yet ({row['status']})")
    return GradedExercise(str(folder), exercise, Fraction(str(possible)), tuple(lines), tuple(told))


def _rows(table: Table) -> list[dict[str, str]]:
    names = [name.strip().lower() for name in table.head]
    rows = [dict(zip(names, map(str.strip, row), strict=False)) for row in table.rows]
    return [row for row in rows if row["submission"]]


def _owners(folder: Path) -> dict[str, dict[str, str]]:
    """Key -> id, name and address as `grade batch` wrote them; no spreadsheet can damage these."""
    if not (folder / "class.json").is_file():
        return {}
    return {
        each["key"]: {
            "student": each.get("id") or each.get("claim", {}).get("login", ""),
            "name": each.get("person", ""),
            "email": each.get("email", ""),
        }
        for each in _json(folder / "class.json").get("submissions", [])
    }


def _line(folder: str, row: Mapping[str, str], owners: Mapping[str, Mapping[str, str]]) -> GradedLine:
    row = {**row, **owners.get(row.get("key", ""), {})}
    points, excused = None, ""
    # An override counts from when it is typed, before the batch writes it into `final`.
    if final := row.get("override") or row["final"]:
        points = number(final)
        excused = final if points is None else ""
    elif row["status"] not in _OPEN and row.get("points") and not row.get("counts"):
        points = number(row["points"])
    known = (row.get("student", ""), row.get("name", ""), row.get("email", ""))
    # Without an owner, the name of the folder or file is the only name there is.
    name = known[1] if any(known) else row["submission"]
    slip = int(number(row.get("slip", "")) or 0)
    return GradedLine(
        folder, row["submission"], known[0], name, known[2], points, excused, row["status"] == "missing", slip
    )


def spent_elsewhere(
    others: Iterable[GradedExercise], people: Mapping[str, Iterable[str]]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """The slip days that people have used for other exercises, for `rows.apply_policy`.

    Args:
        others: the results of the other exercises.
        people: a person's key in this class -> the person's ids, logins and addresses.

    Returns:
        The person's key -> days, and a sentence about everybody who may be several people here. Who is not in this
        class is left out.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    for person, words in people.items():
        for word in filter(None, words):
            owners[folded(word)].add(person)
    spent: dict[str, int] = defaultdict(int)
    told = []
    for each in others:
        for line in each.lines:
            found = {owner for word in (line.id, line.email) if word for owner in owners[folded(word)]}
            if line.slip and len(found) == 1:
                spent[found.pop()] += line.slip
            elif line.slip and found:
                told.append(
                    f"{each.folder}: the slip days of {line.submission} may be of several people here: not counted"
                )
    return dict(spent), tuple(told)


def number(text: str) -> Fraction | None:
    """A number as people type it, with a point or a comma, exactly; None for a word."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return Fraction(str(value)) if math.isfinite(value) else None


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise NoResults(f"{path} is larger than {_LARGEST >> 20} MB")
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise NoResults(f"{path.parent} has no {path.name}; name a folder that `grade batch --out` wrote") from None
    except OSError as error:
        raise NoResults(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise NoResults(f"{path} is damaged ({error}); run `grade batch` again to write it anew") from None
    return found if isinstance(found, dict) else {}
