"""Times that a customer names: read and shown in their zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.contact import zones


class CustomerMoment(forms.DateTimeField):
    """A moment in the customer's zone, the house's where that is unknown; one with an offset (REST) stands as it is."""

    zone: ZoneInfo | None = None

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(self.zone):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.zone):
            return super().prepare_value(value)


def customer_moment(label: Any, *, required: bool = False, help_text: Any = "") -> Any:
    """The field of a form; `in_zone` tells it whose time it is."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return CustomerMoment(label=label, required=required, widget=widget, help_text=help_text)


def in_zone(form: forms.Form, key: str, *names: str) -> None:
    """Read these moments of the form in the zone "WIB", "WITA", "WIT" or "" (unknown), and say so beside the first."""
    zone, now = zones.place_of(key), timezone.now()
    for name in names:
        field: Any = form.fields[name]
        field.zone = zone
    if not key:
        words = _("in our time, %(here)s: the customer's zone is unknown")
    elif zones.label_of(zone) != zones.label_of(zones.house()):
        words = _("in the customer's time: there it is %(there)s, here %(here)s")
    else:
        return
    told = {"there": _now(now, zone), "here": _now(now, zones.house())}
    first = form.fields[names[0]]
    first.help_text = " · ".join(filter(None, [str(first.help_text), words % told]))


def _now(moment: datetime, zone: ZoneInfo) -> str:
    return f"{zones.clock(moment, zone)} {zones.label_of(zone)}"
