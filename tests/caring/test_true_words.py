"""What the pages say is so now, or says from when it is (P-01 6.8; requirements 8.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from caring.dapros import quotas
from caring.models import CaringResult, Prospect
from caring.prospects.desk import ProspectDesk
from caring.prospects.states import State
from tenesa.accounts.models import Presence, Team, User
from tenesa.accounts.roles import Role
from tenesa.rupiah import in_rupiah
from tenesa.systems import control
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tests import factories
from tests.caring import desk
from tests.caring.test_with_systems import fastel
from tests.contact.test_list import called
from tests.journeys.desk import Outside
from tests.segmentation import entries
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of, words_of_page

pytestmark = pytest.mark.django_db


def words(user: User, case: CaringResult | Prospect) -> str:
    """Of the pane of the case and its procedure."""
    page = text_of(signed_in(user).get(case.get_absolute_url()))
    return " ".join(words_of_page(page[page.index('id="open"') : page.index("</main>")]).split())


# --- I-payment about a promise ----------------------------------------------------------------------------------------
def asked(leader: User, result: CaringResult) -> str:
    """What its page says once I-payment was asked."""
    result = perform(desk.again(result), "ask_payments", actor=leader)
    assert "I-payment sedang ditanya" in words(leader, result)
    desk.deliver(result)
    return words(leader, result)


def test_the_page_says_what_i_payment_found_of_a_promise(systems: Outside, citra: User, novita: User) -> None:
    """Also of one that QC has not confirmed yet, of which no step follows."""
    one = desk.prospect(fastel=fastel(1))
    result = desk.agreed(citra, one)
    assert "I-payment tentang janji bayar" not in words(novita, result)
    today = timezone.localdate()
    assert "Belum ada pembayaran sejak panggilan" in asked(novita, result)
    control.pay(one.fastel, amount=100_000, value_date=today.isoformat())
    said = asked(novita, result)
    promised = in_rupiah(result.promised_amount or 0)
    day = date_format(today, "j M Y")
    paid = f"{in_rupiah(100_000)} dari {promised} sudah dibayar sejak panggilan, terakhir {day}."
    assert " ".join(paid.split()) in said
    systems.fault("epayment", "payments", "http_500")
    assert "I-payment belum menjawab sejak" in asked(novita, result)
    ExternalCall.objects.filter(operation="payments", status="WAITING").update(status="DEAD")
    assert "I-payment tidak menjawab pertanyaan" in words(novita, result)


# --- isolated ---------------------------------------------------------------------------------------------------------
def test_who_has_paid_is_as_the_newest_reading_says(systems: Outside, citra: User) -> None:
    one = perform(desk.prospect(fastel=fastel(0), isolated=True), "pick", actor=citra)
    desk.deliver(one)
    one = desk.again(one)
    assert (one.state, one.isolated) == (State.PAID, False)
    assert [str(chip.text) for chip in ProspectDesk().chips(one)] == ["PRANPC"]
    assert "Tidak terisolir" in words(citra, one), "the reading itself"


def test_an_older_reading_of_the_line_says_from_when_it_is(citra: User, novita: User) -> None:
    one = desk.prospect(isolated=True)
    assert "terisolir menurut data terakhir" in words(novita, one)
    Prospect.objects.filter(pk=one.pk).update(bills_read_at=timezone.now() - timedelta(hours=3))
    assert "terisolir per" in words(novita, one)
    Prospect.objects.filter(pk=one.pk).update(bills_read_at=timezone.now())
    said = words(novita, one)
    assert ("terisolir" in said, "terisolir per" in said, "data terakhir" in said) == (True, False, False)


# --- quotas -----------------------------------------------------------------------------------------------------------
def test_a_quota_without_effect_says_so_and_why(citra: User, novita: User) -> None:
    team = Team.objects.get(memberships__user=citra)
    page = lambda: words_of_page(text_of(signed_in(novita).get(reverse("caring-quotas"))))  # noqa: E731
    quotas.give(novita, team, 3)
    assert "Tidak berpengaruh: tidak ada prospek bebas yang cocok." in page()
    desk.prospect()
    quotas.give(novita, team, 3)
    assert "2 lebih banyak dari yang bebas." in page()
    Presence.objects.filter(user=citra).update(state="OFFLINE")
    assert page().count("Belum berpengaruh: tidak ada anggota tim ini yang bertugas.") == 2  # of the team, and the gift
    Prospect.objects.update(ready=False)
    assert "Tidak berpengaruh lagi: tidak ada sisa yang dapat diambil." in page()


# --- numbers ----------------------------------------------------------------------------------------------------------
NUMBER = "081200001187"


def test_attempts_of_a_customer_show_the_number_as_the_page_of_their_case(citra: User, novita: User) -> None:
    known = entries.customer("40000077")
    one = desk.prospect(ncli=known.reference, phones=[NUMBER])
    called(citra, number=NUMBER, person=f"customer:{known.reference}", procedure="caring.prospect", case_id=one.pk)
    elsewhere = desk.opened()
    called(citra, 1, number="081200009999", person=f"customer:{known.reference}", procedure="caring.prospect",
           case_id=elsewhere.pk)  # fmt: skip
    stranger = factories.person("asing", Role.TEAM_LEADER, desk_code="TDSCC")
    for user, shown in ((citra, True), (novita, True), (stranger, False)):
        page = text_of(signed_in(user).get(known.get_absolute_url()))
        assert (NUMBER in page) is shown, user
        assert "081200009999" not in page, "of a case that they may not see"
    case = text_of(signed_in(citra).get(one.get_absolute_url()))
    assert "0812••••••87" not in case.split('id="attempts-title"')[1]
