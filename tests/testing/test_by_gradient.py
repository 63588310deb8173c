"""A function for each gradient, as in an exercise: a dict of them, over a forward pass that returns `locals()`."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from grader.testing import check_backward, compare_backward


def draw(seed: int, n: int = 4, d: int = 3, m: int = 2) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(seed)
    return {
        "x": torch.randn((n, d), generator=g),
        "w": torch.randn((d, m), generator=g),
        "y": torch.randn((n, m), generator=g),
    }


def network(x: Tensor, w: Tensor, y: Tensor) -> dict[str, Any]:
    z = x @ w  # (n, m)
    h = z.tanh()
    e = h - y
    square = e * e
    loss = square.mean()
    return locals()


def layer(x: Tensor, w: Tensor) -> dict[str, Any]:
    z = x @ w
    out = z.tanh()
    return locals()


def dsquare(square: Tensor) -> Tensor:
    return torch.ones_like(square) / square.numel()


def de(dsquare: Tensor, e: Tensor) -> Tensor:
    return 2 * e * dsquare


def dz(de: Tensor, h: Tensor) -> Tensor:
    return de * (1 - h * h)


def dw(x: Tensor, dz: Tensor) -> Tensor:
    return x.T @ dz


RIGHT = {"dsquare": dsquare, "de": de, "dz": dz, "dw": dw}


class TestLoss:
    """A forward pass that ends in `loss = ...`."""

    def test_right(self) -> None:
        found = check_backward(network, RIGHT, inputs=draw)
        assert {row.name for row in found.rows} == {*RIGHT}

    def test_a_mistake_does_not_pass_on(self) -> None:
        """Each function gets the right upstream gradient."""
        found = compare_backward(network, {**RIGHT, "de": lambda dsquare, e: e * dsquare}, inputs=draw)
        assert [row.name for row in found.wrong] == ["de"]

    def test_a_mistake_has_the_line_of_the_forward_pass(self) -> None:
        found = compare_backward(network, {**RIGHT, "dz": lambda de, h: de * (1 - h)}, inputs=draw)
        assert found["dz"].likely is not None
        assert "test_by_gradient.py line" in found["dz"].likely

    def test_one_function_may_stand_alone(self) -> None:
        found = check_backward(network, {"dw": dw}, inputs=draw)
        assert [row.name for row in found.rows] == ["dw"]

    def test_a_whole_backward_pass_in_one_function(self) -> None:
        def whole(x: Tensor, w: Tensor, y: Tensor) -> Tensor:
            h = (x @ w).tanh()
            return x.T @ (2 * (h - y) / h.numel() * (1 - h * h))

        check_backward(network, {"dw": whole}, inputs=draw)

    def test_a_hard_coded_size_is_found(self) -> None:
        found = compare_backward(network, {**RIGHT, "dsquare": lambda square: torch.ones_like(square) / 8}, inputs=draw)
        assert {row.name: row.verdict for row in found.wrong} == {"dsquare": "hard_coded"}

    def test_a_function_that_raises_leaves_the_others(self) -> None:
        def raises(dz: Tensor) -> Tensor:
            raise KeyError("w")

        found = compare_backward(network, {**RIGHT, "dw": raises}, inputs=draw)
        assert {row.name: row.verdict for row in found.wrong} == {"dw": "raised"}

    def test_an_argument_that_is_changed_in_place(self) -> None:
        def changes(x: Tensor, dz: Tensor) -> Tensor:
            result = x.T @ dz
            dz.zero_()
            return result

        found = compare_backward(network, {**RIGHT, "dw": changes}, inputs=draw)
        assert {row.name: row.verdict for row in found.wrong} == {"dw": "changes_argument"}

    def test_returns_none(self) -> None:
        found = compare_backward(network, {**RIGHT, "dw": lambda x, dz: None}, inputs=draw)
        assert [row.name for row in found.wrong] == ["dw"]

    def test_examples(self) -> None:
        check_backward(network, RIGHT, inputs=draw(0))

    def test_a_parameter_that_the_forward_pass_does_not_have(self) -> None:
        found = compare_backward(network, {**RIGHT, "dw": lambda x, dzz: x.T @ dzz}, inputs=draw)
        assert [row.name for row in found.wrong] == ["dw"]
        assert "dzz" in str(found)


class TestOut:
    """A forward pass that ends in `out = ...`."""

    def test_right(self) -> None:
        found = check_backward(
            layer,
            {
                "dz": lambda dout, out: dout * (1 - out * out),
                "dw": lambda x, dz: x.T @ dz,
                "dx": lambda dz, w: dz @ w.T,
            },
            inputs={"x": torch.randn(4, 3), "w": torch.randn(3, 2)},
        )
        assert {row.name for row in found.rows} == {"dz", "dw", "dx"}

    def test_wrong(self) -> None:
        found = compare_backward(
            layer, {"dz": lambda dout, out: dout * (1 - out)}, inputs={"x": torch.randn(4, 3), "w": torch.randn(3, 2)}
        )
        assert [row.name for row in found.wrong] == ["dz"]

    def test_the_upstream_gradient_is_ignored(self) -> None:
        found = compare_backward(
            layer, {"dz": lambda out: 1 - out * out}, inputs={"x": torch.randn(4, 3), "w": torch.randn(3, 2)}
        )
        assert not found.right


class TestRefused:
    """What a dict of functions cannot be checked against."""

    def test_a_forward_pass_that_returns_its_output(self) -> None:
        with pytest.raises(
            ValueError, match=r"composite returns a float32 tensor .*; with a dict of functions it must end in"
        ):
            compare_backward(composite, {"dw": dw}, inputs={"x": torch.randn(4, 3), "w": torch.randn(3, 2)})

    def test_a_forward_pass_whose_lines_cannot_be_followed(self) -> None:
        with pytest.raises(ValueError, match=r"lines of looped cannot be followed: each must assign one new name"):
            compare_backward(looped, {"dw": dw}, inputs={"x": torch.randn(4, 3), "w": torch.randn(3, 2)})

    def test_a_forward_pass_that_raises(self) -> None:
        with pytest.raises(ValueError, match=r"broken raised KeyError: 'mask'"):
            compare_backward(broken, {"dw": dw}, inputs={"x": torch.randn(4, 3), "w": torch.randn(3, 2)})

    def test_a_dtype(self) -> None:
        with pytest.raises(TypeError, match="dtype is for one backward function, not for a dict of them"):
            compare_backward(network, RIGHT, inputs=draw, dtype=torch.bfloat16)


def composite(x: Tensor, w: Tensor) -> Tensor:
    z = x @ w
    return z.tanh()


def looped(x: Tensor, w: Tensor) -> dict[str, Any]:
    z = x @ w
    for _ in range(2):
        z = z.tanh()
    loss = z.sum()
    return {"z": z, "loss": loss}


def broken(x: Tensor, w: Tensor) -> dict[str, Any]:
    raise KeyError("mask")
