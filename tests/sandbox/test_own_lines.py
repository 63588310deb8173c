"""What the locked child tells of each statement of an answer, before any of it runs."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace

import pytest

from grader.sandbox.protocol import messages
from grader.sandbox.protocol.wire import ProtocolError
from grader.sandbox.reading.reading import read
from grader.sandbox.types import Function, OwnLine, Reading, RulesConfig, Wanted

DX = Wanted("one", ("dx",), (), ("x", "y"), ("z = x * y",), {"n": 32}, {})


def lines_of(source: str, file: str = "backward.py", wanted: Wanted | None = DX) -> tuple[OwnLine, ...]:
    """The statements of dx as they are reported."""
    return read({file: source.encode()}, RulesConfig(), wanted).reading.functions["dx"].code


def lines(body: str) -> tuple[OwnLine, ...]:
    """The same, of a function with this body."""
    return lines_of(f"def dx(dz, y, n):\n{textwrap.indent(body, '    ')}\n")


def only(body: str) -> OwnLine:
    """The only statement of a function."""
    [line] = lines(body)
    return line


def test_a_statement_is_told_with_its_line_and_its_text() -> None:
    """On one line, whatever the learner's indentation; a docstring, a print and an assert are none."""
    found = lines('"""Say."""\nprint(dz)\nassert n\na = (dz *\n     y)\nreturn a')
    assert [(each.number, each.text) for each in found] == [(5, "a = (dz * y)"), (7, "return a")]


def test_a_long_statement_is_cut() -> None:
    """A report shows its beginning."""
    assert only(f"return dz * ({' + '.join(['y'] * 60)})").text == f"return dz * ({'y + ' * 21}y +..."


@pytest.mark.parametrize(
    ("statement", "assigned"),
    [
        ("a = b = dz", ("a", "b")),
        ("a, (b, *c) = dz", ("a", "b", "c")),
        ("a[y] += dz", ("a",)),
        ("self.w = dz", ("self",)),
        ("a.index_add_(0, y, dz)", ("a", "y", "dz")),
        ("for a in dz: b = a", ("a",)),
    ],
)
def test_a_statement_assigns_what_it_may_change(statement: str, assigned: tuple[str, ...]) -> None:
    """Also a method that works in place, and an element."""
    assert set(lines(statement)[0].assigns) == set(assigned)


@pytest.mark.parametrize(
    ("value", "operands", "exponents", "arguments"),
    [
        ("-dz/32", {32}, set(), set()),
        ("dz*(1/32)", {1, 32, 1 / 32}, set(), set()),
        ("dz*10**-5", {10, 1e-5}, {5}, set()),
        ("dz*y**-0.5", set(), {0.5}, set()),
        ("torch.pow(y, 3)*dz", set(), {3}, set()),
        ("dz.sum(1, keepdim=True)", set(), set(), {1}),
        ("dz.view(32, -1)", set(), set(), {1, 32}),
        ("torch.add(dz, y, alpha=2*16)", {2, 16}, set(), {32}),
        ("dz[:32]", set(), set(), {32}),
        ("0.5", {0.5}, set(), set()),
        ("dz*10**400*1e999*2**0.5*(-1)**0.5", {1, 2, 10, 2**0.5}, {0.5, 400}, set()),
    ],
)
def test_a_number_is_told_by_its_role(
    value: str, operands: set[float], exponents: set[float], arguments: set[float]
) -> None:
    """A quotient of numbers is one, too; what is not finite is none."""
    line = only(f"return {value}")
    assert (set(line.operands), set(line.exponents), set(line.arguments)) == (operands, exponents, arguments)


@pytest.mark.parametrize(
    ("value", "bent"),
    [
        ("torch.relu(dz @ y.T)", {"torch", "dz", "y"}),
        ("dz.clamp(min=0)", {"dz"}),
        ("dz * (y > 0)", {"y"}),
        ("dz**2 * y", {"dz"}),
        ("dz.sum(0) * y", set()),
    ],
)
def test_what_is_inside_a_function_that_is_not_linear_is_told(value: str, bent: set[str]) -> None:
    """Whether it is the gradient or a forward value."""
    assert set(only(f"return {value}").bent) == bent


@pytest.mark.parametrize("statement", ["return dz", "x, y = cache", "x, y = ctx.saved_tensors", 'x = cache["x"]'])
def test_giving_a_name_computes_nothing(statement: str) -> None:
    """Nothing can be wrong in it but the name."""
    assert not only(statement).computes


@pytest.mark.parametrize(
    "statement", ["return dz.T", "n = y.shape[0]", "dx = 2", "dx = dz[0]", "dx += dz", "return -dz"]
)
def test_anything_else_computes(statement: str) -> None:
    """Also what is written without a call or an operator."""
    assert only(statement).computes


@pytest.mark.parametrize(
    "body",
    [
        "a = dz\n" * 41,
        f"a = {' + '.join(f'a{k}' for k in range(30))}",
        f"a = [{', '.join(map(str, range(30)))}]",
        f"a{'b' * 70} = dz",
        "\n".join(f"{'a' * 50}{k} = {'b' * 50}{k} + {'c' * 50}{k}" for k in range(40)),
    ],
)
def test_of_a_function_that_cannot_be_told_in_full_nothing_is_told(body: str) -> None:
    """What is left out could be the line that a diagnosis is about."""
    assert lines(body) == ()


def test_a_formula_of_many_terms_is_read_all_the_same() -> None:
    """It nests as deep as it is long."""
    found = read({"backward.py": f"def dx(dz, y):\n    return {'+'.join(['dz'] * 800)}\n".encode()}, RulesConfig(), DX)
    assert found.reading.problem is None
    assert found.reading.functions["dx"].begun


def test_statements_inside_loops_branches_and_functions_are_told() -> None:
    """Each with its own line; of a loop, its first line."""
    body = "for i in range(n):\n    if y[i]:\n        a = dz\ndef f(b):\n    return b\nreturn f(a)"
    assert [each.text for each in lines(body)] == [
        "for i in range(n):",
        "if y[i]:",
        "a = dz",
        "return b",
        "return f(a)",
    ]


def test_lines_of_a_notebook_have_their_place_in_the_cell() -> None:
    """Like the function that they are made into."""
    cells = ["z = x * y", "# backprop\ng = 2 * dz\ndx = g * y"]
    book = {
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": each} for each in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    found = lines_of(json.dumps(book), "hw.ipynb")
    assert [(each.number, each.text) for each in found if each.computes] == [(2, "g = 2 * dz"), (3, "dx = g * y")]


def test_no_lines_are_told_of_what_is_not_graded() -> None:
    """Nor if the exercise is not known, or of a stub."""
    assert lines_of("def dx(dz):\n    return dz\n", wanted=None) == ()
    assert lines_of("def dx(dz):\n    pass\n") == ()
    assert lines_of("def dx(dz):\n    return dz\n", wanted=replace(DX, answers=("dy",))) == ()


LINE = OwnLine(2, "a = dz**2 / 32", ("a",), ("dz",), ("dz",), (32.0,), (2.0,), (0.5,), computes=True)


def reading_with(*told: OwnLine) -> Reading:
    return Reading("backward.py", {"dx": Function("dx", "backward.py", 1, 9, (), code=told)})


def test_lines_survive_the_round_trip() -> None:
    """With everything that they can contain."""
    assert messages.decode_reading(messages.encode_reading(reading_with(LINE, LINE))) == reading_with(LINE, LINE)


@pytest.mark.parametrize(
    "lie",
    [
        (LINE,) * 41,
        (replace(LINE, assigns=("a",) * 21),),
        (replace(LINE, operands=(1.0,) * 21),),
        (replace(LINE, exponents=(float("nan"),)),),
        (replace(LINE, arguments=(float("inf"),)),),
        (replace(LINE, operands=("a",)),),
        (replace(LINE, reads=(1,)),),
        (replace(LINE, number="a"),),
        (replace(LINE, text=None),),
    ],
)
def test_lines_that_no_honest_child_sends_violate_the_protocol(lie: tuple[OwnLine, ...]) -> None:
    """Too many, too much in one, no numbers, no text."""
    with pytest.raises(ProtocolError):
        messages.decode_reading(messages.encode_reading(reading_with(*lie)))


def test_what_a_child_sends_of_a_line_is_cut_and_cleaned() -> None:
    """It appears in reports."""
    sent = reading_with(replace(LINE, text="a\x1b[2J" + "b" * 5000, assigns=("c\u202e" * 5000,)))
    [told] = messages.decode_reading(messages.encode_reading(sent)).functions["dx"].code
    assert told.text == "a?[2J" + "b" * 98
    assert told.assigns == ("c?" * 30,)
