"""Who is behind `submission_<number>` in a Gradescope export: the lines of submission_metadata.yml that say so."""

from __future__ import annotations

import re

from grader.intake.naming import Who

METADATA = "submission_metadata.yml"
LARGEST = 64 << 20

_KEY = re.compile(r"(submission_\d+):\s*")
_FIELD = re.compile(r"\s+(?:- )?:(name|sid|email):\s*(.*)")


def read_metadata(text: str) -> dict[str, Who]:
    """Submission -> its first submitter. Reads the one shape that Gradescope writes, line by line, not YAML."""
    found: dict[str, Who] = {}
    current, fields = "", dict[str, str]()
    for line in text.splitlines():
        if key := _KEY.fullmatch(line):
            current, fields = key[1], {}
        elif current and (entry := _FIELD.fullmatch(line)) and entry[1] not in fields:
            fields[entry[1]] = _scalar(entry[2])
            found[current] = Who(fields.get("sid", ""), fields.get("name", ""), fields.get("email", ""))
    return found


def _scalar(text: str) -> str:
    """A plain or quoted YAML scalar of one line."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"')
    return "" if text in ("null", "~") else text
