"""The submissions of a class in one zip archive, unpacked in the locked child: no untrusted bytes are parsed here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.gathering import MOST_WRAPPERS, Class, TopEntry, gather, is_wrapper
from grader.classroom.intake.gradescope_metadata import METADATA
from grader.classroom.intake.handed_in import Part, is_work
from grader.grading.submission import UnreadableSubmission, kind_of, read_regular
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.classroom.intake.name_pattern import NamePattern
    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Member

LARGEST: Final = 128 << 20
"""Maximum size of a class's archive in bytes: the unpacking child holds it several times."""

_AT_TOP: Final = re.compile(r"^(\./)+")
"""Prefix that some tools write before every member when packing `.`."""


def read_archive(source: Path, sandbox: Sandbox, pattern: NamePattern | None = None) -> Class:
    """Read the class from an archive, .zip or .tar.gz.

    Args:
        source: the archive.
        sandbox: unpacks it in a locked child.
        pattern: how the names are made, if no platform made them.

    Raises:
        UnreadableSubmission: it is not a file, is too large, or is not a well-formed archive.
        BadPattern: the pattern fits none of the names.
    """
    if source.is_file() and source.stat().st_size > LARGEST:
        raise UnreadableSubmission(
            f"{source} is more than {LARGEST >> 20} MB; unpack it, and pass the folder to `grade batch`"
        )
    taken_out = list(sandbox.unpack(source.name, read_regular(source, LARGEST)))
    broken = next((member.problem for member in taken_out if not member.name and member.problem), None)
    if broken is not None:
        raise UnreadableSubmission(broken)
    members = [replace(member, name=_AT_TOP.sub("", member.name.replace("\\", "/"))) for member in taken_out]
    members = [member for member in members if member.name and not _is_litter(member.name)]
    stem = source.name[: -len(kind_of(source.name) or source.suffix) or None]
    below = _wrappers([member.name for member in members], stem)
    metadata = next((member.content for member in members if member.name == f"{below}{METADATA}"), b"")
    return gather(source, _tops(source, below, members), metadata.decode("utf-8", "replace"), pattern)


def _wrappers(names: Sequence[str], stem: str) -> str:
    """The folder that wraps all members, as `name/`; empty if there is none."""
    found = below = ""
    for _ in range(MOST_WRAPPERS):
        rest = [pieces for name in names if (pieces := _pieces(name.removeprefix(below))) != [""]]
        top = rest[0][0] if len({pieces[0] for pieces in rest}) == 1 else ""
        inside: dict[str, bool] = {}
        for _, *deeper in rest:
            if deeper:
                inside[deeper[0]] = inside.get(deeper[0], False) or _is_work(deeper[1:])
        if not top or not inside:
            break
        below += f"{top}/"
        if is_wrapper(top, stem, inside):
            found = below
    return found


def _is_work(pieces: Sequence[str]) -> bool:
    return bool(pieces and is_work(pieces[-1]))


def _tops(source: Path, below: str, members: Sequence[Member]) -> Iterator[TopEntry]:
    """The top-level entries, each with its files."""
    tops: dict[str, list[Member]] = {}
    for member in members:
        inside = replace(member, name=member.name.removeprefix(below))
        if inside.name:
            tops.setdefault(_pieces(inside.name)[0], []).append(inside)
    for top, inside_top in tops.items():
        yield _found(source, top, inside_top)


def _found(source: Path, top: str, members: Sequence[Member]) -> TopEntry:
    folder = any(member.name != top for member in members)
    parts = tuple(
        Part(member.name.removeprefix(f"{top}/"), source, member.content, member.problem)
        for member in members
        if not member.name.endswith("/")
    )
    return TopEntry(top, source / top, folder, parts, source.stat().st_mtime)


def _pieces(name: str) -> list[str]:
    return [piece for piece in name.split("/") if piece] or [name]


def _is_litter(name: str) -> bool:
    return any(map(is_skipped, _pieces(name)))
