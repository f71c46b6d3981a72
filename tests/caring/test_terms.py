"""What is agreed to stands beside the form and in the words that are read out (P-01 5.2, 8 langkah 2)."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from caring.models import Prospect
from caring.offers import catalogue
from caring.offers.models import Offer, OfferVersion
from caring.prospects.forms import AgreeForm
from tenesa.accounts.models import User
from tenesa.rupiah import in_rupiah
from tests.caring import desk
from tests.platform.test_api import client as rest
from tests.ui.test_frame import signed_in

pytestmark = pytest.mark.django_db
DAY = timezone.localdate() + timedelta(days=3)


def asked(agent: User, one: Prospect, page: str, offer: str, *more: Any) -> str:
    where = reverse(page, args=[one.pk, *more])
    answer = signed_in(agent).get(where, {"offer": offer, "promised_on": f"{DAY:%Y-%m-%d}"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def version(kind: str) -> OfferVersion:
    found = OfferVersion.objects.filter(kind=kind, approved_at__isnull=False).order_by("pk").last()
    assert found is not None
    return found


def test_the_form_brings_the_terms_beside_the_bills(citra: User) -> None:
    one = desk.in_call(citra)
    where = reverse("caring-terms", args=[one.pk])
    assert AgreeForm(case=one, actor=citra).fields["offer"].widget.attrs["hx-get"] == where
    assert f'id="terms-{one.pk}"' in signed_in(citra).get(one.get_absolute_url()).content.decode()
    assert "Keringanan: Rp" in asked(citra, one, "caring-terms", version("DISCOUNT").offer_id)


def test_the_terms_follow_the_offer(citra: User) -> None:
    one = desk.in_call(citra)
    told = asked(citra, one, "caring-terms", version("SPLIT").offer_id)
    lines = catalogue.lines_of(one, version("SPLIT").offer_id, DAY)
    assert [f"{in_rupiah(amount)} ({date_format(due, 'j M Y')})" in told for due, amount in lines] == [True] * 2


def test_a_relief_above_the_limit_says_who_has_to_agree(citra: User) -> None:
    limited = OfferVersion.objects.filter(limit__isnull=False, kind="DISCOUNT").order_by("pk").last()
    assert limited is not None
    month, much = f"{desk.this_month():%Y-%m}", 90_000_000
    one = desk.in_call(citra, desk.prospect(bills={month: much}, total=much))
    assert "team leader" in asked(citra, one, "caring-terms", limited.offer_id)
    few = desk.in_call(citra)
    assert "team leader" not in asked(citra, few, "caring-terms", version("FULL").offer_id)


@pytest.mark.parametrize("offer", ["", "NONE"])
def test_no_offer_has_no_terms(citra: User, offer: str) -> None:
    assert asked(citra, desk.in_call(citra), "caring-terms", offer) == ""


def test_nothing_is_told_before_the_payer_is_confirmed(citra: User) -> None:
    one = desk.in_call(citra, payer=False)
    assert asked(citra, one, "caring-terms", "FULL") == ""


def test_the_payer_reads_back_what_was_agreed(citra: User, novita: User) -> None:
    desk.publish_scripts(novita)
    one = desk.in_call(citra)
    Prospect.objects.filter(pk=one.pk).update(receiver="Ratna Dewi")
    read = asked(citra, one, "caring-script", version("SPLIT").offer_id, "closing")
    assert "Ratna Dewi" in read
    assert citra.get_full_name() not in read
    lines = catalogue.lines_of(one, version("SPLIT").offer_id, DAY)
    assert catalogue.lines_in_words(lines) in unescape(read)
    assert Offer.objects.get(pk=version("SPLIT").offer_id).name in read
    for open_ in ("(tanggal)", "(penawaran)", "(janji)", "(tagihan terakhir)", "(nama"):
        assert open_ not in read


def test_a_case_that_has_ended_shows_no_deadline_by_rest(citra: User) -> None:
    result = desk.agreed(citra)
    assert rest(citra).get(f"/api/prospects/{result.prospect_id}/").json()["urgent_at"] is None
    assert rest(citra).get(f"/api/results/{result.pk}/").json()["urgent_at"] is not None
