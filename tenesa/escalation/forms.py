"""The inputs of an escalation's steps; one class serves the page and REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.escalation.people import deciders
from tenesa.escalation.states import LEVELS, Level, unit_choices
from tenesa.workflow.step import StepForm
from tenesa.workspace.ownership import PersonField

if TYPE_CHECKING:
    from tenesa.escalation.models import Escalation

NOTE = 300


class EscalationForm(StepForm):
    case: Escalation


class RemarkForm(EscalationForm):
    """A remark that may be left out, so that one key decides."""

    note = forms.CharField(label=gettext_lazy("Remark"), max_length=NOTE, required=False)


class NoteForm(EscalationForm):
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=NOTE, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )


class DelegateForm(EscalationForm):
    """A colleague of the same level or a higher one; nobody who asked, and nobody who has it or has passed it on."""

    to = PersonField(label=gettext_lazy("Delegate to"))
    note = forms.CharField(label=gettext_lazy("Remark"), max_length=NOTE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = deciders(self.case, LEVELS[max(1, LEVELS.index(Level(self.case.level))) :])
        others = people.exclude(pk__in=[one for one in (self.actor.pk, self.case.owner_id) if one])
        self.fields["to"].offer(others)  # type: ignore[attr-defined]

    def clean_to(self) -> User:
        chosen: User = self.cleaned_data["to"]
        if chosen.pk in self.case.passed_on_by:
            words = _("%(who)s has passed it on already: decide, choose somebody else, or add a level.")
            raise forms.ValidationError(words % {"who": chosen})
        return chosen


class UnitForm(EscalationForm):
    """What Infomedia cannot do goes to Telkom or a back-end unit (P-05 5.6)."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=unit_choices)
    note = forms.CharField(label=gettext_lazy("For the unit"), max_length=NOTE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.unit:
            self.fields["unit"].initial = self.case.unit


class ReferenceForm(EscalationForm):
    reference = forms.CharField(label=gettext_lazy("Reference of the unit"), max_length=60)


class AnswerForm(EscalationForm):
    answer = forms.CharField(
        label=gettext_lazy("Answer of the unit"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )
