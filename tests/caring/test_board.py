"""The caring desk on the leader's board (requirements 8, X-10; P-01 6.10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from caring import board, board_figures
from caring.dapros import quotas
from caring.models import CaringResult, PromiseLine, Prospect
from tenesa.accounts.models import Team, User
from tenesa.accounts.roles import Role
from tenesa.systems import clients, control
from tenesa.ui.board import Card
from tenesa.workflow.perform import perform
from tenesa.workspace import second_person
from tests.caring import desk, results
from tests.caring.test_quality_samples import DECLINE
from tests.journeys.desk import Outside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.delete_many([board_figures.PROSPECTS, board_figures.NONATERO])
    with translation.override("en"):
        yield
    cache.delete_many([board_figures.PROSPECTS, board_figures.NONATERO])


def cards(user: User) -> dict[str, Card]:
    return {card.key: card for card in board.cards(User.objects.get(pk=user.pk))}


def lines(card: Card) -> dict[str, tuple[int, str]]:
    return {str(line.label): (line.count, line.alarm) for line in card.obj["lines"]}


def test_the_day_and_what_is_to_be_done(citra: User, laras: User, novita: User) -> None:
    result = desk.at_qc(citra, laras)
    perform(result, "return_to_agent", actor=laras, data=desk.RETURN)
    desk.agreed(citra)
    one = desk.in_call(citra, payer=False)
    perform(one, "miss", actor=citra, data={"reason": "RNA"})
    today = lines(cards(novita)["caring"])
    assert [today[name][0] for name in ("Calls", "Contacted", "Agree", "Decline")] == [3, 2, 2, 0]
    assert today["Auto-in"] == (1, "")
    assert lines(cards(novita)["caring-do"])["Returned by QC"] == (1, "")
    CaringResult.objects.filter(pk=result.pk).update(returned_at=timezone.now() - timedelta(hours=80))
    card = cards(novita)["caring-do"]
    assert card.signal == "breach"
    assert "3 × 24" in lines(card)["Returned by QC"][1]


def rows_behind(client: Client, address: str) -> int:
    """How many rows the list has to which a figure leads."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return len(answer.context["page"].rows)


def test_each_figure_is_the_length_of_its_list(citra: User, laras: User, novita: User, client: Client) -> None:
    """Agents are counted by who they are, quotas on their own page; every other figure leads to its rows."""
    perform(desk.at_qc(citra, laras), "return_to_agent", actor=laras, data=desk.RETURN)
    for state in ("RECALL", "DRAFT", "TL_MISMATCH", "REINPUT", "QC_QUEUED", "QC_CLAIMED", "REINPUT"):
        owner = {"owner": laras} if state == "QC_CLAIMED" else {}
        results.made(state, citra, prospect=desk.prospect(), **owner)
    results.made("ENTERED", citra, prospect=desk.prospect(), **DECLINE)
    perform(desk.in_call(citra, payer=False), "miss", actor=citra, data={"reason": "RNA"})
    lives = desk.entered(desk.agreed(citra)).promise
    for days in (0, 1, 4):
        PromiseLine.objects.create(promise=lives, due=timezone.localdate() - timedelta(days=days), amount=1)
    client.force_login(novita)
    compared = 0
    for key in ("caring", "caring-do"):
        for line in cards(novita)[key].obj["lines"]:
            if line.url.startswith("/") and line.url != reverse("caring-quotas"):
                assert rows_behind(client, line.url) == line.count, line
                compared += line.count > 0
    assert compared >= 12


def test_what_is_left_of_quotas_stands_on_their_page(novita: User, client: Client) -> None:
    for _one in range(3):
        desk.prospect()
    quotas.give(novita, Team.objects.get(memberships__user=novita), 2)
    left, _alarm = lines(cards(novita)["caring-do"])["Quota left"]
    client.force_login(novita)
    rows = client.get(reverse("caring-quotas")).context["rows"]
    assert left == sum(sum(counts) for _line, counts in rows) == 2


def test_prospects_by_place_and_age(citra: User, novita: User) -> None:
    desk.prospect()
    perform(desk.prospect(), "pick", actor=citra)
    old = desk.prospect()
    Prospect.objects.filter(pk=old.pk).update(opened_at=timezone.now() - timedelta(days=20))
    bands = {band.label: dict(band.counts) for band in cards(novita)["caring-prospects"].obj["bands"]}
    assert (bands["up to 1 day"]["May be called now"], bands["up to 1 day"]["With an agent"]) == (1, 1)
    assert bands["older"]["May be called now"] == 1


def test_nonatero_stands_beside_with_the_difference(
    systems: Outside, citra: User, novita: User, client: Client
) -> None:
    told = {name: [row.theirs for row in rows] for name, rows in cards(novita)["caring-nonatero"].obj["tables"]}
    assert set(told["PRANPC"]) == {None}  # not asked yet
    result = desk.agreed(citra)
    desk.deliver()
    board_figures.ask_nonatero()
    assert cards(novita)["caring-nonatero"].count == 0
    there = clients.tamara().find(result.key).reference
    control.copy_result("tamara", there, category="Not Agree", reason="NO_MONEY")
    board_figures.ask_nonatero()
    card = cards(novita)["caring-nonatero"]
    differing = {row.label: row.difference for row in dict(card.obj["tables"])["PRANPC"] if row.difference}
    assert differing == {"Calls": "+1", "Contacted": "+1", "Decline": "+1"}
    client.force_login(novita)
    assert "+1" in client.get(reverse("board")).content.decode()


def test_nonatero_down_is_said_and_its_last_counts_stay(
    systems: Outside, citra: User, novita: User, client: Client
) -> None:
    desk.agreed(citra)
    desk.deliver()
    board_figures.ask_nonatero()
    control.switch_on("nonatero", "*", "http_500")
    told = board_figures.ask_nonatero()
    assert told.is_down
    assert told.counts["PRANPC"]["called"] == 1
    client.force_login(novita)
    page = client.get(reverse("board")).content.decode()
    assert "Nonatero tidak menjawab" in page or "Nonatero does not answer" in page
    assert cards(novita)["caring-nonatero"].signal == "breach"


def test_leaders_of_other_desks_have_no_such_cards(citra: User) -> None:
    assert cards(desk.person("lina", Role.TEAM_LEADER, "147")) == {}
    assert cards(citra) == {}


def test_it_costs_the_same_whatever_there_is(citra: User, novita: User) -> None:
    def cost() -> int:
        cache.delete(board_figures.PROSPECTS)
        second_person.forget()
        with CaptureQueriesContext(connection) as done:
            cards(novita)
        return len(done)

    desk.agreed(citra)
    before = cost()
    for _one in range(4):
        desk.agreed(citra)
    assert cost() == before
