"""Names that a school's own system made: `{login}_{assignment}_{file}` says what their parts are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.platforms import Mangled, Who, read_time
from grader.grading.submission import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS: Final = {
    "id": r"[^\s/]+?",
    "login": r"[^\s/]+?",
    "email": r"[^\s@/]+@[^\s@/]+?",
    "name": r".+?",
    "first": r".+?",
    "last": r".+?",
    "attempt": r"\d{1,9}",
    "time": r"\d[\d .:T_-]*\d(?:Z|[+-]\d\d:?\d\d)?",
    "assignment": r".+?",
    "file": r".+",
    "any": r".*?",
}
"""Each field, and what it may be."""
_OWNERS: Final = ("id", "login", "email", "name", "first", "last")
_REPEATED: Final = frozenset(("any",))
_PIECE = re.compile(r"\{([^{}]*)\}")
_DIGITS = re.compile(
    r"(\d{4})[ ._-]?(\d\d)[ ._-]?(\d\d)(?:[ T._-]{0,3}(\d\d)[ .:_-]?(\d\d)(?:[ .:_-]?(\d\d))?)?(Z|[+-]\d\d:?\d\d)?"
)


class BadPattern(Exception):
    """The pattern cannot be used: the message is one sentence."""


@dataclass(frozen=True, slots=True)
class NamePattern:
    """How the names in a class's folder are made."""

    text: str
    expression: re.Pattern[str]

    @classmethod
    def of(cls, text: str) -> NamePattern:
        """Read a pattern.

        Raises:
            BadPattern: it has an unknown field, two fields that cannot be told apart, or none that says whose it is.
        """
        pieces = _PIECE.split(text)
        fields = pieces[1::2]
        _check(text, fields, pieces[2:-1:2], pieces[::2])
        expression = "".join(
            (f"({_FIELDS[piece]})" if piece in _REPEATED else f"(?P<{piece}>{_FIELDS[piece]})")
            if number % 2
            else re.escape(piece)
            for number, piece in enumerate(pieces)
        )
        return cls(text, re.compile(expression, re.DOTALL))

    def read(self, name: str, *, folder: bool) -> Mangled | None:
        """The parts of one name; None if the pattern does not fit it.

        Without `{file}`, the pattern describes a folder's name, or a file's without its extension.
        """
        whole = folder or "file" in self.expression.groupindex
        found = self.expression.fullmatch(name if whole else name[: -len(kind_of(name) or "") or None])
        if found is None:
            return None
        parts = {field: (text or "").strip() for field, text in found.groupdict().items()}
        owner = parts.get("name") or " ".join(filter(None, (parts.get("first"), parts.get("last"))))
        who = Who(
            parts.get("id", ""), owner, parts.get("email", ""), parts.get("login", ""), at=_time(parts.get("time", ""))
        )
        person = " ".join(filter(None, (who.id, who.login, who.email, who.name)))
        number = int(parts.get("attempt") or 0)
        attempt = " ".join(filter(None, (parts.get("attempt"), parts.get("time"))))
        group = f"{person} {attempt}".strip()
        return Mangled("", group, who, parts.get("file", ""), person=person, number=number)

    def read_all(self, names: Mapping[str, bool]) -> tuple[dict[str, Mangled], tuple[str, ...]]:
        """The parts of the names that the pattern fits, and the names that it does not fit.

        Args:
            names: each name, and whether it is a folder's.

        Raises:
            BadPattern: it fits none of them.
        """
        read = {name: self.read(name, folder=folder) for name, folder in names.items()}
        fitting = {name: found for name, found in read.items() if found is not None}
        if names and not fitting:
            raise BadPattern(
                f"--name-pattern {self.text} fits none of the {len(names)} names, such as {next(iter(names))}"
            )
        return fitting, tuple(name for name, found in read.items() if found is None)


def _check(text: str, fields: list[str], between: list[str], texts: list[str]) -> None:
    """Refuse a pattern that cannot be used.

    Raises:
        BadPattern: the sentence says why.
    """
    known = ", ".join(f"{{{field}}}" for field in _FIELDS)
    for field in fields:
        if field not in _FIELDS:
            raise BadPattern(f"--name-pattern {text}: {{{field}}} is not a field; the fields are {known}")
        if fields.count(field) > 1 and field not in _REPEATED:
            raise BadPattern(
                f"--name-pattern {text}: {{{field}}} is there twice; use {{any}} for a part that is not needed"
            )
    if any("{" in piece or "}" in piece for piece in texts):
        raise BadPattern(f"--name-pattern {text}: a brace is not closed; a field is written {{login}}")
    if not set(fields) & set(_OWNERS):
        owners = ", ".join(f"{{{field}}}" for field in _OWNERS)
        raise BadPattern(f"--name-pattern {text} does not say whose submission it is; use one of {owners}")
    if "" in between:
        raise BadPattern(f"--name-pattern {text}: two fields need some text between them, such as _ or a space")


def _time(text: str) -> str:
    """A time in a name, with or without punctuation, as ISO 8601; empty if it is none."""
    found = _DIGITS.fullmatch(text)
    if found is None:
        return ""
    year, month, day, hour, minute, second, zone = found.groups()
    return read_time(f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone or ''}")
