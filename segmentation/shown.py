"""A customer as the pages of others show it: name, segment, and the class as far as the reader needs to know it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from segmentation.classes import CustomerClass, by_references, by_services, of_rows
from segmentation.customers import Customer
from segmentation.lookup import SAID
from segmentation.special_list.states import Kind
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customers import CustomerLabel

# Who acts by the criterion, or decides about it; everybody else sees that there is one.
READ_WHY = (Role.AGENT_147, Role.AGENT_TIER2, Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)


def shown_as(known: CustomerKeys, user: User) -> CustomerLabel | None:
    """By its number, else as whose service it is; in one question."""
    if known.reference:
        key, who = "reference", lambda: Customer.objects.filter(reference=SAID)
        found = of_rows(key, who, {SAID: known.reference})
    else:
        said = {f"{SAID} {place}": one for place, one in enumerate(known.services)}
        services = lambda: Customer.objects.filter(services__product_id__in=list(said)).distinct()  # noqa: E731
        found = of_rows(("services", len(said)), services, said) if said else None
    if found is None:
        return None
    return _label(*found, user)


def shown_in_rows(known: Sequence[CustomerKeys], user: User) -> list[CustomerLabel | None]:
    """The same for the rows of a list: one question for those with a number, one for those known by a service."""
    references = {one.reference for one in known} - {""}
    services = {_service(one) for one in known} - {""}
    numbered = by_references(references) if references else {}
    served = by_services(services) if services else {}
    found = [numbered.get(one.reference) if one.reference else served.get(_service(one)) for one in known]
    return [_label(*one, user) if one else None for one in found]


def _service(known: CustomerKeys) -> str:
    """By which somebody without a number is known."""
    return "" if known.reference else next(iter(known.services), "")


def _label(one: Customer, told: CustomerClass, user: User) -> CustomerLabel:
    marks = marks_of(told, user)
    return CustomerLabel(
        one.name, (str(one.get_segment_display()),), one.get_absolute_url(), marks, one.short_segment,
        _mark_of(told, marks, user),
    )  # fmt: skip


def _mark_of(told: CustomerClass, marks: tuple[str, ...], user: User) -> str:
    """The class in a word: VVIP before special, then what a service says by itself."""
    kinds = [entry.kind for entry in told.entries]
    if not kinds:
        return "50–100 Mbps" if marks else ""
    if not user.has_role(*READ_WHY):
        return marks[0]
    return str((Kind.VVIP if Kind.VVIP in kinds else Kind.SPECIAL).label)


def marks_of(told: CustomerClass, user: User) -> tuple[str, ...]:
    """The class in words for whoever needs the reason, else one neutral mark; speed is nobody's secret."""
    if user.has_role(*READ_WHY):
        return told.words
    return ((_("Special handling"),) if told.entries else ()) + told.tags
