"""How every application is now: from the calls of the last hour, from the probes, and from what people say (X-15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Aggregate, Count, DurationField, F, Q, Sum
from django.utils import timezone

from tenesa.systems import agent_states
from tenesa.systems.applications import APPLICATIONS, LABELS, OF_CARING, REDIS, Application, label_of
from tenesa.systems.models import ExternalCall, Notice, SiteTool, SystemState
from tenesa.systems.trouble import TroubleReport, unsolved

WINDOW = timedelta(hours=1)
SHAKY_BELOW = 0.9  # lokal: ADR-0014; share of tries that were answered
ANSWERED = ("ANSWERED", "DONE", "REFUSED")  # a refusal is an answer too


@dataclass
class Health:
    """One application. `condition` is up, shaky, down or unknown; `own` are words of an application of our own."""

    system: str
    condition: str = "unknown"
    since: datetime | None = None
    calls: int = 0
    success: int | None = None  # per cent of the tries of the last hour
    median_ms: int | None = None
    slow_ms: int | None = None  # 95 % were quicker
    state: SystemState | None = None
    own: str = ""
    notices: list[Notice] = field(default_factory=list)
    reports: list[TroubleReport] = field(default_factory=list)

    @property
    def label(self) -> str:
        return label_of(self.system)

    @property
    def application(self) -> Application | None:
        return APPLICATIONS.get(self.system) or OF_CARING.get(self.system)

    @property
    def signal(self) -> str:
        return {"up": "met", "shaky": "risk", "down": "breach"}.get(self.condition, "")


own_applications: list[Callable[[], Health]] = []  # those that are no outside system; filled in AppConfig.ready


class Percentile(Aggregate):
    """`percentile_cont` of PostgreSQL."""

    template = "percentile_cont(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression: Any, share: float) -> None:
        super().__init__(expression, share=share)


def board() -> list[Health]:
    """Every application in the document's order, then the systems that it does not name."""
    measured = _measured()
    states = {state.system: state for state in SystemState.objects.all()}
    notices, reports = defaultdict(list), defaultdict(list)
    for notice in current_notices():
        notices[notice.system].append(notice)
    for report in unsolved():
        reports[report.tool].append(report)
    own = {health.system: health for health in (made() for made in own_applications)}
    names = dict.fromkeys([*APPLICATIONS, *settings.SYSTEMS, *own])
    rows = []
    for name in names:
        health = own.get(name) or _health(name, states.get(name), measured.get(name, {}))
        if name == agent_states.CTI:
            health.own = agent_states.words()
        health.notices, health.reports = notices[name], reports[name]
        rows.append(health)
    return rows


def current_notices() -> list[Notice]:
    now = timezone.now()
    return list(Notice.objects.filter(ended_at=None, until__gt=now).select_related("author").order_by("until", "pk"))


def _measured() -> dict[str, dict[str, Any]]:
    """Tries, answers and times of the calls of the last hour, by system."""
    took = F("answered_at") - F("claimed_at")
    answered = Q(status__in=ANSWERED)
    rows = (
        ExternalCall.objects.filter(created_at__gte=timezone.now() - WINDOW, attempts__gt=0)
        .values("system")
        .annotate(tries=Sum("attempts"), answers=Count("pk", filter=answered))
        .order_by("system")
    )
    times = (
        ExternalCall.objects.filter(answered, created_at__gte=timezone.now() - WINDOW)
        .values("system")
        .annotate(median=Percentile(took, 0.5), slow=Percentile(took, 0.95))
        .order_by("system")
    )
    found: dict[str, dict[str, Any]] = {row["system"]: dict(row) for row in rows}
    for row in times:
        found.setdefault(row["system"], {}).update(row)
    return found


def _health(system: str, state: SystemState | None, measured: dict[str, Any]) -> Health:
    health = Health(system, state=state, since=state.since if state else None)
    if tries := measured.get("tries"):
        health.calls, health.success = tries, round(100 * measured["answers"] / tries)
    health.median_ms, health.slow_ms = _ms(measured.get("median")), _ms(measured.get("slow"))
    if state is not None and state.down:
        health.condition = "down"
    elif (health.success is not None and health.success < 100 * SHAKY_BELOW) or (state and state.failures):
        health.condition = "shaky"
    elif health.success is not None or (state and state.probe_ms is not None):
        health.condition = "up"
    return health


def _ms(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() * 1000)


def down_count() -> int:
    """For the navigation: how many applications do not answer."""
    return SystemState.objects.filter(retry_at__isnull=False).count()


@dataclass(frozen=True)
class SiteRow:
    tool: str
    cells: list[tuple[str, bool, str]]

    @property
    def label(self) -> str:
        return label_of(self.tool)


def site_table() -> tuple[list[str], list[SiteRow]]:
    """Areas, and for every application where it may be used and by which clause (P-05 11.1)."""
    rows = list(SiteTool.objects.order_by("area").values_list("area", "tool", "available", "clause"))
    areas = sorted({area for area, *_rest in rows}, key=lambda code: (code not in {"JKT", "BDG"}, code))
    known = {(area, tool): (available, clause) for area, tool, available, clause in rows}
    table = [SiteRow(tool, [(area, *known.get((area, tool), (True, ""))) for area in areas]) for tool in APPLICATIONS]
    return areas, table


def reportable() -> list[tuple[str, Any]]:
    """What trouble can be reported of: all but the IOC itself."""
    return [(system, LABELS[system]) for system in LABELS if system not in {"ioc", REDIS}]
