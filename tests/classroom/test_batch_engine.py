"""A worker's engine: a batch writes the same report on a submission as `grade`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from classroom import EngineWorkers, Silent, hand_in, settings, zipped
from lent import SharedProcess

from grader.classroom.batch.documents import for_duplicate
from grader.classroom.batch.engine import Engine
from grader.classroom.batch.grades import read_rows
from grader.classroom.batch.order import Order, Task, content_hash
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import Store
from grader.classroom.intake.folder import read_folder
from grader.exercise.settings import Criterion, Feedback
from grader.grading.submission import Submission, read_submission
from grader.report.document import SCHEMA_FILE
from grader.sandbox.limits import Level
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox

HALF = "\ndef dlogprobs(n): return 1\ndef dprobs(nonsense): return nonsense\ndef dcounts(): return None\n"
SEED = 2147483647


@pytest.fixture(scope="module")
def engine(sandbox: Sandbox, mlp: Exercise) -> Iterator[Engine]:
    """One engine for the module, so that the cases are built once."""
    with Engine(Order.of(mlp, settings(seed=SEED)), sandbox) as warm:
        yield warm


@pytest.fixture
def grade(engine: Engine, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Grade a source as a batch does; return the instructor's report."""

    def graded(source: str, **task: Any) -> dict[str, Any]:
        hand_in(tmp_path, {"alice/backward.py": source})
        submission = read_submission(tmp_path / "alice")
        made = engine.grade(Task("alice", str(tmp_path / "alice"), submission.files, **task))
        return dict(json.loads(made.full))

    return graded


def timeless(document: Any) -> Any:
    """A report without times, and without the stages that only pytest has."""
    if isinstance(document, dict):
        left_out = ("created", "duration", "duration_s", "root")
        return {key: timeless(value) for key, value in document.items() if key not in left_out}
    return [timeless(item) for item in document] if isinstance(document, list) else document


@pytest.mark.parametrize("source", ["solution", "half", "def dprobs(:", "import os\nos._exit(0)\n", ""])
def test_the_report_equals_what_grade_writes(
    source: str,
    grade: Callable[..., dict[str, Any]],
    mlp: Exercise,
    sandbox: Sandbox,
    tmp_path: Path,
    solution_source: str,
) -> None:
    """The real pytest plugin's report, item by item, except for times and the root."""
    from grader.grading.pytest_session import grade as grade_with_pytest
    from grader.grading.run import Run

    code = {"solution": solution_source, "half": solution_source + HALF}.get(source, source)
    ours = grade(code)
    run = Run(settings(seed=SEED, feedback=Feedback.FULL), grader=SharedProcess(sandbox))
    run.add(mlp, read_submission(tmp_path / "alice"))
    theirs = grade_with_pytest(run).report
    assert theirs is not None
    assert timeless(ours) == timeless(json.loads(json.dumps(theirs)))


def test_both_reports_match_the_schema(engine: Engine, solution_source: str) -> None:
    """The student's is a rendering of the same entry."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    made = engine.grade(Task("a", "a", {"backward.py": (solution_source + HALF).encode()}, notes=("handed in late",)))
    for document in (made.full, made.student):
        jsonschema.validate(json.loads(document), schema)


def test_the_student_sees_no_hidden_case(engine: Engine, solution_source: str) -> None:
    """Neither its numbers nor the wrong element, only that there are hidden cases."""
    made = engine.grade(Task("a", "/home/teacher/a", {"backward.py": (solution_source + HALF).encode()}))
    text = made.student.decode()
    (entry,) = json.loads(text)["grader"]["submissions"]
    assert all(row["worst"] is None and isinstance(row["cases"], int) for row in entry["gradients"])
    assert "/home/teacher" not in text


def test_only_the_instructor_sees_how_long_hidden_cases_took(
    sandbox: Sandbox, mlp: Exercise, solution_source: str
) -> None:
    """A function could sleep for a time that encodes a hidden value."""
    waits = "import time\ndef dh(dlogits, W2):\n    time.sleep(0.2 * (len(dlogits) != 32))\n    return dlogits @ W2.T\n"
    with Engine(Order.of(mlp, settings(hidden_seed=11)), sandbox) as engine:
        made = engine.grade(Task("a", "a", {"backward.py": (solution_source + waits).encode()}))
    told = {}
    for name, document in (("instructor", made.full), ("student", made.student)):
        (entry,) = json.loads(document)["grader"]["submissions"]
        told[name] = entry["duration_s"]
        assert max(row["duration_s"] for row in entry["gradients"]) < 0.2
    assert told["student"] < 0.2 < told["instructor"]


def test_the_hidden_seed_is_in_no_report(sandbox: Sandbox, mlp: Exercise) -> None:
    """Nor is a hash of it, from which it could be found by brute force."""
    made = []
    for seed in (987654321, 987654322):
        with Engine(Order.of(mlp, settings(seed=SEED, hidden_seed=seed)), sandbox) as engine:
            made.append(engine.grade(Task("a", "a", {"backward.py": b"def dprobs(n): return n\n"})))
    assert all(b"98765432" not in graded.full + graded.student for graded in made)
    first, second = (json.loads(graded.student)["grader"] for graded in made)
    assert first["settings_sha256"] == second["settings_sha256"]
    assert first["submissions"][0]["hidden_cases"] > 0


def test_intake_notes_and_the_previous_score_are_in_the_report(grade: Callable[..., dict[str, Any]]) -> None:
    """Besides notes from reading the submission."""
    before = {"points": 1, "possible": 26, "correct": 1, "exact": 0, "approximate": 1, "chained_correct": 0,
              "chained_exact": 0}  # fmt: skip
    (entry,) = grade("", notes=("handed in late",), previous_score=before)["grader"]["submissions"]
    assert entry["notes"][0] == "handed in late"
    assert entry["previous_score"] == before


def test_a_sandbox_failure_is_retried_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its server was killed, which the submission did not cause."""
    real, calls = engine._grade, []

    def flaky(task: Task) -> Any:
        calls.append(task.name)
        if len(calls) == 1:
            raise SandboxError("the server is gone")
        return real(task)

    monkeypatch.setattr(engine, "_grade", flaky)
    assert engine.grade(Task("a", "a", {"backward.py": b""})).entry["status"] == "graded"
    assert calls == ["a", "a"]


def test_another_machine_receives_the_exercise(sandbox: Sandbox, mlp: Exercise) -> None:
    """Its folder does not exist there, or contains another version."""
    order = Order.of(mlp, settings(seed=SEED))
    for moved in (Order.decode(order.encode()), order):
        object.__setattr__(moved, "directory", "/nowhere/mlp")
        with Engine(moved, sandbox) as engine:
            assert (engine.exercise.sha256, engine.exercise.name) == (mlp.sha256, "mlp")


def test_a_duplicates_report_names_its_own_file() -> None:
    """A sentence about alice.py becomes one about bob.py in his report; other names stay."""
    row = {"file": "alice.py", "problem": "not_alice.py and alice.py:3 and alice.pyx", "name": "dx"}
    entry = {"problem": None, "notes": ["alice.py:1: odd"], "gradients": [row]}
    duplicate = for_duplicate(entry, "bob", "b/bob.py", "bob.py")
    assert (duplicate["name"], duplicate["source"], duplicate["notes"]) == ("bob", "b/bob.py", ["bob.py:1: odd"])
    assert duplicate["gradients"][0]["problem"] == "not_alice.py and bob.py:3 and alice.pyx"


class TestTheKey:
    """The key of a result."""

    def test_the_same_code_has_the_same_key_under_any_name(self, mlp: Exercise) -> None:
        """A single file's name may be its owner's name."""
        order = Order.of(mlp, settings(seed=SEED))
        alice, bob = (Submission(n, Path(n), {f"{n}.py": b"x"}) for n in ("alice", "bob"))
        assert order.key(alice) == order.key(bob)

    def test_another_kind_of_file_is_another_submission(self) -> None:
        """A notebook's bytes are not Python."""
        first, second = (Submission("a", Path("a"), {name: b"x"}) for name in ("a.py", "a.ipynb"))
        assert content_hash(first) != content_hash(second)

    def test_the_names_of_several_files_count(self) -> None:
        """They decide which one is graded."""
        first = Submission("a", Path("a"), {"a.py": b"x", "b.py": b"y"})
        second = Submission("a", Path("a"), {"a.py": b"y", "b.py": b"x"})
        assert content_hash(first) != content_hash(second)

    @pytest.mark.parametrize(
        "setting",
        [{"seed": 5}, {"hidden_seed": 5}, {"batch_size": 8}, {"criterion": Criterion.EXACT},
         {"feedback": Feedback.FULL}, {"isolation": Level.PROCESS}, {"timeout": 3.0}],
    )  # fmt: skip
    def test_every_setting_counts(self, mlp: Exercise, setting: dict[str, Any]) -> None:
        """Other settings may give another result."""
        plain = Order.of(mlp, settings(seed=SEED))
        assert plain.fingerprint != Order.of(mlp, settings(**{"seed": SEED} | setting)).fingerprint

    def test_another_list_of_names_counts(self, mlp: Exercise) -> None:
        """Minibatches are drawn from it."""
        plain, other = Order.of(mlp, settings(seed=SEED)), Order.of(mlp, settings(seed=SEED), "anna\n")
        assert plain.fingerprint != other.fingerprint

    def test_the_exercises_folder_does_not_count(self, mlp: Exercise) -> None:
        """Another machine produces the same results."""
        order = Order.of(mlp, settings(seed=SEED))
        moved = Order.decode(order.encode())
        object.__setattr__(moved, "directory", "/nowhere")
        assert moved.fingerprint == order.fingerprint


def test_a_torch_that_cannot_be_used_stops_before_the_first_submission(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise each would count as failed."""

    def fail() -> bool:
        raise SandboxError("torch 9 cannot be used")

    monkeypatch.setattr(engine.sandbox, "try_torch", fail)
    with pytest.raises(SandboxError, match="torch 9 cannot be used"):
        engine.check()


def test_a_class_of_real_submissions(engine: Engine, mlp: Exercise, tmp_path: Path, solution_source: str) -> None:
    """Grade them in a whole batch, named as each platform names them."""
    notebook = {
        "cells": [{"cell_type": "code", "source": solution_source}],
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
    }
    hand_in(
        tmp_path / "class",
        {
            "doejohn_4711_88123_backward.py": solution_source,
            "roejane_LATE_4712_88124_Backward.PY": solution_source.replace("\n", "\r\n"),
            "bomber_4713_88125_backward.py": b"\xef\xbb\xbf" + solution_source.encode(),
            "nbook_4714_88126_week4.ipynb": json.dumps(notebook),
            "zipper_4715_88127_hw.zip": zipped({"hw/mlp/backward.py": solution_source, "__MACOSX/hw/._x.py": b"\0"}),
            "halfway_4716_88128_backward.py": solution_source + HALF,
            "text_4717_text.html": "<p>",
        },
    )
    with Store(tmp_path / "out") as store:
        found = read_folder(tmp_path / "class").handed_in
        Batch(engine.order, 26, mlp.gradients, found, store, Silent()).run(lambda: EngineWorkers(engine))
    rows = {row["submission"]: (row["status"], row["points"]) for row in read_rows(tmp_path / "out" / "grades.csv")}
    assert rows == {
        "bomber_4713": ("graded", "26"),
        "doejohn_4711": ("graded", "26"),
        "halfway_4716": ("graded", "23"),
        "nbook_4714": ("graded", "26"),
        "roejane_4712": ("graded", "26"),
        "text_4717": ("unreadable", "0"),
        "zipper_4715": ("graded", "26"),
    }


def test_a_suspicion_is_in_the_instructors_report_only(engine: Engine, mlp: Exercise, tmp_path: Path) -> None:
    """Also in that of a submission whose code equals another's."""
    loop = "import torch\ndef dprobs(probs, e):\n    d = torch.zeros_like(probs)\n    for i in e:\n"
    loop += "        d += (loss(probs + i) - loss(probs - i)) / 2e-5\n    return d\n"
    hand_in(tmp_path / "class", {"alice.py": loop, "bobs_work.py": loop})
    with Store(tmp_path / "out") as store:
        found = read_folder(tmp_path / "class").handed_in
        Batch(engine.order, mlp.possible, mlp.gradients, found, store, Silent()).run(lambda: EngineWorkers(engine))
        for name in ("alice", "bobs_work"):
            note = f"{name}.py:2: dprobs divides the difference of two evaluations: possibly finite differences"
            ours, theirs = (
                json.loads(path(name).read_bytes())["grader"]["submissions"][0]
                for path in (store.document, store.student)
            )
            assert note in ours["notes"]
            assert not any("possibly" in each for each in theirs["notes"])
            assert [row["verdict"] for row in ours["gradients"]] == [row["verdict"] for row in theirs["gradients"]]
