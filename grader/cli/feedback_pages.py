"""`grade report --class DIR --feedback-pages DIR`: a page for each student, to be uploaded to a learning platform."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.classroom.feedback import feedback_of, pages, together
from grader.cli.edge import Misuse, writing
from grader.report.clean_text import line
from grader.report.files import write_whole
from grader.report.html.render import check_libraries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from grader.classroom.feedback import HandedBack
    from grader.classroom.gradebook.results_folder import ResultsFolder
    from grader.exercise.exercise import Exercise

    Exercises = Callable[[dict[str, Any]], Mapping[str, Exercise]]

_MOST_NAMED = 10
UPLOAD = {
    "moodle": "Moodle takes {it}: in the assignment, choose “Upload multiple feedback files in a zip”",
    "canvas": (
        "Canvas takes {it}: on the assignment's page, choose “Re-Upload Submissions”. It shows each page under the "
        "name of the file that was handed in, so students save it with the ending .html to open it"
    ),
}
"""What to do with the pages, by platform."""


def hand_back(
    parts: Sequence[ResultsFolder],
    where: str,
    exercises: Callable[[dict[str, Any]], Mapping[str, Exercise]],
    level: str,
) -> HandedBack:
    """Write the pages into a folder, or into a zip if the name ends so, and report what was written.

    Raises:
        Misuse: the place cannot be written.
        NothingToTell: a report cannot be read.
        MissingLibrary: the extra `html` is not installed.
    """
    check_libraries()
    target = Path(where)
    packed = target.suffix.lower() == ".zip"
    found = [(results, feedback_of(results)) for results in parts]
    feedback = together([each for _, each in found])
    made = pages(found, exercises, level)
    with writing(where):
        others = _into_zip(target, made) if packed else _into_folder(target, made)
    count = len(feedback.paths)
    click.echo(f"written  {where}: {count} {'page' if count == 1 else 'pages'}", err=True)
    for sentence in _told(feedback, where, others, packed=packed):
        click.echo(line(sentence, len(sentence)), err=True)
    return feedback


def _into_zip(target: Path, made: Iterable[tuple[str, str]]) -> list[str]:
    if target.is_dir():
        raise Misuse(f"{target} is a folder; name another file")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in made:
            archive.writestr(path, text)
    write_whole(target, buffer.getvalue())
    return []


def _into_folder(target: Path, made: Iterable[tuple[str, str]]) -> list[str]:
    """Write the pages; return what else is in the folder, which would be uploaded with them."""
    target.mkdir(parents=True, exist_ok=True)
    written = set()
    for path, text in made:
        page = target / path
        page.parent.mkdir(exist_ok=True)
        write_whole(page, text.encode("utf-8", "replace"), durable=False)
        written.add(page)
    return sorted(str(each.relative_to(target)) for each in target.rglob("*") if each.is_file() and each not in written)


def _told(feedback: HandedBack, where: str, others: Sequence[str], *, packed: bool) -> Iterator[str]:
    if feedback.platform:
        it = "this zip" if packed else "a zip of this folder"
        yield UPLOAD[feedback.platform].format(it=it)
    if feedback.not_taken:
        yield (
            f"not for that upload, because no file of the download is theirs: {_named(feedback.not_taken)}. "
            "Their pages are called NAME.html"
        )
    if feedback.missing:
        yield f"no page for {len(feedback.missing)} who handed in nothing: {_named(feedback.missing)}"
    if others:
        yield f"{where} also holds what was not written now; delete it before you upload the folder: {_named(others)}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
