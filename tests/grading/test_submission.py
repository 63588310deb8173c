"""Reading a submission's bytes: regular files, bounded, no links followed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.grading.submission import MAX_BYTES, MAX_FILES, MAX_PYTHON_BYTES, UnreadableSubmission, read_submission


def test_a_folder_s_backward_py_is_the_submission(tmp_path: Path) -> None:
    """Other files beside it are not read."""
    (tmp_path / "backward.py").write_bytes(b"x = 1\r\n")
    (tmp_path / "other.py").write_bytes(b"y")
    assert read_submission(tmp_path).files == {"backward.py": b"x = 1\r\n"}


def test_a_folder_without_one_hands_over_all_that_could_be_it(tmp_path: Path) -> None:
    """The locked child chooses."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Backward.py").write_bytes(b"x")
    (tmp_path / "notes.txt").write_bytes(b"")
    (tmp_path / "work.ipynb").write_bytes(b"{}")
    assert set(read_submission(tmp_path).files) == {"deep/Backward.py", "work.ipynb"}


def test_a_single_file_is_a_submission_of_its_own_name(tmp_path: Path) -> None:
    """`grade alice.py`."""
    (tmp_path / "alice.py").write_bytes(b"x")
    submission = read_submission(tmp_path / "alice.py")
    assert (submission.name, submission.files) == ("alice", {"alice.py": b"x"})


def test_equal_bytes_have_equal_hashes_and_others_not(tmp_path: Path) -> None:
    """Whatever the folder is called."""
    for name, content in (("a", b"x"), ("b", b"x"), ("c", b"y")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "backward.py").write_bytes(content)
    a, b, c = (read_submission(tmp_path / name).sha256 for name in "abc")
    assert a == b != c


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link to the solution would be graded otherwise."""
    (tmp_path / "real.py").write_bytes(b"x")
    (tmp_path / "link.py").symlink_to(tmp_path / "real.py")
    with pytest.raises(UnreadableSubmission, match="is a link"):
        read_submission(tmp_path / "link.py")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "backward.py").symlink_to(tmp_path / "real.py")
    with pytest.raises(UnreadableSubmission, match=r"no backward\.py"):
        read_submission(tmp_path / "folder")


@pytest.mark.parametrize("link", ["exercises", "exercises/mlp", "exercises/mlp/backward.py"])
@pytest.mark.parametrize("submission", ["exercises/mlp", "exercises/mlp/backward.py"])
def test_beneath_the_callers_folder_no_component_may_be_a_link(tmp_path: Path, link: str, submission: str) -> None:
    """A learner's repository could lead to the worked solution by any of them."""
    solutions, checkout = tmp_path / "solutions", tmp_path / "checkout"
    (solutions / "mlp").mkdir(parents=True)
    (solutions / "mlp" / "backward.py").write_bytes(b"x")
    (checkout / link).parent.mkdir(parents=True)
    (checkout / link).symlink_to(solutions / Path(link).relative_to("exercises"))
    with pytest.raises(UnreadableSubmission, match=r"is a link|has no backward\.py"):
        read_submission(checkout / submission, beneath=checkout)


def test_a_link_that_is_put_there_after_the_look_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall is how a file is opened; looking for links beforehand is for the sentence."""
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
    """`..` behind a link is another folder than it looks."""
    (tmp_path / "checkout").mkdir()
    (tmp_path / "backward.py").write_bytes(b"x")
    with pytest.raises(UnreadableSubmission, match="name the path without"):
        read_submission(tmp_path / "checkout" / ".." / "backward.py", beneath=tmp_path / "checkout")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Reading one would hang the grader."""
    os.mkfifo(tmp_path / "backward.py")
    with pytest.raises(UnreadableSubmission, match=r"not a regular file|no backward\.py"):
        read_submission(tmp_path)
    with pytest.raises(UnreadableSubmission, match="not a regular file"):
        read_submission(tmp_path / "backward.py")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """Its size is said in KB."""
    (tmp_path / "backward.py").write_bytes(b"#" * (MAX_PYTHON_BYTES + 1))
    with pytest.raises(UnreadableSubmission, match="more than 256 KB"):
        read_submission(tmp_path)


def test_a_folder_of_very_many_files_is_not_read(tmp_path: Path) -> None:
    """One is enough."""
    for number in range(MAX_FILES + 1):
        (tmp_path / f"f{number}.py").write_bytes(b"")
    with pytest.raises(UnreadableSubmission, match="more than 40 files"):
        read_submission(tmp_path)


def test_a_folder_with_many_large_files_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    """Whoever hands in forty notebooks of a megabyte each fills no process with them."""
    for number in range(MAX_FILES):
        (tmp_path / f"{number}.ipynb").write_bytes(bytes(MAX_BYTES // MAX_FILES + 1))
    with pytest.raises(UnreadableSubmission, match="files of more than 8 MB"):
        read_submission(tmp_path)


def test_what_is_not_there_or_not_gradable_gets_a_sentence(tmp_path: Path) -> None:
    """Nothing is a traceback."""
    with pytest.raises(UnreadableSubmission, match="there is no file or folder"):
        read_submission(tmp_path / "nowhere")
    (tmp_path / "essay.docx").write_bytes(b"")
    with pytest.raises(UnreadableSubmission, match=r"neither a folder nor a \.py"):
        read_submission(tmp_path / "essay.docx")
