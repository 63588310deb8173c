"""A layer as a class: attributes set and read, parameters made in its constructor, modules of torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grader.testing import check_backward, compare_backward


def draw(seed: int, n: int = 4, d: int = 3, m: int = 2) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(seed)
    return {
        "x": torch.randn((n, d), generator=g),
        "w": torch.randn((d, m), generator=g),
        "b": torch.randn(m, generator=g),
    }


def affine(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = x @ w
    return z + b


class Linear:
    """Parameters are attributes, made from the sizes; gradients are, too."""

    def __init__(self, d: int, m: int) -> None:
        self.W, self.b = torch.zeros(d, m), torch.zeros(m)
        self.dW: Tensor | None = None
        self.db: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Tensor) -> Tensor:
        self.dW, self.db = self.x.T @ dout, dout.sum(0)
        return dout @ self.W.T


SETS = {"W": "w", "b": "b"}
READS = {"dW": "dw", "db": "db"}


class TestAttributes:
    """Parameters that are set before, and gradients that are read after."""

    def test_set_and_read(self) -> None:
        found = check_backward(Linear, inputs=draw, reference=affine, sets=SETS, reads=READS, returns="dx")
        assert [row.name for row in found.rows] == ["out", "dx", "dw", "db"]

    def test_a_wrong_attribute_is_found(self) -> None:
        class Mean(Linear):
            def backward(self, dout: Tensor) -> Tensor:
                dx = super().backward(dout)
                self.db = dout.mean(0)
                return dx

        found = compare_backward(Mean, inputs=draw, reference=affine, sets=SETS, reads=READS, returns="dx")
        assert [row.name for row in found.wrong] == ["db"]

    def test_a_wrong_value_is_found(self) -> None:
        class Off(Linear):
            def forward(self, x: Tensor) -> Tensor:
                return super().forward(x) + 1

        found = compare_backward(Off, inputs=draw, reference=affine, sets=SETS, reads=READS, returns="dx")
        assert [row.name for row in found.wrong] == ["out"]

    def test_an_attribute_that_was_never_set_is_wrong(self) -> None:
        class Lazy(Linear):
            def backward(self, dout: Tensor) -> Tensor:
                return dout @ self.W.T

        found = compare_backward(Lazy, inputs=draw, reference=affine, sets=SETS, reads=READS, returns="dx")
        assert {row.name: row.verdict for row in found.wrong} == {"dw": "wrong_type", "db": "wrong_type"}
        assert found["dx"].right

    def test_gradients_of_inputs_are_read_from_a_dict(self) -> None:
        class Holds(Linear):
            def __init__(self, d: int, m: int) -> None:
                super().__init__(d, m)
                self.params = {"weight": self.W, "bias": self.b}
                self.grads: dict[str, Tensor] = {}

            def forward(self, x: Tensor) -> Tensor:
                self.W, self.b = self.params["weight"], self.params["bias"]
                return super().forward(x)

            def backward(self, dout: Tensor) -> Tensor:
                dx = super().backward(dout)
                self.grads = {"weight": self.dW, "bias": self.db}  # type: ignore[dict-item]
                return dx

        check_backward(
            Holds,
            inputs=draw,
            reference=affine,
            sets={"params['weight']": "w", "params['bias']": "b"},
            reads={"grads['weight']": "dw", "grads['bias']": "db"},
            returns="dx",
        )

    def test_everything_may_be_read_and_nothing_returned(self) -> None:
        class Reads(Linear):
            def backward(self, dout: Tensor) -> None:  # type: ignore[override]
                self.dx = super().backward(dout)

        found = check_backward(Reads, inputs=draw, reference=affine, sets=SETS, reads={"dx": "dx", **READS})
        assert [row.name for row in found.rows] == ["out", "dx", "dw", "db"]

    def test_gradients_that_add_up_over_objects_are_found(self) -> None:
        """Each case makes an object of its own, so only what the class itself keeps goes from one to the next."""

        class Kept(Linear):
            totals: list[Tensor] = []  # noqa: RUF012

            def backward(self, dout: Tensor) -> Tensor:
                dx = super().backward(dout)
                self.totals.append(dout.sum(0))
                self.db = sum(each for each in self.totals if each.shape == dout.shape[1:])
                return dx

        found = compare_backward(Kept, inputs=draw, reference=affine, sets=SETS, reads=READS, returns="dx")
        assert [row.name for row in found.wrong] == ["db"]


class TestConstructor:
    """What a class's constructor takes."""

    def test_inputs(self) -> None:
        class Made:
            def __init__(self, w: Tensor, b: Tensor) -> None:
                self.w, self.b = w, b

            def forward(self, x: Tensor) -> Tensor:
                self.x = x
                return x @ self.w + self.b

            def backward(self, dout: Tensor) -> tuple[Tensor, Tensor, Tensor]:
                return dout @ self.w.T, self.x.T @ dout, dout.sum(0)

        check_backward(Made, inputs=draw, reference=affine)

    def test_given_values(self) -> None:
        class Scaled:
            def __init__(self, factor: float) -> None:
                self.factor = factor

            def forward(self, x: Tensor) -> Tensor:
                return x * self.factor

            def backward(self, dout: Tensor) -> Tensor:
                return dout * self.factor

        def scaled(x: Tensor, factor: float) -> Tensor:
            return x * factor

        check_backward(Scaled, inputs={"x": torch.randn(4, 3)}, reference=scaled, given={"factor": 3.0})

    def test_nothing(self) -> None:
        class Tanh:
            def __call__(self, x: Tensor) -> Tensor:
                self.out = x.tanh()
                return self.out

            def backward(self, dout: Tensor) -> Tensor:
                return dout * (1 - self.out**2)

        found = check_backward(Tanh, inputs={"x": torch.randn(4, 3)}, reference=lambda x: x.tanh())
        assert [row.name for row in found.rows] == ["out", "dx"]

    def test_an_upstream_gradient_of_another_name(self) -> None:
        class Tanh:
            def forward(self, x: Tensor) -> Tensor:
                self.out = x.tanh()
                return self.out

            def backward(self, grad_output: Tensor) -> Tensor:
                return grad_output * (1 - self.out**2)

        check_backward(Tanh, inputs={"x": torch.randn(4, 3)}, reference=lambda x: x.tanh(), upstream="grad_output")

    def test_a_constructor_that_raises_is_reported(self) -> None:
        class Broken:
            def __init__(self) -> None:
                raise ValueError("no seats left")

            def forward(self, x: Tensor) -> Tensor:
                return x

            def backward(self, dout: Tensor) -> Tensor:
                return dout

        found = compare_backward(Broken, inputs={"x": torch.randn(4, 3)}, reference=lambda x: x * 1)
        assert {row.verdict for row in found.rows} == {"raised"}
        assert "no seats left" in str(found)


class TestModules:
    """`nn.Module` with a backward method."""

    def test_parameters_are_set_as_parameters(self) -> None:
        class Module(nn.Module):
            def __init__(self, d: int, m: int) -> None:
                super().__init__()
                self.weight = nn.Parameter(torch.zeros(d, m))
                self.bias = nn.Parameter(torch.zeros(m))

            def forward(self, x: Tensor) -> Tensor:
                assert isinstance(self.weight, nn.Parameter)
                self.x = x
                return x @ self.weight + self.bias

            def backward(self, dout: Tensor) -> tuple[Tensor, Tensor, Tensor]:
                return dout @ self.weight.T, self.x.T @ dout, dout.sum(0)

        found = check_backward(Module, inputs=draw, reference=affine, sets={"weight": "w", "bias": "b"})
        assert [row.name for row in found.rows] == ["out", "dx", "dw", "db"]

    def test_gradients_are_read_from_grad(self) -> None:
        class Module(nn.Module):
            def __init__(self, d: int, m: int) -> None:
                super().__init__()
                self.weight = nn.Parameter(torch.zeros(d, m))

            def forward(self, x: Tensor) -> Tensor:
                self.x = x
                return x @ self.weight

            def backward(self, dout: Tensor) -> Tensor:
                self.weight.grad = self.x.T @ dout
                return dout @ self.weight.T

        check_backward(
            Module,
            inputs=draw,
            reference=lambda x, w: x @ w,
            sets={"weight": "w"},
            reads={"weight.grad": "dw"},
            returns="dx",
        )

    def test_a_layer_inside_a_module_is_set_by_its_path(self) -> None:
        class Module(nn.Module):
            def __init__(self, d: int, m: int) -> None:
                super().__init__()
                self.inner = nn.Linear(d, m)

            def forward(self, x: Tensor) -> Tensor:
                self.x = x
                return self.inner(x)  # type: ignore[no-any-return]

            def backward(self, dout: Tensor) -> tuple[Tensor, Tensor, Tensor]:
                return dout @ self.inner.weight, dout.T @ self.x, dout.sum(0)

        def inputs(seed: int, n: int = 4, d: int = 3, m: int = 2) -> dict[str, Tensor]:
            values = draw(seed, n, d, m)
            return {**values, "w": values["w"].T.contiguous()}

        check_backward(
            Module, inputs=inputs, reference=lambda x, w, b: x @ w.T + b, sets={"inner.weight": "w", "inner.bias": "b"}
        )

    def test_a_buffer_is_set_as_a_tensor(self) -> None:
        class Module(nn.Module):
            def __init__(self, d: int) -> None:
                super().__init__()
                self.register_buffer("mask", torch.ones(d))

            def forward(self, x: Tensor) -> Tensor:
                return x * self.mask

            def backward(self, dout: Tensor) -> Tensor:
                return dout * self.mask

        def inputs(seed: int, n: int = 4, d: int = 3) -> dict[str, Tensor]:
            g = torch.Generator().manual_seed(seed)
            return {"x": torch.randn((n, d), generator=g), "mask": torch.randn(d, generator=g)}

        check_backward(Module, inputs=inputs, reference=lambda x, mask: x * mask, sets={"mask": "mask"}, returns="dx")


class TestPasses:
    """Objects that share what they keep."""

    def test_a_class_that_keeps_its_inputs_on_the_class_is_found(self) -> None:
        class Shared:
            kept: Any = None

            def forward(self, x: Tensor) -> Tensor:
                Shared.kept = x
                return x * x

            def backward(self, dout: Tensor) -> Tensor:
                return 2 * Shared.kept * dout

        found = compare_backward(Shared, inputs={"x": torch.randn(4, 3)}, reference=lambda x: x * x)
        assert [row.name for row in found.wrong] == ["dx"]
        assert "an earlier pass" in str(found)

    def test_a_gradient_that_adds_up_within_an_object_is_right_or_says_why(self) -> None:
        """As in torch, where `.grad` adds up until somebody sets it to zero."""

        class Adds(Linear):
            def backward(self, dout: Tensor) -> Tensor:
                before = self.db if self.db is not None else 0
                dx = super().backward(dout)
                self.db = before + dout.sum(0)
                return dx

        found = compare_backward(Adds, inputs=draw, reference=affine, sets=SETS, reads=READS, returns="dx")
        assert found["dx"].right
        assert found["db"].right or found["db"].problem

    @pytest.mark.parametrize("layer", [nn.Linear, nn.Tanh])
    def test_a_module_without_a_backward_method_is_refused(self, layer: type) -> None:
        with pytest.raises(TypeError, match="has no method backward"):
            compare_backward(layer, inputs={"x": torch.randn(4, 3)}, reference=lambda x: x.tanh())
