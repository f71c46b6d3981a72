"""The attempts of holds come into the log of all desks, every row, and go back where the migration is undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.platform.mail.test_migrations import empty_database, migrate, one

__all__ = ["empty_database"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE, AFTER = ("pending", "0004_needs_action"), ("pending", "0006_no_attempts_of_its_own")
AT = datetime(2026, 11, 20, 3, 5, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"number": "0812-0000-1187", "by": "PHONE", "result": "NO_ANSWER", "note": "sibuk terus"},
    {"number": "+62 21 5550 1234", "by": "WHATSAPP", "result": "BUSY"},
    {"number": "021/55501234", "by": "INBOUND", "result": "CONNECTED", "answered_by": "Bonar", "recording": "REC-1"},
    {"number": "tidak dicatat", "by": "PHONE", "result": "OFF"},
]
NUMBERS = ["081200001187", "02155501234", "02155501234", ""]
SAME = ("by", "result", "answered_by", "recording", "note", "at", "agent_id")


def kept(rows: Any) -> list[dict[str, Any]]:
    return list(rows.order_by("at").values(*SAME))


def test_every_attempt_moves_forth_and_back(empty_database: None) -> None:
    then = migrate(BEFORE)
    desk = then.get_model("accounts", "Desk").objects.create(code="TENESA", name="TENESA")
    rini = then.get_model("accounts", "User").objects.create(username="rini")
    then.get_model("pending", "PendReason").objects.get_or_create(code="CUST_REQUEST", defaults={"label": "x"})
    request = then.get_model("pending", "PendingRequest").objects.create(
        desk=desk, requester=rini, incident="IN10482219", reason_id="CUST_REQUEST", reason_text="x",
        asked_until=timezone.now(), state="CONTACTING", unit="TA", person="Ujang",
    )  # fmt: skip
    attempts = then.get_model("pending", "Attempt").objects
    for place, row in enumerate(ROWS):
        attempts.create(request=request, agent=rini, at=AT + timedelta(minutes=11 * place), **row)
    before = kept(attempts.all())

    log = migrate(AFTER).get_model("contact", "ContactAttempt").objects
    assert kept(log.all()) == before
    assert list(log.order_by("at").values_list("number", flat=True)) == NUMBERS
    assert set(log.values_list("procedure", "case_id", "purpose")) == {("pending.pendingrequest", request.pk, "hold")}

    again = migrate(BEFORE)
    assert kept(again.get_model("pending", "Attempt").objects.filter(request_id=request.pk)) == before
    assert one("SELECT count(*) FROM contact_contactattempt") == (0,)
