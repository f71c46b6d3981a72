from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenesa.mail import imap, intake, polling
from tenesa.mail.models import Blob, InboundMail, Mailbox, MailFolder
from tenesa.mail.values import Fetched
from tests.platform.mail.letters import letter

pytestmark = pytest.mark.django_db(transaction=True)
Status = InboundMail.Status


def inbox(mailbox: Mailbox) -> MailFolder:
    return MailFolder.objects.select_related("mailbox").get_or_create(mailbox=mailbox, name="INBOX")[0]


def statuses(mailbox: Mailbox) -> list[str]:
    return list(InboundMail.objects.filter(mailbox=mailbox).order_by("pk").values_list("status", flat=True))


def file_all(mailbox: Mailbox) -> None:
    for pk in (
        InboundMail.objects.filter(mailbox=mailbox, status=Status.STORED).order_by("pk").values_list("pk", flat=True)
    ):
        intake.file_mail(pk)


def test_it_stores_bytes_ledger_and_cursor_before_it_wakes_anybody(mailbox, server, nudges):
    raw = [letter(f"Surat {n}") for n in range(12)]
    server.put(mailbox.username, *raw)

    assert polling.poll(mailbox) == 12

    rows = list(InboundMail.objects.filter(mailbox=mailbox).select_related("blob").order_by("uid"))
    assert [row.raw for row in rows] == raw
    assert {row.status for row in rows} == {Status.STORED}
    assert inbox(mailbox).last_uid == rows[-1].uid
    assert inbox(mailbox).last_error == ""
    assert [len(args) for _task, args in nudges] == [10, 2]


def test_it_reads_only_what_is_new_and_changes_no_flag(mailbox, server):
    server.put(mailbox.username, letter())
    polling.poll(mailbox)
    server.put(mailbox.username, letter())

    assert polling.poll(mailbox) == 1
    assert polling.poll(mailbox) == 0

    client = server.client(mailbox.username)
    client.select_folder("INBOX")
    assert len(client.search("UNSEEN")) == 2
    client.logout()


def test_it_goes_on_after_a_mail_that_others_have_read(mailbox, server):
    server.put(mailbox.username, letter())
    client = server.client(mailbox.username)
    client.select_folder("INBOX")
    client.add_flags(client.search(), [b"\\Seen"])
    client.logout()

    assert polling.poll(mailbox) == 1


def test_it_starts_again_when_the_uids_are_new_and_files_nothing_twice(mailbox, server, procedure):
    server.put(mailbox.username, letter(), letter(message_id=""))
    polling.poll(mailbox)
    file_all(mailbox)
    MailFolder.objects.filter(mailbox=mailbox).update(uid_validity=1, last_uid=99_999)
    InboundMail.objects.filter(mailbox=mailbox).update(uid_validity=1)

    assert polling.poll(mailbox) == 2
    file_all(mailbox)

    assert statuses(mailbox) == [Status.FILED, Status.FILED, Status.DUPLICATE, Status.DUPLICATE]
    assert procedure.opened() == 2
    assert Blob.objects.count() == 2


def test_it_leaves_everything_to_the_reader_who_moved_the_cursor_first(mailbox):
    mine, other = inbox(mailbox), inbox(mailbox)
    assert polling.store(mine, 7, [Fetched(1, letter())]) is not None

    assert polling.store(other, 7, [Fetched(1, letter())]) is None

    assert InboundMail.objects.filter(mailbox=mailbox).count() == 1


def test_it_does_not_read_a_mailbox_that_another_worker_reads(mailbox, server):
    server.put(mailbox.username, letter())
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('tenesa.mail.poll'), %s)", [inbox(mailbox).pk])
        assert polling.poll(mailbox) == 0
        cursor.execute("SELECT pg_advisory_unlock_all()")
    other.close()

    assert polling.poll(mailbox) == 1


def test_it_notes_an_unreachable_server_and_backs_off(mailbox):
    Mailbox.objects.filter(pk=mailbox.pk).update(imap_port=1)

    assert polling.poll(mailbox) == 0
    assert polling.poll(mailbox) == 0

    after = inbox(mailbox)
    assert after.failures == 2
    assert "127.0.0.1" in after.last_error
    assert after.next_poll_at is not None


def test_it_notes_a_wrong_password_and_recovers(mailbox, server):
    server.put(mailbox.username, letter())
    Mailbox.objects.filter(pk=mailbox.pk).update(password="salah")
    assert polling.poll(mailbox) == 0
    assert inbox(mailbox).last_error

    Mailbox.objects.filter(pk=mailbox.pk).update(password="rahasia")
    assert polling.poll(mailbox) == 1
    assert (inbox(mailbox).failures, inbox(mailbox).last_error) == (0, "")


def test_it_quarantines_a_mail_that_the_server_does_not_give(mailbox):
    polling.store(inbox(mailbox), 7, [Fetched(3, b"")])

    row = InboundMail.objects.get(mailbox=mailbox)
    assert row.status == Status.QUARANTINED
    assert row.reason
    assert inbox(mailbox).last_uid == 3


def test_it_stores_a_batch_in_few_queries(mailbox):
    batch = [Fetched(uid, letter()) for uid in range(1, 51)]

    folder = inbox(mailbox)

    with CaptureQueriesContext(connection) as queries:
        polling.store(folder, 7, batch)

    # begin, lock folder, blobs, ledger, cursor, commit
    assert len(queries) <= 7, [query["sql"][:80] for query in queries]


def test_it_stores_big_mails_in_parts_of_bounded_size(mailbox, server, monkeypatch, nudges):
    monkeypatch.setattr(imap, "BATCH_BYTES", 5000)
    server.put(mailbox.username, *[letter("x" * 2000) for _ in range(4)])

    assert polling.poll(mailbox) == 4
    assert [len(args) for _task, args in nudges] == [2, 2]
