"""Tracks: exercises that belong together, and the order in which they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.exercise.exercise_toml import read_settings
from grader.exercise.forward import BrokenExercise
from grader.exercise.nearest import LIKE_TYPED, did_you_mean
from grader.exercise.shelf import UnknownExercise, curriculum, in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from grader.exercise.exercise import Exercise

TRACKS = {
    "lecture": "from one neuron to training with your own gradients",
    "blocks": "the layers that networks are made of",
    "transformer": "GPT-2 and its relatives, piece by piece",
    "numpy": "layers as two functions and a cache, in NumPy",
    "static": "layers as static methods of a class, in PyTorch",
    "autograd": "layers as a torch.autograd.Function",
    "objects": "layers as objects that keep their own gradients",
}
"""The shipped tracks, in the order of a listing, each with what it is about. An author's own follow them."""

CONVENTIONS = ("numpy", "static", "autograd", "objects")
"""Those of layers in a course's convention: the others ask for the same layers one by one, so that a workspace has
these only if they are asked for."""


def by_track(exercises: Iterable[Exercise]) -> dict[str, list[Exercise]]:
    """The exercises of each track, in order. Those without a track come last, under an empty name, by difficulty."""
    found: dict[str, list[Exercise]] = {}
    for exercise in sorted(exercises, key=curriculum):
        found.setdefault(exercise.settings.track, []).append(exercise)
    return {track: in_order(found[track]) if track else found[track] for track in in_sequence(found)}


def in_sequence(tracks: Iterable[str]) -> list[str]:
    """Each track once, in the order of a listing: the shipped ones, then others as they come, then none."""
    place = {track: number for number, track in enumerate(TRACKS)}
    return sorted(dict.fromkeys(tracks), key=lambda track: (not track, place.get(track, len(place))))


def track_of(folder: Path) -> str:
    """The track of the exercise in a folder, which is not read otherwise; empty if its settings cannot be read."""
    try:
        return read_settings(folder / "exercise.toml").track
    except BrokenExercise:
        return ""


def check_tracks(asked: Iterable[str], there: Collection[str]) -> None:
    """Check that there are exercises in each of these tracks.

    Raises:
        UnknownExercise: there are none; the message names the tracks that there are.
    """
    known = [name for name in there if name]
    for name in asked:
        if name not in known:
            meant = did_you_mean(name, known, "", LIKE_TYPED)
            listed = f"Available: {', '.join(known) or 'none'}."
            raise UnknownExercise(" ".join(filter(None, (f"there is no track {name}.", meant, listed))))
