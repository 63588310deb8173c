"""`check_backward`: a hand-written backward pass against autograd, in one assertion."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from grader.exercise.case import build_cases
from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.grading.grading import KINDS
from grader.grading.questions import Attempt
from grader.testing.calling import Caller
from grader.testing.comparison import Comparison, from_row, renamed
from grader.testing.draws import global_randomness
from grader.testing.low_precision import compare_in
from grader.testing.plan import CheckRequest, Plan
from grader.testing.reference_pass import reference_pass
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.exercise.case import Cases
    from grader.testing.comparison import Gradient
    from grader.testing.composite import Composite

Backward: TypeAlias = "Callable[..., Any] | Mapping[str, Callable[..., Any]] | None"
CHANGES_ARGUMENT = "changes_argument"
"""The verdict on a right gradient whose function changes what it was given; `grade` has a note for that."""
ZERO = "the gradient is zero up to rounding for any upstream gradient, and any value as small is right"


def check_backward(  # noqa: PLR0913 each keyword is for one way of writing a layer
    forward: Callable[..., Any] | type | None,
    backward: Backward = None,
    *,
    inputs: Callable[..., Any] | Mapping[str, Any] | Sequence[Any],
    upstream: str | Sequence[str] | None = "dout",
    returns: Sequence[str | None] | str | None = None,
    reference: Callable[..., Any] | None = None,
    given: Mapping[str, Any] | None = None,
    sets: Mapping[str, str] | None = None,
    reads: Mapping[str, str] | None = None,
    sizes: Sequence[Mapping[str, int]] | None = None,
    dtype: torch.dtype | None = None,
    seed: int = LECTURE_SEED,
) -> Comparison:
    """Check a backward pass: its gradients, in several sizes, for random upstream gradients.

    Every gradient is compared in float64 with what autograd computes through the forward pass (or `reference`) for
    random cotangents: on the given inputs, on others of the same and of other sizes, and on extreme ones. An answer is
    right if no element is off by more than 1e-12 of the size of the terms that are summed to it (1e-9 on extreme
    inputs). Code that computes in float32 whatever it is given is compared there, with a tolerance of 16 units in the
    last place. The upstream gradients have very different sizes, so an answer that is not linear in them is wrong; so
    is one that depends on another forward pass in between, and one that changes its arguments.

    Args:
        forward: one of
            - a function of the inputs that returns its output, or `(out, cache)`, or `(out, saved, ...)`;
            - a class whose objects have `forward` (or `__call__`) and `backward`;
            - a `torch.autograd.Function` class, which is called through `apply`;
            - with a dict as `backward`: a function that returns `locals()` and ends in a number called `loss`;
            - None for a backward function that takes no cache, with `reference`.
        backward: a function. Its parameters go by name: the upstream gradient, the inputs, what is `given`; those left
            are what forward returns after its output. Or a dict of one function for each gradient, as in an exercise:
            `{"dh": dh, "dW2": dW2}`. None for a class.
        inputs: a function such as `make_inputs(seed, n=7, d=5)` that returns the inputs by name, whose sizes are then
            varied; or the inputs themselves, by name or in the order of forward's parameters, like which others are
            drawn: dimensions of equal length vary together, where the forward pass allows. Tensors of any device and
            floating dtype, arrays of numpy (the functions then get float64 arrays), whole numbers.
        upstream: what the backward function calls the gradient of forward's output; several names if forward has
            several outputs, which come first in what it returns; None if forward returns a loss.
        returns: what backward returns, in order: `("dx", "dw")` for the gradients of the inputs x and w, "loss" for
            the loss itself, None for a value without a row. By default one for each floating-point input, in order.
        reference: the forward pass as a differentiable function in torch, of the same inputs by name, for code that
            autograd cannot follow. Then forward's own value gets a row as well.
        given: further arguments of the functions, by name.
        sets: for a class: attributes that are set before each forward pass -> inputs, as in `{"W": "w"}`.
        reads: for a class: attributes that hold gradients after the backward pass -> their names: `{"dW": "dw"}`.
        sizes: the sizes of the further cases, if they are not to be found by trial.
        dtype: for code that runs only in this dtype, such as `torch.bfloat16`: the answers are compared with float64
            at the same inputs, with a tolerance made of the size of the summed terms and the dtype's precision.
        seed: the seed of inputs and cotangents; a check is the same each time.

    Returns:
        What was found; every row is right.

    Raises:
        WrongGradients: an AssertionError that says what is wrong with each wrong gradient.
        TypeError: the functions and names do not fit together.
        ValueError: there is nothing to compare with, such as a forward pass that does not run in float64.
    """
    __tracebackhide__ = True
    found = compare_backward(
        forward,
        backward,
        inputs=inputs,
        upstream=upstream,
        returns=returns,
        reference=reference,
        given=given,
        sets=sets,
        reads=reads,
        sizes=sizes,
        dtype=dtype,
        seed=seed,
    )
    found.raise_if_wrong()
    return found


def compare_backward(  # noqa: PLR0913
    forward: Callable[..., Any] | type | None,
    backward: Backward = None,
    *,
    inputs: Callable[..., Any] | Mapping[str, Any] | Sequence[Any],
    upstream: str | Sequence[str] | None = "dout",
    returns: Sequence[str | None] | str | None = None,
    reference: Callable[..., Any] | None = None,
    given: Mapping[str, Any] | None = None,
    sets: Mapping[str, str] | None = None,
    reads: Mapping[str, str] | None = None,
    sizes: Sequence[Mapping[str, int]] | None = None,
    dtype: torch.dtype | None = None,
    seed: int = LECTURE_SEED,
) -> Comparison:
    """What `check_backward` finds, without raising for a wrong gradient; the same arguments.

    Raises:
        TypeError, ValueError: as `check_backward`.
    """
    request = CheckRequest(
        forward=forward,
        backward=backward,
        inputs=inputs,
        upstream=upstream,
        returns=returns,
        reference=reference,
        given=dict(given or {}),
        sets=dict(sets or {}),
        reads=dict(reads or {}),
        sizes=sizes,
        dtype=None if dtype is torch.float64 else dtype,
        seed=seed,
    )
    with global_randomness(), torch.inference_mode(mode=False), torch.enable_grad():
        return _compared(request)


def _compared(request: CheckRequest) -> Comparison:
    plan = Plan(request)
    constants = {name: value for name, value in plan.known.items() if not _is_pooled(value)}
    caller = Caller(plan.functions, plan.layer, constants, plan.draws.arrays, plan.draws.device)
    exercise, notes = reference_pass(plan, near=request.dtype is not None)
    if request.dtype is None:
        found = _in_float64(plan, exercise, caller, notes)
        return replace(found, notes=(*found.notes, *_other_dtypes(plan, exercise, caller, found)))
    if plan.by_gradient:
        raise TypeError("dtype is for one backward function, not for a dict of them")

    def likely() -> dict[str, str | None]:
        return {row.name: row.likely for row in _in_float64(plan, exercise, caller, notes).rows}

    rename = partial(renamed, names=plan.labels)
    found = compare_in(request.dtype, exercise, caller, rename, plan.title, notes, likely)
    return replace(found, rows=tuple(_told(row, plan, caller, None) for row in found.rows), cause=caller.error)


def _other_dtypes(plan: Plan, exercise: Composite, caller: Caller, found: Comparison) -> Iterator[str]:
    """Of code that raises whatever it is asked: the dtype in which it runs."""
    if plan.by_gradient or any(row.verdict != Verdict.RAISED for row in found.rows):
        return
    for dtype in (torch.bfloat16, torch.float16):
        other = compare_in(dtype, exercise, caller, str, plan.title, (), dict)
        if any(row.verdict != Verdict.RAISED for row in other.rows):
            yield f"it runs in {str(dtype).removeprefix('torch.')}: pass dtype={dtype} if it is for that"
            return


def _is_pooled(value: object) -> bool:
    """Whether a value is sent with a case: tensors and numbers are."""
    return isinstance(value, (torch.Tensor, int, float)) and not isinstance(value, bool)


def _in_float64(plan: Plan, exercise: Composite, caller: Caller, notes: Sequence[str]) -> Comparison:
    """Compare as a submission is graded."""
    try:
        cases = build_cases(exercise, plan.request.seed)
    except BrokenExercise as error:
        raise ValueError(str(error)) from None
    # With a selection, no function is given what another returned: that would say nothing about either.
    settings = Settings(seed=plan.request.seed, only=exercise.gradients)
    attempt = Attempt(exercise, settings, cases, caller.reading, None, exercise.graded)
    rows = list(KINDS[exercise.kind](attempt).rows(caller))  # type: ignore[arg-type]
    found = tuple(_told(from_row(row.as_dict(), plan.labels), plan, caller, cases) for row in rows)
    sizes = tuple({**exercise.given_sizes, **case.sizes} for case in cases)
    return Comparison(plan.title, found, sizes, tuple(notes), caller.error)


def _told(row: Gradient, plan: Plan, caller: Caller, cases: Cases | None) -> Gradient:
    """A row with what only a check of one's own code says: what was raised in another case, and changed in place."""
    function = row.name if plan.by_gradient else ""
    raised = [(key, said) for (who, key), said in caller.errors.items() if who == function]
    if row.verdict == Verdict.HARD_CODED and raised and cases is not None:
        case = cases[int(raised[0][0].rpartition(" ")[2])]
        sizes = ", ".join(f"{name}={size}" for name, size in case.sizes.items())
        where = f"at {sizes}" if sizes else "for others"
        return replace(row, problem=f"right for the given inputs; {where}: {raised[0][1]}", likely=None)
    if row.verdict == Verdict.RAISED and raised:
        row = replace(row, problem=raised[0][1])
    if row.verdict == Verdict.UNTESTABLE and not plan.by_gradient:
        row = replace(
            row, verdict=str(Verdict.CORRECT), right=True, problem=None, likely=None, worst=None, notes=(ZERO,)
        )
    values = [plan.labels.get(name, name) for name in plan.outputs]
    if row.right and row.name not in values and (changed := caller.changed.get(function)):
        names = " and ".join(plan.labels.get(name, name) for name in sorted(changed))
        said = f"changes {names} in place: whatever else reads {names} gets the changed values; work on a copy"
        return replace(row, verdict=CHANGES_ARGUMENT, right=False, problem=said, notes=())
    return row
