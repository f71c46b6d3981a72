"""Audits and their ticks. State is written by `perform` alone; a verdict is never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import Actor, User
from tenesa.audit.models import Event
from tenesa.escalation.models import Escalation
from tenesa.workflow.case import CaseQuerySet
from vvip.audits.columns import READERS
from vvip.audits.procedure import AuditProcedure
from vvip.audits.states import CRITERIA, NAMES, STRATA, Part, State, Verdict

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

VERDICT = ("call_id", "sample_id", "stratum", "audited_by_id", "audited_at", "education", "escalation", "corrects_id")
EDUCATES = ("confirm_identity", "read_way_out", "analyse", "help_now")  # the last of them is whose education it is


def _row(which: str) -> str:
    return f"({', '.join(f'{which}.{column}' for column in VERDICT)})"


def of_own_calls(user: User) -> Q:
    """The audits whose result somebody who worked the call reads."""
    return Q(workers__contains=[user.pk]) & ~Q(state=State.DRAWN)


class AuditQuerySet(CaseQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Leaders see the audits of their desks, whoever worked the call sees what was found."""
        if not isinstance(actor, User) or actor.has_role(*READERS):
            return super().visible_to(actor)
        return self.filter(of_own_calls(actor))


class Audit(AuditProcedure):
    """One call of a sample, and what somebody found who had nothing to do with it (W-26 4)."""

    objects = AuditQuerySet.as_manager()  # type: ignore[django-manager-missing, unused-ignore]
    ticks: RelatedManager[AuditTick]

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="audit_state_known"),
            models.CheckConstraint(condition=Q(stratum__in=STRATA), name="audit_stratum_known"),
            models.CheckConstraint(
                condition=Q(state=State.DRAWN, audited_by=None, audited_at=None, education=None, escalation=None)
                | Q(
                    ~Q(state=State.DRAWN),
                    audited_by__isnull=False,
                    audited_at__isnull=False,
                    education__isnull=False,
                    escalation__isnull=False,
                ),
                name="audit_judged_whole",
            ),
            models.CheckConstraint(  # AMB-18: by a person who did not work the case
                condition=Q(audited_by=None) | ~Q(workers__contains=[F("audited_by_id")]), name="audit_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.OBJECTED) | ~Q(objection=""), name="audit_objection_in_words"
            ),
            models.UniqueConstraint(fields=["call"], condition=Q(corrects=None), name="audit_call_drawn_once"),
        ]
        indexes = [
            models.Index(
                fields=["desk", "urgent_at", "id"], condition=Q(state__in=["DRAWN", "OBJECTED"]), name="audit_open"
            ),
            models.Index(fields=["desk", "-changed_at", "-id"], name="audit_changed"),
            models.Index(fields=["call"], name="audit_of_call"),
            GinIndex(fields=["workers"], name="audit_workers"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="verdict_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.audited_at IS NOT NULL AND {_row('OLD')} IS DISTINCT FROM {_row('NEW')}"
                ),
            ),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]

    @property
    def title(self) -> str:
        return self.call.title

    @property
    def who(self) -> str:
        return self.call.who

    def incident_numbers(self) -> list[str]:
        return self.call.incident_numbers()

    def _events(self) -> list[tuple[str, str, int]]:
        """Procedure, step and person of everything that a person did to the call, its callbacks and its decisions."""
        call, escalation = self.call.procedure_name(), Escalation.procedure_name()
        callbacks = self.call.callbacks
        asked = Escalation.objects.filter(procedure=call, case_id=self.call_id)
        done = Event.objects.filter(
            Q(procedure=call, case_id=self.call_id)
            | Q(procedure=callbacks.model.procedure_name(), case_id__in=callbacks.values("pk"))
            | Q(procedure=escalation, case_id__in=asked.values("pk"))
        )
        rows = done.exclude(actor=None).order_by("at", "id")
        return list(rows.values_list("procedure", "step", "actor_id"))

    def people(self) -> list[int]:
        """Who had to do with the call until now."""
        return sorted({person for _procedure, _step, person in self._events()})

    def doers(self) -> tuple[int | None, int | None]:
        """Whose education and whose escalation is judged."""
        call = self.call.procedure_name()
        told = [person for procedure, step, person in self._events() if procedure == call and step in EDUCATES]
        educated_by = told[-1] if told else None
        return educated_by, self.call.tier2_id or educated_by

    def successor(self) -> Audit:
        """The audit, not stored yet, that is to stand in the place of this one."""
        return Audit(
            desk_id=self.desk_id, area_id=self.area_id, call=self.call, sample_id=self.sample_id, corrects=self,
            stratum=self.stratum, educated_by_id=self.educated_by_id, escalated_by_id=self.escalated_by_id,
        )  # fmt: skip

    def ticks_with(self, ticks: Mapping[str, str], at: datetime) -> Iterator[AuditTick]:
        for name, verdict in ticks.items():
            criterion = CRITERIA[name]
            yield AuditTick(
                audit=self, criterion=name, part=criterion.part, clause=criterion.clause, verdict=verdict, at=at
            )


class AuditTick(models.Model):
    """The verdict on one criterion, with its clause. Append-only."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="ticks", db_index=False)
    criterion = models.CharField(_("criterion"), max_length=20, choices=NAMES)
    part = models.CharField(_("part"), max_length=10, choices=Part)
    clause = models.CharField(_("clause"), max_length=30)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="tick_verdict_known"),
            models.UniqueConstraint(fields=["audit", "criterion"], name="tick_once"),
        ]
        indexes = [models.Index(fields=["-at", "-id"], condition=Q(verdict="NOT_MET"), name="tick_wrong")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.audit}: {self.criterion} {self.verdict}"
