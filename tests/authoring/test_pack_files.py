"""`grade new --pack`: the folder of a pack, new or extended."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.authoring.pack_files import NoPack, PackFolder
from grader.exercise.packs import packs
from grader.exercise.shelf import is_exercise, list_exercises

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    Grade = Callable[..., Result]

FORWARD = """\
import torch

def inputs(seed, n=5, d=3):
    g = torch.Generator().manual_seed(seed)
    return {'x': torch.randn((n, d), generator=g), 'w': torch.randn((d,), generator=g)}

def forward(x, w):
    y = x * w
    loss = (y * y).sum()
    return locals()
"""

SOLUTION = """\
def dy(y):
    return 2*y


def dx(dy, w):
    return w * dy


def dw(dy, x):
    return (x * dy).sum(0)
"""


@pytest.fixture
def new(grade: Grade, tmp_path: Path) -> Callable[..., Result]:
    """Run `grade new --pack` with a forward pass of this name."""

    def run(pack: str, name: str = "scaled", *words: str) -> Result:
        (tmp_path / f"{name}.py").write_text(FORWARD)
        return grade("new", f"{name}.py", "--pack", pack, *words)

    return run


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that packages are installed into."""
    (tmp_path / "site").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield tmp_path / "site"
    packs.cache_clear()


def install(package: Path, site: Path) -> None:
    """What pip does with a pack's package and its entry point."""
    shutil.copytree(package, site / package.name)
    project = tomllib.loads((package.parent / "pyproject.toml").read_text())["project"]
    record = site / f"{package.name}-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
    lines = (f"{name} = {value}\n" for name, value in project["entry-points"]["grader.exercises"].items())
    (record / "entry_points.txt").write_text(f"[grader.exercises]\n{''.join(lines)}")
    importlib.invalidate_caches()
    packs.cache_clear()


class TestNew:
    """A folder that does not exist, or has nothing in it."""

    def test_has_everything_that_makes_it_a_pack(self, new: Callable[..., Result], tmp_path: Path) -> None:
        """The exercise as without `--pack`, in a package with a pyproject.toml. The next steps can be pasted."""
        result = new("deep-pack")
        assert result.exit_code == 0, result.stderr
        inside = Path("deep-pack", "deep_pack")
        written = [line.removeprefix("written  ") for line in result.stdout.splitlines() if line.startswith("written")]
        names = ["exercises/scaled/forward.py", "exercises/scaled/exercise.toml", "exercises/scaled/backward.py"]
        files = [inside / name for name in ("__init__.py", *names, "solutions/scaled/backward.py")]
        assert written == ["deep-pack/pyproject.toml", "deep-pack/README.md", *map(str, files)]
        there = {
            path.relative_to(tmp_path).as_posix() for path in (tmp_path / "deep-pack").rglob("*") if path.is_file()
        }
        assert there == {*written}
        assert result.stdout.endswith(
            "next: write deep-pack/deep_pack/solutions/scaled/backward.py, then\n"
            "      grade verify --exercises deep-pack/deep_pack/exercises scaled\n"
            "      pip install -e deep-pack\n"
        )

    def test_is_verified_before_it_is_installed_and_after(
        self, new: Callable[..., Result], grade: Grade, tmp_path: Path, site: Path
    ) -> None:
        """With `--exercises`, then by name."""
        new("deep-pack")
        package = tmp_path / "deep-pack" / "deep_pack"
        (package / "solutions" / "scaled" / "backward.py").write_text(SOLUTION)
        before = grade("verify", "--exercises", package / "exercises", "scaled", "--mutants", "0")
        assert "✓ the solution is correct: 3 of 3" in before.stdout
        install(package, site)
        after = grade("verify", "scaled", "--mutants", "0")
        assert re.sub(r"in time: .*", "", after.stdout) == re.sub(r"in time: .*", "", before.stdout)
        assert "scaled " in grade("list").stdout

    def test_may_be_a_new_repository_with_the_forward_pass(
        self, new: Callable[..., Result], grade: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its own files stay as they are."""
        home = tmp_path / "My.Course-2"
        (home / ".git").mkdir(parents=True)
        (home / "README.md").write_text("# mine\n")
        (home / "LICENSE").touch()
        (home / "scaled.py").write_text(FORWARD)
        monkeypatch.chdir(home)
        result = grade("new", "scaled.py", "--pack", ".")
        assert result.exit_code == 0, result.stderr
        assert "README.md" not in result.stdout
        assert (home / "README.md").read_text() == "# mine\n"
        assert is_exercise(home / "my_course_2" / "exercises" / "scaled")

    def test_is_not_left_in_half(
        self, new: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What could be written before a disk was full is gone, so the next try works."""
        write_text = Path.write_text

        def full(file: Path, text: str, **how: str) -> int:
            if file.name == "backward.py":
                raise OSError(28, "No space left on device", str(file))
            return write_text(file, text, **how)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "write_text", full)
            result = new("deep-pack")
        assert result.exit_code == 3
        assert "no space left on device" in result.stderr
        assert [*(tmp_path / "deep-pack").iterdir()] == []
        assert new("deep-pack").exit_code == 0


class TestExtended:
    """A folder with a pack."""

    def test_has_one_exercise_more(self, new: Callable[..., Result], tmp_path: Path) -> None:
        """Nothing else is written."""
        new("deep-pack")
        project = tmp_path / "deep-pack" / "pyproject.toml"
        project.write_text(project.read_text() + "# mine\n")
        result = new("deep-pack", "other")
        assert result.exit_code == 0, result.stderr
        assert all("/other/" in line for line in result.stdout.splitlines() if line.startswith("written"))
        assert list_exercises(tmp_path / "deep-pack" / "deep_pack" / "exercises") == ["other", "scaled"]
        assert project.read_text().endswith("# mine\n")

    def test_may_have_been_made_by_hand(self, tmp_path: Path) -> None:
        """The entry point says where its package is."""
        (tmp_path / "src" / "course" / "week1").mkdir(parents=True)
        (tmp_path / "pyproject.toml").write_text('[project.entry-points."grader.exercises"]\nx = "course.week1"\n')
        found = PackFolder.find(tmp_path, tmp_path / "scaled.py")
        assert found.exercises == tmp_path / "src" / "course" / "week1" / "exercises"

    def test_installed_from_its_folder_needs_no_installation(
        self, new: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The name is enough."""
        new("deep-pack")
        monkeypatch.setattr(
            "grader.authoring.pack_files.packs", lambda: {"p": tmp_path / "deep-pack/deep_pack/exercises"}
        )
        assert new("deep-pack", "other").stdout.endswith("/other/backward.py, then\n      grade verify other\n")

    def test_keeps_an_exercise_of_the_same_name(self, new: Callable[..., Result]) -> None:
        """Whatever is in it."""
        new("deep-pack")
        result = new("deep-pack")
        assert result.exit_code == 4
        assert result.stderr == (
            "Error: deep-pack/deep_pack/exercises/scaled already exists; choose another name, or move it\n"
        )


class TestRefused:
    """Nothing is written."""

    @pytest.mark.parametrize(
        ("files", "sentence"),
        [
            ({"deep-pack": ""}, "deep-pack is a file; choose a folder for the pack"),
            (
                {"deep-pack/main.py": ""},
                "deep-pack is not a pack: it has no pyproject.toml, but main.py; choose a new folder for the pack,",
            ),
            (
                {"deep-pack/pyproject.toml": '[project]\nname = "web"\n'},
                "deep-pack is another project: deep-pack/pyproject.toml has no entry point in the group grader.exerci",
            ),
            (
                {"deep-pack/pyproject.toml": '[project.entry-points."grader.exercises"]\nx = "gone"\n'},
                "deep-pack/pyproject.toml names the package gone, which is not in deep-pack",
            ),
            ({"deep-pack/pyproject.toml": "("}, "deep-pack/pyproject.toml cannot be read: "),
        ],
    )
    def test_a_folder_that_is_something_else(
        self, new: Callable[..., Result], tmp_path: Path, files: dict[str, str], sentence: str
    ) -> None:
        """The sentence says what it is, and what to do."""
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        result = new("deep-pack")
        assert result.exit_code == 4
        assert result.stderr.startswith(f"Error: {sentence}")
        assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")} == {*files} - {"deep-pack"} | {
            "scaled.py"
        }

    @pytest.mark.parametrize("folder", ["2024", "größe", "class", "a+b"])
    def test_a_folder_that_no_package_can_be_named_after(self, tmp_path: Path, folder: str) -> None:
        """The package is imported under its name."""
        with pytest.raises(NoPack, match=r"a Python package cannot be called '.*'; choose a folder whose name has"):
            PackFolder.find(tmp_path / folder, tmp_path / "scaled.py")

    @pytest.mark.parametrize("folder", ["torch", "json", "Grader"])
    def test_a_package_that_there_is_already(self, tmp_path: Path, folder: str) -> None:
        """Installing the pack would hide it, or the other way round."""
        with pytest.raises(NoPack, match=r"there is a Python package .* already; choose a folder of another name"):
            PackFolder.find(tmp_path / folder, tmp_path / "scaled.py")

    def test_a_name_of_the_graders_own(self, new: Callable[..., Result], tmp_path: Path) -> None:
        """A pack's would never be used."""
        result = new("deep-pack", "mlp")
        assert result.exit_code == 4
        assert result.stderr.startswith("Error: mlp is the name of an exercise that comes with the grader, so a pack's")
        assert not (tmp_path / "deep-pack").exists()

    def test_two_places(self, new: Callable[..., Result]) -> None:
        """One of them would be ignored."""
        result = new("deep-pack", "scaled", "--exercises", "here")
        assert result.exit_code == 4
        assert "--pack and --exercises are two places for the exercise; choose one" in result.stderr


@pytest.mark.slow
def test_the_wheel_of_a_pack_has_its_exercises(new: Callable[..., Result], tmp_path: Path) -> None:
    """Every file, the solutions included; without them if the line that pyproject.toml names is added."""
    new("deep-pack")
    home = tmp_path / "deep-pack"

    def built(folder: str) -> set[str]:
        """What the build backend makes of it; called directly, so nothing is downloaded."""
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / folder)]
        subprocess.run(command, cwd=home, check=True, capture_output=True, timeout=60)
        (wheel,) = (tmp_path / folder).iterdir()
        return {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("deep_pack/")}

    files = {path.relative_to(home).as_posix() for path in (home / "deep_pack").rglob("*") if path.is_file()}
    assert built("whole") == files
    project = home / "pyproject.toml"
    [line] = [each for each in project.read_text().splitlines() if "exclude = " in each]
    project.write_text(f"{project.read_text()}{line[line.index('exclude') :]}\n")
    assert built("part") == {name for name in files if "solutions" not in name}
