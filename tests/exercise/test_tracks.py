"""Tracks: which exercises belong together, and in which order they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packs import shelf as folder_of_exercises

from grader.exercise.exercise import Exercise
from grader.exercise.shelf import UnknownExercise, list_exercises, load_exercise
from grader.exercise.tracks import TRACKS, by_track, check_tracks, track_of

if TYPE_CHECKING:
    from pathlib import Path


def in_track(folder: Path, settings: str) -> Exercise:
    """An exercise with more settings."""
    made = folder_of_exercises(folder) / "squares"
    (made / "exercise.toml").write_text(f'title = "Squares"\n{settings}', encoding="utf-8")
    return Exercise(made)


def test_every_shipped_exercise_is_in_a_track_that_is_described() -> None:
    """A new one needs a word on what it is about."""
    found = by_track(map(load_exercise, list_exercises()))
    assert {*found} <= {*TRACKS}
    assert [*found] == [track for track in TRACKS if track in found]


def test_shipped_tracks_come_first_then_others_then_none(tmp_path: Path) -> None:
    """Those of an author in the order of difficulty."""
    words = {
        "own": 'track = "own"',
        "easy": 'track = "easy"\ndifficulty = 1',
        "none": "",
        "gpt": 'track = "transformer"',
    }
    made = [in_track(tmp_path / name, f"difficulty = 2\n{s}" if "diff" not in s else s) for name, s in words.items()]
    assert [*by_track(made)] == ["transformer", "easy", "own", ""]


def test_the_parts_of_a_series_follow_each_other_in_their_track() -> None:
    """Part two of the lecture is easier than part one, and comes after it."""
    lecture = by_track(map(load_exercise, list_exercises()))["lecture"]
    assert [exercise.name for exercise in lecture] == ["micrograd", "mlp", "cross_entropy", "batchnorm", "training"]


def test_an_exercise_that_cannot_be_read_is_in_no_track(tmp_path: Path) -> None:
    """A workspace can be made all the same."""
    exercise = in_track(tmp_path, 'track = "own"')
    assert track_of(exercise.directory) == "own"
    (exercise.directory / "exercise.toml").write_text("track = 3")
    assert track_of(exercise.directory) == ""


def test_an_unknown_track_is_named_with_the_known_ones() -> None:
    """Exercises without a track are no track."""
    check_tracks(["own"], ["own", ""])
    with pytest.raises(UnknownExercise, match=r"^there is no track owm\. Did you mean own\? Available: own\.$"):
        check_tracks(["owm"], ["own", ""])
    with pytest.raises(UnknownExercise, match=r"^there is no track own\. Available: none\.$"):
        check_tracks(["own"], [""])
