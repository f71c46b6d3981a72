"""The register, the request's page, reports and the demonstration."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pending.desk import PendingDesk
from pending.models import PendingRequest
from pending.states import State
from pending.today import day as day_of
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.incidents.feed import store_incident
from tenesa.incidents.models import Incident, IncidentStatus
from tenesa.mail.models import CaseFile, OutboundMail, Scan
from tenesa.reporting import measuring
from tenesa.reporting.lists import page
from tenesa.reporting.models import Measurement
from tenesa.reporting.registry import listings
from tenesa.reporting.report_query import ReportQuery
from tenesa.search.index import rebuild
from tenesa.search.registry import source_of
from tenesa.systems import control
from tenesa.ui.live import name_of
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tenesa.workspace import lists, message
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import (
    CALL,
    OPEN,
    OTHER,
    again,
    ahead,
    asked,
    call,
    contacting,
    deliver,
    pended,
    put_attempt,
    tried,
    unreached,
)
from tests.pending.test_letters import arrives
from tickets.models import Line

pytestmark = pytest.mark.django_db
STEPS, DESK = steps_of(PendingRequest), PendingDesk()
HTMX = {"HX-Request": "true"}
GIVEN = {
    "incident": OPEN, "reason": "CUST_REQUEST", "reason_text": "Diminta pelanggan.", "unit": "TA Bandung",
    "person": "Ujang",
}  # fmt: skip


def listed(user: User, view: str, asked_for: str = "", after: str = "") -> lists.Page:
    shown = DESK.view_of(user, view)
    assert shown is not None
    return lists.page(DESK, user, shown, QueryDict(asked_for), after=after)


# --- pages -----------------------------------------------------------------------------------------------------------
def test_an_agent_works_a_request_on_its_page(
    ujang: User, rini: User, nossa: Outside, client: Client, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "en"
    client.force_login(rini)
    answer = client.post(reverse("pend-ask"), {**GIVEN, "until": ahead(hours=3), "channel": "PHONE"})
    request = PendingRequest.objects.get()
    assert (answer.status_code, answer["Location"], request.requester) == (
        302,
        reverse("pending:case", args=[request.pk]),
        rini,
    )
    empty = client.post(reverse("pend-ask"), {})
    assert (empty.status_code, "aria-invalid" in empty.content.decode()) == (422, True)
    second = client.post(reverse("pend-ask"), {**GIVEN, "until": ahead(hours=3), "key": "lain"})
    shown = second.content.decode()
    assert (second.status_code, request.get_absolute_url() in shown, GIVEN["reason_text"] in shown) == (409, True, True)
    assert PendingRequest.objects.count() == 1

    def step(name: str, **data: Any) -> tuple[int, str]:
        address = reverse("pending:step", args=[request.pk, name])
        done = client.post(address, data, headers=HTMX)
        return done.status_code, done.content.decode()

    listed = client.get(reverse("pending:list")).content.decode()
    assert OPEN in listed
    assert step("pick_up")[0] == 200
    deliver(request)
    assert 'id="offer-start_contact"' in client.get(reverse("pending:case", args=[request.pk])).content.decode()
    assert step("start_contact")[0] == 422
    code, page = step("start_contact", contact_name="Bonar", contact_number=CALL["number"])
    assert (code, 'class="pend-calls"' in page, 'id="offer-record_attempt"' in page) == (200, True, True)
    code, page = step("record_attempt", number=CALL["number"], result="NO_ANSWER")
    said = page.split("pend-attempts")[1].split("</ol>")[0] + page.split('id="timeline"')[1].split("</ol>")[0]
    assert (code, CALL["number"] in said) == (200, False)
    assert step("record_attempt", number=CALL["number"], result="NO_ANSWER")[0] == 409
    assert step("take_call", **CALL)[0] == 200
    assert step("agree", until=ahead(hours=2), said_yes="on")[0] == 200
    deliver(request)
    assert again(request).state == State.PENDED
    today = client.get(reverse("pending:list"), {"view": "hold"}).content.decode()
    assert again(request).number in today


def test_the_pend_stands_on_the_page_of_the_tickets_mail(
    ujang: User, rini: User, nossa: Outside, client: Client
) -> None:
    request = pended(rini, ujang)
    case = factories.opened()
    incident = store_incident({"number": OPEN, "service_no": "1", "status": "PENDING"})
    Line.objects.create(case=case, product_id="1", incident=incident, incident_number=OPEN)
    client.force_login(rini)
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert reverse("pending:case", args=[request.pk]) in page
    assert (
        reverse("cases:case", args=[case.pk]) in client.get(reverse("pending:case", args=[request.pk])).content.decode()
    )


def test_a_unit_sees_no_number_of_the_customer_and_nobody_two_masks(
    ujang: User, rini: User, nossa: Outside, client: Client
) -> None:
    request = contacting(rini, asked(ujang))
    address, script = reverse("pending:case", args=[request.pk]), request.reason.script
    client.force_login(rini)
    page = client.get(address).content.decode()
    assert (CALL["number"] in page, script in page) == (True, True)
    call(rini, request)
    client.force_login(ujang)
    page = client.get(address).content.decode()
    bare = CALL["number"].replace("-", "")
    assert not [one for one in (CALL["number"], bare, script) if one in page]
    assert ("0812••••••87" in page, "081•••187" in page) == (True, False)


def upload(name: str = "izin.pdf", content: bytes = b"%PDF-1.4 izin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_evidence_comes_as_files_for_those_who_see_the_request(
    ujang: User, rini: User, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {**GIVEN, "reason": "ACCESS_PERMIT", "until": ahead(hours=3)}
    client.force_login(ujang)
    assert client.post(reverse("pend-ask"), given).status_code == 422  # this reason needs evidence
    page = client.get(reverse("pend-ask")).content.decode()
    assert re.search(r'data-needed="reason" data-values="[A-Z_ ]*ACCESS_PERMIT', page)
    assert "wajib, atau lampirkan berkas" in page
    monkeypatch.setattr(message, "attachment_limit", lambda: 10)
    assert client.post(reverse("pend-ask"), {**given, "attachments": upload()}).status_code == 422
    monkeypatch.undo()
    assert not PendingRequest.objects.exists()
    assert client.post(reverse("pend-ask"), {**given, "attachments": [upload(), upload("foto.jpg")]}).status_code == 302
    request, files = PendingRequest.objects.get(), list(CaseFile.objects.order_by("pk"))
    assert [one.name for one in files] == ["izin.pdf", "foto.jpg"]
    address = reverse("mail:case-file", args=[files[0].pk])
    udin = factories.person("udin", Role.TELKOM_UNIT, ready=False)
    for user, status in ((ujang, 200), (rini, 200), (udin, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status
        shown = client.get(request.get_absolute_url())
        assert (shown.status_code, address in shown.content.decode()) == (status, status == 200)
    Scan.objects.create(blob_id=files[0].blob_id, threat="Eicar")
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    client.force_login(rini)
    assert client.get(address).status_code == 403
    assert "Eicar" in client.get(request.get_absolute_url()).content.decode()


def test_more_time_brings_its_own_files_and_is_called_so_once_agreed(
    ujang: User, rini: User, nossa: Outside, client: Client
) -> None:
    running = pended(rini, ujang)
    client.force_login(ujang)
    page = client.get(running.get_absolute_url()).content.decode()
    assert f'<option value="{running.reason_id}" selected>' in page  # it begins with the reason that the hold has
    assert '<option value="">—</option>' in page
    assert "---------" not in page
    more = {"reason": "ACCESS_PERMIT", "reason_text": "Izin gedung.", "until": ahead(hours=9), "attachments": upload()}
    assert client.post(reverse("pending:step", args=[running.pk, "extend"]), more, headers=HTMX).status_code == 200
    longer = PendingRequest.objects.get(extends=running)
    assert [one.case_id for one in CaseFile.objects.all()] == [longer.pk]

    def told() -> str:
        return next(str(fact.value) for fact in DESK.facts(again(running), ujang) if longer.number in str(fact.value))

    assert "belum disetujui" in told()
    perform(longer, "take", actor=rini)
    call(rini, longer, "CONNECTED")
    perform(longer, "agree", actor=rini, data={"until": ahead(hours=8), "said_yes": "on"})
    deliver(longer)
    assert "disetujui sampai" in told()
    assert "Diperpanjang" not in str(State.EXTENDED.label)


@pytest.mark.parametrize(
    ("incident", "signal", "words"),
    [
        (OPEN, "met", OPEN),
        ("IN10999999", "breach", "tidak mengenal"),
        ("IN1", "breach", "IN10482213"),
        (OTHER, "risk", "PT0"),
        ("", None, ""),
    ],
)
def test_nossa_says_at_once_what_it_knows_of_the_number(
    incident: str, signal: str | None, words: str, *, ujang: User, nossa: Outside, client: Client
) -> None:
    asked(ujang, OTHER)
    client.force_login(ujang)
    page = client.get(reverse("pend-check"), {"incident": incident.lower()}).content.decode()
    assert (f'data-signal="{signal}"' in page, words in page) == (signal is not None, True)
    if incident == OPEN:
        nossa.fault("nossa", "get_incident", "http_500")
        page = client.get(reverse("pend-check"), {"incident": OPEN}).content.decode()
        assert 'data-signal="risk"' in page
    assert PendingRequest.objects.count() == 1


def test_the_customer_is_asked_for_consent_and_both_mails_stand_at_their_mail(
    ujang: User, rini: User, nossa: Outside, client: Client
) -> None:
    case, request = factories.opened(), asked(ujang)
    incident = store_incident({"number": OPEN, "service_no": "1", "status": "BACKEND"})
    Line.objects.create(case=case, product_id="1", incident=incident, incident_number=OPEN)
    contacting(rini, request)
    client.force_login(rini)
    assert f"setuju penanganan tiket {OPEN}" in client.get(request.get_absolute_url()).content.decode()
    call(rini, request, "CONNECTED")
    perform(request, "agree", actor=rini, data={"until": ahead(hours=4), "said_yes": "on"})
    deliver(request)
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode().split('id="timeline"')[1]
    mails = OutboundMail.objects.filter(procedure="pending.pendingrequest")
    assert {mail.purpose for mail in mails} == {"pend_agreed", "pend_done"}
    assert [f"out-{mail.pk}" in page for mail in mails] == [True, True]
    assert name_of(case) in [*DESK.lists_of(again(request))]  # so that its open page hears of them


def test_the_same_form_sent_twice_is_one_request(ujang: User, client: Client) -> None:
    client.force_login(ujang)
    given = {**GIVEN, "until": ahead(hours=3), "key": "sekali"}
    sent = [client.post(reverse("pend-ask"), given) for _time in range(2)]
    assert [answer["Location"] for answer in sent] == [PendingRequest.objects.get().get_absolute_url()] * 2


def test_a_number_that_is_none_is_said_once(ujang: User, client: Client) -> None:
    client.force_login(ujang)
    page = client.post(reverse("pend-ask"), {**GIVEN, "incident": "123", "until": ahead(hours=3)}).content.decode()
    assert 'hx-trigger="change from:#ask-id_incident"' in page  # its own check waits for another number


def test_a_unit_sees_its_own_requests_only(ujang: User, asing: User, client: Client) -> None:
    udin = factories.person("udin", Role.TELKOM_UNIT, ready=False)
    request = asked(ujang)
    for user, status in ((ujang, 200), (udin, 404), (asing, 404)):
        client.force_login(user)
        assert client.get(reverse("pending:case", args=[request.pk])).status_code == status
        assert (request.number in client.get(reverse("pending:list")).content.decode()) == (status == 200)
    client.force_login(udin)
    refused = client.post(reverse("pend-ask"), {**GIVEN, "until": ahead(hours=3)})
    assert (refused.status_code, OPEN in refused.content.decode()) == (409, True)
    client.force_login(factories.person("ratna", Role.MANAGER))
    assert client.get(reverse("pend-ask")).status_code == 404


def test_the_register_goes_on_by_keyset_with_few_queries(
    rini: User, ujang: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    moment, desk = ahead(hours=1), factories.desk()
    for number in range(lists.PAGE + 5):
        PendingRequest.objects.create(
            desk=desk, incident=f"IN2000{number:04}", requester=ujang, reason_id="CUST_REQUEST", reason_text="x",
            asked_until=moment, state="RECEIVED", urgent_at=moment, opened_at=moment,
        )  # fmt: skip
    for view in ("waiting", "all"):
        assert rini.places
        with django_assert_max_num_queries(2):  # the rows, and the mail that each tells of
            first = listed(rini, view)
        second = listed(rini, view, after=first.next)
        seen = [row.pk for row in (*first.rows, *second.rows)]
        assert (len(set(seen)), second.next) == (lists.PAGE + 5, "")
        assert seen == sorted(seen, reverse=view == "all")
    source = source_of("pending.pendingrequest")
    assert source is not None
    assert list(rebuild(source))
    assert [row.who for row in listed(rini, "all", "q=in20000007").rows] == ["IN20000007"]
    assert [row.who for row in listed(ujang, "own", "q=in20000007").rows] == ["IN20000007"]
    assert listed(rini, "all", "unit=tidak+ada").rows == []
    assert len(listed(rini, "all", "reason=CUST_REQUEST&state=RECEIVED").rows) == lists.PAGE


def test_a_page_costs_the_same_however_much_happened(ujang: User, rini: User, nossa: Outside, client: Client) -> None:
    mailbox, request = factories.mailbox(), pended(rini, ujang)
    counted: dict[User, list[int]] = {rini: [], ujang: []}
    for _round in range(2):
        for user, numbers in counted.items():
            client.force_login(user)
            client.get(request.get_absolute_url())
            with CaptureQueriesContext(connection) as asked_for:
                assert client.get(request.get_absolute_url()).status_code == 200
            numbers.append(len(asked_for))
        for number in range(8):
            arrives(mailbox, OutboundMail.objects.filter(purpose="pend_done").get())
            perform(request, "note", actor=rini, data={"text": str(number)})
            put_attempt(request, rini, result="BUSY")
    assert counted[rini][1] <= counted[rini][0] + 1  # files of mails that came
    assert counted[ujang][1] == counted[ujang][0]
    assert (counted[rini][0] <= 26, counted[ujang][0] <= 19) == (True, True), counted


@pytest.mark.parametrize("view", ["waiting", "hold", "today", "all", "own"])
def test_every_list_is_read_in_the_order_of_an_index(rini: User, ujang: User, view: str) -> None:
    user = ujang if view == "own" else rini
    assert user.places
    with CaptureQueriesContext(connection) as asked_for:
        listed(user, view)
    [query] = asked_for.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {query['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert ("Index Scan" in plan, "Sort" in plan) == (True, False), plan


def test_a_hold_ends_today_by_the_clock_of_this_place(rini: User, ujang: User) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for number, end in enumerate((midnight - timedelta(seconds=1), midnight)):
        PendingRequest.objects.create(
            desk=factories.desk(), incident=f"IN4000{number:04}", requester=ujang, reason_id="CUST_REQUEST",
            reason_text="x", asked_until=end, until=end, state="PENDED", answer="UNREACHABLE", attempts_made=3,
        )  # fmt: skip
    assert [row.who for row in listed(rini, "today").rows] == ["IN40000000"]
    assert {row.who for row in listed(rini, "hold").rows} == {"IN40000000", "IN40000001"}


def test_what_failed_is_bad_news_before_its_clock_is_over(rini: User, ujang: User) -> None:
    PendingRequest.objects.create(
        desk=factories.desk(), incident=OPEN, requester=ujang, reason_id="CUST_REQUEST", reason_text="x",
        asked_until=ahead(hours=1), state="FAILED", urgent_at=ahead(hours=1), urgent_for="retry", needs_action=True,
    )  # fmt: skip
    assert [row.signal for row in listed(rini, "waiting").rows] == ["breach"]
    assert lists.counts([DESK], rini)[0][0] == ({"waiting": 1}, True)


# --- reports and demonstration ---------------------------------------------------------------------------------------
def test_what_is_measured_of_holds(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    held = pended(rini, ujang)
    perform(held, "go_on", actor=ujang, data={"asked_by": "UNIT", "note": "Siap."})
    deliver(held)
    silent = unreached(rini, contacting(rini, asked(ujang, OTHER)))
    perform(silent, "give_up", actor=rini, data={})
    deliver(silent)
    measuring.measure_new()
    rows = Measurement.objects.filter(procedure="pending.pendingrequest").order_by("kpi", "case_id")
    reason = "CUST_RESCHEDULE"
    assert list(rows.values_list("kpi", "case_id", "met", "part")) == [
        ("pend_agreed", held.pk, True, reason),
        ("pend_agreed", silent.pk, False, reason),
        ("pend_decided", held.pk, True, "AGREED"),
        ("pend_decided", silent.pk, True, "UNREACHABLE"),
        ("pend_evidence", held.pk, True, reason),
        ("pend_evidence", silent.pk, True, reason),
        ("pend_reached", held.pk, True, "AGREED"),
        ("pend_reached", silent.pk, False, "UNREACHABLE"),
        ("pend_reasons", held.pk, None, reason),
        ("pend_reasons", silent.pk, None, reason),
        ("pend_refused", held.pk, False, reason),
        ("pend_refused", silent.pk, False, reason),
        ("pend_resumed", held.pk, True, reason),
        ("pend_units", held.pk, None, "TA Bandung"),
        ("pend_units", silent.pk, None, "TA Bandung"),
        ("pend_unreached", held.pk, False, reason),
        ("pend_unreached", silent.pk, True, reason),
    ]
    listed = page(listings["pends"], bowo, ReportQuery.of({}))
    assert {row.number for row in listed.rows} == {held.number, silent.number}


def test_a_hold_without_evidence_is_listed(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    request = pended(rini, ujang)
    unproved = lambda: [row.number for row in page(listings["pends_unproved"], bowo, ReportQuery.of({})).rows]  # noqa: E731
    measuring.measure_new()
    assert unproved() == []
    with pgtrigger.ignore("contact.ContactAttempt:append_only"):  # no door does this
        tried(request).delete()
    measuring.measure_again()
    assert unproved() == [request.number]


def test_the_repair_time_of_a_held_ticket_is_a_report_a_file_and_on_its_pages(
    ujang: User, rini: User, bowo: User, nossa: Outside, client: Client
) -> None:
    for number in (OPEN, OTHER):
        pended(rini, ujang, number)
    IncidentStatus.objects.filter(status="PENDING").update(at=ahead(minutes=-90))
    facts = Incident.objects.get(number=OPEN).facts
    for number, segment in ((OPEN, "DCS"), (OTHER, "DES")):
        Incident.objects.filter(number=number).update(facts={**facts, "segment": segment})
    with CaptureQueriesContext(connection) as asked_for:
        rows = page(listings["pends_repair"], bowo, ReportQuery.of({})).rows
    assert len(asked_for) <= 4
    found: Any = {row.values[3]: dict(zip(("gross", "hold", "net"), row.values[8:11], strict=True)) for row in rows}
    assert found[OPEN]["hold"] == found[OTHER]["hold"] == 90
    assert found[OPEN]["gross"] - found[OPEN]["net"] == 90  # a consumer's net leaves the hold out
    assert found[OTHER]["gross"] == found[OTHER]["net"]
    client.force_login(bowo)
    for kind in ("csv", "xlsx"):
        file = client.get(reverse("reporting:list-export", args=["pends_repair", kind]))
        told = b"".join(file.streaming_content)  # type: ignore[attr-defined]
        assert kind == "xlsx" or (OPEN.encode() in told and b";90;" in told)
    shown = client.get(reverse("pending:case", args=[PendingRequest.objects.get(incident=OPEN).pk])).content.decode()
    assert "pend-repair" in shown


def test_the_demonstration_shows_every_way(nossa: Outside, client: Client) -> None:
    from pending import demo as holds
    from tickets.demo import people

    people.load_people()
    assert holds.load(16) == 16
    made = PendingRequest.objects.all()
    assert set(made.values_list("state", flat=True)) >= {
        "RECEIVED", "REJECTED", "CONTACTING", "PENDED", "RETURNED", "RESUMED", "EXTENDED", "FAILED",
    }  # fmt: skip
    assert made.filter(urgent_for="call_back").exists()
    assert made.filter(extension=1, state="PENDED").exists()
    assert holds.load(16) == made.count()
    assert control.catalogue("nossa").faults == []  # none of its own is left behind
    for user, mine in (("rangga", made), ("ujang", made.filter(requester__username="ujang"))):
        client.force_login(User.objects.get(username=user))
        for one in mine:
            assert client.get(reverse("pending:case", args=[one.pk])).status_code == 200


def test_the_day_of_the_holds_by_the_hour(ujang: User, asep: User, rini: User, client: Client) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    ends = {"SOON": 20, "LATER": 200, "LONGER": 90, "OVER": -10, "DONE": -120, "LATE": -200, "TOMORROW": 13 * 60}
    desk = factories.desk()
    for place, (name, minutes) in enumerate(ends.items()):
        end, state = noon + timedelta(minutes=minutes), "PENDED"
        columns: dict[str, Any] = {"until": end, "answer": "AGREED", "attempts_made": 1, "connected_at": noon}
        if name == "LONGER":
            state, columns["held_until"] = "CONTACTING", end
        elif name in {"DONE", "LATE"}:
            state, columns["resumed_at"] = "RESUMED", end + timedelta(minutes=2 if name == "DONE" else 50)
        PendingRequest.objects.create(
            desk=desk, incident=f"IN3000{place:04}", requester=ujang, reason_id="CUST_REQUEST", reason_text=name,
            asked_until=end, state=state, unit="TA", person="U", **columns,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        day = day_of(rini, noon)
    assert len(queries) <= 3
    assert [end.obj.reason_text for end in day.over] == ["OVER"]
    assert (day.ahead, day.soon, day.ended, day.late, day.more) == (3, 1, 2, 1, False)
    hours = {f"{hour.start:%H}": [end.obj.reason_text for end in hour.ends] for hour in day.hours}
    assert hours == {
        "09": ["LATE"],
        "10": ["DONE"],
        "11": [],
        "12": ["SOON"],
        "13": ["LONGER"],
        "14": [],
        "15": ["LATER"],
    }
    assert [hour.now for hour in day.hours] == [False, False, False, True, False, False, False]
    assert [list(hour.ends) for hour in day_of(asep, noon).hours] == [[]]
    client.force_login(rini)
    page = client.get(reverse("pend-today"))
    assert (page.status_code, page.content.decode().count("data-row")) == (
        200,
        page.content.decode().count('pend-end"'),
    )
