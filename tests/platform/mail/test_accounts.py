"""Whose servers are read: folders, POP3, secrets at rest. How we sign in by token: `test_signin`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from tenesa.mail import imap, intake, polling
from tenesa.mail.models import InboundMail, Mailbox, MailFolder
from tenesa.mail.secrets import Unreadable
from tests.platform.mail.conftest import MailServer
from tests.platform.mail.letters import letter
from tests.platform.mail.servers import Pop3Store, pop3_server, running

pytestmark = pytest.mark.django_db(transaction=True)
Status = InboundMail.Status


def again(mailbox: Mailbox) -> Mailbox:
    return Mailbox.objects.get(pk=mailbox.pk)


def file_all() -> None:
    for pk in InboundMail.objects.filter(status=Status.STORED).order_by("pk").values_list("pk", flat=True):
        intake.file_mail(pk)


def uids(mailbox: Mailbox, server: MailServer) -> list[int]:
    client = server.client(mailbox.username)
    client.select_folder("INBOX", readonly=True)
    found = sorted(client.search())
    client.logout()
    return found


# --- folders ----------------------------------------------------------------------------------------------------------
def with_folder(mailbox, server, name, **changes):
    client = server.client(mailbox.username)
    if not client.folder_exists(name):
        client.create_folder(name)
    client.logout()
    return MailFolder.objects.create(mailbox=mailbox, name=name, **changes)


def test_each_folder_has_a_cursor_of_its_own(mailbox, server):
    inbox = MailFolder.objects.create(mailbox=mailbox)
    other = with_folder(mailbox, server, "Keluhan")
    server.put(mailbox.username, letter(), letter())
    server.put(mailbox.username, letter(), folder="Keluhan")

    assert polling.poll(again(mailbox)) == 3
    assert polling.poll(again(mailbox)) == 0

    for folder, count in ((inbox, 2), (other, 1)):
        assert InboundMail.objects.filter(mailbox=mailbox, folder=folder.name).count() == count


def test_a_folder_that_is_gone_does_not_hold_up_the_others(mailbox, server):
    MailFolder.objects.create(mailbox=mailbox, name="Hilang")
    MailFolder.objects.create(mailbox=mailbox)
    server.put(mailbox.username, letter())

    assert polling.poll(again(mailbox)) == 1
    assert MailFolder.objects.get(name="Hilang").last_error
    assert "Hilang" in again(mailbox).last_error


def test_it_moves_what_was_filed_and_only_that(mailbox, server, procedure):
    MailFolder.objects.create(mailbox=mailbox, move_to="Selesai")
    server.put(mailbox.username, letter(), letter())
    polling.poll(again(mailbox))
    assert len(server.mails(mailbox.username)) == 2
    intake.file_mail(InboundMail.objects.order_by("pk")[0].pk)

    polling.poll(again(mailbox))

    assert len(server.mails(mailbox.username)) == 1
    assert len(server.mails(mailbox.username, "Selesai")) == 1
    assert InboundMail.objects.filter(moved_at__isnull=False).count() == 1
    assert polling.poll(again(mailbox)) == 0


def test_one_poison_mail_holds_up_nothing(mailbox, server, monkeypatch):
    server.put(mailbox.username, *[letter(str(n)) for n in range(4)])
    fetch, poison = imap.fetch, uids(mailbox, server)[1]

    def choking(client, sizes):
        if poison in sizes:
            client.shutdown()
            raise OSError("the server hung up")
        return fetch(client, sizes)

    monkeypatch.setattr(imap, "fetch", choking)

    assert polling.poll(mailbox) == 4
    statuses = list(InboundMail.objects.order_by("uid").values_list("status", flat=True))
    assert statuses == [Status.STORED, Status.QUARANTINED, Status.STORED, Status.STORED]


# --- POP3 -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def pop3(mailbox) -> Iterator[Pop3Store]:
    store = Pop3Store()
    with running(pop3_server(store)) as port:
        Mailbox.objects.filter(pk=mailbox.pk).update(protocol="POP3", imap_port=port)
        yield store


def test_it_reads_a_pop3_server_once_by_uidl_and_deletes_nothing(mailbox, pop3, procedure):
    raw = [letter("." + "x" * 5000), letter("dua")]
    pop3.mails = {"a1": raw[0] + b"\r\n", "b2": raw[1] + b"\r\n"}
    assert polling.poll(again(mailbox)) == 2
    pop3.mails = {"c3": letter("tiga"), **pop3.mails}  # numbers change, names do not

    assert polling.poll(again(mailbox)) == 1
    assert polling.poll(again(mailbox)) == 0
    file_all()

    rows = InboundMail.objects.order_by("pk").select_related("blob")
    assert [row.uidl for row in rows] == ["a1", "b2", "c3"]
    assert rows[0].raw == pop3.mails["a1"]
    assert {row.status for row in rows} == {Status.FILED}
    assert pop3.deleted == 0


def test_a_mail_that_pop3_does_not_give_waits_for_a_person(mailbox, pop3):
    pop3.mails = {"a1": letter(), "b2": letter()}
    pop3.refused = {"a1"}

    assert polling.poll(again(mailbox)) == 2
    assert InboundMail.objects.get(uidl="a1").status == Status.QUARANTINED
    assert InboundMail.objects.get(uidl="b2").status == Status.STORED


def test_a_wrong_pop3_password_is_noted(mailbox, pop3):
    pop3.password = "lain"
    assert polling.poll(again(mailbox)) == 0
    assert again(mailbox).last_error


# --- secrets ----------------------------------------------------------------------------------------------------------
def at_rest(mailbox: Mailbox) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM mail_mailbox WHERE id = %s", [mailbox.pk])
        return str(cursor.fetchone()[0])


def test_a_password_is_not_in_the_database(mailbox):
    assert at_rest(mailbox).startswith("fernet:")
    assert "rahasia" not in at_rest(mailbox)
    assert again(mailbox).password == "rahasia"


def test_keys_can_be_changed(mailbox, settings):
    settings.MAIL_SECRETS = ["kunci-baru"]
    assert again(mailbox).password == "rahasia"
    before = at_rest(mailbox)

    call_command("rotate_mail_secrets", verbosity=0)

    assert at_rest(mailbox) != before
    settings.SECRET_KEY = "x" * 50
    assert again(mailbox).password == "rahasia"


def test_a_secret_of_an_unknown_key_is_kept_and_not_overwritten(mailbox, settings):
    before = at_rest(mailbox)
    settings.SECRET_KEY = "y" * 50
    unread = again(mailbox)
    assert isinstance(unread.password, Unreadable)

    unread.save()

    assert at_rest(mailbox) == before
