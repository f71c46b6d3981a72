"""People at the desk: triage, sign-off in the middle, two agents, the same request twice, taking a step back."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from django.utils import timezone

from tenesa.accounts.models import Presence, User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator.seed import AMBIGUOUS_DOMAIN, DES_DOWN_VPN, DWS_SERVICE
from tenesa.timers.models import Timer
from tests import factories
from tests.journeys import ways
from tests.journeys.desk import Api, World
from tests.journeys.patience import eventually, only
from tests.journeys.post import Customer, submit

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
COMPLAINT = f"Link SID {DES_DOWN_VPN} mati total. HP 0812-0000-1187."


@pytest.fixture
def window(world: World, rini: User) -> httpx2.Client:
    """Rini's browser, signed in by the page."""
    client = httpx2.Client(base_url=world.url, trust_env=False, follow_redirects=True, timeout=30)
    world.people.append(Api(world.url, rini))
    world.people[-1].client = client  # closed with the others
    page = client.get("/sign-in/")
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found
    form = {"username": "rini", "password": "rahasia-sekali", "csrfmiddlewaretoken": found[1]}
    assert client.post("/sign-in/", data=form, headers={"Referer": world.url}).status_code == 200
    return client


def press(window: httpx2.Client, path: str, **form: str) -> httpx2.Response:
    token = window.cookies["csrftoken"]
    return window.post(path, data=form, headers={"X-CSRFToken": token, "Referer": str(window.base_url)})


# --- triage -----------------------------------------------------------------------------------------------------------
def test_it_leaves_an_unknown_sender_to_the_team_leader(world: World, agent: Api, leader: Api) -> None:
    stranger = world.customer("Orang Asing", "asing@entah.example")
    case = world.case_of(agent, stranger.writes("Tolong", "Internet kami mati."))
    case.until_step("want_triage")
    reason = case.refused("take", 409)["detail"]
    assert "tidak dikenal" in reason
    case.refused("settle_triage", 403, segment="DES", reason="saya kenal")
    hers = case.as_(leader)
    assert set(hers.refused("settle_triage", 422, segment="DES")["errors"]) == {"reason"}
    hers.take("settle_triage", segment="DES", reason="Pelanggan baru PT Samudra, kontrak terlampir.")
    case.take("take")
    assert "source" in case.refused("check_segment", 422, segment="DES", source="SISKAS")["errors"]
    case.take("check_segment", segment="DES", source="MANUAL", reason="Diputuskan ketua tim.")
    case.take("identify", kind="INFORMATION")
    assert case.state == "CLASSIFIED"
    assert case.sent() == ["acknowledgement"]


def test_it_leaves_a_segment_that_nobody_names_to_the_team_leader(world: World, agent: Api, leader: Api) -> None:
    ferdinand = world.customer("Ferdinand Lubis", "noc@mitragrosir.example")
    case = world.case_of(agent, ferdinand.writes("IP Transit putus", f"SID {DWS_SERVICE} putus."))
    case.take("take")
    read = case.evidence("siskas")["siskas"]
    assert read["measures"]["Segmen"] == "DWS"
    case.take("check_segment", segment="OTHER", source="SISKAS")
    assert case.now()["triage"]
    assert not {"identify", "refer", "hand_over_dcs"} & case.offers()
    case.as_(leader).take("settle_triage", segment="OTHER", reason="Pelanggan grosir, arahkan ke NOC.")
    assert not {"identify", "hand_over_dcs"} & case.offers()
    case.take("refer", message="Untuk layanan grosir, mohon hubungi NOC.")
    ferdinand.gets("mohon hubungi NOC")
    case.all_sent()
    case.take("close")
    assert case.state == "CLOSED"
    assert world.outside.calls("mycx", "create_ticket") == []


def test_it_does_not_guess_between_customers_who_share_a_domain(world: World, agent: Api) -> None:
    somebody = world.customer("Staf Baru", f"staf.baru@{AMBIGUOUS_DOMAIN}")
    case = world.case_of(agent, somebody.writes("Tolong", "Internet kami mati."))
    case.until_step("want_triage")
    assert case.now()["customer"] is None
    case.refused("take", 409)


def test_it_asks_the_customer_systems_again_before_it_calls_anybody_unknown(
    world: World, agent: Api, bonar: Customer
) -> None:
    for system in ("siskas", "tenoss"):
        world.outside.fault(system, "*", "http_500")
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    waiting = ExternalCall.objects.filter(case_id=case.pk, status="WAITING", attempts=1)
    eventually(lambda: waiting.count() == 2, what=lambda: str(case.outside()))
    case.take("take")
    assert "source" in case.refused("check_segment", 422, segment="DES", source="SISKAS")["errors"]
    world.outside.heal()
    waiting.update(next_try_at=timezone.now())
    world.clock()
    case.evidence("siskas", "tenoss")
    world.at_rest()
    assert "want_triage" not in case.history()
    case.take("check_segment", segment="DES", source="SISKAS")


# --- holding ----------------------------------------------------------------------------------------------------------
def test_it_gives_the_case_to_others_when_the_agent_signs_off_in_the_middle(
    world: World, agent: Api, other_agent: Api, bonar: Customer, window: httpx2.Client
) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    ways.to_the_form(case, "DES", DES_DOWN_VPN)
    hers = case.as_(other_agent)
    assert "Rini" in hers.refused("submit_ticket", 409, **ways.form(bonar, DES_DOWN_VPN))["detail"]
    assert press(window, "/sign-out/").status_code == 200
    left = case.now()
    assert (left["owner"], left["state"]) == (None, "TICKET_DRAFT")
    assert Presence.objects.get(user=agent.user).state == "OFFLINE"
    case.refused("pick_up", 409)
    hers.take("pick_up")
    hers.take("submit_ticket", **ways.form(bonar, DES_DOWN_VPN))
    hers.until("TICKET_OPEN")
    assert only(world.outside.calls("mycx", "create_ticket"))["actor"] == "dewi"
    assert hers.history().count("release") == 1


def test_it_lets_one_of_two_agents_take_a_case(world: World, agent: Api, other_agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    case.take("take")
    before = Event.objects.count()
    reasons = case.as_(other_agent).refused("take", 409)["reasons"]
    assert len(reasons) == 1
    assert case.as_(other_agent).refused("note", 422)["errors"]
    case.as_(other_agent).refused("check_segment", 409, segment="DES", source="SISKAS")
    world.at_rest()
    assert [e.step for e in Event.objects.order_by("pk")[before:]].count("take") == 0
    assert case.now()["owner"] == "rini"


def test_it_lets_exactly_one_of_eight_agents_take_a_case_by_rest(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    people = [world.person(factories.person(f"agen{number}", Role.AGENT_EMAIL)) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda person: person.post(case.pk, "take"), people))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert all(answer.json()["reasons"] for answer in answers if answer.status_code == 409)
    assert case.history().count("take") == 1


def test_it_escalates_to_the_team_leader_and_comes_back_where_it_was(
    world: World, agent: Api, other_agent: Api, leader: Api, bonar: Customer
) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    ways.check_segment(case, "DES")
    case.take("escalate", level="TEAM_LEADER", reason="Pelanggan meminta ganti rugi.")
    assert case.state == "ESCALATED"
    case.refused("return_escalation", 403, answer="Lanjutkan.")
    hers = case.as_(leader)
    hers.refused("return_escalation", 409, answer="Lanjutkan.")  # decided in the escalation, not past it
    assert agent.decide(case.pk, "approve").status_code == 403
    assert leader.decide(case.pk, "send_back", note="Lanjutkan, ganti rugi lewat account manager.").status_code == 200
    assert case.state == "SEGMENT_CHECKED"
    hers.take("take_over", owner=other_agent.user.pk, reason="Rini pulang.")
    case.refused("identify", 409, kind="INFORMATION")
    case.as_(other_agent).take("identify", kind="INFORMATION")
    assert case.sent() == ["acknowledgement"]


# --- the same request twice -----------------------------------------------------------------
def test_it_does_a_doubled_request_once(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    ways.to_the_form(case, "DES", DES_DOWN_VPN)
    form = ways.form(bonar, DES_DOWN_VPN)
    first = case.take("submit_ticket", key="form-1", **form)
    second = case.take("submit_ticket", key="form-1", **form)
    assert second["id"] == first["id"]
    case.until("TICKET_OPEN")
    case.take("submit_ticket", key="form-1", **form)  # back and resubmit, much later
    case.refused("submit_ticket", 409, **form)
    world.at_rest()
    assert len(world.outside.calls("mycx", "create_ticket")) == 1
    assert case.sent() == ["acknowledgement", "ticket"]
    assert case.history().count("submit_ticket") == 1
    assert len(bonar.mails()) == 2


def test_it_does_what_a_page_sends_twice_once(world: World, agent: Api, bonar: Customer, window: httpx2.Client) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    case.take("take")
    path, form = f"/cases/{case.pk}/steps/write/", {"message": "Sedang kami periksa.", "key": "halaman-1"}
    for _time in range(3):  # Enter twice, then back and send again
        assert press(window, path, **form).status_code == 200
    bonar.gets("Sedang kami periksa.")
    world.at_rest()
    assert case.history().count("write") == 1
    assert case.sent() == ["acknowledgement", "reply"]
    assert len(bonar.mails()) == 2


# --- taking back ------------------------------------------------------------------------------------------------------
def test_it_takes_a_step_back_while_its_mail_is_held(
    world: World, agent: Api, other_agent: Api, bonar: Customer, settings: object
) -> None:
    case = world.case_of(agent, bonar.writes("Tanya", "Berapa pilihan bandwidth Astinet?"))
    ways.check_segment(case, "DES")
    case.take("identify", kind="INFORMATION")
    settings.MAIL_UNDO_SECONDS = 60  # type: ignore[attr-defined]
    case.take("answer_information", message="Salah ketik.", none_fits="tidak ada")
    assert case.state == "INFO_ANSWERED"
    clock = Timer.objects.get(case_id=case.pk, name="first_response")
    assert clock.state == "STOPPED"
    assert "close" not in case.offers()  # a mail is unsent
    case.as_(other_agent).refused("take_back", 409)
    case.take("take_back")
    back = case.now()
    assert (back["state"], back["answered_at"]) == ("CLASSIFIED", None)
    clock.refresh_from_db()
    assert clock.state == "RUNNING"
    case.refused("take_back", 409)

    settings.MAIL_UNDO_SECONDS = 0  # type: ignore[attr-defined]
    case.take("answer_information", message="Tersedia 200 Mbps.", none_fits="tidak ada")
    bonar.gets("Tersedia 200 Mbps.")
    case.all_sent()
    case.refused("take_back", 409)
    world.clock()
    world.at_rest()
    assert case.sent() == ["acknowledgement", "answer"]
    assert not any("Salah ketik." in mail.as_string() for mail in bonar.mails())
    steps = [name for name in case.history() if name != "keep_reading"]  # what was read comes when it comes
    assert steps[-3:] == ["answer_information", "take_back", "answer_information"]


def test_it_sends_a_held_mail_when_its_time_has_come(
    world: World, agent: Api, bonar: Customer, settings: object
) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    case.take("take")
    settings.MAIL_UNDO_SECONDS = 60  # type: ignore[attr-defined]
    case.take("write", message="Sedang kami periksa.")
    world.clock()
    world.at_rest()
    held = OutboundMail.objects.filter(case_id=case.pk, purpose="reply", status="HELD")
    assert held.update(send_after=timezone.now()) == 1
    world.clock()
    bonar.gets("Sedang kami periksa.")
    eventually(lambda: OutboundMail.objects.get(case_id=case.pk, purpose="reply").status == "SENT")
    case.refused("take_back", 409)


# --- void -------------------------------------------------------------------------------------------------------------
def test_it_files_a_mail_sent_twice_once_and_never_answers_a_machine(world: World, agent: Api, bonar: Customer) -> None:
    mail = bonar.writes("Link mati", COMPLAINT)
    case = world.case_of(agent, mail)
    submit(mail)
    machine = bonar.compose("Balasan otomatis: cuti", "Saya sedang cuti.")
    machine["Auto-Submitted"] = "auto-replied"
    submit(machine)
    eventually(lambda: world.ledger() == {"FILED": 1, "DUPLICATE": 1, "IGNORED": 1}, what=lambda: str(world.ledger()))
    world.at_rest()
    assert case.sent() == ["acknowledgement"]
    assert len(bonar.mails()) == 1
    assert "attach_reply" not in case.history()
