"""What to do about an exception or a wrong type, said where the names show it."""

from __future__ import annotations

import pytest

from grader.sandbox.types import Function, Parameter, Raised, Returned, WrongType
from grader.verdict.advice import USE_TORCH, advice
from grader.verdict.binding import Binding

OFFERED = Binding((), (), offered=("o", "target", "n", "derr", "dloss"))
UNDEFINED = "name '{}' is not defined"
UNBOUND = "cannot access local variable '{}' where it is not associated with a value"


def do(*parameters: str, borrowed: tuple[str, ...] = ()) -> Function:
    """The function do on lines 5 to 8, by default with the parameter derr."""
    asked = tuple(Parameter(name, "positional", has_default=False) for name in parameters or ("derr",))
    return Function("do", "backward.py", 5, 8, asked, borrowed=borrowed)


def raised(kind: str, message: str, function: Function | None = None, line: int | None = 6) -> str:
    """What is said about an exception."""
    outcome = Raised(kind=kind, message=message, file="backward.py", line=line)
    return advice(outcome, function or do(), OFFERED)


class TestNameError:
    """A name that the function does not have."""

    @pytest.mark.parametrize("name", ["target", "n"])
    def test_a_forward_value_is_added_to_the_parameters(self, name: str) -> None:
        """With the function's own line, to copy."""
        assert raised("NameError", UNDEFINED.format(name)) == f"add {name} to the parameters: def do(derr, {name})"

    def test_so_is_an_upstream_gradient(self) -> None:
        """Where the file has no function of that name."""
        said = raised("NameError", UNDEFINED.format("derr"), do("o"))
        assert said == "add derr to the parameters: def do(o, derr)"

    @pytest.mark.parametrize("name", ["np", "numpy"])
    def test_numpy_is_replaced_by_torch(self, name: str) -> None:
        """An import of it would be refused."""
        assert raised("NameError", UNDEFINED.format(name)) == USE_TORCH

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("torch", "add `import torch` at the top of the file"),
            ("F", "add `import torch.nn.functional as F` at the top of the file"),
            ("math", "add `import math` at the top of the file"),
            ("zeros", "write torch.zeros"),
            ("one_hot", "write F.one_hot"),
            ("derrr", "did you mean derr?"),
            ("targt", "did you mean target? Then add target to the parameters: def do(derr, target)"),
            ("unbroadcast", "a function sees only its parameters and the names in this file: define unbroadcast here"),
        ],
    )
    def test_another_name_is_imported_corrected_or_defined(self, name: str, said: str) -> None:
        """Whichever it needs."""
        assert raised("NameError", UNDEFINED.format(name)) == said

    def test_a_helper_is_passed_what_it_needs(self) -> None:
        """Its line is outside the gradient's function."""
        for name in ("target", "w"):
            said = raised("NameError", UNDEFINED.format(name), line=2)
            assert said == f"a helper sees only its parameters and the names in this file: pass {name} to it"

    def test_the_top_level_has_no_forward_values(self) -> None:
        """The same sentence for every gradient of the file."""
        outcome = Raised(kind="NameError", message=UNDEFINED.format("target"), file="backward.py", line=1)
        assert advice(outcome, None, None).startswith("a value of the forward pass is known only inside a function")

    def test_with_defaults_the_line_is_left_to_the_learner(self) -> None:
        """Where the new parameter goes depends on them."""
        function = Function("do", "backward.py", 5, 8, (Parameter("e", "positional", has_default=True),))
        assert raised("NameError", UNDEFINED.format("n"), function) == "add n to the parameters"

    def test_another_message_says_nothing(self) -> None:
        """The learner may raise what they like."""
        assert not raised("NameError", "name 'a b' is not defined")
        assert not raised("ValueError", UNDEFINED.format("target"))
        assert len(raised("NameError", UNDEFINED.format("n"), do(*(f"{'x' * 90}{i}" for i in range(200))))) < 300


class TestUnboundLocalError:
    """A name that the function assigns, but not before it reads it."""

    def test_a_gradient_starts_fresh(self) -> None:
        """`do += ...`, as in the lecture."""
        assert raised("UnboundLocalError", UNBOUND.format("do")) == (
            "every function starts fresh, without the values of the others: begin with `do = ...`, "
            "or return the whole sum"
        )

    def test_a_value_that_can_be_asked_for_is_a_parameter(self) -> None:
        """`derr = derr * 2` without the parameter."""
        said = raised("UnboundLocalError", UNBOUND.format("derr"), do("o"))
        assert said == "add derr to the parameters: def do(o, derr)"

    def test_any_other_value_is_assigned_before(self) -> None:
        """In a branch that was not taken, say."""
        assert raised("UnboundLocalError", UNBOUND.format("q")).startswith("q has no value when that line is reached")


class TestFunctions:
    """`derr * 2` without the parameter: derr is the file's own function."""

    @pytest.mark.parametrize(
        ("kind", "message"),
        [
            ("TypeError", "unsupported operand type(s) for *: 'function' and 'Tensor'"),
            ("TypeError", "'function' object is not subscriptable"),
            ("AttributeError", "'function' object has no attribute 'sum'"),
        ],
    )
    def test_the_gradient_is_a_missing_parameter(self, kind: str, message: str) -> None:
        """Python's message does not name it."""
        said = raised(kind, message, do("o", borrowed=("derr", "torch")))
        assert said == (
            "derr is the function of that name here, not its gradient: add derr to the parameters: def do(o, derr)"
        )
        assert not raised(kind, message, do("o", borrowed=("torch",)))

    def test_so_it_is_where_the_function_itself_was_returned(self) -> None:
        """Which is no tensor."""
        said = advice(WrongType(description="a function"), do("o", borrowed=("derr",)), OFFERED)
        assert said.startswith("derr is the function of that name here")


class TestWrongType:
    """Something that is almost the tensor."""

    @pytest.mark.parametrize(
        ("description", "said"),
        [
            ("a tuple of 1", "a comma at the end of the line makes a tuple: remove it"),
            ("a list of 1", "return the tensor itself, without brackets"),
            ("a tuple of 2", "return one tensor: every gradient has a function of its own"),
            ("a builtin_function_or_method", "call it: add () at its end"),
            ("a generator", "write `return` instead of `yield`"),
            ("a function", "a name that is no parameter is the function of that name: take gradients as parameters"),
            ("a coroutine", "remove the `async` before its def"),
            ("a tuple of 1 where 7 tensors were expected", ""),
            ("a float", ""),
        ],
    )
    def test_the_way_back_to_a_tensor_is_said(self, description: str, said: str) -> None:
        """A comma, brackets, a call that is missing."""
        assert advice(WrongType(description=description), do(), OFFERED) == said


def test_a_tensor_needs_no_advice() -> None:
    """Nor does any other outcome."""
    assert not advice(Returned(tensors=()), do(), OFFERED)
