"""The running house and a person at a window of it, every key and field counted."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from imapclient import IMAPClient
from playwright.sync_api import Browser, Page

from tenesa.launch.process import wait_until
from tenesa.launch.rundir import ROOT, answers
from tenesa.systems.http import transport
from tests.ports import free_port
from tickets.demo.people import MAILBOX, PASSWORD

EMBEDDED = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "IMAP_URL", "SYSTEMS_URL", "DJANGO_SETTINGS_MODULE", "DEBUG")
ANY_HOUR = {
    f"CONTACT_{purpose}{name}": "00-24"
    for purpose in ("HOLD", "CALLBACK", "CARING")
    for name in ("_HOURS", "_REST_HOURS")
}
QUIET = {**ANY_HOUR, "AUTO_IN_DELIVERS": "0", "MAIL_ACKNOWLEDGE_ADDRESS": "0"}  # what comes comes from the path alone
PATIENCE = 90_000  # ms for what the outer world answers


@dataclass
class House:
    """The product as `make run` starts it, with its demonstration's people."""

    port: int
    imap: int
    smtp: int
    systems: int

    def control(self, path: str, **values: Any) -> dict[str, Any]:
        """What happens outside: a call reaches a telephone, a customer picks up or does not."""
        token = str(settings.SYSTEMS["nossa"]["token"])
        answer = transport(f"http://127.0.0.1:{self.systems}/_control", token, 5).request("POST", path, json=values)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def write(self, sender: tuple[str, str], subject: str, body: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{sender[0]} <{sender[1]}>", MAILBOX, subject
        mail["Message-ID"] = f"<{uuid4()}@{sender[1].rpartition('@')[2]}>"
        mail.set_content(body)
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as smtp:
            smtp.send_message(mail)

    def mails(self, address: str, subject: str) -> int:
        """What the customer got about this; automatic receipts are switched off in this house."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False) as client:
            client.login("pelanggan", "rahasia")
            client.select_folder("INBOX", readonly=True)
            found = client.search(["TO", address, "SUBJECT", subject])
        return len(found)


@contextmanager
def house(base: Path) -> Iterator[House]:
    ports = {name: free_port() for name in ("PORT", "IMAP_PORT", "SMTP_PORT", "SYSTEMS_PORT")}
    clean = {name: value for name, value in os.environ.items() if name not in EMBEDDED}
    named = {name: str(port) for name, port in ports.items()}
    env = {**clean, **named, **QUIET, "TENESA_RUN_DIR": str(base / "house")}
    (base / "house").mkdir(mode=0o711)
    log = base / "house.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "tenesa.launch"], cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        wait_until(lambda: b"TENESA is up" in log.read_bytes(), process, name="house", log=log, seconds=300)
        assert answers(ports["PORT"])
        yield House(ports["PORT"], ports["IMAP_PORT"], ports["SMTP_PORT"], ports["SYSTEMS_PORT"])
    finally:
        process.terminate()
        process.wait(60)


@dataclass
class Player:
    """A person at a window, every key and field counted."""

    page: Page
    house: House
    keys: int = 0
    fields: int = 0
    case: str = ""
    trail: list[str] = field(default_factory=list)

    def begin(self) -> None:
        self.keys, self.fields, self.trail = 0, 0, []

    def key(self, name: str, *, shown: str = "") -> None:
        """One press; a single key must stand on the page, by itself or in what `shown` names."""
        words = shown or f"[data-key~='{name}']"
        self.page.locator(words).first.wait_for(state="attached", timeout=PATIENCE)
        self.page.keyboard.press(name)
        self.keys += 1
        self.trail.append(name)

    def take(self, step: str) -> None:
        """`0` where the page suggests this step."""
        self.page.locator(f"#offer-{step} .reason").wait_for(timeout=PATIENCE)
        self.page.locator(f"#offer-{step} [data-submit-also]:disabled").wait_for(state="detached", timeout=PATIENCE)
        self.key("0")

    def text(self, words: str) -> None:
        self.page.keyboard.insert_text(words)
        self.fields += 1
        self.trail.append("text")

    def comes_to(self, *states: str) -> None:
        named = ", ".join(f"#case-state:text-is('{state}')" for state in states)
        self.page.locator(named).first.wait_for(timeout=PATIENCE)

    def ends(self, name: str, shown: str, *states: str) -> None:
        """The last key; what it led to is looked up in the case, since the page goes on to the next one."""
        with self.page.expect_response(lambda answer: "/steps/" in answer.url) as answered:
            self.key(name, shown=shown)
        assert answered.value.ok, answered.value.status
        end = time.monotonic() + PATIENCE / 1000
        named = ", ".join(f"#case-state:text-is('{state}')" for state in states)
        while time.monotonic() < end:
            self.page.goto(self.case)
            if self.page.locator(named).count():
                return
            self.page.wait_for_timeout(1_000)
        raise AssertionError(f"{self.case} does not come to {states}")

    def opens(self, words: str, desk: str = "cases", view: str = "queue") -> None:
        """The case of these words, as auto-in would open it: looking through the list is not counted."""
        end = time.monotonic() + PATIENCE / 1000
        row = self.page.locator("[data-row]", has_text=words).first
        while time.monotonic() < end:
            self.goes(f"/{desk}/?view={view}&per=200")
            if row.count():
                break
            self.page.wait_for_timeout(1_000)
        self.shows(desk, str(row.get_attribute("data-row", timeout=1_000)))

    def goes(self, path: str) -> None:
        self.page.goto(f"http://127.0.0.1:{self.house.port}{path}")

    def shows(self, desk: str, pk: str) -> None:
        self.case = f"http://127.0.0.1:{self.house.port}/{desk}/{pk}/"
        self.page.goto(self.case)
        self.page.locator(f'#open [data-case="{pk}"]').wait_for()
        self.begin()


Told = tuple[Player, str, str]  # whose keys were counted; the customer's address and words of the subject, or ""


@dataclass
class Seats:
    """Windows of the people, each signed in once."""

    browser: Browser
    house: House
    players: dict[str, Player] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)  # address and subject of the last path
    complaint: tuple[str, str] = ("", "")  # the case that its recovery goes on with, and its subject
    last: Any = None

    def of(self, name: str) -> Player:
        if name not in self.players:
            self.players[name] = sign_in(self.browser, self.house, name)
        self.last = self.players[name]
        return self.players[name]


def sign_in(browser: Browser, house: House, name: str) -> Player:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{house.port}/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    if "/readiness" in page.url:
        for box in page.locator("#ready-card input[type=checkbox]").all():
            box.check()
        page.click("#ready-card .btn-primary")
        page.wait_for_url(lambda url: "/readiness" not in url)
    return Player(page, house)
