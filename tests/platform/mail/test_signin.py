"""Signing in by token (XOAUTH2) where no password is taken: IMAP, POP3 and SMTP; refreshed, encrypted at rest.

With MAIL_SERVER=dovecot Dovecot and Postfix ask the provider themselves whether a token is good.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from tenesa.mail import outbox, polling, signin
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tenesa.mail.outbox import MailOut
from tests.platform.mail.conftest import DOMAIN, PASSWORD, Letter, MailServer, event, smtp_port
from tests.platform.mail.letters import letter
from tests.platform.mail.servers import (
    Pop3Store,
    Provider,
    pop3_server,
    running,
    token_server,
    xoauth2_imap,
    xoauth2_smtp,
)

pytestmark = pytest.mark.django_db(transaction=True)


def again(mailbox: Mailbox) -> Mailbox:
    return Mailbox.objects.get(pk=mailbox.pk)


@pytest.fixture
def provider(mailbox: Mailbox, server: MailServer) -> Iterator[Provider]:
    made = Provider(mailbox.username)
    with ExitStack() as stack:
        if server.real:
            token_port = stack.enter_context(running(token_server(made, server.real.provider)))
        else:
            token_port = stack.enter_context(running(token_server(made)))
            imap_front = xoauth2_imap((server.imap_host, server.imap_port), made, PASSWORD)
            smtp_front = xoauth2_smtp(("127.0.0.1", smtp_port(server)), made, PASSWORD)
            mailbox.imap_port = stack.enter_context(running(imap_front))
            mailbox.smtp_url = f"smtp://127.0.0.1:{stack.enter_context(running(smtp_front))}"
        mailbox.sign_in, mailbox.password = Mailbox.SignIn.MICROSOFT, ""
        mailbox.oauth_client_id, mailbox.oauth_client_secret = "tenesa", "rahasia-klien"
        mailbox.oauth_refresh_token = "refresh-0"
        mailbox.oauth_token_url = f"http://127.0.0.1:{token_port}/token"
        mailbox.save()
        yield made


@pytest.fixture
def over_pop3(mailbox: Mailbox, server: MailServer, provider: Provider) -> Iterator[None]:
    """The same account, one mail in it, read by POP3."""
    raw = letter("lewat POP3")
    if server.real:
        server.put(mailbox.username, raw)
        Mailbox.objects.filter(pk=mailbox.pk).update(protocol="POP3", imap_port=server.real.pop3)
        yield
        return
    with running(pop3_server(Pop3Store(mails={"a1": raw}, provider=provider))) as port:
        Mailbox.objects.filter(pk=mailbox.pk).update(protocol="POP3", imap_port=port)
        yield


def revoke(provider: Provider) -> None:
    """The token that we hold is good no more, long before its time."""
    provider.access_token = "of somebody else"


# --- IMAP -------------------------------------------------------------------------------------------------------------
def test_it_signs_in_by_token_and_keeps_it(mailbox, server, provider):
    server.put(mailbox.username, letter())

    assert polling.poll(again(mailbox)) == 1
    assert polling.poll(again(mailbox)) == 0

    [asked] = provider.asked
    assert (asked["grant_type"], asked["client_id"]) == ("refresh_token", "tenesa")
    assert all(right in asked["scope"] for right in ("IMAP.AccessAsUser.All", "POP.AccessAsUser.All", "SMTP.Send"))
    assert again(mailbox).oauth_refresh_token == provider.refresh_token == "refresh-1"


def test_it_refreshes_in_time_and_after_a_revocation(mailbox, server, provider):
    polling.poll(again(mailbox))
    Mailbox.objects.update(oauth_valid_until=timezone.now() + timedelta(minutes=4))
    polling.poll(again(mailbox))
    assert len(provider.asked) == 2
    revoke(provider)

    polling.poll(again(mailbox))

    assert len(provider.asked) == 3
    assert again(mailbox).last_error == ""


def test_two_workers_ask_for_one_token(mailbox, provider):
    tokens = []

    def work() -> None:
        tokens.append(signin.access_token(Mailbox.objects.get(pk=mailbox.pk)))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tokens == ["access-1"] * 4
    assert len(provider.asked) == 1


def test_a_refused_sign_in_is_said_in_words(mailbox, provider):
    provider.refuses = "consent withdrawn"
    assert polling.poll(again(mailbox)) == 0
    assert "consent withdrawn" in again(mailbox).last_error


def test_tokens_are_not_in_the_database(mailbox, provider):
    polling.poll(again(mailbox))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oauth_access_token, oauth_refresh_token, oauth_client_secret FROM mail_mailbox WHERE id = %s",
            [mailbox.pk],
        )
        stored = cursor.fetchone()
    assert all(secret.startswith("fernet:") for secret in stored)
    assert again(mailbox).oauth_access_token == provider.access_token


# --- POP3 -------------------------------------------------------------------------------------------------------------
def test_pop3_signs_in_by_token_and_by_a_new_one_when_it_was_revoked(mailbox, provider, over_pop3):
    assert polling.poll(again(mailbox)) == 1
    revoke(provider)

    assert polling.poll(again(mailbox)) == 0

    assert again(mailbox).last_error == ""
    assert len(provider.asked) == 2
    assert InboundMail.objects.get().uidl


def test_pop3_says_in_words_that_no_token_is_taken(mailbox, provider, over_pop3):
    polling.poll(again(mailbox))
    provider.user = "orang-lain"  # the provider's answers name another account from now on

    assert polling.poll(again(mailbox)) == 0

    assert again(mailbox).last_error


# --- SMTP -------------------------------------------------------------------------------------------------------------
def write(mailbox: Mailbox) -> OutboundMail:
    with transaction.atomic():
        mail = MailOut(purpose="reply", to=[f"pelanggan@{DOMAIN}"], body="Baik.", mailbox=again(mailbox))
        return mail.write(Letter(mailbox.pk), event(mailbox.pk))  # type: ignore[arg-type]


def test_smtp_signs_in_by_token_and_by_a_new_one_when_it_was_revoked(mailbox, server, provider):
    first, second = write(mailbox), write(mailbox)
    assert outbox.deliver(first.pk) == "sent"
    assert len(provider.asked) == 1
    revoke(provider)

    assert outbox.deliver(second.pk) == "sent"

    assert len(provider.asked) == 2
    received = [raw for raw in server.mails("pelanggan") if mailbox.address.encode() in raw]
    assert len(received) == 2


def test_smtp_tries_a_refused_token_later(mailbox, provider):
    mail = write(mailbox)
    provider.user = "orang-lain"
    assert outbox.deliver(mail.pk) == "later"
    mail.refresh_from_db()
    assert "535" in mail.error
    assert mail.unsure is False

    provider.user = mailbox.username
    OutboundMail.objects.update(send_after=timezone.now())
    assert outbox.deliver(mail.pk) == "sent"


def test_a_relay_with_its_own_password_is_given_no_token(mailbox, server, provider):
    relay = f"smtp://{mailbox.username}:{PASSWORD}@127.0.0.1:{smtp_port(server)}"
    Mailbox.objects.filter(pk=mailbox.pk).update(smtp_url=relay)
    mail, provider.refuses = write(mailbox), "nobody gets one"

    assert outbox.deliver(mail.pk) == "sent"
