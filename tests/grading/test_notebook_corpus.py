"""Learners' notebooks are graded as PyTorch would grade them, however they are written."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from notebooks.corpus import CASES

from grader.exercise.case import build_cases
from grader.exercise.matching import matches as fitting
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import Shelf, load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from notebooks.corpus.book import Case, Want

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox

FEW_STEPS = 5
"""The loop is the same in every step; one case trains to the end."""
PAIRS = [(case, exercise) for case in CASES for exercise in case.wants]
OFTEN = 12
"""Every twelfth notebook is graded in every run of the tests, all of them with `-m slow`."""


@cache
def loaded(name: str, steps: int | None = None) -> tuple[Exercise, Cases]:
    """An exercise and its cases, built once; training may be cut short."""
    exercise = load_exercise(name)
    if steps is not None:
        exercise.constants["STEPS"] = steps
    return exercise, build_cases(exercise, LECTURE_SEED)


def graded(case: Case, name: str, folder: Path, sandbox: Sandbox) -> dict[str, Any]:
    """The submission's entry in the report."""
    path = folder / case.file
    path.write_bytes(case.data)
    short = name == "training" and case.name != "complete"
    exercise, cases = loaded(name, FEW_STEPS if short else None)
    return start_grading(exercise, read_submission(path), sandbox, None, cases).document()


def faults(want: Want, entry: Mapping[str, Any]) -> Iterator[str]:
    """Every way in which a report is not what was wanted."""
    if entry["problem"] is not None:
        yield f"not read: {entry['problem']}"
    for row in entry["gradients"]:
        fair, verdict = want.verdict(row["name"]), row["verdict"]
        if verdict not in fair and not ("right" in fair and verdict in ("correct", "exact")):
            yield f"{row['name']}: {verdict} ({row['problem']}), not {' or '.join(sorted(fair))}"
    problems = {row["name"]: row["problem"] or "" for row in entry["gradients"]}
    notes = [*entry["notes"], *(note for row in entry["gradients"] for note in row["notes"])]
    said = "\n".join([*notes, *problems.values()])
    yield from (f"nothing says {pattern!r}: {notes}" for pattern in want.notes if not matches(pattern, said))
    yield from (f"something says {pattern!r}: {said}" for pattern in want.never if matches(pattern, said))


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is in a text, whatever the case."""
    return re.search(pattern, text, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    ("case", "exercise"),
    [
        pytest.param(*pair, id=f"{pair[0].name} - {pair[1]}", marks=[pytest.mark.slow] if number % OFTEN else [])
        for number, pair in enumerate(PAIRS)
    ],
)
def test_a_notebook_gives_what_pytorch_says(case: Case, exercise: str, tmp_path: Path, sandbox: Sandbox) -> None:
    """Each gradient has its verdict, and what must be said is said."""
    found = "\n".join(faults(case.wants[exercise], graded(case, exercise, tmp_path, sandbox)))
    assert not found, found


@pytest.mark.slow
@pytest.mark.parametrize(("case", "exercise"), PAIRS, ids=[f"{case.name} - {exercise}" for case, exercise in PAIRS])
def test_what_is_wanted_is_true(case: Case, exercise: str) -> None:
    """By running the cells, at the lecture's sizes and at others, and comparing with autograd."""
    from notebooks.corpus.truth import untrue

    assert not untrue(case, exercise)


def test_every_case_has_a_name_of_its_own() -> None:
    """There are many, of many kinds."""
    assert len({case.name for case in CASES}) == len(CASES) > 200


def test_the_names_of_gradients_are_those_of_the_exercise() -> None:
    """A typing mistake in what is wanted would let anything pass."""
    for case, name in PAIRS:
        assert set(case.wants[name].but) <= set(loaded(name)[0].gradients), case.name


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[pytest.mark.slow] if number % OFTEN else [])
        for number, case in enumerate(CASES)
    ],
)
def test_a_notebook_tells_its_exercises(case: Case, tmp_path: Path, sandbox: Sandbox) -> None:
    """Without `--exercise`, whatever the names; a starter in which nothing is begun, too."""
    path = tmp_path / case.file
    path.write_bytes(case.data)
    with sandbox.open(read_submission(path).files) as session:
        found = {match.exercise.name for match in fitting(path, session.reading.surveys, Shelf())}
    assert case.wants.keys() <= found
