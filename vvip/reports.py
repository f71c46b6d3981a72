"""Lists of W-26 for the reports: registers, super emergencies, wrong paths, ageing of callbacks (requirements 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.lists import ListEntry
from segmentation.special_list.states import LIVE as LIVE_ENTRIES
from segmentation.special_list.states import Criterion
from segmentation.special_list.states import Kind as EntryKind
from tenesa.accounts.models import User
from tenesa.reporting.models import Measurement
from tenesa.reporting.registry import Band, Column, Listing, listings
from tenesa.reporting.report_query import ReportQuery
from tenesa.reporting.selectors import seen_by
from tenesa.workspace.reports import open_cases
from vvip.audits.states import JUDGED, Part, Verdict
from vvip.audits.states import State as AuditState
from vvip.callbacks.ages import IN_QUEUE, bands
from vvip.callbacks.states import LIVE, Tier
from vvip.callbacks.states import State as CallbackState
from vvip.calls import paths
from vvip.calls.states import State
from vvip.models import Audit, AuditTick, Callback, SpecialCase

SUPER = "w26_super"
NO_FILTER = {"team": "", "segment": "", "part": ""}
CALL, CALLBACK = SpecialCase.procedure_name(), Callback.procedure_name()


# --- calls ------------------------------------------------------------------------------------------------------------
def calls_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    rows: QuerySet[Any] = SpecialCase.objects.filter(seen_by(user, agent="owner"))
    rows = report_query.narrow(rows, agent="owner_id", **NO_FILTER).select_related("owner", "tier2")
    return report_query.within(rows, "opened_at")


def off_path_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    return paths.off_path(calls_seen_by(user, report_query))


def _wrong() -> list[Band]:
    return [Band(reason.label, Q(wrong=reason.value)) for reason in paths.Wrong]


CALL_COLUMNS = (
    Column(gettext_lazy("Opened"), attrgetter("opened_at")),
    Column(gettext_lazy("State"), lambda row: str(State(row.state).label)),
    Column(gettext_lazy("Path"), lambda row: str(row.get_kind_display())),
    Column(gettext_lazy("Topic"), lambda row: str(row.get_topic_display())),
)


# --- super emergencies ------------------------------------------------------------------------------------------------
def emergencies_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """One row for each time that a customer became one, whether it has ended or not."""
    call = SpecialCase.objects.filter(pk=OuterRef("case_id"))
    rows: QuerySet[Any] = Measurement.objects.filter(seen_by(user), kpi=SUPER)
    rows = report_query.within(report_query.narrow(rows, team="", segment="", part=""))
    found: QuerySet[Any] = rows.annotate(
        call_state=Subquery(call.values("state")[:1]),
        owner_first=Subquery(call.values("emergency_owner__first_name")[:1]),
        owner_last=Subquery(call.values("emergency_owner__last_name")[:1]),
        news_due=Subquery(call.values("news_due")[:1]),
        solution=Subquery(call.values("solution")[:1]),
    )
    return found


def _ended(row: Any) -> Any:
    return None if row.seconds is None else row.at + timedelta(seconds=row.seconds)


# --- callbacks --------------------------------------------------------------------------------------------------------
def live_callbacks(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    return open_cases(Callback, Q(state__in=LIVE), user, report_query.but(segment=""))


def ages() -> list[Band]:
    """How long those who are not taken have waited, then those whom somebody calls or whose time has not come."""
    found = [Band(str(label), where) for label, where in bands(timezone.now())]
    return [*found, Band(_("not in the queue"), ~IN_QUEUE)]


def _minutes_over(row: Callback) -> float | None:
    over = (timezone.now() - row.due_at).total_seconds() / 60
    return round(over, 1) if over > 0 and row.state == CallbackState.QUEUED else None


# --- who stands on the lists ------------------------------------------------------------------------------------------
def listed_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """Whoever sees the list sees it here: leaders alone (need to know)."""
    rows = ListEntry.objects.visible_to(user).filter(state__in=LIVE_ENTRIES)
    return rows.select_related("customer", "service", "entered_by", "approved_by")


def _criteria() -> list[Band]:
    return [Band(criterion.label, Q(criterion=criterion.value)) for criterion in Criterion]


# --- audits -----------------------------------------------------------------------------------------------------------
def audits_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    rows: QuerySet[Any] = Audit.objects.visible_to(user).exclude(state=AuditState.DRAWN)
    rows = report_query.narrow(rows, agent="educated_by_id", **NO_FILTER)
    rows = rows.select_related("sample", "audited_by", "educated_by", "escalated_by")
    return report_query.within(rows, "audited_at")


def misses_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """What was wrong, one row a criterion; of audits that nothing has taken the place of."""
    audits = Audit.objects.visible_to(user).filter(state__in=JUDGED)
    ticks = AuditTick.objects.filter(audit__in=audits, verdict=Verdict.NOT_MET).select_related("audit")
    return report_query.within(ticks)


def _parts() -> list[Band]:
    return [Band(part.label, Q(part=part.value)) for part in Part]


def _right(said: bool | None) -> str:
    return _("right") if said else _("wrong")


def _calls() -> Sequence[Listing]:
    return (
        Listing(
            "w26_calls", gettext_lazy("Register of 147 calls"), "W-26 5.2, 5.3", rows=calls_seen_by, moment="opened_at",
            icon="phone-incoming", case=lambda row: (CALL, row.pk),
            about=gettext_lazy("who called about what, which path the call took and what became of it"),
            columns=(
                *CALL_COLUMNS,
                Column(gettext_lazy("Outcome"), lambda row: str(row.get_outcome_display())),
                Column(gettext_lazy("Owner"), lambda row: str(row.owner or "")),
                Column(gettext_lazy("Tier 2"), lambda row: str(row.tier2 or "")),
                Column(gettext_lazy("Ticket"), attrgetter("ticket_number")),
            ),
        ),
        Listing(
            "w26_wrong_path", gettext_lazy("Wrong paths"), "W-26 5.2.4, 5.2.5, 5.3.2", rows=off_path_seen_by,
            moment="opened_at", icon="route", case=lambda row: (CALL, row.pk), bands=_wrong, bands_drawn=False,
            bands_label=gettext_lazy("What was wrong"),
            empty=gettext_lazy("Every call took the path of its customer's class"),
            about=gettext_lazy("calls that did not take the path of their customer's class: there must be none"),
            columns=(
                *CALL_COLUMNS,
                Column(gettext_lazy("What was wrong"), lambda row: str(paths.Wrong(row.wrong).label)),
            ),
        ),
        Listing(
            "w26_super_log", gettext_lazy("Super emergency log"), "W-26 5.3.4", rows=emergencies_seen_by,
            icon="siren", case=attrgetter("procedure", "case_id"), empty=gettext_lazy("No super emergency"),
            about=gettext_lazy("who became one, who owns it, when the next news are due, when it ended"),
            columns=(
                Column(gettext_lazy("Declared"), attrgetter("at")),
                Column(gettext_lazy("Owner"), lambda row: f"{row.owner_first or ''} {row.owner_last or ''}".strip()),
                Column(gettext_lazy("Next news"), attrgetter("news_due")),
                Column(gettext_lazy("Ended"), _ended),
                Column(gettext_lazy("State of the call"), lambda row: str(State(row.call_state).label)),
                Column(gettext_lazy("Solution"), attrgetter("solution")),
            ),
        ),
    )  # fmt: skip


def _others() -> Sequence[Listing]:
    return (
        Listing(
            "w26_callbacks", gettext_lazy("Callbacks by age"), "W-26 5.2.6, 5.3.4", rows=live_callbacks,
            moment="opened_at", now=True, oldest_first=True, icon="hourglass", case=lambda row: (CALLBACK, row.pk),
            about=gettext_lazy("every callback that is not done, the oldest first"), bands=ages,
            bands_label=gettext_lazy("Waiting in the queue"), empty=gettext_lazy("Nobody waits for a callback"),
            columns=(
                Column(gettext_lazy("Entered"), attrgetter("opened_at")),
                Column(gettext_lazy("State"), lambda row: str(CallbackState(row.state).label)),
                Column(gettext_lazy("Tier"), lambda row: str(Tier(row.tier).label)),
                Column(gettext_lazy("Take until"), attrgetter("due_at")),
                Column(gettext_lazy("Minutes overdue"), _minutes_over),
                Column(gettext_lazy("Attempts"), attrgetter("attempts")),
                Column(gettext_lazy("Left by an agent"), attrgetter("abandons")),
                Column(gettext_lazy("Owner"), lambda row: str(row.owner or "")),
            ),
        ),
        Listing(
            "w26_customers", gettext_lazy("Special and VVIP customers"), "W-26 5.1", rows=listed_seen_by,
            moment="opened_at", now=True, icon="star", for_leaders=True, exportable=False, bands=_criteria,
            bands_drawn=False, bands_label=gettext_lazy("Criterion"), empty=gettext_lazy("Nobody stands on the lists"),
            about=gettext_lazy("who stands on the lists now; for leaders alone, and it leaves as no file"),
            columns=(
                Column(gettext_lazy("Entry"), attrgetter("number")),
                Column(gettext_lazy("Customer"), lambda row: row.customer.name),
                Column(gettext_lazy("List"), lambda row: str(EntryKind(row.kind).label)),
                Column(gettext_lazy("Criterion"), attrgetter("label")),
                Column(gettext_lazy("What to do"), lambda row: str(row.get_action_display())),
                Column(gettext_lazy("From"), attrgetter("valid_from")),
                Column(gettext_lazy("Until"), attrgetter("valid_to")),
                Column(gettext_lazy("Review"), attrgetter("review_due")),
                Column(gettext_lazy("Entered by"), lambda row: str(row.entered_by or "")),
                Column(gettext_lazy("Approved by"), lambda row: str(row.approved_by or "")),
            ),
        ),
        Listing(
            "w26_audits", gettext_lazy("Audited calls"), "W-26 4", rows=audits_seen_by, moment="audited_at",
            icon="clipboard-check", case=lambda row: (Audit.procedure_name(), row.pk),
            about=gettext_lazy("every judgement, also those that a later one has taken the place of"),
            columns=(
                Column(gettext_lazy("Audited at"), attrgetter("audited_at")),
                Column(gettext_lazy("Path"), lambda row: str(row.get_stratum_display())),
                Column(gettext_lazy("Education"), lambda row: _right(row.education)),
                Column(gettext_lazy("Education by"), lambda row: str(row.educated_by or "")),
                Column(gettext_lazy("Escalation"), lambda row: _right(row.escalation)),
                Column(gettext_lazy("Escalation by"), lambda row: str(row.escalated_by or "")),
                Column(gettext_lazy("Audited by"), lambda row: str(row.audited_by)),
                Column(gettext_lazy("State"), lambda row: str(AuditState(row.state).label)),
                Column(gettext_lazy("Seed"), lambda row: str(row.sample.seed)),
            ),
        ),
        Listing(
            "w26_misses", gettext_lazy("What audits found wrong"), "W-26 4", rows=misses_seen_by, icon="circle-x",
            case=lambda row: (Audit.procedure_name(), row.audit_id), bands=_parts, bands_drawn=False,
            bands_label=gettext_lazy("Part"), about=gettext_lazy("every criterion that was not met, with its clause"),
            empty=gettext_lazy("No audit found anything wrong"),
            columns=(
                Column(gettext_lazy("Time"), attrgetter("at")),
                Column(gettext_lazy("Clause"), attrgetter("clause")),
                Column(gettext_lazy("Criterion"), lambda row: str(row.get_criterion_display())),
                Column(gettext_lazy("Part"), lambda row: str(row.get_part_display())),
                Column(gettext_lazy("Note"), lambda row: row.audit.remark),
            ),
        ),
    )  # fmt: skip


def register() -> None:
    listings.add(*_calls(), *_others())
