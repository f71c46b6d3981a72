"""QC's pages: the form in the rail, recordings, instruments, rounds, the report F-19, lists and measures."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from reportlab.pdfgen.canvas import Canvas
from rest_framework.test import APIClient

from caring.models import CalibrationRound, CaringResult, Instrument, Ruling, SecondLook, Verdict
from caring.prospects.states import Campaign
from caring.quality import drafting, instruments, samples, validation, validation_files, validation_pages
from caring.quality.drafting import Item
from caring.results.states import State
from caring.seed import GATE, SCORECARD
from tenesa import sheets
from tenesa.accounts import tokens
from tenesa.accounts.models import Presence, PresenceState, User
from tenesa.accounts.roles import Role
from tenesa.reporting import lists
from tenesa.reporting.export import Count
from tenesa.reporting.measuring import measure_new
from tenesa.reporting.models import Export, Measurement
from tenesa.reporting.registry import listings
from tenesa.reporting.report_query import ReportQuery
from tenesa.systems import clients
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests.caring import desk, results

CARD = [Item(code, words, critical, weight) for code, words, weight, critical in SCORECARD]


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def dian(db: None) -> User:
    return desk.person("dian", Role.QCO)


@pytest.fixture
def sita(db: None) -> User:
    return desk.person("sita", Role.SUPERVISOR)


def returned(agent: User, qco: User) -> CaringResult:
    return perform(desk.at_qc(agent, qco), "return_to_agent", actor=qco, data=desk.RETURN)


# --- the form in the rail ---------------------------------------------------------------------------------------------
def looked_for(one: CaringResult, status: str) -> None:
    """What APPREC has said about the recording."""
    ExternalCall.objects.filter(case_id=one.pk, system="apprec").update(
        status=status, answered_at=timezone.now(), error_code="NOT_FOUND" if status == "REFUSED" else ""
    )


def preset(one: CaringResult, user: User) -> tuple[str, dict[str, bool]]:
    """The form of the approval, and which criteria stand as OK in it."""
    page = browser_of(user).get(one.get_absolute_url()).content.decode()
    approve = page.partition('id="offer-approve"')[2].partition("</details>")[0]
    radios = {code: approve.partition(f'name="gate_{code}"')[2].partition(">")[0] for code, *_rest in GATE}
    assert all('value="OK"' in radio for radio in radios.values())
    return page, {code: "checked" in radio for code, radio in radios.items()}


@pytest.mark.parametrize("status", ["WAITING", "REFUSED", "DEAD"])
def test_a_recording_that_was_not_found_is_no_ok(citra: User, laras: User, status: str) -> None:
    one = desk.at_qc(citra, laras)
    looked_for(one, status)
    page, set_ = preset(one, laras)
    assert [code for code, ok in set_.items() if not ok] == ["RECORDED"]
    assert "data-at-once" not in page.partition('id="offer-approve"')[2].partition("</details>")[0]
    assert ("<audio" in page) == (status == "DEAD")  # whoever presses play asks again
    assert ("APPREC tidak memiliki rekaman" in page) == (status == "REFUSED")
    with pytest.raises(InvalidInput):
        perform(one, "approve", actor=laras, data={**desk.OK, "gate_RECORDED": ""})
    assert perform(one, "approve", actor=laras, data=desk.OK).state == State.APPROVED  # QC heard it elsewhere


def test_all_is_preset_but_no_key_alone_approves(citra: User, laras: User) -> None:
    one = desk.at_qc(citra, laras)
    looked_for(one, "DONE")
    page, set_ = preset(one, laras)
    approve = page.partition('id="offer-approve"')[2].partition("</details>")[0]
    assert all(set_.values())
    assert approve.count('name="score_') == 11
    assert "data-at-once" not in approve
    assert 'data-key="v"' not in approve
    assert reverse("qc:recording", args=[one.pk]) in page


# --- recordings -------------------------------------------------------------------------------------------------------
class Apprec:
    """A recording for one call id, and no other."""

    def __init__(self, call_id: str, error: Exception | None = None) -> None:
        self.call_id, self.error = call_id, error

    def find(self, call_id: str) -> Any:
        if self.error is not None:
            raise self.error
        if call_id != self.call_id:
            raise Refused("NOT_FOUND", "Tidak ada rekaman.")
        return type("Recording", (), {"recording": "REC-1"})

    def audio(self, recording: str) -> bytes:
        assert recording == "REC-1"
        return b"RIFF0123456789"


def test_a_recording_is_played_by_its_call_id(citra: User, laras: User, monkeypatch: pytest.MonkeyPatch) -> None:
    one = results.made(State.QC_QUEUED, citra, prospect=desk.prospect(), call_id="EB-90000001")
    monkeypatch.setattr(clients, "apprec", lambda: Apprec("EB-90000001"))
    address = reverse("qc:recording", args=[one.pk])
    whole = browser_of(laras).get(address)
    assert (whole.content, whole["Content-Type"], whole["Cache-Control"]) == (
        b"RIFF0123456789",
        "audio/wav",
        "no-store",
    )
    part = browser_of(citra).get(address, headers={"range": "bytes=4-6"})
    assert (part.status_code, part.content, part["Content-Range"]) == (206, b"012", "bytes 4-6/14")
    assert browser_of(laras).get(address, headers={"range": "bytes=99-"}).status_code == 416
    other = desk.person("bagus", Role.AGENT_CARING)
    assert browser_of(other).get(address).status_code == 404
    stranger = desk.person("asing", Role.QCO, "TENESA")
    assert browser_of(stranger).get(address).status_code == 404


def test_no_recording_is_never_that_of_another_call(
    citra: User, laras: User, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    down = Unavailable("TIMEOUT", "APPREC tidak menjawab.")
    for call_id, error, status in (("EB-2", None, 404), ("", None, 404), ("EB-1", down, 503)):
        one = results.made(State.QC_QUEUED, citra, prospect=desk.prospect(), call_id=call_id)
        monkeypatch.setattr(clients, "apprec", lambda error=error: Apprec("EB-1", error))
        assert browser_of(laras).get(reverse("qc:recording", args=[one.pk])).status_code == status


# --- who sees them ----------------------------------------------------------------------------------------------------
PAGES = ["qc:overview", "qc:validation", "qc:calibrations", "qc:instruments"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_qc_and_who_leads(name: str, citra: User, laras: User, novita: User) -> None:
    for user, status in ((laras, 200), (novita, 200), (citra, 404)):
        assert browser_of(user).get(reverse(name)).status_code == status


# --- instruments ------------------------------------------------------------------------------------------------------
def test_another_person_approves_the_next_version(novita: User, sita: User, laras: User) -> None:
    lighter = [Item(one.code, one.words, one.critical, one.weight) for one in CARD[:-1]]
    lighter[0] = Item("OPENING", "Salam pembuka yang hangat", "", 10)
    made = drafting.draft("SCORECARD", lighter, novita)
    assert instruments.current(Instrument.Kind.SCORECARD).version == 1
    with pytest.raises(NotYourStep):
        drafting.approve(made, novita)
    with pytest.raises(NotYourStep):
        drafting.approve(made, laras)
    page = browser_of(sita).get(reverse("qc:instrument", args=[made.pk])).content.decode()
    assert "<ins>" in page
    assert browser_of(sita).post(
        reverse("qc:instrument-decide", args=[made.pk]), {"decision": "approve"}
    ).status_code == 302  # fmt: skip
    held = instruments.current(Instrument.Kind.SCORECARD)
    assert (held.version, held.approved_by, held.items.count()) == (2, sita, 10)
    with pytest.raises(NotNow):
        drafting.withdraw(made, sita)


@pytest.mark.parametrize(
    ("kind", "items"),
    [
        ("SCORECARD", CARD[:-1]),
        ("SCORECARD", [*CARD[:-1], CARD[0]]),
        ("GATE", [Item(code, words, critical) for code, words, _weight, critical in GATE[:-1]]),
    ],
    ids=["weights make 95", "code twice", "five criteria"],
)
def test_half_an_instrument_is_none(novita: User, kind: str, items: list[Item]) -> None:
    with pytest.raises(InvalidInput):
        drafting.draft(kind, items, novita)
    assert Instrument.objects.count() == 2


def posted(items: list[Item]) -> dict[str, str]:
    data = {"item-TOTAL_FORMS": str(len(items)), "item-INITIAL_FORMS": str(len(CARD))}
    for place, one in enumerate(items):
        data |= {f"item-{place}-{name}": str(getattr(one, name)) for name in ("code", "words", "weight", "critical")}
    return data


def test_a_draft_is_written_on_the_page_and_a_newer_one_takes_its_place(novita: User, laras: User) -> None:
    address, client = reverse("qc:instrument-draft", args=["SCORECARD"]), browser_of(novita)
    assert client.get(address).status_code == 200
    assert browser_of(laras).get(address).status_code == 404
    assert client.post(address, posted(CARD[:-1])).status_code == 422
    assert client.post(address, posted(CARD)).status_code == 302
    assert client.post(address, posted(CARD)).status_code == 302
    (waiting,) = drafting.drafts()
    assert (waiting.version, waiting.drafted_by) == (3, novita)


# --- rounds and second looks on the page ------------------------------------------------------------------------------
FOUND = {**desk.OK, "gate_BILL": "NOT_OK", "scored": "on"}


def test_a_round_by_the_pages(citra: User, laras: User, dian: User, novita: User) -> None:
    perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    today, leader = timezone.localdate().isoformat(), browser_of(novita)
    assert leader.post(reverse("qc:calibrations"), {"first": today, "last": today, "size": "5"}).status_code == 302
    opened = CalibrationRound.objects.get()
    address = reverse("qc:score", args=[opened.pk, opened.results.get().pk])
    page = browser_of(dian).get(address)
    assert page.status_code == 200
    assert str(laras) not in page.content.decode()
    hers = browser_of(laras).get(address)  # she judged it: said in words, and nothing of what others found
    assert (hers.status_code, "Hasil ini bukan bagian Anda" in hers.content.decode()) == (409, True)
    assert browser_of(citra).get(address).status_code == 404
    assert browser_of(dian).post(address, {}).status_code == 422
    assert browser_of(dian).post(address, FOUND).status_code == 302
    shown = reverse("qc:calibration", args=[opened.pk])
    assert "AC1" not in leader.get(shown).content.decode()
    assert browser_of(dian).post(reverse("qc:calibration-close", args=[opened.pk])).status_code == 409
    asked = leader.post(reverse("qc:calibration-close", args=[opened.pk]))
    assert CalibrationRound.objects.get().closed_at is None, "asked once, as it stays closed"
    assert [(one.qco, one.scored, one.left) for one in asked.context["asks"]] == [(dian, 1, 0)]
    assert "Kalibrasi tidak dapat dibuka lagi" in asked.content.decode()
    assert leader.post(reverse("qc:calibration-close", args=[opened.pk]), {"sure": "1"}).status_code == 302
    assert "AC1" in leader.get(shown).content.decode()
    given = {"criterion": "BILL", "decision": "Denda juga disebut.", "valid_from": today}
    assert leader.post(reverse("qc:rule", args=[opened.pk]), {**given, "decision": ""}).status_code == 422
    assert leader.post(reverse("qc:rule", args=[opened.pk]), given).status_code == 302
    assert Ruling.objects.get().round == opened
    assert "Denda juga disebut." in browser_of(laras).get(reverse("qc:overview")).content.decode()


def test_a_second_look_by_the_page(citra: User, laras: User, dian: User) -> None:
    perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    sample = samples.draw_second_looks("CARING", timezone.localdate())
    assert sample is not None
    address = reverse("qc:look", args=[SecondLook.objects.get().pk])
    client = browser_of(dian)
    assert address in client.get(reverse("qc:overview")).content.decode()
    assert str(sample.seed) in client.get(reverse("qc:overview")).content.decode()
    assert browser_of(laras).get(address).status_code == 404
    assert client.post(address, FOUND).status_code == 302
    assert Verdict.objects.get(kind="SECOND_LOOK").score == 0


def whole_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def sheet_names(content: bytes) -> list[str]:
    with sheets.Workbook(BytesIO(content)) as book:
        return [sheet.name for sheet in book.sheets]


# --- F-19 -------------------------------------------------------------------------------------------------------------
def test_the_report_of_the_day_as_page_sheet_and_pdf(citra: User, laras: User) -> None:
    perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    one = returned(citra, laras)
    desk.entered(desk.agreed(citra))
    client, day = browser_of(laras), f"?day={timezone.localdate():%Y-%m-%d}"
    page = client.get(reverse("qc:validation") + day)
    *_campaigns, whole = page.context["report"].sums
    assert (whole.agrees, whole.validated, whole.approved, whole.returned) == (3, 2, 1, 1)
    assert whole.met_shares == [1.0, 1.0, 0.5, 1.0, 1.0, 1.0]
    assert one.number in page.content.decode()
    sheet = whole_of(client.get(reverse("qc:validation-file", args=["xlsx"]) + day))
    rows = [cells for _number, cells in sheets.rows(BytesIO(sheet))]
    assert sheet_names(sheet) == ["Laporan validasi"]
    assert rows[0][0].startswith("FORM PELAPORAN HASIL VALIDASI AGREE")
    assert rows[1][0] == "OB.IN.QCC.TELK.F-19.Rev.00"
    assert f"{timezone.localtime(one.called_at):%d/%m/%Y %H:%M}" in {cells[0] for cells in rows}
    assert one.fastel in {cell for cells in rows for cell in cells}
    assert whole_of(client.get(reverse("qc:validation-file", args=["pdf"]) + day)).startswith(b"%PDF")
    assert client.get(reverse("qc:validation-file", args=["doc"]) + day).status_code == 404
    assert sorted(Export.objects.values_list("kind", "end__rows", "end__finished")) == [
        ("pdf", 3, True), ("xlsx", 3, True),
    ]  # fmt: skip
    yesterday = client.get(reverse("qc:validation"))
    assert yesterday.context["report"].first == timezone.localdate() - timedelta(days=1)
    period = client.get(reverse("qc:validation") + f"?first={timezone.localdate()}&last=2026-01-01")
    assert (period.context["report"].count, len(period.context["lines"])) == (3, 3)
    assert client.get(reverse("qc:validation") + "?day=2026-02-31").status_code == 200


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_word_of_a_head_is_broken_in_the_pdf(citra: User, laras: User, language: str) -> None:
    desk.at_qc(citra, laras)
    today = timezone.localdate()
    with override(language):
        found = validation.report(["CARING"], today, today)
        pages = validation_files._Pages(Canvas(BytesIO()), found, Count())
        assert sum(pages.widths) <= pages.width + 0.1
        sums = pages._sums()._colWidths
        assert sum(sums) <= pages.width
        for heads, widths in ((found.heads, pages.widths), (next(found.summary()), sums)):
            for head, width in zip(heads, widths, strict=True):
                cell = pages._cell(head)
                cell.wrap(width - 6, 500)
                assert [word for line in cell.blPara.lines for word in line[1]] == head.split()


def test_the_sums_of_the_report_are_those_of_all_its_lines(
    citra: User, laras: User, dian: User, novita: User
) -> None:  # fmt: skip
    """Counted by the database for the page, line by line here; an appeal counts as it was decided."""
    won = returned(citra, laras)
    perform(won, "ask_again", actor=novita, data={"reason": "Pernyataan ada pada menit kedua."})
    perform(won, "claim", actor=dian)
    perform(won, "approve", actor=dian, data=desk.OK)
    perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    returned(citra, laras)
    desk.entered(desk.agreed(citra))
    found = validation.report(["CARING"], timezone.localdate(), timezone.localdate())
    lines = list(found.lines())
    judged = [line for line in lines if line.verdict]
    for place, campaign in enumerate([*Campaign, None]):
        mine = [line for line in judged if campaign in {None, line.result.campaign}]
        met = [sum(line.found[at] == validation.OK for line in mine) for at in range(len(found.criteria))]
        agrees = sum(campaign in {None, line.result.campaign} for line in lines)
        approved = sum(line.verdict is not None and line.verdict.decision == "APPROVED" for line in mine)
        one = found.sums[place]
        assert (one.agrees, one.validated, one.approved, one.met) == (agrees, len(mine), approved, met)
    assert (found.sums[-1].agrees, found.sums[-1].validated, found.sums[-1].approved) == (4, 3, 2)


def test_the_page_of_the_report_shows_some_lines_and_the_sums_of_all(
    citra: User, laras: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation_pages, "SHOWN", 2)
    for _one in range(3):
        desk.entered(desk.agreed(citra))
    page = browser_of(laras).get(reverse("qc:validation") + f"?day={timezone.localdate():%Y-%m-%d}").context
    assert (page["report"].sums[-1].agrees, len(page["lines"]), page["more"]) == (3, 2, 1)


# --- lists and measures -----------------------------------------------------------------------------------------------
def shown(user: User, slug: str) -> list[str]:
    found = lists.page(listings[slug], user, ReportQuery.of({"period": "7d"})).rows
    return [row.number for row in found]


def test_returns_older_than_three_days_are_listed_until_they_are_called(
    citra: User, laras: User, novita: User
) -> None:  # fmt: skip
    late, young = returned(citra, laras), returned(citra, laras)
    old = timezone.now() - timedelta(days=3, minutes=1)
    CaringResult.objects.filter(pk=late.pk).update(returned_at=old)
    assert shown(novita, "p01_late_returns") == [late.number]
    perform(late, "pass_on", actor=novita, data={"note": "Telepon lagi."})
    assert shown(novita, "p01_late_returns") == [late.number]
    CaringResult.objects.filter(pk=young.pk).update(returned_at=old - timedelta(hours=1))
    assert shown(novita, "p01_late_returns") == [young.number, late.number]


def test_what_qc_does_not_take_for_three_days_is_listed(citra: User, novita: User) -> None:
    waiting = [results.made(State.QC_QUEUED, citra, prospect=desk.prospect()) for _one in range(2)]
    old = timezone.now() - timedelta(days=3, minutes=1)
    CaringResult.objects.filter(pk=waiting[0].pk).update(opened_at=old)
    assert shown(novita, "p01_unclaimed") == [waiting[0].number]
    CaringResult.objects.filter(pk=waiting[0].pk).update(appeal_open=True, appealed_at=timezone.now())
    assert shown(novita, "p01_unclaimed") == []


@pytest.mark.parametrize("slug", ["p01_late_returns", "p01_unclaimed", "p01_tapping", "p01_second_looks"])
def test_every_list_has_its_page(slug: str, citra: User, laras: User, novita: User) -> None:
    one = returned(citra, laras)
    page = browser_of(novita).get(reverse("reporting:list", args=[slug]))
    assert page.status_code == 200
    if slug == "p01_tapping":
        assert shown(novita, slug) == [one.number]
        assert "Bersedia" in page.content.decode()


def met(slug: str) -> list[bool | None]:
    return list(Measurement.objects.filter(kpi=slug).order_by("case_id").values_list("met", flat=True))


def test_kpi_71_is_the_second_criterion_and_72_all_six(citra: User, laras: User, dian: User) -> None:
    perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    returned(citra, laras)  # WILLING
    third = perform(
        desk.at_qc(citra, laras), "return_to_agent", actor=laras, data={**desk.RETURN, "gate_BILL": "NOT_OK"}
    )  # fmt: skip
    measure_new()
    assert met("p01_bill") == [True, True, False]
    assert met("p01_caring") == [True, False, False]
    assert met("p01_willing") == [True, False, False]
    assert met("p01_approved") == [True, False, False]
    assert not met("p01_overturned")
    assert set(Measurement.objects.filter(kpi="p01_judged").values_list("agent__username", flat=True)) == {"laras"}
    third = perform(third, "ask_again", actor=citra, data={"reason": "Ada di rekaman."})
    perform(perform(third, "claim", actor=dian), "approve", actor=dian, data=desk.OK)
    measure_new()
    assert met("p01_bill") == [True, True, True]  # the last decision alone
    assert met("p01_overturned") == [True]
    assert Measurement.objects.get(kpi="p01_overturned").agent == laras
    address = reverse("reporting:cases", args=["p01_bill"])
    assert third.number in browser_of(desk.person("chief", Role.MANAGER)).get(address).content.decode()


def test_verdicts_are_read_by_rest_and_written_by_no_client(citra: User, laras: User, novita: User) -> None:
    one = returned(citra, laras)
    client = desk.person("mesin", Role.API_CLIENT)
    stranger = desk.person("asing", Role.QCO, "TENESA")
    address = f"/api/results/{one.pk}/verdicts/"
    for user, status in ((laras, 200), (novita, 200), (stranger, 404)):
        assert browser_of(user).get(address).status_code == status
    machine = APIClient()
    machine.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(client, 'uji')[1]}")
    assert machine.get(address).status_code == 200
    (told,) = browser_of(laras).get(address).json()
    assert (told["kind"], told["decision"], told["ticks"]["WILLING"]) == ("DECIDING", "RETURNED", False)
    assert machine.post(address, {}).status_code == 405
    waiting = desk.entered(desk.agreed(citra))
    assert machine.post(f"/api/results/{waiting.pk}/claim/").status_code in {403, 404}


def test_whoever_is_not_ready_reads_what_to_press_and_not_that_nothing_is_to_do(citra: User, laras: User) -> None:
    result = desk.entered(desk.agreed(citra))
    shown = browser_of(laras).get(result.get_absolute_url()).content.decode()
    assert "Tidak ada yang perlu dilakukan" not in shown
    Presence.objects.filter(user=laras).update(state=PresenceState.OFFLINE)
    shown = browser_of(laras).get(result.get_absolute_url()).content.decode()
    assert "Tekan auto-in dulu" in shown
    assert "Tidak ada yang perlu dilakukan" not in shown
