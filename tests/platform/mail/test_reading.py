"""What a mail shows in the browser, and what it must not do there."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tenesa.mail.models import InboundMail
from tenesa.mail.reading import body_parts, safe_html
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed

pytestmark = pytest.mark.django_db(transaction=True)

HTML = 'Content-Type: multipart/related; boundary="B"'


def html_mail(mailbox, html: str) -> InboundMail:
    body = f"--B\nContent-Type: text/html; charset=utf-8\n\n{html}\n--B\n"
    picture = "Content-Type: image/png\nContent-ID: <logo@x>\n\nPNG\n--B\n"
    page = "Content-Type: text/html; name=jahat.html\nContent-ID: <jahat@x>\n\n<script>alert(1)</script>\n--B--\n"
    return filed(mailbox, letter(body + picture + page, extra=HTML))


@pytest.fixture
def rini(mailbox, procedure) -> Client:
    """An agent who may see every case of this test."""
    user = get_user_model().objects.create(username="rini")
    procedure.visible_to |= {("rini", number) for number in range(10_000)}
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("html", "gone"),
    [
        ("<script>alert(1)</script>Halo", "alert"),
        ("<style>*{display:none}</style>Halo", "display:none"),
        ("<img src='https://pelacak.example/1.gif'>Halo", "pelacak"),
        ("<p onclick='x()'>Halo</p>", "onclick"),
        ("<a href='javascript:x()'>Halo</a>", "javascript"),
        ("<p style='background:url(https://pelacak.example)'>Halo</p>", "pelacak"),
        ("<p style='position:fixed;top:0'>Halo</p>", "position"),
        ("<iframe src='https://x.example'></iframe>Halo", "iframe"),
        ("<form action='https://x.example'><input name=p>Halo</form>", "form"),
        ("<meta http-equiv=refresh content='0;url=https://x.example'>Halo", "meta"),
        ("<base href='https://x.example'>Halo", "base"),
        ("<svg onload=x()>Halo</svg>", "svg"),
        ("<img src='data:text/html,x'>Halo", "data:"),
        ("<link rel=stylesheet href='https://x.example'>Halo", "link"),
    ],
)
def test_html_cannot_act_or_call_out(mailbox, html, gone):
    clean = safe_html(html_mail(mailbox, html))

    assert "Halo" in clean
    assert gone not in clean


def test_layout_and_own_pictures_stay(mailbox):
    mail = html_mail(
        mailbox, "<table><tr><td style='color:red'>A</td></tr></table><img src='cid:logo@x'><img src='cid:x'>"
    )
    clean = safe_html(mail, "/pic/")

    assert '<td style="color:red">' in clean
    assert 'src="/pic/logo@x"' in clean
    assert "cid:" not in clean


def test_links_open_elsewhere_and_tell_nothing(mailbox):
    clean = safe_html(html_mail(mailbox, "<a href='https://a.example'>x</a>"))

    assert 'target="_blank"' in clean
    assert 'rel="noopener noreferrer nofollow"' in clean


def test_the_frame_document_has_its_own_policy(mailbox, rini):
    response = rini.get(reverse("mail:body", args=[html_mail(mailbox, "<b>Halo</b><img src='cid:logo@x'>").pk]))

    assert response.status_code == 200
    assert "<b>Halo</b>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy


def test_own_pictures_are_shown_and_nothing_else_is(mailbox, rini):
    mail = html_mail(mailbox, "x")
    picture = rini.get(reverse("mail:inline", args=[mail.pk, "logo@x"]))
    page = rini.get(reverse("mail:inline", args=[mail.pk, "jahat@x"]))

    assert (picture.content, picture["Content-Type"]) == (b"PNG", "image/png")
    assert page.status_code == 404


def test_attachments_are_downloads(mailbox, rini):
    mail = html_mail(mailbox, "x")
    part = mail.attachments.get(name="jahat.html")
    response = rini.get(reverse("mail:attachment", args=[mail.pk, part.pk]))

    assert response["Content-Disposition"] == 'attachment; filename="jahat.html"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_original_comes_byte_by_byte(mailbox, rini):
    mail = html_mail(mailbox, "x")
    response = rini.get(reverse("mail:original", args=[mail.pk]))

    assert response.content == mail.raw
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("view", ["body", "original"])
def test_who_may_not_see_the_case_sees_nothing(mailbox, rini, procedure, view):
    mail = html_mail(mailbox, "x")
    procedure.visible_to.clear()

    assert rini.get(reverse(f"mail:{view}", args=[mail.pk])).status_code == 404
    assert rini.get(reverse(f"mail:{view}", args=[999_999])).status_code == 404
    assert Client().get(reverse(f"mail:{view}", args=[mail.pk])).status_code == 302


def test_the_attachment_of_another_mail_is_not_served(mailbox, rini):
    one, other = html_mail(mailbox, "x"), html_mail(mailbox, "y")
    part = other.attachments.first()
    assert part is not None

    assert rini.get(reverse("mail:attachment", args=[one.pk, part.pk])).status_code == 404


def test_the_timeline_gets_own_words_and_history_apart(mailbox):
    mail = filed(
        mailbox, letter("Sudah normal.\n\nPada Sen, 16 Nov 2026 TENESA <t@x.example> menulis:\n> Mohon dicek.")
    )
    parts = body_parts(mail)

    assert parts.own == "Sudah normal."
    assert "Mohon dicek." in parts.quoted
