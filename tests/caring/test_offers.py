"""The catalogue of offers: what each asks for, what is above its limit, and which version holds (8.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from caring import billing, seed
from caring.billing import Arrears, Due
from caring.offers import catalogue, publishing
from caring.offers.kinds import Kind, proposal
from caring.offers.models import OfferVersion
from caring.prospects.forms import DeclineForm, FollowUpForm
from tenesa.accounts.models import User
from tenesa.rupiah import in_rupiah
from tenesa.workflow.errors import NotNow
from tests.caring import desk

START = date(2026, 11, 10)
OWED = Arrears((Due(date(2026, 10, 1), 400_000, 40_000), Due(date(2026, 11, 1), 300_000, 0)))
DAY = timedelta(days=1)


@dataclass
class Terms:
    kind: str
    percent: int = 0
    paid: int = 0
    free: int = 0
    parts: int = 1
    days_between: int = 14


# --- what each asks for ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("terms", "lines", "relief"),
    [
        (Terms("FULL"), [(START, 740_000)], 0),
        (Terms("PREPAID", paid=5, free=1), [(START, 740_000 + 4 * 300_000 - 300_000)], 300_000),
        (Terms("PREPAID", paid=9, free=3), [(START, 740_000 + 10 * 300_000 - 900_000)], 900_000),
        (Terms("WAIVER"), [(START, 700_000)], 40_000),
        (Terms("DISCOUNT", percent=5), [(START, 705_000)], 35_000),
        (Terms("DISCOUNT", percent=10), [(START, 670_000)], 70_000),
        (Terms("SPLIT", parts=2), [(START, 370_000), (START + 14 * DAY, 370_000)], 0),
        (
            Terms("SPLIT", parts=3, days_between=7),
            [(START, 246_667), (START + 7 * DAY, 246_667), (START + 14 * DAY, 246_666)], 0,
        ),
        (Terms("PRO_RATA"), [(START, 440_000 + 99_990)], 200_010),  # 10 of 30 days
        (Terms("CHEAPER"), [(START, 740_000)], 0),
        (Terms("PICK_UP"), [(START, 740_000)], 0),
    ],
)  # fmt: skip
def test_each_offer_asks_for_its_lines(terms: Terms, lines: list[tuple[date, int]], relief: int) -> None:
    found = proposal(terms, OWED, START)
    assert (list(found.lines), found.relief) == (lines, relief)


def test_pro_rata_of_a_month_that_is_over_or_to_come() -> None:
    assert proposal(Terms("PRO_RATA"), OWED, date(2026, 12, 1)).relief == 0
    assert proposal(Terms("PRO_RATA"), OWED, date(2026, 11, 30)).relief == 0
    with pytest.raises(ValueError, match="nothing is owed"):
        proposal(Terms("FULL"), Arrears(), START)


TERMS = st.builds(
    Terms, st.sampled_from(Kind.values), st.integers(5, 10), st.integers(1, 12), st.integers(1, 6), st.integers(2, 6),
    st.integers(1, 30),
)  # fmt: skip
OWES = st.lists(st.integers(1, 2_000_000), min_size=1, max_size=4).map(
    lambda amounts: Arrears(
        tuple(Due(date(2026, month + 8, 1), amount, amount // 10) for month, amount in enumerate(amounts))
    )
)


@given(TERMS, OWES, st.dates(date(2026, 8, 1), date(2027, 1, 31)))
def test_promises_add_up(terms: Terms, owed: Arrears, start: date) -> None:
    found = proposal(terms, owed, start)
    amounts = [amount for _due, amount in found.lines]
    assert all(amount > 0 for amount in amounts)
    assert found.relief >= 0
    days = [due for due, _amount in found.lines]
    assert days[0] == start
    assert sorted(set(days)) == days
    if terms.kind not in {Kind.PREPAID, Kind.WAIVER}:
        assert owed.total - found.relief <= sum(amounts) <= max(1, owed.total - found.relief)
    elif terms.kind == Kind.WAIVER:
        assert (sum(amounts), found.relief) == (owed.amount, owed.fine)
    else:
        ahead = max(0, terms.paid + terms.free - len(owed.months)) * owed.months[-1].amount
        assert sum(amounts) + found.relief == owed.total + ahead


# --- which version holds ---------------------------------------------------------------------------------------------
def version(code: str = "DISC5", **changes: Any) -> OfferVersion:
    given = {
        "offer_id": code, "number": 2, "kind": "DISCOUNT", "percent": 6, "valid_from": timezone.localdate(),
        "approved_at": timezone.now(), **changes,
    }  # fmt: skip
    return OfferVersion.objects.create(**given)


@pytest.mark.django_db
def test_the_newest_approved_version_holds_within_its_days() -> None:
    today = timezone.localdate()
    assert [code for code, _name in catalogue.choices()] == [one[0] for one in seed.OFFERS]
    version(number=2, approved_at=None)
    version(number=3, valid_from=today + DAY)
    assert catalogue.version_of("DISC5") == 1
    version(number=4, valid_until=today)
    assert catalogue.version_of("DISC5") == 4
    assert [one.number for one in catalogue.holding(today + DAY) if one.offer_id == "DISC5"] == [3]
    version(number=5, channel="PLASA")
    assert "DISC5" not in dict(catalogue.choices())
    with pytest.raises(LookupError):
        catalogue.current("DISC5")


@pytest.mark.django_db
def test_above_its_limit_the_team_leader_agrees() -> None:
    small, large = desk.prospect(total=350_000), desk.prospect(total=2_000_000, bills={})
    codes = [code for code, _name in catalogue.choices() if code != "PRORATA"]  # that one goes by the day
    asked = {code: [catalogue.needs_approval(one, code) for one in (small, large)] for code in codes}
    assert asked == {
        "FULL": [False, False], "PDD6": [False, True], "PDD12": [False, True], "WAIVER": [False, False],
        "DISC5": [False, True], "DISC10": [True, True], "SPLIT2": [False, False],
        "CHEAPER": [False, False], "PICKUP": [False, False],
    }  # fmt: skip


@pytest.mark.django_db
def test_no_line_lies_after_the_offers_days_or_after_termination() -> None:
    today = timezone.localdate()
    one = desk.prospect()
    assert list(catalogue.problems(one, "FULL", today)) == []
    assert len(list(catalogue.problems(one, "FULL", today + 31 * DAY))) == 1
    assert len(list(catalogue.problems(one, "FULL", today - DAY))) == 1
    assert len(list(catalogue.problems(one, "GONE", today))) == 1
    assert sum(amount for _due, amount in catalogue.lines_of(one, "SPLIT2", today)) == one.owed.total
    version("FULL", kind="FULL", percent=0, longest_days=200)
    cut_off = billing.policy_at(today).terminates_on(one.oldest_month)
    assert list(catalogue.problems(one, "FULL", cut_off - DAY)) == []
    assert len(list(catalogue.problems(one, "FULL", cut_off))) == 1
    one.oldest_month = today.replace(year=today.year - 1, day=1)  # cut off long ago: what is owed may be promised still
    assert list(catalogue.problems(one, "FULL", today + 3 * DAY)) == []


# --- what the database refuses ---------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": 11}, {"percent": 4}, {"kind": "GIFT"}, {"channel": "FAX"}, {"number": 1}, {"number": 0},
        {"kind": "PREPAID"}, {"kind": "SPLIT"}, {"parts": 7}, {"days_between": 0},
        {"valid_until": date(2020, 1, 1)},
    ],
)  # fmt: skip
def test_the_database_refuses_a_senseless_version(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        version(**wrong)


@pytest.mark.django_db
def test_two_people_publish_a_version_and_nobody_changes_it(novita: User, citra: User) -> None:
    draft = version(by=novita, approved_at=None)
    row = OfferVersion.objects.filter(pk=draft.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(approved_by=novita, approved_at=timezone.now())
    with pytest.raises(InternalError), transaction.atomic():
        row.update(percent=10)
    assert row.update(approved_by=citra, approved_at=timezone.now()) == 1
    for change in (lambda: row.update(percent=10), lambda: row.update(approved_at=None), row.delete):
        with pytest.raises(InternalError), transaction.atomic():
            change()


# --- the leaders' page -----------------------------------------------------------------------------------------------
TERMS_GIVEN = {
    "offer": "DISC5", "kind": "DISCOUNT", "percent": "8", "paid": "0", "free": "0", "parts": "1", "days_between": "14",
    "limit": "25000", "longest_days": "20", "channel": "PHONE", "valid_from": f"{timezone.localdate()}", "note": "Uji",
}  # fmt: skip


def at(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_one_leader_writes_a_version_and_another_publishes_it(novita: User, hendra: User) -> None:
    page = reverse("caring-offers")
    assert at(novita).post(page, TERMS_GIVEN).status_code == 302
    draft = OfferVersion.objects.get(offer="DISC5", number=2)
    assert (draft.by, draft.limit, draft.approved_at, catalogue.version_of("DISC5")) == (novita, 25_000, None, 1)
    approve = reverse("caring-offer-approve", args=[draft.pk])
    assert approve not in at(novita).get(page).content.decode()
    assert at(novita).post(approve).status_code == 409
    assert catalogue.version_of("DISC5") == 1
    assert approve in at(hendra).get(page).content.decode()
    assert at(hendra).post(approve).status_code == 302
    assert (catalogue.version_of("DISC5"), catalogue.current("DISC5").approved_by) == (2, hendra)
    assert at(hendra).post(approve).status_code == 409


def test_the_page_of_offers_speaks_as_its_readers_do(novita: User) -> None:
    version(number=2, by=novita, approved_at=None, limit=1_250_000)
    page = at(novita).get(reverse("caring-offers")).content.decode()
    assert in_rupiah(1_250_000) in page
    assert "1250000" not in page
    assert "---------" not in page
    labels = dict(re.findall(r'<label for="[^"]*?(offer|note|valid_until)">(.*?)</label>', page, re.DOTALL))
    assert "Penawaran" in labels["offer"]
    assert ["opsional" in labels[name] for name in ("note", "valid_until")] == [False, True]
    assert 'class="list"' in page


@pytest.mark.parametrize(
    ("form", "field", "needing", "free"),
    [(FollowUpForm, "call_at", "PAYS_ON", "TOLD_PAID"), (DeclineForm, "note", "FAULT", "EXPENSIVE")],
)
def test_what_a_reason_needs_is_not_called_optional(form: Any, field: str, needing: str, free: str) -> None:
    needed = form.needed_when[field]
    assert needed.names == ("reason",)
    assert needing in needed.values
    assert free not in needed.values


def test_an_older_draft_is_not_published_over_a_later_version(novita: User, hendra: User) -> None:
    older, newer = version(number=2, by=novita, approved_at=None), version(number=3, by=novita, approved_at=None)
    publishing.approve(newer, hendra)
    with pytest.raises(NotNow):
        publishing.approve(older, hendra)


@pytest.mark.parametrize(
    "wrong",
    [{"percent": "11"}, {"kind": "PREPAID"}, {"kind": "SPLIT"}, {"note": ""}, {"offer": "GONE"}, {"valid_from": "x"},
     {"valid_until": "2020-01-01"}, {"limit": "-1"}],
)  # fmt: skip
def test_senseless_terms_are_refused_in_words(novita: User, wrong: dict[str, str]) -> None:
    answer = at(novita).post(reverse("caring-offers"), {**TERMS_GIVEN, **wrong})
    assert answer.status_code == 422
    assert not OfferVersion.objects.filter(number=2).exists()


def test_agents_see_no_page_of_offers(citra: User) -> None:
    assert at(citra).get(reverse("caring-offers")).status_code == 404
    assert at(citra).post(reverse("caring-offers"), TERMS_GIVEN).status_code == 404
    draft = version(approved_at=None)
    assert at(citra).post(reverse("caring-offer-approve", args=[draft.pk])).status_code == 404
    assert catalogue.version_of("DISC5") == 1
