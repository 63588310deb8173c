"""A learner's workspace: created, completed, and never overwritten."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from grader.exercise.shelf import exercises_directory, list_exercises
from grader.learner.workspace import FILES, NoWorkspace, init

if TYPE_CHECKING:
    from pathlib import Path


def test_every_installed_exercise_is_copied_without_its_solution(tmp_path: Path) -> None:
    """Three files each, byte for byte."""
    made = init(tmp_path / "mine")
    assert made.kept == []
    for name in list_exercises():
        folder = tmp_path / "mine" / "exercises" / name
        assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
        assert (folder / "backward.py").read_bytes() == (exercises_directory() / name / "backward.py").read_bytes()


def test_existing_files_are_kept(tmp_path: Path) -> None:
    """The second time only missing files are written."""
    init(tmp_path)
    mine = tmp_path / "exercises" / "mlp" / "backward.py"
    mine.write_text("# mine\n")
    (tmp_path / "README.md").unlink()
    made = init(tmp_path)
    assert made.written == [tmp_path / "README.md"]
    assert mine in made.kept
    assert mine.read_text() == "# mine\n"


@pytest.mark.slow
def test_pytest_in_a_workspace_ignores_the_settings_of_folders_above(tmp_path: Path) -> None:
    """A workspace may be inside a clone of this project, whose settings ask for plugins that learners lack."""
    (tmp_path / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\nunheard_of = 1\naddopts = ['--strict-config']\n"
    )
    init(tmp_path / "mine")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "exercises/micrograd"]
    done = subprocess.run(command, cwd=tmp_path / "mine", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 tests collected" in done.stdout


def test_the_exercises_of_a_pack_are_copied_too(tmp_path: Path, installed_pack: Path) -> None:
    """From the pack's own folder, and without a stub file if it has none."""
    stubs = installed_pack / "exercises" / "squares" / "backward.py"
    init(tmp_path / "mine")
    assert (tmp_path / "mine" / "exercises" / "squares" / "backward.py").read_text() == stubs.read_text()
    stubs.unlink()
    init(tmp_path / "other")
    assert sorted(p.name for p in (tmp_path / "other" / "exercises" / "squares").iterdir()) == [
        "exercise.toml",
        "forward.py",
    ]


def test_a_folder_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    """A file, the grader's own folder, or a folder that cannot be written to."""
    (tmp_path / "file").write_text("")
    with pytest.raises(NoWorkspace, match="file is a file; choose a folder for the workspace"):
        init(tmp_path / "file")
    with pytest.raises(NoWorkspace, match="holds the grader's own exercises"):
        init(exercises_directory().parent)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "exercises").write_text("")
    with pytest.raises(NoWorkspace, match=r"cannot create a workspace in .*half: "):
        init(tmp_path / "half")
