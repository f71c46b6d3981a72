"""Forms and guards of who holds a case: a reason, and the new owner whom a leader names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import StepForm

REASON = 300


class ReasonForm(StepForm):
    reason = forms.CharField(label=_("Reason"), max_length=REASON)


class TakeOverForm(ReasonForm):
    """The new owner is somebody who works at the case's desk; the leader themselves where they name nobody else."""

    owner = forms.ModelChoiceField(label=_("New owner"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = {"memberships__team__desk": self.case.desk_id}
        workers = [Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR]
        people = User.objects.filter(is_active=True, memberships__role__in=workers, **places).distinct()
        self.fields["owner"].queryset = people.order_by("first_name", "username")  # type: ignore[attr-defined]
        if isinstance(self.actor, User):
            self.fields["owner"].initial = self.actor.pk
