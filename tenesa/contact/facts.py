"""What the log of all desks tells of a number and of a person, and the proof of it that a call keeps (8.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from tenesa.contact import zones
from tenesa.contact.day_parts import part_of
from tenesa.contact.kinds import CANCELLED, By, NumberIs, Result
from tenesa.contact.number_states import KNOWN_OF_ONE
from tenesa.contact.policy import DAY, WEEK, Policy, Tried, busy_runs


@dataclass(frozen=True)
class Holidays:
    """The confirmed holidays. `version` names the set, so that it can be told later which one was looked at."""

    days: frozenset[date] = frozenset()

    def __call__(self, day: date) -> bool:
        return day in self.days

    @property
    def version(self) -> str:
        return sha256(" ".join(sorted(map(str, self.days))).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Facts:
    """What the log tells: the dials to the number and to the person, and the last one that nobody answered.

    Where the policy spares people: until when the results so far ask to wait, and whose call that was; until when a
    conversation with the person asks for silence (with another at this number: for the gap), unless an appointment or
    a promise stands (`agreed`); whether a busy line may be tried again soon; what is known of the number.
    """

    to_number: Sequence[datetime] = ()
    to_person: Sequence[datetime] = ()
    unanswered_at: datetime | None = None
    unanswered_by: str = ""
    tried: Sequence[Tried] = ()  # of this case alone
    is_holiday: Callable[[date], bool] = lambda _day: False
    pause_until: datetime | None = None
    paused_by: str = ""
    paused_for: str = ""
    silent_until: datetime | None = None
    agreed: bool = False
    is_busy: bool = False
    number_is: str = NumberIs.VALID

    @classmethod
    def of_case(
        cls, policy: Policy, tried: Sequence[Tried], is_holiday: Callable[[date], bool], *, agreed: bool
    ) -> Facts:
        """By the attempts of one case alone, as if nobody else had called."""
        ours = sorted((one for one in tried if one.by != By.INBOUND), key=lambda one: one.at)
        rows = [Row(one.at, "", "", "", "", one.result) for one in ours]
        dials = [one.at for one in ours]
        return _spared(cls((), dials, tried=tried, is_holiday=is_holiday, agreed=agreed), policy, rows, rows)


@dataclass(frozen=True, order=True)
class Row:
    """One call of the log, by whichever desk."""

    at: datetime
    number: str
    person: str
    first_name: str
    username: str
    result: str

    @property
    def by(self) -> str:
        return self.first_name or self.username


def facts_of(
    policy: Policy, person: str, number: str, at: datetime, tried: Sequence[Tried], *, agreed: bool = False
) -> Facts:
    """One query, each of its parts by an index."""
    rows, holidays, number_is = _log(policy, person, number, at)
    to_person = [row for row in rows if person and row.person == person]
    tries = [row for row in rows if row.result != CANCELLED]
    last = next((row for row in reversed(tries) if row.result != Result.CONNECTED), None)
    facts = Facts(
        to_number=[row.at for row in rows if number and row.number == number],
        to_person=[row.at for row in to_person],
        unanswered_at=last.at if last else None,
        unanswered_by=last.by if last else "",
        tried=tried,
        is_holiday=holidays if policy.rest != policy.hours else lambda _day: False,
        agreed=agreed,
    )
    if not policy.spares:
        return facts
    return replace(_spared(facts, policy, tries, to_person), number_is=number_is)


# Written out: every claim and every page of a call asks it, and the ORM takes longer to write it than it runs.
_HOLIDAYS = "SELECT array_agg(date) FROM contact_holiday WHERE confirmed"
_LOG = """
    WITH tried AS (
        SELECT at, number, person, agent_id, result FROM contact_contactattempt
         WHERE {whose} AND at > %(since)s AND dial_id IS NULL AND by <> 'INBOUND'
        UNION ALL
        SELECT dial.at, dial.number, dial.person, dial.agent_id,
               CASE state WHEN 'FAILED' THEN 'CANCELLED' ELSE coalesce(attempt.result, dial.result) END
          FROM (SELECT * FROM contact_dial WHERE {whose} AND at > %(since)s
                   AND (state <> 'FAILED' OR call_id <> '')) AS dial
          LEFT JOIN contact_contactattempt AS attempt ON attempt.dial_id = dial.id)
    SELECT array_agg(at), array_agg(number), array_agg(person), array_agg(first_name), array_agg(username),
           array_agg(result), ({holidays}), ({known})
      FROM tried JOIN accounts_user AS agent ON agent.id = agent_id""".format(  # noqa: S608 - our own words
    whose="(number = %(number)s AND %(number)s <> '' OR person = %(person)s AND %(person)s <> '')",
    holidays=_HOLIDAYS,
    known=KNOWN_OF_ONE,
)


def _log(policy: Policy, person: str, number: str, at: datetime) -> tuple[list[Row], Holidays, NumberIs]:
    with connection.cursor() as cursor:
        cursor.execute(_LOG, {"number": number, "person": person, "since": at - policy.looks_back})
        *columns, days, known = cursor.fetchone()
    rows = zip(*columns, strict=True) if columns[0] else ()
    return sorted(Row(*row) for row in rows), Holidays(frozenset(days or ())), NumberIs(known or NumberIs.VALID)


def _spared(facts: Facts, policy: Policy, rows: Sequence[Row], to_person: Sequence[Row]) -> Facts:
    runs = busy_runs([row.result for row in rows])
    talked = [row for row in rows if row.result == Result.CONNECTED]
    waits = [
        (row.at + policy.wait(row.result, run), row)
        for row, run in zip(rows, runs, strict=True)
        if row.result != Result.CONNECTED
    ]
    pause, why = max(waits, default=(None, None))
    talks = [row.at + (policy.silence if row in to_person else policy.wait(row.result)) for row in talked]
    return replace(
        facts,
        pause_until=pause,
        paused_by=why.by if why else "",
        paused_for=str(Result(why.result).label) if why and why.result else "",
        silent_until=max(talks, default=None),
        is_busy=bool(runs) and 0 < runs[-1] <= policy.busy[0],
    )


def confirmed_holidays() -> Holidays:
    """All that were confirmed so far."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLIDAYS)
        return Holidays(frozenset(cursor.fetchone()[0] or ()))


def proof_of(
    policy: Policy, facts: Facts, places: Sequence[ZoneInfo], at: datetime, wished: tuple[datetime, datetime] | None
) -> dict[str, Any]:
    """What a call, or the refusal of one, keeps beside itself, so that it can be shown later why (contact proof)."""
    local = at.astimezone(places[0])
    proof: dict[str, Any] = {
        "zone": [zones.label_of(zone) for zone in places],
        "local": local.isoformat(timespec="seconds"),
        "holiday": facts.is_holiday(local.date()),
        "holidays": getattr(facts.is_holiday, "version", ""),
        "to_number": sum(one > at - DAY for one in facts.to_number),
        "to_person": sum(one > at - DAY for one in facts.to_person),
    }
    if not policy.spares:
        return proof
    return proof | {
        "part": part_of(local),
        "week_number": sum(one > at - WEEK for one in facts.to_number),
        "week_person": sum(one > at - WEEK for one in facts.to_person),
        "tried": len(facts.tried),
        "number": facts.number_is,
        "silent_until": facts.silent_until.isoformat() if facts.silent_until else "",
        "agreed": facts.agreed or wished is not None,
    }
