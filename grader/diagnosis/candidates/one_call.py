"""Functions that one call computes but a course writes out: what people take for their values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.diagnosis.candidates.slips import Slip, parsed
from grader.diagnosis.forward_code import literal
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import Phrase, said

if TYPE_CHECKING:
    from collections.abc import Iterator


_WITH_TERMS = ("gelu", "silu")
"""Functions whose derivative has two terms."""
_GATES: dict[str, str | Phrase] = {
    "torch.nn.functional.gelu({x})": "gelu",
    "torch.nn.functional.gelu({x}, approximate='tanh')": said("gelu_by_tanh"),
    "{x} * torch.sigmoid(1.702 * {x})": said("gelu_by_sigmoid"),
    "torch.nn.functional.silu({x})": "silu",
    "torch.relu({x})": "relu",
    "torch.tanh({x})": "tanh",
    "torch.sigmoid({x})": "sigmoid",
}
_MEAN = "({x} - {x}.mean(-1, keepdim=True))"
_LAYER_NORMS = {
    f"{_MEAN} / ({_MEAN}.square().sum(-1, keepdim=True) / ({{x}}.shape[-1] - 1) + {{e}}) ** 0.5 * {{w}} + {{b}}": (
        "variance_less_one",
        Kind.CONSTANT_FACTOR,
    ),
    f"{_MEAN} / ({_MEAN}.square().mean(-1, keepdim=True) ** 0.5 + {{e}}) * {{w}} + {{b}}": (
        "epsilon_outside_root",
        Kind.WRONG_EPSILON,
    ),
    f"{_MEAN} / {_MEAN}.square().mean(-1, keepdim=True) ** 0.5 * {{w}} + {{b}}": ("no_epsilon", Kind.WRONG_EPSILON),
    f"{_MEAN} / ({_MEAN}.square().mean(-1, keepdim=True) + {{e}}) * {{w}} + {{b}}": (
        "no_root",
        Kind.WRONG_POWER,
    ),
    "{x} / ({x}.square().mean(-1, keepdim=True) + {e}) ** 0.5 * {w} + {b}": ("no_mean", Kind.MISSING_PATH),
    "({x} - {x}.mean(0)) / ({x}.var(0, correction=0) + {e}) ** 0.5 * {w} + {b}": (
        "moments_over_examples",
        Kind.WRONG_AXIS,
    ),
}
"""A layer norm, written out with one mistake."""


def call_slips(node: ast.AST) -> Iterator[Slip]:
    """What people write instead of a call of such a function."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return
    name, x = node.func.attr, ast.unparse(node.args[0])
    if name in _WITH_TERMS:
        for text, other in _GATES.items():
            phrase = said("function_in_place", other=other, right=name)
            yield Slip(parsed(text.format(x=x)), Kind.WRONG_OPERAND, 0.3, phrase)
    elif name == "layer_norm":
        yield from _layer_norms(node, x)
    elif name == "softmax":
        yield from _softmaxes(node, x)
    elif name == "max_pool2d" and len(node.args) == 2 and not node.keywords:
        yield from _pools(node, x)


def _layer_norms(node: ast.Call, x: str) -> Iterator[Slip]:
    given = dict(enumerate(map(ast.unparse, node.args))) | {k.arg: ast.unparse(k.value) for k in node.keywords}
    parts = {"x": x, "e": given.get("eps", given.get(4, "1e-05"))}
    parts |= {"w": given.get("weight", given.get(2, "1")), "b": given.get("bias", given.get(3, "0"))}
    for text, (key, kind) in _LAYER_NORMS.items():
        yield Slip(parsed(text.format(**parts)), kind, 0.2, said(key))
    module = ast.unparse(node.func)
    for key, text in (("no_weight", "{f}({x}, {s}) + {b}"), ("no_bias", "{f}({x}, {s}, {w})")):
        filled = text.format(f=module, s=ast.unparse(node.args[1]) if len(node.args) > 1 else "", **parts)
        yield Slip(parsed(filled), Kind.MISSING_PATH, 0.2, said(key))


def _softmaxes(node: ast.Call, x: str) -> Iterator[Slip]:
    is_method = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in ("torch", "F")
    if is_method and isinstance(node.func, ast.Attribute):
        x = ast.unparse(node.func.value)
    dim = ast.unparse(node.args[-1])
    yield Slip(parsed(f"({x}).exp()"), Kind.WRONG_OPERAND, 0.3)
    yield Slip(parsed(f"({x}).log_softmax({dim})"), Kind.WRONG_OPERAND, 0.3)
    yield Slip(parsed(f"({x}).exp() / ({x}).exp().sum()"), Kind.SUMMED_TOO_FAR, 0.2)


def _pools(node: ast.Call, x: str) -> Iterator[Slip]:
    size = literal(node.args[1])
    if not isinstance(size, int):
        return
    windows = f"{x}.unfold(2, {size}, {size}).unfold(3, {size}, {size})"
    largest = f"({windows} == {windows}.amax((4, 5), keepdim=True))"
    for text, key, cost in (
        (f"{windows}.mean((4, 5))", "window_means", 0.2),
        (f"{windows}.sum((4, 5))", "window_sums", 0.2),
        (f"{windows}.amin((4, 5))", "window_smallest", 0.2),
        (f"{windows}[..., 0, 0]", "window_firsts", 0.3),
        (f"({windows} * {largest}).sum((4, 5))", "window_each_largest", 0.3),
        (f"{windows}.amax((4, 5))", "window_shared", 0.35),
        (f"{windows}.flip(4, 5).flatten(4).max(4).values", "window_last_largest", 0.35),
        (f"{x}.reshape(*{x}.shape[:2], -1, {size * size}).amax(3).reshape({ast.unparse(node)}.shape)",
         "windows_of_successive", 0.35),
    ):  # fmt: skip
        yield Slip(parsed(text), Kind.WRONG_INDEX if cost > 0.2 else Kind.WRONG_OPERAND, cost, said(key))
