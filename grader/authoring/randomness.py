"""Checks that a forward pass draws only in inputs(), from its own generator, so that every run has the same values."""

from __future__ import annotations

import contextlib
import random
import sys
from typing import TYPE_CHECKING, Any

import torch

from grader.authoring.checks import tensors
from grader.exercise.case import tensor_bytes
from grader.exercise.forward import BrokenExercise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import FrameType

    from grader.exercise.forward import ForwardFile

_SEEDS = 20240229, 1123581321
"""Two seeds for the global generators that no forward pass is likely to set itself."""

_TORCHS = "torch's global generator"
_IN_INPUTS = "draw it in inputs() with `generator=g`, return it, and make it a parameter of forward()"
_INSTEAD = {
    "forward()": f"{_IN_INPUTS} (for dropout: `mask = torch.rand(x.shape, generator=g) >= p`)",
    "inputs()": "create a generator, `g = torch.Generator().manual_seed(seed)`, and pass it to every draw: "
    "`generator=g`",
    "the top of the file": _IN_INPUTS,
}
"""What to write instead of a global draw, by where the draw is."""


def check_draws(file: ForwardFile) -> None:
    """Check that the top of the file, inputs() and forward() depend only on the seed.

    A draw is detected in two ways: it changes the state of a global generator, or values differ when the global
    generators are seeded differently (a draw can restore the state, or use the clock).
    """
    path, code = file.path, compile(file.source, str(file.path), "exec")
    module: dict[str, Any] = {}
    # Run once before watching: an imported module may draw on import, but not the second time.
    exec(code, {})  # noqa: S102 the author's own file
    _watch(path, "the top of the file", lambda: exec(code, module))  # noqa: S102 the same
    make = module["inputs"]

    def run() -> dict[str, Any]:
        values = file.inputs(module, 7, {})
        return file.forward(module, {name: values[name] for name in file.parameters if name in values})

    one, two = (_watch(path, "inputs()", lambda: make(7), seed) for seed in _SEEDS)
    _check_inputs(file, make.__code__.co_firstlineno, one, two, make(8))
    one, two = (_watch(path, "forward()", run, seed) for seed in _SEEDS)
    for line in file.lines:
        for name in line.outputs:
            if not _same(one[name], two[name]):
                file.refuse(
                    line.number,
                    f"{name} has different values when forward() runs again on the same inputs: "
                    f"this draw is not reproducible; {_IN_INPUTS}",
                )


def _check_inputs(
    file: ForwardFile, begins: int, first: Mapping[str, Any], again: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    """Check that a seed gives the same inputs twice, and another seed gives different ones."""
    for name, value in first.items():
        if not _same(value, again.get(name)):
            file.refuse(
                begins,
                f"inputs(7) returns different values for {name} the second time; "
                "draw everything from one generator: `g = torch.Generator().manual_seed(seed)`",
            )
    if all(_same(value, other.get(name)) for name, value in first.items()):
        file.refuse(
            begins,
            "inputs(7) and inputs(8) return the same values; use the seed: `g = torch.Generator().manual_seed(seed)`",
        )


def _same(one: object, two: object) -> bool:
    """Whether two values are equal bit for bit; only numbers, text and tensors are compared."""
    if isinstance(one, (str, int, float)) or isinstance(two, (str, int, float)):
        return one == two or (one != one and two != two)  # noqa: PLR0124 only nan differs from itself
    pairs = zip(mine := list(tensors(one)), theirs := list(tensors(two)), strict=False)
    return len(mine) == len(theirs) and all(
        a.shape == b.shape and a.dtype == b.dtype and tensor_bytes(a) == tensor_bytes(b) for a, b in pairs
    )


def _watch(path: Path, place: str, run: Callable[[], Any], seed: int = _SEEDS[0]) -> Any:
    """Run a part of the file; refuse it, with the line, if it changes the state of a global generator."""
    with _seeded(seed):
        before = _states()
        result = run()
        if _states() == before or (place == "inputs()" and _is_reseeded(run)):
            return result
    with _seeded(seed):  # seeded again: a file that sets the seed itself always ends in the same state
        finder = _Finder(str(path))
        finder.find(run)
    number, here = (f":{finder.found}", " here") if finder.found else ("", "")
    raise BrokenExercise(
        f"{path}{number}: {place} draws from {finder.generator or 'a global generator'}{here}, "
        f"so every run has different values; {_INSTEAD[place]}"
    )


def _is_reseeded(run: Callable[[], Any]) -> bool:
    """Whether a part of the file leaves the global generators in the same state wherever they were: it seeds them.

    Then its draws are reproducible. Inputs may be drawn so, as the generator of torch is put back afterwards.
    """
    ends = []
    for seed in _SEEDS:
        with _seeded(seed):
            run()
            ends.append(tensor_bytes(torch.random.get_rng_state()))
            others = {name: state for name, state in _states().items() if name != _TORCHS}
            run()
            if others != {name: state for name, state in _states().items() if name != _TORCHS}:
                return False
    return ends[0] == ends[1]


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Put the global generators in a known state; restore them afterwards."""
    kept, also = torch.random.get_rng_state(), random.getstate()
    torch.manual_seed(seed)
    random.seed(seed)
    try:
        yield
    finally:
        torch.random.set_rng_state(kept)
        random.setstate(also)


def _states() -> dict[str, object]:
    """The state of every global generator, by its name in messages."""
    found: dict[str, object] = {
        _TORCHS: tensor_bytes(torch.random.get_rng_state()),
        "Python's global generator (`random`)": random.getstate(),
    }
    numpy: Any = sys.modules.get("numpy")  # only code that imported it can draw from it
    if numpy is not None:
        found["numpy's global generator"] = repr(numpy.random.get_state())
    return found


class _Finder:
    """Runs the author's code line by line to find the line that changes a global generator's state."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found = 0
        self.generator = ""
        self._at = 0
        self._before = _states()

    def find(self, run: Callable[[], object]) -> None:
        """Run it under `sys.settrace`; a debugger's or coverage's own trace function is restored."""
        tracing = sys.gettrace()
        sys.settrace(self._event)
        try:
            run()
        finally:
            sys.settrace(tracing)

    def _event(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename != self.file:
            return None
        self._look()
        if event == "line":
            self._at = frame.f_lineno
        elif event == "return":
            caller = frame.f_back
            while caller is not None and caller.f_code.co_filename != self.file:
                caller = caller.f_back
            self._at = caller.f_lineno if caller is not None else self._at
        return self._event

    def _look(self) -> None:
        if not self.found:
            now = _states()
            changed = [name for name, state in now.items() if state != self._before.get(name, state)]
            if changed:
                self.found, self.generator = self._at, changed[0]
