"""The columns of a callback, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from segmentation.models import Customer
from tenesa.accounts.models import User
from tenesa.timers import targets
from tenesa.workflow.case import Case
from vvip.callbacks.states import HIGHEST_BY_WAITING, LEASE, PICKUP, RISE_AFTER, SILENCE, TARGETS, How, Tier


class CallbackColumns(Case):
    """Whom to call, when, and why in this place of the queue; what Tier 2 found and did.

    `tier` and `due_at` are its place as stored; the tier is `first_tier` less `rises` (each 2 x its target waited since
    `waits_from`) and less the calls after the first. `wish_from` to `wish_to` is a time that the customer wished, which
    beats the hours of their zone. `at` is the moment of an appointment or of the next attempt, `promised_to` the agent
    who promised it. `attempts` and `round` count dials that reached nobody, `abandons` agents who left it. `dial_by`
    ends the lease before the first dial. `message_at` is when the customer was written that nobody reached them,
    `message_to` where to ("" where no address is known).
    """

    lease = LEASE

    call = models.ForeignKey("vvip.SpecialCase", models.PROTECT, related_name="callbacks", verbose_name=_("call"))
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="+", null=True, verbose_name=_("customer"), db_index=False
    )
    problem = models.CharField(max_length=40)
    number_to_call = models.CharField(_("number to call"), max_length=30)
    contact_name = models.CharField(_("whom to ask for"), max_length=120, blank=True)
    zone = models.CharField(_("time zone"), max_length=4, blank=True)
    wish_from = models.DateTimeField(_("reachable from"), null=True)
    wish_to = models.DateTimeField(_("reachable until"), null=True)

    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier, default=Tier.HIGH_SPEED)
    first_tier = models.PositiveSmallIntegerField(choices=Tier, default=Tier.HIGH_SPEED)
    due_at = models.DateTimeField(_("take until"))
    waits_from = models.DateTimeField()
    rises = models.PositiveSmallIntegerField(default=0)
    calls = models.PositiveSmallIntegerField(_("calls about it"), default=1)
    at = models.DateTimeField(_("call at"), null=True)
    promised_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    expires_at = models.DateTimeField()

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    round = models.PositiveSmallIntegerField(default=1)
    abandons = models.PositiveSmallIntegerField(default=0)
    with_leader = models.BooleanField(_("the team leader decides"), default=False)
    dial = models.UUIDField(null=True)
    dial_by = models.DateTimeField(null=True)
    message_at = models.DateTimeField(null=True)
    message_to = models.EmailField(_("written to"), blank=True)
    wrote_at = models.DateTimeField(_("the customer wrote"), null=True)
    identification = models.CharField(_("identification"), max_length=300, blank=True)
    analysis = models.CharField(_("analysis"), max_length=1000, blank=True)
    connected_at = models.DateTimeField(null=True)
    how = models.CharField(_("escalated by"), max_length=8, choices=How, blank=True)
    escalated_at = models.DateTimeField(null=True)
    problem_words = models.CharField(max_length=300, blank=True)
    application = models.CharField(_("callback application"), max_length=300, blank=True)
    remark = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def segment(self) -> str:
        """What the targets of its clocks go by."""
        return Tier(self.tier).name

    @property
    def target(self) -> timedelta:
        """How long it may wait until somebody takes it."""
        return self._target(Tier(self.tier))

    def _target(self, tier: Tier) -> timedelta:
        goal = targets.goal(self.procedure_name(), PICKUP, self.desk_id, tier.name)
        return goal.duration if goal else timedelta(minutes=TARGETS[tier])

    @classmethod
    def kept_until(cls, now: datetime) -> Any:
        """A sign of life keeps it for two missed beats, but before the first dial never past the lease."""
        return Least(F("dial_by"), now + SILENCE)

    # --- in the queue ---
    def wait(self, at: datetime) -> None:
        """Into the queue, nobody's; its target runs from now."""
        self.let_go()
        self.waits_from, self.rises, self.at = at, 0, None
        self.stand()
        self.due_at = at + self.target

    def stand(self) -> None:
        """The tier that follows from where it began, how long it waited and how often the customer called."""
        if self.first_tier > HIGHEST_BY_WAITING:
            self.tier = max(HIGHEST_BY_WAITING, self.first_tier - self.rises - (self.calls - 1))

    def raise_to(self, tier: int) -> None:
        """The customer turned out to be of a higher class: its target runs from when it began to wait."""
        if tier < self.first_tier:
            self.first_tier, self.tier = tier, min(self.tier, tier)
            self.due_at = min(self.due_at, self.waits_from + self.target)

    def place_again(self, tier: int) -> None:
        """No super emergency any more: its target runs from when it began to wait."""
        self.first_tier = self.tier = tier
        self.stand()
        self.due_at = self.waits_from + self.target

    def rises_at(self) -> datetime | None:
        """When it rises by a tier if nobody takes it; None where it cannot rise (requirements 7.1)."""
        if self.tier <= HIGHEST_BY_WAITING:
            return None
        return self.waits_from + self._target(Tier(self.first_tier)) * RISE_AFTER * (self.rises + 1)

    # --- with an agent ---
    def hold(self, owner: User, at: datetime) -> None:
        self.owner, self.promised_to, self.with_leader = owner, None, False
        self.lease_until = self.dial_by = at + LEASE

    def let_go(self) -> None:
        self.owner, self.lease_until, self.dial_by, self.dial = None, None, None, None
