"""Five checks of a backward pass on one table of right and wrong implementations of 15 layers, in one process.

    python benchmarks/gradient_checks.py [--verbose]

Every check is given the same three things: the forward pass, the backward pass, and a function that draws inputs.

    gradcheck           torch.autograd.gradcheck in float64, on a torch.autograd.Function made of the two
    gradcheck, fast     the same with fast_mode=True
    one direction       as jax.test_util.check_grads in reverse mode: one random direction and one random upstream
                        gradient in float64, a central difference with a step of 1e-4, tolerances of 1e-5
    ones and allclose   backward(ones) beside out.sum().backward() in float32, torch.allclose with its defaults
    check_backward      grader.testing

Gradcheck and the direction compare with differences of the forward pass, the other two with autograd. All but
check_backward see one shape, the default one, because that is how they are called. An exception counts as a rejection.
Times are processor time of one thread, which other work on the machine lengthens less than wall time.
A reason is named if the check says more than that numbers differ: a likely mistake, a wrong shape, what was raised.
With --verbose every verdict against the table and every reason is printed. `layer_implementations.py` has the layers.
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from layer_implementations import Layer, layers, normal
from measurement import Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from layer_implementations import Implementation
    from torch import Tensor

    from grader.testing import Comparison

STEP, TOLERANCE = 1e-4, 1e-5
"""What `jax.test_util.check_grads` takes for float64 unless it is told otherwise."""
QUICK_LAYERS = 3


class Verdict(NamedTuple):
    """What a check came to: whether it accepts, and the reasons that it names."""

    accepts: bool
    reasons: tuple[str, ...] = ()
    likely: bool = False
    """Whether one of them is a likely mistake in the derivation."""


@dataclass
class Tally:
    """One check's verdicts and times."""

    wrong_accepted: list[str] = field(default_factory=list)
    right_rejected: list[str] = field(default_factory=list)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    likely: int = 0
    silent: list[str] = field(default_factory=list)
    """Wrong ones that were rejected without a reason."""
    milliseconds: list[float] = field(default_factory=list)

    def add(self, implementation: Implementation, verdict: Verdict, seconds: float) -> None:
        """Count one verdict."""
        self.milliseconds.append(1000 * seconds)
        if verdict.accepts and not implementation.is_right:
            self.wrong_accepted.append(implementation.name)
        if not verdict.accepts and implementation.is_right:
            self.right_rejected.append(implementation.name)
        if verdict.reasons:
            self.named[implementation.name] = verdict.reasons
        elif not verdict.accepts and not implementation.is_right:
            self.silent.append(implementation.name)
        self.likely += verdict.likely


def inputs_of(layer: Layer, dtype: torch.dtype) -> dict[str, Tensor]:
    """The inputs of the default sizes; those of floating point require gradients if the layer returns one."""
    return {
        name: each.to(dtype).requires_grad_(f"d{name}" in layer.returns) if each.is_floating_point() else each
        for name, each in layer.inputs(0).items()
    }


def answers(returned: Any) -> tuple[Tensor, ...]:
    """What a backward pass returned, as a tuple."""
    return returned if isinstance(returned, tuple) else (returned,)


def as_function(implementation: Implementation) -> Callable[..., Tensor]:
    """The implementation as authors wrap it for autograd."""
    layer, backward = implementation.layer, implementation.make()

    class Wrapped(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Tensor) -> Tensor:
            out, ctx.cache = implementation.forward(*inputs)
            return out

        @staticmethod
        def backward(ctx: Any, dout: Tensor) -> tuple[Tensor | None, ...]:
            found = dict(zip(layer.returns, answers(backward(dout, ctx.cache)), strict=True))
            return tuple(found.get(f"d{name}") for name in layer.inputs(0))

    return Wrapped.apply


def gradcheck(implementation: Implementation) -> Verdict:
    """With its defaults."""
    return _gradcheck(implementation, fast_mode=False)


def fast_gradcheck(implementation: Implementation) -> Verdict:
    """In random directions."""
    torch.manual_seed(0)
    return _gradcheck(implementation, fast_mode=True)


def _gradcheck(implementation: Implementation, *, fast_mode: bool) -> Verdict:
    inputs = tuple(inputs_of(implementation.layer, torch.float64).values())
    return Verdict(torch.autograd.gradcheck(as_function(implementation), inputs, fast_mode=fast_mode))


def one_direction(implementation: Implementation) -> Verdict:
    """The inner product of a random direction with backward's answer, beside a central difference along it."""
    layer = implementation.layer
    inputs = {name: each.detach() for name, each in inputs_of(layer, torch.float64).items()}
    generator = torch.Generator().manual_seed(0)

    def drawn(like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=generator, dtype=torch.float64)

    out, cache = implementation.forward(**inputs)
    tangents = {name: drawn(inputs[name[1:]]) for name in layer.returns}
    dout = drawn(out)

    def moved(step: float) -> Tensor:
        there = {name[1:]: inputs[name[1:]] + step * tangent for name, tangent in tangents.items()}
        return implementation.forward(**{**inputs, **there})[0]

    expected = ((moved(STEP) - moved(-STEP)) / (2 * STEP) * dout).sum()
    got = torch.zeros((), dtype=torch.float64)
    for tangent, answer in zip(tangents.values(), answers(implementation.make()(dout, cache)), strict=True):
        if answer.shape != tangent.shape:  # a custom derivative of another shape is refused there
            return Verdict(False, (f"{tuple(answer.shape)} instead of {tuple(tangent.shape)}",))
        got += (tangent * answer).sum()
    return Verdict(bool((got - expected).abs() <= TOLERANCE + TOLERANCE * expected.abs()))


def ones_and_allclose(implementation: Implementation) -> Verdict:
    """An upstream gradient of ones, float32, one shape."""
    layer = implementation.layer
    inputs = inputs_of(layer, torch.float32)
    layer.forward(**inputs).sum().backward()
    with torch.no_grad():
        out, cache = implementation.forward(**{name: each.detach() for name, each in inputs.items()})
        found = answers(implementation.make()(torch.ones_like(out), cache))
    pairs = zip(layer.returns, found, strict=True)
    return Verdict(all(torch.allclose(inputs[name[1:]].grad, each) for name, each in pairs))


def compared(implementation: Implementation) -> Comparison:
    """All that `check_backward` finds. A forward pass in float32 inside has the layer beside it as a reference."""
    from grader.testing import compare_backward

    layer = implementation.layer
    reference = None if implementation.forward is layer.with_cache else layer.forward
    return compare_backward(
        implementation.forward, implementation.make(), inputs=layer.inputs, returns=layer.returns, reference=reference
    )


def check_backward(implementation: Implementation) -> Verdict:
    """That of grader.testing. Its verdict "wrong values" without a likely mistake names no reason; the others do."""
    result = compared(implementation)
    likely = [f"{row.name}: {row.likely}" for row in result.rows if row.likely]
    named = [f"{row.name}: {row.verdict}: {row.problem}" for row in result.wrong if row.verdict != "wrong_values"]
    return Verdict(result.right, (*likely, *named), bool(likely))


CHECKS: dict[str, Callable[[Implementation], Verdict]] = {
    "gradcheck": gradcheck,
    "gradcheck, fast": fast_gradcheck,
    "one direction": one_direction,
    "ones and allclose": ones_and_allclose,
    "check_backward": check_backward,
}
REJECTIONS = (RuntimeError, IndexError, AssertionError, ValueError)
"""What a wrong implementation raises on its way through a check."""
NUMBERS_DIFFER = ("Jacobian mismatch", "Numerical gradient for function expected to be zero")
"""How messages of gradcheck begin that are followed by numbers."""


def verdicts(implementations: list[Implementation], rounds: int) -> Iterator[tuple[str, Tally]]:
    """Every check on every implementation; the time of one is the shortest of the rounds."""
    for name, check in CHECKS.items():
        tally = Tally()
        asked(check, implementations[0])  # what is imported or compiled at the first call
        for implementation in implementations:
            runs = [asked(check, implementation) for _ in range(rounds)]
            tally.add(implementation, runs[0][0], min(seconds for _, seconds in runs))
        yield name, tally


def asked(check: Callable[[Implementation], Verdict], implementation: Implementation) -> tuple[Verdict, float]:
    """One verdict and its processor seconds. A check that raises has rejected, except for ours, which does not."""
    torch.manual_seed(0)
    start = time.process_time()
    try:
        verdict = check(implementation)
    except REJECTIONS as error:
        if check is check_backward:
            raise
        message = str(error).strip().splitlines()[0]
        verdict = Verdict(False, () if message.startswith(NUMBERS_DIFFER) else (message,))
    return verdict, time.process_time() - start


# Two layers of the size that a small network has.


def hidden_inputs(seed: int, n: int = 32, d: int = 64, m: int = 200) -> dict[str, Tensor]:
    drawn = normal(seed, h=(n, d), w=(d, m), b=(m,))
    return {**drawn, "w": drawn["w"] / d**0.5}


def hidden(h: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.tanh(h @ w + b)


def hidden_with_cache(h: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Any]:
    out = torch.tanh(h @ w + b)
    return out, (h, w, out)


HIDDEN = Layer(hidden, hidden_with_cache, hidden_inputs, ("dh", "dw", "db"))


@HIDDEN.right("as in a textbook")
def _(dout: Tensor, cache: Any) -> tuple[Tensor, ...]:
    h, w, out = cache
    da = dout * (1 - out**2)
    return da @ w.T, h.T @ da, da.sum(0)


@HIDDEN.wrong("1 - tanh for the derivative of tanh")
def _(dout: Tensor, cache: Any) -> tuple[Tensor, ...]:
    h, w, out = cache
    da = dout * (1 - out)
    return da @ w.T, h.T @ da, da.sum(0)


def normalized_inputs(seed: int, n: int = 32, d: int = 64, m: int = 200) -> dict[str, Tensor]:
    return {**hidden_inputs(seed, n, d, m), **normal(seed + 1, gamma=(m,), beta=(m,))}


def normalized(h: Tensor, w: Tensor, b: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    a = h @ w + b
    centered = a - a.mean(0)
    ahat = centered * (centered.square().mean(0) + 1e-5) ** -0.5
    return torch.tanh(gamma * ahat + beta)


def normalized_with_cache(h: Tensor, w: Tensor, b: Tensor, gamma: Tensor, beta: Tensor) -> tuple[Tensor, Any]:
    a = h @ w + b
    centered = a - a.mean(0)
    istd = (centered.square().mean(0) + 1e-5) ** -0.5
    out = torch.tanh(gamma * centered * istd + beta)
    return out, (h, w, gamma, centered * istd, istd, out)


NORMALIZED = Layer(normalized, normalized_with_cache, normalized_inputs, ("dh", "dw", "db", "dgamma", "dbeta"))


@NORMALIZED.right("in one line")
def _(dout: Tensor, cache: Any) -> tuple[Tensor, ...]:
    h, w, gamma, ahat, istd, out = cache
    dy = dout * (1 - out**2)
    da = gamma * istd * (dy - dy.mean(0) - ahat * (dy * ahat).mean(0))
    return da @ w.T, h.T @ da, da.sum(0), (dy * ahat).sum(0), dy.sum(0)


def milliseconds_of(check: Callable[[Implementation], Verdict], implementation: Implementation, rounds: int) -> float:
    """The median over some runs, after one that is not counted."""
    return 1000 * statistics.median([asked(check, implementation)[1] for _ in range(rounds + 1)][1:])


def table(tallies: dict[str, Tally], hidden_times: dict[str, float], right: int, wrong: int) -> Iterator[str]:
    """The lines of the table in the documentation."""
    yield f"| Check | Wrong accepted, of {wrong} | Right rejected, of {right} | Reason named | Median | Slowest tenth |"
    yield "|---|---|---|---|---|---|"
    for name, tally in tallies.items():
        times = tally.milliseconds
        tenth = statistics.quantiles(times, n=10)[-1]
        label = f"`{name}`" if "_" in name else name
        yield (
            f"| {label} | {len(tally.wrong_accepted)} | {len(tally.right_rejected)} | {len(tally.named)} | "
            f"{statistics.median(times):.1f} ms | {tenth:.1f} ms |"
        )
    yield ""
    for name, milliseconds in hidden_times.items():
        yield f"{name}: {milliseconds:.1f} ms"


def details(tallies: dict[str, Tally]) -> Iterator[str]:
    """Every verdict against the table, and every likely mistake."""
    for check, tally in tallies.items():
        yield from (f"{check} accepts {name}" for name in tally.wrong_accepted)
        yield from (f"{check} rejects {name}" for name in tally.right_rejected)
        yield from (f"{check} says of {name}: {reason}" for name, found in tally.named.items() for reason in found)
        yield from (f"{check} names no reason for {name}" for name in tally.silent if check == "check_backward")


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--verbose", action="store_true", help="print verdicts against the table and reasons")
    parser.add_argument("--only", default="", metavar="TEXT", help="only implementations with this in their names")
    parser.add_amount("--rounds", full=3, quick=1, what="runs of each check on each implementation")
    options, measured = parser.begin()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    chosen = layers()[: QUICK_LAYERS if options.quick else None]
    implementations = [each for layer in chosen for each in layer.implementations if options.only in each.name]
    if not implementations:
        sys.exit(f"no implementation has {options.only!r} in its name; they are listed in benchmarks/*_layers.py")
    tallies = dict(verdicts(implementations, options.rounds))
    # Gradcheck would take one difference for each of 15 000 inputs.
    times = {
        f"{name} on tanh(h @ W + b)": milliseconds_of(check, HIDDEN.implementations[0], 3 * options.rounds)
        for name, check in CHECKS.items()
        if check is not gradcheck
    }
    more = {
        "a wrong tanh(h @ W + b)": HIDDEN.implementations[1],
        "the right one with batch norm": NORMALIZED.implementations[0],
    }
    for name, each in more.items():
        times[f"check_backward on {name}"] = milliseconds_of(check_backward, each, 3 * options.rounds)
    right = sum(each.is_right for each in implementations)
    if options.verbose:
        print(*details(tallies), sep="\n")
    print(*table(tallies, times, right, len(implementations) - right), sep="\n")
    for name, tally in tallies.items():
        measured.figure(f"{name}: wrong accepted", len(tally.wrong_accepted), "implementations")
        measured.figure(f"{name}: right rejected", len(tally.right_rejected), "implementations")
        measured.figure(f"{name}: reason named", len(tally.named), "implementations")
        measured.figure(f"{name}: likely mistake named", tally.likely, "implementations")
        measured.figure(f"{name}: median", statistics.median(tally.milliseconds), "ms")
    for name, milliseconds in times.items():
        measured.figure(name, milliseconds, "ms")
    measured.end()


if __name__ == "__main__":
    main()
