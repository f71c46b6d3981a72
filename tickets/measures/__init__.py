"""What is measured and listed of the e-mail desk, for the reports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.urls import reverse

from segmentation.segments import SHORT
from tenesa.audit.masking import mask
from tenesa.audit.models import Event
from tenesa.reporting import registry
from tenesa.reporting.registry import Measured
from tickets.measures import reports
from tickets.measures.case_history import case_histories
from tickets.measures.kpis import measures
from tickets.models import EmailCase


def measured(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    """Everything that these cases' histories tell."""
    for case_id, history in case_histories(histories):
        for kpi, find in measures:
            for occurrence in find(history):
                yield Measured(
                    kpi=kpi.slug,
                    case_id=case_id,
                    seq=occurrence.event.seq,
                    at=occurrence.event.at,
                    desk_id=history.case["desk_id"],
                    area_id=history.case["area_id"],
                    agent_id=history.agents[occurrence.event.seq],
                    segment=history.case["segment"],
                    part=occurrence.part,
                    reference=occurrence.reference,
                    met=occurrence.met,
                    seconds=occurrence.seconds,
                )


def number(pk: int) -> str:
    """As `Case.number`, without making a case for each of a million rows."""
    return f"{EmailCase.prefix}{pk:07d}"


def who(case_ids: Collection[int]) -> dict[int, str]:
    """The customer, or half the address of a sender whom nobody knows (X-09)."""
    cases = EmailCase.objects.filter(pk__in=case_ids).values_list("pk", "customer__name", "sender_address")
    return {pk: name or mask(address) for pk, name, address in cases}


def register() -> None:
    reports.register()
    registry.procedures.add(
        registry.Procedure(
            name=EmailCase.procedure_name(),
            document="P-05",
            measure=measured,
            kpis=[kpi for kpi, _measure in measures],
            activities=reports.ACTIVITIES,
            segments=SHORT,
            number=number,
            address=lambda pk: reverse("cases:case", args=[pk]),
            who=who,
        )
    )
