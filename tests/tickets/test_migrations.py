"""Cases that were unread before their cause was kept get it from their history, and back again."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.platform.mail.test_migrations import empty_database, migrate

__all__ = ["empty_database"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE, AFTER = ("tickets", "0011_words_are_searched_elsewhere"), ("tickets", "0012_unread_by")
UNREAD = {"note_change": "NOSSA", "note_third_party": "UNIT", "attach_reply": "CUSTOMER", "take_over": "COLLEAGUE"}


def test_the_cause_is_read_from_the_history(empty_database: None) -> None:
    then = migrate(BEFORE)
    cases = {step: opened(then, step, unread=True) for step in UNREAD}
    read = opened(then, "note_change", unread=False)
    bare = opened(then, "", unread=True)

    now = migrate(AFTER).get_model("tickets", "EmailCase").objects

    assert {step: now.get(pk=pk).unread_by for step, pk in cases.items()} == UNREAD
    assert (now.get(pk=read).unread_by, now.get(pk=bare).unread_by) == ("", "CUSTOMER")

    back = migrate(BEFORE).get_model("tickets", "EmailCase").objects
    assert (back.get(pk=bare).unread, back.get(pk=read).unread) == (True, False)


def opened(then: Any, step: str, *, unread: bool) -> int:
    desk, _made = then.get_model("accounts", "Desk").objects.get_or_create(code="TENESA", name="TENESA")
    mailbox, _made = then.get_model("mail", "Mailbox").objects.get_or_create(
        address="tenesa@telkom.example", defaults={"name": "TENESA", "procedure": "tickets.emailcase", "desk": desk}
    )
    blob, _made = then.get_model("mail", "Blob").objects.get_or_create(sha256="0" * 64, size=1, data=b"x")
    mails = then.get_model("mail", "InboundMail").objects
    mail = mails.create(mailbox=mailbox, blob=blob, folder="INBOX", uid_validity=1, uid=mails.count() + 1)
    case = then.get_model("tickets", "EmailCase").objects.create(
        desk=desk, mailbox=mailbox, state="NEW", received_at=timezone.now(), first_mail=mail, last_mail=mail,
        unread=unread,
    )  # fmt: skip
    for seq, name in enumerate(filter(None, ["receive" if step else "", step, "note" if step else ""]), start=1):
        then.get_model("audit", "Event").objects.create(
            procedure="tickets.emailcase", case_id=case.pk, seq=seq, at=timezone.now(), role="system", step=name,
            clause="x", revision="x", target="NEW", hash="x",
        )  # fmt: skip
    return int(case.pk)
