"""Feedback pages: each reaches its student by the platform's own reading of its name, and shows nobody else's."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from classroom import GRADIENTS, POSSIBLE, PretendWorkers, Silent, hand_in, order

from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import Store
from grader.classroom.feedback import feedback_of
from grader.classroom.gradebook.results_folder import read_results
from grader.classroom.intake.folder import read_folder
from grader.report.document import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from click.testing import Result

HERE = Path(__file__).resolve().parents[1]


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Path]:
    """Grade pretended submissions, path in the class -> points; returns the folder of results."""

    def run(files: Mapping[str, int | None], **dies: int) -> Path:
        hand_in(tmp_path / "class", {name: None if got is None else f"{got} {name}" for name, got in files.items()})
        with Store(tmp_path / "grades") as store:
            found = read_folder(tmp_path / "class").handed_in
            batch = Batch(order(), POSSIBLE, GRADIENTS, found, store, Silent())
            batch.run(lambda: PretendWorkers(dies=dies))
        return tmp_path / "grades"

    return run


@pytest.fixture
def returned(grade: Callable[..., Result], tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Write the pages of the class in `grades`: path -> text, and the messages under the empty path."""

    def run(code: int = 0) -> dict[str, str]:
        result = grade("report", "--class", "grades", "--feedback-pages", "feedback")
        assert result.exit_code == code, result.output
        folder = tmp_path / "feedback"
        found = {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.html")}
        return {**found, "": result.stderr}

    return run


def decide(folder: Path, name: str, **columns: str) -> None:
    """Write into a row as an instructor does; columns that the table lacks are added."""
    path = folder / "grades.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    for row in rows:
        row.update(columns if row["submission"] == name else dict.fromkeys(columns.keys() - row.keys(), ""))
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(dict.fromkeys(key for row in rows for key in row)))
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))


def moodle_reads(path: str, participants: set[int]) -> tuple[int, str] | None:
    """Whose file this is by the rules of Moodle's upload, and what it will be called; None if Moodle ignores it."""
    parts = path.split("/")
    if parts[-1][:1] in (".", "~"):
        return None
    while parts:
        pieces = parts.pop(0).split("_", 4)
        if len(pieces) >= 4 and pieces[1].isdigit() and int(pieces[1]) in participants:
            assert pieces[2:4] == ["assignsubmission", "file"], "a plugin that Moodle has"
            return int(pieces[1]), "/".join([*pieces[4:], *parts]).lstrip("/")
    return None


def canvas_reads(path: str, attachments: Mapping[str, set[str]]) -> str | None:
    """Whose file this is by the rules of Canvas' upload: a number, or an anonymous id; None if Canvas ignores it."""
    pieces = [piece for piece in path.rpartition("/")[2].split("_") if piece != "LATE"]
    if pieces[-1].startswith("link"):
        return None
    owner, attachment = pieces[1:3] if pieces[0] == "anon" else [each for each in pieces if each.isdecimal()][:2]
    return owner if attachment in attachments.get(owner, ()) else None


class TestNames:
    """A platform's upload hands each page to its student."""

    def test_moodle_finds_every_participant(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """By the number; names may have any letters, and typed text has a page, too."""
        graded(
            {
                "Jane Doe_657737_assignsubmission_file_/backward.py": 3,
                "José Ñandú-O'Neill_657738_assignsubmission_file_/my_1_2_3_4.py": 2,
                "李 小龍_657739_assignsubmission_file_backward.py": 1,
                "Ola Berg_657740_assignsubmission_onlinetext_/onlinetext.html": 0,
            }
        )
        found = returned()
        told = found.pop("")
        people = {657737, 657738, 657739, 657740}
        assert {moodle_reads(path, people) for path in found} == {(each, "feedback.html") for each in people}
        assert "José Ñandú-O'Neill_657738_assignsubmission_file_/feedback.html" in found
        assert "Moodle takes a zip of this folder" in told
        assert "“Upload multiple feedback files in a zip”" in told

    def test_canvas_finds_every_attachment(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """By both numbers: late, anonymous, with a number for a name, and with a file called link.py."""
        graded(
            {
                "doejohn_4711_88123_backward.py": 3,
                "roejane_LATE_4712_88124_link_1_2.py": 2,
                "anon_x7Yz2_88125_backward.py": 1,
                "42_4713_88126_link.py": 1,
                "berg_ola_4714_88127_backward.py": 1,
                "berg_ola_4714_88128_notes.py": 1,
            }
        )
        found = returned()
        told = found.pop("")
        handed_in = {"4711": {"88123"}, "4712": {"88124"}, "x7Yz2": {"88125"}, "4713": {"88126"}}
        assert sorted(canvas_reads(path, handed_in | {"4714": {"88127", "88128"}}) or "?" for path in found) == [
            "4711", "4712", "4713", "4714", "x7Yz2",
        ]  # fmt: skip
        assert "doejohn_4711_88123_feedback.html" in found
        assert "“Re-Upload Submissions”" in told

    def test_what_canvas_does_not_take_is_named(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """Typed text has no attachment that the page could belong to."""
        graded({"doejohn_4711_88123_backward.py": 3, "roejane_4712_text.html": 0, "leesam_4713_88124_x.py": 1})
        found = returned()
        assert "roejane_4712.html" in found
        assert "not for that upload, because no file of the download is theirs: roejane_4712. " in found[""]

    def test_all_others_are_called_after_the_submission(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """Also those of a person who calls a folder as Canvas would."""
        graded({"ann/backward.py": 3, "bob.py": 2, "ben_2_3_x/backward.py": 1})
        found = returned()
        assert found.keys() == {"", "ann.html", "bob.html", "ben_2_3_x.html"}
        assert "upload" not in found[""]

    def test_a_name_cannot_leave_the_folder(self, graded: Callable[..., Path]) -> None:
        """Nor do anything to a terminal, nor move the number that is read."""
        folder = graded(
            {
                "a\\..\x1b[2J_1_assignsubmission_file_/backward.py": 3,
                "x_7_9_2_assignsubmission_file_/backward.py": 2,
                "~Ola_3_assignsubmission_file_/backward.py": 1,
            }
        )
        paths = feedback_of(read_results(folder)).paths.values()
        assert {moodle_reads(path, {1, 2, 3, 7, 9}) for path in paths} >= {(1, "feedback.html"), (3, "feedback.html")}
        for path in paths:
            assert re.fullmatch(r"[^\x00-\x1f\\~/.][^\x00-\x1f\\~/]*(/feedback)?\.html|[^/]+/feedback\.html", path)
            assert not path.startswith(".")

    def test_a_zip_has_the_same_pages(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]], grade: Callable[..., Result]
    ) -> None:
        """If the name ends in .zip; names outside ASCII survive."""
        graded({"李 小龍_657739_assignsubmission_file_/backward.py": 3})
        found = returned()
        result = grade("report", "--class", "grades", "--feedback-pages", "feedback.zip")
        assert result.exit_code == 0, result.output
        assert result.stderr.startswith("written  feedback.zip: 1 page\nMoodle takes this zip: ")
        with zipfile.ZipFile("feedback.zip") as archive:
            assert {name: archive.read(name).decode() for name in archive.namelist()} == {
                path: text for path, text in found.items() if path
            }


class TestWhatAPageSays:
    """The student's own report, and what the instructor wrote for them."""

    def test_the_points_that_count_and_the_comment(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """An override with the grader's points; its reason is the instructor's, and stays away."""
        folder = graded({"ann.py": 3, "bob.py": 1})
        decide(folder, "ann", override="2,5", reason="copied from bob?", comment="Look at <b>dx</b> again.")
        decide(folder, "bob", override="excused")
        found = returned()
        assert "<dd>2.5 of 3</dd>" in found["ann.html"]
        assert "Your instructor set the points to 2.5. The grader gave 3 of 3." in found["ann.html"]
        assert "Look at &lt;b&gt;dx&lt;/b&gt; again." in found["ann.html"]
        assert "copied" not in found["ann.html"]
        assert "Your instructor entered “excused” instead of points. The grader gave 1 of 3." in found["bob.html"]
        assert "<dd>excused</dd>" in found["bob.html"]

    def test_it_is_headed_by_the_person(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """As the roster or the download calls them; the submission's name is beside it."""
        graded({"Jane Doe_657737_assignsubmission_file_/backward.py": 3, "Ola Berg_8_assignsubmission_file_/b.py": 2})
        page = returned()["Jane Doe_657737_assignsubmission_file_/feedback.html"]
        assert "<title>Jane Doe: gradients by hand</title>" in page
        assert '<p class="soft">Jane Doe · Jane Doe_657737 · exercise' in page

    def test_without_a_decision_it_is_the_report(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """No empty box."""
        graded({"ann.py": 3})
        found = returned()
        assert "<dd>3 of 3</dd>" in found["ann.html"]
        assert "<aside" not in found["ann.html"]

    def test_nothing_of_the_instructors_is_on_it(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]], tmp_path: Path
    ) -> None:
        """No folder, no other student, no suspicion."""
        folder = graded({"ann.py": 3, "bobby_tables.py": 1})
        for path in (folder / "ann.json", folder / "students" / "ann.json"):
            report = json.loads(path.read_text("utf-8"))
            entry = report["grader"]["submissions"][0]
            entry["notes"] += ["a.py:3: dx divides the difference of two evaluations: possibly finite differences"]
            entry["notes"] += ["not read: notes.py"]
            path.write_text(json.dumps(report), encoding="utf-8")
        page = returned()["ann.html"]
        assert "not read: notes.py" in page
        assert "finite differences" not in page
        assert str(tmp_path) not in page
        assert "bobby" not in page

    def test_a_lower_level_shows_less(self, graded: Callable[..., Path], grade: Callable[..., Result]) -> None:
        """The points, too, with --feedback none."""
        graded({"ann.py": 3})
        shown = {}
        for level in ("verdict", "none"):
            assert grade("report", "--class", "grades", "--feedback-pages", level, "--feedback", level).exit_code == 0
            shown[level] = Path(level, "ann.html").read_text("utf-8")
        assert "<dd>3 of 3</dd>" in shown["verdict"]
        assert "of 3" not in shown["none"]

    def test_feedback_none_shows_no_points(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """Nor those that the instructor set; a comment is for the student."""
        folder = graded({"ann.py": 3})
        path = folder / "students" / "ann.json"
        report = json.loads(path.read_text("utf-8"))
        report["grader"]["submissions"] = [render(entry, "none") for entry in report["grader"]["submissions"]]
        path.write_text(json.dumps(report), encoding="utf-8")
        decide(folder, "ann", override="2", comment="Come and see me.")
        page = returned()["ann.html"]
        assert "Come and see me." in page
        assert "set the points" not in page
        assert "of 3" not in page


class TestWhoGetsNone:
    """Nobody is left out without a word."""

    def test_who_handed_in_nothing_is_named(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """An empty folder."""
        graded({"ann.py": 3, "dan": None})
        found = returned()
        assert found.keys() == {"", "ann.html"}
        assert "no page for 1 who handed in nothing: dan" in found[""]

    def test_an_internal_error_is_no_feedback(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """Exit code 3, as for other exports, and the others have their pages."""
        graded({"ann.py": 3, "bob.py": 2}, bob=9)
        found = returned(3)
        assert found.keys() == {"", "ann.html"}
        assert "left out, because of an internal error: bob" in found[""]

    def test_a_damaged_table_stops_everything(self, graded: Callable[..., Path], grade: Callable[..., Result]) -> None:
        """A page could show points that are no longer right."""
        folder = graded({"ann.py": 3})
        (folder / "grades.csv").unlink()
        result = grade("report", "--class", "grades", "--feedback-pages", "feedback")
        assert result.exit_code == 1
        assert "grades.csv is gone" in result.stderr
        assert not Path("feedback").exists()

    def test_a_missing_report_is_one_sentence(self, graded: Callable[..., Path], grade: Callable[..., Result]) -> None:
        """And what to do."""
        folder = graded({"ann.py": 3})
        (folder / "students" / "ann.json").unlink()
        result = grade("report", "--class", "grades", "--feedback-pages", "feedback")
        assert result.exit_code == 4
        assert "ann.json is missing; run `grade batch` on the same submissions again" in result.stderr

    def test_what_else_is_in_the_folder_is_named(
        self, graded: Callable[..., Path], returned: Callable[..., dict[str, str]]
    ) -> None:
        """A page of somebody who has withdrawn would be uploaded, too."""
        graded({"ann.py": 3})
        hand_in(Path("feedback"), {"old.html": "x"})
        assert "delete it before you upload the folder: old.html" in returned()[""]


@pytest.mark.parametrize(
    "words",
    [
        ("ann.json", "--feedback-pages", "x"),
        ("--class", "grades", "--feedback-pages", "x", "--to", "csv"),
        ("--class", "grades", "--feedback-pages", "x", "--pages"),
        ("--class", "grades", "--feedback-pages", "x", "-o", "y"),
    ],
)
def test_it_goes_with_a_class_alone(
    graded: Callable[..., Path], grade: Callable[..., Result], words: tuple[str, ...]
) -> None:
    """One sentence says which options."""
    graded({"ann.py": 3})
    result = grade("report", *words)
    assert result.exit_code == 4
    assert "give --class DIR, without --to, --pages and -o" in " ".join(result.stderr.split())


def test_a_place_that_cannot_be_written_is_one_sentence(
    graded: Callable[..., Path], grade: Callable[..., Result], tmp_path: Path
) -> None:
    """With the system's reason."""
    graded({"ann.py": 3})
    (tmp_path / "file").write_text("")
    result = grade("report", "--class", "grades", "--feedback-pages", "file")
    assert result.exit_code == 4
    assert "file cannot be written: file exists" in result.stderr
    (tmp_path / "x.zip").mkdir()
    packed = grade("report", "--class", "grades", "--feedback-pages", "x.zip")
    assert packed.exit_code == 4
    assert "x.zip is a folder; name another file" in packed.stderr
