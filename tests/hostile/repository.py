"""A submission's folder full of traps: files that a tool may load without being asked.

Each file that is run writes its name to a folder that a test checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TRAP = """
import pathlib
pathlib.Path({marks!r}, {name!r}).write_text("escaped")
"""

_PYTHON = (
    "conftest.py",
    "sitecustomize.py",
    "usercustomize.py",
    "torch.py",
    "pytest.py",
    "click.py",
    "rich.py",
    "json.py",
    "random.py",
    "struct.py",
    "setup.py",
    "noxfile.py",
    "grader/__init__.py",
    "grader/sandbox/__init__.py",
    "exercises/mlp/conftest.py",
    "exercises/conftest.py",
    "tests/test_everything.py",
)

_SETTINGS = {
    "pytest.ini": "[pytest]\naddopts = -p evil --exitfirst\npython_files = *.py\ntestpaths = .\n",
    "tox.ini": "[pytest]\naddopts = -p evil\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p evil\n",
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p evil"\n',
    ".env": "GRADE_NAMES=/dev/null\n",
    "report.json": '{"grader": {"submissions": [{"score": {"points": 1000}}]}}',
    "exercise.toml": 'title = "mine"\npoints = 1000\nnull = ["logits", "C"]\n[rules]\nnames = ["backward", "open"]\n',
    "exercises/mlp/exercise.toml": 'title = "mine"\npoints = 1000\n[rules]\nnames = ["backward", "open"]\n',
}

_FORWARD = """
GRADED = ['probs']
SIZES = [{'n': 3}, {'n': 4}, {'n': 5}]

def inputs(seed, n=2):
    import torch
    return {'probs': torch.ones(n, 2), 'n': n}

def forward(probs, n):
    loss = probs.sum()
    return locals()
"""


def make_repository(folder: Path, marks: Path, answers: str) -> None:
    """Fill a folder with traps around an ordinary backward.py."""
    for name in (*_PYTHON, "evil.py", "forward.py", "exercises/mlp/forward.py"):
        trap = _TRAP.format(marks=str(marks), name=name.replace("/", "_"))
        _write(folder / name, trap + (_FORWARD if name.endswith("forward.py") else ""))
    for name, text in _SETTINGS.items():
        _write(folder / name, text)
    _write(folder / "backward.py", answers)
    _write(folder / "exercises" / "mlp" / "backward.py", answers)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
