"""The page of one submission."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import clean, line
from grader.report.formats.csv_table import figure
from grader.report.html.forward_graph import picture
from grader.report.html.gradient_card import card
from grader.report.html.loss_curve import loss_curve
from grader.report.html.render import render
from grader.report.row_facts import solved
from grader.report.submission_facts import chained_of, file_problem, most_pressing, stretches, unseen, was_chained

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.exercise.exercise import Exercise
    from grader.report.row_facts import Entry


@dataclass(frozen=True, slots=True)
class Given:
    """What the instructor decided about a submission, as far as it is for the student."""

    points: str = ""
    """The points that count, or a word such as `excused`; empty if the grader's count."""
    sentences: tuple[str, ...] = ()
    """What explains them, with lateness."""
    comment: str = ""


def submission_page(
    document: Mapping[str, Any], exercises: Mapping[str, Exercise], given: Sequence[Given | None] = ()
) -> str:
    """A report as one HTML file.

    Args:
        document: the report.
        exercises: by name; a submission of any other exercise is shown without its graph.
        given: what the instructor decided, for each submission in the document.
    """
    head = document["grader"]
    sections = [
        _section(entry, exercises.get(entry["exercise"]), f"s{at}-" if at else "", decided)
        for at, (entry, decided) in enumerate(zip_longest(head["submissions"], given))
    ]
    return render(
        "single.html",
        style="single.css",
        script="single.js",
        title=" · ".join(dict.fromkeys(section["names"][0] for section in sections)) or "Report",
        sections=sections,
        about=[
            f"criterion: {head['criterion']}",
            f"backprop-grader {line(head['version'])}",
            f"torch {line(head['numerics']['torch'])}",
        ],
        notes=[clean(note) for note in head["notes"]],
    )


def _section(entry: Entry, exercise: Exercise | None, prefix: str, given: Given | None) -> dict[str, Any]:
    problem = file_problem(entry)
    # One reason for the whole file is said once, not on every card.
    cards = [] if problem else [card(row, exercise, prefix) for row in entry["gradients"]]
    by_variable = {each.variable: each for each in cards}
    return {
        "names": _names(entry),
        "exercise": line(entry["exercise"]),
        "heading": exercise.title if exercise else line(entry["exercise"]),
        "prefix": prefix,
        "status": entry["status"],
        "problem": clean(problem) if problem else None,
        "first_of_all": bool(problem and entry["gradients"]),
        "done": _done(entry),
        "given": _given(given) if given else None,
        "totals": _totals(entry, given)[: 1 if problem else None],
        "remarks": [clean(note) for note in entry["notes"]] if problem else _remarks(entry),
        "curve": loss_curve(entry.get("training")),
        "picture": picture(entry, exercise, prefix) if exercise and cards else None,
        "stretches": list(stretches(exercise, by_variable, "gradients")) if exercise else [("gradients", cards)],
        "cards": cards,
        "first": _first(entry, prefix),
        "isolation": (entry["isolation"] or {}).get("level"),
    }


def _names(entry: Entry) -> list[str]:
    """Whose it is: the person, if known, and the submission, which may be one of several."""
    owner = entry.get("owner") or {}
    return [line(each) for each in dict.fromkeys((owner.get("name") or entry["name"], entry["name"]))]


def _first(entry: Entry, prefix: str) -> str:
    """The id of the card that is open when the page loads."""
    chosen = most_pressing(entry) or next(iter(entry["gradients"]), None)
    return f"{prefix}{chosen['name']}" if chosen else ""


def _done(entry: Entry) -> str:
    """A last word where everything is solved."""
    rows = entry["gradients"]
    return f"All {len(rows)} gradients are correct." if len(rows) > 1 and all(map(solved, rows)) else ""


def _given(given: Given) -> dict[str, Any] | None:
    """What the page says about the instructor's decision; None if there is nothing to say."""
    if not given.sentences and not given.comment:
        return None
    return {"sentences": [clean(each) for each in given.sentences], "comment": clean(given.comment)}


def _totals(entry: Entry, given: Given | None) -> list[tuple[str, str]]:
    """The figures at the head of a page."""
    score, count = entry["score"], len(entry["gradients"])
    if not score:
        return []
    points = given.points if given and given.points else score["points"]
    found = [
        ("points", f"{line(points)} of {score['possible']}" if figure(str(points)) is not None else line(points)),
        ("correct", f"{score['correct']} of {count}"),
        ("exact", f"{score['exact']} of {count}"),
        ("approximate", f"{score['approximate']} of {count}"),
    ]
    if score["chained_correct"] is not None and was_chained(entry):
        found.append(("chained", f"{score['chained_correct']} of {count}"))
    return found


def _remarks(entry: Entry) -> list[str]:
    """The sentences below the figures."""
    chained = chained_of(entry) if entry["gradients"] else None
    return [clean(text) for text in (chained, unseen(entry), *entry["notes"]) if text]
