from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from itertools import pairwise
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from tenesa.mail import acknowledge, intake, outbox, registry
from tenesa.mail.models import Blob, InboundMail, Mailbox, OutboundMail
from tenesa.mail.outbox import MailOut
from tenesa.mail.parse import parse
from tenesa.mail.recipients import answering
from tenesa.mail.salutation import bare_subject, greeting
from tests import realmail
from tests.platform.mail.conftest import DOMAIN, PROCEDURE, Letter, child_environment, event, wait_for
from tests.platform.mail.letters import bounce, letter
from tests.platform.mail.test_filing import filed

pytestmark = pytest.mark.django_db(transaction=True)
Status = OutboundMail.Status


@pytest.fixture
def asked(mailbox: Mailbox) -> InboundMail:
    """A customer's filed mail with a history of its own."""
    return filed(mailbox, letter(subject="Bls: Gangguan", extra="References: <a@samudra.example> <b@samudra.example>"))


@pytest.fixture
def customer() -> str:
    return f"pelanggan-{os.getpid()}-{timezone.now().timestamp()}@{DOMAIN}"


def write(answered: InboundMail, to: str = "bonar@samudra.example", **more: Any) -> OutboundMail:
    assert answered.case_id is not None
    values = {"purpose": "reply", "to": [to], "body": "Baik, kami cek.", "in_reply_to": answered, **more}
    with transaction.atomic():
        return MailOut(**values).write(Letter(answered.case_id), event(answered.case_id))  # type: ignore[arg-type]


def why_unanswered(mail: InboundMail) -> str:
    return acknowledge.why_unanswered(mail, answering(mail).to)


def stored(mail: OutboundMail) -> OutboundMail:
    return OutboundMail.objects.get(pk=mail.pk)


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_sent_again_by_a_person_begins_with_its_first_try(mailbox, procedure):
    mail = write(filed(mailbox, letter()))
    OutboundMail.objects.filter(pk=mail.pk).update(status=Status.DEAD, attempts=9, error="550")
    assert outbox.retry(mail.pk)
    assert (stored(mail).status, stored(mail).attempts) == (Status.WAITING, 0)


def test_it_sends_an_answer_that_stays_in_the_customers_conversation(asked, server, procedure, customer):
    mail = write(asked, to=customer)

    assert outbox.deliver(mail.pk) == "sent"

    [raw] = server.mails(customer.partition("@")[0])
    message = read(raw)
    assert message["Subject"] == "Re: Gangguan"
    assert message["From"] == f"Layanan TENESA <{asked.mailbox.address}>"
    chain = f"References: <a@samudra.example>\r\n <b@samudra.example>\r\n <{asked.message_id}>\r\n"
    assert f"Message-ID: <{mail.message_id}>\r\nIn-Reply-To: <{asked.message_id}>\r\n{chain}".encode() in raw
    assert message["Auto-Submitted"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert all("Baik, kami cek." in part.get_content() for part in message.iter_parts())
    assert (stored(mail).status, procedure.delivered) == (Status.SENT, ["reply"])


def test_a_formatted_mail_arrives_with_its_pictures_in_place(asked, server, customer):
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    words = "**Tebal** " + "kata " * 400 + "\n\n- satu\n\n![é 1.png](<é 1.png>)\n\n|a|b|\n|-|-|\n" + "|1|2|\n" * 300
    blobs = Blob.keep([png, b"%PDF-1.4"])
    attachments = [(blobs[0], "é 1.png", "text/html"), (blobs[1], "surat.pdf", "application/pdf")]
    outbox.deliver(write(asked, to=customer, body=words, formatted=True, attachments=attachments).pk)

    [raw] = server.mails(customer.partition("@")[0])
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = read(raw)
    types = [part.get_content_type() for part in message.walk()]
    alternative = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert types == ["multipart/mixed", *alternative, "application/pdf"]
    html, picture = (part for part in message.walk() if part.get_content_type() in {"text/html", "image/png"})
    assert html.get_content().count(f'src="cid:{picture["Content-ID"].strip("<>")}"') == 1
    assert (picture.get_content(), picture.get_filename()) == (png, "é 1.png")
    parsed = parse(raw)
    assert "- satu" in parsed.text
    assert [(part.name, part.inline, part.content_id != "") for part in parsed.attachments] == [
        ("é 1.png", True, True),
        ("surat.pdf", False, False),
    ]


def test_it_marks_automatic_mail(asked, server, customer):
    outbox.deliver(write(asked, to=customer, automatic=True).pk)

    [raw] = server.mails(customer.partition("@")[0])
    assert read(raw)["Auto-Submitted"] == "auto-replied"


def test_it_answers_the_last_mail_of_the_recipient_when_none_is_named(asked):
    mail = write(asked, in_reply_to=None)

    assert mail.in_reply_to == asked.message_id


def test_it_writes_one_row_for_one_key(asked):
    assert asked.case_id is not None
    happened = event(asked.case_id)
    descriptor = MailOut(purpose="reply", to=["bonar@samudra.example"], body="Ya.", in_reply_to=asked)

    first, second = (descriptor.write(Letter(asked.case_id), happened) for _ in range(2))  # type: ignore[arg-type]

    assert first.pk == second.pk
    assert OutboundMail.objects.count() == 1


def test_it_leaves_nothing_when_the_step_is_refused_later(asked, nudges):
    nudges.clear()
    with transaction.atomic():
        write(asked)
        transaction.set_rollback(True)

    assert not OutboundMail.objects.exists()
    assert nudges == []


def test_it_forwards_the_mail_as_it_came_with_its_attachments(mailbox, server, customer):
    body = """\
    --B
    Content-Type: text/plain; charset=utf-8

    Terlampir – surat.
    --B
    Content-Type: application/pdf; name="surat.pdf"
    Content-Disposition: attachment
    Content-Transfer-Encoding: base64

    JVBERi0xLjQK
    --B--
    """
    received = filed(mailbox, letter(body, extra='Content-Type: multipart/mixed; boundary="B"'))
    context = {"unit": "Unit DCS", "segment": "DCS"}
    mail = write(received, to=customer, purpose="forward_unit", forward=received, body=None, context=context)

    outbox.deliver(mail.pk)

    message = read(server.mails(customer.partition("@")[0])[0])
    assert message["References"] is None
    original, pdf = message.iter_attachments()
    assert original.get_filename() == "surel-pelanggan.eml"
    assert original.get_payload(decode=True) == received.raw
    assert (pdf.get_filename(), pdf.get_payload(decode=True)) == ("surat.pdf", b"%PDF-1.4\n")


def test_it_forwards_plain_ascii_as_a_mail_in_a_mail(mailbox, server, customer):
    received = filed(mailbox, letter("Polos saja."))
    context = {"unit": "Unit DCS", "segment": "DCS"}
    mail = write(received, to=customer, purpose="forward_unit", forward=received, body=None, context=context)

    outbox.deliver(mail.pk)

    [part] = read(server.mails(customer.partition("@")[0])[0]).iter_attachments()
    assert part.get_content_type() == "message/rfc822"
    inner = part.get_payload(0)
    assert isinstance(inner, Message)
    assert inner["Message-ID"] == f"<{received.message_id}>"


def test_it_sends_agents_attachments(asked, server, customer):
    [blob] = Blob.keep([b"\x89PNG gambar"])
    outbox.deliver(write(asked, to=customer, attachments=[(blob, "grafik.png", "image/png")]).pk)

    [part] = read(server.mails(customer.partition("@")[0])[0]).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("grafik.png", "image/png")
    assert part.get_payload(decode=True) == b"\x89PNG gambar"


def test_it_holds_a_mail_until_its_time_and_can_be_undone(asked, server, customer):
    mail = write(asked, to=customer, hold=timedelta(seconds=10))

    assert outbox.deliver(mail.pk) == "not due"
    assert outbox.cancel(mail.pk)
    assert not outbox.cancel(mail.pk)
    OutboundMail.objects.filter(pk=mail.pk).update(send_after=timezone.now() - timedelta(seconds=1))
    assert outbox.deliver(mail.pk) == "not due"
    assert stored(mail).status == Status.CANCELLED
    assert server.mails(customer.partition("@")[0]) == []


def test_it_cannot_be_undone_once_a_worker_has_it(asked, customer):
    mail = write(asked, to=customer, hold=timedelta(seconds=10))
    OutboundMail.objects.filter(pk=mail.pk).update(send_after=timezone.now())

    assert outbox.deliver(mail.pk) == "sent"
    assert not outbox.cancel(mail.pk)


@pytest.mark.parametrize("code", ["tolak", "penuh"])
def test_whoever_can_have_it_gets_it_and_the_others_are_told_to_a_person(asked, server, procedure, customer, code):
    mail = write(asked, to=f"siapa@{code}.example", cc=[customer])
    assert outbox.deliver(mail.pk) == "sent"

    [raw] = server.mails(customer.partition("@")[0])
    assert read(raw)["To"] == f"siapa@{code}.example"
    row = stored(mail)
    assert (row.status, row.failed, procedure.delivered) == (Status.SENT, True, ["reply"])
    assert f"siapa@{code}.example" in row.error
    assert procedure.undeliverable == [row.error]


def test_it_gives_up_at_once_on_a_refused_recipient(asked, procedure):
    mail = write(asked, to="siapa@tolak.example")

    assert outbox.deliver(mail.pk) == "dead"

    assert stored(mail).status == Status.DEAD
    assert "550" in stored(mail).error
    assert procedure.undeliverable == [stored(mail).error]


def test_it_comes_back_later_when_the_recipient_is_full_and_gives_up_after_the_last_time(asked, procedure):
    mail = write(asked, to="siapa@penuh.example")
    for wait in outbox.BACK_OFF:
        assert outbox.deliver(mail.pk) == "later"
        after = stored(mail)
        assert not after.unsure
        assert after.send_after > timezone.now() + wait - timedelta(seconds=5)
        assert outbox.deliver(mail.pk) == "not due"
        OutboundMail.objects.filter(pk=mail.pk).update(send_after=timezone.now())
    assert outbox.deliver(mail.pk) == "dead"
    assert "452" in procedure.undeliverable[0]


def test_it_sends_a_dead_mail_again_on_request_under_the_same_message_id(asked, nudges):
    mail = write(asked, to="siapa@tolak.example")
    outbox.deliver(mail.pk)
    nudges.clear()

    assert outbox.retry(mail.pk)
    assert not outbox.retry(mail.pk)
    assert nudges == [("deliver_mail", str(mail.pk))]
    assert stored(mail).message_id == mail.message_id


def test_it_waits_while_the_mail_server_is_down(asked):
    Mailbox.objects.update(smtp_url="smtp://127.0.0.1:1")
    mail = write(InboundMail.objects.select_related("mailbox").get(pk=asked.pk))

    assert outbox.deliver(mail.pk) == "later"
    assert (stored(mail).status, stored(mail).unsure) == (Status.WAITING, False)


def test_it_keeps_a_copy_where_the_server_keeps_none(asked, server, customer):
    Mailbox.objects.update(server_keeps_sent=False)
    mail = write(InboundMail.objects.select_related("mailbox").get(pk=asked.pk), to=customer)
    outbox.deliver(mail.pk)

    copies = [raw for raw in server.mails(asked.mailbox.username, "Sent") if mail.message_id.encode() in raw]
    assert copies


@pytest.mark.slow
@pytest.mark.skipif(realmail.KIND != "embedded", reason="Postfix cannot be told to accept first and answer late")
def test_it_doubles_no_mail_when_the_sender_dies_between_acceptance_and_record(asked, server, procedure):
    mail = write(asked, to=f"lama{timezone.now().timestamp()}@lambat.example")
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.platform.mail.worker", "send", str(mail.pk)],
        env=child_environment(),
        stdout=subprocess.DEVNULL,
    )
    mine = mail.message_id.encode()
    wait_for(lambda: any(mine in raw for raw in server.mails(asked.mailbox.username, "Sent")), 20)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert (stored(mail).status, stored(mail).unsure) == (Status.SENDING, True)
    assert outbox.deliver(mail.pk) == "not due"
    OutboundMail.objects.filter(pk=mail.pk).update(claimed_at=timezone.now() - 2 * outbox.STALE)

    assert outbox.deliver(mail.pk) == "found in the sent folder"

    assert len([raw for raw in server.mails("pelanggan") if mine in raw]) == 1
    assert procedure.delivered == ["reply"]


def test_it_sends_an_unsure_mail_that_the_server_never_accepted(asked, customer, server):
    mail = write(asked, to=customer)
    stale = timezone.now() - 2 * outbox.STALE
    OutboundMail.objects.filter(pk=mail.pk).update(status=Status.SENDING, unsure=True, attempts=1, claimed_at=stale)

    assert outbox.deliver(mail.pk) == "sent"
    assert len(server.mails(customer.partition("@")[0])) == 1


def test_it_does_not_send_an_unsure_mail_while_the_sent_folder_cannot_be_read(asked, customer, server):
    Mailbox.objects.update(imap_port=1)
    mail = write(asked, to=customer)
    OutboundMail.objects.filter(pk=mail.pk).update(unsure=True, attempts=1)

    assert outbox.deliver(mail.pk) == "later"
    assert stored(mail).unsure
    assert server.mails(customer.partition("@")[0]) == []


def test_it_sends_one_mail_when_eight_workers_are_woken_for_it(asked, server, customer, procedure):
    mail = write(asked, to=customer)
    together = threading.Barrier(8)

    def work() -> None:
        together.wait()
        outbox.deliver(mail.pk)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(server.mails(customer.partition("@")[0])) == 1
    assert procedure.delivered == ["reply"]


def test_it_tells_the_procedure_later_when_it_could_not_listen(asked, customer, monkeypatch, procedure):
    mail = write(asked, to=customer)
    told: list[str] = []

    def deaf(sent: OutboundMail) -> None:
        if not told:
            told.append("once")
            raise RuntimeError
        procedure.delivered.append(sent.purpose)

    known = registry.handlers(PROCEDURE)
    changed = registry.Handlers(known.receive, deaf, known.undeliverable, known.visible, known.by_number)
    monkeypatch.setitem(registry._handlers, PROCEDURE, changed)
    outbox.deliver(mail.pk)
    assert (stored(mail).status, stored(mail).handled_at) == (Status.SENT, None)

    outbox.sweep()
    outbox.sweep()

    assert procedure.delivered == ["reply"]


def test_its_sweep_wakes_what_is_due_and_what_hangs(asked, nudges):
    due, held, hanging = (write(asked, key=str(n), hold=timedelta(hours=n == 1)) for n in range(3))
    stale = timezone.now() - 2 * outbox.STALE
    OutboundMail.objects.filter(pk=hanging.pk).update(status=Status.SENDING, claimed_at=stale)
    assert outbox.sweep() == 0  # their own wake-ups may still be heard
    OutboundMail.objects.update(nudged_at=timezone.now() - outbox.LOST_AFTER)
    nudges.clear()

    assert outbox.sweep() == 2
    assert {args[1] for args in nudges} == {str(due.pk), str(hanging.pk)}
    assert stored(held).status == Status.HELD


def test_its_sweep_does_not_fill_a_queue_that_nobody_empties(asked, nudges):
    mail, began = write(asked), timezone.now()
    OutboundMail.objects.update(send_after=began, nudged_at=began)
    nudges.clear()

    woken = [seconds for seconds in range(0, 3600, 10) if outbox.sweep(began + timedelta(seconds=seconds))]

    pauses = [later - earlier for earlier, later in pairwise([0, *woken])]
    assert pauses[:5] == [20, 20, 40, 80, 160]
    assert max(pauses) == 600  # so that nothing waits for a person to restart something
    assert {args[1] for args in nudges} == {str(mail.pk)}


def test_a_bounce_finds_the_mail_that_bounced(asked, mailbox, customer, procedure):
    mail = write(asked, to=customer)
    outbox.deliver(mail.pk)

    came = filed(mailbox, bounce(mail.message_id, customer))
    filed(mailbox, bounce(mail.message_id, customer))

    assert (came.status, came.case_id, came.kind) == (InboundMail.Status.FILED, asked.case_id, "BOUNCE")
    assert stored(mail).bounced_at is not None
    assert len(procedure.undeliverable) == 1
    assert "No such user" in procedure.undeliverable[0]
    assert procedure.opened() == 1


def test_a_delay_warning_lies_with_the_case_and_changes_nothing(asked, mailbox, customer, procedure):
    mail = write(asked, to=customer)
    outbox.deliver(mail.pk)

    came = filed(mailbox, bounce(mail.message_id, customer, reason="450 4.4.1 timeout", action="delayed"))

    assert (came.kind, came.case_id) == ("DELAY", asked.case_id)
    assert stored(mail).bounced_at is None
    assert procedure.undeliverable == []


@pytest.mark.parametrize(
    ("sender", "extra"),
    [
        ("noreply@samudra.example", ""),
        ("no-reply-tagihan@samudra.example", ""),
        ("Mailer <mailer-daemon@samudra.example>", ""),
        ("bonar@samudra.example", "Precedence: bulk"),
        ("bonar@samudra.example", "List-Id: <staf.samudra.example>"),
        ("bonar@samudra.example", "X-Spam-Flag: YES"),
        ("bonar@samudra.example", "Reply-To: noreply@samudra.example"),
    ],
)
def test_it_never_answers_a_machine_by_itself(mailbox, sender, extra):
    mail = filed(mailbox, letter(sender=sender, extra=extra))

    assert why_unanswered(mail)


def test_it_never_answers_its_own_mailboxes_by_itself(mailbox):
    assert why_unanswered(filed(mailbox, letter(sender=mailbox.address)))


def test_it_acknowledges_a_sender_once_an_hour(mailbox):
    first = filed(mailbox, letter())
    assert not why_unanswered(first)
    mail = write(first, purpose="acknowledgement", template="ack_received", body=None, automatic=True)
    assert why_unanswered(filed(mailbox, letter()))
    assert not why_unanswered(filed(mailbox, letter(sender="lain@samudra.example")))

    OutboundMail.objects.filter(pk=mail.pk).update(created_at=timezone.now() - timedelta(hours=2))
    assert not why_unanswered(filed(mailbox, letter()))


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: RE: Bls: Gangguan", "Gangguan"),
        ("Fwd: Trs: Laporan: link putus", "Laporan: link putus"),
        ("Balas: Tagihan", "Tagihan"),
        ("Rekap tagihan", "Rekap tagihan"),
        ("\u202eRe: \u2067Tagihan\u202c", "Tagihan"),
        ("", ""),
    ],
)
def test_it_keeps_a_subject_without_its_answer_marks(subject, bare):
    assert bare_subject(subject) == bare


@pytest.mark.parametrize(("hour", "words"), [(5, "pagi"), (11, "siang"), (15, "sore"), (18, "malam"), (0, "malam")])
def test_it_greets_by_the_hour(hour, words):
    assert greeting(timezone.localtime().replace(hour=hour)) == f"Selamat {words}"


def test_answers_come_back_into_the_case(asked, mailbox, procedure, customer):
    mail = write(asked, to=customer)
    outbox.deliver(mail.pk)

    answer = filed(mailbox, letter("Terima kasih.", subject="apa saja", extra=f"In-Reply-To: <{mail.message_id}>"))

    assert (answer.case_id, answer.filed_by) == (asked.case_id, "reply token")
    assert intake.sweep() == 0
    assert procedure.opened() == 1
