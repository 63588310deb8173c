"""Files written whole or not at all, by whoever writes one: a report, a batch, a learner's workspace."""

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
    """Neither by a new file nor by one that is replaced."""
    path = tmp_path / "x"
    for content in (b"old", b"new"):
        writer(path, content)  # type: ignore[operator]
        assert path.read_bytes() == content
        assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C just before the renaming."""
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_or_stays_as_the_writer_wants(tmp_path: Path) -> None:
    """A batch writes through none; a learner's own file may be a link."""
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
    """What others could not read before, they cannot read after."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert mode_of(path) == 0o640
    write_whole(path, b"secret", mode=0o600)
    assert mode_of(path) == 0o600


def test_a_file_in_the_making_is_as_closed_as_the_finished_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed that only the instructor may read is never open to others, not for a moment."""
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode)))
    write_whole(tmp_path / "batch.json", b"{}", mode=0o600)
    assert seen == [0o600]


def test_only_what_has_to_survive_a_power_cut_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch writes its state at every save."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    replace_file(tmp_path / "x", b"")
    assert synced == []
    write_whole(tmp_path / "x", b"")
    assert len(synced) == 1


@pytest.mark.parametrize("name", ["ü" * 127, "学" * 85, "x" * 255])
def test_the_longest_names_can_be_written(name: str, tmp_path: Path) -> None:
    """The unfinished file's name is short, whatever the file's own is."""
    replace_file(tmp_path / name, b"there")
    assert (tmp_path / name).read_bytes() == b"there"


def test_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    """Each has an unfinished file of its own, and one of the contents is there in the end, whole."""
    path, contents = tmp_path / "x", [bytes([65 + n]) * 100_000 for n in range(8)]
    writers = [threading.Thread(target=replace_file, args=(path, content)) for content in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_bytes() in contents
    assert not list(tmp_path.glob(f"{UNFINISHED}*"))
