"""Whom a callback calls, by the contact rules of all desks; where the customer is written when nobody reaches them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.contact import dialling, log
from tenesa.contact.dialling import Callee
from tenesa.contact.kinds import Purpose
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.contact.numbers import normal
from tenesa.contact.policy import Rule, policy_of
from tenesa.contact.rules import Verdict, Wish, may_contact
from tenesa.mail.models import Mailbox
from tenesa.workflow.readings import Reading

if TYPE_CHECKING:
    from vvip.models import Callback

PURPOSE = Purpose.CALLBACK


def rule() -> Rule:
    """How often and how far apart Tier 2 tries (requirements 7: three times, 30 minutes apart)."""
    return policy_of(PURPOSE).rule


def person_of(callback: Callback) -> str:
    """The key by which the contact rules know whom we call."""
    return log.customer_key(callback.customer.reference) if callback.customer else ""


ATTEMPTS = Reading("attempts", lambda callback: log.of_case(callback.procedure_name(), callback.pk))


def attempts_of(callback: Callback) -> list[ContactAttempt]:
    return ATTEMPTS.of(callback)


def callee_of(callback: Callback) -> Callee:
    return Callee(
        name=callback.contact_name,
        numbers=[callback.number_to_call],
        person=person_of(callback),
        zone=callback.zone,
        purpose=PURPOSE,
        procedure=callback.procedure_name(),
        case_id=callback.pk,
        desk_id=callback.desk_id,
        area_id=callback.area_id,
        wished=_wish(callback),
    )


def verdict(callback: Callback, at: datetime | None = None, wished: Wish = None) -> Verdict:
    """Whether the customer may be called then. Attempts of this case lie apart as those of all desks do."""
    number, zone, wish = normal(callback.number_to_call), callback.zone, wished or _wish(callback)
    return may_contact(
        person=person_of(callback), number=number, zone=zone, purpose=PURPOSE, at=at or timezone.now(), wished=wish
    )


def verdict_now(callback: Callback) -> Verdict:
    return callback.once("verdict", lambda: verdict(callback))


def dialled(callback: Callback, user: User) -> Dial | None:
    """The person's own call about it, since they began to dial, of which nothing was recorded yet: what they dialled
    before they lost it is not this call."""
    if callback.dial is None:
        return None
    made = dialling.call_of(callback, user)
    if made is None or made.key == callback.dial:
        return made
    begun = Dial.objects.filter(key=callback.dial).values_list("at", flat=True).first()
    return made if begun is None or made.at > begun else None


def _wish(callback: Callback) -> Wish:
    begin, end = callback.wish_from, callback.wish_to
    return (begin, end) if begin is not None and end is not None else None


# --- a mail where no call reaches them -------------------------------------------------------------------------------
def address_of(callback: Callback) -> str:
    """Where the customer reads mail: of their contacts the one who is to be called, else the first with an address."""
    if callback.customer is None:
        return ""
    known = [one for one in callback.customer.contacts if one.get("email")]
    named = [one for one in known if one.get("name", "").casefold() == callback.contact_name.casefold()]
    return str((named or known)[0]["email"]) if known else ""


def mailbox_of(callback: Callback) -> Mailbox | None:
    """Where it is written from; None where there is no mailbox."""
    return Mailbox.of_desk(callback.desk_id)
