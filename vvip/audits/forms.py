"""The inputs of the steps of an audit; one class serves the page and REST."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.workflow.fields import words
from tenesa.workflow.step import NeededWhen, StepForm
from vvip.audits.states import CRITERIA, Verdict, criteria_of


class TickForm(StepForm):
    """A verdict for each criterion of the call's path (clause 4); what is wrong is said in words."""

    note = words(gettext_lazy("What was wrong"), required=False, length=300)
    left_out = ("ticks",)  # the same verdicts once more, in one
    needed_when = {"note": NeededWhen(tuple(CRITERIA), {Verdict.NOT_MET})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CRITERIA.keys() - criteria_of(self.case.stratum).keys():
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["ticks"] = {name: cleaned[name] for name in CRITERIA if cleaned.get(name)}
        if Verdict.NOT_MET in cleaned["ticks"].values() and not cleaned.get("note"):
            self.add_error("note", _("Say what was wrong."))
        return cleaned


def _verdict(name: str) -> forms.ChoiceField:
    criterion = CRITERIA[name]
    label, help_text = criterion.words, format_lazy("{} · {}", criterion.part.label, criterion.clause)
    return forms.ChoiceField(label=label, help_text=help_text, choices=Verdict.choices, widget=forms.RadioSelect)


TickForm.base_fields = {**{name: _verdict(name) for name in CRITERIA}, **TickForm.base_fields}


class CorrectForm(TickForm):
    reason = words(gettext_lazy("Why it is judged anew"), length=300)


class ObjectionForm(StepForm):
    reason = words(gettext_lazy("What speaks against it"), length=300)


class NoteForm(StepForm):
    note = words(gettext_lazy("Why it stands"), length=300)


CorrectForm.base_fields = {**TickForm.base_fields, "reason": CorrectForm.base_fields["reason"]}
