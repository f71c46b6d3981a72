"""A customer's mail by SMTP into the mailbox of the desk, filed by the real intake, and indexed."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tenesa.mail import intake, polling
from tenesa.mail.models import InboundMail, Mailbox
from tenesa.search.index import refresh
from tests.journeys.desk import new_mailbox
from tests.platform.mail.letters import letter
from tickets.models import EmailCase

Arrives = Callable[..., EmailCase]


@pytest.fixture
def box(db: None) -> Mailbox:
    return new_mailbox()


@pytest.fixture
def arrives(box: Mailbox) -> Arrives:
    """Send a mail as `letter` writes it; gives the case that it opened or joined."""

    def send(body: str = "Mohon dicek.", **of_the_letter: str) -> EmailCase:
        server = urlsplit(settings.SMTP_URL)
        with smtplib.SMTP(server.hostname or "", server.port or 25) as client:
            client.sendmail("pelanggan@samudra.example", [box.address], letter(body, **of_the_letter))
        polling.poll(box)
        stored = InboundMail.objects.filter(mailbox=box, status=InboundMail.Status.STORED)
        intake.file_batch(list(stored.values_list("pk", flat=True)))
        refresh()
        last = InboundMail.objects.filter(mailbox=box).latest("pk")
        assert last.case_id
        return EmailCase.objects.get(pk=last.case_id)

    return send
