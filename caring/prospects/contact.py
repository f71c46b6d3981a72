"""Whom a prospect calls, by the contact rules of all desks, and when the next attempt may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from caring.prospects.states import HELD
from caring.tree import TREE, Reason
from tenesa.contact import log, number_states, rules
from tenesa.contact.dialling import Callee
from tenesa.contact.kinds import NUMBER_ENDED, SOMEBODY_SPOKE, NumberIs, Purpose, Result
from tenesa.contact.models import ContactAttempt, Dial, DialRefusal
from tenesa.contact.rules import Verdict, Wish
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.readings import Reading

if TYPE_CHECKING:
    from caring.models import Prospect

PURPOSE = Purpose.CARING
LAST = 5  # refused calls that the page shows
ATTEMPTS = Reading("attempts", lambda prospect: log.of_case(prospect.procedure_name(), prospect.pk))


REFUSALS = Reading("refused calls", lambda prospect: refusals_of(prospect)[:LAST])


def refusals_of(prospect: Prospect) -> QuerySet[DialRefusal]:
    """The calls that the rules refused, newest first."""
    return DialRefusal.objects.filter(procedure=prospect.procedure_name(), case_id=prospect.pk).order_by("-at")


def proof_in_words(proof: Mapping[str, Any]) -> str:
    """What the rules saw when they let a call pass or refused it (8.1, contact proof)."""
    if not proof:
        return ""
    when, zone = f"{datetime.fromisoformat(proof['local']):%d/%m %H.%M}", "/".join(proof["zone"])
    dialled = {"n": proof["to_number"], "m": proof["to_person"]}
    told = [
        _("%(time)s in %(zone)s") % {"time": when, "zone": zone},
        _("24 hours: %(n)d calls to the number, %(m)d to the person") % dialled,
    ]
    if "week_person" in proof:
        told.append(_("%(n)d in 7 days, %(tried)d in all") % {"n": proof["week_person"], "tried": proof["tried"]})
        told.append(str(NumberIs(proof["number"]).label) if proof["number"] in NumberIs.values else "")
    days = {"version": proof["holidays"] or "—"}
    told.append(_("holiday") if proof["holiday"] else _("no holiday (list %(version)s)") % days)
    return " · ".join(filter(None, told))


class Customer(Protocol):
    """Whose line it is; a prospect, or the row of a list that becomes one."""

    @property
    def ncli(self) -> str: ...
    @property
    def fastel(self) -> str: ...


def person_of(prospect: Customer) -> str:
    """The key by which the contact rules know whom we call."""
    return log.customer_key(prospect.ncli or prospect.fastel)


def attempts_of(prospect: Prospect) -> list[ContactAttempt]:
    return ATTEMPTS.of(prospect)


def number_of(prospect: Prospect) -> str:
    """The number that is dialled next: the one the agent chose, else the best of the list; "" where none is left."""
    if prospect.number_called and prospect.state in HELD:
        return prospect.number_called
    return prospect.once("best number", lambda: _best_number(prospect))


def _best_number(prospect: Prospect) -> str:
    """A number that we were told of, and that nobody has tried yet, goes before those of the list."""
    person, told = person_of(prospect), [one["number"] for one in prospect.phones_told]
    fresh: list[str] = []
    if told:
        tried = {one.number for one in attempts_of(prospect)}
        fresh = [number for number in reversed(told) if number in prospect.phones and number not in tried]
    return number_states.next_number(fresh, person) or number_states.next_number(prospect.phones, person)


@dataclass(frozen=True)
class KnownNumber:
    """A number of the prospect with what is known of it; `told` is where and when from, "" for one of the list."""

    number: str
    state: str
    told: str


def known_numbers(prospect: Prospect) -> list[KnownNumber]:
    """Those that were told in calls are among them also once they were given up."""
    told = {one["number"]: _told(one) for one in prospect.phones_told}
    numbers = list(dict.fromkeys([*prospect.phones, *told]))
    states = number_states.states_of(numbers, person_of(prospect))
    return [KnownNumber(number, str(states[number].label), told.get(number, "")) for number in numbers]


def _told(one: Mapping[str, str]) -> str:
    words = {"time": when(datetime.fromisoformat(one["at"])), "who": one["by"]}
    return _("told in a call, %(time)s, to %(who)s") % words


def callee_of(prospect: Prospect) -> Callee:
    number = number_of(prospect)
    return Callee(
        name=prospect.name,
        numbers=[number, *(one for one in prospect.phones if one != number)] if number else list(prospect.phones),
        person=person_of(prospect),
        zone=prospect.zone,
        purpose=PURPOSE,
        procedure=prospect.procedure_name(),
        case_id=prospect.pk,
        desk_id=prospect.desk_id,
        area_id=prospect.area_id,
        wished=wish_of(prospect),
        agreed=_is_agreed(prospect),
    )


def _is_agreed(prospect: Prospect) -> bool:
    """Whether the customer waits for a call, or QC asks for one: a conversation before it asks for no silence."""
    return prospect.at is not None or prospect.recall_id is not None


def wish_of(prospect: Prospect) -> Wish:
    """The hour that the customer asked for; only while it is agreed."""
    return (prospect.at, prospect.at + APPOINTMENT) if prospect.at is not None else None


def verdict_now(prospect: Prospect) -> Verdict:
    return prospect.once("verdict", lambda: callee_of(prospect).verdict())


def dialled(prospect: Prospect) -> Dial | None:
    """The call of which no result was kept yet, by whoever made it and however long ago; read once a page."""
    made = prospect.once("dialled", lambda: last_dial(prospect))
    return made if made is not None and not made.is_told else None


def last_dial(prospect: Prospect) -> Dial | None:
    """The same, whether something was recorded of it or not."""
    if prospect.dial is None:
        return None
    since = Q(key=prospect.dial) | Q(at__gte=prospect.dialled_at)
    made = Dial.objects.filter(since, procedure=prospect.procedure_name(), case_id=prospect.pk)
    return made.exclude(state=Dial.State.FAILED).select_related("agent", "attempt").order_by("-at").first()


def talked(call_id: str) -> int:
    """Seconds of talk, also where the softphone told of them late."""
    return Dial.objects.filter(call_id=call_id).values_list("duration", flat=True).first() or 0


# --- numbers and attempts (requirements 8.1) -------------------------------------------------------------------------
PAID_ASKED_AFTER = timedelta(days=3)
APPOINTMENT = timedelta(hours=1)


def result_of(prospect: Prospect, reason: str, made: Dial | None) -> str:
    """What the log of attempts keeps: what the softphone told of a call for which the tree has no reason of its own;
    and nobody but the payer counts as the one who was to be reached."""
    found = TREE[Reason(reason)].contact
    if reason == Reason.OTHER and made is not None and made.is_unanswered:
        return made.result
    is_other = found == Result.CONNECTED and prospect.payer_confirmed_at is None
    return Result.WRONG_PERSON if is_other else found


def was_answered(result: str) -> bool:
    return result in SOMEBODY_SPOKE


def left_after(phones: Sequence[str], number: str, reason: str) -> list[str]:
    """The numbers that can still be called, in the order in which they are; one that is no telephone of theirs is given
    up, any other goes to the end."""
    others = [one for one in phones if one != number]
    return others if TREE[Reason(reason)].contact in NUMBER_ENDED else [*others, number]


def is_ended(prospect: Prospect, number: str) -> bool:
    """Whether the number was given up for this customer."""
    return number_states.state_of(number, person_of(prospect)) not in number_states.LIVE


def retry_at(prospect: Prospect, reason: str, at: datetime) -> datetime | None:
    """When the next attempt may be, by the reason of this one; None where there is none."""
    result, before = TREE[Reason(reason)].contact, log.tried(attempts_of(prospect))
    return rules.retry_at(result, before, at, zone=prospect.zone, purpose=PURPOSE, agreed=_is_agreed(prospect))


def asks_again_at(at: datetime) -> datetime:
    """When I-payment is asked about a payment that the customer told of."""
    return at + PAID_ASKED_AFTER
