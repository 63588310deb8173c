"""Group the top-level names of a class's folder or archive into submissions, one for each person."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.gradescope_metadata import METADATA, read_metadata
from grader.classroom.intake.handed_in import LATE, HandedIn, Part, graded_name, is_work
from grader.classroom.intake.platforms import (
    ILIAS_TEAM,
    SAKAI_TIME,
    Mangled,
    Who,
    blackboard,
    by_folders,
    demangle,
    platform_of,
    read_receipt,
    sakai_file,
    sakai_time,
)
from grader.classroom.intake.safe_names import safe_names
from grader.exercise.shelf import list_exercises
from grader.grading.submission import UnreadableSubmission, kind_of
from grader.sandbox.cleaning import clean
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.classroom.intake.name_pattern import NamePattern

_IGNORED = re.compile(
    r"__.*|thumbs\.db|desktop\.ini|readme(?![^\W_]).*|submission_metadata\.yml"
    r"|(assignment|changelog|contributing|instructions|license|notes|task|todo)\.md"
    r"|.*\.(csv|tsv|xlsx?|ods|json|ya?ml|toml|html?|log|lock|tmp|part)",
    re.IGNORECASE | re.DOTALL,
)
"""Files in such a folder that are nobody's work. Folders are people's, whatever they are called: john.lock, lee.log."""
_UNFINISHED = re.compile(r".*\.(log|lock|tmp|part)", re.IGNORECASE | re.DOTALL)
"""Of these, the ones that could be somebody's all the same: an unfinished download, or a login that ends like this."""
_TOOLS = frozenset((
    "__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", ".git", ".github", ".idea", ".vscode", ".venv",
    ".ipynb_checkpoints", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".Trash", ".cache",
))  # fmt: skip
"""Folders that programs make."""

MOST_LISTED: Final = 10

MOST_WRAPPERS: Final = 3
"""Maximum number of nested folders around a class."""

_COPY = re.compile(r"\s*\(\d+\)$|[ _-]copy$", re.IGNORECASE)
"""Suffix that browsers and people give a repeated download."""

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")

_GRADESCOPE = re.compile(r"submission_(\d+)")


@dataclass(frozen=True, slots=True)
class Class:
    """Everything that was handed in, in a stable order."""

    source: Path
    handed_in: tuple[HandedIn, ...]
    ignored: tuple[str, ...] = ()
    """Files beside the submissions that belong to nobody."""
    platform: str = ""
    overlooked: tuple[str, ...] = ()
    """Of `ignored`, what could be somebody's work all the same."""
    unfitting: tuple[str, ...] = ()
    """Names that --name-pattern does not fit; each is taken as its owner's name."""

    def told(self) -> Iterator[str]:
        """What a person should look at, one sentence each."""
        if len(self.handed_in) == 1 and self.handed_in[0].ending.lower() in _ARCHIVES:
            archive = clean(self.handed_in[0].called + self.handed_in[0].ending)
            yield (
                f"{archive} is taken for one person's submission. If it holds a whole class, unpack it, and name the "
                "folder with the submissions"
            )
        if self.overlooked:
            yield (
                f"ignored: {listed(self.overlooked)}. If one of these is a submission, put it into a folder with the "
                "student's name"
            )
        if self.unfitting:
            yield (
                f"--name-pattern does not fit {listed(self.unfitting)}: each is taken for its owner's name. Change the "
                "pattern, or rename them"
            )


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, the first ten of many."""
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(clean(name) for name in names[:MOST_LISTED]) + more


def nobody(source: Path) -> str:
    """The error message for a class without submissions."""
    return (
        f"no submissions in {source}: expected a folder for each student, or files named after the students "
        "(.py, .ipynb, .zip, .tar.gz, .md)"
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
    ours: bool = False
    """Whether the problem is the grader's: it cannot read this."""


@dataclass(slots=True)
class Uploads:
    """One person's uploads, collected from the names that a platform gave them."""

    mangled: list[Mangled] = field(default_factory=list)
    found: list[TopEntry] = field(default_factory=list)

    def add(self, thing: TopEntry, mangled: Mangled) -> None:
        """Add one file or folder."""
        self.mangled.append(mangled)
        self.found.append(thing)

    def source(self) -> Path:
        """Where a person finds the work: its first file that could be graded, not typed text or a receipt."""
        pairs = [*zip(self.mangled, self.found, strict=True)]
        theirs = [thing for mangled, thing in pairs if not (mangled.typed or mangled.receipt)] or self.found
        return next((thing for thing in theirs if thing.folder or is_work(thing.name)), theirs[0]).path

    def parts(self) -> Iterator[Part]:
        """The files under the student's own file names, earliest upload first."""
        pairs = sorted(zip(self.mangled, self.found, strict=True), key=lambda pair: pair[0].attachment)
        for mangled, thing in pairs:
            for part in () if mangled.typed or mangled.receipt else thing.parts:
                name = mangled.file if mangled.file and not thing.folder else part.name
                if mangled.platform == "sakai" and thing.folder:
                    inner = sakai_file(name)
                    if inner is None:
                        continue
                    name = inner
                yield part if name == part.name else replace(part, name=name)

    def who(self, notes: list[str]) -> Who:
        """The owner: from the names, and from what the platform wrote beside the files. Notes what cannot be read."""
        who = self.mangled[0].who
        who = replace(who, late=any(mangled.who.late for mangled in self.mangled))
        for mangled, thing in zip(self.mangled, self.found, strict=True):
            if mangled.receipt and not who.name:
                name, login = read_receipt(_text(thing.parts, thing.name, notes))
                who = (
                    replace(who, name=name, login=login, aliases=())
                    if f"_{login}_attempt_" in thing.name and login
                    else who
                )
            if mangled.platform == "sakai" and thing.folder:
                who = replace(who, at=sakai_time(_text(thing.parts, SAKAI_TIME, notes)))
        return who


def _text(parts: Iterable[Part], name: str, notes: list[str]) -> str:
    """The text of a small file that a platform wrote; empty if there is none, or none that can be read."""
    for part in parts:
        if part.name == name:
            try:
                return part.read().decode("utf-8-sig", "replace")
            except UnreadableSubmission as error:
                notes.append(f"the time or the name is not known: {error}")
    return ""


def gather(source: Path, found: Iterable[TopEntry], metadata: str = "", pattern: NamePattern | None = None) -> Class:
    """Group the top-level entries into submissions.

    Raises:
        BadPattern: the pattern fits none of the names.
    """
    things = sorted(found, key=lambda thing: natural(thing.name))
    nobodys = [thing for thing in things if _is_nobodys(thing.name, folder=thing.folder)]
    ignored = {thing.name for thing in nobodys}
    overlooked = tuple(sorted(thing.name for thing in nobodys if _may_be_somebodys(thing)))
    things = [thing for thing in things if thing.name not in ignored]
    if pattern is not None:
        names, unfitting = pattern.read_all({thing.name: thing.folder for thing in things})
        entries = _numbered(named(list(_joined(things, names))))
        return Class(source, tuple(entries), tuple(sorted(ignored)), overlooked=overlooked, unfitting=unfitting)
    platform = _platform(things, metadata)
    if not platform:
        things = [inner for thing in things for inner in _without_team(thing)]
    names = _names(things, platform)
    platform = platform or next((mangled.platform for mangled in names.values()), "")
    entries = _of_gradescope(things, metadata) if platform == "gradescope" else list(_joined(things, names))
    return Class(source, tuple(_numbered(named(entries))), tuple(sorted(ignored)), platform, overlooked)


def _names(things: Sequence[TopEntry], platform: str) -> dict[str, Mangled]:
    """The names that the class's platform made, split into their parts."""
    if platform == "gradescope":
        return {}
    if platform == "blackboard":
        return blackboard(thing.name for thing in things)
    if platform:
        return {thing.name: found for thing in things if (found := demangle(thing.name, platform)) is not None}
    folders = [thing.name for thing in things if thing.folder]
    return by_folders(folders) if 2 * len(folders) > len(things) else {}


def _without_team(thing: TopEntry) -> list[TopEntry]:
    """The members' folders in a team's folder of ILIAS's; the entry itself if it is none."""
    if not thing.folder or not ILIAS_TEAM.fullmatch(thing.name) or not thing.parts:
        return [thing]
    inner: dict[str, list[Part]] = {}
    for part in thing.parts:
        top, _, rest = part.name.partition("/")
        inner.setdefault(top if rest else "", []).append(replace(part, name=rest))
    if len(by_folders(list(inner))) < len(inner):
        return [thing]
    return [replace(thing, name=name, path=thing.path / name, parts=tuple(parts)) for name, parts in inner.items()]


def _numbered(entries: Sequence[HandedIn]) -> list[HandedIn]:
    """The submissions, with the number of the attempt where one person has several."""
    count = Counter(entry.person for entry in entries if entry.person)
    inner: Counter[str] = Counter()
    numbers: dict[str, int] = {}
    for entry in sorted(entries, key=lambda entry: entry.who.at):
        if count[entry.person] > 1:
            inner[entry.person] += 1
            numbers[entry.name] = entry.number or inner[entry.person]
    return [replace(entry, number=numbers.get(entry.name, entry.number)) for entry in entries]


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


def _is_nobodys(name: str, *, folder: bool) -> bool:
    if folder:
        return is_skipped(name)
    mangled = demangle(name)
    litter = is_skipped(name) or (_IGNORED.fullmatch(name) is not None and not _is_disguised(name))
    return litter and not (mangled and (mangled.typed or mangled.file))


def _is_disguised(name: str) -> bool:
    """Whether it is somebody's notebook under another ending: backward.ipynb.json."""
    return is_work(name) and graded_name(name) != name and not name.lower().startswith("readme")


def _may_be_somebodys(thing: TopEntry) -> bool:
    if thing.folder:
        return thing.name not in _TOOLS and any(is_work(part.name) for part in thing.parts)
    return _UNFINISHED.fullmatch(thing.name) is not None and not thing.name.lower().startswith(("readme", "."))


_OF_DOWNLOADS: Final = frozenset(("abgaben", "submissions"))
"""What ILIAS and others call the folder of a class."""


def is_wrapper(top: str, source: str, inside: Mapping[str, bool]) -> bool:
    """Whether `top`, the only folder in `source`, contains the whole class and not one person's work.

    True if it has a download's name, if a platform made the names in it, or if it has several folders and no work
    beside them; but not if a folder in it is named after an exercise, as in a workspace.

    Args:
        top: the folder's name.
        source: the name of the folder or archive that contains it.
        inside: the names in the folder, and whether each is a folder with something to grade.
    """
    if top == _COPY.sub("", source) or METADATA in inside or platform_of(inside):
        return True
    people = {name for name, folder in inside.items() if folder and not _is_nobodys(name, folder=True)}
    work = any(is_work(name) and not _is_nobodys(name, folder=False) for name, folder in inside.items() if not folder)
    several = len(people) > 1 or (len(people) == 1 and top.casefold() in _OF_DOWNLOADS)
    return several and not work and people.isdisjoint({"exercises", *list_exercises()})


def _platform(things: list[TopEntry], metadata: str) -> str:
    if metadata and any(_GRADESCOPE.fullmatch(thing.name) for thing in things):
        return "gradescope"
    return platform_of([thing.name for thing in things])


def _of_gradescope(things: Sequence[TopEntry], metadata: str) -> list[HandedIn]:
    whose = read_metadata(metadata)
    nobody_known = (Who(platform="gradescope"),)
    return [each for thing in things for each in _of_group(thing, whose.get(thing.name) or nobody_known)]


def _of_group(thing: TopEntry, group: Sequence[Who]) -> Iterator[HandedIn]:
    """One submission per group member, since platforms expect a grade for each; the code is graded only once."""
    notes = (f"handed in by a group of {len(group)}",) if len(group) > 1 else ()
    for number, who in enumerate(group):
        raw = f"{thing.name}+{who.id or who.email or who.name or number}" if number else thing.name
        person = who.id or who.email or who.name
        yield replace(_single(thing, raw, who), notes=notes, person=person)


def _plain(things: list[TopEntry]) -> Iterator[HandedIn]:
    """Submissions from folders and files named after their owners."""
    stems = [_stem(thing) for thing in things]
    count = Counter(stems)
    for thing, stem in zip(things, stems, strict=True):
        raw = stem if count[stem] == 1 else thing.name
        yield replace(_single(thing, raw, Who(name=stem)), called=stem, ending=thing.name.removeprefix(stem))


def _stem(thing: TopEntry) -> str:
    """A file's name without its extension; a disguised one such as .py.txt counts as .py."""
    if thing.folder:
        return thing.name
    name = graded_name(thing.name) or thing.name
    return name[: -len(kind_of(name) or PurePath(name).suffix) or None]


def _single(thing: TopEntry, raw: str, who: Who) -> HandedIn:
    """A submission that consists of one folder or file."""
    missing = thing.folder and not thing.parts and thing.problem is None
    return HandedIn(
        raw,
        thing.path,
        thing.parts,
        who,
        problem=_EMPTY if missing else thing.problem,
        missing=missing,
        modified=thing.modified,
        ours=thing.ours,
    )


def _joined(things: Sequence[TopEntry], names: Mapping[str, Mangled]) -> Iterator[HandedIn]:
    """Join the files under one person's name into a submission; other files and folders are one each."""
    owners: dict[str, Uploads] = {}
    others: list[TopEntry] = []
    for thing in things:
        mangled = names.get(thing.name)
        if mangled is None:
            others.append(thing)
        else:
            owners.setdefault(mangled.group, Uploads()).add(thing, mangled)
    yield from (_uploads_of_one(group, uploads) for group, uploads in owners.items())
    yield from _plain(others)


def _uploads_of_one(group: str, uploads: Uploads) -> HandedIn:
    parts = list(uploads.parts())
    latest = {part.name: part for part in parts}
    notes: list[str] = []
    first, who = uploads.mangled[0], uploads.who(notes)
    if who.late:
        notes.insert(0, LATE)
    if len(latest) < len(parts):
        notes.append("several files have the same name; the last one was graded")
    broken = next((thing for thing in uploads.found if thing.problem), None)
    problem = broken.problem if broken else None
    typed = any(mangled.typed for mangled in uploads.mangled)
    receipt = any(mangled.receipt for mangled in uploads.mangled)
    if not latest and problem is None:
        problem = _TYPED if typed else _RECEIPT_ALONE if receipt else _EMPTY
    return HandedIn(
        group,
        uploads.source(),
        tuple(latest.values()),
        who,
        notes=tuple(notes),
        problem=problem,
        missing=not latest and broken is None and not typed and not receipt,
        modified=max(thing.modified for thing in uploads.found),
        person=who.login if first.platform == "blackboard" else first.person,
        number=first.number,
        ours=broken is not None and broken.ours,
        called=group if first.platform == "github" else "",
    )


_EMPTY: Final = "the folder is empty: nothing was handed in"
_TYPED: Final = "the code was typed into the platform's text box; hand in backward.py as a file"
_RECEIPT_ALONE: Final = "there is a receipt without a file: what was typed in is not graded; hand in backward.py"
