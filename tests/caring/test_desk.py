"""The desk of prospects: hidden amounts, scripts, why this one, proof of refused calls (P-01 5.2; requirements 8.1)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from caring import scoring
from caring.models import CaringResult, Promise, Prospect
from caring.prospects import page, queue, scripts
from caring.prospects.desk import ProspectDesk
from caring.prospects.forms import AgreeForm
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.contact import zones
from tenesa.contact.models import ContactAttempt, DialRefusal
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tests import factories
from tests.caring import desk
from tests.segmentation import entries

AMOUNTS = ("987.654", "987654")


def owing(**changes: Any) -> Prospect:
    month = desk.this_month()
    bills = {f"{month:%Y-%m}": 987_654}
    return desk.prospect(bills=bills, total=987_654, **changes)


def rest(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def everything(user: User, one: Prospect) -> str:
    """Every page and answer on which an agent sees a prospect."""
    client, api = Client(), rest(user)
    client.force_login(user)
    case, listed = one.get_absolute_url(), reverse("prospects:list")
    seen: list[Any] = [client.get(address) for address in (case, f"{listed}?view=mine", f"{listed}?q={one.fastel}")]
    parts = ("head", "facts", "above", "procedure", "timeline")
    seen += [client.get(reverse("prospects:part", args=[one.pk, part])) for part in parts]
    seen += [client.get(reverse("caring-script", args=[one.pk, name])) for name in scripts.NAMES]
    seen += [client.get(f"{reverse('search')}?q={one.fastel}")]
    address = f"/api/prospects/{one.pk}/"
    seen += [api.get(where) for where in (address, f"{address}steps/", "/api/prospects/?owner=me")]
    assert [answer.status_code for answer in seen] == [200] * len(seen)
    return "".join(answer.content.decode() for answer in seen)


def test_a_hidden_third_party_hears_and_sees_no_amount(citra: User, novita: User) -> None:
    desk.publish_scripts(novita)
    earlier = desk.agreed(citra, owing(ncli="77"))
    again = perform(earlier.prospect, "call_again", actor=SYSTEM, result=earlier, agent=citra)
    one = desk.in_call(citra, again, payer=False)
    shown = everything(citra, one)
    assert [amount for amount in AMOUNTS if amount in shown] == []
    assert not {"agree", "decline", "follow_up"} & _allowed(citra, one)
    assert {"confirm_payer", "miss"} <= _allowed(citra, one)
    for step in ("agree", "decline", "follow_up"):
        refused = rest(citra).post(f"/api/prospects/{one.pk}/steps/{step}/", {}, format="json")
        assert (refused.status_code, [a for a in AMOUNTS if a in refused.content.decode()]) == (409, [])
    one = perform(one, "confirm_payer", actor=citra, data={})
    asked = AgreeForm(case=desk.again(one), actor=citra)
    assert asked["amount_told"].value() == f"{one.owed.total:,}".replace(",", ".")  # as people write it
    assert one.receiver == one.name
    assert one.relation
    shown = everything(citra, one)
    assert all(amount in shown for amount in AMOUNTS)
    assert page.values_of(one, citra)["bulan"] == _said(sorted(one.bills))


def _said(months: list[str]) -> str:
    """ "2026-09", "2026-10" → "September 2026 dan Oktober 2026", as a person says it."""
    names = {"09": "September", "10": "Oktober", "11": "November"}
    said = [f"{names[month[5:]]} {month[:4]}" for month in months]
    return " dan ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _allowed(user: User, one: Prospect) -> set[str]:
    return {offer["step"] for offer in rest(user).get(f"/api/prospects/{one.pk}/steps/").json() if offer["allowed"]}


# --- scripts ---------------------------------------------------------------------------------------------------------
def test_decline_waits_for_the_script_of_its_reason(citra: User, novita: User) -> None:
    desk.publish_scripts(novita)
    one, told = desk.in_call(citra), {"reason": "EXPENSIVE", "script_read": "on"}
    with pytest.raises(InvalidInput, match="script_read"):
        perform(one, "decline", actor=citra, data=told)
    answer = rest(citra).get(f"/api/prospects/{one.pk}/scripts/reasons/")
    assert answer.json()["title"] == "Caring: menanggapi alasan"
    assert perform(one, "decline", actor=citra, data=told).state == "DONE_DECLINE"


@pytest.mark.parametrize(("reason", "note", "state"), [
    ("COMPLAINT", "Marah.", ""),
    ("COMPLAINT", "Pelanggan marah karena ditelepon tiga kali pekan ini, minta bicara dengan atasan.", "DONE_DECLINE"),
    ("DECEASED", "Kata anaknya.", "EXCLUDED"),
    ("TERMINATES", "Pindah kota.", "DONE_DECLINE"),
])  # fmt: skip
def test_reasons_that_ask_for_more(citra: User, reason: str, note: str, state: str) -> None:
    one = desk.in_call(citra)
    if not state:
        with pytest.raises(InvalidInput):
            perform(one, "decline", actor=citra, data={"reason": reason, "note": note})
        assert not CaringResult.objects.exists()
        return
    assert perform(one, "decline", actor=citra, data={"reason": reason, "note": note}).state == state
    awaits = "COMPLAINT" if reason == "COMPLAINT" else ""
    assert CaringResult.objects.get().awaits == awaits


def test_placeholders_are_filled_and_cannot_write_markup() -> None:
    text = page.filled("Bapak *(nama)*, *(jumlah)*, *(lain)*", {"nama": "A*b <i>"})
    assert text == r"Bapak **A\*b \<i\>**, *(jumlah)*, *(lain)*"


# --- why this one ----------------------------------------------------------------------------------------------------
def test_the_score_follows_what_happens(citra: User) -> None:
    first, other = desk.prospect(ncli="88", at=None), desk.prospect(ncli="88", at=None, period=_next_month())
    scoring.refresh()
    before = desk.again(other).score
    one = desk.in_call(citra, _callable(first))
    perform(one, "miss", actor=citra, data={"reason": "BUSY"})
    assert desk.again(other).score_facts["attempts"] == 1
    assert desk.again(other).score == before - 40


def test_a_broken_promise_comes_first(citra: User) -> None:
    result = desk.agreed(citra, desk.prospect(ncli="99"))
    other = desk.prospect(ncli="99", period=_next_month())
    Promise.objects.update(state=Promise.State.OPEN)
    perform(result, "judge_promise", actor=SYSTEM, verdict="BROKEN", paid=0)
    assert desk.again(other).score_facts["broken_promise"] is True


def test_the_page_says_why_this_one(citra: User) -> None:
    one = desk.in_call(citra)
    scoring.refresh([one.pk])
    client = Client()
    client.force_login(citra)
    shown = client.get(one.get_absolute_url()).content.decode()
    assert "(+300)" in shown


# --- contact rules ---------------------------------------------------------------------------------------------------
def test_a_refused_claim_and_a_refused_dial_are_kept_with_their_proof(citra: User) -> None:
    one = _dialled_out(desk.prospect(), citra)
    assert queue.pick_next(citra) is None
    with pytest.raises(NotNow):
        perform(one, "pick", actor=citra)
    Prospect.objects.filter(pk=one.pk).update(state="PICKED", owner=citra, ready=False, bills_read_at=timezone.now())
    with pytest.raises(NotNow):
        perform(one, "start_dial", actor=citra)
    kept = list(DialRefusal.objects.order_by("at"))
    assert {(one.desk_id, one.area_id) for one in kept} == {("CARING", None)}
    assert {(refusal.case_id, refusal.agent, refusal.number) for refusal in kept} == {(one.pk, citra, one.phones[0])}
    assert len(kept) >= 2
    assert all(refusal.proof["to_person"] >= 2 and refusal.why for refusal in kept)
    client = Client()
    client.force_login(citra)
    assert str(kept[-1].get_why_display()) in client.get(one.get_absolute_url()).content.decode()


def _dialled_out(one: Prospect, agent: User) -> Prospect:
    for hours in (3, 6, 9):
        ContactAttempt.objects.create(
            person=f"customer:{one.ncli}", number=one.phones[0], purpose="caring", procedure="caring.prospect",
            case_id=one.pk, agent=agent, result="BUSY", at=timezone.now() - timedelta(hours=hours),
        )  # fmt: skip
    return one


def _callable(one: Prospect) -> Prospect:
    Prospect.objects.filter(pk=one.pk).update(at=timezone.now() - timedelta(minutes=1))
    found: Prospect = desk.again(one)
    return found


def _next_month() -> Any:
    return (desk.this_month() + timedelta(days=32)).replace(day=1)


# --- numbers ---------------------------------------------------------------------------------------------------------
def test_another_number_of_the_list_or_a_new_one_that_is_said_to_be_new(citra: User) -> None:
    one = perform(desk.prospect(phones=["081210000001", "081210000002"]), "pick", actor=citra)
    one = perform(one, "choose_number", actor=citra, data={"number": "0812-1000-0002"})
    assert one.number_called == "081210000002"
    with pytest.raises(InvalidInput):
        perform(one, "choose_number", actor=citra, data={"number": "081210000003"})
    one = perform(one, "choose_number", actor=citra, data={"number": "081210000003", "told": "on"})
    assert (one.phones[0], one.number_called) == ("081210000003", "081210000003")
    assert [told["number"] for told in one.phones_told] == ["081210000003"]


# --- the customer ----------------------------------------------------------------------------------------------------
def test_a_special_customer_is_marked_on_the_prospect(citra: User, novita: User) -> None:
    known = entries.customer("40000077")
    entry = entries.approved(factories.person("pengusul", Role.AGENT_147), factories.person("ratna", Role.MANAGER),
                             customer=known.reference)  # fmt: skip
    assert entry.state == "ACTIVE"
    one, other = desk.prospect(ncli=known.reference), desk.prospect()
    client = Client()
    client.force_login(citra)
    heads = [client.get(reverse("prospects:part", args=[of.pk, "head"])).content.decode() for of in (one, other)]
    assert [re.search(r'class="chip" href="[^"]*"', head) is not None for head in heads] == [True, False]


def test_an_agreed_time_is_the_customers_own_and_shown_with_ours_beside(citra: User) -> None:
    one = desk.in_call(citra, desk.prospect(zone="WIT", witel="PAPUA"))
    there = (timezone.now() + timedelta(days=1)).astimezone(zones.ZONES["WIT"]).replace(second=0, microsecond=0)
    told = {"reason": "CALL_BACK", "call_at": f"{there:%Y-%m-%dT%H:%M}", "mine": "on", "note": ""}
    one = perform(one, "follow_up", actor=citra, data=told)
    assert one.at == there
    assert any("WIT" in str(fact.value) and "WIB" in str(fact.value) for fact in ProspectDesk().facts(one, citra))
