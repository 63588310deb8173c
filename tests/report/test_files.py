"""Atomic writes, for every writer: a report, a batch, a learner's workspace."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from grader.report.files import UNFINISHED, replace_file, write_whole


def mode_of(path: Path) -> int:
    """A file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("writer", [write_whole, replace_file])
def test_nothing_is_left_beside_the_file(writer: object, tmp_path: Path) -> None:
    """Neither after creating a file nor after replacing one."""
    path = tmp_path / "x"
    for content in (b"old", b"new"):
        writer(path, content)  # type: ignore[operator]
        assert path.read_bytes() == content
        assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C just before the rename."""
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_or_followed_as_the_writer_asks(tmp_path: Path) -> None:
    """A batch never follows links; a learner's own file may be one."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    write_whole(link, b"mine")
    assert not link.is_symlink()
    assert target.read_bytes() == b"new"


def test_permissions_are_kept_or_those_asked_for(tmp_path: Path) -> None:
    """A private file stays private."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert mode_of(path) == 0o640
    write_whole(path, b"secret", mode=0o600)
    assert mode_of(path) == 0o600


def test_a_temporary_file_is_as_private_as_the_final_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed that only the instructor may read is never readable by others, not even for a moment."""
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode)))
    write_whole(tmp_path / "batch.json", b"{}", mode=0o600)
    assert seen == [0o600]


def test_only_durable_writes_sync_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`grade watch` writes its state at every save."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    replace_file(tmp_path / "x", b"")
    assert synced == []
    write_whole(tmp_path / "x", b"")
    assert len(synced) == 1


@pytest.mark.parametrize("name", ["ü" * 127, "学" * 85, "x" * 255])
def test_the_longest_names_can_be_written(name: str, tmp_path: Path) -> None:
    """The temporary file's name is short, however long the file's own name is."""
    replace_file(tmp_path / name, b"there")
    assert (tmp_path / name).read_bytes() == b"there"


def test_concurrent_writers_do_not_interfere(tmp_path: Path) -> None:
    """Each has its own temporary file, and the result is one of the contents, complete."""
    path, contents = tmp_path / "x", [bytes([65 + n]) * 100_000 for n in range(8)]
    writers = [threading.Thread(target=replace_file, args=(path, content)) for content in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_bytes() in contents
    assert not list(tmp_path.glob(f"{UNFINISHED}*"))
