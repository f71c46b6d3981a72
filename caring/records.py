"""How long records of P-01 are kept: two years by its clause 10 (F-18, F-19), the others by default (X-08)."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, DateTimeField, Exists, Max, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from caring.models import (
    CalibrationRound,
    DaprosBatch,
    Exclusion,
    ExclusionList,
    Instrument,
    Promise,
    Prospect,
    Quota,
    Reconciliation,
)
from caring.prospects.states import ENDED
from caring.results.states import ENDED as RESULT_ENDED
from tenesa.accounts.roles import Role
from tenesa.retention.kinds import Kind, Member, member, register


def registered() -> None:
    register(
        Kind(
            Prospect, _("Prospects with results, promises and the verdicts of the validation report F-19 (P-01)"),
            Role.QCO, Q(state__in=ENDED), source="P-01 10 (F-19)", customer="ncli",
            parts=(
                "caring.caringresult.prospect", "caring.promise.result", "caring.promiseline.promise",
                "caring.verdict.result", "caring.secondlook.verdict", "caring.scriptseen.prospect",
                "caring.faultreport.prospect",
            ),
        ),
        Kind(
            Instrument, _("Scoring standards F-18: versions that were replaced or withdrawn"), Role.QCO,
            Q(replaced_at__isnull=False), "replaced_at", source="P-01 10 (F-18)", prefix="ST", prepare=_replaced,
            counts_from=_("the day the next version holds"), parts=("caring.instrumentitem.instrument",),
        ),
        Kind(
            CalibrationRound, _("Calibrations of QC"), Role.QCO, Q(closed_at__isnull=False), "closed_at",
            prefix="KL", counts_from=_("the day it was closed"),
        ),
        Kind(
            Reconciliation, _("Reconciliations with TAMARA and MyCX"), Role.TEAM_LEADER,
            Q(status__in=["FAILED", "WITHDRAWN"]) | Q(finalised_at__isnull=False), "last_at", prefix="RK",
            prepare=_last_at, counts_from=_("the day its results became final, or it was withdrawn"), batch=1,
        ),
        Kind(
            DaprosBatch, _("Lists of prospects as they were handed in"), Role.TEAM_LEADER,
            Q(status__in=["DONE", "CANCELLED", "FAILED"], finished_at__isnull=False), "finished_at", prefix="DP",
            counts_from=_("the day it was read"), batch=1, parts=("caring.withdrawal.batch",),
        ),
        Kind(
            ExclusionList, _("Exclusion lists: those that were refused or hold no more"), Role.TEAM_LEADER,
            Q(ended_at__isnull=False), "ended_at", prefix="PC", prepare=_ended_at, batch=1,
            counts_from=_("the day its last entry ended"), parts=("caring.exclusion.list",),
        ),
        Kind(
            Quota, _("Quotas given to teams"), Role.TEAM_LEADER, Q(pk__isnull=False), "at", prefix="QT",
            counts_from=_("the day it was written"), batch=1_000,
        ),
    )  # fmt: skip
    member("caring.caringresult", Member(Q(state__in=RESULT_ENDED)))
    member("caring.promise", Member(~Q(state__in=Promise.LIVE), "settled_at"))


def _replaced(rows: Any) -> Any:
    """When a version stopped to hold: withdrawn, or the next approved one of its kind begins."""
    after = Instrument.objects.filter(
        kind=OuterRef("kind"), version__gt=OuterRef("version"), approved_at__isnull=False
    ).order_by("version")
    return rows.annotate(replaced_at=Coalesce("withdrawn_at", Subquery(after.values("valid_from")[:1])))


def _ended_at(rows: Any) -> Any:
    """When a list was refused, or its last entry was lifted or ran out; None while one holds for good."""
    entries = Exclusion.objects.filter(list=OuterRef("pk")).order_by()
    ends = Max(Coalesce("lifted_at", Cast("valid_until", DateTimeField())))
    last = Subquery(entries.values("list").annotate(last=ends).values("last"))
    holds = Exists(entries.filter(lifted_at=None, valid_until=None))
    ended = Case(When(approved=False, then="decided_at"), When(~holds, approved=True, then=last), default=None)
    return rows.annotate(ended_at=ended)


def _last_at(rows: Any) -> Any:
    return rows.annotate(last_at=Coalesce("finalised_at", "withdrawn_at", "at"))
