"""pytest as `grade` runs it: in this process, with our own configuration, pointed at our own exercises only."""

from __future__ import annotations

import contextlib
import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from grader.report import OMITTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from grader.run import Run

hookimpl = HookimplMarker("pytest")

CONFIGURATION = Path(__file__).with_name("pytest.ini")

ENVIRONMENT = (
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
    "PYTEST_THEME",
    "PYTEST_THEME_MODE",
)
"""What could change pytest's behaviour from outside."""

UNUSED_PLUGINS = (
    "cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "logging", "monkeypatch", "nose", "pastebin",
    "python", "recwarn", "setuponly", "setupplan", "stepwise", "threadexception", "tmpdir", "unittest",
    "unraisableexception",
)  # fmt: skip
"""Plugins with nothing to do here. `unraisableexception` alone collects garbage for 150 ms with torch in memory."""


class HandOver:
    """Hands a prepared run to the plugin, and keeps what it reported."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: pytest.Config | None = None

    @hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        from grader.plugin import RUN

        config.stash[RUN] = self.run
        self.config = config
        # pytest-json-report reads an option of the terminal plugin, so that has to load; its reporter has no reader.
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            config.pluginmanager.unregister(reporter)

    @property
    def report(self) -> dict[str, Any] | None:
        """pytest-json-report's document with our key, once the session is over."""
        reporter = self.config.pluginmanager.get_plugin("grader-report") if self.config else None
        return reporter.report if reporter else None


def load(run: Run) -> None:
    """Import torch and pytest, the longest wait first.

    Without looking for garbage meanwhile, which takes a fifth of the time and finds none; what is loaded stays, so
    no later collection has to walk through it either.
    """
    gc.disable()
    try:
        _ = run.numerics
        import pytest  # noqa: F401

        import grader.plugin
        import grader.training  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()


def grade(run: Run) -> tuple[int, dict[str, Any] | None]:
    """Grade every submission of a run: pytest's exit code, and the report."""
    load(run)
    import pytest
    import pytest_jsonreport.plugin

    import grader.plugin

    hand_over = HandOver(run)
    with _sealed_environment():
        code = pytest.main(_arguments(run), plugins=[grader.plugin, pytest_jsonreport.plugin, hand_over])
    return int(code), hand_over.report


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
    """Nothing of the caller's environment configures pytest, and no other plugin is loaded."""
    kept = {name: os.environ.pop(name) for name in ENVIRONMENT if name in os.environ}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(kept)
