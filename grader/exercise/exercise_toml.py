"""exercise.toml: what an author says about an exercise, validated."""

from __future__ import annotations

import difflib
import re
import sys
import tomllib
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from importlib.util import find_spec
from typing import TYPE_CHECKING

from grader.exercise.forward import BrokenExercise, read_text
from grader.sandbox.types import RulesConfig

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
    text = read_text(path)
    try:
        data = tomllib.loads(text)
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
    if problem := import_problem(rules.get("imports", [])):
        raise BrokenExercise(f"{place(path, text, 'rules', 'imports')}: {problem}")
    return ExerciseSettings(
        **plain,
        null=tuple(data.get("null", ())),
        stretches={name: tuple(members) for name, members in data.get("stretches", {}).items()},
        exact_expected=bool(data.get("exact", {}).get("expected", True)),
        exact_reason=str(data.get("exact", {}).get("reason", "")),
        rules=RulesConfig(imports=tuple(rules.get("imports", ())), names=tuple(rules.get("names", ()))),
        hints={name: Hint(**{k: str(v) for k, v in hint.items()}) for name, hint in data.get("hints", {}).items()},
    )


def import_problem(imports: object) -> str | None:
    """What is wrong with a list of modules that learners may import, told before a sandbox tries to import them."""
    if not isinstance(imports, list) or not all(isinstance(each, str) for each in imports):
        return 'imports has to be a list of names: imports = ["numpy"]'
    for name in imports:
        if not _is_module(name):
            return f"[rules] imports names the module {name}, which is not installed here. {_instead(name)}"
    return None


def _is_module(name: str) -> bool:
    """Whether it could be imported, without importing it or, as find_spec() would, what it is part of."""
    if name in sys.modules:
        return True
    top, *parts = name.split(".")
    if not all(part.isidentifier() for part in (top, *parts)):
        return False
    try:
        spec, whole = find_spec(top), top
    except ValueError:  # __main__ and its like, which are not found but made
        return False
    for part in parts:
        if spec is None or spec.submodule_search_locations is None:
            break  # absent; or a module that may make its parts up while it is imported, as six does
        whole = f"{whole}.{part}"
        spec = PathFinder.find_spec(whole, list(spec.submodule_search_locations))
    return spec is not None


def _instead(name: str) -> str:
    from importlib.metadata import packages_distributions

    close = difflib.get_close_matches(name, {*sys.stdlib_module_names, *packages_distributions()}, 1, 0.85)
    meant = f"Did you mean {close[0]}? " if close else ""
    return f"{meant}Correct the name, install the module, or take it off the list"


_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEYS = re.compile(rf"\s*(\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*([\]=])")


def place(path: Path, text: str, *keys: str) -> str:
    """`course.toml:12`: the line of a key, else of the table that it is in, else the file alone."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        match = _KEYS.match(line)
        if match is None:
            continue
        names = tuple(name.strip("\"'") for name in re.findall(_KEY, match[2]))
        table = names if match[1] else table
        whole = names if match[1] else (*table, *names)
        for depth in range(1, len(whole) + 1):
            lines.setdefault(whole[:depth], number)
    told = (lines[keys[:depth]] for depth in range(len(keys), 0, -1) if keys[:depth] in lines)
    return ":".join([str(path), *map(str, list(told)[:1])])
