"""pytest plugin: PostgreSQL, Redis, the mail server and the simulators, started before Django reads its settings.

`from tests.services import services` gives their addresses, and real workers to start and to kill. Every xdist worker
has a set of its own. Whatever way pytest ends, the kernel ends these processes with it.
"""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tenesa.launch import commands
from tenesa.launch.embedded import Postgres, Redis
from tenesa.launch.process import spawn, stop, wait_until
from tenesa.launch.rundir import ROOT, SHARED, answers
from tests.ports import free_port

PREFIX = "tenesa-test-"
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 40)


class Services:
    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=SHARED))
        self.base.chmod(0o711)  # as root PostgreSQL runs as `nobody`, who must get in
        self.postgres = Postgres(self.base, durable=False)
        self.redis = Redis(self.base)
        self.imap_port, self.smtp_port, self.systems_port = free_port(), free_port(), free_port()
        self.smtp_url = f"smtp://127.0.0.1:{self.smtp_port}"
        self.imap_url = f"imap://127.0.0.1:{self.imap_port}"
        self.systems_url = f"http://127.0.0.1:{self.systems_port}"
        self._started: list[subprocess.Popen[bytes]] = []
        self._mail: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def start(self) -> None:
        self._mail = self._spawn_mail()
        simulators = self.spawn("simulators", commands.simulators(self.systems_port, self.base / "systems.sqlite3"))
        self.postgres.start()
        self.redis.start()
        os.environ |= {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "SMTP_URL": self.smtp_url,
            "IMAP_URL": self.imap_url,
            "SYSTEMS_URL": self.systems_url,
            "MAIL_AUTHSERV_IDS": commands.MAIL_NAME,
            "MAIL_ACKNOWLEDGE_DOMAIN": "1000",  # hundreds write from one domain
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's synchronous interface runs an event loop
        }
        self._wait_for_mail()
        wait_until(lambda: answers(self.systems_port), simulators, name="The simulators", log=self.log("simulators"))

    def stop(self) -> None:
        if self._stopped:
            return
        self._stopped = True
        for process in reversed(self._started):
            stop(process, by=signal.SIGKILL)
        self.redis.stop()
        self.postgres.stop()
        shutil.rmtree(self.base, ignore_errors=True)

    def log(self, name: str) -> Path:
        return self.base / f"{name}.log"

    def environment(self) -> dict[str, str]:
        """What a process of its own needs to work on the database of the running test."""
        from django.db import connection

        url = urlsplit(os.environ["DATABASE_URL"])
        database = f"postgres:///{connection.settings_dict['NAME']}?{url.query}"
        asked = {"AUTO_IN_DELIVERS": "0", **os.environ}  # cases are given only where that is what is tested
        return {**asked, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tenesa.settings"}

    def spawn(self, name: str, argv: list[str], env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        process = spawn(argv, log=self.log(name), env=env, cwd=ROOT)
        self._started.append(process)
        return process

    def start_worker(self, *, concurrency: int = 1, **env: str) -> subprocess.Popen[bytes]:
        """A real Celery worker on the test database, ready when this returns; use a test with `transaction=True`."""
        return self._ready("worker", commands.worker(concurrency), env)

    def start_caller(self, **env: str) -> subprocess.Popen[bytes]:
        """The real process that makes the calls to the outside systems; as `start_worker`."""
        return self._ready("caller", commands.caller(), env)

    def _ready(self, name: str, argv: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
        log = self.log(name)
        before = log.stat().st_size if log.exists() else 0
        process = self.spawn(name, argv, {**self.environment(), **env})
        wait_until(lambda: b" ready." in log.read_bytes()[before:], process, name=f"The {name}", log=log)
        return process

    def start_beat(self, **env: str) -> subprocess.Popen[bytes]:
        return self.spawn("beat", commands.beat(), {**self.environment(), **env})

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the process and its children: nothing is cleaned up, as when the machine dies."""
        stop(process, by=signal.SIGKILL)

    def stop_mail(self, by: int = signal.SIGTERM) -> None:
        if self._mail is not None:
            stop(self._mail, by=by)
            self._mail = None

    def start_mail(self) -> None:
        """The mail server again, on the same ports, with the mail it had."""
        if self._mail is None:
            self._mail = self._spawn_mail()
            self._wait_for_mail()

    def stop_redis(self) -> None:
        self.redis.stop()

    def start_redis(self) -> None:
        self.redis.start()

    def _spawn_mail(self) -> subprocess.Popen[bytes]:
        options = ["--open", "--fast"]
        return self.spawn("mail", commands.mail(self.imap_port, self.smtp_port, self.base / "mail.sqlite3", *options))

    def _wait_for_mail(self) -> None:
        for port in (self.imap_port, self.smtp_port):
            wait_until(partial(answers, port), self._mail, name="The mail server", log=self.log("mail"))


def _sweep() -> None:
    """Remove what killed runs left behind."""
    for left in SHARED.glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and left.stat().st_uid == os.geteuid():
            shutil.rmtree(left, ignore_errors=True)


def _only_distributes() -> bool:
    """True in xdist's controller, which runs no test."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return False
    asked = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    asked.add_argument("-n", "--numprocesses", default="0")
    return bool(asked.parse_known_args(sys.argv[1:])[0].numprocesses != "0")


services = Services()
if _only_distributes():
    shutil.rmtree(services.base)
else:
    _sweep()
    atexit.register(services.stop)
    services.start()


def pytest_unconfigure() -> None:
    services.stop()
