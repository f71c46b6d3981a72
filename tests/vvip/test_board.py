"""The 147 desk on the leader's board: what it counts, for whom, and what it says in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tenesa.accounts.models import User
from tenesa.escalation.models import Escalation
from tenesa.ui.board import Card, cards_of
from tenesa.ui.templatetags.ui import clock
from tenesa.workflow.perform import perform
from tests.journeys.desk import Outside
from tests.vvip import audits, desk
from vvip.models import Callback, SpecialCase

pytestmark = pytest.mark.usefixtures("all_hours")


def cards(user: User) -> dict[str, Card]:
    with override("en"):
        return {card.key: card for card in cards_of(user)}


def lines(card: Card) -> dict[str, tuple[int, str]]:
    return {str(line.label): (line.count, str(line.alarm)) for line in card.obj["lines"]}


def test_it_tells_where_the_calls_are(systems: Outside, sari: User, lina: User) -> None:
    desk.customer()
    desk.recorded(sari)
    audits.solved(sari, 2)
    call = perform(desk.checked(sari), "analyse", actor=sari, data={"analysis": "Kabel putus."})
    perform(call, "ask_for_backend", actor=sari, data={"reason": "Mohon perbaikan."})
    card = cards(lina)["calls147"]
    told = {label: count for label, (count, _alarm) in lines(card).items() if count}
    assert told == {"Being handled at the desk": 1, "Waits for a decision": 1}
    assert card.signal == "risk"
    SpecialCase.objects.filter(pk=call.pk).update(urgent_for="handle", urgent_at=timezone.now() - timedelta(minutes=22))
    card = cards(lina)["calls147"]
    assert lines(card)["Waits for a decision"][1].startswith("1 late, for 22")
    assert card.signal == "breach"


def test_it_counts_the_queue_by_tier_and_age(systems: Outside, sari: User, tio: User, lina: User) -> None:
    desk.way_out()
    desk.listed("PUBLIC_FIGURE")
    callback = desk.queued(sari)
    past = timezone.now() - timedelta(minutes=20)
    Callback.objects.filter(pk=callback.pk).update(waits_from=past, due_at=past + timedelta(minutes=15))
    card = cards(lina)["callbacks147"]
    assert card.obj["segments"] == [("1", "VVIP")]
    assert [band.total for band in card.obj["bands"]] == [0, 1, 0, 0, 0, 0]
    late, alarm = lines(card)["Not taken in time"]
    assert (late, alarm[:17]) == (1, "1 late, for 5 m"[:17])
    assert card.signal == "breach"
    client = Client()
    client.force_login(lina)
    page = client.get(reverse("board")).content.decode()
    assert "view=queue&amp;tier=1" in page
    assert client.get(reverse("callbacks:list"), {"view": "queue", "tier": "1"}).status_code == 200


def test_it_names_the_owner_of_a_super_emergency_and_when_news_are_due(
    systems: Outside, sari: User, tio: User, lina: User
) -> None:
    desk.way_out()
    desk.listed("PUBLIC_FIGURE")
    callback = desk.reached(tio, desk.queued(sari))
    perform(callback, "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "Mohon prioritas."})
    desk.deliver()
    perform(callback, "ask_for_emergency", actor=tio, data={"reason": "Belum pulih."})
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": "Setuju."})
    card = cards(lina)["emergencies"]
    assert (card.count, card.signal, card.obj["alarm"]) == (1, "risk", "")
    client = Client()
    client.force_login(lina)
    page = client.get(reverse("board")).content.decode()
    assert "Tio" in page.split('id="card-emergencies"')[1].split("</section>")[0]
    SpecialCase.objects.filter(pk=callback.call_id).update(news_due=timezone.now() - timedelta(minutes=1))
    card = cards(lina)["emergencies"]
    assert (card.signal, card.obj["alarm"]) == ("breach", "1 customer waits for news")


def test_a_closed_super_emergency_says_until_when_it_runs_and_each_fact_once(
    systems: Outside, sari: User, tio: User, lina: User
) -> None:
    call = desk.emergency(sari, tio, lina)
    client = Client()
    client.force_login(lina)
    head = client.get(reverse("calls:part", args=[call.pk, "head"])).content.decode()
    chips = [
        " ".join(re.sub("<[^>]+>", "", one).split()) for one in re.findall(r'class="chip.*?</(?:a|span)>', head, re.S)
    ]
    for words in ("VVIP", "Super emergency"):
        assert len([one for one in chips if words in one]) == 1, chips
    SpecialCase.objects.filter(pk=call.pk).update(
        state="CLOSED", urgent_for="super_end", urgent_at=timezone.now() + timedelta(days=30)
    )
    until = clock(desk.again(call).urgent_at)
    listed = client.get(reverse("calls:list"), {"view": "emergency", "part": "rows"}).content.decode()
    card = client.get(reverse("board")).content.decode().split('id="card-emergencies"')[1].split("</section>")[0]
    assert f"sampai {until}" in listed
    assert f"sampai {until}" in card


def test_leaders_of_other_desks_have_no_such_cards(systems: Outside, sari: User, bowo: User) -> None:
    assert not {"calls147", "callbacks147", "emergencies"} & set(cards(bowo))


def test_it_costs_the_same_whatever_there_is(systems: Outside, sari: User, lina: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as done:
            cards(User.objects.get(pk=lina.pk))
        return len(done)

    desk.customer()
    desk.recorded(sari)  # its deadline stands among those of the next minutes
    before = cost()
    for number in range(1, 6):
        audits.solved(sari, number)
    assert cost() == before
