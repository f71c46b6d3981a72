"""Lists of what is so now at the e-mail desk, for the reports: ageing, overdue clocks, updates due (P-05 5.8, X-12);
and the activity matrix of P-05 7, in our own words. Row 8 is split by a page break there and joined again (AMB-07)."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.reporting.registry import Activity, Column, Listing, Value, listings
from tenesa.reporting.report_query import ReportQuery
from tenesa.timers.models import Timer
from tenesa.workspace.reports import ages, hours_since, open_cases
from tickets.clocks import UPDATES, WORDS
from tickets.models import EmailCase
from tickets.states import ENDED, State


def open_mails(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    return open_cases(EmailCase, ~Q(state__in=ENDED), user, report_query)


def clocks(*names: str, overdue: bool = False) -> Callable[[User, ReportQuery], QuerySet[Any]]:
    """Running clocks of open cases, the nearest first; all of them where no name is given."""

    def rows(user: User, report_query: ReportQuery) -> QuerySet[Any]:
        timers = Timer.objects.filter(procedure=EmailCase.procedure_name(), state=Timer.State.RUNNING)
        if names:
            timers = timers.filter(name__in=names)
        if overdue:
            timers = timers.filter(due_at__lt=timezone.now())
        case = EmailCase.objects.filter(pk=OuterRef("case_id"))
        return timers.filter(case_id__in=open_mails(user, report_query).values("pk")).annotate(
            case_state=Subquery(case.values("state")),
            case_segment=Subquery(case.values("segment")),
            case_owner=Subquery(case.values("owner__first_name")),
        )

    return rows


def minutes_over(row: Timer) -> Value:
    """How long it is overdue; nothing before the due time."""
    over = (timezone.now() - row.due_at).total_seconds() / 60
    return round(over, 1) if over > 0 else None


CLOCK_COLUMNS = [
    Column(_("Due"), attrgetter("due_at")),
    Column(_("Clock"), lambda row: str(WORDS.get(row.name, row.name))),
    Column(_("Minutes overdue"), minutes_over),
    Column(_("Segment"), attrgetter("case_segment")),
    Column(_("State"), lambda row: str(State(row.case_state).label)),
    Column(_("Owner"), lambda row: row.case_owner or ""),
]
OF_TIMER = attrgetter("procedure", "case_id")


def register() -> None:
    listings.add(
        Listing(
            "ageing", _("Ageing of open cases"), "P-05 5.2", rows=open_mails, moment="opened_at", oldest_first=True,
            now=True, icon="hourglass", about=_("every open case, the oldest first"), empty=_("No open case"),
            case=lambda row: (EmailCase.procedure_name(), row.pk), bands=ages, bands_label=_("Age of the open cases"),
            columns=[
                Column(_("Opened"), attrgetter("opened_at")),
                Column(_("Age in hours"), lambda row: hours_since(row.opened_at)),
                Column(_("State"), lambda row: str(row.get_state_display())),
                Column(_("Segment"), attrgetter("segment")),
                Column(_("Area"), lambda row: str(row.area or "")),
                Column(_("Owner"), lambda row: str(row.owner or "")),
                Column(_("First answer"), attrgetter("answered_at")),
            ],
        ),
        Listing(
            "overdue", _("Overdue now"), "P-05 5.2, 5.8", rows=clocks(overdue=True), moment="due_at", now=True,
            oldest_first=True, icon="timer-off", about=_("every clock of an open case that has run out"),
            empty=_("Nothing is overdue"), columns=CLOCK_COLUMNS, case=OF_TIMER,
        ),
        Listing(
            "updates", _("Updates due and overdue"), "P-05 5.8", rows=clocks(*UPDATES), moment="due_at", now=True,
            oldest_first=True, icon="alarm-clock", about=_("which customer has to hear of their fault, and when"),
            empty=_("No update is due"), columns=CLOCK_COLUMNS, case=OF_TIMER,
        ),
    )  # fmt: skip


AGENT = _("E-mail agent")
ANYBODY = _("E-mail agent, team leader or supervisor")

ACTIVITIES = (
    Activity(
        "7.1", _("Receive the mail and work out what the customer says"), AGENT,
        _("Complaint or question, understood"), _("Know what is needed"),
        _("The customer's need is recorded"),
    ),
    Activity(
        "7.2", _("Attend to the complaint"), AGENT,
        _("The complaint with its facts"), _("Know what the customer suffers from"),
        _("The notes match the complaint"),
    ),
    Activity(
        "7.3", _("Give the information that is needed"), AGENT,
        _("Information"), _("Meet the customer's need"),
        _("The information fits Telkom's product"),
    ),
    Activity(
        "7.4", _("Work on the complaint"), AGENT,
        _("A solution"), _("Find what solves the complaint"),
        _("The solution fits Telkom's product"),
    ),
    Activity(
        "7.5", _("Solve the customer's need"), AGENT,
        _("The problem solved"), _("Deal with the complaint"),
        _("Solved there and then"),
    ),
    Activity(
        "7.6", _("Stay with a complaint that takes longer"), AGENT,
        _("The problem solved"), _("Follow the complaint closely"),
        _("Information and solution while it is handled"),
    ),
    Activity(
        "7.7", _("Co-ordinate with the unit in charge"), AGENT,
        _("A solution from the applications or the unit"), _("Deal with the complaint together"),
        _("Solved together with the back end"),
    ),
    Activity(
        "7.8", _("Escalate to the team leader"), AGENT,
        _("A solution"), _("Get the complaint solved sooner"),
        _("Handled within its due time"),
    ),
    Activity(
        "7.9", _("Tell the customer how it stands"), ANYBODY,
        _("An update"), _("Let the customer know the present state"),
        _("Updates are exact and regular"),
    ),
    Activity(
        "7.10", _("Tell the result of the repair"), ANYBODY,
        _("A solution"), _("Fulfil the customer's wish"),
        _("The solution is told: cause and repair"),
    ),
    Activity(
        "7.11", _("Give the information that the customer wants"), AGENT,
        _("The information wanted"), _("Fulfil the customer's wish"),
        _("The information is what was wanted"),
    ),
    Activity(
        "7.12", _("Close"), AGENT,
        _("A closing"), _("Leave the customer satisfied"),
        _("Closed to the standard"),
    ),
)  # fmt: skip
