"""The columns of an audit, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role
from tenesa.reporting.models import Sample
from tenesa.workflow.case import Case
from vvip.audits.states import CRITERIA, STRATA, Part, State, Verdict

if TYPE_CHECKING:
    from vvip.models import SpecialCase

LEADERS = frozenset({Role.TEAM_LEADER, Role.SUPERVISOR})
READERS = LEADERS | {Role.MANAGER}


class AuditColumns(Case):
    """Which call was drawn, and what was found.

    `workers` are the people who had to do with the call, callback and decision when it was judged: none of them
    judges it. `educated_by` and `escalated_by` are whose figure it is. `corrects` is the audit in whose place this one
    stands.
    """

    call: models.ForeignKey[SpecialCase, SpecialCase] = models.ForeignKey(
        "vvip.SpecialCase", models.PROTECT, related_name="audits", verbose_name=_("call"), db_index=False
    )
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="+", verbose_name=_("sample"))
    stratum = models.CharField(_("path"), max_length=10, choices=[(one.value, one.label) for one in STRATA])
    workers = ArrayField(models.BigIntegerField(), default=list)
    educated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    escalated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    audited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name=_("audited by"),
        db_index=False,
    )  # fmt: skip
    audited_at = models.DateTimeField(_("audited at"), null=True)
    education = models.BooleanField(_("right education"), null=True)
    escalation = models.BooleanField(_("right escalation"), null=True)
    corrects = models.OneToOneField("self", models.PROTECT, related_name="corrected_by", null=True)
    objection = models.CharField(_("objection"), max_length=300, blank=True)
    remark = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def is_right(self) -> bool:
        """Both, as clause 4 asks."""
        return bool(self.education and self.escalation)

    def is_seen_by(self, actor: Actor) -> bool:
        """Leaders see the audits of their desks, whoever worked the call sees what was found."""
        if not isinstance(actor, User):
            return super().is_seen_by(actor)
        if actor.has_role(*READERS):
            return super().is_seen_by(actor)
        return self.state != State.DRAWN and actor.pk in self.workers  # type: ignore[attr-defined]

    def judge(self, ticks: Mapping[str, Any], by: User, at: datetime) -> None:
        """Right is what has no criterion that was not met."""
        self.audited_by, self.audited_at = by, at
        wrong = {CRITERIA[name].part for name, verdict in ticks.items() if verdict == Verdict.NOT_MET}
        self.education, self.escalation = Part.EDUCATION not in wrong, Part.ESCALATION not in wrong
