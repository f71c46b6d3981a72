"""Lists of QC for the reports: follow-up of returns (W-03), tapping (W-04), what nobody took, second looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from caring.models import CaringResult, Verdict
from caring.quality import blind
from caring.quality.models import criterion_name
from caring.results.states import APPEAL_WITHIN, State
from tenesa.accounts.models import User
from tenesa.reporting.registry import Band, Column, Listing, listings
from tenesa.reporting.report_query import ReportQuery
from tenesa.reporting.selectors import seen_by

RESULT = CaringResult.procedure_name()
UNCLAIMED = timedelta(days=3)
NO_PART = {"part": "", "segment": "campaign"}


def _results(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    rows: QuerySet[Any] = CaringResult.objects.visible_to(user).filter(seen_by(user))
    return report_query.narrow(rows, **NO_PART).select_related("agent", "qco")


def returns_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """Returned longer ago than 3 × 24 h, and not called again yet."""
    late = Q(returned_at__lte=timezone.now() - APPEAL_WITHIN)
    return _results(user, report_query).filter(late, state__in=[State.RETURNED, State.RECALL])


def unclaimed_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    limit = timezone.now() - UNCLAIMED
    since = Q(appeal_open=False, opened_at__lte=limit) | Q(appeal_open=True, appealed_at__lte=limit)
    return _results(user, report_query).filter(since, state=State.QC_QUEUED)


def _verdicts(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    names = {"team": "result__team_id", "segment": "result__campaign", "part": ""}
    rows: QuerySet[Any] = report_query.narrow(Verdict.objects.filter(seen_by(user)), **names)
    if blind.scores(user):
        rows = rows.exclude(blind.hidden_from(user, "result"))
    return report_query.within(rows).select_related("result__agent", "qco")


def tapping_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    return _verdicts(user, report_query).filter(kind__in=Verdict.DECIDES)


def looks_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Any]:
    rows = _verdicts(user, report_query).filter(kind=Verdict.Kind.SECOND_LOOK)
    return rows.select_related("looks_at__qco")


def _states() -> list[Band]:
    return [Band(State(state).label, Q(state=state)) for state in (State.RETURNED, State.RECALL)]


def _same() -> list[Band]:
    same = Q(decision=F("looks_at__decision"))
    return [Band(gettext_lazy("same decision"), same), Band(gettext_lazy("other decision"), ~same)]


def failed(verdict: Verdict) -> str:
    """The criteria that were not met."""
    return ", ".join(criterion_name(code) for code, met in verdict.ticks.items() if not met)


def _decision(read: Callable[[Any], Any] = lambda row: row) -> Callable[[Any], str]:
    return lambda row: str(read(row).get_decision_display())


def _lists() -> Sequence[Listing]:
    return (
        Listing(
            "p01_late_returns", gettext_lazy("Returns that nobody followed"), "P-01 9.2 (W-03)", rows=returns_seen_by,
            moment="returned_at", now=True, oldest_first=True, icon="undo-2", case=lambda row: (RESULT, row.pk),
            about=gettext_lazy("returned by QC more than 3 × 24 hours ago and not called again, the oldest first"),
            empty=gettext_lazy("Every return was followed in time"), bands=_states, bands_drawn=False,
            bands_label=gettext_lazy("State"),
            columns=(
                Column(gettext_lazy("Returned"), attrgetter("returned_at")),
                Column(gettext_lazy("State"), lambda row: str(State(row.state).label)),
                Column(gettext_lazy("Agent"), lambda row: str(row.agent)),
                Column(gettext_lazy("Kind of return"), lambda row: str(row.get_return_class_display())),
                Column(gettext_lazy("Recommendation"), attrgetter("recommendation")),
                Column("QCO", lambda row: str(row.qco or "")),
            ),
        ),
        Listing(
            "p01_unclaimed", gettext_lazy("Not taken by QC for three days"), "P-01 8 langkah 4", rows=unclaimed_seen_by,
            moment="opened_at", now=True, oldest_first=True, icon="hourglass", case=lambda row: (RESULT, row.pk),
            about=gettext_lazy("results that wait for QC, the oldest first"),
            empty=gettext_lazy("QC takes what waits in time"),
            columns=(
                Column(gettext_lazy("Entered"), attrgetter("opened_at")),
                Column(gettext_lazy("Agent"), lambda row: str(row.agent)),
                Column(gettext_lazy("Campaign"), lambda row: str(row.get_campaign_display())),
                Column(gettext_lazy("Appeal"), attrgetter("appeal")),
            ),
        ),
        Listing(
            "p01_tapping", gettext_lazy("Tapping of agreements"), "P-01 9.3 (W-04)", rows=tapping_seen_by,
            icon="audio-lines", case=lambda row: (RESULT, row.result_id), empty=gettext_lazy("QC judged nothing"),
            about=gettext_lazy("every call that QC listened to, with its recording and what was found"),
            columns=(
                Column(gettext_lazy("Judged at"), attrgetter("at")),
                Column(gettext_lazy("Called at"), lambda row: row.result.called_at),
                Column(gettext_lazy("Agent"), lambda row: str(row.result.agent)),
                Column(gettext_lazy("Call id"), lambda row: row.result.call_id),
                Column(gettext_lazy("Recording"), lambda row: row.result.recording),
                Column(gettext_lazy("Decision"), _decision()),
                Column(gettext_lazy("Not OK"), failed),
                Column(gettext_lazy("Score"), attrgetter("score")),
                Column("QCO", lambda row: str(row.qco)),
            ),
        ),
        Listing(
            "p01_second_looks", gettext_lazy("Second looks on verdicts"), "P-01 8 langkah 4", rows=looks_seen_by,
            icon="eye", case=lambda row: (RESULT, row.result_id), for_leaders=True, bands=_same, bands_drawn=False,
            bands_label=gettext_lazy("What the second found"), empty=gettext_lazy("No verdict was scored again"),
            about=gettext_lazy("verdicts that another QCO scored again; the decision stands"),
            columns=(
                Column(gettext_lazy("Scored at"), attrgetter("at")),
                Column(gettext_lazy("First decision"), _decision(attrgetter("looks_at"))),
                Column(gettext_lazy("Not OK"), lambda row: failed(row.looks_at)),
                Column("QCO", lambda row: str(row.looks_at.qco)),
                Column(gettext_lazy("Second finds"), _decision()),
                Column(gettext_lazy("Second: not OK"), failed),
                Column(gettext_lazy("Second"), lambda row: str(row.qco)),
            ),
        ),
    )  # fmt: skip


def register() -> None:
    listings.add(*_lists())
