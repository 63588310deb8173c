"""Over a hundred broken and hostile submissions in a class: each gets a row with its reason, none stops the batch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from broken_files import HONEST, READABLE, SMALL, UNREADABLE
from classroom import EngineWorkers, Silent, hand_in, settings
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from grader.classroom.batch.engine import Engine
from grader.classroom.batch.grades import read_rows
from grader.classroom.batch.order import Order
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import Store
from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.safe_names import safe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox


@pytest.fixture(scope="module")
def engine(sandbox: Sandbox, mlp: Exercise) -> Iterator[Engine]:
    """The real engine, with the tests' short limits."""
    with Engine(Order.of(mlp, settings(seed=2147483647, timeout=2.0)), sandbox) as warm:
        yield warm


@pytest.fixture
def grade(engine: Engine, tmp_path: Path) -> Callable[[dict[str, Any]], dict[str, dict[str, str]]]:
    """Grade a class of these submissions; return its rows."""

    def graded(files: dict[str, Any]) -> dict[str, dict[str, str]]:
        folder = hand_in(tmp_path / "class", {f"{name}/{file}": content for name, (file, content, *_) in files.items()})
        before = sorted(path.name for path in tmp_path.parent.iterdir())
        with Store(tmp_path / "out") as store:
            found = read_folder(folder).handed_in
            batch = Batch(engine.order, 26, engine.exercise.gradients, found, store, Silent())
            batch.run(lambda: EngineWorkers(engine), again=True)
        assert sorted(path.name for path in tmp_path.parent.iterdir()) == before
        return {row["submission"]: row for row in read_rows(tmp_path / "out" / "grades.csv")}

    return graded


def test_there_are_enough_of_them() -> None:
    """Without those that hypothesis generates; and each has an expected reason."""
    assert len(UNREADABLE) >= 100
    assert all(reason for _, _, reason in [*UNREADABLE.values(), *READABLE.values()])


def test_an_unreadable_submission_has_a_row_with_its_reason(
    grade: Callable[[dict[str, Any]], dict[str, dict[str, str]]], tmp_path: Path
) -> None:
    """All in one class, with an honest submission at the end."""
    rows = grade(UNREADABLE | {"zoe": ("backward.py", SMALL, "")})
    assert len(rows) == len(UNREADABLE) + 1
    for name, (_, _, reason) in UNREADABLE.items():
        row = rows[name]
        assert (name, row["status"], row["points"]) == (name, "unreadable", "0")
        assert reason in row["problem"], (name, row["problem"])
        assert row["problem"].isprintable()
        assert str(tmp_path) not in row["problem"], "the instructor's folders are private"
        assert len(row["problem"]) < 500
    assert rows["zoe"]["status"] == "graded"
    for path in (tmp_path / "out").rglob("*.json"):
        assert path.stat().st_size < 200_000


def test_a_readable_submission_is_graded_whatever_it_does(
    grade: Callable[[dict[str, Any]], dict[str, dict[str, str]]], tmp_path: Path
) -> None:
    """Its row has the first function's verdict, and its reports stay small and harmless."""
    rows = grade(READABLE)
    assert len(rows) == len(READABLE)
    assert {row["status"] for row in rows.values()} == {"graded"}
    for name, (_, _, reason) in READABLE.items():
        document = json.loads((tmp_path / "out" / f"{safe_name(name)}.json").read_bytes())
        assert reason in document["grader"]["submissions"][0]["gradients"][0]["problem"], name
    for path in (tmp_path / "out").rglob("*.json"):
        content = path.read_bytes()
        assert len(content) < 400_000
        assert b"\x1b" not in content
        assert b"\x07" not in content
    table = (tmp_path / "out" / "grades.csv").read_text()
    assert ",=cmd" not in table


@given(data=st.data())
@hypothesis.settings(
    max_examples=hypothesis.settings.default.max_examples // 4, suppress_health_check=list(HealthCheck)
)
def test_damaged_files_have_a_row_each(
    data: st.DataObject, grade: Callable[[dict[str, Any]], dict[str, dict[str, str]]]
) -> None:
    """Archives, notebooks and scripts with bytes changed, lost or repeated."""
    cell = {"cell_type": "code", "source": [SMALL]}
    originals = {
        "a": ("x.zip", HONEST),
        "b": ("x.ipynb", json.dumps({"cells": [cell], "nbformat": 4}).encode()),
        "c": ("x.py", SMALL.encode()),
    }
    damaged = {name: (file, damage(data, content)) for name, (file, content) in originals.items()}
    rows = grade(damaged)
    assert {name: row["status"] in ("graded", "unreadable", "refused") for name, row in rows.items()} == dict.fromkeys(
        "abc", True
    )


def damage(data: st.DataObject, content: bytes) -> bytes:
    """Damage a file as disks, mail programs and people do."""
    raw = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        kind = data.draw(st.sampled_from(["flip", "cut", "repeat", "insert"]))
        if kind == "flip" and raw:
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 60))]
        elif kind == "repeat":
            raw[at:at] = raw[at : at + 40]
        else:
            raw[at:at] = data.draw(st.binary(max_size=8))
    return bytes(raw)
