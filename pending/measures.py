"""What is measured of holds, and the register for the reports (requirements 6, KPIs; W-02 1.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pending.effects import GRACE
from pending.models import PendingRequest
from pending.rule import Tried, rule
from pending.states import DECIDE, DEFAULTS, Answer, Result, State
from segmentation.segments import Segment
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.reporting.asked import Asked
from tenesa.reporting.registry import Column, Kpi, Listing, Measured, Procedure, listings, procedures

ANSWERS = {"agree": Answer.AGREED, "give_up": Answer.UNREACHABLE, "refuse": Answer.REFUSED}
IN_TIME = timedelta(minutes=next(one.minutes for one in DEFAULTS if one.name == DECIDE))

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
EVIDENCE = Kpi(
    "pend_evidence", _("Holds with evidence"), "W-02 1.2.4, 1.2.5", target=1.0,
    counted=_("holds that NOSSA confirmed"),
    met=_("with a recorded yes, or with attempts as the rule asks"),
    source="record_attempt, take_call → confirm_hold", part=_("Reason"),
)  # fmt: skip
RESUMED = Kpi(
    "pend_resumed", _("Holds ended on time"), "W-02 1.2.5", target=0.98,
    counted=_("holds that are over"), met=_("NOSSA confirmed it within 15 minutes after the agreed time"),
    source="confirm_resume, end_outside", part=_("Reason"),
)  # fmt: skip


def measured(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    rows = {row.pk: row for row in PendingRequest.objects.filter(pk__in=list(histories)).prefetch_related("attempts")}
    for pk, events in histories.items():
        if row := rows.get(pk):
            yield from _of(row, events)


def _of(row: PendingRequest, events: Sequence[Event]) -> Iterator[Measured]:
    for event in events:
        tried = [Tried(one.at, one.result, one.by) for one in row.attempts.all() if one.at <= event.at]
        connected = any(one.result == Result.CONNECTED for one in tried)
        if event.step in ANSWERS or event.step == "reject":
            part = str(ANSWERS.get(event.step, "REJECTED"))
            spent = event.at - events[0].at
            yield _found(DECIDED, row, event, met=spent <= IN_TIME, part=part, seconds=int(spent.total_seconds()))
            if event.step in ANSWERS:
                yield _found(REACHED, row, event, met=connected, part=part)
        if event.step == "confirm_hold":
            yield _found(EVIDENCE, row, event, met=connected or rule().met(tried), part=row.reason_id)
        if event.step in {"confirm_resume", "end_outside"} and row.until is not None:
            yield _found(RESUMED, row, event, met=event.at <= row.until + GRACE, part=row.reason_id)


def _found(
    kpi: Kpi, row: PendingRequest, event: Event, *, met: bool, part: str, seconds: int | None = None
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


def register_seen_by(user: User, asked: Asked) -> QuerySet[Any]:
    rows: QuerySet[Any] = PendingRequest.objects.visible_to(user).select_related("reason", "decided_by", "desk")
    rows = asked.narrow(rows, agent="decided_by_id", team="", segment="", part="")
    return asked.within(rows, "opened_at")


def overdue_seen_by(user: User, asked: Asked) -> QuerySet[Any]:
    """Holds whose end has come and that NOSSA has not let go on yet."""
    rows: QuerySet[Any] = PendingRequest.objects.visible_to(user).select_related("reason", "decided_by", "desk")
    rows = rows.filter(state=State.RESUME_DUE) | rows.filter(state=State.FAILED, failed_in=State.RESUME_DUE)
    return asked.narrow(rows, agent="decided_by_id", team="", segment="", part="")


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


def register() -> None:
    procedures.add(
        Procedure(
            name=PendingRequest.procedure_name(),
            document="W-02",
            measure=measured,
            kpis=[DECIDED, REACHED, EVIDENCE, RESUMED],
            activities=(),
            segments=[segment for segment in Segment.values if segment],
            number=lambda pk: PendingRequest(pk=pk).number,
            address=lambda pk: reverse("pend", args=[pk]),
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
    )  # fmt: skip
