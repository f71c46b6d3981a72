"""Whom a prospect calls, by the contact rules of all desks, and when the next attempt may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from caring.tree import Reason
from tenesa.accounts.models import User
from tenesa.contact import dialling, log
from tenesa.contact.dialling import Callee
from tenesa.contact.kinds import SOMEBODY_SPOKE, Purpose, Result
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.contact.rules import Verdict, Wish
from tenesa.workflow.readings import Reading

if TYPE_CHECKING:
    from caring.models import Prospect

PURPOSE = Purpose.CARING
ATTEMPTS = Reading("attempts", lambda prospect: log.of_case(prospect.procedure_name(), prospect.pk))


def person_of(prospect: Prospect) -> str:
    """The key by which the contact rules know whom we call."""
    return log.customer_key(prospect.ncli or prospect.fastel)


def attempts_of(prospect: Prospect) -> list[ContactAttempt]:
    return ATTEMPTS.of(prospect)


def number_of(prospect: Prospect) -> str:
    """The number that is dialled next: the one the agent chose, else the best of the list; "" where none is left."""
    return prospect.number_called or (prospect.phones[0] if prospect.phones else "")


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
        wished=wish_of(prospect),
    )


def wish_of(prospect: Prospect) -> Wish:
    """The hour that the customer asked for; only while it is agreed."""
    return (prospect.at, prospect.at + APPOINTMENT) if prospect.at is not None else None


def verdict_now(prospect: Prospect) -> Verdict:
    return prospect.once("verdict", lambda: callee_of(prospect).verdict())


def dialled(prospect: Prospect, user: User) -> Dial | None:
    """The person's own call about it, of which nothing was recorded yet."""
    return dialling.call_of(prospect, user) if prospect.dial is not None else None


# --- numbers and attempts (requirements 8.1) -------------------------------------------------------------------------
ENDS_NUMBER = {Reason.INVALID, Reason.FAX, Reason.WRONG_NUMBER}
RETRY = {Reason.BUSY: 30, Reason.RNA: 120, Reason.OTHER: 120, Reason.THIRD_PARTY: 120, Reason.MAILBOX: 240}
REJECTED_MINUTES, OTHER_NUMBER_MINUTES = 24 * 60, 120
MOST, DAYS, DAY_PARTS = 9, 2, 2
PAID_ASKED_AFTER = timedelta(days=3)
APPOINTMENT = timedelta(hours=1)


def result_of(name: str) -> Result:
    """The result in the log of attempts that a leaf of the tree stands for."""
    return Result(name) if name in Result.values else Result.WRONG_NUMBER


def was_answered(name: str) -> bool:
    return result_of(name) in SOMEBODY_SPOKE


def left_after(phones: Sequence[str], number: str, reason: str) -> list[str]:
    """The numbers that can still be called; a wrong, invalid or fax number is given up, any other goes to the end."""
    others = [one for one in phones if one != number]
    return others if reason in ENDS_NUMBER else [*others, number]


def is_ended(prospect: Prospect, number: str) -> bool:
    """Whether the number was given up for this customer for good."""
    given_up = [Result.WRONG_NUMBER]
    tried = ContactAttempt.objects.filter(person=person_of(prospect), number=number, result__in=given_up)
    return tried.exists()


def retry_at(prospect: Prospect, reason: str, at: datetime) -> datetime:
    """When the next attempt may be, by the reason of this one."""
    if reason == Reason.REJECTED:
        return at + timedelta(minutes=REJECTED_MINUTES)
    return at + timedelta(minutes=RETRY.get(Reason(reason), OTHER_NUMBER_MINUTES))


def asks_again_at(at: datetime) -> datetime:
    """When I-payment is asked about a payment that the customer told of."""
    return at + PAID_ASKED_AFTER


def is_exhausted(prospect: Prospect, at: datetime) -> bool:
    """Enough attempts, on enough days and parts of the day; the one of now counts."""
    if prospect.attempts < MOST:
        return False
    moments = [timezone.localtime(one.at) for one in attempts_of(prospect)] + [timezone.localtime(at)]
    return len({one.date() for one in moments}) >= DAYS and len({one.hour // 4 for one in moments}) >= DAY_PARTS


def last_dial(prospect: Prospect, agent: User) -> Dial | None:
    """The person's newest dial about the prospect, whether something was recorded of it or not."""
    mine = Dial.objects.filter(procedure=prospect.procedure_name(), case_id=prospect.pk, agent=agent)
    return mine.exclude(state=Dial.State.FAILED).order_by("-at").first()
