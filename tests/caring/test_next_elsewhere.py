"""Where the next step is on another page, the page says so and leads there (P-01 8 langkah 4)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from caring.models import CaringResult
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.caring.test_faults import recalled
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

pytestmark = pytest.mark.django_db


def ways(user: User, case: object) -> dict[str, str]:
    """Addresses of the links in the rail, with the key that opens each."""
    page = signed_in(user).get(case.get_absolute_url()).content.decode()  # type: ignore[attr-defined]
    rail = page[page.index('id="procedure"') :]
    return dict(re.findall(r'<a class="link num" href="([^"]+)"(?: data-key="(\w)")?', rail))


def test_a_recall_leads_to_its_prospect_and_the_prospect_back(citra: User, laras: User, novita: User) -> None:
    result, one = recalled(citra, laras, novita)
    for user in (citra, novita):
        assert ways(user, result)[one.get_absolute_url()] == "0"
    page = text_of(signed_in(citra).get(result.get_absolute_url()))
    assert "Pelanggan ditelepon ulang dari halaman prospeknya" in page
    assert "Tidak ada yang perlu dilakukan sekarang" not in page
    assert result.get_absolute_url() in ways(citra, one)
    assert "Dikembalikan QC: Pastikan pelanggan bersedia." in text_of(signed_in(citra).get(one.get_absolute_url()))
    palette = signed_in(citra).get(reverse("palette"), {"q": one.number, "case": f"caring.caringresult:{result.pk}"})
    assert one.get_absolute_url() in palette.content.decode()


def test_it_leads_nowhere_once_the_customer_was_called_again(citra: User, laras: User, novita: User) -> None:
    result, one = recalled(citra, laras, novita)
    desk.agreed(citra, one)
    assert "0" not in ways(citra, desk.again(result)).values()


def test_what_the_leader_did_not_agree_to_is_not_said_to_be_from_qc(citra: User, novita: User) -> None:
    one = desk.in_call(citra)
    note = "Pelanggan marah karena ditelepon tiga kali pekan ini, minta bicara dengan atasan."
    perform(one, "decline", actor=citra, data={"reason": "COMPLAINT", "note": note})
    result = CaringResult.objects.get()
    boss = desk.person("hendra", Role.SUPERVISOR)
    perform(result, "refuse", actor=boss, data={"reason": "Tanyakan kronologinya."})
    page = text_of(signed_in(citra).get(one.get_absolute_url()))
    assert "Tidak disetujui pimpinan: Tanyakan kronologinya." in page
    assert "Dikembalikan QC" not in page
