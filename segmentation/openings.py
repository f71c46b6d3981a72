"""Need to know: who opened the page of a VVIP customer without a case of their own, and why (requirements 7.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import partial

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from segmentation.customers import Customer
from tenesa.accounts.models import User
from tenesa.ui.live import tell
from tenesa.workflow.case import Case
from tenesa.workspace.desk import desk_of

HOLDS = timedelta(hours=8)  # a reason that was given lets its person in until the shift is over
WEEK = timedelta(days=7)
LOOKED_BACK = 4  # weeks; should nothing have run on a Monday
HANDED = time(6)  # on Monday: the list of the week before goes to the supervisors


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


class OpeningsWeek(models.Model):
    """The list of a week's openings as it was handed to the supervisors; they are reminded of it until one has read it.

    `begin` is its Monday. A week in which nobody opened such a page has no row.
    """

    begin = models.DateField(_("week"), unique=True)
    handed_at = models.DateTimeField(_("handed over"), default=timezone.now)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("read by")
    )
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        app_label = "segmentation"
        verbose_name = _("week of openings")
        verbose_name_plural = _("weeks of openings")
        constraints = [
            models.CheckConstraint(condition=Q(begin__iso_week_day=1), name="openings_week_begins_on_monday"),
            models.CheckConstraint(
                condition=Q(read_by__isnull=True, read_at__isnull=True)
                | Q(read_by__isnull=False, read_at__isnull=False),
                name="openings_week_read_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["begin"], condition=Q(read_at__isnull=True), name="openings_week_unread")]

    def __str__(self) -> str:
        return f"{self.begin:%Y-%m-%d}"


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


# --- handed to the supervisors ---------------------------------------------------------------------------------------
def hand_over(now: datetime) -> int:
    """Hand over the lists of the last weeks that are over, each once, from Monday morning on; how many were new."""
    local = timezone.localtime(now)
    this = monday(local.date())
    begins = [this - WEEK * back for back in range(1, LOOKED_BACK + 1)]
    if local.weekday() == 0 and local.time() < HANDED:
        begins = begins[1:]
    with transaction.atomic():
        made = [
            OpeningsWeek.objects.get_or_create(begin=begin, defaults={"handed_at": now})[1]
            for begin in begins
            if of_week(begin).exists()
        ]
        if any(made):
            transaction.on_commit(partial(tell, "board"))
    return sum(made)


def to_read(_user: User) -> int:
    """Weeks that no supervisor has read yet; the page is theirs alone."""
    return OpeningsWeek.objects.filter(read_at=None).count()


def note_read(begin: date, user: User) -> None:
    """A supervisor has read the list of this week; who was first stays."""
    if OpeningsWeek.objects.filter(begin=begin, read_at=None).update(read_by=user, read_at=timezone.now()):
        transaction.on_commit(partial(tell, "board"))
