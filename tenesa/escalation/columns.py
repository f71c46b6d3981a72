"""The columns of an escalation, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.escalation.registry import subject_of
from tenesa.escalation.states import Level, Purpose, units
from tenesa.workflow.case import Case
from tenesa.workflow.procedures import procedures


class EscalationColumns(Case):
    """Who asked for what about which case (`procedure`, `case_id`), and who decided.

    `owner` is the one person who decides: the holder of the case, or whom a leader delegated to; None means anybody of
    the level. `passed_on_by` are the people who delegated it, so that it never goes round in a circle.
    """

    procedure = models.CharField(max_length=60, editable=False)
    case_id = models.BigIntegerField(editable=False)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.HELP)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(_("reason"), max_length=300)
    passed_on_by = ArrayField(models.BigIntegerField(), default=list)

    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    remark = models.CharField(_("note"), max_length=300, blank=True, db_column="note")

    unit = models.CharField(_("unit"), max_length=20, blank=True)
    reference = models.CharField(_("reference of the unit"), max_length=60, blank=True)
    message = models.CharField(max_length=60, blank=True)  # of the coordination group: the proof that it was posted
    reminders = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(_("answer of the unit"), blank=True)

    class Meta:
        abstract = True

    @property
    def segment(self) -> str:
        """What the targets of its clocks go by: the document of the escalated case."""
        model = procedures().get(self.procedure)
        return model.document if model else ""

    @property
    def unit_name(self) -> str:
        known = units().get(self.unit)
        return known.name if known else self.unit

    @cached_property
    def moot(self) -> str:
        """Why there is nothing left to decide, or ""; read once for all steps that ask."""
        return subject_of(self.procedure).moot(self)  # type: ignore[arg-type]

    def is_asked_by(self, user: User) -> bool:
        return self.asker_id == user.pk
