"""What whoever decides sees of a result that waits for an agreement (P-01 5.3; requirements 8.1)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from caring import board
from caring.models import CaringResult
from caring.offers import catalogue
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.rupiah import in_rupiah
from tenesa.workflow.perform import perform
from tests.caring import desk

pytestmark = pytest.mark.django_db
CHRONOLOGY = "Pelanggan marah karena ditelepon tiga kali pekan ini, minta bicara dengan atasan."


def read(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    return client.get(address).content.decode()


def complaint(citra: User) -> CaringResult:
    perform(desk.in_call(citra), "decline", actor=citra, data={"reason": "COMPLAINT", "note": CHRONOLOGY})
    return CaringResult.objects.latest("pk")


def test_the_leader_reads_what_an_offer_gives_up_and_its_limit(client: Client, citra: User, novita: User) -> None:
    result = desk.agreed(citra, offer="DISC10")
    relief, limit = catalogue.above_limit(result) or (0, 0)
    assert (relief, limit) == (result.arrears // 10, 0)
    shown = read(client, novita, result.get_absolute_url())
    assert f"“Diskon 10 %” memberi keringanan {in_rupiah(relief)}; batas agen {in_rupiah(0)}." in shown
    assert "team leader: penawaran di atas batas" in shown
    assert "penawaran di atas batas" in read(client, novita, "/results/?view=leader")


def test_within_its_limit_nothing_is_above_it(citra: User) -> None:
    assert catalogue.above_limit(desk.agreed(citra)) is None


def test_a_hard_complaint_waits_for_the_supervisor_alone(client: Client, citra: User, novita: User) -> None:
    result, hendra = complaint(citra), desk.person("hendra", Role.SUPERVISOR)
    for who, waits in ((novita, 0), (hendra, 1)):
        lines = board._to_do(who, timezone.now()).obj["lines"]
        assert [line.count for line in lines if str(line.label) == "Draf menunggu keputusan Anda"] == [waits]
        assert (result.number in read(client, who, "/results/?view=leader")) is bool(waits)
    assert "supervisor: hard complaint" in read(client, novita, result.get_absolute_url())


def test_rest_reads_the_offer_and_what_was_promised(citra: User, novita: User) -> None:
    result, client = desk.agreed(citra, offer="SPLIT2"), APIClient()
    client.force_authenticate(novita)
    read = client.get(f"/api/results/{result.pk}/").json()
    assert (read["offer"], read["promised_amount"]) == ("SPLIT2", result.promised_amount)
    promise = client.get(f"/api/results/{result.pk}/promise/").json()
    assert promise["lines"][0]["due"] == str(result.promised_on)
    assert sum(line["amount"] for line in promise["lines"]) == result.promised_amount
    one = desk.in_call(citra, payer=True)
    perform(one, "decline", actor=citra, data={"reason": "FAULT", "note": "Internet sering putus."})
    other = CaringResult.objects.latest("pk")
    assert client.get(f"/api/results/{other.pk}/promise/").status_code == 404
