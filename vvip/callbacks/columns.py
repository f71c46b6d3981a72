"""The columns of a callback, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from segmentation.models import Customer
from tenesa.accounts.models import User
from tenesa.workflow.case import Case
from vvip.callbacks.states import TARGETS, How, Tier

LEASE = timedelta(minutes=5)  # until the first dial (requirements 7.1)


class CallbackColumns(Case):
    """Whom to call, when, and why in this place of the queue; what Tier 2 found and did.

    `tier` and `due_at` are its place as stored, `first_tier` where it began; `waits_from` is when it came into the
    queue. `any_hour`: the customer wished a time, which beats the hours of their zone. `at` is the moment of an
    appointment or of the next attempt, `promised_to` the agent who gave their word. `attempts` and `round` count dials
    that reached nobody, `abandons` agents who left it.
    """

    lease = LEASE

    call = models.ForeignKey("vvip.SpecialCase", models.PROTECT, related_name="callbacks", verbose_name=_("call"))
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="+", null=True, verbose_name=_("customer"), db_index=False
    )
    problem = models.CharField(max_length=40)
    number_to_call = models.CharField(_("number to call"), max_length=30)
    contact_name = models.CharField(_("whom to ask for"), max_length=120, blank=True)
    zone = models.CharField(_("time zone"), max_length=4, default="WIB")
    wish_from = models.DateTimeField(_("reachable from"), null=True)
    wish_to = models.DateTimeField(_("reachable until"), null=True)
    any_hour = models.BooleanField(default=False)

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
    dial = models.CharField(max_length=64, blank=True)
    identification = models.CharField(_("identification"), max_length=300, blank=True)
    analysis = models.CharField(_("analysis"), max_length=1000, blank=True)
    connected_at = models.DateTimeField(null=True)
    how = models.CharField(_("escalated by"), max_length=8, choices=How, blank=True)
    escalated_at = models.DateTimeField(null=True)
    problem_words = models.CharField(max_length=300, blank=True)
    remark = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def segment(self) -> str:
        """What the targets of its clocks go by."""
        return Tier(self.tier).name

    @property
    def target(self) -> timedelta:
        return timedelta(minutes=TARGETS[Tier(self.tier)])

    def wait(self, at: datetime) -> None:
        """Into the queue, nobody's; its target runs from now."""
        self.owner, self.lease_until, self.dial = None, None, ""
        self.waits_from, self.due_at, self.at = at, at + self.target, None

    def hold(self, owner: User, at: datetime) -> None:
        self.owner, self.lease_until = owner, at + LEASE
        self.promised_to = None

    def let_go(self) -> None:
        self.owner, self.lease_until, self.dial = None, None, ""
