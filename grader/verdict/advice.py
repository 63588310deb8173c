"""What to do about an exception or a wrong type, where the names in it and in the function show what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import torch

from grader.exercise.nearest import nearest
from grader.sandbox.cleaning import shortened
from grader.sandbox.types import Raised, WrongType

if TYPE_CHECKING:
    from grader.sandbox.types import Function, Outcome
    from grader.verdict.binding import Binding

USE_TORCH: Final = "use torch, which has the same functions: torch.exp for np.exp"
_NAME: Final = re.compile(
    r"(?:name|cannot access (?:local|free) variable) '([^\W\d]\w{0,99})' (?:is not defined|where it is not .*)"
)
_MODULES: Final = {
    **{name: name for name in ("torch", "math", "functools", "itertools", "collections", "operator", "random")},
    "F": "torch.nn.functional as F",
    "nn": "torch.nn as nn",
}
"""A module's usual name -> what to import."""
_WRONG_TYPES: Final = (
    (r"a tuple of 1", "a comma at the end of the line makes a tuple: remove it"),
    (r"a list of 1", "return the tensor itself, without brackets"),
    (r"a (?:tuple|list) of \d+", "return one tensor: every gradient has a function of its own"),
    (r"a function", "a name that is no parameter is the function of that name: take gradients as parameters"),
    (r"a generator", "write `return` instead of `yield`"),
    (r"a coroutine", "remove the `async` before its def"),
    (r"an? (?:method|builtin_function_or_method|method_descriptor)", "call it: add () at its end"),
)


def advice(outcome: Outcome, function: Function | None, binding: Binding | None) -> str:
    """What to do, as the end of a sentence; empty if the outcome does not show it.

    Args:
        function: the function that was called; None if the whole file was run.
        binding: what the function may ask for.
    """
    offered = binding.offered if binding else ()
    if isinstance(outcome, WrongType):
        return "" if outcome.function else _about_type(outcome.description, function, offered)
    if not isinstance(outcome, Raised):
        return ""
    found = _NAME.fullmatch(outcome.message)
    if found is None:
        return _about_functions(outcome, function, offered)
    if outcome.kind == "UnboundLocalError":
        return _about_unbound(found[1], function, offered)
    return _about_name(found[1], outcome, function, offered) if outcome.kind == "NameError" else ""


def _about_type(description: str, function: Function | None, offered: tuple[str, ...]) -> str:
    if description == "a function" and (missing := _missing(function, offered)):
        return _not_the_gradient(missing, function)
    return next((said for pattern, said in _WRONG_TYPES if re.fullmatch(pattern, description)), "")


def _about_functions(outcome: Raised, function: Function | None, offered: tuple[str, ...]) -> str:
    """`dh * W2`, where dh is no parameter, is the file's own function dh times W2."""
    told = outcome.kind in ("TypeError", "AttributeError") and re.search(r"\bfunction\b", outcome.message)
    missing = _missing(function, offered) if told else ""
    return _not_the_gradient(missing, function) if missing else ""


def _missing(function: Function | None, offered: tuple[str, ...]) -> str:
    """A gradient that the function reads and could ask for, but does not."""
    own = function.borrowed if function else ()
    return next((name for name in own if name in offered and name[:1] == "d"), "")


def _not_the_gradient(name: str, function: Function | None) -> str:
    return f"{name} is the function of that name here, not its gradient: {_add(name, function)}"


def _about_unbound(name: str, function: Function | None, offered: tuple[str, ...]) -> str:
    if name in offered:
        return _add(name, function)
    if (function and name == function.name) or (name[:1] == "d" and name[1:] in offered):
        return (
            f"every function starts fresh, without the values of the others: begin with `{name} = ...`, "
            "or return the whole sum"
        )
    return f"{name} has no value when that line is reached: assign it before, in every branch"


def _about_name(name: str, outcome: Raised, function: Function | None, offered: tuple[str, ...]) -> str:
    if name in ("np", "numpy"):
        return USE_TORCH
    if name in _MODULES:
        return f"add `import {_MODULES[name]}` at the top of the file"
    if function is None:
        return "a value of the forward pass is known only inside a function that has it as a parameter"
    inside = outcome.line is None or function.line <= outcome.line <= function.end_line
    if not inside:
        return _of_torch(name) or f"a helper sees only its parameters and the names in this file: pass {name} to it"
    return _add(name, function) if name in offered else _of_torch(name) or _meant(name, function, offered)


def _of_torch(name: str) -> str:
    for module, short in ((torch, "torch"), (torch.nn.functional, "F")):
        if name in vars(module):
            return f"write {short}.{name}"
    return ""


def _meant(name: str, function: Function, offered: tuple[str, ...]) -> str:
    asked = [parameter.name for parameter in function.parameters]
    meant = nearest(name, [*asked, *offered])
    if not meant:
        return f"a function sees only its parameters and the names in this file: define {name} here"
    return f"did you mean {meant}?" if meant in asked else f"did you mean {meant}? Then {_add(meant, function)}"


def _add(name: str, function: Function | None) -> str:
    """`add target to the parameters: def do(derr, target)`."""
    said = f"add {name} to the parameters"
    if function is None or any(each.has_default or each.kind != "positional" for each in function.parameters):
        return said
    return f"{said}: " + shortened(f"def {function.name}({', '.join([*(p.name for p in function.parameters), name])})")
