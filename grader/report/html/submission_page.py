"""The page of one submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.report.document import SCORING
from grader.report.formats.told import clean, line
from grader.report.html import loss_curve, view
from grader.report.html.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise


def submission_page(document: Mapping[str, Any], exercises: Mapping[str, Exercise]) -> str:
    """A report as one HTML file.

    Args:
        document: the report.
        exercises: those that are known here; a submission of another one is shown without its graph.
    """
    head = document["grader"]
    sections = [
        _section(entry, exercises.get(entry["exercise"]), f"s{at}-" if at else "")
        for at, entry in enumerate(head["submissions"])
    ]
    return render(
        "single.html",
        style="single.css",
        script="single.js",
        title=" · ".join(dict.fromkeys(section["name"] for section in sections)) or "Report",
        sections=sections,
        about=[
            f"criterion: {head['criterion']}",
            f"backprop-grader {line(head['version'])}",
            f"torch {line(head['numerics']['torch'])}",
        ],
        notes=[clean(note) for note in head["notes"]],
    )


def _section(entry: Mapping[str, Any], exercise: Exercise | None, prefix: str) -> dict[str, Any]:
    cards = [view.card(row, exercise, prefix) for row in entry["gradients"]]
    return {
        "name": line(entry["name"]),
        "exercise": line(entry["exercise"]),
        "heading": exercise.title if exercise else line(entry["exercise"]),
        "prefix": prefix,
        "status": entry["status"],
        "problem": clean(entry["problem"]) if entry["problem"] else None,
        "totals": view.totals(entry),
        "remarks": view.remarks(entry),
        "curve": loss_curve.loss_curve(entry.get("training")),
        "picture": view.picture(entry, exercise, prefix) if exercise and entry["gradients"] else None,
        "stretches": list(_stretches(cards, exercise)),
        "cards": cards,
        "first": _first(entry, prefix),
        "isolation": (entry["isolation"] or {}).get("level"),
    }


def _stretches(cards: list[view.Card], exercise: Exercise | None) -> Iterator[tuple[str, list[view.Card]]]:
    """The exercise's own groups; what belongs to none comes last."""
    left = {card.variable: card for card in cards}
    for title, members in (exercise.settings.stretches if exercise else {}).items():
        if found := [left.pop(variable) for variable in members if variable in left]:
            yield title, found
    if left:
        yield "gradients", list(left.values())


def _first(entry: Mapping[str, Any], prefix: str) -> str:
    """The gradient that is open at first: the first wrong one that was begun, else the first to do."""
    rows = entry["gradients"]
    begun = [row for row in rows if row["verdict"] not in (*SCORING, "not_started")]
    undone = [row for row in rows if row["verdict"] not in SCORING]
    chosen = next(iter([*begun, *undone, *rows]), None)
    return f"{prefix}{chosen['name']}" if chosen else ""
