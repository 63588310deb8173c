"""Gradescope's autograder archive: how it is built, and how it grades on Gradescope."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.course import FILE as COURSE
from grader.exercise.course import read_course
from grader.installation import CPU_TORCH
from grader.report.clean_text import line
from grader.report.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.exercise.settings import Settings, Visibility

SETTINGS = "grader.json"
_WHEN = (2026, 1, 1, 0, 0, 0)
"""Timestamp of every file, so that the same settings produce the same archive."""
_RUN = ("exercise", "feedback", "criterion", "isolation", "timeout")
"""Settings passed to `grade`; visibility goes to `grade report`."""

_THERE_ANYWAY = ("grader", "torch")
"""Modules that setup.sh always installs."""

SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$(mktemp -d)" # an empty folder, so that no stray file is imported
if [ -n "${GRADE_PYTHON:-}" ]; then # for trying out the archive where the grader is already installed
    exec "$GRADE_PYTHON" -I -c 'import grader.report.formats.gradescope_archive'
fi
python=""
for candidate in PYTHON python3.14 python3.13 python3.12 python3.11 python3; do
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
install() {
    "$root/venv/bin/python" -I -m pip install --quiet --no-cache-dir -c "$root/source/constraints.txt" "$@"
}
# The CPU build first: the default build would download gigabytes of CUDA.
install --no-deps torch --index-url CPU_TORCH
GITinstall PACKAGES
# Worked solutions are for self-study. Grading does not need them, so leave none for a submission to find.
rm -rf "$root"/venv/lib/python3*/site-packages/grader/data/solutions
"""

_GIT = """\
command -v git >/dev/null || {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends git
}
"""
"""In `setup.sh`, if the grader comes from a repository."""

RUN = """#!/usr/bin/env bash
# Gradescope runs this for every submission.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$(mktemp -d)" # an empty folder, so that no file of the submission is imported or read as settings
exec "${GRADE_PYTHON:-$root/venv/bin/python}" -I -m grader.report.formats.gradescope_archive "$root"
"""


class CannotTravel(Exception):
    """Something requested would not work on Gradescope: the message is one sentence."""


def chosen(exercise: str, settings: Settings, visibility: Visibility) -> dict[str, str | float]:
    """The instructor's choices, by option name. They are stored in the archive, out of students' reach."""
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
    package: str | Path,
    modules: Mapping[str, str],
    constraints: str,
    own: Path | None,
    course: Path | None,
) -> bytes:
    """Build the archive; returns its bytes.

    Args:
        settings: the settings of the run, from `chosen`.
        package: the grader: a file to include in the archive, or what pip is to look for.
        modules: other packages to install, with versions for those that the constraints do not name.
        constraints: the versions of everything that is installed, as a constraints file for pip.
        own: a folder of the course's own exercises.
        course: the course.toml that applies to them.
    """
    grader = f'"$root/source/{package.name}"' if isinstance(package, Path) else shlex.quote(package)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", setup(grader, *modules).encode(), 0o755)
        _add(archive, "run_autograder", RUN.encode(), 0o755)
        _add(archive, SETTINGS, json.dumps(settings, indent=1).encode() + b"\n", 0o644)
        _add(archive, "constraints.txt", _with_pins(constraints, modules).encode(), 0o644)
        if isinstance(package, Path):
            _add(archive, package.name, package.read_bytes(), 0o644)
        for name, path in _exercise_files(own, course) if own else ():
            content = read_course(path).graded_text.encode() if path == course else path.read_bytes()
            _add(archive, name, content, 0o644)
    return whole.getvalue()


def setup(*packages: str) -> str:
    """The script that installs these, as words of a shell, preferably with the version of Python that runs here."""
    words = {
        "PYTHON": f"python3.{sys.version_info.minor}",
        "CPU_TORCH": CPU_TORCH,
        "PACKAGES": " ".join(packages),
        "GIT": _GIT if any("git+https:" in each for each in packages) else "",
    }
    return re.sub(r"\b(PYTHON|CPU_TORCH|PACKAGES)\b|GIT(?=install)", lambda found: words[found[0]], SETUP)


def _with_pins(constraints: str, versions: Mapping[str, str]) -> str:
    """The constraints, with lines for what they do not name."""
    named = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^[\w.-]+", constraints, re.MULTILINE)}
    new = (f"{name}=={version}\n" for name, version in versions.items() if name not in named)
    return "".join([constraints.rstrip("\n"), "\n", *new])


def checked_constraints(path: Path) -> str:
    """The text of a constraints file that names an exact version of torch.

    Raises:
        CannotTravel: it names none, so the container would have another one than the class.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    if not re.search(r"^torch\s*==\s*\d[\w.+]*\s*(#.*)?$", text, re.MULTILINE):
        raise CannotTravel(
            f"{path} has no line torch==VERSION, so the container would have whichever torch is the newest. "
            "`grade doctor --constraints` prints such a file, and without --constraints-file its lines are used"
        )
    return text


def _exercise_files(own: Path, course: Path | None) -> Iterator[tuple[str, Path]]:
    """Exercise files and their names in the archive. course.toml stays inside or beside the exercises folder.

    The archive has only the part of course.toml that grades depend on: extensions and slip days name students.
    """
    for path in sorted(own.rglob("*")):
        if path == own / COURSE:
            continue
        if path.is_file() and not path.is_symlink() and path.suffix in (".py", ".toml", ".txt", ".md"):
            yield f"exercises/{path.relative_to(own).as_posix()}", path
    if course is not None:
        yield f"exercises/{COURSE}" if course.parent == own.resolve() else COURSE, course


def requirements(imports: Iterable[str]) -> dict[str, str]:
    """The packages of the modules that learners may import, with the versions installed here.

    Raises:
        CannotTravel: no installed package provides a module.
    """
    from importlib.metadata import packages_distributions, version

    tops = dict.fromkeys(name.partition(".")[0] for name in imports)
    needed = [top for top in tops if top not in sys.stdlib_module_names and top not in _THERE_ANYWAY]
    brought = packages_distributions() if needed else {}
    found: dict[str, None] = {}
    for top in needed:
        if top not in brought:
            raise CannotTravel(
                f"[rules] imports lists the module {top}, but no installed package provides it, so it cannot be "
                "installed on Gradescope. Install its package here, or remove it from the list"
            )
        found[brought[top][0]] = None
    return {re.sub(r"[-_.]+", "-", name).lower(): version(name).partition("+")[0] for name in found}


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def run(root: Path) -> int:
    """Grade the submission and write results.json; after an internal error write none, so that nobody gets a zero."""
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
    if graded.returncode == ExitCode.USAGE:  # the submission is unreadable, which its author can fix
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
