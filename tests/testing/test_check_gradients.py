"""Gradients of a loss that somebody has already, or a function that computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor

from grader.testing import WrongGradients, check_gradients, compare_gradients

if TYPE_CHECKING:
    from collections.abc import Mapping

G = torch.Generator().manual_seed(4)
X = torch.randn((8, 3), generator=G)
Y = torch.randn((8, 2), generator=G)
PARAMS = {
    "W": torch.randn((3, 2), generator=G),
    "b": torch.randn(2, generator=G),
}


def loss(W: Tensor, b: Tensor) -> Tensor:
    z = X.to(W.dtype) @ W + b
    e = z - Y.to(W.dtype)
    square = e * e
    return square.mean()


def gradients(W: Tensor, b: Tensor) -> dict[str, Tensor]:
    x, y = X.to(W.dtype), Y.to(W.dtype)
    dz = 2 * (x @ W + b - y) / y.numel()
    return {"W": x.T @ dz, "b": dz.sum(0)}


def in_dtype(values: Mapping[str, Tensor], dtype: torch.dtype) -> dict[str, Tensor]:
    return {name: value.to(dtype) for name, value in values.items()}


class TestForms:
    """How parameters and gradients may be passed."""

    def test_by_name(self) -> None:
        found = check_gradients(loss, PARAMS, gradients(**PARAMS))
        assert [row.name for row in found.rows] == ["dW", "db"]

    def test_by_the_name_of_the_gradient(self) -> None:
        check_gradients(loss, PARAMS, {f"d{name}": grad for name, grad in gradients(**PARAMS).items()})

    @pytest.mark.parametrize("kind", [tuple, list])
    def test_in_order(self, kind: type) -> None:
        check_gradients(loss, kind(PARAMS.values()), kind(gradients(**PARAMS).values()))

    def test_a_single_parameter(self) -> None:
        check_gradients(lambda w: (w**3).sum(), torch.arange(4.0), 3 * torch.arange(4.0) ** 2)

    def test_leaves_with_their_grad(self) -> None:
        leaves = {name: value.clone().requires_grad_() for name, value in PARAMS.items()}
        loss(**leaves).backward()
        check_gradients(loss, leaves, {name: value.grad for name, value in leaves.items()})  # type: ignore[misc]

    def test_a_function(self) -> None:
        found = check_gradients(loss, PARAMS, gradients)
        assert [row.name for row in found.rows] == ["dW", "db"]

    def test_a_function_that_returns_a_tuple(self) -> None:
        check_gradients(loss, PARAMS, lambda W, b: tuple(gradients(W, b).values()))

    def test_a_function_and_parameters_in_order(self) -> None:
        check_gradients(loss, tuple(PARAMS.values()), gradients)

    def test_a_tensor_of_whole_numbers_has_no_gradient(self) -> None:
        words = torch.tensor([0, 2, 2, 1])
        params = {"table": torch.randn(3, 2), "words": words}
        counts = torch.bincount(words, minlength=3)[:, None].expand(3, 2).float()
        found = check_gradients(lambda table, words: table[words].sum(), params, {"table": counts})
        assert [row.name for row in found.rows] == ["dtable"]

    def test_more_gradients_than_parameters_by_name(self) -> None:
        """As from a backward pass that also returns those of intermediate values."""
        check_gradients(loss, PARAMS, {**gradients(**PARAMS), "z": torch.zeros(8, 2)})

    def test_a_module_is_called_through_a_function(self) -> None:
        layer = torch.nn.Linear(3, 2)
        params = dict(layer.named_parameters())

        def through(weight: Tensor, bias: Tensor) -> Tensor:
            values = {"weight": weight, "bias": bias}
            return torch.func.functional_call(layer, values, (X.to(weight.dtype),)).square().sum()

        dz = 2 * layer(X).detach()
        check_gradients(through, params, {"weight": dz.T @ X, "bias": dz.sum(0)})


class TestVerdicts:
    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
    def test_right_gradients_are_right(self, dtype: torch.dtype) -> None:
        params = in_dtype(PARAMS, dtype)
        check_gradients(loss, params, gradients(**params))

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
    def test_in_few_digits(self, dtype: torch.dtype) -> None:
        params = in_dtype(PARAMS, dtype)
        check_gradients(loss, params, gradients(**params))

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
    @pytest.mark.parametrize("factor", [1.01, 0.99, -1.0, 0.0, 2.0])
    def test_a_factor_is_wrong(self, dtype: torch.dtype, factor: float) -> None:
        params = in_dtype(PARAMS, dtype)
        right = gradients(**params)
        found = compare_gradients(loss, params, {**right, "W": factor * right["W"]})
        assert {row.name: row.verdict for row in found.wrong} == {"dW": "wrong_values"}

    def test_a_float64_gradient_is_compared_to_more_digits(self) -> None:
        params = in_dtype(PARAMS, torch.float64)
        right = gradients(**params)
        found = compare_gradients(loss, params, {**right, "W": right["W"] * (1 + 1e-9)})
        assert [row.name for row in found.wrong] == ["dW"]

    def test_float64_gradients_of_float32_parameters(self) -> None:
        found = compare_gradients(loss, PARAMS, gradients(**in_dtype(PARAMS, torch.float64)))
        assert {row.verdict for row in found.rows} <= {"correct", "wrong_dtype"}

    def test_one_element_is_wrong(self) -> None:
        right = gradients(**PARAMS)
        right["W"][2, 1] *= 1.01
        found = compare_gradients(loss, PARAMS, right)
        assert found["dW"].worst is not None
        assert found["dW"].worst.startswith("at [2, 1]")

    def test_a_shape(self) -> None:
        found = compare_gradients(loss, PARAMS, {**gradients(**PARAMS), "b": gradients(**PARAMS)["b"][None]})
        assert {row.name: row.verdict for row in found.wrong} == {"db": "wrong_shape"}

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_a_value_that_is_not_finite(self, value: float) -> None:
        found = compare_gradients(loss, PARAMS, {**gradients(**PARAMS), "b": torch.full((2,), value)})
        assert [row.name for row in found.wrong] == ["db"]

    def test_whole_numbers(self) -> None:
        found = compare_gradients(loss, PARAMS, {**gradients(**PARAMS), "b": torch.tensor([1, 2])})
        assert [row.name for row in found.wrong] == ["db"]

    def test_the_likely_mistake_is_named(self) -> None:
        right = gradients(**PARAMS)
        found = compare_gradients(loss, PARAMS, {**right, "b": 8 * right["b"]})
        assert found["db"].likely is not None
        assert "8 times" in found["db"].likely

    def test_one_point_is_noted(self) -> None:
        assert "one set of values only" in str(check_gradients(loss, PARAMS, gradients(**PARAMS)))

    def test_a_function_is_checked_at_other_values(self) -> None:
        known = gradients(**PARAMS)
        found = compare_gradients(loss, PARAMS, lambda W, b: (known["W"].to(W), known["b"].to(b)))
        assert not any(row.right for row in found.rows)

    def test_a_function_is_checked_at_other_sizes_where_the_loss_allows(self) -> None:
        found = compare_gradients(lambda w: w.square().mean(), {"w": torch.randn(5)}, lambda w: 2 * w / 5)
        assert {row.verdict for row in found.rows} == {"hard_coded"}

    def test_the_assertion_has_the_comparison(self) -> None:
        right = gradients(**PARAMS)
        with pytest.raises(WrongGradients, match=r"loss: 1 of 2 is wrong\ndb: ") as caught:
            check_gradients(loss, PARAMS, {**right, "b": 2 * right["b"]})
        assert [row.name for row in caught.value.comparison.wrong] == ["db"]


class TestZeroGradients:
    """A bias in front of a norm: its gradient is zero up to rounding."""

    @staticmethod
    def normed(W: Tensor, b: Tensor) -> Tensor:
        z = X.to(W.dtype) @ W + b
        centered = z - z.mean(0)
        y = centered / (centered.square().mean(0) + 1e-5).sqrt()
        return (y - Y.to(W.dtype)).square().mean()

    def right(self, dtype: torch.dtype) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        params = in_dtype(PARAMS, dtype)
        leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
        self.normed(**leaves).backward()
        return params, {name: value.grad for name, value in leaves.items() if value.grad is not None}

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
    def test_autograds_rounding_is_right(self, dtype: torch.dtype) -> None:
        params, grads = self.right(dtype)
        check_gradients(self.normed, params, grads)

    def test_zeros_are_right(self) -> None:
        params, grads = self.right(torch.float32)
        check_gradients(self.normed, params, {**grads, "b": torch.zeros_like(params["b"])})

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
    def test_anything_larger_is_wrong(self, dtype: torch.dtype) -> None:
        params, grads = self.right(dtype)
        found = compare_gradients(self.normed, params, {**grads, "b": torch.full_like(params["b"], 1e-3)})
        assert [row.name for row in found.wrong] == ["db"]

    def test_a_parameter_that_is_never_used_has_zeros(self) -> None:
        params = {**PARAMS, "unused": torch.randn(3)}
        right = gradients(**PARAMS)
        check_gradients(lambda W, b, unused: loss(W, b), params, {**right, "unused": torch.zeros(3)})
        found = compare_gradients(lambda W, b, unused: loss(W, b), params, {**right, "unused": torch.ones(3)})
        assert [row.name for row in found.wrong] == ["dunused"]


class TestOwnDtype:
    """A loss that runs in the parameters' dtype only."""

    @staticmethod
    def narrow(W: Tensor, b: Tensor) -> Tensor:
        return (X @ W + b - Y).square().mean()  # X and Y are float32

    def test_right(self) -> None:
        found = check_gradients(self.narrow, PARAMS, gradients(**PARAMS))
        assert any("own dtype" in note for note in found.notes)

    def test_wrong(self) -> None:
        right = gradients(**PARAMS)
        found = compare_gradients(self.narrow, PARAMS, {**right, "W": 1.01 * right["W"]})
        assert [row.name for row in found.wrong] == ["dW"]


class TestRefused:
    """What does not fit together."""

    def params_with(self, **others: Any) -> Any:
        return {**PARAMS, **others}

    def test_params_of_another_type(self) -> None:
        with pytest.raises(TypeError, match="params is a set; it must be a dict of tensors, or a tuple of them"):
            check_gradients(loss, {1, 2}, ())  # type: ignore[arg-type]

    def test_params_without_floats(self) -> None:
        with pytest.raises(TypeError, match="params have no floating-point tensor: words"):
            check_gradients(lambda words: words.sum(), {"words": torch.tensor([1])}, ())

    def test_no_params(self) -> None:
        with pytest.raises(TypeError, match="params have no floating-point tensor: they are empty"):
            check_gradients(lambda: torch.ones(()), {}, ())

    def test_more_params_than_arguments(self) -> None:
        with pytest.raises(TypeError, match="params has 3 tensors, and loss takes 2 arguments"):
            check_gradients(loss, (*PARAMS.values(), torch.ones(2)), ())

    def test_a_gradient_is_missing(self) -> None:
        with pytest.raises(TypeError, match="grads lack db; they have W"):
            check_gradients(loss, PARAMS, {"W": torch.zeros(3, 2)})

    def test_another_number_of_gradients(self) -> None:
        with pytest.raises(TypeError, match="1 gradients for 2 parameters: W, b"):
            check_gradients(loss, PARAMS, (torch.zeros(3, 2),))

    def test_grads_of_another_type(self) -> None:
        with pytest.raises(TypeError, match="grads is an int; it must be a dict or a tuple of tensors, or a function"):
            check_gradients(loss, PARAMS, 3)  # type: ignore[arg-type]

    def test_a_gradient_of_another_type(self) -> None:
        with pytest.raises(TypeError, match="the gradient of b is a NoneType; it must be a tensor"):
            check_gradients(loss, PARAMS, (torch.zeros(3, 2), None))  # type: ignore[arg-type]

    def test_a_loss_that_raises(self) -> None:
        def broken(W: Tensor, b: Tensor) -> Tensor:
            raise KeyError("mask")

        with pytest.raises(ValueError, match=r"broken raised KeyError\('mask'\)") as caught:
            check_gradients(broken, PARAMS, gradients(**PARAMS))
        assert isinstance(caught.value.__cause__, KeyError)

    @pytest.mark.parametrize("value", [torch.ones(2), 3.0, None], ids=["tensor", "float", "none"])
    def test_a_loss_that_does_not_depend_on_the_parameters(self, value: Any) -> None:
        with pytest.raises(ValueError, match=r"returns a .*; it must return a number made of the parameters"):
            check_gradients(lambda W, b: value, PARAMS, gradients(**PARAMS))

    def test_a_loss_that_is_no_number(self) -> None:
        with pytest.raises(ValueError, match="must return a number made of the parameters"):
            check_gradients(lambda W, b: W * 2, PARAMS, gradients(**PARAMS))
