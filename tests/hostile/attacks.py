"""The corpus: small files with one attack each, and the expected verdicts in the header.

    # attack: what it tries
    # with rules: dprobs=refused         the verdicts with the rules on
    # without: dprobs=raised|killed      with the rules off: the jail holds on its own
    # bare: dprobs=correct               with all names within reach as well, if that differs
    # expect: dprobs=timed_out           with the rules on and off

`wrong` means any verdict that does not score. Functions that a header does not name must be right, unless `*=` gives
their verdict. Functions missing from a file are taken from the worked solution. PLACE_TMP and its like are filled in.
An attack that succeeds says "escaped" in a message, in its output, or in a file.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.grading.row import Row

FOLDER = Path(__file__).parent / "corpus"
RIGHT = frozenset(("correct", "exact"))
WRONG = frozenset(map(str, Verdict)) - RIGHT

_HEADER = re.compile(r"^# (attack|expect|with rules|without|bare): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Attack:
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(FOLDER).with_suffix("").as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text()

    @property
    def curtained(self) -> bool:
        """Whether it starts from names that a learner's code cannot get."""
        return re.search(r"\b(ctypes|gc|grader)\b", self.text.partition("\nimport")[2]) is not None

    def expected(self, *, rules: bool, curtain: bool = True) -> dict[str, frozenset[str]]:
        """Function -> the accepted verdicts; "*" is all others."""
        verdicts: dict[str, frozenset[str]] = {"*": RIGHT}
        kinds = (
            ["expect", "with rules"] if rules else ["expect", "without"] if curtain else ["expect", "without", "bare"]
        )
        for kind, line in _HEADER.findall(self.text):
            if kind in kinds:
                verdicts |= dict(map(_verdicts, line.split()))
        return verdicts

    def surprises(self, rows: Iterable[Row], *, rules: bool, curtain: bool = True) -> dict[str, str]:
        """Function -> what became of it, for each that did not get an accepted verdict, or from which it escaped."""
        expected = self.expected(rules=rules, curtain=curtain)
        return {
            row.name: f"{row.verdict}: {row.problem}{row.printed}{row.notes}"
            for row in rows
            if row.verdict not in expected.get(row.name, expected["*"])
            or "escaped" in f"{row.problem}{row.printed}{row.notes}"
        }

    def submission(self, solution: str, places: dict[str, str]) -> bytes:
        """The attack, with the worked solution for every function that it leaves out."""
        text = self.text
        for name, value in places.items():
            text = text.replace(f"PLACE_{name}", value)
        return f"{text}\n{_rest(text, solution)}".encode()


def attacks() -> list[Attack]:
    return [Attack(path) for path in sorted(FOLDER.rglob("*.py"))]


def _verdicts(entry: str) -> tuple[str, frozenset[str]]:
    name, _, wanted = entry.partition("=")
    verdicts = frozenset(wanted.split("|"))
    verdicts |= RIGHT if verdicts & RIGHT else frozenset()
    return name, verdicts | WRONG if "wrong" in verdicts else verdicts


def _rest(text: str, solution: str) -> str:
    try:
        own = {name for node in ast.parse(text).body for name in _bound(node)}
    except (SyntaxError, MemoryError):
        return ""
    kept = [
        node
        for node in ast.parse(solution).body
        if not (isinstance(node, ast.FunctionDef) and node.name in own) and not isinstance(node, ast.Expr)
    ]
    return "\n\n".join(map(ast.unparse, kept))


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]
