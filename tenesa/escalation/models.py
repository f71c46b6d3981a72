"""Escalations: one live for a case and purpose. State is written by `perform` alone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tenesa.escalation.procedure import EscalationProcedure
from tenesa.escalation.registry import Brief, briefs_of
from tenesa.escalation.states import LIVE, Level, Purpose, State
from tenesa.workflow.case import CaseQuerySet


class Escalation(EscalationProcedure):
    objects = CaseQuerySet.as_manager()  # type: ignore[django-manager-missing, unused-ignore]

    @property
    def title(self) -> str:
        return self.reason

    @property
    def who(self) -> str:
        return str(self.asker)

    @cached_property
    def brief(self) -> Brief | None:
        """The case that it is about."""
        return briefs_of([self]).get(self.pk)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="escalation_state_known"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="escalation_level_known"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="escalation_purpose_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="escalation_reason"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asker")), name="escalation_nobody_decides_their_own"
            ),
            models.CheckConstraint(
                condition=~Q(state="RETURNED") | Q(purpose="TAKE_OVER") | ~Q(remark=""), name="escalation_returned_note"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["WITH_UNIT", "ANSWERED"]) | ~Q(unit=""), name="escalation_with_a_unit"
            ),
            models.CheckConstraint(condition=~Q(state="ANSWERED") | ~Q(answer=""), name="escalation_answered"),
            models.CheckConstraint(
                condition=~Q(state="REQUESTED") | Q(purpose="TAKE_OVER", level="OWNER", owner__isnull=False),
                name="escalation_request_has_owner",
            ),
            models.UniqueConstraint(
                fields=["procedure", "case_id", "purpose"],
                condition=Q(state__in=LIVE),
                name="escalation_one_live",
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "urgent_at", "id"], condition=Q(state__in=LIVE), name="escalation_live"),
            models.Index(fields=["desk", "-changed_at", "-id"], name="escalation_newest"),
            models.Index(fields=["procedure", "case_id", "-id"], name="escalation_of_case"),
            models.Index(fields=["owner"], condition=Q(state__in=LIVE), name="escalation_owner"),
        ]
