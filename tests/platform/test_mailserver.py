"""The mail server of the demo and the tests behaves as the mail platform is told that servers do."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from uuid import uuid4

import pytest
from imapclient import IMAPClient

from tests.services import services

HOSTILE = [
    b"",
    b"Subject: only a header\r\n",
    b"no header at all",
    b"Date: nonsense (((\r\nTo: a@@b,,;\r\nFrom: \xff<>\r\n\r\n" + b"z" * 5000 + b"\r\n",
    b"Content-Type: ;;;=?\xff\xfe\r\n\r\nbody \x00\x80\r\n",
    b"Subject: dots\r\n\r\n\r\n..\r\n.\r\nend\r\n",
]


@pytest.fixture
def user() -> str:
    return f"kotak{uuid4().hex[:8]}"


@pytest.fixture
def smtp() -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", services.smtp_port) as connection:
        yield connection


def imap(user: str) -> IMAPClient:
    client = IMAPClient("127.0.0.1", services.imap_port, ssl=False)
    client.login(user, "rahasia")
    return client


def mails(user: str, folder: str = "INBOX") -> list[bytes]:
    with imap(user) as client:
        client.select_folder(folder, readonly=True)
        uids = client.search()
        found = client.fetch(uids, ["BODY.PEEK[]", "ENVELOPE", "BODYSTRUCTURE"]) if uids else {}
        return [found[uid][b"BODY[]"] for uid in uids]


def body(raw: bytes) -> bytes:
    """Without the five lines that delivery wrote on top."""
    return raw.split(b"\r\n", 5)[5]


@pytest.mark.parametrize("raw", HOSTILE)
def test_it_delivers_every_byte_whatever_the_mail_looks_like(smtp: smtplib.SMTP, user: str, raw: bytes):
    smtp.sendmail("siti@pelanggan.example", [f"{user}@telkom.example"], raw)
    (received,) = mails(user)
    assert body(received).removesuffix(b"\r\n") == raw.removesuffix(b"\r\n")


def test_a_signed_in_sender_finds_a_copy_in_sent(smtp: smtplib.SMTP, user: str):
    raw = f"Message-ID: <{user}@telkom.example>\r\nSubject: jawaban\r\n\r\nhalo\r\n".encode()
    smtp.login(user, "rahasia")
    customer = f"{user}@pelanggan.example"
    smtp.sendmail(f"{user}@telkom.example", [customer], raw)
    assert mails(user, "Sent") == [raw]
    assert [one for one in mails("pelanggan") if one.endswith(raw)]
    smtp.sendmail(f"{user}@telkom.example", [customer], raw)
    assert len(mails(user, "Sent")) == 2  # a second mail is a second mail, whatever its Message-ID


def test_a_stranger_leaves_no_copy_and_a_wrong_password_is_refused(smtp: smtplib.SMTP, user: str):
    smtp.sendmail("siti@pelanggan.example", [f"{user}@telkom.example"], b"Subject: halo\r\n\r\n")
    assert mails(user, "Sent") == []
    with pytest.raises(smtplib.SMTPAuthenticationError):
        smtp.login(user, "salah")


@pytest.mark.parametrize(("domain", "code"), [("tolak.example", 550), ("penuh.example", 452)])
def test_two_domains_play_a_refusal(smtp: smtplib.SMTP, user: str, domain: str, code: int):
    smtp.login(user, "rahasia")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail(f"{user}@telkom.example", [f"budi@{domain}"], b"Subject: halo\r\n\r\n")
    assert refused.value.recipients[f"budi@{domain}"][0] == code
    assert mails(user, "Sent") == []


def test_uids_flags_and_folders_outlive_a_restart(smtp: smtplib.SMTP, user: str):
    for number in range(3):
        smtp.sendmail("siti@pelanggan.example", [f"{user}@telkom.example"], f"Subject: {number}\r\n\r\n".encode())
    with imap(user) as client:
        before = client.select_folder("INBOX")
        first, second, third = client.search()
        client.add_flags([first], [rb"\Flagged"])
        client.create_folder("Arsip")
        client.move([second], "Arsip")
        client.delete_messages([third])
        client.expunge()
    services.stop_mail()
    services.start_mail()
    with imap(user) as client:
        after = client.select_folder("INBOX")
        assert (after[b"UIDVALIDITY"], after[b"UIDNEXT"]) == (before[b"UIDVALIDITY"], before[b"UIDNEXT"])
        assert client.search() == [first]
        assert rb"\Flagged" in client.get_flags([first])[first]
        assert client.select_folder("Arsip")[b"EXISTS"] == 1
