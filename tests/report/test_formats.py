"""Every format, from the same three runs: equal to the golden files, and valid by its reader's rules.

After an intended change, run `GOLDEN=write pytest tests/report/test_formats.py` and read the diff.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from grader.report.clean_text import clean
from grader.report.document import SCHEMA_FILE, render
from grader.report.formats import github
from grader.report.formats.convert import TARGETS, Context, convert
from grader.report.submission_facts import NothingToTell, first_break
from tests.report.test_document import AT_A_LINE, entry

HERE = Path(__file__).resolve().parents[1]
RUNS = ("perfect", "half", "hostile")
ENVIRONMENT = {
    "CLASSROOM": "cs-101", "ASSIGNMENT": "backprop", "ASSIGNMENT_TYPE": "individual", "USERNAME": "ada",
    "SUBMISSION_TAG": "submit/20260101T000000Z-abc1234", "COMMIT_URL": "https://git.example/commit/abc1234",
    "RELEASE_URL": "https://git.example/release/1", "REVIEW_URL": "https://git.example/compare/1",
    "GITHUB_ACTOR": "ada", "GITHUB_ACTOR_ID": "12",
}  # fmt: skip
ENDINGS = {"junit": "xml", "markdown": "md", "csv": "csv", "github": "txt"}


def document(run: str) -> dict[str, Any]:
    """The grader's report on one of the three runs."""
    found: dict[str, Any] = json.loads((HERE / "data" / f"{run}.json").read_text(encoding="utf-8"))
    return found


CONTEXT = Context(ENVIRONMENT)


def told(run: str, target: str) -> str:
    """One of the runs, converted."""
    return convert(document(run), target, CONTEXT)


def class_document() -> dict[str, Any]:
    """All three runs as one document."""
    whole = document("perfect")
    whole["grader"]["submissions"] = [document(run)["grader"]["submissions"][0] for run in RUNS]
    return whole


@pytest.mark.parametrize("run", RUNS)
def test_the_three_runs_are_reports(run: str) -> None:
    """The documents that every format is made from are valid by the report's schema."""
    jsonschema.validate(document(run), json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("run", RUNS)
def test_equals_the_golden_file(run: str, target: str) -> None:
    """Byte for byte."""
    golden = HERE / "golden" / f"{run}.{target}.{ENDINGS.get(target, 'json')}"
    text = told(run, target)
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8", newline="")
    assert text == golden.read_bytes().decode()


@pytest.mark.parametrize("target", TARGETS)
def test_contains_no_control_characters(target: str) -> None:
    """No escape sequence and no NUL reaches the reader."""
    evil = document("hostile")
    evil["grader"]["submissions"][0]["gradients"][2]["problem"] = "\x1b]0;title\x07 \x00 \u202egnp.exe \ud800"
    text = convert(evil, target, CONTEXT)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)
    text.encode("utf-8")


@pytest.mark.parametrize("target", TARGETS)
def test_an_internal_error_is_not_a_zero(target: str) -> None:
    """A submission that failed with an internal error has no grade in any format."""
    failed = document("half")
    failed["grader"]["submissions"][0] |= {"status": "failed", "problem": "the sandbox is gone", "score": None}
    with pytest.raises(NothingToTell, match="half was not graded: the sandbox is gone"):
        convert(failed, target, CONTEXT)


@pytest.mark.parametrize("target", TARGETS)
def test_a_report_without_points_is_refused(target: str) -> None:
    """Feedback `none` shows only that the submission was received."""
    silent = document("half")
    silent["grader"]["submissions"] = [render(silent["grader"]["submissions"][0], "none")]
    with pytest.raises(NothingToTell, match=r"contains no points: .* Use --feedback verdict or more$"):
        convert(silent, target, CONTEXT)


@pytest.mark.parametrize("target", TARGETS)
def test_an_unreadable_submission_is_shown(target: str) -> None:
    """Without gradients or points, but with the reason."""
    broken = document("half")
    broken["grader"]["submissions"][0] |= {
        "status": "unreadable", "problem": "backward.py:3 is no Python", "gradients": [],
        "score": dict.fromkeys(broken["grader"]["submissions"][0]["score"], 0) | {"possible": 26},
    }  # fmt: skip
    text = convert(broken, target, CONTEXT)
    assert "is no Python" in text or target == "classroom50"


@pytest.mark.parametrize("feedback", ["kind", "verdict"])
@pytest.mark.parametrize("target", TARGETS)
def test_shows_students_no_more_than_the_report_does(target: str, feedback: str) -> None:
    """What the reduced report withholds appears in no format."""
    less = document("half")
    less["grader"]["submissions"] = [render(less["grader"]["submissions"][0], feedback)]
    text = convert(less, target, CONTEXT)
    assert "is the path through probs alone" not in text
    assert "0.00532864" not in text.replace("maxdiff: 0.00532864", "").replace("| 0.00532864 |", "")


class TestGradescope:
    """results.json, as Gradescope documents it."""

    @pytest.mark.parametrize("run", RUNS)
    def test_has_only_keys_and_values_that_gradescope_documents(self, run: str) -> None:
        """An unknown status or format makes Gradescope reject the whole run."""
        result = json.loads(told(run, "gradescope"))
        assert result.keys() <= {
            "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format",
            "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard",
        }  # fmt: skip
        for test in result["tests"]:
            assert test.keys() <= {
                "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags",
                "visibility", "extra_data",
            }  # fmt: skip
            assert test["status"] in ("passed", "failed")
        assert result["stdout_visibility"] == "hidden"

    @pytest.mark.parametrize(("run", "points"), [("perfect", 26), ("half", 12), ("hostile", 0)])
    def test_test_scores_sum_to_the_grade(self, run: str, points: int) -> None:
        """No total score overrides the sum."""
        result = json.loads(told(run, "gradescope"))
        assert "score" not in result
        assert sum(test.get("score", 0) for test in result["tests"]) == points
        assert sum(test.get("max_score", 0) for test in result["tests"]) == 26

    def test_exact_and_chained_inform_without_points(self) -> None:
        """They have a status but no score, so they do not change the grade."""
        *_, exact, chained = json.loads(told("half", "gradescope"))["tests"]
        assert "12 of 26 bit-equal" in exact["output"]
        assert "chain breaks first at dcounts" in chained["output"]
        assert not {"score", "max_score"} & (exact.keys() | chained.keys())

    @pytest.mark.parametrize("tier", ["visible", "after_due_date", "after_published", "hidden"])
    def test_passes_on_the_visibility(self, tier: str) -> None:
        """Any of Gradescope's four values."""
        assert json.loads(convert(document("half"), "gradescope", Context(visibility=tier)))["visibility"] == tier

    def test_an_unreadable_file_has_a_total_score_of_zero(self) -> None:
        """Without tests, Gradescope requires a total."""
        broken = document("half")
        broken["grader"]["submissions"][0] |= {"status": "unreadable", "problem": "no Python", "gradients": []}
        broken["grader"]["submissions"][0]["score"]["points"] = 0
        assert json.loads(convert(broken, "gradescope"))["score"] == 0


CLASSROOM50 = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit", "release",
                 "review", "datetime", "score", "max-score", "tests"],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        **{name: {"type": "string", "minLength": 1} for name in ("classroom", "assignment", "owner", "commit",
                                                                 "release", "review")},
        "assignment_type": {"enum": ["individual", "group"]},
        "submission": {"type": "string", "pattern": "^submit/"},
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "graded_at": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "score": {"type": "integer", "minimum": 0},
        "max-score": {"type": "integer", "minimum": 0},
        "tests": {"type": "array", "items": {
            "type": "object", "required": ["test-name", "passed", "score", "max-score"],
            "properties": {"test-name": {"type": "string", "minLength": 1}, "passed": {"type": "boolean"},
                           "score": {"type": "integer", "minimum": 0}, "max-score": {"type": "integer", "minimum": 0}},
        }},
        "submitted_by": {"type": "object", "additionalProperties": False, "required": ["username"], "properties": {
            "username": {"type": "string", "minLength": 1}, "id": {"type": ["integer", "null"]}}},
    },
}  # fmt: skip
"""The rules that Classroom 50 documents for result.json, restated."""


class TestClassroom50:
    """result.json."""

    @pytest.mark.parametrize("run", RUNS)
    def test_keeps_the_documented_rules(self, run: str) -> None:
        """No unknown keys, only integers, no score above its maximum."""
        result = json.loads(told(run, "classroom50"))
        jsonschema.validate(result, CLASSROOM50)
        assert all(test["score"] <= test["max-score"] for test in [result, *result["tests"]])

    def test_says_which_variable_is_missing(self) -> None:
        """Outside Classroom 50 the result's owner is unknown."""
        with pytest.raises(NothingToTell, match="not set in the environment: CLASSROOM, ASSIGNMENT, OWNER or USERNAME"):
            convert(document("half"), "classroom50")

    def test_refuses_a_tag_that_is_not_a_submission(self) -> None:
        """The schema requires submit/."""
        with pytest.raises(NothingToTell, match="SUBMISSION_TAG must start with submit/, not v1"):
            convert(document("half"), "classroom50", Context(ENVIRONMENT | {"SUBMISSION_TAG": "v1"}))


class TestGithub:
    """Annotations, summary, outputs."""

    @pytest.mark.parametrize(("run", "errors"), [("perfect", 0), ("half", 10), ("hostile", 10)])
    def test_has_at_most_ten_errors(self, run: str, errors: int) -> None:
        """GitHub silently drops the eleventh, so the tenth lists the rest."""
        lines = told(run, "github").splitlines()
        found = [line for line in lines if line.startswith("::error ")]
        assert len(found) == errors
        assert all(line.startswith(("::error ", "::notice ")) for line in lines)
        if errors:
            assert "more gradients to fix" in found[-1]

    def test_ten_wrong_gradients_are_all_shown(self) -> None:
        """Nine and a summary of one would show less."""
        ten = document("half")
        wrong = [row for row in ten["grader"]["submissions"][0]["gradients"] if not row["points"]][:10]
        ten["grader"]["submissions"][0]["gradients"] = wrong
        lines = convert(ten, "github").splitlines()
        assert sum(line.startswith("::error ") for line in lines) == 10
        assert "more gradients to fix" not in lines[9]

    def test_a_message_cannot_start_a_command(self) -> None:
        """Line feeds and percent signs are escaped, the percent sign first."""
        assert github.command("error", "a\n::set-env name=x::y %0A", title="b:c,d") == (
            "::error title=b%3Ac%2Cd::a%0A::set-env name=x::y %250A"
        )

    def test_paths_are_relative_to_the_checkout(self) -> None:
        """GitHub cannot place an absolute path in a diff."""
        somewhere = document("half")
        somewhere["grader"]["submissions"][0]["source"] = "/home/runner/work/x/x/lab/half.py"
        text = convert(somewhere, "github", Context({"GITHUB_WORKSPACE": "/home/runner/work/x/x"}))
        assert "file=lab/half.py,line=138::" in text

    def test_an_annotation_is_at_the_learner_s_line_if_it_is_known(self) -> None:
        """Otherwise where the function begins."""
        at = {"grader": {"submissions": [entry(AT_A_LINE)], "problem": None}}
        assert "file=ada/backward.py,line=9::" in "\n".join(github.annotated(at))

    def test_printed_text_is_fenced_by_a_token(self) -> None:
        """Nothing that a student prints can start a command."""
        token = "f00dfacef00dface"
        assert github.fenced("::error::you passed\n", token) == (
            f"::stop-commands::{token}\n::error::you passed\n::{token}::\n"
        )
        with pytest.raises(ValueError, match="at least 16 letters and digits"):
            github.fenced(f"::{token}::", token)

    def test_outputs_are_numbers(self) -> None:
        """No line of them can come from a learner."""
        assert github.outputs(document("half")) == "points=12\npossible=26\ncorrect=12\npassed=false\n"
        assert github.outputs(document("perfect")).endswith("passed=true\n")

    def test_a_summary_stays_under_a_mebibyte(self) -> None:
        """GitHub rejects a longer one entirely."""
        long = class_document()
        long["grader"]["submissions"] *= 400
        assert len(github.summary(long).encode()) <= 1 << 20
        assert "| dcounts |" in github.summary(class_document())


class TestJUnit:
    """XML that a strict parser reads."""

    @pytest.mark.parametrize(("run", "failures"), [("perfect", 0), ("half", 14), ("hostile", 26)])
    def test_counts_match_the_elements(self, run: str, failures: int) -> None:
        """Counts of test cases and failures match the elements, and readers know every attribute."""
        root = ET.fromstring(told(run, "junit"))
        (suite,) = root
        assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("26", str(failures), "0")
        cases = suite.findall("testcase")
        assert len(cases) == 26
        assert sum(case.find("failure") is not None for case in cases) == failures
        assert all(case.keys() == ["name", "classname", "time"] for case in cases)
        assert all(re.fullmatch(r"\d+\.\d{3}", case.get("time") or "") for case in cases)

    def test_markup_in_a_message_stays_text(self) -> None:
        """A learner's exception cannot open an element."""
        root = ET.fromstring(told("hostile", "junit"))
        failure = root.find(".//testcase[@name='dcounts_sum_inv']/failure")
        assert failure is not None
        assert "<script>alert('x')</script>" in (failure.text or "")
        assert not root.findall(".//script")


class TestMarkdown:
    """GitHub Flavored Markdown."""

    def test_a_message_is_not_markup(self) -> None:
        """It cannot open a tag, a table cell or a code span."""
        text = told("hostile", "markdown")
        assert "<script>" not in text
        assert "<img" not in text
        assert r"\`pipe\`" in text
        assert r"\|" in text

    @pytest.mark.parametrize("run", RUNS)
    def test_every_row_has_five_cells(self, run: str) -> None:
        """A pipe in a message does not break the table."""
        lines = [line for line in told(run, "markdown").splitlines() if line.startswith("|")]
        assert len(lines) == 28
        assert {len(re.split(r"(?<!\\)\|", line)) for line in lines} == {7}

    def test_several_students_are_named(self) -> None:
        """By the roster's name and the submission's; one alone is not."""
        whole = class_document()
        whole["grader"]["submissions"][1]["owner"] = {"name": "Bob <b>"}
        heads = [text for text in convert(whole, "markdown").splitlines() if text.startswith("## ")]
        assert heads == [
            "## perfect, mlp: 26 of 26 points", "## Bob &lt;b&gt; (half), mlp: 12 of 26 points",
            "## hostile, mlp: 0 of 26 points",
        ]  # fmt: skip
        assert convert(document("half"), "markdown").startswith("## mlp: 12 of 26 points")

    def test_nobody_is_mentioned(self) -> None:
        """An exception's `@everyone` and links stay text."""
        evil = document("hostile")
        evil["grader"]["submissions"][0]["problem"] = "@everyone see https://x.example and www.x.example"
        text = convert(evil, "markdown")
        assert "@everyone" not in text
        assert "https://" not in text
        assert "www.x" not in text


class TestCsv:
    """Cells that no spreadsheet evaluates as a formula."""

    @pytest.mark.parametrize(
        "value", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", " =1", "\u200b=1"]
    )
    def test_a_formula_is_text(self, value: str) -> None:
        """It starts with an apostrophe."""
        evil = document("hostile")
        evil["grader"]["submissions"][0]["name"] = value
        rows = list(csv.DictReader(io.StringIO(convert(evil, "csv"))))
        assert all(row["submission"].startswith("'") for row in rows)

    def test_numbers_stay_numbers(self) -> None:
        """Negative ones, too."""
        evil = document("hostile")
        evil["grader"]["submissions"][0]["name"] = "-12.5"
        assert next(csv.DictReader(io.StringIO(convert(evil, "csv"))))["submission"] == "-12.5"


class TestExercism:
    """results.json version 3, by the test runner interface."""

    @pytest.mark.parametrize(("run", "status"), [("perfect", "pass"), ("half", "fail"), ("hostile", "fail")])
    def test_keeps_the_documented_rules(self, run: str, status: str) -> None:
        """Messages where required, in GRADED's order, none too long."""
        result = json.loads(told(run, "exercism"))
        assert (result["version"], result["status"], result["message"]) == (3, status, None)
        assert [test["name"] for test in result["tests"]][:2] == ["dlogprobs", "dprobs"]
        for test in result["tests"]:
            assert test["status"] in ("pass", "fail", "error")
            assert (test["message"] is None) == (test["status"] == "pass")
            assert len(test["output"] or "") <= 500

    def test_is_an_error_only_if_nothing_ran(self) -> None:
        """With the reason as its message."""
        broken = document("half")
        broken["grader"]["submissions"][0] |= {"status": "unreadable", "problem": "no Python", "gradients": []}
        result = json.loads(convert(broken, "exercism"))
        assert (result["status"], result["message"], result["tests"]) == ("error", "no Python", [])


def test_a_truncated_message_says_so() -> None:
    """It ends in `(truncated)`, within the limit."""
    assert clean("x" * 50, 40) == "x" * 25 + " ... (truncated)"[:16]
    assert clean("x" * 40, 40) == "x" * 40


def test_several_exercises_are_distinguished() -> None:
    """Test names contain the exercise's name."""
    two = document("half")
    other = json.loads(json.dumps(two["grader"]["submissions"][0])) | {"exercise": "batchnorm"}
    two["grader"]["submissions"].append(other)
    names = [test["name"] for test in json.loads(convert(two, "gradescope"))["tests"]]
    assert {"mlp: dprobs", "batchnorm: dprobs"} <= set(names)


def test_a_right_gradient_that_is_not_bit_equal_does_not_break_the_chain() -> None:
    """Only a wrong one does."""
    fine = {"correct": True, "exact": False, "first_cause": "da"}
    wrong = {"correct": False, "exact": False, "first_cause": "db"}
    assert first_break({"gradients": [{"chained": fine}, {"chained": None}]}) is None
    assert first_break({"gradients": [{"chained": fine}, {"chained": wrong}]}) == "db"
