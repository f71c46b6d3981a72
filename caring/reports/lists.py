"""Lists of P-01 for the reports: daily and monthly per campaign, the results behind each figure, refused calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from caring.models import CaringResult, Promise, PromiseLine
from caring.prospects.states import Campaign
from caring.reports import parts
from caring.reports.models import CallReport
from caring.results.states import State
from caring.tree import Category, Reason, Status
from tenesa.accounts.models import Team, User
from tenesa.contact.kinds import Purpose, Why
from tenesa.contact.models import DialRefusal
from tenesa.reporting.lists import name_in
from tenesa.reporting.registry import Band, Column, Listing, listings
from tenesa.reporting.report_query import ReportQuery
from tenesa.reporting.selectors import READERS, seen_by

RESULT = CaringResult.procedure_name()
BY = {"segment": "campaign", "part": ""}


# --- daily and monthly ------------------------------------------------------------------------------------------------
def _reports(span: str) -> Callable[[User, ReportQuery], QuerySet[Any]]:
    def rows(user: User, report_query: ReportQuery) -> QuerySet[Any]:
        """Of the desks that this person leads as a whole."""
        desks = {desk for role, desk, area in user.places if role in READERS and area is None}
        found: QuerySet[Any] = CallReport.objects.filter(desk__in=desks, span=span)
        first = report_query.first.replace(day=1) if span == CallReport.Span.MONTH else report_query.first
        found = report_query.narrow(found, **BY, area="", team="", agent="")
        return found.filter(first__gte=first, first__lte=report_query.last)

    return rows


def _behind(part: str = "") -> Callable[[CallReport], str]:
    """The address of the results that a figure counts."""

    def address(row: CallReport) -> str:
        last = row.first
        if row.span == CallReport.Span.MONTH:
            last = (row.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        query = ReportQuery(row.first, last, period="own", desk=row.desk_id, segment=row.campaign, part=part)
        return f"{reverse('reporting:list', args=['p01_results'])}?{query.address}"

    return address


def _columns() -> Sequence[Column]:
    return (
        Column(gettext_lazy("Campaign"), lambda row: str(Campaign(row.campaign).label)),
        Column(gettext_lazy("Agents present"), attrgetter("present")),
        Column(gettext_lazy("Agents who called"), attrgetter("callers")),
        *(Column(parts.SHORT[part], attrgetter(part), _behind(part)) for part in parts.STANDING),
        Column(gettext_lazy("PPA, present"), attrgetter("ppa_present")),
        Column(gettext_lazy("PPA, who called"), attrgetter("ppa_callers")),
        *(Column(words, attrgetter(part), _behind(part)) for part, words in parts.SHORT.items()
          if part not in parts.STANDING),
        Column(gettext_lazy("Calls"), attrgetter("calls"), _behind()),
        Column(gettext_lazy("Orders called"), attrgetter("orders")),
        Column(gettext_lazy("Data left"), attrgetter("left")),
    )  # fmt: skip


# --- results ----------------------------------------------------------------------------------------------------------
def results_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """Newest day first; the part is a column of the daily report."""
    rows: QuerySet[Any] = CaringResult.objects.filter(seen_by(user), parts.where(report_query.part))
    rows = report_query.narrow(rows, **BY)
    return rows.filter(day__gte=report_query.first, day__lte=report_query.last)


def promises_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """Lines of promises that live and are due in a week at most, or were due."""
    promises = Promise.objects.filter(seen_by(user), state__in=Promise.LIVE)
    promises = report_query.narrow(promises, team="result__team_id", segment="result__campaign", part="")
    lines = PromiseLine.objects.filter(promise__in=promises)
    week = timezone.localdate() + timedelta(days=7)
    return lines.filter(due__lte=week).select_related("promise__result__agent")


def _due() -> Sequence[Band]:
    today = timezone.localdate()
    return [
        Band(gettext_lazy("before today"), Q(due__lt=today)),
        Band(gettext_lazy("today"), Q(due=today)),
        Band(gettext_lazy("in the next 7 days"), Q(due__gt=today)),
    ]


def refusals_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    rows: QuerySet[Any] = DialRefusal.objects.filter(seen_by(user), purpose=Purpose.CARING)
    return report_query.within(report_query.narrow(rows, team="", segment="", part="")).select_related("agent")


def _rules() -> Sequence[Band]:
    return [Band(why.label, Q(why=why.value)) for why in Why]


def register() -> None:
    for span, slug, label, about in (
        (CallReport.Span.DAY, "p01_daily", gettext_lazy("Caring by day"),
         gettext_lazy("each day and campaign; a figure leads to its results")),
        (CallReport.Span.MONTH, "p01_monthly", gettext_lazy("Caring by month"),
         gettext_lazy("each month and campaign; agents and orders are counted once a month")),
    ):  # fmt: skip
        day = Column(span.label, attrgetter("first"))
        listings.add(
            Listing(
                slug, label, "P-01 8 langkah 5", rows=_reports(span), columns=(day, *_columns()), moment="first",
                icon="table", for_leaders=True, about=about,
                empty=gettext_lazy("Nobody was called in this period"),
            )
        )  # fmt: skip
    listings.add(
        Listing(
            "p01_results", gettext_lazy("Results of caring"), "P-01 5.3, 8 langkah 6", rows=results_seen_by,
            moment="day", icon="badge-check", case=lambda row: (RESULT, row.pk),
            part=gettext_lazy("Outcome"), parts=parts.OF_RESULTS,
            about=gettext_lazy("every call with its result, as both applications have it"),
            columns=(
                Column(gettext_lazy("Called at"), attrgetter("called_at")),
                Column(gettext_lazy("Campaign"), lambda row: str(Campaign(row.campaign).label)),
                Column(gettext_lazy("Service"), attrgetter("fastel")),
                Column(gettext_lazy("Status"), lambda row: str(Status(row.status).label)),
                Column(gettext_lazy("Category"), lambda row: str(Category(row.category).label)),
                Column(gettext_lazy("Reason"), lambda row: str(Reason(row.reason).label)),
                Column(gettext_lazy("State"), lambda row: str(State(row.state).label)),
                Column(gettext_lazy("Agent"), name_in("agent_id", User)),
                Column(gettext_lazy("Team"), name_in("team_id", Team)),
                Column(gettext_lazy("Promised"), attrgetter("promised_amount")),
                Column(gettext_lazy("Promised for"), attrgetter("promised_on")),
                Column("MyCX", attrgetter("mycx_ref")),
                Column("TAMARA", attrgetter("tamara_ref")),
            ),
        ),
        Listing(
            "p01_promises_due", gettext_lazy("Promises that are due"), "P-01 6.8", rows=promises_seen_by, moment="due",
            icon="hand-coins", now=True, oldest_first=True, case=lambda row: (RESULT, row.promise.result_id),
            bands=_due, bands_label=gettext_lazy("Due"), empty=gettext_lazy("No promise is due"),
            about=gettext_lazy("promises that nobody has judged yet: late ones, and those of the next week"),
            columns=(
                Column(gettext_lazy("Due"), attrgetter("due")),
                Column(gettext_lazy("Promised"), attrgetter("amount")),
                Column(gettext_lazy("State"), lambda row: str(row.promise.get_state_display())),
                Column(gettext_lazy("Agent"), lambda row: str(row.promise.result.agent)),
            ),
        ),
        Listing(
            "p01_refusals", gettext_lazy("Caring calls refused by the contact rules"), "lokal: ADR-0037",
            rows=refusals_seen_by, icon="ban", case=attrgetter("procedure", "case_id"), bands=_rules,
            bands_drawn=False, bands_label=gettext_lazy("Rule"), empty=gettext_lazy("The rules refused no call"),
            about=gettext_lazy("each call that was not made, with the rule and what it saw"),
            columns=(
                Column(gettext_lazy("Time"), attrgetter("at")),
                Column(gettext_lazy("Rule"), lambda row: str(Why(row.why).label)),
                Column(gettext_lazy("Reason"), attrgetter("words")),
                Column(gettext_lazy("Agent"), lambda row: str(row.agent or "")),
                Column(gettext_lazy("Local time"), lambda row: str(row.proof.get("local", ""))),
                Column(gettext_lazy("Allowed from"), attrgetter("next_at")),
            ),
        ),
    )  # fmt: skip
