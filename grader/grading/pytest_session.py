"""pytest as `grade` runs it: in this process, with our own configuration and only on our own exercises."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from grader.report.document import OMITTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from grader.grading.run import Run

hookimpl = HookimplMarker("pytest")

CONFIGURATION = Path(__file__).with_name("pytest.ini")

ENVIRONMENT = (
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
    "PYTEST_THEME",
    "PYTEST_THEME_MODE",
)
"""Environment variables that change how pytest behaves."""

UNUSED_PLUGINS = (
    "cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "logging", "monkeypatch", "nose", "pastebin",
    "python", "recwarn", "setuponly", "setupplan", "stepwise", "threadexception", "tmpdir", "unittest",
    "unraisableexception",
)  # fmt: skip
"""Plugins that are not needed here. `unraisableexception` alone collects garbage for 150 ms once torch is loaded."""


class HandOver:
    """Passes a prepared run to the plugin and keeps its report."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: pytest.Config | None = None
        self.fault: str | None = None
        """The internal error that ended the run, if there was one."""

    @hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        from grader.grading.plugin import RUN

        config.stash[RUN] = self.run
        self.config = config
        # pytest-json-report reads an option of the terminal plugin, so that must load; nobody reads its reporter.
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            config.pluginmanager.unregister(reporter)

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]) -> None:
        """Treat an exception that is not a wrong gradient as an internal error; pytest would count it as a failure."""
        from grader.grading.plugin import WrongGradient

        if call.excinfo is not None and not call.excinfo.errisinstance(WrongGradient):
            self.fault = str(node.repr_failure(call.excinfo))
            node.session.shouldstop = "internal error in the grader"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Also called for `pytest.exit`, with which the plugin ends a run after an internal error."""
        import pytest

        if isinstance(excinfo.value, pytest.exit.Exception):
            self.fault = excinfo.value.msg

    @property
    def report(self) -> dict[str, Any] | None:
        """pytest-json-report's document with our key `grader`, once the session is over."""
        reporter = self.config.pluginmanager.get_plugin("grader-report") if self.config else None
        return reporter.report if reporter else None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a session ended."""

    code: int
    """pytest's exit code."""
    report: dict[str, Any] | None
    fault: str | None
    """The internal error, if there was one; then there is no grade."""


def grade(run: Run) -> Ended:
    """Grade every submission in a run."""
    import pytest
    import pytest_jsonreport.plugin

    import grader.grading.plugin

    hand_over = HandOver(run)
    with _sealed_environment():
        code = int(pytest.main(_arguments(run), plugins=[grader.grading.plugin, pytest_jsonreport.plugin, hand_over]))
    unfinished = [job.exercise.name for job in run.all_jobs if not job.finished]
    if hand_over.fault is None and code <= 1 and unfinished:
        return Ended(code, None, f"{', '.join(unfinished)}: not all gradients were graded")
    return Ended(code, hand_over.report, hand_over.fault)


def _arguments(run: Run) -> list[str]:
    files = dict.fromkeys(job.exercise.forward_file for job in run.all_jobs)
    root = Path(os.path.commonpath([file.parent.parent for file in files]))
    return [
        *("-c", str(CONFIGURATION), "--rootdir", str(root), "--noconftest", "--assert=plain", "--capture=no"),
        *(argument for name in UNUSED_PLUGINS for argument in ("-p", f"no:{name}")),
        *("--json-report", "--json-report-file=none", "--json-report-omit", *OMITTED, "--"),
        *map(str, files),
    ]


@contextlib.contextmanager
def _sealed_environment() -> Iterator[None]:
    """Keep the caller's environment from configuring pytest, and other plugins from loading."""
    kept = {name: os.environ.pop(name) for name in ENVIRONMENT if name in os.environ}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(kept)
