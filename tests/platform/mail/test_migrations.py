"""What a migration moves is there afterwards, and back again: in a database of its own, with rows of that time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tenesa.mail.secrets import decrypt

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE, AFTER = ("mail", "0002_answers_and_schedule"), ("mail", "0003_mail_folders")
READ_AT = datetime(2026, 11, 16, 2, 12, tzinfo=UTC)
CURSOR = {"uid_validity": 77, "last_uid": 1234, "polled_at": READ_AT, "failures": 2, "last_error": "terputus"}


@pytest.fixture
def empty_database() -> Iterator[None]:
    """The connection leads to an empty database as long as the test runs."""
    tests = connection.settings_dict["NAME"]
    name = f"{tests}_moved"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = tests
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def migrate(target: tuple[str, str]) -> Any:
    """The models as they were then."""
    MigrationExecutor(connection).migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps


def one(statement: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    assert len(rows) == 1
    return tuple(rows[0])


def test_folders_cursors_and_secrets_move_forth_and_back(empty_database: None) -> None:
    then = migrate(BEFORE)
    desk = then.get_model("accounts", "Desk").objects.create(code="TENESA", name="TENESA")
    plain = {"password": "rahasia", "smtp_url": "smtps://tenesa:rahasia@mail.telkom.example"}
    server = {"imap_host": "mail.telkom.example", "username": "tenesa", "folder": "Keluhan", "desk": desk}
    mailbox = then.get_model("mail", "Mailbox").objects.create(
        address="tenesa@telkom.example", name="TENESA", procedure="x", **server, **plain, **CURSOR
    )
    blob = then.get_model("mail", "Blob").objects.create(sha256="0" * 64, size=1, data=b"x")
    where = {"folder": "Keluhan", "uid_validity": 77, "uid": 1234}
    then.get_model("mail", "InboundMail").objects.create(
        mailbox=mailbox, blob=blob, stored_at=READ_AT - timedelta(days=3), **where
    )

    now = migrate(AFTER)

    folder = now.get_model("mail", "MailFolder").objects.get()
    assert (folder.mailbox_id, folder.name, folder.active) == (mailbox.pk, "Keluhan", True)
    assert {name: getattr(folder, name) for name in CURSOR} == CURSOR
    stored = one("SELECT password, smtp_url FROM mail_mailbox")
    assert all(secret.startswith("fernet:") for secret in stored)
    assert [decrypt(secret) for secret in stored] == list(plain.values())
    assert one("SELECT arrived_at FROM mail_inboundmail") == (READ_AT - timedelta(days=3),)
    now.get_model("mail", "MailFolder").objects.update(last_uid=1300, failures=0, last_error="")
    now.get_model("mail", "MailFolder").objects.create(mailbox_id=mailbox.pk, name="Lain", last_uid=5)

    migrate(BEFORE)

    assert one("SELECT folder, uid_validity, last_uid, polled_at, failures FROM mail_mailbox") == (
        *("Keluhan", 77, 1300, READ_AT, 0),
    )
    assert one("SELECT password, smtp_url FROM mail_mailbox") == tuple(plain.values())
    assert one("SELECT count(*) FROM mail_inboundmail") == (1,)
