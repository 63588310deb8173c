"""Whether `exact` means the same on another machine: one digest per CPU, natively and emulated.

    python benchmarks/machines.py                 this machine, then every emulated CPU (needs qemu-x86_64)

The digest holds the hash of the reference gradients and the exact verdicts of the worked solution and of ten forms
whose bits depend on the data. The project's own code runs, without a sandbox: an emulated kernel has no locks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measurement import Parser

CPUS = ("Nehalem", "SandyBridge", "Haswell", "EPYC-Rome", "max")
SEEDS = range(1, 25)
SMALLEST = 20
FORMS = 10
NUMPY_STARTS = {"OPENBLAS_CORETYPE": "Nehalem"}
"""numpy's OpenBLAS may mistake an emulated CPU for one with AVX2 and end there; no figure here comes from numpy."""
QUICK = ("this CPU", "AVX2 kernels asked for")
"""The conditions of the quick form."""


def digest(places: list[str]) -> dict[str, Any]:
    """What this process computes: hash of the references, the solution's score, the exact column of these forms."""
    from grader.sandbox.numerics import pin_environment, pin_torch

    pin_environment()
    numerics = pin_torch()
    from unlocked import UnlockedSandbox

    from grader.exercise.case import build_cases
    from grader.exercise.catalogue import solution_file
    from grader.exercise.settings import LECTURE_SEED
    from grader.exercise.shelf import load_exercise
    from grader.grading.grading import start_grading
    from grader.grading.submission import read_submission

    exercise = load_exercise("mlp")
    cases = build_cases(exercise, LECTURE_SEED)
    submission = read_submission(solution_file(exercise))
    solution = start_grading(exercise, submission, UnlockedSandbox(), cases=cases).document()  # type: ignore[arg-type]
    return {
        "reference_hash": solution["reference_hash"],
        "solution": solution["score"],
        "forms": exact_columns(places),
        "cpu_capability": numerics.cpu_capability,
    }


def exact_columns(places: list[str] | None = None) -> dict[str, str]:
    """Of the forms at these places, or of all: for each seed, whether the float32 gradient is exact (x) or not (.)."""
    from unlocked import UnlockedSandbox

    from grader.exercise.case import Case
    from grader.exercise.catalogue import right_forms
    from grader.exercise.shelf import load_exercise
    from grader.sandbox.types import Question
    from grader.verdict.evidence import tensor_of
    from grader.verdict.judge import lecture_columns

    exercise, sandbox = load_exercise("mlp"), UnlockedSandbox()
    cases = [Case(exercise, seed, {"n": SMALLEST + seed}) for seed in SEEDS]
    found = {}
    for form in right_forms(exercise):
        if len(form.gradients) > 1 or (places is not None and form.place not in places):
            continue
        (name,) = form.gradients
        session = sandbox.open(form.files, exercise.rules)
        session.load()
        names = [parameter.name for parameter in session.reading.functions[name].parameters]
        marks = []
        for case in cases:
            given = {n: case.values[n] if n in case.values else case.reference[n[1:]] for n in names}
            (outcome,) = session.ask([Question(name, given=given)])
            marks.append("x" if lecture_columns(tensor_of(outcome), case.reference[name[1:]]).exact else ".")
        found[form.place] = "".join(marks)
    return found


def data_dependent() -> list[str]:
    """Ten forms that are exact at some seeds and not at others, of as many variables as there are."""
    columns = [place for place, marks in exact_columns().items() if len(set(marks)) == 2]
    by_variable = {place.partition(".")[0]: place for place in columns}
    return [*by_variable.values(), *(place for place in columns if place not in by_variable.values())][:FORMS]


def digest_of(places: list[str], *launcher: str, **environment: str) -> dict[str, Any]:
    """The digest of another process: started by a launcher (an emulator), with more in its environment."""
    command = [*launcher, sys.executable, "-W", "ignore", str(Path(__file__)), "digest", *places]
    environment = {**os.environ, **NUMPY_STARTS, **environment}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def forms() -> list[str]:
    """The data-dependent forms of this machine, found in a process of its own: the pins have to precede torch."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__)), "forms"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def conditions() -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    """Every way to start the same computation that this machine has."""
    found: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
        "this CPU": ((), {}),
        "AVX2 kernels asked for": ((), {"ATEN_CPU_CAPABILITY": "avx2", "MKL_CBWR": "AVX2"}),
        "two threads asked for": ((), {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2", "OMP_THREAD_LIMIT": "8"}),
        "four threads asked for": ((), {"OMP_NUM_THREADS": "4", "MKL_NUM_THREADS": "4", "OMP_THREAD_LIMIT": "8"}),
    }
    emulator = shutil.which("qemu-x86_64")
    if emulator:
        found |= {f"emulated {cpu}": ((emulator, "-cpu", cpu), {}) for cpu in CPUS}
    return found


def main() -> None:
    """Print a line for each condition; exit 1 if two differ."""
    if sys.argv[1:2] == ["digest"]:
        print(json.dumps(digest(sys.argv[2:])))
        return
    if sys.argv[1:] == ["forms"]:
        from grader.sandbox.numerics import pin_environment, pin_torch

        pin_environment()
        pin_torch()
        print(json.dumps(data_dependent()))
        return
    options, measured = Parser(__doc__).begin()
    places = forms()
    compared = {name: how for name, how in conditions().items() if name in QUICK or not options.quick}
    digests = {name: digest_of(places, *launcher, **env) for name, (launcher, env) in compared.items()}
    for name, found in digests.items():
        print(f"{name:<24} references {found['reference_hash'][:12]}  solution {found['solution']['exact']}/26 exact")
    for place, marks in digests["this CPU"]["forms"].items():
        print(f"  {place:<24} exact at {marks}")
    different = sum(found != digests["this CPU"] for found in digests.values())
    print("NOT equal" if different else "all equal")
    if not shutil.which("qemu-x86_64"):
        print("qemu-x86_64 is not installed (Debian: qemu-user): no CPU was emulated")
    measured.figure("conditions", len(digests), "conditions")
    measured.figure("emulated CPUs among them", sum(name.startswith("emulated") for name in digests), "conditions")
    measured.figure("conditions with other bits", different, "conditions")
    measured.end()
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
