"""`make run` for real: up, used, stopped without a trace, and up again with what it had."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from imapclient import IMAPClient

from tenesa.launch.catalogues import compile_changed
from tenesa.launch.embedded import Postgres
from tenesa.launch.process import SetupError
from tenesa.launch.rundir import ROOT, SHARED, socket_dir
from tenesa.launch.supervisor import Supervisor
from tests.ports import free_port

EMBEDDED = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "IMAP_URL", "SYSTEMS_URL")
PORTS = ("PORT", "IMAP_PORT", "SMTP_PORT", "SYSTEMS_PORT")


class House:
    """A launcher with a directory and ports of its own."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="tenesa-launch-", dir=SHARED))
        self.base.chmod(0o711)
        self.ports = {name: free_port() for name in PORTS}
        self.output = self.base / "launcher.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in EMBEDDED}
        ports = {name: str(port) for name, port in self.ports.items()}
        return {**inherited, **ports, "TENESA_RUN_DIR": str(self.base), "LAUNCH_TEST": self.base.name}

    def start(self) -> None:
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tenesa.launch"], cwd=ROOT, env=self.env, stdout=out, stderr=out
            )
        while "Ctrl-C stops everything" not in self.words():
            assert self.process.poll() is None, self.words()
            time.sleep(0.1)

    def end(self, signum: int = signal.SIGINT) -> int:
        assert self.process
        self.process.send_signal(signum)
        return self.process.wait(60)

    def words(self) -> str:
        return self.output.read_text()

    def left(self) -> list[str]:
        """Every process that was started below this launcher."""
        mark = f"LAUNCH_TEST={self.base.name}".encode()
        return [
            _command(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit() and mark in _environ(entry)
        ]

    def users(self) -> list[tuple[object, ...]]:
        with closing(psycopg2.connect(Postgres(self.base).url.replace("postgres:", "postgresql:"))) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT id, username, date_joined FROM accounts_user ORDER BY id")
            return cursor.fetchall()

    def page(self) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.ports["PORT"], timeout=10)) as connection:
            connection.request("GET", "/")
            return connection.getresponse().status

    def inbox(self) -> tuple[int, list[int]]:
        with IMAPClient("127.0.0.1", self.ports["IMAP_PORT"], ssl=False) as client:
            client.login("dbs-request", "rahasia")
            found = client.select_folder("INBOX", readonly=True)
            return found[b"UIDVALIDITY"], client.search()


def refused(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "tenesa.launch"]
    return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)


def crowding() -> float:
    """How many times slower than alone we may be, because others want the same cores."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _environ(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes()
    except OSError:
        return b""


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    if made.process and made.process.poll() is None:
        made.end(signal.SIGKILL)
    shutil.rmtree(made.base, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for orphans in /proc")
def test_it_starts_stops_without_a_trace_and_keeps_its_data(house: House):
    house.start()
    assert house.page() in {200, 302}
    with smtplib.SMTP("127.0.0.1", house.ports["SMTP_PORT"]) as smtp:
        smtp.sendmail("siti@pelanggan.example", ["dbs-request@telkom.example"], "Subject: halo\r\n\r\nhalo\r\n")
    users, inbox = house.users(), house.inbox()
    assert users
    assert len(inbox[1]) == 1

    second = refused(house.env)
    assert second.returncode == 1
    assert "already runs" in second.stdout

    asked = time.monotonic()
    assert house.end() == 0
    assert time.monotonic() - asked < 8 * crowding()
    assert house.left() == []

    began = time.monotonic()
    house.start()
    assert time.monotonic() - began < 20 * crowding()
    assert house.users() == users
    assert house.inbox() == inbox

    house.end(signal.SIGKILL)  # the launcher has no chance to clean up; the kernel does
    deadline = time.monotonic() + 8
    while house.left() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert house.left() == []


def test_it_says_which_port_is_taken(house: House):
    with closing(socket.create_server(("127.0.0.1", house.ports["PORT"]))):
        done = subprocess.run(
            [sys.executable, "-m", "tenesa.launch"],
            cwd=ROOT,
            env=house.env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {house.ports['PORT']} for the web cannot be used" in done.stdout
    assert house.left() == []


def test_it_wants_both_addresses_of_a_mail_server(house: House):
    env = {**house.env, "SMTP_URL": "smtp://mail.example:587"}
    done = refused(env)
    assert done.returncode == 1
    assert "both SMTP_URL and IMAP_URL" in done.stdout


def test_a_process_that_ends_is_started_again_later_each_time(tmp_path: Path):
    said: list[str] = []
    supervisor = Supervisor(said.append)
    supervisor.keep_command("short", [sys.executable, "-c", ""], log=tmp_path / "log", env=dict(os.environ), cwd=ROOT)
    first = supervisor.process("short")
    first.wait(10)
    for _ in range(40):
        supervisor.look()
        time.sleep(0.05)
    assert supervisor.process("short") is not first
    supervisor.process("short").wait(10)
    supervisor.look()
    supervisor.stop()
    assert said == ["short ended (exit code 0), again in 1 s", "short ended (exit code 0), again in 2 s"]


def test_a_long_or_unusual_directory_gets_a_short_socket(tmp_path: Path):
    assert socket_dir(Path("/var/tmp/tenesa/postgres")) == Path("/var/tmp/tenesa/postgres")
    for awkward in (tmp_path / ("x" * 100), tmp_path / "with space"):
        short = socket_dir(awkward)
        assert len(str(short)) < 60
        assert socket_dir(awkward) == short
        short.rmdir()


def test_data_of_another_postgresql_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    postgres = Postgres(tmp_path)
    postgres.data.mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("13\n")
    with pytest.raises(SetupError, match="made by PostgreSQL 13"):
        postgres.start()


def test_catalogues_are_compiled_when_they_changed(tmp_path: Path):
    source = tmp_path / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Close"\nmsgstr "Tutup"\n'
    )
    assert compile_changed(tmp_path) == [tmp_path / "django.mo"]
    assert compile_changed(tmp_path) == []
    os.utime(source, (time.time() + 5, time.time() + 5))
    assert compile_changed(tmp_path) == [tmp_path / "django.mo"]
    assert b"Tutup" in (tmp_path / "django.mo").read_bytes()
