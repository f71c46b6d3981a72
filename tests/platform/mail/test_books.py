"""The ledger balances or says which mail is missing; what cannot be filed waits for a person."""

from __future__ import annotations

import time
from email import message_from_bytes
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import intake, ledger, oversize, polling
from tenesa.mail.models import InboundMail, LedgerDay, Mailbox, MailFolder, OutboundMail
from tenesa.mail.values import Fetched
from tests import factories
from tests.platform.mail.letters import bounce, letter

pytestmark = pytest.mark.django_db(transaction=True)
Status = InboundMail.Status


@pytest.fixture
def folder(mailbox) -> MailFolder:
    return MailFolder.objects.create(mailbox=mailbox)


@pytest.fixture
def bowo(db: None) -> User:
    return factories.person("bowo", Role.TEAM_LEADER)


def file_all() -> None:
    for pk in InboundMail.objects.filter(status=Status.STORED).order_by("pk").values_list("pk", flat=True):
        intake.file_mail(pk)


# --- ledger -----------------------------------------------------------------------------------------------------------
def test_the_ledger_balances(mailbox, server, folder, procedure):
    same = letter("dua kali")
    server.put(mailbox.username, letter(), same, same, letter(extra="Auto-Submitted: auto-replied"), letter())
    polling.poll(mailbox)
    file_all()
    server.put(mailbox.username, letter("baru"))

    [day] = ledger.check(folder)

    assert (day.on_server, day.filed, day.duplicate, day.ignored, day.waiting) == (6, 3, 1, 1, 1)
    assert (day.difference, day.missing) == (0, [])


def test_a_missing_mail_is_named(mailbox, server, folder):
    server.put(mailbox.username, letter(), letter())
    polling.poll(mailbox)
    lost = InboundMail.objects.earliest("uid")
    lost.delete()
    out, err = StringIO(), StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("mail_ledger", "--check", stdout=out, stderr=err)

    assert ended.value.code == 1
    [day] = LedgerDay.objects.all()
    assert (day.missing, day.difference) == ([str(lost.uid)], 1)
    assert f"{lost.uid}" in err.getvalue()


def test_what_others_moved_away_is_no_difference(mailbox, server, folder, procedure):
    server.put(mailbox.username, letter(), letter())
    polling.poll(mailbox)
    client = server.client(mailbox.username)
    client.create_folder("Arsip")
    client.select_folder("INBOX")
    client.move(client.search()[:1], "Arsip")
    client.logout()

    call_command("mail_ledger", "--check", stdout=StringIO())

    day = LedgerDay.objects.get()
    assert (day.on_server, day.gone, day.stored, day.difference) == (1, 1, 2, 0)


def test_a_server_that_does_not_answer_fails_the_check(mailbox, folder):
    Mailbox.objects.update(imap_port=1)
    with pytest.raises(SystemExit):
        call_command("mail_ledger", "--check", stdout=StringIO(), stderr=StringIO())


def test_its_page_shows_the_alarm_to_leaders_only(mailbox, client, bowo, rini, folder):
    LedgerDay.objects.create(
        mailbox=mailbox,
        folder="INBOX",
        day=timezone.localdate(),
        on_server=1,
        missing=["117"],
        checked_at=timezone.now(),
    )
    client.force_login(rini)
    assert client.get(reverse("mail:ledger")).status_code == 403
    client.force_login(bowo)

    page = client.get(reverse("mail:ledger")).content.decode()

    assert "117" in page
    assert 'role="alert"' in page


# --- quarantine -------------------------------------------------------------------------------------------------------
def held(mailbox: Mailbox, procedure, raw: bytes) -> InboundMail:
    procedure.fail = RuntimeError("kaset macet")
    [folder] = mailbox.folders_to_read()
    [pk] = polling.store(folder, 7, [Fetched(folder.last_uid + 1, raw)]) or []
    InboundMail.objects.filter(pk=pk).update(attempts=2)
    intake.file_mail(pk)
    procedure.fail = None
    mail = InboundMail.objects.get(pk=pk)
    assert mail.status == Status.QUARANTINED
    return mail


def test_a_leader_sees_reads_and_decides(mailbox, procedure, client, bowo, nudges):
    mail = held(mailbox, procedure, letter("isi <b>surat</b>"))
    client.force_login(bowo)
    assert "kaset macet" in client.get(reverse("mail:quarantine")).content.decode()
    assert "isi &lt;b&gt;surat" in client.get(reverse("mail:quarantined", args=[mail.pk])).content.decode()
    assert client.get(reverse("mail:quarantined-raw", args=[mail.pk])).content == mail.raw

    client.post(reverse("mail:quarantined", args=[mail.pk]), {"what": "new"})

    mail.refresh_from_db()
    assert (mail.status, mail.case_id, mail.decided_by) == (Status.FILED, mail.pk, bowo)
    assert "bowo" in mail.filed_by.lower()


def test_trying_again_files_it(mailbox, procedure, client, bowo):
    mail = held(mailbox, procedure, letter())
    client.force_login(bowo)
    client.post(reverse("mail:quarantined", args=[mail.pk]), {"what": "retry"})
    mail.refresh_from_db()
    assert mail.status == Status.STORED
    assert intake.file_mail(mail.pk) == Status.FILED


def test_all_that_one_fault_held_are_tried_again_at_once(mailbox, procedure, client, bowo, rini):
    mails = [held(mailbox, procedure, letter(f"surat {number}")) for number in range(12)]
    other = held(mailbox, procedure, letter("lain"))
    InboundMail.objects.filter(pk=other.pk).update(reason="lain")
    reason = mails[0].reason
    client.force_login(bowo)
    assert "12 surel ditahan" in client.get(reverse("mail:quarantine")).content.decode()
    client.post(reverse("mail:quarantine"), {"reason": reason})
    assert InboundMail.objects.filter(status=Status.STORED, decided_by=bowo).count() == 12
    assert InboundMail.objects.get(pk=other.pk).status == Status.QUARANTINED
    assert [intake.file_mail(mail.pk) for mail in mails] == [Status.FILED] * 12
    client.force_login(rini)
    assert client.post(reverse("mail:quarantine"), {"reason": "lain"}).status_code == 403


def test_it_goes_into_a_case_that_the_leader_may_see(mailbox, procedure, client, bowo):
    mail = held(mailbox, procedure, letter())
    procedure.numbers = {"LT17": 17, "LT18": 18}
    procedure.visible_to = {("bowo", 17)}
    client.force_login(bowo)
    address = reverse("mail:quarantined", args=[mail.pk])

    client.post(address, {"what": "into", "number": "LT18"})
    assert InboundMail.objects.get(pk=mail.pk).status == Status.QUARANTINED
    client.post(address, {"what": "into", "number": "lt17"})

    assert InboundMail.objects.get(pk=mail.pk).case_id == 17


def test_putting_aside_needs_a_reason(mailbox, procedure, client, bowo):
    mail = held(mailbox, procedure, letter())
    client.force_login(bowo)
    address = reverse("mail:quarantined", args=[mail.pk])
    client.post(address, {"what": "ignore", "why": " "})
    assert InboundMail.objects.get(pk=mail.pk).status == Status.QUARANTINED
    client.post(address, {"what": "ignore", "why": "iklan"})
    assert InboundMail.objects.get(pk=mail.pk).reason == "iklan"


@pytest.mark.parametrize("who", ["rini", "maria"])
def test_nobody_else_decides(mailbox, procedure, client, rini, who):
    factories.person("maria", Role.TEAM_LEADER, desk_code="TDSCC")
    mail = held(mailbox, procedure, letter())
    client.force_login(User.objects.get(username=who))
    for name in ("mail:quarantined", "mail:quarantined-raw"):
        assert client.get(reverse(name, args=[mail.pk])).status_code in {403, 404}
    assert client.post(reverse("mail:quarantined", args=[mail.pk]), {"what": "new"}).status_code in {403, 404}
    assert InboundMail.objects.get(pk=mail.pk).status == Status.QUARANTINED


def test_it_pages_by_number(mailbox, procedure, client, bowo):
    [folder] = mailbox.folders_to_read()
    polling.store(folder, 7, [Fetched(n, b"") for n in range(1, 46)])
    client.force_login(bowo)
    first = client.get(reverse("mail:quarantine"))
    assert len(first.context["mails"]) == 40
    assert len(client.get(f"{reverse('mail:quarantine')}?after={first.context['more']}").context["mails"]) == 5


# --- too large --------------------------------------------------------------------------------------------------------
def test_a_mail_that_is_too_large_waits_and_its_sender_hears_why_once(mailbox, server, settings, procedure, nudges):
    settings.MAIL_MAX_BYTES = 100_000
    name = f"bonar{mailbox.pk}@samudra.example"
    big = [letter("x" * 70 + "\n" + ("y" * 70 + "\n") * 3000, sender=name) for _ in range(2)]
    server.put(mailbox.username, *big, letter())

    assert polling.poll(mailbox) == 3
    file_all()

    large = list(InboundMail.objects.filter(whole_size__gt=0).order_by("pk"))
    assert [mail.status for mail in large] == [Status.QUARANTINED] * 2
    assert [mail.whole_size for mail in large] == [len(raw) for raw in big]
    assert large[0].raw == big[0][: 64 * 2**10]
    assert large[0].from_address == name
    assert ("tell_sender", large[0].pk) in nudges
    assert [oversize.tell_sender(mail.pk) for mail in large] == ["told", "told before"]
    [told] = [raw for raw in server.mails("pelanggan") if name.encode() in raw]
    assert message_from_bytes(told)["Auto-Submitted"] == "auto-replied"
    assert not OutboundMail.objects.exists()


def test_a_machine_is_told_nothing(mailbox, settings, procedure):
    settings.MAIL_MAX_BYTES = 10
    [folder] = mailbox.folders_to_read()
    raw = bounce("x@telkom.example", "a@samudra.example")
    [pk] = polling.store(folder, 7, [Fetched(1, raw, whole_size=99)]) or []
    intake.file_mail(pk)
    assert oversize.tell_sender(pk) == "not told"


# --- any bytes --------------------------------------------------------------------------------------------------------
SEEDS = [
    letter("Link SID 4700112-0045127790 mati."),
    bounce("x@telkom.example", "a@samudra.example"),
    b"\r\n",
    b"\0" * 30,
]
SEEDS.append(letter("--B\n\n=?utf-8?q?a?=\n--B--", extra='Content-Type: multipart/mixed; boundary="B"'))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    raw = bytearray(draw(st.sampled_from(SEEDS)))
    for _change in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.integers(0, 12))] = draw(st.binary(max_size=12))
    return bytes(raw[: draw(st.integers(1, max(1, len(raw))))]) or b" "


def test_every_mail_ends_somewhere_with_its_bytes(mailbox, procedure):
    [folder] = mailbox.folders_to_read()
    began = time.monotonic()

    @hypothesis_settings(max_examples=150, database=None, suppress_health_check=list(HealthCheck))
    @given(mutated())
    def ends(raw: bytes) -> None:
        if time.monotonic() - began > 20:
            return
        [pk] = polling.store(folder, 7, [Fetched(folder.last_uid + 1, raw)]) or []
        intake.file_mail(pk)
        intake.file_again([pk])
        intake.file_again([pk])
        mail = InboundMail.objects.select_related("blob").get(pk=pk)
        assert mail.status in {Status.FILED, Status.DUPLICATE, Status.IGNORED, Status.QUARANTINED}
        assert mail.raw == raw

    ends()
