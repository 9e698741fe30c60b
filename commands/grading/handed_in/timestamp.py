"""timestamp.txt: when a submission was handed in, in a form that nbgrader
reads.

nbgrader's exchange writes it; so do people, scripts and PowerShell. If
nbgrader cannot parse it, it grades none of the trainee's notebooks.
"""

import re
from datetime import UTC, datetime

import dateutil.parser
import dateutil.tz

from commands.exercises.reading import decode

NAME = "timestamp.txt"
LONGEST = 200  # characters of a time
# Zones whose names mean one thing only, in seconds from UTC.
_ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "CET": 3600, "CEST": 7200,
          "WET": 0, "WEST": 3600, "EET": 7200, "EEST": 10800}

# A text in which the year, month or day is missing has two readings.
_DEFAULTS = [datetime(2000, 1, 1, tzinfo=UTC),
             datetime(2003, 2, 2, tzinfo=UTC)]


def tidy(content: bytes) -> tuple[bytes | None, str]:
    """The file as nbgrader writes it: a time in UTC. If it holds no time:
    None, and a sentence that says so. A time without a zone is read as UTC,
    as nbgrader does."""
    text = decode(content)[0].strip() if len(content) < 4 * LONGEST else ""
    try:
        time = _time(text).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, AttributeError):
        shown = " ".join(text[:40].split())
        return None, (f"{NAME} holds no time that can be read without doubt"
                      + (f" (“{shown}”)" if shown else "") +
                      ": it was ignored, and costs nothing")
    return f"{time:%Y-%m-%d %H:%M:%S} UTC".encode(), ""


def _time(text):
    """The time that a text says. ValueError if parts are missing, or if day
    and month could be exchanged."""
    if re.fullmatch(r"\d{10}", text):
        return datetime.fromtimestamp(int(text), UTC)
    text = re.sub(r"\b(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d\d))?$",
                  lambda m: f"{m[1]}{m[2]:0>2}:{m[3] or '00'}", text)
    zone, place = None, re.search(r"\s[A-Za-z]+/[A-Za-z_/+-]+$", text)
    if place:
        zone = dateutil.tz.gettz(place[0].strip())
        if zone is None:
            raise ValueError(text)
        text = text[:place.start()]
    orders = (False,) if re.match(r"\d{4}\b", text) else (False, True)
    readings = {dateutil.parser.parse(text, tzinfos=_zone, default=default,
                                      dayfirst=dayfirst)
                for dayfirst in orders for default in _DEFAULTS}
    if len(readings) != 1 or not text[:1].isascii():
        raise ValueError(text)
    time = readings.pop()
    return time.replace(tzinfo=zone) if zone else time


def _zone(name, seconds):
    """Seconds from UTC; raises an error for an unknown zone."""
    if name is None or seconds is not None:
        return seconds
    if name.upper() not in _ZONES:
        raise ValueError(name)
    return _ZONES[name.upper()]
