"""What the menu counts, for many persons at once: read once for all who have the same roles and places.

500 pages that each asked for their numbers again would be 500 requests a change; so the numbers are pushed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from django.http import HttpRequest

from tenesa.accounts.models import User
from tenesa.ui.menu import Menu, MenuItem, items_of

OfPeople = Callable[[Collection[int]], Mapping[int, int]]


def read(people: list[User]) -> dict[int, bytes]:
    """The event that tells each person's page the counts of its menu: {address or desk: [count, signal]}."""
    return {pk: f"event: counts\ndata: {json.dumps(counts)}\n\n".encode() for pk, counts in _counts(people).items()}


def _counts(people: list[User]) -> dict[int, dict[str, tuple[int, str]]]:
    alike: dict[object, list[User]] = defaultdict(list)
    for person in people:
        alike[frozenset(person.places), person.is_staff].append(person)
    found: dict[int, dict[str, tuple[int, str]]] = {}
    read_once: dict[OfPeople, Mapping[int, int]] = {}
    for group in alike.values():
        items = items_of(_as(group[0]))
        for item in items:
            if item.of_people is not None and item.of_people not in read_once:
                read_once[item.of_people] = item.of_people([person.pk for person in people])
        for person in group:
            found[person.pk] = Menu.of(_own(item, person, read_once) for item in items).counts
    return found


def _own(item: MenuItem, person: User, read_once: Mapping[OfPeople, Mapping[int, int]]) -> MenuItem:
    if item.of_people is None:
        return item
    return replace(item, count=read_once[item.of_people].get(person.pk, 0))


def _as(person: User) -> HttpRequest:
    request = HttpRequest()
    request.user = person
    request.path = request.path_info = "/"
    return request
