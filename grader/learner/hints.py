"""Hints read off the forward pass, for exercises whose author has written none: the chain rule's rules in words."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.exercise.catalogue import right_forms, solution_file
from grader.exercise.exercise_toml import Hint
from grader.exercise.stubs import function_name, function_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.exercise.exercise import Exercise
    from grader.exercise.forward import Line


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
    return function_text(solution_file(exercise).read_text(encoding="utf-8"), function_name(exercise, gradient))


def other_ways(exercise: Exercise, gradient: str) -> list[tuple[str, str]]:
    """What else is right, with a word about it: every block of the catalogue that writes this gradient alone."""
    name = function_name(exercise, gradient)
    solution = solution_file(exercise).read_text(encoding="utf-8")
    return [
        (form.note, form.source[len(solution) :].strip())
        for form in right_forms(exercise)
        if form.path.stem == name and gradient in form.gradients
    ]


MOST_LINES, MOST_STEPS = 3, 4
"""How many lines, and how many operations of one, a hint goes through."""

_SUM = "a sum hands its gradient on, unchanged, to both of its parts"
_BINARY: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (_SUM, _SUM),
    ast.Sub: (
        "what something is taken away from gets the gradient unchanged",
        "what is taken away gets the gradient with a minus",
    ),
    ast.Mult: ("in a product, the derivative is the other factor",) * 2,
    ast.Div: (
        "what is divided gets the gradient divided by the same",
        "what stands under a fraction gets minus the fraction over it once more",
    ),
    ast.Pow: (
        "a power comes down as a factor, and one power less is left",
        "an exponent gets the power times the logarithm of its base",
    ),
    ast.MatMult: ("in a product of matrices, multiply by the other one, turned: the shapes leave one way",) * 2,
}
"""For the left and for the right operand."""
_LAID_OUT = "the same numbers laid out anew: lay the gradient out as they were before"
_TURNED = "dimensions change places: the gradient's change back"
_LARGEST = "only the place that was chosen gets the gradient"
_SHIFTED = "every entry of a softmax depends on its whole row: the gradient has a term for the row as well"
_CALLS = {
    "exp": "exp is its own derivative",
    "log": "the derivative of a logarithm is one over what is inside",
    "tanh": "the derivative of tanh is one minus the square of what comes out",
    "sigmoid": "the derivative of a sigmoid is what comes out times one minus that",
    "relu": "a relu lets the gradient through where it was positive, and nowhere else",
    "sqrt": "the derivative of a root is one over twice the root",
    "rsqrt": "one over a root is the power minus one half",
    "square": "the derivative of a square is twice what is squared",
    "abs": "the derivative of an absolute value is the sign",
    "sin": "the derivative of the sine is the cosine",
    "cos": "the derivative of the cosine is minus the sine",
    "sum": "a sum spreads its gradient over everything that was summed",
    "mean": "a mean spreads its gradient over everything, divided by how many there were",
    "var": "a variance is a mean of squares: mind what it is divided by, and that the mean depends on everything too",
    **dict.fromkeys(("max", "min", "amax", "amin"), _LARGEST),
    **dict.fromkeys(("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as"), _LAID_OUT),
    **dict.fromkeys(("t", "transpose", "permute", "swapaxes"), _TURNED),
    **dict.fromkeys(("cat", "stack"), "each part that was put together gets its own piece of the gradient"),
    **dict.fromkeys(("softmax", "log_softmax"), _SHIFTED),
    "logsumexp": "the derivative of the logarithm of a sum of exponentials is a softmax",
    "gelu": "write the gelu's formula out: its derivative is that of a product",
    "cross_entropy": "what was predicted less what was right, divided by how many there are",
    "masked_fill": "what was filled over gets nothing",
    "where": "each side gets the gradient where it was chosen, and nothing elsewhere",
    "layer_norm": "the mean and the spread depend on every element as well: three terms, not one",
    "expand": "what was copied gets the sum over its copies",
}


def shape_in_words(exercise: Exercise, variable: str) -> str:
    """The rule for a gradient's shape, as far as the lines tell."""
    said = [f"A gradient has the shape of its variable: that of {variable}."]
    made = exercise.producer.get(variable)
    if made is not None and _keeps_dimension(made):
        said.append(f"Line {made.number} says keepdim=True: if {variable} has a dimension of size 1, keep it.")
    beside = [str(line.number) for line in exercise.readers.get(variable, ()) if _beside_another(line, variable)]
    if beside:
        where = f"line{'s' * (len(beside) > 1)} {', '.join(beside[:MOST_LINES])}"
        said.append(
            f"Where {variable} is smaller than what stands beside it ({where}), it was copied: sum over the copies."
        )
    return " ".join(said)


def derivative_in_words(exercise: Exercise, variable: str) -> str:
    """What the reading lines do to a variable, from the line's result inwards, as its gradient comes back."""
    lines = exercise.readers.get(variable, ())
    said = [f"Line {line.number}: {_way(line, variable)}." for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        said.append("And so on: every line that reads it adds its share.")
    return " ".join(said)


def _keeps_dimension(line: Line) -> bool:
    return any(isinstance(node, ast.keyword) and node.arg == "keepdim" for node in ast.walk(line.code))


def _beside_another(line: Line, variable: str) -> bool:
    """Whether a line adds, subtracts, multiplies or divides the variable and something that is no number."""
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div)
        and any(isinstance(side, ast.Name) and side.id == variable for side in (node.left, node.right))
        and not any(isinstance(side, ast.Constant) for side in (node.left, node.right))
        for node in ast.walk(line.code)
    )


def _way(line: Line, variable: str) -> str:
    if not isinstance(line.code, ast.Assign):
        raise TypeError(f"no assignment: {line.text}")
    ways = list(dict.fromkeys(tuple(steps) for steps in _steps(line.code.value, variable)))
    steps = list(dict.fromkeys(step for way in ways for step in way))
    plain = "it is handed on as it is" if not steps else "; then ".join(steps[:MOST_STEPS])
    return f"{plain}; it stands there more than once, and the shares add up" if len(ways) > 1 else plain


def _steps(node: ast.AST, variable: str) -> Iterator[list[str]]:
    """For each place of a variable in an expression, the rules on the way to it."""
    if isinstance(node, ast.Name) and node.id == variable:
        yield []
    if _called(node) == "detach":
        return
    for child in ast.iter_child_nodes(node):
        rule = _rule(node, child)
        for inner in _steps(child, variable):
            yield [rule, *inner] if rule else inner


def _rule(node: ast.AST, child: ast.AST) -> str | None:  # noqa: PLR0911 one for each kind of node
    """What one operation does to one of its operands' gradients."""
    match node:
        case ast.BinOp(op=op) if type(op) in _BINARY:
            return _BINARY[type(op)][child is node.right]
        case ast.UnaryOp(op=ast.USub()):
            return "a minus stays a minus"
        case ast.Attribute(attr="T" | "mT"):
            return _TURNED
        case ast.Subscript() if child is node.value:
            return "the gradient goes back to the places that were read, and adds up where one was read twice"
        case ast.Call(args=args) if _called(node) == "layer_norm" and child in args[1:]:
            return "a gain is a factor of what is normalised, and a bias is added to it"
        case ast.Call() if name := _called(node):
            return _CALLS.get(name, f"work out where {name} takes one element, and go the same way back")
    return None


def _called(node: ast.AST) -> str:
    """The function's or the method's name."""
    if not isinstance(node, ast.Call):
        return ""
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
