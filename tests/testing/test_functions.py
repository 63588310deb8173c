"""A forward and a backward function, in every way that people divide a layer between them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import torch

from grader.testing import check_backward, compare_backward

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


def draw(seed: int, n: int = 4, d: int = 3, m: int = 2) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(seed)
    return {
        "x": torch.randn((n, d), generator=g),
        "w": torch.randn((d, m), generator=g),
        "b": torch.randn(m, generator=g),
    }


def forward(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    z = x @ w  # (n, m)
    out = z + b
    return out, (x, w)


def backward(dout: Tensor, cache: Any) -> tuple[Tensor, Tensor, Tensor]:
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


def composite(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w + b


def factor_of_two(dout: Tensor, cache: Any) -> tuple[Tensor, Tensor, Tensor]:
    dx, dw, db = backward(dout, cache)
    return dx, 2 * dw, db


class Kept(NamedTuple):
    x: Tensor
    w: Tensor


class TestCache:
    """What forward returns after its output is given to backward."""

    def test_one_cache_value_of_several_tensors(self) -> None:
        found = check_backward(forward, backward, inputs=draw)
        assert [row.name for row in found.rows] == ["dx", "dw", "db"]
        assert found.right

    def test_a_wrong_gradient_is_found_beside_right_ones(self) -> None:
        found = compare_backward(forward, factor_of_two, inputs=draw)
        assert [row.name for row in found.wrong] == ["dw"]

    def test_the_cache_may_be_the_first_parameter(self) -> None:
        check_backward(forward, lambda cache, dout: backward(dout, cache), inputs=draw)

    def test_the_cache_may_have_any_name(self) -> None:
        check_backward(forward, lambda dout, saved_for_later: backward(dout=dout, cache=saved_for_later), inputs=draw)

    def test_several_saved_values_are_parameters_of_their_own(self) -> None:
        def keeps(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            return x @ w + b, x.T.contiguous(), w.T.contiguous()

        def uses(dout: Tensor, turned: Tensor, across: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            return dout @ across, turned @ dout, dout.sum(0)

        check_backward(keeps, uses, inputs=draw)

    def test_a_tuple_of_saved_values_is_unpacked_into_several_parameters(self) -> None:
        def uses(dout: Tensor, kept_x: Tensor, kept_w: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            return backward(dout, (kept_x, kept_w))

        check_backward(forward, uses, inputs=draw)

    def test_a_saved_value_that_is_called_like_an_input_is_that_input(self) -> None:
        check_backward(forward, lambda dout, x, w: backward(dout, (x, w)), inputs=draw)

    def test_a_saved_value_may_be_keyword_only(self) -> None:
        def uses(*, dout: Tensor, cache: Any) -> tuple[Tensor, Tensor, Tensor]:
            return backward(dout, cache)

        check_backward(forward, uses, inputs=draw)

    def test_arguments_may_be_positional_only(self) -> None:
        def uses(dout: Tensor, cache: Any, /) -> tuple[Tensor, Tensor, Tensor]:
            return backward(dout, cache)

        check_backward(forward, uses, inputs=draw)

    def test_the_cache_may_be_a_dict(self) -> None:
        def keeps(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
            return x @ w + b, {"x": x, "w": w}

        check_backward(keeps, lambda dout, cache: backward(dout, (cache["x"], cache["w"])), inputs=draw)

    def test_the_cache_may_be_a_named_tuple(self) -> None:
        def keeps(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Kept]:
            return x @ w + b, Kept(x, w)

        check_backward(keeps, lambda dout, cache: backward(dout, (cache.x, cache.w)), inputs=draw)

    def test_the_cache_may_be_one_tensor(self) -> None:
        def keeps(x: Tensor) -> tuple[Tensor, Tensor]:
            out = x.tanh()
            return out, out

        check_backward(keeps, lambda dout, out: dout * (1 - out * out), inputs={"x": torch.linspace(-1, 1, 6)})

    def test_the_cache_may_be_an_empty_tuple(self) -> None:
        def keeps(x: Tensor) -> tuple[Tensor, tuple[()]]:
            return 3 * x, ()

        check_backward(keeps, lambda dout, cache: 3 * dout, inputs={"x": torch.linspace(-1, 1, 6)})

    def test_the_cache_may_be_none(self) -> None:
        def keeps(x: Tensor) -> tuple[Tensor, None]:
            return 3 * x, None

        check_backward(keeps, lambda dout, cache: 3 * dout, inputs={"x": torch.linspace(-1, 1, 6)})

    def test_a_backward_function_needs_no_cache(self) -> None:
        check_backward(composite, lambda dout, x, w, b: backward(dout, (x, w)), inputs=draw)

    def test_a_backward_function_may_take_no_input_at_all(self) -> None:
        check_backward(lambda x: 3 * x, lambda dout: 3 * dout, inputs={"x": torch.randn(3, 4)})

    def test_forward_may_return_a_list(self) -> None:
        check_backward(lambda x, w, b: [*forward(x, w, b)], backward, inputs=draw)

    def test_backward_may_return_a_list(self) -> None:
        check_backward(forward, lambda dout, cache: [*backward(dout, cache)], inputs=draw)

    def test_backward_may_return_a_dict(self) -> None:
        def uses(dout: Tensor, cache: Any) -> dict[str, Tensor]:
            dx, dw, db = backward(dout, cache)
            return {"db": db, "dw": dw, "dx": dx}

        check_backward(forward, uses, inputs=draw)

    def test_backward_may_return_a_dict_by_the_names_of_the_inputs(self) -> None:
        check_backward(forward, lambda dout, cache: dict(zip("xwb", backward(dout, cache), strict=True)), inputs=draw)


class TestReturns:
    """What the backward function returns, by name and in order."""

    @pytest.mark.parametrize(
        "names", [("dx", "dw", "db"), ("grad_x", "grad_w", "grad_b"), ("d_x", "d_w", "d_b"), "xwb"]
    )
    def test_a_gradient_is_called_what_the_author_calls_it(self, names: tuple[str, ...]) -> None:
        found = check_backward(forward, backward, inputs=draw, returns=tuple(names))
        assert [row.name for row in found.rows] == [*names]

    def test_the_order_is_the_authors(self) -> None:
        found = check_backward(
            forward, lambda dout, cache: backward(dout, cache)[::-1], inputs=draw, returns=("db", "dw", "dx")
        )
        assert [row.name for row in found.rows] == ["db", "dw", "dx"]

    def test_the_wrong_order_is_found(self) -> None:
        found = compare_backward(forward, backward, inputs=draw, returns=("db", "dw", "dx"))
        assert [row.name for row in found.wrong] == ["db", "dx"]

    def test_a_value_called_none_has_no_row(self) -> None:
        def uses(dout: Tensor, cache: Any) -> tuple[Tensor, str, Tensor, Tensor]:
            dx, dw, db = backward(dout, cache)
            return dx, "a note", dw, db

        found = check_backward(forward, uses, inputs=draw, returns=("dx", None, "dw", "db"))
        assert [row.name for row in found.rows] == ["dx", "dw", "db"]

    def test_one_name_needs_no_tuple(self) -> None:
        found = check_backward(forward, lambda dout, cache: dout @ cache[1].T, inputs=draw, returns="dx")
        assert [row.name for row in found.rows] == ["dx"]

    def test_one_gradient_may_be_in_a_tuple(self) -> None:
        check_backward(forward, lambda dout, cache: (dout @ cache[1].T,), inputs=draw, returns="dx")

    def test_only_some_of_the_gradients_may_be_returned(self) -> None:
        check_backward(forward, lambda dout, cache: backward(dout, cache)[:2], inputs=draw, returns=("dx", "dw"))

    def test_a_gradient_of_an_input_that_is_called_like_a_prefix_is_told_apart(self) -> None:
        """`dd` is the gradient of d, and `d` may be an input itself."""
        check_backward(
            lambda x, d: x * d,
            lambda dout, x, d: (dout * d, dout * x),
            inputs={"x": torch.randn(5), "d": torch.randn(5)},
        )

    def test_an_input_named_grad_something_is_told_apart(self) -> None:
        check_backward(
            lambda x, grad_scale: x * grad_scale,
            lambda dout, x, grad_scale: (dout * grad_scale, dout * x),
            inputs={"x": torch.randn(5), "grad_scale": torch.randn(5)},
        )


class TestUpstream:
    """The gradients of forward's outputs, and losses, which have none."""

    def test_the_upstream_gradient_has_the_authors_name(self) -> None:
        found = check_backward(
            forward, lambda cache, grad_output: backward(grad_output, cache), inputs=draw, upstream="grad_output"
        )
        assert found.right

    def test_the_upstream_gradient_may_be_called_like_the_engines_output(self) -> None:
        check_backward(forward, lambda cache, g: backward(g, cache), inputs=draw, upstream="g")

    def test_several_outputs_have_an_upstream_gradient_each(self) -> None:
        def two(x: Tensor, w: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
            return x @ w, x * 3, (x, w)

        def uses(dy: Tensor, dz: Tensor, cache: Any) -> tuple[Tensor, Tensor]:
            x, w = cache
            return dy @ w.T + 3 * dz, x.T @ dy

        inputs = {"x": torch.randn(4, 3), "w": torch.randn(3, 5)}
        check_backward(two, uses, inputs=inputs, upstream=("dy", "dz"))

    def test_an_upstream_gradient_that_is_forgotten_is_found(self) -> None:
        def two(x: Tensor) -> tuple[Tensor, Tensor]:
            return x * x, x * 3

        found = compare_backward(
            two, lambda dy, dz, x: 2 * x * dy, inputs={"x": torch.randn(4, 3)}, upstream=("dy", "dz"), returns="dx"
        )
        assert found["dx"].verdict == "wrong_values"

    def test_upstream_gradients_that_are_swapped_are_found(self) -> None:
        def two(x: Tensor) -> tuple[Tensor, Tensor]:
            return x * x, x * 3

        found = compare_backward(
            two, lambda dy, dz, x: 2 * x * dz + 3 * dy, inputs={"x": torch.randn(4, 3)}, upstream=("dy", "dz")
        )
        assert not found.right

    def test_a_loss_has_no_upstream_gradient(self) -> None:
        check_backward(
            lambda x, w: (x @ w).square().mean(),
            lambda x, w: (2 * (x @ w) @ w.T / (x @ w).numel(), x.T @ (2 * (x @ w)) / (x @ w).numel()),
            inputs={"x": torch.randn(4, 3), "w": torch.randn(3, 2)},
            upstream=None,
        )

    def test_a_loss_with_a_cache(self) -> None:
        def loss(x: Tensor) -> tuple[Tensor, Tensor]:
            return x.square().sum(), x

        check_backward(loss, lambda cache: 2 * cache, inputs={"x": torch.randn(4, 3)}, upstream=None)

    def test_value_and_gradient_in_one_function(self) -> None:
        found = check_backward(
            lambda x: x.square().sum(),
            lambda x: (x.square().sum(), 2 * x),
            inputs={"x": torch.randn(4, 3)},
            upstream=None,
            returns=("loss", "dx"),
        )
        assert [row.name for row in found.rows] == ["loss", "dx"]

    def test_a_wrong_loss_beside_a_right_gradient_is_found(self) -> None:
        found = compare_backward(
            lambda x: x.square().sum(),
            lambda x: (x.square().mean(), 2 * x),
            inputs={"x": torch.randn(4, 3)},
            upstream=None,
            returns=("loss", "dx"),
        )
        assert [row.name for row in found.wrong] == ["loss"]

    def test_a_loss_may_be_returned_as_a_python_number(self) -> None:
        """With a reference, forward's own value gets a row."""
        found = compare_backward(
            None,
            lambda x: (x.square().sum().item(), 2 * x),
            inputs={"x": torch.randn(4, 3)},
            reference=lambda x: x.square().sum(),
            upstream=None,
            returns=("loss", "dx"),
        )
        assert found["dx"].right
        assert found["loss"].problem is None or "float" in found["loss"].problem

    def test_an_output_that_is_a_number_has_an_upstream_number(self) -> None:
        check_backward(lambda x: x.square().sum(), lambda dout, x: 2 * x * dout, inputs={"x": torch.randn(4, 3)})


class TestGiven:
    """Arguments that are no inputs."""

    def test_both_functions_get_what_is_given(self) -> None:
        def norm(x: Tensor, eps: float) -> tuple[Tensor, Any]:
            rstd = (x.var(-1, keepdim=True, unbiased=False) + eps).rsqrt()
            return (x - x.mean(-1, keepdim=True)) * rstd, rstd

        def uses(dout: Tensor, rstd: Tensor, x: Tensor, eps: float) -> Tensor:
            assert eps == 0.1
            y = (x - x.mean(-1, keepdim=True)) * rstd
            return rstd * (dout - dout.mean(-1, keepdim=True) - y * (dout * y).mean(-1, keepdim=True))

        check_backward(norm, uses, inputs={"x": torch.randn(4, 6)}, given={"eps": 0.1})

    def test_a_default_of_forward_stands_without_given(self) -> None:
        def scaled(x: Tensor, factor: float = 3.0) -> Tensor:
            return x * factor

        check_backward(scaled, lambda dout, factor=3.0: factor * dout, inputs={"x": torch.randn(4, 6)})

    def test_given_replaces_a_default(self) -> None:
        def scaled(x: Tensor, factor: float = 3.0) -> Tensor:
            return x * factor

        check_backward(
            scaled, lambda dout, factor: factor * dout, inputs={"x": torch.randn(4, 6)}, given={"factor": 5.0}
        )
        found = compare_backward(scaled, lambda dout: 3 * dout, inputs={"x": torch.randn(4, 6)}, given={"factor": 5.0})
        assert not found.right

    def test_a_dict_of_settings_is_given_as_it_is(self) -> None:
        settings = {"mode": "train", "p": 0.5}

        def scaled(x: Tensor, settings: dict[str, Any]) -> tuple[Tensor, Any]:
            return x * settings["p"], settings

        def uses(dout: Tensor, cache: Any) -> Tensor:
            assert cache is settings
            return dout * cache["p"]

        check_backward(scaled, uses, inputs={"x": torch.randn(4, 6)}, given={"settings": settings})

    def test_a_number_among_the_inputs_reaches_both_functions(self) -> None:
        check_backward(
            lambda x, k: x * k, lambda dout, k: dout * k, inputs={"x": torch.randn(4, 6), "k": 3}, returns="dx"
        )

    def test_a_string_among_the_inputs_reaches_both_functions(self) -> None:
        check_backward(
            lambda x, mode: x.square() if mode == "square" else x,
            lambda dout, x, mode: 2 * x * dout if mode == "square" else dout,
            inputs={"x": torch.randn(4, 6), "mode": "square"},
        )


class TestReference:
    """A forward pass in torch for code that autograd cannot follow."""

    def test_without_forward_the_reference_is_the_forward_pass(self) -> None:
        found = check_backward(None, lambda dout, x, w, b: backward(dout, (x, w)), inputs=draw, reference=composite)
        assert [row.name for row in found.rows] == ["dx", "dw", "db"]

    def test_forwards_own_value_gets_a_row(self) -> None:
        found = check_backward(forward, backward, inputs=draw, reference=composite)
        assert [row.name for row in found.rows] == ["out", "dx", "dw", "db"]

    def test_a_wrong_value_is_found(self) -> None:
        def off(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Any]:
            return x @ w - b, (x, w)

        found = compare_backward(off, backward, inputs=draw, reference=composite)
        assert [row.name for row in found.wrong] == ["out"]

    def test_a_forward_pass_under_no_grad_is_compared_with_its_reference(self) -> None:
        @torch.no_grad()
        def apart(x: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Any]:
            return x @ w + b, (x, w)

        check_backward(apart, backward, inputs=draw, reference=composite)


class Layer:
    factor = 3.0

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor

    def backward(self, dout: Tensor) -> Tensor:
        return dout * self.factor

    @staticmethod
    def cube(x: Tensor) -> Tensor:
        return x**3

    @classmethod
    def scaled(cls, x: Tensor) -> Tensor:
        return x * cls.factor


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapped


class Called:
    """An object that is called like a function."""

    def __call__(self, x: Tensor) -> Tensor:
        return x * 3


class TestCallables:
    """Anything that can be called may be a function of a check."""

    inputs = {"x": torch.linspace(-1, 2, 12).view(3, 4)}  # noqa: RUF012

    def test_lambdas(self) -> None:
        check_backward(lambda x: x.exp(), lambda dout, x: dout * x.exp(), inputs=self.inputs)

    def test_closures(self) -> None:
        factor = torch.tensor(3.0)

        def scaled(x: Tensor) -> Tensor:
            y = x * factor
            return y  # noqa: RET504

        check_backward(scaled, lambda dout: dout * factor, inputs=self.inputs)

    def test_bound_methods(self) -> None:
        layer = Layer()
        check_backward(layer.forward, layer.backward, inputs=self.inputs)

    def test_static_and_class_methods(self) -> None:
        check_backward(Layer.cube, lambda dout, x: 3 * x * x * dout, inputs=self.inputs)
        check_backward(Layer.scaled, lambda dout: 3 * dout, inputs=self.inputs)

    def test_decorated_functions(self) -> None:
        @logged
        def scaled(x: Tensor) -> Tensor:
            y = x * 3
            return y  # noqa: RET504

        @logged
        def uses(dout: Tensor, x: Tensor) -> Tensor:
            return 3 * dout

        check_backward(scaled, uses, inputs=self.inputs)

    def test_a_decorator_that_changes_the_result_is_followed(self) -> None:
        def doubled(function: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(function)
            def wrapped(x: Tensor) -> Any:
                return 2 * function(x)

            return wrapped

        @doubled
        def scaled(x: Tensor) -> Tensor:
            y = x * 3
            z = y + 1
            return z  # noqa: RET504

        check_backward(scaled, lambda dout: 6 * dout, inputs=self.inputs)
        assert not compare_backward(scaled, lambda dout: 3 * dout, inputs=self.inputs).right

    def test_functions_without_source(self) -> None:
        names: dict[str, Any] = {}
        exec("def forward(x):\n    y = x * x\n    return y\ndef backward(dout, x):\n    return 2 * x * dout\n", names)
        check_backward(names["forward"], names["backward"], inputs=self.inputs)
        names["wrong"] = eval("lambda dout, x: x * dout")
        assert not compare_backward(names["forward"], names["wrong"], inputs=self.inputs).right

    def test_partial_functions(self) -> None:
        def scaled(x: Tensor, factor: float) -> Tensor:
            return x * factor

        def uses(dout: Tensor, factor: float) -> Tensor:
            return dout * factor

        check_backward(functools.partial(scaled, factor=3.0), functools.partial(uses, factor=3.0), inputs=self.inputs)

    def test_objects_that_are_called(self) -> None:
        check_backward(Called(), lambda dout: 3 * dout, inputs=self.inputs)

    def test_functions_of_torch(self) -> None:
        def backward(dout: Tensor, input: Tensor) -> Tensor:  # noqa: A002
            return dout * ((input > 0) & (input < 6))

        check_backward(torch.nn.functional.relu6, backward, inputs={"input": self.inputs["x"]})

    def test_a_module_needs_a_function_around_it(self) -> None:
        """Its call takes `*args`."""
        tanh = torch.nn.Tanh()
        check_backward(lambda x: tanh(x), lambda dout, x: dout * (1 - x.tanh() ** 2), inputs=self.inputs)  # noqa: PLW0108
        with pytest.raises(
            TypeError, match=r"Tanh\(\) takes \*args; its arguments go by name, so write a function around"
        ):
            check_backward(tanh, lambda dout, x: dout * (1 - x.tanh() ** 2), inputs=self.inputs)
