"""A customer as the pages of others show it: name, segment, and the class as far as the reader needs to know it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from segmentation.classes import CustomerClass, of_rows
from segmentation.customers import Customer
from segmentation.lookup import SAID
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
    one, told = found
    return CustomerLabel(one.name, (str(one.get_segment_display()),), one.get_absolute_url(), marks_of(told, user))


def marks_of(told: CustomerClass, user: User) -> tuple[str, ...]:
    """The class in words for whoever needs the reason, else one neutral mark; speed is nobody's secret."""
    if user.has_role(*READ_WHY):
        return told.words
    return ((_("Special handling"),) if told.entries else ()) + told.tags
