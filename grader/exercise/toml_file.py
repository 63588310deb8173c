"""TOML settings files, checked against a description; an error has its line number."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, Self

from grader.exercise.forward import BrokenExercise, read_text
from grader.exercise.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    Problem = tuple[tuple[str, ...], str | None]
    """The keys that lead to a value, and what is wrong with it; None if nothing is."""

    Check = Callable[[str, Any], str | None]
    """What is wrong with a key's value, in one sentence; None if nothing is."""


def not_a_table(key: str, value: object) -> str:
    """The message for a plain value instead of a table."""
    return f"{key} must be a table such as [{key}], not {value!r}"


@dataclass(frozen=True, slots=True)
class TomlTable:
    """The description of a table: what each of its keys may hold."""

    keys: Mapping[str, Check | TomlTable] = field(default_factory=dict)
    each: Check | TomlTable | None = None
    """What any other key may hold; None if only those of `keys` are allowed."""
    required: Mapping[str, str] = field(default_factory=dict)
    """The required keys, each with the message for when it is missing."""
    plain: Check = not_a_table
    """What is wrong with a plain value instead of the table."""

    def problems(self, found: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[Problem]:
        """Every problem of a table that was read."""
        for key, value in found.items():
            at, expected = (*above, key), self.keys.get(key, self.each)
            if expected is None:
                yield at, self._unknown(key, found)
            elif not isinstance(expected, TomlTable):
                yield at, expected(key, value)
            elif isinstance(value, dict):
                yield from expected.problems(value, at)
            else:
                yield at, expected.plain(key, value)
        yield from (((*above, key), sentence) for key, sentence in self.required.items() if key not in found)

    def _unknown(self, key: str, found: Mapping[str, Any]) -> str:
        close = nearest(key, self.keys)
        if close in self.required and close not in found:
            return f"unknown key {key!r}, and {close} is missing. Did you mean {close!r}?"
        meant = f"did you mean {close!r}?" if close else f"known keys: {', '.join(self.keys)}"
        return f"unknown key {key!r}; {meant}"


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A settings file that passed its check."""

    path: Path
    text: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, path: Path, table: TomlTable) -> Self:
        """Read a file and check it.

        Raises:
            BrokenExercise: `path:line: message` about the first error.
        """
        text = read_text(path)
        try:
            file = cls(path, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise BrokenExercise(_not_toml(path, text, str(error))) from error
        for keys, sentence in table.problems(file.data):
            if sentence:
                file.refuse(sentence, *keys)
        return file

    def refuse(self, problem: str, *keys: str) -> NoReturn:
        """Raise BrokenExercise with the line of a key."""
        raise BrokenExercise(f"{self.path}:{line_of(self.text, *keys)}: {problem}")


def _not_toml(path: Path, text: str, message: str) -> str:
    """tomllib puts the line at the end of its message, in words; everywhere else it follows the path."""
    message, _, where = message.rpartition(" (at ")
    line = re.match(r"line (\d+)", where)
    return f"{path}:{line[1] if line else text.count(chr(10), 0, len(text.rstrip())) + 1}: {message}"


# What a key may hold


def text(example: str = "...", *, empty: bool = True) -> Check:
    """A string."""
    sentence = f'{{key}} must be a string such as {{key}} = "{example}", not {{value!r}}'
    return _that(lambda value: isinstance(value, str) and (empty or value != ""), sentence)


def one_of(choices: Sequence[str], sentence: str = "{key} is {value!r}; it must be one of {choices}") -> Check:
    """One of a few words."""
    return _that(lambda value: value in choices, sentence.replace("{choices}", ", ".join(choices)))


def names(example: str) -> Check:
    """A list of names."""
    sentence = f'{{key}} must be a list of names such as ["{example}"], not {{value!r}}'
    return _that(lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value), sentence)


def flag(key: str, value: object) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else f"{key} must be true or false, not {value!r}"


def whole(least: int) -> Check:
    """An integer of at least `least`; true and false do not count, although Python's bool is an int."""

    def check(key: str, value: Any) -> str | None:
        if type(value) is not int:
            return f"{key} must be of type int, not {type(value).__name__}"
        return None if value >= least else f"{key} is {value}; it must be {least} or more"

    return check


def _that(fits: Callable[[object], bool], sentence: str) -> Check:
    return lambda key, value: None if fits(value) else sentence.format(key=key, value=value)


# The line of a key

_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEYS = re.compile(rf"\s*(\[*)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*([\]=])")
_LONG = re.compile(r"""'{3}|"{3}""")


def line_of(text: str, *keys: str) -> int:
    """The line of a key, else of the innermost table that it belongs to, else 1.

    tomllib does not keep line numbers. This looks for keys at the start of lines, outside multi-line strings.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    inside = ""
    for number, line in enumerate(text.split("\n"), 1):
        match = None if inside else _KEYS.match(line)
        for mark in _LONG.findall(line):
            inside = "" if inside == mark else inside or mark
        if match is None:
            continue
        found = tuple(name.strip("\"'") for name in re.findall(_KEY, match[2]))
        table = found if match[1] else table
        whole = found if match[1] else (*table, *found)
        for depth in range(1, len(whole) + 1):
            lines.setdefault(whole[:depth], number)
    return next((lines[keys[:depth]] for depth in range(len(keys), 0, -1) if keys[:depth] in lines), 1)
