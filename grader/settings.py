"""exercise.toml: what an author says about an exercise, validated."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.lines import BrokenExercise, read_text
from grader.sandbox.outcome import RulesConfig

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Hint:
    """What the author says about one variable, never the code."""

    shape: str = ""
    derivative: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseSettings:
    """exercise.toml, validated."""

    title: str
    kind: str = "gradients"
    minutes: int = 30
    difficulty: int = 1
    why: str = ""
    points: int = 1
    null: tuple[str, ...] = ()
    stretches: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exact_expected: bool = True
    exact_reason: str = ""
    rules: RulesConfig = field(default_factory=RulesConfig)
    hints: dict[str, Hint] = field(default_factory=dict)


_TOML_KEYS = {
    "title": str, "kind": str, "minutes": int, "difficulty": int, "why": str, "points": int,
    "null": list, "stretches": dict, "exact": dict, "rules": dict, "hints": dict,
}  # fmt: skip


def read_settings(path: Path) -> ExerciseSettings:
    try:
        data = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BrokenExercise(f"{path}: {error}") from error
    for key, value in data.items():
        if key not in _TOML_KEYS:
            close = difflib.get_close_matches(key, _TOML_KEYS, 1)
            raise BrokenExercise(f"{path}: unknown key {key!r}." + (f" Did you mean {close[0]!r}?" if close else ""))
        if not isinstance(value, _TOML_KEYS[key]):
            raise BrokenExercise(
                f"{path}: {key} has to be of type {_TOML_KEYS[key].__name__}, not {type(value).__name__}"
            )
    if "title" not in data:
        raise BrokenExercise(f"{path}: title is missing")
    if data.get("kind", "gradients") not in ("gradients", "training"):
        raise BrokenExercise(f"{path}: kind is 'gradients' or 'training', not {data['kind']!r}")
    plain = {k: data[k] for k in ("title", "kind", "minutes", "difficulty", "why", "points") if k in data}
    rules = data.get("rules", {})
    return ExerciseSettings(
        **plain,
        null=tuple(data.get("null", ())),
        stretches={name: tuple(members) for name, members in data.get("stretches", {}).items()},
        exact_expected=bool(data.get("exact", {}).get("expected", True)),
        exact_reason=str(data.get("exact", {}).get("reason", "")),
        rules=RulesConfig(imports=tuple(rules.get("imports", ())), names=tuple(rules.get("names", ()))),
        hints={name: Hint(**{k: str(v) for k, v in hint.items()}) for name, hint in data.get("hints", {}).items()},
    )
