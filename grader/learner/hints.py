"""The hints for a gradient: the author's, or else the rules of differentiation for its forward lines, in words."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.exercise.catalogue import right_forms, solution_file
from grader.exercise.exercise_toml import Hint
from grader.exercise.shelf import UnknownExercise
from grader.exercise.stubs import function_name, function_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.exercise.exercise import Exercise
    from grader.exercise.line import Line


def hints(exercise: Exercise, gradient: str) -> list[str]:
    """Three hints: where the variable is used, the rule for its shape, the derivative in words. Never the code.

    Hints that the author has not written are generated from the forward pass.
    """
    variable = exercise.variable(gradient)
    if exercise.is_value(variable):
        return [_made(exercise, variable)]
    said = exercise.settings.hints.get(variable, Hint())
    shape = said.shape or shape_in_words(exercise, variable)
    return [_uses(exercise, variable), shape, said.derivative or derivative_in_words(exercise, variable)]


def _made(exercise: Exercise, variable: str) -> str:
    """A value is no gradient: forward.py computes it."""
    [line] = exercise.lines_about(variable)
    return f"{variable} is no gradient: forward.py computes it up to line {line.number}, and you return the same value"


def _uses(exercise: Exercise, variable: str) -> str:
    lines = exercise.uses(variable)
    places = ", ".join(str(number) for number, _ in lines)
    if len(lines) == 1:
        return f"{variable} is used on one line of forward.py ({places}): `{lines[0][1].split('#')[0].strip()}`"
    return f"{variable} is used on {len(lines)} lines of forward.py ({places}); the gradients of all its uses add up"


def worked(exercise: Exercise, gradient: str) -> str:
    """The source of the worked solution's function.

    Raises:
        UnknownExercise: there is no worked solution: a pack may be installed without them.
    """
    file = solution_file(exercise)
    if not file.is_file():
        raise UnknownExercise(f"no worked solution of {exercise.name} is installed")
    return function_text(file.read_text(encoding="utf-8"), function_name(exercise, gradient))


def other_ways(exercise: Exercise, gradient: str) -> list[tuple[str, str]]:
    """Other correct forms, as (note, code): the blocks of the catalogue that write only this gradient."""
    name = function_name(exercise, gradient)
    solution = solution_file(exercise).read_text(encoding="utf-8")
    return [
        (form.note, form.source[len(solution) :].strip())
        for form in right_forms(exercise)
        if form.path.stem == name and gradient in form.gradients
    ]


MOST_LINES, MOST_STEPS = 3, 4
"""How many lines, and how many operations per line, a hint covers."""

_SUM = "addition passes its gradient on unchanged to both terms"
_BINARY: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (_SUM, _SUM),
    ast.Sub: (
        "in a subtraction, the first term gets the gradient unchanged",
        "in a subtraction, the second term gets the negative gradient",
    ),
    ast.Mult: ("in a product, the derivative is the other factor",) * 2,
    ast.Div: (
        "the numerator gets the gradient divided by the denominator",
        "the denominator gets minus the quotient divided by the denominator, times the gradient",
    ),
    ast.Pow: (
        "the exponent becomes a factor, and the power is reduced by one",
        "the derivative with respect to the exponent is the power times the logarithm of its base",
    ),
    ast.MatMult: ("in a matrix product, multiply by the other matrix, transposed; only one order fits the shapes",) * 2,
}
"""Rules for the left and the right operand."""
_LAID_OUT = "only the shape changes: reshape the gradient back"
_TURNED = "dimensions are swapped: swap those of the gradient back"
_LARGEST = "only the chosen position gets the gradient"
_SHIFTED = "every entry of a softmax depends on its whole row, so the gradient also has a term for the row"
_CALLS = {
    "exp": "exp is its own derivative",
    "log": "the derivative of a logarithm is one over its argument",
    "tanh": "the derivative of tanh is one minus the square of its output",
    "sigmoid": "the derivative of a sigmoid is its output times one minus its output",
    "relu": "a ReLU passes the gradient only where its input was positive",
    "sqrt": "the derivative of a square root is one over twice the root",
    "rsqrt": "one over a square root is the power minus one half",
    "square": "the derivative of a square is twice its argument",
    "abs": "the derivative of an absolute value is the sign of its argument",
    "sin": "the derivative of the sine is the cosine",
    "cos": "the derivative of the cosine is minus the sine",
    "sum": "a sum broadcasts its gradient to everything that was summed",
    "mean": "a mean broadcasts its gradient to every element, divided by the number of elements",
    "var": "a variance is a mean of squares: check the divisor, and note that the mean also depends on every element",
    **dict.fromkeys(("max", "min", "amax", "amin"), _LARGEST),
    **dict.fromkeys(("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as"), _LAID_OUT),
    **dict.fromkeys(("t", "transpose", "permute", "swapaxes"), _TURNED),
    **dict.fromkeys(("cat", "stack"), "each part that was joined gets its own slice of the gradient"),
    **dict.fromkeys(("softmax", "log_softmax"), _SHIFTED),
    "logsumexp": "the derivative of the logarithm of a sum of exponentials is a softmax",
    "gelu": "write out the formula of GELU: its derivative is that of a product",
    "cross_entropy": "the predicted probabilities minus the one-hot targets, divided by the number of examples",
    "masked_fill": "positions that were filled get zero gradient",
    "where": "each side gets the gradient where it was chosen, and zero elsewhere",
    "layer_norm": "the mean and the variance also depend on every element: three terms, not one",
    "expand": "sum the gradient over the copies",
}


def shape_in_words(exercise: Exercise, variable: str) -> str:
    """The rule for a gradient's shape, as far as it can be read from the forward lines."""
    said = [f"A gradient has the shape of its variable: that of {variable}."]
    made = exercise.producer.get(variable)
    if made is not None and _keeps_dimension(made):
        said.append(f"Line {made.number} uses keepdim=True: if {variable} has a dimension of size 1, keep it.")
    beside = [str(line.number) for line in exercise.readers.get(variable, ()) if _beside_another(line, variable)]
    if beside:
        where = f"line{'s' * (len(beside) > 1)} {', '.join(beside[:MOST_LINES])}"
        said.append(
            f"Where {variable} is smaller than the other operand ({where}), it was broadcast: sum over the broadcast "
            "dimensions."
        )
    return " ".join(said)


def derivative_in_words(exercise: Exercise, variable: str) -> str:
    """What the lines that use a variable do to its gradient, from each line's result inwards."""
    lines = exercise.readers.get(variable, ())
    said = [f"Line {line.number}: {_way(line, variable)}." for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        said.append("And so on: every line that uses it adds its share.")
    return " ".join(said)


def _keeps_dimension(line: Line) -> bool:
    return any(isinstance(node, ast.keyword) and node.arg == "keepdim" for node in ast.walk(line.code))


def _beside_another(line: Line, variable: str) -> bool:
    """Whether a line adds, subtracts, multiplies or divides the variable and something other than a number."""
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div))
        and any(isinstance(side, ast.Name) and side.id == variable for side in (node.left, node.right))
        and not any(isinstance(side, ast.Constant) for side in (node.left, node.right))
        for node in ast.walk(line.code)
    )


def _way(line: Line, variable: str) -> str:
    if line.body:
        return (
            "it is used inside a step of several statements; go back through them in the opposite order, "
            "and add up what every use contributes"
        )
    if not isinstance(line.code, ast.Assign):
        raise TypeError(f"not an assignment: {line.text}")
    ways = list(dict.fromkeys(tuple(steps) for steps in _steps(line.code.value, variable)))
    steps = list(dict.fromkeys(step for way in ways for step in way))
    plain = "it is passed on unchanged" if not steps else "; then ".join(steps[:MOST_STEPS])
    return f"{plain}; it is used more than once there, and the shares add up" if len(ways) > 1 else plain


def _steps(node: ast.AST, variable: str) -> Iterator[list[str]]:
    """For each use of a variable in an expression, the rules on the path from the result to it."""
    if isinstance(node, ast.Name) and node.id == variable:
        yield []
    if _called(node) == "detach":
        return
    for child in ast.iter_child_nodes(node):
        rule = _rule(node, child)
        for inner in _steps(child, variable):
            yield [rule, *inner] if rule else inner


def _rule(node: ast.AST, child: ast.AST) -> str | None:  # noqa: PLR0911 one for each kind of node
    """The rule for one operand of an operation; None if the gradient passes unchanged."""
    match node:
        case ast.BinOp(op=op) if type(op) in _BINARY:
            return _BINARY[type(op)][child is node.right]
        case ast.UnaryOp(op=ast.USub()):
            return "a minus sign negates the gradient"
        case ast.Attribute(attr="T" | "mT"):
            return _TURNED
        case ast.Subscript() if child is node.value:
            return "the gradient goes back to the positions that were read, and adds up where one was read twice"
        case ast.Call(args=args) if _called(node) == "layer_norm" and child in args[1:]:
            return "the normalized values are multiplied by the weight, and the bias is added"
        case ast.Call() if name := _called(node):
            return _CALLS.get(name, f"work out where {name} puts each element, and send its gradient back the same way")
    return None


def _called(node: ast.AST) -> str:
    """The name of the function or method called; empty if the node is not a call."""
    if not isinstance(node, ast.Call):
        return ""
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
