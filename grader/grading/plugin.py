"""The pytest plugin: exercises and submissions are collectors, gradients are items.

This module is loaded in every pytest run on a user's machine. It does not import torch or set environment variables,
and collects files only where `exercise.toml` is next to them. The engine is imported when the first one is found.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ReprFileLocation, TerminalRepr

from grader.report.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from _pytest._io import TerminalWriter

    from grader.exercise.settings import Settings
    from grader.grading.run import Job, Run

RUN = pytest.StashKey["Run"]()
FROM_WORKERS = pytest.StashKey[dict[str, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    from grader.exercise.settings import Criterion, Feedback
    from grader.sandbox.limits import CALL_SECONDS, Level

    group = parser.getgroup("grader", "grading of hand-derived gradients (exercises/*/forward.py)")
    add = group.addoption
    add(
        "--grade-submission",
        metavar="PATH",
        help="grade this folder or file instead of the backward.py next to forward.py",
    )
    add("--grade-seed", type=int, metavar="N", help="seed of the given case (default: the lecture's)")
    add(
        "--grade-batch-size",
        type=int,
        metavar="N",
        help="examples in the given case's minibatch (default: the lecture's 32)",
    )
    add("--grade-criterion", default="correct", choices=[*map(str, Criterion)], help="what earns points")
    add("--grade-feedback", default="full", choices=[*map(str, Feedback)], help="how much detail failures show")
    levels = [*map(str, reversed(Level))]
    add("--grade-isolation", default="none", choices=levels, help="refuse to grade below this isolation level")
    add("--grade-timeout", type=float, default=CALL_SECONDS, metavar="SECONDS", help="time limit of one function call")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, list[Any], list[Any]]:
    """Collect an exercise's files here only: pytest itself would import a backward.py that is named, and run it."""
    found = yield
    if not _of_an_exercise(file_path):
        return found
    named = file_path.name == "forward.py" or parent.session.isinitpath(file_path)
    return [ExerciseFile.of(file_path, parent)] if named else []


def _of_an_exercise(file: Path) -> bool:
    """Whether it is an exercise's forward.py, or the learner's backward.py next to one."""
    if file.name not in ("forward.py", "backward.py") or not file.with_name("exercise.toml").is_file():
        return False
    return file.name == "forward.py" or file.with_name("forward.py").is_file()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Grade each gradient once, also where both files of an exercise are named."""
    first = {item.nodeid: item for item in reversed(items)}
    items[:] = [item for item in items if not isinstance(item, GradientItem) or first[item.nodeid] is item]


class ExerciseFile(pytest.File):
    """One exercise: a forward.py with an exercise.toml next to it."""

    @classmethod
    def of(cls, file: Path, parent: pytest.Collector) -> ExerciseFile:
        """The exercise of a forward.py or backward.py. Both give its gradients the same node ids, as for `--lf`."""
        node: ExerciseFile = cls.from_parent(parent, path=file.with_name("forward.py"))
        return node if file == node.path else cls.from_parent(parent, path=file, nodeid=node.nodeid)

    def collect(self) -> Iterator[SubmissionCollector]:
        from grader.exercise.forward import BrokenExercise
        from grader.exercise.shelf import UnknownExercise
        from grader.grading.submission import UnreadableSubmission
        from grader.report.document import node_name

        try:
            for job in run_of(self.config).jobs(self.path.with_name("forward.py")):
                yield SubmissionCollector.from_parent(self, name=node_name(job.submission.name), job=job)
        except (BrokenExercise, UnknownExercise, UnreadableSubmission) as error:
            raise self.CollectError(str(error)) from error


class SubmissionCollector(pytest.Collector):
    """One learner's code against one exercise. Its setup does everything that is done once for all gradients."""

    def __init__(self, *, job: Job, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job

    def collect(self) -> Iterator[GradientItem]:
        for gradient in self.job.wanted:
            yield GradientItem.from_parent(self, name=gradient)

    def setup(self) -> None:
        with our_faults():
            self.open()

    def open(self) -> None:
        """Open the submission for the gradients that were selected."""
        self.job.open([item.name for item in gradients(self.session) if item.parent.job is self.job])


class GradientItem(pytest.Item):
    """One gradient. Running it raises a failure with the row if the gradient is wrong."""

    parent: SubmissionCollector

    def runtest(self) -> None:
        from grader.report.row_facts import solved

        with our_faults():
            row = self.parent.job.row(self.name)
        if not solved(row):
            raise WrongGradient(row)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, WrongGradient):
            job = self.parent.job
            return GradientFailure(job.heading, job.feedback(excinfo.value.row))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        from grader.report.document import line_index

        with our_faults():
            self.parent.open()
            file, line = self.parent.job.place(self.name)
        return file, line_index(line), f"{self.parent.job.exercise.name}::{self.name}"


def gradients(session: pytest.Session) -> list[GradientItem]:
    """Every gradient that this session grades."""
    return [item for item in session.items if isinstance(item, GradientItem)]


class WrongGradient(Exception):
    """A gradient that does not score; the row says why."""

    def __init__(self, row: dict[str, Any]) -> None:
        from grader.report.row_facts import headline

        super().__init__(headline(row))
        self.row = row


class GradientFailure(TerminalRepr):
    """The text of a failure. pytest's summary, JSON and JUnit reports read `reprcrash`."""

    def __init__(self, entry: dict[str, Any], row: dict[str, Any]) -> None:
        from grader.report.row_facts import failure_text, headline, location, own_line

        self.text = failure_text(entry, row)
        self.reprcrash = ReprFileLocation(location(entry, row), own_line(row)[0] or 1, headline(row))

    def __str__(self) -> str:
        return self.text

    def toterminal(self, tw: TerminalWriter) -> None:
        tw.line(self.text)


class our_faults:  # noqa: N801 reads as a statement
    """Stops the run with exit code 3 on an internal error, which never becomes a failed gradient."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        from grader.exercise.forward import BrokenExercise
        from grader.names import NamesError
        from grader.sandbox.types import SandboxError

        if isinstance(error, (SandboxError, BrokenExercise, NamesError)):
            pytest.exit(str(error), returncode=ExitCode.OUR_FAULT)


def run_of(config: pytest.Config) -> Run:
    """The run of this pytest session, made when the first exercise is collected."""
    if RUN not in config.stash:
        from grader.grading.run import Run

        submission = config.option.grade_submission
        config.stash[RUN] = Run(settings_of(config.option), submission=Path(submission) if submission else None)
    return config.stash[RUN]


def settings_of(option: Any) -> Settings:
    """The settings from pytest's `--grade-...` options."""
    from grader.exercise.settings import LECTURE_SEED, Criterion, Feedback, Settings
    from grader.sandbox.limits import Level

    return Settings(
        seed=LECTURE_SEED if option.grade_seed is None else option.grade_seed,
        batch_size=option.grade_batch_size,
        criterion=Criterion(option.grade_criterion),
        feedback=Feedback(option.grade_feedback),
        isolation=Level[option.grade_isolation.upper()],
        timeout=option.grade_timeout,
    )


# The report


class Reporter:
    """Adds the key `grader` to pytest-json-report's document. Holds the config, which the hook does not receive."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.report: dict[str, Any] | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        self.report = json_report
        if RUN in self.config.stash:
            json_report["grader"] = self.config.stash[RUN].section()
        elif FROM_WORKERS in self.config.stash:
            json_report["grader"] = self.config.stash[FROM_WORKERS]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """With `-n`, each worker grades everything, in the only allowed order; the first done reports the result."""
        section = getattr(node, "workeroutput", {}).get("grader")
        if section:
            self.config.stash.setdefault(FROM_WORKERS, json.loads(section))

    def pytest_sessionfinish(self) -> None:
        if hasattr(self.config, "workeroutput") and RUN in self.config.stash:
            run = self.config.stash[RUN]
            for job in run.all_jobs:
                if job.number is not None:
                    job.document()
            self.config.workeroutput["grader"] = json.dumps(run.section())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[Any]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the table of all gradients to a test that `grader.testing` has failed."""
    report = yield
    comparison = getattr(call.excinfo.value, "comparison", None) if call.excinfo is not None else None
    if comparison is not None and type(comparison).__module__ == "grader.testing.comparison":
        report.sections.append(("gradients", comparison.table()))
    return report


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Reporter(config), "grader-report")


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash:
        config.stash[RUN].close()
