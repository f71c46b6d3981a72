"""What a mail shows in the browser, and what it must not do there."""

from __future__ import annotations

import base64
import re
import time

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tenesa.mail.models import InboundMail, PicturesShown
from tenesa.mail.sanitise import formatted
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed

pytestmark = pytest.mark.django_db(transaction=True)

HTML = 'Content-Type: multipart/related; boundary="B"'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def html_mail(mailbox, html: str) -> InboundMail:
    body = f"--B\nContent-Type: text/html; charset=utf-8\n\n{html}\n--B\n"
    encoded = f"Content-Transfer-Encoding: base64\n\n{base64.b64encode(PNG).decode()}\n--B\n"
    picture = f"Content-Type: image/png; name=logo.png\nContent-ID: <logo@x>\n{encoded}"
    liar = "Content-Type: image/png; name=gambar.png\nContent-ID: <bohong@x>\n\n<script>alert(1)</script>\n--B\n"
    page = "Content-Type: text/html; name=jahat.html\nContent-ID: <jahat@x>\n\n<script>alert(1)</script>\n--B--\n"
    return filed(mailbox, letter(body + picture + liar + page, extra=HTML))


@pytest.fixture
def rini(mailbox, procedure) -> Client:
    """An agent who may see every case of this test."""
    user = get_user_model().objects.create(username="rini")
    procedure.visible_to |= {("rini", number) for number in range(10_000)}
    client = Client()
    client.force_login(user)
    return client


def shown(html: str, *, pictures: bool = False) -> str:
    return formatted(InboundMail(html=html), pictures=pictures).html


@pytest.mark.parametrize(
    ("html", "gone"),
    [
        ("<script>alert(1)</script>Halo", "alert"),
        ("<style>*{display:none}</style>Halo", "display:none"),
        ("<img src='https://pelacak.example/1.gif'>Halo", "pelacak"),
        ("<img src='//pelacak.example/1.gif'>Halo", "pelacak"),
        ("<img src=' ht\ntps://pelacak.example/1.gif'>Halo", "pelacak"),
        ("<img srcset='https://pelacak.example/1.gif 2x'>Halo", "pelacak"),
        ("<table background='https://pelacak.example/1.gif'><tr><td>Halo</table>", "pelacak"),
        ("<img src='/cases/'>Halo", "/cases/"),
        ("<p onclick='x()'>Halo</p>", "onclick"),
        ("<a href='javascript:x()'>Halo</a>", "javascript"),
        ("<a href=' java\tscript:x()'>Halo</a>", "script"),
        ("<a href='data:text/html,x'>Halo</a>", "data:"),
        ("<a href='/admin/logout/'>Halo</a>", "/admin"),
        ("<a href='//x.example' ping='https://x.example'>Halo</a>", "x.example"),
        ("<p style='background:url(https://pelacak.example)'>Halo</p>", "pelacak"),
        ("<p style='color:red;background-color:u\\72l(https://pelacak.example)'>Halo</p>", "pelacak"),
        ("<p style='list-style-type:url(https://pelacak.example)'>Halo</p>", "pelacak"),
        ("<p style='position:fixed;top:0'>Halo</p>", "position"),
        ("<iframe src='https://x.example'></iframe>Halo", "iframe"),
        ("<iframe srcdoc='<script>x()</script>'></iframe>Halo", "srcdoc"),
        ("<object data='https://x.example'></object>Halo", "object"),
        ("<form action='https://x.example'><input name=p><button>Halo</form>", "form"),
        ("<meta http-equiv=refresh content='0;url=https://x.example'>Halo", "meta"),
        ("<base href='https://x.example'>Halo", "base"),
        ("<svg onload=x()>Halo</svg>", "svg"),
        ("<svg><style><img src=x onerror=x()></style></svg>Halo", "onerror"),
        ("Halo<math><mtext><table><mglyph><style><img src=x onerror=x()>", "<img"),
        ("<noscript><p title='</noscript><img src=x onerror=x()>'></noscript>Halo", "<img src"),
        ("<img src='data:text/html,x'>Halo", "data:"),
        ("<img src='data:image/svg+xml;base64,PHN2Zz4='>Halo", "data:"),
        ("<link rel=stylesheet href='https://x.example'>Halo", "link"),
        ("<map name=a><area href='https://x.example'></map>Halo", "area"),
        ("<video src='https://x.example' poster='https://x.example'></video>Halo", "x.example"),
    ],
)
@pytest.mark.parametrize("pictures", [False, True])
def test_html_cannot_act_or_call_out(html, gone, pictures):
    clean = shown(html, pictures=pictures and "pelacak" not in gone)

    assert "Halo" in clean
    assert gone not in clean


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "".join(f"<font size={n}><p>" for n in range(5_000)),
        "<b><i><u>" * 20_000,
        "<table><tr><td>" * 5_000,
        "".join(f"<a href=http://x{n}.example>" for n in range(5_000)),
        "<p style='" + "color:red;" * 50_000 + "'>x",
        "<img src='data:image/png;base64," + "A" * 1_500_000 + "!'>",
        "<" * 500_000,
        "&" * 500_000,
        "<!--" * 200_000,
    ],
)
def test_hostile_html_is_cleaned_in_time(html):
    started = time.process_time()
    shown(html + "Halo")

    assert time.process_time() - started < 2


def test_html_nested_beyond_reason_is_shown_as_text():
    mail = InboundMail(html="<div>" * 1000 + "Halo", text="Halo <b>")

    assert formatted(mail).html == "<pre>Halo &lt;b&gt;</pre>"


def test_layout_and_own_pictures_stay(mailbox):
    mail = html_mail(
        mailbox,
        "<table><tr><td style='color:red'>A</td></tr></table>"
        "<img src='cid:logo@x'><img src='CID:logo%40x'><img src='cid:x'>"
        "<img src='cid:bohong@x'><img src='cid:jahat@x'>",
    )
    clean = formatted(mail).html

    assert '<td style="color:red">' in clean
    assert clean.count(f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}"') == 2
    assert clean.count("src=") == 2
    assert "cid:" not in clean


def test_pictures_of_other_servers_come_only_when_asked_for_and_trackers_never():
    html = (
        "<img src='http://toko.example/foto.jpg' alt='Foto'><img src='https://p.example/1.gif' width=1 height=1>"
        "<img src='https://p.example/2.gif' style='width:1px'><img src='https://p.example/3.gif' style='display:none'>"
    )
    blocked = formatted(InboundMail(html=html))
    asked = formatted(InboundMail(html=html), pictures=True)

    assert (blocked.remote, "example" in blocked.html, 'alt="Foto"' in blocked.html) == (1, False, True)
    assert re.findall(r'src="([^"]*)"', asked.html) == ["https://toko.example/foto.jpg"]


@pytest.mark.parametrize(
    ("link", "note"),
    [
        ("<a href='https://jahat.example/x'>www.bri.co.id</a>", "[→ jahat.example]"),
        ("<a href='https://bri.co.id.jahat.example'>https://bri.co.id/masuk</a>", "[→ bri.co.id.jahat.example]"),
        ("<a href='https://bri.co.id@jahat.example'>bri.co.id</a>", "[→ jahat.example]"),
        ("<a href='https://аррӏе.com'>Klik</a>", "[→ xn--80ak6aa92e.com]"),
        ("<a href='mailto:x%00%E2%80%AE@jahat.example'>cs@bri.co.id</a>", "[→ x\ufffd\ufffd@jahat.example]"),
        ("<a href='https://www.bri.co.id/a'>bri.co.id</a>", ""),
        ("<a href='https://ib.bri.co.id/a'>bri.co.id</a>", ""),
        ("<a href='https://bri.co.id/a'>Klik di sini</a>", ""),
        ("<a href='http://[1'>bri.co.id</a>", ""),
    ],
)
def test_a_link_says_where_it_goes_when_its_words_do_not(link, note):
    clean = shown(link)

    assert note in clean
    assert ("[→" in clean) is bool(note)


def test_links_open_elsewhere_and_tell_nothing():
    clean = shown("<a href='https://a.example'>x</a>")

    assert 'target="_blank"' in clean
    assert 'rel="noopener noreferrer nofollow"' in clean


def test_the_frame_document_has_its_own_policy(mailbox, rini):
    response = rini.get(reverse("mail:body", args=[html_mail(mailbox, "<b>Halo</b><img src='cid:logo@x'>").pk]))

    assert response.status_code == 200
    assert "<b>Halo</b>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "img-src data:;" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert "'self'" not in policy.replace("frame-ancestors 'self'", "")


def test_the_choice_to_load_pictures_is_of_one_person_and_one_mail(mailbox, rini, procedure):
    mail, other = (html_mail(mailbox, "<img src='https://toko.example/foto.jpg'>") for _n in range(2))
    dewi = get_user_model().objects.create(username="dewi")
    procedure.visible_to.add(("dewi", mail.case_id))
    her = Client()
    her.force_login(dewi)
    before = rini.get(reverse("mail:formatted", args=[mail.pk])).content.decode()
    assert "data-signal" not in before
    assert '"show": "1"' in before

    after = rini.post(reverse("mail:pictures", args=[mail.pk]), {"show": "1"}).content.decode()

    assert '"show": "0"' in after
    policies = [
        client.get(reverse("mail:body", args=[pk]))["Content-Security-Policy"]
        for client, pk in ((rini, mail.pk), (rini, other.pk), (her, mail.pk))
    ]
    assert ["img-src data: https:;" in policy for policy in policies] == [True, False, False]
    rini.post(reverse("mail:pictures", args=[mail.pk]), {"show": "0"})
    assert not PicturesShown.objects.exists()
    assert "toko.example" not in rini.get(reverse("mail:body", args=[mail.pk])).content.decode()


def test_looking_changes_nothing(mailbox, rini):
    mail = html_mail(mailbox, "<img src='https://toko.example/foto.jpg'>")

    assert rini.get(reverse("mail:pictures", args=[mail.pk]), {"show": "1"}).status_code == 405
    assert not PicturesShown.objects.exists()


def test_attachments_are_downloads(mailbox, rini):
    mail = html_mail(mailbox, "x")
    part = mail.attachments.get(name="jahat.html")
    response = rini.get(reverse("mail:attachment", args=[mail.pk, part.pk]))

    assert response["Content-Disposition"] == 'attachment; filename="jahat.html"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].endswith("sandbox")


def test_a_preview_is_what_its_bytes_are(mailbox, rini):
    mail = html_mail(mailbox, "x")
    parts = {part.name: part.pk for part in mail.attachments.all()}
    picture = rini.get(reverse("mail:preview", args=[mail.pk, parts["logo.png"]]))

    assert (picture.content, picture["Content-Type"]) == (PNG, "image/png")
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture["Content-Security-Policy"]
    for name in ("gambar.png", "jahat.html"):
        assert rini.get(reverse("mail:preview", args=[mail.pk, parts[name]])).status_code == 404


def test_the_original_comes_byte_by_byte(mailbox, rini):
    mail = html_mail(mailbox, "x")
    response = rini.get(reverse("mail:original", args=[mail.pk]))

    assert response.content == mail.raw
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("view", ["body", "original", "formatted"])
def test_who_may_not_see_the_case_sees_nothing(mailbox, rini, procedure, view):
    mail = html_mail(mailbox, "x")
    procedure.visible_to.clear()

    assert rini.get(reverse(f"mail:{view}", args=[mail.pk])).status_code == 404
    assert rini.get(reverse(f"mail:{view}", args=[999_999])).status_code == 404
    assert rini.post(reverse("mail:pictures", args=[mail.pk]), {"show": "1"}).status_code == 404
    assert Client().get(reverse(f"mail:{view}", args=[mail.pk])).status_code == 302


def test_the_attachment_of_another_mail_is_not_served(mailbox, rini):
    one, other = html_mail(mailbox, "x"), html_mail(mailbox, "y")
    part = other.attachments.first()
    assert part is not None

    assert rini.get(reverse("mail:attachment", args=[one.pk, part.pk])).status_code == 404
    assert rini.get(reverse("mail:preview", args=[one.pk, part.pk])).status_code == 404


# --- where a link leads ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "href",
    [
        *("https:\\\\palsu.example\\x", "https:/\\palsu.example", "http:palsu.example", "http:/palsu.example"),
        *("https:///palsu.example", " https://palsu.example", "ht\ntps://pal\tsu.example", "HTTPS://PALSU.EXAMPLE"),
        *("https://bank.example@palsu.example/", "https://bank.example:x@palsu.example", "https://palsu。example"),
        *("https://%70alsu.example", "https://palsu.example#bank.example", "https://ｐａｌｓｕ.example"),
    ],
)
def test_a_link_says_what_the_browser_would_open(href):
    html = shown(f"<a href='{href}'>https://bank.example/masuk</a>")

    assert "[→ palsu.example]" in html
    assert re.search(r'href="https?://([^/@]*@)?palsu.example/', html)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "bank.example",
            "www.bank.example",
            "Masuk di https://bank.example sekarang",
            "bank。example",
            "bank․example",
        ),
        *(
            "ba\u200bnk.example",
            "https:\\\\bank.example",
            "bаnk.example",
            "https://palsu.example@bank.example",
            "bank·example",
        ),
        *("HTTP:BANK.EXAMPLE", "https:⁄⁄bank.example"),
    ],
)
def test_words_that_name_another_place_are_seen_through(words):
    assert "[→ palsu.example]" in shown(f"<a href='https://palsu.example'>{words}</a>")


@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("https://bank.example/masuk", "bank.example"),
        ("https://www.bank.example", "https://bank.example/"),
        ("https://surat.bank.example", "bank.example"),
        ("https://bank.example", "Klik di sini, pukul 10.30"),
        ("mailto:cs@bank.example", "cs@bank.example"),
        ("tel:+62218000", "021 8000"),
    ],
)
def test_an_honest_link_stands_as_it_is(href, words):
    html = shown(f"<a href='{href}'>{words}</a>")

    assert "→" not in html
    assert f'href="{href}' in html


def test_a_letter_address_that_hides_another_says_so():
    html = shown(
        "<a href='mailto:penipu@palsu.example'>cs@bank.example</a><a href='https://xn--bnk-5cd.example'>Masuk</a>"
    )

    assert "[→ penipu@palsu.example]" in html
    assert "[→ xn--bnk-5cd.example]" in html


@pytest.mark.parametrize(
    "href", ["//palsu.example", "https://", "https://[::1", "javascript:x()", "vbscript:x", "\\\\palsu.example"]
)
def test_what_leads_nowhere_or_acts_is_no_link(href):
    assert "href" not in shown(f"<a href='{href}'>bank.example</a>")


# --- what it costs ---------------------------------------------------------------------------------------------------
def test_pictures_cost_the_same_however_many_there_are(mailbox, django_assert_num_queries):
    mail = html_mail(mailbox, "<img src='cid:logo@x'>" + "".join(f"<img src='cid:{n}@x'>" for n in range(20_000)))
    with django_assert_num_queries(2):  # which there are, and those that are shown
        html = formatted(mail).html

    assert html.count("data:image/png") == 1


def test_a_picture_that_is_shown_again_and_again_runs_out_of_room(mailbox, monkeypatch):
    monkeypatch.setattr("tenesa.mail.sanitise._MAX_INLINE_BYTES", 10 * len(PNG))
    mail = html_mail(mailbox, "<img src='cid:logo@x'>" * 50)

    assert formatted(mail).html.count("data:image/png") == 10


@pytest.mark.parametrize(
    "html",
    [
        "<a " + " ".join(f"a{n}=1" for n in range(50_000)) + ">Halo</a>",
        "<a " + "".join(f"a{n}='>'" for n in range(50_000)) + ">Halo</a>",
        "<p>" + "<div>" * 50_000,
        "<table><tr><td>" * 50_000,
    ],
)
def test_html_that_would_cost_minutes_is_shown_as_text(html):
    assert formatted(InboundMail(html=html, text="Halo")).html == "<pre>Halo</pre>"
