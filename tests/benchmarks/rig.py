"""Everything the product needs to run, started for the benchmark alone: as durable as in production."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

from tenesa.launch.embedded import Postgres, Redis
from tenesa.launch.process import spawn, stop, wait_until
from tenesa.launch.rundir import ROOT, SHARED, answers
from tests.ports import free_port


@contextmanager
def running() -> Iterator[Path]:
    """PostgreSQL with fsync, Redis, migrated schema, Django set up; gives the directory of the logs."""
    base = Path(tempfile.mkdtemp(prefix="tenesa-bench-", dir=SHARED))
    base.chmod(0o755)
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, base, ignore_errors=True)
        postgres = Postgres(base, durable=True)
        ending.callback(postgres.stop)
        redis = Redis(base)
        ending.callback(redis.stop)
        postgres.start()
        redis.start()
        os.environ.update(
            DATABASE_URL=postgres.url,
            REDIS_URL=redis.url,
            DJANGO_SETTINGS_MODULE="tenesa.settings",
            DEBUG="0",
            SECRET_KEY="only-for-benchmarks-" + "0" * 40,
            LOG_LEVEL="ERROR",
        )
        django.setup()
        _migrate()
        yield base


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def mail_server(base: Path) -> Iterator[tuple[int, int]]:
    """The demo's mail server as a process of its own; gives its IMAP and SMTP port."""
    imap, smtp = free_port(), free_port()
    log = base / "mail.log"
    data = base / "mail.sqlite3"
    ports = ("--imap", str(imap), "--smtp", str(smtp))
    process = spawn([sys.executable, "-m", "tenesa.launch.mailserver", *ports, "--data", data], log=log, cwd=ROOT)
    try:
        wait_until(lambda: answers(imap) and answers(smtp), process, name="mail server", log=log)
        yield imap, smtp
    finally:
        stop(process)


@contextmanager
def worker(base: Path, processes: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker as docker-compose.yml starts it. Calls to outside systems wait in a queue that nobody reads."""
    from tests.benchmarks.worker import app

    log = base / "worker.log"
    process = spawn(
        [
            *(sys.executable, "-m", "celery", "-A", "tests.benchmarks.worker", "worker"),
            *("--concurrency", str(processes), "--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
        ],
        log=log,
        cwd=ROOT,
        env={**os.environ, "CONN_MAX_AGE": "60"},
    )
    try:
        wait_until(lambda: bool(app.control.ping(timeout=0.3)), process, name="worker", log=log)
        yield process
    finally:
        stop(process)
