"""Who may be called when, whatever desk asks: hours in the customer's zone, most calls a day, gaps (7.1, 8.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.contact import zones
from tenesa.contact.day_parts import next_part, part_of
from tenesa.contact.facts import Facts, confirmed_holidays, facts_of, proof_of
from tenesa.contact.kinds import By, NumberIs, Result, Why
from tenesa.contact.numbers import normal
from tenesa.contact.policy import DAY, Policy, Tried, policy_of

LOOK_AHEAD = 60  # days in which an hour that calls are allowed in is looked for
SUNDAY = 6
Wish = tuple[datetime, datetime] | None
Earliest = Callable[[datetime], datetime | None]  # the first moment, not before the one given, that a rule allows
Check = tuple[Why, Earliest, str]


@dataclass(frozen=True)
class Verdict:
    """Whether a call is allowed; else by which rule and why not, and from when (None: not within two months). `proof`
    is what was seen."""

    allowed: bool
    reason_words: str = ""
    next_at: datetime | None = None
    proof: dict[str, Any] = field(default_factory=dict)
    why: str = ""


def may_contact(
    *,
    person: str,
    number: str,
    zone: str,
    purpose: str,
    at: datetime | None = None,
    wished: Wish = None,
    inbound: bool = False,
    agreed: bool = False,
    tried: Sequence[Tried] = (),
) -> Verdict:
    """May this person be called at this number at this moment, for this purpose? By everything that all desks did.

    `person` is the key of the one to be called ("" where unknown), `zone` "WIB", "WITA", "WIT" or "" (unknown: the
    hours common to all three). `wished` is a window that the customer asked for: it takes the place of the hours, and
    no gap after an earlier attempt reaches into it.
    `agreed`: an appointment or a promise stands, so that a conversation before it asks for no silence. `tried` are the
    attempts of the caller's own case, which have to lie `gap` apart. A call that the customer makes is always allowed.
    LookupError for an unknown purpose.
    """
    at = at or timezone.now()
    if inbound:
        return Verdict(allowed=True)
    policy = policy_of(purpose)
    facts = facts_of(policy, person, normal(number), at, tried, agreed=agreed)
    return judge(policy, facts, zones.named(zone), at, wished)


def judge(policy: Policy, facts: Facts, places: Sequence[ZoneInfo], at: datetime, wished: Wish = None) -> Verdict:
    """The rules alone, on facts in hand."""
    wished = wished if wished and at < wished[1] else None
    checks = list(_checks(policy, facts, places, wished))
    proof = proof_of(policy, facts, places, at, wished)
    for why, earliest, words in checks:
        if earliest(at) != at:
            next_at = _first_moment(at, [check for _why, check, _words in checks])
            return Verdict(False, f"{words} {_from_when(next_at, places)}", next_at, proof, why)
    return Verdict(True, proof=proof)


def retry_at(
    result: str, tried: Sequence[Tried], at: datetime, *, zone: str, purpose: str, agreed: bool = False
) -> datetime | None:
    """When to call again after an attempt with this result at this moment, by the attempts of the case before it.

    None where there is no such moment: everything was tried, or no hour comes within two months. What other desks did
    is for the claim to see.
    """
    policy = policy_of(purpose)
    facts = Facts.of_case(policy, [*tried, Tried(at, result)], confirmed_holidays(), agreed=agreed)
    return judge(policy, facts, zones.named(zone), at).next_at or (
        None if is_exhausted(facts.tried, zone, purpose) else at
    )


def is_exhausted(tried: Sequence[Tried], zone: str, purpose: str) -> bool:
    """Whether enough was tried without reaching the customer: all attempts, in several parts of the day and on as
    many days (8.1)."""
    policy = policy_of(purpose)
    if not policy.parts:
        return policy.rule.met(tried)
    moments, place = _unanswered(tried), zones.named(zone)[0]
    parts, days = _spread(moments, place)
    return len(moments) >= policy.rule.attempts and min(len(parts), len(days)) >= policy.parts


# --- the rules -------------------------------------------------------------------------------------------------------
def _checks(policy: Policy, facts: Facts, places: Sequence[ZoneInfo], wished: Wish) -> Iterator[Check]:
    if facts.number_is in {NumberIs.DEAD, NumberIs.WRONG}:
        yield Why.NUMBER, lambda _at: None, _("This number is not called: %(state)s.") % {
            "state": NumberIs(facts.number_is).label
        }  # fmt: skip
    hours = partial(_in_hours, policy, facts.is_holiday, places, wished)
    yield Why.HOURS, hours, _hours_words(policy, places, wished)
    for dials, whom in ((facts.to_number, _("This number")), (facts.to_person, _("This customer"))):
        for most, span in policy.most:
            words = _("%(whom)s was called %(most)d times within %(hours)d hours already, by all desks together.")
            told = {"whom": whom, "most": most, "hours": span // timedelta(hours=1)}
            eased = policy.hard if span == DAY else 0
            limit = partial(_limit, most, max(most, eased), facts.is_busy, wished)
            yield Why.DAILY if span == DAY else Why.WEEKLY, partial(_below, dials, limit, span), words % told
    yield from _spared(policy, facts, places, wished) if policy.spares else _gaps(policy, facts, wished)


def _gaps(policy: Policy, facts: Facts, wished: Wish) -> Iterator[Check]:
    """Attempts lie apart; what was tried before the customer's own hour holds nothing up in it."""
    gap = policy.rule.gap

    def over(last: datetime) -> datetime:
        return min(last + gap, wished[0]) if wished and last < wished[0] else last + gap

    minutes = int(gap.total_seconds() // 60)
    words = _("Attempts lie at least %(gap)d minutes apart.") % {"gap": minutes}
    if (next_at := policy.rule.next_at(facts.tried)) is not None:
        yield Why.GAP, lambda at: max(at, over(next_at - gap)), words
    if (last := facts.unanswered_at) is not None:
        told = {"who": facts.unanswered_by, "time": zones.clock(last), "gap": minutes}
        words = _("%(who)s tried this customer at %(time)s; calls without an answer lie %(gap)d minutes apart.") % told
        yield Why.GAP, lambda at: max(at, over(last)), words


def _spared(policy: Policy, facts: Facts, places: Sequence[ZoneInfo], wished: Wish) -> Iterator[Check]:
    """What holds beyond hours and limits where nobody asked to be called."""
    if (silent := facts.silent_until) is not None and not facts.agreed:
        words = _("Somebody spoke with the customer: they are left in peace until %(time)s.")
        words %= {"time": zones.clock(silent)}
        yield Why.SILENCE, lambda at: at if _stands(wished, at) else max(at, silent), words
    if (pause := facts.pause_until) is not None:
        told = {"who": facts.paused_by, "result": facts.paused_for, "time": zones.clock(pause)}
        words = _("%(who)s called already (%(result)s): nobody calls again before %(time)s.") % told
        yield Why.GAP, lambda at: max(at, pause), words
    moments = _unanswered(facts.tried)
    left = policy.rule.attempts - len(moments)
    if left <= 0:
        yield Why.SPENT, lambda _at: None, _("All %(count)d attempts were made.") % {"count": policy.rule.attempts}
        return
    parts, days = _spread(moments, places[0])
    if left <= policy.parts - min(len(parts), len(days)):
        apart = partial(_elsewhere, places[0], parts if left <= policy.parts - len(parts) else (),
                        days if left <= policy.parts - len(days) else ())  # fmt: skip
        yield Why.PART, apart, _("The last attempts are made in another part of the day and on another day.")


def _stands(wished: Wish, at: datetime) -> bool:
    return wished is not None and at < wished[1]


def _limit(most: int, hard: int, is_busy: bool, wished: Wish, at: datetime) -> int:
    """How many dials: the hard limit of a day where a busy line is tried again, or the customer asked to be called."""
    return hard if is_busy or _stands(wished, at) else most


def _below(dials: Sequence[datetime], limit: Callable[[datetime], int], span: timedelta, at: datetime) -> datetime:
    """When there are fewer dials than the limit in the span before."""
    most = limit(at)
    counted = sorted(one for one in dials if one > at - span)
    return counted[-most] + span if len(counted) >= most else at


def _unanswered(tried: Sequence[Tried]) -> list[datetime]:
    return [one.at for one in tried if one.by != By.INBOUND and one.result != Result.CONNECTED]


def _spread(moments: Sequence[datetime], place: ZoneInfo) -> tuple[set[str], set[date]]:
    """In which parts of the day, and on which days, of this zone."""
    local = [moment.astimezone(place) for moment in moments]
    return {part_of(one) for one in local}, {one.date() for one in local}


def _elsewhere(place: ZoneInfo, parts: Collection[str], days: Collection[date], at: datetime) -> datetime:
    """The first moment in none of these parts of the day and on none of these days."""
    local = at.astimezone(place)
    if part_of(local) not in parts and local.date() not in days:
        return at
    while part_of(local) in parts or local.date() in days:
        local = next_part(local)
    return local.astimezone(at.tzinfo)


def _first_moment(at: datetime, checks: Sequence[Earliest]) -> datetime | None:
    """The first moment that all rules allow."""
    moment = at
    for _round in range(LOOK_AHEAD):
        earliest = [check(moment) for check in checks]
        known = [one for one in earliest if one is not None]
        if len(known) < len(earliest):
            return None
        if max(known) == moment:
            return moment
        moment = max(known)
    return None


def open_zones(purpose: str, at: datetime) -> frozenset[str]:
    """The keys of the zones in whose hours the moment lies; "" (unknown) among them where it lies in those of all."""
    policy = policy_of(purpose)
    is_holiday = confirmed_holidays()
    found = {key for key, zone in zones.ZONES.items() if _opening(policy, is_holiday, zone, at) == at}
    return frozenset(found | {""}) if len(found) == len(zones.ZONES) else frozenset(found)


# --- hours -----------------------------------------------------------------------------------------------------------
def _in_hours(
    policy: Policy, is_holiday: Callable[[date], bool], places: Sequence[ZoneInfo], wished: Wish, at: datetime
) -> datetime | None:
    if wished is not None and at < wished[1]:
        return max(at, wished[0])
    moment = at
    for _round in range(LOOK_AHEAD):
        found = [_opening(policy, is_holiday, zone, moment) for zone in places]
        known = [one for one in found if one is not None]
        if len(known) < len(found):
            return None
        if max(known) == moment:
            return moment
        moment = max(known)
    return None


def _opening(policy: Policy, is_holiday: Callable[[date], bool], zone: ZoneInfo, at: datetime) -> datetime | None:
    """The first moment, not before `at`, in the hours of this zone."""
    today = at.astimezone(zone).date()
    for ahead in range(LOOK_AHEAD):
        day = today + timedelta(days=ahead)
        span = policy.rest if day.weekday() == SUNDAY or is_holiday(day) else policy.hours
        if span is None:
            continue
        midnight = datetime.combine(day, time(), zone)
        opens, closes = (midnight + timedelta(minutes=minute) for minute in span)  # no zone of ours changes its clocks
        if at < closes:
            return max(at, opens.astimezone(at.tzinfo))
    return None


# --- words -----------------------------------------------------------------------------------------------------------
def _hours_words(policy: Policy, places: Sequence[ZoneInfo], wished: Wish) -> str:
    if wished is not None:
        return _("The customer asked to be called from %(from)s to %(to)s.") % {
            "from": _told(wished[0], places), "to": _told(wished[1], places),
        }  # fmt: skip
    zone = zones.label_of(places[0]) if len(places) == 1 else _("all zones, as theirs is unknown")
    words = _("Calls are allowed from %(opens)s to %(closes)s in the customer's zone (%(zone)s).")
    told = words % {"opens": _of_day(policy.hours[0]), "closes": _of_day(policy.hours[1]), "zone": zone}
    if policy.rest == policy.hours:
        return told
    if policy.rest is None:
        return f"{told} {_('On Sundays and holidays nobody is called.')}"
    rest = _("On Sundays and holidays from %(opens)s to %(closes)s.")
    return f"{told} {rest % {'opens': _of_day(policy.rest[0]), 'closes': _of_day(policy.rest[1])}}"


def _from_when(moment: datetime | None, places: Sequence[ZoneInfo]) -> str:
    if moment is None:
        return _("There is no hour for it within two months.")
    words = _("Next allowed: %(time)s.") % {"time": zones.clock(moment)}
    if len(places) > 1 or zones.label_of(places[0]) == zones.label_of(zones.house()):
        return words
    return f"{words} ({zones.clock(moment, places[0])} {zones.label_of(places[0])})"


def _told(moment: datetime, places: Sequence[ZoneInfo]) -> str:
    return zones.beside(moment, places[0] if len(places) == 1 else zones.house())


def _of_day(minute: int) -> str:
    return f"{minute // 60:02}.{minute % 60:02}"
