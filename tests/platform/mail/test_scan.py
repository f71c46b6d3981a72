"""The virus scanner's verdict, by clamd's own protocol; and what happens when nobody answers."""

from __future__ import annotations

import shutil
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tenesa.mail import files, scan
from tenesa.mail.models import Blob, InboundMail, Scan
from tests.platform.mail.test_reading import html_mail, rini

__all__ = ["rini"]
pytestmark = pytest.mark.django_db(transaction=True)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 1_000_000


class Clamd(socketserver.StreamRequestHandler):
    """INSTREAM as clamd documents it: lengths in network order, an answer that ends with NUL, a limit of size."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > LIMIT:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        bad = EICAR in content or b"<script>" in content
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if bad else b"stream: OK\0")


@pytest.fixture
def clamd(settings) -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield settings.CLAMAV_URL
        server.shutdown()


def attachment(mail: InboundMail, name: str) -> str:
    return reverse("mail:attachment", args=[mail.pk, mail.attachments.get(name=name).pk])


def test_it_tells_clean_from_infected(clamd):
    assert scan.ask(b"x" * 500_000, clamd) == ""
    assert scan.ask(b"", clamd) == ""
    assert scan.ask(b"a" * 70_000 + EICAR, clamd) == "Eicar-Test-Signature"


def test_what_the_scanner_refuses_is_not_clean(clamd):
    with pytest.raises(scan.NotScanned):
        scan.ask(b"x" * (LIMIT + 100_000), clamd)


def test_an_infected_file_is_not_handed_out_and_the_page_says_why(mailbox, rini: Client, clamd):
    mail = html_mail(mailbox, "x")
    bad = rini.get(attachment(mail, "jahat.html"))
    insisted = rini.get(attachment(mail, "jahat.html"), {"unscanned": "yes"})
    original = rini.get(reverse("mail:original", args=[mail.pk]))
    good = rini.get(attachment(mail, "logo.png"))

    assert {bad.status_code, insisted.status_code, original.status_code} == {403}
    assert "Eicar-Test-Signature" in bad.content.decode()
    assert b"alert(1)" not in bad.content
    assert good.status_code == 200


def test_each_content_is_asked_for_once(mailbox, rini: Client, clamd, settings):
    mail = html_mail(mailbox, "x")
    rini.get(attachment(mail, "logo.png"))
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"

    assert rini.get(attachment(mail, "logo.png")).status_code == 200
    assert Scan.objects.count() == 1


def test_without_an_answer_it_needs_a_click(mailbox, rini: Client, settings):
    mail = html_mail(mailbox, "x")
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    asked = rini.get(attachment(mail, "logo.png"))

    assert asked.status_code == 403
    assert "?unscanned=yes" in asked.content.decode()
    assert rini.get(attachment(mail, "logo.png"), {"unscanned": "yes"}).status_code == 200
    assert not Scan.objects.exists()


def test_filing_asks_for_a_scan_of_the_mail_and_its_files(mailbox, nudges, clamd):
    mail = html_mail(mailbox, "x")
    assert ("scan_mail", mail.pk) in nudges

    assert scan.scan_mail(mail.pk) == "4 scanned"

    parts = mail.attachments.all()
    shown = {file.name: file.state for file in files.received(parts, files.scans_of(parts))}
    assert shown == {"logo.png": "clean", "gambar.png": "infected", "jahat.html": "infected"}


def test_nothing_is_scanned_where_no_scanner_is_configured(mailbox, nudges):
    mail = html_mail(mailbox, "x")

    assert not [task for task, *_args in nudges if task == "scan_mail"]
    parts = mail.attachments.all()
    assert {file.state for file in files.received(parts, files.scans_of(parts))} == {""}
    assert scan.scan(mail.blob) is None


@pytest.mark.skipif(shutil.which("clamd") is None, reason="Debian's clamav-daemon is not installed")
def test_the_real_clamd_understands_us(tmp_path: Path):
    (tmp_path / "own.ndb").write_text(f"Uji.Tenesa:0:*:{b'INI-VIRUS-UJI'.hex()}\n")
    (tmp_path / "clamd.conf").write_text(
        f"LocalSocket {tmp_path}/s\nDatabaseDirectory {tmp_path}\nForeground yes\nUser root\nStreamMaxLength 1M\n"
    )
    daemon = subprocess.Popen(["clamd", "-c", str(tmp_path / "clamd.conf")], stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while not (tmp_path / "s").exists():
            assert time.monotonic() < end, "clamd did not start"
            time.sleep(0.1)
        url = f"unix://{tmp_path}/s"
        assert scan.ask(b"x" * 200_000, url) == ""
        assert scan.ask(b"a INI-VIRUS-UJI b", url).startswith("Uji.Tenesa")
        with pytest.raises(scan.NotScanned):
            scan.ask(b"x" * 3_000_000, url)
    finally:
        daemon.terminate()
        daemon.wait(20)


def test_a_blob_that_was_scanned_elsewhere_is_known(clamd):
    blob = Blob.keep([b"<script>"])[0]

    verdict = scan.scan(blob)

    assert verdict is not None
    assert verdict.infected
    assert files.known_scans([blob.pk])[blob.pk].threat == "Eicar-Test-Signature"
