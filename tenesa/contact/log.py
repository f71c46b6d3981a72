"""The log of attempts: what of it belongs to a case, and how one is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tenesa.accounts.models import User
from tenesa.contact.kinds import By
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.contact.numbers import normal
from tenesa.contact.policy import Tried

CONTACT = 40  # letters of a contact's name in the key of a person


def customer_key(reference: str, contact: str = "") -> str:
    """The key of a person in the log: a customer by the number that all systems know them by; "" for nobody.

    `contact` names somebody at a business customer, where calling one site's contact says nothing about another's.
    """
    if not reference:
        return ""
    return f"customer:{reference}" + (f"/{contact.casefold()[:CONTACT]}" if contact else "")


def of_customer(reference: str) -> Q:
    """The attempts to reach a customer, whichever contact of theirs."""
    return Q(person=customer_key(reference)) | Q(person__startswith=f"{customer_key(reference)}/")


def of_case(procedure: str, case_id: int | None) -> QuerySet[ContactAttempt]:
    """The attempts of one case in the order in which they were made, with their agents."""
    return ContactAttempt.objects.filter(procedure=procedure, case_id=case_id).select_related("agent", "dial")


def of_cases(procedure: str, case_ids: Collection[int]) -> dict[int, list[ContactAttempt]]:
    """The same of many cases, in one query; a case without any has an empty list."""
    found: dict[int, list[ContactAttempt]] = defaultdict(list)
    for one in ContactAttempt.objects.filter(procedure=procedure, case_id__in=case_ids):
        found[one.case_id or 0].append(one)
    return found


def tried(attempts: Sequence[ContactAttempt]) -> list[Tried]:
    return [Tried(one.at, one.result, one.by) for one in attempts]


def attempt(
    *,
    person: str,
    number: str,
    purpose: str,
    agent: User,
    at: datetime,
    result: str,
    dial: Dial | None = None,
    **more: Any,
) -> ContactAttempt:
    """A row to be stored with the step that tells of it. `more` are the other columns; what the softphone knows of the
    call stands in for what nobody typed."""
    row = ContactAttempt(
        person=person, number=normal(number), purpose=purpose, agent=agent, at=at, result=result, dial=dial, **more
    )
    if dial is not None and row.by != By.INBOUND:
        row.call_id, row.duration = dial.call_id, dial.duration
        row.recording = row.recording or dial.recording
    return row
