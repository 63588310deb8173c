"""Names: those that platforms made are parsed, and all are made safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.intake.platforms import demangle
from grader.classroom.intake.safe_names import LONGEST, safe_name, safe_names


class TestCanvas:
    """`{sortable name}[_LATE]_{user}_{attachment}_{file}`."""

    def test_name_user_and_file_are_parsed(self) -> None:
        """The user's number is the gradebook's ID column."""
        found = demangle("doejohn_4711_88123_backward.py")
        assert found is not None
        assert (found.platform, found.who.name, found.who.id, found.file) == (
            "canvas",
            "doejohn",
            "4711",
            "backward.py",
        )
        assert not found.who.late

    def test_late_is_not_part_of_the_name(self) -> None:
        """It is noted for the instructor."""
        found = demangle("doejohn_LATE_4711_88123_my_file_2.py")
        assert found is not None
        assert (found.who.name, found.who.late, found.file) == ("doejohn", True, "my_file_2.py")

    def test_late_or_not_is_one_person(self) -> None:
        """Two files of one submission may differ in it."""
        names = ("doejohn_LATE_4711_88123_a.py", "doejohn_4711_88124_b.py")
        assert len({found.group for name in names if (found := demangle(name))}) == 1

    def test_an_anonymous_hand_in_has_an_id_and_no_name(self) -> None:
        """Grading may be anonymous."""
        found = demangle("LATE_anon_x7Yz2_88123_backward.py")
        assert found is not None
        assert (found.who.id, found.who.name, found.who.late) == ("x7Yz2", "", True)

    @pytest.mark.parametrize("name", ["doejohn_4711_text.html", "doejohn_LATE_4711_link.html"])
    def test_text_typed_into_the_text_box_is_recognized(self, name: str) -> None:
        """It is a submission, although not a file."""
        found = demangle(name)
        assert found is not None
        assert found.typed


class TestMoodle:
    """`{full name}_{participant}_assignsubmission_file_`, with folders or without."""

    @pytest.mark.parametrize(
        ("name", "file"),
        [
            ("Jane van Doe_657737_assignsubmission_file_", ""),
            ("Jane van Doe_657737_assignsubmission_file", ""),
            ("Jane van Doe_657737_assignsubmission_file_backward.py", "backward.py"),
        ],
    )
    def test_name_and_participant_are_parsed(self, name: str, file: str) -> None:
        """The participant's number is the one in the worksheet."""
        found = demangle(name)
        assert found is not None
        assert (found.platform, found.who.name, found.who.id, found.file) == ("moodle", "Jane van Doe", "657737", file)

    def test_online_text_is_recognized(self) -> None:
        """It is in a folder beside the file's."""
        found = demangle("Jane Doe_657737_assignsubmission_onlinetext_")
        assert found is not None
        assert found.typed


@pytest.mark.parametrize("name", ["backward.py", "alice", "hw_3.py", "anon.py", "submission_12", "", "_", "a_1_.py"])
def test_an_ordinary_name_stays_whole(name: str) -> None:
    """Underscores and digits alone do not indicate a platform."""
    assert demangle(name) is None


@given(st.text())
def test_parsing_never_fails(name: str) -> None:
    """Names are untrusted."""
    demangle(name)


class TestSafeNames:
    """One rule for all names."""

    @pytest.mark.parametrize("name", ["alice", "Jane Doe_657737", "jörg", "李雷", "student-1.2", "a@b.org"])
    def test_a_harmless_name_stays(self, name: str) -> None:
        """So that instructors recognize it."""
        assert safe_name(name) == name

    @pytest.mark.parametrize(
        "name",
        [
            "../../etc/passwd", "a/b", "a\\b", "C:evil", ".hidden", "-rf", "", " ", ".", "..", "a\0b", "a\nb", "a:b",
            "=cmd|' /C calc'!A0", "+1", "@x", "con", "NUL.py", "com1", "LPT9.txt", "com\xb9", "aux", "CONIN$", "a~b",
            "summary", "Batch", "GRADES", "students", "journal", "trailing.", "trailing ", "x" * 300, "é" * 300,
            "\u202egnp.exe", "a\udcffb", "a*?", "<script>", "$(rm -rf)", "`x`", "'quoted'", '"', "%2e", "\x1b[31mred",
        ],
    )  # fmt: skip
    def test_a_dangerous_name_becomes_a_harmless_one(self, name: str) -> None:
        """No path, device, formula, hidden file, terminal escape, or file name that the grader uses."""
        safe = safe_name(name)
        assert safe != name
        assert safe.isprintable()
        assert not set(safe) & set("/\\:*?\"'<>|%$`=\0\n")
        assert safe[0].isalnum() or safe[0] == "_"
        assert safe[-1] not in ". "
        assert len(safe.encode()) <= LONGEST
        assert safe.split(".")[0].casefold() not in ("con", "nul", "com1", "lpt9", "aux", "summary", "batch", "grades")

    @given(st.text(st.characters(codec=None), max_size=400))
    def test_a_safe_name_is_a_file_name_everywhere(self, name: str) -> None:
        """Whatever its characters, even lone surrogates."""
        safe = safe_name(name)
        assert 0 < len(safe.encode()) <= LONGEST
        assert "/" not in safe
        assert safe not in (".", "..")

    @given(st.lists(st.text(st.characters(codec=None), max_size=12), unique=True, max_size=20))
    def test_two_people_never_share_a_file(self, names: list[str]) -> None:
        """Even if the system ignores case or folds accents."""
        safe = safe_names(names)
        assert len({name.casefold() for name in safe}) == len(names)

    def test_names_that_differ_only_in_case_are_kept_apart(self) -> None:
        """They would be one file on macOS and Windows."""
        first, second = safe_names(["Alice", "alice"])
        assert first.casefold() != second.casefold()

    def test_a_name_does_not_depend_on_the_others(self) -> None:
        """A resumed batch finds its files, whoever else has handed something in since."""
        alone, among = safe_names(["=x"]), safe_names(["a", "=x", "=y"])
        assert alone[0] == among[1]
