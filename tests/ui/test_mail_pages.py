"""The pages of mail in a real browser: quarantine, ledger, outbox, and a case with all that mail can do to it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from tenesa.accounts.models import User
from tenesa.mail.models import InboundMail, LedgerDay, MailFolder, OutboundMail
from tenesa.workflow.perform import perform
from tests import factories
from tests.accessibility import violations
from tests.ui.test_browser import desk
from tickets.models import EmailCase, State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [("phone", "dark"), pytest.param(("desk", "light"), marks=pytest.mark.long)]
LONG = "RuntimeError: value too long for type character varying(254): " + "x" * 300


def troubled(rini: User) -> EmailCase:
    """A case with a third party, a merged case, a mail that came back, one that waits, and one that was taken back."""
    case, merged = factories.opened(), factories.opened(text="Masih mati juga, mohon segera.")
    for one in (case, merged):
        InboundMail.objects.filter(pk=one.first_mail_id).update(procedure=one.procedure_name(), case_id=one.pk)
    merged.lines.create(product_id="122710005432")
    perform(merged, "take", actor=rini)
    perform(case, "take", actor=rini)
    perform(merged, "merge", actor=rini, data={"into": case.number, "reason": "Laporan yang sama."})
    factories.inbound(
        "Teknisi sudah dijadwalkan besok.", from_address="petugas@unit-lain.example", from_name="Petugas",
        procedure=case.procedure_name(), case_id=case.pk, status="FILED", party="THIRD_PARTY",
    )  # fmt: skip
    case = factories.put(EmailCase.objects.get(pk=case.pk), State.SEGMENT_CHECKED, segment="DES")
    base = {
        "procedure": case.procedure_name(), "case_id": case.pk, "event": case.last_event(), "mailbox": case.mailbox,
        "purpose": "reply", "template": "reply", "template_version": 0, "to": ["bonar@samudra.example"],
        "subject": "Re: Gangguan", "text": "Sedang kami kerjakan.",
    }  # fmt: skip
    now = timezone.now()
    for extra in (
        {"status": "SENT", "sent_at": now, "bounced_at": now, "error": "550 5.1.1 No such user " + "a" * 120},
        {"status": "SENT", "sent_at": now},
        {"status": "HELD", "scheduled": True, "send_after": now + timedelta(days=1)},
        {"status": "CANCELLED"},
        {"status": "WAITING", "attempts": 2, "error": "mail.telkom.example: timed out"},
    ):
        ids = {"message_id": f"<{uuid.uuid4()}@x>", "idempotency_key": str(uuid.uuid4())}
        OutboundMail.objects.create(**base, **ids, **extra)
    return case


def quarantine() -> InboundMail:
    for number in range(3):
        factories.inbound(status="QUARANTINED", reason=LONG if number else "Terlalu besar: 61,2 MB", subject="")
    mail = factories.inbound(
        status="QUARANTINED", reason=LONG, subject="GANGGUAN INTERNET KANTOR CABANG " * 6, told_at=timezone.now()
    )
    for status in ("IGNORED", "DUPLICATE"):
        factories.inbound("Modem kami mati. " * 40, status=status, reason=LONG, subject="CUTI BERSAMA " * 12)
    today = timezone.localdate()
    for back in range(12):
        day = {"mailbox": mail.mailbox, "day": today - timedelta(days=back), "checked_at": timezone.now()}
        LedgerDay.objects.create(**day, folder="INBOX", on_server=1200 + back, filed=1180, duplicate=20 + back)
    LedgerDay.objects.create(
        mailbox=mail.mailbox, folder="Keluhan", day=today, on_server=3, filed=1, missing=["117", "118"],
        checked_at=timezone.now(),
    )  # fmt: skip
    MailFolder.objects.create(mailbox=mail.mailbox, name="Arsip", last_error="127.0.0.1: " + "timed out " * 40)
    return mail


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_mail_are_accessible_quiet_and_fit(
    browser: Browser, live_server: Any, rini: User, bowo: User, look: tuple[str, str]
) -> None:
    held, case = quarantine(), troubled(rini)
    window = desk(browser, live_server, bowo, size=look[0], scheme=look[1])
    for path in (
        reverse("mail:quarantine"),
        reverse("mail:quarantined", args=[held.pk]),
        reverse("mail:ignored"),
        reverse("mail:duplicates"),
        reverse("mail:quarantined", args=[InboundMail.objects.get(status="DUPLICATE").pk]),
        reverse("mail:ledger"),
        f"{reverse('outbox')}?tab=all",
        reverse("cases:case", args=[case.pk]),
    ):
        page = window.open(path)
        page.evaluate("document.querySelectorAll('#case-facts').forEach(facts => facts.open = true)")
        assert violations(page) == [], path
        sideways = "[document.documentElement, document.querySelector('main')].some(it => it.scrollWidth > innerWidth)"
        assert not page.evaluate(sideways), path
    assert window.complaints == []
