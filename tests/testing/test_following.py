"""Forward passes whose lines can be followed, and those whose lines cannot: the verdicts are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.testing import check_backward, compare_backward

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

# ruff: noqa: E702, RET504, SIM108

SCALE = 2.0


def draw(seed: int, n: int = 4, d: int = 3) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(seed)
    return {"x": torch.randn((n, d), generator=g), "w": torch.randn((n, d), generator=g)}


def derivative(x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """Of out = 2 * x**2 * w + x."""
    return 4 * x * w + 1, 2 * x * x


def right(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    dx, dw = derivative(x, w)
    return dout * dx, dout * dw


def wrong(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    dx, dw = derivative(x, w)
    return dout * (dx - 1), dout * dw


def lines(x: Tensor, w: Tensor) -> Tensor:
    square = x * x
    scaled = 2 * square
    product = scaled * w
    out = product + x
    return out


def expression(x: Tensor, w: Tensor) -> Tensor:
    return 2 * x * x * w + x


def docstring(x: Tensor, w: Tensor) -> Tensor:
    """Two lines.

    And a third.
    """
    a = 2 * x * x
    return a * w + x


def loop(x: Tensor, w: Tensor) -> Tensor:
    rows = []
    for row, factor in zip(x, w, strict=True):
        rows.append(2 * row * row * factor + row)
    return torch.stack(rows)


def condition(x: Tensor, w: Tensor) -> Tensor:
    if x.shape[0] > 0:
        a = 2 * x * x
    else:
        a = x * 0
    return a * w + x


def reassigned(x: Tensor, w: Tensor) -> Tensor:
    y = x * x
    y = 2 * y
    y = y * w
    return y + x


def reassigned_input(x: Tensor, w: Tensor) -> Tensor:
    w = 2 * w
    a = x * x
    return a * w + x


# fmt: off
def two_in_one_line(x: Tensor, w: Tensor) -> Tensor:
    a = x * x; b = 2 * a
    return b * w + x


def several_lines_of_text(x: Tensor, w: Tensor) -> Tensor:
    a = (
        2
        * x
        * x
    )
    b = a * w
    return (
        b
        + x
    )
# fmt: on


def augmented(x: Tensor, w: Tensor) -> Tensor:
    y = 2 * x * x * w
    y += x
    return y


def in_place(x: Tensor, w: Tensor) -> Tensor:
    y = 2 * x * x * w
    y.add_(x)
    return y


def in_place_within_a_line(x: Tensor, w: Tensor) -> Tensor:
    y = 2 * x * x
    z = y.mul_(w)
    return y + x if z is y else z


def by_index(x: Tensor, w: Tensor) -> Tensor:
    y = torch.empty_like(x)
    y[:] = 2 * x * x * w
    return y + x


def out_argument(x: Tensor, w: Tensor) -> Tensor:
    y = 2 * x * x * w
    z = [y]
    z[0] = z[0] + x
    return z[0]


def annotated(x: Tensor, w: Tensor) -> Tensor:
    a: Tensor = 2 * x * x
    b: Tensor = a * w
    return b + x


def walrus(x: Tensor, w: Tensor) -> Tensor:
    a = 2 * (b := x * x)
    c = a + 0 * b
    return c * w + x


def chained(x: Tensor, w: Tensor) -> Tensor:
    a = b = x * x
    return (a + b) * w + x


def unpacked(x: Tensor, w: Tensor) -> Tensor:
    a, b = x * x, 2 * w
    return a * b + x


def starred(x: Tensor, w: Tensor) -> Tensor:
    first, *rest = [2 * x * x * w, x]
    return first + rest[0]


def nested(x: Tensor, w: Tensor) -> Tensor:
    def square(y: Tensor) -> Tensor:
        return 2 * y * y

    a = square(x)
    return a * w + x


def a_global(x: Tensor, w: Tensor) -> Tensor:
    a = SCALE * x * x
    return a * w + x


def names_of_the_engine(x: Tensor, w: Tensor) -> Tensor:
    out = x * x
    loss = 2 * out
    forward = loss * w
    return forward + x


def names_of_gradients(x: Tensor, w: Tensor) -> Tensor:
    dx = x * x
    dw = 2 * dx
    return dw * w + x


def output_twice(x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    y = 2 * x * x * w + x
    return y, y


def output_inside_a_cache(x: Tensor, w: Tensor) -> tuple[Tensor, Any]:
    y = 2 * x * x * w
    z = y + x
    return z, {"y": y, "z": z}


def an_early_return(x: Tensor, w: Tensor) -> Tensor:
    if x.numel() == 0:
        return x
    y = 2 * x * x
    return y * w + x


def by_with(x: Tensor, w: Tensor) -> Tensor:
    with torch.enable_grad():
        y = 2 * x * x * w
    return y + x


def by_try(x: Tensor, w: Tensor) -> Tensor:
    try:
        return 2 * x * x * w + x
    finally:
        pass


def with_assertions(x: Tensor, w: Tensor) -> Tensor:
    assert x.shape == w.shape
    y = 2 * x * x
    return y * w + x


def recursive(x: Tensor, w: Tensor) -> Tensor:
    def times(k: int, y: Tensor) -> Tensor:
        return y if k == 0 else times(k - 1, y + x * x)

    a = times(2, torch.zeros_like(x))
    return a * w + x


def returns_an_input_beside(x: Tensor, w: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    y = 2 * x * x
    return y * w + x, x, w


def unicode(x: Tensor, w: Tensor) -> Tensor:
    α = 2 * x * x  # noqa: PLC2401
    β = α * w  # noqa: PLC2401
    return β + x


def hides_a_builtin(x: Tensor, w: Tensor) -> Tensor:
    sum = x * x  # noqa: A001
    list = 2 * sum  # noqa: A001
    return list * w + x


def deletes(x: Tensor, w: Tensor) -> Tensor:
    y = 2 * x * x
    z = y * w
    del y
    return z + x


def prints(x: Tensor, w: Tensor) -> Tensor:
    y = 2 * x * x
    str(y.shape)
    return y * w + x


FORWARDS = (
    lines, expression, docstring, loop, condition, reassigned, reassigned_input, two_in_one_line,
    augmented, in_place, in_place_within_a_line, by_index, out_argument, annotated, walrus, chained, unpacked, starred,
    nested, several_lines_of_text, a_global, names_of_the_engine, names_of_gradients, output_twice,
    output_inside_a_cache, an_early_return, by_with, by_try, with_assertions, recursive, returns_an_input_beside,
    unicode, hides_a_builtin, deletes, prints,
)  # fmt: skip


def named(function: Callable[..., Any]) -> str:
    return function.__name__


@pytest.mark.parametrize("forward", FORWARDS, ids=named)
def test_right_gradients_are_right(forward: Callable[..., Any]) -> None:
    found = check_backward(forward, right, inputs=draw)
    assert [row.name for row in found.rows] == ["dx", "dw"]
    assert not found.notes  # such as that autograd could not follow it


@pytest.mark.parametrize("forward", FORWARDS, ids=named)
def test_a_wrong_gradient_is_wrong_beside_a_right_one(forward: Callable[..., Any]) -> None:
    found = compare_backward(forward, wrong, inputs=draw(0))
    assert {row.name: row.verdict for row in found.wrong} == {"dx": "wrong_values"}


class TestLines:
    """A line of the forward pass is named where it is followed."""

    def softmax(self) -> Callable[..., Any]:
        def softmax(x: Tensor) -> Tensor:
            moved = x - x.amax(-1, keepdim=True).detach()
            e = moved.exp()
            total = e.sum(-1, keepdim=True)
            return e / total

        return softmax

    def test_the_line_of_the_mistake_is_named(self) -> None:
        forward = self.softmax()

        def misses(dout: Tensor, x: Tensor) -> Tensor:
            p = x.softmax(-1)
            return dout * p  # without the sum over the row

        found = compare_backward(forward, misses, inputs={"x": torch.randn(4, 3)})
        assert found["dx"].likely is not None
        assert "test_following.py" in found["dx"].likely

    def test_no_file_of_an_exercise_is_named(self) -> None:
        """Its `forward.py` does not exist here."""
        assert "forward.py" not in str(compare_backward(loop, wrong, inputs=draw))
        assert "forward.py" not in str(compare_backward(lines, wrong, inputs=draw))
