"""Code that runs in one dtype only: right gradients are accepted however they round, mistakes are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor

from grader.testing import check_backward, compare_backward

if TYPE_CHECKING:
    from collections.abc import Callable

DTYPES = [torch.bfloat16, torch.float16, torch.float32]


def draw(seed: int, n: int = 6, d: int = 8, m: int = 5) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(seed)
    return {"x": torch.randn((n, d), generator=g), "w": torch.randn((d, m), generator=g)}


def draw_x(seed: int, n: int = 6, d: int = 8) -> dict[str, Tensor]:
    return {"x": torch.randn((n, d), generator=torch.Generator().manual_seed(seed))}


def product(x: Tensor, w: Tensor) -> Tensor:
    return x @ w


def product_backward(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    return dout @ w.T, x.T @ dout


def softmax(x: Tensor) -> Tensor:
    return x.softmax(-1)


def softmax_backward(dout: Tensor, x: Tensor) -> Tensor:
    p = x.softmax(-1)
    return p * (dout - (dout * p).sum(-1, keepdim=True))


def layernorm(x: Tensor) -> Tensor:
    return torch.nn.functional.layer_norm(x, x.shape[-1:])


def layernorm_backward(dout: Tensor, x: Tensor) -> Tensor:
    """Computed in float32, as kernels do it."""
    wide, dy = x.float(), dout.float()
    rstd = (wide.var(-1, keepdim=True, unbiased=False) + 1e-5).rsqrt()
    y = (wide - wide.mean(-1, keepdim=True)) * rstd
    dx = rstd * (dy - dy.mean(-1, keepdim=True) - y * (dy * y).mean(-1, keepdim=True))
    return dx.to(x.dtype)


LAYERS: list[tuple[Callable[..., Any], Callable[..., Any], Any]] = [
    (product, product_backward, draw),
    (softmax, softmax_backward, draw_x),
    (layernorm, layernorm_backward, draw_x),
]


def times(factor: float, function: Callable[..., Any]) -> Callable[..., Any]:
    """The gradients times a number."""

    def of_one(dout: Tensor, x: Tensor) -> Tensor:
        return (function(dout, x).double() * factor).to(dout.dtype)

    def of_two(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, ...]:
        return tuple((each.double() * factor).to(dout.dtype) for each in function(dout, x, w))

    return of_two if function is product_backward else of_one


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("forward", "backward", "inputs"), LAYERS, ids=["product", "softmax", "layernorm"])
class TestLayers:
    def test_right_gradients_are_right(
        self, forward: Callable[..., Any], backward: Callable[..., Any], inputs: Any, dtype: torch.dtype
    ) -> None:
        check_backward(forward, backward, inputs=inputs, dtype=dtype)

    def test_a_factor_of_two_percent_is_wrong(
        self, forward: Callable[..., Any], backward: Callable[..., Any], inputs: Any, dtype: torch.dtype
    ) -> None:
        found = compare_backward(forward, times(1.02, backward), inputs=inputs, dtype=dtype)
        assert {row.verdict for row in found.rows} == {"wrong_values"}

    def test_a_factor_of_one_is_right(
        self, forward: Callable[..., Any], backward: Callable[..., Any], inputs: Any, dtype: torch.dtype
    ) -> None:
        check_backward(forward, times(1.0, backward), inputs=inputs, dtype=dtype)


def only(dtype: torch.dtype) -> Callable[..., Any]:
    """A backward pass like a kernel's, for one dtype."""

    def backward(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        if {dout.dtype, x.dtype, w.dtype} != {dtype}:
            raise TypeError(f"this kernel is for {dtype} alone")
        return product_backward(dout, x, w)

    return backward


class TestOneDtype:
    @pytest.mark.parametrize("dtype", DTYPES, ids=str)
    def test_the_functions_get_that_dtype_alone(self, dtype: torch.dtype) -> None:
        check_backward(product, only(dtype), inputs=draw, dtype=dtype)

    def test_examples_in_that_dtype(self) -> None:
        inputs = {name: value.bfloat16() for name, value in draw(0).items()}
        check_backward(product, only(torch.bfloat16), inputs=inputs, dtype=torch.bfloat16)

    def test_a_forward_pass_for_that_dtype_needs_a_reference(self) -> None:
        def kernel(x: Tensor, w: Tensor) -> tuple[Tensor, Any]:
            assert x.dtype == torch.bfloat16
            return x @ w, (x, w)

        def backward(dout: Tensor, cache: Any) -> tuple[Tensor, Tensor]:
            return product_backward(dout, *cache)

        found = check_backward(kernel, backward, inputs=draw, reference=product, dtype=torch.bfloat16)
        assert [row.name for row in found.rows] == ["out", "dx", "dw"]
        with pytest.raises(ValueError, match="float64"):
            check_backward(kernel, backward, inputs=draw, dtype=torch.bfloat16)

    def test_a_wrong_value_of_forward_is_found(self) -> None:
        def kernel(x: Tensor, w: Tensor) -> tuple[Tensor, Any]:
            return x @ w * 1.03, (x, w)

        found = compare_backward(
            kernel,
            lambda dout, cache: product_backward(dout, *cache),
            inputs=draw,
            reference=product,
            dtype=torch.bfloat16,
        )
        assert [row.name for row in found.wrong] == ["out"]

    def test_more_digits_than_asked_for_are_noted(self) -> None:
        def wide(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
            return product_backward(dout.double(), x.double(), w.double())

        found = check_backward(product, wide, inputs=draw, dtype=torch.bfloat16)
        assert "returned in float64" in found["dx"].notes

    def test_float64_is_the_default(self) -> None:
        assert check_backward(product, product_backward, inputs=draw, dtype=torch.float64).right

    @pytest.mark.parametrize("dtype", [torch.int64, torch.complex64, torch.bool], ids=str)
    def test_another_dtype_is_refused(self, dtype: torch.dtype) -> None:
        with pytest.raises(
            ValueError, match=rf"dtype is {dtype}; it can be torch.float32, torch.bfloat16, torch.float16"
        ):
            check_backward(product, product_backward, inputs=draw, dtype=dtype)

    def test_an_autograd_function(self) -> None:
        class Product(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
                ctx.save_for_backward(x, w)
                return x @ w

            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, Tensor]:
                x, w = ctx.saved_tensors
                assert dout.dtype == torch.bfloat16
                return dout @ w.T, x.T @ dout

        check_backward(Product, inputs=draw, dtype=torch.bfloat16)

    def test_a_class_of_objects(self) -> None:
        class Product:
            def forward(self, x: Tensor, w: Tensor) -> Tensor:
                self.kept = x, w
                return x @ w

            def backward(self, dout: Tensor) -> tuple[Tensor, Tensor]:
                return product_backward(dout, *self.kept)

        check_backward(Product, inputs=draw, reference=product, dtype=torch.bfloat16)


def changed(change: Callable[..., Any]) -> Any:
    """What is found in bfloat16 of a product whose gradients are changed."""

    def backward(dout: Tensor, x: Tensor, w: Tensor) -> Any:
        return change(dout, *product_backward(dout, x, w))

    return compare_backward(product, backward, inputs=draw, dtype=torch.bfloat16)


class TestMistakes:
    def test_a_shape(self) -> None:
        assert {row.name: row.verdict for row in changed(lambda dout, dx, dw: (dx, dw.T)).wrong} == {
            "dw": "wrong_shape"
        }

    def test_zeros(self) -> None:
        assert [row.name for row in changed(lambda dout, dx, dw: (dx, 0 * dw)).wrong] == ["dw"]

    def test_a_sign(self) -> None:
        assert [row.name for row in changed(lambda dout, dx, dw: (-dx, dw)).wrong] == ["dx"]

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_a_value_that_is_not_finite(self, value: float) -> None:
        assert [row.name for row in changed(lambda dout, dx, dw: (dx, torch.full_like(dw, value))).wrong] == ["dw"]

    def test_one_element(self) -> None:
        def change(dout: Tensor, dx: Tensor, dw: Tensor) -> Any:
            dx[0, 0] += 1
            return dx, dw

        assert [row.name for row in changed(change).wrong] == ["dx"]

    def test_whole_numbers(self) -> None:
        assert {row.name: row.verdict for row in changed(lambda dout, dx, dw: (dx, dw.long())).wrong} == {
            "dw": "wrong_dtype"
        }

    def test_none(self) -> None:
        assert [row.name for row in changed(lambda dout, dx, dw: (dx, None)).wrong] == ["dw"]

    def test_too_few_values(self) -> None:
        assert len(changed(lambda dout, dx, dw: (dx,)).wrong) == 2

    def test_the_upstream_gradient_is_ignored(self) -> None:
        found = compare_backward(
            softmax, lambda dout, x: softmax_backward(torch.ones_like(dout), x), inputs=draw_x, dtype=torch.bfloat16
        )
        assert not found.right

    def test_an_exception(self) -> None:
        def raises(dout: Tensor, x: Tensor) -> Tensor:
            raise RuntimeError("out of shared memory")

        found = compare_backward(softmax, raises, inputs=draw_x, dtype=torch.bfloat16)
        assert found["dx"].verdict == "raised"
        assert "out of shared memory" in str(found)

    def test_a_hard_coded_size(self) -> None:
        found = compare_backward(
            lambda x: x.mean(0), lambda dout, x: dout.expand(x.shape) / 6, inputs=draw_x, dtype=torch.bfloat16
        )
        assert not found.right

    def test_an_accumulation_in_few_digits_is_too_coarse(self) -> None:
        """A long sum in bfloat16, one term after the other, stops growing."""

        def coarse(dout: Tensor, x: Tensor) -> Tensor:
            total = torch.zeros_like(dout[0])
            for row in dout:
                total = total + row
            return total.expand(1, -1).clone()

        inputs = {"x": torch.randn(1, 3)}
        found = compare_backward(lambda x: x.expand(2000, 3) * 1, coarse, inputs=inputs, dtype=torch.bfloat16, sizes=[])
        assert found["dx"].verdict in {"correct", "wrong_values"}

    def test_the_likely_mistake_is_named(self) -> None:
        found = compare_backward(softmax, lambda dout, x: dout * x.softmax(-1), inputs=draw_x, dtype=torch.bfloat16)
        assert found["dx"].likely is not None

    def test_changed_in_place_is_seen(self) -> None:
        def changes(dout: Tensor, x: Tensor) -> Tensor:
            result = softmax_backward(dout, x)
            x.zero_()
            return result

        found = compare_backward(softmax, changes, inputs=draw_x, dtype=torch.bfloat16)
        assert "in place" in str([found["dx"].problem, found["dx"].notes])


def test_code_for_one_dtype_that_is_asked_in_others_is_told_which() -> None:
    """Beside what it raised."""

    def backward(dout: Tensor, x: Tensor) -> Tensor:
        if dout.dtype is not torch.bfloat16:
            raise TypeError("bfloat16 only")
        return 2 * dout * x

    found = compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)})
    assert found["dx"].verdict == "raised"
    assert "it runs in bfloat16: pass dtype=torch.bfloat16 if it is for that" in found.notes
