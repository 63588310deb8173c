"""The results of an assignment: exercises that were handed in together, each with a results folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.classroom.batch.roll import FILE
from grader.classroom.gradebook.results_folder import read_results
from grader.exercise.shelf import listed
from grader.report.submission_facts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.classroom.gradebook.results_folder import ResultsFolder

    Entry = dict[str, Any]


def results_folders(directory: Path) -> list[ResultsFolder]:
    """The results in a folder that `grade batch --out` wrote: one, or one for each exercise, in alphabetical order.

    Raises:
        NothingToTell: class.json or grades.csv cannot be read.
    """
    inner = sorted(path.parent for path in directory.glob(f"*/{FILE}"))
    return [read_results(each) for each in ([directory] if (directory / FILE).is_file() or not inner else inner)]


def by_person(folders: Sequence[ResultsFolder]) -> Iterator[tuple[Path, Entry]]:
    """Each person's report as one document with every exercise, and the path of the first; read one at a time.

    Raises:
        NothingToTell: there is none, or a file is not a report.
    """
    found = False
    everybody = [{each.name: each for each in folder.roll} for folder in folders]
    for name in dict.fromkeys(name for people in everybody for name in people):
        known = zip(folders, everybody, strict=True)
        reports = [each for folder, people in known if name in people and (each := folder.document(people[name]))]
        if reports:
            found = True
            path, first = reports[0]
            entries = [entry for _, one in reports for entry in one["grader"]["submissions"]]
            yield path, {**first, "grader": {**first["grader"], "submissions": entries}}
    if not found:
        raise folders[0].nothing()


def in_one(entries: Sequence[Entry]) -> Entry:
    """A person's exercises as one entry, for the figures of a class: rows are called `affine: dx`."""
    if len(entries) == 1:
        return entries[0]
    first, scores = entries[0], [entry["score"] for entry in entries if entry["score"]]
    statuses = list(dict.fromkeys(entry["status"] for entry in entries))
    problems = list(dict.fromkeys(entry["problem"] for entry in entries))
    decided = any(entry["final"] is not None or entry["uncounted"] or entry["ruled"] is not None for entry in entries)
    points = [each for entry in entries if isinstance(each := counted(entry), (int, float))]
    return {
        **first,
        "exercise": listed([entry["exercise"] for entry in entries]),
        "status": statuses[0] if len(statuses) == 1 or "graded" not in statuses else "graded",
        "problem": problems[0] if len(problems) == 1 else None,
        "notes": list(dict.fromkeys(note for entry in entries for note in entry["notes"])),
        "score": {key: sum(score[key] or 0 for score in scores) for key in scores[0]} if scores else None,
        "gradients": [
            {**row, "name": f"{entry['exercise']}: {row['name']}"} for entry in entries for row in entry["gradients"]
        ],
        "final": None,
        "override": "",
        "uncounted": False,
        "ruled": sum(points) if decided else None,
        "open": any(entry["open"] for entry in entries),
        "sentences": [f"{entry['exercise']}: {each}" for entry in entries for each in entry["sentences"]],
    }
