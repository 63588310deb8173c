"""`check_gradients`: gradients that somebody has already, or computes by hand, against a loss."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.diagnose import explain
from grader.exercise.case import Case, Cases
from grader.exercise.dtypes import default_dtype, is_floating
from grader.exercise.settings import LECTURE_SEED
from grader.report.row_facts import number
from grader.sandbox.types import Returned
from grader.testing.backward import compare_backward
from grader.testing.calling import as_tensor, kind_of, title
from grader.testing.comparison import Comparison, Gradient, renamed, worst_place
from grader.testing.composite import Composite
from grader.testing.draws import Draws, global_randomness
from grader.verdict.evidence import TOLERANCE, Ask, Evidence, Judgment, Verdict
from grader.verdict.judge import lecture_columns
from grader.verdict.problems import form_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROUNDINGS = 64
"""How many units of rounding of its dtype a gradient may be off by, of its largest term."""
_AS_GOOD = 8.0
"""How many times the error of autograd in the gradient's own dtype is allowed: the size of what cancels in it."""
_NUDGE, _NUDGES = 4, 4
"""By how many units in their last place the parameters are moved, and how often: enough for all rounding to change."""
ONE_POINT = "one set of values only: pass grads as a function of the parameters to have it checked at others, too"


def check_gradients(
    loss_fn: Callable[..., Any],
    params: Mapping[str, torch.Tensor] | Sequence[torch.Tensor],
    grads: Mapping[str, torch.Tensor] | Sequence[torch.Tensor] | Callable[..., Any],
    *,
    seed: int = LECTURE_SEED,
) -> Comparison:
    """Check the gradients of a loss, as a hand-written full backward pass returns them.

    They are compared with autograd's in float64 at the same parameters. What a gradient may be off by is made of its
    dtype and of the size of the terms that are summed to it, which is estimated from what autograd's own rounding is in
    that dtype: zeros pass only where the gradient is zero.

    Args:
        loss_fn: called with the parameters by name, or in order if these have no names; returns a number.
        params: the parameters, on any device; whole-number tensors are passed on and have no gradient.
        grads: their gradients, by the parameters' names (`W1` or `dW1`) or in their order; or a function of the
            parameters that returns them in one of these ways, which is then checked like a backward pass: at several
            values, and in several sizes where loss_fn allows.
        seed: the seed of further values.

    Returns:
        What was found; every row is right.

    Raises:
        WrongGradients: an AssertionError that says what is wrong with each wrong gradient.
        TypeError: grads do not fit the parameters.
        ValueError: loss_fn returns no number that depends on the parameters.
    """
    __tracebackhide__ = True
    found = compare_gradients(loss_fn, params, grads, seed=seed)
    found.raise_if_wrong()
    return found


def compare_gradients(
    loss_fn: Callable[..., Any],
    params: Mapping[str, torch.Tensor] | Sequence[torch.Tensor],
    grads: Mapping[str, torch.Tensor] | Sequence[torch.Tensor] | Callable[..., Any],
    *,
    seed: int = LECTURE_SEED,
) -> Comparison:
    """What `check_gradients` finds, without raising for a wrong gradient; the same arguments.

    Raises:
        TypeError, ValueError: as `check_gradients`.
    """
    values = _named(params, loss_fn)
    floats = [name for name, value in values.items() if is_floating(value)]
    if not floats:
        raise TypeError(f"params have no floating-point tensor: {', '.join(values) or 'they are empty'}")
    if callable(grads):
        names = tuple(f"d{name}" for name in floats)
        return compare_backward(loss_fn, grads, inputs=values, upstream=None, returns=names, seed=seed)
    with global_randomness(), torch.inference_mode(mode=False), torch.enable_grad():
        return _Loss(loss_fn, values, floats, seed).compared(_answers(grads, floats))


def _named(params: Any, loss_fn: Callable[..., Any]) -> dict[str, Any]:
    """The parameters by name: those of loss_fn, where they have none."""
    if isinstance(params, dict):
        return dict(params)
    if isinstance(params, torch.Tensor):
        params = (params,)
    if not isinstance(params, (tuple, list)):
        raise TypeError(f"params is {kind_of(params)}; it must be a dict of tensors, or a tuple of them")
    names = list(inspect.signature(loss_fn).parameters)
    if len(names) < len(params):
        raise TypeError(f"params has {len(params)} tensors, and {title(loss_fn)} takes {len(names)} arguments")
    return dict(zip(names, params, strict=False))


def _answers(grads: Any, names: Sequence[str]) -> dict[str, torch.Tensor]:
    """The gradients by their parameters' names."""
    if isinstance(grads, torch.Tensor):
        grads = (grads,)
    if isinstance(grads, dict):
        found = {name: grads[key] for name in names for key in (name, f"d{name}") if key in grads}
        if missing := [name for name in names if name not in found]:
            raise TypeError(f"grads lack d{missing[0]}; they have {', '.join(map(str, grads)) or 'nothing'}")
    elif isinstance(grads, (tuple, list)):
        if len(grads) != len(names):
            raise TypeError(f"{len(grads)} gradients for {len(names)} parameters: {', '.join(names)}")
        found = dict(zip(names, grads, strict=True))
    else:
        raise TypeError(f"grads is {kind_of(grads)}; it must be a dict or a tuple of tensors, or a function")
    answers = {name: as_tensor(value) for name, value in found.items()}
    if odd := next((name for name, value in answers.items() if value is None), None):
        raise TypeError(f"the gradient of {odd} is {kind_of(found[odd])}; it must be a tensor")
    return {name: value.cpu() for name, value in answers.items() if value is not None}


def _check_loss(loss: Any, name: str) -> None:
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        came = kind_of(loss) if not isinstance(loss, torch.Tensor) else f"a tensor of shape {tuple(loss.shape)}"
        raise ValueError(f"{name} returns {came}; it must return a number made of the parameters")
    if not loss.requires_grad:
        raise ValueError(f"what {name} returns does not depend on the parameters, or is detached from them")


class _Loss:
    """A loss at one set of parameters, with autograd's gradients there."""

    def __init__(self, loss_fn: Callable[..., Any], values: dict[str, Any], floats: Sequence[str], seed: int) -> None:
        self._loss_fn, self._values, self._names = loss_fn, values, tuple(floats)
        self._wide = self._gradients(torch.float64)
        self._title, self._seed = title(loss_fn), seed

    def _gradients(self, dtype: torch.dtype | None, seed: int | None = None) -> dict[str, torch.Tensor] | Exception:
        """Autograd's gradients in a dtype, or in each parameter's own; or why there are none.

        Args:
            seed: of the nudges by which the parameters are moved; None for the parameters as they are.
        """
        generator = torch.Generator().manual_seed(seed or 0)
        leaves = {}
        for name, value in self._values.items():
            if is_floating(value):
                signs = torch.randint(0, 2, value.shape, generator=generator) * 2 - 1
                moved = value.detach().to(dtype or value.dtype)
                nudge = 0.0 if seed is None else _NUDGE * torch.finfo(moved.dtype).eps
                leaves[name] = (moved * (1 + nudge * signs.to(moved))).requires_grad_()
            else:
                leaves[name] = value
        try:
            with torch.enable_grad(), default_dtype(dtype or torch.get_default_dtype()):
                loss = self._loss_fn(**leaves)
                _check_loss(loss, title(self._loss_fn))
                grads = torch.autograd.grad(loss.sum(), [leaves[name] for name in self._names], materialize_grads=True)
        except Exception as error:  # noqa: BLE001 what an author's loss may raise
            return error
        return {name: grad.detach().cpu() for name, grad in zip(self._names, grads, strict=True)}

    def compared(self, answers: Mapping[str, torch.Tensor]) -> Comparison:
        """Compare each gradient."""
        own = self._gradients(None)
        notes = [ONE_POINT]
        expected = self._wide
        if isinstance(expected, Exception):
            if isinstance(own, Exception):
                raise own if isinstance(own, ValueError) else ValueError(f"{self._title} raised {own!r}") from own
            expected, notes = own, [*notes, f"compared in the parameters' own dtype: in float64, {expected}"]
        wide = torch.float64 if expected is self._wide else None
        nudged = [self._gradients(wide, seed) for seed in range(_NUDGES)]
        rows = []
        for name in self._names:
            others = [own[name]] if not isinstance(own, Exception) else []
            if answers[name].dtype == torch.float64 or wide is None:
                others = [each[name] for each in nudged if not isinstance(each, Exception)]
            rows.append(self._row(name, answers[name], expected, others))
        return Comparison(self._title, tuple(rows), ({},), tuple(notes))

    def _row(
        self, name: str, got: torch.Tensor, everything: Mapping[str, torch.Tensor], others: Sequence[torch.Tensor]
    ) -> Gradient:
        expected, parameter = everything[name].double(), self._values[name]
        unit = torch.finfo(got.dtype).eps / 2 if got.dtype.is_floating_point else 0.0
        largest = float(expected.abs().max()) if expected.numel() else 0.0
        noise = max((float((each.double() - expected).abs().max()) for each in others if each.numel()), default=0.0)
        allowed = ROUNDINGS * unit * largest + _AS_GOOD * noise
        problem = form_problem(got, expected.to(parameter.dtype))
        verdict, said, worst, error = Verdict.CORRECT, None, None, None
        if problem is not None:
            verdict, said = problem
        elif got.numel():
            errors = (got.double() - expected).abs()
            most = float(errors.max())
            error = most / largest if largest else (0.0 if most <= allowed else None)
            if not most <= allowed:
                verdict = Verdict.WRONG_VALUES
                share = f", {most / largest:.2g} of the largest" if largest else ", where all are zero"
                said = f"values differ from autograd's by up to {number(most)}{share}"
                worst = worst_place(got, expected)
        tolerance = allowed / largest if largest else TOLERANCE
        likely = None if verdict.right else self._likely(name, got, verdict)
        return Gradient(
            name=f"d{name}",
            verdict=str(verdict),
            right=verdict.right,
            problem=said,
            likely=likely,
            worst=worst,
            error=error,
            tolerance=tolerance,
            file=None,
            line=None,
            shape=tuple(got.shape),
            notes=(),
        )

    def _likely(self, name: str, got: torch.Tensor, verdict: Verdict) -> str | None:
        """The likely mistake, from the only case that there is."""
        drawn = {n: v.detach().cpu() if isinstance(v, torch.Tensor) else v for n, v in self._values.items()}
        draws = Draws(lambda _: drawn, {}, self._seed)
        exercise = Composite(self._loss_fn, tuple(drawn), ("loss",), (), self._names, None, draws)
        if exercise.is_followed and not exercise.lines_agree():
            exercise.opaque()
        kind = Ask.RANDOM if got.dtype == torch.float64 else Ask.NARROW
        evidence = Evidence(name)
        for ask in {kind, Ask.LOCAL}:
            evidence.outcomes[ask, 0] = Returned(tensors=(got,))
        try:
            cases = Cases(exercise, Case(exercise, self._seed, {}), ())
            columns = lecture_columns(got, cases.given.reference[name])
        except Exception:  # noqa: BLE001 a loss that runs in its own dtype only
            return None
        judgment = Judgment(verdict, None, columns, tuple(got.shape), narrow=kind is Ask.NARROW)
        found = explain(evidence, judgment, cases)
        if found is None or found.kind == "unknown":
            return None
        code = getattr(self._loss_fn, "__code__", None)
        file = code.co_filename.rpartition("/")[2] if code is not None else "forward.py"
        return renamed(found.message, {"forward.py": file})
