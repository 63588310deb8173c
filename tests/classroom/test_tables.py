"""Tables: read in whatever encoding and dialect a program writes, and written back with only our cells changed."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.tables.encoding import encoding_of, repaired
from grader.classroom.tables.table import HEADINGS, UnreadableTable, heading, read_table, table_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "José Álvarez"),
        ("utf-8-sig", "José Álvarez"),
        ("utf-16", "José Álvarez"),
        ("utf-16-le", "张伟"),
        ("utf-16-be", "José Álvarez"),
        ("utf-32", "José Álvarez"),
        *(("cp1252", name) for name in ("Jörg Müller", "Álvarez, José", "Zoë", "François Núñez", "Åse Bjørn")),
        *(("mac_roman", name) for name in ("Jörg Müller", "Álvarez, José", "Zoë", "François Núñez", "Åse Bjørn")),
        *(("cp850", name) for name in ("Jörg Müller", "José", "Zoë", "François Núñez")),
        ("cp437", "Jörg Müller"),
        *(("cp1250", name) for name in ("Łukasz Wąsik", "Dvořák, Jiří", "Kovács Ödön", "Kamiński")),
        ("cp1251", "Иванов Иван"),
        ("cp1253", "Γιώργος Παπαδόπουλος"),
        ("cp1254", "Ömer Şahin, Ayşe Yıldız"),  # noqa: RUF001
        *(("gb18030", name) for name in ("张伟", "李娜")),
        *(("shift_jis", name) for name in ("鈴木 一郎", "さとう")),
        ("cp949", "김민수"),
        ("big5", "陳大文"),
    ],
)
def test_a_name_is_read_in_the_encoding_it_was_written_in(encoding: str, name: str) -> None:
    """One name is enough."""
    content = f"id;name\r\n1;{name}\r\n".encode(encoding)
    table = table_of(content, "roster.csv")
    assert table.rows == (("1", name),)
    assert table.filled({}) == content


@given(st.binary(max_size=60))
def test_text_is_read_without_loss_or_refused(content: bytes) -> None:
    """Whatever the bytes are."""
    try:
        table = table_of(content, "x.csv")
    except UnreadableTable:
        return
    assert table.filled({}) == content


@given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=30))
def test_windows_1252_is_read_without_loss(name: str) -> None:
    """Whichever encoding it is taken for."""
    content = name.encode("cp1252")
    encoding = encoding_of(content)
    assert encoding.encode(encoding.decode(content)) == content


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("MÃ¼ller", "Müller"),
        ("MÃƒÂ¼ller", "Müller"),
        ("J√∂rg", "Jörg"),
        ("Ã\x81lvarez", "Álvarez"),
        ("Ã lvaro", "àlvaro"),
        ("Jörg", "Jörg"),
        ("Ann", "Ann"),
    ],
)
def test_utf_8_that_was_read_as_something_else_is_repaired_for_comparison(damaged: str, meant: str) -> None:
    """Once or twice; a right name stays."""
    assert repaired(damaged) == meant


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_dialect_is_read(separator: str, end: str) -> None:
    """Whatever is between cells and lines; quoted cells may hold both."""
    lines = [
        separator.join(["id", "name", "note"]),
        separator.join(["1", f'"Doe{separator} Jane"', f'"a ""b""{end}c"']),
        "2",
    ]
    content = end.join([*lines, ""]).encode()
    table = table_of(content, "x.csv")
    assert table.head == ("id", "name", "note")
    assert table.rows == (("1", f"Doe{separator} Jane", f'a "b"{end}c'), ("2", "", ""))
    assert table.filled({}) == content


def test_a_name_with_a_comma_does_not_make_the_comma_the_separator() -> None:
    """What counts is which separator gives rows of one length."""
    assert table_of(b"name;id\nDoe, Jane;1\nRoe, Bob;2\n", "x.csv").rows == (("Doe, Jane", "1"), ("Roe, Bob", "2"))


def test_excels_line_about_the_separator_is_read() -> None:
    """And kept."""
    content = "sep=|\r\nid|name\r\n1|x;y\r\n".encode("utf-16")
    table = table_of(content, "x.csv")
    assert (table.head, table.rows) == (("id", "name"), (("1", "x;y"),))
    assert table.filled({(0, 1): "é"}).decode("utf-16") == "sep=|\r\nid|name\r\n1|é\r\n"


@pytest.mark.parametrize("title", ["Grades of 2026\n\n", "Course, Deep Learning,,\n,,,\n"])
def test_a_title_above_the_headings_is_skipped(title: str) -> None:
    """It has one or two cells."""
    table = table_of(f"{title}id,name,email,section\n1,Jane,j@u,A\n2,Bob,b@u,A\n".encode(), "x.csv")
    assert table.head == ("id", "name", "email", "section")
    assert table.filled({(1, 3): "B"}).decode().endswith("\n2,Bob,b@u,B\n")


def test_surplus_cells_are_kept() -> None:
    """And missing ones are empty."""
    assert table_of(b"id,name\n1,Jane,x,y\n2\n", "x.csv").rows == (("1", "Jane", "x", "y"), ("2", ""))


def test_only_the_given_cells_change() -> None:
    """In the file's own encoding, quoting and line ends; what needs quotes gets them; short rows are extended."""
    content = 'id;name;"feedback"\r\n1;"Müller";"a\nb"\n2;x\n\n3;y;z;w\n'.encode("cp1252")
    table = table_of(content, "x.csv")
    filled = table.filled({(0, 2): "neu;", (1, 2): "12,5", (2, 0): "9", (HEADINGS, 3): "grade", (0, 3): 'q"'})
    expected = 'id;name;"feedback";grade\r\n1;"Müller";"neu;";"q"""\n2;x;12,5\n\n9;y;z;w\n'
    assert filled == expected.encode("cp1252")


def test_a_file_that_quotes_every_cell_is_filled_in_with_quotes() -> None:
    """As its program writes it."""
    assert table_of(b'"id","name"\n"1",""\n', "x.csv").filled({(0, 1): "x"}) == b'"id","name"\n"1","x"\n'


def test_a_text_that_the_encoding_lacks_is_refused() -> None:
    """Nothing is replaced by question marks."""
    table = table_of("id,name\n1,Müller\n".encode("cp1252"), "roster.csv")
    with pytest.raises(UnreadableTable, match=r"roster.csv cannot be filled in: its encoding, cp1252, lacks ✓"):
        table.filled({(0, 1): "✓"})


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=["Cs"]), max_size=5)


@given(_CELLS, st.sampled_from(",;\t|"), st.sampled_from(["utf-8-sig", "utf-16", "utf-8"]))
def test_what_is_filled_in_is_read_back(text: str, separator: str, encoding: str) -> None:
    """With quotes, line breaks and separators in it."""
    content = f"id{separator}name\r\n1{separator}a\r\n2{separator}b\r\n".encode(encoding)
    table = table_of(content, "x.csv")
    try:
        read = table_of(table.filled({(0, 1): text}), "x.csv")
    except UnreadableTable as error:
        assert "control characters" in str(error)  # noqa: PT017
        return
    from grader.report.formats.csv_table import unguarded

    assert read.rows[0][1] == unguarded(text)
    assert read.rows[1] == ("2", "b")


def test_guards_against_formulas_are_removed_on_reading() -> None:
    """Our own apostrophe, and the formula that keeps leading zeros."""
    table = table_of(b'id,name,note\n"=""007""",\'=x,\'s Gravenhage\n', "x.csv")
    assert table.rows == (("007", "=x", "'s Gravenhage"),)


@pytest.mark.parametrize(
    ("text", "comma"),
    [
        ("id;points\n1;2,5\n", True),
        ("id;points\n1;2.5\n", False),
        ("id;points\n1;2\n", True),
        ("id,points\n1,2\n", False),
        ('id,points\n1,"2,5"\n', True),
    ],
)
def test_the_decimal_comma_is_recognized(text: str, comma: bool) -> None:
    """By the numbers in the table, or else by what is between the cells."""
    assert table_of(text.encode(), "x.csv").decimal_comma is comma


def test_a_column_is_found_whatever_its_spelling() -> None:
    """Case, spaces, underscores and hyphens do not matter."""
    table = table_of(b"Student_ID,E-Mail\n1,a@u\n", "x.csv")
    assert (table.column("student id"), table.column("x", "e mail"), table.column("name")) == (0, 1, None)
    assert heading(" First-Name_") == "first name"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty; a table with a row of headings is expected"),
        (b'a,b\n"x,1\ny,2\n', "the quotation mark that opens in line 2 is never closed"),
        (b"\x89PNG\0\1", "it contains NUL bytes, so it is not text"),
        (b"a,b\x01\n1,2\n", "it contains control characters, so it is not text"),
        (b"PK\x03\x04xx", "it is not a whole Excel workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "is an old or password-protected Excel workbook: save it as .xlsx or CSV",
        ),
        (b"PK\x03\x04" + b" " * 26 + b"mimetypeapplication/vnd.oasis.opendocument.x", "OpenDocument spreadsheet: save"),
        (b"<html><table>", "is a web page or XML, whatever its name says: save it as .xlsx or CSV"),
        (b"%PDF-1.4", "is a PDF: save it as .xlsx or CSV"),
    ],
)
def test_what_is_not_a_table_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    """It says what the file is instead."""
    with pytest.raises(UnreadableTable, match=r"^roster.xyz ") as raised:
        table_of(content, "roster.xyz")
    assert said in str(raised.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(UnreadableTable, match="cannot be read: No such file or directory"):
        read_table(tmp_path / "roster.csv")


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "name", "points"])
    sheet.append([777777, "José", 2.5])
    sheet["A2"].number_format = "00000000"
    sheet.append([4710000000000000000, "Müller", None])
    return _saved(book)


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class TestWorkbook:
    """Excel's own format."""

    def test_is_read(self) -> None:
        """Leading zeros of a format are kept; what lost its last digits looks like that."""
        table = table_of(_workbook(), "roster.xlsx")
        assert table.head == ("id", "name", "points")
        assert table.rows == (("00777777", "José", "2.5"), ("4.71000000000000E+18", "Müller", ""))

    def test_is_filled_in(self) -> None:
        """Numbers as numbers, texts never as formulas."""
        table = table_of(table_of(_workbook(), "x").filled({(0, 1): "=1+1", (1, 2): "12.5", (HEADINGS, 3): "n"}), "x")
        assert table.head == ("id", "name", "points", "n")
        assert table.rows == (("00777777", "=1+1", "2.5", ""), ("4.71000000000000E+18", "Müller", "12.5", ""))

    def test_a_percentage_is_no_number(self) -> None:
        """Excel keeps 90% as 0.9, which would be less than one point."""
        book = openpyxl.load_workbook(io.BytesIO(_workbook()))
        book.active["C2"] = 0.9
        book.active["C2"].number_format = "0.00%"
        assert table_of(_saved(book), "x").rows[0] == ("00777777", "José", "90%")

    def test_a_formula_that_was_never_calculated_is_shown(self) -> None:
        """It would be an empty cell otherwise."""
        book = openpyxl.load_workbook(io.BytesIO(_workbook()))
        book.active["C2"] = "=1+1"
        assert table_of(_saved(book), "x").rows[0] == ("00777777", "José", "=1+1")

    def test_a_cell_that_several_people_share_is_not_filled_in(self) -> None:
        """Whoever is below would seem to have the same grade."""
        book = openpyxl.load_workbook(io.BytesIO(_workbook()))
        book.active.merge_cells("C2:C3")
        with pytest.raises(UnreadableTable, match="its cell C2 is merged with others; split them first"):
            table_of(_saved(book), "x").filled({(0, 2): "1"})

    def test_needs_openpyxl(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The sentence says how to install it, and what to do without."""
        content = _workbook()
        monkeypatch.setitem(sys.modules, "openpyxl", None)
        with pytest.raises(UnreadableTable, match=r'pip install "openpyxl.+", or save it as CSV UTF-8'):
            table_of(content, "roster.xlsx")
