"""`grade audit`: what it prints, what it exits with, and what it says to whoever names the tests wrongly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from audits import PYTHON, lay_down_audit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Grade = Callable[..., Result]

CHECK = f"{PYTHON} check.py"
SQUARE = ("--exercise", "square", "--exercises", "exercises")


@pytest.fixture(autouse=True)
def suite(grade: Grade, tmp_path: Path) -> Path:
    """The exercise `square` and tests of it, in the current folder."""
    assert callable(grade)
    lay_down_audit(tmp_path)
    return tmp_path / "suite"


def test_accepted_mistakes_are_listed_with_what_to_add(grade: Grade) -> None:
    """By gradient, by kind, and by what the tests do not do."""
    result = grade("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "0")
    assert result.exit_code == 1, result.output
    assert result.stdout.splitlines() == [
        "dx: accepted 1 of 3 mistakes",
        "  dx.py:9                upstream_unused: dy is forgotten (wrong_values)",
        "",
        "Accepted, by kind of mistake",
        "  upstream_unused    1 of 1",
        "",
        "What to add to these tests",
        "    1  compare every value, on numbers like those of the given minibatch, with `torch.allclose`'s",
        "       tolerances or tighter ones: that tells these apart (in dx)",
        "",
        "square: accepted 1 of 3 mistakes, rejected 0 of 2 right forms",
    ]
    assert result.stderr == ""


def test_mutants_are_tried_as_well(grade: Grade) -> None:
    """A gradient that is not tested at all has no list: everything in it is accepted."""
    result = grade("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "30", "-j", "2")
    assert result.exit_code == 1, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("dy: accepted")
    assert lines[1].startswith("dx: accepted")
    assert "test these gradients: no mistake that was tried in them is rejected (in dy)" in result.stdout


def test_right_forms_that_are_rejected_are_listed(grade: Grade, suite: Path) -> None:
    """Tests that compare the text, or ask for more than is right, are as bad."""
    (suite / "check.py").write_text(
        "source = open('backward.py').read()\nassert 'return 2*x*dy' in source and source.count('def ') == 2\n"
    )
    result = grade("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "0")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "rejected, although right: 2",
        "  dx.py:1                added",
        "  dx.py:5                by name",
        "square: accepted 0 of 3 mistakes, rejected 2 of 2 right forms",
    ]


def test_tests_with_nothing_to_add_exit_with_0(grade: Grade, suite: Path) -> None:
    """They reject every mistake and accept every right form."""
    (suite / "check.py").write_text(
        "names = {}\nexec(open('backward.py').read(), names)\nclass Numbers(list):\n"
        "    def __mul__(self, other): return Numbers(a * b for a, b in zip(self, other, strict=True))\n"
        "    def __rmul__(self, two): return Numbers(two * a for a in self)\n"
        "    def __add__(self, other): return Numbers(a + b for a, b in zip(self, other, strict=True))\n"
        "    def __getitem__(self, cut): return Numbers(list.__getitem__(self, cut))\n"
        "x, dy = Numbers([1.0, 2.0, 3.0, 4.0]), Numbers([5.0, 6.0, 7.0, 8.0])\n"
        "assert names['dx'](dy, x) == [10.0, 24.0, 42.0, 64.0]\n"
    )
    result = grade("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "0")
    assert (result.exit_code, result.stdout) == (0, "square: accepted 0 of 3 mistakes, rejected 0 of 2 right forms\n")


def test_what_was_found_is_written_as_json(grade: Grade, tmp_path: Path) -> None:
    """With -o; nothing is written beside the tests."""
    before = sorted(tmp_path.rglob("*"))
    grade("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "0", "-o", "found.json")
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "found.json"])
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["mistakes"] == {"tried": 3, "accepted": 1}
    assert found["right_forms"] == {"tried": 2, "rejected": 0}
    assert found["kinds"]["hard_coded"] == {"tried": 1, "accepted": 0}
    assert [(each["gradient"], each["place"], each["gap"]) for each in found["accepted"]] == [
        ("dx", "dx.py:9", "loose")
    ]
    assert [each["gap"] for each in found["add"]] == ["loose"]
    piped = grade("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "0", "-o", "-")
    assert json.loads(piped.stdout) == found


def test_what_took_too_long_and_what_was_not_tried_is_said(grade: Grade) -> None:
    """A run that hangs counts as rejected."""
    line = f"{CHECK} && {{ grep -q 'return 2.x$' backward.py && sleep 600; true; }}"
    result = grade("audit", "suite", *SQUARE, "--command", line, "--mutants", "0", "--timeout", "5")
    assert "1 of them took too long (--timeout) and counts as rejected" in result.stdout
    result = grade("audit", "suite", *SQUARE, "--command", CHECK, "--time", "0.0001")
    assert "not tried: " in result.stdout
    assert "because the time of --time 0.0001 was over" in result.stdout


def test_ctrl_c_reports_what_was_tried_until_then(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """And exits as any interrupted command."""

    def stopped(_audit: object, _forms: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.authoring.own_tests.Audit.run", stopped)
    result = grade("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "0")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[-1] == "interrupted: 5 not tried"


def test_progress_is_shown_on_a_terminal_only(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the number of mistakes accepted so far."""
    monkeypatch.setattr("grader.cli.audit.takes_escapes", lambda _: True)
    words = ("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "0")
    assert "mistakes accepted" in grade(*words, env={"FORCE_COLOR": "1", "COLUMNS": "100"}).stderr
    assert grade(*words, "-q").stderr == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("audit", "suite", "--exercise", "circle", "--exercises", "exercises"), "there is no exercise circle"),
        (("audit", "suits", *SQUARE), "Path 'suits' does not exist"),
        (
            ("audit", "suite", *SQUARE, "--command", "true"),
            "these tests accept an empty submission: `true` exits with 0",
        ),
        (("audit", "suite", *SQUARE, "--command", "no-such -x"), "`no-such -x` cannot be started; --command is a line"),
        (("audit", "suite", *SQUARE, "--command", "false"), "these tests reject the worked solution of square"),
        (
            ("audit", "exercises", *SQUARE, "--directory", "suite"),
            "exercises is not in suite: --directory is the folder",
        ),
        (("audit", "suite", *SQUARE, "--file", "../a.py"), "--file ../a.py is not in "),
        (("audit", "suite", *SQUARE, "--file", "b/a.py"), "--file b/a.py: there is no folder "),
        (("audit", "suite", *SQUARE, "-o", "nowhere/found.json"), "nowhere/found.json cannot be written: no such file"),
        (("audit", "suite", "--command", "true"), "Missing option '--exercise'"),
        (("audit", "suite", *SQUARE, "--file", "."), "--file .: it is a folder; name the file in "),
    ],
)
def test_a_wrong_word_is_a_usage_error(grade: Grade, words: tuple[str, ...], sentence: str) -> None:
    """In one sentence that says what to type."""
    result = grade(*words)
    assert result.exit_code == 4, result.output
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_what_the_tests_printed_comes_before_the_error(grade: Grade) -> None:
    """So that an instructor sees why they reject the solution."""
    result = grade("audit", "suite", *SQUARE, "--command", "echo no module named yours; exit 1")
    assert result.stderr.startswith("The tests printed:\nno module named yours\n\nError: these tests reject")


def test_the_file_that_the_tests_read_has_to_be_named_unless_there_is_one(grade: Grade, suite: Path) -> None:
    """It need not exist."""
    (suite / "backward.py").rename(suite / "answers.py")
    assert "there is no backward.py in" in grade("audit", "suite", *SQUARE, "--command", CHECK).stderr
    result = grade("audit", "suite", *SQUARE, "--command", CHECK, "--file", "backward.py", "--mutants", "0")
    assert result.exit_code == 1, result.output
    for folder in ("a", "b"):
        (suite / folder).mkdir()
        (suite / folder / "backward.py").touch()
    result = grade("audit", "suite", *SQUARE, "--command", CHECK)
    assert "has 2 files backward.py: name the one that the tests read with --file (a/backward.py" in result.stderr


def test_a_single_file_of_tests_is_run_in_its_folder(grade: Grade, suite: Path) -> None:
    """Where the submission is looked for."""
    assert grade("audit", suite / "check.py", *SQUARE, "--command", CHECK, "--mutants", "0").exit_code == 1


def test_an_exercise_without_a_solution_is_refused(grade: Grade, tmp_path: Path) -> None:
    """There is nothing that the tests have to accept."""
    (tmp_path / "solutions/square/backward.py").unlink()
    result = grade("audit", "suite", *SQUARE, "--command", CHECK)
    assert result.exit_code == 4
    assert "square has no worked solution: " in result.stderr


def test_an_exercise_with_nothing_to_try_is_refused(grade: Grade, tmp_path: Path) -> None:
    """No catalogue, and no mutants asked for."""
    for folder in ("right", "wrong"):
        (tmp_path / f"solutions/square/{folder}/dx.py").unlink()
    result = grade("audit", "suite", *SQUARE, "--command", CHECK, "--mutants", "0")
    assert result.exit_code == 4
    assert "there is nothing to try: square has no labeled mistakes beside its solution; draw mutants" in result.stderr


def test_an_exercise_that_cannot_be_graded_here_is_refused_before_anything_runs(
    grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reasons for what is accepted would be missing after all runs."""
    monkeypatch.setattr("grader.exercise.exercise.find_spec", lambda _name: None)
    result = grade("audit", "suite", "--exercise", "numpy_relu", "--command", CHECK)
    assert result.exit_code == 3
    assert "is written in numpy, which is not installed here" in result.stderr
