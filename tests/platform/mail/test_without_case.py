"""Nothing ends where nobody looks: ignored mails and duplicates have a page, a count and a way into a case."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import intake, ledger, polling, quarantine, registry
from tenesa.mail.models import InboundMail, LedgerDay, MailFolder
from tests import factories
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed, store

pytestmark = pytest.mark.django_db(transaction=True)
Status = InboundMail.Status
PAGES = {Status.IGNORED: "mail:ignored", Status.DUPLICATE: "mail:duplicates"}


@pytest.fixture
def bowo(db: None) -> User:
    return factories.person("bowo", Role.TEAM_LEADER)


def with_file(words: str) -> bytes:
    body = f"""\
    --B
    Content-Type: text/plain

    {words}
    --B
    Content-Type: application/pdf
    Content-Disposition: attachment; filename="surat.pdf"

    isi
    --B--
    """
    kind = 'Content-Type: multipart/mixed; boundary="B"'
    return letter(body, subject="Cuti bersama", extra=f"Auto-Submitted: auto-replied\n{kind}")


def ended(mailbox, status: Status, words: str = "Modem kami mati.") -> InboundMail:
    """A mail that ended so, by what the intake does with such mails."""
    if status == Status.IGNORED:
        mail = filed(mailbox, with_file(words))
    else:
        first = filed(mailbox, raw := letter(words))
        mail = filed(mailbox, b"X-Jalur: dua\r\n" + raw)
        assert mail.repeats == first
    assert mail.status == status
    return mail


@pytest.mark.parametrize("status", PAGES)
def test_a_leader_sees_who_when_why_and_the_first_lines_and_makes_a_case_by_one_key(
    mailbox, procedure, client, bowo, status
):
    mail = ended(mailbox, status)
    opened = procedure.opened()
    client.force_login(bowo)
    page = client.get(reverse(PAGES[status])).content.decode()
    for word in ("bonar@samudra.example", "Modem kami mati.", mail.reason, reverse("mail:quarantined", args=[mail.pk])):
        assert word in page
    address = reverse("mail:quarantined", args=[mail.pk])
    assert 'value="new" data-key="a"' in client.get(address).content.decode()

    answer = client.post(address, {"what": "new"})

    assert answer["Location"] == reverse(PAGES[status])
    mail.refresh_from_db()
    assert (mail.status, mail.was, mail.case_id, mail.decided_by) == (Status.FILED, status, mail.pk, bowo)
    assert procedure.opened() == opened + 1
    assert mail.attachments.count() == (status == Status.IGNORED)
    assert mail.reason not in client.get(reverse(PAGES[status])).content.decode() or not mail.reason


@pytest.mark.parametrize("status", PAGES)
def test_it_joins_a_case_that_the_leader_sees(mailbox, procedure, client, bowo, status):
    mail = ended(mailbox, status)
    procedure.numbers, procedure.visible_to = {"LT17": 17}, {("bowo", 17)}
    client.force_login(bowo)
    client.post(reverse("mail:quarantined", args=[mail.pk]), {"what": "into", "number": "lt17"})
    assert InboundMail.objects.get(pk=mail.pk).case_id == 17


@pytest.mark.parametrize("status", PAGES)
def test_two_leaders_who_press_at_once_make_one_case(mailbox, procedure, client, bowo, status):
    mail = ended(mailbox, status)
    opened = procedure.opened()
    quarantine.file_by_hand(mail, bowo)
    with pytest.raises(quarantine.NotPossible):
        quarantine.file_by_hand(mail, bowo)
    assert procedure.opened() == opened + 1


@pytest.mark.parametrize("status", PAGES)
def test_what_only_quarantine_offers_is_refused(mailbox, procedure, client, bowo, status):
    mail = ended(mailbox, status)
    client.force_login(bowo)
    for what in ("retry", "ignore"):
        client.post(reverse("mail:quarantined", args=[mail.pk]), {"what": what, "why": "iklan"})
    now = InboundMail.objects.get(pk=mail.pk)
    assert (now.status, now.reason, now.decided_by) == (status, mail.reason, None)


@pytest.mark.parametrize("status", PAGES)
def test_nobody_else_sees_or_decides(mailbox, procedure, client, rini, status):
    maria = factories.person("maria", Role.TEAM_LEADER, desk_code="TDSCC")
    mail = ended(mailbox, status)
    client.force_login(rini)
    assert client.get(reverse(PAGES[status])).status_code == 403
    client.force_login(maria)
    assert client.get(reverse(PAGES[status])).context["mails"] == []
    assert client.post(reverse("mail:quarantined", args=[mail.pk]), {"what": "new"}).status_code == 404
    with pytest.raises(quarantine.NotPossible):
        quarantine.file_by_hand(mail, maria)
    assert InboundMail.objects.get(pk=mail.pk).status == status


def test_the_newest_come_first_and_pages_follow_their_numbers(mailbox, procedure, client, bowo):
    raw = letter("Sedang cuti.", extra="Auto-Submitted: auto-replied", message_id="")
    client.force_login(bowo)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("mail:ignored"))
        return len(captured)

    intake.file_batch([store(mailbox, raw)[0].pk])
    queries()  # what the menu counts is kept for a minute
    few = queries()
    pks = [mail.pk for mail in store(mailbox, *[raw + b"%d" % number for number in range(44)])]
    intake.file_batch(pks)
    assert queries() == few
    first = client.get(reverse("mail:ignored"))
    assert [mail.pk for mail in first.context["mails"]] == sorted(pks, reverse=True)[:40]
    assert len(client.get(f"{reverse('mail:ignored')}?after={first.context['more']}").context["mails"]) == 5
    for odd in ("٣", "x", "9" * 5000, "-1", "9" * 19):  # no place of ours
        assert client.get(reverse("mail:ignored"), {"after": odd}).status_code == 400, odd


@pytest.mark.parametrize(("status", "index"), [("IGNORED", "inbound_ignored"), ("DUPLICATE", "inbound_duplicates")])
def test_the_order_has_its_index(mailbox, bowo, status, index):
    rows = quarantine.without_case(bowo, Status(status)).filter(pk__lt=9).order_by("-pk")[:41]
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET enable_sort = off")
        cursor.execute("SET enable_bitmapscan = off")
    assert index in rows.explain()


def test_pages_are_told_when_a_mail_ends_without_a_case_and_when_a_person_decided(
    mailbox, procedure, bowo, monkeypatch
):
    told: list[str] = []
    monkeypatch.setattr(registry, "ended_without_case", [lambda: told.append("board")])
    filed(mailbox, letter())
    assert told == []
    mail = ended(mailbox, Status.IGNORED)
    assert told == ["board"]
    quarantine.file_by_hand(mail, bowo)
    assert told == ["board", "board"]


def test_only_what_came_today_by_itself_is_counted(mailbox, procedure, bowo):
    mails = [ended(mailbox, Status.IGNORED, f"Surat {number}") for number in range(3)]
    InboundMail.objects.filter(pk=mails[0].pk).update(stored_at="2026-01-01T00:00:00Z")
    InboundMail.objects.filter(pk=mails[1].pk).update(decided_by=bowo)
    assert list(quarantine.set_aside_today(bowo, Status.IGNORED)) == [mails[2]]


def test_the_ledger_tells_which_cases_a_person_made_and_its_pages_have_the_rest(
    mailbox, server, procedure, client, bowo
):
    folder = MailFolder.objects.create(mailbox=mailbox)
    auto = [letter(f"Cuti {number}.", extra="Auto-Submitted: auto-replied") for number in range(3)]
    same = letter("dua kali")
    server.put(mailbox.username, letter(), same, same, same, *auto)
    polling.poll(mailbox)
    intake.file_batch(list(InboundMail.objects.values_list("pk", flat=True)))
    for status in PAGES:
        quarantine.file_by_hand(InboundMail.objects.filter(status=status).earliest("pk"), bowo)
    out = StringIO()

    call_command("mail_ledger", "--check", stdout=out)

    day = LedgerDay.objects.get()
    assert (day.on_server, day.filed, day.by_person, day.duplicate, day.ignored) == (7, 4, 2, 1, 2)
    assert (day.difference, day.missing) == (0, [])
    assert "filed 4 (2 by a person)" in out.getvalue()
    client.force_login(bowo)
    for status, counted in ((Status.IGNORED, day.ignored), (Status.DUPLICATE, day.duplicate)):
        assert len(client.get(reverse(PAGES[status])).context["mails"]) == counted
    books = client.get(reverse("mail:ledger")).content.decode()
    assert all(reverse(name) in books for name in PAGES.values())
    assert ledger.check(folder)[0].by_person == 2
