"""Legal holds: on a record by its number, or on a customer; what is held is never removed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.retention.kinds import kinds
from tenesa.retention.models import Hold, HoldEnd
from tenesa.retention.who import HOLDERS, must
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.procedures import procedures

LOCK = 0x7E4E5A13  # any number that no other advisory lock has
_NUMBER = re.compile(r"([A-Z]+)0*(\d{1,12})")


@dataclass(frozen=True)
class Active:
    """What is under hold now: keys by procedure or kind, and customer numbers."""

    records: Mapping[str, frozenset[int]]
    customers: frozenset[str]


def active() -> Active:
    records: dict[str, set[int]] = defaultdict(set)
    customers: set[str] = set()
    for procedure, pk, customer in Hold.objects.filter(end=None).values_list("procedure", "record_id", "customer"):
        if pk is None:
            customers.add(customer)
        else:
            records[procedure].add(pk)
    return Active({name: frozenset(pks) for name, pks in records.items()}, frozenset(customers))


def place(user: User, *, number: str = "", customer: str = "", reason: str) -> Hold:
    """Put a hold on a record by its number, or on a customer. Raises Refusal; then nothing was written."""
    must(user, HOLDERS)
    number, customer, reason = number.strip().upper(), customer.strip(), reason.strip()
    errors = {}
    if bool(number) == bool(customer):
        errors["number"] = [_("Give the number of a case or a customer number, one of them.")]
    if not reason:
        errors["reason"] = [_("Say why.")]
    if errors:
        raise InvalidInput(errors)
    with transaction.atomic():
        _after_removals()
        found = _found(number) if number else ("", None)
        if found is None:
            raise InvalidInput({"number": [_("There is no record %(number)s.") % {"number": number}]})
        return Hold.objects.create(
            procedure=found[0], record_id=found[1], number=number, customer=customer[:20], reason=reason[:300], by=user
        )


def _after_removals() -> None:
    """Wait until the removal that is under way is committed; the next one then sees this hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def none_meanwhile() -> None:
    """Nobody places a hold until this transaction ends: what `active` says stays so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])


def _found(number: str) -> tuple[str, int | None] | None:
    """The record of this number, by the name of its table."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        return None
    models = {one.prefix: one for one in procedures().values()}
    prefixes = {kind.prefix: kind.model for kind in kinds().values() if kind.prefix}
    model = {**prefixes, **models}.get(match[1])
    if model is None or not model._base_manager.filter(pk=match[2]).exists():
        return None
    return model._meta.label_lower, int(match[2])


def lift(user: User, hold: Hold, *, reason: str) -> HoldEnd:
    """Raises Refusal; then nothing was written."""
    must(user, HOLDERS)
    if not reason.strip():
        raise InvalidInput({"reason": [_("Say why.")]})
    try:
        with transaction.atomic():
            return HoldEnd.objects.create(hold=hold, reason=reason.strip()[:300], by=user)
    except IntegrityError as twice:
        raise NotNow([_("This hold was lifted already.")]) from twice
