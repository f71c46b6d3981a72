"""The case exists first: what fails beside a mail's filing is left out and said on the case."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.mail import intake, polling, quarantine
from tenesa.mail.models import InboundMail, MailFolder, OutboundMail
from tenesa.mail.values import Fetched
from tenesa.systems.models import ExternalCall
from tenesa.timers import targets
from tenesa.timers.models import Calendar, Target, Timer
from tenesa.workflow import perform as door
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tests import factories
from tests.platform.mail.letters import letter
from tickets import effects, results
from tickets.clocks import WORDS
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def never_open() -> Calendar:
    """A calendar without hours on every target, as the form refuses it and a restored dump has it."""
    calendar = Calendar.objects.create(code="kosong", name="Tanpa jam")
    Target.objects.update(calendar=calendar)
    targets.forget()
    return calendar


@pytest.fixture(params=[intake.file_mail, lambda pk: intake.file_batch([pk, pk])], ids=["one", "batch"])
def filing(request: pytest.FixtureRequest) -> Any:
    return request.param


def arrived(raw: bytes) -> int:
    folder = MailFolder.objects.get_or_create(mailbox=factories.mailbox(), name="INBOX")[0]
    [pk] = polling.store(folder, 7, [Fetched(folder.last_uid + 1, raw)]) or []
    return pk


def case_of(pk: int) -> EmailCase:
    mail = InboundMail.objects.get(pk=pk)
    assert (mail.status, mail.attempts) == ("FILED", 0), mail.reason
    return EmailCase.objects.get(pk=mail.case_id or 0)


def alarm(case: EmailCase) -> str:
    event = case.last_event()
    assert event.step == "want_attention"
    return str(event.data["why"])


def test_a_calendar_without_hours_opens_the_case_and_says_which_clock_is_missing(
    never_open: Calendar, filing: Any
) -> None:
    pk = arrived(letter())
    filing(pk)
    case = case_of(pk)
    assert "kosong" in alarm(case)
    assert str(WORDS["first_response"]) in alarm(case)
    assert not Timer.objects.filter(case_id=case.pk).exists()
    assert ExternalCall.objects.filter(case_id=case.pk).exists()  # what did not fail is done


def test_a_reply_is_attached_although_its_clock_cannot_start(rini: User, filing: Any) -> None:
    first = arrived(letter(message_id="<satu@samudra.example>"))
    intake.file_mail(first)
    case = case_of(first)
    factories.put(case, State.CLOSED)
    Target.objects.update(calendar=Calendar.objects.create(code="kosong", name="Tanpa jam"))
    targets.forget()
    reply = arrived(letter("Masih mati.", extra="In-Reply-To: <satu@samudra.example>"))
    filing(reply)
    assert case_of(reply) == case
    assert (case_of(reply).state, "kosong" in alarm(case_of(reply))) == (State.REOPENED, True)


def test_a_template_that_cannot_be_filled_costs_the_acknowledgement_alone(
    filing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = factories.mailbox()
    box.auto_acknowledge = True
    box.save()

    def broken(*_given: Any) -> None:
        raise ValueError("templat rusak")

    monkeypatch.setattr("tenesa.mail.templating.render", broken)
    pk = arrived(letter())
    filing(pk)
    case = case_of(pk)
    assert "templat rusak" in alarm(case)
    assert Timer.objects.filter(case_id=case.pk, name="first_response").exists()
    assert not OutboundMail.objects.exists()


def test_a_suggestion_that_fails_is_left_out(filing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = arrived(letter(message_id="<satu@samudra.example>"))
    intake.file_mail(first)

    def broken(*_given: Any) -> None:
        raise KeyError("saran")

    factories.put(case_of(first), "NEED_REFERENCE")
    monkeypatch.setattr(effects, "_look_up", broken)
    reply = arrived(letter("122710005432", extra="In-Reply-To: <satu@samudra.example>"))
    filing(reply)
    assert "saran" in alarm(case_of(reply))


def test_a_mail_that_comes_later_than_both_its_neighbours_says_that_they_belong_together() -> None:
    ids = [f"<{number}@samudra.example>" for number in range(3)]
    mails = [letter(f"Surat {n}", message_id=ids[n], extra=f"In-Reply-To: {ids[n - 1]}" if n else "") for n in range(3)]
    pks = [arrived(mails[0]), arrived(mails[2])]
    assert intake.file_batch(pks) == 2
    first, last = (case_of(pk) for pk in pks)
    assert first != last
    middle = arrived(mails[1])
    intake.file_mail(middle)
    assert case_of(middle) == first
    assert first.number in alarm(case_of(pks[1]))


def test_a_listener_that_fails_is_nobodys_matter(filing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_case: Any) -> None:
        raise RuntimeError("pendengar")

    monkeypatch.setattr(door, "listeners", [broken])
    pk = arrived(letter())
    filing(pk)
    assert case_of(pk).last_event().step == "receive"


def test_a_person_who_files_by_hand_is_not_stopped_either(never_open: Calendar, bowo: User) -> None:
    mail = factories.inbound(status="IGNORED", reason="Balasan otomatis")
    quarantine.file_by_hand(mail, bowo)
    assert "kosong" in alarm(case_of(mail.pk))


def test_a_person_is_refused_in_words_and_reads_the_page(never_open: Calendar, rini: User, client: Client) -> None:
    pk = arrived(letter())
    intake.file_mail(pk)
    case = case_of(pk)
    with pytest.raises(NotNow, match="kosong"):
        perform(case, "take", actor=rini)
    client.force_login(rini)
    assert client.get(reverse("cases:case", args=[case.pk])).status_code == 200
    factories.put(case, State.ASSIGNED, owner=rini, answered_at=case.received_at)
    assert client.get(reverse("cases:case", args=[case.pk])).status_code == 200


def test_a_procedure_that_fails_itself_still_files_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Left out is what goes along with a step, never the step."""
    monkeypatch.setattr(results, "_open", lambda *_given: 1 / 0)
    pk = arrived(letter())
    assert intake.file_mail(pk) == "STORED"
    assert not EmailCase.objects.exists()
