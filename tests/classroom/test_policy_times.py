"""When something was handed in: times as people and programs write them, tables of times, and clones."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from grader.classroom.people.ownership import Claim
from grader.classroom.policy import git_time
from grader.classroom.policy.git_time import last_commit
from grader.classroom.policy.times import Times, UnreadableTime, parse_time, times_of
from grader.classroom.tables.table import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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
            "Sunday, 1 March 2026, 12:30 PM",
            "Sunday, March 1, 2026, 12:30\N{NARROW NO-BREAK SPACE}PM",
            "Mar 1, 2026 1230 PM",
            "Sonntag, 1. März 2026, 12:30",
            "So., 1. Mär. 2026, 12:30 Uhr",
            "dimanche 1er mars 2026, 12:30",
            "1 mars 2026 à 12h30",
            "domingo, 1 de marzo de 2026, 12:30",
            "domingo, 1 de marzo de 2026, 12:30 p. m.",
            "domenica, 1 marzo 2026, 12:30",
            "domingo, 1 de março de 2026 às 12:30",
            "zondag, 1 maart 2026, 12:30",
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
            ("30 February 2026, 12:30", "'30 February 2026, 12:30' is not a time"),
            ("1 March 2026, 13:30 PM", "'1 March 2026, 13:30 PM' is not a time"),
            ("1 March 2026", "'1 March 2026' is not a time"),
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


CLASS = {"jane": ("jdoe", "jane.py"), "ben": ("b", "x"), "cem": ("c", "x")}


def times(text: str, words: Mapping[str, tuple[str, ...]] = CLASS, claims: Sequence[Claim] = ()) -> Times:
    """The times in a table."""
    return times_of(table_of(text.encode(), "times.csv"), claims, words, BERLIN)


def worksheet(*rows: str) -> str:
    """A grading worksheet: each row is `Identifier;Full name;Last modified`."""
    lines = ["Identifier,Full name,Grade,Last modified (submission),Last modified (grade)"]
    for number, name, modified in (row.split(";") for row in rows):
        lines.append(f'{number},{name},,"{modified}",-')
    return "\n".join(lines)


def moodle(number: str, name: str) -> Claim:
    """What a download of Moodle says."""
    return Claim(f"{name}_{number}", id=number, name=name, person=number)


JANE, BEN = moodle("657737", "Jane Doe"), moodle("657738", "Ben Poe")


class TestTables:
    """`--times FILE` with a column of submissions."""

    def test_a_submission_is_named_by_itself_or_by_its_owner_or_its_file(self) -> None:
        """Rows without a time say nothing."""
        for word in ("jane", "jdoe", "JDoe", "jane.py"):
            found = times(f"submission,time\n{word},2026-03-01 12:30\nben, \ncem,-\n")
            shown = {name: str(time) for name, time in found.by_submission.items()}
            assert (shown, found.told) == ({"jane": "2026-03-01 12:30:00+01:00"}, ())

    def test_a_files_name_as_the_platform_made_it_means_its_submission(self) -> None:
        """Also that of a second file, of which only the beginning is known."""
        found = times("file,time\nroejane_LATE_4712_88124_more.py,2026-03-01 12:30\n", {"roejane_4712": ()})
        assert [*found.by_submission] == ["roejane_4712"]

    def test_a_learners_file_that_is_called_like_somebody_elses_is_not_taken_for_it(self) -> None:
        """It is not clear whose time that is."""
        name = "roejane_4712_88124_more.py"
        found = times(
            f"file,time\n{name},2026-03-01 12:30\nann,2026-03-01 9:00\n", {"ann": (name,), "roejane_4712": ()}
        )
        assert [*found.by_submission] == ["ann"]
        assert found.by_submission["ann"].hour == 9
        assert f"where several may be meant: {name} (ann or roejane_4712)" in found.told[0]

    def test_rows_of_nobody_are_one_sentence(self) -> None:
        """With the first ten, and what was expected."""
        lines = "".join(f"s{number:02},2026-03-01 12:30\n" for number in range(38))
        (sentence,) = times(f"submission,time\njane,2026-03-01 12:30\n{lines}").told
        assert sentence == (
            "times.csv: there is no submission s00, s01, s02, s03, s04, s05, s06, s07, s08, s09 and 28 more. Expected "
            "its name, its key, the name of its file, or the ID, login or address of its owner"
        )

    def test_a_row_of_several_is_reported(self) -> None:
        """And used for none."""
        found = times("submission,time\nx,2026-03-01 12:30\njane,2026-03-01 12:30\n")
        assert [*found.by_submission] == ["jane"]
        assert found.told == ("times.csv: write the submission's name where several may be meant: x (ben or cem)",)

    @pytest.mark.parametrize(
        ("table", "sentence"),
        [
            ("who,time\njane,2026-03-01 12:30\n", "times.csv has no column of submissions; its columns: who, time"),
            ("submission,when\njane,2026-03-01 12:30\n", "times.csv has no column of times; its columns: submission"),
            ("submission,time\njane,2026-03-01 12:30\nben,soon\n", "times.csv, row 3: 'soon' is not a time"),
            ("submission,time\nben,2026-03-01 12:30\nb,2026-03-01 12:31\n", "times.csv gives ben two times"),
            ("submission,time\njane,-\nben,\n", "times.csv has no time in the column time"),
            (
                "submission,time\njnae,2026-03-01 12:30\n",
                "no row of times.csv belongs to a submission. times.csv: there is no submission jnae. Did you mean",
            ),
        ],
    )
    def test_a_table_that_cannot_be_used_is_reported(self, table: str, sentence: str) -> None:
        """With its name and what it lacks."""
        with pytest.raises(UnreadableTime) as caught:
            times(table)
        assert sentence in str(caught.value)


class TestWorksheets:
    """`--times` with Moodle's grading worksheet, or another table of people."""

    @pytest.mark.parametrize(
        ("head", "said"),
        [
            ("Last modified (submission),Last modified (grade)", "Tuesday, 3 March 2026, 11:58 PM"),
            ("Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung)", "Dienstag, 3. März 2026, 23:58"),
            ("Dernière modification (travail remis),Dernière modification (note)", "mardi 3 mars 2026, 23:58"),
            ("Última modificación (entrega),Última modificación (calificación)", "martes, 3 de marzo de 2026, 23:58"),
            ("Ultima modifica (consegna),Ultima modifica (valutazione)", "martedì, 3 marzo 2026, 23:58"),
            ("Última modificação (envio),Última modificação (nota)", "terça-feira, 3 de março de 2026 às 23:58"),
            ("Laatst gewijzigd (inzending),Laatst gewijzigd (cijfer)", "dinsdag, 3 maart 2026, 23:58"),
        ],
    )
    def test_the_worksheet_is_read_as_it_is(self, head: str, said: str) -> None:
        """In its own language; `-` is somebody who handed in nothing."""
        text = f'Identifier,Name,{head}\nParticipant 657737,Jane Doe,"{said}",-\nParticipant 657738,Ben Poe,-,-\n'
        found = times(text, {}, [JANE, BEN])
        assert {name: str(time) for name, time in found.by_submission.items()} == {
            "Jane Doe_657737": "2026-03-03 23:58:00+01:00"
        }
        assert found.told == ()

    def test_a_language_that_is_not_known_is_one_sentence(self) -> None:
        """With the row, and what was expected."""
        with pytest.raises(UnreadableTime) as caught:
            times(worksheet("Participant 657737;Jane Doe;tiistai 3. maaliskuuta 2026, 23:58"), {}, [JANE])
        assert str(caught.value) == (
            "times.csv, row 2: 'tiistai 3. maaliskuuta 2026, 23:58' is not a time; write it as 2026-03-01 12:30 or "
            "2026-03-01T12:30+01:00, or with the month in words in English, German, French, Spanish, Italian, "
            "Portuguese and Dutch"
        )

    def test_contradictory_evidence_gives_nobody_a_time(self) -> None:
        """One person's number beside another's name."""
        rows = [f"Participant 65773{at};{name};3 March 2026, 11:58 PM" for at, name in ((7, "Ben Poe"), (8, "Al Fa"))]
        cem = moodle("657739", "Cem Su")
        found = times(worksheet(*rows, "Participant 657739;Cem Su;3 March 2026, 11:58 PM"), {}, [JANE, cem])
        assert [*found.by_submission] == ["Cem Su_657739"]
        assert found.told[0].startswith("times.csv: Jane Doe_657737: its id 657737 belongs to Ben Poe")
        assert found.told[-1].startswith("times.csv: no submission is known of Ben Poe (Participant 657737), Al Fa")

    def test_one_time_for_several_attempts_is_used_for_none(self) -> None:
        """It does not say for which."""
        claims = [Claim("jane 1", login="jane", person="j"), Claim("jane 2", login="jane", person="j"), BEN]
        found = times("login,name,time\njane,Jane,2026-03-01 9:30\n,Ben Poe,2026-03-01 9:30\n", {}, claims)
        assert [*found.by_submission] == ["Ben Poe_657738"]
        assert found.told == (
            "times.csv: one time for several attempts of Jane (jane 1 or jane 2). Name the submissions instead",
        )

    def test_somebody_listed_twice_stops_the_batch(self) -> None:
        """The second time would be lost."""
        with pytest.raises(UnreadableTime, match="row 3 has a time, but lists nobody, or somebody a second time"):
            times("login,time\njane,2026-03-01 9:30\njane,2026-03-02 9:30\n", {}, [Claim("jane", login="jane")])


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
