"""Whose news nobody has read yet: the list and REST say it, and the customer's words are never hidden by others'."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.escalation.models import Escalation
from tenesa.incidents import feed
from tenesa.incidents.feed import store_incident
from tenesa.incidents.models import Incident
from tenesa.systems import control
from tenesa.systems.clients import nossa
from tenesa.systems.readings import plain
from tenesa.timers.models import Timer
from tenesa.timers.sweep import fire_due
from tenesa.workflow.perform import perform
from tests import factories
from tests.platform.systems.conftest import simulators  # noqa: F401 - NOSSA
from tests.platform.test_api import client as client_of
from tests.tickets.watched import NUMBER, watched
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import words_of_page
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db
AGAIN = "pelanggan menulis lagi"
CAUSES = {
    "CUSTOMER": "pelanggan membalas", "UNIT": "belum dibaca: unit", "NOSSA": "belum dibaca: NOSSA",
    "SYSTEM": "belum dibaca: sistem",
}  # fmt: skip


def listed(user: User, case: EmailCase) -> str:
    """The case's row in the list of one's own, in words."""
    page = signed_in(user).get(reverse("cases:list"), {"view": "mine"}).content.decode()
    row = page[page.index(f'id="row-{case.pk}"') :]
    return row[: row.index("</a>")]


@pytest.mark.parametrize(
    ("step", "inputs", "whose", "words"),
    [
        ("note_change", {"incident": "IN10482301", "status": "INPROG"}, "NOSSA", "NOSSA melaporkan perubahan"),
        ("update_due", {}, "SYSTEM", "belum dibaca: sistem"),
        ("want_attention", {"why": "Surel tidak sampai."}, "SYSTEM", "belum dibaca: sistem"),
        ("note_third_party", {"mail": None}, "UNIT", "unit sudah menjawab"),
        ("attach_reply", {"mail": True}, "CUSTOMER", AGAIN),
    ],
)
def test_the_list_says_whose_news_it_is(rini: User, step: str, inputs: dict[str, Any], whose: str, words: str) -> None:
    case = watched(rini)
    EmailCase.objects.filter(pk=case.pk).update(answered_at=timezone.now(), unread_by="")
    if inputs.get("mail"):
        inputs = {"mail": factories.inbound("Masih mati.")}
    case = perform(case, step, actor=SYSTEM, **inputs)
    row = listed(rini, case)
    assert words in row
    assert ("belum dibaca" in row) == (whose != "CUSTOMER")
    head = signed_in(rini).get(reverse("cases:part", args=[case.pk, "head"])).content.decode()
    assert CAUSES[whose] in words_of_page(head)
    assert (AGAIN in row) == (whose == "CUSTOMER")
    assert ("pelanggan membalas" in row) == (whose == "CUSTOMER")
    shown = client_of(rini).get("/api/cases/", {"owner": "me"}).json()["results"][0]
    assert (shown["unread"], shown["unread_by"]) == (True, whose)
    case = perform(case, "send_update", actor=rini, data={"message": "Sedang diperbaiki."})
    assert (case.unread, case.unread_by) == (False, "")


@pytest.mark.usefixtures("simulators")
def test_what_nossa_changed_is_told_with_its_worklog_and_whose(rini: User) -> None:
    store_incident(plain(nossa().incident(NUMBER)))
    case, before = watched(rini), Incident.objects.get(number=NUMBER).status
    EmailCase.objects.filter(pk=case.pk).update(unread_by="")
    feed.read_feed()
    control._ask("nossa", "POST", f"nossa/{NUMBER}/advance", {"status": "INPROG", "worklog": "Kabel disambung ulang"})
    feed.read_feed()
    case = EmailCase.objects.get(pk=case.pk)
    assert case.unread_by == "NOSSA"
    told = signed_in(rini).get(reverse("cases:part", args=[case.pk, "timeline"])).content.decode()
    assert f"{before} → INPROG" in words_of_page(told)
    assert "Kabel disambung ulang" in told
    assert case.last_event().data["worklog_by"] in told


def test_the_customers_words_stay_on_top(rini: User) -> None:
    case = watched(rini)
    perform(case, "note_change", actor=SYSTEM, incident="IN10482301", status="INPROG")
    perform(case, "attach_reply", actor=SYSTEM, mail=factories.inbound("Masih mati."))
    case = perform(case, "note_change", actor=SYSTEM, incident="IN10482301", status="BACKEND")
    assert case.unread_by == "CUSTOMER"


def test_a_case_with_unread_news_does_not_close_by_itself(rini: User) -> None:
    case = factories.put(factories.opened(), State.NEED_REFERENCE, owner=rini)
    perform(case, "write", actor=rini, data={"message": "Mohon nomornya."})
    perform(case, "want_attention", actor=SYSTEM, why="Surel tidak sampai.")
    close = Timer.objects.get(case_id=case.pk, name="reference_close", state="RUNNING")
    fire_due(now=close.due_at)
    close.refresh_from_db()
    assert (close.state, close.note) == ("FIRED", "Masih ada yang baru dan belum dibaca.")
    case = perform(case, "write", actor=rini, data={"message": "Apakah sudah sampai?"})
    assert case.state == State.NEED_REFERENCE
    again = Timer.objects.get(case_id=case.pk, name="reference_close", state="RUNNING")
    fire_due(now=again.due_at)
    assert EmailCase.objects.get(pk=case.pk).state == State.CLOSED


def test_a_mail_that_is_merged_in_stops_the_wait_for_the_customer(rini: User) -> None:
    waits = factories.put(factories.opened(), State.NEED_REFERENCE, owner=rini)
    perform(waits, "write", actor=rini, data={"message": "Mohon nomornya."})
    other = perform(factories.opened(), "take", actor=rini)
    perform(other, "merge", actor=rini, data={"into": waits.number, "reason": "Perkara yang sama."})
    waits = EmailCase.objects.get(pk=waits.pk)
    assert (waits.state, waits.unread_by) == (State.NEED_REFERENCE, "CUSTOMER")
    assert not Timer.objects.filter(case_id=waits.pk, name__startswith="reference", state="RUNNING").exists()


def test_signatures_and_quotes_are_shown_as_hints(rini: User) -> None:
    found = {"product_ids": ["4700112-0045127790", "131055507781"], "incidents": [], "phones": []}
    case = factories.opened(extracted={**found, "own": ["131055507781"]})
    assert (case.known_product_ids(), case.hints()) == (["131055507781"], ["4700112-0045127790"])
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "Di tanda tangan atau kutipan" in page
    only_hints = factories.opened(extracted={**found, "own": []})
    assert (only_hints.known_product_ids(), only_hints.suggested_product_ids()) == ([], found["product_ids"])


def test_the_decision_stays_in_the_head_beside_what_came_after_it(rini: User, bowo: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    perform(case, "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "Mohon arahan."})
    perform(Escalation.objects.get(), "approve", actor=bowo, data={})
    decided, news = "Disetujui · Bowo", "belum dibaca: rekan"

    def head() -> tuple[bool, bool]:
        page = signed_in(rini).get(reverse("cases:part", args=[case.pk, "head"])).content.decode()
        return decided in page, news in page

    assert head() == (True, False), "it is the news"
    case = EmailCase.objects.get(pk=case.pk)
    for who in (bowo, rini):
        perform(case, "note", actor=who, data={"text": "Sudah saya telepon."})
        assert head() == (True, True)
    perform(case, "write", actor=rini, data={"message": "Kami lanjutkan."})
    assert head() == (False, False)
