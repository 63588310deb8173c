"""What benchmarks/slips.py makes of a right function: another function, with the mistake that its operator names."""

from __future__ import annotations

import ast
import importlib
import random
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from grader.authoring.mutants import Original
from grader.exercise.case import Case
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import load_exercise

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
slips = importlib.import_module("slips")


def scene(exercise_name: str, text: str, *others: str) -> Any:
    """A right function of an exercise, with two draws: consistent values of two sizes, random upstream gradients."""
    exercise = load_exercise(exercise_name)
    draws = [Case(exercise, 1 + k, sizes).pool64 for k, sizes in enumerate(exercise.sizes[:2])]
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    module = {"torch": torch, "F": torch.nn.functional}
    given = Case(exercise, LECTURE_SEED, {}).graph.values
    return slips.Scene(exercise, Original(function, module, draws, others), given)


def sources(of: Any, operator: str) -> set[str]:
    """The body of every slip of one operator that is not equivalent."""
    made = (of.made(slip) for slip in of.slips().get(operator, []))
    return {mutant.source.partition("\n    ")[2] for mutant in made if mutant is not None}


DB1 = "def db1(dz1):\n    return dz1.sum(0)"
DDIFF = "def ddiff(diff):\n    return 2 * diff / diff.numel()"
DW1 = "def dW1(dz1, x):\n    return x.T @ dz1"
DZ1 = "def dz1(dh, z1):\n    return dh * (z1 > 0)"
DDIFF_TWICE = "def ddiff(dsq, diff):\n    d = diff * dsq\n    d += diff * dsq\n    return d"
LOGITS = "def dlogits(logits, Yb, n):\n    d = F.softmax(logits, 1)\n    d[range(n), Yb] -= 1\n    return d / n"
EXAMPLES = [
    ("linear_relu", DB1, "gradient cut off", "return dz1.relu().sum(0)"),
    ("linear_relu", DB1, "sum for something else", "return dz1.mean(0)"),
    ("linear_relu", DB1, "wrong dim", "return dz1.sum(1)"),
    ("linear_relu", DDIFF, "typed number", "return 2 * diff / 48"),
    ("linear_relu", DDIFF, "wrong size", "return 2 * diff / diff.shape[0]"),
    ("linear_relu", DDIFF, "wrong constant", "return 3 * diff / diff.numel()"),
    ("linear_relu", DW1, "view for a transpose", "return x.reshape(x.T.shape) @ dz1"),
    ("linear_relu", DW1, "product for another", "return dz1.mT @ x"),
    ("linear_relu", DZ1, "wrong mask", "return dh * (-z1 >= 0)"),
    ("linear_relu", DZ1, "wrong derivative", "return dh * z1.sign()"),
    ("linear_relu", DDIFF_TWICE, "statement", "d = diff * dsq\n    d = diff * dsq\n    return d"),
    ("cross_entropy", LOGITS, "one index", "d = F.softmax(logits, 1)\n    d[range(n), Yb[0]] -= 1\n    return d / n"),
    ("cross_entropy", LOGITS, "all rows", "d = F.softmax(logits, 1)\n    d[:, Yb] -= 1\n    return d / n"),
]


@pytest.mark.parametrize(("exercise", "text", "operator", "body"), EXAMPLES, ids=[each[2] for each in EXAMPLES])
def test_an_operator_makes_its_mistake(exercise: str, text: str, operator: str, body: str) -> None:
    """In a function of the given exercise."""
    assert body in sources(scene(exercise, text), operator)


def test_what_comes_to_the_same_is_discarded() -> None:
    """A relu's mask may be closed at zero, since no value of a case lies there."""
    assert not any("z1 >= 0" in body and "-z1" not in body for body in sources(scene("linear_relu", DZ1), "wrong mask"))


def test_a_variable_from_the_lines_around_becomes_a_parameter() -> None:
    """Only one of the same shape: `out` for `diff`, not `x`."""
    found = scene("linear_relu", DDIFF, "out", "x")
    made = [mutant.source for slip in found.slips()["wrong variable"] if (mutant := found.made(slip))]
    assert "def ddiff(diff, out):\n    return 2 * out / diff.numel()" in made
    assert not any("x" in source.splitlines()[0] for source in made)


def test_the_same_seed_draws_the_same_slips_and_none_twice() -> None:
    """Until none is left."""
    scenes = [scene("linear_relu", text) for text in (DB1, DZ1)]
    first, second = ([m.source for m in slips.drawn_slips(scenes, random.Random(5))] for _ in range(2))
    assert first == second
    assert len(first) == len(set(first)) > 50
