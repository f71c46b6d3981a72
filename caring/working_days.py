"""Days on which caring works (requirements 8, Timers)."""

from __future__ import annotations

from datetime import date, timedelta

from tenesa.contact.models import Holiday

SUNDAY = 6


def next_working_day(day: date) -> date:
    """The next day that is neither Sunday nor a national holiday (requirements 8, Timers)."""
    ahead = [day + timedelta(days=number) for number in range(1, 31)]
    closed = set(Holiday.objects.filter(date__in=ahead, confirmed=True).values_list("date", flat=True))
    return next((one for one in ahead if one.weekday() != SUNDAY and one not in closed), ahead[0])
