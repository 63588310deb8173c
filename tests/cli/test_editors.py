"""What docs/editors.md promises: a problem matcher that matches, and tests that editors discover."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_jsonreport.plugin
from lent import SharedProcess

import grader.grading.plugin
from grader.exercise.settings import Settings
from grader.exercise.shelf import load_exercise
from grader.learner.state import LearnerState
from grader.learner.watch.screen import lines
from grader.learner.watch.work import Desk, Regrader, WatchedWork
from grader.report.text import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from grader.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
BROKEN = SOLUTION.replace("dlogits @ W2.T", "2 * dlogits @ W2.T")
MINE = Path("exercises", "mlp", "backward.py")


def blocks() -> list[Any]:
    """The JSON blocks of the page."""
    text = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("text", [BROKEN, "def dh(:\n"], ids=["wrong", "no python"])
def test_the_background_tasks_pattern_matches_every_plain_line(workspace: Path, sandbox: Sandbox, text: str) -> None:
    """File, line and message."""
    MINE.write_text(text, encoding="utf-8")
    desk = Desk([WatchedWork(load_exercise(MINE.parent), MINE.parent)], LearnerState(Path("state.txt")))
    desk.work.take(Regrader(Settings(), SharedProcess(sandbox)).grade(desk.work, desk.work.read()))
    pattern = blocks()[1]["tasks"][0]["problemMatcher"]["pattern"]
    *problems, total = lines(desk.work, Page())
    assert len(problems) == 1
    found = re.match(pattern["regexp"], problems[0])
    assert found is not None
    assert Path(found[pattern["file"]]) == MINE
    line = MINE.read_text(encoding="utf-8").splitlines()[int(found[pattern["line"]]) - 1]
    assert line in ("def dh(:", "    return 2 * dlogits @ W2.T")
    assert all(re.match(pattern["regexp"], line) is None for line in total.splitlines())


def test_the_pattern_for_one_run_matches_the_opened_gradient(workspace: Path, grade: Callable[..., Result]) -> None:
    """As `grade` prints it."""
    MINE.write_text(BROKEN, encoding="utf-8")
    pattern = blocks()[2]
    output = grade("mlp", "--color", "never").stdout
    [found] = [match for line in output.splitlines() if (match := re.match(pattern["regexp"], line))]
    assert found[pattern["message"]] == "dh: wrong values"
    assert Path(found[pattern["file"]]) == MINE


def test_a_test_explorer_shows_each_gradient_at_the_learners_line(
    pytester: pytest.Pytester, lent_sandbox: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Collection only: ids, and the line an editor jumps to."""
    from grader.learner.workspace import init

    init(pytester.path)
    (pytester.path / MINE).write_text(BROKEN, encoding="utf-8")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    options = ("--collect-only", "-p", "no:cacheprovider")
    seen = pytester.inline_run("exercises/mlp", *options, plugins=[grader.grading.plugin, pytest_jsonreport.plugin])
    items = [call.item for call in seen.getcalls("pytest_itemcollected")]
    assert len(items) == 26
    item = next(item for item in items if item.name == "dh")
    file, line, _ = item.reportinfo()
    assert str(file).endswith(str(MINE))
    assert line is not None
    assert BROKEN.splitlines()[line].startswith("def dh(")
