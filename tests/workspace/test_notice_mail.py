"""Mails of notices: chosen by the person, with what is unread, once, whatever dies on the way."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import NoticeMail, User
from tenesa.accounts.roles import Role
from tenesa.mail import intake
from tenesa.mail.models import Mailbox
from tenesa.notices import services as notices
from tenesa.notices.models import Digest, Notice
from tenesa.workflow.perform import perform
from tenesa.workspace import notice_mail
from tests import factories
from tests.accounts.test_own import CHOSEN
from tests.journeys.desk import Inbox, new_mailbox, tidy, words
from tests.journeys.patience import eventually
from tests.platform.mail.letters import bounce, letter
from tests.services import services
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db(transaction=True)
EARLIER = timedelta(hours=2)
count = itertools.count(1)
SECRET = "Pelanggan mengamuk, jangan ditulis di surel."


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Wake-ups are written down; tests run the woken task themselves."""
    pks: list[int] = []
    monkeypatch.setattr(notice_mail, "wake", lambda task, pk: pks.append(pk))
    return pks


@pytest.fixture
def box() -> Mailbox:
    return new_mailbox()


def address() -> str:
    return f"rekan{os.getpid()}x{next(count)}@telkom.example"


def inbox(person: User) -> Inbox:
    return Inbox(person.email.partition("@")[0])


def wants(person: User, when: str = "HOUR", to: str = "") -> User:
    User.objects.filter(pk=person.pk).update(notice_mail=when, email=to or address())
    return User.objects.get(pk=person.pk)


def noted(person: User, leader: User, *, times: int = 1) -> EmailCase:
    """A case of theirs that the leader wrote so many notes on, two hours ago."""
    case = perform(factories.opened(), "take", actor=person)
    for _one in range(times):
        perform(case, "note", actor=leader, data={"text": SECRET})
    Notice.objects.filter(person=person).update(at=timezone.now() - EARLIER)
    return case


def sent() -> list[str]:
    """What beat's tick does, and the workers after it."""
    notice_mail.sweep()
    due = Digest.objects.filter(due_at__lte=timezone.now())
    return [notice_mail.deliver(pk) for pk in due.values_list("pk", flat=True)]


def lease_over(person: User) -> None:
    """The lease of who is at work on it is over, and so is every wait."""
    Digest.objects.filter(person=person).exclude(due_at=None).update(due_at=timezone.now() - timedelta(seconds=1))


def an_hour_later() -> None:
    Digest.objects.update(moment=timezone.now() - EARLIER)
    Notice.objects.exclude(digest_at=None).update(digest_at=timezone.now() - EARLIER)


# --- what is written --------------------------------------------------------------------------------------------------
def test_it_tells_number_kind_who_when_and_no_more(rini: User, bowo: User, box: Mailbox, woken: list[int]) -> None:
    rini = wants(rini)
    mails = inbox(rini)
    case = noted(rini, bowo, times=2)
    EmailCase.objects.update(subject=SECRET)
    User.objects.filter(pk=bowo.pk).update(first_name="Bowo\r\nBcc: x@jahat.example", last_name="<b>")
    assert (sent(), woken) == (["sent"], [rini.pk])
    [mail] = mails.mails()
    text = words(mail)
    assert mail["Subject"] == "2 pemberitahuan belum dibaca · TENESA"
    assert (mail["To"], mail["From"]) == (rini.email, f"TENESA <{box.address}>")
    assert (mail["Auto-Submitted"], mail["Bcc"]) == ("auto-generated", None)
    assert text.startswith("Halo Rini, Surel")
    assert text.count(f"{case.number} · Catatan pimpinan · Bowo Bcc: x@jahat.example <b> ·") == 2
    assert f"http://127.0.0.1:8000{case.get_absolute_url()}" in text
    assert "mengamuk" not in mail.as_string()
    assert "WIB" in text
    assert notices.unread(rini).count() == 2
    an_hour_later()
    assert sent() == []
    noted(rini, bowo)
    assert sent() == ["sent"]
    assert "1 pemberitahuan" in mails.mails()[-1]["Subject"]


def test_it_speaks_the_persons_language(rini: User, bowo: User, box: Mailbox) -> None:
    rini = wants(rini)
    mails = inbox(rini)
    User.objects.filter(pk=rini.pk).update(language="en")
    noted(rini, bowo)
    sent()
    assert mails.mails()[0]["Subject"] == "1 unread notice · TENESA"


def test_nothing_unread_or_nothing_that_may_be_seen_is_no_mail(rini: User, bowo: User, box: Mailbox) -> None:
    rini = wants(rini)
    mails = inbox(rini)
    noted(rini, bowo)
    notices.mark_read(notices.unread(rini))
    assert sent() == []
    noted(rini, bowo)
    notice_mail.sweep()
    notices.mark_read(notices.unread(rini))  # between the claim and the sending
    assert notice_mail.deliver(rini.pk) == "nothing unread"
    an_hour_later()
    noted(rini, bowo)
    EmailCase.objects.update(desk=factories.desk("TDSCC"))
    assert sent() == ["nothing unread"]
    assert mails.mails() == []


def test_a_mail_of_many_costs_as_much_as_one_of_few(rini: User, bowo: User, box: Mailbox, monkeypatch: Any) -> None:
    rini = wants(rini)
    mails = inbox(rini)
    for number in (1, 30):
        noted(rini, bowo, times=number)
        with CaptureQueriesContext(connection) as asked:
            assert sent() == ["sent"]
        assert len(asked) <= 30
        an_hour_later()
    noted(rini, bowo, times=5)
    monkeypatch.setattr(notice_mail, "SHOWN", 2)
    sent()
    assert "… dan 3 lagi" in words(mails.mails()[-1])


# --- when -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("when", "now", "moment"),
    [
        (NoticeMail.HOUR, "2026-11-29 03:59", "2026-11-29 03:00"),
        (NoticeMail.WIB, "2026-11-29 00:00", "2026-11-29 00:00"),
        (NoticeMail.WIB, "2026-11-28 23:59", "2026-11-28 00:00"),
        (NoticeMail.WITA, "2026-11-28 23:59", "2026-11-28 23:00"),
        (NoticeMail.WIT, "2026-11-28 21:59", "2026-11-27 22:00"),
    ],
)
def test_mornings_are_at_seven_in_the_persons_zone(when: NoticeMail, now: str, moment: str) -> None:
    read = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (now, moment)]
    assert notice_mail.moment_of(when, read[0]) == read[1]


def test_once_a_moment_and_what_came_after_it_waits_for_the_next(rini: User, bowo: User, box: Mailbox) -> None:
    rini = wants(rini)
    noted(rini, bowo)
    assert sent() == ["sent"]
    late = noted(rini, bowo)  # of before the full hour, committed after the mail
    assert sent() == []
    an_hour_later()
    assert sent() == ["sent"]
    fresh = perform(late, "note", actor=bowo, data={"text": "Baru."})
    an_hour_later()
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    Notice.objects.filter(case_id=fresh.pk, seq=fresh.version).update(at=now + timedelta(seconds=1))
    notice_mail.sweep(now + timedelta(minutes=59))
    assert not Digest.objects.exclude(due_at=None).exists()


# --- at once, and killed ----------------------------------------------------------------------------------------------
def test_two_ticks_at_once_begin_one_mail_each(rini: User, dewi: User, bowo: User, box: Mailbox) -> None:
    people = [wants(rini), wants(dewi)]
    mails = [inbox(person) for person in people]
    for person in people:
        noted(person, bowo)
    barrier, done = Barrier(6), []

    def work() -> None:
        barrier.wait()
        done.extend(sent())
        connection.close()

    threads = [Thread(target=work) for _one in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one for one in done if one != "not due"] == ["sent", "sent"]
    assert [len(one.mails()) for one in mails] == [1, 1]


@pytest.mark.slow
def test_two_workers_and_a_kill_lose_and_double_nothing(rini: User, dewi: User, bowo: User, box: Mailbox) -> None:
    from celery import current_app

    rini, slow = wants(rini), wants(dewi, to=f"dewi{next(count)}x{os.getpid()}@lambat.example")
    mails = inbox(rini)
    kept = Inbox(box.username, "Sent")
    for person in (rini, slow):
        noted(person, bowo)
    tidy()
    workers = [services.start_worker(concurrency=2) for _one in range(2)]
    for _one in range(3):
        current_app.send_task("tenesa.workspace.tasks.mail_notices")
    of_slow = eventually(lambda: [one for one in kept.mails() if one["To"] == slow.email])  # accepted, not yet answered
    eventually(lambda: not Digest.objects.get(person=rini).due_at)
    for one in workers:
        services.kill(one)
    tidy()
    left = Digest.objects.get(person=slow)
    assert (left.unsure, left.due_at is not None) == (True, True)
    assert notice_mail.deliver(slow.pk) == "not due"
    lease_over(slow)
    assert notice_mail.deliver(slow.pk) == "found in the sent folder"
    assert len(of_slow) == len([one for one in kept.mails() if one["To"] == slow.email]) == len(mails.mails()) == 1


def test_a_death_between_claim_and_sending_loses_nothing(
    rini: User, bowo: User, box: Mailbox, monkeypatch: Any
) -> None:
    rini = wants(rini)
    mails = inbox(rini)
    noted(rini, bowo)
    notice_mail.sweep()
    with monkeypatch.context() as dying:
        dying.setattr(notice_mail, "_attempt", lambda digest: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            notice_mail.deliver(rini.pk)
    assert notice_mail.deliver(rini.pk) == "not due"
    lease_over(rini)
    assert [notice_mail.deliver(rini.pk) for _one in range(2)] == ["sent", "not due"]
    assert len(mails.mails()) == 1


# --- what does not arrive ---------------------------------------------------------------------------------------------
def test_a_mail_server_that_is_away_is_asked_again(rini: User, bowo: User, box: Mailbox) -> None:
    rini = wants(rini)
    mails = inbox(rini)
    noted(rini, bowo)
    Mailbox.objects.update(smtp_url="smtp://127.0.0.1:1")
    assert sent() == ["later"]
    assert notice_mail.deliver(rini.pk) == "not due"
    Mailbox.objects.update(smtp_url="")
    lease_over(rini)
    assert notice_mail.deliver(rini.pk) == "sent"
    assert len(mails.mails()) == 1


@pytest.mark.parametrize("to", ["a\r\nRCPT TO:<x@jahat.example>@telkom.example", "@", "r i n i@", "a@b@c", "x" * 250])
def test_a_hostile_address_is_written_to_by_nobody_and_the_choice_ends(
    rini: User, bowo: User, box: Mailbox, to: str
) -> None:
    rini = wants(rini, to=to)
    noted(rini, bowo)
    assert sent() == ["stopped"]
    rini.refresh_from_db()
    assert rini.notice_mail == ""
    page = signed_in(rini).get(reverse("own")).content.decode()
    assert "dihentikan" in page
    assert "<x@jahat" not in page


def test_a_bounce_ends_the_choice_and_tells_the_person_why(rini: User, bowo: User, box: Mailbox) -> None:
    rini = wants(rini)
    noted(rini, bowo)
    sent()
    was = Digest.objects.get(person=rini)

    def comes_back(message_id: str, recipient: str) -> str:
        raw = bounce(message_id, recipient)
        mail = factories.inbound(mailbox=box)
        type(mail).objects.filter(pk=mail.pk).update(blob=type(mail.blob).keep([raw])[0], status="STORED")
        return intake.file_mail(mail.pk)

    assert comes_back(was.message_id.replace("notices.digest", "notices.digesx"), rini.email) == "IGNORED"
    assert comes_back(was.message_id, "dulu@telkom.example") == "IGNORED"
    assert User.objects.get(pk=rini.pk).notice_mail == "HOUR"
    assert comes_back(was.message_id, rini.email) == "IGNORED"
    rini.refresh_from_db()
    assert (rini.notice_mail, "No such user" in rini.notice_mail_stopped) == ("", True)
    assert EmailCase.objects.count() == 1
    browser = signed_in(rini)
    assert "No such user" in browser.get(reverse("own")).content.decode()
    mails = inbox(rini)
    browser.post(reverse("own"), CHOSEN | {"notice_mail": "HOUR"})
    assert "No such user" not in browser.get(reverse("own")).content.decode()
    an_hour_later()
    assert sent() == ["sent"]  # what had not arrived
    assert len(mails.mails()) == 1


def test_an_answer_to_it_opens_no_case_and_gets_no_answer(rini: User, bowo: User, box: Mailbox) -> None:
    rini = wants(rini)
    noted(rini, bowo)
    sent()
    was = Digest.objects.get(person=rini).message_id
    for answered, status in ((was, "IGNORED"), (was.replace("digest.", "digest.9"), "FILED")):
        raw = letter("Siap, terima kasih.", sender=rini.email, subject="Re", extra=f"In-Reply-To: <{answered}>")
        mail = factories.inbound(mailbox=box)
        type(mail).objects.filter(pk=mail.pk).update(blob=type(mail.blob).keep([raw])[0], status="STORED")
        assert intake.file_mail(mail.pk) == status
    assert EmailCase.objects.count() == 2, "what is not ours is a case like every other mail"


def test_who_left_gets_none_and_what_was_meant_for_them_waits(rini: User, bowo: User, box: Mailbox) -> None:
    rini = wants(rini)
    mails = inbox(rini)
    noted(rini, bowo)
    notice_mail.sweep()
    User.objects.filter(pk=rini.pk).update(is_active=False)
    assert notice_mail.deliver(rini.pk) == "not wanted"
    an_hour_later()
    assert sent() == []
    User.objects.filter(pk=rini.pk).update(is_active=True)
    assert sent() == ["sent"]
    assert len(mails.mails()) == 1


def test_a_house_without_a_mailbox_begins_nothing(rini: User, bowo: User) -> None:
    wants(rini)
    noted(rini, bowo)
    Mailbox.objects.update(active=False)
    assert sent() == []
    assert not Notice.objects.exclude(digest_at=None).exists()


# --- chosen -----------------------------------------------------------------------------------------------------------
def test_it_is_chosen_in_the_own_settings_where_the_account_has_an_address(rini: User) -> None:
    browser = signed_in(rini)
    assert "belum punya alamat surel" in browser.get(reverse("own")).content.decode()
    answer = browser.post(reverse("own"), CHOSEN | {"notice_mail": "WITA"})
    assert answer.status_code == 422
    assert User.objects.get(pk=rini.pk).notice_mail == ""
    User.objects.filter(pk=rini.pk).update(email="rini@telkom.example")
    assert "Ke rini@telkom.example; pagi hari berarti pukul 07.00" in browser.get(reverse("own")).content.decode()
    assert browser.post(reverse("own"), CHOSEN | {"notice_mail": "NOON"}).status_code == 422
    assert browser.post(reverse("own"), CHOSEN | {"notice_mail": "WITA"}).status_code == 302
    assert User.objects.get(pk=rini.pk).notice_mail == "WITA"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(notice_mail="NOON")


def test_an_administrator_enters_the_address(rini: User) -> None:
    admin = factories.person("wati", Role.ADMIN)
    User.objects.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)
    page = signed_in(User.objects.get(pk=admin.pk)).get(reverse("admin:accounts_user_change", args=[rini.pk]))
    assert 'name="email"' in page.content.decode()
