"""Who gets the answer: a mail by SMTP, an answer by page or REST, and whom the mail server delivered it to."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.incidents.feed import store_incident
from tenesa.mail import outbox
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.workflow.perform import perform
from tests.journeys.post import words
from tests.tickets.post import Post, by_rest, inputs_of
from tickets.models import EmailCase, Line
from tickets.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(db: None, settings: Any) -> Post:
    settings.MAIL_UNDO_SECONDS = 0
    made = Post()
    made.box.auto_acknowledge = False
    made.box.save()
    return made


def mine(post: Post, mail: InboundMail, user: User) -> EmailCase:
    case = perform(post.case(mail), "take", actor=user)
    EmailCase.objects.filter(pk=case.pk).update(state=State.SEGMENT_CHECKED, segment="DES", segment_source="SISKAS")
    return EmailCase.objects.get(pk=case.pk)


def answered(post: Post, case: EmailCase, user: User, **inputs: Any) -> EmailMessage:
    """The mail that the server delivered after a plain answer by REST."""
    inputs = {"message": "Baik, kami periksa.", **inputs}
    response = by_rest(user).post(f"/api/cases/{case.pk}/steps/write/", inputs, format="json")
    assert response.status_code == 200, response.content
    return post.leaves()[-1]


def receivers(mail: EmailMessage) -> tuple[str, str]:
    return str(mail["To"] or ""), str(mail["Cc"] or "")


ANDI = "From: Andi <andi@grosir2.example>\nMessage-ID: <andi-1@grosir2.example>\nSubject: Internet gudang lambat"


MANY = """To: {box}, Kepala <kepala@b2.example>
Cc: Sari <SARI@b2.example>, noreply@b2.example, dcs-care@telkom.example, rina@tokobuku.example"""


# --- from the mail that is answered -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("head", "to", "cc"),
    [
        ("From: Rina <rina@tokobuku.example>", "rina@tokobuku.example", ""),
        ("From: Rina <rina@tokobuku.example>\nReply-To: {box}", "rina@tokobuku.example", ""),
        ("From: Rina <rina@tokobuku.example>\nReply-To: TENESA <{BOX}>", "rina@tokobuku.example", ""),
        ("From: Rina <rina@tokobuku.example>\nReply-To:", "rina@tokobuku.example", ""),
        ("From: Rina <rina@tokobuku.example>\nReply-To: noreply@tokobuku.example", "rina@tokobuku.example", ""),
        ("From: Rina <rina@tokobuku.example>\nReply-To: kantor@tokobuku.example", "kantor@tokobuku.example", ""),
        (f"From: Rina <rina@tokobuku.example>\n{MANY}", "rina@tokobuku.example", "kepala@b2.example, sari@b2.example"),
        ("From: Nama <info@møbel.example>", "info@xn--mbel-gra.example", ""),
    ],
)
def test_it_goes_to_whoever_wrote(post: Post, rini: User, head: str, to: str, cc: str) -> None:
    head = head.replace("{BOX}", post.box.address.upper())
    mail = post.arrives(f"{head}\nSubject: Tagihan dobel")
    assert receivers(answered(post, mine(post, mail, rini), rini)) == (to, cc)


def test_the_colleague_who_wrote_last_gets_it_and_the_first_one_a_copy(post: Post, rini: User) -> None:
    first = post.arrives(f"{ANDI}\nTo: {{box}}, kepala@grosir2.example\nCc: Sari <sari@grosir2.example>")
    case = mine(post, first, rini)
    ours = answered(post, case, rini)
    assert receivers(ours) == ("andi@grosir2.example", "kepala@grosir2.example, sari@grosir2.example")

    reply = post.arrives(
        "From: Sari <sari@grosir2.example>\nMessage-ID: <sari-1@grosir2.example>\nSubject: Re: Internet gudang lambat\n"
        f"Cc: Andi <andi@grosir2.example>\nIn-Reply-To: {ours['Message-ID']}\nReferences: {ours['Message-ID']}"
    )
    assert reply.case_id == case.pk
    mail = answered(post, case, rini)
    assert receivers(mail) == ("sari@grosir2.example", "andi@grosir2.example")
    assert "Bapak/Ibu Sari," in words(mail)
    assert str(mail["In-Reply-To"]) == "<sari-1@grosir2.example>"


@pytest.mark.parametrize("step", ["remind_reference", "close_without_reference", "delay_ticket"])
def test_what_the_system_writes_goes_to_the_colleague_too(post: Post, rini: User, step: str) -> None:
    case = mine(post, post.arrives(ANDI), rini)
    post.arrives(
        "From: Sari <sari@grosir2.example>\nSubject: Re: Internet\nCc: andi@grosir2.example\n"
        "In-Reply-To: <andi-1@grosir2.example>"
    )
    state = State.TICKET_SUBMITTING if step == "delay_ticket" else State.NEED_REFERENCE
    EmailCase.objects.filter(pk=case.pk).update(state=state, unread_by="")
    perform(case, step, actor=SYSTEM)
    assert receivers(post.leaves()[-1]) == ("sari@grosir2.example", "andi@grosir2.example")


def test_a_noreply_that_wrote_last_does_not_hide_the_person_before_it(post: Post, rini: User) -> None:
    case = mine(post, post.arrives(ANDI), rini)
    post.arrives(
        "From: Portal <noreply@grosir2.example>\nSubject: Re: Internet\nIn-Reply-To: <andi-1@grosir2.example>\n"
        "Message-ID: <portal-1@grosir2.example>"
    )
    assert receivers(answered(post, case, rini)) == ("andi@grosir2.example", "")


def test_after_a_merge_all_parties_are_offered(post: Post, rini: User, client: Client) -> None:
    stays = mine(post, post.arrives(ANDI), rini)
    other = "From: Budi <budi@grosir2.example>\nCc: Citra <citra@cabang.example>\nSubject: Gudang lambat juga"
    goes = mine(post, post.arrives(other), rini)
    perform(goes, "merge", actor=rini, data={"into": stays.number, "reason": "sama"})

    client.force_login(rini)
    page = client.get(reverse("cases:compose", args=[stays.pk, "write"])).content.decode()
    assert 'value="andi@grosir2.example"' in page
    assert 'data-add-recipient="budi@grosir2.example"' in page
    assert 'data-add-recipient="citra@cabang.example"' in page
    assert post.box.address not in page.partition('class="recipients"')[2]
    assert inputs_of(by_rest(rini), stays, "write")["to"]["offered"] == ["budi@grosir2.example", "citra@cabang.example"]
    mail = answered(post, stays, rini, to=["andi@grosir2.example", "budi@grosir2.example"])
    assert receivers(mail) == ("andi@grosir2.example, budi@grosir2.example", "")


# --- changed by the writer --------------------------------------------------------------------------------------------
def test_rest_offers_them_and_takes_others(post: Post, rini: User) -> None:
    case = mine(post, post.arrives(f"{ANDI}\nCc: Sari <sari@grosir2.example>"), rini)
    inputs = inputs_of(by_rest(rini), case, "write")
    assert (inputs["to"]["initial"], inputs["cc"]["initial"]) == (["andi@grosir2.example"], ["sari@grosir2.example"])
    assert (inputs["to"]["required"], inputs["cc"]["required"]) == (False, False)

    mail = answered(post, case, rini, to="Sari <sari@grosir2.example>; budi@grosir2.example", cc=[])
    assert receivers(mail) == ("sari@grosir2.example, budi@grosir2.example", "")
    assert "Bapak/Ibu," in words(mail)  # nobody by this address has written
    assert receivers(answered(post, case, rini, to="andi@grosir2.example")) == ("andi@grosir2.example", "")


@pytest.mark.parametrize(
    ("inputs", "field", "said"),
    [
        ({"to": ""}, "to", "penerima"),
        ({"to": []}, "to", "penerima"),
        ({"to": "andi"}, "to", "“andi”"),
        ({"to": "andi@grosir2"}, "to", "domain"),
        ({"to": "andi@-grosir2.example"}, "to", "domain"),
        ({"to": "a@b.example", "cc": "andi@@grosir2.example"}, "cc", "andi@@grosir2.example"),
        ({"to": "a@b.example\r\nBcc: x@y.example"}, "to", "Bcc:"),
        ({"to": {"a": "b"}}, "to", "teks"),
        ({"to": [1]}, "to", "teks"),
        ({"to": [f"u{n}@grosir2.example" for n in range(51)]}, "cc", "50"),
        ({"to": f"{'x' * 65}@grosir2.example"}, "to", "panjang"),
    ],
)
def test_what_is_no_recipient_is_refused_in_words(
    post: Post, rini: User, inputs: dict[str, Any], field: str, said: str
) -> None:
    case = mine(post, post.arrives(ANDI), rini)
    body = {"message": "Baik.", **inputs}
    refused = by_rest(rini).post(f"/api/cases/{case.pk}/steps/write/", body, format="json")
    assert refused.status_code == 422
    assert said in " ".join(refused.json()["errors"][field])
    assert not OutboundMail.objects.exists()


def test_our_own_mailbox_is_no_recipient(post: Post, rini: User) -> None:
    case = mine(post, post.arrives(ANDI), rini)
    body = {"message": "Baik.", "to": "andi@grosir2.example", "cc": post.box.address.upper()}
    refused = by_rest(rini).post(f"/api/cases/{case.pk}/steps/write/", body, format="json")
    assert refused.status_code == 422
    assert post.box.address in str(refused.json()["errors"])


def composed(client: Client, case: EmailCase) -> str:
    page: str = client.get(reverse("cases:compose", args=[case.pk, "write"])).content.decode()
    return page


def test_the_composer_warns_of_a_domain_that_nobody_used(post: Post, rini: User, client: Client) -> None:
    client.force_login(rini)
    plain = mine(post, post.arrives(f"{ANDI}\nCc: Citra <citra@cabang.example>"), rini)
    assert "Baru di kasus ini" not in composed(client, plain)

    lured = mine(post, post.arrives("From: Rina <rina@tokobuku.example>\nReply-To: rina@surel-gratis.example"), rini)
    assert "Baru di kasus ini: surel-gratis.example" in composed(client, lured)

    typed = {"to": "andi@grosir2.example, x@grosir2.example.jahat.example", "cc": "", "message": "Baik"}
    saved = client.post(reverse("cases:draft", args=[plain.pk, "write"]), typed).content.decode()
    assert "Baru di kasus ini: grosir2.example.jahat.example" in saved
    other = client.post(reverse("cases:draft", args=[plain.pk, "write"]), {**typed, "to": "citra@cabang.example"})
    assert "andi@grosir2.example menulis terakhir" in other.content.decode()


def test_a_case_that_was_split_off_knows_whom_it_answers(post: Post, rini: User, client: Client) -> None:
    client.force_login(rini)
    case = mine(post, post.arrives(f"{ANDI}\nCc: Citra <citra@cabang.example>"), rini)
    for product_id in ("122401001717", "122401002020"):
        Line.objects.create(case=case, product_id=product_id)
    perform(case, "split", actor=rini, data={"product_ids": ["122401002020"], "reason": "dua hal"})
    split = EmailCase.objects.get(split_from=case)
    assert "Baru di kasus ini" not in composed(client, split)
    assert receivers(answered(post, split, rini)) == ("andi@grosir2.example", "citra@cabang.example")


def test_a_draft_forgets_whom_it_was_for_when_a_colleague_writes(post: Post, rini: User, client: Client) -> None:
    client.force_login(rini)
    case = mine(post, post.arrives(ANDI), rini)
    client.post(
        reverse("cases:draft", args=[case.pk, "write"]), {"to": "andi@grosir2.example", "cc": "", "message": "Baik"}
    )
    post.arrives("From: Sari <sari@grosir2.example>\nSubject: Re: x\nIn-Reply-To: <andi-1@grosir2.example>")
    page = composed(client, case)
    assert 'value="sari@grosir2.example"' in page
    assert ">\nBaik</textarea>" in page


def test_a_composer_costs_the_same_for_one_mail_and_for_thirty(post: Post, rini: User, client: Client) -> None:
    client.force_login(rini)
    case = mine(post, post.arrives(ANDI), rini)
    composed(client, case)
    with CaptureQueriesContext(connection) as one:
        composed(client, case)
    for number in range(30):
        writer = f"From: U{number} <u{number}@grosir2.example>"
        post.arrives(f"{writer}\nSubject: Re: x\nIn-Reply-To: <andi-1@grosir2.example>")
    composed(client, case)  # what is kept for some seconds is read again, as before the first count
    with CaptureQueriesContext(connection) as thirty:
        composed(client, case)
    assert len(thirty) <= len(one)


# --- nobody -----------------------------------------------------------------------------------------------------------
NOBODY = "From: Printer Lantai 2\nSubject: Laporan dari mesin"


def test_who_cannot_be_answered_is_said_before_anything_is_written(post: Post, rini: User, client: Client) -> None:
    client.force_login(rini)
    case = mine(post, post.arrives(NOBODY, envelope="noreply@b2.example"), rini)
    assert "Tidak ada surel kasus ini" in composed(client, case)
    for body in ({"message": "Baik."}, {"message": "Baik.", "cc": "a@b2.example"}):
        refused = by_rest(rini).post(f"/api/cases/{case.pk}/steps/write/", body, format="json")
        assert refused.status_code == 422
        assert "Tidak ada surel kasus ini" in refused.json()["errors"]["to"][0]
    assert not OutboundMail.objects.exists()
    assert receivers(answered(post, case, rini, to="ati@b2.example")) == ("ati@b2.example", "")


def test_what_the_system_cannot_send_stands_in_the_case(
    post: Post, rini: User, django_capture_on_commit_callbacks: Any
) -> None:
    case = mine(post, post.arrives(NOBODY, envelope="noreply@b2.example"), rini)
    EmailCase.objects.filter(pk=case.pk).update(state=State.NEED_REFERENCE, unread_by="")
    with django_capture_on_commit_callbacks(execute=True):
        perform(case, "remind_reference", actor=SYSTEM)
    mail = OutboundMail.objects.get(case_id=case.pk)
    assert (mail.status, mail.to, mail.failed) == ("DEAD", [], True)
    assert "Tidak ada yang dapat dituju" in mail.error
    case = EmailCase.objects.get(pk=case.pk)
    assert (case.unread, case.last_event().step) == (True, "want_attention")
    assert not outbox.retry(mail.pk)  # again it would go to nobody
    assert post.leaves() == []


def test_no_row_waits_to_be_sent_to_nobody(post: Post, rini: User) -> None:
    case = mine(post, post.arrives(ANDI), rini)
    answered(post, case, rini)
    with pytest.raises(IntegrityError, match="outbound_has_recipient"), transaction.atomic():
        OutboundMail.objects.update(to=[])


# --- letters beyond ASCII ---------------------------------------------------------------------------------------------
def test_letters_before_the_at_are_sent_by_smtputf8(post: Post, rini: User) -> None:
    case = mine(post, post.arrives("From: Nama <björn@møbel.example>\nSubject: Alamat"), rini)
    assert receivers(answered(post, case, rini)) == ("björn@xn--mbel-gra.example", "")
    assert OutboundMail.objects.get().status == "SENT"


# --- for a later hour -------------------------------------------------------------------------------------------------
def test_a_scheduled_mail_tells_what_is_true_when_it_leaves(post: Post, rini: User, settings: Any) -> None:
    case = mine(post, post.arrives(ANDI), rini)
    incident = store_incident({"number": "IN20000001", "service_no": "122401001717", "status": "BACKEND"})
    Line.objects.create(case=case, product_id="122401001717", incident=incident, incident_number=incident.number)
    EmailCase.objects.filter(pk=case.pk).update(state=State.PROGRESS_LOOKUP, kind="COMPLAINT", complaint="PROGRESS")
    later = timezone.now() + timedelta(hours=9)
    body = {"message": "Teknisi kami datang pukul tujuh.", "send_at": later.isoformat()}
    taken = by_rest(rini).post(f"/api/cases/{case.pk}/steps/tell_progress/", body, format="json")
    assert taken.status_code == 200, taken.content
    written = OutboundMail.objects.get()
    assert "dalam penanganan gangguan" in written.text

    store_incident({"number": "IN20000001", "service_no": "122401001717", "status": "RESOLVED"})
    past = timezone.now() - timedelta(days=2)
    OutboundMail.objects.update(created_at=past, send_after=timezone.now())
    OutboundMail.objects.update(values={**written.values, "greeting": "Selamat dahulu"})
    mail = post.leaves()[-1]
    assert "penanganan selesai" in words(mail)
    assert "dalam penanganan gangguan" not in words(mail)
    assert "Teknisi kami datang pukul tujuh." in words(mail)
    assert "Selamat dahulu" not in words(mail)
    assert abs(mail["Date"].datetime - timezone.now()) < timedelta(minutes=5)
    assert OutboundMail.objects.get().text.split() == mail.get_body(("plain",)).get_content().split()  # type: ignore[union-attr]


@pytest.mark.parametrize(("hour", "greeting"), [(7, "Selamat pagi"), (20, "Selamat malam")])
def test_what_is_shown_of_a_scheduled_mail_greets_by_its_hour(
    post: Post, rini: User, client: Client, hour: int, greeting: str
) -> None:
    client.force_login(rini)
    case = mine(post, post.arrives(ANDI), rini)
    at = timezone.localtime().replace(hour=hour, minute=0) + timedelta(days=1)
    data = {"message": "Baik.", "send_at": at.strftime("%Y-%m-%dT%H:%M"), "to": "andi@grosir2.example", "cc": ""}
    assert (
        f"{greeting} Bapak/Ibu Andi"
        in client.post(reverse("cases:preview", args=[case.pk, "write"]), data).content.decode()
    )
