"""`make drill`: mails arrive while everything that reads them is killed at random; then the books must balance.

Killed and started again, in an order that the seed decides: the worker, the watcher, the connections to PostgreSQL,
Redis and the mail server. What must hold at the end: every mail that the server accepted is in the ledger, every
Message-ID has one case, every case one acknowledgement, and every customer got one.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from typing import Any

MAILS, SECONDS, SEED = 2000, 120.0, 20261121
PATIENCE = 300.0  # seconds without progress after which the drill gives up; a busy machine may take long
QUIET = 15.0  # seconds without progress after which what waits is not waited for


class Drill:
    def __init__(self, mails: int, seconds: float, seed: int, say: Any = print) -> None:
        from tests.services import services

        self.services, self.mails, self.seconds = services, mails, seconds
        self.chance, self.say = random.Random(seed), say
        self.worker: subprocess.Popen[bytes] | None = None
        self.others: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: Counter[str] = Counter()
        self.sent: list[str] = []
        self.stopped = threading.Event()

    def run(self) -> list[str]:
        """Everything that is wrong at the end; nothing, if all is well."""
        self.mailbox = self._mailbox()
        self._start()
        sender = threading.Thread(target=self._send, daemon=True)
        sender.start()
        try:
            until = time.monotonic() + self.seconds
            while time.monotonic() < until:
                time.sleep(self.chance.uniform(0.4, 2.0))
                self._kill(self.chance.choice(["worker", "postgres", "redis", "mail", "idle"]))
            sender.join(10 * PATIENCE)
            self.say(f"{len(self.sent)} mails accepted; killed: {dict(self.kills)}")
            self._settle()
            return self._wrong()
        finally:
            self._stop()

    # --- the house ----------------------------------------------------------------------------------------------------
    def _mailbox(self) -> Any:
        from tenesa.mail.models import Mailbox, MailFolder
        from tests.journeys.desk import new_mailbox

        name = f"latihan{os.getpid()}"
        mailbox: Mailbox = new_mailbox(address=f"{name}@telkom.example", username=name)
        MailFolder.objects.create(mailbox=mailbox)
        return mailbox

    def _start(self) -> None:
        from tenesa.launch import commands

        environment = {**self.services.environment(), "MAIL_POLL_SECONDS": "2"}
        if self.worker is None or self.worker.poll() is not None:
            self.worker = self.services.start_worker(concurrency=2)
        if "beat" not in self.others or self.others["beat"].poll() is not None:
            self.others["beat"] = self.services.start_beat(MAIL_POLL_SECONDS="2")
        if "idle" not in self.others or self.others["idle"].poll() is not None:
            self.others["idle"] = self.services.spawn("idle", commands.idle(), environment)

    def _stop(self) -> None:
        for process in filter(None, [self.worker, *self.others.values()]):
            self.services.kill(process)
        self.services.start_mail()

    def _kill(self, what: str) -> None:
        self.kills[what] += 1
        if what == "worker" and self.worker is not None:
            self.services.kill(self.worker)
        elif what == "idle":
            self.services.kill(self.others["idle"])
        elif what == "postgres":
            self._cut_connections()
        elif what == "redis":
            assert self.services.redis.process is not None
            self.services.kill(self.services.redis.process)
            time.sleep(0.2)
            self.services.start_redis()
        else:
            self.services.stop_mail(by=signal.SIGKILL)
            time.sleep(0.2)
            self.services.start_mail()
        self._start()

    def _cut_connections(self) -> None:
        """Everybody's but our own, as when the server restarts; this thread's transaction would be the drill's."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    # --- the customers ------------------------------------------------------------------------------------------------
    def _send(self) -> None:
        """Each mail until the server accepts it; one whose acceptance is not known is sent again, as servers do."""
        pause = self.seconds * 0.8 / self.mails
        began = time.monotonic()
        for number in range(self.mails):
            message_id = f"{number}.{os.getpid()}@pelanggan.example"
            while not self._hand_over(number, message_id):
                time.sleep(0.1)
            self.sent.append(message_id)
            time.sleep(max(0.0, began + pause * (number + 1) - time.monotonic()))

    def _hand_over(self, number: int, message_id: str) -> bool:
        sender = f"staf{number}x{os.getpid()}@samudra.example"
        lines = [
            *(f"From: Staf {number} <{sender}>", f"To: {self.mailbox.address}", f"Subject: Gangguan {number}"),
            *(f"Message-ID: <{message_id}>", "Date: Mon, 16 Nov 2026 09:12:00 +0700", "", "Internet kami mati.", ""),
        ]
        try:
            with smtplib.SMTP("127.0.0.1", self.services.smtp_port, timeout=5) as client:
                client.sendmail(sender, [self.mailbox.address], "\r\n".join(lines))
        except (OSError, smtplib.SMTPException):
            return False
        return True

    # --- the end ------------------------------------------------------------------------------------------------------
    def _settle(self) -> None:
        """Wait until nothing moves any more. What waits for minutes (a back-off, a claim left behind) waits less: the
        clock is turned back in the rows while no worker runs, so that nobody is taken for dead who is not."""
        last, moved, turned = self._progress(), time.monotonic(), time.monotonic()
        while not self._at_rest() and time.monotonic() - moved < PATIENCE:
            time.sleep(0.5)
            if (now := self._progress()) != last:
                last, moved = now, time.monotonic()
            elif time.monotonic() - max(moved, turned) > QUIET:
                self._turn_back_the_clock()
                turned = time.monotonic()

    def _progress(self) -> tuple[int, int]:
        from tenesa.mail.models import InboundMail, OutboundMail

        return InboundMail.objects.exclude(status="STORED").count(), OutboundMail.objects.filter(status="SENT").count()

    def _turn_back_the_clock(self) -> None:
        from django.utils import timezone

        from tenesa.mail.models import InboundMail, MailFolder, OutboundMail

        if self.worker is not None:
            self.worker.send_signal(signal.SIGTERM)
            self.worker.wait(60)
        past = timezone.now() - timedelta(minutes=10)
        InboundMail.objects.filter(status="STORED").update(nudged_at=past)
        OutboundMail.objects.filter(status="SENDING").update(claimed_at=past)
        OutboundMail.objects.filter(status="WAITING").update(send_after=past, nudged_at=past)
        MailFolder.objects.update(next_poll_at=None)
        self._start()

    def _at_rest(self) -> bool:
        from tenesa.mail.models import InboundMail, OutboundMail

        rows = InboundMail.objects.filter(mailbox=self.mailbox)
        kept = rows.values("message_id").distinct().count() >= len(self.sent)
        unsent = OutboundMail.objects.filter(mailbox=self.mailbox).exclude(status="SENT", handled_at__isnull=False)
        return kept and not rows.filter(status="STORED").exists() and not unsent.exists()

    def _wrong(self) -> list[str]:
        from tenesa.mail import ledger
        from tenesa.mail.models import InboundMail, OutboundMail
        from tickets.models import EmailCase

        wrong = []
        days = ledger.check(self.mailbox.folders.get())
        if bad := [str(day) for day in days if day.difference or day.missing or day.stored or day.waiting]:
            wrong.append(f"the ledger does not balance: {bad}")
        rows = InboundMail.objects.filter(mailbox=self.mailbox)
        filed = Counter(rows.filter(status="FILED").values_list("message_id", flat=True))
        if missing := set(self.sent) - set(filed):
            wrong.append(f"{len(missing)} mails without a case, e.g. {sorted(missing)[:3]}")
        if double := [name for name, count in filed.items() if count > 1]:
            wrong.append(f"filed twice: {double[:3]}")
        cases = EmailCase.objects.filter(mailbox=self.mailbox).count()
        if cases != len(filed):
            wrong.append(f"{cases} cases for {len(filed)} mails")
        replies = Counter(OutboundMail.objects.filter(mailbox=self.mailbox).values_list("case_id", flat=True))
        if len(replies) != cases or set(replies.values()) - {1}:
            wrong.append(f"{sum(replies.values())} replies to {len(replies)} of {cases} cases")
        wrong += self._received(cases)
        statuses = Counter(rows.values_list("status", flat=True))
        self.say(f"{dict(statuses)}, {cases} cases, {sum(replies.values())} replies; wrong: {wrong or 'nothing'}")
        return wrong

    def _received(self, cases: int) -> list[str]:
        """What the customers found in their mailboxes, from the mail server itself."""
        from imapclient import IMAPClient

        with IMAPClient("127.0.0.1", self.services.imap_port, ssl=False) as client:
            client.login("pelanggan", "rahasia")
            client.select_folder("INBOX", readonly=True)
            uids = client.search(["FROM", self.mailbox.address])
            heads = client.fetch(uids, ["BODY.PEEK[HEADER]"]) if uids else {}
        answered = Counter(message_from_bytes(head[b"BODY[HEADER]"])["In-Reply-To"] for head in heads.values())
        double = [name for name, count in answered.items() if count > 1]
        return [f"{len(answered)} customers answered of {cases}, twice: {double[:3]}"] * (
            bool(double) or len(answered) != cases
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    from tests.services import services

    os.environ["DJANGO_SETTINGS_MODULE"] = "tenesa.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        return bool(Drill(options.mails, options.seconds, options.seed).run())
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main())
