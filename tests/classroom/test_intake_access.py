"""What the grader cannot read is the grader's problem, never a student's zero."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from classroom import GRADIENTS, POSSIBLE, PretendWorkers, Silent, hand_in, order, zipped

from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import Store
from grader.classroom.intake.class_archive import read_archive
from grader.classroom.intake.folder import read_folder
from grader.grading.submission import (
    MAX_PYTHON_BYTES,
    Inaccessible,
    UnreadableSubmission,
    read_own_file,
    read_submission,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox.client import Sandbox

CODE = "def dprobs(dlogprobs, probs): return dlogprobs / probs\n"


@pytest.fixture
def forbid(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Let the system refuse a folder or a file, as it refuses another account than root."""
    refused: set[str] = set()
    listed, opened, looked = os.scandir, os.open, os.stat

    def refuse(path: Any, what: set[str]) -> None:
        if os.fspath(path) in what:
            raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))

    def scandir(path: Any = ".") -> Any:
        refuse(path, refused)
        return listed(path)

    def open_(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        refuse(path, {each for each in refused if not Path(each).is_dir()})
        return opened(path, flags, *rest, **more)

    def stat(path: Any, *rest: Any, **more: Any) -> os.stat_result:
        if isinstance(path, str | Path) and str(Path(path).parent) in refused:
            raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
        return looked(path, *rest, **more)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(os, "supports_dir_fd", set())  # so that files are opened by their whole path
    monkeypatch.setattr(os, "listdir", lambda path=".": [entry.name for entry in scandir(path)])
    return lambda path: refused.add(str(path))


class TestClass:
    """Folders and files of a class."""

    def test_a_folder_that_may_not_be_read_is_not_an_empty_one(
        self, tmp_path: Path, forbid: Callable[[Path], None]
    ) -> None:
        """It is not missing, and its row says what is wrong."""
        hand_in(tmp_path, {"anna/backward.py": "3", "ben/backward.py": "3"})
        forbid(tmp_path / "anna")
        anna, ben = read_folder(tmp_path).handed_in
        assert (anna.ours, anna.missing, anna.problem) == (True, False, "anna cannot be read: Permission denied")
        assert list(ben.read().files) == ["backward.py"]

    def test_at_any_depth(self, tmp_path: Path, forbid: Callable[[Path], None]) -> None:
        """What is beside it may not be the work that was meant."""
        hand_in(tmp_path, {"anna/backward.py": "3", "anna/hw/final/backward.py": "3", "ben/x.py": "1"})
        forbid(tmp_path / "anna" / "hw" / "final")
        anna, _ = read_folder(tmp_path).handed_in
        with pytest.raises(Inaccessible, match=r"^anna/hw/final cannot be read: Permission denied$"):
            anna.read()

    def test_an_only_persons_folder(self, tmp_path: Path, forbid: Callable[[Path], None]) -> None:
        """It is looked into, to see whether the class is in it."""
        hand_in(tmp_path, {"anna/backward.py": "3"})
        forbid(tmp_path / "anna")
        (anna,) = read_folder(tmp_path).handed_in
        assert (anna.raw, anna.ours) == ("anna", True)

    def test_one_of_two_in_a_wrapper_folder(self, tmp_path: Path, forbid: Callable[[Path], None]) -> None:
        """The class is still seen in it: the other one is graded."""
        hand_in(tmp_path, {"week 3/anna/backward.py": "3", "week 3/ben/backward.py": "3"})
        forbid(tmp_path / "week 3" / "anna")
        assert [(each.raw, each.ours) for each in read_folder(tmp_path).handed_in] == [("anna", True), ("ben", False)]

    def test_the_classs_own_folder(self, tmp_path: Path, forbid: Callable[[Path], None]) -> None:
        """There is nothing to make rows of."""
        hand_in(tmp_path / "class", {"anna/backward.py": "3"})
        forbid(tmp_path / "class")
        with pytest.raises(Inaccessible, match="class cannot be read: Permission denied"):
            read_folder(tmp_path / "class")

    def test_very_many_files_are_not_looked_through(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Some of them would be passed over without a word."""
        monkeypatch.setattr("grader.classroom.intake.folder.MAX_WALKED", 3)
        hand_in(tmp_path, {**{f"anna/{n}.png": "" for n in range(5)}, "ben/x.py": "1"})
        anna, _ = read_folder(tmp_path).handed_in
        assert (anna.ours, anna.problem) == (
            True,
            "anna has more than 3 files; leave only the student's own in it",
        )

    def test_a_pictures_folder_does_not_hide_the_code(self, tmp_path: Path) -> None:
        """Only files that could be graded are kept."""
        hand_in(tmp_path, {**{f"anna/a/{n}.png": "" for n in range(30)}, "anna/b/x.py": "1", "ben/x.py": "1"})
        anna, _ = read_folder(tmp_path).handed_in
        assert [part.name for part in anna.parts] == ["b/x.py", "a/0.png", "a/1.png", "a/10.png"]

    def test_a_damaged_member_of_the_classs_archive(self, tmp_path: Path, sandbox: Sandbox) -> None:
        """The instructor's archive is damaged, not the student's file."""
        data = bytearray(zipped({"eve/backward.py": CODE * 9, "bob/backward.py": CODE}))
        data[60] ^= 0xFF
        (tmp_path / "class.zip").write_bytes(data)
        eve = next(each for each in read_archive(tmp_path / "class.zip", sandbox).handed_in if each.raw == "eve")
        with pytest.raises(Inaccessible):
            eve.read()


class TestSubmission:
    """One submission."""

    def test_a_folder_is_told_and_not_a_traceback(self, tmp_path: Path, forbid: Callable[[Path], None]) -> None:
        """By name, with what the system says."""
        hand_in(tmp_path, {"anna/backward.py": "3"})
        forbid(tmp_path / "anna")
        for read in (read_submission, read_own_file):
            with pytest.raises(Inaccessible, match=r"anna.* cannot be read: Permission denied"):
                read(tmp_path / "anna")

    def test_an_error_while_reading(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A disk that fails."""
        (tmp_path / "backward.py").write_text("x")

        def broken(*_: Any) -> None:
            raise OSError(errno.EIO, "Input/output error")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fdopen", broken)
            with pytest.raises(Inaccessible, match=r"backward\.py cannot be read: Input/output error"):
                read_submission(tmp_path / "backward.py")

    def test_a_link_is_the_learners(self, tmp_path: Path) -> None:
        """It could point to the solution."""
        (tmp_path / "backward.py").symlink_to("/etc/passwd")
        with pytest.raises(UnreadableSubmission) as error:
            read_submission(tmp_path / "backward.py", beneath=tmp_path)
        assert not isinstance(error.value, Inaccessible)

    def test_what_is_too_large_is_not_judged(self, tmp_path: Path) -> None:
        """Whatever it is, the grader has not read it."""
        (tmp_path / "backward.py").write_bytes(bytes(MAX_PYTHON_BYTES + 1))
        with pytest.raises(Inaccessible, match="more than 256 KB"):
            read_submission(tmp_path / "backward.py")


def test_it_is_a_row_without_points(tmp_path: Path, forbid: Callable[[Path], None]) -> None:
    """With the reason, and with the status that makes the exit code 3 and that exports leave out."""
    hand_in(tmp_path / "class", {"anna/backward.py": "3", "ben/backward.py": "1", "cora/backward.py": "2"})
    forbid(tmp_path / "class" / "anna")
    forbid(tmp_path / "class" / "ben" / "backward.py")
    with Store(tmp_path / "out") as store:
        found = read_folder(tmp_path / "class").handed_in
        Batch(order(), POSSIBLE, GRADIENTS, found, store, Silent()).run(PretendWorkers)  # type: ignore[arg-type]
        entries = {name: store[name].entry for name in ("anna", "ben", "cora")}
    points = {name: entry["score"] and entry["score"]["points"] for name, entry in entries.items()}
    assert {name: (entry["status"], points[name]) for name, entry in entries.items()} == {
        "anna": ("failed", None),
        "ben": ("failed", None),
        "cora": ("graded", 2),
    }
    assert entries["anna"]["problem"] == "anna cannot be read: Permission denied"
    assert "cannot be opened: Permission denied" in entries["ben"]["problem"]
