"""Reading a submission's bytes: regular files, bounded, no links followed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.grading.submission import (
    MAX_BYTES,
    MAX_FILES,
    MAX_PYTHON_BYTES,
    UnreadableSubmission,
    read_own_file,
    read_submission,
)


def test_a_folder_s_backward_py_comes_first(tmp_path: Path) -> None:
    """What cannot be an answer is left out: the forward pass, pictures, data."""
    (tmp_path / "backward.py").write_bytes(b"x = 1\r\n")
    for name in ("another.py", "forward.py", "loss.png", "exercise.toml"):
        (tmp_path / name).write_bytes(b"y")
    assert list(read_submission(tmp_path).files.items()) == [("backward.py", b"x = 1\r\n"), ("another.py", b"y")]


def test_the_file_that_a_learner_edits_can_be_read_alone(tmp_path: Path) -> None:
    """Other attempts beside it are not what `grade watch` watches and `grade reset` changes."""
    for name in ("backward.py", "a.py"):
        (tmp_path / name).write_bytes(name.encode())
    assert read_own_file(tmp_path).files == {"backward.py": b"backward.py"}
    (tmp_path / "backward.py").unlink()
    assert read_own_file(tmp_path).files == {"a.py": b"a.py"}


def test_a_folder_is_read_in_full(tmp_path: Path) -> None:
    """The locked child chooses."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Backward.py").write_bytes(b"x")
    (tmp_path / "notes.txt").write_bytes(b"")
    (tmp_path / "work.ipynb").write_bytes(b"{}")
    assert set(read_submission(tmp_path).files) == {"deep/Backward.py", "work.ipynb"}


def test_a_single_file_is_a_submission_named_after_it(tmp_path: Path) -> None:
    """`grade alice.py`."""
    (tmp_path / "alice.py").write_bytes(b"x")
    submission = read_submission(tmp_path / "alice.py")
    assert (submission.name, submission.files) == ("alice", {"alice.py": b"x"})


def test_hashes_are_equal_only_for_equal_bytes(tmp_path: Path) -> None:
    """Whatever the folder is called."""
    for name, content in (("a", b"x"), ("b", b"x"), ("c", b"y")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "backward.py").write_bytes(content)
    a, b, c = (read_submission(tmp_path / name).sha256 for name in "abc")
    assert a == b != c


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Otherwise a link to the solution would be graded."""
    (tmp_path / "real.py").write_bytes(b"x")
    (tmp_path / "link.py").symlink_to(tmp_path / "real.py")
    with pytest.raises(UnreadableSubmission, match="is a symbolic link"):
        read_submission(tmp_path / "link.py")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "backward.py").symlink_to(tmp_path / "real.py")
    with pytest.raises(UnreadableSubmission, match=r"no backward\.py"):
        read_submission(tmp_path / "folder")


@pytest.mark.parametrize("link", ["exercises", "exercises/mlp", "exercises/mlp/backward.py"])
@pytest.mark.parametrize("submission", ["exercises/mlp", "exercises/mlp/backward.py"])
def test_beneath_the_callers_folder_no_component_may_be_a_link(tmp_path: Path, link: str, submission: str) -> None:
    """Any of them could lead to the worked solution."""
    solutions, checkout = tmp_path / "solutions", tmp_path / "checkout"
    (solutions / "mlp").mkdir(parents=True)
    (solutions / "mlp" / "backward.py").write_bytes(b"x")
    (checkout / link).parent.mkdir(parents=True)
    (checkout / link).symlink_to(solutions / Path(link).relative_to("exercises"))
    with pytest.raises(UnreadableSubmission, match=r"is a symbolic link|has no backward\.py"):
        read_submission(checkout / submission, beneath=checkout)


def test_a_link_created_after_the_check_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening without following links is what protects; the check before only gives the error message."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "backward.py").write_bytes(b"x")
    (tmp_path / "exercises").symlink_to(tmp_path / "real")
    monkeypatch.setattr("grader.grading.submission._no_links", lambda *_: None)
    with pytest.raises(UnreadableSubmission, match="cannot be opened"):
        read_submission(tmp_path / "exercises", beneath=tmp_path)


def test_the_callers_own_folder_may_be_reached_by_a_link(tmp_path: Path) -> None:
    """As on macOS, where /tmp is one."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "backward.py").write_bytes(b"x")
    (tmp_path / "home").symlink_to(tmp_path / "real")
    home = tmp_path / "home"
    assert read_submission(home / "backward.py", beneath=home).files == {"backward.py": b"x"}


def test_a_path_with_dots_does_not_leave_the_callers_folder(tmp_path: Path) -> None:
    """`..` after a link is not the folder it seems to be."""
    (tmp_path / "checkout").mkdir()
    (tmp_path / "backward.py").write_bytes(b"x")
    with pytest.raises(UnreadableSubmission, match="write the path without"):
        read_submission(tmp_path / "checkout" / ".." / "backward.py", beneath=tmp_path / "checkout")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_reading_a_pipe_does_not_block(tmp_path: Path) -> None:
    """Reading one would hang the grader."""
    os.mkfifo(tmp_path / "backward.py")
    with pytest.raises(UnreadableSubmission, match=r"not a regular file|no backward\.py"):
        read_submission(tmp_path)
    with pytest.raises(UnreadableSubmission, match="not a regular file"):
        read_submission(tmp_path / "backward.py")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """The message gives the limit in KB."""
    (tmp_path / "backward.py").write_bytes(b"#" * (MAX_PYTHON_BYTES + 1))
    with pytest.raises(UnreadableSubmission, match="more than 256 KB"):
        read_submission(tmp_path)


def test_a_folder_of_very_many_files_is_not_read(tmp_path: Path) -> None:
    """One file is enough."""
    for number in range(MAX_FILES + 1):
        (tmp_path / f"f{number}.py").write_bytes(b"")
    with pytest.raises(UnreadableSubmission, match="more than 500 Python files and notebooks"):
        read_submission(tmp_path)


def test_a_folder_with_a_large_data_set_is_read(tmp_path: Path) -> None:
    """Only what may be an answer counts, and a file too large to be one is left out."""
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number}.png").write_bytes(b"")
    (tmp_path / "backward.py").write_bytes(b"x")
    (tmp_path / "weights.py").write_bytes(b"#" * (MAX_PYTHON_BYTES + 1))
    assert list(read_submission(tmp_path).files) == ["backward.py"]


def test_a_file_that_cannot_be_opened_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be the one that was meant."""
    for name in ("backward.py", "notes.py"):
        (tmp_path / name).write_bytes(b"x")

    def opened(path: Path, _root: Path) -> int:
        if path.name == "backward.py":
            raise PermissionError(13, "Permission denied")
        return os.open(path, os.O_RDONLY)

    monkeypatch.setattr("grader.grading.submission._opened", opened)
    with pytest.raises(UnreadableSubmission, match="cannot be opened"):
        read_submission(tmp_path)


def test_a_folder_with_many_large_files_is_read_only_up_to_the_limit(tmp_path: Path) -> None:
    """Very many files of code do not fill a process's memory."""
    for number in range(MAX_BYTES // MAX_PYTHON_BYTES + 1):
        (tmp_path / f"{number}.py").write_bytes(bytes(MAX_PYTHON_BYTES))
    with pytest.raises(UnreadableSubmission, match="more than 8 MB of code"):
        read_submission(tmp_path)


@pytest.mark.parametrize("name", ["work.ipynb", "work.zip", "work.md"])
def test_every_kind_of_file_may_be_submitted_alone(tmp_path: Path, name: str) -> None:
    """Also a notebook that its plots made large."""
    (tmp_path / name).write_bytes(bytes(1 << 20))
    assert read_submission(tmp_path / name).files == {name: bytes(1 << 20)}


def test_a_missing_or_ungradable_path_gets_a_sentence(tmp_path: Path) -> None:
    """There is no traceback."""
    with pytest.raises(UnreadableSubmission, match="there is no file or folder"):
        read_submission(tmp_path / "nowhere")
    (tmp_path / "essay.docx").write_bytes(b"")
    with pytest.raises(UnreadableSubmission, match=r"neither a folder nor a \.py"):
        read_submission(tmp_path / "essay.docx")
