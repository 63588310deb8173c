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
from grader.exercise.settings import Settings
from grader.exercise.shelf import exercises_directory, list_exercises
from grader.grading.run import start_sandbox
from grader.sandbox.limits import Level
from grader.sandbox.numerics import MEASURED_MACHINES

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
@options.color
def doctor(isolation: Level | None) -> None:
    """Check this machine's isolation, numerics and packages.

    Also shows what is missing and how to install it.
    """
    with start_sandbox(Settings(isolation=isolation or Level.NONE), load_torch=False) as sandbox:
        for line in examine(sandbox):
            click.echo(line)


def examine(sandbox: Sandbox) -> Iterator[str]:
    """Every line of the report. Versions come first: the sandbox is still starting."""
    yield from _versions()
    numerics = sandbox.numerics
    yield heading("numerics")
    yield fact(numerics.problem is None, f"{numerics.cpu_capability} kernels, {numerics.threads} thread")
    yield from _numerics_advice(numerics.problem)
    yield from _isolation(sandbox)
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
    yield f"  {'exercises':<19} {', '.join(list_exercises())} ({exercises_directory()})"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _numerics_advice(problem: str | None) -> Iterator[str]:
    if problem is not None:
        yield f"  {problem}"
    elif platform.machine().lower() in MEASURED_MACHINES:
        yield "  exact means the same bits here as on other x86-64 machines"
    else:
        yield f"  exact was compared only between x86-64 machines; {platform.machine()} may differ in the last bit"


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
