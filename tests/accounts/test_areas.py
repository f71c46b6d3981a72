"""The area of a case: the customer's district before the mailbox before nothing, and a person's choice above all."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pending.models import PendingRequest
from tenesa.accounts.areas import _AREA_OF, area_of
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.contact.zones import _ZONE_OF
from tenesa.ui import live
from tenesa.workflow.errors import InvalidInput
from tenesa.workflow.perform import perform
from tests import factories
from tests.caring.desk import prospect
from tests.pending.desk import asked
from tests.platform.test_api import client as rest
from tests.tickets.test_evidence import at_work
from tests.vvip.callbacks import waiting
from tickets.models import EmailCase, ToolCheck
from tickets.states import State
from vvip.models import Callback, SpecialCase

pytestmark = pytest.mark.django_db
AREAS = "BDG", "SMG"


@pytest.fixture
def ningsih() -> User:
    return factories.person("ningsih", Role.AGENT_EMAIL, area="SMG")


@pytest.fixture
def rangga() -> User:
    return factories.person("rangga", Role.AGENT_EMAIL, area="BDG")


def read_of(case: EmailCase, witel: str) -> EmailCase:
    """SISKAS says whose case it is, and where they live."""
    customer = factories.customer()
    customer.witel = witel
    customer.save()
    check = ToolCheck(case=case, tool="siskas", state="NORMAL", summary="-")
    return perform(case, "keep_reading", actor=SYSTEM, check=check, customer=customer)


def facts_of(case: EmailCase, who: User) -> str:
    client = Client()
    client.force_login(who)
    return client.get(case.get_absolute_url()).content.decode()


def test_every_known_district_lies_in_an_area() -> None:
    assert set(_AREA_OF) - {"sumbar jambi"} == set(_ZONE_OF)
    assert (area_of("Witel Semarang-Jateng Utara"), area_of("PRIANGAN TIMUR"), area_of("Atlantis")) == (
        "SMG",
        "BDG",
        "",
    )


def test_the_district_moves_a_case_and_only_its_people_see_it(
    rangga: User, ningsih: User, bowo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(live, "tell", lambda *_words, desk, area: told.append(area))
    case = read_of(factories.opened(), "Semarang-Jateng Utara")
    assert case.area_id == "SMG"
    live.publish(case)
    assert told == [""], "those who saw it until now hear that it has gone"
    assert "dari witel pelanggan: Semarang-Jateng Utara" in facts_of(case, ningsih)
    for who, seen in ((rangga, False), (ningsih, True), (bowo, True)):
        browser, api = Client(), rest(who)
        browser.force_login(who)
        assert browser.get(case.get_absolute_url()).status_code == (200 if seen else 404), who
        assert (case.number in browser.get(reverse("cases:list"), {"view": "all"}).content.decode()) is seen
        found = browser.get(reverse("search"), {"q": case.number}, follow=True).content.decode()
        assert (case.get_absolute_url() in found) is seen
        assert [row["id"] for row in api.get("/api/cases/").json()["results"]] == ([case.pk] if seen else [])


def test_a_district_where_nobody_works_or_that_its_holder_does_not_see_moves_nothing(
    rangga: User, ningsih: User
) -> None:
    assert read_of(factories.opened(), "Sumut").area_id is None
    held = perform(factories.opened(), "take", actor=rangga)
    held = read_of(held, "Solo-Jateng Timur")
    assert held.area_id is None
    assert "seluruh desk · witel pelanggan: Solo-Jateng Timur" in facts_of(held, rangga)
    with pytest.raises(InvalidInput, match="Rangga"):
        perform(held, "change_area", actor=rangga, data={"area": "SMG"})
    free = perform(held, "release", actor=rangga)
    assert perform(free, "change_area", actor=rangga, data={"area": "SMG"}).area_id == "SMG"


def test_what_a_person_chose_stays_and_the_page_lets_go_of_what_went_away(rangga: User, ningsih: User) -> None:
    case = factories.opened()
    client = Client()
    client.force_login(rangga)
    page = client.post(reverse("cases:step", args=[case.pk, "change_area"]), {"area": "BDG"}, follow=True)
    assert "dipilih Rangga" in page.content.decode()
    assert read_of(EmailCase.objects.get(pk=case.pk), "Semarang-Jateng Utara").area_id == "BDG"
    gone = client.post(reverse("cases:step", args=[case.pk, "change_area"]), {"area": "SMG"})
    assert gone.headers["Location"] == reverse("cases:list")


def test_the_mailbox_says_it_until_more_is_known_and_holds_and_calls_follow_too(rangga: User, ningsih: User) -> None:
    factories.mailbox(area_id="BDG")
    case = at_work(rangga)
    EmailCase.objects.filter(pk=case.pk).update(area="BDG", customer=None, state=State.ASSIGNED)
    assert "Bdg · dari kotak surat".casefold() in facts_of(EmailCase.objects.get(pk=case.pk), rangga).casefold()
    hold: PendingRequest = asked(factories.person("unit", Role.TELKOM_UNIT), "IN10482219")
    hold.snapshot, hold.owner = {"witel": "Solo-Jateng Timur"}, None
    hold.follow_witel(hold.witel)
    assert hold.area_id == "SMG"
    factories.person("fajar", Role.AGENT_147, desk_code="147", area="SBY")
    call = SpecialCase(desk_id="147", pk=1)
    call.follow_witel("Suramadu")
    assert call.area_id == "SBY"


def test_a_callback_goes_where_its_call_is_moved_and_not_under_the_hands_of_who_holds_it(
    transactional_db: None,
) -> None:
    one = waiting()
    far, near = (factories.person(f"t2{area}", Role.AGENT_TIER2, desk_code="147", area=area) for area in ("SBY", "BDG"))
    agent = factories.person("fajar", Role.AGENT_147, desk_code="147")
    perform(one.call, "change_area", actor=agent, data={"area": "SBY"})
    one = Callback.objects.get(pk=one.pk)
    assert (one.area_id, one.is_seen_by(far), one.is_seen_by(near)) == ("SBY", True, False)
    assert one.last_event().step == "follow_call"
    held = perform(one, "claim", actor=far)
    perform(SpecialCase.objects.get(pk=one.call_id), "change_area", actor=agent, data={"area": "BDG"})
    one = Callback.objects.get(pk=one.pk)
    assert (one.area_id, one.owner) == ("SBY", far), "not under her hands"
    perform(held, "give_back", actor=far, data={"why": "OTHER", "note": ""})
    one = Callback.objects.get(pk=one.pk)
    assert (one.area_id, one.is_seen_by(far), one.is_seen_by(near)) == ("BDG", False, True)


def test_a_prospect_is_moved_like_every_other_case() -> None:
    one = prospect()
    agent, desk = Role.AGENT_CARING, one.desk_id
    near, far = (factories.person(f"caring{area}", agent, desk_code=desk, area=area) for area in AREAS)
    moved = perform(one, "change_area", actor=near, data={"area": AREAS[1]})
    assert (moved.area_id, moved.is_seen_by(near), moved.is_seen_by(far)) == (AREAS[1], False, True)
    with pytest.raises(InvalidInput):
        perform(moved, "change_area", actor=far, data={"area": "XXX"})
    offer = next(one for one in rest(far).get(f"/api/prospects/{one.pk}/steps/").json() if one["step"] == "change_area")
    assert offer["allowed"] is True
