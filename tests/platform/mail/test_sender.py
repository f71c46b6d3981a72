"""Who wrote, shown so that borrowed names and files in disguise are seen."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string

from tenesa.mail.files import honest_name, picture_type
from tenesa.mail.models import InboundAttachment, InboundMail
from tenesa.mail.sender import proof_of, sender_of


def mail(**fields: str) -> InboundMail:
    return InboundMail(from_address="bonar@samudra.example", **fields)


def test_a_plain_sender_is_plain():
    sender = sender_of(mail(from_name="Bonar Nababan", reply_to="bonar@samudra.example"))

    assert (sender.name, sender.address) == ("Bonar Nababan", "bonar@samudra.example")
    assert (sender.claims, sender.answers_to, sender.proof) == ("", "", None)


@pytest.mark.parametrize(
    "name", ["cs@bri.co.id", "BRI <cs@bri.co.id>", "cs @ bri.co.id", "cs@\u200bbri.co.id cs@bri.co.id"]
)
def test_a_name_that_is_another_address_is_not_shown_as_the_name(name):
    sender = sender_of(mail(from_name=name))

    assert sender.name == ""
    assert "bri.co.id" in sender.claims


def test_a_name_that_repeats_the_address_is_no_lie():
    assert sender_of(mail(from_name="Bonar@Samudra.example")).claims == ""


def test_answers_elsewhere_and_lookalike_domains_are_said():
    sender = sender_of(mail(reply_to="bonar@sаmudra.example"))

    assert sender.answers_to.startswith("bonar@xn--")


@pytest.mark.parametrize(
    ("found", "signal"),
    [
        ({"dmarc": "pass", "spf": "softfail"}, ""),
        ({"dkim": "pass", "dkim_domain": "samudra.example"}, ""),
        ({"dmarc": "fail", "dkim": "pass"}, "breach"),
        ({"spf": "fail"}, "risk"),
        ({"spf": "softfail", "dkim": "none"}, "risk"),
        ({"dkim": "pass", "dkim_domain": "iklan.example"}, None),
        ({"spf": "pass"}, None),
        ({}, None),
    ],
)
def test_the_servers_verdict_in_one_sentence(found, signal):
    proof = proof_of({"server": "mx", **found}, "bonar@samudra.example")

    assert (proof.signal if proof else None) == signal


@pytest.mark.parametrize(
    ("name", "honest"),
    [
        ("tagihan\u202efdp.exe", "tagihan_fdp.exe"),
        ("tagihan.pdf" + " " * 90 + ".exe", "tagihan.pdf … .exe"),
        ("a\u200b\u2066b.txt", "a__b.txt"),
        ("surat perintah.pdf", "surat perintah.pdf"),
        ("\u202e", "_"),
    ],
)
def test_a_file_name_hides_nothing(name, honest):
    assert honest_name(name) == honest


def test_the_extension_is_kept_apart_and_programs_are_named(monkeypatch):
    from tenesa.mail import files

    part = InboundAttachment(pk=1, name="tagihan.pdf.exe", content_type="application/pdf", size=1, blob_id="x")
    shown = files._file(part.name, 1, "/x", None)

    assert (shown.stem, shown.extension, bool(shown.warning)) == ("tagihan.pdf", ".exe", True)
    assert not files._file("tagihan.pdf", 1, "/x", None).warning
    assert files._file("tanpa", 1, "/x", None).name == "tanpa"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n..", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ""),
        (b"<!doctype html>", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_known_by_its_bytes(content, kind):
    assert picture_type(content) == kind


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("Printer Lantai 2", "", ["Printer Lantai 2", "(tanpa alamat)"]),
        ("", "", ["(tanpa pengirim)"]),
        ("björn@møbel.example", "björn@xn--mbel-gra.example", ["björn@møbel.example", "björn@xn--mbel-gra.example"]),
    ],
)
def test_who_wrote_is_said_also_without_an_address(name, address, words):
    html = render_to_string(
        "mail_view/_sender.html", {"sender": sender_of(InboundMail(from_name=name, from_address=address))}
    )

    assert [word.strip() for word in re.findall(r">([^<>]+)<", html) if word.strip()] == words
