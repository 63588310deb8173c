"""Folders in which no answer is looked for: the same ones wherever files are collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.classroom.intake.class_archive import read_archive
from grader.classroom.intake.folder import read_folder
from grader.grading.submission import UnreadableSubmission, read_submission
from grader.sandbox.reading.reading import read
from grader.sandbox.skipped_folders import SKIPPED_FOLDERS, is_skipped
from grader.sandbox.types import Member, RulesConfig

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

HIDDEN = (".git", ".venv", ".ipynb_checkpoints", ".idea")
EVERY = (*sorted(SKIPPED_FOLDERS), *HIDDEN)
CODE = "def da(db): return db"


class Unpacking:
    """A sandbox that extracts these files from a class's archive."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def unpack(self, _name: str, _data: bytes) -> list[Member]:
        return [Member(name, CODE.encode()) for name in self.names]


def archived(tmp_path: Path, *names: str) -> dict[str, list[str]]:
    """Submission -> its files, from a class's archive with these members."""
    (tmp_path / "hw.zip").write_bytes(b"")
    sandbox: Any = Unpacking(names)
    return {
        each.raw: [part.name for part in each.parts] for each in read_archive(tmp_path / "hw.zip", sandbox).handed_in
    }


@pytest.mark.parametrize("folder", EVERY)
def test_is_skipped_by_name(folder: str) -> None:
    """The list itself."""
    assert is_skipped(folder)


@pytest.mark.parametrize("folder", ["hw", "backward", "venv2", "_private", ".", "..", ""])
def test_other_folders_are_read(folder: str) -> None:
    """`.` and `..` are not hidden folders: what they mean is for the archive reader to judge."""
    assert not is_skipped(folder)


@pytest.mark.parametrize("folder", EVERY)
def test_the_child_chooses_no_file_there(folder: str) -> None:
    """Not even if there is nothing else."""
    found = read({f"hw/{folder}/backward.py": CODE.encode(), "hw/mine.py": CODE.encode()}, RulesConfig()).reading
    assert found.file == "hw/mine.py"
    problem = read({f"{folder}/backward.py": CODE.encode()}, RulesConfig()).reading.problem
    assert problem == "no Python file or notebook was found; expected backward.py"


@pytest.mark.parametrize("folder", [*EVERY, "right", "wrong"])
def test_a_submission_has_no_file_from_there(tmp_path: Path, folder: str) -> None:
    """Nor one from an exercise's own examples."""
    (tmp_path / "hw" / folder).mkdir(parents=True)
    (tmp_path / "hw" / folder / "backward.py").write_text(CODE)
    with pytest.raises(UnreadableSubmission, match=r"has no backward\.py"):
        read_submission(tmp_path)
    (tmp_path / "hw" / "mine.py").write_text(CODE)
    assert list(read_submission(tmp_path).files) == ["hw/mine.py"]


@pytest.mark.parametrize("folder", EVERY)
def test_a_class_has_no_file_from_there(tmp_path: Path, folder: str) -> None:
    """Nor is such a folder a submission, if it is beside the submissions."""
    for path in (f"alice/{folder}/lib.py", f"{folder}/lib.py", "alice/backward.py", "bob/backward.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(CODE)
    found = read_folder(tmp_path)
    assert [each.raw for each in found.handed_in] == ["alice", "bob"]
    assert [part.name for each in found.handed_in for part in each.parts] == ["backward.py", "backward.py"]
    assert folder in found.ignored


@pytest.mark.parametrize("folder", EVERY)
def test_a_class_in_one_archive_has_no_file_from_there(tmp_path: Path, folder: str) -> None:
    """Exactly like the same class in a folder."""
    names = (f"alice/{folder}/lib.py", f"{folder}/lib.py", "alice/backward.py", "bob/backward.py")
    assert archived(tmp_path, *names) == {"alice": ["backward.py"], "bob": ["backward.py"]}


def test_an_archive_whose_names_begin_with_a_dot_and_a_slash_is_the_same_class(tmp_path: Path) -> None:
    """Some tools write them so."""
    names = ("alice/backward.py", "alice/notes/b.py", "bob/backward.py")
    assert archived(tmp_path, "./", *(f"./{name}" for name in names)) == archived(tmp_path, *names)
