"""Fixtures shared by the command tests: a workspace filled in as far as a test needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SOLUTION = Path(__file__).resolve().parents[2] / "solutions" / "mlp" / "backward.py"


@pytest.fixture
def fill(workspace: Path) -> Callable[..., Path]:
    """Append functions from the solution, and any other text, to the mlp's stubs in the learner's file."""
    file = workspace / "exercises" / "mlp" / "backward.py"

    def write(*gradients: str, body: str = "") -> Path:
        solution = SOLUTION.read_text(encoding="utf-8").split("\n\n\n")
        chosen = [part for part in solution if part.startswith(tuple(f"def {name}(" for name in gradients))]
        text = "\n\n\n".join([file.read_text(encoding="utf-8"), *chosen, body])
        file.write_text(f"{text}\n", encoding="utf-8")
        return file

    return write
