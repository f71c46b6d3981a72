"""Mails a second: from the IMAP server through poll and two worker processes to a committed case."""

from __future__ import annotations

import smtplib
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path

from django.db.models import Max

from tenesa.accounts.roles import Role
from tenesa.mail.models import InboundMail, Mailbox
from tenesa.mail.tasks import poll_mailbox
from tests.benchmarks import corpus, floor, people, population, processes, rig
from tests.benchmarks.measure import Line, per_second, rates
from tickets.models import EmailCase

PROCESSES = 2
PATIENCE = 120


def measure(base: Path, *, turns: int, number: int, among: int = 0) -> list[Line]:
    """With `among`, on a base that holds at least so many cases: the rate has to stay flat."""
    people.desk_and_areas()
    if EmailCase.objects.count() < among:
        population.empty()
        population.grow(among, [people.person("agent0", Role.AGENT_EMAIL).pk])
    floor.mail_table()
    numbers = count(1)
    with rig.mail_server(base) as (imap, smtp), rig.worker(base, PROCESSES):
        box = people.mailbox(imap)
        pool = ProcessPoolExecutor(PROCESSES, processes.context())
        own, bare = [], []
        for turn in range(turns + 1):  # the first one warms up
            mails = [corpus.mail(next(numbers), box.address) for _ in range(number)]
            deliver(mails, smtp, box)
            own_rate = per_second(partial(_until_filed, box), number)
            bare_rate = per_second(partial(_bare, pool, mails), number)
            if turn:
                own.append(own_rate)
                bare.append(bare_rate)
        pool.shutdown()
    return [rates(f"mail from IMAP to case{f', {among:,} cases' if among else ''}", own, bare, "1/s")]


def deliver(mails: list[bytes], port: int, box: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for raw in mails:
            client.sendmail("pelanggan@pelanggan.example", [box.address], raw)


def _until_filed(box: Mailbox, number: int) -> None:
    last = InboundMail.objects.aggregate(last=Max("pk"))["last"] or 0
    filed = InboundMail.objects.filter(pk__gt=last, status=InboundMail.Status.FILED)
    poll_mailbox.delay(box.pk)
    deadline = time.monotonic() + PATIENCE
    while (done := filed.count()) < number:
        if time.monotonic() > deadline:
            msg = f"{done} of {number} mails were filed in {PATIENCE} s"
            raise TimeoutError(msg)
        time.sleep(0.02)


def _bare(pool: ProcessPoolExecutor, mails: list[bytes], number: int) -> None:
    list(pool.map(floor.file_mails, [mails[start::PROCESSES] for start in range(PROCESSES)]))
