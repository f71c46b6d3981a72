"""The dated policy of billing: fines, isolation, termination and the stages of arrears (requirements 2.5, 8.1)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class BillingPolicy(models.Model):
    """What holds from a day on until the next policy; the defaults are what an installation begins with.

    N is the month of a bill. From `isolation_day` of N the line is isolated and the first fine is due, in the months
    after it the second. Cut off on `termination_day` of the month N + `termination_months` (an older text: on the 1st).
    Arrears whose oldest month is up to `pranpc_months` back are PRANPC, up to `ct0_months` back CT-0 (AMB-30).
    """

    valid_from = models.DateField(_("valid from"), primary_key=True)
    isolation_day = models.PositiveSmallIntegerField(_("first day of isolation"), default=21)
    fine_percent = models.PositiveSmallIntegerField(_("first fine, percent"), default=5)
    fine_least = models.PositiveIntegerField(_("first fine, at least"), default=5_000)
    later_fine_percent = models.PositiveSmallIntegerField(_("later fine, percent"), default=10)
    later_fine_least = models.PositiveIntegerField(_("later fine, at least"), default=10_000)
    termination_months = models.PositiveSmallIntegerField(_("months until termination"), default=2)
    termination_day = models.PositiveSmallIntegerField(_("day of termination"), default=21)
    pranpc_months = models.PositiveSmallIntegerField(_("PRANPC: months back"), default=1)
    ct0_months = models.PositiveSmallIntegerField(_("CT-0: months back"), default=2)

    class Meta:
        verbose_name = _("billing policy")
        verbose_name_plural = _("billing policies")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(isolation_day__range=(1, 28), termination_day__range=(1, 28)), name="billing_days_exist"
            ),
            models.CheckConstraint(
                condition=Q(fine_percent__lte=F("later_fine_percent"), fine_least__lte=F("later_fine_least"))
                & Q(later_fine_percent__lte=100),
                name="billing_fines_grow",
            ),
            models.CheckConstraint(condition=Q(pranpc_months__lt=F("ct0_months")), name="billing_stages_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"

    def fine(self, month: date, amount: int, at: date) -> int:
        """The fine on what is unpaid of the bill of `month` on a day, in whole rupiah; half a rupiah counts as one."""
        age = months_between(month, at)
        if amount <= 0 or age < 0 or (age == 0 and at.day < self.isolation_day):
            return 0
        if age == 0:
            return max(self.fine_least, (amount * self.fine_percent + 50) // 100)
        return max(self.later_fine_least, (amount * self.later_fine_percent + 50) // 100)

    def terminates_on(self, oldest_month: date) -> date:
        """The day on which the line is cut off if nothing is paid."""
        return month_after(oldest_month, self.termination_months).replace(day=self.termination_day)


def months_between(earlier: date, later: date) -> int:
    """Whole calendar months from one day's month to the other's."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def month_after(month: date, count: int) -> date:
    """The first day of the month that comes `count` months later."""
    years, place = divmod(month.month - 1 + count, 12)
    return date(month.year + years, place + 1, 1)
