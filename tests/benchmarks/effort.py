"""What a path costs a person: keys, fields, mails and seconds, played in a browser against the running house.

Counted are key presses outside text, clicks and fields filled; typed or pasted text is one. A key is pressed only where
the page shows it. Nothing is prepared beside what the intake reads: the customer writes, the case is opened.
"""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

from imapclient import IMAPClient
from playwright.sync_api import Browser, Page, sync_playwright

from tenesa.launch.process import SetupError, wait_until
from tenesa.launch.rundir import ROOT, answers
from tenesa.systems.simulator.seed import DBS_HEALTHY, DES_DOWN_VPN
from tests.benchmarks.measure import Line
from tests.conftest import CHROMIUM
from tests.ports import free_port
from tickets.demo.mails import BONAR, PAIJO
from tickets.demo.people import MAILBOX, PASSWORD

EMBEDDED = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "IMAP_URL", "SYSTEMS_URL", "DJANGO_SETTINGS_MODULE", "DEBUG")
PATIENCE = 90_000  # ms for what the outer world answers
AGENT = "laras"


@dataclass
class Walk:
    """A path of the table: what it cost before (keys, fields), and what was wanted of keys and fields together."""

    name: str
    before: tuple[int, int]
    wanted: int


COMPLAINT = Walk("complaint to ticket number told", (13, 4), 8)
RECOVERY = Walk("recovery to closed", (6, 0), 2)
REQUEST = Walk("DBS request handed over", (9, 1), 5)
INFORMATION = Walk("information answered and closed", (13, 2), 6)


@dataclass
class House:
    """The product as `make run` starts it, with its demonstration's people."""

    port: int
    imap: int
    smtp: int

    def write(self, sender: tuple[str, str], subject: str, body: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{sender[0]} <{sender[1]}>", MAILBOX, subject
        mail["Message-ID"] = f"<{uuid4()}@{sender[1].rpartition('@')[2]}>"
        mail.set_content(body)
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as smtp:
            smtp.send_message(mail)

    def mails(self, sender: tuple[str, str], subject: str) -> int:
        """What the customer got about this, the automatic receipt left out."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False) as client:
            client.login("pelanggan", "rahasia")
            client.select_folder("INBOX", readonly=True)
            found = client.search(["TO", sender[1], "SUBJECT", subject])
        return max(0, len(found) - 1)


@contextmanager
def house(base: Path) -> Iterator[House]:
    ports = {name: free_port() for name in ("PORT", "IMAP_PORT", "SMTP_PORT", "SYSTEMS_PORT")}
    clean = {name: value for name, value in os.environ.items() if name not in EMBEDDED}
    env = {**clean, **{name: str(port) for name, port in ports.items()}, "TENESA_RUN_DIR": str(base / "house")}
    (base / "house").mkdir(mode=0o711)
    log = base / "house.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "tenesa.launch"], cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        wait_until(lambda: b"TENESA is up" in log.read_bytes(), process, name="house", log=log, seconds=300)
        assert answers(ports["PORT"])
        yield House(ports["PORT"], ports["IMAP_PORT"], ports["SMTP_PORT"])
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
        self.key("0")

    def text(self, words: str) -> None:
        self.page.keyboard.insert_text(words)
        self.fields += 1
        self.trail.append("text")

    def comes_to(self, *states: str) -> None:
        named = ", ".join(f"#case-head .chip-solid:text-is('{state}')" for state in states)
        self.page.locator(named).first.wait_for(timeout=PATIENCE)

    def ends(self, name: str, shown: str, *states: str) -> None:
        """The last key; what it led to is looked up in the case, since the page goes on to the next one."""
        with self.page.expect_response(lambda answer: "/steps/" in answer.url) as answered:
            self.key(name, shown=shown)
        assert answered.value.ok, answered.value.status
        end = time.monotonic() + PATIENCE / 1000
        named = ", ".join(f"#case-head .chip-solid:text-is('{state}')" for state in states)
        while time.monotonic() < end:
            self.page.goto(self.case)
            if self.page.locator(named).count():
                return
            self.page.wait_for_timeout(1_000)
        raise AssertionError(f"{self.case} does not come to {states}")

    def opens(self, subject: str) -> None:
        """The case of this mail, as auto-in would open it; the list is looked through by the benchmark, not counted."""
        end = time.monotonic() + PATIENCE / 1000
        row = self.page.locator("[data-row]", has_text=subject).first
        while time.monotonic() < end:
            self.page.goto(f"http://127.0.0.1:{self.house.port}/cases/?view=queue&per=200")
            if row.count():
                break
            self.page.wait_for_timeout(1_000)
        pk = row.get_attribute("data-row", timeout=1_000)
        self.case = f"http://127.0.0.1:{self.house.port}/cases/{pk}/"
        self.page.goto(self.case)
        self.page.locator(f'#open [data-case="{pk}"]').wait_for()


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


# --- the paths -------------------------------------------------------------------------------------------------------
def complaint(player: Player) -> tuple[tuple[str, str], str]:
    subject = f"Link Tegal mati {uuid4().hex[:6]}"
    body = f"Yth. TENESA,\n\nlink VPN IP SID {DES_DOWN_VPN} mati total sejak 07.20. PIC Bonar, 0812-0000-1187.\n"
    player.house.write(BONAR, subject, body)
    player.opens(subject)
    player.key("a")
    player.take("check_segment")
    player.page.locator("#offer-identify .reason:has-text('NOSSA')").wait_for(timeout=PATIENCE)
    player.take("identify")
    player.take("start_checks")
    player.page.locator("#offer-draft_ticket .reason").wait_for(timeout=PATIENCE)
    player.take("draft_ticket")
    player.take("submit_ticket")
    player.key("Space", shown="#offer-submit_ticket [name=rechecked]:focus")
    player.key("Control+Enter", shown="#offer-submit_ticket [data-submit]")
    player.comes_to("Tiket terbuka", "Dipantau")
    return BONAR, subject


def recovery(player: Player) -> None:
    """The same case, when NOSSA says that it is repaired."""
    player.page.locator("#offer-tell_recovery .reason").wait_for(timeout=240_000)
    player.begin()
    player.take("tell_recovery")
    player.page.locator("#composer textarea:focus").wait_for()
    player.ends("Control+Shift+Enter", "#composer [data-submit-also]", "Ditutup")


def request(player: Player) -> tuple[tuple[str, str], str]:
    subject = f"Relokasi layanan {uuid4().hex[:6]}"
    player.house.write(PAIJO, subject, f"Selamat pagi,\n\nmohon bantu relokasi layanan {DBS_HEALTHY} ke alamat baru.\n")
    player.opens(subject)
    player.key("a")
    player.take("check_segment")
    player.take("identify")
    player.take("hand_over_request")
    player.page.locator("#composer textarea:focus").wait_for()
    player.ends("Control+Enter", "#composer [data-submit]", "Diteruskan")
    return PAIJO, subject


def information(player: Player) -> tuple[tuple[str, str], str]:
    subject = f"Pilihan bandwidth {uuid4().hex[:6]}"
    player.house.write(BONAR, subject, f"Selamat pagi,\n\nberapa pilihan bandwidth untuk SID {DES_DOWN_VPN}?\n")
    player.opens(subject)
    player.key("a")
    player.take("check_segment")
    player.take("identify")
    player.take("answer_information")
    player.page.locator("#composer textarea:focus").wait_for()
    player.text("Tersedia 10 sampai 100 Mbps.")
    player.ends("Control+Shift+Enter", "#composer [data-submit-also]", "Ditutup")
    return BONAR, subject


def measure(base: Path) -> list[Line]:
    if CHROMIUM is None:
        raise SetupError("no Chromium on this machine: apt install chromium")
    lines: list[Line] = []
    with house(base) as one, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        player = sign_in(browser, one, AGENT)
        customer, subject = BONAR, ""

        def play(path: Walk, act: Callable[[Player], tuple[tuple[str, str], str] | None]) -> None:
            nonlocal customer, subject
            player.begin()
            mails = one.mails(customer, subject) if subject else 0
            started = time.monotonic()
            try:
                customer, subject = act(player) or (customer, subject)
                mails = 0 if subject and act is not recovery else mails
            except Exception as error:  # the others are still played
                print(f"{path.name}: broken after {player.trail}: {str(error)[:300]}", flush=True)
                return
            seconds = time.monotonic() - started
            time.sleep(15)  # the mail is held for a moment so that it can be taken back
            got = one.mails(customer, subject) - mails
            lines.extend(told(path, player, got, seconds))

        for path, act in ((COMPLAINT, complaint), (RECOVERY, recovery), (REQUEST, request), (INFORMATION, information)):
            play(path, act)
        browser.close()
    return lines


def told(path: Walk, player: Player, mails: int, seconds: float) -> list[Line]:
    cost = player.keys + player.fields
    before = f"{path.before[0]}+{path.before[1]}"
    print(
        f"{path.name}: {player.keys} keys + {player.fields} fields = {cost} (before {before}, wanted {path.wanted}),"
        f" {mails} mail(s), {seconds:.0f} s: {' '.join(player.trail)}",
        flush=True,
    )
    return [Line(f"effort: {path.name}", cost, "acts", path.wanted, cost / path.wanted, 1.0)]
