"""Which exclusions in force speak of a line, a customer or their telephone numbers (C-03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.db.models import Q
from django.utils import timezone

from caring.exclusions.models import Exclusion

if TYPE_CHECKING:
    from caring.models import Prospect


class Called(Protocol):
    """What is known of somebody who would be called; the numbers in their normal form."""

    @property
    def fastel(self) -> str: ...
    @property
    def ncli(self) -> str: ...
    @property
    def phones(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Exclusions:
    """Exclusions in force, by kind and number."""

    found: dict[tuple[str, str], Exclusion]

    def of(self, one: Called) -> Exclusion | None:
        """The first that speaks of this person: by the line, by the customer, by a number."""
        keys = [(Exclusion.Of.FASTEL, one.fastel), (Exclusion.Of.NCLI, one.ncli)]
        keys += [(Exclusion.Of.PHONE, phone) for phone in one.phones]
        return next((self.found[key] for key in keys if key in self.found), None)


def in_force(people: Iterable[Called]) -> Exclusions:
    """The exclusions that hold today for any of these people, by one question."""
    people = list(people)
    kinds = {
        Exclusion.Of.FASTEL: {one.fastel for one in people},
        Exclusion.Of.NCLI: {one.ncli for one in people if one.ncli},
        Exclusion.Of.PHONE: {phone for one in people for phone in one.phones},
    }
    where = Q(pk__in=[])
    for kind, values in kinds.items():
        where |= Q(of=kind, value__in=values)
    held = Exclusion.objects.in_force(timezone.localdate())
    rows = held.filter(where).select_related("list").order_by("-pk")
    return Exclusions({(row.of, row.value): row for row in rows})


def of_prospect(prospect: Prospect) -> Exclusion | None:
    return prospect.once("exclusion", lambda: in_force([prospect]).of(prospect))
