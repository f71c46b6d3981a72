"""What is measured of escalations, and their log for the reports (P-05 7.8, 5.6, 5.9)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.audit.masking import mask
from tenesa.audit.models import Event
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import briefs_of
from tenesa.escalation.states import Level, Purpose
from tenesa.reporting.registry import Column, Kpi, Listing, Measured, Procedure, listings, procedures
from tenesa.reporting.report_query import ReportQuery

DECISIONS = ("approve", "send_back", "take_over", "pass_to_unit")
LATE = ("raise_overdue", "pass_unattended")

DECIDED = Kpi(
    "escalation", _("Escalations decided in time"), "P-05 7.8", activity="7.8", target=0.9, timed=True,
    counted=_("escalations that a person decided, for the one who decided"),
    met=_("while no clock of a level ran out and nobody had to pass it on"),
    source="ask → approve, send_back, take_over, pass_to_unit; raise_overdue, pass_unattended",
    part=_("Level"), parts=dict(Level.choices),
)  # fmt: skip
ANSWERED = Kpi(
    "unit", _("Units answered in time"), "P-05 7.7, 5.6", activity="7.7", target=0.8, timed=True,
    counted=_("matters passed on to Telkom or a back-end unit and answered"),
    met=_("before the unit had to be reminded"),
    source="approve, pass_to_unit → take_answer; remind", part=_("Unit"),
)  # fmt: skip


def measured(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    rows = {row.pk: row for row in Escalation.objects.filter(pk__in=list(histories), purpose=Purpose.HELP)}
    for pk, events in histories.items():
        if row := rows.get(pk):
            yield from _of(row, events)


def _of(row: Escalation, events: Sequence[Event]) -> Iterator[Measured]:
    asked = passed = None
    late = reminded = False
    for event in events:
        asked = asked or event
        late, reminded = late or event.step in LATE, reminded or event.step == "remind"
        if event.step in DECISIONS:
            yield _measured(DECIDED, row, event, since=asked, met=not late, part=row.level)
        if event.target == "WITH_UNIT" and event.source != event.target:
            passed = event
        if event.step == "take_answer" and passed is not None:
            yield _measured(ANSWERED, row, event, since=passed, met=not reminded, part=row.unit_name)


def _measured(kpi: Kpi, row: Escalation, event: Event, *, since: Event, met: bool, part: str) -> Measured:
    return Measured(
        kpi=kpi.slug,
        case_id=row.pk,
        seq=event.seq,
        at=event.at,
        desk_id=row.desk_id,
        area_id=row.area_id,
        agent_id=event.actor_id or row.asker_id,
        part=part,
        reference=row.reference,
        met=met,
        seconds=max(0, int((event.at - since.at).total_seconds())),
    )


def who(pks: Collection[int]) -> dict[int, str]:
    """The customer of the escalated case; an address only half (X-09)."""
    briefs = briefs_of(list(Escalation.objects.filter(pk__in=pks)))
    return {pk: mask(brief.who) if "@" in brief.who else brief.who for pk, brief in briefs.items()}


def log_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    rows: QuerySet[Any] = Escalation.objects.visible_to(user).select_related("asker", "decided_by", "desk")
    rows = report_query.narrow(rows, agent="asker_id", team="", segment="", part="")
    return report_query.within(rows, "opened_at")


def register() -> None:
    procedures.add(
        Procedure(
            name=Escalation.procedure_name(),
            document="P-05",
            measure=measured,
            kpis=[ANSWERED, DECIDED],
            activities=(),
            segments={},
            number=lambda pk: Escalation(pk=pk).number,
            address=lambda pk: reverse("approvals:case", args=[pk]),
            who=who,
        )
    )
    listings.add(
        Listing(
            "escalations", _("Escalation log"), "P-05 5.6, 5.9", rows=log_seen_by, moment="opened_at",
            about=_("who asked whom for what, and what came of it"), icon="megaphone",
            case=lambda row: (Escalation.procedure_name(), row.pk),
            columns=[
                Column(_("Asked"), attrgetter("opened_at")),
                Column(_("Asked by"), lambda row: str(row.asker)),
                Column(_("Purpose"), lambda row: str(row.get_purpose_display())),
                Column(_("Level"), lambda row: str(row.get_level_display())),
                Column(_("Reason"), attrgetter("reason")),
                Column(_("State"), lambda row: str(row.get_state_display())),
                Column(_("Decided by"), lambda row: str(row.decided_by or "")),
                Column(_("Unit"), attrgetter("unit_name")),
                Column(_("Reference"), attrgetter("reference")),
                Column(_("Last change"), attrgetter("changed_at")),
            ],
        )
    )  # fmt: skip
