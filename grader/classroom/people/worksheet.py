"""Moodle's grading worksheet, recognized in any language by the headings that end with something in brackets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.classroom.tables.table import Table

GRADE: Final = frozenset((
    "grade", "bewertung", "note", "calificación", "qualificació", "valutazione", "voto", "nota", "avaliação",
    "classificação", "cijfer", "beoordeling", "not", "ocena", "známka", "hodnocení", "betyg", "omdöme", "karakter",
    "bedømmelse", "arvosana", "arviointi", "оценка", "оцінка", "βαθμός", "評点", "評定", "成绩", "成績", "评分", "評分",
    "得分", "ציון", "الدرجة",
))  # fmt: skip
"""Moodle's heading of a grade, which also stands in brackets in the heading of its last change."""
_MODIFIED = re.compile(r"(.*?)\s?[(\uff08](.+)[)\uff09]", re.DOTALL)


def is_worksheet(table: Table) -> bool:
    """Whether Moodle made it for an assignment: a column says when each grade was last changed."""
    return graded_column(table) is not None


def graded_column(table: Table) -> int | None:
    """The column that says when each grade was last changed."""
    modified = [at for at, name in enumerate(table.head) if _in_brackets(name) in GRADE]
    return modified[-1] if modified else None


def handed_in_column(table: Table) -> int | None:
    """The column that says when each submission was last changed: it is called like the grade's, or stands before it.

    None if the table is no worksheet, or the assignment takes no submissions.
    """
    graded = graded_column(table)
    if graded is None:
        return None
    others = [at for at, name in enumerate(table.head[:graded]) if _in_brackets(name) not in ("", *GRADE)]
    alike = [at for at in others if _before_brackets(table.head[at]) == _before_brackets(table.head[graded])]
    if len(alike) == 1:
        return alike[0]
    return graded - 1 if graded - 1 in others else None


def _in_brackets(heading: str) -> str:
    found = _MODIFIED.fullmatch(heading)
    return found[2].casefold() if found else ""


def _before_brackets(heading: str) -> str:
    found = _MODIFIED.fullmatch(heading)
    return found[1].casefold() if found else ""
