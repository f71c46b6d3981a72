"""The pages of retention: who sees them, what they refuse, what they hand out, and what they ask of the database."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenesa import sheets
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.reporting.models import Export
from tenesa.retention import listing, running
from tenesa.retention.models import Disposal, Hold, Policy
from tests import factories
from tests.retention.aged import People, mail_case
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
Draw = Callable[[], Disposal]


def test_who_knows_of_the_room(rini: User, bowo: User, hendra: User, manager: User) -> None:
    for user, status in ((rini, 404), (bowo, 404), (hendra, 200), (manager, 200)):
        client = signed_in(user)
        for name in ("schedule", "runs", "holds"):
            assert client.get(reverse(f"retention:{name}")).status_code == status
        assert (reverse("retention:schedule") in client.get(reverse("documents:register")).content.decode()) is (
            status == 200
        )
    assert Client().get(reverse("retention:schedule")).status_code == 302


def test_the_schedule_says_years_owner_and_clause_and_they_are_changed_by_two(manager: User) -> None:
    admin = factories.person("wati", Role.ADMIN)
    page = text_of(signed_in(admin).get(reverse("retention:schedule")))
    for words in ("P-01 10 (F-18)", "P-01 10 (F-19)", "AMB-11", "Masa simpan", "2 tahun"):
        assert words in page
    address = reverse("retention:propose", args=["tickets.emailcase"])
    given: dict[str, Any] = {"years": 5, "since": timezone.localdate().isoformat(), "note": "Surat direksi 12."}
    assert signed_in(admin).get(address).status_code == 200
    assert signed_in(admin).post(address, {**given, "note": ""}).status_code == 422
    assert signed_in(admin).post(address, given).status_code == 302
    decide = reverse("retention:decide-years", args=[Policy.objects.get().pk])
    assert signed_in(admin).post(decide, {"decision": "accept"}).status_code == 409
    assert signed_in(manager).post(decide, {"decision": "accept"}).status_code == 302
    assert "5 tahun" in text_of(signed_in(manager).get(reverse("retention:schedule")))
    assert signed_in(manager).get(reverse("retention:propose", args=["no.such"])).status_code == 404


def test_a_run_by_the_pages_from_the_list_to_the_certificate(people: People, hendra: User, manager: User) -> None:
    client = signed_in(hendra)
    case, young = mail_case(people), factories.opened()
    EmailCase.objects.filter(pk=case.pk).update(changed_at=timezone.now() - timedelta(days=1000))
    answer = client.post(reverse("retention:runs"), {"cutoff": timezone.localdate().isoformat()})
    run = Disposal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, run.get_absolute_url())
    assert "hx-get" in client.get(run.get_absolute_url()).content.decode()
    listing.fill(run.pk)
    page = text_of(client.get(run.get_absolute_url()))
    assert case.number in page
    assert young.number not in page
    assert client.get(reverse("retention:certificate", args=[run.pk])).status_code == 404
    decide = reverse("retention:decide", args=[run.pk])
    assert client.post(decide, {"decision": "approve"}).status_code == 409
    admin = signed_in(factories.person("wati", Role.ADMIN))
    assert admin.post(decide, {"decision": "approve"}).status_code == 403
    assert signed_in(people[Role.AGENT_EMAIL]).post(decide, {"decision": "approve"}).status_code == 404
    other = signed_in(manager)
    assert other.post(decide, {"decision": "drop", "note": ""}).status_code == 422
    assert EmailCase.objects.filter(pk=case.pk).exists()
    assert other.post(decide, {"decision": "approve"}).status_code == 302
    running.execute(run.pk)
    assert other.post(decide, {"decision": "approve"}).status_code == 409
    certificate = text_of(other.get(reverse("retention:certificate", args=[run.pk])))
    for words in (case.number, "Hendra", "Maya", run.records.get(outcome__removed=True).outcome.sha256):
        assert words in certificate
    assert "bonar" not in certificate.casefold()


def test_the_list_leaves_as_a_workbook_and_is_logged(people: People, drawn: Draw, hendra: User) -> None:
    case = mail_case(people)
    run = drawn()
    answer: Any = signed_in(hendra).get(reverse("retention:workbook", args=[run.pk]))
    content = io.BytesIO(b"".join(answer.streaming_content))
    with sheets.Workbook(content) as book:
        assert [sheet.name for sheet in book.sheets] == ["Pemusnahan"]
    rows = list(sheets.rows(content))
    assert any(case.number in str(row) for row in rows)
    assert Export.objects.get().report == "retention-list"


def test_holds_by_the_pages(people: People, hendra: User) -> None:
    case, client = mail_case(people), signed_in(hendra)
    address = reverse("retention:holds")
    assert client.post(address, {"number": "EM0", "customer": "", "reason": "x"}).status_code == 422
    assert client.post(address, {"number": case.number, "customer": "", "reason": "Gugatan 7."}).status_code == 302
    lift = reverse("retention:lift", args=[Hold.objects.get().pk])
    assert client.post(lift, {"reason": ""}).status_code == 422
    admin = signed_in(factories.person("wati", Role.ADMIN))
    assert admin.post(address, {"number": case.number, "customer": "", "reason": "x"}).status_code == 403
    assert client.post(lift, {"reason": "Selesai."}).status_code == 302
    assert client.post(lift, {"reason": "Lagi."}).status_code == 409
    page = text_of(client.get(address))
    assert "Gugatan 7." in page
    assert "Selesai." in page


def test_pages_ask_no_more_for_many(
    people: People, drawn: Draw, hendra: User, django_assert_max_num_queries: Any
) -> None:
    for _number in range(30):
        mail_case(people)
    run, client = drawn(), signed_in(hendra)
    for address in (reverse("retention:schedule"), reverse("retention:runs"), run.get_absolute_url()):
        client.get(address)
        with django_assert_max_num_queries(20):
            assert client.get(address).status_code == 200


def test_beat_tends_it() -> None:
    tick = house.CELERY_BEAT_SCHEDULE["tend-retention"]
    assert tick["task"] == "tenesa.retention.tasks.tend_retention"
