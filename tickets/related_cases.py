"""What else concerns an e-mail case: others of the same incident, product, parent ticket or customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenesa import door
from tenesa.accounts.models import Actor, User
from tenesa.audit.models import Event
from tenesa.workflow.at_once import rows_of
from tickets.states import OPEN

if TYPE_CHECKING:
    from tickets.models import EmailCase


@dataclass(frozen=True)
class RelatedCases:
    why: str
    cases: list[EmailCase]


SHOWN = 5  # of one reason
SELF = -1_000_000  # stands for the case in a statement that is written once
Reason = tuple[str, Callable[[list[Any]], Q], list[Any]]


def related_cases(case: EmailCase, user: User) -> list[RelatedCases]:
    """Same product, same open incident, same customer: one glance answers a question for progress; read once a page."""
    return case.once(f"related {user.pk}", lambda: _related(case, user))


def _related(case: EmailCase, user: User) -> list[RelatedCases]:
    reasons = [(words, where, values) for words, where, values in _reasons(case) if values]
    known: dict[Any, Any] = {SELF: case.pk}
    parts = []
    for _words, where, values in reasons:
        names = [_stand_in(len(known) + at, value) for at, value in enumerate(values)]
        known |= dict(zip(names, values, strict=True))
        parts.append(
            ((related_cases, where, tuple(names), str(user.places)), partial(_others, type(case), user, where, names))
        )
    groups: list[RelatedCases] = []
    for (words, _where, _values), found in zip(reasons, rows_of(parts, known), strict=True):
        told = {one.pk for group in groups for one in group.cases}
        mine = [one for one in found if one.pk not in told][:SHOWN]
        groups += [RelatedCases(words, mine)] if mine else []
    return groups


def _stand_in(number: int, value: Any) -> Any:
    return f"\0{number}" if isinstance(value, str) else SELF - number


def _others(
    cases: type[EmailCase], user: User, where: Callable[[list[Any]], Q], names: list[Any]
) -> QuerySet[EmailCase]:
    others = cases.objects.visible_to(user).exclude(pk=SELF).filter(where(names))
    return others.only("subject", "state").order_by("-pk").distinct()[: SHOWN + 1]


def _reasons(case: EmailCase) -> list[Reason]:
    """What a case has in common with others, the strongest first; each is a range of an index."""
    products = [line.product_id for line in case.known_lines if line.product_id] or case.suggested_product_ids()
    incidents = [line.incident_number for line in case.known_lines if line.incident_number]
    parents = [line.incident.parent for line in case.known_lines if line.incident and line.incident.parent]
    of_case = [case.customer_id] if case.customer_id else [case.sender_address]
    return [
        (_("Named by the sender"), _named, [case.referenced_case_id] if case.referenced_case_id else []),
        (_("Merged"), _merged, [case.pk, case.merged_into_id]),
        (_("Split from the same mail"), _split, [case.pk, case.split_from_id]),
        (_("Same incident"), _of_incidents, incidents),
        (_("Same parent ticket"), _of_parents, parents),
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


def _of_parents(values: list[Any]) -> Q:
    return Q(lines__incident__parent__in=values)


def _of_products(values: list[Any]) -> Q:
    return Q(lines__product_id__in=values)


def _of_customer(values: list[Any]) -> Q:
    return Q(customer=values[0])


def _of_address(values: list[Any]) -> Q:
    return Q(sender_address=values[0])


def of_steps(case: EmailCase, events: Sequence[Event]) -> dict[int, EmailCase]:
    """The case that a step of the history made, took in, let go or went into, by the event's key."""
    model, found = type(case), {}
    splits = [event for event in events if event.step == "split"]
    if splits:  # the newest of each: a long history shows its end
        made = model.objects.filter(split_from=case).only("pk").order_by("-pk")
        found = {event.pk: one for event, one in zip(reversed(splits), made, strict=False)}
    for event in events:
        pk = event.data.get("into") or door.number(str(event.data.get("merged", "")).removeprefix(model.prefix))
        if event.step in {"merge", "take_in", "reopen_with_case", "let_go"} and pk:
            found[event.pk] = model(pk=pk)
    return found


def related_open(case: EmailCase, actor: Actor) -> list[tuple[str, EmailCase]]:
    """The open ones of them, each with what both have in common."""
    groups = related_cases(case, actor) if isinstance(actor, User) and case.pk else []
    return [(group.why, one) for group in groups for one in group.cases if one.state in OPEN]
