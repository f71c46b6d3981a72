"""Invitations (RFC 5545) as words: what, when in our time, where, and the files that came inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

MAX_LETTERS = 5_000_000
_MAX_LINES = 10_000
_MAX_ZONES = 10
_FOLDED = re.compile(r"\r?\n[ \t]")
_MAX_EVENTS = 20
_MAX_FILES = 100
_MAX_WORDS = 20_000
_ZONE = re.compile(
    r"^BEGIN[^\n:]{0,200}:\s{0,5}VTIMEZONE\b.*?(?:^END[^\n:]{0,200}:\s{0,5}VTIMEZONE[^\n]*\n|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_EVERY_YEAR = re.compile(r"^RRULE:FREQ=YEARLY;[^\n]{0,100}$", re.IGNORECASE | re.MULTILINE)
_FRAME = re.compile(r"^(BEGIN|END)[^\n:]{0,200}:\s{0,5}([A-Za-z-]{1,40})\s{0,5}$", re.IGNORECASE | re.MULTILINE)


@dataclass
class Invitation:
    """One event. `files` are (name, type, content); `method` as in RFC 5546, upper case."""

    what: str = ""
    starts: date | None = None
    ends: date | None = None
    place: str = ""
    organizer: str = ""
    words: str = ""
    repeats: str = ""
    method: str = ""
    files: list[tuple[str, str, bytes]] = field(default_factory=list)

    def told(self) -> str:
        """What it says, line by line, in the language of the desk."""
        with translation.override(settings.LANGUAGE_CODE):
            lines = [f"{self._title()}: {self.what}", _line(gettext("When"), span(self.starts, self.ends))]
            lines += [_line(gettext("Repeats"), self.repeats), _line(pgettext("of a meeting", "Place"), self.place)]
            lines.append(_line(pgettext("of a meeting", "Organizer"), self.organizer))
        return "\n".join(filter(None, lines))

    def _title(self) -> str:
        if self.method == "CANCEL":
            return gettext("Invitation cancelled")
        if self.method in {"REPLY", "COUNTER", "DECLINECOUNTER"}:
            return gettext("Answer to an invitation")
        return gettext("Invitation")


def read(text: str) -> list[Invitation]:
    """The events of a calendar; none when it cannot be read."""
    text = _FOLDED.sub("", text[: MAX_LETTERS + 1])
    if len(text) > MAX_LETTERS or text.count("\n") > _MAX_LINES:
        return []
    text = _closed(_without_costly_zones(text))
    from icalendar import Calendar  # only the few mails that have a calendar pay for loading it

    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except Exception:  # its parser raises a dozen sorts of error, by what is torn
        return []
    found: list[Invitation] = []
    for calendar in calendars[:_MAX_EVENTS]:
        method = str(calendar.get("METHOD", "")).upper()
        found += [_invitation(event, method) for event in islice(_events(calendar), _MAX_EVENTS - len(found))]
    return found


def _without_costly_zones(text: str) -> str:
    number = text.upper().count("VTIMEZONE")
    if not number:
        return text
    return _ZONE.sub("" if number > 2 * _MAX_ZONES else _harmless_zone, text)


def _harmless_zone(zone: re.Match[str]) -> str:
    """A described time zone is played from its first year on, so only what changes by the year may stay; without
    its description a zone is known by its name."""
    rules = len(_EVERY_YEAR.findall(zone[0]))
    told = zone[0].upper()
    odd = told.count("RRULE") != rules or rules > 20 or len(told) > 5_000 or "RDATE" in told
    return "" if odd else zone[0]


def _closed(text: str) -> str:
    """A torn calendar, its ends put there; "" when it is nested as no calendar is."""
    opened: list[str] = []
    for match in _FRAME.finditer(text):
        if match[1].upper() == "BEGIN":
            opened.append(match[2])
        elif opened:
            opened.pop()
        if len(opened) > 5:
            return ""
    return text + "".join(f"\nEND:{name}" for name in reversed(opened)) + "\n"


def span(starts: date | None, ends: date | None) -> str:
    """ "Sel, 1 Des 2026 09.00-10.30 WIB"; a day without times stands alone."""
    if starts is None:
        return ""
    if not isinstance(starts, datetime):
        last = ends - timedelta(days=1) if ends and not isinstance(ends, datetime) and ends > starts else starts
        return _day(starts) if last <= starts else f"{_day(starts)} – {_day(last)}"
    begin = _local(starts)
    if not isinstance(ends, datetime) or _local(ends) <= begin:
        return f"{_day(begin)} {begin:%H.%M} WIB"
    end = _local(ends)
    if end.date() == begin.date():
        return f"{_day(begin)} {begin:%H.%M}–{end:%H.%M} WIB"
    return f"{_day(begin)} {begin:%H.%M} – {_day(end)} {end:%H.%M} WIB"


def _line(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""


def _day(day: date) -> str:
    return date_format(day, "D, j M Y")


def _local(moment: datetime) -> datetime:
    """In our time; one without a zone is meant in the zone of whoever reads it."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.get_default_timezone())
    return timezone.localtime(moment, timezone.get_default_timezone())


def _events(calendar: Any) -> Iterator[Any]:
    return (one for one in calendar.subcomponents if one.name in {"VEVENT", "VTODO"})


def _invitation(event: Any, method: str) -> Invitation:
    starts = _moment(event, "DTSTART") or _moment(event, "DUE")
    ends = _moment(event, "DTEND")
    length = _value(event, "DURATION", "dt")
    if ends is None and starts is not None and isinstance(length, timedelta):
        ends = _sum(starts, length)
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        method = "CANCEL"
    return Invitation(
        what=_text(event, "SUMMARY")[:500],
        starts=starts,
        ends=ends,
        place=_text(event, "LOCATION")[:500],
        organizer=_organizer(event),
        words=_text(event, "DESCRIPTION")[:_MAX_WORDS],
        repeats=_repeats(event),
        method=method,
        files=list(islice(_files(event), _MAX_FILES)),
    )


def _all(event: Any, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _value(event: Any, name: str, attribute: str) -> Any:
    return next((_attribute(one, attribute) for one in _all(event, name)), None)


def _attribute(one: Any, name: str) -> Any:
    try:
        return getattr(one, name, None)
    except Exception:  # a broken property raises when it is asked
        return None


def _text(event: Any, name: str) -> str:
    return "\n".join(str(one) for one in _all(event, name)[:5]).replace("\r\n", "\n").strip()


def _moment(event: Any, name: str) -> date | None:
    """A moment that our clock can show: a year out of range or an unknown zone is no moment."""
    value = _value(event, name, "dt")
    if not isinstance(value, date) or not 1970 <= value.year <= 2200:
        return None
    try:
        return _local(value) if isinstance(value, datetime) else value
    except (ValueError, OverflowError):
        return None


def _sum(starts: date, length: timedelta) -> date | None:
    try:
        return starts + length
    except OverflowError:
        return None


def _organizer(event: Any) -> str:
    who = next(iter(_all(event, "ORGANIZER")), "")
    address = str(who)[:300]
    address = address[7:] if address.lower().startswith("mailto:") else address
    name = str((_attribute(who, "params") or {}).get("CN", ""))[:200]
    return f"{name} <{address}>" if name and name.lower() != address.lower() else address


def _repeats(event: Any) -> str:
    rule: Any = next(iter(_all(event, "RRULE")), None)
    often = str(next(iter(rule.get("FREQ", [])), "")).upper() if isinstance(rule, dict) else ""
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "DAILY": gettext("every day"),
            "WEEKLY": gettext("every week"),
            "MONTHLY": gettext("every month"),
            "YEARLY": gettext("every year"),
        }
    return words.get(often, often.lower())


def _files(event: Any) -> Iterator[tuple[str, str, bytes]]:
    """What is packed into the calendar itself; files elsewhere are only addresses."""
    for one in _all(event, "ATTACH")[: 5 * _MAX_FILES]:
        content = _attribute(one, "bytes")
        if isinstance(content, bytes) and content:
            params = one.params
            name = str(params.get("FILENAME", "") or params.get("X-FILENAME", "") or params.get("X-APPLE-FILENAME", ""))
            yield name, str(params.get("FMTTYPE", "") or "application/octet-stream").lower(), content
