"""Group the top-level names of a class's folder or archive into submissions, one for each person."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.handed_in import HandedIn, Part, graded_name, is_work
from grader.classroom.intake.platforms import METADATA, Mangled, Who, demangle, read_metadata
from grader.classroom.intake.safe_names import safe_names
from grader.exercise.shelf import list_exercises
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_IGNORED = re.compile(
    r"__.*|thumbs\.db|desktop\.ini|readme.*|submission_metadata\.yml"
    r"|(assignment|changelog|contributing|instructions|license|notes|task|todo)\.md"
    r"|.*\.(csv|tsv|xlsx?|ods|json|ya?ml|toml|html?|log|lock|tmp|part)",
    re.IGNORECASE | re.DOTALL,
)
"""Files in such a folder that are nobody's work."""

MOST_WRAPPERS: Final = 3
"""Maximum number of nested folders around a class."""

_COPY = re.compile(r"\s*\(\d+\)$|[ _-]copy$", re.IGNORECASE)
"""Suffix that browsers and people give a repeated download."""

_GRADESCOPE = re.compile(r"submission_(\d+)")


@dataclass(frozen=True, slots=True)
class Class:
    """Everything that was handed in, in a stable order."""

    source: Path
    handed_in: tuple[HandedIn, ...]
    ignored: tuple[str, ...] = ()
    """Files beside the submissions that belong to nobody."""
    platform: str = ""


def nobody(source: Path) -> str:
    """The error message for a class without submissions."""
    return (
        f"no submissions in {source}: expected a folder for each student, or files named after the students "
        "(.py, .ipynb, .zip, .md)"
    )


@dataclass(frozen=True, slots=True)
class TopEntry:
    """One top-level file or folder."""

    name: str
    path: Path
    folder: bool
    parts: tuple[Part, ...] = ()
    """The files below a folder, or the file itself."""
    modified: float = 0.0
    problem: str | None = None


@dataclass(slots=True)
class Uploads:
    """One person's uploads, collected from the names that a platform gave them."""

    mangled: list[Mangled] = field(default_factory=list)
    found: list[TopEntry] = field(default_factory=list)

    def add(self, thing: TopEntry, mangled: Mangled) -> None:
        """Add one file or folder."""
        self.mangled.append(mangled)
        self.found.append(thing)

    def parts(self) -> Iterator[Part]:
        """The files under the student's own file names, earliest upload first."""
        pairs = sorted(zip(self.mangled, self.found, strict=True), key=lambda pair: pair[0].attachment)
        for mangled, thing in pairs:
            for part in () if mangled.typed else thing.parts:
                yield part if thing.folder or not mangled.file else replace(part, name=mangled.file)


def gather(source: Path, found: Iterable[TopEntry], metadata: str = "") -> Class:
    """Group the top-level entries into submissions."""
    things = sorted(found, key=lambda thing: natural(thing.name))
    ignored = {thing.name for thing in things if _is_nobodys(thing.name)}
    things = [thing for thing in things if thing.name not in ignored]
    platform = _platform(things, metadata)
    entries = named(_entries(things, platform, metadata))
    return Class(source, tuple(entries), tuple(sorted(ignored)), platform)


def named(entries: Sequence[HandedIn]) -> list[HandedIn]:
    """Give each submission a unique name that is safe as a file name."""
    seen: Counter[str] = Counter()
    raws = []
    for entry in entries:
        seen[entry.raw] += 1
        raws.append(f"{entry.raw} ({seen[entry.raw]})" if seen[entry.raw] > 1 else entry.raw)
    return [
        replace(entry, raw=raw, name=name) for entry, raw, name in zip(entries, raws, safe_names(raws), strict=True)
    ]


def natural(name: str) -> tuple[list[tuple[bool, int, str]], str]:
    """Sort key that puts student2 before student10."""
    pieces = re.split(r"([0-9]{1,18})", name.casefold())
    return [(piece.isdecimal(), int(piece) if piece.isdecimal() else 0, piece) for piece in pieces], name


def _is_nobodys(name: str) -> bool:
    mangled = demangle(name)
    litter = is_skipped(name) or _IGNORED.fullmatch(name) is not None
    return litter and not (mangled and (mangled.typed or mangled.file))


def platform_of(names: Collection[str]) -> str:
    """The platform that made at least half of these names; empty if there is none."""
    mangled = [found for name in names if (found := demangle(name)) is not None]
    return mangled[0].platform if mangled and 2 * len(mangled) >= len(names) else ""


def is_wrapper(top: str, source: str, inside: Mapping[str, bool]) -> bool:
    """Whether `top`, the only folder in `source`, contains the whole class and not one person's work.

    True if it has the download's name, if a platform made the names in it, or if it has several folders and no work
    beside them; but not if a folder in it is named after an exercise, as in a workspace.

    Args:
        top: the folder's name.
        source: the name of the folder or archive that contains it.
        inside: the names in the folder, and whether each is a folder with something to grade.
    """
    if top == _COPY.sub("", source) or METADATA in inside or platform_of(inside):
        return True
    people = {name for name, folder in inside.items() if folder and not _is_nobodys(name)}
    work = any(is_work(name) and not _is_nobodys(name) for name, folder in inside.items() if not folder)
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
    """One submission per group member, since platforms expect a grade for each; the code is graded only once."""
    notes = (f"handed in by a group of {len(group)}",) if len(group) > 1 else ()
    for number, who in enumerate(group):
        raw = f"{thing.name}+{who.id or who.email or who.name or number}" if number else thing.name
        yield replace(_single(thing, raw, who), notes=notes)


def _plain(things: list[TopEntry]) -> Iterator[HandedIn]:
    """Submissions from folders and files named after their owners."""
    stems = [_stem(thing) for thing in things]
    count = Counter(stems)
    for thing, stem in zip(things, stems, strict=True):
        yield _single(thing, stem if count[stem] == 1 else thing.name, Who(name=stem))


def _stem(thing: TopEntry) -> str:
    """A file's name without its extension; a disguised one such as .py.txt counts as .py."""
    return thing.name if thing.folder else PurePath(graded_name(thing.name) or thing.name).stem


def _single(thing: TopEntry, raw: str, who: Who) -> HandedIn:
    """A submission that consists of one folder or file."""
    missing = thing.folder and not thing.parts and thing.problem is None
    problem = "the folder is empty: nothing was handed in" if missing else thing.problem
    return HandedIn(raw, thing.path, thing.parts, who, problem=problem, missing=missing, modified=thing.modified)


def _joined(things: list[TopEntry]) -> Iterator[HandedIn]:
    """Join the files under one person's name into a submission; other files and folders are one each."""
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
        notes.append("several files have the same name; the last one was graded")
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


_TYPED = "the code was typed into the platform's text box; hand in backward.py as a file"
