"""Similarity: rare things that two people share come before likeness of text, which is measured against the class."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.similarity import Text, compare, reduced, text_of, wrong_answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

HERE = Path(__file__).resolve().parent
STUBS = (HERE.parent / "exercises" / "mlp" / "backward.py").read_text(encoding="utf-8")
SOLUTION = (HERE.parent / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
ODD = """
def blorp_helper(x):
    return x.sum(0, keepdim=True)  # my dog could do this one

def dbnbias(dhpreact):
    return blorp_helper(dhpreact)
"""


def texts(*sources: str) -> list[Text]:
    """A class, reduced."""
    known = ("dlogits", "h", "torch")
    return [reduced(f"s{at}", source, STUBS, known) for at, source in enumerate(sources)]


def variants(count: int) -> list[str]:
    """People who solved it alone: the same formulas in another order of factors, other local names."""
    return [SOLUTION.replace("return", f"local{at} = 0\n    return") + f"\nv{at} = {at}\n" for at in range(count)]


def test_two_that_share_rare_things_come_first() -> None:
    """A helper's name, a comment, an odd formulation; not the likeness that everybody has."""
    people = variants(12)
    people[3] += ODD
    people[7] += ODD
    first = compare(texts(*people))[0]
    assert (first.first, first.second) == ("s3", "s7")
    assert "the name blorp_helper" in first.traits
    assert any(trait.startswith("the comment my dog could do") for trait in first.traits)


def test_a_class_that_is_alike_by_nature_gives_no_pairs() -> None:
    """One-line gradients are the same everywhere: without a rare trait nobody stands out."""
    assert compare(texts(*[SOLUTION] * 10))[:1] == [] or compare(texts(*[SOLUTION] * 10))[0].weight == 0


def test_given_code_counts_for_nothing() -> None:
    """Two untouched stubs share nothing."""
    given = texts(STUBS, STUBS)
    assert given[0].words == ()
    assert all(pair.similarity == 0 for pair in compare(given))


def test_equal_wrong_answers_are_a_trait() -> None:
    """To the last digit, from the reports."""
    entry = json.loads((HERE / "data" / "half.json").read_text(encoding="utf-8"))["grader"]["submissions"][0]
    answers = list(wrong_answers(entry))
    assert "dcounts: maxdiff 0.005328639876097441" in answers
    people = [reduced(f"s{at}", f"x{at} = 1", "", (), answers if at < 2 else ()) for at in range(6)]
    assert "the same wrong dcounts: maxdiff 0.005328639876097441" in compare(people)[0].traits


def test_cells_of_a_notebook_are_code() -> None:
    """Prose and outputs are not; a broken notebook is nothing."""
    notebook = {"cells": [{"cell_type": "code", "source": ["a = 1\n"]}, {"cell_type": "markdown", "source": "b"}, 3]}
    assert text_of({"x.ipynb": json.dumps(notebook).encode(), "y.ipynb": b"[" * 9, "z.py": b"c"}) == "a = 1\n\nc"


def test_hostile_text_takes_no_time() -> None:
    """Every pattern is linear: a quarter of a megabyte of anything is cut in well under a second or two."""
    started = time.perf_counter()
    for text in ("#" * 250_000, "def d" * 50_000, "a=" * 125_000, "(" * 250_000, " " * 250_000 + "x", "\n" * 250_000):
        reduced("evil", text, "", ())
    assert time.perf_counter() - started < 10


def test_writes_a_table_and_says_what_it_is(grade: Callable[..., Result], tmp_path: Path) -> None:
    """A reason to look, never a verdict; names are guarded against formulas."""
    for at, source in enumerate(variants(6)):
        name = "=cmd" if at == 0 else f"p{at}"
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "backward.py").write_text(source + (ODD if at in (0, 4) else ""))
    result = grade("similarity", "class", "--exercise", "mlp")
    assert result.exit_code == 0, result.output
    row = next(csv.DictReader(io.StringIO(result.stdout)))
    assert (row["first"], row["second"]) == ("'=cmd", "p4")
    assert "of 6 submissions: a reason to look, never a verdict" in result.stderr


def test_an_unknown_exercise_is_a_sentence(grade: Callable[..., Result], tmp_path: Path) -> None:
    """Exit code 4."""
    result = grade("similarity", ".", "--exercise", "mpl")
    assert result.exit_code == 4
    assert "Did you mean mlp?" in result.stderr


@pytest.mark.slow
def test_two_thousand_take_less_than_a_minute() -> None:
    """Where a rare trait points, not all two million pairs."""
    started = time.perf_counter()
    people = texts(*[text + (ODD if at in (10, 1500) else "") for at, text in enumerate(variants(2000))])
    pairs = compare(people)
    assert (pairs[0].first, pairs[0].second) == ("s10", "s1500")
    assert time.perf_counter() - started < 60
