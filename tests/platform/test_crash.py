"""A worker that is really killed: no mail is lost, no case, ticket or reply comes twice.

Each drill brings a real Celery worker to a known place (a held line of the mail server, a lock in the database, an
outside system that does not answer), kills it with SIGKILL there, starts another one and counts. The two minutes after
which a claim counts as left behind are turned back in the rows instead of being waited for.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.audit.verify import broken_links
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator.seed import DES_DOWN_VPN
from tenesa.workflow.perform import perform
from tests.journeys.desk import Outside, Worker, World, new_mailbox, tidy
from tests.journeys.patience import PATIENCE, eventually, only
from tests.journeys.post import CUSTOMERS, Customer, Inbox, words
from tests.platform.gate import Gate
from tickets.models import EmailCase, State

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG = pytest.mark.long
LETTER = ("surat.pdf", b"%PDF-1.4 surat")
LONG_AGO = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    """The cache shares its Redis with the worker's queue, so here nobody empties it."""


@pytest.fixture(scope="module")
def worker(django_db_setup: None) -> Iterator[Worker]:
    tidy()
    made = Worker().start()
    yield made
    made.stop()
    tidy()


@dataclass
class Drill:
    """A desk behind gates, and the count of what reached whom."""

    world: World
    imap: Gate
    smtp: Gate
    sent_folder: Inbox

    @property
    def worker(self) -> Worker:
        return self.world.worker

    def customer(self, number: int = 1) -> Customer:
        """Each writes from an address of its own, so that each gets an acknowledgement."""
        return self.world.customer(f"Staf {number}", f"staf{number}@samudra.example")

    def kill(self) -> None:
        self.worker.kill()

    def restart(self) -> None:
        """Another worker; whatever the dead one held counts as left behind."""
        past = timezone.now() - LONG_AGO
        InboundMail.objects.filter(status="STORED").update(nudged_at=past)
        OutboundMail.objects.filter(status="SENDING").update(claimed_at=past)
        ExternalCall.objects.filter(status="SENDING").update(claimed_at=past)
        self.worker.start()

    def settled(self, mails: int) -> None:
        """Wait until every mail is filed, every answer sent and every call answered."""
        last = 0.0

        def done() -> bool:
            nonlocal last
            if time.monotonic() - last > 1:
                last = time.monotonic()
                self.world.clock()
            filed = self.world.ledger().get("FILED", 0) == mails
            unsent = OutboundMail.objects.exclude(status="SENT", handled_at__isnull=False).exists()
            open_calls = ExternalCall.objects.exclude(status__in=["DONE", "REFUSED"]).exists()
            return filed and not unsent and not open_calls

        eventually(done, what=self.state_of_things)

    def state_of_things(self) -> str:
        mails = list(OutboundMail.objects.values_list("purpose", "status", "unsure", "error"))
        calls = list(ExternalCall.objects.values_list("system", "operation", "status", "error_message", "note"))
        return f"{self.world.ledger()} {mails} {calls}\n{self.worker.log()}"

    def whole(self, *mails: EmailMessage) -> None:
        """Every mail has one case and one acknowledgement; the books balance."""
        self.settled(len(mails))
        self.world.at_rest()
        rows = InboundMail.objects.filter(mailbox=self.world.mailbox)
        ids = [str(mail["Message-ID"]).strip("<>") for mail in mails]
        assert sorted(rows.values_list("message_id", flat=True)) == sorted(ids)
        assert EmailCase.objects.count() == len(set(rows.values_list("case_id", flat=True))) == len(mails)
        assert self.world.ledger() == {"FILED": len(mails)}
        assert self.world.on_server() == len(mails)
        received = self.world.inbox.mails()
        for mail in mails:
            answers = [got for got in received if got["In-Reply-To"] == mail["Message-ID"]]
            only(got for got in answers if "dikirim otomatis sebagai tanda terima" in words(got))
        assert len({got["Message-ID"] for got in received}) == len(received) == OutboundMail.objects.count()
        assert len(self.sent_folder.mails()) == len(received)
        assert list(broken_links()) == []


@pytest.fixture
def drill(transactional_db: None, worker: Worker, settings: Any) -> Iterator[Drill]:
    settings.MAIL_UNDO_SECONDS = 0
    outside = Outside()
    outside.reset()
    imap, smtp = (Gate("127.0.0.1", urlsplit(url).port or 0) for url in (settings.IMAP_URL, settings.SMTP_URL))
    mailbox = new_mailbox(imap_port=imap.port, smtp_url=f"smtp://127.0.0.1:{smtp.port}")
    worker.let_tick()
    world = World("", mailbox, worker, outside, Inbox(CUSTOMERS), {})
    yield Drill(world, imap, smtp, Inbox(mailbox.username, "Sent"))
    for gate in (imap, smtp):
        gate.close()
    type(mailbox).objects.update(active=False)
    outside.heal()
    worker.hold_ticks()
    if worker.process is None:
        worker.start()
    world.at_rest()
    world.close()


# Somebody in this database waits for a lock; the wait for another transaction's row has no database of its own.
WAITING = """
    SELECT count(*) FROM pg_locks l LEFT JOIN pg_database d ON d.oid = l.database
     WHERE NOT l.granted AND coalesce(d.datname, current_database()) = current_database()
"""


# --- places -----------------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def blocked(table: str) -> Iterator[Callable[[], None]]:
    """Nobody can write the table meanwhile; gives a function that waits until somebody tries."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield _until_waiting


def _until_waiting() -> None:
    def waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            return bool(cursor.fetchone()[0])

    eventually(waiting, what="somebody who waits for the lock")


# --- mail in ----------------------------------------------------------------------------------------------------------
def test_a_death_while_fetching_loses_no_mail(drill: Drill) -> None:
    drill.imap.hold("down", b"BODY[]")
    mail = drill.customer().writes("Link mati", f"SID {DES_DOWN_VPN} mati.", LETTER)
    assert drill.imap.reached.wait(PATIENCE)
    assert not InboundMail.objects.exists()
    drill.kill()
    drill.imap.let_through()
    drill.restart()
    drill.whole(mail)


PLACES_OF_FILING = {  # the filing is one transaction, from its first row to its last one
    "store": "mail_inboundmail",
    "parse": "mail_inboundattachment",
    "case": "tickets_emailcase",
    "acknowledgement": "mail_outboundmail",
}


@pytest.mark.parametrize(
    "place", ["store", pytest.param("parse", marks=LONG), pytest.param("case", marks=LONG), "acknowledgement"]
)
def test_a_death_while_storing_or_filing_leaves_one_case(drill: Drill, place: str) -> None:
    with blocked(PLACES_OF_FILING[place]) as until_waiting:
        mail = drill.customer().writes("Link mati", f"SID {DES_DOWN_VPN} mati.", LETTER)
        until_waiting()
        assert not EmailCase.objects.exists()
        drill.kill()
    assert InboundMail.objects.filter(status="STORED").count() == (0 if place == "store" else 1)
    drill.restart()
    drill.whole(mail)


# --- mail out ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("way", "words", "accepted"),
    [
        pytest.param("up", b"\r\n.\r\n", 0, marks=LONG, id="before acceptance"),
        pytest.param("down", b"250 2.0.0 Accepted", 1, id="between acceptance and record"),
    ],
)
def test_a_death_while_answering_sends_one_reply(drill: Drill, way: Any, words: bytes, accepted: int) -> None:
    drill.smtp.hold(way, words)
    mail = drill.customer().writes("Link mati", f"SID {DES_DOWN_VPN} mati.")
    assert drill.smtp.reached.wait(PATIENCE)
    assert len(drill.sent_folder.mails()) == accepted
    drill.kill()
    drill.smtp.let_through()
    assert OutboundMail.objects.get().status == "SENDING"
    drill.restart()
    drill.whole(mail)


def test_a_death_after_the_record_still_tells_the_procedure(drill: Drill) -> None:
    drill.smtp.hold("down", b"250 2.0.0 Accepted")
    mail = drill.customer().writes("Link mati", f"SID {DES_DOWN_VPN} mati.")
    assert drill.smtp.reached.wait(PATIENCE)
    with blocked("mail_outboundmail") as until_waiting:
        drill.smtp.let_through()
        until_waiting()
        drill.kill()
    drill.restart()
    drill.whole(mail)


# --- the ticket -------------------------------------------------------------------------------------------------------
def to_the_form(drill: Drill, agent: User) -> tuple[EmailMessage, EmailCase]:
    """A case whose ticket form is ready, taken there by its agent."""
    mail = drill.customer().writes("Link mati", f"SID {DES_DOWN_VPN} mati. HP 0812-0000-1187")
    drill.settled(1)
    case: EmailCase = perform(EmailCase.objects.get(), "take", actor=agent)
    case = perform(case, "check_segment", actor=agent, data={"segment": "DES", "source": "TENOSS"})
    need = {"kind": "COMPLAINT", "complaint": "NEW", "product_ids": DES_DOWN_VPN}
    case = perform(case, "identify", actor=agent, data=need)
    drill.settled(1)
    case = perform(case, "start_checks", actor=agent)
    drill.settled(1)
    search = {"search_type": "product_id", "search_value": DES_DOWN_VPN}
    case = perform(case, "draft_ticket", actor=agent, data=search)
    drill.settled(1)
    return mail, case


def submit(case: EmailCase, agent: User) -> None:
    form = {
        "product_ids": [DES_DOWN_VPN],
        "reporter_name": "Staf",
        "reporter_phone": "0812-0000-1187",
        "reporter_email": "staf1@samudra.example",
        "symptom": "OFFLINE",
        "description": "Mati.",
        "rechecked": True,
    }
    perform(case, "submit_ticket", actor=agent, data=form)


def one_ticket(drill: Drill, case: EmailCase) -> None:
    eventually(lambda: EmailCase.objects.get(pk=case.pk).state == State.TICKET_OPEN, what=drill.state_of_things)
    incident = only(drill.world.outside.incidents_of(DES_DOWN_VPN))["number"]
    assert only(case.lines.all()).incident_number == incident
    assert len({call["key"] for call in drill.world.outside.calls("mycx", "create_ticket")}) == 1
    drill.settled(1)  # the step that tells the customer came after MyCX's answer
    only(mail for mail in drill.world.inbox.mails() if incident in mail.as_string())


def outbound(drill: Drill) -> bool:
    return bool(drill.world.outside.calls("mycx", "create_ticket"))


def opened(drill: Drill) -> bool:
    return bool(drill.world.outside.incidents_of(DES_DOWN_VPN))


@pytest.mark.parametrize(
    ("fault", "reached"),
    [
        pytest.param("timeout", outbound, marks=LONG, id="before MyCX acts"),
        pytest.param("lost_answer", opened, id="after MyCX acted"),
    ],
)
def test_a_death_while_submitting_opens_one_ticket(
    drill: Drill, rini: User, fault: str, reached: Callable[[Drill], bool]
) -> None:
    mail, case = to_the_form(drill, rini)
    drill.world.outside.fault("mycx", "create_ticket", fault, ms=15_000, times=1)
    submit(case, rini)
    eventually(lambda: reached(drill), what="MyCX to be asked")
    assert len(drill.world.outside.incidents_of(DES_DOWN_VPN)) == (1 if fault == "lost_answer" else 0)
    drill.kill()
    drill.restart()
    drill.settled(1)
    one_ticket(drill, case)
    drill.whole(mail)


def test_a_death_between_mycxs_answer_and_the_case_takes_the_step_once(drill: Drill, rini: User) -> None:
    mail, case = to_the_form(drill, rini)
    drill.world.outside.fault("mycx", "create_ticket", "slow", ms=1_500, times=1)
    submit(case, rini)
    eventually(lambda: opened(drill), what="MyCX to act")
    with transaction.atomic():
        EmailCase.objects.select_for_update().get(pk=case.pk)
        _until_waiting()
        assert ExternalCall.objects.get(operation="create_ticket").status == "ANSWERED"
        drill.kill()
    assert EmailCase.objects.get(pk=case.pk).state == State.TICKET_SUBMITTING
    drill.restart()
    drill.settled(1)
    one_ticket(drill, case)
    drill.whole(mail)
    assert len(drill.world.outside.calls("mycx", "create_ticket")) == 1


# --- any moment -------------------------------------------------------------------------------------------------------
@pytest.mark.long
def test_deaths_at_random_moments_lose_and_double_nothing(drill: Drill) -> None:
    moments = random.Random(20210801)
    drill.world.outside.fault("siskas", "*", "slow", ms=150)
    mails = [drill.customer(n).writes(f"Link mati {n}", f"SID {DES_DOWN_VPN} mati.", LETTER) for n in range(8)]
    for _death in range(3):
        time.sleep(moments.uniform(0.05, 0.9))  # the moment is the point: nothing is waited for
        drill.kill()
        drill.restart()
        mails.append(drill.customer(len(mails)).writes("Lagi", f"SID {DES_DOWN_VPN} masih mati."))
    drill.world.outside.heal()
    drill.whole(*mails)
