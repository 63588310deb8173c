"""A small exercise, its folder and course, and a package that provides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FORWARD = """
import torch
GRADED = ['y', 'x']
SIZES = [{'n': 5}, {'n': 2}, {'n': 8}]
def inputs(seed, n=3):
    g = torch.Generator().manual_seed(seed)
    return {'x': torch.randn(n, generator=g)}
def forward(x):
    y = x * x
    loss = (y * y).sum()
    return locals()
"""

STUBS = """\
def dy(y):
    \"\"\"loss = (y * y).sum()

    shape (3,), like y
    \"\"\"
    # TODO: write dy
    raise NotImplementedError


def dx(dy, x):
    \"\"\"y = x * x\"\"\"
    # TODO: write dx
    raise NotImplementedError
"""

COURSE = """\
name = "Deep Learning"
version = "2026.1"
criterion = "exact"
feedback = "kind"
visibility = "after_due_date"

[points]
other = 3

[points.squares]
default = 2
dx = 5

[rules]
imports = ["colorsys"]
"""


def shelf(folder: Path, course: str | None = COURSE) -> Path:
    """A folder of exercises that contains one exercise."""
    (folder / "exercises" / "squares").mkdir(parents=True)
    (folder / "exercises" / "squares" / "forward.py").write_text(FORWARD)
    (folder / "exercises" / "squares" / "exercise.toml").write_text('title = "squares"')
    if course is not None:
        (folder / "course.toml").write_text(course)
    return folder / "exercises"


def lay_down_pack(site: Path) -> Path:
    """Install a package with an exercise and its entry point, as pip would; return the package's folder."""
    package = site / "deep_pack"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('a pack is found without being imported')")
    (shelf(package) / "squares" / "backward.py").write_text(STUBS)
    record = site / "deep_pack-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: deep-pack\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text("[grader.exercises]\ndeep = deep_pack\n")
    return package
