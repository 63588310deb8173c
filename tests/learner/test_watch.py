"""The learner's loop without a terminal: state, reset, hints, solutions and the works being watched."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from lent import SharedProcess

from grader.exercise.settings import Settings
from grader.exercise.shelf import list_exercises, load_exercise
from grader.exercise.stubs import NoReset, find_by_text, pristine_stub, put_back
from grader.learner.hints import hints, other_ways, worked
from grader.learner.state import LearnerState
from grader.learner.watch.saves import Files
from grader.learner.watch.screen import Request, lines, view
from grader.learner.watch.work import Desk, Regrader, WatchedWork
from grader.report.files import replace_file
from grader.report.text import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Function

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
MINE = Path("exercises", "mlp", "backward.py")


class TestState:
    """The state file: plain text."""

    def test_what_is_written_is_read_back(self, tmp_path: Path) -> None:
        """The current gradient, and the open hints."""
        state = LearnerState(tmp_path / "state.txt")
        state.go("mlp", "dcounts")
        state.go("rnn", "dh1")
        state.go("mlp", "dprobs")
        assert [state.open_hint("mlp", "dprobs", 3) for _ in range(4)] == [1, 2, 3, 3]
        assert state.write()
        again = LearnerState.read(state.path)
        assert list(again.at.items()) == [("rnn", "dh1"), ("mlp", "dprobs")]
        assert again.hints == {("mlp", "dprobs"): 3}
        assert "score" not in state.text.replace("No scores", "")

    def test_merged_and_damaged_files_can_be_read(self, tmp_path: Path) -> None:
        """The larger number of hints wins, the later gradient wins, unknown lines are kept."""
        file = tmp_path / "state.txt"
        file.write_bytes(b"mlp hints dh 2\nmlp at dh\n<<<<<<< HEAD\nmlp hints dh 1\nmlp at dC\nmlp hints dh x\n\xff\n")
        state = LearnerState.read(file)
        assert state.hints == {("mlp", "dh"): 2}
        assert state.at == {"mlp": "dC"}
        assert "<<<<<<< HEAD" in state.text

    def test_an_unwritable_file_is_not_an_error(self, tmp_path: Path) -> None:
        """Reading and writing fail quietly."""
        state = LearnerState.read(tmp_path)
        assert not state.at
        assert not LearnerState(tmp_path / "none" / "state.txt").write()

    def test_a_file_is_replaced_whole_and_keeps_mode_and_link(self, tmp_path: Path) -> None:
        """No temporary file is left."""
        real, link = tmp_path / "real.py", tmp_path / "link.py"
        real.write_bytes(b"old")
        real.chmod(0o640)
        link.symlink_to(real)
        replace_file(link, b"new")
        assert (real.read_bytes(), link.is_symlink()) == (b"new", True)
        assert stat.S_IMODE(real.stat().st_mode) == 0o640
        assert sorted(path.name for path in tmp_path.iterdir()) == ["link.py", "real.py"]


@pytest.fixture
def reset(sandbox: Sandbox, mlp: Exercise) -> Callable[[bytes, str], bytes]:
    """Restore a stub in some bytes."""

    def put(content: bytes, name: str) -> bytes:
        with sandbox.open({"backward.py": content}, mlp.settings.rules, mlp.wanted) as session:
            function: Function | None = session.reading.functions.get(name)
        return put_back(content, function, pristine_stub(mlp, name))[0]

    return put


class TestReset:
    """One stub is restored, and the rest stays byte for byte."""

    @pytest.mark.parametrize(
        ("before", "own", "after"),
        [
            (b"import torch\n\n", b"def dh(dlogits, W2):\n    return dlogits @ W2.T", b"\n\nx = 1\n"),
            (b"\xef\xbb\xbf# bom\r\n", b"def dh(a):\r\n    return a", b"\r\n# rest \xc3\xa4\r\n"),
            (b"\xef\xbb\xbf", b"def dh(a):\n    return a", b""),
            (b"def f(g): return g\n", b"@f\n@f\ndef dh(a):\n    return a", b"\n    # a comment after it\n"),
            (b"import functools\n", b"@functools.lru_cache(\n    maxsize=1\n)\ndef dh(a): return a", b"\ny = 2"),
            (b"z = 1\n", b"dh = lambda a: (\n    a)", b"\n"),
            (b"# coding: latin-1\n# \xe4\n", b"def dh(a): return a # \xfc", b"\n# \xe9\n"),
        ],
        ids=["plain", "crlf", "bom", "decorators", "long decorator", "lambda", "latin-1"],
    )
    def test_only_the_functions_lines_change(
        self, reset: Callable[[bytes, str], bytes], mlp: Exercise, before: bytes, own: bytes, after: bytes
    ) -> None:
        """With the file's own line endings."""
        ending = b"\r\n" if b"\r\n" in before else b"\n"
        stub = pristine_stub(mlp, "dh").encode().replace(b"\n", ending)
        assert reset(before + own + after, "dh") == before + stub + after

    def test_inside_a_block_it_keeps_its_indentation(self, reset: Callable[[bytes, str], bytes]) -> None:
        """`if True:` around it."""
        changed = reset(b"if True:\n    def dh(a):\n        return a\n", "dh")
        assert changed.startswith(b"if True:\n    def dh(dlogits, W2):\n        ")
        compile(changed, "backward.py", "exec")

    def test_a_missing_stub_is_appended(self, reset: Callable[[bytes, str], bytes], mlp: Exercise) -> None:
        """It was deleted by accident."""
        stub = pristine_stub(mlp, "dh").encode()
        assert reset(b"x = 1\n", "dh") == b"x = 1\n\n\n" + stub + b"\n"
        assert reset(b"x = 1", "dh") == b"x = 1\n\n\n" + stub + b"\n"
        assert reset(b"", "dh") == stub + b"\n"

    def test_a_line_shared_with_something_else_is_refused(self, reset: Callable[[bytes, str], bytes]) -> None:
        """The other code would be removed too."""
        with pytest.raises(NoReset, match=r"backward.py:1: dh shares its line"):
            reset(b"x = 1; dh = lambda a: a\n", "dh")
        with pytest.raises(NoReset, match="UTF-16"):
            reset("def dh(a): return a\n".encode("utf-16"), "dh")

    def test_resetting_every_solution_restores_the_exercise(
        self, reset: Callable[[bytes, str], bytes], mlp: Exercise
    ) -> None:
        """Function by function."""
        content = SOLUTION.encode()
        for name in mlp.gradients:
            content = reset(content, name)
        for name in mlp.gradients:
            assert pristine_stub(mlp, name).encode() in content

    def test_with_a_syntax_error_the_function_is_found_by_its_def(self) -> None:
        """That is when a reset is needed."""
        text = b"import torch\n\ndef dh(a):\n    return (a\n\n@x\ndef dC(b):\n    return b\n"
        assert find_by_text(text, "dh") == (3, 4)
        assert find_by_text(text, "dC") == (6, 8)
        assert find_by_text(text, "dW") is None
        assert find_by_text(text + text, "dh") is None

    def test_the_command_repairs_a_syntax_error(self, workspace: Path, grade: Callable[..., Result]) -> None:
        """And shows what it removed."""
        MINE.write_text(SOLUTION.replace("return dcounts_sum_inv\n", "return (\n"), encoding="utf-8")
        broken = "dcounts_sum_inv" if "return (\n" in MINE.read_text(encoding="utf-8") else "dh"
        result = grade("reset", f"mlp::{broken}")
        assert result.exit_code == 0, result.output
        assert f"{broken} is a stub again in exercises/mlp/backward.py; removed:" in result.output
        compile(MINE.read_text(encoding="utf-8"), "backward.py", "exec")

    def test_an_untouched_stub_is_left_alone(self, workspace: Path, grade: Callable[..., Result]) -> None:
        """Nothing is reported as removed."""
        before = MINE.read_bytes()
        assert grade("reset", "mlp::dh").output == "dh is already a stub in exercises/mlp/backward.py\n"
        assert MINE.read_bytes() == before

    def test_the_forward_pass_gets_no_stub(self, workspace: Path, grade: Callable[..., Result]) -> None:
        """It is the only Python file left if backward.py was deleted."""
        MINE.unlink()
        before = MINE.with_name("forward.py").read_bytes()
        result = grade("reset", "mlp::dh")
        assert result.exit_code == 4
        assert "exercises/mlp has no backward.py; run `grade init .`" in result.output
        assert MINE.with_name("forward.py").read_bytes() == before


class TestHintsAndSolutions:
    """Hints open one by one; the solution is shown after passing."""

    def test_hints_never_contain_the_code(self, mlp: Exercise) -> None:
        """Where the variable is used, the shape, the derivative in words."""
        for gradient in mlp.gradients:
            ladder = hints(mlp, gradient)
            assert len(ladder) == 3
            body = worked(mlp, gradient).splitlines()[-1].strip().removeprefix("return ")
            assert all(body not in text for text in ladder if len(body) > 12)

    @pytest.mark.parametrize("name", list_exercises())
    def test_every_exercise_has_hints_and_a_worked_solution(self, name: str) -> None:
        """Three hints per gradient, all written by hand; training has one function for all, a layer two."""
        exercise = load_exercise(name)
        for gradient in (name for name in exercise.gradients if name.startswith("d")):
            written = exercise.settings.hints[gradient[1:]]
            assert hints(exercise, gradient)[1:] == [written.shape, written.derivative]
            assert "def " in worked(exercise, gradient)

    def test_hints_open_one_at_a_time_and_are_remembered(self, workspace: Path, grade: Callable[..., Result]) -> None:
        """Across runs; without a target the last gradient is meant."""
        assert grade("hint", "mlp::dcounts").output.count("hint ") == 1
        assert grade("hint").output.count("hint ") == 2
        assert "hint 3 of 3" in grade("hint").output
        result = grade("hint")
        assert result.exit_code == 1
        assert "the worked solution is shown once dcounts is correct, or with --spoil" in result.output
        assert "def dcounts" in grade("hint", "--spoil").output

    def test_the_solution_is_shown_after_passing(self, workspace: Path, grade: Callable[..., Result]) -> None:
        """Graded at that moment, whatever any file says."""
        result = grade("solution", "mlp::dprobs")
        assert result.exit_code == 1
        assert "dprobs is not correct yet (not started)" in result.output
        assert "def dprobs" not in result.output
        MINE.write_text(SOLUTION, encoding="utf-8")
        result = grade("solution", "mlp::dprobs")
        assert result.exit_code == 0
        assert "worked solution\n    def dprobs(dlogprobs, probs):" in result.output
        assert result.output.count("also correct: ") == len(other_ways(load_exercise("mlp"), "dprobs")) > 2

    def test_a_target_that_is_not_a_gradient_gets_one_message(
        self, workspace: Path, grade: Callable[..., Result]
    ) -> None:
        """With what to type."""
        for words in (("hint",), ("hint", "mlp"), ("reset",), ("solution", "mlp::dcount")):
            result = grade(*words)
            assert result.exit_code == 4
            assert result.output.count("\n") == 1
            assert "dcounts" in result.output


@pytest.fixture
def desk(workspace: Path, sandbox: Sandbox) -> Callable[..., Desk]:
    """Save a file in a workspace, grade it, and return the desk with the mlp."""
    grader = Regrader(Settings(), SharedProcess(sandbox))
    made = Desk([WatchedWork(load_exercise(MINE.parent), MINE.parent)], LearnerState(Path("state.txt")))

    def save(text: str) -> Desk:
        MINE.write_text(text, encoding="utf-8")
        made.work.take(grader.grade(made.work, made.work.read()))
        made.settle()
        return made

    return save


class TestDesk:
    """The current gradient, and what is shown about it."""

    def test_the_current_gradient_changes_only_on_request(self, desk: Callable[..., Desk]) -> None:
        """It starts at the first unsolved one."""
        broken = SOLUTION.replace("return dlogprobs / probs", "return dlogprobs")
        assert desk(broken).gradient == "dprobs"
        now = desk(SOLUTION)
        assert now.gradient == "dprobs"
        assert not now.move_on()
        now = desk(SOLUTION.replace("dlogits @ W2.T", "dlogits @ W2.T * 2"))
        assert now.gradient == "dprobs"
        assert now.move_on()
        assert now.gradient == "dh"
        assert LearnerState.read(Path("state.txt")).at == {"mlp": "dh"}

    def test_progress_survives_a_syntax_error(self, desk: Callable[..., Desk]) -> None:
        """A missing bracket does not count as the loss of 25 gradients."""
        desk(SOLUTION.replace("return dlogprobs / probs", "return dlogprobs"))
        text = view(desk("def dh(:\n"), Page())
        assert "backward.py:1: invalid syntax" in text
        assert "since the last run" not in text
        text = view(desk(SOLUTION), Page())
        assert "26 of 26 correct, 26 exact, 26 approximate (+1 since the last run)" in text
        assert "autograd has no secrets left" in text
        assert "no secrets" not in view(desk(SOLUTION), Page(joy=False))

    def test_what_is_no_longer_right_is_shown(self, desk: Callable[..., Desk]) -> None:
        """Even while another gradient is current."""
        desk(SOLUTION)
        now = desk(SOLUTION.replace("dlogits @ W2.T", "dlogits @ W2.T * 2"))
        assert "no longer right since the last run: dh" in view(now, Page())

    def test_what_stops_the_whole_file_is_shown_instead_of_a_gradient(self, desk: Callable[..., Desk]) -> None:
        """With its whole path, once."""
        text = click.unstyle(view(desk("import torch\ndef dh(:\n"), Page(), Request(table=True)))
        assert text.startswith("  problem    exercises/mlp/backward.py:2: invalid syntax\n  line 2     def dh(:\n")

    def test_what_stops_the_whole_file_is_one_line(self, desk: Callable[..., Desk]) -> None:
        """Not one for each gradient."""
        now = desk("import torch\ndef dh(:\n")
        first, *rest = lines(now.work, Page())
        assert first.startswith(f"{now.work.file}:2: invalid syntax: `def dh(:`")
        assert len(rest) == 1

    def test_plain_lines_look_like_compiler_errors(self, desk: Callable[..., Desk]) -> None:
        """file:line: gradient: what is wrong."""
        now = desk(SOLUTION.replace("dlogits @ W2.T", "dlogits @ W2.T * 2"))
        first, *rest = lines(now.work, Page())
        number = SOLUTION[: SOLUTION.index("dlogits @ W2.T")].count("\n") + 1
        assert first.startswith(f"exercises/mlp/backward.py:{number}: dh: ")
        assert len(rest) == 1


@pytest.mark.parametrize("poll", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["events", "poll"])
def test_every_way_to_save_is_noticed(tmp_path: Path, poll: bool) -> None:
    """In place, by renaming, deleted, created again."""
    file = tmp_path / "backward.py"
    file.write_text("1")
    seen = threading.Semaphore(0)
    watcher = Files([file], seen.release, poll=poll)
    watcher.start()
    time.sleep(0.4)
    acts: list[Callable[[], Any]] = [
        lambda: file.write_text("22"),
        lambda: ((tmp_path / "new").write_text("333"), (tmp_path / "new").replace(file)),
        file.unlink,
        lambda: file.write_text("4444"),
    ]
    for act in acts:
        while seen.acquire(blocking=False):
            pass
        act()
        assert seen.acquire(timeout=5)
        time.sleep(0.3)
    watcher.stop()
    watcher.join(12)
    assert not watcher.is_alive()


@pytest.mark.parametrize("poll", [False, True])
def test_a_save_before_the_watching_begins_is_noticed(tmp_path: Path, *, poll: bool) -> None:
    """The first grading may take until then."""
    file = tmp_path / "backward.py"
    file.write_text("1")
    seen = threading.Semaphore(0)
    watcher = Files([file], seen.release, poll=poll)
    file.write_text("22")
    watcher.start()
    assert seen.acquire(timeout=20)
    watcher.stop()
    watcher.join(12)


def test_the_closing_line_is_for_people(
    workspace: Path, grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hidden with --quiet, with --ci, and if CI is set."""
    solution = ROOT / "solutions" / "maxpool" / "backward.py"
    Path("exercises", "maxpool", "backward.py").write_bytes(solution.read_bytes())
    monkeypatch.delenv("CI", raising=False)
    joy = "autograd has no secrets left"
    assert joy in grade("maxpool").stdout
    assert joy not in grade("maxpool", "--quiet").stdout
    assert joy not in grade("exercises/maxpool", "--ci").stdout
    monkeypatch.setenv("CI", "true")
    assert joy not in grade("maxpool").stdout
