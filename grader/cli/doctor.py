"""`grade doctor`: what works on this machine, what is missing and how to install it."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from grader import __version__
from grader.cli import options
from grader.cli.edge import Misuse
from grader.exercise.packs import packs
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.exercise.shelf import exercises_directory, list_exercises, load_exercise, pack_problems
from grader.grading.service import start_sandbox
from grader.installation import Incomplete, constraints
from grader.sandbox.limits import Level
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.sandbox.client import Sandbox

PACKAGES = ("torch", "pytest", "pytest-json-report", "click")
OPTIONAL = {
    "xdist": "pytest -n, to grade in several processes: pip install pytest-xdist",
    "numpy": "not needed; torch prints one warning if it is missing",
}


@click.command()
@options.isolation(None, "Check the portable backend.", among=[Level.PROCESS])
@click.option(
    "--constraints",
    "versions_only",
    is_flag=True,
    help="Print only the installed versions, as a constraints file for pip, and check nothing.",
)
@options.color
def doctor(isolation: Level | None, *, versions_only: bool) -> None:
    """Check this machine's isolation, numerics and packages.

    Also shows what is missing and how to install it.
    """
    if versions_only:
        click.echo(installed_constraints(), nl=False)
        return
    with start_sandbox(Settings(isolation=isolation or Level.NONE), load_torch=False) as sandbox:
        for line in examine(sandbox):
            click.echo(line)


def installed_constraints() -> str:
    """The versions of this environment as a constraints file; what is missing is a usage error."""
    try:
        return constraints()
    except Incomplete as error:
        raise Misuse(str(error)) from None


def examine(sandbox: Sandbox) -> Iterator[str]:
    """Every line of the report. Versions come first: the sandbox is still starting."""
    yield from _versions()
    numerics = sandbox.numerics
    yield heading("numerics")
    yield fact(numerics.problem is None, f"{numerics.cpu_capability} kernels, {numerics.threads} thread")
    yield f"  {numerics.problem or _bits()}"
    yield from _isolation(sandbox)
    yield _release(sandbox, numerics.torch)
    yield heading("optional")
    for module, use in OPTIONAL.items():
        yield f"  {module:<11} {'installed' if find_spec(module) else f'missing: {use}'}"


def _versions() -> Iterator[str]:
    yield heading("versions")
    yield f"  {'grader':<19} {__version__}"
    yield f"  {'python':<19} {platform.python_version()} ({sys.executable})"
    for package in PACKAGES:
        yield f"  {package:<19} {_version(package)}"
    yield f"  {'system':<19} {platform.system()} {platform.release()}, {platform.machine()}"
    yield f"  {'exercises':<19} {', '.join(list_exercises(exercises_directory()))} ({exercises_directory()})"
    for pack, folder in packs().items():
        yield f"  {f'pack {pack}':<19} {', '.join(list_exercises(folder))} ({folder})"
    yield from (f"  {sentence}" for sentence in pack_problems())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _bits() -> str:
    """In how many exercises this processor and this torch compute the reference gradients that were measured."""
    from grader.exercise.case import build_cases

    exercises = map(load_exercise, list_exercises(exercises_directory()))
    # Where arrays are numpy's, which may not be installed, exact is not expected.
    cases = [build_cases(exercise, LECTURE_SEED) for exercise in exercises if not exercise.in_numpy]
    same = sum(not each.other_bits for each in cases)
    means = "means the same here" if same == len(cases) else "is only informative in the others"
    return f"reference gradients have the measured bits in {same} of {len(cases)} exercises: exact {means}"


def _release(sandbox: Sandbox, torch: str) -> str:
    """Whether the tests have seen this release of torch; if not, whether it passes the self-test."""
    try:
        tried = sandbox.try_torch()
    except SandboxError as error:
        return fact(False, str(error))
    if not tried:
        return fact(True, f"torch {torch} was tested with this release of grade")
    return fact(True, f"torch {torch} was not tested with this release of grade, but passed the self-test")


def _isolation(sandbox: Sandbox) -> Iterator[str]:
    isolation = sandbox.isolation
    yield heading("isolation of learners' code")
    yield fact(isolation.level is Level.LOCKED, str(isolation.level))
    for lock in isolation.locks:
        yield f"  active      {lock}"
    for missing in isolation.missing:
        yield f"  missing     {missing}"


def heading(text: str) -> str:
    """The title of a group of lines."""
    return click.style(text, bold=True)


def fact(good: bool, text: str) -> str:  # noqa: FBT001 reads as "it is good that"
    """A line marked `ok` or `no`."""
    return f"  {click.style('ok ' if good else 'no ', fg='green' if good else 'yellow')} {text}"
