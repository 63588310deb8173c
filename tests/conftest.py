"""What every test may ask for: pinned numerics, one warm sandbox for the session, the mlp and its cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.sandbox.client import Sandbox
from grader.sandbox.numerics import pin_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.case import Cases
    from grader.exercise import Exercise
    from grader.grading import Row

pin_environment()

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One warm server for all tests; short limits, so that hanging code costs little."""
    from grader.sandbox.numerics import pin_torch

    with Sandbox(timeout=2.0, submission_timeout=30.0) as warm:
        pin_torch()
        yield warm


@pytest.fixture(scope="session")
def mlp() -> Exercise:
    """The lecture's exercise."""
    from grader.exercise import load_exercise

    return load_exercise("mlp")


@pytest.fixture(scope="session")
def mlp_cases(mlp: Exercise) -> Cases:
    """Its given case and the further ones, built once."""
    from grader.case import build_cases
    from grader.grading import LECTURE_SEED

    return build_cases(mlp, LECTURE_SEED)


@pytest.fixture(scope="session")
def solution_source() -> str:
    """The worked solution of the mlp."""
    return (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")


@pytest.fixture
def graded(sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str) -> Callable[..., dict[str, Row]]:
    """Grade the solution with some source laid over it; rows by name."""
    from grader.grading import Grading, Settings
    from grader.submission import Submission

    def grade(
        block: str = "", *, only: tuple[str, ...] = (), alone: bool = False, **settings: object
    ) -> dict[str, Row]:
        source = block if alone else f"{solution_source}\n\n{block}"
        submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
        plain = not {"seed", "batch_size", "hidden_seed"} & settings.keys()
        chosen = Settings(only=only, **settings)  # type: ignore[arg-type]
        grading = Grading(mlp, submission, sandbox, chosen, mlp_cases if plain else None)
        rows = {row.name: row for row in grading.rows()}
        grading.close()
        return rows

    return grade
