"""Similarity: shared rare traits come before similar text, which is measured relative to the class."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from classroom import hand_in, zipped
from lent import Shared
from rapidfuzz.distance import Indel

from grader.classroom.similarity.code import Code, NothingToCompare, code_of
from grader.classroom.similarity.pairs import compare
from grader.classroom.similarity.shown import row, shown
from grader.classroom.similarity.traits import Text, reduced, wrong_answers
from grader.report.html.similarity_page import SimilarityRun, similarity_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from click.testing import Result

    from grader.classroom.intake.gathering import Class
    from grader.classroom.similarity.pairs import Pair
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


def texts(*sources: str, owners: Mapping[int, str] | None = None) -> list[Text]:
    """A reduced class."""
    known = ("dlogits", "h", "torch")
    people = owners or {}
    return [
        reduced(f"s{at}", Code("backward.py", source), STUBS, known, owner=people.get(at, ""))
        for at, source in enumerate(sources)
    ]


def sentences(pair: Pair) -> list[str]:
    """What a pair shares."""
    return [trait.sentence() for trait in pair.traits]


def variants(count: int) -> list[str]:
    """Independent solutions: the same formulas with other orders of factors and other local names."""
    return [SOLUTION.replace("return", f"local{at} = 0\n    return") + f"\nv{at} = {at}\n" for at in range(count)]


def test_two_that_share_rare_traits_come_first() -> None:
    """A helper's name, a comment or an odd formula, not the similarity that everybody shares."""
    people = variants(12)
    people[3] += ODD
    people[7] += ODD
    first = compare(texts(*people))[0]
    assert (first.first.name, first.second.name) == ("s3", "s7")
    assert sentences(first) == [
        "the comment “my dog could do this one”",
        "the name blorp_helper",
        "the same code in dbnbias",
    ]


def test_a_trait_is_shown_as_it_was_written(tmp_path: Path) -> None:
    """With its spaces and its line on both sides, although it was compared without spaces."""
    people = variants(12)
    people[3] += ODD
    people[7] += "\n\n" + ODD.replace("blorp_helper(dhpreact)", "blorp_helper( dhpreact )")
    pair = compare(texts(*people))[0]
    code = next(reason for reason in shown(pair).reasons if reason.sentence == "the same code in dbnbias")
    written = [["".join(text for text, _ in line.pieces) for line in side.lines] for side in code.sides]
    assert written == [
        ["def dbnbias(dhpreact):", "    return blorp_helper(dhpreact)"],
        ["def dbnbias(dhpreact):", "    return blorp_helper( dhpreact )"],
    ]
    for side, source in zip(code.sides, (people[3], people[7]), strict=True):
        line = source[: source.rindex("def dbnbias")].count("\n") + 1
        assert side.place == f"backward.py:{line}"
        assert side.lines[0].number == line
    name = next(reason for reason in shown(pair).reasons if reason.sentence == "the name blorp_helper")
    assert name.sides[0].lines[0].pieces == (("def ", False), ("blorp_helper", True), ("(x):", False))


def test_a_whole_file_shows_what_both_have() -> None:
    """Lines of a rare trait, other lines that are in both, and neither for given lines and lines of one's own."""
    people = variants(12)
    people[3] += ODD
    people[7] += ODD
    (file, _) = shown(compare(texts(*people))[0]).files
    marks = {"".join(text for text, _ in line.pieces).strip(): line.shared for line in file.lines}
    assert marks["def blorp_helper(x):"] == "trait"
    assert marks["return dlogprobs / probs"] == "equal"
    assert marks["local3 = 0"] == ""
    assert marks["import torch"] == ""


def test_code_from_a_notebook_has_its_cell_instead_of_numbers() -> None:
    """The numbers of the text that was put together are nobody's."""
    places = [Code("x.ipynb", text, assembled=True) for text in variants(12)]
    people = [reduced(f"s{at}", code, STUBS, ()) for at, code in enumerate([*places, places[3]])]
    told = shown(compare(people)[0])
    assert {line.number for reason in told.reasons for side in reason.sides for line in side.lines} == {0}
    assert told.files[0].place == "x.ipynb, put together"


def test_many_traits_are_named_by_kind() -> None:
    """Two equal files share dozens: a few with their code, the others in one phrase for each kind."""
    people = variants(12)
    people[7] = people[3]
    pair = compare(texts(*people))[0]
    told = shown(pair)
    assert len(told.reasons) == 6
    assert len(told.others) == 1
    assert told.others[0].startswith("the same code in dW1, dW2, ")
    assert row(pair)[5].endswith(f"; and {len(pair.traits) - 6} more")


def test_a_function_with_the_given_head_has_its_formula_compared() -> None:
    """Most keep the stub's `def` line, which is given; an odd body below it is theirs."""
    people = [SOLUTION] * 12
    for at in (2, 9):
        people[at] = people[at].replace("return dlogits @ W2.T", "return (W2 @ dlogits.T).T.clone()\nodd_one = 1")
    first = compare(texts(*people))[0]
    assert "the same code in dh" in sentences(first)


def test_attempts_of_one_person_are_never_a_pair() -> None:
    """And what only they have is not rare in two people's hands."""
    people = variants(12)
    for at in (3, 7, 8):
        people[at] += ODD
    both = compare(texts(*people, owners={3: "ann", 7: "ann"}))
    assert [(pair.first.name, pair.second.name) for pair in both] == [("s3", "s8"), ("s7", "s8")]
    assert all("the name blorp_helper" in sentences(pair) for pair in both)
    people[8] = variants(12)[8]
    assert compare(texts(*people, owners={3: "ann", 7: "ann"})) == []


def test_rarity_is_the_logarithm_that_the_page_explains() -> None:
    """A trait that 2 of 64 share counts 5, and traits add up."""
    people = [*[SOLUTION] * 62, *[SOLUTION + "\nfirst_odd = 1\nsecond_odd = 2\n"] * 2]
    pair = compare(texts(*people))[0]
    assert (pair.rarity, len(pair.traits)) == (10.0, 2)
    assert row(pair)[4] == "10.0"


def test_a_naturally_similar_class_gives_no_pairs() -> None:
    """One-line gradients look alike: without a rare trait nobody stands out."""
    assert all(pair.rarity == 0 for pair in compare(texts(*[SOLUTION] * 10)))
    assert compare(texts(*variants(30))) == []


def test_given_code_is_ignored() -> None:
    """Two untouched stubs share nothing."""
    given = texts(STUBS, STUBS)
    assert given[0].words == ()
    assert all(pair.similarity == 0 for pair in compare(given))


def test_equal_wrong_answers_are_a_trait() -> None:
    """If equal to the last digit; they come from the reports."""
    entry = json.loads((HERE / "data" / "half.json").read_text(encoding="utf-8"))["grader"]["submissions"][0]
    answers = list(wrong_answers(entry))
    assert ("dcounts", "maxdiff 0.005328639876097441") in answers
    people = [
        reduced(f"s{at}", Code("backward.py", f"x{at} = 1"), "", (), answers if at < 2 else ()) for at in range(6)
    ]
    assert "the same wrong dcounts: maxdiff 0.005328639876097441" in sentences(compare(people)[0])


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
        assert code_of({"backward.py": ODD_ONE.encode()}, refuses).text == ODD_ONE

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_is_read_in_any_encoding(self, encoding: str) -> None:
        """Editors on Windows write both encodings."""
        assert code_of({"backward.py": ODD_ONE.encode(encoding)}, refuses).text == ODD_ONE

    @pytest.mark.parametrize("path", ["backward.py", "hw4/backward.py", "a/b/c/Backward.PY", "hw4\\backward.py"])
    def test_comes_out_of_a_zip_from_any_depth(self, sandbox: Sandbox, path: str) -> None:
        """Byte for byte the same as without the zip; other files in the zip are not compared."""
        packed = zipped({path: ODD_ONE, "hw4/forward.py": "x = 1", "__MACOSX/hw4/._backward.py": b"\0\5"})
        assert code_of({"frank.zip": packed}, lambda: sandbox).text == ODD_ONE

    def test_comes_out_of_a_zip_under_a_name_too_long_to_be_shown(self, sandbox: Sandbox) -> None:
        """A name cannot avoid comparison."""
        packed = zipped({f"{'x' * 120}/backward.py": ODD_ONE})
        assert code_of({"frank.zip": packed}, lambda: sandbox).text == ODD_ONE

    def test_comes_out_of_a_zip_even_if_it_is_broken_python(self, sandbox: Sandbox) -> None:
        """Half a line can be copied, too."""
        packed = zipped({"backward.py": f"{ODD_ONE}def dh(:"})
        assert "blorp_helper" in code_of({"frank.zip": packed}, lambda: sandbox).text

    def test_is_in_an_archive_that_was_packed_twice(self, sandbox: Sandbox) -> None:
        """Nobody avoids the comparison by that."""
        packed = zipped({"inner.zip": zipped({"backward.py": ODD_ONE})})
        assert "blorp_helper" in code_of({"x.zip": packed}, lambda: sandbox).text

    def test_is_the_gradients_of_a_notebook_and_what_they_use(self, sandbox: Sandbox) -> None:
        """In a zip or not; prose and plots are left out."""
        book = notebook(ODD_HELPER, "import torch\nplot = 3", ODD_ONE.removeprefix(ODD_HELPER)).encode()
        plain = code_of({"x.ipynb": book}, lambda: sandbox).text
        assert "# my dog could do this one" in plain
        assert "def dbnbias(dhpreact)" in plain
        assert "plot" not in plain
        assert "dprose" not in plain
        assert code_of({"x.zip": zipped({"hw/x.ipynb": book})}, lambda: sandbox).text == plain

    def test_of_flat_lines_is_the_same_in_a_file_and_in_a_notebook(self, sandbox: Sandbox) -> None:
        """Lines outside functions, as in the lecture."""
        book = code_of({"x.ipynb": notebook(FLAT).encode()}, lambda: sandbox).text
        assert "half of it, at least" in book
        assert code_of({"backward.py": FLAT.encode()}, lambda: sandbox).text == book

    def test_knows_where_its_lines_are(self, sandbox: Sandbox) -> None:
        """In a file, in a cell of a notebook, and in flat lines; a helper's cell is not known, so its file is named."""
        assert code_of({"hw/backward.py": ODD_ONE.encode()}, refuses).place(6) == "hw/backward.py:6"
        book = code_of({"x.ipynb": notebook(ODD_HELPER, "plot = 3", f"\n\n{ODD_ONE}").encode()}, lambda: sandbox)
        head = book.text[: book.text.index("def dbnbias")].count("\n") + 1
        assert (book.place(head), book.place(head + 1)) == ("x.ipynb cell 3:7", "x.ipynb cell 3:8")
        assert book.place(1) == "x.ipynb"
        flat = code_of({"x.ipynb": notebook(FLAT).encode()}, lambda: sandbox)
        assert flat.place(flat.text[: flat.text.index("dh = ")].count("\n") + 1) == "x.ipynb cell 1:2"

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
        reduced("evil", Code("backward.py", text), "", ())
    assert time.perf_counter() - started < 10


@pytest.fixture
def similarity(
    grade: Callable[..., Result], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run `grade similarity` for the mlp, with the session's sandbox."""
    monkeypatch.setattr("grader.sandbox.client.Sandbox", lambda **_: Shared(sandbox))
    return lambda source, *words: grade("similarity", source, "--exercise", "mlp", *words)


def odd_class(folder: Path, count: int, odd: Mapping[int, str]) -> Path:
    """A class of different solutions, with something odd at the end of some."""
    people = {f"p{at}/backward.py": source + odd.get(at, "") for at, source in enumerate(variants(count))}
    return hand_in(folder, people)


def test_the_table_has_places_and_code(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """On one line for each pair: what they share, as the first wrote it, and where it is in both."""
    odd_class(tmp_path / "class", 6, {1: ODD, 4: f"\n{ODD}"})
    (found,) = csv.DictReader(io.StringIO(similarity("class").stdout))
    assert found["traits"] == (
        "the comment “my dog could do this one”; the name blorp_helper; "
        "the same code in dbnbias: return blorp_helper(dhpreact)"
    )
    first, second = (found[key].split("; ") for key in ("first_places", "second_places"))
    assert [int(place.removeprefix("backward.py:")) for place in second] == [
        int(place.removeprefix("backward.py:")) + 1 for place in first
    ]


def test_a_file_begins_with_a_byte_order_mark(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """Without it, a spreadsheet garbles names; the class page reads the file as before."""
    odd_class(tmp_path / "class", 6, {1: ODD, 4: ODD})
    assert not similarity("class").stdout.startswith("\ufeff")
    assert similarity("class", "-o", "table.csv").exit_code == 0
    assert (tmp_path / "table.csv").read_bytes().startswith(b"\xef\xbb\xbffirst,second,similarity,")


def test_the_list_is_cut_and_says_so(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """--most keeps the rarest pairs, --rarity those that are rare enough."""
    odd = dict.fromkeys((1, 4), ODD) | dict.fromkeys((2, 5), "\nsome_odd = 1\nother_odd = 2\n")
    odd_class(tmp_path / "class", 8, odd)
    whole = similarity("class")
    assert [*pairs_of(whole)] == [("p1", "p4"), ("p2", "p5")]
    assert "listed" not in whole.stderr
    cut = similarity("class", "--most", "1")
    assert [*pairs_of(cut)] == [("p1", "p4")]
    assert "Only the 1 rarest of 2 pairs are listed; --most 2 lists all of them." in cut.stderr
    assert "2 pairs of 8 submissions: " in cut.stderr
    rare = similarity("class", "--rarity", "5")
    assert [*pairs_of(rare)] == [("p1", "p4")]
    assert "1 pair below --rarity 5 is not listed." in rare.stderr


def test_a_file_that_many_have_is_told_once(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """In the terminal, the table and the page; in pairs with others, one of them stands for all."""
    odd_class(tmp_path / "class", 6, {})
    same = variants(8)[7] + ODD
    people = [f"q{at:02}" for at in range(12)]
    hand_in(tmp_path / "class", {f"{name}/backward.py": same for name in people})
    hand_in(tmp_path / "class", {"r/backward.py": same + "\n\n"})
    result = similarity("class", "--page", "page.html")
    assert (
        "12 files are identical: q00, q01, q02, q03, q04, q05, q06, q07, q08, q09 and 2 more. In pairs with others, "
        "q00 stands for all\n"
    ) in result.stderr
    assert "1 pair of 19 submissions: " in result.stderr
    assert pairs_of(result) == {("q00", "; ".join(people[1:])): "1.000", ("q00", "r"): "1.000"}
    page = (tmp_path / "page.html").read_text("utf-8")
    assert f"<b>12 files are identical</b>: {', '.join(people)}." in page


def test_untouched_stubs_are_not_identical_work(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """Everybody was given them."""
    odd_class(tmp_path / "class", 6, {})
    hand_in(tmp_path / "class", {f"q{at}/backward.py": STUBS for at in range(4)})
    result = similarity("class")
    assert "identical" not in result.stderr
    assert not any(name.startswith("q") for pair in pairs_of(result) for name in pair)


def test_two_with_the_same_file_are_a_pair(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """With what they share, beside each other."""
    odd_class(tmp_path / "class", 6, {})
    hand_in(tmp_path / "class", {f"q{at}/backward.py": variants(8)[7] + ODD for at in range(2)})
    assert [*pairs_of(similarity("class"))] == [("q0", "q1")]


def test_the_page_shows_both_sides(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """Self-contained, with the traits marked, and everything that somebody wrote is text."""
    evil = ODD.replace("my dog could do this one", "</script><img src=x onerror=alert(1)> {{7*7}}")
    odd_class(tmp_path / "class", 6, {1: evil, 4: evil})
    hand_in(tmp_path / "class", {"zoe.zip": b"PK"})
    result = similarity("class", "--page", "page.html", "-o", "table.csv")
    assert result.exit_code == 0, result.output
    assert "written  page.html" in result.stderr
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert '<h2 id="pair1">p1 and p4</h2>' in text
    assert text.count("<mark>blorp_helper</mark>") == 2
    assert "<img" not in text
    assert text.count("</script>") == 1
    assert "{{7*7}}" in text
    assert "<b>zoe</b>: zoe.zip: not a readable zip archive" in text
    assert not re.search(r"""<[^>]+\s(?:src|href)\s*=\s*["'](?!#)""", text)


def test_a_page_without_a_pair_says_so() -> None:
    """An empty page would look like a broken one."""
    assert "No pair stands out." in similarity_page([], SimilarityRun("mlp", 9, 0, 0.95))


def test_a_page_that_cannot_be_written_is_reported_first(similarity: Callable[..., Result], tmp_path: Path) -> None:
    """Before the class is read."""
    odd_class(tmp_path / "class", 2, {})
    result = similarity("class", "--page", "nosuch/page.html")
    assert result.exit_code == 4
    assert "nosuch/page.html cannot be written: no such file or directory" in result.stderr
    assert result.stdout == ""


def test_the_exercise_is_inferred(grade: Callable[..., Result], sandbox: Sandbox, tmp_path: Path) -> None:
    """From the results of the class, else from the submissions, as `grade batch` does."""
    odd_class(tmp_path / "class", 6, {1: ODD, 4: ODD})
    by_vote = grade("similarity", "class")
    assert [*pairs_of(by_vote)] == [("p1", "p4")]
    report = (HERE / "data" / "half.json").read_text(encoding="utf-8")
    hand_in(tmp_path / "grades", {"p1.json": report, "batch.json": '{"exercise": "mlpx", "hidden_seed": 1}'})
    named = grade("similarity", "class", "--class", "grades")
    assert named.exit_code == 4
    assert "there is no exercise mlpx" in named.stderr
    hand_in(tmp_path / "grades", {"batch.json": '{"exercise"'})
    damaged = grade("similarity", "class", "--class", "grades")
    assert damaged.exit_code == 4
    assert "batch.json is damaged" in damaged.stderr
    assert "--exercise" in damaged.stderr


def test_attempts_in_a_download_are_not_compared(
    similarity: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intake says whose they are."""
    from grader.classroom.intake import folder

    odd_class(tmp_path / "class", 6, {1: ODD, 4: ODD})
    whole = folder.read_folder

    def two_attempts(*args: Any) -> Class:
        taken = whole(*args)
        people = {"p1": "p1 and p4", "p4": "p1 and p4"}
        handed_in = tuple(replace(each, person=people.get(each.name, "")) for each in taken.handed_in)
        return replace(taken, handed_in=handed_in)

    monkeypatch.setattr(folder, "read_folder", two_attempts)
    assert pairs_of(similarity("class")) == {}


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
    assert "essay?[2J.docx: not a .py, .ipynb, .zip, .tar.gz or .md file" in left[3]
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
def test_of_two_thousand_only_pairs_that_share_a_rare_trait_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the two million pairs, at most twenty for each submission, and the sample that says what is unusual."""
    compared = 0
    likeness = Indel.normalized_similarity

    def counting(first: Sequence[str], second: Sequence[str]) -> float:
        nonlocal compared
        compared += 1
        return likeness(first, second)

    monkeypatch.setattr("grader.classroom.similarity.pairs.Indel.normalized_similarity", counting)
    people = texts(*[text + (ODD if at in (10, 1500) else "") for at, text in enumerate(variants(2000))])
    pairs = compare(people)
    assert (pairs[0].first.name, pairs[0].second.name) == ("s10", "s1500")
    assert compared <= 20 * 2000 + 2000
