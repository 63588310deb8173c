"""What counts as a gradient, and how anything else is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.types import Outcome, Question, Returned, WrongType

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox.host.session import Session

HEAD = "import torch\nclass Liar(torch.Tensor):\n    def data_ptr(self): return 0\n\nclass ndarray: pass\n\ndef d(x):\n"

WRONG = {
    "1.5": "a float",
    "7": "an int",
    "True": "a bool",
    "'x'": "a str",
    "2j": "a complex number",
    "[x]": "a list of 1",
    "(x, x)": "a tuple of 2",
    "{}": "a dict",
    "ndarray()": "a ndarray",
    "Exception()": "an Exception",
    "x.to_sparse()": "a sparse tensor",
    "x.to('meta')": "a tensor on the meta device",
    "torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])": "a nested tensor",
    "torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)": "a quantized tensor",
    "torch.complex(x, x)": "a torch.complex64 tensor",
    "x.to(torch.uint16)": "a torch.uint16 tensor",
    "x.as_subclass(Liar)": "a torch.Tensor subclass Liar",
    "torch.nn.Parameter(x)": "a torch.Tensor subclass Parameter",
    "x.view(1, 1, 1, 1, 1, 1, 1, 2, 3)": "a tensor with 9 dimensions",
    "x[:1, :1].expand(10**6, 10**6)": "a tensor of shape (1000000, 1000000), far larger than this gradient can be",
    "torch.zeros(0, 1 << 30)": "a tensor of shape (0, 1073741824), far larger than this gradient can be",
}

RIGHT = {
    "x.T": (3, 2),
    "x[:, ::2]": (2, 2),
    "x[:1].expand(4, 3)": (4, 3),
    "x[0, 0]": (),
    "x[:0]": (0, 3),
    "x.double()": (2, 3),
    "x.half()": (2, 3),
    "x.bfloat16()": (2, 3),
    "x.long()": (2, 3),
    "x > 1": (2, 3),
    "torch._neg_view(x)": (2, 3),
    "x / 0": (2, 3),
}


@pytest.fixture(scope="module")
def values() -> torch.Tensor:
    """The arguments of every function."""
    return torch.arange(6.0).view(2, 3)


@pytest.mark.parametrize("expression", WRONG)
def test_anything_but_a_dense_tensor_is_described(
    ask: Callable[..., Outcome], expression: str, values: torch.Tensor
) -> None:
    """In words that a learner knows."""
    outcome = ask(f"{HEAD}    return {expression}\n", "d", x=values)
    assert outcome == WrongType(description=WRONG[expression], seconds=outcome.seconds)


@pytest.mark.parametrize("expression", RIGHT)
def test_any_dense_tensor_is_accepted_bit_for_bit(
    ask: Callable[..., Outcome], expression: str, values: torch.Tensor
) -> None:
    """Views, expansions, other dtypes, infinities: the grader judges them, not the sandbox."""
    outcome = ask(f"{HEAD}    return {expression}\n", "d", x=values)
    assert isinstance(outcome, Returned)
    [answer] = outcome.tensors
    expected = eval(expression, {"torch": torch, "x": values})
    assert tuple(answer.shape) == RIGHT[expression]
    assert answer.dtype is expected.dtype
    assert torch.equal(answer.double().nan_to_num(), expected.resolve_neg().double().nan_to_num())
    assert answer.is_contiguous()


def test_a_freed_storage_is_described(ask: Callable[..., Outcome], values: torch.Tensor) -> None:
    """And not read."""
    outcome = ask(f"{HEAD}    y = x * 2\n    y.untyped_storage().resize_(0)\n    return y\n", "d", x=values)
    assert outcome == WrongType(description="a tensor whose storage was freed", seconds=outcome.seconds)


def test_an_input_whose_storage_was_freed_counts_as_changed(ask: Callable[..., Outcome], values: torch.Tensor) -> None:
    """Its bytes are gone, so they are not compared."""
    outcome = ask(f"{HEAD}    x.untyped_storage().resize_(0)\n    return torch.ones(2)\n", "d", x=values)
    assert isinstance(outcome, Returned)
    assert outcome.mutated == ("x",)


def _several(session: Session, outputs: int, values: torch.Tensor) -> Outcome:
    [outcome] = session.ask([Question("d", given={"x": values}, outputs=outputs)])
    return outcome


@pytest.mark.parametrize("expression", ["(x, x + 1)", "[x, x + 1]"])
def test_several_tensors_come_in_a_tuple_or_a_list(
    opened: Callable[[str], Session], expression: str, values: torch.Tensor
) -> None:
    """If the question asks for several."""
    outcome = _several(opened(f"{HEAD}    return {expression}\n"), 2, values)
    assert isinstance(outcome, Returned)
    assert torch.equal(outcome.tensors[1], values + 1)


@pytest.mark.parametrize(
    ("expression", "description"),
    [
        ("(x,)", "a tuple of 1 where 2 tensors were expected"),
        ("x.tolist() + [1]", "a list of 3 where 2 tensors were expected"),
        ("(x, None)", "a tuple of 2 whose item 2 is None"),
        ("[1.0, x]", "a list of 2 whose item 1 is a float"),
    ],
)
def test_the_wrong_number_of_tensors_is_described(
    opened: Callable[[str], Session], expression: str, description: str, values: torch.Tensor
) -> None:
    """With the number expected, or the item that is not a tensor."""
    outcome = _several(opened(f"{HEAD}    return {expression}\n"), 2, values)
    assert outcome == WrongType(description=description, seconds=outcome.seconds)


def test_a_tensor_may_not_be_larger_than_the_question_allows(
    opened: Callable[[str], Session], values: torch.Tensor
) -> None:
    """The size is checked before anything is written."""
    question = Question("d", given={"x": values}, max_bytes=64)
    [outcome] = opened(f"{HEAD}    return torch.ones(17)\n").ask([question])
    assert isinstance(outcome, WrongType)
    assert outcome.description == "a tensor of shape (17,), far larger than this gradient can be"
