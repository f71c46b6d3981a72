"""Addresses as mail servers take them, and mails to them: sent, or dead at once with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

from tenesa.mail import outbox
from tenesa.mail.address import Unsendable, is_unattended, normal, sendable
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed
from tests.platform.mail.test_outbox import stored, write
from tests.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Budi@Pelanggan.EXAMPLE ", "budi@pelanggan.example"),
        ("info@møbel.example", "info@xn--mbel-gra.example"),
        ("info@MØBEL.example", "info@xn--mbel-gra.example"),
        ("info@xn--mbel-gra.example", "info@xn--mbel-gra.example"),
        ("björn@møbel.example", "björn@xn--mbel-gra.example"),
        ("info@例え。テスト", "info@xn--r8jz45g.xn--zckzah"),
        ("info@müller_dan.example", "info@xn--mller_dan-q9a.example"),
        ("info@kantor_pusat.example", "info@kantor_pusat.example"),
        ("o'neil+tiket=1@pelanggan.example", "o'neil+tiket=1@pelanggan.example"),
        ('"budi santoso"@pelanggan.example', '"budi santoso"@pelanggan.example'),
        ("budi..s.@pelanggan.example", '"budi..s."@pelanggan.example'),
        ("budi", None),
        ("budi@", None),
        ("@pelanggan.example", None),
        ("budi@localhost", None),
        ("budi@[10.0.0.1]", "budi@[10.0.0.1]"),
        ("budi@10.0.0.1", None),
        ("budi@-x.example", None),
        ("budi@a..example", None),
        (f"budi@{'a' * 64}.example", None),
        (f"{'é' * 33}@pelanggan.example", None),
        ("bu di@pelanggan.example", None),
        ("budi@pelanggan.example\nBcc: x@y.example", None),
        ("budi\x00@pelanggan.example", None),
        ("budi@💩.example", "budi@xn--ls8h.example"),
    ],
)
def test_an_address_is_spelled_as_servers_take_it_or_refused(written: str, sent: str | None) -> None:
    if sent is None:
        with pytest.raises(Unsendable, match="“"):
            sendable(written)
    else:
        assert (sendable(written), sendable(normal(written)), sendable(sent)) == (sent, sent, sent)


@given(st.text(max_size=80) | st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=20)))
def test_whatever_is_written_it_is_one_line_in_one_spelling_or_refused(written: str) -> None:
    try:
        address = sendable(written)
    except Unsendable:
        return
    assert address == sendable(address) == sendable(normal(written))
    assert not set(address) & set("\r\n\0<>,;") - (set("<>,;") if address.startswith('"') else set())
    assert address.rpartition("@")[2].isascii()


@pytest.mark.parametrize("address", ["NoReply@x.example", "post_master@x.example", "mailer-daemon@x.example", "@x", ""])
def test_role_addresses_are_unattended(address: str) -> None:
    assert is_unattended(address)
    assert not is_unattended("norman@x.example")


class Plain:
    """A server without SMTPUTF8 and what it accepted."""

    def __init__(self) -> None:
        self.recipients: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def plain(mailbox: Mailbox) -> Iterator[Plain]:
    handler = Plain()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=False)
    controller.start()
    Mailbox.objects.update(smtp_url=f"smtp://127.0.0.1:{controller.port}", server_keeps_sent=True)
    yield handler
    controller.stop()


@pytest.fixture
def asked(mailbox: Mailbox) -> InboundMail:
    return filed(mailbox, letter())


def test_a_domain_in_letters_needs_no_utf8_of_the_server(plain: Plain, asked: InboundMail) -> None:
    mail = write(asked, to="info@møbel.example", cc=["budi..s@pelanggan.example"])
    assert outbox.deliver(mail.pk) == "sent"
    assert plain.recipients == ["info@xn--mbel-gra.example", "budi..s@pelanggan.example"]


def test_what_the_server_cannot_take_is_dead_at_once_with_a_reason(
    plain: Plain, asked: InboundMail, procedure: Any
) -> None:
    mail = write(asked, to="björn@møbel.example")
    assert outbox.deliver(mail.pk) == "dead"
    row = stored(mail)
    assert (row.status, row.attempts, plain.recipients) == ("DEAD", 1, [])
    assert "björn@xn--mbel-gra.example" in row.error
    assert procedure.undeliverable == [row.error]


@pytest.mark.parametrize(
    "to", ["budi", "budi@localhost", "a@b@c@-.example", "budi@pelanggan.example\r\nBcc: x@y.example"]
)
def test_what_is_no_address_is_dead_at_once_with_a_reason(plain: Plain, asked: InboundMail, to: str) -> None:
    mail = write(asked)
    OutboundMail.objects.filter(pk=mail.pk).update(to=[to])  # of a row from before addresses were looked at
    assert outbox.deliver(mail.pk) == "dead"
    assert (stored(mail).attempts, plain.recipients) == (1, [])
    assert "“" in stored(mail).error


def test_with_smtputf8_the_header_has_the_letters(asked: InboundMail, server: Any) -> None:
    mail = write(asked, to=f"björn-{asked.mailbox.username}@telkom.example")
    assert outbox.deliver(mail.pk) == "sent"
    [raw] = server.mails(asked.mailbox.username, "Sent")
    assert f"To: björn-{asked.mailbox.username}@telkom.example\r\n".encode() in raw


def test_a_mailbox_with_letters_in_its_domain_sends_too(plain: Plain, asked: InboundMail) -> None:
    Mailbox.objects.update(address="tenesa@løsning.example")
    mail = write(InboundMail.objects.select_related("mailbox").get(pk=asked.pk))
    assert mail.message_id.endswith("@xn--lsning-bya.example")
    assert outbox.deliver(mail.pk) == "sent"
