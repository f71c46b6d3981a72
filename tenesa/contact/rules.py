"""Who may be called when, whatever desk asks: hours in the customer's zone, most calls a day, gaps (7.1, 8.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenesa.contact import zones
from tenesa.contact.kinds import By, Result
from tenesa.contact.models import ContactAttempt, Dial, Holiday
from tenesa.contact.numbers import normal

Span = tuple[int, int]  # minutes of the local day
DAY, WEEK = timedelta(days=1), timedelta(days=7)
LOOK_AHEAD = 60  # days in which an hour that calls are allowed in is looked for
SUNDAY = 6


# --- enough attempts (W-02 1.2.4; AMB-14) ----------------------------------------------------------------------------
@dataclass(frozen=True)
class Tried:
    at: datetime
    result: str
    by: str = By.PHONE


@dataclass(frozen=True)
class Rule:
    """When a customer counts as not reached: enough attempts, far enough apart, within the window."""

    attempts: int
    gap: timedelta
    window: timedelta

    def next_at(self, tried: Sequence[Tried]) -> datetime | None:
        """When the next call is allowed; None: at once. A call of the customer's own delays nothing."""
        ours = [one.at for one in tried if one.by != By.INBOUND]
        return max(ours) + self.gap if ours else None

    def counted(self, tried: Sequence[Tried]) -> int:
        """The most attempts without contact that lie together in one window, each far enough from the one before."""
        moments = sorted(one.at for one in tried if one.result != Result.CONNECTED and one.by != By.INBOUND)
        best = 0
        for place, first in enumerate(moments):
            run, last = 0, None
            for moment in moments[place:]:
                if moment - first > self.window:
                    break
                if last is None or moment - last >= self.gap:
                    run, last = run + 1, moment
            best = max(best, run)
        return best

    def met(self, tried: Sequence[Tried]) -> bool:
        return self.counted(tried) >= self.attempts


# --- what a purpose allows -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Policy:
    """What the settings say of one purpose. `hours` are those of working days and Saturdays, `rest` those of Sundays
    and holidays (None: no calls then); `most` are the dials to one number, and to one person, in a span of time."""

    rule: Rule
    hours: Span
    rest: Span | None
    most: tuple[tuple[int, timedelta], ...] = ()

    @property
    def looks_back(self) -> timedelta:
        return max([self.rule.gap, DAY, *(span for _most, span in self.most)])


def policy_of(purpose: str) -> Policy:
    """LookupError for a purpose that the settings do not know."""
    told: dict[str, Any] = settings.CONTACT[purpose]
    rule = Rule(told["attempts"], timedelta(minutes=told["gap"]), timedelta(minutes=told["window"]))
    most = [(told["per_day"], DAY), (told["per_week"], WEEK)]
    return Policy(rule, told["hours"], told["rest"], tuple(limit for limit in most if limit[0]))


# --- the verdict -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Verdict:
    """Whether a call is allowed; else why not, and from when (None: not within two months). `proof`: what was seen."""

    allowed: bool
    reason_words: str = ""
    next_at: datetime | None = None
    proof: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What the log tells: the dials to the number and to the person, and the last one that nobody answered."""

    to_number: Sequence[datetime] = ()
    to_person: Sequence[datetime] = ()
    unanswered_at: datetime | None = None
    unanswered_by: str = ""
    tried: Sequence[Tried] = ()  # of this case alone
    is_holiday: Callable[[date], bool] = lambda _day: False


Wish = tuple[datetime, datetime] | None


def may_contact(
    *,
    person: str,
    number: str,
    zone: str,
    purpose: str,
    at: datetime | None = None,
    wished: Wish = None,
    inbound: bool = False,
    tried: Sequence[Tried] = (),
) -> Verdict:
    """May this person be called at this number at this moment, for this purpose? By everything that all desks did.

    `person` is the key of the one to be called ("" where unknown), `zone` "WIB", "WITA", "WIT" or "" (unknown: the
    hours common to all three). `wished` is a window that the customer asked for: it takes the place of the hours.
    `tried` are the attempts of the caller's own case, which have to lie `gap` apart. A call that the customer makes is
    always allowed. LookupError for an unknown purpose.
    """
    at = at or timezone.now()
    if inbound:
        return Verdict(allowed=True)
    policy = policy_of(purpose)
    return judge(policy, _facts(policy, person, normal(number), at, tried), zones.named(zone), at, wished)


def judge(policy: Policy, facts: Facts, places: Sequence[ZoneInfo], at: datetime, wished: Wish = None) -> Verdict:
    """The rules alone, on facts in hand."""
    wished = wished if wished and at < wished[1] else None
    checks = list(_checks(policy, facts, places, wished))
    proof = _proof(facts, places, at)
    for earliest, words in checks:
        if earliest(at) != at:
            next_at = _first_moment(at, [check for check, _words in checks])
            return Verdict(False, f"{words} {_from_when(next_at, places)}", next_at, proof)
    return Verdict(True, proof=proof)


Earliest = Callable[[datetime], datetime | None]  # the first moment, not before the one given, that a rule allows


def _checks(policy: Policy, facts: Facts, places: Sequence[ZoneInfo], wished: Wish) -> Iterator[tuple[Earliest, str]]:
    yield lambda at: _in_hours(policy, facts.is_holiday, places, at, wished), _hours_words(policy, places, wished)
    for dials, whom in ((facts.to_number, _("This number")), (facts.to_person, _("This customer"))):
        for most, span in policy.most:
            words = _("%(whom)s was called %(most)d times within %(hours)d hours already, by all desks together.")
            told = {"whom": whom, "most": most, "hours": span // timedelta(hours=1)}
            yield partial(_below, dials, most, span), words % told
    gap = policy.rule.gap
    minutes = int(gap.total_seconds() // 60)
    words = _("Attempts lie at least %(gap)d minutes apart.") % {"gap": minutes}
    yield lambda at: max(at, policy.rule.next_at(facts.tried) or at), words
    if (last := facts.unanswered_at) is not None:
        told = {"who": facts.unanswered_by, "time": _clock(last), "gap": minutes}
        words = _("%(who)s tried this customer at %(time)s; calls without an answer lie %(gap)d minutes apart.") % told
        yield lambda at: max(at, last + gap), words


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
    is_holiday = _holidays(at)
    found = {key for key, zone in zones.ZONES.items() if _opening(policy, is_holiday, zone, at) == at}
    return frozenset(found | {""}) if len(found) == len(zones.ZONES) else frozenset(found)


# --- hours -----------------------------------------------------------------------------------------------------------
def _in_hours(
    policy: Policy, is_holiday: Callable[[date], bool], places: Sequence[ZoneInfo], at: datetime, wished: Wish
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


def _below(dials: Sequence[datetime], most: int, span: timedelta, at: datetime) -> datetime:
    """When there are fewer than `most` dials in the span before."""
    counted = sorted(one for one in dials if one > at - span)
    return counted[-most] + span if len(counted) >= most else at


# --- what the log tells ----------------------------------------------------------------------------------------------
def _facts(policy: Policy, person: str, number: str, at: datetime, tried: Sequence[Tried]) -> Facts:
    """Three queries at most, each by an index."""
    whose = Q(number=number) if number else Q(pk__in=[])
    if person:
        whose |= Q(person=person)
    since = at - policy.looks_back
    names = ("at", "number", "person", "agent__first_name", "agent__username")
    made = ContactAttempt.objects.filter(whose, at__gt=since, dial=None).exclude(by=By.INBOUND)
    known = Coalesce("attempt__result", "result")
    dialled = Dial.objects.filter(whose, at__gt=since).exclude(state=Dial.State.FAILED)
    rows = sorted([*made.values_list(*names, "result"), *dialled.values_list(*names, known)])
    last = next((row for row in reversed(rows) if row[5] != Result.CONNECTED), None)
    return Facts(
        to_number=[row[0] for row in rows if number and row[1] == number],
        to_person=[row[0] for row in rows if person and row[2] == person],
        unanswered_at=last[0] if last else None,
        unanswered_by=(last[3] or last[4]) if last else "",
        tried=tried,
        is_holiday=_holidays(at) if policy.rest != policy.hours else lambda _day: False,
    )


def _holidays(at: datetime) -> Callable[[date], bool]:
    first = at.date() - timedelta(days=1)
    rows = Holiday.objects.filter(confirmed=True, date__gte=first, date__lte=first + timedelta(days=LOOK_AHEAD + 3))
    return set(rows.values_list("date", flat=True)).__contains__


def _proof(facts: Facts, places: Sequence[ZoneInfo], at: datetime) -> dict[str, Any]:
    """What a dial keeps beside itself, so that it can be shown later why it was allowed (8.1, contact proof)."""
    a_day = at - DAY
    return {
        "zone": [zones.label_of(zone) for zone in places],
        "local": at.astimezone(places[0]).isoformat(timespec="seconds"),
        "holiday": facts.is_holiday(at.astimezone(places[0]).date()),
        "to_number": sum(one > a_day for one in facts.to_number),
        "to_person": sum(one > a_day for one in facts.to_person),
    }


# --- words -----------------------------------------------------------------------------------------------------------
def _hours_words(policy: Policy, places: Sequence[ZoneInfo], wished: Wish) -> str:
    if wished is not None:
        return _("The customer asked to be called from %(from)s to %(to)s.") % {
            "from": _clock(wished[0]), "to": _clock(wished[1]),
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
    words = _("Next allowed: %(time)s.") % {"time": _clock(moment)}
    if len(places) > 1 or zones.label_of(places[0]) == zones.label_of(ZoneInfo(timezone.get_current_timezone_name())):
        return words
    return f"{words} ({_clock(moment, places[0])} {zones.label_of(places[0])})"


def _clock(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """The time of day, with the day where it is not today."""
    local = timezone.localtime(moment, zone)
    clock = f"{local:%H.%M}"
    return clock if local.date() == timezone.localdate(timezone=zone) else f"{date_format(local, 'j M')} {clock}"


def _of_day(minute: int) -> str:
    return f"{minute // 60:02}.{minute % 60:02}"
