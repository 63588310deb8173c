"""The roster: matched by whatever it and the download have in common, in one sentence for each doubt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from classroom import hand_in

from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.handed_in import HandedIn
from grader.classroom.intake.platforms import Who
from grader.classroom.people.joining import Joined, RosterOptions, decisions, join, read_joined
from grader.classroom.people.roster import roster_of
from grader.classroom.tables.table import UnreadableTable, table_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


def joined(handed_in: list[HandedIn] | tuple[HandedIn, ...], text: str, match: str = "") -> Joined:
    """A class with this roster and these decisions."""
    decided = decisions(table_of(match.encode(), "match.csv")) if match else {}
    return join(handed_in, roster_of(table_of(text.encode(), "roster.csv")), decided)


def submission(raw: str, *, called: bool = False, **who: str) -> HandedIn:
    """A submission with this owner."""
    return HandedIn(raw, Path(raw), who=Who(**who), name=raw, called=raw if called else "")


@pytest.mark.parametrize(
    ("roster", "each"),
    [
        ("id,name,email\ns1,John Doe,john@x.org\n", submission("s1", called=True)),
        ("Student ID;Name\ns1;John Doe\n", submission("x", id="s1")),
        ("id,name,email\ns1,John Doe,john@x.org\n", submission("x", email="JOHN@x.org")),
        ("id,name,email\ns1,John Doe,john@x.org\n", submission("john", called=True)),
        ("id,name\ns1,John Doe\n", submission("x", name="john doe")),
        ("id,name\ns1,John Doe\n", submission("doejohn_9", name="doejohn", id="9")),
        ("id,First name,Last name\ns1,John,Doe\n", submission("x", name="John Doe")),
    ],
)
def test_a_submission_finds_its_person(roster: str, each: HandedIn) -> None:
    """By id, address, the part before @, or name in either order."""
    (found,) = joined([each], roster).handed_in
    assert found.who.id == "s1"
    assert found.notes == ()
    assert found.decided == "yes"


def test_a_canvas_gradebook_is_a_roster(tmp_path: Path) -> None:
    """Its IDs are in the downloaded names; the rows of possible points and of the test student are skipped."""
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,HW (1)\n    Points Possible,,,,,26\n"
        '"Doe, John",4711,u77,jdoe,A,\n"Student, Test",99,,a1b2,A,\n'
    )
    folder = hand_in(tmp_path / "class", {"doejohn_4711_1_backward.py": ""})
    found = joined(read_folder(folder).handed_in, text)
    assert [(each.who.id, each.who.name) for each in found.handed_in] == [("4711", "Doe, John")]
    assert found.told == ("1 of 1 on the roster have a submission (1 not counted: staff and test students)",)


def test_a_moodle_worksheet_is_a_roster(tmp_path: Path) -> None:
    """Its participant numbers are in the downloaded names."""
    text = "Identifier,Full name,Email address,Status,Grade\nParticipant 657737,Jane Doe,jane@x.org,Submitted,\n"
    folder = hand_in(tmp_path / "class", {"Jane Doe_657737_assignsubmission_file_/backward.py": ""})
    (found,) = joined(read_folder(folder).handed_in, text).handed_in
    assert (found.who.id, found.who.email) == ("Participant 657737", "jane@x.org")


@pytest.mark.parametrize("written", ["Participant ", "Teilnehmer/in", "Deelnemer ", "参加者"])
def test_a_worksheet_in_another_language_has_the_same_numbers(written: str) -> None:
    """Of two people of one name each gets their own submission."""
    rows = "".join(f"{written}{number},Zoë Weiß,z{number}@x.org\n" for number in (6156, 9996))
    handed_in = [
        HandedIn(raw, Path(raw), who=Who(id=number, name="Zoë Weiß", platform="moodle"), name=raw, person=raw)
        for number in ("9996", "6156")
        for raw in (f"Zoë Weiß_{number}",)
    ]
    found = joined(handed_in, f"ID,Name,Email\n{rows}").handed_in
    assert [each.who.email for each in found] == ["z9996@x.org", "z6156@x.org"]


def test_the_digits_of_a_login_are_no_number() -> None:
    """The 2 of `ben2` is not an id, though the roster lists that login as one."""
    each = HandedIn("x", Path("x"), who=Who(id="2", name="Other", platform="moodle"), name="x")
    assert joined([each], "id,name\nben2,Ben\n").told[0].startswith("0 of 1 on the roster have a submission")


def test_what_a_platform_said_is_kept_for_other_grade_books() -> None:
    """The claim of a submission knows the ids of both, so that either grade book finds it."""
    each = HandedIn("x", Path("x"), who=Who(id="657737", name="Jane Doe", platform="moodle", late=True), name="x")
    (found,) = joined([each], "id,login,name\ns1,jdoe,Jane Doe\n").handed_in
    assert (found.who.id, found.who.login, found.who.late, found.who.platform) == ("s1", "jdoe", True, "moodle")
    assert found.claim("").aliases == ("657737",)


def test_those_who_handed_in_nothing_are_listed_at_the_end() -> None:
    """Each has a row."""
    found = joined([submission("s2", called=True)], "id,name\ns1,John Doe\ns2,Jane\n")
    assert [(each.name, each.missing) for each in found.handed_in] == [("s2", False), ("s1", True)]


def test_whoever_may_have_handed_in_something_is_not_said_to_have_handed_in_nothing() -> None:
    """The row says which submission it may be."""
    found = joined([submission("Eve", called=True)], "id,name\n1,Eve\n2,Eve\n")
    assert [each.problem for each in found.handed_in[1:]] == [
        "nothing is known to be theirs; Eve may be: decide with --match"
    ] * 2


def test_two_people_with_one_id_have_a_row_each() -> None:
    """A mistake in the roster removes nobody's row."""
    found = joined([], "id,name\ns1,John Doe\ns1,Jane Roe\n").handed_in
    assert [each.who.name for each in found] == ["John Doe", "Jane Roe"]
    assert len({each.name for each in found}) == 2


def test_a_person_not_on_the_roster_is_noted() -> None:
    """And graded anyway."""
    found = joined([submission("stranger", called=True)], "id\ns1\n").handed_in
    assert found[0].notes == ("not on the roster",)
    assert found[0].decided == ""


def test_the_count_of_both_sides_is_told() -> None:
    """Who has a submission, and which submission has nobody."""
    found = joined([submission(name, called=True) for name in ("a", "b", "x")], "id\na\nb\nc\n")
    assert found.told == ("2 of 3 on the roster have a submission; 1 submission matches nobody: x",)


def test_a_roster_that_hardly_matches_is_a_warning() -> None:
    """With the columns that were read, and what to do."""
    found = joined([submission(name, called=True) for name in ("x", "y", "a")], "id,section,name\na,1,\nb,1,Bob\n")
    read = "where these columns were read: id, name"
    next_step = "Name others with --id-column or --name-column, or decide with --match"
    assert found.told == (
        "1 of 2 on the roster have a submission; 2 submissions match nobody: x, y",
        f"warning: only 1 of 3 submissions match the roster, {read}. {next_step}",
    )


class TestDecisions:
    """The table for --match."""

    @pytest.mark.parametrize(
        "text",
        [
            "submission,person\nx,1\ny,\n",
            "x,1\ny,\n",
            "id;note;submission\n1;;x\n;;y\n",
            "File\tName\nx\t1\ny\t\n",
        ],
    )
    def test_has_two_columns(self, text: str) -> None:
        """With or without headings."""
        assert decisions(table_of(text.encode(), "match.csv")) == {"x": "1", "y": ""}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "a,b,c\nx,1,2\n",
                "has the columns a, b, c: --match takes a table with two columns, submission and person",
            ),
            (
                "submission,person\nx,1\nx,2\n",
                r"match.csv gives x to 1 and to 2; for a group, write both into one row: 1 \+ 2",
            ),
        ],
    )
    def test_is_refused_if_it_is_not_clear(self, text: str, said: str) -> None:
        """One sentence."""
        with pytest.raises(UnreadableTable, match=said):
            decisions(table_of(text.encode(), "match.csv"))

    def test_settles_what_was_told(self) -> None:
        """Two submissions of one person are attempts then."""
        handed_in = [submission(name, called=True) for name in ("jdoe", "Jane Doe")]
        roster = "login,name\njdoe,Jane Doe\n"
        assert len(joined(handed_in, roster).told) == 3
        found = joined(handed_in, roster, "Jane Doe,jdoe\njdoe,\n")
        assert found.told == ("1 of 1 on the roster have a submission; 1 submission matches nobody: jdoe",)


class TestGroups:
    """A group's submission is given to each member only if somebody says so."""

    ROSTER = "id,name,Team\n1,Ada L,Team 1\n2,Bob K,Team 1\n3,Cy M,Team 2\n"

    def test_a_name_of_a_group_on_the_roster_is_told(self) -> None:
        """With the row that gives it to its members."""
        found = joined([submission("team_1", called=True)], self.ROSTER)
        assert found.handed_in[0].decided == ""
        assert found.told[-1] == (
            "team_1 is the Team of Ada L (1), Bob K (2): to give it to them, write team_1 and 1 + 2 into a row for "
            "--match"
        )

    def test_a_number_is_no_name_of_a_group(self) -> None:
        """It may be a grade."""
        found = joined([submission("5", called=True)], "id,name,HW 1\n1,Ada L,5\n2,Bob K,5\n")
        assert not any("to give it to them" in sentence for sentence in found.told)

    def test_each_member_gets_it(self) -> None:
        """In a row of their own, whose name says whose it is in whatever order they are written."""
        for match in ("Team 1,1 + bob k\n", "team 1,Bob K + 1 + 1\n"):
            found = joined([submission("Team 1", called=True)], self.ROSTER, match)
            assert {each.raw.casefold(): each.who.id for each in found.handed_in} == {
                "team 1+1": "1", "team 1+bob k": "2", "3": "3",
            }  # fmt: skip
            assert found.handed_in[0].notes == ("handed in by a group of 2",)
            assert len({each.claim("").person for each in found.handed_in}) == 3

    @pytest.mark.parametrize(
        ("match", "said"),
        [
            ("Team 1,1 + 9\n", r"--match gives Team 1\+9 to 9, who is not on the roster"),
            ("Team 7,1 + 2\n", r"there is no submission Team 7. Did you mean Team 1\?"),
        ],
    )
    def test_a_mistake_in_a_group_is_refused(self, match: str, said: str) -> None:
        """As for one person."""
        with pytest.raises(UnreadableTable, match=said):
            joined([submission("Team 1", called=True)], self.ROSTER, match)

    def test_a_member_with_a_submission_of_their_own_is_told(self) -> None:
        """It is not known which one counts."""
        handed_in = [submission(name, called=True) for name in ("Team 1", "Bob K")]
        found = joined(handed_in, self.ROSTER, "Team 1,1 + 2\n")
        assert "Bob K: may belong to Bob K (2), to whom --match gives another submission; matched to nobody" in (
            found.told
        )


def test_a_roster_may_be_a_workbook(tmp_path: Path) -> None:
    """Ids keep the zeros that their format shows."""
    book = openpyxl.Workbook()
    book.active.append(["Matrikelnummer", "Name"])
    book.active.append([77, "Jörg"])
    book.active["A2"].number_format = "00000"
    book.save(tmp_path / "roster.xlsx")
    found = read_joined([submission("00077", called=True)], RosterOptions(tmp_path / "roster.xlsx"))
    assert found.handed_in[0].who.name == "Jörg"


RIGHT = "def dlogprobs(n, logprobs, Yb):\n    return None\n"


@pytest.fixture
def batch(
    grade: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[list[HandedIn], str]]:
    """Run `grade batch` on `class` up to where grading would begin: the class, and what it said."""
    seen: list[list[HandedIn]] = []

    def stop(_run: object, _everything: object, handed_in: list[HandedIn], *_rest: object) -> None:
        seen.append(list(handed_in))
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.cli.batch._grade_exercise", stop)

    def run(files: dict[str, str | None], roster: str | bytes, *options: str) -> tuple[list[HandedIn], str]:
        hand_in(tmp_path / "class", dict(files))
        (tmp_path / "roster.csv").write_bytes(roster.encode() if isinstance(roster, str) else roster)
        result = grade("batch", "class", "--exercise", "mlp", "--roster", "roster.csv", *options)
        return (seen[-1] if seen else []), result.stderr

    return run


class TestCommand:
    """`grade batch --roster`: what was found in the wild."""

    def test_german_headings_join_everybody(self, batch: Callable[..., tuple[list[HandedIn], str]]) -> None:
        """Nobody is there twice."""
        roster = (
            "Nachname;Vorname;Kennung;E-Mail\nDoe;John;jdoe;john.doe@uni.example\n"
            "Smith;Anna;asmith;anna.smith@uni.example\n"
        )
        found, said = batch({"jdoe.py": RIGHT, "asmith.py": RIGHT}, roster)
        assert [(each.name, each.who.id, each.who.name, each.who.email) for each in found] == [
            ("asmith", "asmith", "Anna Smith", "anna.smith@uni.example"),
            ("jdoe", "jdoe", "John Doe", "john.doe@uni.example"),
        ]
        assert "2 of 2 on the roster have a submission\n" in said

    def test_github_classrooms_roster_joins_clones(self, batch: Callable[..., tuple[list[HandedIn], str]]) -> None:
        """Folders are called after the assignment and the user name."""
        roster = (
            "identifier,github_username,github_id,name\nada@uni.example,ada-l,111,Ada Lovelace\n"
            "bob@uni.example,bobk,112,Bob Kahn\n"
        )
        files = {f"backprop-{login}/backward.py": RIGHT for login in ("ada-l", "bobk")}
        found, said = batch(files, roster)
        assert [(each.who.name, each.who.email, each.missing) for each in found] == [
            ("Ada Lovelace", "ada@uni.example", False),
            ("Bob Kahn", "bob@uni.example", False),
        ]
        assert "2 of 2 on the roster have a submission\n" in said

    def test_attempts_in_one_download_have_one_owner(self, batch: Callable[..., tuple[list[HandedIn], str]]) -> None:
        """Blackboard's names hold the login, and a receipt is nobody's submission."""
        attempts = {f"HW 3_jdoe_attempt_2026-03-0{day}-12-30-00_backward.py": RIGHT for day in (1, 2)}
        others = {"HW 3_bok_attempt_2026-03-01-09-00-00_backward.py": RIGHT}
        found, said = batch(
            attempts | others, "Last Name,First Name,Username,Student ID\nDoe,Jane,jdoe,7\nOk,Ben,bok,8\n"
        )
        assert sorted((each.who.name, each.who.id) for each in found) == [
            ("Ben Ok", "8"),
            ("Jane Doe", "7"),
            ("Jane Doe", "7"),
        ]
        assert "2 of 2 on the roster have a submission\n" in said

    @pytest.mark.parametrize(
        ("people", "owner"),
        [
            ("Doe,Jane,j_doe\nDoe,John,doe\n", ""),
            ("Doe,Jane,j_doe\nRoe,John,jroe\n", "Jane Doe"),
            ("Doe,John,doe\nRoe,Jane,jroe\n", "John Doe"),
        ],
    )
    def test_a_login_that_may_be_a_part_of_the_title_is_nobodys(
        self, people: str, owner: str, batch: Callable[..., tuple[list[HandedIn], str]]
    ) -> None:
        """Of a single name of Blackboard's it is not known where the title ends."""
        found, _ = batch(
            {"HW 3_j_doe_attempt_2026-03-01-12-30-00_backward.py": RIGHT}, f"Last Name,First Name,Username\n{people}"
        )
        assert [each.who.name for each in found if not each.missing] == [owner]

    def test_a_stranger_with_somebodys_number_does_not_get_the_row(
        self, batch: Callable[..., tuple[list[HandedIn], str]]
    ) -> None:
        """Canvas' own number 101 is not the school's."""
        found, said = batch({"doejane_101_5_backward.py": RIGHT}, 'id,name\n101,Ben Ok\n102,"Doe, Jane"\n')
        assert [each.missing for each in found] == [False, True, True]
        assert (
            "doejane_101: its id 101 belongs to Ben Ok (101), but its name doejane belongs to Doe, Jane (102)" in said
        )

    def test_digits_in_a_name_are_no_id(self, batch: Callable[..., tuple[list[HandedIn], str]]) -> None:
        """`ben_2` is not the person with the id 2, and who is on no line is named."""
        roster = (
            "Student,ID,SIS User ID,SIS Login ID,Section,HW (9)\n    Points Possible,,,,,26\n"
            '"Other, Person",2,x2,other,S,\n"Ok, Ben",77,x77,ben,S,\n'
        )
        found, said = batch({"ben_2/backward.py": RIGHT, "anna/backward.py": RIGHT}, roster)
        assert [(each.name, each.who.id) for each in found if not each.missing] == [("anna", ""), ("ben_2", "")]
        assert "0 of 2 on the roster have a submission; 2 submissions match nobody: anna, ben_2\n" in said

    def test_two_people_of_one_name_get_nothing(self, batch: Callable[..., tuple[list[HandedIn], str]]) -> None:
        """Until --match says whose it is."""
        roster = 'Student,ID,SIS User ID,SIS Login ID\n"Garcia, Maria",101,s101,mg1\n"Garcia, Maria",102,s102,mg2\n'
        found, said = batch({"Maria Garcia/backward.py": RIGHT}, roster)
        assert [each.missing for each in found] == [False, True, True]
        assert "Maria Garcia: may belong to Garcia, Maria (101) or Garcia, Maria (102); matched to nobody\n" in said
        Path("match.csv").write_text("submission,person\nMaria Garcia,mg2\n")
        found, said = batch({}, roster, "--match", "match.csv")
        assert [(each.who.id, each.missing) for each in found] == [("102", False), ("101", True)]
        assert "may belong" not in said

    def test_headings_can_be_named(self, batch: Callable[..., tuple[list[HandedIn], str]]) -> None:
        """A wrong one is a usage error."""
        found, _ = batch({"jdoe.py": RIGHT}, "Zugang,Mensch\njdoe,Jane\n", "--id-column", "zugang",
                         "--name-column", "Mensch")  # fmt: skip
        assert [(each.who.id, each.who.name) for each in found] == [("jdoe", "Jane")]
        _, said = batch({}, "Zugang,Mensch\njdoe,Jane\n", "--id-column", "Zugnag")
        assert "roster.csv has no column Zugnag (--id-column). Did you mean Zugang?" in said

    @pytest.mark.parametrize("option", ["--id-column", "--name-column", "--match"])
    def test_options_about_a_roster_need_one(self, option: str, grade: Callable[..., Result], tmp_path: Path) -> None:
        """They would do nothing."""
        hand_in(tmp_path / "class", {"jdoe.py": RIGHT, "x.csv": "a"})
        result = grade("batch", "class", option, tmp_path / "class" / "x.csv")
        assert result.exit_code == 4
        assert f"{option} says how to use a roster; name the roster with --roster" in result.stderr

    def test_a_spreadsheets_encoding_is_recognized(self, batch: Callable[..., tuple[list[HandedIn], str]]) -> None:
        """A name in ANSI joins one in UTF-8."""
        found, _ = batch({"Jörg Müller.py": RIGHT}, "id;name\r\ns1;Jörg Müller\r\n".encode("cp1252"))
        assert [each.who.id for each in found] == ["s1"]
