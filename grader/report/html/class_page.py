"""The dashboard of a class: what to act on first, who got which gradient, and who gives the same wrong answer."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from statistics import mean, median
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from grader.report.clean_text import line
from grader.report.formats.csv_table import figure
from grader.report.html.class_attention import TROUBLES, WHOLE, decided, is_test_student, trouble
from grader.report.html.render import render
from grader.report.html.similarity_page import IDENTICAL
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
"""A sign for each verdict: no cell of the heat map speaks by its color alone."""
TONES: dict[str, str] = {
    **dict.fromkeys(VERDICTS, "wrong"), **dict.fromkeys(RIGHT, "right"), "not_started": "missing",
    **dict.fromkeys(("timed_out", "killed", "refused"), "stopped"),
}  # fmt: skip
SILENT = ("not_started", "timed_out", "killed", "refused")
"""Verdicts without a figure that two answers could share."""
WHOLE_TONES = {"missing": "missing", "not_started": "missing", "refused": "stopped"}
UNEXPLAINED = "unknown"
"""The kind of a diagnosis that found no mistake it knows."""
OPEN = "not final"
"""What counts for somebody of whom another attempt, which is not graded yet, may count instead."""
BAR = 150
MOST_GROUPS = 100
MOST_MISTAKES = 40
MOST_NAMES = 2000
MOST_FIRST, MOST_COMMON = 6, 4
"""Gradients, notes and pairs, and mistakes, at the top of the page; all of them are below the table or unfolded."""
MOST_PEOPLE = 8
"""Names under one heading at the top; the button beside it shows the others."""


@dataclass(slots=True)
class ClassFigures:
    """What the page needs of each report: a few hundred bytes, so that a class of thousands fits in memory."""

    gradients: dict[str, int] = field(default_factory=dict)
    students: list[dict[str, Any]] = field(default_factory=list)
    mistakes: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    sentences: dict[tuple[str, str], str] = field(default_factory=dict)
    answers: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    exercises: dict[str, None] = field(default_factory=dict)
    troubles: dict[str, list[int]] = field(default_factory=lambda: {kind: [] for kind in TROUBLES})
    notes: dict[str, list[int]] = field(default_factory=dict)
    files: dict[str, list[int]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    """Verdicts that there are, as codes."""
    left_out: int = 0
    """Canvas's test students."""
    groups: list[list[int]] = field(default_factory=list)
    """Students whom a button of the page shows, by its number."""

    def add(self, entry: Mapping[str, Any], link: str) -> None:
        """One submission."""
        if is_test_student(entry):
            self.left_out += 1
            return
        self.exercises.setdefault(line(entry["exercise"]))
        at, codes, final = len(self.students), {}, decided(entry)
        kind, reason = trouble(entry) or (None, "")
        whole = kind in WHOLE
        for row in entry["gradients"]:
            column = self.gradients.setdefault(row["name"], len(self.gradients))
            codes[column] = VERDICTS.index(row["verdict"])
            if not whole:
                self._note(row, at)
        if not whole:
            self.seen.update(codes.values())
        if kind and final is None:  # where it is not, the instructor has acted
            self.troubles[kind].append(at)
        for note in dict.fromkeys(entry["notes"]):
            self.notes.setdefault(line(note), []).append(at)
        if entry["sha256"] and not whole:
            self.files.setdefault(entry["sha256"], []).append(at)
        score, owner = entry["score"] or {}, entry.get("owner") or {}
        ruled = OPEN if entry.get("open") else entry.get("ruled")
        ruled = None if ruled == score.get("points") else ruled
        self.students.append(
            {
                "n": line(entry["name"], 120),
                "w": line(owner.get("name", ""), 120),
                "l": link,
                "s": entry["status"],
                "p": score.get("points"),
                "o": score.get("possible"),
                "f": final,
                "x": reason if whole else "",
                "why": reason,
                "c": {} if whole and entry["problem"] else codes,
                "t": kind if whole else "",
                "r": line(entry.get("reason", ""), 200) if final is not None else "",
                "q": ruled,
                "m": "" if ruled is None else line(" ".join(entry["sentences"]), 400),
            }
        )

    def _note(self, row: Row, at: int) -> None:
        if right(row):
            return
        if diagnosis := row["diagnosis"]:
            key = (row["name"], diagnosis["kind"])
            self.mistakes.setdefault(key, []).append(at)
            self.sentences.setdefault(key, line(likely(row), 400))
        if figures := _figures(row):
            self.answers.setdefault((row["name"], row["verdict"], figures), []).append(at)

    def finish(self) -> None:
        """Give everybody a name: the roster's, or the submission's where several have that or nobody."""
        names = Counter(student["w"] for student in self.students)
        for student in self.students:
            alone = student["w"] and names[student["w"]] == 1
            both = f"{student['w']} ({student['n']})" if student["w"] else student["n"]
            student["name"] = student["w"] if alone else both

    def group(self, members: Sequence[int], title: str, texts: Mapping[int, str] | None = None) -> dict[str, Any]:
        """Students under one heading, with a button that shows all of them in the table."""
        self.groups.append(list(members[:MOST_NAMES]))
        shown = [self.person(at) | {"text": (texts or {}).get(at, "")} for at in members[:MOST_PEOPLE]]
        return {
            "id": len(self.groups) - 1,
            "title": title,
            "count": len(members),
            "people": shown,
            "more": len(members) - len(shown),
            "lines": any(each["text"] for each in shown),
        }

    def person(self, at: int) -> dict[str, str]:
        """A student's name with a link."""
        return {"name": self.students[at]["name"], "link": self.students[at]["l"]}


def _figures(row: Row) -> str:
    """What two equal wrong answers share, to the last digit; empty if there is no figure to compare."""
    local, worst = row["local"] or {}, row["worst"]
    if row["verdict"] in SILENT or (local.get("maxdiff") is None and worst is None):
        return ""
    place = f"at {worst['index']}: {number(worst['got'])}" if worst else ""
    return ", ".join(part for part in (f"maxdiff {local.get('maxdiff')!r}", place) if part)


def class_page(entries: Iterable[tuple[Mapping[str, Any], str]], alike: Sequence[Mapping[str, str]] = ()) -> str:
    """A class as one HTML file.

    Args:
        entries: each submission with the file that its name links to.
        alike: rows of similarity.csv, if there is one.
    """
    found = ClassFigures()
    for entry, name in entries:
        found.add(entry, f"./{quote(name)}")
    found.finish()
    distribution = list(_distribution(found))
    mistakes = list(_mistakes(found))
    pairs = list(_pairs(found, alike))
    values = {
        "figures": _totals(found),
        "troubles": list(_troubles(found)),
        "hardest": sorted((each for each in distribution if each["failed"]), key=lambda each: -each["failed"]),
        "running": sum(not student["t"] for student in found.students),
        "mistakes": mistakes,
        "common": [each for each in mistakes if each["count"] > 1][:MOST_COMMON] or mistakes[:MOST_COMMON],
        "unexplained": sum(len(at) for (_, kind), at in found.mistakes.items() if kind == UNEXPLAINED),
        "overrides": _overrides(found),
        "ruled": _ruled(found),
        "notes": list(_notes(found)),
        "files": list(_files(found)),
        "distribution": distribution,
        "equal": list(_equal(found)),
        "alike": pairs,
        "unlike_files": [pair for pair in pairs if not pair["same_file"]],
    }
    data = {
        "gradients": list(found.gradients),
        "verdicts": [[words(verdict), LETTERS[verdict], TONES[verdict]] for verdict in VERDICTS],
        "troubles": {kind: [TROUBLES[kind], WHOLE_TONES.get(kind, "wrong")] for kind in WHOLE},
        "students": [_packed(student, len(found.gradients)) for student in found.students],
        "groups": found.groups,
    }
    legend = [VERDICTS[code] for code in sorted(found.seen, reverse=True)]
    return render(
        "class.html",
        style="class.css",
        script="class.js",
        title=", ".join(found.exercises) or "class",
        data=_inert(data),
        statuses=list(Counter(student["s"] for student in found.students)),
        gradients=list(found.gradients),
        verdicts=[(words(verdict), LETTERS[verdict]) for verdict in legend],
        first=MOST_FIRST,
        left_out=found.left_out,
        without_pages=any(student["l"].endswith(".json") for student in found.students),
        **values,
    )


def _packed(student: dict[str, Any], width: int) -> list[Any]:
    """A student as a short list; verdicts as one character each."""
    codes: dict[int, int] = student["c"]
    marks = "".join("-" if codes.get(at) is None else chr(ord("a") + codes[at]) for at in range(width))
    return [student[key] for key in "nwlspofx"] + [marks, student["name"], *(student[key] for key in "trqm")]


def _inert(data: object) -> str:
    """JSON that cannot close the script element that holds it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _totals(found: ClassFigures) -> list[tuple[str, str]]:
    """The figures at the head; whoever handed in nothing or is excused does not move the median."""
    handed_in = [student for student in found.students if student["s"] not in ("missing", "waiting")]
    grades = [next((student[key] for key in "fqp" if student[key] is not None), None) for student in handed_in]
    points = [grade for grade in grades if isinstance(grade, (int, float))]
    most = max((student["o"] or 0 for student in found.students), default=0)
    shown = [("students", str(len(found.students))), ("handed in", str(len(handed_in)))]
    if points:
        shown.append(("median", f"{median(points):g} of {most}"))
        shown.append(("mean", f"{mean(points):.1f}"))
        shown.append(("full score", str(sum(each >= most for each in points))))
    return shown


# What to act on first


def _troubles(found: ClassFigures) -> Iterator[dict[str, Any]]:
    """Who is lost, by kind of trouble."""
    for kind, members in found.troubles.items():
        if members:
            reasons = {} if kind == "missing" else {at: found.students[at]["why"] for at in members}
            yield found.group(members, TROUBLES[kind], reasons)


def _overrides(found: ClassFigures) -> dict[str, Any] | None:
    """Grades that the instructor set, with the points they replace."""
    members = [at for at, student in enumerate(found.students) if student["f"] is not None]
    texts = {}
    for at in members:
        student = found.students[at]
        final = student["f"] if isinstance(student["f"], str) else f"{student['f']:g}"
        before = "missing" if student["s"] == "missing" else student["p"]
        graded = "" if before is None else f" instead of {before}"
        texts[at] = f"{final}{graded}" + (f" ({student['r']})" if student["r"] else "")
    return found.group(members, "Overrides", texts) if members else None


def _ruled(found: ClassFigures) -> dict[str, Any] | None:
    """Points that the course's rules changed, by a penalty or by rounding, or that are not final."""
    texts = {
        at: f"{OPEN}, graded {student['p']}"
        if student["q"] == OPEN
        else f"{student['q']:.10g} instead of {student['p']}"
        for at, student in enumerate(found.students)
        if student["q"] is not None
    }
    return found.group([*texts], "Changed by the course's rules", texts) if texts else None


def _notes(found: ClassFigures) -> Iterator[dict[str, Any]]:
    """What was noted on submissions, such as lateness; equal notes are one."""
    for note, members in sorted(found.notes.items(), key=lambda item: -len(item[1]))[:MOST_GROUPS]:
        yield found.group(members, note)


def _files(found: ClassFigures) -> Iterator[dict[str, Any]]:
    """Those who handed in the same bytes."""
    equal = sorted((at for at in found.files.values() if len(at) > 1), key=lambda at: -len(at))
    for members in equal[:MOST_GROUPS]:
        yield found.group(members, "Identical files")


def _mistakes(found: ClassFigures) -> Iterator[dict[str, Any]]:
    """The diagnosed mistakes, the most frequent first."""
    known = [(key, members) for key, members in found.mistakes.items() if key[1] != UNEXPLAINED]
    known.sort(key=lambda each: -len(each[1]))
    for key, members in known[:MOST_MISTAKES]:
        kind = words(key[1])
        group = found.group(members, f"{key[0]}: {kind}")
        yield {**group, "gradient": key[0], "kind": kind, "sentence": found.sentences[key]}


def _pairs(found: ClassFigures, alike: Sequence[Mapping[str, str]]) -> Iterator[dict[str, Any]]:
    """Rows of the similarity table, with names and links where they are known."""
    known = {student["n"]: at for at, student in enumerate(found.students)}
    same = {at: number for number, members in enumerate(found.files.values()) for at in members}
    for row in alike:
        pair = [known.get(line(row[key], 120)) for key in ("first", "second")]
        people = [
            {"name": line(row[key], 120), "link": ""} if at is None else found.person(at)
            for key, at in zip(("first", "second"), pair, strict=True)
        ]
        first, second = (same.get(at) if at is not None else None for at in pair)
        yield {
            "people": people,
            "similarity": _percent(row["similarity"]),
            "traits": line(row["traits"]),
            "same_file": (first is not None and first == second) or row["traits"] == IDENTICAL,
        }


def _percent(text: str) -> str:
    share = figure(text)
    return line(text, 20) if share is None else f"{share:.0%}"


# What is below the table


def _distribution(found: ClassFigures) -> Iterator[dict[str, Any]]:
    """For each gradient, the number of students by tone; submissions in trouble as a whole are not counted."""
    columns: dict[int, dict[str, list[int]]] = {column: {} for column in found.gradients.values()}
    for at, student in enumerate(found.students):
        for column, code in student["c"].items() if not student["t"] else ():
            columns[column].setdefault(TONES[VERDICTS[code]], []).append(at)
    for name, column in found.gradients.items():
        tones = {tone: len(columns[column].get(tone, ())) for tone in ("right", "wrong", "stopped", "missing")}
        failed = sorted([*columns[column].get("wrong", ()), *columns[column].get("stopped", ())])
        shown = found.group(failed, name) if failed else {"id": None}
        counted = sum(tones.values())
        yield {
            "gradient": name, **tones, "parts": list(_parts(tones)), "failed": len(failed), "of": counted,
            "id": shown["id"],
        }  # fmt: skip


def _parts(tones: Mapping[str, int]) -> Iterator[tuple[str, float, float]]:
    """Tone, start and length of a bar's parts."""
    whole, start = sum(tones.values()) or 1, 0.0
    for tone, count in tones.items():
        length = round(BAR * count / whole, 1)
        yield tone, round(start, 1), length
        start += length


def _equal(found: ClassFigures) -> Iterator[dict[str, Any]]:
    """Equal wrong answers of two or more, the largest group first."""
    equal = [(key, members) for key, members in found.answers.items() if len(members) > 1]
    equal.sort(key=lambda each: (-len(each[1]), each[0]))
    for (gradient, verdict, figures), members in equal[:MOST_GROUPS]:
        yield {**found.group(members, gradient), "gradient": gradient, "verdict": words(verdict), "figures": figures}
