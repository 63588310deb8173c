"""Automatic mistakes: the mutants of a function, and which of them are equivalent to it."""

from __future__ import annotations

import ast
import random
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.authoring.mutants import Mutant, Original, mutants, mutants_of
from grader.exercise.exercise import Exercise

if TYPE_CHECKING:
    from pathlib import Path


def original(source: str, others: tuple[str, ...] = (), **values: Any) -> Original:
    """A function whose mutants are compared on one draw."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    return Original(function, {"torch": torch}, [values], others)


def of(source: str, others: tuple[str, ...] = (), **values: Any) -> dict[str, Mutant]:
    """Every mutant, by its change."""
    return {each.change: each for each in mutants(original(source, others, **values), random.Random(0))}


def vector(*numbers: float) -> torch.Tensor:
    """Numbers like those of the forward pass."""
    return torch.tensor(numbers, dtype=torch.float64)


PRODUCT = "def dx(dy, w):\n    return w * dy"
VALUES = {"w": vector(2, 3), "dy": vector(0.5, -3), "other": vector(5, 7), "n": 4}


def test_every_mutant_is_a_different_function() -> None:
    """The operands of a product may be swapped; the original is not among the mutants."""
    values = {"w": vector(2, 3, 4, 5).view(2, 2), "dy": vector(0.5, -3, 2, 1).view(2, 2)}
    found = of(PRODUCT, **values)
    assert "w * dy -> w / dy" in found
    assert "w * dy -> dy * w" not in found
    for mutant in found.values():
        assert not torch.equal(run(mutant, values), values["w"] * values["dy"])


def run(mutant: Mutant, values: dict[str, torch.Tensor]) -> Any:
    """What it returns."""
    module: dict[str, Any] = {"torch": torch}
    exec(mutant.source, module)
    return module[mutant.function](**values)


def test_a_name_is_replaced_by_one_of_its_kind_which_becomes_a_parameter() -> None:
    """A number does not replace a vector."""
    found = of(PRODUCT, ("other", "n"), **VALUES)
    assert found["w -> other"].source.startswith("def dx(dy, w, other):")
    assert "w -> n" not in found


def test_an_author_s_solution_is_changed_using_its_own_names() -> None:
    """`grade verify` draws only these: no name besides the function's own."""
    right = original(PRODUCT, ("other",), **VALUES)
    plain = [right.mutant(site) for site in right.sites(plain=True)]
    assert {each.change for each in plain if each} == {
        "w -> dy", "dy -> w", "w * dy -> w", "w * dy -> dy", "w * dy -> w / dy",
        "return w * dy -> return -1 * (w * dy)", "return w * dy -> return 2 * (w * dy)",
    }  # fmt: skip


def test_a_loop_whose_only_line_is_dropped_is_left_empty() -> None:
    """A mutant is always a valid function."""
    found = of("def dx(dy, w):\n    d = 0 * w\n    for k in range(2):\n        d[k] += dy[k]\n    return d", **VALUES)
    assert "pass" in found["d[k] += dy[k] -> (nothing)"].source
    assert found["d[k] += dy[k] -> (nothing)"].operator == "drop statement"


def test_each_mutant_appears_once_in_a_seeded_order() -> None:
    """Two times one and one plus one are the same number."""
    right = original("def dx(dy):\n    return 1 * dy", **VALUES)
    drawn = [[m.source for m in mutants(right, random.Random(seed))] for seed in (1, 1, 2)]
    assert len(set(drawn[0])) == len(drawn[0])
    assert drawn[0] == drawn[1]
    assert sorted(drawn[0]) == sorted(drawn[2])
    assert drawn[0] != drawn[2]


def test_a_mutant_that_warns_is_compared_by_what_it_returns() -> None:
    """Torch prints some warnings once per process: the second time would give another mutant."""
    function = ast.parse("def dx(dy):\n    warnings.warn('old')\n    return 1 * dy").body[0]
    assert isinstance(function, ast.FunctionDef)
    right = Original(function, {"torch": torch, "warnings": warnings}, [VALUES])
    changes = {each.change for each in mutants(right, random.Random(0))}
    assert "1 * dy -> dy" not in changes
    assert "return 1 * dy -> return 2 * (1 * dy)" in changes


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("w.sum()", "w.sum() -> w.mean()"),
        ("torch.exp(w)", "torch.exp(w) -> torch.tanh(w)"),
        ("w.sum(0, keepdim=True)", "w.sum(0, keepdim=True) -> w.sum(0)"),
        ("-w", "-w -> w"),
        ("torch.outer(w, dy).T", "torch.outer(w, dy).T -> torch.outer(w, dy)"),
        ("torch.outer(w, dy) @ w", "torch.outer(w, dy) @ w -> torch.outer(w, dy).T @ w"),
        ("w[:1]", "w[:1] -> w"),
        ("w - dy", "w - dy -> dy - w"),
        ("w ** 0.5", "0.5 -> 0.25"),
        ("torch.outer(w, dy)", "torch.outer(w, dy) -> torch.outer(dy, w)"),
    ],
)
def test_the_common_mistakes_are_covered(line: str, change: str) -> None:
    """Functions, flags, signs, transposes, subscripts, operands, numbers, arguments."""
    assert change in of(f"def dx(dy, w):\n    return {line}", **VALUES)


def test_infinities_in_the_same_positions_are_equal() -> None:
    """One over zero is infinite however it is written."""
    found = of("def dx(dy, w):\n    return w / w ** 2", w=vector(0.0, 2.0), dy=vector(1.0, 1.0))
    assert "w / w ** 2 -> w" in found
    twice = of("def dx(w):\n    return 1 * (1 / w)", w=vector(0.0, 2.0))
    assert "1 * (1 / w) -> 1 / w" not in twice


def test_a_change_from_elsewhere_may_need_lines_before_the_function() -> None:
    """It is compared as a mutant is, and gets the parameters it needs."""
    right = original(PRODUCT, ("other",), **VALUES)
    (twin,) = ast.parse("def dx(dy, w):\n    return FACTOR * other * w * dy").body
    assert isinstance(twin, ast.FunctionDef)
    mutant = right.changed(twin, "factor", "w -> FACTOR * other * w", "FACTOR = 2\n")
    assert mutant is not None
    assert mutant.source.startswith("FACTOR = 2\ndef dx(dy, w, other):")
    (same,) = ast.parse("def dx(dy, w):\n    return FACTOR * w * dy").body
    assert isinstance(same, ast.FunctionDef)
    assert right.changed(same, "factor", "w -> FACTOR * w", "FACTOR = 1\n") is None


def test_a_function_may_do_without_a_gradient_that_is_always_one(tmp_path: Path) -> None:
    """That of a term of the loss: what leaves it out is no mistake."""
    for part in ("exercises/terms", "solutions/terms"):
        (tmp_path / part).mkdir(parents=True)
    folder = tmp_path / "exercises" / "terms"
    (folder / "exercise.toml").write_text('title = "t"')
    (folder / "forward.py").write_text(
        "import torch\nGRADED = ['term', 'x']\nSIZES = [{'n': 5}, {'n': 2}]\ndef inputs(seed, n=3):\n"
        "    return {'x': torch.randn(n, generator=torch.Generator().manual_seed(seed))}\n"
        "def forward(x):\n    term = (x**2).sum()\n    loss = term + x.sum()\n    return locals()\n"
    )
    solution = "def dterm():\n    return torch.tensor(1.0)\ndef dx(dterm, x):\n    return 2 * dterm * x + 1\n"
    (tmp_path / "solutions" / "terms" / "backward.py").write_text(f"import torch\n{solution}")
    changes = {form.note for form in mutants_of(Exercise(folder), 100, 0)}
    assert "2 * dterm -> 2" not in changes
    assert any(change.startswith("2 * dterm") for change in changes)
