"""What people have typed and not yet sent: kept on the server as it is typed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.workflow.case import Case
from tenesa.workflow.readings import Reading
from tenesa.workflow.repeated import hashed
from tenesa.workspace.models import Draft

_RECIPIENTS = {"to", "cc"}


DRAFTS = Reading(
    "drafts",
    lambda case: Draft.objects.filter(procedure=case.procedure_name(), case_id=case.pk).order_by("saved_at"),
)


def of(case: Case, author: User) -> QuerySet[Draft]:
    """The author's drafts of the case, oldest first."""
    drafts = Draft.objects.filter(procedure=case.procedure_name(), case_id=case.pk, author=author)
    return drafts.order_by("saved_at")


def keep(case: Case, author: User, step: str, values: dict[str, Any], *, unless_sent: str = "") -> Draft | None:
    """The author's draft for the step now holds these values.

    None if the form with the key `unless_sent` was taken meanwhile: a draft that was on its way then would come back
    as one that waits to be sent again. The case is locked first, by everybody who keeps a draft: its row and the
    draft's own taken in two orders would block each other for ever.
    """
    where = {"procedure": case.procedure_name(), "case_id": case.pk}
    with transaction.atomic():
        list(type(case)._default_manager.select_for_update().filter(pk=case.pk).values_list("pk"))
        if unless_sent and Event.objects.filter(**where, key=hashed(unless_sent)).exists():
            return None
        draft, _made = Draft.objects.update_or_create(**where, author=author, step=step, defaults={"values": values})
    return draft


def forget(case: Case, author: User, step: str) -> None:
    of(case, author).filter(step=step).delete()


def values_of(draft: Draft, case: Case) -> dict[str, Any]:
    """What was typed. Whom it goes to is chosen anew where the customer's side wrote after it."""
    if not _RECIPIENTS.intersection(draft.values) or not _is_answered_late(draft, case):
        return dict(draft.values)
    return {name: value for name, value in draft.values.items() if name not in _RECIPIENTS}


def _is_answered_late(draft: Draft, case: Case) -> bool:
    newest = case.conversation.answered if case.conversation else None
    return newest is not None and draft.saved_at < newest.stored_at
