"""The queue views: what stands where and why, filters, search, keyset paging, the number of queries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.search.index import refresh
from tenesa.workflow.perform import perform
from tenesa.workspace import lists
from tests import factories
from tests.platform.test_escalation import escalated
from tests.segmentation.entries import famous
from tests.ui.test_frame import signed_in
from tickets.desk import EmailDesk
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


def listed(client: Client, **asked: str) -> list[int]:
    response = client.get(reverse("cases:list"), asked)
    return [row.pk for row in response.context["page"].rows]


def test_it_orders_by_urgency_and_says_why(rini: User) -> None:
    calm, late = factories.opened(), factories.opened()
    EmailCase.objects.filter(pk=late.pk).update(urgent_at=timezone.now() - timedelta(minutes=5))
    client = signed_in(rini)
    assert listed(client, view="queue") == [late.pk, calm.pk]
    page = client.get(reverse("cases:list"), {"view": "queue"}).content.decode()
    assert "jawaban pertama lewat tenggat" in page
    assert 'data-signal="breach"' in page


def test_it_shows_only_the_desk_of_the_person(rini: User, asing: User) -> None:
    case = factories.opened()
    assert listed(signed_in(rini), view="queue") == [case.pk]
    assert listed(signed_in(asing), view="queue") == []
    assert signed_in(asing).get(reverse("cases:case", args=[case.pk])).status_code == 404


def test_a_taken_case_moves_from_the_queue_to_mine(rini: User, dewi: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    assert listed(signed_in(rini), view="queue") == []
    assert listed(signed_in(rini), view="mine") == [case.pk]
    assert listed(signed_in(dewi), view="mine") == []


def test_filters_live_in_the_address(rini: User) -> None:
    des, _other = factories.opened(), factories.opened()
    EmailCase.objects.filter(pk=des.pk).update(segment="DES", segment_source="TENOSS")
    client = signed_in(rini)
    assert listed(client, view="all", segment="DES") == [des.pk]
    assert listed(client, view="all", state="CLOSED") == []
    assert len(listed(client, view="all", segment="nonsense", state="nonsense")) == 2


@pytest.mark.parametrize(
    "words", ["{number}", "{number_small}", "tegal MATI", "samudra", "pic@tegal.example", "bonar nab"]
)
def test_it_finds_cases_by_what_people_remember(rini: User, words: str) -> None:
    case = factories.opened(subject="Link Tegal mati total", from_address="pic@tegal.example")
    EmailCase.objects.filter(pk=case.pk).update(customer=factories.customer())
    factories.opened(subject="lain", from_address="x@lain.example", from_name="Orang Lain")
    refresh()
    asked = words.format(number=case.number, number_small=case.number.lower())
    assert listed(signed_in(rini), view="all", q=asked) == [case.pk]


def test_it_finds_product_ids_and_incidents(rini: User) -> None:
    case = factories.opened()
    case.lines.create(product_id="4700112-0045127790", incident_number="IN10482219")
    factories.opened()
    refresh()
    client = signed_in(rini)
    assert listed(client, view="all", q="4700112-0045127790") == [case.pk]
    assert listed(client, view="all", q="in10482219") == [case.pk]


def test_it_pages_by_keyset_without_gap_or_repeat(rini: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    cases = [factories.opened() for _number in range(8)]
    moment = timezone.now()
    EmailCase.objects.filter(pk__in=[case.pk for case in cases[:5]]).update(urgent_at=moment)
    client, seen, after = signed_in(rini), [], ""
    for _page in range(4):
        page = client.get(reverse("cases:list"), {"view": "queue", "part": "more", "after": after}).context["page"]
        seen += [row.pk for row in page.rows]
        after = page.next
        if not after:
            break
    assert sorted(seen) == sorted(case.pk for case in cases)
    assert len(seen) == len(set(seen))


def test_a_live_refresh_keeps_what_was_loaded(rini: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    for _number in range(5):
        factories.opened()
    client = signed_in(rini)
    first = client.get(reverse("cases:list"), {"view": "queue"}).context["page"]
    second = client.get(reverse("cases:list"), {"view": "queue", "part": "more", "after": first.next}).context["page"]
    assert len(listed(client, view="queue", part="rows", until=second.until)) == 4


@pytest.mark.parametrize("odd", ["nonsense_x", "0001-01-01T00:00:00+00:00_1", "2026-11-28T00:00:00+00:00_" + "9" * 30])
def test_a_broken_cursor_is_refused_in_words_and_not_taken_for_the_first_page(rini: User, odd: str) -> None:
    answer = signed_in(rini).get(reverse("cases:list"), {"view": "queue", "after": odd})
    assert answer.status_code == 400
    assert "Mulai lagi dari atas" in answer.content.decode()


def test_one_row_and_thirty_cost_the_same(rini: User) -> None:
    client = signed_in(rini)
    factories.opened()
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse("cases:list"), {"view": "queue"})
    for _number in range(29):
        factories.opened()
    with CaptureQueriesContext(connection) as thirty:
        client.get(reverse("cases:list"), {"view": "queue"})
    assert len(thirty) == len(one)
    # session, user, places, presence, rows with their mails, areas for the filter, all counts, the counts of
    # escalations and of pends, applications that do not answer
    assert len(one) <= 10


def test_the_counts_of_the_menu_are_one_query_and_nothing_without_a_team(rini: User) -> None:
    late = factories.opened()
    perform(factories.opened(), "take", actor=rini)
    EmailCase.objects.filter(pk=late.pk).update(urgent_at=timezone.now() - timedelta(minutes=5))
    with CaptureQueriesContext(connection) as asked:
        shown, overdue = lists.counts([EmailDesk()], rini)[0][0]
    assert (shown["mine"], shown["queue"], shown["waiting"], overdue) == (1, 1, 0, True)
    assert len(asked) == 1
    shown, overdue = lists.counts([EmailDesk()], User.objects.create(username="tanpa"))[0][0]
    assert (set(shown.values()), overdue) == ({0}, False)


def test_a_rows_link_names_whose_page_it_opens(rini: User, bowo: User) -> None:
    """Not the colleague who asked, who stands first in a row of the approvals."""
    one = escalated(rini)
    customer = famous()
    EmailCase.objects.filter(pk=one.case_id).update(customer=customer)
    page = signed_in(bowo).get(reverse("approvals:list")).content.decode()
    [link] = re.findall(r'<a class="row-customer".*?</a>', page, re.DOTALL)
    assert customer.get_absolute_url() in link
    assert customer.name in re.sub(r"<[^>]+>", "", link)
    assert str(rini) not in link
