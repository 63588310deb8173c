"""`grade batch --gradient` from the command line, with an engine in this process."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from classroom import EngineWorkers, hand_in
from packs import COURSE, shelf

from grader.classroom.batch.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from grader.classroom.batch.order import Order
    from grader.sandbox.client import Sandbox

PLAIN = COURSE.replace("other = 3\n", "").replace('criterion = "exact"\n', "")


@pytest.fixture
def batch(
    grade: Callable[..., Result], tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Result]]:
    """Grade one right submission to an exercise of our own."""
    exercises = shelf(tmp_path, PLAIN)
    hand_in(tmp_path / "class", {"ann.py": "def dy(y):\n    return 2*y\ndef dx(dy, x):\n    return 2*x*dy\n"})
    with ExitStack() as stack:

        def start(order: Order, jobs: int | None = None) -> EngineWorkers:
            return EngineWorkers(stack.enter_context(Engine(order, sandbox)))

        monkeypatch.setattr("grader.cli.batch.on_this_machine", start)
        yield lambda *words: grade("batch", "class", "--exercise", "squares", "--exercises", exercises, "-q", *words)


def test_whose_points_change_and_what_was_kept_is_reported(batch: Callable[..., Result], tmp_path: Path) -> None:
    """The list on stdout, the rest on stderr."""
    assert batch().exit_code == 0
    (tmp_path / "course.toml").write_text(PLAIN.replace("default = 2", "default = 3").replace("dx = 5", "dx = 7"))
    result = batch("--gradient", "dx")
    assert "changed: ann: 7 " in result.stdout
    assert "other gradients of 1 submission would change as well, and were kept" in result.stderr
    assert result.exit_code == 0


def test_an_unknown_gradient_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Before anything is graded or written."""
    result = batch("--gradient", "dxx")
    assert (result.exit_code, (tmp_path / "grades").exists()) == (4, False)
    assert "there is no squares gradient dxx. Did you mean dx?" in result.stderr
