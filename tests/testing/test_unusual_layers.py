"""Layers that are right though their lines or caches are unusual, and mistakes in them, which are still found."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import torch
from torch import Tensor
from torch.autograd import Function

from grader.testing import check_backward, check_gradients, compare_backward, compare_gradients

if TYPE_CHECKING:
    from collections.abc import Callable

# ruff: noqa: RET504

INPUTS = {"x": torch.linspace(-1, 2, 24).sin().view(4, 6), "w": torch.linspace(2, 5, 24).cos().view(4, 6)}


class Pair(NamedTuple):
    x: Tensor
    w: Tensor


def a_list(x: Tensor, w: Tensor) -> Tensor:
    rows = [row * factor for row, factor in zip(x, w, strict=True)]
    return torch.stack(rows)


def a_tuple_of_chunks(x: Tensor, w: Tensor) -> Tensor:
    parts = (x * w).chunk(2, -1)
    first = parts[0]
    second = parts[1]
    return torch.cat([first, second], -1)


def a_dict(x: Tensor, w: Tensor) -> Tensor:
    cache = {"x": x, "w": w}
    y = cache["x"] * cache["w"]
    return y


def a_named_tuple(x: Tensor, w: Tensor) -> Tensor:
    pair = Pair(x, w)
    y = pair.x * pair.w
    return y


def values_with_indices(x: Tensor, w: Tensor) -> Tensor:
    ordered = (x * w).sort(-1)
    places = ordered.indices.argsort(-1)
    y = ordered.values.gather(-1, places)
    return y


def a_closure(x: Tensor, w: Tensor) -> Tensor:
    times = lambda y: y * x  # noqa: E731
    y = times(w)
    return y


def a_partial_function(x: Tensor, w: Tensor) -> Tensor:
    times = functools.partial(torch.mul, x)
    y = times(w)
    return y


def a_local_called_dout(x: Tensor, w: Tensor) -> Tensor:
    dout = 1 * x
    return dout * w


def a_local_called_cot(x: Tensor, w: Tensor) -> Tensor:
    cot = 1 * x
    return cot * w


FORWARDS = (
    a_list, a_tuple_of_chunks, a_dict, a_named_tuple, values_with_indices, a_closure, a_partial_function,
    a_local_called_dout, a_local_called_cot,
)  # fmt: skip


def named(function: Callable[..., Any]) -> str:
    return function.__name__


class TestPaths:
    """No path from an input to the output is lost, whatever the values between them are."""

    @pytest.mark.parametrize("forward", FORWARDS, ids=named)
    def test_right_gradients_are_right(self, forward: Callable[..., Any]) -> None:
        check_backward(forward, lambda dout, x, w: (dout * w, dout * x), inputs=INPUTS)

    @pytest.mark.parametrize("forward", FORWARDS, ids=named)
    def test_a_gradient_of_zero_is_wrong(self, forward: Callable[..., Any]) -> None:
        found = compare_backward(forward, lambda dout, x, w: (dout * 0, dout * x), inputs=INPUTS)
        assert [row.name for row in found.wrong] == ["dx"]

    def test_a_path_through_a_maximum_is_needed(self) -> None:
        def moved(x: Tensor) -> Tensor:
            largest = x.max(-1, keepdim=True)
            y = x - largest.values
            return y

        assert not compare_backward(moved, lambda dout: dout, inputs={"x": INPUTS["x"]}).right


class TestCaches:
    """Caches of a forward pass that autograd cannot follow."""

    def test_a_forward_pass_under_no_grad_is_differentiated_numerically(self) -> None:
        def apart(x: Tensor, w: Tensor) -> tuple[Tensor, Any]:
            with torch.no_grad():
                out = x * w
            return out, (x, w)

        found = check_backward(apart, lambda dout, cache: (dout * cache[1], dout * cache[0]), inputs=INPUTS)
        assert any("central differences" in note for note in found.notes)
        wrong = compare_backward(apart, lambda dout, cache: (dout * cache[1], 2 * dout * cache[0]), inputs=INPUTS)
        assert [row.name for row in wrong.wrong] == ["dw"]

    def test_a_given_argument_of_an_autograd_function(self) -> None:
        class Power(Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor, k: int) -> Tensor:
                ctx.save_for_backward(x)
                ctx.k = k
                return x**k

            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, None]:
                return dout * ctx.k * ctx.saved_tensors[0] ** (ctx.k - 1), None

        check_backward(Power, inputs={"x": INPUTS["x"]}, given={"k": 3})


class TestOddValues:
    """What only a hostile function does."""

    def test_an_exception_whose_text_raises(self) -> None:
        class Odd(Exception):
            def __str__(self) -> str:
                raise RuntimeError("no text")

        def backward(dout: Tensor, x: Tensor) -> Tensor:
            raise Odd

        assert compare_backward(lambda x: x * x, backward, inputs={"x": INPUTS["x"]})["dx"].verdict == "raised"

    def test_a_gradient_with_an_imaginary_part(self) -> None:
        found = compare_backward(lambda x: x * x, lambda dout, x: 2 * x * dout + 0j, inputs={"x": INPUTS["x"]})
        assert found["dx"].verdict == "wrong_type"


class TestInputs:
    """Inputs and settings that are unusual, too."""

    def test_the_seed_may_come_after_the_sizes(self) -> None:
        def draw(n: int = 4, seed: int = 0) -> dict[str, Tensor]:
            assert n < 100, "the seed"
            return {"x": torch.randn(n, generator=torch.Generator().manual_seed(seed))}

        check_backward(lambda x: x * x, lambda dout, x: 2 * x * dout, inputs=draw)

    def test_a_check_may_run_without_gradients(self) -> None:
        with torch.no_grad():
            found = check_backward(lambda x: x * x, lambda dout, x: 2 * x * dout, inputs={"x": INPUTS["x"]})
            assert not torch.is_grad_enabled()
        assert not found.notes

    @pytest.mark.parametrize("factor", [2, torch.tensor(2.0), torch.tensor(2)], ids=["number", "float", "integer"])
    def test_an_input_that_forward_does_not_take_is_passed_to_backward(self, factor: Any) -> None:
        inputs = {"x": INPUTS["x"], "factor": factor}
        check_backward(lambda x: x * x, lambda dout, x, factor: 2 * x * dout, inputs=inputs)

    def test_an_input_without_elements_gets_a_sentence(self) -> None:
        with pytest.raises(ValueError, match="x"):
            compare_backward(lambda x: x * x, lambda dout, x: 2 * x * dout, inputs={"x": torch.empty(0, 3)})

    def test_a_gradient_that_the_forward_pass_does_not_have(self) -> None:
        def network(x: Tensor) -> dict[str, Any]:
            y = x * x
            loss = y.sum()
            return locals()

        with pytest.raises((TypeError, ValueError), match="dnothing"):
            compare_backward(network, {"dx": lambda x: 2 * x, "dnothing": lambda x: x}, inputs={"x": INPUTS["x"]})


class TestNullGradients:
    """A bias in front of a norm has a gradient of zero, up to rounding that is never the same twice."""

    @staticmethod
    def normed(x: Tensor, b: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        for _ in range(1):  # so that the lines cannot be followed
            x = x + b
        centered = x - x.mean(0)
        rstd = (centered.square().mean(0) + 1e-5).rsqrt()
        return centered * rstd, (centered * rstd, rstd)

    @staticmethod
    def normed_backward(dout: Tensor, cache: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        xhat, rstd = cache
        dx = rstd * (dout - dout.mean(0) - xhat * (dout * xhat).mean(0))
        return dx, dx.sum(0)

    @pytest.mark.parametrize(("offset", "right"), [(0.0, True), (1e-6, False)])
    def test_rounding_is_right_and_anything_larger_is_wrong(self, offset: float, right: bool) -> None:
        def backward(dout: Tensor, cache: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
            dx, db = self.normed_backward(dout, cache)
            return dx, db + offset

        found = compare_backward(self.normed, backward, inputs={"x": torch.randn(8, 3), "b": torch.randn(3)})
        assert [row.right for row in found.rows] == [True, right]

    def test_zeros_are_right(self) -> None:
        def backward(dout: Tensor, cache: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
            dx, db = self.normed_backward(dout, cache)
            return dx, torch.zeros_like(db)

        assert compare_backward(self.normed, backward, inputs={"x": torch.randn(8, 3), "b": torch.randn(3)}).right

    @pytest.mark.parametrize(("offset", "right"), [(0.0, True), (1e-4, False)])
    def test_zeros_are_right_where_the_loss_runs_in_float32_alone(self, offset: float, right: bool) -> None:
        x, y = torch.randn(8, 3), torch.randn(8, 2)  # float32, so that x @ W fails in float64

        def loss(W: Tensor, b: Tensor) -> Tensor:
            return (self.normed(x @ W, b)[0] - y).square().mean()

        params = {"W": torch.randn(3, 2), "b": torch.randn(2)}
        leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
        loss(**leaves).backward()  # type: ignore[no-untyped-call]
        found = compare_gradients(loss, params, {"W": leaves["W"].grad, "b": torch.full((2,), offset)})  # type: ignore[dict-item]
        assert [row.right for row in found.rows] == [True, right]

    @pytest.mark.parametrize("seed", range(4))
    def test_zeros_are_right_in_float64(self, seed: int) -> None:
        g = torch.Generator().manual_seed(seed)
        x, y = (torch.randn((8, k), generator=g, dtype=torch.float64) for k in (3, 2))

        def normed(W: Tensor, b: Tensor) -> Tensor:
            z = x @ W + b
            centered = z - z.mean(0)
            out = centered / (centered.square().mean(0) + 1e-5).sqrt()
            return (out - y).square().mean()

        params = {"W": torch.randn((3, 2), generator=g, dtype=torch.float64), "b": torch.randn(2, generator=g).double()}
        leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
        normed(**leaves).backward()  # type: ignore[no-untyped-call]
        check_gradients(normed, params, {"W": leaves["W"].grad, "b": torch.zeros(2, dtype=torch.float64)})  # type: ignore[dict-item]


class TestSentences:
    """What a check says where a function would raise something that does not help."""

    def test_no_cache_at_all(self) -> None:
        def composite(x: Tensor, w: Tensor) -> Tensor:
            return x * w

        def backward(dout: Tensor, cache: Any) -> tuple[Tensor, Tensor]:
            x, w = cache
            return dout * w, dout * x

        found = compare_backward(composite, backward, inputs=INPUTS)
        assert "0 values after the output of composite" in " ".join(str(found).split())

    @pytest.mark.parametrize("returns", [(), (None,), ("dx", "dx")], ids=["none", "a value without a row", "twice"])
    def test_names_of_no_gradient_or_of_one_twice(self, returns: Any) -> None:
        with pytest.raises(ValueError, match="returns"):
            compare_backward(lambda x: x * x, lambda dout, x: 2 * x * dout, inputs={"x": INPUTS["x"]}, returns=returns)

    @pytest.mark.parametrize("sizes", [[{"q": 3}], {"n": 5}], ids=["an unknown size", "no list"])
    def test_sizes_that_are_none(self, sizes: Any) -> None:
        with pytest.raises((TypeError, ValueError), match="sizes"):
            compare_backward(lambda x: x * x, lambda dout, x: 2 * x * dout, inputs={"x": INPUTS["x"]}, sizes=sizes)

    def test_a_given_value_that_no_function_takes(self) -> None:
        with pytest.raises((TypeError, ValueError), match=r"given has epss"):
            compare_backward(
                lambda x, eps=0.1: x * eps,
                lambda dout, eps=0.1: eps * dout,
                inputs={"x": INPUTS["x"]},
                given={"epss": 1},
            )

    def test_a_given_value_that_is_also_an_input(self) -> None:
        inputs = {"x": INPUTS["x"], "k": 2.0}
        with pytest.raises((TypeError, ValueError), match=r"given has k"):
            compare_backward(
                lambda x, k: x * k, lambda dout, k: dout * k, inputs=inputs, given={"k": 3.0}, returns="dx"
            )

    def test_an_attribute_that_is_a_call(self) -> None:
        class Layer:
            def forward(self, x: Tensor) -> Tensor:
                return x

            def backward(self, dout: Tensor) -> Tensor:
                return dout

        with pytest.raises(TypeError, match="sets and reads"):
            compare_backward(Layer, inputs={"x": INPUTS["x"]}, reference=lambda x: x * 1, sets={"f()": "x"})


class TestConstantExamples:
    """Examples that are the same number everywhere, as parameters are when they are initialized."""

    def test_a_scale_of_ones_that_is_forgotten_in_bfloat16(self) -> None:
        def backward(dout: Tensor, x: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
            return dout, (dout * x).sum(0)

        inputs = {"x": INPUTS["x"], "scale": torch.ones(6)}
        found = compare_backward(lambda x, scale: x * scale, backward, inputs=inputs, dtype=torch.bfloat16)
        assert [row.name for row in found.wrong] == ["dx"]

    @pytest.mark.parametrize("dtype", [None, torch.bfloat16], ids=["float64", "bfloat16"])
    def test_zeros_do_not_hide_a_mistake(self, dtype: Any) -> None:
        found = compare_backward(
            lambda x: x * x, lambda dout, x: 3 * x * dout, inputs={"x": torch.zeros(4)}, dtype=dtype
        )
        assert not found.right
