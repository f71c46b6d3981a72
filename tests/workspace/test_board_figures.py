"""A figure of the leader's board and the list that it leads to are the same cases, at every desk."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from tenesa.accounts.models import Desk as WorkDesk
from tenesa.accounts.models import Membership, Team
from tenesa.accounts.roles import LEADERS, Role
from tenesa.ui.board import cards_of
from tenesa.workspace import board
from tenesa.workspace.desk import Desk, desks
from tests import factories
from tests.oracle.world import placed
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of
from tests.workspace.worked import people
from vvip import services
from vvip.models import Callback, SpecialCase

pytestmark = pytest.mark.django_db
FIGURE = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>((?:(?!</a>).)*?)</a>', re.DOTALL)
NUMBER = re.compile(r'(?:class="[^"]*num"[^>]*>|^)\s*([\d.]+)(?:</span>)?\s*$')
HEAD = re.compile(r'<h2 [^>]*><a href="([^"]*)">[^<]*</a></h2>\s*<span class="signal num"[^>]*>(\d+)</span>')
IN_REPORTS = {"prospects", "results"}  # most figures of caring are those of its day


def _figures(page: str) -> list[tuple[str, int]]:
    """Every address of the board that stands with a number, and the number."""
    found = [(unescape(address), int(number)) for address, number in HEAD.findall(page)]
    for address, words in FIGURE.findall(page):
        if number := NUMBER.search(words):
            found.append((unescape(address), int(number[1].replace(".", ""))))
    return found


def test_what_is_late_is_one_figure_of_all_desks() -> None:
    """A leader of 147 alone hears of their late calls, not that no deadline is over."""
    everybody = people()
    past = timezone.now() - timedelta(minutes=9)
    for desk in LED:
        case = placed(desk.model, next(state for state in desk.labels if state not in desk.ended), everybody)
        desk.model._default_manager.filter(pk=case.pk).update(urgent_at=past, urgent_for="x")
    boss = everybody[Role.SUPERVISOR]
    for code in dict.fromkeys(one.pk for one in WorkDesk.objects.exclude(code="TENESA")):
        team = Team.objects.create(code=f"{code}-semua".lower(), name=code, desk_id=code)
        Membership.objects.create(user=boss, team=team, role=Role.SUPERVISOR)
    breaches = next(one for one in board.cards(boss) if one.key == "breaches")
    browser = signed_in(boss)
    told = {one.url: one.count for one in breaches.obj["figures"]}
    lists = {url: text_of(browser.get(f"{url}&part=rows")).count(" data-row=") for url in told}
    assert told == lists
    assert breaches.count == sum(lists.values()) >= len(LED)
    assert len(lists) == len(LED)
    assert len(breaches.obj["late"]) == min(board.LISTED, breaches.count)
    assert all(row.signal == "breach" for row in breaches.obj["late"])


def test_who_leads_another_desk_gets_no_card_of_noughts() -> None:
    everybody = people()
    boss, shared = everybody[Role.SUPERVISOR], {"breaches", "people", "mail", "approvals"}
    before = {one.key for one in cards_of(boss)}
    for desk in LED:
        placed(desk.model, next(state for state in desk.labels if state not in desk.ended), everybody)
    after = {one.key for one in cards_of(boss)}
    assert before <= shared | {"emergencies", "calls147", "callbacks147"}  # who leads 147 as a whole begins with these
    assert after - before >= {"queue", *(desk.slug for desk in LED if not desk.own_cards)}


LED = [one for one in desks() if Role.SUPERVISOR in (one.works or LEADERS)]  # whoever leads none of it has no card


@pytest.mark.parametrize("desk", LED, ids=lambda one: one.slug)
def test_each_figure_is_its_list(desk: Desk) -> None:
    everybody = people()
    for number, state in enumerate(desk.labels):
        case = placed(desk.model, state, everybody)
        if number % 2:
            past = timezone.now() - timedelta(minutes=9 * number)
            desk.model._default_manager.filter(pk=case.pk).update(urgent_at=past, urgent_for="x")
    boss = everybody[Role.SUPERVISOR]
    if issubclass(desk.model, SpecialCase | Callback):  # whose card is that of their own desk
        desk.model._default_manager.update(desk=factories.desk(services.DESK))
        team = Team.objects.create(code="147-semua", name="147", desk_id=services.DESK)
        Membership.objects.create(user=boss, team=team, role=Role.SUPERVISOR)
    browser = signed_in(boss)
    figures = _figures(text_of(browser.get(reverse("board"))))
    mine = [one for one in figures if resolve(one[0].partition("?")[0]).view_name == f"{desk.slug}:list"]
    if desk.slug in IN_REPORTS:
        mine = [one for one in mine if "view=figure-" in one[0]]
    assert any(number for _address, number in mine)
    for address, number in mine:
        rows = text_of(browser.get(f"{address}{'&' if '?' in address else '?'}part=rows")).count(" data-row=")
        assert rows == number, address
