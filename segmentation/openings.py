"""Need to know: who opened the page of a VVIP customer without a case of their own, and why (requirements 7.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from segmentation.customers import Customer
from tenesa.accounts.models import User
from tenesa.workflow.case import Case
from tenesa.workspace.desk import desk_of

HOLDS = timedelta(hours=8)  # a reason that was given lets its person in until the shift is over
WEEK = timedelta(days=7)


class RecordOpening(models.Model):
    """Append-only: one reason of one person for one customer."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("at"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        app_label = "segmentation"
        verbose_name = _("opening of a VVIP customer's page")
        verbose_name_plural = _("openings of VVIP customers' pages")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="opening_says_why")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="opening_newest"),
            models.Index(fields=["by", "customer", "-at"], name="opening_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.customer} {self.at:%Y-%m-%d %H:%M}"


def may_open(user: User, customer: Customer, cases: Iterable[Case]) -> bool:
    """With an open case of their own among these, or a reason that was given this shift."""
    if any(case.owner_id == user.pk and _is_open(case) for case in cases):
        return True
    since = timezone.now() - HOLDS
    return RecordOpening.objects.filter(by=user, customer=customer, at__gte=since).exists()


def _is_open(case: Case) -> bool:
    desk = desk_of(case.procedure_name())
    return desk is None or case.state not in desk.ended  # type: ignore[attr-defined]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def of_week(begin: date) -> models.QuerySet[RecordOpening]:
    start = timezone.make_aware(datetime.combine(begin, datetime.min.time()))
    found = RecordOpening.objects.filter(at__gte=start, at__lt=start + WEEK)
    return found.select_related("by", "customer").order_by("-at", "-pk")
