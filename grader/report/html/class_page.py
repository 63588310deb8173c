"""The dashboard of a class: who got which gradient, what stops people, and who gives the same wrong answer."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from grader.report.clean_text import line
from grader.report.html.render import render
from grader.report.row_facts import RIGHT, likely, number, right, words
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Row = Mapping[str, Any]

VERDICTS = tuple(Verdict)
"""A verdict's index here is its code in the page's data."""
LETTERS = {
    "exact": "✓", "correct": "✓", "wrong_values": "✗", "wrong_shape": "S", "wrong_dtype": "D", "wrong_type": "Y",
    "non_finite": "N", "raised": "!", "timed_out": "T", "killed": "K", "refused": "R", "not_started": "·",
    "unknown_parameter": "?", "untestable": "U", "hard_coded": "H",
}  # fmt: skip
"""A sign for each verdict: no cell of the heat map speaks by its colour alone."""
TONES: dict[str, str] = {
    **dict.fromkeys(VERDICTS, "wrong"), **dict.fromkeys(RIGHT, "right"), "not_started": "missing",
    **dict.fromkeys(("timed_out", "killed", "refused"), "stopped"),
}  # fmt: skip
SILENT = ("not_started", "timed_out", "killed", "refused")
"""Verdicts without a figure that two answers could share."""
BAR = 150
MOST_GROUPS = 100
MOST_NAMES = 2000


@dataclass(slots=True)
class ClassFigures:
    """What is gathered while the reports go by: a few dozen bytes for each of them."""

    gradients: dict[str, int] = field(default_factory=dict)
    students: list[dict[str, Any]] = field(default_factory=list)
    diagnoses: Counter[tuple[str, str]] = field(default_factory=Counter)
    sentences: dict[tuple[str, str], str] = field(default_factory=dict)
    answers: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    exercises: dict[str, None] = field(default_factory=dict)

    def add(self, entry: Mapping[str, Any], link: str) -> None:
        """One submission."""
        self.exercises.setdefault(line(entry["exercise"]))
        at, codes = len(self.students), {}
        for row in entry["gradients"]:
            column = self.gradients.setdefault(row["name"], len(self.gradients))
            codes[column] = VERDICTS.index(row["verdict"])
            self._note(row, at)
        score, owner = entry["score"] or {}, entry.get("owner") or {}
        self.students.append(
            {
                "n": line(entry["name"], 120),
                "w": line(owner.get("name", ""), 120),
                "l": link,
                "s": entry["status"],
                "p": score.get("points"),
                "o": score.get("possible"),
                "f": entry.get("final"),
                "x": line(entry["problem"], 200) if entry["problem"] else "",
                "c": codes,
            }
        )

    def _note(self, row: Row, at: int) -> None:
        if right(row):
            return
        if diagnosis := row["diagnosis"]:
            key = (row["name"], diagnosis["kind"])
            self.diagnoses[key] += 1
            self.sentences.setdefault(key, line(likely(row), 400))
        if figures := _figures(row):
            self.answers.setdefault((row["name"], row["verdict"], figures), []).append(at)


def _figures(row: Row) -> str:
    """What two equal wrong answers have in common, to the last digit; empty where there is no figure to compare."""
    local, worst = row["local"] or {}, row["worst"]
    if row["verdict"] in SILENT or (local.get("maxdiff") is None and worst is None):
        return ""
    place = f"at {worst['index']}: {number(worst['got'])}" if worst else ""
    return ", ".join(part for part in (f"maxdiff {local.get('maxdiff')!r}", place) if part)


def class_page(entries: Iterable[tuple[Mapping[str, Any], str]], alike: Sequence[Mapping[str, str]] = ()) -> str:
    """A class as one HTML file.

    Args:
        entries: each submission with the file that its name links to.
        alike: rows of a similarity table, if one was made.
    """
    found = ClassFigures()
    for entry, name in entries:
        found.add(entry, f"./{quote(name)}")
    groups = list(_groups(found))
    students = [_packed(student, len(found.gradients)) for student in found.students]
    data = {
        "gradients": list(found.gradients),
        "verdicts": [[words(verdict), LETTERS[verdict], TONES[verdict]] for verdict in VERDICTS],
        "students": students,
        "groups": [group["members"] for group in groups],
    }
    return render(
        "class.html",
        style="class.css",
        script="class.js",
        title=", ".join(found.exercises) or "class",
        data=_inert(data),
        figures=_totals(found),
        statuses=list(Counter(student["s"] for student in found.students)),
        gradients=list(found.gradients),
        verdicts=[(words(verdict), LETTERS[verdict], TONES[verdict]) for verdict in VERDICTS],
        distribution=list(_distribution(found)),
        diagnoses=[
            {"gradient": key[0], "kind": words(key[1]), "count": count, "sentence": found.sentences[key]}
            for key, count in found.diagnoses.most_common(40)
        ],
        groups=groups,
        alike=[{key: line(value, 300) for key, value in row.items()} for row in alike],
    )


def _packed(student: dict[str, Any], width: int) -> list[Any]:
    """A student as a short list; verdicts as one character each."""
    codes: dict[int, int] = student["c"]
    marks = "".join("-" if codes.get(at) is None else chr(ord("a") + codes[at]) for at in range(width))
    return [student[key] for key in "nwlspofx"] + [marks]


def _inert(data: object) -> str:
    """JSON that cannot leave the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _totals(found: ClassFigures) -> list[tuple[str, str]]:
    points = sorted(student["p"] for student in found.students if student["p"] is not None)
    statuses = Counter(student["s"] for student in found.students)
    most = max((student["o"] or 0 for student in found.students), default=0)
    shown = [("submissions", str(len(found.students)))]
    if points:
        shown.append(("median", f"{points[len(points) // 2]} of {most}"))
        shown.append(("mean", f"{sum(points) / len(points):.1f}"))
        shown.append(("all right", str(sum(each == most for each in points))))
    return shown + [(status, str(count)) for status, count in statuses.items() if status != "graded"]


def _distribution(found: ClassFigures) -> Iterator[dict[str, Any]]:
    """For each gradient, how many stand where."""
    for name, column in found.gradients.items():
        counts: Counter[str] = Counter()
        for student in found.students:
            code = student["c"].get(column)
            counts["none" if code is None else TONES[VERDICTS[code]]] += 1
        tones = {tone: counts[tone] for tone in ("right", "wrong", "stopped", "missing")}
        yield {"gradient": name, **tones, "parts": list(_parts(tones))}


def _parts(tones: Mapping[str, int]) -> Iterator[tuple[str, float, float]]:
    """Tone, start and length of a bar's parts."""
    whole, start = sum(tones.values()) or 1, 0.0
    for tone, count in tones.items():
        length = round(BAR * count / whole, 1)
        yield tone, round(start, 1), length
        start += length


def _groups(found: ClassFigures) -> Iterator[dict[str, Any]]:
    """Equal wrong answers of two or more, the largest first."""
    equal = [(key, members) for key, members in found.answers.items() if len(members) > 1]
    equal.sort(key=lambda each: (-len(each[1]), each[0]))
    for (gradient, verdict, figures), members in equal[:MOST_GROUPS]:
        yield {
            "gradient": gradient,
            "verdict": words(verdict),
            "figures": figures,
            "count": len(members),
            "members": members[:MOST_NAMES],
        }
