"""All reasons of a run as a workbook: each result, how it stands in both systems, and what was answered (step 5)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from caring.models import CaringResult
from caring.reconciliation.models import Difference, Kind, Reconciliation, System
from caring.reconciliation.words import CODES, in_words, shown
from caring.results.states import State
from tenesa.accounts.models import User
from tenesa.reporting.export import workbook
from tenesa.reporting.lists import Row
from tenesa.reporting.models import Export

TOGETHER = 1_000


def download(request: HttpRequest, user: User, run: Reconciliation) -> Any:
    """The answer that streams the workbook. The log's row is there before the first byte (X-09)."""
    log = Export.objects.create(by=user, report="caring-reasons", kind="xlsx", report_query=f"reconciliation={run.pk}")
    name = f"tenesa-caring-alasan-{run.first:%Y%m%d}-{run.last:%Y%m%d}.xlsx"
    return workbook(request, log, heads(), _chunks(run), title=_("All reasons"), filename=name)


def heads() -> list[str]:
    ours = [_("Number"), _("Day"), _("Called at"), _("Campaign"), _("Internet or telephone number"), _("Name"),
            _("Login"), _("Status"), _("Category"), _("Reason"), _("Receiver"), _("Amount told"), _("Promised for"),
            _("Duration"), _("State")]  # fmt: skip
    per_system = [f"{label}: {word}" for _code, label in System.choices for word in (_("Class"), _("What differs"))]
    return [*ours, *per_system, _("Answer"), _("Reason of the answer"), _("Row there")]


def _chunks(run: Reconciliation) -> Iterator[list[Row]]:
    """Our results with what was found about them, then what stands only there."""
    found = CaringResult.objects.filter(day__gte=run.first, day__lte=run.last).exclude(state=State.DRAFT)
    if run.campaign:
        found = found.filter(campaign=run.campaign)
    results = found.order_by("day", "campaign", "pk").iterator(TOGETHER)
    while part := list(islice(results, TOGETHER)):
        about: dict[int | None, list[Difference]] = {}
        for one in run.differences.filter(result__in=[result.pk for result in part]).order_by("pk"):
            about.setdefault(one.result_id, []).append(one)
        yield [Row(_of_ours(run, result, about.get(result.pk, []))) for result in part]
    theirs = run.differences.filter(result=None).order_by("system", "pk").iterator(TOGETHER)
    while alone := list(islice(theirs, TOGETHER)):
        yield [Row(_of_theirs(one)) for one in alone]


def _of_ours(run: Reconciliation, result: CaringResult, about: list[Difference]) -> list[Any]:
    values: list[Any] = [
        result.number, result.day, result.called_at, result.get_campaign_display(), result.fastel, result.name,
        result.login, result.get_status_display(), result.get_category_display(), result.get_reason_display(),
        result.receiver, result.amount_told, result.promised_on, result.duration, result.get_state_display(),
    ]  # fmt: skip
    for system in System:
        own = [one for one in about if one.system == system]
        compared = run.read_at is not None and result.opened_at <= run.read_at and result.state != State.SUPERSEDED
        values.append(str(own[0].get_kind_display()) if own else str(Kind.EQUAL.label) if compared else "–")
        values.append("; ".join(filter(None, map(in_words, own))))
    return [*values, *_answered(about), ""]


def _of_theirs(one: Difference) -> list[Any]:
    there = one.theirs or {}
    named = {name: shown(name, there[name]) for name in CODES if there.get(name)}
    values: list[Any] = ["", there.get("day", ""), there.get("at", ""), named.get("campaign", "")]
    values += [there.get("fastel", ""), "", there.get("login", "")]
    values += [named.get(name, "") for name in ("status", "category", "reason")]
    values += [there.get(name, "") for name in ("receiver", "amount", "promised_on", "duration")]
    values.append("")
    for system in System:
        values += [str(one.get_kind_display()), ""] if one.system == system else ["", ""]
    return [*values, *_answered([one]), there.get("id", "")]


def _answered(about: list[Difference]) -> list[str]:
    states = dict.fromkeys(one.state_words for one in about)
    return ["; ".join(states), "; ".join(dict.fromkeys(one.reason for one in about if one.reason))]
