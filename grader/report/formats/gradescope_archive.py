"""Gradescope's autograder archive: what is in it, and what it does there."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.course import FILE as COURSE
from grader.report.clean_text import line
from grader.report.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.exercise.settings import Settings, Visibility

SETTINGS = "grader.json"
_WHEN = (2026, 1, 1, 0, 0, 0)
"""One moment for every file: the same settings give the same archive."""
_RUN = ("exercise", "feedback", "criterion", "isolation", "timeout")
"""The options of the run; visibility is one of the report."""

_WHEEL = re.compile(r"[\w.+!]+(-[\w.+!]+){4,5}\.whl", re.ASCII)
_SDIST = re.compile(r"[\w.+!-]+-\d[\w.+!]*\.tar\.gz", re.ASCII)
_THERE_ANYWAY = ("grader", "torch")
"""What setup.sh installs whatever a course allows."""

SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$(mktemp -d)" # an empty folder: nothing that lies around is imported
if [ -n "${GRADE_PYTHON:-}" ]; then # trying the archive out where the grader is installed already
    exec "$GRADE_PYTHON" -I -c 'import grader.report.formats.gradescope_archive'
fi
python=""
for candidate in python3.13 python3.12 python3.11 python3; do
    if "$candidate" -I -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
"$python" -I -m venv "$root/venv"
install() { "$root/venv/bin/python" -I -m pip install --quiet --no-cache-dir "$@"; }
# The CPU build first: the default one brings gigabytes of CUDA.
install "torch==TORCH" --index-url https://download.pytorch.org/whl/cpu
install PACKAGE
# The worked solutions are for self-study. Grading needs none, so none is there to be found.
rm -rf "$root"/venv/lib/python3*/site-packages/grader/data/solutions
"""

RUN = """#!/usr/bin/env bash
# Gradescope runs this for every submission.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$(mktemp -d)" # an empty folder: nothing of the submission's is imported or read as a setting
exec "${GRADE_PYTHON:-$root/venv/bin/python}" -I -m grader.report.formats.gradescope_archive "$root"
"""


class CannotTravel(Exception):
    """Something that is asked for would not work at Gradescope: one sentence."""


def chosen(exercise: str, settings: Settings, visibility: Visibility) -> dict[str, str | float]:
    """What the instructor chose, in the command line's words; it travels in the archive, out of the student's reach."""
    return {
        "exercise": exercise,
        "feedback": str(settings.feedback),
        "criterion": str(settings.criterion),
        "visibility": str(visibility),
        "isolation": str(settings.isolation),
        "timeout": settings.timeout,
    }


def build(
    settings: Mapping[str, str | float],
    *,
    torch: str,
    packages: Sequence[str | Path],
    own: Path | None,
    course: Path | None,
) -> bytes:
    """The archive.

    Args:
        settings: what the run goes by, as `chosen` gives it.
        torch: its version.
        packages: what is installed beside torch: requirements, or files that travel along.
        own: a folder of the course's own exercises.
        course: the course.toml that decides for them.
    """
    wanted = " ".join(f'"$root/source/{each.name}"' if isinstance(each, Path) else f'"{each}"' for each in packages)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", SETUP.replace("TORCH", torch).replace("PACKAGE", wanted).encode(), 0o755)
        _add(archive, "run_autograder", RUN.encode(), 0o755)
        _add(archive, SETTINGS, json.dumps(settings, indent=1).encode() + b"\n", 0o644)
        for each in packages:
            if isinstance(each, Path):
                _add(archive, each.name, each.read_bytes(), 0o644)
        for name, path in _exercise_files(own, course) if own else ():
            _add(archive, name, path.read_bytes(), 0o644)
    return whole.getvalue()


def _exercise_files(own: Path, course: Path | None) -> Iterator[tuple[str, Path]]:
    """Names in the archive, where course.toml is found as it was here: among the exercises, or beside their folder."""
    for path in sorted(own.rglob("*")):
        if path == own / COURSE:
            continue
        if path.is_file() and not path.is_symlink() and path.suffix in (".py", ".toml", ".txt", ".md"):
            yield f"exercises/{path.relative_to(own).as_posix()}", path
    if course is not None:
        yield f"exercises/{COURSE}" if course.parent == own.resolve() else COURSE, course


def checked_package(path: Path) -> Path:
    """A file that pip can install, by its name and by what it is.

    Raises:
        CannotTravel: it is neither a wheel nor a source archive.
    """
    wheel, sdist = _WHEEL.fullmatch(path.name), _SDIST.fullmatch(path.name)
    if not (wheel and zipfile.is_zipfile(path)) and not (sdist and tarfile.is_tarfile(path)):
        raise CannotTravel(
            f"{path} is no package that pip can install: a wheel of the grader "
            "(backprop_grader-VERSION-py3-none-any.whl) or its source archive (backprop_grader-VERSION.tar.gz) "
            "is expected, under the name that it was built with. Name one of these with --package"
        )
    return path


def requirements(imports: Iterable[str]) -> list[str]:
    """What has to be installed there for the modules that learners may import, in the versions that are here.

    Raises:
        CannotTravel: a module comes from no package.
    """
    from importlib.metadata import packages_distributions, version

    tops = dict.fromkeys(name.partition(".")[0] for name in imports)
    needed = [top for top in tops if top not in sys.stdlib_module_names and top not in _THERE_ANYWAY]
    brought = packages_distributions() if needed else {}
    found: dict[str, None] = {}
    for top in needed:
        if top not in brought:
            raise CannotTravel(
                f"[rules] imports names the module {top}, which no installed package brings, so that it cannot be "
                "installed at Gradescope. Install it here as a package, or take it off the list"
            )
        found[brought[top][0]] = None
    return [f"{name}=={version(name).partition('+')[0]}" for name in found]


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def run(root: Path) -> int:
    """Grade what was handed in and write results.json; on a fault of ours write none, so that nobody gets a zero."""
    settings = json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))
    results = root / "results" / "results.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    own = root / "source" / "exercises"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        where = ["--exercises", str(own)] if own.is_dir() else []
        graded = _grade(
            str(root / "submission"), *where, "--ci", "--quiet", "--report", str(report),
            *(word for name in _RUN for word in (f"--{name}", str(settings[name]))),
        )  # fmt: skip
        if graded.returncode in (ExitCode.ALL_RIGHT, ExitCode.SOMETHING_WRONG) and report.is_file():
            return _grade(
                "report", str(report), "--to", "gradescope", "-o", str(results), "--visibility", settings["visibility"]
            ).returncode
    if graded.returncode == ExitCode.USAGE:  # nothing there that could be read: the learner's to mend
        results.write_text(json.dumps(_unreadable(graded.stderr), indent=1) + "\n", encoding="utf-8")
        return 0
    return graded.returncode or ExitCode.OUR_FAULT


def _grade(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "grader", *arguments],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done


def _unreadable(said: str) -> dict[str, object]:
    sentence = line(said.replace("Error: ", "").replace(os.sep + "autograder" + os.sep, ""), 1000)
    return {"score": 0, "output": sentence, "output_format": "text", "stdout_visibility": "hidden"}


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
