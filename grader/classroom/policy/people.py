"""Whom course.toml means where it names people: by id, login or e-mail address, one to one or reported."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from grader.classroom.people.name_forms import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.classroom.policy.class_policy import ClassPolicy


def entries_of(
    policy: ClassPolicy, exercise: str, people: Mapping[str, Iterable[str]]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Which keys of [extensions] and [slip] mean which person.

    Args:
        policy: the class's rules.
        exercise: only extensions for this exercise matter.
        people: a person's key -> the person's ids, logins and addresses.

    Returns:
        The person's key -> the course's keys for that person; and a sentence about each key that means nobody, which
        may be somebody who handed in nothing, or several people, to none of whom it is applied.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    for person, known in people.items():
        for word in known:
            if word.strip():
                owners[folded(word)].add(person)
    found: dict[str, tuple[str, ...]] = {}
    told = []
    extended = {entry: "extensions" for entry, exercises in policy.extensions.items() if exercise in exercises}
    for entry, table in {**dict.fromkeys(policy.slip, "slip"), **extended}.items():
        matching = owners.get(folded(entry), set())
        if len(matching) == 1:
            (person,) = matching
            found[person] = (*found.get(person, ()), entry)
        elif matching:
            told.append(
                f"course.toml: [{table}] {entry} means {len(matching)} people here, so it is "
                "applied to nobody: use an id or address that only one of them has"
            )
        else:
            told.append(f"course.toml: [{table}] {entry} {_not_found(entry, owners, exercise)}")
    return found, tuple(told)


_PLURAL: Final = {"address": "addresses", "name": "names", "number": "numbers", "login": "logins"}


def _form(word: str) -> str:
    """How somebody is named."""
    if "@" in word:
        return "address"
    if word.isdecimal():
        return "number"
    return "name" if " " in word else "login"


def _not_found(entry: str, owners: Iterable[str], exercise: str) -> str:
    """Why nobody is meant: nobody has this login, or nobody's login is known at all."""
    examples = {_form(word): word for word in sorted(owners, reverse=True)}
    form = _form(entry.strip())
    if form in examples or not examples:
        return f"is nobody who handed in {exercise}"
    known = " and ".join(f"{kind} (such as {word})" for kind, word in sorted(examples.items()))
    article = "an" if form == "address" else "a"
    return (
        f"is {article} {form}, but this class has no {_PLURAL[form]}: people are known here by {known}. Name them like "
        f"that, or give a roster with {_PLURAL[form]}"
    )
