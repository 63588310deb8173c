"""The same people in the results of several exercises: joined by id or address, else by a name that is unique."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.classroom.policy.people import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from grader.classroom.policy.graded_exercises import GradedLine


@dataclass(frozen=True, slots=True)
class Student:
    """One person, with one line at most for each results folder."""

    lines: tuple[GradedLine, ...]

    def first(self, part: Callable[[GradedLine], str]) -> str:
        """The first id, name or address that a folder has."""
        return next((found for line in self.lines if (found := part(line))), "")


def joined(lines: Sequence[GradedLine]) -> tuple[tuple[Student, ...], tuple[str, ...]]:
    """Join lines of several folders to people.

    Two lines are the same person's if they share an id or an address. Groups that share only a name are joined if the
    name is unique in every folder and neither ids nor addresses contradict it; otherwise they stay apart, and that is
    reported. Nobody has two lines of one folder: such lines stay apart, too.

    Returns:
        The people in the order of their first line, and sentences about what was not joined.
    """
    told: list[str] = []
    groups: list[list[GradedLine]] = []
    for group in _sharing(lines, told):
        if twice := _twice(group):
            shared = ", ".join(line.submission for line in group if line.folder == twice)
            told.append(
                f"{twice}: {shared} are of one person, and grades.csv does not say which counts: they are kept apart. "
                "Leave one, or let course.toml decide with [class] attempts"
            )
            groups += [[line] for line in group]
        else:
            groups.append(group)
    people = [*_by_name(groups, told)]
    order = {id(line): number for number, line in enumerate(lines)}
    people.sort(key=lambda student: min(order[id(line)] for line in student.lines))
    return tuple(people), tuple(told)


def _sharing(lines: Sequence[GradedLine], told: list[str]) -> list[list[GradedLine]]:
    """Groups of lines that share an address or an id, directly or through others."""
    above = [*range(len(lines))]

    def root(index: int) -> int:
        while above[index] != index:
            index = above[index]
        return index

    seen: dict[tuple[str, str], int] = {}
    for kind in ("address", "id"):
        for index, line in enumerate(lines):
            word = (kind, folded(line.email if kind == "address" else line.id))
            first = seen.setdefault(word, index)
            if not word[1] or first == index:
                continue
            if kind == "id" and _contradict(lines[first], line):
                told.append(
                    f"the id {line.id} is of {lines[first].name} in {lines[first].folder} and of {line.name} in "
                    f"{line.folder}, with different addresses: they are kept apart"
                )
            else:
                above[root(index)] = root(first)
    groups: dict[int, list[GradedLine]] = defaultdict(list)
    for index, line in enumerate(lines):
        groups[root(index)].append(line)
    return [*groups.values()]


def _contradict(one: GradedLine, other: GradedLine) -> bool:
    """Whether both name and address differ, so that an equal id comes from two lists of ids."""
    return _differ((one, other), lambda line: line.email) and _differ((one, other), lambda line: line.name)


def _twice(group: Sequence[GradedLine]) -> str:
    """A folder with two lines of this group; empty if there is none."""
    folders = [line.folder for line in group]
    return next((folder for folder in folders if folders.count(folder) > 1), "")


def _by_name(groups: Sequence[list[GradedLine]], told: list[str]) -> Iterator[Student]:
    named: dict[str, list[list[GradedLine]]] = defaultdict(list)
    for group in groups:
        named[folded(next((line.name for line in group if line.name), ""))].append(group)
    for name, same in named.items():
        everything = [line for group in same for line in group]
        contradicts = any(_differ(everything, part) for part in (lambda line: line.id, lambda line: line.email))
        if name and len(same) > 1 and not _twice(everything) and not contradicts:
            yield Student(tuple(everything))
            continue
        if name and len(same) > 1 and len({line.folder for line in everything}) > 1:
            where = ", ".join(f"{line.id or line.email or line.submission} in {line.folder}" for line in everything)
            told.append(
                f"{everything[0].name} stands for {len(same)} people, since nothing but the name is the same: {where}. "
                "If it is one person, grade each folder with the same --roster"
            )
        yield from (Student(tuple(group)) for group in same)


def _differ(lines: Iterable[GradedLine], part: Callable[[GradedLine], str]) -> bool:
    return len({folded(part(line)) for line in lines if part(line)}) > 1
