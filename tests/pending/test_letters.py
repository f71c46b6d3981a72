"""The customer answers a mail of ours while the ticket is on hold: from the bytes to the agent's page."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse

from pending.models import PendingRequest
from tenesa.accounts.models import User
from tenesa.mail import intake, polling
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tenesa.mail.values import Fetched
from tenesa.timers import sweep
from tenesa.timers.models import Mark, Timer
from tenesa.workflow.errors import NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import again, ahead, deliver, pended, time_is_up
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
WORDS = "Lokasi sudah buka, silakan teknisi datang sekarang."


BONAR = "Bonar Nababan <bonar@samudra.example>"


def arrives(
    mailbox: Mailbox, answers: OutboundMail | None, *, automatic: bool = False, sender: str = BONAR, cc: str = ""
) -> InboundMail:
    """A mail as the account's server gives it, read, parsed and filed."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, mailbox.address, "Re: Tiket"
    mail["Cc"] = cc
    mail["Message-ID"] = f"<balas-{InboundMail.objects.count()}@samudra.example>"
    if answers is not None:
        mail["In-Reply-To"] = answers.message_id
    if automatic:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"{WORDS}\n\nPada Sab, 21 Nov 2026 TENESA menulis:\n> Tiket Anda ditunda.\n")
    [folder] = mailbox.folders_to_read()
    [pk] = polling.store(folder, 7, [Fetched(folder.last_uid + 1, mail.as_bytes())]) or []
    intake.file_mail(pk)
    return InboundMail.objects.get(pk=pk)


def waiting(user: User) -> list[int]:
    client = Client()
    client.force_login(user)
    return [row.pk for row in client.get(reverse("pending:list"), {"view": "waiting"}).context["page"].rows]


def test_what_the_customer_writes_lies_with_the_request_and_calls_for_a_reader(
    ujang: User, rini: User, nossa: Outside, client: Client
) -> None:
    mailbox = factories.mailbox()
    request = pended(rini, ujang)
    assert waiting(rini) == []
    came = arrives(mailbox, OutboundMail.objects.filter(purpose="pend_done").get())
    assert (came.procedure, came.case_id, EmailCase.objects.count()) == ("pending.pendingrequest", request.pk, 0)
    request = again(request)
    assert (request.state, request.needs_action, request.urgent_for, waiting(rini)) == (
        "PENDED",
        True,
        "letter",
        [request.pk],
    )

    client.force_login(rini)
    page = client.get(reverse("pending:case", args=[request.pk])).content.decode()
    assert (WORDS in page, 'id="offer-read_letter"' in page) == (True, True)
    assert reverse("mail:original", args=[came.pk]) in page
    client.force_login(ujang)
    seen = client.get(reverse("pending:case", args=[request.pk])).content.decode()
    assert (WORDS in seen, "Tiket Anda ditunda" in seen, "Bonar Nababan" in seen) == (True, False, True)
    assert reverse("mail:original", args=[came.pk]) not in seen
    client.force_login(rini)
    assert client.get(reverse("mail:original", args=[came.pk])).status_code == 200
    with pytest.raises(NotYourStep):
        perform(request, "read_letter", actor=ujang)

    Timer.objects.filter(name="letter").update(started_at=ahead(hours=-1), due_at=ahead(minutes=-1))
    PendingRequest.objects.update(urgent_at=ahead(minutes=-1))  # as the step that starts a clock writes it
    sweep.fire_due()
    told = Mark.objects.get(timer__name="letter", kind=Mark.Kind.BREACHED).told
    assert [one["user"] for one in told] == [rini.pk]  # she holds the request
    assert 'data-signal="breach"' in client.get(reverse("pending:list"), {"view": "waiting"}).content.decode()

    request = perform(request, "read_letter", actor=rini)
    assert (request.needs_action, request.urgent_for, waiting(rini)) == (False, "ending", [])
    with pytest.raises(NotNow):
        perform(request, "read_letter", actor=rini)


def test_a_letter_after_the_end_is_read_too_and_a_machine_calls_nobody(ujang: User, rini: User, nossa: Outside) -> None:
    mailbox = factories.mailbox()
    request = pended(rini, ujang)
    ours = OutboundMail.objects.filter(purpose="pend_done").get()
    machine = arrives(mailbox, ours, automatic=True)
    assert (machine.case_id, again(request).needs_action) == (request.pk, False)
    arrives(mailbox, ours)
    PendingRequest.objects.filter(pk=request.pk).update(state="RESUMED")
    assert waiting(rini) == [request.pk]
    assert perform(request, "read_letter", actor=rini).needs_action is False
    assert not Timer.objects.filter(name="letter", state="RUNNING").exists()


def last_mail() -> OutboundMail:
    mail: OutboundMail = OutboundMail.objects.latest("created_at")
    return mail


def test_the_colleague_who_answered_hears_that_the_work_goes_on(ujang: User, rini: User, nossa: Outside) -> None:
    mailbox = factories.mailbox()
    request = pended(rini, ujang)
    ours = last_mail()
    assert (ours.purpose, ours.to, ours.cc) == ("pend_done", ["made@pajak-cendana.example"], [])
    cc = f"{BONAR}, {mailbox.address}, noreply@samudra.example"
    arrives(mailbox, ours, sender="Sari <sari@samudra.example>", cc=cc)
    time_is_up(request, "resume")
    deliver(request)
    mail = last_mail()
    assert (mail.purpose, mail.to, mail.cc) == (
        "pend_resumed", ["sari@samudra.example"], ["bonar@samudra.example"],
    )  # fmt: skip
    assert "Bapak/Ibu Sari" in mail.text


def test_whom_no_mail_can_reach_is_seen_not_to_have_got_one(
    ujang: User, rini: User, nossa: Outside, client: Client
) -> None:
    mailbox = factories.mailbox()
    request = pended(rini, ujang)
    OutboundMail.objects.all().update(to=["noreply@samudra.example"])
    PendingRequest.objects.update(contact_mail="noreply@samudra.example")
    arrives(mailbox, last_mail(), sender="Portal <noreply@samudra.example>")
    time_is_up(request, "resume")
    deliver(request)
    mail = last_mail()
    assert (mail.purpose, mail.status, mail.to) == ("pend_resumed", "DEAD", [])
    client.force_login(rini)
    page = client.get(reverse("pending:case", args=[request.pk])).content.decode()
    assert mail.error in page
