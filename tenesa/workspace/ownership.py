"""Forms and guards of who holds a case: a reason, the new owner whom a leader names, and who may take work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Case as Either
from django.db.models import Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, PresenceState, User
from tenesa.accounts.roles import AGENTS, Role
from tenesa.workflow.case import Case
from tenesa.workflow.step import StepForm, guard

REASON = 300


class ReasonForm(StepForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person by name, whoever is at work first; of the others it is said that they are not."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User.objects.none(), **kwargs)

    def offer(self, people: QuerySet[User]) -> None:
        """Only these may be chosen."""
        away = Q(presence=None) | Q(presence__state=PresenceState.OFFLINE)
        people = people.annotate(away=Either(When(away, then=Value(True)), default=Value(False)))
        self.queryset = people.order_by("away", "first_name", "username")

    def label_from_instance(self, obj: Any) -> str:
        return _("%(who)s (not on duty)") % {"who": obj} if obj.away else str(obj)


class TakeOverForm(ReasonForm):
    """The new owner is somebody who works at the case's desk and does not hold it (`holder` names the column); the
    leader themselves where they name nobody else."""

    holder = "owner"
    owner = PersonField(
        label=gettext_lazy("New owner"),
        error_messages={"invalid_choice": gettext_lazy("This person holds the case already, or cannot hold it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = {"memberships__team__desk": self.case.desk_id}
        workers = [*AGENTS, Role.TEAM_LEADER, Role.SUPERVISOR]
        people = User.objects.filter(is_active=True, memberships__role__in=workers, **places).distinct()
        held_by: Any = None if self.several else getattr(self.case, f"{self.holder}_id")
        self.fields["owner"].offer(people.exclude(pk=held_by))  # type: ignore[attr-defined]
        if isinstance(self.actor, User) and self.actor.pk != held_by:
            self.fields["owner"].initial = self.actor.pk


class AssignForm(TakeOverForm):
    """Of a case that nobody holds yet: nobody is proposed, and no reason is owed."""

    field_order = ("owner", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].initial, self.fields["reason"].required = None, False


@guard(gettext_lazy("the case is yours"))
def is_mine(case: Case, actor: Actor) -> str:
    if not isinstance(actor, User) or case.owner_id == actor.pk:
        return ""
    if case.owner is None:
        return _("Nobody holds this case: take it first.")
    return _("This case is held by %(who)s.") % {"who": case.owner.as_holder}


@guard(gettext_lazy("the case is yours or nobody's"))
def is_mine_or_free(case: Case, actor: Actor) -> str:
    return is_mine.refuses(case, actor) if case.owner_id else ""


@guard(gettext_lazy("you are ready (auto-in)"))
def is_ready(case: Case, actor: Actor) -> str:
    if not isinstance(actor, User) or actor.is_machine or case.finds_ready(actor):
        return ""
    return _("Set yourself to auto-in first: work reaches only people who are ready.")
