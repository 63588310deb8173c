"""A class of 150 people on three platforms, with every trap that names, ids and spreadsheets hold.

Every submission lacks a set of functions that nobody else's lacks, so a result says whose work it is. This module knows
nothing of the grader: `check_class_of_150` compares what comes out with what was made here.
"""

from __future__ import annotations

import csv
import io
import random
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

POSSIBLE: Final = 26

_FIRST: Final = (
    "Ada", "Alan", "Anaïs", "Barbara", "Björn", "Chloë", "Dušan", "Edsger", "Élodie", "Frances", "Grace", "Iñigo",
    "Jürgen", "Katherine", "Łukasz", "Maria", "Małgorzata", "Nguyễn", "Olga", "Özlem", "Radia", "Søren", "Zoë",
)  # fmt: skip
_LAST: Final = (
    "Álvarez", "Bengio", "Çelik", "De la Cruz", "Dvořák", "Fischer", "García", "Hopper", "Ivanova", "Jackson", "Kwon",
    "Lovelace", "Müller", "Nuñez", "O'Brien", "Perlman", "Réaumur", "Straße", "van der Berg", "Weiß", "Şahin",
)  # fmt: skip
_WESTERN: Final = re.compile(r"[A-Za-z\xc0-\xff' -]+")


@dataclass(slots=True)
class Student:
    """One person, and what the grader must find out about them."""

    first: str
    last: str
    number: str
    """The school's number, as the platform has it: with zeros in front, or longer than a spreadsheet can hold."""
    platform_id: str
    login: str
    email: str
    missing: tuple[str, ...] = ()
    """The functions that their submission lacks."""
    hands_in: bool = True
    teaches: bool = False
    override: str = ""
    late: bool = False

    @property
    def name(self) -> str:
        """First name first."""
        return f"{self.first} {self.last}".strip()

    @property
    def turned(self) -> str:
        """Family name first."""
        return f"{self.last}, {self.first}" if self.first else self.last

    @property
    def points(self) -> int:
        """What their work earns."""
        return POSSIBLE - len(self.missing)

    @property
    def final(self) -> str | None:
        """What a grade book must show: the override, the points, or nothing (None)."""
        if self.override:
            return self.override.replace(",", ".") if self.override[0].isdecimal() else None
        return str(self.points) if self.hands_in else None


@dataclass(slots=True)
class Platform:
    """One platform's part of the class: what was downloaded from it, and the list of its people."""

    name: str
    students: list[Student]
    submissions: Path
    roster: Path
    extra: list[Student] = field(default_factory=list)
    """People on the list who are no students: the test student, teachers."""


def make(folder: Path, solution: str, seed: int = 17) -> list[Platform]:
    """Write the downloads and the rosters of the three platforms below a folder."""
    draw = random.Random(seed)
    functions = re.findall(r"(?m)^def (\w+)", solution)
    works = _different_works(functions, draw)
    return [
        _canvas(folder / "canvas", _people(draw, 60, works), solution),
        _moodle(folder / "moodle", _people(draw, 55, works, western=True), solution),
        _github(folder / "github", _people(draw, 35, works), solution),
    ]


def without(solution: str, missing: Iterable[str]) -> str:
    """The worked solution without some of its functions."""
    for name in missing:
        solution = re.sub(rf"(?ms)^def {name}\(.*?(?=^def |\Z)", "", solution)
    return solution


def _different_works(functions: Sequence[str], draw: random.Random) -> Iterator[tuple[str, ...]]:
    """Sets of missing functions, no two the same, in numbers that differ from one to the next."""
    by_size = [[*combinations(functions[:14], size)] for size in range(1, 9)]
    for each in by_size:
        draw.shuffle(each)
    while True:
        for each in by_size:
            if each:
                yield each.pop()


def _people(
    draw: random.Random, count: int, works: Iterator[tuple[str, ...]], *, western: bool = False
) -> list[Student]:
    """Some with the same name, with numbers that a spreadsheet damages, with logins that look like files."""
    first = [name for name in _FIRST if not western or _WESTERN.fullmatch(name)]
    last = [name for name in _LAST if not western or _WESTERN.fullmatch(name)]
    names = {("Maria", "García"), ("Zoë", "Weiß")}
    while len(names) < count - 6:
        names.add((draw.choice(first), draw.choice(last)))
    listed = sorted(names)
    draw.shuffle(listed)
    listed += [("Maria", "García"), ("Zoë", "Weiß"), ("Ben", "2"), ("Ben", "Ok"), ("Xi", "Li"), ("Li", "Xi")]
    ids = draw.sample(range(100, 9999), count)
    people = []
    for number, ((forename, surname), platform_id) in enumerate(zip(listed, ids, strict=True)):
        login = f"{_plain(forename)[:1]}{_plain(surname)}{number}"
        school = f"{number:08d}" if number % 2 else f"47{number:017d}"
        person = Student(forename, surname, school, str(platform_id), login, f"{login}@uni.example", next(works))
        person.hands_in = number % 9 != 4
        person.late = number % 11 == 3
        people.append(person)
    for person, login in zip(people, ("john.lock", "rahman.md", "lee.log", "1e5", "may-2", "ann.part"), strict=False):
        person.login = login
    # Two addresses with the same part before the @.
    people[7].email, people[8].email = "ben@cs.example", "ben@math.example"
    # A grade by hand: for somebody who handed in, for somebody who did not, with a comma, and a word.
    people[2].override, people[4].override, people[10].override, people[12].override = "10", "7", "20,5", "excused"
    return people


def _plain(text: str) -> str:
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", text.casefold()))


# Platforms


def _canvas(folder: Path, people: list[Student], solution: str) -> Platform:
    """A zip of everybody's files, one person's in two uploads; the grade book, saved as Excel's "Unicode Text"."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for number, person in enumerate(person for person in people if person.hands_in):
            sortable = re.sub(r"[^\w]", "", f"{person.last}{person.first}").casefold()
            late = "_LATE" if person.late else ""
            name = f"{sortable}{late}_{person.platform_id}_{88000 + 2 * number}_backward.py"
            archive.writestr(name, without(solution, person.missing))
            if number % 10 == 0:  # what was drawn beside it
                archive.writestr(f"{sortable}{late}_{person.platform_id}_{88001 + 2 * number}_plot.png", b"\x89PNG")
    tester = Student("Test", "Student", "", "99999", "", "", hands_in=False)
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Quiz (1)", "Backprop (12345)", "Final Score"],
        ["    Points Possible", "", "", "", "", "10", "26", "(read only)"],
        *(
            [p.turned, p.platform_id, _as_excel_shows(p.number), p.login, "Mon", str(len(p.login)), "", "50"]
            for p in [*people, tester]
        ),
    ]
    return Platform(
        "canvas", people, folder / "submissions.zip", _saved(folder / "gradebook.csv", rows, "utf-16", "\t"), [tester]
    )


def _moodle(folder: Path, people: list[Student], solution: str) -> Platform:
    """Folders; the worksheet of a German Moodle, saved by Excel as "CSV" with other people's feedback in it."""
    for person in people:
        if person.hands_in:
            there = folder / "submissions" / f"{person.name}_{person.platform_id}_assignsubmission_file_"
            there.mkdir(parents=True)
            (there / "backward.py").write_text(without(solution, person.missing), encoding="utf-8")
    rows = [
        [
            "ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung",
            "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)",
            "Feedback als Kommentar",
        ],
        *(
            [
                f"Teilnehmer/in{p.platform_id}", p.name, p.email, "-", "" if p.hands_in else "3,5", "26,00", "Ja", "-",
                "-", "" if p.hands_in else "- mündlich geprüft\n- siehe S. 3",
            ]
            for p in people
        ),
    ]  # fmt: skip
    return Platform("moodle", people, folder / "submissions", _saved(folder / "worksheet.csv", rows, "cp1252", ";"))


def _github(folder: Path, people: list[Student], solution: str) -> Platform:
    """Clones; the roster of GitHub Classroom, saved by Excel as "CSV UTF-8"."""
    for person in people:
        if person.hands_in:
            there = folder / "submissions" / f"backprop-{person.login}"
            there.mkdir(parents=True)
            (there / "backward.py").write_text(without(solution, person.missing), encoding="utf-8")
    rows = [
        ["identifier", "github_username", "github_id", "name"],
        *([p.email, p.login, p.platform_id, unicodedata.normalize("NFD", p.name)] for p in people),
    ]
    return Platform("github", people, folder / "submissions", _saved(folder / "roster.csv", rows, "utf-8-sig", ","))


# A spreadsheet's habits


def _as_excel_shows(number: str) -> str:
    """Digits as a spreadsheet saves them: no zeros in front, fifteen digits at most, long ones as 4.71E+18."""
    if not number.isdecimal():
        return number
    return f"{float(number):.2E}" if len(number) > 11 else str(int(number))


def _saved(path: Path, rows: Sequence[Sequence[str]], encoding: str, delimiter: str) -> Path:
    """A table as a spreadsheet writes it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def through_a_spreadsheet(path: Path, overrides: Mapping[str, str], encoding: str, delimiter: str) -> None:
    """Open grades.csv in a spreadsheet, type overrides into the rows with these ids or addresses, and save."""
    rows = [*csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))]
    override = rows[0].index("override")
    for row in rows[1:]:
        row[override] = next((overrides[cell] for cell in row if cell in overrides), row[override])
    damaged = [[_as_excel_shows(cell) if cell.isdecimal() and len(cell) > 4 else cell for cell in row] for row in rows]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(damaged)
    path.write_bytes(out.getvalue().encode(encoding, "replace"))
