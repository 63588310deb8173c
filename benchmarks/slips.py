"""Slips of somebody who writes backward passes by hand, drawn from the right functions by a program.

Each operator is a mistake that people make: a relu of the gradient itself, a size typed in where the formula has `n`,
`[:, Yb]` for `[range(n), Yb]`, a view where a transpose belongs. An operator reads the text of a function and yields
the text of a changed part.

No code is shared with the mutants that the diagnosis was developed with, except the test of equivalence.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from alterations import EPSILONS, LARGE

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping

    from grader.authoring.mutants import Mutant, Original
    from grader.exercise.exercise import Exercise

VALUES: dict[str, tuple[str, tuple[str, ...]]] = {
    "gradient cut off": (
        "upstream result",
        ("{x}.relu()", "{x}.clamp(min=0)", "{x}.abs()", "{x} * ({x} > 0)", "{x}.clamp(-1, 1)", "{x}.clamp(max=1)"),
    ),
    "gradient rescaled": (
        "result",
        ("{x} / {x}.norm()", "{x} / {x}.abs().max()", "{x}.round(decimals=4)", "{x}.sign()"),
    ),
    "gradient centered": ("result", ("{x} - {x}.mean(0)", "{x} - {x}.mean()", "{x} - {x}.mean(-1, keepdim=True)")),
    "gradient used twice": ("upstream", ("{x} * {x}", "{x} ** 2", "{x} * {x}.abs()")),
    "gradient averaged": (
        "result upstream",
        ("{x} / {x}.shape[0]", "{x} / {x}.numel()", "{x}.mean(0, keepdim=True).expand_as({x})", "{x} * {x}.shape[0]"),
    ),
    "one row": ("upstream operand", ("{x}[0]", "{x}[:1]", "{x}[-1]", "{x}[:, :1]", "{x}.mean(0)", "{x}.sum(0)")),
    "one index": ("index", ("{x}[0]", "{x}[:1]", "{x}[-1]")),
    "shifted index": (
        "index",
        ("{x}.roll(1, 0)", "{x}.flip(0)", "({x} + 1) % ({x}.max() + 1)", "{x} - 1", "{x}.sort(0).values"),
    ),
    "shifted": (
        "upstream operand result",
        ("{x}.roll(1, 0)", "{x}.roll(-1, 0)", "{x}.roll(1, -1)", "{x}.flip(0)", "{x}.flip(-1)", "{x}.sort(0).values"),
    ),
    "almost one": ("result upstream", ("1.000001 * {x}", "0.9999 * {x}", "1.001 * {x}", "0.99 * {x}", "{x} + 1e-6")),
    "function of a value": (
        "operand",
        (
            "{x} ** 2",
            "{x}.sqrt()",
            "1 / {x}",
            "{x}.exp()",
            "{x}.log()",
            "{x}.tanh()",
            "{x}.sigmoid()",
            "1 - {x}",
            "{x} ** 3",
        ),
    ),
    "sign": ("result upstream operand", ("-{x}",)),
    "wrong mean": ("result", ("{x}.mean(0)", "{x}.sum(0)", "{x}.sum(-1, keepdim=True).expand_as({x})", "{x}.sum()")),
    "other arrangement": (
        "operand upstream result",
        ("{x}.T.reshape({x}.shape)", "{x}.transpose(0, 1).reshape({x}.shape)", "{x}.mT.reshape({x}.shape)"),
    ),
    "wrong size": ("size", ("({x} - 1)", "({x} + 1)", "({x} * {x})", "{x} ** 0.5")),
}
"""Operator -> what it is done to, and what is written for the value `x`.

upstream: an upstream gradient; operand: a forward value; index: a tensor of integers; size: a number; result: what the
function returns.
"""
LOCAL: dict[str, tuple[str, ...]] = {
    "exp": ("{x} * ({x} - 1).exp()", "{x} * 2.718281828 ** ({x} - 1)", "{y}.exp()", "{x}", "1 / {y}", "{x} * {y}"),
    "log": ("1 / {y}", "{x}", "{x} ** -2", "-1 / {x} ** 2", "{x}.log()", "1 / ({x} + 1e-8)", "0 * {x} ** -1"),
    "tanh": (
        "1 - {y}",
        "{y} * (1 - {y})",
        "1 - {x} ** 2",
        "1 + {y} ** 2",
        "(1 - {y}) ** 2",
        "{y} ** 2 - 1",
        "1 / {x}.cosh()",
    ),
    "sigmoid": ("1 - {y} ** 2", "{y} * (1 + {y})", "1 - {y}", "{x} * (1 - {x})", "{y} * ({y} - 1)", "{y} ** 2"),
    "relu": ("({x} < 0)", "({d} > 0)", "{y}", "{x}.sign()", "(-{x} >= 0)", "({x} > 0.1)", "({x} > -1)", "({x} != 0)"),
    "sqrt": ("1 / (2 * {x})", "2 * {y}", "0.5 * {y}", "1 / {y}", "0.5 * {x} ** -1.5", "0.5 / {y} ** 2"),
    "softmax": (
        "{y} * (1 - {y})",
        "{y}",
        "{y} - {y} ** 2 * {d}",
        "(1 - {y})",
        "{x}.exp()",
        "{y} * (1 - {y}.sum(-1, keepdim=True))",
    ),
    "power": (
        "{x} ** ({k} - 1)",
        "{k} * {x} ** {k}",
        "{k} * {x} ** ({k} + 1)",
        "({k} - 1) * {x} ** ({k} - 1)",
        "{k} * {x}",
        "({k} - 1) * {x} ** {k}",
        "{x} ** {k} * {x}.abs().log()",
        "-({k}) * {x} ** ({k} - 1)",
        "({k} + 1) * {x} ** {k}",
    ),
}
"""A function of the forward pass, `y` of `x` -> wrong derivatives of it; `d` is the upstream gradient."""
TYPES = {"upstream": ast.Name, "operand": ast.Name, "index": ast.Name, "size": ast.Name, "result": ast.Return}


@dataclass(frozen=True)
class Slip:
    """One change, not made yet: the operator, the part that is replaced, and its new text."""

    operator: str
    node: ast.AST
    new: str
    head: str = ""


class Scene:
    """A right function, and what is known of the names in it.

    Args:
        exercise: where it belongs.
        original: the function.
        given: every input and forward value of the given case.
    """

    def __init__(self, exercise: Exercise, original: Original, given: Mapping[str, Any]) -> None:
        self.exercise, self.original, self.given = exercise, original, given
        self.text = ast.unparse(original.function)
        (tree,) = ast.parse(self.text).body
        assert isinstance(tree, ast.FunctionDef)
        self.tree, self.variable = tree, tree.name[1:]
        self.parameters = [a.arg for a in tree.args.args]

    def slips(self) -> dict[str, list[Slip]]:
        """Every slip by operator, equivalent ones included."""
        found: dict[str, list[Slip]] = defaultdict(list)
        for operator, types, change in OPERATORS:
            for node in ast.walk(self.tree):
                if isinstance(node, types):
                    for new in change(node, self):
                        text, head = (new, "") if isinstance(new, str) else new
                        found[operator].append(Slip(operator, node, text, head))
        return dict(found)

    def made(self, slip: Slip) -> Mutant | None:
        """The function with a slip; None if it is equivalent, or no function any more."""
        before = self.part(slip.node)
        expression = isinstance(slip.node, ast.expr) and not isinstance(slip.node, ast.Slice)
        new = f"({slip.new})" if expression else slip.new
        try:
            (twin,) = ast.parse(self._spliced(slip.node, new)).body
        except SyntaxError:
            return None
        assert isinstance(twin, ast.FunctionDef)
        return self.original.changed(twin, slip.operator, f"{before} -> {slip.head}{slip.new}", slip.head)

    def kind(self, name: str) -> str:
        """What a parameter is: upstream, operand, index, size, or nothing of these."""
        if name not in self.parameters:
            return ""
        value = self.original.draws[0].get(name)
        if isinstance(value, torch.Tensor):
            floating = "operand" if name in self.given else "upstream"
            return floating if value.is_floating_point() else "index"
        return "size" if isinstance(value, int) else ""

    def shape(self, name: str) -> tuple[int, ...] | None:
        """A tensor's shape in the first draw."""
        value = self.original.draws[0].get(name)
        return tuple(value.shape) if isinstance(value, torch.Tensor) else None

    def part(self, node: ast.AST) -> str:
        """The text of a part."""
        return ast.get_source_segment(self.text, node) or ""

    @cached_property
    def around(self) -> list[str]:
        """Names of values and gradients that are near: in the function, or in the lines around its variable."""
        return list(dict.fromkeys([*self.parameters, *self.original.others]))

    @cached_property
    def in_the_given_case(self) -> dict[str, Any]:
        """Every name's value there; a gradient has its variable's, which is as good where only the shape is read."""
        return {**{f"d{name}": value for name, value in self.given.items()}, **self.given}

    def _spliced(self, node: Any, new: str) -> str:
        lines = self.text.splitlines(keepends=True)
        start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
        end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
        return self.text[:start] + new + self.text[end:]


OPERATORS: list[tuple[str, Any, Any]] = []
"""Name, types of the nodes it is tried on, and what yields the new texts, alone or with lines to go before `def`."""


def operator(name: str, *types: type[ast.AST]) -> Callable[[Any], Any]:
    """Registers what changes nodes of these types."""

    def register(change: Any) -> Any:
        OPERATORS.append((name, types, change))
        return change

    return register


def drawn_slips(scenes: list[Scene], rng: random.Random) -> Iterator[Mutant]:
    """Slips that are not equivalent, each once, an operator drawn first and then one of its slips."""
    waiting: dict[str, list[tuple[Scene, Slip]]] = defaultdict(list)
    for scene in scenes:
        for name, slips in scene.slips().items():
            waiting[name] += [(scene, slip) for slip in slips]
    for slips in waiting.values():
        rng.shuffle(slips)
    seen = set[str]()
    while waiting:
        name = rng.choice(sorted(waiting))
        made = next(_made(waiting[name], seen), None)
        if made is None:
            del waiting[name]
        else:
            yield made


def _made(slips: list[tuple[Scene, Slip]], seen: set[str]) -> Iterator[Mutant]:
    while slips:
        scene, slip = slips.pop()
        mutant = scene.made(slip)
        if mutant is not None and mutant.source not in seen:
            seen.add(mutant.source)
            yield mutant


# a value, an index or the result


def _register_values() -> None:
    for name, (kinds, templates) in VALUES.items():
        OPERATORS.extend((name, TYPES[kind], _filled(kind, templates)) for kind in kinds.split())


def _filled(kind: str, templates: tuple[str, ...]) -> Any:
    def change(node: Any, scene: Scene) -> Iterator[str]:
        if kind == "result":
            yield from (returned(node, scene, f"return {t.format(x='result')}") for t in templates)
        elif isinstance(node.ctx, ast.Load) and scene.kind(node.id) == kind:
            yield from (t.format(x=node.id) for t in templates)

    return change


_register_values()


def returned(node: ast.Return, scene: Scene, *lines: str) -> str:
    """Lines instead of a return, with what it returns as `result`."""
    assert node.value is not None
    return f"\n{' ' * node.col_offset}".join([f"result = {scene.part(node.value)}", *lines])


@operator("gradient cut short", ast.Return)
def cut_short(node: ast.Return, scene: Scene) -> Iterator[str]:
    """Only the first or the last rows are filled in, the rest stays zero."""
    value = scene.given.get(scene.variable)
    rows = value.shape[0] if isinstance(value, torch.Tensor) and value.dim() else 0
    for place in [":-1", "1:", f":{rows}", f":{rows // 2}", f":{rows + 1}", "::2"] if rows else []:
        filled = f"filled[{place}] = result[{place}]"
        yield returned(node, scene, "filled = torch.zeros_like(result)", filled, "return filled")


@operator("gradient once more", ast.Return)
def once_more(node: ast.Return, scene: Scene) -> Iterator[str]:
    """The result multiplied by something that it holds already, or added to it."""
    for name in scene.parameters:
        if scene.kind(name) in ("upstream", "operand"):
            yield returned(node, scene, f"return result * {name}")
            yield returned(node, scene, f"return result + {name}")
            yield returned(node, scene, f"return result / {name}")


@operator("state between calls", ast.Return)
def state(node: ast.Return, scene: Scene) -> Iterator[tuple[str, str]]:
    """The first result is kept, or results add up as in `.grad`."""
    head = "grads = {}\n"
    yield returned(node, scene, "return grads.setdefault('first', result)"), head
    yield returned(node, scene, "return grads.setdefault(result.shape, result)"), head
    add = "grads[result.shape] = grads.get(result.shape, 0) + result"
    yield returned(node, scene, add, "return grads[result.shape]"), head
    yield returned(node, scene, "grads.append(result)", "return result / len(grads)"), "grads = []\n"


@operator("stale value", ast.Name)
def stale(node: ast.Name, scene: Scene) -> Iterator[tuple[str, str]]:
    """A value kept from the first call with its shape."""
    if scene.kind(node.id) in ("upstream", "operand"):
        yield f"cache.setdefault({node.id}.shape, {node.id}.clone())", "cache = {}\n"


@operator("wrong variable", ast.Name)
def wrong_variable(node: ast.Name, scene: Scene) -> Iterator[str]:
    """A value or a gradient of the same shape from the lines around."""
    if scene.kind(node.id) in ("upstream", "operand", "size"):
        same = (n for n in scene.around if n != node.id and scene.shape(n) == scene.shape(node.id))
        yield from (n for n in same if scene.shape(n) is not None or scene.kind(n) == "size")


# the local derivative


@operator("wrong derivative", ast.Return)
def wrong_derivative(_: ast.Return, scene: Scene) -> Iterator[str]:
    """A typical wrong derivative of exp, log, tanh, ... in a function for a single forward line."""
    lines = scene.exercise.readers.get(scene.variable, ())
    if len(lines) != 1 or len(lines[0].outputs) != 1 or not isinstance(lines[0].code, ast.Assign):
        return
    (y,) = lines[0].outputs
    name, x, k = _applied(lines[0].code.value)
    if scene.variable in x and y != "loss":
        for formula in LOCAL.get(name, ()):
            yield f"return d{y} * ({formula.format(x=f'({x})', y=y, d=f'd{y}', k=k)})"


def _applied(value: ast.expr) -> tuple[str, str, str]:
    """The function that a forward line applies, what it is applied to, and the exponent of a power."""
    match value:
        case ast.BinOp(base, ast.Pow(), exponent):
            return "power", ast.unparse(base), ast.unparse(exponent)
        case ast.Call(ast.Attribute(ast.Name("torch" | "F"), name), [first, *_]):
            return name, ast.unparse(first), ""
        case ast.Call(ast.Attribute(base, name)):
            return name, ast.unparse(base), ""
    return "", "", ""


@operator("wrong derivative", ast.BinOp)
def wrong_slope(node: ast.BinOp, scene: Scene) -> Iterator[str]:
    """`1 - t**2` and `s * (1 - s)` remembered wrongly."""
    found = re.fullmatch(r"1 - (\w+) \*\* 2|1 - (\w+) \* \2", scene.part(node))
    if found:
        t = found[1] or found[2]
        yield from (f"1 - {t}", f"1 + {t} ** 2", f"{t} * (1 - {t})", f"(1 - {t}) ** 2", f"{t} ** 2", f"1 - 2 * {t}")
    found = re.fullmatch(r"1 - (\w+)", scene.part(node))
    if found:
        s = found[1]
        yield from (f"1 + {s}", f"{s} - 1", f"1 - {s} ** 2", f"1 - 2 * {s}", f"1 / {s}")


@operator("wrong mask", ast.Compare)
def wrong_mask(node: ast.Compare, scene: Scene) -> Iterator[str]:
    """Another side, another bound, another variable, or the gradient itself."""
    left, right = scene.part(node.left), scene.part(node.comparators[0])
    yield from (f"{left} {sign} {right}" for sign in ("<", ">", "<=", ">=", "==", "!="))
    yield from (f"-{left} >= {right}", f"{left} > {right} + 0.1", f"{left}.abs() > {right}", f"{left} > {right} - 1")
    yield from (f"{n} > {right}" for n in scene.around if n != left and scene.shape(n) == scene.shape(left) is not None)


@operator("wrong power", ast.BinOp)
def wrong_power(node: ast.BinOp, scene: Scene) -> Iterator[str]:
    """The exponent not reduced, reduced twice, its sign lost; a product for a power."""
    if isinstance(node.op, ast.Pow):
        base, k = scene.part(node.left), scene.part(node.right)
        yield from (f"{base} ** ({k} {by})" for by in ("+ 1", "- 1", "+ 0.5", "- 0.5", "+ 2"))
        yield from (f"{base} ** -{k}", f"{base} * {k}", f"{k} ** {base}", base)


@operator("wrong constant", ast.Constant)
def wrong_constant(node: ast.Constant, _: Scene) -> Iterator[str]:
    """Another number, its reciprocal, a digit less."""
    if isinstance(node.value, float):
        yield from (
            str(f(node.value)) for f in (lambda v: -v, lambda v: 1 / (v or 1), lambda v: v / 10, lambda v: v + 1)
        )
        yield from (str(v) for d in (1, 2, 3) if (v := round(node.value, d)) != node.value)
    elif isinstance(node.value, int) and not isinstance(node.value, bool):
        yield from (str(node.value + 1), str(node.value - 1), str(-node.value), f"1 / {node.value or 1}")


# products, quotients, sums


@operator("divided and multiplied", ast.BinOp)
def divided(node: ast.BinOp, scene: Scene) -> Iterator[str]:
    """One for the other, or the quotient upside down."""
    left, right = scene.part(node.left), scene.part(node.right)
    if isinstance(node.op, ast.Mult):
        yield from (f"({left}) / ({right})", f"({right}) / ({left})")
    elif isinstance(node.op, ast.Div):
        yield from (
            f"({left}) * ({right})",
            f"({right}) / ({left})",
            f"({left}) // ({right})",
            f"({left}) / ({right}) ** 2",
        )


@operator("factor forgotten", ast.BinOp)
def factor(node: ast.BinOp, scene: Scene) -> Iterator[str]:
    """One side of a product or quotient, or a sum of both."""
    if isinstance(node.op, (ast.Mult, ast.Div)):
        left, right = scene.part(node.left), scene.part(node.right)
        yield from (left, right, f"({left}) + ({right})", f"({left}) - ({right})")


@operator("summand", ast.BinOp)
def summand(node: ast.BinOp, scene: Scene) -> Iterator[str]:
    """A path dropped, counted twice, subtracted, or multiplied."""
    if isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = scene.part(node.left), scene.part(node.right)
        sign, other = ("+", "-") if isinstance(node.op, ast.Add) else ("-", "+")
        yield from (left, f"{sign}({right})", f"({left}) {other} ({right})", f"({left}) * ({right})")
        yield from (f"({left}) {sign} 2 * ({right})", f"2 * ({left}) {sign} ({right})", f"({left}) {sign} ({left})")
        yield from (f"({right}) {sign} ({right})", f"0.5 * (({left}) {sign} ({right}))")


@operator("product for another", ast.BinOp)
def matmul(node: ast.BinOp, scene: Scene) -> Iterator[str]:
    """Swapped operands of a matrix product, or a transpose too many or too few."""
    if isinstance(node.op, ast.MatMult):
        left, right = scene.part(node.left), scene.part(node.right)
        plain = [re.sub(r"(\.T|\.mT|\.transpose\([^()]*\))$", "", side) for side in (left, right)]
        yield from (f"({right}) @ ({left})", f"(({left}) @ ({right})).mT", f"({left}) * ({right})")
        yield from (f"({a}) @ ({b})" for a in (plain[0], f"({plain[0]}).mT") for b in (plain[1], f"({plain[1]}).mT"))
        yield from (f"({plain[1]}).mT @ ({plain[0]})", f"(({plain[1]}).mT @ ({plain[0]})).mT")


@operator("view for a transpose", ast.Attribute, ast.Call)
def rearranged(node: ast.Attribute | ast.Call, scene: Scene) -> Iterator[str]:
    """A transpose forgotten, done twice, or a reshape to the transposed shape."""
    text = scene.part(node)
    found = re.fullmatch(r"(.*)\.(T|mT|transpose\((\d), (\d)\)|permute\((.*)\))", text, re.DOTALL)
    if found:
        yield from (found[1], f"{found[1]}.reshape({text}.shape)", f"{text}.flip(0)")
    view = re.fullmatch(r"(.*\.(?:view|reshape))\((\w+), (\w+), (\w+), (\w+)\)\.transpose\(1, 2\)", text)
    if view:
        yield f"{view[1]}({view[2]}, {view[4]}, {view[3]}, {view[5]})"
        yield f"{view[1]}({view[2]}, {view[3]}, {view[5]}, {view[4]}).permute(0, 2, 1, 3).reshape({text}.shape)"


@operator("parts in another order", ast.List, ast.Tuple)
def reordered(node: ast.List | ast.Tuple, scene: Scene) -> Iterator[str]:
    """Two neighbors swapped, or one written twice, in what is concatenated or stacked."""
    parts, (left, right) = [scene.part(e) for e in node.elts], "[]" if isinstance(node, ast.List) else "()"
    tensors = isinstance(node.ctx, ast.Load) and any(scene.kind(name) == "upstream" for name in _names(node))
    for at in range(len(parts) - 1) if tensors else ():
        for pair in ([parts[at + 1], parts[at]], [parts[at]] * 2, [parts[at + 1]] * 2):
            yield left + ", ".join([*parts[:at], *pair, *parts[at + 2 :]]) + right


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


# sums over dimensions


def _method(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


@operator("wrong dim", ast.Call)
def wrong_dim(node: ast.Call, scene: Scene) -> Iterator[str]:
    """Another dimension in a sum, mean, softmax, maximum, stack, ..."""
    numbers = [a for a in (*node.args, *(k.value for k in node.keywords if k.arg == "dim")) if _is_dim(a)]
    if numbers and _method(node) in DIMENSIONAL:
        at, text = numbers[-1], scene.part(node)
        start = text.rindex(scene.part(at))
        for dim in ("0", "1", "2", "-1", "-2", "(0, 1)"):
            yield text[:start] + dim + text[start + len(scene.part(at)) :]


DIMENSIONAL = (
    "sum",
    "mean",
    "softmax",
    "log_softmax",
    "max",
    "amax",
    "cumsum",
    "logsumexp",
    "var",
    "cat",
    "stack",
    "unsqueeze",
)


def _is_dim(node: ast.expr) -> bool:
    return bool(re.fullmatch(r"-?\d|\(\d, \d\)", ast.unparse(node)))


@operator("keepdim", ast.Call)
def keepdim(node: ast.Call, scene: Scene) -> Iterator[str]:
    """Forgotten, or one too many."""
    text = scene.part(node)
    if _method(node) in ("sum", "mean", "max", "amax", "var", "logsumexp"):
        yield text.replace(", keepdim=True", "") if "keepdim=True" in text else f"{text[:-1]}, keepdim=True)"


@operator("sum for something else", ast.Call)
def reduction(node: ast.Call, scene: Scene) -> Iterator[str]:
    """A mean, one row, the running sum, the largest for a sum; no sum at all; the other way round."""
    text, name = scene.part(node), _method(node)
    if name in ("sum", "mean") and isinstance(node.func, ast.Attribute):
        base = scene.part(node.func.value)
        rest = text[len(base) + 1 + len(name) :]
        others = [n for n in ("sum", "mean", "amax", "cumsum", "prod", "norm") if n != name]
        yield from (f"{base}.{n}{rest}" for n in others)
        yield from (base, f"{base}.sum()", f"{base}[0]", f"{base}.abs(){text[len(base) :]}")
    if name == "var":
        yield text.replace("unbiased=False", "unbiased=True")


@operator("softmax", ast.Call)
def softmax(node: ast.Call, scene: Scene) -> Iterator[str]:
    """Exponentials that are not divided, a sigmoid, a logarithm, logits."""
    if _method(node) == "softmax":
        base = scene.part(node.args[0] if len(node.args) > 1 or node.keywords else node.func)
        base = base.removesuffix(".softmax")
        yield from (f"{base}.exp()", f"{base}.sigmoid()", base, f"{base} / {base}.sum(-1, keepdim=True)")
        yield f"{base}.exp() / {base}.exp().sum()"


@operator("letters of an einsum", ast.Constant)
def letters(node: ast.Constant, _: Scene) -> Iterator[str]:
    """Two letters of an operand or of the result swapped, or one summed over."""
    if isinstance(node.value, str) and "->" in node.value:
        parts = re.split(r"(,|->)", node.value)
        for at in range(0, len(parts), 2):
            word = parts[at]
            for k in range(len(word) - 1):
                swapped = word[:k] + word[k + 1] + word[k] + word[k + 2 :]
                yield repr("".join([*parts[:at], swapped, *parts[at + 1 :]]))


# sizes and small constants


@operator("typed number", ast.Name, ast.Subscript, ast.Call, ast.BinOp)
def typed(node: ast.expr, scene: Scene) -> Iterator[str]:
    """What a size, a reciprocal of one or a single value comes to in the given case."""
    text = scene.part(node)
    name = re.fullmatch(r"(?:1(?:\.0)? / |len\()?(\w+)(?:\.shape\[-?\d\]|\.numel\(\)|\))?", text)
    if not name or name[1] not in scene.in_the_given_case or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    value = eval(text, {}, scene.in_the_given_case)
    single = isinstance(value, torch.Tensor) and not value.dim() and name[1] in scene.given
    number = value.item() if single else value
    if isinstance(number, (int, float)):
        yield from dict.fromkeys((str(number), str(round(number, 4))))


@operator("wrong size", ast.Subscript, ast.Call, ast.BinOp)
def wrong_size(node: ast.expr, scene: Scene) -> Iterator[str]:
    """Another dimension's size, all elements for a row, n for n - 1."""
    text = scene.part(node)
    if found := re.fullmatch(r"(\w+)\.(?:shape\[-?\d\]|numel\(\))", text):
        yield from (f"{found[1]}.{size}" for size in ("shape[0]", "shape[1]", "shape[-1]", "numel()", "dim()"))
    elif found := re.fullmatch(r"(\w+) - 1", text):
        yield from (found[1], f"{found[1]} - 2", f"{found[1]} + 1")


@operator("epsilon", ast.BinOp)
def epsilon(node: ast.BinOp, scene: Scene) -> Iterator[str]:
    """Left out, another one, outside of the root; one in a denominator that has none."""
    left, right = scene.part(node.left), scene.part(node.right)
    if isinstance(node.op, ast.Add) and right == "1e-05":
        yield from (left, *(f"{left} + {e}" for e in EPSILONS))
    elif isinstance(node.op, ast.Pow) and left.endswith("+ 1e-05)"):
        yield from (f"({left[1:-9]}) ** {right} + 1e-05", f"(({left[1:-9]}) ** 0.5 + 1e-05) ** (2 * {right})")
    elif isinstance(node.op, ast.Div):
        yield from (f"({left}) / ({right} + {e})" for e in ("1e-05", "1e-8", "1e-3"))


@operator("clamped", ast.Name)
def clamped(node: ast.Name, scene: Scene) -> Iterator[str]:
    """A forward value kept away from zero or from large numbers."""
    if scene.kind(node.id) == "operand":
        yield from (
            f"{node.id}.clamp(min=1e-3)",
            f"{node.id}.clamp(-1, 1)",
            f"{node.id}.clamp(max={LARGE[0]})",
            f"{node.id}.abs()",
        )


# places in a tensor, and statements


@operator("slice", ast.Slice)
def slices(node: ast.Slice, scene: Scene) -> Iterator[str]:
    """Off by one, or the other end."""
    low, high = (scene.part(end) if end else "" for end in (node.lower, node.upper))
    if not node.step:
        yield from ([f"{low}:{high} - 1", f"{low}:{high} + 1", f"-({high}):"] if high else [])
        yield from ([f"{low} + 1:{high}", f"{low} - 1:{high}", f":{high}"] if low else [f"1:{high}"])
        yield ":"


@operator("all rows", ast.Subscript)
def all_rows(node: ast.Subscript, scene: Scene) -> Iterator[str]:
    """`[:, Yb]` for `[range(n), Yb]`, indices swapped, and one loop variable for the other."""
    if isinstance(node.slice, ast.Tuple) and len(node.slice.elts) > 1 and _names(node.slice):
        base, parts = scene.part(node.value), [scene.part(e) for e in node.slice.elts]
        if "range" in parts[0]:
            yield f"{base}[:, {', '.join(parts[1:])}]"
            yield f"{base}[0, {', '.join(parts[1:])}]"
        yield f"{base}[{', '.join(reversed(parts))}]"
        yield f"{base}[{', '.join([*parts[:-2], parts[-1], parts[-2]])}]"
        yield f"{base}[{', '.join([*parts[:-1], parts[-2]])}]"


@operator("loop", ast.Call)
def loop(node: ast.Call, scene: Scene) -> Iterator[str]:
    """The first or the last turn left out, or a number typed in."""
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        last = scene.part(node.args[-1])
        yield from (f"range({last} - 1)", f"range(1, {last})", f"range({last} // 2)", f"range(0, {last}, 2)")


@operator("overwritten", ast.Call)
def overwritten(node: ast.Call, scene: Scene) -> Iterator[str]:
    """Values that should add up where an index occurs twice."""
    text = scene.part(node)
    for right, wrong in OVERWRITTEN:
        if right in text.rsplit(").", 1)[-1]:
            yield text.replace(right, wrong)


OVERWRITTEN = (
    ("accumulate=True", "accumulate=False"),
    ("index_add", "index_copy"),
    ("scatter_add", "scatter"),
    (".indices", ".values.long()"),
)


@operator("statement", ast.AugAssign)
def assigned(node: ast.AugAssign, scene: Scene) -> Iterator[str]:
    """`=` or `-=` for `+=`, or the line forgotten."""
    target, value = scene.part(node.target), scene.part(node.value)
    sign = "-=" if isinstance(node.op, ast.Add) else "+="
    yield from (f"{target} = {value}", f"{target} {sign} {value}", "pass", f"{target} *= {value}")


@operator("statement", ast.FunctionDef, ast.For)
def swapped(node: ast.FunctionDef | ast.For, scene: Scene) -> Iterator[str]:
    """Two lines in the other order, one of them forgotten or run twice."""
    before = scene.part(node)
    for first, second in zip(node.body, node.body[1:], strict=False):
        one, two = scene.part(first), scene.part(second)
        if isinstance(second, (ast.Assign, ast.AugAssign)) and "\n" not in one + two:
            indent = f"\n{' ' * first.col_offset}"
            both = f"{one}{indent}{two}"
            yield from (before.replace(both, f"{two}{indent}{one}"), before.replace(both, one))
            yield before.replace(both, f"{both}{indent}{two}")
