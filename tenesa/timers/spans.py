"""Spans of time as people read them; the one place that writes them, beside frontend/js/clock.js."""

from __future__ import annotations

from django.utils.translation import gettext as _

DAY = 24 * 60  # minutes


def span_words(seconds: float) -> str:
    """The same words as frontend/js/clock.js writes: 12 m, 3 h 5 m, 4 d 2 h."""
    minutes = int(abs(seconds) // 60)
    sign = "−" if seconds < 0 and minutes > 0 else ""
    if minutes < 60:
        return f"{sign}{minutes} {_('m')}"
    if minutes < DAY:
        return f"{sign}{minutes // 60} {_('h')} {minutes % 60} {_('m')}"
    hours = minutes % DAY // 60
    return f"{sign}{minutes // DAY} {_('d')}" + (f" {hours} {_('h')}" if hours else "")
