"""Auto-in, sign-off and leases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenesa.accounts.models import Presence, PresenceChange, PresenceState, Readiness, User
from tenesa.accounts.presence import NotReady, change_presence
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tenesa.workspace import drafts
from tenesa.workspace.models import Draft
from tenesa.workspace.presence import keep_held
from tests import factories
from tickets import services
from tickets.models import EmailCase, State


def stored(case: EmailCase) -> EmailCase:
    found: EmailCase = EmailCase.objects.get(pk=case.pk)
    return found


def test_it_hands_out_the_most_urgent_case_first(rini: User) -> None:
    later, sooner = factories.opened(), factories.opened()
    EmailCase.objects.filter(pk=sooner.pk).update(urgent_at=timezone.now())
    assert services.next_case(rini) == stored(sooner)
    assert services.next_case(rini) == stored(later)
    assert services.next_case(rini) is None


def test_it_hands_out_nothing_to_a_person_who_is_away(rini: User) -> None:
    case = factories.opened()
    change_presence(rini, PresenceState.AUX, reason="break")
    with pytest.raises(NotNow, match="auto-in"):
        services.next_case(rini)
    assert stored(case).owner is None


def test_it_hands_out_no_case_of_another_desk_and_none_in_triage(rini: User, asing: User) -> None:
    case = factories.opened()
    assert services.next_case(asing) is None
    EmailCase.objects.filter(pk=case.pk).update(triage="pengirim tidak dikenal")
    assert services.next_case(rini) is None


def test_it_gives_everything_back_when_a_person_signs_off_in_the_middle(rini: User, dewi: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    drafts.keep(case, rini, "write", {"message": "belum selesai"})
    change_presence(rini, PresenceState.OFFLINE)
    assert (stored(case).owner, stored(case).state) == (None, State.ASSIGNED)
    assert Presence.objects.get(user=rini).state == PresenceState.OFFLINE
    assert services.next_case(dewi) == case
    assert Draft.objects.get().values == {"message": "belum selesai"}


def test_it_gives_a_silent_persons_case_back_after_the_lease(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    assert services.expire_leases() == 0
    EmailCase.objects.filter(pk=case.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert services.expire_leases() == 1
    assert stored(case).owner is None


def test_it_keeps_the_case_while_the_browser_is_open(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    before = timezone.now() + timedelta(minutes=5)
    EmailCase.objects.filter(pk=case.pk).update(lease_until=before)
    keep_held(rini)
    lease = stored(case).lease_until
    assert lease is not None
    assert lease > before


def test_it_asks_for_the_whole_list_once_a_day(db: None) -> None:
    lena = factories.person("lena", Role.AGENT_EMAIL, ready=False)
    with pytest.raises(NotReady, match=r"1\.1\.5"):
        change_presence(lena, PresenceState.AVAILABLE, checked=set(Readiness.values) - {"headset"})
    assert not PresenceChange.objects.exists()
    change_presence(lena, PresenceState.AVAILABLE, checked=Readiness.values)
    change_presence(lena, PresenceState.AUX, reason="break")
    change_presence(lena, PresenceState.AVAILABLE)
    assert list(PresenceChange.objects.values_list("state", flat=True)) == ["AVAILABLE", "AUX", "AVAILABLE"]


def test_it_lets_the_team_leader_take_over_with_a_reason(rini: User, dewi: User, bowo: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    case = perform(case, "take_over", actor=bowo, data={"owner": dewi.pk, "reason": "Rini pulang lebih awal"})
    assert stored(case).owner == dewi
    with pytest.raises(NotNow, match="Dewi"):
        perform(case, "read_segment", actor=rini, data={})


def test_it_confirms_a_void_by_the_team_leader_only(rini: User, bowo: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    case = perform(case, "propose_void", actor=rini, data={"reason": "spam"})
    case = perform(case, "refuse_void", actor=bowo, data={"answer": "pelanggan asli"})
    assert stored(case).state == State.ASSIGNED
    case = perform(case, "propose_void", actor=rini, data={"reason": "benar spam"})
    assert perform(case, "confirm_void", actor=bowo).state == State.VOID


def test_it_leads_back_to_the_need_when_mycx_refuses_the_product(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    case.lines.create(product_id="4700112-0045127790")
    case = factories.put(case, State.TICKET_DRAFT, kind="COMPLAINT", complaint="NEW")
    case = perform(case, "correct_product", actor=rini, data={"product_ids": "4700112-0045127811"})
    assert case.state == State.CLASSIFIED
    assert list(case.lines.values_list("product_id", flat=True)) == ["4700112-0045127811"]
    with pytest.raises(NotNow, match="NOSSA"):
        perform(case, "start_checks", actor=rini, data={})
