"""People and machines told apart where no report says it in fields: the words of many servers, in two languages."""

from __future__ import annotations

import pytest

from tenesa.mail.parse import parse
from tenesa.mail.values import Kind
from tests.platform.mail.letters import letter

EXCHANGE = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@samudra.example>"
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.samudra.example>"
NULL = "Return-Path: <>"


@pytest.mark.parametrize(
    ("sender", "subject", "extra", "body", "recipients"),
    [
        pytest.param(
            *(EXCHANGE, "Tidak terkirim: Re: Gangguan", ""),
            "Pengiriman gagal ke penerima atau grup ini:\n\nbudi@samudra.example\nAlamat tidak ditemukan.",
            ("budi@samudra.example",),
            id="Exchange in Indonesian",
        ),
        pytest.param(
            *("postmaster@samudra.example", "Re: Gangguan", "X-MS-Exchange-Message-Is-Ndr: "),
            "Your message to budi@samudra.example couldn't be delivered.",
            ("budi@samudra.example",),
            id="Exchange says so in a header",
        ),
        pytest.param(
            *("postmaster@samudra.example", "Mailbox full", NULL),
            "Message to <budi@samudra.example> rejected. The mailbox is full. 552 5.2.2",
            ("budi@samudra.example",),
            id="a postmaster without a return path",
        ),
        pytest.param(
            *("gateway@samudra.example", "RE: Tiket Anda : delivery failed", NULL),
            "Your message could not be delivered to\nbudi@samudra.example\n",
            ("budi@samudra.example",),
            id="a gateway that keeps our subject",
        ),
        pytest.param(
            *(DAEMON, "failure notice", NULL),
            "Unable to deliver your message to budi@samudra.example.\n\n 552 Quota violation for siti@samudra.example",
            ("budi@samudra.example", "siti@samudra.example"),
            id="an alias and where it leads",
        ),
        pytest.param(
            *(DAEMON, "Mail Delivery Problem", NULL),
            "Your mail to the following recipients could not be delivered\nbecause they refuse it:\n\tbudi.s\n\tsiti\n",
            ("budi.s@mx.samudra.example", "siti@mx.samudra.example"),
            id="a server that names its own users",
        ),
        pytest.param(
            *(DAEMON, "failure notice", NULL),
            "Mail could not be delivered to budi@samudra.example.\nIf in doubt, e.g. if nama@samudra.example fails,\n"
            "try sending to nama.lengkap@samudra.example instead.",
            ("budi@samudra.example",),
            id="advice names addresses too",
        ),
    ],
)
def test_it_knows_a_bounce_and_whom_it_names(sender, subject, extra, body, recipients):
    mail = parse(letter(body, sender=sender, subject=subject, extra=extra))
    assert mail.kind is Kind.BOUNCE
    assert mail.returned is not None
    assert mail.returned.recipients == recipients


@pytest.mark.parametrize(
    ("subject", "extra", "body"),
    [
        (
            "Undelivered mail problem",
            "",
            "Our mail server at SID 4700112-0045127790 could not deliver mail since 07.20.",
        ),
        ("Email tidak terkirim", "", "Selamat pagi, email kami gagal terkirim ke budi@samudra.example, mohon dicek."),
        (
            "RE: Delivery failure",
            "In-Reply-To: <surat@telkom.example>",
            "It could not be delivered to budi@samudra.example either.",
        ),
        ("FW: Undeliverable: Laporan", "", "Your message could not be delivered to budi@samudra.example"),
        ("Gangguan", "X-Auto-Response-Suppress: OOF", "Internet kami mati."),
    ],
)
def test_a_person_who_writes_about_bounces_is_a_person(subject, extra, body):
    assert parse(letter(body, subject=subject, extra=extra)).kind is Kind.PERSON


def test_an_answer_without_a_return_path_is_no_person_s():
    away = letter("Saya sedang tidak di tempat sampai 20 November.", subject="Re: Gangguan internet", extra=NULL)
    assert parse(away).kind is Kind.AUTO_REPLY
