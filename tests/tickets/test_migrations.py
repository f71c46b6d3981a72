"""What a migration does to the rows of that time, and back again: causes of being unread, notes and drafts."""

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


def opened(then: Any, step: str, **columns: object) -> int:
    desk, _made = then.get_model("accounts", "Desk").objects.get_or_create(code="TENESA", name="TENESA")
    mailbox, _made = then.get_model("mail", "Mailbox").objects.get_or_create(
        address="tenesa@telkom.example", defaults={"name": "TENESA", "procedure": "tickets.emailcase", "desk": desk}
    )
    blob, _made = then.get_model("mail", "Blob").objects.get_or_create(sha256="0" * 64, size=1, data=b"x")
    mails = then.get_model("mail", "InboundMail").objects
    mail = mails.create(mailbox=mailbox, blob=blob, folder="INBOX", uid_validity=1, uid=mails.count() + 1)
    case = then.get_model("tickets", "EmailCase").objects.create(
        desk=desk, mailbox=mailbox, state="NEW", received_at=timezone.now(), first_mail=mail, last_mail=mail,
        **columns,
    )  # fmt: skip
    for seq, name in enumerate(filter(None, ["receive" if step else "", step, "note" if step else ""]), start=1):
        then.get_model("audit", "Event").objects.create(
            procedure="tickets.emailcase", case_id=case.pk, seq=seq, at=timezone.now(), role="system", step=name,
            clause="x", revision="x", target="NEW", hash="x",
        )  # fmt: skip
    return int(case.pk)


def test_notes_and_drafts_hang_on_the_procedure(empty_database: None) -> None:
    then = migrate(("tickets", "0013_incidents_move_out"))
    case_id = opened(then, "", unread_by="")
    author = then.get_model("accounts", "User").objects.create(username="rini")
    note = then.get_model("tickets", "Note").objects.create(case_id=case_id, author=author, text="PIC ditelepon")
    draft = then.get_model("tickets", "Draft").objects.create(
        case_id=case_id, author=author, step="write", values={"message": "Kami cek"}
    )
    of_case = {"procedure": "tickets.emailcase", "case_id": case_id, "author_id": author.pk}

    now = migrate(("workspace", "0001_notes_and_drafts"))
    kept = {"id": note.pk, **of_case, "text": "PIC ditelepon", "at": note.at}
    assert list(now.get_model("workspace", "Note").objects.values()) == [kept]
    kept = {"id": draft.pk, **of_case, "step": "write", "values": {"message": "Kami cek"}, "saved_at": draft.saved_at}
    assert list(now.get_model("workspace", "Draft").objects.values()) == [kept]
    now.get_model("workspace", "Note").objects.create(**of_case, text="Diangkat")

    back = migrate(("tickets", "0013_incidents_move_out"))
    texts = back.get_model("tickets", "Note").objects.filter(case_id=case_id).values_list("text", flat=True)
    assert list(texts.order_by("pk")) == ["PIC ditelepon", "Diangkat"]
    assert back.get_model("tickets", "Draft").objects.get().values == draft.values
