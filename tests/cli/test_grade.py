"""`grade` in a learner's workspace: targets, exit codes, messages, and which stream gets what."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.exercise.forward import BrokenExercise
from grader.sandbox.numerics import PINNED_ENVIRONMENT
from grader.sandbox.types import CUT, SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Fill = Callable[..., Path]
    Grade = Callable[..., Result]

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "mlp"


def report(folder: Path) -> dict[str, list[dict[str, object]]]:
    """The `grader` key of the report in a folder."""
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))["grader"]


class TestResults:
    """What a run prints, and its exit code."""

    def test_the_solution_is_all_exact_and_exits_with_0(self, grade: Grade) -> None:
        """26 of 26, local and chained, in the lecture's format."""
        result = grade(SOLUTION)
        assert result.exit_code == 0, result.output
        assert "✓ logprobs        | exact: True  | approximate: True  | maxdiff: 0.0" in result.stdout.splitlines()
        assert "mlp: 26 of 26 correct, 26 exact, 26 approximate" in result.stdout
        assert "chained: 26 of 26 correct, 26 exact" in result.stdout
        assert "isolation: " in result.stdout

    def test_untouched_stubs_are_not_started_and_exit_with_1(self, grade: Grade, workspace: Path) -> None:
        """0 of 26, and the first gradient is shown in full."""
        result = grade("mlp")
        assert result.exit_code == 1, result.output
        assert "mlp: 0 of 26 correct" in result.stdout
        assert result.stdout.startswith("· dlogprobs: not started")
        rows = report(workspace)["submissions"][0]["gradients"]
        assert [row["verdict"] for row in rows] == ["not_started"] * 26

    def test_exactly_the_filled_gradients_score(self, grade: Grade, workspace: Path, fill: Fill) -> None:
        """Three written, three correct; the next one to write is shown in full."""
        fill("dlogprobs", "dprobs", "dh")
        result = grade("mlp")
        assert result.exit_code == 1
        right = [row["name"] for row in report(workspace)["submissions"][0]["gradients"] if row["correct"]]
        assert right == ["dlogprobs", "dprobs", "dh"]
        assert result.stdout.startswith("· dcounts_sum_inv: not started")

    def test_a_gradient_begun_is_shown_before_one_not_started(self, grade: Grade, fill: Fill) -> None:
        """What the learner has just worked on matters more than what comes first."""
        body = "def dh(dlogits, W2):\n    return dlogits\n"
        file = fill(body=body)
        first = grade("mlp").stdout.splitlines()[0]
        assert first.startswith("✗ dh: wrong shape")
        line = file.read_text(encoding="utf-8").splitlines().index("    return dlogits") + 1
        assert first.endswith(f"{Path('exercises', 'mlp', 'backward.py')}:{line}")

    def test_a_forgotten_return_is_begun_and_shown(self, grade: Grade, fill: Fill) -> None:
        """The function is written: only its last line is missing."""
        fill(body="def dh(dlogits, W2):\n    dh = dlogits @ W2.T\n")
        shown = grade("mlp").stdout
        assert shown.startswith("✗ dh: wrong type")
        assert "found      dh returns nothing: add `return dh` at the end" in shown

    def test_a_notebooks_unreadable_cell_is_named_and_its_gradients_are_begun(
        self, grade: Grade, tmp_path: Path
    ) -> None:
        """With its line, in a note and where the first of its gradients is shown; other cells are graded."""
        cells = ["dh = dlogits @ W2.T\ndC =", "demb = dembcat.view(emb.shape)"]
        book = {"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}
        (tmp_path / "n.ipynb").write_text(json.dumps(book), encoding="utf-8")
        result = grade("n.ipynb", "--exercise", "mlp")
        assert result.stdout.startswith("note: n.ipynb cell 1:2: skipped: invalid syntax: `dC =`\n\n✗ dh: raised")
        assert "fix that line; the gradients in other cells are graded" in result.stdout
        assert "✓ emb " in result.stdout

    def test_a_notebook_is_graded_on_every_exercise_of_the_lecture_that_it_has(
        self, grade: Grade, tmp_path: Path
    ) -> None:
        """In the order of its parts, with one total."""
        cells = [
            "# Exercise 1\ndh = dlogits @ W2.T",
            "# Exercise 2\ndlogits = (F.softmax(logits, 1) - F.one_hot(Yb, 27)) / n",
        ]
        book = {"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}
        (tmp_path / "n.ipynb").write_text(json.dumps(book), encoding="utf-8")
        lines = grade("n.ipynb", "-q").stdout.splitlines()
        assert [line.split(",")[0] for line in lines] == [
            "mlp: 1 of 26 correct", "cross_entropy: 0 of 1 correct", "2 more not started",
            "total: 1 of 37 correct in 4 exercises",
        ]  # fmt: skip

    def test_a_single_gradient_is_counted_alone(self, grade: Grade) -> None:
        """`mlp::dprobs` grades one and counts one."""
        result = grade(f"{SOLUTION}::dprobs")
        assert result.exit_code == 0, result.output
        assert "mlp: 1 of 1 correct" in result.stdout
        assert "chained" not in result.stdout
        assert "autograd has no secrets" not in result.stdout

    def test_a_gradient_may_be_named_by_its_variable(self, grade: Grade) -> None:
        """`mlp::probs` means dprobs."""
        assert "✓ probs " in grade(f"{SOLUTION}::probs").stdout

    def test_two_gradients_of_one_exercise_are_one_submission(self, grade: Grade, tmp_path: Path) -> None:
        """Merged, in the order of the report."""
        grade(f"{SOLUTION}::dh", f"{SOLUTION}::dprobs")
        (entry,) = report(tmp_path)["submissions"]
        assert [row["name"] for row in entry["gradients"]] == ["dprobs", "dh"]

    def test_without_a_target_every_exercise_is_graded(self, grade: Grade, workspace: Path) -> None:
        """The first unsolved one in full, those not started on one line each."""
        result = grade()
        assert result.exit_code == 1
        names = [entry["exercise"] for entry in report(workspace)["submissions"]]
        assert names[0] == "micrograd"
        assert result.stdout.startswith("· derr: not started ")
        assert {"batchnorm", "cross_entropy", "training"} <= set(names)
        assert "\ncross_entropy        not started, 1 to do\n" in result.stdout
        assert "\nmasked_cross_entropy not started, 9 to do\n" in result.stdout
        assert "\ntotal: 0 of 264 correct in 23 exercises\nisolation: " in result.stdout

    def test_quiet_sums_up_what_is_not_begun_and_ends_in_a_total(self, grade: Grade, fill: Fill) -> None:
        """One line for each exercise that is begun."""
        fill("dlogprobs")
        assert grade("-q").stdout.splitlines() == [
            "mlp: 1 of 26 correct, 1 exact, 1 approximate",
            "22 more not started",
            "total: 1 of 264 correct in 23 exercises",
        ]

    def test_progress_since_the_last_run_is_shown(self, grade: Grade, fill: Fill) -> None:
        """It comes from the report that is about to be replaced."""
        grade("mlp")
        fill("dlogprobs", "dprobs")
        assert "(+2 since the last run)" in grade("mlp").stdout

    def test_another_gradient_is_not_progress(self, grade: Grade, fill: Fill) -> None:
        """One right, then another one wrong: nothing got worse."""
        fill("dprobs")
        grade("mlp::dprobs")
        assert "since the last run" not in grade("mlp::dlogits").stdout

    def test_somebody_elses_work_is_not_progress(self, grade: Grade, workspace: Path) -> None:
        """The same exercise at another path."""
        grade("mlp")
        assert "since the last run" not in grade(SOLUTION).stdout

    def test_progress_counts_what_both_runs_graded(self, grade: Grade, fill: Fill) -> None:
        """Of the two right ones, one was not graded before."""
        fill("dlogits")
        grade("mlp::dprobs")
        fill("dprobs")
        assert "mlp: 2 of 26 correct, 2 exact, 2 approximate (+1 since the last run)" in grade("mlp").stdout

    def test_truncated_prints_say_so(self, grade: Grade, fill: Fill) -> None:
        """The lines dropped are not counted."""
        body = "def dprobs(probs):\n    for i in range(100_000):\n        print('line', i)\n    return probs\n"
        fill(body=body)
        lines = grade("mlp").stdout.splitlines()
        end = lines.index("  | ... and more lines")
        assert lines[end - 1 : end + 2] == ["  | line 19", "  | ... and more lines", f"  | {CUT}"]

    def test_prints_of_the_gradient_shown_are_marked(self, grade: Grade, fill: Fill) -> None:
        """Learners want to see their prints, which must not pass for the grader's lines."""
        body = "def dprobs(probs):\n    print('26 of 26 correct')\n    return probs\n"
        fill(body=body)
        out = grade("mlp").stdout
        assert "dprobs printed\n  | 26 of 26 correct" in out

    def test_quiet_prints_only_the_totals(self, grade: Grade) -> None:
        """Two lines: local and chained."""
        assert grade(SOLUTION, "--quiet").stdout.splitlines() == [
            "mlp: 26 of 26 correct, 26 exact, 26 approximate",
            "chained: 26 of 26 correct, 26 exact",
        ]

    def test_verbose_prints_the_chained_table(self, grade: Grade) -> None:
        """The lecture's table again, for the learner's own gradients."""
        lines = grade(SOLUTION, "-v").stdout.splitlines()
        assert lines.count("  C               | exact: True  | approximate: True  | maxdiff: 0.0") == 1

    def test_exact_is_not_shown_as_missing_where_it_is_not_expected(self, grade: Grade) -> None:
        """No short formula is exact here; the report says so instead of showing a failure."""
        result = grade(ROOT / "solutions" / "cross_entropy")
        assert result.exit_code == 0, result.output
        assert "✓ logits          | exact: n/a   | approximate: True " in result.stdout
        assert "exact is not expected here" in result.stdout

    def test_another_batch_size_and_seed_are_exact_as_well(self, grade: Grade) -> None:
        """The worked solution is exact for every batch size."""
        result = grade(SOLUTION, "--batch-size", 48, "--seed", 7, "-q")
        assert "26 exact" in result.stdout, result.output

    def test_two_runs_differ_only_in_times(self, grade: Grade, tmp_path: Path) -> None:
        """The report is a function of the files."""
        texts = []
        for _ in range(2):
            grade(SOLUTION)
            texts.append(json.dumps(without_times(json.loads((tmp_path / "report.json").read_text(encoding="utf-8")))))
        assert texts[0] == texts[1]


def without_times(value: object) -> object:
    """A report without the values that may differ between runs."""
    if isinstance(value, dict):
        times = ("created", "duration", "duration_s")
        return {key: without_times(item) for key, item in value.items() if key not in times}
    return [without_times(item) for item in value] if isinstance(value, list) else value


class TestCriteria:
    """The criterion decides points and never changes a verdict."""

    def test_exact_requires_equal_bits(self, grade: Grade, fill: Fill) -> None:
        """A correct form that is not exact keeps its verdict and loses its point."""
        body = "def dcounts_sum(dcounts_sum_inv, counts_sum):\n    return -dcounts_sum_inv / counts_sum**2\n"
        fill("dlogprobs", body=body)
        result = grade("mlp::dcounts_sum", "--criterion", "exact")
        assert result.exit_code == 1
        assert result.stdout.startswith("≈ dcounts_sum: correct")
        assert "| points: 0 of 1" in result.stdout

    def test_it_is_said_before_grading_where_bits_cannot_be_required(
        self, grade: Grade, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only to those who require them, and not instead of a note in the report."""
        monkeypatch.setattr("grader.exercise.case.Cases.other_bits", True)
        first = "note: the reference gradients have other bits on this machine, or with this release of torch"
        result = grade(SOLUTION, "--criterion", "exact")
        assert (result.exit_code, result.stderr.startswith(first)) == (0, True)
        assert first in " ".join(result.stdout.split())
        assert first not in grade(SOLUTION).stderr

    def test_approximate_warns_that_it_accepts_zeros(self, grade: Grade) -> None:
        """The lecture's rule, with its weakness."""
        assert "torch.allclose accepts zeros for tiny gradients" in grade(SOLUTION, "--criterion", "approximate").stdout


class TestMisuse:
    """Exit code 4, one message, nothing graded, no report."""

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["mpl"], "there is no exercise or path mpl. Did you mean mlp?"),
            (["lsit"], "there is no exercise or path lsit. Did you mean list?"),
            (["wacth"], "there is no exercise or path wacth. Did you mean watch?"),
            (["hint", "wacth::dprobs"], "there is no exercise or path wacth. Available: attention, "),
            (["verify", "mpl"], "there is no exercise mpl. Did you mean mlp?"),
            (["mlp::dprob"], "there is no mlp gradient dprob. Did you mean dprobs?"),
            (["dprobs"], "dprobs is a gradient of mlp. Did you mean mlp::dprobs?"),
            (["dlogits"], "dlogits is a gradient of mlp, autograd_cross_entropy, cross_entropy and "),
            (["dlogits"], " more. Name one, as in mlp::dlogits"),
            (["dlogits", "--exercise", "mlp"], "dlogits is a gradient of mlp. Did you mean mlp::dlogits?"),
            (["runs"], "there is no exercise or path runs. Did you mean rnn?"),
            (["zzzz"], "there is no exercise or path zzzz. Available: attention, autograd_attention, "),
            (["exercises/mpl"], "there is no exercise or path exercises/mpl. Did you mean exercises/mlp?"),
            (["mlp", "--exercise", "mpl"], "there is no exercise mpl. Did you mean mlp?"),
            (["mlp", "--report", "exercises"], "cannot write the report to exercises: it is a folder"),
            (["mlp", "--report", "no/x.json"], "cannot write the report to no/x.json: no such file or directory"),
            (["--sed", "3"], "No such option '--sed'. Did you mean '--seed'?"),
            (["mlp", "--batch-size", "1"], "1 is not in the range"),
        ],
    )  # fmt: skip
    def test_the_message_suggests_what_was_meant(
        self, grade: Grade, workspace: Path, words: list[str], sentence: str
    ) -> None:
        """Before anything is graded."""
        result = grade(*words)
        assert result.exit_code == 4, result.output
        assert sentence.replace("/", str(Path("/"))) in result.stderr
        assert result.stdout == ""
        assert not (workspace / "report.json").exists()

    def test_without_a_workspace_the_message_says_how_to_create_one(self, grade: Grade) -> None:
        """`grade` in an empty folder."""
        result = grade()
        assert result.exit_code == 4
        assert "Create a workspace with `grade init DIR`" in result.stderr

    def test_an_exercise_without_a_workspace_says_so(self, grade: Grade) -> None:
        """The mlp exists, but there is no learner's file to grade."""
        result = grade("mlp")
        assert result.exit_code == 4
        assert "mlp is an exercise, but there is no" in result.stderr

    def test_a_file_that_is_not_a_submission_is_refused(self, grade: Grade, tmp_path: Path) -> None:
        """A .txt cannot be graded."""
        (tmp_path / "x.txt").write_text("dprobs = 1")
        result = grade("x.txt", "--exercise", "mlp")
        assert result.exit_code == 4
        assert "neither a folder nor a .py, .ipynb, .zip, .tar.gz or .md file" in result.stderr

    def test_a_file_of_no_exercise_asks_for_one(self, grade: Grade, tmp_path: Path) -> None:
        """It has no gradient function of any exercise."""
        (tmp_path / "x.py").write_text("def dnothing(): pass\n")
        result = grade("x.py")
        assert result.exit_code == 4
        assert "none of its functions belongs to an exercise; pass --exercise NAME" in result.stderr

    def test_a_tie_between_exercises_asks_for_one(self, grade: Grade, tmp_path: Path) -> None:
        """`dlogits` is graded in mlp and in cross_entropy."""
        (tmp_path / "x.py").write_text("def dlogits(logits): return logits\n")
        result = grade("x.py")
        assert result.exit_code == 4
        assert "its functions fit " in result.stderr
        assert "cross_entropy and mlp" in result.stderr


class TestPaths:
    """Which exercise a path is for."""

    def test_the_exercise_is_inferred_from_the_functions(self, grade: Grade, tmp_path: Path) -> None:
        """The mlp's 26 functions, under any file name."""
        (tmp_path / "ada.py").write_bytes((SOLUTION / "backward.py").read_bytes())
        assert "mlp: 26 of 26" in grade("ada.py", "-q").stdout

    @pytest.mark.slow
    @pytest.mark.parametrize("words", [(), ("import",)])
    def test_the_functions_are_read_with_pinned_numerics(self, tmp_path: Path, words: tuple[str, ...]) -> None:
        """In a separate process: torch is loaded once, without its warning about numpy."""
        cell = {"cell_type": "code", "source": "dprobs = (1.0/probs) * dlogprobs", "metadata": {}, "outputs": []}
        (tmp_path / "my.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4}), encoding="utf-8")
        command = [sys.executable, "-m", "grader", *words, "my.ipynb"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        for name in PINNED_ENVIRONMENT:
            environment.pop(name, None)
        ended = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert "note: torch uses" not in ended.stdout
        assert ended.stderr == ""
        assert "26" in ended.stdout

    def test_the_exercise_is_inferred_from_the_folder(self, grade: Grade, tmp_path: Path) -> None:
        """mlp/backward.py is for the mlp, whatever it contains."""
        (tmp_path / "mlp").mkdir()
        (tmp_path / "mlp" / "backward.py").write_text("def dlogits(logits): return logits\n")
        assert "mlp: 0 of 26" in grade("mlp/backward.py", "-q").stdout

    def test_the_exercise_option_decides(self, grade: Grade, tmp_path: Path) -> None:
        """--exercise settles any doubt."""
        (tmp_path / "x.py").write_bytes((ROOT / "solutions" / "cross_entropy" / "backward.py").read_bytes())
        assert "cross_entropy: 1 of 1" in grade("x.py", "--exercise", "cross_entropy", "-q").stdout

    def test_inside_an_exercise_folder_grade_needs_no_target(
        self, grade: Grade, workspace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`cd exercises/mlp; grade`."""
        monkeypatch.chdir(workspace / "exercises" / "mlp")
        assert "mlp: 0 of 26" in grade("-q").stdout

    def test_ci_trusts_only_the_installed_forward_pass(self, grade: Grade, workspace: Path, fill: Fill) -> None:
        """A repository with its own, easier forward pass is graded on the installed one."""
        forward = workspace / "exercises" / "mlp" / "forward.py"
        forward.write_text(forward.read_text(encoding="utf-8").replace("probs.log()", "probs.sqrt()"), encoding="utf-8")
        fill("dprobs")
        assert grade("mlp::dprobs", "-q").exit_code == 1
        assert grade("mlp::dprobs", "-q", "--ci").exit_code == 0

    @pytest.mark.parametrize("absolute", [False, True], ids=["beneath the folder", "beneath the checkout"])
    def test_ci_does_not_follow_links_in_the_repository(
        self, grade: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, absolute: bool
    ) -> None:
        """`exercises` could be a link to the worked solutions."""
        repository = tmp_path / "repository"
        repository.mkdir()
        (repository / "exercises").symlink_to(SOLUTION.parent)
        monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
        monkeypatch.chdir(tmp_path if absolute else repository)
        told = repository / "exercises" if absolute else Path("exercises")
        result = grade(str(told / "mlp"), "--exercise", "mlp", "--ci", "-q")
        assert (result.exit_code, result.stderr) == (4, f"Error: {told} is a symbolic link; submit the file itself\n")

    def test_ci_refuses_a_folder_reached_through_a_link(
        self, grade: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`working-directory: exercises` could be the worked solutions, and the path below it has no link."""
        (tmp_path / "repository").mkdir()
        monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repository"))
        monkeypatch.chdir(SOLUTION.parent)
        result = grade("mlp", "--exercise", "mlp", "--ci", "-q", "--report", str(tmp_path / "r.json"))
        assert result.exit_code == 4
        assert f"mlp is relative to {SOLUTION.parent}, which is outside the checkout" in result.stderr

    @pytest.mark.parametrize("to", [(), ("--to", "github")])
    def test_a_students_text_is_not_a_github_command(
        self, grade: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: tuple[str, ...]
    ) -> None:
        """One line, and fenced: GitHub reads commands from any line, even after leading spaces."""
        forged = r"x\n::stop-commands::pwn\n  ::add-mask::correct\ncross_entropy: 1 of 1 correct"
        (tmp_path / "x.py").write_text(f"def dlogits(logits):\n    raise ValueError('{forged}')\n")
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        first, *rest = grade("x.py", "--exercise", "cross_entropy", "--ci", *to).stdout.splitlines()
        end = rest.index(f"::{first.removeprefix('::stop-commands::')}::")
        assert not any(line.startswith(("::", "cross_entropy: 1")) for line in rest[:end])
        assert all(
            line.startswith(("::error title=dlogits", "::notice title=Score")) for line in rest[end + 1 :] if line
        )
        assert len(rest[end + 1 :]) == (3 if to else 1)

    def test_a_changed_forward_pass_is_noted(self, grade: Grade, workspace: Path) -> None:
        """It counts in a learner's workspace, and every row says so."""
        forward = workspace / "exercises" / "mlp" / "forward.py"
        forward.write_text(forward.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
        assert "note: forward.py differs from the installed exercise" in grade("mlp").stdout


class TestOurFaults:
    """Exit code 3: no grade is written; an internal error never becomes a zero."""

    @pytest.mark.parametrize(
        "fault", [SandboxError("the server did not start"), BrokenExercise("forward.py:3: bad line")]
    )
    def test_an_internal_error_before_the_first_row_is_a_message(
        self, grade: Grade, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Exception
    ) -> None:
        """Raised when the process starts."""

        def fail(*_: object, **__: object) -> None:
            raise fault

        monkeypatch.setattr("grader.cli.grade.serve", fail)
        result = grade(SOLUTION)
        assert result.exit_code == 3
        assert result.stderr == f"Error: {fault}\n"
        assert not (tmp_path / "report.json").exists()

    def test_an_internal_error_while_grading_writes_no_report(
        self, grade: Grade, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Raised inside pytest, where it would look like a failed gradient."""

        def fail(_self: object, _name: str) -> None:
            raise SandboxError("the server is gone")

        monkeypatch.setattr("grader.grading.grading.Grading.row", fail)
        result = grade(SOLUTION)
        assert result.exit_code == 3, result.output
        assert "the server is gone" in result.stderr
        assert not (tmp_path / "report.json").exists()

    def test_a_bug_in_the_engine_is_not_a_zero(
        self, grade: Grade, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """An unexpected exception in the middle of the engine."""
        monkeypatch.setattr("grader.grading.grading.Grading.row", lambda *_: 1 / 0)
        result = grade(SOLUTION)
        assert result.exit_code == 3, result.output
        assert "ZeroDivisionError" in result.stderr
        assert not (tmp_path / "report.json").exists()

    def test_a_bug_shows_its_traceback(self, grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bug report needs it."""
        monkeypatch.setattr("grader.cli.grade.resolve", lambda *_: 1 / 0)
        result = grade(SOLUTION)
        assert result.exit_code == 3
        assert "ZeroDivisionError" in result.stderr
        assert "internal error in the grader, not in the submission" in result.stderr

    def test_an_interrupt_exits_with_2(self, grade: Grade, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Ctrl-C while grading: no report."""

        def interrupt(_self: object, _name: str) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("grader.grading.grading.Grading.row", interrupt)
        assert grade(SOLUTION).exit_code == 2
        assert not (tmp_path / "report.json").exists()


class TestReportFile:
    """Where the report goes."""

    def test_a_dash_prints_the_report_and_moves_the_table_to_stderr(self, grade: Grade) -> None:
        """`grade --report - | jq` works: stdout has only JSON."""
        result = grade(SOLUTION, "--report", "-")
        if result.stdout:
            assert json.loads(result.stdout)["grader"]["submissions"][0]["score"]["correct"] == 26
        assert "26 of 26 correct" in result.stderr

    def test_feedback_none_says_received(self, grade: Grade, tmp_path: Path) -> None:
        """No score, no rows."""
        assert "received" in grade(SOLUTION, "--feedback", "none", "-q").stdout
        (entry,) = report(tmp_path)["submissions"]
        assert entry["score"] is None
        assert entry["gradients"] == []

    def test_another_format_takes_stdout_and_moves_the_table(self, grade: Grade, tmp_path: Path) -> None:
        """`grade --to csv > rows.csv` works, and the report is written as well."""
        result = grade(SOLUTION, "--to", "csv")
        assert len(result.stdout.splitlines()) == 27
        assert "26 of 26 correct" in result.stderr
        assert len(report(tmp_path)["submissions"]) == 1

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (("--to", "marked"), "there is no format marked. Did you mean markdown?"),
            (("--to", "csv", "--report", "-"), "both write to stdout"),
        ],
    )
    def test_a_format_that_cannot_be_written_is_refused_before_grading(
        self, grade: Grade, tmp_path: Path, options: tuple[str, ...], sentence: str
    ) -> None:
        """No work is lost."""
        result = grade(SOLUTION, *options)
        assert result.exit_code == 4
        assert sentence in result.stderr
        assert not (tmp_path / "report.json").exists()


def test_a_page_without_its_libraries_is_refused_before_grading(
    grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after a hundred lines of results."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    result = grade(SOLUTION, "--to", "html")
    assert (result.exit_code, result.stdout) == (4, "")
    assert 'pages need Grandalf and Jinja: pip install "grandalf' in result.stderr


class TestSeveralExercises:
    """A hand-in that names no exercise is graded on each that it has work on."""

    @pytest.fixture
    def handed_in(self, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A workspace with work on two exercises, and the folder above it as the current one."""
        for name in ("linear_relu", "layernorm"):
            source = ROOT / "solutions" / name / "backward.py"
            (workspace / "exercises" / name / "backward.py").write_bytes(source.read_bytes())
        monkeypatch.chdir(workspace.parent)
        return workspace

    @pytest.mark.parametrize("packed", [False, True])
    def test_a_workspace_has_a_table_for_each_that_is_begun(self, grade: Grade, handed_in: Path, packed: bool) -> None:
        """As a folder and as an archive; not one for each that is untouched."""
        path = Path(shutil.make_archive("ws", "zip", handed_in.parent, handed_in.name)) if packed else handed_in
        result = grade(path, "-q")
        assert result.exit_code == 0, result.output
        totals = [line.split(":")[0] for line in result.stdout.splitlines() if " correct, " in line]
        assert [name for name in totals if name != "chained"] == ["linear_relu", "layernorm"]

    def test_what_was_read_is_said(self, grade: Grade, handed_in: Path) -> None:
        """And what was not."""
        result = grade(handed_in, "--exercise", "layernorm")
        said = " ".join(result.stdout.split())
        assert "note: read: exercises/layernorm/backward.py; not read: exercises/attention/backward.py, " in said
        assert "and 19 more" in said

    def test_a_notebook_has_a_table_for_each_of_its_series(self, grade: Grade) -> None:
        """In the order of the parts; those that are not begun have a line."""
        result = grade(ROOT / "tests" / "notebooks" / "lecture.ipynb")
        entries = json.loads(Path("report.json").read_text(encoding="utf-8"))["grader"]["submissions"]
        assert [entry["exercise"] for entry in entries] == ["mlp", "cross_entropy", "batchnorm", "training"]
        assert "mlp: 26 of 26 correct" in result.stdout

    @pytest.mark.parametrize(
        "cell",
        [
            "d_h = dlogits @ W2.T\nd_W2 = h.T @ dlogits",
            "grad_h = grad_logits @ W2.T\ngrad_W2 = h.T @ grad_logits",
            "h_grad = logits_grad @ W2.T\nW2_grad = h.T @ logits_grad",
            "h_bar = logits_bar @ W2.T\nW2_bar = h.T @ logits_bar",
            "dhid = dlog @ W2.T\ndw = h.T @ dlog\ncmp('h', dhid, h)\ncmp('W2', dw, W2)\ncmp('logits', dlog, logits)",
        ],
    )
    def test_a_notebook_in_the_learner_s_own_names_needs_no_exercise(
        self, grade: Grade, tmp_path: Path, cell: str
    ) -> None:
        """Its spelling and its comparisons tell what is meant. What is missing is missing as a line, too."""
        _write_cells(tmp_path / "n.ipynb", "import torch", cell)
        assert "✗ b2              | not started: n.ipynb has no db2" in grade("n.ipynb").stdout.replace("·", "✗")
        assert grade("n.ipynb", "-q").stdout.splitlines() == [
            "mlp: 2 of 26 correct, 2 exact, 2 approximate", "3 more not started",
            "total: 2 of 37 correct in 4 exercises",
        ]  # fmt: skip

    def test_a_notebook_about_something_else_is_no_exercise(self, grade: Grade, tmp_path: Path) -> None:
        """Although it computes values that some exercise has, too."""
        _write_cells(tmp_path / "n.ipynb", "x = torch.randn(3)\nh = x * 2\nloss = h.sum()\nlogits = h")
        result = grade("n.ipynb")
        assert result.exit_code == 4
        assert "none of its functions belongs to an exercise; pass --exercise NAME" in " ".join(result.stderr.split())

    @pytest.mark.parametrize(
        ("lines", "begun"),
        [
            ("dC =", False),
            ("for k in range(9)\n    dC[k] += demb[k]", False),
            ("for _ in range(9):\n    emb = C[Xb]\n    dC =\n    dW1 = h", True),
        ],
    )
    def test_a_cell_that_cannot_be_read_is_a_training_loop_only_if_it_has_a_loop(
        self, grade: Grade, tmp_path: Path, lines: str, begun: bool
    ) -> None:
        """And a forward pass: a line of exercise 1 that is not finished costs nothing in exercise 4."""
        _write_cells(tmp_path / "n.ipynb", "dh = dlogits @ W2.T", lines)
        assert ("training: 0 of 7 correct" in grade("n.ipynb", "-q").stdout) is begun


def _write_cells(path: Path, *cells: str) -> None:
    book = {"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    path.write_text(json.dumps(book), encoding="utf-8")
