"""What the rule buys: the mlp's catalogues under the usual criteria and under ours, over many seeds and sizes.

    python benchmarks/verdicts.py table                 the criteria side by side
    python benchmarks/verdicts.py sweep --seeds 100     both catalogues at random seeds and hidden sizes

Nothing is timed here; the forms are the project's own and run without a sandbox.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from grader.sandbox.numerics import pin_environment, pin_torch

pin_environment()
pin_torch()

import torch
from unlocked import UnlockedSandbox

from grader.authoring.verification import Verification
from grader.exercise.case import build_cases, pool_values
from grader.exercise.catalogue import Form, right_forms, wrong_forms
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.exercise.shelf import load_exercise
from grader.sandbox.types import Question
from grader.verdict.evidence import tensor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.exercise.case import Case, Cases


@dataclass(frozen=True)
class Answers:
    """What a form returns for one gradient: per case, on true and on random upstream gradients, beside the truth."""

    narrow: tuple[torch.Tensor | None, torch.Tensor]
    true: list[tuple[torch.Tensor | None, torch.Tensor]]
    drawn: list[tuple[torch.Tensor | None, torch.Tensor]]


Criterion = tuple[str, "Callable[[Answers], bool]"]


def broadcast_allclose(pair: tuple[torch.Tensor | None, torch.Tensor]) -> bool:
    """The lecture's cmp: shapes may broadcast."""
    got, expected = pair
    try:
        return got is not None and bool(torch.allclose(got.to(expected.dtype), expected))
    except RuntimeError:
        return False


def same_shape(pair: tuple[torch.Tensor | None, torch.Tensor]) -> bool:
    """Whether there is something to compare value by value."""
    return pair[0] is not None and pair[0].shape == pair[1].shape


def close(pair: tuple[torch.Tensor | None, torch.Tensor], rtol: float, atol: float) -> bool:
    """Compare with allclose, on equal shapes only."""
    return same_shape(pair) and bool(torch.allclose(pair[0].to(pair[1].dtype), pair[1], rtol=rtol, atol=atol))  # type: ignore[union-attr]


CRITERIA: list[Criterion] = [
    ("lecture's cmp: allclose, shapes broadcast, one minibatch, float32", lambda a: broadcast_allclose(a.narrow)),
    ("allclose and equal shape, one minibatch, float32", lambda a: close(a.narrow, 1e-5, 1e-8)),
    ("assert_close's float32 defaults, one minibatch", lambda a: close(a.narrow, 1.3e-6, 1e-5)),
    ("gradcheck's tolerances, float64, true upstream, 1 case", lambda a: close(a.true[0], 1e-3, 1e-5)),
    ("gradcheck's tolerances, float64, true upstream, 4 cases", lambda a: all(close(p, 1e-3, 1e-5) for p in a.true)),
    (
        "gradcheck's tolerances, float64, random cotangents, 4 cases",
        lambda a: all(close(p, 1e-3, 1e-5) for p in a.drawn),
    ),
    (
        "assert_close's float64 defaults, random cotangents, 4 cases",
        lambda a: all(close(p, 1e-7, 1e-7) for p in a.drawn),
    ),
]


def answers(form: Form, name: str, cases: Cases, sandbox: UnlockedSandbox) -> Answers:
    """Ask one form everything that the criteria look at."""
    variable = name[1:]
    session = sandbox.open(form.files, cases.exercise.rules)
    session.load()
    parameters = [p.name for p in session.reading.functions[name].parameters]

    def ask(case: Case, dtype: str, upstream: Callable[[str], torch.Tensor]) -> torch.Tensor | None:
        values = pool_values(case.values if dtype == "float32" else case.graph.values)
        given = {p: values[p] if p in values else upstream(p[1:]) for p in parameters}
        (outcome,) = session.ask([Question(name, given=given, dtype=dtype)])
        return tensor_of(outcome)

    used = [p[1:] for p in parameters if p[1:] in cases.given.cotangents and p not in cases.given.graph.values]
    return Answers(
        (ask(cases.given, "float32", cases.given.reference.__getitem__), cases.given.reference[variable]),
        [(ask(case, "float64", case.true.total), case.true.total(variable)) for case in cases],
        [(ask(case, "float64", case.cotangents.__getitem__), case.cut(used).cut(variable)) for case in cases],
    )


def table(seed: int) -> None:
    """Print how many mistakes each criterion accepts and how many right forms it rejects."""
    exercise, sandbox = load_exercise("mlp"), UnlockedSandbox()
    cases = build_cases(exercise, seed)
    verification = Verification(exercise, sandbox, Settings(seed=seed))  # type: ignore[arg-type]
    right, wrong = right_forms(exercise), wrong_forms(exercise)
    accepted, rejected = Counter[str](), Counter[str]()
    for forms, count, passes in ((right, rejected, False), (wrong, accepted, True)):
        for form in forms:
            found = [answers(form, name, cases, sandbox) for name in form.gradients]
            for title, criterion in CRITERIA:
                count[title] += all(criterion(each) for each in found) is passes
            count["grade"] += all(row.correct for row in verification.grade(form)) is passes
    print(f"mlp, seed {seed}: {len(wrong)} mistakes, {len(right)} right forms\n")
    print(f"{'criterion':<62} {'wrong accepted':>15} {'right rejected':>15}")
    for title in [*(title for title, _ in CRITERIA), "grade"]:
        print(f"{title:<62} {accepted[title]:>15} {rejected[title]:>15}")


def sweep(seeds: int, first: int) -> int:
    """Grade both catalogues at random seeds, batch sizes and hidden sizes; print whatever goes wrong."""
    exercise, sandbox = load_exercise("mlp"), UnlockedSandbox()
    right, wrong = right_forms(exercise), wrong_forms(exercise)
    problems: list[str] = []
    for settings in draw(seeds, first):
        verification = Verification(exercise, sandbox, settings)  # type: ignore[arg-type]
        found = [p for form in right for p in verification.rejected(form)]
        found += [p for form in wrong for p in verification.accepted(form)]
        problems += found
        print(
            f"seed {settings.seed} n={settings.batch_size} hidden {settings.hidden_seed}: {len(found)} problems",
            flush=True,
        )
        for problem in found:
            print("   ", problem)
    print(f"{seeds} seeds x ({len(right)} right forms, {len(wrong)} mistakes): {len(problems)} problems")
    return len(problems)


def draw(seeds: int, first: int) -> Iterator[Settings]:
    """Settings at random: seed, batch size of the given case, hidden sizes of the others."""
    for number in range(first, first + seeds):
        rng = random.Random(number)
        yield Settings(seed=rng.getrandbits(31), batch_size=rng.randint(5, 64), hidden_seed=rng.getrandbits(31))


def main(arguments: list[str] | None = None) -> Any:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["table", "sweep"])
    parser.add_argument("--seed", type=int, default=LECTURE_SEED, help="of the table's minibatch")
    parser.add_argument("--seeds", type=int, default=100, help="how many the sweep draws")
    parser.add_argument("--first", type=int, default=0, help="number of the sweep's first draw")
    options = parser.parse_args(arguments)
    if options.what == "table":
        table(options.seed)
    else:
        sys.exit(1 if sweep(options.seeds, options.first) else 0)


if __name__ == "__main__":
    main()
