"""What the torch of this interpreter makes of the worked solutions, the catalogues and the hostile corpus.

`versions.py` asks this in an environment of each release, which need not have what the tests need.
"""

from __future__ import annotations

import os
import random
import socket
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measurement import ROOT, machine, version_of

from grader.sandbox.numerics import pin_environment, pin_torch

pin_environment()
pin_torch()

from grader.authoring.verification import Verification
from grader.exercise.case import build_cases
from grader.exercise.catalogue import right_forms, solution_file, wrong_forms
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import read_submission
from grader.sandbox.client import Sandbox, started
from grader.sandbox.limits import Level
from grader.verdict.evidence import Verdict
from tests.hostile.attacks import attacks
from tests.hostile.targets import SECRET, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.hostile.attacks import Attack

COUNTS = ("correct", "exact", "same bits", "right accepted", "wrong rejected", "attacks contained")
OTHER = "another submission"


class Tally:
    """How many of each kind are as they should be, of how many, and a sentence for each that is not."""

    def __init__(self) -> None:
        self.counts = {name: [0, 0] for name in COUNTS}
        self.problems: list[str] = []
        self.inexact: dict[str, list[str]] = {}
        self.other_bits: list[str] = []

    def add(self, what: str, good: Iterable[bool]) -> None:
        """Count these."""
        for each in good:
            self.counts[what][0] += each
            self.counts[what][1] += 1

    def solution(self, name: str, sandbox: Sandbox) -> None:
        """The worked solution, and whether the reference gradients have the bits that were measured."""
        exercise = load_exercise(name, ROOT / "exercises")
        cases = build_cases(exercise, LECTURE_SEED)
        rows = list(start_grading(exercise, read_submission(solution_file(exercise)), sandbox, cases=cases).rows())
        self.add("correct", [row.correct for row in rows])
        self.add("exact", [row.verdict is Verdict.EXACT for row in rows])
        self.add("same bits", [cases.reference_hash == exercise.settings.exact_reference])
        self.problems += [f"{name}: {row.name} is {row.verdict}: {row.problem}" for row in rows if not row.correct]
        self.inexact |= {name: found} if (found := [r.name for r in rows if r.verdict is not Verdict.EXACT]) else {}
        self.other_bits += [name] if cases.reference_hash != exercise.settings.exact_reference else []

    def catalogues(self, name: str, sandbox: Sandbox, size: int) -> None:
        """A sample of each catalogue, the same one everywhere."""
        verification = Verification(load_exercise(name, ROOT / "exercises"), sandbox)
        for what, forms, asked in (
            ("right accepted", right_forms(verification.exercise), verification.rejected),
            ("wrong rejected", wrong_forms(verification.exercise), verification.accepted),
        ):
            for form in random.Random(name).sample(forms, min(size, len(forms))):
                problems = [f"{name}: {problem}" for problem in asked([form])]
                self.add(what, [not problems])
                self.problems += problems

    def attack(self, place: Range, attack: Attack) -> None:
        """Whether an attack gets its verdicts, and changes nothing."""
        rules = place.way == "with rules"
        rows = place.grade(attack.submission(place.solution, place.places()))
        problems = [f"{name} is {found}" for name, found in attack.surprises(rows, rules=rules).items()]
        problems += ["the next submission is graded differently"] if place.grade_honestly() != place.honest else []
        problems += ["it left traces"] if _traces(place) else []
        self.add("attacks contained", [not problems])
        self.problems += [f"{attack.name}, {place.way}: {problem}" for problem in problems]


def measure(exercises: list[str], forms: int, attacks_per_folder: int) -> dict[str, Any]:
    """One row of the table, and what its numbers stand for."""
    tally, said = Tally(), []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_, **__: said.append(str(message))
        with started(timeout=2.0, submission_timeout=30.0) as sandbox:
            isolation = sandbox.isolation
            for name in exercises:
                print(name, end=" ", file=sys.stderr, flush=True)
                tally.solution(name, sandbox)
                tally.catalogues(name, sandbox, forms)
        if isolation.level is Level.LOCKED:
            for way in ("with rules", "without rules"):
                print(f"attacks {way}", end=" ", file=sys.stderr, flush=True)
                with _place(way) as place:
                    for attack in core(attacks_per_folder):
                        tally.attack(place, attack)
    print(file=sys.stderr)
    return {
        "machine": machine(), "numpy": version_of("numpy"), "isolation": isolation.level.name.lower(),
        "missing locks": list(isolation.missing), "warnings": list(dict.fromkeys(said)), **vars(tally),
    }  # fmt: skip


def core(size: int) -> list[Attack]:
    """So many attacks of each folder of the corpus, evenly spaced."""
    folders: dict[Path, list[Attack]] = {}
    for attack in attacks():
        folders.setdefault(attack.path.parent, []).append(attack)
    return [found[at * len(found) // size] for found in folders.values() for at in range(min(size, len(found)))]


@contextmanager
def _place(way: str) -> Iterator[Range]:
    """A sandbox with targets around it."""
    os.environ["GRADER_TEST_TOKEN"] = SECRET
    exercise = load_exercise("mlp", ROOT / "exercises")
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
        Sandbox(timeout=2.0, submission_timeout=20.0, rules=way == "with rules") as sandbox,
    ):
        listener.setblocking(False)
        target = Path(folder)
        (target / "other.py").write_text(OTHER, encoding="utf-8")
        solution = solution_file(exercise).read_text(encoding="utf-8")
        yield Range(sandbox, exercise, build_cases(exercise, LECTURE_SEED), solution, target, listener, way)


def _traces(place: Range) -> bool:
    """Whether a file was made or changed, or the network reached."""
    if {path.name: path.read_bytes() for path in place.target.iterdir()} != {"other.py": OTHER.encode()}:
        return True
    try:
        place.listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True
