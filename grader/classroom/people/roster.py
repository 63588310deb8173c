"""The people of a class, from whatever table lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.classroom.people.headings import EXAMPLES, Heading, is_known, kinds
from grader.classroom.people.name_forms import folded, in_any_order, plain, words
from grader.classroom.tables.encoding import repaired
from grader.classroom.tables.table import UnreadableTable, heading
from grader.exercise.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.classroom.tables.table import Table

_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
"""A long number that a spreadsheet has rounded."""
_PARTICIPANT = re.compile(r"[^\W\d][^\d@]*(?: |/\w+?)(\d+)|[^\W\d\x00-\u024f]{2,}(\d+)")
"""How Moodle writes its own number for a person, in any language: `Participant 657737`, `Teilnehmer/in657737`.

The letters alone could be a login: in `jdoe2` the 2 is nobody's number."""
_BLANK = re.compile(r"[\W_]*|#?n/a|n\.a\.|none|null", re.IGNORECASE)
"""What people and programs write where somebody has no id, login or address."""
_TEST_STUDENTS = frozenset(("student test", "test student", "demo student", "student demo", "points possible"))
_SUMS = frozenset((
    "total", "totals", "sum", "count", "average", "mean", "median", "maximum", "minimum", "summe", "gesamt", "anzahl",
    "mittelwert", "durchschnitt", "somme", "moyenne", "suma", "promedio", "somma", "media", "totaal", "gemiddelde",
    "合计", "合計", "平均",
))  # fmt: skip
"""The first cell of a row below the people that adds them up."""
_TEST_LOGIN = re.compile(r".*_previewuser\d*", re.IGNORECASE)
_STAFF = re.compile(
    r"\b(ta|teaching|teacher|instructor|assistant|tutor|trainer|professor|lecturer|staff|grader|designer|observer"
    r"|manager|admin\w*|owner|leh?rer\w*|lehrend\w*|dozent\w*|kursleit\w*|betreuer\w*|hilfskraft|enseignant\w*"
    r"|professeur\w*|assistente?|profesor\w*|docente\w*|tuteur|tutore|ayudante|monitor|prowadzacy|ogretmen|egitmen"
    r"|ucitel|larare|underviser|foreleser)(enrollment)?\b"
    r"|преподаватель|ассистент|教师|老师|助教|教員|교수|조교"
)
_MARKS = (Heading.ID, Heading.LOGIN, Heading.EMAIL)
_MOST_HEADS = 5
"""How many rows below the first row of headings may have others."""
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Person:
    """One person on a roster; fields are empty if the roster does not have them."""

    row: int
    """The row of the table; a person who is listed twice has the first."""
    id: str = ""
    """The id that grades.csv shows."""
    ids: tuple[str, ...] = ()
    """Every number that the school or a platform gave this person."""
    logins: tuple[str, ...] = ()
    """User names, with those on GitHub."""
    name: str = ""
    email: str = ""
    student: bool = True
    """False for a platform's test student, and for teachers and assistants."""
    emails: tuple[str, ...] = ()
    """Every address."""
    again: tuple[int, ...] = ()
    """Further rows that list the same person."""

    def __str__(self) -> str:
        shown = next((each for each in (self.id, self.email) if each and each != self.name), "")
        return f"{self.name} ({shown})" if self.name and shown else self.name or shown


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody on a roster."""

    table: Table
    people: tuple[Person, ...]
    columns: tuple[str, ...]
    """The headings that were read, to report when few of them match."""
    warnings: tuple[str, ...] = ()

    @property
    def students(self) -> tuple[Person, ...]:
        """Everybody without test students, teachers and assistants."""
        return tuple(person for person in self.people if person.student)


def roster_of(table: Table, *, id_column: str | None = None, name_column: str | None = None) -> Roster:
    """The people in a table.

    Args:
        table: any table with headings.
        id_column: the column of ids, if its heading is not a known one.
        name_column: the column of names, if its heading is not a known one.

    Raises:
        UnreadableTable: it lacks a column that was named, or has none that identifies people.
    """
    table = _below_other_headings(table)
    held = _columns(table, id_column, name_column)
    if not set(held.values()) - {Heading.ROLE}:
        raise UnreadableTable(
            f"{table.name} lists no students: none of its columns ({_some(table.head)}) has a known heading, such as "
            f"{EXAMPLES}. Name a column with --id-column or --name-column"
        )
    _check_one_person_each(table, held)
    rounded: list[str] = []
    rows = [_person(row, at, held, rounded) for at, row in enumerate(table.rows)]
    people = _once(person for person in rows if person is not None)
    if not people:
        raise UnreadableTable(f"{table.name} lists no students: there is nobody below its headings")
    columns = tuple(table.head[at] for at in sorted(held))
    return Roster(table, tuple(people), columns, (*_told_of_rounded(rounded, table.name), *_conflicts(people)))


def _below_other_headings(table: Table) -> Table:
    """The table below the row with most headings: one above it may name groups of columns."""
    known = [len({heading(cell) for cell in row if is_known(cell)}) for row in (table.head, *table.rows[:_MOST_HEADS])]
    best = known.index(max(known))
    return table.headed_by(best - 1) if best and known[best] > 1 else table


def _columns(table: Table, id_column: str | None, name_column: str | None) -> dict[int, Heading]:
    """Column -> what it holds; a column that is named replaces those that have a known heading."""
    cells = [[row[at] for row in table.rows] for at in range(len(table.head))]
    held = _without_codes(kinds(table.head, cells), cells)
    if name_column is not None:
        held = {at: kind for at, kind in held.items() if kind not in (Heading.NAME, Heading.FIRST, Heading.LAST)}
        held[_named(table, name_column, "--name-column")] = Heading.NAME
    if id_column is not None:
        held = {at: kind for at, kind in held.items() if kind is not Heading.ID}
        held[_named(table, id_column, "--id-column")] = Heading.ID
    return held


def _check_one_person_each(table: Table, held: Mapping[int, Heading]) -> None:
    """Refuse a table with two members of a group in each row: one would have the other's name or id."""
    first: dict[str, int] = {}
    for at, kind in held.items():
        before = first.setdefault(heading(table.head[at]), at)
        pairs = ((row[before].strip(), row[at].strip()) for row in table.rows)
        if kind is not Heading.ROLE and any(one and other and folded(one) != folded(other) for one, other in pairs):
            raise UnreadableTable(
                f"{table.name} has several columns {table.head[at]} with different cells, so it is not clear who is in "
                "a row: give each person a row, or rename the column that is not about them"
            )


def _without_codes(held: dict[int, Heading], cells: Sequence[Sequence[str]]) -> dict[int, Heading]:
    """A column whose values are shared by people of different names has the code of a course or group, not ids."""
    of_names = (cells[at] for at, kind in held.items() if kind in (Heading.NAME, Heading.FIRST, Heading.LAST))
    names = list(zip(*of_names, strict=True))
    codes = {at for at, kind in held.items() if kind in (Heading.ID, Heading.LOGIN) and _is_code(cells[at], names)}
    return {at: kind for at, kind in held.items() if at not in codes}


def _is_code(cells: Sequence[str], names: Sequence[Sequence[str]]) -> bool:
    of_value: dict[str, set[Sequence[str]]] = {}
    for cell, name in zip(cells, names, strict=False):
        if cell.strip() and any(name):
            of_value.setdefault(folded(cell), set()).add(name)
    shared = sum(len(each) for each in of_value.values() if len(each) > 2)
    return 2 * shared > sum(map(len, of_value.values()))


def _named(table: Table, column: str, option: str) -> int:
    at = table.column(column)
    if at is None:
        raise UnreadableTable(f"{table.name} has no column {column} ({option}). {did_you_mean(column, table.head)}")
    if sum(heading(each) == heading(column) for each in table.head) > 1:
        raise UnreadableTable(f"{table.name} has several columns {column} ({option}); rename the others")
    return at


def _person(row: Sequence[str], at: int, held: Mapping[int, Heading], rounded: list[str]) -> Person | None:
    """The person in a row; None if the row lists nobody, as Canvas' row of possible points."""
    cells: dict[Heading, list[str]] = {kind: [] for kind in Heading}
    for column, kind in held.items():
        text = repaired(" ".join(row[column].split()))
        if text and not (kind in _MARKS and _BLANK.fullmatch(text)):
            cells[kind].append(text)
    whole = " ".join([*cells[Heading.FIRST][:1], *cells[Heading.LAST]])
    name = cells[Heading.NAME][0] if cells[Heading.NAME] else whole
    numbers = [_number(each) for each in cells[Heading.ID]]
    rounded += [each for each in numbers if _ROUNDED.fullmatch(each)]
    ids = [each for each in numbers if not _ROUNDED.fullmatch(each)]
    logins, emails = [re.sub("^#(?=.)", "", each) for each in cells[Heading.LOGIN]], cells[Heading.EMAIL]
    emails += [each for each in (*ids, *logins) if "@" in each and each not in emails]
    if not any((name, ids, logins, emails)) or _is_no_person(row, held, name, ids):
        return None
    shown = next((each for each in (*ids, *logins) if folded(each) != folded(name)), next(iter(ids), ""))
    known = dict.fromkeys(part for each in ids for part in _forms(each))
    return Person(
        at,
        shown,
        tuple(known),
        tuple(dict.fromkeys(logins)),
        name,
        next(iter(emails), ""),
        _is_student(name, logins, cells[Heading.ROLE]),
        tuple(dict.fromkeys(emails)),
    )


def _number(cell: str) -> str:
    """An id without what programs add: Brightspace's `#`, the `.0` of a table that took it for a measurement."""
    return re.sub(r"^#(?=.)|(?<=^)#|(?<=\d)\.0$", "", cell) if re.fullmatch(r"#.+|\d+\.0", cell) else cell


def _forms(number: str) -> Iterator[str]:
    yield number
    if found := _PARTICIPANT.fullmatch(number):
        yield found[1] or found[2]


def _is_no_person(row: Sequence[str], held: Mapping[int, Heading], name: str, ids: Sequence[str]) -> bool:
    """Canvas indents what is in the row of possible points, in every language."""
    indented = any(kind is Heading.NAME and row[at].startswith("    ") for at, kind in held.items())
    sums = not any(letter.isalpha() for letter in name) or folded(name) in _SUMS
    written = [folded(row[at]) for at in held if row[at].strip()]
    again = len(written) > 1 and all(map(is_known, written))  # the headings, as below a second list of people
    return folded(name) == "points possible" or (indented and not ids) or (sums and written[0] in _SUMS) or again


def _is_student(name: str, logins: Iterable[str], roles: Iterable[str]) -> bool:
    if " ".join(words(name)) in _TEST_STUDENTS or any(_TEST_LOGIN.fullmatch(each) for each in logins):
        return False
    return not any(_STAFF.search(plain(role)) for role in roles)


def _once(people: Iterable[Person]) -> list[Person]:
    """Everybody once: who is listed twice has an id, a login or an address in common, and no other name and ids."""
    found: list[Person] = []
    by_mark: dict[tuple[str, str], list[int]] = {}
    for person in people:
        marks = _marks(person)
        same = dict.fromkeys(at for mark in marks for at in by_mark.get(mark, []) if _may_be_one(found[at], person))
        if len(same) == 1:
            at = next(iter(same))
            found[at] = _merged(found[at], person)
        else:
            at = len(found)
            found.append(person)
        for mark in marks:
            if at not in (there := by_mark.setdefault(mark, [])):
                there.append(at)
    return found


def _marks(person: Person) -> list[tuple[str, str]]:
    kinds_of = (("id", person.ids), ("login", person.logins), ("email", person.emails))
    return [(kind, folded(each)) for kind, values in kinds_of for each in values]


def _may_be_one(first: Person, second: Person) -> bool:
    """Two people of one name may share the address of their family."""
    ids = [{*map(folded, each.ids)} for each in (first, second)]
    if all(ids) and ids[0].isdisjoint(ids[1]):
        return False
    return not first.name or not second.name or bool(in_any_order(first.name) & in_any_order(second.name))


def _merged(first: Person, second: Person) -> Person:
    return replace(
        first,
        id=first.id or second.id,
        ids=tuple(dict.fromkeys((*first.ids, *second.ids))),
        logins=tuple(dict.fromkeys((*first.logins, *second.logins))),
        name=first.name or second.name,
        email=first.email or second.email,
        emails=tuple(dict.fromkeys((*first.emails, *second.emails))),
        student=first.student and second.student,
        again=(*first.again, second.row),
    )


def _told_of_rounded(rounded: Sequence[str], name: str) -> Iterator[str]:
    if rounded:
        yield (
            f"{name}: a spreadsheet has rounded {len(rounded)} ids (such as {rounded[0]}); they are not used. Export "
            "the roster again, and do not save it in a spreadsheet"
        )


def _conflicts(people: Iterable[Person]) -> Iterator[str]:
    """A warning for each id that several people have."""
    owners: dict[str, list[Person]] = {}
    for person in people:
        for number in {folded(each): each for each in person.ids}.values():
            owners.setdefault(number, []).append(person)
    for number, several in owners.items():
        if len(several) > 1:
            named = " and ".join(dict.fromkeys(each.name or each.email or each.id for each in several))
            yield f"the roster lists id {number} for {named}: submissions under it are not matched"


def _some(texts: Sequence[str]) -> str:
    more = " ..." if len(texts) > _MOST_NAMED else ""
    return ", ".join(texts[:_MOST_NAMED]) + more
