"""Somebody's own tests, tried with right and wrong forms: copies, limits, and tests that say nothing."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from audits import PYTHON, SOLUTION, STUBS, lay_down_audit

from grader.authoring import own_tests as engine
from grader.authoring.own_tests import Audit, Suite, Tried, UnusableTests, forms_to_try
from grader.authoring.warm_pytest import Stopped, WarmPytest
from grader.exercise.catalogue import wrong_forms
from grader.exercise.shelf import load_exercise

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise

FILE = Path("backward.py")


@pytest.fixture
def square(tmp_path: Path) -> Exercise:
    """An exercise with a catalogue, and its tests in suite/."""
    return lay_down_audit(tmp_path)


def suite_of(folder: Path, command: str = f"{PYTHON} check.py", seconds: float = 20.0) -> Suite:
    """Tests that are a line for the shell."""
    return Suite(folder / "suite", FILE, command, seconds)


def notes(found: list[Tried]) -> set[str]:
    """What was accepted, by its note."""
    return {each.form.note for each in found if each.accepted}


class TestTrying:
    """Each form in a copy."""

    def test_accepted_is_what_the_command_ends_with_0_for(self, square: Exercise, tmp_path: Path) -> None:
        """Here: a function that is asked with an upstream gradient of 1 alone."""
        with Audit(suite_of(tmp_path), jobs=2) as audit:
            audit.check(square)
            found = list(audit.run(forms_to_try(square, 0, 0)))
            audit.check_again(square)
        assert notes(found) == {"added", "by name", "dy is forgotten"}
        assert {each.form.note for each in found if each.right} == {"added", "by name"}
        assert audit.tried == found

    def test_the_folder_is_not_changed(self, square: Exercise, tmp_path: Path) -> None:
        """Nothing is written to it, not even by the tests."""
        (tmp_path / "suite/check.py").write_text("open('left.txt', 'w').close()\n")
        before = {path: path.read_bytes() for path in (tmp_path / "suite").rglob("*")}
        with Audit(suite_of(tmp_path)) as audit:
            assert len(list(audit.run(wrong_forms(square)))) == 3
        assert {path: path.read_bytes() for path in (tmp_path / "suite").rglob("*")} == before

    def test_a_linked_submission_is_not_written_through(self, square: Exercise, tmp_path: Path) -> None:
        """The copy has a file where the folder has a link."""
        (tmp_path / "suite/backward.py").rename(tmp_path / "mine.py")
        (tmp_path / "suite/backward.py").symlink_to("../mine.py")
        with Audit(suite_of(tmp_path)) as audit:
            audit.check(square)
        assert (tmp_path / "mine.py").read_text() == STUBS

    def test_links_in_circles_and_pipes_are_left_out(self, square: Exercise, tmp_path: Path) -> None:
        """They would never end."""
        (tmp_path / "suite/again").symlink_to(".")
        (tmp_path / "suite/gone").symlink_to("nowhere")
        os.mkfifo(tmp_path / "suite/pipe")
        with Audit(suite_of(tmp_path, "test ! -e again && test ! -e pipe && test ! -e gone")) as audit:
            assert audit.answer(SOLUTION).accepted

    def test_a_compiled_file_is_never_taken_for_the_next_submission(self, tmp_path: Path, square: Exercise) -> None:
        """Two of the same length in the same second look alike to Python."""
        (tmp_path / "suite/check.py").write_text("import sys, backward\nsys.exit(backward.code)\n")
        with Audit(suite_of(tmp_path, f"env -u PYTHONDONTWRITEBYTECODE {PYTHON} check.py")) as audit:
            assert [audit.answer(f"code = {code}\n").code for code in (0, 1, 0, 2)] == [0, 1, 0, 2]
        assert square.gradients

    def test_a_mistake_that_hangs_is_rejected(self, square: Exercise, tmp_path: Path) -> None:
        """And counted as one that took too long; what it has started ends with it."""
        line = f"{PYTHON} check.py && {{ sleep 600 & sleep 600; }}"
        with Audit(suite_of(tmp_path, line, seconds=1.0), jobs=2) as audit:
            found = {each.form.note: each for each in audit.run(wrong_forms(square))}
        assert (found["dy is forgotten"].accepted, found["dy is forgotten"].timed_out) == (False, True)
        assert not found["the 2 is forgotten"].timed_out

    def test_what_there_is_no_time_for_is_not_tried(self, square: Exercise, tmp_path: Path) -> None:
        """A run that the end of all cuts short says nothing either."""
        with Audit(suite_of(tmp_path, "sleep 600"), seconds=0.5) as audit:
            assert list(audit.run(wrong_forms(square))) == []

    def test_leaving_ends_what_runs_and_removes_the_copies(self, square: Exercise, tmp_path: Path) -> None:
        """As Ctrl-C does."""
        begun = time.monotonic()
        with Audit(suite_of(tmp_path, "echo $$ > pid; sleep 600")) as audit:
            runs = threading.Thread(target=lambda: list(audit.run(wrong_forms(square))))
            runs.start()
            scratch = Path(audit._scratch.name)
            while not (written := [*scratch.glob("*/pid")]) or not written[0].read_text():
                time.sleep(0.02)
            process = int(written[0].read_text())
        runs.join(10)
        assert time.monotonic() - begun < 20
        assert not scratch.exists()
        assert not Path(f"/proc/{process}").exists()
        assert audit.tried == []

    def test_forms_are_shuffled_the_same_way_each_time(self, square: Exercise) -> None:
        """Whatever there is time for is a sample of all."""
        places = [(form.kind, form.note) for form in forms_to_try(square, 5, 3)]
        assert places == [(form.kind, form.note) for form in forms_to_try(square, 5, 3)]
        assert sum(kind == "mutant" for kind, _ in places) == 5
        assert places != [(form.kind, form.note) for form in forms_to_try(square, 5, 4)]

    def test_a_layer_has_no_mutants(self) -> None:
        """They are drawn from functions that are named after a gradient."""
        assert all(form.kind != "mutant" for form in forms_to_try(load_exercise("static_relu"), 5, 0))


class TestUnusable:
    """Tests about which an audit could say nothing."""

    @pytest.mark.parametrize(
        ("command", "seconds", "sentence"),
        [
            ("echo over here; exit 3", 20, "these tests reject the worked solution of square: `.*` exits with 3"),
            ("true", 20, "these tests accept an empty submission: `true` exits with 0 for the stubs of square"),
            ("no-such-program --all", 20, "`no-such-program --all` cannot be started; --command is a line for the"),
            ("sleep 600", 0.3, "the worked solution of square took these tests more than 0.3 s; give them more with"),
        ],
    )
    def test_they_are_refused_with_a_sentence(
        self, square: Exercise, tmp_path: Path, command: str, seconds: float, sentence: str
    ) -> None:
        """That says what to do."""
        with Audit(suite_of(tmp_path, command, seconds)) as audit, pytest.raises(UnusableTests, match=sentence):
            audit.check(square)

    def test_what_they_printed_is_kept(self, square: Exercise, tmp_path: Path) -> None:
        """The last lines of it."""
        with (
            Audit(suite_of(tmp_path, "seq 1 1000; exit 1")) as audit,
            pytest.raises(UnusableTests, match="reject the worked solution") as refused,
        ):
            audit.check(square)
        assert refused.value.printed.splitlines() == [str(number) for number in range(981, 1001)]

    def test_tests_that_depend_on_an_earlier_run_are_noticed(self, square: Exercise, tmp_path: Path) -> None:
        """What they have said to the others cannot be trusted."""
        line = f"test ! -e left && {PYTHON} check.py && {{ grep -q 'return 2.x$' backward.py && touch left; true; }}"
        with Audit(suite_of(tmp_path, line)) as audit:
            audit.check(square)
            list(audit.run(wrong_forms(square)))
            with pytest.raises(UnusableTests, match="depend on what an earlier run left in their folder"):
                audit.check_again(square)

    def test_a_folder_too_large_to_copy_is_refused(
        self, square: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody has named their home; environments in it do not count."""
        monkeypatch.setattr(engine, "MOST_BYTES", 2000)
        (tmp_path / "suite/.venv").mkdir()
        (tmp_path / "suite/.venv/large").write_bytes(bytes(3000))
        with Audit(suite_of(tmp_path)) as audit:
            audit.check(square)
        (tmp_path / "suite/large").write_bytes(bytes(2000))
        with pytest.raises(UnusableTests, match="too large to copy"), Audit(suite_of(tmp_path)):
            pass

    def test_a_file_that_cannot_be_read_is_named(
        self, square: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With the system's reason."""

        def refused(source: Path, target: Path, **_: object) -> None:
            raise shutil.Error([(f"{source}/secret", str(target), "permission denied")])

        monkeypatch.setattr(shutil, "copytree", refused)
        with (
            pytest.raises(UnusableTests, match="suite/secret cannot be copied: permission denied"),
            Audit(suite_of(tmp_path)),
        ):
            pass
        assert square.gradients


@pytest.mark.slow
class TestPytest:
    """pytest in a fork of a process that has imported torch."""

    TEST = "import torch\nimport backward\n\n\ndef test_dx():\n    assert backward.dx(1.0, torch.tensor(3.0)) == 6\n"

    @pytest.fixture
    def suite(self, square: Exercise, tmp_path: Path) -> Path:
        """Tests for pytest."""
        (tmp_path / "suite/test_square.py").write_text(self.TEST)
        assert square.gradients
        return tmp_path / "suite"

    @pytest.mark.parametrize("fork", [True, False])
    def test_it_accepts_the_same_with_a_fork_and_without(
        self, square: Exercise, suite: Path, fork: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where the system cannot fork, each run is a new interpreter."""
        monkeypatch.setattr(engine, "can_fork", lambda: fork)
        with Audit(Suite.of_pytest(suite, suite, FILE, 60)) as audit:
            audit.check(square)
            found = list(audit.run(wrong_forms(square)))
        assert notes(found) == {"dy is forgotten"}

    def test_a_folder_without_tests_is_refused(self, square: Exercise, suite: Path) -> None:
        """In pytest's own words there are none."""
        (suite / "test_square.py").unlink()
        with (
            Audit(Suite.of_pytest(suite, suite, FILE, 60)) as audit,
            pytest.raises(
                UnusableTests, match=r"pytest finds no tests in \.; for tests that it does not collect, give a"
            ),
        ):
            audit.check(square)

    def test_a_run_that_takes_too_long_is_ended_and_the_next_one_works(self, tmp_path: Path) -> None:
        """With whatever it has started."""
        (tmp_path / "test_slow.py").write_text(
            "import os, subprocess\n\n\ndef test_it():\n    other = subprocess.Popen(['sleep', '600'])\n"
            "    with open('pid', 'w') as file:\n        file.write(str(other.pid))\n    other.wait()\n"
        )
        (tmp_path / "test_fast.py").write_text("def test_it():\n    pass\n")
        warm, output, stop = WarmPytest(tmp_path, {**os.environ}), tmp_path / "output", threading.Event()
        try:
            assert warm.run(["-q", "test_fast.py"], tmp_path, output, 60, stop) == 0
            assert "1 passed" in output.read_text()
            assert warm.run(["-q", "test_slow.py"], tmp_path, output, 3, stop) is None
            assert not running(int((tmp_path / "pid").read_text()))
            assert warm.run(["-q", "test_fast.py"], tmp_path, output, 60, stop) == 0
            stop.set()
            with pytest.raises(Stopped):
                warm.run(["-q", "test_fast.py"], tmp_path, output, 60, stop)
        finally:
            warm.close()

    def test_tests_that_end_their_parent_are_told_how_to_go_on(self, square: Exercise, suite: Path) -> None:
        """The message has the command that runs each in a new interpreter."""
        (suite / "test_square.py").write_text("import os\nos.kill(os.getppid(), 9)\n")
        with (
            Audit(Suite.of_pytest(suite, suite, FILE, 60)) as audit,
            pytest.raises(
                UnusableTests, match="has ended; to run it afresh each time, give --command 'python -m pytest"
            ),
        ):
            audit.check(square)


def running(process: int) -> bool:
    """Whether a process exists and has not ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


if sys.platform == "win32":
    pytest.skip("the tests' commands are for a POSIX shell", allow_module_level=True)
