"""`grade batch --gradient`: some gradients are regraded, every other verdict stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from classroom import EngineWorkers, Silent, hand_in, settings
from packs import COURSE, FORWARD, shelf

from grader.classroom.batch.engine import Engine
from grader.classroom.batch.order import Order
from grader.classroom.batch.partial import ChosenGradients
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import Store
from grader.classroom.batch.summary import changed
from grader.classroom.intake.folder import read_folder
from grader.exercise.exercise import Exercise
from grader.report.document import SCHEMA_FILE
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sandbox.client import Sandbox

RIGHT = "def dy(y):\n    return 2*y\ndef dx(dy, x):\n    return 2*x*dy\n"
WRONG = "def dy(y):\n    return 2*y\ndef dx(dy, x):\n    return x*dy\n"
PLAIN = COURSE.replace('criterion = "exact"\n', "")


class Desk:
    """An instructor's exercise, class and results."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.out, self.sandbox = folder, folder / "out", sandbox
        self.exercise = shelf(folder, PLAIN) / "squares"

    def grade(self, *gradients: str, again: bool = False) -> tuple[list[str], list[str]]:
        """Grade the class; what changed, and what is told about verdicts that were kept."""
        exercise = Exercise(self.exercise)
        order = Order.of(exercise, settings(seed=1, hidden_seed=7))
        with Store(self.out) as store, Engine(order, self.sandbox) as engine:
            found = read_folder(self.folder / "class").handed_in
            batch = Batch(order, exercise.possible, exercise.gradients, found, store, Silent())
            chosen = ChosenGradients(gradients, store, order)
            self.workers = EngineWorkers(engine)
            batch.run(lambda: self.workers, again=again, taken_over=chosen.taken_over)
        return [*changed(batch.changes)], [*chosen.told()]

    def entry(self, name: str, folder: str = "") -> dict[str, Any]:
        """A submission's entry in its report."""
        report = json.loads((self.out / folder / f"{name}.json").read_bytes())
        jsonschema.validate(report, json.loads(SCHEMA_FILE.read_text()))
        (found,) = report["grader"]["submissions"]
        return dict(found)

    def points(self, name: str) -> dict[str, tuple[int, int]]:
        """Points and possible points by gradient."""
        return {row["name"]: (row["points"], row["possible"]) for row in self.entry(name)["gradients"]}


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox) -> Desk:
    """A class of two, graded once: dy is worth 2 and dx 5."""
    made = Desk(tmp_path, sandbox)
    hand_in(tmp_path / "class", {"ann.py": RIGHT, "ben.py": WRONG})
    made.grade()
    return made


def test_only_the_chosen_gradient_changes(desk: Desk) -> None:
    """What else would change is reported and kept, and both reports say so."""
    (desk.folder / "course.toml").write_text(PLAIN.replace("default = 2", "default = 3").replace("dx = 5", "dx = 7"))
    lines, told = desk.grade("dx")
    assert desk.points("ann") == {"dy": (2, 2), "dx": (7, 7)}
    assert desk.points("ben") == {"dy": (2, 2), "dx": (0, 7)}
    assert desk.entry("ann")["score"]["points"] == desk.entry("ann", "students")["score"]["points"] == 9
    assert (desk.entry("ann")["score"]["possible"], desk.entry("ann")["score"]["correct"]) == (9, 2)
    assert desk.entry("ann")["notes"] == [
        "graded again after the exercise changed: only dx; as before the change: dy",
    ]
    assert lines[0].startswith("changed: ann: ")
    (sentence,) = told
    assert sentence.startswith(
        "other gradients of 2 submissions would change as well, and were kept as they were (ann: "
    )
    assert "dy 2 of 2 -> 3 of 3 points; ben: dy 2 of 2 -> 3 of 3 points); --force without --gradient" in sentence


def test_the_next_run_leaves_it_alone_and_force_takes_everything_over(desk: Desk) -> None:
    """A result belongs to the changed exercise, whichever of its rows are new."""
    (desk.folder / "course.toml").write_text(PLAIN.replace("default = 2", "default = 3").replace("dx = 5", "dx = 7"))
    desk.grade("dx")
    desk.grade()
    assert desk.points("ann")["dy"] == (2, 2)
    desk.grade(again=True)
    assert desk.points("ann") == {"dy": (3, 3), "dx": (7, 7)}
    assert desk.entry("ann")["notes"] == []


def test_if_nothing_else_would_change_the_result_is_the_new_one(desk: Desk) -> None:
    """Without a note."""
    (desk.folder / "course.toml").write_text(PLAIN.replace("dx = 5", "dx = 7"))
    _, told = desk.grade("dx")
    assert (desk.points("ann"), desk.entry("ann")["notes"], told) == ({"dy": (2, 2), "dx": (7, 7)}, [], [])


def test_a_submission_that_is_new_or_changed_is_graded_in_full(desk: Desk) -> None:
    """Earlier verdicts are about other code."""
    (desk.folder / "course.toml").write_text(PLAIN.replace("default = 2", "default = 3"))
    hand_in(desk.folder / "class", {"ben.py": RIGHT + "# by now\n", "cem.py": RIGHT + "# mine\n"})
    desk.grade("dx")
    assert desk.points("ann") == {"dy": (2, 2), "dx": (5, 5)}
    assert desk.points("ben") == desk.points("cem") == {"dy": (3, 3), "dx": (5, 5)}


def test_a_changed_forward_pass_changes_only_the_chosen_verdict(desk: Desk) -> None:
    """dy was right for the old loss, and stays right; dx is judged by the new one."""
    file = desk.exercise / "forward.py"
    file.write_text(FORWARD.replace("y = x * x", "y = x * x * 0.5").replace("(y * y)", "(y * y * y)"))
    _, told = desk.grade("dx")
    rows = {row["name"]: row["verdict"] for row in desk.entry("ben")["gradients"]}
    assert (rows["dy"] in ("exact", "correct"), rows["dx"] in ("exact", "correct")) == (True, True)
    assert "ben: dy exact -> " in told[0] or "ben: dy correct -> " in told[0]


def test_gradients_that_the_exercise_gains_or_loses_are_kept_out_or_kept(desk: Desk) -> None:
    """Unless they are chosen."""
    file = desk.exercise / "forward.py"
    file.write_text(FORWARD.replace("['y', 'x']", "['x']"))
    _, told = desk.grade("dx")
    assert desk.points("ann") == {"dx": (5, 5), "dy": (2, 2)}
    assert "ann: dy is no longer graded" in told[0]
    desk.grade(again=True)
    file.write_text(FORWARD)
    _, told = desk.grade("dx")
    assert desk.points("ann") == {"dx": (5, 5)}
    assert "ann: dy would be new" in told[0]


def test_a_damaged_report_is_not_replaced(desk: Desk) -> None:
    """Its verdicts could not be kept."""
    (desk.folder / "course.toml").write_text(PLAIN.replace("dx = 5", "dx = 7"))
    (desk.out / "ann.json").write_text("{")
    with pytest.raises(
        SandboxError, match=r"ann\.json is damaged .*, so --gradient cannot keep its verdicts; delete it"
    ):
        desk.grade("dx")
