"""Words alone never set a mail aside: they need evidence of a machine in its head, or the thread of a mail of ours."""

from __future__ import annotations

import smtplib
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenesa.mail import classify, explain, polling
from tenesa.mail.acknowledge import why_unanswered
from tenesa.mail.models import InboundMail
from tenesa.mail.parse import parse
from tenesa.mail.values import NEVER_A_CASE, OURS, Kind, ThreadMatch
from tests.platform.mail.conftest import PROCEDURE
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed
from tests.platform.mail.test_intake import file_all
from tests.platform.mail.test_outbox import write

Status = InboundMail.Status
NULL = "Return-Path: <>"
GENERATED = "Auto-Submitted: auto-generated"


# --- what a person or a customer's system wrote is a case -------------------------------------------------------------
OPENED = {
    "a service desk's own system": (
        {"subject": "[SD-88123] Link VPN IP cabang Tegal mati", "extra": GENERATED},
        "Tiket SD-88123 diteruskan ke provider. SID 4700112-0045127790 down sejak 21.40.",
        ("SYSTEM", "PERSON", False),
    ),
    "monitoring that names itself automatic": (
        {
            "subject": "Pesan otomatis: cabang Tegal DOWN",
            "extra": f"{GENERATED}\n{NULL}\nX-Auto-Response-Suppress: All",
        },
        "Host tegal-gw tidak menjawab 5 menit. Email ini dikirim otomatis, jangan dibalas.",
        ("SYSTEM", "PERSON", False),
    ),
    "a device without a return path": (
        {"subject": "Alarm UPS cabang Kudus", "extra": NULL},
        "Daya padam pukul 08.00, modem mati.",
        ("SYSTEM", "PERSON", False),
    ),
    "passed on by a rule": (
        {"subject": "Gangguan", "extra": "Auto-Submitted: auto-forwarded"},
        "Internet kami mati.",
        ("PERSON", "PERSON", True),
    ),
    "a day off": (
        {"subject": "Cuti bersama: mohon jadwal teknisi untuk internet 122401000333"},
        "Selama cuti bersama kantor kami tutup. Mohon teknisi datang sebelum tanggal 24.",
        ("PERSON", "PERSON", True),
    ),
    "a modem's message": (
        {"subject": "Pesan otomatis di modem: LOS merah"},
        "Di modem kami keluar pesan otomatis LOS. Mohon bantuannya.",
        ("PERSON", "PERSON", True),
    ),
    "a responder that fails": (
        {"subject": "Auto reply email kami tidak jalan"},
        "Sejak pindah paket, auto reply hosting kami tidak terkirim.",
        ("PERSON", "PERSON", True),
    ),
    "a complaint that quotes a bounce": (
        {"subject": "Email tidak terkirim dari hosting kami", "sender": "admin@toko5.example"},
        "Sejak pagi email kami tidak dapat dikirim, pesannya:\n550 5.1.1 user unknown: cs@pelanggan.example",
        ("PERSON", "PERSON", True),
    ),
    "the same from an administrator's address": (
        {"subject": "Undelivered mail", "sender": "postmaster@toko5.example"},
        "Our customers could not be delivered to: 550 5.1.1 user unknown cs@pelanggan.example",
        ("PERSON", "PERSON", False),
    ),
    "an automatic reply that only its subject tells": (
        {"subject": "Balasan otomatis: Informasi SLA"},
        "Saya sedang cuti sampai 20 November.",
        ("PERSON", "AUTO_REPLY", False),
    ),
    "a bounce that only its words tell": (
        {"subject": "Mail could not be delivered", "sender": "gateway@samudra.example"},
        "Your message could not be delivered to\nbudi@samudra.example\n550 5.1.1 user unknown",
        ("PERSON", "BOUNCE", False),
    ),
    "a person who wants no automatic answer": (
        {"subject": "Gangguan", "extra": "X-Auto-Response-Suppress: DR, OOF, AutoReply"},
        "Internet kami mati.",
        ("PERSON", "SYSTEM", False),
    ),
    "a group that holds words of a bounce": (
        {"subject": "Surel tidak terkirim", "extra": "List-Id: <noc.samudra.example>\nPrecedence: list"},
        "Surel kantor kami tidak dapat dikirim ke luar: 550 5.7.1 ditolak a@b.example.",
        ("LIST", "PERSON", False),
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", OPENED)
def test_it_opens_a_case(name, mailbox, procedure):
    head, body, expected = OPENED[name]
    mail = filed(mailbox, letter(body, **head))

    assert mail.status == Status.FILED
    assert procedure.received == [(mail.pk, "new")]
    assert (mail.kind, mail.looks_like, not why_unanswered(mail, [mail.from_address])) == expected


@pytest.mark.django_db(transaction=True)
def test_it_opens_a_case_for_what_smtp_brings(mailbox, procedure, server):
    url = urlsplit(server.smtp_url)
    with smtplib.SMTP(url.hostname, url.port, timeout=10) as client:
        for head, body, _expected in OPENED.values():
            client.sendmail("pengirim@samudra.example", [mailbox.address], letter(body, **head))
    server.settle()
    polling.poll(mailbox)
    file_all(mailbox)

    assert procedure.opened() == len(OPENED)
    assert not InboundMail.objects.exclude(status=Status.FILED).exists()


# --- words beside evidence --------------------------------------------------------------------------------------------
AWAY = "Saya sedang cuti sampai 20 November."
BESIDE = {
    "Exchange": ("Automatic reply: Gangguan", f"{GENERATED}\nX-MS-Exchange-Inbox-Rules-Loop: budi@samudra.example"),
    "Exchange, no subject of ours": (
        "Laporan kemarin",
        f"{GENERATED}\n{NULL}\nIn-Reply-To: <x@telkom.example>\nX-Auto-Response-Suppress: All",
    ),
    "a rule of Exchange on an answer": (
        "Sudah diterima",
        (
            "References: <x@telkom.example>\nX-Auto-Response-Suppress: All\n"
            "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent"
        ),
    ),
    "text of a responder": ("Terima kasih", "Inbox-Rules-Loop: budi@samudra.example"),
    "vacation": ("Cuti: Re: Gangguan", NULL),
    "Hotmail": ("Re: Gangguan", "X-Autogenerated: Reply"),
    "Notes": ("Budi is out of the office.", "Precedence: bulk"),
    "Dutch": ("Automatisch antwoord: Gangguan", NULL),
    "Japanese": ("自動返信: Gangguan", NULL),
    "Chinese": ("自动回复:Gangguan", "Auto-Submitted: auto-generated"),
    "Portuguese": ("Resposta automática: Gangguan", "X-Auto-Response-Suppress: All"),
}


@pytest.mark.parametrize("name", BESIDE)
def test_an_automatic_reply_beside_evidence(name):
    subject, extra = BESIDE[name]
    assert parse(letter(AWAY, subject=subject, extra=extra)).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("sender", "subject", "extra", "body"),
    [
        ("MAILER-DAEMON <>", "Surat", "", "x"),
        ("MAILER-DAEMON", "Warning", "", "x"),
        ("Mail Delivery System", "Surat", "", "x"),
        ("<>", "Undeliverable: Gangguan", "", "No such user here."),
        ("Sistem <>", "Gangguan", "", "Mail for <budi@samudra.example> could not be delivered: user unknown"),
        ("post_master@seluler.example", "Undeliverable Message", "", "To: 0812@seluler.example"),
        ("Mail_Daemon@mx.example", "x", "", "x"),
        ("noreply@mx.example", "退信通知", NULL, "您发送给 budi@samudra.example 的邮件被退回"),
        ("noreply@mx.example", "Notice", NULL, "宛先 budi@samudra.example に配信できませんでした。"),
        ("noreply@mx.example", "メールを配信できませんでした", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "배달되지 않음: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Unzustellbar: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Non remis : Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "No se puede entregar: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Não é possível entregar: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Non recapitabile: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Onbestelbaar: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Недоставлено: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Nie można dostarczyć: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Teslim edilemedi: Gangguan", NULL, "budi@samudra.example"),
        ("noreply@mx.example", "Tidak terkirim: Gangguan", NULL, "Alamat budi@samudra.example tidak ditemukan."),
        ("milis-owner@samudra.example", "Returned post for milis@samudra.example", "", "Non-subscriber."),
        ("milis-bounces@samudra.example", "Request to mailing list Milis rejected", "List-Id: <m.example>", "No."),
        ("LISTSERV@samudra.example", "Rejected posting to MILIS@SAMUDRA.EXAMPLE", "", "You are not authorized."),
        ("Majordomo@samudra.example", "Majordomo results: hello", "", "Command not recognized."),
    ],
)
def test_a_bounce_beside_evidence(sender, subject, extra, body):
    assert parse(letter(body, sender=sender, subject=subject, extra=extra)).kind is Kind.BOUNCE


@pytest.mark.parametrize(
    ("subject", "extra", "kind", "looks_like"),
    [
        ("Complaint about message from 192.0.2.7", NULL, Kind.ABUSE, Kind.PERSON),
        ("Abuse report", "X-XARF: PLAIN", Kind.ABUSE, Kind.PERSON),
        ("Abuse report", "", Kind.PERSON, Kind.ABUSE),
        ("Your message to Milis awaits moderator approval", "X-List-Administrivia: yes", Kind.DELAY, Kind.PERSON),
    ],
)
def test_complaints_and_lists(subject, extra, kind, looks_like):
    mail = parse(letter("Dikirim ke abuse@samudra.example.", subject=subject, extra=extra))
    assert (mail.kind, mail.looks_like) == (kind, looks_like)


def test_a_report_that_a_person_passes_on_is_an_enclosure():
    body = "--B\n\nKenapa email kami ditolak?\n--B\nContent-Type: message/delivery-status\n\nAction: failed\n--B--"
    mail = parse(letter(body, subject="Fwd: Undelivered Mail", extra='Content-Type: multipart/mixed; boundary="B"'))
    assert mail.kind is Kind.PERSON


# --- words in the thread of a mail of ours ----------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("subject", "body", "kind"),
    [
        ("Balasan otomatis: Re: Gangguan", AWAY, Kind.AUTO_REPLY),
        ("Mail could not be delivered", "Your message could not be delivered to\na@b.example\n550 no", Kind.BOUNCE),
        ("Re: Cuti bersama: mohon jadwal", "Kantor kami tutup selama cuti bersama.", Kind.PERSON),
    ],
)
def test_words_count_in_an_answer_to_our_mail(subject, body, kind, mailbox, procedure):
    first = filed(mailbox, letter())
    ours = write(first)
    answer = filed(mailbox, letter(body, subject=subject, extra=f"In-Reply-To: <{ours.message_id}>"))

    assert (answer.case_id, answer.kind, answer.looks_like) == (first.case_id, kind, Kind.PERSON)
    assert len(procedure.received) == 1 + (kind is Kind.PERSON)  # a machine takes no step


@pytest.mark.django_db(transaction=True)
def test_words_do_not_count_in_an_answer_to_the_customers_own_mail(mailbox, procedure):
    first = filed(mailbox, letter())
    answer = filed(mailbox, letter(AWAY, subject="Balasan otomatis: x", extra=f"References: <{first.message_id}>"))

    assert (answer.case_id, answer.kind, answer.looks_like) == (first.case_id, Kind.PERSON, Kind.AUTO_REPLY)
    assert len(procedure.received) == 2


@pytest.mark.django_db(transaction=True)
def test_explaining_tells_the_same():
    told = explain.explain(letter(AWAY, subject="Balasan otomatis: Gangguan"))
    assert (told["kind"], told["looks_like"], told["is_automatic"]) == ("PERSON", "AUTO_REPLY", True)
    assert told["thread"]["decision"] == "new"


# --- mixtures ---------------------------------------------------------------------------------------------------------
SUBJECTS = [
    *("Balasan otomatis: tiket", "Automatic reply: ticket", "Cuti bersama", "Out of office", "Sedang cuti", "自動返信"),
    *("Undelivered Mail Returned to Sender", "failure notice", "Tidak terkirim: Gangguan", "退信", "Unzustellbar: x"),
    *("Delivery Status Notification (Failure)", "Request to mailing list A rejected", "Complaint about message from x"),
    *("Your message to A awaits moderator approval", "Dibaca: laporan", "Warning: delayed mail", "Gangguan", ""),
]
SENTENCES = [
    *("550 5.1.1 user unknown: a@b.example", "Your message could not be delivered to a@b.example", AWAY),
    *("This is an automatic reply.", "This is an email abuse report.", "Final-Recipient: rfc822; a@b.example"),
    *(
        "Delivery attempts will continue to be made.",
        "配信できませんでした",
        "Message-ID: <a@b.example>",
        "Action: failed",
    ),
    *("Internet 122401000333 mati.", "Pengiriman gagal ke penerima ini:", "Ini adalah balasan otomatis.", "Diagnosis"),
]
PEOPLE = ["budi@samudra.example", "Mail Delivery System <siti@x.example>", "mail-admin@x.example", "noc@x.example"]
# Heads that prove nothing: they deny a machine, name a way, or only ask for something.
PLAIN = [
    *("Auto-Submitted: no", "Auto-Submitted: auto-forwarded", "X-Autoreply: no", "Return-Path: <budi@samudra.example>"),
    *(
        "In-Reply-To: <lain@x.example>",
        "References: <a@x.example> <b@x.example>",
        "X-Spam-Flag: YES",
        "Importance: high",
    ),
    *("X-Mailer: Microsoft Outlook 16.0", "Precedence: normal", "Reply-To: siti@samudra.example", "X-Priority: 1"),
]
# Heads of machines whose mail is a case unless something else says that it answers or returns a mail.
OF_THEM = ["Gangguan", "Cuti bersama: jadwal", "Pesan otomatis: DOWN"]
OF_SYSTEMS = [GENERATED, "List-Id: <a.example>", "X-Cron-Env: <HOME=/>", "X-Auto-Response-Suppress: All"]


@st.composite
def letters(draw, heads):
    """A mail of any words, from a person's address, with none of the evidence of a machine but that of `heads`."""
    return letter(
        "\n".join(draw(st.lists(st.sampled_from(SENTENCES), max_size=4))),
        sender=draw(st.sampled_from(PEOPLE)),
        subject=draw(st.sampled_from(["", "Re: ", "Fwd: ", "RE: FW: "])) + draw(st.sampled_from(SUBJECTS)),
        extra="\n".join(draw(st.lists(st.sampled_from(heads), max_size=4, unique=True))),
    )


@settings(max_examples=600, deadline=None)
@given(letters(PLAIN))
def test_no_mail_without_evidence_is_taken_for_a_machines(raw):
    assert parse(raw).kind not in NEVER_A_CASE


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["Gangguan", "Cuti bersama: jadwal", "Pesan otomatis: DOWN"]), st.sets(st.sampled_from(OF_SYSTEMS))
)
def test_no_system_of_a_customer_is_set_aside_for_its_head(subject, extra):
    raw = letter("Link Tegal putus.", subject=subject, extra="\n".join(sorted(extra)))
    assert parse(raw).kind not in NEVER_A_CASE


@pytest.mark.django_db(transaction=True)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=letters(PLAIN))
def test_no_mail_without_evidence_is_ignored(mailbox, procedure, raw):
    assert filed(mailbox, raw).status != Status.IGNORED


@settings(max_examples=100, deadline=None)
@given(letters(PLAIN), st.booleans())
def test_the_thread_decides_for_our_mails_alone(raw, ours):
    parsed = parse(raw)
    placed = classify.in_thread(parsed, ThreadMatch(PROCEDURE, 1, OURS if ours else "References"))
    if ours and parsed.looks_like in NEVER_A_CASE:
        assert (placed.kind, placed.looks_like) == (parsed.looks_like, Kind.PERSON)
    else:
        assert placed is parsed
