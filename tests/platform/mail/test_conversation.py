"""A whole conversation, golden: every mail of ours names the right chain, and every answer comes home."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone

from tenesa.mail import outbox, smtp
from tenesa.mail.compose import compose
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tenesa.mail.parse import parse
from tenesa.mail.recipients import Conversation
from tenesa.mail.thread import find_thread
from tests.platform.mail.letters import bounce, letter
from tests.platform.mail.test_filing import filed
from tests.platform.mail.test_outbox import stored, write

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOMER, UNIT = "bonar@samudra.example", "unit@telkom-lain.example"
FORWARD = {"purpose": "forward_unit", "body": None, "context": {"unit": "Unit DCS", "segment": "DCS"}}


def ids(mail: OutboundMail) -> tuple[str, list[str]]:
    """(In-Reply-To, References) as they stand in the bytes that leave."""
    message: Any = message_from_bytes(compose(mail), policy=default)
    return str(message["In-Reply-To"] or "").strip("<>"), [
        one.strip("<>") for one in str(message["References"] or "").split()
    ]


def answering(to: OutboundMail, sender: str) -> bytes:
    """As a mail program answers: the chain it was sent, and the mail itself."""
    chain = " ".join(f"<{one}>" for one in [*to.references, to.message_id])
    extra = f"In-Reply-To: <{to.message_id}>\nReferences: {chain}"
    return letter("Baik.", sender=sender, subject=f"Re: {to.subject}", extra=extra)


def reply(mailbox: Mailbox, to: OutboundMail, sender: str) -> InboundMail:
    return filed(mailbox, answering(to, sender))


def test_it_keeps_one_chain_through_a_conversation_with_a_forward(mailbox):
    first = filed(mailbox, letter())
    ours = write(first)
    assert ids(ours) == (first.message_id, [first.message_id])

    second = reply(mailbox, ours, CUSTOMER)
    forward = write(second, to=UNIT, in_reply_to=None, forward=second, **FORWARD)
    assert ids(forward) == ("", [])  # a conversation of its own: the unit has none of the customer's mails

    answer = reply(mailbox, forward, UNIT)
    again = write(second, in_reply_to=None)
    assert ids(again) == (second.message_id, [first.message_id, ours.message_id, second.message_id])

    third = reply(mailbox, again, CUSTOMER)
    last = write(third)
    assert ids(last) == (
        third.message_id,
        [first.message_id, ours.message_id, second.message_id, again.message_id, third.message_id],
    )
    assert {mail.case_id for mail in (second, answer, third)} == {first.case_id}


def party_of(mailbox: Mailbox, raw: bytes) -> str:
    found = find_thread(parse(raw), mailbox)
    return found.party if found else ""


def test_it_knows_a_third_party_by_what_they_answer_and_by_their_address(mailbox):
    first = filed(mailbox, letter())
    forward = write(first, to=UNIT, in_reply_to=None, forward=first, **FORWARD)

    filed(mailbox, letter(sender=UNIT, extra=f"Auto-Submitted: auto-replied\nIn-Reply-To: <{forward.message_id}>"))
    assert party_of(mailbox, answering(forward, UNIT)) == "THIRD_PARTY"
    assert party_of(mailbox, answering(forward, "wakil@telkom-lain.example")) == "THIRD_PARTY"
    assert party_of(mailbox, answering(forward, CUSTOMER)) == "CUSTOMER"


def test_an_answer_joins_although_its_program_wrote_our_long_id_as_encoded_words(mailbox):
    first = filed(mailbox, letter())
    ours = write(first)
    program = EmailMessage()
    program["In-Reply-To"] = f"<{ours.message_id}>"
    assert b"=?" in program.as_bytes()

    answer = filed(mailbox, letter(extra=program.as_bytes().decode().strip()))

    assert (answer.case_id, answer.filed_by) == (first.case_id, "reply token")


def test_a_bounce_that_names_no_mail_lands_by_the_address(mailbox, procedure, server):
    first = filed(mailbox, letter())
    mail = write(first, to="bonar@lain.example")
    outbox.deliver(mail.pk)

    came = filed(mailbox, bounce("tidak-dikenal@mx.example", "bonar@lain.example"))
    stranger = filed(mailbox, bounce("tidak-dikenal@mx.example", "entah@lain.example"))

    assert (came.case_id, came.filed_by) == (first.case_id, "address that was not reached")
    assert stored(mail).failed
    assert stranger.status == InboundMail.Status.IGNORED


def test_it_sends_a_bounced_mail_again_or_lets_it_be_settled(mailbox, procedure, server):
    first = filed(mailbox, letter())
    mail, other = write(first, to="bonar@lain.example"), write(first, to="bonar@lain.example", key="2")
    for one in (mail, other):
        assert not outbox.retry(one.pk)
        outbox.deliver(one.pk)
        filed(mailbox, bounce(one.message_id, "bonar@lain.example"))

    assert outbox.retry(mail.pk)
    assert outbox.deliver(mail.pk) == "sent"
    assert not stored(mail).failed
    assert outbox.settle(other.pk)
    assert not outbox.settle(other.pk)
    assert not outbox.retry(other.pk)
    assert (stored(other).status, stored(other).failed) == (OutboundMail.Status.SENT, False)


def test_it_holds_a_scheduled_mail_until_its_hour(mailbox, nudges):
    first = filed(mailbox, letter())
    nudges.clear()
    mail = write(first, send_at=timezone.now() + timedelta(hours=3))

    assert nudges == []
    assert outbox.deliver(mail.pk) == "not due"
    assert (mail.status, mail.scheduled) == (OutboundMail.Status.HELD, True)
    assert outbox.send_now(mail.pk)
    assert nudges == [("deliver_mail", str(mail.pk))]
    assert not outbox.send_now(mail.pk)
    assert not outbox.cancel(mail.pk)


def test_it_refuses_what_the_server_says_is_too_large(mailbox, procedure, monkeypatch):
    monkeypatch.setattr(smtp, "_connect", _with_size(smtp._connect, "2000"))
    first = filed(mailbox, letter())
    mail = write(first, body="x" * 5000)

    assert outbox.deliver(mail.pk) == "dead"
    assert "MB" in stored(mail).error


def _with_size(connect: Any, size: str) -> Any:
    def connected(server: smtp.Server) -> Any:
        connection = connect(server)
        connection.esmtp_features["size"] = size
        return connection

    return connected


def test_a_mailbox_that_another_process_made_a_moment_ago_gets_no_copy_of_our_answer(mailbox):
    def copies() -> tuple[str, ...]:
        return Conversation(mail, Q(case_id=mail.case_id)).recipients.cc

    new = f"baru-{mailbox.address}"
    mail = filed(mailbox, letter(extra=f"Cc: {new}"))
    assert new in copies()
    Mailbox.objects.bulk_create([Mailbox(address=new, desk=mailbox.desk, procedure=mailbox.procedure)])  # no signal
    assert new not in copies()
