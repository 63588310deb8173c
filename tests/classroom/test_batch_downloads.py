"""Every platform's download, from the folder or the zip file to grades.csv."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from classroom import EngineWorkers, hand_in, settings, zipped
from click.testing import CliRunner
from lent import Shared

from grader.classroom.batch.engine import Engine
from grader.classroom.batch.order import Order
from grader.classroom.gradebook.results_folder import class_document, read_results
from grader.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox

    Files = Mapping[str, str | bytes | None]

RIGHT = """import torch

# fertig, ohne „autograd“
def dlogprobs(logprobs, n, Yb):
    d = torch.zeros_like(logprobs)
    d[range(n), Yb] = -1.0/n
    return d
"""
ASCII = RIGHT.encode("ascii", "ignore").decode()
WRONG = RIGHT.replace("-1.0/n", "1.0/n")
HALF = "def dlogprobs(n):\n    raise NotImplementedError\n"


def notebook(*cells: str) -> str:
    """A notebook as Colab saves it."""
    made = [
        {"cell_type": "code", "metadata": {"id": f"c{n}"}, "execution_count": n, "outputs": [], "source": [cell]}
        for n, cell in enumerate(cells)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 0, "metadata": {"colab": {}}, "cells": made})


FLAT = notebook(
    "# there is no change in this first cell\nimport torch\n%matplotlib inline",
    "words = open('names.txt', 'r').read().splitlines()",
    "dlogprobs = torch.zeros_like(logprobs)\ndlogprobs[range(n), Yb] = -1.0/n\ncmp('logprobs', dlogprobs, logprobs)",
)
FROM_A_MAC = zipped(
    {"hw4/": "", "hw4/backward.py": RIGHT, "__MACOSX/hw4/._backward.py": b"\0\5\x16\7", "hw4/.DS_Store": "x"}
)
FROM_WINDOWS = zipped({"hw4\\Backward.PY": b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode()})

CANVAS: Files = {
    "doejohn_4711_88123_backward.py": RIGHT,
    "roejane_LATE_4712_88124_backward-2.py": WRONG,
    "oneill-smithmaryann_4713_88125_Untitled0.ipynb": FLAT,
    "mülleränne_4714_88126_Übung 4 (final).py": RIGHT.encode("cp1252"),
    "vandermeerpiet_4715_88127_hw4.zip": FROM_A_MAC,
    "lisue_4716_text.html": "<p>def dlogprobs(...)</p>",
    "lee_LATE_4717_88128_backward.py": RIGHT.encode("utf-16"),
    "lee_LATE_4717_88129_report.pdf": b"%PDF-1.7",
    "obrienpat_4718_88130_essay.docx": b"PK\3\4",
    "student2test_4719_88131_BACKWARD.PY": HALF,
    "kimsam_4720_link.html": "<a href='https://example.org'>",
}
CANVAS_BOOK = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Backprop (12345),Final Score\r
    Points Possible,,,,,26,(read only)\r
"Doe, John",4711,u4711,jdoe,Section A,,\r
"Roe, Jane",4712,u4712,jroe,Section A,,\r
"Müller, Änne",4714,u4714,amueller,Section B,,\r
"Absent, Abe",4799,u4799,aabsent,Section B,,\r
"Student, Test",,,a1b2c3,Section A,,\r
"""
CANVAS_ROWS = {
    "doejohn_4711": ("4711", "Doe, John", "graded", "1", ""),
    "kimsam_4720": ("4720", "kimsam", "unreadable", "0", "typed into the platform's text box"),
    "lee_4717": ("4717", "lee", "graded", "1", "handed in late"),
    "lisue_4716": ("4716", "lisue", "unreadable", "0", "typed into the platform's text box"),
    "mülleränne_4714": ("4714", "Müller, Änne", "graded", "1", "Latin-1"),
    "obrienpat_4718": ("4718", "obrienpat", "unreadable", "0", "essay.docx: not a .py, .ipynb, .zip, .tar.gz or .md"),
    "oneill-smithmaryann_4713": ("4713", "oneill-smithmaryann", "graded", "1", "taken from lines outside functions"),
    "roejane_4712": ("4712", "Roe, Jane", "graded", "0", "handed in late"),
    "student2test_4719": ("4719", "student2test", "graded", "0", "not on the roster"),
    "vandermeerpiet_4715": ("4715", "vandermeerpiet", "graded", "1", "not on the roster"),
    "4799": ("4799", "Absent, Abe", "missing", "0", "nothing was handed in"),
}

MOODLE: Files = {
    "Jane Doe_657737_assignsubmission_file_/backward.py": RIGHT,
    "Jane Doe_657737_assignsubmission_onlinetext_/onlinetext.html": "<p>see my file</p>",
    "José Núñez_657738_assignsubmission_file_/Tarea 4/entrega.ipynb": notebook(ASCII),
    "Anne-Marie O'Neil_657739_assignsubmission_file_/hw.zip": FROM_WINDOWS,
    "Olga Text_657740_assignsubmission_onlinetext_/onlinetext.html": "<p>my answer</p>",
    "李 雷_657741_assignsubmission_file_/backward.py.txt": WRONG,
    "Group A-Max Max_657742_assignsubmission_file_/backward.py": RIGHT,
    "Group A-Max Max_657742_assignsubmission_file_/softmax.py": HALF,
}
MOODLE_SHEET = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade),Feedback comments
Participant 657737,Jane Doe,jane@example.org,Submitted for grading,,26.00,-,
Participant 657738,José Núñez,jose@example.org,Submitted for grading,,26.00,-,
Participant 657799,Ned Nobody,ned@example.org,No submission,,26.00,-,
"""
MOODLE_ROWS = {
    "Anne-Marie O_Neil_657739~c4d63a7f": ("657739", "Anne-Marie O'Neil", "graded", "1", "not on the roster"),
    "Group A-Max Max_657742": ("657742", "Group A-Max Max", "graded", "1", "not read: softmax.py"),
    "Jane Doe_657737": ("Participant 657737", "Jane Doe", "graded", "1", ""),
    "José Núñez_657738": ("Participant 657738", "José Núñez", "graded", "1", ""),
    "Olga Text_657740": ("657740", "Olga Text", "unreadable", "0", "typed into the platform's text box"),
    "李 雷_657741": ("657741", "李 雷", "graded", "0", "not on the roster"),
    "Participant 657799": ("Participant 657799", "Ned Nobody", "missing", "0", "nothing was handed in"),
}
MOODLE_FLAT: Files = {
    "Jane Doe_657737_assignsubmission_file_backward.py": RIGHT,
    "José Núñez_657738_assignsubmission_file_entrega.ipynb": notebook(ASCII),
    "Olga Text_657740_assignsubmission_onlinetext_onlinetext.html": "<p>my answer</p>",
}
MOODLE_FLAT_ROWS = {name: MOODLE_ROWS[name] for name in MOODLE_ROWS if name.split("_")[0] in (
    "Jane Doe", "José Núñez", "Olga Text", "Participant 657799",
)}  # fmt: skip

GRADESCOPE: Files = {
    f"assignment_4711_export/{name}": content
    for name, content in {
        "submission_metadata.yml": """---
submission_98765:
  :submitters:
  - :name: Jane O'Doe
    :sid: '00123'
    :email: jane@example.edu
  :created_at: 2026-03-01 12:00:00.123456000 Z
  :score: 0.0
  :status: processed
  :results:
    tests:
    - name: not a person
  :history:
  - :id: 98001
submission_98766:
  :submitters:
  - :name: "M\\xFCller, \\u00C4nne"
    :sid: 124
    :email: anne@example.edu
  - :name: Pat Partner
    :sid: '125'
    :email: pat@example.edu
  :created_at: 2026-03-01 13:00:00.000000000 Z
submission_98767:
  :submitters:
  - :name: Kim
    :sid:
    :email: kim@example.edu
""",
        "submission_98765/exercises/mlp/backward.py": RIGHT,
        "submission_98765/exercises/mlp/forward.py": "raise SystemExit\n",
        "submission_98766/backward.ipynb": notebook(ASCII),
        "submission_98767/backward.py": "def dlogprobs(:\n",
        "submission_98768/backward.py": WRONG,
    }.items()
}
GRADESCOPE_ROSTER = (
    "First Name,Last Name,SID,Email\nJane,O'Doe,00123,jane@example.edu\nPat,Partner,125,\nNo,Body,130,\n"
)
GRADESCOPE_ROWS = {
    "submission_98765": ("00123", "Jane O'Doe", "graded", "1", ""),
    "submission_98766": ("124", "Müller, Änne", "graded", "1", "handed in by a group of 2"),
    "submission_98766+125": ("125", "Pat Partner", "graded", "1", "handed in by a group of 2"),
    "submission_98767": ("", "Kim", "unreadable", "0", "backward.py:1: invalid syntax: `def dlogprobs(:`"),
    "submission_98768": ("", "", "graded", "0", "not on the roster"),
    "130": ("130", "No Body", "missing", "0", "nothing was handed in"),
}


@pytest.fixture(scope="module")
def warm(sandbox: Sandbox, mlp: Exercise) -> Iterator[Engine]:
    """One sandbox for all tests."""
    with Engine(Order.of(mlp, settings(seed=2147483647)), sandbox) as engine:
        yield engine


@pytest.fixture
def graded(
    warm: Engine, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], dict[str, tuple[str, ...]]]:
    """Run `grade batch` on a download with the platform's own roster; return the rows of grades.csv."""
    monkeypatch.setattr("grader.cli.batch.on_this_machine", lambda *_, **__: EngineWorkers(warm))
    monkeypatch.setattr("grader.sandbox.client.Sandbox", lambda **_: Shared(sandbox))
    monkeypatch.chdir(tmp_path)

    def run(source: str, roster: str) -> dict[str, tuple[str, ...]]:
        (tmp_path / "people.csv").write_text(roster, encoding="utf-8", newline="")
        words = ["batch", source, "--exercise", "mlp", "--roster", "people.csv", "--hidden-seed", "5"]
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        with (tmp_path / "grades" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["submission"]: tuple(row[name] for name in COLUMNS) for row in csv.DictReader(file)}

    return run


COLUMNS = ("student", "name", "status", "points", "problem", "notes")


def packed(files: Files) -> bytes:
    """Pack a download as a platform does: only empty folders have an entry of their own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}/" if content is None else name, content or "")
    return buffer.getvalue()


DOWNLOADS = {
    "canvas": (CANVAS, CANVAS_BOOK, CANVAS_ROWS),
    "moodle": (MOODLE, MOODLE_SHEET, MOODLE_ROWS),
    "moodle-flat": (MOODLE_FLAT, MOODLE_SHEET, MOODLE_FLAT_ROWS),
    "gradescope": (GRADESCOPE, GRADESCOPE_ROSTER, GRADESCOPE_ROWS),
}


@pytest.mark.parametrize("shape", ["folder", "zip"])
@pytest.mark.parametrize("platform", DOWNLOADS)
def test_everybody_in_a_download_has_a_row(
    platform: str, shape: str, graded: Callable[[str, str], dict[str, tuple[str, ...]]], tmp_path: Path
) -> None:
    """With id, name, grade and reason; students who handed in nothing follow."""
    files, roster, expected = DOWNLOADS[platform]
    if shape == "folder":
        hand_in(tmp_path / "submissions", files)
    else:
        (tmp_path / "submissions").write_bytes(packed(files))
    rows = graded("submissions", roster)
    assert list(rows) == list(expected)
    for name, (*fixed, said) in expected.items():
        assert list(rows[name][:4]) == fixed, name
        assert said in "; ".join(rows[name][4:]), name


@pytest.mark.parametrize("platform", DOWNLOADS)
def test_every_report_has_its_owner(
    platform: str, graded: Callable[[str, str], dict[str, tuple[str, ...]]], tmp_path: Path
) -> None:
    """Read back from the folder, as for conversion to the platforms' formats."""
    files, roster, expected = DOWNLOADS[platform]
    hand_in(tmp_path / "submissions", files)
    graded("submissions", roster)
    entries = class_document(read_results(tmp_path / "grades"))["grader"]["submissions"]
    assert {entry["name"]: entry["owner"].get("id", "") for entry in entries} == {
        name: student for name, (student, *_) in expected.items()
    }
    assert {path.stem for path in (tmp_path / "grades" / "students").iterdir()} == set(expected)
