"""What an acknowledgement repeats of whom, how many there are, and that a case shows why it got none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.mail import oversize
from tenesa.mail.models import InboundMail, OutboundMail
from tests.journeys.post import words
from tests.tickets.post import Post

pytestmark = pytest.mark.django_db
LURE = "Subject: Menangkan hadiah di jahat.example"


@pytest.fixture
def post(db: None) -> Post:
    return Post()


def test_a_proven_sender_is_named_and_their_subject_repeated(post: Post) -> None:
    case = post.case(post.arrives("From: Rina Hartati <rina@tokobuku.example>\nSubject: Tagihan dobel"))
    [mail] = post.leaves()
    assert (str(mail["To"]), str(mail["Subject"])) == ("rina@tokobuku.example", "Re: Tagihan dobel")
    assert "Bapak/Ibu Rina Hartati," in words(mail)
    assert case.number in words(mail)


FORGED = "From: Hadiah Besar <rina@tokobuku.example>"
TRUSTED = "Authentication-Results: mail.telkom.example; dmarc=pass header.from=tokobuku.example"


@pytest.mark.parametrize(
    ("head", "envelope"),
    [
        (FORGED, "x@jahat.example"),
        (FORGED, "x@sub.tokobuku.example"),
        ("From: Hadiah Besar <x@jahat.example>\nReply-To: rina@tokobuku.example", "x@jahat.example"),
        (f"{FORGED}\nFrom: <x@jahat.example>", "x@jahat.example"),
        (f"{TRUSTED}\n{FORGED}", "x@jahat.example"),
    ],
)
def test_nothing_of_an_unproven_sender_is_repeated(post: Post, head: str, envelope: str) -> None:
    case = post.case(post.arrives(f"{head}\nCc: korban@b2.example\n{LURE}", "Klik jahat.example", envelope=envelope))
    [mail] = post.leaves()
    assert (str(mail["To"]), mail["Cc"], str(mail["Subject"])) == (
        "rina@tokobuku.example", None, "Re: Laporan Bapak/Ibu",
    )  # fmt: skip
    assert "Bapak/Ibu, Terima kasih" in words(mail)
    assert case.number in words(mail)
    assert not any(part in mail.as_string() for part in ("Hadiah", "hadiah", "Klik"))


def test_a_server_that_is_not_trusted_proves_nothing(post: Post, settings: Any) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.lain.example"]
    post.arrives("From: Rina <rina@tokobuku.example>\nSubject: Tagihan dobel")
    [mail] = post.leaves()
    assert str(mail["Subject"]) == "Re: Laporan Bapak/Ibu"
    assert "Rina" not in mail.as_string().replace("rina@tokobuku.example", "")


@pytest.mark.parametrize(
    ("limit", "writer_and_words"),
    [
        ("address", ("u0@tokobuku.example", "alamat ini sudah dibalas")),
        ("domain", ("u9@tokobuku.example", "2 surel ke tokobuku.example")),
        ("hour", ("budi@lain.example", "2 surel dalam satu jam")),
    ],
)
@pytest.mark.usefixtures("rini")
def test_over_a_limit_the_case_is_filed_and_says_that_it_was_not_acknowledged(
    post: Post, client: Client, settings: Any, limit: str, writer_and_words: tuple[str, str]
) -> None:
    writer, said = writer_and_words
    settings.MAIL_ACKNOWLEDGE = {"address": 1, "domain": 50, "hour": 50, limit: 2 if limit != "address" else 1}
    for number in range(2):
        post.arrives(f"From: U <u{number}@tokobuku.example>\nSubject: Mati {number}")
    case = post.case(post.arrives(f"From: U <{writer}>\nSubject: Mati juga"))
    assert OutboundMail.objects.filter(template="ack_received").count() == 2
    assert not OutboundMail.objects.filter(case_id=case.pk).exists()
    client.force_login(User.objects.get(username="rini"))
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "Tidak diberi tanda terima" in page
    assert said in page

    OutboundMail.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    later = post.case(post.arrives(f"From: U <{writer}>\nSubject: Masih mati"))
    assert OutboundMail.objects.filter(case_id=later.pk, template="ack_received").exists()


def test_a_desk_that_acknowledges_nothing_says_nothing(post: Post, rini: User, client: Client) -> None:
    post.box.auto_acknowledge = False
    post.box.save()
    case = post.case(post.arrives("From: Rina <rina@tokobuku.example>\nSubject: Tagihan dobel"))
    client.force_login(rini)
    assert "Tidak diberi tanda terima" not in client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert not OutboundMail.objects.exists()


def test_who_sent_too_much_hears_nothing_of_an_unproven_sender(post: Post, settings: Any) -> None:
    settings.MAIL_MAX_BYTES = 2_000
    told = []
    for number, domain in enumerate(("tokobuku", "tokobuku", "tokobuku", "lain")):
        settings.MAIL_ACKNOWLEDGE = {"address": 1, "domain": 2, "hour": 50}
        mail = post.arrives(
            f"From: Hadiah <u{number}@{domain}.example>\n{LURE}", "x" * 5_000, envelope="x@jahat.example"
        )
        told.append(oversize.tell_sender(mail.pk))
    assert told == ["told", "told", "told before", "told"]
    assert all(str(mail["Subject"]) == "Re: Laporan Bapak/Ibu" for mail in post.leaves())
    assert InboundMail.objects.filter(told_at__isnull=False).count() == 3
