"""The outbox: mails and calls of every case a person may see, of whatever procedure, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.mail.models import FAILED, OutboundMail
from tenesa.systems import operation
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall
from tenesa.workflow import compiled, keyset
from tenesa.workflow.case import Case
from tenesa.workflow.compiled import COUNT_UP_TO
from tenesa.workflow.procedures import procedures, visible
from tenesa.workspace.delivery import Delivery, delivery_of_call, delivery_of_mail

PAGE = 50
MOVING_MAILS = (OutboundMail.Status.HELD, OutboundMail.Status.WAITING, OutboundMail.Status.SENDING)
MOVING_CALLS = (ExternalCall.Status.WAITING, ExternalCall.Status.SENDING, ExternalCall.Status.ANSWERED)


@dataclass(frozen=True)
class Item:
    at: datetime
    case: Case
    where: str
    what: str
    delivery: Delivery
    problem: str
    retry: str
    address: str  # of its row alone
    moves: bool  # more is to come of it


@dataclass(frozen=True)
class Outbox:
    items: list[Item]
    next: str  # the cursor behind the last one, "" when there is no more


def page_of(user: User, tab: str, after: str = "") -> Outbox:
    """One page by keyset. What waits or failed goes by time; all of it by the step that decided on it: both tables
    have an index of that order."""
    column = "event_id" if tab == "all" else "created_at"
    behind = _behind(column, after)
    rows: list[Any] = []
    for source in (*_mails(tab), *_calls(tab)):
        for mine in _of_visible_cases(source, user):
            rows += mine.filter(behind).order_by(f"-{column}", "-pk")[: PAGE + 1]
    rows.sort(key=lambda row: (getattr(row, column), row.pk), reverse=True)
    shown = rows[:PAGE]
    more = f"{getattr(shown[-1], column)}_{shown[-1].pk}" if len(rows) > PAGE else ""
    cases = _cases_of(shown)
    return Outbox([item_of(row, cases[row.procedure, row.case_id]) for row in shown], more)


def item_of(row: OutboundMail | ExternalCall, case: Case) -> Item:
    """One row as it stands now."""
    return _mail(row, case) if isinstance(row, OutboundMail) else _call(row, case)


def not_accepted(user: User) -> tuple[int, int]:
    """Mails that did not arrive and calls that were given up, each counted up to a limit; one query."""
    mails, calls = OutboundMail.objects.filter(FAILED), ExternalCall.objects.filter(status=ExternalCall.Status.DEAD)

    def asked() -> tuple[Sequence[QuerySet[Any]], QuerySet[Any]]:
        return [one for source in (mails, calls) for one in _of_visible_cases(source, user)], mails.none()

    ((numbers, _late),) = compiled.counts([(("not accepted", user.pk, *user.places), asked)])
    of_each = len(numbers) // 2
    return min(sum(numbers[:of_each]), COUNT_UP_TO), min(sum(numbers[of_each:]), COUNT_UP_TO)


def stuck(user: User) -> int:
    """Both together: the menu's count of the outbox."""
    return min(sum(not_accepted(user)), COUNT_UP_TO)


def _of_visible_cases(source: QuerySet[Any], user: User) -> Iterator[QuerySet[Any]]:
    """A reading a procedure: one for all of them would hash every visible case for each row."""
    for name, model in procedures().items():
        cases = visible(model, user).order_by().values("pk")
        yield source.filter(procedure=name, case_id__in=cases)


def _mails(tab: str) -> list[QuerySet[OutboundMail]]:
    every = OutboundMail.objects.defer("text", "html", "body")
    return [every.filter({"failed": FAILED, "all": Q()}.get(tab, Q(status__in=MOVING_MAILS)))]


def _calls(tab: str) -> list[QuerySet[ExternalCall]]:
    """What was answered and not heard yet has an index of its own, hence a reading of its own."""
    status, every = ExternalCall.Status, ExternalCall.objects.defer("answer")
    if tab == "all":
        return [every]
    if tab == "failed":
        return [every.filter(status=status.DEAD)]  # a refusal is an answer
    unheard = Q(status=status.ANSWERED, applied_at=None)
    return [every.filter(status__in=[status.WAITING, status.SENDING]), every.filter(unheard)]


def _behind(column: str, after: str) -> Q:
    """Strictly behind the cursor."""
    if not after:
        return Q()
    at, _underscore, pk = after.rpartition("_")
    value: Any = keyset.number_of(at) if column == "event_id" else keyset.moment_of(at)
    return keyset.behind(column, value, keyset.uuid_of(pk), descending=True)


def _cases_of(rows: list[Any]) -> dict[tuple[str, int], Case]:
    """The cases behind the rows, one query a procedure; whoever lists them has checked that they may be seen."""
    found: dict[tuple[str, int], Case] = {}
    for name in {row.procedure for row in rows}:
        wanted = {row.case_id for row in rows if row.procedure == name}
        cases = procedures()[name]._default_manager.filter(pk__in=wanted)
        found |= {(name, case.pk): case for case in cases}
    return found


def _mail(mail: OutboundMail, case: Case) -> Item:
    what = f"{mail.subject} → {', '.join(mail.to)}"
    retry = reverse("retry-mail", args=[mail.pk]) if mail.failed and mail.to else ""
    address, moves = reverse("outbox-mail", args=[mail.pk]), mail.status in MOVING_MAILS
    return Item(mail.created_at, case, _("Mail"), what, delivery_of_mail(mail), mail.error, retry, address, moves)


def _call(call: ExternalCall, case: Case) -> Item:
    what = operation.label_of(call.system, call.operation)
    retry = reverse("retry-call", args=[call.pk]) if call.status == ExternalCall.Status.DEAD else ""
    address, moves = reverse("outbox-call", args=[call.pk]), call.status in MOVING_CALLS
    where, delivery = label_of(call.system), delivery_of_call(call)
    return Item(call.created_at, case, where, what, delivery, call.error_message, retry, address, moves)
