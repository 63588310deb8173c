"""Read back the folder that a batch wrote: each submission with its owner and the instructor's override.

Who is in the class comes from class.json, what the instructor decided from grades.csv, the points from each NAME.json.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.classroom.batch import grades, roll
from grader.classroom.batch.roll import Listed
from grader.classroom.intake.gathering import listed as in_a_sentence
from grader.classroom.people.ownership import Claim
from grader.classroom.policy.figures import counted
from grader.report.formats.csv_table import figure
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.classroom.batch.grades import GradesTable

_OURS = ("summary.json", "batch.json", roll.FILE)
_LARGEST = 16 << 20


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """A folder that `grade batch --out` wrote."""

    directory: Path
    roll: tuple[Listed, ...]
    """The class as it was last graded."""
    table: GradesTable
    """What grades.csv says of it at this moment."""
    reports: Mapping[str, Path]
    """The reports, by the submission's name."""
    problems: tuple[str, ...] = ()
    """Why grades could be lost if this folder were exported now, a sentence each."""

    def without_times(self) -> str:
        """A sentence about submissions that may have been late; empty if there are none."""
        names = [each.name for each in self.roll if each.ruled and each.ruled.untimed]
        if not names:
            return ""
        return (
            f"the exercise has a due date, but the time of {counted(len(names), 'submission')} is not known, so no "
            f"penalty was taken: {in_a_sentence(names)}. Run `grade batch` again with --times FILE"
        )

    def documents(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Each submission's report, read one at a time, with its owner and the grade that counts.

        Raises:
            NothingToTell: there is none, or a file is not a report.
        """
        found = False
        for listed in self.roll:
            if report := self.document(listed):
                found = True
                yield report
        if not found:
            raise self.nothing()

    def document(self, listed: Listed) -> tuple[Path, dict[str, Any]] | None:
        """One submission's report; None if there is none."""
        path = self.reports.get(listed.name)
        document = _read(path) if path else None
        if path is None or document is None:
            return None
        entries = [self.owned(entry, listed) for entry in document["grader"]["submissions"]]
        return path, {**document, "grader": {**document["grader"], "submissions": entries}}

    def nothing(self) -> NothingToTell:
        """The error to raise if there is no report."""
        return NothingToTell(f"{self.directory} contains no reports; {self._instead()}")

    def _instead(self) -> str:
        inner = [str(path.parent) for path in sorted(self.directory.glob(f"*/{roll.FILE}"))]
        if inner:
            return f"it has those of several exercises, so name one of them: {', '.join(inner)}"
        return "name the folder that `grade batch --out` wrote"

    def anything_decided(self, listed: Listed) -> bool:
        """Whether the course's rules or the instructor say something of a submission."""
        return listed.ruled is not None or bool(grades.own_of(self.table.rows.get(listed.name, {}))["override"])

    def owned(self, entry: dict[str, Any], listed: Listed) -> dict[str, Any]:
        """An entry with its owner, and with what the instructor decided."""
        owner = {"id": listed.id, "name": listed.person, "email": listed.email}
        own = grades.own_of(self.table.rows.get(listed.name, {}))
        counts, ruled = figure(own["override"]), listed.ruled
        said = (ruled.basis if own["override"] else ruled.sentences) if ruled else ()
        return {
            **entry,
            "owner": {key: value for key, value in owner.items() if value},
            "final": counts,
            "uncounted": bool(own["override"]) and counts is None,
            "counts": ruled is None or ruled.counts,
            "ruled": ruled.final if ruled and not own["override"] else None,
            "open": bool(ruled and ruled.counts and ruled.final is None and not own["override"]),
            "sentences": list(said),
            "notes": listed.notes(entry["notes"]),
            **own,
        }


def read_results(directory: Path) -> ResultsFolder:
    """Read who is in the class and what the instructor decided.

    Raises:
        NothingToTell: class.json or grades.csv cannot be read.
    """
    try:
        listed = roll.read_roll(directory)
        reports = dict(_reports(directory))
        if listed is None:
            return _of_earlier_version(directory, reports)
        path = directory / grades.FILE
        table = grades.read_grades(path, {each.key: each.name for each in listed})
    except (roll.UnreadableRoll, grades.UnreadableGrades) as error:
        raise NothingToTell(str(error)) from None
    problems = [*table.told(), *_decided_since(listed, table)]
    if not path.is_file():
        problems.append(
            f"{path} is gone, and overrides with it. Put it back, or run `grade batch` on the same submissions again; "
            "nothing is graded twice"
        )
    return ResultsFolder(directory, tuple(listed), table, reports, tuple(problems))


def _decided_since(roll: Sequence[Listed], table: GradesTable) -> Iterator[str]:
    """Overrides that the course's rules have not seen although which attempt counts, or what it gets, depends on them.

    An override for somebody's only submission is final, whatever the rules say.
    """
    changed = []
    for listed in roll:
        if listed.ruled:
            now = grades.own_of(table.rows.get(listed.name, {}))["override"]
            if not _is_same(now, listed.ruled.override) and (listed.ruled.several or not now):
                changed.append(listed.name)
    if changed:
        yield (
            f"{grades.FILE}: the override of {', '.join(changed[:10])}{' ...' if changed[10:] else ''} changed after "
            "the course's rules were applied. Run `grade batch` on the same submissions again, with the same options; "
            "nothing is graded twice"
        )


def _is_same(one: str, other: str) -> bool:
    return one == other or (figure(one) is not None and figure(one) == figure(other))


def class_document(results: ResultsFolder) -> dict[str, Any]:
    """The reports of the whole class as one, with owners and the instructor's overrides."""
    whole: dict[str, Any] | None = None
    for _, document in results.documents():
        if whole is None:
            whole = {**document, "tests": [], "grader": {**document["grader"], "submissions": []}}
        whole["grader"]["submissions"] += document["grader"]["submissions"]
    assert whole is not None, "documents() raises if there is none"
    return whole


def _reports(directory: Path) -> Iterator[tuple[str, Path]]:
    """The files that may be reports, by the name of their submission."""
    for path in sorted(directory.glob("*.json")):
        if path.name not in _OURS and not path.name.startswith(".") and not path.is_symlink() and path.is_file():
            # A copy made on macOS may write an accent as a character of its own.
            yield unicodedata.normalize("NFC", path.stem), path


def _read(path: Path) -> dict[str, Any] | None:
    """A report; None for the JSON of another program."""
    if path.stat().st_size > _LARGEST:
        raise NothingToTell(f"{path} is not a report: it is larger than {_LARGEST >> 20} MB")
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise NothingToTell(f"{path} is not a report: {error}") from error
    return document if isinstance(document, dict) and isinstance(document.get("grader"), dict) else None


def _of_earlier_version(directory: Path, reports: Mapping[str, Path]) -> ResultsFolder:
    """A folder without class.json: grades.csv, read by exact name, says who is in the class."""
    path = directory / grades.FILE
    rows = [row for row in grades.read_rows(path) if row.get("submission")] if path.is_file() else []
    people = {row["submission"]: row for row in rows}
    handed_in = {name for name, row in people.items() if row.get("source")}
    names = [name for name in reports if not handed_in or name in handed_in]
    table = grades.read_grades(path, {name: name for name in names})
    listed = tuple(_listed(name, people.get(name, {})) for name in names)
    unmatched = {row["submission"]: row for row in table.unmatched if row.get("source")}
    return ResultsFolder(directory, listed, table, reports, tuple(_lost(unmatched)))


def _lost(rows: Mapping[str, Any]) -> Iterator[str]:
    if rows:
        yield (
            f"{grades.FILE} lists submissions that have no report: {', '.join(rows)}. Run `grade batch` on the same "
            "submissions again; nothing is graded twice"
        )


def _listed(name: str, row: Mapping[str, str]) -> Listed:
    number, person, email = (row.get(column, "") for column in ("student", "name", "email"))
    claim = Claim(name, id=number, email=email, name=person if person != name else "", called=name, person=name)
    return Listed("", name, name, claim, number, person, email)
