"""What is asked when an exclusion list is entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.exclusions import reading
from caring.exclusions.models import Exclusion
from tenesa.sheets import NotASheet
from tenesa.workflow.fields import day

MOST_BYTES = 20 * 2**20
SHOWN = 12  # problems that are told at once


class ExclusionForm(forms.Form):
    """Numbers that are typed, or a sheet of them; `entries` has what was read."""

    source = forms.CharField(label=gettext_lazy("Source (letter, unit)"), max_length=120, strip=True)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=120, strip=True)
    valid_from = day(gettext_lazy("Valid from"))
    valid_until = day(gettext_lazy("Valid until"), required=False, help_text=gettext_lazy("empty: for good"))
    of = forms.ChoiceField(label=gettext_lazy("The numbers typed are"), choices=Exclusion.Of.choices)
    numbers = forms.CharField(
        label=gettext_lazy("Numbers, one a line"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    file = forms.FileField(
        label=gettext_lazy("or a sheet"), required=False, help_text="fastel, ncli, hp, alasan, mulai, sampai",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt"}),
    )  # fmt: skip

    entries: list[reading.Entry]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file, numbers = cleaned.get("file"), cleaned.get("numbers")
        if bool(file) == bool(numbers):
            self.add_error("numbers", _("Type the numbers or hand in a sheet, one of the two."))
        elif file and file.size > MOST_BYTES:
            self.add_error("file", _("The file is too large."))
        else:
            self._read(file, numbers, cleaned.get("of") or Exclusion.Of.FASTEL)
        return cleaned

    def _read(self, file: Any, numbers: str | None, of: str) -> None:
        name = "file" if file else "numbers"
        try:
            self.entries = reading.in_file(file.file) if file else reading.typed(numbers or "", of)
        except NotASheet as refusal:
            self.add_error(name, str(refusal))
        except reading.BadRows as refusal:
            self.add_error(name, refusal.problems[:SHOWN])
