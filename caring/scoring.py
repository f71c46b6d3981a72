"""The stored score, refreshed for many prospects at once: on events, and as the parts of the day go by (8.1).

Each statement scores a slice and skips what somebody holds at that moment, so that no claim waits for it; only rows
whose facts have changed are written. `tests/caring/test_scoring.py` holds it to `score.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from caring import billing, score
from caring.prospects import contact
from caring.prospects.states import OPEN
from caring.score import ScoreFacts
from tenesa.contact import day_parts, zones

SLICE = 20_000
LOOKS_BACK = timedelta(days=28)  # calls that the contact rate is counted from
FRESH = 600  # seconds for which a few are scored by the same contact rates
UNKNOWN = 500  # thousandths, where nobody was called yet in this part of the day

_RATES = """
SELECT zone, part, count(*) FILTER (WHERE result = 'CONNECTED') * 1000 / count(*)
FROM (
    SELECT p.zone, a.result,
        (extract(hour FROM a.at AT TIME ZONE (%(zones)s::jsonb ->> p.zone)) >= %(noon)s)::int
        + (extract(hour FROM a.at AT TIME ZONE (%(zones)s::jsonb ->> p.zone)) >= %(evening)s)::int AS part
    FROM contact_contactattempt a JOIN caring_prospect p ON a.procedure = 'caring.prospect' AND p.id = a.case_id
    WHERE a.at > %(since)s AND a.at <= %(now)s AND a.by <> 'INBOUND'
) made
GROUP BY zone, part
"""

_RECENT = """
    SELECT person, count(*) AS dials FROM (
        SELECT person FROM contact_contactattempt
        WHERE at > %(day)s AND at <= %(now)s AND dial_id IS NULL AND by <> 'INBOUND' AND person <> ''
            AND (%(persons)s::text[] IS NULL OR person = ANY(%(persons)s))
        UNION ALL
        SELECT person FROM contact_dial WHERE at > %(day)s AND at <= %(now)s AND state <> 'FAILED' AND person <> ''
            AND (%(persons)s::text[] IS NULL OR person = ANY(%(persons)s))
    ) made GROUP BY person"""
_BROKEN = """
SELECT DISTINCT ncli FROM (
    SELECT DISTINCT ON (ncli, fastel) ncli, state FROM caring_promise WHERE ncli = ANY(%s) AND period <= %s
    ORDER BY ncli, fastel, id DESC
) of_line WHERE state = 'BROKEN'"""

_REFRESH = f"""
WITH slice AS (
    SELECT id FROM caring_prospect
    WHERE state = ANY(%(open)s) AND id > %(after)s AND id <= %(until)s
        AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
),
recent AS ({_RECENT}),
facts AS (
    SELECT p.id,
        coalesce(last.broken, false) AS broken_promise,
        coalesce(p.at <= %(now)s, p.recall_id IS NOT NULL AND p.state = 'FOLLOW_UP') AS appointment_due,
        greatest(0, (p.oldest_month + make_interval(months => %(months)s))::date + %(cut_off)s - 1 - %(today)s::date)
            AS days,
        p.total AS arrears,
        (%(rates)s::jsonb ->> p.zone)::int AS contact_rate,
        coalesce(recent.dials, 0) AS attempts
    FROM slice JOIN caring_prospect p USING (id)
    LEFT JOIN LATERAL (
        SELECT bool_or(state = 'BROKEN') AS broken FROM (
            SELECT DISTINCT ON (fastel) state FROM caring_promise
            WHERE ncli = coalesce(nullif(p.ncli, ''), left(p.fastel, 12)) AND period <= p.period
            ORDER BY fastel, id DESC
        ) of_line
    ) last ON true
    LEFT JOIN recent ON recent.person = 'customer:' || coalesce(nullif(p.ncli, ''), p.fastel)
),
scored AS (
    SELECT id,
        jsonb_build_object(
            'broken_promise', broken_promise, 'appointment_due', appointment_due, 'days', days, 'arrears', arrears,
            'contact_rate', contact_rate, 'attempts', attempts
        ) AS facts,
        {score.BROKEN} * broken_promise::int + {score.APPOINTMENT} * appointment_due::int
        + {score.TERMINATION} * greatest(0, {score.HORIZON_DAYS} - days) / {score.HORIZON_DAYS}
        + {score.ARREARS} * least({score.FULL_ARREARS}, arrears) / {score.FULL_ARREARS}
        + {score.CONTACT_RATE} * contact_rate / 1000 - {score.ATTEMPTED} * attempts AS score
    FROM facts
)
UPDATE caring_prospect p
SET score = scored.score, place = -scored.score, score_facts = scored.facts, scored_at = %(now)s
FROM scored WHERE p.id = scored.id AND (p.score <> scored.score OR p.score_facts <> scored.facts)
"""  # noqa: S608 - the numbers are our own


def _prospects() -> Any:
    return apps.get_model("caring", "Prospect")._default_manager


def refresh(ids: Sequence[int] | None = None, *, at: datetime | None = None) -> int:
    """Score these open prospects anew, or all of them; returns how many have changed."""
    at = at or timezone.now()
    if ids is not None and not ids:
        return 0
    given = _given(at, ids)
    last = _prospects().order_by("-pk").values_list("pk", flat=True).first() or 0
    if ids is not None:
        return _run(given | {"after": 0, "until": last})
    return sum(_run(given | {"after": after, "until": after + SLICE}) for after in range(0, last, SLICE))


def rescore(case: Any, at: datetime) -> None:
    """The open prospects of the customer of a prospect or a result, scored anew."""
    same = {"ncli": case.ncli} if case.ncli else {"fastel": case.fastel}
    refresh(list(_prospects().filter(state__in=OPEN, **same).values_list("pk", flat=True)), at=at)


class Newcomer(Protocol):
    """A row of a list that becomes a prospect."""

    @property
    def ncli(self) -> str: ...
    @property
    def fastel(self) -> str: ...
    @property
    def period(self) -> date: ...
    @property
    def oldest_month(self) -> date: ...
    @property
    def total(self) -> int: ...
    @property
    def zone(self) -> str: ...


def facts_of_new(rows: Sequence[Newcomer], at: datetime) -> list[ScoreFacts]:
    """What prospects of one period are scored by before they are stored: the same as `refresh` would find."""
    if not rows:
        return []
    today = timezone.localdate(at)
    policy, rates = billing.policy_at(today), _rates_of_the_hour(at)
    payers = [one.ncli or one.fastel[:12] for one in rows]
    persons = [contact.person_of(one) for one in rows]
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, [payers, rows[0].period])
        broken = {payer for (payer,) in cursor.fetchall()}
        cursor.execute(_RECENT, {"day": at - timedelta(days=1), "now": at, "persons": persons})
        dials = dict(cursor.fetchall())
    days = {month: billing.days_to_termination(month, today, policy) for month in {one.oldest_month for one in rows}}
    return [
        ScoreFacts(
            broken_promise=payer in broken, days=days[one.oldest_month], arrears=one.total,
            contact_rate=rates[one.zone], attempts=dials.get(person, 0),
        )
        for one, payer, person in zip(rows, payers, persons, strict=True)
    ]  # fmt: skip


def _rates_of_the_hour(at: datetime) -> dict[str, int]:
    return cache.get_or_set(f"rates:{at:%d%H}", lambda: contact_rates(at), FRESH) or {}


def contact_rates(at: datetime) -> dict[str, int]:
    """For each zone ("" for an unknown one) the share of calls, in thousandths, that reached somebody in the part of
    the day that it is there now."""
    noon, evening = day_parts.begins()
    given: dict[str, Any] = {
        "zones": json.dumps(_zone_names()), "noon": noon, "evening": evening, "since": at - LOOKS_BACK, "now": at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_RATES, given)
        known = {(zone, part): rate for zone, part, rate in cursor.fetchall()}
    parts = list(day_parts.DayPart)
    return {
        zone: known.get((zone, parts.index(day_parts.part_of(at.astimezone(zones.named(zone)[0])))), UNKNOWN)
        for zone in _zone_names()
    }


def _zone_names() -> dict[str, str]:
    return {"": zones.ZONES["WIB"].key, **{key: zone.key for key, zone in zones.ZONES.items()}}


def _given(at: datetime, ids: Sequence[int] | None) -> dict[str, Any]:
    today = timezone.localdate(at)
    policy = billing.policy_at(today)
    rates = contact_rates(at) if ids is None else _rates_of_the_hour(at)
    persons = None if ids is None else [contact.person_of(one) for one in _prospects().filter(pk__in=ids)]
    return {
        "open": [str(state) for state in OPEN], "ids": None if ids is None else list(ids), "now": at,
        "day": at - timedelta(days=1), "today": today, "months": policy.termination_months,
        "cut_off": policy.termination_day, "rates": json.dumps(rates), "persons": persons,
    }  # fmt: skip


def _run(given: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, given)
        return int(cursor.rowcount)
