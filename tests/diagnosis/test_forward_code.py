"""Calls in one normal form, and pieces cut out of a line."""

from __future__ import annotations

import ast

import pytest
import torch

from grader.diagnosis.forward_code import (
    compiled,
    literal,
    mentions,
    read_call,
    value_of,
    with_part_out,
    with_variable_out,
)
from grader.exercise.line import Line

NAMESPACE = {"torch": torch, "F": torch.nn.functional, "x": torch.ones(2)}


def expression(source: str) -> ast.expr:
    """The syntax of an expression."""
    return ast.parse(source, mode="eval").body


class TestCalls:
    """`read_call`."""

    @pytest.mark.parametrize(
        ("source", "function", "operand"),
        [
            ("x.exp()", "exp", "x"),
            ("torch.exp(x)", "exp", "x"),
            ("torch.exp(input=x)", "exp", "x"),
            ("torch.special.erf(x)", "erf", "x"),
            ("F.softmax(x, dim=1)", "softmax", "x"),
            ("x.T", "t", "x"),
            ("x.mT", "t", "x"),
            ("x[0]", "[]", "x"),
            ("x.max(1, keepdim=True).values", "max.values", "x"),
            ("x.max(1)[0]", "max.values", "x"),
            ("torch.min(x, 1).values", "min.values", "x"),
            ("x.max(1)[1]", "[]", "x.max(1)"),
        ],
    )
    def test_have_one_form_however_they_are_written(self, source: str, function: str, operand: str) -> None:
        """A function of a module, a method, an attribute, a subscript."""
        call = read_call(expression(source), NAMESPACE)
        assert call is not None
        assert (call.function, ast.unparse(call.operand)) == (function, operand)

    @pytest.mark.parametrize("source", ["x", "x + 1", "x.shape", "f(x)", "torch.zeros()", "x.sort().values"])
    def test_are_none_for_anything_else(self, source: str) -> None:
        """Such an expression stays one operation."""
        assert read_call(expression(source), NAMESPACE) is None

    @pytest.mark.parametrize("source", ["x.sum(1, True)", "torch.sum(x, 1, True)", "x.sum(dim=1, keepdim=True)"])
    def test_find_an_argument_by_position_or_keyword(self, source: str) -> None:
        """Counted after the operand."""
        call = read_call(expression(source), NAMESPACE)
        assert call is not None
        found = [call.argument(k, name) for k, name in enumerate(("dim", "keepdim", "dtype"))]
        assert [f and ast.unparse(f) for f in found] == ["1", "True", None]


class TestPieces:
    """Cutting and running."""

    def test_a_variable_is_cut_out_wherever_it_is_read(self) -> None:
        """The original does not change."""
        node = expression("x*x + y.x")
        assert ast.unparse(with_variable_out(node, "x")) == "_x * _x + y.x"
        assert ast.unparse(node) == "x * x + y.x"

    def test_a_part_is_cut_out_by_identity(self) -> None:
        """An equal part next to it stays."""
        node = expression("f(x + 1, x + 1)")
        assert isinstance(node, ast.Call)
        assert ast.unparse(with_part_out(node, node.args[1])) == "f(x + 1, _x)"

    def test_an_expression_can_be_run(self) -> None:
        """Compiling does not change its syntax."""
        assert eval(compiled(with_variable_out(expression("x*2"), "x")), {"_x": 4}) == 8

    @pytest.mark.parametrize(
        ("source", "number"), [("2", 2), ("-0.5", -0.5), ("True", None), ("'a'", None), ("x", None), ("1 + n", None)]
    )
    def test_a_literal_number_may_have_a_sign(self, source: str, number: float | None) -> None:
        """Nothing is evaluated."""
        assert literal(expression(source)) == number

    def test_a_variable_is_mentioned_only_by_its_own_name(self) -> None:
        """An attribute of that name does not count."""
        assert mentions(expression("torch.exp(x)"), "x")
        assert not mentions(expression("y.x + xs"), "x")

    def test_a_line_s_value_is_what_it_assigns(self) -> None:
        """Every line of a forward pass is an assignment."""
        assign, other = ast.parse("y = x + 1\nx").body
        assert ast.unparse(value_of(Line(1, "y = x + 1", ("y",), ("x",), assign))) == "x + 1"
        with pytest.raises(AssertionError, match="line 2 assigns nothing"):
            value_of(Line(2, "x", (), ("x",), other))
