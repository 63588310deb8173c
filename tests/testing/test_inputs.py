"""The inputs of a check: an author's own function or examples, and what other values are drawn from them."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from grader.testing import check_backward, compare_backward


def square(x: Tensor) -> Tensor:
    return x * x


def slope(dout: Tensor, x: Tensor) -> Tensor:
    return 2 * x * dout


def product(x: Tensor, w: Tensor) -> Tensor:
    return x @ w


def transposed(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    return dout @ w.T, x.T @ dout


class TestFunctions:
    """A function that draws the inputs."""

    def test_its_sizes_are_varied(self) -> None:
        def draw(seed: int, n: int = 4, d: int = 3) -> dict[str, Tensor]:
            return {"x": torch.randn((n, d), generator=torch.Generator().manual_seed(seed))}

        found = check_backward(square, slope, inputs=draw)
        assert found.sizes[0] == {"n": 4, "d": 3}
        assert {case["n"] for case in found.sizes} > {4}
        assert {case["d"] for case in found.sizes} > {3}

    def test_its_seed_may_have_a_default_and_another_name(self) -> None:
        def draw(rng_seed: int = 0, n: int = 4) -> dict[str, Tensor]:
            return {"x": torch.randn(n, generator=torch.Generator().manual_seed(rng_seed))}

        found = check_backward(square, slope, inputs=draw)
        assert found.sizes[0] == {"n": 4}

    def test_one_parameter_without_a_default_is_the_seed(self) -> None:
        seeds = []

        def draw(number: int) -> dict[str, Tensor]:
            seeds.append(number)
            return {"x": torch.randn(4, generator=torch.Generator().manual_seed(number))}

        check_backward(square, slope, inputs=draw, seed=5)
        assert seeds[0] == 5
        assert len({*seeds}) > 1

    def test_it_may_have_neither_seed_nor_sizes(self) -> None:
        found = check_backward(square, slope, inputs=lambda: {"x": torch.randn(4, 3)})
        assert "one size only" in str(found)

    def test_it_may_draw_from_the_global_generators(self) -> None:
        """They are seeded, so that a check is the same each time."""

        def drawn() -> list[float]:
            sums: list[float] = []

            def draw(n: int = 4) -> dict[str, Tensor]:
                values = torch.randn(n) * random.uniform(1, 2)
                sums.append(float(values.sum()))
                return {"x": values}

            check_backward(square, slope, inputs=draw)
            return sums

        first = drawn()
        assert drawn() == first
        assert len({*first}) > 1

    def test_a_tuple_is_in_the_order_of_forwards_parameters(self) -> None:
        def draw(seed: int, n: int = 4, d: int = 3, m: int = 2) -> tuple[Tensor, Tensor]:
            g = torch.Generator().manual_seed(seed)
            return torch.randn((n, d), generator=g), torch.randn((d, m), generator=g)

        found = check_backward(product, transposed, inputs=draw)
        assert [row.name for row in found.rows] == ["dx", "dw"]

    def test_a_single_tensor_is_the_only_input(self) -> None:
        check_backward(square, slope, inputs=lambda seed, n=4: torch.randn(n))

    def test_sizes_may_depend_on_each_other(self) -> None:
        """Only those are used at which the forward pass runs."""

        def draw(seed: int, heads: int = 2, width: int = 6) -> dict[str, Tensor]:
            return {"x": torch.randn((3, width), generator=torch.Generator().manual_seed(seed)), "heads": heads}  # type: ignore[dict-item]

        def split(x: Tensor, heads: int) -> Tensor:
            return x.view(x.shape[0], heads, -1).square()

        found = check_backward(split, lambda dout, x: 2 * x * dout.reshape(x.shape), inputs=draw, returns="dx")
        assert all(case["width"] % case["heads"] == 0 for case in found.sizes)
        assert len({*map(str, found.sizes)}) > 1

    def test_further_sizes_may_be_given(self) -> None:
        found = check_backward(
            square, slope, inputs=lambda seed, n=4, d=3: {"x": torch.randn(n, d)}, sizes=[{"n": 1}, {"n": 9, "d": 7}]
        )
        assert [*found.sizes][-2:] == [{"n": 1, "d": 3}, {"n": 9, "d": 7}]

    def test_a_hard_coded_size_is_found_at_a_size_that_is_given(self) -> None:
        found = compare_backward(
            lambda x: x.mean(0),
            lambda dout, x: dout.expand(x.shape) / min(x.shape[0], 8),
            inputs=lambda seed, n=4, d=3: {"x": torch.randn(n, d)},
            sizes=[{"n": 9}],
        )
        assert not found.right

    def test_a_size_that_is_a_parameter_of_the_functions_is_given_to_them(self) -> None:
        def draw(seed: int, n: int = 4, groups: int = 2) -> dict[str, Any]:
            return {"x": torch.randn((n, 6 * groups)), "groups": groups}

        def sums(x: Tensor, groups: int) -> Tensor:
            return x.view(x.shape[0], groups, -1).sum(-1)

        def backward(dout: Tensor, x: Tensor, groups: int) -> Tensor:
            return dout.repeat_interleave(x.shape[1] // groups, -1)

        check_backward(sums, backward, inputs=draw, returns="dx")

    def test_a_check_is_the_same_each_time(self) -> None:
        def draw(seed: int, n: int = 4) -> dict[str, Tensor]:
            return {"x": torch.randn(n, generator=torch.Generator().manual_seed(seed))}

        wrong = compare_backward(square, square_of_both, inputs=draw)
        torch.manual_seed(77)
        assert str(compare_backward(square, square_of_both, inputs=draw)) == str(wrong)

    def test_another_seed_has_other_values(self) -> None:
        def draw(seed: int, n: int = 4) -> dict[str, Tensor]:
            return {"x": torch.randn(n, generator=torch.Generator().manual_seed(seed))}

        wrong = compare_backward(square, square_of_both, inputs=draw, seed=1)
        assert str(compare_backward(square, square_of_both, inputs=draw, seed=2)) != str(wrong)


class TestRandomState:
    """The author's own random numbers go on as if there had been no check."""

    @pytest.mark.parametrize("right", [True, False])
    def test_of_torch_and_of_the_standard_library(self, right: bool) -> None:
        torch.manual_seed(3)
        random.seed(3)
        expected = torch.randn(3), random.random()
        torch.manual_seed(3)
        random.seed(3)
        compare_backward(square, slope if right else square_of_both, inputs=lambda n=4: {"x": torch.randn(n)})
        assert torch.equal(torch.randn(3), expected[0])
        assert random.random() == expected[1]

    def test_after_a_sentence_about_the_arguments(self) -> None:
        torch.manual_seed(3)
        expected = torch.randn(3)
        torch.manual_seed(3)
        with pytest.raises(ValueError, match="no gradient"):
            compare_backward(square, slope, inputs=lambda: {"x": torch.randn(4), "q": 3}, returns="dq")
        assert torch.equal(torch.randn(3), expected)

    def test_the_default_dtype_and_grad_mode_stay(self) -> None:
        before = torch.get_default_dtype(), torch.is_grad_enabled()
        compare_backward(square, square_of_both, inputs={"x": torch.randn(4)})
        assert (torch.get_default_dtype(), torch.is_grad_enabled()) == before

    def test_another_default_dtype_does_not_matter(self) -> None:
        torch.set_default_dtype(torch.float64)
        try:
            check_backward(square, slope, inputs={"x": torch.randn(4)})
            assert torch.get_default_dtype() == torch.float64
        finally:
            torch.set_default_dtype(torch.float32)

    def test_the_examples_are_never_changed(self) -> None:
        x = torch.randn(4)
        kept = x.clone()
        compare_backward(square, lambda dout, x: x.mul_(2).mul_(dout), inputs={"x": x})
        assert torch.equal(x, kept)

    def test_examples_that_require_grad_get_none(self) -> None:
        x = torch.randn(4, requires_grad=True)
        check_backward(square, slope, inputs={"x": x})
        assert x.grad is None


def square_of_both(dout: Tensor, x: Tensor) -> Tensor:
    return dout * x


class Batch(NamedTuple):
    x: Tensor
    w: Tensor


class TestExamples:
    """Values like which others are drawn."""

    def test_by_name(self) -> None:
        check_backward(product, transposed, inputs={"x": torch.randn(4, 3), "w": torch.randn(3, 2)})

    def test_by_name_in_another_order(self) -> None:
        found = check_backward(product, transposed, inputs={"w": torch.randn(3, 2), "x": torch.randn(4, 3)})
        assert [row.name for row in found.rows] == ["dx", "dw"]

    @pytest.mark.parametrize("kind", [tuple, list])
    def test_in_order(self, kind: type) -> None:
        check_backward(product, transposed, inputs=kind([torch.randn(4, 3), torch.randn(3, 2)]))

    def test_in_a_named_tuple(self) -> None:
        check_backward(product, transposed, inputs=Batch(torch.randn(4, 3), torch.randn(3, 2)))

    def test_a_single_tensor(self) -> None:
        check_backward(square, slope, inputs=torch.randn(4, 3))

    @pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
    def test_of_another_floating_dtype(self, dtype: torch.dtype) -> None:
        """Without dtype=, the functions are called in float32 and float64."""
        check_backward(square, slope, inputs={"x": torch.randn(4, 3, dtype=torch.float64).to(dtype)})

    def test_parameters_and_views(self) -> None:
        check_backward(product, transposed, inputs=(torch.randn(3, 4).T, torch.nn.Parameter(torch.randn(3, 2))))

    def test_a_number_without_dimensions(self) -> None:
        check_backward(
            lambda x, s: x * s,
            lambda dout, x, s: (dout * s, (dout * x).sum()),
            inputs=(torch.randn(4), torch.tensor(2.5)),
        )

    def test_four_lengths_beside_one(self) -> None:
        """As the gates of an LSTM: 4h beside h."""

        def gates(x: Tensor, w: Tensor) -> Tensor:
            a = x @ w  # (n, 4h)
            i, f, o, g = a.chunk(4, -1)
            return i.sigmoid() * g.tanh() * o.sigmoid() + f.sigmoid()

        def backward(dout: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
            i, f, o, g = (x @ w).chunk(4, -1)
            i, f, o, g = i.sigmoid(), f.sigmoid(), o.sigmoid(), g.tanh()
            parts = (
                dout * g * o * i * (1 - i),
                dout * f * (1 - f),
                dout * i * g * o * (1 - o),
                dout * i * o * (1 - g * g),
            )
            da = torch.cat(parts, -1)
            return da @ w.T, x.T @ da

        found = check_backward(gates, backward, inputs={"x": torch.randn(3, 2), "w": torch.randn(2, 8)})
        assert len({*map(str, found.sizes)}) > 1

    def test_an_index_into_a_table(self) -> None:
        def backward(dout: Tensor, table: Tensor, words: Tensor) -> Tensor:
            return torch.zeros_like(table).index_add(0, words.flatten(), dout.reshape(-1, table.shape[1]))

        inputs = {"table": torch.randn(5, 3), "words": torch.tensor([[0, 2, 4], [2, 1, 1]])}
        found = check_backward(lambda table, words: table[words], backward, inputs=inputs)
        assert [row.name for row in found.rows] == ["dtable"]

    def test_an_index_whose_repetitions_are_forgotten(self) -> None:
        def backward(dout: Tensor, table: Tensor, words: Tensor) -> Tensor:
            dtable = torch.zeros_like(table)
            dtable[words] += dout  # of a word that comes twice, only the last one counts
            return dtable

        inputs = {"table": torch.randn(5, 3), "words": torch.tensor([[0, 2, 4], [2, 1, 1]])}
        assert not compare_backward(lambda table, words: table[words], backward, inputs=inputs).right

    def test_masks_stay_masks(self) -> None:
        seen: set[float] = set()

        def backward(dout: Tensor, mask: Tensor) -> Tensor:
            seen.update(mask.flatten().tolist())
            return dout * mask

        mask = (torch.rand(4, 3) > 0.5).float()
        mask[0] = torch.tensor([0.0, 1.0, 0.0])
        check_backward(lambda x, mask: x * mask, backward, inputs={"x": torch.randn(4, 3), "mask": mask}, returns="dx")
        assert seen == {0.0, 1.0}

    def test_a_boolean_mask(self) -> None:
        mask = torch.rand(4, 3) > 0.5
        mask[0] = torch.tensor([True, False, True])
        found = check_backward(
            lambda x, mask: x.masked_fill(mask, -1.0),
            lambda dout, mask: dout.masked_fill(mask, 0.0),
            inputs={"x": torch.randn(4, 3), "mask": mask},
        )
        assert [row.name for row in found.rows] == ["dx"]

    def test_labels_stay_among_the_classes(self) -> None:
        def loss(logits: Tensor, y: Tensor) -> Tensor:
            return torch.nn.functional.cross_entropy(logits, y)

        def backward(logits: Tensor, y: Tensor) -> Tensor:
            return (logits.softmax(-1) - torch.nn.functional.one_hot(y, logits.shape[1])) / logits.shape[0]

        inputs = {"logits": torch.randn(6, 5), "y": torch.tensor([0, 4, 2, 2, 1, 3])}
        check_backward(loss, backward, inputs=inputs, upstream=None)

    def test_positive_values_stay_positive(self) -> None:
        check_backward(lambda x: x.log(), lambda dout, x: dout / x, inputs={"x": torch.rand(4, 3) + 0.1})

    def test_a_fixed_matrix_beside_a_free_length(self) -> None:
        """Only lengths at which the forward pass runs are used; the others stay."""

        def rotate(x: Tensor) -> Tensor:
            a, b = x[:, 0], x[:, 1]  # (n,): a point of the plane
            return torch.stack([a - b, a + b], 1)

        def backward(dout: Tensor) -> Tensor:
            da, db = dout[:, 0], dout[:, 1]
            return torch.stack([da + db, db - da], 1)

        found = compare_backward(rotate, backward, inputs={"x": torch.randn(5, 2)})
        assert found.right or len(found.sizes) > 1

    def test_sizes_of_examples_go_by_the_first_dimension_of_their_length(self) -> None:
        found = check_backward(square, slope, inputs={"x": torch.randn(4, 3)}, sizes=[{"x_shape_0": 6}])
        assert found.sizes[-1] == {"x_shape_0": 6, "x_shape_1": 3}


class TestDevice:
    """Where tensors are."""

    def test_every_argument_is_on_the_examples_device(self) -> None:
        devices = set()

        def backward(dout: Tensor, x: Tensor) -> Tensor:
            devices.update({dout.device, x.device})
            return 2 * x * dout

        check_backward(square, backward, inputs={"x": torch.randn(4, 3)})
        assert devices == {torch.device("cpu")}

    def test_tensors_of_another_device_are_recognized(self) -> None:
        from grader.testing.draws import from_examples

        draws = from_examples({"x": torch.randn(4, 3), "k": 3, "y": torch.empty(2, device="cpu")}, ["x"], 0)
        assert draws.device is None

    def test_a_default_device_does_not_matter(self) -> None:
        with torch.device("cpu"):
            check_backward(square, slope, inputs={"x": torch.randn(4, 3)})
