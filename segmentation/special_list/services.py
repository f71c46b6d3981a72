"""Verbs around the steps of an entry: propose once, whichever door it comes through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from segmentation.lists import ListEntry
from segmentation.special_list.columns import PROPOSERS
from segmentation.special_list.forms import ProposeForm
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import open_case
from tenesa.workflow.repeated import Request
from tenesa.workflow.step import steps_of


def may_propose(user: User) -> bool:
    return user.has_role(*PROPOSERS)


def propose(actor: User, data: Mapping[str, Any], *, key: str | None = None) -> tuple[ListEntry, bool]:
    """Store a proposal; the one that came with this key before instead of a second.

    Raises NotYourStep, InvalidInput, NotNow (somebody was quicker) or KeyReused; then nothing was written.
    """
    if not may_propose(actor):
        raise NotYourStep(_("You propose nobody for the lists."))
    request = Request.of(key, steps_of(ListEntry)["propose"], actor, data) if key else None
    if request and (same := _same(actor, request)):
        return same, False
    entry = ListEntry(request_key=request.key if request else None)
    form = ProposeForm(data, case=entry, actor=actor)
    if not form.is_valid():
        raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    entry.desk_id = _desk(actor)
    try:
        return open_case(entry, "propose", actor=actor, request=request, **form.cleaned_data), True
    except IntegrityError as error:  # somebody was quicker
        if request and (same := _same(actor, request)):
            return same, False
        words = _("%(customer)s was proposed by this criterion a moment ago.")
        raise NotNow([words % {"customer": form.cleaned_data["customer"]}]) from error


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
