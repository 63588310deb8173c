"""Every sentence of a check: about arguments that do not fit together, and about gradients that are wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from torch import Tensor

from grader.testing import Comparison, Gradient, WrongGradients, check_backward, compare_backward

INPUTS = {"x": torch.linspace(-1, 2, 12).view(4, 3).sin(), "w": torch.linspace(0, 3, 6).view(3, 2).cos()}


def draw(seed: int, n: int = 4, d: int = 3, m: int = 2) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(seed)
    return {"x": torch.randn((n, d), generator=g), "w": torch.randn((d, m), generator=g)}


def product(x: Tensor, w: Tensor) -> tuple[Tensor, Any]:
    z = x @ w
    return z, (x, w)


def gradients(dout: Tensor, cache: Any) -> tuple[Tensor, Tensor]:
    x, w = cache
    return dout @ w.T, x.T @ dout


def composite(x: Tensor, w: Tensor) -> Tensor:
    return x @ w


class Layer:
    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        self.kept = x, w
        return x @ w

    def backward(self, dout: Tensor) -> tuple[Tensor, Tensor]:
        return gradients(dout, self.kept)


def refused(kind: type[Exception], sentence: str, *functions: Any, **settings: Any) -> None:
    """Both doors raise exactly this."""
    for door in (check_backward, compare_backward):
        with pytest.raises(kind, match=re.escape(sentence)):
            door(*functions, **{"inputs": INPUTS, **settings})


class TestFunctions:
    """Functions that do not fit together."""

    def test_no_backward(self) -> None:
        refused(TypeError, "there is no backward for product: pass the function as the second argument", product)

    def test_backward_is_no_function(self) -> None:
        refused(TypeError, "backward is an int; it must be a function, or a dict of functions", product, 3)

    def test_backward_is_a_tensor(self) -> None:
        refused(
            TypeError,
            "backward is a float32 tensor of shape (4, 3); it must be a function, or a dict of functions",
            product,
            INPUTS["x"],
        )

    def test_forward_is_an_object(self) -> None:
        sentence = "forward is a Layer; it must be a function, or a class (not an object: each case makes one)"
        refused(TypeError, sentence, Layer(), gradients)

    @pytest.mark.parametrize(("backward", "settings"), [(gradients, {}), (None, {"reference": composite})])
    def test_no_forward(self, backward: Any, settings: Any) -> None:
        sentence = "without forward, pass backward and reference=, the forward pass as a function in torch"
        refused(TypeError, sentence, None, backward, **settings)

    def test_a_cache_without_a_forward(self) -> None:
        refused(
            TypeError, "gradients has a parameter cache, but there is no forward", None, gradients, reference=composite
        )

    def test_a_class_with_a_backward_function(self) -> None:
        sentence = "Layer is a class, whose backward pass is its own: remove backward"
        refused(TypeError, sentence, Layer, gradients, reference=composite)

    def test_a_class_without_a_reference(self) -> None:
        sentence = (
            "Layer is a class of objects, which autograd cannot follow: pass reference=, the forward pass as a function"
        )
        refused(TypeError, sentence, Layer)

    def test_attributes_of_a_function(self) -> None:
        refused(TypeError, "sets and reads are for a class of objects", product, gradients, sets={"W": "w"})
        refused(TypeError, "sets and reads are for a class of objects", product, gradients, reads={"dW": "dw"})

    def test_a_class_without_a_forward_method(self) -> None:
        class Half:
            def backward(self, dout: Tensor) -> Tensor:
                return dout

        refused(TypeError, "Half has no method forward or __call__", Half, reference=composite)

    def test_a_class_without_a_backward_method(self) -> None:
        class Half:
            def forward(self, x: Tensor) -> Tensor:
                return x

        refused(TypeError, "Half has no method backward", Half, reference=composite)

    def test_an_attribute_that_is_set_to_no_input(self) -> None:
        sentence = "sets names v, which is none of the inputs: x, w"
        refused(TypeError, sentence, Layer, reference=composite, sets={"W": "v"})

    @pytest.mark.parametrize("path", ["", "W; import os", "1"])
    def test_an_attribute_that_is_no_path(self, path: str) -> None:
        refused(TypeError, "sets and reads: ", Layer, reference=composite, sets={path: "w"})


class TestParameters:
    """Parameters of functions that nothing is known for."""

    def test_of_forward(self) -> None:
        sentence = (
            "scaled has a parameter factor, which is none of the inputs. There are x, w. Give anything else with "
            "given={'factor': ...}"
        )
        refused(TypeError, sentence, scaled, gradients)

    def test_of_forward_that_is_nearly_an_input(self) -> None:
        def misspelt(x: Tensor, weight: Tensor) -> Tensor:
            return x @ weight

        with pytest.raises(TypeError, match=r"misspelt has a parameter weight, .* Did you mean weights\?"):
            compare_backward(misspelt, lambda dout, x: dout, inputs={"x": INPUTS["x"], "weights": INPUTS["w"]})

    def test_of_a_reference(self) -> None:
        sentence = "scaled has a parameter factor, which is none of the inputs"
        refused(TypeError, sentence, product, gradients, reference=scaled)

    def test_of_a_method(self) -> None:
        class Scaled(Layer):
            def __init__(self, factor: float) -> None:
                self.factor = factor

        refused(TypeError, "Scaled has a parameter factor, which is none of the inputs", Scaled, reference=composite)

    @pytest.mark.parametrize("star", ["*", "**"])
    def test_whose_names_say_nothing(self, star: str) -> None:
        function = eval(f"lambda {star}values: values")
        sentence = f"takes {star}values; its arguments go by name, so write a function around it that names each"
        refused(TypeError, sentence, product, function)

    def test_an_upstream_gradient_of_another_name(self) -> None:
        def backward(grad: Tensor, cache: Any) -> tuple[Tensor, Tensor]:
            return gradients(grad, cache)

        sentence = (
            'backward(grad, cache) has no parameter dout; say what the upstream gradient is called: upstream="grad"'
        )
        refused(TypeError, sentence, product, backward)

    def test_an_upstream_gradient_of_another_name_in_a_class(self) -> None:
        class Renamed(Layer):
            def backward(self, grad: Tensor) -> tuple[Tensor, Tensor]:
                return gradients(grad, self.kept)

        with pytest.raises(TypeError, match="grad"):
            compare_backward(Renamed, inputs=INPUTS, reference=composite)


def scaled(x: Tensor, w: Tensor, factor: float) -> Tensor:
    return x @ w * factor


class TestInputs:
    """Inputs that cannot be taken by name, or have names that are taken."""

    def test_a_parameter_without_a_default(self) -> None:
        def make(seed: int, n: int) -> dict[str, Tensor]:
            return INPUTS

        sentence = (
            "inputs: make has a parameter n without a default; its parameters are the seed, and sizes with a default"
        )
        refused(TypeError, sentence, product, gradients, inputs=make)

    @pytest.mark.parametrize(
        ("inputs", "came"),
        [((torch.ones(2),), "1 values"), (3, "a int|an int"), (torch.ones(2), "a Tensor"), ("xw", "a str")],
    )
    def test_values_without_names(self, inputs: Any, came: str) -> None:
        with pytest.raises(
            TypeError, match=rf"inputs: ({came}) for x, w; give a dict such as {{'x': ...}}, or one value for each"
        ):
            compare_backward(product, gradients, inputs=inputs)

    def test_a_function_that_returns_nothing(self) -> None:
        def make(seed: int) -> None:
            """Forgets its return."""

        refused(TypeError, "make: a NoneType for x, w; give a dict", product, gradients, inputs=make)

    def test_a_function_that_raises(self) -> None:
        def make(seed: int) -> None:
            raise KeyError("no data")

        with pytest.raises(KeyError, match="no data"):
            compare_backward(product, gradients, inputs=make)

    def test_no_tensor_at_all(self) -> None:
        with pytest.raises(ValueError, match="no input is a floating-point tensor"):
            compare_backward(lambda k: k, lambda dout: dout, inputs={"k": 3})

    def test_an_input_that_is_called_like_the_upstream_gradient(self) -> None:
        sentence = "inputs have a value dout, which is what the upstream gradient is called"
        refused(
            ValueError,
            sentence,
            lambda x, dout: x,
            lambda dout: dout,
            inputs={"x": torch.ones(2), "dout": torch.ones(2)},
        )

    @pytest.mark.parametrize("name", ["loss", "out"])
    def test_an_input_that_is_called_like_a_value_of_a_check(self, name: str) -> None:
        sentence = f"an input cannot be called {name}, which is what a check calls a value of its own"
        refused(
            ValueError,
            sentence,
            eval(f"lambda {name}: {name} * 2"),
            lambda dout: 2 * dout,
            inputs={name: torch.ones(2)},
        )

    def test_an_input_that_is_called_like_a_gradient(self) -> None:
        sentence = "inputs have dx beside x, whose gradient has that name; rename one of them"
        refused(
            ValueError,
            sentence,
            lambda x, dx: x * dx,
            lambda dout: dout,
            inputs={"x": torch.ones(2), "dx": torch.ones(2)},
        )


class TestReturns:
    """Names of gradients that are none."""

    def test_the_gradient_of_no_input(self) -> None:
        sentence = "returns has dv, which is the gradient of no input; the inputs are x, w."
        refused(ValueError, sentence, product, gradients, returns=("dx", "dv"))

    def test_a_misspelt_gradient(self) -> None:
        def forward(x: Tensor, gamma: Tensor) -> Tensor:
            return x * gamma

        inputs = {"x": torch.ones(3), "gamma": torch.ones(3)}
        with pytest.raises(ValueError, match=r"returns has dgama, .* Did you mean dgamma\?"):
            compare_backward(forward, lambda dout, gamma: dout * gamma, inputs=inputs, returns=("dx", "dgama"))

    def test_the_gradient_of_a_number(self) -> None:
        sentence = "returns has dk, but k is an int, which has no gradient; write None for it"
        inputs = {"x": INPUTS["x"], "k": 2}
        refused(ValueError, sentence, lambda x, k: x * k, lambda dout, k: dout, inputs=inputs, returns=("dx", "dk"))

    def test_the_gradient_of_whole_numbers(self) -> None:
        sentence = (
            "returns has dwords, but words is an int64 tensor of shape (2,), which has no gradient; write None for it"
        )
        inputs = {"table": torch.randn(3, 2), "words": torch.tensor([0, 2])}
        forward = lambda table, words: table[words]  # noqa: E731
        with pytest.raises(ValueError, match=re.escape(sentence).replace("an\\ int64", "an?\\ int64")):
            compare_backward(forward, lambda dout: dout, inputs=inputs, returns=("dtable", "dwords"))

    def test_a_row_that_is_not_there(self) -> None:
        found = check_backward(product, gradients, inputs=draw)
        with pytest.raises(KeyError, match="dv; there are dx, dw"):
            found["dv"]


class TestForward:
    """A forward pass that there is nothing to compare with."""

    def test_it_raises(self) -> None:
        def forward(x: Tensor, w: Tensor) -> Tensor:
            return w @ x

        said = r"forward raised RuntimeError: mat1 and .*, for the given inputs: x \(4, 3\), w \(3, 2\)"
        with pytest.raises(ValueError, match=said):
            compare_backward(forward, lambda dout, x, w: (dout @ w.T, x.T @ dout), inputs=INPUTS)

    def test_it_returns_nothing(self) -> None:
        def forward(x: Tensor, w: Tensor) -> None:
            x @ w

        with pytest.raises(ValueError, match="forward"):
            compare_backward(forward, lambda dout, x, w: (dout @ w.T, x.T @ dout), inputs=INPUTS)

    def test_it_returns_no_number_where_a_loss_is_expected(self) -> None:
        sentence = "returns a float32 tensor of shape (4, 2), not a number; upstream=None is for a loss"
        refused(ValueError, sentence, composite, lambda x, w: (x, w), upstream=None)

    def test_it_returns_too_few_outputs(self) -> None:
        with pytest.raises(ValueError, match="lambda"):
            compare_backward(lambda x: x * 1, lambda dy, dz: dy + dz, inputs={"x": INPUTS["x"]}, upstream=("dy", "dz"))

    def test_a_reference_that_raises(self) -> None:
        def broken(x: Tensor, w: Tensor) -> Tensor:
            raise KeyError("mask")

        sentence = "broken() cannot be run in float64: KeyError: 'mask'"
        refused(ValueError, sentence, product, gradients, reference=broken)

    def test_its_gradient_is_not_finite(self) -> None:
        with pytest.raises(ValueError, match="finite"):
            compare_backward(
                lambda x: x.sqrt(), lambda dout, x: dout / (2 * x.sqrt()), inputs={"x": torch.tensor([0.0, 1.0, 2.0])}
            )


class TestMessage:
    """The text of an AssertionError."""

    def message(self, backward: Any = None, **settings: Any) -> str:
        def both_wrong(dout: Tensor, cache: Any) -> tuple[Tensor, Tensor]:
            dx, dw = gradients(dout, cache)
            return 2 * dx, -dw

        with pytest.raises(WrongGradients) as caught:
            check_backward(product, backward or both_wrong, **{"inputs": draw, **settings})
        assert isinstance(caught.value, AssertionError)
        assert isinstance(caught.value.comparison, Comparison)
        assert str(caught.value) == str(caught.value.comparison)
        return str(caught.value)

    def test_its_first_line_counts(self) -> None:
        assert self.message().splitlines()[0] == "both_wrong: 2 of 2 are wrong"

    def test_each_gradient_has_a_name_and_a_place(self) -> None:
        heads = [line for line in self.message().splitlines() if line.startswith("d")]
        assert [head.partition(":")[0] for head in heads] == ["dx", "dw"]
        assert all("test_sentences.py:" in head for head in heads)

    def test_each_gradient_has_at_most_eight_lines(self) -> None:
        def raises(dout: Tensor, cache: Any) -> Any:
            raise ValueError("so much to say. " * 200)

        for row in compare_backward(product, raises, inputs=draw).wrong:
            assert 1 < len([*row.lines()]) <= 8
            assert [*row.lines()][-1].strip() == "..."

    def test_no_line_is_long(self) -> None:
        assert max(map(len, self.message().splitlines())) <= 120

    def test_the_worst_element_has_both_values(self) -> None:
        assert re.search(r"at \[\d, \d\]: -?[\d.]+, expected -?[\d.]+", self.message())

    def test_the_likely_mistake_is_named(self) -> None:
        assert "likely: your dx is 2 times the right gradient" in self.message()

    def test_the_line_of_the_forward_pass_is_named(self) -> None:
        def softmax(x: Tensor) -> Tensor:
            e = x.exp()
            total = e.sum(-1, keepdim=True)
            return e / total

        def backward(dout: Tensor, x: Tensor) -> Tensor:
            return dout * x.softmax(-1)

        found = compare_backward(softmax, backward, inputs={"x": INPUTS["x"]})
        lines = range(softmax.__code__.co_firstlineno + 1, softmax.__code__.co_firstlineno + 4)
        assert found["dx"].likely is not None
        assert any(f"test_sentences.py line {line}" in found["dx"].likely for line in lines)

    def test_an_upstream_gradient_has_the_authors_name(self) -> None:
        def backward(cache: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
            return gradients(grad_output.abs(), cache)

        text = self.message(backward, upstream="grad_output", returns=("grad_x", "grad_w"))
        assert "grad_output" in text
        assert "dout" not in text
        assert not re.search(r"\bd[xw]\b", text)
        assert "grad_x: " in text

    def test_a_right_check_says_how_many(self) -> None:
        assert str(check_backward(product, gradients, inputs=draw)) == "gradients: all 2 right"

    def test_a_right_check_of_one_gradient(self) -> None:
        found = check_backward(product, lambda dout, cache: dout @ cache[1].T, inputs=draw, returns="dx")
        assert str(found) == "<lambda>: right"

    def test_a_row_has_what_a_report_has(self) -> None:
        row = check_backward(product, gradients, inputs=draw)["dx"]
        assert isinstance(row, Gradient)
        assert row.right
        assert row.verdict in {"exact", "correct"}
        assert row.problem is row.likely is row.worst is None
        assert row.error is not None
        assert 0 <= row.error <= row.tolerance
        assert row.shape == (4, 3)
        assert row.line == gradients.__code__.co_firstlineno

    def test_comparing_never_raises_for_a_wrong_gradient(self) -> None:
        found = compare_backward(product, lambda dout, cache: (None, "a word"), inputs=draw)
        assert not found.right
        assert len(found.wrong) == 2

    def test_the_cases_sizes_are_kept(self) -> None:
        found = check_backward(product, gradients, inputs=draw)
        assert found.sizes[0] == {"n": 4, "d": 3, "m": 2}
        assert len(found.sizes) > 2

    def test_a_forward_pass_that_returns_too_little_for_the_cache(self) -> None:
        def takes_three(dout: Tensor, first: Tensor, second: Tensor, third: Tensor) -> tuple[Tensor, Tensor]:
            return gradients(dout, (first, second))

        text = self.message(takes_three)
        assert "after the output of product" in text
        assert "first, second, third, as takes_three takes them" in " ".join(text.split())

    def test_a_wrong_number_of_values(self) -> None:
        text = " ".join(self.message(lambda dout, cache: gradients(dout, cache)[:1]).split())
        assert "a tuple of 1" in text
        assert "expected dx and dw" in text

    def test_locals_without_a_name_of_the_cache(self) -> None:
        """A forward function may return `locals()`; the cache's names are then its variables."""

        def forward(x: Tensor, w: Tensor) -> dict[str, Any]:
            out = x @ w
            return locals()

        def takes_more(dout: Tensor, x: Tensor, w: Tensor, nothing: Tensor) -> tuple[Tensor, Tensor]:
            return gradients(dout, (x, w))

        found = compare_backward(forward, takes_more, inputs=draw)
        assert "no nothing" in str(found)
