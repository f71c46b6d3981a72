"""Which mails are one, and which case each belongs to: the same answer whatever way, order and number of workers."""

from __future__ import annotations

import base64
import quopri
import random
import smtplib
import threading
from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from django.db import transaction

from tenesa.mail import intake, polling, thread
from tenesa.mail.models import InboundMail, Mailbox
from tests.journeys.patience import eventually
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed, store
from tests.platform.test_perform import in_threads, somebody_waits_for_a_row

pytestmark = pytest.mark.django_db(transaction=True)
Status = InboundMail.Status
WORDS = "Yth. TENESA, tautan Astinet kami di Bandung – gedung é – mati sejak pagi."


def statuses(*mails: InboundMail) -> list[str]:
    return [str(mail.status) for mail in mails]


def another(mailbox: Mailbox) -> Mailbox:
    other = Mailbox.objects.get(pk=mailbox.pk)
    other.pk, other.address = None, f"lain-{mailbox.address}"
    other.save()
    return other


def in_encoding(encoding: str, charset: str = "utf-8") -> bytes:
    sent_as = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}"
    when = "Mon, 16 Nov 2026 09:12:00 +0700"
    head = letter("", message_id="<sama@samudra.example>", date=when, extra=sent_as)
    words = WORDS.replace("–", "-").encode(charset) if charset != "utf-8" else WORDS.replace("–", "-").encode()
    bodies = {"base64": base64.encodebytes(words), "quoted-printable": quopri.encodestring(words), "8bit": words}
    return head.rstrip() + b"\r\n\r\n" + bodies[encoding]


# --- one mail --------------------------------------------------------------------------------------------------------
def test_a_mail_delivered_twice_by_smtp_is_one_case(mailbox, server, procedure):
    raw = letter(WORDS)
    with smtplib.SMTP("127.0.0.1", urlsplit(server.smtp_url).port, timeout=10) as client:
        for _time in range(2):
            client.sendmail("bonar@samudra.example", [mailbox.address], raw)
    server.settle()
    assert polling.poll(mailbox) == 2
    intake.file_batch(list(InboundMail.objects.order_by("pk").values_list("pk", flat=True)))

    first, second = InboundMail.objects.order_by("pk")
    assert statuses(first, second) == [Status.FILED, Status.DUPLICATE]
    assert second.repeats == first
    assert procedure.opened() == 1


def test_a_mail_that_two_mailboxes_get_is_one_case_and_its_answer_joins_it(mailbox, procedure):
    raw = letter(WORDS)
    first = filed(mailbox, raw)
    copy = filed(other := another(mailbox), b"Received: from list.example\r\nList-Id: <tim@samudra.example>\r\n" + raw)
    answer = filed(other, letter("Masih mati.", extra=f"In-Reply-To: <{first.message_id}>"))

    assert statuses(first, copy, answer) == [Status.FILED, Status.DUPLICATE, Status.FILED]
    assert answer.case_id == first.case_id
    assert procedure.opened() == 1


@pytest.mark.parametrize(
    "again",
    [in_encoding("quoted-printable"), in_encoding("base64"), in_encoding("quoted-printable", "iso-8859-1"),
     b"DKIM-Signature: v=1; b=abc\r\nX-Spam-Status: No\r\n" + in_encoding("8bit").replace(b"  ", b" ")],
)  # fmt: skip
def test_the_encoding_on_the_way_makes_no_other_mail(mailbox, procedure, again):
    first, second = filed(mailbox, in_encoding("8bit")), filed(mailbox, again)

    assert statuses(first, second) == [Status.FILED, Status.DUPLICATE]
    assert procedure.opened() == 1


# --- two mails -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"body": "Alarm 1: tautan Tegal mati."}, {"body": "Alarm 2: tautan Brebes mati."}),
        ({"subject": "Alarm 1"}, {"subject": "Alarm 2"}),
        ({"sender": "alat@satu.example"}, {"sender": "alat@dua.example"}),
        ({"date": "Mon, 16 Nov 2026 09:12:00 +0700"}, {"date": "Mon, 16 Nov 2026 09:12:01 +0700"}),
        ({"body": "Formulir: mohon dihubungi.", "date": ""}, {"body": "Formulir: segera dihubungi.", "date": ""}),
    ],
)
def test_other_content_under_the_same_id_is_another_mail(mailbox, procedure, first, second):
    frozen = {"message_id": "<beku@alat.example>", "date": "Mon, 16 Nov 2026 09:12:00 +0700"}
    mails = [filed(mailbox, letter(**{**frozen, **words})) for words in (first, second)]

    assert statuses(*mails) == [Status.FILED, Status.FILED]
    assert len({mail.message_id for mail in mails}) == 2
    assert procedure.opened() == 2
    assert filed(mailbox, letter(**{**frozen, **second})).status == Status.DUPLICATE


def test_the_same_words_without_date_and_under_other_ids_are_two_mails(mailbox, procedure):
    """A form sends “please call me” for everybody: nothing says that it is the same request."""
    mails = [filed(mailbox, letter("Mohon dihubungi.", date="")) for _person in range(2)]

    assert statuses(*mails) == [Status.FILED, Status.FILED]
    assert procedure.opened() == 2


def test_a_mail_filed_before_contents_were_compared_is_recognised(mailbox, procedure):
    first = filed(mailbox, raw := letter(WORDS, message_id="<lama@samudra.example>"))
    InboundMail.objects.filter(pk=first.pk).update(content_hash="")

    again = filed(mailbox, raw)
    other = filed(mailbox, letter("Lain sekali.", message_id="<lama@samudra.example>"))
    assert statuses(again, other) == [Status.DUPLICATE, Status.FILED]
    assert procedure.opened() == 2


def test_what_is_not_read_of_a_long_mail_tells_it_apart(mailbox, procedure):
    when = "Mon, 16 Nov 2026 09:12:00 +0700"
    mails = [letter("x" * 1_000_000 + end, message_id="<beku@alat.example>", date=when) for end in "12"]
    assert statuses(*[filed(mailbox, raw) for raw in mails]) == [Status.FILED, Status.FILED]
    assert filed(mailbox, mails[1]).status == Status.DUPLICATE


@pytest.mark.parametrize("message_id", ["<lama@samudra.example>", ""])
def test_a_mail_that_we_read_otherwise_by_now_is_not_filed_again(mailbox, procedure, message_id):
    """After the server has numbered a folder anew every mail of it comes again."""
    first = filed(mailbox, raw := letter(WORDS, message_id=message_id))
    InboundMail.objects.filter(pk=first.pk).update(content_hash="0" * 64)
    assert filed(mailbox, raw).repeats_id == first.pk
    if message_id:
        assert filed(mailbox, b"X-Jalur: dua\r\n" + raw).repeats_id == first.pk
    assert procedure.opened() == 1


# --- the same cases, whatever the order ------------------------------------------------------------------------------
def conversation(number: int, length: int) -> list[bytes]:
    """A mail and the answers to it, each naming the one before; half of them by In-Reply-To alone."""
    ids = [f"<{number}.{place}@samudra.example>" for place in range(length)]
    chain = []
    for place, own in enumerate(ids):
        named = f"In-Reply-To: {ids[place - 1]}" if place else ""
        if place and number % 2:
            named += f"\nReferences: {' '.join(ids[:place])}"
        chain.append(letter(f"Surat {number}.{place}", message_id=own, extra=named))
    return chain


def cases() -> list[list[str]]:
    found = defaultdict(list)
    for mail in InboundMail.objects.filter(status=Status.FILED):
        found[mail.case_id].append(mail.text.strip())
    return sorted(sorted(words) for words in found.values())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("workers", [1, 4])
def test_a_backlog_makes_the_same_cases_in_any_order_and_by_any_number_of_workers(mailbox, procedure, workers, seed):
    chance = random.Random(f"{workers}.{seed}")
    conversations = [conversation(number, chance.choice([1, 1, 2, 3, 4])) for number in range(40)]
    mails = [raw for one in conversations for raw in one]
    chance.shuffle(mails)
    pks = [mail.pk for mail in store(mailbox, *mails)]
    batches = [pks[start : start + 10] for start in range(0, len(pks), 10)]
    shares = [batches[number::workers] for number in range(workers)]

    failed = [one for one in in_threads(workers, lambda number: [intake.file_batch(part) for part in shares[number]])
              if isinstance(one, Exception)]  # fmt: skip
    assert failed == []
    while intake.file_batch(list(InboundMail.objects.filter(status=Status.STORED).values_list("pk", flat=True))):
        pass
    expected = sorted(
        sorted(f"Surat {number}.{place}" for place in range(len(one))) for number, one in enumerate(conversations)
    )
    assert cases() == expected


def test_a_mail_that_comes_after_its_answer_joins_the_case_of_the_answer(mailbox, procedure):
    first, answer = conversation(1, 2)
    late = [filed(mailbox, answer), filed(mailbox, first)]

    assert late[0].case_id == late[1].case_id
    assert procedure.received[1] == (late[0].case_id, "answered by a mail of the case")


def test_a_parent_that_cannot_be_filed_holds_nobody(mailbox, procedure):
    first, answer = store(mailbox, *conversation(2, 2))
    InboundMail.objects.filter(pk=first.pk).update(status=Status.QUARANTINED, reason="kaset macet")

    assert intake.file_batch([answer.pk]) == 1
    answer.refresh_from_db()
    assert answer.status == Status.FILED


# --- what else makes another mail ------------------------------------------------------------------------------------
def with_file(content: bytes, **head: str) -> bytes:
    parts = f"""\
    --B
    Content-Type: text/plain

    Terlampir.
    --B
    Content-Type: application/octet-stream; name="hasil.bin"
    Content-Disposition: attachment; filename="hasil.bin"
    Content-Transfer-Encoding: base64

    {base64.b64encode(content).decode()}
    --B--
    """
    return letter(parts, extra='Content-Type: multipart/mixed; boundary="B"', **head)


def test_another_file_under_the_same_words_is_another_mail(mailbox, procedure):
    frozen = {"message_id": "<ukur@alat.example>", "date": "Mon, 16 Nov 2026 09:12:00 +0700"}
    mails = [filed(mailbox, with_file(content, **frozen)) for content in (b"satu", b"dua", b"dua")]

    assert statuses(*mails) == [Status.FILED, Status.FILED, Status.DUPLICATE]
    assert procedure.opened() == 2


def test_a_mail_that_is_set_aside_keeps_its_files(mailbox):
    raw = with_file(b"surat cuti").replace(b"MIME-Version", b"Auto-Submitted: auto-replied\r\nMIME-Version", 1)
    mail = filed(mailbox, raw)

    assert mail.status == Status.IGNORED
    assert [one.name for one in mail.attachments.all()] == ["hasil.bin"]


def test_a_machines_mail_draws_nobody_into_its_case(mailbox, procedure):
    first = filed(mailbox, letter(message_id="<awal@samudra.example>"))
    named = "In-Reply-To: <asing@lain.example>\nReferences: <awal@samudra.example> <asing@lain.example>"
    answer = filed(mailbox, letter("Saya cuti.", extra=f"{named}\nAuto-Submitted: auto-replied"))
    late = filed(mailbox, letter("Hal lain.", message_id="<asing@lain.example>", sender="orang@lain.example"))

    assert answer.case_id == first.case_id
    assert late.case_id != first.case_id


def test_two_mails_of_a_conversation_are_filed_one_after_the_other(mailbox, procedure):
    """Not by luck: one who files a mail holds its id, and whoever files the answer is seen waiting for it."""
    first, answer = store(mailbox, *conversation(3, 2))
    done: list[object] = []

    def file() -> None:
        done.extend(in_threads(1, lambda _number: intake.file_mail(answer.pk)))

    with transaction.atomic():
        thread.lock([first.message_id])
        waiting = threading.Thread(target=file)
        waiting.start()
        eventually(somebody_waits_for_a_row, what="the answer to wait")
        assert done == []
    waiting.join()
    assert done == [Status.FILED]
