"""Gradescope's autograder archive: what is in it, and what it does there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.formats.told import line

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = "grader.json"
_WHEN = (2026, 1, 1, 0, 0, 0)
"""One moment for every file: the same settings give the same archive."""
_RIGHT, _WRONG, _USAGE = 0, 1, 4

SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
if [ -n "${GRADE_PYTHON:-}" ]; then # trying the archive out where the grader is installed already
    exec "$GRADE_PYTHON" -c 'import grader.formats.autograder'
fi
python=""
for candidate in python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv "$root/venv"
# The CPU build first: the default one brings gigabytes of CUDA.
"$root/venv/bin/pip" install --quiet --no-cache-dir "torch==TORCH" --index-url https://download.pytorch.org/whl/cpu
"$root/venv/bin/pip" install --quiet --no-cache-dir PACKAGE
"""

RUN = """#!/usr/bin/env bash
# Gradescope runs this for every submission.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$(mktemp -d)" # an empty folder: nothing of the submission's is imported or read as a setting
exec "${GRADE_PYTHON:-$root/venv/bin/python}" -m grader.formats.autograder "$root"
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the instructor chose; it travels in the archive, out of the student's reach."""

    exercise: str
    feedback: str = "kind"
    criterion: str = "correct"
    visibility: str = "visible"
    isolation: str = "process"
    timeout: float = 10.0


def build(
    target: Path, settings: Settings, *, version: str, torch: str, package: Path | None, own: Path | None
) -> None:
    """Write the archive.

    Args:
        target: the zip.
        settings: what the run goes by.
        version: of the grader that is installed there.
        torch: its version.
        package: a wheel to install instead of the released version.
        own: a folder of the course's own exercises.
    """
    wanted = f'"$root/source/{package.name}"' if package else f'"backprop-grader=={version}"'
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", SETUP.replace("TORCH", torch).replace("PACKAGE", wanted).encode(), 0o755)
        _add(archive, "run_autograder", RUN.encode(), 0o755)
        _add(archive, SETTINGS, json.dumps(asdict(settings), indent=1).encode() + b"\n", 0o644)
        if package:
            _add(archive, package.name, package.read_bytes(), 0o644)
        for path in _exercise_files(own) if own else ():
            _add(archive, f"exercises/{path.relative_to(own).as_posix()}", path.read_bytes(), 0o644)  # type: ignore[arg-type]


def _exercise_files(own: Path) -> Iterator[Path]:
    for path in sorted(own.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix in (".py", ".toml", ".txt", ".md"):
            yield path


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def run(root: Path) -> int:
    """Grade what was handed in and write results.json; on a fault of ours write none, so that nobody gets a zero."""
    settings = Settings(**json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8")))
    results = root / "results" / "results.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    own = root / "source" / "exercises"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        where = ["--exercises", str(own)] if own.is_dir() else []
        graded = _grade(
            str(root / "submission"), "--exercise", settings.exercise, *where, "--ci", "--quiet",
            "--feedback", settings.feedback, "--criterion", settings.criterion, "--isolation", settings.isolation,
            "--timeout", str(settings.timeout), "--report", str(report),
        )  # fmt: skip
        if graded.returncode in (_RIGHT, _WRONG) and report.is_file():
            return _grade(
                "report", str(report), "--to", "gradescope", "-o", str(results), "--visibility", settings.visibility
            ).returncode
    if graded.returncode == _USAGE:  # nothing there that could be read: the learner's to mend
        results.write_text(json.dumps(_unreadable(graded.stderr), indent=1) + "\n", encoding="utf-8")
        return 0
    return graded.returncode or 3


def _grade(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments], check=False, capture_output=True, text=True, errors="replace"
    )
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done


def _unreadable(said: str) -> dict[str, object]:
    sentence = line(said.replace("Error: ", "").replace(os.sep + "autograder" + os.sep, ""), 1000)
    return {"score": 0, "output": sentence, "output_format": "text", "stdout_visibility": "hidden"}


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
