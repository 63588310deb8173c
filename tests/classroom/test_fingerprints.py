"""Similarity: shared rare traits come before similar text, which is measured relative to the class."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from classroom import hand_in, zipped
from lent import Shared

from grader.classroom.fingerprints import NothingToCompare, Text, code_of, compare, reduced, wrong_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from click.testing import Result

    from grader.sandbox.client import Sandbox

HERE = Path(__file__).resolve().parents[1]
STUBS = (HERE.parent / "exercises" / "mlp" / "backward.py").read_text(encoding="utf-8")
SOLUTION = (HERE.parent / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
ODD = """
def blorp_helper(x):
    return x.sum(0, keepdim=True)  # my dog could do this one

def dbnbias(dhpreact):
    return blorp_helper(dhpreact)
"""


def texts(*sources: str) -> list[Text]:
    """A reduced class."""
    known = ("dlogits", "h", "torch")
    return [reduced(f"s{at}", source, STUBS, known) for at, source in enumerate(sources)]


def variants(count: int) -> list[str]:
    """Independent solutions: the same formulas with other orders of factors and other local names."""
    return [SOLUTION.replace("return", f"local{at} = 0\n    return") + f"\nv{at} = {at}\n" for at in range(count)]


def test_two_that_share_rare_traits_come_first() -> None:
    """A helper's name, a comment or an odd formula, not the similarity that everybody shares."""
    people = variants(12)
    people[3] += ODD
    people[7] += ODD
    first = compare(texts(*people))[0]
    assert (first.first, first.second) == ("s3", "s7")
    assert "the name blorp_helper" in first.traits
    assert any(trait.startswith("the comment my dog could do") for trait in first.traits)


def test_a_naturally_similar_class_gives_no_pairs() -> None:
    """One-line gradients look alike: without a rare trait nobody stands out."""
    assert compare(texts(*[SOLUTION] * 10))[:1] == [] or compare(texts(*[SOLUTION] * 10))[0].weight == 0


def test_given_code_is_ignored() -> None:
    """Two untouched stubs share nothing."""
    given = texts(STUBS, STUBS)
    assert given[0].words == ()
    assert all(pair.similarity == 0 for pair in compare(given))


def test_equal_wrong_answers_are_a_trait() -> None:
    """If equal to the last digit; they come from the reports."""
    entry = json.loads((HERE / "data" / "half.json").read_text(encoding="utf-8"))["grader"]["submissions"][0]
    answers = list(wrong_answers(entry))
    assert "dcounts: maxdiff 0.005328639876097441" in answers
    people = [reduced(f"s{at}", f"x{at} = 1", "", (), answers if at < 2 else ()) for at in range(6)]
    assert "the same wrong dcounts: maxdiff 0.005328639876097441" in compare(people)[0].traits


def notebook(*cells: str) -> str:
    """A notebook with a cell of prose, which must not be compared."""
    code = [{"cell_type": "code", "source": [cell]} for cell in cells]
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": ["dprose = 1"]}, *code]})


def refuses() -> Sandbox:
    """Fail if a sandbox is started although none is needed."""
    raise AssertionError("a sandbox was asked for")


ODD_HELPER = "def blorp_helper(x):\n    return x.sum(0, keepdim=True)  # my dog could do this one\n"
ODD_ONE = f"{ODD_HELPER}\n\ndef dbnbias(dhpreact):\n    return blorp_helper(dhpreact)\n"
FLAT = "dlogits = probs.clone()  # half of it, at least\ndh = dlogits @ W2.T\n"


class TestTheTextOfASubmission:
    """A trusted process sees only text, never a parsed tree."""

    def test_is_a_python_file_unchanged(self) -> None:
        """No child is started."""
        assert code_of({"backward.py": ODD_ONE.encode()}, refuses) == ODD_ONE

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_is_read_in_any_encoding(self, encoding: str) -> None:
        """Editors on Windows write both encodings."""
        assert code_of({"backward.py": ODD_ONE.encode(encoding)}, refuses) == ODD_ONE

    @pytest.mark.parametrize("path", ["backward.py", "hw4/backward.py", "a/b/c/Backward.PY", "hw4\\backward.py"])
    def test_comes_out_of_a_zip_from_any_depth(self, sandbox: Sandbox, path: str) -> None:
        """Byte for byte the same as without the zip; other files in the zip are not compared."""
        packed = zipped({path: ODD_ONE, "hw4/forward.py": "x = 1", "__MACOSX/hw4/._backward.py": b"\0\5"})
        assert code_of({"frank.zip": packed}, lambda: sandbox) == ODD_ONE

    def test_comes_out_of_a_zip_under_a_name_too_long_to_be_shown(self, sandbox: Sandbox) -> None:
        """A name cannot avoid comparison."""
        packed = zipped({f"{'x' * 120}/backward.py": ODD_ONE})
        assert code_of({"frank.zip": packed}, lambda: sandbox) == ODD_ONE

    def test_comes_out_of_a_zip_even_if_it_is_broken_python(self, sandbox: Sandbox) -> None:
        """Half a line can be copied, too."""
        packed = zipped({"backward.py": f"{ODD_ONE}def dh(:"})
        assert "blorp_helper" in code_of({"frank.zip": packed}, lambda: sandbox)

    def test_is_in_an_archive_that_was_packed_twice(self, sandbox: Sandbox) -> None:
        """Nobody avoids the comparison by that."""
        packed = zipped({"inner.zip": zipped({"backward.py": ODD_ONE})})
        assert "blorp_helper" in code_of({"x.zip": packed}, lambda: sandbox)

    def test_is_the_gradients_of_a_notebook_and_what_they_use(self, sandbox: Sandbox) -> None:
        """In a zip or not; prose and plots are left out."""
        book = notebook(ODD_HELPER, "import torch\nplot = 3", ODD_ONE.removeprefix(ODD_HELPER)).encode()
        plain = code_of({"x.ipynb": book}, lambda: sandbox)
        assert "# my dog could do this one" in plain
        assert "def dbnbias(dhpreact)" in plain
        assert "plot" not in plain
        assert "dprose" not in plain
        assert code_of({"x.zip": zipped({"hw/x.ipynb": book})}, lambda: sandbox) == plain

    def test_of_flat_lines_is_the_same_in_a_file_and_in_a_notebook(self, sandbox: Sandbox) -> None:
        """Lines outside functions, as in the lecture."""
        book = code_of({"x.ipynb": notebook(FLAT).encode()}, lambda: sandbox)
        assert "half of it, at least" in book
        assert code_of({"backward.py": FLAT.encode()}, lambda: sandbox) == book

    @pytest.mark.parametrize(
        ("files", "reason"),
        [
            ({"x.zip": b"PK\3\4 cut off"}, "x.zip: not a readable zip archive"),
            ({"x.zip": zipped({"essay.docx": "x"})}, "no Python file or notebook was found; expected backward.py"),
            ({"x.ipynb": b"[" * 99}, "x.ipynb: not a valid notebook"),
            ({"x.ipynb": notebook("import torch\nprint(3)").encode()}, "x.ipynb: no gradient found; "),
            ({"backward.py": b"\n"}, "backward.py: no gradient found; "),
        ],
    )
    def test_is_missing_for_a_reason(self, sandbox: Sandbox, files: Mapping[str, bytes], reason: str) -> None:
        """The child's reason, or that it found no gradient."""
        with pytest.raises(NothingToCompare) as told:
            code_of(files, lambda: sandbox)
        assert str(told.value).startswith(reason)


def test_hostile_text_is_split_quickly() -> None:
    """Every pattern is linear: a quarter of a megabyte takes well under two seconds."""
    started = time.perf_counter()
    for text in ("#" * 250_000, "def d" * 50_000, "a=" * 125_000, "(" * 250_000, " " * 250_000 + "x", "\n" * 250_000):
        reduced("evil", text, "", ())
    assert time.perf_counter() - started < 10


@pytest.fixture
def similarity(
    grade: Callable[..., Result], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run `grade similarity` for the mlp, with the session's sandbox."""
    monkeypatch.setattr("grader.sandbox.client.Sandbox", lambda **_: Shared(sandbox))
    return lambda source, *words: grade("similarity", source, "--exercise", "mlp", *words)


def pairs_of(result: Result) -> dict[tuple[str, str], str]:
    """Pair of names -> similarity, from the table."""
    assert result.exit_code == 0, result.output
    return {(row["first"], row["second"]): row["similarity"] for row in csv.DictReader(io.StringIO(result.stdout))}


def test_writes_a_table_and_says_what_it_is(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """A reason to look, never a verdict; names equal those of `grade batch` and are not formulas."""
    people = {f"p{at}/backward.py": source + (ODD if at in (0, 4) else "") for at, source in enumerate(variants(6))}
    hand_in(tmp_path / "class", {"=cmd/backward.py": people.pop("p0/backward.py"), **people})
    result = similarity("class")
    first = next(iter(pairs_of(result)))
    assert first[0].startswith("_cmd~")
    assert first[1] == "p4"
    assert "of 6 submissions: a reason to look, never a verdict" in result.stderr


def test_a_zip_is_compared_with_a_folder(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """The same bytes are equal, however they were packed."""
    hand_in(tmp_path / "class", {"alice/backward.py": SOLUTION, "frank.zip": zipped({"hw/backward.py": SOLUTION})})
    result = similarity("class")
    assert pairs_of(result) == {("alice", "frank"): "1.000"}
    assert "1 pair of 2 submissions: " in result.stderr


def test_a_notebook_is_compared_with_a_file(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """The same functions, apart from blank lines between cells."""
    hand_in(tmp_path / "class", {"alice/backward.py": SOLUTION, "nora.ipynb": notebook(SOLUTION)})
    assert float(pairs_of(similarity("class"))["alice", "nora"]) > 0.95


def test_a_download_is_read_as_batch_reads_it(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """Canvas' file names identify people, and a class may come as one zip file."""
    files = {
        "doejohn_4711_88123_backward.py": SOLUTION,
        "roejane_LATE_4712_88124_hw.zip": zipped({"backward.py": SOLUTION}),
    }
    hand_in(tmp_path / "class", files)
    hand_in(tmp_path, {"class.zip": zipped(files)})
    expected = {("doejohn_4711", "roejane_4712"): "1.000"}
    assert pairs_of(similarity("class")) == expected
    assert pairs_of(similarity("class.zip")) == expected


def test_a_group_does_not_copy_from_itself(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """Gradescope lists every group member; the group counts once."""
    people = "  :submitters:\n  - :name: Ann\n    :sid: '1'\n  - :name: Bob\n    :sid: '2'\n"
    other = SOLUTION.replace("return", "local = 0\n    return")
    hand_in(
        tmp_path / "class",
        {
            "submission_metadata.yml": f"---\nsubmission_11:\n{people}",
            "submission_11/backward.py": SOLUTION,
            "submission_12/backward.py": other,
        },
    )
    assert " of 2 submissions: " in similarity("class").stderr


def test_submissions_that_cannot_be_compared_are_named(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """With the reason, and they are counted."""
    files = {"ann.py": SOLUTION, "bob.zip": b"PK", "cleo.ipynb": "{", "dan": None, "eve\x1b/essay\x1b[2J.docx": "x"}
    hand_in(tmp_path / "class", files)
    result = similarity("class")
    assert result.exit_code == 0, result.output
    left = [line for line in result.stderr.splitlines() if line.startswith("left out: ")]
    assert [line.split(": ")[1].partition("~")[0] for line in left] == ["bob", "cleo", "dan", "eve_"]
    assert "bob.zip: not a readable zip archive" in left[0]
    assert "cleo.ipynb: not a valid notebook" in left[1]
    assert left[2] == "left out: dan: the folder is empty: nothing was handed in"
    assert "essay?[2J.docx: not a .py, .ipynb, .zip or .md file" in left[3]
    assert "0 pairs of 1 submission (4 left out): a reason to look, never a verdict" in result.stderr


def test_a_class_with_nothing_to_compare_is_one_sentence(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """An empty table would look like a clean result."""
    hand_in(tmp_path / "class", {"bob.zip": b"PK"})
    result = similarity("class", "-o", "table.csv")
    assert result.exit_code == 4
    assert "left out: bob: " in result.stderr
    assert "no submission in class can be compared; the reasons are listed above" in result.stderr
    assert not (tmp_path / "table.csv").exists()


def test_an_empty_folder_is_one_sentence(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """The same as from `grade batch`."""
    (tmp_path / "class").mkdir()
    result = similarity("class")
    assert result.exit_code == 4
    said = " ".join(result.stderr.split())
    assert "no submissions in class: expected a folder for each student, or files named after" in said


def test_a_broken_archive_is_one_sentence(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """And not an internal error."""
    hand_in(tmp_path, {"class.zip": b"PK"})
    result = similarity("class.zip")
    assert result.exit_code == 4
    assert "class.zip: not a readable zip archive" in result.stderr


def test_the_results_folder_is_not_a_submission(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """Even if it is among them."""
    report = (HERE / "data" / "half.json").read_text(encoding="utf-8")
    hand_in(tmp_path / "class", {"ann.py": SOLUTION, "bob.py": SOLUTION, "grades/reports/ann.json": report})
    result = similarity("class", "--class", "class/grades")
    assert "left out" not in result.stderr, result.stderr


def test_an_unknown_exercise_is_one_sentence(grade: Callable[..., Result], tmp_path: Path) -> None:
    """Exit code 4."""
    result = grade("similarity", ".", "--exercise", "mpl")
    assert result.exit_code == 4
    assert "Did you mean mlp?" in result.stderr


@pytest.mark.slow
def test_two_thousand_take_less_than_a_minute() -> None:
    """Only pairs that share a rare trait are compared, not all two million."""
    started = time.perf_counter()
    people = texts(*[text + (ODD if at in (10, 1500) else "") for at, text in enumerate(variants(2000))])
    pairs = compare(people)
    assert (pairs[0].first, pairs[0].second) == ("s10", "s1500")
    assert time.perf_counter() - started < 60
