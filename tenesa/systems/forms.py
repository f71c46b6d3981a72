"""The switch for faults of the simulators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.systems.clients import LABELS
from tenesa.systems.operation import label_of

ALL = "*"
KINDS = [
    ("timeout", _("No answer, nothing done")),
    ("lost_answer", _("Done, but no answer")),
    ("http_500", _("Error 500")),
    ("slow", _("Slow")),
    ("duplicate", _("Duplicate")),
    ("wrong_data", _("Wrong data")),
]
LONGEST_MS = 120_000


class FaultForm(forms.Form):
    """`operations` are those of each system that a simulator plays."""

    target = forms.ChoiceField(label=_("Operation"))
    kind = forms.ChoiceField(label=_("Fault"), choices=KINDS)
    count = forms.IntegerField(label=_("For how many calls"), required=False, min_value=1, max_value=10_000)
    ms = forms.IntegerField(label=_("Milliseconds"), required=False, min_value=0, max_value=LONGEST_MS)

    def __init__(self, data: Any = None, *, operations: Mapping[str, Sequence[str]]) -> None:
        super().__init__(data)
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            (
                LABELS[system],
                [(f"{system}.{name}", f"{LABELS[system]}: {title_of(system, name)}") for name in (ALL, *names)],
            )
            for system, names in operations.items()
        ]

    def clean_target(self) -> tuple[str, str]:
        system, _dot, operation = str(self.cleaned_data["target"]).partition(".")
        return system, operation


class CallForm(forms.Form):
    """A call that the simulated CTI brings to an agent's screen."""

    number = forms.CharField(label=_("Telephone number"), max_length=40)
    agent = forms.CharField(label=_("Login of the agent"), max_length=150)

    def clean_agent(self) -> str:
        login: str = self.cleaned_data["agent"]
        if not User.objects.filter(username=login, is_active=True).exists():
            raise forms.ValidationError(gettext("Nobody signs in as “%(login)s”.") % {"login": login})
        return login


class PaymentForm(forms.Form):
    """A customer pays in the simulated E-Payment; without an amount everything that is owed."""

    fastel = forms.RegexField(label=_("Internet or telephone number"), regex=r"^\d{9,12}$")
    fastel.error_messages["invalid"] = _("A number has 9 to 12 digits.")
    amount = forms.IntegerField(label=_("Amount (Rp)"), required=False, min_value=1, max_value=1_000_000_000)
    posted_on = forms.DateField(
        label=_("Can be read from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


def title_of(system: str, name: str) -> Any:
    return _("every operation") if name == ALL else label_of(system, name)
