"""The evidence panel: every application that knows the product, each by itself, kept as it was seen (P-05 6, E-42)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from segmentation.tools import SYSTEMS
from tenesa.accounts.models import Area, User
from tenesa.accounts.roles import Role
from tenesa.mail.folders import MailFolder
from tenesa.systems import breaker, outbox
from tenesa.systems.errors import Unavailable
from tenesa.systems.models import ExternalCall, Notice, SiteTool
from tenesa.systems.simulator import seed
from tenesa.systems.sites import load_sites
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tests import factories
from tests.platform.systems.conftest import simulators  # noqa: F401 - the simulators with short patience
from tickets.evidence.panel import Card, Evidence, evidence
from tickets.models import EmailCase
from tickets.states import State

OF_A_LINK = {"mycx", "nossa", "tenoss", "telkom_center", "securecrt", "mrtg"}
OF_A_LINE = {"mycx", "nossa", "siskas", "epayment", "embassy"}
pytestmark = pytest.mark.usefixtures("simulators")


def at_work(owner: User, *product_ids: str) -> EmailCase:
    """A case in trouble-shooting about these products, nothing read yet."""
    case = factories.opened()
    case.set_lines(list(product_ids), "")
    ExternalCall.objects.all().delete()
    return factories.put(
        case, State.TROUBLESHOOTING, owner=owner, kind="COMPLAINT", complaint="NEW", customer=factories.customer()
    )


def read(case: EmailCase, who: User, **asked: str) -> EmailCase:
    return perform(case, "read_checks_again", actor=who, data=asked)


def answer_all() -> None:
    for pk in ExternalCall.objects.filter(status="WAITING", attempts=0).values_list("pk", flat=True):
        outbox.deliver(pk)


def panel(case: EmailCase, who: User) -> Evidence:
    found = evidence(EmailCase.objects.get(pk=case.pk), who)
    assert found is not None
    return found


def card(case: EmailCase, who: User, tool: str) -> Card:
    return next(one for one in panel(case, who).cards if one.tool == tool)


def words(case: EmailCase, who: User) -> dict[str, str]:
    return {one.tool: one.signal for one in panel(case, who).cards}


def test_it_reads_everything_that_knows_a_link_at_once_and_draws_what_came(rini) -> None:
    case = at_work(rini, seed.DES_DOWN_VPN)
    assert all(one.words == "Belum dibaca" for one in panel(case, rini).cards if one.tool in SYSTEMS)
    read(case, rini)
    assert set(ExternalCall.objects.values_list("system", flat=True)) == OF_A_LINK
    assert panel(case, rini).reading == len(OF_A_LINK)
    answer_all()
    shown = {one.tool: one for one in panel(case, rini).cards}
    assert {tool for tool, one in shown.items() if one.drawing} == OF_A_LINK - {"nossa"}  # no ticket: nothing to draw
    signals = {tool: one.signal for tool, one in shown.items()}
    assert {tool: signals[tool] for tool in ("mrtg", "telkom_center", "securecrt", "nossa", "tenoss", "mycx")} == {
        "mrtg": "breach", "telkom_center": "breach", "securecrt": "breach", "nossa": "", "tenoss": "", "mycx": "",
    }  # fmt: skip
    assert shown["mrtg"].who == str(rini)
    assert shown["nossa"].words == "Tidak ada tiket"
    case.link_incident(seed.DES_DOWN_VPN, "IN10482999", opened_here=True)
    stale = card(case, rini, "nossa")
    assert (stale.words, stale.signal) == ("Belum dibaca lagi", "")
    assert "IN10482999" in stale.summary
    elsewhere = {other.label: other.why for other in panel(case, rini).groups[0].elsewhere}
    assert set(elsewhere) == {"E-Payment", "SISKAS", "EMBASSY"}


def test_a_line_is_measured_against_its_limits_and_what_was_seen_stays(rini, client: Client) -> None:
    case = at_work(rini, seed.DBS_UNSTABLE)
    read(case, rini)
    assert set(ExternalCall.objects.values_list("system", flat=True)) == OF_A_LINE
    answer_all()
    first = card(case, rini, "embassy")
    measured = {one.label: one.state for one in first.drawing.obj.measured}  # type: ignore[union-attr]
    assert measured == {"Rx": "breach", "Redaman": "breach", "SNR": "breach", "Attainable": "breach"}
    read(case, rini, tool="embassy", product_id=seed.DBS_UNSTABLE)
    answer_all()
    again = card(case, rini, "embassy")
    assert again.check != first.check
    assert [row["pk"] for row in again.earlier] == [first.check.pk]  # type: ignore[union-attr]
    client.force_login(rini)
    page = client.get(reverse("evidence-seen", args=[case.pk, first.check.pk]))  # type: ignore[union-attr]
    assert "≥ -27" in page.content.decode()


def test_two_reads_of_one_application_at_once_are_two_rows_and_the_newest_is_shown(rini) -> None:
    case = at_work(rini, seed.DES_HEALTHY)
    for _time in range(2):
        read(case, rini, tool="mrtg")
    answer_all()
    assert case.checks.filter(tool="mrtg").count() == 2
    shown = card(case, rini, "mrtg")
    assert shown.check == case.checks.filter(tool="mrtg").latest("at")
    assert len(shown.earlier) == 1


def test_a_read_that_failed_is_superseded_by_the_next_and_says_so_until_then(rini, simulators) -> None:  # noqa: F811
    case = at_work(rini, seed.DES_HEALTHY)
    simulators.fail("mrtg", "wrong_data")
    simulators.fail("nossa", "http_500")
    read(case, rini)
    answer_all()
    failed = card(case, rini, "mrtg")
    assert (failed.signal, failed.can_read, failed.can_record, failed.drawing) == ("risk", True, True, None)
    assert failed.again is not None
    assert card(case, rini, "nossa").again is not None
    assert card(case, rini, "telkom_center").signal == "met"
    simulators.heal("mrtg")
    read(case, rini, tool="mrtg")
    answer_all()
    assert card(case, rini, "mrtg").signal == "met"
    assert ExternalCall.objects.get(system="mrtg", status="CANCELLED").attempts == 1
    assert [check.tool for check in case.newest_checks()].count("mrtg") == 1


def test_nobody_who_may_not_act_is_offered_to(rini, dewi, bowo, client: Client) -> None:
    case = at_work(rini, seed.DES_HEALTHY)
    shown = panel(case, dewi)
    assert not shown.can_read
    assert not any(one.can_read or one.can_record for one in shown.cards)
    client.force_login(dewi)
    refused = client.post(reverse("evidence-act", args=[case.pk, "read"]), {"tool": "mrtg"})
    assert refused.status_code == 409
    assert not ExternalCall.objects.exists()
    assert client.post(reverse("evidence-act", args=[case.pk, "close"])).status_code == 404


def test_its_own_page_hears_of_new_readings(rini, client: Client) -> None:
    case = at_work(rini, seed.DES_HEALTHY)
    client.force_login(rini)
    page = client.get(reverse("evidence", args=[case.pk])).content.decode()
    assert 'data-watch="case' in page
    assert f'data-live="tickets.emailcase:{case.pk}"' in page


def test_a_stranger_does_not_see_the_panel(rini, asing, client: Client) -> None:
    case = at_work(rini, seed.DES_HEALTHY)
    client.force_login(asing)
    assert client.get(reverse("evidence", args=[case.pk])).status_code == 404
    assert client.post(reverse("evidence-act", args=[case.pk, "read"])).status_code == 404


@pytest.fixture
def bandung(db: None) -> User:
    person = factories.person("tuti", Role.AGENT_EMAIL, area="BDG")
    Area.objects.get_or_create(code="SMG", defaults={"name": "Semarang"})
    load_sites()
    return person


def test_an_application_is_read_only_where_the_site_may_use_it(bandung) -> None:
    SiteTool.objects.filter(area="BDG", tool="mrtg").update(available=False)
    case = at_work(bandung, seed.DES_HEALTHY)
    read(case, bandung)
    assert set(ExternalCall.objects.values_list("system", flat=True)) == OF_A_LINK - {"mrtg"}
    missing = card(case, bandung, "mrtg")
    assert (missing.here, missing.words, missing.can_read, missing.can_record) == (
        False, "Tidak tersedia di lokasi ini", False, True,
    )  # fmt: skip
    with pytest.raises(InvalidInput):
        read(case, bandung, tool="mrtg")
    perform(
        case, "record_check", actor=bandung,
        data={"tool": "mrtg", "product_id": seed.DES_HEALTHY, "verdict": "FAULT", "summary": "Grafik nol"},
    )  # fmt: skip
    entered = card(case, bandung, "mrtg")
    assert (entered.signal, entered.summary) == ("breach", "Grafik nol")
    assert str(bandung) in entered.who


def test_what_was_entered_after_a_reading_or_by_hand_says_what_it_is(rini) -> None:
    case = at_work(rini, seed.DES_HEALTHY)
    perform(
        case, "record_check", actor=rini,
        data={"tool": "nossa", "product_id": seed.DES_HEALTHY, "verdict": "NORMAL", "summary": "Tidak ada tiket"},
    )  # fmt: skip
    seen = card(case, rini, "nossa")
    assert (seen.words, seen.signal, str(dict(seen.verdicts)["NORMAL"])) == (
        "Tidak ada tiket terbuka", "", "Tidak ada tiket terbuka",
    )  # fmt: skip
    perform(
        case, "record_check", actor=rini,
        data={"tool": "mycx", "product_id": seed.DES_HEALTHY, "verdict": "UNKNOWN", "summary": "Satu pelanggan"},
    )  # fmt: skip
    assert card(case, rini, "mycx").words == "Terbaca"
    event = case.last_event()
    ExternalCall.objects.create(
        procedure=case.procedure_name(), case_id=case.pk, event=event, system="mycx", operation="create_ticket",
        payload={}, idempotency_key="entered", status="DONE", answered_at=timezone.now(),
    )  # fmt: skip
    entered = card(case, rini, "mycx")
    assert (entered.words, entered.signal) == ("Belum dibaca lagi", "")
    assert "sesudah pembacaan ini" in entered.summary


def test_the_table_begins_with_the_document_and_keeps_what_was_set(bandung) -> None:
    assert SiteTool.objects.count() == 20
    assert set(SiteTool.objects.filter(area="BDG").values_list("clause", "available")) == {("P-05 11.1", True)}
    SiteTool.objects.filter(area="SMG", tool="mrtg").update(available=False)
    load_sites()
    assert not SiteTool.objects.get(area="SMG", tool="mrtg").available


def test_an_application_that_is_down_is_said_on_the_case_with_the_way_by_hand(rini, bowo, client: Client) -> None:
    case = at_work(rini, seed.DES_HEALTHY)
    for _failure in range(breaker.FAILURES):
        breaker.failed("mrtg", Unavailable("TIMEOUT", "silent"))
        breaker.failed("embassy", Unavailable("TIMEOUT", "silent"))
    until = timezone.now() + timedelta(hours=2)
    Notice.objects.create(system="nossa", text="Pemeliharaan NOSSA", until=until, author=bowo)
    assert [down.label for down in panel(case, rini).downs] == ["MRTG", "NOSSA"]  # EMBASSY does not know a link
    client.force_login(rini)
    page = client.get(reverse("evidence", args=[case.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "Pemeliharaan NOSSA" in page
    assert "masukkan hasilnya" in page


def test_an_unknown_product_and_none_at_all(rini, client: Client) -> None:
    case = at_work(rini, seed.UNKNOWN_SID)
    read(case, rini)
    answer_all()
    assert {one.words for one in panel(case, rini).cards if one.tool in {"mrtg", "telkom_center"}} == {"Tanpa simpulan"}
    bare = factories.put(factories.opened("Internet mati"), State.CLASSIFIED, owner=rini)
    assert evidence(bare, rini) is None
    with pytest.raises(NotNow):
        read(bare, rini)
    client.force_login(rini)
    assert client.get(reverse("cases:case", args=[bare.pk])).status_code == 200


def test_our_mailbox_stands_for_ems(rini) -> None:
    case = at_work(rini, seed.DES_HEALTHY)
    folder = MailFolder.objects.get_or_create(mailbox=case.mailbox, name="INBOX")[0]
    for values, signal in (
        ({"polled_at": None}, "risk"),
        ({"polled_at": timezone.now()}, "met"),
        ({"last_error": "IMAP: sandi salah"}, "breach"),
    ):
        MailFolder.objects.filter(pk=folder.pk).update(**values)
        assert card(case, rini, "ems").signal == signal


def test_the_panel_costs_the_same_for_one_product_and_for_three(rini, django_assert_max_num_queries: Any) -> None:
    three = at_work(rini, seed.DES_HEALTHY, seed.DES_DOWN_VPN, seed.DBS_HEALTHY)
    read(three, rini)
    answer_all()
    case = EmailCase.objects.get(pk=three.pk)
    with django_assert_max_num_queries(14):
        found = evidence(case, rini)
    assert found is not None
    assert len(list(found.cards)) == 6 + 6 + 5 + 1
