"""What the product understands of a mail; small cases, each one class of real mail."""

from __future__ import annotations

import binascii
import time

import pytest

from tenesa.mail.charsets import decode
from tenesa.mail.htmltext import html_to_text
from tenesa.mail.mime import MAX_PARTS
from tenesa.mail.names import cut, safe_name
from tenesa.mail.parse import parse
from tenesa.mail.quoting import read
from tenesa.mail.values import Kind
from tests.platform.mail.letters import bounce, letter


def headed(extra: str, body: bytes = b"Isi.") -> bytes:
    return extra.encode() + b"\r\n\r\n" + body


# --- sender ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "email", "name"),
    [
        ("Budi Santoso <budi@pelanggan.example>", "budi@pelanggan.example", "Budi Santoso"),
        ('"Nababan, Bonar" <BONAR@Samudra.Example>', "bonar@samudra.example", "Nababan, Bonar"),
        ("budi@pelanggan.example (Budi dari Tegal)", "budi@pelanggan.example", "Budi dari Tegal"),
        ("=?UTF-8?B?U2l0aSBBaXN5YWg=?= <siti@pelanggan.example>", "siti@pelanggan.example", "Siti Aisyah"),
        ("=?utf-8?q?bos=40telkom.example?= <penipu@lain.example>", "penipu@lain.example", "bos@telkom.example"),
        ('"bos@telkom.example" <penipu@lain.example>', "penipu@lain.example", "bos@telkom.example"),
        ("budi@pelanggan.example", "budi@pelanggan.example", ""),
        ("<budi@pelanggan.example>", "budi@pelanggan.example", ""),
        ("Budi <budi @ pelanggan.example>", "budi@pelanggan.example", "Budi"),
        ("CV Kopi: Budi <budi@pelanggan.example>, Ani <ani@pelanggan.example>;", "budi@pelanggan.example", "Budi"),
        ("tanpa alamat", "", "tanpa alamat"),
        ("MAILER DAEMON <> <>", "", "MAILER DAEMON"),
        ("Nababan, Bonar <bonar@samudra.example>", "bonar@samudra.example", "Nababan, Bonar"),
        ('"budi santoso"@pelanggan.example', '"budi santoso"@pelanggan.example', ""),
        ('Budi <"budi santoso"@pelanggan.example>', '"budi santoso"@pelanggan.example', "Budi"),
        ('"budi"@pelanggan.example', "budi@pelanggan.example", ""),
        ("Björn <Björn@Møbel.example>", "björn@xn--mbel-gra.example", "Björn"),
        ("björn@MØBEL。example", "björn@xn--mbel-gra.example", ""),
        ("Bjo\u0308rn <bjo\u0308rn@xn--mbel-gra.example>", "björn@xn--mbel-gra.example", "Bjo\u0308rn"),
        ('"bos"@telkom.example <penipu@lain.example>', "penipu@lain.example", "bos@telkom.example"),
    ],
)
def test_it_reads_the_sender(value, email, name):
    mail = parse(headed(f"From: {value}"))

    assert (mail.sender.email, mail.sender.name) == (email, name)


def test_the_first_of_two_from_headers_counts():
    assert parse(headed("From: satu@a.example\r\nFrom: dua@b.example")).sender.email == "satu@a.example"


def test_a_mail_without_from_has_the_address_of_its_envelope():
    assert parse(headed("Return-Path: <budi@pelanggan.example>")).sender.email == "budi@pelanggan.example"


# --- subject and letters ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"Gangguan internet", "Gangguan internet"),
        ("Gangguan – tolong".encode(), "Gangguan – tolong"),
        (b"=?UTF-8?Q?Gangguan_=E2=80=93_mohon?=\r\n =?UTF-8?Q?_dicek?=", "Gangguan – mohon dicek"),
        (b"=?utf-8?B?4oCT?= =?utf-8?B?4oCT?=", "––"),
        (b"=?utf-8?B?4oA=?= =?utf-8?B?kw==?=", "–"),
        (b"=?x-tidak-ada?Q?Halo_dunia?=", "Halo dunia"),
        (b"Caf\xe9 mati lampu", "Café mati lampu"),
        (b"=?utf-8?Q?rusak", "=?utf-8?Q?rusak"),
        (b"a\x00b", "a b"),
        ("tagihan \u202efdp.exe\u202c \u2067mati\u200f".encode(), "tagihan fdp.exe mati"),
        (b"=?utf-8?B?4oCuaXRhbQ==?=", "itam"),
    ],
)
def test_it_reads_the_subject(value, subject):
    assert parse(b"Subject: " + value + b"\r\n\r\nIsi").subject == subject


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        ("Rp 1.000 – lunas".encode(), "us-ascii", "Rp 1.000 – lunas"),
        ("“kutip”".encode("cp1252"), "iso-8859-1", "“kutip”"),
        ("“kutip”".encode("cp1252"), "", "“kutip”"),
        ("镕".encode("gb18030"), "gb2312", "镕"),
        ("①".encode("cp932"), "shift_jis", "①"),
        ("naïf".encode(), "tidak-dikenal", "naïf"),
        (b"utuh \xff", "utf-8", "utuh ÿ"),
        (b"a\x00b", "utf-8", "ab"),
        (b"Halo", "base64", "Halo"),
    ],
)
def test_no_letter_is_lost(content, label, text):
    assert decode(content, label) == text


# --- text and attachments --------------------------------------------------------------------------------------------
MIXED = 'Content-Type: multipart/mixed; boundary="B"'


def test_the_plain_form_is_the_text_and_the_html_is_kept():
    body = "--B\nContent-Type: text/plain\n\npolos\n--B\nContent-Type: text/html\n\n<b>tebal</b>\n--B--\n"
    mail = parse(letter(body, extra='Content-Type: multipart/alternative; boundary="B"'))

    assert (mail.text, mail.html.strip()) == ("polos", "<b>tebal</b>")
    assert mail.attachments == ()


def test_html_alone_is_read_as_text():
    mail = parse(letter("<p>Halo</p><script>x</script><p>dunia</p>", extra="Content-Type: text/html; charset=utf-8"))

    assert "Halo" in mail.text
    assert "x" not in mail.text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('<meta charset="windows-1251">Привет'.encode("cp1251"), "Привет"),
        (
            '<meta http-equiv=Content-Type content="text/html; charset=windows-1252">café “mati”'.encode("cp1252"),
            "café “mati”",
        ),
        ("<meta charset=windows-1251>Perangkat – Tegal".encode(), "Perangkat – Tegal"),  # a gateway wrote it anew
    ],
)
def test_html_that_says_its_charset_itself_is_read_in_that(content, text):
    assert parse(headed("Content-Type: text/html", content)).text == text


def test_all_text_parts_of_the_mail_itself_are_its_text():
    body = "--B\nContent-Type: text/plain\n\nsatu\n--B\nContent-Type: text/html\n\n<p>dua</p>\n--B\n\ntiga\n--B--\n"

    assert parse(letter(body, extra=MIXED)).text.split() == ["satu", "dua", "tiga"]


def test_an_attached_mail_is_an_attachment_and_not_the_text():
    body = "--B\n\nTerlampir.\n--B\nContent-Type: message/rfc822\n\nSubject: Surat lama\n\nisi lama\n--B--\n"
    mail = parse(letter(body, extra=MIXED))

    assert mail.text == "Terlampir."
    assert [(one.name, one.content_type) for one in mail.attachments] == [("Surat lama.eml", "message/rfc822")]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="surat tugas.pdf"', "surat tugas.pdf"),
        ("attachment; filename*=UTF-8''laporan%20%E2%80%93%20mei.pdf", "laporan – mei.pdf"),
        ("attachment; filename*0=lap; filename*1=oran.pdf", "laporan.pdf"),
        ('attachment; filename="=?utf-8?Q?foto_=E2=80=93.png?="', "foto –.png"),
        ("attachment; filename=foto – lampu.png", "foto – lampu.png"),
        ('attachment; filename="..\\\\..\\\\windows\\\\a.exe"', "a.exe"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment", "lampiran-1.png"),
    ],
)
def test_it_names_attachments_safely(header, name):
    body = f"--B\n\nIsi\n--B\nContent-Type: image/png\nContent-Disposition: {header}\n\nPNG\n--B--\n"
    [attachment] = parse(letter(body, extra=MIXED)).attachments

    assert (attachment.name, attachment.content) == (name, b"PNG")


def test_a_name_that_turns_the_reading_direction_is_shown_as_it_is():
    assert safe_name("faktur\u202efdp.exe", "", 1) == "faktur_fdp.exe"


def test_an_inline_picture_keeps_its_id():
    html = "--B\nContent-Type: text/html\n\n<img src=cid:logo>\n"
    body = html + "--B\nContent-Type: image/png\nContent-ID: <logo>\n\nP\n--B--\n"
    [picture] = parse(letter(body, extra='Content-Type: multipart/related; boundary="B"')).attachments

    assert (picture.content_id, picture.inline) == ("logo", True)


def test_a_uuencoded_part_is_decoded():
    head = 'Content-Type: application/octet-stream; name="log.txt"\nContent-Transfer-Encoding: x-uuencode'
    mail = parse(letter("begin 644 log.txt\n#0V%T\n`\nend\n", extra=head))
    assert [(one.name, one.content) for one in mail.attachments] == [("log.txt", b"Cat")]


def test_uuencoded_files_in_the_text_become_attachments():
    mail = parse(letter("Ini fotonya.\nbegin 644 foto.gif\n#0V%T\n`\nend\nSalam"))

    assert [(one.name, one.content) for one in mail.attachments] == [("foto.gif", b"Cat")]
    assert mail.text.split() == ["Ini", "fotonya.", "Salam"]


@pytest.mark.parametrize("encoding", ["base64", "BASE64", '"base64"'])
def test_broken_base64_gives_what_it_has(encoding):
    body = f"--B\n\nIsi\n--B\nContent-Type: image/png\nContent-Transfer-Encoding: {encoding}\n\nUE5H!Cg=\n--B--\n"

    assert parse(letter(body, extra=MIXED)).attachments[0].content.startswith(b"PNG")


def test_flowed_lines_are_one_paragraph():
    mail = parse(letter("Mohon dicek \nlink kami.\n-- \nBudi", extra="Content-Type: text/plain; format=flowed"))

    assert mail.text.split("\n")[0] == "Mohon dicek link kami."


# --- what is broken --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"tanpa header sama sekali",
        b"From: a@b.example",
        b"Subject: x\rFrom: a@b.example\r\rIsi",
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=X\n\nTidak ada batas.",
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=X\n\n--X\n\nTerpotong",
        b"From: a@b.example\nContent-Type: \xff\xfe\n\nIsi",
        b"From: a@b.example\nContent-Type: text/plain; charset=\x00\n\nIsi",
        b"Date: 99 Foo 99999 99:99\nFrom: a@b.example\n\nIsi",
        b"Message-ID: <>\nFrom: a@b.example\n\nIsi",
        b"From: " + b"(" * 5000 + b"\n\nIsi",
        b"From: " + b"<" * 5000 + b"\n\nIsi",
        b"To: " + b'"' * 5001 + b"\n\nIsi",
        b"Content-Type: multipart/mixed; boundary=" + b"-" * 60 + b"\n\n" + (b"-" * 62 + b"\n") * 3000,
    ],
)
def test_it_makes_something_of_everything(raw):
    mail = parse(raw)

    assert mail.message_id
    assert "\x00" not in mail.text + mail.subject + mail.sender.name


def test_the_text_of_a_cut_off_mail_is_there():
    raw = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=X\n\n--X\n\nTerpotong"

    assert parse(raw).text == "Terpotong"


def nested(depth: int) -> bytes:
    raw = b"\n\ndalam"
    for level in range(depth):
        raw = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--\n" % (level, level, raw, level)
    return b"From: a@b.example\n" + raw


@pytest.mark.parametrize(
    "raw",
    [
        nested(400),
        b"Content-Type: multipart/mixed; boundary=X\n\n" + b"--X\n\nisi\n" * (3 * MAX_PARTS),
        b"From: a@b.example\n\n" + b"> " * 200_000,
        b"From: a@b.example\n\n" + b">" * 400_000,
        b"From: a@b.example\n\n" + b"Pada Senin\n" * 40_000,
        b"From: a@b.example\n\n" + b"Dari: a\n" * 40_000,
        b"From: a@b.example\n\n" + b"-- \n" * 40_000,
        b"From: a@b.example\n\n" + b"1 2 3 4 5 6 7 8 9 0 " * 20_000,
        b"From: a@b.example\n\n" + b"0812-" * 50_000,
        b"From: a@b.example\n\n" + b"begin 644 a\n" * 20_000 + b"\nend",
        b"From: " + b"a@b.example, " * 50_000 + b"\n\nIsi",
        b"From: a@b.example\nContent-Type: text/plain" + b"; a=b" * 50_000 + b"\n\nIsi",
        b"References: " + b"<a@b> " * 50_000 + b"\n\nIsi",
        b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\n\nIsi",
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nIsi",
        b"Content-Type: text/html\n\n" + b"<div>" * 50_000 + b"dalam",
        b"Content-Type: text/html\n\n" + b"<table><tr><td>" * 5_000 + b"dalam",
        b"Content-Type: text/html\n\n" + b"<script>" * 50_000,
        b"Content-Type: text/html\n\n" + b"<" * 300_000,
    ],
    ids=range(19),
)
def test_no_mail_takes_a_second(raw):
    started = time.thread_time()
    parse(raw)

    assert time.thread_time() - started < 1


# --- people and machines ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (letter(), Kind.PERSON),
        (letter(extra="Auto-Submitted: no"), Kind.PERSON),
        (letter(extra="Auto-Submitted: auto-replied"), Kind.AUTO_REPLY),
        (letter(subject="Balasan otomatis: Gangguan", extra="Return-Path: <>"), Kind.AUTO_REPLY),
        (letter(subject="Automatic reply: Gangguan", extra="X-Auto-Response-Suppress: All"), Kind.AUTO_REPLY),
        (letter(subject="Sedang cuti sampai 20 November", extra="Precedence: bulk"), Kind.AUTO_REPLY),
        (letter(subject="Di luar kantor: Re: tiket", extra="Auto-Submitted: auto-generated"), Kind.AUTO_REPLY),
        (letter(extra="X-Autoreply: yes"), Kind.AUTO_REPLY),
        (letter(extra="Precedence: auto_reply"), Kind.AUTO_REPLY),
        (letter(extra="Return-Path: <>\nIn-Reply-To: <x@telkom.example>"), Kind.AUTO_REPLY),
        (bounce("x@telkom.example", "a@b.example"), Kind.BOUNCE),
        (bounce("x@telkom.example", "a@b.example", action="delayed"), Kind.DELAY),
        (bounce("x@telkom.example", "a@b.example", action="relayed"), Kind.RECEIPT),
        (
            letter("Alamat salah.", sender="postmaster@samudra.example", subject="Tidak terkirim: Gangguan"),
            Kind.BOUNCE,
        ),
        (letter("User unknown", sender="MAILER-DAEMON@samudra.example", subject="Warning"), Kind.BOUNCE),
        (letter("Link kami putus.", sender="postmaster@samudra.example", subject="Gangguan link"), Kind.PERSON),
        (letter("Router kami tidak dapat dikirim teknisi?", subject="Keluhan"), Kind.PERSON),
        (letter(subject="Pengaduan autodebet"), Kind.PERSON),
        (letter(extra="List-Unsubscribe: <mailto:x@y.example>"), Kind.LIST),
        (letter(extra="Precedence: bulk"), Kind.LIST),
        (letter(extra="X-Spam-Flag: YES"), Kind.SPAM),
        (letter(extra="X-Spam-Status: No, score=1"), Kind.PERSON),
        (
            letter(
                "--B\n\nDibaca\n--B\nContent-Type: message/disposition-notification\n\nDisposition: x\n--B--",
                extra='Content-Type: multipart/report; report-type=disposition-notification; boundary="B"',
            ),
            Kind.RECEIPT,
        ),
        (
            letter(
                "--B\n\nlapor\n--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--B--",
                extra='Content-Type: multipart/report; report-type=feedback-report; boundary="B"',
            ),
            Kind.ABUSE,
        ),
    ],
)
def test_it_tells_people_from_machines(raw, kind):
    assert parse(raw).kind is kind


def test_a_bounce_says_whom_why_and_which_mail():
    returned = parse(bounce("surat-kita@telkom.example", "Bonar@Samudra.example")).returned

    assert returned is not None
    assert returned.recipients == ("bonar@samudra.example",)
    assert "No such user" in returned.reason
    assert "surat-kita@telkom.example" in returned.message_ids


# --- numbers ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "products", "incidents", "phones"),
    [
        ("SID 4700112-0045127790 mati total", ["4700112-0045127790"], [], []),
        ("sid 4700112 – 0045127790", ["4700112-0045127790"], [], []),
        ("Nomor layanan 122055501432 lambat", ["122055501432"], [], []),
        ("No internet 1220-5550-1432 dan 122 055 501 433", ["122055501432", "122055501433"], [], []),
        ("INTERNET KAMI 131055507781 MATI TOTAL!!!", ["131055507781"], [], []),
        ("tiket in10482219 dan INC1234567", [], ["IN10482219", "INC1234567"], []),
        ("tiket IN-10482219 belum selesai", [], ["IN10482219"], []),
        ("PIC Bonar 0812-0000-1187", [], [], ["+6281200001187"]),
        ("hub +62 812 0000 1187 / (021) 5550 1234", [], [], ["+6281200001187", "+622155501234"]),
        ("nomor telepon kantor 0225550123 tidak ada nada", ["0225550123"], [], ["+62225550123"]),
        ("hubungi kami di 0225550123", [], [], ["+62225550123"]),
        ("dua layanan: 4700112-0045127790, 131055507781", ["4700112-0045127790", "131055507781"], [], []),
        ("SID 4700112-0045127790 sekali lagi 4700112-0045127790", ["4700112-0045127790"], [], []),
        ("tagihan Rp 1.250.000 tanggal 16-11-2026 pukul 09.12", [], [], []),
        ("rekening 12205550143299 dan kode main1234567", [], [], []),
        ("bukan layanan 192055501432", [], [], []),
    ],
)
def test_it_finds_the_numbers_a_customer_writes(text, products, incidents, phones):
    found = parse(letter(text)).extracted

    assert list(found.product_ids) == products
    assert list(found.incidents) == incidents
    assert list(found.phones) == phones


def test_own_numbers_come_before_quoted_ones():
    text = "Yang ini 131055507781.\n\nPada Sen, 16 Nov 2026 TENESA menulis:\n> layanan 122055501432"

    assert parse(letter(text)).extracted.product_ids == ("131055507781", "122055501432")


SIGNED = "{}\n\n-- \nTono Wijaya\nNo. Telp: (021) 5551234\nSID 4700112-0045127790"
QUOTED = "{}\n\nPada Sen, 16 Nov 2026 TENESA menulis:\n> layanan 122055501432, tiket IN10482219"
ANSWER = "In-Reply-To: <kami@telkom.example>"


@pytest.mark.parametrize(
    ("text", "subject", "extra", "own"),
    [
        (SIGNED.format("Nanti saya kirim."), "Re: Gangguan", ANSWER, ()),
        (SIGNED.format("Ini: 131055507781."), "Re: Gangguan", ANSWER, ("131055507781",)),
        (QUOTED.format("Ini: 131055507781."), "Re: Gangguan", ANSWER, ("131055507781",)),
        (QUOTED.format("Ini IN10482220."), "Re: Gangguan", ANSWER, ("IN10482220",)),
        ("Belum juga.", "Re: SID 4700112-0045127790", ANSWER, ()),
        ("Mati total.", "SID 4700112-0045127790", "", ("4700112-0045127790",)),
        ("> nomornya?\n131055507781", "Re: Gangguan", ANSWER, ("131055507781",)),
        ("Baik.\n\nHormat kami,\nTono\nInternet 131055507781", "Re: Gangguan", ANSWER, ()),
    ],
)
def test_only_own_words_are_answers(text, subject, extra, own):
    assert parse(letter(text, subject=subject, extra=extra)).extracted.own == own


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("No. Telp: (021) 5551234", []),
        ("Telp. 021-5551234 / Fax. 021-5551235", []),
        ("Tel: 021 5551234", []),
        ("Nomor telepon: 021-5551234", []),
        ("Hub. 021-5551234 bila teknisi datang", []),
        ("WA 021-5551234", []),
        ("HP/WA: 021-5551234 mati lampu", []),
        ("Layanan kami mati, hub. 021-5551234", []),
        ("No telp yang bisa dihubungi 021-5551234", []),
        ("Telepon kantor 021-5551234 mati total", ["0215551234"]),
        ("telp 021-5551234 tidak ada nada", ["0215551234"]),
        ("Saluran telepon 021-5551234", ["0215551234"]),
        ("fastel 021-5551234", ["0215551234"]),
        ("line telepon 024-55502218 juga tdk ada nada", ["02455502218"]),
    ],
)
def test_a_telephone_is_a_service_only_where_it_is_called_one(text, products):
    found = parse(letter(text)).extracted

    assert list(found.product_ids) == products
    assert found.phones


# --- own words and history -------------------------------------------------------------------------------------------
OWN = "Sudah normal, terima kasih."


@pytest.mark.parametrize(
    "history",
    [
        "Pada Sen, 16 Nov 2026 pukul 10.21 TENESA <tenesa@telkom.example> menulis:\n> Mohon dicek.\n> Salam",
        "Pada tanggal Sen, 16 Nov 2026 10.21, TENESA <\ntenesa@telkom.example> menulis:\n\n> Mohon dicek.",
        "On Mon, Nov 16, 2026 at 10:21 AM TENESA <tenesa@telkom.example> wrote:\n> Mohon dicek.",
        "On Mon, 16 Nov 2026 10:21 TENESA, <tenesa@telkom.example>\nwrote:\n\nMohon dicek.",
        "2026-11-16 10:21 GMT+07:00 TENESA <tenesa@telkom.example>:\n> Mohon dicek.",
        "-----Original Message-----\nFrom: TENESA\nSent: Monday\nTo: Bonar\nSubject: Gangguan\n\nMohon dicek.",
        "-----Pesan Asli-----\nDari: TENESA\nDikirim: Senin\nKepada: Bonar\nPerihal: Gangguan\n\nMohon dicek.",
        "____________________\nDari: TENESA <t@telkom.example>\nDikirim: Senin\nKepada: B\nPerihal: x\n\nMohon",
        "Dari: TENESA <t@telkom.example>\nTanggal: Senin, 16 November 2026\nKepada: B\nSubjek: x\n\nMohon dicek.",
        "*Dari:* TENESA <t@telkom.example>\n*Dikirim:* Senin\n*Kepada:* Bonar\n*Subjek:* Gangguan\n\nMohon dicek.",
        "From: TENESA\nSent: Monday, 16 November 2026\nTo: Bonar\nSubject: RE: Gangguan\n\nMohon dicek.",
        "> Mohon dicek.\n> Salam",
        '16 November 2026 10.21, "TENESA" <tenesa@telkom.example> menulis:\n> Mohon dicek.',
    ],
)
def test_it_folds_the_history(history):
    reading = read(f"{OWN}\n\n{history}")

    assert reading.own == OWN
    assert "Mohon" in reading.quoted


FORWARDS = ["---------- Forwarded message ---------", "---------- Pesan terusan ----------", "Mulai pesan terusan:"]


@pytest.mark.parametrize("rule", FORWARDS)
def test_what_is_forwarded_is_not_history_but_what_it_quotes_is(rule):
    forwarded = f"{rule}\nDari: Bonar <b@samudra.example>\nTanggal: Sen\nPerihal: x\nKepada: y\n\nLink mati."
    reading = read(f"Mohon bantuannya.\n\n{forwarded}\n\nPada Sel, 17 Nov 2026 Ani <a@x.example> menulis:\n> Halo")

    assert reading.own == f"Mohon bantuannya.\n\n{forwarded}"
    assert reading.quoted.endswith("> Halo")


@pytest.mark.parametrize(
    "trailer",
    [
        "-- \nBonar Nababan\nPT Samudra",
        "Dikirim dari iPhone saya",
        "Dikirim dari Yahoo Mail di Android",
        "Dikirim dari ponsel cerdas Samsung Galaxy saya.",
        "Dikirim melalui BlackBerry",
        "Terkirim dari Mail untuk Windows",
        "Sent from my iPhone",
        "Get Outlook for Android",
        "Dapatkan Outlook untuk iOS",
    ],
)
def test_it_folds_the_trailer(trailer):
    reading = read(f"{OWN}\n\n{trailer}")

    assert (reading.own, reading.signature) == (OWN, trailer)


@pytest.mark.parametrize(
    "text",
    [
        "Pada hari Senin internet kami mati.\nMohon dicek.",
        "Dari: Tegal\nGangguan di kantor cabang.",
        "Mohon dikirim dari gudang terdekat.",
        "- lampu LOS merah\n- sudah restart",
        "Kepada Yth. Tim TENESA\nPerihal: permohonan pindah alamat\n\nDengan hormat, kami mohon bantuan.",
    ],
)
def test_it_leaves_own_words_alone(text):
    assert read(text) == read(text).__class__(own=text)


def test_answers_between_the_quotes_are_own_words():
    text = "> Sudah restart?\nSudah, dua kali.\n> Lampu apa yang menyala?\nLOS merah."

    assert read(text).own == "Sudah, dua kali.\nLOS merah."


def test_answers_below_the_quote_are_own_words():
    text = "Pada Sen, 16 Nov 2026 TENESA <t@telkom.example> menulis:\n> Sudah restart?\n\nSudah, dua kali."

    assert read(text).own == "Sudah, dua kali."


def test_nothing_is_dropped():
    text = f"{OWN}\n\n-- \nBonar\n\nPada Sen, 16 Nov TENESA menulis:\n> satu\n> dua"
    reading = read(text)

    assert "".join((reading.own + reading.signature + reading.quoted).split()) == "".join(text.split())


def test_large_html_is_stripped_plainly():
    assert html_to_text("<p>Halo</p>" + "<p>x</p>" * 40_000).startswith("Halo")


def test_an_attribution_torn_apart_by_empty_lines_is_folded():
    torn = "Normal.\n\nPada Sel, 17 Nov 2026 pukul 10.07 Tim TENESA\n\n<\nmailto:tenesa@telkom.example\n\n> menulis:"
    assert read(f"{torn}\nMohon dicek kembali.").own == "Normal."


def test_a_dated_paragraph_that_ends_with_a_colon_is_no_attribution():
    text = "Pada 17 Nov 2026 teknisi datang.\n\nHasilnya dikirim ke budi@samudra.example:\n\nmodem diganti."
    assert read(text).own == text


# --- what is torn, raw or wrongly labelled ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"=?utf-8?Q?Caf\xc3\xa9?=", "Café"),
        (b"=?iso-8859-1?Q?Caf\xe9_mati?=", "Café mati"),
        (b"=?gb2312?Q?\xcd\xf8\xc2\xe7?=", "网络"),
        (b"=?shift_jis?Q?\x83\x83\x83_?=", "ャダ"),
        (b"=?iso-2022-jp?Q?\x1b$B%M%C%H\x1b(B?=", "ネット"),
        (b"=?utf-8?Q?=1B$B%M%C%H=1B(B?=", "ネット"),
        (b"\x1b$B%M%C%H\x1b(B", "ネット"),
        (b"=?shift_jis?B?GyRCJU0lQyVIGyhC?=", "ネット"),
        (b"=?iso-2022-jp?B?g2yDYoNn?=", "ネット"),
        (b"=?iso-2022-cn?B?GyQpQQ5NeEJnDw==?=", "网络"),
        (b"=?gb2312?B?572R57uc5pat5LqG?=", "网络断了"),
    ],
)
def test_it_reads_letters_whatever_their_label(value, subject):
    assert parse(b"Subject: " + value + b"\r\n\r\nIsi").subject == subject


def test_a_part_without_a_charset_has_that_of_its_neighbour():
    words = "网络断了,请检查"
    body = b"--B\n\n" + words.encode("gb18030") + b"\n--B\nContent-Type: text/html; charset=gb2312\n\n<p>x</p>\n--B--"
    head = b"Content-Type: multipart/mixed; boundary=B\nSubject: " + words.encode("gb18030") + b"\n\n"
    mail = parse(head + body)

    assert mail.subject == words
    assert mail.text.startswith(words)


def test_a_head_that_lost_its_folding_is_read_whole():
    mail = parse(
        b"From: Budi <budi@pelanggan.example>\nSubject: Gangguan internet\ndi kantor Tegal\n"
        b"Received: from mx.example\nby mx2.example; Mon, 16 Nov 2026 10:00:00 +0700\n"
        b'Content-Type: multipart/mixed;\nboundary="a:b"\n\n--a:b\n\nInternet mati.\n--a:b--\n'
    )

    assert (mail.subject, mail.text.strip()) == ("Gangguan internet di kantor Tegal", "Internet mati.")


@pytest.mark.parametrize("length", [76, 500, 997, 5000])
def test_a_header_name_may_be_long(length):
    mail = parse(b"X-" + b"a" * length + b": 1\nSubject: Gangguan\n\nIsi")

    assert (mail.subject, mail.text) == ("Gangguan", "Isi")


@pytest.mark.parametrize(
    "kind",
    [
        'multipart/mixed boundary="B--"',
        'multipart/mixed, boundary="B--"',
        "multipart/mixed; charset=utf-8 boundary=B--",
        'multipart/mixed; boundary="B--" charset=utf-8',
        "multipart/mixed; boundary=B--",
        "multipart/mixed; boundary=B----",
        "multipart/mixed; boundary=B",
    ],
)
def test_a_type_is_read_without_its_semicolon_and_with_dashes(kind):
    body = "--B--\n\nInternet mati.\n--B--\nContent-Type: text/csv name=a.csv\n\nx\n--B----\n"
    mail = parse(f"Content-Type: {kind}\n\n{body}".encode())

    assert mail.text.strip() == "Internet mati."
    assert [one.name for one in mail.attachments] == ["a.csv"]


def test_a_boundary_may_be_another_with_two_dashes_more():
    inner = '--B\nContent-Type: multipart/alternative; boundary="B--"\n\n--B--\n\nInternet mati.\n--B----\n'
    mail = parse(f"Content-Type: multipart/mixed; boundary=B\n\n{inner}--B\n\nSalam.\n--B--\n".encode())

    assert mail.text.split() == ["Internet", "mati.", "Salam."]


UU = "".join(binascii.b2a_uu(bytes(range(i, i + 45))).decode() for i in range(0, 135, 45))


@pytest.mark.parametrize("text", [f"Lihat foto.\n\n{UU}`\nend\n", f"Lihat foto.\n\nbegin 644 a.jpg\n{UU}`\nend\n"])
def test_a_file_in_the_text_is_one_also_without_its_beginning(text):
    mail = parse(letter(text))

    assert mail.text.strip() == "Lihat foto."
    assert [one.content for one in mail.attachments] == [bytes(range(135))]


def test_a_uuencoded_part_may_lack_its_frame():
    kind = "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: x-uuencode"
    assert parse(letter(UU, extra=kind)).attachments[0].content == bytes(range(135))


@pytest.mark.parametrize(
    ("head", "email", "name"),
    [
        ("Reply-To: Budi <budi@a.example>\nSender: server@b.example", "budi@a.example", "Budi"),
        ("From: Printer Lantai 2\nReply-To: teknik@a.example", "teknik@a.example", "Printer Lantai 2"),
        ("From: Printer Lantai 2", "", "Printer Lantai 2"),
        ("From: budi@a.example (Budi (Tegal))", "budi@a.example", "Budi (Tegal)"),
        ("From: Budi [budi@a.example]", "budi@a.example", "Budi"),
        ("From: Budi <budi@[192.0.2.1]>", "budi@[192.0.2.1]", "Budi"),
    ],
)
def test_somebody_is_found_who_wrote(head, email, name):
    sender = parse(headed(head.replace("\n", "\r\n"))).sender

    assert (sender.email, sender.name) == (email, name)


HTML_ALONE = "<p>Selamat malam,</p><p>Internet hotel <b>122401001010</b> putus sejak sore, tolong segera dicek ya.</p>"


@pytest.mark.parametrize(
    "stub",
    [
        "To view this message, please use an HTML compatible email viewer.",
        "Untuk melihat pesan ini, gunakan program surel yang dapat menampilkan HTML.",
        "Email client Anda tidak mendukung HTML.",
        "Ihr Programm kann HTML nicht anzeigen.",
        "Votre messagerie ne peut pas afficher le HTML.",
        "您的邮件客户端不支持 HTML 显示",
        "View this email in your browser: https://surat.example/1",
        "(kosong)",
    ],
)
def test_a_stub_gives_way_to_the_words_of_the_html(stub):
    body = f"--B\n\n{stub}\n--B\nContent-Type: text/html\n\n{HTML_ALONE}\n--B--"
    mail = parse(letter(body, extra="Content-Type: multipart/alternative; boundary=B"))
    reading = read(mail.text)

    assert mail.extracted.product_ids == ("122401001010",)
    assert "putus sejak sore" in reading.own
    assert stub not in reading.own
    assert reading.signature.endswith(stub)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Internet mati.", "<p>Internet mati.</p>"),
        ("Program email kami tidak menampilkan HTML.", "<p>Program email kami tidak menampilkan HTML.</p>"),
        ("Lihat foto.", "<img src='cid:a'>"),
        ("Ok", "<p>Ok</p><p>Terima kasih</p>"),
    ],
)
def test_a_short_text_is_no_stub(text, html):
    body = f"--B\n\n{text}\n--B\nContent-Type: text/html\n\n{html}\n--B--"

    assert parse(letter(body, extra="Content-Type: multipart/alternative; boundary=B")).text.strip() == text


@pytest.mark.parametrize("ending", [".pdf", ".tar.gz", ".exe", ".xlsx"])
def test_a_name_that_is_cut_keeps_what_opens_it(ending):
    name = safe_name("Laporan hasil pengukuran " * 20 + ending, "", 1)

    assert len(name) <= 150
    assert name.endswith(ending)
    assert cut("a" * 300, 200) == "a" * 200


# --- replies ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "above",
    [
        "Pada Sen, 16 Nov 2026 pukul 10.21 TENESA Pusat Layanan\n<tenesa@telkom.example> menulis:",
        "On 16 Nov 2026, at 10:21, TENESA\n <tenesa@telkom.example<mailto:tenesa@telk\nom.example>> wrote:",
        "On Mon, Nov 16, 2026 at 10:21 AM TENESA <tenesa@telkom.example<mailto:\ntenesa@telkom.example>> wrote:",
        "TENESA Telkom 16 Nov 2026 10.21",
        "TENESA Telkom, 16/11/2026 10:21:",
        "TENESA Telkom\n16 November 2026 10.21",
        "Sen, 16 Nov 2026 10.21, TENESA Telkom:",
        "TENESA <tenesa@telkom.example>\n16 November 2026 10.21",
    ],
)
def test_what_stands_above_a_quote_is_no_answer(above):
    assert read(f"Sudah normal.\n\n{above}\n> Mohon dicek\n> ya").own == "Sudah normal."


@pytest.mark.parametrize(
    "text",
    [
        "> Mohon dicek",
        "Pada 16 Nov 2026 10.21 TENESA <tenesa@telkom.example> menulis:\n> Mohon dicek",
        "-----Pesan Asli-----\nDari: a@x.example\nTanggal: 1 Nov 2026\nPerihal: x\n\nMohon dicek",
    ],
)
def test_no_mail_is_folded_away_whole(text):
    assert read(text).own == text


def test_a_name_and_a_date_without_a_quote_are_words():
    text = "Teknisi yang datang:\nBudi Santoso 16 Nov 2026 10.21\nApakah bisa?"

    assert read(text).own == text
