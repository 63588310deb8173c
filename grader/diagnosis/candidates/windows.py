"""Mistakes in a line that cuts an image into windows, or puts a border around it.

Each is the same call on an image that is cropped or extended at its end, so that there are as many windows as before.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.diagnosis.candidates.slips import Slip, parsed
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said

if TYPE_CHECKING:
    from collections.abc import Iterator


def window_slips(node: ast.AST) -> Iterator[Slip]:
    """What people write instead of `F.unfold(x, (height, width), stride=s)` and `F.pad(x, (p, p, p, p))`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 2:
        return
    parts, module = node.args[1], ast.unparse(node.func.value)
    if isinstance(parts, ast.Tuple) and node.func.attr == "unfold" and [k.arg for k in node.keywords] == ["stride"]:
        yield from _windows(node, module, *map(ast.unparse, (node.args[0], *parts.elts, node.keywords[0].value)))
    elif isinstance(parts, ast.Tuple) and node.func.attr == "pad" and not node.keywords:
        yield from _borders(module, ast.unparse(node.args[0]), [ast.unparse(each) for each in parts.elts])


def _windows(node: ast.Call, module: str, x: str, height: str, width: str, stride: str) -> Iterator[Slip]:
    def cut(tall: str, wide: str, step: str) -> ast.expr:
        """Windows (tall, wide), so many steps apart."""
        ends = [
            f"({x}.shape[{dim}] - {size}) // {stride} * {step} + {own} - {x}.shape[{dim}]"
            for dim, size, own in ((3, width, wide), (2, height, tall))
        ]
        larger = f"{module}.pad({x}, (0, {ends[0]}, 0, {ends[1]}), value=float('-inf'))"
        return parsed(f"{module}.unfold({larger}, ({tall}, {wide}), stride={step})")

    yield Slip(cut(height, width, "1"), Kind.WRONG_INDEX, 0.3, said("stride_of_one"))
    yield Slip(cut(height, width, f"max(1, {stride} - 1)"), Kind.WRONG_INDEX, 0.35, said("stride_too_small"))
    yield Slip(cut(width, height, stride), Kind.WRONG_INDEX, 0.3, said("windows_turned"))
    inside = f"min({height}, {stride})", f"min({width}, {stride})"
    yield Slip(cut(*inside, stride), Kind.WRONG_INDEX, 0.35, said("windows_apart"))
    first = parsed(f"{ast.unparse(node)}[:, :, :1].expand_as({ast.unparse(node)})")
    yield Slip(first, Kind.WRONG_INDEX, 0.35, said("first_window_for_all"))


def _borders(module: str, x: str, widths: list[str]) -> Iterator[Slip]:
    """Other borders of the same total width."""
    whole = [f"{one} + {other}" for one, other in zip(widths[::2], widths[1::2], strict=False)]
    for key, padding in (
        ("border_at_end", ", ".join(f"0, {both}" for both in whole)),
        ("border_at_start", ", ".join(f"{both}, 0" for both in whole)),
    ):
        yield Slip(parsed(f"{module}.pad({x}, ({padding}))"), Kind.WRONG_INDEX, 0.3, said(key))
    for mode, key in (("replicate", "border_repeated"), ("reflect", "border_mirrored"), ("circular", "border_around")):
        padded = parsed(f"{module}.pad({x}, ({', '.join(widths)}), mode={mode!r})")
        yield Slip(padded, Kind.WRONG_OPERAND, 0.4, said(key))
