"""Names that a school's own system made: `--name-pattern` says what their parts are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from classroom import hand_in

from grader.classroom.intake.folder import read_folder
from grader.classroom.intake.name_pattern import BadPattern, NamePattern

if TYPE_CHECKING:
    from pathlib import Path


def who(pattern: str, name: str, *, folder: bool = False) -> tuple[str, str, str, str] | None:
    """Id, name, login and time that a pattern reads from a name."""
    found = NamePattern.of(pattern).read(name, folder=folder)
    return found and (found.who.id, found.who.name, found.who.login, found.who.at)


@pytest.mark.parametrize(
    ("pattern", "name", "meant"),
    [
        ("{login}_{assignment}_{file}", "jdoe_hw 3_my_backward.py", ("", "", "jdoe", "")),
        ("{last} {first} ({id})", "Doe Jane (42).py", ("42", "Jane Doe", "", "")),
        ("{any}-{id}-{time}-{any}", "x-007-20260301123000-y.ipynb", ("007", "", "", "2026-03-01T12:30:00")),
        ("{name} {time}", "Jane Doe 2026-03-01.py", ("", "Jane Doe", "", "2026-03-01T00:00:00")),
        ("{login}.{attempt}", "jdoe.2.tar.gz", ("", "", "jdoe", "")),
        ("{login}_{file}", "backward.py", None),
        ("{login} {any}", "jdoe", None),
    ],
)
def test_a_pattern_reads_the_parts_of_a_name(pattern: str, name: str, meant: tuple[str, str, str, str] | None) -> None:
    """Without {file}, it describes a file's name without the extension."""
    assert who(pattern, name) == meant


def test_a_folders_name_is_read_whole() -> None:
    """A dot in it is no extension."""
    assert who("{login}", "john.lock", folder=True) == ("", "", "john.lock", "")


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("{wibble}_{id}", "{wibble} is not a field; the fields are {id}, {login}"),
        ("{id}_{id}", "{id} is there twice; use {any} for a part that is not needed"),
        ("{id_{file}", "a brace is not closed; a field is written {login}"),
        ("{assignment}_{file}", "does not say whose submission it is; use one of {id}, {login}"),
        ("hello", "does not say whose submission it is"),
        ("{id}{name}", "two fields need some text between them, such as _ or a space"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str, sentence: str) -> None:
    """One sentence says why, and what to write."""
    with pytest.raises(BadPattern) as error:
        NamePattern.of(pattern)
    assert str(error.value).startswith(f"--name-pattern {pattern}")
    assert sentence in str(error.value)


def test_the_files_of_one_person_are_one_submission(tmp_path: Path) -> None:
    """And attempts are several; no name of another kind is lost."""
    names = ("jdoe_1_a.py", "jdoe_1_b.py", "jdoe_2_a.py", "bob_1_a.py", "stray.py")
    pattern = NamePattern.of("{login}_{attempt}_{file}")
    found = read_folder(hand_in(tmp_path, dict.fromkeys(names, "x")), pattern=pattern)
    claims = [each.claim("k") for each in found.handed_in]
    assert [(claim.submission, claim.login, claim.person, claim.number, claim.called) for claim in claims] == [
        ("bob 1", "bob", "bob", 1, ""),
        ("jdoe 1", "jdoe", "jdoe", 1, ""),
        ("jdoe 2", "jdoe", "jdoe", 2, ""),
        ("stray", "", "stray", 0, "stray"),
    ]
    assert [sorted(each.read().files) for each in found.handed_in] == [
        ["a.py"],
        ["a.py", "b.py"],
        ["a.py"],
        ["stray.py"],
    ]
    assert list(found.told()) == [
        "--name-pattern does not fit stray.py: each is taken for its owner's name. Change the pattern, or rename them"
    ]


def test_a_pattern_that_fits_no_name_is_refused(tmp_path: Path) -> None:
    """It is mistyped, and everybody would be nobody."""
    with pytest.raises(BadPattern, match=r"--name-pattern {id}-{file} fits none of the 1 names, such as jdoe\.py"):
        read_folder(hand_in(tmp_path, {"jdoe.py": "x"}), pattern=NamePattern.of("{id}-{file}"))
