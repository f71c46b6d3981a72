"""What is measured of calls and promises, from the history of results (P-01 7; requirements 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from caring.models import CaringResult, Promise
from caring.prospects.states import Campaign
from caring.results.states import APPEAL_WITHIN, State
from caring.tree import Category, Reason, Status
from tenesa.audit.masking import mask
from tenesa.audit.models import Event
from tenesa.contact import day_parts, zones
from tenesa.contact.day_parts import DayPart
from tenesa.reporting.registry import Kpi, Measured, Procedure, measure_also

CALL, RECORD = "P-01 5.3", "record"
EVERY_CALL = _("results of calls")
REACHED = _("somebody was reached: contacted or follow up")
HOURS = {f"{hour:02d}": f"{hour:02d}:00" for hour in range(24)}
ZONES = {key: key for key in zones.ZONES}
KEPT = (Promise.State.KEPT, Promise.State.PAID_BEFORE)
SETTLED = (*KEPT, Promise.State.PARTIAL, Promise.State.BROKEN)
FOLLOWED = ("pass_on", "ask_again")

AGREES = Kpi(
    "p01_agrees", _("Agreements"), "P-01 5.3, 8 langkah 3", source=RECORD,
    counted=_("agreements that stand: not those that another result took the place of"),
)  # fmt: skip
OF_CALLS = Kpi(
    "p01_agree_calls", _("Agree rate of all calls"), CALL, source=RECORD, counted=EVERY_CALL,
    met=_("an agreement that stands"), part=_("Reason"), parts=dict(Reason.choices),
)  # fmt: skip
OF_CONTACTED = Kpi(
    "p01_agree_contacted", _("Agree rate of contacted"), CALL, source=RECORD, met=_("an agreement that stands"),
    counted=_("results of calls that reached somebody"),
)  # fmt: skip


def _contact(slug: str, label: Any, part: Any, parts: Mapping[str, Any]) -> Kpi:
    return Kpi(slug, label, CALL, source=RECORD, counted=EVERY_CALL, met=REACHED, part=part, parts=parts)


BY_HOUR = _contact("p01_contacted", _("Contact rate by hour"), _("Hour of the customer"), HOURS)
PARTS = dict(DayPart.choices)
BY_PART = _contact("p01_contact_part", _("Contact rate by part of the day"), _("Part of the day"), PARTS)
BY_ZONE = _contact("p01_contact_zone", _("Contact rate by time zone"), _("Time zone"), ZONES)
PROMISES = Kpi(
    "p01_promises", _("Promises kept"), "P-01 6.8", source="record → judge_promise", part=_("What became of it"),
    counted=_("promises that were due and are settled, on the day they were judged"),
    met=_("paid in full by the day after it was due"), parts=dict(Promise.State.choices),
)  # fmt: skip
RETURNS = Kpi(
    "p01_returns", _("Returns followed in time"), "P-01 8 langkah 4, 9.2", timed=True,
    source="return_to_agent → pass_on, ask_again",
    counted=_("returns of QC that the team leader passed on or appealed"),
    met=_("within 3 × 24 hours"),
)  # fmt: skip
KPIS = (AGREES, OF_CALLS, OF_CONTACTED, BY_HOUR, BY_PART, BY_ZONE, PROMISES, RETURNS)


def measured_calls(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    rows = CaringResult.objects.filter(pk__in=list(histories)).select_related("prospect", "promise")
    for row in rows.defer("prospect__bills", "prospect__score_facts"):
        yield from _of_result(row, histories[row.pk])


def _of_result(row: CaringResult, events: Sequence[Event]) -> Iterator[Measured]:
    opened, returned = events[0], None
    yield from _of_call(row, opened)
    for event in events:
        if event.step == "return_to_agent":
            returned = event
        elif event.step in FOLLOWED and returned is not None:
            spent = event.at - returned.at
            yield _measured(RETURNS, row, event, met=spent <= APPEAL_WITHIN, spent=spent)
            returned = None
    promise = getattr(row, "promise", None)
    judged = [event for event in events if event.step == "judge_promise"]
    if promise is not None and promise.state in SETTLED and judged:
        yield _measured(PROMISES, row, judged[-1], met=promise.state in KEPT, part=promise.state)


def _of_call(row: CaringResult, opened: Event) -> Iterator[Measured]:
    stands = row.category == Category.AGREE and row.state != State.SUPERSEDED
    reached = row.status != Status.NOT_CONTACTED
    local = _local(row)
    if stands:
        yield _measured(AGREES, row, opened)
    yield _measured(OF_CALLS, row, opened, met=stands, part=row.reason)
    if reached:
        yield _measured(OF_CONTACTED, row, opened, met=stands)
    yield _measured(BY_HOUR, row, opened, met=reached, part=f"{local:%H}")
    yield _measured(BY_PART, row, opened, met=reached, part=day_parts.part_of(local))
    yield _measured(BY_ZONE, row, opened, met=reached, part=row.prospect.zone)


def _local(row: CaringResult) -> datetime:
    """When it was called, by the clock of the customer; of an unknown zone by that of the house."""
    zone = row.prospect.zone
    return row.called_at.astimezone(zones.named(zone)[0] if zone else zones.house())


def _measured(
    kpi: Kpi, row: CaringResult, event: Event, *, met: bool | None = None, part: str = "",
    spent: timedelta | None = None,
) -> Measured:  # fmt: skip
    return Measured(
        kpi=kpi.slug, case_id=row.pk, seq=event.seq, at=event.at, desk_id=row.desk_id, area_id=row.area_id,
        agent_id=row.agent_id, segment=row.campaign, part=str(part), reference=row.call_id, met=met,
        seconds=int(spent.total_seconds()) if spent is not None else None,
    )  # fmt: skip


def who(pks: Collection[int]) -> dict[int, str]:
    return {pk: mask(name) for pk, name in CaringResult.objects.filter(pk__in=pks).values_list("pk", "name")}


def register() -> None:
    measure_also(
        Procedure(
            name=CaringResult.procedure_name(),
            document="P-01",
            measure=measured_calls,
            kpis=KPIS,
            activities=(),
            segments=dict(Campaign.choices),
            number=lambda pk: f"{CaringResult.prefix}{pk:07d}",
            address=lambda pk: str(CaringResult(pk=pk).get_absolute_url()),
            who=who,
        )
    )
