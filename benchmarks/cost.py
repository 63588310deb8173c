"""What a whole verdict costs beside the calls that it is made of.

    python benchmarks/cost.py [--runs 30]

The questions of one grading of the mlp's worked solution are written down, then asked again of fresh children with
nothing done to the answers: that is the cost of the calls. Fork, locks and reading, which both sides pay, stand apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grader.sandbox.numerics import pin_environment, pin_torch

pin_environment()

from grader.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.sandbox.types import Question


class Recorder:
    """A sandbox that writes down what its session is asked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.pools: list[tuple[str, Mapping[str, Any]]] = []
        self.rounds: list[list[Question]] = []

    @property
    def isolation(self) -> Any:
        """The real one's."""
        return self._sandbox.isolation

    def open(self, files: Mapping[str, bytes], rules: Any) -> Any:
        """A real session, whose `pool` and `ask` are written down."""
        session = self._sandbox.open(files, rules)
        pool, ask = session.pool, session.ask

        def noted_pool(key: str, values: Mapping[str, Any]) -> None:
            self.pools.append((key, values))
            pool(key, values)

        def noted_ask(questions: Sequence[Question]) -> Any:
            self.rounds.append(list(questions))
            return ask(questions)

        session.pool, session.ask = noted_pool, noted_ask  # type: ignore[method-assign]
        return session


def main() -> None:
    """Measure in turns and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30)
    runs = parser.parse_args().runs
    with Sandbox() as sandbox:
        pin_torch()
        from grader.exercise.case import build_cases
        from grader.exercise.catalogue import solution_file
        from grader.exercise.settings import LECTURE_SEED
        from grader.exercise.shelf import load_exercise
        from grader.grading.grading import start_grading
        from grader.grading.submission import read_submission

        exercise = load_exercise("mlp")
        cases = build_cases(exercise, LECTURE_SEED)
        submission = read_submission(solution_file(exercise))
        recorder = Recorder(sandbox)
        start_grading(exercise, submission, recorder, cases=cases).document()  # type: ignore[arg-type]

        def verdict() -> None:
            start_grading(exercise, submission, sandbox, cases=cases).document()

        def calls() -> None:
            with sandbox.open(submission.files, exercise.rules) as session:
                session.load()
                for key, values in recorder.pools:
                    session.pool(key, values)
                for questions in recorder.rounds:
                    list(session.ask(questions))

        def start() -> None:
            with sandbox.open(submission.files, exercise.rules) as session:
                session.load()

        measured = measure({"verdict": verdict, "calls": calls, "start": start}, runs)
    count = sum(map(len, recorder.rounds))
    print(
        f"mlp, worked solution, {len(list(cases))} cases: {count} calls in {len(recorder.rounds)} frames; {runs} runs\n"
    )
    print(f"{'':<36} {'median ms':>10} {'of the calls':>13}")
    whole, asked, begun = (statistics.median(measured[name]) * 1000 for name in ("verdict", "calls", "start"))
    for title, value in (
        ("fork, locks, reading, loading", begun),
        ("the same and the calls alone", asked),
        ("the whole verdict", whole),
    ):
        print(f"{title:<36} {value:>10.1f} {value / asked:>13.2f}")
    ratio = (whole - begun) / (asked - begun)
    print(f"\nwithout start: verdict {whole - begun:.1f} ms, calls {asked - begun:.1f} ms, ratio {ratio:.2f}")
    print(f"load average {os.getloadavg()[0]:.1f}: wall times on a shared machine; the ratio counts")


def measure(acts: dict[str, Callable[[], None]], runs: int) -> dict[str, list[float]]:
    """Wall seconds of each act, in turns, after two rounds that do not count."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(runs + 2):
        for name, act in acts.items():
            begun = time.perf_counter()
            act()
            if number >= 2:
                found[name].append(time.perf_counter() - begun)
    return found


if __name__ == "__main__":
    main()
