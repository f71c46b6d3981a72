"""A mail in formatted words, from the form over the outbox to the customer's mail program and back into our intake."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from lxml import html as tree
from rest_framework.test import APIClient

from tenesa.accounts import tokens
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import outbox
from tenesa.mail.compose import compose
from tenesa.mail.models import OutboundMail
from tenesa.mail.parse import parse
from tenesa.workflow.errors import InvalidInput
from tenesa.workflow.perform import perform
from tenesa.workspace.models import Draft
from tests import factories
from tests.tickets.test_mail_on_cases import mine, taken_back
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
WORDS = "Yth. **Ibu**,\n\n- satu\n- dua\n\n| Paket | Harga |\n|--|--|\n| A | 1 |\n\n![denah.png](denah.png)"


def write(
    user: User, message: str = WORDS, *files: tuple[str, bytes], step: str = "write", **more: Any
) -> OutboundMail:
    case = more.pop("case", None) or mine(user)
    data = {"message": message, "formatted": "true", **more}
    given = MultiValueDict({"attachments": [SimpleUploadedFile(*file, "text/plain") for file in files]})
    done = perform(EmailCase.objects.get(pk=case.pk), step, actor=user, data=data, files=given)
    return OutboundMail.objects.get(case_id=case.pk, event__seq=done.version)


def later() -> str:
    return (timezone.now() + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def shape(part: Any) -> Any:
    return [part.get_content_type(), *map(shape, part.iter_parts())] if part.is_multipart() else part.get_content_type()


def test_the_customer_gets_text_html_and_the_pictures_in_it(rini: User) -> None:
    mail = write(rini, WORDS, ("denah.png", PNG), ("kontrak.pdf", b"%PDF-1.4"))
    raw = compose(mail)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = read(raw)
    related = ["multipart/related", "text/html", "image/png"]
    assert shape(message) == ["multipart/mixed", ["multipart/alternative", "text/plain", related], "text/plain"]
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    words = plain.get_content().replace("\r\n", "\n")
    assert "- satu\n- dua\n\nPaket | Harga\n" in words
    assert "[gambar: denah.png]" in words
    assert "**" not in words + html.get_content()
    root = tree.fromstring(html.get_content())
    assert root.xpath("//strong/text()") == ["Ibu"]
    assert "border-collapse" in root.xpath("//table/@style")[0]
    [source] = root.xpath("//img/@src")
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == f"<{source.removeprefix('cid:')}>"
    assert (picture.get_content(), picture.get_content_disposition()) == (PNG, "inline")
    assert html.get_content().count(source) == 1
    assert html.get_content().index("Selamat") < html.get_content().index("<strong>") < html.get_content().index("Rini")


def test_our_own_intake_reads_it(rini: User) -> None:
    parsed = parse(compose(write(rini, WORDS, ("denah.png", PNG), ("kontrak.pdf", b"%PDF-1.4"))))
    assert "- satu" in parsed.text
    assert [(part.name, part.inline) for part in parsed.attachments] == [("denah.png", True), ("kontrak.pdf", False)]
    assert f"cid:{parsed.attachments[0].content_id}" in parsed.html


def test_plain_words_stay_plain(rini: User) -> None:
    case = mine(rini)
    perform(EmailCase.objects.get(pk=case.pk), "write", actor=rini, data={"message": "2 *3* [x](y)\n- a"})
    mail = OutboundMail.objects.get(case_id=case.pk, purpose="reply")
    assert not mail.formatted
    assert "2 *3* [x](y)\n- a" in mail.text
    assert "2 *3* [x](y)<br>\n- a" in mail.html


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "belum dilampirkan"),
        ([("denah.png", b"<svg onload=alert(1)>")], "bukan gambar"),
        ([("denah.png", b"%PDF-1.4")], "bukan gambar"),
        ([("lain.png", PNG)], "belum dilampirkan"),
    ],
)
def test_a_picture_that_is_missing_or_none_is_refused(rini: User, files: list[tuple[str, bytes]], words: str) -> None:
    case = mine(rini)
    before = OutboundMail.objects.count()
    with pytest.raises(InvalidInput) as refused:
        write(rini, WORDS, *files, case=case)
    assert words in str(refused.value.errors["message"])
    assert OutboundMail.objects.count() == before


@pytest.mark.parametrize(
    "message", ["[x](javascript:alert(1))", "- " * 200 + "a", "{pro**duct_id}**", "{product\\_id}"]
)
def test_what_cannot_be_said_is_refused(rini: User, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        write(rini, message)
    assert set(refused.value.errors) == {"message"}


def test_of_two_files_with_one_name_the_first_stands_in_the_text(rini: User) -> None:
    mail = write(rini, WORDS + "\n\n![denah.png](denah.png)", ("denah.png", PNG), ("denah.png", GIF))
    assert [bool(one.content_id) for one in mail.attachments.order_by("pk")] == [True, False]
    message = read(compose(mail))
    assert sum(part["Content-ID"] is not None for part in message.walk()) == 1


def test_at_a_later_hour_it_is_drawn_the_same(rini: User) -> None:
    mail = write(rini, WORDS, ("denah.png", PNG), send_at=later())
    before = tree.fromstring(mail.html).xpath("string(//body)"), tree.fromstring(mail.html).xpath("//img/@src")
    outbox._render_now(mail)
    after = tree.fromstring(mail.html).xpath("string(//body)"), tree.fromstring(mail.html).xpath("//img/@src")
    assert before[0].split("Ibu")[1] == after[0].split("Ibu")[1]
    assert before[1] == after[1] != []


def test_taken_back_it_is_a_formatted_draft_and_joins_plain_words(rini: User) -> None:
    case = mine(rini)
    draft = taken_back(case, rini, write(rini, "**Halo**", send_at=later(), case=case))
    assert (draft["message"], draft["formatted"]) == ("**Halo**", "true")
    Draft.objects.filter(case_id=case.pk).update(values={"message": "2*3"})
    draft = taken_back(case, rini, write(rini, "**Halo**", send_at=later(), case=case))
    assert (draft["message"], draft["formatted"]) == ("2\\*3\n\n**Halo**", "true")


def test_send_and_close_adds_its_words_as_they_are(rini: User) -> None:
    case = factories.put(mine(rini), State.CLASSIFIED, kind="INFORMATION")
    mail = write(rini, "- satu", case=case, step="answer_information", none_fits="tidak ada", and_close="on")
    assert case.closing_words() in mail.text
    assert f"<p>{case.closing_words()}</p>" in mail.html


def test_the_timeline_and_the_preview_show_it_formatted(rini: User) -> None:
    case = mine(rini)
    client = signed_in(rini)
    preview = client.post(reverse("cases:preview", args=[case.pk, "write"]), {"message": WORDS, "formatted": "true"})
    assert "<li>dua</li>" in preview.content.decode()
    assert 'alt="denah.png"' in preview.content.decode()
    assert not OutboundMail.objects.filter(purpose="reply").exists()

    picture = write(rini, WORDS, ("denah.png", PNG), case=case).attachments.get()
    page = client.get(case.get_absolute_url()).content.decode()
    address = reverse("mail:sent-picture", args=[picture.pk])
    assert "<li>dua</li>" in page
    assert f'<img src="{address}" alt="denah.png">' in page
    assert "border-collapse" not in page
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")


def test_a_picture_is_shown_to_whoever_sees_the_case_and_no_other_file_is(rini: User) -> None:
    inline, other = write(rini, WORDS, ("denah.png", PNG), ("b.png", PNG)).attachments.order_by("pk")
    outsider = factories.person("citra", Role.AGENT_CARING, desk_code="OTHER")
    assert signed_in(rini).get(reverse("mail:sent-picture", args=[other.pk])).status_code == 404
    assert signed_in(outsider).get(reverse("mail:sent-picture", args=[inline.pk])).status_code == 404


def test_rest_says_that_its_words_are_markdown(rini: User) -> None:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(rini, 'uji')[1]}")
    case = mine(rini)
    address = f"/api/cases/{case.pk}/steps/"
    offered = next(one for one in api.get(address).json() if one["step"] == "write")
    assert {one["name"]: one["type"] for one in offered["inputs"]}["formatted"] == "boolean"
    assert api.post(f"{address}write/", {"message": "**a**", "formatted": "ya"}, format="json").status_code == 422
    assert api.post(f"{address}write/", {"message": "**a**", "formatted": False}, format="json").status_code == 200
    assert api.post(f"{address}write/", {"message": "**b**", "formatted": True}, format="json").status_code == 200
    mails = OutboundMail.objects.filter(case_id=case.pk, purpose="reply").order_by("created_at")
    assert ["<strong>" in mail.html for mail in mails] == [False, True]


def test_the_composer_opens_with_the_formatted_draft(rini: User) -> None:
    case = mine(rini)
    client = signed_in(rini)
    typed = {"message": "**Halo** <b>x</b>", "formatted": "true"}
    assert client.post(reverse("cases:draft", args=[case.pk, "write"]), typed).status_code == 200
    page = client.get(reverse("cases:compose", args=[case.pk, "write"])).content.decode()
    assert '<input type="hidden" name="formatted" value="true"' in page
    assert "<strong>Halo</strong> &lt;b&gt;x&lt;/b&gt;" in page
    other = client.post(reverse("cases:compose_as", args=[case.pk]), {**typed, "step": "write"}).content.decode()
    assert "<strong>Halo</strong>" in other


@pytest.mark.parametrize("said", ["", "false", "0", "False"])
def test_a_form_that_says_no_is_plain(rini: User, said: str) -> None:
    assert not write(rini, "**a**", formatted=said).formatted


def test_undone_by_the_page_the_words_are_a_formatted_draft(rini: User) -> None:
    case = mine(rini)
    client = signed_in(rini)
    typed = {"message": "**Halo**", "formatted": "true", "key": "k"}
    assert client.post(reverse("cases:step", args=[case.pk, "write"]), typed).status_code == 302
    mail = OutboundMail.objects.get(case_id=case.pk, purpose="reply")
    assert client.post(reverse("undo-mail", args=[mail.pk])).status_code == 200
    draft = Draft.objects.get(case_id=case.pk, step="write")
    assert (draft.values["message"], draft.values["formatted"]) == ("**Halo**", "true")
