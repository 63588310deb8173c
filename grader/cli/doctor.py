"""`grade doctor`: what holds on this machine, what is missing and how to get it."""

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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.sandbox.client import Sandbox

PACKAGES = ("torch", "pytest", "pytest-json-report", "click")
OPTIONAL = {
    "xdist": "pytest -n, which grades in several processes: pip install pytest-xdist",
    "numpy": "nothing here needs it; torch tells so once where it is missing",
}
COMPARABLE = ("x86_64", "amd64")


@click.command()
@options.isolation(None, "Examine the portable back end.", among=[Level.PROCESS])
@options.color
def doctor(isolation: Level | None) -> None:
    """Show the isolation, the numerics and the optional parts of this machine."""
    with start_sandbox(Settings(isolation=isolation or Level.NONE), load_torch=False) as sandbox:
        for line in examine(sandbox):
            click.echo(line)


def examine(sandbox: Sandbox) -> Iterator[str]:
    """Everything, a line at a time; the isolation last, since the server is still starting."""
    yield from _versions()
    numerics = sandbox.numerics
    yield heading("numerics")
    yield fact(numerics.problem is None, f"{numerics.cpu_capability} kernels, {numerics.threads} thread")
    yield from _numerics_advice(numerics.problem)
    yield from _isolation(sandbox)
    yield heading("optional")
    for module, use in OPTIONAL.items():
        yield f"  {module:<11} {'there' if find_spec(module) else f'missing: {use}'}"


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
    elif platform.machine().lower() in COMPARABLE:
        yield "  exact means the same bits here as on other x86-64 machines"
    else:
        yield f"  exact was compared between x86-64 machines only; {platform.machine()} may differ in the last bit"


def _isolation(sandbox: Sandbox) -> Iterator[str]:
    isolation = sandbox.isolation
    yield heading("isolation of a learner's code")
    yield fact(isolation.level is Level.LOCKED, str(isolation.level))
    for lock in isolation.locks:
        yield f"  holds       {lock}"
    for missing in isolation.missing:
        yield f"  missing     {missing}"


def heading(text: str) -> str:
    """A group's title."""
    return click.style(text, bold=True)


def fact(good: bool, text: str) -> str:  # noqa: FBT001 reads as "it is good that"
    """A line with its mark."""
    return f"  {click.style('ok ' if good else 'no ', fg='green' if good else 'yellow')} {text}"
