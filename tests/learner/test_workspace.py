"""A learner's workspace: created, completed, and never overwritten."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from grader.exercise.shelf import exercises_directory, list_exercises
from grader.exercise.tracks import CONVENTIONS
from grader.learner.workspace import FILES, NoWorkspace, init


def test_every_installed_exercise_is_copied_without_its_solution(tmp_path: Path) -> None:
    """Three files each, byte for byte; layers in a course's convention only if their tracks are asked for."""
    made = init(tmp_path / "mine")
    assert made.kept == []
    assert set(made.exercises) < set(list_exercises())
    for track in CONVENTIONS:
        init(tmp_path / "mine", [track])
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


def test_a_track_is_copied_alone_and_another_one_added_later(tmp_path: Path) -> None:
    """What is there stays as it is."""
    made = init(tmp_path, ["lecture"])
    assert list_exercises(tmp_path / "exercises") == ["batchnorm", "cross_entropy", "micrograd", "mlp", "training"]
    assert "lecture" not in made.other_tracks
    mine = tmp_path / "exercises" / "mlp" / "backward.py"
    mine.write_text("# mine\n")
    added = init(tmp_path, ["blocks", "transformer"])
    assert mine.read_text() == "# mine\n"
    assert {"mlp", "conv2d", "rope"} <= {*list_exercises(tmp_path / "exercises")}
    assert all(path.parent.name not in ("mlp", "micrograd") for path in added.written)
    assert not {"lecture", "blocks", "transformer"} & {*added.other_tracks}


def test_a_packs_track_is_one_of_the_tracks(tmp_path: Path, installed_pack: Path) -> None:
    """It is found in the pack's exercise.toml; a pack that cannot be read is in none."""
    settings = installed_pack / "exercises" / "squares" / "exercise.toml"
    settings.write_text(f'track = "own"\n{settings.read_text()}')
    assert init(tmp_path / "lecture", ["lecture"]).other_tracks[-1] == "own"
    assert init(tmp_path / "own", ["own"]).exercises == ["squares"]
    settings.write_text("(")
    assert "own" not in init(tmp_path / "lecture", ["lecture"]).other_tracks


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
    """From the pack's own folder."""
    stubs = installed_pack / "exercises" / "squares" / "backward.py"
    made = init(tmp_path / "mine")
    assert (tmp_path / "mine" / "exercises" / "squares" / "backward.py").read_text() == stubs.read_text()
    assert sorted(path.name for path in (tmp_path / "mine" / "exercises" / "squares").iterdir()) == sorted(FILES)
    assert made.left_out == []


def test_an_unfinished_exercise_of_a_pack_is_left_out(tmp_path: Path, installed_pack: Path) -> None:
    """A sentence names the pack and what is wrong; the rest of the workspace is there."""
    folder = installed_pack / "exercises" / "squares"
    (folder / "backward.py").unlink()
    made = init(tmp_path / "one")
    assert made.left_out == ["squares of the pack deep_pack cannot be used: it has no backward.py with the stubs"]
    (folder / "forward.py").write_text("(")
    made = init(tmp_path / "two")
    [sentence] = made.left_out
    assert sentence.startswith(f"squares of the pack deep_pack cannot be used: {folder / 'forward.py'}:1: ")
    assert not (tmp_path / "two" / "exercises" / "squares").exists()
    assert (tmp_path / "two" / "exercises" / "mlp").is_dir()


def test_an_exercise_of_two_packs_is_left_out_until_one_is_chosen(tmp_path: Path, installed_pack: Path) -> None:
    """The others are there, and the sentence says what to do."""
    site = installed_pack.parent
    other = shutil.copytree(installed_pack, site / "other_pack")
    record = shutil.copytree(site / "deep_pack-1.0.dist-info", site / "other_pack-1.0.dist-info")
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: other-pack\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text("[grader.exercises]\nother = other_pack\n")
    result = CliRunner().invoke(main, ["init", str(tmp_path / "mine")])
    assert result.exit_code == 0
    homes = f"{installed_pack / 'exercises'} or {other / 'exercises'}"
    chosen = Path("exercises", "squares")
    both = "the packs deep_pack and other_pack both have an exercise squares"
    assert result.stderr == f"left out: {both}: choose one with --exercises ({homes}), or copy it to {chosen}\n"
    assert (tmp_path / "mine" / "exercises" / "mlp").is_dir()
    shutil.copytree(other / chosen, tmp_path / "mine" / chosen)
    assert init(tmp_path / "mine").left_out == []


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


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
sys.argv = ["grade", "init", sys.argv[1]]
from grader.cli.main import main
main()
"""


@pytest.mark.parametrize("there", [False, True], ids=["new", "in part"])
def test_a_full_disk_leaves_no_half_of_a_workspace(tmp_path: Path, *, there: bool) -> None:
    """What was not there before is not there afterwards; the next `grade init` has nothing to take for a learner's."""
    mine = tmp_path / "ws" / "exercises" / "mlp" / "backward.py"
    if there:
        mine.parent.mkdir(parents=True)
        mine.write_text("# mine\n")
    before = sorted(tmp_path.rglob("*"))
    words = [sys.executable, "-c", FULL, "ws", "3000"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr.startswith("Error: cannot create a workspace in ws: file too large (ws/exercises/")
    assert done.stderr.endswith("). No files were added\n")
    assert sorted(tmp_path.rglob("*")) == before
    assert init(tmp_path / "ws").kept == [mine] * there


@pytest.mark.parametrize("written", [True, False], ids=["after a file", "before a file"])
def test_ctrl_c_leaves_no_half_of_a_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, written: bool
) -> None:
    """The learner's own files stay, and the next `grade init` works."""
    mine = tmp_path / "ws" / "exercises" / "mlp" / "backward.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("# mine\n")
    before = sorted(tmp_path.rglob("*"))

    def interrupted(target: Path, content: bytes, **_: object) -> None:
        if target.parent.name != "layernorm" or written:
            target.write_bytes(content)
        if target.parent.name == "layernorm":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("grader.learner.workspace.write_whole", interrupted)
        with pytest.raises(KeyboardInterrupt):
            init(tmp_path / "ws")
    assert sorted(tmp_path.rglob("*")) == before
    assert init(tmp_path / "ws").kept == [mine]


def test_a_source_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the file that was written last. Nothing is left behind."""
    source = exercises_directory() / "mlp" / "exercise.toml"
    read_bytes = Path.read_bytes

    def unreadable(file: Path) -> bytes:
        if file == source:
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return read_bytes(file)

    monkeypatch.setattr(Path, "read_bytes", unreadable)
    with pytest.raises(NoWorkspace) as caught:
        init(tmp_path / "ws")
    assert str(caught.value) == (
        f"cannot create a workspace in {tmp_path / 'ws'}: permission denied ({source}). No files were added"
    )
    assert not (tmp_path / "ws").exists()


@pytest.mark.parametrize("size", [0, 100, 1000])
def test_what_a_full_disk_once_cut_off_is_replaced(tmp_path: Path, size: int) -> None:
    """An earlier version left an empty backward.py, which was then kept as if it were the learner's."""
    init(tmp_path)
    file = tmp_path / "exercises" / "mlp" / "backward.py"
    whole = file.read_bytes()
    assert not whole[:size].endswith(b"\n")
    file.write_bytes(whole[:size])
    made = init(tmp_path)
    assert (made.completed, file.read_bytes()) == ([file], whole)


@pytest.mark.parametrize("lines", [1, 20, 40])
def test_a_file_that_a_learner_shortened_is_kept(tmp_path: Path, lines: int) -> None:
    """Editors leave whole lines."""
    init(tmp_path)
    file = tmp_path / "exercises" / "mlp" / "backward.py"
    shorter = b"".join(file.read_bytes().splitlines(keepends=True)[:lines])
    file.write_bytes(shorter)
    assert (init(tmp_path).completed, file.read_bytes()) == ([], shorter)
