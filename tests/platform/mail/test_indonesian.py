"""Mails as Indonesian customers write them: who speaks, their own words, the folded history, the numbers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tenesa.mail.parse import parse
from tenesa.mail.quoting import read
from tenesa.mail.values import Kind
from tests.platform.mail.letters import bounce, letter

SID = "4700112-0045127790"
NET = "131055507781"
QUOTE = "Mohon dicek lampu LOS pada modem."
OURS = "TENESA <tenesa@telkom.example>"


@dataclass(frozen=True)
class Case:
    name: str
    raw: bytes
    own: str
    quoted: str = ""
    signature: str = ""
    sender: str = "bonar@samudra.example"
    sender_name: str = "Bonar Nababan"
    products: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    kind: Kind = Kind.PERSON


def marked(text: str = QUOTE) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


# --- answers: what each mail program puts above the quote -----------------------------------------------------------
ABOVE_THE_QUOTE = {
    "gmail web": f"Pada Sen, 16 Nov 2026 pukul 10.21 {OURS} menulis:\n\n{marked()}",
    "gmail web, folded": f"Pada tanggal Sen, 16 Nov 2026 10.21 TENESA <\ntenesa@telkom.example> menulis:\n\n{marked()}",
    "gmail android": f"Pada Sen, 16 Nov 2026 10.21, {OURS} menulis:\n\n{marked()}",
    "gmail, English": f"On Mon, Nov 16, 2026 at 10:21 AM {OURS} wrote:\n\n{marked()}",
    "gmail ios": f"Pada Sen, 16 Nov 2026 pukul 10.21, TENESA <tenesa@telkom.example>\nmenulis:\n\n{marked()}",
    "yahoo web": f"Pada Senin, 16 November 2026 10.21.30 WIB, TENESA <tenesa@telkom.example> menulis: \n\n{QUOTE}",
    "yahoo android": f"Pada Sen, 16 Nov 2026 pada 10:21, TENESA<tenesa@telkom.example> menulis:   {QUOTE}".replace(
        ":   ", ":\n"
    ),
    "yahoo classic": f"--- Pada Sen, 16/11/26, TENESA <tenesa@telkom.example> menulis:\n\n{QUOTE}",
    "thunderbird": f"Pada 16/11/2026 10.21, TENESA menulis:\n{marked()}",
    "thunderbird, ISO date": f"Pada 2026-11-16 10:21, TENESA menulis:\n{marked()}",
    "apple mail": f"Pada 16 Nov 2026, pukul 10.21, {OURS} menulis:\n\n{marked()}",
    "iphone": f"Pada 16 Nov 2026, pada 10.21, TENESA <tenesa@telkom.example> menulis:\n\n\ufeff{marked()}",
    "samsung": f"-------- Pesan asli --------\nDari: {OURS}\nTanggal: 16/11/26 10.21 (GMT+07:00)\n"
    f"Ke: bonar@samudra.example\nSubjek: Re: Gangguan\n\n{QUOTE}",
    "xiaomi": f"{OURS} pada 16 Nov 2026 10.21 menulis:\n\n{QUOTE}",
    "outlook desktop": f"From: {OURS}\nSent: Senin, 16 November 2026\nTo: Bonar\nSubject: RE: Gangguan\n\n{QUOTE}",
    "outlook desktop, Indonesian": f"Dari: {OURS}\nDikirim: Senin, 16 November 2026 10.21\nKepada: Bonar\n"
    f"Perihal: RE: Gangguan\n\n{QUOTE}",
    "outlook web": f"________________________________\nDari: {OURS}\nDikirim: 16 November 2026 10:21\n"
    f"Kepada: Bonar <bonar@samudra.example>\nSubjek: Re: Gangguan\n\n{QUOTE}",
    "outlook, bold fields": f"*Dari:* {OURS}\n*Dikirim:* Senin, 16 November 2026 10.21\n*Kepada:* Bonar\n"
    f"*Subjek:* RE: Gangguan\n\n{QUOTE}",
    "outlook with cc": f"Dari: {OURS}\nTanggal: Senin, 16 November 2026\nKepada: Bonar\nTembusan: Ani\n"
    f"Perihal: RE: Gangguan\n\n{QUOTE}",
    "outlook express": f"----- Pesan Asli -----\nDari: TENESA\nKepada: Bonar\nDikirim: Senin, 16 November 2026 10.21\n"
    f"Perihal: Gangguan\n\n{QUOTE}",
    "english outlook under Indonesian words": f"-----Original Message-----\nFrom: TENESA\nSent: Monday, November 16\n"
    f"To: Bonar\nSubject: Gangguan\n\n{QUOTE}",
    "zimbra": f'Dari: "TENESA" <tenesa@telkom.example>\nKepada: "Bonar" <bonar@samudra.example>\n'
    f"Terkirim: Senin, 16 November, 2026 10:21:00\nPerihal: Gangguan\n\n{QUOTE}",
    "roundcube": f"Pada 2026-11-16 10:21, TENESA menulis:\n\n{marked()}",
    "horde": f"Mengutip TENESA <tenesa@telkom.example>:\n\n{marked()}",
    "date first": f'16 November 2026 10.21, "TENESA" <tenesa@telkom.example> menulis:\n{marked()}',
    "date and address only": f"2026-11-16 10:21 GMT+07:00 {OURS}:\n\n{marked()}",
    "malay": f"Pada Isnin, 16 November 2026 10:21 PG, {OURS} menulis:\n{marked()}",
    "bare quote": marked(f"{QUOTE}\n\nSalam"),
}
ANSWERS = [
    Case(
        f"answer: {name}",
        letter(f"Sudah kami restart, {NET} masih mati.\n\n{above}", subject="Re: Gangguan", extra="In-Reply-To: <x@y>"),
        own=f"Sudah kami restart, {NET} masih mati.",
        quoted=QUOTE,
        products=(NET,),
    )
    for name, above in ABOVE_THE_QUOTE.items()
]

# --- trailers ---------------------------------------------------------------------------------------------------------
TRAILERS = [
    *(
        "Dikirim dari iPhone saya",
        "Dikirim dari iPad",
        "Dikirim dari Yahoo Mail di Android",
        "Dikirim dari Galaxy saya",
    ),
    *("Dikirim dari ponsel cerdas Samsung saya", "Dikirim dari Outlook untuk Android", "Dikirim melalui BlackBerry®"),
    *("Dikirim dari Email saya", "Dikirim dari Mail untuk Windows 10", "Terkirim dari perangkat Xiaomi saya"),
    *("Dapatkan Outlook untuk iOS", "Sent from my iPhone", "-- \nBonar Nababan\nPT Samudra Niaga"),
    "Hormat kami,\nBonar Nababan\nPT Samudra Niaga",
]
SIGNED = [
    Case(
        f"trailer: {trailer.splitlines()[0]}",
        letter(f"Tolong dibantu segera.\n\n{trailer}\n\nPada Sen, 16 Nov 2026 10.21 {OURS} menulis:\n{marked()}"),
        own="Tolong dibantu segera.",
        signature=trailer,
        quoted=QUOTE,
    )
    for trailer in TRAILERS
]

# --- machines ---------------------------------------------------------------------------------------------------------
MACHINES = [
    Case(f"machine: {subject}", letter(text, subject=subject, extra=extra), own=text, kind=kind)
    for subject, text, extra, kind in [
        ("Balasan otomatis: Gangguan", "Saya sedang cuti sampai 20 November.", "Return-Path: <>", Kind.AUTO_REPLY),
        ("Jawaban otomatis: Re: Gangguan", "Terima kasih atas email Anda.", "Precedence: bulk", Kind.AUTO_REPLY),
        ("Di luar kantor: Gangguan", "Hubungi rekan saya.", "X-Auto-Response-Suppress: All", Kind.AUTO_REPLY),
        ("Sedang dinas luar", "Saya kembali hari Senin.", "Return-Path: <>", Kind.AUTO_REPLY),
        ("Cuti bersama", "Kantor kami tutup.", "Auto-Submitted: auto-replied", Kind.AUTO_REPLY),
        ("Re: Gangguan", "Saya tidak di tempat.", "X-Autoreply: yes", Kind.AUTO_REPLY),
        ("Out of office", "Saya sedang cuti.", "Precedence: auto_reply", Kind.AUTO_REPLY),
        ("Promo akhir tahun", "Diskon 50%.", "List-Unsubscribe: <mailto:x@y.example>", Kind.LIST),
        ("Surel tidak terkirim: Gangguan", "Pesan Anda gagal dikirim ke penerima.", "Return-Path: <>", Kind.BOUNCE),
        ("Pengiriman tertunda", "Pesan Anda belum terkirim.", "Return-Path: <>\nX-Failed: x", Kind.DELAY),
    ]
]
PEOPLE_LIKE_MACHINES = [
    Case(f"person: {subject}", letter(text, subject=subject), own=text)
    for subject, text in [
        ("Email tidak terkirim", "Yth. TENESA, email kantor kami gagal dikirim ke semua penerima sejak pagi."),
        ("Fwd: Undelivered Mail Returned to Sender", "Kenapa email saya could not be delivered? Mohon dibantu."),
        ("Cutikan layanan kami sementara", "Mohon layanan kami dinonaktifkan dulu."),
        ("Pengaduan: teknisi tidak datang", "Sudah dua hari kami menunggu."),
        ("Otomatisasi tagihan", "Mohon info cara bayar otomatis."),
        ("Cuti bersama Lebaran: kantor tutup", "Mohon teknisi datang setelah tanggal 24."),
        ("Pesan otomatis di router: link down", "Lampu LOS merah sejak subuh, mohon bantuannya."),
        ("Balasan otomatis kami tidak terkirim", "Sejak kemarin balasan otomatis kantor kami tidak jalan."),
        ("Tidak di kantor tetapi internet mati", "Saya di rumah, satpam bilang modem mati."),
        ("Email kami tidak dapat dikirim", "Pesannya 550 5.1.1 user unknown: cs@pelanggan.example, mohon diperiksa."),
    ]
]

# --- complaints, numbers, forwards, mixed languages -------------------------------------------------------------------
LOUD = f"INTERNET KAMI MATI TOTAL SEJAK PAGI!!! LAYANAN {NET}, TIKET IN10482219 TIDAK ADA KABAR! HUB 0812-0000-1187"
FORWARDED = (
    f"---------- Pesan terusan ---------\nDari: Ani <ani@samudra.example>\nDate: Sen, 16 Nov 2026 pukul 09.02\n"
    f"Subject: Link cabang\nTo: Bonar <bonar@samudra.example>\n\nLink SID {SID} putus."
)
CHAIN = f"{FORWARDED}\n\nPada Min, 15 Nov 2026 20.00 Teknisi <t@x.example> menulis:\n{marked()}"
DEEP = f"Pada Min, 15 Nov 2026 20.00 {OURS} menulis:\n> Pagi\n>\n> Pada Sab, 14 Nov 2026 Bonar menulis:\n>> {QUOTE}"
HTML = (
    "<div dir=ltr>Masih mati, mohon teknisi ke lokasi.</div><br><div class=gmail_quote><div class=gmail_attr>Pada Sen, "
    f"16 Nov 2026 10.21 TENESA &lt;tenesa@telkom.example&gt; menulis:<br></div><blockquote>{QUOTE}</blockquote></div>"
)
OUTLOOK = (
    "<div>Masih mati, mohon teknisi ke lokasi.</div><hr><div><b>Dari:</b> TENESA &lt;tenesa@telkom.example&gt;<br><b>"
    f"Dikirim:</b> Senin, 16 November 2026<br><b>Kepada:</b> Bonar<br><b>Subjek:</b> x</div><p>{QUOTE}</p>"
)
IN_HTML = "Content-Type: text/html; charset=utf-8"
OTHERS = [
    Case("loud", letter(LOUD), own=LOUD, products=(NET,), incidents=("IN10482219",), phones=("+6281200001187",)),
    Case(
        "two services",
        letter(f"Dua link bermasalah:\n1. SID {SID}\n2. internet 1310-5550-7781"),
        own=f"Dua link bermasalah:\n1. SID {SID}\n2. internet 1310-5550-7781",
        products=(SID, NET),
    ),
    Case(
        "phone in the signature",
        letter("Mohon dicek.\n\n-- \nBonar\nHP 0812 0000 1187"),
        own="Mohon dicek.",
        signature="-- \nBonar\nHP 0812 0000 1187",
        phones=("+6281200001187",),
    ),
    Case(
        "mixed languages",
        letter(f"Dear Team,\n\nLink down lagi ya, please assist.\nSID {SID}\n\nBest regards,\nBonar"),
        own=f"Dear Team,\n\nLink down lagi ya, please assist.\nSID {SID}",
        signature="Best regards,\nBonar",
        products=(SID,),
    ),
    Case(
        "forward",
        letter(f"Mohon ditindaklanjuti.\n\n{FORWARDED}"),
        f"Mohon ditindaklanjuti.\n\n{FORWARDED}",
        products=(SID,),
    ),
    Case("forward without a word", letter(FORWARDED, subject="Fwd: Link"), own=FORWARDED, products=(SID,)),
    Case("forwarded chain", letter(f"FYI\n\n{CHAIN}"), own=f"FYI\n\n{FORWARDED}", quoted=QUOTE, products=(SID,)),
    Case("chain of answers", letter(f"Sudah normal.\n\n{DEEP}"), own="Sudah normal.", quoted=QUOTE),
    Case(
        "answers between the quotes",
        letter(f"{marked('Lampu apa yang menyala?')}\nLOS merah.\n{marked('Sudah restart?')}\nSudah."),
        own="LOS merah.\nSudah.",
        quoted="Lampu apa yang menyala?",
    ),
    Case(
        "answer below the quote",
        letter(f"Pada Sen, 16 Nov 2026 {OURS} menulis:\n{marked()}\n\nLampunya merah terus."),
        own="Lampunya merah terus.",
        quoted=QUOTE,
    ),
    Case("html of gmail", letter(HTML, extra=IN_HTML), own="Masih mati, mohon teknisi ke lokasi.", quoted=QUOTE),
    Case("html of outlook", letter(OUTLOOK, extra=IN_HTML), own="Masih mati, mohon teknisi ke lokasi.", quoted=QUOTE),
    Case(
        "a letter on paper",
        letter(
            "Nomor: 12/SN/2026\nPerihal: Permohonan pindah alamat\nKepada Yth. TENESA\n\nDengan hormat, mohon bantuan."
        ),
        own="Nomor: 12/SN/2026\nPerihal: Permohonan pindah alamat\nKepada Yth. TENESA\n\nDengan hormat, mohon bantuan.",
    ),
    Case(
        "a form that looks like fields",
        letter(f"Nama: Bonar\nNo. layanan: {NET}\nAlamat: Jl. Veteran 1\nHP: 081200001187\nKeluhan: lambat"),
        own=f"Nama: Bonar\nNo. layanan: {NET}\nAlamat: Jl. Veteran 1\nHP: 081200001187\nKeluhan: lambat",
        products=(NET,),
        phones=("+6281200001187",),
    ),
    Case(
        "hours and addresses in own words",
        letter("Teknisi janji datang 16/11/2026 pukul 10.00, hubungi budi@samudra.example untuk akses:\nlantai 2."),
        own="Teknisi janji datang 16/11/2026 pukul 10.00, hubungi budi@samudra.example untuk akses:\nlantai 2.",
    ),
    Case(
        "encoded name",
        letter("Halo.", sender="=?utf-8?B?U2l0aSDigJNBaXN5YWg=?= <SITI@Samudra.example>"),
        own="Halo.",
        sender="siti@samudra.example",
        sender_name="Siti –Aisyah",
    ),
    Case(
        "a name that is another's address",
        letter("Halo.", sender='"cs@telkom.example" <penipu@lain.example>'),
        own="Halo.",
        sender="penipu@lain.example",
        sender_name="cs@telkom.example",
    ),
]
CASES = [*ANSWERS, *SIGNED, *MACHINES, *PEOPLE_LIKE_MACHINES, *OTHERS]


COPY = "--- Pesan asli ---\nFrom: tenesa@telkom.example\nTo: lain@x.example"


def test_there_are_enough_of_them():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_understands_the_customer(case):
    mail = parse(case.raw)
    reading = read(mail.text)

    assert (mail.sender.email, mail.sender.name) == (case.sender, case.sender_name)
    assert (mail.kind, mail.kind_reason if case.kind is Kind.PERSON else "") == (case.kind, "")
    assert reading.own == case.own.strip()
    assert reading.signature == case.signature
    assert case.quoted in reading.quoted if case.quoted else not reading.quoted
    assert mail.extracted.product_ids == case.products
    assert mail.extracted.incidents == case.incidents
    assert mail.extracted.phones == case.phones


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("Pesan Anda tidak dapat disampaikan ke alamat berikut:\n\n  siti@samudra.example\n", ["siti@samudra.example"]),
        ("<siti@samudra.example>: host mx.x said: 550 5.1.1 User unknown", ["siti@samudra.example"]),
        ("Gagal dikirim ke penerima: siti@samudra.example (kotak penuh)", ["siti@samudra.example"]),
        ("Failed recipients:\n * satu@a.example\n * dua@b.example", ["satu@a.example", "dua@b.example"]),
        (
            f"Could not deliver to siti@samudra.example.\nPlease contact postmaster@mx.example.\n{COPY}",
            ["siti@samudra.example"],
        ),
    ],
)
def test_a_server_names_in_prose_whom_it_did_not_reach(text, recipients):
    raw = letter(text, sender="MAILER-DAEMON@mx.example", subject="Surat kembali")
    returned = parse(raw).returned

    assert returned is not None
    assert list(returned.recipients) == recipients


def test_a_report_names_whom_it_did_not_reach_as_we_wrote_them():
    raw = bounce("x@telkom.example", "kotak-12@dalam.example").replace(
        b"Final-Recipient", b"Original-Recipient: rfc822; Siti@samudra.example\r\nFinal-Recipient"
    )
    returned = parse(raw).returned

    assert returned is not None
    assert returned.recipients == ("siti@samudra.example",)
