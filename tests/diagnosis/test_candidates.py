"""Changed formulas: what people write when they make one mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.diagnosis.candidates import operands, operations, parts
from grader.diagnosis.candidates.change import Change, spell, tensor_at
from grader.diagnosis.candidates.changed_formulas import WHEREVER, changes, together, with_epsilon
from grader.diagnosis.formula import Node, added, const, mul, name, upstream
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from grader.diagnosis.facts import Facts


@pytest.fixture
def facts(wrong: Callable[..., Facts]) -> Facts:
    """Of a function that asks for dact, act, pre and x."""
    return wrong("pre", lambda v, _: v["pre"], upstream=("act",), values=("act", "pre", "x"))


def said(found: Iterable[Change], kind: Kind | None = None) -> list[str]:
    """Texts, of one kind or of all."""
    return [change.text for change in found if kind in (None, change.kind)]


def comes_to(found: Iterable[Change], text: str, facts: Facts) -> Any:
    """What the change of this text comes to on the smallest case."""
    (node,) = [change.node for change in found if change.text == text]
    return facts.probe.numbers[node]


def value(facts: Facts, variable: str) -> torch.Tensor:
    """A forward value of the smallest case."""
    return tensor_at(name(variable), facts)


class TestChange:
    """One changed formula."""

    def test_the_whole_formula_is_made_once_and_when_asked_for(self) -> None:
        """Most changes are turned away before."""
        made: list[Node] = []

        def within(part: Node) -> Node:
            made.append(part)
            return Node("neg", (part,))

        change = Change(const(1), Kind.SIGN, "", 0, within)
        assert not made
        assert change.node is change.node
        assert change.node.op == "neg"
        assert len(made) == 1

    def test_leaves_are_spelled_as_the_learner_writes_them(self) -> None:
        """A gradient has a d in front."""
        assert (spell(name("x")), spell(upstream("x"))) == ("x", "dx")

    def test_what_is_not_a_tensor_has_no_dimensions(self, facts: Facts) -> None:
        """A number, or a formula that makes no sense."""
        assert tensor_at(name("n"), facts).dim() == 0
        assert tensor_at(Node("matmul", (name("x"), name("x"))), facts).dim() == 0


class TestAll:
    """`changes`."""

    def root(self) -> Node:
        """dact * (1 - act**2)."""
        return mul(Node("sub", (const(1.0), Node("pow", (name("act"), const(2))))), upstream("act"))

    def test_come_with_the_likeliest_first(self, facts: Facts) -> None:
        """By their cost."""
        costs = [change.cost for change in changes(self.root(), facts)]
        assert costs == sorted(costs)
        assert costs[0] == 0

    @pytest.mark.parametrize(
        "text",
        [
            "the upstream gradient does not take part",
            "a power is missing",
            "act stands in the place of the upstream gradient",
            "x stands in the place of another value",
            "it has pre as one more factor",
            "the power 3 stands where another one belongs",
            "two values are added that have to be multiplied",
            "its mean along dimension 0 is subtracted",
            "the last entry along dimension 1 is left out",
        ],
    )
    def test_change_every_place(self, facts: Facts, text: str) -> None:
        """Leaves, operations, numbers, and the result."""
        assert text in said(changes(self.root(), facts))

    def test_without_the_far_fetched_are_fewer(self, facts: Facts) -> None:
        """And all of them among the others."""
        light, every = said(changes(self.root(), facts, light=True)), said(changes(self.root(), facts))
        assert len(light) < len(every) / 2
        assert set(light) < set(every)

    def test_change_a_value_wherever_it_is_used_at_a_surcharge(self, facts: Facts) -> None:
        """Here act stands twice."""
        root = mul(mul(name("act"), name("act")), upstream("act"))
        text = "wherever act belongs, x stands in the place of another value"
        (found,) = [change for change in changes(root, facts) if change.text == text]
        assert found.cost == pytest.approx(0.2 + WHEREVER)

    def test_leave_arguments_alone_that_only_say_a_shape(self, facts: Facts) -> None:
        """Another value of that shape would change nothing."""
        root = Node("expand", (upstream("mean"), name("act")), None)
        found = [change.node for change in changes(root, facts, light=True)]
        assert all(node.args[1] is root.args[1] for node in found if node.op == "expand")

    def test_a_small_number_is_added_in_every_place_without_a_gradient(self, facts: Facts) -> None:
        """Not to a number."""
        root = mul(Node("pow", (name("act"), const(-1))), upstream("act"))
        found = [facts.probe.numbers[change.node] for change in with_epsilon(root, 0.01)]
        act, g = value(facts, "act"), facts.probe.numbers[upstream("act")]
        expected = [(1 / act + 0.01) * g, 1 / (act + 0.01) * g, 1 / (act + 0.01) * g]
        assert len(found) == len(expected)
        assert all(torch.allclose(a, b) for a, b in zip(found, expected, strict=True))


class TestOperands:
    """Another value in one place."""

    def test_a_leaf_is_replaced_by_each_value_that_was_asked_for(self, facts: Facts) -> None:
        """Itself excepted."""
        found = said(operands.leaf_changes(name("act"), facts), Kind.WRONG_OPERAND)
        assert "x stands in the place of another value" in found
        assert "act stands in the place of another value" not in found

    @pytest.mark.parametrize(
        ("node", "atom", "kind"),
        [
            (name("x"), upstream("y"), Kind.WRONG_OPERAND),
            (upstream("x"), upstream("y"), Kind.OTHER_GRADIENT),
            (upstream("x"), name("y"), Kind.UPSTREAM_UNUSED),
        ],
    )
    def test_what_it_is_called_depends_on_both(self, node: Node, atom: Node, kind: Kind) -> None:
        """A value or a gradient, by a value or a gradient."""
        assert operands.replaced_kind(node, atom) is kind

    def test_functions_and_powers_are_computed(self, facts: Facts) -> None:
        """As their words say."""
        act = value(facts, "act")
        functions = list(operands.functions(name("act"), "act"))
        slope = comes_to(functions, "it has 1 minus act squared in the place of act", facts)
        assert torch.allclose(slope, 1 - act**2)
        powers = list(operands.powers(name("act"), "act"))
        assert torch.allclose(comes_to(powers, "act is there to the power 2, which is not its power", facts), act**2)

    def test_one_of_a_square_is_another_value(self, facts: Facts) -> None:
        """A square only."""
        square = list(operands.squares(Node("pow", (name("act"), const(2))), facts))
        made = comes_to(square, "in a square, pre stands in the place of one of the two", facts)
        assert torch.allclose(made, value(facts, "act") * value(facts, "pre"))
        assert not list(operands.squares(Node("pow", (name("act"), const(3))), facts))


class TestOperations:
    """Another operation, number or sign."""

    def test_an_epsilon_is_left_out_or_another_one(self) -> None:
        """A small number is not doubled as a factor is."""
        assert set(said(operations.number_changes(const(1e-5)))) >= {
            "the small number 1e-05 is missing",
            "it has 1e-08 for the small number 1e-05",
        }
        assert {change.kind for change in operations.number_changes(const(1e-5))} == {Kind.WRONG_EPSILON}
        assert {change.kind for change in operations.number_changes(const(2))} == {Kind.CONSTANT_FACTOR}

    @pytest.mark.parametrize(
        ("op", "wrong", "kind"),
        [
            ("add", "subtracted that have to be added", Kind.SIGN),
            ("mul", "divided that have to be multiplied", Kind.WRONG_POWER),
            ("mul", "added that have to be multiplied", Kind.WRONG_OPERAND),
        ],
    )
    def test_a_swapped_operation_is_called_by_both(self, op: str, wrong: str, kind: Kind) -> None:
        """What it is, and what it has to be."""
        found = operations.binary_changes(Node(op, (name("x"), name("y"))))
        assert f"two values are {wrong}" in said(found, kind)

    def test_a_matrix_is_transposed_or_no_longer(self) -> None:
        """One of the two."""
        x, w = name("x"), name("w")
        found = operations.binary_changes(Node("matmul", (x, Node("t", (w,)))))
        first, second = (change.node for change in found if change.text.startswith("a matrix is turned"))
        assert (first.args[0].op, first.args[0].args) == ("t", (x,))
        assert second.args == (x, w)

    def test_a_product_is_parted_in_every_way(self, facts: Facts) -> None:
        """Three factors, three ways; fewer than three are no matter of grouping, more than five too many."""
        x = [name("act"), name("pre"), upstream("act")]
        product = mul(mul(x[0], x[1]), x[2])
        found = list(operations.regrouped(product))
        assert len([c for c in found if c.text == "two values are added that have to be multiplied"]) == 3
        assert not list(operations.regrouped(mul(x[0], x[1])))
        assert not list(operations.regrouped(mul(product, product)))

    def test_a_minus_is_left_out(self, facts: Facts) -> None:
        """As cheap as can be."""
        (change,) = operations.neg(Node("neg", (name("x"),)), facts)
        assert (change.kind, change.cost, change.node.data) == (Kind.SIGN, 0, "x")


class TestParts:
    """Other entries."""

    def test_a_sum_is_left_out_goes_elsewhere_or_over_everything(self, facts: Facts) -> None:
        """Each with its kind."""
        found = list(parts.sum_to(Node("sum_to", (upstream("act"), name("b"))), facts))
        assert said(found, Kind.NOT_SUMMED)[0] == "it is not summed over what had been broadcast"
        assert "it is summed over dimension 1 instead" in said(found, Kind.WRONG_AXIS)
        assert "it is summed over every dimension" in said(found, Kind.SUMMED_TOO_FAR)

    def test_a_spread_is_left_out(self, facts: Facts) -> None:
        """The argument alone."""
        (change,) = parts.expand(Node("expand", (upstream("mean"), name("act")), None), facts)
        assert (change.kind, change.node.data) == (Kind.NOT_EXPANDED, "mean")

    def test_some_entries_alone_are_kept(self, facts: Facts) -> None:
        """By position, and by where another value is largest."""
        pre = value(facts, "pre")
        found = list(parts.masked(name("pre"), facts))
        made = comes_to(found, "only the last entry along dimension 0 takes part", facts)
        assert not made[:-1].any()
        assert torch.equal(made[-1], pre[-1])

    def test_repeated_places_overwrite_or_average(self, facts: Facts) -> None:
        """Instead of adding up."""
        code = compile("_key[[0, 0]]", "forward.py", "eval")
        found = list(parts.scatter(Node("scatter", (upstream("act"), name("x")), (code, "add")), facts))
        assert [change.node.data[1] for change in found if change.kind is Kind.REPEATED_INDEX] == ["last", "first"]
        assert said(found, Kind.CONSTANT_FACTOR) == ["gradients are averaged where a place was read more than once"]

    def test_another_order_keeps_the_numbers(self, facts: Facts) -> None:
        """Laid out with the dimensions exchanged."""
        node = Node("reshape", (name("pre"), name("pre")))
        laid = [c for c in parts.reshape(node, facts) if "dimensions in another order" in c.text]
        pre = value(facts, "pre")
        for change in laid:
            made = facts.probe.numbers[change.node]
            assert torch.equal(made.flatten().sort().values, pre.flatten().sort().values)
        assert len(laid) == 2


class TestTogether:
    """Every share changed alike."""

    def test_two_values_change_places_all_over(self, wrong: Callable[..., Facts]) -> None:
        """Both at once."""
        facts = wrong("both", lambda v, _: v["both"], upstream=("unit", "probs"), values=("act", "pre"))
        root = added([mul(name("act"), upstream("unit")), mul(name("pre"), upstream("probs"))])
        found = list(together(root, facts))
        made = comes_to(found, "act and pre have changed places", facts)
        up = [facts.probe.numbers[upstream(v)] for v in ("unit", "probs")]
        assert torch.allclose(made, value(facts, "pre") * up[0] + value(facts, "act") * up[1])
        assert "no upstream gradient takes part" in said(found, Kind.UPSTREAM_UNUSED)
        assert "dprobs stands in the place of dunit, in every share" in said(found, Kind.OTHER_GRADIENT)
