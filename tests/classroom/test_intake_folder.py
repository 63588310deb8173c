"""A class's folder in every layout: made by hand, or from Canvas, Moodle and Gradescope."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from classroom import hand_in

from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.gradescope_metadata import read_metadata
from grader.grading.submission import UnreadableSubmission

if TYPE_CHECKING:
    from pathlib import Path

    from grader.classroom.intake.handed_in import HandedIn

CODE = "def dprobs(dlogprobs, probs): return dlogprobs / probs\n"


def by_name(folder: Path, files: dict[str, str | bytes | None]) -> dict[str, HandedIn]:
    """The submissions found in a folder of these files."""
    return {each.name: each for each in read_folder(hand_in(folder / "class", files)).handed_in}


def graded_files(each: HandedIn) -> list[str]:
    """The names under which a submission's files are graded."""
    return sorted(each.read().files)


def refusal(each: HandedIn) -> str:
    """Why a submission cannot be read."""
    with pytest.raises(UnreadableSubmission) as error:
        each.read()
    return str(error.value)


class TestByHand:
    """Folders and files named after their owners."""

    def test_a_folder_for_each_student(self, tmp_path: Path) -> None:
        """The simplest layout."""
        found = by_name(tmp_path, {"alice/backward.py": CODE, "bob/backward.py": CODE})
        assert {name: graded_files(each) for name, each in found.items()} == {
            "alice": ["backward.py"],
            "bob": ["backward.py"],
        }

    def test_a_single_archive_may_be_the_whole_class(self, tmp_path: Path) -> None:
        """It is one person's, and what to do otherwise is told."""
        said = "submissions.zip is taken for one person's submission. If it holds a whole class, unpack it"
        (found,) = read_folder(hand_in(tmp_path / "one", {"submissions.zip": b"PK"})).told()
        assert found.startswith(said)
        assert list(read_folder(hand_in(tmp_path / "two", {"a.zip": b"PK", "b.zip": b"PK"})).told()) == []

    def test_a_file_for_each_student(self, tmp_path: Path) -> None:
        """Python, a notebook, an archive."""
        found = by_name(tmp_path, {"alice.py": CODE, "bob.ipynb": "{}", "carol.zip": b"PK"})
        assert list(found) == ["alice", "bob", "carol"]

    def test_numbers_are_sorted_as_people_sort_them(self, tmp_path: Path) -> None:
        """student2 comes before student10."""
        files = {f"student{n}/backward.py": CODE for n in (10, 9, 2, 1)}
        assert list(by_name(tmp_path, files)) == ["student1", "student2", "student9", "student10"]

    def test_the_wrong_depth_does_not_matter(self, tmp_path: Path) -> None:
        """A folder in a folder in a folder."""
        found = by_name(tmp_path, {"alice/homework/final/backward.py": CODE})
        assert graded_files(found["alice"]) == ["homework/final/backward.py"]

    @pytest.mark.parametrize(
        "top", ["section A", "section A/hw4", "class (1)", "section A/hw4/class"], ids=lambda top: top.replace("/", "-")
    )
    def test_a_wrapper_folder_is_not_a_submission(self, top: str, tmp_path: Path) -> None:
        """If it counted as one person's, all others would silently lose their grades."""
        files: dict[str, str | bytes | None] = {f"{top}/ann/backward.py": CODE, f"{top}/bob/hw/backward.py": CODE}
        assert list(by_name(tmp_path, files)) == ["ann", "bob"]

    @pytest.mark.parametrize(
        "files",
        [
            {"ann/mlp/backward.py": CODE, "ann/batchnorm/backward.py": CODE},
            {"ann/exercises/mlp/backward.py": CODE, "ann/notes/x.py": CODE},
            {"ann/backward.py": CODE, "ann/old/backward.py": CODE, "ann/older/backward.py": CODE},
            {"ann/hw/backward.py": CODE},
            {"ann/hw/backward.py": CODE, "ann/figures/loss.png": "x"},
        ],
    )
    def test_the_only_persons_folder_is_a_submission(self, files: dict[str, Any], tmp_path: Path) -> None:
        """It may contain a workspace, older attempts or pictures."""
        assert list(by_name(tmp_path, files)) == ["ann"]

    def test_every_file_that_may_be_the_answer_is_taken(self, tmp_path: Path) -> None:
        """The sandbox chooses, and notes which it read."""
        files: dict[str, str | bytes | None] = {
            "ann/backward.py": CODE,
            "ann/softmax.py": CODE,
            "ann/essay.pdf": "x",
            "ann/old/backward.py": CODE,
            "bob/a.py": CODE,
            "bob/b.py": CODE,
        }
        found = by_name(tmp_path, files)
        assert graded_files(found["ann"]) == ["backward.py", "old/backward.py", "softmax.py"]
        assert graded_files(found["bob"]) == ["a.py", "b.py"]

    def test_two_entries_with_one_name_have_a_row_each(self, tmp_path: Path) -> None:
        """A name that a platform made, and a folder with the same name beside it."""
        files: dict[str, str | bytes | None] = {
            "doejohn_4711_1_backward.py": CODE,
            "roejane_4712_2_backward.py": CODE,
            "doejohn_4711/backward.py": CODE,
        }
        assert sorted(by_name(tmp_path, files)) == ["doejohn_4711", "doejohn_4711 (2)", "roejane_4712"]

    def test_the_wrong_case_does_not_matter(self, tmp_path: Path) -> None:
        """It does not on Windows, either."""
        assert graded_files(by_name(tmp_path, {"alice/BACKWARD.PY": CODE})["alice"]) == ["BACKWARD.PY"]

    def test_the_forward_passes_of_a_whole_workspace_are_left_out(self, tmp_path: Path) -> None:
        """They are no answers."""
        files = {
            f"alice/exercises/{name}/{file}.py": CODE for name in ("mlp", "rnn") for file in ("forward", "backward")
        }
        assert graded_files(by_name(tmp_path, files)["alice"]) == [
            "exercises/mlp/backward.py",
            "exercises/rnn/backward.py",
        ]

    def test_a_file_too_large_to_be_code_is_left_out(self, tmp_path: Path) -> None:
        """Somebody's data beside the code."""
        found = by_name(tmp_path, {"alice/backward.py": CODE, "alice/data.py": b"#" * 300_000})
        assert graded_files(found["alice"]) == ["backward.py"]

    @pytest.mark.parametrize("name", ["backward.py.txt", "backward.txt"])
    def test_an_extension_that_windows_hides_is_ignored(self, tmp_path: Path, name: str) -> None:
        """Editors add it unnoticed."""
        assert graded_files(by_name(tmp_path, {f"alice/{name}": CODE})["alice"]) == ["backward.py"]

    def test_an_empty_folder_is_a_row_that_says_so(self, tmp_path: Path) -> None:
        """Nothing was handed in."""
        found = by_name(tmp_path, {"alice": None, "bob/backward.py": CODE})
        assert found["alice"].missing
        assert refusal(found["alice"]) == "the folder is empty: nothing was handed in"

    def test_an_essay_is_a_row_that_says_so(self, tmp_path: Path) -> None:
        """Somebody handed in the wrong file."""
        found = by_name(tmp_path, {"alice/essay.pdf": b"%PDF", "bob.docx": b"PK"})
        assert refusal(found["alice"]) == "essay.pdf: not a .py, .ipynb, .zip, .tar.gz or .md file; hand in backward.py"
        assert "bob.docx: not a" in refusal(found["bob"])

    def test_three_entries_of_one_name_are_three_submissions(self, tmp_path: Path) -> None:
        """No work is hidden by another's."""
        assert list(by_name(tmp_path, {"a.py": CODE, "a.zip": b"", "a/backward.py": CODE})) == ["a", "a.py", "a.zip"]

    def test_stray_files_are_ignored(self, tmp_path: Path) -> None:
        """They are listed, not graded."""
        files = {
            "alice.py": CODE,
            "roster.csv": "",
            ".DS_Store": "",
            "Thumbs.db": "",
            "README.md": "",
            "__MACOSX/x": "",
        }
        found = read_folder(hand_in(tmp_path, files))
        assert [each.name for each in found.handed_in] == ["alice"]
        assert found.ignored == (".DS_Store", "README.md", "Thumbs.db", "__MACOSX", "roster.csv")

    def test_a_markdown_file_named_after_somebody_is_a_submission(self, tmp_path: Path) -> None:
        """Instructions beside the class are not."""
        files = {"ada.md": "", "bob.py": CODE, "README.md": "", "Assignment.md": "", "notes.md": ""}
        assert list(by_name(tmp_path, files)) == ["ada", "bob"]

    def test_the_results_folder_is_ignored(self, tmp_path: Path) -> None:
        """It may be among the submissions."""
        hand_in(tmp_path, {"alice.py": CODE, "grades/alice.json": "{}"})
        assert [each.name for each in read_folder(tmp_path, without=tmp_path / "grades").handed_in] == ["alice"]

    def test_too_many_files_are_refused_before_they_are_read(self, tmp_path: Path) -> None:
        """Somebody handed in an environment or a data set."""
        found = by_name(tmp_path, {f"alice/part{n}.py": "" for n in range(501)})
        assert refusal(found["alice"]).startswith("the submission has more than 500 Python files and notebooks")

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        """It could point to the solution."""
        hand_in(tmp_path / "class", {"bob/x.py": CODE})
        (tmp_path / "class" / "alice").symlink_to(tmp_path / "class" / "bob")
        (tmp_path / "class" / "bob" / "backward.py").symlink_to("/etc/passwd")
        found = {each.name: each for each in read_folder(tmp_path / "class").handed_in}
        assert refusal(found["alice"]) == "alice is a link; hand in the file itself"
        assert graded_files(found["bob"]) == ["x.py"]

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        """Opening it would block forever."""
        os.mkfifo(tmp_path / "alice.py")
        assert "not a regular file" in refusal(read_folder(tmp_path).handed_in[0])

    def test_a_huge_file_is_refused(self, tmp_path: Path) -> None:
        """It is read only up to its limit."""
        assert "more than 256 KB" in refusal(by_name(tmp_path, {"alice/backward.py": b"#" * 300_000})["alice"])


class TestCanvas:
    """A flat folder of platform-made names."""

    FILES = {  # noqa: RUF012
        "doejohn_4711_88123_backward.py": CODE,
        "roejane_LATE_4712_88124_backward.py": CODE,
        "roejane_LATE_4712_88125_helpers.py": "",
        "maxmax_4713_88126_Backward-1.ipynb": "{}",
        "textmary_4714_text.html": "<p>def dprobs",
        "linksue_4715_link.html": "",
        "zipzoe_4716_88130_my homework.zip": b"PK",
    }

    def test_each_person_is_one_submission(self, tmp_path: Path) -> None:
        """With the student's own file names."""
        found = by_name(tmp_path, dict(self.FILES))
        assert list(found) == [
            "doejohn_4711", "linksue_4715", "maxmax_4713", "roejane_4712", "textmary_4714", "zipzoe_4716",
        ]  # fmt: skip
        assert graded_files(found["doejohn_4711"]) == ["backward.py"]
        assert graded_files(found["roejane_4712"]) == ["backward.py", "helpers.py"]
        assert graded_files(found["maxmax_4713"]) == ["Backward-1.ipynb"]
        assert graded_files(found["zipzoe_4716"]) == ["my homework.zip"]

    def test_lateness_is_noted(self, tmp_path: Path) -> None:
        """Only the instructor lowers grades."""
        found = by_name(tmp_path, dict(self.FILES))
        assert found["roejane_4712"].notes == ("handed in late",)
        assert found["doejohn_4711"].notes == ()

    def test_typed_text_is_a_row_that_says_so(self, tmp_path: Path) -> None:
        """There is no file, but something was handed in."""
        found = by_name(tmp_path, dict(self.FILES))
        assert "typed into the platform's text box" in refusal(found["textmary_4714"])
        assert not found["textmary_4714"].missing

    def test_the_last_of_two_uploads_with_one_name_counts(self, tmp_path: Path) -> None:
        """By attachment number."""
        files: dict[str, str | bytes | None] = {"d_1_9_backward.py": "# first", "d_1_10_backward.py": "# last"}
        each = by_name(tmp_path, files)["d_1"]
        assert each.read().files == {"backward.py": b"# last"}
        assert each.notes == ("several files have the same name; the last one was graded",)

    def test_a_stray_file_among_them_is_its_own_submission(self, tmp_path: Path) -> None:
        """Somebody sent it by email."""
        assert "late mail" in by_name(tmp_path, {**self.FILES, "late mail.py": CODE})


class TestMoodle:
    """Folders, or files whose names start like those folders'."""

    def test_folders(self, tmp_path: Path) -> None:
        """Files keep their names."""
        files: dict[str, str | bytes | None] = {
            "Jane Doe_657737_assignsubmission_file_/backward.py": CODE,
            "José Núñez_657738_assignsubmission_file_/deep/hw.ipynb": "{}",
            "Empty Ed_657739_assignsubmission_file_": None,
            "Jane Doe_657737_assignsubmission_onlinetext_/onlinetext.html": "<p>",
        }
        found = by_name(tmp_path, files)
        assert list(found) == ["Empty Ed_657739", "Jane Doe_657737", "José Núñez_657738"]
        assert graded_files(found["Jane Doe_657737"]) == ["backward.py"]
        assert found["Jane Doe_657737"].who.name == "Jane Doe"
        assert found["Empty Ed_657739"].missing

    def test_without_folders(self, tmp_path: Path) -> None:
        """Two files of one person are one submission."""
        files: dict[str, str | bytes | None] = {
            "Jane Doe_657737_assignsubmission_file_backward.py": CODE,
            "Jane Doe_657737_assignsubmission_file_notes.txt": "I tried",
            "Sam Poe_657738_assignsubmission_onlinetext_onlinetext.html": "<p>",
        }
        found = by_name(tmp_path, files)
        assert graded_files(found["Jane Doe_657737"]) == ["backward.py", "notes.py"]
        assert "text box" in refusal(found["Sam Poe_657738"])


class TestGradescope:
    """An export: numbered folders, and a metadata file with their owners."""

    METADATA = """---
submission_98765:
  :submitters:
  - :name: Jane O'Doe
    :sid: '00123'
    :email: jane@example.edu
  - :name: Her Partner
    :sid: '00124'
  :created_at: 2026-03-01 12:00:00.000000000 Z
  :score: 3.0
  :history:
  - :id: 1
    :name: not this one
submission_98766:
  :submitters:
  - :name: "Max \\"Mad\\" Max"
    :sid:
    :email: max@example.edu
"""

    def test_people_come_from_the_metadata(self, tmp_path: Path) -> None:
        """Which is in the export's own folder."""
        top = "assignment_4711_export"
        files: dict[str, str | bytes | None] = {
            f"{top}/submission_metadata.yml": self.METADATA,
            f"{top}/submission_98765/backward.py": CODE,
            f"{top}/submission_98766/exercises/mlp/backward.py": CODE,
        }
        found = by_name(tmp_path, files)
        assert list(found) == ["submission_98765", "submission_98765+00124", "submission_98766"]
        first, second = found["submission_98765"].who, found["submission_98766"].who
        assert (first.name, first.id, first.email) == ("Jane O'Doe", "00123", "jane@example.edu")
        assert (second.name, second.id, second.email) == ('Max "Mad" Max', "", "max@example.edu")

    def test_each_group_member_has_a_row(self, tmp_path: Path) -> None:
        """Platforms expect a grade for each, and all of them handed something in."""
        files: dict[str, str | bytes | None] = {
            "submission_metadata.yml": self.METADATA,
            "submission_98765/backward.py": CODE,
        }
        found = by_name(tmp_path, files)
        assert [(each.who.id, each.who.name) for each in found.values()] == [
            ("00123", "Jane O'Doe"),
            ("00124", "Her Partner"),
        ]
        assert {each.notes for each in found.values()} == {("handed in by a group of 2",)}
        assert {tuple(graded_files(each)) for each in found.values()} == {("backward.py",)}

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ('"M\\u00FCller"', "Müller"), ('"M\\xFCller"', "Müller"),
            ('"\\U0001F600 \\"x\\" \\\\"', '\U0001f600 "x" \\'),
            ('"\\UFFFFFFFF"', "\ufffd"), ("'O''Doe'", "O'Doe"), ("Müller", "Müller"), ("~", ""), ('"', '"'),
        ],
    )  # fmt: skip
    def test_a_name_is_read_in_any_yaml_style(self, written: str, meant: str) -> None:
        """Plain, or in single or double quotes."""
        text = f"submission_1:\n  :submitters:\n  - :name: {written}\n    :sid: s1\n"
        assert read_metadata(text)["submission_1"][0].name == meant

    def test_broken_metadata_costs_only_the_names(self, tmp_path: Path) -> None:
        """Grading goes on."""
        files: dict[str, str | bytes | None] = {
            "submission_metadata.yml": b"\xff\xfe\x00[[[:\n- :name",
            "submission_1/backward.py": CODE,
        }
        assert list(by_name(tmp_path, files)) == ["submission_1"]
