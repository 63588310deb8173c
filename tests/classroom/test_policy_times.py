"""When something was handed in: times as people and programs write them, tables of times, and clones."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from grader.classroom.policy import git_time
from grader.classroom.policy.git_time import last_commit
from grader.classroom.policy.times import UnreadableTime, parse_time, times_of

if TYPE_CHECKING:
    from pathlib import Path

BERLIN = ZoneInfo("Europe/Berlin")


class TestParsing:
    """One time."""

    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-01T12:30:00+01:00",
            "2026-03-01 12:30",
            "2026-03-01T11:30:00Z",
            "2026-03-01 11:30:00 UTC",
            "2026-03-01 03:30:00 -0800",
            "2026-03-01T11:30:00.000+0000",
            "2026-03-01-12-30-00",
            "01.03.2026 12:30",
            "1.3.2026, 12:30:00",
        ],
    )
    def test_every_common_form_is_the_same_moment(self, text: str) -> None:
        """Without a zone it is in the class's."""
        assert parse_time(text, BERLIN).isoformat() == "2026-03-01T12:30:00+01:00"

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("03/01/2026 12:30", "'03/01/2026 12:30' may be day/month or month/day; write it as 2026-03-01 12:30"),
            ("yesterday", "'yesterday' is not a time; write it as 2026-03-01 12:30"),
            ("2026-03-01", "'2026-03-01' has no time of day"),
            ("46082.5", "'46082.5' is not a time"),
        ],
    )
    def test_what_is_not_a_time_is_reported(self, text: str, sentence: str) -> None:
        """With how to write one."""
        with pytest.raises(UnreadableTime) as caught:
            parse_time(text, BERLIN)
        assert sentence in str(caught.value)

    def test_a_time_needs_a_time_zone(self) -> None:
        """From itself or from the course."""
        assert parse_time("2026-03-01T12:30+01:00", None).isoformat() == "2026-03-01T12:30:00+01:00"
        with pytest.raises(UnreadableTime, match="has no time zone: set timezone in"):
            parse_time("2026-03-01 12:30", None)


@dataclass
class Times:
    """A table as `grader.classroom.tables` reads it."""

    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ("submission", "time")
    name: str = "times.csv"

    def column(self, *headings: str) -> int | None:
        """The position of the first of these headings."""
        return next((self.head.index(each) for each in headings if each in self.head), None)


CLASS = {"jane": ("jdoe",), "ben": ("b", "x"), "cem": ("c", "x")}


class TestTables:
    """`--times FILE`."""

    def test_a_submission_is_named_by_itself_or_by_its_owner(self) -> None:
        """Rows without a time say nothing."""
        found, told = times_of(Times((("jdoe", "2026-03-01 12:30"), ("ben", " "), ("", ""))), CLASS, BERLIN)  # type: ignore[arg-type]
        assert ({name: str(time) for name, time in found.items()}, told) == ({"jane": "2026-03-01 12:30:00+01:00"}, ())

    def test_a_row_of_nobody_or_of_several_is_reported(self) -> None:
        """And used for none."""
        found, told = times_of(Times((("jnae", "2026-03-01 12:30"), ("x", "2026-03-01 12:30"))), CLASS, BERLIN)  # type: ignore[arg-type]
        assert found == {}
        assert told == (
            "times.csv: there is no submission jnae. Did you mean jane?",
            "times.csv: x may be any of ben, cem; write the submission's name",
        )

    @pytest.mark.parametrize(
        ("table", "sentence"),
        [
            (
                Times((), ("name", "time")),
                "times.csv needs the columns submission and time, and has no column submission",
            ),
            (Times((), ("submission", "when")), "has no column time; its columns: submission, when"),
            (Times((("ben", "soon"),)), "times.csv: the time of ben: 'soon' is not a time"),
            (Times((("ben", "2026-03-01 12:30"), ("b", "2026-03-01 12:31"))), "times.csv gives ben two times"),
        ],
    )
    def test_a_table_that_cannot_be_used_is_reported(self, table: Times, sentence: str) -> None:
        """With its name and what it lacks."""
        with pytest.raises(UnreadableTime) as caught:
            times_of(table, CLASS, BERLIN)  # type: ignore[arg-type]
        assert sentence in str(caught.value)


WHEN = "2026-03-01T12:30:00+01:00"


def git(folder: Path, *words: str) -> None:
    """Run git as a learner would."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_COMMITTER_DATE": WHEN}
    who = ["-c", "user.name=Jane", "-c", "user.email=jane@uni.edu", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **own})


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with one commit."""
    folder = tmp_path / "backprop-jdoe"
    folder.mkdir()
    git(folder, "init")
    (folder / "backward.py").write_text("pass\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "done")
    return folder


class TestClones:
    """The last commit of an untrusted clone."""

    def test_the_time_is_that_of_the_last_commit(self, clone: Path) -> None:
        """Loose or packed, on a branch or detached, however old its files are."""
        assert last_commit(clone) == WHEN
        git(clone, "gc")
        os.utime(clone / "backward.py", (0, 0))
        assert last_commit(clone) == WHEN
        git(clone, "checkout", "--detach")
        assert last_commit(clone) == WHEN

    def test_a_shallow_clone_has_one_too(self, clone: Path, tmp_path: Path) -> None:
        """As continuous integration makes them."""
        git(clone, "commit", "--allow-empty", "-m", "again")
        git(tmp_path, "clone", "--depth", "1", f"file://{clone}", "shallow")
        assert last_commit(tmp_path / "shallow") == WHEN

    def test_nothing_that_the_clone_configures_runs(self, clone: Path) -> None:
        """Neither its configuration nor its hooks nor its attributes."""
        ran = clone.parent / "ran"
        program = clone.parent / "program"
        program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
        program.chmod(0o755)
        with (clone / ".git" / "config").open("a") as config:
            for section, key in (("core", "fsmonitor"), ("core", "pager"), ("gpg", "program"), ("core", "sshCommand")):
                config.write(f'[{section}]\n{key} = "{program}"\n')
            config.write(f'[log]\nshowSignature = true\n[alias]\nlog = "!{program}"\n[pager]\nlog = "{program}"\n')
            config.write(f"[include]\npath = {clone}/more\n[extensions]\nworktreeConfig = true\n")
        (clone / ".git" / "hooks" / "post-checkout").symlink_to(program)
        (clone / ".git" / "hooks" / "reference-transaction").symlink_to(program)
        assert last_commit(clone) == WHEN
        assert not ran.exists()

    def test_links_and_objects_elsewhere_are_not_followed(self, clone: Path, tmp_path: Path) -> None:
        """A link among the objects is left out; a linked folder of objects is refused."""
        (clone / ".git" / "objects" / "info").mkdir(exist_ok=True)
        (clone / ".git" / "objects" / "info" / "alternates").write_text("/nowhere\n")
        (clone / ".git" / "refs" / "heads" / "more").symlink_to("/etc/hostname")
        os.mkfifo(clone / ".git" / "refs" / "heads" / "pipe")
        assert last_commit(clone) == WHEN
        (clone / ".git" / "objects").rename(tmp_path / "objects")
        (clone / ".git" / "objects").symlink_to(tmp_path / "objects")
        with pytest.raises(UnreadableTime, match="objects is a link"):
            last_commit(clone)

    def test_a_folder_that_is_not_a_clone_has_no_time(self, clone: Path, tmp_path: Path) -> None:
        """Nor has a clone without a commit, or with a damaged one."""
        with pytest.raises(UnreadableTime, match=r"has no folder \.git, so it has no time of a last commit"):
            last_commit(tmp_path)
        (clone / ".git" / "HEAD").write_text("ref: refs/heads/nothing\n")
        with pytest.raises(UnreadableTime, match="git finds no last commit in"):
            last_commit(clone)
        (clone / ".git" / "HEAD").write_text("ref: ../../../etc/passwd\n")
        with pytest.raises(UnreadableTime, match="git finds no last commit in"):
            last_commit(clone)

    def test_a_huge_clone_is_refused(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Before it fills the disk."""
        monkeypatch.setattr(git_time, "_MOST_BYTES", 10)
        with pytest.raises(UnreadableTime, match="holds more than"):
            last_commit(clone)

    def test_without_git_there_is_no_time(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """And that is said."""
        monkeypatch.setattr(shutil, "which", lambda _: None)
        with pytest.raises(UnreadableTime, match="git is not installed"):
            last_commit(clone)
