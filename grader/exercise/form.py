"""The form of a layer's backward pass: the functions that a course asks for, as it writes their signatures.

    forward  = "affine_forward(x, w, b) -> out, cache"
    backward = "affine_backward(dout, cache) -> dx, dw, db"

A static method has its class's name in front: `Linear.backward`. What a function returns can be a parameter of the next
one by the same name: the cache is the learner's own, and is never looked at. The other parameters are inputs of
forward.py, and dout.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from grader.sandbox.types import Passes, Signature

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_SIGNATURE = re.compile(r"([\w.]+)\((.*)\)\s*->\s*(.+)")
EXAMPLE = "affine_backward(dout, cache) -> dx, dw, db"


def signature(text: str) -> Signature | None:
    """A function's signature; None if the text is none."""
    found = _SIGNATURE.fullmatch(text.strip())
    if found is None:
        return None
    parameters, returns = (tuple(filter(None, map(str.strip, part.split(",")))) for part in found.groups()[1:])
    names = (*found[1].split(".", 1), *parameters, *returns)
    return Signature(found[1], parameters, returns) if returns and all(map(str.isidentifier, names)) else None


def signature_problem(key: str, value: Any) -> str | None:
    """What is wrong with a signature in exercise.toml; None if nothing is."""
    if isinstance(value, str) and signature(value) is not None:
        return None
    return f'{key} must be a signature such as {key} = "{EXAMPLE}", not {value!r}'


def passes(table: Mapping[str, str]) -> Passes | None:
    """The functions of a [form]; None if there is no such table."""
    found = {name: signature(text) for name, text in table.items()}
    backward = found.get("backward")
    return None if backward is None else Passes(backward, found.get("forward"))


def row_name(variable: str, form: Passes | None) -> str:
    """What a variable's row is called: `dx`; for what a layer's forward function returns, `out`."""
    is_value = form is not None and form.forward is not None and variable in form.forward.returns
    return variable if is_value else f"d{variable}"


def form_problem(form: Passes, inputs: Collection[str], graded: Sequence[str]) -> str | None:
    """What does not fit together in a [form]; None if everything does.

    Args:
        inputs: the parameters of forward() in forward.py.
        graded: the variables whose gradients are graded.
    """
    known = {*inputs, "dout"}
    for call in form.calls:
        for name in call.parameters:
            if name not in known:
                return (
                    f"{call.name} is to be given {name}, which is neither an input of forward() nor returned before; "
                    f"there are {', '.join(sorted(known))}"
                )
        known |= {*call.returns}
    returned = [name for call in form.calls for name in call.returns]
    for variable in graded:
        if row_name(variable, form) not in returned:
            return f"GRADED lists {variable}, but {form.backward.name} does not return d{variable}"
    for name in form.backward.returns:
        if name[:1] == "d" and name[1:] in inputs and name[1:] not in graded:
            return f"{form.backward.name} returns {name}, but GRADED does not list {name[1:]}"
    if again := next((name for name in returned if returned.count(name) > 1), None):
        return f"{again} is returned twice; give one of them another name"
    return None
