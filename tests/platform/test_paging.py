"""REST lists by (urgent_at, id): walked once and to the end, whatever comes, goes or moves meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from tenesa.accounts.models import User
from tests import factories
from tests.platform.test_api import client
from tickets.models import EmailCase

BACKLOG = 500


@pytest.fixture
def backlog(db: None) -> list[int]:
    """A night's mails with one deadline."""
    first = factories.opened()
    values = {field.attname: getattr(first, field.attname) for field in EmailCase._meta.concrete_fields}
    del values["id"]
    EmailCase.objects.bulk_create(EmailCase(**values) for _number in range(BACKLOG - 1))
    EmailCase.objects.update(urgent_at=timezone.now() + timedelta(hours=1))
    return list(EmailCase.objects.order_by("pk").values_list("pk", flat=True))


def walk(api: APIClient, address: str, link: str = "next") -> Iterator[list[int]]:
    while address:
        answer: dict[str, Any] = api.get(address).json()
        yield [row["id"] for row in answer["results"]]
        address = answer[link]


def test_a_backlog_with_one_deadline_is_walked_once_and_to_its_end(rini: User, backlog: list[int]) -> None:
    pages = list(walk(client(rini), "/api/cases/?page_size=70"))
    assert [len(page) for page in pages] == [70] * 7 + [10]
    assert [pk for page in pages for pk in page] == backlog


def test_the_same_way_back(rini: User, backlog: list[int]) -> None:
    api = client(rini)
    address, last = "/api/cases/?page_size=70", {}
    while address:
        last = api.get(address).json()
        address = last["next"]
    pages = list(walk(api, last["previous"], "previous"))
    assert [pk for page in reversed(pages) for pk in page] == backlog[:490]
    again = api.get(last["previous"]).json()
    assert [row["id"] for row in api.get(again["next"]).json()["results"]] == backlog[490:]


def test_what_comes_and_goes_in_between_skips_and_repeats_nobody_else(rini: User, backlog: list[int]) -> None:
    seen: list[int] = []
    for number, page in enumerate(walk(client(rini), "/api/cases/?page_size=50")):
        seen += page
        factories.put(EmailCase.objects.get(pk=page[0]), "CLOSED")
        factories.put(EmailCase.objects.get(pk=page[-1]), "CLOSED")  # the row that the cursor names
        earlier = EmailCase.objects.get(pk=page[1])
        EmailCase.objects.filter(pk=earlier.pk).update(urgent_at=earlier.urgent_at - timedelta(minutes=number + 1))
    assert seen == backlog


def test_every_list_is_paged_alike(bowo: User) -> None:
    for name in ("cases", "pending", "escalations"):
        answer = client_of(bowo).get(f"/api/{name}/").json()
        assert set(answer) == {"next", "previous", "results"}, name


def client_of(user: User) -> APIClient:
    api = APIClient()
    api.force_authenticate(user)
    return api


def test_a_cursor_that_was_changed_or_is_of_another_list_is_refused_in_words(rini: User, backlog: list[int]) -> None:
    api = client(rini)
    cursor = api.get("/api/cases/").json()["next"].partition("cursor=")[2]
    other = cursor[:5] + ("A" if cursor[5] != "A" else "B") + cursor[6:]
    for path, odd in (
        ("cases", other), ("cases", "x"), ("cases", "cD0yMDI2"), ("cases", cursor[:-1]), ("cases", "٣٣"),
        ("cases", "9" * 1999), ("pending", cursor),
    ):  # fmt: skip
        answer = api.get(f"/api/{path}/", {"cursor": odd})
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), odd
        assert "Mulai lagi" in answer.json()["errors"]["cursor"][0]


def test_a_page_size_that_cannot_be_meant_is_refused_and_a_large_one_is_cut(rini: User, backlog: list[int]) -> None:
    api = client(rini)
    for odd in ("0", "-1", "x", "9" * 400, "1.5", "²"):
        assert api.get("/api/cases/", {"page_size": odd}).status_code == 400, odd
    assert len(api.get("/api/cases/", {"page_size": "100000"}).json()["results"]) == 200
