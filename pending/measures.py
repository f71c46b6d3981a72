"""What is measured of holds, and the register for the reports (requirements 6, KPIs; W-02 1.2)."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pending.contact import rule
from pending.effects import GRACE
from pending.models import PendingRequest, PendReason
from pending.states import DECIDE, DEFAULTS, Answer, State
from segmentation.segments import SHORT, Segment
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.contact import log
from tenesa.contact.kinds import Result
from tenesa.contact.policy import Tried
from tenesa.incidents.incident_times import keeps_pending, of_row, segment_of, with_history
from tenesa.reporting.models import Measurement
from tenesa.reporting.registry import Column, Kpi, Listing, Measured, Procedure, Value, listings, procedures
from tenesa.reporting.report_query import ReportQuery

ANSWERS = {"agree": Answer.AGREED, "give_up": Answer.UNREACHABLE, "refuse": Answer.REFUSED}
IN_TIME = timedelta(minutes=next(one.minutes for one in DEFAULTS if one.name == DECIDE))


class _Reasons(Mapping[str, str]):
    """The words of the reason list, which an administrator may change: read again after a minute."""

    def __init__(self) -> None:
        self._rows: dict[str, str] = {}
        self._until = 0.0

    def _now(self) -> dict[str, str]:
        if time.monotonic() > self._until:
            self._rows, self._until = dict(PendReason.objects.values_list("code", "label")), time.monotonic() + 60
        return self._rows

    def __getitem__(self, code: str) -> str:
        return self._now()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


BY_REASON = _Reasons()
DECIDED = Kpi(
    "pend_decided", _("Holds decided in time"), "W-02 1.2.2", target=0.9, timed=True,
    counted=_("pend requests that were rejected, agreed, refused, or given up after the attempts"),
    met=_("within two hours of the request"),
    source="request, ask_for_more → reject, agree, give_up, refuse", part=_("Answer"),
    parts={**dict(Answer.choices), "REJECTED": _("Rejected")},
)  # fmt: skip
REACHED = Kpi(
    "pend_reached", _("Customers reached about a hold"), "W-02 1.2.3", target=0.7,
    counted=_("pend requests about which the customer was called and that were decided"),
    met=_("the customer answered"), source="record_attempt, take_call → agree, give_up, refuse",
    part=_("Answer"), parts=dict(Answer.choices),
)  # fmt: skip


def _share(slug: str, label: Any, clause: str, met: Any, step: str) -> Kpi:
    return Kpi(
        slug, label, clause, met=met, source=f"agree, give_up, refuse: {step}", part=_("Reason"), parts=BY_REASON,
        counted=_("pend requests that ended in an answer, or without one after the attempts"),
    )  # fmt: skip


SHARES = {
    Answer.AGREED: _share("pend_agreed", _("Customers who agreed"), "W-02 1.2.5", _("the customer agreed"), "agree"),
    Answer.UNREACHABLE: _share(
        "pend_unreached", _("Customers not reached"), "W-02 1.2.4", _("nobody was reached"), "give_up"
    ),
    Answer.REFUSED: _share(
        "pend_refused", _("Customers who refused"), "W-02 1.2.6", _("the customer refused"), "refuse"
    ),
}
UNITS = Kpi(
    "pend_units", _("Holds asked for, by unit"), "W-02 1.2.1", counted=_("pend requests, those for more time too"),
    source="request, ask_for_more", part=_("Unit"),
)  # fmt: skip
REASONS = Kpi(
    "pend_reasons", _("Holds asked for, by reason"), "W-02 1.2.1",
    counted=_("pend requests, those for more time too"), source="request, ask_for_more",
    part=_("Reason"), parts=BY_REASON,
)  # fmt: skip
EVIDENCE = Kpi(
    "pend_evidence", _("Holds with evidence"), "W-02 1.2.4, 1.2.5", target=1.0,
    counted=_("holds that NOSSA confirmed"),
    met=_("with a recorded yes, or with attempts as the rule asks"),
    source="record_attempt, take_call → confirm_hold", part=_("Reason"), parts=BY_REASON,
)  # fmt: skip
RESUMED = Kpi(
    "pend_resumed", _("Holds ended on time"), "W-02 1.2.5", target=0.98,
    counted=_("holds that are over"), met=_("NOSSA confirmed it within 15 minutes after the agreed time"),
    source="confirm_resume, end_outside", part=_("Reason"), parts=BY_REASON,
)  # fmt: skip


def measured(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    rows = PendingRequest.objects.in_bulk(list(histories))
    attempts = log.of_cases(PendingRequest.procedure_name(), list(rows))
    for pk, events in histories.items():
        if row := rows.get(pk):
            yield from _of(row, events, log.tried(attempts[pk]))


def _of(row: PendingRequest, events: Sequence[Event], every: Sequence[Tried]) -> Iterator[Measured]:
    yield _measured(UNITS, row, events[0], met=None, part=row.unit)
    yield _measured(REASONS, row, events[0], met=None, part=row.reason_id)
    for event in events:
        tried = [one for one in every if one.at <= event.at]
        connected = any(one.result == Result.CONNECTED for one in tried)
        if event.step in ANSWERS or event.step == "reject":
            part = str(ANSWERS.get(event.step, "REJECTED"))
            spent = event.at - events[0].at
            yield _measured(DECIDED, row, event, met=spent <= IN_TIME, part=part, seconds=int(spent.total_seconds()))
            if event.step in ANSWERS:
                yield _measured(REACHED, row, event, met=connected, part=part)
                for answer, kpi in SHARES.items():
                    yield _measured(kpi, row, event, met=ANSWERS[event.step] == answer, part=row.reason_id)
        if event.step == "confirm_hold":
            yield _measured(EVIDENCE, row, event, met=connected or rule().met(tried), part=row.reason_id)
        if event.step in {"confirm_resume", "end_outside"} and row.until is not None:
            yield _measured(RESUMED, row, event, met=event.at <= row.until + GRACE, part=row.reason_id)


def _measured(
    kpi: Kpi, row: PendingRequest, event: Event, *, met: bool | None, part: str, seconds: int | None = None
) -> Measured:
    segment = str(row.snapshot.get("segment", ""))
    return Measured(
        kpi=kpi.slug,
        case_id=row.pk,
        seq=event.seq,
        at=event.at,
        desk_id=row.desk_id,
        area_id=row.area_id,
        agent_id=event.actor_id or row.decided_by_id,
        segment=segment if segment in Segment.values else "",
        part=part,
        reference=row.incident,
        met=met,
        seconds=seconds,
    )


def who(pks: Collection[int]) -> dict[int, str]:
    """The customer of the ticket, as NOSSA names them."""
    rows = PendingRequest.objects.filter(pk__in=pks).values_list("pk", "snapshot__customer")
    return {pk: str(customer or "") for pk, customer in rows}


def register_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    rows: QuerySet[Any] = PendingRequest.objects.visible_to(user).select_related("reason", "decided_by", "desk")
    rows = report_query.narrow(rows, agent="decided_by_id", team="", segment="", part="")
    return report_query.within(rows, "opened_at")


def overdue_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """Holds whose end has come and that NOSSA has not let go on yet."""
    rows: QuerySet[Any] = PendingRequest.objects.visible_to(user).select_related("reason", "decided_by", "desk")
    rows = rows.filter(state=State.RESUME_DUE) | rows.filter(state=State.FAILED, failed_in=State.RESUME_DUE)
    return report_query.narrow(rows, agent="decided_by_id", team="", segment="", part="")


def unproved_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """Holds that NOSSA confirmed without a recorded yes and without the attempts of the rule: there must be none."""
    wrong = Measurement.objects.filter(kpi=EVIDENCE.slug, met=False).values("case_id")
    return register_seen_by(user, report_query).filter(pk__in=wrong)


def repaired_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """Requests whose ticket was on hold, with what that does to its repair time (requirements 2.4)."""
    return with_history(register_seen_by(user, report_query).exclude(pended_at=None))


def minutes(name: str) -> Callable[[Any], Value]:
    """Whole minutes of one part of a row's repair time."""

    def column(row: Any) -> Value:
        found = of_row(row)
        span = getattr(found, name) if found else None
        return None if span is None else int(span.total_seconds() // 60)

    return column


REPAIR_COLUMNS = [
    Column(_("Asked"), attrgetter("opened_at")),
    Column(_("Ticket"), attrgetter("incident")),
    Column(_("Segment"), lambda row: segment_of(row.ticket_facts)),
    Column(_("Status"), attrgetter("ticket_status")),
    Column(_("Unit"), attrgetter("unit")),
    Column(_("Reason"), lambda row: str(row.reason)),
    Column(_("Gross, minutes"), minutes("gross")),
    Column(_("On hold"), minutes("pending")),
    Column(_("Net"), minutes("net")),
    Column(_("Target"), minutes("target")),
    Column(_("In net"), lambda row: _yes(keeps_pending(segment_of(row.ticket_facts)))),
]
COLUMNS = [
    Column(_("Asked"), attrgetter("opened_at")),
    Column(_("Ticket"), attrgetter("incident")),
    Column(_("Unit"), attrgetter("unit")),
    Column(_("Reason"), lambda row: str(row.reason)),
    Column(_("State"), lambda row: str(row.get_state_display())),
    Column(_("Attempts"), attrgetter("attempts_made")),
    Column(_("Answer"), lambda row: str(row.get_answer_display())),
    Column(_("Decided by"), lambda row: str(row.decided_by or "")),
    Column(_("Hold until"), attrgetter("until")),
    Column(_("On hold since"), attrgetter("pended_at")),
    Column(_("Went on at"), attrgetter("resumed_at")),
]


def _yes(said: bool) -> str:
    return gettext("yes") if said else gettext("no")


def register() -> None:
    procedures.add(
        Procedure(
            name=PendingRequest.procedure_name(),
            document="W-02",
            measure=measured,
            kpis=[DECIDED, REACHED, *SHARES.values(), EVIDENCE, RESUMED, UNITS, REASONS],
            activities=(),
            segments=SHORT,
            number=lambda pk: PendingRequest(pk=pk).number,
            address=lambda pk: PendingRequest(pk=pk).get_absolute_url(),
            who=who,
        )
    )
    case = lambda row: (PendingRequest.procedure_name(), row.pk)  # noqa: E731
    listings.add(
        Listing(
            "pends", _("Pend register"), "W-02 1.2", rows=register_seen_by, moment="opened_at", icon="pause",
            about=_("which ticket was to be put on hold, by whom, why, and what became of it"), case=case,
            columns=COLUMNS,
        ),
        Listing(
            "pends_overdue", _("Holds that should be over"), "W-02 1.2.5", rows=overdue_seen_by, moment="opened_at",
            now=True, oldest_first=True, icon="timer-off", case=case, columns=COLUMNS,
            about=_("the agreed time has come and NOSSA has not confirmed"), empty=_("Every hold ended on time"),
        ),
        Listing(
            "pends_unproved", _("Holds without evidence"), "W-02 1.2.4", rows=unproved_seen_by, moment="opened_at",
            icon="shield-alert", case=case, columns=COLUMNS, empty=_("Every hold has its evidence"),
            about=_("confirmed without a recorded yes and without the attempts of the rule: there must be none"),
        ),
        Listing(
            "pends_repair", _("Repair time and holds"), "W-02 1.2.5", rows=repaired_seen_by, moment="opened_at",
            icon="timer", case=case, columns=REPAIR_COLUMNS,
            about=_("gross, on hold and net of every ticket that was on hold, by the rule of its segment"),
        ),
    )  # fmt: skip
