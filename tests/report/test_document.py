"""The report: its schema, its two writers, its feedback levels, and how it is written to disk."""

from __future__ import annotations

import copy
import json
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from grader.exercise.settings import Feedback
from grader.report.document import SCHEMA_FILE, document, node_id, render, section
from grader.report.files import UnwritableReport, check_writable, write
from grader.report.row_facts import failure_text, own_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "mlp"

HEAD = {
    "version": "0",
    "criterion": "correct",
    "settings_sha256": "0" * 64,
    "numerics": {"torch": "2.13.0", "cpu_capability": "DEFAULT", "threads": 1, "env": {}},
    "notes": [],
}


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    """The schema that ships in the package."""
    content = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content)


def row(name: str, verdict: str = "exact", **changes: Any) -> dict[str, Any]:
    """One gradient's row, right by default."""
    right = verdict in ("correct", "exact")
    return {
        "name": name, "variable": name[1:], "file": "backward.py", "line": 7, "shape": [2, 3], "dtype": "float32",
        "points": int(right), "possible": 1, "verdict": verdict, "problem": None if right else f"{name} is off",
        "notes": [], "diagnosis": None, "correct": right, "score": 0.0, "tolerance": 1e-9, "general": True,
        "depends_on": [], "local": {"exact": right, "approximate": right, "maxdiff": 0.0 if right else 0.25},
        "chained": {"exact": right, "approximate": right, "maxdiff": 0.0, "correct": right, "first_cause": None},
        "cases": [{"sizes": {"n": 32}, "score": 0.0, "exact": right, "maxdiff": 0.0, "hidden": True}] * 3,
        "worst": None if right else {"case": 0, "index": [1, 2], "got": 0.25, "expected": 0.5}, "duration_s": 0.001,
        **changes,
    }  # fmt: skip


def entry(*rows: dict[str, Any]) -> dict[str, Any]:
    """One submission's entry."""
    correct = sum(r["correct"] for r in rows)
    counts = {"points": correct, "possible": len(rows), "correct": correct, "exact": correct, "approximate": correct}
    return {
        "name": "ada", "exercise": "mlp", "source": "ada/backward.py", "sha256": "0", "status": "graded",
        "problem": None, "notes": [], "hidden_cases": 3, "case": {"seed": 1, "sizes": {"n": 32}}, "reference_hash": "0",
        "isolation": {"level": "locked", "locks": ["seccomp"], "missing": []},
        "score": {**counts, "chained_correct": correct, "chained_exact": correct}, "previous_score": None,
        "duration_s": 0.01, "gradients": list(rows),
    }  # fmt: skip


WRONG = row(
    "dprobs", "wrong_values", diagnosis={"kind": "sign", "message": "the sign is off", "evidence": {"ratio": -1}}
)

YOURS = {"your_line": {"number": 9, "text": "d = dy / 32"}}
AT_A_LINE = row("dprobs", "wrong_values", diagnosis={"kind": "sign", "message": "the sign is off", "evidence": YOURS})
"""A diagnosis that names the learner's line."""


class TestDocument:
    """From rows to pytest-json-report's document."""

    def test_matches_the_schema(self, schema: jsonschema.Draft202012Validator) -> None:
        """Strictly: no unknown keys."""
        schema.validate(document([entry(row("dlogprobs"), WRONG)], head=HEAD, root="."))

    def test_the_schema_is_strict(self, schema: jsonschema.Draft202012Validator) -> None:
        """It rejects an unknown verdict and an unknown key."""
        for changes in ({"verdict": "fine"}, {"marks": 3}, {"points": 0.5}):
            wrong = document([entry(row("dlogprobs") | changes)], head=HEAD, root=".")
            assert list(schema.iter_errors(wrong)), changes

    def test_counts_outcomes_and_exit_code(self) -> None:
        """As pytest does."""
        found = document([entry(row("dlogprobs"), WRONG)], head=HEAD, root=".")
        assert found["summary"] == {"passed": 1, "failed": 1, "total": 2, "collected": 2}
        assert found["exitcode"] == 1
        assert document([entry(row("dlogprobs"))], head=HEAD, root=".")["exitcode"] == 0

    def test_values_that_are_not_finite_become_null(self) -> None:
        """JSON has no NaN, at any depth."""
        infinite = row(
            "dh", "non_finite", worst={"case": 0, "index": [0], "got": float("nan"), "expected": float("inf")}
        )
        text = json.dumps(document([entry(infinite)], head=HEAD, root="."), allow_nan=False)
        assert '"got": null, "expected": null' in text

    def test_a_failure_says_what_where_and_why(self) -> None:
        """What pytest shows for a wrong gradient."""
        assert failure_text(entry(), WRONG).splitlines() == [
            "dprobs: is off",
            "at [1, 2]: 0.25, expected 0.5",
            "the sign is off",
            "ada/backward.py:7",
        ]

    def test_names_of_submissions_cannot_break_a_node_id(self) -> None:
        """`::` and brackets would split it."""
        assert node_id("mlp", "a::b[c]/d", "dprobs") == "mlp/forward.py::a__b_c__d::dprobs"


class TestTwoWriters:
    """`grade` writes through pytest-json-report, batch without pytest. The documents are equal."""

    @pytest.mark.parametrize("source", ["solution", "stubs"])
    def test_both_writers_produce_the_same_document(
        self,
        grade: Callable[..., Result],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        schema: jsonschema.Draft202012Validator,
        source: str,
    ) -> None:
        """Except for times and paths."""
        entries: list[dict[str, Any]] = []
        monkeypatch.setattr("grader.grading.run.section", keeping(entries, section))
        target = SOLUTION if source == "solution" else ROOT / "exercises" / "mlp"
        grade(target, "--exercise", "mlp")
        by_pytest = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        schema.validate(by_pytest)
        head = {key: by_pytest["grader"][key] for key in HEAD}
        by_rows = json.loads(json.dumps(document(entries, head=head, root=by_pytest["root"])))
        schema.validate(by_rows)
        assert without_times(by_rows) == without_times(by_pytest)


def keeping(kept: list[dict[str, Any]], section: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the function so that it also keeps the entries passed in."""

    def wrapper(entries: list[dict[str, Any]], **rest: Any) -> Any:
        kept[:] = copy.deepcopy(list(entries))
        return section(entries, **rest)

    return wrapper


def without_times(value: object) -> object:
    """A report without its times."""
    if isinstance(value, dict):
        return {
            key: without_times(item) for key, item in value.items() if key not in ("created", "duration", "duration_s")
        }
    return [without_times(item) for item in value] if isinstance(value, list) else value


class TestFeedback:
    """The instructor's report and the student's are renderings of the same entries."""

    @pytest.mark.parametrize("feedback", Feedback)
    def test_every_rendering_is_valid(self, schema: jsonschema.Draft202012Validator, feedback: str) -> None:
        """One schema for all readers."""
        schema.validate(document([entry(row("dlogprobs"), WRONG)], head=HEAD, root=".", feedback=feedback))

    def test_kind_names_the_mistake_and_counts_the_cases(self) -> None:
        """It shows no element and no number from a hidden case."""
        (found,) = render(entry(WRONG), "kind")["gradients"]
        assert found["diagnosis"] == {"kind": "sign", "message": None, "evidence": None}
        assert found["cases"] == 3
        assert found["worst"] is None

    @pytest.mark.parametrize("feedback", ["kind", "verdict"])
    def test_the_learner_s_line_is_hidden_with_the_message(self, feedback: str) -> None:
        """Its place is where the function begins."""
        (full,) = render(entry(AT_A_LINE), "full")["gradients"]
        (less,) = render(entry(AT_A_LINE), feedback)["gradients"]
        assert own_line(full) == (9, "d = dy / 32")
        assert own_line(less) == (7, "")

    def test_verdict_says_right_or_wrong(self) -> None:
        """But not why."""
        (found,) = render(entry(WRONG), "verdict")["gradients"]
        assert (found["diagnosis"], found["problem"], found["verdict"]) == (None, None, "wrong_values")

    def test_none_shows_nothing(self) -> None:
        """Not even in pytest's part of the document."""
        found = document([entry(WRONG)], head=HEAD, root=".", feedback="none")
        assert found["tests"] == []
        assert "wrong" not in json.dumps(found)

    def test_less_feedback_reaches_the_failure_texts(self) -> None:
        """The same rows appear in two places of the document."""
        assert "0.25, expected" not in json.dumps(document([entry(WRONG)], head=HEAD, root=".", feedback="kind"))

    def test_rendering_changes_nothing(self) -> None:
        """It is a pure function."""
        before = entry(WRONG)
        after = copy.deepcopy(before)
        render(after, "none")
        render(after, "kind")
        assert after == before

    def test_an_unknown_feedback_level_is_an_error(self) -> None:
        """A programming error, not the learner's."""
        with pytest.raises(ValueError, match="full, kind, verdict, none"):
            render(entry(), "some")


class TestWriting:
    """Writing is atomic."""

    def test_replaces_a_regular_file_and_keeps_its_mode(self, tmp_path: Path) -> None:
        """A report that others may read stays readable."""
        target = tmp_path / "report.json"
        target.write_text("old")
        target.chmod(0o640)
        write({"a": 1}, str(target))
        assert json.loads(target.read_text()) == {"a": 1}
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
        assert list(tmp_path.iterdir()) == [target]

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        """The file that it points to is replaced."""
        (tmp_path / "real.json").write_text("old")
        link = tmp_path / "report.json"
        link.symlink_to("real.json")
        write({}, str(link))
        assert link.is_symlink()
        assert (tmp_path / "real.json").read_text() == "{}\n"

    def test_a_failure_leaves_the_old_report(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """And no partial new one."""
        target = tmp_path / "report.json"
        target.write_text("old")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(UnwritableReport, match="no space left on device"):
            write({}, str(target))
        assert target.read_text() == "old"
        assert list(tmp_path.iterdir()) == [target]

    def test_a_pipe_is_written_through(self, tmp_path: Path) -> None:
        """`--report >(jq ...)`: a rename would replace the pipe by a file that nobody reads."""
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        found: list[str] = []
        reader = threading.Thread(target=lambda: found.append(pipe.read_text()))
        reader.start()
        check_writable(str(pipe))
        write({"a": 1}, str(pipe))
        reader.join()
        assert found == ['{\n "a": 1\n}\n']
        assert stat.S_ISFIFO(pipe.stat().st_mode)

    def test_text_that_is_not_unicode_is_escaped(self, tmp_path: Path) -> None:
        """File names may contain any bytes."""
        target = tmp_path / "report.json"
        write({"source": "a\udcff"}, str(target))
        assert json.loads(target.read_text(encoding="utf-8")) == {"source": "a\udcff"}

    @pytest.mark.parametrize(
        ("path", "sentence"),
        [
            ("", "it is a folder. Use a file"),
            ("missing/report.json", "no such file or directory. Choose another file"),
            ("file/report.json", "not a directory. Choose another file"),
            ("x" * 300, "file name too long"),
        ],
    )
    def test_an_unwritable_path_is_found_before_grading(self, tmp_path: Path, path: str, sentence: str) -> None:
        """And the check leaves nothing behind."""
        (tmp_path / "file").write_text("")
        with pytest.raises(UnwritableReport, match=sentence):
            check_writable(str(tmp_path / path))
        assert [p.name for p in tmp_path.iterdir()] == ["file"]

    def test_a_folder_where_nothing_can_be_made_is_refused(self) -> None:
        """Not even root can create files in /proc."""
        with pytest.raises(UnwritableReport, match=r"cannot write the report to /proc/report\.json"):
            check_writable("/proc/report.json")
