"""The course's rules in a batch: which attempt of a person counts, how late it is, and what its owner is told."""

from __future__ import annotations

import os.path
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from grader.classroom.batch.roll import GivenTime, Ruled, content, keys, roll_of
from grader.classroom.batch.slip_days import spent_elsewhere
from grader.classroom.intake.gathering import listed
from grader.classroom.people.joining import STRANGER
from grader.classroom.policy.class_policy import ClassPolicy
from grader.classroom.policy.git_time import last_commit
from grader.classroom.policy.rows import SubmittedRow, apply_policy
from grader.classroom.policy.times import UnreadableTime, times_of
from grader.classroom.tables.table import read_table
from grader.report.formats.csv_table import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from grader.classroom.batch.grades import GradesLine, Own
    from grader.classroom.batch.roll import Listed
    from grader.classroom.intake.handed_in import HandedIn
    from grader.classroom.policy.rows import Counted


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the course's rules make of a class at one moment; nothing where there is nothing to decide."""

    counted: Mapping[str, Counted] = field(default_factory=dict)
    """By the submission's name."""
    ruled: Mapping[str, Ruled] = field(default_factory=dict)
    """The same for class.json."""
    told: tuple[str, ...] = ()
    """For the instructor, a sentence each."""

    def counts(self, name: str) -> bool:
        """Whether a submission counts: all do if there is nothing to decide."""
        return name not in self.counted or self.counted[name].counts

    def summary(self, missing: Iterable[str]) -> dict[str, Any]:
        """The parts of summary.json that are about the rules; empty if there is nothing to decide.

        Args:
            missing: the submissions of those who handed in nothing.
        """
        if not self.counted:
            return {}
        absent = {*missing}
        those = [each for each in self.counted.values() if each.counts and each.submission not in absent]
        return {
            "attempts": {
                "counting": len(those),
                "not_counting": sum(not each.counts for each in self.counted.values()),
            },
            "late": {
                "late": sum(bool(each.late) and each.late != "unknown" for each in those),
                "not_accepted": sum(each.late == "not accepted" for each in those),
                "unknown": sum(each.late == "unknown" for each in those),
                "points_off": round(sum(each.penalty for each in those), 2),
                "slip_days": sum(each.slip for each in those),
            },
        }


@dataclass(frozen=True, slots=True)
class CourseRules:
    """The rules of a class, and what they need to know besides the grades."""

    policy: ClassPolicy = field(default_factory=ClassPolicy)
    exercise: str = ""
    possible: int = 0
    times: Mapping[str, str] = field(default_factory=dict)
    """Submission -> ISO 8601 time, where a table or a clone says more than the download."""
    given: Mapping[str, GivenTime] = field(default_factory=dict)
    """Of these, the times that a table gave, now or in an earlier run."""
    spent: Mapping[str, int] = field(default_factory=dict)
    """A person -> the slip days used for other exercises."""
    told: tuple[str, ...] = ()
    """What is doubtful about times and slip days, a sentence each."""

    @property
    def is_due(self) -> bool:
        """Whether the exercise has a due date."""
        return self.exercise in self.policy.dues

    def ruling(self, lines: Sequence[GradesLine], own: Mapping[str, Own]) -> Ruling:
        """Apply the rules.

        Args:
            lines: every submission with its record.
            own: what the instructor wrote, by submission.
        """
        people = Counter(filter(None, (owner(line.handed_in) for line in lines)))
        several = {person for person, number in people.items() if number > 1}
        if not several and not self.is_due and self.policy.grades.round is None:
            return Ruling()
        rows = [self._submitted(line, own.get(line.handed_in.name, {})) for line in lines]
        known = {row.submission: row.at for row in rows}
        if not self.is_due:
            rows = self._ordered(rows)
        counted, told = apply_policy(rows, self.policy, self.exercise, self.spent)
        found = {each.submission: each if each.at else replace(each, at=known[each.submission]) for each in counted}
        ruled = {
            row.submission: Ruled(
                (each := found[row.submission]).counts, each.final, each.sentences, each.basis,
                (override := own.get(row.submission, {}).get("override", "")),
                several=row.person in several, slip=each.slip, due=self.is_due,
                untimed=each.counts and each.late == "unknown" and not override,
            )
            for row in rows
        }  # fmt: skip
        return Ruling(found, ruled, (*self.told, *told))

    def _submitted(self, line: GradesLine, own: Own) -> SubmittedRow:
        each, record = line.handed_in, line.record
        text = own.get("override", "")
        decided = figure(text) if text else None
        return SubmittedRow(
            each.name,
            self.possible,
            None if record is None or text else record.points,
            owner(each),
            known_as(each),
            "" if each.missing else self.times.get(each.name) or each.who.at,
            each.number,
            each.who.late,
            each.who.platform,
            each.missing,
            decided,
            word=text if text and decided is None else "",
        )

    def _ordered(self, rows: Sequence[SubmittedRow]) -> list[SubmittedRow]:
        """Without a due date and a time zone, times decide nothing but the order of attempts."""
        if self.policy.zone is not None or not any(row.at and _is_local(row.at) for row in rows):
            return [*rows]
        places = {at: place for place, at in enumerate(sorted({row.at for row in rows}), 1)}
        numbers = [row.number for row in rows]
        return [
            replace(row, at="", number=places[row.at] * (max(numbers) + 1) + row.number) if row.at else row
            for row in rows
        ]


def course_rules(
    policy: ClassPolicy,
    exercise: str,
    possible: int,
    handed_in: Sequence[HandedIn],
    times: Path | None = None,
    earlier: Iterable[Path] = (),
    before: Iterable[Listed] = (),
) -> CourseRules:
    """The rules for one exercise of a class.

    Args:
        policy: the course's rules.
        exercise: the exercise that was handed in.
        possible: its possible points.
        handed_in: the class.
        times: a table of submissions and times.
        earlier: folders with the results of other exercises, whose slip days are used up.
        before: the class as the last batch saw it, with the times that were given then.

    Raises:
        UnreadableTable: a table cannot be read.
        UnreadableTime: the table of times lacks a column, or has no time in a cell.
        NoResults: one of the other folders has no results, or those of this exercise.
    """
    there = [each for each in handed_in if not each.missing]
    now, told = _given_now(times, handed_in, policy.zone) if times is not None else ({}, ())
    given, changed = _given_before(before, there)
    given |= {each.name: GivenTime.of_hand_in(each, now[each.name]) for each in there if each.name in now}
    if again := [name for name in changed if name not in given]:
        sentence = (
            f"the time that --times gave for {listed(again)} in an earlier run is not used: since then, something"
        )
        told = (*told, f"{sentence} else was handed in. Give --times again")
    found = {name: time.at for name, time in given.items()}
    if exercise in policy.dues:
        for each in there:
            if each.name not in found and not each.who.at and os.path.isdir(each.source / ".git"):  # noqa: PTH112 Path.is_dir raises where it may not look
                try:
                    found[each.name] = last_commit(each.source)
                except UnreadableTime as error:
                    told = (*told, f"{each.name}: {error}")
    people: dict[str, list[str]] = defaultdict(list)
    for each in there:
        people[owner(each) or f"\0{each.name}"] += known_as(each)
    spent, doubts = spent_elsewhere(exercise, earlier, people)
    return CourseRules(policy, exercise, possible, found, given, spent, (*told, *doubts))


def _given_before(before: Iterable[Listed], there: Sequence[HandedIn]) -> tuple[dict[str, GivenTime], list[str]]:
    """The times given in an earlier run for what is still there, and the submissions that have changed since."""
    known = {each.key: each.given for each in before if each.given is not None}
    found: dict[str, GivenTime] = {}
    changed = []
    for key, each in zip(keys([each.raw for each in there]), there, strict=True) if known else ():
        if (given := known.get(key)) is None:
            continue
        if given.of == content(each):
            found[each.name] = given
        else:
            changed.append(each.name)
    return found, changed


def _given_now(
    times: Path, handed_in: Sequence[HandedIn], zone: tzinfo | None
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The times in a table, and what is doubtful about it."""
    roll = {each.name: each for each in roll_of(handed_in) if not each.missing}
    words = {
        each.name: (roll[each.name].key, each.raw, each.source.name, *_files(each), *known_as(each))
        for each in handed_in
        if not each.missing
    }
    found = times_of(read_table(times), [each.claim for each in roll.values()], words, zone)
    return {name: time.isoformat() for name, time in found.by_submission.items()}, found.told


def _files(each: HandedIn) -> Iterator[str]:
    """The names of its files: the student's own, and where each lies for itself, the platform's."""
    for part in each.parts:
        yield PurePath(part.name).name
        yield part.path.name


def owner(each: HandedIn) -> str:
    """What the attempts of one person share; empty for somebody who handed in nothing, or of whom nothing is known."""
    if each.missing:
        return ""
    who = each.who
    if each.decided:
        return f"roster\0{who.id}\0{who.login}\0{who.email}\0{who.name}"
    return each.person


def known_as(each: HandedIn) -> tuple[str, ...]:
    """The ids, logins and addresses by which course.toml may name the owner.

    The name that somebody chose for a folder is one only without a roster: it may be anybody's.
    """
    who = each.who
    called = "" if each.decided or STRANGER in each.notes else each.called
    return tuple(filter(None, (who.id, who.login, who.email, *who.aliases, called)))


def _is_local(at: str) -> bool:
    try:
        return datetime.fromisoformat(at).tzinfo is None
    except ValueError:
        return True
