"""pytest in a learner's workspace: `pytest exercises/`, and what editors and CI need from it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import grader.grading.grading  # before pytester, which forgets the modules that its runs import
import grader.grading.plugin
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lent import Shared

    Run = Callable[..., pytest.RunResult]

ROOT = Path(__file__).resolve().parents[2]

SOME_RIGHT = """\
import torch

def dlogprobs(logprobs, Yb, n):
    dlogprobs = torch.zeros_like(logprobs)
    dlogprobs[range(n), Yb] = -1.0/n
    return dlogprobs

def dprobs(dlogprobs, probs):
    return dlogprobs / probs

def dh(dlogits, W2):
    return dlogits

def dhpreact(dh, h):
    raise NotImplementedError
"""


@pytest.fixture
def desk(pytester: pytest.Pytester) -> Path:
    """A workspace with one exercise, two gradients right and one wrong."""
    folder = pytester.path / "exercises" / "mlp"
    folder.mkdir(parents=True)
    for name in ("forward.py", "exercise.toml"):
        (folder / name).write_bytes((ROOT / "exercises" / "mlp" / name).read_bytes())
    (folder / "backward.py").write_text(SOME_RIGHT, encoding="utf-8")
    return folder


@pytest.fixture
def run(pytester: pytest.Pytester, lent_sandbox: Shared, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Pytest in process, with our plugin and pytest-json-report and no others."""
    import pytest_jsonreport.plugin

    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    plugins = (grader.grading.plugin, pytest_jsonreport.plugin)
    return lambda *args: pytester.runpytest_inprocess(*args, plugins=plugins)


class TestDesk:
    """What people expect from `pytest exercises/`."""

    def test_every_gradient_is_an_item(self, run: Run, desk: Path) -> None:
        """26 of them, with the learner's file and line in the failure."""
        result = run("exercises")
        result.assert_outcomes(passed=2, failed=24)
        result.stdout.fnmatch_lines(
            [
                "dh: shape (32, 27), expected (32, 64)*",
                "exercises/mlp/backward.py:12",
                "FAILED exercises/mlp/forward.py::backward::dh - shape (32, 27)*",
            ]
        )

    def test_a_failure_shows_no_grader_traceback(self, run: Run, desk: Path) -> None:
        """A learner's mistake is not an exception of the grader."""
        assert "Traceback" not in run("exercises", "-k", "dh").stdout.str()

    def test_k_selects_gradients(self, run: Run, desk: Path) -> None:
        """Dh is in dh, dhpreact and dhprebn."""
        run("exercises", "-k", "dh").assert_outcomes(failed=3, deselected=23)

    def test_x_stops_at_the_first(self, run: Run, desk: Path) -> None:
        """The third is not written yet."""
        run("exercises", "-x").assert_outcomes(passed=2, failed=1)

    def test_a_gradient_is_named_by_its_node_id(self, run: Run, desk: Path) -> None:
        """As an editor does."""
        run("exercises/mlp/forward.py::backward::dprobs").assert_outcomes(passed=1)

    def test_the_learners_file_can_be_named(self, run: Run, desk: Path) -> None:
        """It is the one they edit. The node ids are the same."""
        result = run("exercises/mlp/backward.py")
        result.assert_outcomes(passed=2, failed=24)
        result.stdout.fnmatch_lines(["FAILED exercises/mlp/forward.py::backward::dh - shape (32, 27)*"])
        run("exercises/mlp/backward.py", "--lf").assert_outcomes(failed=24, deselected=2)
        run("--lf").assert_outcomes(failed=24, deselected=2)
        run("exercises/mlp/backward.py::backward::dprobs").assert_outcomes(passed=1)
        run("exercises/mlp/backward.py", "-k", "dh").assert_outcomes(failed=3, deselected=23)
        run("exercises/mlp/backward.py", "-x").assert_outcomes(passed=2, failed=1)

    @pytest.mark.parametrize(
        "words",
        [
            (),
            ("exercises/mlp",),
            ("exercises/mlp/backward.py", "exercises/mlp"),
            ("exercises", "exercises/mlp/backward.py"),
            ("exercises/mlp/backward.py", "exercises/mlp/forward.py"),
            ("exercises/mlp/backward.py::backward::dprobs", "exercises/mlp/forward.py"),
        ],
    )
    def test_each_gradient_is_graded_once(self, run: Run, desk: Path, words: tuple[str, ...]) -> None:
        """However often its files and folders are named."""
        run(*words).assert_outcomes(passed=2, failed=24)

    def test_naming_the_learners_file_does_not_run_it_in_pytest(
        self, run: Run, desk: Path, pytester: pytest.Pytester
    ) -> None:
        """It runs in the sandbox, and a syntax error in it is a wrong answer."""
        mark = pytester.path / "ran"
        (desk / "backward.py").write_text(f"open({str(mark)!r}, 'w')\n", encoding="utf-8")
        run("exercises/mlp/backward.py").assert_outcomes(failed=26)
        assert not mark.exists()
        (desk / "backward.py").write_text("def dh(:\n", encoding="utf-8")
        run("exercises/mlp/backward.py").assert_outcomes(failed=26)

    def test_lf_repeats_the_failures(self, run: Run, desk: Path) -> None:
        """Two were right."""
        run("exercises")
        run("exercises", "--lf").assert_outcomes(failed=24, deselected=2)

    def test_collect_only_runs_nothing(self, run: Run, desk: Path) -> None:
        """What an editor's test explorer lists, with lines in the learner's file."""
        result = run("exercises", "--collect-only", "-q")
        result.stdout.fnmatch_lines(["exercises/mlp/forward.py::backward::dprobs", "26 tests collected*"])

    def test_items_point_to_the_learners_lines(self, pytester: pytest.Pytester, run: Run, desk: Path) -> None:
        """Where an editor jumps to; a missing function points to the top of the file."""
        places = Places()
        pytester.inline_run("exercises", "--collect-only", plugins=(grader.grading.plugin, places))
        file = str(Path("exercises", "mlp", "backward.py"))
        assert places.of["dprobs"] == (file, 7, "mlp::dprobs")
        assert places.of["dC"] == (file, 0, "mlp::dC")

    def test_junitxml_has_every_gradient(self, run: Run, desk: Path, pytester: pytest.Pytester) -> None:
        """For CI systems."""
        run("exercises", "--junitxml=junit.xml")
        suite = ET.fromstring((pytester.path / "junit.xml").read_text()).find("testsuite")
        assert suite is not None
        assert suite.get("tests"), suite.get("failures") == ("26", "24")
        failure = suite.find("testcase[@name='dh']/failure")
        assert failure is not None
        assert failure.get("message", "").startswith("shape (32, 27), expected (32, 64)")

    def test_items_have_their_own_durations(self, run: Run, desk: Path, pytester: pytest.Pytester) -> None:
        """Work that is done once counts as the first item's setup."""
        run("exercises", "--json-report")
        tests = json.loads((pytester.path / ".report.json").read_text())["tests"]
        assert all(test["call"]["duration"] > 0 for test in tests)

    def test_json_report_has_our_section(self, run: Run, desk: Path, pytester: pytest.Pytester) -> None:
        """`--json-report` alone gives the grader's report."""
        run("exercises", "--json-report")
        (entry,) = json.loads((pytester.path / ".report.json").read_text())["grader"]["submissions"]
        assert entry["score"]["correct"] == 2
        assert entry["source"] == str(Path("exercises", "mlp", "backward.py"))

    def test_a_run_that_stopped_early_says_so(self, run: Run, desk: Path, pytester: pytest.Pytester) -> None:
        """Instead of counting ungraded gradients as wrong."""
        run("exercises", "-x", "--json-report")
        section = json.loads((pytester.path / ".report.json").read_text())["grader"]
        assert section["submissions"] == []
        assert section["notes"] == ["mlp: stopped before all gradients were graded"]

    def test_a_different_submission_can_be_given(self, run: Run, desk: Path) -> None:
        """For CI: the file next to the exercise is ignored."""
        run("exercises", f"--grade-submission={ROOT / 'solutions' / 'mlp'}").assert_outcomes(passed=26)


class Places:
    """Records the locations of the items."""

    def __init__(self) -> None:
        self.of: dict[str, tuple[str, int | None, str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Every item of the session."""
        self.of = {item.name: item.location for item in session.items}


class TestNeighbors:
    """The plugin loads in every pytest run on a user's machine."""

    def test_a_forward_py_without_exercise_toml_is_ignored(self, run: Run, pytester: pytest.Pytester) -> None:
        """Plenty of projects have a forward.py."""
        pytester.makepyfile(forward="GRADED = ['x']", test_it="def test_it(): pass")
        run().assert_outcomes(passed=1)

    def test_a_backward_py_without_an_exercise_is_pytests(self, run: Run, pytester: pytest.Pytester) -> None:
        """Named on the command line, any file may hold tests."""
        pytester.makepyfile(backward="def test_it(): pass")
        run("backward.py").assert_outcomes(passed=1)

    def test_ordinary_tests_next_to_exercises_still_run(self, run: Run, desk: Path, pytester: pytest.Pytester) -> None:
        """In one session."""
        pytester.makepyfile(test_it="def test_it(): pass")
        run("-k", "test_it or dprobs").assert_outcomes(passed=2, deselected=25)

    def test_nothing_is_added_to_other_peoples_json_reports(self, run: Run, pytester: pytest.Pytester) -> None:
        """Without an exercise, there is no key."""
        pytester.makepyfile(test_it="def test_it(): pass")
        run("--json-report")
        assert "grader" not in json.loads((pytester.path / ".report.json").read_text())


class TestFaults:
    """An internal error stops the run with exit code 3; a broken exercise gets a sentence."""

    def test_a_broken_exercise_is_a_collection_error(self, run: Run, desk: Path) -> None:
        """With file and line."""
        forward = desk / "forward.py"
        forward.write_text(forward.read_text(encoding="utf-8").replace("return locals()", "return 3"), encoding="utf-8")
        result = run("exercises")
        assert result.ret == pytest.ExitCode.INTERRUPTED
        result.stdout.fnmatch_lines(["*forward() must end with `return locals()`*"])

    def test_a_missing_submission_is_a_collection_error(self, run: Run, desk: Path) -> None:
        """The stubs were deleted."""
        (desk / "backward.py").unlink()
        result = run("exercises")
        assert result.ret == pytest.ExitCode.INTERRUPTED
        result.stdout.fnmatch_lines(["*there is no file or folder *backward.py*"])

    def test_a_sandbox_error_ends_the_run_with_exit_code_3(
        self, run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is not a failed gradient."""

        def fail(_self: object, _name: str) -> None:
            raise SandboxError("the server is gone")

        monkeypatch.setattr("grader.grading.grading.Grading.row", fail)
        result = run("exercises")
        assert result.ret == 3
        result.stdout.fnmatch_lines(["*the server is gone*"])


@pytest.mark.slow
class TestWorkers:
    """pytest -n."""

    def test_n_grades_in_every_worker_and_reports_once(
        self, pytester: pytest.Pytester, desk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each worker asks in the only allowed order; the report is complete."""
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        plugins = ("-p", "xdist.plugin", "-p", "grader.grading.plugin", "-p", "pytest_jsonreport.plugin")
        result = pytester.runpytest_subprocess("exercises", "-n", "2", "--json-report", *plugins, timeout=110)
        result.assert_outcomes(passed=2, failed=24)
        (entry,) = json.loads((pytester.path / ".report.json").read_text())["grader"]["submissions"]
        assert entry["score"]["correct"] == 2
        assert len(entry["gradients"]) == 26
