"""grades.csv: it lists every submission and keeps what the instructor wrote."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.batch.grades import GradesLine, UnreadableGrades, read_overrides, read_table, write_grades
from grader.classroom.batch.store import Record
from grader.classroom.intake.handed_in import HandedIn
from grader.classroom.intake.platforms import Who

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
    return read_table(folder / "grades.csv")


def edit(folder: Path, before: str, after: str) -> None:
    """Edit the table as an instructor would."""
    path = folder / "grades.csv"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


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
        ("alice", "EX", "missing"),
    ]


@pytest.mark.parametrize(
    "save",
    [
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode("utf-16"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: f"sep=;\n{text.replace(',', ';')}".encode(),
        lambda text: text.replace("\n", "\r\n").encode("cp1252"),
    ],
)
def test_overrides_survive_any_spreadsheet(tmp_path: Path, save: object) -> None:
    """With semicolons, tabs or other encodings."""
    written(tmp_path, line("alice"))
    edit(tmp_path, ",,,2,", ",3,größer,2,")
    path = tmp_path / "grades.csv"
    path.write_bytes(save(path.read_text(encoding="utf-8")))  # type: ignore[operator]
    assert read_overrides(path) == {"alice": {"override": "3", "reason": "größer"}}


def test_a_table_without_its_columns_is_not_overwritten(tmp_path: Path) -> None:
    """It could contain overrides."""
    (tmp_path / "grades.csv").write_text("name,points\nalice,3\n")
    with pytest.raises(UnreadableGrades, match="no longer has the columns submission, override and reason"):
        written(tmp_path, line("alice"))
    assert (tmp_path / "grades.csv").read_text() == "name,points\nalice,3\n"


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
    assert read_overrides(tmp_path / "grades.csv")["alice"]["reason"] == "=see mail"


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
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as table:
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
