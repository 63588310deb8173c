"""The screen of `grade watch`: what fits into a terminal, and what each key does, with the keys typed by a test."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from lent import SharedProcess

from grader.exercise.settings import Settings
from grader.exercise.shelf import load_exercise
from grader.learner.last_scores import LastScores, scores_file
from grader.learner.state import LearnerState
from grader.learner.watch import browser
from grader.learner.watch.fitting import Block, Rank, fitted, height, joined
from grader.learner.watch.keys import END, ESCAPE, Keys, keys, resizes
from grader.learner.watch.loop import Loop
from grader.learner.watch.screen import CLEAR, Request, overview, screen, view
from grader.learner.watch.work import Desk, Regrader, WatchedWork
from grader.report.text import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
BROKEN = SOLUTION.replace("return dcounts\n", "return -dcounts\n")
MINE = Path("exercises", "mlp", "backward.py")
SECONDS = 10.0

VERDICT = Block([f"verdict {n}" for n in range(5)], Rank.VERDICT)
HINTS = Block([f"hint {n}" for n in range(3)], Rank.HINTS)
CHART = Block(["chart", "chart"], Rank.CHART)
TOTAL = Block(["total"], Rank.TOTAL)
CHAINED = Block(["chained"], Rank.DETAIL, glued=True)
KEYS = Block(["keys"], Rank.KEYS)
PARTS = (VERDICT, HINTS, CHART, TOTAL, CHAINED, KEYS)


class TestFitting:
    """Parts of a screen and a number of rows."""

    def test_everything_is_shown_if_it_fits(self) -> None:
        """With blank lines between the parts."""
        text = fitted(PARTS, 80, 17)
        assert text == joined(PARTS)
        assert text.count("\n\n") == 4
        assert height(text, 80) == 17

    @pytest.mark.parametrize(
        ("rows", "gone"),
        [
            (16, {"chart"}),
            (13, {"chart", "chained"}),
            (10, {"chart", "chained", ""}),
            (9, {"chart", "chained", "", "total"}),
        ],
    )
    def test_the_chart_goes_first_then_details_blank_lines_and_the_total(self, rows: int, gone: set[str]) -> None:
        """The verdict and the hints stay."""
        shown = fitted(PARTS, 80, rows).split("\n")
        assert {*joined(PARTS).split("\n")} - {*shown} == gone
        assert len(shown) <= rows

    def test_then_the_verdict_is_cut_at_its_end_and_the_hints_at_their_beginning(self) -> None:
        """Its first lines say what is wrong, and the last hint is the one just opened."""
        assert fitted(PARTS, 80, 7).split("\n") == ["verdict 0", "verdict 1", "verdict 2 …", *HINTS.lines, "keys"]
        assert fitted(PARTS, 80, 4).split("\n") == ["verdict 0 …", "… hint 1", "hint 2", "keys"]
        assert fitted(PARTS, 80, 1, "...").split("\n") == ["verdict 0 ...", "... hint 2", "keys"]

    def test_a_mark_never_hides_the_end_of_a_line(self) -> None:
        """The place in the file is at the end of the first line."""
        parts = [Block(["x" * 80, "more"], Rank.VERDICT), KEYS]
        assert fitted(parts, 80, 2).split("\n") == ["x" * 80, "keys"]

    def test_lines_that_wrap_take_several_rows(self) -> None:
        """Colors take none."""
        assert height(click.style("x" * 80, bold=True), 80) == 1
        assert height("x" * 81 + "\n", 80) == 3


def test_a_key_that_sends_a_sequence_takes_none_with_it() -> None:
    """An arrow and an n, read at once."""
    assert keys("n") == "n"
    assert keys("\x1b[Bn\x1bOAh\x1b[1;5Cx") == f"{ESCAPE}n{ESCAPE}h{ESCAPE}x"
    assert keys("\x1b") == ESCAPE


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_what_was_typed_before_the_keys_are_read_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """While torch was loading. A terminal that is gone ends the session."""
    import pty

    ours, theirs = pty.openpty()
    monkeypatch.setattr("sys.stdin", os.fdopen(theirs, closefd=False))
    pressed: list[str] = []
    os.write(ours, b"nh")
    time.sleep(0.05)
    with Keys(pressed.append):
        _until(lambda: pressed == ["n", "h"])
        os.close(ours)
        _until(lambda: pressed == ["n", "h", END])
    os.close(theirs)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_resize_is_noticed_until_the_session_ends() -> None:
    """The handler from before is put back."""
    before = signal.getsignal(signal.SIGWINCH)
    seen: list[bool] = []
    with resizes(lambda: seen.append(True)):
        os.kill(os.getpid(), signal.SIGWINCH)
        _until(lambda: seen == [True])
    assert signal.getsignal(signal.SIGWINCH) == before


def test_a_browser_says_nothing_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """xdg-open lists every browser that it has not found."""
    monkeypatch.setattr(browser, "OPENER", "ls")
    for opener in ("ls", "no-such-command"):
        monkeypatch.setattr(browser, "OPENER", opener)
        browser.open_in_browser(tmp_path / "missing.html")
        for thread in threading.enumerate():
            if thread.name == "grade-watch-browser":
                thread.join(10)
    assert capfd.readouterr() == ("", "")


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.005)


class Screens:
    """What a loop has drawn."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def echo(self, text: str = "", **_: object) -> None:
        """In the place of click's."""
        self.all.append(click.unstyle(text).removeprefix(CLEAR))

    def wait_for(self, part: str | Callable[[str], bool]) -> None:
        """Until the last screen has a text, or is as wanted."""
        _until(lambda: bool(self.all) and (part in self.all[-1] if isinstance(part, str) else part(self.all[-1])))


Step = tuple[str, str]
"""What to wait for on the screen, and the key to press then; each may be a function."""


@pytest.fixture
def session(
    workspace: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[Desk, list[str]]]]:
    """Run the loop on a file and type some keys; the desk and the screens."""
    screens = Screens()
    monkeypatch.setattr("grader.learner.watch.loop.click.echo", screens.echo)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LINES", "50")

    def run(source: str, *steps: Step, state: LearnerState | None = None) -> tuple[Desk, list[str]]:
        MINE.write_text(source, encoding="utf-8")
        works = [
            WatchedWork(load_exercise(Path("exercises", name)), Path("exercises", name)) for name in ("mlp", "rope")
        ]
        desk = Desk(works, state or LearnerState(Path("state.txt")))

        class Typed:
            """The keys of a learner who reads the screen first."""

            def __init__(self, pressed: Callable[[str], None]) -> None:
                self.pressed = pressed

            def __enter__(self) -> None:
                self.early = [key for wait, key in steps if not wait]
                for key in self.early:
                    self.pressed(key)
                threading.Thread(target=self.type, daemon=True).start()

            def type(self) -> None:
                try:
                    for wait, key in steps[len(self.early) :]:
                        screens.wait_for(wait)
                        key() if callable(key) else self.pressed(key)
                except AssertionError:
                    screens.all.append("the text that a step waits for was not shown")
                    self.pressed(END)

            def __exit__(self, *_: object) -> None:
                return

        monkeypatch.setattr("grader.learner.watch.loop.Keys", Typed)
        loop = Loop(desk, Regrader(Settings(), SharedProcess(sandbox)), Page(), report="report.json")
        loop.run(interactive=True, poll=True)
        assert "the text that a step waits for was not shown" not in screens.all, screens.all[-3:]
        return desk, screens.all

    yield run
    monkeypatch.undo()
    _finish_grading()


def _finish_grading() -> None:
    """In the product the process ends with the loop; here, torch's default dtype would be somebody else's."""
    for thread in threading.enumerate():
        if thread.name == "grade-watch-grading":
            thread.join(SECONDS)


@pytest.mark.timeout(60)
class TestSession:
    """What the keys do."""

    def test_it_opens_at_the_first_wrong_gradient_as_grade_does(self, session: Callable[..., Any]) -> None:
        """The remembered one is done, and others are wrong."""
        state = LearnerState(Path("state.txt"))
        state.go("mlp", "dprobs")
        desk, _ = session(BROKEN, ("25 of 26", END), state=state)
        assert desk.gradient == "dcounts"

    def test_it_opens_at_the_remembered_gradient_if_that_is_wrong(self, session: Callable[..., Any]) -> None:
        """Somebody was working on it."""
        state = LearnerState(Path("state.txt"))
        state.go("mlp", "dh")
        desk, _ = session(BROKEN.replace("dlogits @ W2.T", "dlogits @ W2.T * 2"), ("24 of 26", END), state=state)
        assert desk.gradient == "dh"

    def test_a_key_pressed_while_grading_is_not_lost(self, session: Callable[..., Any]) -> None:
        """It is about the verdict, so it waits for it."""
        source = BROKEN.replace("dlogits @ W2.T", "dlogits @ W2.T * 2")
        desk, screens = session(source, ("", "n"), ("", "h"), ("hint 1 of 3", END))
        assert "mlp: grading ..." in screens[0]
        assert desk.gradient == "dh"

    def test_reset_asks_and_any_other_key_does_nothing_else(self, session: Callable[..., Any]) -> None:
        """N means no here, not next; q does not quit, and Escape is a key."""
        question = "Reset dcounts? Your code will be lost. Press x again to confirm"
        other = [step for key in ("n", "q", "c", ESCAPE) for step in [("was not reset", "x"), (question, key)]]
        desk, screens = session(BROKEN, ("25 of 26", "x"), (question, "h"), *other, ("was not reset", END))
        assert MINE.read_text(encoding="utf-8") == BROKEN
        assert desk.gradient == "dcounts"
        assert "hint 1" not in "".join(screens)
        assert screens[-2].count("dcounts was not reset") == 1

    def test_reset_confirmed_puts_the_stub_back(self, session: Callable[..., Any]) -> None:
        """That one only."""
        session(BROKEN, ("25 of 26", "x"), ("Press x again", "x"), ("dcounts: not started", END))
        text = MINE.read_text(encoding="utf-8")
        assert "# TODO: write dcounts\n" in text
        assert "# TODO: write dh\n" not in text

    def test_a_verdict_does_not_wipe_the_question_away(self, session: Callable[..., Any]) -> None:
        """Otherwise the next x would answer what nobody can read."""
        _, screens = session(BROKEN, ("25 of 26", "c"), ("rope", "x"), ("Press x again", "n"), ("was not reset", END))
        at = next(n for n, text in enumerate(screens) if "Press x again" in text)
        assert all(
            "Press x again" in text for text in screens[at:-2] if "was not" not in text and "checking" not in text
        )

    @pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
    def test_a_resize_redraws(self, session: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """In the new size, without a key."""

        def shrink() -> None:
            monkeypatch.setenv("LINES", "9")
            os.kill(os.getpid(), signal.SIGWINCH)

        desk, _ = session(BROKEN, ("25 of 26", shrink), (lambda text: height(text, 100) <= 9, END))
        assert desk.gradient == "dcounts"

    def test_it_never_waits_without_end(self, session: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """A signal that arrives between two instructions and the wait wakes nobody."""
        waits: list[float | None] = []

        class Events(queue.Queue[Any]):
            def get(self, block: bool = True, timeout: float | None = None) -> Any:
                waits.append(timeout)
                return super().get(block, timeout)

        monkeypatch.setattr("grader.learner.watch.loop.queue.SimpleQueue", Events)
        session(BROKEN, ("25 of 26", lambda: time.sleep(1.2)), ("25 of 26", END))
        assert None not in waits
        assert len(waits) >= 4

    def test_the_score_is_kept_for_the_list(self, session: Callable[..., Any]) -> None:
        """Of every exercise that was graded."""
        session(BROKEN, ("25 of 26", "c"), ("rope not started", END))
        assert LastScores.read(scores_file()).progress == {"mlp": (25, 26), "rope": (0, 6)}


@pytest.fixture
def desk(workspace: Path, sandbox: Sandbox) -> Desk:
    """A desk with the mlp, one gradient of which is wrong."""
    MINE.write_text(BROKEN, encoding="utf-8")
    made = Desk([WatchedWork(load_exercise(MINE.parent), MINE.parent)], LearnerState(Path("state.txt")))
    made.work.take(Regrader(Settings(), SharedProcess(sandbox)).grade(made.work, made.work.read()))
    made.settle()
    return made


@pytest.mark.parametrize(
    "wanted", [Request(), Request(hints=3), Request(table=True), Request(exercises=True, said="a\nb")]
)
def test_a_panel_of_13_rows_keeps_the_verdict_and_what_was_asked_for(desk: Desk, wanted: Request) -> None:
    """VS Code's, for example. A taller one has everything."""
    text = click.unstyle(screen(desk, Page(90), wanted, 90, 13))
    assert height(text, 90) <= 13
    assert text.startswith("✗ dcounts: wrong values")
    assert f"{MINE}:" in text.split("\n")[0]
    assert text.endswith("q:quit")
    assert "likely" in text or wanted != Request()
    assert ("hint 3 of 3" in text) == (wanted.hints == 3)
    assert ("softmax (7 of 8)" in text) == wanted.table
    assert "batch norm     " not in text
    assert click.unstyle(screen(desk, Page(90), wanted, 90, 100)).startswith(
        click.unstyle(view(desk, Page(90), wanted))
    )


def test_an_exercise_that_is_being_checked_shows_its_last_known_score(desk: Desk) -> None:
    """In a column that fits the longest name."""
    names = ("mlp", "masked_cross_entropy", "rope")
    works = [WatchedWork(load_exercise(name), Path("exercises", name)) for name in names]
    works[0].verdict, works[1].known = desk.work.verdict, (3, 9)
    assert [*overview(Desk(works, desk.state), Page())] == [
        "mlp                  25 of 26 correct",
        "masked_cross_entropy 3 of 9 correct the last time, checking ...",
        "rope                 ...",
    ]


def test_in_a_short_terminal_the_list_of_exercises_has_those_that_are_begun(desk: Desk) -> None:
    """The rest is a number: 23 exercises are more than most terminals have rows."""
    names = ("rope", "mlp", "rmsnorm", "micrograd")
    works = [WatchedWork(load_exercise(name), Path("exercises", name)) for name in names]
    works[1].verdict, works[2].known, works[3].known = desk.work.verdict, (3, 7), (0, 12)
    shown = screen(Desk(works, desk.state, current=1), Page(), Request(exercises=True), 80, 9)
    assert "mlp     25 of 26 correct\nrmsnorm 3 of 7 correct the last time, checking ...\n2 more not started" in shown
    assert "rope" not in shown


def test_without_a_remembered_gradient_it_opens_what_is_begun(workspace: Path) -> None:
    """Then what is not; what is done comes last."""
    works = [WatchedWork(load_exercise(name), Path("exercises", name)) for name in ("micrograd", "mlp", "rope")]

    def opened(*known: tuple[int, int] | None) -> str:
        for work, each in zip(works, known, strict=True):
            work.known = each
        return Desk(works, LearnerState(Path("state.txt"))).work.exercise.name

    assert opened(None, None, None) == "micrograd"
    assert opened((12, 12), (0, 26), None) == "mlp"
    assert opened((0, 12), (26, 26), (1, 6)) == "rope"
    assert opened((12, 12), (26, 26), (6, 6)) == "micrograd"
