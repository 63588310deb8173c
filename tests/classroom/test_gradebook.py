"""Grade books: every grade at its person, nobody else's cell changed, and whoever is left out named."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from classroom import GRADIENTS, POSSIBLE, PretendWorkers, Silent, hand_in, order
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.batch.roll import keys
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import Store
from grader.classroom.gradebook.books import export
from grader.classroom.gradebook.earned import Earned, Grade
from grader.classroom.gradebook.results_folder import class_document, read_results
from grader.classroom.intake.folder import read_folder
from grader.classroom.people.joining import RosterOptions, read_joined
from grader.classroom.people.ownership import Claim
from grader.cli.edge import Misuse
from grader.cli.main import main
from grader.cli.report import write_output
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

HERE = Path(__file__).resolve().parents[1]
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),"
    "Last modified (grade),Feedback comments"
)
BLATT = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
    "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar"
)
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,Essay (9),Backprop (12345),Final Score"


def canvas(*people: str) -> str:
    """A grade book as Canvas exports it: each person is `Name;ID;SIS ID;login`."""
    lines = [CANVAS, "    Points Possible,,,,,10,3,(read only)"]
    for person in people:
        name, number, sis, login = person.split(";")
        lines.append(f'"{name}",{number},{sis},{login},S,7,,')
    return "\n".join([*lines, ""])


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Path]:
    """Grade a class of pretended submissions that earn the given points; returns the folder of results."""

    def run(files: dict[str, int | None], **dies: int) -> Path:
        work = {
            name if name.endswith(".py") else f"{name}/backward.py": f"{value} {name}"
            for name, value in files.items()
            if value is not None
        }
        empty = {name: None for name, value in files.items() if value is None}
        hand_in(tmp_path / "class", {**work, **empty})
        with Store(tmp_path / "grades") as store:
            found = read_folder(tmp_path / "class").handed_in
            batch = Batch(order(), POSSIBLE, GRADIENTS, found, store, Silent())
            batch.run(lambda: PretendWorkers(dies=dies))
        return tmp_path / "grades"

    return run


@pytest.fixture(name="export")
def export_to(grade: Run, tmp_path: Path) -> Run:
    """Fill in a grade book from the folder of results."""

    def run(book: str, roster: str | bytes, *words: str) -> Result:
        (tmp_path / "book.csv").write_bytes(roster.encode() if isinstance(roster, str) else roster)
        return grade("report", "--class", "grades", "--to", book, "--roster", "book.csv", *words)

    return run


def decide(folder: Path, **overrides: str) -> None:
    """Write overrides as an instructor does, in a spreadsheet that keeps everything else."""
    path = folder / "grades.csv"
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    for row in rows[1:]:
        row[rows[0].index("override")] = overrides.get(row[0], "")
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))


def column(text: str, name: str) -> list[str]:
    """A column of a table, without Canvas' own row."""
    rows = list(csv.DictReader(io.StringIO(text)))
    return [row[name] for row in rows if "Points Possible" not in row.get("Student", "")]


class TestWhoGetsWhat:
    """One submission, one person."""

    def test_two_students_of_one_name_get_nobodys_grade(self, graded: Callable[..., Path], export: Run) -> None:
        """Neither gets it, the submission is named, and the exit code is not 0."""
        graded({"Maria Garcia": 3, "bob": 2})
        people = ("Garcia, Maria;101;s101;mg1", "Garcia, Maria;102;s102;mg2", "Roe, Bob;103;s103;bob")
        result = export("canvas", canvas(*people))
        assert column(result.stdout, "Backprop (12345)") == ["", "", "2"]
        assert result.exit_code == 1
        assert "Maria Garcia" in result.stderr

    def test_digits_in_a_folders_name_are_nobodys_id(self, graded: Callable[..., Path], export: Run) -> None:
        """`ben_2` is not the person with the ID 2, and `anna`, who is on no line, is named."""
        graded({"ben_2": 3, "anna": 2, "bob": 1})
        result = export("canvas", canvas("Other, Person;2;x2;other", "Ok, Ben;77;x77;ben", "Roe, Bob;3;x3;bob"))
        assert column(result.stdout, "Backprop (12345)") == ["", "", "1"]
        assert result.exit_code == 1
        assert "left out, because nobody in book.csv is known to own them: anna, ben_2" in result.stderr

    def test_a_match_by_hand_settles_it(self, graded: Callable[..., Path], export: Run, tmp_path: Path) -> None:
        """With a table of two columns."""
        graded({"Maria Garcia": 3})
        (tmp_path / "match.csv").write_text("submission,person\nMaria Garcia,102\n")
        people = ("Garcia, Maria;101;s101;mg1", "Garcia, Maria;102;s102;mg2")
        result = export("canvas", canvas(*people), "--match", "match.csv")
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (0, ["", "3"])

    @pytest.mark.parametrize(("last", "grades", "code"), [(1, ["1", "2"], 0), (None, ["", "2"], 1)])
    def test_the_last_of_several_attempts_counts(
        self, last: int | None, grades: list[str], code: int, graded: Callable[..., Path], export: Run
    ) -> None:
        """It is named; if it has no grade yet, an earlier one does not take its place."""
        attempts = [f"HW_jdoe_attempt_2026-03-0{day}-12-30-00_backward.py" for day in (1, 2)]
        folder = graded({attempts[0]: 3, attempts[1]: 1, "HW_bob_attempt_2026-03-01-12-30-00_backward.py": 2})
        *_, second = sorted(path for path in folder.glob("*.json") if "jdoe" in path.name)
        if last is None:
            second.unlink()
        result = export("canvas", canvas("Doe, Jane;1;a;jdoe", "Roe, Bob;2;b;bob"))
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (code, grades)
        assert f"1 attempt does not count: {second.stem.replace('-02-12', '-01-12')}" in result.stderr
        assert (f"not graded yet: {second.stem}" in result.stderr) == (last is None)

    def test_without_a_choice_by_the_batch_an_override_of_an_earlier_attempt_is_reported(
        self, graded: Callable[..., Path], export: Run
    ) -> None:
        """In a folder of an earlier version it would be lost without a word."""
        attempts = [f"HW_jdoe_attempt_2026-03-0{day}-12-30-00_backward.py" for day in (1, 2)]
        folder = graded({attempts[0]: 3, attempts[1]: 1})
        decide(folder, **{"jdoe_attempt_2026-03-01-12-30-00": "2"})
        roll = json.loads((folder / "class.json").read_bytes())
        for listed in roll["submissions"]:
            del listed["ruled"]
        (folder / "class.json").write_text(json.dumps(roll))
        result = export("canvas", canvas("Doe, Jane;1;a;jdoe"))
        assert column(result.stdout, "Backprop (12345)") == ["1"]
        assert (
            "the override for jdoe_attempt_2026-03-01-12-30-00 does not count: write it in the row of "
            "jdoe_attempt_2026-03-02-12-30-00"
        ) in result.stderr

    def test_what_was_decided_to_be_nobodys_is_left_out(
        self, graded: Callable[..., Path], export: Run, tmp_path: Path
    ) -> None:
        """On purpose, so the exit code is 0."""
        graded({"ada": 3, "teacher": 3})
        (tmp_path / "match.csv").write_text("submission,person\nteacher,-\n")
        result = export("canvas", canvas("A;1;a;ada"), "--match", "match.csv")
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (0, ["3"])

    def test_each_member_of_a_group_gets_its_grade(
        self, graded: Callable[..., Path], export: Run, tmp_path: Path
    ) -> None:
        """If the class was graded with the table that says who they are, which an export accepts as well."""
        graded({"Team 1": 3})
        (tmp_path / "match.csv").write_text("Team 1,1 + 2\n")
        (tmp_path / "class.csv").write_text("id,name\n1,Ada\n2,Bob\n")
        book = "id,name,HW\n1,Ada,\n2,Bob,\n3,Cy,\n"
        result = export("gradebook", book, "--title", "HW", "--match", "match.csv")
        assert result.exit_code == 4
        assert "--match gives Team 1 to 1 + 2: run `grade batch` with it first" in result.stderr
        with Store(tmp_path / "grades") as store:
            asked = RosterOptions(tmp_path / "class.csv", match=tmp_path / "match.csv")
            found = read_joined(read_folder(tmp_path / "class").handed_in, asked).handed_in
            Batch(order(), POSSIBLE, GRADIENTS, found, store, Silent()).run(PretendWorkers)
        result = export("gradebook", book, "--title", "HW", "--match", "match.csv")
        assert (result.exit_code, column(result.stdout, "HW")) == (0, ["3", "3", ""])

    def test_columns_of_ids_and_names_can_be_named(self, graded: Callable[..., Path], export: Run) -> None:
        """Where their headings are not known ones."""
        graded({"b1": 3})
        result = export(
            "gradebook", "Zahl,Wer,P\nb1,Bob,\n", "--id-column", "Zahl", "--name-column", "Wer", "--title", "P"
        )
        assert (result.exit_code, result.stdout) == (0, "Zahl,Wer,P\nb1,Bob,3\n")

    def test_nobody_on_the_roster_is_a_sentence(self, graded: Callable[..., Path], export: Run) -> None:
        """With the columns that were read."""
        graded({"bob": 3})
        result = export("canvas", canvas("X, Y;1;2;z"))
        assert result.exit_code == 4
        assert "nobody on the roster has a graded submission here" in result.stderr


class TestGradesTable:
    """grades.csv after a spreadsheet."""

    @pytest.mark.parametrize("how", ["excel-number", "ansi", "utf16", "double bom"])
    def test_every_override_reaches_its_student(self, how: str, graded: Callable[..., Path], export: Run) -> None:
        """Numbers lost their zeros, or the encoding is another one."""
        folder = graded({"00777777": 3, "José Álvarez": 3, "bob": 3})
        path = folder / "grades.csv"
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        for row in rows[1:]:
            row[rows[0].index("override")] = "1"
            if how == "excel-number" and row[0].isdigit():
                row[0] = str(int(row[0]))
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter="\t" if how == "utf16" else ",").writerows(rows)
        text = ("\ufeff" if how == "double bom" else "") + buffer.getvalue()
        path.write_bytes(text.encode({"ansi": "cp1252", "utf16": "utf-16"}.get(how, "utf-8-sig")))
        people = ("Seven;1;00777777;seven", "Álvarez, José;2;ja;ja", "Bob;3;bob;bob")
        result = export("canvas", canvas(*people))
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (0, ["1", "1", "1"])

    def test_a_row_that_belongs_to_nobody_stops_the_export(self, graded: Callable[..., Path], export: Run) -> None:
        """Nothing is written; the page is, and says so."""
        folder = graded({"bob": 3})
        with (folder / "grades.csv").open("a", encoding="utf-8") as file:
            file.write("boob,,,,,,,,,,,2,typo,,,,,,,\n")
        result = export("canvas", canvas("Bob;3;bob;bob"))
        assert (result.exit_code, result.stdout) == (1, "")
        assert "1 row of grades.csv belongs to no submission: boob." in result.stderr
        assert "Nothing was written" in result.stderr

    def test_a_table_that_is_gone_stops_the_export(self, graded: Callable[..., Path], export: Run) -> None:
        """It may have had overrides."""
        (graded({"bob": 3}) / "grades.csv").unlink()
        result = export("canvas", canvas("Bob;3;bob;bob"))
        assert (result.exit_code, result.stdout) == (1, "")
        assert "grades.csv is gone, and overrides with it" in result.stderr

    def test_an_override_for_somebody_who_handed_in_nothing_is_exported(
        self, graded: Callable[..., Path], export: Run
    ) -> None:
        """Without one, they are left out: nobody gets a zero for handing in nothing."""
        folder = graded({"ada": 3, "cleo": None, "dan": None})
        decide(folder, cleo="2,5")
        result = export("canvas", canvas("A;1;a;ada", "C;2;c;cleo", "D;3;d;dan"))
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (0, ["3", "2.5", ""])
        assert "1 of 3 on the roster have a submission" in result.stderr.splitlines()

    def test_a_word_is_left_out_and_a_number_out_of_range_is_reported(
        self, graded: Callable[..., Path], export: Run
    ) -> None:
        """Canvas would take both."""
        decide(graded({"ada": 3, "bob": 2, "cleo": 1}), ada="excused", bob="30")
        result = export("canvas", canvas("A;1;a;ada", "B;2;b;bob", "C;3;c;cleo"))
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (0, ["", "30", "1"])
        assert "the override for ada is not a number ('excused')" in result.stderr
        assert "the override for bob, 30, is above the maximum of 3" in result.stderr

    def test_names_that_a_copy_wrote_in_another_form_are_found(self, graded: Callable[..., Path], export: Run) -> None:
        """macOS writes an accent as a character of its own."""
        folder = graded({"José": 3})
        (folder / "José.json").rename(folder / f"{unicodedata.normalize('NFD', 'José')}.json")
        result = export("canvas", canvas("José;3;x;y"))
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (0, ["3"])

    def test_a_withdrawn_submissions_report_is_left_out(self, graded: Callable[..., Path], tmp_path: Path) -> None:
        """Its file still exists, but class.json lists the class as it is now."""
        import shutil

        graded({"ada": 3, "bob": 2})
        shutil.rmtree(tmp_path / "class" / "bob")
        folder = graded({"ada": 3})
        assert (folder / "bob.json").is_file()
        assert [path.stem for path, _ in read_results(folder).documents()] == ["ada"]

    def test_a_damaged_list_of_the_class_is_a_sentence(self, graded: Callable[..., Path]) -> None:
        """It says how to get it back."""
        folder = graded({"ada": 3})
        (folder / "class.json").write_text("{")
        with pytest.raises(NothingToTell, match=r"class\.json is damaged .* run `grade batch` on the same submissions"):
            read_results(folder)


class TestWithoutAGrade:
    """Submissions that have none are named."""

    def test_an_internal_error_is_left_out(self, graded: Callable[..., Path], export: Run) -> None:
        """Exit code 3; the others are exported."""
        graded({"ada": 3, "bob": 2}, bob=9)
        result = export("canvas", canvas("A;1;a;ada", "B;2;b;bob"))
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (3, ["3", ""])
        assert "left out, because of an internal error: bob. Regrade with `grade batch --failed`" in result.stderr

    @pytest.mark.parametrize("words", [("canvas", "--roster", "book.csv"), ("csv",)])
    def test_if_nobody_was_graded_nothing_is_written(
        self, words: tuple[str, ...], graded: Callable[..., Path], grade: Run, tmp_path: Path
    ) -> None:
        """Not even an empty table."""
        graded({"bob": 2}, bob=9)
        (tmp_path / "book.csv").write_text(canvas("B;2;b;bob"))
        result = grade("report", "--class", "grades", "--to", *words)
        assert (result.exit_code, result.stdout) == (3, "")
        assert "left out, because of an internal error: bob" in result.stderr

    def test_what_is_not_graded_yet_is_left_out(self, graded: Callable[..., Path], export: Run) -> None:
        """Exit code 1."""
        folder = graded({"ada": 3, "bob": 2})
        (folder / "bob.json").unlink()
        result = export("canvas", canvas("A;1;a;ada", "B;2;b;bob"))
        assert (result.exit_code, column(result.stdout, "Backprop (12345)")) == (1, ["3", ""])
        assert "left out, because not graded yet: bob. Run `grade batch` again" in result.stderr


class TestCanvas:
    """The whole export, with one column filled in."""

    def test_every_other_cell_stays_as_it_was(self, graded: Callable[..., Path], export: Run) -> None:
        """Byte for byte: encoding, line ends, quotes, and Canvas' own rows."""
        graded({"ada": 3})
        book = canvas("=Ä, Ada;1;a;ada", "Student, Test;9;;test").replace("\n", "\r\n").encode("utf-8-sig")
        result = export("canvas", book)
        assert result.stdout_bytes == book.replace(b"ada,S,7,,", b"ada,S,7,3,")

    @pytest.mark.parametrize("title", ["Backprop (12345)", "backprop", "BACKPROP (12345)"])
    def test_the_column_is_named_with_or_without_its_number(
        self, title: str, graded: Callable[..., Path], export: Run
    ) -> None:
        """In any case."""
        graded({"ada": 3})
        result = export("canvas", canvas("A;1;a;ada"), "--title", title)
        assert column(result.stdout, "Backprop (12345)") == ["3"]

    def test_a_mistyped_column_is_a_sentence(self, graded: Callable[..., Path], export: Run) -> None:
        """No new column is made."""
        graded({"ada": 3})
        result = export("canvas", canvas("A;1;a;ada"), "--title", "Backpropp (12345)")
        assert result.exit_code == 4
        assert "has no column 'Backpropp (12345)' for an assignment. Did you mean Backprop (12345)?" in result.stderr

    def test_a_column_called_like_the_exercise_needs_no_title(self, graded: Callable[..., Path], export: Run) -> None:
        """Even if it has grades already."""
        graded({"ada": 3})
        book = canvas("A;1;a;ada").replace("Essay (9)", "HW 3: MLP (9)")
        assert column(export("canvas", book).stdout, "HW 3: MLP (9)") == ["3"]

    def test_a_column_that_cannot_be_told_has_to_be_named(self, graded: Callable[..., Path], export: Run) -> None:
        """The sentence lists the columns."""
        graded({"ada": 3})
        result = export("canvas", canvas("A;1;a;ada").replace("S,7,,", "S,,,"))
        assert result.exit_code == 4
        assert "Name it with --title: Essay (9), Backprop (12345)" in result.stderr

    def test_another_maximum_is_reported(self, graded: Callable[..., Path], export: Run) -> None:
        """Canvas would show 3 of 100."""
        graded({"ada": 3})
        result = export("canvas", canvas("A;1;a;ada").replace("10,3,", "10,100,"))
        assert "Canvas' maximum for Backprop (12345) is 100, but 3 points are possible here" in result.stderr

    @pytest.mark.parametrize(
        ("roster", "sentence"),
        [
            ("Name,Login\nada,ada\n", "is not a Canvas grade book, whose first columns are Student and ID"),
            ("Student,ID,x\nada,1,\n", "has no Section column, which Canvas requires"),
        ],
    )
    def test_a_roster_that_cannot_be_used_is_refused(
        self, roster: str, sentence: str, graded: Callable[..., Path], export: Run
    ) -> None:
        """One sentence that says what is missing."""
        graded({"ada": 3})
        result = export("canvas", roster)
        assert result.exit_code == 4
        assert sentence in result.stderr


class TestMoodle:
    """The grading worksheet, and the import into the grade book."""

    OTHERS = "- gut gelöst\n- siehe S. 3\n" + "x" * 2500

    def sheet(self, encoding: str) -> bytes:
        """A worksheet with somebody else's feedback."""
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer)
        writer.writerow(WORKSHEET.split(","))
        writer.writerow(["Participant 3", "bob", "b@u", "", "", "26", "Yes", "-", "-", ""])
        writer.writerow(["Participant 4", "Jürgen", "j@u", "", "12", "26", "Yes", "-", "-", self.OTHERS])
        return buffer.getvalue().encode(encoding)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    def test_other_peoples_rows_stay_as_they_are(self, encoding: str, graded: Callable[..., Path], export: Run) -> None:
        """Their feedback has its lines, its length and its umlauts."""
        graded({"bob": 3})
        before = self.sheet(encoding).decode(encoding)
        result = export("moodle", self.sheet(encoding))
        assert result.exit_code == 0
        after = result.stdout_bytes.decode(encoding)
        assert after == before.replace("b@u,,,26,Yes,-,-,\r", "b@u,,3,26,Yes,-,-,mlp: 3 of 3\r")

    def test_a_worksheet_in_german_keeps_its_decimal_comma(self, graded: Callable[..., Path], export: Run) -> None:
        """The headings are Moodle's own in that language."""
        decide(graded({"bob": 3}), bob="2.5")
        people = 'Teilnehmer/in1,Bob,bob@u,,,"26,00",Ja,-,-,\r\nTeilnehmer/in2,Eve,eve@u,,,"26,00",Ja,-,-,\r\n'
        result = export("moodle", f"{BLATT}\r\n{people}")
        assert result.exit_code == 0, result.stderr
        (bob, eve) = csv.DictReader(io.StringIO(result.stdout))
        assert (bob["Bewertung"], eve["Bewertung"]) == ("2,5", "")
        assert bob["Feedback als Kommentar"] == "mlp: 2.5 points, set by the instructor"

    def test_a_comment_reaches_the_student_and_a_reason_does_not(
        self, graded: Callable[..., Path], export: Run
    ) -> None:
        """A reason may name somebody else. Characters that the worksheet cannot hold are written as HTML."""
        folder = graded({"bob": 3})
        path = folder / "grades.csv"
        text = path.read_text(encoding="utf-8-sig")
        key = keys(["bob"])[0]
        text = text.replace(",,,3,", ",2,copied from eve,3,").replace(f",,{key}", f",see <p> → 3,{key}")
        path.write_text(text, encoding="utf-8-sig")
        (bob, _) = csv.DictReader(io.StringIO(export("moodle", self.sheet("cp1252")).stdout_bytes.decode("cp1252")))
        assert bob["Feedback comments"] == "mlp: 2 points, set by the instructor. see &lt;p&gt; &#8594; 3"

    def test_a_grade_above_moodles_maximum_is_refused(
        self, graded: Callable[..., Path], export: Run, tmp_path: Path
    ) -> None:
        """Moodle would stop in the middle of the import."""
        graded({"bob": 3})
        result = export("moodle", self.sheet("utf-8").replace(b",26,", b',"2,00",'))
        assert result.exit_code == 4
        assert "bob has 3 points, but Moodle's maximum is 2: set it to 3 in Moodle" in result.stderr
        decide(tmp_path / "grades", bob="40")
        result = export("moodle", self.sheet("utf-8"))
        assert "bob has 40 points, but Moodle's maximum is 26: set it to 40 in Moodle" in result.stderr

    def test_a_list_of_participants_becomes_an_import(self, graded: Callable[..., Path], export: Run) -> None:
        """Address and grade, without people who have no grade."""
        graded({"ada": 3, "cleo": 1})
        people = "First name,Last name,Email address\nAda,,ada@u\nBob,,\ncleo,,cleo@u\nDan,,dan@u\n"
        result = export("moodle", people, "--title", "Backprop")
        assert result.stdout == "Email address,Backprop\nada@u,3\ncleo@u,1\n"
        assert result.exit_code == 0

    def test_whom_an_import_would_not_find_is_named(self, graded: Callable[..., Path], export: Run) -> None:
        """Moodle stops at an empty address, and gives a grade under an address of two people to either."""
        graded({"ada": 3, "bob": 2, "cleo": 1})
        people = "First name,Last name,Email address\nAda,,ada@u\nBob,,\ncleo,,roe@u\nDan,,ROE@u\n"
        result = export("moodle", people, "--title", "Backprop")
        assert result.stdout == "Email address,Backprop\nada@u,3\n"
        assert result.exit_code == 1
        why = "because Email address is empty or somebody else's, too, in book.csv"
        assert f"left out, {why}: bob, cleo\n" in result.stderr

    def test_a_table_without_addresses_is_refused(self, graded: Callable[..., Path], export: Run) -> None:
        """Moodle finds people by them."""
        graded({"bob": 2})
        result = export("moodle", "Name,x\nbob,\n")
        assert result.exit_code == 4
        assert "a column Email address or Username" in result.stderr


class TestAnyTable:
    """Blackboard's, Brightspace's or your own."""

    def test_the_named_column_is_filled_in(self, graded: Callable[..., Path], export: Run) -> None:
        """And nothing else."""
        graded({"ada": 3, "bob": 2})
        result = export(
            "gradebook", "Name;Login;HW 1;HW 2\r\nAda;ada;;1\r\nX;x;5;5\r\nBob;bob;;2\r\n", "--title", "hw 1"
        )
        assert result.stdout_bytes == b"Name;Login;HW 1;HW 2\r\nAda;ada;3;1\r\nX;x;5;5\r\nBob;bob;2;2\r\n"

    def test_a_workbook_comes_back_as_one(self, graded: Callable[..., Path], grade: Run, tmp_path: Path) -> None:
        """With a number in the cell, and its other cells as they were."""
        import openpyxl

        graded({"ada": 3})
        book = openpyxl.Workbook()
        for row in (("Name", "Login", "HW"), ("Ada", "ada", None), ("Bob", "bob", 2)):
            book.active.append(row)
        book.save(tmp_path / "book.xlsx")
        words = ("--to", "gradebook", "--roster", "book.xlsx", "--title", "HW", "-o", "out.xlsx")
        result = grade("report", "--class", "grades", *words)
        assert (result.exit_code, result.stderr.splitlines()[0]) == (0, "written  out.xlsx")
        rows = openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(values_only=True)
        assert list(rows) == [("Name", "Login", "HW"), ("Ada", "ada", 3), ("Bob", "bob", 2)]

    @pytest.mark.parametrize(
        "heading",
        [
            "Homework 1 [Total Pts: 10 Score] |123",
            "Homework 1 [Total Pts: up to 10 Score] |123_1",
            "Homework 1 Points Grade <Numeric MaxPoints:10>",
            "Homework 1 (1234)",
            "Assignment: Homework 1 (Real)",
        ],
    )
    def test_a_title_needs_nothing_that_the_platform_adds(
        self, heading: str, graded: Callable[..., Path], export: Run
    ) -> None:
        """Beside columns of which the title is only a part."""
        graded({"ada": 3})
        book = f"Username,Homework 1 (late),Homework 10,{heading},Homework 1 Text Grade <Text>\nada,,,,\n"
        result = export("gradebook", book, "--title", "homework 1")
        assert result.exit_code == 0, result.output
        assert result.stdout.splitlines()[1] == "ada,,,3,"

    def test_a_title_that_two_columns_have_is_refused(self, graded: Callable[..., Path], export: Run) -> None:
        """Whatever the platform adds to them."""
        graded({"ada": 3})
        heads = "HW [Total Pts: 10 Score] |12,HW [Total Pts: 5 Score] |13"
        result = export("gradebook", f"Username,{heads}\nada,,\n", "--title", "HW")
        assert result.exit_code == 4
        assert f"book.csv has several columns 'HW': {heads.replace(',', ', ')}. Name one in full" in result.stderr

    def test_columns_that_take_no_grade_are_not_offered(self, graded: Callable[..., Path], export: Run) -> None:
        """Blackboard's and Brightspace's own."""
        graded({"ada": 3})
        book = (
            '"Last Name","First Name","Username","Student ID","Last Access","Availability",'
            '"Total [Total Pts: up to 10 Score] |1","HW [Total Pts: 10 Score] |2","End-of-Line Indicator"\n'
            '"L","A","ada","1","","Yes","","","#"\n'
        )
        assert export("gradebook", book).stderr.splitlines()[0].endswith("--title: HW [Total Pts: 10 Score] |2")

    @pytest.mark.parametrize("title", ["Login", "name"])
    def test_a_column_of_people_is_never_filled_in(self, title: str, graded: Callable[..., Path], export: Run) -> None:
        """The names of a class would be gone."""
        graded({"ada": 3})
        result = export("gradebook", "Name,Login,HW\nAda,ada,\n", "--title", title)
        assert result.exit_code == 4
        assert f"book.csv has no column '{title}' for an assignment. Its columns: HW" in result.stderr

    @pytest.mark.parametrize("book", ["gradebook", "canvas"])
    def test_of_two_columns_of_one_name_neither_is_filled_in(
        self, book: str, graded: Callable[..., Path], export: Run
    ) -> None:
        """One of them may hold the grades of something else."""
        graded({"ada": 3})
        people = "Student,ID,SIS Login ID,Section,HW (1),HW (1)\nAda,1,ada,S,,\n"
        result = export(book, people, "--title", "HW (1)")
        assert (result.exit_code, result.stdout) == (4, "")
        assert "book.csv has several columns HW (1): rename or delete the others first" in result.stderr

    def test_a_second_row_of_a_person_is_told(self, graded: Callable[..., Path], export: Run) -> None:
        """As in a table with a row for each section."""
        graded({"ada": 3})
        result = export("gradebook", "id,Name,Section,HW\nada,Ada,1,\nada,Ada,2,\n", "--title", "HW")
        assert column(result.stdout, "HW") == ["3", ""]
        said = "Ada (ada) is listed again in book.csv: the first row gets the grade, the other row gets none\n"
        assert said in result.stderr

    def test_a_word_that_is_replaced_is_told(self, graded: Callable[..., Path], export: Run) -> None:
        """It may have been somebody's decision."""
        graded({"ada": 3, "bob": 2})
        result = export("gradebook", "id,HW\nada,excused\nbob,1\n", "--title", "HW")
        assert column(result.stdout, "HW") == ["3", "2"]
        assert "what was in HW has been replaced by points: excused (ada)\n" in result.stderr

    def test_a_login_of_somebody_else_in_another_course_gets_nothing(
        self, graded: Callable[..., Path], export: Run, tmp_path: Path
    ) -> None:
        """The name says that it is another person."""
        graded({"ada": 3, "bob": 2})
        (tmp_path / "class.csv").write_text("login,name\nada,Ada L\nbob,Bob K\n")
        with Store(tmp_path / "grades") as store:
            asked = RosterOptions(tmp_path / "class.csv")
            found = read_joined(read_folder(tmp_path / "class").handed_in, asked).handed_in
            Batch(order(), POSSIBLE, GRADIENTS, found, store, Silent()).run(PretendWorkers)
        result = export("gradebook", "login,name,HW\nada,Zoe Z,\nbob,Bob K,\n", "--title", "HW")
        assert column(result.stdout, "HW") == ["", "2"]
        assert "ada: its login ada belongs to Zoe Z (ada), not to Ada L; matched to nobody" in result.stderr
        assert result.exit_code == 1

    def test_the_column_has_to_be_named(self, graded: Callable[..., Path], export: Run) -> None:
        """The sentence lists the columns."""
        graded({"ada": 3})
        result = export("gradebook", "Name,HW\nAda,\n")
        assert result.exit_code == 4
        assert "which column of book.csv gets the points of mlp? Name it with --title: HW" in result.stderr


class TestOneReport:
    """`grade report report.json` with a grade book."""

    def test_a_single_submission_is_filled_in(self, grade: Run, tmp_path: Path) -> None:
        """By the name of the file that was graded."""
        (tmp_path / "book.csv").write_text(canvas("Half;1;a;half", "X;2;b;x"))
        result = grade("report", HERE / "data" / "half.json", "--to", "canvas", "--roster", "book.csv")
        assert column(result.stdout, "Backprop (12345)") == ["12", ""]

    @pytest.mark.parametrize(
        ("book", "sentence"),
        [
            ("canvas", "export the grade book"),
            ("moodle", "download the grading worksheet"),
            ("gradebook", "which grade book?"),
        ],
    )
    def test_a_grade_book_is_needed(self, book: str, sentence: str, grade: Run) -> None:
        """It says who the students are."""
        result = grade("report", HERE / "data" / "half.json", "--to", book)
        assert result.exit_code == 4
        assert sentence in result.stderr


class TestOtherFormats:
    """A class in a format that is no grade book."""

    @pytest.mark.parametrize(
        "words", [("--title", "HW"), ("--match", "class"), ("--id-column", "x"), ("--roster", "class")]
    )
    def test_an_option_of_a_grade_book_is_refused(
        self, words: tuple[str, ...], graded: Callable[..., Path], grade: Run, tmp_path: Path
    ) -> None:
        """Nobody takes a page for a grade book because it was accepted."""
        graded({"ada": 3})
        (tmp_path / "x.csv").write_text("Name\nada\n")
        given = [word.replace("class", "x.csv") for word in words]
        result = grade("report", "--class", "grades", *given)
        assert result.exit_code == 4
        assert f"{words[0]} is for a grade book: choose --to canvas, moodle or gradebook" in result.stderr

    @pytest.mark.parametrize("target", ["gradescope", "classroom50", "github", "exercism"])
    def test_a_format_for_one_submission_is_refused(self, target: str, graded: Callable[..., Path], grade: Run) -> None:
        """One file with everybody's scores is nothing that such a system expects."""
        graded({"ada": 3, "bob": 2})
        result = grade("report", "--class", "grades", "--to", target)
        assert (result.exit_code, result.stdout) == (4, "")
        assert f"--to {target} is for one submission, not for a class" in result.stderr

    def test_markdown_names_the_students(self, graded: Callable[..., Path], grade: Run) -> None:
        """Each section is somebody's."""
        graded({"ada": 3, "bob": 2})
        text = grade("report", "--class", "grades", "--to", "markdown").stdout
        assert [line for line in text.splitlines() if line.startswith("##")] == [
            "## ada, mlp: 3 of 3 points", "## bob, mlp: 2 of 3 points",
        ]  # fmt: skip

    def test_an_internal_error_is_left_out_of_a_table(self, graded: Callable[..., Path], grade: Run) -> None:
        """Exit code 3, and named."""
        graded({"ada": 3, "bob": 2}, bob=9)
        result = grade("report", "--class", "grades", "--to", "csv")
        assert result.exit_code == 3
        assert "bob" not in result.stdout
        assert "left out, because of an internal error: bob" in result.stderr

    def test_what_a_program_reads_does_not_depend_on_the_terminal(self, graded: Callable[..., Path]) -> None:
        """UTF-8 also where the terminal knows only ASCII."""
        folder = graded({"José": 3})
        words = ["report", "--class", str(folder), "--to", "csv"]
        result = CliRunner(charset="ascii").invoke(main, words, catch_exceptions=False)
        assert "\nJosé,".encode() in result.stdout_bytes

    def test_a_closed_stdout_is_a_sentence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It says where else the text can go."""
        monkeypatch.setattr("sys.stdout", None)
        with pytest.raises(Misuse, match="stdout is closed, so nothing can be written to it; name a file with -o"):
            write_output("x", None)


def test_the_class_has_owners_and_overrides(graded: Callable[..., Path]) -> None:
    """Each entry of the class as one document, as the formats get it."""
    folder = graded({"ada": 3, "bob": None})
    decide(folder, bob="excused")
    found = class_document(read_results(folder))["grader"]["submissions"]
    assert [(each["name"], each["final"], each["uncounted"], each["override"]) for each in found] == [
        ("ada", None, False, ""), ("bob", None, True, "excused"),
    ]  # fmt: skip


def test_a_folder_of_an_earlier_version_is_read_by_name(tmp_path: Path) -> None:
    """It has no class.json; grades.csv says who is in the class."""
    for run in ("perfect", "half"):
        (tmp_path / f"{run}.json").write_bytes((HERE / "data" / f"{run}.json").read_bytes())
    assert len(list(read_results(tmp_path).documents())) == 2
    (tmp_path / "grades.csv").write_text(
        'submission,student,override,reason,source\nhalf,7,"20,5",,half.py\nperfect,,EX,,\n', encoding="utf-8"
    )
    ((path, document),) = read_results(tmp_path).documents()
    (entry,) = document["grader"]["submissions"]
    assert (path.name, entry["owner"], entry["final"]) == ("half.json", {"id": "7"}, 20.5)


def test_a_class_list_holds_what_is_known_of_everybody(graded: Callable[..., Path]) -> None:
    """Machine-made, so that no spreadsheet can damage it: a key, and what the platform says about the owner."""
    folder = graded({"doejohn_4711_88123_backward.py": 2, "Jane_4": None})
    john, jane = json.loads((folder / "class.json").read_bytes())["submissions"]
    assert (john["name"], john["claim"]["id"], john["missing"]) == ("doejohn_4711", "4711", False)
    assert (jane["claim"]["id"], jane["claim"]["called"], jane["missing"]) == ("", "Jane_4", True)
    assert john["key"] != jane["key"]
    keys = [row["key"] for row in csv.DictReader(io.StringIO((folder / "grades.csv").read_bytes().decode("utf-8-sig")))]
    assert keys == [john["key"], jane["key"]]


WORDS = st.sampled_from(
    ["ada", "bob", "Ada", "ADA", "b", "ben_2", "2", "02", "7", "Doe", "Ada Doe", "Doe, Ada", "Zoë", "Zoe\u0308", "Zoe"]
)


@st.composite
def classes(draw: st.DrawFn) -> tuple[list[tuple[str, str, str]], list[str]]:
    """A grade book's people (name, number, login), and what the submissions are called."""
    people = draw(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6))
    return people, draw(st.lists(WORDS, min_size=1, max_size=6, unique=True))


@given(drawn=classes(), book=st.sampled_from(["canvas", "gradebook"]))
def test_every_grade_is_given_once_or_named(drawn: tuple[list[tuple[str, str, str]], list[str]], book: str) -> None:
    """Whatever people and folders are called: no two people get one grade, and no grade is lost without a word."""
    people, called = drawn
    earned = Earned()
    for points, name in enumerate(called, 1):
        claim = Claim(f"s{points}", called=name, person=f"s{points}")
        earned.grades[claim.submission] = Grade(claim.submission, claim, points, 6)
        earned.claims.append(claim)
        earned.handed_in.add(claim.submission)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["Student", "ID", "SIS Login ID", "Section", "HW (1)"])
            writer.writerows([*person, "S", ""] for person in people)
        try:
            made = export(book, earned, RosterOptions(path), "HW (1)")
        except NothingToTell:
            return
    rows = list(csv.reader(io.StringIO(made.content.decode(), newline="")))[1:]
    assert [tuple(row[:3]) for row in rows] == people
    given_to = {f"s{row[4]}": row for row in rows if row[4]}
    assert len(given_to) == sum(bool(row[4]) for row in rows)
    assert {*given_to, *made.left_out} == {*earned.grades}
    assert not {*given_to} & {*made.left_out}
    for name, row in given_to.items():
        mine = {folded(form) for each in listings(row, people) for form in (*each, *turned(each[0]))}
        assert folded(earned.grades[name].claim.called) in mine


def listings(row: list[str], people: list[tuple[str, str, str]]) -> set[tuple[str, ...]]:
    """Every row of the same person: those of one name that share an id or a login, directly or through another."""
    found = {tuple(row[:3])}
    while more := {
        each
        for each in people
        if each not in found and any(written(each[0]) & written(one[0]) and {*each[1:]} & {*one[1:]} for one in found)
    }:
        found |= more
    return found


def folded(text: str) -> str:
    """A name without case and accents, and a number without zeros in front."""
    split = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c)).lstrip("0")


def written(name: str) -> set[str]:
    """Every way to write a name."""
    return {folded(form) for form in (name, *turned(name))}


def turned(name: str) -> list[str]:
    """The other ways to write a name."""
    last, _, first = name.partition(", ") if "," in name else name.rpartition(" ")[::-1]
    return [f"{first} {last}", f"{last}, {first}"] if first and last else []
