"""Downloads of Blackboard, Brightspace, ILIAS, Sakai and GitHub: who handed in what, when, and in which attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from classroom import hand_in, zipped
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.intake.class_archive import read_archive
from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.gradescope_metadata import read_metadata
from grader.classroom.intake.platforms import (
    blackboard,
    by_folders,
    demangle,
    platform_of,
    read_receipt,
    read_time,
    sakai_time,
)
from grader.grading.submission import UnreadableSubmission

if TYPE_CHECKING:
    from pathlib import Path

    from grader.classroom.intake.gathering import Class
    from grader.sandbox.client import Sandbox

CODE = "def dprobs(dlogprobs, probs): return dlogprobs / probs\n"
RECEIPT = """Name: Jane Doe ({login})
Assignment: Homework 3
Date Submitted: Sunday, 1 March 2026 12:30:00 o'clock CET
Current Mark: Needs Marking

Submission Field:
There is no student submission text data for this assignment.
"""


def read(folder: Path, *paths: str, **content: str) -> Class:
    """A class in a folder of these files."""
    return read_folder(hand_in(folder / "class", dict.fromkeys(paths, CODE) | dict(content)))


def claims(found: Class) -> list[tuple[str, str, str, str, int]]:
    """Login, name, person, time and attempt of each submission, as a roster is matched with them."""
    of = [each.claim("k") for each in found.handed_in]
    return [(claim.login, claim.name, claim.person, claim.at, claim.number) for claim in of]


class TestBlackboard:
    """`ASSIGNMENT_LOGIN_attempt_TIME_FILE`, and a receipt for each attempt."""

    def test_each_attempt_is_a_submission_of_one_person(self, tmp_path: Path) -> None:
        """None is dropped; which of them counts is the course's to say."""
        head = "Homework 3_{}_attempt_2026-03-0{}-12-30-00"
        names = [f"{head.format('jdoe', day)}_backward.py" for day in (2, 1)]
        found = read(tmp_path, *names, f"{head.format('bob', 1)}_a_b.py", f"{head.format('bob', 1)}_c.py")
        assert found.platform == "blackboard"
        assert claims(found) == [
            ("bob", "", "bob", "2026-03-01T12:30:00", 0),
            ("jdoe", "", "jdoe", "2026-03-01T12:30:00", 1),
            ("jdoe", "", "jdoe", "2026-03-02T12:30:00", 2),
        ]
        assert [sorted(each.read().files) for each in found.handed_in] == [
            ["a_b.py", "c.py"],
            ["backward.py"],
            ["backward.py"],
        ]

    def test_a_receipt_is_no_submission_but_has_the_name(self, tmp_path: Path) -> None:
        """It would otherwise be one of 0 points, and lower the mean."""
        head = "Homework 3_{}_attempt_2026-03-01-12-30-00"
        files = {f"{head.format('jdoe')}.txt": RECEIPT.format(login="jdoe"), f"{head.format('jdoe')}_x.py": CODE}
        (each,) = read(tmp_path, **files, **{f"{head.format('bob')}_x.py": CODE}).handed_in[1:]
        assert (each.who.name, each.who.login, list(each.read().files)) == ("Jane Doe", "jdoe", ["x.py"])

    def test_the_source_is_the_students_file(self, tmp_path: Path) -> None:
        """Neither the receipt nor a picture, which come first."""
        head = "Homework 3_jdoe_attempt_2026-03-01-12-30-00"
        files = {f"{head}.txt": RECEIPT.format(login="jdoe"), f"{head}_a.png": "", f"{head}_x.py": CODE}
        (each,) = read(tmp_path, **files).handed_in
        assert each.source.name == f"{head}_x.py"

    def test_a_receipt_without_a_file_is_a_row_that_says_so(self, tmp_path: Path) -> None:
        """Something was handed in, although not a file."""
        files = {"H_jdoe_attempt_2026-03-01-12-30-00.txt": RECEIPT.format(login="jdoe")}
        (each,) = read(tmp_path, **files).handed_in
        assert not each.missing
        with pytest.raises(UnreadableSubmission, match="there is a receipt without a file"):
            each.read()

    def test_the_title_may_have_underscores(self) -> None:
        """All names begin with it, so the rest is the login."""
        names = [f"Week_3_{login}_attempt_2026-03-01-12-30-00_x.py" for login in ("jdoe", "bob", "a_b")]
        assert [found.who.login for found in blackboard(names).values()] == ["jdoe", "bob", "a_b"]

    def test_the_receipt_has_the_last_word_on_the_login(self, tmp_path: Path) -> None:
        """Of a single person, nothing says where the title ends."""
        head = "Week 3_j_doe_attempt_2026-03-01-12-30-00"
        (each,) = read(tmp_path, **{f"{head}.txt": RECEIPT.format(login="j_doe"), f"{head}_x.py": CODE}).handed_in
        assert (each.who.login, each.person) == ("j_doe", "j_doe")

    def test_a_receipt_of_somebody_else_is_not_believed(self, tmp_path: Path) -> None:
        """The name of the file says whose it is."""
        head = "H_jdoe_attempt_2026-03-01-12-30-00"
        (each,) = read(tmp_path, **{f"{head}.txt": RECEIPT.format(login="bob"), f"{head}_x.py": CODE}).handed_in
        assert (each.who.login, each.who.name) == ("jdoe", "")

    @pytest.mark.parametrize("text", ["", "\n", "Name: Jane", "Jane (jdoe)", "x" * 50 + ": J (j)"])
    def test_other_text_is_no_receipt(self, text: str) -> None:
        """A name without a login says nothing."""
        assert read_receipt(text) == ("", "")

    def test_a_day_that_does_not_exist_is_no_time(self) -> None:
        """The submission counts all the same."""
        found = demangle("H_jdoe_attempt_2026-02-30-12-30-00_x.py")
        assert found is not None
        assert (found.who.login, found.who.at) == ("jdoe", "")


class TestBrightspace:
    """`NUMBER-NUMBER - NAME - TIME`, as a folder or before the file's name."""

    @pytest.mark.parametrize("between", ["/", " - "])
    def test_folders_and_files(self, between: str, tmp_path: Path) -> None:
        """Both have the name and the time; index.html beside them is nobody's."""
        head = "397063-2557369 - {} - {}"
        found = read(
            tmp_path,
            f"{head.format('Mary-Ann Smith', 'Mar 1, 2026 926 PM')}{between}backward.py",
            f"{head.format('Mary-Ann Smith', 'Mar 2, 2026 1230 AM')}{between}backward.py",
            f"{head.format('Jane Doe', '3 March, 2026 14:05')}{between}a - b.py",
            "index.html",
        )
        assert found.platform == "brightspace"
        mary = "397063-2557369 - Mary-Ann Smith"
        assert claims(found) == [
            ("", "Jane Doe", "397063-2557369 - Jane Doe", "2026-03-03T14:05:00", 0),
            ("", "Mary-Ann Smith", mary, "2026-03-01T21:26:00", 1),
            ("", "Mary-Ann Smith", mary, "2026-03-02T00:30:00", 2),
        ]
        assert [list(each.read().files) for each in found.handed_in] == [["a - b.py"], ["backward.py"], ["backward.py"]]

    def test_the_schools_own_number_is_an_id(self) -> None:
        """Some schools show OrgDefinedId; the numbers before it are Brightspace's own."""
        found = demangle("397063-25573 - N0123456 - Jane Doe - Mar 1, 2026 930 AM - x.py")
        assert found is not None
        assert (found.who.id, found.who.name, found.who.at) == ("N0123456", "Jane Doe", "2026-03-01T09:30:00")

    @pytest.mark.parametrize("time", ["1 mars 2026 0930", "1. März 2026 09:30", "1 de marzo de 2026 0930"])
    def test_the_month_may_be_in_another_language(self, time: str) -> None:
        """As Brightspace writes it in the language of whoever downloads."""
        found = demangle(f"397063-25573 - Jane Doe - {time} - backward.py")
        assert found is not None
        assert (found.who.name, found.who.at) == ("Jane Doe", "2026-03-01T09:30:00")

    def test_a_month_in_a_language_that_is_not_known_is_no_time(self) -> None:
        """The name is read."""
        found = demangle("397063-25573 - Jane Doe - kwi 1, 2026 0930")
        assert found is not None
        assert (found.who.name, found.who.at) == ("Jane Doe", "")


class TestIlias:
    """`LAST_FIRST_LOGIN_NUMBER`, alone or in a team's folder."""

    def test_folders_below_a_folder(self, tmp_path: Path) -> None:
        """The number is ILIAS's own, and no id of the school."""
        found = read(tmp_path, "Blatt 1/Abgaben/Doe_Jane_jdoe_4711/x.py", "Blatt 1/Abgaben/von_der_Au_Bo_bau_4712/x.py")
        assert found.platform == "ilias"
        assert [(claim[0], claim[1]) for claim in claims(found)] == [("jdoe", "Doe, Jane"), ("bau", "von der Au Bo")]
        assert {each.claim("k").id for each in found.handed_in} == {""}

    def test_the_only_person(self, tmp_path: Path) -> None:
        """The folder around it is ILIAS's."""
        found = read(tmp_path, "Abgaben/Doe_Jane_jdoe_4711/x.py")
        assert [claim[0] for claim in claims(found)] == ["jdoe"]

    def test_a_team_has_a_folder_for_each_member(self, tmp_path: Path) -> None:
        """Each member is graded."""
        found = read(
            tmp_path, "Team 12/Doe_Jane_jdoe_4711/x.py", "Team 12/Roe_Bo_bo_4712/x.py", "Team 3/Poe_Al_al_4713/y.py"
        )
        assert [claim[0] for claim in claims(found)] == ["al", "jdoe", "bo"]
        assert [list(each.read().files) for each in found.handed_in] == [["y.py"], ["x.py"], ["x.py"]]

    @pytest.mark.parametrize(
        "folders",
        [
            ["hw_jane_doe_101", "hw_john_smith_102"],  # all begin alike
            ["Doe_Jane_jdoe_2", "Roe_Bo_bo_3"],  # ILIAS has no such small numbers
            ["Doe_Jane_jdoe_471", "Roe_Bo_bo_471"],  # nor two people of one number
            ["Doe_Jane_hw_101", "Roe_Bo_hw_102"],  # nor of one login
            ["Doe_Jane_jdoe_471", "bob", "carol"],
        ],
    )
    def test_names_that_only_look_like_it_are_names(self, folders: list[str]) -> None:
        """A person chose them, so no part of them is a login."""
        assert by_folders(folders) == {}


class TestSakai:
    """`Last, First(login)/Submission attachment(s)/`."""

    def test_a_folder_for_each_person(self, tmp_path: Path) -> None:
        """With the time in a file; a grader's own attachments are not graded."""
        jane, bob = "Doe, Jane (JD)(jdoe)", "Roe, Bo(broe)"
        files = {
            f"Homework/{jane}/Submission attachment(s)/backward.py": CODE,
            f"Homework/{jane}/Feedback Attachment(s)/solution.py": CODE,
            f"Homework/{jane}/timestamp.txt": "20260301123000123",
            f"Homework/{jane}/comments.txt": "",
            f"Homework/{bob}/{bob}_submissionText.html": "<p>",
            f"Homework/{bob}/timestamp.txt": "2026-03-01T12:31:00.5Z",
            "Homework/grades.csv": "",
            "Homework/grades.xls": "",
        }
        found = read(tmp_path, **files)
        assert found.platform == "sakai"
        assert [(login, name, at) for login, name, _, at, _ in claims(found)] == [
            ("jdoe", "Doe, Jane (JD)", "2026-03-01T12:30:00+00:00"),
            ("broe", "Roe, Bo", "2026-03-01T12:31:00+00:00"),
        ]
        assert list(found.handed_in[0].read().files) == ["backward.py"]

    def test_a_time_that_cannot_be_read_is_noted(self, tmp_path: Path) -> None:
        """Without it nobody could say whether it was late."""
        files = {"Doe, Jane(jdoe)/Submission attachment(s)/x.py": CODE, "Doe, Jane(jdoe)/timestamp.txt": "1" * 300_000}
        (each,) = read(tmp_path, **files).handed_in
        assert each.who.at == ""
        assert each.notes[0].startswith("the time or the name is not known: timestamp.txt is more than 256 KB")

    def test_without_folders(self, tmp_path: Path) -> None:
        """Some tools write the folders into the names."""
        found = read(tmp_path, "Doe, Jane(jdoe)_Submission attachment(s)_a.py", "Doe, Jane(jdoe)_submissionText.html")
        (each,) = found.handed_in
        assert (each.who.login, list(each.read().files)) == ("jdoe", ["a.py"])

    def test_a_second_copy_of_a_folder_is_no_login(self) -> None:
        """Windows calls it so."""
        assert demangle("Doe, Jane (2)") is None

    @pytest.mark.parametrize("text", ["", "yesterday", "20261301123000123", "2026"])
    def test_other_text_is_no_time(self, text: str) -> None:
        """The submission counts all the same."""
        assert sakai_time(text) == ""


class TestGitHub:
    """Clones called ASSIGNMENT-LOGIN."""

    def test_the_beginning_that_all_share_is_the_assignment(self, tmp_path: Path) -> None:
        """It may have hyphens, and so may a login."""
        found = read(tmp_path, "hw-3-ada-l/x.py", "hw-3-bobk/x.py", "hw-3-carol9/x.py")
        assert found.platform == "github"
        assert [claim[0] for claim in claims(found)] == ["ada-l", "bobk", "carol9"]
        assert {each.claim("k").called for each in found.handed_in} == {"hw-3-ada-l", "hw-3-bobk", "hw-3-carol9"}

    def test_below_the_folder_that_the_command_makes(self, tmp_path: Path) -> None:
        """`gh classroom clone` calls it ASSIGNMENT-submissions."""
        found = read(tmp_path, "hw-submissions/hw-ada/x.py", "hw-submissions/hw-bob/x.py")
        assert [claim[0] for claim in claims(found)] == ["ada", "bob"]

    @pytest.mark.parametrize(
        "folders",
        [
            ["ben-2", "ben-3"],
            [f"student-{n}" for n in range(30)],
            ["hw-ada"],
            ["jane-a", "jane-b", "carol"],
            ["anna-lena", "bob", "carl"],
            ["hw-", "hw-"],
        ],
    )
    def test_names_that_people_chose_have_no_login(self, folders: list[str]) -> None:
        """A wrong one would give somebody's grade to somebody else."""
        assert by_folders(folders) == {}

    def test_a_class_of_other_names_is_called_what_people_chose(self, tmp_path: Path) -> None:
        """Digits in such a name are never an id."""
        found = read(tmp_path, "ben_2/x.py", "week_3/x.py", "lee.py")
        assert found.platform == ""
        assert [each.claim("k") for each in found.handed_in if each.who.id or each.who.login] == []
        assert [(each.claim("k").called, each.claim("k").ending) for each in found.handed_in] == [
            ("ben_2", ""), ("lee", ".py"), ("week_3", ""),
        ]  # fmt: skip


class TestNamesThatLearnersChoose:
    """A learner chooses the end of a name, and nothing before it."""

    @pytest.mark.parametrize(
        ("name", "owner"),
        [
            ("Jane_657_assignsubmission_file_Bob_1_assignsubmission_file_x.py", "657"),
            ("doejohn_4711_88123_roejane_4712_88124_x.py", "4711"),
        ],
    )
    def test_a_second_name_in_it_is_the_file(self, name: str, owner: str) -> None:
        """Otherwise somebody could hand in for somebody else."""
        found = demangle(name)
        assert found is not None
        assert found.who.id == owner

    def test_a_name_of_another_platforms_is_a_file(self, tmp_path: Path) -> None:
        """Only the platform that made most of the names is read."""
        found = read(tmp_path, "doejohn_4711_88123_H_bob_attempt_2026-03-01-12-30-00_x.py", "roejane_4712_88124_x.py")
        assert found.platform == "canvas"
        assert [(each.who.id, each.who.login) for each in found.handed_in] == [("4711", ""), ("4712", "")]

    @given(st.lists(st.text(max_size=40), max_size=4))
    def test_any_names_are_read(self, names: list[str]) -> None:
        """Without an error, whatever they are."""
        platform_of(names)
        blackboard(names)
        by_folders(list(dict.fromkeys(names)))


class TestTimes:
    """Times of hand-in."""

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("2026-03-01 12:00:00.000000000 Z", "2026-03-01T12:00:00+00:00"),
            ("2026-03-01 12:00:00 +0100", "2026-03-01T12:00:00+01:00"),
            ("2026-03-01T12:00", "2026-03-01T12:00:00"),
            ("2026-13-01 12:00:00", ""),
            ("soon", ""),
        ],
    )
    def test_a_time_is_iso_8601(self, written: str, meant: str) -> None:
        """With the zone, if it is known."""
        assert read_time(written) == meant

    def test_gradescopes_is_in_its_metadata(self) -> None:
        """Not one of the history's."""
        text = (
            "submission_1:\n  :submitters:\n  - :name: J\n  :created_at: 2026-03-01 12:00:00.5 Z\n"
            "  :history:\n  - :id: 3\n    :created_at: 2026-02-01 12:00:00 Z\n"
        )
        assert read_metadata(text)["submission_1"][0].at == "2026-03-01T12:00:00+00:00"


def test_an_archive_is_the_same_class_as_a_folder(tmp_path: Path, sandbox: Sandbox) -> None:
    """Receipts and times are read there, too."""
    files = {
        "Doe, Jane(jdoe)/Submission attachment(s)/x.py": CODE,
        "Doe, Jane(jdoe)/timestamp.txt": "20260301123000123",
    }
    (tmp_path / "class.zip").write_bytes(zipped(files))
    (each,) = read_archive(tmp_path / "class.zip", sandbox).handed_in
    assert (each.who.login, each.who.at, list(each.read().files)) == ("jdoe", "2026-03-01T12:30:00+00:00", ["x.py"])


class TestFoldersCalledLikeFiles:
    """Rules for files are not for folders."""

    def test_john_lock_is_a_person(self, tmp_path: Path) -> None:
        """Lee Log and Md Rahman, too."""
        names = ("ann.part", "bob", "john.lock", "lee.log", "rahman.md", "readmer")
        found = read(tmp_path, *(f"{name}/backward.py" for name in names))
        assert [each.raw for each in found.handed_in] == list(names)
        assert found.ignored == ()

    def test_a_file_called_like_a_readme_may_be_somebodys(self, tmp_path: Path) -> None:
        """README.md and readme-first.md are not."""
        found = read(tmp_path, "readmer.py", "README.md", "readme-first.md", "ann.ipynb.json")
        assert [each.raw for each in found.handed_in] == ["ann", "readmer"]

    def test_what_could_be_somebodys_is_told(self, tmp_path: Path) -> None:
        """An unfinished download, and a hidden folder with work in it; not what programs leave."""
        found = read(tmp_path, "bob/x.py", "ann.part", "roster.csv", "Assignment.md", ".jane/x.py", ".git/x.py")
        assert found.overlooked == (".jane", "ann.part")
        assert list(found.told()) == [
            "ignored: .jane, ann.part. If one of these is a submission, put it into a folder with the student's name"
        ]
