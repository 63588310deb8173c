"""The loop of `grade watch`: handles saves and keys, and draws the screen. Grading runs in its own thread."""

from __future__ import annotations

import queue
import shutil
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.exercise.stubs import NoReset
from grader.grading.submission import UnreadableSubmission, read_own_file
from grader.learner.hints import hints
from grader.learner.last_scores import LastScores, scores_file
from grader.learner.reset import reset_gradient
from grader.learner.watch.browser import open_in_browser
from grader.learner.watch.keys import END, Keys, resizes
from grader.learner.watch.saves import Files
from grader.learner.watch.screen import CLEAR, Request, lines, screen
from grader.report.files import UnwritableReport, replace_file, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.grading.submission import Submission
    from grader.learner.watch.work import Desk, Regrader, Standing, WatchedWork
    from grader.report.text import Page

Event = tuple[str, Any]
SOON = 0.25
"""Seconds after which a message says that grading is running."""
AT_THE_LATEST = 0.5
"""Seconds after which a resize is noticed whose signal came just before the loop began to wait: it wakes nobody."""
ABOUT_A_VERDICT = "nhxo"
"""The keys that have to wait until the current exercise has been graded."""
LEAST_WIDTH = 40


class Loop:
    """One session. Everything except grading runs in the thread that calls `run`."""

    def __init__(self, desk: Desk, grader: Regrader, page: Page, *, report: str) -> None:
        self.desk = desk
        self.page = page
        # A signal handler may add to this kind of queue, even while the loop is taking something out of it.
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._grader = grader
        self._report = report
        self._graded: dict[int, str] = {}
        """Index of a work -> SHA-256 of the bytes last sent to the grading thread."""
        self._seen: dict[int, str] = {}
        """Index of a work that has not been shown yet -> SHA-256 of its bytes at the start."""
        self._orders: queue.Queue[tuple[int, Submission] | None] = queue.Queue()
        self._whole = False
        self._overview = False
        self._hints = 0
        self._said = ""
        self._question: tuple[int, str] | None = None
        """The work and the gradient that the learner was asked about: whether to reset it."""
        self._early: list[str] = []
        """Keys that wait for the verdict they are about."""
        self._busy = 0
        self._interactive = False

    def run(self, *, interactive: bool, poll: bool) -> None:
        """Run until the user quits."""
        self._interactive = interactive
        files = Files([work.file for work in self.desk.works], lambda: self.events.put(("changed", None)), poll=poll)
        threading.Thread(target=self._grade, name="grade-watch-grading", daemon=True).start()
        files.start()
        try:
            with ExitStack() as stack:
                if interactive:  # from here on no key is lost
                    stack.enter_context(Keys(lambda key: self.events.put(("key", key))))
                    stack.enter_context(resizes(lambda: self.events.put(("resized", None))))
                self._order(self.desk.current)
                self._look(None)
                self._draw()
                self._serve()
        finally:
            files.stop()
            self._orders.put(None)
            if interactive:
                click.echo()

    # ------------------------------------------------------------------ in the grading thread

    def _grade(self) -> None:
        while (order := self._orders.get()) is not None:
            index, submission = order
            try:
                verdict = self._grader.grade(self.desk.works[index], submission)
            except Exception as error:  # noqa: BLE001  an internal error, raised again in the loop
                self.events.put(("fault", error))
                return
            self.events.put(("graded", (index, verdict)))

    # --------------------------------------------------------------------- in the loop thread

    def _serve(self) -> None:
        announced = False
        while True:
            try:
                kind, what = self.events.get(timeout=AT_THE_LATEST if announced or not self._busy else SOON)
            except queue.Empty:
                if self._busy and not announced:
                    self._announce()
                    announced = True
                continue
            announced = False
            if kind == "fault":
                raise what
            if kind == "key" and (what == END or (what == "q" and self._question is None)):
                return
            handlers: dict[str, Callable[[Any], None]] = {
                "key": self._key,
                "graded": self._take,
                "changed": self._look,
                "resized": lambda _: self._draw(),
            }
            handlers[kind](what)

    def _announce(self) -> None:
        if self._interactive:
            # In the place of the keys: another line would scroll the screen.
            click.echo(f"\r\x1b[Kchecking {self.desk.work.exercise.name} ... (q to quit)", nl=False)

    def _look(self, _: object) -> None:
        """Files may have changed: grade those whose bytes did."""
        for index, work in enumerate(self.desk.works):
            if work.verdict is not None or index == self.desk.current or work.missing:
                self._order(index, saved=True)
            else:
                self._order_if_written(index, work)

    def _order_if_written(self, index: int, work: WatchedWork) -> None:
        """Grade an exercise that has not been shown yet only once its file has changed."""
        try:
            sha = work.read().sha256
        except UnreadableSubmission:
            return
        if self._seen.setdefault(index, sha) != sha:
            self._order(index, saved=True)

    def _order(self, index: int, *, saved: bool = False, again: bool = False) -> None:
        work = self.desk.works[index]
        try:
            submission = self._read(work)
        except UnreadableSubmission as error:
            self._graded.pop(index, None)
            if work.missing is None:
                work.missing = str(error)
                self._draw()
            self._catch_up()
            return
        if self._graded.get(index) == submission.sha256 and not again:
            return
        self._graded[index] = submission.sha256
        if saved:
            if work is not self.desk.work:
                self._question, self._said = None, ""
            self.desk.saved(work)
        self._busy += 1
        if not self._interactive:
            click.echo(f"grading {work.exercise.name}")
        self._orders.put((index, submission))

    def _read(self, work: WatchedWork) -> Submission:
        from time import sleep

        from grader.learner.watch.work import RENAMING_SECONDS

        try:
            return work.read()
        except UnreadableSubmission:
            sleep(RENAMING_SECONDS)
            return work.read()

    def _take(self, what: tuple[int, Standing]) -> None:
        index, verdict = what
        self._busy -= 1
        work = self.desk.works[index]
        if self._graded.get(index) != verdict.sha256:
            return  # saved again or deleted in the meantime
        work.take(verdict)
        _remember(work, verdict)
        if index == self.desk.current:
            self.desk.settle()
            self._said = self._said if self._question else ""
        if index == self.desk.current or self._overview:
            self._draw()
        if index == self.desk.current:
            self._keep(verdict)
        self._catch_up()

    def _keep(self, verdict: Standing) -> None:
        try:
            write(verdict.report, self._report)
        except UnwritableReport as error:
            self._said = str(error)
            self._draw()

    def _draw(self) -> None:
        if not self._interactive:
            if self.desk.work.verdict is not None or self.desk.work.missing:
                click.echo("\n".join([*lines(self.desk.work, self.page), "watching for changes", ""]))
            return
        columns, rows = shutil.get_terminal_size()
        page = replace(self.page, width=max(columns, LEAST_WIDTH))
        request = Request(self._hints, self._whole, self._overview, self._said)
        click.echo(CLEAR + screen(self.desk, page, request, columns, rows), nl=False)

    # ------------------------------------------------------------------------------------ keys

    def _key(self, key: str) -> None:
        if key in ABOUT_A_VERDICT and self._is_waiting and self._question is None:
            self._early.append(key)
            return
        self._said = ""
        if self._question is not None:
            self._answer(key)
        else:
            self._overview = key == "c"
            self._act(key)
        self._draw()

    @property
    def _is_waiting(self) -> bool:
        """Whether the current exercise is being graded for the first time."""
        return self.desk.work.verdict is None and not self.desk.work.missing

    def _catch_up(self) -> None:
        """Take the keys that were pressed too early. One of them may lead to an exercise that has no verdict either."""
        early, self._early = self._early, []
        for key in early:
            self._key(key)

    def _act(self, key: str) -> None:
        actions: dict[str, Callable[[], None]] = {
            "n": self._next,
            "h": self._hint,
            "l": self._list,
            "c": self._check_all,
            "x": self._ask,
            "o": self._open,
        }
        if key in actions:
            actions[key]()

    def _next(self) -> None:
        self._hints = 0
        if not self.desk.move_on():
            self._said = "nothing left to do"
        if self.desk.work.verdict is None:
            self._order(self.desk.current)

    def _hint(self) -> None:
        work, gradient = self.desk.work, self.desk.gradient
        if gradient is None:
            return
        ladder, key = hints(work.exercise, gradient), (work.exercise.name, gradient)
        opened = self.desk.state.hints.get(key, 0)
        if self._hints < opened:
            self._hints = opened  # show all hints opened before; the next key opens another
        elif opened < len(ladder):
            self._hints = self.desk.state.open_hint(*key, len(ladder))
            self.desk.state.write()
        else:
            self._said = (
                f"no hints left; `grade solution {work.exercise.name}::{gradient}` shows the line once it is correct"
            )

    def _list(self) -> None:
        self._whole = not self._whole

    def _check_all(self) -> None:
        for index in range(len(self.desk.works)):
            self._order(index, again=True)

    def _ask(self) -> None:
        gradient = self.desk.gradient
        if gradient is not None:
            self._question = self.desk.current, gradient
            self._said = f"Reset {gradient}? Your code will be lost. Press x again to confirm"

    def _answer(self, key: str) -> None:
        """Reset the gradient that the learner was asked about. Any key but x cancels, and does nothing else."""
        assert self._question is not None
        (index, gradient), self._question = self._question, None
        if key != "x" or (index, gradient) != (self.desk.current, self.desk.gradient):
            self._said = f"{gradient} was not reset"
            return
        work = self.desk.work
        self._said = _put_back(work, gradient)
        self._hints = 0
        self.desk.state.forget(work.exercise.name, gradient)
        self.desk.state.write()

    def _open(self) -> None:
        verdict = self.desk.work.verdict
        if verdict is None:
            return
        path = self._page(verdict)
        self._said = f"report: {path}"
        open_in_browser(path)

    def _page(self, verdict: Standing) -> Path:
        """The report as an HTML page if its packages are installed, otherwise the JSON."""
        report = Path(self._report).resolve()
        try:
            from grader.report.html.submission_page import submission_page
        except ImportError:
            return report
        exercise = self.desk.work.exercise
        page = report.with_suffix(".html")
        try:
            replace_file(page, submission_page(verdict.report, {exercise.name: exercise}).encode())
        except OSError:
            return report
        return page


def _remember(work: WatchedWork, verdict: Standing) -> None:
    """Keep the score for `grade list`. The file is read again: `grade` may have run in another terminal."""
    known = LastScores.read(scores_file())
    known.take(verdict.entry, work.exercise.gradients)
    known.write()


def _put_back(work: WatchedWork, gradient: str) -> str:
    """Restore a stub. Returns a message: what was done, or why the file is unchanged."""
    standing = work.verdict
    try:
        if standing is None or standing.sha256 != read_own_file(work.path).sha256:
            return "the file has just changed; press x again once it has been graded"
        file, taken = reset_gradient(work.path, work.exercise, gradient, standing.reading)
    except (NoReset, UnreadableSubmission) as error:
        return str(error)
    return f"{gradient} is a stub again in {file}" + (f"; removed:\n{taken}" if taken else "")
