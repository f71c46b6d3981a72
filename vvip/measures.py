"""What is measured of 147 calls, callbacks and audits, for the reports (W-26 4; requirements 7, 7.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenesa.audit.masking import mask
from tenesa.audit.models import Event
from tenesa.reporting.registry import Kpi, Measured, Procedure, procedures
from tenesa.timers.models import Mark
from vvip import reports
from vvip.audits.states import STRATA
from vvip.audits.states import State as AuditState
from vvip.callbacks.states import PICKUP, Tier
from vvip.callbacks.states import State as CallbackState
from vvip.calls.states import Channel, Kind, Outcome, State
from vvip.models import Audit, Callback, SpecialCase

RING = timedelta(seconds=30)
PATHS = {str(path): path.label for path in STRATA}
TIERS = {tier.name: tier.label for tier in Tier}
ENDS_EMERGENCY = ("end_emergency", "end_by_time")
JUDGES = ("audit", "replace")


# --- clause 4 ---------------------------------------------------------------------------------------------------------
def _judged(slug: str, label: Any, met: Any, target: float | None) -> Kpi:
    return Kpi(
        slug, label, "W-26 4", target=target, sampled=True, met=met, part=_("Path"), parts=PATHS,
        counted=_("calls of the samples that were judged by somebody who had nothing to do with them"),
        source="audit, replace; correct",
    )  # fmt: skip


RIGHT = _judged("w26_right", _("Right education and escalation"), _("both were right"), 0.95)
EDUCATION = _judged("w26_education", _("Right education"), _("no criterion of education was wrong"), None)
ESCALATION = _judged("w26_escalation", _("Right escalation"), _("no criterion of escalation was wrong"), None)

# --- requirements 7 and 7.1: defaults of this house -------------------------------------------------------------------
ANSWERED = Kpi(
    "w26_answered", _("Calls answered at 147"), "W-26 5.2.1, 5.3.1", target=0.9, timed=True,
    counted=_("calls that rang at the desk by a screen-pop and were taken"), met=_("within 30 seconds"),
    source="record → take",
)  # fmt: skip
SOLVED = Kpi(
    "w26_solved", _("147 calls solved"), "W-26 5.2.7, 5.3.4", target=0.8, timed=True,
    counted=_("calls whose lists were checked and that are closed; not those that joined an earlier callback"),
    met=_("with a solution that the customer knows"), source="record → close, callback_expired, drop",
    part=_("Path"), parts=PATHS,
)  # fmt: skip
PICKED = Kpi(
    "w26_picked", _("Callbacks taken in time"), "W-26 5.2.6, 5.3.4", target=0.9, timed=True,
    counted=_("callbacks that Tier 2 took from the queue"),
    met=_("before the time at which its tier was overdue"),
    source="enqueue, come_due, call_again → claim, assign", part=_("Tier"), parts=TIERS,
)  # fmt: skip
REACHED = Kpi(
    "w26_reached", _("Customers reached by Tier 2"), "W-26 5.2.6, 5.3.4", target=0.7,
    counted=_("callbacks that are done or expired"), met=_("the customer answered"),
    source="connect → solve, hand_over, expire, close_unreached", part=_("Tier"), parts=TIERS,
)  # fmt: skip
EMERGENCIES = Kpi(
    "w26_super", _("Super emergencies"), "W-26 5.3.4", timed=True,
    counted=_("calls whose customer became a super emergency; the time is how long it lasted"),
    source="declare_emergency → end_emergency, end_by_time",
)  # fmt: skip


def measured_calls(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    rows = {row.pk: row for row in SpecialCase.objects.filter(pk__in=list(histories)).select_related("customer")}
    for pk, events in histories.items():
        if row := rows.get(pk):
            yield from _of_call(row, events)


def _of_call(row: SpecialCase, events: Sequence[Event]) -> Iterator[Measured]:
    opened = events[0]
    if row.channel == Channel.CTI and (taken := _first(events, "take")):
        spent = taken.at - opened.at
        yield _measured(ANSWERED, row, taken, met=spent <= RING, since=opened)
    closed = next((event for event in events if event.target == State.CLOSED != event.source), None)
    if closed is not None and row.kind and row.outcome != Outcome.ATTACHED:
        met = row.outcome == Outcome.SOLVED
        people = [event.actor_id for event in events if event.actor_id and event.seq <= closed.seq]
        agent = row.tier2_id or (people[-1] if people else None)
        yield _measured(SOLVED, row, closed, met=met, since=opened, part=row.kind, agent=agent)
    begun: Event | None = None
    for event in events:
        if event.step == "declare_emergency":
            begun = event
        elif event.step in ENDS_EMERGENCY and begun is not None:
            yield _measured(EMERGENCIES, row, begun, agent=row.tier2_id, until=event)
            begun = None
    if begun is not None:
        yield _measured(EMERGENCIES, row, begun, agent=row.tier2_id)


def measured_callbacks(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    rows = {row.pk: row for row in Callback.objects.filter(pk__in=list(histories)).select_related("call")}
    due = _due_times(list(histories))
    for pk, events in histories.items():
        if row := rows.get(pk):
            yield from _of_callback(row, events, due.get(pk, {}))


def _due_times(pks: Collection[int]) -> dict[int, dict[int, datetime]]:
    """When each callback was to be taken, by the number of the event that put it into the queue.

    As its clock was started then: administrators change the targets, and what was measured stays.
    """
    found: dict[int, dict[int, datetime]] = {}
    clocks = Mark.objects.filter(timer__procedure=Callback.procedure_name(), timer__case_id__in=pks, timer__name=PICKUP)
    started = clocks.filter(kind=Mark.Kind.STARTED)
    for pk, seq, due_at in started.values_list("timer__case_id", "seq", "due_at"):
        if seq is not None and due_at is not None:
            found.setdefault(pk, {})[seq] = due_at
    return found


WAITS_ANEW = ("enqueue", "come_due", "call_again")  # one that was given back or left waits on


def _of_callback(row: Callback, events: Sequence[Event], due: Mapping[int, datetime]) -> Iterator[Measured]:
    tier, since, reached = Tier(row.first_tier), None, None
    for event in events:
        if event.target == CallbackState.QUEUED and event.step in WAITS_ANEW:
            since = event
        elif event.step in {"claim", "assign"} and since is not None:
            met = since.seq not in due or event.at <= due[since.seq]
            given_to = event.data.get("owner")  # else whoever took it
            yield _measured(PICKED, row, event, met=met, since=since, part=tier.name, agent=given_to)
        elif event.step == "connect":
            reached = event
        if event.target in {CallbackState.DONE, CallbackState.EXPIRED} and event.source != event.target:
            agent = reached.actor_id if reached else None
            yield _measured(REACHED, row, event, met=reached is not None, part=tier.name, agent=agent)


def measured_audits(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    """One that another has taken the place of counts no more."""
    rows = {row.pk: row for row in Audit.objects.filter(pk__in=list(histories)).exclude(state=AuditState.SUPERSEDED)}
    for pk, events in histories.items():
        row, event = rows.get(pk), _first(events, *JUDGES)
        if row is not None and event is not None:
            told = {"part": row.stratum}
            yield _measured(RIGHT, row, event, met=row.is_right, agent=row.educated_by_id, **told)
            yield _measured(EDUCATION, row, event, met=bool(row.education), agent=row.educated_by_id, **told)
            yield _measured(ESCALATION, row, event, met=bool(row.escalation), agent=row.escalated_by_id, **told)


def _first(events: Sequence[Event], *steps: str) -> Event | None:
    return next((event for event in events if event.step in steps), None)


def _measured(
    kpi: Kpi, row: SpecialCase | Callback | Audit, event: Event, *, met: bool | None = None, part: str = "",
    agent: int | None = None, since: Event | None = None, until: Event | None = None,
) -> Measured:  # fmt: skip
    """At `event`, in the time from `since` or to `until`."""
    begin, end = since or event, until or event
    return Measured(
        kpi=kpi.slug,
        case_id=row.pk,
        seq=event.seq,
        at=event.at,
        desk_id=row.desk_id,
        area_id=row.area_id,
        agent_id=agent or event.actor_id,
        part=part,
        reference=", ".join(row.incident_numbers()) if isinstance(row, SpecialCase) else "",
        met=met,
        seconds=max(0, int((end.at - begin.at).total_seconds())) if begin is not end else None,
    )


# --- whose case it is -------------------------------------------------------------------------------------------------
def who_calls(pks: Collection[int]) -> dict[int, str]:
    """The customer; of the listed and VVIP only half (need to know: reports leave the house as files)."""
    rows = SpecialCase.objects.filter(pk__in=pks).values_list("pk", "customer__name", "caller_number", "kind")
    return {pk: _half(name or number, kind) if name else mask(number) for pk, name, number, kind in rows}


def who_callbacks(pks: Collection[int]) -> dict[int, str]:
    rows = Callback.objects.filter(pk__in=pks).values_list("pk", "contact_name", "call__kind")
    return {pk: _half(name, kind) for pk, name, kind in rows}


def who_audits(pks: Collection[int]) -> dict[int, str]:
    rows = Audit.objects.filter(pk__in=pks).values_list("pk", "call__customer__name", "stratum")
    return {pk: _half(name or "", kind) for pk, name, kind in rows}


def _half(name: str, kind: str) -> str:
    return mask(name) if name and kind in {Kind.VVIP, Kind.SPECIAL} else name


def register() -> None:
    for model, measure, kpis, who in (
        (Audit, measured_audits, [RIGHT, EDUCATION, ESCALATION], who_audits),
        (SpecialCase, measured_calls, [ANSWERED, SOLVED, EMERGENCIES], who_calls),
        (Callback, measured_callbacks, [PICKED, REACHED], who_callbacks),
    ):
        procedures.add(_procedure(model, measure, kpis, who))
    reports.register()


def _procedure(model: Any, measure: Any, kpis: Sequence[Kpi], who: Any) -> Procedure:
    return Procedure(
        name=model.procedure_name(),
        document="W-26",
        measure=measure,
        kpis=kpis,
        activities=(),
        segments={},
        number=lambda pk: f"{model.prefix}{pk:07d}",
        address=lambda pk: str(model(pk=pk).get_absolute_url()),
        who=who,
    )
