"""The wheel, outside the checkout: what `pip install` installs; and the source distribution, which makes the same."""

from __future__ import annotations

import email.policy
import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Call = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).resolve().parent.parent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def built(target: str, source: Path, folder: Path) -> Path:
    """What the build backend makes of a source tree; called directly, so nothing is downloaded."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=source, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the checkout."""
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, built from the checkout and unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(built("sdist", ROOT, tmp_path_factory.mktemp("sdist"))) as archive:
        archive.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


@pytest.fixture(scope="module")
def call(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Run a program in a fresh environment with the wheel; its dependencies are those of the current one."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home / "venv", symlinks=True)
    python = home / "venv" / "bin" / "python"
    probe = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.check_output(probe, text=True).strip())
    (site / "dependencies.pth").write_text("\n".join(sysconfig.get_path(name) for name in ("purelib", "platlib")))
    pip = [sys.executable, *f"-m pip --python {python} install --no-deps --no-index --quiet {wheel}".split()]
    subprocess.run(pip, check=True, capture_output=True, timeout=120)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def run(name: str, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [str(python.with_name(name)), *map(str, words)]
        return subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_the_wheel_holds_everything(wheel: Path) -> None:
    """Exercises, solutions and the files that are not Python."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for exercise in (entry.name for entry in (ROOT / "exercises").iterdir() if (entry / "exercise.toml").is_file()):
        for file in ("exercises/{}/forward.py", "exercises/{}/backward.py", "exercises/{}/exercise.toml"):
            assert "grader/data/" + file.format(exercise) in names
        assert f"grader/data/solutions/{exercise}/backward.py" in names
    for file in ("py.typed", "report/report.schema.json", "grading/pytest.ini", "data/names.txt"):
        assert f"grader/{file}" in names
    assert not any(name.endswith(".pyc") for name in names)


def test_the_links_of_its_description_work_outside_the_repository(wheel: Path) -> None:
    """An index page shows the README: every link and picture has a whole address, of a file that is there."""
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(opened.read(name), policy=email.policy.default)
    links = re.findall(r"\]\(([^)]*)\)", metadata.get_content())
    relative = [link for link in links if not link.startswith(("https://", "#"))]
    assert relative == []
    own = rf"https://[^/]+/backprop-grader/backprop-grader/(?:blob/)?v{re.escape(metadata['Version'])}/([^#]*)"
    files = [found[1] for link in links if (found := re.match(own, link))]
    assert len(files) > 10
    assert [file for file in files if not (ROOT / file).exists()] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows which files it tracks")
def test_the_source_distribution_holds_every_file_of_the_repository(unpacked: Path) -> None:
    """So that its tests find the pages, workflows and settings that they read."""
    tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).rstrip("\0").split("\0")
    assert [name for name in tracked if (ROOT / name).is_file() and not (unpacked / name).is_file()] == []


def test_a_wheel_from_the_source_distribution_is_the_same(wheel: Path, unpacked: Path, tmp_path: Path) -> None:
    """File by file: `python -m build` makes one from the other."""
    again = built("wheel", unpacked, tmp_path / "dist")
    first, second = ({file.filename: file.CRC for file in zipfile.ZipFile(path).infolist()} for path in (wheel, again))
    assert second == first


def test_a_learner_can_start_anywhere(call: Call, tmp_path: Path) -> None:
    """`grade init`, `grade`, fill in, `grade`: outside the checkout."""
    made = call("grade", "init", "work", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    work = tmp_path / "work"
    stubs = call("grade", "mlp", cwd=work)
    assert stubs.returncode == 1, stubs.stderr
    assert "mlp: 0 of 26 correct" in stubs.stdout
    where = call("python", "-c", "from grader.exercise.shelf import solutions_directory as s; print(s())", cwd=work)
    solutions = Path(where.stdout.strip())
    assert ROOT not in solutions.parents
    (work / "exercises" / "mlp" / "backward.py").write_bytes((solutions / "mlp" / "backward.py").read_bytes())
    done = call("grade", "mlp", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mlp: 26 of 26 correct, 26 exact" in done.stdout
    assert json.loads((work / "report.json").read_text())["grader"]["submissions"][0]["score"]["points"] == 26


def test_pytest_finds_the_plugin(call: Call, tmp_path: Path) -> None:
    """By its entry point, in a workspace, without configuration."""
    call("grade", "init", ".", cwd=tmp_path)
    result = call("python", "-m", "pytest", "exercises/cross_entropy", "-q", cwd=tmp_path)
    assert "1 failed" in result.stdout, result.stdout + result.stderr


def test_the_public_api_works(call: Call, tmp_path: Path) -> None:
    """`python -m grader` and the package's own names."""
    assert call("python", "-m", "grader", "--version", cwd=tmp_path).stdout.startswith("grade, version ")
    probe = "import grader; print(all(getattr(grader, name) for name in grader.__all__))"
    assert call("python", "-c", probe, cwd=tmp_path).stdout == "True\n"


ELSEWHERE = """\
from typing import Any, assert_type

import grader
from grader import check, cmp, grade, load_exercise
from grader.exercise.exercise import Exercise
from grader.exercise.settings import Settings
from grader.learner.notebook_checks import Checked

assert_type(grader.__version__, str)
assert_type(grade("backward.py", "mlp", Settings()), dict[str, Any])
assert_type(load_exercise("mlp"), Exercise)
assert_type(check(globals(), exercise="mlp"), Checked)
cmp("probs", 1, 2)
grade(1, "mlp")  # type: ignore[arg-type]
load_exercise(1)  # type: ignore[arg-type]
check(exercise=1)  # type: ignore[arg-type]
cmp("probs")  # type: ignore[call-arg]
grader.grad  # type: ignore[attr-defined]
"""


def test_another_projects_type_checker_sees_every_type(call: Call, tmp_path: Path) -> None:
    """With `mypy --strict`, which also rejects an `ignore` that nothing needs."""
    pytest.importorskip("mypy", reason="mypy is in the extra `style`")
    (tmp_path / "elsewhere.py").write_text(ELSEWHERE, encoding="utf-8")
    # Its own types are not asked about here, and reading them takes most of a minute.
    (tmp_path / "mypy.ini").write_text("[mypy]\n[mypy-torch.*]\nfollow_imports = skip\n", encoding="utf-8")
    checked = call("python", "-m", "mypy", "--strict", "elsewhere.py", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
