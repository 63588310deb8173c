"""How formulas are evaluated and taken apart."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from grader.diagnosis.formula import (
    Node,
    Numbers,
    added,
    broadcasts,
    const,
    copied_from,
    distinct_leaves,
    exchanged,
    has_gradient,
    has_upstream,
    mul,
    name,
    one_minus,
    size,
    substituted,
    upstream,
)

X = torch.tensor([[1.0, 2.0, 3.0], [4.0, 6.0, 5.0]], dtype=torch.float64)
VALUES: dict[str, Any] = {"x": X, "index": torch.tensor([2, 0]), "mask": X > 2, "n": 2}


@pytest.fixture
def numbers() -> Numbers:
    """Forward values, and gradients ten times as large."""
    return Numbers(VALUES, lambda variable: 10 * VALUES[variable], {"torch": torch})


def code(source: str) -> Any:
    """A piece of the forward pass."""
    return compile(source, "forward.py", "eval")


def g(*values: float) -> Node:
    """A tensor as a formula."""
    return Node("call", (), lambda: torch.tensor(values, dtype=torch.float64))


class TestComputes:
    """`Numbers`."""

    def test_arithmetic_of_values_and_gradients(self, numbers: Numbers) -> None:
        """The leaves are looked up."""
        node = Node("sub", (mul(const(3), upstream("x")), Node("div", (name("x"), name("n")))))
        assert torch.equal(numbers[node], 30 * X - X / 2)
        assert torch.equal(numbers[added([name("x"), name("x"), one_minus(name("x"))])], X + X + (1 - X))

    def test_each_formula_once(self, numbers: Numbers) -> None:
        """A part that is used twice counts once."""
        part = mul(name("x"), const(2))
        assert numbers[Node("add", (part, part))] is not None
        assert numbers.computed == 4

    @pytest.mark.parametrize(
        "node",
        [
            Node("matmul", (name("x"), name("x"))),
            Node("t", (const(2),)),
            Node("neg", (const(1), const(2))),
            Node("hot_at", (name("x"), name("x")), 1),
            Node("pow", (const(-2.0), const(0.5))),
        ],
        ids=["shapes", "a number", "an argument too many", "not an index", "a complex number"],
    )
    def test_nothing_for_an_invalid_formula(self, numbers: Numbers, node: Node) -> None:
        """The value is None, and so is that of every formula that contains it."""
        assert numbers[node] is None
        assert numbers[Node("neg", (node,))] is None

    def test_no_product_that_is_far_too_large(self) -> None:
        """Nobody means one of a million elements."""
        long = torch.ones(2000, 1)
        numbers = Numbers({"a": long, "b": long.T}, lambda _: long, {})
        assert numbers[mul(name("a"), name("b"))] is None
        assert numbers[mul(name("a"), name("a"))] is not None

    def test_tensors_and_numbers_as_float64_tensors(self, numbers: Numbers) -> None:
        """A bool is not a number."""
        mask = numbers.tensor(name("mask"))
        assert mask is not None
        assert mask.dtype == torch.float64
        assert numbers.tensor(const(2)) == torch.tensor(2.0)
        assert numbers.tensor(const(True)) is None

    def test_pieces_of_the_forward_pass(self, numbers: Numbers) -> None:
        """With the names of the module, in float64."""
        assert torch.equal(numbers[Node("code", (), code("torch.ones(3) + n"))], torch.full((3,), 3.0).double())

    def test_the_gradient_of_a_piece_by_autograd(self, numbers: Numbers) -> None:
        """With respect to one of several outputs."""
        vjp = Node("vjp", (upstream("x"), name("x")), (code("(_x, _x**2)"), 1))
        assert torch.allclose(numbers[vjp], 2 * X * 10 * X)


class TestSumsAndSpreads:
    """Reductions and their gradients."""

    def test_sums_over_some_dimensions_or_all(self, numbers: Numbers) -> None:
        """A mean over all of them is a number."""
        assert torch.equal(numbers[Node("sum", (name("x"),), ((0,), True))], X.sum(0, keepdim=True))
        assert numbers[Node("mean", (name("x"),), (None, False))] == X.mean()
        assert numbers[Node("size", (name("x"),), None)] == 6
        assert numbers[Node("size", (name("x"),), (1,))] == 3

    def test_a_sum_s_gradient_is_broadcast_over_the_dropped_dimension(self, numbers: Numbers) -> None:
        """Which may be counted from the end."""
        assert torch.equal(
            numbers[Node("expand", (g(1, 2), name("x")), (-1,))], torch.tensor([[1.0] * 3, [2.0] * 3]).double()
        )

    def test_what_was_broadcast_is_summed(self, numbers: Numbers) -> None:
        """Back to its original shape."""
        row = numbers[Node("sum_to", (name("x"), g(0, 0, 0)))]
        assert torch.equal(row, X.sum(0))

    @pytest.mark.parametrize(
        ("shape", "to", "fits"),
        [((3,), (2, 3), True), ((2, 1), (2, 3), True), ((2,), (2, 3), False), ((1, 2, 3), (2, 3), False)],
    )
    def test_broadcasts_says_which_shape_fits(self, shape: tuple[int, ...], to: tuple[int, ...], fits: bool) -> None:
        """Sizes of 1 and missing leading dimensions fit."""
        assert broadcasts(torch.Size(shape), torch.Size(to)) is fits


class TestPlaces:
    """Gradients sent back to where their values were read."""

    @pytest.mark.parametrize(
        ("mode", "expected"),
        [("add", [4.0, 2.0, 0.0]), ("last", [3.0, 2.0, 0.0]), ("first", [1.0, 2.0, 0.0]), ("mean", [2.0, 2.0, 0.0])],
    )
    def test_add_up_average_or_overwrite(self, mode: str, expected: list[float]) -> None:
        """Position 0 was read twice."""
        numbers = Numbers({"i": torch.tensor([0, 1, 0])}, lambda _: torch.ones(()), {})
        found = numbers[Node("scatter", (g(1, 2, 3), g(0, 0, 0)), (code("_key[i]"), mode))]
        assert found.tolist() == expected

    def test_ones_at_the_largest_entry_of_each_row(self, numbers: Numbers) -> None:
        """Along a dimension, or overall."""
        assert numbers[Node("hot", (name("x"),), ("argmax", 1))].tolist() == [[0, 0, 1], [0, 1, 0]]
        assert numbers[Node("hot", (name("x"),), ("argmin", None))].tolist() == [[1, 0, 0], [0, 0, 0]]

    def test_ones_where_an_index_points(self, numbers: Numbers) -> None:
        """One per row."""
        assert numbers[Node("hot_at", (name("index"), name("x")), 1)].tolist() == [[0, 0, 1], [1, 0, 0]]

    def test_rows_that_another_index_selects(self) -> None:
        """As it is and transposed."""
        values = {"g": torch.arange(8.0).double().view(2, 2, 2), "i": torch.tensor([[0, 1], [2, 0]])}
        numbers = Numbers({**values, "like": torch.zeros(3, 2)}, lambda _: torch.ones(()), {})
        args = (name("g"), name("like"), name("i"))
        assert numbers[Node("rows", args, "plain")].tolist() == [[6, 8], [2, 3], [4, 5]]
        assert numbers[Node("rows", args, "turned")].tolist() == [[6, 8], [4, 5], [2, 3]]

    def test_a_copy_knows_where_its_elements_come_from(self, numbers: Numbers) -> None:
        """-1 for elements that are not copied; None if the code does more than copy."""
        padded = copied_from(numbers, code("torch.cat([_x[:, 1:], torch.zeros(2, 1)], 1)"), X)
        assert padded is not None
        assert padded.tolist() == [[1, 2, -1], [4, 5, -1]]
        assert copied_from(numbers, code("_x * 2"), X) is None
        assert copied_from(numbers, code("_x.cumsum(0)"), X) is None

    def test_a_copy_s_gradient_goes_back_to_what_was_copied(self, numbers: Numbers) -> None:
        """Added up for elements that were copied twice."""
        node = Node("uncopied", (g(1, 2, 3), g(0, 0)), (code("_x[torch.tensor([1, 1, 0])]"), "add"))
        assert numbers[node].tolist() == [3, 3]


class TestTakesApart:
    """Inspecting and changing trees."""

    def test_a_value_is_replaced_wherever_it_is_used(self, numbers: Numbers) -> None:
        """Parts that do not change stay the same objects."""
        kept = mul(name("n"), const(2))
        node = Node("add", (mul(name("x"), name("x")), kept))
        new = substituted(node, name("x"), const(3))
        assert numbers[new] == 13
        assert new.args[1] is kept
        assert substituted(kept, name("x"), const(3)) is kept

    def test_a_part_is_replaced_by_identity(self, numbers: Numbers) -> None:
        """An equal part elsewhere stays."""
        part = const(2)
        assert numbers[exchanged(Node("add", (part, const(2))), part, const(5))] == 7

    def test_leaves_come_once_from_left_to_right(self) -> None:
        """Numbers are not included."""
        node = Node("add", (mul(upstream("y"), name("x")), mul(name("x"), const(2))))
        assert [(leaf.op, leaf.data) for leaf in distinct_leaves(node)] == [("up", "y"), ("name", "x")]
        assert size(node) == 7

    def test_the_loss_s_own_gradient_is_not_an_upstream_one(self) -> None:
        """It is always 1."""
        assert has_gradient(mul(upstream("loss"), name("x")))
        assert not has_upstream(mul(upstream("loss"), name("x")))
        assert has_upstream(mul(upstream("y"), name("x")))
        assert not has_gradient(name("x"))
