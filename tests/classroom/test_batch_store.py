"""The results folder: atomic files, and a journal that survives any crash."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from grader.classroom.batch.order import Graded
from grader.classroom.batch.store import DamagedSettings, FolderInUse, Store
from grader.report.files import write_whole

ROOT = Path(__file__).resolve().parents[2]


def graded(name: str, points: int = 3) -> Graded:
    """A graded result."""
    entry = {
        "name": name,
        "status": "graded",
        "problem": None,
        "notes": [],
        "score": {"points": points},
        "verdicts": {},
    }
    return Graded(entry, b"full\n", b"student\n")


def add(store: Store, key: str, result: Graded) -> None:
    """Write the reports, then the journal line."""
    store.write(result)
    store.note(key, result.entry)


def test_a_result_is_two_reports_and_a_journal_line(tmp_path: Path) -> None:
    """The instructor's report, the student's report, and the line."""
    with Store(tmp_path) as store:
        add(store, "k", graded("alice"))
        assert store["alice"].points == 3
    assert (tmp_path / "alice.json").read_bytes() == b"full\n"
    assert (tmp_path / "students" / "alice.json").read_bytes() == b"student\n"


def test_a_result_is_found_by_the_next_run(tmp_path: Path) -> None:
    """A submission's last line counts."""
    with Store(tmp_path) as store:
        add(store, "k1", graded("alice", 1))
        add(store, "k2", graded("bob"))
        add(store, "k3", graded("alice", 2))
    with Store(tmp_path) as store:
        assert (store["alice"].points, store.key("alice"), store.key("bob")) == (2, "k3", "k2")
        assert store.by_key() == {"k3": "alice", "k2": "bob"}


@pytest.mark.parametrize("keep", range(1, 150, 7))
def test_a_line_cut_off_by_a_power_failure_costs_one_submission(tmp_path: Path, keep: int) -> None:
    """And none written after it."""
    with Store(tmp_path) as store:
        add(store, "k1", graded("alice"))
        add(store, "k2", graded("bob"))
    journal = tmp_path / "journal.jsonl"
    first, second = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(first + second[:keep])
    with Store(tmp_path) as store:
        assert store.get("bob") is None
        add(store, "k3", graded("carol"))
    with Store(tmp_path) as store:
        assert {name for name in ("alice", "bob", "carol") if store.get(name)} == {"alice", "carol"}


@pytest.mark.parametrize(
    "garbage", [b"\0\0\0\0\n", b"[]\n", b'{"key": 1}\n', b"\xff\xfe\n", b"\n", b'{"key":"k","entry":{}}\n']
)
def test_a_broken_line_is_ignored(tmp_path: Path, garbage: bytes) -> None:
    """Disks corrupt data."""
    with Store(tmp_path) as store:
        add(store, "k1", graded("alice"))
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(garbage)
    with Store(tmp_path) as store:
        assert store["alice"].points == 3
        add(store, "k2", graded("bob"))
    with Store(tmp_path) as store:
        assert store["bob"].points == 3


def test_a_submission_whose_report_is_missing_counts_as_not_graded(tmp_path: Path) -> None:
    """Somebody deleted it, or the disk lost it."""
    with Store(tmp_path) as store:
        add(store, "k", graded("alice"))
        assert store.has("alice")
        store.student("alice").unlink()
        assert not store.has("alice")


def test_two_batches_cannot_write_to_one_folder(tmp_path: Path) -> None:
    """The second stops with an error."""
    with Store(tmp_path), pytest.raises(FolderInUse, match="another batch is writing to"):
        Store(tmp_path)
    Store(tmp_path).close()


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network folder that has no locks."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", refuse)


@pytest.mark.usefixtures("without_locks")
def test_without_locks_of_the_system_a_file_marks_the_folder(tmp_path: Path) -> None:
    """The message names it, since nothing removes it if the machine loses power."""
    mark = tmp_path / ".lock-held"
    with Store(tmp_path):
        with pytest.raises(FolderInUse) as raised:
            Store(tmp_path)
        assert str(raised.value) == (
            f"{tmp_path} is marked as taken by process {os.getpid()} on {socket.gethostname()}, and this file system "
            f"has no locks that end with a process. If no batch is writing there, delete {mark}; else wait, or choose "
            "another --out"
        )
    Store(tmp_path).close()
    assert not mark.exists()


@pytest.mark.usefixtures("without_locks")
def test_the_mark_of_another_machine_is_left_to_the_user(tmp_path: Path) -> None:
    """Whether that batch is running cannot be known here."""
    (tmp_path / ".lock-held").write_text("77\nelsewhere\n")
    with pytest.raises(FolderInUse, match="taken by process 77 on elsewhere, and"):
        Store(tmp_path)
    (tmp_path / ".lock-held").unlink()
    Store(tmp_path).close()


def test_a_batch_that_was_killed_keeps_no_lock(tmp_path: Path) -> None:
    """Neither the system's nor, on the same machine, the mark."""
    script = (
        "import os, sys, pathlib, grader.classroom.batch.store as store; {}\n"
        "held = store.Store(pathlib.Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    for first in ("", "store._keeps_locks = lambda _: False"):
        done = subprocess.run([sys.executable, "-c", script.format(first), tmp_path], cwd=ROOT, check=False)
        assert done.returncode == -9
    assert (tmp_path / ".lock-held").is_file()
    Store(tmp_path).close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.classroom.batch.store._keeps_locks", lambda _: False)
        Store(tmp_path).close()


def test_temporary_files_are_removed(tmp_path: Path) -> None:
    """A batch was killed while writing."""
    Store(tmp_path).close()
    left = [tmp_path / ".new-1-alice.json", tmp_path / "students" / ".new-1-alice.json"]
    for path in left:
        path.write_bytes(b"{")
    Store(tmp_path).close()
    assert not any(path.exists() for path in left)


def test_writes_are_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file stays until the new one is on disk."""
    path = tmp_path / "x"
    write_whole(path, b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    """Nothing is ever written outside the folder."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "alice.json").symlink_to(outside)
    with Store(tmp_path / "out") as store:
        add(store, "k", graded("alice"))
    assert outside.read_bytes() == b"precious"


def test_only_the_instructor_can_read_the_hidden_seed(tmp_path: Path) -> None:
    """It is kept for the next run."""
    with Store(tmp_path) as store:
        assert store.settings() == {}
        store.keep_settings({"hidden_seed": 5})
        assert store.settings() == {"hidden_seed": 5}
    assert (tmp_path / "batch.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "hidden_seed, a whole number, is missing"),
        ("{}", "hidden_seed, a whole number, is missing"),
        ('{"hidden_seed": "5"}', "hidden_seed, a whole number, is missing"),
        ('{"hidden_seed": true}', "hidden_seed, a whole number, is missing"),
    ],
)
def test_broken_settings_are_an_error(tmp_path: Path, broken: str, said: str) -> None:
    """A new hidden seed would grade everything anew."""
    (tmp_path / "batch.json").write_text(broken)
    with Store(tmp_path) as store, pytest.raises(DamagedSettings, match=rf"batch\.json is damaged: .*{said}"):
        store.settings()


def test_settings_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    """With the system's reason."""
    (tmp_path / "batch.json").mkdir()
    with Store(tmp_path) as store, pytest.raises(DamagedSettings, match=r"batch\.json cannot be read: is a directory"):
        store.settings()


def test_a_full_disk_names_the_journal_and_releases_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own error has no name."""
    store = Store(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space left") as raised:
            store.close()
    assert raised.value.filename == str(tmp_path / "journal.jsonl")
    Store(tmp_path).close()


@pytest.mark.parametrize("refused", [1, 95], ids=["not permitted", "not supported"])
def test_a_file_system_without_permissions_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    """exFAT, CIFS and gcsfuse refuse chmod."""
    file = tmp_path / "report.json"
    file.write_text("old")
    file.chmod(0o666)  # which the umask takes from a new file

    def refuse(*_: object) -> None:
        raise OSError(refused, "refused")

    monkeypatch.setattr("pathlib.Path.chmod", refuse)
    write_whole(file, b"new")
    assert file.read_text() == "new"


def test_the_journal_is_kept_short(tmp_path: Path) -> None:
    """One line per submission, however often it was graded."""
    with Store(tmp_path) as store:
        for points in range(5):
            add(store, "k", graded("alice", points))
    Store(tmp_path).close()
    (line,) = (tmp_path / "journal.jsonl").read_bytes().splitlines()
    assert json.loads(line)["entry"]["score"]["points"] == 4
