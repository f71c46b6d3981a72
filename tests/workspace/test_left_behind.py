"""What somebody who is made inactive still holds: their leaders are told, find it on the board, and hand it on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.notices.models import Kind, Notice
from tenesa.ui.board import cards_of
from tenesa.workflow.perform import perform
from tests import factories
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of
from tickets.models import EmailCase
from tickets.states import State

pytestmark = pytest.mark.django_db
HELP = {"level": "TEAM_LEADER", "reason": "Perlu bantuan."}


def made_inactive(person: User) -> None:
    """By the administration's own page."""
    chief = factories.person(f"kepala-{person.username}-{Notice.objects.count()}", Role.ADMIN)
    User.objects.filter(pk=chief.pk).update(is_staff=True, is_superuser=True)
    given = {
        "username": person.username, "date_joined_0": "2026-01-01", "date_joined_1": "08:00:00",
        "first_name": person.first_name, "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0,
    }  # fmt: skip
    answer = signed_in(chief).post(reverse("admin:accounts_user_change", args=[person.pk]), given)
    assert answer.status_code == 302, answer.context["errors"]


def escalated(rini: User) -> EmailCase:
    return perform(perform(factories.opened(), "take", actor=rini), "escalate", actor=rini, data=HELP)


def test_leaders_are_told_how_much_and_find_it_on_the_board(rini: User, bowo: User, dewi: User) -> None:
    elsewhere = factories.person("nadia", Role.TEAM_LEADER, desk_code="TDSCC")
    held = [escalated(rini) for _one in range(6)]
    made_inactive(rini)
    told = Notice.objects.filter(kind=Kind.LEFT)
    assert [(one.person, one.actor, one.words) for one in told] == [(bowo, rini, "masih memegang 6 kasus.")]
    assert not Notice.objects.filter(person__in=[elsewhere, dewi]).exists()
    page = signed_in(bowo)
    listed = text_of(page.get(reverse("notices")))
    assert "Kasus milik petugas nonaktif" in listed
    assert "masih memegang 6 kasus." in listed
    led = page.post(reverse("notice-open", args=[told.get().pk]))["Location"]
    board = page.get(reverse("board")).content.decode()
    assert led == f"{reverse('board')}#person-agent_email-{rini.pk}"
    card = board.split(f'id="{led.partition("#")[2]}"')[1].split("</li>")[0]
    assert "nonaktif" in card
    assert [case.number in card for case in held] == [True] * 6, "all of it, not the first few"


def test_who_has_no_team_any_more_stands_on_the_board_of_those_who_lead_where_their_cases_are(
    rini: User, bowo: User, hendra: User
) -> None:
    elsewhere = factories.person("nadia", Role.TEAM_LEADER, desk_code="TDSCC")
    case = escalated(rini)
    rini.memberships.all().delete()
    made_inactive(rini)
    told = Notice.objects.filter(kind=Kind.LEFT)
    assert {one.person for one in told} == {bowo, hendra}
    for leader in (bowo, hendra):
        page = signed_in(leader)
        led = page.post(reverse("notice-open", args=[told.get(person=leader).pk]))["Location"]
        card = page.get(reverse("board")).content.decode().split(f'id="{led.partition("#")[2]}"')[1].split("</li>")[0]
        assert ("nonaktif" in card, case.number in card) == (True, True)
    assert case.number not in text_of(signed_in(elsewhere).get(reverse("board")))
    perform(case, "take_over", actor=bowo, data={"owner": bowo.pk, "reason": "Rini keluar."})
    assert f"-{rini.pk}" not in text_of(signed_in(hendra).get(reverse("board")))


def test_a_later_time_takes_the_place_of_the_earlier_notice(rini: User, bowo: User) -> None:
    escalated(rini)
    made_inactive(rini)
    User.objects.filter(pk=rini.pk).update(is_active=True)
    made_inactive(rini)
    assert Notice.objects.filter(person=bowo, kind=Kind.LEFT).count() == 1


def test_who_leaves_nothing_behind_is_told_of_to_nobody(rini: User, bowo: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    made_inactive(rini)
    assert EmailCase.objects.get(pk=case.pk).owner is None
    assert not Notice.objects.exists()


def test_wherever_the_holder_is_named_one_reads_that_they_left(rini: User, dewi: User) -> None:
    case = escalated(rini)
    made_inactive(rini)
    page = text_of(signed_in(dewi).get(case.get_absolute_url()))
    head = page.split('id="case-head"')[1].split("</header>")[0]
    assert "Rini (nonaktif)" in head
    assert "Kasus ini dipegang Rini (nonaktif)." in page


def test_an_escalated_case_of_theirs_is_handed_on_and_stays_escalated(rini: User, bowo: User, dewi: User) -> None:
    case = escalated(rini)
    made_inactive(rini)
    offer = reverse("cases:step", args=[case.pk, "take_over"])
    assert offer in text_of(signed_in(bowo).get(case.get_absolute_url()))
    answer = signed_in(bowo).post(offer, {"owner": dewi.pk, "reason": "Rini sudah tidak bertugas."})
    assert answer.status_code in {200, 302}
    case = EmailCase.objects.get(pk=case.pk)
    assert (case.owner, case.state) == (dewi, State.ESCALATED)
    asked = case.escalations.get() if hasattr(case, "escalations") else None
    assert asked is None or asked.state == "ASKED"
    people = [one for one in cards_of(bowo) if one.key == "people"]
    assert rini not in [one.user for group in people[0].obj["groups"] for _role, of in group.by_role for one in of]
