"""What is in a case finds it: a mail by SMTP, then the page, the palette and REST, each with where it matched."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail.models import Mailbox
from tenesa.search.find import matching
from tenesa.search.index import refresh
from tenesa.search.models import Change, Document
from tenesa.workflow.perform import perform
from tests import factories
from tests.search.conftest import Arrives
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
BODY = """\
Yth. Tim, layanan SID 4700112-0045127790 di gudang Cilincing mati sejak pagi; tiket lama INC-10482219.
Mohon teknisi menghubungi Pak Yosef Kambey di +62 21 5550 1234 atau 0812-0000-1187.
Nomor referensi internal kami WO/2026/00042-X. Pelanggan kami terganggu sekali, the routers keep rebooting.
Laporan di portal.samudra.example/tiket, berkas ukuran-redaman.xlsx, salinan ke kantor@cabang-lain.example.
"""
LETTER = {
    "sender": "Bonar Nababan <bonar.n@samudra-niaga.example>",
    "subject": "Perangkat Tegalrejo berkedip",
    "extra": "Cc: Ratih <ratih@mitra-kerja.example>",
}


def found(client: Client, words: str) -> list[dict[str, Any]]:
    """Rows of the page: number, where and snippet; REST has to say the same."""
    page = client.get(reverse("search"), {"q": words})
    if page.status_code == 302:
        return [{"url": page["Location"]}]
    rows = [one for group in page.context["groups"] for one in group.matches]
    api = client.get(reverse("api-search"), {"q": words}).json()
    assert [row["number"] for row in api["results"]] == [one.line.number for one in rows]
    assert [row["snippet"] for row in api["results"]] == [one.snippet for one in rows]
    return [{"number": one.line.number, "where": one.where, "snippet": one.snippet} for one in rows]


def by_rest(user: User, words: str) -> list[str]:
    client = APIClient()
    client.force_authenticate(user)
    return [row["number"] for row in client.get(reverse("api-search"), {"q": words}).json()["results"]]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("4700112-0045127790", "ID produk"),
        ("4700112 0045127790", "ID produk"),
        ("SID 4700112.0045127790", "ID produk"),
        ("45127790", "ID produk"),
        ("INC10482219", "nomor tiket"),
        ("inc 1048 2219", "nomor tiket"),
        ("10482219", "nomor tiket"),
        ("wo/2026/00042-x", "di badan surel"),
        ("WO202600042X", "di badan surel"),
        ("00042", "di badan surel"),
        ("+62 21 5550 1234", "nomor telepon"),
        ("021/55501234", "nomor telepon"),
        ("02155501234", "nomor telepon"),
        ("0062 21 5550-1234", "nomor telepon"),
        ("55501234", "nomor telepon"),
        ("081200001187", "nomor telepon"),
        ("+62 812 0000 1187", "nomor telepon"),
        ("tegalrejo", "di subjek"),
        ("TEGALREJO berkedip", "di subjek"),
        ("galrej", "di subjek"),
        ("cilincing", "di badan surel"),
        ("mengganggu", "di badan surel"),
        ("router reboots", "di badan surel"),
        ("cilin gudang", "di badan surel"),
        ("nababan", "pada nama"),
        ("bonar.n@samudra-niaga.example", "alamat surel"),
        ("samudra-niaga.example", "alamat surel"),
        ("@mitra-kerja.example", "alamat surel"),
        ("ratih@mitra-kerja.example", "alamat surel"),
        ("mitra-ker", "alamat surel"),
        ("portal.samudra.example", "di badan surel"),
        ("redaman.xlsx", "di badan surel"),
        ("kantor@cabang-lain.example", "di badan surel"),
    ],
)
def test_a_mail_is_found_by_what_is_in_it(rini: User, arrives: Arrives, words: str, where: str) -> None:
    case = arrives(BODY, **LETTER)
    arrives("Selamat pagi, mohon info tagihan bulan ini.", sender="Orang Lain <x@lain.example>", subject="Tagihan")
    [row] = found(signed_in(rini), words)
    assert (row["number"], row["where"]) == (case.number, where)
    assert "<mark>" in row["snippet"]


@pytest.mark.parametrize("words", ["{number}", "{small}", "TN-{pk}", "tn{pk}"])
def test_our_own_number_leads_to_its_case(rini: User, arrives: Arrives, words: str) -> None:
    case = arrives(BODY, **LETTER)
    typed = words.format(number=case.number, small=case.number.lower(), pk=case.pk)
    if typed.upper() == case.number:
        assert found(signed_in(rini), typed) == [{"url": reverse("cases:case", args=[case.pk])}]
    else:
        assert [row["number"] for row in found(signed_in(rini), typed)] == [case.number]


def test_the_body_is_shown_escaped_and_marked(rini: User, arrives: Arrives) -> None:
    arrives("Layar menampilkan <script>alert(1)</script> lalu padam & gelap.", subject="Layar")
    [row] = found(signed_in(rini), "padam")
    assert "&lt;/script&gt; lalu <mark>padam</mark> &amp; gelap." in row["snippet"]
    page = signed_in(rini).get(reverse("search"), {"q": "padam"}).content.decode()
    assert "<mark>padam</mark>" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("words", ["cilincing", "55501234", "bonar.n@", "1187", "hubungi"])
def test_telephones_and_addresses_are_half_hidden_in_the_list(rini: User, arrives: Arrives, words: str) -> None:
    arrives(BODY, **LETTER)
    client = signed_in(rini)
    rows = found(client, words)
    shown = "".join(row["snippet"] for row in rows) + client.get(reverse("palette"), {"q": words}).content.decode()
    assert rows
    for private in ("5550 1234", "0812-0000-1187", "081200001187", "55501234</mark>", "bonar.n@samudra-niaga.example"):
        assert private not in shown


def test_only_those_who_may_see_it_find_it(rini: User, asing: User, arrives: Arrives) -> None:
    case = arrives(BODY, **LETTER)
    unit = factories.person("ujang", Role.TELKOM_UNIT)
    assert len(found(signed_in(rini), "cilincing")) == 1
    assert found(signed_in(asing), "cilincing") == []
    assert signed_in(unit).get(reverse("search"), {"q": "cilincing"}).status_code == 404
    assert by_rest(unit, "cilincing") == []
    assert by_rest(factories.person("mitra", Role.API_CLIENT), "cilincing") == [case.number]


def test_the_name_of_an_attachment_finds_its_case(rini: User, arrives: Arrives) -> None:
    case = arrives(
        """\
        --B
        Content-Type: text/plain

        Terlampir.
        --B
        Content-Type: application/pdf; name="BA-2026-118 Sumberejo.pdf"
        Content-Disposition: attachment; filename="BA-2026-118 Sumberejo.pdf"

        %PDF-1.4
        --B--
        """,
        extra='Content-Type: multipart/mixed; boundary="B"',
    )
    for words in ("ba-2026-118", "sumberejo.pdf", "BA2026118"):
        [row] = found(signed_in(rini), words)
        assert (row["number"], row["where"]) == (case.number, "nama berkas")


def test_areas_count(arrives: Arrives, box: Mailbox) -> None:
    near, far = (factories.person(f"area{area}", Role.AGENT_EMAIL, area=area) for area in "12")
    Mailbox.objects.filter(pk=box.pk).update(area="1")
    box.refresh_from_db()
    arrives(BODY, **LETTER)
    assert len(found(signed_in(near), "cilincing")) == 1
    assert found(signed_in(far), "cilincing") == []


def test_lists_are_searched_the_same_way(rini: User, arrives: Arrives) -> None:
    case = arrives(BODY, **LETTER)
    client = signed_in(rini)
    page = client.get(reverse("cases:list"), {"view": "all", "q": "021/55501234"})
    assert [row.pk for row in page.context["page"].rows] == [case.pk]
    assert [row["id"] for row in client.get("/api/cases/", {"q": "cilincing"}).json()["results"]] == [case.pk]


def test_a_later_mail_is_found_in_the_same_case(rini: User, arrives: Arrives) -> None:
    first = arrives(BODY, message_id="<satu@samudra.example>", **LETTER)
    arrives("Sekarang menyala ungu.", extra="In-Reply-To: <satu@samudra.example>", subject="Re: Perangkat")
    assert EmailCase.objects.count() == 1
    assert [row["number"] for row in found(signed_in(rini), "ungu")] == [first.number]
    assert [row["number"] for row in found(signed_in(rini), "ungu cilincing")] == [first.number]


HOSTILE = [
    "", " ", "a", "%", "_", "\\", "'", '"', "''", ":*", "a:*", "!a", "a & | b", "(((", "<->", "\0", "a\0b", "%%%%",
    "' OR 1=1 --",
    "x" * 5000, "1" * 5000, "a " * 2500, "@", "@@@", ".", "...", "a@b", "+", "+62", "()", "\u202e", "é" * 300, "🙂",
    "'a':*&'b",
    "\\\\'", "ﬀ" * 150, "1 2 3 4 5 6 7 8 9 0", "a.b.c.d.e.f.g", "*", "-", "--", "/*", "$$", "\u0000\u0001", "İ" * 250,
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_anything_may_be_typed(rini: User, arrives: Arrives, words: str) -> None:
    factories.opened()
    refresh()
    client = signed_in(rini)
    for address in ("search", "palette", "cases:list", "api-search", "pending:list"):
        assert client.get(reverse(address), {"q": words, "view": "all"}).status_code < 500
    assert client.get("/api/cases/", {"q": words}).status_code < 500
    assert client.get(reverse("api-search"), {"q": words, "limit": words, "procedure": words}).status_code < 500


def test_what_changes_is_indexed_once_and_only_if_words_changed(rini: User, arrives: Arrives) -> None:
    case = arrives(BODY, **LETTER)
    before = Document.objects.get(case_id=case.pk)
    assert not Change.objects.exists()
    perform(case, "take", actor=rini)
    assert Change.objects.count() == 1
    assert refresh() == 1
    assert Document.objects.get(case_id=case.pk).at == before.at
    perform(case, "note", actor=rini, data={"text": "Sudah ditelepon, ketuanya Pak Wiryawan."})
    refresh()
    [row] = found(signed_in(rini), "wiryawan")
    assert row["where"] == "di catatan internal"


def test_what_the_index_has_not_heard_of_yet_is_seen_by_nobody_who_may_not(arrives: Arrives, rini: User) -> None:
    case = arrives("Tautan mati di gudang Cilegon.")
    assert matching(rini, case.procedure_name(), "Cilegon") == [case.pk]
    EmailCase.objects.filter(pk=case.pk).update(desk=factories.desk("TDSCC"))  # and the index does not know
    assert matching(rini, case.procedure_name(), "Cilegon") == []
