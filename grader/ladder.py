"""Hints for one gradient, in the order they are opened; and after passing, the worked line and other right ways."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.exercise.catalogue import right_forms, solution_file
from grader.exercise.exercise_toml import Hint
from grader.exercise.stubs import function_name
from grader.wording import derivative_in_words, shape_in_words

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise


def hints(exercise: Exercise, gradient: str) -> list[str]:
    """Where the variable is used, the rule for its shape, the derivative in words. Never the code.

    What the author has not written is read off the forward pass.
    """
    variable = gradient[1:]
    said = exercise.settings.hints.get(variable, Hint())
    shape = said.shape or shape_in_words(exercise, variable)
    return [_uses(exercise, variable), shape, said.derivative or derivative_in_words(exercise, variable)]


def _uses(exercise: Exercise, variable: str) -> str:
    lines = exercise.readers.get(variable, ())
    places = ", ".join(str(line.number) for line in lines)
    if len(lines) == 1:
        return f"{variable} is used on one line of forward.py, {places}: `{lines[0].text.split('#')[0].strip()}`"
    return f"{variable} is used on {len(lines)} lines of forward.py, {places}: as many paths, whose gradients add up"


def worked(exercise: Exercise, gradient: str) -> str:
    """The worked solution's function."""
    return _function(solution_file(exercise).read_text(encoding="utf-8"), function_name(exercise, gradient))


def other_ways(exercise: Exercise, gradient: str) -> list[tuple[str, str]]:
    """What else is right, with a word about it: every block of the catalogue that writes this gradient alone."""
    name = function_name(exercise, gradient)
    solution = solution_file(exercise).read_text(encoding="utf-8")
    return [
        (form.note, form.source[len(solution) :].strip())
        for form in right_forms(exercise)
        if form.path.stem == name and gradient in form.gradients
    ]


def _function(source: str, name: str) -> str:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])
    return ""
