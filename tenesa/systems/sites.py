"""Where which application may be used (P-05 11.1, E-42)."""

from __future__ import annotations

from collections.abc import Collection

from tenesa.accounts.models import Actor, Area, User
from tenesa.systems.applications import APPLICATIONS, BY_THE_DOCUMENT, OUR_OWN, SITES_OF_THE_DOCUMENT
from tenesa.systems.models import SiteTool


def load_sites() -> None:
    """A row for every area and application that has none; what an administrator set stays."""
    rows = [
        SiteTool(area=area, tool=tool, clause=BY_THE_DOCUMENT if area.code in SITES_OF_THE_DOCUMENT else OUR_OWN)
        for area in Area.objects.all()
        for tool in APPLICATIONS
    ]
    SiteTool.objects.bulk_create(rows, ignore_conflicts=True)


def sites_of(actor: Actor, desk: str, area: str | None) -> frozenset[str]:
    """The areas from which somebody works on a case: their own at its desk, else the case's; empty for everywhere."""
    if isinstance(actor, User):
        areas = {place for _role, at, place in actor.places if at == desk}
        if areas and None not in areas:
            return frozenset(place for place in areas if place)
    return frozenset({area} if area else ())


def missing_at(sites: Collection[str]) -> frozenset[str]:
    """The applications that none of these areas may use; a pair without a row may (ADR-0014)."""
    if not sites:
        return frozenset()
    barred = SiteTool.objects.filter(area__in=sites, available=False).values_list("tool", "area")
    places: dict[str, set[str]] = {}
    for tool, area in barred:
        places.setdefault(tool, set()).add(area)
    return frozenset(tool for tool, at in places.items() if at >= set(sites))
