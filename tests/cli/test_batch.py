"""`grade batch` from the command line, with an engine in this process."""

from __future__ import annotations

import csv
import errno
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from classroom import EngineWorkers, hand_in, zipped
from click.testing import CliRunner

from grader.classroom.batch.engine import Engine
from grader.cli.main import main
from grader.report.files import naming
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from grader.classroom.batch.order import Order
    from grader.classroom.batch.store import Store
    from grader.sandbox.client import Sandbox

ONE = (
    "def dlogprobs(logprobs, n, Yb):\n    d = torch.zeros_like(logprobs)\n    d[range(n), Yb] = -1.0/n\n    return d\n"
)
RIGHT = f"import torch\n{ONE}"
WRONG = RIGHT.replace("-1.0/n", "1.0/n")


@pytest.fixture
def engines(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EngineWorkers]]:
    """Every set of workers that a command started."""
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
    """Run the command in an empty folder on the submissions in `class`."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, source: str = "class") -> Result:
        chosen = ["--exercise", "mlp", "--hidden-seed", "5"]
        return CliRunner().invoke(main, ["batch", source, *chosen, *words], catch_exceptions=False)

    return run


def rows(folder: Path) -> dict[str, dict[str, str]]:
    """The rows of grades.csv, by submission."""
    with (folder / "grades" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def test_a_class_is_graded(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Table, summary, two documents per submission; exit code 0, because everybody has a row."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob/backward.py": WRONG, "carol": None, "dora.py": "def ("})
    result = batch()
    assert result.exit_code == 0
    assert "mlp: 4 submissions: 2 graded, 1 unreadable, 1 missing" in result.stdout
    assert "points out of 26: mean 0.33, median 0, range 0 to 1, of the 3 who handed in; 1 handed in nothing" in (
        result.stdout.splitlines()
    )
    assert "fewest right, of 3 graded: dprobs 0, " in result.stdout
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
    assert summary["points"]["count"] == {"0": 2, "1": 1}
    for name in ("alice", "bob", "carol", "dora"):
        assert json.loads((tmp_path / "grades" / f"{name}.json").read_bytes())["grader"]
        assert json.loads((tmp_path / "grades" / "students" / f"{name}.json").read_bytes())["grader"]


def test_work_on_another_exercise_or_in_another_form_says_so(batch: Callable[..., Result], tmp_path: Path) -> None:
    """In the summary, in the table and in the student's report."""
    other = (Path(__file__).resolve().parents[2] / "solutions" / "attention" / "backward.py").read_text("utf-8")
    form = "def mlp_backward(dlogits, W2, h):\n    return dlogits @ W2.T, h.T @ dlogits\n"
    hand_in(tmp_path / "class", {"ann.py": other, "ben.py": form, "eve.py": RIGHT})
    result = batch()
    table = rows(tmp_path)
    assert {row["status"] for row in table.values()} == {"graded"}
    assert table["ann"]["problem"].startswith("this looks like attention (17 of 17 of its names)")
    assert table["ben"]["problem"].startswith("ben.py:1: mlp_backward returns several gradients at once; ")
    assert table["eve"]["problem"] == ""
    for name in ("ann", "ben"):
        student = json.loads((tmp_path / "grades" / "students" / f"{name}.json").read_bytes())
        assert student["grader"]["submissions"][0]["problem"] == table[name]["problem"]
        assert f"nothing to grade in 1: {table[name]['problem']}" in result.stdout


def test_a_second_run_grades_nothing(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """It starts no workers."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    batch()
    result = batch()
    assert (result.exit_code, len(engines)) == (0, 1)
    assert "graded 1" not in result.stdout


def test_a_regrade_reports_what_changed(batch: Callable[..., Result], tmp_path: Path) -> None:
    """With the gradients responsible."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": WRONG})
    batch()
    hand_in(tmp_path / "class", {"bob.py": RIGHT + "# by now\n"})
    result = batch()
    assert "changed: bob: 0 of 26 -> 1 of 26 (dlogprobs wrong_values -> exact)" in result.stdout
    assert rows(tmp_path)["bob"]["previous"] == "0"
    assert "alice" not in result.stdout


def test_only_grades_those_named(batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path) -> None:
    """By name or pattern; the others wait or keep their rows."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": WRONG, "bert.py": WRONG + "#"})
    batch("--only", "B*", "--force")
    assert sorted(engines[0].names) == ["bert", "bob"]
    assert rows(tmp_path)["alice"]["status"] == "waiting"


def test_a_name_with_brackets_is_a_name_before_it_is_a_pattern(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """`[TA] Max` is not `T Max`; `[ab]*` is nobody's name."""
    files = {"[TA] Max/backward.py": RIGHT, "T Max/backward.py": WRONG, "alice.py": "# a", "carol.py": "# c"}
    hand_in(tmp_path / "class", files)
    assert batch("--only", "[ta] max").exit_code == 0
    assert [row["status"] for row in rows(tmp_path).values()].count("graded") == 1
    assert engines[0].names[0].startswith("_TA_ Max~")
    batch("--only", "[ab]*")
    assert engines[1].names == ["alice"]


def test_an_unknown_name_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Before anything is graded."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    result = batch("--only", "alise")
    assert result.exit_code == 4
    assert "--only alise: no submission matches. Did you mean alice?" in result.stderr


def test_failed_regrades_what_went_wrong(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """Unreadable, refused, timed out or crashed; a wrong gradient is a result."""
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
    """By the modification time of the newest file."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": WRONG})
    long_ago = time.time() - 86400
    os.utime(tmp_path / "class" / "bob.py", (long_ago, long_ago))
    assert batch("--since", when).exit_code == 0
    assert sorted(name for each in engines for name in each.names) == expected


def test_since_with_an_invalid_time_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """The message has the two accepted forms, and nothing else is done."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    result = batch("--since", "yesterday")
    assert result.exit_code == 4
    assert not (tmp_path / "grades").exists()
    assert "--since yesterday: expected a date (2026-03-01) or an age (90m, 8h, 2d)" in result.stderr


def test_fail_under_names_those_below_it(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Only then is the exit code 1."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": WRONG})
    assert batch("--fail-under", "0").exit_code == 0
    result = batch("--fail-under", "3")
    assert result.exit_code == 1
    assert "below --fail-under: bob" in result.stderr


def test_fail_under_uses_the_final_grade(batch: Callable[..., Result], tmp_path: Path) -> None:
    """An override can lift a submission above the limit."""
    hand_in(tmp_path / "class", {"bob.py": WRONG})
    batch()
    table = tmp_path / "grades" / "grades.csv"
    lines = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
    lines[1][lines[0].index("override")] = "26"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    assert batch("--fail-under", "3").exit_code == 0


def test_the_hidden_seed_is_drawn_once_and_reused(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """When resuming and regrading; only the instructor's files contain it."""
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


def test_a_roster_adds_those_who_submitted_nothing(batch: Callable[..., Result], tmp_path: Path) -> None:
    """With ids and names for everybody."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    (tmp_path / "roster.csv").write_text("id,name\ns1,alice\ns2,Bob\n")
    assert batch("--roster", "roster.csv").exit_code == 0
    found = rows(tmp_path)
    assert (found["alice"]["student"], found["s2"]["status"], found["s2"]["name"]) == ("s1", "missing", "Bob")


def test_a_roster_without_students_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """Its headings are not those of a roster."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    (tmp_path / "roster.csv").write_text("a,b\n1,2\n")
    result = batch("--roster", "roster.csv")
    assert result.exit_code == 4
    assert "roster.csv lists no students" in result.stderr


def test_a_zip_of_the_whole_class_is_graded(batch: Callable[..., Result], tmp_path: Path, lent_sandbox: object) -> None:
    """Unpacked in the sandbox, then graded like a folder."""
    (tmp_path / "hw.zip").write_bytes(zipped({"hw/alice/backward.py": RIGHT, "hw/bob.py": WRONG}))
    assert batch(source="hw.zip").exit_code == 0
    assert {name: row["points"] for name, row in rows(tmp_path).items()} == {"alice": "1", "bob": "0"}


def test_a_broken_zip_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path, lent_sandbox: object) -> None:
    """There is nobody to write a row for."""
    (tmp_path / "hw.zip").write_bytes(b"x")
    result = batch(source="hw.zip")
    assert result.exit_code == 4
    assert "hw.zip: not a readable zip archive" in result.stderr


def test_the_exercise_is_inferred_from_the_submissions(
    engines: list[EngineWorkers], tmp_path: Path, lent_sandbox: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the functions that most of them define."""
    monkeypatch.chdir(tmp_path)
    code = "".join(
        f"def d{name}(n): return None\n" for name in ("logprobs", "probs", "counts_sum_inv", "bndiff2", "embcat")
    )
    hand_in(tmp_path / "class", {"a.py": code, "b.py": code + "#", "c.py": "x = 1\n", "d.pdf": ""})
    result = CliRunner().invoke(main, ["batch", "class"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "mlp: 4 submissions" in result.stdout


def test_an_exercise_that_cannot_be_inferred_is_a_usage_error(
    engines: list[EngineWorkers], tmp_path: Path, lent_sandbox: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message lists the exercises."""
    monkeypatch.chdir(tmp_path)
    hand_in(tmp_path / "class", {"c.py": "x = 1\n"})
    result = CliRunner().invoke(main, ["batch", "class"], catch_exceptions=False)
    assert result.exit_code == 4
    assert "cannot infer the exercise from class; name it with --exercise" in result.stderr


def test_an_empty_folder_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """There is nothing to grade."""
    hand_in(tmp_path / "class", {"roster.csv": ""})
    result = batch()
    assert result.exit_code == 4
    assert "no submissions in class: expected a folder for each student" in result.stderr


def test_results_cannot_go_to_the_folder_of_submissions(batch: Callable[..., Result], tmp_path: Path) -> None:
    """The next run would grade the journal."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    result = batch("--out", "class")
    assert result.exit_code == 4
    assert "--out class is the folder of submissions; choose another folder" in result.stderr


def test_an_unwritable_path_is_a_usage_error(batch: Callable[..., Result], tmp_path: Path) -> None:
    """A file in place of the folder, or a folder in place of the table; no partial file is left behind."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    (tmp_path / "file").write_text("")
    result = batch("--out", "file/grades")
    assert result.exit_code == 4
    assert "cannot be written: not a directory" in result.stderr
    (tmp_path / "grades" / "grades.csv").mkdir(parents=True)
    result = batch()
    assert result.exit_code == 4
    assert "grades.csv cannot be written: is a directory" in result.stderr
    assert not list((tmp_path / "grades").glob(".new-*"))


def test_a_full_disk_is_a_sentence_and_the_same_command_resumes(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is finished is kept; exit code 3, since no option is wrong."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    with monkeypatch.context() as patch:
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        patch.setattr("grader.classroom.batch.store.Store.write", lambda store, graded: _fill(store, full))
        result = batch()
    assert result.exit_code == 3
    assert result.stderr.endswith(
        "Error: grades/alice.json cannot be written: no space left on device. Finished submissions are kept: "
        "make room, and run the same command to resume\n"
    )
    assert batch().exit_code == 0
    assert rows(tmp_path)["alice"]["status"] == "graded"


def _fill(store: Store, error: OSError) -> None:
    """Write a report on a full disk."""
    with naming(store.document("alice")):
        raise error


def test_another_list_of_names_is_checked_before_grading(batch: Callable[..., Result], tmp_path: Path) -> None:
    """With the message of `grade --names`, not a traceback."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    (tmp_path / "names.txt").write_bytes("emma\nolívia\n".encode("latin-1"))
    result = batch("--names", "names.txt")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: the list of names contains the byte 0xed; expected one name per line")


def test_damaged_settings_stop_the_batch(batch: Callable[..., Result], tmp_path: Path) -> None:
    """A new hidden seed would change grades in silence; --hidden-seed goes on."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    batch()
    (tmp_path / "grades" / "batch.json").write_text('{"exercise": "mlp"')
    words = ["batch", "class", "--exercise", "mlp"]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 4
    assert result.stderr == (
        "Error: grades/batch.json is damaged: it is not JSON. It has the seed of the hidden cases. Restore it from a "
        "backup, or give the seed with --hidden-seed; to draw a new seed and grade everything again, delete the file\n"
    )
    result = batch()
    assert result.exit_code == 0
    assert "grades/batch.json is damaged: it is not JSON: it is written anew, with --hidden-seed 5\n" in result.stderr
    assert json.loads((tmp_path / "grades" / "batch.json").read_bytes())["hidden_seed"] == 5


def test_a_new_hidden_seed_for_old_grades_is_reported(batch: Callable[..., Result], tmp_path: Path) -> None:
    """The settings were deleted."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    batch()
    (tmp_path / "grades" / "batch.json").unlink()
    result = CliRunner().invoke(main, ["batch", "class", "--exercise", "mlp"], catch_exceptions=False)
    said = "grades/batch.json is gone: a new hidden seed was drawn, so that everything is graded again\n"
    assert said in result.stderr


def test_submissions_for_another_exercise_are_reported(batch: Callable[..., Result], tmp_path: Path) -> None:
    """They would all get zero points through no fault of their own."""
    hand_in(tmp_path / "class", {"alice.py": "def dq(dqk, k): return dqk @ k\n"})
    result = batch()
    expected = "no submission has started a gradient of mlp; if they are for another exercise, name it with --exercise"
    assert expected in result.stderr
    hand_in(tmp_path / "class", {"bob.py": RIGHT})
    assert "no submission has started" not in batch().stderr


def test_an_override_that_is_not_a_number_is_reported(batch: Callable[..., Result], tmp_path: Path) -> None:
    """It is kept as it is, but cannot be counted."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    batch()
    path = tmp_path / "grades" / "grades.csv"
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    for text in ("excused", "nan"):
        lines[1][lines[0].index("override")] = text
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(lines)
        assert f"the override for alice is not a number ('{text}')" in batch().stderr
        assert rows(tmp_path)["alice"]["final"] == text


def test_the_roster_note_follows_the_last_roster(batch: Callable[..., Result], tmp_path: Path) -> None:
    """A student who was missing from it may have been added since."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT, "bob.py": RIGHT})
    notes = []
    for roster in (None, "id\nbob\n", "id\nalice\nbob\n"):
        (tmp_path / "roster.csv").write_text(roster or "")
        batch(*(("--roster", "roster.csv") if roster else ()))
        notes.append([row["notes"] for row in rows(tmp_path).values()])
    assert notes == [["", ""], ["not on the roster", ""], ["", ""]]


def test_results_of_another_exercise_are_not_mixed_in(batch: Callable[..., Result], tmp_path: Path) -> None:
    """A results folder belongs to one exercise."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    batch()
    result = CliRunner().invoke(main, ["batch", "class", "--exercise", "batchnorm"], catch_exceptions=False)
    assert result.exit_code == 4
    assert "grades holds grades for mlp, not batchnorm: choose another --out" in result.stderr


def test_a_broken_table_is_reported_before_grading(
    batch: Callable[..., Result], engines: list[EngineWorkers], tmp_path: Path
) -> None:
    """It may hold overrides."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    hand_in(tmp_path / "grades", {"grades.csv": "a,b\n1,2\n"})
    result = batch()
    assert (result.exit_code, engines) == (4, [])
    assert "no longer has the columns submission, override and reason" in result.stderr


class Broken(EngineWorkers):
    """Workers that stop in some way."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def hello(self) -> dict[str, Any]:
        raise self.error("the isolation level is `process` here, but `locked` is required")


@pytest.mark.parametrize(("error", "code"), [(SandboxError, 3), (KeyboardInterrupt, 2)])
def test_a_batch_that_cannot_start_or_is_interrupted(
    error: type[BaseException], code: int, batch: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3 for an internal error, 2 for Ctrl-C; in both cases every submission has a waiting row."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    monkeypatch.setattr("grader.cli.batch.on_this_machine", lambda *_, **__: Broken(error))
    assert batch().exit_code == code
    assert rows(tmp_path)["alice"]["status"] == "waiting"


def test_an_internal_error_is_never_a_zero(
    batch: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3, a row without a grade, and the reason in a log."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})

    def fails(*_: object) -> None:
        raise AssertionError("a bug of ours")

    monkeypatch.setattr("grader.classroom.batch.engine.Engine.grade", fails)
    result = batch()
    assert result.exit_code == 3
    assert "1 without a grade" in result.stderr
    row = rows(tmp_path)["alice"]
    assert (row["status"], row["points"], row["final"]) == ("failed", "", "")
    assert "a bug of ours" in (tmp_path / "grades" / "batch.log").read_text()


def test_a_cluster_without_its_package_is_a_usage_error(
    batch: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message has the install command."""
    hand_in(tmp_path / "class", {"alice.py": RIGHT})
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    monkeypatch.delitem(__import__("sys").modules, "grader.classroom.batch.cluster", raising=False)
    result = batch("--scheduler", "tcp://127.0.0.1:1")
    assert result.exit_code == 4
    assert '--scheduler requires the package distributed: pip install "distributed' in result.stderr
