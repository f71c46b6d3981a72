"""What else concerns an e-mail case, and the mails that its rows tell of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.mail.models import FAILED, OutboundMail
from tenesa.workflow.at_once import rows_of
from tenesa.workflow.readings import Reading
from tickets.models import EmailCase, Expedite
from tickets.states import FOR_THE_LEADER

IN_QUEUE = Q(owner=None, needs_action=True, triage="") & ~Q(state__in=FOR_THE_LEADER)  # waits for whoever is free


def last_mails(ids: list[int]) -> dict[int, OutboundMail]:
    """The mail that a row tells of: one that did not arrive, else the newest."""
    mails = OutboundMail.objects.filter(procedure=EmailCase.procedure_name(), case_id__in=ids)
    mails = mails.exclude(status=OutboundMail.Status.CANCELLED).defer("text", "html")
    failed = Case(When(FAILED, then=0), default=1)
    newest = mails.order_by("case_id", failed, "-created_at").distinct("case_id")
    return {mail.case_id: mail for mail in newest}


EXPEDITES = Reading(
    "expedites",
    lambda case: Expedite.objects.filter(case__in=case.family()).select_related("by").order_by("at", "pk"),
)


def expedites(case: EmailCase) -> list[Expedite]:
    """Whom we asked to hurry about the case and those merged into it, in the order of asking."""
    return EXPEDITES.of(case)


@dataclass(frozen=True)
class RelatedCases:
    why: str
    cases: list[EmailCase]


SHOWN = 5  # of one reason
SELF = -1_000_000  # stands for the case in a statement that is written once
Reason = tuple[str, Callable[[list[Any]], Q], list[Any]]


def related_cases(case: EmailCase, user: User) -> list[RelatedCases]:
    """Same product, same open incident, same customer: one glance answers a question for progress."""
    reasons = [(words, where, values) for words, where, values in _reasons(case) if values]
    known: dict[Any, Any] = {SELF: case.pk}
    parts = []
    for _words, where, values in reasons:
        names = [_stand_in(len(known) + at, value) for at, value in enumerate(values)]
        known |= dict(zip(names, values, strict=True))
        parts.append(((related_cases, where, tuple(names), str(user.places)), partial(_others, user, where, names)))
    groups: list[RelatedCases] = []
    for (words, _where, _values), found in zip(reasons, rows_of(parts, known), strict=True):
        told = {one.pk for group in groups for one in group.cases}
        mine = [one for one in found if one.pk not in told][:SHOWN]
        groups += [RelatedCases(words, mine)] if mine else []
    return groups


def _stand_in(number: int, value: Any) -> Any:
    return f"\0{number}" if isinstance(value, str) else SELF - number


def _others(user: User, where: Callable[[list[Any]], Q], names: list[Any]) -> QuerySet[EmailCase]:
    others = EmailCase.objects.visible_to(user).exclude(pk=SELF).filter(where(names))
    return others.only("subject", "state").order_by("-pk").distinct()[: SHOWN + 1]


def _reasons(case: EmailCase) -> list[Reason]:
    """What a case has in common with others, the strongest first; each is a range of an index."""
    products = [line.product_id for line in case.known_lines if line.product_id] or case.suggested_product_ids()
    incidents = [line.incident_number for line in case.known_lines if line.incident_number]
    of_case = [case.customer_id] if case.customer_id else [case.sender_address]
    return [
        (_("Named by the sender"), _named, [case.referenced_case_id] if case.referenced_case_id else []),
        (_("Merged"), _merged, [case.pk, case.merged_into_id]),
        (_("Split from the same mail"), _split, [case.pk, case.split_from_id]),
        (_("Same incident"), _of_incidents, incidents),
        (_("Same product id"), _of_products, products),
        (_("Same customer"), _of_customer if case.customer_id else _of_address, of_case),
    ]


def _named(values: list[Any]) -> Q:
    return Q(pk=values[0])


def _merged(values: list[Any]) -> Q:
    return Q(merged_into=values[0]) | Q(pk=values[1])


def _split(values: list[Any]) -> Q:
    return Q(split_from=values[0]) | Q(pk=values[1])


def _of_incidents(values: list[Any]) -> Q:
    return Q(lines__incident_number__in=values)


def _of_products(values: list[Any]) -> Q:
    return Q(lines__product_id__in=values)


def _of_customer(values: list[Any]) -> Q:
    return Q(customer=values[0])


def _of_address(values: list[Any]) -> Q:
    return Q(sender_address=values[0])
