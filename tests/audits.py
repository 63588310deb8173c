"""A small exercise with a catalogue, and somebody's own tests of it that need no torch."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from grader.exercise.exercise import Exercise

if TYPE_CHECKING:
    from pathlib import Path

FORWARD = """\
import torch

GRADED = ['y', 'x']
SIZES = [{'n': 5}, {'n': 2}, {'n': 4}]

def inputs(seed, n=3):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n,), generator=g)
    return {'x': x}

def forward(x):
    y = x*x # squared
    loss = (y*y).sum()
    return locals()
"""
SOLUTION = """\
def dy(y):
    return 2*y


def dx(dy, x):
    return 2*x*dy
"""
STUBS = """\
def dy(y):
    raise NotImplementedError


def dx(dy, x):
    raise NotImplementedError
"""
RIGHT = """\
# form: added
def dx(dy, x):
    return x*dy + x*dy

# form: by name
def dx(dy, x):
    twice = 2*x
    return twice*dy
"""
WRONG = """\
# mistake: constant_factor -- the 2 is forgotten
def dx(dy, x):
    return x*dy

# mistake: hard_coded -- three numbers
def dx(dy, x):
    return 2*x[:3]*dy[:3]

# mistake: upstream_unused -- dy is forgotten
def dx(dy, x):
    return 2*x
"""
CHECK = """\
import sys

names = {}
exec(open("backward.py").read(), names)
x, dy = (3.0, 1.0)
sys.exit(names["dx"](dy, x) != 6.0)
"""
"""A test that asks for one number and one upstream gradient, one. `x[:3]` raises."""
PYTHON = shlex.quote(sys.executable)


def lay_down_audit(top: Path) -> Exercise:
    """The exercise `square` in `exercises/` with its catalogue in `solutions/`, and the tests in `suite/`."""
    for path, text in {
        "exercises/square/exercise.toml": 'title = "A square"\n',
        "exercises/square/forward.py": FORWARD,
        "exercises/square/backward.py": STUBS,
        "solutions/square/backward.py": SOLUTION,
        "solutions/square/right/dx.py": RIGHT,
        "solutions/square/wrong/dx.py": WRONG,
        "suite/check.py": CHECK,
        "suite/backward.py": STUBS,
    }.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    return Exercise(top / "exercises/square")
