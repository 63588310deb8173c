"""Changed formulas: what people write when they make one mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.diagnosis.candidates import operands, operations, parts
from grader.diagnosis.candidates.change import Change, tensor_at
from grader.diagnosis.candidates.changed_formulas import WHEREVER, changes, together, with_epsilon
from grader.diagnosis.formula import Node, added, const, mul, name, upstream
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said, spell, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from grader.diagnosis.facts import Facts


@pytest.fixture
def facts(wrong: Callable[..., Facts]) -> Facts:
    """Facts about a function that takes dact, act, pre and x."""
    return wrong("pre", lambda v, _: v["pre"], upstream=("act",), values=("act", "pre", "x"))


def texts(found: Iterable[Change], kind: Kind | None = None) -> list[str]:
    """The texts of the changes, of one kind or of all."""
    return [words(change.phrase) for change in found if kind in (None, change.kind)]


def comes_to(found: Iterable[Change], text: str, facts: Facts) -> Any:
    """The value, on the smallest case, of the change with this text."""
    (node,) = [change.node for change in found if words(change.phrase) == text]
    return facts.answer.probe.numbers[node]


def value(facts: Facts, variable: str) -> torch.Tensor:
    """A forward value on the smallest case."""
    return tensor_at(name(variable), facts)


class TestChange:
    """One changed formula."""

    def test_the_whole_formula_is_built_once_on_first_use(self) -> None:
        """Most changes never need it."""
        made: list[Node] = []

        def within(part: Node) -> Node:
            made.append(part)
            return Node("neg", (part,))

        change = Change(const(1), Kind.SIGN, said("minus_missing"), 0, within)
        assert not made
        assert change.node is change.node
        assert change.node.op == "neg"
        assert len(made) == 1

    def test_leaves_are_spelled_as_the_learner_writes_them(self) -> None:
        """A gradient starts with a d."""
        assert (spell(name("x")), spell(upstream("x"))) == ("x", "dx")

    def test_what_is_not_a_tensor_has_no_dimensions(self, facts: Facts) -> None:
        """A number, or an invalid formula."""
        assert tensor_at(name("n"), facts).dim() == 0
        assert tensor_at(Node("matmul", (name("x"), name("x"))), facts).dim() == 0


class TestAll:
    """`changes`."""

    def root(self) -> Node:
        """dact * (1 - act**2)."""
        return mul(Node("sub", (const(1.0), Node("pow", (name("act"), const(2))))), upstream("act"))

    def test_are_sorted_with_the_likeliest_first(self, facts: Facts) -> None:
        """By cost."""
        costs = [change.cost for change in changes(self.root(), facts)]
        assert costs == sorted(costs)
        assert costs[0] == 0

    @pytest.mark.parametrize(
        "text",
        [
            "the upstream gradient is never used",
            "a power is missing",
            "act is used instead of the upstream gradient",
            "x is used instead of the right value",
            "it has an extra factor of pre",
            "an exponent amounts to 3, which is wrong",
            "two values are added or subtracted instead of multiplied",
            "it has its mean over dimension 0 subtracted",
            "the last entry along dimension 1 is left out",
        ],
    )
    def test_cover_every_place(self, facts: Facts, text: str) -> None:
        """Leaves, operations, numbers, and the result."""
        assert text in texts(changes(self.root(), facts))

    def test_are_fewer_without_the_far_fetched(self, facts: Facts) -> None:
        """And a subset of all of them."""
        light, every = texts(changes(self.root(), facts, light=True)), texts(changes(self.root(), facts))
        assert len(light) < len(every) / 2
        assert set(light) < set(every)

    def test_change_a_value_wherever_it_is_used_at_an_extra_cost(self, facts: Facts) -> None:
        """act is used twice here."""
        root = mul(mul(name("act"), name("act")), upstream("act"))
        text = "wherever act is needed, x is used instead of the right value"
        (found,) = [change for change in changes(root, facts) if words(change.phrase) == text]
        assert found.cost == pytest.approx(0.2 + WHEREVER)

    def test_leave_arguments_alone_that_only_give_a_shape(self, facts: Facts) -> None:
        """Another value of that shape would change nothing."""
        root = Node("expand", (upstream("mean"), name("act")), None)
        found = [change.node for change in changes(root, facts, light=True)]
        assert all(node.args[1] is root.args[1] for node in found if node.op == "expand")

    def test_a_small_constant_is_added_in_every_place_without_a_gradient(self, facts: Facts) -> None:
        """But not to a number."""
        root = mul(Node("pow", (name("act"), const(-1))), upstream("act"))
        found = [facts.answer.probe.numbers[change.node] for change in with_epsilon(root, 0.01)]
        act, g = value(facts, "act"), facts.answer.probe.numbers[upstream("act")]
        expected = [(1 / act + 0.01) * g, 1 / (act + 0.01) * g, 1 / (act + 0.01) * g]
        assert len(found) == len(expected)
        assert all(torch.allclose(a, b) for a, b in zip(found, expected, strict=True))


class TestOperands:
    """Changes of one value."""

    def test_a_leaf_is_replaced_by_each_parameter(self, facts: Facts) -> None:
        """Except itself."""
        found = texts(operands.leaf_changes(name("act"), facts), Kind.WRONG_OPERAND)
        assert "x is used instead of the right value" in found
        assert "act is used instead of the right value" not in found

    @pytest.mark.parametrize(
        ("node", "atom", "kind"),
        [
            (name("x"), upstream("y"), Kind.WRONG_OPERAND),
            (upstream("x"), upstream("y"), Kind.OTHER_GRADIENT),
            (upstream("x"), name("y"), Kind.UPSTREAM_UNUSED),
        ],
    )
    def test_the_kind_of_a_replacement_depends_on_both(self, node: Node, atom: Node, kind: Kind) -> None:
        """A value or a gradient, replaced by a value or a gradient."""
        assert operands.replaced_kind(node, atom) is kind

    def test_functions_and_powers_match_their_texts(self, facts: Facts) -> None:
        """The value is what the text says."""
        act = value(facts, "act")
        functions = list(operands.functions(name("act"), name("act")))
        slope = comes_to(functions, "(1 - act**2) is used instead of act", facts)
        assert torch.allclose(slope, 1 - act**2)
        powers = list(operands.powers(name("act"), name("act")))
        assert torch.allclose(comes_to(powers, "the exponent of act is 2 times the right one", facts), act**2)


class TestOperations:
    """Changes of an operation, number or sign."""

    def test_an_epsilon_is_missing_or_wrong(self) -> None:
        """A small constant is never reported as a factor."""
        assert set(texts(operations.number_changes(const(1e-5)))) >= {
            "the small constant 1e-05 is missing",
            "the small constant is 1e-08 instead of 1e-05",
        }
        assert {change.kind for change in operations.number_changes(const(1e-5))} == {Kind.WRONG_EPSILON}
        assert {change.kind for change in operations.number_changes(const(2))} == {Kind.CONSTANT_FACTOR}

    @pytest.mark.parametrize(
        ("op", "wrong", "kind"),
        [
            ("add", "subtracted instead of added", Kind.SIGN),
            ("mul", "divided instead of multiplied", Kind.WRONG_POWER),
            ("mul", "added or subtracted instead of multiplied", Kind.WRONG_OPERAND),
        ],
    )
    def test_a_swapped_operation_is_described_by_both(self, op: str, wrong: str, kind: Kind) -> None:
        """What it is, and what it should be."""
        found = operations.binary_changes(Node(op, (name("x"), name("y"))))
        assert f"two values are {wrong}" in texts(found, kind)

    def test_a_matrix_is_transposed_or_no_longer_transposed(self) -> None:
        """Either of the two."""
        x, w = name("x"), name("w")
        found = operations.binary_changes(Node("matmul", (x, Node("t", (w,)))))
        first, second = (change.node for change in found if change.phrase.key == "matrix_transposed")
        assert (first.args[0].op, first.args[0].args) == ("t", (x,))
        assert second.args == (x, w)

    def test_a_minus_sign_is_missing(self, facts: Facts) -> None:
        """At no cost."""
        (change,) = operations.neg(Node("neg", (name("x"),)), facts)
        assert (change.kind, change.cost, change.node.data) == (Kind.SIGN, 0, "x")


class TestParts:
    """Changes of the entries that are used."""

    def test_a_sum_is_missing_or_runs_over_other_dimensions_or_all(self, facts: Facts) -> None:
        """Each with its kind."""
        found = list(parts.sum_to(Node("sum_to", (upstream("act"), name("b"))), facts))
        assert texts(found, Kind.NOT_SUMMED)[0] == "it is not summed over what was broadcast"
        assert "it is summed over dimension 1 instead" in texts(found, Kind.WRONG_AXIS)
        assert "it is summed over every dimension" in texts(found, Kind.SUMMED_TOO_FAR)

    def test_a_broadcast_is_missing(self, facts: Facts) -> None:
        """Only its argument is left."""
        (change,) = parts.expand(Node("expand", (upstream("mean"), name("act")), None), facts)
        assert (change.kind, change.node.data) == (Kind.NOT_EXPANDED, "mean")

    def test_only_some_entries_are_kept(self, facts: Facts) -> None:
        """By position."""
        pre = value(facts, "pre")
        found = list(parts.masked(name("pre"), facts))
        made = comes_to(found, "only the last entry along dimension 0 is used", facts)
        assert not made[:-1].any()
        assert torch.equal(made[-1], pre[-1])

    def test_repeated_positions_overwrite_or_average(self, facts: Facts) -> None:
        """Instead of adding up."""
        code = compile("_key[[0, 0]]", "forward.py", "eval")
        found = list(parts.scatter(Node("scatter", (upstream("act"), name("x")), (code, "add")), facts))
        assert [change.node.data[1] for change in found if change.kind is Kind.REPEATED_INDEX] == ["last", "first"]
        assert texts(found, Kind.CONSTANT_FACTOR) == ["gradients are averaged where a position was read more than once"]

    def test_another_order_keeps_the_values(self, facts: Facts) -> None:
        """Reshaped with the dimensions in another order."""
        node = Node("reshape", (name("pre"), name("pre")))
        laid = [c for c in parts.reshape(node, facts) if c.phrase.key == "reshaped_in_another_order"]
        pre = value(facts, "pre")
        for change in laid:
            made = facts.answer.probe.numbers[change.node]
            assert torch.equal(made.flatten().sort().values, pre.flatten().sort().values)
        assert len(laid) == 2


class TestTogether:
    """Every share changed in the same way."""

    def test_two_values_are_swapped_throughout(self, wrong: Callable[..., Facts]) -> None:
        """Both at once."""
        facts = wrong("both", lambda v, _: v["both"], upstream=("unit", "probs"), values=("act", "pre"))
        root = added([mul(name("act"), upstream("unit")), mul(name("pre"), upstream("probs"))])
        found = list(together(root, facts))
        made = comes_to(found, "act and pre are swapped", facts)
        up = [facts.answer.probe.numbers[upstream(v)] for v in ("unit", "probs")]
        assert torch.allclose(made, value(facts, "pre") * up[0] + value(facts, "act") * up[1])
        assert "no upstream gradient is used" in texts(found, Kind.UPSTREAM_UNUSED)
