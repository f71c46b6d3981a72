"""What is measured of P-01 by QC: KPI 7.1 and 7.2, each criterion, approvals and appeals (P-01 7; requirements 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from caring.models import CaringResult, Verdict
from caring.prospects.states import Campaign
from tenesa.audit.masking import mask
from tenesa.audit.models import Event
from tenesa.reporting.registry import Kpi, Measured, Procedure, measure_also

DECISIONS = ("approve", "return_to_agent", "reject")
BY_QC = _("results that QC judged; of an appeal the last decision alone")
SOURCE = "approve, return_to_agent, reject"


def _of_gate(slug: str, label: Any, clause: str, met: Any, target: float | None = None) -> Kpi:
    return Kpi(slug, label, clause, counted=BY_QC, met=met, source=SOURCE, target=target, sampled=True)


BILL = _of_gate(
    "p01_bill", _("IndiHome bill told by the procedure"), "P-01 7.1", _("criterion 2 of the gate (BILL) is OK"), 0.95
)
CARING = _of_gate(
    "p01_caring", _("Caring by the service parameters"), "P-01 7.2", _("all six criteria of the gate are OK"), 0.9
)
STEP = "P-01 8 langkah 4"
CRITERIA = {
    "PAYER": _of_gate("p01_payer", _("QC: payer confirmed"), STEP, _("criterion 1 (PAYER) is OK")),
    "BILL": BILL,
    "WILLING": _of_gate("p01_willing", _("QC: clear yes"), STEP, _("criterion 3 (WILLING) is OK")),
    "CONTRACT": _of_gate("p01_contract", _("QC: agreement read out"), STEP, _("criterion 4 (CONTRACT) is OK")),
    "RECORDED": _of_gate("p01_recorded", _("QC: recording present"), STEP, _("criterion 5 (RECORDED) is OK")),
    "OTHER": _of_gate("p01_other", _("QC: other matters"), STEP, _("criterion 6 (OTHER) is OK")),
}
APPROVED = Kpi(
    "p01_approved", _("Approved by QC"), "P-01 8 langkah 4, 9.1", counted=BY_QC, sampled=True, source=SOURCE,
    met=_("approved; what is missing was returned"), part=_("Category"),
    parts={"AGREE": _("Agree"), "DECLINE": _("Decline")},
)  # fmt: skip
JUDGED = Kpi(
    "p01_judged", _("Results judged"), STEP, counted=_("decisions of QC, by who decided"), source=SOURCE,
)  # fmt: skip
OVERTURNED = Kpi(
    "p01_overturned", _("Appeals won"), "P-01 9.2", counted=_("appeals that another QCO decided, by who scored first"),
    met=_("the decision was another one"), source="ask_again → approve, return_to_agent",
)  # fmt: skip


def measured_results(histories: Mapping[int, Sequence[Event]]) -> Iterator[Measured]:
    rows = {row.pk: row for row in CaringResult.objects.filter(pk__in=list(histories))}
    verdicts: dict[int, list[Verdict]] = defaultdict(list)
    decided = Verdict.objects.filter(result__in=list(rows), kind__in=Verdict.DECIDES).select_related("supersedes")
    for verdict in decided.order_by("pk"):
        verdicts[verdict.result_id].append(verdict)
    for pk, events in histories.items():
        if row := rows.get(pk):
            yield from _of_result(row, [event for event in events if event.step in DECISIONS], verdicts[pk])


def _of_result(row: CaringResult, events: Sequence[Event], verdicts: Sequence[Verdict]) -> Iterator[Measured]:
    """Each decision is an event and a row, in the same order; one that an appeal took the place of counts no more."""
    replaced = {verdict.supersedes_id for verdict in verdicts}
    for event, verdict in zip(events, verdicts, strict=False):
        yield _measured(JUDGED, row, event, None, agent=verdict.qco_id)
        if (first := verdict.supersedes) is not None:
            yield _measured(OVERTURNED, row, event, verdict.decision != first.decision, agent=first.qco_id)
        if verdict.pk in replaced:
            continue
        for code, kpi in CRITERIA.items():
            if code in verdict.ticks:
                yield _measured(kpi, row, event, bool(verdict.ticks[code]))
        yield _measured(CARING, row, event, all(verdict.ticks.values()))
        yield _measured(APPROVED, row, event, verdict.decision == Verdict.Decision.APPROVED, part=row.category)


def _measured(
    kpi: Kpi, row: CaringResult, event: Event, met: bool | None, *, part: str = "", agent: int | None = None
) -> Measured:
    return Measured(
        kpi=kpi.slug, case_id=row.pk, seq=event.seq, at=event.at, desk_id=row.desk_id, area_id=row.area_id,
        agent_id=agent or row.agent_id, segment=row.campaign, part=part, reference=row.call_id, met=met,
    )  # fmt: skip


def who(pks: Collection[int]) -> dict[int, str]:
    return {pk: mask(name) for pk, name in CaringResult.objects.filter(pk__in=pks).values_list("pk", "name")}


def register() -> None:
    measure_also(
        Procedure(
            name=CaringResult.procedure_name(),
            document="P-01",
            measure=measured_results,
            kpis=[
                BILL,
                CARING,
                *(kpi for code, kpi in CRITERIA.items() if code != "BILL"),
                APPROVED,
                JUDGED,
                OVERTURNED,
            ],
            activities=(),
            segments=dict(Campaign.choices),
            number=lambda pk: f"{CaringResult.prefix}{pk:07d}",
            address=lambda pk: str(CaringResult(pk=pk).get_absolute_url()),
            who=who,
        )
    )
