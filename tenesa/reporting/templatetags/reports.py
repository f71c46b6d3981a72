"""Figures as the report pages write them."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils.formats import date_format, number_format

from tenesa.reporting import charts
from tenesa.reporting.registry import Value
from tenesa.timers.spans import span_words
from tenesa.ui.templatetags.ui import when

register = template.Library()
NBSP = "\N{NO-BREAK SPACE}"


@register.filter
def percent(share: float | None) -> str:
    return charts.percent(share, 1)


@register.filter
def coordinate(share: float | None) -> str:
    """A share as a length of 100, never with a comma."""
    return f"{(share or 0) * 100:.1f}"


@register.filter
def span(seconds: float | None) -> str:
    return "–" if seconds is None else span_words(seconds)


@register.filter
def at_most(seconds: int | None) -> str:
    return charts.at_most(seconds)


@register.filter
def shown(value: Value) -> str:
    """A value of a list in words."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        *day, clock, zone = when(value).split()  # it breaks between day and time only
        return f"{NBSP.join(day)} {clock}{NBSP}{zone}"
    if isinstance(value, date):
        return date_format(value, "j M Y")
    if isinstance(value, float):
        return number_format(round(value, 1), 1, force_grouping=True)
    return number_format(value, force_grouping=True) if isinstance(value, int) else value


@register.filter
def is_number(value: Value) -> bool:
    return isinstance(value, int | float)
