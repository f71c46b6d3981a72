"""The columns of a pend request, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from pending.states import Answer, Channel
from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role
from tenesa.contact import log
from tenesa.contact.models import ContactAttempt
from tenesa.contact.policy import Tried
from tenesa.workflow.case import Case

UNITS = frozenset({Role.API_CLIENT, Role.TELKOM_UNIT})


def is_unit(actor: Actor) -> bool:
    """Somebody of a requesting unit, by page or by REST: sees what they asked for themselves, and nothing else."""
    return isinstance(actor, User) and bool(actor.roles) and actor.roles <= UNITS


class PendReason(models.Model):
    """Why a unit may ask for a hold. An administrator keeps the list; what was used is never deleted."""

    code = models.CharField(_("code"), max_length=30, primary_key=True)
    label = models.CharField(_("reason"), max_length=120)
    script = models.TextField(_("what to say to the customer"), blank=True)
    needs_evidence = models.BooleanField(_("evidence is required"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        app_label = "pending"
        verbose_name = _("reason for a hold")
        verbose_name_plural = _("reasons for a hold")
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class PendingColumns(Case):
    """Which ticket a unit wants on hold, why and until when; what NOSSA said at the check; what the customer said.

    `seen_at` and `seen_logs` place what we know of the ticket in time: NOSSA's moment of its status, and the number of
    its worklogs, because two changes may fall into one second. `rounds` counts the checks: with the request's number
    and the step it is the key of a call, so a call made again is the same call, and one after a new check is not.
    `held_until`: on an extension, the end of the hold that runs already.
    """

    incident = models.CharField(_("ticket number"), max_length=20)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    request_key = models.CharField(max_length=64, null=True, editable=False)
    unit = models.CharField(_("requesting unit"), max_length=80)
    person = models.CharField(_("asked by"), max_length=80)
    channel = models.CharField(_("asked through"), max_length=5, choices=Channel, default=Channel.FORM)
    reason = models.ForeignKey(PendReason, models.PROTECT, related_name="+", verbose_name=_("reason"), db_index=False)
    reason_text = models.CharField(_("explanation"), max_length=300)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    asked_until = models.DateTimeField(_("hold until"))

    snapshot = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_logs = models.PositiveIntegerField(default=0)
    status_before = models.CharField(max_length=20, blank=True)
    rounds = models.PositiveSmallIntegerField(default=0)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_number = models.CharField(_("number"), max_length=30, blank=True)
    contact_mail = models.EmailField(_("e-mail"), blank=True)

    attempts_made = models.PositiveSmallIntegerField(default=0)
    connected_at = models.DateTimeField(null=True)
    call_back_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=11, choices=Answer, blank=True)
    said = models.CharField(_("what the customer said"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    pended_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)
    worklogs = ArrayField(models.CharField(max_length=40), default=list)
    group_told = models.BooleanField(default=False)
    wrote_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    remark = models.CharField(_("note"), max_length=300, blank=True, db_column="note")
    problem = models.CharField(max_length=300, blank=True)
    failed_in = models.CharField(max_length=12, blank=True)
    extends = models.ForeignKey("self", models.PROTECT, related_name="extensions", null=True, db_index=False)
    extension = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def status(self) -> str:
        """NOSSA's status as last read."""
        return str(self.snapshot.get("status", ""))

    @property
    def group(self) -> str:
        """The owner group that goes on when the customer refuses."""
        return str(self.snapshot.get("owner_group") or self.unit)

    @property
    def is_unread(self) -> bool:
        """The customer wrote, and nobody has said yet that it was read."""
        return self.wrote_at is not None and (self.read_at is None or self.read_at < self.wrote_at)

    @property
    def is_extension(self) -> bool:
        return self.held_until is not None

    @property
    def attempts(self) -> list[ContactAttempt]:
        """The calls to the customer about this request, oldest first: the evidence of a hold (W-02 1.2.2 - 1.2.4)."""
        return self.once("attempts", lambda: list(log.of_case(self.procedure_name(), self.pk)))

    @property
    def tried(self) -> list[Tried]:
        return log.tried(self.attempts)

    def is_seen_by(self, actor: Actor) -> bool:
        return self.requester_id == actor.pk if is_unit(actor) else super().is_seen_by(actor)

    @property
    def witel(self) -> str:
        return str(self.snapshot.get("witel") or "")

    def see(self, incident: dict[str, Any], at: datetime) -> None:
        """Keep NOSSA's ticket as it was read at this moment."""
        self.snapshot = {name: value for name, value in incident.items() if name != "worklogs"}
        self.seen_at = parse_datetime(str(incident["status_at"])) or at
        self.seen_logs = len(incident.get("worklogs") or ())
        self.checked_at = at
