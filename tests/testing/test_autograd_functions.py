"""A layer as a `torch.autograd.Function`, in each way that PyTorch lets people write one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from grader.testing import check_backward, compare_backward


def draw(seed: int, n: int = 4, d: int = 3, m: int = 2) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(seed)
    return {"x": torch.randn((n, d), generator=g), "w": torch.randn((d, m), generator=g)}


class Product(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, Tensor]:
        x, w = ctx.saved_tensors
        return dout @ w.T, x.T @ dout


class Apart(Function):
    """With setup_context."""

    @staticmethod
    def forward(x: Tensor, w: Tensor) -> Tensor:
        return x @ w

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, Tensor]:
        x, w = ctx.saved_tensors
        return dout @ w.T, x.T @ dout


class TestRight:
    def test_with_a_ctx(self) -> None:
        found = check_backward(Product, inputs=draw)
        assert [row.name for row in found.rows] == ["dx", "dw"]

    def test_with_setup_context(self) -> None:
        check_backward(Apart, inputs=draw)

    def test_with_a_reference(self) -> None:
        found = check_backward(Product, inputs=draw, reference=lambda x, w: x @ w)
        assert [row.name for row in found.rows] == ["out", "dx", "dw"]

    def test_the_names_of_the_upstream_gradient_do_not_matter(self) -> None:
        found = check_backward(Product, inputs=draw, upstream="grad_output")
        assert found.right

    def test_all_arguments_in_one_parameter(self) -> None:
        class Stars(Product):
            @staticmethod
            def forward(ctx: Any, *inputs: Tensor) -> Tensor:  # type: ignore[override]
                ctx.save_for_backward(*inputs)
                return inputs[0] @ inputs[1]

        found = check_backward(Stars, inputs=draw)
        assert [row.name for row in found.rows] == ["dx", "dw"]

    def test_flags_among_the_arguments(self) -> None:
        class Flagged(Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor, squared: bool, w: Tensor) -> Tensor:
                ctx.save_for_backward(x, w)
                ctx.squared = squared
                return x * x * w if squared else x * w

            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, None, Tensor]:
                x, w = ctx.saved_tensors
                return (dout * 2 * x * w, None, dout * x * x) if ctx.squared else (dout * w, None, dout * x)

        for squared in (True, False):
            inputs = {"x": torch.randn(4, 3), "w": torch.randn(4, 3), "squared": squared}
            found = check_backward(Flagged, inputs=inputs)
            assert [row.name for row in found.rows] == ["dx", "dw"]

    def test_a_whole_number_among_the_arguments(self) -> None:
        class Power(Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor, k: int) -> Tensor:
                ctx.save_for_backward(x)
                ctx.k = k
                return x**k

            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, None]:
                return dout * ctx.k * ctx.saved_tensors[0] ** (ctx.k - 1), None

        check_backward(Power, inputs={"x": torch.randn(4, 3), "k": 3})

    def test_a_tensor_of_whole_numbers(self) -> None:
        class Rows(Function):
            @staticmethod
            def forward(ctx: Any, table: Tensor, words: Tensor) -> Tensor:
                ctx.save_for_backward(words)
                ctx.shape = table.shape
                return table[words]

            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, None]:
                (words,) = ctx.saved_tensors
                dtable = dout.new_zeros(ctx.shape)
                return dtable.index_add(0, words.flatten(), dout.reshape(-1, ctx.shape[1])), None

        check_backward(Rows, inputs={"table": torch.randn(5, 3), "words": torch.tensor([[0, 2], [2, 4], [1, 1]])})

    def test_several_outputs(self) -> None:
        class Two(Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
                ctx.save_for_backward(x)
                return x * x, x * 3

            @staticmethod
            def backward(ctx: Any, dy: Tensor, dz: Tensor) -> Tensor:
                return 2 * ctx.saved_tensors[0] * dy + 3 * dz

        check_backward(Two, inputs={"x": torch.randn(4, 3)}, upstream=("dy", "dz"))

    def test_needs_input_grad_is_true_for_every_float(self) -> None:
        class Asks(Product):
            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> Any:
                x, w = ctx.saved_tensors
                return (
                    dout @ w.T if ctx.needs_input_grad[0] else None,
                    x.T @ dout if ctx.needs_input_grad[1] else None,
                )

        check_backward(Asks, inputs=draw)

    def test_needs_input_grad_may_be_read_in_forward(self) -> None:
        class Asks(Product):
            @staticmethod
            def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
                ctx.save_for_backward(x if ctx.needs_input_grad[1] else None, w if ctx.needs_input_grad[0] else None)
                return x @ w

        check_backward(Asks, inputs=draw)

    def test_the_ctx_may_be_marked(self) -> None:
        class Marks(Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
                out, places = x.max(-1)
                ctx.mark_non_differentiable(places)
                ctx.set_materialize_grads(False)
                ctx.save_for_backward(x, places)
                return out, places

            @staticmethod
            def backward(ctx: Any, dout: Tensor, _: Any) -> Tensor:
                x, places = ctx.saved_tensors
                return torch.zeros_like(x).scatter(-1, places[:, None], dout[:, None])

        check_backward(Marks, inputs={"x": torch.randn(4, 3)})

    def test_a_loss(self) -> None:
        class Square(Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor) -> Tensor:
                ctx.save_for_backward(x)
                return x.square().sum()

            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> Tensor:
                return 2 * ctx.saved_tensors[0] * dout

        check_backward(Square, inputs={"x": torch.randn(4, 3)})
        check_backward(Square, inputs={"x": torch.randn(4, 3)}, upstream=None)

    def test_backward_under_once_differentiable(self) -> None:
        class Once(Product):
            @staticmethod
            @torch.autograd.function.once_differentiable
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, Tensor]:
                return Product.backward(ctx, dout)

        check_backward(Once, inputs=draw)

    def test_a_forward_pass_that_calls_autograd_itself(self) -> None:
        class Recomputes(Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
                ctx.save_for_backward(x, w)
                return (x @ w).tanh()

            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, ...]:
                with torch.enable_grad():
                    leaves = [each.detach().requires_grad_() for each in ctx.saved_tensors]
                    out = (leaves[0] @ leaves[1]).tanh()
                return torch.autograd.grad(out, leaves, dout)

        check_backward(Recomputes, inputs=draw)


class TestWrong:
    def test_a_wrong_value(self) -> None:
        class Off(Product):
            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, Tensor]:
                dx, dw = Product.backward(ctx, dout)
                return dx, 2 * dw

        found = compare_backward(Off, inputs=draw)
        assert [row.name for row in found.wrong] == ["dw"]

    def test_none_for_an_input_with_a_gradient(self) -> None:
        class Lazy(Product):
            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> Any:
                return Product.backward(ctx, dout)[0], None

        found = compare_backward(Lazy, inputs=draw)
        assert found["dw"].verdict == "wrong_type"
        assert found["dx"].right

    def test_a_gradient_that_autograd_would_sum_to_its_shape(self) -> None:
        class Bias(Function):
            @staticmethod
            def forward(ctx: Any, x: Tensor, b: Tensor) -> Tensor:
                return x + b

            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, Tensor]:
                return dout, dout  # no sum over the batch

        found = compare_backward(Bias, inputs={"x": torch.randn(4, 3), "b": torch.randn(3)})
        assert found["db"].verdict == "wrong_shape"
        assert found["dx"].right

    def test_a_wrong_number_of_gradients(self) -> None:
        class Few(Product):
            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> Any:
                return Product.backward(ctx, dout)[0]

        found = compare_backward(Few, inputs=draw)
        assert not found.right
        assert "gradient" in str(found)

    def test_a_gradient_in_an_order_that_is_not_the_arguments(self) -> None:
        class Swapped(Product):
            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, Tensor]:
                return Product.backward(ctx, dout)[::-1]  # type: ignore[return-value]

        assert not compare_backward(Swapped, inputs=draw).right

    def test_backward_raises(self) -> None:
        class Raises(Product):
            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> Any:
                raise RuntimeError("no kernel")

        found = compare_backward(Raises, inputs=draw)
        assert {row.verdict for row in found.rows} == {"raised"}
        assert "no kernel" in str(found)

    def test_backward_is_not_implemented(self) -> None:
        class Todo(Product):
            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> Any:
                raise NotImplementedError

        found = compare_backward(Todo, inputs=draw)
        assert {row.verdict for row in found.rows} == {"raised"}
        assert "Todo.backward raised NotImplementedError" in str(found)

    def test_the_upstream_gradient_is_ignored(self) -> None:
        class Ignores(Product):
            @staticmethod
            def backward(ctx: Any, dout: Tensor) -> tuple[Tensor, Tensor]:
                return Product.backward(ctx, torch.ones_like(dout))

        assert not any(row.right for row in compare_backward(Ignores, inputs=draw).rows)

    def test_a_wrong_value_is_found_with_a_reference(self) -> None:
        class Off(Product):
            @staticmethod
            def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
                ctx.save_for_backward(x, w)
                return x @ w * 1.001

        found = compare_backward(Off, inputs=draw, reference=lambda x, w: x @ w)
        assert [row.name for row in found.wrong] == ["out"]
