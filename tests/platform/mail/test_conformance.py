"""What a mail server decides and we have to live with: IDLE, the sent folder's name, UIDs that begin anew.

Like all tests here they run on every server, see Conformance in the README.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tenesa.mail import imap, intake, ledger, polling
from tenesa.mail.models import InboundMail, Mailbox, MailFolder
from tests.platform.mail.conftest import MailServer, child_environment, wait_for
from tests.platform.mail.letters import letter
from tests.platform.mail.servers import marking_imap, running

pytestmark = pytest.mark.django_db(transaction=True)
Status = InboundMail.Status
PATIENCE = 60.0


def file_all() -> None:
    for pk in InboundMail.objects.filter(status=Status.STORED).order_by("pk").values_list("pk", flat=True):
        intake.file_mail(pk)


def statuses() -> list[str]:
    return list(InboundMail.objects.order_by("pk").values_list("status", flat=True))


# --- IDLE -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def watcher(mailbox: Mailbox, server: MailServer) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py watch_mail` in a process of its own, listening; nothing else reads the mailbox."""
    folder = MailFolder.objects.create(mailbox=mailbox)
    argv = [sys.executable, "manage.py", "watch_mail"]
    process = subprocess.Popen(argv, env=child_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: MailFolder.objects.filter(pk=folder.pk, polled_at__isnull=False).exists(), PATIENCE)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_the_server_says_that_mail_came_and_it_is_stored_in_two_seconds(mailbox, server, watcher):
    """Whatever comes is the word of the server: the next reading without one is minutes away. A machine that is busy
    with other things may delay one mail, but not each of ten."""
    quickest = float("inf")
    for number in range(1, 11):
        began = time.monotonic()
        server.put(mailbox.username, letter())
        wait_for(lambda expected=number: InboundMail.objects.count() == expected, PATIENCE)
        quickest = min(quickest, time.monotonic() - began)
        if quickest < 2:
            break
    assert quickest < 2


@pytest.mark.slow
def test_it_ends_when_it_is_asked_to(watcher):
    watcher.send_signal(signal.SIGTERM)
    assert watcher.wait(PATIENCE) == 0


# --- the sent folder --------------------------------------------------------------------------------------------------
@pytest.fixture
def marked(mailbox: Mailbox, server: MailServer) -> Iterator[str]:
    """The folder that the server marks as its sent folder; the mailbox's settings name one that does not exist."""
    mailbox.sent_folder = "Terkirim"
    mailbox.save()
    if server.real is not None:
        yield "Sent"
        return
    with running(marking_imap((server.imap_host, server.imap_port), b"Sent")) as port:
        mailbox.imap_port = port
        mailbox.save()
        yield "Sent"


def test_a_copy_goes_into_the_folder_that_the_server_marks(mailbox, server, marked):
    raw = letter(message_id="<surat-1@telkom.example>")
    imap.append_sent(mailbox, raw)

    assert server.mails(mailbox.username, marked) == [raw]
    assert not server.mails(mailbox.username, "Terkirim")


def test_a_mail_is_found_in_the_marked_folder_as_in_the_named_one(mailbox, server, marked):
    client = server.client(mailbox.username)
    client.create_folder("Terkirim")
    client.logout()
    server.put(mailbox.username, letter(message_id="<di-sent@telkom.example>"), folder=marked)
    server.put(mailbox.username, letter(message_id="<di-terkirim@telkom.example>"), folder="Terkirim")

    for name, known in (("di-sent", True), ("di-terkirim", True), ("di-mana", False)):
        assert imap.find_sent(mailbox, f"<{name}@telkom.example>") is known


def test_the_named_folder_is_made_where_the_server_has_none(mailbox, server):
    if server.real is not None:
        pytest.skip("this server marks one")
    mailbox.sent_folder = "Terkirim"
    raw = letter()
    imap.append_sent(mailbox, raw)
    assert server.mails(mailbox.username, "Terkirim") == [raw]


# --- UIDVALIDITY ------------------------------------------------------------------------------------------------------
def test_a_folder_that_was_made_anew_is_read_from_its_beginning(mailbox, server, procedure):
    """The server's administrator restores a folder: other UIDVALIDITY, UIDs from the first, the same mail and more."""
    known = [letter() for _ in range(3)]
    client = server.client(mailbox.username)
    client.create_folder("Keluhan")
    server.put(mailbox.username, *known, folder="Keluhan")
    MailFolder.objects.create(mailbox=mailbox, name="Keluhan")
    assert polling.poll(Mailbox.objects.get()) == 3
    file_all()
    before = MailFolder.objects.get()
    client.delete_folder("Keluhan")
    client.create_folder("Keluhan")
    client.logout()
    server.put(mailbox.username, *known[:2], letter("sesudah dipulihkan"), folder="Keluhan")

    assert polling.poll(Mailbox.objects.get()) == 3
    file_all()

    after = MailFolder.objects.get()
    assert after.uid_validity != before.uid_validity
    assert after.last_uid == before.last_uid
    assert statuses() == [Status.FILED] * 3 + [Status.DUPLICATE] * 2 + [Status.FILED]
    assert procedure.opened() == 4
    [day] = ledger.check(after)
    assert (day.on_server, day.difference, day.missing) == (3, 0, [])
