"""What the rule buys: the mlp's catalogues under the usual criteria and under ours, every catalogue under many seeds.

    python benchmarks/verdicts.py table                 the criteria side by side
    python benchmarks/verdicts.py sweep --seeds 20      all catalogues at the desk and under hidden seeds: what scores
                                                        wrongly, and which verdicts vary with the seed

Nothing is timed here; the forms are the project's own and run without a sandbox.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

from measurement import Parser

from grader.sandbox.numerics import pin_environment, pin_torch

pin_environment()
pin_torch()

import torch
from seeded import SeededGrading, place
from unlocked import UnlockedSandbox

from grader.authoring.verification import Verification
from grader.exercise.case import build_cases, pool_values
from grader.exercise.catalogue import Form, right_forms, wrong_forms
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.exercise.shelf import list_exercises, load_exercise
from grader.sandbox.types import Question
from grader.verdict.evidence import tensor_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from measurement import Measurement

    from grader.exercise.case import Case, Cases

PARTS = ("table", "sweep")
QUICK = ["linear_relu"]
"""The exercises of the quick form's sweep."""
QUICK_SHARE = 25
"""Of so many forms the quick form's table looks at one."""
_CHUNKS = 4
"""How an exercise's forms are dealt out to processes."""


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


def table(seed: int, share: int, measured: Measurement) -> None:
    """Print how many mistakes each criterion accepts and how many right forms it rejects."""
    exercise, sandbox = load_exercise("mlp"), UnlockedSandbox()
    cases = build_cases(exercise, seed)
    verification = Verification(exercise, sandbox, Settings(seed=seed, explained=False))  # type: ignore[arg-type]
    right, wrong = (list(forms)[::share] for forms in (right_forms(exercise), wrong_forms(exercise)))
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
        measured.figure(f"{title}: wrong accepted", 100 * accepted[title] / len(wrong), "%")
        measured.figure(f"{title}: right rejected", 100 * rejected[title] / len(right), "%")


@dataclass(frozen=True)
class Swept:
    """One form, and what each of its rows came to: at the desk, then under each hidden seed."""

    name: str
    right: bool
    rows: dict[str, tuple[tuple[bool, str], ...]]
    """By gradient: whether it is correct, and the verdict's word."""

    @property
    def problems(self) -> list[str]:
        """Where a right form was rejected, or a mistake accepted in all of its gradients."""
        seeds = [all(correct for correct, _ in found) for found in zip(*self.rows.values(), strict=True)]
        return [place(number) for number, accepted in enumerate(seeds) if accepted is not self.right]

    @property
    def varying(self) -> dict[str, str]:
        """The gradients whose verdict depends on the seed, and each seed's verdict."""
        return {
            gradient: ", ".join(f"{place(number)} {word}" for number, (_, word) in enumerate(found))
            for gradient, found in self.rows.items()
            if len(set(found)) > 1
        }


def sweep(names: list[str], seeds: int, first: int, jobs: int, measured: Measurement) -> int:
    """Grade both catalogues of every exercise at the desk and under hidden seeds; print what goes wrong or varies."""
    parts = [(name, part) for name in names for part in range(_CHUNKS)]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        swept = list(pool.map(sweep_part, *zip(*parts, strict=True), [seeds] * len(parts), [first] * len(parts)))
    count = bad = varied = 0
    for name in names:
        forms = [form for (each, _), found in zip(parts, swept, strict=True) if each == name for form in found]
        problems = [f"problem: {form.name}: {', '.join(form.problems)}" for form in forms if form.problems]
        varying = [f"varies: {form.name} {row}: {told}" for form in forms for row, told in form.varying.items()]
        print(f"{name}: {len(forms)} forms, {len(problems)} with problems, {len(varying)} rows vary", flush=True)
        print("".join(f"    {line}\n" for line in problems + varying), end="")
        count, bad, varied = count + len(forms), bad + len(problems), varied + len(varying)
    print(f"desk and {seeds} hidden seeds: {bad} forms with problems, {varied} rows whose verdict varies")
    measured.figure("forms", count, "forms")
    measured.figure("forms that score wrongly", bad, "forms")
    measured.figure("rows whose verdict varies", varied, "rows")
    return bad + varied


def sweep_part(name: str, part: int, seeds: int, first: int) -> list[Swept]:
    """Every so manieth form of an exercise's catalogues, in a process of its own."""
    warnings.simplefilter("ignore")
    exercise = load_exercise(name)
    grading = SeededGrading(exercise, UnlockedSandbox())
    numbers = [0, *range(first + 1, first + seeds + 1)]
    forms = [*right_forms(exercise), *wrong_forms(exercise)][part::_CHUNKS]
    return [swept(form, grading, numbers, name) for form in forms]


def swept(form: Form, grading: SeededGrading, numbers: list[int], name: str) -> Swept:
    """Grade one form under every seed."""
    rows: dict[str, list[tuple[bool, str]]] = {}
    for number in numbers:
        for row in grading.rows(form, number):
            rows.setdefault(row.name, []).append((row.correct, str(row.verdict)))
    kind = "right" if form.kind is None else "wrong"
    told = {gradient: tuple(found) for gradient, found in rows.items()}
    return Swept(f"{name}/{kind}/{form.place} ({form.note})", form.kind is None, told)


def without_layers() -> list[str]:
    """All exercises but layers, whose functions the sandbox of this benchmark does not call with a cache."""
    return [name for name in list_exercises() if load_exercise(name).kind != "layer"]


def main() -> None:
    parser = Parser(__doc__, PARTS)
    parser.add_argument("--seed", type=int, default=LECTURE_SEED, help="of the table's minibatch")
    parser.add_argument("--exercise", nargs="+", metavar="NAME", help="of the sweep (default: all)")
    parser.add_amount("--seeds", full=20, quick=1, what="hidden seeds of the sweep, besides the desk")
    parser.add_argument("--first", type=int, default=0, help="the sweep's hidden seeds begin after this one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="the sweep's processes")
    options, measured = parser.begin()
    names = options.exercise or (QUICK if options.quick else without_layers())
    if options.part == "table":
        table(options.seed, QUICK_SHARE if options.quick else 1, measured)
        faults = 0
    else:
        faults = sweep(names, options.seeds, options.first, options.jobs, measured)
    measured.end()
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
