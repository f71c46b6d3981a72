"""What becomes of each customer of the demonstration: drawn by a seed, in the shares of requirements 12.5.

Calls lie on working days, in the hours that are allowed in every zone, most of them in the morning and after noon. No
customer is called twice on a day, no agent makes two calls at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from random import Random

from django.utils import timezone

from caring.demo.customers import Debt, Town
from caring.tree import Reason
from tenesa.contact.models import Holiday

SEED = 20221013  # the day from which the document holds
AGREES, FOLLOWS, DECLINES, MISSES = 383, 272, 353, 1392  # of 2,400 calls: 42 % reached, of these 38, 27 and 35 %
MISSED = {
    Reason.RNA: 45, Reason.BUSY: 15, Reason.INVALID: 12, Reason.WRONG_NUMBER: 8, Reason.MAILBOX: 12,
    Reason.REJECTED: 6, Reason.FAX: 2,
}  # fmt: skip
DECLINED = (
    Reason.EXPENSIVE, Reason.FAULT, Reason.BILL_JUMP, Reason.SAVING, Reason.COMPETITOR, Reason.NOT_USED,
    Reason.NO_MONEY, Reason.NO_MONEY, Reason.MOVED, Reason.TERMINATES,
)  # fmt: skip
ENDING = (Reason.INVALID, Reason.WRONG_NUMBER, Reason.FAX)
# fate → how many of the first list and of the second; the campaigns of what is drawn are 800 PRANPC and 400 CT-0
FATES = {
    "AGREE": (340, 15), "DECLINE": (332, 15), "EXHAUSTED": (24, 0), "FOLLOW": (0, 122), "TRIED": (0, 80),
    "FRESH": (0, 108), "PAID": (72, 18), "PAID_UNSEEN": (0, 18), "LISTED": (34, 14), "BEYOND": (0, 8),
}  # fmt: skip
CT0, OTHERS = 400, {"PAID": "PAID", "PAID_UNSEEN": "PAID", "BEYOND": "BEYOND"}
RECALLED_AGREE, RECALLED_DECLINE = 28, 6
EARLIER_FOLLOWS = FOLLOWS - FATES["FOLLOW"][1]
HOURS = {8: 5, 9: 14, 10: 14, 11: 10, 12: 5, 13: 13, 14: 13, 15: 9, 16: 6, 17: 4}  # by the clock of the house
SLOT = 7  # minutes
HORIZON = timedelta(days=34)
FEW, MANY = 3, 6  # missed calls of one customer at most, in the second list and in the first


@dataclass
class Call:
    """One call. `agent` is a place in the row of agents, `call_at` what was agreed; `way` says what became of an
    agreement that QC returns: "again" or "declined" when called again, "recall", "returned", "appeal"."""

    at: datetime
    agent: int
    reason: Reason
    call_at: datetime | None = None
    way: str = ""


@dataclass
class Story:
    """A customer in a list, with what was done about them, oldest first."""

    debt: Debt
    period: date
    loaded_at: datetime
    second: bool
    calls: list[Call] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def stories(now: datetime, base: date, agents: int) -> list[Story]:
    """Every customer of both lists; `base` is the month of the simulated world."""
    rng = Random(SEED)  # noqa: S311 - a repeatable past, not a secret
    town, lists = Town(rng, base), periods(now, base)
    kinds = _kinds()
    found = [
        _story(town, fate, OTHERS.get(fate) or next(kinds), lists[place], second=place == 1)
        for fate, numbers in FATES.items()
        for place, number in enumerate(numbers)
        for _one in range(number)
    ]
    rng.shuffle(found)
    _reasons(found, rng)
    diary = Diary(now, agents, rng)
    for one in found:
        _calls(one, diary)
    _returns(found, diary)
    return found


def periods(now: datetime, base: date) -> tuple[tuple[date, datetime], tuple[date, datetime]]:
    """Month of each list and when it was handed in; that of this month a little before it began, where it is young."""
    before = (base - timedelta(days=1)).replace(day=1)
    first = max(_morning(before), _morning((now - HORIZON).date()))
    second = min(max(_morning(base), now - timedelta(days=16)), now - timedelta(days=7))
    return (before, first), (base, max(second, first + timedelta(days=1)))


def dealt(shares: Mapping[str, int], number: int, rng: Random) -> list[str]:
    """So many of each as its percentage asks for, in any order."""
    cards = [name for name, share in shares.items() for _one in range(round(number * share / 100))]
    cards += [next(iter(shares))] * (number - len(cards))
    rng.shuffle(cards)
    return cards


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(7, 20)))


def _kinds() -> Iterator[str]:
    """The campaigns in turn; neither who has paid nor who is beyond caring is among them."""
    whole = sum(sum(numbers) for fate, numbers in FATES.items() if fate not in OTHERS)
    ct0 = CT0 - sum(FATES["BEYOND"])
    for place in range(whole):
        yield "CT0" if (place + 1) * ct0 // whole > place * ct0 // whole else "PRANPC"


def _story(town: Town, fate: str, kind: str, listed: tuple[date, datetime], *, second: bool) -> Story:
    debt = town.debt(kind, listed[0])
    debt.fate = fate
    return Story(debt, listed[0], listed[1], second)


# --- what was said ----------------------------------------------------------------------------------------------------
def _reasons(found: Sequence[Story], rng: Random) -> None:
    """The calls of each story by reason, in order: missed ones first, the outcome last."""
    called = [one for one in found if one.debt.fate in {"AGREE", "DECLINE", "FOLLOW", "TRIED"}]
    exhausted = [one for one in found if one.debt.fate == "EXHAUSTED"]
    most = {id(one): FEW if one.second else MANY for one in called}
    missed = {id(one): int(one.debt.fate == "TRIED") for one in called}
    while sum(missed.values()) < MISSES - 2 * len(exhausted):
        one = rng.choice(called)
        missed[id(one)] += missed[id(one)] < most[id(one)]
    drawn = [reason for reason, share in MISSED.items() for _one in range(round(MISSES * share / 100))]
    ending = [reason for reason in drawn if reason in ENDING]
    others = [reason for reason in drawn if reason not in ENDING]
    rng.shuffle(ending)
    rng.shuffle(others)
    for one in exhausted:
        one.reasons = [ending.pop(), ending.pop()]
    losers = {id(one) for one in [one for one in called if missed[id(one)]][: len(ending)]}
    earlier = {id(one) for one in [one for one in called if one.debt.fate in {"AGREE", "DECLINE"}][:EARLIER_FOLLOWS]}
    for one in called:
        some = [ending.pop()] if id(one) in losers and ending else []
        some += [others.pop() if others else Reason.RNA for _one in range(missed[id(one)] - len(some))]
        rng.shuffle(some)
        one.reasons = [*some, *_outcome(one, rng, earlier=id(one) in earlier)]


def _outcome(one: Story, rng: Random, *, earlier: bool) -> list[Reason]:
    follow = rng.choice((Reason.CALL_BACK, Reason.CALL_BACK, Reason.PAYS_ON))
    if one.debt.fate == "FOLLOW":
        return [follow]
    before = [follow] if earlier else []
    if one.debt.fate == "AGREE":
        return [*before, rng.choice((Reason.KEEPS, Reason.KEEPS, Reason.KEEPS, Reason.SUBSCRIBES))]
    return [*before, rng.choice(DECLINED)] if one.debt.fate == "DECLINE" else []


# --- when -------------------------------------------------------------------------------------------------------------
class Diary:
    """Working days up to now, and which agent is free at which minute of them."""

    def __init__(self, now: datetime, agents: int, rng: Random) -> None:
        self.now, self.agents, self.rng = now, agents, rng
        self.taken: set[tuple[int, datetime]] = set()
        self.closed = set(Holiday.objects.filter(confirmed=True).values_list("date", flat=True))

    def works(self, day: date) -> bool:
        return day.weekday() != 6 and day not in self.closed

    def next_day(self, day: date) -> date:
        """The working day after this one."""
        day += timedelta(days=1)
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def days(self, first: date) -> list[date]:
        last = timezone.localdate(self.now)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        begun = timezone.localtime(self.now).hour >= 9
        return [day for day in days if self.works(day) and (day < last or begun)]

    def present(self, day: date) -> list[int]:
        """Two of the agents are off by turns."""
        off = {day.toordinal() % self.agents, (day.toordinal() * 5 + 2) % self.agents}
        return [agent for agent in range(self.agents) if agent not in off]

    def callers(self, day: date) -> list[int]:
        """One of those who are present listens and learns."""
        here = self.present(day)
        return [agent for agent in here if agent != here[day.toordinal() % len(here)]]

    def slot(self, day: date, agent: int | None = None) -> tuple[datetime, int]:
        """A moment of the day at which somebody is free, and who."""
        now = timezone.localtime(self.now)
        over = {hour: weight for hour, weight in HOURS.items() if day < now.date() or hour < now.hour}
        while True:
            hour = self.rng.choices(list(over), list(over.values()))[0]
            at = timezone.make_aware(datetime.combine(day, time(hour, self.rng.randrange(0, 60 // SLOT) * SLOT)))
            who = self.rng.choice(self.callers(day)) if agent is None else agent
            if (who, at) not in self.taken:
                self.taken.add((who, at))
                return at + timedelta(seconds=self.rng.randrange(50)), who


def _calls(one: Story, diary: Diary) -> None:
    days = diary.days(timezone.localdate(one.loaded_at) + timedelta(days=1))
    moments = [diary.slot(day) for day in _some(days, min(len(one.reasons), len(days)), diary.rng)]
    for (at, agent), reason in zip(moments, one.reasons[-len(moments) :] if moments else [], strict=True):
        one.calls.append(Call(at, agent, reason))
    for call, after in zip_longest(one.calls, one.calls[1:]):
        if call.reason in {Reason.CALL_BACK, Reason.PAYS_ON}:
            call.call_at = after.at.replace(minute=0, second=0) if after else _agreed(diary)


def _some(days: Sequence[date], number: int, rng: Random) -> list[date]:
    """So many days in order, the last one any: else the outcomes would crowd at the end."""
    if not number:
        return []
    last = rng.randrange(number - 1, len(days))
    return [*sorted(rng.sample(days[:last], number - 1)), days[last]]


def _agreed(diary: Diary) -> datetime:
    """Some hour of the next days; now and then it has passed already."""
    day = timezone.localdate(diary.now) + timedelta(days=diary.rng.choice((0, 1, 1, 2, 3, 4, 6)))
    while not diary.works(day):
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(diary.rng.choice((9, 10, 13, 14, 16)))))


def _returns(found: Sequence[Story], diary: Diary) -> None:
    """Mark the agreements that QC returns, 12 % of all, by how long ago they were called; fresh ones were judged on a
    working day that is over, and within three days."""
    now, today = diary.now, timezone.localdate(diary.now)
    agreed = sorted((one.calls[-1] for one in found if one.debt.fate == "AGREE" and one.calls), key=lambda one: one.at)
    rng = Random(SEED)  # noqa: S311 - a repeatable past
    old = [call for call in agreed if call.at < now - timedelta(days=10)]
    late = [call for call in agreed if now - timedelta(days=9) < call.at < now - timedelta(days=6)]
    judged = [(call, diary.next_day(timezone.localdate(call.at))) for call in agreed]
    fresh = [call for call, day in judged if day < today and _morning(day) > now - timedelta(days=3)]
    for calls, kinds in (
        (old, ["again"] * RECALLED_AGREE + ["declined"] * RECALLED_DECLINE + ["appeal"]),
        (late, ["returned"] * 3), (fresh, ["returned"] * 4 + ["recall"] * 4),
    ):  # fmt: skip
        for call, kind in zip(rng.sample(calls, min(len(kinds), len(calls))), kinds, strict=False):
            call.way = kind
