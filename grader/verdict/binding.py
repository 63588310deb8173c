"""Arguments by name, the way pytest injects fixtures: what each parameter of a learner's function is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.exercise.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import Function


@dataclass(frozen=True, slots=True)
class Binding:
    """What a function is called with: forward values, and gradients of downstream variables."""

    values: tuple[str, ...]
    """The forward values that it asks for."""
    upstream: tuple[str, ...]
    """The variables whose gradients it asks for, without the `d`."""
    problem: str | None = None
    """One sentence on why the function cannot be called; then nothing is bound."""
    offered: tuple[str, ...] = ()
    """Every name that it may ask for."""


def bind(
    function: Function, variable: str, exercise: Exercise, values: Mapping[str, object], gradients: Collection[str]
) -> Binding:
    """Bind every parameter of a learner's function, or say which one cannot be bound.

    A parameter with a default may have an unknown name, and keeps its default. It must not ask for a gradient that is
    not downstream.

    Args:
        variable: the one whose gradient the function returns; only gradients of variables downstream of it are offered.
        values: the forward values that can be passed, by name.
        gradients: all variables that have a gradient.
    """
    wanted_values, upstream = [], []
    allowed = (exercise.downstream(variable) & frozenset(gradients)) | {"loss"}
    for parameter in function.parameters:
        name = parameter.name
        if parameter.kind.startswith("var_"):
            star = "*" if parameter.kind == "var_positional" else "**"
            return _refuse(f"{function.name} takes {star}{name}; name each value it needs instead")
        if parameter.kind == "positional_only":
            return _refuse(f"{function.name} makes {name} positional-only; values are passed by name, so remove the /")
        if name in values:
            wanted_values.append(name)
        elif name[:1] == "d" and name[1:] in allowed:
            upstream.append(name[1:])
        elif not parameter.has_default or (name[:1] == "d" and name[1:] in gradients):
            return _refuse(_unknown(function.name, name, variable, exercise, values, gradients, allowed))
    return Binding(tuple(wanted_values), tuple(upstream), offered=_offered(values, allowed))


def _offered(values: Mapping[str, object], allowed: Collection[str]) -> tuple[str, ...]:
    return (*values, *(f"d{variable}" for variable in sorted(allowed)))


def _refuse(problem: str) -> Binding:
    return Binding((), (), problem)


def _unknown(
    function: str,
    name: str,
    variable: str,
    exercise: Exercise,
    values: Mapping[str, object],
    gradients: Collection[str],
    allowed: Collection[str],
) -> str:
    children = " and ".join(f"d{child}" for child in exercise.children(variable) if child in gradients)
    if name == f"d{variable}":
        return f"{function} asks for {name}, its own gradient, which is what it must return"
    if name[:1] == "d" and name[1:] in gradients:
        return (
            f"{function} asks for {name}, but {name[1:]} does not come after {variable} in the forward pass; "
            f"use {children} instead"
        )
    meant = did_you_mean(
        name, _offered(values, allowed), f"It can ask for any forward value and for {children or 'dloss'}."
    )
    return f"{function} asks for {name}, which is not in the forward pass. {meant}"
