"""From the names at the top of a class's folder or archive to submissions: one for each person."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.handed_in import HandedIn, Part, graded_name
from grader.classroom.intake.platforms import METADATA, Mangled, Who, demangle, read_metadata
from grader.classroom.intake.safe_names import safe_names
from grader.exercise.shelf import list_exercises
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_IGNORED = re.compile(
    r"__.*|thumbs\.db|desktop\.ini|readme.*|submission_metadata\.yml"
    r"|.*\.(csv|tsv|xlsx?|ods|json|ya?ml|toml|md|html?|log|lock|tmp|part)",
    re.IGNORECASE | re.DOTALL,
)
"""Files that lie about in such a folder without being anybody's work."""

MOST_WRAPPERS: Final = 3
"""Folders in each other around a class."""

_COPY = re.compile(r"\s*\(\d+\)$|[ _-]copy$", re.IGNORECASE)
"""What browsers and people put behind the name of the same download again."""

_GRADESCOPE = re.compile(r"submission_(\d+)")


@dataclass(frozen=True, slots=True)
class Class:
    """Everything that was handed in, in a stable order."""

    source: Path
    handed_in: tuple[HandedIn, ...]
    ignored: tuple[str, ...] = ()
    """Files beside the submissions that are nobody's."""
    platform: str = ""


def nobody(source: Path) -> str:
    """The sentence for a class without a submission."""
    return (
        f"there is no submission in {source}: a folder for each student is expected there, or files that are named "
        "after them (.py, .ipynb, .zip)"
    )


@dataclass(frozen=True, slots=True)
class TopEntry:
    """One name at the top."""

    name: str
    path: Path
    folder: bool
    parts: tuple[Part, ...] = ()
    """The files below a folder, or the file itself."""
    modified: float = 0.0
    problem: str | None = None


@dataclass(slots=True)
class Uploads:
    """One person's uploads: what a platform gave their name, while it is put together."""

    mangled: list[Mangled] = field(default_factory=list)
    found: list[TopEntry] = field(default_factory=list)

    def add(self, thing: TopEntry, mangled: Mangled) -> None:
        """One more file or folder."""
        self.mangled.append(mangled)
        self.found.append(thing)

    def parts(self) -> Iterator[Part]:
        """The files under the learner's own names, the earliest upload first."""
        pairs = sorted(zip(self.mangled, self.found, strict=True), key=lambda pair: pair[0].attachment)
        for mangled, thing in pairs:
            for part in () if mangled.typed else thing.parts:
                yield part if thing.folder or not mangled.file else replace(part, name=mangled.file)


def gather(source: Path, found: Iterable[TopEntry], metadata: str = "") -> Class:
    """Put the names at the top together to submissions."""
    things = sorted(found, key=lambda thing: natural(thing.name))
    ignored = {thing.name for thing in things if _is_nobodys(thing.name)}
    things = [thing for thing in things if thing.name not in ignored]
    platform = _platform(things, metadata)
    entries = named(_entries(things, platform, metadata))
    return Class(source, tuple(entries), tuple(sorted(ignored)), platform)


def named(entries: Sequence[HandedIn]) -> list[HandedIn]:
    """Every one with a name that is safe as a file's, and nobody else's."""
    seen: Counter[str] = Counter()
    raws = []
    for entry in entries:
        seen[entry.raw] += 1
        raws.append(f"{entry.raw} ({seen[entry.raw]})" if seen[entry.raw] > 1 else entry.raw)
    return [
        replace(entry, raw=raw, name=name) for entry, raw, name in zip(entries, raws, safe_names(raws), strict=True)
    ]


def natural(name: str) -> tuple[list[tuple[bool, int, str]], str]:
    """Sorts student2 before student10."""
    pieces = re.split(r"([0-9]{1,18})", name.casefold())
    return [(piece.isdecimal(), int(piece) if piece.isdecimal() else 0, piece) for piece in pieces], name


def _is_nobodys(name: str) -> bool:
    mangled = demangle(name)
    litter = is_skipped(name) or _IGNORED.fullmatch(name) is not None
    return litter and not (mangled and (mangled.typed or mangled.file))


def platform_of(names: Collection[str]) -> str:
    """Which platform gave these names; empty if none did. A single odd name among others is only an odd name."""
    mangled = [found for name in names if (found := demangle(name)) is not None]
    return mangled[0].platform if mangled and 2 * len(mangled) >= len(names) else ""


def is_wrapper(top: str, source: str, inside: Mapping[str, bool]) -> bool:
    """Whether the only folder there is holds the whole class, not one person's work.

    `inside` has the names in it, and whether each is a folder with something to grade. It does if it is called as the
    download is, if a platform made the names in it, or if it has several folders and no work of its own beside them,
    unless those are a workspace's, which are called as the exercises are.
    """
    if top == _COPY.sub("", source) or METADATA in inside or platform_of(inside):
        return True
    people = {name for name, folder in inside.items() if folder and not _is_nobodys(name)}
    work = any(graded_name(name) and not _is_nobodys(name) for name, folder in inside.items() if not folder)
    return len(people) > 1 and not work and people.isdisjoint({"exercises", *list_exercises()})


def _platform(things: list[TopEntry], metadata: str) -> str:
    if metadata and any(_GRADESCOPE.fullmatch(thing.name) for thing in things):
        return "gradescope"
    return platform_of([thing.name for thing in things])


def _entries(things: list[TopEntry], platform: str, metadata: str) -> list[HandedIn]:
    if platform == "gradescope":
        whose = read_metadata(metadata)
        return [each for thing in things for each in _of_group(thing, whose.get(thing.name) or (Who(),))]
    return list(_joined(things) if platform else _plain(things))


def _of_group(thing: TopEntry, group: Sequence[Who]) -> Iterator[HandedIn]:
    """One for each who handed it in, since a platform wants a grade for each; the same code is graded once."""
    notes = (f"handed in by a group of {len(group)}",) if len(group) > 1 else ()
    for number, who in enumerate(group):
        raw = f"{thing.name}+{who.id or who.email or who.name or number}" if number else thing.name
        yield replace(_single(thing, raw, who), notes=notes)


def _plain(things: list[TopEntry]) -> Iterator[HandedIn]:
    """Folders and files that have their owner's name."""
    stems = [_stem(thing) for thing in things]
    count = Counter(stems)
    for thing, stem in zip(things, stems, strict=True):
        yield _single(thing, stem if count[stem] == 1 else thing.name, Who(name=stem))


def _stem(thing: TopEntry) -> str:
    """A file's name without its ending; what is graded as .py counts as .py."""
    return thing.name if thing.folder else PurePath(graded_name(thing.name) or thing.name).stem


def _single(thing: TopEntry, raw: str, who: Who) -> HandedIn:
    """One folder or one file that is a submission by itself."""
    missing = thing.folder and not thing.parts and thing.problem is None
    problem = "the folder is empty: nothing was handed in" if missing else thing.problem
    return HandedIn(raw, thing.path, thing.parts, who, problem=problem, missing=missing, modified=thing.modified)


def _joined(things: list[TopEntry]) -> Iterator[HandedIn]:
    """The files under one person's name become one submission; a name that no platform made stands for itself."""
    owners: dict[str, Uploads] = {}
    others: list[TopEntry] = []
    for thing in things:
        mangled = demangle(thing.name)
        if mangled is None:
            others.append(thing)
        else:
            owners.setdefault(mangled.group, Uploads()).add(thing, mangled)
    yield from (_uploads_of_one(group, uploads) for group, uploads in owners.items())
    yield from _plain(others)


def _uploads_of_one(group: str, uploads: Uploads) -> HandedIn:
    parts = list(uploads.parts())
    latest = {part.name: part for part in parts}
    who = replace(uploads.mangled[0].who, late=any(mangled.who.late for mangled in uploads.mangled))
    notes = ["handed in late"] if who.late else []
    if len(latest) < len(parts):
        notes.append("of several files with one name the last one was graded")
    problem = next((thing.problem for thing in uploads.found if thing.problem), None)
    typed = any(mangled.typed for mangled in uploads.mangled)
    if not latest and problem is None:
        problem = _TYPED if typed else "the folder is empty: nothing was handed in"
    return HandedIn(
        group,
        uploads.found[0].path,
        tuple(latest.values()),
        who,
        notes=tuple(notes),
        problem=problem,
        missing=not latest and not typed,
        modified=max(thing.modified for thing in uploads.found),
    )


_TYPED = "it was typed into the platform's text box; hand in backward.py as a file"
