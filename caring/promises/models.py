"""A promise to pay: what was promised, line by line, and the verdict (requirements 8.1; C-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenesa.contact.numbers import LONGEST

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


STATES = ["UNCONFIRMED", "OPEN", "KEPT", "PARTIAL", "BROKEN", "PAID_BEFORE", "SUPERSEDED"]


class Promise(models.Model):
    """One live promise a line and period, as each line of a customer has its own bill. `made_on` is the
    local day of the call; `again` counts re-promises.

    `desk`, `area` and `agent` are those of the result, by which lists of promises are read.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "UNCONFIRMED", _("Not confirmed")
        OPEN = "OPEN", _("Open")
        KEPT = "KEPT", _("Kept")
        PARTIAL = "PARTIAL", _("Partly kept")
        BROKEN = "BROKEN", _("Broken")
        PAID_BEFORE = "PAID_BEFORE", _("Paid before")
        SUPERSEDED = "SUPERSEDED", _("No longer in force")

    LIVE = (State.UNCONFIRMED, State.OPEN)

    result = models.OneToOneField(
        "caring.CaringResult", models.PROTECT, related_name="promise", verbose_name=_("result")
    )
    desk = models.ForeignKey("accounts.Desk", models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", null=True, db_index=False)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("agent"), db_index=False
    )
    ncli = models.CharField(_("customer number"), max_length=12)
    fastel = models.CharField(_("internet or telephone number"), max_length=LONGEST)
    period = models.DateField(_("period"))
    made_on = models.DateField(_("made on"))
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.UNCONFIRMED)
    again = models.PositiveSmallIntegerField(_("promised again"), default=0)
    asked_at = models.DateTimeField(_("I-payment asked"), null=True)
    paid = models.BigIntegerField(_("paid"), default=0)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    lines: RelatedManager[PromiseLine]

    class Meta:
        verbose_name = _("promise to pay")
        verbose_name_plural = _("promises to pay")
        constraints = [
            models.CheckConstraint(condition=Q(again__lte=2), name="promise_again_twice"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="promise_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=STATES[:2], settled_at=None) | Q(state__in=STATES[2:], settled_at__isnull=False),
                name="promise_settled_has_time",
            ),
            models.UniqueConstraint(
                fields=["fastel", "period"], condition=Q(state__in=["UNCONFIRMED", "OPEN"]), name="promise_one_live"
            ),
        ]
        indexes = [
            models.Index(fields=["ncli", "-id"], name="promise_of_customer"),
            models.Index(fields=["fastel", "-id"], name="promise_of_line"),
            models.Index(
                fields=["desk", "id"], condition=Q(state__in=["UNCONFIRMED", "OPEN"]), name="promise_live_of_desk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result}: {self.state}"


class PromiseLine(models.Model):
    """What is to be paid by a day; append-only. `due` is a local date, `amount` whole rupiah."""

    promise = models.ForeignKey(Promise, models.PROTECT, related_name="lines", db_index=False)
    due = models.DateField(_("due"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("line of a promise")
        verbose_name_plural = _("lines of promises")
        ordering = ["due"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_line_positive"),
            models.UniqueConstraint(fields=["promise", "due"], name="promise_line_once_a_day"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.due}: {self.amount}"
