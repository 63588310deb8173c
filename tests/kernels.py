"""Runs notebooks in a real kernel of this environment."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]


def run_cells(sources: Sequence[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What each of these cells shows in a fresh kernel; an exception in one of them fails."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(folder))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder / "jupyter"))
    kernel = folder / "jupyter" / "kernels" / "here"
    kernel.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "here", "language": "python"}))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sources])
    nbclient.NotebookClient(book, timeout=120, kernel_name="here").execute()
    return [_shown(cell) for cell in book.cells]


def _shown(cell: Any) -> str:
    return "".join(
        output.get("text", "") + output.get("data", {}).get("text/html", output.get("data", {}).get("text/plain", ""))
        for output in cell.outputs
    )
