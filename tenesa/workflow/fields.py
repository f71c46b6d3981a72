"""Fields that the forms of many steps have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

_MONEY = re.compile(r"^(?:rp\.?\s*)?(\d{1,3}(?:\.\d{3})*|\d+)(?:,00)?$", re.IGNORECASE)


class Numbered(forms.RadioSelect):
    """Choices with a number each, which chooses as a key; one form has one such field at most."""


def words(label: Any, *, required: bool = True, length: int = 500, rows: int = 2, help_text: Any = "") -> Any:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=length, required=required, widget=widget, help_text=help_text)


def moment(label: Any, *, required: bool = False, help_text: Any = "") -> Any:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget, help_text=help_text)


def day(label: Any, *, required: bool = True, help_text: Any = "", formats: Sequence[str] | None = None) -> Any:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text, input_formats=formats)


class RupiahField(forms.IntegerField):
    """Whole rupiah, also as people write them: "350000", "350.000", "Rp 350.000,00"."""

    def prepare_value(self, value: Any) -> Any:
        """As it stands in the field: "350.000"."""
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip():
            found = _MONEY.match(value.strip())
            if found is None:
                raise forms.ValidationError(_("Write whole rupiah, for example 350000 or 350.000."))
            value = found[1].replace(".", "")
        whole: int | None = super().to_python(value)
        return whole


def rupiah(label: Any, *, required: bool = True, help_text: Any = "") -> Any:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return RupiahField(label=label, required=required, min_value=0, widget=widget, help_text=help_text)
