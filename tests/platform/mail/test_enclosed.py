"""Mails inside of other things: signatures, winmail.dat, invitations."""

from __future__ import annotations

import base64
import struct
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenesa.mail import calendars, cms, tnef
from tenesa.mail.parse import parse
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed

INSIDE = b"Content-Type: text/plain; charset=utf-8\r\n\r\nVPN SID 4700113-0045127791 putus.\r\n"


def enclosing(content: bytes, kind: str, name: str = "") -> bytes:
    head = f"Content-Type: {kind}" + (f"; name={name}" if name else "")
    return letter(base64.encodebytes(content).decode(), extra=f"{head}\nContent-Transfer-Encoding: base64")


# --- S/MIME ----------------------------------------------------------------------------------------------------------
def signed(content: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Bonar")])
    today = datetime.now(UTC)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 1, today, today + timedelta(days=1))
    builder = pkcs7.PKCS7SignatureBuilder(content).add_signer(
        certificate.sign(key, hashes.SHA256()), key, hashes.SHA256()
    )
    return builder.sign(serialization.Encoding.DER, options)


def streamed(*pieces: bytes) -> bytes:
    """SignedData whose lengths are not told, as programs write it that do not hold the whole mail (BER)."""

    def element(tag: int, content: bytes) -> bytes:
        return bytes((tag, 0x84)) + len(content).to_bytes(4, "big") + content

    octets = b"\x24\x80" + b"".join(element(4, piece) for piece in pieces) + b"\0\0"
    inside = b"\x30\x80" + bytes.fromhex("06092a864886f70d010701") + b"\xa0\x80" + octets + b"\0\0\0\0"
    data = b"\x30\x80\x02\x01\x01\x31\x80\x30\x80\x06\x01\x29\0\0\0\0" + inside + b"\x31\x00\0\0"
    return b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80" + data + b"\0\0\0\0"


@pytest.mark.parametrize("kind", ["application/pkcs7-mime; smime-type=signed-data", "application/x-pkcs7-mime"])
@pytest.mark.parametrize("content", [signed(INSIDE, pkcs7.PKCS7Options.Binary), streamed(INSIDE[:20], INSIDE[20:])])
def test_a_signed_mail_is_read(kind, content):
    mail = parse(enclosing(content, kind, "smime.p7m"))

    assert mail.text.strip() == "VPN SID 4700113-0045127791 putus."
    assert mail.extracted.product_ids == ("4700113-0045127791",)
    assert [one.name for one in mail.attachments] == ["smime.p7m"]


def test_the_files_of_a_signed_mail_are_files():
    inside = letter(
        "--B\n\nLihat foto.\n--B\nContent-Type: image/png; name=foto.png\n\nX\n--B--",
        extra="Content-Type: multipart/mixed; boundary=B",
    )
    mail = parse(enclosing(streamed(inside), "application/octet-stream", "smime.p7m"))

    assert mail.text.strip() == "Lihat foto."
    assert [one.name for one in mail.attachments] == ["smime.p7m", "foto.png"]


def test_what_is_encrypted_or_signed_beside_stays_a_file():
    for content in (signed(INSIDE, pkcs7.PKCS7Options.DetachedSignature), b"\x30\x80", b"", b"0" * 99):
        mail = parse(enclosing(content, "application/pkcs7-mime", "smime.p7m"))

        assert (mail.text, [one.name for one in mail.attachments]) == ("", ["smime.p7m"])


def test_signatures_in_signatures_end():
    content = INSIDE
    for _number in range(20):
        content = streamed(enclosing(content, "application/pkcs7-mime"))

    assert parse(enclosing(content, "application/pkcs7-mime")).attachments


# --- winmail.dat -----------------------------------------------------------------------------------------------------
def attribute(identity: int, data: bytes, level: int = 1) -> bytes:
    return struct.pack("<BII", level, identity, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*values: tuple[int, int, bytes]) -> bytes:
    """(type, id, value) each; ids from 0x8000 on are named by their number."""
    out = struct.pack("<I", len(values))
    for kind, name, value in values:
        out += struct.pack("<HH", kind, min(name, 0x8000))
        out += bytes(16) + struct.pack("<II", 0, name) if name >= 0x8000 else b""
        if kind == 0x40:
            out += value
        else:
            out += struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
    return out


def wide(text: str) -> bytes:
    return f"{text}\0".encode("utf-16-le")


def ticks(moment: datetime) -> bytes:
    return struct.pack("<Q", (moment - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10)


def winmail(*of_mail: tuple[int, int, bytes], files: dict[str, bytes] | None = None) -> bytes:
    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(0x00069007, struct.pack("<II", 1252, 0))
    out += attribute(0x00069003, properties(*of_mail))
    for name, content in (files or {}).items():
        out += attribute(0x00069002, bytes(14), 2) + attribute(0x00018010, b"PENDEK~1.TXT\0", 2)
        out += attribute(0x0006800F, content, 2)
        out += attribute(0x00069005, properties((0x1F, 0x3707, wide(name)), (0x1E, 0x370E, b"text/csv\0")), 2)
    return out


RTF = rb"{\rtf1\ansi Layanan 122401001010 mati.\par Terima kasih.}"
STORED_RTF = struct.pack("<IIII", len(RTF) + 12, len(RTF), 0x414C454D, 0) + RTF


@pytest.mark.parametrize(
    "words",
    [
        (0x1F, 0x1000, wide("Layanan 122401001010 mati.\r\nTerima kasih.")),
        (0x1E, 0x1000, b"Layanan 122401001010 mati.\r\nTerima kasih.\0"),
        (0x102, 0x1013, b"<p>Layanan 122401001010 mati.<br>Terima kasih.</p>"),
        (0x102, 0x1009, STORED_RTF),
    ],
)
def test_the_words_and_files_of_a_winmail_are_shown(words):
    mail = parse(enclosing(winmail(words, files={"Laporan bulanan.csv": b"a;b"}), "application/ms-tnef", "winmail.dat"))

    assert mail.text.strip().split("\n") == ["Layanan 122401001010 mati.", "Terima kasih."]
    assert mail.extracted.product_ids == ("122401001010",)
    kept = [(one.name, one.content_type, one.content) for one in mail.attachments[1:]]
    assert kept == [("Laporan bulanan.csv", "text/csv", b"a;b")]


def test_words_beside_a_winmail_are_not_shown_twice():
    packed = base64.b64encode(winmail((0x1F, 0x1000, wide("Internet mati.")))).decode()
    kind = "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64"
    body = f"--B\n\nInternet mati.\n--B\n{kind}\n\n{packed}\n--B--"
    mail = parse(letter(body, extra="Content-Type: multipart/mixed; boundary=B"))

    assert mail.text.strip() == "Internet mati."


def test_a_meeting_in_a_winmail_has_its_time_in_ours():
    begins = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    values = [(0x1F, 0x0037, wide("Rapat gangguan")), (0x40, 0x820D, ticks(begins)), (0x1F, 0x8208, wide("Ruang 3"))]
    values.append((0x40, 0x820E, ticks(begins + timedelta(minutes=90))))
    mail = parse(enclosing(winmail(*values), "application/ms-tnef"))

    assert mail.text.split("\n") == [
        "Undangan: Rapat gangguan",
        "Waktu: Sel, 1 Des 2026 09.00–10.30 WIB",
        "Tempat: Ruang 3",
    ]


# --- invitations -----------------------------------------------------------------------------------------------------
def calendar(*lines: str, method: str = "REQUEST") -> str:
    event = "\n".join(["BEGIN:VEVENT", "UID:1", "SUMMARY:Rapat gangguan VPN", *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\nMETHOD:{method}\n{event}\nEND:VCALENDAR\n"


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (["DTSTART:20261201T020000Z", "DTEND:20261201T033000Z"], "Sel, 1 Des 2026 09.00–10.30 WIB"),
        (["DTSTART:20261201T020000Z", "DURATION:PT1H"], "Sel, 1 Des 2026 09.00–10.00 WIB"),
        (["DTSTART;TZID=Asia/Jayapura:20261201T110000"], "Sel, 1 Des 2026 09.00 WIB"),
        (["DTSTART;TZID=SE Asia Standard Time:20261201T090000"], "Sel, 1 Des 2026 09.00 WIB"),
        (["DTSTART:20261201T090000"], "Sel, 1 Des 2026 09.00 WIB"),
        (["DTSTART:20261201T160000Z", "DTEND:20261201T180000Z"], "Sel, 1 Des 2026 23.00 – Rab, 2 Des 2026 01.00 WIB"),
        (["DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261202"], "Sel, 1 Des 2026"),
        (["DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203"], "Sel, 1 Des 2026 – Rab, 2 Des 2026"),
    ],
)
def test_an_invitation_tells_when_in_our_time(lines, when):
    mail = parse(letter(calendar(*lines), extra="Content-Type: text/calendar; charset=utf-8"))

    assert mail.text.split("\n") == ["Undangan: Rapat gangguan VPN", f"Waktu: {when}"]


@pytest.mark.django_db(transaction=True)
def test_an_invitation_alone_shows_its_words_place_and_files(mailbox, procedure):
    lines = ["DTSTART:20261201T020000Z", "LOCATION:Ruang 3\\, lantai 2", "ORGANIZER;CN=Ayu:mailto:ayu@mitra.example"]
    lines += ["DESCRIPTION:Bahas SID 4700113-0045127791\\nyang sering putus", "RRULE:FREQ=WEEKLY"]
    lines += ["ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=text/plain;FILENAME=agenda.txt:SGFsbw=="]
    mail = filed(mailbox, letter(calendar(*lines), extra="Content-Type: text/calendar; method=REQUEST; charset=utf-8"))

    assert mail.text.split("\n") == [
        *("Undangan: Rapat gangguan VPN", "Waktu: Sel, 1 Des 2026 09.00 WIB", "Berulang: setiap minggu"),
        *("Tempat: Ruang 3, lantai 2", "Penyelenggara: Ayu <ayu@mitra.example>", ""),
        *("Bahas SID 4700113-0045127791", "yang sering putus"),
    ]
    assert mail.extracted["product_ids"] == ["4700113-0045127791"]
    assert [(one.name, one.blob.content[:4]) for one in mail.attachments.all()][1:] == [("agenda.txt", b"Halo")]


def test_an_invitation_beside_words_adds_only_what_they_do_not_say():
    body = "\n".join(
        [
            *("--B", "", "Mohon hadir, bahas VPN.", "--B", "Content-Type: text/calendar", ""),
            *(calendar("DTSTART:20261201T020000Z", "DESCRIPTION:Mohon hadir\\, bahas VPN."), "--B"),
            *("Content-Type: application/ics; name=invite.ics", ""),
            *(calendar("DTSTART:20261201T020000Z", "DESCRIPTION:Mohon hadir\\, bahas VPN."), "--B--"),
        ]
    )
    mail = parse(letter(body, extra="Content-Type: multipart/mixed; boundary=B"))

    assert [line for line in mail.text.split("\n") if line] == [
        *("Mohon hadir, bahas VPN.", "Undangan: Rapat gangguan VPN", "Waktu: Sel, 1 Des 2026 09.00 WIB"),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (calendar(method="CANCEL"), "Undangan dibatalkan"),
        (calendar("STATUS:CANCELLED"), "Undangan dibatalkan"),
        (calendar(method="REPLY"), "Jawaban undangan"),
        (calendar("DTSTART:99999999T999999Z"), "Undangan"),
        (calendar().partition("END:")[0], "Undangan"),
    ],
)
def test_it_tells_what_sort_of_invitation_it_is(text, title):
    assert [one.told() for one in calendars.read(text)] == [f"{title}: Rapat gangguan VPN"]


def test_a_calendar_made_to_cost_time_is_not_played():
    zone = "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0700\nTZOFFSETTO:+0700\nRRULE:FREQ=SECONDLY\n"
    described = f"BEGIN:VTIMEZONE\nTZID:Lambat\n{zone}END:STANDARD\nEND:VTIMEZONE\n"
    folded = described.replace("VTIMEZONE", "VTIME\n ZONE").replace("RRULE", "rr\n ule")
    event = calendar("DTSTART;TZID=Lambat:20261201T090000").partition("\n")[2]

    for text in (described, folded, described * 1000):
        assert len(calendars.read(f"BEGIN:VCALENDAR\n{text}{event}")) == 1
    assert calendars.read("BEGIN:VCALENDAR\n" * 50_000) == []


# --- hostile ---------------------------------------------------------------------------------------------------------
SEEDS = [
    (
        "application/ms-tnef",
        winmail(
            (0x1F, 0x1000, wide("Halo")),
            (0x102, 0x1009, STORED_RTF),
            (0x40, 0x820D, ticks(datetime(2026, 1, 1, tzinfo=UTC))),
            files={"a.csv": b"x" * 40},
        ),
    ),
    ("application/pkcs7-mime", streamed(INSIDE[:20], INSIDE[20:])),
    (
        "text/calendar",
        calendar(
            "DTSTART;TZID=Asia/Tokyo:20261201T020000",
            "DURATION:PT1H",
            "RRULE:FREQ=DAILY",
            "ATTACH;ENCODING=BASE64;VALUE=BINARY:SGFsbw==",
        ).encode(),
    ),
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=8), st.integers(0, 9)), max_size=6),
    end=st.integers(0, 3000),
)
def test_whatever_is_torn_or_forged_is_still_a_mail(seed, changes, end):
    kind, content = seed
    for at, put, gone in changes:
        content = content[:at] + put + content[at + gone :]
    mail = parse(enclosing(content[:end] if end % 2 else content, kind))

    assert mail.sender.email == "bonar@samudra.example"
    assert "\0" not in mail.text + "".join(one.name for one in mail.attachments)
    assert len(mail.attachments) >= 1


@given(st.binary(max_size=400))
def test_no_bytes_make_a_reader_fail(content):
    tnef.read(struct.pack("<IH", 0x223E9F78, 1) + content)
    cms.signed_content(content)
    calendars.read(content.decode("latin-1"))
