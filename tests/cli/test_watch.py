"""`grade watch` before its first result: what is being watched, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.sandbox.limits import WATCH_CALL_SECONDS, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from grader.learner.watch.work import Desk, Regrader
    from grader.report.text import Page

    Grade = Callable[..., Result]


class Session:
    """A loop that ends at once and keeps its arguments."""

    def __init__(self, desk: Desk, grader: Regrader, page: Page, *, report: str) -> None:
        self.desk, self.grader, self.page, self.report = desk, grader, page, report

    def run(self, **how: bool) -> None:
        """Nothing is saved."""
        self.how = how


@pytest.fixture
def session(grade: Grade, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Session]:
    """Run `grade watch` up to its loop."""
    made: list[Session] = []

    def begin(*given: Any, **named: Any) -> Session:
        made.append(Session(*given, **named))
        return made[-1]

    monkeypatch.setattr("grader.cli.watch.Loop", begin)
    monkeypatch.setattr("grader.learner.watch.work.Regrader.warm", lambda _: None)

    def run(*words: str) -> Session:
        result = grade("watch", *words)
        assert result.exit_code == 0, result.output
        return made[-1]

    return run


def test_a_named_gradient_is_the_current_one(session: Callable[..., Session]) -> None:
    """Also if another exercise was named first."""
    desk = session("rnn", "mlp::dcounts").desk
    assert [work.exercise.name for work in desk.works] == ["rnn", "mlp"]
    assert session("mlp::dcounts").desk.gradient == "dcounts"


def test_without_targets_the_whole_workspace_is_watched(session: Callable[..., Session]) -> None:
    """The beginner's exercise first."""
    assert session().desk.works[0].exercise.name == "micrograd"
    assert len(session().desk.works) > 10


def test_the_timeout_is_shorter_than_elsewhere(session: Callable[..., Session]) -> None:
    """Unless --timeout is given."""
    assert session("mlp").grader.settings.timeout == WATCH_CALL_SECONDS == 3
    settings = session("mlp", "--timeout", "7", "--isolation", "process").grader.settings
    assert (settings.timeout, settings.isolation) == (7, Level.PROCESS)


def test_plain_lines_without_a_terminal(session: Callable[..., Session]) -> None:
    """And polling if asked for."""
    assert session("mlp").how == {"interactive": False, "poll": False}
    assert session("mlp", "--poll").how == {"interactive": False, "poll": True}


@pytest.mark.parametrize(("correct", "graded", "before"), [(3, 26, 3), (2, 2, None)])
def test_the_last_run_counts_only_if_it_graded_everything(
    session: Callable[..., Session], grade: Grade, correct: int, graded: int, before: int | None
) -> None:
    """Otherwise the state of the rest is unknown."""
    names = [f"d{n}" for n in range(graded)]
    rows = [{"name": name, "correct": n < correct, "verdict": "exact"} for n, name in enumerate(names)]
    entry = {
        "exercise": "mlp", "source": "exercises/mlp", "gradients": rows,
        "score": {"correct": correct, "possible": graded},
    }  # fmt: skip
    Path("last.json").write_text(json.dumps({"grader": {"submissions": [entry]}}), encoding="utf-8")
    watched = session("mlp", "--report", "last.json")
    assert watched.report == "last.json"
    assert watched.desk.works[0].before == before


def test_a_file_of_no_exercise_asks_for_one(grade: Grade, tmp_path: Path) -> None:
    """The file is not read before it is saved."""
    (tmp_path / "x.py").touch()
    result = grade("watch", "x.py")
    assert (result.exit_code, result.stderr) == (4, "Error: which exercise is it for? Name it with --exercise\n")


def test_the_report_cannot_go_to_stdout(grade: Grade, workspace: Path) -> None:
    """The verdicts go there, and nobody wants a file named -."""
    result = grade("watch", "mlp", "--report", "-")
    assert result.exit_code == 4
    assert (
        result.stderr == "Error: --report - and the verdicts would both write to stdout; name a file for the report\n"
    )
    assert not (workspace / "-").exists()
