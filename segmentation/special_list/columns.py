"""The columns of an entry, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from segmentation.special_list.states import Action, Criterion, Kind
from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role
from tenesa.workflow.case import Case

if TYPE_CHECKING:
    from segmentation.customers import Customer, Service

LEADERS = frozenset({Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER})
PROPOSERS = LEADERS | {Role.AGENT_147, Role.AGENT_TIER2, Role.API_CLIENT}


def leads(actor: Actor) -> bool:
    """Sees the whole list; everybody else who proposes sees their own proposals."""
    return actor.has_role(*LEADERS)


def midnight_after(day: date) -> datetime:
    """When an entry ends that holds until this day, the day included."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


class ListColumns(Case):
    """Who stands on which list, by which criterion and evidence, from when until when (both days included).

    `entered_by` is None where a step of another procedure made the entry (super emergency). `change` is a change that
    waits for approval: the columns it would set, or `{"end": reason}`.
    """

    customer: models.ForeignKey[Customer, Customer] = models.ForeignKey(
        "segmentation.Customer", models.PROTECT, related_name="entries", db_index=False
    )
    service: models.ForeignKey[Service | None, Service | None] = models.ForeignKey(
        "segmentation.Service", models.PROTECT, related_name="+", null=True, db_index=False
    )
    kind = models.CharField(_("list"), max_length=7, choices=Kind)
    criterion = models.CharField(_("criterion"), max_length=15, choices=Criterion)
    action = models.CharField(_("what to do"), max_length=13, choices=Action, default=Action.NONE)
    evidence = models.CharField(_("evidence"), max_length=300)
    source = models.CharField(_("source"), max_length=80)
    measure = models.JSONField(default=dict)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"))
    review_due = models.DateField(_("review"))
    reviewed_on = models.DateField(_("reviewed"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    change = models.JSONField(default=dict)
    change_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False)
    change_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    remark = models.CharField(_("note"), max_length=300, blank=True)
    request_key = models.CharField(max_length=64, null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """The criterion in words, with its measure where it has one."""
        said = str(Criterion(self.criterion).label)
        if count := self.measure.get("count"):
            return f"{said} ({self.measure.get('platform', '')} {count:,})".replace(",", ".")
        return said

    def is_seen_by(self, actor: Actor) -> bool:
        """Need to know: leaders see the list, others what they entered themselves."""
        if isinstance(actor, User):
            return leads(actor) or (actor.has_role(*PROPOSERS) and self.entered_by_id == actor.pk)
        return super().is_seen_by(actor)

    def take_over(self, changed: dict[str, Any]) -> None:
        """Set the columns of an approved change."""
        for name, value in changed.items():
            setattr(self, name, date.fromisoformat(value) if name in {"valid_to", "review_due"} else value)
