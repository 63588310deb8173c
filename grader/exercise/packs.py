"""Packs: installed packages that bring exercises, found by their entry points."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

PACK_GROUP = "grader.exercises"


@cache
def packs() -> dict[str, Path]:
    """The `exercises` folder of each installed pack, by the name of its package, which is not imported.

    A pack is found by its entry point in the group `grader.exercises`, whose value names the package.
    """
    return {
        name: place / "exercises"
        for name, places in _packages().items()
        for place in places
        if os.access(place / "exercises", os.R_OK | os.X_OK)
    }


def without_exercises() -> list[str]:
    """A sentence about each pack that is installed without its exercises."""
    return [
        f"the pack {name} is installed without exercises: {_what_is_missing(places)}"
        for name, places in _packages().items()
        if name not in packs()
    ]


def _packages() -> dict[str, list[Path]]:
    """The folders of each package that an entry point names; none of one that is not there."""
    from importlib.metadata import entry_points

    return {entry.value: _folders(entry.value) for entry in entry_points(group=PACK_GROUP)}


def _folders(package: str) -> list[Path]:
    from importlib.util import find_spec

    try:
        spec = find_spec(package)
    except Exception:  # noqa: BLE001  of `a.b`, `a` is imported, and may raise anything
        return []
    return [Path(place) for place in spec.submodule_search_locations or ()] if spec else []


def _what_is_missing(places: list[Path]) -> str:
    return f"{places[0]} has no folder exercises/ that can be read" if places else "no package of that name is there"
