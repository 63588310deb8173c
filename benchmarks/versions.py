"""Whether `grade` gives the same verdicts with other releases of torch: a row of a table for each.

    python benchmarks/versions.py                                  the oldest and the newest of the range without CUDA
    python benchmarks/versions.py --torch 2.6.0 --torch 2.9.1      these
    python benchmarks/versions.py --python ENV/bin/python          an environment that is ready, as it is

Every worked solution is graded, a sample of the catalogues of right and wrong formulations, and the core of the
hostile corpus, with the rules and without. A release gets a fresh environment of the Python that runs this, unless it
would bring CUDA along: its metadata says so before anything is downloaded. Then the next one of the range is taken. An
environment that is ready has to have the package's dependencies. The package itself is always this checkout's.

The exit status is 1 if anything is not as it should be; with --all-must-run, also if a release was not measured.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measurement import ROOT, Parser
from packaging.requirements import Requirement
from packaging.version import Version

from grader.exercise.shelf import load_exercise

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

QUICK = ["micrograd", "mlp"]
"""The exercises of the quick form."""
CUDA = re.compile(r"(nvidia-|cuda-|triton)[\w-]*")
COLUMNS = ("correct", "exact", "same bits", "right accepted", "wrong rejected", "attacks contained")
HEAD = f"| torch | Python | NumPy | {' | '.join(COLUMNS)} | isolation | warnings |"
RULE = "|---" * (len(COLUMNS) + 5) + "|"
MUST_BE_ALL = ("correct", "right accepted", "wrong rejected", "attacks contained")
"""The others depend on the processor: bits are told, not required."""


class NotRunError(Exception):
    """A release that is not measured here; the message says why."""


def wanted(options: argparse.Namespace) -> list[list[str]]:
    """What to install, as requirements, each with those to take in its place if it brings CUDA along."""
    named = [[f"torch=={version}"] for version in options.torch]
    both = not (named or options.python or options.oldest or options.newest)
    if both or options.oldest or options.newest:
        minors = _minors()
        named += [minors] if both or options.oldest else []
        named += [minors[::-1]] if both or options.newest else []
    return named


def _minors() -> list[str]:
    """The minor releases of the range that the index has, from the oldest on."""
    (allowed,) = [each for each in map(Requirement, _dependencies()) if each.name == "torch"]
    listed = re.search(r"^Available versions: (.*)$", _pip(sys.executable, "index", "versions", "torch"), re.MULTILINE)
    versions = [Version(each) for each in listed[1].split(", ")] if listed else []
    minors = {each.release[:2] for each in versions if allowed.specifier.contains(each)}
    return [f"torch=={major}.{minor}.*" for major, minor in sorted(minors)]


def _dependencies() -> list[str]:
    return list(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"])


@contextmanager
def environment(what: Path | list[str], *, gigabytes: bool) -> Iterator[str]:
    """The interpreter of a fresh environment with the first possible of these releases of torch, or this one.

    Raises:
        NotRunError: the index does not have the release, or it brings CUDA along.
    """
    if isinstance(what, Path):
        yield str(what)
        return
    with tempfile.TemporaryDirectory() as folder:
        torch = chosen(what, Path(folder) / "report.json", gigabytes=gigabytes)
        venv.create(folder, with_pip=True, symlinks=os.name != "nt")
        python = str(Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        others = [each for each in _dependencies() if not re.match(r"torch\b", each)]
        _pip(python, "install", "--quiet", torch, *others)
        yield python


def chosen(requirements: list[str], report: Path, *, gigabytes: bool) -> str:
    """The first of these releases that does not bring CUDA along.

    Raises:
        NotRunError: the index has none, or only the one that runs this, with which all tests are run anyway.
    """
    passed = []
    for requirement in requirements:
        try:
            found = _resolved(requirement, report)
        except NotRunError as error:
            passed.append(str(error))
            continue
        torch = f"torch=={found['version']}"
        cuda = sorted({match[0] for each in found.get("requires_dist", []) if (match := CUDA.match(each))})
        if not cuda or sys.platform != "linux" or gigabytes:
            if passed and found["version"] == version("torch"):
                raise NotRunError(f"{', '.join(passed)}; {torch} is the one that runs this")
            return torch
        passed.append(f"{torch} brings CUDA ({cuda[0]}, {len(cuda)} packages)")
    raise NotRunError(f"{', '.join(passed)}; see --gigabytes")


def _resolved(requirement: str, report: Path) -> dict[str, Any]:
    """The metadata of the release that pip would install; nothing is downloaded but that."""
    options = ("--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--report", str(report))
    _pip(sys.executable, "install", *options, requirement)
    return dict(json.loads(report.read_text(encoding="utf-8"))["install"][0]["metadata"])


def _pip(python: str, *words: str) -> str:
    done = subprocess.run([python, "-m", "pip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        why = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [done.stderr[-500:]]
        raise NotRunError(f"pip {words[0]} {words[-1]}: {why[-1]}")
    return done.stdout


def measured_in(python: str, options: argparse.Namespace) -> dict[str, Any]:
    """The row of one environment."""
    asked = {"exercises": exercises(options), "forms": options.forms, "attacks_per_folder": options.attacks}
    command = [python, str(Path(__file__).resolve()), "measure", json.dumps(asked)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    row = dict(json.loads(done.stdout.splitlines()[-1]))
    quiet = [python, "-W", "error", "-c", "import grader"]
    said = subprocess.run(quiet, cwd=ROOT, capture_output=True, text=True, check=False)
    row["problems"] += [f"import grader: {said.stderr.splitlines()[-1]}"] if said.returncode else []
    return row


def exercises(options: argparse.Namespace) -> list[str]:
    """The names of those to grade. The environments have no numpy, and so no exercise that is written in it."""
    names = sorted(path.parent.name for path in (ROOT / "exercises").glob("*/exercise.toml"))
    return QUICK if options.quick else [name for name in names if not load_exercise(name).in_numpy]


def line_of(row: dict[str, Any]) -> str:
    """The row of the table."""
    counts = [f"{good} of {every}" for good, every in (row["counts"][name] for name in COLUMNS)]
    cells = [row["machine"]["torch"], row["machine"]["python"], row["numpy"] or "none", *counts, row["isolation"]]
    return f"| {' | '.join(cells)} | {len(row['warnings']) or 'none'} |"


def faults(row: dict[str, Any]) -> list[str]:
    """A sentence for everything that is not as it should be."""
    counts = {name: row["counts"][name] for name in MUST_BE_ALL}
    short = [f"{name}: {good} of {every}" for name, (good, every) in counts.items() if good < every or not every]
    return row["problems"] or short


def rows_of(options: argparse.Namespace) -> Iterator[dict[str, Any] | str]:
    """A row for each environment, or why there is none."""
    for what in [*map(Path, options.python), *wanted(options)]:
        try:
            with environment(what, gigabytes=options.gigabytes) as python:
                yield measured_in(python, options)
        except NotRunError as error:
            yield f"not run: {error}"
        except subprocess.CalledProcessError as error:
            yield f"failed: {what} ended with exit status {error.returncode}; what it said is above"


def main() -> None:
    """Print the table; exit 1 if a verdict is not as it should be."""
    if sys.argv[1:2] == ["measure"]:
        from one_version import measure

        print(json.dumps(measure(**json.loads(sys.argv[2]))))
        return
    parser = Parser(__doc__)
    parser.add_argument("--torch", action="append", default=[], metavar="VERSION", help="measure this release")
    parser.add_argument("--oldest", action="store_true", help="measure the oldest release of the range")
    parser.add_argument("--newest", action="store_true", help="measure the newest release that pip would install")
    parser.add_argument("--python", action="append", default=[], metavar="PATH", help="measure this environment")
    parser.add_argument("--gigabytes", action="store_true", help="also install builds that bring CUDA along")
    parser.add_argument("--all-must-run", action="store_true", help="a release that is not measured is a fault")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what each number stands for")
    parser.add_amount("--forms", full=6, quick=1, what="formulations of each exercise and catalogue")
    parser.add_amount("--attacks", full=2, quick=1, what="attacks of each folder of the corpus")
    options, measured = parser.begin()
    if options.quick and not (options.torch or options.oldest or options.newest or options.python):
        options.python = [sys.executable]
    print(HEAD, RULE, sep="\n", flush=True)
    found, wrong, missing = [], 0, 0
    for row in rows_of(options):
        print(row if isinstance(row, str) else line_of(row), flush=True)
        if isinstance(row, str):
            missing, wrong = missing + row.startswith("not run"), wrong + row.startswith("failed")
            continue
        for fault in faults(row):
            print(f"  {fault}", flush=True)
        wrong += len(faults(row))
        found.append(row)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    measured.figure("environments", len(found), "environments")
    measured.figure("not run", missing, "environments")
    for name in COLUMNS:
        measured.figure(name, sum(row["counts"][name][0] for row in found), "of all environments")
    measured.figure("faults", wrong, "faults")
    measured.end()
    sys.exit(1 if wrong or (missing and options.all_must_run) else 0)


if __name__ == "__main__":
    main()
