"""Pages for students, named so that a learning platform's bulk upload hands each to its student.

Moodle      The zip for "Upload multiple feedback files in a zip" has a folder for each student whose name begins like
            the download's: NAME_PARTICIPANT_assignsubmission_file_/feedback.html. Moodle reads the number.
Canvas      "Re-Upload Submissions" takes files that are called as the download calls them: of
            NAME_USER_ATTACHMENT_FILE it reads the two numbers, which are the first parts between underscores that are
            only digits, and the attachment must be one that the student handed in. Anonymous ones are
            anon_ID_ATTACHMENT_FILE. A FILE that begins with `link` is ignored.

All others are called NAME.html, after the submission.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from unicodedata import category

from grader.classroom.batch.documents import encoded
from grader.classroom.intake.platforms import demangle, platform_of
from grader.report.document import render
from grader.report.files import write_whole
from grader.report.html.submission_page import Given, submission_page
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.classroom.batch.roll import Listed
    from grader.classroom.gradebook.results_folder import ResultsFolder
    from grader.exercise.exercise import Exercise
    from grader.report.row_facts import Entry

    Document = dict[str, Any]

STUDENTS = "students"
"""The folder of the students' reports in a folder of results."""
_KEPT = frozenset(" .,'()+@-")
"""What stays in the part of a file name that a platform ignores, besides letters and digits; underscores end it."""
_SENTENCES = b'\n"sentences":'
"""In a report that `encoded` wrote: no text in it has a line break of its own."""
_SUSPICION = ": possibly "
"""In a note that is for the instructor alone."""


@dataclass(slots=True)
class HandedBack:
    """Which students get a page, under which name, and what it says besides their report."""

    platform: str = ""
    """The platform whose upload takes the pages; empty if none does."""
    paths: dict[str, str] = field(default_factory=dict)
    """Submission -> its page, relative to the folder or in the zip."""
    people: dict[str, str] = field(default_factory=dict)
    """Submission -> its owner's name, where it is known."""
    given: dict[str, Given] = field(default_factory=dict)
    """Submission -> what the instructor decided."""
    not_taken: list[str] = field(default_factory=list)
    """Submissions whose page the platform's upload does not take: typed text has no file."""
    missing: list[str] = field(default_factory=list)
    """Who handed in nothing, and has no page."""
    failed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def _called(listed: Listed) -> str:
    """A submission's name, or of somebody without one the person's: `Poe, Cleo (4713)`."""
    if not listed.missing or not listed.person or listed.person == listed.name:
        return listed.name
    return f"{listed.person} ({listed.name})"


def feedback_of(results: ResultsFolder) -> HandedBack:
    """Decide who gets a page about one exercise, and how it is called.

    Raises:
        NothingToTell: a report cannot be read.
    """
    found = HandedBack()
    sources: dict[str, str] = {}
    people = {listed.name: _called(listed) for listed in results.roll}
    seen = set()
    for _, document in results.documents():
        for entry in document["grader"]["submissions"]:
            name = entry["name"]
            seen.add(name)
            if not entry["counts"]:
                continue
            if entry["status"] == "missing":
                found.missing.append(people.get(name, name))
            elif entry["status"] == "failed" and not entry["override"]:
                found.failed.append(name)
            elif entry["open"]:
                found.waiting.append(name)
            else:
                sources[name] = PurePath(entry["source"]).name
                found.people[name] = entry["owner"].get("name", "")
                found.given[name] = _given(entry)
    found.missing += [people[listed.name] for listed in results.roll if listed.missing and listed.name not in seen]
    there = (listed for listed in results.roll if not listed.missing and (not listed.ruled or listed.ruled.counts))
    found.waiting += [listed.name for listed in there if listed.name not in seen]
    platform = platform_of(list(sources.values()))
    found.platform = platform if platform in _NAMED else ""
    taken = set()
    for name, source in sources.items():
        path = _NAMED[platform](source) if found.platform else None
        if path is None or path in taken:
            found.not_taken += [name] if found.platform else []
            path = f"{name}.html"
        taken.add(path)
        found.paths[name] = path
    return found


def together(parts: Sequence[HandedBack]) -> HandedBack:
    """Who gets a page about several exercises that were handed in together: who gets one about any of them."""
    found = HandedBack(next((part.platform for part in parts if part.platform), ""))
    for part in parts:
        found.paths |= {name: path for name, path in part.paths.items() if name not in found.paths}
        found.people |= part.people
    found.not_taken += _once(part.not_taken for part in parts)
    found.failed += _once(part.failed for part in parts)
    found.waiting += _once(part.waiting for part in parts)
    found.missing += [name for name in parts[0].missing if all(name in part.missing for part in parts)]
    return found


def _once(lists: Iterable[Sequence[str]]) -> Iterator[str]:
    return iter(dict.fromkeys(name for names in lists for name in names))


def _given(entry: Entry) -> Given:
    """What the course's rules and the instructor decided.

    The `reason` of an override is for the instructor, the `comment` for the student.
    """
    score = entry["score"]
    before = f" The grader gave {score['points']} of {score['possible']}." if score else ""
    points, sentences = "", [*entry["sentences"]]
    if entry["final"] is not None:
        points = f"{entry['final']:.10g}"
        sentences.append(f"Your instructor set the points to {points}.{before}")
    elif entry["override"]:
        points = entry["override"]
        sentences.append(f"Your instructor entered “{points}” instead of points.{before}")
    elif entry["ruled"] is not None:
        points = f"{entry['ruled']:.10g}"
    return Given(points, tuple(sentences), entry["comment"])


def tell_students(results: ResultsFolder) -> None:
    """Put the sentences of each page into the student's report as well: those of this moment, or none.

    A report that nobody can read is left as it is; `pages` says so.

    Raises:
        OSError: a report cannot be written.
    """
    for listed in results.roll:
        if listed.name not in results.reports:
            continue  # not graded yet
        path = _student(results, listed.name)
        with contextlib.suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            content = path.read_bytes()
            if not (results.anything_decided(listed) or _SENTENCES in content):
                continue
            document = json.loads(content)
            entries = document["grader"]["submissions"]
            told = [_told(entry, _given(results.owned(entry, listed))) for entry in entries]
            if told != entries:
                write_whole(path, encoded({**document, "grader": {**document["grader"], "submissions": told}}))


def _told(entry: Entry, given: Given) -> Document:
    """A student's entry with what explains its points, if there is anything and the student may see points."""
    kept = {key: value for key, value in entry.items() if key != "sentences"}
    return kept if _hides_points(entry) or not given.sentences else {**kept, "sentences": [*given.sentences]}


def _hides_points(entry: Entry) -> bool:
    """Whether a student's report was written with --feedback none."""
    return entry["score"] is None and entry["status"] != "failed"


def pages(
    parts: Sequence[tuple[ResultsFolder, HandedBack]],
    exercises: Callable[[Document], Mapping[str, Exercise]],
    level: str = "full",
) -> Iterator[tuple[str, str]]:
    """Each page with its path, made from the student's own reports: it has no more than the class's feedback level.

    Args:
        parts: the folder that a batch wrote for each exercise, with what `feedback_of` says of it.
        exercises: the exercises of a report, for its graph.
        level: a feedback level that shows less.

    Raises:
        NothingToTell: a student's report is missing or cannot be read.
    """
    people = [{listed.name: listed for listed in results.roll} for results, _ in parts]
    for name, path in together([feedback for _, feedback in parts]).paths.items():
        document: Document | None = None
        everything: list[Document] = []
        given: list[Given] = []
        for (results, feedback), known in zip(parts, people, strict=True):
            if name not in feedback.paths:
                continue
            document = _for_student(results, name)
            owner = {"owner": {"name": feedback.people.get(name, "")}}
            entries = [
                _for_eyes_of(known[name], render(entry, level)) | owner for entry in document["grader"]["submissions"]
            ]
            decided = feedback.given[name]
            shown = Given(comment=decided.comment) if any(map(_hides_points, entries)) else decided
            everything += entries
            given += [shown] * len(entries)
        assert document is not None, "whoever has a page has it from a part"
        told = {**document, "grader": {**document["grader"], "submissions": everything}}
        yield path, submission_page(told, exercises(told), given)


def _student(results: ResultsFolder, name: str) -> Path:
    """The student's report, called like the instructor's."""
    return results.directory / STUDENTS / results.reports[name].name


def _for_student(results: ResultsFolder, name: str) -> Document:
    path = _student(results, name)
    try:
        document = json.loads(path.read_bytes())
        known = isinstance(document["grader"]["submissions"], list)
    except FileNotFoundError:
        raise NothingToTell(f"{path} is missing; run `grade batch` on the same submissions again") from None
    except OSError as error:
        raise NothingToTell(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise NothingToTell(f"{path} is not a report; delete it, and run `grade batch` on the same submissions again")
    return dict(document)


def _for_eyes_of(student: Listed, entry: Entry) -> Document:
    return {**entry, "notes": [note for note in student.notes(entry["notes"]) if _SUSPICION not in note]}


# How a platform wants the pages to be called


def _for_moodle(source: str) -> str | None:
    made = demangle(source, "moodle")
    return f"{_plain(made.who.name)}_{made.who.id}_assignsubmission_file_/feedback.html" if made else None


def _for_canvas(source: str) -> str | None:
    made = demangle(source, "canvas")
    if made is None or not made.attachment:
        return None
    name = _plain(made.who.name) if made.who.name else "anon"
    name = f"{name}-" if name.isdecimal() else name  # the first number is the student's
    return f"{name}_{made.who.id}_{made.attachment}_feedback.html"


def _plain(name: str) -> str:
    """A name without what would end it: the platform reads only the numbers behind it."""
    kept = (each if each in _KEPT or category(each)[0] in "LMN" else " " for each in name)
    return "".join(kept).strip(" .")[:60] or "student"


_NAMED: Mapping[str, Callable[[str], str | None]] = {"moodle": _for_moodle, "canvas": _for_canvas}
