"""Pend requests, one live for a ticket, and their reasons. State is written by `perform` alone."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pending import mails
from pending.columns import PendReason, is_unit
from pending.local_steps import LocalSteps
from pending.procedure import PendingProcedure
from pending.states import LIVE, Answer, Channel, State
from tenesa.accounts.models import Actor
from tenesa.mail.recipients import Conversation
from tenesa.workflow.case import CaseQuerySet
from tenesa.workspace.cross_desk import mail_case_about

__all__ = ["PendReason", "PendingRequest"]


class PendingQuerySet(CaseQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """A requesting unit sees its own requests; whoever works here sees those of their desks."""
        return self.filter(requester=actor) if is_unit(actor) else super().visible_to(actor)


class PendingRequest(PendingProcedure, LocalSteps):  # type: ignore[misc, unused-ignore]  # by order of checking
    objects = PendingQuerySet.as_manager()  # type: ignore[django-manager-missing, unused-ignore]

    @property
    def title(self) -> str:
        return f"{self.incident} · {self.reason_text}"

    @property
    def who(self) -> str:
        return self.unit

    def incident_numbers(self) -> list[str]:
        return [self.incident]

    @cached_property
    def conversation(self) -> Conversation:
        """The customer's mails about the hold and those of their e-mail case."""
        return mails.conversation(self, mail_case_about(self.incident))

    class Meta:
        verbose_name = _("pend request")
        verbose_name_plural = _("pend requests")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="pend_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="pend_channel_known"),
            models.CheckConstraint(condition=Q(answer__in=["", *Answer.values]), name="pend_answer_known"),
            models.CheckConstraint(condition=~Q(incident="") & ~Q(reason_text=""), name="pend_says_what_and_why"),
            models.CheckConstraint(
                condition=~Q(state__in=["APPLYING", "PENDED", "RESUME_DUE", "RESUMED", "EXTENDED"])
                | Q(until__isnull=False),
                name="pend_has_an_end",
            ),
            models.CheckConstraint(  # no hold without what the customer said, or the attempts to ask (AMB-14)
                condition=~Q(state__in=["APPROVED", "UNREACHABLE", "APPLYING", "PENDED", "EXTENDED"])
                | Q(answer="AGREED", connected_at__isnull=False, attempts_made__gte=1)
                | Q(answer="UNREACHABLE", attempts_made__gte=1),
                name="pend_has_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["REFUSED", "RETURNING", "RETURNED"])
                | (Q(answer="REFUSED", connected_at__isnull=False) & ~Q(said="")),
                name="pend_refusal_is_told",
            ),
            models.UniqueConstraint(fields=["incident"], condition=Q(state__in=LIVE), name="pend_one_live"),
            models.UniqueConstraint(fields=["requester", "request_key"], name="pend_key_once"),
        ]
        indexes = [
            models.Index(fields=["desk", "urgent_at", "id"], condition=Q(state__in=LIVE), name="pend_live"),
            models.Index(fields=["desk", "urgent_at", "id"], condition=Q(needs_action=True), name="pend_awaits"),
            models.Index(fields=["desk", "-opened_at", "-id"], name="pend_newest"),
            models.Index(fields=["requester", "-opened_at", "-id"], name="pend_of_requester"),
            models.Index(fields=["desk", "until", "id"], condition=Q(state="PENDED"), name="pend_ending"),
            models.Index(fields=["desk", "resumed_at"], condition=Q(state="RESUMED"), name="pend_resumed_at"),
            models.Index(fields=["incident", "-id"], name="pend_of_incident"),
            models.Index(fields=["owner"], condition=Q(state__in=LIVE), name="pend_owner"),
        ]
