"""Verbs around the steps of an entry: propose once, whichever door it comes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from segmentation import siskas
from segmentation.customers import Customer, Service
from segmentation.lists import ListEntry
from segmentation.lookup import Match
from segmentation.special_list.columns import PROPOSERS
from segmentation.special_list.forms import ProposeForm
from segmentation.special_list.states import ENDED
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.systems.errors import Unavailable
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import open_case
from tenesa.workflow.repeated import Request
from tenesa.workflow.step import steps_of

if TYPE_CHECKING:
    from segmentation.special_list.batches import ListImportRow

Customers = Callable[[str], Sequence[Match]]


class NobodyTells(NotNow):
    """The customer is not known here, and SISKAS does not answer."""


def may_propose(user: User) -> bool:
    return user.has_role(*PROPOSERS)


def propose(
    actor: User,
    data: Mapping[str, Any],
    *,
    key: str | None = None,
    customers: Customers | None = None,
    report: ListImportRow | None = None,
) -> tuple[ListEntry, bool]:
    """Store a proposal; the one that came with this key before instead of a second.

    `customers` says who has a number: TENESA's copy, else SISKAS, asked at once. `report` is stored with the proposal.
    Raises NotYourStep, InvalidInput, NotNow, NobodyTells or KeyReused; then no entry is there.
    """
    if not may_propose(actor):
        raise NotYourStep(_("You propose nobody for the lists."))
    request = Request.of(key, steps_of(ListEntry)["propose"], actor, data) if key else None
    if request and (same := _same(actor, request)):
        return same, False
    entry = ListEntry(request_key=request.key if request else None)
    inputs = _inputs(ProposeForm(data, case=entry, actor=actor, customers=customers or _asking(actor)))
    entry.desk_id = _desk(actor)
    try:
        return open_case(entry, "propose", actor=actor, request=request, report=report, **inputs), True
    except IntegrityError:  # the database holds that nobody stands there twice, whoever is quicker
        if request and (same := _same(actor, request)):
            return same, False
        if (there := _standing(**inputs)) is None:
            raise NotNow([_("Somebody else changed this customer's entries just now: try again.")]) from None
        words = _("%(customer)s stands on the list by this criterion already: %(number)s.")
        told = {"customer": there.customer, "number": there.number}
        raise InvalidInput({"customer": [words % told]}) from None


def _standing(*, customer: Customer, service: Service | None, criterion: str, **_others: Any) -> ListEntry | None:
    same = ListEntry.objects.filter(customer=customer, service=service, criterion=criterion)
    return same.exclude(state__in=ENDED).select_related("customer").first()


def _asking(actor: User) -> Customers:
    return partial(siskas.found, actor=actor.username, patience=siskas.PATIENCE)


def _inputs(form: ProposeForm) -> dict[str, Any]:
    try:
        if not form.is_valid():
            raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    except Unavailable as error:
        words = _("This customer is new to TENESA, and SISKAS does not tell who it is: try again in a moment.")
        raise NobodyTells([error.message, words]) from error
    return form.cleaned_data


def _same(actor: User, request: Request) -> ListEntry | None:
    """What this key opened before; KeyReused where another request came with it."""
    found: ListEntry | None = ListEntry.objects.filter(entered_by=actor, request_key=request.key).first()
    if found is not None:
        opened = Event.objects.get(procedure=found.procedure_name(), case_id=found.pk, seq=1)
        request.same_as(opened.fingerprint)
    return found


def _desk(actor: User) -> str:
    """Where the proposal comes from; the list itself is of the whole house."""
    if not actor.places:
        raise NotNow([_("You belong to no team yet.")])
    return actor.places[0][1]
