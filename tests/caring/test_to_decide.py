"""Requests beside cases reach the second person: a notice with the way there, the menu and the board (four eyes)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from caring import board
from caring.dapros import withdrawing
from caring.dapros.models import DaprosBatch
from caring.dapros.withdrawing import Kind
from caring.exclusions import services as exclusions
from caring.exclusions.models import Exclusion
from caring.exclusions.reading import Entry
from caring.models import ExclusionList, Instrument, Offer, OfferVersion
from caring.offers import publishing
from caring.prospects.desk import ProspectDesk
from caring.quality import drafting
from caring.tasks import withdraw_dapros
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.notices import services
from tenesa.notices.models import Notice
from tests.caring import desk
from tests.caring.dapros.lists import text
from tests.caring.dapros.test_loading import read, rows
from tests.caring.test_quality_pages import CARD
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of, words_of_page

pytestmark = pytest.mark.django_db
Asks = Callable[[User], object]


@pytest.fixture
def rizal(db: None) -> User:
    return desk.person("rizal", Role.TEAM_LEADER)


def withdrawal(by: User) -> object:
    batch = DaprosBatch.objects.first() or read(by, text(rows(2)), name="nov.csv")
    return withdrawing.ask(by, batch, Kind.WITHDRAW, "Bulan yang salah")


def exclusion(by: User) -> ExclusionList:
    entry = Entry(Exclusion.Of.FASTEL, "122055500001")
    today = timezone.localdate()
    return exclusions.enter(by, [entry], source="CX", reason="Sengketa", valid_from=today, valid_until=None)


def offer(by: User) -> OfferVersion:
    terms = {"kind": "FULL", "valid_from": timezone.localdate(), "note": "Lebih sederhana."}
    return publishing.draft(Offer.objects.get(code="FULL"), by, **terms)


def instrument(by: User) -> Instrument:
    return drafting.draft("SCORECARD", CARD, by)


DECIDES: dict[Asks, Any] = {
    withdrawal: lambda one, by: withdrawing.decide(by, one, approved=False),
    exclusion: lambda one, by: exclusions.decide(by, one, approved=False),
    offer: publishing.approve,
    instrument: drafting.approve,
}


@pytest.mark.parametrize("ask", DECIDES, ids=lambda ask: ask.__name__)
def test_the_other_leaders_are_told_and_led_there_and_the_asker_of_the_decision(
    ask: Asks, novita: User, rizal: User, citra: User, django_capture_on_commit_callbacks: Any
) -> None:
    """Nobody else is; and who has nothing to decide any more has nothing unread."""
    elsewhere = desk.person("bowo", Role.TEAM_LEADER, "TENESA")
    one = ask(novita)
    told = Notice.objects.get()
    assert (told.person, told.kind, told.actor) == (rizal, "ASKED", novita)
    browser = signed_in(rizal)
    listed = text_of(browser.get(reverse("notices")))
    assert "Menunggu keputusan Anda" in listed
    assert str(one) in words_of_page(listed)
    at_desk = "results" if ask is instrument else "prospects"
    assert str(one) in words_of_page(text_of(browser.get(reverse("notices"), {"desk": at_desk})))
    led = browser.post(reverse("notice-open", args=[told.pk]))["Location"]
    assert led == one.get_absolute_url()  # type: ignore[attr-defined]
    assert browser.get(led).status_code == 200
    assert "menunggu persetujuan" in " ".join(str(line.label) for line in to_do(rizal))
    assert "menunggu persetujuan" not in " ".join(str(line.label) for line in to_do(novita))  # her own request
    page = "" if ask is instrument else PAGES[ask]
    assert [places(user).get(page) for user in (rizal, novita, elsewhere)] == ([None] * 3 if not page else [1, 0, None])
    Notice.objects.update(read_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        DECIDES[ask](one, rizal)
    assert not Notice.objects.filter(person=rizal, read_at=None).exists()
    answer = Notice.objects.get(person=novita)
    assert (answer.kind, answer.actor, bool(answer.words)) == ("DECIDED", rizal, True)
    assert not Notice.objects.filter(person__in=[citra, elsewhere]).exists()
    assert "menunggu persetujuan" not in " ".join(str(line.label) for line in to_do(rizal))


@pytest.mark.parametrize("ask", DECIDES, ids=lambda ask: ask.__name__)
def test_open_pages_of_all_who_were_asked_hear_of_the_decision(
    ask: Asks, novita: User, rizal: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Also of those who have read of it already."""
    other, one = desk.person("tono", Role.TEAM_LEADER), ask(novita)
    Notice.objects.filter(person=other).update(read_at=timezone.now())
    told: list[str] = []
    monkeypatch.setattr(services, "tell", lambda kind, *words, **_of: told.append(words[0]))
    with django_capture_on_commit_callbacks(execute=True):
        DECIDES[ask](one, rizal)
    assert sorted(told) == sorted(f"person:{user.pk}" for user in (novita, rizal, other))


PAGES: dict[Asks, str] = {withdrawal: "dapros", exclusion: "caring-exclusions", offer: "caring-offers"}


def places(user: User) -> dict[str, int]:
    """What waits for this person on each page beside the prospects."""
    again = User.objects.get(pk=user.pk)
    return {view.page: view.unread(again) for view in ProspectDesk().views_for(again) if view.page and view.unread}


def to_do(user: User) -> list[board.Line]:
    card = next(card for card in board.cards(User.objects.get(pk=user.pk)) if card.key == "caring-do")
    lines: list[board.Line] = card.obj["lines"]
    return lines


def test_the_menu_counts_what_waits_where_it_is_decided(novita: User, rizal: User) -> None:
    for ask in (withdrawal, exclusion, offer):
        ask(novita)
    menu = text_of(signed_in(rizal).get(reverse("prospects:list")))
    for page in ("dapros", "caring-exclusions", "caring-offers"):
        assert f'data-count="{reverse(page)}" data-signal="risk">1<' in menu, page


def test_a_draft_that_a_later_version_has_overtaken_waits_for_nobody(novita: User, rizal: User) -> None:
    older, newer = offer(novita), offer(novita)
    publishing.approve(newer, rizal)
    assert not OfferVersion.objects.filter(publishing.WAITS).exists()
    assert not Notice.objects.filter(person=rizal, read_at=None).exists()
    assert str(older) in words_of_page(text_of(signed_in(novita).get(reverse("notices"))))


def test_a_list_that_was_taken_back_says_so_wherever_it_stands(novita: User, rizal: User, citra: User) -> None:
    batch = read(novita, text(rows(3)), name="nov.csv")
    lists, report = reverse("dapros"), batch.get_absolute_url()
    standing = lambda address: words_of_page(text_of(signed_in(novita).get(address)))  # noqa: E731
    asked = withdrawing.ask(novita, batch, Kind.WITHDRAW, "Bulan yang salah")
    for address in (lists, report):
        assert "Penarikan: Menunggu orang lain" in standing(address)
    withdrawing.decide(rizal, asked, approved=True)
    held = batch.prospects.order_by("pk").first()
    assert held is not None
    type(held).objects.filter(pk=held.pk).update(attempts=1)
    withdraw_dapros(asked.pk)
    for address in (lists, report):
        page = standing(address)
        assert "Ditarik sebagian" in page
        assert "2 ditarik, 1 tetap: pernah diambil atau ditelepon, atau sudah selesai" in page
        assert f"{novita} ·" in page
        assert f"Selesai: {rizal} ·" in " ".join(page.split())
    back = withdrawing.ask(novita, batch, Kind.RESTORE, "Ternyata benar")
    withdrawing.decide(rizal, back, approved=True)
    withdraw_dapros(back.pk)
    assert "Ditarik" not in standing(lists)
