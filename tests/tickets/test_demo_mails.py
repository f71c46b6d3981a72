"""The demonstration's mails: real enough that the procedure finds what it looks for."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tenesa.mail.parse import parse
from tenesa.mail.values import NEVER_A_CASE, Kind
from tenesa.systems.simulator.seed import UNKNOWN_SID, world
from tickets.demo.mails import CATALOGUE, DemoMail, compose


def parsed(mail: DemoMail):
    return parse(compose(mail, "tenesa@telkom.example", "1"))


def test_there_are_about_forty_different_mails():
    assert len(CATALOGUE) >= 38
    assert len({mail.body for mail in CATALOGUE.values()}) == len(CATALOGUE)


@pytest.mark.parametrize("mail", CATALOGUE.values(), ids=lambda mail: mail.name)
def test_every_service_it_names_exists(mail):
    known = world().by_number

    assert [
        number for number in parsed(mail).extracted.product_ids if number not in known and number != UNKNOWN_SID
    ] == []


@pytest.mark.parametrize("mail", CATALOGUE.values(), ids=lambda mail: mail.name)
def test_it_can_be_read_whole(mail):
    seen = parsed(mail)

    assert seen.subject == mail.subject
    assert (seen.sender.name, seen.sender.email) == mail.sender
    assert len(seen.attachments) == len(mail.attachments)
    assert seen.text.strip()


def test_machines_are_among_them():
    kinds = {name: parsed(mail).kind for name, mail in CATALOGUE.items()}

    assert kinds["balasan-otomatis"] is Kind.AUTO_REPLY
    assert kinds["cuti-bersama"] is Kind.PERSON
    assert kinds["sistem-pemantau"] is Kind.SYSTEM
    assert kinds["surat-kembali"] is Kind.BOUNCE
    assert kinds["spam-seo"] is Kind.SPAM
    assert sum(kind in NEVER_A_CASE for kind in kinds.values()) == 2


def test_attachments_are_what_they_say():
    [picture] = parsed(CATALOGUE["des-vpn-putus"]).attachments
    [letter] = parsed(CATALOGUE["minta-pindah-dbs"]).attachments

    assert picture.content.startswith(b"\x89PNG\r\n")
    assert letter.content.startswith(b"%PDF-1.4")
    assert letter.content.rstrip().endswith(b"%%EOF")


def test_it_says_when_the_mail_server_is_away(settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"

    with pytest.raises(CommandError, match=r"127\.0\.0\.1:1"):
        call_command("send_demo_mail", name="des-vpn-putus", to="tenesa@telkom.example")


def test_it_lists_what_there_is():
    out = StringIO()
    call_command("send_demo_mail", list=True, stdout=out)

    assert "des-vpn-putus" in out.getvalue()


@pytest.mark.django_db
def test_it_asks_for_a_mailbox_first():
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        call_command("send_demo_mail", name="des-vpn-putus")
