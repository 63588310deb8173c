"""Every kind of mistake that a check finds, and what it is called."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor

from grader.testing import WrongGradients, check_backward, compare_backward

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.testing import Comparison


def draw(seed: int, n: int = 4, d: int = 3, m: int = 2) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(seed)
    return {
        "x": torch.randn((n, d), generator=g),
        "w": torch.randn((d, m), generator=g),
        "b": torch.randn(m, generator=g),
    }


def affine(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = x @ w  # (n, m)
    return z + b


def gradients(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return dout @ w.T, x.T @ dout, dout.sum(0)


def found_with(
    change: Callable[..., Any], inputs: Any = draw, forward: Callable[..., Any] = affine, **settings: Any
) -> Comparison:
    """What is found of the right gradients once something is done to them."""

    def backward(dout: Tensor, x: Tensor, w: Tensor) -> Any:
        return change(dout, *gradients(dout, x, w))

    return compare_backward(forward, backward, inputs=inputs, **settings)


def verdicts(found: Comparison) -> dict[str, str]:
    return {row.name: row.verdict for row in found.rows if not row.right}


class TestValues:
    @pytest.mark.parametrize("factor", [2.0, -1.0, 0.5, 1.02, 1 + 1e-6, 1 - 1e-8, 0.0])
    def test_a_factor(self, factor: float) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, factor * dw, db))
        assert verdicts(found) == {"dw": "wrong_values"}

    def test_one_element_of_many(self) -> None:
        def change(dout: Tensor, dx: Tensor, dw: Tensor, db: Tensor) -> Any:
            dx = dx.clone()
            dx[-1, -1] *= 1.001
            return dx, dw, db

        found = found_with(change)
        assert verdicts(found) == {"dx": "wrong_values"}
        assert found["dx"].worst is not None
        assert found["dx"].worst.startswith("at [")

    def test_zeros(self) -> None:
        assert verdicts(found_with(lambda dout, dx, dw, db: (dx, torch.zeros_like(dw), db))) == {"dw": "wrong_values"}

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    def test_a_value_that_is_not_finite(self, value: float) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, torch.full_like(dw, value), db))
        assert verdicts(found) == {"dw": "non_finite"}

    def test_a_mean_where_a_sum_belongs(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, dw, dout.mean(0)))
        assert verdicts(found) == {"db": "wrong_values"}
        assert found["db"].likely is not None

    def test_a_tiny_noise_beyond_rounding(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, dw + 1e-7 * torch.ones_like(dw), db))
        assert verdicts(found) == {"dw": "wrong_values"}

    def test_rounding_is_right(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx * 3 / 3, dw, dout.flip(0).sum(0)))
        assert found.right

    def test_a_gradient_that_is_right_everywhere_but_at_large_values(self) -> None:
        def naive(dout: Tensor, x: Tensor) -> Tensor:
            e = x.exp()
            p = e / e.sum(-1, keepdim=True)
            return p * (dout - (dout * p).sum(-1, keepdim=True))

        found = compare_backward(lambda x: x.softmax(-1), naive, inputs={"x": torch.randn(4, 3)})
        assert found["dx"].right or "large" in str(found)


class TestForm:
    def test_a_shape(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, dw, db[None]))
        assert verdicts(found) == {"db": "wrong_shape"}
        assert found["db"].shape == (1, 2)

    def test_a_transposed_square_matrix_has_wrong_values(self) -> None:
        def square(seed: int, n: int = 3) -> dict[str, Tensor]:
            return draw(seed, n, n, n)

        found = found_with(lambda dout, dx, dw, db: (dx, dw.T, db), square)
        assert verdicts(found) == {"dw": "wrong_values"}
        assert "transposed" in str(found)

    def test_a_transposed_example_has_a_wrong_shape(self) -> None:
        assert verdicts(found_with(lambda dout, dx, dw, db: (dx, dw.T, db))) == {"dw": "wrong_shape"}

    def test_a_gradient_that_is_not_summed(self) -> None:
        assert verdicts(found_with(lambda dout, dx, dw, db: (dx, dw, dout))) == {"db": "wrong_shape"}

    def test_float64_in_float32_code(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, dw.double(), db))
        assert verdicts(found) == {"dw": "wrong_dtype"}

    def test_float_means_the_dtype_of_the_case(self) -> None:
        """So that code which spells out its dtype can be checked in float64."""
        assert found_with(lambda dout, dx, dw, db: (dx, dw.float(), db.to(torch.float32))).right

    def test_float64_inside_float32_code_is_right(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, dw.double().to(dout.dtype), db))
        assert found.right

    def test_whole_numbers(self) -> None:
        assert [*verdicts(found_with(lambda dout, dx, dw, db: (dx, dw.long(), db)))] == ["dw"]

    @pytest.mark.parametrize(
        "value", [3.0, "zero", [1.0, 2.0], object(), {}], ids=["number", "word", "list", "object", "dict"]
    )
    def test_no_tensor(self, value: Any) -> None:
        assert verdicts(found_with(lambda dout, dx, dw, db: (dx, value, db))) == {"dw": "wrong_type"}

    def test_a_sparse_tensor(self) -> None:
        assert verdicts(found_with(lambda dout, dx, dw, db: (dx, dw.to_sparse(), db))) == {"dw": "wrong_type"}

    def test_a_tensor_that_requires_grad_is_right(self) -> None:
        assert found_with(lambda dout, dx, dw, db: (dx, dw.requires_grad_(), db)).right

    def test_a_parameter_is_right(self) -> None:
        assert found_with(lambda dout, dx, dw, db: (dx, torch.nn.Parameter(dw), db)).right

    def test_a_view_or_an_expanded_tensor_is_right(self) -> None:
        found = compare_backward(
            lambda x: x.sum(0), lambda dout, x: dout.expand(x.shape), inputs={"x": torch.randn(4, 3)}
        )
        assert found.right

    def test_a_tensor_that_is_an_argument_is_right(self) -> None:
        assert compare_backward(lambda x: x + 1, lambda dout: dout, inputs={"x": torch.randn(4, 3)}).right

    def test_too_few_values(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, dw))
        assert not any(row.right for row in found.rows)
        assert "a tuple of 2" in str(found)

    def test_too_many_values(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, dw, db, db))
        assert not any(row.right for row in found.rows)
        assert "a tuple of 4" in str(found)

    def test_one_tensor_for_several_gradients(self) -> None:
        found = found_with(lambda dout, dx, dw, db: dx)
        assert not any(row.right for row in found.rows)

    def test_a_dict_without_one_gradient(self) -> None:
        found = found_with(lambda dout, dx, dw, db: {"dx": dx, "dw": dw})
        assert [*verdicts(found)] == ["db"]


class TestHardCoded:
    """Right for the given inputs alone."""

    def test_a_size_of_a_function_of_inputs(self) -> None:
        found = compare_backward(
            lambda x: x.mean(0),
            lambda dout, x: dout.expand(x.shape) / 4,
            inputs=lambda seed, n=4, d=3: {"x": torch.randn(n, d)},
        )
        assert verdicts(found) == {"dx": "hard_coded"}

    def test_a_size_of_examples(self) -> None:
        found = compare_backward(
            lambda x: x.mean(0), lambda dout, x: dout.expand(x.shape) / 4, inputs={"x": torch.randn(4, 3)}
        )
        assert verdicts(found) == {"dx": "hard_coded"}

    def test_a_shape_of_examples_that_raises_elsewhere(self) -> None:
        found = compare_backward(
            lambda x: x.sum(0), lambda dout: dout.expand(4, 3) * 1, inputs={"x": torch.randn(4, 3)}
        )
        assert not found.right
        assert "x_shape_" in str(found)

    def test_the_size_of_a_square_example(self) -> None:
        """Rows and columns of the same length vary together; a number in the code does not."""
        found = compare_backward(
            lambda x: x.mean(-1), lambda dout, x: dout[:, None].expand(x.shape) / 3, inputs={"x": torch.randn(3, 3)}
        )
        assert verdicts(found) == {"dx": "hard_coded"}

    def test_the_given_values_themselves(self) -> None:
        x = torch.randn(4, 3)
        found = compare_backward(lambda x: x * x, lambda dout: 2 * x.to(dout) * dout, inputs={"x": x})
        assert not found.right

    def test_one_size_only_is_noted(self) -> None:
        def fixed(x: Tensor) -> Tensor:
            assert x.shape == (4, 3)
            return x * x

        found = compare_backward(fixed, lambda dout, x: 2 * x * dout, inputs={"x": torch.randn(4, 3)})
        assert found.right
        assert "one size only" in str(found)

    def test_the_given_values_are_found_in_one_size_also(self) -> None:
        x = torch.randn(4, 3)

        def fixed(x: Tensor) -> Tensor:
            assert x.shape == (4, 3)
            return x * x

        assert not compare_backward(fixed, lambda dout: 2 * x.to(dout) * dout, inputs={"x": x}).right


class TestUpstream:
    """A gradient has to follow from the upstream gradient."""

    def test_ignored(self) -> None:
        found = compare_backward(lambda x: x * x, lambda dout, x: 2 * x, inputs={"x": torch.randn(4, 3)})
        assert not found.right

    def test_right_only_for_ones(self) -> None:
        found = compare_backward(lambda x: x * x, lambda dout, x: 2 * x * dout.mean(), inputs={"x": torch.randn(4, 3)})
        assert not found.right

    def test_its_sign_alone(self) -> None:
        found = compare_backward(lambda x: x * x, lambda dout, x: 2 * x * dout.sign(), inputs={"x": torch.randn(4, 3)})
        assert not found.right

    def test_squared(self) -> None:
        found = compare_backward(
            lambda x: x * x, lambda dout, x: 2 * x * dout * dout.abs(), inputs={"x": torch.randn(4, 3)}
        )
        assert not found.right

    def test_a_constant_is_added(self) -> None:
        found = compare_backward(lambda x: x * x, lambda dout, x: 2 * x * dout + 1e-3, inputs={"x": torch.randn(4, 3)})
        assert not found.right

    def test_clipped(self) -> None:
        """Right for ordinary values; `dout` of a thousand is cut."""
        found = compare_backward(
            lambda x: x * x, lambda dout, x: 2 * x * dout.clamp(-5, 5), inputs={"x": torch.randn(4, 3)}
        )
        assert not found.right

    def test_normalized(self) -> None:
        found = compare_backward(
            lambda x: x * x, lambda dout, x: 2 * x * dout / dout.norm(), inputs={"x": torch.randn(4, 3)}
        )
        assert not found.right


class TestRaised:
    """What a function raises is in the row, and chained to the AssertionError."""

    def test_in_backward(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            raise KeyError("mask")

        found = compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)})
        assert verdicts(found) == {"dx": "raised"}
        assert "KeyError: 'mask'" in str(found)
        assert found["dx"].line == backward.__code__.co_firstlineno + 1

    def test_in_forward_where_there_is_a_reference(self) -> None:
        def forward(x: Tensor) -> Any:
            raise ValueError("no more heads")

        found = compare_backward(
            forward, lambda dout, cache: dout, inputs={"x": torch.randn(4, 3)}, reference=lambda x: x * 1
        )
        assert verdicts(found) == {"out": "raised", "dx": "raised"}
        assert "no more heads" in str(found)

    def test_in_forward_without_a_reference(self) -> None:
        def forward(x: Tensor) -> Any:
            raise ValueError("no more heads")

        with pytest.raises(ValueError, match="no more heads"):
            compare_backward(forward, lambda dout, cache: dout, inputs={"x": torch.randn(4, 3)})

    def test_at_other_sizes_only(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            if x.shape != (4, 3):
                raise ValueError("only four rows")
            return 2 * x * dout

        found = compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)})
        assert verdicts(found) == {"dx": "hard_coded"}
        assert "right for the given inputs" in str(found)
        assert "ValueError: only four rows" in str(found)

    def test_in_one_dtype_only(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            if x.dtype == torch.float64:
                raise TypeError("float32 only")
            return 2 * x * dout

        found = compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)})
        assert found.right
        assert "judged in float32" in found["dx"].notes[0]

    def test_the_exception_is_the_cause(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            raise KeyError("mask")

        with pytest.raises(WrongGradients) as caught:
            check_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)})
        assert isinstance(caught.value.__cause__, KeyError)

    def test_a_keyboard_interrupt_is_not_caught(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            check_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)})

    def test_a_long_text_of_several_lines_is_cut(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            raise ValueError("line of text\n" * 1000)

        found = compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)})
        assert len([*found["dx"].lines()]) <= 8

    def test_not_implemented(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            raise NotImplementedError

        found = compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)})
        assert not found.right
        assert "NotImplementedError" in str(found)

    def test_returns_none(self) -> None:
        found = compare_backward(lambda x: x * x, lambda dout, x: None, inputs={"x": torch.randn(4, 3)})
        assert not found.right

    def test_returns_none_for_one_of_several(self) -> None:
        found = found_with(lambda dout, dx, dw, db: (dx, None, db))
        assert [*verdicts(found)] == ["dw"]


KEPT: dict[str, Any] = {}


class TestState:
    """Values that are kept outside the cache."""

    def test_a_cache_in_a_global_is_found(self) -> None:
        def forward(x: Tensor) -> tuple[Tensor, None]:
            KEPT["x"] = x
            return x * x, None

        def backward(dout: Tensor, cache: None) -> Tensor:
            return 2 * KEPT["x"] * dout

        found = compare_backward(forward, backward, inputs={"x": torch.randn(4, 3)})
        assert [*verdicts(found)] == ["dx"]
        assert found["dx"].problem is not None

    def test_a_counter_is_found(self) -> None:
        calls: list[int] = []

        def backward(dout: Tensor, x: Tensor) -> Tensor:
            calls.append(1)
            return 2 * x * dout * (1 if len(calls) < 3 else 2)

        assert not compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)}).right

    def test_a_memory_that_is_never_wrong_is_right(self) -> None:
        powers: dict[int, float] = {}

        def backward(dout: Tensor, x: Tensor) -> Tensor:
            factor = powers.setdefault(2, 2.0)
            return factor * x * dout

        assert compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)}).right

    @pytest.mark.parametrize("name", ["dout", "x", "w"])
    def test_an_argument_that_is_changed_in_place(self, name: str) -> None:
        def backward(dout: Tensor, x: Tensor, w: Tensor, b: Tensor) -> Any:
            result = gradients(dout, x, w)
            {"dout": dout, "x": x, "w": w}[name].mul_(2)
            return result

        found = compare_backward(affine, backward, inputs=draw)
        assert set(verdicts(found).values()) <= {"changes_argument", "hard_coded"}
        assert not found.right
        assert f"changes {name} in place" in str(found)

    def test_an_upstream_gradient_of_another_name_that_is_changed_in_place(self) -> None:
        def backward(grad: Tensor, x: Tensor) -> Tensor:
            grad *= x
            grad *= 2
            return grad

        found = compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)}, upstream="grad")
        assert not found.right
        assert "changes grad in place" in str(found)

    def test_an_argument_that_is_changed_and_restored_is_right(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            x.mul_(2)
            dx = x * dout
            x.mul_(0.5)
            return dx

        assert compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)}).right

    def test_a_copy_may_be_changed(self) -> None:
        def backward(dout: Tensor, x: Tensor) -> Tensor:
            dx = dout.clone()
            dx *= 2 * x
            return dx

        assert compare_backward(lambda x: x * x, backward, inputs={"x": torch.randn(4, 3)}).right

    def test_a_cache_that_is_changed_in_place_is_found(self) -> None:
        """A second backward pass after the same forward pass gets the changed values."""

        def forward(x: Tensor) -> tuple[Tensor, Tensor]:
            return x * x, 2 * x

        def backward(dout: Tensor, cache: Tensor) -> Tensor:
            return cache.mul_(dout)

        found = compare_backward(forward, backward, inputs={"x": torch.randn(4, 3)})
        assert [*verdicts(found)] == ["dx"]
        assert "what the forward pass kept" in str(found).replace("\n      ", " ")

    def test_a_forward_pass_that_changes_its_input(self) -> None:
        def forward(x: Tensor) -> tuple[Tensor, Tensor]:
            x = x.clone()
            x.mul_(3)
            return x, x

        assert compare_backward(forward, lambda dout, cache: 3 * dout, inputs={"x": torch.randn(4, 3)}).right


class TestRandom:
    """Code that draws numbers."""

    def test_a_dropout_mask_in_the_cache_is_right(self) -> None:
        def dropout(x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
            return x * mask, mask

        inputs = {"x": torch.randn(4, 3), "mask": (torch.rand(4, 3) > 0.5).float()}
        assert compare_backward(dropout, lambda dout, mask: dout * mask, inputs=inputs, returns="dx").right

    def test_a_dropout_that_draws_is_refused(self) -> None:
        def dropout(x: Tensor) -> tuple[Tensor, Tensor]:
            mask = (torch.rand(x.shape) > 0.5).to(x.dtype)
            return x * mask, mask

        with pytest.raises(ValueError, match="random"):
            compare_backward(dropout, lambda dout, cache: dout * cache, inputs={"x": torch.randn(4, 3)})

    def test_a_gradient_with_random_noise_is_wrong(self) -> None:
        found = compare_backward(
            lambda x: x * x,
            lambda dout, x: 2 * x * dout * (1 + 1e-3 * torch.randn_like(x)),
            inputs={"x": torch.randn(4, 3)},
        )
        assert not found.right


class TestZeroGradients:
    """A gradient that is zero whatever is upstream."""

    @staticmethod
    def normed(x: Tensor, b: Tensor) -> Tensor:
        moved = x + b
        return moved - moved.mean(0)

    def test_zeros_are_right(self) -> None:
        found = compare_backward(
            self.normed,
            lambda dout, x, b: (dout - dout.mean(0), torch.zeros_like(b)),
            inputs={"x": torch.randn(4, 3), "b": torch.randn(3)},
        )
        assert found.right
        assert "zero up to rounding" in " ".join(found["db"].notes)

    def test_anything_else_is_wrong(self) -> None:
        found = compare_backward(
            self.normed,
            lambda dout, x, b: (dout - dout.mean(0), dout.sum(0)),
            inputs={"x": torch.randn(4, 3), "b": torch.randn(3)},
        )
        assert [*verdicts(found)] == ["db"]

    def test_an_input_that_is_never_used(self) -> None:
        found = compare_backward(
            lambda x, b: x * 2,
            lambda dout, b: (2 * dout, torch.zeros_like(b)),
            inputs={"x": torch.randn(4), "b": torch.randn(3)},
        )
        assert found.right

    def test_an_input_that_is_never_used_has_no_other_gradient(self) -> None:
        found = compare_backward(
            lambda x, b: x * 2,
            lambda dout, b: (2 * dout, torch.ones_like(b)),
            inputs={"x": torch.randn(4), "b": torch.randn(3)},
        )
        assert [*verdicts(found)] == ["db"]

    def test_a_gradient_that_is_zero_almost_everywhere(self) -> None:
        found = compare_backward(lambda x: x.round(), lambda dout: 0 * dout, inputs={"x": torch.randn(4, 3)})
        assert found.right
        assert not compare_backward(lambda x: x.round(), lambda dout: dout, inputs={"x": torch.randn(4, 3)}).right
