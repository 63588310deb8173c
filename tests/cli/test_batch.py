"""`grade batch` from the command line, with an engine in this process."""

from __future__ import annotations

import csv
import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from classroom import EngineWorkers, hand_in, zipped
from click.testing import CliRunner

from grader.classroom.batch.engine import Engine
from grader.cli.main import main
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from grader.classroom.batch.order import Order
    from grader.sandbox.client import Sandbox

ONE = (
    "def dlogprobs(logprobs, n, Yb):\n    d = torch.zeros_like(logprobs)\n    d[range(n), Yb] = -1.0/n\n    return d\n"
)
RIGHT = f"import torch\n{ONE}"
WRONG = RIGHT.replace("-1.0/n", "1.0/n")


@pytest.fixture
def engines(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EngineWorkers]]:
    """Every set of workers that a command has started."""
    started: list[EngineWorkers] = []
    warm: dict[str, Engine] = {}

    def start(order: Order, jobs: int | None = None) -> EngineWorkers:
        if order.fingerprint not in warm:
            warm[order.fingerprint] = Engine(order, sandbox)
        started.append(EngineWorkers(warm[order.fingerprint]))
        return started[-1]

    monkeypatch.setattr("grader.cli.batch.on_this_machine", start)
    yield started
    for engine in warm.values():
        engine.close()


@pytest.fixture
def batch(tmp_path: Path, engines: list[EngineWorkers], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command in an empty folder, on the submissions in `class`."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, source: str = "class") -> Result:
        chosen = ["--exercise", "mlp", "--hidden-seed", "5"]
        return CliRunner().invoke(main, ["batch", source, *chosen, *words], catch_exceptions=False)

    return run


def rows(folder: Path) -> dict[str, dict[str, str]]:
    """grades.csv by submission."""
    with (folder / "grades" / "grades.csv").open(newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def test_a_class_is_graded(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Table, summary, two documents each; exit 0, because everybody has a row."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob/backward.py": WRONG, "carol": None, "dora.py": "def ("})
    result = batch()
    assert result.exit_code == 0
    assert "mlp: 4 submissions: 2 graded, 1 unreadable, 1 missing" in result.stdout
    assert "fewest right:" in result.stdout
    assert "grades: grades/grades.csv" in result.stdout
    assert "4 of 4 submissions" in result.stderr
    assert {name: (row["status"], row["points"]) for name, row in rows(tmp_path).items()} == {
        "alice": ("graded", "1"),
        "bob": ("graded", "0"),
        "carol": ("missing", "0"),
        "dora": ("unreadable", "0"),
    }
    summary = json.loads((tmp_path / "grades" / "summary.json").read_bytes())
    assert summary["status"] == {"graded": 2, "refused": 0, "unreadable": 1, "missing": 1, "failed": 0, "waiting": 0}
    assert summary["points"]["count"] == {"0": 3, "1": 1}
    for name in ("alice", "bob", "carol", "dora"):
        assert json.loads((tmp_path / "grades" / f"{name}.json").read_bytes())["grader"]
        assert json.loads((tmp_path / "grades" / "students" / f"{name}.json").read_bytes())["grader"]


def test_a_second_run_grades_nothing(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """And starts no worker."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    batch()
    result = batch()
    assert (result.exit_code, len(engines)) == (0, 1)
    assert "graded 1" not in result.stdout


def test_a_regrade_says_what_changed(batch: Callable[..., Result], tmp_path: Path) -> None:
    """With the gradients that did it."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": WRONG})
    batch()
    hand_in(tmp_path / "class", {"bob.py": RIGHT + "# by now\n"})
    result = batch()
    assert "changed: bob: 0 points -> 1 points (dlogprobs wrong_values -> exact)" in result.stdout
    assert rows(tmp_path)["bob"]["previous"] == "0"
    assert "alice" not in result.stdout


def test_only_grades_whom_it_names(batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path) -> None:
    """By name or pattern; the others wait or keep their rows."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": WRONG, "bert.py": WRONG + "#"})
    batch("--only", "B*", "--force")
    assert sorted(engines[0].names) == ["bert", "bob"]
    assert rows(tmp_path)["alice"]["status"] == "waiting"


def test_a_name_that_nobody_has_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Before anything is graded."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    result = batch("--only", "alise")
    assert result.exit_code == 4
    assert "--only alise: nobody is called that. Did you mean alice?" in result.stderr


def test_failed_grades_what_went_wrong(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """Unreadable, refused, hung or died; what is merely wrong is a result."""
    refused = "import os\ndef dlogprobs(n): return os.getpid()\n"
    hand_in(
        tmp_path / "class",
        {
            "alice.py": WRONG,
            "bob.py": "def (",
            "carol.py": "def dlogprobs(n):\n    while True: pass\n",
            "dora.py": refused,
        },
    )
    batch("--timeout", "1")
    batch("--timeout", "1", "--failed")
    assert sorted(engines[1].names) == ["bob", "carol"]


@pytest.mark.parametrize(
    ("when", "expected"), [("1h", ["alice"]), ("2100-01-01", []), ("2000-01-01T12:00", ["alice", "bob"])]
)
def test_since_grades_what_is_new(
    when: str, expected: list[str], batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """By the time of the newest file."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": WRONG})
    long_ago = time.time() - 86400
    os.utime(tmp_path / "class" / "bob.py", (long_ago, long_ago))
    assert batch("--since", when).exit_code == 0
    assert sorted(name for each in engines for name in each.names) == expected


def test_since_what_is_no_time(batch: Callable[..., Result], tmp_path: Path) -> None:
    """With the two forms that are understood, before anything else is done."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    result = batch("--since", "yesterday")
    assert result.exit_code == 4
    assert not (tmp_path / "grades").exists()
    assert "--since yesterday: a date such as 2026-03-01 or a time ago such as 90m, 8h, 2d" in result.stderr


def test_fail_under_names_those_under_it(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Exit 1 only then."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": WRONG})
    assert batch("--fail-under", "0").exit_code == 0
    result = batch("--fail-under", "3")
    assert result.exit_code == 1
    assert "under the mark: bob" in result.stderr


def test_fail_under_goes_by_the_grade_that_counts(batch: Callable[..., Result], tmp_path: Path) -> None:
    """An override lifts somebody over the mark."""
    hand_in(tmp_path / "class", {"bob.py": WRONG})
    batch()
    table = tmp_path / "grades" / "grades.csv"
    lines = list(csv.reader(table.read_text().splitlines()))
    lines[1][lines[0].index("override")] = "26"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    assert batch("--fail-under", "3").exit_code == 0


def test_the_hidden_seed_is_drawn_once_and_reused(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """On resume and on regrade; only the instructor's side has it."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    run = ["batch", "class", "--exercise", "mlp"]
    CliRunner().invoke(main, run, catch_exceptions=False)
    seed = json.loads((tmp_path / "grades" / "batch.json").read_bytes())["hidden_seed"]
    assert seed >= 0
    CliRunner().invoke(main, run, catch_exceptions=False)
    CliRunner().invoke(main, [*run, "--force"], catch_exceptions=False)
    assert [each.engine.order.settings.hidden_seed for each in engines] == [seed, seed]
    for path in (tmp_path / "grades").rglob("*"):
        if path.is_file() and path.name != "batch.json":
            assert str(seed).encode() not in path.read_bytes()


def test_a_roster_adds_who_handed_in_nothing(batch: Callable[..., Result], tmp_path: Path) -> None:
    """With ids and names for everybody."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    (tmp_path / "roster.csv").write_text("id,name\ns1,alice\ns2,Bob\n")
    assert batch("--roster", "roster.csv").exit_code == 0
    found = rows(tmp_path)
    assert (found["alice"]["student"], found["s2"]["status"], found["s2"]["name"]) == ("s1", "missing", "Bob")


def test_a_roster_of_nobody_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """It has other headings than anybody would expect."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    (tmp_path / "roster.csv").write_text("a,b\n1,2\n")
    result = batch("--roster", "roster.csv")
    assert result.exit_code == 4
    assert "roster.csv names nobody" in result.stderr


def test_one_zip_with_everybody_in_it(batch: Callable[..., Result], tmp_path: Path, lent_sandbox: object) -> None:
    """Taken apart by the sandbox, graded like a folder."""
    (tmp_path / "hw.zip").write_bytes(zipped({"hw/alice/backward.py": RIGHT, "hw/bob.py": WRONG}))
    assert batch(source="hw.zip").exit_code == 0
    assert {name: row["points"] for name, row in rows(tmp_path).items()} == {"alice": "1", "bob": "0"}


def test_a_zip_that_is_none_is_a_usage_error(
    batch: Callable[..., Result], tmp_path: Path, lent_sandbox: object
) -> None:
    """There is nobody to make a row for."""
    (tmp_path / "hw.zip").write_bytes(b"x")
    result = batch(source="hw.zip")
    assert result.exit_code == 4
    assert "hw.zip: this is not a readable zip archive" in result.stderr


def test_without_exercise_the_class_votes(
    engines: list[EngineWorkers], tmp_path: Path, lent_sandbox: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the functions that most of it wrote."""
    monkeypatch.chdir(tmp_path)
    code = "".join(
        f"def d{name}(n): return None\n" for name in ("logprobs", "probs", "counts_sum_inv", "bndiff2", "embcat")
    )
    hand_in(tmp_path / "class", {"a.py": code, "b.py": code + "#", "c.py": "x = 1\n", "d.pdf": ""})
    result = CliRunner().invoke(main, ["batch", "class"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "mlp: 4 submissions" in result.stdout


def test_nothing_to_vote_on_is_a_usage_error(
    engines: list[EngineWorkers], tmp_path: Path, lent_sandbox: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the exercises there are."""
    monkeypatch.chdir(tmp_path)
    hand_in(tmp_path / "class", {"c.py": "x = 1\n"})
    result = CliRunner().invoke(main, ["batch", "class"], catch_exceptions=False)
    assert result.exit_code == 4
    assert "which exercise is class for? Say it with --exercise" in result.stderr


def test_an_empty_folder_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """There is nothing to grade."""
    hand_in(tmp_path / "class", {"roster.csv": ""})
    result = batch()
    assert result.exit_code == 4
    assert "there is no submission in class: a folder for each student is expected" in result.stderr


def test_the_folder_of_the_submissions_cannot_take_the_results(batch: Callable[..., Result], tmp_path: Path) -> None:
    """The next run would grade the journal."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    result = batch("--out", "class")
    assert result.exit_code == 4
    assert "--out class is the folder of the submissions themselves; choose another one" in result.stderr


def test_a_place_that_cannot_be_written_is_a_sentence(batch: Callable[..., Result], tmp_path: Path) -> None:
    """A file where the folder should be; a folder where the table should be, and nothing half written beside it."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    (tmp_path / "file").write_text("")
    result = batch("--out", "file/grades")
    assert result.exit_code == 4
    assert "cannot be written: Not a directory" in result.stderr
    (tmp_path / "grades" / "grades.csv").mkdir(parents=True)
    result = batch()
    assert result.exit_code == 4
    assert "grades.csv cannot be written: Is a directory" in result.stderr
    assert not list((tmp_path / "grades").glob(".new-*"))


def test_a_class_that_fits_another_exercise_is_told(batch: Callable[..., Result], tmp_path: Path) -> None:
    """All of them have zero points then, and no fault of theirs."""
    hand_in(tmp_path / "class", {"alice.py": "def dq(dqk, k): return dqk @ k\n"})
    result = batch()
    assert (
        "nobody has begun a gradient of mlp: if they are for another exercise, name it with --exercise" in result.stderr
    )
    hand_in(tmp_path / "class", {"bob.py": RIGHT})
    assert "nobody has begun" not in batch().stderr


def test_an_override_that_is_no_number_is_told(batch: Callable[..., Result], tmp_path: Path) -> None:
    """It stands as it is, but nothing can count with it."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    batch()
    path = tmp_path / "grades" / "grades.csv"
    lines = list(csv.reader(path.read_text().splitlines()))
    for text in ("excused", "nan"):
        lines[1][lines[0].index("override")] = text
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(lines)
        assert f"the override of alice is no number ('{text}')" in batch().stderr
        assert rows(tmp_path)["alice"]["final"] == text


def test_the_note_about_the_roster_is_that_of_the_last_roster(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Somebody who was forgotten there, and is on it now."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": RIGHT})
    notes = []
    for roster in (None, "id\nbob\n", "id\nalice\nbob\n"):
        (tmp_path / "roster.csv").write_text(roster or "")
        batch(*(("--roster", "roster.csv") if roster else ()))
        notes.append([row["notes"] for row in rows(tmp_path).values()])
    assert notes == [["", ""], ["not on the roster", ""], ["", ""]]


def test_results_of_another_exercise_are_not_mixed_in(batch: Callable[..., Result], tmp_path: Path) -> None:
    """The folder belongs to one."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    batch()
    result = CliRunner().invoke(main, ["batch", "class", "--exercise", "batchnorm"], catch_exceptions=False)
    assert result.exit_code == 4
    assert "grades holds the grades of mlp, not of batchnorm: choose another --out" in result.stderr


def test_a_broken_table_is_found_before_anything_is_graded(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """Overrides could be in it."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    hand_in(tmp_path / "grades", {"grades.csv": "a,b\n1,2\n"})
    result = batch()
    assert (result.exit_code, engines) == (4, [])
    assert "has no columns submission, override and reason any more" in result.stderr


class Broken(EngineWorkers):
    """Workers that come to an end of some kind."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def hello(self) -> dict[str, Any]:
        raise self.error("isolation is `process` here and `locked` was asked for")


@pytest.mark.parametrize(("error", "code"), [(SandboxError, 3), (KeyboardInterrupt, 2)])
def test_a_batch_that_cannot_begin_or_is_stopped(
    error: type[BaseException], code: int, batch: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our fault is 3, Ctrl-C is 2, and either way everybody has a row that waits."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    monkeypatch.setattr("grader.cli.batch.on_this_machine", lambda *_, **__: Broken(error))
    assert batch().exit_code == code
    assert rows(tmp_path)["alice"]["status"] == "waiting"


def test_a_submission_that_cannot_be_graded_through_our_fault_is_no_zero(
    batch: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3, a row without a grade, and the reason in a log."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})

    def fails(*_: object) -> None:
        raise AssertionError("a bug of ours")

    monkeypatch.setattr("grader.classroom.batch.engine.Engine.grade", fails)
    result = batch()
    assert result.exit_code == 3
    assert "1 could not be graded through a fault of ours" in result.stderr
    row = rows(tmp_path)["alice"]
    assert (row["status"], row["points"], row["final"]) == ("failed", "", "")
    assert "a bug of ours" in (tmp_path / "grades" / "batch.log").read_text()


def test_without_the_package_a_cluster_is_a_usage_error(
    batch: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the line that installs it."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    monkeypatch.delitem(__import__("sys").modules, "grader.classroom.batch.cluster", raising=False)
    result = batch("--scheduler", "tcp://127.0.0.1:1")
    assert result.exit_code == 4
    assert "--scheduler needs the package distributed: pip install 'backprop-grader[cluster]'" in result.stderr
