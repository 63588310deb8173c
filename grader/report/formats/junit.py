"""JUnit XML, for GitLab, Jenkins and other systems that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from grader.report.clean_text import clean, line
from grader.report.row_facts import headline, said, short_place, solved, words
from grader.report.submission_facts import earned, entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Entry, Row


def convert(document: Mapping[str, Any], _context: Context) -> str:
    """Convert a report to JUnit XML: one suite per submission and exercise, one test case per gradient."""
    found = entries(document)
    suites = [_suite(entry) for entry in found]
    root = ET.Element("testsuites", {"name": "backprop-grader", **_sums(suites), "time": _time(found)})
    root.extend(suites)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(entry: Entry) -> ET.Element:
    rows = entry["gradients"]
    wrong = sum(not solved(row) for row in rows)
    suite = ET.Element(
        "testsuite",
        name=f"{line(entry['exercise'])}: {line(entry['name'])}",
        tests=str(len(rows) or 1),
        failures=str(wrong if rows else 0),
        errors=str(0 if rows else 1),
        skipped="0",
        time=_time([entry]),
    )
    points, possible = earned(entry)
    listed = ET.SubElement(suite, "properties")
    for name, value in {"points": points, "possible": possible, "status": entry["status"]}.items():
        ET.SubElement(listed, "property", name=name, value=str(value))
    if not rows:
        case = ET.SubElement(suite, "testcase", name="the submission", classname=line(entry["exercise"]), time="0.000")
        problem = clean(entry["problem"] or entry["status"])
        ET.SubElement(case, "error", type=entry["status"], message=line(problem)).text = problem
    suite.extend(_case(entry, row) for row in rows)
    return suite


def _case(entry: Entry, row: Row) -> ET.Element:
    seconds = f"{row['duration_s']:.3f}"
    case = ET.Element("testcase", name=row["name"], classname=line(entry["exercise"]), time=seconds)
    if not solved(row):
        message = f"{row['name']}: {line(headline(row))}"
        failure = ET.SubElement(case, "failure", type=words(row["verdict"]), message=message)
        failure.text = said(row)
    elif row["notes"]:
        ET.SubElement(case, "system-out").text = "\n".join([*map(clean, row["notes"]), short_place(row)])
    return case


def _sums(suites: list[ET.Element]) -> dict[str, str]:
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in ("tests", "failures", "errors")}


def _time(found: list[Entry]) -> str:
    return f"{sum(entry['duration_s'] for entry in found):.3f}"
