"""Slices at a given size: correct on the given case, and rejected by fixed and hidden cases."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import pytest

from grader.authoring.verification import Verification
from grader.exercise.case import Case, build_cases
from grader.exercise.catalogue import Form, solution_file
from grader.exercise.forward import find_function
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.exercise.shelf import list_exercises, load_exercise

if TYPE_CHECKING:
    from grader.sandbox.client import Sandbox

EVERY = [
    name for name in list_exercises() if load_exercise(name).given_sizes and load_exercise(name).kind == "gradients"
]

HIDDEN = [Settings(seed=seed, hidden_seed=seed, explained=False) for seed in (5, 12, 20)]


@cache
def cuts(name: str) -> list[Form]:
    """The worked solution with one gradient sliced along one dimension at one given size."""
    exercise = load_exercise(name)
    cases = build_cases(exercise, LECTURE_SEED)
    return [
        _cut(name, variable, dim, number)
        for variable in exercise.graded
        if variable not in cases.null
        for dim, length in enumerate(cases.given.graph.values[variable].shape)
        if len({case.graph.values[variable].shape[dim] for case in cases}) > 1  # the 3 of a kernel stays what it is
        for number in sorted({length, *exercise.given_sizes.values()})
        if number >= length
    ]


def _cut(name: str, variable: str, dim: int, number: int) -> Form:
    path = solution_file(load_exercise(name))
    source = path.read_text(encoding="utf-8")
    function = find_function(ast.parse(source), f"d{variable}")
    assert function is not None
    parameters = ", ".join(argument.arg for argument in function.args.args)
    cut = (
        f"whole_d{variable} = d{variable}\n\n"
        f"def d{variable}({parameters}):\n    grad = whole_d{variable}({parameters}).clone()\n"
        f"    grad[(slice(None),)*{dim} + (slice({number}, None),)] = 0\n    return grad"
    )
    return Form(path, number, "hard_coded", f"dimension {dim} of d{variable}", (f"d{variable}",), cut, source)


def accepted(name: str, sandbox: Sandbox, settings: Settings) -> list[str]:
    """A sentence for every cut that scores."""
    return list(Verification(load_exercise(name), sandbox, settings).accepted(cuts(name)))


def test_a_cut_is_correct_on_the_given_case() -> None:
    """That is why it is hard to detect."""
    exercise = load_exercise("swiglu")
    given = Case(exercise, LECTURE_SEED, {}).graph.values
    assert len(cuts("swiglu")) > 50
    for form in cuts("swiglu"):
        dim = int(form.note.split()[1])
        assert given[form.gradients[0][1:]].shape[dim] <= form.line


@pytest.mark.parametrize("settings", [Settings(), *HIDDEN[:1]], ids=["desk", "hidden"])
@pytest.mark.parametrize("name", ["mlp", "swiglu"])
def test_cuts_at_any_given_size_are_rejected(sandbox: Sandbox, name: str, settings: Settings) -> None:
    """At the size of the dimension itself, and at those of others."""
    assert accepted(name, sandbox, settings) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", EVERY)
def test_cuts_are_rejected_in_every_exercise_and_under_several_seeds(sandbox: Sandbox, name: str) -> None:
    """Without exception."""
    for settings in (Settings(), *HIDDEN):
        assert accepted(name, sandbox, settings) == []
