"""The form of a layer's backward pass: the functions that a course asks for, as it writes their signatures.

    forward  = "affine_forward(x, w, b) -> out, cache"
    backward = "affine_backward(dout, cache) -> dx, dw, db"

A static method has its class's name in front: `Linear.backward`. What a function returns can be a parameter of the next
one by the same name: the cache is the learner's own, and is never looked at. The other parameters are variables of
forward.py, sizes, dout, and what [form] gives beside them.
"""

from __future__ import annotations

import ast
import keyword
import math
import operator
import re
from typing import TYPE_CHECKING, Any, Final

from grader.exercise.forward import OUTPUT
from grader.sandbox.types import Passes, Signature

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

STYLES: Final = ("functions", "object", "autograd")
ARRAYS: Final = ("torch", "numpy")
_SIGNATURE: Final = re.compile(r"([\w.]+)\((.*)\)(?:\s*->\s*(.+))?")
_PATH: Final = re.compile(r"""[^\W\d]\w*(\.[^\W\d]\w*|\[\d+\]|\['\w+'\]|\["\w+"\]|\(\))*""")
EXAMPLE: Final = "affine_backward(dout, cache) -> dx, dw, db"
_EXAMPLES: Final = {
    "forward": "affine_forward(x, w, b) -> out, cache",
    "backward": EXAMPLE,
    "make": "Linear(n_in, n_out)",
    "class": "LayerNorm",
    "arguments": "x, gain, bias",
}
_NEEDED: Final = {"functions": ("backward",), "object": ("make", "backward"), "autograd": ("class", "arguments")}
_POSSIBLE: Final = {
    "functions": ("forward", "backward"),
    "object": ("make", "set", "forward", "backward", "read"),
    "autograd": ("class", "arguments"),
}
"""The keys of each style, beside those that every style may have."""


def signature(text: str) -> Signature | None:
    """A function's signature; None if the text is none."""
    found = _SIGNATURE.fullmatch(text.strip())
    if found is None:
        return None
    parameters, returns = (_words(part or "") for part in found.groups()[1:])
    names = (*found[1].split(".", 1), *parameters, *returns)
    return Signature(found[1], parameters, returns) if all(map(_is_name, names)) else None


def _is_name(word: str) -> bool:
    return word.isidentifier() and not keyword.iskeyword(word)


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def signature_text(signature: Signature) -> str:
    """A signature as it stands in exercise.toml."""
    return f"{signature.name}({', '.join(signature.parameters)}) -> {', '.join(signature.returns)}"


def signature_problem(key: str, value: Any) -> str | None:
    """What is wrong with a signature in exercise.toml; None if nothing is."""
    if isinstance(value, str) and signature(value) is not None:
        return None
    return f'{key} must be a signature such as {key} = "{_EXAMPLES[key]}", not {value!r}'


def names_problem(key: str, value: Any) -> str | None:
    """What is wrong with a class's name or a list of arguments; None if nothing is."""
    if isinstance(value, str) and all(map(_is_name, _words(value) or ("",))):
        return None
    return f'{key} must be a string such as {key} = "{_EXAMPLES[key]}", not {value!r}'


def path_problem(key: str, value: Any) -> str | None:
    """What is wrong with the path of an object's attribute and what belongs there; None if nothing is."""
    if not _PATH.fullmatch(key):
        return f"{key!r} is no attribute of an object; write one such as dW, params['weight'] or parameters()[0]"
    return None if isinstance(value, str) and value.isidentifier() else f'{key} must name a value, such as "dw"'


def given_problem(key: str, value: Any) -> str | None:
    """What is wrong with an argument that [form] gives; None if nothing is."""
    plain = (bool, int, float, str)
    inner = tuple(value.values()) if isinstance(value, dict) else (value,)
    if key.isidentifier() and all(isinstance(each, plain) for each in inner):
        return None
    return f'{key} must be a number, a string or a table of them, such as {{ mode = "train", eps = 1e-5 }}'


def scale_problem(key: str, value: Any) -> str | None:
    """What is wrong with a factor; None if nothing is."""
    if isinstance(value, str) and _names_in(value) is not None:
        return None
    return f'{key} must be a string such as {key} = "1/m", of numbers, sizes and + - * /, not {value!r}'


def passes(table: Mapping[str, Any]) -> Passes | None:
    """The functions of a [form]; None if there is no such table."""
    if not table:
        return None
    more = {name: table[name] for name in ("style", "arrays", "given", "scale") if name in table}
    forward, backward, make = (signature(table.get(name, "")) for name in ("forward", "backward", "make"))
    owner = make.name if make else table.get("class", "")
    if owner and more.get("style") == "autograd":
        arguments = _words(table.get("arguments", ""))
        forward = Signature("forward", ("ctx", *arguments), ("out",))
        backward = Signature("backward", ("ctx", "dout"), tuple(f"d{name}" for name in arguments))
    forward, backward = _method(owner, forward), _method(owner, backward)
    backward = backward or Signature("", (), ())
    return Passes(backward, forward, make=make, sets=table.get("set", {}), reads=table.get("read", {}), **more)


def _method(owner: str, call: Signature | None) -> Signature | None:
    return call and (Signature(f"{owner}.{call.name}", call.parameters, call.returns) if owner else call)


def row_name(variable: str, form: Passes | None) -> str:
    """What a variable's row is called: `dx`; for what a layer's functions return by its own name, `out`."""
    return variable if form is not None and variable in form.returned else f"d{variable}"


def keys_problem(table: Mapping[str, Any]) -> str | None:
    """Which key of a [form] is missing or out of place in its style; None if all are right."""
    style = table.get("style", "functions")
    if missing := next((key for key in _NEEDED[style] if key not in table), None):
        return f'a layer of style "{style}" needs {missing} in its [form], such as {missing} = "{_EXAMPLES[missing]}"'
    every = {key for keys in _POSSIBLE.values() for key in keys}
    if stray := next((key for key in table if key in every and key not in _POSSIBLE[style]), None):
        return f'{stray} has no meaning in style "{style}", which has {", ".join(_POSSIBLE[style])}'
    silent = [key for key in ("forward", "backward") if "->" not in table.get(key, "->")]
    if silent and (style == "functions" or "forward" in silent):
        return f'{silent[0]} must say what is returned, as in {silent[0]} = "{_EXAMPLES[silent[0]]}"'
    if style == "autograd" and table.get("arrays") == "numpy":
        return 'a torch.autograd.Function works on tensors: remove arrays = "numpy"'
    return None


def form_problem(form: Passes, values: Collection[str], sizes: Collection[str], graded: Sequence[str]) -> str | None:
    """What does not fit together in a [form]; None if everything does.

    Args:
        values: the parameters of forward() in forward.py, and what its lines compute.
        sizes: the parameters of inputs().
        graded: the variables that have a row.
    """
    problems = (
        *_given_problems(form, {*values, *sizes, "dout", "ctx", *form.returned}),
        *_parameter_problems(form, {*values, *sizes, *form.given, "dout", *(("ctx",) * (form.style == "autograd"))}),
        *_row_problems(form, values, graded),
        *_scale_problems(form, {*values, *sizes}, [row_name(variable, form) for variable in graded]),
    )
    return next(iter(problems), None)


def _given_problems(form: Passes, taken: Collection[str]) -> Iterator[str]:
    for name in form.given:
        if name in taken:
            yield f"given lists {name}, which the functions get anyway; give the argument another name"
        elif name not in form.taken:
            yield f"given lists {name}, which none of the functions takes"


def _parameter_problems(form: Passes, known: set[str]) -> Iterator[str]:
    variables = ", ".join(sorted(known))
    for call in filter(None, (form.make, *form.calls)):
        for position, name in enumerate(call.parameters):
            if name in call.parameters[:position]:
                yield f"{call.name} is to be given {name} twice"
            if name not in known:
                yield (
                    f"{call.name} is to be given {name}, which is neither a variable of forward() nor returned before; "
                    f"there are {', '.join(sorted(known))}"
                )
        known |= {*call.returns}
    if stray := next((name for name in form.sets.values() if name not in known), None):
        yield f"set names {stray}, which is no variable of forward(); there are {variables}"


def _row_problems(form: Passes, values: Collection[str], graded: Sequence[str]) -> Iterator[str]:
    last = form.backward.name
    for variable in graded:
        if row_name(variable, form) not in form.returned and variable == OUTPUT:
            yield f"GRADED lists {OUTPUT}, but no function returns {OUTPUT}"
        elif row_name(variable, form) not in form.returned:
            yield f"GRADED lists {variable}, but {last} does not return d{variable}"
    for name in () if form.style == "autograd" else form.returned:
        if name[:1] == "d" and name[1:] in values and name[1:] not in graded:
            yield f"{last} returns {name}, but GRADED does not list {name[1:]}"
    for name in form.returned:
        if form.returned.count(name) > 1:
            yield f"{name} is returned twice; give one of them another name"


def _scale_problems(form: Passes, known: Collection[str], rows: Sequence[str]) -> Iterator[str]:
    for row, factor in form.scale.items():
        if row not in rows:
            yield f"scale lists {row}, which has no row; there are {', '.join(rows)}"
        for name in _names_in(factor) or ():
            if name not in known:
                yield f"scale of {row} reads {name}, which is no size; there are {', '.join(sorted(known))}"


_ARITHMETIC: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _names_in(factor: str) -> set[str] | None:
    """The names that a factor reads; None if it is no arithmetic of numbers and names."""
    try:
        tree = ast.parse(factor.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    plain = all(
        isinstance(node, ast.Name)
        or (isinstance(node, ast.Constant) and type(node.value) in (int, float))
        or (isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC)
        for node in nodes
    )
    return {node.id for node in nodes if isinstance(node, ast.Name)} if plain else None


def factor_value(factor: str, sizes: Mapping[str, Any]) -> float | None:
    """The number that a factor such as `1/m` stands for at these sizes; None if it is zero or none at all."""
    try:
        found = _value(ast.parse(factor.strip(), mode="eval").body, sizes)
    except (ArithmeticError, TypeError, ValueError, RuntimeError):
        return None
    return found if math.isfinite(found) and found else None


def _value(node: ast.expr, sizes: Mapping[str, Any]) -> float:
    if isinstance(node, ast.BinOp):
        return _ARITHMETIC[type(node.op)](_value(node.left, sizes), _value(node.right, sizes))
    return float(sizes[node.id] if isinstance(node, ast.Name) else ast.literal_eval(node))
