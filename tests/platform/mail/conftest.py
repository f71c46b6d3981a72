"""A real IMAP and SMTP server, a mailbox of its own for every test, and a small procedure that receives mail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from imapclient import IMAPClient

from tenesa.accounts.models import Desk
from tenesa.audit.models import Event
from tenesa.mail import intake, nudge, outbox, registry
from tenesa.mail.models import InboundMail, Mailbox
from tenesa.mail.values import Filed, ParsedMail, ThreadMatch
from tests import realmail
from tests.ports import free_port

PROCEDURE = "tests.lettercase"
DOMAIN = "telkom.example"
PASSWORD = "rahasia"


@dataclass(frozen=True)
class MailServer:
    imap_host: str
    imap_port: int
    smtp_url: str

    keeps_sent: bool = True
    settle: Callable[[], None] = lambda: None  # returns when what SMTP accepted lies in its mailbox
    real: realmail.RealServers | None = None

    def client(self, user: str) -> IMAPClient:
        client = IMAPClient(self.imap_host, self.imap_port, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        return client

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        """Lay mails into a folder as a server does, byte by byte."""
        client = self.client(user)
        for raw in mails:
            client.append(folder, raw)
        client.logout()

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        self.settle()
        with self.client(user) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            uids = client.search()
            answer = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        return [answer[uid][b"BODY[]"] for uid in uids]


@pytest.fixture(scope="session")
def server() -> Iterator[MailServer]:
    """The embedded server; with MAIL_SERVER=dovecot or dovecot-sent the real ones of `tests.realmail`."""
    if realmail.KIND != "embedded":
        if reason := realmail.missing():
            pytest.skip(f"no real mail servers here: {reason}")
        base = Path(tempfile.mkdtemp(prefix="tenesa-mail-", dir="/var/tmp"))
        real = realmail.RealServers(base)
        try:
            real.start()
            smtp_url = f"smtp://127.0.0.1:{real.smtp}"
            yield MailServer("127.0.0.1", real.imap, smtp_url, realmail.KEEPS_SENT, real.settle, real)
        finally:
            real.stop()
            shutil.rmtree(base, ignore_errors=True)
        return
    imap_port, smtp_port = free_port(), free_port()
    command = [sys.executable, "-m", "tenesa.launch.mailserver", "--memory", "--open", "--fast"]
    process = subprocess.Popen([*command, "--imap", str(imap_port), "--smtp", str(smtp_port)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert b"ready" in process.stdout.readline()
    yield MailServer("127.0.0.1", imap_port, f"smtp://127.0.0.1:{smtp_port}")
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def mailbox(db: None, server: MailServer, procedure: Procedure) -> Mailbox:
    """A fresh account on the server, read by our procedure."""
    name = f"kotak{uuid4().hex[:10]}"
    desk = Desk.objects.get_or_create(code="TENESA", defaults={"name": "TENESA"})[0]
    return Mailbox.objects.create(
        address=f"{name}@{DOMAIN}",
        name="Layanan TENESA",
        desk=desk,
        procedure=PROCEDURE,
        imap_host=server.imap_host,
        imap_port=server.imap_port,
        imap_ssl=False,
        username=name,
        password=PASSWORD,
        server_keeps_sent=server.keeps_sent,
        smtp_url=server.smtp_url,
    )


@dataclass
class Letter:
    """A case as far as the mail platform needs one."""

    pk: int
    desk_id: str = "TENESA"

    @staticmethod
    def procedure_name() -> str:
        return PROCEDURE

    @property
    def number(self) -> str:
        return f"LT{self.pk:07d}"


@dataclass
class Procedure:
    """Opens one case a mail, attaches answers, and remembers what it was told. `fail` makes receiving raise."""

    fail: Exception | None = None
    received: list[tuple[int, str]] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    undeliverable: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    visible_to: set[tuple[str, int]] = field(default_factory=set)

    def receive(self, mail: InboundMail, parsed: ParsedMail, match: ThreadMatch | None) -> Filed:
        if self.fail:
            raise self.fail
        case_id = match.case_id if match else mail.pk
        event(case_id, "answer" if match else "receive")
        self.received.append((case_id, match.why if match else "new"))
        return Filed(case_id)

    def opened(self) -> int:
        """Cases in the database, whoever opened them."""
        return Event.objects.filter(procedure=PROCEDURE, step="receive").count()


def event(case_id: int, step: str = "answer") -> Event:
    """An event of a case, as a step writes it."""
    seq = Event.objects.filter(procedure=PROCEDURE, case_id=case_id).count() + 1
    fields: dict[str, Any] = {"procedure": PROCEDURE, "case_id": case_id, "seq": seq, "step": step}
    return Event.objects.create(
        **fields, at=timezone.now(), role="system", clause="-", revision="-", target="-", hash="-"
    )


@pytest.fixture
def procedure(monkeypatch: pytest.MonkeyPatch) -> Procedure:
    known = Procedure()
    handlers = registry.Handlers(
        receive=known.receive,
        delivered=lambda mail: known.delivered.append(mail.purpose),
        undeliverable=lambda mail: known.undeliverable.append(mail.error),
        visible=lambda user, case_id: (user.username, case_id) in known.visible_to,
        by_number=lambda numbers: [known.numbers[one] for one in numbers if one in known.numbers],
    )
    monkeypatch.setitem(registry._handlers, PROCEDURE, handlers)
    return known


@pytest.fixture(autouse=True)
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Wake-ups are written down here instead of being sent; tests run the woken task themselves."""
    sent: list[tuple[Any, ...]] = []

    def note(task: str, *args: Any, countdown: float = 0) -> None:
        sent.append((task, *args))

    monkeypatch.setattr(intake, "nudge", note)
    monkeypatch.setattr(nudge, "nudge", note)
    monkeypatch.setattr(outbox, "nudge", note)
    return sent


def child_environment() -> dict[str, str]:
    """What a process of its own needs to work on the test database."""
    database = str(connection.settings_dict["NAME"])
    url = urlsplit(os.environ["DATABASE_URL"])
    return {**os.environ, "DATABASE_URL": f"{url.scheme}://{url.netloc}/{database}?{url.query}"}


def wait_for(condition: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def smtp_port(server: MailServer) -> int:
    port = urlsplit(server.smtp_url).port
    assert port
    return port
