"""A database of the version before the workspace: brought up to date, its history holds and its replies come."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.audit.verify import broken_links
from tenesa.env import BUILT_IN_KEY
from tenesa.incidents.models import IncidentStatus
from tenesa.mail.models import OutboundMail
from tenesa.timers.models import Timer
from tenesa.workflow.perform import perform
from tenesa.workspace.models import Draft, Note
from tests.platform.mail.test_conversation import CUSTOMER, reply
from tests.platform.mail.test_migrations import empty_database
from tickets.models import EmailCase

__all__ = ["empty_database"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS = Path(__file__).with_name("before_workspace.sql")
LEAVES = [
    ("accounts", "0002_roles"),
    ("audit", "0002_roles"),
    ("commitments", "0001_initial"),
    ("documents", "0003_more_supplied"),
    ("escalation", "0001_initial"),
    ("knowledge", "0002_snippets"),
    ("mail", "0005_words_and_failed_mails"),
    ("pending", "0002_letters"),
    ("reporting", "0004_fill_months"),
    ("segmentation", "0001_initial"),
    ("systems", "0003_what_is_set"),
    ("tickets", "0010_repair_time_warns"),
    ("timers", "0002_ledger_and_targets"),
]
OF_CASE = {"procedure": "tickets.emailcase", "case_id": 1}


@pytest.fixture
def upgraded(empty_database: None, settings: Settings) -> EmailCase:
    """The case of that database after every migration since, with the key that marked its mails."""
    settings.SECRET_KEY = BUILT_IN_KEY
    MigrationExecutor(connection).migrate(LEAVES)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROWS.read_text())
    call_command("migrate", verbosity=0)
    return EmailCase.objects.get(pk=1)


def test_history_holds_and_replies_come(upgraded: EmailCase) -> None:
    """One test, for every migration of the house costs its half minute only once."""
    assert list(broken_links()) == []
    what_hangs_on_it_is_there(upgraded)

    answer = reply(upgraded.mailbox, OutboundMail.objects.get(), CUSTOMER)
    assert (answer.case_id, answer.filed_by) == (upgraded.pk, "reply token")

    rini = User.objects.get(username="rini")
    perform(EmailCase.objects.get(pk=1), "send_update", actor=rini, data={"message": "Kabel sudah disambung."})
    assert list(broken_links()) == []


def what_hangs_on_it_is_there(case: EmailCase) -> None:
    assert list(Note.objects.filter(**OF_CASE).values_list("text", flat=True)) == ["PIC ditelepon"]
    assert Draft.objects.get(**OF_CASE).values == {"message": "Kami cek"}
    line = case.lines.get()
    assert line.incident is not None
    assert (line.incident.number, line.incident.status) == ("IN10482301", "BACKEND")
    assert IncidentStatus.objects.get().incident_id == line.incident_id
    clocks = Timer.objects.filter(**OF_CASE, state="RUNNING").values_list("name", flat=True)
    assert set(clocks) == {"progress_update", "nossa_silent"}
