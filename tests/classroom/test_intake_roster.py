"""The roster: matched by whatever it and the download have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from classroom import hand_in

from grader.classroom.batch.grades import read_table
from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.handed_in import HandedIn
from grader.classroom.intake.platforms import Who
from grader.classroom.intake.roster import conflicts, joined, read_roster

if TYPE_CHECKING:
    from grader.classroom.intake.roster import Person


def people(text: str, tmp_path: Path) -> list[Person]:
    """A roster from this text."""
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(read_table(path))


def submission(raw: str, **who: str) -> HandedIn:
    """A submission with this owner."""
    return HandedIn(raw, Path(raw), who=Who(**who), name=raw)


@pytest.mark.parametrize(
    ("roster", "each"),
    [
        ("id,name,email\ns1,John Doe,john@x.org\n", submission("s1")),
        ("Student ID;Name\ns1;John Doe\n", submission("x", id="s1")),
        ("id,name,email\ns1,John Doe,john@x.org\n", submission("x", email="JOHN@x.org")),
        ("id,name,email\ns1,John Doe,john@x.org\n", submission("john")),
        ("id,name\ns1,John Doe\n", submission("x", name="john doe")),
        ("id,name\ns1,John Doe\n", submission("doejohn_9", name="doejohn", id="9")),
        ("id,First name,Last name\ns1,John,Doe\n", submission("x", name="John Doe")),
    ],
)
def test_a_submission_finds_its_person(roster: str, each: HandedIn, tmp_path: Path) -> None:
    """By id, address, the part before @, or name in either order."""
    (found,) = joined([each], people(roster, tmp_path))
    assert found.who.id == "s1"
    assert found.notes == ()


def test_a_canvas_gradebook_is_a_roster(tmp_path: Path) -> None:
    """Its IDs are in the downloaded names; the row of possible points is skipped."""
    text = (
        'Student,ID,SIS User ID,SIS Login ID,Section,HW (1)\n    Points Possible,,,,,26\n"Doe, John",4711,u77,jdoe,A,\n'
    )
    folder = hand_in(tmp_path / "class", {"doejohn_4711_1_backward.py": ""})
    (found,) = joined(read_folder(folder).handed_in, people(text, tmp_path))
    assert (found.who.id, found.who.name) == ("4711", "Doe, John")


def test_a_moodle_worksheet_is_a_roster(tmp_path: Path) -> None:
    """Its participant numbers are in the downloaded names."""
    text = "Identifier,Full name,Email address,Status,Grade\nParticipant 657737,Jane Doe,jane@x.org,Submitted,\n"
    folder = hand_in(tmp_path / "class", {"Jane Doe_657737_assignsubmission_file_/backward.py": ""})
    (found,) = joined(read_folder(folder).handed_in, people(text, tmp_path))
    assert (found.who.id, found.who.email) == ("Participant 657737", "jane@x.org")


def test_those_who_handed_in_nothing_are_listed_at_the_end(tmp_path: Path) -> None:
    """Each has a row."""
    found = joined([submission("s2")], people("id,name\ns1,John Doe\ns2,Jane\n", tmp_path))
    assert [(each.name, each.missing) for each in found] == [("s2", False), ("s1", True)]


def test_a_person_listed_twice_counts_once(tmp_path: Path) -> None:
    """For example in two sections."""
    found = joined([submission("s1")], people("id,name\ns1,John Doe\ns1,John Doe\ns2,Jane\ns2,Jane\n", tmp_path))
    assert [(each.name, each.who.name) for each in found] == [("s1", "John Doe"), ("s2", "Jane")]


def test_a_person_with_two_addresses_keeps_both(tmp_path: Path) -> None:
    """Gradebooks list them in two lines."""
    class_ = people("id,name,email\n2,Carl,c@x.org\n2,Carl,c2@x.org\n", tmp_path)
    (found,) = joined([submission("c2@x.org")], class_)
    assert (found.who.id, found.notes) == ("2", ())


def test_a_shared_id_is_reported(tmp_path: Path) -> None:
    """Since nothing can be matched by it."""
    class_ = people("id,name\n1,Alice\n1,Bob\n2,Carl\n2,Carl\n", tmp_path)
    assert list(conflicts(class_)) == ["the roster lists id 1 for Alice and Bob: submissions under it are not matched"]


def test_two_people_with_one_id_have_a_row_each(tmp_path: Path) -> None:
    """A mistake in the roster removes nobody's row."""
    found = joined([], people("id,name\ns1,John Doe\ns1,Jane Roe\n", tmp_path))
    assert [each.who.name for each in found] == ["John Doe", "Jane Roe"]
    assert len({each.name for each in found}) == 2


def test_a_person_not_on_the_roster_is_noted(tmp_path: Path) -> None:
    """And graded anyway."""
    (found, _) = joined([submission("stranger")], people("id\ns1\n", tmp_path))
    assert found.notes == ("not on the roster",)


def test_a_shared_name_matches_nobody(tmp_path: Path) -> None:
    """A missing id is better than a wrong one."""
    found = joined([submission("x", name="John Doe")], people("id,name\ns1,John Doe\ns2,John Doe\n", tmp_path))
    assert found[0].notes == ("not on the roster",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_spreadsheets_encoding_is_recognized(encoding: str, tmp_path: Path) -> None:
    """Excel writes all of these."""
    (tmp_path / "roster.csv").write_bytes("id;name\r\ns1;Jörg Müller\r\n".encode(encoding))
    assert read_roster(read_table(tmp_path / "roster.csv"))[0].who.name == "Jörg Müller"
