"""Dates with the month in words, as learning platforms write them: `Dienstag, 3. März 2026, 23:58`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from grader.classroom.people.name_forms import plain

LANGUAGES: Final = "English, German, French, Spanish, Italian, Portuguese and Dutch"

_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "january januar janner januari janvier janv enero ene gennaio gen janeiro jan",
            "february februar februari fevrier fevr febrero febbraio fevereiro feb febr fev",
            "march marz maerz maart mrt mars marzo marco mar",
            "april avril avr abril abr aprile apr",
            "may mai mei mayo maggio mag maio",
            "june juni juin junio giugno giu junho jun",
            "july juli juillet juil julio luglio lug julho jul",
            "august augustus aout agosto ago aug",
            "september septembre septiembre setiembre settembre setembro sept sep set",
            "october oktober octobre octubre ottobre outubro oct okt ott out",
            "november novembre noviembre novembro nov",
            "december dezember decembre diciembre dicembre dezembro dec dez dic",
        ),
        1,
    )
    for word in words.split()
}
"""Without accents; no word means two months."""
_DATE = re.compile(
    r"(?:[a-z][a-z-]*[.,]{0,2} )?"  # the day of the week
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th|er|[.o]{1,2})? (?:de |of )?(?P<month>[a-z]{3,10})"
    r"|(?P<second_month>[a-z]{3,10})\.? (?P<second_day>\d{1,2})(?:st|nd|rd|th)?)"
    r"[.,]{0,2}(?: de| del)? (?P<year>\d{4}),?"
    r"(?: (?:at|um|a|a la|a las|alle|alle ore|ore|as|om))? "
    r"(?P<hour>\d{1,2})[:.h]?(?P<minute>\d\d)(?::(?P<second>\d\d))?(?: uhr)?(?: ?(?P<half>[ap])\.? ?m\.?)?"
)


def in_words(text: str) -> datetime | None:
    """A date and a time of day with the month in words; None if it is none, or in a language that is not known."""
    found = _DATE.fullmatch(" ".join(plain(text).split()))
    month = _MONTHS.get(found["month"] or found["second_month"]) if found else None
    if found is None or month is None:
        return None
    hour, day = int(found["hour"]), int(found["day"] or found["second_day"])
    if half := found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(int(found["year"]), month, day, hour, int(found["minute"]), int(found["second"] or 0))  # noqa: DTZ001 the platform does not say in which time zone
    except ValueError:
        return None
