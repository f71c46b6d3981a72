from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenesa.mail import classify, intake, polling, registry
from tenesa.mail.models import InboundMail, Mailbox
from tenesa.mail.values import Fetched
from tests.platform.mail.conftest import PROCEDURE, child_environment, wait_for
from tests.platform.mail.letters import letter

pytestmark = pytest.mark.django_db(transaction=True)
Status = InboundMail.Status


def store(mailbox: Mailbox, *mails: bytes) -> list[InboundMail]:
    [folder] = Mailbox.objects.get(pk=mailbox.pk).folders_to_read()
    batch = [Fetched(folder.last_uid + n, raw) for n, raw in enumerate(mails, start=1)]
    pks = polling.store(folder, 7, batch)
    return list(InboundMail.objects.filter(pk__in=pks or []).order_by("pk"))


def filed(mailbox: Mailbox, raw: bytes) -> InboundMail:
    """Store and file one mail, and read it back."""
    [mail] = store(mailbox, raw)
    intake.file_mail(mail.pk)
    mail.refresh_from_db()
    return mail


def test_it_files_a_mail_with_everything_it_says(mailbox, procedure):
    mail = filed(
        mailbox, letter("Link SID 4700112-0045127790 mati. HP 0812-0000-1187.", subject="Re: LAPOR IN10482219")
    )

    assert (mail.status, mail.procedure, mail.case_id) == (Status.FILED, PROCEDURE, mail.pk)
    assert (mail.from_address, mail.from_name) == ("bonar@samudra.example", "Bonar Nababan")
    assert mail.extracted == {
        "product_ids": ["4700112-0045127790"],
        "incidents": ["IN10482219"],
        "phones": ["+6281200001187"],
        "own": ["4700112-0045127790", "IN10482219"],
    }
    assert mail.sent_at is not None
    assert procedure.received == [(mail.pk, "new")]


def test_it_keeps_attachments(mailbox):
    body = """\
    --B
    Content-Type: text/plain

    Terlampir.
    --B
    Content-Type: application/pdf; name="surat tugas.pdf"
    Content-Disposition: attachment; filename="surat tugas.pdf"
    Content-Transfer-Encoding: base64

    JVBERi0xLjQK
    --B--
    """
    mail = filed(mailbox, letter(body, extra='Content-Type: multipart/mixed; boundary="B"'))

    [attachment] = mail.attachments.all()
    assert (attachment.name, attachment.content_type, attachment.size) == ("surat tugas.pdf", "application/pdf", 9)
    assert attachment.blob.content == b"%PDF-1.4\n"


def test_it_takes_the_same_mail_sent_twice_as_one(mailbox, procedure):
    raw = letter()
    first, second = filed(mailbox, raw), filed(mailbox, b"X-Jalur: kedua\r\n" + raw)

    assert (first.status, second.status) == (Status.FILED, Status.DUPLICATE)
    assert str(first.pk) in second.reason
    assert procedure.opened() == 1


def test_it_does_not_lose_mails_of_a_device_that_reuses_its_message_id(mailbox, procedure):
    first = filed(mailbox, letter("Alarm 1", message_id="<1@router>", date="Mon, 16 Nov 2026 09:12:00 +0700"))
    other = letter("Alarm 2", message_id="<1@router>", date="Mon, 16 Nov 2026 10:12:00 +0700")
    second, again = filed(mailbox, other), filed(mailbox, other)

    assert [mail.status for mail in (first, second, again)] == [Status.FILED, Status.FILED, Status.DUPLICATE]
    assert procedure.opened() == 2


def test_it_gives_a_mail_without_message_id_one_made_of_its_bytes(mailbox):
    raw = letter(message_id="")
    first, second, third = filed(mailbox, raw), filed(mailbox, raw), filed(mailbox, letter("Lain.", message_id=""))

    assert first.message_id.endswith("@no-message-id.invalid")
    assert [mail.status for mail in (first, second, third)] == [Status.FILED, Status.DUPLICATE, Status.FILED]


def test_why_a_mail_is_set_aside_is_said_in_the_house_s_language():
    """No sentence of the classifier stands outside gettext; what a header says is quoted as it is."""
    tree = ast.parse(Path(classify.__file__).read_text())
    said = {id(part) for call in ast.walk(tree) if _is_gettext(call) for part in ast.walk(call)}
    said |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    plain = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and id(one) not in said]
    assert [text for text in plain if isinstance(text, str) and re.search(r"[a-z]{2} [a-z]{2}", text)] == []


def _is_gettext(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


def test_it_ignores_a_machine_that_concerns_no_case_and_says_why(mailbox, procedure):
    mail = filed(
        mailbox, letter("Saya sedang cuti.", subject="Balasan otomatis: cuti", extra="Auto-Submitted: auto-replied")
    )

    assert mail.status == Status.IGNORED
    assert mail.reason == "Balasan otomatis: subjek balasan otomatis, Auto-Submitted: auto-replied"
    assert procedure.received == []


def test_it_tries_three_times_and_then_quarantines_with_the_reason(mailbox, procedure):
    procedure.fail = RuntimeError("kaset macet")
    [mail] = store(mailbox, letter())

    assert intake.file_mail(mail.pk) == Status.STORED
    assert intake.file_again([mail.pk]) == 0
    assert intake.file_again([mail.pk]) == 1

    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (Status.QUARANTINED, 3)
    assert "kaset macet" in mail.reason
    assert procedure.opened() == 0


def test_it_files_after_the_trouble_is_over(mailbox, procedure):
    procedure.fail = RuntimeError("kaset macet")
    [mail] = store(mailbox, letter())
    intake.file_mail(mail.pk)
    procedure.fail = None

    assert intake.file_again([mail.pk]) == 1
    mail.refresh_from_db()
    assert (mail.status, mail.reason) == (Status.FILED, "")


def test_it_finds_mails_whose_wake_up_was_lost(mailbox, nudges):
    mails = store(mailbox, letter(), letter())
    nudges.clear()
    assert intake.sweep() == 0
    InboundMail.objects.update(nudged_at=timezone.now() - 2 * intake.LOST_AFTER)

    assert intake.sweep() == 2
    assert nudges == [("file_mails_again", [mail.pk for mail in mails])]
    assert intake.sweep() == 0


def test_it_files_a_batch_although_one_mail_in_it_fails(mailbox, procedure, monkeypatch):
    mails = store(mailbox, letter("baik"), letter("buruk"), letter("baik"))
    receive = procedure.receive

    def moody(mail, parsed, match):
        if "buruk" in parsed.text:
            raise ValueError("buruk")
        return receive(mail, parsed, match)

    monkeypatch.setattr(
        "tenesa.mail.registry._handlers",
        {
            PROCEDURE: registry.Handlers(
                moody, lambda mail: None, lambda mail: None, lambda user, case_id: False, lambda numbers: ()
            )
        },
    )

    assert intake.file_batch([mail.pk for mail in mails]) == 2
    assert list(InboundMail.objects.order_by("pk").values_list("status", flat=True)) == ["FILED", "STORED", "FILED"]


def test_mails_of_one_batch_know_each_other(mailbox, procedure):
    twice = letter("Internet mati.", message_id="<satu@samudra.example>")
    answer = letter("Sudah normal.", message_id="<dua@samudra.example>", extra="In-Reply-To: <satu@samudra.example>")
    mails = store(mailbox, twice, answer, twice)

    assert intake.file_batch([mail.pk for mail in mails]) == 3
    assert list(InboundMail.objects.order_by("pk").values_list("status", flat=True)) == ["FILED", "FILED", "DUPLICATE"]
    assert procedure.received == [(mails[0].pk, "new"), (mails[0].pk, "References")]


def test_a_batch_keeps_the_attachments_of_every_mail_with_it(mailbox, procedure):
    def with_file(name: str) -> bytes:
        kind = 'Content-Type: application/pdf; name="{0}"\nContent-Disposition: attachment; filename="{0}"'
        return letter("JVBERi0=", extra=f"{kind.format(name)}\nContent-Transfer-Encoding: base64")

    mails = store(mailbox, with_file("satu.pdf"), letter(), with_file("dua.pdf"))
    intake.file_batch([mail.pk for mail in mails])

    assert {mail.pk: [one.name for one in mail.attachments.all()] for mail in mails} == {
        mails[0].pk: ["satu.pdf"],
        mails[1].pk: [],
        mails[2].pk: ["dua.pdf"],
    }


def test_it_needs_few_queries_for_a_mail(mailbox):
    [mail, *more] = store(mailbox, *[letter() for _ in range(11)])

    with CaptureQueriesContext(connection) as queries:
        intake.file_mail(mail.pk)
    # begin, claim with bytes, mailbox, savepoint, locks, the same mail, an answer to it, [the receiver: 2], update,
    # release, commit
    assert len(queries) <= 12, [query["sql"][:80] for query in queries]

    with CaptureQueriesContext(connection) as queries:
        intake.file_batch([one.pk for one in more])
    assert len(queries) <= 7 + 3 * len(more), [query["sql"][:80] for query in queries]


def test_it_files_one_of_eight_equal_deliveries_at_once(mailbox, procedure):
    raw = letter()
    mails = store(mailbox, *[raw] * 8)
    together = threading.Barrier(8)

    def work(pk: int) -> None:
        together.wait()
        intake.file_mail(pk)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(mail.pk,)) for mail in mails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = sorted(InboundMail.objects.filter(mailbox=mailbox).values_list("status", flat=True))
    assert statuses == [Status.DUPLICATE] * 7 + [Status.FILED]
    assert procedure.opened() == 1


def test_it_files_a_mail_once_when_eight_workers_are_woken_for_it(mailbox, procedure):
    [mail] = store(mailbox, letter())
    together = threading.Barrier(8)

    def work() -> None:
        together.wait()
        intake.file_mail(mail.pk)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert procedure.opened() == 1


@pytest.mark.slow
def test_it_files_again_what_a_killed_worker_had_in_hand(mailbox, procedure):
    [mail] = store(mailbox, letter())
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.platform.mail.worker", "file", str(mail.pk)],
        env=child_environment(),
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"receiving\n"  # inside the transaction, rows of the case written
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert procedure.opened() == 0

    wait_for(lambda: intake.file_mail(mail.pk) == Status.FILED)  # until PostgreSQL has noticed the death

    assert procedure.opened() == 1


def test_it_gives_up_on_a_mail_that_ends_every_worker(mailbox):
    [mail] = store(mailbox, letter())
    InboundMail.objects.filter(pk=mail.pk).update(attempts=intake.MAX_ATTEMPTS)

    intake.file_again([mail.pk])

    mail.refresh_from_db()
    assert mail.status == Status.QUARANTINED
    assert mail.reason
