"""What the tests of the commands share: a workspace that is filled in as far as a test wants."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SOLUTION = Path(__file__).resolve().parents[2] / "solutions" / "mlp" / "backward.py"


@pytest.fixture
def fill(workspace: Path) -> Callable[..., Path]:
    """Write functions of the solution, and a text of one's own, below the stubs of the mlp: the learner's file."""
    file = workspace / "exercises" / "mlp" / "backward.py"

    def write(*gradients: str, body: str = "") -> Path:
        solution = SOLUTION.read_text(encoding="utf-8").split("\n\n\n")
        chosen = [part for part in solution if part.startswith(tuple(f"def {name}(" for name in gradients))]
        text = "\n\n\n".join([file.read_text(encoding="utf-8"), *chosen, body])
        file.write_text(f"{text}\n", encoding="utf-8")
        return file

    return write
