"""The loss curve of a training exercise: the learner's run drawn over autograd's, with a text alternative."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Run = Mapping[str, Any]
    Losses = Sequence[float | None]

LEFT, TOP, RIGHT, BOTTOM = 52.0, 12.0, 418.0, 226.0
"""The frame of the plot; ticks and axis labels are outside it."""
ROOM = 2.0
"""How far beyond autograd's range the axis may reach, as a multiple of it: with more, autograd's would look flat."""
STEPS = (1, 2, 2.5, 5, 10)
"""Between ticks, times a power of ten."""


@dataclass(frozen=True, slots=True)
class LossCurve:
    """The plot, ready to be drawn."""

    yours: list[str]
    """Paths: one for each stretch of finite losses."""
    autograd: list[str]
    end: tuple[float, float] | None
    """Where the learner's run stopped early."""
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    description: str
    """The text alternative."""
    remarks: list[str]


def loss_curve(run: Run | None) -> LossCurve | None:
    """Both curves of a report; None where nothing was trained."""
    if not run or not run["losses"] or not run["reference_losses"]:
        return None
    yours, autograd = run["losses"], run["reference_losses"]
    low, high, cut = _span(_finite(yours), _finite(autograd))
    frame = _Frame(max(len(autograd), len(yours)), low, high)
    last = next((at for at in reversed(range(len(yours))) if yours[at] is not None), None)
    stopped = run["stopped"] and last is not None
    return LossCurve(
        yours=list(frame.paths(yours)),
        autograd=list(frame.paths(autograd)),
        end=frame.point(last, yours[last]) if stopped and last is not None else None,
        across=[(frame.x(step), f"{step:g}") for step in ticks(0, frame.count)],
        up=[(frame.y(loss), f"{loss:g}") for loss in ticks(low, high)],
        description=" ".join([f"Loss over {len(autograd)} steps.", *_both(yours, autograd), *_remarks(run)]),
        remarks=[*_remarks(run), *([f"Your losses go up to {cut}, beyond the frame."] if cut else [])],
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Maps steps and losses to coordinates."""

    count: int
    low: float
    high: float

    def x(self, step: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * step / self.count, 1)

    def y(self, loss: float) -> float:
        """At most a little above the frame, where it is clipped."""
        share = min((loss - self.low) / (self.high - self.low), 1.5)
        return round(BOTTOM - (BOTTOM - TOP) * share, 1)

    def point(self, step: int, loss: float | None) -> tuple[float, float]:
        return self.x(step), max(TOP, self.y(self.low if loss is None else loss))

    def paths(self, losses: Losses) -> Iterator[str]:
        """Leave a gap where a loss is not finite; draw a single loss as a dot, a line to itself with a round cap."""
        for known, stretch in groupby(enumerate(losses), lambda pair: pair[1] is not None):
            if known:
                points = [f"{self.x(step)},{self.y(loss)}" for step, loss in stretch if loss is not None]
                yield "M" + "L".join(points if len(points) > 1 else points * 2)


def _finite(losses: Losses) -> list[float]:
    return [loss for loss in losses if loss is not None]


def _span(yours: Sequence[float], autograd: Sequence[float]) -> tuple[float, float, str]:
    """The lowest and highest loss of the axis, and the learner's largest loss if it is cut off."""
    floor, top = min(autograd), max(autograd)
    reach = ROOM * (top - floor or abs(top) or 1.0)
    low, high = max(min([floor, *yours]), floor - reach), min(max([top, *yours]), top + reach)
    margin = 0.05 * (high - low or abs(high) or 1.0)
    beyond = max(yours, default=high) > high
    return low - margin, high + (0 if beyond else margin), f"{max(yours):.3g}" if beyond else ""


def ticks(low: float, high: float) -> list[float]:
    """Four to seven round numbers between two values."""
    rough = (high - low) / 5 or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in STEPS if nice * power >= rough * (1 - 1e-9))
    return [round(k * step, 12) for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _both(yours: Losses, autograd: Losses) -> Iterator[str]:
    for whose, losses in (("Yours", yours), ("Autograd's", autograd)):
        yield f"{whose}: from {_figure(losses[0])} to {_figure(losses[-1])}."


def _figure(loss: float | None) -> str:
    return "not finite" if loss is None else f"{loss:.4g}"


def _remarks(run: Run) -> Iterator[str]:
    largest = run["largest_loss_difference"]
    if largest is not None:
        allowed = f"{run['loss_tolerance']:.0e}".replace("e-0", "e-")
        found = (
            "There is no difference"
            if largest == 0
            else f"The largest difference is {largest:.3g} times autograd's loss"
        )
        yield f"{found}; {allowed} is allowed."
    if run["stopped"]:
        yield f"Your run stopped {line(run['stopped'])} of {run['steps']}."
