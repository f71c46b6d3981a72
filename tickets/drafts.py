"""What people have typed and not yet sent: kept on the server as it is typed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.workflow.repeated import hashed
from tickets.models import Draft, EmailCase


def keep(case: EmailCase, author: User, step: str, values: dict[str, Any], *, unless_sent: str = "") -> Draft | None:
    """The author's draft for the step now holds these values.

    None if the form with the key `unless_sent` was taken meanwhile: a draft that was on its way then would come back
    as one that waits to be sent again. The case is locked first, by everybody who keeps a draft: its row and the
    draft's own taken in two orders would block each other for ever.
    """
    with transaction.atomic():
        list(EmailCase.objects.select_for_update().filter(pk=case.pk).values_list("pk"))
        taken = Event.objects.filter(procedure=case.procedure_name(), case_id=case.pk, key=hashed(unless_sent))
        if unless_sent and taken.exists():
            return None
        draft, _made = Draft.objects.update_or_create(case=case, author=author, step=step, defaults={"values": values})
    return draft


def values_of(draft: Draft, case: EmailCase) -> dict[str, Any]:
    """What was typed. Whom it goes to is chosen anew where the customer's side wrote after it."""
    stale = draft.saved_at < case.last_mail.stored_at
    return {name: value for name, value in draft.values.items() if not (stale and name in {"to", "cc"})}
