"""The daily and the monthly report of a campaign: counted by the worker, read by pages and files (requirements 8)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caring.prospects.states import Campaign
from tenesa.accounts.models import Desk


class CallReport(models.Model):
    """One campaign on one day, or in one month (`first` is its first day).

    Counts are of results; one that another took the place of is a call and nothing else. `orders` are the prospects
    that were called, `left` those that could still be called at the end. PPA, agreements per agent, has both of its
    denominators: who was present at the desk, and who called (requirements 8.1, words that stay open).
    """

    class Span(models.TextChoices):
        DAY = "DAY", _("Day")
        MONTH = "MONTH", _("Month")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name=_("desk"), db_index=False)
    span = models.CharField(_("span"), max_length=5, choices=Span)
    first = models.DateField(_("day"))
    campaign = models.CharField(_("campaign"), max_length=6, choices=Campaign)
    present = models.PositiveIntegerField(_("agents present"))
    callers = models.PositiveIntegerField(_("agents who called"))
    orders = models.PositiveIntegerField(_("orders called"))
    calls = models.PositiveIntegerField(_("calls"))
    agree = models.PositiveIntegerField(_("agree"))
    follow_up = models.PositiveIntegerField(_("follow up"))
    decline = models.PositiveIntegerField(_("decline"))
    rna = models.PositiveIntegerField("RNA")
    invalid = models.PositiveIntegerField(_("invalid number"))
    busy = models.PositiveIntegerField(_("busy"))
    mailbox = models.PositiveIntegerField(_("mailbox"))
    other = models.PositiveIntegerField(_("other"))
    left = models.PositiveIntegerField(_("data left"))
    counted_at = models.DateTimeField(_("counted at"), default=timezone.now)

    class Meta:
        app_label = "caring"
        verbose_name = _("report of calls")
        verbose_name_plural = _("reports of calls")
        constraints = [
            models.UniqueConstraint(fields=["desk", "span", "first", "campaign"], name="call_report_once"),
            models.CheckConstraint(condition=Q(span__in=["DAY", "MONTH"]), name="call_report_span_known"),
            models.CheckConstraint(condition=Q(span="DAY") | Q(first__day=1), name="call_report_month_is_month"),
        ]
        indexes = [models.Index(fields=["span", "-first", "-id"], name="call_report_newest")]

    def __str__(self) -> str:
        return f"{self.campaign} {self.first:%Y-%m-%d}"

    @property
    def ppa_present(self) -> float | None:
        return round(self.agree / self.present, 2) if self.present else None

    @property
    def ppa_callers(self) -> float | None:
        return round(self.agree / self.callers, 2) if self.callers else None
