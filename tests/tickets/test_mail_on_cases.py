"""What mail shows on cases and asks of them: merged products, words that come back, delivery by REST, sizes, outbox."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from rest_framework.test import APIClient

from tenesa.accounts import tokens
from tenesa.accounts.models import SYSTEM, User
from tenesa.incidents.models import Incident
from tenesa.mail import quarantine
from tenesa.mail.models import Blob, InboundMail, OutboundMail
from tenesa.reporting import measuring
from tenesa.reporting.models import Measurement
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.ui.templatetags.ui import clock
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tenesa.workspace import drafts, outbox
from tenesa.workspace.delivery import delivery_of_call, delivery_of_mail
from tenesa.workspace.models import Draft
from tests import factories
from tests.ui.test_frame import signed_in
from tickets.forms import MergeForm
from tickets.models import EmailCase, State

VPN, WIFI = "4700112-0045127790", "122710005432"


def mine(user: User, **columns: Any) -> EmailCase:
    case = perform(factories.opened(), "take", actor=user)
    return factories.put(case, State.SEGMENT_CHECKED, segment="DES", segment_source="SISKAS", **columns)


def out(case: EmailCase, **columns: Any) -> OutboundMail:
    """A mail of a case in the outbox."""
    fields: dict[str, Any] = {
        "procedure": case.procedure_name(), "case_id": case.pk, "event": case.last_event(), "mailbox": case.mailbox,
        "purpose": "reply", "template": "reply", "template_version": 0, "to": [case.sender_address], "subject": "Re:",
        "text": "Baik.", "message_id": f"<{uuid.uuid4()}@x>", "idempotency_key": str(uuid.uuid4()), **columns,
    }  # fmt: skip
    return OutboundMail.objects.create(**fields)


def call(case: EmailCase, **columns: Any) -> ExternalCall:
    fields = {"procedure": case.procedure_name(), "case_id": case.pk, "event": case.last_event(), **columns}
    return ExternalCall.objects.create(
        system="nossa", operation="get_incident", idempotency_key=str(uuid.uuid4()), **fields
    )


# --- merged cases -----------------------------------------------------------------------------------------------------
def test_a_merged_case_gives_products_party_and_evidence_and_takes_them_along_again(rini: User, client: Client) -> None:
    stays, goes, goes_first = mine(rini, unread_by=""), mine(rini), mine(rini)
    customer = factories.customer()
    EmailCase.objects.filter(pk=goes.pk).update(
        customer=customer, reporter_name="Bonar", reporter_phone="0812-0000-1187"
    )
    goes.lines.create(product_id=VPN)
    goes.checks.create(tool="mrtg", product_id=VPN, state="FAULT", summary="Tautan mati.")
    goes_first.lines.create(product_id=WIFI)
    perform(goes_first, "merge", actor=rini, data={"into": goes.number, "reason": "sama"})
    goes = EmailCase.objects.get(pk=goes.pk)
    perform(goes, "merge", actor=rini, data={"into": stays.number, "reason": "sama"})
    client.force_login(rini)

    page = client.get(reverse("cases:case", args=[stays.pk])).content.decode()

    stays = EmailCase.objects.get(pk=stays.pk)
    assert set(stays.products) == {VPN, WIFI}
    assert (stays.customer, stays.reporter_name, stays.reporter_phone) == (customer, "Bonar", "0812-0000-1187")
    assert stays.worst_check() == "FAULT"
    assert all(text in page for text in (VPN, WIFI, "Tautan mati."))

    perform(EmailCase.objects.get(pk=goes.pk), "unmerge", actor=rini, data={"reason": "dua hal"})
    stays = EmailCase.objects.get(pk=stays.pk)
    assert (stays.products, stays.all_checks) == ([], [])
    assert (stays.customer, stays.reporter_name, stays.reporter_phone, stays.unread_by) == (None, "", "", "")


def merged(rini: User, stays: EmailCase, goes: EmailCase) -> EmailCase:
    perform(goes, "merge", actor=rini, data={"into": stays.number, "reason": "sama"})
    return EmailCase.objects.get(pk=stays.pk)


def taken_apart(rini: User, stays: EmailCase, goes: EmailCase) -> EmailCase:
    perform(EmailCase.objects.get(pk=goes.pk), "unmerge", actor=rini, data={"reason": "dua hal"})
    return EmailCase.objects.get(pk=stays.pk)


def test_what_was_known_before_a_merging_or_confirmed_since_stays_when_it_is_taken_apart(
    rini: User, bowo: User
) -> None:
    customer, reporter = factories.customer(), {"reporter_name": "Bonar", "reporter_phone": "0812-0000-1187"}
    stays, goes = mine(rini, customer=customer, reporter_name="Bonar"), mine(rini, customer=customer, **reporter)
    stays = taken_apart(rini, merged(rini, stays, goes), goes)
    assert (stays.customer, stays.reporter_name, stays.reporter_phone) == (customer, "Bonar", "")

    stays, goes = mine(rini, triage="pengirim tidak dikenal"), mine(rini, customer=customer)
    goes.lines.create(product_id=VPN)
    stays = merged(rini, stays, goes)
    assert (stays.customer, stays.triage) == (customer, "")
    stays = taken_apart(rini, stays, goes)
    assert (stays.customer, stays.triage) == (None, "pengirim tidak dikenal"), "as it was"
    stays = merged(rini, stays, goes)
    factories.put(stays, State.CLASSIFIED, kind="COMPLAINT", complaint="NEW")
    stays = perform(stays, "identify", actor=rini, data={"kind": "COMPLAINT", "complaint": "NEW", "product_ids": VPN})
    EmailCase.objects.filter(pk=stays.pk).update(state=State.SEGMENT_CHECKED, triage="segmen tidak jelas")
    given = {"customer": "", "segment": "DES", "reason": "Kata pelanggan."}
    perform(EmailCase.objects.get(pk=stays.pk), "settle_triage", actor=bowo, data=given)
    stays = taken_apart(rini, stays, goes)
    assert (stays.customer, stays.products) == (customer, [VPN])


@pytest.mark.parametrize("read", [False, True])
def test_a_ticket_that_came_with_a_merged_case_goes_with_it_unless_nossa_was_read_since(read: bool, rini: User) -> None:
    stays, goes = mine(rini), mine(rini)
    incident = Incident.objects.create(number="IN10482301", status="BACKEND")
    stays.lines.create(product_id=VPN)
    goes.lines.create(product_id=VPN, incident_number=incident.number, incident=incident)
    stays = merged(rini, stays, goes)
    if read:
        stays.checks.create(tool="nossa", product_id=VPN, state="FAULT", summary="IN10482301: BACKEND")
    stays = taken_apart(rini, stays, goes)
    assert [(line.product_id, line.incident) for line in stays.lines.all()] == [(VPN, incident if read else None)]


@pytest.mark.parametrize("replied", [False, True])
def test_a_case_that_waits_for_a_reference_waits_on_where_a_merging_is_taken_apart(replied: bool, rini: User) -> None:
    stays, goes = factories.put(mine(rini), State.CLASSIFIED, kind="COMPLAINT", complaint="PROGRESS"), mine(rini)
    waiting = Timer.objects.filter(case_id=stays.pk, name="reference_close", state="RUNNING")
    perform(stays, "ask_reference", actor=rini, data={"message": "Mohon nomor tiket."})
    assert waiting.exists()
    stays = merged(rini, EmailCase.objects.get(pk=stays.pk), goes)
    assert not waiting.exists()
    if replied:
        perform(stays, "attach_reply", actor=SYSTEM, mail=stays.last_mail)
    taken_apart(rini, stays, goes)
    assert waiting.exists() is not replied


def closed(user: User) -> EmailCase:
    return factories.put(mine(user), State.CLOSED, answered_at=timezone.now() - timedelta(days=1))


def test_a_closed_case_opens_for_one_that_is_merged_into_it_and_is_closed_again_as_before(
    rini: User, client: Client
) -> None:
    stays, goes = closed(rini), mine(rini)
    perform(goes, "merge", actor=rini, data={"into": stays.number, "reason": "sama"})
    opened = EmailCase.objects.get(pk=stays.pk)
    assert (opened.state, opened.owner, opened.unread_by) == (State.REOPENED, None, "CUSTOMER")
    client.force_login(rini)
    page = client.get(reverse("cases:case", args=[stays.pk])).content.decode()
    assert "Kasus lain digabungkan ke sini; kasus yang sudah ditutup ini dibuka lagi" in page
    assert "Pelanggan membalas setelah ditutup" not in page
    assert f"Kasus: {goes.number}" not in page  # the link says it

    perform(opened, "note", actor=rini, data={"text": "Bukan laporan yang sama."})
    perform(EmailCase.objects.get(pk=goes.pk), "unmerge", actor=rini, data={"reason": "dua hal"})
    again = EmailCase.objects.get(pk=stays.pk)
    assert (again.state, again.owner, again.unread_by) == (State.CLOSED, rini, "")
    assert (again.answered_at, again.needs_action, again.urgent_for) == (stays.answered_at, False, "")


@pytest.mark.parametrize("meanwhile", ["taken", "written", "another merged"])
def test_a_case_that_moved_on_since_it_was_merged_into_stays_open(meanwhile: str, rini: User) -> None:
    stays, goes, other = closed(rini), mine(rini), mine(rini)
    perform(goes, "merge", actor=rini, data={"into": stays.number, "reason": "sama"})
    stays = EmailCase.objects.get(pk=stays.pk)
    if meanwhile == "taken":
        perform(stays, "take", actor=rini)
    elif meanwhile == "written":
        perform(stays, "attach_reply", actor=SYSTEM, mail=stays.last_mail)
    else:
        perform(other, "merge", actor=rini, data={"into": stays.number, "reason": "sama"})
    state = EmailCase.objects.get(pk=stays.pk).state
    perform(EmailCase.objects.get(pk=goes.pk), "unmerge", actor=rini, data={"reason": "dua hal"})
    stays = EmailCase.objects.get(pk=stays.pk)
    assert stays.state == state != State.CLOSED
    assert stays.last_event().step == "let_go"


def test_the_choice_of_a_case_to_merge_into_shows_the_beginning_of_a_long_subject(rini: User) -> None:
    first = factories.opened()
    EmailCase.objects.filter(pk=first.pk).update(subject="mati " * 60)
    goes = mine(rini)
    form = MergeForm(case=EmailCase.objects.get(pk=goes.pk), actor=rini)
    [(_number, label)] = [one for one in form.fields["related"].choices if one[0] == first.number]  # type: ignore[attr-defined]
    assert "mati mati" in label
    assert label.endswith("…")
    assert len(label) < 160


def test_what_both_name_is_named_once_with_the_ticket_that_one_of_them_knows(rini: User) -> None:
    stays, goes = mine(rini), mine(rini)
    incident = Incident.objects.create(number="IN10482301", status="BACKEND")
    stays.lines.create(product_id=VPN)
    goes.lines.create(product_id=VPN, incident_number=incident.number, incident=incident)
    perform(goes, "merge", actor=rini, data={"into": stays.number, "reason": "sama"})
    assert [(line.product_id, line.incident) for line in stays.lines.all()] == [(VPN, incident)]


def test_nothing_is_merged_into_a_case_whose_ticket_is_on_its_way(rini: User) -> None:
    stays, goes = factories.put(mine(rini), "TICKET_SUBMITTING"), mine(rini)
    with pytest.raises(NotNow):
        perform(goes, "merge", actor=rini, data={"into": stays.number, "reason": "sama"})
    assert EmailCase.objects.get(pk=goes.pk).merged_into is None


# --- a mail that was taken back ---------------------------------------------------------------------------------------
TOMORROW = timezone.now() + timedelta(days=1)


def scheduled(case: EmailCase, rini: User, step: str = "write", **data: str) -> OutboundMail:
    data = {"message": "Selamat pagi,\n\nteknisi datang besok.", "send_at": TOMORROW.isoformat(), **data}
    done = perform(EmailCase.objects.get(pk=case.pk), step, actor=rini, data=data)
    mail: OutboundMail = OutboundMail.objects.get(case_id=case.pk, event__seq=done.version)
    return mail


def taken_back(case: EmailCase, rini: User, mail: OutboundMail) -> dict[str, Any]:
    perform(EmailCase.objects.get(pk=case.pk), "cancel_mail", actor=rini, data={"mail": str(mail.pk)})
    draft = Draft.objects.get(case_id=case.pk, author=rini)
    return {"step": draft.step, **draft.values}


def test_its_words_are_the_agents_draft_again(rini: User) -> None:
    case = mine(rini)
    draft = taken_back(case, rini, scheduled(case, rini))
    assert draft == {
        "step": "write",
        "message": "Selamat pagi,\n\nteknisi datang besok.",
        "to": "bonar@samudra.example",
        "cc": "",
        "send_at": timezone.localtime(TOMORROW).strftime("%Y-%m-%dT%H:%M"),
    }


def test_a_scheduled_mail_that_keeps_a_case_open_is_named_with_its_buttons_for_who_may_press_them(
    rini: User, bowo: User
) -> None:
    case = factories.put(mine(rini), State.INFO_ANSWERED)
    mail = scheduled(case, rini)
    name = f"Surel terjadwal {clock(mail.send_after)}"
    with pytest.raises(NotNow, match=re.escape(name)):
        perform(EmailCase.objects.get(pk=case.pk), "close", actor=rini, data={})
    page = signed_in(rini).get(case.get_absolute_url()).content.decode()
    rail = page[page.index('id="procedure"') :]
    assert name in rail
    assert str(mail.pk) in rail
    assert 'steps/send_now/"' in page
    others = signed_in(bowo).get(case.get_absolute_url()).content.decode()
    assert name in others
    assert 'steps/send_now/"' not in others
    assert 'steps/cancel_mail/"' not in others


def test_only_who_wrote_a_held_mail_is_offered_to_undo_it(rini: User, bowo: User) -> None:
    case = perform(mine(rini), "write", actor=rini, data={"message": "Sedang kami cek."})
    mail = OutboundMail.objects.get(case_id=case.pk, event__seq=case.version)
    undo = reverse("undo-mail", args=[mail.pk])
    assert undo in signed_in(rini).get(case.get_absolute_url()).content.decode()
    assert undo not in signed_in(bowo).get(case.get_absolute_url()).content.decode()


def test_words_typed_meanwhile_stay(rini: User) -> None:
    case = mine(rini)
    mail = scheduled(case, rini)
    drafts.keep(case, rini, "write", {"message": "Mohon maaf."})
    assert taken_back(case, rini, mail)["message"] == "Mohon maaf.\n\nSelamat pagi,\n\nteknisi datang besok."


def test_where_the_step_is_over_they_are_a_plain_mail(rini: User) -> None:
    case = factories.put(mine(rini), State.CLASSIFIED, kind="INFORMATION")
    mail = scheduled(case, rini, "answer_information", none_fits="tidak ada")
    draft = taken_back(case, rini, mail)
    assert (draft["step"], draft["message"]) == ("write", "Selamat pagi,\n\nteknisi datang besok.")


# --- REST -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def api(rini: User) -> APIClient:
    made = APIClient()
    made.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(rini, 'uji')[1]}")
    return made


def test_rest_tells_of_the_last_mail_in_the_words_of_the_page(rini: User, api: APIClient) -> None:
    silent, told = factories.opened(), factories.opened()
    OutboundMail.objects.all().delete()
    out(told, status="DEAD", error="550 No such user")
    newest = out(told, status="SENT", sent_at=timezone.now())
    rows = {row["id"]: row["delivery"] for row in api.get("/api/cases/").json()["results"]}
    assert rows[silent.pk] is None
    assert (rows[told.pk]["failed"], rows[told.pk]["problem"]) == (True, "550 No such user")

    OutboundMail.objects.filter(status="DEAD").update(settled_at=timezone.now(), status="CANCELLED")
    one = api.get(f"/api/cases/{told.pk}/").json()["delivery"]
    assert (one["text"], one["failed"]) == (delivery_of_mail(newest).text, False)


def test_it_costs_a_list_one_query(api: APIClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get("/api/cases/").status_code == 200
        return len(captured)

    out(factories.opened())
    queries()  # the first request also looks up content types and the like
    few = queries()
    for _number in range(8):
        out(factories.opened())
    assert queries() == few


# --- how much --------------------------------------------------------------------------------------------------------
def hand_over(rini: User, size: int = 10, **more: Any) -> None:
    case = mine(rini)
    EmailCase.objects.filter(pk=case.pk).update(segment="DCS")
    Blob.objects.filter(pk=case.first_mail.blob_id).update(size=size)
    data = {"message": "Kami teruskan.", "unit_note": "LOS merah.", **more.pop("data", {})}
    perform(EmailCase.objects.get(pk=case.pk), "hand_over_dcs", actor=rini, data=data, **more)


def test_a_mail_too_large_to_forward_stops_the_hand_over_before_anything_leaves(rini: User, settings: Any) -> None:
    settings.MAIL_ATTACHMENTS_BYTES = 1_000_000
    hand_over(rini, size=900_000)
    left = OutboundMail.objects.count()
    with pytest.raises(InvalidInput) as refused:
        hand_over(rini, size=30_000_000)
    assert "30" in str(refused.value.errors)
    assert OutboundMail.objects.count() == left


def test_attachments_are_weighed_together(rini: User, settings: Any) -> None:
    settings.MAIL_ATTACHMENTS_BYTES = 1_000_000
    case = mine(rini)

    def write(*sizes: int) -> None:
        files = [SimpleUploadedFile(f"foto{n}.jpg", b"x" * size) for n, size in enumerate(sizes)]
        given = MultiValueDict({"attachments": files})
        perform(EmailCase.objects.get(pk=case.pk), "write", actor=rini, data={"message": "Terlampir."}, files=given)

    with pytest.raises(InvalidInput) as refused:
        write(600_000, 600_000)
    assert "attachments" in refused.value.errors
    assert not OutboundMail.objects.filter(purpose="reply").exists()
    write(600_000, 300_000)


# --- the outbox page --------------------------------------------------------------------------------------------------
def pages(user: User, tab: str) -> list[list[tuple[int, str]]]:
    found, after = [], ""
    while True:
        page = outbox.page_of(user, tab, after)
        found.append([(item.case.pk, item.what) for item in page.items])
        if not page.next:
            return found
        after = page.next


def test_the_outbox_pages_by_keyset_and_leaves_nothing_out(
    rini: User, asing: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PAGE", 4)
    case = factories.opened()
    OutboundMail.objects.all().delete()
    ExternalCall.objects.all().delete()
    moment = timezone.now()
    for number in range(7):  # some at the same moment
        out(case, subject=f"surel {number}", created_at=moment - timedelta(minutes=number // 3))
        call(case, status="ANSWERED" if number % 2 else "WAITING", answered_at=moment, created_at=moment)
    for tab in ("waiting", "all"):
        found = pages(rini, tab)
        assert [len(page) for page in found] == [4, 4, 4, 2]
        assert len({what for page in found for _case, what in page if "surel" in what}) == 7
        assert pages(asing, tab) == [[]]
    OutboundMail.objects.update(status="DEAD", error="550")
    assert [len(page) for page in pages(rini, "failed")] == [4, 3]
    client.force_login(rini)
    first = client.get(reverse("outbox"), {"tab": "failed"})
    second = client.get(reverse("outbox"), {"tab": "failed", "after": first.context["more"]})
    assert [len(page.context["items"]) for page in (first, second)] == [4, 3]
    assert client.get(reverse("outbox"), {"after": "nonsense"}).status_code == 400


@pytest.mark.parametrize(
    ("tab", "indexes"),
    [
        ("waiting", {"outbound_due"}),
        ("failed", {"outbound_failed", "call_open"}),
        ("all", {"mail_outboundmail_event_id", "call_event"}),
    ],
)
def test_each_reading_of_the_outbox_has_its_index(rini: User, tab: str, indexes: set[str]) -> None:
    sources: list[Any] = [*outbox._mails(tab), *outbox._calls(tab)]
    column = "event_id" if tab == "all" else "created_at"
    plans = ""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for source in sources:
        plans += source.order_by(f"-{column}", "-pk")[:51].explain()
    assert not [name for name in indexes if name not in plans], plans
    assert "Seq Scan" not in plans, plans


def _of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_leaders_menu_counts_what_is_stuck_and_opens_it(rini: User, bowo: User, hendra: User) -> None:
    mail = out(factories.opened(), status="DEAD", error="550 mailbox unknown")
    address = reverse("outbox")
    assert f'data-count="{address}"' not in _of(rini).get(address).content.decode()
    for leader in (bowo, hendra):
        page = _of(leader).get(address).content.decode()
        assert f'data-count="{address}" data-signal="breach">1<' in page
        assert "550 mailbox unknown" in page  # the failed ones come first, as long as there are any
    OutboundMail.objects.filter(pk=mail.pk).update(settled_at=timezone.now())
    assert f'data-count="{address}" hidden>0<' in _of(bowo).get(address).content.decode()


def test_a_call_that_was_answered_at_its_second_try_does_not_wait_for_a_third(rini: User) -> None:
    done = call(factories.opened(), status="DONE", attempts=1, answered_at=timezone.now(), applied_at=timezone.now())
    assert "Dijawab" in _of(rini).get(reverse("outbox"), {"tab": "all"}).content.decode()
    assert "percobaan" not in delivery_of_call(done).text


@pytest.mark.parametrize("status", ["IGNORED", "DUPLICATE"])
def test_a_case_that_a_person_made_of_a_mail_put_aside_is_counted(bowo: User, status: str) -> None:
    mail = factories.inbound(status=status, reason="Balasan otomatis: Auto-Submitted", kind="AUTO_REPLY")
    quarantine.file_by_hand(mail, bowo)
    measuring.measure_new()
    mail.refresh_from_db()
    case = EmailCase.objects.get(pk=mail.case_id or 0)
    assert case.last_event().data["was"] == status
    assert list(Measurement.objects.filter(kpi="rescued").values_list("case_id", "part")) == [(case.pk, status)]
    assert not OutboundMail.objects.exists()
    factories.opened()
    measuring.measure_new()
    assert Measurement.objects.filter(kpi="rescued").count() == 1


def test_who_files_a_mail_by_hand_is_told_the_case_and_keeps_a_mistyped_number(bowo: User) -> None:
    mail = factories.inbound(status="IGNORED", reason="Balasan otomatis")
    browser, at = signed_in(bowo), reverse("mail:quarantined", args=[mail.pk])
    again = browser.post(at, {"what": "into", "number": "TN9999999"}, follow=True).content.decode()
    assert 'value="TN9999999"' in again
    told = browser.post(at, {"what": "new"}, follow=True).content.decode()
    case = EmailCase.objects.get(pk=InboundMail.objects.get(pk=mail.pk).case_id or 0)
    assert f'Sudah dicatat di <a class="link num" href="{case.get_absolute_url()}">{case.number}</a>.' in told
