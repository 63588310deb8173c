"""grades.csv: it lists every submission and keeps what the instructor wrote."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.batch.grades import (
    OWN,
    GradesLine,
    UnreadableGrades,
    doubtful,
    read_grades,
    read_rows,
    write_grades,
)
from grader.classroom.batch.roll import keys
from grader.classroom.batch.store import Record
from grader.classroom.intake.handed_in import HandedIn
from grader.classroom.intake.platforms import Who
from grader.classroom.intake.safe_names import safe_names
from grader.report.formats.csv_table import unguarded

if TYPE_CHECKING:
    from collections.abc import Callable

SCORE = {"points": 2, "possible": 3, "correct": 2, "exact": 1, "chained_correct": 2}


def line(name: str, *, problem: str | None = None, who: Who | None = None, score: object = SCORE) -> GradesLine:
    """One row."""
    entry = {
        "name": name, "status": "graded", "problem": problem, "notes": ["n1", "n2"], "score": score,
        "previous_score": {"points": 1}, "verdicts": {"dx": "exact", "dy": "raised"},
    }  # fmt: skip
    return GradesLine(HandedIn(name, Path("c", name), name=name, who=who or Who()), Record("k", entry))


def written(folder: Path, *lines: GradesLine) -> list[dict[str, str]]:
    """Write the table and read it back."""
    write_grades(folder, lines, ["dx", "dy"])
    return read_rows(folder / "grades.csv")


def edit(folder: Path, before: str, after: str) -> None:
    """Edit the table as an instructor would."""
    path = folder / "grades.csv"
    text = path.read_bytes().decode("utf-8")
    assert before in text
    path.write_bytes(text.replace(before, after).encode("utf-8"))


def own(folder: Path, *names: str) -> dict[str, dict[str, str]]:
    """What the instructor wrote, by submission."""
    known = dict(zip(keys(names or ["alice"]), names or ["alice"], strict=True))
    return read_grades(folder / "grades.csv", known).own()


def separated(text: str, delimiter: str) -> str:
    """The table as a spreadsheet saves it with another separator."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(csv.reader(io.StringIO(text, newline="")))
    return buffer.getvalue()


def test_a_row_has_points_verdicts_and_previous_points(tmp_path: Path) -> None:
    """And the final grade."""
    (row,) = written(tmp_path, line("alice"))
    assert {name: row[name] for name in ("submission", "points", "possible", "previous", "final", "dx", "dy")} == {
        "submission": "alice", "points": "2", "possible": "3", "previous": "1", "final": "2",
        "dx": "exact", "dy": "raised",
    }  # fmt: skip


def test_a_waiting_submission_has_a_row(tmp_path: Path) -> None:
    """Even after an interrupted batch the table is complete."""
    (row,) = written(tmp_path, replace(line("alice"), record=None))
    assert (row["status"], row["final"]) == ("waiting", "")


def test_an_internal_error_is_not_a_zero(tmp_path: Path) -> None:
    """There is no grade."""
    (row,) = written(tmp_path, line("alice", score=None))
    assert (row["points"], row["final"]) == ("", "")


def test_an_override_counts_and_survives(tmp_path: Path) -> None:
    """However often the table is written."""
    written(tmp_path, line("alice"), line("bob"))
    edit(tmp_path, ",,,2,", ",3,typo in the sheet,2,")
    rows = written(tmp_path, line("alice"), line("bob"))
    assert (rows[0]["override"], rows[0]["reason"], rows[0]["final"], rows[0]["points"]) == (
        "3",
        "typo in the sheet",
        "3",
        "2",
    )
    rows = written(tmp_path, line("alice"), line("bob"))
    assert rows[0]["final"] == "3"


def test_an_override_of_zero_counts(tmp_path: Path) -> None:
    """It is text that is not empty."""
    written(tmp_path, line("alice"))
    edit(tmp_path, ",,,2,", ",0,copied,2,")
    assert written(tmp_path, line("alice"))[0]["final"] == "0"


def test_an_override_with_a_decimal_comma_is_a_number(tmp_path: Path) -> None:
    """Spreadsheets in half of Europe write it that way."""
    written(tmp_path, line("alice"))
    edit(tmp_path, ",,,2,", ',"1,5",,2,')
    (row,) = written(tmp_path, line("alice"))
    assert (row["override"], row["final"]) == ("1,5", "1.5")


def test_an_override_of_a_withdrawn_submission_is_kept(tmp_path: Path) -> None:
    """The instructor's entries are never lost."""
    written(tmp_path, line("alice"))
    edit(tmp_path, ",,,2,", ",EX,ill,2,")
    rows = written(tmp_path, line("bob"))
    assert [(row["submission"], row["override"], row["status"]) for row in rows] == [
        ("bob", "", "graded"),
        ("alice", "EX", "unmatched"),
    ]


@pytest.mark.parametrize(
    "save",
    [
        lambda text: separated(text, ";").encode(),
        lambda text: separated(text, "\t").encode("utf-16"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode(),
        lambda text: f"sep=;\n{separated(text, ';')}".encode(),
        lambda text: text.replace("\n", "\r\n").encode("cp1252"),
        lambda text: text.replace("\n", "\r").encode("mac_roman"),
    ],
    ids=["semicolons", "utf-16", "bom", "no bom", "sep=", "ansi", "mac"],
)
def test_overrides_survive_any_spreadsheet(tmp_path: Path, save: Callable[[str], bytes]) -> None:
    """With semicolons, tabs or other encodings."""
    written(tmp_path, line("alice"))
    edit(tmp_path, ",,,2,", ",3,größer,2,")
    edit(tmp_path, f",,{keys(['alice'])[0]}", f",für dich,{keys(['alice'])[0]}")
    path = tmp_path / "grades.csv"
    path.write_bytes(save(path.read_bytes().decode("utf-8-sig")))
    assert own(tmp_path) == {"alice": {"override": "3", "reason": "größer", "comment": "für dich"}}


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        ("00777777", "777777"),
        ("4711000000000000123", "4.711E+18"),
        ("3-2", "03. Feb"),
        ("Jürgen", "JÃ¼rgen"),
        ("a", ""),
    ],
)
def test_a_name_that_a_spreadsheet_damages_does_not_matter(tmp_path: Path, name: str, damaged: str) -> None:
    """The key says whose row it is, and the name is right again when the table is written."""
    written(tmp_path, line(name), line("bob"))
    edit(tmp_path, f"\n{name},", f"\n{damaged},")
    edit(tmp_path, ",,,2,", ",3,,2,")
    rows = written(tmp_path, line(name), line("bob"))
    assert [(row["submission"], row["override"], row["final"]) for row in rows] == [(name, "3", "3"), ("bob", "3", "3")]


def test_a_key_is_letters_that_no_spreadsheet_turns_into_anything(tmp_path: Path) -> None:
    """Ten of them, different for everybody, and the same from run to run."""
    rows = written(tmp_path, *(line(f"s{number}") for number in range(200)))
    assert all(re.fullmatch("[b-z]{10}", row["key"]) for row in rows)
    assert len({row["key"] for row in rows}) == 200
    assert rows[7]["key"] == keys(["s7"])[0]


def test_a_key_does_not_depend_on_how_a_file_system_writes_accents() -> None:
    """Unless both forms are there, which are two submissions."""
    composed, split = "José", "Jose\N{COMBINING ACUTE ACCENT}"
    assert keys([composed]) == keys([split])
    assert len({*keys([composed, split])}) == 2


def test_a_table_of_an_earlier_version_is_read_by_exact_name(tmp_path: Path) -> None:
    """It has neither keys nor comments."""
    (tmp_path / "grades.csv").write_text("submission,override,reason\nalice,3,typo\n", encoding="utf-8")
    assert own(tmp_path) == {"alice": {"override": "3", "reason": "typo", "comment": ""}}
    (row,) = written(tmp_path, line("alice"))
    assert (row["override"], row["key"]) == ("3", keys(["alice"])[0])


def test_a_row_of_no_submission_is_reported_and_kept(tmp_path: Path) -> None:
    """A second one of the same key, too, and one whose key is gone."""
    written(tmp_path, line("alice"), line("bob"))
    key = keys(["alice"])[0]
    path = tmp_path / "grades.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text + f"alice,,,,,,,,,,,7,,,,,,,{key}\nwho,,,,,,,,,,,8,,,,,,,\n", encoding="utf-8")
    table = read_grades(path, dict(zip(keys(["alice", "bob"]), ["alice", "bob"], strict=True)))
    assert list(table.told()) == [
        (
            "2 rows of grades.csv belong to no submission: alice, who. Copy what you wrote there to the right rows, "
            "then delete them"
        )
    ]
    rows = written(tmp_path, line("alice"), line("bob"))
    assert [(row["submission"], row["override"], row["status"]) for row in rows[2:]] == [
        ("alice", "7", "unmatched"), ("who", "8", "unmatched"),
    ]  # fmt: skip
    assert rows[0]["override"] == ""


def test_a_row_that_is_kept_never_counts_for_another(tmp_path: Path) -> None:
    """Sorted before the row whose key it had, it is still of no submission."""
    written(tmp_path, line("alice"), line("bob"))
    path = tmp_path / "grades.csv"
    path.write_text(f"{path.read_text(encoding='utf-8-sig')}alice,,,,,,,,,,,7,,,,,,,{keys(['bob'])[0]}\n", "utf-8")
    written(tmp_path, line("alice"), line("bob"))
    head, alice, bob, kept = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text(f"{head}\n{kept}\n{bob}\n", encoding="utf-8")
    table = read_grades(path, dict(zip(keys(["alice", "bob"]), ["alice", "bob"], strict=True)))
    assert (table.own(), [row["override"] for row in table.unmatched]) == ({}, ["7"])
    assert alice.startswith("alice,")


def test_a_column_that_the_instructor_adds_is_kept(tmp_path: Path) -> None:
    """Whatever happens to names, and for a row of no submission as well; an old gradient's column is not kept."""
    written(tmp_path, line("alice"), line("bob"))
    path = tmp_path / "grades.csv"
    head, alice, bob = path.read_text(encoding="utf-8-sig").splitlines()
    commas = "," * (head.count(",") + 1)
    path.write_text(
        f"{head},oral exam,dold\n{alice},=B2 or so,exact\n{bob.replace('bob', 'b0b')},2,raised\nwho{commas}7,\n",
        encoding="utf-8",
    )
    for _ in range(2):
        rows = written(tmp_path, line("alice"), line("bob"))
        assert [(row["submission"], row["oral exam"]) for row in rows] == [
            ("alice", "=B2 or so"), ("bob", "2"), ("who", "7"),
        ]  # fmt: skip
        assert "dold" not in rows[0]


def test_a_row_that_was_deleted_is_reported(tmp_path: Path) -> None:
    """Nobody leaves the class by that."""
    written(tmp_path, line("alice"), line("bob"))
    path = tmp_path / "grades.csv"
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:2]), encoding="utf-8")
    table = read_grades(path, dict(zip(keys(["alice", "bob"]), ["alice", "bob"], strict=True)))
    assert list(table.told()) == [
        (
            "grades.csv has no row for 1 submission: bob. Run `grade batch` on the same submissions again to add it; "
            "nothing is graded twice"
        )
    ]


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("30", "the override for alice, 30, is above the maximum of 26: it counts as it is"),
        ("-3", "the override for alice, -3, is below zero: it counts as it is"),
        ("EX", "the override for alice is not a number ('EX'): it is shown as final, and exports leave alice out"),
        ("1_0", "the override for alice is not a number ('1_0'): it is shown as final, and exports leave alice out"),
        ("20,5", None),
        ("26", None),
        ("", None),
    ],
)
def test_a_doubtful_override_is_reported(override: str, sentence: str | None) -> None:
    """One out of range, and a word."""
    assert list(doubtful({"alice": {"override": override}}, 26)) == ([sentence] if sentence else [])


def test_an_override_counts_for_somebody_who_handed_in_nothing(tmp_path: Path) -> None:
    """It is the final grade."""
    nothing = line("alice")
    nothing = replace(nothing, record=replace(nothing.record, entry={**nothing.record.entry, "status": "missing"}))
    written(tmp_path, nothing)
    edit(tmp_path, ",,,2,", ",10,,2,")
    (row,) = written(tmp_path, nothing)
    assert (row["status"], row["final"]) == ("missing", "10")


def test_a_spreadsheet_is_told_the_encoding(tmp_path: Path) -> None:
    """By a byte order mark, without which Excel reads umlauts as two characters each."""
    written(tmp_path, line("Jürgen"))
    assert (tmp_path / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbfsubmission,")


def test_a_table_without_its_columns_is_not_overwritten(tmp_path: Path) -> None:
    """It could contain overrides."""
    (tmp_path / "grades.csv").write_text("name,points\nalice,3\n")
    with pytest.raises(UnreadableGrades, match="no longer has the columns submission, override and reason"):
        written(tmp_path, line("alice"))
    assert (tmp_path / "grades.csv").read_text() == "name,points\nalice,3\n"


def test_a_table_that_was_not_split_into_columns_is_refused(tmp_path: Path) -> None:
    """As a German Excel opens it; the sentence says how to open it."""
    written(tmp_path, line("alice"))
    path = tmp_path / "grades.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join(f'"{row}"' for row in rows), encoding="utf-8")
    with pytest.raises(UnreadableGrades, match="each row in a single cell: open it with a comma between the columns"):
        written(tmp_path, line("alice"))


@pytest.mark.parametrize(
    ("head", "alice", "said"),
    [
        (",override", ",3", "has two columns override with different cells"),
        (",note,note", ",1,2", "has two columns note with different cells"),
        (",", ",my note", "has 'my note' in a column without a heading"),
        ("", ",my note", "has 'my note' in a column without a heading"),
    ],
)
def test_a_table_of_which_something_would_be_lost_is_not_overwritten(
    tmp_path: Path, head: str, alice: str, said: str
) -> None:
    """A second column of one name, or text without a heading."""
    written(tmp_path, line("alice"))
    path = tmp_path / "grades.csv"
    before = [row + more for row, more in zip(path.read_text("utf-8-sig").splitlines(), (head, alice), strict=True)]
    path.write_text("\n".join(before), encoding="utf-8")
    with pytest.raises(UnreadableGrades, match=said):
        written(tmp_path, line("alice"))
    assert path.read_text(encoding="utf-8").splitlines() == before


def test_a_column_that_is_there_twice_with_the_same_cells_does_no_harm(tmp_path: Path) -> None:
    """Nothing of it can be lost."""
    written(tmp_path, line("alice"))
    path = tmp_path / "grades.csv"
    head, alice = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text(f"{head},note,note\n{alice},1,1\n", encoding="utf-8")
    assert written(tmp_path, line("alice"))[0]["note"] == "1"


def test_a_spreadsheet_saved_beside_the_table_is_reported(tmp_path: Path) -> None:
    """What was written in it is not read."""
    written(tmp_path, line("alice"))
    (tmp_path / "grades.xlsx").write_bytes(b"PK")
    table = read_grades(tmp_path / "grades.csv", dict(zip(keys(["alice"]), ["alice"], strict=True)))
    (said,) = table.told()
    assert said.startswith("grades.xlsx is not read, although it is called like grades.csv: if you wrote in it, save")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_cells_are_never_formulas(tmp_path: Path, cell: str) -> None:
    """Names and messages are untrusted."""
    write_grades(tmp_path, [line("alice", problem=cell, who=Who(name=cell, id=cell))], ["dx", "dy"])
    text = (tmp_path / "grades.csv").read_text(encoding="utf-8")
    cells = text.splitlines()[1]
    assert f",{cell}" not in cells or cell in ("+1", "-2")


def test_an_instructors_note_that_looks_like_a_formula_is_kept_verbatim(tmp_path: Path) -> None:
    """The guard is removed on reading."""
    written(tmp_path, line("alice"))
    edit(tmp_path, ",,,2,", ",,=see mail,2,")
    written(tmp_path, line("alice"))
    assert own(tmp_path)["alice"]["reason"] == "=see mail"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b]52;c;cHduZWQ=\x07", "]52;c;cHduZWQ="),
        ("x\n::error file=a::b\r\ny", "x ::error file=a::b y"),
        ("\t=1+1", "'=1+1"),
        ("\xa0=1+1", "'=1+1"),
        ("\u202egnp.exe\u061c\x85\x9b31m", "gnp.exe 31m"),
        ("\ud800A", "?A"),
    ],
)
def test_names_and_notes_cannot_affect_the_program_that_shows_the_table(tmp_path: Path, name: str, shown: str) -> None:
    """Control characters, line feeds and bidi marks are cleaned as in every other table."""
    written(tmp_path, line("alice", problem=name, who=Who(id="7", name=name)))
    with (tmp_path / "grades.csv").open(encoding="utf-8-sig", newline="") as table:
        head, row = csv.reader(table)
    cells = dict(zip(head, row, strict=True))
    assert (cells["name"], cells["problem"]) == (shown, shown)


def test_a_reason_of_several_lines_is_kept_verbatim(tmp_path: Path) -> None:
    """So are all of the instructor's columns."""
    written(tmp_path, line("alice"))
    edit(tmp_path, ",,,2,", ',3,"typo in  the sheet\nsee mail",2,')
    assert [row["reason"] for row in written(tmp_path, line("alice"))] == ["typo in  the sheet\nsee mail"]


def test_lone_surrogates_in_a_name_are_written(tmp_path: Path) -> None:
    """File names need not be valid text."""
    (row,) = written(tmp_path, line("alice", who=Who(name="a\udcffb")))
    assert row["name"] == "a?b"


@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), min_size=1, max_size=5, unique=True
    ),
    cells=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n'=+-@\","), max_size=12),
        min_size=3,
        max_size=3,
    ),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_nothing_that_an_instructor_writes_is_lost(
    names: list[str], cells: list[str], delimiter: str, encoding: str
) -> None:
    """Whatever it is, whoever it is about, and whichever spreadsheet saved it, twice."""
    lines = [line(name) for name in safe_names(names)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "grades.csv")
        write_grades(path.parent, lines, ["dx"])
        for _ in range(2):
            rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
            for row in rows[1:]:
                row[0] = "damaged"
                for name, cell in zip(OWN, cells, strict=True):
                    row[rows[0].index(name)] = cell
            buffer = io.StringIO(newline="")
            csv.writer(buffer, delimiter=delimiter).writerows(rows)
            path.write_bytes(buffer.getvalue().encode(encoding))
            write_grades(path.parent, lines, ["dx"])
        expected = [unguarded(cell.strip()).strip() for cell in cells]
        assert [[row[name] for name in OWN] for row in read_rows(path)] == [expected] * len(names)


def test_an_override_goes_to_nobody_if_only_some_columns_were_sorted(tmp_path: Path) -> None:
    """The name says one person, the key another: it is told, and counts for neither."""
    key = dict(zip(("alice", "bob"), keys(["alice", "bob"]), strict=True))
    path = tmp_path / "grades.csv"
    path.write_text(f"submission,override,reason,key\nbob,9,,{key['alice']}\nalice,,,{key['bob']}\n", "utf-8")
    table = read_grades(path, {key[name]: name for name in key})
    assert table.own() == {}
    assert table.absent == ("alice", "bob")
    assert next(table.told()) == (
        "in 2 rows of grades.csv, submission and key belong to different submissions: bob, alice. If only some of its "
        "columns were sorted, undo that and sort whole rows"
    )


def test_a_number_that_became_the_name_of_another_submission_is_found_by_its_key(tmp_path: Path) -> None:
    """A spreadsheet made 7 of 007, and there is a 7 already."""
    key = dict(zip(("007", "7"), keys(["007", "7"]), strict=True))
    path = tmp_path / "grades.csv"
    path.write_text(f"submission,override,reason,key\n7,9,,{key['007']}\n7,3,,{key['7']}\n", "utf-8")
    table = read_grades(path, {key[name]: name for name in key})
    assert {name: own["override"] for name, own in table.own().items()} == {"007": "9", "7": "3"}
    assert list(table.told()) == []
